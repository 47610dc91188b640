"""Safety-related texts (12 addressed, 14 broadcast) to rows of `Texts`, and every other message to rows of `Others`."""

from __future__ import annotations

import numpy as np

from tankerwatch.core.ais import layouts
from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.schema import I64
from tankerwatch.core.tables import RESERVED_VALUE, Others, Texts
from tankerwatch.decode.fields import numbers, or_zero, texts
from tankerwatch.decode.sentences import Found

TYPES = (12, 14)
_LONGEST = 180
_LAST_TYPE = 27


def texts_of(found: Found, chosen: I64) -> Texts:
    """One row for each of the messages numbered in `chosen`, all of `TYPES`."""
    made = Texts.blank(len(chosen))
    kinds = found.messages[chosen, fr.TYPE]
    made.time_s[:] = found.time_s[chosen]
    made.mmsi[:] = found.messages[chosen, fr.MMSI]
    made.msg_type[:] = kinds
    made.source_row[:] = found.source_row[chosen]
    made.quality[:] = found.messages[chosen, fr.QUALITY]
    for kind in TYPES:
        rows = np.flatnonzero(kinds == kind)
        if len(rows):
            made.text[rows] = texts(found, chosen[rows], layouts.TEXT_FROM[kind], _LONGEST, part=True)
            if kind == 12:
                made.to_mmsi[rows] = or_zero(numbers(found, chosen[rows], {"to": layouts.ADDRESSEE})["to"])
    return made


def others_of(found: Found, chosen: I64) -> Others:
    """One row for each of the messages numbered in `chosen`, with its payload. A type that the standard does not have is marked."""
    kinds = found.messages[chosen, fr.TYPE]
    unknown = (kinds == 0) | (kinds > _LAST_TYPE) | (kinds == 24)  # of type 24 only parts that nobody has defined come here
    payloads = np.empty(len(chosen), object)
    payloads[:] = found.payloads(chosen)
    return Others(
        time_s=found.time_s[chosen],
        mmsi=found.messages[chosen, fr.MMSI].astype(np.uint32),
        msg_type=kinds.astype(np.uint8),
        payload=payloads,
        fill_bits=(6 * found.messages[chosen, fr.CHARACTERS] - found.messages[chosen, fr.BITS]).astype(np.uint8),
        source_row=found.source_row[chosen],
        quality=(found.messages[chosen, fr.QUALITY] | np.where(unknown, RESERVED_VALUE, 0)).astype(np.uint16),
    )
