"""What the map shows beside ships: zones that people draw, how well ships are heard, hulls, and the user's own charts."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tankerwatch.core.ports import Desk
from tankerwatch.web.asking import Refused, ask, body_of, found
from tankerwatch.web.chartfiles import UNPACKED_BYTES, Folder, unpacked
from tankerwatch.web.plain import Answer

Decide = Callable[[str, str, dict[str, Any]], Awaitable[Any]]
EDGES: Final = ("south", "west", "north", "east")
KEPT: Final = "private, max-age=3600"


class Charting:
    """These routes, over what the desk lets the web stage call; `decide` carries out a decision and raises Refused."""

    def __init__(self, desk: Desk, decide: Decide) -> None:
        self._desk, self._decide = desk, decide
        self._folder: Folder | None = None

    def routes(self) -> list[Route]:
        """Each is written down in docs/reference/wire.md."""
        return [
            Route("/api/zones", self.draw, methods=["POST"]),
            Route("/api/zones/{id}", self.change, methods=["POST"]),
            Route("/api/zones/{id}/remove", self.remove, methods=["POST"]),
            Route("/api/zones/{id}/undo", self.undo, methods=["POST"]),
            Route("/api/coverage", self.coverage),
            Route("/api/outlines", self.outlines),
            Route("/api/charts", self.charts),
            Route("/charts/{name}/{z}/{x}/{y}", self.tile),
        ]

    async def draw(self, request: Request) -> Response:
        """A new zone."""
        made = await self._decide("zone", "", await _without_undo(request))
        return await self._told(made, 201)

    async def change(self, request: Request) -> Response:
        """A zone as it is from now on."""
        name = request.path_params["id"]
        await self._decide("zone", name, await _without_undo(request))
        return await self._told(name)

    async def remove(self, request: Request) -> Response:
        """A zone is no more."""
        name = request.path_params["id"]
        await self._decide("unzone", name, _signed(await body_of(request)))
        return await self._told(name)

    async def undo(self, request: Request) -> Response:
        """A zone as it was before the last change."""
        name = request.path_params["id"]
        await self._decide("zone", name, {**_signed(await body_of(request)), "undo": True})
        return await self._told(name)

    async def _told(self, name: str, status: int = 200) -> Response:
        answer = found(await ask(self._desk.one, "zones", name), "zone")
        answer.status_code = status
        return answer

    async def coverage(self, request: Request) -> Response:
        """How well ships are heard in a box."""
        return Answer(await ask(self._desk.coverage, _box(request)))

    async def outlines(self, request: Request) -> Response:
        """The hulls of ships in a box."""
        return Answer({"ships": await ask(self._desk.outlines, _box(request))})

    async def charts(self, request: Request) -> Response:
        """The user's own charts."""
        folder = self._charts()
        return Answer({"charts": [], "problems": []} if folder is None else await ask(folder.charts))

    async def tile(self, request: Request) -> Response:
        """A tile of one of them; 204 where there is none."""
        given = [request.path_params[name] for name in ("z", "x", "y")]
        folder = self._charts()
        if folder is None or not all(text.isascii() and text.isdigit() and len(text) <= 9 for text in given):
            return Response(status_code=204)
        tile = await ask(folder.tile, request.path_params["name"], *(int(text) for text in given))
        if tile is None:
            return Response(status_code=204)
        data, kind, packed = tile
        headers = {"Cache-Control": KEPT, "ETag": f'"{hashlib.blake2b(data, digest_size=8).hexdigest()}"', "Vary": "Accept-Encoding"}
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if packed and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        elif packed:
            data = unpacked(data, UNPACKED_BYTES)
        return Response(data, media_type=kind, headers=headers)

    def _charts(self) -> Folder | None:
        if self._folder is None and (path := self._desk.charts()):
            self._folder = Folder(Path(path))
        return self._folder


async def _without_undo(request: Request) -> dict[str, Any]:
    return {key: value for key, value in (await body_of(request)).items() if key != "undo"}


def _signed(body: dict[str, Any]) -> dict[str, Any]:
    return {key: body[key] for key in ("words", "by") if key in body}


def _box(request: Request) -> tuple[float, float, float, float]:
    """The box that a request asks for, in degrees. Raises Refused (422)."""
    try:
        south, west, north, east = (float(request.query_params[edge]) for edge in EDGES)
    except (KeyError, ValueError):
        south = west = north = east = math.nan
    if not (-90 <= south < north <= 90 and all(abs(edge) <= 540 for edge in (west, east)) and west < east):
        raise Refused(422, "the box has no south, west, north and east", "?south=25&west=56&north=26&east=58, in degrees")
    return south, west, north, min(east, west + 360.0)
