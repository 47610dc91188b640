"""A made-up desk behind the real server, for `bench/page.py`: so many ships, a tenth of them heard anew each second.

It is a process of its own, so that its work is not the browser's. It prints its address, and answers, beside what every desk answers:

    /bench/pushes       when each binary message left, seconds since 1970, in the order of leaving, of the newest page
    /bench/alert        raises an alert now and says its id, which is the time in milliseconds
    /bench/peers/NAME   the pages of the peers
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tankerwatch.core.ports import Desk, PictureNow
from tankerwatch.web.app import create_app
from tankerwatch.web.live import Hub
from tankerwatch.web.serve import Server

ROOT = Path(__file__).resolve().parent.parent
FIRST_ID = 200_000_000
HEARD_SHARE = 0.1
WORDS = ("OCEAN", "NORDIC", "GULF", "PACIFIC", "DESERT", "MORNING"), ("STAR", "PRIDE", "CROWN", "WAVE", "SPIRIT")


class Sea:
    """Ships round 60 places of the world, a third of them in the first, which is the densest view there is."""

    def __init__(self, ships: int, seed: int = 7) -> None:
        self.dice = dice = np.random.default_rng(seed)
        self.ships = ships
        place = np.where(dice.random(ships) < 1 / 3, 0, dice.integers(0, 60, ships))
        lat, lon = dice.uniform(-40, 58, 60), dice.uniform(-175, 175, 60)
        lat[0], lon[0] = 25.4, 57.2
        self.lat = lat[place] + dice.normal(0, 2.2, ships)
        self.lon = lon[place] + dice.normal(0, 3.0, ships)
        self.cog = dice.uniform(0, 360, ships)
        self.sog = np.where(dice.random(ships) < 0.3, 0.1, dice.uniform(4, 19, ships))
        self.heading = np.where(dice.random(ships) < 0.15, np.nan, self.cog)
        self.kind = dice.choice(10, ships).astype(np.uint8)
        self.length = dice.integers(20, 333, ships).astype(float)
        self.flags = np.where(self.sog < 1, 32, 0).astype(np.uint8)
        self.flags[dice.random(ships) < 0.02] |= 16
        self.flags[dice.random(ships) < 0.002] |= 1
        self.flags[dice.random(ships) < 0.0005] |= 3
        self.flags[dice.random(ships) < 0.002] |= 8
        first, last = WORDS
        self.names = [(FIRST_ID + n, f"{first[n % 6]} {last[n % 5]} {n}", FIRST_ID + n, "PA") for n in range(ships)]
        self.moved_s = self.clock_s = time.time()  # noqa: TID251 (a made-up live desk has a clock)
        self.heard = self.clock_s - dice.uniform(0, 30, ships)
        old = dice.random(ships) < 0.1
        self.heard[old] -= dice.uniform(400, 3000, int(old.sum()))
        self.version = 0

    def picture(self) -> PictureNow:
        """The state of this moment: a tenth of the ships a second has been heard."""
        self.clock_s = time.time()  # noqa: TID251 (likewise)
        passed_s = self.clock_s - self.moved_s
        if passed_s >= 0.05 or not self.version:
            self.moved_s = self.clock_s
            heard = np.flatnonzero(self.dice.random(self.ships) < HEARD_SHARE * passed_s)
            since_s = np.minimum(60, self.clock_s - self.heard[heard])
            course, run_deg = np.radians(self.cog[heard]), self.sog[heard] * since_s / 3600 / 60
            self.lat, self.lon, self.heard, self.cog = self.lat.copy(), self.lon.copy(), self.heard.copy(), self.cog.copy()
            self.lat[heard] += run_deg * np.cos(course)
            self.lon[heard] += run_deg * np.sin(course) / np.cos(np.radians(self.lat[heard]))
            self.cog[heard] = (self.cog[heard] + self.dice.normal(0, 0.4, len(heard))) % 360
            self.heard[heard] = self.clock_s
            self.version += 1
        return PictureNow(
            epoch=1, version=self.version, clock_s=self.clock_s, lon_deg=self.lon, lat_deg=self.lat, heard_s=self.heard, cog_deg=self.cog,
            sog_kn=self.sog, heading_deg=self.heading, length_m=self.length, kind=self.kind, flags=self.flags, names=self.names,
            gone=np.zeros(self.ships, np.bool_),
        )  # fmt: skip  # one a line would hide what belongs together

    def track(self, ship: int) -> dict[str, Any]:
        """Where she was: 2,000 points of six hours."""
        n, back = ship - FIRST_ID, np.arange(2000, 0, -1) * 10.8
        run_deg = self.sog[n] * back / 3600 / 60
        course = np.radians(self.cog[n] + 20 * np.sin(back / 3000))
        lat, lon = self.lat[n] - run_deg * np.cos(course), self.lon[n] - run_deg * np.sin(course)
        columns = {
            "time_s": self.clock_s - back,
            "lat_deg": lat,
            "lon_deg": lon,
            "sog_kn": back * 0 + self.sog[n],
            "cog_deg": np.degrees(course),
        }
        return {name: values.tolist() for name, values in columns.items()} | {"displaced": [0] * 2000}

    def ship(self, ship: int) -> dict[str, Any]:
        """What is told of her."""
        n = ship - FIRST_ID
        return {
            "id": ship, "mmsi": ship, "name": self.names[n][1], "kind": int(self.kind[n]), "kind_words": "cargo", "lat_deg": self.lat[n],
            "lon_deg": self.lon[n], "heard_s": self.heard[n], "sog_kn": self.sog[n], "cog_deg": self.cog[n], "first_s": self.clock_s - 9000,
            "fixes": 900, "displaced_fixes": 0, "stations": [], "guarded": False, "own_fleet": False, "small_craft": False, "alerts": [],
            "sentences": [], "beliefs": [],
        }  # fmt: skip  # one a line would hide what belongs together

    def page(self, ship: int) -> dict[str, Any]:
        """What her own page shows beside it."""
        now_s = self.clock_s
        said = {"field": "draught_m", "first_s": now_s - 3600, "last_s": now_s - 60, "times": 3}
        claims = [{**said, "value": 14.8 - n / 10} for n in range(9)]
        sent = {"feed": "0", "station": "1", "time_s": now_s, "sentence": "!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4E"}
        return {
            "id": ship, "told_s": {"name": now_s - 300}, "hull_m": [200, 50, 21, 21], "status_s": now_s - 9000, "spoken_s": now_s,
            "imo_valid": True, "claims": claims, "others": [], "conflicts": [], "interval_s": 10.0, "gap_s": 360.0,
            "sentences": [{**sent, "source_row": n} for n in range(20)], "guard": None,
        }  # fmt: skip  # one a line would hide what belongs together

    def said_before(self, ship: int) -> dict[str, Any]:
        """What the history knows of her."""
        now_s = self.clock_s
        said = {"field": "name", "first_s": now_s - 9e6, "last_s": now_s - 8e6, "times": 400}
        return {
            "id": ship, "words": "", "from_s": now_s - 9e6, "to_s": now_s, "claims": [{**said, "value": f"OLD NAME {n}"} for n in range(5)],
            "others": [], "more": 0, "conflicts": [],
        }  # fmt: skip  # one a line would hide what belongs together


class Noting:
    """The server with a note of when each binary message left."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.pushes: list[float] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            self.pushes = pushes = []

            async def noted(message: Message) -> None:
                if message["type"] == "websocket.send" and message.get("bytes") is not None:
                    pushes.append(time.time())  # noqa: TID251 (when the page was told, by its own clock)
                await send(message)

            await self.app(scope, receive, noted)
        else:
            await self.app(scope, receive, send)


