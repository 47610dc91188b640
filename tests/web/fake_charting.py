"""What the made-up desk says of the map beside ships: zones, close passes, a silent ship, a jammed area, coverage, hulls and a chart."""

from __future__ import annotations

import copy

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

RULES = {
    "rule": ["enter"],
    "min_kn": None,
    "max_kn": None,
    "forbidden": [],
    "for_kinds": [],
    "for_ships": [],
    "severity": "caution",
    "port": False,
    "quiet": [],
    "quiet_until_s": None,
}
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63507048000001"
    "4400c10b8d96420000000049454e44ae426082"
)
CHART = {
    "name": "approaches.mbtiles",
    "title": "Approaches to Fujairah <b>",
    "vector": False,
    "min_zoom": 0,
    "max_zoom": 12,
    "bounds": [56.0, 24.5, 58.0, 26.0],
    "attribution": "a surveyor",
}


class Charting:
    """Of one made-up desk."""

    def __init__(self, desk) -> None:
        self.desk = desk
        port = {**RULES, "id": "configured ROADS", "name": "ROADS", "rule": [], "port": True, "drawn": False, "by": "the configuration"}
        port |= {
            "rings": [[[25.1, 56.35], [25.1, 56.6], [25.3, 56.6], [25.3, 56.35]]],
            "made_s": None,
            "changed_s": None,
            "removed_s": None,
        }
        self.zones = {port["id"]: {**port, "undo": False}}
        self.before: dict[str, dict] = {}
        self.boxes: list[dict] = []
        self.tiles = 0

    def chart(self) -> dict:
        desk = self.desk
        return {
            "type": "chart",
            "meetings": [
                {
                    "ships": [desk.ids[2], desk.ids[3]],
                    "meet_s": desk.clock_s + 420,
                    "gap_m": 90,
                    "score": 0.8,
                    "alert": True,
                    "at": [[25.43, 57.61], [25.431, 57.612]],
                }
            ],
            "dark": [
                {"ship": desk.ids[5], "alert": "a4", "lat_deg": 25.2, "lon_deg": 57.1, "heard_s": desk.clock_s - 1500, "speed_kn": 12.0}
            ],
            "jammed": [{"since_s": desk.clock_s - 600, "lat_deg": 25.75, "lon_deg": 57.7, "radius_nm": 6.0, "ships": 7}],
        }

    def told(self) -> list[dict]:
        return [{"type": "zones", "zones": list(self.zones.values()), "all": True}, self.chart()]

    def keep(self, zone: dict, status: int = 200) -> Response:
        self.zones[zone["id"]] = zone
        self.desk.tell({"type": "zones", "zones": [zone], "all": False})
        return JSONResponse(zone, status)

    def routes(self) -> list[Route]:
        desk = self.desk

        async def draw(request: Request) -> Response:
            body = await request.json()
            name = request.path_params.get("id", f"z{len(self.zones)}")
            desk.posts.append((f"zone {name}", body))
            made = {**RULES, **{key: value for key, value in body.items() if key != "corners"}, "id": name, "rings": [body["corners"]]}
            made |= {"drawn": True, "by": body.get("by", "desk"), "made_s": desk.clock_s, "changed_s": desk.clock_s, "removed_s": None}
            if name in self.zones:
                self.before[name] = self.zones[name]
            return self.keep({**made, "undo": name in self.before}, 201)

        async def change(request: Request) -> Response:
            name, verb = request.path_params["id"], request.path_params["verb"]
            desk.posts.append((f"{verb} {name}", await request.json()))
            now = copy.deepcopy(self.zones[name])
            made = {**now, "removed_s": desk.clock_s} if verb == "remove" else {**self.before[name], "removed_s": None}
            self.before[name] = now
            return self.keep({**made, "undo": True})

        def coverage(request: Request) -> Response:
            self.boxes.append(dict(request.query_params))
            lat = [25.01 + 0.04 * (n // 30) for n in range(600)]
            lon = [56.8 + 0.044 * (n % 30) for n in range(600)]
            share = [None if n % 11 == 0 else max(0.1, 1 - 0.03 * (n % 30)) for n in range(600)]
            cells = {"lat_deg": lat, "lon_deg": lon, "width_deg": [0.044] * 600, "heard_min": [60] * 600, "share": share}
            return JSONResponse({"height_deg": 0.04, **cells})

        def outlines(request: Request) -> Response:
            self.boxes.append(dict(request.query_params))
            return JSONResponse({"ships": [[ship, 200.0, 40.0, 20.0, 22.0] for ship in desk.ids[:6]]})

        def tile(request: Request) -> Response:
            self.tiles += 1
            return Response(PIXEL, media_type="image/png")

        return [
            Route("/api/zones", draw, methods=["POST"]),
            Route("/api/zones/{id}", draw, methods=["POST"]),
            Route("/api/zones/{id}/{verb}", change, methods=["POST"]),
            Route("/api/coverage", coverage),
            Route("/api/outlines", outlines),
            Route("/api/charts", lambda _: JSONResponse({"charts": [CHART], "problems": [{"name": "x.pmtiles", "words": "is too large"}]})),
            Route("/charts/{name}/{z:int}/{x:int}/{y:int}", tile),
        ]
