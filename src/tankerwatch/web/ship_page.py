"""What the page of one ship asks: all that is known of her, her track as a file, and to guard her."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tankerwatch.core.errors import InputFault
from tankerwatch.core.ports import Desk
from tankerwatch.web.access.sessions import current
from tankerwatch.web.asking import Refused, ask, body_of, found, ship_id
from tankerwatch.web.plain import Answer

FILES: Final = {".csv": "text/csv; charset=utf-8", ".geojson": "application/geo+json", ".kml": "application/vnd.google-earth.kml+xml"}
USUAL_HOURS: Final = 6.0
MOST_HOURS: Final = 31 * 24.0
GUARD: Final = ("guard", "ring_nm", "until_s", "words", "by")

Decide = Callable[[str, str, dict[str, Any]], Awaitable[Any]]


def routes(desk: Desk, decide: Decide) -> list[Route]:
    """The routes of a ship's page; decide: what journals a decision, and raises Refused."""

    async def page(request: Request) -> Response:
        return found(await ask(desk.page, ship_id(request.path_params["id"])), "ship")

    async def guard(request: Request) -> Response:
        body = await body_of(request)
        ship = body.get("ship")
        if type(ship) is not int or not isinstance(body.get("guard", ""), bool | None):
            raise Refused(422, "guard needs a ship and yes or no", 'send {"ship": 538008888, "guard": true}')
        content: dict[str, Any] = {key: body[key] for key in GUARD if key in body}
        await decide("guard", str(ship), content)
        session = current.get()
        return Answer({"ship": ship, **content, **({} if session is None else {"by": session.name})})

    return [
        Route("/api/ships/{id}/page", page),
        *[Route(f"/api/ships/{{id}}/track{kind}", _file_of(desk, kind)) for kind in FILES],
        Route("/api/guard", guard, methods=["POST"]),
    ]


def _file_of(desk: Desk, kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def track_file(request: Request) -> Response:
        ship = ship_id(request.path_params["id"])
        try:
            made = await ask(desk.track_file, ship, kind, _hours(request.query_params.get("hours")))
        except InputFault as fault:
            raise Refused(422, fault.what, fault.help) from fault
        if made is None:
            return found(None, "ship")
        name = f'attachment; filename="track-{ship}{kind}"'
        return Response(made, media_type=FILES[kind], headers={"Content-Disposition": name, "Cache-Control": "no-store"})

    return track_file


def _hours(text: str | None) -> float:
    try:
        hours = float(text[:20]) if text else USUAL_HOURS
    except ValueError:
        hours = math.nan
    if not 0 < hours <= MOST_HOURS:
        raise Refused(422, "hours is how far back the track goes", f"a number above 0, at most {MOST_HOURS:.0f}: track.csv?hours=24")
    return hours
