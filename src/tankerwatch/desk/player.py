"""Plays something recorded at a speed: what its own clock has reached is delivered, no more."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from tankerwatch.core.ports import RecordedSource
from tankerwatch.core.tables import Batch, Heard, Lines

LONGEST_PAUSE_S: Final = 60.0
"""Where nothing was received for longer, the play skips ahead: nobody waits through a night of silence."""


@dataclass(slots=True)
class Player:
    """The clock of a replay. `clock_s` is None until the first time is known; `due` gives what it has reached."""

    source: RecordedSource
    speed: float
    paused: bool = False
    clock_s: float | None = None
    ended: bool = False
    _batches: Iterator[Batch] = field(init=False)
    _waiting: Batch | None = None
    _read_at: float = 0.0

    def __post_init__(self) -> None:
        self._batches = self.source.batches()

    def due(self) -> list[Batch]:
        """What became due since the last call, in order; marks the end in `ended`."""
        now = time.monotonic()
        passed, self._read_at = (now - self._read_at if self._read_at else 0.0), now
        if self.clock_s is not None and not self.paused:
            self.clock_s += min(passed, 1.0) * self.speed
        return self.until(self.clock_s) if not self.paused else []

    def until(self, clock_s: float | None) -> list[Batch]:
        """Everything up to a time; with None up to the first time that is known."""
        given = []
        while True:
            if self._waiting is None:
                self._waiting = next(self._batches, None)
                if self._waiting is None:
                    self.ended = True
                    break
            first = _first_time(self._waiting)
            if clock_s is None:
                clock_s = self.clock_s = first if first == first else None
            elif first > clock_s + LONGEST_PAUSE_S * max(self.speed, 1.0):
                clock_s = self.clock_s = first
            if clock_s is None:
                given.append(self._waiting)
                self._waiting = None
                continue
            ready, self._waiting = _cut(self._waiting, clock_s)
            if ready is not None:
                given.append(ready)
            if self._waiting is not None:
                break
        if self.clock_s is not None and clock_s is not None:
            self.clock_s = max(self.clock_s, clock_s)
        return given


def _times(batch: Batch) -> list[Any]:
    heard = batch.heard
    tables: list[Any] = [batch.lines, *([heard.fixes, heard.statics] if heard is not None else [])]
    return [t.time_s for t in tables if len(t)] + ([np.array([d.time_s for d in batch.decisions])] if batch.decisions else [])


def _first_time(batch: Batch) -> float:
    times = [float(t[known[0]]) for t in _times(batch) if len(known := np.flatnonzero(~np.isnan(t)))]
    return min(times) if times else batch.clock_s


def _cut(batch: Batch, clock_s: float) -> tuple[Batch | None, Batch | None]:
    """What is due at `clock_s`, and the rest."""

    def due(times: Any) -> int:
        reached = np.maximum.accumulate(np.where(np.isnan(times), -np.inf, times))
        return int(np.searchsorted(reached, clock_s, side="right"))

    lines = due(batch.lines.time_s) if len(batch.lines) else 0
    decisions = sum(d.time_s <= clock_s for d in batch.decisions)
    fixes = statics = 0
    heard = batch.heard
    if heard is not None:
        fixes, statics = due(heard.fixes.time_s), due(heard.statics.time_s)
    whole = len(batch.lines) + len(batch.decisions) + (len(heard.fixes) + len(heard.statics) if heard is not None else 0)
    taken = lines + decisions + fixes + statics
    if taken == whole and not batch.clock_s > clock_s:
        return batch, None
    if taken == whole:
        return (replace(batch, clock_s=clock_s) if taken else None), Batch(clock_s=batch.clock_s)

    def part(head: bool) -> Batch:
        def rows(n: int) -> slice:
            return slice(0, n) if head else slice(n, None)

        told: Heard | None = None
        if heard is not None:
            told = Heard(fixes=heard.fixes.take(rows(fixes)), statics=heard.statics.take(rows(statics)), stations=heard.stations)
        return Batch(
            lines=batch.lines.take(rows(lines)) if len(batch.lines) else Lines.empty(),
            heard=told,
            decisions=batch.decisions[rows(decisions)],
            clock_s=clock_s if head else batch.clock_s,
        )

    return (part(True) if taken else None), part(False)
