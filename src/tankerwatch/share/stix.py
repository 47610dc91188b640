"""Alerts as a STIX 2.1 bundle (OASIS standard of 10 June 2021), for those who take part in sharing.

    alert ─ incident ◀─ sighting ─▶ location, observed-data ─▶ artifact (the sentences)
                └ related-to ▶ identity (the ship)          alerts that belong together ─ grouping

An alert is an `incident`, revoked when it was withdrawn. Every fact stands in plain STIX (names, descriptions, external references, places,
times); two extensions hold it once more as values, and a reader that knows none of them loses nothing. No object type of our own is made:
strict readers refuse those. Ids, times and order come from the alerts alone, so the same analysis gives the same bytes.

Left out, as SAFETY.md promises: draught and cargo, who could help, and private craft that are part of no incident.
"""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid5

from tankerwatch.core.geo import spoken
from tankerwatch.core.incidents import WITHDRAWN
from tankerwatch.core.mmsi import is_radar
from tankerwatch.share import TLP, USUAL_TLP
from tankerwatch.share.ships import Ship, known, told

Json = dict[str, Any]

SCO_NAMESPACE: Final = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
"""Of the standard, section 2.9, for the ids of cyber-observable objects."""
OWN_NAMESPACE: Final = UUID("831c143c-ab74-49ae-98a3-4857ed316ea8")
SHIP_FACTS: Final = "extension-definition--831c143c-ab74-49ae-98a3-4857ed316ea8"
ALERT_FACTS: Final = "extension-definition--d44b977e-7889-4dac-8c4c-0ce309c1053c"
TLP_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
FIXED: Final = "2019-06-13T00:00:00.000Z"
"""When objects were created whose content their id names: another content is another object, so they have one version for ever."""
NO_TIME: Final = "1970-01-01T00:00:00.000Z"
LATEST_S: Final = 253_402_300_799.0
SMALL_CRAFT: Final = "a small craft"


def bundle(
    alerts: Sequence[Mapping[str, Any]],
    incidents: Sequence[Mapping[str, Any]],
    ships: Mapping[int, Ship],
    *,
    tlp: str = USUAL_TLP,
    remarks: Sequence[str] = (),
) -> Json:
    """The bundle of an analysis; alerts and incidents in the form of `analyse --json`, remarks as it says them.

    tlp: one of `TLP`. Raises ValueError for another.
    """
    if tlp not in TLP:
        raise ValueError(f"no marking {tlp!r}; there are {', '.join(TLP)}")
    made = Objects(tlp)
    held: dict[str, Json] = {}
    for alert in alerts:
        shared = _without_private_craft(alert, ships)
        if shared is not None:
            held[alert["id"]] = _incident(made, shared, ships)
    for incident in incidents:
        _grouping(made, incident, held)
    if remarks and held:
        newest = max(of["modified"] for of in held.values())
        text = "\n".join(remarks)
        made.add("note", text, {"abstract": "What limits this analysis", "content": text, "object_refs": _ids(held.values())}, newest)
    objects = list(made.objects.values())
    return {"type": "bundle", "id": _id("bundle", json.dumps(objects, sort_keys=True)), "objects": objects}


def left_out(alerts: Sequence[Mapping[str, Any]], ships: Mapping[int, Ship]) -> int:
    """How many alerts a bundle does not hold, because they are about private craft alone."""
    return sum(_without_private_craft(alert, ships) is None for alert in alerts)


class Objects:
    """The objects so far by id, in order; each has the marking and the maker."""

    def __init__(self, tlp: str) -> None:
        self.objects: dict[str, Json] = {}
        self._marking = TLP[tlp]
        level = {"extension_type": "property-extension", "tlp_2_0": tlp}
        self._put({
            "type": "marking-definition", "spec_version": "2.1", "id": self._marking, "created": "2022-10-01T00:00:00.000Z",
            "name": f"TLP:{tlp.upper()}", "extensions": {TLP_EXTENSION: level},
        })  # fmt: skip  # one a line would hide what belongs together
        self.maker = _id("identity", "tankerwatch")
        maker = {"name": "Tankerwatch", "identity_class": "system", "description": "Software that watches ships by AIS and radar."}
        self._put(self._whole("identity", self.maker, maker, FIXED, FIXED))
        for name, title, description in _EXTENSIONS:
            definition = {
                "name": title, "description": description, "schema": description, "version": "1.0.0",
                "extension_types": ["property-extension"],
            }  # fmt: skip  # one a line would hide what belongs together
            self._put(self._whole("extension-definition", name, definition, FIXED, FIXED))

    def add(self, kind: str, seed: str, content: Json, created: str, modified: str = "") -> Json:
        """An object whose id comes from a seed; of the same id the newest is kept."""
        return self._put(self._whole(kind, _id(kind, seed), content, created, modified or created))

    def observable(self, kind: str, contributing: Json, **others: Any) -> Json:
        """A cyber-observable object, whose id the standard derives from some of its content."""
        name = f"{kind}--{uuid5(SCO_NAMESPACE, json.dumps(contributing, sort_keys=True, separators=(',', ':'), ensure_ascii=False))}"
        return self._put(
            {"type": kind, "spec_version": "2.1", "id": name, "object_marking_refs": [self._marking], **others, **contributing}
        )

    def _whole(self, kind: str, name: str, content: Json, created: str, modified: str) -> Json:
        head = {"type": kind, "spec_version": "2.1", "id": name, "created": created, "modified": max(created, modified)}
        by = {} if name == self.maker else {"created_by_ref": self.maker}
        lang = {"lang": "en"} if kind in ("incident", "grouping", "note") else {}
        return {**head, **by, **lang, "object_marking_refs": [self._marking], **content}

    def _put(self, thing: Json) -> Json:
        self.objects[thing["id"]] = thing
        return thing


