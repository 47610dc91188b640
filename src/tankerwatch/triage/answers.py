"""What a person's decision about an alert means: the step that is taken, or why none is.

The transition table says from which states a verb may be; here is what else it asks for, and what it changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from tankerwatch.core.incidents import Alert
from tankerwatch.core.tables import Decision
from tankerwatch.triage import words

DESK: Final = "desk"
"""Who decides when no name is given."""
NO_WORDS: Final = {
    "dismiss": "dismissed at the desk; no reason was given",
    "close": "closed at the desk; no reason was given",
    "reopen": "opened again at the desk",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A step to take: its verb and words, who takes it, and what of the alert it changes beside its state."""

    verb: str
    said: str
    by: str
    changes: dict[str, Any] = field(default_factory=dict)


def by_of(decision: Decision) -> str:
    """Who decided."""
    return words.clean(str(decision.content.get("by") or "")) or DESK


def answer(alert: Alert, decision: Decision) -> Answer | str:
    """The step that a decision about an alert asks for; else why it changes nothing, "" when there is nothing to say of it."""
    said, by, kind = words.clean(str(decision.content.get("words") or "")), by_of(decision), decision.kind
    if kind == "acknowledge":
        if alert.acknowledged_s is not None and not said:
            return ""
        return Answer(kind, said, by, {"acknowledged_s": alert.acknowledged_s or decision.time_s})
    if kind == "confirm":
        return Answer(kind, said, by, {"confirmed": True})
    if kind == "assign":
        to = words.clean(str(decision.content.get("to") or ""))
        if to == alert.assigned and not said:
            return ""
        return Answer(kind, _joined(f"to {to}" if to else "to nobody", said), by, {"assigned": to})
    if kind == "snooze":
        return _snooze(alert, decision, said, by)
    if kind == "close":
        return Answer(kind, said or NO_WORDS[kind], by, {"closed_by_desk": True})
    if kind == "reopen" and not alert.closed_by_desk:
        return "reopen of an alert that no person closed, or that is over"
    return Answer(kind, said or NO_WORDS.get(kind, ""), by)


def _snooze(alert: Alert, decision: Decision, said: str, by: str) -> Answer | str:
    """To sleep until a time; with no minutes, back at once. A distress does not sleep."""
    minutes = float(decision.content.get("minutes") or 0.0)
    if minutes <= 0:
        if alert.snoozed_until_s is None:
            return ""
        return Answer("wake", said or "called back", by, {"snoozed_until_s": None})
    if alert.severity == "distress":
        return "snooze of a distress"
    until_s = decision.time_s + 60 * minutes
    return Answer("snooze", _joined(f"until {words.hour(until_s)} UTC", said), by, {"snoozed_until_s": until_s})


def _joined(first: str, said: str) -> str:
    return f"{first}: {said}" if said else first
