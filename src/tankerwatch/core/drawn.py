"""Zones that people drew on the map, in the order in which they did; what was removed stays, without its rules, and can be brought back."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Final

import numpy as np

from tankerwatch.core.tables import Decision
from tankerwatch.core.zones import DrawnZone, Zone

DRAWING: Final = ("zone", "unzone")
"""Kinds of decision: a zone as it is from now on (the subject is its id, "" for a new one), and a zone that is no more."""
RULES: Final = ("enter", "leave")
NEVER_QUIET: Final = ("distress",)
"""Whoever calls for help is heard, whatever a person drew round her."""
MOST_DRAWN: Final = 200
"""Zones that are watched at a time: each is judged at every look."""


class DrawnZones:
    """All drawn zones by id. `take` a decision, then `zones` are what the detectors are shown."""

    def __init__(self) -> None:
        self.all: dict[str, DrawnZone] = {}
        self._ends: dict[str, float] = {}
        """when those that are quiet until a time will be so no longer"""
        self._changed = False

    def take(self, decision: Decision, now_s: float) -> DrawnZone | None:
        """The zone that a decision makes, changes or removes as the stream stands at `now_s`; None when it does none of that."""
        if decision.kind not in DRAWING:
            return None
        before = self.all.get(decision.subject)
        content = {key: value for key, value in decision.content.items() if key not in ("by", "words")}
        by = str(decision.content.get("by") or "") or "desk"
        if decision.kind == "unzone":
            if before is None or before.removed_s is not None:
                return None
            zone = replace(before, removed_s=decision.time_s, changed_s=decision.time_s, since_s=now_s, by=by, before=before.content)
        elif before is None:
            zone = DrawnZone(decision.subject or decision.id, content, by, decision.time_s, decision.time_s, now_s)
        else:
            zone = replace(before, content=content, by=by, changed_s=decision.time_s, since_s=now_s, removed_s=None, before=before.content)
        self.all[zone.id] = zone
        self._changed = True
        self._ends.pop(zone.id, None)
        if zone.removed_s is None and zone.content.get("quiet") and (until_s := zone.content.get("quiet_until_s")) is not None:
            self._ends[zone.id] = float(until_s)
        return zone

    def turned(self, now_s: float) -> bool:
        """Whether a rule may be quiet no longer somewhere since this was asked last: one was drawn, or an end has come."""
        ended = [name for name, until_s in self._ends.items() if until_s <= now_s]
        for name in ended:
            del self._ends[name]
        changed, self._changed = self._changed or bool(ended), False
        return changed

    @property
    def watched(self) -> list[DrawnZone]:
        """Those that were not removed."""
        return [zone for zone in self.all.values() if zone.removed_s is None]

    def zones(self) -> tuple[Zone, ...]:
        """As the detectors know them. One that was removed is there without rules: what was raised of it ends."""
        return tuple(_zone(drawn) for drawn in self.all.values())


def _zone(drawn: DrawnZone) -> Zone:
    content: dict[str, Any] = drawn.content if drawn.removed_s is None else {key: drawn.content[key] for key in ("name", "corners")}
    rules, kinds, ships = content.get("rule", ()), content.get("for_kinds", ()), content.get("for_ships", ())
    return Zone(
        content["name"],
        (np.array(content["corners"], np.float64),),
        enter="enter" in rules,
        leave="leave" in rules,
        min_kn=_bound(content.get("min_kn")),
        max_kn=_bound(content.get("max_kn")),
        forbidden=tuple(content.get("forbidden", ())),
        severity=content.get("severity", "caution"),
        kinds=tuple(kinds),
        ships=frozenset(ships),
        for_all=not (kinds or ships),
        port=bool(content.get("port")),
        key=drawn.id,
        since_s=drawn.since_s,
        quiet=frozenset(content.get("quiet", ())),
        quiet_until_s=_bound(content.get("quiet_until_s")),
    )


def _bound(value: float | None) -> float:
    return math.nan if value is None else float(value)
