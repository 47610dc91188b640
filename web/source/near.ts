/** What is drawn of ships when few enough are in view: where each will be if she goes on as she goes, and her hull in its true size. */

import type { Fleet } from "./fleet";
import type { Palette } from "./palette";
import type { Camera } from "./ships";

const VECTOR_S = 6 * 60;
const LEAST_VECTOR_PX = 16;
const LONGEST_VECTOR_PX = 220;
const LEAST_HULL_PX = 34;
/** Ships send their breadth seldom and the page has it of the selected one alone: a usual one is drawn. */
const LENGTH_TO_BEAM = 6.5;
export const EARTH_CIRCUMFERENCE_M = 40_075_016.686;
const DASH = [4, 3];
const WHOLE: number[] = [];

type Context = CanvasRenderingContext2D;

/** The dashed line of IMO SN.1/Circ.243: course and speed over ground, six minutes of it. */
export function drawVectors(
  context: Context, camera: Camera, palette: Palette, fleet: Fleet, xs: Float32Array, ys: Float32Array, drawn: Uint32Array, count: number,
  since_s: number,
): void {
  const { stepX, stepY, heard_s } = fleet;
  const scale = camera.worldPx * VECTOR_S;
  context.beginPath();
  for (let at = 0; at < count; at++) {
    const slot = drawn[at];
    const x = stepX[slot] * scale;
    const y = stepY[slot] * scale;
    const long = Math.sqrt(x * x + y * y);
    if (long < LEAST_VECTOR_PX || heard_s[slot] < since_s) continue;
    const share = Math.min(1, LONGEST_VECTOR_PX / long);
    context.moveTo(xs[at], ys[at]);
    context.lineTo(xs[at] + x * share, ys[at] + y * share);
  }
  context.strokeStyle = palette.label;
  context.lineWidth = 1;
  context.setLineDash(DASH);
  context.stroke();
  context.setLineDash(WHOLE);
}

/** The outline of each ship that is long enough on the screen and tells where she points. */
export function drawHulls(
  context: Context, camera: Camera, palette: Palette, fleet: Fleet, xs: Float32Array, ys: Float32Array, drawn: Uint32Array, count: number,
): void {
  const perMetre = camera.worldPx / (EARTH_CIRCUMFERENCE_M / Math.cosh(Math.PI * (1 - 2 * camera.centreY)));
  if (perMetre * 400 < LEAST_HULL_PX) return;
  context.beginPath();
  for (let at = 0; at < count; at++) {
    const slot = drawn[at];
    const long = fleet.length[slot] * perMetre;
    if (long < LEAST_HULL_PX || fleet.heading[slot] >= 360) continue;
    const turn = (fleet.heading[slot] * Math.PI) / 180;
    const alongX = (Math.sin(turn) * long) / 2;
    const alongY = (-Math.cos(turn) * long) / 2;
    const acrossX = -alongY / LENGTH_TO_BEAM;
    const acrossY = alongX / LENGTH_TO_BEAM;
    const x = xs[at];
    const y = ys[at];
    context.moveTo(x + alongX, y + alongY);
    context.lineTo(x + alongX * 0.72 + acrossX, y + alongY * 0.72 + acrossY);
    context.lineTo(x - alongX + acrossX, y - alongY + acrossY);
    context.lineTo(x - alongX - acrossX, y - alongY - acrossY);
    context.lineTo(x + alongX * 0.72 - acrossX, y + alongY * 0.72 - acrossY);
    context.closePath();
  }
  context.strokeStyle = palette.label;
  context.lineWidth = 1.25;
  context.stroke();
}
