"""What the made-up desk's history says of who a ship has said she is."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

HOSTILE_NAME = '<img src=x onerror="window.hacked=4">'
DAY_S = 86_400


def told(desk, ship: int) -> dict[str, Any]:
    now_s = desk.clock_s
    empty = {"id": ship, "words": "", "from_s": None, "to_s": now_s, "claims": [], "others": [], "more": 0, "conflicts": []}
    if ship != desk.ids[0]:
        return {**empty, "words": "This desk keeps no history: what she said before it heard her is not known."}
    first_s = now_s - 92 * DAY_S
    claims = [
        {"field": "name", "value": desk.names[0], "first_s": now_s - 40 * DAY_S, "last_s": None, "times": 1},
        {"field": "name", "value": HOSTILE_NAME, "first_s": first_s, "last_s": now_s - 40 * DAY_S, "times": 2},
        {"field": "imo", "value": 9745902, "first_s": now_s - 40 * DAY_S, "last_s": None, "times": 1},
        {"field": "imo", "value": 9074729, "first_s": first_s, "last_s": now_s - 40 * DAY_S, "times": 1},
    ]
    same = {"first_s": now_s - 60 * DAY_S, "last_s": now_s - 41 * DAY_S, "times": 1}
    others = [{"id": desk.ids[9], "name": HOSTILE_NAME, "flag": "Liberia", "field": "imo", "value": 9745902, **same}]
    conflicts = ["She has sent more than one IMO number, and a ship keeps hers for life: 9074729 and 9745902."]
    return {**empty, "from_s": first_s, "claims": claims, "others": others, "more": 3, "conflicts": conflicts}


def routes(desk) -> list[Route]:
    def answer(request: Request) -> Response:
        desk.history_asked = [*getattr(desk, "history_asked", []), request.path_params["id"]]
        return JSONResponse(told(desk, request.path_params["id"]))

    return [Route("/api/ships/{id:int}/history", answer)]
