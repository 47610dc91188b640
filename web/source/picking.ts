/** What is under the pointer: a uniform grid over the screen, filled by counting, so that it costs one pass. */

const CELL_PX = 32;

export class Grid {
  private columns = 1;
  private rows = 1;
  private starts = new Uint32Array(2);
  private slots = new Uint32Array(0);

  /** `xs` and `ys` are CSS pixels of the first `count` drawn ships, `drawn` their slots. */
  fill(width: number, height: number, xs: Float32Array, ys: Float32Array, drawn: Uint32Array, count: number): void {
    this.columns = Math.max(1, Math.ceil(width / CELL_PX));
    this.rows = Math.max(1, Math.ceil(height / CELL_PX));
    const cells = this.columns * this.rows;
    if (this.starts.length < cells + 1) this.starts = new Uint32Array(cells + 1);
    else this.starts.fill(0);
    if (this.slots.length < count) this.slots = new Uint32Array(Math.max(count, drawn.length));
    const { starts } = this;
    for (let at = 0; at < count; at++) starts[this.cell(xs[at], ys[at])]++;
    let total = 0;
    for (let cell = 0; cell <= cells; cell++) {
      total += starts[cell];
      starts[cell] = total;
    }
    for (let at = count - 1; at >= 0; at--) this.slots[--starts[this.cell(xs[at], ys[at])]] = at;
  }

  private cell(x: number, y: number): number {
    const column = Math.min(this.columns - 1, Math.max(0, Math.floor(x / CELL_PX)));
    const row = Math.min(this.rows - 1, Math.max(0, Math.floor(y / CELL_PX)));
    return row * this.columns + column;
  }

  /** Nearest by distance less `bonus` (an alerted ship is easier to hit than an ordinary one beside her). */
  nearest(
    x: number, y: number, reach_px: number, xs: Float32Array, ys: Float32Array, bonus: (at: number) => number,
  ): number | null {
    let best: number | null = null;
    let least = reach_px;
    const from = Math.max(0, Math.floor((x - reach_px) / CELL_PX));
    const to = Math.min(this.columns - 1, Math.floor((x + reach_px) / CELL_PX));
    const top = Math.max(0, Math.floor((y - reach_px) / CELL_PX));
    const bottom = Math.min(this.rows - 1, Math.floor((y + reach_px) / CELL_PX));
    for (let row = top; row <= bottom; row++) {
      for (let column = from; column <= to; column++) {
        const cell = row * this.columns + column;
        for (let at = this.starts[cell]; at < this.starts[cell + 1]; at++) {
          const drawn = this.slots[at];
          const distance = Math.hypot(xs[drawn] - x, ys[drawn] - y);
          if (distance > reach_px) continue;
          const score = distance - bonus(drawn);
          if (score < least) {
            least = score;
            best = drawn;
          }
        }
      }
    }
    return best;
  }
}
