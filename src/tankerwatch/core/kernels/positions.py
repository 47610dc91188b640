"""Third pass for positions: types 1, 2, 3, 9, 18, 19 and 27 to columns in the units of the world."""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.kernels.index import read_only
from tankerwatch.core.kernels.sixbit import bits_at
from tankerwatch.core.kernels.words import bits48

# Rows of the outputs, in the order of core/tables.py.
TIME, LON, LAT = range(3)
SOG, COG, HEADING = range(3)
STATION, QUALITY = range(2)
TYPE, TURN, STATUS, SECOND, ACCURATE, RAIM, REPEAT, CHANNEL = range(8)

# Quality bits set here; the same numbers as in core/tables.py (a test compares them).
_RESERVED_VALUE = 1 << 1
_OUT_OF_RANGE = 1 << 4

# Rows of `places`, see layouts.POSITION_FIELDS.
_STATUS, _TURN, _SOG, _ACCURATE, _LON, _LAT, _COG, _HEADING, _SECOND, _RAIM = range(10)
_MISSING = -(1 << 40)


_WHOLE_BITS = 149
"""With these, a message of type 1, 2, 3 or 18 holds all fields that are read."""


@nb.njit(cache=True, nogil=True, forceinline=True)
def _class_a(buffer: Any, at: int, values: Any) -> None:
    """The fields of a whole report of type 1, 2 or 3, as `layouts.POSITIONS` has them; the two's complements not yet resolved."""
    a, b = np.int64(bits48(buffer, at)), np.int64(bits48(buffer, at + 8))
    c, d = np.int64(bits48(buffer, at + 16)), np.int64(bits48(buffer, at + 24))
    values[_STATUS] = (a >> 6) & 15
    values[_TURN] = ((a & 63) << 2) | (b >> 46)
    values[_SOG] = (b >> 36) & 1023
    values[_ACCURATE] = (b >> 35) & 1
    values[_LON] = (((b >> 7) & 0xFFFFFFF) ^ 0x8000000) - 0x8000000
    values[_LAT] = ((((b & 127) << 20) | (c >> 28)) ^ 0x4000000) - 0x4000000
    values[_COG] = (c >> 16) & 4095
    values[_HEADING] = (c >> 7) & 511
    values[_SECOND] = (c >> 1) & 63
    values[_RAIM] = (d >> 43) & 1


@nb.njit(cache=True, nogil=True, forceinline=True)
def _class_b(buffer: Any, at: int, values: Any) -> None:
    """The same of a whole report of type 18."""
    a, b = np.int64(bits48(buffer, at)), np.int64(bits48(buffer, at + 8))
    c, d = np.int64(bits48(buffer, at + 16)), np.int64(bits48(buffer, at + 24))
    values[_STATUS] = _MISSING
    values[_TURN] = _MISSING
    values[_SOG] = ((a & 3) << 8) | (b >> 40)
    values[_ACCURATE] = (b >> 39) & 1
    values[_LON] = (((b >> 11) & 0xFFFFFFF) ^ 0x8000000) - 0x8000000
    values[_LAT] = ((((b & 2047) << 16) | (c >> 32)) ^ 0x4000000) - 0x4000000
    values[_COG] = (c >> 20) & 4095
    values[_HEADING] = (c >> 11) & 511
    values[_SECOND] = (c >> 5) & 63
    values[_RAIM] = (d >> 44) & 1


@nb.njit(cache=True, nogil=True)
def _any(source: Any, message: Any, places: Any, values: Any) -> None:
    """The same of any position report, field by field as far as it goes."""
    kind = message[fr.TYPE]
    for f in range(10):
        first = places[kind, f, 0]
        width = abs(places[kind, f, 1])
        if first < 0 or first + width > message[fr.BITS]:
            values[f] = _MISSING
            continue
        value = bits_at(source, message[fr.FROM], first, width)
        if places[kind, f, 1] < 0 and value >> (width - 1) == 1:
            value -= 1 << width
        values[f] = value


@nb.njit(cache=True, nogil=True)
def positions(
    buffer: Any, tail: Any, messages: Any, time_s: Any, source_row: Any, chosen: Any, places: Any,
    doubles: Any, singles: Any, bytes_: Any, shorts: Any, mmsi: Any, rows: Any,
) -> None:  # fmt: skip
    """Decode the position reports numbered in `chosen`.

    time_s, source_row: by message · places: (28, 10, 2) `layouts.position_places` · out: doubles (3, n) f64: time, longitude and latitude ·
    singles (3, n) f32: speed in knots, course and heading in degrees · bytes_ (8, n) u8 · shorts (2, n) u16 · mmsi (n,) u32 ·
    rows (n,) u64, the source rows. What is not available is NaN or the column's missing value.
    """
    values = np.zeros(10, np.int64)
    nan32 = np.float32(np.nan)
    for row in range(len(chosen)):
        m = chosen[row]
        kind = messages[m, fr.TYPE]
        whole = messages[m, fr.BITS] >= _WHOLE_BITS and messages[m, fr.TAIL] == 0
        if whole and kind <= 3:
            _class_a(buffer, messages[m, fr.FROM], values)
        elif whole and kind == 18:
            _class_b(buffer, messages[m, fr.FROM], values)
        elif messages[m, fr.TAIL] == 1:
            _any(tail, messages[m], places, values)
        else:
            _any(buffer, messages[m], places, values)
        q = 0
        doubles[TIME, row] = time_s[m]
        rows[row] = source_row[m]
        mmsi[row] = messages[m, fr.MMSI]

        unit = 600.0 if kind == 27 else 600000.0
        for f in range(2):
            value = values[_LON + f]
            most = 180 if f == 0 else 90
            if abs(value) <= most * unit:
                doubles[LON + f, row] = value / unit
            else:
                doubles[LON + f, row] = np.nan
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
        bytes_[REPEAT, row] = messages[m, fr.REPEAT]
        bytes_[CHANNEL, row] = messages[m, fr.CHANNEL]
        shorts[STATION, row] = messages[m, fr.STATION]
        shorts[QUALITY, row] = messages[m, fr.QUALITY] | q


def warm() -> None:
    """Compile."""
    source = read_only(np.full(160, 48, np.uint8))
    messages = np.zeros((1, fr.MESSAGE_WIDTH), np.int64)
    messages[0, fr.TYPE] = 1
    positions(
        source, source, messages, np.zeros(1), np.zeros(1, np.uint64), np.zeros(1, np.int64), np.full((28, 10, 2), -1, np.int64),
        np.zeros((3, 1)), np.zeros((3, 1), np.float32), np.zeros((8, 1), np.uint8), np.zeros((2, 1), np.uint16), np.zeros(1, np.uint32),
        np.zeros(1, np.uint64),
    )  # fmt: skip
