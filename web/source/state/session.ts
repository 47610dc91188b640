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

/** To the log-in, and from there back to what is looked at. */
export function toLogin(): void {
  location.assign(`/login?ended${location.hash}`);
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

async function logOut(): Promise<void> {
  try {
    await fetch("/api/logout", { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf() ?? "" }, body: "{}" });
    location.assign("/login");
  } catch {
    desk.say("The desk cannot be reached: you are not logged out", true);
  }
}

/** The name, what she may do, and the way out; nothing where nobody logs in. */
export function sessionLine(): TemplateResult | typeof nothing {
  if (!session) return nothing;
  if (session.role === "public") return html`<span class="session"><span class="session-name">PUBLIC</span> <span class="wide">late, rounded positions</span></span>`;
  const left_s = Math.max(0, session.left_s - (performance.now() - toldAt_ms) / 1000);
  return html`<span class="session ${left_s < SOON_S ? "soon" : ""}"
      ><span class="session-name">${session.name}</span> <span class="session-role">${session.role}${left_s < SOON_S ? `, log-in ends in ${duration(left_s)}` : ""}</span></span
    ><button class="top-button" @click=${logOut}>Log out</button>`;
}
