"""Zones in a GeoJSON file (RFC 7946) that a person brings to the desk: what of it a zone can be made of, and why the rest cannot.

Nothing is kept here: what was found is shown to her first, and each zone that she keeps is decided as a drawn one is. Other people's
files have names only; those that a desk wrote have its own word on each zone beside the name (`OURS`).
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from tankerwatch.core.errors import InputFault
from tankerwatch.core.schema import F64
from tankerwatch.core.zones import unroll
from tankerwatch.ingest import drawn

OURS: Final = "tankerwatch"
"""In a feature's properties: what the zone tells, as `drawn.zone` knows it."""
MOST_SHOWN: Final = 200
DEEPEST: Final = 8
NO_INSIDE: Final = ("Point", "MultiPoint", "LineString", "MultiLineString")
HELP: Final = "choose a GeoJSON file with polygons, as QGIS or geojson.io write it"
SIMPLER: Final = "simplify it first (QGIS: Vector, Geometry Tools, Simplify)"

Json = dict[str, Any]


def read(tree: Any, now_s: float) -> Json:
    """What a file holds: `zones`, each `{"name", "corners" (how many), "zone" (what to decide, or null), "problem" (words, or null)}`;
    `left_out` how many more there are; `remarks` on what has no inside.

    Raises InputFault for what is no GeoJSON.
    """
    if not isinstance(tree, dict) or not isinstance(tree.get("type"), str):
        raise InputFault("it is JSON, but no GeoJSON: it has no type", where="file", help=HELP)
    found: list[Json] = []
    passed: Counter[str] = Counter()
    left_out = 0
    for number, feature in enumerate(_features(tree), 1):
        properties = feature.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        parts = [*_polygons(feature.get("geometry"), passed)]
        name = _name(properties, feature.get("id")) or f"zone {number} of the file"
        for part, rings in enumerate(parts, 1):
            if len(found) == MOST_SHOWN:
                left_out += 1
                continue
            found.append(
                _found(name if len(parts) == 1 else f"{name[: drawn.LONGEST_NAME - 4]} {part}", rings, properties.get(OURS), now_s)
            )
    if not found and not passed:
        raise InputFault("it is GeoJSON, but holds no polygon", where="file", help=HELP)
    remarks = [f"{number} × {kind} passed over: it has no inside" for kind, number in sorted(passed.items())]
    return {"zones": found, "left_out": left_out, "remarks": remarks}


def _features(tree: Json) -> Iterator[Json]:
    """Each feature; a geometry alone is one without a name."""
    if tree["type"] == "FeatureCollection":
        features = tree.get("features")
        yield from (each for each in (features if isinstance(features, list) else ()) if isinstance(each, dict))
    else:
        yield tree if tree["type"] == "Feature" else {"geometry": tree}


