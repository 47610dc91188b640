"""A disk that is full, fails, or may only be read: nothing is acknowledged that is not safe, and all is well once it can be written."""

from __future__ import annotations

import errno
import os
import random
import time
from pathlib import Path
from typing import Final

from tankerwatch.core.errors import InputFault
from tankerwatch.drill.kinds import KINDS
from tankerwatch.drill.outcome import Outcome, Tell
from tankerwatch.drill.power import Hasty
from tankerwatch.drill.sample import Sample
from tankerwatch.drill.sandbox import Sandbox
from tankerwatch.store.files import FileLayer
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.verify import verify

_MOST: Final = 60
_SEGMENT_BYTES: Final = 40_000
_SEAL_BYTES: Final = 60_000
_PATIENCE_S: Final = 20.0
_UNTIL: Final = 100_000
"""By this record the last part of a full disk is surely full."""


class Sick(FileLayer):
    """A disk that works until `ill` says otherwise; full: it takes the first `room` bytes of what is written."""

    def __init__(self) -> None:
        self.ill = ""
        self.room = 0

    def _fail(self, *of: str) -> None:
        if self.ill and self.ill in of:
            code = {"full": errno.ENOSPC, "broken": errno.EIO, "read-only": errno.EROFS}[self.ill]
            raise OSError(code, os.strerror(code))

    def create(self, path: Path, mode: int = 0o640) -> int:
        """Not where it is read-only, nor where it is full to the last block."""
        self._fail("read-only", "" if self.room else "full")
        return super().create(path, mode)

    def write(self, handle: int, data: memoryview) -> int:
        """As much as there is room for."""
        self._fail("broken", "read-only", "" if self.room else "full")
        if self.ill == "full":
            data = data[: self.room]
            self.room -= len(data)
        return super().write(handle, data)

    def sync(self, handle: int) -> None:
        """Not where it is broken."""
        self._fail("broken")
        super().sync(handle)

    def truncate(self, handle: int, size: int) -> None:
        """Not where it is broken or read-only."""
        self._fail("broken", "read-only")
        super().truncate(handle, size)

    def rename(self, path: Path, to: Path) -> None:
        """Not where it is broken or read-only."""
        self._fail("broken", "read-only")
        super().rename(path, to)


STRIKES: Final = {
    "full": ("disk full", "the disk takes a last part of what is written, and then nothing more, for a while"),
    "broken": ("I/O error", "every write and every sync fails for a while"),
    "read-only": ("read-only disk", "nothing can be created or written for a while"),
}


def sick(sandbox: Sandbox, sample: Sample, ill: str, rounds: int, dice: random.Random, tell: Tell) -> Outcome:
    """A disk that falls ill at a random moment, every other time with a copy that stays well; what would be found then; how it heals."""
    strike, struck = STRIKES[ill]
    made = Outcome(
        strike,
        f"{struck}; every other round with a copy on another disk",
        "the journal says why; nothing is acknowledged that is neither here nor on the copy; it goes on by itself afterwards",
    )
    sample = Sample(sample.lines, _MOST)
    while made.rounds < rounds:
        made.rounds += 1
        name = f"disk-{strike.replace(' ', '-').replace('/', '-')}"
        try:
            _round(sandbox, sample, name, ill, made.rounds % 2 == 0, dice, made)
        except InputFault as fault:
            made.miss(str(fault))
        sandbox.remove_folder(name)
        tell()
    return made


def _round(sandbox: Sandbox, sample: Sample, name: str, ill: str, with_copy: bool, dice: random.Random, made: Outcome) -> None:
    files = Sick()
    primary = sandbox.folder(f"{name}/primary")
    with KINDS[0].open(sandbox, f"{name}/copy") as place:
        targets = [place.target()] if with_copy else []
        with FileJournal(primary, segment_bytes=_SEGMENT_BYTES, seal_bytes=_SEAL_BYTES, targets=targets, files=files) as journal:
            number = 0
            for _ in range(dice.randrange(1, 30)):
                number = journal.append(sample.batch(number + 1))
                journal.commit()
            checkpoint = journal.checkpoint()
            files.room, files.ill = dice.randrange(0, 3000), ill
            said, left = False, dice.randrange(3, 15)
            while left and (said or number < _UNTIL):
                number = journal.append(sample.batch(number + 1))
                journal.commit()
                said = said or bool(journal.failure)
                left -= said
            if not said:
                made.miss("the journal says nothing of its disk")
            acknowledged = journal.durable
            if not with_copy and journal.failure and acknowledged == number:
                made.miss("all is acknowledged although the disk takes nothing")
            _found(sandbox, sample, name, acknowledged, with_copy, made)
            files.ill = ""
            began_s = time.monotonic()
            while (journal.failure or journal.durable < number) and time.monotonic() - began_s < _PATIENCE_S:
                journal.commit()
                time.sleep(0.005)
            made.recoveries_s.append(time.monotonic() - began_s)
            if journal.durable != number or journal.failure or journal.dropped:
                made.miss(f"it did not heal: {journal.durable} of {number} records, {journal.failure or 'no failure'}")
        found = verify(primary, checkpoints=[checkpoint], replica=place.directory() if with_copy else None)
        if found.intact is not True or found.records != number:
            made.miss(f"verify accuses wrongly: {found.first_fault}, {found.records} of {number} records")
        _found(sandbox, sample, name, number, False, made, count=False)


def _found(sandbox: Sandbox, sample: Sample, name: str, acknowledged: int, with_copy: bool, made: Outcome, *, count: bool = True) -> None:
    """What someone would find who came now, with the process dead: on this disk, or on the copy."""
    good = 0
    for what in ("primary", "copy") if with_copy else ("primary",):
        sandbox.put(f"{name}/after/journal", sandbox.taken(f"{name}/{what}/journal"))
        with FileJournal(sandbox.folder(f"{name}/after"), files=Hasty()) as journal:
            good = max(good, sample.good(journal.replay()))
    if count:
        made.lose(acknowledged, good)
    elif good < acknowledged:
        made.lose(acknowledged - good, 0)
