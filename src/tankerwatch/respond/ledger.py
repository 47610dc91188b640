"""What the webhook has told of which alert, and what it still owes: known from the journal alone, so it is known after any restart."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any

from tankerwatch.core.incidents import CLOSED, OPEN, RANK, SEVERITIES, WITHDRAWN, Alert, Step
from tankerwatch.core.tables import Decision

RAISED, WORSE, GONE, RESTORED = "raised", "worse", "withdrawn", "restored"
ACKNOWLEDGED, CALLING, ASSIGNED, ENDED, REOPENED = "acknowledged", "calling", "assigned", "ended", "reopened"
"""`calling`: it was acknowledged, and is so no longer. What a person closed is told as `closed`, what its rule ended as `ended`."""
STEPS = {ACKNOWLEDGED: "acknowledge", CALLING: "wake", ASSIGNED: "assign", CLOSED: "close", ENDED: "end", REOPENED: "reopen"}
"""The step in an alert's history that each of these tells of."""
ENDS = ("close", "end", "reopen", "restore")


@dataclass(frozen=True, slots=True)
class Told:
    """What was delivered last of an alert: its how manieth delivery it was, how severe the alert was said to be, whether withdrawn,
    acknowledged and over, and to whom assigned.
    """

    number: int
    severity: str
    withdrawn: bool = False
    acknowledged: bool = False
    over: bool = False
    assigned: str = ""

    def then(self, content: dict[str, Any]) -> Told:
        """After one more delivery."""
        what, now = content["what"], replace(self, number=int(content["number"]), severity=str(content["severity"]))
        if what in (ACKNOWLEDGED, CALLING):
            return replace(now, acknowledged=what == ACKNOWLEDGED)
        if what == ASSIGNED:
            return replace(now, assigned=str(content.get("to", "")))
        if what in (CLOSED, ENDED, REOPENED):
            return replace(now, over=what != REOPENED)
        return Told(now.number, now.severity, withdrawn=what == GONE, assigned=self.assigned)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to be told of an alert; `to`: to whom it was assigned, `step`: what a person did, where that is what is told.

    The id is the same however often it is tried, and of no other delivery of this desk.
    """

    alert: str
    number: int
    what: str
    severity: str
    to: str = ""
    step: Step | None = None

    @property
    def id(self) -> str:
        """By which a receiver knows it again."""
        whom = f"-{blake2b(self.to.encode('utf-8', 'surrogatepass'), digest_size=4).hexdigest()}" if self.what == ASSIGNED else ""
        return f"{self.alert}-{self.number}-{self.what}-{self.severity}{whom}"

    @property
    def content(self) -> dict[str, Any]:
        """What the journal is told of it when it was delivered."""
        told = {"number": self.number, "what": self.what, "severity": self.severity}
        return {**told, "to": self.to} if self.what == ASSIGNED else told


def severities_from(least: str | None) -> set[str]:
    """The severities that are told from a least one on; none at all for None."""
    return set() if least is None else {name for name in SEVERITIES if RANK[name] >= RANK[least]}


class Ledger:
    """`take` the desk's decisions of kind `webhook` (from which severity on it tells, and which answers of people) and `sent`; `note`
    alerts as they change.

    `since_s`: since when alerts of a severity are told, empty while it is off; `answers_s`: since when an answer is.
    """

    def __init__(self) -> None:
        self.since_s: dict[str, float] = {}
        self.answers_s: dict[str, float] = {}
        self._told: dict[str, Told] = {}
        self._worst: dict[str, str] = {}

    def take(self, decision: Decision) -> None:
        """Enter what the desk says of its webhook."""
        content = decision.content
        if decision.kind == "webhook":
            wanted = severities_from(content.get("least"))
            self.since_s = {name: self.since_s.get(name, decision.time_s) for name in SEVERITIES if name in wanted}
            self.answers_s = {str(name): self.answers_s.get(name, decision.time_s) for name in content.get("answers", ())}
        elif decision.kind == "sent":
            before = self._told.get(decision.subject, Told(0, ""))
            self._told[decision.subject] = before.then(content)
            if content["what"] == GONE:
                self._worst.pop(decision.subject, None)  # what comes back begins anew

    def note(self, alerts: Iterable[Alert]) -> None:
        """How severe they are: what was danger and is over is told as danger, although it was noticed late."""
        for alert in alerts:
            if RANK[alert.severity] > RANK.get(self._worst.get(alert.id, ""), -1):
                self._worst[alert.id] = alert.severity

    def owed(self, alert: Alert) -> Delivery | None:
        """What is to be told next of an alert: that it is there, that it has become worse, that it was disproved, that it is back; and
        what people answered, where that is wanted.

        Of what was over before the webhook was switched on, nothing.
        """
        if not self.since_s:
            return None
        told, worst = self._told.get(alert.id), self._worst.get(alert.id, alert.severity)
        if told is None:
            since_s = self.since_s.get(worst)
            if since_s is None or not (alert.state == OPEN or (alert.raised_s or 0.0) >= since_s):
                return None
            return Delivery(alert.id, 1, RAISED, worst)
        if told.withdrawn:
            back = alert.state == OPEN and alert.severity in self.since_s
            return Delivery(alert.id, told.number + 1, RESTORED, alert.severity) if back else None
        if RANK[worst] > RANK[told.severity]:
            return Delivery(alert.id, told.number + 1, WORSE, worst)
        if alert.state == WITHDRAWN:
            return Delivery(alert.id, told.number + 1, GONE, told.severity)
        return self._answer(alert, told) if told.severity in self.since_s else None

    def _answer(self, alert: Alert, told: Told) -> Delivery | None:
        """What is to be told next of what people did with it, and of its end."""
        end = _newest(alert, *ENDS)
        how = CLOSED if alert.closed_by_desk or (end is not None and end.verb == "close") else ENDED
        if alert.state == CLOSED and how in self.answers_s:
            return None if told.over else self._of(alert, told, how)
        if alert.state == OPEN and told.over:
            return self._of(alert, told, REOPENED)
        acknowledged = alert.acknowledged_s is not None
        if ACKNOWLEDGED in self.answers_s and acknowledged != told.acknowledged and (acknowledged or alert.state == OPEN):
            return self._of(alert, told, ACKNOWLEDGED if acknowledged else CALLING)
        if ASSIGNED in self.answers_s and alert.assigned != told.assigned:
            return self._of(alert, told, ASSIGNED)
        return None

    def _of(self, alert: Alert, told: Told, what: str) -> Delivery | None:
        """What was done before anybody wanted to be told of it is told only where the alert goes on."""
        step = _newest(alert, STEPS[what])
        done_s = -math.inf if step is None else step.time_s
        if alert.state != OPEN and not done_s >= self.answers_s[what]:
            return None
        return Delivery(alert.id, told.number + 1, what, told.severity, alert.assigned if what == ASSIGNED else "", step)


def _newest(alert: Alert, *verbs: str) -> Step | None:
    """The newest step of these kinds in an alert's life."""
    return next((step for step in reversed(alert.history) if step.verb in verbs), None)
