"""Hostile lines, made fast: what a batch holds follows from a seed and a number, and a million lines take a second or two.

Lines are pieced together from one pool of bytes: recorded lines, sentences of our own encoder, heads, tails, tag blocks, armoured noise.
Nothing is done line by line. First each line is built from pieces of the pool, then mutated as pieces of the lines just built (cut off,
cut out, doubled, spliced, glued), then single bytes are changed, and last most checksums are made to fit again: else nearly
all that comes would be refused at the checksum, and what lies behind it never be reached.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tankerwatch.core.ais import encoder, framing, layouts
from tankerwatch.core.schema import F64, I64, U8, Bool
from tankerwatch.core.tables import FEED_SHIFT, Lines
from tankerwatch.ingest.bytes import Recording

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("TANKERWATCH_DATA", ROOT.parent / "shared" / "data"))
EPOCH_S = 1_560_386_400
FEEDS = ("shore", "buoy", "", "ship", "partner", "spare")
SHIPS = 2000
"""Ships whose messages are made where no recorded lines are."""
LONGEST_RECORDED = 1000
"""Characters of a recorded line that is taken; what is longer is no line of a log."""
GAP = b" \n"
"""Stands behind every line: so a line and the blank after it is the same line one byte longer."""

ARMOUR = np.array([c for c in range(256) if 48 <= c <= 87 or 96 <= c <= 119], np.uint8)
BITING = np.frombuffer(b"!!$$**\\\\,,::-0123456789ABFGNVWX_`wxrbgsc.\0\r\n\t \x7f\x80\xff", np.uint8)
"""Bytes that mean something to somebody who reads sentences."""
TALKERS = ("AIVDM", "AIVDO", "BSVDM", "ABVDM", "SAVDM", "!AVDM")
CHANNELS = ("A", "B", "", "1")
TOTALS = 9
_DIGITS = np.frombuffer(b"0123456789ABCDEFabcdef", np.uint8)
_OPENERS = np.zeros(256, np.bool_)
_OPENERS[list(b"!$\\")] = True
_STAR = 42


@dataclass(frozen=True)
class Pieces:
    """Where some pieces lie in the pool. start, size: (n,)"""

    start: I64
    size: I64

    def __len__(self) -> int:
        return len(self.start)


class Pool:
    """The bytes that lines are made of."""

    def __init__(self, recorded: list[bytes], seed: int) -> None:
        rng = np.random.default_rng([seed, 1 << 40])
        self._parts: list[bytes] = []
        self._size = 0
        self.recorded = self._add(recorded)
        self.special = self._add(special_lines())
        self.heads = self._add(
            [f"!{talker},1,1,{s},{c},".encode() for talker in TALKERS for s in ("", "7") for c in (*CHANNELS, "?", "AB")]
        )
        self.tails = self._add([b",%d*00" % fill for fill in (0, 0, 0, 0, 1, 2, 3, 4, 5)] + [b",6*00", b",*00", b",0", b",0*0", b",00*00"])
        self.parts = self._add(
            [
                f"!{talker},{total},{number},{sequence},{channel},".encode()
                for talker in TALKERS[:4]
                for total in range(2, TOTALS + 1)
                for number in range(1, TOTALS + 1)  # also numbers above the total
                for sequence in (*range(10), "")
                for channel in CHANNELS[:3]
            ]
        )
        self.tags = self._add(tag_blocks(rng))
        self.armour = self._add([rng.choice(ARMOUR, 1 << 18).tobytes()])
        self.noise = self._add([rng.integers(0, 256, 1 << 17, np.uint8).tobytes(), bytes(1 << 10), b" \t" * 512, bytes(BITING) * 200])
        self.gap = self._add([GAP])
        self.bytes: U8 = np.frombuffer(b"".join(self._parts), np.uint8)
        del self._parts

    def part(self, talker: I64, total: I64, number: I64, sequence: I64, channel: I64) -> I64:
        """Which of `parts` is the head of a sentence. talker: 0 to 3 · sequence: 10 for none · channel: 0 to 2."""
        return (((talker * 8 + total - 2) * 9 + number - 1) * 11 + sequence) * 3 + channel

    def _add(self, pieces: list[bytes]) -> Pieces:
        size = np.array([len(piece) for piece in pieces], np.int64)
        start = self._size + np.cumsum(size) - size
        self._parts += pieces
        self._size += int(size.sum())
        return Pieces(start, size)


def recorded_lines() -> tuple[list[bytes], str]:
    """The lines of the shared data, or sentences of our own encoder; and where they come from."""
    found: list[bytes] = []
    paths = [*sorted(DATA.glob("nmea/*")), *sorted(DATA.glob("conformance/*/*.log")), *sorted(DATA.glob("conformance/*/*.nmea"))]
    for path in paths:
        whole = b"".join(Recording(path).blocks())
        lines = [line for line in whole.replace(b"\r", b"\n").split(b"\n") if 0 < len(line) <= LONGEST_RECORDED]
        found += [line for i, line in enumerate(lines) if not line.startswith(b"$GP") or i % 20 == 0]  # GPS says nothing here
    if found:
        return found, f"{len(found):,} lines of the shared data"
    made: list[bytes] = []
    for i in range(SHIPS):
        mmsi = 200_000_000 + i * 9973
        made += framing.sentences(encoder.position_a(mmsi, i / 25 - 40, i / 12 - 80, 12.3, 90, 91, 0, i % 60))
        made += framing.sentences(encoder.position_b_extended(mmsi, 25.5, 57.25, name="YACHT"), sequence=i % 10)
        made += framing.sentences(encoder.static_voyage(mmsi, name=f"SHIP {i}", destination="FUJAIRAH"), sequence=i % 10)
        made += framing.sentences(encoder.base_station(2_190_067, EPOCH_S + i, 25.0, 57.0))
    return made, "sentences of our own encoder (no shared data here)"


def special_lines() -> list[bytes]:
    """One of everything that is not a plain AIS sentence, and some lines made to be slow or to overflow something."""
    position = framing.sentences(encoder.position_a(566123000, 25.5, 57.25, 12.3, 90, 91, 0, 12))[0]
    own = framing.sentences(encoder.position_a(244000009, 25.5, 57.25, heading_deg=10), talker="AIVDO")[0]
    return [
        position,
        own,
        *framing.sentences(encoder.aid(992190001, 25.0, 57.0, name="A VERY LONG NAME OF A BUOY IN")),
        *framing.sentences(encoder.safety_text(2190067, "MAYDAY RELAY")),
        *framing.sentences(encoder.position_long_range(566123000, 25.5, 57.25)),
        *framing.sentences(encoder.base_station(2190067, EPOCH_S, 25.0, 57.0)),
        *framing.sentences(encoder.static_voyage(244000001, name="OTHER"), sequence=3, max_chars=24),
        framing.tag(framing.tll(7, 25.4, 57.3, "SKIFF"), station="FUJ"),
        framing.ttm(8, 3.0, 120.0, 20.0, 200.0, name="FAST"),
        framing.ttm(8, 3.0, 120.0, relative_bearing=True),
        framing.dsc(566123000, lat_deg=25.5, lon_deg=57.25, expanded=True),
        framing.dsc(2190067, form="all ships", first="12", about_mmsi=566123000, lat_deg=-25.5, lon_deg=-57.25),
        framing.dse(566123000, 25.50123, 57.25987),
        framing.sentence("$", "GPRMC,092211.00,A,2530.0000,N,05715.0000,E,5.2,28.2,200715,,,A"),
        framing.sentence("$", "GPGLL,2530.0000,N,05715.0000,E,092211.00,A,A"),
        framing.sentence("$", "GPGGA,092211.00,2530.0000,N,05715.0000,E,1,8,1.0,3.0,M,,M,,"),
        framing.sentence("$", "GPHDT,91.0,T"),
        framing.sentence("$", "GPTHS,91.0,A"),
        b"$PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1,62*26",
        b"\\si:AISD*3F\\",
        position + b",r003669987,1152921693",
        position + b",b003669987,T1152921693.12",
        position * 40,
        own * 20,
        b"!AIVDM,1,1,,A," * 60 + b"0,0*00",
        b"\\" * 300,
        b"!$" * 200,
        b"$" * 400,
        b"\\g:1-1-1*00" * 40,
        b"!AIVDM,1,1,,A," + b"5" * 900 + b",0*00",
        b"!AIVDM,9,1,1,A," + b"5" * 240 + b",0*00",
        b"!AIVDM,9,2,1,A," + b"5" * 241 + b",0*00",
        b"",
        b"   ",
        b"# comment",
        b"$IIMTW,16.8,C*1C",
    ]


def tag_blocks(rng: np.random.Generator) -> list[bytes]:
    """Tag blocks of all kinds, sound and absurd; their checksums are made to fit later."""
    made = []
    numbers = (0, 1, 9, 10**9, 2**31, 2**63, 2**64, 10**40, -1)
    for i in range(6000):
        number = int(rng.choice([EPOCH_S + i, (EPOCH_S + i) * 1000])) if rng.random() < 0.7 else numbers[i % len(numbers)]
        group = i % 12 if rng.random() < 0.8 else numbers[i % len(numbers)]
        fields = [
            (f"s:STATION{i if rng.random() < 0.2 else i % 7}", f"c:{number}"),
            (f"g:{i % 9 + 1}-{i % 4 + 1}-{group}", f"s:R{i % 5}", f"c:{number}"),
            (f"g:{i % 9 + 1}-{i % 4 + 1}-{group}",),
            (f"1G{i % 9}:{group}", f"si:PROVIDER{i % 5}"),
            (f"c:{number}", "d:everybody", "n:123", "t:words and more words"),
            ("s:" + "X" * (i % 80), f"x:{number}", ":", "s:", "g:", "c:", "g:-", "g:1-2-"),
        ][int(rng.choice(6, p=[0.35, 0.3, 0.2, 0.05, 0.05, 0.05]))]
        body = ",".join(fields)
        made.append(
            [f"\\{body}*00\\", f"\\{body}*00\\", f"\\{body}*00\\", f"\\{body}\\", f"\\{body}*00", f"{body}*00\\"][
                int(rng.integers(6))
            ].encode()
        )
    return made


# Building.


def joined(source: U8, start: I64, size: I64) -> tuple[U8, I64]:
    """Lines from pieces. start, size: (n, k) the pieces of each line in `source`. The bytes, and where each line begins, (n + 1,)."""
    flat = size.ravel()
    ends = np.cumsum(flat)
    total = int(ends[-1]) if len(ends) else 0
    index = np.repeat(start.ravel() - (ends - flat), flat)
    index += np.arange(total)
    return source[index], np.concatenate([[0], ends[size.shape[1] - 1 :: size.shape[1]]])


def drawn_size(rng: np.random.Generator, most: int) -> int:
    """How many lines a batch has: any order of magnitude is as likely as another, and the edges of a decoder's chunk come often."""
    if rng.random() < 0.05:
        return min(most, int(rng.choice([0, 1, 2, 16_383, 16_384, 16_385, 32_768])))
    return int(np.exp(rng.uniform(0, np.log(most + 1))))


