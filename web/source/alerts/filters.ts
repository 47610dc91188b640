/** What of the alerts the list shows. A distress that nobody has acknowledged is shown whatever was chosen. */

import { html, nothing, type TemplateResult } from "lit-html";
import { desk } from "../state/desk";
import type { Content } from "../parts/parts";
import { SEVERITY_RANK, type Severity } from "../core/severity";
import { FLAG, type Alert } from "../core/shapes";

const STATES = { open: "Open", new: "Not acknowledged", acknowledged: "Acknowledged", snoozed: "Snoozed", closed: "Closed or withdrawn" } as const;
const SHIPS = { all: "All ships", own: "Own fleet", guarded: "Guarded" } as const;
const SEVERITIES = { notice: "All severities", caution: "Caution and worse", danger: "Danger and worse", distress: "Distress" } as const;

export type State = keyof typeof STATES;

export const filter = { state: "open" as State, least: "notice" as Severity, ships: "all" as keyof typeof SHIPS, detector: "" };

export const filtering = (): boolean => filter.state !== "open" || filter.least !== "notice" || filter.ships !== "all" || filter.detector !== "";

function reset(): void {
  Object.assign(filter, { state: "open", least: "notice", ships: "all", detector: "" });
  desk.changed();
}

const flagged = (alert: Alert, flag: number): boolean =>
  alert.ships.some((ship) => {
    const slot = desk.fleet.slotOf(ship);
    return slot !== null && (desk.fleet.flags[slot] & flag) !== 0;
  });

function inState(alert: Alert): boolean {
  if (filter.state === "closed") return alert.state !== "open";
  if (alert.state !== "open") return false;
  if (filter.state === "snoozed") return alert.snoozed_until_s !== null;
  // What is snoozed has a place of its own in the list of the open ones.
  if (filter.state === "open") return true;
  return alert.snoozed_until_s === null && (alert.acknowledged_s === null) === (filter.state === "new");
}

/** Whether the list shows an alert; of what is over, with "open" chosen, the other choices alone count. */
export function admits(alert: Alert): boolean {
  if (alert.state === "open" && alert.severity === "distress" && alert.acknowledged_s === null) return true;
  if (filter.detector && alert.detector !== filter.detector) return false;
  if (SEVERITY_RANK[alert.severity] < SEVERITY_RANK[filter.least]) return false;
  if (filter.ships !== "all" && !flagged(alert, filter.ships === "own" ? FLAG.ownFleet : FLAG.guarded)) return false;
  return inState(alert) || (filter.state === "open" && alert.state !== "open");
}

export const detectorWords = (detector: string): string => detector.replaceAll("_", " ");

function choice(label: string, name: "state" | "least" | "ships" | "detector", options: Record<string, string>): TemplateResult {
  return html`<label class="choice"
    ><span class="unseen">${label}</span>
    <select
      .value=${filter[name]}
      @change=${(event: Event) => {
        Object.assign(filter, { [name]: (event.target as HTMLSelectElement).value });
        desk.changed();
      }}
    >
      ${Object.entries(options).map(([value, words]) => html`<option value=${value} ?selected=${filter[name] === value}>${words}</option>`)}
    </select></label
  >`;
}

let unfolded = false;

export function filterLine(): TemplateResult {
  const detectors = [...new Set([...desk.alerts.values()].map((alert) => alert.detector))].sort();
  const rules = Object.fromEntries(detectors.map((detector) => [detector, detectorWords(detector)]));
  const open = unfolded || filtering();
  return html`<details
    class="filters"
    ?open=${open}
    @toggle=${(event: Event) => {
      unfolded = (event.target as HTMLDetailsElement).open;
    }}
  >
    <summary>Filter</summary>
    <div class="choices">
      ${choice("State", "state", STATES)} ${choice("Severity", "least", SEVERITIES)} ${choice("Ships", "ships", SHIPS)} ${choice("Rule", "detector", { "": "All rules", ...rules })}
    </div>
  </details>`;
}

/** A filter that hides something says so: an empty list must not look like a quiet sea. */
export function hiddenLine(): Content {
  if (!filtering()) return nothing;
  const hidden = desk.openAlerts().filter((alert) => !admits(alert)).length;
  return html`<p class="hidden-line" role="status">
    <span>${hidden ? `${hidden} open ${hidden === 1 ? "alert is" : "alerts are"} hidden by the filter` : "The filter hides no open alert"}</span>
    <button class="small" @click=${reset}>Show all</button>
  </p>`;
}

/** What was chosen, for a caption. */
export function filterWords(): string {
  const words = [
    filter.state === "open" ? "" : STATES[filter.state].toLowerCase(),
    filter.least === "notice" ? "" : SEVERITIES[filter.least].toLowerCase(),
    filter.ships === "all" ? "" : SHIPS[filter.ships].toLowerCase(),
    filter.detector && detectorWords(filter.detector),
  ].filter(Boolean);
  return words.length ? ` · only: ${words.join(", ")}` : "";
}

/** As it stands in the page's address. */
export const written = (): string => (filtering() ? [filter.state, filter.least, filter.ships, filter.detector].join(".") : "");

export function readFilter(text: string | null): void {
  const [state, least, ships, detector] = (text ?? "").split(".");
  if (state in STATES) filter.state = state as State;
  if (least in SEVERITIES) filter.least = least as Severity;
  if (ships in SHIPS) filter.ships = ships as keyof typeof SHIPS;
  if (detector && /^[a-z_]{1,40}$/.test(detector)) filter.detector = detector;
}
