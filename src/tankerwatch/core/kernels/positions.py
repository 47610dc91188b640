"""Third pass for positions: types 1, 2, 3, 9, 18, 19 and 27 to columns in the units of the world."""

from __future__ import annotations

from typing import Any

import numpy as np

from tankerwatch.core.ais import layouts
from tankerwatch.core.kernels import messages as ms
from tankerwatch.core.kernels.compiling import inlined, kernel, part
from tankerwatch.core.kernels.vectors import there as find_there
from tankerwatch.core.kernels.words import bits_at, i64, view_of

# Rows of the outputs, in the order of core/tables.py.
TIME, LON, LAT = range(3)
SOG, COG, HEADING = range(3)
STATION, QUALITY = range(2)
TYPE, TURN, STATUS, SECOND, ACCURATE, RAIM, REPEAT, CHANNEL = range(8)

# Quality bits set here; the same numbers as in core/tables.py (a test compares them).
_RESERVED_VALUE = 1 << 1
_OUT_OF_RANGE = 1 << 4
_OWN_SHIP = 1 << 6

_STATUS, _TURN, _SOG, _ACCURATE, _LON, _LAT, _COG, _HEADING, _SECOND, _RAIM = range(10)
_PLACES = layouts.position_places()
_MISSING = -(1 << 40)
WHOLE_BITS = 149
"""With these, a message of type 1, 2, 3, 18 or 19 holds all fields that are read but the last of type 19."""
_BLOCK = 256
"""Reports worked on at once: so few stay in the nearest cache."""
# Rows of `told`, what is known of a report besides its words.
WHAT, MMSI, HEARD, LINE, ORDER = range(5)
TOLD = 5
_BITS48 = (1 << 48) - 1


@inlined
def _signed(value: int, bits: int) -> int:
    """The two's complement number of so many bits."""
    return (value ^ (1 << (bits - 1))) - (1 << (bits - 1))


@part
def _field(source: Any, at: int, bits: int, kind: int, field: int) -> int:
    """A field of any position report as it was sent, _MISSING where the message has none or ends before."""
    first = _PLACES[kind, field, 0]
    width = abs(_PLACES[kind, field, 1])
    if first < 0 or first + width > bits:
        return _MISSING
    value = bits_at(source, at, first, width)
    return _signed(value, width) if _PLACES[kind, field, 1] < 0 else value


@part
def _told(what: Any, heard: Any, kind: Any, repeat: Any, channel: Any, station: Any, early: Any, quality: Any) -> None:
    """What is known besides the words, in columns; and how many bits earlier than in others the fields of a report lie."""
    for i in range(len(what)):
        kind[i] = what[i] & 0xFF
        repeat[i] = (what[i] >> 8) & 3
        channel[i] = (what[i] >> 16) & 0xFF
    for i in range(len(heard)):
        station[i] = heard[i] & 0xFFFF
        quality[i] = heard[i] >> 16
    for i in range(len(what)):
        early[i] = 4 if (what[i] & 0xFF) >= 18 else 0


@part
def _align(words: Any, early: Any, a: Any, b: Any, c: Any, d: Any) -> None:
    """The words in columns; those of type 18 moved, so that their fields from the speed on lie where those of the others do."""
    for i in range(len(words)):
        moved = early[i]
        first, second, third, fourth = words[i, 0], words[i, 1], words[i, 2], words[i, 3]
        a[i] = first
        b[i] = ((first << (48 - moved)) | (second >> moved)) & _BITS48
        c[i] = ((second << (48 - moved)) | (third >> moved)) & _BITS48
        d[i] = ((third << (48 - moved)) | (fourth >> moved)) & _BITS48


