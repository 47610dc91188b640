/** The hand-over of a watch: what stands open and who has it, what is silenced until when, how the desk is, what changed. */

import { BASE } from "../core/base";
import { html, nothing, type TemplateResult } from "lit-html";
import { selectAlert, selectIncident } from "../state/actions";
import { VERBS } from "../alerts/alert-panel";
import type { Zone } from "../core/chart-shapes";
import { desk } from "../state/desk";
import { feedWell } from "../top/feeds";
import { Fetched } from "../state/fetched";
import { detectorWords } from "../alerts/filters";
import { clockTime, count, dateTime, moment, readPast, timeAndAge } from "../core/format";
import { panelHead, severityIcon, type Content } from "../parts/parts";
import { mutedUntil_ms } from "../state/settings";
import type { Severity } from "../core/severity";
import type { Alert, Exclusion, Feed, Guard, Health, HistoryEntry, Incident, JournalHealth, WebhookHealth } from "../core/shapes";

interface Change extends HistoryEntry {
  what: "alert" | "incident" | "report" | "exclusion" | "guard" | "zone";
  title: string;
  severity: Severity | null;
  of: string;
}

interface Handover {
  made_s: number | null;
  since_s: number | null;
  open: Alert[];
  snoozed: string[];
  incidents: Incident[];
  exclusions: Exclusion[];
  quiet_zones: (Zone & { held_back: number })[];
  guards: Guard[];
  feeds: Feed[];
  clock_check: NonNullable<Health["clock_check"]>;
  journal: JournalHealth;
  webhook: WebhookHealth | null;
  kept_quiet: Record<string, number>;
  changes: Change[];
  changes_left_out: number;
}

const WATCHES_H = [4, 8, 12, 24];

const told = new Fetched<Handover>();
/** Since when: a time, or so many hours back from whenever it is looked at. */
let since_s: number | null = null;
let hours = 8;
let problem: string | null = null;

function from_s(): number {
  return since_s ?? Math.floor(desk.clock_s() / 60) * 60 - hours * 3600;
}

const query = (): string => `since_s=${from_s()}`;

function begin(): void {
  const typed = document.querySelector<HTMLInputElement>("#handover-since")!.value;
  const time_s = readPast(typed, desk.clock_s());
  problem = time_s === null ? "Time as 2019-06-13 02:50Z, or 02:50Z for today" : null;
  if (time_s !== null) since_s = time_s;
  desk.changed();
}

/** So many hours back from now. */
function back(watch_h: number): void {
  since_s = null;
  hours = watch_h;
  problem = null;
  document.querySelector<HTMLInputElement>("#handover-since")!.value = dateTime(from_s());
  desk.changed();
}

const sinceField = (): TemplateResult => html`<form class="field no-print" @submit=${(event: Event) => { event.preventDefault(); begin(); }}>
  <label for="handover-since">What changed since, UTC</label>
  <div class="inline">
    <input id="handover-since" type="text" class="figures" autocomplete="off" value=${dateTime(from_s())} aria-invalid=${problem ? "true" : "false"} aria-describedby="handover-problem" />
    <button type="submit">Show</button>
  </div>
  <p id="handover-problem" class="problem" role="alert">${problem ?? nothing}</p>
  <div class="buttons">
    ${WATCHES_H.map((watch) => html`<button type="button" class="small" aria-pressed=${since_s === null && hours === watch ? "true" : "false"} @click=${() => back(watch)}>Last ${watch} h</button>`)}
  </div>
</form>`;

function openLine(alert: Alert): TemplateResult {
  const answered = alert.acknowledged_s === null ? "not acknowledged" : `acknowledged ${moment(alert.acknowledged_s, desk.clock_s())}`;
  const asleep = alert.snoozed_until_s === null ? "" : ` · snoozed until ${clockTime(alert.snoozed_until_s)}`;
  return html`<li>
    <button class="line ${alert.severity}" @click=${() => selectAlert(alert.id)}>
      ${severityIcon(alert.severity)}<span><span class="severity-word">${alert.severity}</span> ${alert.title}<br /><span class="quiet">${alert.assigned ? `with ${alert.assigned}` : "with nobody"} · ${answered}${asleep} · raised ${timeAndAge(alert.raised_s, desk.clock_s())}</span></span>
    </button>
  </li>`;
}

const incidentLine = (incident: Incident): TemplateResult => html`<li>
  <button class="line ${incident.severity}" @click=${() => selectIncident(incident.id)}>
    ${severityIcon(incident.severity)}<span><span class="severity-word">${incident.severity}</span> ${incident.title}${incident.notes.length ? html`<br /><span class="quiet">${incident.notes.at(-1)!.words}</span>` : nothing}</span>
  </button>
</li>`;

/** The sound of this browser is known to it alone. */
function soundWords(): string {
  const until_ms = mutedUntil_ms();
  if (Date.now() >= until_ms) return "Sound in this browser: on";
  return until_ms === Infinity ? "Sound in this browser: off until someone switches it on" : `Sound in this browser: off until ${clockTime(until_ms / 1000)}`;
}

