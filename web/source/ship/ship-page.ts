/** The page of one ship: who she says she is and said before, her state with the age of every field, her last hours, who hears her, what she sent. */

import { BASE } from "../core/base";
import { html, nothing, type TemplateResult } from "lit-html";
import { copy, fitOnMap, openShipPage, selectAlert, toggleFollow } from "../state/actions";
import { get, words } from "../state/api";
import { desk } from "../state/desk";
import { age, count, degrees, duration, knots, metres, moment, position, timeAndAge } from "../core/format";
import { guardForm } from "./guard-form";
import { panelHead, severityIcon, type Content } from "../parts/parts";
import { FIELDS, forget, saidBefore } from "./said-before";
import { FLAG, type Alert, type Claim, type Ship, type ShipPage } from "../core/shapes";
import { Timeline } from "./timeline";

const AGAIN_MS = 5_000;
const HOURS: [number, string][] = [[6, "6 hours"], [24, "24 hours"], [168, "7 days"], [744, "31 days"]];

/** The small one of the panel, and the one of the page. */
export const small = new Timeline(150, false);
export const large = new Timeline(230, true);

let told: ShipPage | null = null;
let askedFor: number | null = null;
let askedAt_ms = -Infinity;
let problem: string | null = null;
let hours = 6;

/** Ask again for what the page shows, when it is time to. */
async function load(id: number): Promise<void> {
  if (askedFor !== id) {
    askedFor = id;
    told = null;
    problem = null;
    large.forget();
  } else if (performance.now() - askedAt_ms < AGAIN_MS) return;
  askedAt_ms = performance.now();
  try {
    const answer = await get<ShipPage>(`/api/ships/${id}/page`);
    if (askedFor !== id) return;
    told = answer;
    problem = null;
  } catch (trouble) {
    if (askedFor !== id) return;
    problem = words(trouble);
  }
  desk.changed();
}

/** After something was decided: what the page shows of it is asked for at once. */
export function loadAgain(): void {
  askedAt_ms = -Infinity;
  desk.changed();
}

/** The page is no longer shown: what it put on the map goes with it. */
export function leave(): void {
  if (askedFor === null) return;
  askedFor = null;
  forget();
  large.forget();
  desk.redraw();
}

type Row = [label: string, value: Content | string | null, time_s: number | null];

function turning(turn: number | null): string | null {
  if (turn === null) return null;
  const rate = Math.round(Math.abs(turn));
  return rate ? `${rate}° a minute to ${turn < 0 ? "port" : "starboard"}` : "none";
}

function rows(ship: Ship, page: ShipPage): Row[] {
  const live = desk.fleet.live(ship.id);
  const heard_s = live?.heard_s || ship.heard_s;
  const at = page.told_s;
  const hull = page.hull_m;
  const size = ship.length_m ? `${metres(ship.length_m)}${ship.beam_m ? ` × ${metres(ship.beam_m)}` : ""}` : null;
  const antenna = hull ? `, antenna ${hull[0]} m from the bow, ${hull[2]} m from the port side` : "";
  const check = page.imo_valid === null ? "" : page.imo_valid ? " · check digit right" : " · check digit wrong";
  return [
    ["Position", position(live?.lat_deg ?? ship.lat_deg, live?.lon_deg ?? ship.lon_deg), heard_s],
    ["Speed", knots(live ? live.sog_kn : ship.sog_kn), heard_s],
    ["Course", degrees(live ? live.cog_deg : ship.cog_deg), heard_s],
    ["Heading", degrees(live ? live.heading_deg : ship.heading_deg), heard_s],
    ["Turn", turning(ship.turn), heard_s],
    ["Status", ship.nav_status_words, page.spoken_s],
    ["Status since", ship.nav_status_words && page.status_s ? moment(page.status_s, desk.clock_s()) : null, page.status_s],
    ["Usual speed", ship.usual_sog_kn === null ? null : `${knots(ship.usual_sog_kn)}${ship.best_sog_kn === null ? "" : `, best ${knots(ship.best_sog_kn)}`}`, heard_s],
    ["Name", ship.name, at.name],
    ["Call sign", ship.callsign, at.callsign],
    ["IMO number", ship.imo ? html`${ship.imo}<span class=${page.imo_valid ? "quiet" : "warning"}>${check}</span>` : null, at.imo],
    ["Type", ship.ship_type ? `${ship.kind_words ?? "ship"} (${ship.ship_type})` : null, at.ship_type],
    ["Size", size && `${size}${antenna}`, at.size],
    ["Draught", ship.draught_m ? `${ship.draught_m.toFixed(1)} m` : null, at.draught_m],
    ["Destination", ship.destination, at.destination],
    ["ETA", ship.eta, at.eta],
    ["MMSI", ship.mmsi ? String(ship.mmsi).padStart(9, "0") : null, page.spoken_s],
    ["Flag", ship.flag, page.spoken_s],
  ];
}

