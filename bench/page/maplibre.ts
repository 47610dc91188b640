/** MapLibre GL as its manual shows it: a GeoJSON source and a symbol layer. No names, no tracks: those would cost it more. */

// @ts-expect-error it stands beside this file when it is built, with its worker
import * as maplibre from "./maplibre-gl.mjs";
import { desk } from "../../web/source/state/desk";
import { start } from "./common";

interface GlMap {
  on(what: string, then: () => void): void;
  addImage(name: string, image: ImageData, options: object): void;
  getSource(name: string): { setData(data: object): void };
  isSourceLoaded(name: string): boolean;
  jumpTo(camera: object): void;
}

maplibre.setWorkerUrl(new URL("maplibre-gl-worker.mjs", import.meta.url).href);
const nothing = { type: "FeatureCollection", features: [] as object[] };
const map: GlMap = new maplibre.Map({
  container: "map",
  center: [20, 20],
  zoom: 0.6,
  fadeDuration: 0,
  attributionControl: false,
  style: {
    version: 8,
    sources: {
      base: { type: "vector", tiles: [`${location.origin}/tiles/{z}/{x}/{y}.mvt`], maxzoom: 8 },
      ships: { type: "geojson", data: nothing },
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": "#0d151d" } },
      { id: "land", type: "fill", source: "base", "source-layer": "land", paint: { "fill-color": "#1b242b" } },
      { id: "coast", type: "line", source: "base", "source-layer": "coast", paint: { "line-color": "#33424d" } },
      {
        id: "ships", type: "symbol", source: "ships",
        layout: { "icon-image": "ship", "icon-rotate": ["get", "heading"], "icon-allow-overlap": true, "icon-ignore-placement": true },
      },
    ],
  },
});

function symbol(): ImageData {
  const context = new OffscreenCanvas(14, 14).getContext("2d")!;
  context.fillStyle = "#8d8a72";
  context.beginPath();
  context.moveTo(7, 0);
  context.lineTo(11, 13);
  context.lineTo(3, 13);
  context.fill();
  return context.getImageData(0, 0, 14, 14);
}

let frames = 0;
let renders = 0;
let loaded = false;
let given = false;
map.on("load", () => {
  loaded = true;
  map.addImage("ship", symbol(), {});
  map.on("render", () => {
    renders++;
    if (map.isSourceLoaded("ships")) frames++;
  });
  start({
    update() {
      // It is given the newest when it has done with the last: else it would never come to its end.
      if (!loaded || (given && !map.isSourceLoaded("ships"))) return;
      given = true;
      const { fleet } = desk;
      const features: object[] = [];
      for (let slot = 0; slot < fleet.top; slot++) {
        if (fleet.state[slot] !== 2) continue;
        const [lat_deg, lon_deg] = fleet.latLon(slot);
        const heading = fleet.heading[slot] < 360 ? fleet.heading[slot] : 0;
        features.push({ type: "Feature", id: slot, properties: { heading }, geometry: { type: "Point", coordinates: [lon_deg, lat_deg] } });
      }
      map.getSource("ships").setData({ type: "FeatureCollection", features });
    },
    // Its zoom counts tiles of 512 pixels.
    look: (zoom, lat_deg, lon_deg) => map.jumpTo({ center: [lon_deg, lat_deg], zoom: zoom - 1 }),
    held: () => {},
    frames: () => frames,
    renders: () => renders,
  });
});
