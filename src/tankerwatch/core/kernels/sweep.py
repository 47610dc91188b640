"""First pass over received lines: a quick way for those in a usual form, as nearly all are, and the complete one for the rest.

A line in a usual form is one sound VDM or VDO (IEC 61162-1), alone or with tag blocks or a time before it and a word or a time behind it.
It is looked at sixty-four bytes at a time and becomes a message, or where it is a part of one, an entry. Whatever differs in anything goes
the complete way (`index.read_line`), which alone judges and names faults: so a fault of the quick way can only cost time. A test holds
them equal.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tankerwatch.core.kernels import index as ix
from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.kernels import messages as ms
from tankerwatch.core.kernels import positions as ps
from tankerwatch.core.kernels.compiling import inlined, part
from tankerwatch.core.kernels.vectors import checked, marked, put_unarmoured
from tankerwatch.core.kernels.words import bits48, byte, first_bytes, folded, i64, lowest, view_of, word

READ_BEYOND = 128
"""Bytes behind the last line that the kernels may read, though nothing comes of them."""

# Quality bits set here; the same numbers as in core/tables.py (a test compares them).
_OWN_SHIP = 1 << 6

_BACKSLASH, _BANG, _DOLLAR, _STAR, _COMMA, _COLON, _HASH, _DASH = 92, 33, 36, 42, 44, 58, 35, 45
_USUAL = np.uint64(int.from_bytes(b"!\0\0VDM,\0", "little"))
_USUAL_MASK = np.uint64(int.from_bytes(b"\xff\0\0\xff\xff\xfd\xff\0", "little"))
"""`!--VDM,` or `!--VDO,`: M and O differ in one bit."""
_SINGLE = np.uint64(int.from_bytes(b"!AIVDM,1", "little"))
_SINGLE_MASK = np.uint64(int.from_bytes(b"\xff\xff\xff\xff\xff\xfd\xff\xff", "little"))
_AB = np.uint64(int.from_bytes(b",1,,A,\0\0", "little"))
_AB_MASK = np.uint64(int.from_bytes(b"\xff\xff\xff\xff\xfc\xff\0\0", "little"))
"""`!AIVDM,1,1,,A,` or `!AIVDO,1,1,,B,`, the most usual of all. `A` and `B` are two of four that differ in their lowest two bits."""
_COMMAS = np.uint64(int.from_bytes(b",\0,\0\0\0\0\0", "little"))
_COMMAS_MASK = np.uint64(int.from_bytes(b"\xff\0\xff\0\0\0\0\0", "little"))
_END = np.uint64(int.from_bytes(b"\0\0\0,\0*\0\0", "little"))
_END_MASK = np.uint64(int.from_bytes(b"\0\0\0\xff\0\xff\0\0", "little"))
_SHORTEST, _LONGEST = 19, 128
_ONE = np.uint64(1)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_HEX = np.full(256, 1000, np.int64)
"""The value of a hexadecimal digit, far too much for others."""
for _digit in range(16):
    _HEX[[ord(f"{_digit:x}"), ord(f"{_digit:X}")]] = _digit

NAMES = 256
"""Names of stations that are found again at once."""
_NAME_LONGEST = 16

# What `sweep` counts.
ENTRIES, ROWS, SENTENCES, OWN_SHIP, PLAIN, FULL, ORDER, REPORTS = range(8)
"""Entries and rows of messages so far · sentences that became messages without an entry · not 0 when a message is of the own ship · entries
that are not AIS and are read by others · 1 when it was the rows of messages that had no room left · sentences and kept rows so far, their
order · position reports of the usual types that wait in `words` and the like."""
COUNTS = 8


@inlined
def _below(count: int) -> Any:
    """The lowest `count` bits, 0 to 64."""
    return _ALL if count >= 64 else (_ONE << np.uint64(count)) - _ONE


@inlined
def _in_address(c: int) -> bool:
    return 65 <= c <= 90 or 48 <= c <= 57


@inlined
def _sound(view: Any, p: int, n: int) -> tuple[int, int]:
    """Where the payload of the `n` bytes from `p` on begins, and the channel, if they are a sound sentence of AIS; else (-1, 0)."""
    if n < _SHORTEST or n > _LONGEST:
        return -1, 0
    head, behind = word(view, p), word(view, p + 8)
    if word(view, p + n - 8) & _END_MASK != _END or not 48 <= byte(view, p + n - 4) <= 53:
        return -1, 0
    if head & _SINGLE_MASK == _SINGLE and behind & _AB_MASK == _AB and ((behind >> np.uint64(32)) & np.uint64(3)) - _ONE < np.uint64(2):
        q = 14
        channel = i64((behind >> np.uint64(32)) & np.uint64(0xFF))
    else:
        if head & _USUAL_MASK != _USUAL & _USUAL_MASK or behind & _COMMAS_MASK != _COMMAS:
            return -1, 0
        total = byte(view, p + 7) - 48
        number = byte(view, p + 9) - 48
        if not 1 <= number <= total or total > 9 or not (_in_address(byte(view, p + 1)) and _in_address(byte(view, p + 2))):
            return -1, 0
        q = 11
        if byte(view, p + q) != _COMMA:
            if not 48 <= byte(view, p + q) <= 57 or byte(view, p + q + 1) != _COMMA:
                return -1, 0
            q += 1
        q += 1
        channel = 0
        if byte(view, p + q) != _COMMA:
            channel = byte(view, p + q)
            if not _in_address(channel) or byte(view, p + q + 1) != _COMMA:
                return -1, 0
            if channel == 49 or channel == 50:
                channel += 16
            q += 1
        q += 1
    last = n - 5
    if q >= last:
        return -1, 0
    xor, armour = checked(view, p, min(n - 3, 64))
    wrong = ~armour & _below(last) & ~_below(q)
    if n > 64:
        more, armour = checked(view, p + 64, max(n - 67, 0))
        xor ^= more
        wrong |= ~armour & _below(max(last - 64, 0))
    told = _HEX[byte(view, p + n - 2)] * 16 + _HEX[byte(view, p + n - 1)]
    if wrong != 0 or folded(xor) ^ _BANG != told:
        return -1, 0
    return p + q, channel


@inlined
def _tags(view: Any, p: int, e: int) -> tuple[int, int, int, int]:
    """Read the tag block at `p`, a backslash: what follows it, where the station's name begins and ends (0, 0: it names none), and where
    the group's number begins (0: none; it ends with the next comma or star). (-1, 0, 0, 0) for what only the complete way understands.
    """
    close = lowest(marked(view, p, _BACKSLASH) & ~_ONE)
    star = lowest(marked(view, p, _STAR))
    if close < 5 or close >= 64 or p + close >= e or star != close - 3:
        return -1, 0, 0, 0
    if marked(view, p, _BANG) & _below(close) != 0:
        return -1, 0, 0, 0
    xor, _ = checked(view, p, star)
    if folded(xor) ^ _BACKSLASH != _HEX[byte(view, p + close - 2)] * 16 + _HEX[byte(view, p + close - 1)]:
        return -1, 0, 0, 0
    commas = marked(view, p, _COMMA) & _below(star) | _ONE << np.uint64(star)
    first = last = group = 0
    at = 1
    while commas != 0:
        end = lowest(commas)
        commas &= commas - _ONE
        if end - at >= 2:
            if byte(view, p + at + 1) != _COLON:
                return -1, 0, 0, 0
            if end - at > 2:
                c = byte(view, p + at)
                if c == 115:  # s: the source
                    first = p + at + 2
                    last = p + end
                elif c == 103:  # g:1-2-1234
                    dash = end
                    while dash > at + 1 and byte(view, p + dash - 1) != _DASH:
                        dash -= 1
                    if dash > at + 2:
                        group = p + dash
        at = end + 1
    return p + close + 1, first, last, group


@part
def sweep(
    buffer: Any, start: Any, end: Any, time_s: Any, source_row: Any, begin: int, stop: int, most: int, reasons: Any,
    entries: Any, messages: Any, message_times: Any, message_rows: Any, counts: Any, feeds: Any, feed_station: Any,
    names: Any, keys: Any, numbers: Any, known: Any, fresh: Any, words: Any, told: Any, told_s: Any, told_rows: Any,
) -> int:  # fmt: skip  # one a line would hide what belongs together
    """Read the lines from `begin` to `stop`. Returns the line to go on with: below `stop` when entries or messages have no room left, or
    `most` sentences have been found in all.

    buffer: (bytes,) u8 · start, end: (n,) i64 · time_s, source_row: by line · reasons: (n,) u8 out: USED for a line that became a message,
    OPEN for one with an entry, else why nothing came of it · entries: (capacity, ENTRY_WIDTH) i64 out · messages: (capacity, MESSAGE_WIDTH)
    i32 out, with message_times, message_rows: a row for each entry, and each message that is not kept elsewhere · counts: (COUNTS,) i64 ·
    feeds, feed_station: see `index_fragments.assemble` · names: `names_table` · keys, numbers, known, fresh: see `index.intern`; the
    caller takes the names that are `fresh` and sets `known[1]` to 0 · words, told, told_s, told_rows: see `positions.place`; with room for
    all lines from `begin` to `stop`.
    """
    if begin == 0:
        for feed in range(len(feeds)):
            feeds[feed, fr.PENDING] = feeds[feed, fr.PGHP_STATE] != 0 or feeds[feed, fr.TAG_STATE] != 0
    view = view_of(buffer)
    scratch = np.zeros((3, ix.ENTRY_WIDTH), np.int64)
    found = counts[ENTRIES]
    m = counts[ROWS]
    order = counts[ORDER]
    reports = counts[REPORTS]
    near = view_of(words)
    sentences = 0
    own_ship = counts[OWN_SHIP]
    line = begin
    while line < stop:
        if m >= len(messages) or order >= most or found >= len(entries):
            counts[FULL] = m >= len(messages) or order >= most
            break
        p = start[line]
        e = end[line]
        feed = i64(source_row[line] >> np.uint64(48))
        first = last = group = 0
        rank = ix.RANK_NONE
        c = byte(view, p) if p < e else _HASH
        if c != _BANG and c != _BACKSLASH and c != _HASH and c > 32:  # perhaps a time
            sight = min(e, p + 64)
            while p < sight and c != _BANG and c != _BACKSLASH and c != _DOLLAR:
                p += 1
                c = byte(view, p)
            if p >= sight:
                c = _HASH
        while c == _BACKSLASH:
            behind, name, name_end, number = _tags(view, p, e)
            if behind < 0:
                c = _HASH
                break
            p = behind
            c = byte(view, p) if p < e else _HASH
            if name_end > 0:
                first, last, rank = name, name_end, ix.RANK_TAG
            if number > 0:
                group = number
        q = -1
        channel = 0
        n = e - p
        if c == _BANG:
            if n >= _SHORTEST and byte(view, e - 3) != _STAR:  # something stands behind the checksum
                n = lowest(marked(view, p, _STAR))
                n += 3 if n < 64 else lowest(marked(view, p + 64, _STAR)) + 3
                n = n if p + n <= e else 0
            q, channel = _sound(view, p, n)
            if q >= 0 and p + n < e:
                scratch[2, 2] = 0
                if ix.suffix_station(buffer, p + n, e, scratch[2]) < e:
                    q = -1  # another sentence follows
                elif scratch[2, 2] > 0 and rank == ix.RANK_NONE:
                    first, last, rank = scratch[2, 0], scratch[2, 1], ix.RANK_SUFFIX

        before = found
        if q < 0:
            found, reason = ix.read_line(buffer, start[line], e, line, entries, found, scratch, keys, numbers, known, fresh)
            if found < 0 or m + found - before > len(messages) or order + found - before > most:
                counts[FULL] = found >= 0
                found = before
                break
            reasons[line] = reason
        else:
            station = -1
            if rank != ix.RANK_NONE:
                size = last - first
                if size <= _NAME_LONGEST:
                    low = word(view, first) & first_bytes(min(size, 8))
                    high = word(view, first + 8) & first_bytes(size - 8) if size > 8 else np.uint64(0)
                    mixed = (low ^ (high * np.uint64(0x9E3779B97F4A7C15))) * np.uint64(0xC2B2AE3D27D4EB4F)
                    name = i64(mixed >> np.uint64(56))
                    # the size is compared too, for a name may end in zeros
                    if names[name, 0] == low and names[name, 1] == high and names[name, 2] == size:
                        station = i64(names[name, 3])
                if station < 0:
                    station = ix.intern(buffer, first, last, keys, numbers, known, fresh)
                    if station >= 0 and size <= _NAME_LONGEST:
                        names[name, 0] = low
                        names[name, 1] = high
                        names[name, 2] = size
                        names[name, 3] = station
                if station < 0:
                    rank = ix.RANK_NONE
            length = p + n - 5 - q
            fill = byte(view, p + n - 4) - 48
            quality = _OWN_SHIP if byte(view, p + 5) == 79 else 0
            single = byte(view, p + 7) == 49
            if single and feeds[feed, fr.PENDING] == 0:
                feeds[feed, fr.SENTENCES] += 1
                order += 1
                own_ship |= quality
                bits = 6 * length - fill
                head = i64(bits48(view, q))
                outcome, quality = ms.judged(head, bits, quality)
                reasons[line] = outcome
                sentences += 1
                what = ms.what(head, channel, 0)
                mmsi = ms.mmsi_of(head)
                heard = ms.heard(station if rank != ix.RANK_NONE else feed_station[feed], quality)
                kind = head >> 42
                if bits >= ps.WHOLE_BITS and (1 <= kind <= 3 or kind == 18):
                    put_unarmoured(view, q, near, 32 * reports)
                    told[ps.WHAT, reports] = what
                    told[ps.MMSI, reports] = mmsi
                    told[ps.HEARD, reports] = heard
                    told[ps.LINE, reports] = line
                    told[ps.ORDER, reports] = order
                    told_s[reports] = time_s[line]
                    told_rows[reports] = source_row[line]
                    reports += 1
                elif outcome == ix.USED:
                    messages[m, ms.FROM] = q
                    messages[m, ms.SPAN] = ms.span(bits, length)
                    messages[m, ms.WHAT] = what
                    messages[m, ms.MMSI] = mmsi
                    messages[m, ms.HEARD] = heard
                    messages[m, ms.LINE] = line
                    messages[m, ms.ORDER] = order
                    message_times[m] = time_s[line]
                    message_rows[m] = source_row[line]
                    m += 1
                line += 1
                continue

            if single:
                feeds[feed, fr.PENDING] = 0  # this one ends it
            entries[found, ix.LINE] = line
            entries[found, ix.KIND] = ix.AIS
            entries[found, ix.AT] = q
            entries[found, ix.LENGTH] = length
            entries[found, ix.FILL] = fill
            entries[found, ix.TOTAL] = byte(view, p + 7) - 48
            entries[found, ix.NUMBER] = byte(view, p + 9) - 48
            entries[found, ix.SEQUENCE] = byte(view, p + 11) - 48 if byte(view, p + 11) != _COMMA else -1
            entries[found, ix.CHANNEL] = channel
            entries[found, ix.TALKER] = byte(view, p + 1) * 256 + byte(view, p + 2)
            entries[found, ix.QUALITY] = quality
            entries[found, ix.STATION] = station
            entries[found, ix.RANK] = rank
            entries[found, ix.GROUP] = ix.group_of(buffer, group) if group > 0 else 0
            reasons[line] = ix.OPEN
            found += 1

        for entry in range(before, found):
            kind = entries[entry, ix.KIND]
            if kind == ix.AIS:
                feeds[feed, fr.SENTENCES] += 1
            elif kind == ix.TAGS or kind == ix.PGHP:
                feeds[feed, fr.PENDING] = 1
            else:
                counts[PLAIN] += 1
            entries[entry, ix.COUNT] = feeds[feed, fr.SENTENCES]
            order += 1
            entries[entry, ix.ROW] = m
            entries[entry, ix.ORDER] = order
            messages[m, ms.WHAT] = ms.NOTHING
            messages[m, ms.LINE] = line
            messages[m, ms.ORDER] = order
            message_times[m] = time_s[line]
            message_rows[m] = source_row[line]
            m += 1
        line += 1
    counts[ENTRIES] = found
    counts[ROWS] = m
    counts[ORDER] = order
    counts[REPORTS] = reports
    counts[SENTENCES] += sentences
    counts[OWN_SHIP] = own_ship
    return line


def names_table() -> Any:
    """`names` for `sweep`, with none yet."""
    return np.zeros((NAMES, 4), np.uint64)
