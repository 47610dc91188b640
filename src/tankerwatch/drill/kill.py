"""Kill -9 at random instants under full load."""

from __future__ import annotations

import random
import time

from tankerwatch.core.errors import InputFault
from tankerwatch.drill.kinds import KINDS
from tankerwatch.drill.load import SEAL_BYTES, SEGMENT_BYTES, Load
from tankerwatch.drill.outcome import Outcome, Tell
from tankerwatch.drill.places import Place
from tankerwatch.drill.sample import Sample
from tankerwatch.drill.sandbox import Sandbox
from tankerwatch.store.copies.replicas import Copy
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.log import Fork
from tankerwatch.store.seals import Checkpoint
from tankerwatch.store.segments import journal_of
from tankerwatch.store.verify import verify

_LONGEST_S = 0.12
_FRESH_BYTES = 24 << 20
"""A journal that is larger than this is followed by a new one, so that each round can check all of it."""


def kill(sandbox: Sandbox, sample: Sample, rounds: int, dice: random.Random, tell: Tell) -> Outcome:
    """The writer is killed, again and again over one journal. Every other round a record counts only when a copy has it too."""
    made = Outcome(
        "kill -9",
        "the process that writes, with a copy beside it, killed at a random instant under full load",
        "what is acknowledged is there, no batch in part, on as many copies as it must be; verify accuses nobody",
    )
    number = 0
    while made.rounds < rounds:
        number += 1
        _journal(sandbox, sample, f"kill-{number}", rounds, dice, made, tell)
        for what in ("primary", "copy"):
            sandbox.remove_folder(f"kill-{number}/{what}")
    return made


def _journal(sandbox: Sandbox, sample: Sample, name: str, rounds: int, dice: random.Random, made: Outcome, tell: Tell) -> None:
    primary = sandbox.folder(f"{name}/primary")
    checkpoints: list[Checkpoint] = []
    good = frame = acknowledged = 0
    with KINDS[0].open(sandbox, f"{name}/copy") as place:
        while made.rounds < rounds:
            made.rounds += 1
            min_copies = 1 + made.rounds % 2
            load = Load(primary, sample, [place.target], min_copies=min_copies)
            load.begun(acknowledged + 1)
            load.listen(dice.uniform(0.0, _LONGEST_S))
            load.kill()
            acknowledged = max(acknowledged, load.acknowledged)
            began_s = time.monotonic()
            try:
                with FileJournal(primary, segment_bytes=SEGMENT_BYTES, seal_bytes=SEAL_BYTES) as journal:
                    made.recoveries_s.append(time.monotonic() - began_s)
                    before, good = good, sample.good(journal.replay(frame), good)
                    if good != journal.records or journal.durable != good:
                        made.miss(f"the journal says {journal.records} records, of which {good} are as they were")
                    frame = journal.stored.frame
                    checkpoints = [*checkpoints[-1:], journal.checkpoint()]
                    size = journal.size_bytes
            except InputFault as fault:
                made.lose(max(load.acknowledged - good, 0), 0)
                made.miss(str(fault))
                return
            made.lose(max(load.acknowledged - before, 0), good - before)
            if min_copies == 2:
                there = _on_copy(place, checkpoints[-1])
                if there < load.acknowledged:
                    made.miss(f"the copy has {there} of {load.acknowledged} records that counted as on both")
            last = made.rounds == rounds or size > _FRESH_BYTES
            found = verify(primary, checkpoints=checkpoints, replica=place.directory() if last else None)
            if found.intact is not True or found.vouched_to != good:
                made.miss(f"verify accuses wrongly: {found.first_fault}")
            tell()
            if last:
                return


def _on_copy(place: Place, checkpoint: Checkpoint) -> int:
    """How many records of the journal the copy has when it starts again."""
    try:
        copy = Copy(journal_of(place.directory()), bytes.fromhex(checkpoint.mark))
    except Fork:
        return 0
    try:
        return copy.tip.record
    finally:
        copy.close()
