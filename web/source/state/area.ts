/** Where this page looks, as the desk is told of it: the view and half of it more on each side, so that a pan finds ships there already. */

import { desk } from "./desk";
import { latitude } from "../core/mercator";
import type { Camera } from "../core/camera";

/** As in docs/reference/wire.md. */
export interface Area {
  number: number;
  west_deg: number;
  south_deg: number;
  east_deg: number;
  north_deg: number;
  ships: number[];
}

const PADDING = 0.5;
/** Zoomed in by more than this since, a smaller area is enough. */
const CLOSER_ZOOMS = 1.2;
const MOST_SHIPS = 200;

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

let asked: Area | null = null;
let box: Box = { left: 0, right: 0, top: 0, bottom: 0 };
let zoom = 0;
let number = 0;

/** The area to ask for, the same object for as long as it is enough. */
export function areaOf(camera: Camera): Area | null {
  if (!camera.width || !camera.height) return asked;
  const halfWidth = camera.width / 2 / camera.worldPx;
  const halfHeight = camera.height / 2 / camera.worldPx;
  const ships = wanted();
  const { centreX, centreY } = camera;
  const inside = centreX - halfWidth >= box.left && centreX + halfWidth <= box.right && top(centreY - halfHeight) >= box.top && bottom(centreY + halfHeight) <= box.bottom;
  if (asked && inside && camera.zoom < zoom + CLOSER_ZOOMS && same(ships, asked.ships)) return asked;
  const grown = 1 + 2 * PADDING;
  box = {
    left: centreX - halfWidth * grown, right: centreX + halfWidth * grown,
    top: top(centreY - halfHeight * grown), bottom: bottom(centreY + halfHeight * grown),
  };
  zoom = camera.zoom;
  const world = box.right - box.left >= 1;
  asked = {
    number: ++number,
    west_deg: world ? -180 : longitude(box.left), east_deg: world ? 180 : longitude(box.right),
    north_deg: box.top <= 0 ? 90 : latitude(box.top), south_deg: box.bottom >= 1 ? -90 : latitude(box.bottom),
    ships,
  };
  return asked;
}

/** The ships that are looked at wherever they are: the chosen one, and those of the chosen incident with who can help. */
function wanted(): number[] {
  const { ship, alert, incident } = desk.selection;
  const ships = new Set<number>(ship === null ? [] : [ship]);
  const chosen = alert === null ? undefined : desk.alerts.get(alert);
  const about = desk.incidents.get(incident ?? chosen?.incident ?? "");
  for (const id of chosen?.ships ?? []) ships.add(id);
  for (const id of about?.ships ?? []) ships.add(id);
  for (const helper of about?.helpers ?? []) ships.add(helper.mmsi);
  return [...ships].slice(0, MOST_SHIPS);
}

const same = (one: number[], other: number[]): boolean => one.length === other.length && one.every((id, at) => id === other[at]);
const top = (y: number): number => Math.max(0, y);
const bottom = (y: number): number => Math.min(1, y);
const longitude = (x: number): number => (x - Math.floor(x)) * 360 - 180;
