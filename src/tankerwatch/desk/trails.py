"""Where each ship has been, for the page: her last hours, thinned, and her newest sentences."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from tankerwatch.core.tables import View

EVERY_S: Final = 15.0
KEPT_S: Final = 6 * 3600.0
POINTS: Final = 2000
SENTENCES: Final = 8

Point = tuple[float, float, float, float, float, bool]


@dataclass(slots=True)
class Trails:
    """By slot: points (time, latitude, longitude, speed, course, displaced) and the rows of the newest sentences."""

    points: dict[int, deque[Point]] = field(default_factory=dict)
    rows: dict[int, deque[int]] = field(default_factory=dict)

    def take(self, view: View) -> None:
        """Note the legs of a frame."""
        legs = view.legs
        for slot, row, event_s, lat, lon, sog, cog, belief, late in zip(
            legs.slot.tolist(),
            legs.source_row.tolist(),
            legs.event_s.tolist(),
            legs.lat_deg.tolist(),
            legs.lon_deg.tolist(),
            legs.sog_kn.tolist(),
            legs.cog_deg.tolist(),
            legs.belief.tolist(),
            legs.late.tolist(),
            strict=True,
        ):
            self.rows.setdefault(slot, deque(maxlen=SENTENCES)).append(row)
            points = self.points.setdefault(slot, deque(maxlen=POINTS))
            if late or (points and event_s - points[-1][0] < EVERY_S and bool(belief) == points[-1][5]):
                continue
            points.append((event_s, lat, lon, sog, cog, bool(belief)))

    def track(self, slot: int, now_s: float) -> dict[str, list[Any]]:
        """The points of the last six hours as columns; NaN becomes None."""
        points = [p for p in self.points.get(slot, ()) if now_s - p[0] <= KEPT_S]

        def column(index: int, digits: int) -> list[float | None]:
            return [None if p[index] != p[index] else round(p[index], digits) for p in points]

        return {
            "time_s": column(0, 1),
            "lat_deg": column(1, 6),
            "lon_deg": column(2, 6),
            "sog_kn": column(3, 1),
            "cog_deg": column(4, 1),
            "displaced": [int(p[5]) for p in points],
        }
