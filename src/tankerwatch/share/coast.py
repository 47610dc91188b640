"""Land and coast for a chart, from the vector tiles that the page carries (Natural Earth, public domain; about a mile true).

The tiles are Mapbox Vector Tiles 2.1 in a PMTiles file: layer `land` holds polygons cut at the tile's edge, layer `coast` their real shore.
"""

from __future__ import annotations

import gzip
import math
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

DEEPEST: Final = 8
TILES_ACROSS: Final = 5
FINE: Final = 10
"""Steps in a unit of the chart: paths are written as whole steps, which keeps a page small."""
_LINE, _POLYGON = 2, 3
Box = tuple[float, float, float, float]
Part = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Frame:
    """How a chart lies on the world: `left` and `top` in Web Mercator with a world one unit wide, `scale` units of the chart per world.

    The chart itself is `wide` by `high` units.
    """

    left: float
    top: float
    scale: float
    wide: float
    high: float

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Units of the chart of a place on the world."""
        return (x - self.left) * self.scale, (y - self.top) * self.scale


def mercator(lat_deg: float) -> float:
    """From 0 at 85.05° N to 1 at 85.05° S."""
    sine = math.sin(math.radians(min(max(lat_deg, -85.05), 85.05)))
    return 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)


def paths(file: Path, box: Box, frame: Frame) -> tuple[str, str]:
    """SVG paths of the land and of its shore in a box (left, top, right, bottom on the world; beyond 0 and 1 it goes round).

    In steps of 1/`FINE` of the chart's unit. A file that is missing or broken is an empty sea.
    """
    made: dict[int, list[str]] = {_POLYGON: [], _LINE: []}
    try:
        for zoom, column, row, tile in _tiles(file, box):
            size = frame.scale / 2**zoom
            corner = frame.place(column / 2**zoom, row / 2**zoom)
            for kind, extent, parts in _shapes(tile):
                step = size / extent
                for part in parts:
                    made[kind].append(_path([((corner[0] + x * step) * FINE, (corner[1] + y * step) * FINE) for x, y in part], kind))
    except Exception:  # whatever a broken file trips over; a chart without land still shows ships
        return "", ""
    return "".join(made[_POLYGON]), "".join(made[_LINE])


def _tiles(file: Path, box: Box) -> Iterator[tuple[int, int, int, bytes]]:
    """Zoom, column, row and content of the tiles in a box; a column beyond the world's edge keeps its number."""
    from pmtiles.reader import Reader

    left, top, right, bottom = box
    wide = max(right - left, bottom - top, 1e-9)
    zoom = min(max(math.floor(math.log2(TILES_ACROSS / wide)), 0), DEEPEST)
    world = 2**zoom
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        make: Any = Reader  # the package has no types
        reader = make(lambda offset, length: mapped[offset : offset + length])
        for row in range(max(math.floor(top * world), 0), min(math.floor(bottom * world), world - 1) + 1):
            for column in range(math.floor(left * world), math.floor(right * world) + 1):
                held = reader.get(zoom, column % world, row)
                if held:
                    yield zoom, column, row, gzip.decompress(held) if held[:2] == b"\x1f\x8b" else held


def _path(points: Part, kind: int) -> str:
    """A line or ring in whole relative steps; what does not move is left out, what has no extent is nothing."""
    x = y = 0
    out: list[str] = []
    for at, (right, down) in enumerate(points):
        to_x, to_y = round(right), round(down)
        if at and abs(to_x - x) + abs(to_y - y) < 2:
            continue
        out.append(f"M{to_x} {to_y}l" if not at else f"{to_x - x} {to_y - y} ")
        x, y = to_x, to_y
    if len(out) < (4 if kind == _POLYGON else 2):
        return ""
    return "".join(out).rstrip() + ("z" if kind == _POLYGON else "")


def _shapes(tile: bytes) -> Iterator[tuple[int, int, list[Part]]]:
    """Kind, extent of the tile and parts of each polygon of `land` and line of `coast`."""
    for field, layer in _fields(tile):
        if field != 3:
            continue
        held = list(_fields(layer))
        name = next((bytes(value) for number, value in held if number == 1), b"")
        extent = next((value for number, value in held if number == 5), 4096)
        wanted = {b"land": _POLYGON, b"coast": _LINE}.get(name)
        for number, feature in held:
            if number == 2 and wanted is not None:
                inner = dict(_fields(feature))
                if inner.get(3) == wanted:
                    yield wanted, extent, _parts(inner.get(4, b""))


def _parts(packed: bytes) -> list[Part]:
    """The geometry of a feature (specification 4.3): commands 1 move, 2 line, 7 close, with zigzag differences."""
    numbers = list(_varints(packed))
    parts: list[Part] = []
    at = x = y = 0
    while at < len(numbers):
        command, count = numbers[at] & 7, numbers[at] >> 3
        at += 1
        if command == 7:
            continue
        for _ in range(count):
            dx, dy = numbers[at], numbers[at + 1]
            x, y, at = x + (dx >> 1 ^ -(dx & 1)), y + (dy >> 1 ^ -(dy & 1)), at + 2
            if command == 1:
                parts.append([])
            parts[-1].append((x, y))
    return parts


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Number and value of each field of a protobuf message: numbers as they are, all else as bytes."""
    at = 0
    while at < len(data):
        head, at = _varint(data, at)
        kind = head & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield head >> 3, value
            continue
        length, at = _varint(data, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
        yield head >> 3, data[at : at + length]
        at += length


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at
