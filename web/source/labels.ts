/** Ship names on the map, placed greedily: the most important first, none over another. */

import type { Palette } from "./palette";

const MOST_LABELS = 140;
const CELL_PX = 8;
/** From this rank on a ship carries the sign of an alert, which is larger than her own symbol. */
const MARKED_RANK = 4;
const MARK_PX = 17;
export const LABEL_FONT = '12px "B612", sans-serif';

export interface Candidate {
  slot: number;
  rank: number;
}

export class Labels {
  private widths = new Map<string, number>();
  private taken = new Uint8Array(0);
  private columns = 0;
  private rows = 0;

  private measure(context: CanvasRenderingContext2D, text: string): number {
    let width = this.widths.get(text);
    if (width === undefined) {
      if (this.widths.size > 20_000) this.widths.clear();
      width = context.measureText(text).width;
      this.widths.set(text, width);
    }
    return width;
  }

  /** Fonts arrive after the first labels: what was measured with another font is wrong. */
  forgetWidths(): void {
    this.widths.clear();
  }

  private claim(left: number, top: number, width: number, height: number): boolean {
    const from = Math.floor(left / CELL_PX);
    const to = Math.floor((left + width) / CELL_PX);
    const above = Math.floor(top / CELL_PX);
    const below = Math.floor((top + height) / CELL_PX);
    if (from < 0 || above < 0 || to >= this.columns || below >= this.rows) return false;
    for (let row = above; row <= below; row++)
      for (let column = from; column <= to; column++) if (this.taken[row * this.columns + column]) return false;
    for (let row = above; row <= below; row++)
      for (let column = from; column <= to; column++) this.taken[row * this.columns + column] = 1;
    return true;
  }

  draw(
    context: CanvasRenderingContext2D, width: number, height: number, palette: Palette, candidates: Candidate[],
    place: (slot: number) => [x: number, y: number] | null, name: (slot: number) => string,
  ): void {
    this.columns = Math.ceil(width / CELL_PX);
    this.rows = Math.ceil(height / CELL_PX);
    if (this.taken.length < this.columns * this.rows) this.taken = new Uint8Array(this.columns * this.rows);
    else this.taken.fill(0);
    context.font = LABEL_FONT;
    context.textBaseline = "middle";
    context.textAlign = "left";
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = palette.labelHalo;
    // Symbols of what matters are obstacles too.
    for (const { slot, rank } of candidates) {
      if (rank < 3) break;
      const at = place(slot);
      const half = rank >= MARKED_RANK ? MARK_PX : 7;
      if (at) this.claim(at[0] - half, at[1] - half, 2 * half, 2 * half);
    }
    let drawn = 0;
    for (const { slot, rank } of candidates) {
      if (drawn >= MOST_LABELS) break;
      const at = place(slot);
      const full = name(slot);
      if (!at || !full) continue;
      const text = full.length > 24 ? `${full.slice(0, 23)}…` : full;
      const [x, y] = at;
      const wide = this.measure(context, text);
      const gap = rank >= MARKED_RANK ? MARK_PX + CELL_PX + 1 : 11;
      let left = x + gap;
      let middle = y;
      if (!this.claim(left, y - 7, wide, 14)) {
        left = x - gap - wide;
        if (!this.claim(left, y - 7, wide, 14)) {
          left = x - wide / 2;
          middle = y + gap + 7;
          if (!this.claim(left, middle - 7, wide, 14)) {
            middle = y - gap - 7;
            if (!this.claim(left, middle - 7, wide, 14)) continue;
          }
        }
      }
      context.strokeText(text, left, middle);
      context.fillStyle = rank >= 3 ? palette.labelStrong : palette.label;
      context.fillText(text, left, middle);
      drawn++;
    }
  }
}
