"""The desk for browsers: the page, a small JSON API and the WebSocket of docs/reference/wire.md."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Match, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from tankerwatch.core.errors import InputFault
from tankerwatch.core.incidents import ANSWERS
from tankerwatch.core.ports import Desk
from tankerwatch.web import ship_page
from tankerwatch.web.access.door import Door, Login
from tankerwatch.web.access.gate import Gate
from tankerwatch.web.access.sessions import current, spared
from tankerwatch.web.asking import Refused, ask, body_of, found, ship_id
from tankerwatch.web.beside import BesideRoutes
from tankerwatch.web.blocks import Blocks
from tankerwatch.web.charting import Charting
from tankerwatch.web.described import Described
from tankerwatch.web.events import Events
from tankerwatch.web.geojson import GeoJson
from tankerwatch.web.guard import OPEN, Front, Guard
from tankerwatch.web.listed import Listed
from tankerwatch.web.live import Hub
from tankerwatch.web.metrics import Metrics
from tankerwatch.web.papers import PaperRoutes
from tankerwatch.web.periods import Periods
from tankerwatch.web.plain import Answer, refusal
from tankerwatch.web.ready import Ready
from tankerwatch.web.said_before import SaidBefore
from tankerwatch.web.tiles import Tiles
from tankerwatch.web.watched import Watched
from tankerwatch.web.zonefiles import ZoneFiles

SEARCH_LETTERS: Final = 100
STORED_WITHIN_S: Final = 30.0
VERBS: Final = (*ANSWERS, "exclude")
MORE: Final = {"assign": ("to",), "snooze": ("minutes",), "exclude": ("ships", "here_nm")}
"""What a decision may carry beside `words` and `by`; what it must be is for the desk to say."""
FASTEST: Final = 3600.0

log = logging.getLogger("tankerwatch.web")


class Api:
    """The routes, over what the desk lets the web stage call."""

    def __init__(self, desk: Desk, hub: Hub, dist: Path, login: Login) -> None:
        self.desk, self.hub, self.dist, self.login = desk, hub, dist, login
        self.tiles = Tiles(dist / "land.pmtiles")

    def routes(self) -> list[Route | Mount | WebSocketRoute]:
        """All routes; each is written down in docs/reference/wire.md (a test holds them to it)."""
        return [
            Route("/", self.page),
            Mount("/assets", StaticFiles(directory=self.dist, check_dir=False), name="assets"),
            Route("/tiles/{z}/{x}/{y}.mvt", self.tiles.answer),
            Route("/api/health", self.health),
            *Listed(self.desk).routes(),
            Route("/api/alerts/{id}", self.alert),
            *[Route(f"/api/alerts/{{id}}/{verb}", self._decider(verb), methods=["POST"]) for verb in VERBS],
            Route("/api/ships", self.ships),
            Route("/api/watched", Watched(self.desk).answer),
            Route("/api/ships/{id}", self.ship),
            Route("/api/ships/{id}/track", self.track),
            Route("/api/reports", self.report, methods=["POST"]),
            Route("/api/exclusions/{id}/undo", self.undo, methods=["POST"]),
            *Charting(self.desk, self._decide).routes(),
            *ZoneFiles(self.desk).routes(),
            *ship_page.routes(self.desk, self._decide),
            *SaidBefore(self.desk).routes(),
            *PaperRoutes(self.desk, self._decide).routes(),
            *Periods(self.desk).routes(),
            Route("/api/replay", self.replay, methods=["POST"]),
            *BesideRoutes(self.desk, self.page).routes(),
            *self._for_programs(),
            WebSocketRoute("/ws", self.socket),
            *self.login.routes(),
        ]

    def _for_programs(self) -> list[Route]:
        """What no page asks."""
        described = Described(self.desk, guarded=self.login.door is not None)
        parts = (
            Blocks(self.desk),
            GeoJson(self.desk),
            Events(self.desk, self.hub),
            Metrics(self.desk, self.hub),
            Ready(self.desk),
            described,
        )
        return [route for part in parts for route in part.routes()]

    async def page(self, request: Request) -> Response:
        """The page itself."""
        index = self.dist / "index.html"
        if not index.is_file():
            return refusal(503, "the page is not part of this installation", "the API works: see /api/health; or build web/")
        return FileResponse(index, media_type="text/html")

    async def socket(self, socket: WebSocket) -> None:
        """The WebSocket of one page."""
        await self.hub.attend(socket, self.desk, spared(self.hub.most_pages))

    async def health(self, request: Request) -> Response:
        """How the feeds, the journal and the desk are."""
        return Answer(await ask(self.desk.health))

    async def alert(self, request: Request) -> Response:
        """One alert with its evidence."""
        return found(await ask(self.desk.alert, request.path_params["id"]), "alert")

    async def ships(self, request: Request) -> Response:
        """Ships by name, MMSI, IMO number or call sign."""
        return Answer({"ships": (await ask(self.desk.search, request.query_params.get("q", "")[:SEARCH_LETTERS]))[:20]})

    async def ship(self, request: Request) -> Response:
        """One ship."""
        return found(await ask(self.desk.ship, ship_id(request.path_params["id"])), "ship")

    async def track(self, request: Request) -> Response:
        """Where one ship was."""
        return found(await ask(self.desk.track, ship_id(request.path_params["id"])), "ship")

    async def report(self, request: Request) -> Response:
        """A person's report."""
        made = await self._decide("report", "", await body_of(request))
        return Answer(await ask(self.desk.one, "reports", made) or {"id": made}, 201)

    async def undo(self, request: Request) -> Response:
        """An exclusion is taken back."""
        body = await body_of(request)
        name = request.path_params["id"]
        await self._decide("include", name, {key: body[key] for key in ("words", "by") if key in body})
        return found(await ask(self.desk.one, "exclusions", name), "exclusion")

    async def replay(self, request: Request) -> Response:
        """Speed, pause, begin again, or go to another time, in a replay."""
        wish = await body_of(request)
        speed = wish.get("speed", 1)
        if isinstance(speed, bool) or not isinstance(speed, int | float) or not (math.isfinite(speed) and 0 < speed <= FASTEST):
            raise Refused(422, "the speed is a number above 0", f'send {{"speed": 120}}; at most {FASTEST:.0f}')
        switches = all(isinstance(wish.get(name, False), bool) for name in ("paused", "again"))
        if not switches or not set(wish) <= {"speed", "paused", "again", "seek_s"}:
            help = 'send {"speed": 120}, {"paused": true}, {"again": true} or {"seek_s": 1560394800}'
            raise Refused(422, "a replay knows speed, paused, again and seek_s", help)
        seek_s = wish.get("seek_s", 0)
        if isinstance(seek_s, bool) or not isinstance(seek_s, int | float) or not math.isfinite(seek_s):
            raise Refused(422, "seek_s is a time in seconds since 1970", 'send {"seek_s": 1560394800}')
        if not await ask(self.desk.replay, wish):
            raise Refused(409, "this desk is live", "only a demo and a replay of a file can be paused")
        return Answer({})

    def _decider(self, verb: str) -> Callable[[Request], Any]:
        async def decide(request: Request) -> Response:
            body = await body_of(request)
            words = body.get("words", "")
            if not isinstance(words, str):
                raise Refused(422, "words are text", 'send {"words": "seen"}')
            if verb == "dismiss" and not words.strip():
                raise Refused(422, "a dismissal needs words", "say why it is dismissed: the next watch will ask")
            alert = request.path_params["id"]
            if await ask(self.desk.alert, alert) is None:
                return found(None, "alert")
            more = {key: body[key] for key in ("by", *MORE.get(verb, ())) if key in body}
            await self._decide(verb, alert, {"words": words, **more})
            return found(await ask(self.desk.alert, alert), "alert")

        return decide

    async def _decide(self, kind: str, subject: str, content: dict[str, Any]) -> Any:
        """Carry out a decision; back when it is durable. Raises Refused."""
        try:
            async with asyncio.timeout(STORED_WITHIN_S):
                made = await self.desk.decide(kind, subject, content)
        except InputFault as fault:
            raise Refused(422, fault.what, fault.help) from fault
        except KeyError:
            made = None
        except TimeoutError:
            raise Refused(503, "not stored yet", "the journal does not answer; look at the desk's health before trying again") from None
        if made is None:
            raise Refused(404, "there is no such thing to decide on", "it may be of an earlier replay; load the page anew")
        return made


