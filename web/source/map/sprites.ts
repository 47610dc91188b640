/** Ship symbols (symbol.ts) as stamps: lists of pixels, so that a ship is drawn by writing some seventy numbers into a picture. Where no
 *  GPU is, that takes a tenth of what as many calls of drawImage do. What is old is paler, what is lost is crossed. */

import type { Palette } from "../core/palette";
import type { Context } from "../core/plane";
import { AGES, STATES, cross, drawSymbol } from "./symbol";

export const HEADINGS = 64;
const COLUMNS = HEADINGS + 1;
const KINDS = 15;
/** 0 as mariners know them; 1 smaller, for ordinary ships of a crowd. */
const SIZES = 2;
const CROWD_SCALE = 0.72;
/** CSS pixels. */
const CELL = 28;

const keyOf = (kind: number, state: number, age: number, size: number): number => (((kind * STATES + state) * AGES + age) * SIZES + size) * COLUMNS;

/** A picture that is drawn pixel by pixel, with room round it for what hangs over the edge. */
export class Stamps {
  /** Device pixels round the picture. */
  readonly pad: number;
  readonly stride: number;
  private image: ImageData;
  readonly pixels: Uint32Array;
  /** Where the pixels of a stamp begin, and where its whole ones and all of it end; 0 for one that is not made yet. */
  private starts = new Uint32Array(KINDS * STATES * AGES * SIZES * COLUMNS);
  private solidEnds = new Uint32Array(this.starts.length);
  private ends = new Uint32Array(this.starts.length);
  private used = 1;
  private offsets = new Int32Array(1 << 16);
  private colours = new Uint32Array(1 << 16);
  private strip: Context;

  constructor(private palette: Palette, readonly ratio: number, readonly width: number, readonly height: number) {
    this.pad = Math.ceil(CELL * 1.5 * ratio);
    this.stride = width + 2 * this.pad;
    this.image = new ImageData(this.stride, height + 2 * this.pad);
    this.pixels = new Uint32Array(this.image.data.buffer);
    const canvas = document.createElement("canvas");
    canvas.width = COLUMNS * this.cell;
    canvas.height = this.cell;
    this.strip = canvas.getContext("2d", { willReadFrequently: true })!;
  }

  private get cell(): number {
    return Math.ceil(CELL * this.ratio);
  }

  clear(): void {
    this.pixels.fill(0);
  }

  show(context: Context): void {
    context.putImageData(this.image, -this.pad, -this.pad);
  }

  /** A symbol with its middle at a device pixel; `column` is a heading, or HEADINGS for none. */
  stamp(x: number, y: number, kind: number, state: number, age: number, size: number, column: number): void {
    const key = keyOf(kind, state, age, size) + column;
    if (!this.starts[key]) this.cut(kind, state, age, size);
    const { pixels, offsets, colours } = this;
    const middle = (y + this.pad) * this.stride + x + this.pad;
    const solidEnd = this.solidEnds[key];
    let at = this.starts[key];
    for (; at < solidEnd; at++) pixels[middle + offsets[at]] = colours[at];
    const end = this.ends[key];
    for (; at < end; at++) {
      const place = middle + offsets[at];
      const below = pixels[place];
      const above = colours[at];
      if (below === 0) {
        pixels[place] = above;
        continue;
      }
      const share = above >>> 24;
      const rest = 255 - share;
      const redBlue = (((above & 0xff00ff) * share + (below & 0xff00ff) * rest) >>> 8) & 0xff00ff;
      const green = (((above & 0xff00) * share + (below & 0xff00) * rest) >>> 8) & 0xff00;
      pixels[place] = ((share + (((below >>> 24) * rest) >>> 8)) << 24) | redBlue | green;
    }
  }

  /** Make the stamps of one symbol in all headings. */
  private cut(kind: number, state: number, age: number, size: number): void {
    const { strip, cell, stride } = this;
    const first = keyOf(kind, state, age, size);
    const ratio = this.ratio * (size ? CROWD_SCALE : 1);
    strip.setTransform(1, 0, 0, 1, 0, 0);
    strip.clearRect(0, 0, COLUMNS * cell, cell);
    for (let column = 0; column < COLUMNS; column++) {
      strip.setTransform(ratio, 0, 0, ratio, (column + 0.5) * cell, cell / 2);
      if (column < HEADINGS) strip.rotate((column / HEADINGS) * 2 * Math.PI);
      strip.globalAlpha = state === 1 || state === 2 ? 1 : [1, 0.8, 0.75, 0.75][age];
      drawSymbol(strip, this.palette, kind, state, age, column < HEADINGS);
      if (age < 3) continue;
      strip.setTransform(ratio, 0, 0, ratio, (column + 0.5) * cell, cell / 2);
      strip.globalAlpha = 1;
      strip.lineWidth = 1.25;
      strip.strokeStyle = this.palette.label;
      cross(strip, 6);
      strip.stroke();
    }
    const source = new Uint32Array(strip.getImageData(0, 0, COLUMNS * cell, cell).data.buffer);
    const half = Math.floor(cell / 2);
    for (let column = 0; column < COLUMNS; column++) {
      const key = first + column;
      if (this.used + cell * cell > this.offsets.length) this.widen();
      this.starts[key] = this.used;
      for (const solid of [true, false]) {
        for (let y = 0; y < cell; y++) {
          for (let x = 0; x < cell; x++) {
            const colour = source[y * COLUMNS * cell + column * cell + x];
            const alpha = colour >>> 24;
            if (alpha < 12 || (alpha > 243) !== solid) continue;
            this.offsets[this.used] = (y - half) * stride + x - half;
            this.colours[this.used++] = colour;
          }
        }
        if (solid) this.solidEnds[key] = this.used;
      }
      this.ends[key] = this.used;
    }
  }

  private widen(): void {
    const offsets = new Int32Array(this.offsets.length * 2);
    offsets.set(this.offsets);
    this.offsets = offsets;
    const colours = new Uint32Array(this.colours.length * 2);
    colours.set(this.colours);
    this.colours = colours;
  }
}

/** "#rrggbb" as a pixel. */
export function toPixel(colour: string, alpha = 255): number {
  const value = parseInt(colour.slice(1), 16);
  return ((alpha << 24) | ((value & 0xff) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}
