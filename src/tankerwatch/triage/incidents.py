"""Alerts that belong together become one incident, so that two attacks within an hour read as what they are.

A casualty is a ship that cannot go on: in distress, not under command, stopped without reason. Casualties within 15 nm and 2 h of
each other, or of the same ship, are one incident; a threat (a craft closing) joins one but by itself neither opens, widens nor prolongs
it. The figures follow the attacks of 13 June 2019: two ships, 10 nm and an hour apart, of which only both together told the story.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from tankerwatch.core.geo import distance_nm, spoken
from tankerwatch.core.incidents import CLOSED, OPEN, RANK, SEVERITIES, WITHDRAWN, Alert, Incident, Report, Step
from tankerwatch.core.tables import Decision
from tankerwatch.triage import answers, words
from tankerwatch.triage.book import Book, short_id
from tankerwatch.triage.finding import Finding

REACH_NM: Final = 15.0
REACH_S: Final = 7200.0

CASUALTY: Final = frozenset({"distress", "not_under_command", "sudden_stop", "drifting", "collision", "grounding"})
THREAT: Final = frozenset({"closing", "swarm"})

ACROSS_DEG: Final = REACH_NM / 59.0
"""Two positions whose latitudes differ by more are farther apart than 15 nm."""


def near(a: Alert | Report | Finding | Incident, b: Alert | Report | Finding | Incident) -> float | None:
    """The distance in nm when both have a position and lie within reach of each other, else None."""
    if a.lat_deg is None or a.lon_deg is None or b.lat_deg is None or b.lon_deg is None or abs(a.lat_deg - b.lat_deg) > ACROSS_DEG:
        return None
    apart_nm = float(distance_nm(a.lat_deg, a.lon_deg, b.lat_deg, b.lon_deg))
    return apart_nm if apart_nm <= REACH_NM else None


def who(alert: Alert) -> int | str:
    """Who is in danger: the ship, or for a place without a ship the alert itself."""
    return alert.ships[0] if alert.ships else alert.id


class Incidents:
    """The incidents in the book. `is_group` says of an alert's id that many episodes share it: such a one joins nothing."""

    def __init__(self, book: Book, *, names: Callable[[int], str], is_group: Callable[[str], bool]) -> None:
        self.book = book
        self.open: dict[str, None] = {}
        """ids of the open incidents, the oldest first"""
        self.grown: set[str] = set()
        """incidents whose members changed since someone looked; whoever looks empties it"""
        self._names = names
        self._is_group = is_group
        self._loose: dict[str, None] = {}
        self._loose_reports: dict[str, None] = {}
        self._deadline = (-1, math.inf)
        self._merged: dict[str, str] = {}
        """where the incidents went that are part of another now"""

    # -- what came ------------------------------------------------------------------------------------------------------

    def consider(self, alert: Alert) -> None:
        """Find the place of an alert that is new or has changed."""
        if self._is_group(alert.id) or alert.detector not in CASUALTY | THREAT:
            return
        if alert.state == WITHDRAWN:
            self._leave(alert)
            return
        home = alert.incident if alert.incident in self.open else None
        if alert.incident is not None and home is None:
            return  # its incident is history; what changes of it now reopens nothing
        if alert.detector in THREAT:
            found = next((name for name in self.open if self._touches(name, alert)), None) if home is None else home
            partners: list[Alert] = [] if found else [loose for loose in self._loose_alerts() if self._same_casualty(loose, alert)]
        else:
            touched = [name for name in self.open if name == home or self._touches(name, alert)]
            found = self._merge(touched)
            partners = [] if found else [loose for loose in self._loose_alerts() if self._belongs(loose, alert)]
        alone = alert.detector in CASUALTY and RANK[alert.severity] >= RANK["danger"]
        if found is None and (alone or partners):
            found = self._begin([alert, *partners])
        if found is None:
            self._loose[alert.id] = None
            return
        self._join(found, alert)
        self._gather(found)
        self._tell(found)

    def report(self, report: Report, place: Report | None = None) -> None:
        """Find the incident of a report: that of its ship, else the nearest open one within reach; `place` holds where its ship is now."""
        if report.incident is not None:
            return
        at = place or report
        found: tuple[float, str] | None = None
        for name in self.open:
            members = [member for member in self._members(name) if member.detector in CASUALTY]
            if report.ship is not None and any(report.ship in member.ships for member in self._members(name)):
                found = (0.0, name)
                break
            if not any(self._gap_s(member, report.time_s, report.time_s) <= REACH_S for member in members):
                continue
            apart = [distance for member in members if (distance := near(at, member)) is not None]
            if apart and (found is None or min(apart) < found[0]):
                found = (min(apart), name)
        if found is None:
            self._loose_reports[report.id] = None
            return
        self._loose_reports.pop(report.id, None)
        self.book.put(replace(report, incident=found[1]))
        incident = self.book.incidents[found[1]]
        self.book.put(replace(incident, reports=(*incident.reports, report.id)))

    def note(self, decision: Decision) -> None:
        """What a person wrote down about an incident, open or over; about one that was merged, it goes where its alerts went."""
        name = decision.subject
        while name in self._merged:
            name = self._merged[name]
        incident = self.book.incidents[name]
        said = words.clean(str(decision.content.get("words") or ""))
        if said:
            self.book.put(replace(incident, notes=(*incident.notes, Step(decision.time_s, "note", said, answers.by_of(decision)))))

    def in_open(self, finding: Finding) -> bool:
        """True when what was found belongs to an incident that is open now."""
        if finding.detector not in CASUALTY | THREAT:
            return False
        return any(
            member.ships[:1] == finding.ships[:1] != () or near(member, finding) is not None
            for name in self.open
            for member in self._members(name)
            if member.detector in CASUALTY
        )

    # -- time -----------------------------------------------------------------------------------------------------------

    def deadline_s(self) -> float:
        """When the next open incident closes by itself; inf when none will."""
        if self._deadline[0] != self.book.revision:
            self._deadline = self.book.revision, min((self._closes_s(name) for name in self.open), default=math.inf)
        return self._deadline[1]

    def close_due(self, time_s: float) -> None:
        """Close each incident that has had no open casualty for two hours at `time_s`."""
        due = [] if self.deadline_s() > time_s else [name for name in self.open if self._closes_s(name) <= time_s]
        for name in due:
            incident = self.book.incidents[name]
            # Who can help is told for open incidents only (SAFETY).
            self.book.put(replace(incident, state=CLOSED, end_s=self._closes_s(name), helpers=()))
            del self.open[name]
        for loose in self._loose_alerts():
            if loose.end_s is not None and loose.end_s + REACH_S < time_s:
                del self._loose[loose.id]
        for name in [name for name in self._loose_reports if self.book.reports[name].time_s + REACH_S < time_s]:
            del self._loose_reports[name]

    def lead(self, incident: Incident) -> Alert | None:
        """The casualty that the incident is about first: open before closed, worst, then earliest."""
        casualties = [member for member in self._members(incident.id) if member.detector in CASUALTY]
        return max(casualties, key=lambda member: (member.state == OPEN, RANK[member.severity]), default=None)

    def casualties(self) -> set[int]:
        """The ships that are casualties of an open incident."""
        return {m.ships[0] for name in self.open for m in self._members(name) if m.detector in CASUALTY and m.ships}

    def threats(self, name: str) -> set[int]:
        """The craft that threatened someone in this incident, whether they still do or not."""
        return {craft for member in self._members(name) if member.detector in THREAT for craft in member.ships[1:]}

    # -- membership -----------------------------------------------------------------------------------------------------

    def _members(self, name: str) -> list[Alert]:
        return [self.book.alerts[alert] for alert in self.book.incidents[name].alerts]

    def _loose_alerts(self) -> list[Alert]:
        return [self.book.alerts[name] for name in self._loose]

    def _span(self, alert: Alert) -> tuple[float, float]:
        """From when to when an alert was true, as far as known."""
        begun = [time_s for time_s in (alert.start_s, alert.raised_s) if time_s is not None]
        end_s = self.book.clock_s if alert.state == OPEN else alert.end_s if alert.end_s is not None else self.book.clock_s
        start_s = min(begun, default=end_s)
        return start_s, max(start_s, end_s)

    def _gap_s(self, alert: Alert, start_s: float, end_s: float) -> float:
        """The time between an alert and a span; 0 when they overlap or no times are known."""
        begun_s, done_s = self._span(alert)
        if not (math.isfinite(begun_s) and math.isfinite(start_s)):
            return 0.0
        return max(0.0, start_s - done_s, begun_s - end_s)

    def _in_time(self, a: Alert, b: Alert) -> bool:
        return self._gap_s(a, *self._span(b)) <= REACH_S

    def _belongs(self, a: Alert, b: Alert) -> bool:
        """Whether two alerts, one of them a casualty's, are of one incident."""
        if not self._in_time(a, b):
            return False
        if a.detector in THREAT or b.detector in THREAT:
            return self._same_casualty(a, b)
        return who(a) == who(b) or near(a, b) is not None

    def _same_casualty(self, a: Alert, b: Alert) -> bool:
        """A threat to a casualty: the same ship is in danger in both, and one of them is a casualty's."""
        return (a.detector in CASUALTY) != (b.detector in CASUALTY) and who(a) == who(b) and self._in_time(a, b)

    def _touches(self, name: str, alert: Alert) -> bool:
        """Whether an alert belongs to an open incident: by her ship, or by place and time of one of its casualties."""
        return any(
            who(member) == who(alert) or (near(member, alert) is not None and self._in_time(member, alert))
            for member in self._members(name)
            if member.detector in CASUALTY and member.id != alert.id
        )

    def _begin(self, founders: list[Alert]) -> str:
        """Open an incident for alerts, the earliest of which gives it its name."""
        first = min(founders, key=lambda alert: (math.inf if alert.raised_s is None else alert.raised_s, alert.id))
        name = short_id("incident", first.id, self.book.ids)
        while name in self.book.incidents:
            # The same alert founded one before, which is over.
            name = short_id("incident", f"{first.id} after {name}", self.book.ids)
        self.book.put(
            Incident(name, "notice", OPEN, "", start_s=None, end_s=None, alerts=(), ships=(), reports=(), lat_deg=None, lon_deg=None)
        )
        self.open[name] = None
        for founder in founders:
            self._join(name, founder)
        return name

    def _join(self, name: str, alert: Alert) -> None:
        self._loose.pop(alert.id, None)
        incident = self.book.incidents[name]
        if alert.id not in incident.alerts:
            self.book.put(replace(incident, alerts=(*incident.alerts, alert.id)))
            self.grown.add(name)
        if alert.incident != name:
            self.book.put(replace(self.book.alerts[alert.id], incident=name))

    def _gather(self, name: str) -> None:
        """Take in the loose alerts and reports that now lie within reach, until none does."""
        while reached := [loose for loose in self._loose_alerts() if self._touches(name, loose)]:
            for loose in reached:
                self._join(name, loose)
        for report in [self.book.reports[loose] for loose in self._loose_reports]:
            self.report(report)

    def _merge(self, names: list[str]) -> str | None:
        """Make one incident of several: the oldest lives on, the others are closed and say where they went."""
        if not names:
            return None
        survivor, *others = names
        for name in others:
            other = self.book.incidents[name]
            for alert in self._members(name):
                self._join(survivor, alert)
            for report in other.reports:
                self.book.put(replace(self.book.reports[report], incident=survivor))
            kept = self.book.incidents[survivor]
            notes = tuple(sorted((*kept.notes, *other.notes), key=lambda note: note.time_s))
            self.book.put(replace(kept, reports=(*kept.reports, *other.reports), notes=notes))
            self._merged[name] = survivor
            title = f"Now part of another incident: {other.title}"
            self.book.put(replace(other, state=CLOSED, end_s=self.book.now(), title=title, alerts=(), reports=(), helpers=(), notes=()))
            del self.open[name]
        return survivor

    def _leave(self, alert: Alert) -> None:
        """A withdrawn alert leaves its incident; one that has no casualty left is withdrawn with it."""
        self._loose.pop(alert.id, None)
        if alert.incident is None:
            return
        incident = self.book.incidents[alert.incident]
        left = tuple(name for name in incident.alerts if name != alert.id)
        self.book.put(replace(alert, incident=None))
        self.book.put(replace(incident, alerts=left))
        if incident.id in self.open:
            self.grown.add(incident.id)
        members = self._members(incident.id)
        if any(member.detector in CASUALTY for member in members):
            self._tell(incident.id)
            return
        for member in members:
            free = replace(member, incident=None)
            self.book.put(free)
            if incident.id in self.open:
                self._loose[free.id] = None
        self.open.pop(incident.id, None)
        empty = replace(self.book.incidents[incident.id], state=WITHDRAWN, end_s=self.book.now(), alerts=(), helpers=())
        self.book.put(empty)

    # -- words ----------------------------------------------------------------------------------------------------------

    def _closes_s(self, name: str) -> float:
        """When an incident closes if nothing more comes; inf while a casualty is open."""
        incident = self.book.incidents[name]
        members = [member for member in self._members(name) if member.detector in CASUALTY]
        if any(member.state == OPEN for member in members):
            return math.inf
        times = [time_s for member in members for time_s in (member.raised_s, member.end_s) if time_s is not None]
        times += [self.book.reports[report].entered_s for report in incident.reports]
        return max(times, default=math.inf) + REACH_S

    def _tell(self, name: str) -> None:
        """Severity, title, ships, time and place of an incident from its members."""
        incident = self.book.incidents[name]
        members = self._members(name)
        casualties = [member for member in members if member.detector in CASUALTY]
        first: dict[int | str, Alert] = {}
        for member in casualties:
            first.setdefault(who(member), member)
        rank = max(RANK[member.severity] for member in members)
        if len(first) > 1:
            rank = max(RANK["danger"], min(rank + 1, RANK["distress"]))
        times = [member.start_s if member.start_s is not None else member.raised_s for member in members]
        ships = dict.fromkeys(ship for group in (casualties, members) for member in group for ship in member.ships)
        lead = self.lead(incident)
        place = lead if lead is not None and lead.lat_deg is not None else incident
        self.book.put(
            replace(
                incident,
                severity=SEVERITIES[rank],
                title=self._title(list(first.values()), casualties),
                ships=tuple(ships),
                start_s=min((time_s for time_s in times if time_s is not None), default=None),
                lat_deg=place.lat_deg,
                lon_deg=place.lon_deg,
            )
        )

    def _title(self, distinct: list[Alert], casualties: list[Alert]) -> str:
        """`FRONT ALTAIR: sudden stop, not under command`; `A and B: two casualties 10 nm apart`."""
        called = [self._called(alert) for alert in distinct]
        if len(distinct) == 1:
            return f"{called[0]}: {', '.join(dict.fromkeys(words.detector_words(alert.detector) for alert in casualties))}"
        title = f"{words.listed(called)}: {words.number(len(distinct))} casualties"
        apart = [
            float(distance_nm(a.lat_deg, a.lon_deg, b.lat_deg, b.lon_deg))
            for a, b in _pairs(distinct)
            if a.lat_deg is not None and b.lat_deg is not None
        ]
        if not apart:
            return title
        return f"{title} {max(apart):.0f} NM apart" if len(distinct) == 2 else f"{title} within {max(apart):.0f} NM"

    def _called(self, alert: Alert) -> str:
        if alert.ships:
            return words.ship_name(alert.ships[0], self._names(alert.ships[0]))
        if alert.lat_deg is not None and alert.lon_deg is not None:
            return spoken(alert.lat_deg, alert.lon_deg)
        return "Position not known"


def _pairs(alerts: list[Alert]) -> Iterable[tuple[Alert, Alert]]:
    """Each two of the first twenty: a title needs no more."""
    few = alerts[:20]
    return ((a, b) for i, a in enumerate(few) for b in few[i + 1 :])
