"""Ships near each other, with the closest point of approach if both keep course and speed."""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.core.kernels import near
from tankerwatch.core.schema import F32, F64, I64, Bool
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
    """All pairs near each other or about to be, in order of slot; of two that lie still only with `at_rest`. Distances: `near.py`."""
    if len(picture) < 2:
        return Pairs.empty()
    lat, lon = now_at(picture, now_s)
    slots, out = pairs_at(lat, lon, picture.sog_kn, picture.cog_deg, picture.guarded, at_rest=at_rest)
    order = np.argsort(slots[:, 0] << 32 | slots[:, 1])
    both, values = slots[order].astype(np.uint32), out[order].astype(np.float32)
    return Pairs(both[:, 0].copy(), both[:, 1].copy(), *(values[:, c].copy() for c in range(5)))


def pairs_at(lat: F64, lon: F64, sog: F32, cog: F32, of_interest: Bool, *, at_rest: bool) -> tuple[I64, F64]:
    """The same by columns (n,), NaN where unknown, unknown speed counts as none: (k, 2) slots, lower first; (k, 5) as `near.sweep` says."""
    known = np.flatnonzero(~np.isnan(lat + lon))
    still = ~(sog >= near.STILL_KN)
    ships = np.empty((len(lat), near.SHIP_COLUMNS))
    near.lay(lat, lon, sog, cog, ships)

    def sweeps(room: int) -> tuple[int, I64, F64]:
        slots, out = np.empty((room, 2), np.int64), np.empty((room, 5))
        slots_near, keys = _in_stripes(ships, known, near.MEETING_NM)
        outer = slots_near[~still[slots_near]]
        found = near.sweep(ships, keys, slots_near, outer, True, -1.0, near.MEETING_NM, False, 0, slots, out)
        fast, keys = _in_stripes(ships, known[(sog[known] >= near.FAST_KN) & ~of_interest[known]], near.WIDE_NM)
        wanted, _ = _in_stripes(ships, known[of_interest[known]], near.WIDE_NM)
        if len(fast) and len(wanted):
            found = near.sweep(ships, keys, fast, wanted, False, near.MEETING_NM, near.WIDE_NM, False, found, slots, out)
        if at_rest:
            lying, keys = _in_stripes(ships, known[still[known]], near.BESIDE_NM)
            found = near.sweep(ships, keys, lying, lying, True, -1.0, near.BESIDE_NM, True, found, slots, out)
        return found, slots[:found], out[:found]

    room = 4 * len(lat) + 64
    found, slots, out = sweeps(room)
    if found > room:
        found, slots, out = sweeps(found)
    return slots, out


def _in_stripes(ships: F64, slots: I64, reach_nm: float) -> tuple[I64, F64]:
    """Slots in order of their keys, and these."""
    keys = near.stripes(ships[slots, near.LAT], ships[slots, near.LON], reach_nm)
    order = np.argsort(keys)
    return slots[order], keys[order]
