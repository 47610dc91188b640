"""The kernel that gives each fix to a belief, against its plain twin, and what is promised of it."""

from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.kernels import beliefs as kernel
from tankerwatch.core.kernels import copies, habits, picture

NAN = float("nan")
PLACES = [
    (24.0, 58.0),
    (24.0, 58.2),
    (25.0, 58.0),
    (24.004, 58.0),
    (0.0, 179.999),
    (0.0, -179.998),
    (89.99, 0.0),
    (89.99, 180.0),
    (-90.0, 7.0),
]

steps = st.fixed_dictionaries(
    {
        "ship": st.sampled_from((0, 0, 0, 1)),
        "waits": st.sampled_from((0.0, 2.0, 10.0, 10.0, 10.0, 61.0, 300.0, 1000.0, 4000.0)),
        "delay": st.sampled_from((0.0, 0.0, 0.0, 1.5, 30.0, 700.0)),
        "place": st.sampled_from((None, *range(len(PLACES)))),
        "sails": st.sampled_from((True, True, True, False)),
        "sog": st.sampled_from((NAN, 0.0, 12.0, 12.0, 45.0, 102.2)),
        "cog": st.sampled_from((NAN, 0.0, 90.0, 359.9)),
        "status": st.sampled_from((255, 0, 0, 2)),
        "kind": st.sampled_from((1, 1, 1, 1, 18, 27, 0, 9)),
        "copy": st.sampled_from((False, False, False, True)),
        "second": st.sampled_from((None, 60, 62, 17)),
        "accurate": st.booleans(),
    }
)


def fixes_of(twin, wishes):
    """A sequence of fixes of two ships: sailing north by themselves, jumping between places, with late ones and copies."""
    made, now_s = [], 1_700_000_000.0
    at = [(24.0, 58.0), (24.0, 58.0)]
    for n, wish in enumerate(wishes):
        now_s += wish["waits"]
        ship = wish["ship"]
        if wish["copy"] and made:
            ship, before = made[-1]
            made.append((ship, twin.rename(before, received_s=now_s, row=n + 1)))
            continue
        if wish["sails"]:
            lat, lon = at[ship]
            at[ship] = lat, lon = min(lat + 12 * wish["waits"] / 3600 / 60, 90.0), lon
        else:
            lat, lon = (NAN, NAN) if wish["place"] is None else PLACES[wish["place"]]
            if wish["place"] is not None:
                at[ship] = lat, lon
        fix = twin.Fix(
            now_s, now_s - wish["delay"], lat, lon, wish["sog"], wish["cog"], wish["status"], wish["kind"], n + 1,
            int(now_s - wish["delay"]) % 60 if wish["second"] is None else wish["second"], n + 1, wish["accurate"],
        )  # fmt: skip  # one a line would hide what belongs together
        made.append((ship, fix))
    return made


class Kernel:
    """The arrays of the fleet for two ships."""

    def __init__(self) -> None:
        n = 2
        self.ships = np.full((n, kernel.SHIP_COLUMNS), np.nan)
        self.ships[:, [kernel.FIXES, kernel.DISPLACED, kernel.ASTRAY, kernel.BEHIND, kernel.FROZEN_NM, kernel.OTHERS]] = 0.0
        self.ships[:, [kernel.STATUS, kernel.FROM_STATUS]] = 255.0
        self.ships[:, [kernel.PRECISE_S, kernel.EVENT]] = -np.inf
        self.beliefs = np.zeros((n, kernel.BELIEFS, kernel.BELIEF_COLUMNS))
        self.rows = np.zeros((n, kernel.BELIEFS), np.uint64)
        self.copies, self.copy_s = np.zeros((n, copies.COPIES + 1), np.uint64), np.full((n, copies.COPIES), -np.inf)
        self.copy_by = np.zeros((n, copies.COPIES), np.uint16)
        self.hearers = np.full((n, copies.HEARERS, 3), -1.0)
        self.clocks = np.zeros((1, kernel.CLOCK_COLUMNS))
        self.minutes = np.full((kernel.MINUTES, n), -1, np.int64)
        self.hour = np.full((kernel.MINUTES, n, kernel.HOUR_COLUMNS), np.nan, np.float32)
        self.minute_rows = np.zeros((kernel.MINUTES, n), np.uint64)

    def take(self, fixes):
        n = len(fixes)

        def column(name, kind):
            return np.array([getattr(f, name) for _, f in fixes], kind)

        out = np.full((kernel.OUT_COLUMNS, n), np.nan)
        kernel.advance(
            self.ships, self.beliefs, self.rows, self.copies, self.copy_s, self.copy_by, self.minutes, self.hour, self.minute_rows,
            self.hearers, self.clocks, np.array([s for s, _ in fixes], np.int64), column("received_s", float), column("event_s", float),
            column("lat", float), column("lon", float), column("sog", np.float32), column("cog", np.float32), np.full(n, NAN, np.float32),
            column("status", np.uint8), column("kind", np.uint8), column("second", np.uint8), column("accurate", np.bool_),
            np.zeros(n, np.uint16), column("key", np.uint64), column("row", np.uint64), out,
        )  # fmt: skip  # one a line would hide what belongs together
        return out.T


def same(a, b):
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-5)


