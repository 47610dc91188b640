/** The ship layer: a canvas of its own above the map, so that the map is not redrawn when ships move. */

import { FLAG, KIND_WORDS, NO_U16 } from "./shapes";
import type { Fleet } from "./fleet";
import { Grid } from "./picking";
import { Labels, type Candidate } from "./labels";
import type { Palette } from "./palette";
import { HEADINGS, STATES, makeAtlas, type Atlas } from "./sprites";

/** What the layer needs of the camera; pixels are CSS pixels. */
export interface Camera {
  width: number;
  height: number;
  centreX: number;
  centreY: number;
  /** CSS pixels for the width of the whole world. */
  worldPx: number;
  zoom: number;
}

const FADING_S = 6 * 60;
const FADED_S = 20 * 60;
/** Beyond this many in view, ordinary ships are dots. */
const DOTS_FROM = 20_000;
/** With more ships than this in view, and further out than this, only those that matter carry their names. */
const NAMED_UP_TO = 90;
const NAMED_FROM_ZOOM = 12;
const REACH_PX = 18;
const MARGIN_PX = 16;

export class ShipLayer {
  readonly canvas: HTMLCanvasElement;
  private context: CanvasRenderingContext2D;
  private atlas: Atlas | null = null;
  private ratio = 1;
  private xs = new Float32Array(0);
  private ys = new Float32Array(0);
  private drawn = new Uint32Array(0);
  private drawnCount = 0;
  private gridStale = true;
  private grid = new Grid();
  private labels = new Labels();
  private candidates: Candidate[] = [];
  private dots: ImageData | null = null;
  draws = 0;
  firstShipsMs = 0;
  /** "some": names where there is room for all; "all": as many as fit; "few": only ships that matter. */
  labelMode: "some" | "all" | "few" = "some";
  selected: number | null = null;
  /** Draw what is no ship: the grid below, marks above. */
  below: (context: CanvasRenderingContext2D, camera: Camera) => void = () => {};
  above: (context: CanvasRenderingContext2D, camera: Camera) => void = () => {};

  constructor(private fleet: Fleet, public palette: Palette) {
    this.canvas = document.createElement("canvas");
    this.canvas.className = "ship-layer";
    this.canvas.setAttribute("aria-hidden", "true");
    this.context = this.canvas.getContext("2d")!;
    void document.fonts.ready.then(() => this.labels.forgetWidths());
  }

  usePalette(palette: Palette): void {
    this.palette = palette;
    this.atlas = null;
  }

  place(slot: number, camera: Camera): [x: number, y: number] {
    return [
      toScreenX(this.fleet.drawnX[slot], camera),
      (this.fleet.drawnY[slot] - camera.centreY) * camera.worldPx + camera.height / 2,
    ];
  }

  private resize(camera: Camera): void {
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    const width = Math.round(camera.width * this.ratio);
    const height = Math.round(camera.height * this.ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.dots = null;
    }
  }

  /** Pick out the ships in view; a single pass of arithmetic over all of them. */
  private look(camera: Camera): void {
    const { fleet } = this;
    if (this.xs.length < fleet.top) {
      this.xs = new Float32Array(fleet.capacity);
      this.ys = new Float32Array(fleet.capacity);
      this.drawn = new Uint32Array(fleet.capacity);
    }
    const { xs, ys, drawn } = this;
    const { state, drawnX, drawnY, top } = fleet;
    const { width, height, centreX, centreY, worldPx } = camera;
    const right = width + MARGIN_PX;
    const bottom = height + MARGIN_PX;
    let count = 0;
    for (let slot = 0; slot < top; slot++) {
      if (state[slot] !== 2) continue;
      const y = (drawnY[slot] - centreY) * worldPx + height / 2;
      if (y < -MARGIN_PX || y > bottom) continue;
      let away = drawnX[slot] - centreX;
      away -= Math.round(away); // the world is round: the nearest of her images
      const x = away * worldPx + width / 2;
      if (x < -MARGIN_PX || x > right) continue;
      xs[count] = x;
      ys[count] = y;
      drawn[count++] = slot;
    }
    this.drawnCount = count;
    this.gridStale = true;
  }

