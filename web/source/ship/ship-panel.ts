import { everybodys } from "../state/session";
/** One ship: where she is and what she does, who she says she is, who hears her, and what the desk has against it. */

import { html, nothing, type TemplateResult } from "lit-html";
import { guardShip, openShipPage, selectAlert, toggleFollow } from "../state/actions";
import { desk } from "../state/desk";
import { count, degrees, knots, metres, moment, position, timeAndAge } from "../core/format";
import { shipPart } from "./later";
import { fact, panelHead, positionLine, severityIcon, type Content } from "../parts/parts";
import { SEVERITY_RANK } from "../core/severity";
import { FLAG, KIND_WORDS, type Alert, type Ship } from "../core/shapes";

const isOpen = (alert: Alert): number => (alert.state === "open" ? 1 : 0);
/** What still calls for something comes before what is over. */
const openFirst = (one: Alert, other: Alert): number =>
  isOpen(other) - isOpen(one) || SEVERITY_RANK[other.severity] - SEVERITY_RANK[one.severity] || other.raised_s - one.raised_s;

/** The live columns are fresher than the last answer about the ship. */
function alertLines(ids: string[]): Content {
  const alerts = ids.map((id) => desk.alerts.get(id)).filter((alert) => alert !== undefined).sort(openFirst);
  if (!alerts.length) return nothing;
  return html`<ul class="lines" role="list">
    ${alerts.map(
      (alert) => html`<li>
        <button class="line ${alert.severity} ${alert.state}" @click=${() => selectAlert(alert.id)}>
          ${severityIcon(alert.severity)}<span><span class="severity-word">${alert.severity}${alert.state === "open" ? "" : `, ${alert.state}`}</span> ${alert.title}</span>
        </button>
      </li>`,
    )}
  </ul>`;
}

function identity(ship: Ship, now_s: number): TemplateResult {
  const size = ship.length_m ? `${metres(ship.length_m)}${ship.beam_m ? ` × ${metres(ship.beam_m)}` : ""}` : null;
  return html`<h3>Identity</h3>
    <dl class="facts">
      ${fact("MMSI", ship.mmsi ? html`<span class="figures">${String(ship.mmsi).padStart(9, "0")}</span>` : null)}
      ${fact("IMO", ship.imo ? html`<span class="figures">${ship.imo}</span>` : null)} ${fact("Call sign", ship.callsign)}
      ${fact("Flag", ship.flag ?? ship.flag_code)} ${fact("Size", size)} ${fact("Draught", ship.draught_m ? `${ship.draught_m.toFixed(1)} m` : null)}
      ${fact("Destination", ship.destination)} ${fact("ETA", ship.eta)}
      ${fact("Usual speed", ship.usual_sog_kn === null ? null : `${knots(ship.usual_sog_kn)}${ship.best_sog_kn === null ? "" : `, best ${knots(ship.best_sog_kn)}`}`)}
      ${fact("These are from", ship.static_s ? html`<span class="figures">${timeAndAge(ship.static_s, now_s)}</span>` : null)}
    </dl>`;
}

function hearing(ship: Ship, now_s: number): TemplateResult {
  return html`<h3>Who hears her</h3>
    <dl class="facts">
      ${fact("First heard", ship.first_s ? html`<span class="figures">${timeAndAge(ship.first_s, now_s)}</span>` : null)}
      ${fact("Fixes", ship.fixes === null ? null : `${count(ship.fixes)}${ship.displaced_fixes ? `, ${count(ship.displaced_fixes)} displaced` : ""}`)}
      ${(ship.stations ?? []).map((station) => fact(station.station ?? "no station named", html`<span class="figures">${timeAndAge(station.last_s, now_s)} · ${count(station.fixes)} fixes</span>`))}
    </dl>
    ${ship.beliefs && ship.beliefs.length
      ? html`<details class="deeper">
          <summary>Other positions claimed for her: ${ship.beliefs.length}</summary>
          <ul class="lines" role="list">
            ${ship.beliefs.map(
              (belief) => html`<li class="told figures">${position(belief.lat_deg, belief.lon_deg)}<br /><span class="quiet">${belief.trusted ? "trusted" : "not trusted"} · ${count(belief.fixes)} fixes · ${timeAndAge(belief.last_s, now_s)}</span></li>`,
            )}
          </ul>
        </details>`
      : nothing}
    ${ship.sentences && ship.sentences.length
      ? html`<details class="deeper">
          <summary>Last sentences</summary>
          <ul class="sentences" role="list">
            ${ship.sentences.map((item) => html`<li><p class="quiet figures">${moment(item.time_s, desk.clock_s())}</p><code>${item.sentence}</code></li>`)}
          </ul>
        </details>`
      : nothing}`;
}

