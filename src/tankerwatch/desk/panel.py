"""What the page shows of one ship, and of all: JSON and columns from the river, in the shapes of docs/reference/wire.md."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from tankerwatch.core import mmsi as identities
from tankerwatch.core.incidents import RANK
from tankerwatch.core.kernels import beliefs as kernel
from tankerwatch.core.ports import PictureNow
from tankerwatch.core.schema import U8
from tankerwatch.core.tables import Picture
from tankerwatch.desk.trails import Trails
from tankerwatch.pipeline import River

LOST_S: Final = 600.0
GONE_S: Final = 3600.0
NAV_STATUS_WORDS: Final = (
    "under way using engine",
    "at anchor",
    "not under command",
    "restricted manoeuvrability",
    "constrained by her draught",
    "moored",
    "aground",
    "engaged in fishing",
    "under way sailing",
    "reserved (9)",
    "reserved (10)",
    "towing astern",
    "pushing ahead or towing alongside",
    "reserved (13)",
    "distress beacon active",
    "not defined",
)
ALERT, DANGER, GUARDED, UNTRUSTED, LOST, RESTING, SMALL, OWN = (1 << bit for bit in range(8))


def number(value: float, digits: int = 1) -> float | None:
    """A rounded number, None for NaN and infinity."""
    value = float(value)
    return round(value, digits) if math.isfinite(value) else None


def flags_of(river: River, picture: Picture) -> U8:
    """(n,) the wire's flag byte of each ship."""
    flags = np.zeros(len(picture), np.uint8)
    for alert in map(river.triage.alerts.__getitem__, river.triage.open):
        for ship in alert.ships:
            slot = river.fleet.register.slot(ship)
            if slot is not None and slot < len(flags):
                flags[slot] |= ALERT | (DANGER if RANK[alert.severity] >= RANK["danger"] else 0)
    flags[picture.guarded] |= GUARDED
    flags[~picture.trusted] |= UNTRUSTED
    flags[~(river.clock_s - picture.heard_s <= LOST_S)] |= LOST
    flags[np.isin(picture.nav_status, (1, 5))] |= RESTING
    flags[np.isin(picture.msg_type, (18, 19))] |= SMALL
    flags[picture.own_fleet] |= OWN
    return flags


def picture_now(river: River, epoch: int, version: int) -> PictureNow:
    """All ships for the page, without their names. Ships not heard for an hour are gone, unless an open alert is about them."""
    picture = river.fleet.picture(river.clock_s)
    flags = flags_of(river, picture)
    gone = ~(river.clock_s - picture.heard_s <= GONE_S) & (flags & ALERT == 0)
    return PictureNow(
        epoch=epoch,
        version=version,
        clock_s=river.clock_s,
        lon_deg=picture.lon_deg,
        lat_deg=picture.lat_deg,
        heard_s=picture.event_s,
        cog_deg=picture.cog_deg,
        sog_kn=picture.sog_kn,
        heading_deg=picture.heading_deg,
        length_m=picture.length_m,
        kind=picture.kind,
        flags=flags,
        names=[],
        gone=gone,
    )


def name_row(river: River, slot: int) -> tuple[int, str, int, str]:
    """A ship's id, name, MMSI (0 for radar) and flag code."""
    identity = river.fleet.register.identities[slot]
    radar = identities.is_radar(identity.mmsi)
    name = f"radar target {identity.mmsi % 1000}" if radar and not identity.name else identity.name
    return identity.mmsi, name, 0 if radar else identity.mmsi, "" if radar else identities.flag_of(identity.mmsi)[0]


def summary(river: River, slot: int) -> dict[str, Any]:
    """A line of the search's answer."""
    identity = river.fleet.register.identities[slot]
    shown = name_row(river, slot)
    return {
        "id": identity.mmsi,
        "name": shown[1],
        "mmsi": shown[2],
        "imo": identity.imo,
        "callsign": identity.callsign,
        "kind": int(river.fleet.register.kind[slot]),
        "flag": shown[3],
    }


