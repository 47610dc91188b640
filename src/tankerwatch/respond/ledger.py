"""What the webhook has told of which alert, and what it still owes: known from the journal alone, so it is known after any restart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tankerwatch.core.incidents import OPEN, RANK, SEVERITIES, WITHDRAWN, Alert
from tankerwatch.core.tables import Decision

RAISED, WORSE, GONE, RESTORED = "raised", "worse", "withdrawn", "restored"


@dataclass(frozen=True, slots=True)
class Told:
    """What was delivered last of an alert: its how manieth delivery it was, how severe the alert was said to be, whether withdrawn."""

    number: int
    severity: str
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing to be told of an alert. The id is the same however often it is tried, and of no other delivery of this desk."""

    alert: str
    number: int
    what: str
    severity: str

    @property
    def id(self) -> str:
        """By which a receiver knows it again."""
        return f"{self.alert}-{self.number}-{self.what}-{self.severity}"


def severities_from(least: str | None) -> set[str]:
    """The severities that are told from a least one on; none at all for None."""
    return set() if least is None else {name for name in SEVERITIES if RANK[name] >= RANK[least]}


class Ledger:
    """`take` the desk's decisions of kind `webhook` (from which severity on it tells) and `sent`; `note` alerts as they change.

    `since_s`: since when alerts of a severity are told, empty while it is off.
    """

    def __init__(self) -> None:
        self.since_s: dict[str, float] = {}
        self._told: dict[str, Told] = {}
        self._worst: dict[str, str] = {}

    def take(self, decision: Decision) -> None:
        """Enter what the desk says of its webhook."""
        content = decision.content
        if decision.kind == "webhook":
            wanted = severities_from(content.get("least"))
            self.since_s = {name: self.since_s.get(name, decision.time_s) for name in SEVERITIES if name in wanted}
        elif decision.kind == "sent":
            self._told[decision.subject] = Told(int(content["number"]), str(content["severity"]), content["what"] == GONE)
            if content["what"] == GONE:
                self._worst.pop(decision.subject, None)  # what comes back begins anew

    def note(self, alerts: Iterable[Alert]) -> None:
        """How severe they are: what was danger and is over is told as danger, although it was noticed late."""
        for alert in alerts:
            if RANK[alert.severity] > RANK.get(self._worst.get(alert.id, ""), -1):
                self._worst[alert.id] = alert.severity

    def owed(self, alert: Alert) -> Delivery | None:
        """What is to be told next of an alert: that it is there, that it has become worse, that it was disproved, that it is back.

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
        return Delivery(alert.id, told.number + 1, GONE, told.severity) if alert.state == WITHDRAWN else None
