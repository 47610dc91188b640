"""What comes in is safe within moments, however long the river looks at it, and is taken in the order in which it came."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress

import pytest

from tankerwatch.config import load
from tankerwatch.core.ports import FeedState
from tankerwatch.core.tables import Batch, Decision, Lines
from tankerwatch.desk import intake as intakes
from tankerwatch.desk.inbox import Inbox
from tankerwatch.desk.intake import Intake, joined, runs
from tankerwatch.desk.live import LiveDesk
from tankerwatch.detect import catalog
from tankerwatch.ingest import clock
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.journal import FileJournal
from tankerwatch.web.live import Hub


def line(number: int) -> Lines:
    return Lines.of([b"line %d" % number], [1e9 + number], [number])


def note(number: int) -> Decision:
    return Decision(1e9, "note", f"n{number}", "a1", {"words": "x"})


class Kept:
    """A journal in which all is safe at once, or after a while."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.open = threading.Event()
        self.open.set()

    def __call__(self, batch: Batch) -> tuple[int, None]:
        assert self.open.wait(60)
        self.batches.append(batch)
        return len(self.batches), None


@pytest.fixture
def running():
    """An intake that runs for as long as what is asked of it takes."""

    def run(ask):
        async def all_of_it():
            inbox, keep = Inbox(), Kept()
            intake = Intake(inbox, keep, lambda now_s: None)
            keeping = asyncio.create_task(intake.run())
            try:
                await ask(inbox, intake, keep)
                assert not keeping.done()
            finally:
                keep.open.set()
                keeping.cancel()
                intake.close()

        asyncio.run(all_of_it())

    return run


def put(inbox: Inbox, number: int) -> None:
    inbox.lines.append(line(number))
    inbox.arrived.set()


async def until(true) -> None:
    end_s = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end_s
        await asyncio.sleep(0.002)


def test_the_disk_waits_for_no_river(running):
    """Nothing is taken, and yet all is kept, each group in turn; then it is taken in order."""

    async def ask(inbox, intake, keep):
        for number in range(5):
            put(inbox, number)
            await until(lambda want=number: sum(len(batch.lines) for batch in keep.batches) == want + 1)
        inbox.decide(note(1))
        await until(lambda: keep.batches[-1].decisions)
        held = []
        while sum(len(each.batch.lines) for each in held) < 5 or not held[-1].batch.decisions:
            held += await intake.kept(1.0, 0.0)
        assert [each.number for each in held] == list(range(1, len(held) + 1))
        together = joined([each.batch for each in held])
        assert [together.lines.line(at) for at in range(5)] == [b"line %d" % number for number in range(5)]
        assert together.decisions == (note(1),) and [each.decision for each in held[-1].waiting] == [note(1)]

    running(ask)


def test_what_waits_for_the_river_is_bounded(running, monkeypatch):
    monkeypatch.setattr(intakes, "AHEAD_BYTES", 400)

    async def ask(inbox, intake, keep):
        for number in range(4):
            put(inbox, number)
            with suppress(TimeoutError):
                await asyncio.wait_for(until(lambda want=number: sum(map(len, (b.lines for b in keep.batches))) > want), 0.3)
        kept = sum(len(batch.lines) for batch in keep.batches)
        assert 0 < kept < 4, "more was written than the river may be behind"
        held = await intake.kept(1.0, 0.0)
        while sum(len(each.batch.lines) for each in held) < 4:
            held += await intake.kept(1.0, 0.0)
        lines = [each.batch.lines.line(at) for each in held for at in range(len(each.batch.lines))]
        assert lines == [b"line %d" % number for number in range(4)]

    running(ask)


def test_what_people_decide_ends_its_run():
    batches = [Batch(line(1)), Batch(line(2), decisions=(note(1),)), Batch(line(3)), Batch(line(4))]
    held = [intakes.Kept(batch, [], number, None) for number, batch in enumerate(batches, 1)]
    assert [[each.number for each in run] for run in runs(held)] == [[1, 2], [3, 4]]
    assert list(runs([])) == []


def test_a_slow_river_delays_nobodys_safety(tmp_path):
    """A real desk whose river stands still: what comes meanwhile is durable, and what is remembered is only what it took."""

    async def ask() -> None:
        register, config = FeedRegister(tmp_path), load(None, catalog.detectors())
        index = register.index_of("feed")
        with FileJournal(tmp_path) as journal:
            desk = LiveDesk(config, journal, register, Hub())
            receive = desk.receiver(FeedState(index, "feed"))
            pump = asyncio.create_task(desk.pump())
            await until(lambda: desk.river.clock_s == desk.river.clock_s)
            desk.worker.submit(gate.wait, 20)
            before = journal.durable
            receive(b"!AIVDM,1,1,,A,12vj22@01t6G:R239rg=`:r00000,0*1D\r\n" * 3, clock.now())
            await until(lambda: journal.durable >= before + 3)
            assert desk.register.lines_of(index) == 0
            gate.set()
            await until(lambda: desk.register.lines_of(index) == 3)
            pump.cancel()
            with suppress(asyncio.CancelledError):
                await pump
            desk.intake.close()
            desk.worker.shutdown()

    gate = threading.Event()
    try:
        asyncio.run(ask())
    finally:
        gate.set()


@pytest.mark.parametrize("turns", range(5))
def test_who_is_told_to_end_ends_also_while_something_comes(turns):
    """asyncio.wait_for forgets, until Python 3.12, that its task is cancelled where what it waits for comes at the same moment."""

    async def run():
        inbox, keep = Inbox(), Kept()
        intake = Intake(inbox, keep, lambda now_s: None)
        keeping = asyncio.create_task(intake.run())
        await asyncio.sleep(0.01)
        put(inbox, 1)
        for _ in range(turns):
            await asyncio.sleep(0)
        keeping.cancel()
        over, _ = await asyncio.wait({keeping}, timeout=5)
        intake.close()
        assert over == {keeping}

    asyncio.run(run())
