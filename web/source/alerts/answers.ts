/** What a person can decide about an alert, with the words for the record and the name of who decides. */

import { html, nothing, type TemplateResult } from "lit-html";
import { keyed } from "lit-html/directives/keyed.js";
import { answerAlert, selectAlert, type Verb } from "../state/actions";
import { keyOf, type Deed } from "./answer-keys";
import { desk } from "../state/desk";
import { focusWhenDrawn } from "../state/focus";
import { canExclude, excludeForm, sendExclusion } from "./exclusions";
import { age, clockTime } from "../core/format";
import { byField } from "../parts/by-field";
import type { Content } from "../parts/parts";
import { looksOnly, ONLY_LOOKS } from "../state/session";
import { who } from "../state/settings";
import type { Alert } from "../core/shapes";

const SNOOZES: [number, string][] = [[5, "5 min"], [15, "15 min"], [30, "30 min"], [60, "1 h"], [240, "4 h"]];
const NEEDS_WORDS: Partial<Record<Deed, string>> = {
  dismiss: "Say in a few words why it is dismissed: the next watch will ask.",
  close: "Say in a few words why it is closed: the next watch will ask.",
  note: "Write the note first.",
  exclude: "Say in a few words why it is left out: the next watch will ask.",
};

/** Where a key leads that cannot act by itself. */
const FIELDS: Partial<Record<Deed, string>> = {
  note: "#alert-words", close: "#alert-words", dismiss: "#alert-words", exclude: "#alert-words", assign: "#alert-to", snooze: "#alert-minutes",
};

const DOING: Partial<Record<Deed, string>> = { note: "add the note", close: "close the alert", dismiss: "dismiss the alert", exclude: "leave out from now on" };

let problem: { id: string; words: string } | null = null;
/** What a key began, and Enter in the words carries out. */
let begun: { id: string; deed: Deed } | null = null;

const wordsField = (): HTMLTextAreaElement | null => document.querySelector<HTMLTextAreaElement>("#alert-words");

/** The words as typed, null when they are needed and missing. */
function taken(alert: Alert, verb: Deed): string | null {
  const why = wordsField()?.value.trim() ?? "";
  const needed = NEEDS_WORDS[verb];
  problem = null;
  if (why || !needed) return why;
  problem = { id: alert.id, words: needed };
  wordsField()?.focus();
  desk.changed();
  return null;
}

async function answer(alert: Alert, verb: Verb, more: Record<string, unknown> = {}): Promise<void> {
  const why = taken(alert, verb);
  if (why === null) return;
  const field = wordsField();
  const at = document.activeElement;
  const was = begun;
  if (!(await answerAlert(alert.id, verb, { words: why, ...more }))) return;
  // Who has written on, or has gone on to another field or deed, before the desk answered, is left there.
  if (begun === was) begun = null;
  if (field && field.value.trim() !== why) return desk.changed();
  if (field) field.value = "";
  if (document.activeElement === at) toLetters();
  desk.changed();
}

/** Back to where single letters are deeds again. */
function toLetters(): void {
  const active = document.activeElement;
  if (active instanceof Element && active.closest(".answer") && !(active instanceof HTMLButtonElement)) {
    document.querySelector<HTMLElement>("#panel h2")?.focus({ preventScroll: true });
  }
}

function leaveField(): void {
  begun = null;
  toLetters();
  desk.changed();
}

/** Why an alert cannot be answered so now; "" when it can. */
function refusal(alert: Alert, deed: Deed): string {
  if (deed === "acknowledge") return alert.acknowledged_s === null ? "" : "This alert is acknowledged already";
  if (deed === "confirm") return alert.confirmed ? "This alert is confirmed already" : alert.state === "withdrawn" ? "This alert is withdrawn" : "";
  if (deed === "reopen") return alert.closed_by_desk ? "" : "Only what a person closed, and what still goes on, can be opened again";
  if (deed === "exclude") return canExclude(alert) ? "" : "This rule speaks of no ship that could be left out";
  if (deed === "note") return "";
  if (deed === "snooze" && alert.severity === "distress") return "A distress does not sleep";
  return alert.state === "open" ? "" : `This alert is ${alert.state}`;
}

/** What a key does to the alert that is selected. */
export function answerByKey(deed: Deed): void {
  const alert = desk.selection.alert === null ? undefined : desk.alerts.get(desk.selection.alert);
  if (!alert) return desk.say(`Select an alert first, with J or K: then ${keyOf(deed)} answers it`);
  const why = looksOnly() ? ONLY_LOOKS : refusal(alert, deed);
  if (why) return desk.say(why);
  if (deed === "acknowledge" || deed === "confirm" || deed === "reopen") return void answer(alert, deed);
  if (deed === "snooze" && alert.snoozed_until_s !== null) return void answer(alert, "snooze", { minutes: 0 });
  if (desk.selection.ship !== null || desk.reportOpen) selectAlert(alert.id, false, true);
  begun = FIELDS[deed] === "#alert-words" ? { id: alert.id, deed } : null;
  problem = null;
  desk.feedsOpen = false;
  const field = (): HTMLElement | null => {
    const more = document.querySelector<HTMLDetailsElement>("#panel .exclude");
    if (deed === "exclude" && more) more.open = true;
    const found = document.querySelector<HTMLElement>(FIELDS[deed]!);
    if (found instanceof HTMLInputElement && found !== document.activeElement) found.select(); // else its first letter would be replaced
    return found;
  };
  // At once where it is drawn already: who types on before the page is drawn again types words, and no deeds.
  if (document.querySelector<HTMLElement>("#panel")!.dataset.shows === `alert ${alert.id}`) field()?.focus();
  focusWhenDrawn(field);
}

