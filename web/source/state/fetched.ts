/** What a wide page shows, asked of the desk when it is opened and again while it stays open. */

import { get, words } from "./api";
import { desk } from "./desk";

const AGAIN_MS = 10_000;
const SOON_MS = 1_000;

export class Fetched<T> {
  held: T | null = null;
  problem: string | null = null;
  /** How often it came: what is drawn from it elsewhere is then drawn anew. */
  times = 0;
  private key = "";
  private askedAt_ms = -Infinity;
  private sign: unknown = undefined;

  /** Ask where it is due: for another `key` at once; when `sign` is another than before soon; else now and then. */
  want(key: string, path: string, sign: unknown): void {
    const now_ms = performance.now();
    const due_ms = key !== this.key ? 0 : sign === this.sign ? AGAIN_MS : SOON_MS;
    if (now_ms - this.askedAt_ms < due_ms) return;
    this.key = key;
    this.askedAt_ms = now_ms;
    this.sign = sign;
    get<T>(path).then(
      (came) => this.take(key, came, null),
      (problem) => this.take(key, null, words(problem)),
    );
  }

  private take(key: string, came: T | null, problem: string | null): void {
    if (key !== this.key) return; // another page was opened meanwhile
    this.held = came ?? this.held;
    this.problem = problem;
    this.times++;
    desk.changed();
  }

  forget(): void {
    this.held = null;
    this.problem = null;
    this.key = "";
    this.askedAt_ms = -Infinity;
  }
}
