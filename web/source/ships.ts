/** The ship layer: a canvas of its own above the map, so that the map is not redrawn when ships move. Nothing is allocated for a frame. */

import { FLAG, KIND_WORDS, NO_U16 } from "./shapes";
import type { Fleet } from "./fleet";
import { Labels, RANKS, STRONG_RANK } from "./labels";
import { EARTH_CIRCUMFERENCE_M, drawHulls, drawVectors } from "./near";
import { nearest } from "./picking";
import type { Palette } from "./palette";
import { HEADINGS, Stamps, toPixel } from "./sprites";

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
/** Beyond this many, their symbols are smaller. */
const CROWD_FROM = 3_000;
/** Up to this many in view, those that are near show their way and their hull. */
const NEAR_UP_TO = 1500;
/** One name for so many square pixels of the map, when only some are asked for. */
const ROOM_PX2 = 9_000;
const MOST_LABELS = 140;
const ARRANGE_EVERY_MS = 250;
/** Speed, tenths of a knot, from which a ship without a heading is taken to point where she goes. */
const MAKING_WAY = 5;
const REACH_PX = 18;
const MARGIN_PX = 16;
const BONUS_PX = 6;
const FASTEST_M_S = 26;
const SEEN_PX = 0.35;
const AGED_EVERY_S = 5;

