/** One short sound, and only when something is open that is worse than all that nobody has acknowledged: a desk that rings for
 *  everything is switched off. Browsers let a page be heard only after it was touched; until then it says so. */

import { beside } from "../core/base";
import { urgentNow } from "../replay/beside";
import { html, type TemplateResult } from "lit-html";
import { desk } from "../state/desk";
import { clockTime } from "../core/format";
import { icon } from "../parts/parts";
import { mutedUntil_ms, setMuted } from "../state/settings";
import { SEVERITY_RANK } from "../core/severity";
import type { Alert } from "../core/shapes";

/** Pitch in Hz and number of strokes, by rank of severity. */
const STROKES: readonly [number, number][] = [[523, 1], [659, 1], [880, 2], [1047, 3]];
const STROKE_S = 0.16;
const LOUDNESS = 0.25;
const MUTE_MS = 30 * 60_000;

let context: AudioContext | null = null;
let highest = -1;
let begun = false;
let mutedTo_ms = mutedUntil_ms();
/** For tests: what was rung for. */
export const rung: string[] = [];

const muted = (): boolean => Date.now() < mutedTo_ms;

function ring(rank: number): void {
  context ??= new AudioContext();
  void context.resume();
  const [pitch_hz, strokes] = STROKES[rank];
  for (let stroke = 0; stroke < strokes; stroke++) {
    const at_s = context.currentTime + stroke * STROKE_S * 1.5;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.frequency.value = pitch_hz;
    volume.gain.setValueAtTime(0, at_s);
    volume.gain.linearRampToValueAtTime(LOUDNESS, at_s + 0.02);
    volume.gain.linearRampToValueAtTime(0, at_s + STROKE_S);
    tone.connect(volume).connect(context.destination);
    tone.start(at_s);
    tone.stop(at_s + STROKE_S);
  }
}

/** What calls for an eye: open, neither acknowledged nor snoozed. */
export const calling = (alert: Alert): boolean => alert.state === "open" && alert.acknowledged_s === null && alert.snoozed_until_s === null;

/** Ring when the worst that calls has become worse. What was there when the page was opened is seen, not heard. */
export function listen(): void {
  if (!desk.alertsKnown) {
    begun = false;
    return;
  }
  const now = urgentNow();
  // On a page of the past, only what happens now is heard.
  const rank = beside ? (now === null ? -1 : SEVERITY_RANK[now]) : Math.max(-1, ...[...desk.alerts.values()].filter(calling).map((alert) => SEVERITY_RANK[alert.severity]));
  if (begun && rank > highest && !muted()) {
    rung.push(Object.keys(SEVERITY_RANK).find((name) => SEVERITY_RANK[name as keyof typeof SEVERITY_RANK] === rank)!);
    ring(rank);
  }
  highest = rank;
  begun = true;
}

/** Off for half an hour, then until it is switched on, then on. */
function turn(): void {
  mutedTo_ms = !muted() ? Date.now() + MUTE_MS : mutedTo_ms === Infinity ? 0 : Infinity;
  setMuted(mutedTo_ms);
  desk.changed();
}

function test(): void {
  ring(SEVERITY_RANK.danger);
  desk.say(muted() ? "This is the sound of danger. Alerts themselves are muted now" : "This is the sound of danger");
}

/** Said as long as no sound would be heard, and before one is due: a browser lets no page be heard that nobody has touched. */
export const silentWords = (): string =>
  !muted() && (navigator.userActivation?.hasBeenActive === false || context?.state === "suspended") ? "No sound yet: click or press a key once" : "";

/** The first touch ends that. */
export function startSound(): void {
  for (const touch of ["pointerup", "keydown"]) document.addEventListener(touch, () => desk.changed(), { once: true, capture: true });
}

export function soundLine(): TemplateResult {
  const off = muted();
  const words = off ? "Sound off" : "Sound on";
  const until_s = off && mutedTo_ms !== Infinity ? mutedTo_ms / 1000 : null; // short, so that nothing below it moves
  return html`<div class="sound">
    <button class="small ${off ? "muted" : ""}" aria-pressed=${off ? "true" : "false"} title=${off ? "Press for longer, then for on" : "Off for 30 minutes"} @click=${turn}>${icon(off ? "muted" : "sound")} ${until_s === null ? words : html`<span class="unseen">Sound off </span>until ${clockTime(until_s).replace(/:\d\dZ$/, "Z")}`}</button>
    <button class="small" @click=${test}>Test</button>
  </div>`;
}
