"""The stage: received lines in, tables of reports out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.kernels import messages as ms
from tankerwatch.core.kernels.index import read_only
from tankerwatch.core.packed import unpacked
from tankerwatch.core.tables import Bases, Calls, Fixes, Heard, Lines, Others, Statics, Texts
from tankerwatch.decode import bases, statics, texts
from tankerwatch.decode.clock import Clock
from tankerwatch.decode.counters import INCOMPLETE, REJECTION, Counters, FeedCounters
from tankerwatch.decode.distress import CallReader
from tankerwatch.decode.radar import RadarReader
from tankerwatch.decode.sentences import Found, Sentences

CHUNK = 131_072
"""Lines worked on at once; so memory is bounded, and what Python does is shared by many. What comes out does not depend on it."""

FAMILIES = ("statics", "bases", "texts", "others")
"""Tables that may be left out; positions and calls are always made."""

LONG_BYTES = 256
CHUNK_BYTES = 1 << 20
"""Lines longer than LONG_BYTES on average are worked on by so many bytes at once."""

_Tables = tuple[Fixes, Statics, Bases, Texts, Calls, Others]


class Decoder:
    """Sans I/O, with memory, and indifferent to cuts: any split of the same lines into calls gives the same rows in the same order.

    feed_names: what the feeds are called, by the number in `source_row`; stands for the station where a sentence names none ·
    place_times: place lines without a time by the UTC of base stations and the seconds of position reports · sensor_positions: by the
    name of a station or a feed, (latitude, longitude) of a radar that does not move.
    """

    def __init__(
        self,
        *,
        feed_names: Sequence[str] = ("",),
        place_times: bool = False,
        sensor_positions: Mapping[str, tuple[float, float]] | None = None,
    ) -> None:
        self.counters = Counters()
        self._feed_counters: list[FeedCounters] = []
        self._by_reason, self._by_feed = np.zeros(256, np.int64), np.zeros((0, 3), np.int64)
        self._sentences = Sentences(feed_names)
        self._clock = Clock() if place_times else None
        self._radar = RadarReader(feed_names, sensor_positions or {})
        self._calls = CallReader()

    def feed_counters(self) -> list[FeedCounters]:
        """Counts by feed number (`source_row` >> 48)."""
        return self._feed_counters

    def know(self, feed_names: Sequence[str]) -> None:
        """What the feeds are called, by number, those that came since among them."""
        self._sentences.know(feed_names)
        self._radar.know(feed_names)

    def decode(self, lines: Lines) -> Heard:
        """What some lines say. Never raises for what they hold; rows are in order of receipt, a long message's when it is complete."""
        parts = [self._chunk(part) for part in _chunks(lines)]
        stations = self._sentences.names()
        if not parts:
            return Heard(stations=stations)
        fixes, static, base, text, calls, others = parts[0] if len(parts) == 1 else _joined(parts)
        return Heard(fixes, unpacked(static), unpacked(base), unpacked(text), calls, unpacked(others), stations=stations)

    def columns(self, lines: Lines, families: Collection[str] = FAMILIES) -> Iterator[Heard]:
        """The same in parts and for bulk: texts may be `Packed` in place of Python strings, which take longer than all else. Of the
        tables `statics`, `bases`, `texts` and `others`, those that are not among `families` stay empty; what is counted does not change.
        """
        for part in _chunks(lines):
            bits: dict[str, tuple[Any, int]] = {}
            tables = self._chunk(part, bits, families)
            yield Heard(*tables, stations=self._sentences.names(), fix_bits=bits)

    def _chunk(self, lines: Lines, bits: dict[str, tuple[Any, int]] | None = None, families: Collection[str] = FAMILIES) -> _Tables:
        """Tables of some lines; what is there of the fixes as bits is put into `bits` where that is known."""
        found = self._sentences.read(lines, marked=bits is not None)
        other_rows, _, static_rows, bases_rows, text_rows = found.families
        fixes = found.fixes
        base = bases.bases_of(found, bases_rows) if "bases" in families or self._clock is not None else Bases.empty()
        if self._clock is not None:
            line_times = self._clock.place(found, bases_rows, base, fixes)
            base = base.replace(time_s=found.time_s[bases_rows])
            fixes = fixes.replace(time_s=np.where(np.isnan(fixes.time_s), line_times[found.fix_line], fixes.time_s))
        else:
            line_times = lines.time_s

        static = statics.statics_of(found, static_rows) if "statics" in families else Statics.empty()
        text = texts.texts_of(found, text_rows) if "texts" in families else Texts.empty()
        other = texts.others_of(found, other_rows) if "others" in families else Others.empty()
        calls = Calls.empty()
        if len(found.plain) or found.own_ship:
            radar_fixes, radar_statics = self._radar.read(found, line_times, fixes, self._sentences)
            calls = self._calls.read(found, line_times)
            fixes = _merged(fixes, found.fix_order, *radar_fixes)
            if "statics" in families:
                static = _merged(static, found.messages[static_rows, ms.ORDER], *radar_statics)
            self.counters.statics += len(radar_statics[0])

        if bits is not None and fixes is found.fixes:
            bits.update(found.fix_bits)
        self._sentences.settle(found)
        self._count(found)
        self.counters.positions += len(fixes)
        self.counters.statics += len(static_rows)
        self.counters.bases += len(bases_rows)
        self.counters.texts += len(text_rows)
        self.counters.calls += len(calls)
        self.counters.others += len(other_rows)
        return fixes, static, base, text, calls, other

    def _count(self, found: Found) -> None:
        """Add what became of the lines and the messages to the counters."""
        by_reason, by_feed = self._by_reason, self._by_feed
        if len(by_feed) != self._sentences.feeds():
            by_feed = self._by_feed = np.zeros((self._sentences.feeds(), 3), np.int64)
            self._feed_counters += [FeedCounters() for _ in range(len(by_feed) - len(self._feed_counters))]
        source_row = read_only(found.lines.source_row)
        used = fr.tally(
            found.reasons, source_row, found.messages, found.source_row, found.fixes.source_row, found.count, REJECTION, by_reason, by_feed
        )
        if used == len(found.reasons):
            self.counters.lines += used
            self.counters.used += used
        else:
            self.counters.add(by_reason)
        by_reason[:] = 0
        self.counters.sentences += found.sentences
        self.counters.messages += found.count
        for counters, (lines, messages, rejected) in zip(self._feed_counters, by_feed.tolist(), strict=True):
            counters.lines += lines
            counters.messages += messages
            counters.rejected += rejected
        by_feed[:] = 0
        for _, feed, reason in found.settled.tolist():
            self.counters.move(INCOMPLETE, reason)
            self._feed_counters[feed].rejected += int(REJECTION[reason]) - 1


