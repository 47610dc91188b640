"""Static reports (types 5, 19, 24A and 24B) to rows of `Statics`."""

from __future__ import annotations

import numpy as np

from tankerwatch.core.kernels import reports as kernel
from tankerwatch.core.packed import Packed
from tankerwatch.core.schema import I64
from tankerwatch.core.tables import Statics
from tankerwatch.decode.sentences import Found

_LONGEST = (kernel.CALLSIGN_LONGEST, kernel.NAME_LONGEST, kernel.NAME_LONGEST, kernel.ETA_LONGEST, 1)


def statics_of(found: Found, chosen: I64) -> Statics:
    """One row for each of the messages numbered in `chosen`, all of types 5, 19, 24A and 24B; texts packed."""
    n = len(chosen)
    if not n:
        return Statics.empty()
    times, rows, draught = np.empty(n, np.float64), np.empty(n, np.uint64), np.empty(n, np.float32)
    longs, shorts, small = np.empty((3, n), np.uint32), np.empty((5, n), np.uint16), np.empty((2, n), np.uint8)
    texts, ends = [np.empty(n * longest + kernel.SLACK, np.uint8) for longest in _LONGEST], np.empty((5, n + 1), np.int32)
    kernel.statics(
        found.buffer, found.tail, found.messages, found.time_s, found.source_row, chosen,
        times, rows, longs, shorts, small, draught, texts[0], texts[1], texts[2], texts[3], texts[4], ends,
    )  # fmt: skip  # one a line would hide what belongs together
    callsign, name, destination, eta, part = (Packed(data, end) for data, end in zip(texts, ends, strict=True))
    return Statics(
        time_s=times,
        mmsi=longs[0],
        msg_type=small[0],
        part=part,  # type: ignore[arg-type]  # packed in place of objects until somebody wants those
        imo=longs[1],
        callsign=callsign,  # type: ignore[arg-type]  # likewise
        name=name,  # type: ignore[arg-type]  # likewise
        ship_type=small[1],
        to_bow_m=shorts[0],
        to_stern_m=shorts[1],
        to_port_m=shorts[2],
        to_starboard_m=shorts[3],
        draught_m=draught,
        destination=destination,  # type: ignore[arg-type]  # likewise
        eta=eta,  # type: ignore[arg-type]  # likewise
        mothership_mmsi=longs[2],
        source_row=rows,
        quality=shorts[4],
    )
