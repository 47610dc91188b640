/** Who is logged in at this page. The desk says so first of all on the WebSocket; on its own machine it says nothing, and all is allowed. */

import { html, nothing, type TemplateResult } from "lit-html";
import { desk } from "./desk";
import { duration } from "../core/format";
import { setWho } from "./settings";
import type { SessionMessage } from "../core/shapes";

const SOON_S = 900;
/** The code with which the desk closes the WebSocket of a log-in that is over. */
export const ENDED = 4401;

let session: SessionMessage | null = null;
let toldAt_ms = 0;

export const csrf = (): string | null => session?.csrf || null;
/** What she is told who may only look. */
export const ONLY_LOOKS = "You are here to look: a watchkeeper decides";
/** What everybody is told at the address for everybody. */
export const LATE_ALONE = "This page shows everybody late and rounded positions, and nothing more";
/** Whether she may only look. */
export const looksOnly = (): boolean => session?.role === "viewer" || session?.role === "public";
/** Whether this is the page for everybody, where the present is not shown. */
export const everybodys = (): boolean => session?.role === "public";
/** Who decides is who is logged in: the field for a name is not hers to fill in. */
export const named = (): boolean => session !== null;

export function takeSession(message: SessionMessage): void {
  session = message;
  toldAt_ms = performance.now();
  document.documentElement.dataset.role = message.role;
  if (message.name) setWho(message.name);
}

let leaving = false;

/** To the log-in, and from there back to what is looked at; not for her who logs out just now, and hears so by the WebSocket first. */
export function toLogin(): void {
  if (!leaving) location.assign(`/login?ended${location.hash}`);
}

/** After the connection broke: is the log-in over, or only the line? */
export async function stillIn(): Promise<void> {
  if (!session || session.role === "public") return;
  try {
    const told = (await (await fetch("/api/session")).json()) as { role: string | null };
    if (told.role === null) toLogin();
  } catch {
    // the desk cannot be reached: the page says so already
  }
}

async function logOut(everywhere: boolean): Promise<void> {
  const still = everywhere ? "you are not logged out anywhere" : "you are not logged out";
  leaving = true;
  try {
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf() ?? "" };
    const { ok, status } = await fetch("/api/logout", { method: "POST", headers, body: JSON.stringify(everywhere ? { everywhere } : {}) });
    if (ok || status === 401) return location.assign("/login");
    desk.say(`The desk answered ${status}: ${still}`, true);
  } catch {
    desk.say(`The desk cannot be reached: ${still}`, true);
  }
  leaving = false;
}

const left_s = (held: SessionMessage): number => Math.max(0, held.left_s - (performance.now() - toldAt_ms) / 1000);

/** The name, what she may do, and the way out; nothing where nobody logs in. */
export function sessionLine(): TemplateResult | typeof nothing {
  if (!session) return nothing;
  if (session.role === "public") return html`<span class="session"><span class="session-name">PUBLIC</span> <span class="wide">late, rounded positions</span></span>`;
  const left = left_s(session);
  return html`<span class="session ${left < SOON_S ? "soon" : ""}"
      ><span class="session-name">${session.name}</span> <span class="session-role">${session.role}${left < SOON_S ? `, log-in ends in ${duration(left)}` : ""}</span></span
    ><button class="top-button" title="Here; everywhere: click on the feeds" @click=${() => logOut(false)}>Log out</button>`;
}

/** The same in the panel of the desk's health, with the way out of every browser: there, for a wall's screen goes dark with it. */
export function sessionSection(): TemplateResult | typeof nothing {
  if (!session || session.role === "public") return nothing;
  return html`<h3>Log-in</h3>
    <p><strong>${session.name}</strong>, ${session.role}; ends in ${duration(left_s(session))} at the latest</p>
    <div class="buttons">
      <button @click=${() => logOut(false)}>Log out</button>
      <button aria-describedby="log-out-everywhere" @click=${() => logOut(true)}>Log out everywhere</button>
    </div>
    <p class="quiet" id="log-out-everywhere">Everywhere: here and in each other browser with this name, a screen on the wall too.</p>`;
}
