"""Of the made-up desk: zones as files, read and written by the real reader and writer, and the rules that a zone may keep quiet."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tankerwatch.core.errors import InputFault
from tankerwatch.ingest import zonefile
from tankerwatch.web.zonefiles import FILE_NAME, feature

QUIET_RULES = [{"rule": "loitering", "words": "loitering"}, {"rule": "rendezvous", "words": "possible rendezvous"}]


def routes(desk):
    zones = desk.charting.zones

    async def read(request: Request) -> JSONResponse:
        try:
            told = zonefile.read(await request.json(), desk.clock_s)
        except InputFault as fault:
            return JSONResponse({"error": fault.what, "help": fault.help}, 422)
        taken = {zone["name"].casefold() for zone in zones.values()}
        for each in told["zones"]:
            if each["problem"] is None and each["name"].casefold() in taken:
                each["problem"] = "there is a zone of this name"
        return JSONResponse(told)

    def every(request: Request) -> JSONResponse:
        held = {zone["id"]: 2 for zone in zones.values() if zone["quiet"] and zone["drawn"]}
        return JSONResponse({"zones": list(zones.values()), "quiet_rules": QUIET_RULES, "held_back": held})

    def write(request: Request) -> JSONResponse:
        drawn = [feature(zone) for zone in zones.values() if zone["drawn"] and zone["removed_s"] is None]
        headers = {"Content-Disposition": f'attachment; filename="{FILE_NAME}"'}
        return JSONResponse({"type": "FeatureCollection", "features": drawn}, headers=headers)

    return [
        Route("/api/zones", every),
        Route("/api/zones.geojson", write),
        Route("/api/zones.geojson", read, methods=["POST"]),
    ]
