"""A clock that jumps, while records come in and are sealed."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass, replace
from typing import Final

from tankerwatch.core.errors import InputFault
from tankerwatch.drill.outcome import Outcome, Tell
from tankerwatch.drill.sample import Sample
from tankerwatch.drill.sandbox import Sandbox
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.seals import Checkpoint
from tankerwatch.store.verify import verify

_JUMPS_S: Final = (-1e9, -1e7, -86400.0, -3600.0, -1.0, 0.0, 1.0, 3600.0, 86400.0, 1e7, 1e9, 1e11)
_BEGIN_S: Final = 1_560_384_000.0
_MOST: Final = 30


@dataclass(slots=True)
class Now:
    """The clock of the machine."""

    time_s: float = _BEGIN_S

    def __call__(self) -> float:
        """Seconds since 1970."""
        return max(0.0, self.time_s)


def clock_jumps(sandbox: Sandbox, sample: Sample, rounds: int, dice: random.Random, tell: Tell) -> Outcome:
    """Both clocks jump by seconds to centuries, forth and back, or are not known; the journal is opened anew now and then."""
    made = Outcome(
        "clock jumps",
        "the clock of what comes in and that of seals and checkpoints jump by seconds to centuries, forth and back, or are not known",
        "all is there, in its order, sealed and vouched for; verify accuses nobody",
    )
    sample = Sample(sample.lines, _MOST)
    while made.rounds < rounds:
        made.rounds += 1
        try:
            _round(sandbox, sample, dice, made)
        except InputFault as fault:
            made.miss(str(fault))
        sandbox.remove_folder("clock")
        tell()
    return made


def _round(sandbox: Sandbox, sample: Sample, dice: random.Random, made: Outcome) -> None:
    primary = sandbox.folder("clock/primary")
    now = Now()
    number = 0
    checkpoints: list[Checkpoint] = []
    for _ in range(dice.randrange(1, 4)):
        began_s = time.monotonic()
        with FileJournal(primary, segment_bytes=8_000, seal_s=600.0, seal_bytes=20_000, now_s=now) as journal:
            made.recoveries_s.append(time.monotonic() - began_s)
            for _ in range(dice.randrange(3, 12)):
                now.time_s += dice.choice(_JUMPS_S)
                clock_s = math.nan if dice.random() < 0.25 else now.time_s
                number = journal.append(replace(sample.batch(number + 1), clock_s=clock_s))
                if journal.commit() != number:
                    made.miss(f"{journal.durable} of {number} records are durable: {journal.failure}")
            checkpoints.append(journal.checkpoint())
            good = sample.good(journal.replay())
    made.lose(number, good)
    found = verify(primary, checkpoints=checkpoints)
    if found.intact is not True or found.vouched_to != number:
        made.miss(f"verify accuses wrongly: {found.first_fault}")
