/** The bar at the bottom of a replay: play and pause, speed, how far it has come and where the alerts were. The desk
 *  cannot seek, so this is a picture of progress and no slider. */

import { html, render, svg, type TemplateResult } from "lit-html";
import { steerReplay } from "./actions";
import { desk } from "./desk";
import { clockTime } from "./format";
import { icon } from "./parts";
import { SEVERITY_RANK, type Hello } from "./shapes";

const SPEEDS = [1, 10, 30, 60, 120, 300, 600, 1200, 3600];
const BINS = 160;
const CLASSES = ["notice", "caution", "danger", "distress"];

function histogram(start_s: number, end_s: number): TemplateResult[] {
  const counts = new Float64Array(BINS);
  const worst = new Int8Array(BINS);
  for (const alert of desk.alerts.values()) {
    if (alert.state === "withdrawn") continue;
    const bin = Math.floor(((alert.raised_s - start_s) / (end_s - start_s)) * BINS);
    if (bin < 0 || bin >= BINS) continue;
    counts[bin]++;
    worst[bin] = Math.max(worst[bin], SEVERITY_RANK[alert.severity]);
  }
  const highest = Math.max(1, ...counts);
  const bars: TemplateResult[] = [];
  for (let bin = 0; bin < BINS; bin++) {
    if (!counts[bin]) continue;
    const height = 8 + (16 * counts[bin]) / highest + 3 * worst[bin];
    bars.push(svg`<rect class=${CLASSES[worst[bin]]} x=${bin} y=${34 - height} width="0.8" height=${height} />`);
  }
  return bars;
}

function bar(hello: Hello): TemplateResult {
  const { start_s, end_s } = hello;
  const clock_s = desk.clock_s();
  const known = start_s !== null && end_s !== null && end_s > start_s;
  const done = known ? Math.max(0, Math.min(1, (clock_s - start_s) / (end_s - start_s))) : 0;
  const speeds = SPEEDS.includes(hello.speed) ? SPEEDS : [...SPEEDS, hello.speed].sort((one, other) => one - other);
  return html`<button class="play" @click=${() => (hello.ended ? steerReplay({ again: true }) : steerReplay({ paused: !hello.paused }))} title="Space">
      ${hello.ended ? html`${icon("again")} Again` : hello.paused ? html`${icon("play")} Play` : html`${icon("pause")} Pause`}
    </button>
    <label class="speed"
      ><span class="unseen">Speed</span
      ><select @change=${(event: Event) => steerReplay({ speed: Number((event.target as HTMLSelectElement).value) })}>
        ${speeds.map((speed) => html`<option value=${speed} ?selected=${speed === hello.speed}>${speed}×</option>`)}
      </select></label
    >
    ${known
      ? html`<span class="replay-end figures">${clockTime(start_s)}</span>
          <div
            class="progress"
            role="progressbar"
            aria-label="How far the replay has come"
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=${Math.round(done * 100)}
            aria-valuetext="${clockTime(clock_s)}, ${Math.round(done * 100)} percent"
          >
            <svg viewBox="0 0 ${BINS} 36" preserveAspectRatio="none" aria-hidden="true">
              <rect class="way" x="0" y="34" width=${BINS} height="2" />
              <rect class="gone" x="0" y="34" width=${done * BINS} height="2" />
              ${histogram(start_s, end_s)}
              <rect class="now" x=${Math.min(BINS - 0.4, done * BINS)} y="0" width="0.4" height="36" />
            </svg>
          </div>
          <span class="replay-end figures">${clockTime(end_s)}</span>`
      : html`<span class="replay-end">no end is known</span>`}
    <span class="replay-title">${hello.scene?.title ?? hello.title}</span>`;
}

export function drawReplay(into: HTMLElement): void {
  const { hello } = desk;
  const shown = hello !== null && hello.mode !== "live";
  into.hidden = !shown;
  if (shown) render(bar(hello), into);
}

export function togglePlay(): void {
  const { hello } = desk;
  if (!hello || hello.mode === "live") return desk.say("This is live: there is nothing to pause");
  void steerReplay(hello.ended ? { again: true } : { paused: !hello.paused });
}
