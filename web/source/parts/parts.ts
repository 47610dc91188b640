/** Small pieces that several panels share. Data go into text only, never into markup. */

import { html, nothing, svg, type TemplateResult } from "lit-html";
import { closeTop, copy, selectShip, showOnMap } from "../state/actions";
import { desk } from "../state/desk";
import { decimalDegrees, position } from "../core/format";
import type { Severity } from "../core/severity";

export type Content = TemplateResult | typeof nothing;

/** notice: open diamond; caution: filled diamond; danger: filled triangle; distress: framed triangle with a bar. */
export function severityIcon(severity: Severity): TemplateResult {
  const shape = {
    notice: svg`<path class="hollow" d="M12 4 L20 12 L12 20 L4 12 Z" />`,
    caution: svg`<path d="M12 3 L21 12 L12 21 L3 12 Z" />`,
    danger: svg`<path d="M12 2.5 L22.5 21.5 L1.5 21.5 Z" />`,
    distress: svg`<path class="hollow" d="M1 1 H23 V23 H1 Z" /><path d="M12 4.5 L20.5 19.5 H3.5 Z" /><path class="inner" d="M12 9 V14 M12 16 V18" />`,
  }[severity];
  return html`<svg class="severity-icon" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">${shape}</svg>`;
}

const ICONS = {
  close: svg`<path d="M3.5 3.5 L12.5 12.5 M12.5 3.5 L3.5 12.5" />`,
  play: svg`<path class="solid" d="M4 2.5 L13.5 8 L4 13.5 Z" />`,
  pause: svg`<path class="solid" d="M3.5 2.5 H6.5 V13.5 H3.5 Z M9.5 2.5 H12.5 V13.5 H9.5 Z" />`,
  sound: svg`<path class="solid" d="M2 6 H5 L9 2.5 V13.5 L5 10 H2 Z" /><path d="M11 5.5 Q13 8 11 10.5" />`,
  muted: svg`<path class="solid" d="M2 6 H5 L9 2.5 V13.5 L5 10 H2 Z" /><path d="M11 6 L15 10 M15 6 L11 10" />`,
  again: svg`<path d="M12.6 5.2 A5.4 5.4 0 1 0 13.4 8.6" /><path class="solid" d="M13.8 2 V6.6 H9.2 Z" />`,
  before: svg`<path d="M3.2 3 V13" /><path class="solid" d="M13 3 L5.5 8 L13 13 Z" />`,
  next: svg`<path d="M12.8 3 V13" /><path class="solid" d="M3 3 L10.5 8 L3 13 Z" />`,
  live: svg`<circle class="solid" cx="8" cy="8" r="5" />`,
  replay: svg`<path class="solid" d="M4 2.5 L13.5 8 L4 13.5 Z" />`,
  reconstruction: svg`<path d="M8 2 L14 8 L8 14 L2 8 Z" stroke-dasharray="2.6 1.6" />`,
  day: svg`<circle class="solid" cx="8" cy="8" r="3" /><path d="M8 1 V3 M8 13 V15 M1 8 H3 M13 8 H15 M3 3 L4.4 4.4 M11.6 11.6 L13 13 M3 13 L4.4 11.6 M11.6 4.4 L13 3" />`,
  dusk: svg`<circle cx="8" cy="8" r="5.5" /><path class="solid" d="M8 2.5 A5.5 5.5 0 0 1 8 13.5 Z" />`,
  night: svg`<path class="solid" d="M10.5 2 A6.3 6.3 0 1 0 14 11 A5.4 5.4 0 0 1 10.5 2 Z" />`,
};

/** Drawn here rather than taken from a font: a bare machine has no font with such signs. */
export const icon = (name: keyof typeof ICONS): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${ICONS[name]}</svg>`;

export function panelHead(over: Content | string, title: string, close = "Close"): TemplateResult {
  return html`<div class="panel-head">
    <div class="panel-title"><p class="over">${over}</p><h2 tabindex="-1">${title}</h2></div>
    <button class="plain" @click=${() => closeTop()} aria-label=${close} title="${close} (Esc)">${icon("close")}</button>
  </div>`;
}

export function positionLine(lat_deg: number | null, lon_deg: number | null): Content {
  if (lat_deg === null || lon_deg === null) return html`<p class="quiet">position not known</p>`;
  return html`<p class="position">
    <span class="figures">${position(lat_deg, lon_deg)}</span>
    <span class="buttons">
      <button class="small" @click=${() => copy(decimalDegrees(lat_deg, lon_deg))} title="Copy as decimal degrees">Copy</button>
      <button class="small" @click=${() => showOnMap(lat_deg, lon_deg)}>Show</button>
    </span>
  </p>`;
}

export function shipButtons(ids: number[], names?: Record<string, string>): Content {
  if (!ids.length) return nothing;
  return html`<ul class="chips" role="list">
    ${ids.map((id) => html`<li><button class="chip" @click=${() => selectShip(id)}>${desk.nameOf(id, names)}</button></li>`)}
  </ul>`;
}

/** A row of a two-column table of facts; nothing at all where the value is not known. */
export function fact(label: string, value: string | number | null | undefined | TemplateResult): Content {
  if (value === null || value === undefined || value === "") return nothing;
  return html`<div class="fact"><dt>${label}</dt><dd>${value}</dd></div>`;
}
