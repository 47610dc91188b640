/** Distances and bearings on the sphere, and from the sphere to the screen. */

import { mercatorX, mercatorY } from "./fleet";
import { toScreenX, type Camera } from "./ships";

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

/** All that is within so many miles of a place. */
export function circle(path: Path2D, centre: Place, radius_nm: number, camera: Camera): void {
  const places: Place[] = [];
  for (let course = 0; course < 360; course += 6) places.push(moved(centre, course, radius_nm));
  trace(path, places, camera);
}

/** Words with a halo of the sea, so that they can be read over anything. */
export function write(context: Context, text: string, x: number, y: number, colour: string, halo: string, align: CanvasTextAlign = "left"): void {
  context.font = '12px "B612", sans-serif';
  context.textAlign = align;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = halo;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}
