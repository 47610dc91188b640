"""A recording played as a feed, by its own times: `file:PATH?speed=N`."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from tankerwatch.core.ports import FeedState, RecordedSource
from tankerwatch.core.tables import Batch, Heard, Lines
from tankerwatch.ingest.live import Receive, enter

STEP_S = 0.1
"""how often, by the clock on the wall, what became due is delivered"""


class FileReplay:
    """Plays what a recorded source holds, `speed` times as fast as it was received; all of it at once when it has no times.

    Everything up to `until_s` is delivered as fast as it can be taken, so that a replay can begin in the middle of a story.
    """

    def __init__(self, feed: FeedState, source: RecordedSource, *, speed: float = 1.0, until_s: float = -math.inf) -> None:
        self.feed = feed
        self.source = source
        self.position_s = math.nan
        """how far the replay has come, by the recording's time; NaN before its first time"""
        self.paused = False
        self.speed = speed
        self._until_s = until_s
        self._changed = asyncio.Event()

    def set_speed(self, speed: float) -> None:
        """Go on at another speed, above 0."""
        if not (speed > 0 and math.isfinite(speed)):
            raise ValueError("a speed is above 0")
        self.speed = speed
        self._changed.set()

    def pause(self, paused: bool = True) -> None:
        """Stand still, or go on."""
        self.paused = paused
        self._changed.set()

    async def play(self, deliver: Callable[[Batch], None], clock: Callable[[], float] = time.monotonic) -> None:
        """Deliver batches with the recording's own times, each when it is due by `clock`; returns at the end.

        `clock_s` of each batch says how far the replay has come: nothing received before that is still to come in order.
        """
        enter(self.feed, "open")
        self.feed.connections += 1
        batches = self.source.batches()
        seen_s = clock()
        while (batch := await asyncio.to_thread(next, batches, None)) is not None:
            for part in _parts(batch):
                due_s = _newest(part)
                if math.isnan(self.position_s) and due_s == due_s:
                    self.position_s = max(_oldest(part), self._until_s)
                    seen_s = clock()
                rest: Batch | None = part
                while rest is not None:
                    now = clock()
                    if not self.paused and self.position_s == self.position_s:
                        self.position_s += max(now - seen_s, 0.0) * self.speed
                    seen_s = now
                    ready, rest = (part, None) if due_s != due_s else _cut(rest, self.position_s)
                    if ready is not None:
                        self._deliver(ready, deliver)
                    if rest is not None:
                        await self._wait(_oldest(rest))
                await asyncio.sleep(0)
        enter(self.feed, "ended", "the recording came to its end")

    async def run(self, receive: Receive) -> None:
        """Deliver the lines as bytes with the recording's times, as a feed does."""

        def deliver(batch: Batch) -> None:
            for i in range(len(batch.lines)):
                receive(batch.lines.line(i) + b"\n", float(batch.lines.time_s[i]))

        await self.play(deliver)

    def _deliver(self, ready: Batch, deliver: Callable[[Batch], None]) -> None:
        self.feed.lines += len(ready.lines)
        self.feed.bytes += int((ready.lines.end - ready.lines.start).sum()) if len(ready.lines) else 0
        self.feed.last_s = self.position_s
        deliver(replace(ready, clock_s=self.position_s))

    async def _wait(self, due_s: float) -> None:
        """Until something may be due, or the speed is changed."""
        pause_s = STEP_S if self.paused else min(max((due_s - self.position_s) / self.speed, 0.001), STEP_S)
        self._changed.clear()
        try:
            async with asyncio.timeout(pause_s):
                await self._changed.wait()
        except TimeoutError:
            return


def _times(batch: Batch) -> list[Any]:
    heard = batch.heard or Heard()
    return [table.time_s for table in (batch.lines, heard.fixes, heard.statics) if len(table)]


def _parts(batch: Batch) -> Iterator[Batch]:
    """Lines and reports apart: each has an order of its own."""
    if len(batch.lines):
        yield replace(batch, heard=None)
    if batch.heard is not None:
        yield replace(batch, lines=Lines.empty())


def _oldest(batch: Batch) -> float:
    known = [float(times[~np.isnan(times)][0]) for times in _times(batch) if not np.isnan(times).all()]
    return min(known, default=math.nan)


def _newest(batch: Batch) -> float:
    known = [float(np.nanmax(times)) for times in _times(batch) if not np.isnan(times).all()]
    return max(known, default=math.nan)


def _cut(batch: Batch, until_s: float) -> tuple[Batch | None, Batch | None]:
    """What is due, and the rest; rows that came late are due with those before them."""

    def due(times: Any) -> int:
        reached = np.fmax.accumulate(np.where(np.isnan(times), -np.inf, times))
        return int(np.searchsorted(reached, until_s, "right"))

    if len(batch.lines):
        at = due(batch.lines.time_s)
        halves = [replace(batch, lines=batch.lines.take(which)) for which in (slice(0, at), slice(at, None))]
        counts = [at, len(batch.lines) - at]
    else:
        heard = batch.heard or Heard()
        fix, static = due(heard.fixes.time_s), due(heard.statics.time_s)
        halves, counts = [], []
        for fixes, statics in ((slice(0, fix), slice(0, static)), (slice(fix, None), slice(static, None))):
            part = replace(heard, fixes=heard.fixes.take(fixes), statics=heard.statics.take(statics))
            halves.append(replace(batch, heard=part))
            counts.append(len(part.fixes) + len(part.statics))
    return (halves[0] if counts[0] else None), (halves[1] if counts[1] else None)
