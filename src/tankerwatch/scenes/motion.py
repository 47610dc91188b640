"""Way-points to motion: straight lines at even speed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tankerwatch.core.schema import F64, I64

STEERED_KN = 2.0
"""Below this speed a ship's heading no longer follows her course: she keeps the one she had."""
METRES_A_DEGREE = 1852.0 * 60.0


def legs(lat_deg: F64, lon_deg: F64) -> tuple[F64, F64]:
    """Length in nm and course of each leg of a line of n points, by mid-latitude sailing: two arrays of n - 1."""
    middle = np.radians((lat_deg[1:] + lat_deg[:-1]) / 2)
    north, east = np.diff(lat_deg) * 60.0, np.diff(lon_deg) * 60.0 * np.cos(middle)
    return np.hypot(north, east), np.degrees(np.arctan2(east, north)) % 360.0


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """(k,) way-points, k ≥ 2, times rising. `status` is the AIS navigational status from this way-point on."""

    time_s: F64
    lat_deg: F64
    lon_deg: F64
    status: I64

    def position(self, time_s: F64) -> tuple[F64, F64]:
        """Latitude and longitude at these times; before the first and after the last way-point, theirs."""
        return np.interp(time_s, self.time_s, self.lat_deg), np.interp(time_s, self.time_s, self.lon_deg)

    def state(self, time_s: F64) -> tuple[F64, F64, F64, I64]:
        """Speed in knots, course, heading and status at these times, from the leg that the ship is on."""
        length_nm, course_deg = legs(self.lat_deg, self.lon_deg)
        speed_kn = length_nm / np.diff(self.time_s) * 3600.0
        steered = np.flatnonzero(speed_kn >= STEERED_KN)
        held = np.searchsorted(steered, np.arange(len(speed_kn)), side="right") - 1
        heading_deg = course_deg[steered[np.maximum(held, 0)]] if len(steered) else course_deg
        after = np.searchsorted(self.time_s, time_s, side="right") - 1
        leg = np.clip(after, 0, len(speed_kn) - 1)
        return speed_kn[leg], course_deg[leg], heading_deg[leg], self.status[np.clip(after, 0, len(self.status) - 1)]

    def shifted(self, shift_s: float) -> Track:
        """The same motion at another time."""
        return Track(self.time_s + shift_s, self.lat_deg, self.lon_deg, self.status)
