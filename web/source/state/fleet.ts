/** All ships as columns of typed arrays, one row a slot: no object per ship, so that 200,000 of them stay cheap. */

import { latitude, mercatorX, mercatorY } from "../core/mercator";
import { FLAG, NO_POSITION, NO_U16, type NameRow } from "../core/shapes";
import { CHANGED, KIND_CHANGE, KIND_GONE, KIND_SNAPSHOT, type ChangeFrame, type Frame, type ShipFrame } from "../core/wire";

const MOST_SLOTS = 4_000_000;
const EARTH_CIRCUMFERENCE_M = 40_075_016.686;
/** Differences of positions are told in steps of so many 1e-7 degrees, and no position as one beyond the world. */
const STEP = 10;
const NO_POSITION_STEPS = Math.floor(NO_POSITION / STEP);
const KNOT_M_S = 1852 / 3600;
/** How far ahead of her last report a ship is drawn: longer would be invention. */
const DEAD_RECKONING_S = 60;

interface Live {
  sog_kn: number | null;
  cog_deg: number | null;
  heading_deg: number | null;
  heard_s: number;
  lat_deg: number | null;
  lon_deg: number | null;
}

export class Fleet {
  capacity = 0;
  /** Slots at or above this number have never been used in this epoch. */
  top = 0;
  present = 0;
  epoch = -1;
  /** As the desk told them, 1e-7 degree: what differences are added to. */
  lon = new Int32Array(0);
  lat = new Int32Array(0);
  /** Mercator, the world being 0 to 1 both ways, y down; as reported, and as drawn now. */
  x = new Float64Array(0);
  y = new Float64Array(0);
  drawnX = new Float64Array(0);
  drawnY = new Float64Array(0);
  /** Mercator units a second of the clock. */
  stepX = new Float64Array(0);
  stepY = new Float64Array(0);
  heard_s = new Uint32Array(0);
  cog = new Uint16Array(0);
  sog = new Uint16Array(0);
  heading = new Uint16Array(0);
  length = new Uint16Array(0);
  kind = new Uint8Array(0);
  flags = new Uint8Array(0);
  /** 0 absent, 1 present without a position, 2 present. */
  state = new Uint8Array(0);
  id = new Float64Array(0);
  names: string[] = [];
  nations: (string | null)[] = [];
  private slotOfId = new Map<number, number>();

  private grow(slots: number): void {
    if (slots <= this.capacity) return;
    if (slots > MOST_SLOTS) throw new RangeError("more ships than this page can hold");
    const capacity = Math.min(MOST_SLOTS, Math.max(1024, 2 ** Math.ceil(Math.log2(slots))));
    const wider = <T extends Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array>(old: T): T => {
      const fresh = new (old.constructor as new (length: number) => T)(capacity);
      fresh.set(old as never);
      return fresh;
    };
    this.lon = wider(this.lon);
    this.lat = wider(this.lat);
    this.x = wider(this.x);
    this.y = wider(this.y);
    this.drawnX = wider(this.drawnX);
    this.drawnY = wider(this.drawnY);
    this.stepX = wider(this.stepX);
    this.stepY = wider(this.stepY);
    this.heard_s = wider(this.heard_s);
    this.cog = wider(this.cog);
    this.sog = wider(this.sog);
    this.heading = wider(this.heading);
    this.length = wider(this.length);
    this.kind = wider(this.kind);
    this.flags = wider(this.flags);
    this.state = wider(this.state);
    this.id = wider(this.id);
    this.capacity = capacity;
  }

  forget(): void {
    this.state.fill(0);
    this.id.fill(0);
    this.names = [];
    this.nations = [];
    this.slotOfId.clear();
    this.top = 0;
    this.present = 0;
  }

  /** A new epoch is announced before its first snapshot, and names may come between the two. */
  begin(epoch: number): void {
    if (epoch === this.epoch) return;
    this.forget();
    this.epoch = epoch;
  }

  /** Returns false when the frame belongs to an epoch of which no snapshot has been seen. */
  apply(frame: Frame): boolean {
    if (frame.kind === KIND_SNAPSHOT) {
      this.begin(frame.epoch);
      this.state.fill(0);
      this.present = 0;
    } else if (frame.epoch !== this.epoch) {
      return false;
    }
    if (frame.kind === KIND_GONE || frame.kind === KIND_CHANGE) {
      for (const slot of frame.kind === KIND_GONE ? frame.slot : frame.gone) {
        if (slot < this.top && this.state[slot]) {
          this.state[slot] = 0;
          this.present--;
        }
      }
      if (frame.kind === KIND_GONE) return true;
    }
    let highest = 0;
    for (const slot of frame.slot) if (slot > highest) highest = slot;
    if (frame.count) this.grow(highest + 1);
    if (frame.kind === KIND_CHANGE) this.change(frame);
    else for (let row = 0; row < frame.count; row++) this.set(frame, row);
    this.top = Math.max(this.top, frame.count ? highest + 1 : 0);
    return true;
  }

  private set(frame: ShipFrame, row: number): void {
    const slot = frame.slot[row];
    this.lon[slot] = frame.lon[row];
    this.lat[slot] = frame.lat[row];
    this.heard_s[slot] = frame.heard_s[row];
    this.cog[slot] = frame.cog[row];
    this.sog[slot] = frame.sog[row];
    this.heading[slot] = frame.heading[row];
    this.length[slot] = frame.length[row];
    this.kind[slot] = frame.kinds[row];
    this.flags[slot] = frame.flags[row];
    this.place(slot);
  }

