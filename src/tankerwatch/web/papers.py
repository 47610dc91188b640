"""What the desk puts on paper, for browsers: incidents, their charts, warnings about them, the hand-over of a watch; notes on incidents."""

from __future__ import annotations

import math
from collections.abc import Callable, Coroutine
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tankerwatch.core.ports import Desk, Sheet
from tankerwatch.web.asking import Refused, ask, body_of, found
from tankerwatch.web.plain import Answer

PALETTES: Final = ("day", "dusk", "night")
NARROWEST: Final = 300
WIDEST: Final = 1000
Decide = Callable[[str, str, dict[str, Any]], Coroutine[Any, Any, Any]]


class PaperRoutes:
    """The routes; `decide` carries out a decision and is back when it is durable."""

    def __init__(self, desk: Desk, decide: Decide) -> None:
        self.desk, self.decide = desk, decide

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/api/incidents/{id}", self.incident),
            Route("/api/incidents/{id}/report.html", self.sheet),
            *[Route(f"/api/incidents/{{id}}/{what}.svg", self._picture(what)) for what in ("chart", "timeline")],
            Route("/api/incidents/{id}/warning", self.warning),
            Route("/api/incidents/{id}/note", self.note, methods=["POST"]),
            Route("/api/handover", self.handover),
            Route("/api/handover.html", self.handover_sheet),
        ]

    async def incident(self, request: Request) -> Response:
        """One incident with all that is known of it."""
        return found(await ask(self.desk.papers.incident, request.path_params["id"]), "incident")

    async def sheet(self, request: Request) -> Response:
        """The same as one page that opens offline."""
        name = request.path_params["id"]
        made = await ask(self.desk.papers.incident_sheet, name)
        return found(None, "incident") if made is None else _page(made, f"{name}.html", request)

    def _picture(self, what: str) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def picture(request: Request) -> Response:
            palette = request.query_params.get("palette", "day")
            if palette not in PALETTES:
                raise Refused(422, "there is no such palette", f"one of {', '.join(PALETTES)}")
            made = await ask(self.desk.papers.incident_picture, request.path_params["id"], what, palette, _wide(request))
            if made is None:
                return found(None, "incident")
            return Response(made.html, media_type="image/svg+xml", headers={"Content-Security-Policy": made.policy})

        return picture

    async def warning(self, request: Request) -> Response:
        """The draft of a warning about an incident; nothing is sent."""
        named = request.query_params.get("named", "0")
        if named not in ("0", "1"):
            raise Refused(422, "named is 0 or 1", "?named=1 names the ships in the draft")
        return found(await ask(self.desk.papers.warning, request.path_params["id"], named == "1"), "incident")

    async def note(self, request: Request) -> Response:
        """A person's words about an incident."""
        body, name = await body_of(request), request.path_params["id"]
        if await ask(self.desk.one, "incidents", name) is None:
            return found(None, "incident")
        await self.decide("note", name, {key: body[key] for key in ("words", "by") if key in body})
        return found(await ask(self.desk.one, "incidents", name), "incident")

    async def handover(self, request: Request) -> Response:
        """What the next watch must know."""
        return Answer(await ask(self.desk.papers.handover, _since(request)))

    async def handover_sheet(self, request: Request) -> Response:
        """The same as one page that opens offline."""
        return _page(await ask(self.desk.papers.handover_sheet, _since(request)), "handover.html", request)


def _wide(request: Request) -> int:
    given = request.query_params.get("wide", str(WIDEST))
    if not (given.isascii() and given.isdigit() and len(given) < 5 and NARROWEST <= int(given) <= WIDEST):
        raise Refused(422, f"wide is {NARROWEST} to {WIDEST} pixels", f"such as ?wide=680; without it {WIDEST}")
    return int(given)


def _since(request: Request) -> float | None:
    given = request.query_params.get("since_s")
    if given is None:
        return None
    try:
        since_s = float(given)
    except ValueError:
        since_s = math.nan
    if not math.isfinite(since_s):
        raise Refused(422, "since_s is a time in seconds since 1970", "such as ?since_s=1560394800; without it the last eight hours")
    return since_s


def _page(sheet: Sheet, name: str, request: Request) -> Response:
    """A page under its own policy; with `?save=1` a file to keep."""
    headers = {"Content-Security-Policy": f"{sheet.policy}; frame-ancestors 'none'"}
    if request.query_params.get("save") == "1":
        safe = "".join(sign for sign in name if sign.isascii() and (sign.isalnum() or sign in "-_."))
        headers["Content-Disposition"] = f'attachment; filename="tankerwatch-{safe}"'
    return Response(sheet.html, media_type="text/html; charset=utf-8", headers=headers)
