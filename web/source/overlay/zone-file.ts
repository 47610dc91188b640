/** Zones from a GeoJSON file: what was found in it, a tick for each, and only then are they kept, each decided as a drawn one is. */

import { html, nothing, type TemplateResult } from "lit-html";
import { post, words } from "../state/api";
import type { Zone, ZoneRules } from "../core/chart-shapes";
import { desk } from "../state/desk";
import { count } from "../core/format";
import { byField } from "../parts/by-field";
import type { Content } from "../parts/parts";
import { zoneWords } from "./zone-panel";
import { quietChoice } from "./zone-quiet";
import { drawing, signed } from "./zones";

/** More is refused by the desk too. */
const MOST_BYTES = 2 * 1024 * 1024;

interface Found {
  name: string;
  corners: number;
  zone: (ZoneRules & { corners: [number, number][] }) | null;
  problem: string | null;
}

interface Told {
  zones: Found[];
  left_out: number;
  remarks: string[];
}

interface Item extends Found {
  ticked: boolean;
  kept: boolean;
}

const PLAIN = { name: "a name only", enter: "a ship comes in", port: "a port", quiet: "some rules are quiet in it" } as const;

/** What is chosen for those of which the file says nothing but the name. */
const plain = { as: "name" as keyof typeof PLAIN, quiet: [] as string[], quiet_until_s: null as number | null };
let file = "";
let items: Item[] = [];
let told: Told | null = null;
let problem: string | null = null;
let busy = false;

export function forget(): void {
  file = "";
  items = [];
  told = problem = null;
  preview();
}

/** What would be kept is seen on the map. */
function preview(): void {
  drawing.found = chosen().map((item) => item.zone!.corners);
  desk.redraw();
}

/** Read a file and ask the desk what it holds; nothing is kept by that. */
export async function readFile(chosen: File): Promise<void> {
  if (busy) return;
  forget();
  file = chosen.name;
  if (chosen.size > MOST_BYTES) problem = `It has ${(chosen.size / 1024 / 1024).toFixed(1)} MB: at most 2 MB are read`;
  else {
    busy = true;
    desk.changed();
    problem = await ask(chosen);
    busy = false;
  }
  desk.changed();
}

async function ask(chosen: File): Promise<string | null> {
  let tree: unknown;
  try {
    tree = JSON.parse(await chosen.text());
  } catch (fault) {
    return fault instanceof SyntaxError ? "It is not JSON: choose a GeoJSON file with polygons, as QGIS or geojson.io write it" : "It cannot be read";
  }
  try {
    told = await post<Told>("/api/zones.geojson", tree);
  } catch (fault) {
    return words(fault);
  }
  items = told.zones.map((found) => ({ ...found, ticked: !found.problem, kept: false }));
  preview();
  return null;
}

const says = (zone: ZoneRules): boolean =>
  zone.rule.length > 0 || zone.min_kn !== null || zone.max_kn !== null || zone.forbidden.length > 0 || zone.port || zone.quiet.length > 0;

/** The zone as it would be kept. */
function wanted(zone: NonNullable<Found["zone"]>): NonNullable<Found["zone"]> {
  if (says(zone) || plain.as === "name") return zone;
  if (plain.as === "enter") return { ...zone, rule: ["enter"] };
  if (plain.as === "port") return { ...zone, port: true };
  return { ...zone, quiet: plain.quiet, quiet_until_s: plain.quiet_until_s };
}

const chosen = (): Item[] => items.filter((item) => item.ticked && item.zone && !item.kept && !item.problem);

/** Another name than the file gives: it may be taken, or say nothing to the watch. */
function rename(item: Item, name: string): void {
  item.name = name.trim();
  item.zone!.name = item.name;
  item.problem = null;
  item.ticked = true;
  preview();
  desk.changed();
}

/** One after the other: each is a decision of its own. */
async function keep(): Promise<void> {
  if (busy) return;
  if (plain.as === "quiet" && !plain.quiet.length && chosen().some((item) => !says(item.zone!))) {
    problem = "Tick the rules that are quiet in them";
    desk.changed();
    return;
  }
  busy = true;
  problem = null;
  let kept = 0;
  for (const item of chosen()) {
    try {
      const zone = await post<Zone>("/api/zones", signed(wanted(item.zone!)));
      desk.zones.set(zone.id, zone);
      item.kept = true;
      kept++;
    } catch (fault) {
      item.problem = words(fault);
    }
    preview();
    desk.changed();
  }
  busy = false;
  if (kept) desk.say(`${kept === 1 ? "1 zone is" : `${kept} zones are`} kept, ${desk.kept()}`);
  desk.changed();
}