async def _refused(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Refused)
    return refusal(problem.status, problem.error, problem.help)


async def _unknown(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    made = refusal(problem.status_code, str(problem.detail).lower(), "docs/reference/wire.md says what this desk answers")
    made.headers.update(problem.headers or {})
    if problem.status_code == 405:  # each route knows its own method, and a path may have two of them
        routes = [route for route in request.app.routes if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE]
        made.headers["Allow"] = ", ".join(sorted({method for route in routes for method in route.methods or ()}))
    return made


async def _gone(request: Request, problem: Exception) -> Response:
    return Response(status_code=400)  # nobody is left to read it


async def _failed(request: Request, problem: Exception) -> Response:
    log.error("%s %s failed", request.method, request.url.path, exc_info=problem)
    return refusal(500, "the desk failed at this", "it is our fault; please report it with the log")


def signed(desk: Desk) -> Desk:
    """The desk as someone who is logged in may call it: whatever is decided carries her name, and no other."""

    async def decide(kind: str, subject: str, content: dict[str, Any]) -> Any:
        session = current.get()
        return await desk.decide(kind, subject, content if session is None else {**content, "by": session.name})

    return replace(desk, decide=decide)


def create_app(desk: Desk, hub: Hub, *, hosts: frozenset[str], dist: Path, front: Front = OPEN, door: Door | None = None) -> Starlette:
    """The application.

    desk: what may be called · hub: tells the open pages; it runs while the application does · hosts: the desk's own addresses such as
    `127.0.0.1:8420` · dist: the folder of the built page and `land.pmtiles` · front: how requests come · door: where everyone logs in;
    without one, whoever reaches the address may do everything.
    """
    middleware = [Middleware(Guard, hosts=hosts, front=front)]
    if door is not None:
        door.journalled = desk.decide
        desk = signed(desk)
        middleware.append(Middleware(Gate, door=door))

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        running = [asyncio.create_task(hub.run(desk))]
        if door is not None:
            running.append(asyncio.create_task(door.watch()))
        yield
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    return Starlette(
        routes=Api(desk, hub, dist, Login(door, dist)).routes(),
        middleware=middleware,
        exception_handlers={Refused: _refused, HTTPException: _unknown, ClientDisconnect: _gone, Exception: _failed},
        lifespan=lifespan,
    )
