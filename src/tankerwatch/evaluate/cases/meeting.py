"""Ships that meet hull to hull at sea or loiter; and company that is none: anchorages, tugs, pilots, convoys, bunkering."""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.evaluate.cases.approach import trawl
from tankerwatch.evaluate.cases.case import COLD, HOUR, Case
from tankerwatch.evaluate.motion import NM, Motion, eased, lying, moved_as, ramp, sailed, swinging, through, wander
from tankerwatch.evaluate.ships import Ship
from tankerwatch.evaluate.world import Place

ALSO: Final = ("loitering", "drifting", "sudden_stop", "not_under_command", "collision", "dark", "closing", "grounding")


def _waits(place: Place, knots: float, at: float) -> tuple[Ship, Motion]:
    """A tanker that slows down and waits, or goes on slowly."""
    ship = place.ship("tanker")
    speed = ramp(place.seconds, (at - 3600, 11.0), (at - 1800, knots)) + wander(place.dice, place.seconds, 0.1, 300)
    course = place.pick(90.0, 270.0) + place.one(-5, 5) + wander(place.dice, place.seconds, 0.2, 1800)
    return ship, through((0.0, 0.0), at, np.maximum(speed, 0.2), course)


def _beside(
    place: Place, host: Motion, guest: Ship, host_ship: Ship, *, contact: float, part: float, gap_m: float, side: int
) -> tuple[Motion, float]:
    """Comes up from astern, lies hull to hull from `contact` to `part`, and leaves; with the distance of their aerials alongside."""
    second = np.arange(place.seconds, dtype=np.float64)
    apart = (host_ship.beam_m + guest.beam_m) / 2 + gap_m
    far = eased((contact - second) / 5400.0)
    leave = eased((second - part) / 3600.0)
    astern = 5 * NM * (leave - far)
    out = apart + 1.2 * NM * far + 1.0 * NM * leave
    course = np.radians(host.course_deg)
    east = host.east_m + astern * np.sin(course) + side * out * np.cos(course)
    north = host.north_m + astern * np.cos(course) - side * out * np.sin(course)
    return moved_as(east, north), apart


def _transfer(place: Place, level: str) -> None:
    """Two tankers far from any anchorage: one waits, the other comes alongside for an hour or so."""
    contact = place.one(COLD + 3000, 5400 + 1200)
    part = min(contact + place.one(2400, 5400), place.seconds - 1200.0)
    knots = place.one(3.0, 5.0) if level == "under way" else place.one(0.5, 1.5)
    host, motion = _waits(place, knots, contact)
    guest = place.ship("tanker")
    beside, _ = _beside(place, motion, guest, host, contact=contact, part=part, gap_m=place.one(3, 12), side=place.pick(-1, 1))
    place.add(host, motion)
    silent = ((contact - 2400, part + 1800),) if level == "one is dark" else ()
    place.add(guest, beside, silent=silent)
    at = int(contact)
    place.danger(
        "rendezvous",
        "ship to ship",
        level,
        (host, guest),
        contact - 2700,
        part,
        oracle=contact,
        due=contact + 900,
        at_m=(float(motion.east_m[at]), float(motion.north_m[at])),
        also=ALSO,
    )


def _loitering(place: Place, level: str) -> None:
    """For hours below two knots on the open sea."""
    ship = place.ship(place.pick("tanker", "cargo"))
    begin = COLD + place.one(0, 1200)
    rate = place.one(0.5, 1.6)
    speed = ramp(place.seconds, (begin - 900, 12.0), (begin, rate)) + wander(place.dice, place.seconds, 0.15, 600)
    heading = place.one(0, 359) + wander(place.dice, place.seconds, 10.0, 1800)
    motion = through((0.0, 0.0), begin, np.maximum(speed, 0.1), place.one(0, 359) + wander(place.dice, place.seconds, 8.0, 1200))
    drifts = Motion(motion.east_m, motion.north_m, motion.speed_kn, motion.course_deg, heading % 360, motion.status, motion.present)
    place.add(ship, drifts if level == "drifts" else motion)
    also = ("drifting", "sudden_stop", "grounding", "not_under_command")
    place.danger(
        "loitering", "loitering", level, (ship,), begin - 900, place.seconds, oracle=begin + 2 * HOUR, due=begin + 5 * HOUR, also=also
    )


# Company that is none.

FORBIDDEN: Final = ("rendezvous", "closing", "swarm", "collision", "sudden_stop", "drifting", "grounding")


