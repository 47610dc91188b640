/** All on the map that is no ship and can come a moment later: zones, dangers, rings, measuring, coverage, the user's charts. */

import { render } from "lit-html";
import { chartWords, loadCharts, placeCharts } from "./charts";
import type { Zone } from "../core/chart-shapes";
import { coverageKey, drawCoverage, lookForCoverage } from "./coverage";
import { drawDangers } from "./dangers";
import { desk } from "../state/desk";
import { focusWhenDrawn } from "../state/focus";
import { latitude } from "../core/mercator";
import { position } from "../core/format";
import { drawHulls, drawVectors, lookForHulls } from "./hulls";
import { fillMeasure, layersIcon, toolsPanel, type PanelDeeds, type Picking } from "./layer-panel";
import { LAYERS, keepLayers, view, type LayerId, type PaletteBy } from "../state/layers";
import type { ChartMap } from "../map/map";
import type { Palette, PaletteName } from "../core/palette";
import { borderOf, type Context, type Place } from "../core/plane";
import { drawMeasure, drawRings, measured, ringsAt } from "./rings";
import type { Camera } from "../core/camera";
import { Still } from "../map/still";
import { letters } from "../state/settings";
import { paletteOfHour, paletteOfSun } from "../core/sun";
import { looksOnly, ONLY_LOOKS } from "../state/session";
import { addCorner, beginZone, drawDraft, drawFound, drawZones, drawing, leaveZone, moveCorner, takeCorner, zonesKey } from "./zones";

export interface Host {
  map: ChartMap;
  chart: HTMLElement;
  redraw: () => void;
  palette: () => Palette;
  showPalette: (name: PaletteName) => void;
}

export interface Overlay {
  below: (context: Context, camera: Camera, palette: Palette, place: (slot: number) => [number, number]) => void;
  above: (context: Context, camera: Camera, palette: Palette, place: (slot: number) => [number, number]) => void;
  /** Whether a click on the map is for a tool, and no ship is meant. */
  busy: () => boolean;
  moved: () => void;
  paletteChanged: () => void;
}

