"""Which of a ship's beliefs each fix belongs to: the inner loop of `track/fleet.py`.

The state of all ships is a few arrays; a row is a ship, a column is one of the constants below. Times are seconds, positions degrees,
speeds knots, distances nautical miles. The loop is a function of the order of the fixes alone: where the stream is cut does not matter.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from tankerwatch.core.kernels.compiling import kernel, part

BELIEFS: Final = 3
MINUTES: Final = 60
COPIES: Final = 8  # reports of a ship in mind: a fast one sends five in the ten seconds that a copy may be late

# Columns of `ships`.
FIRST, HEARD, EVENT, FIXES, DISPLACED, STATUS, STATUS_S, FROM_STATUS, HEADING, MSG_TYPE, INTERVAL, BEST, PRECISE_S = range(13)
SHIP_COLUMNS: Final = 13
# Columns of `beliefs`.
T, LAT, LON, SOG, COG, COUNT, EAST, NORTH, BORN = range(9)
BELIEF_COLUMNS: Final = 9
# Columns of the fixes that come in.
IN_RECEIVED, IN_EVENT, IN_LAT, IN_LON, IN_SOG, IN_COG, IN_HEADING, IN_STATUS, IN_TYPE = range(9)
IN_COLUMNS: Final = 9
# Columns of the legs that go out.
OUT_BELIEF, OUT_FROM_S, OUT_FROM_LAT, OUT_FROM_LON, OUT_FROM_STATUS, OUT_STATUS_S, OUT_APART, OUT_COUNT, OUT_LATE = range(9)
OUT_COLUMNS: Final = 9
NOT_A_LEG: Final = -1.0

# fmt: off
LIFE_S: Final = 900.0           # a displaced belief lives this long without a fix: false alarms 135 without, 13 with
ALWAYS_NM: Final = 0.5          # a step this small is possible for any ship: antenna, lever arm, coarse class B
COPY_S: Final = 60.0            # the same report from another station comes within a minute
COPY_NO_SECOND_S: Final = 2.0   # without a UTC second only repeats this close are surely copies
WEAK_FIXES: Final = 3           # a trusted belief below this gives way to the first one that reaches it
PROMOTE_S: Final = 1800.0       # a belief that alone is fed for this long becomes the trusted one
COARSE_AFTER_S: Final = 600.0   # a long-range report (27) counts only when nothing better came for ten minutes
# fmt: on


@part
def _apart_nm(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    half_lat = math.radians(lat_b - lat_a) / 2
    half_lon = math.radians(lon_b - lon_a) / 2
    h = math.sin(half_lat) ** 2 + math.cos(math.radians(lat_a)) * math.cos(math.radians(lat_b)) * math.sin(half_lon) ** 2
    return 2 * 3440.065 * math.asin(math.sqrt(min(h, 1.0)))


@part
def _fastest_kn(msg_type: float, sog: float, known: float) -> float:
    """The speed up to which a step is believed: half as much again as she says, within what ships (or aircraft) can do."""
    if msg_type == 9.0:
        return 300.0
    speed = 0.0
    if sog == sog:
        speed = sog
    if known == known and known > speed:
        speed = known
    return min(max(1.3 * speed + 8.0, 20.0), 60.0)


@part
def _follow(belief: Any, row: Any) -> None:
    """Move a belief to a fix: position as sent, speed as sent or else smoothed from the steps."""
    dt = row[IN_EVENT] - belief[T]
    if dt > 0.0 and belief[COUNT] > 0.0:
        scale = math.cos(math.radians(row[IN_LAT]))
        d_lon = (row[IN_LON] - belief[LON] + 540.0) % 360.0 - 180.0
        east = d_lon * 60.0 * scale / dt * 3600.0
        north = (row[IN_LAT] - belief[LAT]) * 60.0 / dt * 3600.0
        gain = 1.0 if belief[COUNT] < 2.0 else min(max(dt / 60.0, 0.15), 0.8)
        belief[EAST] += gain * (east - belief[EAST])
        belief[NORTH] += gain * (north - belief[NORTH])
    if row[IN_SOG] == row[IN_SOG]:
        belief[SOG] = row[IN_SOG]
        belief[COG] = row[IN_COG]
    elif belief[COUNT] >= 2.0:
        belief[SOG] = math.hypot(belief[EAST], belief[NORTH])
        belief[COG] = math.degrees(math.atan2(belief[EAST], belief[NORTH])) % 360.0
    belief[T] = row[IN_EVENT]
    belief[LAT] = row[IN_LAT]
    belief[LON] = row[IN_LON]
    belief[COUNT] += 1.0


@part
def _begin(belief: Any, row: Any) -> None:
    belief[:] = math.nan
    belief[COUNT] = 0.0
    belief[EAST] = 0.0
    belief[NORTH] = 0.0
    belief[BORN] = row[IN_EVENT]
    belief[T] = row[IN_EVENT]
    _follow(belief, row)


@part
def _expected_apart(belief: Any, row: Any) -> float:
    """How far the fix lies from where the belief, keeping course and speed for at most an hour, would be."""
    dt = min(max(row[IN_EVENT] - belief[T], 0.0), 3600.0)
    lat = belief[LAT]
    lon = belief[LON]
    if belief[SOG] == belief[SOG] and belief[COG] == belief[COG]:
        run = belief[SOG] * dt / 3600.0
        lat += run * math.cos(math.radians(belief[COG])) / 60.0
        scale = max(math.cos(math.radians(lat)), 0.01)
        lon += run * math.sin(math.radians(belief[COG])) / 60.0 / scale
    return _apart_nm(lat, lon, row[IN_LAT], row[IN_LON])


@part
def _is_copy(copies: Any, copy_s: Any, key: int, received: float, has_second: bool) -> bool:
    window = COPY_S if has_second else COPY_NO_SECOND_S
    for k in range(COPIES):
        if copies[k] == key and abs(received - copy_s[k]) <= window:
            return True
    oldest = 0
    for k in range(1, COPIES):
        if copy_s[k] < copy_s[oldest]:
            oldest = k
    copies[oldest] = key
    copy_s[oldest] = received
    return False


@part
def _remember_minute(ship: Any, minutes: Any, speeds: Any, minute_rows: Any, event: float, sog: float, source_row: int) -> None:
    """Keep the minute's first speed, and the best speed kept for five minutes running."""
    minute = np.int64(event // 60.0)
    at = minute % MINUTES
    if minutes[at] == minute:
        return
    minutes[at] = minute
    speeds[at] = sog
    minute_rows[at] = source_row
    slowest = sog
    for back in range(1, 5):
        before = (minute - back) % MINUTES
        if minutes[before] != minute - back or math.isnan(speeds[before]):
            return
        slowest = min(slowest, speeds[before])
    if not ship[BEST] >= slowest:
        ship[BEST] = slowest


@kernel
def advance(  # the state of the fleet is these arrays
    ships: Any, beliefs: Any, rows: Any, copies: Any, copy_s: Any, minutes: Any, speeds: Any, minute_rows: Any,
    slot: Any, fixes: Any, keys: Any, has_second: Any, source_row: Any, out: Any,
) -> None:  # fmt: skip
    """Give each fix to a belief of its ship. slot: (n,) i64 · fixes: (n, IN_COLUMNS) f64 · out: (n, OUT_COLUMNS) f64, `OUT_BELIEF` is
    NOT_A_LEG for copies and for fixes without a position.
    """
    for i in range(len(slot)):
        s = slot[i]
        row = fixes[i]
        ship = ships[s]
        out[i, OUT_BELIEF] = NOT_A_LEG
        if math.isnan(ship[FIRST]):
            ship[FIRST] = row[IN_RECEIVED]
        if not ship[HEARD] >= row[IN_RECEIVED]:
            ship[HEARD] = row[IN_RECEIVED]
        if _is_copy(copies[s], copy_s[s], keys[i], row[IN_RECEIVED], has_second[i]):
            continue
        if row[IN_STATUS] != 255.0 and ship[STATUS] != row[IN_STATUS]:
            ship[FROM_STATUS] = ship[STATUS]
            ship[STATUS] = row[IN_STATUS]
            ship[STATUS_S] = row[IN_RECEIVED]
        if not (row[IN_LAT] == row[IN_LAT] and row[IN_LON] == row[IN_LON]):
            continue
        coarse = row[IN_TYPE] == 27.0
        if coarse and row[IN_EVENT] - ship[PRECISE_S] < COARSE_AFTER_S:
            continue
        mine = beliefs[s]
        # Displaced beliefs die when nothing feeds them.
        for b in range(1, BELIEFS):
            if mine[b, COUNT] > 0.0 and row[IN_EVENT] - mine[b, T] > LIFE_S:
                mine[b, COUNT] = 0.0
        best = -1
        best_apart = math.inf
        for b in range(BELIEFS):
            if mine[b, COUNT] == 0.0:
                continue
            step = _apart_nm(mine[b, LAT], mine[b, LON], row[IN_LAT], row[IN_LON])
            dt = abs(row[IN_EVENT] - mine[b, T])
            if step > ALWAYS_NM and step > _fastest_kn(row[IN_TYPE], row[IN_SOG], mine[b, SOG]) * dt / 3600.0:
                continue
            apart = _expected_apart(mine[b], row)
            if apart < best_apart:
                best = b
                best_apart = apart
        trusted_apart = math.nan
        if mine[0, COUNT] > 0.0:
            trusted_apart = _expected_apart(mine[0], row)
        if best == -1 and row[IN_TYPE] == 0.0:
            # A radar's target numbers are used again: another echo, not a ship that jumped.
            mine[0, COUNT] = 0.0
            best = 0
        late = best >= 0 and mine[best, COUNT] > 0.0 and row[IN_EVENT] < mine[best, T]
        if best == -1:
            best = 1
            for b in range(BELIEFS):
                if mine[b, COUNT] == 0.0:
                    best = b
                    break
            else:
                for b in range(2, BELIEFS):
                    if mine[b, T] < mine[best, T]:
                        best = b
            mine[best, COUNT] = 0.0
        belief = mine[best]
        out[i, OUT_BELIEF] = best
        out[i, OUT_LATE] = 1.0 if late else 0.0
        out[i, OUT_APART] = trusted_apart
        out[i, OUT_FROM_STATUS] = ship[FROM_STATUS]
        out[i, OUT_STATUS_S] = ship[STATUS_S]
        if belief[COUNT] > 0.0:
            out[i, OUT_FROM_S] = belief[T]
            out[i, OUT_FROM_LAT] = belief[LAT]
            out[i, OUT_FROM_LON] = belief[LON]
        else:
            out[i, OUT_FROM_S] = math.nan
            out[i, OUT_FROM_LAT] = math.nan
            out[i, OUT_FROM_LON] = math.nan
        if late:
            out[i, OUT_COUNT] = belief[COUNT]
            continue
        if belief[COUNT] == 0.0:
            _begin(belief, row)
        else:
            _follow(belief, row)
        out[i, OUT_COUNT] = min(belief[COUNT], 65535.0)
        rows[s, best] = source_row[i]
        if best != 0:
            ship[DISPLACED] += 1.0
            weak = mine[0, COUNT] < WEAK_FIXES and belief[COUNT] >= WEAK_FIXES
            alone = belief[COUNT] > WEAK_FIXES and row[IN_EVENT] - max(mine[0, T], belief[BORN]) > PROMOTE_S
            if weak or alone:
                for c in range(BELIEF_COLUMNS):
                    swap = mine[0, c]
                    mine[0, c] = mine[best, c]
                    mine[best, c] = swap
                swap_row = rows[s, 0]
                rows[s, 0] = rows[s, best]
                rows[s, best] = swap_row
                if weak:
                    mine[best, COUNT] = 0.0
                    ship[DISPLACED] -= mine[0, COUNT]  # they were not displaced after all
                ship[EVENT] = row[IN_EVENT]
            continue
        gap = row[IN_EVENT] - ship[EVENT]
        if 0.0 < gap < math.inf:
            if ship[INTERVAL] == ship[INTERVAL]:
                ship[INTERVAL] += 0.1 * (min(gap, 600.0) - ship[INTERVAL])
            else:
                ship[INTERVAL] = min(gap, 600.0)
        ship[EVENT] = row[IN_EVENT]
        ship[FIXES] += 1.0
        ship[HEADING] = row[IN_HEADING]
        ship[MSG_TYPE] = row[IN_TYPE]
        if not coarse:
            ship[PRECISE_S] = row[IN_EVENT]
        _remember_minute(ship, minutes[s], speeds[s], minute_rows[s], row[IN_EVENT], belief[SOG], source_row[i])


@kernel
def habits(minutes: Any, speeds: Any, event: Any, first: Any, out: Any) -> None:
    """What is usual of each ship over the hour up to her newest fix.

    out: (ships, 5): median speed · minutes heard · share of minutes missed · longest run of missed minutes · the second of the newest
    minute in which she made four fifths of the median.
    """
    kept = np.empty(MINUTES, np.float64)
    for s in range(len(event)):
        out[s, :] = math.nan
        if math.isnan(event[s]):
            continue
        last = np.int64(event[s] // 60.0)
        begin = min(last, max(last - MINUTES + 1, np.int64(first[s] // 60.0)))
        heard = 0
        n = 0
        run = 0
        longest = 0
        for minute in range(begin, last + 1):
            at = minute % MINUTES
            if minutes[s, at] == minute:
                heard += 1
                run = 0
                if speeds[s, at] == speeds[s, at]:
                    k = n  # kept in order: sixty are soon sorted, and a general sort takes a second to compile
                    while k > 0 and kept[k - 1] > speeds[s, at]:
                        kept[k] = kept[k - 1]
                        k -= 1
                    kept[k] = speeds[s, at]
                    n += 1
            else:
                run += 1
                longest = max(longest, run)
        out[s, 1] = heard
        out[s, 2] = 1.0 - heard / (last - begin + 1)
        out[s, 3] = longest
        if n > 0:
            out[s, 0] = kept[n // 2]
            for minute in range(last, begin - 1, -1):
                at = minute % MINUTES
                if minutes[s, at] == minute and speeds[s, at] >= 0.8 * out[s, 0]:
                    out[s, 4] = minute * 60.0
                    break


def warm() -> None:
    """Compile (or load from the cache) with the types that the fleet uses."""
    minutes, speeds = np.full((1, MINUTES), -1, np.int64), np.full((1, MINUTES), np.nan, np.float32)
    advance(
        np.full((1, SHIP_COLUMNS), np.nan), np.zeros((1, BELIEFS, BELIEF_COLUMNS)), np.zeros((1, BELIEFS), np.uint64),
        np.zeros((1, COPIES), np.uint64), np.full((1, COPIES), -np.inf), minutes, speeds, np.zeros((1, MINUTES), np.uint64),
        np.zeros(1, np.int64), np.zeros((1, IN_COLUMNS)), np.ones(1, np.uint64), np.ones(1, np.bool_), np.ones(1, np.uint64),
        np.zeros((1, OUT_COLUMNS)),
    )  # fmt: skip
    habits(minutes, speeds, np.zeros(1), np.zeros(1), np.zeros((1, 5)))
