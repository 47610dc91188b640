/** The list of zones and the form of one, with the keyboard alone if need be. */

import { BASE } from "../core/base";
import { html, nothing, type TemplateResult } from "lit-html";
import type { Zone, ZoneRules } from "../core/chart-shapes";
import { desk } from "../state/desk";
import { timeAndAge } from "../core/format";
import { byField } from "../parts/by-field";
import type { Content } from "../parts/parts";
import { pastLine } from "../parts/past-line";
import { past } from "../state/past";
import { everybodys } from "../state/session";
import type { Severity } from "../core/severity";
import { KIND_WORDS } from "../core/shapes";
import { heldWords, quietChoice, quietWords } from "./zone-quiet";
import { drawing, dropCorner, keepZone, removeZone, typeCorners, undoZone, type Draft } from "./zones";

const KINDS = KIND_WORDS.slice(1, 10);
const plural = (kind: number): string => ({ 3: "passenger ships", 4: "fishing boats", 6: "high-speed craft", 5: "service craft", 7: "pleasure craft", 8: "authorities", 9: "others" })[kind] ?? `${KIND_WORDS[kind]} ships`;

/** What a zone tells, in words. */
export function zoneWords(zone: ZoneRules): string {
  const said: string[] = [];
  if (zone.rule.length) said.push(`${zone.rule.map((rule) => ({ enter: "entering", leave: "leaving" })[rule]).join(" and ")} is told`);
  if (zone.max_kn !== null) said.push(`at most ${zone.max_kn} kn`);
  if (zone.min_kn !== null) said.push(`at least ${zone.min_kn} kn`);
  if (zone.forbidden.length) said.push(`no ${zone.forbidden.map(plural).join(", ")}`);
  const quiet = quietWords(zone);
  const whom = [...zone.for_kinds.map(plural), ...zone.for_ships.map(String)];
  if (!said.length) return quiet ? `${quiet}${zone.port ? " · a port" : ""}` : zone.port ? "a port; nothing is told" : "only a name; nothing is told";
  return `${said.join(" · ")} · ${zone.severity}${whom.length ? ` · for ${whom.join(", ")}` : ""}${zone.port ? " · a port" : ""}${quiet ? ` · ${quiet}` : ""}`;
}

function item(zone: Zone, show: (zone: Zone) => void, begin: (zone: Zone | null) => void): TemplateResult {
  const named = html`<span class="unseen">: ${zone.name}</span>`;
  return html`<li class="zone" data-zone-id=${zone.id}>
    <p class="zone-name">${zone.name}</p>
    <p class="quiet">${zoneWords(zone)}</p>
    ${heldWords(zone)}
    <p class="quiet">${zone.by}${zone.changed_s === null ? nothing : html` · <span class="figures">${timeAndAge(zone.removed_s ?? zone.changed_s, desk.clock_s())}</span>`}</p>
    <div class="buttons">
      ${zone.removed_s === null ? html`<button class="small" @click=${() => show(zone)}>Show${named}</button>` : nothing}
      ${!zone.drawn ? html`<span class="quiet">read-only: in the configuration</span>` : nothing}
      ${zone.drawn && zone.removed_s === null
        ? html`<button class="decides small" @click=${() => begin(zone)}>Change${named}</button>
            ${zone.undo ? html`<button class="decides small" @click=${() => undoZone(zone)}>Undo last change${named}</button>` : nothing}
            <button class="decides small" @click=${() => removeZone(zone)}>Remove${named}</button>`
        : nothing}
      ${zone.removed_s !== null ? html`<button class="decides small" @click=${() => undoZone(zone)}>Bring back${named}</button>` : nothing}
    </div>
  </li>`;
}

export function zoneList(show: (zone: Zone) => void, begin: (zone: Zone | null) => void, bring: () => void): Content {
  const all = [...desk.zones.values()].sort((one, other) => one.name.localeCompare(other.name));
  const removed = all.filter((zone) => zone.removed_s !== null);
  return html`<h3>Zones</h3>
    <div class="buttons">
      <button class="decides main" @click=${() => begin(null)}>Draw a zone (Z)</button>
      <button class="decides" id="zone-file" @click=${bring}>From a file…</button>
      ${!everybodys() && all.some((zone) => zone.drawn && zone.removed_s === null) ? html`<a class="button" href="${BASE}/api/zones.geojson?save=1">Save as GeoJSON</a>` : nothing}
    </div>
    <ul class="zone-list" role="list">${all.filter((zone) => zone.removed_s === null).map((zone) => item(zone, show, begin))}</ul>
    ${removed.length
      ? html`<details class="deeper" ?open=${past.zones.shown} @toggle=${(event: Event) => { past.zones.shown = (event.target as HTMLDetailsElement).open; }}><summary>Removed: ${removed.length}</summary><ul class="zone-list" role="list">${removed.map((zone) => item(zone, show, begin))}</ul>${pastLine(past.zones)}</details>`
      : nothing}`;
}

const value = (event: Event): string => (event.target as HTMLInputElement).value;

