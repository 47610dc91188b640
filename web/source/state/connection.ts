/** The WebSocket to the desk: frames into the fleet, words into the state, and a new try with back-off when it breaks. */

import { BASE } from "../core/base";
import type { Area } from "./area";
import { desk } from "./desk";
import type { Alert, Incident, Message } from "../core/shapes";
import { forgetOver, settle, takeAll } from "./over";
import { forgetPast, past } from "./past";
import { ENDED, stillIn, takeSession, toLogin } from "./session";
import { FrameError, KIND_CHANGE, KIND_SNAPSHOT, parseFrame } from "../core/wire";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** The desk speaks each second; silence this long means that the connection is dead though nobody said so. */
const SILENCE_MS = 8_000;
/** The desk hears where this page looks a few times a second and no more. */
const SAY_EVERY_MS = 200;
/** Views that may be told before the ships of the first of them have come. */
const MOST_TOLD = 50;

let socket: WebSocket | null = null;
let seq = 0;
let wait_ms = FIRST_WAIT_MS;
let heardAt_ms = 0;
let retryTimer = 0;
/** Where the page wants to look, what this connection was told of it, and the area of which the fleet holds the ships. */
let area: Area | null = null;
let told: Area[] = [];
let held: Area | null = null;
let saidAt_ms = -SAY_EVERY_MS;
let sayTimer = 0;
let onShips: (snapshot: boolean) => void = () => {};
let onHello: () => void = () => {};

export function connect(ships: (snapshot: boolean) => void, hello: () => void): void {
  onShips = ships;
  onHello = hello;
  open();
  setInterval(() => {
    if (socket?.readyState === WebSocket.OPEN && performance.now() - heardAt_ms > SILENCE_MS) drop(socket);
  }, 1000);
}

/** Look at an area: its ships, and those that matter wherever they are, are told from now on. */
export function lookAt(wish: Area | null): void {
  area = wish;
  clearTimeout(sayTimer);
  const wait_ms = saidAt_ms + SAY_EVERY_MS - performance.now();
  if (wait_ms > 0) sayTimer = window.setTimeout(say, wait_ms);
  else say();
}

function say(): void {
  if (!area || area === told[told.length - 1] || socket?.readyState !== WebSocket.OPEN) return;
  saidAt_ms = performance.now();
  told = [...told, area].slice(-MOST_TOLD);
  socket.send(JSON.stringify({ type: "view", ...area }));
}

/** The ships that the fleet holds are now those of a view that was asked for. */
function holds(view: number): void {
  const at = told.findIndex((each) => each.number === view);
  if (view === 0) held = null;
  else if (at >= 0) {
    held = told[at];
    told = told.slice(at);
  }
}

function open(): void {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const fresh = new WebSocket(`${scheme}://${location.host}${BASE}/ws`);
  socket = fresh;
  fresh.binaryType = "arraybuffer";
  fresh.onopen = () => {
    heardAt_ms = performance.now();
    told = [];
    if (seq) fresh.send(JSON.stringify({ type: "resume", epoch: desk.fleet.epoch, seq, area: held }));
    say();
  };
  fresh.onmessage = (event: MessageEvent<ArrayBuffer | string>) => {
    heardAt_ms = performance.now();
    if (!desk.connected) {
      desk.connected = true;
      desk.everConnected = true;
      desk.lostAt_ms = null;
      wait_ms = FIRST_WAIT_MS;
    }
    if (typeof event.data === "string") readText(event.data);
    else readFrame(event.data);
  };
  fresh.onclose = (event) => {
    if (event.code === ENDED) toLogin();
    else void stillIn();
    drop(fresh);
  };
}

function drop(closed: WebSocket): void {
  if (closed !== socket) return;
  socket = null;
  closed.onclose = null;
  closed.onmessage = null;
  closed.close();
  desk.connected = false;
  desk.lostAt_ms ??= heardAt_ms || performance.now();
  desk.changed();
  clearTimeout(retryTimer);
  retryTimer = window.setTimeout(open, wait_ms * (0.75 + 0.5 * Math.random()));
  wait_ms = Math.min(LONGEST_WAIT_MS, wait_ms * 1.8);
}

