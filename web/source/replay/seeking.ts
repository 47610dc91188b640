/** Where a replay may go: its period, its gaps and its alerts as the desk tells them, and the way to another time. */

import { selectAlert, steerReplay } from "../state/actions";
import { get, words } from "../state/api";
import { desk } from "../state/desk";
import type { Hello } from "../core/shapes";

interface Moment {
  id: string;
  raised_s: number;
}

/** In which part of the period, how many alerts, and the rank of the worst of them. */
type Bin = [bin: number, alerts: number, worst: number];

/** Into so many parts the period is cut: a year has more alerts than a slider has room for. */
export const BINS = 160;

interface Period {
  start_s: number | null;
  end_s: number | null;
  surveyed: boolean;
  gaps: [from_s: number, to_s: number][];
  bins: Bin[];
  /** Names what is replayed, in the addresses of its blocks. */
  blocks?: string;
}

/** An alert is shown as it was when it had just been raised. */
const AFTER_ALERT_S = 2;
const ASK_AGAIN_MS = 3000;

let period: Period | null = null;
let askedFor = "";
let askedWith = "";
let askedAt_ms = -ASK_AGAIN_MS;
let going_s: number | null = null;
let wanted_s: number | null = null;

/** Ask again whenever the desk says something new of the replay, or knows of other alerts: what lies ahead is told nowhere else. */
export function keepPeriod(hello: Hello): void {
  const key = `${hello.epoch} ${hello.start_s} ${hello.end_s} ${hello.ended}`;
  const open = desk.openAlerts().length;
  const alerts = `${open} ${desk.health?.alerts?.over ?? desk.alerts.size - open}`;
  const waited_ms = performance.now() - askedAt_ms;
  if (key === askedFor ? alerts === askedWith || waited_ms < ASK_AGAIN_MS : waited_ms < ASK_AGAIN_MS / 10) return;
  askedFor = key;
  askedWith = alerts;
  askedAt_ms = performance.now();
  get<Period>(`/api/replay?bins=${BINS}`).then(
    (told) => {
      period = told;
      desk.changed();
    },
    () => setTimeout(() => (askedFor = ""), ASK_AGAIN_MS),
  );
}

export const blocksOf = (): string => period?.blocks ?? "";
export const gaps = (): Period["gaps"] => period?.gaps ?? [];

/** How many alerts there are in each part of the period that has any: those of now, and those that were seen when this was played before. */
export const bins = (): Bin[] => period?.bins ?? [];

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
export async function stepAlert(by: 1 | -1): Promise<void> {
  if (!isReplay()) return;
  const now_s = standing_s();
  // While it plays, the alert that was just gone to is behind already: "before" means the one before that.
  const behind_s = now_s - AFTER_ALERT_S - Math.max(1, desk.hello!.paused ? 0 : 2 * desk.hello!.speed);
  try {
    const { alert } = await get<{ alert: Moment | null }>(`/api/replay/alert?${by > 0 ? `after_s=${now_s}` : `before_s=${behind_s}`}`);
    if (!alert) return desk.say(by > 0 ? "No later alert is known so far" : "There is no alert before this one");
    selectAlert(alert.id, false);
    seek(alert.raised_s + AFTER_ALERT_S);
  } catch (problem) {
    desk.say(words(problem), true);
  }
}

function isReplay(): boolean {
  if (desk.hello && desk.hello.mode !== "live") return desk.clockKnown();
  desk.say("This is live: B goes back in time");
  return false;
}
