"""What a case is: one thing that happens at one place, and the words for the ships in it that all cases share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tankerwatch.evaluate.motion import KN, Motion, through, wander
from tankerwatch.evaluate.ships import Ship
from tankerwatch.evaluate.world import Place

HOUR: Final = 3600
COLD: Final = 1800
"""Every stream begins cold; dangers come after this second."""


@dataclass(frozen=True, slots=True)
class Case:
    """danger: the detector that it is about · kind: its name · build: puts it into a place, at a level of `levels` ·
    seconds: how long its scene is · traffic: ships that pass by · decoy: it must not alarm · company: plain places in the same world,
    so that what happens to all ships of this place does not happen to a large share of all · alone: no other case in its world.
    """

    danger: str
    kind: str
    build: Callable[[Place, str], None]
    levels: tuple[str, ...] = ("plain",)
    seconds: int = 9000
    traffic: int = 6
    decoy: bool = False
    company: int = 0
    alone: bool = False


def passing(place: Place, kind: str = "tanker", *, knots: tuple[float, float] = (10.0, 15.0), fan: float = 6.0) -> tuple[Ship, Motion]:
    """A ship that passes the place's middle, eastward within `fan` degrees, half-way through the scene."""
    ship = place.ship(kind)
    speed = place.one(*knots) + wander(place.dice, place.seconds, 0.1, 300)
    course = place.one(90.0 - fan, 90.0 + fan) + wander(place.dice, place.seconds, 0.3, 600)
    return ship, through((0.0, 0.0), place.seconds / 2, speed, course)


def metres(knots: float, seconds: float) -> float:
    """How far that is."""
    return knots * KN * seconds
