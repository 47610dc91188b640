/** The page of Tankerwatch: puts the pieces together. */

import { watchPresent } from "./replay/beside";
import "./app.css";
import { nothing, render, type TemplateResult } from "lit-html";
import { alertSpot, loadShip, onFit, onLook, openHandover, openIncidentPage, openShipPage, selectAlert, selectIncident, selectShip } from "./state/actions";
import { alertPanel } from "./alerts/alert-panel";
import { drawAlerts, holdOrder } from "./alerts/alerts";
import { areaOf } from "./state/area";
import { drawBanners, drawEnded, drawNotice } from "./top/banners";
import { connect, lookAt } from "./state/connection";
import { desk } from "./state/desk";
import { drawFeeds } from "./top/feeds";
import { latitude, mercatorX, mercatorY } from "./core/mercator";
import { clockTime, position } from "./core/format";
import { incidentPanel } from "./alerts/incident-panel";
import { startKeys } from "./top/keys";
import { view } from "./state/layers";
import { loadedShipPart, shipPart } from "./ship/later";
import { lazily } from "./state/lazily";
import { foreignLink, readLink, writeLink } from "./link";
import { ChartMap, NOTHING_HIDDEN, type Hidden } from "./map/map";
import { alertPlace, beat, drawGrid, drawMarks, reportAt } from "./map/marks";
import { blankRate, frameRate } from "./map/measure";
import type { Overlay } from "./overlay/overlay";
import { PALETTES, nextPalette, usePalette, type PaletteName } from "./core/palette";
import { toScreen, writings } from "./core/plane";
import { aimed_s, drawReplay } from "./replay/replay";
import { leaveReport, picking, pickPosition, reportPanel } from "./papers/report";
import { startSearch } from "./parts/search";
import { blocksOf } from "./replay/seeking";
import { needIncident } from "./state/past";
import { keepNames, namesKept } from "./state/settings";
import { listen, rung, startSound } from "./alerts/sound";
import { drawShipMarks } from "./map/ship-marks";
import { shipPanel } from "./ship/ship-panel";
import { ShipLayer } from "./map/ships";
import { drawBadge, drawHealth } from "./top/top-bar";
import { parseFrame } from "./core/wire";

const SHIPS_DRAWN_EVERY_MS = 200;
const GLIDE_MS = 350;
/** What is not among the newest is asked for; so long it may take. */
const LINK_WAIT_MS = 2000;
const LOAD_AGAIN_MS = 5000;

const element = (id: string): HTMLElement => document.getElementById(id)!;
const parts = {
  badge: element("badge"), health: element("health"), list: element("list"), chart: element("chart"), panel: element("panel"),
  replay: element("replay"), banners: element("banners"), ended: element("ended"), feeds: element("feeds"), notice: element("notice"),
  said: element("said"), pointer: element("pointer"), scale: element("scale"),
};

usePalette(desk.palette);
const map = new ChartMap(element("map"), PALETTES[desk.palette]);
const ships = new ShipLayer(desk.fleet, PALETTES[desk.palette]);
parts.chart.querySelector("#map")!.after(ships.canvas);

ships.labelMode = namesKept();

const place = (slot: number): [number, number] => ships.place(slot, map.camera());
let overlay: Overlay | null = null;
ships.writings = writings;
ships.below = (context, camera) => {
  writings.length = 0;
  drawGrid(context, camera, ships.palette);
  overlay?.below(context, camera, ships.palette, (slot) => ships.place(slot, camera));
};
ships.above = (context, camera) => {
  overlay?.above(context, camera, ships.palette, (slot) => ships.place(slot, camera));
  drawMarks(context, camera, ships.palette, (slot) => ships.place(slot, camera));
  drawShipMarks(context, camera, ships.palette);
  past?.drawPast(context, camera, ships.palette);
};

let past: typeof import("./replay/past") | null = null;

/** Where ships were at the time that the slider is drawn to, long before the play is there. */
async function drawPast(): Promise<void> {
  const { hello } = desk;
  const plays = hello !== null && hello.mode !== "live" && !hello.paused && !hello.ended && aimed_s() === null && desk.clockKnown();
  if (!blocksOf() || (aimed_s() === null && !past && !plays)) return;
  past ??= await import("./replay/past").catch(() => null);
  if (!past) return; // it is asked for again when the page is drawn next
  const played = { of: blocksOf(), start_s: hello?.start_s ?? -Infinity, clock_s: desk.clock_s() };
  if (plays) past.keepUp(played);
  await past.preview(aimed_s(), played, drawShips);
}
ships.hidden = hidden;

