"""Alerts and incidents, and their life cycles as transition tables. Made at the rate at which people read, so plain objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

SEVERITIES: Final = ("notice", "caution", "danger", "distress")
RANK: Final = {name: rank for rank, name in enumerate(SEVERITIES)}

REPORT_KINDS: Final = ("distress", "sighting", "rescue", "note", "report")

OPEN: Final = "open"
CLOSED: Final = "closed"
WITHDRAWN: Final = "withdrawn"

TRANSITIONS: Final[dict[tuple[str, str], str]] = {
    ("", "raise"): OPEN,
    (OPEN, "raise"): OPEN,
    (OPEN, "amend"): OPEN,
    (OPEN, "acknowledge"): OPEN,
    (OPEN, "confirm"): OPEN,
    (OPEN, "end"): CLOSED,
    (OPEN, "withdraw"): WITHDRAWN,
    (OPEN, "dismiss"): WITHDRAWN,
    (CLOSED, "amend"): CLOSED,
    (CLOSED, "acknowledge"): CLOSED,
    (CLOSED, "confirm"): CLOSED,
    (CLOSED, "withdraw"): WITHDRAWN,
    (CLOSED, "dismiss"): WITHDRAWN,
    (WITHDRAWN, "acknowledge"): WITHDRAWN,
}
"""State of an alert and verb → new state. What is not here changes nothing. An alert is never deleted."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A received line that an alert rests on. `source_row` is the line's number in its feed, `sentence` None for decoded input."""

    source_row: int
    feed: str = ""
    station: str = ""
    time_s: float | None = None
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step in an alert's life: when, what, in which words."""

    time_s: float
    verb: str
    words: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that asks for a person's eye: one an episode. `raised_s` is the receive time at which the evidence sufficed."""

    id: str
    detector: str
    severity: str
    state: str
    ships: tuple[int, ...]
    raised_s: float | None
    start_s: float | None
    end_s: float | None
    lat_deg: float | None
    lon_deg: float | None
    score: float
    reason: str
    title: str
    updated_s: float | None
    incident: str | None = None
    acknowledged_s: float | None = None
    confirmed: bool = False
    evidence: tuple[Evidence, ...] = ()
    history: tuple[Step, ...] = ()
    rule: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Helper:
    """A ship that could reach a casualty, in the time that she needs at her own best observed speed. Bearing from the casualty."""

    mmsi: int
    name: str
    kind: int
    distance_nm: float
    bearing_deg: float
    hours: float
    speed_kn: float


@dataclass(frozen=True, slots=True)
class Report:
    """What a person typed in. `time_s` is when it happened, `entered_s` when it was entered."""

    id: str
    time_s: float
    kind: str
    words: str
    ship: int | None
    lat_deg: float | None
    lon_deg: float | None
    verified: bool
    source: str
    entered_s: float
    incident: str | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """Alerts and reports that belong together, with those who can help."""

    id: str
    severity: str
    state: str
    title: str
    start_s: float | None
    end_s: float | None
    alerts: tuple[str, ...]
    ships: tuple[int, ...]
    reports: tuple[str, ...]
    lat_deg: float | None
    lon_deg: float | None
    helpers: tuple[Helper, ...] = ()
