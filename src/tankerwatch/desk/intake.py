"""From the inbox to the disk, in a thread of its own: how soon something is safe does not depend on how long the river looks at it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tankerwatch.core.tables import Batch, Lines
from tankerwatch.desk.inbox import Inbox, Waiting
from tankerwatch.ingest import clock
from tankerwatch.store.log import Tip

EVERY_S: Final = 0.1
"""A clock tick comes this often when nothing else does."""
GROUP_S: Final = 0.02
"""From one commit to the next at least: one serves all that came meanwhile."""
AHEAD_BYTES: Final = 16 << 20
"""More than this does not wait for the river on top of what waits in the inbox."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What has been handed to the journal, up to record `number`; tip: where this disk's copy then ended, None when not all is on it."""

    batch: Batch
    waiting: list[Waiting]
    number: int
    tip: Tip | None


class Intake:
    """keep: append and commit a batch, in the thread; before: told the desk's clock before each batch is collected, in the loop."""

    def __init__(self, inbox: Inbox, keep: Callable[[Batch], tuple[int, Tip | None]], before: Callable[[float], None]) -> None:
        self._inbox, self._keep, self._before = inbox, keep, before
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._held: list[Kept] = []
        self._held_bytes = 0
        self._came, self._taken = asyncio.Event(), asyncio.Event()

    async def run(self) -> None:
        """Keep what arrives, for ever."""
        loop = asyncio.get_running_loop()
        next_s = loop.time()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY_S):
                    await self._inbox.arrived.wait()
            await asyncio.sleep(max(0.0, next_s - loop.time()))
            while self._held_bytes > AHEAD_BYTES:
                self._taken.clear()
                await self._taken.wait()
            next_s = loop.time() + GROUP_S
            now_s = clock.now()
            self._before(now_s)
            batch, waiting = self._inbox.collect(now_s)
            number, tip = await asyncio.wrap_future(self.keep(batch), loop=loop)
            self._held.append(Kept(batch, waiting, number, tip))
            self._held_bytes += len(batch.lines.buffer)
            self._came.set()

    def keep(self, batch: Batch) -> Future[tuple[int, Tip | None]]:
        """Have a batch kept, after all that was handed over before."""
        return self._thread.submit(self._keep, batch)

    async def kept(self, patience_s: float, gather_s: float) -> list[Kept]:
        """All that the river has not seen yet, in order; waits for something to come, and then a moment for more."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self._came.wait()
            await asyncio.sleep(gather_s)
        held, self._held, self._held_bytes = self._held, [], 0
        self._came.clear()
        self._taken.set()
        return held

    def close(self) -> None:
        """Back when what was being written is."""
        self._thread.shutdown()


def runs(held: list[Kept]) -> Iterator[list[Kept]]:
    """In runs that may be taken at once: what people decide comes at the end of its run."""
    run: list[Kept] = []
    for each in held:
        run.append(each)
        if each.batch.decisions:
            yield run
            run = []
    if run:
        yield run


def joined(batches: list[Batch]) -> Batch:
    """Consecutive batches as one; only the last may hold more than lines."""
    last, lines = batches[-1], [batch.lines for batch in batches if len(batch.lines)]
    return Batch(Lines.concat(lines) if lines else last.lines, last.heard, last.decisions, last.clock_s)
