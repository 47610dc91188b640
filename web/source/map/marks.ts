/** What is on the chart besides ships: the grid of degrees, alerts, incidents, reports, helpers and the selected track. */

import { desk } from "../state/desk";
import { latitude, mercatorY } from "../core/mercator";
import type { Palette } from "../core/palette";
import { toScreen, type Context } from "../core/plane";
import type { Severity } from "../core/severity";
import type { Alert, Report } from "../core/shapes";
import type { Camera } from "../core/camera";

const STEPS_DEG = [45, 30, 15, 10, 5, 2, 1, 0.5, 1 / 6, 1 / 12, 1 / 30, 1 / 60, 1 / 120, 1 / 600];
const DOT_EVERY_S = 600;
/** After a longer silence nobody knows which way she came. */
export const GAP_S = 600;
const BEAT_MS = 600;
const still = matchMedia("(prefers-reduced-motion: reduce)");

function gridLabel(value_deg: number, step_deg: number, positive: string, negative: string): string {
  const side = value_deg < -1e-9 ? negative : value_deg > 1e-9 ? positive : "";
  const size = Math.abs(value_deg);
  if (step_deg >= 1) return `${Math.round(size)}°${side}`;
  const minutes = Math.round(size * 600) / 10;
  const whole = Math.floor(minutes / 60 + 1e-9);
  const rest = minutes - whole * 60;
  return `${whole}°${step_deg < 1 / 60 ? rest.toFixed(1) : String(Math.round(rest)).padStart(2, "0")}′${side}`;
}

/** Meridians and parallels at a step that leaves at least 110 px between them. */
export function drawGrid(context: Context, camera: Camera, palette: Palette): void {
  let step_deg = STEPS_DEG[0];
  for (const step of STEPS_DEG) if ((step / 360) * camera.worldPx >= 110) step_deg = step;
  const halfWidth = camera.width / 2 / camera.worldPx;
  const halfHeight = camera.height / 2 / camera.worldPx;
  const west = (camera.centreX - halfWidth) * 360 - 180;
  const east = (camera.centreX + halfWidth) * 360 - 180;
  const north = latitude(Math.max(0, camera.centreY - halfHeight));
  const south = latitude(Math.min(1, camera.centreY + halfHeight));
  context.strokeStyle = palette.grid;
  context.fillStyle = palette.gridText;
  context.lineWidth = 1;
  context.font = '12px "B612", sans-serif';
  context.beginPath();
  context.textAlign = "left";
  context.textBaseline = "top";
  for (let index = Math.ceil(west / step_deg); index * step_deg <= east; index++) {
    const lon_deg = index * step_deg;
    const x = Math.round(((lon_deg + 180) / 360 - camera.centreX) * camera.worldPx + camera.width / 2) + 0.5;
    context.moveTo(x, 0);
    context.lineTo(x, camera.height);
    const wrapped = ((((lon_deg + 180) % 360) + 360) % 360) - 180;
    if (x > 60) context.fillText(gridLabel(wrapped, step_deg, "E", "W"), x + 4, 7);
  }
  context.textBaseline = "bottom";
  const wide = camera.width > 720; // then the buttons of the map lie at its left edge
  for (let index = Math.ceil(south / step_deg); index * step_deg <= north; index++) {
    const lat_deg = index * step_deg;
    const y = Math.round((mercatorY(lat_deg) - camera.centreY) * camera.worldPx + camera.height / 2) + 0.5;
    context.moveTo(0, y);
    context.lineTo(camera.width, y);
    if (y > 34 && y < camera.height - 40 && !(wide && y > 40 && y < 226)) context.fillText(gridLabel(lat_deg, step_deg, "N", "S"), 8, y - 2);
  }
  context.stroke();
}

/** The way of the selected ship, with dots equally spaced in time. */
function drawTrack(context: Context, camera: Camera, palette: Palette): void {
  const { track } = desk;
  if (!track) return;
  const line = new Path2D();
  const dots = new Path2D();
  const displaced = new Path2D();
  const silent = new Path2D();
  let before: [x: number, y: number, time_s: number] | null = null;
  let nextDot_s = 0;
  for (let at = 0; at < track.time_s.length; at++) {
    const lat_deg = track.lat_deg[at];
    const lon_deg = track.lon_deg[at];
    if (lat_deg === null || lon_deg === null) {
      before = null;
      continue;
    }
    const [x, y] = toScreen(lat_deg, lon_deg, camera);
    if (track.displaced[at]) {
      displaced.moveTo(x - 3, y - 3);
      displaced.lineTo(x + 3, y + 3);
      displaced.moveTo(x + 3, y - 3);
      displaced.lineTo(x - 3, y + 3);
      continue;
    }
    if (before === null || Math.abs(x - before[0]) > camera.worldPx / 2) line.moveTo(x, y);
    else if (track.time_s[at] - before[2] > GAP_S) {
      silent.moveTo(before[0], before[1]);
      silent.lineTo(x, y);
      line.moveTo(x, y);
    } else line.lineTo(x, y);
    before = [x, y, track.time_s[at]];
    if (track.time_s[at] >= nextDot_s) {
      dots.moveTo(x + 2.5, y);
      dots.arc(x, y, 2.5, 0, 2 * Math.PI);
      nextDot_s = track.time_s[at] + DOT_EVERY_S;
    }
  }
  context.strokeStyle = palette.track;
  context.fillStyle = palette.track;
  context.lineWidth = 1.5;
  context.stroke(line);
  context.setLineDash([1, 5]);
  context.stroke(silent);
  context.setLineDash([]);
  context.fill(dots);
  context.strokeStyle = palette.caution;
  context.stroke(displaced);
}