function drawShips(): void {
  ships.selected = desk.selection.ship === null ? null : desk.fleet.slotOf(desk.selection.ship);
  ships.draw(map.camera(), desk.clock_s());
}

function moveShips(): void {
  desk.fleet.reckon(desk.clock_s());
  if (desk.following) followShip();
}

desk.redraw = drawShips;
/** The frame in which ships were drawn last: the map's own drawing and new positions may both ask for one. */
let drawnFrame: CSSNumberish | null = null;
map.onFrame = () => {
  if (drawnFrame !== document.timeline.currentTime || !ships.shows(map.camera())) drawShips();
};

function followShip(): void {
  const slot = desk.selection.ship === null ? null : desk.fleet.slotOf(desk.selection.ship);
  if (slot === null || desk.fleet.state[slot] !== 2) return;
  map.look(...desk.fleet.latLon(slot), undefined, 0, hidden());
}

/** How much of the map lies under the open panel, and under the banners where that leaves little, so that what is looked at stays in the open. */
function hidden(): Hidden {
  if (parts.panel.hidden) return NOTHING_HIDDEN;
  const chart = parts.chart.getBoundingClientRect();
  const panel = parts.panel.getBoundingClientRect();
  if (panel.width <= chart.width * 0.9) return { ...NOTHING_HIDDEN, right_px: Math.max(0, chart.right - panel.left) };
  const banners = parts.banners.hidden ? chart.top : parts.banners.getBoundingClientRect().bottom;
  return { ...NOTHING_HIDDEN, top_px: Math.max(0, banners - chart.top), bottom_px: Math.max(0, chart.bottom - panel.top) };
}

// Where to look first: the address says so, or the scene, or wherever the ships are.
const link = readLink();
let placed = false;
if (link.map) {
  map.look(link.map.lat_deg, link.map.lon_deg, link.map.zoom);
  placed = true;
}
if (link.ship !== null) (link.page === "ship" ? openShipPage : selectShip)(link.ship, false);
else if (link.alert !== null) selectAlert(link.alert, false);
else if (link.incident !== null) (link.page === "incident" ? openIncidentPage : selectIncident)(link.incident, false);
if (link.page === "handover") openHandover(false);
if (link.ship !== null && link.alert !== null) desk.selection.alert = link.alert;

function lookAtScene(): void {
  const scene = desk.hello?.scene;
  if (placed || !scene) return;
  const [lon_deg, lat_deg] = scene.center;
  map.look(lat_deg, lon_deg, scene.zoom);
  placed = true;
  tellView();
}

/** The middle nine tenths of the ships: one that sends nonsense must not make the map show the whole world. */
function lookAtShips(): void {
  if (placed || desk.hello?.scene || !desk.fleet.present) return;
  const xs: number[] = [];
  const ys: number[] = [];
  for (let slot = 0; slot < desk.fleet.top; slot++) {
    if (desk.fleet.state[slot] !== 2) continue;
    xs.push(desk.fleet.x[slot]);
    ys.push(desk.fleet.y[slot]);
  }
  if (!xs.length) return;
  xs.sort((one, other) => one - other);
  ys.sort((one, other) => one - other);
  const at = (values: number[], share: number): number => values[Math.floor((values.length - 1) * share)];
  map.fit(at(xs, 0.05) * 360 - 180, latitude(at(ys, 0.95)), at(xs, 0.95) * 360 - 180, latitude(at(ys, 0.05)));
  placed = true;
}

/** Where what the panel tells of lies: a ship, the first ship of an alert, an incident; null when it is not known. */
function selectedPlace(): [lat_deg: number, lon_deg: number] | null {
  const { ship, alert: alertId, incident: incidentId } = desk.selection;
  if (ship !== null) {
    const slot = desk.fleet.slotOf(ship);
    return slot !== null && desk.fleet.state[slot] === 2 ? desk.fleet.latLon(slot) : null;
  }
  const alert = alertId === null ? undefined : desk.alerts.get(alertId);
  if (alert) return alertSpot(alert);
  const incident = incidentId === null ? undefined : desk.incidents.get(incidentId);
  return incident && incident.lat_deg !== null && incident.lon_deg !== null ? [incident.lat_deg, incident.lon_deg] : null;
}

