/** OpenLayers as its manual shows it: one feature for each ship, in one vector layer. No names, no tracks: those would cost it more. */

import Feature from "ol/Feature";
import OpenLayersMap from "ol/Map";
import View from "ol/View";
import MVT from "ol/format/MVT";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import VectorTileLayer from "ol/layer/VectorTile";
import VectorSource from "ol/source/Vector";
import VectorTileSource from "ol/source/VectorTile";
import Fill from "ol/style/Fill";
import RegularShape from "ol/style/RegularShape";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import { createXYZ } from "ol/tilegrid";
import { desk } from "../../web/source/state/desk";
import { mercatorX, mercatorY } from "../../web/source/core/mercator";
import { WORLD_M, start } from "./common";

const land = new Style({ fill: new Fill({ color: "#1b242b" }) });
const coast = new Style({ stroke: new Stroke({ color: "#33424d", width: 1 }) });
const ships = Array.from({ length: 32 }, (_, heading) => new Style({
  image: new RegularShape({
    points: 3, radius: 6, scale: [0.7, 1], rotation: (heading / 32) * 2 * Math.PI,
    fill: new Fill({ color: "#8d8a72" }), stroke: new Stroke({ color: "#0a1016", width: 1 }),
  }),
}));
const source = new VectorSource<Feature<Point>>();
const view = new View({ center: [0, 0], zoom: 2, enableRotation: false, multiWorld: true });
const map = new OpenLayersMap({
  target: "map",
  view,
  controls: [],
  layers: [
    new VectorTileLayer({
      source: new VectorTileSource({ format: new MVT(), url: "/tiles/{z}/{x}/{y}.mvt", tileGrid: createXYZ({ maxZoom: 8, tileSize: 512 }) }),
      renderMode: "hybrid",
      style: (feature) => (feature.get("layer") === "land" ? land : coast),
    }),
    new VectorLayer({ source }),
  ],
});

const features: Feature<Point>[] = [];
let frames = 0;
map.on("postrender", () => frames++);

start({
  update() {
    const { fleet } = desk;
    const fresh: Feature<Point>[] = [];
    for (let slot = 0; slot < fleet.top; slot++) {
      if (fleet.state[slot] !== 2) continue;
      const at = [(fleet.x[slot] - 0.5) * WORLD_M, (0.5 - fleet.y[slot]) * WORLD_M];
      const known = features[slot];
      if (known) {
        const point = known.getGeometry()!;
        const [x, y] = point.getFlatCoordinates();
        if (x !== at[0] || y !== at[1]) point.setCoordinates(at);
      } else {
        features[slot] = new Feature(new Point(at));
        features[slot].setStyle(ships[fleet.heading[slot] < 360 ? Math.round((fleet.heading[slot] / 360) * 32) % 32 : 0]);
        fresh.push(features[slot]);
      }
    }
    source.addFeatures(fresh);
  },
  look(zoom, lat_deg, lon_deg) {
    view.setCenter([(mercatorX(lon_deg) - 0.5) * WORLD_M, (0.5 - mercatorY(lat_deg)) * WORLD_M]);
    if (Math.abs((view.getZoom() ?? 0) - zoom) > 1e-6) view.setZoom(zoom);
  },
  held: (on) => (on ? view.beginInteraction() : view.endInteraction()),
  frames: () => frames,
  renders: () => frames,
});