function readFrame(buffer: ArrayBuffer): void {
  try {
    const frame = parseFrame(buffer);
    if (frame.kind === KIND_CHANGE && frame.epoch === desk.fleet.epoch && frame.before !== seq) throw new OutOfStep("a change of what is not here");
    if (!desk.fleet.apply(frame)) return;
    seq = frame.seq;
    holds(frame.view);
    desk.frameProblem = null;
    desk.setClock(frame.clock_s);
    onShips(frame.kind === KIND_SNAPSHOT);
  } catch (problem) {
    if (!(problem instanceof FrameError || problem instanceof RangeError)) throw problem;
    desk.frameProblem = problem.message;
    desk.changed();
    if (problem instanceof OutOfStep && socket) {
      seq = 0;
      drop(socket); // and everything anew
    }
  }
}

class OutOfStep extends FrameError {}

function readText(text: string): void {
  let message: Message;
  try {
    message = JSON.parse(text) as Message;
  } catch {
    desk.frameProblem = "a message that is no JSON";
    desk.changed();
    return;
  }
  switch (message.type) {
    case "hello":
      if (desk.fleet.epoch >= 0 && desk.fleet.epoch !== message.epoch) forget();
      desk.hello = message;
      desk.fleet.begin(message.epoch);
      if (!message.ended) desk.endedSeen = false;
      onHello();
      break;
    case "session":
      takeSession(message);
      break;
    case "health":
      desk.health = { ...message, feeds: message.feeds ?? [] };
      desk.setClock(message.clock_s);
      break;
    case "names":
      try {
        desk.fleet.name(message.ships);
      } catch (problem) {
        if (!(problem instanceof RangeError)) throw problem;
        desk.frameProblem = problem.message;
      }
      break;
    case "alerts":
      if (message.all) takeAll(message.alerts.map(fillIn));
      else for (const alert of message.alerts) desk.alerts.set(alert.id, fillIn(alert));
      // In a fast replay minutes lie between two frames: what is told has been, and is not "in 80 s".
      desk.notBefore(Math.max(0, ...message.alerts.map((alert) => alert.updated_s ?? 0)));
      desk.alertsKnown ||= message.all;
      break;
    case "incidents":
      past.incidents.take(message.incidents.map(fillInIncident), message.all);
      settle();
      break;
    case "reports":
      past.reports.take(message.reports, message.all);
      break;
    case "exclusions":
      past.exclusions.take(message.exclusions, message.all);
      break;
    case "zones":
      past.zones.take(message.zones, message.all);
      break;
    case "guards":
      past.guards.take(message.guards, message.all);
      break;
    case "chart":
      desk.chart = message;
      break;
  }
  desk.changed();
}

/** The lists in a message may be left out when there is nothing in them. */
function fillIn(alert: Alert): Alert {
  return {
    ...alert, assigned: alert.assigned ?? null, snoozed_until_s: alert.snoozed_until_s ?? null, closed_by_desk: alert.closed_by_desk ?? false, ships: alert.ships ?? [], names: alert.names ?? {}, history: alert.history ?? [], evidence: alert.evidence ?? [],
  };
}

function fillInIncident(incident: Incident): Incident {
  return {
    ...incident, alerts: incident.alerts ?? [], ships: incident.ships ?? [], names: incident.names ?? {}, reports: incident.reports ?? [],
    helpers: incident.helpers ?? [], notes: incident.notes ?? [],
  };
}

/** A new epoch: the desk was started again or the replay begins anew. */
function forget(): void {
  seq = 0;
  desk.told.clear();
  desk.alerts.clear();
  forgetOver();
  forgetPast();
  desk.incidents.clear();
  desk.reports.clear();
  desk.exclusions.clear();
  desk.zones.clear();
  desk.chart = { meetings: [], dark: [], jammed: [] };
  desk.guards.clear();
  desk.alertsKnown = false;
  desk.ship = null;
  desk.track = null;
  desk.trackSpan = null;
  desk.trackAt = null;
}
