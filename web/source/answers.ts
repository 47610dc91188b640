/** What a person can decide about an alert, with the words for the record and the name of who decides. */

import { html, nothing, type TemplateResult } from "lit-html";
import { keyed } from "lit-html/directives/keyed.js";
import { answerAlert, type Verb } from "./actions";
import { desk } from "./desk";
import { excludeForm } from "./exclusions";
import { age, clockTime } from "./format";
import type { Content } from "./parts";
import { setWho, who } from "./settings";
import type { Alert } from "./shapes";

const SNOOZES: [number, string][] = [[5, "5 min"], [15, "15 min"], [30, "30 min"], [60, "1 h"], [240, "4 h"]];
const NEEDS_WORDS: Partial<Record<Verb | "exclude", string>> = {
  dismiss: "Say in a few words why it is dismissed: the next watch will ask.",
  close: "Say in a few words why it is closed: the next watch will ask.",
  note: "Write the note first.",
  exclude: "Say in a few words why it is left out: the next watch will ask.",
};

let problem: { id: string; words: string } | null = null;

const wordsField = (): HTMLTextAreaElement | null => document.querySelector<HTMLTextAreaElement>("#alert-words");

/** The words as typed, null when they are needed and missing. */
function taken(alert: Alert, verb: Verb | "exclude"): string | null {
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
  const done = await answerAlert(alert.id, verb, { words: why, ...more });
  const field = wordsField();
  if (done && field) field.value = "";
}

export const acknowledge = (alert: Alert): Promise<void> => answer(alert, "acknowledge");

function assignLine(alert: Alert): Content {
  if (alert.state !== "open") return nothing;
  const names = new Set([who.name, ...[...desk.alerts.values()].map((other) => other.assigned ?? "")].filter(Boolean));
  return html`<div class="field">
    <label for="alert-to">Assign to</label>
    <div class="inline">
      <input id="alert-to" type="text" autocomplete="off" maxlength="60" list="alert-names" value=${alert.assigned ?? who.name} />
      <datalist id="alert-names">${[...names].map((name) => html`<option value=${name}></option>`)}</datalist>
      <button @click=${() => answer(alert, "assign", { to: document.querySelector<HTMLInputElement>("#alert-to")!.value.trim() })}>Assign</button>
    </div>
  </div>`;
}

function snoozeLine(alert: Alert): Content {
  if (alert.state !== "open" || alert.severity === "distress") return nothing;
  if (alert.snoozed_until_s !== null) {
    return html`<div class="inline snoozed">
      <span>Snoozed until <span class="figures">${clockTime(alert.snoozed_until_s)} · ${age(alert.snoozed_until_s, desk.clock_s())}</span></span>
      <button @click=${() => answer(alert, "snooze", { minutes: 0 })}>Back now</button>
    </div>`;
  }
  return html`<div class="field">
    <label for="alert-minutes">Snooze: it comes back by itself, and at once if it gets worse</label>
    <div class="inline">
      <select id="alert-minutes">${SNOOZES.map(([minutes, words]) => html`<option value=${minutes} ?selected=${minutes === 30}>${words}</option>`)}</select>
      <button @click=${() => answer(alert, "snooze", { minutes: Number(document.querySelector<HTMLSelectElement>("#alert-minutes")!.value) })}>Snooze</button>
    </div>
  </div>`;
}

/** The form by which an alert is answered. */
export function answerForm(alert: Alert): unknown {
  const open = alert.state === "open";
  const mishap = problem?.id === alert.id ? problem.words : null;
  return keyed(
    alert.id,
    html`<div class="answer">
      <label for="alert-words">Words for the record</label>
      <textarea id="alert-words" rows="2" autocomplete="off" aria-describedby="alert-problem"></textarea>
      <div class="inline by">
        <label for="alert-by">Your name</label>
        <input id="alert-by" type="text" autocomplete="off" maxlength="60" placeholder="desk" value=${who.name} @change=${(event: Event) => setWho((event.target as HTMLInputElement).value)} />
      </div>
      <p id="alert-problem" class="problem" role="alert">${mishap ?? nothing}</p>
      <div class="buttons">
        <button class="main" ?disabled=${alert.acknowledged_s !== null} @click=${() => answer(alert, "acknowledge")}>
          ${alert.acknowledged_s === null ? "Acknowledge (A)" : "Acknowledged"}
        </button>
        <button ?disabled=${alert.confirmed || alert.state === "withdrawn"} @click=${() => answer(alert, "confirm")}>${alert.confirmed ? "Confirmed" : "Confirm"}</button>
        <button @click=${() => answer(alert, "note")}>Note</button>
        ${alert.closed_by_desk
          ? html`<button @click=${() => answer(alert, "reopen")}>Open again</button>`
          : html`<button ?disabled=${!open} title="It was true, and is done with" @click=${() => answer(alert, "close")}>Close</button>`}
        <button ?disabled=${!open} title="It was not true" @click=${() => answer(alert, "dismiss")}>Dismiss</button>
      </div>
      ${assignLine(alert)} ${snoozeLine(alert)} ${excludeForm(alert, () => taken(alert, "exclude"))}
    </div>`,
  ) as TemplateResult;
}
