"""How ships move: speed and course second by second, with the turn rates and the stopping times of ships.

Positions are metres east and north of a place's middle; `Plane` puts them on the globe.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from tankerwatch.core.schema import F64, U8
from tankerwatch.scenes.dice import Dice
from tankerwatch.scenes.motion import METRES_A_DEGREE

KN: Final = 1852.0 / 3600.0
"""Metres a second in a knot."""
NM: Final = 1852.0
UNDER_WAY, AT_ANCHOR, NOT_UNDER_COMMAND, MOORED, AGROUND, FISHING = 0, 1, 2, 5, 6, 7


@dataclass(frozen=True, slots=True)
class Plane:
    """The sea around a place, flat."""

    lat_deg: float
    lon_deg: float

    def globe(self, east_m: Any, north_m: Any) -> tuple[F64, F64]:
        """Latitude and longitude, -180 to 180."""
        lon = self.lon_deg + np.asarray(east_m) / (METRES_A_DEGREE * np.cos(np.radians(self.lat_deg)))
        return np.asarray(self.lat_deg + np.asarray(north_m) / METRES_A_DEGREE), np.asarray((lon + 540.0) % 360.0 - 180.0)


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """(n,) states of a ship, one a second from the beginning of the scene. `present`: she is there and her transponder is on."""

    east_m: F64
    north_m: F64
    speed_kn: F64
    course_deg: F64
    heading_deg: F64
    status: U8
    present: U8

    def __len__(self) -> int:
        """Seconds."""
        return len(self.east_m)

    def with_status(self, begin_s: float, end_s: float, status: int) -> Motion:
        """The same motion, another navigational status from one second up to another."""
        made = self.status.copy()
        made[int(begin_s) : int(end_s)] = status
        return replace(self, status=made)

    def only(self, begin_s: float, end_s: float) -> Motion:
        """She is there only between these seconds."""
        made = np.zeros_like(self.present)
        made[int(max(begin_s, 0)) : int(end_s)] = 1
        return replace(self, present=made)

    def shifted(self, east_m: float, north_m: float) -> Motion:
        """The same motion elsewhere."""
        return replace(self, east_m=self.east_m + east_m, north_m=self.north_m + north_m)


def ramp(seconds: int, *points: tuple[float, float]) -> F64:
    """(seconds,) a value that goes in straight lines through (second, value) points, level before and after them."""
    return np.interp(np.arange(seconds), [p[0] for p in points], [p[1] for p in points])


def wander(dice: Dice, seconds: int, spread: float, every_s: int) -> F64:
    """(seconds,) a value that strays around zero with this standard deviation, anew about every so many seconds."""
    knots = dice.bell(seconds // every_s + 3, spread)
    return np.interp(np.arange(seconds), np.arange(len(knots)) * every_s - every_s / 2, knots)


def eased(share: F64) -> F64:
    """From 0 to 1 with a soft beginning and a soft end."""
    held = np.clip(share, 0.0, 1.0)
    return np.asarray(held**2 * (3 - 2 * held))


def smoothed(values: F64, seconds: int) -> F64:
    """(n,) the mean over so many seconds around each; the ends go on level."""
    padded = np.pad(values, (seconds // 2, seconds - 1 - seconds // 2), mode="edge")
    return np.convolve(padded, np.ones(seconds) / seconds, mode="valid")


def turns(seconds: int, first_deg: float, *orders: tuple[float, float], rate_deg_s: float = 0.5) -> F64:
    """(seconds,) the course of a ship that at each second ordered begins to turn to a new course, by the shorter way."""
    points, now = [(0.0, first_deg)], first_deg
    for at_s, to_deg in orders:
        by = (to_deg - now + 180.0) % 360.0 - 180.0
        at_s = max(at_s, points[-1][0])
        points += [(at_s, now), (at_s + abs(by) / rate_deg_s, now + by)]
        now += by
    return ramp(seconds, *points)


def sailed(
    start_m: tuple[float, float], speed_kn: F64, course_deg: F64, *, heading_deg: F64 | None = None, status: int = UNDER_WAY
) -> Motion:
    """The motion that speed and course, (n,) each, make from a point."""
    step = speed_kn * KN
    course = np.radians(course_deg)
    east, north = np.cumsum(step * np.sin(course)), np.cumsum(step * np.cos(course))
    heading = course_deg if heading_deg is None else heading_deg
    flags = np.ones(len(speed_kn), np.uint8)
    return Motion(
        start_m[0] + np.concatenate([[0.0], east[:-1]]),
        start_m[1] + np.concatenate([[0.0], north[:-1]]),
        np.asarray(speed_kn, np.float64),
        np.asarray(course_deg % 360.0),
        np.asarray(heading % 360.0),
        flags * np.uint8(status),
        flags,
    )


def through(point_m: tuple[float, float], at_s: float, speed_kn: F64, course_deg: F64, **more: Any) -> Motion:
    """As `sailed`, but such that she is at the point at this second."""
    made = sailed((0.0, 0.0), speed_kn, course_deg, **more)
    at = min(max(int(at_s), 0), len(made) - 1)
    return made.shifted(point_m[0] - float(made.east_m[at]), point_m[1] - float(made.north_m[at]))


def coasting(seconds: int, at_s: float, speed_kn: float, *, half_s: float, rest_kn: float = 0.4) -> F64:
    """(seconds,) speed of a ship that loses her engine: water slows her by the square of her speed; `half_s` until half of it is left."""
    after = np.maximum(np.arange(seconds) - at_s, 0.0)
    return np.asarray(np.maximum(speed_kn / (1.0 + after / half_s), min(rest_kn, speed_kn)))


def lying(seconds: int, at_m: tuple[float, float], heading_deg: float, *, status: int = MOORED) -> Motion:
    """Fast to a berth, or aground."""
    still = np.zeros(seconds)
    return sailed(at_m, still, still + heading_deg, status=status)


def swinging(seconds: int, at_m: tuple[float, float], dice: Dice, *, chain_m: float = 250.0, status: int = AT_ANCHOR) -> Motion:
    """Round her anchor, bow to it, as wind and tide turn her."""
    middle, wide, phase = (float(dice.even(1, *span)[0]) for span in ((0.0, 360.0), (15.0, 60.0), (0.0, 6.283)))
    yaw = float(dice.even(1, 2.0, 6.0)[0])
    second = np.arange(seconds)
    heading = middle + wide * np.sin(phase + 2 * np.pi * second / 22_320) + yaw * np.sin(phase + 2 * np.pi * second / 700)
    astern = np.radians(heading + 180.0)
    return moved_as(at_m[0] + chain_m * np.sin(astern), at_m[1] + chain_m * np.cos(astern), heading_deg=heading, status=status)


def moved_as(east_m: F64, north_m: F64, *, heading_deg: F64 | None = None, status: int = UNDER_WAY) -> Motion:
    """The motion along (n,) positions, one a second; heading where she goes unless told."""
    d_east, d_north = np.gradient(east_m), np.gradient(north_m)
    course = np.degrees(np.arctan2(d_east, d_north)) % 360.0
    flags = np.ones(len(east_m), np.uint8)
    heading = course if heading_deg is None else heading_deg % 360.0
    return Motion(east_m, north_m, np.hypot(d_east, d_north) / KN, course, heading, flags * np.uint8(status), flags)


def along(points_m: Sequence[tuple[float, float]], speed_kn: F64, *, radius_m: float = 400.0, status: int = UNDER_WAY) -> Motion:
    """Along way-points with rounded corners, at these speeds (n,); on past the last one if they lead further."""
    points = np.array(points_m, np.float64)
    gone = np.concatenate([[0.0], np.cumsum(speed_kn[:-1] * KN)])
    last = points[-1] - points[-2]
    points = np.vstack([points, points[-1] + last / np.hypot(*last) * (gone[-1] + 4 * radius_m)])
    length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    fine = 40
    step_m = radius_m / fine
    arc = np.arange(-2 * radius_m, min(length[-1], gone[-1] + 4 * radius_m), step_m)
    kernel = np.hanning(2 * fine + 3)[1:-1]
    kernel /= kernel.sum()
    lines = []
    for axis in (0, 1):
        line = np.interp(arc, length, points[:, axis])
        first = points[0, axis] + arc[arc < 0] * (points[1, axis] - points[0, axis]) / (length[1] - length[0])
        line[arc < 0] = first
        lines.append(np.convolve(line, kernel, mode="same"))
    smooth = slice(fine, -fine)
    return moved_as(*(np.interp(gone, arc[smooth], line[smooth]) for line in lines), status=status)


def then(*parts: tuple[float, Motion]) -> Motion:
    """Motions one after the other: each from its second on. They must meet where they join."""
    made = parts[0][1]
    for begin_s, part in parts[1:]:
        at = int(begin_s)
        made = Motion(*(np.concatenate([getattr(made, f)[:at], getattr(part, f)[at:]]) for f in Motion.__slots__))
    return made


def pursuing(
    start_m: tuple[float, float],
    target: Motion,
    speed_kn: F64 | float,
    *,
    begin_s: int,
    end_s: int,
    side_m: float = 0.0,
    turn_deg_s: float = 6.0,
    heading_deg: float = 0.0,
) -> tuple[F64, F64]:
    """East and north, (n,), of a craft that from `begin_s` makes for where she will meet the target, and from there keeps beside it,
    `side_m` to starboard; she lies still before and stays in its company until `end_s`, then lies still again.
    """
    east, north = np.full(len(target), float(start_m[0])), np.full(len(target), float(start_m[1]))
    x, y, course, away = float(start_m[0]), float(start_m[1]), heading_deg, math.inf
    beside = np.radians(target.course_deg)
    side_east = (target.east_m + side_m * np.cos(beside)).tolist()
    side_north = (target.north_m - side_m * np.sin(beside)).tolist()
    steps, last = (np.broadcast_to(speed_kn, len(target)) * KN).tolist(), len(target) - 1
    for second in range(begin_s, len(target)):
        if second < end_s:
            step, ahead = steps[second], second
            for _ in range(3):  # where both are at one time, by turns
                away = math.hypot(side_east[ahead] - x, side_north[ahead] - y)
                ahead = min(last, second + int(away / max(step, 0.5)))
            if math.hypot(side_east[second] - x, side_north[second] - y) <= step:
                x, y, course = side_east[second], side_north[second], float(target.course_deg[second])
            else:
                wanted = math.degrees(math.atan2(side_east[ahead] - x, side_north[ahead] - y))
                by = (wanted - course + 180.0) % 360.0 - 180.0
                course += max(-turn_deg_s, min(turn_deg_s, by))
                x, y = x + step * math.sin(math.radians(course)), y + step * math.cos(math.radians(course))
        east[second], north[second] = x, y
    return east, north


def apart_m(one: Motion, other: Motion) -> F64:
    """(n,) distance of two motions."""
    return np.asarray(np.hypot(one.east_m - other.east_m, one.north_m - other.north_m))
