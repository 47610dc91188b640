/** Three palettes. Panels take their colours from app.css (`data-palette` on the root element); what is drawn on
 *  canvases takes them from here. Saturated colour belongs to alerts alone: ships and land stay muted. */

export type PaletteName = "day" | "dusk" | "night";

export interface Palette {
  sea: string;
  land: string;
  coast: string;
  grid: string;
  gridText: string;
  /** By ship kind, 0 to 14 as in wire.md. */
  kinds: readonly string[];
  outline: string;
  label: string;
  labelStrong: string;
  labelHalo: string;
  notice: string;
  caution: string;
  danger: string;
  selected: string;
  own: string;
  track: string;
  report: string;
}

const dusk: Palette = {
  sea: "#0d151d",
  land: "#1b242b",
  coast: "#33424d",
  grid: "#16212b",
  gridText: "#5d7180",
  kinds: [
    "#6f8390", "#8d8a72", "#66877f", "#7b83a3", "#7f8f66", "#79889a", "#7f86a8", "#74808a", "#6e8fb0", "#6f8390",
    "#9a86a6", "#56646e", "#56646e", "#8fa0b0", "#ff5a52",
  ],
  outline: "#0a1016",
  label: "#8ea2b0",
  labelStrong: "#dbe6ee",
  labelHalo: "#0d151d",
  notice: "#c7d3dc",
  caution: "#f2b134",
  danger: "#ff5a52",
  selected: "#e8f1f7",
  own: "#69b7e6",
  track: "#7fa6bf",
  report: "#d9b8f0",
};

const day: Palette = {
  sea: "#dbe5eb",
  land: "#c9c8bf",
  coast: "#99988c",
  grid: "#cbd8e0",
  gridText: "#5c6f7c",
  kinds: [
    "#6d7f8b", "#7c744d", "#4f7c6e", "#626c96", "#66784a", "#5f7085", "#646d97", "#67747e", "#47719a", "#6d7f8b",
    "#7d6690", "#7d8a92", "#7d8a92", "#5b6f83", "#c4150c",
  ],
  outline: "#eef3f6",
  label: "#41525e",
  labelStrong: "#0d1b25",
  labelHalo: "#e6eef2",
  notice: "#2b3d4a",
  caution: "#b56a00",
  danger: "#c4150c",
  selected: "#0d1b25",
  own: "#0b6aa8",
  track: "#3d6a86",
  report: "#6f3d97",
};

const night: Palette = {
  sea: "#060607",
  land: "#100d0b",
  coast: "#2a211b",
  grid: "#0e0c0b",
  gridText: "#57463a",
  kinds: [
    "#57493f", "#5f5238", "#4f5040", "#544a4e", "#53523a", "#554a42", "#544a4e", "#514740", "#4d5560", "#57493f",
    "#5c4a58", "#3d342d", "#3d342d", "#5f564e", "#d0392f",
  ],
  outline: "#050404",
  label: "#75614f",
  labelStrong: "#b1977c",
  labelHalo: "#060607",
  notice: "#a08a74",
  caution: "#b98121",
  danger: "#d0392f",
  selected: "#b89c80",
  own: "#5d87a0",
  track: "#6d5c4c",
  report: "#8d6f96",
};

export const PALETTES: Record<PaletteName, Palette> = { day, dusk, night };
const ORDER: PaletteName[] = ["dusk", "night", "day"];
const STORED = "tankerwatch.palette";

function isName(value: string | null): value is PaletteName {
  return value === "day" || value === "dusk" || value === "night";
}

export function storedPalette(): PaletteName {
  try {
    const stored = localStorage.getItem(STORED);
    return isName(stored) ? stored : "dusk";
  } catch {
    return "dusk"; // storage may be forbidden; the page works without it
  }
}

export function usePalette(name: PaletteName): void {
  document.documentElement.dataset.palette = name;
  try {
    localStorage.setItem(STORED, name);
  } catch {
    // as above
  }
}

export const nextPalette = (name: PaletteName): PaletteName => ORDER[(ORDER.indexOf(name) + 1) % ORDER.length];
