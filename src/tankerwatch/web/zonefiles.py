"""Drawn zones as a GeoJSON file, and what such a file holds: `/api/zones.geojson`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tankerwatch.core.errors import InputFault
from tankerwatch.core.ports import Desk
from tankerwatch.core.zones import unroll
from tankerwatch.web.asking import Refused, ask, body_of
from tankerwatch.web.geojson import KIND
from tankerwatch.web.plain import Answer

FILE_BYTES: Final = 2 << 20
RULES: Final = ("rule", "min_kn", "max_kn", "forbidden", "for_kinds", "for_ships", "severity", "port", "quiet", "quiet_until_s")
FILE_NAME: Final = "tankerwatch-zones.geojson"


def feature(zone: dict[str, Any]) -> dict[str, Any]:
    """A drawn zone as a feature that this desk, and any other, reads back as the same zone."""
    ring = unroll(np.array(zone["rings"][0], np.float64))[:, ::-1]
    lon, lat = ring.T
    if float(np.sum(lon * np.roll(lat, -1) - np.roll(lon, -1) * lat)) < 0:
        ring = np.concatenate([ring[:1], ring[:0:-1]])  # RFC 7946, section 3.1.6: counterclockwise
    corners = np.round(np.concatenate([ring, ring[:1]]), 7).tolist()
    return {
        "type": "Feature",
        "id": zone["id"],
        "geometry": {"type": "Polygon", "coordinates": [corners]},
        "properties": {
            "name": zone["name"],
            "by": zone["by"],
            "changed_s": zone["changed_s"],
            "tankerwatch": {rule: zone[rule] for rule in RULES if rule in zone},
        },
    }


class ZoneFiles:
    """The two calls."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def routes(self) -> list[Route]:
        """What is served here."""
        return [Route("/api/zones.geojson", self.write), Route("/api/zones.geojson", self.read, methods=["POST"])]

    async def write(self, request: Request) -> Response:
        """The drawn zones; with `?save=1` as a file to keep."""
        zones = await ask(self.desk.zones, 0)
        features = [feature(zone) for zone in zones if zone["drawn"] and zone["removed_s"] is None]
        headers = {"Content-Type": KIND}
        if request.query_params.get("save") == "1":
            headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
        return Answer({"type": "FeatureCollection", "features": features}, headers=headers)

    async def read(self, request: Request) -> Response:
        """What zones a file holds; nothing is kept."""
        try:
            tree = await body_of(request, FILE_BYTES)
        except Refused as refused:
            if refused.status == 400:
                raise Refused(400, "it is no GeoJSON", "choose a GeoJSON file with polygons, as QGIS or geojson.io write it") from None
            raise
        try:
            return Answer(await ask(self.desk.read_zones, tree))
        except InputFault as fault:
            raise Refused(422, fault.what, fault.help) from fault
