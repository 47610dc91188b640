/** Where the focus goes once what was asked for is drawn; who has moved it elsewhere meanwhile is left there. */

import { desk } from "./desk";

const PATIENCE_MS = 5_000;

let newest = 0;

/** Focus what `find` gives, as soon as it gives it: a part of the page may still be on its way. */
export function focusWhenDrawn(find: string | (() => HTMLElement | null)): void {
  const from = document.activeElement;
  const end_ms = performance.now() + PATIENCE_MS;
  const wish = ++newest;
  const look = (): void => {
    const at = document.activeElement;
    if (wish !== newest || (at !== from && at !== document.body)) return;
    const found = typeof find === "string" ? document.querySelector<HTMLElement>(find) : find();
    // A heading is at the top of what was opened, and that is shown already.
    if (found) found.focus({ preventScroll: found instanceof HTMLHeadingElement });
    else if (performance.now() < end_ms) desk.whenDrawn(look);
  };
  desk.whenDrawn(look);
  desk.changed();
}

/** A wide page that is still being fetched has no heading of its own yet. */
export const focusPanelHeading = (): void => focusWhenDrawn("#panel:not([aria-busy='true']) h2");
