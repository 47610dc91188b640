"""One alert an episode: raised once, amended as evidence comes, ended, withdrawn when disproved, never deleted.

Every step goes through the transition table of `core/incidents.py`; what the table does not hold changes nothing and is counted.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from tankerwatch.core.incidents import CLOSED, OPEN, RANK, TRANSITIONS, WITHDRAWN, Alert, Evidence, Step
from tankerwatch.core.schema import NAN
from tankerwatch.core.tables import Decision
from tankerwatch.triage import answers, words
from tankerwatch.triage.book import Book, short_id
from tankerwatch.triage.budget import NAMES_SAID, Budget, Group
from tankerwatch.triage.finding import Finding
from tankerwatch.triage.parts import Parts
from tankerwatch.triage.quiet import Quiet
from tankerwatch.triage.scope import LEFT_OUT

EVIDENCE_EACH_END: Final = 10
"""An alert keeps its first ten and its latest ten pieces of evidence."""
STEPS_FIRST: Final = 8
STEPS_LATEST: Final = 56

ENDED: Final = {"raise": "seen again", "end": "over", "withdraw": "disproved"}
"""What is said of a step for which nobody found words: whatever ends or is withdrawn says why."""


def with_step(alert: Alert, time_s: float | None, verb: str, said: str, by: str = "") -> tuple[Step, ...]:
    """The alert's history and one step more. Amendments that follow each other are one step; a long history keeps its two ends."""
    steps = alert.history
    if verb == "amend" and steps and steps[-1].verb == "amend":
        steps = steps[:-1]
    steps = (*steps, Step(NAN if time_s is None else time_s, verb, words.clean(said), by))
    return steps if len(steps) <= STEPS_FIRST + STEPS_LATEST else steps[:STEPS_FIRST] + steps[-STEPS_LATEST:]


