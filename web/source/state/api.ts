/** Calls to the desk. A refusal carries one line and what to do about it; both are for people. */

import { BASE } from "../core/base";
import { csrf, everybodys, LATE_ALONE, looksOnly, ONLY_LOOKS, toLogin } from "./session";

export class Refusal extends Error {
  constructor(
    words: string,
    readonly status = 0,
  ) {
    super(words);
  }
}

async function answer<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  if (response.status === 401) toLogin();
  const refusal = body as { error?: string; help?: string } | null;
  const words = refusal?.error ? `${refusal.error}${refusal.help ? `: ${refusal.help}` : ""}` : `the desk answered ${response.status}`;
  throw new Refusal(words, response.status);
}

export async function get<T>(path: string): Promise<T> {
  if (everybodys()) throw new Refusal(LATE_ALONE);
  return answer<T>(await fetch(BASE + path, { headers: { Accept: "application/json" } }));
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  if (looksOnly()) throw new Refusal(ONLY_LOOKS);
  const token = csrf();
  const headers = { "Content-Type": "application/json", ...(token ? { "X-CSRF-Token": token } : {}) };
  return answer<T>(await fetch(BASE + path, { method: "POST", headers, body: JSON.stringify(body) }));
}

export const words = (problem: unknown): string =>
  problem instanceof Refusal ? problem.message : "the desk cannot be reached; nothing was saved";