function inTheOpen(spot: [lat_deg: number, lon_deg: number], { top_px, right_px, bottom_px }: Hidden): boolean {
  const [x, y] = toScreen(...spot, map.camera());
  const { width, height } = map.camera();
  return x >= 20 && y >= top_px + 20 && x <= width - right_px - 20 && y <= height - bottom_px - 20;
}

/** Of what is opened the map shows where it is, unless that is in the open already. True when it is known. */
function bringIntoView(): boolean {
  const spot = selectedPlace();
  if (!spot) return false;
  if (inTheOpen(spot, hidden())) return true;
  map.look(...spot, undefined, GLIDE_MS, hidden());
  glidesUntil_ms = performance.now() + 2 * GLIDE_MS;
  return true;
}

let glidesUntil_ms = 0;
let toBring = false;
/** Whether what is opened is kept in the open, whether it lay there when that was looked at last, and what covered the map then. */
let keptOpen = false;
let wasOpen = false;
let covered: Hidden = NOTHING_HIDDEN;

/** A panel grows when what it tells comes a moment later: what lay in the open still shall then; what someone moved away stays away. */
function keepInView(): void {
  if (!keptOpen) return;
  const now = hidden();
  const grown = now.top_px > covered.top_px || now.right_px > covered.right_px || now.bottom_px > covered.bottom_px;
  if ((toBring || (wasOpen && grown)) && bringIntoView()) toBring = false;
  covered = now;
  const spot = selectedPlace();
  wasOpen = spot !== null && (performance.now() < glidesUntil_ms || inTheOpen(spot, now));
}

const loadSheets = lazily(() => import("./papers/sheets"));

/** The wide page that is open, and what it is called; null when there is none, or as long as it is on its way. */
function openSheet(): { what: string; content: TemplateResult } | null {
  const incident = desk.selection.incident === null ? undefined : desk.incidents.get(desk.selection.incident);
  if (desk.reportOpen || desk.page === null || desk.page === "ship" || (desk.page === "incident" && !incident)) return null;
  const sheets = loadSheets();
  if (!sheets) return null;
  leaveSheets = sheets.leave;
  if (desk.page === "handover") return { what: "page handover", content: sheets.handoverPage() };
  return { what: `page incident ${incident!.id}`, content: sheets.incidentPage(incident!) };
}

let reportShown = false;
let leaveSheets: (() => void) | null = null;
function drawPanel(): void {
  const { ship, alert: alertId, incident: incidentId } = desk.selection;
  const alert = alertId === null ? undefined : desk.alerts.get(alertId);
  void needIncident();
  const incident = incidentId === null ? undefined : desk.incidents.get(incidentId);
  const sheet = openSheet();
  const wide = !desk.reportOpen && desk.page === "ship" && ship !== null ? shipPart() : null;
  const content = sheet ? sheet.content : desk.reportOpen ? reportPanel() : ship !== null ? (wide?.shipPage(ship) ?? shipPanel(ship)) : alert ? alertPanel(alert) : incident ? incidentPanel(incident) : nothing;
  const what = sheet ? sheet.what : desk.reportOpen ? "report" : ship !== null ? `${wide ? "page of " : ""}ship ${ship}` : alert ? `alert ${alert.id}` : incident ? `incident ${incident.id}` : "";
  parts.panel.hidden = content === nothing;
  parts.panel.setAttribute("aria-busy", String(desk.page !== null && !sheet && !wide));
  parts.panel.classList.toggle("wide", wide !== null);
  parts.panel.classList.toggle("sheet", sheet !== null);
  render(content, parts.panel);
  if (parts.panel.dataset.shows !== what) {
    parts.panel.dataset.shows = what;
    parts.panel.querySelector(".panel-body")?.scrollTo(0, 0);
    // A page, or a drawer, covers most of the map, and often just what was selected on it.
    keptOpen = toBring = what !== "" && !desk.reportOpen && desk.page !== "handover" && (wide !== null || sheet !== null || hidden().bottom_px > 0);
  }
  if (desk.page === null && leaveSheets) {
    leaveSheets();
    leaveSheets = null;
  }
  keepInView();
  parts.chart.style.setProperty("--covered", `${hidden().right_px}px`); // what must be read at the map's edge stays beside the panel
  if (ship !== null && wide) wide.drawLarge(ship);
  else if (ship !== null && !sheet) shipPart()?.small.draw();
  if (!wide) loadedShipPart()?.leave();
  if (reportShown && !desk.reportOpen) leaveReport();
  reportShown = desk.reportOpen;
  parts.chart.classList.toggle("picking", picking.on);
}

