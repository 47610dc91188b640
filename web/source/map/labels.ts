/** Ship names on the map: the most important first, none over another, and an ordinary ship's name only where no ship lies under it, so
 *  that a crowd stays a crowd and a ship alone is named. Arranged a few times a second; between that, names move with their ships. */

import type { Palette } from "../core/palette";

const CELL_PX = 4;
const HALF_HIGH_PX = 7;
const SYMBOL_PX = 6;
/** From this rank on a ship carries the sign of an alert, which is larger than her own symbol. */
export const MARKED_RANK = 5;
/** From this rank on a name is written strongly, and over ordinary ships if it must be. */
export const STRONG_RANK = 4;
export const RANKS = 8;
const MARK_PX = 17;
/** The square or ring round a ship of one's own. */
const GUARD_PX = 11;
const SHORT_PX = 30;
const LONGEST = 24;
const FONT = '12px "B612", sans-serif';
const PICTURE_HIGH_PX = 18;
const PICTURE_EDGE_PX = 3;
const MOST_PICTURES = 800;

/** What is taken: by a ship, by a name or the sign of an alert. */
const SHIP = 1;
const WRITING = 2;

interface Picture {
  canvas: HTMLCanvasElement;
  wide: number;
}

export class Labels {
  private pictures = new Map<string, Picture>();
  private widths = new Map<string, number>();
  private taken = new Uint8Array(0);
  private columns = 0;
  private rows = 0;
  private ratio = 1;
  private palette: Palette | null = null;
  private measuring: CanvasRenderingContext2D | null = null;
  /** The names that are shown: slot, rank, and where the text begins from the middle of the ship. */
  private slots = new Uint32Array(256);
  private ranks = new Uint8Array(256);
  private leftOf = new Float32Array(256);
  private middleOf = new Float32Array(256);
  count = 0;

  /** Fonts arrive after the first names: what was made with another font is wrong. */
  forget(): void {
    this.widths.clear();
    this.pictures.clear();
  }

  private width(text: string): number {
    let width = this.widths.get(text);
    if (width === undefined) {
      if (this.widths.size > 20_000) this.widths.clear();
      if (!this.measuring) this.measuring = document.createElement("canvas").getContext("2d")!;
      this.measuring.font = FONT;
      width = this.measuring.measureText(text).width;
      this.widths.set(text, width);
    }
    return width;
  }

  /** Names are laid within this much of the map. */
  begin(width: number, height: number): void {
    this.columns = Math.ceil(width / CELL_PX);
    this.rows = Math.ceil(height / CELL_PX);
    const cells = this.columns * this.rows;
    if (this.taken.length < cells) this.taken = new Uint8Array(cells);
    else this.taken.fill(0);
    this.count = 0;
  }

  /** Here is a ship. */
  ship(x: number, y: number): void {
    this.mark(x - SYMBOL_PX, y - SYMBOL_PX, 2 * SYMBOL_PX, 2 * SYMBOL_PX, SHIP);
  }

  /** Here is the sign of something that matters. */
  sign(x: number, y: number, rank: number): void {
    const half = rank >= MARKED_RANK ? MARK_PX : GUARD_PX;
    this.mark(x - half, y - half, 2 * half, 2 * half, WRITING);
  }

  /** Here is other writing. */
  writing(left: number, top: number, width: number, height: number): void {
    this.mark(left, top, width, height, WRITING);
  }

  private mark(left: number, top: number, width: number, height: number, what: number): void {
    const from = Math.max(0, Math.floor(left / CELL_PX));
    const to = Math.min(this.columns - 1, Math.floor((left + width) / CELL_PX));
    const below = Math.min(this.rows - 1, Math.floor((top + height) / CELL_PX));
    for (let row = Math.max(0, Math.floor(top / CELL_PX)); row <= below; row++)
      for (let column = from; column <= to; column++) this.taken[row * this.columns + column] |= what;
  }

