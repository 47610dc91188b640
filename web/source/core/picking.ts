/** What is under the pointer. All that is in view is looked at: 200,000 comparisons take less than to sort them into a grid, which
 *  would have to be done again after each frame. */

/** The nearest of the first `count` places, as an index; by distance less `bonus`, so that some are easier to hit than others. */
export function nearest(
  x: number, y: number, reach_px: number, xs: Float32Array, ys: Float32Array, count: number, bonus: (at: number) => number,
): number | null {
  let best: number | null = null;
  let least = reach_px;
  for (let at = 0; at < count; at++) {
    const awayX = xs[at] - x;
    if (awayX > reach_px || awayX < -reach_px) continue;
    const awayY = ys[at] - y;
    if (awayY > reach_px || awayY < -reach_px) continue;
    const distance = Math.sqrt(awayX * awayX + awayY * awayY);
    if (distance > reach_px) continue;
    const score = distance - bonus(at);
    if (score < least) {
      least = score;
      best = at;
    }
  }
  return best;
}
