"""Puts what was recorded in order of receive time: within one file by a window, between files by a merge.

A `Run` is a stretch of one input in its final order, with the key of each row: its receive time, or for what came later than the window
the window's end. Keys never fall from one run of an input to the next; -inf stands for what came before the first known time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from tankerwatch.core.kernels import stamps
from tankerwatch.core.schema import F64
from tankerwatch.core.tables import Batch, Fixes, Heard, Lines, Statics
from tankerwatch.ingest.lines import room

WINDOW_LINES = 1 << 17
WINDOW_BYTES = 16 << 20
"""What the window holds at most; with more, its oldest lines leave before their time."""


class Run(Protocol):
    """A stretch of one input, in order."""

    @property
    def first(self) -> float:
        """The smallest key."""
        ...

    @property
    def last(self) -> float:
        """The greatest key."""
        ...

    def cut(self, key: float, *, inclusive: bool) -> tuple[Self, Self]:
        """The rows below a key (or up to it), and the others."""
        ...

    def numbered(self, before: int) -> Self:
        """The same rows when `before` rows of other inputs precede this input."""
        ...

    def __len__(self) -> int:
        """The number of rows."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class LineRun:
    """Lines in order, and their keys (n,)."""

    lines: Lines
    key: F64

    def __len__(self) -> int:
        """The number of lines."""
        return len(self.key)

    @property
    def first(self) -> float:
        """The smallest key."""
        return float(self.key[0])

    @property
    def last(self) -> float:
        """The greatest key."""
        return float(self.key[-1])

    def cut(self, key: float, *, inclusive: bool) -> tuple[LineRun, LineRun]:
        """The lines below a key (or up to it), and the others."""
        at = int(np.searchsorted(self.key, key, "right" if inclusive else "left"))
        return self._slice(slice(0, at)), self._slice(slice(at, None))

    def numbered(self, before: int) -> LineRun:
        """The same lines when `before` lines of other inputs precede this input."""
        if not before:
            return self
        lines = self.lines
        return LineRun(Lines(lines.buffer, lines.start, lines.end, lines.time_s, lines.source_row + np.uint64(before)), self.key)

    def _slice(self, which: slice) -> LineRun:
        return LineRun(self.lines.take(which), self.key[which])

    @classmethod
    def sorted(cls, runs: list[LineRun]) -> LineRun:
        """All lines in order of key; of equal keys those of an earlier run come first."""
        if len(runs) == 1:
            return runs[0]
        key = np.concatenate([run.key for run in runs])
        lines = gathered([run.lines for run in runs])
        if np.all(key[1:] >= key[:-1]):
            return cls(lines, key)
        order = np.argsort(key, kind="stable")
        return cls(lines.take(order), key[order])


