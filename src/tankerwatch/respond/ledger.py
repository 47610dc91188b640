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
ONLY_FORWARD = (RAISED, WORSE)
"""What stays so once it is: it need not be known to have been begun."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the receiver knows of an alert after how many deliveries: how severe it was said to be, whether withdrawn, acknowledged and
    over, and to whom assigned; None where that was sent and may have come or not.
    """

    number: int
    severity: str
    withdrawn: bool | None = False
    acknowledged: bool | None = False
    over: bool | None = False
    assigned: str | None = ""

    def after(self, delivery: Delivery, *, sure: bool) -> Told:
        """After one more delivery."""
        what, now = delivery.what, replace(self, number=delivery.number, severity=delivery.severity)
        if what in (ACKNOWLEDGED, CALLING):
            return replace(now, acknowledged=what == ACKNOWLEDGED if sure else None)
        if what == ASSIGNED:
            return replace(now, assigned=delivery.to if sure else None)
        if what in (CLOSED, ENDED):
            return replace(now, over=True if sure else None)
        if what == REOPENED:  # it calls again, until it is told who has it
            return replace(now, over=False if sure else None, acknowledged=False if sure else None)
        if not sure:
            return replace(now, withdrawn=None, acknowledged=None, over=None)
        return replace(now, withdrawn=what == GONE, acknowledged=False, over=False)


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
        """What the journal is told of it."""
        told = {"number": self.number, "what": self.what, "severity": self.severity}
        return {**told, "to": self.to} if self.what == ASSIGNED else told


def severities_from(least: str | None) -> set[str]:
    """The severities that are told from a least one on; none at all for None."""
    return set() if least is None else {name for name in SEVERITIES if RANK[name] >= RANK[least]}


class Ledger:
    """`take` the desk's decisions of kind `webhook` (from which severity on it tells, and which answers of people), `sending` (it may have
    come, whatever follows) and `sent`; `note` alerts as they change.

    `since_s`: since when alerts of a severity are told, empty while it is off; `answers_s`: since when an answer is.
    """

    def __init__(self) -> None:
        self.since_s: dict[str, float] = {}
        self.answers_s: dict[str, float] = {}
        self._told: dict[str, Told] = {}
        self._begun: dict[str, Delivery] = {}
        self._worst: dict[str, str] = {}

    def take(self, decision: Decision) -> None:
        """Enter what the desk says of its webhook."""
        content = decision.content
        if decision.kind == "webhook":
            wanted = severities_from(content.get("least"))
            self.since_s = {name: self.since_s.get(name, decision.time_s) for name in SEVERITIES if name in wanted}
            self.answers_s = {str(name): self.answers_s.get(name, decision.time_s) for name in content.get("answers", ())}
        elif decision.kind in ("sending", "sent"):
            alert, sent = decision.subject, decision.kind == "sent"
            delivery = Delivery(alert, int(content["number"]), str(content["what"]), str(content["severity"]), str(content.get("to", "")))
            self._told[alert] = self._told.get(alert, Told(0, "")).after(delivery, sure=sent)
            if not sent:
                self._begun[alert] = delivery
                return
            self._begun.pop(alert, None)
            if delivery.what == GONE:
                self._worst.pop(alert, None)  # what comes back begins anew

    def note(self, alerts: Iterable[Alert]) -> None:
        """How severe they are: what was danger and is over is told as danger, although it was noticed late."""
        for alert in alerts:
            if RANK[alert.severity] > RANK.get(self._worst.get(alert.id, ""), -1):
                self._worst[alert.id] = alert.severity

    def knows(self, delivery: Delivery, *, sent: bool) -> bool:
        """Whether the journal knows that it was sent, or that it is about to be."""
        told, begun = self._told.get(delivery.alert), self._begun.get(delivery.alert)
        underway = begun is not None and begun.id == delivery.id
        if sent:
            return told is not None and told.number >= delivery.number and not underway
        return delivery.what in ONLY_FORWARD or underway

    def owed(self, alert: Alert) -> Delivery | None:
        """What is to be told next of an alert: that it is there, that it has become worse, that it was disproved, that it is back; and
        what people answered, where that is wanted. Of what was over before the webhook was switched on, nothing.

        What may have come or not is told once more, as it is now.
        """
        owed, begun = self._owed(alert), self._begun.get(alert.id)
        if owed is None or begun is None or (owed.what, owed.severity, owed.to) != (begun.what, begun.severity, begun.to):
            return owed
        return replace(owed, number=begun.number)

    def _owed(self, alert: Alert) -> Delivery | None:
        if not self.since_s:
            return None
        told, worst = self._told.get(alert.id), self._worst.get(alert.id, alert.severity)
        if told is None:
            since_s = self.since_s.get(worst)
            if since_s is None or not (alert.state == OPEN or (alert.raised_s or 0.0) >= since_s):
                return None
            return Delivery(alert.id, 1, RAISED, worst)
        if told.withdrawn or (told.withdrawn is None and alert.state == OPEN):
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
        if alert.state == OPEN and told.over is not False:
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
