/** What the page remembers in this browser: who sits here, and whether alerts may be heard. Nothing of it leaves the browser by itself. */

const keys = { by: "tankerwatch.by", muted: "tankerwatch.muted-until" } as const;

function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return ""; // a browser that keeps nothing
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // then it is only for as long as the page is open
  }
}

/** Who decides at this page; "" as long as no name was typed in. */
export const who = { name: read(keys.by) };

export function setWho(name: string): void {
  who.name = name.trim().slice(0, 60);
  write(keys.by, who.name);
}

/** Until when the sound is off, in milliseconds of the browser's clock; Infinity until it is switched on. */
export function mutedUntil_ms(): number {
  const kept = read(keys.muted);
  return kept === "on" ? Infinity : Number(kept) || 0;
}

export function setMuted(until_ms: number): void {
  write(keys.muted, until_ms === Infinity ? "on" : String(until_ms));
}
