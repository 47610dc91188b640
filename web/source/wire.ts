/** Binary frames, docs/reference/wire.md: a 32-byte header, then one column after another, little endian.
 *  Columns start on their own natural boundary, so that typed arrays can look at the bytes without a copy. */

export const KIND_SNAPSHOT = 1;
export const KIND_DELTA = 2;
export const KIND_GONE = 3;

const MAGIC = 0x31465754; // "TWF1" read as a little-endian u32
const HEADER_BYTES = 32;
const SHIP_BYTES = 4 * 4 + 4 * 2 + 2;

export interface ShipFrame {
  kind: typeof KIND_SNAPSHOT | typeof KIND_DELTA;
  epoch: number;
  seq: number;
  count: number;
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
  clock_s: number;
  slot: Uint32Array;
}

export class FrameError extends Error {}

export function parseFrame(buffer: ArrayBuffer): ShipFrame | GoneFrame {
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
    clock_s: view.getFloat64(24, true),
  };
  const { count } = header;
  const body = buffer.byteLength - HEADER_BYTES;
  if (kind === KIND_GONE) {
    if (body !== 4 * count) throw new FrameError("GONE frame of the wrong length");
    return { kind, ...header, slot: new Uint32Array(buffer, HEADER_BYTES, count) };
  }
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