/** For those who listen rather than look: each new danger or distress once, when it comes. */
let firstTold = false;
function tell(): void {
  const fresh = desk.openAlerts().filter((alert) => (alert.severity === "danger" || alert.severity === "distress") && !desk.told.has(alert.id));
  for (const alert of fresh) desk.told.add(alert.id);
  if (fresh.length && firstTold) parts.said.textContent = fresh.map((alert) => `${alert.severity}: ${alert.title}. ${alert.reason}`).join(" ");
  if (desk.hello) firstTold = true;
}

function drawScale(): void {
  const camera = map.camera();
  const lat_deg = latitude(camera.centreY);
  const metresPerPx = (40_075_016.686 * Math.cos((lat_deg * Math.PI) / 180)) / camera.worldPx;
  const wanted_nm = (110 * metresPerPx) / 1852;
  const power = 10 ** Math.floor(Math.log10(wanted_nm));
  const length_nm = [5, 2, 1].map((step) => step * power).find((step) => step <= wanted_nm) ?? power;
  parts.scale.style.width = `${Math.round((length_nm * 1852) / metresPerPx)}px`;
  parts.scale.textContent = `${length_nm >= 1 ? length_nm : length_nm.toPrecision(1)} NM`;
}

function changePalette(): void {
  view.paletteBy = "hand";
  showPalette(nextPalette(desk.palette));
}

function showPalette(name: PaletteName): void {
  desk.palette = name;
  usePalette(desk.palette);
  ships.usePalette(PALETTES[desk.palette]);
  map.usePalette(PALETTES[desk.palette]);
  overlay?.paletteChanged();
  drawShips();
  desk.changed();
}

/** A part that cannot be drawn, because something unforeseen came, must not take the others with it. */
function attempt(what: string, draw: () => void): void {
  try {
    draw();
  } catch (problem) {
    console.error(`${what} could not be drawn`, problem);
    desk.frameProblem ??= `${what}: ${problem instanceof Error ? problem.message : String(problem)}`;
  }
}

/** A link may name what this desk never had, or has let go: then it says so, and shows no empty place. */
let linkTold = false;
function tellOfLink(): void {
  if (linkTold || !desk.alertsKnown) return;
  linkTold = true;
  setTimeout(() => {
    const { alert, incident, ship } = desk.selection;
    const unknown = ship !== null ? null : alert !== null && !desk.alerts.has(alert) ? "alert" : incident !== null && !desk.incidents.has(incident) ? "incident" : null;
    if (unknown) desk.say(`This desk knows no such ${unknown} as the link names${desk.hello?.mode === "live" ? "" : ", or not yet"}`, true);
  }, LINK_WAIT_MS);
}

function drawAll(): void {
  const open = desk.openAlerts().length;
  document.title = open ? `(${open}) Tankerwatch` : "Tankerwatch";
  attempt("the clock", () => drawBadge(parts.badge));
  attempt("the state of the feeds", () => drawHealth(parts.health, changePalette));
  attempt("the list of alerts", () => drawAlerts(parts.list));
  attempt("the feeds", () => drawFeeds(parts.feeds));
  attempt("the replay", () => drawReplay(parts.replay));
  attempt("the past", () => void drawPast());
  attempt("the banners", () => drawBanners(parts.banners));
  attempt("the panel", drawPanel); // after what makes the map smaller
  attempt("the end of the replay", () => drawEnded(parts.ended));
  attempt("the last line", () => drawNotice(parts.notice));
  attempt("the reading out", tell);
  attempt("the sound", listen);
  tellOfLink();
  drawSoon();
  if (placed) writeLink(map.where());
}

desk.onChange(drawAll);
onFit((bounds) => map.fit(bounds.west_deg, bounds.south_deg, bounds.east_deg, bounds.north_deg, hidden()));
onLook((lat_deg, lon_deg) => setTimeout(() => map.look(lat_deg, lon_deg, undefined, GLIDE_MS, hidden()), 30), followShip);
holdOrder(parts.list);
startSound();
watchPresent();
startSearch(document.querySelector<HTMLInputElement>("#search")!);
startKeys({
  palette: changePalette,
  labels: () => {
    ships.labelMode = ({ some: "all", all: "few", few: "some" } as const)[ships.labelMode];
    keepNames(ships.labelMode);
    ships.rankLabels(map.camera());
    drawShips();
    desk.say({ all: "As many names as fit", few: "Names only of ships that matter", some: "Names where there is room" }[ships.labelMode]);
  },
  zoom: (step) => map.zoomBy(step),
  pan: (x_px, y_px) => map.panBy(x_px, y_px),
});