function line(item: Item, index: number, show: FileDeeds["show"]): TemplateResult {
  const open = item.zone && !item.kept;
  const said = item.zone ? `${zoneWords(wanted(item.zone))} · ${count(item.corners)} corners` : "";
  return html`<li class="zone" data-found=${index}>
    <div class="found-head">${open
      ? html`<input type="checkbox" aria-label="Keep ${item.name}" ?disabled=${item.problem !== null} .checked=${item.ticked && !item.problem} @change=${(event: Event) => { item.ticked = (event.target as HTMLInputElement).checked; preview(); desk.changed(); }} />
          <input type="text" class="found-name" aria-label="Name of zone ${index + 1}" autocomplete="off" maxlength="60" .value=${item.name} @change=${(event: Event) => rename(item, (event.target as HTMLInputElement).value)} />`
      : html`<p class="zone-name">${item.name}</p>`}
    ${item.zone ? html`<button class="small" @click=${() => show({ rings: [item.zone!.corners] })}>Show<span class="unseen">: ${item.name}</span></button>` : nothing}</div>
    ${item.problem ? html`<p class="refused">Not kept: ${item.problem}</p>` : html`<p class="quiet">${item.kept ? "kept · " : ""}${said}</p>`}
  </li>`;
}

function plainChoice(): Content {
  if (!items.some((item) => item.zone && !item.problem && !item.kept && !says(item.zone))) return nothing;
  const take = (event: Event): void => {
    plain.as = (event.target as HTMLSelectElement).value as keyof typeof PLAIN;
    desk.changed();
  };
  return html`<div class="field">
      <label for="found-as">Where the file gives a name only, keep it as</label>
      <select id="found-as" @change=${take}>${Object.entries(PLAIN).map(([as, said]) => html`<option value=${as} .selected=${plain.as === as}>${said}</option>`)}</select>
    </div>
    ${plain.as === "quiet" ? quietChoice(plain, "found", "Rules that are quiet in them") : nothing}`;
}

function list(deeds: FileDeeds): Content {
  if (!told) return nothing;
  return html`<p role="status">${file}: ${told.zones.length === 1 ? "1 zone" : `${count(told.zones.length)} zones`} found${told.left_out ? `, and ${count(told.left_out)} more that are not shown` : ""}</p>
    ${told.remarks.map((remark) => html`<p class="quiet">${remark}</p>`)}
    <ul class="zone-list" role="list">${items.map((item, index) => line(item, index, deeds.show))}</ul>
    ${plainChoice()}
    ${items.some((item) => item.zone && !item.kept) ? keepForm() : nothing}`;
}

function keepForm(): TemplateResult {
  const many = chosen().length;
  return html`<div class="inline by">
      ${byField("found-by")}
    </div>
    <div class="buttons"><button class="main decides" ?disabled=${busy || !many} @click=${keep}>${many === 1 ? "Keep 1 zone" : `Keep ${many} zones`}</button></div>`;
}

export interface FileDeeds {
  show: (zone: Pick<Zone, "rings">) => void;
  /** The file is put away. */
  brought: () => void;
}

/** The panel while a file is looked at. */
export function filePanel(deeds: FileDeeds): TemplateResult {
  const take = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const [first] = input.files ?? [];
    if (first) void readFile(first);
    input.value = ""; // the same file may be chosen again, when it was mended
  };
  return html`<div class="zone-form">
    <h3>Zones from a file</h3>
    <p class="quiet">GeoJSON with polygons. You see what is in it before anything is kept.</p>
    <div class="drop">
      <button type="button" id="zone-file-choose" @click=${() => document.querySelector<HTMLInputElement>("#zone-file-input")!.click()}>Choose a file…</button>
      <span class="quiet">or drop it on the page</span>
      <input id="zone-file-input" type="file" hidden accept=".geojson,.json,application/geo+json,application/json" @change=${take} />
    </div>
    <p class="problem" role="alert">${problem ? `${told || !file ? "" : `${file}: `}${problem}` : nothing}</p>
    ${busy && !told ? html`<p class="quiet" role="status">Reading…</p>` : nothing} ${list(deeds)}
    <div class="buttons"><button type="button" @click=${() => { forget(); deeds.brought(); }}>${items.some((item) => item.kept) ? "Done" : "Cancel"}</button></div>
  </div>`;
}
