/** Zones on the map: those that are watched, and the one that is being drawn, corner by corner. */

import { post, words as refusalWords } from "../state/api";
import type { Zone, ZoneRules } from "../core/chart-shapes";
import { desk } from "../state/desk";
import { position, readPosition } from "../core/format";
import { view } from "../state/layers";
import type { Palette } from "../core/palette";
import { borderOf, borderPath, toScreen, trace, write, type Border, type Context, type Place } from "../core/plane";
import { who } from "../state/settings";
import type { Camera } from "../core/camera";

const MOST_CORNERS = 500;
const HANDLE_PX = 14;

export interface Draft extends ZoneRules {
  /** Of the zone that is changed, null for a new one. */
  id: string | null;
  corners: Place[];
  /** The corners as text, one a line: for those who type. */
  text: string;
  problem: string | null;
  sending: boolean;
}

/** `left`: what was put aside without a word; it is taken up again. `found`: borders in a file that is looked at, not kept yet. */
export const drawing: { draft: Draft | null; left: Draft | null; found: Place[][] } = { draft: null, left: null, found: [] };

const spoken = (corners: Place[]): string => corners.map(([lat_deg, lon_deg]) => position(lat_deg, lon_deg)).join("\n");

/** Whether rules are quiet in it now. */
export const isQuiet = (zone: ZoneRules): boolean => zone.quiet.length > 0 && (zone.quiet_until_s === null || zone.quiet_until_s > desk.clock_s());

/** Put aside: a key that was hit by mistake loses nothing. */
export function leaveZone(): void {
  const { draft } = drawing;
  drawing.draft = null;
  if (!draft?.corners.length) return;
  drawing.left = draft;
  desk.say("Put aside, not saved: Z takes it up again");
}

export function beginZone(zone: Zone | null): void {
  view.on.add("zones");
  const { left } = drawing;
  drawing.left = null;
  if (!zone && left) {
    drawing.draft = left;
    return;
  }
  const corners = zone ? zone.rings[0].map(([lat_deg, lon_deg]): Place => [lat_deg, lon_deg]) : [];
  const rules: ZoneRules = zone ?? { name: "", rule: ["enter"], min_kn: null, max_kn: null, forbidden: [], for_kinds: [], for_ships: [], severity: "caution", port: false, quiet: [], quiet_until_s: null };
  const quiet = isQuiet(rules) ? {} : { quiet: [], quiet_until_s: null };
  drawing.draft = { ...structuredClone(rules), ...quiet, id: zone?.id ?? null, corners, text: spoken(corners), problem: null, sending: false };
}

function reshape(draft: Draft): void {
  draft.text = spoken(draft.corners);
  draft.problem = null;
  desk.changed();
}

export function addCorner(lat_deg: number, lon_deg: number): void {
  const { draft } = drawing;
  if (!draft || draft.corners.length >= MOST_CORNERS) return;
  draft.corners.push([lat_deg, lon_deg]);
  reshape(draft);
}

export function dropCorner(): void {
  const { draft } = drawing;
  if (!draft?.corners.pop()) return;
  reshape(draft);
}

/** The corner under the pointer; one in the middle of an edge becomes a corner when it is taken hold of. */
export function takeCorner(x_px: number, y_px: number, camera: Camera): number | null {
  const { draft } = drawing;
  if (!draft) return null;
  const at = (place: Place): boolean => {
    const [x, y] = toScreen(...place, camera);
    return Math.hypot(x - x_px, y - y_px) <= HANDLE_PX;
  };
  const corner = draft.corners.findIndex(at);
  if (corner >= 0) return corner;
  const edge = draft.corners.length < 3 ? -1 : middles(draft.corners).findIndex(at);
  if (edge < 0 || draft.corners.length >= MOST_CORNERS) return null;
  draft.corners.splice(edge + 1, 0, middles(draft.corners)[edge]);
  return edge + 1;
}

export function moveCorner(corner: number, lat_deg: number, lon_deg: number): void {
  const { draft } = drawing;
  if (!draft) return;
  draft.corners[corner] = [lat_deg, lon_deg];
  reshape(draft);
}

/** Corners as typed; a line that is no position is told and nothing is changed. */
export function typeCorners(text: string): void {
  const { draft } = drawing;
  if (!draft) return;
  draft.text = text;
  const lines = text.split("\n").filter((line) => line.trim());
  const places = lines.map(readPosition);
  const wrong = places.findIndex((place) => place === null);
  draft.problem = wrong < 0 ? null : `Line ${wrong + 1} is no position: 25°26.0′N 057°21.5′E or 25.43, 57.36`;
  if (wrong < 0) draft.corners = places.map((place): Place => [place!.lat_deg, place!.lon_deg]);
  desk.changed();
}

const middles = (corners: Place[]): Place[] =>
  corners.map(([lat_deg, lon_deg], index): Place => {
    const [nextLat, nextLon] = corners[(index + 1) % corners.length];
    const step = ((nextLon - lon_deg + 540) % 360) - 180;
    return [(lat_deg + nextLat) / 2, ((lon_deg + step / 2 + 540) % 360) - 180];
  });

export const signed = (body: object): object => (who.name ? { ...body, by: who.name } : body);

async function decide(path: string, body: object, done: (zone: Zone) => string): Promise<boolean> {
  try {
    const zone = await post<Zone>(path, signed(body));
    desk.zones.set(zone.id, zone);
    desk.say(`${done(zone)}, ${desk.kept()}`);
    return true;
  } catch (problem) {
    if (drawing.draft) drawing.draft.problem = refusalWords(problem);
    else desk.say(refusalWords(problem), true);
    desk.changed();
    return false;
  }
}

