"""A recording played by its own times: what the clock of the play has reached is delivered, no more."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from tankerwatch.core.ports import RecordedSource
from tankerwatch.core.tables import Batch

LONGEST_PAUSE_S: Final = 60.0
"""A silence that would be played for longer is skipped: nobody waits through a night of it."""
LONGEST_STEP_S: Final = 1.0
"""Of a longer time between two looks only this much is played: a desk that was held up goes on where it was."""
MOST_ROWS: Final = 1 << 16
"""When this much was given at once, the play falls behind its speed instead of filling the memory."""

_FAMILIES: Final = ("fixes", "statics", "bases", "texts", "calls", "others")


class Player:
    """Plays a recorded source, `speed` times as fast as it was received. `due` is asked now and then, and gives what has become due.

    All batches given, one after the other, hold what the source holds, each table of it in order. None holds a row before its time; rows
    without a time and rows that came late are due with those before them. `clock_s` of a batch says how far the play has come with it:
    nothing received before that is still to come. One thread asks; `speed` and `paused` may be set by any.

    speed: recorded seconds a second, above 0, else ValueError · monotonic_s: the clock by which it is played.
    """

    def __init__(self, source: RecordedSource, speed: float = 1.0, *, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self.source = source
        self.clock_s: float | None = None
        """how far the play has come, by the recording's time; None before its first time"""
        self.ended = False
        """whether all was given"""
        self._monotonic_s = monotonic_s
        self._batches = source.batches()
        self._waiting: Batch | None = None
        self._left: dict[str, int] = {}
        self._held = threading.Lock()
        self._speed, self._paused = _above_0(speed), False
        self._seen_s: float | None = None
        self._owed_s = 0.0

    @property
    def speed(self) -> float:
        """How many recorded seconds are played in a second. Set, it counts from that moment on; ValueError unless above 0."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        _above_0(speed)
        with self._held:
            self._pass()
            self._speed = speed

    @property
    def paused(self) -> bool:
        """Whether the play stands still."""
        return self._paused

    @paused.setter
    def paused(self, paused: bool) -> None:
        with self._held:
            self._pass()
            self._paused = paused

    def skip(self, rows: Mapping[str, int], clock_s: float) -> None:
        """Leave out the first rows of each table, by name: an earlier play gave them, up to `clock_s`. Before anything is asked for."""
        self._left = dict(rows)
        self._reach(clock_s)

    def due(self) -> list[Batch]:
        """What became due since the last call: about `MOST_ROWS` rows at most, then the rest at the next call."""
        owed_s = self._taken()
        if owed_s is None:
            return []
        given: list[Batch] = []
        rows = 0
        while self.clock_s is None:
            batch = self._next()
            if batch is None or rows >= MOST_ROWS:
                return given
            first_s = _first(batch)
            if first_s == first_s:
                self.clock_s = first_s
            else:
                given.append(batch)
                rows += 1 + _rows(batch)
                self._waiting = None
        until_s = self.clock_s + owed_s
        batch = self._next()
        if batch is not None and _first(batch) > until_s + LONGEST_PAUSE_S * max(self._speed, 1.0):
            until_s = _first(batch)
        for batch in self.until(until_s):
            given.append(batch)
            rows += 1 + _rows(batch)
            if rows >= MOST_ROWS:
                return given
        if given:
            given[-1] = replace(given[-1], clock_s=self.clock_s)
        return given

    def _taken(self) -> float | None:
        """The recorded seconds that are owed since the last call, which are now given; None while the play stands still."""
        with self._held:
            if self._seen_s is None:
                self._seen_s = self._monotonic_s()
            self._pass()
            if self._paused:
                return None
            owed_s, self._owed_s = self._owed_s, 0.0
            return owed_s

    def until(self, clock_s: float) -> Iterator[Batch]:
        """Everything up to a time, as fast as it is taken, so that a play can begin in the middle of a story."""
        while (batch := self._next()) is not None:
            ready, self._waiting = _cut(batch, clock_s)
            if ready is not None:
                self._reach(ready.clock_s)
                yield ready if self.clock_s is None else replace(ready, clock_s=self.clock_s)
            if self._waiting is not None:
                self._reach(clock_s)
                return

    def _pass(self) -> None:
        """Count the time that has passed at the speed that there was; it begins with the first question."""
        if self._seen_s is None:
            return
        now_s = self._monotonic_s()
        passed_s, self._seen_s = now_s - self._seen_s, now_s
        if self.clock_s is not None and not self._paused:
            self._owed_s += min(max(passed_s, 0.0), LONGEST_STEP_S) * self._speed

    def _next(self) -> Batch | None:
        """What is to come next, None at the end."""
        if self._waiting is None and not self.ended:
            self._waiting = next(self._batches, None)
            if self._waiting is not None and any(self._left.values()):
                dropped = {name: min(self._left.get(name, 0), len(times)) for name, times in _times(self._waiting).items()}
                self._left = {name: left - dropped.get(name, 0) for name, left in self._left.items()}
                self._waiting = _part(self._waiting, dropped, lambda count: slice(count, None), self._waiting.clock_s)
            if self._waiting is None:
                self.ended = True
                if self.clock_s is not None:
                    # Nothing more is to come of the last second; and the end of a recording is no silence, so the clock goes no further.
                    self.clock_s = math.floor(self.clock_s) + 1.0
        return self._waiting

    def _reach(self, clock_s: float) -> None:
        if clock_s == clock_s:
            self.clock_s = clock_s if self.clock_s is None else max(self.clock_s, clock_s)


class WholePlayer(Player):
    """Plays what a desk journalled: each batch whole, once its newest time has come, so that it is taken as it was taken then.

    until_s: what came after that is not played. `clock_s` is the newest time given, never one between two batches: to a desk that was told
    more than its clock had reached, the lines of the next batch would be late.
    """

    def __init__(
        self, source: RecordedSource, speed: float = 1.0, *, until_s: float = math.inf, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(source, speed, monotonic_s=monotonic_s)
        self.more = False
        """whether something came after the end"""
        self._until_s = until_s
        self._play_s = math.nan

    def due(self) -> list[Batch]:
        """What became due since the last call: about `MOST_ROWS` rows at most, then the rest at the next call."""
        owed_s = self._taken()
        if owed_s is None:
            return []
        batch = self._next()
        if batch is None:
            return []
        at_s, reached_s = _newest(batch), math.nan if self.clock_s is None else self.clock_s
        # After a jump the play goes on from there.
        self._play_s = float(np.fmax(self._play_s, reached_s)) + owed_s
        if not at_s <= self._play_s + LONGEST_PAUSE_S * max(self._speed, 1.0):
            self._play_s = at_s
        given: list[Batch] = []
        rows = 0
        for ready in self.until(self._play_s):
            given.append(ready)
            rows += 1 + _rows(ready)
            if rows >= MOST_ROWS:
                self._play_s = reached_s if self.clock_s is None else self.clock_s
                break
        return given

    def until(self, clock_s: float) -> Iterator[Batch]:
        """Every batch whose newest time is no later than this."""
        while (batch := self._next()) is not None:
            at_s = _newest(batch)
            if at_s > self._until_s:
                self.ended = self.more = True
                return
            if at_s > clock_s:
                return
            self._waiting = None
            self._reach(at_s)
            yield batch

    def _next(self) -> Batch | None:
        """What is to come next; at the end the clock stays where it is."""
        if self.ended:
            return None
        clock_s = self.clock_s
        batch = super()._next()
        self.clock_s = clock_s
        return batch


def _above_0(speed: float) -> float:
    if not (speed > 0 and math.isfinite(speed)):
        raise ValueError(f"{speed} is no speed: it must be above 0")
    return speed


def _times(batch: Batch) -> dict[str, Any]:
    """The times of each table that has rows, by name."""
    tables = [(name, getattr(batch.heard, name)) for name in _FAMILIES] if batch.heard is not None else []
    found = {name: rows.time_s for name, rows in (("lines", batch.lines), *tables) if len(rows)}
    if batch.decisions:
        found["decisions"] = np.array([decision.time_s for decision in batch.decisions])
    return found


def _rows(batch: Batch) -> int:
    return sum(len(times) for times in _times(batch).values())


def _first(batch: Batch) -> float:
    """The first time in it; NaN when it has none."""
    known = [float(times[at[0]]) for times in _times(batch).values() if len(at := np.flatnonzero(~np.isnan(times)))]
    return min(known) if known else batch.clock_s


def _newest(batch: Batch) -> float:
    """The newest time in it; NaN when it has none."""
    known = [float(np.nanmax(times)) for times in _times(batch).values() if not np.isnan(times).all()]
    return float(np.fmax(max(known), batch.clock_s)) if known else batch.clock_s


def _cut(batch: Batch, clock_s: float) -> tuple[Batch | None, Batch | None]:
    """What is due at `clock_s`, and the rest. Each table is cut by its own times."""
    times = _times(batch)
    due = {name: _due(of_table, clock_s) for name, of_table in times.items()}
    taken = sum(due.values())
    if taken == sum(len(of_table) for of_table in times.values()):
        if batch.clock_s > clock_s:
            return (replace(batch, clock_s=clock_s) if taken else None), Batch(clock_s=batch.clock_s)
        return replace(batch, clock_s=_newest(batch)), None
    if not taken:
        return None, batch

    return _part(batch, due, lambda count: slice(0, count), clock_s), _part(batch, due, lambda count: slice(count, None), batch.clock_s)


def _part(batch: Batch, counts: Mapping[str, int], rows: Callable[[int], slice], clock_s: float) -> Batch:
    """Of each table the rows that `rows` makes of its count."""
    heard = batch.heard
    if heard is not None:
        heard = replace(heard, **{name: getattr(heard, name).take(rows(counts[name])) for name in _FAMILIES if name in counts})
    lines, decisions = rows(counts.get("lines", 0)), rows(counts.get("decisions", 0))
    return Batch(batch.lines.take(lines), heard, batch.decisions[decisions], clock_s)


def _due(times: Any, clock_s: float) -> int:
    """How many rows are due: what came late, or has no time, with those before it."""
    reached = np.maximum.accumulate(np.where(np.isnan(times), -np.inf, times))
    return int(np.searchsorted(reached, clock_s, side="right"))
