/** What a person can do: look at something, answer an alert, guard a ship, steer the replay. */

import { Refusal, get, post, words } from "./api";
import { desk } from "./desk";
import { focusPanelHeading, focusWhenDrawn } from "./focus";
import { everybodys, looksOnly } from "./session";
import { who } from "./settings";
import type { Alert, Exclusion, Incident, Ship, Track } from "../core/shapes";

const SHIP_AGAIN_MS = 5_000;
const TRACK_AGAIN_MS = 20_000;

let opener: HTMLElement | null = null;
let look: (lat_deg: number, lon_deg: number) => void = () => {};
let follow: () => void = () => {};

export function onLook(listener: typeof look, onFollow: typeof follow): void {
  look = listener;
  follow = onFollow;
}

/** Move to a panel that was opened on purpose, remembering where to come back to. */
function focusPanel(): void {
  const active = document.activeElement;
  if (active instanceof HTMLElement && !active.closest("#panel")) opener = active;
  focusPanelHeading();
}

/** The page of an incident, over its panel: what closes the page leads back to that. */
export function openIncidentPage(id: string, focus = true): void {
  selectIncident(id, focus);
  desk.page = "incident";
}

export function openHandover(focus = true): void {
  desk.page = "handover";
  desk.listOpen = false;
  desk.reportOpen = false;
  desk.feedsOpen = false;
  if (focus) focusPanel();
  desk.changed();
}

let fit: (bounds: Bounds) => void = () => {};

export interface Bounds {
  west_deg: number;
  south_deg: number;
  east_deg: number;
  north_deg: number;
}

export function onFit(listener: typeof fit): void {
  fit = listener;
}

export const fitOnMap = (bounds: Bounds): void => fit(bounds);

export function openShipPage(id: number, focus = true): void {
  selectShip(id, focus);
  desk.page = "ship";
}

/** On a phone the list is a drawer that gives way to what is chosen in it, and is there again when that is closed. */
let fromList = false;
function leaveList(): void {
  const { ship, alert, incident } = desk.selection;
  fromList = desk.listOpen || (fromList && (ship ?? alert ?? incident) !== null);
  desk.listOpen = false;
}

export function selectShip(id: number, focus = true): void {
  leaveList();
  desk.page = null;
  if (desk.selection.ship !== id) {
    desk.ship = null;
    desk.track = null;
    desk.shipProblem = null;
  }
  desk.selection.ship = id;
  desk.reportOpen = false;
  if (focus) focusPanel();
  void loadShip(true);
  desk.changed();
}

/** What is no ship is chosen: what was known of a ship goes. */
function choose(alert: string | null, incident: string | null, focus: boolean): void {
  leaveList();
  desk.page = null;
  desk.selection = { ship: null, alert, incident };
  desk.ship = null;
  desk.track = null;
  desk.reportOpen = false;
  desk.following = false;
  if (focus) focusPanel();
  desk.changed();
}

export const selectAlert = (id: string, focus = true, keepIncident = false): void => choose(id, keepIncident ? desk.selection.incident : null, focus);

export const selectIncident = (id: string, focus = true): void => choose(null, id, focus);

/** Close the topmost of what is open; true when there was something to close. */
export function closeTop(): boolean {
  if (desk.reportOpen) desk.reportOpen = false;
  else if (desk.feedsOpen) desk.feedsOpen = false;
  else if (desk.page !== null) desk.page = null;
  else if (desk.selection.ship !== null) {
    desk.selection.ship = null;
    desk.ship = null;
    desk.track = null;
    desk.following = false;
  } else if (desk.selection.alert !== null) desk.selection.alert = null;
  else if (desk.selection.incident !== null) desk.selection.incident = null;
  else if (desk.listOpen) desk.listOpen = false;
  else if (desk.hello?.ended && !desk.endedSeen) desk.endedSeen = true;
  else return false;
  const stillOpen = desk.selection.ship ?? desk.selection.alert ?? desk.selection.incident;
  if (stillOpen === null) {
    desk.listOpen = fromList;
    fromList = false;
    const back = opener;
    opener = null;
    // An opener inside the list would hold the order of the list: only give it back the focus when keys are in use.
    focusWhenDrawn(() => (back?.isConnected && !back.closest("#list") ? back : document.querySelector<HTMLElement>("#chart")));
  } else focusPanelHeading();
  desk.changed();
  return true;
}

export function openReport(): void {
  if (looksOnly()) return desk.say("You are here to look: a watchkeeper reports");
  desk.reportOpen = true;
  desk.listOpen = false;
  desk.feedsOpen = false;
  const active = document.activeElement;
  if (active instanceof HTMLElement && !active.closest("#panel")) opener = active;
  focusWhenDrawn("#report-words");
  desk.changed();
}

export function showOnMap(lat_deg: number | null, lon_deg: number | null): void {
  if (lat_deg !== null && lon_deg !== null) look(lat_deg, lon_deg);
}

/** Where an alert is now: its first ship that is heard, or where it happened; null when that is not known. */
export function alertSpot(alert: Alert): [lat_deg: number, lon_deg: number] | null {
  const slot = alert.ships.length ? desk.fleet.slotOf(alert.ships[0]) : null;
  if (slot !== null && desk.fleet.state[slot] === 2) return desk.fleet.latLon(slot);
  return alert.lat_deg === null || alert.lon_deg === null ? null : [alert.lat_deg, alert.lon_deg];
}

