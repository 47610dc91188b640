"""`tankerwatch evaluate`: what is run for which size, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tankerwatch.core.errors import InputFault
from tankerwatch.evaluate import tally
from tankerwatch.evaluate.bars import Split, Verdict, verdicts
from tankerwatch.evaluate.cases.catalog import CASES, build, plans
from tankerwatch.evaluate.recorded import HOLD_OUT, RECORDINGS, TUNING, Watched
from tankerwatch.evaluate.truth import FAMILY
from tankerwatch.evaluate.watch import detectors
from tankerwatch.evaluate.work import Done, Task, cores, spread

SEEDS: Final = {TUNING: (1, 2, 3, 4, 5, 6), HOLD_OUT: (101, 102, 103, 104, 105, 106)}
CLEAN: Final = {TUNING: 1000, HOLD_OUT: 2000}
LAID: Final = ("Kattegat", "Solent", "tanker 9327138", "tanker 9417464")
LAID_SEEDS: Final = {TUNING: 1, HOLD_OUT: 101}


@dataclass(frozen=True, slots=True)
class Size:
    """How much is run. seeds: of each half · dangers, decoys: of each kind and level a seed · clean: worlds of clean traffic
    of each half (about a hundred ship-days each) · recorded: whether recordings are watched · naive: whether the naive rules run too.
    """

    seeds: dict[str, int]
    dangers: int
    decoys: int
    clean: dict[str, int]
    recorded: bool
    naive: bool = True


QUICK: Final = Size({TUNING: 1}, 1, 1, {}, False, naive=False)
USUAL: Final = Size({TUNING: 1, HOLD_OUT: 1}, 1, 1, {TUNING: 1, HOLD_OUT: 2}, True)
FULL: Final = Size({TUNING: 1, HOLD_OUT: 3}, 2, 1, {TUNING: 2, HOLD_OUT: 32}, True)


@dataclass(frozen=True, slots=True)
class Found:
    """All that an evaluation measured."""

    splits: dict[str, Split]
    recorded: tuple[Watched, ...]
    verdicts: tuple[Verdict, ...]
    missing: tuple[str, ...]

    @property
    def reached(self) -> bool:
        """Whether no bar was missed."""
        return all(verdict.met is not False for verdict in self.verdicts)


def tasks(only: Collection[str], size: Size) -> list[Task]:
    """What there is to do, the longest first where it matters."""
    made: list[Task] = []
    for split in size.seeds:
        made += [Task(split, "clean", seed=CLEAN[split] + n) for n in range(size.clean.get(split, 0))]
    if size.recorded:
        made += [Task(one.split, "recorded", recording=n) for n, one in enumerate(RECORDINGS)]
    for split in size.seeds:
        seeds = SEEDS[split][: size.seeds[split]]
        made += [
            Task(split, "scenes", plan=plan, naive=size.naive) for plan in plans(only, seeds, dangers=size.dangers, decoys=size.decoys)
        ]
        if size.recorded:
            made += [
                Task(split, "laid", seed=LAID_SEEDS[split], recording=n)
                for n, one in enumerate(RECORDINGS)
                if one.name in LAID and one.split == split
            ]
        if size.clean.get(split):
            made.append(Task(split, "naive on clean", seed=CLEAN[split], places=6))
    return made


def evaluate(
    only: Collection[str] = (), size: Size = USUAL, *, jobs: int | None = None, tell: Callable[[int, int], None] | None = None
) -> Found:
    """Score the detectors. only: names of dangers, of kinds of danger or decoy; none: all."""
    _known(only)
    return gathered(spread(tasks(only, size), cores() if jobs is None else jobs, tell), only, size)


def gathered(results: Iterable[Done], only: Collection[str], size: Size) -> Found:
    """All results in one."""
    splits = {split: Split() for split in size.seeds}
    recorded = []
    for one in results:
        split, what = splits.get(one.task.split, Split()), one.task.what
        if one.watched is not None:
            recorded.append(one.watched)
        elif what == "scenes":
            split.scenes.add(one.ours)
            split.naive_scenes.add(one.naive)
        elif what == "laid":
            split.laid.add(one.ours)
            split.naive_laid.add(one.naive)
        else:
            split.clean.add(one.ours)
            split.naive_clean.add(one.naive)
    there = detectors()
    about = {case.danger for case in CASES if case.kind in only} | set(only) & set(FAMILY)
    judged = verdicts(splits[list(size.seeds)[-1]], recorded, there, {d for name in about for d in FAMILY[name]})
    return Found(splits, tuple(recorded), tuple(judged), tuple(sorted(set(FAMILY) - set(there))))


def _known(only: Collection[str]) -> None:
    known = {*FAMILY, *(case.kind for case in CASES)}
    for name in only:
        if name not in known:
            raise InputFault(f"there is no danger {name!r}", where="evaluate", help=f"--only {','.join(sorted(FAMILY))}")


def write_scenes(into: Path, only: Collection[str], size: Size) -> list[Path]:
    """Each scene as a log, its truth beside it, and the configuration that it needs, if any."""
    _known(only)
    into.mkdir(parents=True, exist_ok=True)
    made = []
    for split in size.seeds:
        for plan in plans(only, SEEDS[split][: size.seeds[split]], dangers=size.dangers, decoys=size.decoys):
            scene = build(plan)
            path = into / f"{plan.name}.nmea"
            path.write_bytes(scene.log)
            if scene.settings:
                path.with_suffix(".toml").write_text(scene.settings, encoding="utf-8")
            path.with_suffix(".json").write_text(json.dumps(scene.to_json(), indent=1), encoding="utf-8")
            made.append(path)
    return made


def to_json(found: Found) -> dict[str, Any]:
    """One object with everything."""
    return {
        "reached": found.reached,
        "bars": [{"dangers": list(v.dangers), "bar": v.bar, "measured": v.measured, "met": v.met} for v in found.verdicts],
        "splits": {
            name: {
                "scenes": tally.to_json(split.scenes),
                "over_recordings": tally.to_json(split.laid),
                "clean": tally.to_json(split.clean),
                "naive": tally.to_json(split.naive_scenes, strays=False) if split.naive_scenes.events else None,
            }
            for name, split in found.splits.items()
        },
        "recorded": [
            {
                "name": one.recording.name,
                "split": one.recording.split,
                "ship_days": None if one.ship_days is None else round(one.ship_days, 2),
                "not_judged": list(one.recording.leave_out),
                "alerts": [{"detector": d, "ships": list(s), "raised_s": t, "reason": r} for d, s, t, r in one.alerts],
                "of_what_is_true": [{"detector": d, "ships": list(s), "raised_s": t, "reason": r} for d, s, t, r in one.right],
            }
            for one in found.recorded
        ],
        "no_detector": list(found.missing),
    }


def words(found: Found) -> str:
    """The score as a page of text."""
    lines: list[str] = []
    for name, split in found.splits.items():
        lines.append(f"{name}: scenes with {split.scenes.ship_days:.0f} ship-days, clean traffic with {split.clean.ship_days:.0f}")
        for r in [*tally.rows(split.scenes), *tally.rows(split.laid)]:
            delay = "" if r.p50_s is None or r.p95_s is None else f"{r.p50_s:6.0f} {r.p95_s:6.0f} s"
            who = f"{r.detector}: {r.kind}" if r.kind != r.detector else r.kind
            lines.append(
                f"  {who[:40]:40} {r.level[:16]:16} found {r.found:3}/{r.events:<3} in time {r.in_time:3}  {delay:16}"
                f"{f' by a relative only {r.related}' if r.related else ''}{f' duplicates {r.duplicates}' if r.duplicates else ''}"
                f"{' (known gap)' if r.gap else ''}"
            )
        told = tally.decoys(split.scenes)
        for kind, count, alarmed, by in told:
            if alarmed:
                lines.append(f"  decoy {kind[:44]:44} alarmed {alarmed}/{count}: {', '.join(f'{k} {v}' for k, v in sorted(by.items()))}")
        lines.append(f"  {sum(not alarmed for _, _, alarmed, _ in told)} of {len(told)} kinds of decoy drew no alarm")
        lines += [f"  about nothing: {at} {a.detector} {a.ships}: {a.reason}" for at, a in split.scenes.strays + split.clean.strays]
    for one in found.recorded:
        if one.ship_days is None:
            lines.append(f"recording {one.recording.name}: not here (set TANKERWATCH_DATA)")
            continue
        lines.append(f"recording {one.recording.name}: {one.ship_days:.1f} ship-days, {len(one.alerts)} alerts")
        lines += [f"  {detector} {ships}: {reason}" for detector, ships, _, reason in one.alerts]
        lines += [f"  true: {detector} {ships}: {reason}" for detector, ships, _, reason in one.right]
    lines += [f"{_MARKS[v.met]} {', '.join(v.dangers) if len(v.dangers) < 6 else 'all'}: {v.bar}: {v.measured}" for v in found.verdicts]
    if found.missing:
        lines.append(f"no detector: {', '.join(found.missing)}")
    return "\n".join(lines)


_MARKS: Final = {True: "reached     ", False: "MISSED      ", None: "not measured"}
