"""The desk's book: the newest state of every alert, incident and report, and which of them changed since it was last asked."""

from __future__ import annotations

import math
from hashlib import blake2b

from tankerwatch.core.incidents import OPEN, Alert, Incident, Report


def short_id(prefix: str, key: str, taken: dict[str, str]) -> str:
    """A deterministic id `prefix-1a2b3c`; longer in the rare case that another key has it. `taken` holds id → key and is kept up."""
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    length = 6
    while taken.setdefault(made := f"{prefix}-{digest[:length]}", key) != key:
        length += 2
    return made


class Book:
    """Alerts, incidents and reports by id, in the order in which they came. Nothing is ever taken out.

    `clock_s` is the newest time that anything carried, -inf before the first. `refused` counts what changed nothing, by reason.
    """

    def __init__(self) -> None:
        self.alerts: dict[str, Alert] = {}
        self.open: dict[str, None] = {}
        """ids of the alerts that are open: after a year few of many"""
        self.incidents: dict[str, Incident] = {}
        self.reports: dict[str, Report] = {}
        self.refused: dict[str, int] = {}
        self.ids: dict[str, str] = {}
        self.clock_s = -math.inf
        self.revision = 0
        """grows with each change: what was worked out from the book holds as long as this stays"""
        self._changed: dict[str, None] = {}

    def put(self, thing: Alert | Incident | Report) -> None:
        """The new state of something; it counts as changed only when it differs."""
        if isinstance(thing, Alert):
            changed = self.alerts.get(thing.id) != thing
            self.alerts[thing.id] = thing
            if thing.state == OPEN:
                self.open[thing.id] = None
            else:
                self.open.pop(thing.id, None)
        elif isinstance(thing, Incident):
            changed = self.incidents.get(thing.id) != thing
            self.incidents[thing.id] = thing
        else:
            changed = self.reports.get(thing.id) != thing
            self.reports[thing.id] = thing
        if changed:
            self._changed[thing.id] = None
            self.revision += 1

    def refuse(self, reason: str) -> None:
        """Count something that changed nothing."""
        self.refused[reason] = self.refused.get(reason, 0) + 1

    def reach(self, time_s: float) -> None:
        """The clock goes on to `time_s`; never back, and never to NaN."""
        if time_s > self.clock_s and math.isfinite(time_s):
            self.clock_s = time_s

    def now(self) -> float | None:
        """The clock, None before anything carried a time."""
        return self.clock_s if math.isfinite(self.clock_s) else None

    def changes(self) -> tuple[list[Alert], list[Incident], list[Report]]:
        """What changed since the last call, each once in its newest state, in order of its first change."""
        changed, self._changed = self._changed, {}
        return (
            [self.alerts[name] for name in changed if name in self.alerts],
            [self.incidents[name] for name in changed if name in self.incidents],
            [self.reports[name] for name in changed if name in self.reports],
        )
