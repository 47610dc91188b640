/** What is not needed for the first picture is loaded when it is first asked for: the page of a ship and the charts of her past. */

import { desk } from "../state/desk";

type ShipPart = typeof import("./ship-page");

let part: ShipPart | null = null;
let askedAt_ms = -Infinity;
const AGAIN_MS = 10_000;

/** What has been loaded already, for those who do not ask for it. */
export const loadedShipPart = (): ShipPart | null => part;

/** The part that shows ships at length; null until it has come. */
export function shipPart(): ShipPart | null {
  if (!part && performance.now() - askedAt_ms > AGAIN_MS) {
    askedAt_ms = performance.now();
    import("./ship-page").then(
      (loaded) => {
        part = loaded;
        desk.changed();
      },
      () => desk.say("A part of this page could not be loaded from the desk; it is tried again", true),
    );
  }
  return part;
}
