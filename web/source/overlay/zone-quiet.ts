/** Rules that are quiet in a zone: which, and until when. A distress is never among them. */

import { html, nothing, type TemplateResult } from "lit-html";
import type { Zone, ZoneRules } from "../core/chart-shapes";
import { desk } from "../state/desk";
import { Fetched } from "../state/fetched";
import { detectorWords } from "../alerts/filters";
import { clockTime, dateTime } from "../core/format";
import type { Content } from "../parts/parts";
import { isQuiet, zonesKey } from "./zones";

type Quiet = Pick<ZoneRules, "quiet" | "quiet_until_s">;

/** How long, in hours. */
const ENDS: [hours: number, words: string][] = [[0, "until someone changes it"], [1, "for 1 hour"], [4, "for 4 hours"], [8, "for 8 hours"], [24, "for 24 hours"], [168, "for 7 days"], [720, "for 30 days"]];

const asked = new Fetched<{ quiet_rules: { rule: string; words: string }[]; held_back: Record<string, number> }>();
const ask = (): void => asked.want("zones", "/api/zones", `${desk.alerts.size} ${zonesKey()}`);

function endWords(until_s: number): string {
  const sameDay = Math.floor(until_s / 86400) === Math.floor(desk.clock_s() / 86400);
  return `until ${sameDay ? clockTime(until_s) : dateTime(until_s)}`;
}

/** "quiet for loitering, rendezvous until 08:00:00Z" */
export function quietWords(zone: ZoneRules): string {
  if (!zone.quiet.length) return "";
  const end = zone.quiet_until_s === null ? "" : ` ${endWords(zone.quiet_until_s)}`;
  return `${isQuiet(zone) ? "quiet for" : "was quiet for"} ${zone.quiet.map(detectorWords).join(", ")}${end}`;
}

/** What a zone keeps from the list of alerts is told where the zone is. */
export function heldWords(zone: Zone): Content {
  if (!zone.drawn || !isQuiet(zone) || zone.removed_s !== null) return nothing;
  ask();
  const held = asked.held?.held_back[zone.id] ?? 0;
  return html`<p class=${held ? "refused" : "quiet"}>${held ? `${held === 1 ? "1 alert is" : `${held} alerts are`} held back now` : "nothing is held back now"}</p>`;
}

function until(draft: Quiet, prefix: string): Content {
  if (!draft.quiet.length) return nothing;
  const take = (event: Event): void => {
    const chosen = (event.target as HTMLSelectElement).value;
    if (chosen !== "as it is") draft.quiet_until_s = Number(chosen) ? Math.ceil(desk.clock_s()) + 3600 * Number(chosen) : null;
    desk.changed();
  };
  const given = draft.quiet_until_s;
  return html`<div class="field">
    <label for="${prefix}-quiet-end">Quiet</label>
    <select id="${prefix}-quiet-end" @change=${take}>
      ${given === null ? nothing : html`<option value="as it is" .selected=${true}>${endWords(given)}</option>`}
      ${ENDS.map(([hours, said]) => html`<option value=${hours} .selected=${given === null && !hours}>${said}</option>`)}
    </select>
  </div>`;
}

/** What is chosen in a form, as boxes to tick. */
export function quietChoice(draft: Quiet, prefix: string, label: string): TemplateResult {
  ask();
  const turn = (rule: string, on: boolean): void => {
    draft.quiet = on ? [...draft.quiet, rule].sort() : draft.quiet.filter((other) => other !== rule);
    if (!draft.quiet.length) draft.quiet_until_s = null;
    desk.changed();
  };
  const known = asked.held?.quiet_rules ?? draft.quiet.map((rule) => ({ rule, words: detectorWords(rule) }));
  return html`<details class="deeper" data-quiet=${prefix} ?open=${prefix === "found" || draft.quiet.length > 0}>
    <summary>${label}${draft.quiet.length ? `: ${draft.quiet.map(detectorWords).join(", ")}` : ""}</summary>
    <p class="quiet">Of these nothing new is raised in it, as at a pilot station or an anchorage. What was raised before goes on. A distress is always told.</p>
    ${asked.problem && !asked.held ? html`<p class="problem">${asked.problem}</p>` : nothing}
    <div class="kinds">
      ${known.map(
        ({ rule, words }) => html`<label><input type="checkbox" data-rule=${rule} .checked=${draft.quiet.includes(rule)} @change=${(event: Event) => turn(rule, (event.target as HTMLInputElement).checked)} />${words}</label>`,
      )}
    </div>
    ${until(draft, prefix)}
  </details>`;
}
