/** What the page knows, and who wants to be told when it changes. Panels are drawn from here and nowhere else. */

import type { ChartNow, Zone } from "../core/chart-shapes";
import { Fleet } from "./fleet";
import { storedPalette, type PaletteName } from "../core/palette";
import type { Alert, Exclusion, Guard, Health, Hello, Incident, Report, Ship, Track } from "../core/shapes";

export interface Selection {
  ship: number | null;
  alert: string | null;
  incident: string | null;
}

/** How long the clock may run on by itself when nothing comes: then it must be seen to stand. */
const RUN_ON_MS = 2500;
/** In a replay the same wait is minutes of its clock: run on for no more than one of the desk's own seconds. */
const RUN_ON_REPLAY_MS = 1100;

class Desk {
  fleet = new Fleet();
  hello: Hello | null = null;
  health: Health | null = null;
  alerts = new Map<string, Alert>();
  incidents = new Map<string, Incident>();
  reports = new Map<string, Report>();
  exclusions = new Map<string, Exclusion>();
  zones = new Map<string, Zone>();
  chart: ChartNow = { meetings: [], dark: [], jammed: [] };
  guards = new Map<string, Guard>();
  /** Whether all that is open now has been told: before, nothing is news. */
  alertsKnown = false;
  selection: Selection = { ship: null, alert: null, incident: null };
  ship: Ship | null = null;
  shipProblem: string | null = null;
  track: Track | null = null;
  /** The part of the track that is looked at on a time line, and where she was at the point of it. */
  trackSpan: [from_s: number, to_s: number] | null = null;
  trackAt: { lat_deg: number; lon_deg: number; time_s: number } | null = null;
  /** What is open at full width instead of in the panel. */
  page: "ship" | "incident" | "handover" | null = null;
  following = false;
  palette: PaletteName = storedPalette();
  connected = false;
  /** performance.now() when the connection went, null before the first one. */
  lostAt_ms: number | null = null;
  everConnected = false;
  frameProblem: string | null = null;
  feedsOpen = false;
  reportOpen = false;
  listOpen = false;
  endedSeen = false;
  /** Alerts that have been read out to those who listen rather than look. */
  told = new Set<string>();
  notice: { words: string; bad: boolean } | null = null;

  /** Draw the chart now: what is on it changed, and nothing else. */
  redraw: () => void = () => {};

  private clockBase_s = 0;
  private clockBase_ms = 0;
  private listeners: (() => void)[] = [];
  private waiting = false;

  /** The clock of the stream, carried on between frames at the replay's own speed. */
  clock_s(): number {
    if (!this.clockBase_ms) return this.health?.clock_s ?? Date.now() / 1000;
    const passed_ms = Math.min(this.hello?.mode === "live" ? RUN_ON_MS : RUN_ON_REPLAY_MS, performance.now() - this.clockBase_ms);
    return this.clockBase_s + (passed_ms / 1000) * this.rate();
  }

  /** Whether the desk has said what time it is; before, clock_s() is this machine's, which is no time of a replay. */
  clockKnown(): boolean {
    return this.clockBase_ms > 0;
  }

  private rate(): number {
    if (!this.hello || this.hello.mode === "live") return 1;
    return this.hello.paused || this.hello.ended ? 0 : this.hello.speed;
  }

  setClock(clock_s: number): void {
    if (!Number.isFinite(clock_s) || clock_s <= 0) return;
    this.clockBase_s = clock_s;
    this.clockBase_ms = performance.now();
  }

  /** The clock is no earlier than what has been told. */
  notBefore(time_s: number): void {
    if (this.clockKnown() && time_s > this.clock_s()) this.setClock(time_s);
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Tell everyone once, soon. A timer rather than a frame, so that the title is right in a hidden tab as well. */
  changed(): void {
    if (this.waiting) return;
    this.waiting = true;
    setTimeout(() => {
      this.waiting = false;
      for (const listener of this.listeners) listener();
      const due = this.due;
      this.due = [];
      for (const deed of due) deed();
    }, 16);
  }

  private due: (() => void)[] = [];
  /** Once, when what changes next is drawn. */
  whenDrawn(deed: () => void): void {
    this.due.push(deed);
  }

  private noticeTimer = 0;
  say(words: string, bad = false): void {
    this.notice = { words, bad };
    clearTimeout(this.noticeTimer);
    this.noticeTimer = window.setTimeout(() => {
      this.notice = null;
      this.changed();
    }, bad ? 12_000 : 5_000);
    this.changed();
  }

  /** Where what a person says goes: a replay of a journal writes nothing. */
  kept(): string {
    return this.health?.journal?.state === "unwritten" ? "for this replay only" : "on disk";
  }

  openAlerts(): Alert[] {
    return [...this.alerts.values()].filter((alert) => alert.state === "open");
  }

  nameOf(id: number, names?: Record<string, string>): string {
    return names?.[String(id)] || this.fleet.nameOf(id);
  }
}

export const desk = new Desk();
