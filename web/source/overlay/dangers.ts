/** Passes too close, silent ships, false positions and sleeping alerts, as marks on the map. All of it is what is, never what one could do. */

import { desk } from "../state/desk";
import { duration, metres } from "../core/format";
import { view } from "../state/layers";
import { alertPlace } from "../map/marks";
import type { Palette } from "../core/palette";
import { circle, toScreen, write, type Context } from "../core/plane";
import { drawReach } from "./reach";
import type { Camera } from "../core/camera";

type Placing = (slot: number) => [number, number];

/** Both ships' ways to where they will be nearest if they hold on, the gap between them there, and in how long. */
export function drawMeetings(context: Context, camera: Camera, palette: Palette, place: Placing): void {
  const clock_s = desk.clock_s();
  for (const meeting of desk.chart.meetings) {
    const slots = meeting.ships.map((ship) => desk.fleet.slotOf(ship));
    if (meeting.meet_s < clock_s) continue;
    const [one, other] = meeting.at.map(([lat_deg, lon_deg]) => toScreen(lat_deg, lon_deg, camera));
    if (![one, other].some(([x, y]) => x > -400 && y > -400 && x < camera.width + 400 && y < camera.height + 400)) continue;
    const colour = meeting.alert ? palette.danger : palette.caution;
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = meeting.alert ? 2 : 1.25;
    context.setLineDash([8, 4]);
    context.beginPath();
    slots.forEach((slot, index) => {
      // Who is far outside the view is not told to this page; where the two will be nearest is.
      if (slot === null || desk.fleet.state[slot] !== 2) return;
      context.moveTo(...place(slot));
      context.lineTo(...(index ? other : one));
    });
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(...one);
    context.lineTo(...other);
    context.stroke();
    context.beginPath();
    for (const [x, y] of [one, other]) {
      context.moveTo(x + 4, y);
      context.arc(x, y, 4, 0, 2 * Math.PI);
    }
    context.fill();
    const words = `CPA ${meeting.gap_m === null ? "" : metres(meeting.gap_m)} in ${duration(meeting.meet_s - clock_s)}`;
    write(context, words, (one[0] + other[0]) / 2 + 10, (one[1] + other[1]) / 2 - 12, colour, palette.labelHalo);
  }
}

/** Where many ships lost their positions at once: hatched, for nothing that is drawn there is sure. */
export function drawJammed(context: Context, camera: Camera, palette: Palette): void {
  for (const { lat_deg, lon_deg, radius_nm, ships } of desk.chart.jammed) {
    const area = new Path2D();
    circle(area, [lat_deg, lon_deg], radius_nm, camera);
    const [x, y] = toScreen(lat_deg, lon_deg, camera);
    const [, top] = toScreen(lat_deg + radius_nm / 60, lon_deg, camera);
    const radius_px = y - top;
    if (x + radius_px < 0 || y + radius_px < 0 || x - radius_px > camera.width || y - radius_px > camera.height) continue;
    context.save();
    context.clip(area);
    context.strokeStyle = palette.caution;
    context.globalAlpha = 0.35;
    context.lineWidth = 1;
    context.beginPath();
    // Each line runs up to the right over the whole height; those that cross the circle begin this far left of it.
    const middle = x - (camera.height - y);
    const from = Math.max(-camera.height, middle - 1.5 * radius_px);
    const to = Math.min(camera.width, middle + 1.5 * radius_px);
    for (let at = Math.ceil((from - middle) / 14) * 14 + middle; at < to; at += 14) {
      context.moveTo(at, camera.height);
      context.lineTo(at + camera.height, 0);
    }
    context.stroke();
    context.restore();
    context.strokeStyle = palette.caution;
    context.lineWidth = 1.5;
    context.setLineDash([10, 4, 2, 4]);
    context.stroke(area);
    context.setLineDash([]);
    write(context, `positions false: ${ships} ships`, x, Math.max(top - 10, 20), palette.caution, palette.labelHalo, "center");
  }
}

/** Of the ship that is shown: where else she was said to be, by fixes that are not believed. */
function drawBeliefs(context: Context, camera: Camera, palette: Palette): void {
  for (const belief of desk.ship?.beliefs ?? []) {
    if (belief.trusted) continue;
    const [x, y] = toScreen(belief.lat_deg, belief.lon_deg, camera);
    context.strokeStyle = palette.caution;
    context.lineWidth = 1.5;
    context.setLineDash([3, 3]);
    context.strokeRect(x - 8, y - 8, 16, 16);
    context.setLineDash([]);
    write(context, `${desk.nameOf(desk.ship!.id)}: not believed`, x + 14, y, palette.caution, palette.labelHalo);
  }
}

function drawSleeping(context: Context, camera: Camera, palette: Palette, place: Placing): void {
  const clock_s = desk.clock_s();
  for (const alert of desk.alerts.values()) {
    if (alert.state !== "open" || alert.snoozed_until_s === null || alert.snoozed_until_s <= clock_s) continue;
    const at = alertPlace(alert, camera, place);
    if (at) write(context, `zz ${duration(alert.snoozed_until_s - clock_s)}`, at[0] + 17, at[1] - 14, palette.notice, palette.labelHalo);
  }
}

export function drawDangers(context: Context, camera: Camera, palette: Palette, place: Placing): void {
  if (view.on.has("jammed")) drawJammed(context, camera, palette);
  if (view.on.has("reach")) drawReach(context, camera, palette);
  if (view.on.has("meetings")) drawMeetings(context, camera, palette, place);
  drawBeliefs(context, camera, palette);
  drawSleeping(context, camera, palette, place);
}