@part
def _degrees(b: Any, c: Any, lon_deg: Any, lat_deg: Any, quality: Any) -> None:
    """Longitude and latitude of whole reports from their words."""
    for i in range(len(lon_deg)):
        lon = np.int32(_signed((b[i] >> 7) & 0xFFFFFFF, 28)) / 600000.0
        there = abs(lon) <= 180.0
        lon_deg[i] = lon if there else np.nan
        quality[i] |= _OUT_OF_RANGE if (not there) & (lon != 181.0) else 0
    for i in range(len(lon_deg)):
        lat = np.int32(_signed(((b[i] & 127) << 20) | (c[i] >> 28), 27)) / 600000.0
        there = abs(lat) <= 90.0
        lat_deg[i] = lat if there else np.nan
        quality[i] |= _OUT_OF_RANGE if (not there) & (lat != 91.0) else 0


@part
def _motion(b: Any, c: Any, sog_kn: Any, cog_deg: Any, heading_deg: Any, quality: Any) -> None:
    """Speed, course and heading, likewise."""
    ten, nan = np.float32(10.0), np.float32(np.nan)
    for i in range(len(sog_kn)):
        sog = np.int32((b[i] >> 36) & 1023)
        sog_kn[i] = np.float32(sog) / ten if sog != 1023 else nan
    for i in range(len(sog_kn)):
        cog = np.int32((c[i] >> 16) & 4095)
        cog_deg[i] = np.float32(cog) / ten if cog < 3600 else nan
        quality[i] |= _RESERVED_VALUE if cog > 3600 else 0
    for i in range(len(sog_kn)):
        heading = np.int32((c[i] >> 7) & 511)
        heading_deg[i] = np.float32(heading) if heading < 360 else nan
        quality[i] |= _RESERVED_VALUE if (heading >= 360) & (heading != 511) else 0


@part
def _small(a: Any, b: Any, c: Any, d: Any, early: Any, turn: Any, status: Any, second: Any, accurate: Any, raim: Any, quality: Any) -> None:
    """The small fields, likewise. Of type 18 neither status nor turn is told."""
    for i in range(len(turn)):
        told = (a[i] >> 6) & 15
        status[i] = told if early[i] == 0 else 255
        quality[i] |= _RESERVED_VALUE if (early[i] == 0) & ((told == 9) | (told == 10) | (told == 13)) else 0
    for i in range(len(turn)):
        told = ((a[i] & 63) << 2) | (b[i] >> 46)
        turn[i] = told if early[i] == 0 else 128
    for i in range(len(turn)):
        second[i] = (c[i] >> 1) & 63
        accurate[i] = (b[i] >> 35) & 1
    for i in range(len(turn)):
        raim[i] = (d[i] >> (43 if early[i] == 0 else 40)) & 1


@part
def _by_fields(source: Any, message: Any, row: int, doubles: Any, singles: Any, bytes_: Any, shorts: Any) -> None:
    """One report of any type and length, field by field as `layouts.POSITIONS` has them."""
    kind, bits, at = ms.type_of(message[ms.WHAT]), ms.bits_of(message[ms.SPAN]), i64(message[ms.FROM])
    quality = ms.quality_of(message[ms.HEARD])
    long_range = kind == 27
    for f in range(2):
        value = _field(source, at, bits, kind, _LON + f)
        most = 180 if f == 0 else 90
        degrees = value / (600.0 if long_range else 600000.0)
        there = value != _MISSING and abs(degrees) <= most
        doubles[LON + f, row] = degrees if there else np.nan
        if not there and value != _MISSING and degrees != most + 1:
            quality |= _OUT_OF_RANGE
    sog = _field(source, at, bits, kind, _SOG)
    whole_knots = long_range or kind == 9
    there = sog >= 0 and sog != (63 if long_range else 1023)
    singles[SOG, row] = np.float32(sog if whole_knots else sog / 10.0) if there else np.float32(np.nan)
    cog = _field(source, at, bits, kind, _COG)
    there = 0 <= cog < (360 if long_range else 3600)
    singles[COG, row] = np.float32(cog if long_range else cog / 10.0) if there else np.float32(np.nan)
    heading = _field(source, at, bits, kind, _HEADING)
    singles[HEADING, row] = np.float32(heading) if 0 <= heading < 360 else np.float32(np.nan)
    status = _field(source, at, bits, kind, _STATUS)
    if (not there and cog >= 0 and cog != (511 if long_range else 3600)) or (heading >= 360 and heading != 511):
        quality |= _RESERVED_VALUE
    if status == 9 or status == 10 or status == 13:
        quality |= _RESERVED_VALUE
    turn = _field(source, at, bits, kind, _TURN)
    second = _field(source, at, bits, kind, _SECOND)
    bytes_[STATUS, row] = status if status != _MISSING else 255
    bytes_[TURN, row] = (turn if turn != _MISSING else -128) & 255
    bytes_[SECOND, row] = second if second != _MISSING else 60
    bytes_[ACCURATE, row] = _field(source, at, bits, kind, _ACCURATE) == 1
    bytes_[RAIM, row] = _field(source, at, bits, kind, _RAIM) == 1
    shorts[QUALITY, row] = quality
    shorts[STATION, row] = ms.station_of(message[ms.HEARD])
    bytes_[TYPE, row] = kind
    bytes_[REPEAT, row] = (message[ms.WHAT] >> 8) & 3
    bytes_[CHANNEL, row] = (message[ms.WHAT] >> 16) & 0xFF