def alert_of(sea: Sea, number: int) -> dict[str, Any]:
    """An alert that is raised now; its id says when."""
    now_s = time.time()  # noqa: TID251 (a made-up live desk has a clock)
    ship = FIRST_ID + number
    name = sea.names[number][1]
    return {
        "id": f"b{int(now_s * 1000)}", "detector": "sudden_stop", "severity": "danger", "state": "open", "ships": [ship],
        "names": {str(ship): name}, "raised_s": now_s, "start_s": now_s - 60, "end_s": None, "updated_s": now_s,
        "lat_deg": sea.lat[number], "lon_deg": sea.lon[number], "score": 0.9, "title": f"{name}: sudden stop",
        "reason": f"{name} has lost her speed.", "incident": None,
        "acknowledged_s": None, "confirmed": False, "assigned": None, "snoozed_until_s": None, "closed_by_desk": False, "history": [],
        "rule": None, "evidence": [],
    }  # fmt: skip  # one a line would hide what belongs together


def health_of(sea: Sea) -> dict[str, Any]:
    """All is well here."""
    now_s = time.time()  # noqa: TID251 (likewise)
    feed = {
        "feed": "0", "name": "made up", "state": "live", "words": "live", "since_s": now_s - 60, "last_s": now_s, "messages_per_s": 900.0,
        "lines": 1, "rejected": 0, "stations": 9, "ships": sea.ships,
    }  # fmt: skip  # one a line would hide what belongs together
    return {
        "type": "health", "version": "0", "mode": "live", "clock_s": now_s, "now_s": now_s, "lag_s": 0.1, "messages_per_s": 900.0,
        "journal": None, "ships": sea.ships, "watching": "a made-up sea", "since_s": now_s - 60, "feeds": [feed], "clock_check": None,
        "counters": None,
    }  # fmt: skip  # one a line would hide what belongs together


