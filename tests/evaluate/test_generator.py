"""The generator's messages mean what was meant, as our own decoder reads them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.evaluate.conftest import small

from tankerwatch.core.ais.encoder import POSITION_A, STATIC_VOYAGE, Payload, static_voyage
from tankerwatch.core.ais.framing import sentences, tag
from tankerwatch.core.ais.sixbit import pack
from tankerwatch.core.geo import distance_nm
from tankerwatch.evaluate import wire
from tankerwatch.evaluate.motion import Motion, along, coasting, sailed, through
from tankerwatch.evaluate.reception import Station, receive
from tankerwatch.evaluate.reports import corrupted, interval_s
from tankerwatch.evaluate.ships import KINDS, Ship, Yard, imo_number
from tankerwatch.evaluate.world import World
from tankerwatch.scenes.dice import Dice


def column(parts, table, name):
    return np.concatenate([np.asarray(getattr(getattr(part, table), name)) for part in parts if len(getattr(part, table))])


def test_same_seed_same_bytes_other_seed_other_bytes(decoded):
    *_, scene, _ = decoded
    assert small()[0].scene().log == scene.log
    assert small(8)[0].scene().log != scene.log


def test_every_line_is_used(decoded):
    *_, scene, parts = decoded
    counters = parts[-1].counters
    assert counters["lines"] == scene.log.count(b"\n") == counters["sentences"]
    assert not counters["rejected"]


def test_positions_are_what_was_sent(decoded):
    _, place, ships, _, parts = decoded
    mmsi = column(parts, "positions", "mmsi")
    assert set(mmsi.tolist()) == {ship.mmsi for ship in ships}
    for sent in place.sent:
        mine = mmsi == sent.ship.mmsi
        names = ("time_s", "lat_deg", "lon_deg", "sog_kn", "utc_second")
        heard = {name: column(parts, "positions", name)[mine] for name in names}
        at = np.searchsorted(sent.made.time_s, heard["time_s"] - 90)
        # Each row is one of the reports made shortly before (a station's clock may be wrong): place, speed and second agree with it.
        for i, first in enumerate(at.tolist()):
            some = slice(first, first + 60)
            off = np.abs(sent.made.lat_deg[some] - heard["lat_deg"][i]) + np.abs(sent.made.lon_deg[some] - heard["lon_deg"][i])
            best = first + int(np.argmin(off))
            assert off.min() < 4e-6
            assert heard["sog_kn"][i] == pytest.approx(sent.made.sog_kn[best], abs=0.051)
            assert heard["utc_second"][i] == sent.made.second[best]
            assert -16 < heard["time_s"][i] - sent.made.time_s[best] < 90


def test_statics_are_the_ships(decoded):
    _, _, (tanker, boat, _), _, parts = decoded
    rows = [row for part in parts for row in part.statics]
    voyage = next(row for row in rows if row.mmsi == tanker.mmsi)
    assert (voyage.msg_type, voyage.name, voyage.imo, voyage.ship_type) == (5, tanker.name, tanker.imo, 80)
    assert voyage.to_bow_m + voyage.to_stern_m == tanker.length_m
    assert voyage.to_port_m + voyage.to_starboard_m == tanker.beam_m
    assert {row.part for row in rows if row.mmsi == boat.mmsi} == {"A", "B"}
    assert {row.name for row in rows if row.mmsi == boat.mmsi and row.part == "A"} == {boat.name}


def test_vectorised_sentences_are_those_of_framing():
    names, fill = ["P000-00", "P000-01"], 0
    payload, fill = pack(
        POSITION_A,
        {
            "msg_type": 1, "repeat": 0, "mmsi": [211000001, 211000002], "nav_status": 0, "turn_raw": 0, "sog_kn": 12.3, "accurate": 1,
            "lon_deg": 8.0, "lat_deg": [54.0, -3.0], "cog_deg": 99.9, "heading_deg": 100, "utc_second": 7, "manoeuvre": 0, "raim": 0,
            "comm_state": 0,
        },
    )  # fmt: skip  # one a line would hide what belongs together
    made = wire.block(payload, fill, names, np.array([0, 1]), np.array([1_750_000_000, 1_750_000_009]), np.zeros(2), np.array([4, 5]))
    for i, (channel, time_s) in enumerate((("A", 1_750_000_000), ("B", 1_750_000_009))):
        (line,) = sentences(Payload(payload[i].tobytes(), fill), channel=channel)
        assert made.content[i].tobytes() == tag(line, time_s=time_s, station=names[i]) + b"\r\n"
    voyage = static_voyage(211000001, name="EXAMPLE", imo=imo_number(900_001))
    rows = np.frombuffer(voyage.characters, np.uint8)[None]
    made = wire.block(rows, voyage.fill_bits, names, np.array([0]), np.array([1_750_000_000]), np.zeros(1), np.array([13]))
    both = [tag(line, time_s=1_750_000_000, station=names[0]) + b"\r\n" for line in sentences(voyage, channel="B", sequence=3)]
    assert made.content[0].tobytes() == b"".join(both)
    assert STATIC_VOYAGE.bits == 424


def test_order_is_that_of_arrival():
    rows = [(3.0, b"third"), (1.0, b"one"), (2.0, b"no 2")]
    assert wire.log(wire.loose(rows)) == b"one\r\nno 2\r\nthird\r\n"


def test_imo_numbers_have_their_check_digit():
    assert imo_number(907_472) == 9_074_729  # the example of the IMO's own scheme
    yard = Yard(Dice(1, "yard"), 1000)
    made = [yard.ship(kind) for kind in KINDS]
    assert len({ship.mmsi for ship in made}) == len(KINDS)
    for ship in made:
        digits = [int(digit) for digit in f"{ship.imo:07d}"]
        assert digits[6] == sum(digit * weight for digit, weight in zip(digits[:6], range(7, 1, -1), strict=True)) % 10


def ship_of(kind: str) -> Ship:
    return Yard(Dice(1, "yard"), 1).ship(kind)


@pytest.mark.parametrize(
    ("kind", "knots", "status", "every_s"),
    [
        ("tanker", 12.0, 0, 10), ("tanker", 18.0, 0, 6), ("high_speed", 30.0, 0, 2), ("tanker", 0.1, 1, 180), ("tanker", 0.0, 5, 180),
        ("leisure", 8.0, 0, 30), ("leisure", 0.5, 0, 180), ("craft_so", 30.0, 0, 5), ("helicopter", 90.0, 0, 10),
    ],
)  # fmt: skip  # one a line would hide what belongs together
def test_reporting_intervals_of_the_standard(kind, knots, status, every_s):
    motion = sailed((0.0, 0.0), np.full(600, knots), np.full(600, 90.0), status=status)
    assert set(interval_s(ship_of(kind), motion).tolist()) == {every_s}


def test_a_turning_ship_reports_three_times_as_often():
    course = np.concatenate([np.zeros(300), np.arange(300) * 0.5])
    every = interval_s(ship_of("tanker"), sailed((0.0, 0.0), np.full(600, 12.0), course))
    assert every[0] == 10
    assert every[400] == pytest.approx(10 / 3)


def test_loss_grows_with_range_and_copies_come_from_several_stations():
    sent = np.arange(4000.0)
    dice = Dice(3, "air")
    near, far = Station("P000-00", 1, 0.0, 0.0, 40.0), Station("P000-01", 2, 0.0, 0.6, 40.0)
    got = receive(sent, np.zeros(4000), np.zeros(4000), [(0, near), (1, far)], dice)
    heard = [len(np.unique(got.which[got.station == n])) / 4000 for n in (0, 1)]
    assert heard[0] == pytest.approx(0.98, abs=0.01)
    assert heard[1] == pytest.approx(0.98 * (1.1 - 36 / 40) / 0.4, abs=0.04)
    copies = np.bincount(got.which[got.station == 0])
    assert copies.max() <= 20
    assert 0.05 < (copies > 1).mean() < 0.13
    late = got.arrived_s - sent[got.which]
    assert (late >= 0).all()
    assert np.quantile(late, 0.5) < 4
    assert 0.0005 < (late > 20).mean() < 0.02


def test_a_dead_station_hears_nothing_and_a_restart_repeats():
    sent = np.arange(1000.0)
    place = np.zeros(1000), np.zeros(1000)
    dead = Station("P000-00", 1, 0.0, 0.0, dead=((300.0, 600.0),))
    got = receive(sent, *place, [(0, dead)], Dice(1, "a"))
    assert not ((got.which >= 300) & (got.which < 600)).any()
    again = Station("P000-00", 1, 0.0, 0.0, repeats=((800.0, 200.0),))
    got = receive(sent, *place, [(0, again)], Dice(1, "a"))
    old = (got.which < 795) & (got.arrived_s > 804)
    assert 150 < len(np.unique(got.which[old])) < 200


def test_a_wrong_clock_is_in_the_stamp_alone():
    sent = np.full(500, 1000.0)
    got = receive(sent, np.zeros(500), np.zeros(500), [(0, Station("P000-00", 1, 0.0, 0.0, offset_s=30.0))], Dice(1, "a"))
    assert np.median(got.stamp_s) == 1030
    assert np.median(got.arrived_s) < 1010


def test_fixes_are_spoilt_as_often_as_told():
    world = World(5, "bad", 86_400)
    place = world.place()
    flat = np.zeros(86_400)
    made = place.add(place.ship("tanker"), sailed((0.0, 0.0), 12.0 + flat, 90.0 + flat), clean=True)
    spoilt = corrupted(made, Dice(2, "bits"), a_day=40.0)
    changed = (spoilt.lat_deg != made.lat_deg) | (spoilt.lon_deg != made.lon_deg) | (spoilt.sog_kn != made.sog_kn)
    changed |= spoilt.cog_deg != made.cog_deg
    assert 20 < changed.sum() < 65
    assert 10 < (spoilt.second == 60).sum() < 60
    assert np.abs(spoilt.lat_deg).max() <= 90


def test_ships_move_as_ships_do():
    speed = coasting(3600, 600, 13.0, half_s=240.0)
    assert speed[599] == 13.0
    assert speed[840] == pytest.approx(6.5, rel=0.01)
    assert 15 * 60 < np.argmax(speed < 2.5) - 600 < 25 * 60
    at = through((100.0, -50.0), 900, np.full(1800, 10.0), np.full(1800, 45.0))
    assert (at.east_m[900], at.north_m[900]) == pytest.approx((100.0, -50.0))
    round_corner = along([(0.0, 0.0), (3000.0, 0.0), (3000.0, 3000.0)], np.full(900, 12.0))
    assert np.abs((np.diff(round_corner.course_deg) + 180) % 360 - 180).max() < 3
    assert np.median(round_corner.speed_kn) == pytest.approx(12.0, abs=0.1)


def test_only_and_status_are_spans():
    motion = sailed((0.0, 0.0), np.full(100, 5.0), np.zeros(100)).with_status(10, 20, 2).only(5, 50)
    assert isinstance(motion, Motion)
    assert np.flatnonzero(motion.status == 2).tolist() == list(range(10, 20))
    assert motion.present.sum() == 45
    assert replace(motion).present.sum() == 45


def test_the_plane_keeps_distances():
    world = World(11, "plane", 600)
    plane = world.place().plane
    lat, lon = plane.globe([0.0, 18_520.0, 0.0], [0.0, 0.0, 18_520.0])
    assert distance_nm(lat[0], lon[0], lat[1], lon[1]) == pytest.approx(10, rel=0.01)
    assert distance_nm(lat[0], lon[0], lat[2], lon[2]) == pytest.approx(10, rel=0.01)