function silenced(sheet: Handover): TemplateResult {
  const asleep = sheet.open.filter((alert) => sheet.snoozed.includes(alert.id));
  return html`<ul class="lines told" role="list">
    ${asleep.map((alert) => html`<li>Snoozed until ${timeAndAge(alert.snoozed_until_s, desk.clock_s())}: ${alert.title}</li>`)}
    ${sheet.exclusions.map((each) => html`<li>Left out by ${each.by} at ${dateTime(each.made_s)}, until someone takes it back: ${each.rule}, ${Object.values(each.names).join(" and ")}${each.here ? `, within ${each.here.radius_nm} NM` : ""}: ${each.words}</li>`)}
    ${sheet.quiet_zones.map((zone) => html`<li>Zone ${zone.name}, by ${zone.by} at ${dateTime(zone.changed_s)}, ${zone.quiet_until_s === null ? "until someone changes it" : `until ${timeAndAge(zone.quiet_until_s, desk.clock_s())}`}: nothing new of ${zone.quiet.map(detectorWords).join(", ")}; ${count(zone.held_back)} held back now</li>`)}
    ${Object.entries(sheet.kept_quiet).map(([rule, number]) => html`<li>Quiet in port: ${rule}, ${count(number)} only counted</li>`)}
    <li>${soundWords()}</li>
  </ul>`;
}

function deskLines(sheet: Handover): TemplateResult {
  const { journal, clock_check: check } = sheet;
  return html`<ul class="lines told" role="list">
    ${sheet.feeds.map((feed) => html`<li class=${feedWell(feed) ? "" : "alarm"}>Feed ${feed.name || feed.feed}: ${feed.state.replace("_", " ")}, ${feed.words}; last line ${timeAndAge(feed.last_s, desk.clock_s())}</li>`)}
    <li class=${check.state === "wrong" ? "alarm" : ""}>Clock: ${check.words}</li>
    <li class=${journal.state === "failed" ? "alarm" : ""}>Journal: ${journal.words}; ${count(journal.durable)} of ${count(journal.records)} records safe</li>
    ${(journal.copies ?? []).map((copy) => html`<li class=${copy.state === "failing" || copy.state === "forked" ? "alarm" : ""}>Copy ${copy.name}: ${copy.state}, ${copy.words}; ${count(copy.behind)} behind</li>`)}
    ${sheet.webhook ? html`<li class=${sheet.webhook.state === "failing" ? "alarm" : ""}>Webhook to ${sheet.webhook.to}, from ${sheet.webhook.least} on: ${sheet.webhook.words}; ${count(sheet.webhook.unsent)} unsent</li>` : nothing}
    ${journal.checkpoint ? html`<li>Checkpoint: record ${count(journal.checkpoint.record)}, ${journal.checkpoint.words}</li>` : nothing}
  </ul>`;
}

function changeWords(change: Change): string {
  if (change.what === "report") return `${change.verb} reported, ${change.title}`;
  const verb = change.what === "alert" ? (VERBS[change.verb] ?? change.verb) : change.verb;
  return `${change.what === "alert" ? (change.severity ?? "") : change.what} · ${change.title}: ${verb}`;
}

const changeRow = (change: Change): TemplateResult => html`<tr class=${change.what}>
  <td class="figures">${moment(change.time_s, desk.clock_s())}</td>
  <td><strong>${changeWords(change)}</strong>${change.by ? html` · ${change.by}` : nothing}<br />${change.words}</td>
</tr>`;

function changes(sheet: Handover): Content {
  if (!sheet.changes.length) return html`<p class="quiet">Nothing.</p>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="What changed">
      <table class="sheet-table">
        <thead><tr><th scope="col">Time</th><th scope="col">What</th></tr></thead>
        <tbody>${[...sheet.changes].reverse().map(changeRow)}</tbody>
      </table>
    </div>
    ${sheet.changes_left_out ? html`<p class="quiet">${count(sheet.changes_left_out)} before these are not shown.</p>` : nothing}`;
}

export function handoverPage(): TemplateResult {
  told.want(`${since_s} ${hours}`, `/api/handover?${query()}`, desk.alerts.size);
  const sheet = told.held;
  return html`${panelHead("hand-over of the watch", `Hand-over, ${dateTime(desk.clock_s())}`, "Close the hand-over")}
    <div class="panel-body sheet-body" tabindex="0" role="group" aria-label="The hand-over">
      <p class="buttons no-print">
        <a class="button" href="${BASE}/api/handover.html?${query()}" target="_blank" rel="noopener">Sheet to print</a>
        <a class="button" href="${BASE}/api/handover.html?${query()}&save=1">Save the sheet</a>
      </p>
      ${sinceField()}
      ${told.problem ? html`<p class="problem" role="alert">${told.problem}</p>` : nothing}
      ${sheet
        ? html`<h3>Open alerts: ${sheet.open.length}</h3>
            ${sheet.open.length ? html`<ul class="lines" role="list">${sheet.open.map(openLine)}</ul>` : html`<p class="quiet">Nothing stands open.</p>`}
            <h3>Open incidents: ${sheet.incidents.length}</h3>
            ${sheet.incidents.length ? html`<ul class="lines" role="list">${sheet.incidents.map(incidentLine)}</ul>` : html`<p class="quiet">None.</p>`}
            <h3>Silenced: what comes back, and when</h3>
            ${silenced(sheet)}
            <h3>Guarded at the desk: ${sheet.guards.length}</h3>
            ${sheet.guards.length ? html`<ul class="lines told" role="list">${sheet.guards.map((guard) => html`<li>${guard.name}: ${guard.guard ? "guarded" : "not guarded"}${guard.ring_nm === null ? "" : `, ring of ${guard.ring_nm} NM`}, ${guard.until_s === null ? "until someone ends it" : `until ${timeAndAge(guard.until_s, desk.clock_s())}`}${guard.words ? `: ${guard.words}` : ""}</li>`)}</ul>` : html`<p class="quiet">None.</p>`}
            <h3>Feeds, clock, journal, webhook</h3>
            ${deskLines(sheet)}
            <h3>What changed since ${dateTime(sheet.since_s)}, newest first</h3>
            ${changes(sheet)}`
        : html`<p class="quiet">…</p>`}
    </div>`;
}

export function leaveHandover(): void {
  told.forget();
  problem = null;
}
