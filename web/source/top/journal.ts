/** Whether what is received is safe, and where: the journal on this disk, its copies, its checkpoint. */

import { html, nothing } from "lit-html";
import { desk } from "../state/desk";
import { bytes, count, timeAndAge } from "../core/format";
import type { Content } from "../parts/parts";
import type { Copy, Health, JournalHealth } from "../core/shapes";

/** How far back the past is offered. */

const COPY_SIGNS: Record<Copy["state"], string> = { ok: "✓", connecting: "…", behind: "…", failing: "✕", forked: "✕" };

/** In a few words, for the bar. */
export function journalWords(journal: JournalHealth | null): { words: string; ill: boolean } {
  if (!journal) return { words: "no journal", ill: false };
  if (journal.state === "unwritten") return { words: "nothing is written", ill: false };
  const copies = journal.copies ?? [];
  const safe = copies.filter((copy) => copy.state === "ok").length;
  const bad = copies.filter((copy) => copy.state === "failing" || copy.state === "forked");
  const own = journal.state === "failed" ? "journal ✕ FAILED" : copies.length ? "journal ✓" : "journal ✓ on disk";
  const others = copies.length ? ` · ${bad.length ? `✕ copy ${bad[0].state.toUpperCase()}, ` : ""}${safe}/${copies.length} ${copies.length === 1 ? "copy" : "copies"}` : "";
  return { words: own + others, ill: journal.state === "failed" || bad.length > 0 };
}

/** Said over the map: a copy that is no copy any more. */
export function copyBanner(): Content[] {
  return (desk.health?.journal?.copies ?? [])
    .filter((copy) => copy.state === "failing" || copy.state === "forked")
    .map((copy) => html`<p class="banner ${copy.state === "forked" ? "bad" : ""}" role="status">✕ The copy ${copy.name} ${copy.state === "forked" ? "has forked" : "fails"}: ${copy.words}</p>`);
}

export function journalSection(health: Health): Content {
  const { journal } = health;
  if (!journal) return nothing;
  if (journal.state === "unwritten") return html`<h3>Journal</h3><p>This is a replay: nothing is written. What you acknowledge or report here is gone when it ends.</p>`;
  const copies = journal.copies ?? [];
  return html`<h3>Journal</h3>
    <p class=${journal.state === "ok" ? "" : "warning"}>${journal.state === "ok" ? "✓" : "✕ failed:"} ${journal.words}</p>
    <p class="quiet figures">${count(journal.durable)} of ${count(journal.records)} records on disk · ${bytes(journal.bytes)}</p>
    <ul class="copies" role="list">
      ${copies.map((copy) => html`<li class=${copy.state === "failing" || copy.state === "forked" ? "warning" : ""}>
        ${COPY_SIGNS[copy.state]} <strong>${copy.name}</strong> <span class="copy-state">${copy.state}</span>
        <span class="quiet figures">${copy.words}${copy.behind ? ` · ${count(copy.behind)} records behind` : ""}</span>
      </li>`)}
    </ul>
    ${journal.checkpoint
      ? html`<p class="quiet figures">Checkpoint${journal.checkpoint.made_s === null ? "" : ` up to record ${count(journal.checkpoint.record)}, ${timeAndAge(journal.checkpoint.made_s, health.now_s)}`}: ${journal.checkpoint.words}</p>`
      : nothing}`;
}