def _anchorage(place: Place, level: str) -> None:
    """Ships at anchor, some of them near each other; one takes bunkers from a small tanker alongside."""
    ships, motions = [], []
    for index in range(9):
        ship = place.ship(place.pick("tanker", "tanker", "cargo"), length_m=place.one(120, 250))
        at = ((index % 3 - 1) * place.one(900, 1100), (index // 3 - 1) * place.one(900, 1100))
        motions.append(swinging(place.seconds, at, place.dice, chain_m=180.0))
        ships.append(ship)
        place.add(ship, motions[-1])
    if level == "bunkering":
        barge = place.ship("tanker", length_m=80)
        host = motions[4]
        side = np.radians(host.heading_deg + 90.0)
        away = (ships[4].beam_m + barge.beam_m) / 2 + 5
        begin, end = place.one(2400, 3600), place.one(6000, 8000)
        second = np.arange(place.seconds)
        off = away + 1500.0 * np.clip((begin - second) / 900, 0, 1) + 1500.0 * np.clip((second - end) / 900, 0, 1)
        place.add(barge, moved_as(host.east_m + off * np.sin(side), host.north_m + off * np.cos(side), heading_deg=host.heading_deg))
        ships.append(barge)
    place.decoy(f"anchorage {level}", FORBIDDEN, tuple(ships))


def _tug_assist(place: Place, level: str) -> None:
    """A tug made fast to a tanker that comes in, for three quarters of an hour."""
    tanker, tug = place.ship("tanker"), place.ship("tug")
    speed = ramp(place.seconds, (3000, 10.0), (4200, 4.0), (7500, 1.0), (8400, 0.05))
    motion = through((0.0, 0.0), 7500, speed, np.full(place.seconds, 100.0))
    beside, _ = _beside(place, motion, tug, tanker, contact=4800, part=7700, gap_m=2.0, side=1)
    place.add(tanker, motion)
    place.add(tug, beside)
    place.decoy("tug assists", FORBIDDEN, (tanker, tug))


def _convoy(place: Place, level: str) -> None:
    """Tankers in line, half a mile to a mile apart; one is slowly overtaken at three cables."""
    ships = []
    for index in range(4):
        ship = place.ship("tanker")
        knots = 10.0 + (0.7 if index == 3 else 0.0)
        start = ((-12 + index * 1.0) * NM - (3.6 * NM if index == 3 else 0.0), 0.35 * NM if index == 3 else 0.0)
        place.add(ship, sailed(start, knots + np.zeros(place.seconds), np.full(place.seconds, 90.0)))
        ships.append(ship)
    place.decoy("convoy and slow overtaking", FORBIDDEN, tuple(ships))


def _fishing_pair(place: Place, level: str) -> None:
    """Two trawlers that tow one net."""
    one, two = place.ship("fishing"), place.ship("fishing")
    motion = trawl(place, (0.0, 0.0))
    place.add(one, motion)
    place.add(two, motion.shifted(180.0, 220.0))
    place.decoy("pair of trawlers", FORBIDDEN, (one, two))


def _side_by_side(place: Place, level: str) -> None:
    """Ships at their berths, hull to hull."""
    ships = []
    for index in range(4):
        ship = place.ship("tanker", length_m=120)
        place.add(ship, lying(place.seconds, (index // 2 * 300.0, index % 2 * 24.0), 90.0))
        ships.append(ship)
    place.decoy("moored side by side", FORBIDDEN, tuple(ships))


def _stays(place: Place, level: str) -> None:
    """At anchor, moored, or fishing, for hours."""
    ships = []
    for index in range(4):
        if level == "fishing":
            ship, motion = place.ship("fishing"), trawl(place, (index * 3 * NM, 0.0))
        elif level == "moored":
            ship, motion = place.ship("cargo"), lying(place.seconds, (index * 300.0, 0.0), 90.0)
        else:
            ship, motion = place.ship("tanker"), swinging(place.seconds, (index * 1300.0, 0.0), place.dice)
        place.add(ship, motion)
        ships.append(ship)
    place.decoy(f"stays {level}", ("loitering", *FORBIDDEN), tuple(ships))


CASES: Final = (
    Case("rendezvous", "ship to ship", _transfer, ("adrift", "under way", "one is dark"), seconds=14_400, traffic=4),
    Case("loitering", "loitering", _loitering, ("drifts", "heads on"), seconds=25_200, traffic=0, company=1),
    Case("rendezvous", "anchorage", _anchorage, ("lies", "bunkering"), traffic=4, decoy=True),
    Case("rendezvous", "tug assists", _tug_assist, traffic=4, decoy=True),
    Case("rendezvous", "convoy", _convoy, traffic=4, decoy=True),
    Case("rendezvous", "pair of trawlers", _fishing_pair, traffic=0, decoy=True),
    Case("rendezvous", "moored side by side", _side_by_side, traffic=4, decoy=True),
    Case("loitering", "stays", _stays, ("at anchor", "moored", "fishing"), seconds=25_200, traffic=4, decoy=True),
)
