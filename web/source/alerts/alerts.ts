/** The list at the left: incidents with their alerts, and between them the other alerts that are graver than what follows; worst,
 *  surest and freshest first. Its order holds while it is pointed at or has the focus: nothing may move away under a finger. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { repeat } from "lit-html/directives/repeat.js";
import { selectAlert, selectIncident, showAlert, showOnMap } from "../state/actions";
import { desk } from "../state/desk";
import { exclusionList } from "./exclusions";
import { guardList } from "../ship/guards";
import { admits, filter, filtering, filterLine, hiddenLine, written } from "./filters";
import { age, clockTime, count, timeAndAge } from "../core/format";
import { olderLine } from "./older";
import { pastIncidents } from "./past-incidents";
import { keepOver, laterFirst, older, shownIn } from "../state/over";
import { severityIcon } from "../parts/parts";
import { calling, silentWords, soundLine } from "./sound";
import { SEVERITY_RANK } from "../core/severity";
import type { Alert, Incident } from "../core/shapes";

interface Group {
  key: string;
  incident: Incident | null;
  alerts: string[];
}

let shown: Group[] = [];
let asleep: string[] = [];
let over: string[] = [];
let held = false;
let arrangedFor = "";
let waiting = 0;
let overOpen = false;
let piecesShown = 0;
let asleepOpen = false;

/** How sure a rule is, in tenths: less than that is no reason to come before what is fresher. */
const sureness = (alert: Alert): number => Math.round((alert.score ?? 0) * 10);
const rank = (alert: Alert): number => SEVERITY_RANK[alert.severity] * 2 + (alert.acknowledged_s === null ? 1 : 0);
const byWeight = (one: Alert, other: Alert): number =>
  rank(other) - rank(one) || sureness(other) - sureness(one) || other.raised_s - one.raised_s || (one.id < other.id ? -1 : 1);

/** The order as it ought to be now. */
function arrange(): { groups: Group[]; asleep: string[]; over: string[] } {
  const admitted = desk.openAlerts().filter(admits).sort(byWeight);
  const sleeping = admitted.filter((alert) => alert.snoozed_until_s !== null).sort((one, other) => one.snoozed_until_s! - other.snoozed_until_s!);
  const open = filter.state === "snoozed" ? [] : admitted.filter((alert) => alert.snoozed_until_s === null);
  const groups = new Map<string, Group>();
  for (const incident of desk.incidents.values()) {
    if (incident.state === "open") groups.set(incident.id, { key: `incident ${incident.id}`, incident, alerts: [] });
  }
  const anyOf = (incident: Incident): boolean => incident.alerts.some((id) => open.some((alert) => alert.id === id));
  if (filtering()) for (const group of [...groups.values()]) if (!anyOf(group.incident!)) groups.delete(group.incident!.id);
  const lone: Alert[] = [];
  for (const alert of open) {
    const group = groups.get(alert.incident ?? "");
    if (group) group.alerts.push(alert.id);
    else lone.push(alert);
  }
  const weight = (group: Group): number => {
    const worst = group.alerts.length ? desk.alerts.get(group.alerts[0])! : null;
    return Math.max(worst ? rank(worst) : 0, SEVERITY_RANK[group.incident!.severity] * 2);
  };
  const joined = [...groups.values()].sort(
    (one, other) => weight(other) - weight(one) || other.incident!.start_s - one.incident!.start_s || (one.key < other.key ? -1 : 1),
  );
  const ordered: Group[] = [];
  const graver = (than: number): string[] => lone.splice(0, lone.findLastIndex((alert) => rank(alert) > than) + 1).map((alert) => alert.id);
  const others = (key: string, alerts: string[]): void => { if (alerts.length) ordered.push({ key: `lone ${key}`, incident: null, alerts }); };
  for (const group of joined) {
    others(group.key, graver(weight(group)));
    ordered.push(group);
  }
  others("last", lone.map((alert) => alert.id));
  const past = [...desk.alerts.values()].filter((alert) => alert.state !== "open" && admits(alert));
  past.sort(laterFirst);
  return { groups: ordered, asleep: sleeping.map((alert) => alert.id), over: past.map((alert) => alert.id) };
}

/** Alerts in the order of the list, for J and K. */
export const listed = (): string[] => shown.flatMap((group) => group.alerts);

/** All that the list shows, in its order. */
export const ordered = (): string[] => [...listed(), ...asleep, ...over];

/** The same as a table. */
export const openTable = (): Promise<void> => import("./alert-table").then(
  (table) => table.openAlertTable(ordered),
  () => desk.say("The table could not be loaded from the desk: press T again", true),
);

/** Why it is over, or what is found: of what was withdrawn the cause is what is read. */
function why(alert: Alert): string {
  if (alert.state === "open") return alert.reason;
  const last = alert.history.findLast((step) => ["withdraw", "dismiss", "end", "close"].includes(step.verb));
  if (!last?.words) return alert.reason;
  return last.by ? `${last.verb === "close" ? "Closed" : "Dismissed"} by ${last.by}: ${last.words}` : last.words;
}