def kept_evidence(before: tuple[Evidence, ...], new: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Both together, each line once, at most the first ten and the latest ten."""
    once = tuple({(piece.feed, piece.source_row): piece for piece in (*before, *new)}.values())
    if len(once) <= 2 * EVIDENCE_EACH_END:
        return once
    return once[:EVIDENCE_EACH_END] + once[-EVIDENCE_EACH_END:]


def was_left_out(alert: Alert) -> bool:
    """Whether an alert was withdrawn because nothing was to be said of its ships, and by no person."""
    last = next((step for step in reversed(alert.history) if step.verb in ("withdraw", "dismiss")), None)
    return last is not None and last.verb == "withdraw" and last.words.startswith(LEFT_OUT)


class Episodes:
    """The alerts of all episodes, in the book.

    `names` gives a ship's name as sent, "" when none is known; `evidence` the received lines behind source rows; `in_incident` whether
    a finding belongs to an open incident, and so is shown singly whatever its rule has spent; `quiet` what is not shown singly now.
    """

    def __init__(
        self,
        book: Book,
        *,
        rules: Mapping[str, dict[str, Any]],
        names: Callable[[int], str],
        evidence: Callable[[tuple[int, ...]], tuple[Evidence, ...]],
        budget: Budget,
        in_incident: Callable[[Finding], bool],
        quiet: Quiet | None = None,
        absorbs: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.book = book
        self.groups: dict[str, Group] = {}
        """by the id of the alert that a group shares"""
        self._rules = rules
        self._names = names
        self._evidence = evidence
        self._budget = budget
        self._in_incident = in_incident
        self._quiet = quiet or Quiet()
        self._parts = Parts(book, absorbs or {})
        self._hushed: dict[str, None] = {}
        self.in_port: Counter[str] = Counter()
        """how many episodes of each rule were only counted, because their ship lay in port"""
        self._alert_of: dict[str, str] = {}
        self._snoozed: dict[str, None] = {}
        self.reported: dict[str, None] = {}
        """alerts that a person's report raised: no detector will ever end them"""

    def named(self, ships: tuple[int, ...]) -> list[str]:
        """What the ships are called now."""
        return [words.ship_name(ship, self._names(ship)) for ship in ships]

    def take(self, finding: Finding) -> list[Alert]:
        """Carry out what a detector said; the alerts that it touched."""
        if self._parts.knows(finding.key):
            return []
        touched = self._take(finding)
        if touched is None:
            return []
        ended = [
            self._change(part, finding.time_s, "end", f"Part of: {touched.title}.") for part in self._parts.take_in(touched, self._alert_of)
        ]
        return [touched, *(alert for alert in ended if alert is not None)]

    def _take(self, finding: Finding) -> Alert | None:
        name = self._alert_of.get(finding.key)
        if name is None:
            if finding.key in self._hushed:
                return self._still_hushed(finding)
            if finding.verb != "raise":
                self.book.refuse(f"{finding.verb} of an episode never raised")
                return None
            return self._begin(finding)
        group = self.groups.get(name)
        if group is None:
            return self._amend(self.book.alerts[name], finding)
        if finding.verb == "raise" and group.left_out(finding.key):
            self._leave(group, finding)
            return self._begin(finding)
        least = RANK[group.keeps_to]
        if RANK[finding.severity] >= least > RANK[group.severity] and finding.verb in ("raise", "amend"):
            # A distress is never one of many, and danger does not wait for the morning: it leaves the group for an alert of its own.
            self._leave(group, finding)
            return self._begin(finding)
        return self._amend_group(group, finding)

    def report_distress(self, finding: Finding) -> Alert:
        """A person reported a distress: amend the open distress alert of that ship, else raise one."""
        open_alert = self.open_distress(finding.ships)
        if open_alert is None:
            alert = self._raise(finding)
            self.reported[alert.id] = None
            return alert
        said = words.fill(finding.reason, self.named(finding.ships))
        return self._change(open_alert, finding.time_s, "amend", said, severity=finding.severity) or open_alert

    def open_distress(self, ships: tuple[int, ...]) -> Alert | None:
        """The open distress alert of the first of these ships."""
        for alert in map(self.book.alerts.__getitem__, self.book.open):
            if alert.detector == "distress" and ships and alert.ships[:1] == ships[:1] and alert.id not in self.groups:
                return alert
        return None

    def decide(self, decision: Decision) -> Alert | None:
        """Carry out what a person decided about an alert; the alert, None when nothing comes of it."""
        alert = self.book.alerts.get(decision.subject)
        if alert is None:
            self.book.refuse(f"{decision.kind} of an alert that does not exist")
            return None
        group = self.groups.get(alert.id)
        if decision.kind == "reopen" and group is not None and group.over(self.book.clock_s) != OPEN:
            self.book.refuse("reopen of a group of which all are over")
            return None
        answer = answers.answer(alert, decision)
        if isinstance(answer, str):
            if answer:
                self.book.refuse(answer)
            return None
        changed = self._change(alert, decision.time_s, answer.verb, answer.said, by=answer.by, **answer.changes)
        if changed is not None and changed.snoozed_until_s is not None:
            self._snoozed[alert.id] = None
        return changed

    def exclusion(self, decision: Decision) -> Alert | None:
        """The alert from which an exclusion is made, or taken back, says so."""
        alert = self.book.alerts.get(str(decision.content.get("alert") or ""))
        if alert is None:
            return None
        said = words.clean(str(decision.content.get("words") or ""))
        return self._change(alert, decision.time_s, decision.kind, said, by=answers.by_of(decision))

    def wakes_s(self) -> float:
        """When the next snoozed alert comes back; inf when none is."""
        return min((until_s for until_s, _ in self._asleep()), default=math.inf)

    def wake(self, time_s: float) -> list[Alert]:
        """What was snoozed until now is back, and asks for an eye anew."""
        woken = []
        for until_s, alert in self._asleep():
            if until_s <= time_s:
                changed = self._change(alert, time_s, "wake", "the snooze is over", snoozed_until_s=None, acknowledged_s=None)
                woken += [changed] if changed is not None else []
        self._snoozed = {alert.id: None for _, alert in self._asleep()}
        return woken

    def _asleep(self) -> list[tuple[float, Alert]]:
        snoozed = [self.book.alerts[name] for name in self._snoozed]
        return [(alert.snoozed_until_s, alert) for alert in snoozed if alert.snoozed_until_s is not None]

    def advise(self, decision: Decision) -> Alert | None:
        """A group's alert is told which setting would change it most."""
        group = self.groups.get(decision.subject)
        if group is None:
            self.book.refuse("advice for what is no group")
            return None
        group.advice = words.clean(str(decision.content.get("words") or ""))
        alert = self.book.alerts[group.alert]
        told = group.told(alert, self.named(group.ships()[:NAMES_SAID]))
        return self._change(alert, decision.time_s, "amend", told.reason, reason=told.reason)

    def spent(self, over: bool) -> list[Group]:
        """The groups of rules beyond their budget that were given no advice yet: those that are open, with `over` the others too."""
        unadvised = (group for group in self.groups.values() if group.until_s is None and not group.advice)
        return [group for group in unadvised if over or self.book.alerts[group.alert].state == OPEN]

    def morning_s(self) -> float:
        """When the next group of quiet hours has nothing more to wait for; inf when there is none."""
        return min((group.until_s for group in self._waiting() if group.until_s is not None), default=math.inf)

    def end_quiet(self, time_s: float) -> list[Alert]:
        """At the end of quiet hours a group ends, unless one of its members goes on."""
        ended = []
        for group in self._waiting():
            if group.until_s is not None and group.until_s <= time_s:
                alert = self.book.alerts[group.alert]
                verb = {CLOSED: "end", WITHDRAWN: "withdraw"}[group.over(time_s)]
                changed = self._change(alert, time_s, verb, alert.reason)
                ended += [changed] if changed is not None else []
        return ended

    def _waiting(self) -> list[Group]:
        """Open groups of quiet hours whose members are all over."""
        quiet = (group for group in self.groups.values() if group.until_s is not None and not group.states[OPEN])
        return [group for group in quiet if self.book.alerts[group.alert].state == OPEN]

    def _still_hushed(self, finding: Finding) -> Alert | None:
        """More of an episode that was only counted: it may be over, or worse, or its ship has left the port."""
        if finding.verb in ("raise", "amend"):
            if self._quiet.port(finding) and not self._in_incident(finding):
                return None
            del self._hushed[finding.key]
            self.in_port[finding.detector] -= 1
            return self._begin(finding)
        del self._hushed[finding.key]
        return None

    def end(self, alert: Alert, time_s: float, said: str) -> Alert | None:
        """End an alert that no detector will end."""
        return self._change(alert, time_s, "end", said)

    def place(self, alert: Alert, lat_deg: float, lon_deg: float) -> Alert:
        """Give an alert the position that was not known when it was raised."""
        placed = replace(alert, lat_deg=lat_deg, lon_deg=lon_deg)
        self.book.put(placed)
        return placed

    def _begin(self, finding: Finding) -> Alert | None:
        """A new episode: an alert of its own, unless the rule has spent its budget or a report raised the same distress before."""
        if finding.detector == "distress":
            known = self.open_distress(finding.ships)
            if known is not None and known.id in self.reported:
                self._alert_of[finding.key] = known.id
                return self._amend(known, finding)
        whole = self._parts.whole(finding)
        if whole is not None:
            said = words.fill(finding.reason, self.named(finding.ships))
            return self._change(whole, finding.time_s, "amend", said, evidence=kept_evidence(whole.evidence, self._resolved(finding)))
        of_incident = self._in_incident(finding)
        if not of_incident and self._quiet.port(finding):
            self._hushed[finding.key] = None
            self.in_port[finding.detector] += 1
            return None
        until_s = None if of_incident else self._quiet.until_s(finding)
        if until_s is not None:
            return self._raise_in_group(finding, until_s)
        time_s = self.book.clock_s if finding.time_s is None else finding.time_s
        spent = not self._budget.spend(finding.detector, finding.severity, time_s)
        if spent and not (finding.severity != "distress" and of_incident):
            return self._raise_in_group(finding)
        return self._raise(finding)

    def _raise(self, finding: Finding, *, title: str = "", key: str = "") -> Alert:
        """A new alert, made from one finding."""
        names = self.named(finding.ships)
        reason = words.fill(finding.reason, names)
        ship = f"-{finding.ships[0]}" if finding.ships else ""
        key = key or finding.key
        alert = Alert(
            id=short_id(f"{words.clean(finding.detector, 30)}{ship}", key, self.book.ids),
            detector=finding.detector,
            severity=finding.severity,
            state=TRANSITIONS["", "raise"],
            ships=finding.ships,
            raised_s=finding.time_s,
            start_s=finding.start_s if finding.start_s is not None else finding.time_s,
            end_s=None,
            lat_deg=finding.lat_deg,
            lon_deg=finding.lon_deg,
            score=finding.score,
            reason=reason,
            title=title or words.title(finding.detector, names, finding.episode),
            updated_s=finding.time_s,
            evidence=self._resolved(finding),
            rule=self._rules.get(finding.detector, {}),
        )
        alert = replace(alert, history=with_step(alert, finding.time_s, "raise", reason))
        self._alert_of[key] = alert.id
        self.book.put(alert)
        return alert

    def _amend(self, alert: Alert, finding: Finding) -> Alert | None:
        """What a detector says of an episode that has an alert of its own."""
        verb = finding.verb
        if verb == "raise" and alert.state == WITHDRAWN and was_left_out(alert):
            verb = "restore"
        ships = finding.ships or alert.ships
        names = self.named(ships)
        said = words.fill(finding.reason, names) if finding.reason else ""
        changes: dict[str, Any] = {"evidence": kept_evidence(alert.evidence, self._resolved(finding))}
        if verb in ("raise", "amend", "restore"):
            changes |= {
                "ships": ships,
                "severity": finding.severity,
                "score": finding.score,
                "title": words.title(alert.detector, names, finding.episode),
            }
            if said:
                changes["reason"] = said
            if finding.lat_deg is not None:
                changes |= {"lat_deg": finding.lat_deg, "lon_deg": finding.lon_deg}
            if finding.start_s is not None and (alert.start_s is None or finding.start_s < alert.start_s):
                changes["start_s"] = finding.start_s
        return self._change(alert, finding.time_s, verb, said or ENDED.get(verb, alert.reason), **changes)

    def _change(self, alert: Alert, time_s: float | None, verb: str, said: str, by: str = "", **changes: Any) -> Alert | None:
        """Take one step through the transition table; None when it holds no such step."""
        worse = RANK[changes.get("severity", alert.severity)] > RANK[alert.severity]
        if alert.closed_by_desk:
            # Who closed it did not know this; and when its rule ends it too, nobody can open it again.
            verb = "reopen" if worse and verb in ("raise", "amend") else "over" if verb == "end" else verb
        state = TRANSITIONS.get((alert.state, verb))
        if state is None:
            self.book.refuse(f"{verb} of an alert that is {alert.state}")
            return None
        if (alert.state == OPEN or alert.closed_by_desk) and not worse:
            # While it is open an alert only grows worse: a severity that swings with each fix would cry again each time.
            changes["severity"] = alert.severity
        if worse:
            changes["acknowledged_s"] = None  # what was acknowledged was less than this (IEC 62923-1: escalation)
        if alert.state == OPEN and state != OPEN:
            changes["end_s"] = time_s
        if state == OPEN and alert.state != OPEN:
            changes["end_s"] = None
        if verb in ("reopen", "over", "withdraw", "dismiss"):
            changes["closed_by_desk"] = False
        step = "amend" if verb == "raise" else verb
        history = with_step(alert, time_s, step, said, by)
        if alert.snoozed_until_s is not None and (worse or state != OPEN):
            changes["snoozed_until_s"] = None
            if state == OPEN:
                history = with_step(replace(alert, history=history), time_s, "wake", "worse than when it was snoozed")
        changed = replace(alert, **changes, state=state, history=history)
        if time_s is not None and (alert.updated_s is None or time_s > alert.updated_s):
            changed = replace(changed, updated_s=time_s)
        self.book.put(changed)
        return changed

    def _resolved(self, finding: Finding) -> tuple[Evidence, ...]:
        """The received lines behind a finding, at most its first ten and latest ten."""
        rows = tuple(dict.fromkeys(finding.evidence))
        if len(rows) > 2 * EVIDENCE_EACH_END:
            rows = rows[:EVIDENCE_EACH_END] + rows[-EVIDENCE_EACH_END:]
        return kept_evidence((), self._evidence(rows)) if rows else ()

    def _raise_in_group(self, finding: Finding, until_s: float | None = None) -> Alert:
        """Beyond the budget, or in hours that are quiet until then: this episode joins the open group of its rule, or begins one."""
        for group in self.groups.values():
            if (group.detector, group.until_s) == (finding.detector, until_s) and self.book.alerts[group.alert].state == OPEN:
                break
        else:
            alert = self._raise(finding, key=f"{'group' if until_s is None else 'quiet'}\n{finding.key}")
            # A group lies at no one place, and no ship of it is the one in danger.
            self.book.put(replace(alert, lat_deg=None, lon_deg=None))
            why = self._budget.singly(finding.detector) if until_s is None else f"in the quiet hours until {words.hour(until_s)} UTC"
            group = self.groups[alert.id] = Group(alert.id, finding.detector, why, until_s)
        self._alert_of[finding.key] = group.alert
        return self._amend_group(group, finding) or self.book.alerts[group.alert]

    def _amend_group(self, group: Group, finding: Finding) -> Alert | None:
        """Tell the group's alert anew after something was said of a member."""
        new = finding.key not in group.members
        group.amend(finding)
        alert = self.book.alerts[group.alert]
        told = group.told(alert, self.named(group.ships()[:NAMES_SAID]))
        # A piece for each ship rather than many of one: later words about a known member bring none.
        evidence = kept_evidence(alert.evidence, self._resolved(finding)[-1:]) if new else alert.evidence
        state = group.over(self.book.clock_s)
        verb = {OPEN: "amend", CLOSED: "end", WITHDRAWN: "withdraw"}[state]
        if state != OPEN and alert.state != OPEN and state == alert.state:
            return None
        if state == OPEN and not new and told == alert:
            return None
        return self._change(
            alert,
            finding.time_s,
            verb,
            told.reason,
            title=told.title,
            reason=told.reason,
            severity=told.severity,
            ships=told.ships,
            evidence=evidence,
        )

    def _leave(self, group: Group, finding: Finding) -> None:
        """A member leaves its group."""
        del self._alert_of[finding.key]
        group.leave(finding.key)
        alert = self.book.alerts[group.alert]
        told = group.told(alert, self.named(group.ships()[:NAMES_SAID]))
        verb = "amend" if group.over(self.book.clock_s) == OPEN else "end"
        self._change(alert, finding.time_s, verb, told.reason, title=told.title, reason=told.reason, ships=told.ships)
