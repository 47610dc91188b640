"""The period of a replay, its gaps and its alerts, and which alert comes next. `GET /api/replay`."""

from __future__ import annotations

import math
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tankerwatch.core.ports import Desk
from tankerwatch.web.asking import Refused, ask
from tankerwatch.web.plain import Answer

MOST_BINS: Final = 2000


class Periods:
    """The calls."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """What is served here."""
        return [Route("/api/replay", self.period), Route("/api/replay/alert", self.moment)]

    async def period(self, request: Request) -> Response:
        """From when to when, its gaps, and the alerts that are known so far, or how many there are in each of so many bins."""
        text = request.query_params.get("bins")
        if text is not None and not (text.isascii() and text.isdigit() and len(text) <= 4 and 0 < int(text) <= MOST_BINS):
            raise Refused(422, "bins is in how many parts of the period alerts are counted", f"1 to {MOST_BINS}: /api/replay?bins=160")
        told = await ask(self.desk.timeline, None if text is None else int(text))
        if told is None:
            raise not_replayed()
        return Answer(told)

    async def moment(self, request: Request) -> Response:
        """The first alert after a time, or the last one before it."""
        asked = request.query_params
        after = "after_s" in asked
        try:
            time_s = float(asked["after_s" if after else "before_s"][:30])
        except (KeyError, ValueError):
            time_s = math.nan
        if not math.isfinite(time_s) or (after and "before_s" in asked):
            raise Refused(422, "after which time, or before which", "/api/replay/alert?after_s=1560394800, in seconds since 1970")
        if self.desk.replayed() is None:
            raise not_replayed()
        return Answer({"alert": await ask(self.desk.moment, time_s, after)})


def not_replayed() -> Refused:
    """What is said where the replay is asked for and there is none."""
    return Refused(409, "this desk is live", "its past: POST /api/past, or tankerwatch replay DIR with the directory of its --data")