def _chunks(lines: Lines) -> list[Lines]:
    """The lines in pieces of a bounded number of sentences: a line of kilobytes may hold hundreds of them."""
    if not len(lines):
        return []
    usual = abs(int(lines.end[-1]) - int(lines.start[0])) // len(lines)
    step = CHUNK if usual <= LONG_BYTES else max(CHUNK_BYTES // usual, 1)
    return [lines] if len(lines) <= step else [lines.take(slice(at, at + step)) for at in range(0, len(lines), step)]


def _joined(parts: list[_Tables]) -> _Tables:
    """The tables of several chunks as one set."""
    fixes, static, base, text, calls, others = (list(column) for column in zip(*parts, strict=True))
    return (
        Fixes.concat(fixes),
        Statics.concat([unpacked(part) for part in static]),
        Bases.concat([unpacked(part) for part in base]),
        Texts.concat([unpacked(part) for part in text]),
        Calls.concat(calls),
        Others.concat([unpacked(part) for part in others]),
    )


def _merged(table: Any, order: Any, more: Any, more_order: Any) -> Any:
    """Rows of two tables by the entry that each came with; of the same entry, those of the first table first."""
    if not len(more):
        return table
    merged = type(table).concat([unpacked(table), more])
    return merged.take(np.argsort(np.concatenate([order, more_order]), kind="stable"))
