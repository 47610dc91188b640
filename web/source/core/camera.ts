/** How the map lies on the screen: its middle and its scale on a world one unit wide. */

export interface Camera {
  width: number;
  height: number;
  centreX: number;
  centreY: number;
  /** CSS pixels for the width of the whole world. */
  worldPx: number;
  zoom: number;
}

export function toScreenX(x: number, camera: Camera): number {
  let away = x - camera.centreX;
  away -= Math.round(away);
  return away * camera.worldPx + camera.width / 2;
}
