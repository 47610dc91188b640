"""Position reports (types 1, 2, 3, 9, 18, 19 and 27) to rows of `Fixes`."""

from __future__ import annotations

import numpy as np

from tankerwatch.core.ais import layouts
from tankerwatch.core.kernels import positions as kernel
from tankerwatch.core.schema import I64
from tankerwatch.core.tables import Fixes
from tankerwatch.decode.sentences import Found

TYPES = tuple(layouts.POSITIONS)


def fixes_of(found: Found, chosen: I64) -> Fixes:
    """One row for each of the messages numbered in `chosen`, all of `TYPES`."""
    n = len(chosen)
    doubles, singles = np.empty((3, n), np.float64), np.empty((3, n), np.float32)
    small, shorts = np.empty((8, n), np.uint8), np.empty((2, n), np.uint16)
    mmsi, rows = np.empty(n, np.uint32), np.empty(n, np.uint64)
    kernel.positions(
        found.buffer, found.tail, found.messages, found.time_s, found.source_row, chosen,
        doubles, singles, small, shorts, mmsi, rows,
    )  # fmt: skip
    return Fixes(
        time_s=doubles[kernel.TIME],
        mmsi=mmsi,
        msg_type=small[kernel.TYPE],
        lon_deg=doubles[kernel.LON],
        lat_deg=doubles[kernel.LAT],
        sog_kn=singles[kernel.SOG],
        cog_deg=singles[kernel.COG],
        heading_deg=singles[kernel.HEADING],
        turn_raw=small[kernel.TURN].view(np.int8),
        nav_status=small[kernel.STATUS],
        utc_second=small[kernel.SECOND],
        accurate=small[kernel.ACCURATE].view(np.bool_),
        raim=small[kernel.RAIM].view(np.bool_),
        repeat=small[kernel.REPEAT],
        channel=small[kernel.CHANNEL],
        station=shorts[kernel.STATION],
        source_row=rows,
        quality=shorts[kernel.QUALITY],
    )
