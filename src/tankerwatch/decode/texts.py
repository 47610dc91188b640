"""Safety-related texts (12 addressed, 14 broadcast) to rows of `Texts`, and every other message to rows of `Others`."""

from __future__ import annotations

import numpy as np

from tankerwatch.core.kernels import reports as kernel
from tankerwatch.core.packed import Packed
from tankerwatch.core.schema import I64
from tankerwatch.core.tables import Others, Texts
from tankerwatch.decode.sentences import Found


def texts_of(found: Found, chosen: I64) -> Texts:
    """One row for each of the messages numbered in `chosen`, all of types 12 and 14; texts packed."""
    n = len(chosen)
    if not n:
        return Texts.empty()
    times, rows, longs = np.empty(n, np.float64), np.empty(n, np.uint64), np.empty((2, n), np.uint32)
    small, quality = np.empty(n, np.uint8), np.empty(n, np.uint16)
    data, ends = np.empty(n * kernel.TEXT_LONGEST + kernel.SLACK, np.uint8), np.empty(n + 1, np.int32)
    kernel.texts(
        found.buffer, found.tail, found.messages, found.time_s, found.source_row, chosen, times, rows, longs, small, quality, data, ends
    )
    return Texts(
        time_s=times,
        mmsi=longs[0],
        msg_type=small,
        to_mmsi=longs[1],
        text=Packed(data, ends),  # type: ignore[arg-type]  # packed in place of objects until somebody wants those
        source_row=rows,
        quality=quality,
    )


def others_of(found: Found, chosen: I64) -> Others:
    """One row for each of the messages numbered in `chosen`, with its payload, packed. A type that the standard does not have is marked."""
    n = len(chosen)
    if not n:
        return Others.empty()
    times, rows, mmsi = np.empty(n, np.float64), np.empty(n, np.uint64), np.empty(n, np.uint32)
    small, quality, ends = np.empty((2, n), np.uint8), np.empty(n, np.uint16), np.empty(n + 1, np.int32)
    payload, size = np.empty(0, np.uint8), 64 * n
    while size + kernel.SLACK > len(payload):
        payload = np.empty(size + kernel.SLACK, np.uint8)
        size = kernel.others(
            found.buffer, found.tail, found.messages, found.time_s, found.source_row, chosen,
            times, rows, mmsi, small, quality, payload, ends,
        )  # fmt: skip  # one a line would hide what belongs together
    return Others(
        time_s=times,
        mmsi=mmsi,
        msg_type=small[0],
        payload=Packed(payload, ends),  # type: ignore[arg-type]  # packed in place of objects until somebody wants those
        fill_bits=small[1],
        source_row=rows,
        quality=quality,
    )
