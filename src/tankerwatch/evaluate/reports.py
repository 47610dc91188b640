"""From motion to position reports: when a transponder sends (ITU-R M.1371-5 Annex 1 tables 1 and 2), and with what noise."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final, Self

import numpy as np

from tankerwatch.core.schema import F64
from tankerwatch.evaluate.motion import AT_ANCHOR, MOORED, Motion, Plane
from tankerwatch.evaluate.ships import AIRCRAFT, BEACON, CLASS_A, CLASS_B, CLASS_B_SO, RADAR, Ship
from tankerwatch.scenes.dice import Dice
from tankerwatch.scenes.motion import METRES_A_DEGREE

NO_SECOND: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """(n,) position reports of one ship, all columns f64: when, where she truly is (what the radio goes by), and what she says.

    NaN is "not available"; `time_s` is a whole second since 1970, the one of the fix.
    """

    time_s: F64
    true_lat_deg: F64
    true_lon_deg: F64
    lat_deg: F64
    lon_deg: F64
    sog_kn: F64
    cog_deg: F64
    heading_deg: F64
    status: F64
    second: F64
    accurate: F64
    turn_raw: F64

    def __len__(self) -> int:
        """Reports."""
        return len(self.time_s)

    def take(self, which: Any) -> Self:
        """Some of them."""
        return replace(self, **{f.name: getattr(self, f.name)[which] for f in fields(self)})

    def between(self, begin_s: float, end_s: float) -> Any:
        """(n,) bool, those of these times."""
        return (self.time_s >= begin_s) & (self.time_s < end_s)


def interval_s(ship: Ship, motion: Motion) -> F64:
    """(n,) seconds between reports at each second of the motion."""
    speed = motion.speed_kn
    if ship.transponder == CLASS_B:
        return np.where(speed < 2, 180.0, 30.0)
    if ship.transponder == CLASS_B_SO:
        return np.select([speed < 2, speed < 14, speed < 23], [180.0, 30.0, 15.0], 5.0)
    if ship.transponder == AIRCRAFT:
        return np.full(len(motion), 10.0)
    if ship.transponder == RADAR:
        return np.full(len(motion), 3.0)
    ahead = np.concatenate([motion.heading_deg[30:], np.full(min(30, len(motion)), motion.heading_deg[-1])])[: len(motion)]
    turning = np.abs((ahead - motion.heading_deg + 180) % 360 - 180) > 5
    at_rest = ((motion.status == AT_ANCHOR) | (motion.status == MOORED)) & (speed <= 3)
    way = np.select([speed <= 14, speed <= 23], [10.0, 6.0], 2.0)
    return np.where(at_rest, 180.0, np.where(turning & (speed > 1), np.maximum(way / 3, 2.0), way))


def instants(every_s: F64, dice: Dice) -> Any:
    """Seconds at which a report is made: one each time that as much time has gone by as the interval asks for."""
    told = np.cumsum(1.0 / every_s) + float(dice.even(1)[0])
    return np.flatnonzero(np.diff(np.floor(told), prepend=np.floor(told[0])) > 0)


def reports(ship: Ship, motion: Motion, plane: Plane, start_s: float, dice: Dice, *, every_s: F64 | None = None) -> Reports:
    """What her transponder sends. Her receiver's error wanders by some metres; course means nothing at rest."""
    at = instants(interval_s(ship, motion) if every_s is None else every_s, dice)
    at = at[motion.present[at] > 0]
    count = len(at)
    has_heading, has_turn, exact, lazy = dice.even(4).tolist()
    east, north = (dice.slow(count, 3.0, 12) + dice.bell(count, 1.2) for _ in range(2))
    speed = motion.speed_kn[at]
    lat, lon = plane.globe(motion.east_m[at], motion.north_m[at])
    said_lon = lon + east / (METRES_A_DEGREE * np.cos(np.radians(plane.lat_deg)))
    course = motion.course_deg[at] + dice.bell(count) * np.minimum(6.0 / np.maximum(speed, 0.05), 60.0)
    heading = (motion.heading_deg[at] + dice.slow(count, 0.7, 5)) % 360.0
    step = np.minimum(at + 10, len(motion) - 1)
    rate = ((motion.heading_deg[step] - motion.heading_deg[at] + 180) % 360 - 180) * 6.0
    silent = (ship.transponder != CLASS_A and has_heading < 0.7) or has_heading < 0.05
    return Reports(
        time_s=start_s + at.astype(np.float64),
        true_lat_deg=lat,
        true_lon_deg=lon,
        lat_deg=lat + north / METRES_A_DEGREE,
        lon_deg=(said_lon + 540.0) % 360.0 - 180.0,
        sog_kn=np.minimum(np.maximum(speed + dice.bell(count, 0.08), 0.0), 102.0),
        cog_deg=np.where(speed < 0.3, dice.even(count, 0, 359.9), course % 360.0),
        heading_deg=np.full(count, np.nan) if silent else heading,
        status=motion.status[at].astype(np.float64),
        second=np.full(count, float(NO_SECOND)) if lazy < 0.007 else (start_s + at) % 60,
        accurate=np.full(count, float(exact < (0.4 if ship.transponder == CLASS_A else 0.15))),
        turn_raw=np.full(count, np.nan) if has_turn < 0.3 else np.clip(np.sign(rate) * np.rint(4.733 * np.sqrt(np.abs(rate))), -126, 126),
    )


def corrupted(made: Reports, dice: Dice, *, a_day: float) -> Reports:
    """Fixes spoilt on the way or in the set, `a_day` of them in a ship's day: one bit of position, speed or course turned over."""
    if not len(made) or a_day <= 0:
        return made
    count = len(made)
    pace = np.diff(made.time_s, append=made.time_s[-1] + 10).clip(1, 180) / 86400.0
    rows = np.flatnonzero(dice.even(count) < a_day * pace)
    columns = {name: getattr(made, name).copy() for name in ("lat_deg", "lon_deg", "sog_kn", "cog_deg", "second")}
    odd = np.flatnonzero(dice.even(count) < 0.003)
    columns["second"][odd] = NO_SECOND
    for row, which, bit in zip(rows.tolist(), dice.even(len(rows)).tolist(), dice.even(len(rows)).tolist(), strict=True):
        name, bits, scale, limit = (
            ("lat_deg", 26, 600_000, 90.0),
            ("lon_deg", 27, 600_000, 180.0),
            ("sog_kn", 10, 10, 102.2),
            ("cog_deg", 12, 10, 359.9),
        )[int(which * 4)]
        value = columns[name][row]
        if value == value:
            sign = -1.0 if value < 0 else 1.0
            flipped = int(abs(value) * scale) ^ (1 << int(bit * bits))
            columns[name][row] = sign * min(flipped / scale, limit)
    return replace(made, **columns)


def beacon_reports(ship: Ship, motion: Motion, plane: Plane, start_s: float, dice: Dice) -> Reports:
    """A distress beacon: bursts of eight messages in a minute, one every two seconds (M.1371-5 Annex 9)."""
    if ship.transponder != BEACON:
        raise ValueError(f"{ship.kind} is no beacon")
    second = np.arange(len(motion))
    pulse = np.where((second % 60 < 16) & (second % 2 == 0), 1.0, np.inf)
    return reports(ship, motion, plane, start_s, dice, every_s=pulse)
