/** The user's own charts, laid over the land and under all that is watched. They may be wrong or old: not for navigation. */

import MVT from "ol/format/MVT";
import type BaseLayer from "ol/layer/Base";
import TileLayer from "ol/layer/Tile";
import VectorTileLayer from "ol/layer/VectorTile";
import VectorTileSource from "ol/source/VectorTile";
import XYZ from "ol/source/XYZ";
import CircleStyle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style, { type StyleFunction } from "ol/style/Style";
import { createXYZ } from "ol/tilegrid";
import { transformExtent } from "ol/proj";
import { get } from "../state/api";
import type { UserChart } from "../core/chart-shapes";
import { view } from "../state/layers";
import type { ChartMap } from "../map/map";
import type { Palette } from "../core/palette";

export const charts = { known: [] as UserChart[], problems: [] as { name: string; words: string }[], loaded: false };
const shown = new Map<string, BaseLayer>();

export async function loadCharts(): Promise<void> {
  const told = await get<{ charts: UserChart[]; problems: { name: string; words: string }[] }>("/api/charts");
  charts.known = told.charts;
  charts.problems = told.problems;
  charts.loaded = true;
}

/** Layers of electronic charts (S-57 as tiles) by the acronyms of IHO; all else is lines and faint areas. */
function styleOf(palette: Palette): StyleFunction {
  const line = new Stroke({ color: palette.gridText, width: 1 });
  const land = new Style({ fill: new Fill({ color: palette.land }), stroke: new Stroke({ color: palette.coast, width: 1 }) });
  const shallow = new Style({ fill: new Fill({ color: `${palette.own}2e` }), stroke: new Stroke({ color: palette.grid, width: 1 }) });
  const contour = new Style({ stroke: new Stroke({ color: palette.grid, width: 1 }) });
  const area = new Style({ fill: new Fill({ color: `${palette.track}14` }), stroke: line });
  const mark = new Style({ image: new CircleStyle({ radius: 3, stroke: new Stroke({ color: palette.report, width: 1.5 }) }) });
  const nothing: Style[] = [];
  return (feature) => {
    const layer = String(feature.get("layer")).toUpperCase();
    const kind: string = feature.getGeometry()!.getType();
    if (kind.endsWith("Point")) return layer.startsWith("SOUND") ? nothing : mark;
    if (layer.startsWith("LND") || layer === "LAND") return land;
    if (layer.startsWith("DEPARE")) return Number(feature.get("DRVAL1") ?? 0) < 10 ? shallow : contour;
    if (layer.startsWith("DEPCNT")) return contour;
    return kind.endsWith("Polygon") ? area : new Style({ stroke: line });
  };
}

function layerOf(chart: UserChart, palette: Palette): BaseLayer {
  const url = `/charts/${encodeURIComponent(chart.name)}/{z}/{x}/{y}`;
  const [west, south, east, north] = chart.bounds;
  const extent = transformExtent([west, Math.max(-85, south), east, Math.min(85, north)], "EPSG:4326", "EPSG:3857");
  const tileGrid = createXYZ({ minZoom: chart.min_zoom, maxZoom: chart.max_zoom, tileSize: chart.vector ? 512 : 256 });
  if (!chart.vector) return new TileLayer({ extent, source: new XYZ({ url, tileGrid, wrapX: true }) });
  return new VectorTileLayer({
    extent, source: new VectorTileSource({ format: new MVT(), url, tileGrid, wrapX: true }), style: styleOf(palette), renderMode: "hybrid", declutter: false,
  });
}

/** Bring the map to what is wanted; `anew` when the palette has changed. */
export function placeCharts(map: ChartMap, palette: Palette, anew = false): void {
  const wanted = charts.known.filter((chart) => view.charts.includes(chart.name));
  for (const [name, layer] of shown) {
    if (!anew && wanted.some((chart) => chart.name === name)) continue;
    map.layers.remove(layer);
    shown.delete(name);
  }
  for (const chart of wanted) {
    if (shown.has(chart.name)) continue;
    const layer = layerOf(chart, palette);
    shown.set(chart.name, layer);
    map.layers.push(layer);
  }
}

/** The line that stands on the map while one of them is shown. */
export function chartWords(): string {
  const on = charts.known.filter((chart) => shown.has(chart.name));
  if (!on.length) return "";
  const from = [...new Set(on.map((chart) => chart.attribution).filter(Boolean))].join(" · ");
  return `NOT FOR NAVIGATION · ${on.map((chart) => chart.title).join(", ")}${from ? ` · ${from}` : ""}`;
}