function row(alert: Alert): TemplateResult {
  const now_s = desk.clock_s();
  const current = desk.selection.alert === alert.id;
  const words = alert.state === "open" ? alert.severity : `${alert.state} · was ${alert.severity}`;
  const loud = alert.severity === "distress" && alert.state === "open" && alert.acknowledged_s === null;
  return html`<li
    class="alert ${alert.severity} ${alert.state} ${alert.acknowledged_s === null ? "new" : "answered"} ${loud ? "loud" : ""}"
    data-alert-id=${alert.id}
    data-detector=${alert.detector}
    data-severity=${alert.severity}
    data-state=${alert.state}
  >
    <button
      class="row"
      aria-current=${current ? "true" : "false"}
      @click=${() => {
        selectAlert(alert.id);
        showAlert(alert);
      }}
    >
      ${severityIcon(alert.severity)}
      <span class="row-text">
        <span class="row-top"
          ><span class="severity-word">${words}</span>${alert.confirmed ? html`<span class="tag">confirmed</span>` : nothing}${alert.acknowledged_s === null
            ? nothing
            : html`<span class="tag">✓ acknowledged</span>`}${alert.assigned ? html`<span class="tag">→ ${alert.assigned}</span>` : nothing}${alert.snoozed_until_s === null
            ? nothing
            : html`<span class="tag figures">snoozed until ${clockTime(alert.snoozed_until_s)}</span>`}<span class="row-age figures">${age(alert.raised_s, now_s)}</span></span
        >
        <span class="row-title">${alert.title}</span>
        <span class="row-reason">${why(alert)}</span>
      </span>
    </button>
  </li>`;
}

/** What is over may be thousands: each is drawn anew only when it changed, or a minute has gone by. */
function pastRow(alert: Alert): unknown {
  return guard([alert, desk.selection.alert === alert.id, Math.floor(desk.clock_s() / 60)], () => row(alert));
}

function incidentHead(incident: Incident): TemplateResult {
  return html`<button
    class="incident-head ${incident.severity}"
    aria-current=${desk.selection.incident === incident.id && desk.selection.alert === null ? "true" : "false"}
    data-incident-id=${incident.id}
    @click=${() => {
      selectIncident(incident.id);
      showOnMap(incident.lat_deg, incident.lon_deg);
    }}
  >
    <span class="row-top"><span class="severity-word">incident</span><span class="row-age figures">${age(incident.start_s, desk.clock_s())}</span></span>
    <span class="row-title">${incident.title}</span>
    <span class="row-reason"
      >${incident.ships.length} ${incident.ships.length === 1 ? "ship" : "ships"}${incident.reports.length ? ` · ${count(incident.reports.length)} reported` : ""}${incident
        .helpers.length
        ? ` · ${incident.helpers.length} could help`
        : ""} ▸</span
    >
  </button>`;
}

function groupOf(group: Group): TemplateResult {
  const incident = group.incident ? (desk.incidents.get(group.incident.id) ?? group.incident) : null;
  const rows = group.alerts.map((id) => desk.alerts.get(id)).filter((alert) => alert !== undefined);
  const afterIncident = shown.indexOf(group) > 0;
  return html`<div class="group ${incident ? "incident" : "lone"}">
    ${incident ? html`<h3 class="unseen">Incident: ${incident.title}</h3>${incidentHead(incident)}` : afterIncident ? html`<h3 class="divider">Other alerts</h3>` : nothing}
    <ul role="list">
      ${repeat(rows, (alert) => alert.id, row)}
    </ul>
  </div>`;
}

function emptyList(): TemplateResult {
  const { health } = desk;
  if (!health) return html`<p class="empty">Waiting for the desk…</p>`;
  const [ships, dangers] = health.watching.split(", for ");
  return html`<div class="empty">
    <p><strong>${quietWords()}.</strong></p>
    <p>Watching ${!ships || ships.startsWith("0 ships") ? "for the first ship" : ships}.</p>
    ${dangers ? html`<p class="quiet">For: ${dangers}.</p>` : nothing}
    ${health.since_s ? html`<p class="quiet">Since <span class="figures">${timeAndAge(health.since_s, desk.clock_s())}</span></p>` : nothing}
  </div>`;
}

/** An empty list is good news only while somebody is heard. */
function quietWords(): string {
  const feeds = desk.health?.feeds ?? [];
  const heard = feeds.some((feed) => feed.state === "live" || feed.state === "ended");
  return feeds.length && !heard ? "No ship is being heard" : "Nothing calls for attention";
}

