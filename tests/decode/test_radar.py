"""Radar targets: where they are, and where they cannot be placed."""

from __future__ import annotations

import math

import pytest

from tankerwatch.core.ais import encoder, framing
from tankerwatch.core.geo import moved
from tankerwatch.core.mmsi import radar_id
from tankerwatch.core.tables import NO_CHECKSUM


@pytest.fixture
def rmc(wrap):
    return wrap("GPRMC,092211.00,A,2530.0000,N,05715.0000,E,5.2,28.2,200715,,,A", "$")


def test_tll_is_a_fix_without_a_speed(listen):
    said = listen([framing.tag(framing.tll(7, -25.5, 57.25, "SKIFF"), station="FUJ")])
    assert said.fixes.mmsi.tolist() == [radar_id("FUJ", 7)] and said.fixes.msg_type.tolist() == [0]
    assert (said.fixes.lat_deg[0], said.fixes.lon_deg[0]) == (-25.5, 57.25)
    assert math.isnan(said.fixes.sog_kn[0]) and math.isnan(said.fixes.cog_deg[0])
    assert (said.statics.name.tolist(), said.statics.mmsi.tolist(), said.statics.msg_type.tolist()) == (
        ["SKIFF"],
        [radar_id("FUJ", 7)],
        [0],
    )
    assert said.stations[said.fixes.station[0]] == "FUJ" and said.decoder.counters.positions == 1


@pytest.mark.parametrize(
    ("unit", "distance", "speed"),
    [("N", 6.0, 12.0), ("K", 6.0 * 1.852, 12.0 * 1.852), ("S", 6.0 * 1.852 / 1.609344, 12.0 * 1.852 / 1.609344)],
)
def test_ttm_from_the_newest_own_position(listen, wrap, rmc, unit, distance, speed):
    said = listen([rmc, wrap(f"RATTM,11,{distance:.6f},45.0,T,{speed:.6f},200.0,T,0.0,0.0,{unit},BOGEY,T,,154125.82,A,", "$")])
    lat, lon = moved(25.5, 57.25, 45.0, 6.0)
    assert said.fixes.lat_deg[0] == pytest.approx(lat, abs=1e-6) and said.fixes.lon_deg[0] == pytest.approx(lon, abs=1e-6)
    assert said.fixes.sog_kn[0] == pytest.approx(12.0, abs=1e-4) and said.fixes.cog_deg[0] == 200.0
    assert said.statics.name.tolist() == ["BOGEY"] and said.rejected == {}


@pytest.mark.parametrize(
    "own",
    [
        ("GPGLL,2530.0000,N,05715.0000,E,092211,A", "$"),
        ("GPGGA,092211,2530.0000,N,05715.0000,E,1,08,0.9,10,M,,M,,", "$"),
        None,
    ],
)
def test_own_position_in_all_its_forms(listen, wrap, own):
    vdo = framing.sentences(encoder.position_a(244000001, 25.5, 57.25), talker="AIVDO")[0]
    said = listen([wrap(*own) if own else vdo, framing.ttm(3, 6.0, 90.0)])
    lat, lon = moved(25.5, 57.25, 90.0, 6.0)
    assert said.fixes.lat_deg[-1] == pytest.approx(lat, abs=1e-6) and said.fixes.lon_deg[-1] == pytest.approx(lon, abs=1e-6)


@pytest.mark.parametrize("heading", [("GPHDT,90.0,T", "$"), ("GPTHS,90.0,A", "$")])
def test_relative_bearing_needs_a_heading(listen, wrap, rmc, heading):
    target = framing.ttm(3, 6.0, 350.0, relative_bearing=True)
    assert listen([rmc, target]).rejected == {"radar_without_position": 1}
    said = listen([rmc, wrap(*heading), target])
    assert said.fixes.lat_deg[0] == pytest.approx(float(moved(25.5, 57.25, 80.0, 6.0)[0]), abs=1e-6)


