"""What the desk knows about a decision that the page does not say, and what it refuses before anything is written."""

from __future__ import annotations

from typing import Any, Final

from tankerwatch.core.drawn import DRAWING, MOST_DRAWN, NEVER_QUIET
from tankerwatch.core.errors import InputFault
from tankerwatch.core.incidents import ANSWERS, CLOSED, TRANSITIONS, Alert
from tankerwatch.detect import catalog
from tankerwatch.pipeline import River

MOST_RINGS: Final = 100
"""Rings at once: each is looked at every ten seconds."""
NEVER_EXCLUDED: Final = ("distress",)
"""Whoever calls for help is heard, unless the configuration says otherwise."""


def completed(river: River, kind: str, subject: str, content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Subject and content of a decision as it is journalled.

    Raises KeyError for a subject that there is not, InputFault for what would change nothing: nobody is told "done" for that.
    """
    if kind == "include":
        exclusion = river.exclusions.all[subject]
        if exclusion.undone_s is not None:
            raise InputFault("this exclusion was taken back before", where=kind, help="nothing is left out by it any more")
        return subject, {**content, "alert": exclusion.alert}
    if kind in DRAWING:
        return _zone(river, kind, subject, dict(content))
    if kind == "guard":
        _guardable(river, int(subject), content)
    if kind not in (*ANSWERS, "exclude") or (kind == "note" and subject in river.triage.incidents):
        return subject, content
    alert = river.triage.alerts[subject]
    if kind == "exclude":
        return alert.detector, {**content, "alert": alert.id, "here": _here(alert, content), "ships": _ships(river, alert, content)}
    _allow(alert, kind, content)
    return subject, content


def _guardable(river: River, ship: int, content: dict[str, Any]) -> None:
    if content.get("guard", True) is None and (ship not in river.guards.all or river.guards.all[ship].over_s is not None):
        raise InputFault("nobody at the desk guards this ship", where="guard", help="it is as the configuration says already")
    rings = sum(1 for guard in river.guards.all.values() if guard.ring_nm and guard.over_s is None and guard.ship != ship)
    if content.get("ring_nm") is not None and rings >= MOST_RINGS:
        raise InputFault(f"{rings} ships have a ring already", where="guard.ring_nm", help="take one back first, or guard without a ring")


def _allow(alert: Alert, kind: str, content: dict[str, Any]) -> None:
    if kind == "snooze" and alert.severity == "distress" and content.get("minutes"):
        raise InputFault("a distress cannot be snoozed", where=kind, help="acknowledge it, or close it and say why")
    if kind == "reopen" and not (alert.state == CLOSED and alert.closed_by_desk):
        raise InputFault("only what a person closed, and what still goes on, can be opened again", where=kind, help="add a note instead")
    if (alert.state, kind) not in TRANSITIONS:
        raise InputFault(f"this alert is {alert.state}", where=kind, help="add a note instead")


def _ships(river: River, alert: Alert, content: dict[str, Any]) -> list[int]:
    if alert.detector in NEVER_EXCLUDED:
        help = f"[detect.{alert.detector}] except in the configuration, if it must be"
        raise InputFault("a distress is never left out at the desk", where="exclude", help=help)
    whole = next((watch.detector.key not in ("ship", "pair") for watch in river.watches if watch.detector.id == alert.detector), True)
    if whole or not alert.ships:
        help = f"[detect.{alert.detector}] in the configuration says what it leaves out"
        raise InputFault("this rule speaks of no single ship", where="exclude", help=help)
    ships = content.get("ships")
    if not isinstance(ships, list) or not ships or not all(type(ship) is int and ship in alert.ships for ship in ships):
        raise InputFault("name one ship of this alert, or two", where="exclude.ships", help=f'such as {{"ships": {list(alert.ships[:2])}}}')
    return ships


def _here(alert: Alert, content: dict[str, Any]) -> dict[str, Any] | None:
    radius_nm = content.get("here_nm")
    if radius_nm is None:
        return None
    if alert.lat_deg is None:
        raise InputFault("this alert has no place", where="exclude.here_nm", help="leave these ships out everywhere, or not at all")
    return {"lat_deg": alert.lat_deg, "lon_deg": alert.lon_deg, "radius_nm": radius_nm}


def _zone(river: River, kind: str, subject: str, content: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A zone drawn, changed, removed, or as it was before; `{"undo": true}` asks for the last."""
    zone = river.areas.drawn.all[subject] if subject else None
    if kind == "unzone":
        if zone is not None and zone.removed_s is not None:
            raise InputFault("this zone was removed before", where=kind, help="undo brings it back")
        return subject, content
    if content.pop("undo", False):
        if zone is None or zone.before is None:
            raise InputFault("this zone was never changed", where=kind, help="remove it instead")
        content = {**zone.before, **content}
        if content.get("quiet_until_s") is not None and content["quiet_until_s"] <= river.clock_s:
            content |= {"quiet": [], "quiet_until_s": None}  # it was quiet until then, and that is over
    if named_alike(content.get("name")) in names_taken(river, subject):
        raise InputFault("there is a zone of this name", where="zone.name", help="give it another")
    if (zone is None or zone.removed_s is not None) and len(river.areas.drawn.watched) >= MOST_DRAWN:
        raise InputFault(f"{MOST_DRAWN} zones are drawn", where=kind, help="remove one that is not needed")
    quiet, known = content.get("quiet"), {rule["rule"] for rule in quiet_rules()}
    for rule in quiet if isinstance(quiet, list) else ():
        if isinstance(rule, str) and rule not in (*known, *NEVER_QUIET):
            raise InputFault(f"{rule[:40]!r} is no rule that a zone can keep quiet", where="zone.quiet", help=", ".join(sorted(known)))
    return subject, content


def named_alike(name: Any) -> str:
    """What zones may not have in common."""
    return " ".join(str(name or "").split()).casefold()


def names_taken(river: River, but: str = "") -> set[str]:
    """The names of zones, but for one that is drawn."""
    drawn = (each.content["name"] for each in river.areas.drawn.watched if each.id != but)
    return {named_alike(name) for name in (*(each.name for each in river.config.zones), *drawn)}


def keepable(river: River, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was found in a file of zones, with a problem where it could not be drawn now either."""
    taken, told = names_taken(river), []
    free = MOST_DRAWN - len(river.areas.drawn.watched)
    for each in found:
        name, problem = named_alike(each["name"]), each["problem"]
        if problem is None and name in taken:
            problem = "there is a zone of this name"
        elif problem is None and free <= 0:
            problem = f"{MOST_DRAWN} zones are drawn: remove one that is not needed"
        if problem is None:
            taken.add(name)
            free -= 1
        told.append({**each, "problem": problem})
    return told


def quiet_rules() -> list[dict[str, str]]:
    """The rules that a drawn zone may keep quiet: those that speak of ships, but for distress."""
    of_ships = (each for each in catalog.detectors() if each.key in ("ship", "pair"))
    return [{"rule": each.id, "words": each.words} for each in of_ships if each.id not in NEVER_QUIET]