def batch(pool: Pool, seed: int, number: int, *, most: int = 60_000, size: int | None = None) -> Lines:
    """The batch of that number: up to `most` lines, or `size`, behind each of which stands `GAP`. The same for the same seed, always."""
    rng = np.random.default_rng([seed, number])
    n = drawn_size(rng, most) if size is None else size
    mood = rng.random(4)  # no two batches are alike: nearly sound ones reach other states than wild ones
    buffer, begins = built(pool, rng, n, mood)
    buffer, begins, end = mutated(buffer, begins, rng, 0.6 * mood[0] ** 2)
    start = begins[:-1]
    flipped(buffer, start, end, rng, 0.8 * mood[1] ** 2)
    repaired(buffer, start, end, rng.random(n) < (0.9 if mood[2] < 0.9 else 0.1), rng)
    buffer = np.concatenate([buffer, np.zeros(Lines.PAD, np.uint8)])
    feeds = rng.integers(0, 1 + int(rng.integers(len(FEEDS))), n)
    row = (np.arange(n) + number * (1 << 17) + 1).astype(np.uint64) | (feeds.astype(np.uint64) << np.uint64(FEED_SHIFT))
    return Lines(buffer, start, end, times(rng, n, number), row)


def times(rng: np.random.Generator, n: int, number: int) -> F64:
    """Receive times: a clock that mostly goes forward, with gaps, leaps either way, and stretches without any."""
    steps = rng.exponential(0.02, n)
    leaps = rng.random(n) < 0.002
    steps[leaps] = rng.normal(0, 40, int(leaps.sum()))
    made = EPOCH_S + number * 10.0 + np.cumsum(steps)
    made[rng.random(n) < rng.choice([0.0, 0.05, 0.9, 1.0])] = np.nan
    return made


