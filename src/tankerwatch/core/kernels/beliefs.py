"""Which of a ship's beliefs each fix belongs to: the inner loop of `track/fleet.py`.

The state of all ships is a few arrays; a row is a ship, a column is one of the constants below. Times are seconds, positions degrees,
speeds knots, distances nautical miles. The loop is a function of the order of the fixes alone: where the stream is cut does not matter.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from tankerwatch.core.hour import H_AFTER_S, H_COG, H_COVERED_S, H_EAST_M, H_HEADING, H_LAT, H_LON, H_NORTH_M, H_SOG, HOUR_COLUMNS, MINUTES
from tankerwatch.core.kernels.arrivals import CLOCK_COLUMNS
from tankerwatch.core.kernels.compiling import inlined, kernel, part
from tankerwatch.core.kernels.copies import COPIES, HEARERS, SAME_CLOCK_S, hear, is_copy
from tankerwatch.core.kernels.modulo import left_of, minute_of, turned_by
from tankerwatch.core.kernels.words import borrowed, fetch, view_of

BELIEFS: Final = 3

# Columns of `ships`.
FIRST, HEARD, EVENT, FIXES, DISPLACED, STATUS, STATUS_S, FROM_STATUS, HEADING, MSG_TYPE, INTERVAL, BEST, PRECISE_S = range(13)
TURN, GAIN, STAY_S, STAY_LAT, STAY_LON = range(13, 18)
# Of her satellite receiver: since when her fixes stand still although she makes way (and where), how many strayed in a row and since when,
# since when she has no position, one that is only estimated, one that is no longer accurate, and since when nothing of that was so.
FROZEN_S, FROZEN_LAT, FROZEN_LON, FROZEN_NM, ASTRAY, ASTRAY_S, NOWHERE_S, ESTIMATED_S, INACCURATE_S, SOUND_S = range(18, 28)
BEHIND, BELIEVED_S = range(28, 30)  # fixes that came before her newest one though she makes way; when another track was believed
OTHERS: Final = 30  # 0 where no displaced belief can be alive, and so need not be looked at
SHIP_COLUMNS: Final = 32  # four whole lines of memory
# Columns of `beliefs`.
T, LAT, LON, SOG, COG, COUNT, EAST, NORTH, BORN, V_EAST, V_NORTH, BORN_FIXES = range(12)
BELIEF_COLUMNS: Final = 12
# Columns of the legs that go out.
OUT_BELIEF, OUT_FROM_S, OUT_FROM_LAT, OUT_FROM_LON, OUT_FROM_STATUS, OUT_STATUS_S, OUT_APART, OUT_COUNT, OUT_LATE = range(9)
OUT_TRUSTED, OUT_BORN_S, OUT_AHEAD = range(9, 12)
OUT_COLUMNS: Final = 12
NOT_A_LEG: Final = -1.0

# fmt: off
# a table: its columns are read downwards
LIFE_S: Final = 900.0           # a displaced belief lives this long without a fix: false alarms 135 without, 13 with
ALWAYS_NM: Final = 0.5          # a step this small is possible for any ship: antenna, lever arm, coarse class B
WEAK_FIXES: Final = 3           # a trusted belief below this gives way to the first one that reaches it
PROMOTE_S: Final = 1800.0       # a belief that alone is fed for this long becomes the trusted one
COARSE_AFTER_S: Final = 600.0   # a long-range report (27) counts only when nothing better came for ten minutes
STAY_NM: Final = 0.2            # within this of where she came to rest she stays: a ship at anchor swings round it
STRAIGHT_S: Final = 35.0        # over longer steps a course may have changed in between
MANOEUVRE_S: Final = 30.0       # turning and gaining speed are smoothed over this
FLAT_NM: Final = 30.0           # up to here the earth is taken as flat
FORGOTTEN_S: Final = 3600.0     # where she was not heard for an hour, she may be anywhere, and the first three fixes tell where
OLD_NM: Final = 0.1             # a fix this close to her own track of the last hour is an old report
OLD_S: Final = 12.0             # if its UTC second is the one of that place
NOWHERE_DEG: Final = 0.001
THAWED_NM: Final = 0.05         # a position that stood still for so long gives way to the first one that moves
STAMPED_S: Final = 600.0        # times of satellites and of archives are wrong by up to ten minutes
FROZEN_NM_MOST: Final = 0.006   # 11 m: as many decimals as a receiver that has stopped may still change
SOUND_FOR_S: Final = 300.0      # a receiver that was sound for this long has failed when it no longer is
AHEAD: Final = 6                # while a fix is judged, the state of the ship so many fixes later is brought near
BEHIND_MOST: Final = 3.0        # so many fixes ahead of her but before her newest: it was the newest whose time was wrong
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


@part
def _was_there(minutes: Any, hour: Any, s: int, lat: float, lon: float, second: int, event: float, narrow: float) -> bool:
    """Whether she was at this place in the last hour, at that UTC second: then it is an old report, sent again or stamped wrong."""
    newest = minute_of(event)
    has = False
    from_lat = from_lon = from_s = 0.0
    for minute in range(newest - MINUTES + 1, newest + 1):
        at = minute % MINUTES
        if minutes[at, s] != minute:
            continue
        to_lat, to_lon, to_s = np.float64(hour[at, s, H_LAT]), np.float64(hour[at, s, H_LON]), minute * 60.0 + hour[at, s, H_AFTER_S]
        if has and to_s - from_s <= LIFE_S:
            east = turned_by(to_lon - from_lon) * 60.0 * narrow
            north = (to_lat - from_lat) * 60.0
            to_east = turned_by(lon - from_lon) * 60.0 * narrow
            to_north = (lat - from_lat) * 60.0
            long = east * east + north * north
            share = min(max((east * to_east + north * to_north) / long, 0.0), 1.0) if long > 0.0 else 0.0
            if math.hypot(to_east - share * east, to_north - share * north) <= OLD_NM:
                when = from_s + share * (to_s - from_s)
                off = left_of(when - second + 30.0, 60.0) - 30.0
                if event - when >= 2.0 * OLD_S and (second >= 60 or abs(off) <= OLD_S):
                    return True
        has = True
        from_lat, from_lon, from_s = to_lat, to_lon, to_s
    return False


@part
def _sense(ships: Any, s: int, received: float, has_place: bool, second: int, accurate: bool) -> None:
    """What her receiver says of itself: no position, an estimated one (61 to 63), not accurate any more. A state counts from its first
    report if the receiver was sound before, for five minutes and a position at least; else it is her habit, and -inf.
    """
    estimated = 60 < second < 64
    sound = has_place and not estimated
    sound_for = received - ships[s, SOUND_S] if ships[s, SOUND_S] == ships[s, SOUND_S] else 0.0
    since = received if sound_for >= SOUND_FOR_S else -math.inf
    if has_place:
        ships[s, NOWHERE_S] = math.nan
    elif ships[s, NOWHERE_S] != ships[s, NOWHERE_S]:
        ships[s, NOWHERE_S] = since
    if not estimated:
        ships[s, ESTIMATED_S] = math.nan
    elif ships[s, ESTIMATED_S] != ships[s, ESTIMATED_S]:
        ships[s, ESTIMATED_S] = since
    if accurate:
        ships[s, INACCURATE_S] = math.inf  # she can be
    elif ships[s, INACCURATE_S] == math.inf:
        ships[s, INACCURATE_S] = received
    if not sound:
        ships[s, SOUND_S] = math.nan
    elif ships[s, SOUND_S] != ships[s, SOUND_S]:
        ships[s, SOUND_S] = received


@inlined
def _is_ahead_of(east: float, north: float, v_east: float, v_north: float, said_kn: float, since_s: float) -> bool:
    speed = math.hypot(v_east, v_north)
    if speed < 1.0:
        return False
    along = (east * v_east + north * v_north) / speed
    aside = abs(east * v_north - north * v_east) / speed
    if said_kn > speed:
        speed = said_kn
    return 0.0 < along <= speed * (STAMPED_S + min(max(since_s, 0.0), 3600.0)) / 3600.0 and aside <= 0.1 + 0.1 * along


@part
def _is_ahead(beliefs: Any, s: int, event: float, lat: float, lon: float, narrow: float) -> bool:
    """Whether a place lies ahead of her on her own course, where she would soon be: then fixes before were stamped late.
    What is ahead sails on with time, as she does.
    """
    east = turned_by(lon - beliefs[s, 0, LON]) * 60.0 * narrow
    north = (lat - beliefs[s, 0, LAT]) * 60.0
    v_east = beliefs[s, 0, V_EAST]
    v_north = beliefs[s, 0, V_NORTH]
    if v_east == 0.0 and v_north == 0.0:
        # She sends no course: what she made good tells it.
        v_east = beliefs[s, 0, EAST]
        v_north = beliefs[s, 0, NORTH]
    return _is_ahead_of(east, north, v_east, v_north, beliefs[s, 0, SOG], event - beliefs[s, 0, T])


@part
def _stand(ships: Any, s: int, event: float, lat: float, lon: float, sog: float, dt: float, narrow: float) -> None:
    """Since when her fixes stand still although she says that she makes way, and how far she would have come."""
    if sog >= 3.0 and _apart_nm(ships[s, FROZEN_LAT], ships[s, FROZEN_LON], lat, lon, narrow) <= FROZEN_NM_MOST:
        # A ship that casts off was still where she is now at her report of three minutes ago: no one step counts for much.
        ships[s, FROZEN_NM] += min(sog, 4.0) * min(max(dt, 0.0), 20.0) / 3600.0
        return
    ships[s, FROZEN_S] = event
    ships[s, FROZEN_LAT] = lat
    ships[s, FROZEN_LON] = lon
    ships[s, FROZEN_NM] = 0.0


@part
def _follow(
    beliefs: Any,
    s: int,
    b: int,
    event: float,
    lat: float,
    lon: float,
    sog: float,
    cog: float,
    east_sent: float,
    north_sent: float,
    scale: float,
) -> None:
    """Move a belief to a fix: position as sent, speed as sent or else smoothed from the steps."""
    dt = event - beliefs[s, b, T]
    count = beliefs[s, b, COUNT]
    if dt > 0.0 and count > 0.0:
        d_lon = turned_by(lon - beliefs[s, b, LON])
        east = d_lon * 60.0 * scale / dt * 3600.0
        north = (lat - beliefs[s, b, LAT]) * 60.0 / dt * 3600.0
        gain = 1.0 if count < 2.0 else min(max(dt / 60.0, 0.15), 0.8)
        beliefs[s, b, EAST] += gain * (east - beliefs[s, b, EAST])
        beliefs[s, b, NORTH] += gain * (north - beliefs[s, b, NORTH])
    if sog == sog:
        beliefs[s, b, SOG] = sog
        beliefs[s, b, COG] = cog
        beliefs[s, b, V_EAST] = east_sent
        beliefs[s, b, V_NORTH] = north_sent
    elif count >= 2.0:
        beliefs[s, b, V_EAST] = beliefs[s, b, EAST]
        beliefs[s, b, V_NORTH] = beliefs[s, b, NORTH]
        beliefs[s, b, SOG] = math.hypot(beliefs[s, b, EAST], beliefs[s, b, NORTH])
        beliefs[s, b, COG] = math.degrees(math.atan2(beliefs[s, b, EAST], beliefs[s, b, NORTH])) % 360.0
    beliefs[s, b, T] = event
    beliefs[s, b, LAT] = lat
    beliefs[s, b, LON] = lon
    beliefs[s, b, COUNT] = count + 1.0


@part
def _begin(
    beliefs: Any,
    s: int,
    b: int,
    event: float,
    lat: float,
    lon: float,
    sog: float,
    cog: float,
    east_sent: float,
    north_sent: float,
    scale: float,
) -> None:
    beliefs[s, b, SOG] = math.nan
    beliefs[s, b, COG] = math.nan
    beliefs[s, b, COUNT] = 0.0
    beliefs[s, b, EAST] = 0.0
    beliefs[s, b, NORTH] = 0.0
    beliefs[s, b, V_EAST] = 0.0
    beliefs[s, b, V_NORTH] = 0.0
    beliefs[s, b, BORN] = event
    beliefs[s, b, T] = event
    _follow(beliefs, s, b, event, lat, lon, sog, cog, east_sent, north_sent, scale)


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
            turn = turned_by(cog - before_cog) / dt * 60.0
        ships[s, TURN] = turn if ships[s, TURN] != ships[s, TURN] else ships[s, TURN] + weight * (turn - ships[s, TURN])


@part
def _remember_minute(
    ships: Any, minutes: Any, hour: Any, minute_rows: Any, s: int,
    minute: int, event: float, lat: float, lon: float, heading: float, sog: float, cog: float, source_row: int,
) -> None:  # fmt: skip  # one a line would hide what belongs together
    """Keep the minute's first fix, and the best speed kept for five minutes running."""
    at = minute % MINUTES
    if minutes[at, s] == minute:
        return
    minutes[at, s] = minute
    hour[at, s, H_LAT] = lat
    hour[at, s, H_LON] = lon
    hour[at, s, H_SOG] = sog
    hour[at, s, H_COG] = cog
    hour[at, s, H_HEADING] = heading
    hour[at, s, H_EAST_M] = 0.0
    hour[at, s, H_NORTH_M] = 0.0
    hour[at, s, H_COVERED_S] = 0.0
    hour[at, s, H_AFTER_S] = event - minute * 60.0
    minute_rows[at, s] = source_row
    slowest = sog
    for back in range(1, 5):
        before = (minute - back) % MINUTES
        if minutes[before, s] != minute - back or math.isnan(hour[before, s, H_SOG]):
            return
        slowest = min(slowest, hour[before, s, H_SOG])
    if not ships[s, BEST] >= slowest:
        ships[s, BEST] = slowest


