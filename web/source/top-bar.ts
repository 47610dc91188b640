/** The top bar: what kind of time this is, the clock, whether the feeds are heard and the journal is written. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import { openReport } from "./actions";
import { desk } from "./desk";
import { feedWell } from "./feeds";
import { clockTime, dateOnly, perSecond } from "./format";
import { openHelp } from "./help";
import { icon } from "./parts";
import type { Mode } from "./shapes";

const BADGES: Record<Mode, string> = { live: "LIVE", replay: "REPLAY", reconstruction: "RECONSTRUCTION" };

function toggleFeeds(): void {
  desk.feedsOpen = !desk.feedsOpen;
  desk.changed();
  if (desk.feedsOpen) setTimeout(() => document.querySelector<HTMLElement>("#feeds h2")?.focus(), 40);
}

export function drawBadge(into: HTMLElement): void {
  const mode = desk.hello?.mode;
  document.documentElement.dataset.mode = mode ?? "none";
  const clock_s = desk.clock_s();
  const known = desk.health !== null || desk.fleet.epoch >= 0;
  render(
    html`<span class="badge ${mode ?? "none"}">${mode ? html`${icon(mode)} ${BADGES[mode]}` : "connecting…"}</span>
      <time class="clock figures" datetime=${known ? new Date(clock_s * 1000).toISOString().slice(0, 19) + "Z" : ""}
        >${known ? html`<span class="date">${dateOnly(clock_s)}</span> ${clockTime(clock_s)}` : "--:--:--Z"}</time
      >`,
    into,
  );
}

export function drawHealth(into: HTMLElement, palette: () => void): void {
  render(healthLine(palette), into);
}

function healthLine(palette: () => void): TemplateResult {
  const { health } = desk;
  const well = health?.feeds.filter(feedWell).length ?? 0;
  const all = health?.feeds.length ?? 0;
  const ill = !desk.connected || well < all || health?.journal?.state === "failed" || health?.clock_check?.state === "wrong";
  return html`<button class="health ${ill ? "ill" : ""}" aria-expanded=${desk.feedsOpen ? "true" : "false"} aria-controls="feeds" @click=${toggleFeeds}>
      ${health && (desk.connected || !desk.everConnected)
        ? html`<span class="figures">feeds ${well}/${all}</span
            ><span class="figures wide"> · ${perSecond(health.messages_per_s)}${health.lag_s === null ? "" : ` · lag ${health.lag_s.toFixed(1)} s`}</span
            >${health.journal
              ? html`<span class="figures wider"> · journal ${health.journal.state === "ok" ? "✓" : "✕ FAILED"} ${health.journal.state === "ok" ? health.journal.words : ""}</span>`
              : nothing}${health.clock_check?.state === "wrong" ? html`<span> · CLOCK WRONG</span>` : nothing}`
        : "no word from the desk"}
    </button>
    <button class="top-button" @click=${() => openReport()} title="Type in a report (R)">Report</button>
    <button class="top-button" @click=${palette} title="Day, dusk, night (N)" aria-label="Palette: ${desk.palette}">${icon(desk.palette)}</button>
    <button class="top-button" @click=${() => openHelp()} title="Help (?)" aria-label="Help">?</button>`;
}
