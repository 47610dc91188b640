"""Millions of hostile lines through a decoder, batch after batch; the process that does it, and what it is asked for."""

from __future__ import annotations

import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np

import checks
import hostile_lines
from tankerwatch.core.tables import FEED_SHIFT, ROW_MASK, Heard, Lines
from tankerwatch.decode import Decoder
from watched import BEAT, DONE, keep, memory_mb, say

TWIN_EVERY, TWIN_LINES = 3, 12_000
"""Every third batch is heard in other ways too, its first lines at least: six times the work."""
GROWTH_MB = 24.0
"""By how much the most memory of the last two tenths may be above that of the second and third: what is held swings with the batches."""
MEASURED_FROM = 5_000_000
"""Lines from which on that is judged: by a tenth of fewer not all states have been reached yet."""
FAULTS_MOST, SHRINKING_S = 5, 60.0
"""Faults whose lines are kept, and the time for making those of the first fewer; of each further one it is less."""
HOWS: list[dict[str, Any]] = [
    {"feed_names": hostile_lines.FEEDS},
    {"feed_names": hostile_lines.FEEDS, "place_times": True},
    {"feed_names": hostile_lines.FEEDS, "sensor_positions": {"shore": (25.0, 57.0), "FUJ": (-89.9, 179.9), "STATION3": (90.0, 0.0)}},
    {},
]


