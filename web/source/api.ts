/** Calls to the desk. A refusal carries one line and what to do about it; both are for people. */

export class Refusal extends Error {}

async function answer<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  const refusal = body as { error?: string; help?: string } | null;
  const words = refusal?.error ? `${refusal.error}${refusal.help ? `: ${refusal.help}` : ""}` : `the desk answered ${response.status}`;
  throw new Refusal(words);
}

export async function get<T>(path: string): Promise<T> {
  return answer<T>(await fetch(path, { headers: { Accept: "application/json" } }));
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  return answer<T>(
    await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  );
}

export const words = (problem: unknown): string =>
  problem instanceof Refusal ? problem.message : "the desk cannot be reached; nothing was saved";
