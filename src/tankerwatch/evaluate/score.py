"""Alerts against truth: which event each alert speaks of, which events were found and when, and which alerts were false."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from tankerwatch.evaluate.truth import FAMILY, Danger, Decoy, Scene

EARLY_S: Final = 30.0
"""Receive times are rounded: an alert this much before a danger begins may still be about it."""
AFTER_S: Final = 900.0
"""An alert raised so long after a danger has ended is no false alarm, but has not found it: it has noticed the end."""


class Raised(Protocol):
    """What is scored: an alert, or what a naive rule says."""

    @property
    def detector(self) -> str:
        """Which danger it names."""
        ...

    @property
    def ships(self) -> tuple[int, ...]:
        """Whom it names."""
        ...

    @property
    def raised_s(self) -> float | None:
        """When."""
        ...


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alert in short: what of it is scored, with its sentence for a person to read."""

    detector: str
    ships: tuple[int, ...]
    raised_s: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A danger with what was said of it. delay_s: from the oracle to the alert; None when it was never named."""

    scene: str
    danger: Danger
    alarms: tuple[Alarm, ...]
    related: bool

    @property
    def first_s(self) -> float | None:
        """When it was named first."""
        return min((a.raised_s for a in self.alarms if a.raised_s is not None), default=None)

    @property
    def found(self) -> bool:
        """Whether it was named at all."""
        return bool(self.alarms)

    @property
    def in_time(self) -> bool:
        """Whether it was named by its deadline."""
        return self.first_s is not None and self.first_s <= self.danger.due_s

    @property
    def delay_s(self) -> float | None:
        """From the oracle's instant, negative when earlier."""
        return None if self.first_s is None else self.first_s - self.danger.oracle_s

    @property
    def duplicates(self) -> int:
        """Alerts beyond the first that say the same of the same ships."""
        return len(self.alarms) - len({(a.detector, tuple(sorted(a.ships))) for a in self.alarms})


@dataclass(frozen=True, slots=True)
class Fooled:
    """A decoy with the alerts that it drew."""

    scene: str
    decoy: Decoy
    alarms: tuple[Alarm, ...]


@dataclass(slots=True)
class Score:
    """What was found in one scene or several."""

    events: list[Event] = field(default_factory=list)
    decoys: list[Fooled] = field(default_factory=list)
    strays: list[tuple[str, Alarm]] = field(default_factory=list)
    """alerts about nothing that is true and no decoy, with the scene's name"""
    ship_days: float = 0.0
    tanker_days: float = 0.0

    def add(self, other: Score) -> None:
        """Take in another score."""
        self.events += other.events
        self.decoys += other.decoys
        self.strays += other.strays
        self.ship_days += other.ship_days
        self.tanker_days += other.tanker_days


def alarms_of(alerts: Iterable[Raised]) -> list[Alarm]:
    """Alerts in short, in order of time."""
    made = [Alarm(a.detector, tuple(a.ships), a.raised_s, getattr(a, "reason", "")) for a in alerts]
    return sorted(made, key=lambda a: (a.raised_s is None, a.raised_s or 0.0, a.detector, a.ships))


def _of(alarm: Alarm, ships: Sequence[int]) -> bool:
    return not ships or not alarm.ships or not set(ships).isdisjoint(alarm.ships)


def _during(alarm: Alarm, begin_s: float, end_s: float, after_s: float = AFTER_S) -> bool:
    return alarm.raised_s is None or begin_s - EARLY_S <= alarm.raised_s <= end_s + after_s


def score(scene: Scene, alerts: Iterable[Raised], detectors: Sequence[str] | None = None) -> Score:
    """What the alerts of a scene are worth. detectors: judge dangers of these only (those that exist)."""
    alarms = alarms_of(alerts)
    made = Score(ship_days=scene.ship_days, tanker_days=scene.tanker_days)
    claimed: set[int] = set()
    for danger in scene.dangers:
        named = danger.named or (danger.detector,)
        excused = {*named, *FAMILY[danger.detector], *danger.also}
        hits, related = [], False
        for number, alarm in enumerate(alarms):
            if not (_of(alarm, danger.ships) and _during(alarm, danger.start_s, danger.end_s)):
                continue
            if alarm.detector in named and _during(alarm, danger.start_s, danger.end_s, 0.0):
                hits.append(alarm)
                claimed.add(number)
            elif alarm.detector in excused:
                related = True
                claimed.add(number)
        if detectors is None or not set(named).isdisjoint(detectors):
            made.events.append(Event(scene.name, danger, tuple(hits), related))
    for decoy in scene.decoys:
        drawn = []
        for number, alarm in enumerate(alarms):
            if (
                number not in claimed
                and alarm.detector in decoy.forbidden
                and _of(alarm, decoy.ships)
                and _during(alarm, decoy.start_s, decoy.end_s)
            ):
                drawn.append((number, alarm))
        claimed.update(number for number, _ in drawn)
        made.decoys.append(Fooled(scene.name, decoy, tuple(alarm for _, alarm in drawn)))
    made.strays = [(scene.name, alarm) for number, alarm in enumerate(alarms) if number not in claimed]
    return made
