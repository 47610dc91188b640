"""Ships and alerts as GeoJSON, for other people's maps: `GET /api/ships.geojson`, `GET /api/alerts.geojson`."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tankerwatch.core.incidents import OPEN
from tankerwatch.core.mmsi import KIND_WORDS
from tankerwatch.core.ports import Desk, PictureNow
from tankerwatch.web.areas import Area
from tankerwatch.web.asking import Refused, ask
from tankerwatch.web.frames import NO_POSITION, NO_U16, State, advanced
from tankerwatch.web.plain import Answer

MOST_FEATURES: Final = 10_000
KIND: Final = "application/geo+json"
WORLD: Final = Area(1, -180.0, -90.0, 180.0, 90.0)
FLAGS: Final = {"alert": 1, "danger": 2, "guarded": 4, "untrusted": 8, "lost": 16, "at_rest": 32, "small_craft": 64, "own_fleet": 128}


def area_asked(query: Mapping[str, str]) -> Area:
    """The box `bbox=west,south,east,north` of a request, the world without one. Raises Refused (422)."""
    text = query.get("bbox")
    if text is None:
        return WORLD
    try:
        edges = [float(part) for part in text[:200].split(",")]
    except ValueError:
        edges = []
    if len(edges) == 4 and all(math.isfinite(edge) for edge in edges):
        west, south, east, north = edges
        if -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90:
            return Area(1, west, south, east, north)
    raise Refused(422, "bbox is west,south,east,north in degrees", "such as bbox=50,20,60,30; west is east of east across the date line")


def _point(lon_deg: Any, lat_deg: Any) -> dict[str, Any] | None:
    return None if lon_deg is None or lat_deg is None else {"type": "Point", "coordinates": [lon_deg, lat_deg]}


def _collection(features: list[dict[str, Any]], clock_s: float, left_out: int) -> Answer:
    value = {"type": "FeatureCollection", "features": features, "clock_s": clock_s, "left_out": left_out}
    return Answer(value, headers={"Content-Type": KIND})


def ship_features(picture: PictureNow | None, area: Area) -> tuple[list[dict[str, Any]], int]:
    """The ships with a position in an area, in no order of interest; and how many were left out."""
    if picture is None:
        return [], 0
    state = advanced(None, picture)
    columns = state.columns
    edges = [round(edge * 1e7) for edge in (area.west_deg, area.south_deg, area.east_deg, area.north_deg)]
    west, south, east, north = edges
    lon, lat = columns["lon"], columns["lat"]
    inside = ((lon >= west) & (lon <= east)) if west <= east else ((lon >= west) | (lon <= east))
    slots = np.flatnonzero(inside & (lat >= south) & (lat <= north) & (lon != NO_POSITION) & state.shown)
    return [_ship(state, slot) for slot in slots[:MOST_FEATURES].tolist()], max(0, len(slots) - MOST_FEATURES)


def _ship(state: State, slot: int) -> dict[str, Any]:
    name, row = state.names[slot], {column: int(values[slot]) for column, values in state.columns.items()}

    def known(column: str, scale: float = 1) -> float | None:
        return None if row[column] == NO_U16 else row[column] / scale

    told = {
        "id": name[0],
        "name": name[1],
        "mmsi": name[2],
        "flag": name[3],
        "kind": row["kind"],
        "kind_words": KIND_WORDS[row["kind"]],
        "heard_s": row["heard_s"] or None,
        "cog_deg": known("cog", 10),
        "sog_kn": known("sog", 10),
        "heading_deg": known("heading"),
        "length_m": row["length"] or None,
        **{flag: bool(row["flags"] & bit) for flag, bit in FLAGS.items()},
    }
    return {"type": "Feature", "id": name[0], "geometry": _point(row["lon"] / 1e7, row["lat"] / 1e7), "properties": told}


def _holds(area: Area, lon_deg: Any, lat_deg: Any) -> bool:
    if lon_deg is None or lat_deg is None:
        return area is WORLD
    west, east = area.west_deg, area.east_deg
    inside = west <= lon_deg <= east if west <= east else lon_deg >= west or lon_deg <= east
    return bool(inside and area.south_deg <= lat_deg <= area.north_deg)


class GeoJson:
    """The two calls."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """What is served here."""
        return [Route("/api/ships.geojson", self.ships), Route("/api/alerts.geojson", self.alerts)]

    async def ships(self, request: Request) -> Response:
        """Ships in an area, as they were last heard."""
        area, picture = area_asked(request.query_params), self.desk.snapshot()
        features, left_out = await ask(ship_features, picture, area)
        return _collection(features, picture.clock_s if picture is not None else math.nan, left_out)

    async def alerts(self, request: Request) -> Response:
        """Alerts in an area: the open ones, or `state=all`. One without a place is told where no area is asked, with a geometry of null."""
        area, state = area_asked(request.query_params), request.query_params.get("state", OPEN)
        if state not in (OPEN, "all"):
            raise Refused(422, "state is open or all", "such as /api/alerts.geojson?state=all")
        alerts = await ask(self.desk.alerts, 0 if state == OPEN else sys.maxsize)
        wanted = [a for a in alerts if (state == "all" or a["state"] == OPEN) and _holds(area, a["lon_deg"], a["lat_deg"])]
        picture = self.desk.snapshot()
        features = [
            {"type": "Feature", "id": a["id"], "geometry": _point(a["lon_deg"], a["lat_deg"]), "properties": _brief(a)}
            for a in wanted[:MOST_FEATURES]
        ]
        return _collection(features, picture.clock_s if picture is not None else math.nan, max(0, len(wanted) - MOST_FEATURES))


def _brief(alert: dict[str, Any]) -> dict[str, Any]:
    """An alert without its evidence and history: these are asked for by its id."""
    return {name: value for name, value in alert.items() if name not in ("evidence", "history", "rule", "lat_deg", "lon_deg")}