  draw(camera: Camera, clock_s: number): void {
    if (camera.width < 1 || camera.height < 1) return;
    this.resize(camera);
    const { context, ratio, palette } = this;
    this.atlas ??= makeAtlas(palette, ratio);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.look(camera);
    if (this.drawnCount > DOTS_FROM) this.drawDots();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.below(context, camera);
    context.setTransform(1, 0, 0, 1, 0, 0);
    this.drawSymbols(clock_s, this.drawnCount > DOTS_FROM);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawRings(camera);
    this.above(context, camera);
    this.drawLabels(camera);
    this.draws++;
    if (!this.firstShipsMs && this.drawnCount) this.firstShipsMs = performance.now();
  }

  private drawDots(): void {
    const { width, height } = this.canvas;
    if (!this.dots) this.dots = new ImageData(width, height);
    const pixels = new Uint32Array(this.dots.data.buffer);
    pixels.fill(0);
    const colours = this.palette.kinds.map(toPixel);
    const size = this.ratio > 1 ? 3 : 2;
    for (let at = 0; at < this.drawnCount; at++) {
      const x = Math.round(this.xs[at] * this.ratio);
      const y = Math.round(this.ys[at] * this.ratio);
      if (x < 0 || y < 0 || x > width - size || y > height - size) continue;
      const colour = colours[this.fleet.kind[this.drawn[at]]] ?? colours[0];
      for (let row = 0; row < size; row++) pixels.fill(colour, (y + row) * width + x, (y + row) * width + x + size);
    }
    this.context.putImageData(this.dots, 0, 0);
  }

  private drawSymbols(clock_s: number, alertsOnly: boolean): void {
    const { context, fleet, xs, ys, drawn, ratio } = this;
    const { canvas: source, cell } = this.atlas!;
    const { flags, kind, heading, cog, sog, heard_s } = fleet;
    const fading = clock_s - FADING_S;
    const faded = clock_s - FADED_S;
    const half = cell / 2;
    let alpha = 1;
    context.globalAlpha = 1;
    // Ordinary ships first, alerted ones on top of them.
    for (let pass = alertsOnly ? 1 : 0; pass < 2; pass++) {
      for (let at = 0; at < this.drawnCount; at++) {
        const slot = drawn[at];
        const flag = flags[slot];
        if (((flag & FLAG.alert) !== 0) !== (pass === 1)) continue;
        const state = flag & FLAG.danger ? 2 : flag & FLAG.alert ? 1 : flag & FLAG.anchored ? 3 : 0;
        const wanted = pass ? 1 : flag & FLAG.lost || heard_s[slot] < faded ? 0.4 : heard_s[slot] < fading ? 0.68 : 1;
        if (wanted !== alpha) context.globalAlpha = alpha = wanted;
        // Her heading; her course when she makes way and sends no heading; else no direction at all.
        let column = HEADINGS;
        if (heading[slot] < 360) column = Math.round((heading[slot] / 360) * HEADINGS) % HEADINGS;
        else if (cog[slot] < 3600 && sog[slot] !== NO_U16 && sog[slot] > 5) column = Math.round((cog[slot] / 3600) * HEADINGS) % HEADINGS;
        const row = Math.min(kind[slot], KIND_WORDS.length - 1) * STATES + state;
        context.drawImage(
          source, column * cell, row * cell, cell, cell,
          Math.round(xs[at] * ratio - half), Math.round(ys[at] * ratio - half), cell, cell,
        );
      }
    }
    context.globalAlpha = 1;
  }

