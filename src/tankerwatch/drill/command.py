"""`tankerwatch drill`: which strikes, how often, and what came of them all."""

from __future__ import annotations

import json
import os
import platform
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tankerwatch.core.errors import InputFault
from tankerwatch.drill.bed import lay
from tankerwatch.drill.clocks import clock_jumps
from tankerwatch.drill.copies import WRECKS, apart, fork, wreck
from tankerwatch.drill.disk import STRIKES, sick
from tankerwatch.drill.kill import kill
from tankerwatch.drill.kinds import KINDS
from tankerwatch.drill.outcome import Outcome
from tankerwatch.drill.power import power_cut
from tankerwatch.drill.sample import Sample, journal_lines, scene_lines
from tankerwatch.drill.sandbox import Sandbox
from tankerwatch.drill.tamper import KINDS as TAMPERINGS
from tankerwatch.drill.tamper import clean, tamper
from tankerwatch.store.checkpoints import FILE_NAME
from tankerwatch.store.seals import Checkpoint, read_checkpoint

_LOAD_LINES: Final = 5_000
"""The processes under load use no more of the sample over and over."""


@dataclass(frozen=True, slots=True)
class Size:
    """How often each strike is made. commits: recorded for the power cuts; records: written before the primary is wrecked."""

    kills: int
    commits: int
    tamperings: int
    clean: int
    sick: int
    clocks: int
    apart: int
    wrecks: int
    forks: int
    records: int

    @classmethod
    def of(cls, rounds: int) -> Size:
        """So many of each."""
        return cls(rounds, rounds, rounds, rounds, rounds, rounds, rounds, rounds, rounds, USUAL.records)


USUAL: Final = Size(8, 10, 24, 48, 2, 8, 2, 1, 4, 20_000)
FULL: Final = Size(100, 220, 1000, 1000, 24, 100, 12, 6, 50, 1_000_000)


@dataclass(frozen=True, slots=True)
class Drilled:
    """What came of a drill. clean: verifications of what nobody struck; checkpoint: of the tampered journal, kept outside."""

    strikes: tuple[Outcome, ...]
    clean: Outcome
    seconds: float
    began: str
    sample: str
    sample_checkpoint: Checkpoint | None
    checkpoint: Checkpoint
    seed: int

    @property
    def passed(self) -> bool:
        """Whether nothing acknowledged was lost, every strike was noticed, and nobody was accused wrongly."""
        return all(strike.passed for strike in self.strikes) and self.clean.passed

    def to_json(self, versions: dict[str, str]) -> dict[str, Any]:
        """As the command prints it."""
        return {
            "strikes": [strike.to_json() for strike in self.strikes],
            "clean": {"verifications": self.clean.rounds, "accused": self.clean.missed, "first_fault": self.clean.first_fault or None},
            "passed": self.passed,
            "seconds": round(self.seconds, 1),
            "began": self.began,
            "versions": versions,
            "machine": machine(),
            "sample": self.sample,
            "sample_checkpoint": asdict(self.sample_checkpoint) if self.sample_checkpoint else None,
            "checkpoint": asdict(self.checkpoint),
            "seed": self.seed,
        }


def machine() -> dict[str, Any]:
    """On what the drill ran."""
    found = platform.uname()
    return {
        "name": found.node,
        "system": f"{found.system} {found.release}",
        "processor": found.machine,
        "cores": len(os.sched_getaffinity(0)),
    }


def drill(size: Size = USUAL, *, sample: Path | None = None, tell: Callable[[int, int], None] | None = None) -> Drilled:
    """Make every strike. sample: a data directory from which lines are taken, which is only read; else lines of the bundled scene."""
    began, began_s = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"), time.monotonic()
    lines, said = (scene_lines(), "the bundled scene") if sample is None else (journal_lines(sample), str(sample))
    seed = secrets.randbits(32)
    dice = random.Random(seed)
    one = Sample(lines)
    load = Sample(lines[-_LOAD_LINES:])
    kinds = len(KINDS)
    expected = [size.kills, 5 * size.commits, *[size.sick] * 3, size.clocks, size.apart * kinds, *[size.wrecks] * len(WRECKS) * kinds]
    total = sum(expected) + 2 * size.tamperings * len(TAMPERINGS) + size.clean + size.forks
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if tell is not None:
            tell(min(done, total), total)

    made: list[Outcome] = []
    try:
        with Sandbox() as sandbox:
            made.append(kill(sandbox, load, size.kills, dice, step))
            made.append(power_cut(sandbox, one, size.commits, dice, step))
            for kind in KINDS:
                for how in WRECKS:
                    records = size.records if how == "delete" else USUAL.records
                    made.append(wreck(sandbox, load, kind, how, size.wrecks, records, dice, step))
            with KINDS[0].open(sandbox, "bed/copy") as copy:
                bed = lay(sandbox, one, copy)
                for strike in TAMPERINGS:
                    made += tamper(sandbox, bed, copy, strike, size.tamperings, dice, step)
                made.append(fork(sandbox, bed, copy, size.forks, dice, step))
                accused = clean(sandbox, bed, copy, size.clean, dice, step)
            made += [sick(sandbox, one, ill, size.sick, dice, step) for ill in STRIKES]
            made.append(clock_jumps(sandbox, one, size.clocks, dice, step))
            for kind in KINDS:
                made += apart(sandbox, one, kind, size.apart, dice, step)
    except OSError as fault:
        raise InputFault(
            f"the drill's own folder cannot be used: {fault.strerror or fault}", where="drill", help="make room where TMPDIR points"
        ) from fault
    seconds = time.monotonic() - began_s
    return Drilled(tuple(made), accused, seconds, began, said, _published(sample), bed.checkpoint, seed)


def _published(sample: Path | None) -> Checkpoint | None:
    """The newest checkpoint that the sampled watch has published, if any."""
    if sample is None or not (sample / FILE_NAME).is_file():
        return None
    return read_checkpoint(sample / FILE_NAME)


def words(drilled: Drilled) -> str:
    """The outcome for a terminal."""
    lines = [f"{'strike':60} {'rounds':>7} {'acknowledged':>13} {'lost':>5} {'unnoticed':>9} {'recovery':>10}"]
    for strike in drilled.strikes:
        recovery = f"{max(strike.recoveries_s):.3f} s" if strike.recoveries_s else ""
        lines.append(
            f"{strike.strike:60} {strike.rounds:>7,} {strike.acknowledged:>13,} {strike.lost:>5,} {strike.missed:>9,} {recovery:>10}"
        )
        if strike.first_fault:
            lines.append(f"  {strike.first_fault}")
    lines.append(
        f"{drilled.clean.rounds:,} clean verifications, {drilled.clean.missed:,} accused wrongly. {drilled.clean.first_fault}".rstrip()
    )
    verdict = "Nothing acknowledged was lost, and every strike was noticed." if drilled.passed else "THE DRILL FAILED: see above."
    lines.append(f"{verdict} {drilled.seconds:.0f} s.")
    return "\n".join(lines)


def as_json(drilled: Drilled, versions: dict[str, str]) -> str:
    """One JSON text, as it stands in the report."""
    return json.dumps(drilled.to_json(versions), indent=1, allow_nan=False)
