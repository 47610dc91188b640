"""Third pass for what is not a position: families, static reports, base stations and aids, and the payloads of the others.

Texts go to packed columns (core/packed.py): bytes one behind the other, and where each ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tankerwatch.core.ais import layouts
from tankerwatch.core.kernels import messages as ms
from tankerwatch.core.kernels.compiling import inlined, kernel, part
from tankerwatch.core.kernels.index import read_only
from tankerwatch.core.kernels.vectors import put_unarmoured
from tankerwatch.core.kernels.words import bits48, bits_at, highest, i64, lowest, put_byte, put_word, spread, view_of, word
from tankerwatch.core.mmsi import AUXILIARY_CRAFT, bounds_of

ABSENT = -(1 << 40)
"""Stands for a field that does not lie within the message."""

OTHERS, POSITIONS, STATICS, BASES, TEXTS = range(5)
FAMILIES = 5
SIZES = FAMILIES + 1
"""How many messages each family has, and all together."""


def _placed(forms: Sequence[Mapping[str, layouts.Place]], names: Sequence[str]) -> Any:
    """(forms, names, 2) places of fields; first bit -1 where a form lacks the field."""
    return np.array([[form.get(name, (-1, -1)) for name in names] for form in forms], np.int64)


_FORM_5, _FORM_19, _FORM_24A, _FORM_24B = range(4)
_STATIC_FIELDS = (
    "imo", "ship_type", "bow", "stern", "port", "starboard", "draught", "eta_month", "eta_day", "eta_hour", "eta_minute", "mothership",
    "callsign", "name", "destination",
)  # fmt: skip  # one a line would hide what belongs together
_IMO, _SHIP_TYPE, _BOW, _STERN, _PORT, _STARBOARD, _DRAUGHT, _MONTH, _DAY, _HOUR, _MINUTE, _MOTHERSHIP, _CALLSIGN, _NAME, _DESTINATION = (
    range(15)
)
_STATICS = _placed([layouts.STATICS[form] for form in ("5", "19", "24A", "24B")], _STATIC_FIELDS)
_VOYAGE_WHOLE_BITS = 422
"""With these, a message of type 5 holds all fields that are read."""
_CRAFT_FROM, _CRAFT_TO = bounds_of(AUXILIARY_CRAFT)
"""Identities of auxiliary craft, whose 24B holds the mothership."""
CALLSIGN_LONGEST, NAME_LONGEST, ETA_LONGEST = 7, 20, 11
SLACK = 16
"""Bytes that texts need behind their last one, for they are written eight at a time."""

_BASE_FIELDS = ("year", "month", "day", "hour", "minute", "second", "lon", "lat", "aid_type", "virtual", "off_position", "name")
_YEAR, _B_MONTH, _B_DAY, _HOUR_SENT, _MINUTE_SENT, _SECOND, _LON, _LAT, _AID_TYPE, _VIRTUAL, _OFF, _AID_NAME = range(12)
_BASES = _placed([layouts.BASE, layouts.AID], _BASE_FIELDS)
_MORE_FROM = layouts.AID_NAME_MORE
MORE_LONGEST = 14
_BASE_WHOLE_BITS = 134
"""With these, a message of type 4 or 11 holds all fields that are read."""

_TO_FROM, _TO_BITS = layouts.ADDRESSEE
_ADDRESSED_FROM, _BROADCAST_FROM = layouts.TEXT_FROM[12], layouts.TEXT_FROM[14]
TEXT_LONGEST = 180

# Quality bits set here; the same numbers as in core/tables.py (a test compares them).
_RESERVED_VALUE = 1 << 1
_OUT_OF_RANGE = 1 << 4
_LAST_TYPE = 27


def _families() -> Any:
    """(64,) which families a message type belongs to, a bit for each."""
    made = np.zeros(64, np.int64)
    for family, kinds in ((POSITIONS, layouts.POSITIONS), (STATICS, (5, 19, 24)), (BASES, (4, 11, 21)), (TEXTS, (12, 14))):
        made[list(kinds)] |= 1 << family
    made[made == 0] = 1 << OTHERS
    return made


_FAMILIES_OF = _families()


@part
def families(buffer: Any, tail: Any, messages: Any, first: int, count: int, chosen: Any, sizes: Any) -> None:
    """Sort messages[first:count] by the tables that they go to (type 19 to two), behind those that were sorted before. chosen: (FAMILIES,
    capacity) i64 out, their numbers · sizes: (SIZES,) i64. Of type 24 only the parts A and B are statics.
    """
    lines, inside = view_of(buffer), view_of(tail)
    positions = sizes[POSITIONS]
    for m in range(first, count):
        what = messages[m, ms.WHAT]
        if what == ms.NOTHING:
            sizes[FAMILIES] -= 1
            continue
        kind = ms.type_of(what)
        wanted = _FAMILIES_OF[kind]
        if wanted == 1 << POSITIONS:
            chosen[POSITIONS, positions] = m
            positions += 1
            continue
        if kind == 24 and bits_at(inside if ms.in_tail(what) else lines, messages[m, ms.FROM], 38, 2) > 1:
            wanted = 1 << OTHERS
        for family in range(FAMILIES):
            if family == POSITIONS:
                chosen[POSITIONS, positions] = m
                positions += (wanted >> POSITIONS) & 1
            elif (wanted >> family) & 1 == 1:
                chosen[family, sizes[family]] = m
                sizes[family] += 1
    sizes[POSITIONS] = positions
    sizes[FAMILIES] += count - first


_HIGH, _LOW = np.uint64(0x8080808080808080), np.uint64(0x7F7F7F7F7F7F7F7F)
_BLANKS = np.uint64(0x2020202020202020)
_BITS48, _BITS32 = (1 << 48) - 1, (1 << 32) - 1


@part
def _put_eight(eight: int, size: int, out: Any, at: int) -> tuple[int, int]:
    """Write eight characters of 48 bits to byte `at` of `out` and behind. Of the first `size` of them: where the last that is no blank
    ends, 0 for none, and how many stand before an `@`, 8 for none.
    """
    sixes = spread(np.uint64(eight))
    put_word(out, at, sixes + ((~sixes & _BLANKS) << np.uint64(1)))
    stop = lowest(~(sixes + _LOW) & _HIGH) >> 3
    size = min(size, stop)
    words = ((sixes ^ _BLANKS) + _LOW) & _HIGH
    words = words & (np.uint64(0xFFFFFFFFFFFFFFFF) >> np.uint64(64 - 8 * size)) if size > 0 else np.uint64(0)
    return (highest(words) >> 3) + 1, stop


@part
def _text(source: Any, at: int, bits: int, first: int, characters: int, part: bool, out: Any, begin: int) -> int:
    """Write the six-bit text from bit `first` on to byte `begin` of `out` and behind, eight bytes at a time; where it ends. When no `@`
    ends it, -1 - its end. It has no blanks at its end. A text that the message cuts off is empty, unless `part` allows it.
    """
    room = (bits - first) // 6
    if room < characters:
        if not part:
            return begin
        characters = room
    end = begin
    place = at + first // 6
    shift = first % 6
    eight = i64(bits48(source, place))
    for done in range(0, characters, 8):
        more = i64(bits48(source, place + done + 8))
        last, stop = _put_eight(((eight << shift) | (more >> (48 - shift))) & _BITS48, characters - done, out, begin + done)
        eight = more
        if last > 0:
            end = begin + done + last
        if stop < 8 and stop < characters - done:
            return end
    return -1 - end


@part
def _text_of(first: int, second: int, third: int, characters: int, out: Any, begin: int) -> int:
    """Write the text of 20 characters or fewer that is in three numbers of 48 bits to byte `begin` of `out`; where it ends."""
    end = begin
    last, stop = _put_eight(first, characters, out, begin)
    if last > 0:
        end = begin + last
    if stop == 8 and characters > 8:
        last, stop = _put_eight(second, characters - 8, out, begin + 8)
        if last > 0:
            end = begin + 8 + last
        if stop == 8 and characters > 16:
            last, stop = _put_eight(third, characters - 16, out, begin + 16)
            if last > 0:
                end = begin + 16 + last
    return end


@part
def _number(source: Any, at: int, bits: int, first: int, width: int) -> int:
    """A number as sent, ABSENT where the message ends before; first bit -1: the message has none; width below 0: two's complement."""
    size = abs(width)
    if first < 0 or first + size > bits:
        return ABSENT
    value = bits_at(source, at, first, size)
    return value - (1 << size) if width < 0 and value >> (size - 1) == 1 else value


