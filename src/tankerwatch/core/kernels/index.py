"""First pass over received bytes: where the sentences lie, whether they are whole, and whose they are.

One loop over a buffer of lines. It finds tag blocks (NMEA 0183 4.x, IEC 61162-450: a backslash at either end), any number of
sentences in a line with anything before, between and behind them, checks both kinds of checksum, takes VDM and VDO apart
(IEC 61162-1) and writes one row of numbers for each sentence that matters. Nothing is copied; a row says where to look.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from tankerwatch.core.kernels.words import first_bytes, folded, not_armour, word

# Columns of an entry: one row of int64 for each sentence (or line of tags alone) that somebody will look at again.
LINE, KIND, AT, LENGTH, FILL, TOTAL, NUMBER, SEQUENCE, CHANNEL, TALKER, QUALITY, STATION, RANK, GROUP = range(14)
ENTRY_WIDTH = 14
"""AT, LENGTH: the payload of a VDM or VDO; else the sentence without its checksum, from the `$` on."""

# What an entry is.
AIS, TAGS, PGHP, RMC, GLL, GGA, HDT, THS, TTM, TLL, DSC, DSE = range(1, 13)

# What became of a line or an entry. The words are in decode/counters.py.
OPEN, USED, BLANK, COMMENT, NOT_NMEA, OTHER_SENTENCE, BAD_CHECKSUM, BAD_TAG_BLOCK, MALFORMED, BAD_PAYLOAD, EMPTY_PAYLOAD = range(11)
FRAGMENT_TOO_LONG, INCOMPLETE, DUPLICATE_FRAGMENT, TOO_SHORT = range(11, 15)

# How well an entry knows its station: the tag block's `s:`, a $PGHP line, a word behind the checksum, the provider's `si:`.
RANK_NONE, RANK_PROVIDER, RANK_SUFFIX, RANK_PGHP, RANK_TAG = range(5)

STATIONS_MAX = 8192
"""Names kept at most; a feed that makes up more is heard under its own name."""
STATION_SLOTS = 4 * STATIONS_MAX
STATION_LONGEST = 48
FRAGMENT_LONGEST = 240
"""Characters of one sentence's part of a longer message; the standard allows about 60."""

# Quality bits set here; the same numbers as in core/tables.py (a test compares them).
_NO_CHECKSUM = 1 << 5
_OWN_SHIP = 1 << 6

_BACKSLASH, _BANG, _DOLLAR, _STAR, _COMMA, _COLON, _HASH, _DASH = 92, 33, 36, 42, 44, 58, 35, 45
_HEX = np.full(256, 1000, np.int64)
"""The value of a hexadecimal digit, far too much for others."""
for _digit in range(16):
    _HEX[[ord(f"{_digit:x}"), ord(f"{_digit:X}")]] = _digit
_ENDS = np.zeros(256, np.uint8)
"""1 for the characters that end a sentence's body: its checksum, or whatever begins next."""
_ENDS[[_STAR, _BANG, _DOLLAR, _BACKSLASH]] = 1


@nb.njit(cache=True, nogil=True)
def fingerprint(buffer: Any, first: int, last: int) -> Any:
    """FNV-1a, 64 bits, of buffer[first:last]; never 0."""
    made = np.uint64(14695981039346656037)
    for i in range(first, last):
        made = (made ^ np.uint64(buffer[i])) * np.uint64(1099511628211)
    return made | np.uint64(1 << 63)