_EXTENSIONS: Final = (
    (
        SHIP_FACTS,
        "Tankerwatch ship",
        "On an identity: what a ship sends of herself by AIS. mmsi (text of nine digits), imo (text of seven digits), callsign, ship_name, "
        "flag (ISO 3166-1 alpha-2, of the MMSI), kind (words), length_m and beam_m (metres), seen_by_radar (true when she sends nothing).",
    ),
    (
        ALERT_FACTS,
        "Tankerwatch alert",
        "On an incident: what a detector found. detector (text), severity (notice, caution, danger, distress), state (open, closed, "
        "withdrawn), score (0 to 1), is_confirmed (by a person), alert_id (text), mmsis (list of texts, the ship in danger first), "
        "raised_at, start_at and end_at (timestamps), latitude and longitude (degrees, WGS 84).",
    ),
)


def _incident(made: Objects, alert: Mapping[str, Any], ships: Mapping[int, Ship]) -> Json:
    """The alert with all that hangs on it."""
    raised = _first_time(alert["raised_s"], alert["start_s"], alert["updated_s"]) or NO_TIME
    modified = _first_time(alert["updated_s"]) or raised
    start, end = _first_time(alert["start_s"], alert["raised_s"]), _first_time(alert["end_s"])
    place = None if alert["lat_deg"] is None or alert["lon_deg"] is None else (alert["lat_deg"], alert["lon_deg"])
    facts: Json = {
        "extension_type": "property-extension",
        "alert_id": alert["id"],
        "detector": alert["detector"],
        "severity": alert["severity"],
        "state": alert["state"],
        "score": alert["score"],
        "is_confirmed": alert["confirmed"],
        "mmsis": [f"{ship:09d}" for ship in alert["ships"] if not is_radar(ship)],
        "raised_at": _first_time(alert["raised_s"]),
        "start_at": start,
        "end_at": end,
        "latitude": place and place[0],
        "longitude": place and place[1],
    }
    content: Json = {
        "name": alert["title"],
        "description": _description(alert, start, end, place),
        "labels": [f"severity-{alert['severity']}", f"detector-{alert['detector'].replace('_', '-')}", f"state-{alert['state']}"],
        "external_references": [{"source_name": "tankerwatch", "external_id": alert["id"]}],
        "extensions": {ALERT_FACTS: {name: value for name, value in facts.items() if value is not None and value != []}},
    }
    if alert["score"] is not None:
        content["confidence"] = round(100 * min(max(alert["score"], 0.0), 1.0))
    if alert["state"] == WITHDRAWN:
        content["revoked"] = True
    incident = made.add("incident", alert["id"], content, raised, modified)
    for mmsi in alert["ships"]:
        ship = _identity(made, known(ships, mmsi), alert["names"].get(str(mmsi), ""))
        link = {"relationship_type": "related-to", "source_ref": incident["id"], "target_ref": ship["id"]}
        made.add("relationship", f"{alert['id']} {ship['id']}", link, raised, modified)
    _sighting(made, alert, incident, start, place)
    return incident


def _sighting(made: Objects, alert: Mapping[str, Any], incident: Json, start: str | None, place: tuple[float, float] | None) -> None:
    """When and where it was seen, and the sentences that show it."""
    seen: Json = {"sighting_of_ref": incident["id"], "count": 1, "summary": False}
    if start:
        seen["first_seen"] = start
        seen["last_seen"] = max(start, _first_time(alert["end_s"], alert["updated_s"]) or start)
    seen["where_sighted_refs"] = [made.maker]
    if place:
        where = {"name": spoken(*place), "latitude": place[0], "longitude": place[1]}
        seen["where_sighted_refs"] = [made.add("location", json.dumps(place), where, FIXED)["id"]]
    sentences = [piece for piece in alert["evidence"] if piece["sentence"]]
    if sentences:
        text = "".join(piece["sentence"] + "\r\n" for piece in sentences)
        artifact = made.observable("artifact", {"payload_bin": b64encode(text.encode()).decode()}, mime_type="text/plain")
        times = sorted(filter(None, (_first_time(piece["time_s"]) for piece in sentences)))
        first, last = (times[0], times[-1]) if times else (start or NO_TIME,) * 2
        observed = {"first_observed": first, "last_observed": last, "number_observed": 1, "object_refs": [artifact["id"]]}
        data = made.add("observed-data", f"{alert['id']} {artifact['id']}", observed, incident["created"], incident["modified"])
        seen["observed_data_refs"] = [data["id"]]
    made.add("sighting", alert["id"], seen, incident["created"], incident["modified"])


