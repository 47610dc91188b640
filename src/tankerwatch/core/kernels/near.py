"""Which ships are near each other, and how close they will come."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tankerwatch.core.kernels.compiling import kernel


@kernel
def pairs(lat: Any, lon: Any, sog: Any, cog: Any, of_interest: Any, wide_nm: float, near_nm: float, out_slots: Any, out: Any) -> int:
    """Pairs within `near_nm`, and within `wide_nm` where one of both is of interest. All inputs (n,), positions now, NaN where unknown.

    out_slots: (capacity, 2) i64, lower slot first · out: (capacity, 5) distance nm, bearing deg, closing kn, CPA nm, TCPA s. Returns the
    number of pairs, which may exceed the capacity: then call again with more room. Unknown speed counts as none.
    """
    n = len(lat)
    order = np.argsort(lat)  # NaN last
    narrow = np.cos(np.radians(lat))
    found = 0
    for a in range(n):
        i = order[a]
        if math.isnan(lat[i]):
            break
        for b in range(a + 1, n):
            j = order[b]
            d_lat = lat[j] - lat[i]
            if not d_lat * 60.0 <= wide_nm:
                break
            d_lon = (lon[j] - lon[i] + 540.0) % 360.0 - 180.0
            east = d_lon * 30.0 * (narrow[i] + narrow[j])
            north = d_lat * 60.0
            reach = wide_nm if of_interest[i] or of_interest[j] else near_nm
            distance = math.hypot(east, north)
            if not distance <= reach:
                continue
            if found < len(out):
                p, q = i, j
                if p > q:
                    p, q = q, p
                    east = -east
                    north = -north
                v_east = 0.0
                v_north = 0.0
                if sog[q] == sog[q] and cog[q] == cog[q]:
                    v_east += sog[q] * math.sin(math.radians(cog[q]))
                    v_north += sog[q] * math.cos(math.radians(cog[q]))
                if sog[p] == sog[p] and cog[p] == cog[p]:
                    v_east -= sog[p] * math.sin(math.radians(cog[p]))
                    v_north -= sog[p] * math.cos(math.radians(cog[p]))
                speed2 = v_east * v_east + v_north * v_north
                toward = -(east * v_east + north * v_north)
                tcpa = 0.0
                cpa = distance
                if speed2 > 0.01:
                    tcpa = toward / speed2
                    cpa = abs(east * v_north - north * v_east) / math.sqrt(speed2)
                out_slots[found, 0] = p
                out_slots[found, 1] = q
                out[found, 0] = distance
                out[found, 1] = math.degrees(math.atan2(east, north)) % 360.0
                out[found, 2] = toward / distance if distance > 0.0 else 0.0
                out[found, 3] = cpa
                out[found, 4] = tcpa * 3600.0
            found += 1
    return found


def warm() -> None:
    """Compile (or load from the cache) with the types that `track/pairs.py` uses."""
    one = np.zeros(1)
    pairs(one, one, one, one, np.zeros(1, np.bool_), 1.0, 1.0, np.zeros((1, 2), np.int64), np.zeros((1, 5)))