def built(pool: Pool, rng: np.random.Generator, n: int, mood: F64) -> tuple[U8, I64]:
    """Lines from the pool: recorded ones, special ones, messages of random bits, parts of long messages, noise; some behind a tag block."""
    share = np.array([0.35, 0.04, 0.3, 0.25, 0.02]) * (0.2 + rng.random(5))
    kind = rng.choice(5, n, p=share / share.sum())
    start, size = np.zeros((n, 4), np.int64), np.zeros((n, 4), np.int64)

    def place(rows: I64, slot: int, pieces: Pieces, which: I64) -> None:
        start[rows, slot] = pieces.start[which]
        size[rows, slot] = pieces.size[which]

    rows = np.flatnonzero(kind == 0)
    in_turn = (rng.integers(len(pool.recorded)) + np.arange(len(rows))) % len(pool.recorded)  # so that long messages become whole
    place(rows, 1, pool.recorded, np.where(rng.random(len(rows)) < 0.7, in_turn, rng.integers(len(pool.recorded), size=len(rows))))
    rows = np.flatnonzero(kind == 1)
    place(rows, 1, pool.special, rng.integers(len(pool.special), size=len(rows)))
    rows = np.flatnonzero(kind == 4)
    which = rng.integers(len(pool.noise), size=len(rows))
    size[rows, 1] = rng.integers(0, 121, len(rows))
    start[rows, 1] = pool.noise.start[which] + rng.integers(0, pool.noise.size[which] - 121, len(rows))

    single, parts = np.flatnonzero(kind == 2), np.flatnonzero(kind == 3)
    rows = np.concatenate([single, parts])
    types = np.where(rng.random(len(rows)) < 0.9, rng.integers(1, 28, len(rows)), rng.integers(0, 64, len(rows)))
    characters = lengths_of(types, rng)
    place(single, 1, pool.heads, rng.integers(len(pool.heads), size=len(single)))
    place(parts, 1, pool.parts, part_heads(pool, rng, len(parts)))
    characters[len(single) :] = rng.integers(0, np.where(rng.random(len(parts)) < 0.97, 62, 260), len(parts))
    start[rows, 2] = pool.armour.start[0] + rng.integers(0, pool.armour.size[0] - 1000, len(rows))
    size[rows, 2] = characters
    sound = len(pool.tails) - 5
    place(
        rows,
        3,
        pool.tails,
        np.where(rng.random(len(rows)) < 0.97, rng.integers(sound, size=len(rows)), rng.integers(len(pool.tails), size=len(rows))),
    )

    rows = np.flatnonzero(rng.random(n) < 0.6 * mood[3] ** 2)
    place(rows, 0, pool.tags, rng.integers(len(pool.tags), size=len(rows)))

    buffer, begins = joined(pool.bytes, start, size)
    typed = np.flatnonzero(size[:, 2] > 0)
    kinds = np.zeros(n, np.int64)
    kinds[np.concatenate([single, parts])] = types
    buffer[(begins[:-1] + size[:, 0] + size[:, 1])[typed]] = ARMOUR[kinds[typed]]
    return buffer, begins


