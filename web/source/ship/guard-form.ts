/** To guard a ship: with a ring in which no other craft is wanted, and until when. */

import { html, nothing, type TemplateResult } from "lit-html";
import { desk } from "../state/desk";
import { guardWords, sendGuard, type GuardWish } from "./guards";
import { byField } from "../parts/by-field";
import type { Ship, ShipPage } from "../core/shapes";

const RINGS_NM = [0.5, 1, 2, 3, 5, 10];
const ENDS: [hours: number, words: string][] = [[1, "for 1 hour"], [4, "for 4 hours"], [8, "for 8 hours"], [24, "for 24 hours"], [48, "for 48 hours"], [168, "for 7 days"], [0, "with no end"]];

const chosen = (id: string): number => Number(document.querySelector<HTMLSelectElement>(`#${id}`)!.value);

async function send(wish: GuardWish, sent: () => void): Promise<void> {
  if (await sendGuard(wish)) sent();
}

function guard(ship: number, sent: () => void): void {
  const ring_nm = chosen("guard-ring");
  const hours = chosen("guard-end");
  const said = document.querySelector<HTMLInputElement>("#guard-words")!.value.trim();
  const wish: GuardWish = { ship, guard: true };
  if (ring_nm) wish.ring_nm = ring_nm;
  if (hours) wish.until_s = Math.ceil(desk.clock_s() + 3600 * hours);
  if (said) wish.words = said;
  void send(wish, sent);
}

/** `sent`: what is to be done once the desk has it. */
export function guardForm(ship: Ship, page: ShipPage, sent: () => void): TemplateResult {
  const held = desk.guards.get(String(ship.id)) ?? page.guard;
  const active = held !== null && held.over_s === null;
  return html`<h3>Guard her</h3>
    ${active
      ? html`<div class="inline snoozed guard-now">
          <span>${guardWords(held)} · ${held.by}${held.words ? ` · ${held.words}` : ""}</span>
          <button class="decides" @click=${() => send({ ship: ship.id, guard: null }, sent)}>Undo</button>
        </div>`
      : html`<p class="quiet">${ship.guarded ? "She is guarded as the configuration says: craft that close on her are told." : "She is not guarded."}</p>`}
    <div class="guard-form decides">
      <div class="field"><label for="guard-ring">Ring round her</label>
        <select id="guard-ring"><option value="0">no ring</option>${RINGS_NM.map((ring_nm) => html`<option value=${ring_nm} ?selected=${ring_nm === 3}>${ring_nm} NM</option>`)}</select>
      </div>
      <div class="field"><label for="guard-end">Guarded</label>
        <select id="guard-end">${ENDS.map(([hours, said]) => html`<option value=${hours} ?selected=${hours === 8}>${said}</option>`)}</select>
      </div>
      <div class="field"><label for="guard-words">Words for the record</label><input id="guard-words" type="text" maxlength="500" autocomplete="off" /></div>
      <div class="field">${byField("guard-by")}</div>
    </div>
    <div class="buttons">
      <button class="decides main" @click=${() => guard(ship.id, sent)}>${active ? "Guard her so instead" : "Guard her"}</button>
      ${ship.guarded || active ? html`<button class="decides" @click=${() => send({ ship: ship.id, guard: false }, sent)}>Do not guard her</button>` : nothing}
    </div>
    <p class="quiet hint decides">An alert comes when another craft enters the ring, and, ring or not, when one makes for her. It ends by the desk's clock.</p>`;
}
