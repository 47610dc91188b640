"""The whole program on one input, as `tankerwatch analyse` runs it, but that each alert is counted by itself.

A desk groups what a rule raises beyond its budget; here that would hide false alarms, and call events found that were not.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tankerwatch.config import Config, load
from tankerwatch.core.incidents import Alert
from tankerwatch.core.ports import RecordedSource
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


def alerts_in(source: RecordedSource, settings: str = "") -> list[Alert]:
    """Every alert of an input, none grouped."""
    river = River(_config(settings), place_times=True)
    river.triage = river.triage_of(river.watches, singly=True)
    for batch in source.batches():
        river.take(batch)
    river.finish()
    return list(river.triage.alerts.values())


def alerts_of(log: bytes, settings: str = "") -> list[Alert]:
    """Every alert of a log in memory."""
    return alerts_in(recorded(Recording("scene", content=log)), settings)
