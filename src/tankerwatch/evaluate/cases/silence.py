"""Ships that go dark, feeds that fall silent; and silence that is none: a dead station, the edge of the range, a port, class B, a hole."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from tankerwatch.evaluate.cases.case import COLD, HOUR, Case, passing
from tankerwatch.evaluate.motion import NM, lying, ramp, sailed, through
from tankerwatch.evaluate.world import Place

DARK: Final = ("dark", "feed")


def _dark(place: Place, level: str) -> None:
    """She switches off in good reception, for good or for a while."""
    ship, motion = passing(place)
    begin = place.one(COLD + 600, 4500)
    low, high = {"10 to 20 min": (620, 1200), "20 to 60 min": (1200, 3600), "hours": (7200, 86_400)}[level]
    end = min(begin + place.one(low, high), float(place.seconds))
    place.add(ship, motion, silent=((begin, end),))
    place.danger(
        "dark",
        "dark",
        level,
        (ship,),
        begin,
        end,
        oracle=begin + 60,
        due=begin + 1200,
        also=("false_position",),
        gap=level == "10 to 20 min",
    )


def _dark_tail(place: Place, level: str) -> None:
    """Two switch off within a quarter of an hour, in the company of others who do not."""
    begin = place.one(COLD + 600, 4500)
    for index in range(2):
        ship, motion = passing(place, knots=(10.0, 12.0), fan=0.5)
        off = begin + index * place.one(60, 900)
        place.add(ship, motion.shifted(0.0, (index - 0.5) * 2 * NM), silent=((off, place.seconds),))
        place.danger("dark", f"dark in company {index}", level, (ship,), off, place.seconds, oracle=off + 60, due=off + 1200)


# What looks like it.


def _dead_station(place: Place, level: str) -> None:
    """A station dies, and with it all that it alone heard."""
    begin = place.start_s + place.one(COLD + 600, 5000)
    dead = ((begin, begin + place.one(1200, 7200)),)
    place.stations = [replace(s, dead=dead) for s in place.stations]
    ship, motion = passing(place)
    place.add(ship, motion)
    others = place.traffic(7)
    place.decoy("dead station", ("dark",), (ship, *others))


def _one_of_two_dies(place: Place, level: str) -> None:
    """Two stations; the one to the west dies, ships there are lost, those to the east are still heard."""
    west, east = (float(v[1]) for v in (place.plane.globe(-18 * NM, 0.0), place.plane.globe(22 * NM, 0.0)))
    begin = place.start_s + place.one(COLD + 900, 5000)
    first = replace(place.stations[0], lon_deg=west, lat_deg=place.plane.lat_deg, range_nm=20.0, dead=((begin, begin + 5400),))
    place.stations = [first, replace(place.stations[1], lon_deg=east, lat_deg=place.plane.lat_deg, range_nm=26.0, offset_s=0.0)]
    ships = []
    for index in range(10):
        ship = place.ship(place.pick("tanker", "cargo"))
        knots = place.one(9, 13) + np.zeros(place.seconds)
        start = ((-24 + 5 * index) * NM, (index - 4.5) * NM)
        place.add(ship, through(start, 4500, knots, np.full(place.seconds, 90.0 if index % 2 else 270.0)))
        ships.append(ship)
    place.decoy("one of two stations dies", ("dark",), tuple(ships))


def _leaving_range(place: Place, level: str) -> None:
    """She sails out of the range of all stations; others stay."""
    ship = place.ship("tanker")
    place.stations = [replace(s, range_nm=24.0) for s in place.stations]
    knots = place.one(13, 17)
    out = through((30 * NM, 0.0), place.one(5000, 7500), knots + np.zeros(place.seconds), place.one(80, 100) + np.zeros(place.seconds))
    place.add(ship, out)
    place.traffic(3, first_nm=3.0)
    if level == "with others about":
        for index in range(3):
            other = place.ship("cargo")
            knots = place.one(12, 16)
            way = out.shifted(-place.one(3, 9) * NM, (index - 1) * 1.1 * NM)
            place.add(other, way)
            place.decoy(f"leaving range {index}", ("dark",), (other,))
    place.decoy("leaving range", ("dark",), (ship,))


def _port(place: Place, level: str) -> None:
    """She comes in, makes fast among ships at their berths, and switches off; another lies there and does so."""
    ship = place.ship(place.pick("tanker", "cargo", "ferry"))
    arrive = int(place.one(4000, 6000))
    speed = ramp(place.seconds, (0, 11), (arrive - 1800, 11), (arrive - 900, 5), (arrive, 0.0))
    motion = through((0.0, 0.0), arrive, speed, np.full(place.seconds, 45.0)).with_status(arrive, place.seconds, 5)
    off = arrive + place.one(20, 900) if level == "made fast" else arrive - place.one(30, 240)
    place.add(ship, motion, silent=((off, place.seconds),))
    lies = []
    for index in range(6):
        other = place.ship(place.pick("cargo", "tanker", "tug"))
        at = ((index - 2.5) * 350.0, 300.0 + 160.0 * (index % 2))
        gone = place.one(2400, 7000)
        place.add(other, lying(place.seconds, at, 90.0 * (index % 2)), silent=((gone, place.seconds),) if index % 3 == 0 else ())
        lies.append(other)
    place.decoy("port", ("dark",), (ship, *lies))


def _class_b(place: Place, level: str) -> None:
    """Small class B sets that are heard in fits."""
    ships = []
    for index in range(5):
        ship = place.ship(place.pick("leisure", "sailing", "fishing_b"))
        gone = tuple((at, at + place.one(600, 2400)) for at in place.dice.even(2, COLD, 8000).tolist())
        start = ((index - 2) * 3 * NM, (index - 2) * 1.1 * NM)
        place.add(
            ship, sailed(start, place.one(4, 9) + np.zeros(place.seconds), place.pick(90.0, 270.0) + np.zeros(place.seconds)), silent=gone
        )
        ships.append(ship)
    place.decoy("sparse class B", ("dark",), tuple(ships))


def _hole(place: Place, level: str) -> None:
    """Behind land there is a hole in the reception of all stations; she and others pass through."""
    place.stations = [
        replace(s, lat_deg=place.plane.lat_deg, lon_deg=place.plane.lon_deg - 0.02 * i, deaf=((55.0, 110.0),), range_nm=30.0)
        for i, s in enumerate(place.stations[:2])
    ]
    ships = []
    for index in range(4):
        ship = place.ship(place.pick("tanker", "cargo"))
        knots = place.one(10, 14) + np.zeros(place.seconds)
        motion = through(
            ((5 + 2 * index) * NM, 1 * NM), 5000 + 500 * (index % 3), knots, np.full(place.seconds, 0.0 if index % 2 else 180.0)
        )
        place.add(ship, motion)
        ships.append(ship)
    for index in range(4):  # west of it all are heard
        knots = place.one(9, 13) + np.zeros(place.seconds)
        course = np.full(place.seconds, 0.0 if index % 2 else 180.0)
        place.add(place.ship("cargo"), through(((-3 - 1.5 * index) * NM, 0.0), 5000, knots, course))
    place.decoy("hole in the coverage", ("dark",), tuple(ships))


def _alone(place: Place, level: str) -> None:
    """A dead station where she was the only ship: nobody can tell."""
    begin = place.start_s + place.one(COLD + 600, 5000)
    place.stations = [replace(s, dead=((begin, begin + HOUR),)) for s in place.stations]
    ship, motion = passing(place)
    place.add(ship, motion)
    place.decoy("the only ship of a dead station", ("dark",), (ship,))


def _feed_silent(place: Place, level: str) -> None:
    """Nothing comes any more, from anywhere, for some minutes: it is the feed, and no ship has gone dark."""
    begin = place.one(COLD + 300, 3600)
    end = begin + place.one(900, 1800)
    place.mute = ((begin, end),)
    ship, motion = passing(place)
    place.add(ship, motion)
    others = place.traffic(10)
    place.danger("feed", "whole feed silent", level, (), begin, end + 60, oracle=begin, due=begin + 600)
    place.decoy("whole feed silent", ("dark",), (ship, *others))


CASES: Final = (
    Case("dark", "dark", _dark, ("10 to 20 min", "20 to 60 min", "hours"), traffic=8),
    Case("dark", "dark in company", _dark_tail, traffic=10),
    Case("feed", "whole feed silent", _feed_silent, seconds=6000, traffic=0, company=1, alone=True),
    Case("dark", "dead station", _dead_station, traffic=0, decoy=True, company=3),
    Case("dark", "one of two stations dies", _one_of_two_dies, traffic=0, decoy=True, company=3),
    Case("dark", "leaving range", _leaving_range, ("alone", "with others about"), traffic=0, decoy=True),
    Case("dark", "port", _port, ("made fast", "just before"), traffic=4, decoy=True),
    Case("dark", "sparse class B", _class_b, traffic=6, decoy=True),
    Case("dark", "hole in the coverage", _hole, traffic=0, decoy=True),
    Case("dark", "the only ship of a dead station", _alone, traffic=0, decoy=True),
)
