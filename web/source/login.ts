/** The page of the log-in: a name, a password, and back to where one was going. It shares no code with the desk's page. */

import "./login.css";

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const [form, problem, enter] = [element("login"), element("problem"), element<HTMLButtonElement>("enter")];
const [nameField, passwordField] = [element<HTMLInputElement>("name"), element<HTMLInputElement>("password")];

document.documentElement.dataset.palette = localStorage.getItem("tankerwatch.palette") ?? "dusk";
if (new URLSearchParams(location.search).has("ended")) element("why").textContent = "Your log-in has ended. The watch goes on: log in again.";

/** A way in by the provider, where the desk knows one; and straight in for who is in already, and came by a link from elsewhere. */
async function offer(): Promise<void> {
  const told = (await (await fetch("/api/session")).json().catch(() => null)) as { role?: string | null; provider?: string | null } | null;
  if (told?.role) location.replace(`/${location.hash}`);
  if (!told?.provider) return;
  const link = element<HTMLAnchorElement>("provider");
  link.textContent = `Log in by ${told.provider}`;
  link.hidden = false;
}

async function logIn(): Promise<void> {
  enter.disabled = true;
  problem.textContent = "";
  try {
    const answer = await fetch("/api/login", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: nameField.value, password: passwordField.value }),
    });
    if (answer.ok) {
      location.replace(`/${location.hash}`);
      return;
    }
    const refusal = (await answer.json().catch(() => null)) as { error?: string; help?: string } | null;
    problem.textContent = refusal?.error ? `${refusal.error}: ${refusal.help ?? ""}` : `the desk answered ${answer.status}`;
    passwordField.select();
    passwordField.focus();
  } catch {
    problem.textContent = "the desk cannot be reached";
  }
  enter.disabled = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void logIn();
});
// Not before: without this script the browser would send the form by itself.
enter.disabled = false;
void offer();
