"""The pieces of an evaluation, each of which one process does: build or read, let it flow through the river, score."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from tankerwatch.evaluate import naive
from tankerwatch.evaluate.cases.catalog import Plan, build
from tankerwatch.evaluate.recorded import RECORDINGS, Watched, laid, watched
from tankerwatch.evaluate.rows import Rows, rows_of_log
from tankerwatch.evaluate.score import Score, score
from tankerwatch.evaluate.traffic import COLD_S, clean
from tankerwatch.evaluate.truth import Scene
from tankerwatch.evaluate.watch import alerts_of, detectors


@dataclass(frozen=True, slots=True)
class Task:
    """What: scenes (`plan`), clean traffic (`seed`, `places`), a recording watched or one with dangers laid over (`recording`)."""

    split: str
    what: str
    plan: Plan | None = None
    seed: int = 0
    places: int = 12
    recording: int = -1
    naive: bool = True


@dataclass(slots=True)
class Done:
    """What came of a task."""

    task: Task
    ours: Score = field(default_factory=Score)
    naive: Score = field(default_factory=Score)
    watched: Watched | None = None


def done(task: Task) -> Done:
    """Do one task."""
    made = Done(task)
    if task.plan is not None:
        scene = build(task.plan)
        made.ours = score(scene, alerts_of(scene.log, scene.settings if "zone" in detectors() else "", scene.decisions), detectors())
        if task.naive:
            made.naive = score(scene, naive.alarms(rows_of_log(scene.log), scene.tankers))
    elif task.what == "clean":
        scene = clean(task.seed, task.places)
        made.ours = _warm(scene, score(scene, alerts_of(scene.log)))
    elif task.what == "naive on clean":
        scene = clean(task.seed, task.places)
        rows: Rows = rows_of_log(scene.log)
        made.naive = _warm(scene, score(scene, naive.alarms(rows, scene.tankers)))
    elif task.what == "recorded":
        made.watched = watched(RECORDINGS[task.recording])
    elif over := laid(RECORDINGS[task.recording], task.seed):
        made.ours = score(over, alerts_of(over.log), detectors())
        made.naive = score(over, naive.alarms(rows_of_log(over.log), set()))
        made.ours.strays, made.naive.strays = [], []  # what else alarms in the recording is counted where it is watched
    return made


def _warm(scene: Scene, one: Score) -> Score:
    """Without what was raised in the first half hour, which is no exposure either."""
    one.strays = [(name, alarm) for name, alarm in one.strays if alarm.raised_s is None or alarm.raised_s >= scene.start_s + COLD_S]
    return one


def spread(tasks: Sequence[Task], jobs: int, tell: Callable[[int, int], None] | None = None) -> Iterator[Done]:
    """All tasks, in order, in so many processes: the result is the same with any number of them."""
    if jobs <= 1 or len(tasks) <= 1:
        yield from _counted(map(done, tasks), len(tasks), tell)
        return
    with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=get_context("spawn")) as pool:
        yield from _counted(pool.map(done, tasks), len(tasks), tell)


def _counted(results: Iterable[Done], total: int, tell: Callable[[int, int], None] | None) -> Iterator[Done]:
    for number, one in enumerate(results, 1):
        if tell:
            tell(number, total)
        yield one


def cores() -> int:
    """How many processes are worth it here."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(8, here))