map.onClick((x, y) => {
  if (overlay?.busy()) return;
  if (picking.on) {
    const { lat_deg, lon_deg } = map.at(x, y);
    pickPosition(lat_deg, lon_deg);
    return;
  }
  const slot = ships.pick(x, y);
  if (slot !== null && desk.fleet.id[slot]) selectShip(desk.fleet.id[slot], false);
  else {
    const alert = alertAt(x, y);
    const report = reportAt(desk.reports.values(), x, y, map.camera());
    if (report) desk.say(`${clockTime(report.time_s)} · ${report.kind}, ${report.verified ? "verified" : "not verified"}${report.source ? ` · ${report.source}` : ""}: ${report.words}`);
    else if (alert) selectAlert(alert, false);
  }
});

function alertAt(x: number, y: number): string | null {
  for (const alert of desk.openAlerts()) {
    const at = alertPlace(alert, map.camera(), place);
    if (at && Math.hypot(at[0] - x, at[1] - y) < 20) return alert.id;
  }
  return null;
}

map.onDrag(() => {
  if (!desk.following) return;
  desk.following = false;
  desk.say("No longer following: you moved the map");
});

/** The desk sends the ships of what is looked at: it is told as soon as it is known, and while the map moves. */
function tellView(): void {
  if (placed) lookAt(areaOf(map.camera()));
}

map.onMoved(() => {
  tellView();
  drawScale();
  ships.rankLabels(map.camera());
  overlay?.moved();
  desk.changed();
});

parts.chart.addEventListener("pointermove", (event) => {
  const box = parts.chart.getBoundingClientRect();
  const x = event.clientX - box.left;
  const y = event.clientY - box.top;
  const { lat_deg, lon_deg } = map.at(x, y);
  parts.pointer.textContent = position(lat_deg, lon_deg);
  parts.chart.classList.toggle("over-ship", !picking.on && event.target instanceof Element && event.target.closest("#map") !== null && ships.pick(x, y) !== null);
});
parts.chart.addEventListener("pointerleave", () => {
  parts.pointer.textContent = "";
});
element("skip").addEventListener("click", () => parts.chart.focus());
element("zoom-in").addEventListener("click", () => map.zoomBy(1));
element("zoom-out").addEventListener("click", () => map.zoomBy(-1));
new ResizeObserver(() => {
  map.resized();
  drawShips();
}).observe(parts.chart);
window.addEventListener("hashchange", () => {
  if (!foreignLink()) return;
  const fresh = readLink();
  if (fresh.map) map.look(fresh.map.lat_deg, fresh.map.lon_deg, fresh.map.zoom);
  if (fresh.ship !== null) (fresh.page === "ship" ? openShipPage : selectShip)(fresh.ship, false);
  else if (fresh.alert !== null) selectAlert(fresh.alert, false);
  else if (fresh.incident !== null) (fresh.page === "incident" ? openIncidentPage : selectIncident)(fresh.incident, false);
  if (fresh.page === "handover") openHandover(false);
});

let busy = false;
let framesSinceRank = 0;
let drawnAt_ms = 0;
let drawnBeat = beat();
let asked = 0;
function moveAndDraw(): void {
  asked = 0;
  if (busy || document.hidden) return;
  drawnAt_ms = performance.now();
  moveShips();
  if (framesSinceRank++ % 3 === 0) ships.rankLabels(map.camera());
  drawShips();
  drawnFrame = document.timeline.currentTime;
  drawnBeat = beat();
}
/** What has come is seen at the next frame; between that, ships sail on by themselves. */
function drawSoon(): void {
  asked ||= requestAnimationFrame(moveAndDraw);
}
setInterval(() => {
  if (!document.hidden) tellView();
  const waited_ms = performance.now() - drawnAt_ms;
  if (waited_ms < SHIPS_DRAWN_EVERY_MS - 20) return;
  if (beat() !== drawnBeat || ships.hasMoved(map.camera(), desk.clock_s())) drawSoon();
}, SHIPS_DRAWN_EVERY_MS);
setInterval(() => {
  void loadShip();
  desk.changed();
}, 1000);

