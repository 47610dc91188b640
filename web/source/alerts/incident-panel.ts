/** One incident: its alerts, what people reported, and who can be there first. */

import { html, nothing, type TemplateResult } from "lit-html";
import { openIncidentPage, selectAlert, selectShip } from "../state/actions";
import { desk } from "../state/desk";
import { degrees, duration, hours, knots, miles, timeAndAge } from "../core/format";
import { fact, panelHead, positionLine, severityIcon, shipButtons, type Content } from "../parts/parts";
import { KIND_WORDS, type Helper, type Incident } from "../core/shapes";

const kindWords = (kind: number | string): string => (typeof kind === "number" ? (KIND_WORDS[kind] ?? "ship") : kind);

export function helpersTable(helpers: Helper[]): Content {
  if (!helpers.length) return html`<p class="quiet">No ship that could help is heard near by.</p>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Who can help, nearest in time first">
    <table class="helpers">
      <thead>
        <tr><th scope="col">Ship</th><th scope="col">Away</th><th scope="col">Bears</th><th scope="col">Takes</th></tr>
      </thead>
      <tbody>
        ${helpers.map(
          (helper) => html`<tr>
            <th scope="row">
              <button class="link" @click=${() => selectShip(helper.mmsi)}>${helper.name || String(helper.mmsi)}</button>
              <span class="quiet">${kindWords(helper.kind)} · best ${knots(helper.speed_kn)}</span>
            </th>
            <td class="figures">${miles(helper.distance_nm)}</td>
            <td class="figures">${degrees(helper.bearing_deg)}</td>
            <td class="figures">${hours(helper.hours)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

export function incidentPanel(incident: Incident): TemplateResult {
  const now_s = desk.clock_s();
  const alerts = incident.alerts.map((id) => desk.alerts.get(id)).filter((alert) => alert !== undefined);
  const reports = incident.reports.map((id) => desk.reports.get(id)).filter((report) => report !== undefined);
  return html`${panelHead(
      html`<span class="severity ${incident.severity}">${severityIcon(incident.severity)}<span class="severity-word">incident · ${incident.severity}</span></span>`,
      incident.title,
      "Close the incident",
    )}
    <div class="panel-body">
      <dl class="facts">
        ${fact("Began", html`<span class="figures">${timeAndAge(incident.start_s, now_s)}</span>`)}
        ${incident.end_s === null
          ? nothing
          : html`${fact("Ended", html`<span class="figures">${timeAndAge(incident.end_s, now_s)}</span>`)}${fact("Lasted", duration(incident.end_s - incident.start_s))}`}
      </dl>
      <div class="buttons"><button @click=${() => openIncidentPage(incident.id)}>Open its page (O)</button></div>
      ${positionLine(incident.lat_deg, incident.lon_deg)} ${shipButtons(incident.ships, incident.names)}
      <h3>Who can help</h3>
      ${helpersTable(incident.helpers)}
      ${incident.notes.length ? html`<h3>Newest note of ${incident.notes.length}</h3><p class="told">${incident.notes.at(-1)!.words}</p>` : nothing}
      <h3>Alerts</h3>
      <ul class="lines" role="list">
        ${alerts.map(
          (alert) => html`<li>
            <button class="line ${alert.severity} ${alert.state}" @click=${() => selectAlert(alert.id, true, true)}>
              ${severityIcon(alert.severity)}<span><span class="severity-word">${alert.severity}${alert.state === "open" ? "" : `, ${alert.state}`}</span> ${alert.title}</span>
            </button>
          </li>`,
        )}
      </ul>
      <h3>Reported</h3>
      ${reports.length
        ? html`<ul class="lines" role="list">
            ${reports.map(
              (report) => html`<li class="told">
                <p class="quiet"><span class="figures">${timeAndAge(report.time_s, now_s)}</span> · ${report.kind} · ${report.verified ? "verified" : "not verified"}${report.source ? ` · ${report.source}` : ""}</p>
                <p>${report.words}</p>
              </li>`,
            )}
          </ul>`
        : html`<p class="quiet">Nothing yet. Press R to type in what you hear.</p>`}
    </div>`;
}
