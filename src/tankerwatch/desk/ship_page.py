"""The page of one ship: what she has said of herself and when, what contradicts it, who hears her, and what she sent last."""

from __future__ import annotations

from typing import Any, Final

from tankerwatch.core import mmsi as identities
from tankerwatch.desk.panel import name_row, number
from tankerwatch.desk.trails import Trails
from tankerwatch.detect.ship.identity import is_imo
from tankerwatch.pipeline import River
from tankerwatch.track.register import CLAIMED, TOLD, Identity
from tankerwatch.triage import render, words

MOST_OTHERS: Final = 20
GAP_S: Final = 360.0
"""Ships at anchor send every three minutes: two of these reports may be missed."""
USUAL_GAPS: Final = 10.0
IN_TURN: Final = 3
"""Who began to send a value so often sends it in turn with another: two transmitters, or one that is up to something."""


def ship_page(river: River, trails: Trails, slot: int) -> dict[str, Any]:
    """What the page of a ship shows beside what the panel shows."""
    fleet, register = river.fleet, river.fleet.register
    identity = register.identities[slot]
    picture = fleet.picture(river.clock_s).take(slice(slot, slot + 1))
    rows = list(trails.rows.get(slot, ()))
    interval_s = number(picture.interval_s[0], 1)
    guard = river.guards.all.get(identity.mmsi)
    others = _others(river, slot)
    claims = _claims(river, slot)
    return {
        "id": identity.mmsi,
        "told_s": {field: number(time_s, 3) for field, time_s in zip(TOLD, register.told_s[slot].tolist(), strict=True)},
        "hull_m": [int(metres) for metres in register.hull_m[slot]] if register.hull_m[slot].any() else None,
        "status_s": number(picture.status_s[0], 3),
        "spoken_s": number(picture.heard_s[0], 3),
        "imo_valid": is_imo(identity.imo) if identity.imo else None,
        "claims": claims,
        "others": others,
        "conflicts": _conflicts(identity, claims, others),
        "interval_s": interval_s,
        "gap_s": max(GAP_S, USUAL_GAPS * (interval_s or 0.0)),
        "sentences": [render.evidence_json(piece) for piece in river.evidence(rows) if piece.sentence is not None][::-1],
        "guard": None if guard is None else render.guard_json(guard, river.name_of),
    }


def _claims(river: River, slot: int) -> list[dict[str, Any]]:
    """What she has said that she no longer says, and since when she says what she says now, where she changed it."""
    found = [
        {
            "field": claim.field,
            "value": words.clean(claim.value, words.NAME_LIMIT) if isinstance(claim.value, str) else claim.value,
            "first_s": number(claim.first_s, 3) if claim.first_s is not None else None,
            "last_s": number(claim.last_s, 3) if claim.last_s is not None else None,
            "times": claim.times,
        }
        for claim in river.fleet.register.claims.of(slot)
    ]
    return sorted(found, key=lambda each: (CLAIMED.index(str(each["field"])), each["last_s"] is not None, -float(each["last_s"] or 0)))


def _others(river: River, slot: int) -> list[dict[str, Any]]:
    """Other identities that send her IMO number or her call sign: another flag, or another ship."""
    register = river.fleet.register
    hers = register.identities[slot]
    found = []
    for other, identity in enumerate(register.identities):
        same = [
            field
            for field, mine, its in (("imo", hers.imo, identity.imo), ("callsign", hers.callsign, identity.callsign))
            if mine and mine == its
        ]
        if same and other != slot:
            shown = name_row(river, other)
            flag = identities.flag_of(identity.mmsi)[1]
            told_s = number(float(register.static_s[other]), 3)
            found.append({"id": identity.mmsi, "name": shown[1], "flag": flag, "same": same, "told_s": told_s})
            if len(found) == MOST_OTHERS:
                break
    return found


def _conflicts(identity: Identity, claims: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[str]:
    """What of her identity cannot all be true, in sentences."""
    said = []
    if identity.imo and not is_imo(identity.imo):
        said.append(f"IMO {identity.imo} is no IMO number: its check digit is wrong.")
    for field, what in (("imo", f"IMO {identity.imo}"), ("callsign", f"the call sign {words.clean(identity.callsign, words.NAME_LIMIT)}")):
        who = [words.ship_name(other["id"], other["name"]) for other in others if field in other["same"]]
        if who:
            said.append(f"{' and '.join(who[:3])}{' and others' if len(who) > 3 else ''} also sent {what}.")
    for field, what in (("name", "names"), ("callsign", "call signs"), ("imo", "IMO numbers"), ("ship_type", "types"), ("size", "sizes")):
        if any(claim["field"] == field and claim["times"] >= IN_TURN for claim in claims):
            said.append(f"She sends several {what} in turn: two transmitters may share this MMSI.")
    return said
