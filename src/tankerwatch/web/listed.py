"""All of a kind, alerts and incidents and reports: what stands, and the newest of what is over; those before piece by piece."""

from __future__ import annotations

import math
from collections.abc import Callable, Coroutine
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tankerwatch.core.ports import OVER_TOLD, Before, Desk, Listing
from tankerwatch.web.asking import Refused, ask
from tankerwatch.web.plain import Answer

KINDS: Final = ("alerts", "incidents", "reports", "exclusions", "guards")
MOST_OVER: Final = 5000
LONGEST_NAME: Final = 200
AFTER_ALL: Final = "\U0010ffff"
"""After every id: of a time alone nothing of that time is wanted."""


class Listed:
    """The calls."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """What is served here."""
        return [*(Route(f"/api/{kind}", self._answering(kind)) for kind in KINDS), Route("/api/zones", self.zones)]

    def _answering(self, kind: str) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def answer(request: Request) -> Response:
            return Answer({kind: await _listed(getattr(self.desk, kind), request)})

        return answer

    async def zones(self, request: Request) -> Response:
        """Zones, which rules one may keep quiet, and how much those that do hold back now."""
        desk = self.desk
        told = await _listed(desk.zones, request)
        return Answer({"zones": told, "quiet_rules": await ask(desk.quiet_rules), "held_back": await ask(desk.held_back)})


async def _listed(listing: Listing, request: Request) -> list[dict[str, Any]]:
    """As many of those that are over as are asked for."""
    asked = request.query_params
    wanted = _most(asked.get("over")), _before(asked.get("before_s"), asked.get("before"))
    told: list[dict[str, Any]] = await (ask(listing, *wanted, _ship(asked["ship"])) if "ship" in asked else ask(listing, *wanted))
    return told


def _ship(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise Refused(422, "ship is the id of a ship", "her MMSI, such as /api/incidents?ship=538008888")
    return int(text)


def _most(text: str | None) -> int:
    if text is None:
        return OVER_TOLD
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and int(text) <= MOST_OVER):
        raise Refused(
            422, "over is how many of those that are over are wanted", f"a whole number, at most {MOST_OVER}: /api/alerts?over=100"
        )
    return int(text)


def _before(text: str | None, name: str | None) -> Before | None:
    if text is None and name is None:
        return None
    try:
        before_s = float((text or "")[:30])
    except ValueError:
        before_s = math.nan
    if not math.isfinite(before_s) or len(name or "") > LONGEST_NAME:
        help = "of the last that you have: /api/alerts?before_s=1560394800&before=dark-311000001-1a2b3c"
        raise Refused(422, "before_s is a time in seconds since 1970, before something that was over then", help)
    return before_s, AFTER_ALL if name is None else name
