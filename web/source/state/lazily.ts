/** A part of the page that is loaded when it is first asked for, and asked for again when it did not come. */

import { desk } from "./desk";

const AGAIN_MS = 10_000;

export function lazily<T>(load: () => Promise<T>): () => T | null {
  let part: T | null = null;
  let askedAt_ms = -Infinity;
  return () => {
    if (!part && performance.now() - askedAt_ms > AGAIN_MS) {
      askedAt_ms = performance.now();
      load().then(
        (loaded) => {
          part = loaded;
          desk.changed();
        },
        () => desk.say("A part of this page could not be loaded from the desk; it is tried again", true),
      );
    }
    return part;
  };
}