function counts(): string {
  const open = desk.openAlerts();
  if (!open.length) return "none open";
  const fresh = open.filter(calling).length;
  const sleeping = open.filter((alert) => alert.snoozed_until_s !== null).length;
  return `${open.length} open${fresh < open.length ? ` · ${fresh} new` : ""}${sleeping ? ` · ${sleeping} snoozed` : ""}`;
}

function fold(words: string, kind: string, open: boolean, opened: (open: boolean) => void, rows: unknown, end: unknown = nothing): TemplateResult {
  return html`<details class="over ${kind}" ?open=${open} @toggle=${(event: Event) => opened((event.target as HTMLDetailsElement).open)}>
    <summary>${words}</summary>
    <ul role="list">
      ${rows}
    </ul>
    ${end}
  </details>`;
}

function overWords(): string {
  const left = older();
  return `Over: ${count(over.length)}${left && !filtering() ? ` of ${count(over.length + left)}` : ""} closed or withdrawn`;
}

function list(): TemplateResult {
  const sleepers = asleep.map((id) => desk.alerts.get(id)).filter((alert) => alert !== undefined);
  const past = over.map((id) => desk.alerts.get(id)).filter((alert) => alert !== undefined);
  return html`<div class="list-head">
      <button class="drawer-handle" aria-expanded=${desk.listOpen ? "true" : "false"} @click=${toggleDrawer}>
        <span class="unseen">Alerts: </span>${handleWords()}
      </button>
      <h2>Alerts</h2>
      <span class="list-count figures">${counts()}</span>
    </div>
    <div class="list-tools">${soundLine()} <button class="small" title="All alerts as a table (T)" @click=${openTable}>Table</button> ${filterLine()}</div>
    <p class="hold" role="status">${waiting ? `${waiting} more · order held while you point here` : silentWords()}</p>
    <div class="list-body">
      ${hiddenLine()}
      ${shown.some((group) => group.alerts.length || group.incident) ? repeat(shown, (group) => group.key, groupOf) : asleep.length || filtering() ? nothing : emptyList()}
      ${asleep.length ? fold(`Snoozed: ${asleep.length}, first back at ${clockTime(desk.alerts.get(asleep[0])?.snoozed_until_s)}`, "asleep", asleepOpen || filter.state === "snoozed", (open) => { asleepOpen = open; }, repeat(sleepers, (alert) => alert.id, row)) : nothing}
      ${over.length ? fold(overWords(), "", shownIn.list, (open) => { overOpen = open; desk.changed(); }, repeat(past, (alert) => alert.id, pastRow), olderLine()) : nothing}
      ${pastIncidents()} ${guardList()} ${exclusionList()}
    </div>`;
}

function handleWords(): TemplateResult {
  const open = desk.openAlerts().sort(byWeight);
  const worst = open[0];
  if (!worst) return html`<span>${quietWords()}</span>`;
  return html`<span class=${worst.severity}>${severityIcon(worst.severity)}</span><span class="handle-title">${worst.title}</span><span class="handle-count">${open.length} open</span>`;
}

function toggleDrawer(): void {
  desk.listOpen = !desk.listOpen;
  desk.changed();
}

export function drawAlerts(into: HTMLElement): void {
  shownIn.list = overOpen || filter.state === "closed";
  keepOver();
  const wanted = arrange();
  waiting = 0;
  const chosen = written();
  const pieces = piecesShown;
  piecesShown = shownIn.pieces;
  if (held && chosen === arrangedFor) {
    // What is gone may not be pressed any more, but it keeps its place; what is new waits.
    const known = new Set([...listed(), ...asleep, ...over]);
    waiting = wanted.groups.flatMap((group) => group.alerts).filter((id) => !known.has(id)).length;
    if (pieces !== shownIn.pieces) over = wanted.over.slice(Math.max(0, wanted.over.indexOf(over[0]))); // older ones, as was asked
  } else {
    arrangedFor = chosen;
    shown = wanted.groups;
    asleep = wanted.asleep;
    over = wanted.over;
  }
  into.classList.toggle("open", desk.listOpen);
  render(list(), into);
}

/** Hold the order as long as a pointer rests on the list or a key has brought the focus into it. */
export function holdOrder(into: HTMLElement): void {
  let pointed = false;
  let focused = false;
  const settle = (): void => {
    const before = held;
    held = pointed || focused;
    if (before !== held) desk.changed();
  };
  into.addEventListener("pointerenter", () => {
    pointed = true;
    settle();
  });
  into.addEventListener("pointerleave", () => {
    pointed = false;
    settle();
  });
  into.addEventListener("focusin", (event) => {
    // What a click leaves the focus on is not meant to hold the list for the rest of the watch; keys are.
    focused = event.target instanceof Element && event.target.matches(":focus-visible") && !event.target.closest(".list-tools");
    settle();
  });
  into.addEventListener("focusout", (event) => {
    focused &&= event.relatedTarget instanceof Node && into.contains(event.relatedTarget);
    settle();
  });
}
