"""How many alerts a rule may raise in an hour before the rest share one: people who are shouted at stop listening.

IEC 62923 asks for aggregation of like alerts; six an hour is what a watch of one person can still judge one by one (research: detect.md,
section 7). A distress is never held back, only a flood of them that no sea could hold: forged beacons cost their sender nothing.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field, replace
from typing import Final

from tankerwatch.core.incidents import CLOSED, OPEN, RANK, WITHDRAWN, Alert
from tankerwatch.triage import words
from tankerwatch.triage.finding import Finding

HOUR_S: Final = 3600.0
ALERTS_AN_HOUR: Final = 6
DISTRESSES_AN_HOUR: Final = 60
SHIPS_LISTED: Final = 100
NAMES_SAID: Final = 8


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
    state: str = OPEN


@dataclass(slots=True)
class Group:
    """The episodes of one rule that share one alert. What is told of them is kept up as they come, for they may be very many."""

    alert: str
    detector: str
    members: dict[str, Member] = field(default_factory=dict)
    states: Counter[str] = field(default_factory=Counter)
    severity: str = "notice"

    def amend(self, finding: Finding) -> None:
        """Take in what a detector says of a member, new or known."""
        member = self.members.get(finding.key)
        if member is None:
            member = self.members[finding.key] = Member(finding.ships)
            self.states[OPEN] += 1
        state = {"withdraw": WITHDRAWN, "end": CLOSED}.get(finding.verb, member.state)
        self.states[member.state] -= 1
        self.states[state] += 1
        member.state = state
        if finding.verb in ("raise", "amend"):
            self.severity = max(self.severity, finding.severity, key=RANK.__getitem__)

    def leave(self, key: str) -> None:
        """A member goes its own way."""
        self.states[self.members.pop(key).state] -= 1

    def over(self) -> str:
        """The state that follows from the members: open while one is, withdrawn when all were."""
        return next((state for state in (OPEN, CLOSED) if self.states[state]), WITHDRAWN)

    def told(self, alert: Alert, names: list[str], an_hour: int) -> Alert:
        """The group's alert in words that fit its members; `names` are those of the first few of `ships()`."""
        count = self.states[OPEN] + self.states[CLOSED]
        said = words.detector_words(self.detector)
        singly = f"than the {words.number(an_hour)} that this rule shows singly"
        reason = f"{said[:1].upper()}{said[1:]}: {words.number(count)} more within an hour {singly}"
        others = f" and {count - len(names)} others" if count > len(names) else ""
        return replace(
            alert,
            title=f"{said[:1].upper()}{said[1:]}: and {count} more",
            reason=words.clean(f"{reason}: {', '.join(names)}{others}." if names else f"{reason}."),
            severity=max(alert.severity, self.severity, key=RANK.__getitem__),
            ships=self.ships(),
        )

    def ships(self) -> tuple[int, ...]:
        """The ships of members that were not withdrawn, in the order in which they came, at most 100."""
        standing = (ship for member in self.members.values() if member.state != WITHDRAWN for ship in member.ships)
        ships: dict[int, None] = {}
        for ship in standing:
            ships[ship] = None
            if len(ships) == SHIPS_LISTED:
                break
        return tuple(ships)
