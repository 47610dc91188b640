"""Which ships are near each other, and how close they will come."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from tankerwatch.core.kernels.compiling import inlined, kernel, part
from tankerwatch.core.kernels.modulo import left_of
from tankerwatch.core.kernels.words import borrowed

# fmt: off
# a table: its columns are read downwards
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
WIDER: Final = 1.01  # than the reach: the plane is not the sphere
LAT, LON, STILL, NARROW, SPEED, COURSE, EAST, NORTH = range(8)
SHIP_COLUMNS: Final = 8


def stripes(lat: Any, lon: Any, reach_nm: float) -> Any:
    """(n,) keys by which ships are sorted: stripes of latitude as wide as the reach, and in them longitude, 0 to 360."""
    return np.floor((lat + 90.0) * 60.0 / (reach_nm * WIDER)) * _STRIPE + lon


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


@kernel
def lay(lat: Any, lon: Any, sog: Any, cog: Any, ships: Any) -> None:
    """Fill (n, SHIP_COLUMNS) with what `sweep` asks of ships, from (n,) degrees, knots and degrees. How they move is worked out when
    it is asked for: most ships are near to nobody.
    """
    for s in range(len(lat)):
        ships[s, LAT] = lat[s]
        ships[s, LON] = left_of(lon[s], 360.0)
        ships[s, STILL] = 0.0 if sog[s] >= np.float32(STILL_KN) else 1.0
        ships[s, SPEED] = sog[s]
        ships[s, COURSE] = math.radians(np.float64(cog[s]))
        ships[s, NARROW] = 30.0 * math.cos(math.radians(lat[s]))
        ships[s, EAST] = math.nan


@inlined
def _moves(ships: Any, s: int) -> tuple[float, float]:
    """Her speed to the east and to the north, 0 where it is not known."""
    if ships[s, EAST] != ships[s, EAST]:
        east = ships[s, SPEED] * math.sin(ships[s, COURSE])
        known = east == east
        ships[s, EAST] = east if known else 0.0
        ships[s, NORTH] = ships[s, SPEED] * math.cos(ships[s, COURSE]) if known else 0.0
    return ships[s, EAST], ships[s, NORTH]


@kernel
def sweep(
    ships: Any, keys: Any, slots: Any, outer: Any, among: bool, low_nm: float, reach_nm: float, beside: bool, found: int,
    out_slots: Any, out: Any,
) -> int:  # fmt: skip  # one a line would hide what belongs together
    """Pairs of ships in `outer` with those in `slots`, farther than `low_nm` and within `reach_nm`; the number of pairs noted then.

    ships: see `lay` · slots: (k,) in order of their keys (`stripes`), keys: (k,) · outer: (m,) slots, best in that
    order too · among: two that may both be in `outer` are met from the lower slot only · beside: of two that lie still.
    out_slots: (capacity, 2) i64, lower slot first · out: (capacity, 5) distance nm, bearing deg, closing kn, CPA nm, TCPA s. What is found
    may exceed the capacity: then call again with more room.
    """
    wide_nm = reach_nm * WIDER
    ships = borrowed(ships)
    near = np.empty((len(slots), 4))
    for k in range(len(slots)):
        for column in range(4):  # a row at once would be an array each
            near[k, column] = ships[slots[k], column]
    begins = np.zeros(3, np.int64)
    for i in outer:
        lat = ships[i, LAT]
        lon = ships[i, LON]
        narrow = ships[i, NARROW]
        widest = min(abs(lat) + wide_nm / 60.0, 90.0)
        half = min(wide_nm / 60.0 / max(math.cos(math.radians(widest)), 1e-6), 179.999999)  # half a circle twice is no overlap
        stripe = math.floor((lat + 90.0) * 60.0 / wide_nm)
        for lane in range(9):
            # Three stripes; in each the longitudes within reach, and what of them lies beyond 0 or 360 degrees.
            beyond = lane % 3
            low = lon - half
            high = lon + half
            if beyond == 0:
                low = max(low, 0.0)
                high = min(high, 360.0)
            elif beyond == 1:
                if low >= 0.0:
                    continue
                low, high = max(low + 360.0, min(high, 360.0)), 360.0
            else:
                if high <= 360.0:
                    continue
                low, high = 0.0, min(high - 360.0, max(low, 0.0))
            base = (stripe + lane // 3 - 1) * _STRIPE
            if beyond == 0:
                # From one ship to the next it is a few steps.
                at = begins[lane // 3]
                while at > 0 and keys[at - 1] >= base + low:
                    at -= 1
                while at < len(keys) and keys[at] < base + low:
                    at += 1
                begins[lane // 3] = at
            else:
                at = _first(keys, base + low)
            at -= 1
            while at + 1 < len(keys) and keys[at + 1] <= base + high:
                at += 1
                north = (near[at, LAT] - lat) * 60.0
                if abs(north) > reach_nm:
                    continue
                j = slots[at]
                if j == i or (among and j < i and (beside or near[at, STILL] == 0.0)):
                    continue
                d_lon = near[at, LON] - lon
                if d_lon > 180.0:
                    d_lon -= 360.0
                elif d_lon < -180.0:
                    d_lon += 360.0
                east = d_lon * (narrow + near[at, NARROW])
                square = east * east + north * north
                if square > reach_nm * reach_nm or square <= low_nm * abs(low_nm):
                    continue
                ship_east, ship_north = _moves(ships, i)
                v_east, v_north = _moves(ships, j)
                v_east -= ship_east
                v_north -= ship_north
                speed2 = v_east * v_east + v_north * v_north
                toward = -(east * v_east + north * v_north)
                across = east * v_north - north * v_east
                if (
                    not beside
                    and square > NEAR_NM * NEAR_NM
                    and not (0.0 < toward <= HORIZON_S / 3600.0 * speed2 and across * across <= CPA_NM * CPA_NM * speed2)
                ):
                    continue
                distance = math.sqrt(square)
                tcpa = 0.0
                cpa = distance
                if speed2 > 0.01:
                    tcpa = toward / speed2
                    cpa = abs(across) / math.sqrt(speed2)
                if found < len(out):
                    turned = 1.0 if i < j else -1.0
                    out_slots[found, 0] = min(i, j)
                    out_slots[found, 1] = max(i, j)
                    out[found, 0] = distance
                    out[found, 1] = math.degrees(math.atan2(turned * east, turned * north)) % 360.0
                    out[found, 2] = toward / distance if distance > 0.0 else 0.0
                    out[found, 3] = cpa
                    out[found, 4] = tcpa * 3600.0
                found += 1
    return found


def warm() -> None:
    """Compile (or load from the cache) with the types that `track/pairs.py` uses."""
    slots = np.zeros(1, np.int64)
    lay(np.zeros(1), np.zeros(1), np.zeros(1, np.float32), np.zeros(1, np.float32), np.zeros((1, SHIP_COLUMNS)))
    sweep(np.zeros((1, SHIP_COLUMNS)), np.zeros(1), slots, slots, True, -1.0, 1.0, False, 0, np.zeros((1, 2), np.int64), np.zeros((1, 5)))