const severityColour = (severity: Severity, palette: Palette): string =>
  severity === "notice" ? palette.notice : severity === "caution" ? palette.caution : palette.danger;

/** The same shapes as in the list: notice is an open diamond, caution a filled one, danger a triangle, distress framed. */
function drawSeverity(context: Context, x: number, y: number, severity: Severity, palette: Palette, heavy: boolean): void {
  context.strokeStyle = severityColour(severity, palette);
  context.lineWidth = severity === "notice" ? 1.25 : heavy ? 4 : 2;
  context.beginPath();
  if (severity === "notice" || severity === "caution") {
    const size = 13;
    context.moveTo(x, y - size);
    context.lineTo(x + size, y);
    context.lineTo(x, y + size);
    context.lineTo(x - size, y);
    context.closePath();
  } else {
    context.moveTo(x, y - 17);
    context.lineTo(x + 15, y + 11);
    context.lineTo(x - 15, y + 11);
    context.closePath();
    if (severity === "distress") context.rect(x - 20, y - 21, 40, 37);
  }
  context.stroke();
}

/** An alert is drawn where its ship is now, or where it happened when it has no ship that is heard. */
export function alertPlace(alert: Alert, camera: Camera, place: (slot: number) => [number, number]): [number, number] | null {
  const slot = alert.ships.length ? desk.fleet.slotOf(alert.ships[0]) : null;
  if (slot !== null && desk.fleet.state[slot] === 2) return place(slot);
  return alert.lat_deg === null || alert.lon_deg === null ? null : toScreen(alert.lat_deg, alert.lon_deg, camera);
}

const calls = (alert: Alert): boolean => alert.severity === "distress" && alert.state === "open" && alert.acknowledged_s === null;

/** How a distress that nobody has acknowledged is drawn now: it beats, heavy and light. Nothing else may move by itself. */
export function beat(): "none" | "light" | "heavy" {
  if (still.matches) return "none";
  for (const alert of desk.alerts.values()) if (calls(alert)) return Math.floor(performance.now() / BEAT_MS) % 2 ? "light" : "heavy";
  return "none";
}

export function drawMarks(context: Context, camera: Camera, palette: Palette, place: (slot: number) => [number, number]): void {
  drawTrack(context, camera, palette);
  for (const report of desk.reports.values()) {
    if (report.lat_deg === null || report.lon_deg === null) continue;
    const [x, y] = toScreen(report.lat_deg, report.lon_deg, camera);
    context.strokeStyle = palette.report;
    context.fillStyle = palette.sea;
    context.lineWidth = 1.75;
    context.setLineDash(report.verified ? [] : [3, 2]);
    context.beginPath();
    context.rect(x - 7, y - 8, 14, 11);
    context.fill();
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(x - 3, y + 3);
    context.lineTo(x - 3, y + 8);
    context.lineTo(x + 2, y + 3);
    context.moveTo(x - 4, y - 4.5);
    context.lineTo(x + 4, y - 4.5);
    context.moveTo(x - 4, y - 1);
    context.lineTo(x + 2, y - 1);
    context.stroke();
  }
  const heavy = beat() === "heavy";
  for (const alert of desk.alerts.values()) {
    if (alert.state !== "open") continue;
    const at = alertPlace(alert, camera, place);
    if (at) drawSeverity(context, at[0], at[1], alert.severity, palette, heavy && calls(alert));
    if (alert.id === desk.selection.alert && alert.ships.length > 1) drawLinks(context, alert, palette, place);
  }
  drawHelpers(context, camera, palette, place);
}

/** The report whose sheet of paper is under the pointer. */
export function reportAt(reports: Iterable<Report>, x_px: number, y_px: number, camera: Camera): Report | null {
  for (const report of reports) {
    if (report.lat_deg === null || report.lon_deg === null) continue;
    const [x, y] = toScreen(report.lat_deg, report.lon_deg, camera);
    if (Math.abs(x - x_px) < 12 && Math.abs(y - y_px) < 13) return report;
  }
  return null;
}

function drawLinks(context: Context, alert: Alert, palette: Palette, place: (slot: number) => [number, number]): void {
  const slots = alert.ships.map((id) => desk.fleet.slotOf(id)).filter((slot) => slot !== null && desk.fleet.state[slot] === 2);
  context.strokeStyle = severityColour(alert.severity, palette);
  context.lineWidth = 1;
  context.setLineDash([4, 4]);
  context.beginPath();
  for (const slot of slots.slice(1)) {
    context.moveTo(...place(slots[0]!));
    context.lineTo(...place(slot!));
  }
  context.stroke();
  context.setLineDash([]);
}

/** Lines from the casualty of the selected incident to those who can help. */
function drawHelpers(context: Context, camera: Camera, palette: Palette, place: (slot: number) => [number, number]): void {
  const incident = desk.selection.incident ? desk.incidents.get(desk.selection.incident) : undefined;
  if (!incident || incident.lat_deg === null || incident.lon_deg === null) return;
  const [x, y] = toScreen(incident.lat_deg, incident.lon_deg, camera);
  context.strokeStyle = palette.own;
  context.lineWidth = 1.25;
  context.setLineDash([6, 4]);
  context.beginPath();
  for (const helper of incident.helpers.slice(0, 5)) {
    const slot = desk.fleet.slotOf(helper.mmsi);
    if (slot === null || desk.fleet.state[slot] !== 2) continue;
    context.moveTo(x, y);
    context.lineTo(...place(slot));
  }
  context.stroke();
  context.setLineDash([]);
}
