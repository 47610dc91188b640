/** Layers, the palette, measuring, rings, zones and the user's own charts: one panel at the left edge of the map. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { Zone } from "../core/chart-shapes";
import { charts } from "./charts";
import { position, readPosition } from "../core/format";
import { LAYERS, view, type LayerId, type PaletteBy } from "../state/layers";
import { icon, type Content } from "../parts/parts";
import type { Place } from "../core/plane";
import { measured } from "./rings";
import { lazily } from "../state/lazily";
import { zoneForm, zoneList } from "./zone-panel";
import { drawing } from "./zones";

export type Picking = "measure" | "rings" | null;

export interface PanelDeeds {
  close: () => void;
  turn: (id: LayerId) => void;
  turnChart: (name: string) => void;
  paletteBy: (by: PaletteBy) => void;
  /** What the next click on the map is for. */
  pick: (what: Picking) => void;
  picking: () => Picking;
  changed: () => void;
  show: (zone: Pick<Zone, "rings">) => void;
  zone: (zone: Zone | null) => void;
  zoneDone: () => void;
  /** Zones from a file: begun, over, and whether they are looked at. */
  bring: () => void;
  brought: () => void;
  bringing: () => boolean;
}

const problems: Record<string, string> = {};
const value = (event: Event): string => (event.target as HTMLInputElement).value;
const spoken = (place: Place | null | undefined): string => (place ? position(...place) : "");
let from = "";
let to = "";

/** The fields follow the map. */
export function fillMeasure(): void {
  from = spoken(view.measure?.[0]);
  to = spoken(view.measure?.[1]);
}

function layerList(deeds: PanelDeeds): TemplateResult {
  return html`<ul class="layer-list" role="list">
    ${(Object.entries(LAYERS) as [LayerId, string][]).map(
      ([id, words], index) => html`<li>
        <label><input type="checkbox" data-layer=${id} .checked=${view.on.has(id)} @change=${() => deeds.turn(id)} /><span>${words}</span><kbd>${index + 1}</kbd></label>
      </li>`,
    )}
  </ul>`;
}

function chartList(deeds: PanelDeeds): Content {
  if (!charts.known.length && !charts.problems.length) return nothing;
  return html`<h3>Your charts</h3>
    <p class="warning">Not for navigation.</p>
    <ul class="layer-list" role="list">
      ${charts.known.map(
        (chart) => html`<li>
          <label><input type="checkbox" data-chart=${chart.name} .checked=${view.charts.includes(chart.name)} @change=${() => deeds.turnChart(chart.name)} /><span>${chart.title}</span></label>
        </li>`,
      )}
      ${charts.problems.map(({ name, words }) => html`<li class="quiet">${name} cannot be shown: it ${words}</li>`)}
    </ul>`;
}

function measureForm(deeds: PanelDeeds): TemplateResult {
  const measure = (event: Event): void => {
    event.preventDefault();
    const [one, other] = [readPosition(from), readPosition(to)];
    problems.measure = one && other ? "" : `${one ? "To" : "From"}: a position such as 25°26.0′N 057°21.5′E or 25.43, 57.36`;
    if (one && other) view.measure = [[one.lat_deg, one.lon_deg], [other.lat_deg, other.lon_deg]];
    deeds.changed();
  };
  const clear = (): void => {
    view.measure = null;
    from = to = problems.measure = "";
    deeds.pick(null);
    deeds.changed();
  };
  return html`<h3>Bearing and distance</h3>
    <form @submit=${measure}>
      <div class="field"><label for="measure-from">From</label><input id="measure-from" type="text" autocomplete="off" .value=${from} @input=${(event: Event) => { from = value(event); }} /></div>
      <div class="field"><label for="measure-to">To</label><input id="measure-to" type="text" autocomplete="off" .value=${to} @input=${(event: Event) => { to = value(event); }} /></div>
      <p class="problem" role="alert">${problems.measure || nothing}</p>
      <p id="measured" class="figures" role="status">${view.measure ? measured(view.measure) : nothing}</p>
      <div class="buttons">
        <button type="submit">Measure</button>
        <button type="button" aria-pressed=${deeds.picking() === "measure"} @click=${() => deeds.pick(deeds.picking() === "measure" ? null : "measure")}>On the map (M)</button>
        <button type="button" ?disabled=${!view.measure} @click=${clear}>Clear</button>
      </div>
    </form>`;
}

