/** The end of a list of alerts that are over: how many more there are, and a button for them. */

import { html, nothing } from "lit-html";
import { count } from "../core/format";
import { askOlder, older, olderComing } from "../state/over";
import type { Content } from "../parts/parts";

export function olderLine(): Content {
  const left = older();
  if (!left) return nothing;
  return html`<p class="older">
    <button class="small" aria-disabled=${olderComing() ? "true" : "false"} @click=${() => void askOlder()}>Older ones</button>
    <span class="quiet figures" role="status">${olderComing() ? "Coming…" : `${count(left)} more ${left === 1 ? "is" : "are"} over`}</span>
  </p>`;
}