function state(ship: Ship, page: ShipPage): TemplateResult {
  const now_s = desk.clock_s();
  return html`<table class="ages">
    <caption class="unseen">Her latest state, and when each part of it was heard</caption>
    <thead><tr><th scope="col">Field</th><th scope="col">She says</th><th scope="col">Heard</th></tr></thead>
    <tbody>
      ${rows(ship, page).filter(([, value]) => value !== null && value !== "").map(
        ([label, value, time_s]) => html`<tr><th scope="row">${label}</th><td>${value}</td><td class="figures quiet" title=${time_s ? timeAndAge(time_s, now_s) : nothing}>${time_s ? age(time_s, now_s) : "not known"}</td></tr>`,
      )}
    </tbody>
  </table>`;
}

const claimed = (claim: Claim): string => (claim.field === "draught_m" ? `${Number(claim.value).toFixed(1)} m` : String(claim.value));
const when = (time_s: number | null): string => (time_s === null ? "" : timeAndAge(time_s, desk.clock_s()));

function history(page: ShipPage): TemplateResult {
  return html`<h3>Who she has said she is</h3>
    ${page.conflicts.map((line) => html`<p class="warning conflict">${line}</p>`)}
    ${page.claims.length
      ? html`<div class="scroll" tabindex="0" role="group" aria-label="What she changed">
          <table class="ages">
            <thead><tr><th scope="col">Field</th><th scope="col">Value</th><th scope="col">From</th><th scope="col">Until</th></tr></thead>
            <tbody>
              ${page.claims.map(
                (claim) => html`<tr class=${claim.last_s === null ? "present" : "past"}>
                  <th scope="row">${FIELDS[claim.field] ?? claim.field}</th>
                  <td>${claimed(claim)}${claim.times > 1 ? html` <span class="quiet">${claim.times} times</span>` : nothing}</td>
                  <td class="figures quiet">${claim.first_s === null ? "when first heard" : when(claim.first_s)}</td>
                  <td class="figures quiet">${claim.last_s === null ? "now" : when(claim.last_s)}</td>
                </tr>`,
              )}
            </tbody>
          </table>
        </div>`
      : html`<p class="quiet">She has changed nothing of what she says since this desk first heard her.</p>`}
    ${page.others.length
      ? html`<h4>Others who sent her IMO number or call sign</h4>
          <ul class="lines" role="list">
            ${page.others.map(
              (other) => html`<li><button class="line" @click=${() => openShipPage(other.id)}><span>${other.name || String(other.id)} · ${other.flag || "flag not known"} · MMSI ${String(other.id).padStart(9, "0")}<br /><span class="quiet">same ${other.same.map((field) => (field === "imo" ? "IMO number" : "call sign")).join(" and ")} · <span class="figures">${when(other.told_s)}</span></span></span></button></li>`,
            )}
          </ul>`
      : nothing}
    ${saidBefore(page.id)}`;
}

function alertsOf(id: number): Alert[] {
  return [...desk.alerts.values()].filter((alert) => alert.ships.includes(id)).sort((one, other) => other.raised_s - one.raised_s);
}

function past(alerts: Alert[]): TemplateResult {
  const show = (): void => {
    const bounds = large.bounds();
    if (bounds) fitOnMap(bounds);
    else desk.say("There is no position in this part of her track");
  };
  return html`<h3>Her last hours</h3>
    ${desk.track && desk.track.time_s.length < 2 ? html`<p class="quiet">Too few positions yet for a time line.</p>` : nothing} ${large.element}
    <div class="buttons"><button class="small" @click=${show}>Show this part on the map</button></div>
    <p class="quiet hint">Point at it, or go along it with the arrow keys: the map shows where she was. Drag, or press + and −, to choose a part of her track; 0 shows all of it. Hatched: not heard. Bars at the top: alerts.</p>
    ${alerts.length
      ? html`<ul class="lines" role="list">
          ${alerts.map(
            (alert) => html`<li>
              <button class="line ${alert.severity} ${alert.state}" @click=${() => selectAlert(alert.id)}>
                ${severityIcon(alert.severity)}<span><span class="severity-word">${alert.severity}${alert.state === "open" ? "" : `, ${alert.state}`}</span> ${alert.title}<br /><span class="quiet figures">${moment(alert.start_s, desk.clock_s())}${alert.end_s === null ? " until now" : ` to ${moment(alert.end_s, desk.clock_s())}`}</span></span>
              </button>
            </li>`,
          )}
        </ul>`
      : html`<p class="quiet">No alert is about her.</p>`}`;
}

