"""Third pass for what is not a position: families, static reports, base stations and aids, and the payloads of the others.

Texts go to packed columns (core/packed.py): bytes one behind the other, and where each ends.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.kernels.index import read_only
from tankerwatch.core.kernels.sixbit import ABSENT, bits_at
from tankerwatch.core.kernels.words import bits48

OTHERS, POSITIONS, STATICS, BASES, TEXTS = range(5)
FAMILIES = 5

FORM_5, FORM_19, FORM_24A, FORM_24B = range(4)
# Columns of `places` for statics: numbers, then texts.
STATIC_NUMBERS = (
    "imo", "ship_type", "bow", "stern", "port", "starboard", "draught", "eta_month", "eta_day", "eta_hour", "eta_minute", "mothership",
)  # fmt: skip
STATIC_TEXTS = ("callsign", "name", "destination")
_IMO, _SHIP_TYPE, _BOW, _STERN, _PORT, _STARBOARD, _DRAUGHT, _MONTH, _DAY, _HOUR, _MINUTE, _MOTHERSHIP, _CALLSIGN, _NAME, _DESTINATION = (
    range(15)
)
CALLSIGN_LONGEST, NAME_LONGEST, ETA_LONGEST = 7, 20, 11

# Columns of `places` for bases.
BASE_NUMBERS = ("year", "month", "day", "hour", "minute", "second", "lon", "lat", "aid_type", "virtual", "off_position")
_YEAR, _B_MONTH, _B_DAY, _B_HOUR, _B_MINUTE, _SECOND, _LON, _LAT, _AID_TYPE, _VIRTUAL, _OFF, _AID_NAME = range(12)
MORE_LONGEST = 14
_BASE_WHOLE_BITS = 134
"""With these, a message of type 4 or 11 holds all fields that are read."""

# Quality bits set here; the same numbers as in core/tables.py (a test compares them).
_RESERVED_VALUE = 1 << 1
_OUT_OF_RANGE = 1 << 4
_LAST_TYPE = 27


@nb.njit(cache=True, nogil=True)
def families(buffer: Any, tail: Any, messages: Any, count: int, table: Any, chosen: Any, sizes: Any) -> None:
    """Sort messages by the tables that they go to (type 19 to two). table: (64,) a bit for each family, by message type · chosen:
    (FAMILIES, capacity) out, their numbers · sizes: (FAMILIES,) out. Of type 24 only the parts A and B are statics.
    """
    sizes[:] = 0
    for m in range(count):
        kind = messages[m, fr.TYPE]
        wanted = table[kind]
        if kind == 24:
            part = bits_at(tail if messages[m, fr.TAIL] == 1 else buffer, messages[m, fr.FROM], 38, 2)
            if part > 1:
                wanted = 1 << OTHERS
        family = 0
        while wanted > 0:
            if wanted & 1:
                chosen[family, sizes[family]] = m
                sizes[family] += 1
            wanted >>= 1
            family += 1


@nb.njit(cache=True, nogil=True)
def _text(source: Any, at: int, bits: int, first: int, characters: int, part: bool, data: Any, begin: int) -> int:
    """Write the six-bit text from bit `first` on to data[begin:]; where it ends. See `sixbit.text`, which this equals."""
    room = (bits - first) // 6
    if room < characters:
        if not part:
            return begin
        characters = room
    end = begin
    place = at + first // 6
    shift = np.uint64(first % 6)
    for done in range(0, characters, 8):
        eight = bits48(source, place + done)
        if shift > 0:
            eight = (eight << shift) | (bits48(source, place + done + 8) >> (np.uint64(48) - shift))
        for i in range(min(8, characters - done)):
            v = np.int64((eight >> np.uint64(42 - 6 * i)) & np.uint64(63))
            if v == 0:
                return end
            data[begin + done + i] = v + 64 if v < 32 else v
            if v != 32:
                end = begin + done + i + 1
    return end


@nb.njit(cache=True, nogil=True)
def _number(source: Any, at: int, bits: int, places: Any, form: int, which: int) -> int:
    first = places[form, which, 0]
    width = abs(places[form, which, 1])
    if first < 0 or first + width > bits:
        return ABSENT
    value = bits_at(source, at, first, width)
    if places[form, which, 1] < 0 and value >> (width - 1) == 1:
        value -= 1 << width
    return value


@nb.njit(cache=True, nogil=True)
def _two_digits(data: Any, at: int, value: int) -> None:
    data[at] = 48 + value // 10
    data[at + 1] = 48 + value % 10


@nb.njit(cache=True, nogil=True)
def statics(
    buffer: Any, tail: Any, messages: Any, time_s: Any, source_row: Any, chosen: Any, places: Any, craft_from: int, craft_to: int,
    times: Any, rows: Any, longs: Any, shorts: Any, bytes_: Any, draught: Any,
    callsign: Any, name: Any, destination: Any, eta: Any, part: Any, ends: Any,
) -> None:  # fmt: skip
    """Decode the static reports numbered in `chosen`.

    places: (4, 15, 2) by form · craft_from, craft_to: identities of auxiliary craft, whose 24B holds the mothership · out: times (n,) f64 ·
    rows (n,) u64 · longs (3, n) u32: mmsi, imo, mothership · shorts (5, n) u16: bow, stern, port, starboard, quality · bytes_ (2, n) u8:
    type, ship type · draught (n,) f32 · the bytes of five texts, and ends (5, n + 1) i32.
    """
    for t in range(5):
        ends[t, 0] = 0
    for row in range(len(chosen)):
        m = chosen[row]
        source = tail if messages[m, fr.TAIL] == 1 else buffer
        at = messages[m, fr.FROM]
        bits = messages[m, fr.BITS]
        kind = messages[m, fr.TYPE]
        mmsi = messages[m, fr.MMSI]
        form = FORM_5
        if kind == 19:
            form = FORM_19
        elif kind == 24:
            form = FORM_24A if bits_at(source, at, 38, 2) == 0 else FORM_24B
        times[row] = time_s[m]
        rows[row] = source_row[m]
        longs[0, row] = mmsi
        longs[1, row] = max(_number(source, at, bits, places, form, _IMO), 0)
        longs[2, row] = 0
        bytes_[0, row] = kind
        bytes_[1, row] = max(_number(source, at, bits, places, form, _SHIP_TYPE), 0)
        if form == FORM_24B and craft_from <= mmsi < craft_to:
            longs[2, row] = max(_number(source, at, bits, places, form, _MOTHERSHIP), 0)
            shorts[0:4, row] = 0
        else:
            for side in range(4):
                shorts[side, row] = max(_number(source, at, bits, places, form, _BOW + side), 0)
        shorts[4, row] = messages[m, fr.QUALITY]
        deep = _number(source, at, bits, places, form, _DRAUGHT)
        draught[row] = np.float32(deep / 10.0) if deep > 0 else np.float32(np.nan)
        for t in range(3):
            data = callsign if t == 0 else (name if t == 1 else destination)
            first = places[form, _CALLSIGN + t, 0]
            end = ends[t, row]
            if first >= 0:
                end = _text(source, at, bits, first, places[form, _CALLSIGN + t, 1] // 6, False, data, end)
            ends[t, row + 1] = end
        end = ends[3, row]
        month = _number(source, at, bits, places, form, _MONTH)
        day = _number(source, at, bits, places, form, _DAY)
        hour = _number(source, at, bits, places, form, _HOUR)
        minute = _number(source, at, bits, places, form, _MINUTE)
        if min(min(month, day), min(hour, minute)) >= 0 and not (month == 0 and day == 0 and hour >= 24):
            _two_digits(eta, end, month)
            eta[end + 2] = 45
            _two_digits(eta, end + 3, day)
            eta[end + 5] = 32
            _two_digits(eta, end + 6, hour)
            eta[end + 8] = 58
            _two_digits(eta, end + 9, minute)
            end += 11
        ends[3, row + 1] = end
        end = ends[4, row]
        if kind == 24:
            part[end] = 65 if form == FORM_24A else 66
            end += 1
        ends[4, row + 1] = end


@nb.njit(cache=True, nogil=True)
def _utc(year: Any, month: Any, day: Any, hour: Any, minute: Any, second: Any) -> float:
    """Seconds since 1970 of a date and time as sent; NaN where a part is not available or no such moment exists."""
    if not (1 <= year <= 9999 and 1 <= month <= 12 and day >= 1 and 0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second <= 59):
        return np.nan
    longest = 31
    if month == 2:
        longest = 29 if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 else 28
    elif month == 4 or month == 6 or month == 9 or month == 11:
        longest = 30
    if day > longest:
        return np.nan
    from_march = (month + 9) % 12
    y = year - 1 if month <= 2 else year
    days = 365 * y + y // 4 - y // 100 + y // 400 + (153 * from_march + 2) // 5 + day - 1 - 719468
    return float(days * 86400.0 + hour * 3600.0 + minute * 60.0 + second)


@nb.njit(cache=True, nogil=True)
def bases(
    buffer: Any, tail: Any, messages: Any, time_s: Any, source_row: Any, chosen: Any, places: Any, more_from: int,
    doubles: Any, rows: Any, mmsi: Any, shorts: Any, bytes_: Any, name: Any, ends: Any,
) -> None:  # fmt: skip
    """Decode the reports of base stations, of a ship's UTC and of aids to navigation numbered in `chosen`.

    places: (2, 12, 2) for types 4 and 11, and for type 21 · more_from: first bit of the name's extension · out: doubles (4, n) f64: time,
    UTC, longitude, latitude · rows (n,) u64 · mmsi (n,) u32 · shorts (2, n) u16: station, quality · bytes_ (4, n) u8: type, type of aid,
    virtual, off position · the bytes of the names, and ends (n + 1,) i32. A name that an `@` ends within its twenty characters does not
    go on in the extension.
    """
    ends[0] = 0
    for row in range(len(chosen)):
        m = chosen[row]
        source = tail if messages[m, fr.TAIL] == 1 else buffer
        at = messages[m, fr.FROM]
        bits = messages[m, fr.BITS]
        kind = messages[m, fr.TYPE]
        form = 1 if kind == 21 else 0
        quality = messages[m, fr.QUALITY]
        doubles[0, row] = time_s[m]
        doubles[1, row] = np.nan
        whole = form == 0 and bits >= _BASE_WHOLE_BITS
        a = b = c = np.int64(0)
        if whole:
            a, b, c = np.int64(bits48(source, at)), np.int64(bits48(source, at + 8)), np.int64(bits48(source, at + 16))
        for f in range(2):
            if not whole:
                value = _number(source, at, bits, places, form, _LON + f)
            elif f == 0:
                value = int((((b & 0x1FFFF) << 11) | (c >> 37)) ^ 0x8000000) - 0x8000000
            else:
                value = int(((c >> 10) & 0x7FFFFFF) ^ 0x4000000) - 0x4000000
            most = 180 if f == 0 else 90
            if abs(value) <= most * 600000:
                doubles[2 + f, row] = value / 600000.0
            else:
                doubles[2 + f, row] = np.nan
                if value != ABSENT and value != (most + 1) * 600000:
                    quality |= _OUT_OF_RANGE
        rows[row] = source_row[m]
        mmsi[row] = messages[m, fr.MMSI]
        shorts[0, row] = messages[m, fr.STATION]
        shorts[1, row] = quality
        bytes_[0, row] = kind
        bytes_[1, row] = 0
        bytes_[2, row] = 0
        bytes_[3, row] = 0
        begin = ends[row]
        end = begin
        if whole:
            doubles[1, row] = _utc(
                ((a & 1023) << 4) | (b >> 44), (b >> 40) & 15, (b >> 35) & 31, (b >> 30) & 31, (b >> 24) & 63, (b >> 18) & 63
            )
        elif form == 0:
            doubles[1, row] = _utc(
                _number(source, at, bits, places, 0, _YEAR),
                _number(source, at, bits, places, 0, _B_MONTH),
                _number(source, at, bits, places, 0, _B_DAY),
                _number(source, at, bits, places, 0, _B_HOUR),
                _number(source, at, bits, places, 0, _B_MINUTE),
                _number(source, at, bits, places, 0, _SECOND),
            )
        else:
            bytes_[1, row] = max(_number(source, at, bits, places, 1, _AID_TYPE), 0)
            bytes_[2, row] = _number(source, at, bits, places, 1, _VIRTUAL) == 1
            bytes_[3, row] = _number(source, at, bits, places, 1, _OFF) == 1
            first = places[1, _AID_NAME, 0]
            end = _text(source, at, bits, first, NAME_LONGEST, False, name, begin)
            full = True
            for i in range(NAME_LONGEST):
                if first + 6 * i + 6 <= bits and bits_at(source, at, first + 6 * i, 6) == 0:
                    full = False
                    break
            if full:
                more = _text(source, at, bits, more_from, MORE_LONGEST, True, name, begin + NAME_LONGEST)
                if more > begin + NAME_LONGEST:
                    for i in range(end, begin + NAME_LONGEST):
                        name[i] = 32
                    end = more
        ends[row + 1] = end


@nb.njit(cache=True, nogil=True)
def others(
    buffer: Any, tail: Any, messages: Any, time_s: Any, source_row: Any, chosen: Any,
    times: Any, rows: Any, mmsi: Any, bytes_: Any, quality: Any, data: Any, ends: Any,
) -> int:  # fmt: skip
    """Copy the payloads of the messages numbered in `chosen`. Returns how many bytes they have: more than `data` has room for means call
    again with more.

    out: times (n,) f64 · rows (n,) u64 · mmsi (n,) u32 · bytes_ (2, n) u8: type, fill bits · quality (n,) u16 · data, ends (n + 1,) i32.
    A type that the standard does not have is marked.
    """
    size = 0
    ends[0] = 0
    for row in range(len(chosen)):
        m = chosen[row]
        kind = messages[m, fr.TYPE]
        at = messages[m, fr.FROM]
        characters = messages[m, fr.CHARACTERS]
        times[row] = time_s[m]
        rows[row] = source_row[m]
        mmsi[row] = messages[m, fr.MMSI]
        bytes_[0, row] = kind
        bytes_[1, row] = 6 * characters - messages[m, fr.BITS]
        # of type 24 only parts that nobody has defined come here
        quality[row] = messages[m, fr.QUALITY] | (_RESERVED_VALUE if kind == 0 or kind > _LAST_TYPE or kind == 24 else 0)
        if size + characters <= len(data):
            if messages[m, fr.TAIL] == 1:
                data[size : size + characters] = tail[at : at + characters]
            else:
                data[size : size + characters] = buffer[at : at + characters]
        size += characters
        ends[row + 1] = size
    return size


def warm() -> None:
    """Compile."""
    source = read_only(np.full(160, 48, np.uint8))
    messages, time_s, rows = np.zeros((1, fr.MESSAGE_WIDTH), np.int64), np.zeros(1), np.zeros(1, np.uint64)
    chosen = np.zeros((FAMILIES, 1), np.int64)
    families(source, source, messages, 1, np.zeros(64, np.int64), chosen, np.zeros(FAMILIES, np.int64))
    one = chosen[0]
    bytes_, mmsi, words = np.zeros((4, 1), np.uint8), np.zeros(1, np.uint32), np.zeros(64, np.uint8)
    statics(
        source, source, messages, time_s, rows, one, np.full((4, 15, 2), -1, np.int64), 0, 0, np.zeros(1), np.zeros(1, np.uint64),
        np.zeros((3, 1), np.uint32), np.zeros((5, 1), np.uint16), bytes_, np.zeros(1, np.float32), words, words, words, words, words,
        np.zeros((5, 2), np.int32),
    )  # fmt: skip
    bases(
        source, source, messages, time_s, rows, one, np.full((2, 12, 2), -1, np.int64), 0, np.zeros((4, 1)), np.zeros(1, np.uint64),
        mmsi, np.zeros((2, 1), np.uint16), bytes_, words, np.zeros(2, np.int32),
    )  # fmt: skip
    others(
        source, source, messages, time_s, rows, one, np.zeros(1), np.zeros(1, np.uint64), mmsi, bytes_, np.zeros(1, np.uint16), words,
        np.zeros(2, np.int32),
    )  # fmt: skip