@part
def _whole(
    words: Any, told: Any, told_s: Any, told_rows: Any, first: int, behind: int, at: int, work: Any,
    doubles: Any, singles: Any, bytes_: Any, shorts: Any, numbers: Any, rows: Any,
) -> None:  # fmt: skip  # one a line would hide what belongs together
    """Whole reports of the usual types, from `first` to `behind`, to the rows from `at` on: column by column, in loops without a branch of
    which the compiler makes vector instructions.
    """
    for begin in range(first, behind, _BLOCK):
        end = min(begin + _BLOCK, behind)
        size = end - begin
        row, last = at + begin - first, at + end - first
        a, b, c, d = work[0, :size], work[1, :size], work[2, :size], work[3, :size]
        early, quality = work[4, :size], work[5, :size]
        _told(
            told[WHAT, begin:end], told[HEARD, begin:end], bytes_[TYPE, row:last], bytes_[REPEAT, row:last], bytes_[CHANNEL, row:last],
            shorts[STATION, row:last], early, quality,
        )  # fmt: skip  # one a line would hide what belongs together
        _align(words[begin:end], early, a, b, c, d)
        _degrees(b, c, doubles[LON, row:last], doubles[LAT, row:last], quality)
        _motion(b, c, singles[SOG, row:last], singles[COG, row:last], singles[HEADING, row:last], quality)
        _small(
            a, b, c, d, early, bytes_[TURN, row:last], bytes_[STATUS, row:last], bytes_[SECOND, row:last], bytes_[ACCURATE, row:last],
            bytes_[RAIM, row:last], quality,
        )  # fmt: skip  # one a line would hide what belongs together
        shorts[QUALITY, row:last] = quality
    doubles[TIME, at : at + behind - first] = told_s[first:behind]
    rows[at : at + behind - first] = told_rows[first:behind]
    for which in range(3):
        source = MMSI if which == 0 else (LINE if which == 1 else ORDER)
        numbers[which, at : at + behind - first] = told[source, first:behind]


