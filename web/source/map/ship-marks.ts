/** What the page of a ship shows on the chart: the part of her track that is looked at, where she was then; and the rings round guarded ships. */

import { desk } from "../state/desk";
import { clockTime } from "../core/format";
import { toScreen } from "../core/plane";
import { GAP_S } from "./marks";
import type { Palette } from "../core/palette";
import type { Camera } from "../core/camera";

type Context = CanvasRenderingContext2D;

function drawSpan(context: Context, camera: Camera, palette: Palette): void {
  const { track, trackSpan } = desk;
  if (!track || !trackSpan) return;
  const line = new Path2D();
  let before: [x: number, time_s: number] | null = null;
  for (let at = 0; at < track.time_s.length; at++) {
    const lat_deg = track.lat_deg[at];
    const lon_deg = track.lon_deg[at];
    if (lat_deg === null || lon_deg === null || track.displaced[at] || track.time_s[at] < trackSpan[0] || track.time_s[at] > trackSpan[1]) {
      if (!track.displaced[at]) before = null;
      continue;
    }
    const [x, y] = toScreen(lat_deg, lon_deg, camera);
    if (before === null || Math.abs(x - before[0]) > camera.worldPx / 2 || track.time_s[at] - before[1] > GAP_S) line.moveTo(x, y);
    else line.lineTo(x, y);
    before = [x, track.time_s[at]];
  }
  context.strokeStyle = palette.selected;
  context.lineWidth = 3.5;
  context.stroke(line);
}

function drawThen(context: Context, camera: Camera, palette: Palette): void {
  const { trackAt } = desk;
  if (!trackAt) return;
  const [x, y] = toScreen(trackAt.lat_deg, trackAt.lon_deg, camera);
  context.strokeStyle = palette.selected;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 8, 0, 2 * Math.PI);
  context.moveTo(x - 14, y);
  context.lineTo(x - 4, y);
  context.moveTo(x + 4, y);
  context.lineTo(x + 14, y);
  context.stroke();
  context.font = '12px "B612", sans-serif';
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.lineWidth = 3;
  context.strokeStyle = palette.labelHalo;
  context.strokeText(clockTime(trackAt.time_s), x + 18, y);
  context.fillStyle = palette.labelStrong;
  context.fillText(clockTime(trackAt.time_s), x + 18, y);
}

function drawRings(context: Context, camera: Camera, palette: Palette): void {
  context.strokeStyle = palette.own;
  context.lineWidth = 1.25;
  for (const guard of desk.guards.values()) {
    const slot = guard.ring_nm === null || guard.over_s !== null ? null : desk.fleet.slotOf(guard.ship);
    if (slot === null || desk.fleet.state[slot] !== 2) continue;
    const [lat_deg, lon_deg] = desk.fleet.latLon(slot);
    const [x, y] = toScreen(lat_deg, lon_deg, camera);
    const [, edge] = toScreen(lat_deg + guard.ring_nm! / 60, lon_deg, camera);
    context.setLineDash([10, 5]);
    context.beginPath();
    context.arc(x, y, Math.abs(y - edge), 0, 2 * Math.PI);
    context.stroke();
    context.setLineDash([]);
  }
}

export function drawShipMarks(context: Context, camera: Camera, palette: Palette): void {
  drawRings(context, camera, palette);
  drawSpan(context, camera, palette);
  drawThen(context, camera, palette);
}