@dataclass(frozen=True, slots=True, eq=False)
class ReportRun:
    """Decoded reports in order: fixes and statics, each with its keys."""

    fixes: Fixes
    statics: Statics
    fix_key: F64
    static_key: F64

    def __len__(self) -> int:
        """The number of reports."""
        return len(self.fix_key) + len(self.static_key)

    @property
    def first(self) -> float:
        """The smallest key."""
        return min(float(key[0]) for key in (self.fix_key, self.static_key) if len(key))

    @property
    def last(self) -> float:
        """The greatest key."""
        return max(float(key[-1]) for key in (self.fix_key, self.static_key) if len(key))

    def cut(self, key: float, *, inclusive: bool) -> tuple[ReportRun, ReportRun]:
        """The reports below a key (or up to it), and the others."""
        side = "right" if inclusive else "left"
        fix = int(np.searchsorted(self.fix_key, key, side))  # type: ignore[call-overload]  # side is one of the two it knows
        static = int(np.searchsorted(self.static_key, key, side))  # type: ignore[call-overload]  # likewise
        return self._slice(slice(0, fix), slice(0, static)), self._slice(slice(fix, None), slice(static, None))

    def numbered(self, before: int) -> ReportRun:
        """The same reports when `before` rows of other inputs precede this input."""
        if not before:
            return self
        add = np.uint64(before)
        fixes = self.fixes.replace(source_row=self.fixes.source_row + add)
        statics = self.statics.replace(source_row=self.statics.source_row + add)
        return ReportRun(fixes, statics, self.fix_key, self.static_key)

    def _slice(self, fix: slice, static: slice) -> ReportRun:
        return ReportRun(self.fixes.take(fix), self.statics.take(static), self.fix_key[fix], self.static_key[static])

    @classmethod
    def sorted(cls, runs: list[ReportRun]) -> ReportRun:
        """All reports in order of key; of equal keys those of an earlier run come first."""
        fix_key, static_key = np.concatenate([run.fix_key for run in runs]), np.concatenate([run.static_key for run in runs])
        fix, static = np.argsort(fix_key, kind="stable"), np.argsort(static_key, kind="stable")
        fixes, statics = Fixes.concat([run.fixes for run in runs]), Statics.concat([run.statics for run in runs])
        return cls(fixes.take(fix), statics.take(static), fix_key[fix], static_key[static])

    def heard(self) -> Heard:
        """The reports as decode would hand them on; nobody knows which station received them."""
        return Heard(fixes=self.fixes, statics=self.statics, stations=("",))


