"""Zones: named areas of the sea, from the configuration, and whether places lie in them.

Edges are straight on the Mercator-like plane of latitude and longitude, as GeoJSON has them (RFC 7946, section 3.1.1); from one vertex to
the next the shorter way round the earth is meant, so a zone may lie across the antimeridian. No zone goes round a pole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from tankerwatch.core.schema import F64, NAN, Bool

PIECE: Final = 1 << 20
"""At most so many crossings are tried at once: memory stays bounded however many ships and vertices there are."""


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """A named area with what is not wanted in it. Without any rule it is only a name (`except_areas`, `port`).

    rings: each (n, 2), latitude and longitude in deg, holes among them · polygon_of: of each ring, the number of its polygon; () means
    that all are of one. What lies in an odd number of rings of a polygon lies in it, and in the zone when in one of its polygons.
    enter, leave: crossing is told · min_kn, max_kn: speeds allowed inside, NaN for no bound · forbidden: codes of the kinds (`mmsi.py`)
    that may not be inside · kinds, ships: whom all this is for, by code and by MMSI · for_all: for every ship · port: ships at rest in it
    are in port · key: what it is known by whatever it is called, its name when empty · since_s: since when it is as it is, NaN for always ·
    quiet: rules that raise nothing new in it, until `quiet_until_s` (NaN for no end).
    """

    name: str
    rings: tuple[F64, ...]
    polygon_of: tuple[int, ...] = ()
    enter: bool = False
    leave: bool = False
    min_kn: float = NAN
    max_kn: float = NAN
    forbidden: tuple[int, ...] = ()
    severity: str = "caution"
    kinds: tuple[int, ...] = ()
    ships: frozenset[int] = frozenset()
    for_all: bool = True
    port: bool = False
    key: str = ""
    since_s: float = NAN
    quiet: frozenset[str] = frozenset()
    quiet_until_s: float = NAN
    _polygons: tuple[tuple[float, float, float, float, F64], ...] = field(init=False, repr=False)
    """of each polygon its south, west, north and east in deg, and its edges (n, 4) as lat, lon, lat, lon"""

    def __post_init__(self) -> None:
        """Lay out the edges once: each ring unrolled round the earth, the holes of a polygon beside its first ring."""
        of: dict[int, list[F64]] = {}
        for ring, polygon in zip(self.rings, self.polygon_of or (0,) * len(self.rings), strict=True):
            of.setdefault(polygon, []).append(unroll(np.asarray(ring, np.float64)))
        object.__setattr__(self, "_polygons", tuple(_polygon(rings) for rings in of.values()))

    def inside(self, lat_deg: Any, lon_deg: Any) -> Bool:
        """(n,) which places lie in it; a place that is not known lies nowhere."""
        lat = np.atleast_1d(np.asarray(lat_deg, np.float64))
        lon = np.atleast_1d(np.asarray(lon_deg, np.float64))
        found = np.zeros(len(lat), np.bool_)
        for south, west, north, east, edges in self._polygons:
            beside = lon - 360 * np.round((lon - (west + east) / 2) / 360)
            rows = np.flatnonzero((lat >= south) & (lat <= north) & (beside >= west) & (beside <= east))
            if len(rows):
                found[rows] |= _odd(edges, lat[rows], beside[rows])
        return found

    def concerns(self, mmsi: Any, kind: Any) -> Bool:
        """(n,) which ships it is for, by MMSI and kind."""
        mmsi, kind = np.atleast_1d(np.asarray(mmsi)), np.atleast_1d(np.asarray(kind))
        if self.for_all:
            return np.ones(len(mmsi), np.bool_)
        return np.asarray(np.isin(kind, list(self.kinds)) | np.isin(mmsi, list(self.ships)))


@dataclass(frozen=True, slots=True, eq=False)
class DrawnZone:
    """A zone that a person drew. `content`: as `ingest/drawn.py` checks it · `by`: who drew or changed it last, at `changed_s`, and
    the stream stood at `since_s` · `removed_s`: since when it is no more, None while it is · `before`: what it was before the last
    change, None when it was not.
    """

    id: str
    content: dict[str, Any]
    by: str
    made_s: float
    changed_s: float
    since_s: float
    removed_s: float | None = None
    before: dict[str, Any] | None = None


def _polygon(rings: list[F64]) -> tuple[float, float, float, float, F64]:
    first = (rings[0][:, 1].min() + rings[0][:, 1].max()) / 2
    placed = []
    for ring in rings:
        shift = 360 * np.round((first - (ring[:, 1].min() + ring[:, 1].max()) / 2) / 360)
        placed.append(ring + np.array([0.0, shift]))
    south, west = np.concatenate(placed).min(axis=0).tolist()
    north, east = np.concatenate(placed).max(axis=0).tolist()
    return south, west, north, east, np.concatenate([np.column_stack([ring, np.roll(ring, -1, axis=0)]) for ring in placed])


def unroll(ring: F64) -> F64:
    """The ring with longitudes that go on over the antimeridian; its last vertex is not its first again.

    Raises ValueError when it has no area to speak of or goes round a pole.
    """
    if len(ring) > 1 and (ring[0] == ring[-1]).all():
        ring = ring[:-1]
    if len(ring) < 3:
        raise ValueError("fewer than three corners")
    lon = ring[:, 1]
    steps = np.diff(lon, append=lon[:1])
    steps -= np.where(np.abs(steps) > 360 - 1e-9, 0.0, 360 * np.round(steps / 360))  # an edge of 360 deg goes all the way round
    if abs(steps.sum()) > 180:
        raise ValueError("goes round a pole")
    lon = lon[0] + np.concatenate([[0.0], np.cumsum(steps[:-1])])
    return np.column_stack([ring[:, 0], lon])


def _odd(edges: F64, lat: F64, lon: F64) -> Bool:
    """(n,) whether a ray to the east from each place crosses an odd number of edges, each (lat, lon, lat, lon).

    Places in order of latitude: those that an edge spans are a run of them (half open, so that a corner counts once).
    """
    order = np.argsort(lat, kind="stable")
    lat, lon = lat[order], lon[order]
    low = np.searchsorted(lat, np.minimum(edges[:, 0], edges[:, 2]))
    count = np.searchsorted(lat, np.maximum(edges[:, 0], edges[:, 2])) - low
    crossed = np.zeros(len(lat), np.int64)
    piece = np.cumsum(count) // PIECE
    for which in np.split(np.arange(len(edges)), np.flatnonzero(np.diff(piece)) + 1):
        times = count[which]
        edge = np.repeat(which, times)
        place = np.arange(len(edge)) - np.repeat(np.cumsum(times) - times, times) + low[edge]
        lat_a, lon_a, lat_b, lon_b = edges[edge].T
        before = lon[place] < lon_a + (lat[place] - lat_a) * (lon_b - lon_a) / (lat_b - lat_a)
        crossed += np.bincount(place[before], minlength=len(lat))
    odd = np.empty(len(lat), np.bool_)
    odd[order] = crossed % 2 == 1
    return odd
