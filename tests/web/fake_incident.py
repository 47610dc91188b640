"""What the made-up desk puts on paper, by the real desk's own rules, of its made-up alerts."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tankerwatch.pipeline import LAND
from tankerwatch.share import dossier, handover, warning
from tankerwatch.share.ships import Ship


def told(desk, name):
    incident = next((each for each in desk.incidents if each["id"] == name), None)
    if incident is None:
        return None
    incident.setdefault("notes", [])
    alerts = json.loads(json.dumps([desk.alerts[alert] for alert in incident["alerts"]]))
    for alert in alerts:
        for number, piece in enumerate(alert["evidence"]):
            piece |= {"record": 48000 + number if number else None, "blake2b": dossier.digest(piece["sentence"])}
    reports = [report for report in desk.reports if report["incident"] == name]
    made = {
        "incident": incident,
        "alerts": alerts,
        "reports": reports,
        "ships": [ship(desk, each) for each in incident["ships"]],
        "mentioned": [],
        "made_s": desk.clock_s,
        "mode": desk.mode,
        "version": "0.1.0",
        "remarks": ["Possible until confirmed."],
    }
    return {**made, "course": dossier.course_of(alerts, reports, incident["notes"])}


def ship(desk, number):
    known = desk.ship(number)
    facts = Ship(number, name=known["name"], imo=9745902, kind=1, length_m=known["length_m"], beam_m=42)
    return dossier.ship_json(facts, known["name"], (known["heard_s"], known["lat_deg"], known["lon_deg"]))


def watch(desk, since_s):
    health = {"kept_quiet": {"loitering": 3}, "webhook": None, **desk.health()}
    for incident in desk.incidents:
        incident.setdefault("notes", [])
    exclusions = list(desk.exclusions.values())
    return handover.handover(
        list(desk.alerts.values()),
        desk.incidents,
        desk.reports,
        exclusions,
        list(desk.guards.values()),
        health,
        zones=[{**zone, "held_back": 2} for zone in desk.charting.zones.values()],
        since_s=since_s,
    )


def routes(desk):
    def since_s(request: Request):
        return float(request.query_params["since_s"]) if "since_s" in request.query_params else None

    def sheet(made) -> Response:
        return Response(made.html, media_type="text/html", headers={"Content-Security-Policy": made.policy})

    def found(made, shown=JSONResponse) -> Response:
        return JSONResponse({"error": "no such incident", "help": ""}, 404) if made is None else shown(made)

    def incident(request: Request) -> Response:
        return found(told(desk, request.path_params["id"]))

    def report(request: Request) -> Response:
        return found(told(desk, request.path_params["id"]), lambda made: sheet(dossier.page(made, {}, {}, land=LAND)))

    def picture(request: Request) -> Response:
        what = request.path_params["what"]
        made = dossier.picture(
            what, told(desk, request.path_params["id"]), {}, {}, LAND, request.query_params["palette"], int(request.query_params["wide"])
        )
        return Response(made.html, media_type="image/svg+xml", headers={"Content-Security-Policy": made.policy})

    def draft(request: Request) -> Response:
        named = request.query_params["named"] == "1"
        return found(told(desk, request.path_params["id"]), lambda made: JSONResponse(warning.warning(made, "001/2019", named=named)))

    async def note(request: Request) -> Response:
        body = await request.json()
        one = told(desk, request.path_params["id"])["incident"]
        one["notes"].append({"time_s": desk.clock_s, "verb": "note", "words": body["words"], "by": body.get("by", "desk")})
        desk.posts.append((f"note {one['id']}", body))
        desk.tell({"type": "incidents", "incidents": [one], "all": False})
        return JSONResponse(one)

    return [
        Route("/api/incidents/{id}", incident),
        Route("/api/incidents/{id}/report.html", report),
        Route("/api/incidents/{id}/{what}.svg", picture),
        Route("/api/incidents/{id}/warning", draft),
        Route("/api/incidents/{id}/note", note, methods=["POST"]),
        Route("/api/handover", lambda request: JSONResponse(watch(desk, since_s(request)))),
        Route("/api/handover.html", lambda request: sheet(handover.page(watch(desk, since_s(request))))),
    ]
