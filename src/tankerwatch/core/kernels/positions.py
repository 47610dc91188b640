"""Third pass for positions: types 1, 2, 3, 9, 18, 19 and 27 to columns in the units of the world."""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from tankerwatch.core.ais import layouts
from tankerwatch.core.kernels import messages as ms
from tankerwatch.core.kernels.index import read_only
from tankerwatch.core.kernels.vectors import unarmoured
from tankerwatch.core.kernels.words import bits_at, view_of

# Rows of the outputs, in the order of core/tables.py.
TIME, LON, LAT = range(3)
SOG, COG, HEADING = range(3)
STATION, QUALITY = range(2)
TYPE, TURN, STATUS, SECOND, ACCURATE, RAIM, REPEAT, CHANNEL = range(8)

# Quality bits set here; the same numbers as in core/tables.py (a test compares them).
_RESERVED_VALUE = 1 << 1
_OUT_OF_RANGE = 1 << 4

_STATUS, _TURN, _SOG, _ACCURATE, _LON, _LAT, _COG, _HEADING, _SECOND, _RAIM = range(10)
_PLACES = layouts.position_places()
_MISSING = -(1 << 40)
_WHOLE_BITS = 149
"""With these, a message of type 1, 2, 3, 18 or 19 holds all fields that are read but the last of type 19."""


@nb.njit(cache=True, nogil=True, forceinline=True)
def _signed(value: int, bits: int) -> int:
    """The two's complement number of so many bits."""
    return (value ^ (1 << (bits - 1))) - (1 << (bits - 1))


@nb.njit(cache=True, nogil=True)
def _field(source: Any, at: int, bits: int, kind: int, field: int) -> int:
    """A field of any position report as it was sent, _MISSING where the message has none or ends before."""
    first = _PLACES[kind, field, 0]
    width = abs(_PLACES[kind, field, 1])
    if first < 0 or first + width > bits:
        return _MISSING
    value = bits_at(source, at, first, width)
    return _signed(value, width) if _PLACES[kind, field, 1] < 0 else value


@nb.njit(cache=True, nogil=True, forceinline=True)
def _degrees(value: int, most: int, unit: float, quality: int) -> tuple[float, int]:
    """Degrees of a longitude or latitude, NaN when it is not available; and the quality bits with those of one that cannot be."""
    degrees = value / unit
    if abs(degrees) <= most:
        return degrees, quality
    return np.nan, quality if value == _MISSING or value == (most + 1) * unit else quality | _OUT_OF_RANGE


