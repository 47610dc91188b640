"""Copies that lag, cannot be reached, hold against a fork, and from which all comes back when the primary is wrecked under load."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Final

from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Lines
from tankerwatch.drill.bed import Bed
from tankerwatch.drill.kinds import Kind
from tankerwatch.drill.load import ENDLESS, Load
from tankerwatch.drill.outcome import Outcome, Tell
from tankerwatch.drill.places import Place
from tankerwatch.drill.sample import Sample
from tankerwatch.drill.sandbox import Sandbox
from tankerwatch.store.copies.replicas import Target
from tankerwatch.store.copies.restore import restore
from tankerwatch.store.frames import Placed
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.log import Tip
from tankerwatch.store.seals import Seal
from tankerwatch.store.verify import verify

_PATIENCE_S: Final = 20.0
_MOST: Final = 60
_MORE: Final = 200_000
"""After so many records more the process under load rests, however long the strike takes."""


class Far:
    """A target at the end of a line that is slow, or cut."""

    def __init__(self, target: Target) -> None:
        self.name = target.name
        self.lag_s = 0.0
        self.cut = threading.Event()
        self._target = target

    def _cross(self) -> None:
        if self.cut.is_set():
            raise OSError("cannot be reached")
        time.sleep(self.lag_s)

    def tip(self, mark: bytes) -> Tip:
        """Over the line."""
        self._cross()
        return self._target.tip(mark)

    def seals(self, mark: bytes) -> int:
        """Over the line."""
        self._cross()
        return self._target.seals(mark)

    def append(self, mark: bytes, frames: Sequence[Placed]) -> Tip:
        """Over the line; the answer may be lost on its way back."""
        self._cross()
        tip = self._target.append(mark, frames)
        self._cross()
        return tip

    def seal(self, mark: bytes, seal: Seal) -> None:
        """Over the line."""
        self._cross()
        self._target.seal(mark, seal)

    def frames(self, mark: bytes, after_frame: int) -> Iterator[list[Placed]]:
        """Over the line."""
        self._cross()
        return self._target.frames(mark, after_frame)

    def close(self) -> None:
        """Let go."""
        self._target.close()


def apart(sandbox: Sandbox, sample: Sample, kind: Kind, rounds: int, dice: random.Random, tell: Tell) -> list[Outcome]:
    """A copy that cannot be reached for a while, and one that lags. In every other partition the writer ends before the line is back."""
    partition = Outcome(
        f"partition of a {kind.name} copy",
        "the copy cannot be reached for a while; every other time the writer ends meanwhile and starts again",
        "the journal says so, acknowledges nothing that must be on both, and catches the copy up",
    )
    lag = Outcome(
        f"lag of a {kind.name} copy",
        "every call to the copy takes 20 to 60 ms more, and one copy is enough",
        "nobody waits for it, how far it is behind is known, and it is caught up",
    )
    sample = Sample(sample.lines, _MOST)
    while partition.rounds < rounds:
        for made, strike in ((partition, _partition), (lag, _lag)):
            made.rounds += 1
            with kind.open(sandbox, "apart/copy") as place:
                try:
                    strike(sandbox, sample, place, dice, made)
                except InputFault as fault:
                    made.miss(str(fault))
            sandbox.remove_folder("apart")
        tell()
    return [partition, lag]


def _partition(sandbox: Sandbox, sample: Sample, place: Place, dice: random.Random, made: Outcome) -> None:
    primary = sandbox.folder("apart/primary")
    number = acknowledged = 0
    journal = FileJournal(primary, targets=[far := Far(place.target())], min_copies=2)
    try:
        number = _feed(journal, sample, number, dice.randrange(1, 20))
        _wait(lambda: journal.durable == number)
        acknowledged = journal.durable
        far.cut.set()
        number = _feed(journal, sample, number, dice.randrange(1, 20))
        _wait(lambda: journal.replicators[0].state == "failing")
        if journal.replicators[0].state != "failing" or "reached" not in journal.replicators[0].words:
            made.miss(f"the journal says {journal.replicators[0].state} of a copy that cannot be reached")
        if journal.durable > max(acknowledged, journal.replicators[0].tip.record):
            made.miss("what only one copy has counts as on two")
        acknowledged = journal.durable
        if made.rounds % 2:
            journal.close()
            journal = FileJournal(primary, targets=[far := Far(place.target())], min_copies=2)
        far.cut.clear()
        began_s = time.monotonic()
        _wait(lambda: journal.durable == number)
        made.recoveries_s.append(time.monotonic() - began_s)
        good = sample.good(journal.replay())
        made.lose(max(acknowledged, journal.durable), good)
        if journal.durable != number:
            made.miss(f"the copy was not caught up: {journal.replicators[0].state}")
    finally:
        journal.close()
    _same(sandbox, place, number, made)


def _lag(sandbox: Sandbox, sample: Sample, place: Place, dice: random.Random, made: Outcome) -> None:
    far = Far(place.target())
    with FileJournal(sandbox.folder("apart/primary"), targets=[far]) as journal:
        number = _feed(journal, sample, 0, 3)
        _wait(lambda: journal.replicators[0].tip.record == number)
        far.lag_s = dice.uniform(0.02, 0.06)
        behind = 0
        for _ in range(20):
            number = _feed(journal, sample, number, 1)
            behind = max(behind, journal.durable - journal.replicators[0].tip.record)
            if journal.durable != number:
                made.miss("one copy is enough, and yet it waits for the other")
        if not behind:
            made.miss("nothing is known of a copy that lags")
        began_s = time.monotonic()
        _wait(lambda: journal.replicators[0].tip.record == number)
        made.recoveries_s.append(time.monotonic() - began_s)
        made.lose(number, sample.good(journal.replay()))
    _same(sandbox, place, number, made)


def _feed(journal: FileJournal, sample: Sample, number: int, commits: int) -> int:
    for _ in range(commits):
        number = journal.append(sample.batch(number + 1))
        journal.commit()
    return number


def _wait(until: Callable[[], bool]) -> None:
    end_s = time.monotonic() + _PATIENCE_S
    while not until() and time.monotonic() < end_s:
        time.sleep(0.002)


def _same(sandbox: Sandbox, place: Place, number: int, made: Outcome) -> None:
    found = verify(sandbox.folder("apart/primary"), replica=place.directory())
    if found.intact is not True or found.vouched_to != number:
        made.miss(f"the copy is not the same: {found.first_fault}, {found.vouched_to} of {number} records")


def fork(sandbox: Sandbox, bed: Bed, place: Place, rounds: int, dice: random.Random, tell: Tell) -> Outcome:
    """A thief goes back to an earlier state and writes on from there with the stolen key; his journal is right in itself, and signed."""
    made = Outcome(
        "fork with a stolen key",
        "the journal rolled back and continued with other records by the program itself, its own key and its own checkpoint",
        "the checkpoint outside and the copy contradict, the thief's own checkpoint does not help him, and the copy refuses to follow",
    )
    while made.rounds < rounds:
        made.rounds += 1
        files, _ = dice.choice([state for state in bed.states if state[1].frame < bed.checkpoint.frame])
        sandbox.put("fork/journal", files)
        directory = sandbox.folder("fork")
        with FileJournal(directory) as journal:
            while journal.records <= bed.records:
                first = journal.records + 1
                journal.append(Batch(Lines.of([b"another history"] * 200, [1e9] * 200, list(range(first, first + 200)))))
                journal.commit()
            forged = journal.checkpoint()
        if verify(directory, checkpoints=[forged]).intact is not True:
            made.miss("the fork is not right in itself, so this proves nothing")
        for found in (verify(directory, checkpoints=[bed.checkpoint, forged]), verify(directory, replica=place.directory())):
            if found.intact is not False:
                made.miss("the fork is not noticed")
        held = verify(place.directory(), checkpoints=[bed.newest])
        began_s = time.monotonic()
        with FileJournal(directory, targets=[place.target()], min_copies=2) as journal:
            _wait(lambda: journal.replicators[0].state == "forked")
            if journal.replicators[0].state != "forked" or journal.durable:
                made.miss(f"the copy says {journal.replicators[0].state} to a fork")
        after = verify(place.directory(), checkpoints=[bed.newest])
        made.recoveries_s.append(time.monotonic() - began_s)
        made.lose(bed.records, after.vouched_to if after.intact else 0)
        if after != held:
            made.miss("the copy was changed by a fork")
        sandbox.remove_folder("fork")
        tell()
    return made


def _gone(sandbox: Sandbox, primary: str, dice: random.Random) -> None:
    sandbox.remove_folder(primary)


def _each(change: Callable[[bytes, random.Random], bytes], rename: str = "") -> Callable[[Sandbox, str, random.Random], None]:
    def wreck(sandbox: Sandbox, primary: str, dice: random.Random) -> None:
        folder = f"{primary}/journal"
        for name in sandbox.names(folder):
            if name.endswith((".journal", ".seal")) or name.startswith("key"):
                with suppress(FileNotFoundError):  # the writer is alive, and renames its keys
                    raw = change(sandbox.read(f"{folder}/{name}"), dice)
                    sandbox.write(f"{folder}/{name}", raw)
                    if rename:
                        sandbox.rename(f"{folder}/{name}", f"{name}{rename}")

    return wreck


WRECKS: Final[dict[str, Callable[[Sandbox, str, random.Random], None]]] = {
    "delete": _gone,
    "truncate": _each(lambda raw, dice: raw[: dice.randrange(len(raw) + 1) // 2]),
    "zero-fill": _each(lambda raw, _: bytes(len(raw))),
    "overwrite": _each(lambda raw, dice: dice.randbytes(len(raw))),
    "encrypt-like rewrite": _each(lambda raw, dice: dice.randbytes(len(raw)), ".locked"),
}


def wreck(sandbox: Sandbox, sample: Sample, kind: Kind, how: str, rounds: int, records: int, dice: random.Random, tell: Tell) -> Outcome:
    """The whole primary wrecked while it is written, the writer killed, and all restored from a copy. records: before the strike comes."""
    made = Outcome(
        f"{how} under load, restored from a {kind.name}",
        "every file of the primary, while it is written as fast as it can be; then the writer is killed",
        "verify finds it by the copy; what is restored is as it was written, and verified",
    )
    while made.rounds < rounds:
        made.rounds += 1
        with kind.open(sandbox, "wreck/copy") as place:
            try:
                _wrecked(sandbox, sample, place, how, records, dice, made)
            except InputFault as fault:
                made.miss(str(fault))
        sandbox.remove_folder("wreck")
        tell()
    return made


def _wrecked(sandbox: Sandbox, sample: Sample, place: Place, how: str, records: int, dice: random.Random, made: Outcome) -> None:
    most = ENDLESS if how == "delete" else records + _MORE  # who writes no more does not notice that its files are gone
    load = Load(sandbox.folder("wreck/primary"), sample, [place.target], min_copies=2, most=most)
    load.begun(records)
    load.listen(dice.uniform(0.0, 0.1))
    WRECKS[how](sandbox, "wreck/primary", dice)
    if how == "delete":
        load.listen(_PATIENCE_S, lambda: bool(load.failure))
        if not load.failure:
            made.miss("the journal does not say that its files are gone")
    else:
        load.listen(dice.uniform(0.0, 0.1))
    load.kill()
    primary = sandbox.folder("wreck/primary")
    found = verify(primary, replica=place.directory())
    if found.intact is not False:
        made.miss("verify found nothing by the copy")
    began_s = time.monotonic()
    back = sandbox.folder("wreck/restored")
    restored = restore(place.source(), back)
    found = verify(back, replica=place.directory())
    made.recoveries_s.append(time.monotonic() - began_s)
    made.bytes += restored.bytes
    if found.intact is not True or restored.left:
        made.miss(f"what was restored is accused: {found.first_fault or restored.left}")
    with FileJournal(back) as journal:
        made.lose(load.acknowledged, sample.good(journal.replay()))
