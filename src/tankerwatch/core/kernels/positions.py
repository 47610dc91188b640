"""Third pass for positions: types 1, 2, 3, 9, 18, 19 and 27 to columns in the units of the world."""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.kernels.index import read_only
from tankerwatch.core.kernels.sixbit import bits_at

# Rows of the outputs, in the order of core/tables.py.
LON, LAT = range(2)
SOG, COG, HEADING = range(3)
TYPE, TURN, STATUS, SECOND, ACCURATE, RAIM, REPEAT, CHANNEL = range(8)

# Quality bits set here; the same numbers as in core/tables.py (a test compares them).
_RESERVED_VALUE = 1 << 1
_OUT_OF_RANGE = 1 << 4

# Rows of `places`, see layouts.POSITION_FIELDS.
_STATUS, _TURN, _SOG, _ACCURATE, _LON, _LAT, _COG, _HEADING, _SECOND, _RAIM = range(10)
_MISSING = -(1 << 40)


@nb.njit(cache=True, nogil=True)
def positions(
    buffer: Any, tail: Any, messages: Any, chosen: Any, places: Any, degrees: Any, singles: Any, bytes_: Any, quality: Any
) -> None:
    """Decode the position reports numbered in `chosen`.

    places: (28, 10, 2) `layouts.position_places` · degrees: (2, n) f64 out, longitude and latitude · singles: (3, n) f32 out, speed in
    knots, course and heading in degrees · bytes_: (8, n) u8 out · quality: (n,) i64, bits are added. What is not available is NaN or the
    column's missing value.
    """
    values = np.zeros(10, np.int64)
    nan32 = np.float32(np.nan)
    for row in range(len(chosen)):
        message = messages[chosen[row]]
        source = tail if message[fr.TAIL] == 1 else buffer
        at = message[fr.FROM]
        bits = message[fr.BITS]
        kind = message[fr.TYPE]
        for f in range(10):
            first = places[kind, f, 0]
            width = abs(places[kind, f, 1])
            if first < 0 or first + width > bits:
                values[f] = _MISSING
                continue
            value = bits_at(source, at, first, width)
            if places[kind, f, 1] < 0 and value >> (width - 1) == 1:
                value -= 1 << width
            values[f] = value
        q = 0

        unit = 600 if kind == 27 else 600000
        for f in range(2):
            value = values[_LON + f]
            most = 180 if f == 0 else 90
            if abs(value) <= most * unit:
                degrees[f, row] = value / unit
            else:
                degrees[f, row] = np.nan
                if value != _MISSING and value != (most + 1) * unit:
                    q |= _OUT_OF_RANGE

        sog = values[_SOG]
        if sog == _MISSING or sog == (63 if kind == 27 else 1023):
            singles[SOG, row] = nan32
        elif kind == 9 or kind == 27:
            singles[SOG, row] = np.float32(sog)
        else:
            singles[SOG, row] = np.float32(sog / 10.0)

        cog = values[_COG]
        circle = 360 if kind == 27 else 3600
        if 0 <= cog < circle:
            singles[COG, row] = np.float32(cog if kind == 27 else cog / 10.0)
        else:
            singles[COG, row] = nan32
            if cog != _MISSING and cog != (511 if kind == 27 else 3600):
                q |= _RESERVED_VALUE

        heading = values[_HEADING]
        if 0 <= heading < 360:
            singles[HEADING, row] = np.float32(heading)
        else:
            singles[HEADING, row] = nan32
            if heading != _MISSING and heading != 511:
                q |= _RESERVED_VALUE

        status = values[_STATUS]
        if status == 9 or status == 10 or status == 13:
            q |= _RESERVED_VALUE
        bytes_[TYPE, row] = kind
        bytes_[TURN, row] = (values[_TURN] if values[_TURN] != _MISSING else -128) & 255
        bytes_[STATUS, row] = status if status != _MISSING else 255
        bytes_[SECOND, row] = values[_SECOND] if values[_SECOND] != _MISSING else 60
        bytes_[ACCURATE, row] = 1 if values[_ACCURATE] == 1 else 0
        bytes_[RAIM, row] = 1 if values[_RAIM] == 1 else 0
        bytes_[REPEAT, row] = message[fr.REPEAT]
        bytes_[CHANNEL, row] = message[fr.CHANNEL]
        quality[row] |= q


def warm() -> None:
    """Compile."""
    source = read_only(np.full(160, 48, np.uint8))
    messages = np.zeros((1, fr.MESSAGE_WIDTH), np.int64)
    messages[0, fr.TYPE] = 1
    positions(
        source,
        source,
        messages,
        np.zeros(1, np.int64),
        np.full((28, 10, 2), -1, np.int64),
        np.zeros((2, 1)),
        np.zeros((3, 1), np.float32),
        np.zeros((8, 1), np.uint8),
        np.zeros(1, np.int64),
    )
