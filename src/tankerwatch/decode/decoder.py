"""The stage: received lines in, tables of reports out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.schema import I64
from tankerwatch.core.tables import FEED_SHIFT, Bases, Calls, Fixes, Heard, Lines, Others, Statics, Texts
from tankerwatch.decode import bases, positions, statics, texts
from tankerwatch.decode.clock import Clock
from tankerwatch.decode.counters import INCOMPLETE, REJECTION, Counters, FeedCounters
from tankerwatch.decode.distress import CallReader
from tankerwatch.decode.radar import RadarReader
from tankerwatch.decode.sentences import Found, Sentences

CHUNK = 32_768
"""Lines worked on at once; so memory is bounded and stays in the cache. What comes out does not depend on it."""

_Tables = tuple[Fixes, Statics, Bases, Texts, Calls, Others]
_POSITIONS, _STATICS, _BASES, _TEXTS = 1, 2, 4, 8


def _families() -> I64:
    """(64,) which tables a message type goes to; 0: others."""
    made = np.zeros(64, np.int64)
    for flag, types in ((_POSITIONS, positions.TYPES), (_STATICS, statics.TYPES), (_BASES, bases.TYPES), (_TEXTS, texts.TYPES)):
        made[list(types)] |= flag
    return made


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
        self._sentences = Sentences(feed_names)
        self._clock = Clock() if place_times else None
        self._radar = RadarReader(feed_names, sensor_positions or {})
        self._calls = CallReader()
        self._families = _families()

    def feed_counters(self) -> list[FeedCounters]:
        """Counts by feed number (`source_row` >> 48)."""
        return self._feed_counters

    def decode(self, lines: Lines) -> Heard:
        """What some lines say. Never raises for what they hold; rows are in order of receipt, a long message's when it is complete."""
        parts = [self._chunk(lines.take(slice(at, at + CHUNK))) for at in range(0, len(lines), CHUNK)]
        stations = tuple(self._sentences.stations)
        if not parts:
            return Heard(stations=stations)
        fixes, static, base, text, calls, others = parts[0] if len(parts) == 1 else _joined(parts)
        return Heard(fixes, static, base, text, calls, others, stations=stations)

    def _chunk(self, lines: Lines) -> _Tables:
        found = self._sentences.read(lines)
        messages = found.messages
        kinds = messages[:, fr.TYPE]
        family = self._families[kinds]
        odd_parts = np.flatnonzero(kinds == 24)
        if len(odd_parts):
            odd_parts = odd_parts[statics.parts_of(found, odd_parts) > 1]
            family[odd_parts] = 0

        bases_rows = np.flatnonzero(family & _BASES)
        base = bases.bases_of(found, bases_rows)
        fixes_rows = np.flatnonzero(family & _POSITIONS)
        fixes = positions.fixes_of(found, fixes_rows)
        times = found.time_s
        if self._clock is not None:
            line_times = self._clock.place(found, bases_rows, base, fixes_rows, fixes)
            base = base.replace(time_s=times[bases_rows])
            fixes = fixes.replace(time_s=times[fixes_rows])
        else:
            line_times = lines.time_s

        static = statics.statics_of(found, np.flatnonzero(family & _STATICS))
        text = texts.texts_of(found, np.flatnonzero(family & _TEXTS))
        other = texts.others_of(found, np.flatnonzero(family == 0))
        radar_fixes, radar_statics = self._radar.read(found, line_times, fixes_rows, fixes, self._sentences)
        calls = self._calls.read(found, line_times)
        fixes = _merged(fixes, messages[fixes_rows, fr.ENTRY], *radar_fixes)
        static = _merged(static, messages[np.flatnonzero(family & _STATICS), fr.ENTRY], *radar_statics)

        self._sentences.settle(found)
        self._count(found)
        self.counters.positions += len(fixes)
        self.counters.statics += len(static)
        self.counters.bases += len(base)
        self.counters.texts += len(text)
        self.counters.calls += len(calls)
        self.counters.others += len(other)
        return fixes, static, base, text, calls, other

    def _count(self, found: Found) -> None:
        """Add what became of the lines and the messages to the counters."""
        self.counters.add(found.reasons)
        self.counters.sentences += len(found.entries)
        self.counters.messages += len(found.messages)
        feeds = (found.lines.source_row >> np.uint64(FEED_SHIFT)).astype(np.int64)
        last = int(feeds.max()) if len(feeds) else -1
        while len(self._feed_counters) <= last:
            self._feed_counters.append(FeedCounters())
        lines = np.bincount(feeds, minlength=1)
        rejected = np.bincount(feeds, weights=REJECTION[found.reasons], minlength=1)
        messages = np.bincount((found.source_row >> np.uint64(FEED_SHIFT)).astype(np.int64), minlength=1)
        for feed, counters in enumerate(self._feed_counters):
            counters.lines += int(lines[feed]) if feed < len(lines) else 0
            counters.rejected += int(rejected[feed]) if feed < len(rejected) else 0
            counters.messages += int(messages[feed]) if feed < len(messages) else 0
        for _, feed, reason in found.settled.tolist():
            self.counters.move(INCOMPLETE, reason)
            self._feed_counters[feed].rejected += int(REJECTION[reason]) - 1


def _joined(parts: list[_Tables]) -> _Tables:
    """The tables of several chunks as one set."""
    fixes, static, base, text, calls, others = (list(column) for column in zip(*parts, strict=True))
    return (
        Fixes.concat(fixes),
        Statics.concat(static),
        Bases.concat(base),
        Texts.concat(text),
        Calls.concat(calls),
        Others.concat(others),
    )


def _merged(table: Any, order: I64, more: Any, more_order: I64) -> Any:
    """Rows of two tables by the entry that each came with; of the same entry, those of the first table first."""
    if not len(more):
        return table
    merged = type(table).concat([table, more])
    return merged.take(np.argsort(np.concatenate([order, more_order]), kind="stable"))
