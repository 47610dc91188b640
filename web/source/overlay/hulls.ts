/** Ships in their true size when the map is near enough, and lines of where each will be in six minutes if she holds on. */

import { get } from "../state/api";
import type { Outline } from "../core/chart-shapes";
import { desk } from "../state/desk";
import { latitude } from "../core/mercator";
import { view } from "../state/layers";
import type { Palette } from "../core/palette";
import type { Context } from "../core/plane";
import type { Camera } from "../core/camera";
import { FLAG, NO_U16 } from "../core/shapes";

const AHEAD_S = 360;
const KNOT_M_S = 1852 / 3600;
const CIRCUMFERENCE_M = 40_075_016.686;
/** Smaller than this a hull is a symbol. */
const LEAST_PX = 14;
/** Further out hulls are not asked for. */
const FROM_ZOOM = 11.5;
/** With more ships in view, lines would be a thicket. */
const MOST_LINES = 300;
const ASKED_EVERY_MS = 10_000;

let outlines: Outline[] = [];
let inView: number[] = [];
let askedAt_ms = -Infinity;
let askedFor = "";

export const pxPerMetre = (camera: Camera): number => camera.worldPx / (CIRCUMFERENCE_M * Math.cos((latitude(camera.centreY) * Math.PI) / 180));

/** The edges of what is seen, in degrees: south, west, north, east. */
export function boxOf(camera: Camera): URLSearchParams {
  const [halfWidth, halfHeight] = [camera.width / 2 / camera.worldPx, camera.height / 2 / camera.worldPx];
  const west = (camera.centreX - halfWidth) * 360 - 180;
  const box = {
    south: latitude(Math.min(1, camera.centreY + halfHeight)), west, north: latitude(Math.max(0, camera.centreY - halfHeight)),
    east: Math.min(west + 360, (camera.centreX + halfWidth) * 360 - 180),
  };
  return new URLSearchParams(Object.entries(box).map(([edge, value]) => [edge, value.toFixed(4)]));
}

/** Now and then, not on each frame: who is in view, and how long they are. */
export function lookForHulls(camera: Camera): void {
  const { fleet } = desk;
  inView = [];
  if (view.on.has("vectors")) {
    const [right, bottom] = [camera.width / 2 / camera.worldPx, camera.height / 2 / camera.worldPx];
    for (let slot = 0; slot < fleet.top && inView.length <= MOST_LINES; slot++) {
      if (fleet.state[slot] !== 2 || Math.abs(fleet.drawnY[slot] - camera.centreY) > bottom) continue;
      const away = fleet.drawnX[slot] - camera.centreX;
      if (Math.abs(away - Math.round(away)) <= right) inView.push(slot);
    }
    if (inView.length > MOST_LINES) inView = [];
  }
  if (!view.on.has("hulls") || camera.zoom < FROM_ZOOM) {
    outlines = [];
    askedFor = "";
    return;
  }
  const box = boxOf(camera).toString();
  if (box === askedFor && performance.now() - askedAt_ms < ASKED_EVERY_MS) return;
  askedFor = box;
  askedAt_ms = performance.now();
  void get<{ ships: Outline[] }>(`/api/outlines?${box}`).then(
    (told) => {
      if (box === askedFor) outlines = told.ships;
    },
    () => {}, // the symbols are there without their hulls
  );
}

function pointing(slot: number): number | null {
  const { heading, cog, sog } = desk.fleet;
  if (heading[slot] < 360) return heading[slot];
  return cog[slot] < 3600 && sog[slot] !== NO_U16 && sog[slot] > 20 ? cog[slot] / 10 : null;
}

/** The hull about her antenna: two thirds of it straight sides, then the bow. */
export function drawHulls(context: Context, camera: Camera, palette: Palette, place: (slot: number) => [number, number]): void {
  const scale = pxPerMetre(camera);
  context.lineWidth = 1.25;
  for (const [id, bow_m, stern_m, port_m, starboard_m] of outlines) {
    const slot = desk.fleet.slotOf(id);
    if (slot === null || desk.fleet.state[slot] !== 2 || (bow_m + stern_m) * scale < LEAST_PX) continue;
    const course = pointing(slot);
    if (course === null) continue;
    const [x, y] = place(slot);
    const shoulder_m = bow_m - (bow_m + stern_m) / 5;
    const middle_m = (starboard_m - port_m) / 2;
    context.save();
    context.translate(x, y);
    context.rotate((course * Math.PI) / 180);
    context.beginPath();
    context.moveTo(middle_m * scale, -bow_m * scale);
    context.lineTo(starboard_m * scale, -shoulder_m * scale);
    context.lineTo(starboard_m * scale, stern_m * scale);
    context.lineTo(-port_m * scale, stern_m * scale);
    context.lineTo(-port_m * scale, -shoulder_m * scale);
    context.closePath();
    context.restore();
    context.fillStyle = palette.land;
    context.strokeStyle = palette.kinds[desk.fleet.kind[slot]] ?? palette.kinds[0];
    context.fill();
    context.stroke();
  }
}

/** Course and speed over ground as a dashed line, heading as a short solid one (IMO SN.1/Circ.243). */
export function drawVectors(context: Context, camera: Camera, palette: Palette, place: (slot: number) => [number, number]): void {
  const scale = pxPerMetre(camera);
  const courses = new Path2D();
  const headings = new Path2D();
  const { cog, sog, heading, flags } = desk.fleet;
  for (const slot of inView) {
    if (flags[slot] & (FLAG.lost | FLAG.anchored) || desk.fleet.state[slot] !== 2) continue;
    const [x, y] = place(slot);
    if (heading[slot] < 360) {
      const turn = (heading[slot] * Math.PI) / 180;
      headings.moveTo(x + 7 * Math.sin(turn), y - 7 * Math.cos(turn));
      headings.lineTo(x + 18 * Math.sin(turn), y - 18 * Math.cos(turn));
    }
    if (sog[slot] === NO_U16 || cog[slot] >= 3600) continue;
    const length_px = (sog[slot] / 10) * KNOT_M_S * AHEAD_S * scale;
    const turn = (cog[slot] / 1800) * Math.PI;
    courses.moveTo(x, y);
    courses.lineTo(x + length_px * Math.sin(turn), y - length_px * Math.cos(turn));
  }
  context.strokeStyle = palette.label;
  context.lineWidth = 1;
  context.stroke(headings);
  context.setLineDash([5, 3]);
  context.stroke(courses);
  context.setLineDash([]);
}

