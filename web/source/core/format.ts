/** Numbers as watchkeepers say them: units always, times in UTC with a Z and an age, degrees and decimal minutes. */

const two = (value: number): string => String(value).padStart(2, "0");

export function clockTime(time_s: number | null | undefined): string {
  if (time_s === null || time_s === undefined || !Number.isFinite(time_s)) return "--:--:--Z";
  const date = new Date(time_s * 1000);
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}Z`;
}

export function dateTime(time_s: number | null | undefined): string {
  if (time_s === null || time_s === undefined || !Number.isFinite(time_s)) return "not known";
  return `${dateOnly(time_s)} ${clockTime(time_s)}`;
}

export function dateOnly(time_s: number): string {
  const date = new Date(time_s * 1000);
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 100) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 100) return `${minutes} min`;
  if (whole < 48 * 3600) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(whole / 86400)} days`;
}

export function age(time_s: number | null | undefined, clock_s: number): string {
  if (time_s === null || time_s === undefined || time_s === 0) return "never";
  const seconds = clock_s - time_s;
  if (seconds < -2) return `in ${duration(-seconds)}`;
  return seconds < 1 ? "now" : `${duration(seconds)} ago`;
}

/** "02:50:10Z", with the date in front when it is not the clock's own day. */
export function moment(time_s: number | null | undefined, clock_s: number): string {
  return Math.floor((time_s ?? NaN) / 86400) === Math.floor(clock_s / 86400) ? clockTime(time_s) : dateTime(time_s);
}

/** The same with its age: "02:50:10Z · 12 s ago". */
export function timeAndAge(time_s: number | null | undefined, clock_s: number): string {
  if (time_s === null || time_s === undefined || time_s === 0) return "never";
  return `${moment(time_s, clock_s)} · ${age(time_s, clock_s)}`;
}

function degreesMinutes(value_deg: number, digits: number, positive: string, negative: string): string {
  // Rounded as a whole number of thousandths of a minute first, so that 59.9996 does not become 60.000.
  const thousandths = Math.round(Math.abs(value_deg) * 60000);
  const degrees = Math.floor(thousandths / 60000);
  const minutes = (thousandths % 60000) / 1000;
  return `${String(degrees).padStart(digits, "0")}°${minutes.toFixed(3).padStart(6, "0")}′${value_deg < 0 ? negative : positive}`;
}

export function position(lat_deg: number | null | undefined, lon_deg: number | null | undefined): string {
  if (lat_deg === null || lat_deg === undefined || lon_deg === null || lon_deg === undefined) return "position not known";
  const lon = ((((lon_deg + 180) % 360) + 360) % 360) - 180;
  return `${degreesMinutes(lat_deg, 2, "N", "S")} ${degreesMinutes(lon, 3, "E", "W")}`;
}

export function decimalDegrees(lat_deg: number, lon_deg: number): string {
  return `${lat_deg.toFixed(6)}, ${lon_deg.toFixed(6)}`;
}

const missing = (value: number | null | undefined): value is null | undefined =>
  value === null || value === undefined || !Number.isFinite(value);

export const knots = (value: number | null | undefined): string => (missing(value) ? "– kn" : `${value.toFixed(1)} kn`);
export const degrees = (value: number | null | undefined): string =>
  missing(value) ? "–°" : `${String(Math.round(value) % 360).padStart(3, "0")}°`;
export const metres = (value: number | null | undefined): string => (missing(value) ? "– m" : `${Math.round(value)} m`);
export const miles = (value: number | null | undefined): string => (missing(value) ? "– NM" : `${value.toFixed(1)} NM`);
export const perSecond = (value: number | null | undefined): string =>
  missing(value) ? "– msg/s" : `${value >= 10 ? Math.round(value) : value.toFixed(1)} msg/s`;

export function hours(value: number | null | undefined): string {
  return missing(value) ? "not known" : duration(value * 3600);
}

export function bytes(value: number): string {
  if (value < 1e6) return `${(value / 1e3).toFixed(0)} kB`;
  return value < 1e9 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e9).toFixed(2)} GB`;
}

export const count = (value: number | null | undefined): string =>
  missing(value) ? "–" : Math.round(value).toLocaleString("en-GB");

/** Read what people type for a position: "25.4 57.3", "25°26.0'N 057°21.5'E", "25 26.0 N, 57 21.5 E". */
export function readPosition(text: string): { lat_deg: number; lon_deg: number } | null {
  const marked = [...text.matchAll(/(\d+(?:\.\d+)?)\s*[°\s]?\s*(?:(\d+(?:\.\d+)?)\s*['′]?\s*)?([NSEWnsew])/g)];
  if (marked.length === 2) {
    const values: Record<string, number> = {};
    for (const [, whole, minutes, letter] of marked) {
      const sign = /[SWsw]/.test(letter) ? -1 : 1;
      values[/[NSns]/.test(letter) ? "lat" : "lon"] = sign * (Number(whole) + Number(minutes ?? 0) / 60);
    }
    return inRange(values.lat, values.lon);
  }
  const plain = text.trim().split(/[\s,;]+/).map(Number);
  return plain.length === 2 ? inRange(plain[0], plain[1]) : null;
}

function inRange(lat_deg: number | undefined, lon_deg: number | undefined): { lat_deg: number; lon_deg: number } | null {
  if (lat_deg === undefined || lon_deg === undefined) return null;
  return Math.abs(lat_deg) <= 90 && Math.abs(lon_deg) <= 180 ? { lat_deg, lon_deg } : null;
}

/** Read "2019-06-13 02:50:10Z", "06-13 02:50" (in the clock's year) or "02:50[:10][Z]" (on the clock's day) as UTC. */
export function readTime(text: string, clock_s: number): number | null {
  const parts = /^\s*(?:(?:(\d{4})-)?(\d\d)-(\d\d)[T\s]+)?(\d{1,2}):(\d\d)(?::(\d\d))?\s*Z?\s*$/i.exec(text);
  if (!parts) return null;
  const today = new Date(clock_s * 1000);
  const [, year, month, day, hour, minute, second] = parts;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return null;
  const date_ms = month
    ? Date.UTC(year ? Number(year) : today.getUTCFullYear(), Number(month) - 1, Number(day))
    : Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate());
  return date_ms / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second ?? 0);
}

/** The same of what has been: 20:00 said at 04:00 is of yesterday. */
export function readPast(text: string, clock_s: number): number | null {
  const time_s = readTime(text, clock_s);
  return time_s !== null && time_s > clock_s ? time_s - 86_400 : time_s;
}
