/** The keyboard: one letter, one deed. Letters typed into a field are just letters. */

import { closeTop, openHandover, openIncidentPage, openReport, openShipPage, selectAlert, showAlert, toggleFollow } from "../state/actions";
import { listed, openTable } from "../alerts/alerts";
import { deedOf } from "../alerts/answer-keys";
import { answerByKey } from "../alerts/answers";
import { desk } from "../state/desk";
import { openHelp } from "./help";
import { turnTime } from "../replay/beside";
import { replayKey, togglePlay } from "../replay/replay";
import { everybodys, LATE_ALONE } from "../state/session";
import { letters } from "../state/settings";

export interface KeyDeeds {
  palette: () => void;
  labels: () => void;
  zoom: (step: number) => void;
  pan: (x_px: number, y_px: number) => void;
}

const PAN_PX = 80;
/** An empty table of alerts would be believed where alerts are not told. */
const FOR_EVERYBODY = "fln+=-_? ";

function typing(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement && target.type === "range") return false;
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function step(by: number): void {
  const order = listed();
  if (!order.length) return;
  const at = desk.selection.alert === null ? -1 : order.indexOf(desk.selection.alert);
  const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : (at + by + order.length) % order.length;
  const alert = desk.alerts.get(order[next]);
  if (!alert) return;
  selectAlert(alert.id, false);
  showAlert(alert);
  desk.whenDrawn(() => document.querySelector(`[data-alert-id="${CSS.escape(alert.id)}"]`)?.scrollIntoView({ block: "nearest" }));
}

export function startKeys(deeds: KeyDeeds): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return; // a modal dialog has its own Escape
    if (event.key === "Escape") {
      if (closeTop()) event.preventDefault();
      return;
    }
    if (typing(event.target)) return;
    if (!letters.on && event.key.length === 1 && event.key !== " ") return;
    if (everybodys() && event.key.length === 1 && !FOR_EVERYBODY.includes(event.key.toLowerCase())) return desk.say(LATE_ALONE);
    const onMap = event.target === document.body || (event.target instanceof Element && event.target.id === "chart");
    const arrows: Record<string, [number, number]> = { ArrowLeft: [-PAN_PX, 0], ArrowRight: [PAN_PX, 0], ArrowUp: [0, -PAN_PX], ArrowDown: [0, PAN_PX] };
    if (onMap && arrows[event.key]) {
      event.preventDefault();
      deeds.pan(...arrows[event.key]);
      return;
    }
    switch (event.key) {
      case "/":
        document.querySelector<HTMLInputElement>("#search")?.focus();
        break;
      case "j": case "J":
        step(1);
        break;
      case "k": case "K":
        step(-1);
        break;
      case "f": case "F":
        toggleFollow();
        break;
      case "h": case "H":
        openHandover();
        break;
      case "o": case "O":
        if (desk.selection.ship !== null) openShipPage(desk.selection.ship);
        else if (desk.selection.incident !== null) openIncidentPage(desk.selection.incident);
        else desk.say("Select a ship first, or an incident: then O opens the page");
        break;
      case "l": case "L":
        deeds.labels();
        break;
      case "r": case "R":
        openReport();
        break;
      case "b": case "B":
        turnTime();
        break;
      case "n": case "N":
        deeds.palette();
        break;
      case " ":
        // On a button, the space bar presses the button.
        if (event.target instanceof HTMLButtonElement || (event.target instanceof Element && event.target.closest("summary"))) return;
        togglePlay();
        break;
      case "+": case "=":
        deeds.zoom(1);
        break;
      case "-": case "_":
        deeds.zoom(-1);
        break;
      case "?":
        openHelp();
        break;
      case "t": case "T":
        void openTable();
        break;
      default: {
        const deed = deedOf(event.key);
        if (deed) answerByKey(deed);
        else if (!replayKey(event.key)) return;
      }
    }
    event.preventDefault();
  });
}
