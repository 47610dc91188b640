/** What people at the desk do not want to hear of: a list with an undo, and the question from an alert. */

import { html, nothing, type TemplateResult } from "lit-html";
import { excludeShips, undoExclusion } from "../state/actions";
import { desk } from "../state/desk";
import { detectorWords } from "./filters";
import { timeAndAge } from "../core/format";
import { pastLine } from "../parts/past-line";
import { past } from "../state/past";
import type { Content } from "../parts/parts";
import type { Alert, Exclusion } from "../core/shapes";

const HERE_NM = 5;

const whom = (exclusion: Exclusion): string => exclusion.ships.map((ship) => desk.nameOf(ship, exclusion.names)).join(" and ");

function item(exclusion: Exclusion): TemplateResult {
  const undone = exclusion.undone_s !== null;
  return html`<li class=${undone ? "exclusion undone" : "exclusion"} data-exclusion-id=${exclusion.id}>
    <p class="exclusion-words">Never ${detectorWords(exclusion.rule)} for ${whom(exclusion)}${exclusion.here ? ` within ${exclusion.here.radius_nm} NM of a place` : ""}</p>
    <p class="quiet">${exclusion.words} · ${exclusion.by} · <span class="figures">${timeAndAge(exclusion.made_s, desk.clock_s())}</span></p>
    ${undone
      ? html`<p class="quiet">taken back by ${exclusion.undone_by ?? "desk"} · <span class="figures">${timeAndAge(exclusion.undone_s, desk.clock_s())}</span></p>`
      : html`<button class="small decides" @click=${() => undoExclusion(exclusion.id)}>Undo<span class="unseen">: hear of ${whom(exclusion)} again</span></button>`}
  </li>`;
}

export function exclusionList(): Content {
  const all = [...desk.exclusions.values()].sort((one, other) => Number(one.undone_s !== null) - Number(other.undone_s !== null) || other.made_s - one.made_s);
  if (!all.length) return nothing;
  const active = all.filter((exclusion) => exclusion.undone_s === null).length;
  return html`<details class="over exclusions" ?open=${past.exclusions.shown} @toggle=${(event: Event) => { past.exclusions.shown = (event.target as HTMLDetailsElement).open; }}>
    <summary>Left out at the desk: ${active || "nothing any more"}</summary>
    <ul role="list">${all.map(item)}</ul>
    ${pastLine(past.exclusions)}
  </details>`;
}

/** The ways to leave something out that an alert offers: each of its first two ships, and both together. */
function ways(alert: Alert): [string, number[]][] {
  const named = alert.ships.filter((ship) => ship < 4_000_000_000).slice(0, 2);
  const single: [string, number[]][] = named.map((ship) => [desk.nameOf(ship, alert.names), [ship]]);
  return named.length === 2 && alert.ships.length === 2 ? [[`${single[0][0]} and ${single[1][0]} together`, named], ...single] : single;
}

export const canExclude = (alert: Alert): boolean => alert.detector !== "distress" && ways(alert).length > 0;

/** Send what the form says; true when the words for it were there. */
export async function sendExclusion(alert: Alert, taken: () => string | null): Promise<boolean> {
  const why = taken();
  if (why === null) return false;
  const which = Number(document.querySelector<HTMLSelectElement>("#exclude-ships")!.value);
  const here = document.querySelector<HTMLInputElement>("#exclude-here");
  await excludeShips(alert.id, ways(alert)[which][1], here?.checked ? HERE_NM : null, why);
  return true;
}

export function excludeForm(alert: Alert, send: () => void): Content {
  if (!canExclude(alert)) return nothing;
  return html`<details class="deeper exclude">
    <summary title="Never again (X)">Never again…</summary>
    <div class="field">
      <label for="exclude-ships">Never ${detectorWords(alert.detector)} for</label>
      <select id="exclude-ships">${ways(alert).map(([words], at) => html`<option value=${at}>${words}</option>`)}</select>
    </div>
    ${alert.lat_deg === null
      ? nothing
      : html`<div class="field check"><input id="exclude-here" type="checkbox" checked /><label for="exclude-here">only within ${HERE_NM} NM of here</label></div>`}
    <button class="small" @click=${send}>Leave out from now on</button>
    <p class="quiet">With the words above. It can be undone below the list of alerts.</p>
  </details>`;
}
