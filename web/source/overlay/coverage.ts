/** Where ships were heard, and how well: shades of one colour, so faint that what lies above stays readable. */

import { get } from "../state/api";
import type { Coverage } from "../core/chart-shapes";
import { mercatorY } from "../core/mercator";
import { boxOf } from "./hulls";
import type { Palette } from "../core/palette";
import type { Context } from "../core/plane";
import { toScreenX, type Camera } from "../core/camera";

const ASKED_EVERY_MS = 60_000;
/** Shares of minutes heard, and how strongly each is drawn; a share that is not known is the faintest. */
const STEPS: [least: number, alpha: number][] = [[0.95, 0.42], [0.8, 0.3], [0.5, 0.2], [0, 0.12]];
const UNKNOWN_ALPHA = 0.07;

let known: Coverage | null = null;
let told = 0;
let askedFor = "";
let askedAt_ms = -Infinity;

export function lookForCoverage(camera: Camera, arrived: () => void): void {
  const box = boxOf(camera).toString();
  if (box === askedFor && performance.now() - askedAt_ms < ASKED_EVERY_MS) return;
  askedFor = box;
  askedAt_ms = performance.now();
  void get<Coverage>(`/api/coverage?${box}`).then(
    (answer) => {
      if (box !== askedFor) return;
      known = answer;
      told++;
      arrived();
    },
    () => {}, // what was known stays
  );
}

/** Another one whenever the desk has told anew. */
export const coverageKey = (): string => String(told);

export function drawCoverage(context: Context, camera: Camera, palette: Palette): void {
  if (!known) return;
  const paths = new Map<number, Path2D>();
  const { lat_deg, lon_deg, width_deg, height_deg, share } = known;
  for (let at = 0; at < lat_deg.length; at++) {
    const part = share[at];
    const alpha = part === null ? UNKNOWN_ALPHA : STEPS.find(([least]) => part >= least)![1];
    let path = paths.get(alpha);
    if (!path) paths.set(alpha, (path = new Path2D()));
    const width = (width_deg[at] / 360) * camera.worldPx;
    const x = toScreenX((lon_deg[at] + 180) / 360, camera) - width / 2;
    const top = (mercatorY(lat_deg[at] + height_deg / 2) - camera.centreY) * camera.worldPx + camera.height / 2;
    const bottom = (mercatorY(lat_deg[at] - height_deg / 2) - camera.centreY) * camera.worldPx + camera.height / 2;
    path.rect(x, top, width, bottom - top);
  }
  context.fillStyle = palette.own;
  for (const [alpha, path] of paths) {
    context.globalAlpha = alpha;
    context.fill(path);
  }
  context.globalAlpha = 1;
}
