/** Distances and bearings on the sphere, and from the sphere to the screen. */

import { mercatorX, mercatorY } from "./mercator";
import { toScreenX, type Camera } from "./camera";

export type Context = CanvasRenderingContext2D;
export type Place = [lat_deg: number, lon_deg: number];

const EARTH_NM = 3440.065;
const RAD = Math.PI / 180;

export function toScreen(lat_deg: number, lon_deg: number, camera: Camera): [x: number, y: number] {
  return [toScreenX(mercatorX(lon_deg), camera), (mercatorY(lat_deg) - camera.centreY) * camera.worldPx + camera.height / 2];
}

export function distance_nm([latA, lonA]: Place, [latB, lonB]: Place): number {
  const lat = Math.sin(((latB - latA) / 2) * RAD);
  const lon = Math.sin(((lonB - lonA) / 2) * RAD);
  return 2 * EARTH_NM * Math.asin(Math.min(1, Math.sqrt(lat * lat + Math.cos(latA * RAD) * Math.cos(latB * RAD) * lon * lon)));
}

export function bearing_deg([latA, lonA]: Place, [latB, lonB]: Place): number {
  const lon = (lonB - lonA) * RAD;
  const east = Math.sin(lon) * Math.cos(latB * RAD);
  const north = Math.cos(latA * RAD) * Math.sin(latB * RAD) - Math.sin(latA * RAD) * Math.cos(latB * RAD) * Math.cos(lon);
  return (Math.atan2(east, north) / RAD + 360) % 360;
}

export function moved([lat_deg, lon_deg]: Place, course_deg: number, far_nm: number): Place {
  const arc = far_nm / EARTH_NM;
  const lat = lat_deg * RAD;
  const end = Math.asin(Math.sin(lat) * Math.cos(arc) + Math.cos(lat) * Math.sin(arc) * Math.cos(course_deg * RAD));
  const lon = Math.atan2(Math.sin(course_deg * RAD) * Math.sin(arc) * Math.cos(lat), Math.cos(arc) - Math.sin(lat) * Math.sin(end));
  return [end / RAD, ((lon_deg + lon / RAD + 540) % 360) - 180];
}

/** A closed line through places; each corner is drawn beside the one before, also across the antimeridian. */
export function trace(path: Path2D, places: readonly Place[], camera: Camera, closed = true): void {
  let before = 0;
  places.forEach(([lat_deg, lon_deg], index) => {
    let [x, y] = toScreen(lat_deg, lon_deg, camera);
    if (index) x += Math.round((before - x) / camera.worldPx) * camera.worldPx;
    before = x;
    if (index) path.lineTo(x, y);
    else path.moveTo(x, y);
  });
  if (closed && places.length) path.closePath();
}

/** A border in units of the world, unrolled round it, with its edges: made once, drawn on each frame. */
export interface Border {
  rings: Float64Array[];
  west: number;
  east: number;
  top: number;
  bottom: number;
}

export function borderOf(rings: readonly (readonly Place[])[]): Border {
  const border: Border = { rings: [], west: Infinity, east: -Infinity, top: Infinity, bottom: -Infinity };
  let first: number | null = null;
  for (const ring of rings) {
    const flat = new Float64Array(ring.length * 2);
    let before: number | null = first;
    ring.forEach(([lat_deg, lon_deg], index) => {
      let x = mercatorX(lon_deg);
      if (before !== null) x += Math.round(before - x);
      const y = mercatorY(lat_deg);
      before = x;
      first ??= x;
      flat[index * 2] = x;
      flat[index * 2 + 1] = y;
      border.west = Math.min(border.west, x);
      border.east = Math.max(border.east, x);
      border.top = Math.min(border.top, y);
      border.bottom = Math.max(border.bottom, y);
    });
    border.rings.push(flat);
  }
  return border;
}

/** The border on the screen, in that image of the world that is nearest; null when none of it is seen. */
export function borderPath(border: Border, camera: Camera): Path2D | null {
  const { width, height, centreX, centreY, worldPx } = camera;
  const turn = Math.round(centreX - (border.west + border.east) / 2);
  const [halfWidth, halfHeight] = [width / 2 / worldPx, height / 2 / worldPx];
  if (border.east + turn < centreX - halfWidth || border.west + turn > centreX + halfWidth) return null;
  if (border.bottom < centreY - halfHeight || border.top > centreY + halfHeight) return null;
  const path = new Path2D();
  for (const ring of border.rings) {
    for (let at = 0; at < ring.length; at += 2) {
      const x = (ring[at] + turn - centreX) * worldPx + width / 2;
      const y = (ring[at + 1] - centreY) * worldPx + height / 2;
      if (at) path.lineTo(x, y);
      else path.moveTo(x, y);
    }
    path.closePath();
  }
  return path;
}

/** All that is within so many miles of a place. */
export function circle(path: Path2D, centre: Place, radius_nm: number, camera: Camera): void {
  const places: Place[] = [];
  for (let course = 0; course < 360; course += 6) places.push(moved(centre, course, radius_nm));
  trace(path, places, camera);
}

const FONT = '12px "B612", sans-serif';

/** How wide `write` writes this. */
export function textWidth(context: Context, text: string): number {
  context.font = FONT;
  return context.measureText(text).width;
}

/** What was written on the map since the frame began: names of ships keep clear of it. */
export const writings: [left: number, top: number, width: number, height: number][] = [];
const WRITING_HIGH_PX = 14;

/** Words with a halo of the sea, so that they can be read over anything. */
export function write(context: Context, text: string, x: number, y: number, colour: string, halo: string, align: CanvasTextAlign = "left"): void {
  context.font = FONT;
  context.textAlign = align;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = halo;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
  const width = textWidth(context, text);
  writings.push([align === "center" ? x - width / 2 : align === "right" ? x - width : x, y - WRITING_HIGH_PX / 2, width, WRITING_HIGH_PX]);
}
