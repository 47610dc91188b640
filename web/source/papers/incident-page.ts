/** The page of one incident: everything known of it, in order, and what people write down about it. */

import { BASE } from "../core/base";
import { html, nothing, type TemplateResult } from "lit-html";
import { keyed } from "lit-html/directives/keyed.js";
import { noteIncident, openReport, selectAlert } from "../state/actions";
import { VERBS } from "../alerts/alert-panel";
import { desk } from "../state/desk";
import { Fetched } from "../state/fetched";
import { dateTime, duration, moment, position, timeAndAge } from "../core/format";
import { helpersTable } from "../alerts/incident-panel";
import { byField } from "../parts/by-field";
import { fact, panelHead, positionLine, severityIcon, type Content } from "../parts/parts";
import type { Alert, Evidence, HistoryEntry, Incident, Report } from "../core/shapes";
import { leaveWarning, warningForm } from "./warning-form";

interface Step extends HistoryEntry {
  what: "alert" | "report" | "note";
  of: string | null;
  title: string;
}

interface Piece extends Evidence {
  record: number | null;
  blake2b: string | null;
}

interface SeenShip {
  id: number;
  name: string;
  kind: string | null;
  flag: string | null;
  mmsi: string | null;
  imo: string | null;
  callsign: string | null;
  length_m: number | null;
  beam_m: number | null;
  lat_deg: number | null;
  lon_deg: number | null;
  heard_s: number | null;
}

type SeenAlert = Omit<Alert, "evidence"> & { evidence: Piece[] };

interface Dossier {
  incident: Incident;
  alerts: SeenAlert[];
  reports: Report[];
  ships: SeenShip[];
  course: Step[];
}

const dossier = new Fetched<Dossier>();
let problem: string | null = null;

const path = (incident: Incident): string => `/api/incidents/${encodeURIComponent(incident.id)}`;

function table(label: string, heads: string[], rows: Content[], none: string): TemplateResult {
  if (!rows.length) return html`<p class="quiet">${none}</p>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${label}>
    <table class="sheet-table">
      <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${rows}</tbody>
    </table>
  </div>`;
}

function shipRow(ship: SeenShip): TemplateResult {
  const place = ship.lat_deg === null || ship.lon_deg === null ? "not known" : position(ship.lat_deg, ship.lon_deg);
  const size = ship.length_m ? `, ${ship.length_m} × ${ship.beam_m ?? "?"} m` : "";
  return html`<tr>
    <td><strong>${ship.name}</strong><br />${ship.kind ?? "kind not known"}${ship.flag ? `, ${ship.flag}` : ""}${size}</td>
    <td class="figures">${ship.mmsi ? `MMSI ${ship.mmsi}` : "by radar only"}${ship.imo ? html`<br />IMO ${ship.imo}` : nothing}${ship.callsign ? html`<br />${ship.callsign}` : nothing}</td>
    <td class="figures">${place}<br />${timeAndAge(ship.heard_s, desk.clock_s())}</td>
  </tr>`;
}

function stepWords(step: Step): string {
  if (step.what === "report") return `${step.verb} reported, ${step.title}`;
  return step.what === "note" || step.verb === "note" ? `note${step.title ? ` on ${step.title}` : ""}` : `${step.title}: ${VERBS[step.verb] ?? step.verb}`;
}

const stepRow = (step: Step): TemplateResult => html`<tr class=${step.what}>
  <td class="figures">${moment(step.time_s, desk.clock_s())}</td>
  <td><strong>${stepWords(step)}</strong>${step.by ? html` · ${step.by}` : nothing}<br />${step.words}</td>
</tr>`;

/** In the order in which their signs on the chart and on the time line are numbered. */
const asRaised = (alerts: SeenAlert[]): SeenAlert[] =>
  [...alerts].sort((one, other) => one.raised_s - other.raised_s || (one.id < other.id ? -1 : 1));

function evidence(alert: SeenAlert, at: number): TemplateResult {
  return html`<details class="deeper">
    <summary>${at + 1}. ${alert.severity}, ${alert.state}: ${alert.title} · ${alert.evidence.length} ${alert.evidence.length === 1 ? "sentence" : "sentences"}</summary>
    <p>${alert.reason}</p>
    <ul class="sentences" role="list">
      ${alert.evidence.map(
        (piece) => html`<li>
          <p class="quiet figures">${moment(piece.time_s, desk.clock_s())} · ${piece.record === null ? "record not known" : `record ${piece.record}`}${piece.station ? ` · heard by ${piece.station}` : ""}</p>
          <code>${piece.sentence ?? "decoded input: no sentence was kept"}</code>
          ${piece.blake2b ? html`<p class="quiet hash">BLAKE2b <code>${piece.blake2b}</code></p>` : nothing}
        </li>`,
      )}
    </ul>
    <button class="small" @click=${() => selectAlert(alert.id, true, true)}>Open this alert</button>
  </details>`;
}

/** What a chart, or a time line, is wide on the screen: drawn for that, its words are as large as those beside it. */
const wide_px = (): number => (innerWidth > 720 ? 680 : Math.min(680, Math.max(300, innerWidth - 50)));

