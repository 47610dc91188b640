r"""Where lines begin and end in received bytes, and the receive time that a line carries itself.

A buffer is uint8 with at least `Lines.PAD` zero bytes after its content. Forms of time (MANIFEST of the shared data, section 1):

    \s:42809,c:1635731889*6A\!AIVDM,…          tag block `c:`, seconds to microseconds (NMEA 0183 v4.10, section 7.9.3)
    $PGHP,1,2013,11,12,12,0,0,11,…             Gatehouse wrapper: year, month, day, hour, minute, second, millisecond
    1550303566167726840 !AIVDM,…               before the sentence: epoch of 10 digits or more, or ISO 8601
    !AIVDM,…*1A,r003669987,1152921693          after the checksum: the first epoch or ISO 8601 that stands there

A line without a time of its own carries that of the line before it, over at most `CARRIED` lines. A tag block
alone on its line belongs to the line that follows.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from tankerwatch.core.kernels.compiling import inlined, kernel, part
from tankerwatch.core.kernels.vectors import marked
from tankerwatch.core.kernels.words import byte, i64, lowest, view_of, word
from tankerwatch.core.schema import F64, I64, U8, U64

NONE: Final = 0
OWN: Final = 1
ABSURD: Final = 2
TAG_ONLY: Final = 3

EARLIEST_S: Final = 631_152_000  # 1990-01-01: no AIS before
LATEST_S: Final = 4_102_444_800  # 2100-01-01
FAR_S: Final = 60.0  # a stamp this far ahead of all before it is a station's wrong clock when others go on as before
BEHIND_S: Final = 15.0  # this much older than the newest is still "as before"
OTHERS: Final = 3  # so many of them
BEGINNING: Final = 16  # lines of a log among which the first time is chosen by the most
LEAP_S: Final = 86_400.0  # a stamp this far ahead of the one before must be followed by others
LEAP_ALONE_S: Final = 400 * 86_400.0  # the furthest leap that is believed with too few others to tell
WITNESSES: Final = 5
FEWEST_WITNESSES: Final = 3
SIGHT: Final = 64  # lines in which the witnesses must be found
CARRIED: Final = 1024  # lines over which a stamp carries; the first of a log is a stray when none comes in the second half of them
TAG_LINES: Final = 8
AHEAD: Final = CARRIED + TAG_LINES + 8
"""Lines that `carry` may look at beyond the last one that it decides."""

_BEFORE: Final = 160  # bytes before the sentence that are searched for a time
_AFTER: Final = 160  # bytes after the sentence
_LF, _CR = 10, 13
_BANG, _DOLLAR, _STAR, _COMMA, _DOT, _COLON, _BACKSLASH, _HASH, _C = 33, 36, 42, 44, 46, 58, 92, 35, 99


@kernel
def split(
    buffer: U8, line: int, begin: int, stop: int, after_cr: bool, limit: int, row: int, out_start: I64, out_end: I64, out_row: U64
) -> tuple[int, int, int, int, bool, int]:
    r"""Find the lines that end within `buffer[begin:stop]`, at `\n`, `\r\n` or a lone `\r`.

    line: where the first of them begins, at or before `begin`; what is between holds no end. after_cr: the byte before `begin` was the
    `\r` that ended a line. row: number of the first line. Returns the number of lines, where the unfinished line begins, the number of the
    next line, how many are longer than `limit` bytes, the new `after_cr`, and how many lines are a sentence and nothing else, so that they
    carry no time; the first is -1 when the output arrays are too short.
    """
    if begin < stop:
        if after_cr and buffer[begin] == _LF:
            begin += 1
            line = begin
        after_cr = False
    count = 0
    too_long = 0
    bare = 0
    capacity = len(out_start)
    one = np.uint64(1)
    view = view_of(buffer)
    after = np.uint64(0)  # the byte before the block is a `\r`
    for block in range(begin, stop, 64):
        cr = marked(view, block, _CR)
        ends = cr | marked(view, block, _LF) & ~(cr << one | after)  # of two bytes of an end the first
        after = cr >> np.uint64(63)
        while ends != 0:
            at = block + lowest(ends)
            ends &= ends - one
            if at >= stop:
                break
            if count == capacity:
                return -1, 0, 0, 0, False, 0
            out_start[count] = line
            out_end[count] = at
            out_row[count] = row + count
            count += 1
            size = at - line
            too_long += size > limit
            bare += size > 16 and byte(view, line) == _BANG and byte(view, at - 3) == _STAR and byte(view, at - 1) > 32
            line = at + 1
            if byte(view, at) == _CR:
                if line == stop:
                    after_cr = True
                elif byte(view, line) == _LF:
                    line += 1
    return count, line, row + count, too_long, after_cr, bare


@inlined
def _digit(byte: int) -> bool:
    return 48 <= byte <= 57


@inlined
def _wordy(byte: int) -> bool:
    return 48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122


@part
def _days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 in the Gregorian calendar, or -1 when there is no such day."""
    if year < 1970 or year > 9999 or month < 1 or month > 12 or day < 1:
        return -1
    leap = (year % 4 == 0 and year % 100 != 0) or year % 400 == 0
    length = 31
    if month == 2:
        length = 29 if leap else 28
    elif month == 4 or month == 6 or month == 9 or month == 11:
        length = 30
    if day > length:
        return -1
    y = year - 1 if month <= 2 else year
    shifted = month + 9 if month <= 2 else month - 3
    era = y // 400
    of_era = y - era * 400
    of_year = (153 * shifted + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


@part
def _moment(year: int, month: int, day: int, hour: int, minute: int, second: int, fraction: float) -> float:
    days = _days(year, month, day)
    if days < 0 or hour > 23 or minute > 59 or second > 60:
        return math.nan
    return days * 86400.0 + hour * 3600.0 + minute * 60.0 + second + fraction


@part
def _epoch(value: int, fraction: float) -> float:
    """Seconds since 1970 from a number whose size tells its unit; NaN when it is no time between 1990 and 2100 in any."""
    if EARLIEST_S <= value < LATEST_S:
        return value + fraction
    if EARLIEST_S * 1_000 <= value < LATEST_S * 1_000:
        return value // 1_000 + (value % 1_000 + fraction) / 1e3
    if EARLIEST_S * 1_000_000 <= value < LATEST_S * 1_000_000:
        return value // 1_000_000 + (value % 1_000_000) / 1e6
    if EARLIEST_S * 1_000_000_000 <= value < LATEST_S * 1_000_000_000:
        return value // 1_000_000_000 + (value % 1_000_000_000) / 1e9
    if 19_900_101_000_000 <= value < 21_000_101_000_000:  # yyyymmddHHMMSS
        day, clock = value // 1_000_000, value % 1_000_000
        return _moment(day // 10_000, day // 100 % 100, day % 100, clock // 10_000, clock // 100 % 100, clock % 100, fraction)
    return math.nan


@part
def _number(buffer: U8, at: int, stop: int, most: int) -> tuple[int, int]:
    """The unsigned number of at most `most` digits at `at`, and where it ends."""
    value = 0
    last = min(stop, at + most)
    while at < last and _digit(buffer[at]):
        value = value * 10 + (buffer[at] - 48)
        at += 1
    return value, at


@part
def _fraction(buffer: U8, at: int, stop: int) -> tuple[float, int]:
    """The digits after a point or comma at `at`, as a part of one, and where they end; nothing there is nought."""
    if at + 1 >= stop or (buffer[at] != _DOT and buffer[at] != _COMMA) or not _digit(buffer[at + 1]):
        return 0.0, at
    value, scale = 0, 1
    at += 1
    while at < stop and _digit(buffer[at]):
        if scale < 1_000_000_000:
            value = value * 10 + (buffer[at] - 48)
            scale *= 10
        at += 1
    return value / scale, at


@part
def _calendar(buffer: U8, at: int, stop: int) -> float:
    """The ISO 8601 date and time at `at`, extended or basic, blank or `_` or `T` between; NaN when there is none."""
    year, p = _number(buffer, at, stop, 4)
    if p != at + 4 or p >= stop:
        return math.nan
    mark = buffer[p]
    apart = mark == 45 or mark == 47
    if apart:
        p += 1
    month, q = _number(buffer, p, stop, 2)
    if q != p + 2 or q >= stop or (apart and buffer[q] != mark):
        return math.nan
    p = q + 1 if apart else q
    day, q = _number(buffer, p, stop, 2)
    if q != p + 2 or q >= stop or (buffer[q] != 84 and buffer[q] != 116 and buffer[q] != 32 and buffer[q] != 95):
        return math.nan
    p = q + 1
    hour, q = _number(buffer, p, stop, 2)
    if q != p + 2 or q >= stop:
        return math.nan
    colon = buffer[q] == _COLON
    p = q + 1 if colon else q
    minute, q = _number(buffer, p, stop, 2)
    if q != p + 2:
        return math.nan
    second = 0
    part = 0.0
    if q < stop and ((colon and buffer[q] == _COLON) or (not colon and _digit(buffer[q]))):
        p = q + 1 if colon else q
        second, q = _number(buffer, p, stop, 2)
        if q != p + 2:
            return math.nan
        part, q = _fraction(buffer, q, stop)
    made = _moment(year, month, day, hour, minute, second, part)
    if q + 2 < stop and (buffer[q] == 43 or buffer[q] == 45) and _digit(buffer[q + 1]) and _digit(buffer[q + 2]):
        sign = 1.0 if buffer[q] == 43 else -1.0
        hours, q = _number(buffer, q + 1, stop, 2)
        if q < stop and buffer[q] == _COLON:
            q += 1
        minutes, q = _number(buffer, q, stop, 2)
        made -= sign * (hours * 3600.0 + minutes * 60.0)
    if not (EARLIEST_S <= made < LATEST_S):
        return math.nan
    return made


@part
def _first_time(buffer: U8, at: int, stop: int) -> float:
    """The first epoch of ten digits or more (an MMSI has nine), or ISO 8601, that stands alone in `buffer[at:stop]`; else NaN."""
    before = 44
    while at < stop:
        byte = buffer[at]
        if _digit(byte) and not (_wordy(before) or 45 <= before <= 47 or before == _COLON):
            value, end = _number(buffer, at, stop, 19)
            if end - at >= 10:
                part, end = _fraction(buffer, end, stop) if end < stop and buffer[end] == _DOT else (0.0, end)
                if end == stop or not _wordy(buffer[end]):
                    made = _epoch(value, part)
                    if made == made:
                        return made
            else:
                made = _calendar(buffer, at, stop)
                if made == made:
                    return made
            at = end
            before = 48
            continue
        before = byte
        at += 1
    return math.nan


@part
def _wrapper(buffer: U8, at: int, stop: int) -> float:
    """The time of a `$PGHP,1,` sentence at `at`; NaN when it is another sentence, infinity when its time is none."""
    if stop - at < 20 or buffer[at + 1] != 80 or buffer[at + 2] != 71 or buffer[at + 3] != 72 or buffer[at + 4] != 80:
        return math.nan
    if buffer[at + 5] != _COMMA or buffer[at + 6] != 49 or buffer[at + 7] != _COMMA:
        return math.nan
    p = at + 8
    year, p = _number(buffer, p, stop, 4)
    month, p = _number(buffer, p + 1, stop, 2)
    day, p = _number(buffer, p + 1, stop, 2)
    hour, p = _number(buffer, p + 1, stop, 2)
    minute, p = _number(buffer, p + 1, stop, 2)
    second, p = _number(buffer, p + 1, stop, 2)
    if p >= stop or buffer[p] != _COMMA:
        return math.inf
    millisecond, p = _number(buffer, p + 1, stop, 3)
    made = _moment(year, month, day, hour, minute, second, millisecond / 1e3)
    return made if EARLIEST_S <= made < LATEST_S else math.inf


@part
def _own(buffer: U8, begin: int, stop: int) -> tuple[float, int]:
    """The time that the line `buffer[begin:stop]` carries itself (NaN: none), and NONE, OWN, ABSURD or TAG_ONLY."""
    while stop > begin and (buffer[stop - 1] == 32 or buffer[stop - 1] == 9):
        stop -= 1
    at = begin
    absurd = False
    tag_s = math.nan
    written_s = math.nan
    if at == stop or buffer[at] == _HASH:
        return math.nan, NONE
    if buffer[at] != _BANG and buffer[at] != _DOLLAR and buffer[at] != _BACKSLASH:
        last = min(stop, begin + _BEFORE)
        digits = False
        while at < last and buffer[at] != _BANG and buffer[at] != _DOLLAR and buffer[at] != _BACKSLASH:
            digits |= _digit(buffer[at])
            at += 1
        if at == last:
            return math.nan, NONE
        if digits:
            written_s = _first_time(buffer, begin, at)
    tagged = False
    while at < stop and buffer[at] == _BACKSLASH:
        close = at + 1
        block_s = math.nan
        told = False
        while close < stop and buffer[close] != _BACKSLASH:
            begins = close == at + 1 or buffer[close - 1] == _COMMA
            if begins and buffer[close] == _C and buffer[close + 1] == _COLON and block_s != block_s:
                value, close = _number(buffer, close + 2, stop, 19)
                part, close = _fraction(buffer, close, stop) if close < stop and buffer[close] == _DOT else (0.0, close)
                block_s = _epoch(value, part)
                told = True
            else:
                close += 1
        if close >= stop:
            break  # never closed: no tag block
        if tag_s != tag_s:
            tag_s = block_s
        absurd |= told and block_s != block_s
        tagged = True
        at = close + 1
    if tag_s == tag_s:
        return tag_s, OWN
    if tagged and at >= stop:
        return math.nan, ABSURD if absurd else TAG_ONLY
    if at < stop and buffer[at] == _DOLLAR:
        wrapper_s = _wrapper(buffer, at, stop)
        if wrapper_s < math.inf:
            return wrapper_s, OWN
        absurd |= wrapper_s == math.inf
    if written_s == written_s:
        return written_s, OWN
    if stop - at > 16 and buffer[stop - 3] != _STAR:
        p = stop - 4
        first = max(at, stop - _AFTER)
        while p > first and buffer[p] != _STAR:
            p -= 1
        if p > first:
            written_s = _first_time(buffer, p + 3, stop)
            if written_s == written_s:
                return written_s, OWN
    return math.nan, ABSURD if absurd else NONE


@part
def _tagged(view: Any, begin: int, stop: int) -> int:
    """The time of a tag block in its usual form, whole seconds since 1970 that are some time between 1990 and 2100; else -1: see `_own`."""
    one = np.uint64(1)
    close = lowest(marked(view, begin, _BACKSLASH) & ~one)
    if begin + close >= stop or close >= 64:
        return -1
    colons = marked(view, begin, _COLON) & ((one << np.uint64(close)) - one)
    while colons != 0:
        at = lowest(colons)
        colons &= colons - one
        if at >= 2 and byte(view, begin + at - 1) == _C and (at == 2 or byte(view, begin + at - 2) == _COMMA):
            eight = word(view, begin + at + 1) - np.uint64(0x3030303030303030)
            ninth, tenth = byte(view, begin + at + 9) - 48, byte(view, begin + at + 10) - 48
            after = byte(view, begin + at + 11)
            if ((eight + np.uint64(0x0606060606060606)) | eight) & np.uint64(0xF0F0F0F0F0F0F0F0) != 0:
                return -1
            if not (0 <= ninth <= 9 and 0 <= tenth <= 9 and after in (_STAR, _COMMA, _BACKSLASH)):
                return -1
            two = (eight * np.uint64(10) + (eight >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
            four = (two * np.uint64(100) + (two >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
            value = i64((four * np.uint64(10000) + (four >> np.uint64(32))) & np.uint64(0xFFFFFFFF)) * 100 + ninth * 10 + tenth
            return value if EARLIEST_S <= value < LATEST_S else -1
    return -1


@kernel
def own(buffer: U8, start: I64, end: I64, out_s: F64, out_kind: U8) -> None:
    """For every line the time that it carries itself, NaN when none, and what was found: NONE, OWN, ABSURD or TAG_ONLY."""
    view = view_of(buffer)
    for i in range(len(start)):
        begin, stop = start[i], end[i]
        if stop - begin > 16 and byte(view, begin) == _BANG and byte(view, stop - 3) == _STAR and byte(view, stop - 1) > 32:
            out_s[i], out_kind[i] = math.nan, NONE  # a sentence and nothing else, as nearly all are
            continue
        told = _tagged(view, begin, stop) if stop - begin > 16 and byte(view, begin) == _BACKSLASH else -1
        if told >= 0:
            out_s[i], out_kind[i] = told, OWN
        else:
            out_s[i], out_kind[i] = _own(buffer, begin, stop)


@kernel
def moments(buffer: U8, start: I64, end: I64, out_s: F64) -> None:
    """The time written in each `buffer[start:end]`: epoch, ISO 8601, `20210701_185151` or dd/mm/yyyy HH:MM[:SS]; else NaN."""
    for i in range(len(start)):
        at, stop = start[i], end[i]
        while at < stop and (buffer[at] == 32 or buffer[at] == 34):
            at += 1
        out_s[i] = _day_first(buffer, at, stop)
        if out_s[i] != out_s[i]:
            value, p = _number(buffer, at, stop, 19)
            if p - at >= 9:
                part, p = _fraction(buffer, p, stop)
                while p < stop and (buffer[p] == 32 or buffer[p] == 34):
                    p += 1
                out_s[i] = _epoch(value, part) if p == stop else math.nan
            else:
                out_s[i] = _calendar(buffer, at, stop)


@part
def _day_first(buffer: U8, at: int, stop: int) -> float:
    day, p = _number(buffer, at, stop, 2)
    if p == at or p >= stop or (buffer[p] != 47 and buffer[p] != _DOT and buffer[p] != 45):
        return math.nan
    mark = buffer[p]
    month, q = _number(buffer, p + 1, stop, 2)
    if q == p + 1 or q >= stop or buffer[q] != mark:
        return math.nan
    year, p = _number(buffer, q + 1, stop, 4)
    if p != q + 5 or p >= stop or (buffer[p] != 32 and buffer[p] != 84):
        return math.nan
    hour, q = _number(buffer, p + 1, stop, 2)
    if q == p + 1 or q >= stop or buffer[q] != _COLON:
        return math.nan
    minute, p = _number(buffer, q + 1, stop, 2)
    if p == q + 1:
        return math.nan
    second = 0
    part = 0.0
    if p < stop and buffer[p] == _COLON:
        second, q = _number(buffer, p + 1, stop, 2)
        part, q = _fraction(buffer, q, stop)
    made = _moment(year, month, day, hour, minute, second, part)
    return made if EARLIEST_S <= made < LATEST_S else math.nan


@part
def _contradicted(own_s: F64, kind: U8, i: int, reached_s: float, doubt_s: float) -> bool:
    """Whether the next lines go on as before this stamp leapt: one station's clock is wrong. doubt_s: the leap last disbelieved."""
    stamp = float(own_s[i])
    seen = older = 0
    for j in range(i + 1, min(i + 1 + SIGHT, len(own_s))):
        if kind[j] == OWN:
            seen += 1
            older += reached_s - BEHIND_S <= own_s[j] < stamp - FAR_S
    return older >= OTHERS or (2 * older >= seen and abs(stamp - reached_s - doubt_s) <= FAR_S)


@part
def _alone(own_s: F64, kind: U8, i: int) -> bool:
    """Whether at the beginning of a log, where clocks disagree, more of the next lines tell another time than this one's."""
    stamp = float(own_s[i])
    last = stamp
    near = 1
    falls = older = ahead = 0
    for j in range(i + 1, min(i + BEGINNING, len(own_s))):
        if kind[j] == OWN:
            falls += own_s[j] < last - FAR_S
            last = float(own_s[j])
            older += last < stamp - BEHIND_S
            ahead += last > stamp + FAR_S
            near += stamp - BEHIND_S <= last <= stamp + FAR_S
    return falls > 1 and max(older, ahead) > near


@part
def _believed(own_s: F64, kind: U8, i: int, last_s: float, since: int, reached_s: float, doubt_s: float) -> bool:
    """Whether a stamp is no stray, and, when it is far ahead of the one before, is borne out by those after it."""
    stamp = float(own_s[i])
    if reached_s == reached_s:
        if stamp > reached_s + FAR_S and _contradicted(own_s, kind, i, reached_s, doubt_s):
            return False
    elif since <= BEGINNING and _alone(own_s, kind, i):
        return False
    if stamp <= last_s + LEAP_S:
        return True
    seen = 0
    follow = 0
    for j in range(i + 1, min(i + 1 + SIGHT, len(own_s))):
        if kind[j] == OWN:
            seen += 1
            if own_s[j] >= stamp - LEAP_S:
                follow += 1
            if seen == WITNESSES:
                break
    if seen >= FEWEST_WITNESSES and 2 * follow < seen:
        return False
    if last_s == last_s:
        return seen >= FEWEST_WITNESSES or stamp <= last_s + LEAP_ALONE_S
    if i + CARRIED >= len(own_s):
        return True
    stamped = False
    for j in range(i + CARRIED // 2, i + CARRIED):
        stamped |= kind[j] == OWN
    return stamped


@kernel
def carry(own_s: F64, kind: U8, decide: int, state: F64, out_s: F64) -> int:
    """Give each of the first `decide` lines its time: its own, or that of the line before it. A station whose clock is ahead of the others'
    does not drive the time: its lines get that of the lines around them.

    The arrays must reach `AHEAD` lines further unless the input ends there. state (`fresh_state`): time of the line before the first, lines
    since that time was stamped, newest time so far, how far ahead the last stamp was that was not believed. Returns the number of stamps
    that were not believed.
    """
    last_s, since, reached_s, doubt_s = state[0], int(state[1]), state[2], state[3]
    absurd = 0
    for i in range(decide):
        since += 1
        if since >= CARRIED:
            last_s = math.nan
        at = i
        if kind[i] == TAG_ONLY:
            at += 1
            while at < min(i + TAG_LINES, len(kind)) and kind[at] == TAG_ONLY:
                at += 1
        if kind[i] == ABSURD:
            absurd += 1
        elif at < len(kind) and kind[at] == OWN:
            if _believed(own_s, kind, at, last_s, since, reached_s, doubt_s):
                last_s = own_s[at]
                since = 0
                if not reached_s >= last_s:
                    reached_s = last_s
            else:
                absurd += at == i
                doubt_s = own_s[at] - reached_s
                if last_s < reached_s - FAR_S:
                    last_s = reached_s  # not the time of a station that is late
        out_s[i] = last_s
    state[0], state[1], state[2], state[3] = last_s, since, reached_s, doubt_s
    return absurd


def fresh_state() -> F64:
    """What `carry` begins with."""
    return np.array([math.nan, 0.0, math.nan, math.nan])


@kernel
def order_keys(time_s: F64, length: I64, window_s: float, most_bytes: int, ring: F64, state: F64, out_key: F64) -> int:
    """The key by which lines leave the window: their time, or the window's end for those that are late.

    A stable sort by key of the whole input is the order of release, and a line whose key is at or below `state[0]` can leave: none that
    comes later will get a smaller key. The window ends `window_s` before the newest time, and moves on sooner when more than `len(ring)`
    lines or `most_bytes` bytes would wait in it. ring: (n, 2) newest time and offset after each of the last n lines. state: window's end,
    newest time, lines so far, bytes so far, the oldest line in the ring. Returns how many lines were late.
    """
    floor = state[0]
    newest = state[1]
    line = int(state[2])
    offset = state[3]
    oldest = int(state[4])
    size = len(ring)
    late = 0
    if window_s == 0.0:  # nothing waits
        for i in range(len(time_s)):
            stamp = time_s[i]
            if stamp >= floor:
                floor = stamp
            else:
                late += stamp == stamp
            out_key[i] = floor
        state[0] = floor
        return late
    for i in range(len(time_s)):
        stamp = time_s[i]
        if stamp > newest:
            newest = stamp
        if newest - window_s > floor:
            floor = newest - window_s
        offset += length[i]
        while oldest < line and (line - oldest >= size or offset - ring[oldest % size, 1] > most_bytes):
            if ring[oldest % size, 0] > floor:
                floor = ring[oldest % size, 0]
            oldest += 1
        ring[line % size, 0] = newest
        ring[line % size, 1] = offset
        line += 1
        if stamp >= floor:
            out_key[i] = stamp
        else:
            out_key[i] = floor
            late += stamp == stamp
    state[0] = floor
    state[1] = newest
    state[2] = line
    state[3] = offset
    state[4] = oldest
    return late


def warm() -> None:
    """Compile (or load from the cache) with the types that `ingest` uses."""
    buffer = np.zeros(256, np.uint8)
    start = np.zeros(1, np.int64)
    end = np.zeros(1, np.int64)
    time_s = np.zeros(1)
    kind = np.zeros(1, np.uint8)
    split(buffer, 0, 0, 1, False, 80, 1, start, end, np.zeros(1, np.uint64))
    own(buffer, start, end, time_s, kind)
    moments(buffer, start, end, time_s)
    carry(time_s, kind, 1, fresh_state(), np.zeros(1))
    order_keys(time_s, end, 15.0, 1, np.zeros((1, 2)), np.full(5, 0.0), np.zeros(1))
