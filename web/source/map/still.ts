/** What does not move by itself is painted once, somewhat wider than the screen, and laid down again while the map is panned. */

import type { Context } from "../core/plane";
import type { Camera } from "../core/camera";

/** So much of the screen is painted on each side beyond it. */
const MARGIN = 0.3;

export class Still {
  private canvas = document.createElement("canvas");
  private painted: Camera | null = null;
  private key = "";

  /** `key` tells all that is painted: another one paints it anew. */
  draw(context: Context, camera: Camera, key: string, paint: (context: Context, camera: Camera) => void): void {
    const ratio = context.getTransform().a;
    const wide: Camera = { ...camera, width: Math.ceil(camera.width * (1 + 2 * MARGIN)), height: Math.ceil(camera.height * (1 + 2 * MARGIN)) };
    const said = `${key} ${ratio} ${camera.worldPx} ${wide.width} ${wide.height}`;
    let { painted } = this;
    if (!painted || said !== this.key || Math.abs(this.offset(painted, camera)[0]) > MARGIN * camera.width || Math.abs(this.offset(painted, camera)[1]) > MARGIN * camera.height) {
      this.canvas.width = Math.round(wide.width * ratio);
      this.canvas.height = Math.round(wide.height * ratio);
      const own = this.canvas.getContext("2d")!;
      own.setTransform(ratio, 0, 0, ratio, 0, 0);
      paint(own, wide);
      this.painted = painted = wide;
      this.key = said;
    }
    const [right, down] = this.offset(painted, camera);
    const whole = (value: number): number => Math.round(value * ratio) / ratio;
    context.drawImage(this.canvas, whole((camera.width - wide.width) / 2 + right), whole((camera.height - wide.height) / 2 + down), this.canvas.width / ratio, this.canvas.height / ratio);
  }

  /** How far what was painted lies to the right and down now, in pixels. */
  private offset(painted: Camera, camera: Camera): [number, number] {
    let away = painted.centreX - camera.centreX;
    away -= Math.round(away);
    return [away * camera.worldPx, (painted.centreY - camera.centreY) * camera.worldPx];
  }
}
