"""Pairs of ships near each other: against every pair looked at, on the sphere, and by what closest approach means."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tankerwatch.core.geo import bearing_deg, distance_nm, moved
from tankerwatch.core.kernels import near
from tankerwatch.core.tables import Picture
from tankerwatch.track.pairs import OLD_S, now_at, pairs_at, pairs_of

NAN = float("nan")
LATS = st.one_of(st.floats(-0.2, 0.2), st.floats(53.9, 54.1), st.floats(-79.1, -78.9), st.sampled_from((NAN, 90.0, -90.0, 89.95)))
LONS = st.one_of(st.floats(-0.3, 0.3), st.floats(179.7, 180.0), st.floats(-180.0, -179.7), st.floats(180.0, 180.3), st.just(NAN))
ship = st.tuples(LATS, LONS, st.sampled_from((NAN, 0.0, 10.0, 40.0)), st.sampled_from((NAN, 0.0, 77.0, 180.0, 270.0)), st.booleans())


def found(ships):
    columns = [np.array(c, np.float64) for c in zip(*[s[:4] for s in ships], strict=True)] if ships else [np.empty(0)] * 4
    lat, lon, sog, cog = columns
    slots, out = pairs_at(lat, lon, sog.astype(np.float32), cog.astype(np.float32), np.array([s[4] for s in ships], np.bool_), at_rest=True)
    assert len({tuple(pair) for pair in slots.tolist()}) == len(slots), "a pair is noted once"
    return {(int(p), int(q)): row for (p, q), row in zip(slots, out, strict=True)}


@given(st.lists(ship, max_size=14))
def test_every_pair_within_reach_and_no_other(ships):
    pairs = found(ships)
    for p in range(len(ships)):
        for q in range(p + 1, len(ships)):
            (lat_p, lon_p, *_, guarded_p), (lat_q, lon_q, *_, guarded_q) = ships[p], ships[q]
            if any(map(math.isnan, (lat_p, lon_p, lat_q, lon_q))):
                assert (p, q) not in pairs
                continue
            apart = float(distance_nm(lat_p, lon_p, lat_q, lon_q))
            if max(abs(lat_p), abs(lat_q)) > 89:
                continue  # where a degree of longitude is nothing, a plane is no map
            speeds = [s[2] for s in (ships[p], ships[q])]
            both_still = all(not speed >= near.STILL_KN for speed in speeds)
            threat = guarded_p != guarded_q and speeds[guarded_p] >= near.FAST_KN
            if apart < 0.995 * (near.BESIDE_NM if both_still else near.NEAR_NM):
                assert (p, q) in pairs
            elif apart > 1.005 * (near.BESIDE_NM if both_still else near.WIDE_NM if threat else near.MEETING_NM):
                assert (p, q) not in pairs
            elif (p, q) in pairs and apart > 1.005 * near.NEAR_NM:
                assert pairs[p, q][3] <= near.CPA_NM and 0 < pairs[p, q][4] <= near.HORIZON_S
            if (p, q) in pairs:
                distance, bearing = pairs[p, q][:2]
                assert distance == pytest.approx(apart, rel=0.005, abs=1e-6)
                if apart > 0.01:
                    off = abs((bearing - float(bearing_deg(lat_p, lon_p, lat_q, lon_q)) + 180) % 360 - 180)
                    assert off < 0.6


@given(st.lists(ship, max_size=10), st.randoms(use_true_random=False))
def test_the_order_of_ships_does_not_matter(ships, random):
    order = list(range(len(ships)))
    random.shuffle(order)
    there, here = found([ships[i] for i in order]), found(ships)
    assert len(there) == len(here)
    for (p, q), row in there.items():
        i, j = order[p], order[q]
        turned = here[min(i, j), max(i, j)]
        assert row[[0, 2, 3, 4]] == pytest.approx(turned[[0, 2, 3, 4]], rel=1e-9, abs=1e-9)
        if row[0] > 0:
            assert (row[1] - turned[1] - (0 if i < j else 180) + 1e-6) % 360 < 1e-5


@given(
    st.sampled_from(((24.0, 58.0), (0.0, 179.99), (70.0, -180.0))),
    st.floats(0, 360), st.floats(0.4, 1.9), st.floats(0, 40), st.floats(0, 360), st.floats(0, 40), st.floats(0, 360),
)  # fmt: skip  # one a line would hide what belongs together
def test_closest_approach_is_what_sailing_on_shows(at, bearing, apart, sog_p, cog_p, sog_q, cog_q):
    assume(max(sog_p, sog_q) >= near.STILL_KN)
    lat, lon = at
    other = [float(v) for v in moved(lat, lon, bearing, apart)]
    row = found([(lat, lon, sog_p, cog_p, True), (*other, sog_q, cog_q, False)])[0, 1]
    hours = np.linspace(-1, 1, 4001)
    scale = math.cos(math.radians((lat + other[0]) / 2))
    east = ((other[1] - lon + 540) % 360 - 180) * 60 * scale
    north = (other[0] - lat) * 60
    v_east = sog_q * math.sin(math.radians(cog_q)) - sog_p * math.sin(math.radians(cog_p))
    v_north = sog_q * math.cos(math.radians(cog_q)) - sog_p * math.cos(math.radians(cog_p))
    path = np.hypot(east + v_east * hours, north + v_north * hours)
    speed = math.hypot(v_east, v_north)
    assume(abs(speed - 0.1) > 1e-6)  # on the edge, rounding decides
    if speed < 0.1:
        assert row[4] == 0 and row[3] == row[0]
        return
    assert row[3] == pytest.approx(abs(east * v_north - north * v_east) / speed, abs=0.02)
    assert row[3] <= path.min() + 0.02
    if abs(row[4]) < 3600:
        assert np.interp(row[4] / 3600, hours, path) == pytest.approx(row[3], abs=0.03)
    shrinks = (path[1999] - path[2001]) / (hours[2001] - hours[1999])
    assert row[2] == pytest.approx(shrinks, abs=0.1 + 0.02 * speed)


def test_too_little_room_is_told_and_nothing_is_written_beyond_it():
    ships, none = np.zeros((20, near.SHIP_COLUMNS)), np.full(20, NAN, np.float32)
    near.lay(np.full(20, 24.0), 58.0 + np.arange(20) / 10000, none, none, ships)
    slots, out, rows = np.full((8, 2), -1, np.int64), np.zeros((8, 5)), np.arange(20)
    keys = near.stripes(ships[:, near.LAT], ships[:, near.LON], near.BESIDE_NM)
    assert near.sweep(ships, keys, rows, rows, True, -1.0, near.BESIDE_NM, True, 0, slots[:5], out[:5]) == 190
    assert (slots[5:] == -1).all() and (out[5:] == 0).all()


def a_picture(now_s, *ships):
    picture = Picture.blank(len(ships))
    for i, row in enumerate(ships):
        for name, value in {"event_s": now_s, "heard_s": now_s, **row}.items():
            getattr(picture, name)[i] = value
    return picture


def test_more_pairs_than_expected_are_all_given_in_order():
    pairs = pairs_of(a_picture(0.0, *[{"lat_deg": 24.0, "lon_deg": 58 + i / 10000} for i in range(40)]), 0.0, at_rest=True)
    assert len(pairs) == 780
    keys = pairs.slot.astype(int) * 1000 + pairs.other
    assert (np.diff(keys) > 0).all() and (pairs.slot < pairs.other).all()


def test_nobody_and_one_alone_make_no_pair():
    assert len(pairs_of(Picture.empty(), 0.0)) == 0
    assert len(pairs_of(a_picture(0.0, {"lat_deg": 1.0, "lon_deg": 1.0}), 0.0)) == 0


def test_ships_are_projected_to_now_and_forgotten_when_old():
    now_s = 10_000.0
    picture = a_picture(
        now_s,
        {"lat_deg": 24.0, "lon_deg": 58.0, "sog_kn": 12.0, "cog_deg": 0.0, "event_s": now_s - 300},
        {"lat_deg": 24.0, "lon_deg": 58.0, "sog_kn": 12.0, "cog_deg": NAN, "event_s": now_s - 300},
        {"lat_deg": 24.0, "lon_deg": 179.999, "sog_kn": 12.0, "cog_deg": 90.0, "event_s": now_s - 300},
        {"lat_deg": 24.0, "lon_deg": 58.0, "event_s": now_s - OLD_S - 1},
        {"lat_deg": 24.0, "lon_deg": 58.0, "event_s": NAN},
    )
    lat, lon = now_at(picture, now_s)
    assert lat[0] == pytest.approx(24 + 1 / 60) and lon[0] == pytest.approx(58)
    assert lat[1] == 24 and lon[1] == 58
    assert float(distance_nm(lat[2], lon[2], 24.0, 179.999)) == pytest.approx(1.0, rel=0.01)
    assert np.isnan(lat[3:]).all() and np.isnan(lon[3:]).all()


def test_two_ships_either_side_of_the_180th_meridian_meet():
    now_s = 0.0
    picture = a_picture(
        now_s,
        {"lat_deg": -17.0, "lon_deg": 179.95, "sog_kn": 10.0, "cog_deg": 90.0, "guarded": True},
        {"lat_deg": -17.0, "lon_deg": -179.95, "sog_kn": 30.0, "cog_deg": 270.0},
    )
    pairs = pairs_of(picture, now_s)
    assert len(pairs) == 1
    assert pairs.distance_nm[0] == pytest.approx(6 * math.cos(math.radians(17)), rel=1e-3)
    assert pairs.bearing_deg[0] == pytest.approx(90)
    assert pairs.closing_kn[0] == pytest.approx(40, rel=1e-3)
    assert pairs.cpa_nm[0] == pytest.approx(0, abs=1e-3)
    assert pairs.tcpa_s[0] == pytest.approx(3600 * pairs.distance_nm[0] / 40, rel=1e-3)
