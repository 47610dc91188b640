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
    (OPEN, "close"): CLOSED,
    (OPEN, "assign"): OPEN,
    (OPEN, "snooze"): OPEN,
    (OPEN, "wake"): OPEN,
    (OPEN, "note"): OPEN,
    (OPEN, "exclude"): OPEN,
    (OPEN, "include"): OPEN,
    (CLOSED, "reopen"): OPEN,
    (CLOSED, "over"): CLOSED,
    (CLOSED, "note"): CLOSED,
    (CLOSED, "exclude"): CLOSED,
    (CLOSED, "include"): CLOSED,
    (CLOSED, "amend"): CLOSED,
    (CLOSED, "acknowledge"): CLOSED,
    (CLOSED, "confirm"): CLOSED,
    (CLOSED, "withdraw"): WITHDRAWN,
    (CLOSED, "dismiss"): WITHDRAWN,
    (WITHDRAWN, "acknowledge"): WITHDRAWN,
    (WITHDRAWN, "note"): WITHDRAWN,
    (WITHDRAWN, "exclude"): WITHDRAWN,
    (WITHDRAWN, "include"): WITHDRAWN,
    (WITHDRAWN, "restore"): OPEN,
}
"""State of an alert and verb → new state. What is not here changes nothing. An alert is never deleted.

`close` is a person's word, `end` the rule's: what a person closed is `over` when the rule ends it too, and `reopen`s when it grows worse.
`wake` ends a snooze. `restore`: what was left out is no longer.
"""

ANSWERS: Final = ("acknowledge", "confirm", "dismiss", "assign", "snooze", "note", "close", "reopen")
"""What a person may decide about one alert."""
EXCLUSIONS: Final = ("exclude", "include")
"""What a person may decide about what a rule says from now on: leave it out, and no longer."""
ACCESS: Final = "access"
"""Who came and went: kept in the journal among the decisions, and nothing that a rule looks at."""


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
    """One step in an alert's life: when, what, in which words. `by` is the person, "desk" when no name was given, "" for the rule."""

    time_s: float
    verb: str
    words: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that asks for a person's eye: one an episode. `raised_s` is the receive time at which the evidence sufficed.

    assigned: to whom, "" for nobody · snoozed_until_s: when it comes back by itself · closed_by_desk: a person closed it, and its rule has
    not ended it yet.
    """

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
    assigned: str = ""
    snoozed_until_s: float | None = None
    closed_by_desk: bool = False
    evidence: tuple[Evidence, ...] = ()
    history: tuple[Step, ...] = ()
    rule: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guard:
    """What a person at the desk said of guarding a ship. guarded: None for "as configured again".

    ring_nm: no other craft is wanted nearer to her · until_s: when it is over by itself · over_s: since when it is, by the clock or by a
    later word. The newest one of each ship.
    """

    ship: int
    guarded: bool | None
    ring_nm: float | None
    until_s: float | None
    words: str
    by: str
    made_s: float
    over_s: float | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What a person at the desk does not want to hear of: a rule about one ship, or two together, everywhere or near a place.

    `radius_nm` is None for everywhere. `alert` is the one from which it was made. Undone at `undone_s`, it stays in the list.
    """

    id: str
    rule: str
    ships: tuple[int, ...]
    words: str
    by: str
    made_s: float
    alert: str
    lat_deg: float | None = None
    lon_deg: float | None = None
    radius_nm: float | None = None
    undone_s: float | None = None
    undone_by: str = ""
    undone_words: str = ""


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
    """Alerts and reports that belong together, with those who can help, and what people wrote down about it (`notes`)."""

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
    notes: tuple[Step, ...] = ()
