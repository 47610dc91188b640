/** Looking for a ship by name, MMSI, IMO or call sign: the field in the top bar and the one in the report form. */

import { html, nothing, render, type TemplateResult } from "lit-html";
import { selectShip, showOnMap } from "../state/actions";
import { get } from "../state/api";
import { desk } from "../state/desk";
import { KIND_WORDS, type FoundShip, type Ship } from "../core/shapes";

const PAUSE_MS = 150;

let found: FoundShip[] = [];
let asked = "";
let chosen = -1;
let open = false;
let timer = 0;
/** Enter was pressed before the desk had answered: the first that it finds is meant. */
let hurried = false;

export async function findShips(text: string): Promise<FoundShip[]> {
  if (!text.trim()) return [];
  return (await get<{ ships: FoundShip[] }>(`/api/ships?q=${encodeURIComponent(text.trim())}`)).ships;
}

export const shipWords = (ship: FoundShip): string =>
  [KIND_WORDS[ship.kind] ?? "", ship.mmsi ? `MMSI ${String(ship.mmsi).padStart(9, "0")}` : "", ship.flag ?? ""].filter(Boolean).join(" · ");

function choose(ship: FoundShip, input: HTMLInputElement): void {
  close(input);
  input.value = "";
  selectShip(ship.id);
  const slot = desk.fleet.slotOf(ship.id);
  if (slot !== null && desk.fleet.state[slot] === 2) showOnMap(...desk.fleet.latLon(slot));
  else void showFar(ship.id);
}

/** One out of view is not told of before she is looked at. */
async function showFar(id: number): Promise<void> {
  try {
    const { lat_deg, lon_deg } = await get<Ship>(`/api/ships/${id}`);
    if (desk.selection.ship === id) showOnMap(lat_deg, lon_deg);
  } catch {
    // The panel of the ship says why she cannot be told of.
  }
}

function close(input: HTMLInputElement): void {
  open = hurried = false;
  chosen = -1;
  found = [];
  draw(input);
}

function results(input: HTMLInputElement): TemplateResult | typeof nothing {
  if (!open) return nothing;
  if (!found.length) return html`<li class="none" role="option" aria-selected="false" aria-disabled="true">No ship is called “${asked}”</li>`;
  return html`${found.map(
    (ship, index) => html`<li
      role="option"
      id="found-${index}"
      aria-selected=${index === chosen ? "true" : "false"}
      @pointerdown=${(event: Event) => {
        event.preventDefault();
        choose(ship, input);
      }}
    >
      <span class="row-title">${ship.name || "no name sent"}</span><span class="quiet figures">${shipWords(ship)}</span>
    </li>`,
  )}`;
}

function draw(input: HTMLInputElement): void {
  const box = document.querySelector<HTMLElement>("#found")!;
  render(results(input), box);
  box.hidden = !open;
  input.setAttribute("aria-expanded", String(open));
  if (chosen >= 0) input.setAttribute("aria-activedescendant", `found-${chosen}`);
  else input.removeAttribute("aria-activedescendant");
}

export function startSearch(input: HTMLInputElement): void {
  input.addEventListener("input", () => {
    clearTimeout(timer);
    hurried = false;
    const text = input.value.trim();
    if (!text) return close(input);
    timer = window.setTimeout(async () => {
      try {
        const ships = await findShips(text);
        // Who has left the field meanwhile wants no list over what is looked at now.
        if (input.value.trim() !== text || document.activeElement !== input) return;
        found = ships;
        asked = text;
        open = true;
        chosen = ships.length ? 0 : -1;
        if (hurried && ships.length) choose(ships[0], input);
        else draw(input);
        hurried = false;
      } catch {
        hurried = false;
        desk.say("The desk cannot be reached, so it cannot be searched", true);
      }
    }, PAUSE_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (found.length) chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + found.length) % found.length;
      draw(input);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!open || input.value.trim() !== asked) hurried = input.value.trim() !== "";
      else if (found[chosen]) choose(found[chosen], input);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      input.value = "";
      close(input);
      input.blur();
    }
  });
  input.addEventListener("blur", () => close(input));
}
