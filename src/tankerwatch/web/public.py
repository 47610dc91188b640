"""What everybody may see: late and rounded positions of larger ships. A second application, over a desk in which all else is blank."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter, deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from tankerwatch.core.ports import Desk, PictureNow
from tankerwatch.web.access.door import address_of
from tankerwatch.web.access.limits import Limit, network
from tankerwatch.web.asking import Refused
from tankerwatch.web.guard import Front, Guard
from tankerwatch.web.live import KINDS, Hub
from tankerwatch.web.plain import Answer, encoded, refusal
from tankerwatch.web.tiles import Tiles

SAMPLE_S: Final = 15.0
OPEN_KINDS: Final = (1, 2, 3, 4, 5, 6, 7, 9)
"""Kinds of ship that are shown: none that is not known, no authority, aircraft, beacon or radar target."""
DOUBTED: Final = 8 | 16
"""Not trusted, lost: bits of the wire's flag byte. Such a position is not shown, and that it became one is told as late as all else."""
PRIVATE: Final = 64 | 128
"""Class B, own fleet: who is found to be one is taken back at once."""
PRIVATE_BELOW_M: Final = {7: 45.0, 4: 15.0}
"""Pleasure craft and fishing boats below these lengths are people."""
MOST_PAGES: Final = 200
MOST_OF_ONE: Final = 8

log = logging.getLogger("tankerwatch.web")


@dataclass(frozen=True, slots=True)
class Sample:
    """Who was where, rounded, at a time of the stream; and the names that were new then."""

    clock_s: float
    id: Any
    lon_deg: Any
    lat_deg: Any
    kind: Any
    renamed: dict[int, tuple[str, str]]


class PublicView:
    """Takes the desk's pictures as they come, and gives the one of `delay_s` ago. `desk` is all that the public application may call."""

    def __init__(self, delay_s: float, step_deg: float, version: str) -> None:
        self.delay_s, self.step_deg, self.version = delay_s, step_deg, version
        self._samples: deque[Sample] = deque()
        self._shown: Sample | None = None
        self._epoch: int | None = None
        self._heard: dict[int, tuple[str, str]] = {}
        """names and flags as they are now"""
        self._names: dict[int, tuple[str, str]] = {}
        """as they were at the time that is shown"""
        self._slots: dict[int, int] = {}
        self._picture: PictureNow | None = None
        self._number = 0

    def take(self, picture: PictureNow | None) -> None:
        """Look at the newest picture."""
        if picture is None:
            return
        if picture.epoch != self._epoch:
            self._epoch, self._picture, self._shown = picture.epoch, None, None
            for held in (self._samples, self._slots, self._heard, self._names):
                held.clear()
        sample, still_open = self._sampled(picture)
        self._samples.append(sample)
        while self._samples and self._samples[0].clock_s <= picture.clock_s - self.delay_s:
            self._shown = self._samples.popleft()
            self._names |= self._shown.renamed
        if self._shown is not None:
            self._show(self._shown, still_open, picture)

    def _sampled(self, picture: PictureNow) -> tuple[Sample, set[int]]:
        """What will be shown of a picture, and who is open to all as far as is known now."""
        ids = np.array([row[0] if row[2] else 0 for row in picture.names], np.int64)
        number = min(len(ids), len(picture.lon_deg))
        ids, lon_deg, lat_deg, kind = ids[:number], picture.lon_deg[:number], picture.lat_deg[:number], picture.kind[:number]
        length_m = np.nan_to_num(picture.length_m[:number])
        flags = np.asarray(picture.flags[:number])
        open_to_all = (ids > 0) & np.isin(kind, OPEN_KINDS) & (flags & PRIVATE == 0)
        for private, below_m in PRIVATE_BELOW_M.items():
            open_to_all &= ~((kind == private) & (length_m < below_m))
        shown = open_to_all & (flags & DOUBTED == 0) & ~picture.gone[:number] & np.isfinite(lon_deg) & np.isfinite(lat_deg)
        named = {row[0]: (row[1], row[3]) for row, told in zip(picture.names, shown, strict=False) if told}
        renamed = {ship: name for ship, name in named.items() if self._heard.get(ship) != name}
        self._heard |= renamed
        step = self.step_deg
        sample = Sample(
            picture.clock_s,
            ids[shown],
            np.round(np.round(lon_deg[shown] / step) * step, 6),
            np.round(np.round(lat_deg[shown] / step) * step, 6),
            kind[shown].copy(),
            renamed,
        )
        return sample, set(ids[open_to_all].tolist())

    def _show(self, sample: Sample, still_open: set[int], picture: PictureNow) -> None:
        """The sample as a picture, in slots of its own; who is not open to all any more, though she was then, is left out."""
        for ship in sample.id.tolist():
            if ship in still_open:
                self._slots.setdefault(ship, len(self._slots))
        size = len(self._slots)
        blank = np.full(size, np.nan)
        lon_deg, lat_deg, kind, gone = blank.copy(), blank.copy(), np.zeros(size, np.uint8), np.ones(size, np.bool_)
        names: list[tuple[int, str, int, str]] = [(0, "", 0, "")] * size
        for row, ship in enumerate(sample.id.tolist()):
            if ship in still_open:
                slot = self._slots[ship]
                lon_deg[slot], lat_deg[slot], kind[slot], gone[slot] = sample.lon_deg[row], sample.lat_deg[row], sample.kind[row], False
                name, flag = self._names[ship]
                names[slot] = (ship, name, ship, flag)
        self._number += 1
        self._picture = PictureNow(
            epoch=picture.epoch,
            version=self._number,
            clock_s=sample.clock_s,
            lon_deg=lon_deg,
            lat_deg=lat_deg,
            heard_s=np.full(size, np.floor(sample.clock_s / 60) * 60),
            cog_deg=blank,
            sog_kn=blank,
            heading_deg=blank,
            length_m=np.zeros(size),
            kind=kind,
            flags=np.zeros(size, np.uint8),
            names=names,
            gone=gone,
        )

    def health(self) -> dict[str, Any]:
        """What time it is there, and which version; not what the desk hears, nor how it is."""
        picture = self._picture
        told = {"type": "health", "version": self.version, "mode": "live", "clock_s": picture.clock_s if picture else None}
        unknown = dict.fromkeys(("now_s", "lag_s", "journal", "messages_per_s", "since_s", "clock_check", "counters"))
        return {**told, **unknown, "ships": int((~picture.gone).sum()) if picture else 0, "watching": "", "feeds": []}

    def hello(self) -> dict[str, Any]:
        """As of a desk that is live, though late."""
        told = {"type": "hello", "epoch": self._epoch or 0, "mode": "live", "version": self.version, "title": "Tankerwatch", "speed": 1}
        return {**told, "paused": False, "ended": False, "start_s": None, "end_s": None, "scene": None, "late_s": self.delay_s}

    def desk(self) -> Desk:
        """A desk that knows nothing but these."""

        def nothing(*_given: Any) -> Any:
            return None

        def none() -> list[Any]:
            return []

        known: dict[str, Any] = {"hello": self.hello, "health": self.health, "snapshot": lambda: self._picture}
        known |= {"chart": lambda: {"meetings": [], "dark": [], "jammed": []}, **dict.fromkeys(KINDS, none)}
        return Desk(**{field.name: known.get(field.name, nothing) for field in fields(Desk)})


