/** The form for what a person hears or sees: on disk before the desk answers, and on the map when it has. */

import { html, nothing, type TemplateResult } from "lit-html";
import { closeTop } from "../state/actions";
import { post, words as refusalWords } from "../state/api";
import { desk } from "../state/desk";
import { dateTime, position, readPosition, readTime } from "../core/format";
import { panelHead } from "../parts/parts";
import { findShips, shipWords } from "../parts/search";
import type { FoundShip, Report, ReportKind } from "../core/shapes";

const KINDS: [ReportKind, string][] = [
  ["distress", "Distress call"], ["sighting", "Sighting"], ["rescue", "Rescue under way"], ["report", "Report from others"], ["note", "Note for the watch"],
];

interface Draft {
  time: string;
  ship: { id: number; name: string } | null;
  shipText: string;
  found: FoundShip[];
  position: string;
  problem: string | null;
  field: string | null;
  sending: boolean;
}

let draft: Draft | null = null;
export const picking = { on: false };

function begin(): Draft {
  const { ship } = desk.selection;
  return {
    time: dateTime(desk.clock_s()), ship: ship === null ? null : { id: ship, name: desk.fleet.nameOf(ship) },
    shipText: "", found: [], position: "", problem: null, field: null, sending: false,
  };
}

const input = (id: string): HTMLInputElement => document.querySelector<HTMLInputElement>(`#${id}`)!;

/** A click on the map while the form waits for a position. */
export function pickPosition(lat_deg: number, lon_deg: number): void {
  picking.on = false;
  if (!draft) return;
  draft.position = position(lat_deg, lon_deg);
  const field = document.querySelector<HTMLInputElement>("#report-position");
  if (field) field.value = draft.position;
  field?.focus();
  desk.changed();
}

function refuse(problem: string, field: string): void {
  if (!draft) return;
  draft.problem = problem;
  draft.field = field;
  input(field).focus();
  desk.changed();
}

async function send(event: Event): Promise<void> {
  event.preventDefault();
  if (!draft || draft.sending) return;
  const time_s = readTime(input("report-time").value, desk.clock_s());
  if (time_s === null) return refuse("Time as 2019-06-13 02:50:10Z, or 02:50Z for today", "report-time");
  const said = input("report-words").value.trim();
  if (!said) return refuse("Say what was seen or heard", "report-words");
  const typed = input("report-position").value.trim();
  const place = typed ? readPosition(typed) : null;
  if (typed && !place) return refuse("Position as 25°26.0′N 057°21.5′E or 25.43, 57.36", "report-position");
  const mine = draft;
  mine.sending = true;
  mine.problem = null;
  mine.field = null;
  desk.changed();
  try {
    const report = await post<Report>("/api/reports", {
      time_s, kind: document.querySelector<HTMLSelectElement>("#report-kind")!.value, words: said, ship: mine.ship?.id ?? null,
      lat_deg: place?.lat_deg ?? null, lon_deg: place?.lon_deg ?? null, verified: input("report-verified").checked, source: input("report-source").value.trim() || null,
    });
    desk.reports.set(report.id, report);
    desk.say(`Your report is ${desk.kept()}`);
    if (draft !== mine) return; // the form may have been closed while the desk was asked, and something else opened
    draft = null;
    closeTop();
  } catch (problem) {
    mine.sending = false;
    mine.problem = refusalWords(problem);
    if (draft !== mine) desk.say(`Your report is not kept: ${mine.problem}`, true);
    desk.changed();
  }
}

let timer = 0;
function lookUp(event: Event): void {
  const field = event.target as HTMLInputElement;
  const text = field.value;
  clearTimeout(timer);
  timer = window.setTimeout(async () => {
    const found = await findShips(text).catch(() => []);
    if (!draft || field.value !== text) return;
    draft.found = found.slice(0, 5);
    desk.changed();
  }, 150);
}

function shipField(form: Draft): TemplateResult {
  if (form.ship) {
    return html`<div class="field">
      <span class="label">Ship</span>
      <div class="chosen">
        <span>${form.ship.name}</span>
        <button type="button" class="small" @click=${() => { form.ship = null; desk.changed(); }}>Change</button>
      </div>
    </div>`;
  }
  return html`<div class="field">
    <label for="report-ship">Ship, if one is meant</label>
    <input id="report-ship" type="text" autocomplete="off" placeholder="name, MMSI, IMO or call sign" @input=${lookUp} />
    ${form.found.length
      ? html`<ul class="lines" role="list">
          ${form.found.map(
            (ship) => html`<li>
              <button type="button" class="line" @click=${() => { form.ship = { id: ship.id, name: ship.name || String(ship.id) }; form.found = []; desk.changed(); }}>
                <span>${ship.name || "no name sent"} <span class="quiet figures">${shipWords(ship)}</span></span>
              </button>
            </li>`,
          )}
        </ul>`
      : nothing}
  </div>`;
}

export function reportPanel(): TemplateResult {
  const form = (draft ??= begin());
  const wrong = (field: string): string => (form.field === field ? "true" : "false");
  return html`${panelHead("report", "What have you seen or heard?", "Close the report form")}
    <form class="panel-body" @submit=${send} novalidate>
      <div class="field">
        <label for="report-words">Words</label>
        <textarea id="report-words" rows="4" autocomplete="off" aria-invalid=${wrong("report-words")}></textarea>
      </div>
      <div class="field">
        <label for="report-kind">Kind</label>
        <select id="report-kind">
          ${KINDS.map(([kind, label]) => html`<option value=${kind} ?selected=${kind === "sighting"}>${label}</option>`)}
        </select>
      </div>
      <div class="field">
        <label for="report-time">Time, UTC</label>
        <input id="report-time" type="text" class="figures" autocomplete="off" value=${form.time} aria-invalid=${wrong("report-time")} />
      </div>
      ${shipField(form)}
      <div class="field">
        <label for="report-position">Position, if known</label>
        <input id="report-position" type="text" class="figures" autocomplete="off" placeholder="25°26.0′N 057°21.5′E" value=${form.position} aria-invalid=${wrong("report-position")} />
        <button type="button" class="small" aria-pressed=${picking.on ? "true" : "false"} @click=${() => { picking.on = !picking.on; desk.changed(); }}>
          ${picking.on ? "Click on the map…" : "Pick on the map"}
        </button>
      </div>
      <div class="field">
        <label for="report-source">Who says so</label>
        <input id="report-source" type="text" autocomplete="off" placeholder="VHF channel 16, UKMTO, own eyes" />
      </div>
      <div class="field check"><input id="report-verified" type="checkbox" /><label for="report-verified">Verified: a second source says the same</label></div>
      <p class="problem" role="alert">${form.problem ?? nothing}</p>
      <div class="buttons">
        <button class="main" type="submit" ?disabled=${form.sending}>${form.sending ? "Saving…" : "Save the report"}</button>
        <button type="button" @click=${() => closeTop()}>Not now</button>
      </div>
    </form>`;
}

/** Whatever was typed stays only as long as the form is open. */
export function leaveReport(): void {
  draft = null;
  picking.on = false;
}
