"""Findings become alerts, alerts become incidents, and each incident says who can help.

Pure: no I/O and no clock; time is what findings, decisions and ticks carry. So what comes out depends on what came in and never on how it
was cut into calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from tankerwatch.core.incidents import ANSWERS, EXCLUSIONS, OPEN, Alert, Evidence, Helper, Incident, Report
from tankerwatch.core.tables import Decision, Findings, Picture
from tankerwatch.triage import reports, rescuers, words
from tankerwatch.triage.book import Book
from tankerwatch.triage.budget import ALERTS_AN_HOUR, DISTRESSES_AN_HOUR, Budget
from tankerwatch.triage.episodes import Episodes
from tankerwatch.triage.finding import Finding, rows
from tankerwatch.triage.incidents import THREAT, Incidents
from tankerwatch.triage.quiet import Quiet

HELPERS_EVERY_S: Final = 60.0
REPORTED_OPEN_S: Final = 86_400.0
"""A distress that only a person reported, and of which nothing was said for a day, ends by itself."""

Changes = tuple[list[Alert], list[Incident], list[Report]]


def _no_evidence(rows: tuple[int, ...]) -> tuple[Evidence, ...]:
    """Evidence when no one keeps the received lines: their numbers."""
    return tuple(Evidence(row) for row in rows)


class Triage:
    """The desk's judgement: what needs a person's eye, and what belongs together.

    rules: detector → what an alert says of its rule (`id version what why wrong settings`) · names: a ship's name as she sends it, ""
    when not known · evidence: the received lines behind source rows · alerts_an_hour: how many alerts a rule may raise singly, where no
    `budget` says more · quiet: what is not shown singly now ·
    absorbs: detector → those whose findings about its ships are part of its own.

    `alerts`, `incidents` and `reports` hold the newest state of everything by id, `open` the ids of the alerts that are; `refused` counts
    what changed nothing, by reason; `first_helpers` who could help when an incident began, which stays true after it is over.
    """

    def __init__(
        self,
        *,
        rules: Mapping[str, dict[str, Any]],
        names: Callable[[int], str],
        evidence: Callable[[tuple[int, ...]], tuple[Evidence, ...]] = _no_evidence,
        alerts_an_hour: int = ALERTS_AN_HOUR,
        distresses_an_hour: int = DISTRESSES_AN_HOUR,
        budget: Budget | None = None,
        quiet: Quiet | None = None,
        absorbs: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self._book = Book()
        self._names = names
        self._episodes = Episodes(
            self._book,
            rules=rules,
            names=names,
            evidence=evidence,
            budget=budget or Budget(alerts_an_hour, distresses_an_hour),
            in_incident=lambda finding: self._incidents.in_open(finding),
            quiet=quiet,
            absorbs=absorbs,
        )
        self._incidents = Incidents(self._book, names=names, is_group=self._episodes.groups.__contains__)
        self._no_place: dict[str, None] = {}
        self._helped_s: dict[str, float] = {}
        self.alerts: Mapping[str, Alert] = self._book.alerts
        self.open: Mapping[str, None] = self._book.open
        self.incidents: Mapping[str, Incident] = self._book.incidents
        self.reports: Mapping[str, Report] = self._book.reports
        self.refused: Mapping[str, int] = self._book.refused
        self.first_helpers: dict[str, tuple[Helper, ...]] = {}
        self.in_port: Mapping[str, int] = self._episodes.in_port

    def spent(self, *, over: bool = False) -> list[tuple[str, str]]:
        """Open alerts (with `over`, others too) in which a rule's episodes beyond its budget are gathered and that no advice was given for:
        (id, detector).
        """
        return [(group.alert, group.detector) for group in self._episodes.spent(over)]

    def take(self, findings: Findings, decisions: tuple[Decision, ...], picture: Picture | None, now_s: float) -> Changes:
        """Carry out what was found and decided up to `now_s`; the alerts, incidents and reports that changed, each once.

        picture: the ships at the tick `now_s`, None when this call ends on no tick: what needs a picture waits for the next one.
        """
        # Findings of one time in the order of their names, so that the order of detectors does not matter; then what people say.
        found = [((time_s(f.time_s), 0, f.detector, f.episode), f) for f in rows(findings)]
        said = [((time_s(d.time_s), 1, d.id, ""), d) for d in decisions]
        events: list[tuple[tuple[float, int, str, str], Finding | Decision]] = sorted([*found, *said], key=lambda event: event[0])
        for _, event in events:
            if event.time_s is not None:
                self._reach(event.time_s)
            if isinstance(event, Finding):
                for alert in self._episodes.take(event):
                    self._settle(alert)
            else:
                self._decide(event)
        self._reach(now_s)
        if picture is not None:
            self._tick(picture, now_s)
        return self._book.changes()

    def _decide(self, decision: Decision) -> None:
        if decision.kind == "report":
            self._report(reports.report(decision))
        elif decision.kind == "note" and decision.subject in self._book.incidents:
            self._incidents.note(decision)
        elif decision.kind in ANSWERS:
            self._settle(self._episodes.decide(decision))
        elif decision.kind in EXCLUSIONS:
            self._settle(self._episodes.exclusion(decision))
        elif decision.kind == "advice":
            self._settle(self._episodes.advise(decision))
        # Decisions of other kinds (guard, feed) are for other stages.

    def _report(self, report: Report) -> None:
        if report.id in self._book.reports:
            self._book.refuse("report entered twice")
            return
        self._book.put(report)
        if report.kind == "distress" and (report.ship is not None or report.lat_deg is not None):
            name = "" if report.ship is None else words.ship_name(report.ship, self._names(report.ship))
            alert = self._episodes.report_distress(reports.distress(report, name))
            self._settle(alert)
            if alert.lat_deg is None:
                self._no_place[alert.id] = None
        self._incidents.report(self._book.reports[report.id])
        if report.lat_deg is None and self._book.reports[report.id].incident is None and report.ship is not None:
            self._no_place[report.id] = None

    def _settle(self, alert: Alert | None) -> None:
        if alert is not None:
            self._incidents.consider(self._book.alerts[alert.id])

    def _reach(self, now_s: float) -> None:
        """Let the clock go on, and on its way everything end that ends by itself, in order."""
        if not math.isfinite(now_s):
            return
        while (
            due_s := min(self._incidents.deadline_s(), self._unheard_s(), self._episodes.morning_s(), self._episodes.wakes_s())
        ) <= now_s:
            self._book.reach(due_s)
            for alert in self._episodes.wake(due_s):
                self._settle(alert)
            for alert in self._episodes.end_quiet(due_s):
                self._settle(alert)
            for alert in self._unheard(due_s):
                self._settle(self._episodes.end(alert, due_s, "nothing more was said of it for a day"))
            self._incidents.close_due(due_s)
        self._book.reach(now_s)
        self._incidents.close_due(now_s)

    def _unheard_s(self) -> float:
        """When the next reported distress ends by itself."""
        return min((self._silent_s(alert) for alert in self._reported()), default=math.inf)

    def _unheard(self, due_s: float) -> list[Alert]:
        return [alert for alert in self._reported() if self._silent_s(alert) <= due_s]

    def _reported(self) -> list[Alert]:
        return [self._book.alerts[name] for name in self._book.open if name in self._episodes.reported]

    @staticmethod
    def _silent_s(alert: Alert) -> float:
        return math.inf if alert.updated_s is None else alert.updated_s + REPORTED_OPEN_S

    def _tick(self, picture: Picture, now_s: float) -> None:
        """What only a picture can tell: where a ship is that a report names, and who can help."""
        for name in self._no_place:
            if name in self._book.alerts:
                alert = self._book.alerts[name]
                place = rescuers.position(picture, alert.ships[0])
                if place is not None and alert.state == OPEN:
                    self._settle(self._episodes.place(alert, *place))
            else:
                report = self._book.reports[name]
                place = None if report.ship is None else rescuers.position(picture, report.ship)
                if place is not None:
                    self._incidents.report(report, replace(report, lat_deg=place[0], lon_deg=place[1]))
        self._no_place.clear()
        due = [
            name
            for name in self._incidents.open
            if name in self._incidents.grown or now_s - self._helped_s.get(name, -math.inf) >= HELPERS_EVERY_S
        ]
        self._incidents.grown.clear()
        if due:
            standing = (self._book.alerts[name] for name in self._book.open)
            closing = {craft for a in standing if a.detector in THREAT for craft in a.ships[1:]}
            without = closing | self._incidents.casualties()
            for name in due:
                self._help(name, picture, now_s, without | self._incidents.threats(name))

    def _help(self, name: str, picture: Picture, now_s: float, without: set[int]) -> None:
        """Tell an incident anew where its casualty is and who can help."""
        self._helped_s[name] = now_s
        incident = self._book.incidents[name]
        lead = self._incidents.lead(incident)
        if lead is not None and lead.ships and (place := rescuers.position(picture, lead.ships[0])) is not None:
            incident = replace(incident, lat_deg=place[0], lon_deg=place[1])
        if incident.lat_deg is None or incident.lon_deg is None:
            return
        able = rescuers.helpers(picture, incident.lat_deg, incident.lon_deg, now_s, without=without, names=self._names)
        self._book.put(replace(incident, helpers=able))
        self.first_helpers.setdefault(name, able)


def time_s(value: float | None) -> float:
    """A time to sort by: what has none comes last."""
    return math.inf if value is None or not math.isfinite(value) else value