/** True when the desk has it. */
export async function keepZone(): Promise<boolean> {
  const { draft } = drawing;
  if (!draft || draft.sending) return false;
  const name = draft.name.trim().toLowerCase();
  const taken = [...desk.zones.values()].some((zone) => zone.removed_s === null && zone.id !== draft.id && zone.name.toLowerCase() === name);
  if (!name) draft.problem = "Give it a name: it is said in every alert";
  else if (taken) draft.problem = "There is a zone of this name: give it another";
  else if (draft.corners.length < 3) draft.problem = "A zone has three corners or more: click them on the map, or type them";
  if (draft.problem) {
    desk.changed();
    return false;
  }
  draft.sending = true;
  const { id, corners, text: _text, problem: _problem, sending: _sending, ...rules } = draft;
  const path = id === null ? "/api/zones" : `/api/zones/${encodeURIComponent(id)}`;
  const known: (keyof ZoneRules)[] = ["name", "rule", "min_kn", "max_kn", "forbidden", "for_kinds", "for_ships", "severity", "port", "quiet", "quiet_until_s"];
  const body = { ...Object.fromEntries(known.map((key) => [key, rules[key]])), corners };
  const kept = await decide(path, body, (zone) => `${zone.name} is ${isQuiet(zone) && !zone.rule.length ? "quiet" : "watched"}`);
  draft.sending = false;
  if (kept && drawing.draft === draft) drawing.draft = null;
  desk.changed();
  return kept;
}

export const removeZone = (zone: Zone): Promise<boolean> => decide(`/api/zones/${encodeURIComponent(zone.id)}/remove`, {}, () => `${zone.name} is watched no more`);
export const undoZone = (zone: Zone): Promise<boolean> => decide(`/api/zones/${encodeURIComponent(zone.id)}/undo`, {}, (was) => `${was.name} is as it was before`);

function colourOf(zone: ZoneRules, palette: Palette): string {
  const silent = !zone.rule.length && zone.min_kn === null && zone.max_kn === null && !zone.forbidden.length;
  return silent ? palette.track : zone.severity === "danger" ? palette.danger : zone.severity === "caution" ? palette.caution : palette.notice;
}

/** By the zone as it was told: one that is changed is told anew. */
const borders = new WeakMap<Zone, Border>();
const northernmost = (zone: Zone): Place => zone.rings[0].reduce((north, corner) => (corner[0] > north[0] ? corner : north));

const serials = new WeakMap<Zone, number>();
let newest = 0;
/** Tells which zones are drawn, and as what. */
export function zonesKey(): string {
  if (!view.on.has("zones")) return "";
  const said: number[] = [];
  for (const zone of desk.zones.values()) {
    let serial = serials.get(zone);
    if (serial === undefined) serials.set(zone, (serial = ++newest));
    said.push(serial);
  }
  return `${said.join()} ${drawing.draft?.id}`;
}

/** Quiet lines: what matters of a zone is told by its alerts. Below the ships. */
export function drawZones(context: Context, camera: Camera, palette: Palette): void {
  for (const zone of view.on.has("zones") ? desk.zones.values() : []) {
    if (zone.removed_s !== null || zone.id === drawing.draft?.id) continue;
    let border = borders.get(zone);
    if (!border) borders.set(zone, (border = borderOf(zone.rings)));
    const path = borderPath(border, camera);
    if (!path) continue;
    context.strokeStyle = context.fillStyle = colourOf(zone, palette);
    context.lineWidth = 1.25;
    context.globalAlpha = 0.05;
    context.fill(path, "evenodd");
    context.globalAlpha = 0.75;
    context.setLineDash(zone.drawn ? [] : [6, 3]);
    context.stroke(path);
    context.setLineDash([]);
    context.globalAlpha = 1;
    const [x, y] = toScreen(...northernmost(zone), camera);
    write(context, isQuiet(zone) ? `${zone.name} (quiet)` : zone.name, x + 4, y - 8, palette.label, palette.labelHalo);
  }
}

/** What a file holds, before it is kept. */
export function drawFound(context: Context, camera: Camera, palette: Palette): void {
  if (!drawing.found.length) return;
  const path = new Path2D();
  for (const corners of drawing.found) trace(path, corners, camera);
  context.strokeStyle = palette.selected;
  context.lineWidth = 1.5;
  context.setLineDash([2, 4]);
  context.stroke(path);
  context.setLineDash([]);
}

export function drawDraft(context: Context, camera: Camera, palette: Palette): void {
  const { draft } = drawing;
  if (!draft) return;
  const path = new Path2D();
  trace(path, draft.corners, camera);
  context.strokeStyle = context.fillStyle = palette.selected;
  context.globalAlpha = 0.1;
  context.fill(path);
  context.globalAlpha = 1;
  context.lineWidth = 2;
  context.stroke(path);
  for (const corner of draft.corners) {
    const [x, y] = toScreen(...corner, camera);
    context.fillRect(x - 5, y - 5, 10, 10);
  }
  context.lineWidth = 1.5;
  for (const middle of draft.corners.length < 3 ? [] : middles(draft.corners)) {
    const [x, y] = toScreen(...middle, camera);
    context.strokeRect(x - 4, y - 4, 8, 8);
  }
}