  private free(left: number, top: number, width: number, height: number, what: number): boolean {
    const from = Math.floor(left / CELL_PX);
    const to = Math.floor((left + width) / CELL_PX);
    const above = Math.floor(top / CELL_PX);
    const below = Math.floor((top + height) / CELL_PX);
    if (from < 0 || above < 0 || to >= this.columns || below >= this.rows) return false;
    for (let row = above; row <= below; row++)
      for (let column = from; column <= to; column++) if (this.taken[row * this.columns + column] & what) return false;
    return true;
  }

  /** Whether even a short name would find no room beside her: most of a crowd, told before anyone's name is looked up. */
  crowded(x: number, y: number): boolean {
    for (let side = 0; side < 4; side++) {
      const left = side === 0 ? 11 : side === 1 ? -11 - SHORT_PX : -SHORT_PX / 2;
      const top = side < 2 ? -HALF_HIGH_PX : side === 2 ? 11 : -11 - 2 * HALF_HIGH_PX;
      if (this.free(x + left, y + top, SHORT_PX, 2 * HALF_HIGH_PX, SHIP | WRITING)) return false;
    }
    return true;
  }

  /** Find room for a name; `anywhere` lets it lie over ordinary ships. */
  put(slot: number, rank: number, x: number, y: number, name: string, anywhere: boolean): boolean {
    const wide = this.width(shortened(name));
    const gap = rank >= MARKED_RANK ? MARK_PX + 5 : rank >= STRONG_RANK ? GUARD_PX + 4 : 11;
    const what = anywhere ? WRITING : SHIP | WRITING;
    for (let side = 0; side < 4; side++) {
      const left = side === 0 ? gap : side === 1 ? -gap - wide : -wide / 2;
      const middle = side < 2 ? 0 : side === 2 ? gap + HALF_HIGH_PX : -gap - HALF_HIGH_PX;
      if (!this.free(x + left, y + middle - HALF_HIGH_PX, wide, 2 * HALF_HIGH_PX, what)) continue;
      this.mark(x + left, y + middle - HALF_HIGH_PX, wide, 2 * HALF_HIGH_PX, WRITING);
      const at = this.count++;
      this.slots[at] = slot;
      this.ranks[at] = rank;
      this.leftOf[at] = left;
      this.middleOf[at] = middle;
      return true;
    }
    return false;
  }

  /** The slot of the ship that bears a name. */
  slot(at: number): number {
    return this.slots[at];
  }

  /** Draw one of the names beside her ship; writing it anew each time would cost more than all ships. */
  draw(context: CanvasRenderingContext2D, palette: Palette, ratio: number, at: number, x: number, y: number, name: string): void {
    if (palette !== this.palette || ratio !== this.ratio) {
      this.palette = palette;
      this.ratio = ratio;
      this.pictures.clear();
    }
    const strong = this.ranks[at] >= STRONG_RANK;
    const key = strong ? `!${name}` : name;
    let picture = this.pictures.get(key);
    if (!picture) {
      if (this.pictures.size >= MOST_PICTURES) this.pictures.clear();
      picture = write(shortened(name), strong ? palette.labelStrong : palette.label, palette.labelHalo, this.width(shortened(name)), ratio);
      this.pictures.set(key, picture);
    }
    const left = Math.round((x + this.leftOf[at] - PICTURE_EDGE_PX) * ratio) / ratio;
    const top = Math.round((y + this.middleOf[at] - PICTURE_HIGH_PX / 2) * ratio) / ratio;
    context.drawImage(picture.canvas, left, top, picture.wide, PICTURE_HIGH_PX);
  }
}

const shortened = (name: string): string => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);

function write(text: string, colour: string, halo: string, width: number, ratio: number): Picture {
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil((width + 2 * PICTURE_EDGE_PX) * ratio);
  canvas.height = Math.ceil(PICTURE_HIGH_PX * ratio);
  const context = canvas.getContext("2d")!;
  context.scale(ratio, ratio);
  context.font = FONT;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = halo;
  context.fillStyle = colour;
  context.strokeText(text, PICTURE_EDGE_PX, PICTURE_HIGH_PX / 2);
  context.fillText(text, PICTURE_EDGE_PX, PICTURE_HIGH_PX / 2);
  return { canvas, wide: canvas.width / ratio };
}
