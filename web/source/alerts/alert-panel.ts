/** One alert: what a watchkeeper would say about it, what to do, and one click deeper why the desk thinks so. */

import { hasPast, lookBack } from "../replay/beside";
import { html, nothing, type TemplateResult } from "lit-html";
import { selectIncident } from "../state/actions";
import { acknowledgeLine, answerForm } from "./answers";
import { desk } from "../state/desk";
import { moment, timeAndAge } from "../core/format";
import { fact, panelHead, positionLine, severityIcon, shipButtons, type Content } from "../parts/parts";
import type { Alert } from "../core/shapes";

/** So long before an alert began one looks back to it. */
const BEFORE_S = 600;

export const VERBS: Record<string, string> = {
  raise: "raised", amend: "amended", end: "ended", withdraw: "withdrawn", acknowledge: "acknowledged", confirm: "confirmed", dismiss: "dismissed",
  assign: "assigned", snooze: "snoozed", wake: "back from the snooze", note: "note", close: "closed", over: "over", reopen: "opened again",
  restore: "no longer left out", exclude: "left out from now on", include: "exclusion taken back",
};

function settingsTable(settings: Record<string, unknown>): Content {
  const entries = Object.entries(settings);
  if (!entries.length) return nothing;
  return html`<h4>Settings</h4>
    <dl class="facts figures">${entries.map(([name, value]) => fact(name, typeof value === "object" ? JSON.stringify(value) : String(value)))}</dl>`;
}

function evidence(alert: Alert): Content {
  const { rule } = alert;
  return html`<details class="deeper">
      <summary>Evidence: ${alert.evidence.length} ${alert.evidence.length === 1 ? "sentence" : "sentences"}</summary>
      <ul class="sentences" role="list">
        ${alert.evidence.map(
          (item) => html`<li>
            <p class="quiet">
              <span class="figures">${moment(item.time_s, desk.clock_s())}</span>${item.feed ? ` · ${item.feed}` : ""}${item.station ? ` · heard by ${item.station}` : ""}${item.source_row === null
                ? ""
                : ` · line ${item.source_row}`}
            </p>
            <code>${item.sentence ?? "decoded input: no sentence was kept"}</code>
          </li>`,
        )}
      </ul>
    </details>
    ${rule
      ? html`<details class="deeper">
          <summary>Rule: ${rule.id}, version ${rule.version} · score ${alert.score === null ? "not known" : alert.score.toFixed(2)}</summary>
          <p>${rule.what}</p>
          <p class="quiet">${rule.why}</p>
          ${settingsTable(rule.settings ?? {})}
        </details>`
      : nothing}`;
}

/** Who, when, what, in which words: all of it, in order. */
function history(alert: Alert): TemplateResult {
  return html`<h3>History: ${alert.history.length} ${alert.history.length === 1 ? "entry" : "entries"}</h3>
    <ol class="history" role="list">
      ${alert.history.map(
        (entry) => html`<li class=${entry.by ? "by-person" : "by-rule"}>
          <span class="figures">${moment(entry.time_s, desk.clock_s())}</span> <strong>${VERBS[entry.verb] ?? entry.verb}</strong>${entry.by ? ` · ${entry.by}` : ""}${entry.words ? `: ${entry.words}` : ""}
        </li>`,
      )}
    </ol>`;
}

export function alertPanel(alert: Alert): TemplateResult {
  const now_s = desk.clock_s();
  const incident = alert.incident ? desk.incidents.get(alert.incident) : undefined;
  const open = alert.state === "open";
  return html`${panelHead(
      html`<span class="severity ${alert.severity}">${severityIcon(alert.severity)}<span class="severity-word">${open ? alert.severity : `${alert.state} · was ${alert.severity}`}</span></span>`,
      alert.title,
      "Close the alert",
    )}
    <div class="panel-body">
      <p class="reason">${alert.reason}</p>
      ${acknowledgeLine(alert)}
      ${hasPast() ? html`<p class="buttons"><button title="What was known before and after, on a page of its own" @click=${() => lookBack(alert.start_s - BEFORE_S)}>Look back to it</button></p>` : nothing}
      <dl class="facts">
        ${fact("Raised", html`<span class="figures">${timeAndAge(alert.raised_s, now_s)}</span>`)}
        ${fact("Began", html`<span class="figures">${timeAndAge(alert.start_s, now_s)}</span>`)}
        ${alert.end_s === null ? nothing : fact("Ended", html`<span class="figures">${timeAndAge(alert.end_s, now_s)}</span>`)}
        ${fact("Assigned to", alert.assigned)}
        ${alert.acknowledged_s === null ? nothing : fact("Acknowledged", html`<span class="figures">${timeAndAge(alert.acknowledged_s, now_s)}</span>`)}
      </dl>
      ${alert.ships.length || alert.lat_deg !== null ? positionLine(alert.lat_deg, alert.lon_deg) : nothing} ${shipButtons(alert.ships, alert.names)}
      ${incident
        ? html`<p><button class="link" @click=${() => selectIncident(incident.id)}>Part of: ${incident.title} ▸</button></p>`
        : nothing}
      ${answerForm(alert)} ${history(alert)}
      ${alert.rule ? html`<h3>When this is wrong</h3><p class="quiet">${alert.rule.wrong}</p>` : nothing} ${evidence(alert)}
    </div>`;
}
