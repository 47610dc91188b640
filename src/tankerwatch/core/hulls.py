"""Ships as hulls on the water, from what they say of their dimensions: where their sides are, how far two of them are apart, and the room
that each needs around her.

A position report tells where the antenna is; on a tanker that is 200 m behind her bow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from tankerwatch.core import mmsi
from tankerwatch.core.schema import F64, I64, Bool
from tankerwatch.core.tables import Picture

# fmt: off
# a table: its columns are read downwards
USUAL_M: Final = {  # kind → length and beam of a usual one: for those that have not said
    mmsi.TANKER: (180, 30), mmsi.CARGO: (140, 22), mmsi.PASSENGER: (100, 18), mmsi.FISHING: (25, 7), mmsi.SERVICE: (28, 9),
    mmsi.HIGH_SPEED: (35, 10), mmsi.PLEASURE: (13, 4), mmsi.AUTHORITY: (40, 8), mmsi.UNKNOWN: (90, 15), mmsi.OTHER: (80, 14),
    mmsi.RADAR: (20, 6),
}
# fmt: on
SMALL_M: Final = (13, 4)
"""Of a class B craft that has not said what she is."""
CLASS_B: Final = (18, 19)
LONGEST_M: Final = 500
POINTING_KN: Final = 2.0
"""From this speed on a ship without heading points where she goes."""


def _usual() -> F64:
    table = np.full((256, 2), USUAL_M[mmsi.UNKNOWN], np.float64)
    for kind, size in USUAL_M.items():
        table[kind] = size
    return table


_USUAL: Final = _usual()


@dataclass(frozen=True, slots=True, eq=False)
class Hulls:
    """(n,) hulls about their antennas, in metres. `told`: she has sent her dimensions · `points_deg`: where the bow points, NaN unknown."""

    to_bow_m: F64
    to_stern_m: F64
    to_port_m: F64
    to_starboard_m: F64
    points_deg: F64
    told: Bool

    @property
    def length_m(self) -> F64:
        """Over all."""
        return self.to_bow_m + self.to_stern_m

    @property
    def beam_m(self) -> F64:
        """From side to side."""
        return self.to_port_m + self.to_starboard_m


def hulls_of(picture: Picture, slots: I64) -> Hulls:
    """The hulls of some ships. Dimensions that are not sent, or cannot be, are the usual ones of her kind, the antenna in the middle."""
    length, beam = picture.length_m[slots].astype(np.float64), picture.beam_m[slots].astype(np.float64)
    told = (length > 0) & (length <= LONGEST_M)
    usual = _USUAL[picture.kind[slots]]
    small = (picture.kind[slots] == mmsi.UNKNOWN) & ((picture.msg_type[slots] == CLASS_B[0]) | (picture.msg_type[slots] == CLASS_B[1]))
    usual = np.where(small[:, None], np.array(SMALL_M, np.float64), usual)
    length = np.where(told, length, usual[:, 0])
    beam = np.where((beam > 0) & (beam <= length), beam, np.where(told, np.maximum(length / 6.5, 3.0), usual[:, 1]))
    bow, port = picture.to_bow_m[slots].astype(np.float64), picture.to_port_m[slots].astype(np.float64)
    stern, starboard = picture.to_stern_m[slots].astype(np.float64), picture.to_starboard_m[slots].astype(np.float64)
    # Without a reference point a ship sends her length as "to stern" and her beam as "to starboard" (M.1371-5, figure 41).
    placed_along = told & (bow > 0) & (bow + stern == length)
    placed_across = told & (port > 0) & (port + starboard == beam)
    heading, sog, cog = (getattr(picture, name)[slots].astype(np.float64) for name in ("heading_deg", "sog_kn", "cog_deg"))
    points = np.where(np.isnan(heading), np.where(sog >= POINTING_KN, cog, np.nan), heading)
    return Hulls(
        np.where(placed_along, bow, length / 2),
        np.where(placed_along, stern, length / 2),
        np.where(placed_across, port, beam / 2),
        np.where(placed_across, starboard, beam / 2),
        points,
        told,
    )


def corners_m(hulls: Hulls, east_m: Any, north_m: Any, points_deg: Any = None) -> F64:
    """(n, 4, 2) east and north of the corners, clockwise from the port bow, with the antennas at (n,) places; a hull that points nowhere
    known is taken to point north.
    """
    points = np.radians(hulls.points_deg if points_deg is None else points_deg)
    points = np.where(points == points, points, 0.0)
    ahead = np.stack([hulls.to_bow_m, hulls.to_bow_m, -hulls.to_stern_m, -hulls.to_stern_m], axis=-1)
    right = np.stack([-hulls.to_port_m, hulls.to_starboard_m, hulls.to_starboard_m, -hulls.to_port_m], axis=-1)
    sine, cosine = np.sin(points)[:, None], np.cos(points)[:, None]
    east = np.asarray(east_m, np.float64)[..., None] + ahead * sine + right * cosine
    north = np.asarray(north_m, np.float64)[..., None] + ahead * cosine - right * sine
    return np.stack([east, north], axis=-1)


def _from_corners(points: F64, hull: F64) -> F64:
    """(n,) least distance of any of the points, (n, 4, 2), from the sides of a hull, (n, 4, 2)."""
    east, north = hull[:, :, 0], hull[:, :, 1]
    after = [1, 2, 3, 0]
    along_east, along_north = (east[:, after] - east)[:, :, None], (north[:, after] - north)[:, :, None]
    # (n, side, corner)
    to_east, to_north = points[:, None, :, 0] - east[:, :, None], points[:, None, :, 1] - north[:, :, None]
    squared = np.maximum(along_east * along_east + along_north * along_north, 1e-9)
    share = np.minimum(np.maximum((to_east * along_east + to_north * along_north) / squared, 0.0), 1.0)
    away_east, away_north = to_east - share * along_east, to_north - share * along_north
    return np.asarray(np.sqrt((away_east * away_east + away_north * away_north).min(axis=(1, 2))))


def _overlap(one: F64, other: F64) -> Bool:
    """(n,) whether two hulls touch: no side of either parts them."""
    # Of a rectangle the other two sides are parallel to these.
    sides = np.concatenate([one[:, 1:3] - one[:, :2], other[:, 1:3] - other[:, :2]], axis=1).transpose(0, 2, 1)
    ours, theirs = one @ sides, other @ sides  # (n, corner, side)
    return np.asarray(((ours.max(1) >= theirs.min(1)) & (theirs.max(1) >= ours.min(1))).all(axis=1))


def gap_m(one: F64, other: F64) -> F64:
    """(n,) metres of water between two hulls, (n, 4, 2) corners each; 0 when they touch."""
    n = len(one)
    if not n:
        return np.zeros(0)
    apart = _from_corners(np.concatenate([one, other]), np.concatenate([other, one]))
    return np.where(_overlap(one, other), 0.0, np.minimum(apart[:n], apart[n:]))


def apart_m(lat_a_deg: Any, lon_a_deg: Any, lat_b_deg: Any, lon_b_deg: Any) -> tuple[F64, F64]:
    """East and north of b from a in metres, on the flat: for ships near each other."""
    lat_a, lat_b = np.asarray(lat_a_deg, np.float64), np.asarray(lat_b_deg, np.float64)
    d_lon = (np.subtract(lon_b_deg, lon_a_deg) + 540.0) % 360.0 - 180.0
    return d_lon * 111_120.0 * np.cos(np.radians((lat_a + lat_b) / 2)), (lat_b - lat_a) * 111_120.0


def domain_m(length_m: Any, speed_kn: Any) -> tuple[F64, F64, F64, F64]:
    """How much room a ship needs ahead, astern, to starboard and to port: the four radii of the quaternion ship domain (N. Wang, An
    intelligent spatial collision risk based on the quaternion ship domain, J. Navigation 63, 2010), from her length and speed.
    """
    length, speed = np.asarray(length_m, np.float64), np.maximum(np.asarray(speed_kn, np.float64), 0.5)
    advance, across = 10 ** (0.3591 * np.log10(speed) + 0.0952), 10 ** (0.5441 * np.log10(speed) - 0.0795)
    reach = np.sqrt(advance**2 + (across / 2) ** 2)
    return (1 + 1.34 * reach) * length, (1 + 0.67 * reach) * length, (0.2 + across) * length, (0.2 + 0.75 * across) * length


def domain_share(east_m: Any, north_m: Any, course_deg: Any, length_m: Any, speed_kn: Any) -> F64:
    """(n,) how deep another ship, so far east and north, is in a ship's domain: 1 at its edge, 0 at her antenna, above 1 outside."""
    ahead, astern, starboard, port = domain_m(length_m, speed_kn)
    course = np.radians(course_deg)
    along = np.asarray(east_m) * np.sin(course) + np.asarray(north_m) * np.cos(course)
    right = np.asarray(east_m) * np.cos(course) - np.asarray(north_m) * np.sin(course)
    return np.asarray(np.hypot(along / np.where(along >= 0, ahead, astern), right / np.where(right >= 0, starboard, port)))
