/** The keys by which an alert is answered: one list, for the keyboard, the help sheet and the buttons. */

export type Deed = "acknowledge" | "confirm" | "note" | "assign" | "snooze" | "close" | "dismiss" | "reopen" | "exclude";

export const ANSWER_KEYS: readonly [string, Deed, string][] = [
  ["A", "acknowledge", "Acknowledge it"],
  ["V", "confirm", "Confirm it: someone made sure"],
  ["E", "note", "Enter a note"],
  ["W", "assign", "Say who has it"],
  ["S", "snooze", "Snooze it, or call it back"],
  ["C", "close", "Close it: true, and done with"],
  ["D", "dismiss", "Dismiss it: it was not true"],
  ["U", "reopen", "Undo the closing: open it again"],
  ["X", "exclude", "Never again: leave its ships out"],
];

export const keyOf = (deed: Deed): string => ANSWER_KEYS.find(([, each]) => each === deed)![0];
export const deedOf = (key: string): Deed | undefined => ANSWER_KEYS.find(([each]) => each === key.toUpperCase())?.[1];
