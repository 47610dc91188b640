"""What a page looks at: a box of the sea and a few ships that it wants wherever they are, and what a page says of it.

All that a page sends is hostile until it is understood: bounded in size, checked, and what cannot be used says nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from tankerwatch.web.plain import decoded

LONGEST_SAID: Final = 4096
"""Bytes of the longest message that a page may send."""
MOST_SHIPS: Final = 200
"""Ships that a page may want wherever they are: the chosen one, those of an incident and who can help."""
BOX: Final = ("west_deg", "south_deg", "east_deg", "north_deg")
MOST: Final = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Area:
    """A box in degrees, which crosses the date line where west is east of east. `number` is the page's own."""

    number: int
    west_deg: float
    south_deg: float
    east_deg: float
    north_deg: float
    ships: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Resume:
    """A page was here before: it holds state `seq` of an epoch, of all ships or of an area."""

    epoch: int
    seq: int
    area: Area | None


def area_of(value: Any) -> Area | None:
    """The area that a page describes; None for what is none."""
    if not isinstance(value, dict):
        return None
    box: list[Any] = [value.get(name) for name in BOX]
    number, ships = value.get("number"), value.get("ships", [])
    if type(number) is not int or not 0 < number <= MOST:
        return None
    if not isinstance(ships, list) or len(ships) > MOST_SHIPS or any(type(ship) is not int or not 0 < ship <= MOST for ship in ships):
        return None
    if any(type(edge) not in (int, float) or not math.isfinite(edge) for edge in box):
        return None
    west, south, east, north = box
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        return None
    return Area(number, west, south, east, north, tuple(ships))


def understood(text: Any) -> Resume | Area | None:
    """What a page said; None for anything that says nothing."""
    if not isinstance(text, str) or len(text) > LONGEST_SAID:
        return None
    try:
        said = decoded(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    if said.get("type") == "view":
        return area_of(said)
    epoch, seq, held = said.get("epoch"), said.get("seq"), said.get("area")
    if said.get("type") != "resume" or type(epoch) is not int or type(seq) is not int:
        return None
    area = area_of(held)
    if held is not None and area is None:
        return None  # what it holds is not known, so it gets all anew
    return Resume(epoch, seq, area)
