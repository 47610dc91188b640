/** Keys and signs, in one dialog. */

import { html, render, type TemplateResult } from "lit-html";
import { ANSWER_KEYS } from "../alerts/answer-keys";
import { PALETTES } from "../core/palette";
import { KIND_WORDS } from "../core/shapes";
import { drawSymbol } from "../map/symbol";
import { icon, severityIcon } from "../parts/parts";
import { desk } from "../state/desk";
import { letters, setLetters } from "../state/settings";
import type { Severity } from "../core/severity";

const KEYS: [string, string][] = [
  ["/", "Search for a ship"], ["J K", "Next, previous alert"], ["A", "Acknowledge the alert shown"], ["F", "Follow the ship shown"], ["O", "Open the page of the ship or the incident shown"],
  ["L", "Names on or off"], ["Y", "Layers; then 1 to 8"], ["Z", "Draw a zone"], ["M", "Bearing and distance"], ["G", "Range rings"], ["R", "Type in a report"], ["H", "Hand over the watch"], ["B", "Back in time; back to live"], ["Space", "Play or pause a replay"], [", .", "Replay: 10 s back, on"],
  ["< >", "Replay: 1 min back, on"], ["[ ]", "Replay: previous, next alert"], ["N", "Day, dusk, night"],
  ["+ −", "Zoom in, zoom out"], ["Arrows", "Move the map, when it has the focus"], ["Esc", "Close what is on top"], ["T", "All alerts as a table"], ["?", "This help"],
];
const SIGNS: [Severity, string][] = [
  ["notice", "Worth a look when there is time"], ["caution", "May become dangerous"], ["danger", "Act on it"], ["distress", "Life may be in danger: act now"],
];

/** Kinds whose symbols point where a ship heads; what has a symbol of another shape is told in words. */
const KINDS = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const SYMBOL_PX = 24;
const LARGER = 1.5;

const keyList = (keys: readonly (readonly [string, string])[]): TemplateResult =>
  html`<dl class="keys">${keys.map(([key, words]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${words}</dd></div>`)}</dl>`;

export function openHelp(): void {
  const dialog = document.querySelector<HTMLDialogElement>("#help")!;
  render(
    html`<div class="panel-head">
        <div class="panel-title"><h2>Help</h2></div>
        <button class="plain" aria-label="Close help" @click=${() => dialog.close()}>${icon("close")}</button>
      </div>
      <div class="help-columns">
        <section>
          <h3>Keys</h3>
          ${keyList(KEYS)}
        </section>
        <section>
          <h3>Keys for the alert shown</h3>
          ${keyList(ANSWER_KEYS.slice(1).map(([key, , words]) => [key, words] as const))}
          <p class="quiet">Where words are needed, type them, then Enter.</p>
          <p class="check">
            <input id="letters" type="checkbox" .checked=${letters.on} @change=${(event: Event) => setLetters((event.target as HTMLInputElement).checked)} />
            <label for="letters">Single letters are keys (off for speech input)</label>
          </p>
        </section>
        <section>
          <h3>Alerts</h3>
          <ul class="lines" role="list">
            ${SIGNS.map(([severity, words]) => html`<li class="sign ${severity}">${severityIcon(severity)}<span><span class="severity-word">${severity}</span> ${words}</span></li>`)}
          </ul>
          <h3>Ships</h3>
          <ul class="lines told" role="list">
            <li>Triangle: under way, pointing where she heads; its stern tells her kind</li>
            <li class="kinds-drawn">${KINDS.map((kind) => html`<span><canvas data-kind=${kind} aria-hidden="true"></canvas> ${KIND_WORDS[kind]}</span>`)}</li>
            <li>Small open diamond: at anchor or moored, with a dot in it a tanker</li>
            <li>Circle: radar target · with a cross in it: distress beacon</li>
            <li>Larger diamond with a cross in it: aid to navigation</li>
            <li>Ring: your own fleet · square: guarded</li>
            <li>Dashed ring: position not trusted</li>
            <li>Paler, or with an alert hollow: her place is 6 minutes old · hollow, or dashed: 20 · crossed: lost, nothing heard of her for 10</li>
            <li>Sheet of paper: a person's report</li>
            <li>Dashed lines that meet two dots: how near two ships will pass</li>
            <li>Four ticks and a dotted ring: silent; where she could be</li>
            <li>Hatched circle: positions there are false · zz: snoozed</li>
          </ul>
        </section>
      </div>
      <p class="quiet">Land: Natural Earth, public domain. Not for navigation.</p>`,
    dialog,
  );
  drawKinds(dialog);
  if (!dialog.open) dialog.showModal();
}

/** The symbols themselves, as the map has them. */
function drawKinds(dialog: HTMLElement): void {
  const ratio = window.devicePixelRatio || 1;
  for (const canvas of dialog.querySelectorAll<HTMLCanvasElement>("canvas[data-kind]")) {
    canvas.width = canvas.height = Math.round(SYMBOL_PX * ratio);
    const context = canvas.getContext("2d")!;
    context.scale(ratio * LARGER, ratio * LARGER);
    context.translate(SYMBOL_PX / LARGER / 2, SYMBOL_PX / LARGER / 2);
    drawSymbol(context, PALETTES[desk.palette], Number(canvas.dataset.kind), 0, 0, true);
  }
}
