"""Ships that become somebody else, and feeds that fail; and what looks like it: statics heard late, names cut short, class B in parts."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tankerwatch.evaluate.cases.case import COLD, Case, passing
from tankerwatch.evaluate.world import Place


def _changed(place: Place, level: str) -> None:
    """Under one number she sends another name, IMO number, or size from some moment on."""
    ship, motion = passing(place)
    begin = int(place.one(COLD + 900, 5000))
    other = place.ship("tanker")
    after = {
        "name": replace(ship, name=other.name, callsign=other.callsign),
        "IMO number": replace(ship, imo=other.imo),
        "size": replace(ship, length_m=ship.length_m + (90 if ship.length_m < 230 else -90)),
        "everything": replace(other, mmsi=ship.mmsi),
    }[level]
    place.add(ship, motion.only(0, begin))
    place.add(after, motion.only(begin, place.seconds))
    place.danger("identity", "identity changed", level, (ship,), begin, place.seconds, oracle=begin + 360, due=begin + 1800)


def _bad_imo(place: Place, level: str) -> None:
    """Her IMO number has a wrong check digit."""
    ship, motion = passing(place)
    wrong = replace(ship, imo=ship.imo // 10 * 10 + (ship.imo + 3) % 10)
    place.add(wrong, motion)
    place.danger("identity", "IMO check digit", level, (wrong,), 0, place.seconds, oracle=400, due=COLD + 600)


def _late_statics(place: Place, level: str) -> None:
    """Her statics are heard for the first time after an hour."""
    ship, motion = passing(place)
    place.add(ship, motion.only(0, 3600), statics=False)
    place.add(ship, motion.only(3600, place.seconds))
    place.decoy("statics first heard late", ("identity",), (ship,))


def _short_name(place: Place, level: str) -> None:
    """Her name comes cut short now and then; the next report has it whole."""
    ship, motion = passing(place)
    place.add(ship, motion)
    place.add(replace(ship, name=ship.name[:6]), motion.only(4000, 4400))
    place.decoy("name cut short", ("identity",), (ship,))


def _voyage(place: Place, level: str) -> None:
    """A new voyage: other draught, other destination."""
    ship, motion = passing(place)
    place.add(ship, motion.only(0, 4500))
    place.add(replace(ship, destination="SOUTHAMPTON", draught_m=max(1.0, ship.draught_m - 2)), motion.only(4500, place.seconds))
    place.decoy("new voyage", ("identity",), (ship,))


def _parts(place: Place, level: str) -> None:
    """Class B: name and size come in two parts, each lost now and then."""
    ship, motion = passing(place, "leisure", knots=(4.0, 7.0))
    place.add(ship, motion)
    place.decoy("class B in parts", ("identity",), (ship,))


CASES: Final = (
    Case("identity", "identity changed", _changed, ("name", "IMO number", "size", "everything"), traffic=3),
    Case("identity", "IMO check digit", _bad_imo, traffic=3),
    Case("identity", "statics first heard late", _late_statics, traffic=3, decoy=True),
    Case("identity", "name cut short", _short_name, traffic=3, decoy=True),
    Case("identity", "new voyage", _voyage, traffic=3, decoy=True),
    Case("identity", "class B in parts", _parts, traffic=3, decoy=True),
)
