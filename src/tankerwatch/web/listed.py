"""The alerts: all that are open and the newest that are over; those before, piece by piece. `GET /api/alerts`."""

from __future__ import annotations

import math
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tankerwatch.core.ports import OVER_TOLD, Before, Desk
from tankerwatch.web.asking import Refused, ask
from tankerwatch.web.plain import Answer

MOST_OVER: Final = 5000
LONGEST_NAME: Final = 200
AFTER_ALL: Final = "\U0010ffff"
"""After every id: of a time alone nothing of that time is wanted."""


class Listed:
    """The call."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """What is served here."""
        return [Route("/api/alerts", self.alerts)]

    async def alerts(self, request: Request) -> Response:
        """As many of those that are over as are asked for."""
        asked = request.query_params
        if not {"over", "before_s", "before"} & set(asked):
            return Answer({"alerts": await ask(self.desk.alerts)})
        return Answer(
            {"alerts": await ask(self.desk.alerts, _most(asked.get("over")), _before(asked.get("before_s"), asked.get("before")))}
        )


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
        help = "of the last alert that you have: /api/alerts?before_s=1560394800&before=dark-311000001-1a2b3c"
        raise Refused(422, "before_s is a time in seconds since 1970, before an alert that was over then", help)
    return before_s, AFTER_ALL if name is None else name