def test_a_heading_that_the_gyro_calls_invalid_is_none(listen, wrap, rmc):
    said = listen([rmc, wrap("GPTHS,90.0,V", "$"), framing.ttm(3, 6.0, 350.0, relative_bearing=True)])
    assert said.rejected == {"radar_without_position": 1}


def test_a_radar_that_does_not_move(listen):
    target = framing.ttm(3, 6.0, 90.0)
    by_feed = listen([target], feed_names=("FUJ",), sensor_positions={"FUJ": (25.5, 57.25)})
    by_station = listen([framing.tag(target, station="FUJ")], sensor_positions={"FUJ": (25.5, 57.25)})
    assert by_feed.fixes.lon_deg[0] == by_station.fixes.lon_deg[0] == pytest.approx(float(moved(25.5, 57.25, 90.0, 6.0)[1]))
    assert by_feed.fixes.mmsi[0] == by_station.fixes.mmsi[0] == radar_id("FUJ", 3)


def test_without_a_position_of_its_own_feed_a_target_is_nowhere(listen, rmc):
    said = listen([rmc, framing.ttm(3, 6.0, 90.0)], rows=[1, (1 << 48) + 1])
    assert said.rejected == {"radar_without_position": 1} and len(said.fixes) == 0
    assert listen([rmc, framing.ttm(3, 6.0, 90.0)], times=[100.0, 161.0]).rejected == {"radar_without_position": 1}


def test_speed_and_course_relative_to_the_own_ship_are_not_taken_for_true(listen, rmc):
    said = listen([rmc, framing.ttm(3, 6.0, 90.0, 12.0, 200.0, relative_course=True)])
    assert math.isnan(said.fixes.sog_kn[0]) and math.isnan(said.fixes.cog_deg[0])


def test_lost_targets_are_counted(listen, rmc):
    said = listen(
        [rmc, framing.ttm(3, 6.0, 90.0, status="L"), framing.tll(3, 25.0, 57.0, status="L"), framing.ttm(4, 6.0, 90.0, status="Q")]
    )
    assert said.rejected == {"radar_lost": 2} and len(said.fixes) == 1


@pytest.mark.parametrize(
    "body",
    ["RATTM", "RATTM,1", "RATTM,,6,45,T,,,T,,,N,,T,,,", "RATTM,1,,45,T,,,T,,,N,,T,,,",
     "RATTM,1,6,400,T,,,T,,,N,,T,,,", "RATTM,1,1e3,45,T,,,T,,,N,,T,,,",
     "RATTM,1,nan,45,T,,,T,,,N,,T,,,", "RATTM,1.5,6,45,T,,,T,,,N,,T,,,",
     "RATLL,1,9130.0,N,05715.0,E,,,T,", "RATLL,1,2560.0,N,05715.0,E,,,T,",
     "RATLL,1,2530.0,X,05715.0,E,,,T,", "RATLL,1,,,,,,,T,"],
)  # fmt: skip  # one a line would hide what belongs together
def test_a_target_that_cannot_be_read(listen, wrap, rmc, body):
    assert listen([rmc, wrap(body, "$")]).rejected == {"bad_radar": 1}


def test_damaged_own_position_is_malformed_and_changes_nothing(listen, wrap, rmc):
    said = listen(
        [rmc, wrap("GPRMC,092211.00,A,2561.0000,N,05715.0000,E", "$"), wrap("GPRMC,1,V,,,,,,,,,,N", "$"), framing.ttm(3, 6.0, 90.0)]
    )
    assert said.rejected == {"malformed": 1} and len(said.fixes) == 1


def test_order_of_rows_is_that_of_receipt(listen, rmc):
    ais = framing.sentences(encoder.position_a(244000001, 25.5, 57.25))[0]
    said = listen([rmc, ais, framing.ttm(3, 6.0, 90.0)[:-3], ais, framing.tll(3, 25.0, 57.0), ais])
    assert said.fixes.source_row.tolist() == [2, 3, 4, 5, 6] and said.fixes.quality[1] == NO_CHECKSUM