  /** Add to each ship what differs; one that is new begins from nothing, heard at the clock. */
  private change(frame: ChangeFrame): void {
    const { masks, differences } = frame;
    const at = { lon: 0, lat: 0, heard_s: 0, cog: 0, sog: 0, heading: 0, length: 0, kind: 0, flags: 0 };
    const next = (column: keyof typeof at): number => differences[column][at[column]++];
    const steps = (value: number): number => (value === NO_POSITION ? NO_POSITION_STEPS : value / STEP);
    const degrees = (value: number): number => (value === NO_POSITION_STEPS ? NO_POSITION : value * STEP);
    for (let row = 0; row < frame.count; row++) {
      const slot = frame.slot[row];
      const mask = masks[row];
      if (mask & CHANGED.fresh) {
        this.lon[slot] = this.lat[slot] = this.cog[slot] = this.sog[slot] = this.heading[slot] = 0;
        this.length[slot] = this.kind[slot] = this.flags[slot] = 0;
        this.heard_s[slot] = Math.floor(frame.clock_s) || 0;
      }
      if (mask & CHANGED.position) {
        this.lon[slot] = degrees(steps(this.lon[slot]) + next("lon"));
        this.lat[slot] = degrees(steps(this.lat[slot]) + next("lat"));
      }
      if (mask & CHANGED.heard) this.heard_s[slot] += next("heard_s");
      if (mask & CHANGED.cog) this.cog[slot] += next("cog");
      if (mask & CHANGED.sog) this.sog[slot] += next("sog");
      if (mask & CHANGED.heading) this.heading[slot] += next("heading");
      if (mask & CHANGED.rest) {
        this.length[slot] += next("length");
        this.kind[slot] += next("kind");
        this.flags[slot] += next("flags");
      }
      this.place(slot);
    }
  }

  /** From what was told of a ship to where she is drawn. */
  private place(slot: number): void {
    if (!this.state[slot]) this.present++;
    const known = this.lon[slot] !== NO_POSITION && this.lat[slot] !== NO_POSITION;
    this.state[slot] = known ? 2 : 1;
    if (!known) return;
    const lat_deg = this.lat[slot] / 1e7;
    this.x[slot] = mercatorX(this.lon[slot] / 1e7);
    this.y[slot] = mercatorY(lat_deg);
    this.drawnX[slot] = this.x[slot];
    this.drawnY[slot] = this.y[slot];
    const moving = this.sog[slot] !== NO_U16 && this.cog[slot] !== NO_U16 && !(this.flags[slot] & (FLAG.lost | FLAG.anchored | FLAG.untrusted));
    if (moving) {
      const speed = ((this.sog[slot] / 10) * KNOT_M_S) / (EARTH_CIRCUMFERENCE_M * Math.cos((lat_deg * Math.PI) / 180));
      const course = ((this.cog[slot] / 10) * Math.PI) / 180;
      this.stepX[slot] = speed * Math.sin(course);
      this.stepY[slot] = -speed * Math.cos(course);
    } else {
      this.stepX[slot] = 0;
      this.stepY[slot] = 0;
    }
  }

  name(rows: NameRow[]): void {
    for (const [slot, id, name, , nation] of rows) {
      this.grow(slot + 1);
      const before = this.id[slot];
      if (before !== id && this.slotOfId.get(before) === slot) this.slotOfId.delete(before); // the slot has a new owner
      this.id[slot] = id;
      this.names[slot] = name;
      this.nations[slot] = nation;
      this.slotOfId.set(id, slot);
    }
  }

  slotOf(id: number): number | null {
    return this.slotOfId.get(id) ?? null;
  }

  nameOf(id: number): string {
    const slot = this.slotOfId.get(id);
    const name = slot === undefined ? "" : (this.names[slot] ?? "");
    return name || (id > 4_000_000_000 ? `radar target ${id - 4_000_000_000}` : String(id).padStart(9, "0"));
  }

  /** Carry every ship forward from her last report to the clock, for at most a minute of it. */
  reckon(clock_s: number): void {
    const { x, y, stepX, stepY, drawnX, drawnY, heard_s, state, top } = this;
    for (let slot = 0; slot < top; slot++) {
      if (state[slot] !== 2) continue;
      let ahead_s = clock_s - heard_s[slot];
      if (ahead_s < 0) ahead_s = 0;
      else if (ahead_s > DEAD_RECKONING_S) ahead_s = DEAD_RECKONING_S;
      drawnX[slot] = x[slot] + stepX[slot] * ahead_s;
      drawnY[slot] = y[slot] + stepY[slot] * ahead_s;
    }
  }

  /** Her newest state as far as this page knows it; null for a ship that it was not told of. */
  live(id: number): Live | null {
    const slot = this.slotOf(id);
    if (slot === null || !this.state[slot]) return null;
    const [lat_deg, lon_deg] = this.state[slot] === 2 ? this.latLon(slot) : [null, null];
    return {
      sog_kn: this.sog[slot] === NO_U16 ? null : this.sog[slot] / 10,
      cog_deg: this.cog[slot] === NO_U16 ? null : this.cog[slot] / 10,
      heading_deg: this.heading[slot] === NO_U16 ? null : this.heading[slot],
      heard_s: this.heard_s[slot],
      lat_deg,
      lon_deg,
    };
  }

  latLon(slot: number): [lat_deg: number, lon_deg: number] {
    return [latitude(this.drawnY[slot]), this.drawnX[slot] * 360 - 180];
  }
}