@inlined
def _fetch_row(view: Any, begin: int, size: int) -> None:
    """Have so many bytes of an array brought near."""
    for at in range(begin, begin + size, 64):
        fetch(view, at)
    fetch(view, begin + size - 1)


@kernel
def advance(  # the state of the fleet is these arrays
    ships: Any, beliefs: Any, rows: Any, copies: Any, copy_s: Any, copy_by: Any, minutes: Any, hour: Any, minute_rows: Any,
    hearers: Any, clocks: Any,
    slot: Any, received_s: Any, event_s: Any, lats: Any, lons: Any, sogs: Any, cogs: Any, headings: Any, statuses: Any, kinds: Any,
    seconds: Any, accurate: Any, stations: Any, keys: Any, source_row: Any, out: Any,
) -> None:  # fmt: skip  # one a line would hide what belongs together
    """Give each fix to a belief of its ship. The columns of the fixes are those of `tables.Fixes`, with what `arrivals` makes of them.
    out: (OUT_COLUMNS, n) f64, `OUT_BELIEF` is NOT_A_LEG for copies and for fixes without a position.
    """
    # To count the references of arrays at each call would take longer than all the rest.
    ships, beliefs, copies, copy_s, copy_by = borrowed(ships), borrowed(beliefs), borrowed(copies), borrowed(copy_s), borrowed(copy_by)
    minutes, hour, minute_rows, hearers, clocks = (
        borrowed(minutes), borrowed(hour), borrowed(minute_rows), borrowed(hearers), borrowed(clocks),
    )  # fmt: skip  # one a line would hide what belongs together
    of_ships, of_beliefs, of_copies = view_of(ships), view_of(beliefs), view_of(copies)
    of_copy_s, of_hearers, of_rows = view_of(copy_s), view_of(hearers), view_of(rows)
    for i in range(len(slot)):
        if i + AHEAD < len(slot):
            later = slot[i + AHEAD]
            _fetch_row(of_ships, later * (SHIP_COLUMNS * 8), SHIP_COLUMNS * 8)
            _fetch_row(of_beliefs, later * (BELIEFS * BELIEF_COLUMNS * 8), BELIEF_COLUMNS * 8)
            _fetch_row(of_copies, later * ((COPIES + 1) * 8), (COPIES + 1) * 8)
            _fetch_row(of_copy_s, later * (COPIES * 8), COPIES * 8)
            fetch(of_hearers, later * (HEARERS * 24))
            fetch(of_rows, later * (BELIEFS * 8))
        s = slot[i]
        received = received_s[i]
        event = event_s[i]
        kind = np.float64(kinds[i])
        lat = lats[i]
        lon = lons[i]
        sog = np.float64(sogs[i])
        cog = np.float64(cogs[i])
        status = np.float64(statuses[i])
        second = np.int64(seconds[i])
        station = np.int64(stations[i])
        out[OUT_BELIEF, i] = NOT_A_LEG
        if math.isnan(ships[s, FIRST]):
            ships[s, FIRST] = received
        if not ships[s, HEARD] >= received:
            ships[s, HEARD] = received
        hear(hearers, s, station, received)
        timed = second < 60
        moving = timed and 1.0 <= sog < 102.0 and cog < 360.0 and lat == lat and lon == lon and ships[s, FROZEN_NM] == 0.0
        if is_copy(copies, copy_s, copy_by, clocks, s, keys[i], received, timed, moving, station):
            continue
        if status != 255.0 and ships[s, STATUS] != status:
            ships[s, FROM_STATUS] = ships[s, STATUS]
            ships[s, STATUS] = status
            ships[s, STATUS_S] = received
        has_place = lat == lat and lon == lon
        if kind != 27.0 and kind != 0.0:
            _sense(ships, s, received, has_place, second, accurate[i])
        if not has_place:
            continue
        coarse = kind == 27.0
        if coarse and event - ships[s, PRECISE_S] < COARSE_AFTER_S:
            continue
        # Displaced beliefs die when nothing feeds them.
        last = 1
        if ships[s, OTHERS] != 0.0:
            ships[s, OTHERS] = 0.0
            for b in range(1, BELIEFS):
                if beliefs[s, b, COUNT] > 0.0 and event - beliefs[s, b, T] > LIFE_S:
                    beliefs[s, b, COUNT] = 0.0
                if beliefs[s, b, COUNT] > 0.0:
                    ships[s, OTHERS] = 1.0
                    last = BELIEFS
        scale = math.cos(math.radians(lat))
        narrow = max(scale, 0.01)
        east_sent = 0.0
        north_sent = 0.0
        if sog == sog and cog == cog:
            east_sent = sog * math.sin(math.radians(cog))
            north_sent = sog * math.cos(math.radians(cog))
        best = -1
        best_apart = math.inf
        trusted_apart = math.nan
        step_trusted = math.nan
        for b in range(last):
            if beliefs[s, b, COUNT] == 0.0:
                continue
            dt = event - beliefs[s, b, T]
            d_lat, d_lon = _ahead(beliefs[s, b, V_EAST], beliefs[s, b, V_NORTH], lat, dt, narrow)
            apart = _apart_nm(beliefs[s, b, LAT] + d_lat, beliefs[s, b, LON] + d_lon, lat, lon, narrow)
            if b == 0:
                trusted_apart = apart
            step = _apart_nm(beliefs[s, b, LAT], beliefs[s, b, LON], lat, lon, narrow)
            if b == 0:
                step_trusted = step
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
        # Old reports drag her back in steps that are always possible; so those are looked at as well that she did not expect.
        strange = best != 0 or (step_trusted > OLD_NM and trusted_apart > OLD_NM and event - beliefs[s, 0, T] < LIFE_S)
        if strange and not late and beliefs[s, 0, COUNT] > 0.0 and _was_there(minutes, hour, s, lat, lon, second, event, narrow):
            best = 0
            late = True
        elif late and best == 0 and beliefs[s, 0, T] - event > SAME_CLOCK_S and sog >= 1.0:
            # Where she comes to next, said before she is where she was: her newest fix was stamped by a clock that is fast.
            d_lon = turned_by(lon - beliefs[s, 0, LON])
            run = d_lon * narrow * beliefs[s, 0, V_EAST] + (lat - beliefs[s, 0, LAT]) * beliefs[s, 0, V_NORTH]
            ships[s, BEHIND] = ships[s, BEHIND] + 1.0 if run > 0.0 and ships[s, BEHIND] >= 0.0 else 0.0
            if ships[s, BEHIND] >= BEHIND_MOST:
                late = False
                beliefs[s, 0, T] = event
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
        out[OUT_BELIEF, i] = best
        out[OUT_LATE, i] = 1.0 if late else 0.0
        out[OUT_APART, i] = trusted_apart
        out[OUT_FROM_STATUS, i] = ships[s, FROM_STATUS]
        out[OUT_STATUS_S, i] = ships[s, STATUS_S]
        has_before = beliefs[s, best, COUNT] > 0.0
        before_s = beliefs[s, best, T] if has_before else math.nan
        before_lat = beliefs[s, best, LAT] if has_before else math.nan
        before_lon = beliefs[s, best, LON] if has_before else math.nan
        before_sog = beliefs[s, best, SOG] if has_before else math.nan
        before_cog = beliefs[s, best, COG] if has_before else math.nan
        before_east = beliefs[s, best, V_EAST]
        before_north = beliefs[s, best, V_NORTH]
        out[OUT_FROM_S, i] = before_s
        out[OUT_FROM_LAT, i] = before_lat
        out[OUT_FROM_LON, i] = before_lon
        out[OUT_TRUSTED, i] = 0.0
        out[OUT_BORN_S, i] = math.nan
        out[OUT_AHEAD, i] = 0.0
        if late:
            out[OUT_COUNT, i] = beliefs[s, best, COUNT]
            continue
        if has_before:
            _follow(beliefs, s, best, event, lat, lon, sog, cog, east_sent, north_sent, scale)
        else:
            _begin(beliefs, s, best, event, lat, lon, sog, cog, east_sent, north_sent, scale)
            beliefs[s, best, BORN_FIXES] = ships[s, FIXES]
        count = beliefs[s, best, COUNT]
        out[OUT_COUNT, i] = min(count, 65535.0)
        out[OUT_BORN_S, i] = beliefs[s, best, BORN]
        rows[s, best] = source_row[i]
        if best != 0:
            ships[s, OTHERS] = 1.0
            out[OUT_TRUSTED, i] = min(ships[s, FIXES] - beliefs[s, best, BORN_FIXES], 65535.0)
            ahead = trusted_apart <= FLAT_NM and _is_ahead(beliefs, s, event, lat, lon, narrow)
            out[OUT_AHEAD, i] = 1.0 if ahead else 0.0
            # 0/0 is said by sets that have no position.
            if abs(lat) > NOWHERE_DEG or abs(lon) > NOWHERE_DEG:
                if ships[s, ASTRAY] == 0.0:
                    ships[s, ASTRAY_S] = received
                ships[s, ASTRAY] += 1.0
            ships[s, DISPLACED] += 1.0
            weak = beliefs[s, 0, COUNT] < WEAK_FIXES and count >= WEAK_FIXES
            forgotten = count > WEAK_FIXES and beliefs[s, best, BORN] - beliefs[s, 0, T] > FORGOTTEN_S
            alone = count > WEAK_FIXES and event - max(beliefs[s, 0, T], beliefs[s, best, BORN]) > PROMOTE_S
            thawed = count > WEAK_FIXES and ships[s, FROZEN_NM] >= THAWED_NM
            if weak or alone or forgotten or thawed or (ahead and count > WEAK_FIXES):
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
                ships[s, FROZEN_NM] = 0.0
                if alone or thawed:
                    ships[s, BELIEVED_S] = received
                ships[s, ASTRAY] = 0.0
            continue
        gap = event - ships[s, EVENT]
        if 0.0 < gap < math.inf:
            if ships[s, INTERVAL] == ships[s, INTERVAL]:
                ships[s, INTERVAL] += 0.1 * (min(gap, 600.0) - ships[s, INTERVAL])
            else:
                ships[s, INTERVAL] = min(gap, 600.0)
        ships[s, EVENT] = event
        ships[s, FIXES] += 1.0
        ships[s, HEADING] = headings[i]
        ships[s, MSG_TYPE] = kind
        ships[s, ASTRAY] = 0.0
        ships[s, BEHIND] = 0.0
        if not coarse:
            ships[s, PRECISE_S] = event
        if ships[s, STAY_S] != ships[s, STAY_S] or _apart_nm(ships[s, STAY_LAT], ships[s, STAY_LON], lat, lon, narrow) > STAY_NM:
            ships[s, STAY_S] = event
            ships[s, STAY_LAT] = lat
            ships[s, STAY_LON] = lon
        dt = event - before_s
        _stand(ships, s, event, lat, lon, sog, dt, narrow)
        sog_now = beliefs[s, 0, SOG]
        cog_now = beliefs[s, 0, COG]
        minute = minute_of(event)
        _remember_minute(
            ships, minutes, hour, minute_rows, s, minute, event, lat, lon, np.float64(headings[i]), sog_now, cog_now, source_row[i]
        )
        _manoeuvre(ships, s, dt, sog_now, cog_now, before_sog, before_cog)
        if 0.0 < dt <= STRAIGHT_S and sog == sog and cog == cog and before_sog == before_sog and before_cog == before_cog:
            at = minute % MINUTES
            d_lon = turned_by(lon - before_lon)
            run = dt * 1852.0 / 3600.0 / 2
            # On the ellipsoid: taken as a sphere, 15 kn would look like a drift of 0.06 kn.
            of_lat = 111_132.95 - 559.82 * (2.0 * narrow * narrow - 1.0)
            of_lon = 111_412.84 * narrow - 93.5 * narrow * (4.0 * narrow * narrow - 3.0)
            hour[at, s, H_EAST_M] += d_lon * of_lon - (before_east + east_sent) * run
            hour[at, s, H_NORTH_M] += (lat - before_lat) * of_lat - (before_north + north_sent) * run
            hour[at, s, H_COVERED_S] += dt


def warm() -> None:
    """Compile (or load from the cache) with the types that the fleet uses."""
    minutes, hour = np.full((MINUTES, 1), -1, np.int64), np.full((MINUTES, 1, HOUR_COLUMNS), np.nan, np.float32)
    one, small, byte = np.zeros(1), np.zeros(1, np.float32), np.zeros(1, np.uint8)
    ships = np.zeros((1, SHIP_COLUMNS))
    advance(
        ships, np.zeros((1, BELIEFS, BELIEF_COLUMNS)), np.zeros((1, BELIEFS), np.uint64),
        np.zeros((1, COPIES + 1), np.uint64), np.full((1, COPIES), -np.inf), np.zeros((1, COPIES), np.uint16), minutes, hour,
        np.zeros((MINUTES, 1), np.uint64), np.full((1, HEARERS, 3), -1.0), np.zeros((1, CLOCK_COLUMNS)),
        np.zeros(1, np.int64), one, one, one, one, small, small, small, byte, byte, byte, np.zeros(1, np.bool_), np.zeros(1, np.uint16),
        np.ones(1, np.uint64), np.ones(1, np.uint64), np.zeros((OUT_COLUMNS, 1)),
    )  # fmt: skip  # one a line would hide what belongs together
