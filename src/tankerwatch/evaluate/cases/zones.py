"""Zones: their borders, speeds and kinds; and ships that keep outside, or to the rule. Their places are settings of the desk."""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.evaluate.cases.case import Case, passing
from tankerwatch.evaluate.motion import NM, Motion, through
from tankerwatch.evaluate.ships import Ship
from tankerwatch.evaluate.world import Place

HALF_NM: Final = 2.5
"""A zone is a square of twice this round the middle of its place."""


def _draw(place: Place, rule: str) -> None:
    """The zone of this place, with its rule, as a section of the configuration."""
    corners = [(-HALF_NM, -HALF_NM), (HALF_NM, -HALF_NM), (HALF_NM, HALF_NM), (-HALF_NM, HALF_NM)]
    where = [place.plane.globe(east * NM, north * NM) for east, north in corners]
    polygon = ", ".join(f"[{float(lat):.6f}, {float(lon):.6f}]" for lat, lon in where)
    place.settings = f"[zone.{place.name.replace('-', '_')}]\npolygon = [{polygon}]\n{rule}\n"


def _crossing(motion: Motion) -> tuple[int, int]:
    """The second of entering and that of leaving."""
    inside = np.flatnonzero((np.abs(motion.east_m) < HALF_NM * NM) & (np.abs(motion.north_m) < HALF_NM * NM))
    return int(inside[0]), int(inside[-1])


def _breaks(place: Place, level: str) -> None:
    """She enters, leaves, is too fast, too slow, or of a kind that may not be there."""
    kind = "fishing" if level == "kind" else "tanker"
    knots = (3.0, 4.0) if level == "slow" else (11.0, 14.0)
    ship, motion = passing(place, kind, knots=knots)
    rules = {
        "enter": 'rule = ["enter"]', "leave": 'rule = ["leave"]', "fast": "max_kn = 8.0", "slow": "min_kn = 6.0",
        "kind": 'forbidden = ["fishing"]',
    }  # fmt: skip  # one a line would hide what belongs together
    _draw(place, rules[level])
    place.add(ship, motion)
    enters, leaves = _crossing(motion)
    begin = leaves if level == "leave" else enters
    due = begin + (420 if level in ("fast", "slow") else 180)
    place.danger("zone", "zone", level, (ship,), begin, max(leaves, begin + 600), oracle=begin, due=due)


def _outside(place: Place, level: str) -> None:
    """She passes three cables outside the border."""
    _draw(place, 'rule = ["enter", "leave"]\nmax_kn = 5.0')
    ship = place.ship("tanker")
    flat = np.zeros(place.seconds)
    place.add(ship, through((0.0, (HALF_NM + 0.3) * NM), 5000, 12.0 + flat, 90.0 + flat))
    place.decoy("passes outside a zone", ("zone",), (ship,))


def _allowed(place: Place, level: str) -> None:
    """Within the zone's speeds, and of a kind that may be there."""
    _draw(place, 'max_kn = 14.0\nmin_kn = 5.0\nforbidden = ["fishing"]')
    ship: Ship
    ship, motion = passing(place, knots=(9.0, 11.0))
    place.add(ship, motion)
    place.decoy("keeps to a zone's rules", ("zone",), (ship,))


CASES: Final = (
    Case("zone", "zone", _breaks, ("enter", "leave", "fast", "slow", "kind"), traffic=2),
    Case("zone", "passes outside a zone", _outside, traffic=0, decoy=True),
    Case("zone", "keeps to a zone's rules", _allowed, traffic=2, decoy=True),
)
