/** The JSON that the desk and the page exchange: docs/reference/wire.md, written as types. */

import type { ChartNow, Zone } from "./chart-shapes";
import type { Severity } from "./severity";

export type Mode = "live" | "replay" | "reconstruction";

export interface Offer {
  label: string;
  words: string;
  command: string | null;
}

export interface Scene {
  title: string;
  words: string;
  center: [number, number];
  zoom: number;
  offers: Offer[];
}

export interface Hello {
  type: "hello";
  epoch: number;
  mode: Mode;
  version: string;
  title: string;
  speed: number;
  paused: boolean;
  start_s: number | null;
  end_s: number | null;
  scene: Scene | null;
  ended?: boolean;
}

export interface HistoryEntry {
  time_s: number;
  verb: string;
  words: string;
  /** Who: a name, "desk" when none was given, null for the rule. */
  by?: string | null;
}

export interface Rule {
  id: string;
  version: string | number;
  what: string;
  why: string;
  wrong: string;
  settings: Record<string, unknown>;
}

export interface Evidence {
  source_row: number | null;
  feed: string | null;
  station: string | null;
  time_s: number | null;
  sentence: string | null;
}

export interface Alert {
  id: string;
  detector: string;
  severity: Severity;
  state: "open" | "closed" | "withdrawn";
  ships: number[];
  names: Record<string, string>;
  raised_s: number;
  start_s: number;
  end_s: number | null;
  updated_s: number;
  lat_deg: number | null;
  lon_deg: number | null;
  score: number | null;
  title: string;
  reason: string;
  incident: string | null;
  acknowledged_s: number | null;
  confirmed: boolean;
  assigned: string | null;
  snoozed_until_s: number | null;
  closed_by_desk: boolean;
  history: HistoryEntry[];
  rule: Rule | null;
  evidence: Evidence[];
}

export interface Exclusion {
  id: string;
  rule: string;
  ships: number[];
  names: Record<string, string>;
  here: { lat_deg: number; lon_deg: number; radius_nm: number } | null;
  words: string;
  by: string;
  made_s: number;
  alert: string;
  undone_s: number | null;
  undone_by: string | null;
}

export interface Guard {
  id: string;
  ship: number;
  name: string;
  /** null: as the configuration says. */
  guard: boolean | null;
  ring_nm: number | null;
  until_s: number | null;
  words: string;
  by: string;
  made_s: number;
  over_s: number | null;
}

export interface Helper {
  mmsi: number;
  name: string;
  kind: number | string;
  distance_nm: number;
  bearing_deg: number;
  hours: number | null;
  speed_kn: number | null;
}

export interface Incident {
  id: string;
  severity: Severity;
  state: string;
  title: string;
  start_s: number;
  end_s: number | null;
  alerts: string[];
  ships: number[];
  names: Record<string, string>;
  reports: string[];
  lat_deg: number | null;
  lon_deg: number | null;
  helpers: Helper[];
  notes: HistoryEntry[];
}

export type ReportKind = "distress" | "sighting" | "rescue" | "note" | "report";

export interface Report {
  id: string;
  time_s: number;
  kind: ReportKind;
  words: string;
  ship: number | null;
  lat_deg: number | null;
  lon_deg: number | null;
  verified: boolean;
  source: string | null;
  entered_s: number;
  incident: string | null;
}

export interface Ship {
  id: number;
  mmsi: number | null;
  imo: number | null;
  name: string;
  callsign: string | null;
  kind: number;
  kind_words: string | null;
  ship_type: number | null;
  flag: string | null;
  flag_code: string | null;
  length_m: number | null;
  beam_m: number | null;
  draught_m: number | null;
  destination: string | null;
  eta: string | null;
  lat_deg: number | null;
  lon_deg: number | null;
  heard_s: number | null;
  sog_kn: number | null;
  cog_deg: number | null;
  heading_deg: number | null;
  turn: number | null;
  nav_status: number | null;
  nav_status_words: string | null;
  usual_sog_kn: number | null;
  best_sog_kn: number | null;
  first_s: number | null;
  msg_type: number | null;
  fixes: number | null;
  displaced_fixes: number | null;
  stations: { station: string | null; last_s: number; fixes: number }[] | null;
  static_s: number | null;
  guarded: boolean;
  own_fleet: boolean;
  small_craft: boolean;
  alerts: string[];
  sentences: { time_s: number; sentence: string }[] | null;
  beliefs: { lat_deg: number; lon_deg: number; last_s: number; fixes: number; trusted: boolean }[] | null;
}

