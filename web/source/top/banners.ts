/** What is said over the map: a reconstruction is none of the real thing, a lost connection, a dead feed, a distress
 *  call that nobody has acknowledged, and where to go when a replay is over. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import { copy, selectAlert, showAlert, steerReplay } from "../state/actions";
import { desk } from "../state/desk";
import { feedBanner } from "./feeds";
import { duration } from "../core/format";
import { copyBanner } from "./journal";
import { icon, severityIcon, type Content } from "../parts/parts";
import { presentBanner } from "../replay/beside";
import { replayRibbon } from "../replay/replay";
import type { Hello } from "../core/shapes";
import { webhookBanner } from "./webhook";

function distress(): Content {
  const calls = desk.openAlerts().filter((alert) => alert.severity === "distress" && alert.acknowledged_s === null);
  if (!calls.length) return nothing;
  calls.sort((one, other) => other.raised_s - one.raised_s);
  const [first] = calls;
  return html`<button
    class="banner distress loud"
    @click=${() => {
      selectAlert(first.id);
      showAlert(first);
    }}
  >
    ${severityIcon("distress")}<span><strong>DISTRESS</strong> ${first.title}${calls.length > 1 ? ` · and ${calls.length - 1} more` : ""}</span>
  </button>`;
}

function ended(hello: Hello): TemplateResult {
  const offers = hello.scene?.offers ?? [];
  return html`<section class="ended" aria-label="The replay is over">
    <div class="panel-head">
      <div class="panel-title"><p class="over">the replay is over</p><h2>${hello.scene?.title ?? hello.title}</h2></div>
      <button class="plain" aria-label="Close this panel" title="Close (Esc)" @click=${() => { desk.endedSeen = true; desk.changed(); }}>${icon("close")}</button>
    </div>
    ${hello.scene ? html`<p>${hello.scene.words}</p>` : nothing}
    <p class="decides"><button class="main" @click=${() => steerReplay({ again: true })}>${icon("again")} Play it again</button></p>
    <ul class="offers" role="list">
      ${offers.map(
        (offer) => html`<li>
          <h3>${offer.label}</h3>
          <p class="quiet">${offer.words}</p>
          ${offer.command ? html`<p class="command"><code>${offer.command}</code><button class="small" @click=${() => copy(offer.command!)}>Copy</button></p>` : nothing}
        </li>`,
      )}
    </ul>
  </section>`;
}

export function drawBanners(into: HTMLElement): void {
  const feeds = feedBanner();
  // What is drawn is old when nobody tells anything newer.
  document.querySelector("#chart")!.classList.toggle("stale", (!desk.connected && desk.everConnected) || feeds?.bad === true);
  const down_s = desk.lostAt_ms === null ? 0 : (performance.now() - desk.lostAt_ms) / 1000;
  render(
    html`${replayRibbon()} ${presentBanner()}
      ${!desk.connected && desk.lostAt_ms !== null
        ? html`<p class="banner bad" role="alert">✕ Connection to the desk lost ${duration(down_s)} ago. What you see stands still. Trying again…</p>`
        : nothing}
      ${desk.frameProblem ? html`<p class="banner bad" role="alert">✕ The desk sent what this page cannot read: ${desk.frameProblem}</p>` : nothing}
      ${desk.connected && feeds ? html`<p class="banner ${feeds.bad ? "bad" : ""}" role="status">${feeds.words}</p>` : nothing}
      ${desk.health?.journal?.state === "failed" ? html`<p class="banner bad" role="alert">✕ The journal failed: ${desk.health.journal.words}</p>` : nothing}
      ${copyBanner()} ${webhookBanner()} ${distress()}`,
    into,
  );
}

export function drawEnded(into: HTMLElement): void {
  const { hello } = desk;
  const shown = hello?.ended === true && !desk.endedSeen;
  into.hidden = !shown;
  render(shown ? ended(hello) : nothing, into);
}

export function drawNotice(into: HTMLElement): void {
  into.className = desk.notice?.bad ? "notice-line bad" : "notice-line";
  into.textContent = desk.notice?.words ?? "";
}