def _identity(made: Objects, ship: Ship, name: str) -> Json:
    facts = told(ship)
    marks = ", ".join(f"{what} {facts[key]}" for what, key in (("MMSI", "mmsi"), ("IMO", "imo"), ("call sign", "callsign")) if key in facts)
    kind = facts.get("kind") or "ship"
    size = f", {ship.length_m} m by {ship.beam_m} m" if ship.length_m and ship.beam_m else ""
    flag = f", flag {ship.flag[1]}" if ship.flag[1] else ""
    content: Json = {
        "name": name or ship.name or (f"MMSI {ship.mmsi:09d}" if not ship.radar else "radar target"),
        "identity_class": "system",
        "description": f"{kind[0].upper()}{kind[1:]}{size}{flag}{': ' if marks else ''}{marks}. As sent by AIS, not verified."
        if not ship.radar
        else "A target seen by radar; she sends nothing.",
        "extensions": {SHIP_FACTS: {"extension_type": "property-extension", **facts, **({"seen_by_radar": True} if ship.radar else {})}},
    }
    references = [{"source_name": key, "external_id": facts[key]} for key in ("imo", "mmsi") if key in facts]
    if references:
        content["external_references"] = references
    return made.add("identity", json.dumps([ship.mmsi, content], sort_keys=True), content, FIXED)


def _grouping(made: Objects, incident: Mapping[str, Any], held: Mapping[str, Json]) -> None:
    members = [held[name] for name in incident["alerts"] if name in held]
    if not members:
        return
    created = min(member["created"] for member in members)
    content = {
        "name": incident["title"],
        "description": f"{incident['severity'].capitalize()}, {incident['state']}: alerts that belong together in time and place.",
        "context": "unspecified",
        "object_refs": _ids(members),
        "external_references": [{"source_name": "tankerwatch", "external_id": incident["id"]}],
    }
    made.add("grouping", incident["id"], content, created, max(member["modified"] for member in members))


def _without_private_craft(alert: Mapping[str, Any], ships: Mapping[int, Ship]) -> Mapping[str, Any] | None:
    """The alert as it may leave: whole when it is part of an incident, else with private craft unnamed; None when it is about one."""
    private = [mmsi for mmsi in alert["ships"] if known(ships, mmsi).personal]
    if not private or alert["incident"] is not None:
        return alert
    if alert["ships"][0] in private:
        return None
    names = [alert["names"].get(str(mmsi), "") for mmsi in private]
    numbers = [str(mmsi) for mmsi in private]

    def blurred(text: str) -> str:
        for name in sorted(filter(None, [*names, *numbers]), key=len, reverse=True):
            text = text.replace(name, SMALL_CRAFT)
        return text

    return {
        **alert,
        "title": blurred(alert["title"]),
        "reason": blurred(alert["reason"]),
        "ships": [mmsi for mmsi in alert["ships"] if mmsi not in private],
        "evidence": [],  # a sentence holds the number of its sender
    }


def _description(alert: Mapping[str, Any], start: str | None, end: str | None, place: tuple[float, float] | None) -> str:
    """The reason, where, when, and how sure: all that the extension holds, in words."""
    when = f" From {start}" + (f" to {end}." if end else ".") if start else " At no known time."
    where = f" At {spoken(*place)}." if place else ""
    sure = "Confirmed by a person." if alert["confirmed"] else "Found by software; not confirmed by a person."
    state = " Withdrawn." if alert["state"] == WITHDRAWN else ""
    return f"{alert['reason']}{where}{when} {sure}{state}"


def _first_time(*times_s: float | None) -> str | None:
    """The first that is known and in the calendar, as STIX writes it."""
    for time_s in times_s:
        if time_s is not None and math.isfinite(time_s) and 0 <= time_s < LATEST_S:
            whole, thousandth = divmod(round(time_s * 1000), 1000)
            return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{thousandth:03d}Z"
    return None


def _ids(objects: Iterable[Json]) -> list[str]:
    return [thing["id"] for thing in objects]


def _id(kind: str, seed: str) -> str:
    """An id in the form that the standard wants of domain objects (version 4), its bits drawn from a hash so that they repeat."""
    bits = sha256(OWN_NAMESPACE.bytes + f"{kind} {seed}".encode("utf-8", "backslashreplace")).digest()[:16]
    return f"{kind}--{UUID(bytes=bits, version=4)}"
