/** Where ships were at a time of the replay that was played already: from blocks that the desk never changes and the browser keeps,
 *  so that they are there at once while the slider is drawn, and the play itself comes after. */

import { mercatorX, mercatorY } from "./fleet";
import { NO_POSITION, NO_U16 } from "./shapes";
import type { Camera } from "./ships";
import type { Palette } from "./palette";

export const BLOCK_S = 600;
/** The desk gives a block away when nothing can come to it any more; its own word on that is two minutes. */
const FINAL_AFTER_S = 130;
const KEPT_S = 6 * 3600;
const HEADER_BYTES = 32;
const ROW_BYTES = 4 * 4 + 2 * 2 + 1;
const MOST_BLOCKS = 40;

interface Block {
  ship: Uint32Array;
  time_s: Uint32Array;
  lon: Int32Array;
  lat: Int32Array;
  cog: Uint16Array;
}

const blocks = new Map<string, Promise<Block | null>>();
let shown: { x: Float64Array; y: Float64Array; cog: Uint16Array } | null = null;
let wanted_s: number | null = null;

/** A block as docs/reference/wire.md says; null for anything else. */
export function parseBlock(buffer: ArrayBuffer): Block | null {
  if (buffer.byteLength < HEADER_BYTES) return null;
  const view = new DataView(buffer);
  const count = view.getUint32(16, true);
  if (view.getUint32(0, true) !== 0x31465754 || view.getUint8(4) !== 5 || buffer.byteLength !== HEADER_BYTES + count * ROW_BYTES) return null;
  const at = (bytes: number): number => HEADER_BYTES + bytes * count;
  return {
    ship: new Uint32Array(buffer, at(0), count), time_s: new Uint32Array(buffer, at(4), count),
    lon: new Int32Array(buffer, at(8), count), lat: new Int32Array(buffer, at(12), count), cog: new Uint16Array(buffer, at(16), count),
  };
}

/** A block that is over for sure, of what is replayed; one that failed may be asked for again. */
function blockAt(from_s: number, of: string): Promise<Block | null> {
  const address = `/api/blocks/${from_s}?of=${of}`;
  const known = blocks.get(address);
  if (known) return known;
  const asked = fetch(address).then(
    async (answer) => (answer.ok ? parseBlock(await answer.arrayBuffer()) : null),
    () => null,
  );
  blocks.set(address, asked);
  while (blocks.size > MOST_BLOCKS) blocks.delete(blocks.keys().next().value!);
  void asked.then((block) => block ?? blocks.delete(address));
  return asked;
}

/** Show where ships were at a time, as soon as that is known; null: show the play again. */
export async function preview(time_s: number | null, clock_s: number, of: string, drawn: () => void): Promise<void> {
  if (time_s === wanted_s) return;
  wanted_s = time_s;
  const from_s = time_s === null ? NaN : Math.floor(time_s / BLOCK_S) * BLOCK_S;
  const there = blocks.has(`/api/blocks/${from_s}?of=${of}`) || (from_s + BLOCK_S + FINAL_AFTER_S <= clock_s && from_s >= clock_s - KEPT_S);
  const block = time_s !== null && there ? await blockAt(from_s, of) : null;
  if (time_s !== wanted_s) return; // the slider is elsewhere by now
  shown = block && time_s !== null ? lastBefore(block, time_s) : null;
  drawn();
}

/** Of each ship her last position up to a time; rows are in order of time. */
function lastBefore(block: Block, time_s: number): typeof shown {
  const last = new Map<number, number>();
  for (let row = 0; row < block.ship.length && block.time_s[row] <= time_s; row++) {
    if (block.lon[row] !== NO_POSITION && block.lat[row] !== NO_POSITION) last.set(block.ship[row], row);
  }
  const rows = [...last.values()];
  return {
    x: Float64Array.from(rows, (row) => mercatorX(block.lon[row] / 1e7)), y: Float64Array.from(rows, (row) => mercatorY(block.lat[row] / 1e7)),
    cog: Uint16Array.from(rows, (row) => block.cog[row]),
  };
}

export const previewed = (): number => shown?.x.length ?? 0;

/** Hollow marks: none of them is a ship of now. */
export function drawPast(context: CanvasRenderingContext2D, camera: Camera, palette: Palette): void {
  if (!shown) return;
  context.strokeStyle = palette.own;
  context.lineWidth = 1.25;
  context.beginPath();
  for (let at = 0; at < shown.x.length; at++) {
    let away = shown.x[at] - camera.centreX;
    away -= Math.round(away);
    const x = away * camera.worldPx + camera.width / 2;
    const y = (shown.y[at] - camera.centreY) * camera.worldPx + camera.height / 2;
    if (x < -10 || y < -10 || x > camera.width + 10 || y > camera.height + 10) continue;
    if (shown.cog[at] === NO_U16) {
      context.moveTo(x + 4, y);
      context.arc(x, y, 4, 0, 2 * Math.PI);
      continue;
    }
    const course = ((shown.cog[at] / 10) * Math.PI) / 180;
    const [ahead, beside] = [[Math.sin(course), -Math.cos(course)], [Math.cos(course), Math.sin(course)]];
    context.moveTo(x + 8 * ahead[0], y + 8 * ahead[1]);
    context.lineTo(x - 5 * ahead[0] + 4 * beside[0], y - 5 * ahead[1] + 4 * beside[1]);
    context.lineTo(x - 5 * ahead[0] - 4 * beside[0], y - 5 * ahead[1] - 4 * beside[1]);
    context.closePath();
  }
  context.stroke();
}
