/** What the desk tells of the map beside ships: docs/reference/wire.md, written as types. */

import type { Severity } from "./severity";

export interface ZoneRules {
  name: string;
  rule: ("enter" | "leave")[];
  min_kn: number | null;
  max_kn: number | null;
  forbidden: number[];
  for_kinds: number[];
  for_ships: number[];
  severity: Severity;
  port: boolean;
  /** Rules that raise nothing new in it, until a time (null: until somebody changes it). */
  quiet: string[];
  quiet_until_s: number | null;
}

export interface Zone extends ZoneRules {
  id: string;
  rings: [lat_deg: number, lon_deg: number][][];
  drawn: boolean;
  by: string;
  made_s: number | null;
  changed_s: number | null;
  removed_s: number | null;
  undo: boolean;
}

export interface Meeting {
  ships: [number, number];
  meet_s: number;
  gap_m: number | null;
  score: number | null;
  alert: boolean;
  at: [[lat_deg: number, lon_deg: number], [lat_deg: number, lon_deg: number]];
}

export interface DarkShip {
  ship: number;
  alert: string;
  lat_deg: number | null;
  lon_deg: number | null;
  heard_s: number | null;
  speed_kn: number | null;
}

export interface Jammed {
  since_s: number;
  lat_deg: number;
  lon_deg: number;
  radius_nm: number;
  ships: number;
}

export interface ChartNow {
  meetings: Meeting[];
  dark: DarkShip[];
  jammed: Jammed[];
}

export interface Coverage {
  height_deg: number;
  lat_deg: number[];
  lon_deg: number[];
  width_deg: number[];
  heard_min: number[];
  share: (number | null)[];
}

/** A ship's id and metres from her antenna to bow, stern, port and starboard side. */
export type Outline = [id: number, bow_m: number, stern_m: number, port_m: number, starboard_m: number];

export interface UserChart {
  name: string;
  title: string;
  vector: boolean;
  min_zoom: number;
  max_zoom: number;
  bounds: [west: number, south: number, east: number, north: number];
  attribution: string;
}
