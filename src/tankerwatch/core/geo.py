"""Distances and directions on the sphere, for arrays or numbers, in nautical miles and degrees.

Mean earth radius 3440.065 nm; the error against the ellipsoid stays below 0.6 %.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

EARTH_NM = 3440.065

Floats = npt.NDArray[np.float64]


def distance_nm(lat_a_deg: Any, lon_a_deg: Any, lat_b_deg: Any, lon_b_deg: Any) -> Floats:
    """Great-circle distance (haversine), same shape as the inputs; NaN where one is NaN."""
    lat_a, lat_b = np.radians(lat_a_deg), np.radians(lat_b_deg)
    half_lat = (lat_b - lat_a) / 2
    half_lon = np.radians(np.subtract(lon_b_deg, lon_a_deg)) / 2
    h = np.sin(half_lat) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin(half_lon) ** 2
    return np.asarray(2 * EARTH_NM * np.arcsin(np.sqrt(np.minimum(h, 1.0))))


def bearing_deg(lat_a_deg: Any, lon_a_deg: Any, lat_b_deg: Any, lon_b_deg: Any) -> Floats:
    """Initial great-circle bearing from a to b, 0 to 360."""
    lat_a, lat_b = np.radians(lat_a_deg), np.radians(lat_b_deg)
    d_lon = np.radians(np.subtract(lon_b_deg, lon_a_deg))
    y = np.sin(d_lon) * np.cos(lat_b)
    x = np.cos(lat_a) * np.sin(lat_b) - np.sin(lat_a) * np.cos(lat_b) * np.cos(d_lon)
    return np.asarray(np.degrees(np.arctan2(y, x)) % 360.0)


def moved(lat_deg: Any, lon_deg: Any, course_deg: Any, distance: Any) -> tuple[Floats, Floats]:
    """Latitude and longitude (-180 to 180) after `distance` nm on a great circle that begins in `course_deg`."""
    lat, course, arc = np.radians(lat_deg), np.radians(course_deg), np.asarray(distance) / EARTH_NM
    new_lat = np.arcsin(np.clip(np.sin(lat) * np.cos(arc) + np.cos(lat) * np.sin(arc) * np.cos(course), -1, 1))
    d_lon = np.arctan2(np.sin(course) * np.sin(arc) * np.cos(lat), np.cos(arc) - np.sin(lat) * np.sin(new_lat))
    new_lon = (np.asarray(lon_deg) + np.degrees(d_lon) + 540.0) % 360.0 - 180.0
    return np.asarray(np.degrees(new_lat)), np.asarray(new_lon)


def turn_deg(a_deg: Any, b_deg: Any) -> Floats:
    """The smaller angle between two directions, 0 to 180."""
    return np.asarray(np.abs((np.subtract(a_deg, b_deg) + 180.0) % 360.0 - 180.0))


def spoken(lat_deg: float, lon_deg: float) -> str:
    """A position as mariners say it: `25°26.0′N 057°22.4′E`."""

    def part(value: float, digits: int, names: str) -> str:
        whole, tenths = divmod(round(abs(value) * 600), 600)
        return f"{whole:0{digits}d}°{tenths / 10:04.1f}′{names[0] if value >= 0 else names[1]}"

    return f"{part(lat_deg, 2, 'NS')} {part(lon_deg, 3, 'EW')}"
