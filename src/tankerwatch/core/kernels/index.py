"""The complete way through a line of received bytes: where its sentences lie, whether they are whole, and whose they are.

It finds tag blocks (NMEA 0183 4.x, IEC 61162-450: a backslash at either end), any number of
sentences in a line with anything before, between and behind them, checks both kinds of checksum, takes VDM and VDO apart
(IEC 61162-1) and writes one row of numbers for each sentence that matters. Nothing is copied; a row says where to look.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tankerwatch.core.kernels.compiling import kernel, part
from tankerwatch.core.kernels.words import i64

# Columns of an entry: one row of int64 for each sentence (or line of tags alone) that somebody will look at again.
LINE, KIND, AT, LENGTH, FILL, TOTAL, NUMBER, SEQUENCE, CHANNEL, TALKER, QUALITY, STATION, RANK, GROUP, ROW, ORDER, COUNT = range(17)
ENTRY_WIDTH = 17
"""AT, LENGTH: the payload of a VDM or VDO; else the sentence without its checksum, from the `$` on · ROW: what is kept for the message
which this sentence may complete · ORDER: its place among all sentences of the batch · COUNT: sentences of AIS of its
feed, this one included."""

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
_ENDS = np.zeros(256, np.uint8)
"""1 for the characters that end a sentence's body: its checksum, or whatever begins next."""
_ENDS[[_STAR, _BANG, _DOLLAR, _BACKSLASH]] = 1


@part
def fingerprint(buffer: Any, first: int, last: int) -> Any:
    """FNV-1a, 64 bits, of buffer[first:last]; never 0."""
    made = np.uint64(14695981039346656037)
    for i in range(first, last):
        made = (made ^ np.uint64(buffer[i])) * np.uint64(1099511628211)
    return made | np.uint64(1 << 63)


@part
def group_of(buffer: Any, first: int) -> Any:
    """A number for the group of a tag block whose own number begins at `first`; above 0."""
    last = first
    while buffer[last] != _COMMA and buffer[last] != _STAR:
        last += 1
    return i64(fingerprint(buffer, first, last) >> np.uint64(1))


@kernel
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
    slot = i64((key ^ (key >> np.uint64(29))) & np.uint64(STATION_SLOTS - 1))
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


@part
def _hex(c: int) -> int:
    if 48 <= c <= 57:
        return c - 48
    if 65 <= c <= 70:
        return c - 55
    if 97 <= c <= 102:
        return c - 87
    return -1


@part
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


@part
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
                    tags[3] = i64(fingerprint(buffer, dash, q) >> np.uint64(1))
            elif colon == p + 3 and buffer[p + 1] == 71:  # 1G2:1234, the older way
                tags[3] = i64(fingerprint(buffer, colon + 1, q) >> np.uint64(1))
        p = q + 1
    tags[4] += 1
    return True


@part
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


@part
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


@part
def suffix_station(buffer: Any, p: int, e: int, tags: Any) -> int:
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


@part
def read_line(
    buffer: Any, p: int, e: int, line: int, entries: Any, found: int, scratch: Any, keys: Any, numbers: Any, known: Any, fresh: Any
) -> tuple[int, int]:
    """Find the sentences of the line buffer[p:e], number `line`, and write them to entries[found:]. How many entries there are then, -1
    when they have no room; and OPEN for a line with an entry, else why nothing came of it (of several faults, the first).

    entries: (capacity, ENTRY_WIDTH) i64 out · scratch: (3, ENTRY_WIDTH) i64 · keys, numbers, known, fresh: see `intern`.
    """
    while p < e and buffer[p] <= 32:
        p += 1
    if p >= e:
        return found, BLANK
    if buffer[p] == _HASH:
        return found, COMMENT
    entry, tags, behind = scratch[0], scratch[1], scratch[2]
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
        p = suffix_station(buffer, after, e, behind)
        spent = True
        if why != OPEN:
            if reason in (OPEN, NOT_NMEA):
                reason = why
            continue
        if found >= len(entries):
            return -1, OPEN
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
        if found >= len(entries):
            return -1, OPEN
        entry[:] = 0
        entry[KIND] = TAGS
        entry[LINE] = line
        entry[STATION] = intern(buffer, tags[0], tags[1], keys, numbers, known, fresh)
        entry[RANK] = tags[2] if entry[STATION] >= 0 else RANK_NONE
        entries[found] = entry
        found += 1
    if found > entries_before:
        reason = OPEN
    elif tags_wrong and reason in (OPEN, NOT_NMEA):
        reason = BAD_TAG_BLOCK
    elif reason == OPEN:
        reason = NOT_NMEA
    return found, reason


@part
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
    flags = array.flags
    if not flags.c_contiguous:
        array = np.ascontiguousarray(array)
    elif not flags.writeable:
        return array
    array = array.view()
    array.setflags(write=False)
    return array


def stations_table() -> tuple[Any, Any, Any, Any]:
    """keys, numbers, known, fresh for `intern`, with no station yet."""
    return (
        np.zeros(STATION_SLOTS, np.uint64),
        np.zeros(STATION_SLOTS, np.int64),
        np.zeros(2, np.int64),
        np.zeros((STATIONS_MAX, 2), np.int64),
    )
