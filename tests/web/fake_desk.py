"""A desk with made-up ships, for looking at the page and testing it without the back end.

It speaks docs/reference/wire.md and nothing else: 1,500 ships in the Gulf of Oman, one incident, some alerts of each
severity, and a ship whose name is an attack. Run it with `python tests/web/fake_desk.py [port] [mode] [ships]`.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import math
import struct
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import fake_beside
import fake_charting
import fake_incident
import fake_past
import fake_said_before
import fake_ship
import fake_zones
import numpy as np
from fake_alerts import HOSTILE_NAME, SENTENCE, MadeUpAlerts
from pmtiles.reader import MmapSource, Reader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

DIST = Path(__file__).resolve().parents[2] / "src" / "tankerwatch" / "web" / "dist"
START_S = 1560384000.0  # 13 June 2019, 00:00 UTC
END_S = START_S + 8 * 3600
POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
FIRST_NAMES, LAST_NAMES = ["OCEAN", "ALTAIR", "NORDIC", "GULF", "PACIFIC", "DESERT"], ["STAR", "PRIDE", "CROWN", "WAVE"]
KIND_WORDS = ["not known", "tanker", "cargo", "passenger", "fishing", "service", "high-speed craft", "pleasure", "authority", "other"]


COLUMNS = {"slot": "<u4", "lon": "<i4", "lat": "<i4", "heard_s": "<u4", "cog": "<u2", "sog": "<u2", "heading": "<u2", "length": "<u2"}
COLUMNS |= {"kind": "u1", "flags": "u1"}


def encode_ships(kind: int, epoch: int, seq: int, clock_s: float, columns: dict[str, np.ndarray]) -> bytes:
    count = len(columns["slot"])
    header = struct.pack("<4sBBHIIIId", b"TWF1", kind, 1, 0, epoch, seq, count, 0, clock_s)
    return header + b"".join(columns[name].astype(kind_).tobytes() for name, kind_ in COLUMNS.items())


class FakeDesk(MadeUpAlerts):
    def __init__(self, mode: str = "reconstruction", ships: int = 1500, speed: float = 30.0):
        self.mode = mode
        self.speed = 1.0 if mode == "live" else speed
        self.paused = False
        self.ended = False
        self.dead_feed = False
        self.second_copy, self.copy_words = "behind", "catching up"
        self.drop_sockets = False
        self.may_go = threading.Event()  # cleared, a jump takes until it is set
        self.may_go.set()
        self.periods_told = 0
        self.epoch = 7
        self.seq = 0
        self.clock_s = datetime.now(UTC).timestamp() if mode == "live" else START_S + 3 * 3600 - 600
        self.start_clock_s = self.clock_s
        self.random = random = np.random.default_rng(13)
        self.count = ships
        # Two lanes through the Gulf of Oman, the rest spread over the sea east of it.
        along = random.uniform(0, 1, ships)
        inbound = random.random(ships) < 0.5
        self.lon = 56.6 + along * 3.6 + random.normal(0, 0.12, ships)
        self.lat = 26.3 - along * 2.0 + random.normal(0, 0.14, ships) + np.where(inbound, 0.10, -0.10)
        self.cog = (np.where(inbound, 300.0, 120.0) + random.normal(0, 7, ships)) % 360
        self.sog = np.clip(random.normal(12, 3, ships), 0, 22)
        self.kind = random.choice(np.arange(10), ships, p=[0.02, 0.34, 0.34, 0.03, 0.08, 0.07, 0.02, 0.05, 0.03, 0.02])
        self.flags = np.zeros(ships, dtype=int)
        self.heard_s = np.full(ships, self.clock_s) - random.integers(0, 30, ships)
        still = random.random(ships) < 0.12
        self.sog[still] = 0.1
        self.flags[still] |= 32
        lost = random.random(ships) < 0.03
        self.flags[lost] |= 16
        self.heard_s[lost] -= 3600
        self.lost = lost
        self.length = random.integers(30, 333, ships)
        self.names = [f"{FIRST_NAMES[n % 6]} {LAST_NAMES[n % 4]} {n}" for n in range(ships)]
        for slot, name, lon, lat in (
            (0, "FRONT ALTAIR", 57.36, 25.43),
            (1, "KOKUKA COURAGEOUS", 57.60, 25.40),
            (2, "HYUNDAI DUBAI", 57.48, 25.28),
            (3, "COASTAL ACE", 57.75, 25.52),
            (4, HOSTILE_NAME, 57.30, 25.60),
            (5, "", 57.10, 25.20),
        ):
            self.names[slot], self.lon[slot], self.lat[slot] = name, lon, lat
            self.flags[slot], self.kind[slot], self.lost[slot] = 0, 1, False
            self.heard_s[slot] = self.clock_s - 3
        self.flags[0] |= 3
        self.flags[1] |= 3
        self.flags[2] |= 129
        self.flags[4] |= 3
        self.sog[0] = self.sog[1] = 1.2
        self.ids = [538005000 + slot for slot in range(ships)]
        self.reports: list[dict] = [
            {
                "id": "r1",
                "time_s": self.clock_s - 240,
                "kind": "distress",
                "words": "UKMTO: explosion reported by master",
                "ship": self.ids[0],
                "lat_deg": 25.45,
                "lon_deg": 57.38,
                "verified": True,
                "source": "UKMTO",
                "entered_s": self.clock_s - 200,
                "incident": "i1",
            }
        ]
        self.alerts = {alert["id"]: alert for alert in self.make_alerts()}
        self.incidents = [self.make_incident()]
        self.exclusions: dict[str, dict] = {}
        self.charting = fake_charting.Charting(self)
        self.guards: dict[str, dict] = {}
        self.messages: list[str] = []
        self.sockets = 0
        self.posts: list[tuple[str, dict]] = []
        self.past: FakeDesk | None = None

    # -- what the desk says -------------------------------------------------------------------------------------------

    def hello(self) -> dict:
        return {
            "type": "hello",
            "epoch": self.epoch,
            "mode": self.mode,
            "version": "0.1.0",
            "title": "Gulf of Oman, 13 June 2019",
            "speed": self.speed,
            "paused": self.paused,
            "start_s": None if self.mode == "live" else START_S,
            "end_s": None if self.mode == "live" else END_S,
            "ended": self.ended,
            "scene": fake_past.SCENE,
        }

    def health(self) -> dict:
        dead = self.dead_feed
        return {
            "type": "health",
            "version": "0.1.0",
            "mode": self.mode,
            "clock_s": self.clock_s,
            "now_s": datetime.now(UTC).timestamp(),
            "lag_s": 0.3,
            "journal": fake_past.journal(self),
            "messages_per_s": 0.0 if dead else 412.0,
            "ships": self.count,
            "watching": "16 rules over 1,500 ships in the Gulf of Oman",
            "since_s": self.start_clock_s,
            "feeds": [
                {
                    "feed": "recording",
                    "name": "Recording",
                    "state": "dead" if dead else "live",
                    "words": "connection refused, trying again in 8 s" if dead else "412 messages a second",
                    "since_s": self.clock_s - 95 if dead else self.start_clock_s,
                    "last_s": self.clock_s - (95 if dead else 0),
                    "messages_per_s": 0.0 if dead else 412.0,
                    "lines": 812345,
                    "rejected": 123,
                    "stations": 3,
                    "ships": self.count,
                },
                {
                    "feed": "radar",
                    "name": "Radar",
                    "state": "no_ships",
                    "words": "alive, no targets",
                    "since_s": self.start_clock_s,
                    "last_s": self.clock_s,
                    "messages_per_s": 1.0,
                    "lines": 345,
                    "rejected": 0,
                    "stations": 1,
                    "ships": 0,
                },
            ],
            "clock_check": {"state": "ok", "offset_s": 0.1, "words": "agrees with the base stations"},
            "counters": {"lines": 812690, "sentences": 812567, "messages": 790012, "rejected": {"checksum": 110, "length": 13}},
        }

    def columns(self, slots: np.ndarray) -> dict[str, np.ndarray]:
        return {
            "slot": slots,
            "lon": np.round(self.lon[slots] * 1e7),
            "lat": np.round(self.lat[slots] * 1e7),
            "heard_s": self.heard_s[slots],
            "cog": np.round(self.cog[slots] * 10) % 3600,
            "sog": np.round(self.sog[slots] * 10),
            "heading": np.round(self.cog[slots]) % 360,
            "length": self.length[slots],
            "kind": self.kind[slots],
            "flags": self.flags[slots],
        }

    def frame(self, kind: int, slots: np.ndarray) -> bytes:
        self.seq += 1
        return encode_ships(kind, self.epoch, self.seq, self.clock_s, self.columns(slots))

    def step(self, seconds: float) -> np.ndarray:
        """Move everything on; returns the slots that were heard."""
        if self.paused or self.ended:
            return np.array([], dtype=int)
        passed_s = seconds * self.speed
        self.clock_s += passed_s
        if self.mode != "live" and self.clock_s >= END_S:
            self.clock_s, self.ended = END_S, True
        moved_deg = self.sog * passed_s / 3600 / 60
        heading = np.radians(self.cog)
        count = self.count  # a test may take ships away meanwhile
        moving = np.flatnonzero(~self.lost[:count])
        self.lat[moving] += (moved_deg * np.cos(heading))[moving]
        self.lon[moving] += (moved_deg * np.sin(heading) / math.cos(math.radians(25.5)))[moving]
        heard = moving[self.random.random(count)[moving] < 0.3]
        self.heard_s[heard] = self.clock_s
        return heard

    # -- HTTP -----------------------------------------------------------------------------------------------------------

    def slot_of(self, ship: int) -> int | None:
        return ship - 538005000 if 0 <= ship - 538005000 < self.count else None

    def ship(self, ship: int) -> dict | None:
        slot = self.slot_of(ship)
        if slot is None:
            return None
        return {
            "id": ship,
            "mmsi": ship,
            "imo": 9745902,
            "name": self.names[slot],
            "callsign": "V7JX9",
            "kind": int(self.kind[slot]),
            "kind_words": KIND_WORDS[int(self.kind[slot])],
            "ship_type": 80,
            "flag": "Marshall Islands",
            "flag_code": "MH",
            "length_m": int(self.length[slot]),
            "beam_m": 42,
            "draught_m": 14.8,
            "destination": "TW KSG",
            "eta": "06-24 06:00",
            "lat_deg": float(self.lat[slot]),
            "lon_deg": float(self.lon[slot]),
            "heard_s": float(self.heard_s[slot]),
            "sog_kn": float(self.sog[slot]),
            "cog_deg": float(self.cog[slot]),
            "heading_deg": float(self.cog[slot]),
            "turn": -12.4,
            "nav_status": 0,
            "nav_status_words": "under way using engine",
            "usual_sog_kn": 12.4,
            "best_sog_kn": 14.9,
            "first_s": self.start_clock_s - 7200,
            "msg_type": 1,
            "fixes": 412,
            "displaced_fixes": 3,
            "stations": [
                {"station": "FUJ-1", "last_s": self.clock_s - 4, "fixes": 400},
                {"station": "KLB-2", "last_s": self.clock_s - 61, "fixes": 12},
            ],
            "static_s": self.clock_s - 320,
            "guarded": bool(self.flags[slot] & 4),
            "own_fleet": bool(self.flags[slot] & 128),
            "small_craft": False,
            "alerts": [alert["id"] for alert in self.alerts.values() if ship in alert["ships"]],
            "sentences": [{"time_s": self.clock_s - 4, "sentence": SENTENCE}],
            "beliefs": [{"lat_deg": 25.0, "lon_deg": 56.0, "last_s": self.clock_s - 30, "fixes": 9, "trusted": False}],
        }

    def track(self, ship: int) -> dict | None:
        slot = self.slot_of(ship)
        if slot is None:
            return None
        number = 240
        time_s = [self.clock_s - 60 * (number - n) for n in range(number)]
        back = [(number - n) * self.sog[slot] / 3600 for n in range(number)]
        heading = math.radians(self.cog[slot])
        return {
            "time_s": time_s,
            "lat_deg": [float(self.lat[slot] - b * math.cos(heading)) for b in back],
            "lon_deg": [float(self.lon[slot] - b * math.sin(heading)) for b in back],
            "sog_kn": [float(12.6 if n < 210 else max(1.2, 12.6 - (n - 210))) for n in range(number)],
            "cog_deg": [float((self.cog[slot] + 4 * math.sin(n / 9)) % 360) for n in range(number)],
            "displaced": [0] * number,
        }

    def exclude(self, alert: dict, body: dict) -> None:
        place = {"lat_deg": alert["lat_deg"], "lon_deg": alert["lon_deg"], "radius_nm": body["here_nm"]}
        made = {
            "id": f"e{len(self.exclusions) + 1}",
            "rule": alert["detector"],
            "ships": body["ships"],
            "names": alert["names"],
            "here": place if body["here_nm"] else None,
            "words": body["words"],
            "by": body.get("by", "desk"),
            "made_s": self.clock_s,
            "alert": alert["id"],
            "undone_s": None,
            "undone_by": None,
            "undone_words": "",
        }
        self.exclusions[made["id"]] = made
        self.tell({"type": "exclusions", "exclusions": [made], "all": False})

    def tell(self, message: dict) -> None:
        self.messages.append(json.dumps(message))


def make_app(desk: FakeDesk) -> Starlette:
    reader_file = (DIST / "land.pmtiles").open("rb")
    reader = Reader(MmapSource(reader_file))

    def page(_: Request) -> Response:
        return FileResponse(DIST / "index.html", headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"})

    def asset(request: Request) -> Response:
        path = DIST / request.path_params["name"]
        return FileResponse(path, headers={"Cache-Control": "no-cache"}) if path.is_file() else Response(status_code=404)

    def tile(request: Request) -> Response:
        data = reader.get(*(request.path_params[axis] for axis in "zxy"))
        if data is None:
            return Response(status_code=204)
        return Response(data, media_type="application/vnd.mapbox-vector-tile", headers={"Content-Encoding": "gzip"})

    def found(value: object) -> Response:
        return JSONResponse(value) if value is not None else JSONResponse({"error": "no such thing", "help": "look it up by name"}, 404)

    def period(request: Request) -> Response:
        desk.periods_told += 1
        return found(fake_past.timeline(desk, int(request.query_params["bins"])))

    def ships(request: Request) -> Response:
        text = request.query_params.get("q", "").upper()
        slots = [slot for slot in range(desk.count) if text in desk.names[slot].upper() or text in str(desk.ids[slot])][:20]
        return JSONResponse(
            {
                "ships": [
                    {
                        "id": desk.ids[s],
                        "name": desk.names[s],
                        "mmsi": desk.ids[s],
                        "imo": 9745902,
                        "callsign": "V7JX9",
                        "kind": int(desk.kind[s]),
                        "flag": "MH",
                    }
                    for s in slots
                ]
            }
        )

    async def act(request: Request) -> Response:
        verb, alert = request.path_params["verb"], desk.alerts.get(request.path_params["id"])
        body = await request.json()
        words = body.get("words", "")
        if alert is None:
            return found(None)
        if verb in ("dismiss", "close", "note", "exclude") and not words:
            return JSONResponse({"error": f"{verb} needs words", "help": "say why"}, 422)
        alert = copy.deepcopy(alert)
        alert["history"].append({"time_s": desk.clock_s, "verb": verb, "words": words, "by": body.get("by", "desk")})
        if verb == "acknowledge":
            alert["acknowledged_s"] = desk.clock_s
        elif verb == "confirm":
            alert["confirmed"] = True
        elif verb == "assign":
            alert["assigned"] = body["to"] or None
        elif verb == "snooze":
            alert["snoozed_until_s"] = desk.clock_s + 60 * body["minutes"] if body["minutes"] else None
        elif verb in ("close", "reopen"):
            shut = verb == "close"
            alert |= {"closed_by_desk": shut, "state": "closed" if shut else "open", "end_s": desk.clock_s if shut else None}
        elif verb in ("dismiss", "exclude"):
            alert["state"], alert["end_s"] = "withdrawn", desk.clock_s
        if verb == "exclude":
            desk.exclude(alert, body)
        desk.alerts[alert["id"]] = alert
        desk.posts.append((f"{verb} {alert['id']}", body))
        desk.tell({"type": "alerts", "alerts": [alert], "all": False})
        return JSONResponse(alert)

    async def undo(request: Request) -> Response:
        exclusion = desk.exclusions[request.path_params["id"]]
        exclusion |= {"undone_s": desk.clock_s, "undone_by": (await request.json()).get("by", "desk")}
        desk.posts.append((f"undo {exclusion['id']}", {}))
        desk.tell({"type": "exclusions", "exclusions": [exclusion], "all": False})
        return JSONResponse(exclusion)

    async def report(request: Request) -> Response:
        body = await request.json()
        made = {**body, "id": f"r{len(desk.reports) + 1}", "entered_s": desk.clock_s, "incident": None}
        desk.reports.append(made)
        desk.posts.append(("report", body))
        desk.tell({"type": "reports", "reports": [made], "all": False})
        return JSONResponse(made, 201)

    async def guard(request: Request) -> Response:
        body = await request.json()
        slot = desk.slot_of(body["ship"])
        desk.flags[slot] = desk.flags[slot] | 4 if body["guard"] else desk.flags[slot] & ~4
        desk.posts.append(("guard", body))
        fake_ship.guard(desk, body)
        return JSONResponse({})

    async def replay(request: Request) -> Response:
        body = await request.json()
        desk.posts.append(("replay", body))
        desk.speed = body.get("speed", desk.speed)
        desk.paused = body.get("paused", desk.paused)
        if "seek_s" in body:
            while not (desk.may_go.is_set() or desk.drop_sockets):
                await asyncio.sleep(0.02)
            desk.epoch, desk.seq, desk.ended, desk.clock_s = desk.epoch + 1, 0, False, body["seek_s"]
        if body.get("again"):
            desk.epoch, desk.seq, desk.ended, desk.paused = desk.epoch + 1, 0, False, False
            desk.clock_s = desk.start_clock_s
        desk.tell(desk.hello())
        return JSONResponse({})

    async def socket(websocket: WebSocket) -> None:
        await websocket.accept()
        desk.sockets += 1
        heard = len(desk.messages)
        epoch = desk.epoch

        async def greet() -> None:
            await websocket.send_text(json.dumps(desk.hello()))
            everyone = np.arange(desk.count)
            await websocket.send_bytes(desk.frame(1, everyone))
            names = [[slot, desk.ids[slot], desk.names[slot], desk.ids[slot], "MH"] for slot in everyone.tolist()]
            await websocket.send_text(json.dumps({"type": "names", "ships": names}))
            await websocket.send_text(json.dumps({"type": "alerts", "alerts": list(desk.alerts.values()), "all": True}))
            await websocket.send_text(json.dumps({"type": "incidents", "incidents": desk.incidents, "all": True}))
            await websocket.send_text(json.dumps({"type": "reports", "reports": desk.reports, "all": True}))
            await websocket.send_text(json.dumps({"type": "exclusions", "exclusions": list(desk.exclusions.values()), "all": True}))
            for told in desk.charting.told():
                await websocket.send_text(json.dumps(told))
            await websocket.send_text(json.dumps({"type": "guards", "guards": list(desk.guards.values()), "all": True}))
            await websocket.send_text(json.dumps(desk.health()))

        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await greet()
            tick = 0
            while not desk.drop_sockets:
                await asyncio.sleep(0.5)
                tick += 1
                slots = desk.step(0.5)
                if desk.epoch != epoch:
                    epoch = desk.epoch
                    await greet()
                if len(slots):
                    await websocket.send_bytes(desk.frame(2, slots))
                for message in desk.messages[heard:]:
                    await websocket.send_text(message)
                heard = len(desk.messages)
                if tick % 2 == 0:
                    await websocket.send_text(json.dumps(desk.health()))
            await websocket.close()

    return Starlette(
        routes=[
            Route("/", page),
            Route("/assets/{name}", asset),
            Route("/tiles/{z:int}/{x:int}/{y:int}.mvt", tile),
            Route("/api/health", lambda _: JSONResponse(desk.health())),
            Route("/api/alerts", lambda _: JSONResponse({"alerts": list(desk.alerts.values())})),
            Route("/api/alerts/{id}", lambda request: found(desk.alerts.get(request.path_params["id"]))),
            Route("/api/alerts/{id}/{verb}", act, methods=["POST"]),
            Route("/api/exclusions/{id}/undo", undo, methods=["POST"]),
            Route("/api/incidents", lambda _: JSONResponse({"incidents": desk.incidents})),
            *fake_incident.routes(desk),
            Route("/api/reports", report, methods=["POST"]),
            Route("/api/reports", lambda _: JSONResponse({"reports": desk.reports})),
            Route("/api/guard", guard, methods=["POST"]),
            *desk.charting.routes(),
            *fake_zones.routes(desk),
            *fake_ship.routes(desk),
            *fake_said_before.routes(desk),
            *fake_beside.routes(desk, make_app),
            Route("/api/replay", period),
            Route("/api/replay/alert", lambda request: JSONResponse({"alert": fake_past.moment(desk, request.query_params)})),
            Route("/api/replay", replay, methods=["POST"]),
            Route("/api/ships", ships),
            Route("/api/ships/{id:int}", lambda request: found(desk.ship(request.path_params["id"]))),
            Route("/api/ships/{id:int}/track", lambda request: found(desk.track(request.path_params["id"]))),
            WebSocketRoute("/ws", socket),
        ]
    )


if __name__ == "__main__":
    import uvicorn

    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8421
    mode = sys.argv[2] if len(sys.argv) > 2 else "reconstruction"
    ships_wanted = int(sys.argv[3]) if len(sys.argv) > 3 else 1500
    uvicorn.run(make_app(FakeDesk(mode, ships_wanted)), host="127.0.0.1", port=port, log_level="warning")
