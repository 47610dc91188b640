"""What is kept of each ship's last hour, minute by minute: the shape of her track, for all that judges how a ship moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tankerwatch.core.schema import F32, F64, I64, U64

MINUTES: Final = 60
# What is kept of each minute: its first fix, how far her fixes ran away from the speed and course that she sent, and how many seconds
# after the minute that first fix was.
H_LAT, H_LON, H_SOG, H_COG, H_HEADING, H_EAST_M, H_NORTH_M, H_COVERED_S, H_AFTER_S = range(9)
HOUR_COLUMNS: Final = 9


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A ship's minutes in order of time, those in which she was heard: the first fix of each.

    `east_m`, `north_m` are how far her fixes of that minute ran away from the speed and course that she sent, over `covered_s` of it.
    """

    minute_s: F64
    lat_deg: F32
    lon_deg: F32
    sog_kn: F32
    cog_deg: F32
    heading_deg: F32
    east_m: F32
    north_m: F32
    covered_s: F32
    source_row: U64

    def __len__(self) -> int:
        """The number of minutes."""
        return len(self.minute_s)


@dataclass(frozen=True, slots=True, eq=False)
class Hour:
    """The last sixty minutes of all ships. To be read at a look and not kept: the arrays go on with the fleet.

    minutes: (MINUTES, ships) which minute is kept there · values: (MINUTES, ships, HOUR_COLUMNS) and rows: (MINUTES, ships) say
    something where a minute is kept only. What all ships do in one minute lies together: so little memory is in use at a time.
    """

    minutes: I64 = field(default_factory=lambda: np.zeros((MINUTES, 0), np.int64))
    values: F32 = field(default_factory=lambda: np.zeros((MINUTES, 0, HOUR_COLUMNS), np.float32))
    rows: U64 = field(default_factory=lambda: np.zeros((MINUTES, 0), np.uint64))

    def track(self, slot: int, now_s: float, back_s: float = 3600.0) -> Track:
        """The minutes of one ship that began within `back_s` (at most an hour) before `now_s`."""
        minutes = self.minutes[:, slot]
        which = np.flatnonzero((minutes * 60.0 > now_s - back_s) & (minutes * 60.0 <= now_s))
        which = which[np.argsort(minutes[which], kind="stable")]
        lat, lon, sog, cog, heading, east, north, covered, _ = self.values[which, slot].T
        return Track((minutes[which] * 60.0).astype(np.float64), lat, lon, sog, cog, heading, east, north, covered, self.rows[which, slot])

    def value(self, slots: I64, minutes_back: int, now_s: float, column: int) -> F32:
        """(n,) a column (H_SOG…) of each slot, so many whole minutes ago; NaN where she was not heard then."""
        minute = int(now_s // 60.0) - minutes_back
        at = minute % MINUTES
        return np.where(self.minutes[at, slots] == minute, self.values[at, slots, column], np.float32(np.nan)).astype(np.float32)
