"""How long the history takes to tell who a ship has said she is, in a month of made-up changes; a part of `bench/history.py`."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np

from tankerwatch.desk.said_before import said_before
from tankerwatch.store.history import identities, manifest
from tankerwatch.store.history.identities import Identities, Identity
from tankerwatch.store.history.manifest import Manifest

FIRST: Final = 219_000_000
DAY_MS: Final = 86_400_000
A_MONTH: Final = 6
"""Changes of an ordinary ship, more than the recordings have."""
IN_TURN_MS: Final = 180_000
"""Two who send under one MMSI change it as often as this."""


def identity(number: int, name: str, length_m: int = 100) -> Identity:
    return Identity(9_000_000 + number, f"CS{number:05d}", name, 70, length_m, 20, 10, 10)


def changes(ships: int, days: int, doubles: int) -> Identities:
    """Of so many ships, the first `doubles` of them two under one MMSI."""
    dice, made = np.random.default_rng(1), Identities()
    for number in range(ships):
        times = np.sort(dice.integers(0, days * DAY_MS, dice.poisson(A_MONTH) + 1)).tolist()
        made.rows += [(at, FIRST + number, identity(number, f"SHIP {number} {turn % 3}")) for turn, at in enumerate(times)]
    for number in range(doubles):
        both = identity(number, "DOUBLE A"), identity(number + ships, "DOUBLE B", 101)
        made.rows += [(at, FIRST + number, both[turn % 2]) for turn, at in enumerate(range(0, days * DAY_MS, IN_TURN_MS))]
    made.rows.sort(key=lambda row: row[0])
    return made


def measured(ships: int, days: int, doubles: int) -> str:
    """One line of what it took."""
    with tempfile.TemporaryDirectory() as name:
        folder = manifest.history_of(Path(name))
        folder.mkdir()
        state, said = Manifest(newest_ms=days * DAY_MS), changes(ships, days, doubles)
        state.statics = state.number()
        identities.write(manifest.statics_path(folder, state.statics), said)
        manifest.exchange(folder, state)
        spent = [_spent(Path(name), range(FIRST + doubles, FIRST + ships, max(1, ships // 40)))]
        spent += [_spent(Path(name), range(FIRST, FIRST + doubles))] if doubles else []
    words = " · two under one MMSI ".join(f"{statistics.median(each):.0f} ms ({max(each):.0f})" for each in spent)
    return f"{len(said.rows):,} changes of {ships:,} ships in {days} days: an ordinary ship {words}."


def _spent(directory: Path, ships: range) -> list[float]:
    """Milliseconds of CPU for each, after one that is not counted."""
    made = []
    for ship in (ships[0], *ships):
        begin = time.process_time()
        said_before(directory, ship, None, 1e10)
        made.append(1000 * (time.process_time() - begin))
    return made[1:]
