"""Ships near each other, with the closest point of approach if both keep course and speed."""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.core.kernels import near
from tankerwatch.core.tables import Pairs, Picture

OLD_S: Final = 360.0
"""A ship not heard for longer is nowhere in particular: two reports at anchor, and a coasting one, are at most this far apart."""


def now_at(picture: Picture, now_s: float) -> tuple[np.ndarray, np.ndarray]:
    """(n,) latitude and longitude projected to `now_s` with course and speed; NaN for ships not heard for `OLD_S`."""
    age = now_s - picture.event_s
    run_nm = np.nan_to_num(picture.sog_kn * age / 3600.0) * ~np.isnan(picture.cog_deg)
    course = np.radians(np.nan_to_num(picture.cog_deg))
    lat = picture.lat_deg + run_nm * np.cos(course) / 60.0
    lon = picture.lon_deg + run_nm * np.sin(course) / 60.0 / np.maximum(np.cos(np.radians(picture.lat_deg)), 0.01)
    fresh = (age <= OLD_S) & (now_s - picture.heard_s <= OLD_S)
    return np.where(fresh, lat, np.nan), np.where(fresh, lon, np.nan)


def pairs_of(picture: Picture, now_s: float, *, at_rest: bool = False) -> Pairs:
    """All pairs near each other or about to be, in order of slot; of two that lie still only with `at_rest`.."""
    if len(picture) < 2:
        return Pairs.empty()
    lat, lon = now_at(picture, now_s)
    sog, cog = picture.sog_kn.astype(np.float64), picture.cog_deg.astype(np.float64)
    room = 4 * len(picture) + 64
    while True:
        slots, out = np.empty((room, 2), np.int64), np.empty((room, 5))
        found = near.pairs(lat, lon, sog, cog, picture.guarded, at_rest, slots, out)
        if found <= room:
            break
        room = found
    slots, out = slots[:found], out[:found]
    order = np.lexsort((slots[:, 1], slots[:, 0]))
    both, values = slots[order].astype(np.uint32), out[order].astype(np.float32)
    return Pairs(both[:, 0].copy(), both[:, 1].copy(), *(values[:, c].copy() for c in range(5)))
