/** Incidents, reports, exclusions, guards and zones that are over: as of alerts (over.ts) the page holds the newest and what is looked at,
 *  and the older ones come in pieces when somebody asks for them. */

import { get, words } from "./api";
import { desk } from "./desk";
import type { Zone } from "../core/chart-shapes";
import type { Exclusion, Guard, Incident, Report } from "../core/shapes";

/** As many as the desk tells at once. */
const KEPT = 500;
/** While its list is open nothing goes from it, unless it stays open for weeks. */
const KEPT_SHOWN = 5000;
const PIECE = 200;

type Place = [over_s: number, id: string];
const later = (one: Place, other: Place): number => other[0] - one[0] || (one[1] < other[1] ? -1 : 1);

export class Past<T extends { id: string }> {
  /** Whether the list of them is open. */
  shown = false;
  coming = false;
  /** The oldest of those that are held without a gap; null: none is older. */
  private edge: Place | null = null;
  private loaded = 0;

  /** over_s: since when it is over, null while it stands; kept: what stays however old it is. */
  constructor(
    private readonly kind: "incidents" | "reports" | "exclusions" | "guards" | "zones",
    private readonly over_s: (thing: T) => number | null,
    private readonly kept: (thing: T) => boolean = () => false,
  ) {}

  private held = (): Map<string, T> => desk[this.kind] as unknown as Map<string, T>;

  /** Those that are over, what was over last first. */
  over(things: Iterable<T> = this.held().values()): T[] {
    const places = [...things].map((thing): [Place, T] => [[this.over_s(thing) ?? Infinity, thing.id], thing]).filter(([[over_s]]) => over_s < Infinity);
    return places.sort(([one], [other]) => later(one, other)).map(([, thing]) => thing);
  }

  private place = (thing: T): Place => [this.over_s(thing) ?? 0, thing.id];

  take(things: T[], all: boolean): void {
    const held = this.held();
    if (all) {
      for (const thing of [...held.values()]) if (!this.kept(thing)) held.delete(thing.id);
      const newest = this.over(things);
      this.edge = newest.length >= KEPT ? this.place(newest[KEPT - 1]) : null;
      this.loaded = 0;
    }
    for (const thing of things) held.set(thing.id, thing);
    if (!all) this.letGo();
  }

  /** Let go of what is too old. */
  letGo(): void {
    if (!this.shown) this.loaded = 0;
    const limit = (this.shown ? KEPT_SHOWN : KEPT) + this.loaded;
    const held = this.held();
    if (held.size <= limit) return;
    const over = this.over();
    if (over.length <= limit) return;
    const last = this.place(over[limit - 1]);
    if (this.edge === null || later(last, this.edge) < 0) this.edge = last;
    for (const thing of over.slice(limit)) if (!this.kept(thing)) held.delete(thing.id);
  }

  older = (): boolean => this.edge !== null;

  async askOlder(): Promise<void> {
    if (this.coming || this.edge === null) return;
    this.coming = true;
    desk.changed();
    const epoch = desk.fleet.epoch;
    try {
      const query = new URLSearchParams({ before_s: String(this.edge[0]), before: this.edge[1], over: String(PIECE) });
      const piece = (await get<Record<string, T[]>>(`/api/${this.kind}?${query}`))[this.kind];
      if (epoch === desk.fleet.epoch) {
        const held = this.held();
        for (const thing of piece) if (!held.has(thing.id)) held.set(thing.id, thing);
        this.edge = piece.length < PIECE ? null : this.place(piece[PIECE - 1]);
        this.loaded += piece.length;
      }
    } catch (problem) {
      desk.say(words(problem), true);
    }
    this.coming = false;
    desk.changed();
  }
}

/** The incident that is looked at: itself, or by one of its alerts. */
const incidentSeen = (): string | null => desk.selection.incident ?? desk.alerts.get(desk.selection.alert ?? "")?.incident ?? null;

export const past = {
  incidents: new Past<Incident>("incidents", (each) => (each.state === "open" ? null : (each.end_s ?? each.start_s ?? 0)), (each) => each.id === incidentSeen()),
  reports: new Past<Report>("reports", (each) => (desk.incidents.get(each.incident ?? "")?.state === "open" ? null : (each.entered_s ?? 0)), (each) => each.incident !== null && each.incident === incidentSeen()),
  exclusions: new Past<Exclusion>("exclusions", (each) => each.undone_s),
  guards: new Past<Guard>("guards", (each) => each.over_s),
  zones: new Past<Zone>("zones", (each) => each.removed_s),
};

const asked = new Set<string>();

/** Another desk, or another play: what it did not know before it may know now. */
export const forgetPast = (): void => asked.clear();

/** Ask for what is looked at and is not here: an old incident, or its reports. */
export async function needIncident(): Promise<void> {
  const id = incidentSeen();
  const here = desk.incidents.get(id ?? "");
  if (id === null || asked.has(id) || !desk.alertsKnown || here?.reports.every((report) => desk.reports.has(report))) return;
  asked.add(id);
  try {
    const { incident, reports } = await get<{ incident: Incident; reports: Report[] }>(`/api/incidents/${encodeURIComponent(id)}`);
    if (id !== incidentSeen()) return void asked.delete(id);
    desk.incidents.set(id, incident);
    for (const report of reports) desk.reports.set(report.id, report);
    asked.delete(id);
    desk.changed();
  } catch {
    // The desk knows no such incident, or is away: nothing of it is shown then.
  }
}
