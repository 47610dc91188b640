/** Where a replay may go: its period, its gaps and its alerts as the desk tells them, and the way to another time. */

import { selectAlert, steerReplay } from "../state/actions";
import { get } from "../state/api";
import { desk } from "../state/desk";
import type { Severity } from "../core/severity";
import type { Hello } from "../core/shapes";

export interface Moment {
  id: string;
  raised_s: number;
  severity: Severity;
}

interface Period {
  start_s: number | null;
  end_s: number | null;
  surveyed: boolean;
  gaps: [from_s: number, to_s: number][];
  alerts: Moment[];
  /** Names what is replayed, in the addresses of its blocks. */
  blocks?: string;
}

/** An alert is shown as it was when it had just been raised. */
const AFTER_ALERT_S = 2;
const ASK_AGAIN_MS = 3000;

let period: Period | null = null;
let askedFor = "";
let askedAt_ms = -ASK_AGAIN_MS;
let going_s: number | null = null;
let wanted_s: number | null = null;

/** Ask again whenever the desk says something new of the replay: what lies ahead is told nowhere else. */
export function keepPeriod(hello: Hello): void {
  const key = `${hello.epoch} ${hello.start_s} ${hello.end_s} ${hello.ended}`;
  if (key === askedFor || performance.now() - askedAt_ms < ASK_AGAIN_MS / 10) return;
  askedFor = key;
  askedAt_ms = performance.now();
  get<Period>("/api/replay").then(
    (told) => {
      period = told;
      desk.changed();
    },
    () => setTimeout(() => (askedFor = ""), ASK_AGAIN_MS),
  );
}

export const blocksOf = (): string => period?.blocks ?? "";
export const gaps = (): Period["gaps"] => period?.gaps ?? [];

/** Every alert that is known of, in order of time: those of now, and those that were seen when this was played before. */
export function moments(): Moment[] {
  const found = new Map((period?.alerts ?? []).map((alert) => [alert.id, alert]));
  for (const { id, raised_s, severity, state } of desk.alerts.values()) {
    if (state === "withdrawn") found.delete(id);
    else found.set(id, { id, raised_s, severity });
  }
  return [...found.values()].sort((one, other) => one.raised_s - other.raised_s);
}

/** The time that is being gone to, else the clock. */
export const standing_s = (): number => wanted_s ?? going_s ?? desk.clock_s();
export const underway = (): boolean => going_s !== null;

/** Go to a time. While one jump is under way the newest wish waits, and those between are dropped. */
export function seek(time_s: number): void {
  const { hello } = desk;
  if (!hello || hello.mode === "live") return;
  wanted_s = Math.max(hello.start_s ?? -Infinity, Math.min(hello.end_s ?? Infinity, time_s));
  if (going_s === null) void go();
  desk.changed();
}

async function go(): Promise<void> {
  while (wanted_s !== null) {
    going_s = wanted_s;
    wanted_s = null;
    if (await steerReplay({ seek_s: going_s })) desk.setClock(going_s);
  }
  going_s = null;
  desk.changed();
}

export function stepBy(seconds: number): void {
  if (isReplay()) seek(standing_s() + seconds);
}

/** To the next alert or the one before, and show it. */
export function stepAlert(by: 1 | -1): void {
  if (!isReplay()) return;
  const now_s = standing_s();
  const known = moments();
  // While it plays, the alert that was just gone to is behind already: "before" means the one before that.
  const behind_s = now_s - AFTER_ALERT_S - Math.max(1, desk.hello!.paused ? 0 : 2 * desk.hello!.speed);
  const to = by > 0 ? known.find((alert) => alert.raised_s > now_s) : known.findLast((alert) => alert.raised_s < behind_s);
  if (!to) return desk.say(by > 0 ? "No later alert is known so far" : "There is no alert before this one");
  selectAlert(to.id, false);
  seek(to.raised_s + AFTER_ALERT_S);
}

function isReplay(): boolean {
  if (desk.hello && desk.hello.mode !== "live") return desk.clockKnown();
  desk.say("This is live: B goes back in time");
  return false;
}
