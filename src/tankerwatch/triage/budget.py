"""How many alerts a rule may raise in an hour before the rest share one: people who are shouted at stop listening.

IEC 62923 asks for aggregation of like alerts; six an hour is what a watch of one person can still judge one by one (research: detect.md,
section 7). A distress is never held back, only a flood of them that no sea could hold: forged beacons cost their sender nothing.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Final

from tankerwatch.core.incidents import CLOSED, OPEN, RANK, WITHDRAWN, Alert
from tankerwatch.triage import words
from tankerwatch.triage.finding import Finding

HOUR_S: Final = 3600.0
ALERTS_AN_HOUR: Final = 6
DISTRESSES_AN_HOUR: Final = 60
SHIPS_LISTED: Final = 100


class Budget:
    """Counts what each rule raised singly in the hour before. Bounded by the budget itself."""

    def __init__(self, an_hour: int = ALERTS_AN_HOUR, distresses_an_hour: int = DISTRESSES_AN_HOUR) -> None:
        self.an_hour = an_hour
        self.distresses_an_hour = distresses_an_hour
        self._raised: dict[tuple[str, bool], deque[float]] = {}

    def spend(self, detector: str, severity: str, time_s: float) -> bool:
        """True when this rule may raise one more alert of its own now; that is then counted."""
        distress = severity == "distress"
        limit = self.distresses_an_hour if distress else self.an_hour
        raised = self._raised.setdefault((detector, distress), deque())
        while raised and raised[0] <= time_s - HOUR_S:
            raised.popleft()
        if len(raised) >= limit:
            return False
        raised.append(time_s)
        return True


@dataclass(slots=True)
class Member:
    """An episode that shares a group's alert."""

    ships: tuple[int, ...]
    severity: str
    state: str = OPEN


@dataclass(slots=True)
class Group:
    """The episodes of one rule that share one alert."""

    alert: str
    detector: str
    members: dict[str, Member] = field(default_factory=dict)

    def amend(self, finding: Finding) -> None:
        """Take in what a detector says of a member, new or known."""
        member = self.members.setdefault(finding.key, Member(finding.ships, finding.severity))
        if finding.verb == "withdraw":
            member.state = WITHDRAWN
        elif finding.verb == "end":
            member.state = CLOSED
        elif RANK[finding.severity] > RANK[member.severity]:
            member.severity = finding.severity

    def over(self) -> str:
        """The state that follows from the members: open while one is, withdrawn when all were."""
        states = {member.state for member in self.members.values()}
        return OPEN if OPEN in states else CLOSED if CLOSED in states else WITHDRAWN

    def told(self, alert: Alert, names: list[str], an_hour: int) -> Alert:
        """The group's alert in words that fit its members; `names` belong to `ships()`."""
        standing = [member for member in self.members.values() if member.state != WITHDRAWN]
        count = len(standing)
        said = words.detector_words(self.detector)
        severity = max((member.severity for member in standing), key=RANK.__getitem__, default=alert.severity)
        singly = f"than the {words.number(an_hour)} that this rule shows singly"
        reason = f"{said[:1].upper()}{said[1:]}: {words.number(count)} more within an hour {singly}"
        return replace(
            alert,
            title=f"{said[:1].upper()}{said[1:]}: and {count} more",
            reason=words.clean(f"{reason}: {words.listed(names, 8)}." if names else f"{reason}."),
            severity=max(alert.severity, severity, key=RANK.__getitem__),
            ships=self.ships(),
        )

    def ships(self) -> tuple[int, ...]:
        """The ships of all members that were not withdrawn, in the order in which they came, at most 100."""
        ships = dict.fromkeys(ship for member in self.members.values() if member.state != WITHDRAWN for ship in member.ships)
        return tuple(ships)[:SHIPS_LISTED]
