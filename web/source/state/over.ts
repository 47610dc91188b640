/** Alerts that are over. A desk that runs for months knows thousands: a page holds the newest and what is looked at, and the others
 *  come when somebody asks for them. */

import { get, words } from "./api";
import { desk } from "./desk";
import type { Alert } from "../core/shapes";

/** As many as the desk tells at once. */
const KEPT = 500;
/** While the list of them is open nothing goes from it, unless it stays open for weeks. */
const KEPT_SHOWN = 5000;
const PIECE = 200;
const MOST_ASKED = 20;
const MOST_OF_A_SHIP = 50;

/** Where they are shown now, and how many pieces of older ones have come. */
export const shownIn = { list: false, table: false, pieces: 0 };

/** The oldest of those that are held without a gap; null: none is older. */
let edge: Alert | null = null;
let loaded = 0;
/** Nothing goes before it is known what belongs to an open incident. */
let settled = false;
let coming = false;
const asked = new Set<string>();

const overSince = (alert: Alert): number => alert.end_s ?? alert.updated_s ?? 0;
const isOver = (alert: Alert): boolean => alert.state !== "open";

/** What was over last comes first; the same order as the desk's. */
export const laterFirst = (one: Alert, other: Alert): number => overSince(other) - overSince(one) || (one.id < other.id ? -1 : 1);

/** What stays however old it is: what is selected, and what belongs to an incident that is open or selected, or to the ship selected. */
function lookedAt(): Set<string> {
  const { alert, incident } = desk.selection;
  const found = new Set(desk.ship?.alerts?.slice(-MOST_OF_A_SHIP));
  if (alert !== null) found.add(alert);
  for (const each of desk.incidents.values()) if (each.state === "open" || each.id === incident) for (const id of each.alerts) found.add(id);
  return found;
}

/** All that the desk tells at once has come: what is over and is held already may be older than that. */
export function takeAll(alerts: Alert[]): void {
  for (const alert of desk.alerts.values()) if (!isOver(alert)) desk.alerts.delete(alert.id);
  for (const alert of alerts) desk.alerts.set(alert.id, alert);
  const newest = alerts.filter(isOver).sort(laterFirst);
  edge = newest[KEPT - 1] ?? null;
  loaded = 0;
}

/** The incidents have come. */
export function settle(): void {
  settled = true;
}

export function forgetOver(): void {
  settled = false;
  edge = null;
  loaded = 0;
  asked.clear();
}

/** Let go of what is too old, and ask for what is looked at and is not here. */
export function keepOver(): void {
  if (!settled) return;
  const kept = lookedAt();
  const shown = shownIn.list || shownIn.table;
  if (!shown) loaded = 0;
  const limit = (shown ? KEPT_SHOWN : KEPT) + loaded;
  const over = [...desk.alerts.values()].filter(isOver);
  if (over.length > limit) {
    over.sort(laterFirst);
    if (edge === null || laterFirst(over[limit - 1], edge) < 0) edge = over[limit - 1];
    for (const alert of over.slice(limit)) if (!kept.has(alert.id)) desk.alerts.delete(alert.id);
  }
  if (known() > KEPT) for (const id of [...kept].filter((each) => !desk.alerts.has(each) && !asked.has(each)).slice(0, MOST_ASKED)) void fetchOne(id);
}

/** How many are over, as the desk says. */
const known = (): number => desk.health?.alerts?.over ?? 0;

async function fetchOne(id: string): Promise<void> {
  asked.add(id);
  try {
    const alert = await get<Alert>(`/api/alerts/${encodeURIComponent(id)}`);
    if (!desk.alerts.has(id)) desk.alerts.set(id, alert);
    asked.delete(id);
    desk.changed();
  } catch {
    // The desk knows no such alert, or is away: what is selected is then shown no more than before.
  }
}

/** Ask for the next piece of them. */
export async function askOlder(): Promise<void> {
  if (coming || edge === null) return;
  coming = true;
  desk.changed();
  const epoch = desk.fleet.epoch;
  try {
    const query = new URLSearchParams({ before_s: String(overSince(edge)), before: edge.id, over: String(PIECE) });
    const { alerts } = await get<{ alerts: Alert[] }>(`/api/alerts?${query}`);
    if (epoch === desk.fleet.epoch) {
      for (const alert of alerts) if (!desk.alerts.has(alert.id)) desk.alerts.set(alert.id, alert);
      edge = alerts.length < PIECE ? null : alerts[PIECE - 1];
      loaded += alerts.length;
      shownIn.pieces++;
    }
  } catch (problem) {
    desk.say(words(problem), true);
  }
  coming = false;
  desk.changed();
}

/** Whether a piece is on its way. */
export const olderComing = (): boolean => coming;

/** How many more there are than are held here. */
export function older(): number {
  if (edge === null || known() <= KEPT) return 0;
  let held = 0;
  for (const alert of desk.alerts.values()) if (isOver(alert)) held++;
  return Math.max(0, known() - held);
}