@nb.njit(cache=True, nogil=True)
def intern(buffer: Any, first: int, last: int, keys: Any, numbers: Any, known: Any, fresh: Any) -> int:
    """The number of the station named by buffer[first:last], a new one for a new name; -1 for none or when all are taken.

    keys: (STATION_SLOTS,) u64 · numbers: (STATION_SLOTS,) i64 · known: (2,) i64, stations so far and names in `fresh` ·
    fresh: (STATIONS_MAX, 2) i64, where the new names lie.
    """
    if last > first + STATION_LONGEST:
        last = first + STATION_LONGEST
    if last <= first:
        return -1
    key = fingerprint(buffer, first, last)
    slot = np.int64((key ^ (key >> np.uint64(29))) & np.uint64(STATION_SLOTS - 1))
    while keys[slot] != 0:
        if keys[slot] == key:
            return int(numbers[slot])
        slot = (slot + 1) & (STATION_SLOTS - 1)
    if known[0] >= STATIONS_MAX:
        return -1
    keys[slot] = key
    numbers[slot] = known[0]
    fresh[known[1], 0] = first
    fresh[known[1], 1] = last
    known[0] += 1
    known[1] += 1
    return int(numbers[slot])


@nb.njit(cache=True, nogil=True)
def _hex(c: int) -> int:
    if 48 <= c <= 57:
        return c - 48
    if 65 <= c <= 70:
        return c - 55
    if 97 <= c <= 102:
        return c - 87
    return -1


@nb.njit(cache=True, nogil=True)
def _digits(buffer: Any, first: int, last: int) -> int:
    """The number written at buffer[first:last]; -1 when nothing, -2 when something else stands there."""
    if first == last:
        return -1
    if last - first > 4:
        return -2
    made = 0
    for i in range(first, last):
        c = int(buffer[i])
        if c < 48 or c > 57:
            return -2
        made = made * 10 + c - 48
    return made


@nb.njit(cache=True, nogil=True)
def _tag_block(buffer: Any, first: int, last: int, tags: Any) -> bool:
    """Read the tag block buffer[first:last] (without its backslashes) into `tags`; False when its checksum is wrong.

    tags: (5,) i64: where the station's name begins and ends, its rank, a number for the group, tag blocks read. No checksum is no fault.
    """
    end = last
    xor = 0
    for i in range(first, last):
        if buffer[i] == _STAR:
            end = i
            break
        xor ^= int(buffer[i])
    if end < last:
        told = 0
        if not 1 <= last - end - 1 <= 2:
            return False
        for i in range(end + 1, last):
            digit = _hex(int(buffer[i]))
            if digit < 0:
                return False
            told = told * 16 + digit
        if told != xor:
            return False
    p = first
    while p < end:
        q = p
        colon = -1
        while q < end and buffer[q] != _COMMA:
            if colon < 0 and buffer[q] == _COLON:
                colon = q
            q += 1
        if colon > p and q > colon + 1:
            c = int(buffer[p])
            if colon == p + 1 and c == 115:  # s: the source
                tags[0] = colon + 1
                tags[1] = q
                tags[2] = RANK_TAG
            elif colon == p + 2 and c == 115 and buffer[p + 1] == 105 and tags[2] < RANK_TAG:  # si: the provider
                tags[0] = colon + 1
                tags[1] = q
                tags[2] = RANK_PROVIDER
            elif colon == p + 1 and c == 103:  # g:1-2-1234
                dash = q
                while dash > colon and buffer[dash - 1] != _DASH:
                    dash -= 1
                if dash > colon + 1:
                    tags[3] = np.int64(fingerprint(buffer, dash, q) >> np.uint64(1))
            elif colon == p + 3 and buffer[p + 1] == 71:  # 1G2:1234, the older way
                tags[3] = np.int64(fingerprint(buffer, colon + 1, q) >> np.uint64(1))
        p = q + 1
    tags[4] += 1
    return True


