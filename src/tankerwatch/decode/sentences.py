"""From lines to messages: the two passes of core/kernels, and all that is kept between batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tankerwatch.core.kernels import index as ix
from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.kernels import messages as ms
from tankerwatch.core.kernels import sweep as sw
from tankerwatch.core.schema import F64, I32, I64, U8, U64
from tankerwatch.core.tables import FEED_SHIFT, Lines

FEW = 256
"""Entries that there is room for at first."""
FEW_OF = 4
"""And one for so many lines."""
SPARE = 16
"""Messages more than lines that there is room for: a line may hold several."""
_NONE_SETTLED = np.zeros((0, 3), np.int64)
_NO_ENTRIES = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What one batch of lines holds.

    lines: the batch · buffer: its bytes, not to be written · entries: (e, ENTRY_WIDTH) sentences that the quick way has left · plain:
    numbers of those that are not AIS · outcomes: (e,) what became of each, written by whoever reads it · reasons: (lines,) what became of
    each line · messages: (m, MESSAGE_WIDTH) messages in order of completion; of those rows without one, the type is NOTHING · time_s,
    source_row: (m,) of each message · tail: bytes of the messages that were joined · settled: (k, 3) lines of earlier batches that are no
    longer incomplete: serial number, feed, outcome · own_ship: a message is of the station's own ship · sentences: how many there were.
    """

    lines: Lines
    buffer: U8
    entries: I64
    plain: I64
    outcomes: U8
    reasons: U8
    messages: I32
    time_s: F64
    source_row: U64
    tail: U8
    settled: I64
    own_ship: bool
    sentences: int

    def sentence(self, entry: int) -> bytes:
        """The sentence of an entry that is not AIS, without its checksum."""
        row = self.entries[entry]
        return self.buffer[row[ix.AT] : row[ix.AT] + row[ix.LENGTH]].tobytes()


class _Messages:
    """Room for the messages of a batch, used again for the next: fresh memory costs as much as decoding."""

    def __init__(self, count: int) -> None:
        self.rows = np.empty((count, ms.MESSAGE_WIDTH), np.int32)
        self.time_s = np.empty(count, np.float64)
        self.source_row = np.empty(count, np.uint64)

    def grown(self, count: int) -> _Messages:
        """Room for more, with what is in this one."""
        made = _Messages(count)
        for old, new in ((self.rows, made.rows), (self.time_s, made.time_s), (self.source_row, made.source_row)):
            new[: len(old)] = old
        return made