function ringForm(deeds: PanelDeeds): Content {
  if (!view.on.has("rings")) return nothing;
  const { rings } = view;
  const take = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const given = Number(input.value.replace(",", "."));
    const step = input.id === "rings-step";
    const good = step ? given >= 0.1 && given <= 100 : Number.isInteger(given) && given >= 1 && given <= 10;
    problems.rings = good ? "" : step ? "0.1 to 100 NM between rings" : "1 to 10 rings";
    if (good && step) rings.step_nm = given;
    else if (good) rings.count = given;
    deeds.changed();
  };
  const takePlace = (event: Event): void => {
    const text = value(event).trim();
    const place = readPosition(text);
    problems.rings = text && !place ? "A position such as 25°26.0′N 057°21.5′E, or nothing" : "";
    if (!problems.rings) rings.place = place ? [place.lat_deg, place.lon_deg] : null;
    if (rings.place && deeds.picking() === "rings") deeds.pick(null);
    deeds.changed();
  };
  return html`<h3>Range rings</h3>
    <div class="two">
      <div class="field"><label for="rings-step">Apart, NM</label><input id="rings-step" type="text" inputmode="decimal" autocomplete="off" .value=${String(rings.step_nm)} @change=${take} /></div>
      <div class="field"><label for="rings-count">Rings</label><input id="rings-count" type="text" inputmode="numeric" autocomplete="off" .value=${String(rings.count)} @change=${take} /></div>
    </div>
    <div class="field">
      <label for="rings-place">Round a place; empty: round the ship shown</label>
      <input id="rings-place" type="text" autocomplete="off" .value=${spoken(rings.place)} @change=${takePlace} />
    </div>
    <p class="problem" role="alert">${problems.rings || nothing}</p>
    <div class="buttons">
      <button type="button" aria-pressed=${deeds.picking() === "rings"} @click=${() => deeds.pick(deeds.picking() === "rings" ? null : "rings")}>Place on the map</button>
      <button type="button" ?disabled=${!rings.place} @click=${() => { rings.place = null; deeds.changed(); }}>Round the ship shown</button>
    </div>`;
}

const BY: [PaletteBy, string][] = [["hand", "by hand (N)"], ["sun", "by the sun at the map’s centre"], ["clock", "by this computer’s clock"]];

export const filePart = lazily(() => import("./zone-file"));

export function toolsPanel(deeds: PanelDeeds): TemplateResult {
  const { draft } = drawing;
  const bringing = !draft && deeds.bringing();
  return html`<div class="panel-head">
      <div class="panel-title"><h2 tabindex="-1">${draft ? "Zone" : bringing ? "Zones" : "Layers"}</h2></div>
      <button class="plain" @click=${deeds.close} aria-label="Close" title="Close (Esc)">${icon("close")}</button>
    </div>
    <div class="panel-body">
      ${draft
        ? zoneForm(draft, deeds.zoneDone)
        : bringing
          ? (filePart()?.filePanel(deeds) ?? html`<p class="quiet">Loading…</p>`)
          : html`${layerList(deeds)} ${chartList(deeds)}
            <div class="field">
              <label for="palette-by">Day, dusk, night</label>
              <select id="palette-by" @change=${(event: Event) => deeds.paletteBy(value(event) as PaletteBy)}>
                ${BY.map(([by, words]) => html`<option value=${by} .selected=${view.paletteBy === by}>${words}</option>`)}
              </select>
            </div>
            ${measureForm(deeds)} ${ringForm(deeds)} ${zoneList(deeds.show, deeds.zone, deeds.bring)}`}
    </div>`;
}

export const layersIcon = html`<svg class="icon" viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
  <path d="M8 2 L14.5 5.5 L8 9 L1.5 5.5 Z M1.5 8.5 L8 12 L14.5 8.5 M1.5 11.5 L8 15 L14.5 11.5" />
</svg>`;
