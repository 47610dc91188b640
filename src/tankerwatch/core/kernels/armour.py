"""Lines taken apart, so that a journal of them is smaller and sooner made: what repeats goes to a table, six-bit characters are packed.

A line is *plain* when it is: text, then a sentence `!AAAAA,n,n,n,C,` of at most sixteen bytes up to its fifth comma, a payload of armoured
characters, its fill digit, a checksum that is right, text. Of it are kept the two texts, the number of its opening in a table, how
many characters the payload has, and their bits. All other lines are kept as text. Joining gives back the same bytes.

    openings   (64, 2) u64   the sentences' openings, zeros behind them
    forms      (n,) u8       which opening; NO_FORM for a line that is all text
    counts     (n,) u8       characters of the payload
    fills      (n,) u8       the fill digit and what follows it: 48 to 53
    text       each line's text before and behind its sentence, or the line, a line feed behind each
    bits       of all payloads of so many characters, the fewest first: the first byte of each, then the second of each, and so on
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tankerwatch.core.kernels.compiling import inlined, kernel
from tankerwatch.core.kernels.index import read_only
from tankerwatch.core.kernels.vectors import checked, marked
from tankerwatch.core.kernels.words import bits48, byte, first_bytes, folded, i64, lowest, put_byte, put_word, spread, view_of, word

BEYOND: Final = 192
"""So many bytes behind the last one must belong to each array that is read from or written to here."""
OPENINGS: Final = 64
NO_FORM: Final = 255
MOST: Final = 120
"""Characters of a payload that is packed; two looks of sixty-four bytes hold all of its sentence."""
COUNTS: Final = MOST + 1
_LINE_FEED: Final = 10
_BANG: Final = 33
_COMMA: Final = 44
_STAR: Final = 42
_LONGEST_OPENING: Final = 16
_ONE: Final = np.uint64(1)
_ALL: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
_HIGH: Final = np.uint64(0x8080808080808080)


@inlined
def _below(count: int) -> Any:
    return _ALL if count >= 64 else (_ONE << np.uint64(count)) - _ONE


@inlined
def _hex(value: int) -> int:
    return value + 48 if value < 10 else value + 55


@inlined
def size_of(count: int) -> Any:
    """Bytes of the bits of so many characters."""
    return (6 * count + 7) >> 3


@inlined
def _copied(source: Any, begin: int, end: int, target: Any, to: int) -> Any:
    for at in range(begin, end, 8):
        put_word(target, to + at - begin, word(source, at))
    return to + end - begin


@inlined
def _sentence(view: Any, start: int, end: int) -> tuple[int, int, int, int]:
    """Where a plain line's sentence begins, its payload, what follows that, and where it ends; (-1, 0, 0, 0): it is none."""
    bang = lowest(marked(view, start, _BANG))
    p = start + bang
    if bang >= 64 or p + 8 > end:
        return -1, 0, 0, 0
    commas = marked(view, p, _COMMA)
    first = np.uint64(0)
    for _ in range(5):
        first = commas & (~commas + _ONE)
        commas ^= first
    q = lowest(first) + 1
    if first == 0 or q > _LONGEST_OPENING:
        return -1, 0, 0, 0
    r = lowest(commas) if commas != 0 else 64 + lowest(marked(view, p + 64, _COMMA))
    s = r + 2
    if r - q > MOST or s > 128 or p + s + 3 > end or byte(view, p + s) != _STAR or not 48 <= byte(view, p + r + 1) <= 53:
        return -1, 0, 0, 0
    xor, armour = checked(view, p, min(s, 64))
    wrong = ~armour & _below(r) & ~_below(q)
    if s > 64:
        more, armour = checked(view, p + 64, s - 64)
        xor ^= more
        wrong |= ~armour & _below(max(r - 64, 0))
    told = folded(xor) ^ _BANG
    if wrong != 0 or byte(view, p + s + 1) != _hex(told >> 4) or byte(view, p + s + 2) != _hex(told & 15):
        return -1, 0, 0, 0
    return p, p + q, p + r, p + s + 3


@inlined
def _opening(view: Any, p: int, q: int, openings: Any, known: int) -> int:
    """The number of an opening in the table, `known` when it is new."""
    length = q - p
    one = word(view, p)
    two = np.uint64(0)
    if length < 8:
        one &= first_bytes(length)
    elif length > 8:
        two = word(view, p + 8) & first_bytes(length - 8)
    for at in range(known):
        if openings[at, 0] == one and openings[at, 1] == two:
            return at
    if known < OPENINGS:
        openings[known, 0] = one
        openings[known, 1] = two
    return known


