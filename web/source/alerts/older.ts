/** The end of a list of what is over: that there is more, and a button for it. */

import { html, nothing } from "lit-html";
import { count } from "../core/format";
import { askOlder, older, olderComing } from "../state/over";
import type { Past } from "../state/past";
import type { Content } from "../parts/parts";

const line = (coming: boolean, said: string, ask: () => Promise<void>): Content => html`<p class="older">
  <button class="small" aria-disabled=${coming ? "true" : "false"} @click=${() => void ask()}>Older ones</button>
  <span class="quiet figures" role="status">${coming ? "Coming…" : said}</span>
</p>`;

export function olderLine(): Content {
  const left = older();
  return left ? line(olderComing(), `${count(left)} more ${left === 1 ? "is" : "are"} over`, askOlder) : nothing;
}

/** The same for lists of other things. */
export function pastLine<T extends { id: string }>(past: Past<T>): Content {
  return past.older() ? line(past.coming, "", () => past.askOlder()) : nothing;
}
