"""`tankerwatch evaluate`: what is run for which size, and what is said of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tankerwatch.core.errors import InputFault
from tankerwatch.evaluate import tally
from tankerwatch.evaluate.cases.catalog import CASES, Plan, build, plans
from tankerwatch.evaluate.run import cores, detectors, scored, spread, total
from tankerwatch.evaluate.score import Score
from tankerwatch.evaluate.truth import FAMILY

TUNING, HOLD_OUT = "tuning", "hold-out"
SEEDS: Final = {TUNING: (1, 2, 3, 4, 5, 6), HOLD_OUT: (101, 102, 103, 104, 105, 106)}


@dataclass(frozen=True, slots=True)
class Size:
    """How much is run: seeds of each split, dangers and decoys of each kind and level a seed, ship-days of clean traffic."""

    splits: tuple[str, ...]
    seeds: int
    dangers: int
    decoys: int
    clean_days: float


QUICK: Final = Size((TUNING,), 1, 1, 1, 0.0)
USUAL: Final = Size((TUNING, HOLD_OUT), 1, 2, 1, 300.0)
FULL: Final = Size((TUNING, HOLD_OUT), 4, 2, 1, 3300.0)


@dataclass(slots=True)
class Found:
    """All that an evaluation measured."""

    splits: dict[str, Score]
    missing: tuple[str, ...]


def evaluate(
    only: Collection[str] = (), size: Size = USUAL, *, jobs: int | None = None, tell: Callable[[int, int], None] | None = None
) -> Found:
    """Score the detectors. only: names of dangers, decoys or families; none: all."""
    _known(only)
    there = detectors()
    planned: list[tuple[str, Plan]] = [
        (split, plan) for split in size.splits for plan in plans(only, SEEDS[split][: size.seeds], dangers=size.dangers, decoys=size.decoys)
    ]
    scores = list(spread(scored, [plan for _, plan in planned], cores() if jobs is None else jobs, tell))
    made = {split: total(s for (of, _), s in zip(planned, scores, strict=True) if of == split) for split in size.splits}
    return Found(made, tuple(sorted(set(FAMILY) - set(there))))


def _known(only: Collection[str]) -> None:
    known = {*FAMILY, *(case.kind for case in CASES)}
    for name in only:
        if name not in known:
            raise InputFault(f"there is no danger {name!r}", where="evaluate", help=f"--only {','.join(sorted(FAMILY))}")


def write_scenes(into: Path, only: Collection[str], size: Size) -> list[Path]:
    """Each scene as a log and its truth beside it."""
    _known(only)
    into.mkdir(parents=True, exist_ok=True)
    made = []
    for split in size.splits:
        for plan in plans(only, SEEDS[split][: size.seeds], dangers=size.dangers, decoys=size.decoys):
            scene = build(plan)
            path = into / f"{plan.name}.nmea"
            path.write_bytes(scene.log)
            path.with_suffix(".json").write_text(json.dumps(scene.to_json(), indent=1), encoding="utf-8")
            made.append(path)
    return made


def to_json(found: Found) -> dict[str, Any]:
    """One object with everything."""
    return {"splits": {name: tally.to_json(score) for name, score in found.splits.items()}, "no_detector": list(found.missing)}


def words(found: Found) -> str:
    """The score as a page of text."""
    lines = []
    for split, score in found.splits.items():
        lines.append(f"{split}: {score.ship_days:.0f} ship-days")
        for r in tally.rows(score):
            delay = "" if r.p50_s is None else f"{r.p50_s:6.0f} {r.p95_s:6.0f} s"
            name = f"{r.detector} {r.kind}" if r.kind != r.detector else r.kind
            lines.append(
                f"  {name[:38]:38} {r.level[:20]:20} found {r.found:3}/{r.events:<3} in time {r.in_time:3}  {delay:16}"
                f"{f' by a relative only {r.related}' if r.related else ''}{f' duplicates {r.duplicates}' if r.duplicates else ''}"
                f"{' (known gap)' if r.gap else ''}"
            )
        for kind, count, alarmed, by in tally.decoys(score):
            if alarmed:
                lines.append(f"  decoy {kind[:40]:40} alarmed {alarmed}/{count}: {', '.join(f'{k} {v}' for k, v in sorted(by.items()))}")
        quiet = sum(not alarmed for _, _, alarmed, _ in tally.decoys(score))
        lines.append(f"  {quiet} kinds of decoy drew no alarm")
        lines += [f"  about nothing: {name} {a.detector} {a.ships}: {a.reason}" for name, a in score.strays]
    if found.missing:
        lines.append(f"no detector: {', '.join(found.missing)}")
    return "\n".join(lines)
