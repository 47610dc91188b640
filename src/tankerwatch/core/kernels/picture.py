"""The newest trusted state of every ship, as columns: one pass over the fleet, for each ship's state lies together."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from tankerwatch.core.hour import HOUR_COLUMNS, MINUTES
from tankerwatch.core.kernels import beliefs as b
from tankerwatch.core.kernels.compiling import kernel, part
from tankerwatch.core.kernels.habits import FAST_S, HABIT_COLUMNS, HEARD_MINUTES, LONGEST, MISSED, OF_MINUTE, USUAL, usual_of
from tankerwatch.core.kernels.modulo import minute_of
from tankerwatch.core.kernels.words import borrowed

# Rows of what `look` makes, by type: columns of `tables.Picture`.
DOUBLES: Final = (
    "event_s", "heard_s", "first_s", "lon_deg", "lat_deg", "status_s", "stay_s", "stay_lat_deg", "stay_lon_deg", "fast_s", "frozen_s",
    "believed_s", "astray_s", "nowhere_s", "estimated_s", "inaccurate_s",
)  # fmt: skip  # one a line would hide what belongs together
SINGLES: Final = (
    "sog_kn", "cog_deg", "heading_deg", "turn_deg_min", "gain_kn_min", "usual_sog_kn", "best_sog_kn", "interval_s", "missed_share",
    "longest_gap_s", "frozen_nm",
)  # fmt: skip  # one a line would hide what belongs together
COUNTS: Final = ("fixes", "displaced", "astray")
BYTES: Final = ("msg_type", "nav_status", "usual_minutes", "trusted")
ROWS: Final = ("fast_row", "source_row")


@part
def _undisputed(ships: Any, beliefs: Any, s: int, now_s: float) -> bool:
    """Whether nothing contradicts where she is believed to be, her fixes move, and her receiver is sound."""
    if ships[s, b.ASTRAY] >= 2.0 or ships[s, b.FROZEN_NM] >= b.THAWED_NM:
        return False
    if math.isfinite(ships[s, b.NOWHERE_S]) or math.isfinite(ships[s, b.ESTIMATED_S]):
        return False
    if ships[s, b.OTHERS] == 0.0:
        return True
    for other in range(1, b.BELIEFS):
        if beliefs[s, other, b.COUNT] >= b.WEAK_FIXES and now_s - beliefs[s, other, b.T] <= b.LIFE_S:
            return False
    return True


@kernel
def look(
    now_s: float, ships: Any, beliefs: Any, belief_rows: Any, minutes: Any, hour: Any, minute_rows: Any, usual: Any,
    doubles: Any, singles: Any, counts: Any, bytes_: Any, rows: Any, made: Any,
) -> None:  # fmt: skip  # one a line would hide what belongs together
    """The columns above of as many ships as there is room for, each by row; made: (2, n) f64, what her fixes make east and north, kn.

    usual: (ships, HABIT_COLUMNS), of which what has become of another minute is worked out anew · the others: see `beliefs.advance`.
    """
    ships, beliefs, minutes, hour, usual = borrowed(ships), borrowed(beliefs), borrowed(minutes), borrowed(hour), borrowed(usual)
    room = np.empty(MINUTES, np.float64)
    kept = borrowed(room)
    for s in range(made.shape[1]):
        first = ships[s, b.FIRST]
        known = beliefs[s, 0, b.COUNT] > 0.0
        event = beliefs[s, 0, b.T] if known else math.nan
        if known:
            minute = minute_of(event)
            if usual[s, OF_MINUTE] != minute:
                usual_of(minutes, hour, s, minute, first, kept, usual)
        else:
            usual[s, :] = math.nan
        fast_s = usual[s, FAST_S]
        doubles[0, s] = event
        doubles[1, s] = ships[s, b.HEARD]
        doubles[2, s] = first
        doubles[3, s] = beliefs[s, 0, b.LON] if known else math.nan
        doubles[4, s] = beliefs[s, 0, b.LAT] if known else math.nan
        doubles[5, s] = ships[s, b.STATUS_S]
        doubles[6, s] = ships[s, b.STAY_S]
        doubles[7, s] = ships[s, b.STAY_LAT]
        doubles[8, s] = ships[s, b.STAY_LON]
        doubles[9, s] = fast_s
        doubles[10, s] = ships[s, b.FROZEN_S]
        doubles[11, s] = ships[s, b.BELIEVED_S]
        doubles[12, s] = ships[s, b.ASTRAY_S]
        doubles[13, s] = ships[s, b.NOWHERE_S]
        doubles[14, s] = ships[s, b.ESTIMATED_S]
        doubles[15, s] = ships[s, b.INACCURATE_S]
        singles[0, s] = beliefs[s, 0, b.SOG] if known else math.nan
        singles[1, s] = beliefs[s, 0, b.COG] if known else math.nan
        singles[2, s] = ships[s, b.HEADING]
        singles[3, s] = ships[s, b.TURN]
        singles[4, s] = ships[s, b.GAIN]
        singles[5, s] = usual[s, USUAL]
        singles[6, s] = ships[s, b.BEST]
        singles[7, s] = ships[s, b.INTERVAL]
        singles[8, s] = usual[s, MISSED]
        singles[9, s] = usual[s, LONGEST] * 60.0
        singles[10, s] = ships[s, b.FROZEN_NM]
        counts[0, s] = np.int64(ships[s, b.FIXES])
        counts[1, s] = np.int64(max(ships[s, b.DISPLACED], 0.0))
        counts[2, s] = np.int64(min(ships[s, b.ASTRAY], 65535.0))
        kind = ships[s, b.MSG_TYPE]
        bytes_[0, s] = np.int64(kind) if kind == kind else 0
        bytes_[1, s] = np.int64(ships[s, b.STATUS])
        bytes_[2, s] = np.int64(usual[s, HEARD_MINUTES]) if known else 0
        bytes_[3, s] = _undisputed(ships, beliefs, s, now_s)
        rows[0, s] = minute_rows[minute_of(fast_s) % MINUTES if fast_s == fast_s else 0, s]
        rows[1, s] = belief_rows[s, 0]
        made[0, s] = beliefs[s, 0, b.EAST] if known else math.nan
        made[1, s] = beliefs[s, 0, b.NORTH] if known else math.nan
    room[0] = 0.0  # it is held until here


def warm() -> None:
    """Compile (or load from the cache) with the types that the fleet uses."""
    minutes, hour = np.full((MINUTES, 1), -1, np.int64), np.zeros((MINUTES, 1, HOUR_COLUMNS), np.float32)
    look(
        0.0, np.zeros((1, b.SHIP_COLUMNS)), np.zeros((1, b.BELIEFS, b.BELIEF_COLUMNS)), np.zeros((1, b.BELIEFS), np.uint64), minutes, hour,
        np.zeros((MINUTES, 1), np.uint64), np.zeros((1, HABIT_COLUMNS)), *columns(1), np.empty((2, 1)),
    )  # fmt: skip  # one a line would hide what belongs together


def columns(ships: int) -> tuple[Any, Any, Any, Any, Any]:
    """Room for the columns of so many ships."""
    return (
        np.empty((len(DOUBLES), ships)),
        np.empty((len(SINGLES), ships), np.float32),
        np.empty((len(COUNTS), ships), np.uint32),
        np.empty((len(BYTES), ships), np.uint8),
        np.empty((len(ROWS), ships), np.uint64),
    )
