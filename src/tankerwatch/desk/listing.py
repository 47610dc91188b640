"""What is told of all that a desk knows: what stands in whole and, of what is over, the newest; the others when asked for.

A desk that runs for months knows thousands of each kind that are over, and every page would hold them all. None is lost: see `before`.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tankerwatch.core.incidents import CLOSED, OPEN, WITHDRAWN, Alert, Guard, Incident
from tankerwatch.core.ports import OVER_TOLD, Before
from tankerwatch.desk import charting
from tankerwatch.pipeline import River
from tankerwatch.triage import render

Json = dict[str, Any]

ROUNDED_S: Final = 0.001
"""Times are told to a millisecond."""
_STATES: Final = {OPEN: 0, CLOSED: 1, WITHDRAWN: 2}
_SEVERITIES: Final = {"distress": 0, "danger": 1, "caution": 2, "notice": 3}


@dataclass(frozen=True, slots=True)
class Kind:
    """How things of one kind are told. Where a field takes a thing, it is one of those that `known` gives.

    over_s: since when it is over, None while it stands · joined: the ids of those that are told however long they are over · order: by
    which they are told; as they came where there is none
    """

    known: Callable[[River], Mapping[Any, Any]]
    over_s: Callable[[Any], float | None]
    ships: Callable[[Any], tuple[int, ...]]
    shown: Callable[[River, Any], Json]
    joined: Callable[[River], Collection[str]] = lambda river: ()
    order: Callable[[Any], Any] | None = None

    def place(self, thing: Any) -> tuple[float, str]:
        """Where it stands among those that are over, the newest first: by the times that its JSON tells, so that a page may name it."""
        return -(render.number(self.over_s(thing), 3) or 0.0), _id(thing)


def _id(thing: Any) -> str:
    return str(thing.ship if isinstance(thing, Guard) else thing.id)


def _alert_over_s(alert: Alert) -> float | None:
    return None if alert.state == OPEN else _first(alert.end_s, alert.updated_s)


def _incident_over_s(incident: Incident) -> float | None:
    return None if incident.state == OPEN else _first(incident.end_s, incident.start_s)


def _first(time_s: float | None, other_s: float | None) -> float:
    if time_s is not None and time_s == time_s:
        return time_s
    return 0.0 if other_s is None or other_s != other_s else other_s


def _worst(alert: Alert) -> tuple[int, int, float, str]:
    return (_STATES[alert.state], _SEVERITIES[alert.severity], -(alert.raised_s or 0), alert.id)


def _of_open_incidents(what: str) -> Callable[[River], Collection[str]]:
    return lambda river: {name for each in river.triage.incidents.values() if each.state == OPEN for name in getattr(each, what)}


KINDS: Final = {
    "alerts": Kind(
        lambda river: river.triage.alerts,
        _alert_over_s,
        lambda alert: tuple(alert.ships),
        lambda river, alert: render.alert_json(alert, river.name_of),
        _of_open_incidents("alerts"),
        _worst,
    ),
    "incidents": Kind(
        lambda river: river.triage.incidents,
        _incident_over_s,
        lambda incident: tuple(incident.ships),
        lambda river, incident: render.incident_json(incident, river.name_of),
    ),
    "reports": Kind(
        lambda river: river.triage.reports,
        lambda report: float(report.entered_s),
        lambda report: () if report.ship is None else (report.ship,),
        lambda river, report: render.report_json(report),
        _of_open_incidents("reports"),
    ),
    "exclusions": Kind(
        lambda river: river.exclusions.all,
        lambda exclusion: exclusion.undone_s,
        lambda exclusion: tuple(exclusion.ships),
        lambda river, exclusion: render.exclusion_json(exclusion, river.name_of),
    ),
    "guards": Kind(
        lambda river: river.guards.all,
        lambda guard: guard.over_s,
        lambda guard: (guard.ship,),
        lambda river, guard: render.guard_json(guard, river.name_of),
    ),
    "zones": Kind(
        lambda river: river.areas.drawn.all,
        lambda zone: zone.removed_s,
        lambda zone: (),
        lambda river, zone: charting.zone_json(zone),
    ),
}


def listed(river: River, kind: str, most_over: int = OVER_TOLD, before: Before | None = None, ship: int | None = None) -> list[Json]:
    """Things of one of `KINDS` as the page knows them; with `before` only so many that were over before that, newest first.

    ship: only those about her.
    """
    how = KINDS[kind]
    all_known = how.known(river)
    known = [(how.over_s(thing), thing) for thing in all_known.values() if ship is None or ship in how.ships(thing)]
    over = [(over_s, thing) for over_s, thing in known if over_s is not None]
    if before is not None:
        limit, (sure_s, late_s) = (-before[0], before[1]), (before[0] - ROUNDED_S, before[0] + ROUNDED_S)
        earlier = [each for each in over if each[0] < sure_s or (each[0] <= late_s and how.place(each[1]) > limit)]
        return [how.shown(river, thing) for thing in _newest(how, earlier, most_over)]
    chosen = {id(thing) for thing in _newest(how, over, most_over)}
    chosen |= {id(all_known[name]) for name in how.joined(river)}
    found = [thing for over_s, thing in known if over_s is None or id(thing) in chosen]
    told = [how.shown(river, thing) for thing in (found if how.order is None else sorted(found, key=how.order))]
    return [*charting.configured(river), *told] if kind == "zones" and ship is None else told


def _newest(how: Kind, over: Sequence[tuple[float, Any]], most: int) -> list[Any]:
    """Those that were over last. By the time alone all but a few fall out: a place is dear to tell, and there may be thousands."""
    if not most:
        return []
    least_s = heapq.nlargest(most, (over_s for over_s, _ in over))[-1] if most < len(over) else -math.inf
    return heapq.nsmallest(most, (thing for over_s, thing in over if over_s >= least_s - ROUNDED_S), key=how.place)


def one(river: River, kind: str, name: str) -> Json | None:
    """One of them by its id, however long it is over; None where there is none."""
    how = KINDS[kind]
    thing = how.known(river).get(int(name) if kind == "guards" and name.isdecimal() else name)
    return None if thing is None else how.shown(river, thing)


def numbers(river: River) -> dict[str, int]:
    """How many alerts are open and how many over."""
    still = len(river.triage.open)
    return {"open": still, "over": len(river.triage.alerts) - still}
