"""A score in numbers: recall, deadlines, delays and duplicates for each danger, alarms for each kind of decoy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Any

from tankerwatch.evaluate.score import Event, Fooled, Score


@dataclass(frozen=True, slots=True)
class Row:
    """Dangers of one kind: how many, named at all, named in time, by a relative only; delays from the oracle; duplicates."""

    detector: str
    kind: str
    level: str
    events: int
    found: int
    in_time: int
    related: int
    p50_s: float | None
    p95_s: float | None
    duplicates: int
    gap: bool = False

    @property
    def recall(self) -> float:
        """Share named."""
        return self.found / self.events if self.events else 1.0

    @property
    def timely(self) -> float:
        """Share named in time."""
        return self.in_time / self.events if self.events else 1.0


def quantile(values: Iterable[float], share: float) -> float | None:
    """The value below which this share lies (nearest rank); None of none."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


def row(events: list[Event], detector: str, kind: str = "all", level: str = "all") -> Row:
    """Dangers as one row."""
    delays = [event.delay_s for event in events if event.delay_s is not None]
    return Row(
        detector,
        kind,
        level,
        len(events),
        sum(event.found for event in events),
        sum(event.in_time for event in events),
        sum(event.related and not event.found for event in events),
        quantile(delays, 0.5),
        quantile(delays, 0.95),
        sum(event.duplicates for event in events),
        bool(events) and all(event.danger.gap for event in events),
    )


def rows(score: Score) -> list[Row]:
    """A row for each detector, kind and level."""
    groups: dict[tuple[str, str, str], list[Event]] = {}
    for event in score.events:
        danger = event.danger
        groups.setdefault((danger.detector, danger.kind, danger.level), []).append(event)
    return [row(events, *key) for key, events in sorted(groups.items())]


def decoys(score: Score) -> list[tuple[str, int, int, dict[str, int]]]:
    """For each kind of decoy: how many, how many of them drew an alarm, and alarms by detector."""
    groups: dict[str, list[Fooled]] = {}
    for fooled in score.decoys:
        groups.setdefault(fooled.decoy.kind, []).append(fooled)
    made = []
    for kind, them in sorted(groups.items()):
        by: dict[str, int] = {}
        for fooled in them:
            for alarm in fooled.alarms:
                by[alarm.detector] = by.get(alarm.detector, 0) + 1
        made.append((kind, len(them), sum(bool(fooled.alarms) for fooled in them), by))
    return made


def false_alarms(score: Score, detectors: Iterable[str]) -> int:
    """Alarms of these detectors that were about nothing or about a decoy."""
    among = set(detectors)
    return sum(alarm.detector in among for _, alarm in score.strays) + sum(
        alarm.detector in among for fooled in score.decoys for alarm in fooled.alarms
    )


def precision(score: Score, detectors: Iterable[str]) -> float | None:
    """Share of the alarms of these detectors that were about something true; None without any."""
    among = set(detectors)
    right = sum(event.found for event in score.events if event.danger.detector in among)
    wrong = false_alarms(score, among)
    return right / (right + wrong) if right + wrong else None


def to_json(score: Score, *, strays: bool = True) -> dict[str, Any]:
    """A score as JSON values."""
    return {
        "ship_days": round(score.ship_days, 2),
        "tanker_days": round(score.tanker_days, 2),
        "dangers": [
            {
                "detector": r.detector, "kind": r.kind, "level": r.level, "events": r.events, "found": r.found, "in_time": r.in_time,
                "related": r.related, "delay_p50_s": r.p50_s, "delay_p95_s": r.p95_s, "duplicates": r.duplicates, "known_gap": r.gap,
            }
            for r in rows(score)
        ],
        "decoys": [{"kind": kind, "scenes": n, "alarmed": alarmed, "alarms": by} for kind, n, alarmed, by in decoys(score)],
        "strays": [{"scene": name, "detector": a.detector, "ships": list(a.ships), "raised_s": a.raised_s, "reason": a.reason}
                   for name, a in score.strays] if strays else len(score.strays),
    }  # fmt: skip  # one a line would hide what belongs together
