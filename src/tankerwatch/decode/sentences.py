"""From lines to messages: the two passes of core/kernels, and all that is kept between batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tankerwatch.core.kernels import blocks as bl
from tankerwatch.core.kernels import index as ix
from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.kernels import messages as ms
from tankerwatch.core.kernels import reports as rp
from tankerwatch.core.kernels import sweep as sw
from tankerwatch.core.schema import F64, I32, I64, U8, U64
from tankerwatch.core.shelf import SHELF
from tankerwatch.core.tables import FEED_SHIFT, Fixes, Lines
from tankerwatch.decode.positions import Columns

FEW = 256
"""Entries that there is room for at first."""
FEW_OF = 4
"""And one for so many lines."""
LONGEST = (1 << 31) - 1
"""Bytes of a buffer in which messages can say where they begin."""
SPARE = 16
"""Messages more than lines that there is room for: a line may hold several."""
_NONE_SETTLED = np.zeros((0, 3), np.int64)
_NO_ENTRIES = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What one batch of lines holds.

    lines: the batch · buffer: its bytes, not to be written · entries: (e, ENTRY_WIDTH) sentences that the quick way has left · plain:
    numbers of those that are not AIS · outcomes: (e,) what became of each, written by whoever reads it · reasons: (lines,) what became of
    each line · messages: (m, MESSAGE_WIDTH) messages but for the usual position reports; of those rows without one, WHAT is NOTHING ·
    time_s, source_row: (m,) of each message · tail: bytes of the messages that were joined · settled: (k, 3) lines of earlier batches that
    are no longer incomplete: serial number, feed, outcome · own_ship: a message is of the station's own ship · sentences, count: how many
    sentences and messages there were · fixes: all position reports, with what is there as bits, and the line and the order of each ·
    families: by family (`kernels/reports.py`) which messages are of it; of positions only those that were decoded field by field.
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
    count: int
    fixes: Fixes
    fix_bits: dict[str, tuple[Any, int]]
    fix_line: I32
    fix_order: I32
    families: tuple[I64, ...]

    def sentence(self, entry: int) -> bytes:
        """The sentence of an entry that is not AIS, without its checksum."""
        row = self.entries[entry]
        return self.buffer[row[ix.AT] : row[ix.AT] + row[ix.LENGTH]].tobytes()


class Room:
    """Room for the sentences and messages of a batch, used again for the next: fresh memory costs as much as decoding."""

    def __init__(self, messages: int, entries: int) -> None:
        self.messages = messages
        width = ms.MESSAGE_WIDTH
        self.rows = SHELF.take("messages", messages * width, np.int32)[: messages * width].reshape(messages, width)
        self.time_s = SHELF.take("message times", messages, np.float64)[:messages]
        self.source_row = SHELF.take("message rows", messages, np.uint64)[:messages]
        self.chosen = SHELF.take("chosen", rp.FAMILIES * messages, np.int64)[: rp.FAMILIES * messages].reshape(rp.FAMILIES, messages)
        self.entries, self.outcomes = np.empty((entries, ix.ENTRY_WIDTH), np.int64), np.empty(entries, np.uint8)

    def grown(self, messages: int, entries: int) -> Room:
        """Room for more, with what is in this one."""
        made = Room(messages, entries)
        for name in ("rows", "time_s", "source_row", "entries", "outcomes"):
            old = getattr(self, name)
            getattr(made, name)[: len(old)] = old
        made.chosen[:, : self.messages] = self.chosen
        return made


class Sentences:
    """Finds sentences and joins them to messages. Bounded: 256 messages open at once, 8,192 names of stations."""

    def __init__(self, feed_names: Sequence[str]) -> None:
        self.stations: list[str] = []
        self._told: tuple[str, ...] = ()
        self._keys, self._numbers, self._known, self._fresh = ix.stations_table()
        self._open = fr.open_messages()
        self._feeds = np.zeros((0, fr.FEED_WIDTH), np.int64)
        self._feed_station = np.zeros(0, np.int64)
        self._serial = 0
        self._age = 0
        self._age_before = 0
        self._names = sw.names_table()
        self._reports = bl.reports()
        self._room = Room(FEW, FEW)
        self._tail = np.empty(4 * (fr.LONGEST + 64), np.uint8)  # more is made when it is needed
        self._settled = np.zeros((32 * fr.PARTS, 3), np.int64)
        self.know(feed_names)

    def know(self, feed_names: Sequence[str]) -> None:
        """The names of the feeds by number, more than before."""
        for feed in range(len(self._feeds), len(feed_names)):
            self._grow(feed, feed_names[feed])

    def names(self) -> tuple[str, ...]:
        """The stations so far; a new tuple only when there are more of them."""
        if len(self._told) != len(self.stations):
            self._told = tuple(self.stations)
        return self._told

    def station_of_feed(self, feed: int) -> int:
        """The station that stands for a feed where the sentences name none."""
        return int(self._feed_station[feed])

    def feeds(self) -> int:
        """How many feeds have been heard or named."""
        return len(self._feeds)

    def read(self, lines: Lines, *, marked: bool = False) -> Found:
        """Find the sentences of some lines and the messages complete with them. Call `settle` once all entries have an outcome.

        marked: what is there of the positions is wanted as bits, too.
        """
        n = len(lines)
        reasons = np.empty(n, np.uint8)
        lines = _padded(lines)
        buffer = ix.read_only(lines.buffer)
        start, end, time_s, source_row = (
            ix.read_only(lines.start),
            ix.read_only(lines.end),
            ix.read_only(lines.time_s),
            ix.read_only(lines.source_row),
        )
        if n:
            last = int(lines.source_row.max()) >> FEED_SHIFT
            if last >= len(self._feeds):
                self._grow(last, f"feed {last}")
        if self._room.messages < n + SPARE or len(self._room.entries) < n // FEW_OF:
            self._room = Room(n + SPARE, max(n // FEW_OF, FEW))
        capacity = n + SPARE
        columns = Columns(capacity, marked)
        progress, sizes = np.zeros(bl.PROGRESS, np.int64), np.zeros(rp.SIZES, np.int64)
        made = np.array([0, self._age, 0], np.int64)
        settlements: list[Any] = []
        while True:
            room = self._room
            wanted = bl.take(
                buffer, start, end, time_s, source_row, self._serial, progress, reasons,
                room.entries, room.outcomes, room.rows[:capacity], room.time_s, room.source_row,
                self._feeds, self._feed_station, self._names, self._keys, self._numbers, self._known, self._fresh,
                *self._reports, *self._open,
                self._tail, made, self._settled, room.chosen, sizes,
                columns.doubles, columns.singles, columns.bytes_, columns.shorts, columns.numbers, columns.rows,
                columns.there, columns.missing,
            )  # fmt: skip  # one a line would hide what belongs together
            if self._settled[0, 0]:
                settlements.append(self._settled[1 : self._settled[0, 0] + 1].copy())
                self._settled[0, 0] = 0
            if wanted == bl.DONE:
                break
            if wanted == bl.ROOM and progress[sw.FULL]:
                capacity = 2 * capacity + 1
                self._room = room.grown(max(capacity, room.messages), len(room.entries))
                columns = columns.grown(capacity)
            elif wanted == bl.ROOM:
                self._room = room.grown(room.messages, 2 * len(room.entries))
            elif made[0] + fr.LONGEST + 64 > len(self._tail):  # else it was `settled` that was full
                self._tail = np.concatenate([self._tail, np.empty(max(len(self._tail), 8 * fr.LONGEST), np.uint8)])
        if self._known[1]:
            self._name_fresh(buffer)

        count, rows, singles, own_ship, plain = progress[:5].tolist()
        self._age_before, self._age = self._age, int(made[1])
        entries, placed = room.entries[:count], int(progress[bl.PLACED])
        return Found(
            lines,
            buffer,
            entries,
            np.flatnonzero(entries[:, ix.KIND] >= ix.RMC) if plain else _NO_ENTRIES,
            room.outcomes[:count],
            reasons,
            room.rows[:rows],
            room.time_s[:rows],
            room.source_row[:rows],
            ix.read_only(self._tail),
            np.concatenate(settlements) if settlements else _NONE_SETTLED,
            bool(own_ship | made[2]),
            singles + count,
            int(sizes[rp.FAMILIES]),
            columns.fixes(placed),
            columns.bits() if marked else {},
            columns.numbers[1, :placed],
            columns.numbers[2, :placed],
            tuple([room.chosen[family, :size] if size else _NO_ENTRIES for family, size in enumerate(sizes.tolist()[: rp.FAMILIES])]),
        )

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
    """The lines with the zeros behind them that the kernels read, in a buffer of two gigabytes at most."""
    if not len(lines) or (len(lines.buffer) - lines.end.max() >= sw.READ_BEYOND and len(lines.buffer) <= LONGEST):
        return lines
    first, behind = int(lines.start.min()), int(lines.end.max())
    buffer = np.concatenate([lines.buffer[first:behind], np.zeros(Lines.PAD, np.uint8)])
    return Lines(buffer, lines.start - first, lines.end - first, lines.time_s, lines.source_row)
