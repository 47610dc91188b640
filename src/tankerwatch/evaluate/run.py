"""Builds scenes, lets them flow through the river, scores what comes out; on all cores, with the same result on any number of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, TypeVar

from tankerwatch.config import Config, load
from tankerwatch.core.incidents import Alert
from tankerwatch.detect import catalog as detect_catalog
from tankerwatch.evaluate.cases.catalog import Plan, build
from tankerwatch.evaluate.score import Score, score
from tankerwatch.evaluate.truth import Scene
from tankerwatch.ingest.bytes import Recording
from tankerwatch.ingest.recorded import recorded
from tankerwatch.pipeline import run

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def detectors() -> tuple[str, ...]:
    """Those that exist."""
    return tuple(d.id for d in detect_catalog.detectors())


def config() -> Config:
    """The configuration of a desk that has none of its own."""
    return load(None, detect_catalog.detectors())


def alerts_of(log: bytes) -> list[Alert]:
    """What a desk finds in a log."""
    river = run(recorded(Recording("scene", content=log)), config(), place_times=True)
    return list(river.triage.alerts.values())


def scored(plan: Plan) -> Score:
    """Build a world and score our detectors on it."""
    scene: Scene = build(plan)
    return score(scene, alerts_of(scene.log), detectors())


def spread(work: Callable[[_In], _Out], items: Sequence[_In], jobs: int, tell: Callable[[int, int], None] | None = None) -> Iterator[_Out]:
    """Work on each item, in order, in so many processes."""
    done: Iterable[_Out]
    if jobs <= 1 or len(items) <= 1:
        done = map(work, items)
        yield from _counted(done, len(items), tell)
        return
    with ProcessPoolExecutor(min(jobs, len(items)), mp_context=get_context("spawn")) as pool:
        yield from _counted(pool.map(work, items), len(items), tell)


def _counted(done: Iterable[_Out], total: int, tell: Callable[[int, int], None] | None) -> Iterator[_Out]:
    for number, one in enumerate(done, 1):
        if tell:
            tell(number, total)
        yield one


def cores() -> int:
    """How many processes are worth it here."""
    return max(1, min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))


def total(scores: Iterable[Score]) -> Score:
    """All of them as one."""
    made: Any = Score()
    for one in scores:
        made.add(one)
    return made  # type: ignore[no-any-return]