def nothing(kind: str) -> Any:
    """An empty answer of a callable of this type."""
    found = re.match(r"Callable\[\[.*?\]+, (\w+)", kind)
    return {"dict": {}, "list": [], "str": ""}.get(found.group(1)) if found else None


async def serve(ships: int, peers: Path) -> None:
    """Serve until killed."""
    sea, hub, server = Sea(ships), Hub(), Server("127.0.0.1", 0)
    raised: dict[str, dict[str, Any]] = {}
    known: dict[str, Any] = {
        "health": lambda: health_of(sea),
        "alerts": lambda *asked: list(raised.values()),
        "alert": raised.get,
        "hello": lambda: {"type": "hello", "epoch": 1, "mode": "live", "version": "0", "title": "bench", "speed": 1, "paused": False,
                          "start_s": None, "end_s": None, "scene": None},
        "snapshot": sea.picture,
        "ship": sea.ship,
        "track": sea.track,
        "page": sea.page,
        "said_before": sea.said_before,
        "timeline": lambda: None,
        "chart": lambda: {"meetings": [], "dark": [], "jammed": []},
    }  # fmt: skip  # one a line would hide what belongs together
    # What the page asks of a desk grows; what is not measured here has nothing to tell.
    desk = Desk(**{field.name: known.get(field.name, lambda *_, kind=str(field.type): nothing(kind)) for field in fields(Desk)})
    inner = create_app(desk, hub, hosts=server.hosts, dist=ROOT / "src" / "tankerwatch" / "web" / "dist")
    noting = Noting(inner)

    async def raise_one(_: Request) -> JSONResponse:
        alert = alert_of(sea, len(raised))
        raised[alert["id"]] = alert
        hub.publish("alerts", [alert])
        return JSONResponse({"id": alert["id"]})

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with inner.router.lifespan_context(inner):
            yield

    routes = [
        Route("/bench/pushes", lambda _: JSONResponse(noting.pushes)),
        Route("/bench/alert", raise_one),
        Mount("/bench/peers", StaticFiles(directory=peers, check_dir=False)),
        Mount("/", noting),
    ]
    print(json.dumps({"url": server.url}), flush=True)
    await server.serve(Starlette(routes=routes, lifespan=lifespan))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ships", type=int, default=50_000)
    parser.add_argument("--peers", type=Path, default=ROOT / "bench" / "page" / "built")
    asked = parser.parse_args()
    asyncio.run(serve(asked.ships, asked.peers))
