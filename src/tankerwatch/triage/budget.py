"""How many alerts a rule may raise in an hour before the rest share one: people who are shouted at stop listening.

IEC 62923 asks for aggregation of like alerts; six an hour is what a watch of one person can still judge one by one (research: detect.md,
section 7). A distress is never held back, only a flood of them that no sea could hold: forged beacons cost their sender nothing.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from tankerwatch.core.incidents import CLOSED, OPEN, RANK, WITHDRAWN, Alert
from tankerwatch.triage import words
from tankerwatch.triage.finding import Finding
from tankerwatch.triage.scope import LEFT_OUT

HOUR_S: Final = 3600.0
ALERTS_AN_HOUR: Final = 6
DISTRESSES_AN_HOUR: Final = 60
WATCH_S: Final = 4 * HOUR_S
SHIPS_LISTED: Final = 100
NAMES_SAID: Final = 8


class Budget:
    """Counts what each rule raised singly in the hour and the watch before. Bounded by the budget itself.

    rules: detector → how many an hour and how many a watch it may raise, None as for all.
    """

    def __init__(
        self,
        an_hour: int = ALERTS_AN_HOUR,
        distresses_an_hour: int = DISTRESSES_AN_HOUR,
        *,
        a_watch: int | None = None,
        watch_s: float = WATCH_S,
        rules: Mapping[str, tuple[int | None, int | None]] = MappingProxyType({}),
    ) -> None:
        self.an_hour = an_hour
        self.a_watch = a_watch
        self.watch_s = watch_s
        self.distresses_an_hour = distresses_an_hour
        self._rules = rules
        self._raised: dict[tuple[str, bool], deque[float]] = {}
        self._singly: dict[str, str] = {}

    def spend(self, detector: str, severity: str, time_s: float) -> bool:
        """True when this rule may raise one more alert of its own now; that is then counted."""
        distress = severity == "distress"
        raised = self._raised.setdefault((detector, distress), deque())
        while raised and raised[0] <= time_s - max(self.watch_s, HOUR_S):
            raised.popleft()
        hour, watch = self._limits(detector, distress)
        if sum(at > time_s - HOUR_S for at in raised) >= hour:
            self._singly[detector] = f"within an hour than the {words.number(hour)} that this rule shows singly"
        elif watch is not None and sum(at > time_s - self.watch_s for at in raised) >= watch:
            hours = f"{self.watch_s / HOUR_S:g}"
            self._singly[detector] = f"within a watch of {hours} h than the {words.number(watch)} that this rule shows singly"
        else:
            raised.append(time_s)
            return True
        return False

    def singly(self, detector: str) -> str:
        """Which of its bounds a rule reached last, as the end of a sentence."""
        return self._singly.get(detector, "")

    def _limits(self, detector: str, distress: bool) -> tuple[int, int | None]:
        if distress:
            return self.distresses_an_hour, None
        hour, watch = self._rules.get(detector, (None, None))
        # Who allows a rule more in an hour means it for the watch too.
        a_watch = self.a_watch if hour is None or self.a_watch is None else max(self.a_watch, math.ceil(hour * self.watch_s / HOUR_S))
        return self.an_hour if hour is None else hour, a_watch if watch is None else watch


@dataclass(slots=True)
class Member:
    """An episode that shares a group's alert."""

    ships: tuple[int, ...]
    state: str = OPEN
    left_out: bool = False
    """withdrawn only because nothing was to be said of its ships"""


@dataclass(slots=True)
class Group:
    """The episodes of one rule that share one alert. What is told of them is kept up as they come, for they may be very many.

    until_s: the end of the quiet hours for which it gathers, None for one that gathers what is beyond the budget · why: the end of the
    sentence that says so · advice: which setting would change it most, once that is known.
    """

    alert: str
    detector: str
    why: str
    until_s: float | None = None
    advice: str = ""
    members: dict[str, Member] = field(default_factory=dict)
    states: Counter[str] = field(default_factory=Counter)
    severity: str = "notice"

    @property
    def keeps_to(self) -> str:
        """From this severity on an episode has an alert of its own."""
        return "distress" if self.until_s is None else "danger"

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
        member.left_out = finding.verb == "withdraw" and finding.reason.startswith(LEFT_OUT)
        if finding.verb in ("raise", "amend"):
            self.severity = max(self.severity, finding.severity, key=RANK.__getitem__)

    def left_out(self, key: str) -> bool:
        """Whether a member was withdrawn only because nothing was to be said of its ships."""
        return key in self.members and self.members[key].left_out

    def leave(self, key: str) -> None:
        """A member goes its own way."""
        self.states[self.members.pop(key).state] -= 1

    def over(self, now_s: float) -> str:
        """The state that follows from the members: open while one is (or more may come: quiet hours), withdrawn when all were."""
        if self.until_s is not None and now_s < self.until_s:
            return OPEN
        return next((state for state in (OPEN, CLOSED, WITHDRAWN) if self.states[state]), CLOSED)

    def told(self, alert: Alert, names: list[str]) -> Alert:
        """The group's alert in words that fit its members; `names` are those of the first few of `ships()`."""
        count = self.states[OPEN] + self.states[CLOSED]
        said = words.detector_words(self.detector)
        said = f"{said[:1].upper()}{said[1:]}"
        others = f" and {count - len(names)} others" if count > len(names) else ""
        named = f": {', '.join(names)}{others}" if names else ""
        if self.until_s is None:
            title, reason = f"{said}: and {count} more", f"{said}: {words.number(count)} more {self.why}{named}."
        else:
            title, reason = f"{said}: {count} in quiet hours", f"{said}: {words.number(count)} {self.why}{named}."
        if not self.members:
            reason = f"{said}: none is left in this alert; each has one of its own."
        elif not count:
            wrong = self.states[WITHDRAWN]
            every = "the one that shared this alert was" if wrong == 1 else f"all {words.number(wrong)} that shared this alert were"
            reason = f"{said}: {every} disproved."
        return replace(
            alert,
            title=title,
            reason=words.clean(f"{reason} {self.advice}"),
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
