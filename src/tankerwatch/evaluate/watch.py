"""The whole program on one input, as `tankerwatch analyse` runs it, but that each alert is counted by itself.

A desk groups what a rule raises beyond its budget; here that would hide false alarms, and call events found that were not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tankerwatch.config import Config, load
from tankerwatch.core.incidents import Alert
from tankerwatch.core.ports import RecordedSource
from tankerwatch.core.tables import Batch, Decision
from tankerwatch.detect import catalog
from tankerwatch.ingest.bytes import Recording
from tankerwatch.ingest.recorded import recorded
from tankerwatch.pipeline import River


@cache
def detectors() -> tuple[str, ...]:
    """Those that exist."""
    return tuple(d.id for d in catalog.detectors())


@cache
def _config(settings: str) -> Config:
    """The configuration of a desk with these settings (TOML) and no others."""
    if not settings:
        return load(None, catalog.detectors())
    with TemporaryDirectory() as folder:
        path = Path(folder) / "desk.toml"
        path.write_text(settings, encoding="utf-8")
        return load(path, catalog.detectors())


def alerts_in(source: RecordedSource, settings: str = "", decisions: Sequence[Decision] = ()) -> list[Alert]:
    """Every alert of an input, none grouped. decisions: of people at the desk meanwhile, in order of time."""
    river = River(_config(settings), place_times=True)
    river.triage = river.triage_of(river.watches, singly=True)
    for batch in _decided(source.batches(), decisions):
        river.take(batch)
    river.finish()
    return list(river.triage.alerts.values())


def alerts_of(log: bytes, settings: str = "", decisions: Sequence[Decision] = ()) -> list[Alert]:
    """Every alert of a log in memory."""
    return alerts_in(recorded(Recording("scene", content=log)), settings, decisions)


def _decided(batches: Iterable[Batch], decisions: Sequence[Decision]) -> Iterator[Batch]:
    """The batches, cut where somebody decides something: before the first line that came later."""
    waiting = list(decisions)
    for batch in batches:
        lines = batch.lines
        while waiting and (later := np.flatnonzero(lines.time_s > waiting[0].time_s)).size:
            cut = int(later[0])
            yield Batch(lines=lines.take(slice(0, cut)), decisions=(waiting.pop(0),))
            lines = lines.take(slice(cut, None))
        yield replace(batch, lines=lines)
    yield Batch(decisions=tuple(waiting))
