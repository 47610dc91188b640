/** The map: OpenLayers draws land and coast from the desk's own tiles; the ship layer lies above it. */

import OpenLayersMap from "ol/Map";
import View from "ol/View";
import MVT from "ol/format/MVT";
import DoubleClickZoom from "ol/interaction/DoubleClickZoom";
import { defaults } from "ol/interaction/defaults";
import VectorTileLayer from "ol/layer/VectorTile";
import VectorTileSource from "ol/source/VectorTile";
import { createXYZ } from "ol/tilegrid";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import { latitude, mercatorX, mercatorY } from "../core/mercator";
import type { Palette } from "../core/palette";
import type { Camera } from "../core/camera";

const WORLD_M = 2 * Math.PI * 6378137;
const LAST_TILE_ZOOM = 8;
const NEAREST_ZOOM = 18;

/** What panels and banners cover of the map. */
export interface Hidden {
  top_px: number;
  right_px: number;
  bottom_px: number;
}
export const NOTHING_HIDDEN: Hidden = { top_px: 0, right_px: 0, bottom_px: 0 };

export class ChartMap {
  private map: OpenLayersMap;
  private view: View;
  private layer: VectorTileLayer;
  /** Called on each frame that OpenLayers draws, so that ships move with the land under them. */
  onFrame: () => void = () => {};

  constructor(readonly element: HTMLElement, palette: Palette) {
    this.view = new View({ center: [0, 0], zoom: 2, minZoom: 1, maxZoom: NEAREST_ZOOM, enableRotation: false, multiWorld: true });
    this.layer = new VectorTileLayer({
      source: new VectorTileSource({
        format: new MVT(),
        url: "/tiles/{z}/{x}/{y}.mvt",
        tileGrid: createXYZ({ maxZoom: LAST_TILE_ZOOM, tileSize: 512 }),
        wrapX: true,
      }),
      renderMode: "hybrid",
      background: palette.sea,
    });
    this.map = new OpenLayersMap({
      target: element,
      view: this.view,
      layers: [this.layer],
      controls: [],
      interactions: defaults({ altShiftDragRotate: false, pinchRotate: false }),
    });
    this.usePalette(palette);
    this.map.on("postrender", () => this.onFrame());
  }

  usePalette(palette: Palette): void {
    const land = new Style({ fill: new Fill({ color: palette.land }) });
    const coast = new Style({ stroke: new Stroke({ color: palette.coast, width: 1 }) });
    this.layer.setBackground(palette.sea);
    this.layer.setStyle((feature) => (feature.get("layer") === "land" ? land : coast));
  }

  camera(): Camera {
    const [width, height] = this.map.getSize() ?? [0, 0];
    const [x, y] = this.view.getCenter() ?? [0, 0];
    const resolution = this.view.getResolution() ?? 1;
    return {
      width,
      height,
      centreX: x / WORLD_M + 0.5,
      centreY: 0.5 - y / WORLD_M,
      worldPx: WORLD_M / resolution,
      zoom: this.view.getZoom() ?? 2,
    };
  }

  /** Zoom, latitude and longitude of the centre, for the address. */
  where(): { zoom: number; lat_deg: number; lon_deg: number } {
    const camera = this.camera();
    const lon_deg = ((((camera.centreX * 360) % 360) + 360) % 360) - 180;
    return { zoom: camera.zoom, lat_deg: latitude(camera.centreY), lon_deg };
  }

  /** Bring a place to the middle of that part of the map that no panel covers. */
  look(lat_deg: number, lon_deg: number, zoom?: number, glide_ms = 0, hidden = NOTHING_HIDDEN): void {
    const resolution = zoom === undefined ? (this.view.getResolution() ?? 1) : this.view.getResolutionForZoom(zoom);
    const center = [
      (mercatorX(lon_deg) - 0.5) * WORLD_M + (hidden.right_px / 2) * resolution,
      (0.5 - mercatorY(lat_deg)) * WORLD_M - ((hidden.bottom_px - hidden.top_px) / 2) * resolution,
    ];
    this.view.cancelAnimations();
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (glide_ms && !still) this.view.animate({ center, ...(zoom === undefined ? {} : { zoom }), duration: glide_ms });
    else {
      this.view.setCenter(center);
      if (zoom !== undefined) this.view.setZoom(zoom);
    }
  }

  fit(west_deg: number, south_deg: number, east_deg: number, north_deg: number, hidden = NOTHING_HIDDEN): void {
    const extent = [
      (mercatorX(west_deg) - 0.5) * WORLD_M, (0.5 - mercatorY(south_deg)) * WORLD_M,
      (mercatorX(east_deg) - 0.5) * WORLD_M, (0.5 - mercatorY(north_deg)) * WORLD_M,
    ];
    this.view.fit(extent, { padding: [40 + hidden.top_px, 40 + hidden.right_px, 40 + hidden.bottom_px, 40], maxZoom: 10 });
  }

  zoomBy(step: number): void {
    const zoom = this.view.getZoom() ?? 2;
    this.view.animate({ zoom: zoom + step, duration: 150 });
  }

  panBy(x_px: number, y_px: number): void {
    const center = this.view.getCenter() ?? [0, 0];
    const resolution = this.view.getResolution() ?? 1;
    this.view.setCenter([center[0] + x_px * resolution, center[1] - y_px * resolution]);
  }

  /** Where a pixel of the map lies. */
  at(x_px: number, y_px: number): { lat_deg: number; lon_deg: number } {
    const camera = this.camera();
    const x = camera.centreX + (x_px - camera.width / 2) / camera.worldPx;
    const y = camera.centreY + (y_px - camera.height / 2) / camera.worldPx;
    return { lat_deg: latitude(y), lon_deg: (((x % 1) + 1) % 1) * 360 - 180 };
  }

  onClick(listener: (x_px: number, y_px: number) => void): void {
    this.map.on("singleclick", (event) => listener(event.pixel[0], event.pixel[1]));
  }

  /** Someone takes the map into their own hands. */
  onDrag(listener: () => void): void {
    this.map.on("pointerdrag", listener);
  }

  onMoved(listener: () => void): void {
    this.map.on("moveend", listener);
  }

  /** Above the land, under the ships: where charts of one's own are laid. */
  get layers(): ReturnType<OpenLayersMap["getLayers"]> {
    return this.map.getLayers();
  }

  /** While someone draws, two quick clicks are two corners. */
  doubleClickZooms(on: boolean): void {
    this.map.getInteractions().forEach((each) => {
      if (each instanceof DoubleClickZoom) each.setActive(on);
    });
  }

  /** While a hand holds the map: what waits for its rest waits. */
  held(on: boolean): void {
    if (on) this.view.beginInteraction();
    else this.view.endInteraction();
  }

  resized(): void {
    this.map.updateSize();
  }
}
