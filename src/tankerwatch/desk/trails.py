"""Where each ship has been, for the page: her last hours, thinned, and her newest sentences."""

from __future__ import annotations

import math
from array import array
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from tankerwatch.core.tables import View

EVERY_S: Final = 30.0
KEPT_S: Final = 6 * 3600.0
FORGOTTEN_S: Final = 86_400.0
"""Of a ship that was not heard for a day nothing is kept here: the journal has it, and a year hears hundreds of thousands once."""
POINTS: Final = 1000
SENTENCES: Final = 8
COLUMNS: Final = 6  # time since `Trails.since_s`, latitude, longitude, speed, course, displaced
"""A point takes 24 bytes, to a metre and a tenth of a second: 24 kB a ship, 36 MB for the Danish feed's 1,500."""


@dataclass(slots=True)
class Trails:
    """By slot: points, flat in an array of floats, and the rows of the newest sentences."""

    since_s: float = math.nan
    away_s: float = -math.inf
    """until when nobody listened: a track that began before has a gap there"""
    points: dict[int, array[float]] = field(default_factory=dict)
    rows: dict[int, deque[int]] = field(default_factory=dict)

    def take(self, view: View) -> None:
        """Note the legs of a frame."""
        legs = view.legs
        for decision in view.decisions:
            if decision.kind == "desk":
                self.away_s = decision.time_s
        if len(legs) and math.isnan(self.since_s):
            self.since_s = float(legs.event_s[0])
        columns = (legs.slot, legs.source_row, legs.event_s, legs.lat_deg, legs.lon_deg, legs.sog_kn, legs.cog_deg, legs.belief, legs.late)
        for slot, row, event_s, lat, lon, sog, cog, belief, late in zip(*(c.tolist() for c in columns), strict=True):
            self.rows.setdefault(slot, deque(maxlen=SENTENCES)).append(row)
            points = self.points.setdefault(slot, array("f"))
            displaced = float(belief > 0)
            at_s = event_s - self.since_s
            gap = bool(points) and points[-COLUMNS] < self.away_s - self.since_s <= at_s
            if late or (points and not gap and at_s - points[-COLUMNS] < EVERY_S and displaced == points[-1]):
                continue
            if gap:
                points.extend((self.away_s - self.since_s, math.nan, math.nan, math.nan, math.nan, 0.0))
            points.extend((at_s, lat, lon, sog, cog, displaced))
            if len(points) > COLUMNS * POINTS * 5 // 4:
                del points[: len(points) - COLUMNS * POINTS]
        if view.look and view.now_s % 3600 == 0:
            for slot in [slot for slot, points in self.points.items() if view.now_s - self.since_s - points[-COLUMNS] > FORGOTTEN_S]:
                del self.points[slot]
                self.rows.pop(slot, None)

    def track(self, slot: int, now_s: float) -> dict[str, list[Any]]:
        """The points of the last six hours as columns; NaN becomes None."""
        flat = self.points.get(slot, array("f"))
        first = next((i for i in range(0, len(flat), COLUMNS) if now_s - self.since_s - flat[i] <= KEPT_S), len(flat))

        def column(index: int, digits: int, add: float = 0.0) -> list[float | None]:
            return [None if value != value else round(value + add, digits) for value in flat[first + index :: COLUMNS]]

        return {
            "time_s": column(0, 1, self.since_s),
            "lat_deg": column(1, 5),
            "lon_deg": column(2, 5),
            "sog_kn": column(3, 1),
            "cog_deg": column(4, 1),
            "displaced": [int(value) for value in flat[first + 5 :: COLUMNS]],
        }
