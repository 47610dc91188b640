/** Incidents that are over, below the list of alerts: the newest, the older ones in pieces, and those of a ship or before a time. */

import { html, nothing, type TemplateResult } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { repeat } from "lit-html/directives/repeat.js";
import { selectIncident, showOnMap } from "../state/actions";
import { get, words } from "../state/api";
import { desk } from "../state/desk";
import { past } from "../state/past";
import { count, dateTime, readTime } from "../core/format";
import { pastLine } from "../parts/past-line";
import { severityIcon, type Content } from "../parts/parts";
import type { Incident } from "../core/shapes";

const MOST_FOUND = 200;

/** What was searched for, and what came of it; null: all are shown. */
let found: { of: string; incidents: Incident[] } | null = null;
let problem: string | null = null;

function item(incident: Incident): TemplateResult {
  const ships = Object.values(incident.names).join(", ");
  const open = (): void => {
    desk.incidents.set(incident.id, incident);
    selectIncident(incident.id);
    showOnMap(incident.lat_deg, incident.lon_deg);
  };
  return html`<li>
    <button class="line ${incident.severity}" data-past-incident=${incident.id} aria-current=${desk.selection.incident === incident.id ? "true" : "false"} @click=${open}>
      ${severityIcon(incident.severity)}<span
        ><span class="severity-word">${incident.severity}, ${incident.state}</span> ${incident.title}<br /><span class="quiet figures">${dateTime(incident.start_s)}${ships ? ` · ${ships}` : ""}</span></span
      >
    </button>
  </li>`;
}

async function search(event: Event): Promise<void> {
  event.preventDefault();
  const text = document.querySelector<HTMLInputElement>("#past-of")!.value.trim();
  const ship = /^\d{7,10}$/.test(text) ? Number(text) : null;
  const before_s = ship === null ? readTime(text, desk.clock_s()) : desk.clock_s() + 1;
  problem = before_s === null ? "A ship by MMSI, or a time as 2019-06-13 02:50Z" : null;
  if (before_s !== null) {
    const query = new URLSearchParams({ before_s: String(before_s), over: String(MOST_FOUND), ...(ship === null ? {} : { ship: String(ship) }) });
    try {
      const { incidents } = await get<{ incidents: Incident[] }>(`/api/incidents?${query}`);
      found = { of: ship === null ? `before ${dateTime(before_s)}` : `with ${desk.nameOf(ship)}`, incidents };
    } catch (fault) {
      problem = words(fault);
    }
  }
  desk.changed();
}

const form = (): TemplateResult => html`<form class="field past-search" @submit=${search}>
  <label for="past-of">Those of a ship, or before a time</label>
  <div class="inline">
    <input id="past-of" type="text" autocomplete="off" placeholder="MMSI, or 2019-06-13 02:50Z" aria-invalid=${problem ? "true" : "false"} aria-describedby="past-problem" />
    <button class="small" type="submit">Find</button>
  </div>
  <p id="past-problem" class="problem" role="alert">${problem ?? nothing}</p>
</form>`;

function results(): TemplateResult {
  return html`<p class="quiet" role="status">${found!.incidents.length ? `${found!.incidents.length === MOST_FOUND ? "The newest " : ""}${count(found!.incidents.length)} ${found!.of}` : `None ${found!.of}`}</p>
    <button class="small" @click=${() => { found = null; desk.changed(); }}>Show all</button>`;
}

export function pastIncidents(): Content {
  const over = past.incidents.over();
  if (!over.length) return nothing;
  const listed = found?.incidents ?? over;
  const more = past.incidents.older();
  return html`<details class="over past-incidents" ?open=${past.incidents.shown} @toggle=${(event: Event) => { past.incidents.shown = (event.target as HTMLDetailsElement).open; desk.changed(); }}>
    <summary>Incidents over: ${more ? `the newest ${count(over.length)}` : count(over.length)}</summary>
    ${past.incidents.shown
      ? html`${form()} ${found ? results() : nothing}
          <ul class="lines" role="list">${repeat(listed, (incident) => incident.id, (incident) => guard([incident, desk.selection.incident === incident.id], () => item(incident)))}</ul>
          ${found ? nothing : pastLine(past.incidents)}`
      : nothing}
  </details>`;
}
