/** Each feed in its own words, the journal, the clock, and what was refused: opened from the top bar. */

import { hasPast, pastForm } from "../replay/beside";
import { html, nothing, render, type TemplateResult } from "lit-html";
import { closeTop, openHandover } from "../state/actions";
import { desk } from "../state/desk";
import { count, duration, perSecond, timeAndAge } from "../core/format";
import { journalSection } from "./journal";
import { fact, icon } from "../parts/parts";
import { sessionSection } from "../state/session";
import type { Feed, Health } from "../core/shapes";
import { webhookSection } from "./webhook";

const STATE_WORDS: Record<Feed["state"], string> = {
  live: "live", no_ships: "alive, but no ships", silent: "silent", dead: "dead", ended: "ended",
};

export const feedWell = (feed: Feed): boolean => feed.state === "live" || feed.state === "no_ships" || feed.state === "ended";

function feedCard(feed: Feed, now_s: number): TemplateResult {
  return html`<li class="feed ${feed.state}">
    <p class="feed-name"><strong>${feed.name || feed.feed}</strong> <span class="feed-state">${STATE_WORDS[feed.state]}</span></p>
    ${feed.state === "live" ? nothing : html`<p>${feed.words}</p>`}
    <p class="quiet figures">
      ${perSecond(feed.messages_per_s)} · ${count(feed.ships)} ships · ${count(feed.stations)} ${feed.stations === 1 ? "station" : "stations"}<br />last ${timeAndAge(feed.last_s, now_s)}<br />${count(
        feed.lines,
      )} lines, ${count(feed.rejected)} refused
    </p>
  </li>`;
}

function panel(health: Health): TemplateResult {
  const { clock_check: check, counters } = health;
  const rejected = Object.entries(counters?.rejected ?? {});
  return html`<div class="panel-head">
      <div class="panel-title"><p class="over">health</p><h2 tabindex="-1">Feeds and journal</h2></div>
      <button class="plain" @click=${() => closeTop()} aria-label="Close feeds" title="Close (Esc)">${icon("close")}</button>
    </div>
    <div class="panel-body" tabindex="0" role="group" aria-label="Feeds, journal, clock">
      <div class="buttons"><button @click=${() => openHandover()}>Hand over the watch (H)</button></div>
      <ul class="feeds" role="list">${health.feeds.map((feed) => feedCard(feed, health.clock_s))}</ul>
      ${hasPast() ? pastForm() : nothing} ${journalSection(health)} ${webhookSection(health)}
      <h3>Clock</h3>
      ${check ? html`<p class=${check.state === "wrong" ? "warning" : ""}>${check.words}${check.offset_s === null || Math.abs(check.offset_s) >= 600 ? "" : ` (${check.offset_s.toFixed(1)} s)`}</p>` : nothing}
      <dl class="facts figures">
        ${fact("Behind the feed", health.lag_s === null ? null : `${health.lag_s.toFixed(1)} s`)} ${fact("Messages", counters ? count(counters.messages) : null)}
        ${fact("Lines", counters ? count(counters.lines) : null)} ${rejected.map(([reason, number]) => fact(`Refused: ${reason.replaceAll("_", " ")}`, count(number)))}
        ${fact("Version", health.version)}
      </dl>
      ${sessionSection()}
    </div>`;
}

export function drawFeeds(into: HTMLElement): void {
  const shown = desk.feedsOpen && desk.health !== null;
  into.hidden = !shown;
  render(shown ? panel(desk.health!) : nothing, into);
}

/** A desk that has heard nobody yet shows nothing that could be old. */
const noShips = (): string => (desk.fleet.present ? "No ships are being received. What you see is old. " : "No ship has been received yet. ");

/** One line over the map when no ships, or not all of them, are to be expected on it. */
export function feedBanner(): { words: string; bad: boolean } | null {
  const { health } = desk;
  if (!health) return null;
  const ill = health.feeds.filter((feed) => !feedWell(feed));
  if (!ill.length) {
    const empty = health.feeds.length > 0 && health.feeds.every((feed) => feed.state === "no_ships");
    return empty ? { words: `${health.feeds.length === 1 ? "The feed is" : "All feeds are"} alive, but no ship is in ${health.feeds.length === 1 ? "it" : "them"}: look at the antenna.`, bad: false } : null;
  }
  const each = ill.map((feed) => {
    const since_s = feed.last_s ?? feed.since_s;
    return `${feed.name || feed.feed}: ${feed.words || STATE_WORDS[feed.state]}${since_s && feed.state !== "silent" ? ` (nothing for ${duration(health.clock_s - since_s)})` : ""}`;
  });
  const all = ill.length === health.feeds.length;
  const only = health.feeds.filter((feed) => feedWell(feed)).every((feed) => feed.state === "no_ships");
  return { words: `${all || only ? noShips() : "Not all feeds are heard. "}${each.join(" · ")}`, bad: all || only };
}
