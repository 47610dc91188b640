/** The end of a list of what is over: that there is more, and a button for it. */

import { html, nothing } from "lit-html";
import type { Past } from "../state/past";
import type { Content } from "./parts";

export const moreLine = (coming: boolean, said: string, ask: () => Promise<void>): Content => html`<p class="older">
  <button class="small" aria-disabled=${coming ? "true" : "false"} @click=${() => void ask()}>Older ones</button>
  <span class="quiet figures" role="status">${coming ? "Coming…" : said}</span>
</p>`;

export const pastLine = <T extends { id: string }>(past: Past<T>): Content => (past.older() ? moreLine(past.coming, "", () => past.askOlder()) : nothing);
