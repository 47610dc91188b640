"""What the map shows beside ships: zones, who comes too close to whom, who could be where, where positions are false, who is heard where.

All of it is told as it is. How near two ships will pass is told as they sail now; where a silent ship could be is a ring round her last
position. Nothing here points from one ship to another.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from tankerwatch.core.context import CELL_DEG, Cells, centres_of
from tankerwatch.core.geo import distance_nm, moved
from tankerwatch.core.hulls import hulls_of
from tankerwatch.core.meeting import ranked
from tankerwatch.core.schema import Bool
from tankerwatch.core.zones import DrawnZone, Zone
from tankerwatch.desk.panel import number
from tankerwatch.pipeline import River, Watch

MOST_MEETINGS: Final = 100
MOST_DARK: Final = 200
MOST_AREAS: Final = 50
MOST_OUTLINES: Final = 500
MOST_CELLS: Final = 3000
MOST_CORNERS: Final = 4000
"""A border of the configuration with more corners is shown with every second one, or third…"""
LEAST_AREA_NM: Final = 2.0
KNOWN_MINUTES: Final = 10
SHOWN_S: Final = 600.0

Box = tuple[float, float, float, float]
"""South, west, north and east in degrees; east below west is across the antimeridian."""


def chart(river: River) -> dict[str, Any]:
    """What may be new each second: pairs that come too close, silent ships, areas with false positions."""
    return {"meetings": list(_meetings(river)), "dark": list(_dark(river)), "jammed": list(_jammed(river))}


def _watch(river: River, rule: str) -> Watch | None:
    return next((watch for watch in river.watches if watch.detector.id == rule), None)


def _meetings(river: River) -> Iterator[dict[str, Any]]:
    """The gravest risks of a pass too close, and where both will be then if both hold on."""
    watch = _watch(river, "collision")
    if watch is None or not len(watch.memory):
        return
    risks = ranked(watch.memory, river.clock_s, least=watch.settings["list_score"])
    register, picture = river.fleet.register, river.picture
    for row in np.flatnonzero(risks.meet_s > river.clock_s)[:MOST_MEETINGS].tolist():
        key, meet_s = int(risks.key[row]), float(risks.meet_s[row])
        ships = [key >> 32, key & 0xFFFFFFFF]
        slots = [register.slot(ship) for ship in ships]
        known = [slot for slot in slots if slot is not None and slot < len(picture)]
        if len(known) == 2:
            yield {
                "ships": ships,
                "meet_s": number(meet_s),
                "gap_m": number(float(risks.gap_m[row]), 0),
                "score": number(float(risks.score[row]), 2),
                "alert": bool(risks.level[row] in (1, 2)),
                "at": [_place_at(river, slot, meet_s) for slot in known],
            }


def _place_at(river: River, slot: int, time_s: float) -> list[float | None]:
    """Where a ship will be if she holds on."""
    picture = river.picture
    hours = (time_s - float(picture.event_s[slot])) / 3600
    sog, cog = (float(np.nan_to_num(values[slot])) for values in (picture.sog_kn, picture.cog_deg))
    lat, lon = moved(picture.lat_deg[slot], picture.lon_deg[slot], cog, sog * hours)
    return [number(float(lat), 6), number(float(lon), 6)]


def _dark(river: River) -> Iterator[dict[str, Any]]:
    """Ships that an open alert calls dark: where they were last, and the best speed that they were seen to make."""
    standing = map(river.triage.alerts.__getitem__, river.triage.open)
    silent = [alert for alert in standing if alert.detector == "dark" and alert.ships]
    picture = river.fleet.picture(river.clock_s) if silent else river.picture
    for alert in silent[-MOST_DARK:]:
        slot = river.fleet.register.slot(alert.ships[0])
        if slot is None or slot >= len(picture):
            continue
        speeds = [number(float(values[slot])) for values in (picture.best_sog_kn, picture.usual_sog_kn, picture.sog_kn)]
        yield {
            "ship": alert.ships[0],
            "alert": alert.id,
            "lat_deg": number(float(picture.lat_deg[slot]), 6),
            "lon_deg": number(float(picture.lon_deg[slot]), 6),
            "heard_s": number(float(picture.event_s[slot])),
            "speed_kn": max((speed for speed in speeds if speed is not None), default=None),
        }


def _jammed(river: River) -> Iterator[dict[str, Any]]:
    """Areas in which many ships lost their positions: a circle round the last places of theirs that were trusted."""
    watch = _watch(river, "jamming")
    if watch is None:
        return
    hits = watch.memory
    for area_s in np.unique(hits.area_s[~np.isnan(hits.area_s)])[-MOST_AREAS:].tolist():
        rows = np.flatnonzero((hits.area_s == area_s) & ~np.isnan(hits.lat_deg))
        if not len(rows):
            continue
        lat, lon = hits.lat_deg[rows], hits.lon_deg[rows]
        turned = np.radians(lon)
        middle = float(lat.mean()), float(np.degrees(np.arctan2(np.sin(turned).mean(), np.cos(turned).mean())))
        yield {
            "since_s": number(area_s),
            "lat_deg": number(middle[0], 5),
            "lon_deg": number(middle[1], 5),
            "radius_nm": number(max(float(distance_nm(*middle, lat, lon).max()), LEAST_AREA_NM), 2),
            "ships": len(rows),
        }


def configured(river: River) -> list[dict[str, Any]]:
    """The zones of the configuration, which only a file can change."""
    return [_configured(river, zone) for zone in river.areas.zones if not zone.key]


def held_back(river: River) -> dict[str, int]:
    """By the id of each drawn zone in which rules are quiet: how many episodes of these it holds back now."""
    return {
        zone.key: sum(watch.gate.held_in(zone) for watch in river.watches if watch.detector.id in zone.quiet)
        for zone in river.areas.zones
        if zone.key and zone.quiet
    }


def zone_json(zone: DrawnZone) -> dict[str, Any]:
    """A drawn zone for the page; `undo` says that there is something before the last change."""
    told = {key: value for key, value in zone.content.items() if key != "corners"}
    return {
        "id": zone.id,
        "quiet": [],
        "quiet_until_s": None,
        **told,
        "rings": [zone.content["corners"]],
        "drawn": True,
        "by": zone.by,
        "made_s": number(zone.made_s, 3),
        "changed_s": number(zone.changed_s, 3),
        "removed_s": None if zone.removed_s is None else number(zone.removed_s, 3),
        "undo": zone.before is not None,
    }


def _configured(river: River, zone: Zone) -> dict[str, Any]:
    step = 1 + sum(len(ring) for ring in zone.rings) // MOST_CORNERS
    return {
        "id": f"configured {zone.name}",
        "name": zone.name,
        "rule": [name for name, on in (("enter", zone.enter), ("leave", zone.leave)) if on],
        "min_kn": number(zone.min_kn),
        "max_kn": number(zone.max_kn),
        "forbidden": list(zone.forbidden),
        "for_kinds": list(zone.kinds),
        "for_ships": sorted(zone.ships),
        "severity": zone.severity,
        "port": zone.port,
        "quiet": sorted(name for name, rule in river.config.detectors.items() if zone.name in rule.excepted_areas),
        "quiet_until_s": None,
        "rings": [np.round(ring[::step], 6).tolist() for ring in zone.rings],
        "drawn": False,
        "by": "the configuration",
        "made_s": None,
        "changed_s": None,
        "removed_s": None,
        "undo": False,
    }


def outlines(river: River, box: Box) -> list[list[Any]]:
    """Of ships in a box that say how long they are: id, and metres from the antenna to bow, stern, port and starboard side."""
    picture = river.picture
    near = (picture.length_m > 0) & (river.clock_s - picture.heard_s <= SHOWN_S) & _within(picture.lat_deg, picture.lon_deg, box)
    slots = np.flatnonzero(near)[:MOST_OUTLINES]
    hulls = hulls_of(picture, slots)
    sides = np.round(np.column_stack([hulls.to_bow_m, hulls.to_stern_m, hulls.to_port_m, hulls.to_starboard_m]), 1)
    return [[mmsi, *metres] for mmsi, metres in zip(picture.mmsi[slots].tolist(), sides.tolist(), strict=True)]


def coverage(cells: Cells, box: Box) -> dict[str, Any]:
    """Where ships were heard in a box: `height_deg` and columns of cells; where there are too many, several are told as one.

    `heard_min`: ship-minutes · `share`: of the minutes of ships under way those in which they were heard, null where that is not known.
    """
    low, high = (np.uint64(int((edge + 90.0) / CELL_DEG)) for edge in (max(box[0], -90.0), min(box[2], 90.0)))
    first, last = np.searchsorted(cells.cell, [low << np.uint64(32), (high + np.uint64(1)) << np.uint64(32)])
    rows = slice(int(first), int(last))
    lat, lon = centres_of(cells.cell[rows])
    inside = _within(lat, lon, (-90.0, box[1], 90.0, box[3]))
    lat, lon = lat[inside], lon[inside]
    moving, resting, missed = (np.asarray(column[rows][inside], np.float64) for column in (cells.moving, cells.resting, cells.missed))
    times, width = 1, CELL_DEG / np.maximum(np.cos(np.radians(lat)), 0.01)
    while len(lat) > MOST_CELLS:
        times *= 2
        north = np.floor((lat + 90.0) / (CELL_DEG * times))
        wide = CELL_DEG * times / np.maximum(np.cos(np.radians((north + 0.5) * CELL_DEG * times - 90.0)), 0.01)
        east = np.floor((lon + 180.0) / wide)
        _, at, of = np.unique(north * 1e6 + east, return_index=True, return_inverse=True)
        moving, resting, missed = (np.asarray(np.bincount(of.ravel(), column), np.float64) for column in (moving, resting, missed))
        lat, lon, width = (north[at] + 0.5) * CELL_DEG * times - 90.0, (east[at] + 0.5) * wide[at] - 180.0, wide[at]
    heard = moving + missed
    share = [None if total < KNOWN_MINUTES else round(part / total, 2) for part, total in zip(moving.tolist(), heard.tolist(), strict=True)]
    columns = {"lat_deg": lat, "lon_deg": lon, "width_deg": width}
    return {
        "height_deg": CELL_DEG * times,
        **{name: np.round(values, 5).tolist() for name, values in columns.items()},
        "heard_min": (moving + resting).astype(np.int64).tolist(),
        "share": share,
    }


def _within(lat_deg: Any, lon_deg: Any, box: Box) -> Bool:
    south, west, north, east = box
    wide = east - west
    across = np.ones(len(lat_deg), np.bool_) if wide >= 360 else np.asarray((lon_deg - west) % 360.0 <= wide % 360.0)
    return np.asarray((lat_deg >= south) & (lat_deg <= north) & across)