@part
def _static(source: Any, at: int, bits: int, form: int, which: int) -> int:
    """A number of a static report, 0 when it is absent."""
    return max(_number(source, at, bits, _STATICS[form, which, 0], _STATICS[form, which, 1]), 0)


@inlined
def _two_digits(value: int, place: int) -> int:
    """A number below 100 as two characters, the first at so many bytes of a word."""
    return ((48 + value // 10) | (48 + value % 10) << 8) << 8 * place


@part
def _eta(month: int, day: int, hour: int, minute: int, out: Any, at: int) -> int:
    """Write a time of arrival, as sent, to byte `at` of `out`; where it ends. Nothing when a part is absent or all say not available."""
    if min(min(month, day), min(hour, minute)) < 0 or (month == 0 and day == 0 and hour >= 24):
        return at
    put_word(out, at, np.uint64(_two_digits(month, 0) | 45 << 16 | _two_digits(day, 3) | 32 << 40 | _two_digits(hour, 6)))
    put_word(out, at + 8, np.uint64(58 | _two_digits(minute, 1)))
    return at + ETA_LONGEST


@kernel
def statics(
    buffer: Any, tail: Any, messages: Any, time_s: Any, source_row: Any, chosen: Any,
    times: Any, rows: Any, longs: Any, shorts: Any, bytes_: Any, draught: Any,
    callsign: Any, name: Any, destination: Any, eta: Any, part: Any, ends: Any,
) -> None:  # fmt: skip  # one a line would hide what belongs together
    """Decode the static reports numbered in `chosen`.

    out: times (n,) f64 · rows (n,) u64 · longs (3, n) u32: mmsi, imo, mothership · shorts (5, n) u16: bow, stern, port, starboard,
    quality · bytes_ (2, n) u8: type, ship type · draught (n,) f32 · the bytes of five texts, each with SLACK, and ends (5, n + 1) i32.
    """
    lines, inside = view_of(buffer), view_of(tail)
    callsigns, names, destinations, etas = view_of(callsign), view_of(name), view_of(destination), view_of(eta)
    words = np.empty(12, np.int64)
    near = view_of(words)
    for t in range(5):
        ends[t, 0] = 0
    for row in range(len(chosen)):
        m = chosen[row]
        source = inside if ms.in_tail(messages[m, ms.WHAT]) else lines
        at = i64(messages[m, ms.FROM])
        bits = ms.bits_of(messages[m, ms.SPAN])
        kind = ms.type_of(messages[m, ms.WHAT])
        mmsi = messages[m, ms.MMSI]
        times[row] = time_s[m]
        rows[row] = source_row[m]
        longs[0, row] = mmsi
        longs[2, row] = 0
        bytes_[0, row] = kind
        if kind == 5 and bits >= _VOYAGE_WHOLE_BITS:
            for third in range(3):
                put_unarmoured(source, at + 32 * third, near, 32 * third)
            w1, w2, w3, w4, w5, w6, w7, w8 = words[1], words[2], words[3], words[4], words[5], words[6], words[7], words[8]
            longs[1, row] = (words[0] & 0xFF) << 22 | w1 >> 26
            bytes_[1, row] = w4 & 0xFF
            shorts[0, row] = w5 >> 39
            shorts[1, row] = (w5 >> 30) & 511
            shorts[2, row] = (w5 >> 24) & 63
            shorts[3, row] = (w5 >> 18) & 63
            shorts[4, row] = ms.quality_of(messages[m, ms.HEARD])
            deep = (w6 >> 34) & 255
            draught[row] = np.float32(deep / 10.0) if deep > 0 else np.float32(np.nan)
            ends[0, row + 1] = _text_of((w1 & 0x3FFFFFF) << 22 | (w2 >> 32) << 6, 0, 0, CALLSIGN_LONGEST, callsigns, i64(ends[0, row]))
            ends[1, row + 1] = _text_of(
                (w2 & _BITS32) << 16 | w3 >> 32,
                (w3 & _BITS32) << 16 | w4 >> 32,
                (w4 << 16) & _BITS48,
                NAME_LONGEST,
                names,
                i64(ends[1, row]),
            )
            ends[2, row + 1] = _text_of(
                (w6 << 14) & _BITS48 | w7 >> 34, (w7 << 14) & _BITS48 | w8 >> 34, (w8 << 14) & _BITS48, NAME_LONGEST, destinations,
                i64(ends[2, row]),
            )  # fmt: skip  # one a line would hide what belongs together
            ends[3, row + 1] = _eta((w5 >> 10) & 15, (w5 >> 5) & 31, w5 & 31, w6 >> 42, etas, i64(ends[3, row]))
            ends[4, row + 1] = ends[4, row]
            continue

        form = _FORM_5
        if kind == 19:
            form = _FORM_19
        elif kind == 24:
            form = _FORM_24A if bits_at(source, at, 38, 2) == 0 else _FORM_24B
        longs[1, row] = _static(source, at, bits, form, _IMO)
        bytes_[1, row] = _static(source, at, bits, form, _SHIP_TYPE)
        if form == _FORM_24B and _CRAFT_FROM <= mmsi < _CRAFT_TO:
            longs[2, row] = _static(source, at, bits, form, _MOTHERSHIP)
            shorts[0, row] = shorts[1, row] = shorts[2, row] = shorts[3, row] = 0
        else:
            for side in range(4):
                shorts[side, row] = _static(source, at, bits, form, _BOW + side)
        shorts[4, row] = ms.quality_of(messages[m, ms.HEARD])
        deep = _static(source, at, bits, form, _DRAUGHT)
        draught[row] = np.float32(deep / 10.0) if deep > 0 else np.float32(np.nan)
        for t in range(3):
            out = callsigns if t == 0 else (names if t == 1 else destinations)
            first = _STATICS[form, _CALLSIGN + t, 0]
            end = i64(ends[t, row])
            if first >= 0:
                end = _text(source, at, bits, first, _STATICS[form, _CALLSIGN + t, 1] // 6, False, out, end)
                end = end if end >= 0 else -1 - end
            ends[t, row + 1] = end
        end = i64(ends[3, row])
        if form == _FORM_5:
            end = _eta(
                _number(source, at, bits, _STATICS[form, _MONTH, 0], 4), _number(source, at, bits, _STATICS[form, _DAY, 0], 5),
                _number(source, at, bits, _STATICS[form, _HOUR, 0], 5), _number(source, at, bits, _STATICS[form, _MINUTE, 0], 6), etas, end,
            )  # fmt: skip  # one a line would hide what belongs together
        ends[3, row + 1] = end
        end = i64(ends[4, row])
        if kind == 24:
            part[end] = 65 if form == _FORM_24A else 66
            end += 1
        ends[4, row + 1] = end


@part
def _day(year: int, month: int, day: int) -> float:
    """Seconds from 1970 to the beginning of a day as sent; NaN where a part is not available or there is no such day."""
    if not (1 <= year <= 9999 and 1 <= month <= 12 and day >= 1):
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
    return float(days * 86400.0)


@part
def _clock(hour: int, minute: int, second: int) -> float:
    """Seconds since the beginning of the day; NaN where a part is not available."""
    if 0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second <= 59:
        return hour * 3600.0 + minute * 60.0 + second
    return np.nan


@part
def _base(source: Any, at: int, bits: int, form: int, which: int) -> int:
    return _number(source, at, bits, _BASES[form, which, 0], _BASES[form, which, 1])


@kernel
def bases(
    buffer: Any, tail: Any, messages: Any, time_s: Any, source_row: Any, chosen: Any,
    doubles: Any, rows: Any, mmsi: Any, shorts: Any, bytes_: Any, name: Any, ends: Any,
) -> None:  # fmt: skip  # one a line would hide what belongs together
    """Decode the reports of base stations, of a ship's UTC and of aids to navigation numbered in `chosen`.

    out: doubles (4, n) f64: time, UTC, longitude, latitude · rows (n,) u64 · mmsi (n,) u32 · shorts (2, n) u16: station, quality · bytes_
    (4, n) u8: type, type of aid, virtual, off position · the bytes of the names with SLACK, and ends (n + 1,) i32. A name that an `@` ends
    within its twenty characters does not go on in the extension.
    """
    lines, inside, names = view_of(buffer), view_of(tail), view_of(name)
    date_before, day_s = i64(-1), np.nan
    ends[0] = 0
    for row in range(len(chosen)):
        m = chosen[row]
        source = inside if ms.in_tail(messages[m, ms.WHAT]) else lines
        at = i64(messages[m, ms.FROM])
        bits = ms.bits_of(messages[m, ms.SPAN])
        kind = ms.type_of(messages[m, ms.WHAT])
        form = 1 if kind == 21 else 0
        quality = ms.quality_of(messages[m, ms.HEARD])
        doubles[0, row] = time_s[m]
        doubles[1, row] = np.nan
        whole = form == 0 and bits >= _BASE_WHOLE_BITS
        a = b = c = i64(0)
        if whole:
            a, b, c = i64(bits48(source, at)), i64(bits48(source, at + 8)), i64(bits48(source, at + 16))
        for f in range(2):
            if not whole:
                value = _base(source, at, bits, form, _LON + f)
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
        mmsi[row] = messages[m, ms.MMSI]
        shorts[0, row] = ms.station_of(messages[m, ms.HEARD])
        shorts[1, row] = quality
        bytes_[0, row] = kind
        bytes_[1, row] = 0
        bytes_[2, row] = 0
        bytes_[3, row] = 0
        begin = i64(ends[row])
        end = begin
        if whole:
            date = (a & 1023) << 13 | b >> 35
            if date != date_before:  # nearly all are of one day
                date_before, day_s = date, _day(date >> 9, (date >> 5) & 15, date & 31)
            doubles[1, row] = day_s + _clock((b >> 30) & 31, (b >> 24) & 63, (b >> 18) & 63)
        elif form == 0:
            day = _day(_base(source, at, bits, 0, _YEAR), _base(source, at, bits, 0, _B_MONTH), _base(source, at, bits, 0, _B_DAY))
            hour, minute = _base(source, at, bits, 0, _HOUR_SENT), _base(source, at, bits, 0, _MINUTE_SENT)
            doubles[1, row] = day + _clock(hour, minute, _base(source, at, bits, 0, _SECOND))
        else:
            bytes_[1, row] = max(_base(source, at, bits, 1, _AID_TYPE), 0)
            bytes_[2, row] = _base(source, at, bits, 1, _VIRTUAL) == 1
            bytes_[3, row] = _base(source, at, bits, 1, _OFF) == 1
            end = _text(source, at, bits, _BASES[1, _AID_NAME, 0], NAME_LONGEST, False, names, begin)
            if end < 0:  # no `@` has ended it
                end = -1 - end
                more = _text(source, at, bits, _MORE_FROM, MORE_LONGEST, True, names, begin + NAME_LONGEST)
                more = more if more >= 0 else -1 - more
                if more > begin + NAME_LONGEST:
                    for i in range(end, begin + NAME_LONGEST):
                        put_byte(names, i, 32)
                    end = more
        ends[row + 1] = end


@kernel
def texts(
    buffer: Any, tail: Any, messages: Any, time_s: Any, source_row: Any, chosen: Any,
    times: Any, rows: Any, longs: Any, bytes_: Any, quality: Any, data: Any, ends: Any,
) -> None:  # fmt: skip  # one a line would hide what belongs together
    """Decode the safety-related texts numbered in `chosen`.

    out: times (n,) f64 · rows (n,) u64 · longs (2, n) u32: mmsi, addressee · bytes_ (n,) u8: type · quality (n,) u16 · data: TEXT_LONGEST
    bytes for each and SLACK, ends (n + 1,) i32. A text that the message cuts off is given as far as it goes.
    """
    lines, inside, out = view_of(buffer), view_of(tail), view_of(data)
    ends[0] = 0
    for row in range(len(chosen)):
        m = chosen[row]
        source = inside if ms.in_tail(messages[m, ms.WHAT]) else lines
        at = i64(messages[m, ms.FROM])
        bits = ms.bits_of(messages[m, ms.SPAN])
        kind = ms.type_of(messages[m, ms.WHAT])
        times[row] = time_s[m]
        rows[row] = source_row[m]
        longs[0, row] = messages[m, ms.MMSI]
        longs[1, row] = max(_number(source, at, bits, _TO_FROM, _TO_BITS), 0) if kind == 12 else 0
        bytes_[row] = kind
        quality[row] = ms.quality_of(messages[m, ms.HEARD])
        end = _text(source, at, bits, _ADDRESSED_FROM if kind == 12 else _BROADCAST_FROM, TEXT_LONGEST, True, out, i64(ends[row]))
        ends[row + 1] = end if end >= 0 else -1 - end


@kernel
def others(
    buffer: Any, tail: Any, messages: Any, time_s: Any, source_row: Any, chosen: Any,
    times: Any, rows: Any, mmsi: Any, bytes_: Any, quality: Any, data: Any, ends: Any,
) -> int:  # fmt: skip  # one a line would hide what belongs together
    """Copy the payloads of the messages numbered in `chosen`. Returns how many bytes they have: when `data` has no room for so many and
    SLACK, call again with more.

    out: times (n,) f64 · rows (n,) u64 · mmsi (n,) u32 · bytes_ (2, n) u8: type, fill bits · quality (n,) u16 · data, ends (n + 1,) i32.
    A type that the standard does not have is marked.
    """
    lines, inside, out = view_of(buffer), view_of(tail), view_of(data)
    size = 0
    ends[0] = 0
    for row in range(len(chosen)):
        m = chosen[row]
        kind = ms.type_of(messages[m, ms.WHAT])
        source = inside if ms.in_tail(messages[m, ms.WHAT]) else lines
        at = i64(messages[m, ms.FROM])
        characters = ms.characters_of(messages[m, ms.SPAN])
        times[row] = time_s[m]
        rows[row] = source_row[m]
        mmsi[row] = messages[m, ms.MMSI]
        bytes_[0, row] = kind
        bytes_[1, row] = 6 * characters - ms.bits_of(messages[m, ms.SPAN])
        # of type 24 only parts that nobody has defined come here
        quality[row] = ms.quality_of(messages[m, ms.HEARD]) | (_RESERVED_VALUE if kind == 0 or kind > _LAST_TYPE or kind == 24 else 0)
        if size + characters + SLACK <= len(data):
            done = 0
            while done < characters:
                put_word(out, size + done, word(source, at + done))
                done += 8
        size += characters
        ends[row + 1] = size
    return size


def warm() -> None:
    """Compile what is called from Python."""
    source, messages = read_only(np.full(160, 48, np.uint8)), np.zeros((1, ms.MESSAGE_WIDTH), np.int32)
    time_s, rows, one = np.zeros(1), np.zeros(1, np.uint64), np.zeros((FAMILIES, 1), np.int64)[0]
    bytes_, mmsi, words, longs = np.zeros((4, 1), np.uint8), np.zeros(1, np.uint32), np.zeros(256, np.uint8), np.zeros((3, 1), np.uint32)
    singles, shorts, ends = np.zeros(1, np.float32), np.zeros((5, 1), np.uint16), np.zeros((5, 2), np.int32)
    given = source, source, messages, time_s, rows, one, np.zeros(1), np.zeros(1, np.uint64)
    statics(*given, longs, shorts, bytes_, singles, words, words, words, words, words, ends)
    bases(*given[:-2], np.zeros((4, 1)), given[-1], mmsi, shorts, bytes_, words, ends[0])
    texts(*given, longs, bytes_[0], shorts[0], words, ends[0])
    others(*given, mmsi, bytes_, shorts[0], words, ends[0])