class Listener:
    """One decoder that hears all batches, and what must hold after each."""

    def __init__(self, how: dict[str, Any], seed: int, *, without_room: bool = False) -> None:
        self.decoder = Decoder(**how)
        self.lines = self.twins = 0
        self._ledger = checks.Ledger()
        self._seed = seed
        self._without_room = without_room
        self._first_s, self._last_s = np.inf, -np.inf
        self._newest_row, self._feeds = 0, 1

    def hear(self, lines: Lines, number: int) -> list[Heard]:
        """What is said of the batch of that number. Raises `Broken` when the books do not balance, and whatever the decoder raises."""
        known = lines.time_s[lines.time_s == lines.time_s]
        if len(known):
            self._first_s, self._last_s = min(self._first_s, known.min()), max(self._last_s, known.max())
        if len(lines):
            self._newest_row = max(self._newest_row, int((lines.source_row & np.uint64(ROW_MASK)).max()))
            self._feeds = max(self._feeds, 1 + (int(lines.source_row.max()) >> FEED_SHIFT))
        given = checks.tight(lines) if self._without_room else lines
        said = [self.decoder.decode(given)] if self._closely(number) else list(self.decoder.columns(given))
        self.lines += len(lines)
        for heard in said:
            self._ledger.add(heard)
        checks.books_balance(self.decoder, self.lines)
        self._ledger.agrees(self.decoder)
        return said

    def look_at(self, said: list[Heard], number: int) -> None:
        """Every table of what was said of a batch holds what it can hold; some are looked at text by text."""
        for heard in said:
            checks.tables_are_sound(heard, self._newest_row, self._feeds)
            for rows in (heard.fixes, heard.statics, heard.bases, heard.texts, heard.others, heard.calls):
                checks.within(rows.time_s, self._first_s, self._last_s, f"time_s of {type(rows).__name__}")
            if self._closely(number):
                checks.texts_are_sound(heard)
                checks.others_expand(heard)

    def rows(self) -> int:
        """The rows of all tables so far."""
        return sum(self._ledger.rows.values())

    def _closely(self, number: int) -> bool:
        return bool(np.random.default_rng([self._seed, number, 1]).random() < 0.25)

    def hear_otherwise(self, lines: Lines, number: int) -> None:
        """A part of the batches also in other ways, by decoders of their own: they must say the same."""
        if number % TWIN_EVERY == 0 and len(lines):
            some = lines.take(slice(0, TWIN_LINES))
            self.twins += len(some)
            checks.ways_agree(some, HOWS[number // TWIN_EVERY % len(HOWS)], self._seed)


def fault(lines: Lines, number: int, seed: int, *, without_room: bool = False, every_way: bool = False) -> str:
    """What is wrong with a batch that is heard alone, by a new decoder; "" when nothing is."""
    try:
        listener = Listener(HOWS[0], seed, without_room=without_room)
        listener.look_at(listener.hear(lines, number), number)
        listener.hear_otherwise(lines, number)
        for how in HOWS if every_way else ():
            checks.ways_agree(lines, how, seed)
    except Exception as error:
        return told_of(error)
    return ""


def told_of(error: Exception) -> str:
    """An error in words; where it was raised, too, when it is none of ours."""
    where = "" if isinstance(error, checks.Broken) else "".join(traceback.format_exception(error)[-4:])
    return f"{type(error).__name__}: {error}\n{where}".strip()


def shown(path: Path) -> Path:
    """A path as people on another machine can read it."""
    return path.relative_to(hostile_lines.ROOT) if path.is_relative_to(hostile_lines.ROOT) else path


def failure_path(folder: Path, stage: str, seed: int, number: int) -> Path:
    return folder / f"{stage}-seed-{seed}-batch-{number}.json"


def run(stage: str, seed: int, wanted: int, folder: Path, *, without_room: bool = False, most: int = 60_000) -> bool:
    """Hear `wanted` lines in this process, and say the beat; False when something was found. Its lines are in `folder` then."""
    began = time.perf_counter()
    recorded, whence = hostile_lines.recorded_lines()
    pool = hostile_lines.Pool(recorded, seed)
    listener = Listener(HOWS[0], seed, without_room=without_room)
    making_s, number, size = 0.0, 0, 0
    early_mb = late_mb = 0.0
    faults: list[str] = []
    more = 0
    while listener.lines < wanted:
        say(BEAT, batch=number, lines=listener.lines, mb=round(memory_mb()))
        before = time.perf_counter()
        lines = hostile_lines.batch(pool, seed, number, most=min(most, wanted))
        making_s += time.perf_counter() - before
        size += int((lines.end - lines.start).sum())
        it_goes_on = False
        try:
            said = listener.hear(lines, number)
            it_goes_on = True
            listener.look_at(said, number)
            listener.hear_otherwise(lines, number)
        except Exception as error:
            if it_goes_on and len(faults) == FAULTS_MOST:
                more += 1
                number += 1
                continue
            why = told_of(error)
            fewer, smaller = checks.shrunk(
                lines, lambda some, number=number: fault(some, number, seed, without_room=without_room), SHRINKING_S / (1 + len(faults))
            )
            about = "" if smaller else f"only after the batches before it: {stage} with seed {seed} again"
            path = keep(
                failure_path(folder, stage, seed, number),
                fewer if smaller else lines,
                stage=stage,
                seed=seed,
                batch=number,
                why=smaller or why,
                about=about,
            )
            faults.append(f"{why}\n{shown(path)}")
            if not it_goes_on:
                break  # the decoder that hears all of it says nothing more that could be relied on
        now_mb = memory_mb()
        if 0.1 * wanted <= listener.lines < 0.3 * wanted:
            early_mb = max(early_mb, now_mb)
        elif listener.lines >= 0.8 * wanted:
            late_mb = max(late_mb, now_mb)
        number += 1
    if wanted >= MEASURED_FROM and late_mb - early_mb > GROWTH_MB:
        faults.append(f"memory grew from {early_mb:.0f} MB at most in the second and third tenth to {late_mb:.0f} MB in the last two")
    if more:
        faults.append(f"{more} more batches with a fault")
    counters = listener.decoder.counters
    say(
        DONE,
        faults=faults,
        lines=listener.lines,
        batches=number,
        bytes=size,
        rows=listener.rows(),
        twins=listener.twins,
        messages=counters.messages,
        rejected=counters.to_json()["rejected"],
        making_s=round(making_s, 1),
        took_s=round(time.perf_counter() - began, 1),
        early_mb=round(early_mb, 1),
        late_mb=round(late_mb, 1),
        whence=whence,
    )
    return not faults


def bounds_are_checked() -> bool:
    """Whether compiled code of this process refuses an index that is out of bounds: else the stage would prove nothing."""
    import numba

    @numba.njit
    def reach(array: Any, index: int) -> Any:
        return array[index]

    try:
        reach(np.zeros(3), 5)
    except IndexError:
        return True
    return False