@nb.njit(cache=True, nogil=True)
def _kind(buffer: Any, p: int, q: int) -> int:
    """What the sentence buffer[p:q] is by its address: a kind, 0 for one that is passed over, -1 when it has no address."""
    a = p + 1
    while a < q and buffer[a] != _COMMA and a - p <= 9:
        c = int(buffer[a])
        if not (48 <= c <= 57 or 65 <= c <= 90 or c == _DASH):
            return -1
        a += 1
    size = a - p - 1
    if size < 3 or size > 8 or (a < q and buffer[a] != _COMMA):
        return -1
    x, y, z = int(buffer[a - 3]), int(buffer[a - 2]), int(buffer[a - 1])
    if size == 4 and buffer[p + 1] == 80:
        return PGHP if x == 71 and y == 72 and z == 80 else 0
    if size != 5:
        return 0
    if x == 86 and y == 68 and (z == 77 or z == 79):  # VDM VDO
        return AIS
    if buffer[p] != _DOLLAR:
        return 0
    if x == 82 and y == 77 and z == 67:
        return RMC
    if x == 71 and y == 76 and z == 76:
        return GLL
    if x == 71 and y == 71 and z == 65:
        return GGA
    if x == 72 and y == 68 and z == 84:
        return HDT
    if x == 84:
        if y == 72 and z == 83:
            return THS
        if y == 84 and z == 77:
            return TTM
        if y == 76 and z == 76:
            return TLL
    if x == 68 and y == 83:
        if z == 67:
            return DSC
        if z == 69:
            return DSE
    return 0


@nb.njit(cache=True, nogil=True)
def _ais(buffer: Any, p: int, q: int, entry: Any) -> int:
    """Take the VDM or VDO buffer[p:q] (checksum cut off) apart into `entry`; OPEN when it can be used, else why not."""
    f1 = p + 7
    commas = 0
    f2 = f3 = f4 = f5 = f6 = f1
    for i in range(f1, q):
        if buffer[i] == _COMMA:
            commas += 1
            if commas == 1:
                f2 = i + 1
            elif commas == 2:
                f3 = i + 1
            elif commas == 3:
                f4 = i + 1
            elif commas == 4:
                f5 = i + 1
            elif commas == 5:
                f6 = i + 1
            else:
                return MALFORMED
    if commas < 5:
        return MALFORMED
    total = _digits(buffer, f1, f2 - 1)
    number = _digits(buffer, f2, f3 - 1)
    sequence = _digits(buffer, f3, f4 - 1)
    fill = _digits(buffer, f6, q)
    if fill == -1:
        fill = 0
    if not 1 <= total <= 9 or not 1 <= number <= total or sequence == -2 or not 0 <= fill <= 5:
        return MALFORMED
    length = f6 - 1 - f5
    if length == 0 and total == 1:
        return EMPTY_PAYLOAD
    if length == 0 and fill > 0:
        return MALFORMED
    for i in range(f5, f6 - 1):
        c = int(buffer[i])
        if c < 48 or c > 119 or 87 < c < 96:
            return BAD_PAYLOAD
    if total > 1 and length > FRAGMENT_LONGEST:
        return FRAGMENT_TOO_LONG
    channel = 0
    if f5 - 1 > f4:
        channel = int(buffer[f4])
        if channel == 49:
            channel = 65
        elif channel == 50:
            channel = 66
    entry[KIND] = AIS
    entry[AT] = f5
    entry[LENGTH] = length
    entry[FILL] = fill
    entry[TOTAL] = total
    entry[NUMBER] = number
    entry[SEQUENCE] = sequence
    entry[CHANNEL] = channel
    entry[TALKER] = int(buffer[p + 1]) * 256 + int(buffer[p + 2])
    entry[QUALITY] = _OWN_SHIP if buffer[p + 5] == 79 else 0
    return OPEN


_USUAL = np.uint64(int.from_bytes(b"!\0\0VDM,\0", "little"))
_USUAL_MASK = np.uint64(int.from_bytes(b"\xff\0\0\xff\xff\xfd\xff\0", "little"))
"""`!--VDM,` or `!--VDO,`: M and O differ in one bit."""
_COMMAS = np.uint64(int.from_bytes(b",\0,\0\0\0\0\0", "little"))
_COMMAS_MASK = np.uint64(int.from_bytes(b"\xff\0\xff\0\0\0\0\0", "little"))
_END = np.uint64(int.from_bytes(b"\0\0\0,\0*\0\0", "little"))
_END_MASK = np.uint64(int.from_bytes(b"\0\0\0\xff\0\xff\0\0", "little"))
_NOUGHTS = np.uint64(0x3030303030303030)
_USUAL_SHORTEST = 19
READ_BEYOND = 48
"""Bytes behind the last line that the kernels may read, though nothing comes of them."""