def _polygons(geometry: Any, passed: Counter[str], depth: int = 0) -> Iterator[Any]:
    """The rings of each polygon of a geometry, whatever they are; what is none is counted in `passed`."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    parts = geometry.get("geometries" if kind == "GeometryCollection" else "coordinates") if isinstance(geometry, dict) else None
    if kind == "Polygon":
        yield parts
    elif kind == "MultiPolygon" and isinstance(parts, list):
        yield from parts
    elif kind == "GeometryCollection" and isinstance(parts, list) and depth < DEEPEST:
        for part in parts:
            yield from _polygons(part, passed, depth + 1)
    else:
        passed[kind if kind in NO_INSIDE else "what is no geometry"] += 1


def _name(properties: Json, id: Any) -> str:
    """What a feature is called, without signs that cannot be seen; "" when it is not."""
    for given in (*(properties.get(key) for key in ("name", "Name", "NAME", "title")), id):
        if isinstance(given, str | int) and not isinstance(given, bool):
            seen = "".join(sign if unicodedata.category(sign)[0] not in "CZ" else " " for sign in str(given)[:400])
            if name := " ".join(seen.split())[: drawn.LONGEST_NAME].strip():
                return name
    return ""


def _found(name: str, rings: Any, ours: Any, now_s: float) -> Json:
    told: Json = {"name": name, "corners": 0, "zone": None, "problem": None}
    try:
        corners = _corners(rings)
        if not isinstance(ours, Mapping):
            _check(corners)  # what was drawn on a desk was seen there as it is
        told["corners"] = len(corners)
        rules = {key: value for key, value in ours.items() if key in drawn.KEYS} if isinstance(ours, Mapping) else {"rule": []}
        until_s = rules.get("quiet_until_s")
        if isinstance(until_s, int | float) and until_s <= now_s:
            rules |= {"quiet": [], "quiet_until_s": None}  # it was quiet until then, and that is over
        told["zone"] = drawn.zone({**rules, "name": name, "corners": corners}, now_s)
    except InputFault as fault:
        told["problem"] = fault.what
    return told


def _corners(rings: Any) -> list[list[float]]:
    """The border of a polygon as a drawn zone has it. Raises InputFault."""
    if not isinstance(rings, list) or not rings or not isinstance(rings[0], list) or not rings[0]:
        raise _no("it has no border")
    if len(rings) > 1:
        raise _no("it has a hole, and a drawn zone cannot: a zone of the configuration can")
    if len(rings[0]) > drawn.MOST_CORNERS + 1:
        raise _no(f"{len(rings[0]) - 1:,} corners are too many, at most {drawn.MOST_CORNERS}: {SIMPLER}")
    raw, made = [], []
    for number, corner in enumerate(rings[0], 1):
        if not isinstance(corner, list) or not 2 <= len(corner) <= 4 or not all(drawn.is_number(value) for value in corner[:2]):
            raise _no(f"corner {number} is no pair of numbers")
        lon, lat = corner[:2]
        if not (abs(lat) <= 90 and abs(lon) <= 360):
            raise _no(f"corner {number} is outside the world: longitude {lon:g}, latitude {lat:g}")
        raw.append(float(lon))
        made.append([round(float(lat), 7), round(lon if abs(lon) <= 180 else (lon + 180) % 360 - 180, 7)])
    _not_too_wide(raw)
    once = [corner for at, corner in enumerate(made) if not at or corner != made[at - 1]]
    while len(once) > 1 and once[-1] == once[0]:
        once.pop()
    if len(once) < 3:
        raise _no("it has fewer than three corners")
    return once


def _not_too_wide(lon: list[float]) -> None:
    """An edge of more than half the world would be read the other way round the earth."""
    for number, (one, other) in enumerate(zip(lon, [*lon[1:], lon[0]], strict=True), 1):
        if abs(one - other) > 180:
            help = "write 181 for -179, or cut it in two"
            raise _no(
                f"it lies over the antimeridian: corners {number} and {number % len(lon) + 1} are {abs(one - other):g}° apart; {help}"
            )


def _check(corners: list[list[float]]) -> None:
    """Whether a border that nobody has seen on a map yet may be one. Raises InputFault."""
    try:
        ring = unroll(np.array(corners, np.float64))
    except ValueError as fault:
        raise _no(f"it {fault}" if "pole" in str(fault) else f"it has {fault}") from None
    crossed = _crossing(ring)
    if crossed is not None:
        raise _no(f"its border crosses itself, after corners {crossed[0] + 1} and {crossed[1] + 1}")
    lat, lon = ring.T
    if abs(float(np.sum(lon * np.roll(lat, -1) - np.roll(lon, -1) * lat))) < 1e-12:
        raise _no("it has no inside: its corners lie in a line")


def _crossing(ring: F64) -> tuple[int, int] | None:
    """The first two edges of a ring that cross each other, by the corners at which they begin."""
    start, end = ring, np.roll(ring, -1, axis=0)
    along = end - start

    def side(place: F64) -> F64:
        """(n, n) on which side of each edge each place lies."""
        off = place[None, :, :] - start[:, None, :]
        return np.asarray(np.sign(along[:, None, 0] * off[:, :, 1] - along[:, None, 1] * off[:, :, 0]))

    apart = side(start) * side(end) < 0
    crossed = np.argwhere(np.triu(apart & apart.T, 1))
    return None if not len(crossed) else (int(crossed[0][0]), int(crossed[0][1]))


def _no(what: str) -> InputFault:
    return InputFault(what, where="file", help=HELP)