def ship_panel(river: River, trails: Trails, slot: int) -> dict[str, Any]:
    """The whole of one ship."""
    fleet = river.fleet
    identity, picture = fleet.register.identities[slot], fleet.picture(river.clock_s).take(slice(slot, slot + 1))
    code, country = ("", "") if identities.is_radar(identity.mmsi) else identities.flag_of(identity.mmsi)
    status = int(picture.nav_status[0])
    stations = [
        {
            "station": fleet.stations[station] if station < len(fleet.stations) else str(station),
            "last_s": number(h.last_s, 3),
            "fixes": h.fixes,
        }
        for station, h in fleet.hearings(slot).items()
    ]
    rows = list(trails.rows.get(slot, ()))
    sentences = [
        {"time_s": number(line[1], 3), "sentence": line[2].decode("ascii", "replace")} for line in river.ring.find(rows) if line is not None
    ]
    held = fleet.beliefs[slot]
    return {
        **summary(river, slot),
        "kind_words": identities.KIND_WORDS[int(fleet.register.kind[slot])],
        "ship_type": identity.ship_type,
        "flag": country,
        "flag_code": code,
        "length_m": identity.length_m or None,
        "beam_m": identity.beam_m or None,
        "draught_m": number(identity.draught_m),
        "destination": identity.destination or None,
        "eta": identity.eta or None,
        "lat_deg": number(picture.lat_deg[0], 6),
        "lon_deg": number(picture.lon_deg[0], 6),
        "heard_s": number(picture.event_s[0], 3),
        "sog_kn": number(picture.sog_kn[0]),
        "cog_deg": number(picture.cog_deg[0]),
        "heading_deg": number(picture.heading_deg[0], 0),
        "turn": number(picture.turn_deg_min[0]),
        "nav_status": None if status == 255 else status,
        "nav_status_words": NAV_STATUS_WORDS[status] if status < 16 else None,
        "usual_sog_kn": number(picture.usual_sog_kn[0]),
        "best_sog_kn": number(picture.best_sog_kn[0]),
        "first_s": number(picture.first_s[0], 3),
        "msg_type": int(picture.msg_type[0]),
        "fixes": int(picture.fixes[0]),
        "displaced_fixes": int(picture.displaced[0]),
        "stations": sorted(stations, key=lambda s: -s["fixes"]),
        "static_s": number(float(fleet.register.static_s[slot]), 3),
        "guarded": bool(picture.guarded[0]),
        "own_fleet": bool(picture.own_fleet[0]),
        "small_craft": int(picture.msg_type[0]) in (18, 19),
        "alerts": [a.id for a in river.triage.alerts.values() if identity.mmsi in a.ships],
        "sentences": sentences,
        "beliefs": [
            {
                "lat_deg": number(belief[kernel.LAT], 6),
                "lon_deg": number(belief[kernel.LON], 6),
                "last_s": number(belief[kernel.T], 3),
                "fixes": int(belief[kernel.COUNT]),
                "trusted": index == 0,
            }
            for index, belief in enumerate(held)
            if belief[kernel.COUNT] > 0 and (index == 0 or river.clock_s - belief[kernel.T] <= kernel.LIFE_S)
        ],
    }


def search(river: River, text: str) -> list[dict[str, Any]]:
    """At most twenty ships by name, MMSI, IMO number or call sign; those whose name begins with the words first, then any field."""
    wanted = " ".join(text.upper().split())
    if not wanted:
        return []
    found: list[tuple[int, str, int]] = []
    for slot, identity in enumerate(river.fleet.register.identities):
        fields = (name_row(river, slot)[1].upper(), str(identity.mmsi), str(identity.imo or ""), identity.callsign.upper())
        if any(wanted in f for f in fields):
            begins = [f.startswith(wanted) for f in fields]
            found.append((0 if begins[0] else 1 if any(begins) else 2, fields[0], slot))
    return [summary(river, slot) for _, _, slot in sorted(found)[:20]]
