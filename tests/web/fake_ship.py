"""What the made-up desk says on the page of one ship, and whom it guards."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

HOSTILE_CLAIM = '<img src=x onerror="window.hacked=3">'


def page(desk, ship: int) -> dict[str, Any] | None:
    if desk.slot_of(ship) is None:
        return None
    now_s = desk.clock_s
    claims = [
        {"field": "name", "value": desk.names[desk.slot_of(ship)], "first_s": now_s - 3600, "last_s": None, "times": 3},
        {"field": "name", "value": HOSTILE_CLAIM, "first_s": None, "last_s": now_s - 3600, "times": 3},
        {"field": "draught_m", "value": 14.8, "first_s": now_s - 600, "last_s": None, "times": 1},
    ]
    told = dict.fromkeys(("name", "callsign", "imo", "ship_type", "size"), now_s - 320)
    sent = {"feed": "recording", "station": "FUJ-1", "time_s": now_s - 4}
    return {
        "id": ship,
        "told_s": {**told, "draught_m": now_s - 320, "destination": now_s - 7200, "eta": None},
        "hull_m": [200, 50, 21, 21],
        "status_s": now_s - 9000,
        "spoken_s": now_s - 2,
        "imo_valid": False,
        "claims": claims,
        "others": [{"id": desk.ids[9], "name": desk.names[9], "flag": "Panama", "same": ["imo"], "told_s": now_s - 900}],
        "conflicts": ["IMO 9745902 is no IMO number: its check digit is wrong."],
        "interval_s": 6.0,
        "gap_s": 360.0,
        "sentences": [{**sent, "source_row": 1812 + n, "sentence": f"!AIVDM,1,1,,A,{n},0*7B"} for n in range(3)],
        "guard": desk.guards.get(str(ship)),
    }


def hole(track: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """A track without its points 100 to 139."""
    return {name: values[:100] + values[140:] for name, values in track.items()}


def guard(desk, body: dict[str, Any]) -> None:
    ship = body["ship"]
    before = desk.guards.get(str(ship), {})
    made = {
        "id": str(ship),
        "ship": ship,
        "name": desk.names[desk.slot_of(ship)],
        "guard": body["guard"],
        "ring_nm": body.get("ring_nm"),
        "until_s": body.get("until_s"),
        "words": body.get("words", ""),
        "by": body.get("by", "desk"),
        "made_s": desk.clock_s,
        "over_s": None,
    }
    desk.guards[str(ship)] = {**before, "over_s": desk.clock_s} if body["guard"] is None else made
    desk.tell({"type": "guards", "guards": [desk.guards[str(ship)]], "all": False})


def routes(desk) -> list[Route]:
    def told(request: Request) -> Response:
        made = page(desk, request.path_params["id"])
        return JSONResponse(made) if made is not None else JSONResponse({"error": "there is no such ship", "help": "look her up"}, 404)

    def track_file(request: Request) -> Response:
        name = f'attachment; filename="track-{request.path_params["id"]}.{request.path_params["kind"]}"'
        return Response(f"hours {request.query_params['hours']}", headers={"Content-Disposition": name})

    return [Route("/api/ships/{id:int}/page", told), Route("/api/ships/{id:int}/track.{kind}", track_file)]
