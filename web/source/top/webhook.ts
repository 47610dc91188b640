/** Whether alerts reach whoever is to be told of them when nobody looks at this page. */

import { html, nothing } from "lit-html";
import { desk } from "../state/desk";
import { count, timeAndAge } from "../core/format";
import type { Content } from "../parts/parts";
import type { Health } from "../core/shapes";

export const webhookFails = (health: Health | null): boolean => health?.webhook?.state === "failing";

/** Said over the map: somebody believes to be told. */
export function webhookBanner(): Content {
  const hook = desk.health?.webhook;
  if (hook?.state !== "failing") return nothing;
  return html`<p class="banner" role="status">✕ ${count(hook.unsent)} ${hook.unsent === 1 ? "alert has" : "alerts have"} not reached the webhook ${hook.to}: ${hook.words}. Trying again…</p>`;
}

export function webhookSection(health: Health): Content {
  const { webhook: hook } = health;
  if (!hook) return nothing;
  const failing = hook.state === "failing";
  return html`<h3>Webhook</h3>
    <p class=${failing ? "warning" : ""}>${failing ? "✕ fails:" : "✓"} ${hook.words}</p>
    <p class="quiet figures">
      to ${hook.to}, ${hook.least} and worse<br />${count(hook.sent)} sent since the start, ${count(hook.unsent)} unsent${failing ? html`<br />failing since ${timeAndAge(hook.failing_since_s, health.now_s)}` : nothing}
    </p>`;
}