@nb.njit(cache=True, nogil=True, forceinline=True)
def _in_address(c: int) -> bool:
    return 65 <= c <= 90 or 48 <= c <= 57


@nb.njit(cache=True, nogil=True, forceinline=True)
def _usual(buffer: Any, p: int, e: int, entries: Any, found: int) -> bool:
    """Whether buffer[p:e] is one sound VDM or VDO in its usual form, which goes to entries[found]. Eight bytes at a time.

    Whatever differs (also a wrong checksum) is for the slow way to judge; on what both take, both agree (a test compares them).
    """
    if e - p < _USUAL_SHORTEST:
        return False
    head = word(buffer, p)
    if head & _USUAL_MASK != _USUAL & _USUAL_MASK or word(buffer, p + 8) & _COMMAS_MASK != _COMMAS:
        return False
    end = word(buffer, e - 8)
    if end & _END_MASK != _END:
        return False
    total = int(buffer[p + 7]) - 48
    number = int(buffer[p + 9]) - 48
    fill = int(buffer[e - 4]) - 48
    if not 1 <= number <= total or total > 9 or not 0 <= fill <= 5:
        return False
    talker = int(buffer[p + 1]), int(buffer[p + 2])
    if not (_in_address(talker[0]) and _in_address(talker[1])):
        return False
    q = p + 11
    sequence = -1
    if buffer[q] != _COMMA:
        sequence = int(buffer[q]) - 48
        q += 1
        if not 0 <= sequence <= 9 or buffer[q] != _COMMA:
            return False
    q += 1
    channel = 0
    if buffer[q] != _COMMA:
        channel = int(buffer[q])
        q += 1
        if not _in_address(channel) or buffer[q] != _COMMA:
            return False
        if channel == 49 or channel == 50:
            channel += 16
    q += 1
    last = e - 5
    if q >= last or (total > 1 and last - q > FRAGMENT_LONGEST):
        return False
    xor = word(buffer, p + 1) ^ (word(buffer, p + 9) & first_bytes(q - p - 9))
    wrong = np.uint64(0)
    at = q
    while at + 8 <= last:
        value = word(buffer, at)
        xor ^= value
        wrong |= not_armour(value)
        at += 8
    if at < last:
        mask = first_bytes(last - at)
        value = word(buffer, at) & mask
        xor ^= value
        wrong |= not_armour(value | (_NOUGHTS & ~mask))
    if wrong != 0:
        return False
    told = _HEX[buffer[e - 2]] * 16 + _HEX[buffer[e - 1]]
    if folded(xor) ^ _COMMA ^ (fill + 48) != told:
        return False
    entries[found, KIND] = AIS
    entries[found, AT] = q
    entries[found, LENGTH] = last - q
    entries[found, FILL] = fill
    entries[found, TOTAL] = total
    entries[found, NUMBER] = number
    entries[found, SEQUENCE] = sequence
    entries[found, CHANNEL] = channel
    entries[found, TALKER] = talker[0] * 256 + talker[1]
    entries[found, QUALITY] = _OWN_SHIP if buffer[p + 5] == 79 else 0
    return True


@nb.njit(cache=True, nogil=True)
def _suffix_station(buffer: Any, p: int, e: int, tags: Any) -> int:
    """Skip what stands behind a checksum, up to the next sentence; a field `r…` or `b…` in it names the station (US Coast Guard form)."""
    while p < e:
        c = int(buffer[p])
        if c in (_BANG, _DOLLAR, _BACKSLASH):
            return p
        if c == _COMMA:
            c = int(buffer[p + 1]) if p + 1 < e else 0
            if c == 114 or c == 98:
                q = p + 2
                while q < e and (48 <= buffer[q] <= 57 or 65 <= buffer[q] <= 90 or 97 <= buffer[q] <= 122):
                    q += 1
                if q - p > 3 and (q == e or buffer[q] == _COMMA or buffer[q] <= 32):
                    tags[0] = p + 1
                    tags[1] = q
                    tags[2] = RANK_SUFFIX
                    p = q - 1
        p += 1
    return p


