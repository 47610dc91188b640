/** The top bar: what kind of time this is, the clock, whether the feeds are heard and the journal is written. */

import { hasPast, lookBack } from "../replay/beside";
import { html, nothing, render, type TemplateResult } from "lit-html";
import { openReport } from "../state/actions";
import { desk } from "../state/desk";
import { focusWhenDrawn } from "../state/focus";
import { feedWell } from "./feeds";
import { clockTime, count, dateOnly, duration, perSecond } from "../core/format";
import { openHelp } from "./help";
import { journalWords } from "./journal";
import { icon } from "../parts/parts";
import { everybodys, sessionLine } from "../state/session";
import type { Health, Mode } from "../core/shapes";
import { webhookFails } from "./webhook";

const BADGES: Record<Mode, string> = { live: "LIVE", replay: "REPLAY", reconstruction: "RECONSTRUCTION" };

function toggleFeeds(): void {
  desk.feedsOpen = !desk.feedsOpen;
  if (desk.feedsOpen) focusWhenDrawn("#feeds h2");
  desk.changed();
}

export function drawBadge(into: HTMLElement): void {
  const mode = desk.hello?.mode;
  document.documentElement.dataset.mode = mode ?? "none";
  const clock_s = desk.clock_s();
  const lost = !desk.connected && desk.everConnected; // what was live a moment ago is not
  const known = desk.clockKnown();
  render(
    html`<span class="badge ${lost ? "lost" : everybodys() ? "replay" : (mode ?? "none")}">${lost ? html`${icon("close")} NO LINK` : mode ? html`${icon(everybodys() ? "replay" : mode)} ${everybodys() ? "LATE" : BADGES[mode]}` : "connecting…"}</span>
      <time class="clock figures" datetime=${known ? new Date(clock_s * 1000).toISOString().slice(0, 19) + "Z" : ""}
        >${known ? html`<span class="date">${dateOnly(clock_s)}</span> ${clockTime(clock_s)}` : "--:--:--Z"}</time
      >`,
    into,
  );
}

export function drawHealth(into: HTMLElement, palette: () => void): void {
  render(healthLine(palette), into);
}

/** When each feed was last heard; of many, the one that has been quiet longest. */
function lastHeard(health: Health): string {
  const ages = health.feeds.map((feed) => ({ name: feed.name || String(feed.feed), quiet_s: feed.last_s === null ? Infinity : health.clock_s - feed.last_s }));
  const say = (quiet_s: number): string => (quiet_s === Infinity ? "never" : quiet_s < 1 ? "now" : duration(quiet_s));
  if (!ages.length) return "no feed";
  if (ages.every(({ quiet_s }) => quiet_s === Infinity)) return "nothing heard yet";
  if (ages.length <= 2) return `last ${ages.map(({ name, quiet_s }) => `${ages.length > 1 ? `${name} ` : ""}${say(quiet_s)}`).join(", ")}`;
  const [newest, oldest] = [Math.min, Math.max].map((pick) => pick(...ages.map((feed) => feed.quiet_s)));
  return `last ${say(newest)}, ${ages.find((feed) => feed.quiet_s === oldest)!.name} ${say(oldest)}`;
}

function healthLine(palette: () => void): TemplateResult {
  const { health } = desk;
  const well = health?.feeds.filter(feedWell).length ?? 0;
  const all = health?.feeds.length ?? 0;
  const journal = journalWords(health?.journal ?? null);
  const ill = !desk.connected || well < all || journal.ill || health?.clock_check?.state === "wrong" || webhookFails(health);
  const stations = health?.feeds.reduce((sum, feed) => sum + feed.stations, 0) ?? 0;
  const heard = health?.feeds.some((feed) => feed.last_s !== null) ?? false;
  const bad = (words: string): TemplateResult => html`<span class="bad">${words}</span>`;
  // What may be cut off at the end of a line, on a narrow screen, is what matters least; and only what is wrong is red.
  return html`<button class="health figures ${ill ? "ill" : ""}" aria-expanded=${desk.feedsOpen ? "true" : "false"} aria-controls="feeds" @click=${toggleFeeds}>
      ${health && (desk.connected || !desk.everConnected)
        ? html`<span class="health-line"
              >${well < all ? bad(`feeds ${well}/${all}`) : `feeds ${well}/${all}`}${health.clock_check?.state === "wrong" ? html`<span class="dot"> · </span>${bad("CLOCK WRONG")}` : nothing}${webhookFails(health)
                ? html`<span class="dot"> · </span>${bad("webhook ✕")}`
                : nothing}<span class="wide"> · ${perSecond(health.messages_per_s)}</span
              ><span class="wide">${health.mode !== "live" || health.lag_s === null || !heard ? "" : ` · lag ${health.lag_s.toFixed(1)} s`}</span
              ><span class="wide"> · ${count(stations)} ${stations === 1 ? "station" : "stations"} · v${health.version}</span></span
            ><span class="health-line"><span class=${journal.ill ? "bad" : "wide"}>${journal.words}</span><span class="wide"> · ${lastHeard(health)}</span></span>`
        : bad("no word from the desk")}
    </button>
    ${sessionLine()}
    ${hasPast() ? html`<button class="top-button wide look-back" @click=${() => lookBack()} title="As it was known an hour ago; other times: click on the feeds (B)">Look back</button>` : nothing}
    <button class="top-button decides" @click=${() => openReport()} title="Type in a report (R)">Report</button>
    <button class="top-button" @click=${palette} title="Day, dusk, night (N)" aria-label="Palette: ${desk.palette}">${icon(desk.palette)}</button>
    <button class="top-button" @click=${() => openHelp()} title="Help (?)" aria-label="Help">?</button>`;
}