def lengths_of(types: I64, rng: np.random.Generator) -> I64:
    """(n,) characters of messages: mostly what the standard gives the type or one or two beside it, else anything."""
    low, high = np.full(64, 20), np.full(64, 40)
    for kind, (least, most) in layouts.STANDARD_BITS.items():
        low[kind], high[kind] = -(-least // 6), -(-most // 6)
    usual = (
        low[types] + (rng.random(len(types)) ** 3 * (high - low + 1)[types]).astype(np.int64) + rng.choice([0, 0, 0, -1, 1, 2], len(types))
    )
    anything = rng.integers(0, np.where(rng.random(len(types)) < 0.9, 80, 900), len(types))
    return np.where(rng.random(len(types)) < 0.75, usual, anything)


def part_heads(pool: Pool, rng: np.random.Generator, n: int) -> I64:
    """(n,) heads of parts of long messages that overtake each other: shuffled, doubled, missing, their numbers above their total."""
    if not n:
        return np.zeros(0, np.int64)
    total = rng.choice([2, 2, 2, 2, 3, 3, 4, 5, 9], n)  # of message i, which is longer than needed
    message = np.repeat(np.arange(n), total)[:n]
    first = np.concatenate([[True], message[1:] != message[:-1]])
    order = np.arange(n)
    number = order - np.maximum.accumulate(np.where(first, order, 0)) + 1
    talker, sequence, channel = rng.integers(0, 4, n), rng.integers(0, 11, n), rng.integers(0, 3, n)
    late = rng.choice([0.0, 0.5, 3.0, 40.0])
    moved = np.argsort(order + rng.exponential(late + 1e-9, n) * (rng.random(n) < 0.3), kind="stable")
    other = rng.random(n) < 0.05
    number = np.where(other, rng.integers(1, TOTALS + 1, n), np.minimum(number, TOTALS))
    made = pool.part(talker[message], total[message], number, sequence[message], channel[message])[moved]
    again = rng.random(n) < 0.05
    again[0] = False
    made[again] = made[np.flatnonzero(again) - 1]
    return made


# Breaking.


def mutated(buffer: U8, begins: I64, rng: np.random.Generator, share: float) -> tuple[U8, I64, I64]:
    """Some of the lines cut off, cut out, doubled in part, spliced with others or glued to them, each with `GAP` behind it.

    The bytes, where each line begins (n + 1,), and where each ends (n,).
    """
    n = len(begins) - 1
    at, length = begins[:-1], np.diff(begins)
    start, size = np.zeros((n, 4), np.int64), np.zeros((n, 4), np.int64)
    start[:, 0], size[:, 0] = at, length
    start[:, 3], size[:, 3] = len(buffer), len(GAP)
    rows = np.flatnonzero(rng.random(n) < share)
    if len(rows):
        other = rng.integers(n, size=len(rows))
        a, b = np.sort((rng.random((2, len(rows))) * (length[rows] + 1)).astype(np.int64), axis=0)
        near = rng.random(len(rows)) < 0.5  # small wounds leave more to be read than great ones
        b = np.where(near, np.minimum(a + rng.integers(1, 6, len(rows)), length[rows]), b)
        c = (rng.random(len(rows)) * (length[other] + 1)).astype(np.int64)
        s, whole = at[rows], length[rows]
        nothing = np.zeros(len(rows), np.int64)
        how = rng.integers(0, 8, len(rows))
        ways = [  # start and size of up to three pieces
            ((s, a), (s, nothing), (s, nothing)),  # cut off behind
            ((s + a, whole - a), (s, nothing), (s, nothing)),  # cut off in front
            ((s, a), (s + b, whole - b), (s, nothing)),  # cut out
            ((s, b), (s + a, whole - a), (s, nothing)),  # a part doubled
            ((s, a), (at[other] + c, length[other] - c), (s, nothing)),  # spliced
            ((s, whole), (at[other], length[other]), (s, nothing)),  # glued
            ((s, whole), (at[other], length[other]), (s, whole)),  # glued, and itself again
            ((s, a), (at[other] + c, np.minimum(length[other] - c, 6)), (s + a, whole - a)),  # something put in
        ]
        for piece in range(3):
            start[rows, piece] = np.choose(how, [way[piece][0] for way in ways])
            size[rows, piece] = np.choose(how, [way[piece][1] for way in ways])
    made, begins = joined(np.concatenate([buffer, np.frombuffer(GAP, np.uint8)]), start, size)
    return made, begins, begins[1:] - len(GAP)


def flipped(buffer: U8, start: I64, end: I64, rng: np.random.Generator, rate: float) -> None:
    """Change single bytes, `rate` for each line on average, in place."""
    n = len(start)
    lines = rng.integers(n, size=int(rng.poisson(rate * n))) if n else np.zeros(0, np.int64)
    lines = lines[end[lines] > start[lines]]
    at = start[lines] + (rng.random(len(lines)) * (end - start)[lines]).astype(np.int64)
    how = rng.integers(0, 3, len(lines))
    buffer[at] = np.choose(
        how,
        [
            BITING[rng.integers(len(BITING), size=len(lines))],
            rng.integers(0, 256, len(lines), np.uint8),
            buffer[at] ^ (np.uint8(1) << rng.integers(0, 8, len(lines), np.uint8)),
        ],
    )


def repaired(buffer: U8, start: I64, end: I64, chosen: Bool, rng: np.random.Generator) -> None:
    """Make the checksums of the chosen lines fit, of sentences and of tag blocks, in place."""
    stars = np.flatnonzero(buffer == _STAR)
    openers = np.flatnonzero(_OPENERS[buffer])
    if not len(stars) or not len(openers):
        return
    line = np.searchsorted(start, stars, "right") - 1
    before = np.searchsorted(openers, stars) - 1
    opener = openers[np.maximum(before, 0)]
    fits = chosen[line] & (stars + 2 < end[line]) & (before >= 0) & (opener >= start[line])
    stars, opener = stars[fits], opener[fits]
    folded = np.bitwise_xor.accumulate(buffer)
    told = folded[stars - 1] ^ folded[opener]
    small = np.where(rng.random(len(stars)) < 0.05, 6, 0)  # hexadecimal digits may be small letters
    for digit, at in ((told >> 4, stars + 1), (told & 15, stars + 2)):
        buffer[at] = _DIGITS[digit + np.where(digit > 9, small, 0)]
