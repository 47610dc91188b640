"""Ships and alerts as GeoJSON, for other people's maps: `GET /api/ships.geojson`, `GET /api/alerts.geojson`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tankerwatch.core.incidents import OPEN
from tankerwatch.core.mmsi import KIND_WORDS
from tankerwatch.core.ports import Before, Desk, PictureNow
from tankerwatch.web.areas import Area
from tankerwatch.web.asking import Refused, ask
from tankerwatch.web.frames import NO_POSITION, NO_U16, State, advanced
from tankerwatch.web.plain import Answer

MOST_FEATURES: Final = 10_000
PIECE: Final = 5000
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


class _Found:
    """Alerts of an area as features, each once, as many as are told; the others are counted."""

    def __init__(self, area: Area) -> None:
        self.area = area
        self.features: list[dict[str, Any]] = []
        self.left_out = 0
        self._known: set[str] = set()

    def take(self, alerts: Iterable[dict[str, Any]]) -> None:
        """These too."""
        for alert in alerts:
            lon_deg, lat_deg = alert["lon_deg"], alert["lat_deg"]
            if alert["id"] in self._known or not _holds(self.area, lon_deg, lat_deg):
                continue
            self._known.add(alert["id"])
            if len(self.features) == MOST_FEATURES:
                self.left_out += 1
            else:
                feature = {"type": "Feature", "id": alert["id"], "geometry": _point(lon_deg, lat_deg), "properties": _brief(alert)}
                self.features.append(feature)


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
        """Alerts in an area: the open ones or, with `state=all`, also those that are over, the newest first.

        One without a place is told where no area is asked, with a geometry of null.
        """
        area, state = area_asked(request.query_params), request.query_params.get("state", OPEN)
        if state not in (OPEN, "all"):
            raise Refused(422, "state is open or all", "such as /api/alerts.geojson?state=all")
        found = _Found(area)
        found.take(alert for alert in await ask(self.desk.alerts, 0) if alert["state"] == OPEN)
        before: Before | None = None if state == OPEN else (math.inf, "")
        while before is not None:  # piece by piece, for the desk stands still while it tells one
            over = await ask(self.desk.alerts, PIECE, before)
            found.take(over)
            before = (_over_s(over[-1]), over[-1]["id"]) if len(over) == PIECE else None
        picture = self.desk.snapshot()
        return _collection(found.features, picture.clock_s if picture is not None else math.nan, found.left_out)


def _over_s(alert: dict[str, Any]) -> float:
    """Since when an alert is over, as the desk orders them."""
    return float(alert["updated_s"] or 0.0 if alert["end_s"] is None else alert["end_s"])


def _brief(alert: dict[str, Any]) -> dict[str, Any]:
    """An alert without its evidence and history: these are asked for by its id."""
    return {name: value for name, value in alert.items() if name not in ("evidence", "history", "rule", "lat_deg", "lon_deg")}
