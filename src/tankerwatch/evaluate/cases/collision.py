"""Two ships at close quarters with no action by either; and meetings that are none: timely action, ferries, lanes, anchors, tows."""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.evaluate.cases.case import COLD, Case
from tankerwatch.evaluate.motion import NM, moved_as, ramp, sailed, swinging, through, turns, wander
from tankerwatch.evaluate.world import Place

RISK: Final = ("collision",)


def _meeting(place: Place, level: str) -> None:
    """Both keep course and speed, and pass within a cable."""
    one, two = place.ship(place.pick("tanker", "cargo")), place.ship(place.pick("tanker", "cargo"))
    meet = place.one(COLD + 1800, 8000)
    knots = (place.one(11, 15), place.one(10, 14))
    course = place.one(0, 359)
    if level == "overtaking":
        knots, by = (place.one(14, 18), place.one(7, 9)), place.one(-8, 8)
    else:
        by = {"crossing": place.one(50, 130) * place.pick(-1, 1), "head-on": 180 + place.one(-6, 6)}[level]
    miss = place.one(0, 0.08) * NM
    flat = np.zeros(place.seconds)
    place.add(one, through((0.0, 0.0), meet, knots[0] + wander(place.dice, place.seconds, 0.05, 300), course + flat))
    across = np.radians(course + 90)
    place.add(two, through((miss * np.sin(across), miss * np.cos(across)), meet, knots[1] + flat, course + by + flat))
    place.danger(
        "collision",
        "close quarters",
        level,
        (one, two),
        meet - 1800,
        meet + 120,
        oracle=meet - 900,
        due=meet - 240,
        also=("closing", "swarm"),
    )


def _in_time(place: Place, level: str) -> None:
    """One of them alters course, or slows down, ten minutes before they would meet."""
    one, two = place.ship("tanker"), place.ship("cargo")
    meet = place.one(4500, 7500)
    flat = np.zeros(place.seconds)
    place.add(one, through((0.0, 0.0), meet, 13.0 + flat, flat + 90.0))
    act = meet - place.one(660, 900)
    if level == "alters course":
        course, speed = turns(place.seconds, 0.0, (act, 45.0), (meet + 300, 0.0), rate_deg_s=0.6), 12.0 + flat
    else:
        course, speed = flat, ramp(place.seconds, (act, 12.0), (act + 300, 5.5), (meet + 300, 5.5), (meet + 900, 12.0))
    would = through((0.0, 0.0), meet, 12.0 + flat, flat)
    at = int(act)
    place.add(two, through((float(would.east_m[at]), float(would.north_m[at])), act, speed, course))
    place.decoy(f"{level} in time", RISK, (one, two))


def _parallel(place: Place, level: str) -> None:
    """Two lanes of traffic, opposite and side by side, half a mile between neighbours."""
    ships = []
    for index in range(12):
        ship = place.ship(place.pick("tanker", "cargo"))
        way = 90.0 if index < 6 else 270.0
        north = (0.9 if index < 6 else -0.9) * NM + (index % 3 - 1) * 0.45 * NM
        east = (index % 6 - 3) * 3.2 * NM - (20 * NM if way == 90 else -20 * NM)
        knots = 12.0 + 0.2 * (index % 3)
        place.add(ship, sailed((east, north), knots + np.zeros(place.seconds), way + wander(place.dice, place.seconds, 0.3, 600)))
        ships.append(ship)
    place.decoy("lanes of traffic", RISK, tuple(ships))


def _ferry_crosses(place: Place, level: str) -> None:
    """A ferry goes round the stern of each ship that she meets, as every day."""
    ship, ferry = place.ship("cargo"), place.ship("ferry")
    meet, flat = place.one(4000, 7000), np.zeros(place.seconds)
    place.add(ship, through((0.0, 0.0), meet, 12.0 + flat, flat + 90.0))
    place.add(ferry, through((-0.45 * NM, 0.0), meet, 16.0 + flat, flat + 180.0))
    place.decoy("ferry round the stern", RISK, (ship, ferry))


def _pilot_comes(place: Place, level: str) -> None:
    """A pilot boat runs up to a ship and beside her."""
    ship, boat = place.ship("cargo"), place.ship("pilot")
    flat = np.zeros(place.seconds)
    motion = through((0.0, 0.0), 5000, 9.0 + flat, flat + 90.0)
    second = np.arange(place.seconds)
    off = 25.0 + 4 * NM * np.clip((4800 - second) / 700, 0, 1) + 4 * NM * np.clip((second - 5100) / 700, 0, 1)
    place.add(ship, motion)
    place.add(boat, moved_as(motion.east_m + off * 0.6, motion.north_m + off * 0.8))
    place.decoy("pilot boat comes alongside", RISK, (ship, boat))


def _at_anchor(place: Place, level: str) -> None:
    """A lane leads past anchored ships at four cables."""
    ship = place.ship("tanker")
    flat = np.zeros(place.seconds)
    place.add(ship, through((0.0, 0.0), 5000, 11.0 + flat, flat + 90.0))
    lies = []
    for index in range(4):
        other = place.ship("cargo")
        place.add(other, swinging(place.seconds, ((index - 1.5) * 1500.0, 0.4 * NM + 250), place.dice, chain_m=200.0))
        lies.append(other)
    place.decoy("anchored ships passed", RISK, (ship, *lies))


def _tow(place: Place, level: str) -> None:
    """A tug and what she tows, three cables behind her."""
    tug, barge = place.ship("tug"), place.ship("cargo", length_m=90)
    motion = sailed((-8 * NM, 0.0), 6.0 + np.zeros(place.seconds), 90.0 + wander(place.dice, place.seconds, 1.0, 900))
    place.add(tug, motion)
    place.add(barge, motion.shifted(-0.3 * NM, 0.0))
    place.decoy("tug and tow", (*RISK, "rendezvous", "closing", "swarm"), (tug, barge))


CASES: Final = (
    Case("collision", "close quarters", _meeting, ("crossing", "head-on", "overtaking"), traffic=0),
    Case("collision", "action in time", _in_time, ("alters course", "slows down"), traffic=0, decoy=True),
    Case("collision", "lanes of traffic", _parallel, traffic=0, decoy=True),
    Case("collision", "ferry round the stern", _ferry_crosses, traffic=4, decoy=True),
    Case("collision", "pilot boat comes alongside", _pilot_comes, traffic=4, decoy=True),
    Case("collision", "anchored ships passed", _at_anchor, traffic=4, decoy=True),
    Case("collision", "tug and tow", _tow, traffic=4, decoy=True),
)
