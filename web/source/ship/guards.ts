/** Ships that people at the desk guard: a list with an undo, below the list of alerts; and the word to the desk. */

import { html, nothing, type TemplateResult } from "lit-html";
import { loadShip, selectShip } from "../state/actions";
import { post, words } from "../state/api";
import { desk } from "../state/desk";
import { age, clockTime, dateTime, timeAndAge } from "../core/format";
import { pastLine } from "../parts/past-line";
import type { Content } from "../parts/parts";
import { past } from "../state/past";
import { who } from "../state/settings";
import type { Guard } from "../core/shapes";

export interface GuardWish {
  ship: number;
  /** null: as the configuration says. */
  guard: boolean | null;
  ring_nm?: number;
  until_s?: number;
  words?: string;
}

/** True when the desk has it. */
export async function sendGuard(wish: GuardWish): Promise<boolean> {
  try {
    await post("/api/guard", who.name ? { ...wish, by: who.name } : wish);
    desk.say(wish.guard === null ? `Taken back, ${desk.kept()}` : wish.guard ? `She is guarded now, ${desk.kept()}` : `She is no longer guarded, ${desk.kept()}`);
    void loadShip(true);
    return true;
  } catch (problem) {
    desk.say(words(problem), true);
    return false;
  }
}

/** "guarded, ring 3 NM, until 08:00:00Z, in 4 h" */
export function guardWords(guard: Guard): string {
  const said = [guard.guard ? "guarded" : "not guarded"];
  if (guard.ring_nm !== null) said.push(`ring ${guard.ring_nm} NM`);
  if (guard.until_s !== null) {
    const sameDay = Math.floor(guard.until_s / 86400) === Math.floor(desk.clock_s() / 86400);
    said.push(`until ${sameDay ? clockTime(guard.until_s) : dateTime(guard.until_s)}${guard.over_s === null ? `, ${age(guard.until_s, desk.clock_s())}` : ""}`);
  } else if (guard.over_s === null) said.push("with no end");
  return said.join(", ");
}

export const shipOf = (guard: Guard): string => desk.fleet.nameOf(guard.ship) || guard.name;

function item(guard: Guard): TemplateResult {
  const over = guard.over_s !== null;
  return html`<li class=${over ? "exclusion undone" : "exclusion"} data-guard-id=${guard.id}>
    <button class="link" @click=${() => selectShip(guard.ship)}>${shipOf(guard)}</button>
    <p class="exclusion-words">${guardWords(guard)}</p>
    <p class="quiet">${guard.words ? `${guard.words} · ` : ""}${guard.by} · <span class="figures">${timeAndAge(guard.made_s, desk.clock_s())}</span></p>
    ${over
      ? html`<p class="quiet">over since <span class="figures">${timeAndAge(guard.over_s, desk.clock_s())}</span></p>`
      : html`<button class="decides small" @click=${() => sendGuard({ ship: guard.ship, guard: null })}>Undo<span class="unseen">: ${shipOf(guard)} as the configuration says</span></button>`}
  </li>`;
}

export function guardList(): Content {
  const all = [...desk.guards.values()].sort((one, other) => Number(one.over_s !== null) - Number(other.over_s !== null) || other.made_s - one.made_s);
  if (!all.length) return nothing;
  const holding = all.filter((guard) => guard.over_s === null);
  const guarded = holding.filter((guard) => guard.guard).length;
  const not = holding.length - guarded;
  return html`<details class="over guards" ?open=${past.guards.shown} @toggle=${(event: Event) => { past.guards.shown = (event.target as HTMLDetailsElement).open; }}>
    <summary>Guarded at the desk: ${guarded || "nobody now"}${not ? `, not guarded: ${not}` : ""}</summary>
    <ul role="list">${all.map(item)}</ul>
    ${pastLine(past.guards)}
  </details>`;
}