const LOOK_EVERY_MS = 500;
const SUN_EVERY_MS = 30_000;
const STILL_PX = 6;
/** More of them than this are painted once and not on each frame. */
const FEW_ZONES = 8;

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function start(host: Host): Overlay {
  const { map, chart } = host;
  const tools = document.createElement("section");
  tools.id = "tools";
  tools.setAttribute("aria-label", "Layers, zones and measuring");
  tools.hidden = true;
  chart.append(tools);
  const note = document.createElement("p");
  note.id = "chart-note";
  note.hidden = true;
  chart.append(note);
  const button = document.createElement("button");
  button.id = "layers-button";
  button.title = "Layers, zones, measuring (Y)";
  button.setAttribute("aria-label", "Layers, zones and measuring");
  button.setAttribute("aria-controls", "tools");
  button.addEventListener("click", () => turnPanel());
  render(layersIcon, button);
  chart.querySelector("#zoom")!.append(button);

  let open = false;
  let bringing = false;
  let picking: Picking = null;
  let first: Place | null = null;
  const still = new Still();
  let pointer: Place | null = null;

  const busy = (): boolean => drawing.draft !== null || picking !== null;
  let zooming = true;
  /** At once, for a click may follow in no time. */
  function ready(): void {
    chart.classList.toggle("drawing", busy());
    if (zooming === busy()) map.doubleClickZooms((zooming = !busy()));
  }

  function changed(): void {
    ready();
    keepLayers();
    look();
    host.redraw();
    desk.changed();
  }

  function turnPanel(to = !open): void {
    open = to;
    if (!open) {
      if (drawing.draft) leaveZone();
      pick(null);
      chart.focus();
    } else focusWhenDrawn(() => tools.querySelector("h2"));
    changed();
  }

  function pick(what: Picking): void {
    picking = what;
    first = pointer = null;
    if (what === "measure") desk.say("Click where to measure from, then where to");
    if (what === "rings") desk.say("Click the middle of the rings");
    ready();
    desk.changed();
  }

  function zone(which: Zone | null): void {
    if (looksOnly()) return desk.say(ONLY_LOOKS);
    open = true;
    bringing = false;
    picking = null;
    beginZone(which);
    focusWhenDrawn("#zone-name");
    changed();
  }

  /** Zones from a file, with the field for it under the hand. */
  function bring(to: boolean): void {
    if (to && drawing.draft) leaveZone();
    open = true;
    bringing = to;
    changed();
    focusWhenDrawn(to ? "#zone-file-choose" : "#zone-file");
  }

  function turn(id: LayerId): void {
    if (!view.on.delete(id)) view.on.add(id);
    if (id === "rings" && view.on.has(id) && !ringsAt()) pick(id);
    else if (id === picking) pick(null);
    changed();
  }

  const deeds: PanelDeeds = {
    close: () => turnPanel(false),
    turn,
    turnChart: (name) => {
      view.charts = view.charts.includes(name) ? view.charts.filter((other) => other !== name) : [...view.charts, name];
      changed();
    },
    paletteBy: (by: PaletteBy) => {
      view.paletteBy = by;
      keepLayers();
      followSun();
      desk.changed();
    },
    pick,
    picking: () => picking,
    changed,
    show: ({ rings }) => {
      const { west, east, top, bottom } = borderOf(rings);
      map.fit(west * 360 - 180, latitude(bottom), east * 360 - 180, latitude(top));
    },
    zone,
    bring: () => bring(true),
    brought: () => bring(false),
    bringing: () => bringing,
    zoneDone: () => {
      changed();
      // The form takes the focus with it when it goes; who has gone on meanwhile is left there.
      desk.whenDrawn(() => {
        if (document.activeElement === document.body) tools.querySelector<HTMLElement>("h2")?.focus();
      });
    },
  };

  function draw(): void {
    tools.hidden = !open;
    if (open) render(toolsPanel(deeds), tools);
    button.setAttribute("aria-expanded", String(open));
    ready();
    placeCharts(map, host.palette()); // an address may have asked for other ones
    const words = chartWords();
    note.hidden = !words;
    if (note.textContent !== words) note.textContent = words;
  }

  /** By hand nothing is changed. */
  function followSun(): void {
    if (view.paletteBy === "hand") return;
    const now = new Date();
    const { lat_deg, lon_deg } = map.where();
    const wanted = view.paletteBy === "sun" ? paletteOfSun(now.getTime() / 1000, lat_deg, lon_deg) : paletteOfHour(now.getHours());
    if (wanted !== desk.palette) host.showPalette(wanted);
  }

  function look(): void {
    const camera = map.camera();
    lookForHulls(camera);
    if (view.on.has("coverage")) lookForCoverage(camera, host.redraw);
  }

  // A tool listens to the map itself: the map waits after a click whether it becomes two.
  let down: { x: number; y: number; corner: number | null } | null = null;
  const inMap = (event: PointerEvent | MouseEvent): [number, number] => {
    const box = map.element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  map.element.addEventListener("pointerdown", (event) => {
    down = null;
    if (!busy() || event.button !== 0) return;
    const [x, y] = inMap(event);
    down = { x, y, corner: takeCorner(x, y, map.camera()) };
    if (down.corner !== null) event.stopPropagation(); // the corner moves, not the map
  }, true);
  window.addEventListener("pointermove", (event) => {
    const [x, y] = inMap(event);
    if (picking === "measure" && first) {
      const at = map.at(x, y);
      pointer = [at.lat_deg, at.lon_deg];
      host.redraw();
    }
    if (down?.corner === null || !down) return;
    const at = map.at(x, y);
    moveCorner(down.corner, at.lat_deg, at.lon_deg);
    host.redraw();
  });
  window.addEventListener("pointerup", (event) => {
    const was = down;
    down = null;
    if (!was || was.corner !== null || !busy()) return;
    const [x, y] = inMap(event);
    if (Math.hypot(x - was.x, y - was.y) > STILL_PX) return;
    const { lat_deg, lon_deg } = map.at(x, y);
    use([lat_deg, lon_deg]);
  });

  function use(place: Place): void {
    if (drawing.draft) addCorner(...place);
    else if (picking === "rings") {
      view.rings.place = place;
      pick(null);
      desk.say(`Range rings round ${position(...place)}`);
    } else if (!first) first = place;
    else {
      view.measure = [first, place];
      fillMeasure();
      pick(null);
      desk.say(measured(view.measure));
    }
    changed();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      if (picking) pick(null);
      else if (drawing.draft) leaveZone();
      else if (open && bringing && tools.contains(document.activeElement)) bring(false);
      else if (open && (tools.contains(document.activeElement) || document.activeElement === chart || document.activeElement === document.body)) turnPanel(false);
      else return;
      changed();
      event.preventDefault();
      return;
    }
    if (!letters.on || (typing(event.target) && !(event.target instanceof HTMLInputElement && event.target.type === "checkbox"))) return;
    const number = Number(event.key);
    if (open && !drawing.draft && number >= 1 && number <= Object.keys(LAYERS).length) turn((Object.keys(LAYERS) as LayerId[])[number - 1]);
    else if (event.key.toLowerCase() === "y") turnPanel();
    else if (event.key.toLowerCase() === "z") zone(null);
    else if (event.key.toLowerCase() === "g") turn("rings");
    else if (event.key.toLowerCase() === "m") pick(picking === "measure" ? null : "measure");
    else return;
    event.preventDefault();
  }, true);

  // A file that is dropped beside its place would be opened by the browser instead of the page.
  const ofFile = (event: DragEvent): boolean => Boolean(event.dataTransfer?.types.includes("Files"));
  document.addEventListener("dragover", (event) => {
    if (ofFile(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file || !ofFile(event)) return;
    event.preventDefault();
    if (looksOnly()) return desk.say(ONLY_LOOKS, true);
    bring(true);
    void import("./zone-file").then(({ readFile }) => readFile(file), () => desk.say("A part of this page could not be loaded from the desk; drop it again", true));
  });

  desk.onChange(draw);
  setInterval(look, LOOK_EVERY_MS);
  setInterval(followSun, SUN_EVERY_MS);
  fillMeasure();
  followSun();
  void loadCharts().then(changed, () => {}); // without charts of one's own the map is as it was
  draw();

  return {
    below: (context, camera, palette, place) => {
      const covered = view.on.has("coverage");
      const paint = (onto: Context, seen: Camera): void => {
        if (covered) drawCoverage(onto, seen, palette);
        drawZones(onto, seen, palette);
      };
      if (covered || desk.zones.size > FEW_ZONES) still.draw(context, camera, `${palette.sea} ${covered ? coverageKey() : ""} ${zonesKey()}`, paint);
      else paint(context, camera);
      drawDraft(context, camera, palette);
      if (open && bringing) drawFound(context, camera, palette);
      if (view.on.has("hulls")) drawHulls(context, camera, palette, place);
      if (view.on.has("vectors")) drawVectors(context, camera, palette, place);
    },
    above: (context, camera, palette, place) => {
      drawDangers(context, camera, palette, place);
      if (view.on.has("rings")) drawRings(context, camera, palette);
      if (view.measure) drawMeasure(context, camera, palette, view.measure);
      if (first && pointer) drawMeasure(context, camera, palette, [first, pointer]);
    },
    busy,
    moved: () => {
      look();
      followSun();
    },
    paletteChanged: () => placeCharts(map, host.palette(), true),
  };
}