/** As the palette has it on the screen, and dark on white on paper. */
function picture(incident: Incident, what: "chart" | "timeline", words: string): TemplateResult {
  const from = `${BASE}${path(incident)}/${what}.svg?n=${dossier.times}&palette=`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label=${what === "chart" ? "Chart" : "Time line"}>
      <img class="extract screen ${what}" alt=${words} src="${from}${desk.palette}&wide=${wide_px()}" />
    </div>
    <img class="extract paper" alt="" loading="lazy" src="${from}day&wide=680" />`;
}

async function note(incident: Incident): Promise<void> {
  const field = document.querySelector<HTMLTextAreaElement>("#incident-words")!;
  const words = field.value.trim();
  problem = words ? null : "Write the note first.";
  if (!words) {
    field.focus();
    return desk.changed();
  }
  if ((await noteIncident(incident.id, words)) && field.value.trim() === words) field.value = "";
}

function notes(incident: Incident): TemplateResult {
  return html`<h3>Notes of the watch: ${incident.notes.length}</h3>
    <ul class="lines" role="list">
      ${incident.notes.map((entry) => html`<li class="told"><p class="quiet figures">${moment(entry.time_s, desk.clock_s())} · ${entry.by ?? "desk"}</p><p>${entry.words}</p></li>`)}
    </ul>
    <div class="answer decides">
      <label for="incident-words">A note for the record</label>
      <textarea id="incident-words" rows="2" maxlength="2000" autocomplete="off" aria-describedby="incident-problem"></textarea>
      <div class="inline by">
        ${byField("incident-by")}
        <button class="decides main" @click=${() => note(incident)}>Write it down</button>
      </div>
      <p id="incident-problem" class="problem" role="alert">${problem ?? nothing}</p>
    </div>`;
}

const reportRow = (report: Report): TemplateResult => html`<li class="told">
  <p class="quiet figures">${dateTime(report.time_s)} · ${report.kind} · ${report.verified ? "verified" : "not verified"}${report.source ? ` · ${report.source}` : ""}${report.lat_deg === null ? "" : ` · ${position(report.lat_deg, report.lon_deg)}`}</p>
  <p>${report.words}</p>
</li>`;

export function incidentPage(incident: Incident): TemplateResult {
  dossier.want(incident.id, path(incident), incident);
  const now_s = desk.clock_s();
  const told = dossier.held?.incident.id === incident.id ? dossier.held : null;
  const reports = incident.reports.map((id) => desk.reports.get(id)).filter((report) => report !== undefined);
  const over = incident.state !== "open";
  return html`${panelHead(
      html`<span class="severity ${incident.severity}">${severityIcon(incident.severity)}<span class="severity-word">incident · ${over ? incident.state : incident.severity}</span></span>`,
      incident.title,
      "Close the page",
    )}
    <div class="panel-body sheet-body" tabindex="0" role="group" aria-label="The incident">
      <p class="buttons no-print">
        <a class="button" href="${BASE}${path(incident)}/report.html" target="_blank" rel="noopener">Report to print</a>
        <a class="button" href="${BASE}${path(incident)}/report.html?save=1">Save the report</a>
        <button class="decides" @click=${() => openReport()}>Type in a report (R)</button>
      </p>
      <dl class="facts">
        ${fact("Began", html`<span class="figures">${timeAndAge(incident.start_s, now_s)}</span>`)}
        ${incident.end_s === null ? nothing : html`${fact("Ended", html`<span class="figures">${timeAndAge(incident.end_s, now_s)}</span>`)}${fact("Lasted", duration(incident.end_s - incident.start_s))}`}
        ${fact("Number", incident.id)}
      </dl>
      ${positionLine(incident.lat_deg, incident.lon_deg)}
      ${dossier.problem ? html`<p class="problem" role="alert">${dossier.problem}</p>` : nothing}
      <h3>Chart</h3>
      ${picture(incident, "chart", "Chart of the incident: alerts, tracks of its ships, shore. The same is told in words below.")}
      <h3>Who can help</h3>
      ${over ? html`<p class="quiet">Told only while an incident is open.</p>` : helpersTable(incident.helpers)}
      <h3>Ships</h3>
      ${told ? table("Ships", ["Ship", "Numbers", "Last heard"], told.ships.map(shipRow), "None.") : html`<p class="quiet">…</p>`}
      ${keyed(incident.id, notes(incident))}
      <h3>Reported</h3>
      ${reports.length ? html`<ul class="lines" role="list">${reports.map(reportRow)}</ul>` : html`<p class="quiet">Nothing yet. Press R to type in what you hear.</p>`}
      <h3>What happened, was said and was done</h3>
      ${picture(incident, "timeline", "Time line of the alerts, a row a ship. The same is told in words below.")}
      ${told ? table("Course of events", ["Time", "What"], told.course.map(stepRow), "Nothing yet.") : html`<p class="quiet">…</p>`}
      <h3>Alerts and their evidence</h3>
      ${told ? asRaised(told.alerts).map(evidence) : nothing}
      ${warningForm(incident)}
    </div>`;
}

export function leaveIncident(): void {
  dossier.forget();
  leaveWarning();
  problem = null;
}
