/** The ship layer: a canvas of its own above the map, so that the map is not redrawn when ships move. Nothing is allocated for a frame. */

import { toScreenX, type Camera } from "../core/camera";
import { FLAG, KIND_WORDS, NO_U16 } from "../core/shapes";
import type { Fleet } from "../state/fleet";
import { Labels, RANKS, STRONG_RANK } from "./labels";
import { nearest } from "../core/picking";
import type { Palette } from "../core/palette";
import { HEADINGS, Stamps, toPixel } from "./sprites";

/** What the layer needs of the camera; pixels are CSS pixels. */
const FADING_S = 6 * 60;
const FADED_S = 20 * 60;
/** Beyond this many in view, ordinary ships are dots. */
const DOTS_FROM = 15_000;
/** Beyond this many, their symbols are smaller. */
const CROWD_FROM = 3_000;
/** One name for so many square pixels of the map, when only some are asked for. */
const ROOM_PX2 = 9_000;
const MOST_LABELS = 140;
const ARRANGE_EVERY_MS = 250;
/** Speed, tenths of a knot, from which a ship without a heading is taken to point where she goes. */
const MAKING_WAY = 5;
const REACH_PX = 18;
const MARGIN_PX = 16;
const BONUS_PX = 6;
const EARTH_CIRCUMFERENCE_M = 40_075_016.686;
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
  private special = new Uint32Array(0);
  private order = new Uint32Array(0);
  private drawnCount = 0;
  private specialCount = 0;
  private labels = new Labels();
  private arrangedAt_ms = -Infinity;
  private arrangedFor = { centreX: 0, centreY: 0, worldPx: 0 };
  private starts = new Uint32Array(RANKS + 1);
  private bonus = (at: number): number => (this.fleet.flags[this.drawn[at]] & FLAG.alert ? BONUS_PX : 0);
  private drawnClock_s = 0;
  private drawnFor: Camera | null = null;
  draws = 0;
  firstShipsMs = 0;
  /** "some": names where there is room for all; "all": as many as fit; "few": only ships that matter. */
  labelMode: "some" | "all" | "few" = "some";
  selected: number | null = null;
  /** How much of the map lies under a panel, where no name can be read. */
  hidden: () => { right_px: number; bottom_px: number } = () => ({ right_px: 0, bottom_px: 0 });
  /** What else is written on the map: names keep clear of it. */
  writings: readonly (readonly [left: number, top: number, width: number, height: number])[] = [];
  /** Draw what is no ship: the grid below, marks above. */
  below: (context: CanvasRenderingContext2D, camera: Camera) => void = () => {};
  above: (context: CanvasRenderingContext2D, camera: Camera) => void = () => {};

  private dots: Uint32Array;
  private oldDots: Uint32Array;

  constructor(private fleet: Fleet, public palette: Palette) {
    this.dots = dotColours(palette, 255);
    this.oldDots = dotColours(palette, 140);
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
    this.dots = dotColours(palette, 255);
    this.oldDots = dotColours(palette, 140);
  }

  place(slot: number, camera: Camera): [x: number, y: number] {
    return [
      toScreenX(this.fleet.drawnX[slot], camera),
      (this.fleet.drawnY[slot] - camera.centreY) * camera.worldPx + camera.height / 2,
    ];
  }

  /** Whether the last drawing was for this very camera. */
  shows(camera: Camera): boolean {
    const { drawnFor: last } = this;
    return last !== null && last.centreX === camera.centreX && last.centreY === camera.centreY && last.worldPx === camera.worldPx && last.width === camera.width && last.height === camera.height;
  }

  /** Whether the fastest of ships would be seen elsewhere than where she was drawn, or a symbol may have aged; else a frame shows nothing new. */
  hasMoved(camera: Camera, clock_s: number): boolean {
    const passed_s = Math.abs(clock_s - this.drawnClock_s);
    const perMetre = (camera.worldPx * Math.cosh(Math.PI * (1 - 2 * camera.centreY))) / EARTH_CIRCUMFERENCE_M;
    return passed_s >= AGED_EVERY_S || passed_s * FASTEST_M_S * perMetre > SEEN_PX;
  }

  /** The slots whose names are shown. */
  named(): number[] {
    return Array.from({ length: this.labels.count }, (_, at) => this.labels.slot(at));
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
      this.special = new Uint32Array(fleet.capacity);
      this.order = new Uint32Array(fleet.capacity);
    }
    const { xs, ys, drawn, special } = this;
    const { state, drawnX, drawnY, flags, top } = fleet;
    const { width, height, centreX, worldPx } = camera;
    const above = height / 2 - camera.centreY * worldPx;
    const right = width + MARGIN_PX;
    const bottom = height + MARGIN_PX;
    const centre = centreX - Math.floor(centreX);
    let count = 0;
    let rings = 0;
    for (let slot = 0; slot < top; slot++) {
      if (state[slot] !== 2) continue;
      const y = drawnY[slot] * worldPx + above;
      if (y < -MARGIN_PX || y > bottom) continue;
      let away = drawnX[slot] - centre;
      if (away > 0.5) away -= 1; // the world is round: the nearest of her images
      else if (away < -0.5) away += 1;
      const x = away * worldPx + width / 2;
      if (x < -MARGIN_PX || x > right) continue;
      if (flags[slot] & SPECIAL) special[rings++] = count;
      xs[count] = x;
      ys[count] = y;
      drawn[count++] = slot;
    }
    this.drawnCount = count;
    this.specialCount = rings;
  }

  draw(camera: Camera, clock_s: number): void {
    if (camera.width < 1 || camera.height < 1) return;
    this.resize(camera);
    const { context, ratio } = this;
    this.look(camera);
    const stamps = this.stamps!;
    stamps.clear();
    if (this.drawnCount > DOTS_FROM) this.drawDots(stamps, clock_s);
    this.drawSymbols(stamps, clock_s);
    stamps.show(this.plateContext);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.below(context, camera);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(this.plate, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawRings(camera);
    this.above(context, camera);
    this.drawLabels(camera);
    this.drawnClock_s = clock_s;
    this.drawnFor = camera;
    this.draws++;
    if (!this.firstShipsMs && this.drawnCount) this.firstShipsMs = performance.now();
  }

  private drawDots(stamps: Stamps, clock_s: number): void {
    const { xs, ys, drawn, ratio } = this;
    const { flags, kind, heard_s } = this.fleet;
    const { dots, oldDots } = this;
    const { pixels, stride, pad } = stamps;
    const faded = clock_s - FADED_S;
    const last = ratio > 1 ? 2 : 1;
    const first = pad * stride + pad + 0.5; // half a pixel more, so that cutting off rounds
    for (let at = 0; at < this.drawnCount; at++) {
      const slot = drawn[at];
      const colours = heard_s[slot] < faded || flags[slot] & FLAG.lost ? oldDots : dots;
      const colour = colours[kind[slot]];
      let pixel = Math.floor(ys[at] * ratio + 0.5) * stride + Math.floor(xs[at] * ratio + first);
      for (let row = 0; row <= last; row++, pixel += stride) {
        pixels[pixel] = pixels[pixel + 1] = colour;
        if (last > 1) pixels[pixel + 2] = colour;
      }
    }
  }

  private drawSymbols(stamps: Stamps, clock_s: number): void {
    const size = this.drawnCount > CROWD_FROM ? 1 : 0;
    if (this.drawnCount <= DOTS_FROM) {
      for (let at = 0; at < this.drawnCount; at++) if (!(this.fleet.flags[this.drawn[at]] & FLAG.alert)) this.stamp(stamps, at, size, clock_s);
    }
    for (let index = 0; index < this.specialCount; index++) {
      const at = this.special[index];
      if (this.fleet.flags[this.drawn[at]] & FLAG.alert) this.stamp(stamps, at, 0, clock_s);
    }
  }

  private stamp(stamps: Stamps, at: number, size: number, clock_s: number): void {
    const { ratio } = this;
    const { flags, kind, heading, cog, sog, heard_s } = this.fleet;
    const slot = this.drawn[at];
    const flag = flags[slot];
    const state = flag & FLAG.danger ? 2 : flag & FLAG.alert ? 1 : flag & FLAG.anchored ? 3 : 0;
    const passed_s = clock_s - heard_s[slot];
    const age = flag & FLAG.lost ? 3 : passed_s > FADED_S ? 2 : passed_s > FADING_S ? 1 : 0;
    // Her heading; her course when she makes way and sends no heading; else no direction at all.
    let column = HEADINGS;
    const shown = Math.min(kind[slot], KIND_WORDS.length - 1);
    if (state !== 3 && POINTS[shown]) {
      if (heading[slot] < 360) column = Math.round((heading[slot] / 360) * HEADINGS) % HEADINGS;
      else if (cog[slot] < 3600 && sog[slot] !== NO_U16 && sog[slot] > MAKING_WAY) column = Math.round((cog[slot] / 3600) * HEADINGS) % HEADINGS;
    }
    stamps.stamp(Math.round(this.xs[at] * ratio), Math.round(this.ys[at] * ratio), shown, state, age, size, column);
  }

  /** Marks round few ships: guarded, own fleet, position not trusted, selected. */
  private drawRings(camera: Camera): void {
    const { context, fleet, palette } = this;
    if (this.drawnCount <= DOTS_FROM && this.specialCount) {
      context.lineWidth = 1.25;
      context.strokeStyle = palette.label;
      context.setLineDash([3, 3]);
      this.strokeSpecial(FLAG.untrusted, 9);
      context.setLineDash([]);
      context.strokeStyle = palette.own;
      this.strokeSpecial(FLAG.ownFleet, 11);
      this.strokeSpecial(FLAG.guarded, 11);
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

  private strokeSpecial(which: number, size: number): void {
    const { context, fleet, xs, ys, drawn, special } = this;
    context.beginPath();
    for (let ring = 0; ring < this.specialCount; ring++) {
      const at = special[ring];
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
    const { right_px, bottom_px } = this.hidden();
    labels.begin(camera.width - right_px, camera.height - bottom_px);
    for (const where of this.writings) labels.writing(...where);
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
      if (!name || labels.put(drawn[at], rank, xs[at], ys[at], name, false)) continue;
      if (anywhere) labels.put(drawn[at], rank, xs[at], ys[at], name, true);
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

/** By kind, whether the symbol points anywhere: a base station, an aid to navigation and a beacon do not. */
const POINTS = KIND_WORDS.map((_, kind) => kind !== 11 && kind !== 12 && kind !== 14);
const CORNERS = [[-1, -1], [1, -1], [1, 1], [-1, 1]] as const;
const SPECIAL = FLAG.alert | FLAG.ownFleet | FLAG.guarded | FLAG.untrusted;

/** A colour for each kind that a byte can name. */
function dotColours(palette: Palette, alpha: number): Uint32Array {
  const made = new Uint32Array(256).fill(toPixel(palette.kinds[0], alpha));
  palette.kinds.forEach((colour, kind) => (made[kind] = toPixel(colour, alpha)));
  return made;
}