@part
def place(
    buffer: Any, tail: Any, messages: Any, time_s: Any, source_row: Any, chosen: Any, first: int, count: int,
    words: Any, told: Any, told_s: Any, told_rows: Any, reports: int, at: int,
    doubles: Any, singles: Any, bytes_: Any, shorts: Any, numbers: Any, rows: Any,
) -> int:  # fmt: skip  # one a line would hide what belongs together
    """Decode position reports to the rows of the columns from `at` on, in order; the row behind the last.

    Whole ones of types 1, 2, 3 and 18 wait in words, (reports, 4) i64, their bits as `vectors.put_unarmoured` gives them, with told
    (TOLD, reports) i32, told_s f64 and told_rows u64 · the others are numbered in chosen[first:count], with time_s, source_row by
    message · out: doubles (3, n) f64: time, longitude and latitude · singles (3, n) f32: speed in knots, course and heading in degrees ·
    bytes_ (8, n) u8 · shorts (2, n) u16 · numbers (3, n) i32: mmsi, line and order · rows (n,) u64, the source rows. What is
    not available is NaN or the column's missing value.
    """
    lines, inside = view_of(buffer), view_of(tail)
    work = np.empty((6, _BLOCK), np.int64)
    done = 0
    for i in range(first, count):
        message = messages[chosen[i]]
        before = done
        while done < reports and told[ORDER, done] < message[ms.ORDER]:
            done += 1
        if done > before:
            _whole(words, told, told_s, told_rows, before, done, at, work, doubles, singles, bytes_, shorts, numbers, rows)
            at += done - before
        _by_fields(inside if ms.in_tail(message[ms.WHAT]) else lines, message, at, doubles, singles, bytes_, shorts)
        doubles[TIME, at] = time_s[chosen[i]]
        rows[at] = source_row[chosen[i]]
        numbers[0, at] = message[ms.MMSI]
        numbers[1, at] = message[ms.LINE]
        numbers[2, at] = message[ms.ORDER]
        at += 1
    if done < reports:
        _whole(words, told, told_s, told_rows, done, reports, at, work, doubles, singles, bytes_, shorts, numbers, rows)
        at += reports - done
    return at


# Columns that may lack a value or are told by a bit: rows of `there` and `missing`.
TIME_THERE, LON_THERE, LAT_THERE, SOG_THERE, COG_THERE, HEADING_THERE, TURN_THERE, STATUS_THERE, SECOND_THERE = range(9)
CHANNEL_THERE, ACCURATE_BITS, RAIM_BITS = range(9, 12)
MARKED = 12


@part
def mark(first: int, behind: int, doubles: Any, singles: Any, bytes_: Any, there: Any, missing: Any) -> None:
    """Write what is there in the rows from `first` on, a multiple of 64, as bits to there, (MARKED, words) u64, and add what is not to
    missing, (MARKED,) i64: while the columns are near.
    """
    word = first >> 6
    for k in range(3):
        missing[TIME_THERE + k] += find_there(doubles[TIME + k, first:behind], np.nan, there[TIME_THERE + k, word:])
        missing[SOG_THERE + k] += find_there(singles[SOG + k, first:behind], np.nan, there[SOG_THERE + k, word:])
    missing[TURN_THERE] += find_there(bytes_[TURN, first:behind], 128, there[TURN_THERE, word:])
    missing[STATUS_THERE] += find_there(bytes_[STATUS, first:behind], 255, there[STATUS_THERE, word:])
    missing[SECOND_THERE] += find_there(bytes_[SECOND, first:behind], 60, there[SECOND_THERE, word:])
    missing[CHANNEL_THERE] += find_there(bytes_[CHANNEL, first:behind], 0, there[CHANNEL_THERE, word:])
    find_there(bytes_[ACCURATE, first:behind], 0, there[ACCURATE_BITS, word:])
    find_there(bytes_[RAIM, first:behind], 0, there[RAIM_BITS, word:])


@kernel
def last_own(quality: Any, lon_deg: Any, lat_deg: Any, heading_deg: Any, rows: Any, last: Any) -> None:
    """The own ship's positions that are remembered: of each feed the last row, and the last with a heading, to last, (feeds, 2) i64."""
    for i in range(len(quality)):
        if quality[i] & _OWN_SHIP and lon_deg[i] == lon_deg[i] and lat_deg[i] == lat_deg[i]:
            feed = i64(rows[i] >> np.uint64(48))
            last[feed, 0] = i
            if heading_deg[i] == heading_deg[i]:
                last[feed, 1] = i


def warm() -> None:
    """Compile what is called from Python."""
    single = np.zeros(1, np.float32)
    last_own(np.zeros(1, np.uint16), np.zeros(1), np.zeros(1), single, np.zeros(1, np.uint64), np.zeros((1, 2), np.int64))