@nb.njit(cache=True, nogil=True)
def index(buffer: Any, start: Any, end: Any, reasons: Any, entries: Any, keys: Any, numbers: Any, known: Any, fresh: Any) -> int:
    """Find the sentences of all lines. Returns how many entries there are: more than `entries` has room for means call again with more.

    buffer: (bytes,) u8 · start, end: (n,) i64 · reasons: (n,) u8 out, OPEN for a line with an entry, else why nothing came of it
    (of several, the first) · entries: (capacity, ENTRY_WIDTH) i64 out · keys, numbers, known, fresh: see `intern`; the caller takes the
    names that are `fresh` and sets `known[1]` to 0.
    """
    found = 0
    entry = np.zeros(ENTRY_WIDTH, np.int64)
    tags = np.zeros(5, np.int64)
    behind = np.zeros(5, np.int64)
    for line in range(len(start)):
        p = start[line]
        e = end[line]
        if found < len(entries) and _usual(buffer, p, e, entries, found):
            entries[found, LINE] = line
            entries[found, STATION] = -1
            entries[found, RANK] = RANK_NONE
            entries[found, GROUP] = 0
            reasons[line] = OPEN
            found += 1
            continue
        while p < e and buffer[p] <= 32:
            p += 1
        if p >= e:
            reasons[line] = BLANK
            continue
        if buffer[p] == _HASH:
            reasons[line] = COMMENT
            continue
        reason = OPEN
        entries_before = found
        tags[:] = 0
        spent = False  # the tags belong to a sentence already
        tags_wrong = False
        while p < e:
            c = int(buffer[p])
            if c == _BACKSLASH:
                q = p + 1
                while q < e and buffer[q] != _BACKSLASH and buffer[q] != _BANG:
                    q += 1
                if q >= e or buffer[q] == _BANG:
                    tags_wrong = True
                    p += 1
                    continue
                if spent:
                    tags[:] = 0
                    spent = False
                if not _tag_block(buffer, p + 1, q, tags):
                    tags_wrong = True
                p = q + 1
                continue
            if c == _BANG and found < len(entries) and _usual(buffer, p, e, entries, found):
                station = intern(buffer, tags[0], tags[1], keys, numbers, known, fresh)
                entries[found, LINE] = line
                entries[found, STATION] = station
                entries[found, RANK] = tags[2] if station >= 0 else RANK_NONE
                entries[found, GROUP] = tags[3]
                found += 1
                break
            if c != _BANG and c != _DOLLAR:
                p += 1
                continue
            xor = 0
            q = p + 1
            while q < e:
                c = int(buffer[q])
                if _ENDS[c]:
                    break
                xor ^= c
                q += 1
            last = q
            quality = 0
            after = q
            why = OPEN
            if q < e and buffer[q] == _STAR:
                high = _hex(int(buffer[q + 1])) if q + 1 < e else -1
                low = _hex(int(buffer[q + 2])) if q + 2 < e else -1
                after = q + 3 if high >= 0 and low >= 0 else q + 1
                if high < 0 or low < 0 or high * 16 + low != xor:
                    why = BAD_CHECKSUM
            else:
                quality = _NO_CHECKSUM
                while last > p and buffer[last - 1] <= 32:
                    last -= 1
            kind = _kind(buffer, p, last)
            if kind < 0:
                why = NOT_NMEA
            elif why == OPEN:
                if kind == 0:
                    why = OTHER_SENTENCE
                elif kind == AIS:
                    why = _ais(buffer, p, last, entry)
                else:
                    entry[:] = 0
                    entry[KIND] = kind
                    entry[AT] = p
                    entry[LENGTH] = last - p
            if kind < 0:
                p += 1  # what looked like a sentence may hide one
                if reason == OPEN:
                    reason = NOT_NMEA
                continue
            behind[:] = 0
            p = _suffix_station(buffer, after, e, behind)
            spent = True
            if why != OPEN:
                if reason in (OPEN, NOT_NMEA):
                    reason = why
                continue
            if found < len(entries):
                if tags[2] >= RANK_SUFFIX or behind[2] == 0:
                    entry[STATION] = intern(buffer, tags[0], tags[1], keys, numbers, known, fresh)
                    entry[RANK] = tags[2]
                else:
                    entry[STATION] = intern(buffer, behind[0], behind[1], keys, numbers, known, fresh)
                    entry[RANK] = behind[2]
                if kind == PGHP:
                    _pghp_station(buffer, entry, keys, numbers, known, fresh)
                if entry[STATION] < 0:
                    entry[RANK] = RANK_NONE
                entry[LINE] = line
                entry[GROUP] = tags[3]
                entry[QUALITY] |= quality
                entries[found] = entry
            found += 1
        if found == entries_before and reason == OPEN and tags[4] > 0:
            if found < len(entries):
                entry[:] = 0
                entry[KIND] = TAGS
                entry[LINE] = line
                entry[STATION] = intern(buffer, tags[0], tags[1], keys, numbers, known, fresh)
                entry[RANK] = tags[2] if entry[STATION] >= 0 else RANK_NONE
                entries[found] = entry
            found += 1
        if found > entries_before:
            reasons[line] = OPEN
        elif tags_wrong and reason in (OPEN, NOT_NMEA):
            reasons[line] = BAD_TAG_BLOCK
        else:
            reasons[line] = reason if reason != OPEN else NOT_NMEA
    return found