export function shipPanel(id: number): TemplateResult {
  const { ship } = desk;
  const now_s = desk.clock_s();
  const live = desk.fleet.live(id);
  const slot = desk.fleet.slotOf(id);
  const flags = slot === null ? 0 : desk.fleet.flags[slot];
  const name = ship?.name || desk.fleet.nameOf(id);
  const kind = ship?.kind_words ?? (slot === null ? "" : KIND_WORDS[desk.fleet.kind[slot]]);
  const length_m = ship?.length_m ?? (slot === null ? null : desk.fleet.length[slot] || null);
  const sog_kn = live ? live.sog_kn : (ship?.sog_kn ?? null);
  const cog_deg = live ? live.cog_deg : (ship?.cog_deg ?? null);
  const heading_deg = live ? live.heading_deg : (ship?.heading_deg ?? null);
  return html`${panelHead([kind, length_m ? metres(length_m) : "", ship?.flag ?? ""].filter(Boolean).join(" · ") || "ship", name, "Close the ship")}
    <div class="panel-body">
      ${desk.shipProblem ? html`<p class="problem" role="alert">${desk.shipProblem}</p>` : nothing}
      ${flags & FLAG.lost ? html`<p class="warning">No longer heard. This is where she was last.</p>` : nothing}
      ${flags & FLAG.untrusted ? html`<p class="warning">Her position is not trusted.</p>` : nothing}
      <div class="readings">
        <p><span class="reading figures">${knots(sog_kn)}</span><span class="quiet">over ground</span></p>
        <p><span class="reading figures">${degrees(cog_deg)}</span><span class="quiet">course</span></p>
        <p><span class="reading figures">${degrees(heading_deg)}</span><span class="quiet">heading</span></p>
      </div>
      ${positionLine(live?.lat_deg ?? ship?.lat_deg ?? null, live?.lon_deg ?? ship?.lon_deg ?? null)}
      <p class="quiet">
        Last heard <span class="figures">${timeAndAge(live?.heard_s || ship?.heard_s, now_s)}</span>${ship?.nav_status_words ? html`<br />Says she is ${ship.nav_status_words}` : nothing}
      </p>
      <div class="buttons">
        <button @click=${() => openShipPage(id)}>Open her page (O)</button>
        <button aria-pressed=${desk.following ? "true" : "false"} @click=${() => toggleFollow()}>Follow (F)</button>
        <button class="decides" aria-pressed=${ship?.guarded ? "true" : "false"} ?disabled=${!ship} @click=${() => ship && guardShip(id, !ship.guarded)} title="Watch over her more strictly than over others">
          ${ship?.guarded ? "Guarded" : "Guard"}
        </button>
      </div>
      ${ship ? alertLines(ship.alerts) : nothing} ${shipPart()?.small.element ?? html`<div class="timeline"></div>`} ${ship ? html`${identity(ship, now_s)}${hearing(ship, now_s)}` : html`<p class="quiet">${everybodys() ? "This page shows everybody late and rounded positions, and nothing more." : desk.shipProblem ? "" : "Asking the desk…"}</p>`}
    </div>`;
}
