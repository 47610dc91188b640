/** All alerts as one table, for those who listen and those who want an overview. It is loaded when it is first asked for. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { selectAlert, showAlert } from "../state/actions";
import { desk } from "../state/desk";
import { admits, filterWords, hiddenLine } from "./filters";
import { age, clockTime, moment } from "../core/format";
import { olderLine } from "./older";
import { shownIn } from "../state/over";
import { icon, severityIcon } from "../parts/parts";
import type { Alert } from "../core/shapes";

let dialog: HTMLDialogElement | null = null;
let ordered: () => string[] = () => [];

function states(alert: Alert): string {
  const words = [alert.state === "open" ? (alert.acknowledged_s === null ? "new" : "acknowledged") : alert.state];
  if (alert.confirmed) words.push("confirmed");
  if (alert.snoozed_until_s !== null) words.push(`snoozed until ${clockTime(alert.snoozed_until_s)}`);
  return words.join(", ");
}

function open(alert: Alert): void {
  dialog!.close();
  selectAlert(alert.id);
  showAlert(alert);
}

function row(alert: Alert): TemplateResult {
  const incident = alert.incident ? desk.incidents.get(alert.incident) : undefined;
  return html`<tr class="${alert.severity} ${alert.state}" data-table-id=${alert.id}>
    <td><span class="severity ${alert.severity}">${severityIcon(alert.severity)}<span class="severity-word">${alert.severity}</span></span></td>
    <th scope="row"><button class="link" @click=${() => open(alert)}>${alert.title}</button></th>
    <td>${states(alert)}</td>
    <td class="figures">${moment(alert.raised_s, desk.clock_s())}<br />${age(alert.raised_s, desk.clock_s())}</td>
    <td>${alert.assigned ?? "nobody"}</td>
    <td>${incident ? incident.title : (alert.incident ?? "none")}</td>
  </tr>`;
}

function draw(): void {
  if (!dialog?.open) return;
  const alerts = ordered()
    .map((id) => desk.alerts.get(id))
    .filter((alert): alert is Alert => alert !== undefined && admits(alert));
  const still = alerts.filter((alert) => alert.state === "open").length;
  render(
    html`<div class="panel-head">
        <div class="panel-title"><p class="over">in the order of the list; what is over comes last</p><h2 tabindex="-1">Alerts as a table</h2></div>
        <button class="plain" aria-label="Close the table" title="Close (Esc)" @click=${() => dialog!.close()}>${icon("close")}</button>
      </div>
      ${hiddenLine()}
      <div class="table-body" tabindex="0" role="group" aria-label="Alerts, to be scrolled">
        <table class="alert-table">
          <caption>${still} open, ${alerts.length - still} over${filterWords()}</caption>
          <thead>
            <tr><th scope="col">Severity</th><th scope="col">Alert</th><th scope="col">State</th><th scope="col">Raised</th><th scope="col">Who has it</th><th scope="col">Incident</th></tr>
          </thead>
          <tbody>${alerts.length ? repeat(alerts, (alert) => alert.id, row) : html`<tr><td colspan="6">No alert</td></tr>`}</tbody>
        </table>
        ${olderLine()}
      </div>
      ${alerts.length ? html`<p class="quiet">Enter on an alert opens it; then the keys of the help sheet (?) answer it.</p>` : nothing}`,
    dialog,
  );
}

/** `order`: the alerts as the list has them. */
export function openAlertTable(order: () => string[]): void {
  ordered = order;
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.id = "alert-table";
    dialog.setAttribute("aria-label", "Alerts as a table");
    document.body.append(dialog);
    dialog.addEventListener("close", () => {
      shownIn.table = false;
    });
    desk.onChange(draw);
  }
  if (!dialog.open) dialog.showModal();
  shownIn.table = true;
  draw();
  dialog.querySelector<HTMLElement>("h2")?.focus();
}
