"""Craft that come up to guarded ships: how well each aims, for how long, and what it says of itself. `closing` and `swarm` judge by it.

A craft aims when it would pass within a ship's length or two, or keeps its bow on her while she moves. One look says little, for many a
course leads past a ship: it is the keeping of the aim, fix after fix, that tells an approach from a passage. All that is kept is relative
to her, so a craft that corrects when she turns keeps its aim, and one that does not loses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Final

import numpy as np

from tankerwatch.core import mmsi as kinds
from tankerwatch.core.geo import distance_nm
from tankerwatch.core.hour import H_COG, H_SOG
from tankerwatch.core.schema import F32, F64, I64, NAN, U8, U64, Bool, Table, col, rows_in, table
from tankerwatch.core.tables import Picture, View
from tankerwatch.detect.kit import among, key_of, others_stopped_within

UNTOLD, PERHAPS_SHIP, PLEASURE, FISHING, TRADE, EXPECTED = range(6)
"""What a craft gives itself out for: nothing (or a radar target) · nothing yet, and it may be a ship · … · one that has business here."""

SHIP_M: Final = 60
"""Longer craft are ships that meet: a matter of collision. The smallest coasters have this length, the largest crew boats do not."""
AIRCRAFT_KN: Final = 65.0
"""No craft on the water comes up at this speed; helicopters seen by radar do."""
TOLD_S: Final = 400.0
"""Static data is sent every six minutes (M.1371-5): who has sent none for longer sends none."""
FAST_SHIP_KN: Final = 23.0
TRACKED_KN: Final = 6.5
AIM_LIMIT_S: Final = 240.0
ODD_LIMIT: Final = 2
FORGET_S: Final = 240.0
VISITS_S: Final = 43_200.0
VISIT_MINUTES: Final = 3
VISITOR, LEFT = 8, 9
"""Levels of the rows that say who came alongside ships (the ship's number is 0 there): lately · and went again in peace."""

_SORT: Final = np.full(256, EXPECTED, np.uint8)
_SORT[[kinds.UNKNOWN, kinds.RADAR]] = UNTOLD
_SORT[kinds.PLEASURE] = PLEASURE
_SORT[kinds.FISHING] = FISHING
_SORT[[kinds.TANKER, kinds.CARGO, kinds.PASSENGER, kinds.HIGH_SPEED, kinds.OTHER]] = TRADE


@table
class Approaches(Table):
    """One row per guarded ship and craft near her, in order of `key`; and one per craft that came alongside a ship before (ship 0)."""

    # fmt: off
    # a table: its columns are read downwards
    key:       Annotated[U64, col("-", "guarded ship, craft (key_of)")]
    since_s:   Annotated[F64, col("s", "when it came near, or took aim; when it was raised, that time stays")]
    seen_s:    Annotated[F64, col("s", "the last look that had it near")]
    fix_s:     Annotated[F64, col("s", "the craft's newest fix that was judged", missing=NAN)]
    hits:      Annotated[U8, col("-", "fixes running that aimed at her, up to 100")]
    odd:       Annotated[U8, col("-", "fixes running that did not fit the aim before")]
    aim_s:     Annotated[F32, col("s", "for how long it has aimed; runs back twice as fast while it does not")]
    miss_nm:   Annotated[F32, col("nm", "by how much it would miss her, smoothed over fixes, to her right positive", missing=NAN)]
    woven:     Annotated[F32, col("-", "the same as a share of the distance, over about a minute", missing=NAN)]
    swing:     Annotated[F32, col("-", "how far it swings about that", missing=NAN)]
    woven_s:   Annotated[F32, col("s", "for how long it has come nearer")]
    nearest_nm: Annotated[F32, col("nm", "the nearest it has been", missing=NAN)]
    farthest_nm: Annotated[F32, col("nm", "the farthest it has been before", missing=NAN)]
    beside_s:  Annotated[F32, col("s", "for how long it has gone along with her")]
    away_s:    Annotated[F32, col("s", "for how long it has drawn away")]
    level:     Annotated[U8, col("-", "0 not raised; what more means says the detector")]
    minute_s:  Annotated[F64, col("s", "the whole minute of which the rest tells", missing=NAN)]
    one_east_nm:  Annotated[F32, col("nm", "where it was from her then, east", missing=NAN)]
    one_north_nm: Annotated[F32, col("nm", "and north", missing=NAN)]
    one_off_deg:  Annotated[F32, col("deg", "and by how much its bow pointed past her, to the right positive", missing=NAN)]
    two_east_nm:  Annotated[F32, col("nm", "the same a minute earlier", missing=NAN)]
    two_north_nm: Annotated[F32, col("nm", "and north", missing=NAN)]
    two_off_deg:  Annotated[F32, col("deg", "and its bow", missing=NAN)]
    # fmt: on

    def find(self, keys: U64) -> I64:
        """(n,) the row of each key, -1 where there is none."""
        return rows_in(self.key, keys)


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """The craft near guarded ships at a look, a row each; `at` is the row in the memory, `kept` what was there when they were judged.

    sort: what the craft gives itself out for · there_s: until it is within `reach_nm` of her if both go on so · miss_nm: by how much it
    would miss her at best judgement, not negative · aims: whether it aims, roughly · casualty: she is one, so who says what it is may help.
    """

    memory: Approaches
    kept: Approaches
    at: I64
    ship: I64
    craft: I64
    sort: U8
    distance_nm: F64
    bearing_deg: F64
    closing_kn: F64
    speed_kn: F64
    course_deg: F64
    there_s: F64
    reach_nm: F64
    miss_nm: F64
    aims: Bool
    casualty: Bool
    fresh: Bool


def sorts(picture: Picture, slots: I64, now_s: float) -> U8:
    """(n,) what each craft gives itself out for."""
    sort = _SORT[picture.kind[slots]]
    length, sog = picture.length_m[slots], picture.sog_kn[slots]
    sort[(length >= SHIP_M) | among(picture.msg_type[slots], (4, 9, 21, 27)) | (sog >= AIRCRAFT_KN)] = EXPECTED
    no_word = (sort == UNTOLD) & (length == 0) & among(picture.msg_type[slots], (1, 2, 3))
    sort[no_word & ((now_s - picture.first_s[slots] < TOLD_S) | (sog < FAST_SHIP_KN))] = PERHAPS_SHIP
    return np.asarray(sort)


@lru_cache(maxsize=1)
def _around(view: View) -> tuple[I64, I64, I64, U8, U64, Bool]:
    """(n,) guarded ship, craft, row in the pairs, what the craft gives itself out for, key, and whether it may make for her at all.

    The same for all that ask at a look, and so kept until the next one.
    """
    picture, pairs = view.picture, view.pairs
    ship = np.concatenate([pairs.slot, pairs.other]).astype(np.int64)
    craft = np.concatenate([pairs.other, pairs.slot]).astype(np.int64)
    some = np.flatnonzero(picture.guarded[ship] & ~picture.guarded[craft] & (picture.nav_status[ship] != 5))
    ship, craft, row = ship[some], craft[some], some % max(len(pairs), 1)
    sort = sorts(picture, craft, view.now_s)
    if (sort == UNTOLD).any():
        told = ~np.isin(craft, _echoes(view))
        ship, craft, row, sort = ship[told], craft[told], row[told], sort[told]
    return (
        ship,
        craft,
        row,
        sort,
        key_of(picture.mmsi[ship], picture.mmsi[craft]),
        (sort != EXPECTED) & (picture.sog_kn[craft] >= TRACKED_KN),
    )


def near(view: View, memory: Approaches) -> Near | None:
    """Who is near whom at this look; None when nobody is and nothing is remembered."""
    picture, pairs, now_s = view.picture, view.pairs, view.now_s
    if not picture.guarded.any() and not len(memory):
        return None
    ship, craft, row, sort, keys, may = _around(view)
    known = memory.find(keys)
    of_use = (may | (known >= 0)) & ~np.isnan(pairs.distance_nm[row])
    order = np.flatnonzero(of_use)
    order = order[np.argsort(keys[order], kind="stable")]
    ship, craft, sort, keys, row, known = ship[order], craft[order], sort[order], keys[order], row[order], known[order]
    visited = memory.find(key_of(np.zeros(len(craft)), picture.mmsi[craft]))
    came = visited >= 0
    came[came] = memory.level[visited[came]] == LEFT
    sort[came & (sort < TRADE)] = TRADE

    # Where it is from her, and how it moves past her, in nm east and north.
    distance = pairs.distance_nm[row].astype(np.float64)
    bearing = np.radians(pairs.bearing_deg[row].astype(np.float64))
    from_her = np.where(ship < craft, 1.0, -1.0)
    east, north = distance * np.sin(bearing) * from_her, distance * np.cos(bearing) * from_her
    e_craft, n_craft = _velocity(picture, craft)
    e_ship, n_ship = _velocity(picture, ship)
    e_past, n_past = e_craft - e_ship, n_craft - n_ship
    past = np.maximum(np.hypot(e_past, n_past), 0.1)
    closing = -(east * e_past + north * n_past) / np.maximum(distance, 1e-3)
    miss = (east * n_past - north * e_past) / past
    to_her = np.degrees(np.arctan2(-east, -north))
    off = (np.degrees(np.arctan2(e_craft, n_craft)) - to_her + 540.0) % 360.0 - 180.0

    kept = _rows(memory, keys, known, now_s, distance)
    step_s = np.minimum(now_s - kept.seen_s, 60.0)
    age = now_s - picture.event_s[craft]
    interval = np.nan_to_num(picture.interval_s[craft], nan=30.0)
    fresh = age <= np.clip(2.5 * interval, 45.0, 120.0)
    new_fix = picture.event_s[craft] != kept.fix_s
    smooth, hits, odd = _smoothed(kept, miss, new_fix, distance)

    half = np.where(picture.length_m[ship] > 0, picture.length_m[ship], 160) / 2 / 1852.0
    reach = np.maximum(0.09, half + 0.01)
    kept = _of_late(kept, now_s)
    woven, swing, woven_s = _woven(kept, miss / np.maximum(distance, 0.05), step_s, (closing > 0) & (picture.sog_kn[craft] >= TRACKED_KN))
    weaving = np.where((woven_s >= 50.0) & (swing >= 0.1), np.abs(woven) * distance, NAN)
    pursuing = _pursues(kept, off, to_her, np.hypot(e_craft, n_craft) - np.hypot(e_ship, n_ship), now_s)
    best = np.fmin(np.abs(smooth), weaving)
    best = np.where(pursuing, np.fmin(best, 0.8 * reach), best)
    aims = (best <= reach + 0.05 + 0.05 * distance) & (closing >= 2.5) & fresh
    hits = np.where(new_fix & aims, np.minimum(hits + 1, 100), np.where(aims | ~fresh, hits, 0))
    aim_s = np.where(aims, kept.aim_s + step_s, np.where(fresh, kept.aim_s - 2 * step_s, kept.aim_s))

    beside = (np.hypot(e_past, n_past) <= 3.5) & (np.hypot(e_ship, n_ship) >= 6.0) & (distance <= 1.2) & fresh
    since = np.where((kept.level == 0) & (aims & (kept.aim_s <= 0)), now_s, kept.since_s)
    kept = kept.replace(
        since_s=since,
        seen_s=np.full(len(keys), now_s),
        fix_s=picture.event_s[craft],
        hits=hits.astype(np.uint8),
        odd=odd.astype(np.uint8),
        aim_s=np.clip(aim_s, 0.0, AIM_LIMIT_S).astype(np.float32),
        miss_nm=smooth.astype(np.float32),
        woven=woven.astype(np.float32),
        swing=swing.astype(np.float32),
        woven_s=woven_s.astype(np.float32),
        nearest_nm=np.fmin(kept.nearest_nm, distance).astype(np.float32),
        farthest_nm=np.fmax(kept.farthest_nm, distance).astype(np.float32),
        beside_s=np.where(beside, kept.beside_s + step_s, np.maximum(kept.beside_s - step_s, 0)).astype(np.float32),
        away_s=np.where((closing < 1.0) & (distance > 0.25), kept.away_s + step_s, 0.0).astype(np.float32),
    )
    if view.minute:
        kept = _minute(kept, east, north, off, now_s)
    absent = np.ones(len(memory), np.bool_)
    absent[known[known >= 0]] = False
    absent &= (memory.level > 0) & (memory.level < VISITOR) | (
        now_s - memory.seen_s <= np.where(memory.level >= VISITOR, VISITS_S, FORGET_S)
    )
    merged = Approaches.concat([kept, memory.take(absent)]) if absent.any() else kept
    merged = merged.take(np.argsort(merged.key, kind="stable"))
    if view.minute:
        merged = _visits(view, merged)
    with np.errstate(divide="ignore", invalid="ignore"):
        there_s = np.where(closing > 0.1, np.maximum(distance - reach, 0.0) / closing * 3600.0, np.inf)
    return Near(
        memory=merged, kept=kept, at=merged.find(keys), ship=ship, craft=craft, sort=sort,
        distance_nm=distance, bearing_deg=(to_her + 180.0) % 360.0,
        closing_kn=closing, speed_kn=np.hypot(e_craft, n_craft), course_deg=np.degrees(np.arctan2(e_craft, n_craft)) % 360.0,
        there_s=there_s, reach_nm=reach, miss_nm=best, aims=aims, casualty=_casualties(view, ship), fresh=fresh,
    )  # fmt: skip  # one a line would hide what belongs together


def came_round(view: View, craft: int, back: int = 20) -> bool:
    """Whether a craft was slow, or on quite another course, in one of the `back` minutes before the last two."""
    slots, course = np.array([craft]), float(view.picture.cog_deg[craft])
    for minutes_back in range(3, back + 1):
        sog, cog = (float(view.hour.value(slots, minutes_back, view.now_s, column)[0]) for column in (H_SOG, H_COG))
        if sog < 4.0 or (sog == sog and abs((cog - course + 540.0) % 360.0 - 180.0) >= 30.0):
            return True
    return False


def at_berth(picture: Picture, ship: int, now_s: float) -> bool:
    """Whether she lies in a port: at rest, not said to be at anchor, others at rest closer than anchored ships lie."""
    if not picture.sog_kn[ship] < 0.7 or picture.nav_status[ship] == 1:
        return False
    return others_stopped_within(picture, ship, 0.2, now_s) >= 2


def _velocity(picture: Picture, slots: I64) -> tuple[F64, F64]:
    """East and north in knots as sent; none where unknown or below half a knot, for courses at rest say nothing."""
    sog, cog = picture.sog_kn[slots].astype(np.float64), np.radians(picture.cog_deg[slots].astype(np.float64))
    moves = (sog >= 0.5) & ~np.isnan(cog)
    return np.where(moves, sog * np.sin(cog), 0.0), np.where(moves, sog * np.cos(cog), 0.0)


def _echoes(view: View) -> I64:
    """Radar targets that are told already, by AIS or by another radar: at the same place, with the same motion."""
    picture, pairs = view.picture, view.pairs
    a, b = pairs.slot.astype(np.int64), pairs.other.astype(np.int64)
    first, second = picture.kind[a] == kinds.RADAR, picture.kind[b] == kinds.RADAR
    of_two_radars = first & second & (picture.mmsi[a] // 1000 != picture.mmsi[b] // 1000)
    close = np.flatnonzero(((first != second) | of_two_radars) & (pairs.distance_nm <= 0.15))
    if not len(close):
        return np.empty(0, np.int64)
    a, b, first = a[close], b[close], first[close] & ~second[close]  # of two radars, the one that told it first
    (e_a, n_a), (e_b, n_b) = _velocity(picture, a), _velocity(picture, b)
    return np.asarray(np.where(first, a, b)[np.hypot(e_a - e_b, n_a - n_b) <= 10.0])


def _rows(memory: Approaches, keys: U64, known: I64, now_s: float, distance: F64) -> Approaches:
    """The memory of each key, fresh where there is none."""
    fresh = Approaches.blank(len(keys)).replace(
        key=keys, since_s=np.full(len(keys), now_s), seen_s=np.full(len(keys), now_s), farthest_nm=distance.astype(np.float32)
    )
    if not (known >= 0).any():
        return fresh
    there = np.flatnonzero(known >= 0)
    for column in Approaches.columns():
        getattr(fresh, column.name)[there] = getattr(memory, column.name)[known[there]]
    return fresh


def _smoothed(kept: Approaches, miss: F64, new_fix: Bool, distance: F64) -> tuple[F64, I64, I64]:
    """The miss smoothed over fixes; one fix that does not fit is passed over, a second begins anew."""
    before = kept.miss_nm.astype(np.float64)
    apart = np.abs(miss - before)
    far = apart > 0.15 + 0.15 * distance
    begin = np.isnan(before) | (far & new_fix & (kept.odd + 1 >= ODD_LIMIT))
    gain = np.maximum(1.0 / (kept.hits + 1.0), 0.25)
    smooth = np.where(begin, miss, np.where(new_fix & ~far, before + gain * (miss - before), before))
    odd = np.where(begin | ~far, 0, np.where(new_fix, kept.odd + 1, kept.odd))
    return smooth, np.where(begin, 0, kept.hits).astype(np.int64), odd.astype(np.int64)


def _woven(kept: Approaches, past: F64, step_s: F64, comes: Bool) -> tuple[F64, F64, F64]:
    """The mean way past her of a craft that weaves, how far it swings about it, and for how long it has come: all over about a minute.

    past: (n,) by how much it would miss her as a share of the distance, signed.
    """
    past = np.clip(past, -0.7, 0.7)
    woven_s = np.where(comes, np.where(np.isnan(kept.woven), 0.0, kept.woven_s) + np.maximum(step_s, 5.0), 0.0)
    gain = np.maximum(10.0 / np.maximum(woven_s, 10.0), 1.0 / 7.0)
    before = np.where(np.isnan(kept.woven) | (kept.woven_s <= 0), past, kept.woven)
    woven = before + gain * (past - before)
    swing = np.nan_to_num(kept.swing) * (woven_s > 10) + gain * (np.abs(past - woven) - np.nan_to_num(kept.swing) * (woven_s > 10))
    return np.where(comes, woven, NAN), swing, woven_s


def _pursues(kept: Approaches, off: F64, to_her: F64, faster_kn: F64, now_s: float) -> Bool:
    """Whether it keeps its bow on her though her bearing changes: who merely crosses loses her by as much as the bearing changes."""
    steady = np.zeros(len(off), np.bool_)
    since_s = now_s % 60.0
    for east, north, off_then in (
        (kept.one_east_nm, kept.one_north_nm, kept.one_off_deg),
        (kept.two_east_nm, kept.two_north_nm, kept.two_off_deg),
    ):
        then = np.degrees(np.arctan2(-east, -north))
        turned = np.abs((to_her - then + 540.0) % 360.0 - 180.0)
        with np.errstate(invalid="ignore"):
            keeps = (np.abs(off) <= 6.0) & (np.abs(off_then) <= 6.0) & (np.abs(off - off_then) <= 0.4 * turned + 0.5) & (turned >= 4.0)
        if east is kept.two_east_nm or since_s >= 30.0 or since_s == 0.0:
            steady |= keeps
    return np.asarray(steady & (faster_kn >= 3.0))


def _of_late(kept: Approaches, now_s: float) -> Approaches:
    """The rows without what they tell of minutes when a minute was missed."""
    missed = ~(now_s - kept.minute_s <= 60.0)
    names = [c.name for c in Approaches.columns() if c.name.startswith(("one_", "two_"))]
    return kept.replace(**{name: np.where(missed, np.float32(NAN), getattr(kept, name)) for name in names})


def _minute(kept: Approaches, east: F64, north: F64, off: F64, now_s: float) -> Approaches:
    """Keep where it is at a whole minute."""
    return kept.replace(
        minute_s=np.full(len(kept), now_s),
        two_off_deg=kept.one_off_deg,
        two_east_nm=kept.one_east_nm,
        two_north_nm=kept.one_north_nm,
        one_east_nm=east.astype(np.float32),
        one_north_nm=north.astype(np.float32),
        one_off_deg=off.astype(np.float32),
    )


def _casualties(view: View, ship: I64) -> Bool:
    """(n,) whether she says so, or a distress beacon is heard near her: who comes then may be coming to help."""
    picture = view.picture
    said = among(picture.nav_status[ship], (2, 6, 14))
    stopped = (picture.usual_sog_kn[ship] >= 6.0) & (picture.sog_kn[ship] < 3.0)
    beacons = np.flatnonzero((picture.kind == kinds.BEACON) & (view.now_s - picture.heard_s <= 3600.0))
    near_one = np.zeros(len(ship), np.bool_)
    for beacon in beacons[:50].tolist():
        away = distance_nm(picture.lat_deg[beacon], picture.lon_deg[beacon], picture.lat_deg[ship], picture.lon_deg[ship])
        near_one |= np.nan_to_num(away, nan=np.inf) <= 5.0
    return np.asarray(said | stopped | near_one)


def _visits(view: View, memory: Approaches) -> Approaches:
    """Remember craft of no declared kind that lay alongside ships, and went in peace: who does so is a pilot's boat or a launch."""
    picture, pairs, now_s = view.picture, view.pairs, view.now_s
    a, b = pairs.slot.astype(np.int64), pairs.other.astype(np.int64)
    close = np.flatnonzero(pairs.distance_nm <= 0.15)
    a, b = np.concatenate([a[close], b[close]]), np.concatenate([b[close], a[close]])
    ships = ((picture.length_m[a] >= SHIP_M) | picture.guarded[a]) & (picture.kind[b] == kinds.UNKNOWN) & (picture.length_m[b] < SHIP_M)
    ships &= ~picture.guarded[b]
    a, b = a[ships], b[ships]
    (e_a, n_a), (e_b, n_b) = _velocity(picture, a), _velocity(picture, b)
    beside = np.unique(b[np.hypot(e_a - e_b, n_a - n_b) <= 4.0])
    # Who was raised for closing on somebody stays suspect: a ship may burn an hour after they left.
    suspects = (memory.key & np.uint64(0xFFFFFFFF))[(memory.level > 0) & (memory.level < VISITOR)]
    keys = key_of(np.zeros(len(beside)), picture.mmsi[beside])
    keys = keys[~np.isin(keys, suspects)]
    at = memory.find(keys)
    level, hits, seen = memory.level.copy(), memory.hits.copy(), memory.seen_s.copy()
    there = at[at >= 0]
    hits[there] = np.minimum(hits[there].astype(np.int64) + 1, 100)
    seen[there] = now_s
    left = (level == VISITOR) & (hits >= VISIT_MINUTES) & (now_s - seen >= 120.0)
    level[left] = LEFT
    new = keys[at < 0]
    rows = Approaches.blank(len(new)).replace(
        key=new, since_s=np.full(len(new), now_s), seen_s=np.full(len(new), now_s), hits=np.ones(len(new), np.uint8),
        level=np.full(len(new), VISITOR, np.uint8),
    )  # fmt: skip  # one a line would hide what belongs together
    if not len(new):
        return memory.replace(level=level, hits=hits, seen_s=seen)
    merged = Approaches.concat([memory.replace(level=level, hits=hits, seen_s=seen), rows])
    return merged.take(np.argsort(merged.key, kind="stable"))


def spoken_from(bearing_deg: float) -> str:
    """The eighth of the compass that a bearing lies in."""
    return ("the north", "the north-east", "the east", "the south-east", "the south", "the south-west", "the west", "the north-west")[
        round(float(bearing_deg) / 45.0) % 8
    ]


def picked(near_by: Near, which: Any) -> list[int]:
    """Row numbers of a mask, the soonest there first."""
    rows = np.flatnonzero(which)
    return [int(r) for r in rows[np.argsort(near_by.there_s[rows], kind="stable")]]