tellView();
connect(
  (snapshot) => {
    if (!snapshot) {
      drawSoon();
      return;
    }
    lookAtShips();
    moveShips();
    drawShips();
    ships.rankLabels(map.camera());
    api.ready = true;
    void loadOverlay();
  },
  lookAtScene,
);

/** What lies on the map beside ships comes after them: they are what is waited for. */
let overlayAsked = false;
async function loadOverlay(): Promise<void> {
  if (overlayAsked) return;
  overlayAsked = true;
  const part = await import("./overlay/overlay").catch(() => null);
  if (!part) {
    desk.say("A part of this page could not be loaded from the desk; it is tried again", true);
    setTimeout(() => {
      overlayAsked = false;
      void loadOverlay();
    }, LOAD_AGAIN_MS);
    return;
  }
  overlay = part.start({ map, chart: parts.chart, redraw: drawShips, palette: () => PALETTES[desk.palette], showPalette });
  drawShips();
}

/** For tests and measurement. */
const api = {
  ready: false,
  ships: (): number => desk.fleet.present,
  epoch: (): number => desk.fleet.epoch,
  get firstShipsMs(): number {
    return ships.firstShipsMs;
  },
  frames: (): number => ships.draws,
  inView: (): number => ships.inView,
  /** The ships whose names are shown. */
  named: (): number[] => ships.named().map((slot) => desk.fleet.id[slot]),
  async measure(duration_ms: number): Promise<{ fps: number }> {
    busy = true;
    const from_s = desk.clock_s();
    const fps = await frameRate(duration_ms, (passed_ms) => {
      desk.fleet.reckon(from_s + passed_ms / 1000);
      drawShips();
    });
    busy = false;
    return { fps };
  },
  /** Frames a second while the ships are drawn on each and the pointer looks for one, and the camera goes in a circle if `pan` is asked. */
  async fps(duration_ms: number, pan = true): Promise<number> {
    const { zoom, lat_deg, lon_deg } = map.where();
    const reach_deg = 100 / 2 ** zoom;
    map.held(true);
    let drawnBefore = ships.draws;
    let drawn = 0;
    const rate = await frameRate(duration_ms, (passed_ms) => {
      const turn = (passed_ms / 2000) * 2 * Math.PI;
      ships.pick((passed_ms / 4) % parts.chart.clientWidth, parts.chart.clientHeight / 2);
      if (pan) map.look(lat_deg + reach_deg * Math.sin(turn) * 0.5, lon_deg + reach_deg * (1 - Math.cos(turn)), zoom);
      else drawShips();
      if (ships.draws !== drawnBefore) drawn++;
      drawnBefore = ships.draws;
    });
    map.held(false);
    map.look(lat_deg, lon_deg, zoom);
    return Math.min(rate, (drawn * 1000) / duration_ms);
  },
  blank: (duration_ms: number): Promise<number> => blankRate(duration_ms, ships.canvas),
  parseFrame,
  rung,
  /** What a time line shows on the map. */
  shown: () => ({ track: desk.track, span: desk.trackSpan, at: desk.trackAt }),
  previewed: (): number => past?.previewed() ?? 0,
  /** What the desk told of a ship, in the units of the wire; null for one that it did not tell of. */
  told(id: number): number[] | null {
    const { fleet } = desk;
    const slot = fleet.slotOf(id);
    if (slot === null || !fleet.state[slot]) return null;
    return [fleet.lon, fleet.lat, fleet.heard_s, fleet.cog, fleet.sog, fleet.heading, fleet.length, fleet.kind, fleet.flags].map((column) => column[slot]);
  },
  /** Where a ship is on the screen, in pixels of the page. */
  pixelOf(id: number): [number, number] | null {
    const slot = desk.fleet.slotOf(id);
    if (slot === null || desk.fleet.state[slot] !== 2) return null;
    const box = parts.chart.getBoundingClientRect();
    const [x, y] = place(slot);
    return [x + box.left, y + box.top];
  },
  mercator: (lat_deg: number, lon_deg: number): [number, number] => [mercatorX(lon_deg), mercatorY(lat_deg)],
};

declare global {
  interface Window {
    tankerwatch: typeof api;
  }
}
window.tankerwatch = api;
drawAll();
