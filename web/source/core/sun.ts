/** How high the sun stands: for the palette that suits the eyes. To a tenth of a degree or so, which is what dusk needs. */

import type { PaletteName } from "./palette";

const RAD = Math.PI / 180;
const J2000_S = 946_728_000;

/** Altitude in degrees, without refraction (low precision formulae of the Astronomical Almanac). */
export function sunAltitude_deg(time_s: number, lat_deg: number, lon_deg: number): number {
  const days = (time_s - J2000_S) / 86_400;
  const anomaly = (357.528 + 0.9856003 * days) * RAD;
  const ecliptic = (280.46 + 0.9856474 * days + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RAD;
  const tilt = (23.439 - 0.0000004 * days) * RAD;
  const declination = Math.asin(Math.sin(tilt) * Math.sin(ecliptic));
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(ecliptic), Math.cos(ecliptic));
  const hour = (280.46062 + 360.985647 * days + lon_deg) * RAD - ascension;
  const lat = lat_deg * RAD;
  return Math.asin(Math.sin(lat) * Math.sin(declination) + Math.cos(lat) * Math.cos(declination) * Math.cos(hour)) / RAD;
}

/** Day while the sun is up, night from the end of nautical twilight, dusk between. */
export function paletteOfSun(time_s: number, lat_deg: number, lon_deg: number): PaletteName {
  const altitude = sunAltitude_deg(time_s, lat_deg, lon_deg);
  return altitude > -0.8 ? "day" : altitude > -12 ? "dusk" : "night";
}

/** By this computer's clock: day 07 to 19, dusk an hour before and after. */
export function paletteOfHour(hour: number): PaletteName {
  if (hour >= 7 && hour < 19) return "day";
  return hour === 6 || hour === 19 ? "dusk" : "night";
}
