"""Reads the zones of a configuration: corners written in place, or a GeoJSON file (RFC 7946) drawn with any tool for maps.

A zone that is not as it was meant guards nothing: whatever is not understood is a fault, with file and feature.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from tankerwatch.core.errors import ConfigFault
from tankerwatch.core.schema import F64
from tankerwatch.core.zones import unroll

FILE_LIMIT_BYTES: Final = 16 << 20
CORNERS_LIMIT: Final = 50_000
"""More would be slower than a watch can wait for."""
DEEPEST: Final = 8
HELP: Final = "a polygon in GeoJSON: geojson.io or QGIS draw one"

Rings = tuple[tuple[F64, ...], tuple[int, ...]]
"""Rings, each (n, 2) as latitude and longitude in deg, and of each the number of its polygon."""


def rings_of_polygon(corners: Any) -> Rings:
    """The ring of `[[lat, lon], …]`. Raises ValueError with what is wrong."""
    return (_ring(corners, lat=0),), (0,)


def rings_from(path: Path, feature: str = "") -> Rings:
    """All polygons of a GeoJSON file; with `feature` only those whose `name` or `id` it is.

    Raises ConfigFault when the file cannot be read, is no GeoJSON, or holds no such polygon.
    """
    tree = _json(path)
    found: list[tuple[str, Any]] = []
    names: list[str] = []
    for where, name, geometry in _features(tree):
        names.append(name)
        if not feature or name == feature:
            found += _polygons(path, where, geometry)
    if not found and feature and feature not in names:
        known = ", ".join(sorted({name for name in names if name})[:8]) or "no feature has a name"
        raise ConfigFault(f"there is no feature {feature!r}", where=str(path), help=f"there are {known}" if any(names) else known)
    rings: list[F64] = []
    polygon_of: list[int] = []
    for number, (where, polygon) in enumerate(found):
        if not isinstance(polygon, list) or not polygon:
            raise ConfigFault("is no polygon: no rings", where=f"{path}: {where}", help=HELP)
        for ring in polygon:
            try:
                rings.append(_ring(ring, lat=1))
            except ValueError as fault:
                raise ConfigFault(str(fault), where=f"{path}: {where}", help=HELP) from None
            polygon_of.append(number)
    if not rings:
        raise ConfigFault("holds no polygon", where=str(path), help=HELP)
    if sum(len(ring) for ring in rings) > CORNERS_LIMIT:
        raise ConfigFault(f"has more than {CORNERS_LIMIT:,} corners", where=str(path), help="simplify it: mapshaper.org, QGIS")
    return tuple(rings), tuple(polygon_of)


def _json(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            held = file.read(FILE_LIMIT_BYTES + 1)
    except OSError as fault:
        raise ConfigFault(f"cannot be read ({fault.strerror})", where=str(path), help="give the path of a GeoJSON file") from None
    if len(held) > FILE_LIMIT_BYTES:
        raise ConfigFault(f"is larger than {FILE_LIMIT_BYTES >> 20} MiB", where=str(path), help="simplify it: mapshaper.org, QGIS")
    try:
        tree = json.loads(held.decode("utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        raise ConfigFault(f"is not JSON: {fault}", where=str(path), help=HELP) from None
    if not isinstance(tree, dict) or "type" not in tree:
        raise ConfigFault("is JSON, but no GeoJSON: it has no type", where=str(path), help=HELP)
    return tree


def _features(tree: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Where each feature stands, what it is called, and its geometry; a geometry alone is a feature without a name."""
    if tree["type"] == "FeatureCollection":
        features = tree.get("features")
        for number, one in enumerate(features if isinstance(features, list) else ()):
            held = one if isinstance(one, dict) else {}
            yield f"features[{number}]", _name(held), held.get("geometry")
    elif tree["type"] == "Feature":
        yield "geometry", _name(tree), tree.get("geometry")
    else:
        yield "geometry", "", tree


def _name(feature: dict[str, Any]) -> str:
    properties = feature.get("properties")
    named = properties if isinstance(properties, dict) else {}
    return str(next((value for value in (named.get("name"), named.get("Name"), feature.get("id")) if value not in (None, "")), ""))


def _polygons(path: Path, where: str, geometry: Any, depth: int = 0) -> list[tuple[str, Any]]:
    """The coordinates of each polygon in a geometry. Points and lines have no inside and are left out."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind in ("Point", "MultiPoint", "LineString", "MultiLineString") or geometry is None:
        return []
    key = "geometries" if kind == "GeometryCollection" else "coordinates"
    parts = geometry.get(key) if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon", "GeometryCollection") or not isinstance(parts, list) or depth > DEEPEST:
        said = f"has the type {str(kind)[:40]!r}" if kind not in ("Polygon", "MultiPolygon") else f"has no {key}"
        raise ConfigFault(f"{said}, so it is no polygon", where=f"{path}: {where}", help=HELP)
    if kind == "GeometryCollection":
        return [found for part in parts for found in _polygons(path, where, part, depth + 1)]
    return [(where, parts)] if kind == "Polygon" else [(where, part) for part in parts]


def _ring(corners: Any, *, lat: int) -> F64:
    """(n, 2) latitude and longitude of a ring; `lat` is where the latitude stands in each corner. Raises ValueError."""
    if not isinstance(corners, list | tuple):
        raise ValueError("is no list of corners")
    made = []
    for number, corner in enumerate(corners):
        good = isinstance(corner, list | tuple) and 2 <= len(corner) <= 4 and all(_is_number(value) for value in corner[:2])
        if not good:
            raise ValueError(f"corner {number} is no pair of numbers")
        pair = float(corner[lat]), float(corner[1 - lat])
        if not (abs(pair[0]) <= 90 and abs(pair[1]) <= 360):
            order = "longitude, then latitude" if lat else "latitude, then longitude"
            raise ValueError(f"corner {number} is {corner[0]:g}, {corner[1]:g}: no place on earth ({order})")
        made.append(pair)
    ring = np.array(made, np.float64).reshape(-1, 2)
    unroll(ring)
    return ring


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6 and math.isfinite(value)
