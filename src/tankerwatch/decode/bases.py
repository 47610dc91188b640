"""Base stations (4), a ship's UTC (11) and aids to navigation (21) to rows of `Bases`."""

from __future__ import annotations

import numpy as np

from tankerwatch.core.kernels import reports as kernel
from tankerwatch.core.packed import Packed
from tankerwatch.core.schema import I64
from tankerwatch.core.tables import Bases
from tankerwatch.decode.sentences import Found


def bases_of(found: Found, chosen: I64) -> Bases:
    """One row for each of the messages numbered in `chosen`, all of types 4, 11 and 21; names packed."""
    n = len(chosen)
    if not n:
        return Bases.empty()
    doubles, rows, mmsi = np.empty((4, n), np.float64), np.empty(n, np.uint64), np.empty(n, np.uint32)
    shorts, small = np.empty((2, n), np.uint16), np.empty((4, n), np.uint8)
    name, ends = np.empty(n * (kernel.NAME_LONGEST + kernel.MORE_LONGEST) + kernel.SLACK, np.uint8), np.empty(n + 1, np.int32)
    kernel.bases(
        found.buffer, found.tail, found.messages, found.time_s, found.source_row, chosen,
        doubles, rows, mmsi, shorts, small, name, ends,
    )  # fmt: skip  # one a line would hide what belongs together
    return Bases(
        time_s=doubles[0],
        mmsi=mmsi,
        msg_type=small[0],
        utc_s=doubles[1],
        lon_deg=doubles[2],
        lat_deg=doubles[3],
        aid_type=small[1],
        name=Packed(name, ends),  # type: ignore[arg-type]  # packed in place of objects until somebody wants those
        virtual=small[2].view(np.bool_),
        off_position=small[3].view(np.bool_),
        station=shorts[0],
        source_row=rows,
        quality=shorts[1],
    )
