/** Who she has said she is for months: out of the history, asked for once when her page is opened, for it reads files. */

import { html, nothing, type TemplateResult } from "lit-html";
import { openShipPage } from "../state/actions";
import { get, words } from "../state/api";
import { desk } from "../state/desk";
import { dateTime } from "../core/format";
import type { SaidBefore, SharedClaim } from "../core/shapes";

export const FIELDS: Record<string, string> = {
  name: "Name", callsign: "Call sign", imo: "IMO number", ship_type: "Type", size: "Size", draught_m: "Draught", destination: "Destination", eta: "ETA",
};

/** An open page asks again when the stream has gone on by an hour, and no sooner than this. */
const AGAIN_S = 3600;
const SOONEST_MS = 10_000;

let told: SaidBefore | null = null;
let problem = "";
let askedFor: string | null = null;
let askedAt_ms = 0;
let askedAt_s = 0;

async function load(id: number): Promise<void> {
  // A replay that goes to another time has another epoch: what is known of later goes.
  const key = `${id} ${desk.fleet.epoch}`;
  if (askedFor === key) {
    if (desk.clock_s() - askedAt_s < AGAIN_S || performance.now() - askedAt_ms < SOONEST_MS) return;
  } else {
    told = null;
    problem = "";
  }
  askedFor = key;
  askedAt_ms = performance.now();
  askedAt_s = desk.clock_s();
  try {
    const answer = await get<SaidBefore>(`/api/ships/${id}/history`);
    if (askedFor !== key) return;
    told = answer;
    problem = "";
  } catch (trouble) {
    if (askedFor !== key) return;
    problem = words(trouble);
  }
  desk.changed();
}

/** Her page is no longer shown: when it is opened again, it is asked for anew. */
export function forget(): void {
  askedFor = null;
}

/** "2019-06-13 02:50Z": over months a second is no matter. */
const minute = (time_s: number | null): string => dateTime(time_s).replace(/:\d\dZ$/, "Z");
/** The same in a narrow column: the day is kept whole. */
const cell = (time_s: number | null): TemplateResult => (time_s === null ? html`her latest` : html`${minute(time_s).split(" ").map((part) => html`<span>${part}</span> `)}`);

function shared(other: SharedClaim): TemplateResult {
  const what = `${other.field === "imo" ? "IMO" : "call sign"} ${other.value}`;
  return html`<li><button class="line" @click=${() => openShipPage(other.id)}><span>${other.name || String(other.id)} · ${other.flag || "flag not known"} · MMSI ${String(other.id).padStart(9, "0")}<br /><span class="quiet">${what} · <span class="figures">from ${minute(other.first_s)}${other.last_s === null ? "" : ` until ${minute(other.last_s)}`}</span></span></span></button></li>`;
}

export function saidBefore(id: number): TemplateResult {
  void load(id);
  const from = told?.from_s ? ` from ${minute(told.from_s)}` : "";
  return html`<h4>From the history</h4>
    ${problem ? html`<p class="problem" role="alert">${problem} <button class="small" @click=${() => { forget(); desk.changed(); }}>Ask again</button></p>` : nothing}
    ${!told && !problem ? html`<p class="quiet">Looking in the history…</p>` : nothing}
    ${told?.words ? html`<p class="quiet">${told.words}</p>` : nothing}
    ${told?.conflicts.map((line) => html`<p class="warning conflict">${line}</p>`)}
    ${told?.from_s && !told.claims.length ? html`<p class="quiet">She has changed none of name, call sign, IMO number, type and size${from} to ${minute(told.to_s)}.</p>` : nothing}
    ${told?.claims.length
      ? html`<div class="scroll" tabindex="0" role="group" aria-label="What she changed, from the history">
          <table class="ages said-before">
            <caption class="quiet">What she changed${from} to ${minute(told.to_s)}</caption>
            <thead><tr><th scope="col">Field</th><th scope="col">Value</th><th scope="col">From</th><th scope="col">Until</th></tr></thead>
            <tbody>
              ${told.claims.map(
                (claim) => html`<tr class=${claim.last_s === null ? "present" : "past"}>
                  <th scope="row">${FIELDS[claim.field] ?? claim.field}</th>
                  <td>${claim.value}${claim.times > 1 ? html` <span class="quiet">${claim.times} times</span>` : nothing}</td>
                  <td class="figures quiet">${cell(claim.first_s)}</td>
                  <td class="figures quiet">${cell(claim.last_s)}</td>
                </tr>`,
              )}
            </tbody>
          </table>
        </div>`
      : nothing}
    ${told?.others.length
      ? html`<h4>Others who have sent one of her IMO numbers or call signs</h4>
          <ul class="lines" role="list">${told.others.map(shared)}</ul>
          ${told.more ? html`<p class="quiet">And ${told.more} more.</p>` : nothing}`
      : nothing}`;
}
