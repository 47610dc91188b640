"""From lines to messages: the two passes of core/kernels, and all that is kept between batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tankerwatch.core.ais import layouts
from tankerwatch.core.kernels import index as ix
from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.mmsi import forms_and_junk
from tankerwatch.core.schema import F64, I64, U8, U64
from tankerwatch.core.tables import FEED_SHIFT, Lines

_NONE_SETTLED = np.zeros((0, 3), np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What one batch of lines holds.

    lines: the batch · buffer: its bytes, not to be written · entries: (e, ENTRY_WIDTH) sentences · plain: numbers of those that are not
    AIS · outcomes: (e,) what became of each, written by whoever reads it · reasons: (lines,) what became of each line ·
    messages: (m, MESSAGE_WIDTH) complete messages in order of completion · time_s, source_row: (m,) of each message · tail: bytes of the
    messages that were joined · settled: (k, 3) lines of earlier batches that are no longer incomplete: serial number, feed, outcome ·
    own_ship: a message is of the station's own ship.
    """

    lines: Lines
    buffer: U8
    entries: I64
    plain: I64
    outcomes: U8
    reasons: U8
    messages: I64
    time_s: F64
    source_row: U64
    tail: U8
    settled: I64
    own_ship: bool

    def sentence(self, entry: int) -> bytes:
        """The sentence of an entry that is not AIS, without its checksum."""
        row = self.entries[entry]
        return self.buffer[row[ix.AT] : row[ix.AT] + row[ix.LENGTH]].tobytes()


class _Messages:
    """Room for the messages of a batch, used again for the next: fresh memory costs as much as decoding."""

    def __init__(self, count: int) -> None:
        self.rows = np.empty((count, fr.MESSAGE_WIDTH), np.int64)
        self.time_s = np.empty(count, np.float64)
        self.source_row = np.empty(count, np.uint64)
        self.tail = np.empty(4 * (fr.LONGEST + 64) + 16 * count, np.uint8)  # more is made when it is needed


class Sentences:
    """Finds sentences and joins them to messages. Bounded: 256 messages open at once, 8,192 names of stations."""

    def __init__(self, feed_names: Sequence[str]) -> None:
        self.stations: list[str] = []
        self._keys, self._numbers, self._known, self._fresh = ix.stations_table()
        self._open = fr.open_messages()
        self._limits = layouts.length_limits()
        forms, junk = forms_and_junk()
        self._identities = forms, junk, fr.millions(forms, junk)
        self._feeds = np.zeros((0, fr.FEED_WIDTH), np.int64)
        self._feed_station = np.zeros(0, np.int64)
        self._serial = 0
        self._age = 0
        self._age_before = 0
        self._reserve = np.empty((0, ix.ENTRY_WIDTH), np.int64)
        self._messages = _Messages(0)
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
        if len(self._reserve) < len(lines) + 16:
            self._reserve = np.empty((len(lines) + 16, ix.ENTRY_WIDTH), np.int64)
        while True:
            count = ix.index(buffer, start, end, reasons, self._reserve, self._keys, self._numbers, self._known, self._fresh)
            if count <= len(self._reserve):
                break
            self._reserve = np.empty((count, ix.ENTRY_WIDTH), np.int64)
        self._name_fresh(buffer)

        entries = self._reserve[:count]
        outcomes = np.empty(count, np.uint8)
        if len(self._messages.time_s) < count:
            self._messages = _Messages(len(self._reserve))
        messages, message_times, message_rows = self._messages.rows, self._messages.time_s, self._messages.source_row
        tail = self._messages.tail
        made = np.array([0, 0, self._age, 0, 0], np.int64)
        settled = self._settled
        settlements: list[Any] = []
        at = 0
        while True:
            at = fr.assemble(
                buffer,
                entries,
                at,
                count,
                time_s,
                source_row,
                outcomes,
                self._feeds,
                self._feed_station,
                *self._open,
                self._limits,
                *self._identities,
                self._serial,
                messages,
                message_times,
                message_rows,
                tail,
                made,
                settled,
            )
            if settled[0, 0]:
                settlements.append(settled[1 : settled[0, 0] + 1].copy())
                settled[0, 0] = 0
            if at >= count:
                break
            if made[1] + fr.LONGEST + 64 <= len(tail):
                continue  # it was `settled` that was full
            tail = self._messages.tail = np.concatenate([tail, np.empty(max(len(tail), 8 * fr.LONGEST), np.uint8)])
        self._age_before, self._age = self._age, int(made[2])
        n = int(made[0])
        plain = np.flatnonzero(entries[:, ix.KIND] >= ix.RMC) if made[3] else np.empty(0, np.int64)
        return Found(
            lines,
            buffer,
            entries,
            plain,
            outcomes,
            reasons,
            messages[:n],
            message_times[:n],
            message_rows[:n],
            ix.read_only(tail),
            np.concatenate(settlements) if settlements else _NONE_SETTLED,
            bool(made[4]),
        )

    def settle(self, found: Found) -> None:
        """All entries have an outcome: write what became of each line to `found.reasons`, and let go of the batch."""
        slots, parts = self._open[:2]
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
    if not len(lines) or len(lines.buffer) - int(lines.end.max()) >= ix.READ_BEYOND:
        return lines
    buffer = np.concatenate([lines.buffer, np.zeros(Lines.PAD, np.uint8)])
    return Lines(buffer, lines.start, lines.end, lines.time_s, lines.source_row)
