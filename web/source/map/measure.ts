/** How fast is the page in this browser, on this machine: against a blank canvas of the same size, so that the ratio
 *  says something about the page and not about the machine. */

/** Calls `draw` on each animation frame for `duration_ms`; frames a second. */
export function frameRate(duration_ms: number, draw: (passed_ms: number) => void): Promise<number> {
  return new Promise((resolve) => {
    let frames = 0;
    let start_ms = 0;
    const step = (now_ms: number): void => {
      if (!start_ms) start_ms = now_ms;
      else frames++;
      const passed_ms = now_ms - start_ms;
      if (passed_ms >= duration_ms) {
        resolve((frames * 1000) / passed_ms);
        return;
      }
      draw(passed_ms);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
}

export async function blankRate(duration_ms: number, like: HTMLCanvasElement): Promise<number> {
  const canvas = document.createElement("canvas");
  canvas.width = like.width;
  canvas.height = like.height;
  canvas.className = "ship-layer";
  like.parentElement!.append(canvas);
  const context = canvas.getContext("2d")!;
  const rate = await frameRate(duration_ms, () => context.clearRect(0, 0, canvas.width, canvas.height));
  canvas.remove();
  return rate;
}
