"""Recorded tables of decoded reports (`.csv`, packed or not, and `.parquet`), straight to fixes and statics.

NOAA MarineCadastre, the Danish Maritime Authority's aisdk, and any table whose columns carry usual names (`columns.py`). A table is read
twice: once for its times, to know whether they rise, and once for its rows. Rows out of order by more than the window are sorted in
memory, at most `SORT_ROWS` at once: a longer table is read once more for each such slice of its time, so memory stays bounded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from tankerwatch.core.schema import F64
from tankerwatch.ingest.bytes import Recording
from tankerwatch.ingest.order import ReportRun
from tankerwatch.ingest.rows import Converter
from tankerwatch.ingest.tables import BLOCK_ROWS, Block, Opened, open_table

SORT_ROWS = 2 << 20
RUN_ROWS = 1 << 16
_SLOT_S = 60.0


@dataclass(slots=True)
class _Survey:
    """What one look at the times of a table tells."""

    rows: int = 0
    first_s: float = np.inf
    newest_s: float = -np.inf
    most_late_s: float = 0.0
    slots: Counter[int] = field(default_factory=Counter)
    """rows by minute"""

    def take(self, time_s: F64, rows: int) -> None:
        self.rows += rows
        time_s = time_s[~np.isnan(time_s)]
        if not len(time_s):
            return
        reached = np.maximum.accumulate(np.maximum(time_s, self.newest_s))
        self.most_late_s = max(self.most_late_s, float((reached - time_s).max()))
        self.newest_s = float(reached[-1])
        self.first_s = min(self.first_s, float(time_s.min()))
        minutes, counts = np.unique(np.floor(time_s / _SLOT_S).astype(np.int64), return_counts=True)
        for minute, count in zip(minutes.tolist(), counts.tolist(), strict=True):
            self.slots[minute] += count

    def slices(self, most: int) -> list[tuple[float, float]]:
        """Stretches of time, the first one from -inf and the last one to inf, that hold at most `most` rows (one minute is never cut)."""
        edges = [-np.inf]
        held = 0
        for minute in sorted(self.slots):
            if held and held + self.slots[minute] > most:
                edges.append(minute * _SLOT_S)
                held = 0
            held += self.slots[minute]
        return list(zip(edges, [*edges[1:], np.inf], strict=True))


class TableFile:
    """One table as an input of a merge (`order.Input`). Raises InputFault when it is no table of ship reports.

    counters: `rows` in all, and by reason those that say nothing: no_time, no_mmsi, no_position, not_a_ship, bad_columns, truncated_file.
    """

    def __init__(
        self,
        recording: Recording,
        counters: Counter[str],
        *,
        columns: Mapping[str, str] | None,
        reorder_s: float,
        sort_rows: int = SORT_ROWS,
    ) -> None:
        self.opens_at = -np.inf
        self.read: Callable[[int], None] | None = None
        self.bytes_total = 2 * recording.bytes_total
        self._recording = recording
        self._counters = counters
        self._columns = columns
        self._reorder_s = reorder_s
        self._sort_rows = sort_rows
        self._survey: _Survey | None = None

    def peek(self) -> None:
        """Look at all its times."""
        survey = _Survey()
        table = open_table(self._recording, self._columns, self.read)
        for block in table.blocks(("time", "millisecond")):
            survey.take(Converter(table.meaning).times(block), block.spans_rows)
        self.opens_at = survey.first_s if survey.rows else -np.inf
        self._survey = survey

    def rows(self) -> int:
        """The number of rows, bad ones too."""
        return self._known().rows

    def _known(self) -> _Survey:
        if self._survey is None:
            self.peek()
        assert self._survey is not None
        return self._survey

    def runs(self) -> Iterator[ReportRun]:
        """All reports in order of time."""
        survey = self._known()
        counters: Counter[str] = Counter(rows=survey.rows)
        if survey.most_late_s <= self._reorder_s:
            yield from self._in_window(survey.most_late_s, counters)
        else:
            converter: Converter | None = None
            for begin_s, end_s in survey.slices(self._sort_rows):
                table = self._opened(first=converter is None)
                converter = converter or Converter(table.meaning)
                for block in _sorted(table, converter, begin_s, end_s):
                    yield from _cut(converter.reports(block, counters))
                self._note_damage(table, counters, first=begin_s == -np.inf)
        self._counters.update(counters)

    def _opened(self, *, first: bool) -> Opened:
        return open_table(self._recording, self._columns, self.read if first else None)

    def _note_damage(self, table: Opened, counters: Counter[str], *, first: bool) -> None:
        if first:
            counters["bad_columns"] += table.bad_rows
            counters["truncated_file"] += bool(self._recording.damage or table.damage)

    def _in_window(self, most_late_s: float, counters: Counter[str]) -> Iterator[ReportRun]:
        table = self._opened(first=True)
        converter = Converter(table.meaning)
        waiting: list[ReportRun] = []
        for block in table.blocks():
            part = converter.reports(block, counters)
            if not len(part):
                continue
            run = ReportRun.sorted([*waiting, part])
            ready, rest = run.cut(run.last - most_late_s, inclusive=False)
            yield from _cut(ready)
            waiting = [rest] if len(rest) else []
        for rest in waiting:
            yield from _cut(rest)
        self._note_damage(table, counters, first=True)


def _sorted(table: Opened, converter: Converter, begin_s: float, end_s: float) -> Iterator[Block]:
    """The rows of a stretch of time in order of time, in blocks; rows without a time come with the first stretch."""
    parts: list[tuple[F64, Block]] = []
    for block in table.blocks():
        time_s = converter.times(block)
        wanted = (time_s >= begin_s) & (time_s < end_s)
        if begin_s == -np.inf:
            wanted |= np.isnan(time_s)
        if wanted.any():
            parts.append((time_s[wanted], block.take(np.flatnonzero(wanted))))
    if not parts:
        return
    order = np.argsort(np.concatenate([time_s for time_s, _ in parts]), kind="stable")
    whole = Block.concat([block for _, block in parts])
    for at in range(0, len(order), BLOCK_ROWS):
        yield whole.take(order[at : at + BLOCK_ROWS])


def _cut(run: ReportRun) -> Iterator[ReportRun]:
    """The same reports in runs of bounded size."""
    while len(run) > RUN_ROWS and run.first < run.last:
        key = np.sort(np.concatenate([run.fix_key, run.static_key]))[min(RUN_ROWS, len(run) - 1)]
        ready, rest = run.cut(float(key), inclusive=run.first == key)
        if not len(ready) or not len(rest):
            break
        yield ready
        run = rest
    if len(run):
        yield run
