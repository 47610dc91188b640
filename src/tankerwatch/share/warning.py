"""The draft of a warning to other ships, composed from an incident in the form that the reporting centres use. A person edits and sends it.

Ships are not named unless a person says so: who they are helps nobody keep clear, and may help who looks for them. No course is advised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from tankerwatch.core.incidents import OPEN, WITHDRAWN
from tankerwatch.core.mmsi import is_radar
from tankerwatch.share.marks import moment

Json = dict[str, Any]

ADVICE: Final = (
    "Vessels in the area are advised to keep a sharp look-out by sight, radar and radio, to keep well clear of this position, "
    "and to report what they see at once."
)
REPORT_TO: Final = "Report to: your reporting centre, or the nearest coast station on VHF channel 16"
MOST_EVENTS: Final = 12
SHORTEST: Final = 2
"""A name of two signs is no name that could be told from other words."""
PLAIN: Final = {
    "distress": "{0} is in distress",
    "not_under_command": "{0} says that she is not under command",
    "sudden_stop": "{0} stopped suddenly, with no port near",
    "drifting": "{0} is adrift",
    "collision": "{0} may have been in collision with another vessel",
    "grounding": "{0} may be aground",
    "closing": "a craft closed on {0}",
    "swarm": "several craft closed on {0} together",
}
"""What an alert of an incident says, without names."""
KINDS: Final = {
    "tanker": "tanker",
    "cargo": "cargo vessel",
    "passenger": "passenger vessel",
    "fishing": "fishing vessel",
    "service": "service vessel",
    "high-speed craft": "high-speed craft",
    "pleasure": "pleasure craft",
    "authority": "government vessel",
}


def warning(dossier: Json, number: str, *, named: bool) -> Json:
    """The draft, from `share.dossier`'s facts: its parts, and all of it as `text`.

    named: whether ships are named; else they are told by kind, and their names and numbers are masked where people typed them in.
    """
    incident = dossier["incident"]
    called = _callings(dossier["ships"], named)
    members = [alert for alert in dossier["alerts"] if alert["state"] != WITHDRAWN and alert["detector"] in PLAIN]
    told = _events(members, called) + _reported(dossier["reports"], [] if named else _masks(dossier, called))
    what = list(dict.fromkeys(f"{zulu(time_s)[2:7]}: {words}" if moment(time_s) else words for time_s, words in sorted(told, key=_time)))
    sure = any(alert["confirmed"] for alert in members) or any(said["verified"] for said in dossier["reports"])
    lat_deg, lon_deg = incident["lat_deg"], incident["lon_deg"]
    parts: Json = {
        "incident": incident["id"],
        "number": number,
        "status": "draft: nothing is sent",
        "time_s": incident["start_s"],
        "time": zulu(incident["start_s"]),
        "lat_deg": lat_deg,
        "lon_deg": lon_deg,
        "position": "not known" if lat_deg is None or lon_deg is None else radioed(lat_deg, lon_deg),
        "vessels": [name for ship, name in called.items() if ship in _casualties(members)],
        "what": what or ["Something happened of which no more is known"],
        "confirmed": sure,
        "ongoing": incident["state"] == OPEN,
        "advice": ADVICE,
        "report_to": REPORT_TO,
        "named": named,
    }
    return {**parts, "text": written(parts)}


def written(parts: Mapping[str, Any]) -> str:
    """The warning as text, short lines as a radio operator or a telex takes them."""
    sure = "CONFIRMED" if parts["confirmed"] else "NOT CONFIRMED"
    lines = [
        f"WARNING {parts['number']}",
        f"TIME: {parts['time']}",
        f"POSITION: {parts['position']}",
        f"STATUS: {sure}; {'incident goes on' if parts['ongoing'] else 'incident is over'}",
        f"VESSELS: {', '.join(parts['vessels']) or 'not known'}",
        "",
        "WHAT HAPPENED:",
        *[f"- {sentence}." for sentence in parts["what"]],
        "",
        f"ADVICE: {parts['advice']}",
        f"{parts['report_to']}.",
    ]
    return "\n".join(lines) + "\n"


def zulu(time_s: float | None) -> str:
    """`130250Z JUN 2019`, as a signal gives date and time."""
    if time_s is None or not moment(time_s):
        return "not known"
    months = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
    when = datetime.fromtimestamp(time_s, UTC)
    return f"{when:%d%H%M}Z {months[when.month - 1]} {when.year}"


def radioed(lat_deg: float, lon_deg: float) -> str:
    """A position in degrees and minutes, with no sign that a telex has not: `25-26.0N 057-21.5E`."""

    def part(value: float, digits: int, names: str) -> str:
        whole, tenths = divmod(round(abs(value) * 600), 600)
        return f"{whole:0{digits}d}-{tenths / 10:04.1f}{names[0] if value >= 0 else names[1]}"

    return f"{part(lat_deg, 2, 'NS')} {part(lon_deg, 3, 'EW')}"


def _callings(ships: Sequence[Json], named: bool) -> dict[int, str]:
    """What each ship is called: her kind and name, or `a tanker`, or where there are several of a kind `tanker A`, `tanker B`."""
    kinds = {ship["id"]: "radar target" if is_radar(ship["id"]) else KINDS.get(ship["kind"] or "", "vessel") for ship in ships}
    if named:
        return {ship["id"]: f"{kinds[ship['id']]} {ship['name']}" for ship in ships}
    alike = {kind: [ship for ship, its in kinds.items() if its == kind] for kind in kinds.values()}
    return {ship: f"{kind} {_letters(alike[kind].index(ship))}" if len(alike[kind]) > 1 else f"a {kind}" for ship, kind in kinds.items()}


def _letters(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else str(number + 1)


def _casualties(alerts: Iterable[Json]) -> set[int]:
    return {alert["ships"][0] for alert in alerts if alert["ships"]}


def _time(said: tuple[float | None, str]) -> float:
    return said[0] or 0.0


def _events(alerts: Sequence[Json], called: Mapping[int, str]) -> list[tuple[float | None, str]]:
    """A sentence an alert, with when it began."""
    made = []
    for alert in sorted(alerts, key=lambda alert: alert["raised_s"] or 0.0)[:MOST_EVENTS]:
        who = called.get(alert["ships"][0], "a vessel") if alert["ships"] else "a vessel"
        began_s = alert["start_s"] if alert["start_s"] is not None else alert["raised_s"]
        made.append((began_s, PLAIN[alert["detector"]].format(who)))
    return made


def _reported(reports: Sequence[Json], masks: Sequence[tuple[str, str]]) -> list[tuple[float | None, str]]:
    """What people typed in, with how sure it is; names and numbers are masked."""
    made = []
    for said in sorted(reports, key=lambda said: said["time_s"])[-MOST_EVENTS:]:
        words = said["words"].rstrip(". ")
        for name, instead in masks:
            words = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", instead, words, flags=re.IGNORECASE)
        made.append((said["time_s"], f"reported{'' if said['verified'] else ', not verified'}: {words}"))
    return made


def _masks(dossier: Json, called: Mapping[int, str]) -> list[tuple[str, str]]:
    """Names and numbers of the ships concerned and of those that reports mention, each with what is said instead; the longest first."""
    made = [(name, "a vessel") for name in dossier["mentioned"]]
    for ship in dossier["ships"]:
        made += [(str(ship[mark]), called[ship["id"]]) for mark in ("name", "mmsi", "imo", "callsign") if ship[mark]]
    return sorted(((name, instead) for name, instead in made if len(name) > SHORTEST), key=lambda mask: -len(mask[0]))