const assign = (alert: Alert): Promise<void> => answer(alert, "assign", { to: document.querySelector<HTMLInputElement>("#alert-to")!.value.trim() });
const snooze = (alert: Alert): Promise<void> => answer(alert, "snooze", { minutes: Number(document.querySelector<HTMLSelectElement>("#alert-minutes")!.value) });
const exclude = (alert: Alert): Promise<void> => sendExclusion(alert, () => taken(alert, "exclude")).then((done) => { if (done) leaveField(); });

/** Enter in a field does what the field is for; Escape leaves it, and only then the panel. */
function inField(alert: Alert, event: KeyboardEvent): void {
  const field = event.target;
  if (!(field instanceof HTMLElement) || !/^(INPUT|TEXTAREA|SELECT)$/.test(field.tagName) || event.isComposing) return;
  if (event.key === "Escape") {
    event.preventDefault();
    problem = null;
    leaveField();
  } else if (event.key === "Enter" && !event.shiftKey) {
    if (field.id === "alert-by") return; // a name is kept when its field is left
    const deed = field.id === "alert-to" ? "assign" : field.id === "alert-minutes" ? "snooze" : begun?.id === alert.id ? begun.deed : null;
    if (!deed) return;
    event.preventDefault();
    if (deed === "assign") void assign(alert);
    else if (deed === "snooze") void snooze(alert);
    else if (deed === "exclude") void exclude(alert);
    else void answer(alert, deed);
  }
}

function assignLine(alert: Alert): Content {
  if (alert.state !== "open") return nothing;
  const names = new Set([who.name, ...[...desk.alerts.values()].map((other) => other.assigned ?? "")].filter(Boolean));
  return html`<div class="field">
    <label for="alert-to">Assign to</label>
    <div class="inline">
      <input id="alert-to" type="text" autocomplete="off" maxlength="60" list="alert-names" value=${alert.assigned ?? who.name} />
      <datalist id="alert-names">${[...names].map((name) => html`<option value=${name}></option>`)}</datalist>
      <button title="Assign (W)" @click=${() => assign(alert)}>Assign</button>
    </div>
  </div>`;
}

function snoozeLine(alert: Alert): Content {
  if (alert.state !== "open" || alert.severity === "distress") return nothing;
  if (alert.snoozed_until_s !== null) {
    return html`<div class="inline snoozed">
      <span>Snoozed until <span class="figures">${clockTime(alert.snoozed_until_s)} · ${age(alert.snoozed_until_s, desk.clock_s())}</span></span>
      <button title="Back now (S)" @click=${() => answer(alert, "snooze", { minutes: 0 })}>Back now</button>
    </div>`;
  }
  return html`<div class="field">
    <label for="alert-minutes">Snooze: it comes back by itself, and at once if it gets worse</label>
    <div class="inline">
      <select id="alert-minutes">${SNOOZES.map(([minutes, words]) => html`<option value=${minutes} ?selected=${minutes === 30}>${words}</option>`)}</select>
      <button title="Snooze (S)" @click=${() => snooze(alert)}>Snooze</button>
    </div>
  </div>`;
}

/** What is done first stands first: on a phone, or in a magnified page, the rest of the form is below the edge. */
export function acknowledgeLine(alert: Alert): Content {
  if (looksOnly()) return nothing;
  return html`<div class="buttons">
    <button class="main" ?disabled=${alert.acknowledged_s !== null} @click=${() => answer(alert, "acknowledge")}>
      ${alert.acknowledged_s === null ? "Acknowledge (A)" : "Acknowledged"}
    </button>
  </div>`;
}

/** The form by which an alert is answered. */
export function answerForm(alert: Alert): unknown {
  if (looksOnly()) return nothing;
  const open = alert.state === "open";
  const mishap = problem?.id === alert.id ? problem.words : null;
  return keyed(
    alert.id,
    html`<div class="answer" @keydown=${(event: KeyboardEvent) => inField(alert, event)}>
      <label for="alert-words">Words for the record${begun?.id === alert.id ? html`<span class="begun"> · Enter: ${DOING[begun.deed]} · Esc: leave it</span>` : nothing}</label>
      <textarea id="alert-words" rows="2" autocomplete="off" aria-describedby="alert-problem"></textarea>
      <div class="inline by">
        ${byField("alert-by")}
      </div>
      <p id="alert-problem" class="problem" role="alert">${mishap ?? nothing}</p>
      <div class="buttons">
        <button title="Someone made sure (V)" ?disabled=${alert.confirmed || alert.state === "withdrawn"} @click=${() => answer(alert, "confirm")}>${alert.confirmed ? "Confirmed" : "Confirm"}</button>
        <button title="Enter a note (E)" @click=${() => answer(alert, "note")}>Note</button>
        ${alert.closed_by_desk
          ? html`<button title="Open again (U)" @click=${() => answer(alert, "reopen")}>Open again</button>`
          : html`<button ?disabled=${!open} title="It was true, and is done with (C)" @click=${() => answer(alert, "close")}>Close</button>`}
        <button ?disabled=${!open} title="It was not true (D)" @click=${() => answer(alert, "dismiss")}>Dismiss</button>
      </div>
      ${assignLine(alert)} ${snoozeLine(alert)} ${excludeForm(alert, () => exclude(alert))}
    </div>`,
  ) as TemplateResult;
}
