"""Position reports (types 1, 2, 3, 9, 18, 19 and 27) to rows of `Fixes`."""

from __future__ import annotations

import numpy as np

from tankerwatch.core.ais import layouts
from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.kernels import positions as kernel
from tankerwatch.core.schema import I64
from tankerwatch.core.tables import Fixes
from tankerwatch.decode.sentences import Found

TYPES = tuple(layouts.POSITIONS)
_PLACES = layouts.position_places()


def fixes_of(found: Found, chosen: I64) -> Fixes:
    """One row for each of the messages numbered in `chosen`, all of `TYPES`."""
    n = len(chosen)
    degrees = np.empty((2, n), np.float64)
    singles = np.empty((3, n), np.float32)
    small = np.empty((8, n), np.uint8)
    quality = found.messages[chosen, fr.QUALITY]
    kernel.positions(found.buffer, found.tail, found.messages, chosen, _PLACES, degrees, singles, small, quality)
    return Fixes(
        time_s=found.time_s[chosen],
        mmsi=found.messages[chosen, fr.MMSI].astype(np.uint32),
        msg_type=small[kernel.TYPE],
        lon_deg=degrees[kernel.LON],
        lat_deg=degrees[kernel.LAT],
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
        station=found.messages[chosen, fr.STATION].astype(np.uint16),
        source_row=found.source_row[chosen],
        quality=quality.astype(np.uint16),
    )