@kernel
def split(
    buffer: Any, start: Any, end: Any, openings: Any, forms: Any, counts: Any, fills: Any, text: Any, bits: Any, payloads: Any, sizes: Any
) -> int:
    """Take lines apart; the number of openings, -1 when a line holds a line feed.

    start, end: (n,) in the padded buffer · payloads: (n,) i64 of room · text, bits: room for all bytes of the lines, two more for each
    line, and BEYOND · sizes: (2,) i64, gets how many bytes of text and of bits there are.
    """
    source, words, target = view_of(buffer), view_of(text), view_of(bits)
    known = 0
    to = 0
    many = np.zeros(COUNTS, np.int64)
    for i in range(len(start)):
        p, q, r, e = _sentence(source, start[i], end[i])
        form = NO_FORM
        if p >= 0:
            found = _opening(source, p, q, openings, known)
            if found < OPENINGS:
                form = found
                known = max(known, found + 1)
        begin = to
        forms[i] = form
        if form == NO_FORM:
            counts[i] = 0
            fills[i] = 0
            to = _copied(source, start[i], end[i], words, to)
        else:
            counts[i] = r - q
            fills[i] = byte(source, r + 1)
            payloads[i] = q
            many[r - q] += 1
            to = _copied(source, start[i], p, words, to)
            put_byte(words, to, 0)  # no line feed, and taken back below
            middle = to
            to = _copied(source, e, end[i], words, to + 1)
        for at in range(begin, to, 64):
            if marked(words, at, _LINE_FEED) & _below(to - at) != 0:
                return -1
        if form != NO_FORM:
            put_byte(words, middle, _LINE_FEED)
        put_byte(words, to, _LINE_FEED)
        to += 1
    sizes[0] = to
    places = np.empty(COUNTS, np.int64)
    size = 0
    for count in range(COUNTS):
        places[count] = size
        size += many[count] * size_of(count)
    sizes[1] = size
    for i in range(len(start)):
        if forms[i] == NO_FORM:
            continue
        count = i64(counts[i])
        at = places[count]
        places[count] += 1
        step = many[count]
        left = 6 * count
        for k in range(0, count, 8):
            value = bits48(source, payloads[i] + k)
            if left < 48:
                value = value >> np.uint64(48 - left) << np.uint64(48 - left)
            shift = 40
            for _ in range(min(6, (left + 7) >> 3)):
                put_byte(target, at, i64((value >> np.uint64(shift)) & np.uint64(0xFF)))
                at += step
                shift -= 8
            left -= 48
    return known


@inlined
def _armoured(value: Any) -> Any:
    """48 bits as eight armoured characters."""
    six = spread(value)
    return six + np.uint64(0x3030303030303030) + (((six + np.uint64(0x5858585858585858)) & _HIGH) >> np.uint64(4))


@inlined
def _line_feed(view: Any, at: int, size: int) -> Any:
    """Where the next line feed is, `size` or more where there is none before it."""
    while at < size:
        found = lowest(marked(view, at, _LINE_FEED))
        at += found
        if found < 64:
            break
    return at


@kernel
def join(openings: Any, forms: Any, counts: Any, fills: Any, text: Any, bits: Any, size: int, lengths: Any, out: Any) -> int:
    """Put lines together again, a line feed behind each; the number of bytes, -1 when the parts are not those of lines.

    text, bits: with BEYOND behind them, which `size` (of the text) does not count · lengths: (n,) i64, of each without its line feed · out:
    room for the lines and BEYOND. Whatever the parts say, nothing outside of the arrays is touched.
    """
    words, source, target = view_of(text), view_of(bits), view_of(out)
    many = np.zeros(COUNTS, np.int64)
    for i in range(len(forms)):
        if forms[i] != NO_FORM:
            if forms[i] >= len(openings) or counts[i] > MOST:
                return -1
            many[counts[i]] += 1
    places = np.empty(COUNTS, np.int64)
    wanted = 0
    for count in range(COUNTS):
        places[count] = wanted
        wanted += many[count] * size_of(count)
    if wanted != len(bits) - BEYOND:
        return -1
    room = len(out) - BEYOND
    at = to = 0
    for i in range(len(forms)):
        begin = to
        stop = _line_feed(words, at, size)
        if stop >= size or to + stop - at + 1 > room:
            return -1
        to = _copied(words, at, stop, target, to)
        at = stop + 1
        if forms[i] != NO_FORM:
            one, two = openings[forms[i], 0], openings[forms[i], 1]
            count = i64(counts[i])
            width = _width(one) if two == 0 else 8 + _width(two)
            if to + width + count + 5 > room:
                return -1
            opened = to
            put_word(target, to, one)
            put_word(target, to + 8, two)
            to += width
            place = places[count]
            places[count] += 1
            step = many[count]
            left = size_of(count)
            for k in range(0, count, 8):
                value = np.uint64(0)
                for _ in range(6):
                    value <<= np.uint64(8)
                    if left > 0:
                        value |= np.uint64(byte(source, place))
                        place += step
                        left -= 1
                put_word(target, to + k, _armoured(value))
            to += count
            put_byte(target, to, _COMMA)
            put_byte(target, to + 1, i64(fills[i]))
            xor = np.uint64(0)
            for k in range(opened + 1, to + 2, 8):
                xor ^= word(target, k) & first_bytes(min(8, to + 2 - k))
            told = folded(xor)
            put_byte(target, to + 2, _STAR)
            put_byte(target, to + 3, _hex(told >> 4))
            put_byte(target, to + 4, _hex(told & 15))
            to += 5
            stop = _line_feed(words, at, size)
            if stop >= size or to + stop - at + 1 > room:
                return -1
            to = _copied(words, at, stop, target, to)
            at = stop + 1
        lengths[i] = to - begin
        put_byte(target, to, _LINE_FEED)
        to += 1
    return to if at == size else -1


@inlined
def _width(value: Any) -> Any:
    """Bytes of a word up to its last one that is not zero."""
    width = 8
    while width > 0 and (value >> np.uint64(8 * width - 8)) & np.uint64(0xFF) == 0:
        width -= 1
    return width


def warm() -> None:
    """Compile (or load from the cache) with the types that `store/packing.py` uses."""
    one, room, bytes_ = np.zeros(1, np.int64), np.zeros(1, np.int64), [np.zeros(1, np.uint8) for _ in range(3)]
    text, bits = np.zeros(BEYOND + 8, np.uint8), np.zeros(BEYOND, np.uint8)
    openings = np.zeros((OPENINGS, 2), np.uint64)
    split(*map(read_only, (text, one, one)), openings, *bytes_, text, bits, room, np.zeros(2, np.int64))
    join(*map(read_only, (openings, *bytes_, text, bits)), 1, room, np.zeros(BEYOND, np.uint8))