def gathered(parts: list[Lines]) -> Lines:
    """Lines of several buffers over one buffer, in the order given."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return Lines.empty()
    if len(parts) == 1:
        return parts[0]
    spans = [(int(part.start.min()), int(part.end.max())) for part in parts]
    buffer = room(sum(stop - begin for begin, stop in spans))
    starts, ends = [], []
    at = 0
    for part, (begin, stop) in zip(parts, spans, strict=True):
        buffer[at : at + stop - begin] = part.buffer[begin:stop]
        starts.append(part.start + (at - begin))
        ends.append(part.end + (at - begin))
        at += stop - begin
    time_s = np.concatenate([part.time_s for part in parts])
    source_row = np.concatenate([part.source_row for part in parts])
    return Lines(buffer, np.concatenate(starts), np.concatenate(ends), time_s, source_row)


class Window:
    """Sorts lines by receive time within `window_s` of the newest time seen; `late` counts those that came later than that."""

    def __init__(self, window_s: float, lines: int = WINDOW_LINES, most_bytes: int = WINDOW_BYTES) -> None:
        self.late = 0
        self._window_s = window_s
        self._most_bytes = most_bytes
        self._ring = np.empty((lines, 2))
        self._state = np.array([-np.inf, -np.inf, 0.0, 0.0, 0.0])
        self._waiting: deque[LineRun] = deque()

    def push(self, lines: Lines) -> Iterator[LineRun]:
        """What can leave now that these lines have come."""
        if not len(lines):
            return
        if not self._window_s and np.isnan(lines.time_s).all():
            yield LineRun(lines, np.broadcast_to(self._state[0], len(lines)))
            return
        key = np.empty(len(lines))
        if not self._window_s:
            self.late += stamps.order_keys(lines.time_s, lines.end, 0.0, self._most_bytes, self._ring, self._state, key)
            yield LineRun(lines, key)
            return
        length = lines.end - lines.start + 1
        self.late += stamps.order_keys(lines.time_s, length, self._window_s, self._most_bytes, self._ring, self._state, key)
        new = LineRun(lines, key)
        in_order = bool(np.all(key[1:] >= key[:-1]))
        if in_order and not (self._waiting and self._waiting[-1].last > key[0]):
            self._waiting.append(new)
        else:
            if not in_order:
                order = np.argsort(key, kind="stable")
                new = LineRun(lines.take(order), key[order])
            self._waiting = deque([LineRun.sorted([*self._waiting, new])])
        floor = float(self._state[0])
        while self._waiting and self._waiting[0].first <= floor:
            ready, rest = self._waiting.popleft().cut(floor, inclusive=True)
            yield ready
            if len(rest):
                self._waiting.appendleft(rest)

    def finish(self) -> Iterator[LineRun]:
        """What still waits, at the end of the input."""
        while self._waiting:
            yield self._waiting.popleft()


class Input(Protocol):
    """One input of a merge."""

    opens_at: float
    """no key of it is below this"""

    def runs(self) -> Iterator[Run]:
        """Everything, in order."""
        ...

    def rows(self) -> int:
        """How many rows it has in all; may have to read it once more."""
        ...


@dataclass(slots=True)
class _Open:
    """An input that is being read: what is left of its newest run."""

    index: int
    source: Iterator[Run]
    run: Run

    def advance(self) -> bool:
        """Take the next run; False at the end."""
        for run in self.source:
            if len(run):
                self.run = run
                return True
        return False


def merged(inputs: Sequence[Input]) -> Iterator[Batch]:
    """All rows of all inputs in order of key; of equal keys those of the input named first come first.

    An input is opened when its time comes, so that a folder of a year of logs is read with a few files open.
    """
    closed = deque(sorted(range(len(inputs)), key=lambda index: (inputs[index].opens_at, index)))
    open_now: list[_Open] = []
    before = _RowsBefore(inputs)
    while closed or open_now:
        nearest = min(open_now, key=lambda each: (each.run.last, each.index), default=None)
        if closed and (nearest is None or (inputs[closed[0]].opens_at, closed[0]) <= (nearest.run.last, nearest.index)):
            index = closed.popleft()
            yield from _taken(open_now, inputs[index].opens_at, index, before)
            opened = _Open(index, iter(inputs[index].runs()), LineRun(Lines.empty(), np.empty(0)))
            if opened.advance():
                open_now.append(opened)
                open_now.sort(key=lambda each: each.index)
            else:
                before.finished(index)
        elif nearest is not None:
            alone = len(open_now) == 1 and not closed
            yield from _taken(open_now, np.inf if alone else nearest.run.last, nearest.index, before)
            if not nearest.advance():
                open_now.remove(nearest)
                before.finished(nearest.index)


class _RowsBefore:
    """How many rows the inputs before each one have: what its row numbers begin after."""

    def __init__(self, inputs: Sequence[Input]) -> None:
        self._inputs = inputs
        self._known: dict[int, int] = {}
        self._first: dict[int, int] = {0: 0}

    def finished(self, index: int) -> None:
        """Note that an input has been read to its end: it knows its rows without reading again."""
        self._known[index] = self._inputs[index].rows()

    def __getitem__(self, index: int) -> int:
        if index not in self._first:
            for i in range(index):
                if i + 1 not in self._first:
                    if i not in self._known:
                        self.finished(i)
                    self._first[i + 1] = self._first[i] + self._known[i]
        return self._first[index]


def _taken(open_now: list[_Open], key: float, index: int, before: _RowsBefore) -> Iterator[Batch]:
    """The rows that come before (key, index), those of the input `index` itself up to the key."""
    lines: list[LineRun] = []
    reports: list[ReportRun] = []
    for each in open_now:
        taken, each.run = each.run.cut(key, inclusive=each.index <= index)
        if len(taken):
            numbered = taken.numbered(before[each.index])
            if isinstance(numbered, LineRun):
                lines.append(numbered)
            elif isinstance(numbered, ReportRun):
                reports.append(numbered)
    line_run = LineRun.sorted(lines) if lines else None
    report_run = ReportRun.sorted(reports) if reports else None
    while line_run is not None and report_run is not None and len(line_run) and len(report_run):
        # A batch holds lines and then reports: so cut wherever the kind changes.
        ready, line_run = line_run.cut(report_run.first, inclusive=True)
        if len(ready):
            yield Batch(lines=ready.lines)
        if len(line_run):
            some, report_run = report_run.cut(line_run.first, inclusive=False)
            yield Batch(heard=some.heard())
    if line_run is not None and len(line_run):
        yield Batch(lines=line_run.lines)
    if report_run is not None and len(report_run):
        yield Batch(heard=report_run.heard())
