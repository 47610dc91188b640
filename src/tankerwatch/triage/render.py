"""Alerts, incidents and reports as JSON values, in the shapes of docs/reference/wire.md: what `analyse` writes and the page reads.

Times are rounded to a millisecond, positions to 6 decimals (0.1 m); what is missing is null, and no NaN ever reaches JSON.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tankerwatch.core.incidents import Alert, Evidence, Exclusion, Guard, Helper, Incident, Report, Step
from tankerwatch.triage import words

Json = dict[str, Any]


def nameless(_: int) -> str:
    """No ship's name is known."""
    return ""


def number(value: float | None, digits: int) -> float | None:
    """A finite number, rounded; else None."""
    return None if value is None or not math.isfinite(value) else round(float(value), digits)


def plain(value: Any) -> Any:
    """The same value with numbers that JSON does not know as null, tuples as lists and NumPy numbers as Python's."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(inner) for inner in (sorted(value, key=repr) if isinstance(value, set | frozenset) else value)]
    if value is None or isinstance(value, bool | int | str):
        return value
    if hasattr(value, "item"):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)


def alert_json(alert: Alert, names: Callable[[int], str] = nameless) -> Json:
    """An alert, with the evidence and the steps that led to its state."""
    return {
        "id": alert.id,
        "detector": alert.detector,
        "severity": alert.severity,
        "state": alert.state,
        "ships": list(alert.ships),
        "names": names_json(alert.ships, names),
        "raised_s": number(alert.raised_s, 3),
        "start_s": number(alert.start_s, 3),
        "end_s": number(alert.end_s, 3),
        "updated_s": number(alert.updated_s, 3),
        "lat_deg": number(alert.lat_deg, 6),
        "lon_deg": number(alert.lon_deg, 6),
        "score": number(alert.score, 3),
        "title": alert.title,
        "reason": alert.reason,
        "incident": alert.incident,
        "acknowledged_s": number(alert.acknowledged_s, 3),
        "confirmed": alert.confirmed,
        "assigned": alert.assigned or None,
        "snoozed_until_s": number(alert.snoozed_until_s, 3),
        "closed_by_desk": alert.closed_by_desk,
        "history": steps_json(alert.history),
        "rule": plain(alert.rule),
        "evidence": [evidence_json(piece) for piece in alert.evidence],
    }


def evidence_json(piece: Evidence) -> Json:
    """A received line, and where it came from."""
    return {
        "source_row": piece.source_row,
        "feed": piece.feed,
        "station": piece.station,
        "time_s": number(piece.time_s, 3),
        "sentence": piece.sentence,
    }


def incident_json(incident: Incident, names: Callable[[int], str] = nameless) -> Json:
    """An incident with those who can help."""
    return {
        "id": incident.id,
        "severity": incident.severity,
        "state": incident.state,
        "title": incident.title,
        "start_s": number(incident.start_s, 3),
        "end_s": number(incident.end_s, 3),
        "alerts": list(incident.alerts),
        "ships": list(incident.ships),
        "names": names_json(incident.ships, names),
        "reports": list(incident.reports),
        "lat_deg": number(incident.lat_deg, 6),
        "lon_deg": number(incident.lon_deg, 6),
        "helpers": [helper_json(helper) for helper in incident.helpers],
        "notes": steps_json(incident.notes),
    }


def steps_json(steps: Iterable[Step]) -> list[Json]:
    """What was done and said, in order; by whom: a person's name, "desk" when none was given, null for the rule."""
    return [{"time_s": number(step.time_s, 3), "verb": step.verb, "words": step.words, "by": step.by or None} for step in steps]


def exclusion_json(exclusion: Exclusion, names: Callable[[int], str] = nameless) -> Json:
    """What a person at the desk does not want to hear of."""
    here = None
    if exclusion.radius_nm is not None:
        here = {
            "lat_deg": number(exclusion.lat_deg, 6),
            "lon_deg": number(exclusion.lon_deg, 6),
            "radius_nm": number(exclusion.radius_nm, 2),
        }
    return {
        "id": exclusion.id,
        "rule": exclusion.rule,
        "ships": list(exclusion.ships),
        "names": names_json(exclusion.ships, names),
        "here": here,
        "words": exclusion.words,
        "by": exclusion.by,
        "made_s": number(exclusion.made_s, 3),
        "alert": exclusion.alert,
        "undone_s": number(exclusion.undone_s, 3),
        "undone_by": exclusion.undone_by or None,
        "undone_words": exclusion.undone_words,
    }


def guard_json(guard: Guard, names: Callable[[int], str] = nameless) -> Json:
    """What a person at the desk said of guarding a ship; its id is the ship's, as text."""
    return {
        "id": str(guard.ship),
        "ship": guard.ship,
        "name": words.ship_name(guard.ship, names(guard.ship)),
        "guard": guard.guarded,
        "ring_nm": number(guard.ring_nm, 2),
        "until_s": number(guard.until_s, 3),
        "words": guard.words,
        "by": guard.by,
        "made_s": number(guard.made_s, 3),
        "over_s": number(guard.over_s, 3),
    }


def helper_json(helper: Helper) -> Json:
    """A ship that can help."""
    return {
        "mmsi": helper.mmsi,
        "name": helper.name,
        "kind": helper.kind,
        "distance_nm": number(helper.distance_nm, 1),
        "bearing_deg": number(helper.bearing_deg, 0),
        "hours": number(helper.hours, 2),
        "speed_kn": number(helper.speed_kn, 1),
    }


def report_json(report: Report) -> Json:
    """What a person typed in."""
    return {
        "id": report.id,
        "time_s": number(report.time_s, 3),
        "kind": report.kind,
        "words": report.words,
        "ship": report.ship,
        "lat_deg": number(report.lat_deg, 6),
        "lon_deg": number(report.lon_deg, 6),
        "verified": report.verified,
        "source": report.source,
        "entered_s": number(report.entered_s, 3),
        "incident": report.incident,
    }


def names_json(ships: Iterable[int], names: Callable[[int], str]) -> dict[str, str]:
    """What each ship is called, by her id as text."""
    return {str(ship): words.ship_name(ship, names(ship)) for ship in ships}
