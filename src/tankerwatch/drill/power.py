"""Power cuts: from the file calls recorded of the real journal and its copy, at every one of them, in four ways."""

from __future__ import annotations

import itertools
import random
import time
from pathlib import Path
from typing import Final

from tankerwatch.core.errors import InputFault
from tankerwatch.drill.outcome import Outcome, Tell
from tankerwatch.drill.recorded import Call, Disk, Recorder
from tankerwatch.drill.sample import Sample
from tankerwatch.drill.sandbox import Sandbox
from tankerwatch.store.copies.replicas import DirectoryTarget, Replicator
from tankerwatch.store.files import FileLayer
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.seals import Checkpoint
from tankerwatch.store.segments import journal_of
from tankerwatch.store.verify import examine, verify

SEGMENT_BYTES: Final = 12_000
SEAL_S: Final = 1.0
_AGAIN: Final = 40
"""After so many commits the journal is closed and opened again."""
_BATCHES: Final = (1, 1, 2, 9)
"""in a commit; the largest are longer than a page"""
_FULL: Final = 9
_ROOM_BYTES: Final = 2000
"""At every so many commits the primary's disk has no more room than this, and for that commit only."""
_VOUCHED: Final = 7
_MOST: Final = 12
_PATIENCE_S: Final = 30.0
WHERE: Final = ("primary", "copy")


class Hasty(FileLayer):
    """Waits for no disk: for what the drill throws away anyway."""

    def sync(self, handle: int) -> None:
        """Nothing."""

    def sync_directory(self, directory: Path) -> None:
        """Nothing."""


def record(sandbox: Sandbox, sample: Sample, commits: int, dice: random.Random) -> list[Call]:
    """What a journal and its copy do on their disks for so many commits, and up to where each said when that it has everything."""
    root = sandbox.folder("power/live")
    for what in WHERE:
        sandbox.folder(f"power/live/{what}/journal")
    recorder = Recorder(root, WHERE[0])
    done = number = 0
    while done < commits:
        target = DirectoryTarget(root / "copy", files=recorder)
        with FileJournal(
            root / "primary",
            segment_bytes=SEGMENT_BYTES,
            seal_s=SEAL_S,
            targets=[target],
            files=recorder,
            monotonic_s=itertools.count().__next__,  # who waits for a full disk waits for no clock here
        ) as journal:
            for _ in range(min(_AGAIN, commits - done)):
                done += 1
                for _ in range(dice.choice(_BATCHES)):
                    number = journal.append(sample.batch(number + 1))
                recorder.room = dice.randrange(_ROOM_BYTES) if done % _FULL == 0 else None
                journal.commit()
                recorder.say("primary", journal.stored.record)
                recorder.say("copy", journal.replicators[0].tip.record)
                recorder.room = None
                if done % _VOUCHED == 0:
                    recorder.say("checkpoint", journal.checkpoint())
    return recorder.calls


def power_cut(sandbox: Sandbox, sample: Sample, commits: int, dice: random.Random, tell: Tell) -> Outcome:
    """Both machines lose power at once, after each call and in each way; both start again, and go on together."""
    made = Outcome(
        "power cut",
        f"a journal and its copy over {commits} commits, some on a full disk, at every file call: un-synced writes lost, un-synced names"
        " lost too, any of the un-synced 4 KiB pages and names lost, nothing lost",
        "what is acknowledged is there, no batch in part; the copy is caught up and no fork is seen; verify accuses nobody",
    )
    sample = Sample(sample.lines, _MOST)
    disk = Disk()
    said: dict[str, int] = dict.fromkeys(WHERE, 0)
    checkpoint: Checkpoint | None = None
    for call in record(sandbox, sample, commits, dice):
        if call.what == "said":
            if isinstance(call.value, Checkpoint):
                checkpoint = call.value
            else:
                said[call.name] = call.value
            continue
        disk.do(call)
        for files in (disk.all_kept(), disk.writes_lost(), disk.all_lost()):
            _restart(sandbox, sample, files, said, checkpoint, made, together=False)
        _restart(sandbox, sample, disk.some_lost(dice), said, checkpoint, made, together=True)
        tell()
    sandbox.remove_folder("power")
    return made


def _restart(
    sandbox: Sandbox,
    sample: Sample,
    files: dict[str, bytes],
    said: dict[str, int],
    checkpoint: Checkpoint | None,
    made: Outcome,
    *,
    together: bool,
) -> None:
    """The disks hold these files; what is there when the power comes back."""
    made.rounds += 1
    for what in WHERE:
        here = f"{what}/journal/"
        if what == "primary" or together:
            sandbox.put(f"power/cut/{here[:-1]}", {name.removeprefix(here): raw for name, raw in files.items() if name.startswith(here)})
    primary, copy = (sandbox.folder(f"power/cut/{what}") for what in WHERE)
    try:
        if checkpoint is not None:
            _accused(primary, checkpoint, said["primary"], made)
        if together:
            there = examine(journal_of(copy)).tip.record
            if there < said["copy"]:
                made.miss(f"the copy said that it has {said['copy']} records and has {there}")
        targets = [DirectoryTarget(copy, files=Hasty())] if together else []
        began_s = time.monotonic()
        with FileJournal(primary, segment_bytes=SEGMENT_BYTES, seal_s=SEAL_S, targets=targets, files=Hasty()) as journal:
            made.recoveries_s.append(time.monotonic() - began_s)
            good = sample.good(journal.replay())
            made.lose(said["primary"], good)
            if good != journal.durable:
                made.miss(f"the journal says {journal.durable} records, of which {good} are as they were")
            number = journal.append(sample.batch(good + 1))
            if journal.commit() != number or journal.failure:
                made.miss(f"it does not go on: {journal.failure}")
            for replicator in journal.replicators:
                _caught_up(journal, replicator, made)
        if together and checkpoint is not None:
            _accused(primary, checkpoint, number, made)
    except InputFault as fault:
        made.lose(said["primary"], 0)
        made.miss(str(fault))


def _caught_up(journal: FileJournal, replicator: Replicator, made: Outcome) -> None:
    """The copy takes up what it misses."""
    end_s = time.monotonic() + _PATIENCE_S
    while replicator.tip.frame != journal.stored.frame and replicator.state != "forked" and time.monotonic() < end_s:
        time.sleep(0.0005)
    if replicator.tip.frame != journal.stored.frame:
        made.miss(f"the copy is {replicator.state}: {replicator.words}")


def _accused(primary: Path, checkpoint: Checkpoint, records: int, made: Outcome) -> None:
    found = verify(primary, checkpoints=[checkpoint])
    if found.intact is not True or found.records < records:
        made.miss(f"verify accuses wrongly: {found.first_fault}, {found.records} of {records} records")
