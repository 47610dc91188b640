/** What the page remembers in this browser: who sits here, whether alerts may be heard, which keys work, how many names are
 *  shown. Nothing of it leaves the browser by itself. */

const keys = { by: "tankerwatch.by", muted: "tankerwatch.muted-until", letters: "tankerwatch.letters", names: "tankerwatch.names" } as const;

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

/** Whether single letters are keys: who speaks to the browser, or hits keys by accident, switches them off. */
export const letters = { on: read(keys.letters) !== "off" };

export function setLetters(on: boolean): void {
  letters.on = on;
  write(keys.letters, on ? "on" : "off");
}

export const NAME_MODES = ["some", "all", "few"] as const;
export type NameMode = (typeof NAME_MODES)[number];

/** How many ships are named on the map. */
export const namesKept = (): NameMode => NAME_MODES.find((mode) => mode === read(keys.names)) ?? "some";
export const keepNames = (mode: NameMode): void => write(keys.names, mode);
