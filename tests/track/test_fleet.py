"""The fleet: what it says of ships, whatever single reports say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core import mmsi as identities
from tankerwatch.core.kernels import beliefs as kernel
from tankerwatch.core.tables import Fixes, Heard, Statics
from tankerwatch.track import fleet, hearings, register
from tankerwatch.track.fleet import Fleet

SHIP = 311000001


def sailing(begin, end, every=10, lat=24.0, lon=58.0, sog=12.0, **more):
    """Fixes of a ship that sails north at `sog` from (lat, lon) at `begin`, s."""
    return [
        {"at": t, "lat": lat + sog * (t - begin) / 3600 / 60, "lon": lon, "sog": sog, "cog": 0.0, **more} for t in range(begin, end, every)
    ]


def state(fleet, now_s):
    """All that the picture says, as text that can be compared."""
    picture = fleet.picture(now_s)
    return {c.name: getattr(picture, c.name).tolist().__repr__() for c in picture.columns()}


@given(st.integers(0, 29), st.sampled_from((0.05, 0.3, -3.0, 40.0)), st.sampled_from((0.0, 0.5, 90.0)))
def test_one_bad_fix_moves_no_ship(heard, start_s, at, north, east):
    rows = sailing(0, 600)
    clean, fleet = Fleet(), Fleet()
    clean.advance(heard(*rows))
    bad = {**rows[30 + at], "at": rows[30 + at]["at"] - 5, "row": 999}
    bad["lat"], bad["lon"] = min(bad["lat"] + north, 89.0), bad["lon"] + east
    legs = fleet.advance(heard(*rows[: 30 + at], bad, *rows[30 + at :]))
    mine = legs.source_row == 999
    assert legs.belief[mine].tolist() == [1]
    assert legs.apart_nm[mine][0] > 0.9 * 60 * abs(north)
    assert (legs.belief[~mine] == 0).all() and len(legs) == len(rows) + 1
    for now, column in ((fleet, "lat_deg"), (fleet, "lon_deg"), (fleet, "sog_kn"), (fleet, "event_s"), (fleet, "usual_sog_kn")):
        assert getattr(now.picture(start_s + 600), column)[0] == getattr(clean.picture(start_s + 600), column)[0]
    assert fleet.picture(start_s + 600).displaced[0] == 1


def test_the_first_fix_may_be_the_bad_one(heard, start_s):
    fleet = Fleet()
    fleet.advance(heard({"at": 0, "lat": -10.0, "lon": 0.0}, *sailing(10, 60)))
    picture = fleet.picture(start_s + 60)
    assert picture.lat_deg[0] == pytest.approx(24.0, abs=0.01)
    assert picture.trusted[0]
    assert picture.displaced[0] == 0


def test_two_bad_fixes_first_that_do_not_agree_give_way_too(heard, start_s):
    fleet = Fleet()
    fleet.advance(heard({"at": 0, "lat": -10.0, "lon": 0.0}, {"at": 5, "lat": 40.0, "lon": 100.0}, *sailing(10, 60)))
    assert fleet.picture(start_s + 60).lat_deg[0] == pytest.approx(24.0, abs=0.01)


def test_a_displaced_track_is_not_trusted_until_it_alone_has_been_fed_for_long(heard, start_s):
    fleet = Fleet()
    fleet.advance(heard(*sailing(0, 600)))
    away = sailing(600, 600 + int(kernel.PROMOTE_S) + 60, lat=30.0)
    legs = fleet.advance(heard(*away[:100]))
    assert (legs.belief == 1).all()
    now_s = start_s + away[99]["at"]
    assert fleet.picture(now_s).lat_deg[0] < 25
    assert not fleet.picture(now_s).trusted[0]
    fleet.advance(heard(*away[100:]))
    picture = fleet.picture(start_s + away[-1]["at"])
    assert picture.lat_deg[0] > 29
    # The old one is not there any more, nobody disputes the new one.
    assert picture.trusted[0]


def test_two_ships_under_one_identity_stay_two(heard, start_s):
    fleet = Fleet()
    here, there = sailing(0, 4000), sailing(5, 4005, lat=-33.0, lon=18.0)
    legs = fleet.advance(heard(*(row for pair in zip(here, there, strict=True) for row in pair)))
    assert legs.belief.tolist() == [0, 1] * len(here)
    assert len(fleet) == 1
    picture = fleet.picture(start_s + 4005)
    assert picture.lat_deg[0] > 24 and not picture.trusted[0]
    assert picture.displaced[0] == len(there)
    # When the first is heard no more, the other is believed, within the hour.
    fleet.advance(heard(*sailing(4005, 4005 + 2400, lat=-32.7778, lon=18.0)))
    assert fleet.picture(start_s + 6500).lat_deg[0] < -30


def test_four_places_at_once_and_no_fix_is_thrown_away(heard):
    fleet = Fleet()
    rows = [{"at": 10 * n + i, "lat": 10.0 * i, "lon": 5.0 * i} for n in range(20) for i in range(4)]
    legs = fleet.advance(heard(*rows))
    assert len(legs) == len(rows)
    assert set(legs.belief.tolist()) <= {0, 1, 2}
    assert (legs.belief[::4] == 0).all()


def test_copies_from_other_stations_are_one_fix_with_all_stations_kept(heard, start_s):
    rows = sailing(0, 100)
    copies = [
        {**row, "at": row["at"] + late, "station": s, "second": int(start_s + row["at"]) % 60}
        for row in rows
        for s, late in ((0, 0), (1, 1), (2, 4))
    ]
    copies.sort(key=lambda row: row["at"])
    once, thrice = Fleet(), Fleet()
    once.advance(heard(*rows))
    legs = thrice.advance(heard(*copies))
    assert len(legs) == len(rows)
    assert not legs.late.any()
    assert thrice.picture(start_s + 100).fixes[0] == len(rows)
    assert {station: h.fixes for station, h in thrice.hearings(0).items()} == {0: 10, 1: 10, 2: 10}
    assert thrice.hearings(0)[2].last_s == start_s + 94


def test_copies_ten_seconds_late_of_a_ship_that_reports_every_two_are_copies(heard, start_s):
    rows = sailing(0, 120, every=2)
    late = [{**row, "at": row["at"] + 11, "station": 1, "second": int(start_s + row["at"]) % 60} for row in rows]
    fleet = Fleet()
    legs = fleet.advance(heard(*sorted([*rows, *late], key=lambda row: row["at"])))
    assert len(legs) == len(rows)


def test_the_same_words_a_minute_and_more_later_are_a_new_report(heard):
    fleet = Fleet()
    at_anchor = [{"at": at, "lat": 24.0, "lon": 58.0, "sog": 0.0, "second": 7, "status": 1} for at in (7, 187, 367)]
    assert len(fleet.advance(heard(*at_anchor))) == 3
    assert len(fleet.advance(heard({**at_anchor[-1], "at": 369}))) == 0


def test_a_late_fix_moves_nothing_and_is_marked(heard, start_s):
    fleet = Fleet()
    rows = sailing(0, 300)
    fleet.advance(heard(*rows))
    before = state(fleet, start_s + 300)
    late = {**rows[-1], "at": 301, "second": int(start_s + 288) % 60, "lat": rows[-1]["lat"] - 0.0001, "status": 0}
    legs = fleet.advance(heard(late))
    assert legs.late.tolist() == [True] and legs.event_s[0] == start_s + 288
    after = state(fleet, start_s + 300)
    assert after.pop("heard_s") == repr([start_s + 301])
    before.pop("heard_s")
    assert after == before


def test_reports_that_cannot_be_placed_in_time_are_of_when_they_came(heard, start_s):
    fleet = Fleet()
    rows = sailing(0, 300)
    fleet.advance(heard(*rows))
    legs = fleet.advance(heard({**rows[-1], "at": 300, "second": 61}))
    assert legs.late.tolist() == [False] and legs.event_s[0] == start_s + 300


def test_a_long_range_report_replaces_no_fresh_precise_one(heard, start_s):
    fleet = Fleet()
    fleet.advance(heard(*sailing(0, 100)))
    coarse = {"at": 110, "lat": 24.02, "lon": 58.01, "msg_type": 27, "sog": 12.0, "cog": 0.0, "second": 60}
    assert len(fleet.advance(heard(coarse))) == 0
    assert fleet.picture(start_s + 110).lon_deg[0] == 58.0
    assert fleet.picture(start_s + 110).heard_s[0] == start_s + 110
    legs = fleet.advance(heard({**coarse, "at": 90 + int(kernel.COARSE_AFTER_S), "lat": 24.04}))
    assert len(legs) == 1 and fleet.picture(start_s + 700).msg_type[0] == 27


@pytest.mark.parametrize("place", [{}, {"lat": 24.0}, {"lon": 58.0}])
def test_without_a_position_she_is_heard_and_stays_where_she_was(heard, start_s, place):
    fleet = Fleet()
    fleet.advance(heard(*sailing(0, 100)))
    where = fleet.picture(start_s + 200).lat_deg[0]
    legs = fleet.advance(heard({"at": 150, "status": 2, **place}))
    picture = fleet.picture(start_s + 200)
    assert len(legs) == 0
    assert picture.lat_deg[0] == where and picture.event_s[0] == start_s + 90
    assert picture.heard_s[0] == start_s + 150
    assert picture.nav_status[0] == 2 and picture.status_s[0] == start_s + 150


def test_a_ship_without_any_position_is_on_no_map_and_harms_nothing(heard, start_s):
    fleet = Fleet()
    fleet.advance(heard({"at": 0}, {"at": 10, "mmsi": 2}))
    picture = fleet.picture(start_s + 10)
    assert len(picture) == 2
    assert np.isnan(picture.lat_deg).all() and np.isnan(picture.event_s).all() and (picture.fixes == 0).all()


def test_rows_without_a_time_are_passed_over(heard):
    rows = heard(*sailing(0, 30)).fixes
    rows.time_s[1] = np.nan
    fleet = Fleet()
    assert len(fleet.advance(Heard(fixes=rows))) == 2


def test_static_data_fill_up_and_what_is_not_available_erases_nothing(statics, start_s):
    asked = []

    def watchlist(identity, kind):
        asked.append((identity.name, kind))
        return kind == identities.TANKER, identity.name == "OURS"

    fleet = Fleet(watchlist=watchlist)
    fleet.advance(statics(name="OURS", ship_type=80, imo=9000001, to_bow_m=200, to_stern_m=50, draught_m=12.5))
    fleet.advance(statics(at=5, msg_type=24, part="B", callsign="ABCD", draught_m=0.0))
    identity = fleet.register.identities[0]
    assert (identity.name, identity.callsign, identity.imo, identity.length_m, identity.draught_m) == ("OURS", "ABCD", 9000001, 250, 12.5)
    assert fleet.register.static_s[0] == start_s + 5
    picture = fleet.picture(start_s)
    assert picture.guarded.tolist() == [True] and picture.own_fleet.tolist() == [True] and picture.length_m.tolist() == [250]
    assert picture.kind.tolist() == [identities.TANKER]
    assert asked[-1] == ("OURS", identities.TANKER)
    fleet.advance(statics(at=9, name="RENAMED", ship_type=70))
    picture = fleet.picture(start_s)
    assert picture.guarded.tolist() == [False] and picture.own_fleet.tolist() == [False]
    assert fleet.register.changed_names == {0}


def test_who_is_guarded_by_hand_stays_so(statics, heard, start_s):
    fleet = Fleet()
    fleet.register.guard(SHIP, True)  # before she was ever heard
    fleet.advance(heard(*sailing(0, 30)))
    assert fleet.picture(start_s).guarded.tolist() == [True]
    fleet.advance(statics(at=40, name="CARGO", ship_type=70))
    assert fleet.picture(start_s).guarded.tolist() == [True]
    fleet.register.guard(SHIP, False)
    fleet.advance(statics(at=50, name="TANKER NOW", ship_type=80))
    assert fleet.picture(start_s).guarded.tolist() == [False]


def test_a_radar_number_used_again_is_another_echo(heard, start_s):
    radar = 4_038_163_001
    fleet = Fleet()
    first = [{**row, "mmsi": radar, "msg_type": 0, "status": 255, "sog": math.nan, "cog": math.nan} for row in sailing(0, 60, every=5)]
    legs = fleet.advance(heard(*first, {**first[-1], "at": 70, "lat": 24.5}))
    assert (legs.belief == 0).all()
    picture = fleet.picture(start_s + 70)
    assert picture.lat_deg[0] == 24.5 and picture.displaced[0] == 0
    assert np.isnan(picture.sog_kn[0])  # a new echo has no speed yet


def test_speed_of_a_radar_target_comes_from_its_fixes(heard, start_s):
    fleet = Fleet()
    silent = [{**row, "mmsi": 4_038_163_001, "msg_type": 0, "sog": math.nan, "cog": math.nan} for row in sailing(0, 120, every=5, sog=30.0)]
    fleet.advance(heard(*silent))
    picture = fleet.picture(start_s + 120)
    assert picture.sog_kn[0] == pytest.approx(30, rel=0.02)
    assert min(picture.cog_deg[0], 360 - picture.cog_deg[0]) < 1


def test_a_ship_that_crosses_the_180th_meridian_goes_straight_on(heard, start_s):
    rows = [
        {"at": t, "lat": 0.0, "lon": (179.99 + 20 * t / 3600 / 60 + 180) % 360 - 180, "sog": 20.0, "cog": 90.0} for t in range(0, 600, 10)
    ]
    fleet = Fleet()
    legs = fleet.advance(heard(*rows))
    assert (legs.belief == 0).all() and (legs.apart_nm[1:] < 0.05).all()
    assert fleet.picture(start_s + 600).lon_deg[0] < -179


def test_status_is_told_since_it_changed(heard, start_s):
    fleet = Fleet()
    rows = sailing(0, 100)
    for row in rows[5:]:
        row["status"] = 2
    legs = fleet.advance(heard(*rows))
    assert legs.from_status.tolist() == [255] * 5 + [0] * 5
    picture = fleet.picture(start_s + 100)
    assert picture.nav_status[0] == 2 and picture.status_s[0] == start_s + 50


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from((0, 1, 7, 30)), st.sampled_from((0.0, 0.001, 5.0)), st.sampled_from((0, 1, 27))),
        max_size=40,
    ),
    st.sets(st.integers(1, 39), max_size=5),
)
def test_where_it_is_cut_does_not_matter(heard, start_s, moves, cuts):
    rows, now = [], 0
    for n, (ship, wait, north, kind) in enumerate(moves):
        now += wait
        rows.append(
            {"at": now, "mmsi": ship, "lat": 24 + ship + north, "lon": 58.0, "sog": 9.0, "cog": 10.0, "msg_type": kind, "row": n + 1}
        )
    rows.sort(key=lambda row: row["at"])

    def run(edges):
        fleet, legs = Fleet(), []
        for low, high in zip([0, *edges], [*edges, len(rows)], strict=True):
            part = fleet.advance(heard(*rows[low:high]))
            legs += list(zip(*(getattr(part, c.name).tolist() for c in part.columns() if c.name != "slot"), strict=True))
        picture = fleet.picture(start_s + now)
        by_ship = {int(m): repr([getattr(picture, c.name)[i] for c in picture.columns()]) for i, m in enumerate(picture.mmsi)}
        return repr(legs), by_ship

    # What was received at one time is never cut: frames end at whole seconds.
    assert run(sorted(c for c in cuts if c < len(rows) and rows[c]["at"] != rows[c - 1]["at"])) == run([])


def test_a_thousand_ships_grow_the_arrays_and_keep_what_was_there(heard, start_s):
    fleet = Fleet()
    fleet.advance(heard(*sailing(0, 100)))
    before = state(fleet, start_s + 100)
    fleet.advance(heard(*[{"at": 100, "mmsi": 200_000_000 + i, "lat": 1.0, "lon": i / 10} for i in range(1000)]))
    picture = fleet.picture(start_s + 100)
    assert len(picture) == 1001
    assert {c.name: repr(getattr(picture, c.name)[:1].tolist()) for c in picture.columns()} == before


def test_made_up_identities_take_no_memory_beyond_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "MOST_SHIPS", 3)
    fleet = Fleet()
    fixes = Fixes.blank(5).replace(
        time_s=np.arange(5.0) + 1e9,
        mmsi=np.arange(211000001, 211000006, dtype=np.uint32),
        msg_type=np.ones(5, np.uint8),
        lat_deg=np.full(5, 54.0),
        lon_deg=np.full(5, 11.0),
    )
    legs = fleet.advance(Heard(fixes=fixes))
    assert legs.mmsi.tolist() == [211000001, 211000002, 211000003]
    statics = Statics.blank(1).replace(mmsi=np.array([211000009], np.uint32), time_s=np.array([1e9]))
    fleet.advance(Heard(statics=statics))
    assert len(fleet) == 3 and fleet.register.refused == 3 and fleet.register.slot(211000009) is None


def test_the_station_that_heard_a_fix_is_known_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearings, "HEARD_ROWS", 4)
    fleet = Fleet()
    rows = np.arange(1, 7, dtype=np.uint64)
    fixes = Fixes.blank(6).replace(
        time_s=np.arange(6.0) * 60 + 1e9,
        mmsi=np.full(6, 211000001, np.uint32),
        msg_type=np.ones(6, np.uint8),
        station=np.array([0, 1, 0, 1, 0, 1], np.uint16),
        source_row=rows,
    )
    for i in range(6):
        fleet.advance(Heard(fixes=fixes.take(slice(i, i + 1)), stations=("north", "south")))
    assert [fleet.station_of(int(row)) for row in rows] == ["", "", "north", "south", "north", "south"]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from((1, 2, 4_294_967_295)), st.integers(0, 2), st.integers(0, 2)), min_size=1))
def test_fixes_of_one_time_are_in_the_order_of_what_they_say(rows):
    later, mmsi, keys, station = (np.array(column) for column in zip(*rows, strict=True))
    time = np.cumsum(later)
    mmsi, keys, station = mmsi.astype(np.uint32), keys.astype(np.uint64) << np.uint64(62), station.astype(np.uint16)
    assert fleet._sorted(time, mmsi, keys, station).tolist() == np.lexsort((station, keys, mmsi, time)).tolist()
    many = time + (1 << 14)  # more seconds than one number has room for
    assert fleet._sorted(many, mmsi, keys, station).tolist() == np.lexsort((station, keys, mmsi, time)).tolist()
