/** Where ships were at a time of the replay that was played already: from blocks that the desk never changes and the browser keeps,
 *  so that they are there at once while the slider is drawn, and the play itself comes after. The next blocks on the slider's way are
 *  fetched before it is there, and while it plays the block that has just become one: it is the first on the way back. */

import { BASE } from "../core/base";
import { mercatorX, mercatorY } from "../core/mercator";
import { NO_POSITION, NO_U16 } from "../core/shapes";
import type { Camera } from "../core/camera";
import type { Palette } from "../core/palette";

export const BLOCK_S = 600;
/** The desk gives a block away when nothing can come to it any more; its own word on that is two minutes. */
const FINAL_AFTER_S = 130;
const KEPT_S = 6 * 3600;
const HEADER_BYTES = 32;
const ROW_BYTES = 4 * 4 + 2 * 2 + 1;
const MOST_BLOCKS = 40;
/** How many blocks on the way are fetched before they are wanted. */
const AHEAD = 2;
/** At 3600× there is a new block six times a second: who does not draw the slider needs no more than this. */
const PLAY_EVERY_MS = 1000;

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
/** Which way the slider goes: -1, 1, or 0 before it is known. */
let way = 0;
/** What is on its way before it is wanted. */
const ahead = new Map<string, AbortController>();
/** What the desk would not give: that is asked for again only when it is wanted. */
const refused = new Set<string>();
const MOST_REFUSED = 100;
let playedAt_ms = -PLAY_EVERY_MS;

/** What is replayed, where it begins and how far it has come. */
export interface Played {
  of: string;
  start_s: number;
  clock_s: number;
}

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

const blockOf = (time_s: number): number => Math.floor(time_s / BLOCK_S) * BLOCK_S;
const addressOf = (from_s: number, played: Played): string => `${BASE}/api/blocks/${from_s}?of=${played.of}`;

/** Whether the desk gives a block away. */
const isThere = (from_s: number, { start_s, clock_s }: Played): boolean =>
  from_s + BLOCK_S > start_s && from_s + BLOCK_S + FINAL_AFTER_S <= clock_s && from_s >= clock_s - KEPT_S;

/** Ask for a block; one that failed, or was called off, may be asked for again. */
function load(address: string, signal?: AbortSignal): Promise<Block | null> {
  const asked = fetch(address, { signal })
    .then(async (answer) => (answer.ok ? parseBlock(await answer.arrayBuffer()) : null))
    .catch(() => null);
  blocks.set(address, asked);
  while (blocks.size > MOST_BLOCKS) blocks.delete(blocks.keys().next().value!);
  void asked.then((block) => {
    if (!block && blocks.get(address) === asked) blocks.delete(address);
  });
  return asked;
}

/** A block that is over for sure, of what is replayed. */
function blockAt(from_s: number, played: Played): Promise<Block | null> {
  const address = addressOf(from_s, played);
  ahead.delete(address); // it is wanted now, and called off no more
  return blocks.get(address) ?? load(address);
}

function fetchAhead(address: string): void {
  if (blocks.has(address) || refused.has(address)) return;
  const stop = new AbortController();
  ahead.set(address, stop);
  void load(address, stop.signal).then((block) => {
    if (ahead.get(address) === stop) ahead.delete(address);
    if (block || stop.signal.aborted) return;
    if (refused.size >= MOST_REFUSED) refused.clear();
    refused.add(address);
  });
}

/** The blocks on the slider's way from where it is. */
function onTheWay(played: Played): string[] {
  if (wanted_s === null || way === 0) return [];
  const here_s = blockOf(wanted_s);
  const next = Array.from({ length: AHEAD }, (_, at) => here_s + way * (at + 1) * BLOCK_S);
  return next.filter((from_s) => isThere(from_s, played)).map((from_s) => addressOf(from_s, played));
}

/** Call off what is no longer on the way. */
function callOff(kept: string[]): void {
  for (const [address, stop] of ahead) {
    if (kept.includes(address)) continue;
    ahead.delete(address);
    blocks.delete(address);
    stop.abort();
  }
}

/** While it plays and nobody draws the slider: the newest block. */
export function keepUp(played: Played): void {
  const newest_s = blockOf(played.clock_s - FINAL_AFTER_S) - BLOCK_S;
  if (ahead.size || performance.now() - playedAt_ms < PLAY_EVERY_MS || !isThere(newest_s, played)) return;
  playedAt_ms = performance.now();
  fetchAhead(addressOf(newest_s, played));
}

/** Show where ships were at a time, as soon as that is known; null: show the play again. */
export async function preview(time_s: number | null, played: Played, drawn: () => void): Promise<void> {
  if (time_s === wanted_s) return;
  way = time_s === null ? 0 : Math.sign(time_s - (wanted_s ?? played.clock_s)) || way;
  wanted_s = time_s;
  callOff([...onTheWay(played), time_s === null ? "" : addressOf(blockOf(time_s), played)]);
  const from_s = time_s === null ? NaN : blockOf(time_s);
  const there = blocks.has(addressOf(from_s, played)) || isThere(from_s, played);
  const block = time_s !== null && there ? await blockAt(from_s, played) : null;
  for (const address of onTheWay(played)) fetchAhead(address); // from where it is by now
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
