/** Binary frames, docs/reference/wire.md: a 32-byte header, then one column after another, little endian.
 *  Columns start on their own natural boundary, so that typed arrays can look at the bytes without a copy. */

export const KIND_SNAPSHOT = 1;
export const KIND_DELTA = 2;
export const KIND_GONE = 3;
export const KIND_CHANGE = 4;

const MAGIC = 0x31465754; // "TWF1" read as a little-endian u32
const HEADER_BYTES = 32;
const SHIP_BYTES = 4 * 4 + 4 * 2 + 2;

export interface ShipFrame {
  kind: typeof KIND_SNAPSHOT | typeof KIND_DELTA;
  epoch: number;
  seq: number;
  count: number;
  /** The number of the view whose ships the page holds after this frame; 0 for all ships. */
  view: number;
  clock_s: number;
  slot: Uint32Array;
  lon: Int32Array;
  lat: Int32Array;
  heard_s: Uint32Array;
  cog: Uint16Array;
  sog: Uint16Array;
  heading: Uint16Array;
  length: Uint16Array;
  kinds: Uint8Array;
  flags: Uint8Array;
}

export interface GoneFrame {
  kind: typeof KIND_GONE;
  epoch: number;
  seq: number;
  count: number;
  view: number;
  clock_s: number;
  slot: Uint32Array;
}

/** What differs from the state `before`, of which the page must hold the ships. */
export interface ChangeFrame {
  kind: typeof KIND_CHANGE;
  epoch: number;
  seq: number;
  count: number;
  view: number;
  clock_s: number;
  before: number;
  gone: Uint32Array;
  slot: Uint32Array;
  /** By row, which columns follow for her: see `CHANGED`. */
  masks: Uint8Array;
  /** By column, the differences of those rows that have it, one after another. */
  differences: Record<ChangedColumn, Float64Array>;
}

export type Frame = ShipFrame | GoneFrame | ChangeFrame;

/** The bits of a mask, and the columns that each stands for, in the order in which they are sent. */
export const CHANGED = { position: 1, heard: 2, cog: 4, sog: 8, heading: 16, rest: 32, fresh: 64 } as const;
export type ChangedColumn = "lon" | "lat" | "heard_s" | "cog" | "sog" | "heading" | "length" | "kind" | "flags";
const COLUMN_BITS: [ChangedColumn, number][] = [
  ["lon", CHANGED.position], ["lat", CHANGED.position], ["heard_s", CHANGED.heard], ["cog", CHANGED.cog], ["sog", CHANGED.sog],
  ["heading", CHANGED.heading], ["length", CHANGED.rest], ["kind", CHANGED.rest], ["flags", CHANGED.rest],
];

export class FrameError extends Error {}

export function parseFrame(buffer: ArrayBuffer): Frame {
  if (buffer.byteLength < HEADER_BYTES) throw new FrameError("frame shorter than its header");
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== MAGIC) throw new FrameError("not a TWF1 frame");
  const kind = view.getUint8(4);
  const version = view.getUint8(5);
  if (version !== 1) throw new FrameError(`frame version ${version} is not known to this page; reload it`);
  const header = {
    epoch: view.getUint32(8, true),
    seq: view.getUint32(12, true),
    count: view.getUint32(16, true),
    view: view.getUint32(20, true),
    clock_s: view.getFloat64(24, true),
  };
  const { count } = header;
  const body = buffer.byteLength - HEADER_BYTES;
  if (kind === KIND_GONE) {
    if (body !== 4 * count) throw new FrameError("GONE frame of the wrong length");
    return { kind, ...header, slot: new Uint32Array(buffer, HEADER_BYTES, count) };
  }
  if (kind === KIND_CHANGE) return parseChange(buffer, header);
  if (kind !== KIND_SNAPSHOT && kind !== KIND_DELTA) throw new FrameError(`unknown frame kind ${kind}`);
  if (body !== SHIP_BYTES * count) throw new FrameError("ship frame of the wrong length");
  let offset = HEADER_BYTES;
  const take = (bytes: number): number => {
    const start = offset;
    offset += bytes * count;
    return start;
  };
  return {
    kind,
    ...header,
    slot: new Uint32Array(buffer, take(4), count),
    lon: new Int32Array(buffer, take(4), count),
    lat: new Int32Array(buffer, take(4), count),
    heard_s: new Uint32Array(buffer, take(4), count),
    cog: new Uint16Array(buffer, take(2), count),
    sog: new Uint16Array(buffer, take(2), count),
    heading: new Uint16Array(buffer, take(2), count),
    length: new Uint16Array(buffer, take(2), count),
    kinds: new Uint8Array(buffer, take(1), count),
    flags: new Uint8Array(buffer, take(1), count),
  };
}

type Header = Pick<ChangeFrame, "epoch" | "seq" | "count" | "view" | "clock_s">;

/** The body is one row of numbers, seven bits a byte, the lowest first; a high bit says that more follow. */
function parseChange(buffer: ArrayBuffer, header: Header): ChangeFrame {
  const bytes = new Uint8Array(buffer, HEADER_BYTES);
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 28; scale *= 128) {
      if (at >= bytes.length) throw new FrameError("CHANGE frame shorter than it says");
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new FrameError("a number of more than 35 bits");
  };
  const few = (count: number): number => {
    if (count > bytes.length) throw new FrameError("CHANGE frame shorter than it says"); // each number takes a byte at least
    return count;
  };
  const slots = (count: number): Uint32Array => {
    const found = new Uint32Array(few(count));
    for (let row = 0, slot = -1; row < count; row++) found[row] = slot += next() + 1;
    return found;
  };
  const before = header.seq - next();
  const gone = slots(next());
  const slot = slots(header.count);
  const masks = new Uint8Array(header.count);
  for (let row = 0; row < header.count; row++) masks[row] = next();
  const differences = {} as Record<ChangedColumn, Float64Array>;
  for (const [column, bit] of COLUMN_BITS) {
    let told = 0;
    for (const mask of masks) if (mask & bit) told++;
    const found = new Float64Array(few(told));
    for (let row = 0; row < told; row++) {
      const value = next();
      found[row] = value % 2 ? -(value + 1) / 2 : value / 2;
    }
    differences[column] = found;
  }
  if (at !== bytes.length) throw new FrameError("CHANGE frame longer than it says");
  return { kind: KIND_CHANGE, ...header, before, gone, slot, masks, differences };
}
