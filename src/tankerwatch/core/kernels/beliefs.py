"""Which of a ship's beliefs each fix belongs to: the inner loop of `track/fleet.py`.

The state of all ships is a few arrays; a row is a ship, a column is one of the constants below. Times are seconds, positions degrees,
speeds knots, distances nautical miles. The loop is a function of the order of the fixes alone: where the stream is cut does not matter.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from tankerwatch.core.hour import H_COG, H_COVERED_S, H_EAST_M, H_HEADING, H_LAT, H_LON, H_NORTH_M, H_SOG, HOUR_COLUMNS, MINUTES
from tankerwatch.core.kernels.compiling import inlined, kernel, part

BELIEFS: Final = 3
COPIES: Final = 8  # reports of a ship in mind: a fast one sends five in the ten seconds that a copy may be late

# Columns of `ships`.
FIRST, HEARD, EVENT, FIXES, DISPLACED, STATUS, STATUS_S, FROM_STATUS, HEADING, MSG_TYPE, INTERVAL, BEST, PRECISE_S = range(13)
TURN, GAIN, STAY_S, STAY_LAT, STAY_LON = range(13, 18)
SHIP_COLUMNS: Final = 18
# Columns of `beliefs`.
T, LAT, LON, SOG, COG, COUNT, EAST, NORTH, BORN, V_EAST, V_NORTH = range(11)
BELIEF_COLUMNS: Final = 11
# Columns of the fixes that come in.
IN_RECEIVED, IN_EVENT, IN_LAT, IN_LON, IN_SOG, IN_COG, IN_HEADING, IN_STATUS, IN_TYPE, IN_SECOND = range(10)
IN_COLUMNS: Final = 10
# Columns of the legs that go out.
OUT_BELIEF, OUT_FROM_S, OUT_FROM_LAT, OUT_FROM_LON, OUT_FROM_STATUS, OUT_STATUS_S, OUT_APART, OUT_COUNT, OUT_LATE = range(9)
OUT_COLUMNS: Final = 9
NOT_A_LEG: Final = -1.0
# Columns of what is usual of a ship.
USUAL, HEARD_MINUTES, MISSED, LONGEST, FAST_S, OF_MINUTE = range(6)
HABIT_COLUMNS: Final = 6

MIX: Final = np.uint64(0x9E37_79B9_7F4A_7C15)
# fmt: off
LIFE_S: Final = 900.0           # a displaced belief lives this long without a fix: false alarms 135 without, 13 with
ALWAYS_NM: Final = 0.5          # a step this small is possible for any ship: antenna, lever arm, coarse class B
COPY_S: Final = 60.0            # the same report from another station comes within a minute
COPY_NO_SECOND_S: Final = 2.0   # without a UTC second only repeats this close are surely copies
WEAK_FIXES: Final = 3           # a trusted belief below this gives way to the first one that reaches it
PROMOTE_S: Final = 1800.0       # a belief that alone is fed for this long becomes the trusted one
COARSE_AFTER_S: Final = 600.0   # a long-range report (27) counts only when nothing better came for ten minutes
STAY_NM: Final = 0.2            # within this of where she came to rest she stays: a ship at anchor swings round it
STRAIGHT_S: Final = 35.0        # over longer steps a course may have changed in between
MANOEUVRE_S: Final = 30.0       # turning and gaining speed are smoothed over this
FLAT_NM: Final = 30.0           # up to here the earth is taken as flat
# fmt: on


@part
def _sphere_nm(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    half_lat = math.radians(lat_b - lat_a) / 2
    half_lon = math.radians(lon_b - lon_a) / 2
    h = math.sin(half_lat) ** 2 + math.cos(math.radians(lat_a)) * math.cos(math.radians(lat_b)) * math.sin(half_lon) ** 2
    return 2 * 3440.065 * math.asin(math.sqrt(min(h, 1.0)))


@inlined
def _apart_nm(lat_a: float, lon_a: float, lat_b: float, lon_b: float, narrow: float) -> float:
    """Distance in nm; `narrow` is the cosine of a latitude near both."""
    d_lon = lon_b - lon_a
    if d_lon > 180.0:
        d_lon -= 360.0
    elif d_lon < -180.0:
        d_lon += 360.0
    north = (lat_b - lat_a) * 60.040466
    east = d_lon * 60.040466 * narrow
    apart = math.sqrt(north * north + east * east)
    if apart <= FLAT_NM:
        return apart
    return _sphere_nm(lat_a, lon_a, lat_b, lon_b)


@inlined
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


@inlined
def _ahead(east_kn: float, north_kn: float, lat: float, dt: float, narrow: float) -> tuple[float, float]:
    """How far in degrees of latitude and longitude a ship comes in at most an hour of `dt` seconds."""
    hours = min(max(dt, 0.0), 3600.0) / 3600.0
    return north_kn * hours / 60.0, east_kn * hours / 60.0 / narrow


@inlined
def _sent(value: float, scale: float, missing: float) -> Any:
    return np.uint64(np.int64(math.floor((value if value == value else missing) * scale + 0.5)))


@part
def _content(fixes: Any, i: int) -> int:
    """A number that is equal for copies of one report: everything sent but the repeat indicator and the radio state."""
    key = _sent(fixes[i, IN_LON], 600_000.0, 181.0)
    for turn in range(3):
        if turn == 0:
            more = _sent(fixes[i, IN_LAT], 600_000.0, 91.0)
        elif turn == 1:
            more = _sent(fixes[i, IN_SOG], 10.0, 102.3) << np.uint64(12) | _sent(fixes[i, IN_COG], 10.0, 360.0)
        else:
            small = np.uint64(fixes[i, IN_STATUS]) << np.uint64(16) | np.uint64(fixes[i, IN_SECOND]) << np.uint64(8)
            more = _sent(fixes[i, IN_HEADING], 1.0, 511.0) << np.uint64(24) | small | np.uint64(fixes[i, IN_TYPE])
        key = (key ^ more) * MIX
        key ^= key >> np.uint64(29)
    return key


@part
def _is_copy(copies: Any, copy_s: Any, s: int, key: int, received: float, window: float) -> bool:
    oldest = 0
    for k in range(COPIES):
        if copies[s, k] == key and abs(received - copy_s[s, k]) <= window:
            return True
        if copy_s[s, k] < copy_s[s, oldest]:
            oldest = k
    copies[s, oldest] = key
    copy_s[s, oldest] = received
    return False


@part
def _follow(beliefs: Any, s: int, b: int, fixes: Any, i: int, east_sent: float, north_sent: float) -> None:
    """Move a belief to a fix: position as sent, speed as sent or else smoothed from the steps."""
    event = fixes[i, IN_EVENT]
    dt = event - beliefs[s, b, T]
    count = beliefs[s, b, COUNT]
    if dt > 0.0 and count > 0.0:
        scale = math.cos(math.radians(fixes[i, IN_LAT]))
        d_lon = (fixes[i, IN_LON] - beliefs[s, b, LON] + 540.0) % 360.0 - 180.0
        east = d_lon * 60.0 * scale / dt * 3600.0
        north = (fixes[i, IN_LAT] - beliefs[s, b, LAT]) * 60.0 / dt * 3600.0
        gain = 1.0 if count < 2.0 else min(max(dt / 60.0, 0.15), 0.8)
        beliefs[s, b, EAST] += gain * (east - beliefs[s, b, EAST])
        beliefs[s, b, NORTH] += gain * (north - beliefs[s, b, NORTH])
    if fixes[i, IN_SOG] == fixes[i, IN_SOG]:
        beliefs[s, b, SOG] = fixes[i, IN_SOG]
        beliefs[s, b, COG] = fixes[i, IN_COG]
        beliefs[s, b, V_EAST] = east_sent
        beliefs[s, b, V_NORTH] = north_sent
    elif count >= 2.0:
        beliefs[s, b, V_EAST] = beliefs[s, b, EAST]
        beliefs[s, b, V_NORTH] = beliefs[s, b, NORTH]
        beliefs[s, b, SOG] = math.hypot(beliefs[s, b, EAST], beliefs[s, b, NORTH])
        beliefs[s, b, COG] = math.degrees(math.atan2(beliefs[s, b, EAST], beliefs[s, b, NORTH])) % 360.0
    beliefs[s, b, T] = event
    beliefs[s, b, LAT] = fixes[i, IN_LAT]
    beliefs[s, b, LON] = fixes[i, IN_LON]
    beliefs[s, b, COUNT] = count + 1.0


@part
def _begin(beliefs: Any, s: int, b: int, fixes: Any, i: int, east_sent: float, north_sent: float) -> None:
    beliefs[s, b, SOG] = math.nan
    beliefs[s, b, COG] = math.nan
    beliefs[s, b, COUNT] = 0.0
    beliefs[s, b, EAST] = 0.0
    beliefs[s, b, NORTH] = 0.0
    beliefs[s, b, V_EAST] = 0.0
    beliefs[s, b, V_NORTH] = 0.0
    beliefs[s, b, BORN] = fixes[i, IN_EVENT]
    beliefs[s, b, T] = fixes[i, IN_EVENT]
    _follow(beliefs, s, b, fixes, i, east_sent, north_sent)


@part
def _manoeuvre(ships: Any, s: int, dt: float, sog: float, cog: float, before_sog: float, before_cog: float) -> None:
    """Smooth how fast she turns (deg/min, starboard positive) and gains speed (kn/min)."""
    if not 0.0 < dt <= 180.0:
        return
    weight = dt / (dt + MANOEUVRE_S)
    if sog == sog and before_sog == before_sog:
        gain = (sog - before_sog) / dt * 60.0
        ships[s, GAIN] = gain if ships[s, GAIN] != ships[s, GAIN] else ships[s, GAIN] + weight * (gain - ships[s, GAIN])
        turn = 0.0
        if sog > 1.5 and before_sog > 1.5 and cog == cog and before_cog == before_cog:
            turn = ((cog - before_cog + 540.0) % 360.0 - 180.0) / dt * 60.0
        ships[s, TURN] = turn if ships[s, TURN] != ships[s, TURN] else ships[s, TURN] + weight * (turn - ships[s, TURN])


@part
def _remember_minute(
    ships: Any, minutes: Any, hour: Any, minute_rows: Any, s: int, fixes: Any, i: int, sog: float, cog: float, source_row: int
) -> None:
    """Keep the minute's first fix, and the best speed kept for five minutes running."""
    minute = np.int64(fixes[i, IN_EVENT] // 60.0)
    at = minute % MINUTES
    if minutes[s, at] == minute:
        return
    minutes[s, at] = minute
    hour[s, at, H_LAT] = fixes[i, IN_LAT]
    hour[s, at, H_LON] = fixes[i, IN_LON]
    hour[s, at, H_SOG] = sog
    hour[s, at, H_COG] = cog
    hour[s, at, H_HEADING] = fixes[i, IN_HEADING]
    hour[s, at, H_EAST_M] = 0.0
    hour[s, at, H_NORTH_M] = 0.0
    hour[s, at, H_COVERED_S] = 0.0
    minute_rows[s, at] = source_row
    slowest = sog
    for back in range(1, 5):
        before = (minute - back) % MINUTES
        if minutes[s, before] != minute - back or math.isnan(hour[s, before, H_SOG]):
            return
        slowest = min(slowest, hour[s, before, H_SOG])
    if not ships[s, BEST] >= slowest:
        ships[s, BEST] = slowest


@kernel
def advance(  # the state of the fleet is these arrays
    ships: Any, beliefs: Any, rows: Any, copies: Any, copy_s: Any, minutes: Any, hour: Any, minute_rows: Any,
    slot: Any, fixes: Any, source_row: Any, out: Any,
) -> None:  # fmt: skip
    """Give each fix to a belief of its ship. slot: (n,) i64 · fixes: (n, IN_COLUMNS) f64 · out: (n, OUT_COLUMNS) f64, `OUT_BELIEF` is
    NOT_A_LEG for copies and for fixes without a position.
    """
    for i in range(len(slot)):
        s = slot[i]
        received = fixes[i, IN_RECEIVED]
        event = fixes[i, IN_EVENT]
        kind = fixes[i, IN_TYPE]
        lat = fixes[i, IN_LAT]
        lon = fixes[i, IN_LON]
        sog = fixes[i, IN_SOG]
        cog = fixes[i, IN_COG]
        out[i, OUT_BELIEF] = NOT_A_LEG
        if math.isnan(ships[s, FIRST]):
            ships[s, FIRST] = received
        if not ships[s, HEARD] >= received:
            ships[s, HEARD] = received
        window = COPY_S if fixes[i, IN_SECOND] < 60.0 else COPY_NO_SECOND_S
        if _is_copy(copies, copy_s, s, _content(fixes, i), received, window):
            continue
        if fixes[i, IN_STATUS] != 255.0 and ships[s, STATUS] != fixes[i, IN_STATUS]:
            ships[s, FROM_STATUS] = ships[s, STATUS]
            ships[s, STATUS] = fixes[i, IN_STATUS]
            ships[s, STATUS_S] = received
        if not (lat == lat and lon == lon):
            continue
        coarse = kind == 27.0
        if coarse and event - ships[s, PRECISE_S] < COARSE_AFTER_S:
            continue
        # Displaced beliefs die when nothing feeds them.
        for b in range(1, BELIEFS):
            if beliefs[s, b, COUNT] > 0.0 and event - beliefs[s, b, T] > LIFE_S:
                beliefs[s, b, COUNT] = 0.0
        narrow = max(math.cos(math.radians(lat)), 0.01)
        east_sent = 0.0
        north_sent = 0.0
        if sog == sog and cog == cog:
            east_sent = sog * math.sin(math.radians(cog))
            north_sent = sog * math.cos(math.radians(cog))
        best = -1
        best_apart = math.inf
        trusted_apart = math.nan
        for b in range(BELIEFS):
            if beliefs[s, b, COUNT] == 0.0:
                continue
            dt = event - beliefs[s, b, T]
            d_lat, d_lon = _ahead(beliefs[s, b, V_EAST], beliefs[s, b, V_NORTH], lat, dt, narrow)
            apart = _apart_nm(beliefs[s, b, LAT] + d_lat, beliefs[s, b, LON] + d_lon, lat, lon, narrow)
            if b == 0:
                trusted_apart = apart
            step = _apart_nm(beliefs[s, b, LAT], beliefs[s, b, LON], lat, lon, narrow)
            if step > ALWAYS_NM and step > _fastest_kn(kind, sog, beliefs[s, b, SOG]) * abs(dt) / 3600.0:
                continue
            if apart < best_apart:
                best = b
                best_apart = apart
        if best == -1 and kind == 0.0:
            # A radar's target numbers are used again: another echo, not a ship that jumped.
            beliefs[s, 0, COUNT] = 0.0
            best = 0
        late = best >= 0 and beliefs[s, best, COUNT] > 0.0 and event < beliefs[s, best, T]
        if best == -1:
            best = 1
            free = -1
            for b in range(BELIEFS):
                if beliefs[s, b, COUNT] == 0.0:
                    free = b
                    break
            if free >= 0:
                best = free
            else:
                for b in range(2, BELIEFS):
                    if beliefs[s, b, T] < beliefs[s, best, T]:
                        best = b
            beliefs[s, best, COUNT] = 0.0
        out[i, OUT_BELIEF] = best
        out[i, OUT_LATE] = 1.0 if late else 0.0
        out[i, OUT_APART] = trusted_apart
        out[i, OUT_FROM_STATUS] = ships[s, FROM_STATUS]
        out[i, OUT_STATUS_S] = ships[s, STATUS_S]
        has_before = beliefs[s, best, COUNT] > 0.0
        before_s = beliefs[s, best, T] if has_before else math.nan
        before_lat = beliefs[s, best, LAT] if has_before else math.nan
        before_lon = beliefs[s, best, LON] if has_before else math.nan
        before_sog = beliefs[s, best, SOG] if has_before else math.nan
        before_cog = beliefs[s, best, COG] if has_before else math.nan
        before_east = beliefs[s, best, V_EAST]
        before_north = beliefs[s, best, V_NORTH]
        out[i, OUT_FROM_S] = before_s
        out[i, OUT_FROM_LAT] = before_lat
        out[i, OUT_FROM_LON] = before_lon
        if late:
            out[i, OUT_COUNT] = beliefs[s, best, COUNT]
            continue
        if has_before:
            _follow(beliefs, s, best, fixes, i, east_sent, north_sent)
        else:
            _begin(beliefs, s, best, fixes, i, east_sent, north_sent)
        count = beliefs[s, best, COUNT]
        out[i, OUT_COUNT] = min(count, 65535.0)
        rows[s, best] = source_row[i]
        if best != 0:
            ships[s, DISPLACED] += 1.0
            weak = beliefs[s, 0, COUNT] < WEAK_FIXES and count >= WEAK_FIXES
            alone = count > WEAK_FIXES and event - max(beliefs[s, 0, T], beliefs[s, best, BORN]) > PROMOTE_S
            if weak or alone:
                for c in range(BELIEF_COLUMNS):
                    swap = beliefs[s, 0, c]
                    beliefs[s, 0, c] = beliefs[s, best, c]
                    beliefs[s, best, c] = swap
                swap_row = rows[s, 0]
                rows[s, 0] = rows[s, best]
                rows[s, best] = swap_row
                if weak:
                    beliefs[s, best, COUNT] = 0.0
                    ships[s, DISPLACED] -= beliefs[s, 0, COUNT]  # they were not displaced after all
                ships[s, EVENT] = event
                ships[s, STAY_S] = math.nan
            continue
        gap = event - ships[s, EVENT]
        if 0.0 < gap < math.inf:
            if ships[s, INTERVAL] == ships[s, INTERVAL]:
                ships[s, INTERVAL] += 0.1 * (min(gap, 600.0) - ships[s, INTERVAL])
            else:
                ships[s, INTERVAL] = min(gap, 600.0)
        ships[s, EVENT] = event
        ships[s, FIXES] += 1.0
        ships[s, HEADING] = fixes[i, IN_HEADING]
        ships[s, MSG_TYPE] = kind
        if not coarse:
            ships[s, PRECISE_S] = event
        if ships[s, STAY_S] != ships[s, STAY_S] or _apart_nm(ships[s, STAY_LAT], ships[s, STAY_LON], lat, lon, narrow) > STAY_NM:
            ships[s, STAY_S] = event
            ships[s, STAY_LAT] = lat
            ships[s, STAY_LON] = lon
        sog_now = beliefs[s, 0, SOG]
        cog_now = beliefs[s, 0, COG]
        _remember_minute(ships, minutes, hour, minute_rows, s, fixes, i, sog_now, cog_now, source_row[i])
        dt = event - before_s
        _manoeuvre(ships, s, dt, sog_now, cog_now, before_sog, before_cog)
        if 0.0 < dt <= STRAIGHT_S and sog == sog and cog == cog and before_sog == before_sog and before_cog == before_cog:
            at = np.int64(event // 60.0) % MINUTES
            d_lon = (lon - before_lon + 540.0) % 360.0 - 180.0
            run = dt * 1852.0 / 3600.0 / 2
            # On the ellipsoid: taken as a sphere, 15 kn would look like a drift of 0.06 kn.
            of_lat = 111_132.95 - 559.82 * (2.0 * narrow * narrow - 1.0)
            of_lon = 111_412.84 * narrow - 93.5 * narrow * (4.0 * narrow * narrow - 3.0)
            hour[s, at, H_EAST_M] += d_lon * of_lon - (before_east + east_sent) * run
            hour[s, at, H_NORTH_M] += (lat - before_lat) * of_lat - (before_north + north_sent) * run
            hour[s, at, H_COVERED_S] += dt


@kernel
def habits(minutes: Any, hour: Any, event: Any, ships: Any, out: Any) -> None:
    """What is usual of each ship over the hour up to her newest fix; what was worked out for the same minute stands.

    out: (ships, HABIT_COLUMNS): median speed · minutes heard · share of minutes missed · longest run of missed minutes · the second of
    the newest minute in which she made four fifths of the median · the minute for which all this is.
    """
    kept = np.empty(MINUTES, np.float64)
    for s in range(len(event)):
        if math.isnan(event[s]):
            out[s, :] = math.nan
            continue
        last = np.int64(event[s] // 60.0)
        if out[s, OF_MINUTE] == last:
            continue
        out[s, :] = math.nan
        out[s, OF_MINUTE] = last
        begin = min(last, max(last - MINUTES + 1, np.int64(ships[s, FIRST] // 60.0)))
        heard = 0
        n = 0
        run = 0
        longest = 0
        for minute in range(begin, last + 1):
            at = minute % MINUTES
            if minutes[s, at] == minute:
                heard += 1
                run = 0
                sog = hour[s, at, H_SOG]
                if sog == sog:
                    k = n  # kept in order: sixty are soon sorted, and a general sort takes a second to compile
                    while k > 0 and kept[k - 1] > sog:
                        kept[k] = kept[k - 1]
                        k -= 1
                    kept[k] = sog
                    n += 1
            else:
                run += 1
                longest = max(longest, run)
        out[s, HEARD_MINUTES] = heard
        out[s, MISSED] = 1.0 - heard / (last - begin + 1)
        out[s, LONGEST] = longest
        if n > 0:
            out[s, USUAL] = kept[n // 2]
            for minute in range(last, begin - 1, -1):
                at = minute % MINUTES
                if minutes[s, at] == minute and hour[s, at, H_SOG] >= 0.8 * out[s, USUAL]:
                    out[s, FAST_S] = minute * 60.0
                    break


def warm() -> None:
    """Compile (or load from the cache) with the types that the fleet uses."""
    minutes, hour = np.full((1, MINUTES), -1, np.int64), np.full((1, MINUTES, HOUR_COLUMNS), np.nan, np.float32)
    ships = np.full((1, SHIP_COLUMNS), np.nan)
    advance(
        ships, np.zeros((1, BELIEFS, BELIEF_COLUMNS)), np.zeros((1, BELIEFS), np.uint64), np.zeros((1, COPIES), np.uint64),
        np.full((1, COPIES), -np.inf), minutes, hour, np.zeros((1, MINUTES), np.uint64), np.zeros(1, np.int64),
        np.zeros((1, IN_COLUMNS)), np.ones(1, np.uint64), np.zeros((1, OUT_COLUMNS)),
    )  # fmt: skip
    habits(minutes, hour, np.zeros(1), ships, np.zeros((1, HABIT_COLUMNS)))