  /** Marks round few ships: lost (crossed), guarded, own fleet, position not trusted, selected. */
  private drawRings(camera: Camera): void {
    const { context, fleet, xs, ys, drawn, palette } = this;
    const lost = new Path2D();
    const own = new Path2D();
    const guarded = new Path2D();
    const untrusted = new Path2D();
    const few = this.drawnCount <= DOTS_FROM;
    if (few) {
      for (let at = 0; at < this.drawnCount; at++) {
        const flag = fleet.flags[drawn[at]];
        if (!(flag & (FLAG.lost | FLAG.ownFleet | FLAG.guarded | FLAG.untrusted))) continue;
        const x = xs[at];
        const y = ys[at];
        if (flag & FLAG.lost) {
          lost.moveTo(x - 6, y - 6);
          lost.lineTo(x + 6, y + 6);
          lost.moveTo(x + 6, y - 6);
          lost.lineTo(x - 6, y + 6);
        }
        if (flag & FLAG.ownFleet) {
          own.moveTo(x + 11, y);
          own.arc(x, y, 11, 0, 2 * Math.PI);
        }
        if (flag & FLAG.guarded) guarded.rect(x - 11, y - 11, 22, 22);
        if (flag & FLAG.untrusted) {
          untrusted.moveTo(x + 9, y);
          untrusted.arc(x, y, 9, 0, 2 * Math.PI);
        }
      }
    }
    context.lineWidth = 1.25;
    context.strokeStyle = palette.label;
    context.stroke(lost);
    context.setLineDash([3, 3]);
    context.stroke(untrusted);
    context.setLineDash([]);
    context.strokeStyle = palette.own;
    context.stroke(own);
    context.stroke(guarded);
    if (this.selected !== null && fleet.state[this.selected] === 2) {
      const [x, y] = this.place(this.selected, camera);
      context.strokeStyle = palette.selected;
      context.lineWidth = 2;
      context.beginPath();
      for (const [sideX, sideY] of [[-1, -1], [1, -1], [1, 1], [-1, 1]]) {
        context.moveTo(x + sideX * 15, y + sideY * 8);
        context.lineTo(x + sideX * 15, y + sideY * 15);
        context.lineTo(x + sideX * 8, y + sideY * 15);
      }
      context.stroke();
    }
  }

  /** Decide which ships may carry a name; a few times a second is enough, and keeps names from flickering. */
  rankLabels(camera: Camera): void {
    const crowded = this.labelMode === "few" || (this.labelMode === "some" && this.drawnCount > NAMED_UP_TO && camera.zoom < NAMED_FROM_ZOOM);
    const candidates: Candidate[] = [];
    for (let at = 0; at < this.drawnCount; at++) {
      const slot = this.drawn[at];
      const flag = this.fleet.flags[slot];
      let rank = 0;
      if (slot === this.selected) rank = 6;
      else if (flag & FLAG.danger) rank = 5;
      else if (flag & FLAG.alert) rank = 4;
      else if (flag & (FLAG.guarded | FLAG.ownFleet)) rank = 3;
      else if (crowded) continue;
      else if (flag & FLAG.lost) rank = 0.1;
      else if (!(flag & FLAG.anchored)) rank = 1 + Math.min(0.9, this.fleet.length[slot] / 500);
      else rank = 0.5;
      candidates.push({ slot, rank });
    }
    candidates.sort((one, other) => other.rank - one.rank || one.slot - other.slot);
    this.candidates = candidates.slice(0, 400);
  }

  private drawLabels(camera: Camera): void {
    const { fleet } = this;
    this.labels.draw(
      this.context, camera.width, camera.height, this.palette, this.candidates,
      (slot) => (fleet.state[slot] === 2 ? this.place(slot, camera) : null),
      (slot) => fleet.names[slot] || (fleet.id[slot] ? fleet.nameOf(fleet.id[slot]) : ""),
    );
  }

  /** The slot under the pointer. */
  pick(x: number, y: number, camera: Camera): number | null {
    if (this.gridStale) {
      this.grid.fill(camera.width, camera.height, this.xs, this.ys, this.drawn, this.drawnCount);
      this.gridStale = false;
    }
    const at = this.grid.nearest(x, y, REACH_PX, this.xs, this.ys, (index) => (this.fleet.flags[this.drawn[index]] & FLAG.alert ? 6 : 0));
    return at === null ? null : this.drawn[at];
  }
}

export function toScreenX(x: number, camera: Camera): number {
  let away = x - camera.centreX;
  away -= Math.round(away);
  return away * camera.worldPx + camera.width / 2;
}

function toPixel(colour: string): number {
  const value = parseInt(colour.slice(1), 16);
  return (0xff000000 | ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}

