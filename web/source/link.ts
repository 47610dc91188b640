/** The state of the page in its address, so that it can be sent to someone: #map=zoom/lat/lon&ship=…&alert=…&incident=…&page=ship/… or incident/… or handover&f=…, and what is shown on the map (layers.ts). */

import { desk } from "./state/desk";
import { readFilter, written as writtenFilter } from "./alerts/filters";
import { layerParts, readLayers } from "./state/layers";

export interface Link {
  map: { zoom: number; lat_deg: number; lon_deg: number } | null;
  ship: number | null;
  alert: string | null;
  incident: string | null;
  page: "ship" | "incident" | "handover" | null;
}

/** What this page made the address, and how the browser spells it. */
let said = "";
let written = "";

export function readLink(): Link {
  const given = new URLSearchParams(location.hash.slice(1));
  const [zoom, lat_deg, lon_deg] = (given.get("map") ?? "").split("/").map(Number);
  const usable = [zoom, lat_deg, lon_deg].every(Number.isFinite) && Math.abs(lat_deg) <= 85 && zoom >= 0 && zoom <= 20;
  const page = given.get("page") ?? "";
  const shipPage = /^ship\/(\d{1,10})$/.exec(page);
  const ship = Number(shipPage ? shipPage[1] : given.get("ship"));
  const incident = page.startsWith("incident/") ? page.slice("incident/".length) : null;
  readFilter(given.get("f"));
  readLayers(given);
  written = location.hash;
  return {
    map: usable ? { zoom, lat_deg, lon_deg } : null,
    ship: Number.isSafeInteger(ship) && ship > 0 ? ship : null,
    alert: given.get("alert"),
    incident: incident ?? given.get("incident"),
    page: shipPage ? "ship" : incident ? "incident" : page === "handover" ? "handover" : null,
  };
}

export function writeLink(where: { zoom: number; lat_deg: number; lon_deg: number }): void {
  const parts = [`map=${where.zoom.toFixed(2)}/${where.lat_deg.toFixed(4)}/${where.lon_deg.toFixed(4)}`];
  if (desk.selection.ship !== null) parts.push(desk.page === "ship" ? `page=ship/${desk.selection.ship}` : `ship=${desk.selection.ship}`);
  if (desk.selection.alert !== null) parts.push(`alert=${encodeURIComponent(desk.selection.alert)}`);
  if (desk.selection.incident !== null) parts.push(`${desk.page === "incident" ? "page=incident/" : "incident="}${encodeURIComponent(desk.selection.incident)}`);
  if (desk.page === "handover") parts.push("page=handover");
  if (writtenFilter()) parts.push(`f=${writtenFilter()}`);
  parts.push(...layerParts());
  const hash = `#${parts.join("&")}`;
  // An address that someone typed is read first: the event that tells of it comes a moment later.
  if (hash === said || foreignLink()) return;
  said = hash;
  history.replaceState(null, "", hash);
  written = location.hash;
}

/** True when the address was changed by someone else than this page. */
export const foreignLink = (): boolean => location.hash !== written;