export class ShipLayer {
  readonly canvas: HTMLCanvasElement;
  private context: CanvasRenderingContext2D;
  /** Where ships are drawn pixel by pixel before they come onto the canvas. */
  private plate: HTMLCanvasElement;
  private plateContext: CanvasRenderingContext2D;
  private stamps: Stamps | null = null;
  private ratio = 1;
  private xs = new Float32Array(0);
  private ys = new Float32Array(0);
  private drawn = new Uint32Array(0);
  private ringed = new Uint32Array(0);
  private order = new Uint32Array(0);
  private drawnCount = 0;
  private ringedCount = 0;
  private labels = new Labels();
  private arrangedAt_ms = -Infinity;
  private arrangedFor = { centreX: 0, centreY: 0, worldPx: 0 };
  private starts = new Uint32Array(RANKS + 1);
  private bonus = (at: number): number => (this.fleet.flags[this.drawn[at]] & FLAG.alert ? BONUS_PX : 0);
  private drawnClock_s = 0;
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
    this.plate = document.createElement("canvas");
    this.plateContext = this.plate.getContext("2d")!;
    void document.fonts.ready.then(() => this.labels.forget());
  }

  usePalette(palette: Palette): void {
    this.palette = palette;
    this.stamps = null;
  }

  place(slot: number, camera: Camera): [x: number, y: number] {
    return [
      toScreenX(this.fleet.drawnX[slot], camera),
      (this.fleet.drawnY[slot] - camera.centreY) * camera.worldPx + camera.height / 2,
    ];
  }

  /** Whether the fastest of ships would be seen elsewhere than where she was drawn, or a symbol may have aged; else a frame shows nothing new. */
  hasMoved(camera: Camera, clock_s: number): boolean {
    const passed_s = Math.abs(clock_s - this.drawnClock_s);
    const perMetre = (camera.worldPx * Math.cosh(Math.PI * (1 - 2 * camera.centreY))) / EARTH_CIRCUMFERENCE_M;
    return passed_s >= AGED_EVERY_S || passed_s * FASTEST_M_S * perMetre > SEEN_PX;
  }

  /** How many ships are in view. */
  get inView(): number {
    return this.drawnCount;
  }

  private resize(camera: Camera): void {
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    const width = Math.round(camera.width * this.ratio);
    const height = Math.round(camera.height * this.ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = this.plate.width = width;
      this.canvas.height = this.plate.height = height;
      this.stamps = null;
    }
    this.stamps ??= new Stamps(this.palette, this.ratio, width, height);
  }

  /** Pick out the ships in view; a single pass of arithmetic over all of them. */
  private look(camera: Camera): void {
    const { fleet } = this;
    if (this.xs.length < fleet.top) {
      this.xs = new Float32Array(fleet.capacity);
      this.ys = new Float32Array(fleet.capacity);
      this.drawn = new Uint32Array(fleet.capacity);
      this.ringed = new Uint32Array(fleet.capacity);
      this.order = new Uint32Array(fleet.capacity);
    }
    const { xs, ys, drawn, ringed } = this;
    const { state, drawnX, drawnY, flags, top } = fleet;
    const { width, height, centreX, centreY, worldPx } = camera;
    const right = width + MARGIN_PX;
    const bottom = height + MARGIN_PX;
    let count = 0;
    let rings = 0;
    for (let slot = 0; slot < top; slot++) {
      if (state[slot] !== 2) continue;
      const y = (drawnY[slot] - centreY) * worldPx + height / 2;
      if (y < -MARGIN_PX || y > bottom) continue;
      let away = drawnX[slot] - centreX;
      away -= Math.round(away); // the world is round: the nearest of her images
      const x = away * worldPx + width / 2;
      if (x < -MARGIN_PX || x > right) continue;
      if (flags[slot] & RINGED) ringed[rings++] = count;
      xs[count] = x;
      ys[count] = y;
      drawn[count++] = slot;
    }
    this.drawnCount = count;
    this.ringedCount = rings;
  }

  draw(camera: Camera, clock_s: number): void {
    if (camera.width < 1 || camera.height < 1) return;
    this.resize(camera);
    const { context, ratio, palette, fleet } = this;
    this.look(camera);
    const stamps = this.stamps!;
    stamps.clear();
    if (this.drawnCount > DOTS_FROM) this.drawDots(stamps, clock_s);
    this.drawSymbols(stamps, clock_s, this.drawnCount > DOTS_FROM);
    stamps.show(this.plateContext);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.below(context, camera);
    if (this.drawnCount <= NEAR_UP_TO) {
      drawVectors(context, camera, palette, fleet, this.xs, this.ys, this.drawn, this.drawnCount, clock_s - FADED_S);
      drawHulls(context, camera, palette, fleet, this.xs, this.ys, this.drawn, this.drawnCount);
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.plate, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawRings(camera);
    this.above(context, camera);
    this.drawLabels(camera);
    this.drawnClock_s = clock_s;
    this.draws++;
    if (!this.firstShipsMs && this.drawnCount) this.firstShipsMs = performance.now();
  }

  private drawDots(stamps: Stamps, clock_s: number): void {
    const { xs, ys, drawn, ratio, fleet } = this;
    const fresh = this.palette.kinds.map((colour) => toPixel(colour));
    const old = this.palette.kinds.map((colour) => toPixel(colour, 140));
    const size = ratio > 1 ? 3 : 2;
    const faded = clock_s - FADED_S;
    for (let at = 0; at < this.drawnCount; at++) {
      const slot = drawn[at];
      const colours = fleet.heard_s[slot] < faded || fleet.flags[slot] & FLAG.lost ? old : fresh;
      stamps.dot(Math.round(xs[at] * ratio), Math.round(ys[at] * ratio), size, colours[fleet.kind[slot]] ?? colours[0]);
    }
  }

  private drawSymbols(stamps: Stamps, clock_s: number, alertsOnly: boolean): void {
    const { fleet, xs, ys, drawn, ratio } = this;
    const { flags, kind, heading, cog, sog, heard_s } = fleet;
    const fading = clock_s - FADING_S;
    const faded = clock_s - FADED_S;
    const size = this.drawnCount > CROWD_FROM ? 1 : 0;
    // Ordinary ships first, alerted ones on top of them.
    for (let pass = alertsOnly ? 1 : 0; pass < 2; pass++) {
      for (let at = 0; at < this.drawnCount; at++) {
        const slot = drawn[at];
        const flag = flags[slot];
        if (((flag & FLAG.alert) !== 0) !== (pass === 1)) continue;
        const state = flag & FLAG.danger ? 2 : flag & FLAG.alert ? 1 : flag & FLAG.anchored ? 3 : 0;
        const age = flag & FLAG.lost ? 3 : heard_s[slot] < faded ? 2 : heard_s[slot] < fading ? 1 : 0;
        // Her heading; her course when she makes way and sends no heading; else no direction at all.
        let column = HEADINGS;
        if (heading[slot] < 360) column = Math.round((heading[slot] / 360) * HEADINGS) % HEADINGS;
        else if (cog[slot] < 3600 && sog[slot] !== NO_U16 && sog[slot] > MAKING_WAY) column = Math.round((cog[slot] / 3600) * HEADINGS) % HEADINGS;
        const shown = Math.min(kind[slot], KIND_WORDS.length - 1);
        stamps.stamp(Math.round(xs[at] * ratio), Math.round(ys[at] * ratio), shown, state, age, pass ? 0 : size, column);
      }
    }
  }

  /** Marks round few ships: guarded, own fleet, position not trusted, selected. */
  private drawRings(camera: Camera): void {
    const { context, fleet, palette } = this;
    if (this.drawnCount <= DOTS_FROM && this.ringedCount) {
      context.lineWidth = 1.25;
      context.strokeStyle = palette.label;
      context.setLineDash([3, 3]);
      this.strokeRinged(FLAG.untrusted, 9);
      context.setLineDash([]);
      context.strokeStyle = palette.own;
      this.strokeRinged(FLAG.ownFleet, 11);
      this.strokeRinged(FLAG.guarded, 11);
    }
    if (this.selected === null || fleet.state[this.selected] !== 2) return;
    const [x, y] = this.place(this.selected, camera);
    context.strokeStyle = palette.selected;
    context.lineWidth = 2;
    context.beginPath();
    for (const [sideX, sideY] of CORNERS) {
      context.moveTo(x + sideX * 15, y + sideY * 8);
      context.lineTo(x + sideX * 15, y + sideY * 15);
      context.lineTo(x + sideX * 8, y + sideY * 15);
    }
    context.stroke();
  }

  private strokeRinged(which: number, size: number): void {
    const { context, fleet, xs, ys, drawn, ringed } = this;
    context.beginPath();
    for (let ring = 0; ring < this.ringedCount; ring++) {
      const at = ringed[ring];
      if (!(fleet.flags[drawn[at]] & which)) continue;
      if (which === FLAG.guarded) context.rect(xs[at] - size, ys[at] - size, 2 * size, 2 * size);
      else {
        context.moveTo(xs[at] + size, ys[at]);
        context.arc(xs[at], ys[at], size, 0, 2 * Math.PI);
      }
    }
    context.stroke();
  }

  /** From 0, at rest or lost, to 7, selected; an ordinary ship that is named already goes before another. */
  private rank(slot: number): number {
    const flag = this.fleet.flags[slot];
    if (slot === this.selected) return 7;
    if (flag & FLAG.danger) return 6;
    if (flag & FLAG.alert) return 5;
    if (flag & (FLAG.guarded | FLAG.ownFleet)) return STRONG_RANK;
    if (flag & (FLAG.lost | FLAG.anchored)) return 0;
    return this.fleet.length[slot] >= 150 ? 2 : 1;
  }

  /** Decide which ships may carry a name; a few times a second is enough, and keeps names from flickering. */
  rankLabels(camera: Camera): void {
    const { labels, xs, ys, drawn, order, starts, labelMode } = this;
    this.arrangedAt_ms = performance.now();
    this.arrangedFor = { centreX: camera.centreX, centreY: camera.centreY, worldPx: camera.worldPx };
    const least = labelMode === "few" || this.drawnCount > DOTS_FROM ? STRONG_RANK : 0;
    const named = new Set<number>();
    for (let at = 0; at < labels.count; at++) named.add(labels.slot(at));
    labels.begin(camera.width, camera.height);
    starts.fill(0);
    const rankOf = (slot: number): number => {
      const rank = this.rank(slot);
      return rank < STRONG_RANK && named.has(slot) ? 3 : rank;
    };
    for (let at = 0; at < this.drawnCount; at++) {
      const rank = rankOf(drawn[at]);
      if (rank >= STRONG_RANK) labels.sign(xs[at], ys[at], rank);
      else if (!least) labels.ship(xs[at], ys[at]);
      if (rank >= least) starts[rank]++;
    }
    // Sorted by counting, the highest rank first.
    let total = 0;
    for (let rank = RANKS - 1; rank >= 0; rank--) {
      const count = starts[rank];
      starts[rank] = total;
      total += count;
    }
    for (let at = 0; at < this.drawnCount; at++) {
      const rank = rankOf(drawn[at]);
      if (rank >= least) order[starts[rank]++] = at;
    }
    const most = labelMode === "all" ? MOST_LABELS : Math.min(MOST_LABELS, (camera.width * camera.height) / ROOM_PX2);
    for (let index = 0; index < total; index++) {
      const at = order[index];
      const rank = rankOf(drawn[at]);
      if (labels.count >= (rank >= STRONG_RANK ? MOST_LABELS : most)) break;
      const anywhere = labelMode === "all" || rank >= STRONG_RANK;
      if (!anywhere && labels.crowded(xs[at], ys[at])) continue;
      const name = this.nameOf(drawn[at]);
      if (name) labels.put(drawn[at], rank, xs[at], ys[at], name, anywhere);
    }
  }

  private nameOf(slot: number): string {
    const { fleet } = this;
    return fleet.names[slot] || (fleet.id[slot] ? fleet.nameOf(fleet.id[slot]) : "");
  }

  private drawLabels(camera: Camera): void {
    const { labels, fleet, arrangedFor: before } = this;
    const moved_px = Math.max(Math.abs(camera.centreX - before.centreX), Math.abs(camera.centreY - before.centreY)) * camera.worldPx;
    const changed = moved_px > 24 || Math.abs(camera.worldPx / before.worldPx - 1) > 0.02;
    if (changed && performance.now() - this.arrangedAt_ms > ARRANGE_EVERY_MS) this.rankLabels(camera);
    for (let at = 0; at < labels.count; at++) {
      const slot = labels.slot(at);
      if (fleet.state[slot] !== 2) continue;
      const x = toScreenX(fleet.drawnX[slot], camera);
      const y = (fleet.drawnY[slot] - camera.centreY) * camera.worldPx + camera.height / 2;
      if (x < 0 || y < 0 || x > camera.width || y > camera.height) continue;
      const name = this.nameOf(slot);
      if (name) labels.draw(this.context, this.palette, this.ratio, at, x, y, name);
    }
  }

  /** The slot under the pointer. */
  pick(x: number, y: number): number | null {
    const at = nearest(x, y, REACH_PX, this.xs, this.ys, this.drawnCount, this.bonus);
    return at === null ? null : this.drawn[at];
  }
}

const CORNERS = [[-1, -1], [1, -1], [1, 1], [-1, 1]] as const;
const RINGED = FLAG.ownFleet | FLAG.guarded | FLAG.untrusted;

export function toScreenX(x: number, camera: Camera): number {
  let away = x - camera.centreX;
  away -= Math.round(away);
  return away * camera.worldPx + camera.width / 2;
}
