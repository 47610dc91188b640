/** Range rings round a place or the ship that is shown, and the bearing and distance from one place to another. */

import { desk } from "../state/desk";
import { degrees, miles } from "../core/format";
import { view } from "../state/layers";
import type { Palette } from "../core/palette";
import { bearing_deg, circle, distance_nm, moved, toScreen, trace, write, type Context, type Place } from "../core/plane";
import type { Camera } from "../core/camera";

/** Where the rings are now; null when they are for a ship and none is shown. */
export function ringsAt(): Place | null {
  if (view.rings.place) return view.rings.place;
  const slot = desk.selection.ship === null ? null : desk.fleet.slotOf(desk.selection.ship);
  return slot !== null && desk.fleet.state[slot] === 2 ? desk.fleet.latLon(slot) : null;
}

export function drawRings(context: Context, camera: Camera, palette: Palette): void {
  const centre = ringsAt();
  if (!centre) return;
  const rings = new Path2D();
  for (let ring = 1; ring <= view.rings.count; ring++) circle(rings, centre, ring * view.rings.step_nm, camera);
  context.strokeStyle = palette.own;
  context.lineWidth = 1;
  context.stroke(rings);
  const [x, y] = toScreen(...centre, camera);
  context.beginPath();
  context.moveTo(x - 5, y);
  context.lineTo(x + 5, y);
  context.moveTo(x, y - 5);
  context.lineTo(x, y + 5);
  context.stroke();
  for (let ring = 1; ring <= view.rings.count; ring++) {
    const [ringX, ringY] = toScreen(...moved(centre, 0, ring * view.rings.step_nm), camera);
    write(context, `${Number((ring * view.rings.step_nm).toFixed(2))} NM`, ringX, ringY, palette.own, palette.labelHalo, "center");
  }
}

/** "034° · 12.3 NM", from the first place to the second. */
export const measured = ([from, to]: [Place, Place]): string => `${degrees(bearing_deg(from, to))} · ${miles(distance_nm(from, to))}`;

/** The great circle between two places, with what it measures. */
export function drawMeasure(context: Context, camera: Camera, palette: Palette, ends: [Place, Place]): void {
  const [from, to] = ends;
  const far_nm = distance_nm(from, to);
  const pieces = Math.max(1, Math.min(60, Math.ceil(far_nm / 60)));
  const way: Place[] = [from];
  const course = bearing_deg(from, to);
  for (let piece = 1; piece < pieces; piece++) way.push(moved(from, course, (far_nm * piece) / pieces));
  way.push(to);
  const line = new Path2D();
  trace(line, way, camera, false);
  context.strokeStyle = palette.selected;
  context.lineWidth = 1.5;
  context.stroke(line);
  context.fillStyle = palette.selected;
  context.beginPath();
  for (const end of ends) {
    const [x, y] = toScreen(...end, camera);
    context.moveTo(x + 3.5, y);
    context.arc(x, y, 3.5, 0, 2 * Math.PI);
  }
  context.fill();
  const [x, y] = toScreen(...to, camera);
  write(context, measured(ends), x + 12, y - 12, palette.labelStrong, palette.labelHalo);
}
