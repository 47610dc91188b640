"""What people at the desk do not want to hear of, in the order in which they said so; what they took back stays in the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tankerwatch.core.incidents import EXCLUSIONS, Exclusion
from tankerwatch.core.tables import Decision, Findings
from tankerwatch.triage import words
from tankerwatch.triage.answers import by_of
from tankerwatch.triage.scope import Gate


class Exclusions:
    """All exclusions by id. `take` a decision: the rule's gate holds back what it is about, or lets it through again."""

    def __init__(self) -> None:
        self.all: dict[str, Exclusion] = {}

    def take(self, decision: Decision, gates: Mapping[str, Gate]) -> tuple[Exclusion, Findings] | None:
        """What is excluded or included, and what is withdrawn and raised by that; None when the decision says neither, or changes nothing.

        gates: by the rule's id; a rule that is not on duty has none, and says nothing anyway.
        """
        before = self.all.get(decision.subject)
        if decision.kind not in EXCLUSIONS or (decision.kind == "include" and (before is None or before.undone_s is not None)):
            return None
        exclusion = _made(decision) if before is None else _undone(before, decision)
        self.all[exclusion.id] = exclusion
        gate = gates.get(exclusion.rule)
        if gate is None:
            return exclusion, Findings.empty()
        return exclusion, (gate.exclude if exclusion.undone_s is None else gate.include)(exclusion, decision.time_s)


def _made(decision: Decision) -> Exclusion:
    content = decision.content
    here = content.get("here") or {}
    return Exclusion(
        id=decision.id,
        rule=decision.subject,
        ships=tuple(int(ship) for ship in content["ships"]),
        words=words.clean(str(content.get("words") or "")),
        by=by_of(decision),
        made_s=decision.time_s,
        alert=str(content.get("alert") or ""),
        lat_deg=here.get("lat_deg"),
        lon_deg=here.get("lon_deg"),
        radius_nm=here.get("radius_nm"),
    )


def _undone(before: Exclusion, decision: Decision) -> Exclusion:
    said = words.clean(str(decision.content.get("words") or ""))
    return replace(before, undone_s=decision.time_s, undone_by=by_of(decision), undone_words=said)