class Sentences:
    """Finds sentences and joins them to messages. Bounded: 256 messages open at once, 8,192 names of stations."""

    def __init__(self, feed_names: Sequence[str]) -> None:
        self.stations: list[str] = []
        self._keys, self._numbers, self._known, self._fresh = ix.stations_table()
        self._open = fr.open_messages()
        self._feeds = np.zeros((0, fr.FEED_WIDTH), np.int64)
        self._feed_station = np.zeros(0, np.int64)
        self._serial = 0
        self._age = 0
        self._age_before = 0
        self._names = sw.names_table()
        self._entries = np.empty((FEW, ix.ENTRY_WIDTH), np.int64)
        self._messages = _Messages(FEW)
        self._tail = np.empty(4 * (fr.LONGEST + 64), np.uint8)  # more is made when it is needed
        self._settled = np.zeros((32 * fr.PARTS, 3), np.int64)
        for feed, name in enumerate(feed_names):
            self._grow(feed, name)

    def station_of_feed(self, feed: int) -> int:
        """The station that stands for a feed where the sentences name none."""
        return int(self._feed_station[feed])

    def feeds(self) -> int:
        """How many feeds have been heard or named."""
        return len(self._feeds)

    def read(self, lines: Lines) -> Found:
        """Find the sentences of some lines and the messages complete with them. Call `settle` once all entries have an outcome."""
        reasons = np.empty(len(lines), np.uint8)
        lines = _padded(lines)
        buffer, start, end = ix.read_only(lines.buffer), ix.read_only(lines.start), ix.read_only(lines.end)
        time_s, source_row = ix.read_only(lines.time_s), ix.read_only(lines.source_row)
        if len(lines):
            last = int(source_row.max()) >> FEED_SHIFT
            self._grow(last, f"feed {last}")
        if len(self._messages.time_s) < len(lines) + SPARE:
            self._messages = _Messages(len(lines) + SPARE)
        if len(self._entries) < len(lines) // FEW_OF:
            self._entries = np.empty((len(lines) // FEW_OF, ix.ENTRY_WIDTH), np.int64)
        counts = np.zeros(sw.COUNTS, np.int64)
        at = 0
        while True:
            kept = self._messages
            at = sw.sweep(
                buffer, start, end, time_s, source_row, at, reasons,
                self._entries, kept.rows, kept.time_s, kept.source_row, counts, self._feeds, self._feed_station,
                self._names, self._keys, self._numbers, self._known, self._fresh,
            )  # fmt: skip
            if at >= len(lines):
                break
            if counts[sw.FULL]:
                self._messages = kept.grown(2 * len(kept.time_s) + 1)
            else:
                self._entries = np.concatenate([self._entries, np.empty_like(self._entries)])
        self._name_fresh(buffer)

        count, rows, singles, own_ship, plain, _ = counts.tolist()
        entries, outcomes = self._entries[:count], np.empty(count, np.uint8)
        made = np.array([0, self._age, own_ship], np.int64)
        settlements: list[Any] = []
        if count:
            self._assemble(buffer, entries, time_s, source_row, outcomes, made, settlements)
        self._age_before, self._age = self._age, int(made[1])
        return Found(
            lines,
            buffer,
            entries,
            np.flatnonzero(entries[:, ix.KIND] >= ix.RMC) if plain else _NO_ENTRIES,
            outcomes,
            reasons,
            kept.rows[:rows],
            kept.time_s[:rows],
            kept.source_row[:rows],
            ix.read_only(self._tail),
            np.concatenate(settlements) if settlements else _NONE_SETTLED,
            bool(made[2]),
            singles + count,
        )

    def _assemble(self, buffer: U8, entries: I64, time_s: F64, source_row: U64, outcomes: U8, made: I64, settlements: list[Any]) -> None:
        """Join the sentences that the quick way has left, and write their messages to the rows kept for them."""
        kept, settled = self._messages, self._settled
        at = 0
        while True:
            at = fr.assemble(
                buffer, entries, at, len(entries), time_s, source_row, outcomes, self._feeds, self._feed_station, *self._open,
                self._serial, kept.rows, kept.time_s, kept.source_row, self._tail, made, settled,
            )  # fmt: skip
            if settled[0, 0]:
                settlements.append(settled[1 : settled[0, 0] + 1].copy())
                settled[0, 0] = 0
            if at >= len(entries):
                break
            if made[0] + fr.LONGEST + 64 <= len(self._tail):
                continue  # it was `settled` that was full
            self._tail = np.concatenate([self._tail, np.empty(max(len(self._tail), 8 * fr.LONGEST), np.uint8)])

    def settle(self, found: Found) -> None:
        """All entries have an outcome: write what became of each line to `found.reasons`, and let go of the batch."""
        slots, parts = self._open[:2]
        if len(found.entries):
            fr.settle_lines(found.entries, len(found.entries), found.outcomes, found.reasons, slots, parts, self._serial, self._age_before)
        self._serial += len(found.lines)

    def _grow(self, feed: int, name: str) -> None:
        """Make room for feeds up to `feed`, which is new under the name `name` when it is the next."""
        for new in range(len(self._feeds), feed + 1):
            word = (name if new == feed else f"feed {new}").encode()
            buffer = ix.read_only(np.frombuffer(word + bytes(Lines.PAD), np.uint8))
            station = ix.intern(buffer, 0, len(word), self._keys, self._numbers, self._known, self._fresh)
            self._name_fresh(buffer)
            if station < 0:  # a feed without a name, or no room: what has no station
                station = self._nameless()
            self._feeds = np.concatenate([self._feeds, np.zeros((1, fr.FEED_WIDTH), np.int64)])
            self._feed_station = np.append(self._feed_station, np.int64(station))

    def _nameless(self) -> int:
        """The station without a name."""
        if "" not in self.stations:
            if int(self._known[0]) >= ix.STATIONS_MAX:
                return 0
            self.stations.append("")
            self._known[0] += 1
        return self.stations.index("")

    def _name_fresh(self, buffer: U8) -> None:
        for first, last in self._fresh[: int(self._known[1])].tolist():
            self.stations.append(buffer[first:last].tobytes().decode("ascii", "replace"))
        self._known[1] = 0


def _padded(lines: Lines) -> Lines:
    """The lines with the zeros behind them that the kernels read, should their buffer lack them."""
    if not len(lines) or len(lines.buffer) - int(lines.end.max()) >= sw.READ_BEYOND:
        return lines
    buffer = np.concatenate([lines.buffer, np.zeros(Lines.PAD, np.uint8)])
    return Lines(buffer, lines.start, lines.end, lines.time_s, lines.source_row)
