"""Two ships that come together: when and how near, if both go on as they do; and the ranked list of such risks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

import numpy as np

from tankerwatch.core.hulls import Hulls, corners_m, gap_m
from tankerwatch.core.schema import F32, F64, I64, NAN, U8, U64, Bool, Table, col, rows_in, table

STEP_S: Final = 10.0
HEAD_ON, CROSSING, OVERTAKING, STANDING = range(4)
"""How they meet: courses opposite, crossing, or nearly the same; one of them lies still."""
KN_MS: Final = 1852.0 / 3600.0


@table
class Risks(Table):
    """One row per two ships on their way to a pass too close, in order of `key`; the desk lists the gravest first (`ranked`)."""

    # fmt: off
    # a table: its columns are read downwards
    key:       Annotated[U64, col("-", "both identities, the smaller one first (kit.key_of)")]
    since_s:   Annotated[F64, col("s", "since when it has been seen")]
    seen_s:    Annotated[F64, col("s", "when it was seen last")]
    looks:     Annotated[U8, col("-", "how often it was seen, at most 250")]
    pass_m:    Annotated[F32, col("m", "how far the antennas will miss, its sign the side; mean of what was foretold")]
    spread_m:  Annotated[F32, col("m", "mean distance of what was foretold from that mean")]
    meet_s:    Annotated[F64, col("s", "when they will be nearest, mean of what was foretold")]
    wander_s:  Annotated[F32, col("s", "mean distance of what was foretold from that mean")]
    gap_m:     Annotated[F32, col("m", "water that will be left between their hulls")]
    share:     Annotated[F32, col("-", "how deep that is in the domain of the ship that is hurt more: 1 at its edge, 0 contact")]
    score:     Annotated[F32, col("-", "how deep, how soon and how certain, 0 to 1")]
    listed_s:  Annotated[F64, col("s", "when it came on the list", missing=NAN)]
    raised_s:  Annotated[F64, col("s", "when it became an alert", missing=NAN)]
    nearest_m: Annotated[F32, col("m", "least distance of the two so far", missing=NAN)]
    level:     Annotated[U8, col("-", "0 seen, 1 an alert, 2 an alert of danger, 3 an alert that ended")]
    # fmt: on

    def find(self, keys: U64) -> I64:
        """(n,) the row of each key, -1 where there is none."""
        return rows_in(self.key, keys)


def ranked(risks: Risks, now_s: float, *, least: float, stale_s: float = 60.0) -> Risks:
    """The list for the desk: risks seen within `stale_s` that score at least `least`, gravest first; of equal ones the sooner."""
    kept = risks.take(~np.isnan(risks.listed_s) & (risks.score >= least) & (now_s - risks.seen_s <= stale_s))
    return kept.take(np.lexsort((kept.key, kept.meet_s, -kept.score)))


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """(n,) how two ships will pass. `pass_m`: miss distance of the antennas, its sign the side ·
    `gap_m`: least water between hulls · `tcpa_s`: until the antennas are nearest · `contact_s`: until the hulls could be first in touch.
    """

    pass_m: F64
    gap_m: F64
    tcpa_s: F64
    contact_s: F64
    east_m: F64
    north_m: F64


def velocity(speed_kn: Any, course_deg: Any) -> tuple[F64, F64]:
    """East and north in m/s."""
    course = np.radians(course_deg)
    return speed_kn * KN_MS * np.sin(course), speed_kn * KN_MS * np.cos(course)


def antennas(east_m: F64, north_m: F64, ours: Any, theirs: Any) -> tuple[F64, F64]:
    """(n,) how far the antennas will miss if both hold on, and in how many seconds; velocities (2, n) in m/s east and north."""
    v_east, v_north = theirs[0] - ours[0], theirs[1] - ours[1]
    speed = np.maximum(np.hypot(v_east, v_north), 0.05)
    return np.abs(east_m * v_north - north_m * v_east) / speed, -(east_m * v_east + north_m * v_north) / speed**2


def straight(east_m: F64, north_m: F64, ours: Any, theirs: Any, one: Hulls, other: Hulls, courses_deg: tuple[F64, F64]) -> Meeting:
    """How they pass if both hold on: the second is `east_m`, `north_m` of the first; velocities in m/s east and north."""
    v_east, v_north = theirs[0] - ours[0], theirs[1] - ours[1]
    speed = np.maximum(np.hypot(v_east, v_north), 0.05)
    tcpa = -(east_m * v_east + north_m * v_north) / speed**2
    at_east, at_north = east_m + v_east * tcpa, north_m + v_north * tcpa
    reach = (one.length_m + other.length_m) / 2
    miss = np.hypot(at_east, at_north)
    early = np.sqrt(np.maximum(np.maximum(reach, 1.05 * miss) ** 2 - miss**2, 0.0)) / speed
    # Hulls are nearest about that time, the long ones somewhat before or after: three looks at it.
    zero = np.zeros(len(tcpa))
    bow_m, beside_m = corners_m(one, zero, zero, courses_deg[0]), corners_m(other, at_east, at_north, courses_deg[1])
    half_m = np.stack([v_east * early, v_north * early], axis=-1)[:, None] / 2
    gaps = gap_m(np.concatenate([bow_m] * 3), np.concatenate([beside_m - half_m, beside_m, beside_m + half_m]))
    gap = gaps.reshape(3, -1).min(axis=0)
    return Meeting(_signed(at_east, at_north, v_east, v_north), gap, tcpa, tcpa - early, at_east, at_north)


def curved(
    east_m: F64, north_m: F64, speed_kn: tuple[F64, F64], courses_deg: tuple[F64, F64], turn_deg_min: tuple[F64, F64],
    one: Hulls, other: Hulls, horizon_s: float, most_deg: float = 90.0,
) -> Meeting:  # fmt: skip  # one a line would hide what belongs together
    """The same if both go on turning as they do, up to `most_deg`."""
    steps = np.arange(0.0, horizon_s + STEP_S, STEP_S)
    places = []
    headings = []
    for speed, course, rate in zip(speed_kn, courses_deg, turn_deg_min, strict=True):
        turned = np.clip(rate[:, None] / 60.0 * steps, -most_deg, most_deg)
        heading = course[:, None] + turned
        by_east, by_north = velocity(speed[:, None], heading)
        places.append([np.cumsum(by, axis=1) * STEP_S - by * STEP_S for by in (by_east, by_north)])
        headings.append(heading)
    east = east_m[:, None] + places[1][0] - places[0][0]
    north = north_m[:, None] + places[1][1] - places[0][1]
    apart = np.hypot(east, north)
    rows = np.arange(len(east))
    at = apart.argmin(axis=1)
    reach = np.maximum((one.length_m + other.length_m)[:, None] / 2, 1.05 * apart.min(axis=1)[:, None])
    contact = (apart <= reach).argmax(axis=1)
    zero = np.zeros(len(east))
    here = headings[0][rows, at], headings[1][rows, at]
    gap = gap_m(corners_m(one, zero, zero, here[0]), corners_m(other, east[rows, at], north[rows, at], here[1]))
    at_east, at_north = east[rows, at], north[rows, at]
    return Meeting(_signed(at_east, at_north, at_east - east_m, at_north - north_m), gap, steps[at], steps[contact], at_east, at_north)


def _signed(east_m: F64, north_m: F64, v_east: F64, v_north: F64) -> F64:
    """Miss distance, positive where the second leaves the first on her left: it goes through 0 where they touch."""
    return np.where(east_m * v_north - north_m * v_east < 0, -1.0, 1.0) * np.hypot(east_m, north_m)


def geometry(course_deg: Any, other_course_deg: Any, speed_kn: Any, other_speed_kn: Any, *, still_kn: float) -> U8:
    """(n,) how they meet: within 25 degrees of opposite, within 30 of the same course, crossing, or one of them lies still."""
    apart = np.abs((np.subtract(course_deg, other_course_deg) + 180.0) % 360.0 - 180.0)
    how = np.where(apart >= 155.0, HEAD_ON, np.where(apart <= 30.0, OVERTAKING, CROSSING))
    return np.where(np.fmin(speed_kn, other_speed_kn) < still_kn, STANDING, how).astype(np.uint8)


def steadiness(course_deg: F64, sog_kn: F64, past_deg: F64, past_kn: F64, within_deg: float) -> tuple[F64, F64, F64]:
    """How long ships have gone on as they do, and the turn they are in.

    course_deg, sog_kn: (n,) now · past_deg, past_kn: (k, n) in this minute and one, two … before, k >= 5, NaN where not heard. Returns (n,)
    minutes for which course and speed, or a turn, were held; the rate of that turn in deg/min, 0 for none; and how far her course now
    is off the mean of one to four minutes before, to starboard positive.
    """
    turned = (past_deg - course_deg + 180.0) % 360.0 - 180.0
    room_kn = np.maximum(1.2, 0.15 * sog_kn)
    even = np.abs(past_kn - sog_kn) <= room_kn
    heard = ~np.isnan(turned)
    ages = np.arange(len(turned), dtype=np.float64)[:, None]

    def minutes(holds: Bool) -> F64:
        unbroken = np.logical_and.accumulate(holds | ~heard, axis=0) & holds
        last = np.where(unbroken, ages, 0.0).max(axis=0)
        return np.where(2 * unbroken.sum(axis=0) >= last, last, 0.0)

    straight_min = minutes(even & (np.abs(turned) <= within_deg))
    # Whole minutes tell the rate: the newest one is not over.
    rate = (turned[1] - turned[4]) / 3.0
    rate[rate != rate] = 0.0
    steps = np.concatenate([np.full((2, turned.shape[1]), np.nan), turned[1:-1] - turned[2:]])
    alike = (np.sign(steps) == np.sign(rate)) & (np.abs(steps) >= 0.4 * np.abs(rate)) & (np.abs(steps) <= 1.8 * np.abs(rate))
    alike[:2] = True
    turn_min = minutes(even & alike)
    turns = (turn_min >= 4) & (np.abs(rate) >= 1.5) & (np.abs(rate) <= 25.0)
    before = -np.where(heard[1:5], turned[1:5], 0.0).sum(axis=0) / np.maximum(heard[1:5].sum(axis=0), 1)
    return np.where(turns, np.maximum(turn_min, straight_min), straight_min), np.where(turns, rate, 0.0), before