@given(st.lists(steps, max_size=60), st.sets(st.integers(1, 59), max_size=4))
def test_like_its_plain_twin_wherever_it_is_cut(twin, wishes, cuts):
    fixes = fixes_of(twin, wishes)
    compiled, plain = Kernel(), [twin.Ship(), twin.Ship()]
    edges = [0, *sorted(c for c in cuts if c < len(fixes)), len(fixes)]
    out = np.concatenate([compiled.take(fixes[low:high]) for low, high in itertools.pairwise(edges)])
    for (ship, fix), row in zip(fixes, out, strict=True):
        leg = plain[ship].take(fix)
        assert row[kernel.OUT_BELIEF] == (kernel.NOT_A_LEG if leg.belief is None else leg.belief)
        if leg.belief is None:
            continue
        assert bool(row[kernel.OUT_LATE]) == leg.late
        assert same(row[kernel.OUT_APART], leg.apart_nm)
        assert row[kernel.OUT_COUNT] == leg.in_belief
        assert row[kernel.OUT_TRUSTED] == leg.in_trusted
        assert same(row[kernel.OUT_BORN_S], leg.born_s)
        assert bool(row[kernel.OUT_AHEAD]) == leg.ahead
        came = row[[kernel.OUT_FROM_S, kernel.OUT_FROM_LAT, kernel.OUT_FROM_LON]].tolist()
        assert all(same(a, b) for a, b in zip(came, leg.came_from or (NAN, NAN, NAN), strict=True))
    for s, ship in enumerate(plain):
        for b, belief in enumerate(ship.beliefs):
            held = compiled.beliefs[s, b]
            assert held[kernel.COUNT] == (belief.fixes if belief else 0)
            if belief:
                pairs = [(held[kernel.T], belief.time_s), (held[kernel.LAT], belief.lat), (held[kernel.LON], belief.lon)]
                pairs += [(held[kernel.SOG], belief.sog), (held[kernel.COG], belief.cog), (held[kernel.BORN], belief.born_s)]
                assert all(same(a, b) for a, b in pairs)
                assert compiled.rows[s, b] == belief.row
        held = compiled.ships[s]
        assert held[kernel.STATUS] == ship.status
        columns = (kernel.FIRST, kernel.HEARD, kernel.FIXES, kernel.DISPLACED, kernel.PRECISE_S, kernel.BEST, kernel.STATUS_S)
        columns += (kernel.ASTRAY, kernel.ASTRAY_S, kernel.NOWHERE_S, kernel.ESTIMATED_S, kernel.INACCURATE_S, kernel.SOUND_S)
        columns += (kernel.FROZEN_S, kernel.FROZEN_NM, kernel.BEHIND, kernel.BELIEVED_S)
        values = (ship.first_s, ship.heard_s, ship.trusted_fixes, ship.displaced, ship.precise_s, ship.best_kn, ship.status_s)
        values += (ship.astray, ship.astray_s, ship.nowhere_s, ship.estimated_s, ship.inaccurate_s, ship.sound_s)
        values += (ship.frozen_s, ship.frozen_nm, ship.behind, ship.believed_s)
        assert all(same(a, b) for a, b in zip(held[list(columns)].tolist(), values, strict=True))


def _hour(speeds_by_minute, first=0, last=None):
    """The kernel's habits for one ship, and the minutes kept."""
    minutes, hour = np.full((kernel.MINUTES, 1), -1, np.int64), np.full((kernel.MINUTES, 1, kernel.HOUR_COLUMNS), np.nan, np.float32)
    for minute, speed in speeds_by_minute.items():
        minutes[minute % 60, 0], hour[minute % 60, 0, kernel.H_SOG] = minute, speed
    out = np.full((1, habits.HABIT_COLUMNS), np.nan)
    last = max(speeds_by_minute) if last is None else last
    ships, beliefs = np.zeros((1, kernel.SHIP_COLUMNS)), np.zeros((1, kernel.BELIEFS, kernel.BELIEF_COLUMNS))
    ships[0, kernel.FIRST], beliefs[0, 0, kernel.COUNT], beliefs[0, 0, kernel.T] = first * 60.0, 1.0, last * 60.0
    rows, minute_rows = np.zeros((1, kernel.BELIEFS), np.uint64), np.zeros((kernel.MINUTES, 1), np.uint64)
    picture.look(0.0, ships, beliefs, rows, minutes, hour, minute_rows, out, *picture.columns(1), np.empty((2, 1)))
    return out[0]


@given(st.dictionaries(st.integers(1000, 1090), st.sampled_from((NAN, 0.0, 5.0, 9.0, 10.0, 12.5)), min_size=1), st.integers(990, 1095))
def test_habits_like_a_plain_count(speeds_by_minute, first):
    last = max(speeds_by_minute)
    begin = min(last, max(last - 59, first))
    kept = {m: v for m, v in speeds_by_minute.items() if last - 59 <= m <= last}
    hour = list(range(begin, last + 1))
    heard = [m for m in hour if m in kept]
    known = sorted(kept[m] for m in heard if not math.isnan(kept[m]))
    gaps = "".join("." if m in kept else "x" for m in hour).split(".")
    got = _hour(kept, first)
    assert got[1] == len(heard)
    assert same(got[2], 1 - len(heard) / len(hour))
    assert got[3] == max(map(len, gaps))
    if known:
        median = known[len(known) // 2]
        assert got[0] == median
        assert got[4] == 60 * max(m for m in heard if kept[m] >= 0.8 * median)
    else:
        assert math.isnan(got[0]) and math.isnan(got[4])
