"""Which ships people at the desk guard, or guard no longer: the newest word on each ship, and whether it is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tankerwatch.core.incidents import Guard
from tankerwatch.core.tables import Decision
from tankerwatch.triage import words
from tankerwatch.triage.answers import by_of


class Guards:
    """All guards by ship, those that are over too."""

    def __init__(self) -> None:
        self.all: dict[int, Guard] = {}

    def take(self, decisions: Iterable[Decision]) -> Iterator[Guard]:
        """What decisions say of guarding ships; one that takes a guard back leaves it in the list, as over."""
        for decision in decisions:
            if decision.kind != "guard":
                continue
            made = _made(decision)
            before = self.all.get(made.ship)
            if made.guarded is None and before is not None:
                made = replace(before, over_s=decision.time_s, words=made.words or before.words)
            elif made.guarded is None:
                made = replace(made, over_s=decision.time_s)
            self.all[made.ship] = made
            yield made

    def due(self, now_s: float) -> Iterator[Guard]:
        """Those that are over by the stream's clock now, for the first time."""
        for guard in list(self.all.values()):
            if guard.over_s is None and guard.until_s is not None and now_s >= guard.until_s:
                self.all[guard.ship] = replace(guard, over_s=guard.until_s)
                yield self.all[guard.ship]


def _made(decision: Decision) -> Guard:
    content = decision.content
    return Guard(
        ship=int(decision.subject),
        guarded=content["guard"],
        ring_nm=content.get("ring_nm"),
        until_s=content.get("until_s"),
        words=words.clean(str(content.get("words") or "")),
        by=by_of(decision),
        made_s=decision.time_s,
    )