export function showAlert(alert: Alert): void {
  const spot = alertSpot(alert);
  if (spot) look(...spot);
}

let shipAt_ms = 0;
let trackAt_ms = 0;

export async function loadShip(now = false): Promise<void> {
  const id = desk.selection.ship;
  if (id === null || everybodys()) return;
  const time_ms = performance.now();
  const shipDue = now || time_ms - shipAt_ms > SHIP_AGAIN_MS;
  const trackDue = now || time_ms - trackAt_ms > TRACK_AGAIN_MS;
  try {
    if (shipDue) {
      shipAt_ms = time_ms;
      const ship = await get<Ship>(`/api/ships/${id}`);
      if (desk.selection.ship !== id) return;
      desk.ship = { ...ship, alerts: ship.alerts ?? [] };
      desk.shipProblem = null;
      desk.changed();
    }
    if (trackDue) {
      trackAt_ms = time_ms;
      const track = await get<Track>(`/api/ships/${id}/track`);
      if (desk.selection.ship !== id) return;
      desk.track = track;
      desk.changed();
    }
  } catch (problem) {
    if (desk.selection.ship !== id) return;
    desk.shipProblem = problem instanceof Refusal && problem.status === 404 ? "This desk has not heard of this ship." : words(problem);
    desk.changed();
  }
}

export type Verb = "acknowledge" | "confirm" | "dismiss" | "assign" | "snooze" | "note" | "close" | "reopen";
const DONE: Record<Verb, string> = {
  acknowledge: "Acknowledged", confirm: "Confirmed", dismiss: "Dismissed", assign: "Assigned", snooze: "Snoozed", note: "Noted", close: "Closed", reopen: "Open again",
};

/** Who decides goes along, when a name was typed in. */
const signed = (body: Record<string, unknown>): Record<string, unknown> => (who.name ? { ...body, by: who.name } : body);

/** What was decided at another desk meanwhile may have been told before this answer came: the newer stays. */
function keepNewer(alert: Alert): void {
  const last_s = (of: Alert | undefined): number => of?.history?.at(-1)?.time_s ?? -Infinity;
  if (last_s(alert) >= last_s(desk.alerts.get(alert.id))) desk.alerts.set(alert.id, alert);
}

export async function answerAlert(id: string, verb: Verb, body: Record<string, unknown>): Promise<boolean> {
  try {
    const alert = await post<Alert>(`/api/alerts/${encodeURIComponent(id)}/${verb}`, signed(body));
    keepNewer(alert);
    desk.say(`${body.minutes === 0 ? "Back in the list" : DONE[verb]}, ${desk.kept()}`);
    return true;
  } catch (problem) {
    desk.say(words(problem), true);
    return false;
  }
}

export async function noteIncident(id: string, note: string): Promise<boolean> {
  try {
    const incident = await post<Incident>(`/api/incidents/${encodeURIComponent(id)}/note`, signed({ words: note }));
    desk.incidents.set(incident.id, incident);
    desk.say(`Noted, ${desk.kept()}`);
    return true;
  } catch (problem) {
    desk.say(words(problem), true);
    return false;
  }
}

export async function excludeShips(alert: string, ships: number[], here_nm: number | null, why: string): Promise<void> {
  try {
    await post(`/api/alerts/${encodeURIComponent(alert)}/exclude`, signed({ ships, here_nm, words: why }));
    desk.say(`Left out from now on, ${desk.kept()}`);
  } catch (problem) {
    desk.say(words(problem), true);
  }
}

export async function undoExclusion(id: string): Promise<void> {
  try {
    const exclusion = await post<Exclusion>(`/api/exclusions/${encodeURIComponent(id)}/undo`, signed({ words: "" }));
    desk.exclusions.set(exclusion.id, exclusion);
    desk.say(`No longer left out, ${desk.kept()}`);
  } catch (problem) {
    desk.say(words(problem), true);
  }
}

export async function guardShip(id: number, guard: boolean): Promise<void> {
  try {
    await post("/api/guard", { ship: id, guard });
    if (desk.ship?.id === id) desk.ship.guarded = guard;
    desk.say(guard ? "This ship is guarded now" : "This ship is no longer guarded");
    void loadShip(true);
  } catch (problem) {
    desk.say(words(problem), true);
  }
}

/** True when the desk has done it. */
export async function steerReplay(order: { speed: number } | { paused: boolean } | { again: true } | { seek_s: number }): Promise<boolean> {
  try {
    await post("/api/replay", order);
    return true;
  } catch (problem) {
    desk.say(words(problem), true);
    return false;
  }
}

export function toggleFollow(): void {
  if (desk.selection.ship === null) return desk.say("Select a ship first: then F follows her");
  desk.following = !desk.following;
  if (desk.following) follow();
  desk.changed();
}

export async function copy(text: string, said = `Copied: ${text}`): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    desk.say(said);
  } catch {
    desk.say(`The browser does not let this page copy. Here it is: ${text}`, true);
  }
}
