/** A warning to other ships, drafted by the desk from an incident; a person edits it, copies or saves it, and sends it elsewhere. */

import { html, nothing, type TemplateResult } from "lit-html";
import { copy, noteIncident } from "../state/actions";
import { get, words as refusalWords } from "../state/api";
import { desk } from "../state/desk";
import { saveFile } from "../core/save";
import type { Incident } from "../core/shapes";

interface Warning {
  number: string;
  text: string;
  named: boolean;
}

interface Draft {
  of: string;
  parts: Warning | null;
  named: boolean;
  problem: string | null;
}

const LONGEST_NOTE = 2000;

let draft: Draft | null = null;

const field = (): HTMLTextAreaElement | null => document.querySelector<HTMLTextAreaElement>("#warning-text");

async function compose(incident: Incident, named: boolean): Promise<void> {
  const mine: Draft = { of: incident.id, parts: draft?.parts ?? null, named, problem: null };
  draft = mine;
  desk.changed();
  try {
    const parts = await get<Warning>(`/api/incidents/${encodeURIComponent(incident.id)}/warning?named=${named ? 1 : 0}`);
    if (draft !== mine) return;
    mine.parts = parts;
    const shown = field();
    if (shown) shown.value = parts.text;
  } catch (problem) {
    mine.problem = refusalWords(problem);
  }
  desk.changed();
}

const fileName = (parts: Warning): string => `warning-${parts.number.replace(/\W+/g, "-")}`;

function saveAs(kind: "txt" | "json"): void {
  const parts = draft?.parts;
  const text = field()?.value;
  if (!parts || text === undefined) return;
  if (kind === "txt") saveFile(`${fileName(parts)}.txt`, "text/plain", text);
  else saveFile(`${fileName(parts)}.json`, "application/json", JSON.stringify({ ...parts, edited: text !== parts.text, text }, null, 1));
  desk.say("Saved by this browser; nothing was sent");
}

/** That it was given out, and in which words, belongs into the record. */
async function writeDown(incident: Incident): Promise<void> {
  const text = field()?.value.trim() ?? "";
  const said = `Warning given out: ${text.replace(/\s+/g, " ")}`;
  await noteIncident(incident.id, said.length > LONGEST_NOTE ? `${said.slice(0, LONGEST_NOTE - 1)}…` : said);
}

function form(incident: Incident, mine: Draft): TemplateResult {
  return html`<div class="answer">
    <div class="field check">
      <input id="warning-named" type="checkbox" .checked=${mine.named} @change=${(event: Event) => compose(incident, (event.target as HTMLInputElement).checked)} />
      <label for="warning-named">Name the ships (composes the text anew)</label>
    </div>
    <label for="warning-text">The text, yours to edit. Look it over: names that people typed in are masked only as ships send them</label>
    <textarea id="warning-text" rows="16" spellcheck="false" autocomplete="off" .defaultValue=${mine.parts?.text ?? ""}></textarea>
    <p class="problem" role="alert">${mine.problem ?? nothing}</p>
    <div class="buttons">
      <button class="main" @click=${() => copy(field()!.value, "The warning is copied; nothing was sent")}>Copy</button>
      <button @click=${() => saveAs("txt")}>Save as text</button>
      <button @click=${() => saveAs("json")}>Save as JSON</button>
      <button @click=${() => compose(incident, mine.named)}>Compose anew</button>
      <button @click=${() => writeDown(incident)}>Note that it was given out</button>
    </div>
  </div>`;
}

export function warningForm(incident: Incident): TemplateResult {
  const mine = draft?.of === incident.id ? draft : null;
  return html`<h3 class="no-print">Warning to other ships</h3>
    <div class="no-print">
      ${mine?.parts
        ? form(incident, mine)
        : html`<p class="quiet">A draft in the form that reporting centres use. Nothing is sent: you edit it, and copy or save it.</p>
            <p class="problem" role="alert">${mine?.problem ?? nothing}</p>
            <button @click=${() => compose(incident, false)}>Compose a warning</button>`}
    </div>`;
}

export function leaveWarning(): void {
  draft = null;
}
