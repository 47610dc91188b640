/** What is shown on the map, and where one measures: kept in this browser, and in the address. Small: all else of it is loaded later. */

export const LAYERS = {
  zones: "Zones", meetings: "Close passes (CPA)", reach: "Silent ships: where they could be", jammed: "Areas with false positions",
  hulls: "Hulls, when near", vectors: "Course lines, 6 min", coverage: "Where ships are heard", rings: "Range rings",
} as const;
export type LayerId = keyof typeof LAYERS;
export type PaletteBy = "hand" | "sun" | "clock";

export interface Rings {
  /** Of the ship shown when there is no place. */
  place: [lat_deg: number, lon_deg: number] | null;
  step_nm: number;
  count: number;
}

const USUAL: LayerId[] = ["zones", "meetings", "reach", "jammed", "hulls"];
const STORED = "tankerwatch.layers";
const STORED_BY = "tankerwatch.palette-by";
const MOST_CHARTS = 10;

export const view = {
  on: new Set<LayerId>(USUAL),
  /** Names of the user's own charts that are shown. */
  charts: [] as string[],
  rings: { place: null, step_nm: 1, count: 4 } as Rings,
  measure: null as [[number, number], [number, number]] | null,
  paletteBy: "hand" as PaletteBy,
};

const written = (): string => [...(Object.keys(LAYERS) as LayerId[]).filter((id) => view.on.has(id)), ...view.charts.map((name) => `chart:${name}`)].join(",");
const usual = USUAL.join(",");

function take(text: string): void {
  const parts = text.split(",");
  view.on = new Set(parts.filter((part): part is LayerId => part in LAYERS));
  view.charts = parts.filter((part) => part.startsWith("chart:")).map((part) => part.slice(6)).slice(0, MOST_CHARTS);
}

function place(given: string[]): [number, number] | null {
  const [lat_deg, lon_deg] = given.map(Number);
  return given.length === 2 && given.every(Boolean) && Math.abs(lat_deg) <= 90 && Math.abs(lon_deg) <= 180 ? [lat_deg, lon_deg] : null;
}

const spoken = (at: [number, number]): string => at.map((value) => value.toFixed(5)).join("/");

/** Take what an address says; what it does not say stays. */
export function readLayers(given: URLSearchParams): void {
  const layers = given.get("l");
  if (layers !== null) take(layers);
  const rings = (given.get("rings") ?? "").split("/");
  const [step_nm, count] = rings.map(Number);
  if (rings.length >= 2 && step_nm >= 0.1 && step_nm <= 100 && Number.isInteger(count) && count >= 1 && count <= 10) {
    view.rings = { step_nm, count, place: place(rings.slice(2)) };
  }
  const ends = (given.get("m") ?? "").split("/");
  const [from, to] = [place(ends.slice(0, 2)), place(ends.slice(2))];
  if (from && to) view.measure = [from, to];
}

/** The parts of an address that differ from the usual. */
export function layerParts(): string[] {
  const parts: string[] = [];
  if (written() !== usual) parts.push(`l=${encodeURIComponent(written())}`);
  const { place: at, step_nm, count } = view.rings;
  if (view.on.has("rings")) parts.push(`rings=${step_nm}/${count}${at ? `/${spoken(at)}` : ""}`);
  if (view.measure) parts.push(`m=${view.measure.map(spoken).join("/")}`);
  return parts;
}

export function keepLayers(): void {
  try {
    localStorage.setItem(STORED, written());
    localStorage.setItem(STORED_BY, view.paletteBy);
  } catch {
    // a browser that keeps nothing
  }
}

try {
  const kept = localStorage.getItem(STORED);
  if (kept !== null) take(kept);
  const by = localStorage.getItem(STORED_BY);
  if (by === "sun" || by === "clock") view.paletteBy = by;
} catch {
  // as above
}
