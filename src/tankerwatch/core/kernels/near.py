"""Which ships are near each other, and how close they will come."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from tankerwatch.core.kernels.compiling import inlined, kernel, part

# fmt: off
NEAR_NM: Final = 2.0        # every pair within this, unless both lie still
MEETING_NM: Final = 6.0     # within this, those that will come near each other: two ships of 20 kn need nine minutes for it
WIDE_NM: Final = 12.0       # the same of a ship of interest and a fast craft: one of 40 kn needs a quarter of an hour
BESIDE_NM: Final = 0.35     # of two that lie still: hulls may touch within this
CPA_NM: Final = 1.5         # "near each other": they would pass within this
HORIZON_S: Final = 1200.0   # before that long
STILL_KN: Final = 0.7       # slower than this, or of unknown speed, a ship lies still
FAST_KN: Final = 8.0
# fmt: on
_STRIPE: Final = 1000.0


@inlined
def _stripe(lat: float, wide_nm: float) -> int:
    return math.floor((lat + 90.0) * 60.0 / wide_nm)


@part
def _keys(lat: Any, lon: Any, rows: Any, wide_nm: float) -> Any:
    """Stripes of latitude as wide as the reach; within a stripe by longitude."""
    keys = np.empty(len(rows))
    for k in range(len(rows)):
        keys[k] = _stripe(lat[rows[k]], wide_nm) * _STRIPE + lon[rows[k]] % 360.0
    return keys


@part
def _first(keys: Any, value: float) -> int:
    low = 0
    high = len(keys)
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@part
def _meet(
    lat: Any, lon: Any, east_kn: Any, north_kn: Any, still: Any, i: int, j: int, low_nm: float, reach_nm: float, beside: bool,
    found: int, out_slots: Any, out: Any,
) -> int:  # fmt: skip
    """Judge one pair and note it; the number of pairs then."""
    d_lon = (lon[j] - lon[i] + 540.0) % 360.0 - 180.0
    east = d_lon * 60.0 * math.cos(math.radians((lat[i] + lat[j]) / 2))
    north = (lat[j] - lat[i]) * 60.0
    distance = math.sqrt(east * east + north * north)
    if not low_nm < distance <= reach_nm:
        return found
    v_east = east_kn[j] - east_kn[i]
    v_north = north_kn[j] - north_kn[i]
    speed2 = v_east * v_east + v_north * v_north
    toward = -(east * v_east + north * v_north)
    tcpa = 0.0
    cpa = distance
    if speed2 > 0.01:
        tcpa = toward / speed2
        cpa = abs(east * v_north - north * v_east) / math.sqrt(speed2)
    if not beside and distance > NEAR_NM and not (cpa <= CPA_NM and 0.0 < tcpa * 3600.0 <= HORIZON_S):
        return found
    if found < len(out):
        if i < j:
            out_slots[found, 0] = i
            out_slots[found, 1] = j
        else:
            out_slots[found, 0] = j
            out_slots[found, 1] = i
            east = -east
            north = -north
        out[found, 0] = distance
        out[found, 1] = math.degrees(math.atan2(east, north)) % 360.0
        out[found, 2] = toward / distance if distance > 0.0 else 0.0
        out[found, 3] = cpa
        out[found, 4] = tcpa * 3600.0
    return found + 1


@part
def _sweep(
    lat: Any, lon: Any, east_kn: Any, north_kn: Any, still: Any, outer: Any, inner: Any, among: bool, low_nm: float, reach_nm: float,
    beside: bool, found: int, out_slots: Any, out: Any,
) -> int:  # fmt: skip
    """All pairs of `outer` with `inner`; `among`: what is in `outer` is met from the lower slot only."""
    wide_nm = reach_nm * 1.01
    keys = _keys(lat, lon, inner, wide_nm)
    order = np.argsort(keys)
    keys = keys[order]
    for a in range(len(outer)):
        i = outer[a]
        widest = min(abs(lat[i]) + wide_nm / 60.0, 90.0)
        half = min(wide_nm / 60.0 / max(math.cos(math.radians(widest)), 1e-6), 180.0)
        middle = lon[i] % 360.0
        stripe = _stripe(lat[i], wide_nm)
        for beside_it in range(-1, 2):
            base = (stripe + beside_it) * _STRIPE
            for part_of in range(3):
                # The longitudes within reach, and what of them lies beyond 0 or 360 degrees.
                low = middle - half
                high = middle + half
                if part_of == 0:
                    low = max(low, 0.0)
                    high = min(high, 360.0)
                elif part_of == 1:
                    if low >= 0.0:
                        continue
                    low, high = max(low + 360.0, min(high, 360.0)), 360.0
                else:
                    if high <= 360.0:
                        continue
                    low, high = 0.0, min(high - 360.0, max(low, 0.0))
                at = _first(keys, base + low)
                while at < len(keys) and keys[at] <= base + high:
                    j = inner[order[at]]
                    at += 1
                    if j == i or (among and not still[j] and j < i):
                        continue
                    found = _meet(lat, lon, east_kn, north_kn, still, i, j, low_nm, reach_nm, beside, found, out_slots, out)
    return found


@kernel
def pairs(lat: Any, lon: Any, sog: Any, cog: Any, of_interest: Any, at_rest: bool, out_slots: Any, out: Any) -> int:
    """Pairs near each other, or about to be, by the distances above; of two that lie still only with `at_rest`.

    All inputs (n,), positions now, NaN where unknown; unknown speed counts as none. out_slots: (capacity, 2) i64, lower slot first ·
    out: (capacity, 5) distance nm, bearing deg, closing kn, CPA nm, TCPA s. Returns the number of pairs, which may exceed the capacity:
    then call again with more room.
    """
    n = len(lat)
    east_kn = np.zeros(n)
    north_kn = np.zeros(n)
    still = np.ones(n, np.bool_)
    known = np.empty(n, np.int64)
    moving = np.empty(n, np.int64)
    lying = np.empty(n, np.int64)
    wanted = np.empty(n, np.int64)
    fast = np.empty(n, np.int64)
    counts = np.zeros(5, np.int64)
    for i in range(n):
        if math.isnan(lat[i]) or math.isnan(lon[i]):
            continue
        known[counts[0]] = i
        counts[0] += 1
        if sog[i] >= STILL_KN:
            still[i] = False
            moving[counts[1]] = i
            counts[1] += 1
        else:
            lying[counts[2]] = i
            counts[2] += 1
        if sog[i] == sog[i] and cog[i] == cog[i]:
            east_kn[i] = sog[i] * math.sin(math.radians(cog[i]))
            north_kn[i] = sog[i] * math.cos(math.radians(cog[i]))
        if of_interest[i]:
            wanted[counts[3]] = i
            counts[3] += 1
        elif sog[i] >= FAST_KN:
            fast[counts[4]] = i
            counts[4] += 1
    found = _sweep(
        lat, lon, east_kn, north_kn, still, moving[: counts[1]], known[: counts[0]], True, -1.0, MEETING_NM, False, 0, out_slots, out
    )
    if counts[3] > 0 and counts[4] > 0:
        found = _sweep(
            lat, lon, east_kn, north_kn, still, wanted[: counts[3]], fast[: counts[4]], False, MEETING_NM, WIDE_NM, False, found,
            out_slots, out,
        )  # fmt: skip
    if at_rest:
        rest = lying[: counts[2]]
        # All of them are met from both sides: the lower slot notes the pair.
        still[:] = False
        found = _sweep(lat, lon, east_kn, north_kn, still, rest, rest, True, -1.0, BESIDE_NM, True, found, out_slots, out)
    return found


def warm() -> None:
    """Compile (or load from the cache) with the types that `track/pairs.py` uses."""
    one = np.zeros(1)
    pairs(one, one, one, one, np.zeros(1, np.bool_), True, np.zeros((1, 2), np.int64), np.zeros((1, 5)))
