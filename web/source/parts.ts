/** Small pieces that several panels share. Data go into text only, never into markup. */

import { html, nothing, svg, type TemplateResult } from "lit-html";
import { closeTop, copy, selectShip, showOnMap } from "./actions";
import { desk } from "./desk";
import { decimalDegrees, position } from "./format";
import type { Severity } from "./shapes";

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

export function panelHead(over: Content | string, title: string, close = "Close"): TemplateResult {
  return html`<div class="panel-head">
    <div class="panel-title"><p class="over">${over}</p><h2 tabindex="-1">${title}</h2></div>
    <button class="plain" @click=${() => closeTop()} aria-label=${close} title="${close} (Esc)">✕</button>
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
