/** Where a silent ship could be by now: a ring round her last place, with its words on the rim where there is room for them. */

import { desk } from "../state/desk";
import { clockTime, duration, miles } from "../core/format";
import type { Palette } from "../core/palette";
import { circle, moved, textWidth, toScreen, write, type Context, type Place } from "../core/plane";
import type { Camera } from "../core/camera";

/** After so long a silence the ring is too wide to tell anything. */
const REACH_UNTIL_S = 24 * 3600;
/** A smaller ring, and a map no wider than a phone, have no room on the rim: there it is said below her name. */
const LEAST_RING_PX = 48;
const LEAST_MAP_PX = 480;
/** Where on the rim the words may stand, the best first. */
const COURSES = [0, 180, 45, 315, 135, 225, 90, 270, 20, 340, 160, 200, 65, 295, 115, 245];
const HALF_HIGH_PX = 9;
const EDGE_PX = 4;

interface Box {
  x: number;
  y: number;
  /** Half of its width. */
  half: number;
}

interface Silent {
  at: [number, number];
  said: string;
  reach: string;
  since: string;
  rim: Box | null;
}

const apart = (one: Box, other: Box): boolean => Math.abs(one.x - other.x) > one.half + other.half + EDGE_PX || Math.abs(one.y - other.y) > 2 * HALF_HIGH_PX;

function inside({ x, y, half }: Box, camera: Camera): boolean {
  return x - half > EDGE_PX && x + half < camera.width - EDGE_PX && y > HALF_HIGH_PX + EDGE_PX && y < camera.height - HALF_HIGH_PX - EDGE_PX;
}

/** The words' place outside the rim, where they are whole and over nothing else; null where there is none. */
function onRim(centre: Place, radius_nm: number, half: number, camera: Camera, taken: readonly Box[]): Box | null {
  const [x, y] = toScreen(...centre, camera);
  for (const course of COURSES) {
    const [rimX, rimY] = toScreen(...moved(centre, course, radius_nm), camera);
    const far = Math.hypot(rimX - x, rimY - y);
    if (far < LEAST_RING_PX) return null;
    const box = { x: rimX + ((rimX - x) / far) * (half + 6), y: rimY + ((rimY - y) / far) * (HALF_HIGH_PX + 4), half };
    if (inside(box, camera) && taken.every((other) => apart(box, other))) return box;
  }
  return null;
}

/** Each silent ship's last place, and how far she could be by now at her best speed. Land is not thought of. */
export function drawReach(context: Context, camera: Camera, palette: Palette): void {
  const clock_s = desk.clock_s();
  const all: Silent[] = [];
  const rings: { centre: Place; radius_nm: number; silent: Silent }[] = [];
  context.strokeStyle = palette.caution;
  context.lineWidth = 1.5;
  for (const { lat_deg, lon_deg, heard_s, speed_kn, ship } of desk.chart.dark) {
    if (lat_deg === null || lon_deg === null || heard_s === null) continue;
    const [x, y] = toScreen(lat_deg, lon_deg, camera);
    const silent_s = Math.max(0, clock_s - heard_s);
    const silent: Silent = { at: [x, y + 32], said: `${desk.nameOf(ship)}: silent ${duration(silent_s)}`, reach: "", since: "", rim: null };
    all.push(silent);
    const radius_nm = speed_kn === null || silent_s > REACH_UNTIL_S ? 0 : (speed_kn * silent_s) / 3600;
    if (radius_nm > 0) {
      const ring = new Path2D();
      circle(ring, [lat_deg, lon_deg], radius_nm, camera);
      context.setLineDash([2, 5]);
      context.stroke(ring);
      silent.reach = `within ${radius_nm < 10 ? miles(radius_nm) : `${radius_nm.toFixed(0)} NM`}`;
      silent.since = ` since ${clockTime(heard_s).replace(/:\d\dZ$/, "Z")}`;
      rings.push({ centre: [lat_deg, lon_deg], radius_nm, silent });
    }
    context.setLineDash([]);
    context.beginPath();
    for (const turn of [0, 1, 2, 3]) {
      const [sine, cosine] = [Math.sin((turn * Math.PI) / 2), Math.cos((turn * Math.PI) / 2)];
      context.moveTo(x + 16 * cosine, y + 16 * sine);
      context.lineTo(x + 22 * cosine, y + 22 * sine);
    }
    context.stroke();
  }
  const taken: Box[] = all.map(({ at: [x, y], said }) => ({ x, y, half: textWidth(context, said) / 2 }));
  for (const { centre, radius_nm, silent } of camera.width < LEAST_MAP_PX ? [] : rings) {
    silent.rim = onRim(centre, radius_nm, textWidth(context, silent.reach + silent.since) / 2, camera, taken);
    if (silent.rim) taken.push(silent.rim);
  }
  for (const { at, said, reach, since, rim } of all) {
    write(context, reach && !rim ? `${said} · ${reach}` : said, ...at, palette.caution, palette.labelHalo, "center");
    if (rim) write(context, reach + since, rim.x, rim.y, palette.caution, palette.labelHalo, "center");
  }
}