@nb.njit(cache=True, nogil=True)
def _pghp_station(buffer: Any, entry: Any, keys: Any, numbers: Any, known: Any, fresh: Any) -> None:
    """Who received, from `$PGHP,1,year,month,day,hour,minute,second,ms,country,region,base,online,checksum`: the base, else the country."""
    q = entry[AT] + entry[LENGTH]
    commas = 0
    country_first = country_last = base_first = base_last = 0
    for i in range(entry[AT], q):
        if buffer[i] == _COMMA:
            commas += 1
            if commas == 9:
                country_first = i + 1
            elif commas == 10:
                country_last = i
            elif commas == 11:
                base_first = i + 1
            elif commas == 12:
                base_last = i
    if base_last > base_first:
        entry[STATION] = intern(buffer, base_first, base_last, keys, numbers, known, fresh)
    elif country_last > country_first:
        entry[STATION] = intern(buffer, country_first, country_last, keys, numbers, known, fresh)
    else:
        return
    entry[RANK] = RANK_PGHP


def read_only(array: Any) -> Any:
    """The same array, contiguous and read-only. What comes in is given to the kernels in this form, so that they are compiled once."""
    array = np.ascontiguousarray(array).view()
    array.flags.writeable = False
    return array


def warm() -> None:
    """Compile."""
    buffer = np.frombuffer(b"!AIVDM,1,1,,B,15NBj>PP1gG>1PVKTDTUJOv00<0M,0*09" + bytes(128), np.uint8)
    index(
        buffer,
        read_only(np.zeros(1, np.int64)),
        read_only(np.full(1, 48, np.int64)),
        np.zeros(1, np.uint8),
        np.zeros((4, ENTRY_WIDTH), np.int64),
        *stations_table(),
    )


def stations_table() -> tuple[Any, Any, Any, Any]:
    """keys, numbers, known, fresh for `intern`, with no station yet."""
    return (
        np.zeros(STATION_SLOTS, np.uint64),
        np.zeros(STATION_SLOTS, np.int64),
        np.zeros(2, np.int64),
        np.zeros((STATIONS_MAX, 2), np.int64),
    )
