"""Which alerts are told: all that are open or of an open incident and, of those that are over, the newest; the others when asked for.

A desk that runs for months knows thousands that are over, and every page would hold them all. None is lost: see `before`.
"""

from __future__ import annotations

import heapq
from typing import Any, Final

from tankerwatch.core.incidents import CLOSED, OPEN, WITHDRAWN, Alert
from tankerwatch.core.ports import OVER_TOLD, Before
from tankerwatch.pipeline import River
from tankerwatch.triage import render

_STATES: Final = {OPEN: 0, CLOSED: 1, WITHDRAWN: 2}
_SEVERITIES: Final = {"distress": 0, "danger": 1, "caution": 2, "notice": 3}


def listed(river: River, most_over: int = OVER_TOLD, before: Before | None = None) -> list[dict[str, Any]]:
    """Alerts as the page knows them, worst first; with `before` only so many that were over before that, newest first."""
    over = [alert for alert in river.triage.alerts.values() if alert.state != OPEN]
    if before is not None:
        limit = (-before[0], before[1])
        found = heapq.nsmallest(most_over, (alert for alert in over if _place(alert) > limit), key=_place)
    else:
        newest = over if most_over >= len(over) else heapq.nsmallest(most_over, over, key=_place)
        together = {name for incident in river.triage.incidents.values() if incident.state == OPEN for name in incident.alerts}
        named = {alert.id for alert in newest} | together
        found = sorted((a for a in river.triage.alerts.values() if a.state == OPEN or a.id in named), key=_worst)
    return [render.alert_json(alert, river.name_of) for alert in found]


def numbers(river: River) -> dict[str, int]:
    """How many alerts are open and how many over."""
    known = river.triage.alerts
    still = sum(alert.state == OPEN for alert in known.values())
    return {"open": still, "over": len(known) - still}


def _place(alert: Alert) -> tuple[float, str]:
    """Where it stands among those that are over, the newest first: by the times that its JSON tells, so that a page may name it."""
    over_s = render.number(alert.end_s, 3)
    return (-(over_s if over_s is not None else render.number(alert.updated_s, 3) or 0.0), alert.id)


def _worst(alert: Alert) -> tuple[int, int, float, str]:
    return (_STATES[alert.state], _SEVERITIES[alert.severity], -(alert.raised_s or 0), alert.id)