export interface Claim {
  field: string;
  value: string | number;
  first_s: number | null;
  last_s: number | null;
  times: number;
}

export interface ShipPage {
  id: number;
  told_s: Record<string, number | null>;
  /** From the antenna to bow, stern, port and starboard side. */
  hull_m: [number, number, number, number] | null;
  status_s: number | null;
  spoken_s: number | null;
  imo_valid: boolean | null;
  claims: Claim[];
  others: { id: number; name: string; flag: string; same: string[]; told_s: number | null }[];
  conflicts: string[];
  interval_s: number | null;
  gap_s: number;
  sentences: Evidence[];
  guard: Guard | null;
}

/** A claim out of the history: its first time is always known. */
export interface PastClaim extends Claim {
  first_s: number;
}

export interface SharedClaim extends PastClaim {
  id: number;
  name: string;
  flag: string;
}

export interface SaidBefore {
  id: number;
  words: string;
  from_s: number | null;
  to_s: number | null;
  claims: PastClaim[];
  others: SharedClaim[];
  more: number;
  conflicts: string[];
}

export interface Track {
  time_s: number[];
  lat_deg: (number | null)[];
  lon_deg: (number | null)[];
  sog_kn: (number | null)[];
  cog_deg: (number | null)[];
  displaced: number[];
}

export interface FoundShip {
  id: number;
  name: string;
  mmsi: number | null;
  imo: number | null;
  callsign: string | null;
  kind: number;
  flag: string | null;
}

export interface Feed {
  feed: string;
  name: string;
  state: "live" | "no_ships" | "silent" | "dead" | "ended";
  words: string;
  since_s: number | null;
  last_s: number | null;
  messages_per_s: number;
  lines: number;
  rejected: number;
  stations: number;
  ships: number;
}

export interface Copy {
  name: string;
  state: "connecting" | "ok" | "behind" | "failing" | "forked";
  words: string;
  record: number;
  behind: number;
}

export interface JournalHealth {
  durable: number;
  records: number;
  bytes: number;
  state: "ok" | "failed" | "unwritten";
  words: string;
  copies?: Copy[];
  checkpoint?: { record: number; made_s: number | null; words: string } | null;
}

/** Who is told of alerts when nobody looks at the desk; null when nobody is. */
export interface WebhookHealth {
  to: string;
  least: Severity;
  state: "ok" | "failing";
  words: string;
  sent: number;
  unsent: number;
  failing_since_s: number | null;
}

export interface Health {
  type: "health";
  version: string;
  mode: Mode;
  clock_s: number;
  now_s: number;
  lag_s: number | null;
  journal: JournalHealth | null;
  webhook?: WebhookHealth | null;
  messages_per_s: number;
  ships: number;
  watching: string;
  since_s: number | null;
  feeds: Feed[];
  clock_check: { state: "ok" | "wrong" | "unknown"; offset_s: number | null; words: string } | null;
  counters: { lines: number; sentences: number; messages: number; rejected: Record<string, number> } | null;
  /** How many there are. */
  alerts?: { open: number; over: number };
}

export type NameRow = [slot: number, id: number, name: string, mmsi: number | null, flag: string | null];

export interface SessionMessage {
  type: "session";
  name: string;
  role: "viewer" | "watchkeeper" | "admin" | "public";
  /** What goes along with everything that changes something. */
  csrf: string;
  /** How long the log-in lasts at most. */
  left_s: number;
}

export type Message =
  | SessionMessage
  | Hello
  | Health
  | { type: "names"; ships: NameRow[] }
  | { type: "alerts"; alerts: Alert[]; all: boolean }
  | { type: "incidents"; incidents: Incident[]; all: boolean }
  | { type: "reports"; reports: Report[]; all: boolean }
  | { type: "exclusions"; exclusions: Exclusion[]; all: boolean }
  | { type: "zones"; zones: Zone[]; all: boolean }
  | { type: "guards"; guards: Guard[]; all: boolean }
  | ({ type: "chart" } & ChartNow);


export const KIND_WORDS = [
  "kind not known", "tanker", "cargo", "passenger", "fishing", "service craft", "high-speed craft",
  "pleasure craft", "authority", "other", "radar target", "base station", "aid to navigation", "aircraft",
  "distress beacon",
] as const;

export const FLAG = {
  alert: 1, danger: 2, guarded: 4, untrusted: 8, lost: 16, anchored: 32, small: 64, ownFleet: 128,
} as const;

export const NO_POSITION = 2147483647;
export const NO_U16 = 65535;
