"""Rings that a watchkeeper drew round a ship: who comes into one, by any way; and who keeps outside, was there before, or comes late."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from tankerwatch.core.mmsi import radar_id
from tankerwatch.evaluate.cases.approach import radar_follows
from tankerwatch.evaluate.cases.case import COLD, Case, passing
from tankerwatch.evaluate.motion import NM, Motion, apart_m, moved_as, ramp, sailed, smoothed, swinging, through, wander
from tankerwatch.evaluate.ships import Ship
from tankerwatch.evaluate.world import Place

ALSO: Final = ("closing", "swarm", "collision", "dark", "rendezvous", "drifting", "loitering")
"""What else may be right to speak of two ships that come near each other."""
SECONDS: Final = 8700
"""A length of their own: these scenes share no stream with others, which are as they were without them."""
DUE_S: Final = 120.0
AT_ANCHOR_S: Final = 180
"""Who lies at anchor is heard as seldom as this."""
EDGE_NM: Final = 0.06
"""How far a craft strays that drifts along the edge: with her GPS within the width that the detector gives its border."""


def _guarded(place: Place, level: str, ring_nm: float, *, until: float | None = None, sends: bool = True) -> tuple[Ship, Motion]:
    """A tanker at anchor, or under way, with a ring round her from the end of the cold half hour on. sends: as ever, not as told later."""
    if level == "under way":
        tanker, motion = passing(place, knots=(8.0, 11.0))
    else:
        tanker, motion = place.ship("tanker"), swinging(place.seconds, (0.0, 0.0), place.dice)
    if sends:
        place.add(tanker, motion)
    place.guard(COLD, tanker, ring_nm, until)
    return tanker, motion


def _past(place: Place, target: Motion, when: int, miss_nm: float, knots: float) -> Motion:
    """Past the target at this distance and second, on a course well across hers."""
    course = float(target.course_deg[when]) + place.one(60.0, 300.0) + wander(place.dice, place.seconds, 0.5, 600)
    way = np.radians(course[when] + 90.0)
    point = target.east_m[when] + np.sin(way) * miss_nm * NM, target.north_m[when] + np.cos(way) * miss_nm * NM
    return through((float(point[0]), float(point[1])), when, knots + wander(place.dice, place.seconds, 0.1, 300), course)


def _inside(craft: Motion, target: Motion, ring_nm: float, after: int = COLD) -> tuple[int, int]:
    """The first and the last second in which she is in the ring."""
    there = after + np.flatnonzero(apart_m(craft, target)[after:] < ring_nm * NM)
    return int(there[0]), int(there[-1])


def _enters(place: Place, level: str) -> None:
    """A craft passes through the ring: of class A, of class B, or seen by radar alone."""
    ring = place.one(1.0, 2.5)
    tanker, motion = _guarded(place, level, ring)
    kind = "leisure" if level == "class B" else "craft" if level == "radar" else "cargo"
    craft = _past(place, motion, int(place.one(4200, 6600)), place.one(0.3, 0.6) * ring, place.one(9.0, 15.0))
    ship = place.ship(kind)
    enters, leaves = _inside(craft, motion, ring)
    if level == "radar":
        ship = replace(ship, mmsi=radar_id(place.stations[0].name, 1))
        radar_follows(place, 1, craft, enters - 900, leaves + 900)
    else:
        place.add(ship, craft)
    place.danger("ring", "enters her ring", level, (tanker, ship), enters, leaves, oracle=enters, due=enters + DUE_S, also=ALSO)


def _comes_back(place: Place, level: str) -> None:
    """In, out for a quarter of an hour, and in again; or there when the ring was drawn, away, and back: each coming is told."""
    ring = place.one(1.2, 2.2)
    tanker, motion = _guarded(place, "at anchor", ring)
    boat, way = place.ship("cargo"), np.radians(place.one(0.0, 360.0))
    far, near = ring + 1.5, 0.5 * ring
    first = (0, near) if level == "was there" else (0, far)
    legs = (first, (2400, first[1]), (3300, near), (4200, near), (5100, far), (6000, far), (6900, near), (place.seconds, near))
    miles = smoothed(ramp(place.seconds, *legs), 900) * NM  # as ships take their way off
    craft = moved_as(motion.east_m + miles * np.sin(way), motion.north_m + miles * np.cos(way))
    place.add(boat, craft)
    inside = apart_m(craft, motion) < ring * NM
    comes = [int(second) for second in np.flatnonzero(~inside[:-1] & inside[1:]) + 1 if second > COLD]
    for enters in comes:
        leaves = enters + int(np.argmin(np.append(inside[enters:], False)))
        at = f"{level}, {'again' if enters > 6000 else 'first'}"
        place.danger("ring", "comes back", at, (tanker, boat), enters, leaves, oracle=enters, due=enters + DUE_S, also=ALSO)


def _edge(place: Place, tanker: Motion, off_nm: float) -> Motion:
    """Drifts along a circle round a ship, now a little farther off, now nearer."""
    radius = (off_nm + np.clip(wander(place.dice, place.seconds, EDGE_NM / 3, 240), -EDGE_NM, EDGE_NM)) * NM
    bearing = np.radians(place.one(0, 360) + ramp(place.seconds, (0, 0.0), (place.seconds, 25.0)))
    return moved_as(tanker.east_m + radius * np.sin(bearing), tanker.north_m + radius * np.cos(bearing))


def _along_the_edge(place: Place, level: str) -> None:
    """A craft drifts in from outside, and along the edge from then on, in and out by metres: told, and told once."""
    ring = place.one(1.0, 2.0)
    tanker, motion = _guarded(place, "at anchor", ring)
    boat, edge = place.ship("fishing"), _edge(place, motion, ring - EDGE_NM / 2)
    out = 1.0 + np.clip((4200 - np.arange(place.seconds)) / 1800.0, 0.0, 1.0)
    craft = moved_as(motion.east_m + (edge.east_m - motion.east_m) * out, motion.north_m + (edge.north_m - motion.north_m) * out)
    place.add(boat, craft)
    inside = apart_m(craft, motion) < ring * NM
    held = np.convolve(inside, np.ones(120), "full")[119 : 119 + place.seconds]
    enters = int(np.argmax((held >= 120) & (np.arange(place.seconds) > COLD)))  # in for two minutes on end
    place.danger(
        "ring", "along the edge", level, (tanker, boat), enters - 600, place.seconds, oracle=enters, due=enters + 2 * DUE_S, also=ALSO
    )


def _dark_inside(place: Place, level: str) -> None:
    """Silent for ten minutes in the ring, after she was told: nothing new. Either of the two unheard when she enters: told when both are
    heard again.
    """
    ring = place.one(1.5, 2.5)
    tanker, motion = _guarded(place, "at anchor", ring, sends=level != "the other unheard")
    boat = place.ship("cargo")
    craft = _past(place, motion, int(place.one(4800, 6000)), 0.2 * ring, place.one(4.0, 5.0))
    enters, leaves = _inside(craft, motion, ring)
    # Unheard for longer than a ship is held to go on as before.
    begin, heard = (enters + 300, enters) if level == "told before" else (enters - 500, enters + 120)
    silent = ((begin, begin + 620.0),)
    place.add(boat, craft, silent=silent if level != "the other unheard" else ())
    if level == "the other unheard":
        place.add(tanker, motion, silent=silent)
        heard += AT_ANCHOR_S
    place.danger("ring", "dark inside", level, (tanker, boat), enters, leaves, oracle=heard, due=heard + DUE_S, also=ALSO)
    if heard > enters:  # which is true, and too short to be a bar of that detector
        unheard = tanker if level == "the other unheard" else boat
        place.danger("dark", "dark by a ring", level, (unheard,), begin, heard, oracle=begin, due=heard, also=ALSO, gap=True)


# What is not told.


def _outside(place: Place, level: str) -> None:
    """She drifts a cable outside the border; or overtakes three cables outside."""
    ring = place.one(1.0, 2.0)
    tanker, motion = _guarded(place, level, ring)
    boat = place.ship("fishing")
    ahead = ramp(place.seconds, (0, -3.0), (place.seconds, 3.0)) * NM
    overtakes = moved_as(motion.east_m + ahead, motion.north_m + (ring + 0.3) * NM)
    place.add(boat, _edge(place, motion, ring + 0.13) if level == "at anchor" else overtakes)
    place.decoy("keeps outside her ring", ("ring",), (tanker, boat))


def _late(place: Place, level: str) -> None:
    """She comes when the guard is over."""
    ring = place.one(1.0, 2.0)
    tanker, motion = _guarded(place, "at anchor", ring, until=3600.0)
    boat, craft = place.ship("cargo"), _past(place, motion, 6000, 0.4 * ring, place.one(9.0, 13.0))
    place.add(boat, craft)
    place.decoy("comes when the guard is over", ("ring",), (tanker, boat))


def _was_there(place: Place, level: str) -> None:
    """She lay there before the ring was drawn, or has been through by then."""
    ring = place.one(1.0, 2.0)
    tanker, _ = _guarded(place, "at anchor", ring)
    boat = place.ship("cargo")
    if level == "lies there":
        place.add(boat, swinging(place.seconds, (0.6 * ring * NM, 0.0), place.dice))
    else:
        flat = np.zeros(place.seconds)
        place.add(boat, sailed((0.0, 0.4 * ring * NM), 12.0 + flat, flat + 90.0))
    place.decoy("was there before the ring", ("ring",), (tanker, boat))


CASES: Final = (
    Case("ring", "enters her ring", _enters, ("at anchor", "under way", "class B", "radar"), seconds=SECONDS, traffic=2),
    Case("ring", "comes back", _comes_back, ("goes and comes", "was there"), seconds=SECONDS, traffic=2),
    Case("ring", "along the edge", _along_the_edge, seconds=SECONDS, traffic=2),
    Case("ring", "dark inside", _dark_inside, ("told before", "enters unheard", "the other unheard"), seconds=SECONDS, traffic=2),
    Case("ring", "keeps outside her ring", _outside, ("at anchor", "under way"), seconds=SECONDS, traffic=0, decoy=True),
    Case("ring", "comes when the guard is over", _late, seconds=SECONDS, traffic=2, decoy=True),
    Case("ring", "was there before the ring", _was_there, ("lies there", "passed before"), seconds=SECONDS, traffic=2, decoy=True),
)
