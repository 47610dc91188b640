"""What arrived since the pump last looked: lines of all feeds in order of arrival, and what people decided."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tankerwatch.core.ports import FeedState
from tankerwatch.core.tables import Batch, Decision, Lines

BACKLOG_BYTES: Final = 64 << 20
"""When the disk is slower than the feeds for so long, lines are dropped and counted: nobody was told that they are safe."""

Split = Callable[[bytes, float], Lines]


@dataclass(slots=True)
class Waiting:
    """A decision on its way to the disk, and who waits for it."""

    decision: Decision
    done: asyncio.Future[str] | None


@dataclass(slots=True)
class Inbox:
    """Filled by the sources in the event loop, emptied by the pump."""

    lines: list[Lines] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    held_bytes: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def receiver(self, feed: FeedState, split: Split) -> Callable[[bytes, float], None]:
        """Where a source delivers what it receives."""

        def receive(data: bytes, time_s: float) -> None:
            lines = split(data, time_s)
            if not len(lines):
                return
            if self.held_bytes > BACKLOG_BYTES:
                feed.dropped["overflow"] = feed.dropped.get("overflow", 0) + len(lines)
                return
            self.held_bytes += len(lines.buffer)
            self.lines.append(lines)
            self.arrived.set()

        return receive

    def decide(self, decision: Decision, done: asyncio.Future[str] | None = None) -> None:
        """Put a decision in line."""
        self.waiting.append(Waiting(decision, done))
        self.arrived.set()

    def collect(self, clock_s: float) -> tuple[Batch, list[Waiting]]:
        """Everything that arrived, as one batch, and the decisions in it."""
        lines, waiting = self.lines, self.waiting
        self.lines, self.waiting, self.held_bytes = [], [], 0
        self.arrived.clear()
        decisions = tuple(w.decision for w in waiting)
        return Batch(lines=Lines.concat(lines) if lines else Lines.empty(), decisions=decisions, clock_s=clock_s), waiting