function speed(draft: Draft, key: "min_kn" | "max_kn", label: string): TemplateResult {
  const take = (event: Event): void => {
    const text = value(event).trim().replace(",", ".");
    const given = text === "" ? null : Number(text);
    draft.problem = given !== null && !(given >= 0 && given <= 100) ? `${label}: 0 to 100 kn, or nothing` : null;
    if (!draft.problem) draft[key] = given;
    desk.changed();
  };
  return html`<div class="field">
    <label for="zone-${key}">${label}, kn</label>
    <input id="zone-${key}" type="text" inputmode="decimal" autocomplete="off" value=${draft[key] ?? ""} @change=${take} />
  </div>`;
}

function kinds(draft: Draft, key: "forbidden" | "for_kinds", label: string): TemplateResult {
  const turn = (kind: number, on: boolean): void => {
    draft[key] = on ? [...draft[key], kind].sort() : draft[key].filter((other) => other !== kind);
    desk.changed();
  };
  return html`<details class="deeper" ?open=${draft[key].length > 0}>
    <summary>${label}${draft[key].length ? `: ${draft[key].map((kind) => KIND_WORDS[kind]).join(", ")}` : ""}</summary>
    <div class="kinds">
      ${KINDS.map(
        (words, index) => html`<label><input type="checkbox" .checked=${draft[key].includes(index + 1)} @change=${(event: Event) => turn(index + 1, (event.target as HTMLInputElement).checked)} />${words}</label>`,
      )}
    </div>
  </details>`;
}

function rule(draft: Draft, name: "enter" | "leave", words: string): TemplateResult {
  const turn = (event: Event): void => {
    const others = draft.rule.filter((other) => other !== name);
    draft.rule = (event.target as HTMLInputElement).checked ? [...others, name] : others;
  };
  return html`<label><input type="checkbox" .checked=${draft.rule.includes(name)} @change=${turn} />${words}</label>`;
}

function takeShips(draft: Draft, event: Event): void {
  const parts = value(event).split(/[\s,;]+/).filter(Boolean);
  draft.problem = parts.every((part) => /^\d{7,9}$/.test(part)) ? null : "Ships by MMSI, nine digits each, with commas between";
  if (!draft.problem) draft.for_ships = parts.map(Number);
  desk.changed();
}

/** The form of the zone that is being drawn. */
export function zoneForm(draft: Draft, done: () => void): TemplateResult {
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await keepZone()) done();
  };
  const cancel = (): void => {
    drawing.draft = null;
    done();
    desk.changed();
  };
  return html`<form class="zone-form" @submit=${send}>
    <h3>${draft.id === null ? "A new zone" : "Change a zone"}</h3>
    <div class="field">
      <label for="zone-name">Name</label>
      <input id="zone-name" type="text" autocomplete="off" maxlength="60" .value=${draft.name} @input=${(event: Event) => { draft.name = value(event); draft.problem = null; }} />
    </div>
    <div class="field">
      <label for="zone-corners">Corners, one a line: click them on the map, drag them, or type</label>
      <textarea id="zone-corners" rows="5" autocomplete="off" spellcheck="false" .value=${draft.text} @input=${(event: Event) => typeCorners(value(event))}></textarea>
      <button type="button" class="small" ?disabled=${!draft.corners.length} @click=${() => dropCorner()}>Take the last corner back</button>
    </div>
    <fieldset>
      <legend>What is told</legend>
      ${rule(draft, "enter", "a ship comes in")} ${rule(draft, "leave", "a ship goes out")}
      <div class="two">${speed(draft, "max_kn", "Faster than")} ${speed(draft, "min_kn", "Slower than")}</div>
      ${kinds(draft, "forbidden", "Kinds that may not be in it")}
    </fieldset>
    <div class="field">
      <label for="zone-severity">How bad it is</label>
      <select id="zone-severity" @change=${(event: Event) => { draft.severity = value(event) as Severity; }}>
        ${(["notice", "caution", "danger"] as const).map((severity) => html`<option value=${severity} .selected=${draft.severity === severity}>${severity}</option>`)}
      </select>
    </div>
    ${kinds(draft, "for_kinds", "Only for kinds")}
    <div class="field">
      <label for="zone-ships">Only for ships (MMSI)</label>
      <input id="zone-ships" type="text" inputmode="numeric" autocomplete="off" value=${draft.for_ships.join(", ")} @change=${(event: Event) => takeShips(draft, event)} />
    </div>
    <label class="alone"><input type="checkbox" .checked=${draft.port} @change=${(event: Event) => { draft.port = (event.target as HTMLInputElement).checked; }} />a port: daily work in it is kept quiet</label>
    ${quietChoice(draft, "zone", "Rules that are quiet in it")}
    <div class="inline by">
      ${byField("zone-by")}
    </div>
    <p class="problem" role="alert">${draft.problem ?? nothing}</p>
    <div class="buttons">
      <button class="main" type="submit" ?disabled=${draft.sending}>${draft.sending ? "Saving…" : "Watch this zone"}</button>
      <button type="button" @click=${cancel}>Cancel</button>
    </div>
  </form>`;
}
