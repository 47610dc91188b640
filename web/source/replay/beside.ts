/** From a live desk to a page of its past, and back; meanwhile what happens now is told there too. */

import { html, nothing, type TemplateResult } from "lit-html";
import { beside } from "../core/base";
import { SEVERITY_RANK, type Severity } from "../core/severity";
import type { Alert } from "../core/shapes";
import { clockTime, dateOnly, readPast } from "../core/format";
import { icon, severityIcon, type Content } from "../parts/parts";
import { post, words } from "../state/api";
import { desk } from "../state/desk";
import { everybodys, looksOnly } from "../state/session";

const USUAL_S = 3600;
const LOOK_AGAIN_MS = 5_000;

let going = false;

/** Whether this desk has a past to go to. */
export const hasPast = (): boolean => desk.hello?.mode === "live" && !everybodys() && !looksOnly();

/** To the past, from a time on: a page of its own, which takes some seconds to begin. */
export async function lookBack(from_s = desk.clock_s() - USUAL_S): Promise<void> {
  if (going) return;
  if (desk.hello?.mode !== "live") return desk.say("This is the past already");
  if (looksOnly()) return desk.say("You are here to look: a watchkeeper looks back");
  going = true;
  desk.say(`Going back to ${dateOnly(from_s)} ${clockTime(from_s)} …`);
  try {
    const { path } = await post<{ path: string }>("/api/past", { from_s });
    if (!/^\/past\/[\w-]+\/$/.test(path)) throw new Error(path);
    location.assign(path + location.hash);
  } catch (problem) {
    desk.say(`The past is not shown: ${words(problem)}`, true);
  }
  going = false;
}

export const backToLive = (): void => location.assign(`/${location.hash}`);

/** One key there and back. */
export function turnTime(): void {
  if (beside) backToLive();
  else if (desk.hello && desk.hello.mode !== "live") desk.say("This is a replay by itself: there is no live desk beside it");
  else void lookBack();
}

export const liveButton = (): Content =>
  beside ? html`<button class="main to-live" title="Back to live (B)" @click=${backToLive}>${icon("live")} Back to live</button>` : nothing;

function typed(event: Event): void {
  event.preventDefault();
  const field = document.querySelector<HTMLInputElement>("#past-from")!;
  const time_s = field.value.trim() ? readPast(field.value, desk.clock_s()) : desk.clock_s() - USUAL_S;
  if (time_s === null) return desk.say("Write it as 14:30, or as 2019-06-13 14:30, UTC", true);
  void lookBack(time_s);
}

/** From when on, in the panel of the desk's health. */
export const pastForm = (): TemplateResult => html`<h3>The past</h3>
  <form class="field" @submit=${typed}>
    <label for="past-from">From when on, UTC; an hour ago where nothing is typed</label>
    <div class="inline">
      <input id="past-from" class="figures" type="text" maxlength="20" autocomplete="off" placeholder="14:30" />
      <button type="submit">Look back (B)</button>
    </div>
    <p class="quiet">As it was known then, on a page of its own that leads back here. The watch goes on, and what is urgent is told there too.</p>
  </form>`;

let seen: Map<string, number> | null = null;
let urgent: Alert[] = [];
let lost = false;

async function look(): Promise<void> {
  try {
    const response = await fetch("/api/alerts?over=1", { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(String(response.status));
    const { alerts } = (await response.json()) as { alerts: Alert[] };
    const open = alerts.filter((alert) => alert.state === "open");
    seen ??= new Map(open.map((alert) => [alert.id, SEVERITY_RANK[alert.severity]]));
    urgent = open.filter((alert) => alert.acknowledged_s === null && SEVERITY_RANK[alert.severity] >= SEVERITY_RANK.danger && SEVERITY_RANK[alert.severity] > (seen!.get(alert.id) ?? -1));
    urgent.sort((one, other) => SEVERITY_RANK[other.severity] - SEVERITY_RANK[one.severity] || other.raised_s - one.raised_s);
    lost = false;
  } catch {
    lost = true;
  }
  desk.changed();
}

/** On a page of the past, keep an eye on the present. */
export function watchPresent(): void {
  if (!beside) return;
  void look();
  setInterval(() => void look(), LOOK_AGAIN_MS);
}

/** The worst that came since the page of the past was opened, and was not there then; null when there is none. */
export const urgentNow = (): Severity | null => urgent[0]?.severity ?? null;

/** What is said over the map of it. */
export function presentBanner(): Content {
  if (!beside) return nothing;
  if (lost) return html`<p class="banner bad" role="alert">✕ The live desk is not heard: what happens now is not known here</p>`;
  if (!urgent.length) return nothing;
  const [first] = urgent;
  return html`<button class="banner ${first.severity === "distress" ? "distress loud" : "bad"}" @click=${() => location.assign(`/#alert=${encodeURIComponent(first.id)}`)}>
    ${severityIcon(first.severity)}<span><strong>NOW, LIVE:</strong> ${first.severity} · ${first.title}${urgent.length > 1 ? ` · and ${urgent.length - 1} more` : ""}</span>
  </button>`;
}
