/** The bar at the bottom of a replay: play and pause, speed, steps, and a slider over the whole period with its alerts and gaps. */

import { html, nothing, render, svg, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { steerReplay } from "../state/actions";
import { desk } from "../state/desk";
import { liveButton } from "./beside";
import { clockTime, dateOnly, dateTime, duration, readTime } from "../core/format";
import { icon } from "../parts/parts";
import { BINS, bins, gaps, keepPeriod, seek, standing_s, stepAlert, stepBy, underway } from "./seeking";
import type { Hello } from "../core/shapes";

const SPEEDS = [1, 10, 30, 60, 120, 300, 600, 1200, 3600];
const CLASSES = ["notice", "caution", "danger", "distress"];
/** Half a thumb: so far from the slider's edges its ends are. */
const INSET_PX = 6;
const DAY_S = 86_400;

/** The time under the pointer, or under the thumb while it is dragged. */
let pointed_s: number | null = null;
let dragged_s: number | null = null;

/** The time that the slider is drawn to, or that is being gone to; null when the play goes on. */
export const aimed_s = (): number | null => dragged_s ?? (underway() ? standing_s() : null);

function bars(start_s: number, end_s: number, now_s: number): TemplateResult[] {
  const highest = Math.max(1, ...bins().map(([, alerts]) => alerts));
  return bins().map(([bin, alerts, worst]) => {
    const height = 8 + (13 * alerts) / highest + 3 * worst;
    const ahead = start_s + (bin / BINS) * (end_s - start_s) > now_s;
    return svg`<rect class="alert-bar ${CLASSES[worst]} ${ahead ? "ahead" : ""}" x=${bin} y=${32 - height} width="0.8" height=${height} />`;
  });
}

function silences(start_s: number, end_s: number): TemplateResult[] {
  const scale = BINS / (end_s - start_s);
  return gaps()
    .filter(([from_s, to_s]) => to_s > start_s && from_s < end_s)
    .map(([from_s, to_s]) => {
      const left = Math.max(0, (from_s - start_s) * scale);
      return svg`<rect class="gap" x=${left} y="0" width=${Math.max(0.3, Math.min(BINS, (to_s - start_s) * scale) - left)} height="32" fill="url(#gap-hatch)" />`;
    });
}

const moment = (time_s: number, hello: Hello): string =>
  hello.end_s !== null && hello.start_s !== null && Math.floor(hello.end_s / DAY_S) !== Math.floor(hello.start_s / DAY_S)
    ? `${dateOnly(time_s).slice(5)} ${clockTime(time_s)}`
    : clockTime(time_s);

/** "02:31:00Z", and what is known of it: how many alerts are near, or that nothing was received. */
function bubble(time_s: number, hello: Hello): string {
  const gap = gaps().find(([from_s, to_s]) => time_s > from_s && time_s < to_s);
  if (gap) return `${moment(time_s, hello)} · nothing received for ${duration(gap[1] - gap[0])}`;
  const pointed = Math.floor(((time_s - hello.start_s!) / (hello.end_s! - hello.start_s!)) * BINS);
  const near = bins().reduce((sum, [bin, alerts]) => sum + (Math.abs(bin - pointed) <= 1 ? alerts : 0), 0);
  return `${moment(time_s, hello)}${near ? ` · ${near} ${near === 1 ? "alert" : "alerts"}` : ""}`;
}

/** A jump over hours takes a while: how far the desk has come on its way. */
function reached(goal_s: number, hello: Hello): string {
  const at_s = desk.health?.clock_s;
  return at_s && at_s > hello.start_s! && at_s < goal_s - 60 ? `, now at ${moment(at_s, hello)}` : "";
}

function point(event: PointerEvent): void {
  const { hello } = desk;
  if (!hello || hello.start_s === null || hello.end_s === null) return;
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  const share = (event.clientX - box.left - INSET_PX) / (box.width - 2 * INSET_PX);
  pointed_s = hello.start_s + Math.max(0, Math.min(1, share)) * (hello.end_s - hello.start_s);
  desk.changed();
}

function slide(event: KeyboardEvent, hello: Hello): void {
  const steps: Record<string, number> = { ArrowLeft: -10, ArrowDown: -10, ArrowRight: 10, ArrowUp: 10, PageDown: -60, PageUp: 60 };
  if (event.key in steps) stepBy(steps[event.key]);
  else if (event.key === "Home") seek(hello.start_s!);
  else if (event.key === "End") seek(hello.end_s!);
  else return;
  event.preventDefault();
}

function slider(hello: Hello, start_s: number, end_s: number): TemplateResult {
  const now_s = Math.max(start_s, Math.min(end_s, dragged_s ?? standing_s()));
  const done = ((now_s - start_s) / (end_s - start_s)) * BINS;
  return html`<span class="replay-end figures">${moment(start_s, hello)}</span>
    <div class="slider ${underway() ? "underway" : ""}" @pointermove=${point} @pointerleave=${() => { pointed_s = null; desk.changed(); }}>
      <svg viewBox="0 0 ${BINS} 36" preserveAspectRatio="none" aria-hidden="true">
        <defs><pattern id="gap-hatch" width="1.4" height="6" patternUnits="userSpaceOnUse"><path class="hatch" d="M0 6 L1.4 0" /></pattern></defs>
        ${silences(start_s, end_s)}
        <rect class="way" x="0" y="32" width=${BINS} height="4" />
        <rect class="gone" x="0" y="32" width=${done} height="4" />
        ${bars(start_s, end_s, now_s)}
      </svg>
      <input
        type="range"
        min=${start_s}
        max=${end_s}
        step="1"
        .value=${live(String(Math.round(now_s)))}
        aria-label="Time of the replay"
        aria-valuetext="${dateOnly(now_s)} ${clockTime(now_s)}${underway() ? ", going there" : ""}"
        @input=${(event: Event) => { dragged_s = Number((event.target as HTMLInputElement).value); desk.changed(); }}
        @change=${(event: Event) => { dragged_s = null; seek(Number((event.target as HTMLInputElement).value)); }}
        @keydown=${(event: KeyboardEvent) => slide(event, hello)}
      />
      <span class="bubble figures" aria-hidden="true" ?hidden=${(dragged_s ?? pointed_s) === null && !underway()}
        >${underway() && dragged_s === null && pointed_s === null ? `going to ${moment(now_s, hello)}${reached(now_s, hello)} …` : bubble(dragged_s ?? pointed_s ?? now_s, hello)}</span
      >
    </div>
    <span class="replay-end figures">${moment(end_s, hello)}</span>`;
}

/** A pixel of the slider may be hours: a time that is known is typed. */
function goTo(event: KeyboardEvent, start_s: number, end_s: number): void {
  const field = event.target as HTMLInputElement;
  if (event.key === "Escape") {
    event.preventDefault(); // what is open stays
    field.value = "";
    field.blur();
  }
  if (event.key !== "Enter" || event.isComposing || !desk.clockKnown()) return;
  const time_s = readTime(field.value, standing_s());
  if (time_s === null) return desk.say(`Write it as 14:30, or as ${dateOnly(end_s)} 14:30, UTC`, true);
  if (time_s < start_s || time_s > end_s) return desk.say(`This replay goes from ${dateTime(start_s)} to ${dateTime(end_s)}`, true);
  field.value = "";
  field.blur();
  seek(time_s);
}

const stepButton = (words: string, label: string, key: string, deed: () => void, rare = false): TemplateResult =>
  html`<button class="step ${rare ? "rare" : ""}" aria-label=${label} title="${label} (${key})" @click=${deed}>${words}</button>`;

function bar(hello: Hello): TemplateResult {
  const { start_s, end_s } = hello;
  const speeds = SPEEDS.includes(hello.speed) ? SPEEDS : [...SPEEDS, hello.speed].sort((one, other) => one - other);
  return html`${liveButton()}<button class="play" @click=${togglePlay} title="Space">
      ${hello.ended ? html`${icon("again")} <span class="word">Again</span>` : hello.paused ? html`${icon("play")} <span class="word">Play</span>` : html`${icon("pause")} <span class="word">Pause</span>`}
    </button>
    <label class="speed"
      ><span class="unseen">Speed</span
      ><select @change=${(event: Event) => steerReplay({ speed: Number((event.target as HTMLSelectElement).value) })}>
        ${speeds.map((speed) => html`<option value=${speed} ?selected=${speed === hello.speed}>${speed}×</option>`)}
      </select></label
    >
    <span class="steps" role="group" aria-label="Steps">
      <button class="step" aria-label="Previous alert" title="Previous alert ([)" @click=${() => stepAlert(-1)}>${icon("before")}</button>
      ${stepButton("−1 min", "Back one minute", "<", () => stepBy(-60), true)} ${stepButton("−10 s", "Back ten seconds", ",", () => stepBy(-10))}
      ${stepButton("+10 s", "On ten seconds", ".", () => stepBy(10))} ${stepButton("+1 min", "On one minute", ">", () => stepBy(60), true)}
      <button class="step" aria-label="Next alert" title="Next alert (])" @click=${() => stepAlert(1)}>${icon("next")}</button>
    </span>
    ${start_s !== null && end_s !== null
      ? html`<input id="replay-to" class="figures" type="text" maxlength="20" autocomplete="off" placeholder="go to, UTC" aria-label="Go to a time, UTC" title="14:30, or ${dateOnly(end_s)} 14:30" @keydown=${(event: KeyboardEvent) => goTo(event, start_s, end_s)} />`
      : nothing}
    ${start_s !== null && end_s !== null && end_s > start_s
      ? slider(hello, start_s, end_s)
      : html`<span class="replay-end told">${hello.title}: its period is not known yet</span>`}`;
}

export function drawReplay(into: HTMLElement): void {
  const { hello } = desk;
  const shown = hello !== null && hello.mode !== "live";
  into.hidden = !shown;
  if (!shown) return;
  keepPeriod(hello);
  render(bar(hello), into);
  // The page's policy allows no style in markup.
  const over = into.querySelector<HTMLElement>(".bubble");
  if (!over || hello.start_s === null || hello.end_s === null) return;
  const width_px = over.parentElement!.clientWidth;
  const share = ((dragged_s ?? pointed_s ?? standing_s()) - hello.start_s) / (hello.end_s - hello.start_s);
  const half_px = over.offsetWidth / 2;
  over.style.left = `${Math.max(half_px, Math.min(width_px - half_px, INSET_PX + share * (width_px - 2 * INSET_PX)))}px`;
}

export function togglePlay(): void {
  const { hello } = desk;
  if (!hello || hello.mode === "live") return desk.say("This is live: there is nothing to pause");
  void steerReplay(hello.ended ? { again: true } : { paused: !hello.paused });
}

/** Keys of a replay; true when the key was one. */
export function replayKey(key: string): boolean {
  const deeds: Record<string, () => void> = {
    ",": () => stepBy(-10), ".": () => stepBy(10), "<": () => stepBy(-60), ">": () => stepBy(60), "[": () => stepAlert(-1), "]": () => stepAlert(1),
  };
  deeds[key]?.();
  return key in deeds;
}

/** Over the map, so that nobody takes the past for the present. */
export function replayRibbon(): TemplateResult | typeof nothing {
  const { hello, health } = desk;
  if (!hello || hello.mode === "live") return nothing;
  const clock_s = desk.clock_s();
  const time = html`<time class="figures">${desk.clockKnown() ? `${dateOnly(clock_s)} ${clockTime(clock_s)}` : "--:--:--Z"}</time>`;
  return hello.mode === "reconstruction"
    ? html`<p class="ribbon">RECONSTRUCTION from public reports, with simulated fill-in: not recorded AIS · ${time}</p>`
    : html`<p class="ribbon replay">REPLAY · ${time} · the past, as it was known then${health?.journal?.state === "unwritten" ? " · nothing is written" : ""}</p>`;
}