class Turnstile:
    """ASGI middleware: reads only, so many of each address, and the page is told that it is everybody's."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.limit = Limit(600, 60)
        self.pages: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let pass or refuse one request."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        who = network(address_of(HTTPConnection(scope)))
        welcome = self.limit.take(who, time.monotonic())
        if scope["type"] == "http":
            reads = scope["method"] in ("GET", "HEAD")
            answer = refusal(405, "nothing can be sent here", "") if not reads else refusal(429, "too many requests", "wait a little")
            await (self.app if welcome and reads else answer)(scope, receive, send)
        elif not welcome or self.pages[who] >= MOST_OF_ONE:
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._page(who, scope, receive, send)

    async def _page(self, who: str, scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            await send(message)
            if message["type"] == "websocket.accept":
                await send({"type": "websocket.send", "text": encoded(SESSION)})

        self.pages[who] += 1
        try:
            await self.app(scope, receive, told)
        finally:
            self.pages[who] -= 1
            self.pages += Counter()  # those at nothing go


SESSION: Final = {"type": "session", "name": "", "role": "public", "csrf": "", "left_s": 0}


def create_public_app(desk: Desk, view: PublicView, *, dist: Path, front: Front) -> Starlette:
    """The application for everybody: `desk` is asked for its newest picture, and for nothing else."""
    blank, hub = view.desk(), Hub(push_s=1.0, health_s=5.0, most_pages=MOST_PAGES)

    async def page(request: Request) -> Response:
        return FileResponse(dist / "index.html", media_type="text/html")

    async def session(request: Request) -> Response:
        return Answer({name: value for name, value in SESSION.items() if name != "type"})

    async def health(request: Request) -> Response:
        told = view.health()
        return Answer({name: told[name] for name in ("version", "clock_s", "ships")})

    async def socket(made: WebSocket) -> None:
        await hub.attend(made, blank)

    async def sample() -> None:
        while True:
            try:
                await asyncio.to_thread(view.take, desk.snapshot())
            except Exception:
                log.exception("the public picture could not be made; trying again")
            await asyncio.sleep(SAMPLE_S)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        running = [asyncio.create_task(sample()), asyncio.create_task(hub.run(blank))]
        yield
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    return Starlette(
        routes=[
            Route("/", page),
            Mount("/assets", StaticFiles(directory=dist, check_dir=False), name="assets"),
            Route("/tiles/{z}/{x}/{y}.mvt", Tiles(dist / "land.pmtiles").answer),
            Route("/api/session", session),
            Route("/api/health", health),
            WebSocketRoute("/ws", socket),
        ],
        middleware=[Middleware(Guard, hosts=None, front=front), Middleware(Turnstile)],
        exception_handlers={Refused: _refused, HTTPException: _unknown, Exception: _failed},
        lifespan=lifespan,
    )


async def _refused(request: Request, problem: Exception) -> Response:
    return refusal(404, "there is no such thing here", "")


async def _unknown(request: Request, problem: Exception) -> Response:
    return refusal(404, "there is no such thing here", "")


async def _failed(request: Request, problem: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=problem)
    return refusal(500, "this failed", "")
