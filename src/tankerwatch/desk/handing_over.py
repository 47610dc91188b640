"""What goes into the hand-over of a watch: all that stands, and of what is over only what changed in it, however long the desk has run."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from typing import Any, Final

from tankerwatch.core.incidents import Alert, Exclusion, Guard, Incident, Report
from tankerwatch.core.zones import DrawnZone
from tankerwatch.desk import charting
from tankerwatch.desk.listing import KINDS
from tankerwatch.pipeline import River
from tankerwatch.share import handover
from tankerwatch.triage import render

Json = dict[str, Any]


def _of_alert(alert: Alert) -> Iterator[float | None]:
    return (step.time_s for step in alert.history if step.verb not in handover.QUIET_VERBS)


def _of_incident(incident: Incident) -> Iterator[float | None]:
    yield incident.start_s
    if incident.end_s is not None:
        yield incident.end_s
    yield from (note.time_s for note in incident.notes)


def _of_report(report: Report) -> Iterator[float | None]:
    yield report.entered_s


def _of_exclusion(exclusion: Exclusion) -> Iterator[float | None]:
    yield exclusion.made_s
    if exclusion.undone_s is not None:
        yield exclusion.undone_s


def _of_guard(guard: Guard) -> Iterator[float | None]:
    yield guard.made_s
    if guard.over_s is not None:
        yield guard.over_s


def _of_zone(zone: DrawnZone) -> Iterator[float | None]:
    yield zone.changed_s


CHANGED_S: Final[dict[str, Callable[[Any], Iterator[float | None]]]] = {
    "alerts": _of_alert,
    "incidents": _of_incident,
    "reports": _of_report,
    "exclusions": _of_exclusion,
    "guards": _of_guard,
    "zones": _of_zone,
}
"""By kind, the times of all changes that a hand-over tells of a thing; a test holds them to what `share/handover.py` makes of its JSON."""


def told(river: River, health: Json, held: dict[str, int], since_s: float | None) -> Json:
    """The hand-over: the newest changes are told, the others counted."""
    since_s = handover.begin_s(health, since_s)
    parts = {kind: list(how.known(river).values()) for kind, how in KINDS.items()}
    newest_s: dict[tuple[str, int], float] = {}
    times: list[float] = []
    for kind, things in parts.items():
        for at, thing in enumerate(things):
            found = [time_s for time_s in map(_rounded, CHANGED_S[kind](thing)) if since_s is None or time_s >= since_s]
            if found:
                newest_s[kind, at] = max(found)
                times += found
    least_s = heapq.nlargest(handover.MOST_CHANGES, times)[-1] if times else math.inf
    wanted: dict[str, list[Json]] = {
        kind: [
            how.shown(river, thing)
            for at, thing in enumerate(parts[kind])
            if newest_s.get((kind, at), -math.inf) >= least_s or (kind != "reports" and how.over_s(thing) is None)
        ]
        for kind, how in KINDS.items()
    }
    zones = [*charting.configured(river), *wanted["zones"]]
    return handover.handover(
        wanted["alerts"],
        wanted["incidents"],
        wanted["reports"],
        wanted["exclusions"],
        wanted["guards"],
        health,
        zones=[{**zone, "held_back": held.get(zone["id"], 0)} for zone in zones],
        since_s=since_s,
        known=len(times),
    )


def _rounded(time_s: float | None) -> float:
    """As its JSON tells it; before everything where there is none."""
    told_s = render.number(time_s, 3)
    return -math.inf if told_s is None else told_s
