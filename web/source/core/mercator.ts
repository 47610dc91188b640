/** Web Mercator on a world one unit wide: x from 0 at 180° W, y from 0 at 85.05° N. */

export const mercatorX = (lon_deg: number): number => (lon_deg + 180) / 360;

export function mercatorY(lat_deg: number): number {
  const held = Math.max(-85.0511, Math.min(85.0511, lat_deg));
  const sine = Math.sin((held * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

export const latitude = (y: number): number => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