@nb.njit(cache=True, nogil=True)
def positions(
    buffer: Any, tail: Any, messages: Any, time_s: Any, source_row: Any, chosen: Any,
    doubles: Any, singles: Any, bytes_: Any, shorts: Any, mmsi: Any, rows: Any,
) -> None:  # fmt: skip
    """Decode the position reports numbered in `chosen`.

    time_s, source_row: by message · out: doubles (3, n) f64: time, longitude and latitude · singles (3, n) f32: speed in knots, course and
    heading in degrees · bytes_ (8, n) u8 · shorts (2, n) u16 · mmsi (n,) u32 · rows (n,) u64, the source rows. What is not available is NaN
    or the column's missing value. A whole report of the usual types is read at once, others field by field as `layouts.POSITIONS` has them.
    """
    lines, inside = view_of(buffer), view_of(tail)
    ten, nan = np.float32(10.0), np.float32(np.nan)
    for row in range(len(chosen)):
        m = chosen[row]
        kind = np.int64(messages[m, ms.TYPE])
        bits = np.int64(messages[m, ms.BITS])
        at = np.int64(messages[m, ms.FROM])
        source = inside if messages[m, ms.TAIL] == 1 else lines
        if bits >= _WHOLE_BITS and kind <= 3:
            a, b, c, d = unarmoured(source, at)
            status = (a >> 6) & 15
            turn = ((a & 63) << 2) | (b >> 46)
            sog = (b >> 36) & 1023
            accurate = (b >> 35) & 1
            lon = _signed((b >> 7) & 0xFFFFFFF, 28)
            lat = _signed(((b & 127) << 20) | (c >> 28), 27)
            cog = (c >> 16) & 4095
            heading = (c >> 7) & 511
            second = (c >> 1) & 63
            raim = (d >> 43) & 1
        elif bits >= _WHOLE_BITS and (kind == 18 or kind == 19):
            a, b, c, d = unarmoured(source, at)
            status = 255
            turn = 128
            sog = ((a & 3) << 8) | (b >> 40)
            accurate = (b >> 39) & 1
            lon = _signed((b >> 11) & 0xFFFFFFF, 28)
            lat = _signed(((b & 2047) << 16) | (c >> 32), 27)
            cog = (c >> 20) & 4095
            heading = (c >> 11) & 511
            second = (c >> 5) & 63
            raim = (d >> 44) & 1 if kind == 18 else _field(source, at, bits, kind, _RAIM)
        else:
            status = _field(source, at, bits, kind, _STATUS)
            status = 255 if status == _MISSING else status
            turn = _field(source, at, bits, kind, _TURN)
            turn = 128 if turn == _MISSING else turn
            sog = _field(source, at, bits, kind, _SOG)
            accurate = _field(source, at, bits, kind, _ACCURATE)
            lon = _field(source, at, bits, kind, _LON)
            lat = _field(source, at, bits, kind, _LAT)
            cog = _field(source, at, bits, kind, _COG)
            heading = _field(source, at, bits, kind, _HEADING)
            second = _field(source, at, bits, kind, _SECOND)
            second = 60 if second == _MISSING else second
            raim = _field(source, at, bits, kind, _RAIM)

        quality = np.int64(messages[m, ms.QUALITY])
        unit = 600.0 if kind == 27 else 600000.0
        lon_deg, quality = _degrees(lon, 180, unit, quality)
        lat_deg, quality = _degrees(lat, 90, unit, quality)
        sog_kn = np.float32(sog) if kind == 9 or kind == 27 else np.float32(sog) / ten
        if sog == _MISSING or sog == (63 if kind == 27 else 1023):
            sog_kn = nan
        cog_deg = np.float32(cog) if kind == 27 else np.float32(cog) / ten
        if cog < 0 or cog >= (360 if kind == 27 else 3600):
            cog_deg = nan
            if cog != _MISSING and cog != (511 if kind == 27 else 3600):
                quality |= _RESERVED_VALUE
        heading_deg = np.float32(heading)
        if heading < 0 or heading >= 360:
            heading_deg = nan
            if heading != _MISSING and heading != 511:
                quality |= _RESERVED_VALUE
        if status == 9 or status == 10 or status == 13:
            quality |= _RESERVED_VALUE

        doubles[TIME, row] = time_s[m]
        doubles[LON, row] = lon_deg
        doubles[LAT, row] = lat_deg
        singles[SOG, row] = sog_kn
        singles[COG, row] = cog_deg
        singles[HEADING, row] = heading_deg
        bytes_[TYPE, row] = kind
        bytes_[TURN, row] = turn & 255
        bytes_[STATUS, row] = status
        bytes_[SECOND, row] = second
        bytes_[ACCURATE, row] = accurate == 1
        bytes_[RAIM, row] = raim == 1
        bytes_[REPEAT, row] = messages[m, ms.REPEAT]
        bytes_[CHANNEL, row] = messages[m, ms.CHANNEL]
        shorts[STATION, row] = messages[m, ms.STATION]
        shorts[QUALITY, row] = quality
        mmsi[row] = messages[m, ms.MMSI]
        rows[row] = source_row[m]


def warm() -> None:
    """Compile."""
    source = read_only(np.full(160, 48, np.uint8))
    messages = np.zeros((1, ms.MESSAGE_WIDTH), np.int32)
    messages[0, ms.TYPE] = 1
    positions(
        source, source, messages, np.zeros(1), np.zeros(1, np.uint64), np.zeros(1, np.int64),
        np.zeros((3, 1)), np.zeros((3, 1), np.float32), np.zeros((8, 1), np.uint8), np.zeros((2, 1), np.uint16), np.zeros(1, np.uint32),
        np.zeros(1, np.uint64),
    )  # fmt: skip