function hearers(ship: Ship, page: ShipPage): TemplateResult {
  const now_s = desk.clock_s();
  const stations = ship.stations ?? [];
  const all = stations.reduce((sum, station) => sum + station.fixes, 0) || 1;
  return html`<h3>Who hears her</h3>
    <p class="quiet">
      ${ship.first_s ? html`First heard <span class="figures">${timeAndAge(ship.first_s, now_s)}</span>. ` : nothing}
      ${ship.fixes === null ? nothing : `${count(ship.fixes)} positions${ship.displaced_fixes ? `, ${count(ship.displaced_fixes)} of others where she could not have been` : ""}.`}
      ${page.interval_s === null ? nothing : ` One each ${duration(page.interval_s)}.`}
    </p>
    ${stations.length
      ? html`<table class="ages stations">
          <thead><tr><th scope="col">Station</th><th scope="col">Share</th><th scope="col">Positions</th><th scope="col">Last</th></tr></thead>
          <tbody>
            ${stations.map(
              (station) => html`<tr>
                <th scope="row">${station.station || "no station named"}</th>
                <td class="figures"><meter min="0" max="1" value=${station.fixes / all} aria-label="Share"></meter> ${Math.round((100 * station.fixes) / all)} %</td>
                <td class="figures">${count(station.fixes)}</td>
                <td class="figures quiet">${timeAndAge(station.last_s, now_s)}</td>
              </tr>`,
            )}
          </tbody>
        </table>`
      : nothing}
    ${ship.beliefs && ship.beliefs.length > 1
      ? html`<h4>Positions claimed for her</h4>
          <ul class="lines" role="list">
            ${ship.beliefs.map((belief) => html`<li class="told figures">${position(belief.lat_deg, belief.lon_deg)} <span class="quiet">${belief.trusted ? "trusted" : "not trusted"} · ${count(belief.fixes)} fixes · ${timeAndAge(belief.last_s, now_s)}</span></li>`)}
          </ul>`
      : nothing}`;
}

function sentences(page: ShipPage): TemplateResult {
  const lines = page.sentences.map((piece) => piece.sentence).join("\n");
  return html`<h3>What she sent last</h3>
    ${page.sentences.length
      ? html`<ul class="sentences" role="list">
            ${page.sentences.map((piece) => html`<li><p class="quiet figures">${moment(piece.time_s, desk.clock_s())} · ${piece.station || piece.feed || "no station named"} · line ${count(piece.source_row)}</p><code>${piece.sentence}</code></li>`)}
          </ul>
          <div class="buttons"><button class="small" @click=${() => copy(lines)}>Copy these sentences</button></div>`
      : html`<p class="quiet">Her sentences are no longer in memory; tankerwatch journal prints all that came in.</p>`}`;
}

function files(id: number): TemplateResult {
  return html`<h3>Her track for other programs</h3>
    <div class="inline track-files">
      <label for="track-hours">The last</label>
      <select id="track-hours" @change=${(event: Event) => { hours = Number((event.target as HTMLSelectElement).value); desk.changed(); }}>
        ${HOURS.map(([value, said]) => html`<option value=${value} ?selected=${value === hours}>${said}</option>`)}
      </select>
      ${["csv", "geojson", "kml"].map((kind) => html`<a class="button" href="${BASE}/api/ships/${id}/track.${kind}?hours=${hours}" download="track-${id}.${kind}">${kind === "geojson" ? "GeoJSON" : kind.toUpperCase()}</a>`)}
    </div>
    <p class="quiet hint">More than six hours need a history: <code>tankerwatch history DIR</code> makes it from the journal.</p>`;
}

export function shipPage(id: number): TemplateResult {
  void load(id);
  const { ship } = desk;
  const slot = desk.fleet.slotOf(id);
  const flags = slot === null ? 0 : desk.fleet.flags[slot];
  const page = told;
  const alerts = alertsOf(id);
  return html`${panelHead([ship?.kind_words, ship?.flag, ship?.mmsi ? `MMSI ${String(ship.mmsi).padStart(9, "0")}` : ""].filter(Boolean).join(" · ") || "ship", ship?.name || desk.fleet.nameOf(id), "Close her page")}
    <div class="panel-body ship-page">
      ${problem ?? desk.shipProblem ? html`<p class="problem" role="alert">${problem ?? desk.shipProblem}</p>` : nothing}
      ${flags & FLAG.lost ? html`<p class="warning">No longer heard. This is where she was last.</p>` : nothing}
      ${flags & FLAG.untrusted ? html`<p class="warning">Her position is not trusted.</p>` : nothing}
      <div class="buttons"><button aria-pressed=${desk.following ? "true" : "false"} @click=${() => toggleFollow()}>Follow (F)</button></div>
      ${past(alerts)}
      ${ship && page ? html`<h3>Latest state</h3>${state(ship, page)}${history(page)}${guardForm(ship, page, loadAgain)}${hearers(ship, page)}${sentences(page)}` : problem ?? desk.shipProblem ? nothing : html`<p class="quiet">Asking the desk…</p>`}
      ${files(id)}
    </div>`;
}

/** After the page is drawn: the chart needs its place on it. */
export function drawLarge(id: number): void {
  large.draw(told?.gap_s, alertsOf(id));
}
