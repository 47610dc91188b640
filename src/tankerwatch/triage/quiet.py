"""What is not worth a shout now: daily work in a port, and what can wait for the end of the quiet hours.

Never what is danger or worse, and never what belongs to an open incident: a limpet mine is laid in a roadstead too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from tankerwatch.core.geo import distance_nm
from tankerwatch.core.incidents import RANK
from tankerwatch.core.tables import Picture
from tankerwatch.core.zones import Zone
from tankerwatch.triage.finding import Finding

DAY_MIN: Final = 1440
SLOW_KN: Final = 1.0
NEAR_NM: Final = 1.0
"""Basins and berths lie within a mile of each other; an outer anchorage lies farther off (and may be named as a `port` zone)."""
MOORED_NEAR: Final = 3
"""So many moored ships make a port; one or two may have forgotten their status."""
HEARD_S: Final = 1800.0
AT_ANCHOR, MOORED = 1, 5


def in_port(picture: Picture, mmsi: int, zones: tuple[Zone, ...], now_s: float) -> bool:
    """Whether a ship lies in port: at rest in a zone that is one, or moored or at anchor within a mile of three moored ships."""
    rows = np.flatnonzero(picture.mmsi == mmsi)
    if not len(rows):
        return False
    row = int(rows[0])
    if not picture.sog_kn[row] < SLOW_KN:
        return False
    lat, lon = float(picture.lat_deg[row]), float(picture.lon_deg[row])
    if any(zone.port and zone.inside(lat, lon)[0] for zone in zones):
        return True
    if picture.nav_status[row] not in (AT_ANCHOR, MOORED):
        return False
    moored = (picture.nav_status == MOORED) & (picture.sog_kn < SLOW_KN) & (now_s - picture.heard_s <= HEARD_S)
    moored &= np.abs(picture.lat_deg - lat) <= NEAR_NM / 59
    moored[row] = False
    others = np.flatnonzero(moored)
    return int((distance_nm(lat, lon, picture.lat_deg[others], picture.lon_deg[others]) <= NEAR_NM).sum()) >= MOORED_NEAR


def _nowhere(_ship: int, _time_s: float) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Quiet:
    """Which rules are quiet when. `in_port` says whether a ship lies in port at a time; `hours` are spans of the UTC day in minutes."""

    rules_in_port: frozenset[str] = frozenset()
    in_port: Callable[[int, float], bool] = _nowhere
    hours: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def port(self, finding: Finding) -> bool:
        """Whether this is only to be counted, because its ship lies in port."""
        mild = finding.detector in self.rules_in_port and RANK[finding.severity] < RANK["danger"]
        return mild and bool(finding.ships) and finding.time_s is not None and self.in_port(finding.ships[0], finding.time_s)

    def until_s(self, finding: Finding) -> float | None:
        """When the quiet hours end in which this was found; None when it is to be shown."""
        spans = self.hours.get(finding.detector, ())
        if not spans or finding.time_s is None or RANK[finding.severity] >= RANK["danger"]:
            return None
        minute = finding.time_s / 60 % DAY_MIN
        # A span that ends as it begins, a day later, is always; its end is a day off.
        within = [end for begin, end in spans if (minute - begin) % DAY_MIN < ((end - begin) % DAY_MIN or DAY_MIN)]
        left = [(end - minute) % DAY_MIN or DAY_MIN for end in within]
        return math.floor(finding.time_s / 60 + max(left) + 0.5) * 60.0 if left else None
