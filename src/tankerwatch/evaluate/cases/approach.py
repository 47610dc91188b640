"""Craft that close on a tanker, alone or many; and those that come near for good reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from tankerwatch.core.ais.framing import tll
from tankerwatch.core.mmsi import radar_id
from tankerwatch.core.schema import F64
from tankerwatch.evaluate.cases.case import COLD, Case, metres, passing
from tankerwatch.evaluate.motion import (
    NM,
    Motion,
    apart_m,
    coasting,
    eased,
    moved_as,
    pursuing,
    ramp,
    sailed,
    smoothed,
    swinging,
    through,
    turns,
    wander,
)
from tankerwatch.evaluate.ships import CLASS_B, Ship
from tankerwatch.evaluate.world import Place

APPROACH: Final = ("closing", "swarm")
CLEAR: Final = (*APPROACH, "rendezvous", "collision", "sudden_stop", "drifting", "grounding")
CONTACT_NM, WARN_NM, WARN_S = 0.1, 1.0, 180.0
RADAR_S: Final = 3
TRIES: Final = 12


def radar_follows(place: Place, number: int, motion: Motion, begin: int, end: int) -> None:
    """A radar follows a craft, with errors that wander."""
    at = np.arange(begin, min(end, len(motion)), RADAR_S)
    east, north = (motion.east_m[at] + place.dice.slow(len(at), 12.0, 8), motion.north_m[at] + place.dice.slow(len(at), 12.0, 8))
    lat, lon = place.plane.globe(east, north)
    for second, lat_deg, lon_deg in zip(at.tolist(), lat.tolist(), lon.tolist(), strict=True):
        place.line(float(second), tll(number, lat_deg, lon_deg))


def _run(place: Place, tanker: Motion, begin: int, *, knots: float, miles: float, bearing: float, side_m: float, stay: float) -> Motion:
    """A craft that waits some miles off, and from `begin` runs for the tanker and keeps beside her."""
    way = np.radians(bearing)
    start = (tanker.east_m[begin] + np.sin(way) * miles * NM, tanker.north_m[begin] + np.cos(way) * miles * NM)
    speed = ramp(len(tanker), (begin, 4.0), (begin + 20, knots))
    end = int(begin + metres(1, 3600) * miles / metres(knots, 1) * 2.5 + stay)
    lines = pursuing(start, tanker, speed, begin_s=begin, end_s=min(end, len(tanker)), side_m=side_m, heading_deg=bearing + 180.0)
    return moved_as(*lines)


def _attack(place: Place, level: str) -> None:
    """One to twelve craft run for a tanker; seen by radar, by class B, or both."""
    seen, crowd = level.split(", ")
    tanker, motion = passing(place)
    place.add(tanker, motion)
    count = {"one": 1, "two": 2, "many": place.whole(3, 12)}[crowd]
    begin = int(place.one(COLD + 600, 5200))
    fan, marks, crew = place.one(0, 360), [], [tanker]
    for index in range(count):
        how = {"mixed": ("radar", "craft_so", "craft")[index % 3]}.get(seen, seen)
        miles, late = place.one(3.5, 7.0), int(place.one(0, 120)) if index else 0
        knots = place.one(24, 45) if how == "craft_so" else place.one(20, 45)
        bearing = fan + place.one(-70, 70)
        side = place.one(30, 70) * (1 if index % 2 else -1)
        craft = _run(place, motion, begin + late, knots=knots, miles=miles, bearing=bearing, side_m=side, stay=300.0)
        apart = apart_m(craft, motion)
        near = np.flatnonzero(apart[begin:] < CONTACT_NM * NM)
        if not len(near):
            continue
        contact = begin + int(near[0])
        mile = begin + int(np.argmax(apart[begin:] < WARN_NM * NM))
        first = begin + late - int(place.one(300, 900))
        ship = place.ship("craft" if how == "radar" else how)
        crew.append(replace(ship, mmsi=radar_id(place.stations[0].name, index + 1)) if how == "radar" else ship)
        if how == "radar":
            radar_follows(place, index + 1, craft, first, contact + 400)
            told = np.arange(first, contact, RADAR_S, dtype=np.float64)
        else:
            told = place.add(ship, craft.only(first, contact + 900), statics=place.one(0, 1) < 0.7).time_s - place.start_s
        due = min(float(mile), contact - WARN_S)
        run = told[told >= begin + late]
        full = contact - first >= 240 and len(run) > 3 and float(np.median(np.diff(run))) <= 10
        marks.append((contact, due if full else max(due, float(run[2]) + 2 if len(run) > 2 else contact), begin + late, how))
    if not marks:
        return
    contact, due, oracle, _ = min(marks)
    name, named = ("closing", APPROACH) if count < 3 else ("swarm", APPROACH)
    also = ("collision", "rendezvous", "dark", "false_position")
    end = max(mark[0] for mark in marks) + 900.0
    at_m = (float(motion.east_m[contact]), float(motion.north_m[contact]))
    place.danger(name, seen, crowd, tuple(crew), begin, end, oracle=oracle, due=due, at_m=at_m, also=also, named=named)


# What comes near for good reasons.


def _visit(
    place: Place, kind: str, target: Motion, begin: int, *, knots: float, miles: float, bearing: float, stay: int, side_m: float = 30.0
) -> Ship:
    """A craft comes from some miles off, keeps alongside for a while, and goes home."""
    ship = place.ship(kind)
    way = np.radians(bearing)
    home = (target.east_m[begin] + np.sin(way) * miles * NM, target.north_m[begin] + np.cos(way) * miles * NM)
    there = int(begin + metres(1, 3600) * miles / metres(knots, 1) * 1.6)
    go = np.zeros(len(target)) + knots
    out = pursuing(home, target, go, begin_s=begin, end_s=min(there + stay, len(target)), side_m=side_m)
    leave = min(there + stay, len(target) - 1)
    back = metres(1, 3600) * 0 + np.hypot(out[0][leave] - home[0], out[1][leave] - home[1]) / metres(knots, 1)
    after = np.arange(len(target))
    share = np.clip((after - leave) / max(float(back), 1.0), 0.0, 1.0)
    east = np.where(after < leave, out[0], out[0][leave] + share * (home[0] - out[0][leave]))
    north = np.where(after < leave, out[1], out[1][leave] + share * (home[1] - out[1][leave]))
    place.add(ship, moved_as(east, north))
    return ship


def _inbound(place: Place, slow: float, *, at: float = 0.5) -> tuple[Ship, Motion]:
    """A tanker that comes in and slows down for whoever comes."""
    tanker = place.ship("tanker")
    when = place.seconds * at
    speed = ramp(place.seconds, (when - 1500, 12.0), (when - 300, slow))
    motion = through((0.0, 0.0), when, speed, np.full(place.seconds, place.one(80, 100)))
    place.add(tanker, motion)
    return tanker, motion


def _pilot(place: Place, level: str) -> None:
    tanker, motion = _inbound(place, 8.0)
    boat = _visit(
        place,
        "pilot",
        motion,
        int(place.seconds * 0.5),
        knots=place.one(17, 26),
        miles=place.one(3, 6),
        bearing=place.one(0, 360),
        stay=240,
    )
    place.decoy("pilot boat", CLEAR, (tanker, boat))


def _crew_boat(place: Place, level: str) -> None:
    if level == "at anchor":
        tanker = place.ship("tanker")
        motion = swinging(place.seconds, (0.0, 0.0), place.dice)
        place.add(tanker, motion)
        for index in range(4):
            place.add(place.ship("cargo"), swinging(place.seconds, ((index - 1.5) * 1700.0, 1500.0), place.dice))
    else:
        tanker, motion = _inbound(place, 5.0)
    boat = _visit(
        place,
        "crew",
        motion,
        int(place.one(3000, 4500)),
        knots=place.one(18, 28),
        miles=place.one(4, 7),
        bearing=place.one(0, 360),
        stay=900,
    )
    place.decoy("crew boat", CLEAR, (tanker, boat))


def _tugs(place: Place, level: str) -> None:
    tanker, motion = _inbound(place, 4.0)
    boats = [
        _visit(
            place, "tug", motion, int(place.seconds * 0.45) + 90 * index, knots=place.one(9, 13), miles=place.one(2, 4),
            bearing=place.one(0, 360), stay=2400, side_m=(40.0, -40.0, 60.0)[index],
        )
        for index in range(3)
    ]  # fmt: skip  # one a line would hide what belongs together
    place.decoy("tugs", CLEAR, (tanker, *boats))


def _clear(target: Motion, keep_nm: float, make: Callable[[], Motion]) -> Motion:
    """The first of some motions that keeps so far from the target, or the one that keeps farthest: who means no harm keeps clear."""
    best, far = None, -1.0
    for _ in range(TRIES):
        motion = make()
        near = float(apart_m(motion, target).min())
        if near > far:
            best, far = motion, near
        if near >= keep_nm * NM:
            break
    if best is None:
        raise ValueError("no motion was made")
    return best


def _fishing_fleet(place: Place, level: str) -> None:
    """A tanker through a fleet: boats that trawl, boats that steam out and home, skiffs that run between nets."""
    tanker, motion = passing(place)
    place.add(tanker, motion)
    boats = []
    for index in range(16):
        boat = place.ship(("fishing", "fishing_b")[index % 2])
        boats.append(boat)
        way = _skiff if level == "skiffs" and index % 4 == 0 else _steams if index % 4 == 3 else trawl
        place.add(boat, _clear(motion, 0.2, partial(_from_the_fleet, place, way, 1 if index % 2 else -1)))
    place.decoy("fishing fleet", (*APPROACH, "sudden_stop", "drifting", "rendezvous"), (tanker, *boats))


def _from_the_fleet(place: Place, way: Callable[[Place, tuple[float, float]], Motion], side: int) -> Motion:
    return way(place, (place.one(-9, 9) * NM, place.one(0.5, 4) * NM * side))


def _skiff(place: Place, start_m: tuple[float, float]) -> Motion:
    """Runs of some minutes between nets, at up to 24 kn, each followed by a pause."""
    legs = place.seconds // 600 + 1
    knots = np.repeat(np.minimum(place.dice.even(legs, -10, 28).clip(0), 24.0), 600)[: place.seconds]
    course = np.repeat(place.dice.even(legs, 0, 360), 600)[: place.seconds]
    return sailed(start_m, smoothed(knots, 20), course)


def _steams(place: Place, start_m: tuple[float, float]) -> Motion:
    """Out or home at an even speed."""
    return sailed(start_m, place.one(8, 11) + np.zeros(place.seconds), place.one(0, 359) + wander(place.dice, place.seconds, 1.0, 300))


def trawl(place: Place, start_m: tuple[float, float]) -> Motion:
    """Slow legs of half an hour with turns, hauls of some minutes between."""
    seconds = place.seconds
    count = seconds // 1800 + 2
    courses = np.cumsum(place.dice.even(count, -130, 130))
    course = turns(seconds, float(courses[0]), *((i * 1800.0, float(c)) for i, c in enumerate(courses)), rate_deg_s=1.0)
    second = np.arange(seconds)
    hauling = (second % 5400) > 4700
    speed = np.where(hauling, 0.8, 3.2) + wander(place.dice, seconds, 0.3, 120)
    return sailed(start_m, np.maximum(smoothed(speed, 90), 0.0), course, status=7)


def _ferries(place: Place, level: str) -> None:
    """Ferries cross ahead of her, some of them fast."""
    tanker, motion = passing(place)
    place.add(tanker, motion)
    boats = []
    for index in range(3):
        boat = place.ship("high_speed" if index == 1 else "ferry")
        knots = 32.0 if index == 1 else place.one(14, 19)
        when = 3000 + 2000 * index
        miss = place.one(0.6, 1.2) * NM
        meet = (motion.east_m[when] + miss, motion.north_m[when])
        course = 0.0 if index % 2 else 180.0
        place.add(boat, through(meet, when, knots + np.zeros(place.seconds), course + np.zeros(place.seconds)))
        boats.append(boat)
    place.decoy("ferries", APPROACH, (tanker, *boats))


def _navy(place: Place, level: str) -> None:
    """A frigate keeps station on her quarter; her boat goes to and fro."""
    tanker, motion = passing(place)
    place.add(tanker, motion)
    frigate = place.ship("navy")
    join = int(place.one(COLD, 3000))
    off = 0.5 * NM + 6 * NM * (1 - eased((np.arange(place.seconds) - join) / 2100.0))
    place.add(frigate, moved_as(motion.east_m - 0.3 * NM, motion.north_m - off))
    patrol = place.ship("patrol")
    swing = 0.35 * NM * np.sin(np.arange(place.seconds) / 180.0)
    place.add(patrol, moved_as(motion.east_m + 0.6 * NM + swing, motion.north_m + 0.5 * NM + swing))
    place.decoy("naval escort", (*APPROACH, "rendezvous"), (tanker, frigate, patrol))


def _aircraft(place: Place, level: str) -> None:
    tanker, motion = passing(place)
    place.add(tanker, motion)
    helicopter = place.ship("helicopter")
    begin = int(place.one(3000, 5500))
    lines = pursuing((motion.east_m[begin] + 9 * NM, motion.north_m[begin] + 14 * NM), motion, 120.0, begin_s=begin, end_s=begin + 1500)
    place.add(helicopter, moved_as(*lines).only(begin, begin + 1500))
    place.decoy("search and rescue aircraft", (*APPROACH, "false_position"), (tanker, helicopter))


def _rescuers(place: Place, level: str) -> None:
    """She calls for help; all who can come at their best speed."""
    tanker = place.ship("tanker")
    begin = int(place.one(3000, 4500))
    speed = coasting(place.seconds, begin, 13.0, half_s=180.0)
    motion = through((0.0, 0.0), begin, speed, np.full(place.seconds, 85.0)).with_status(begin + 120, place.seconds, 2)
    place.add(tanker, motion)
    also = ("sudden_stop", "drifting", "grounding", "distress", "rendezvous")
    place.danger(
        "not_under_command",
        "casualty with rescuers",
        level,
        (tanker,),
        begin,
        place.seconds,
        oracle=begin + 125,
        due=begin + 300,
        also=also,
    )
    boats = [
        _visit(
            place, kind, motion, begin + 400 + 60 * index, knots=place.one(*knots), miles=place.one(4, 8), bearing=place.one(0, 360),
            stay=3000, side_m=50.0 + 60 * index,
        )
        for index, (kind, knots) in enumerate((("rescue", (22, 30)), ("tug", (11, 13)), ("rescue", (22, 30)), ("patrol", (20, 28))))
    ]  # fmt: skip  # one a line would hide what belongs together
    place.decoy("rescuers", APPROACH, (tanker, *boats), start=begin)


def _leisure(place: Place, level: str) -> None:
    """Sailing boats and motor boats cross her way, each on its own course."""
    tanker, motion = passing(place)
    place.add(tanker, motion)
    boats = []
    for index in range(8):
        boat = place.ship("leisure" if index % 2 else "sailing")
        fast = index % 4 == 1
        place.add(
            boat, _clear(motion, 0.3 if fast else 0.15, partial(_crosses, place, motion, 2600 + 650 * index, (18, 28) if fast else (4, 9)))
        )
        boats.append(boat)
    place.decoy("leisure boats", APPROACH, (tanker, *boats))


def _crosses(place: Place, target: Motion, when: int, knots: tuple[float, float]) -> Motion:
    """Past the target within a mile, on any course."""
    miss = place.one(0.3, 1.0) * NM * place.pick(-1, 1)
    meet = (float(target.east_m[when]) + miss, float(target.north_m[when]) + place.one(-0.3, 0.3) * NM)
    course: F64 = place.one(0, 359) + wander(place.dice, place.seconds, 1.5, 200)
    return through(meet, when, place.one(*knots) + np.zeros(place.seconds), course)


def _patrolled(place: Place, level: str) -> None:
    """A patrol boat with a class B set and no word of what it is passes at a mile."""
    tanker, motion = passing(place)
    place.add(tanker, motion)
    boat = replace(place.ship("patrol"), transponder=CLASS_B)
    place.add(boat, moved_as(motion.east_m - 2 * NM + metres(6, 1) * (np.arange(place.seconds) - 3500), motion.north_m + 1.2 * NM))
    place.decoy("patrol boat passes", APPROACH, (tanker, boat))


CASES: Final = (
    Case(
        "closing",
        "attack",
        _attack,
        tuple(f"{seen}, {crowd}" for crowd in ("one", "two", "many") for seen in ("radar", "craft_so", "craft", "mixed")),
        traffic=4,
    ),
    Case("closing", "pilot boat", _pilot, traffic=4, decoy=True),
    Case("closing", "crew boat", _crew_boat, ("under way", "at anchor"), traffic=4, decoy=True),
    Case("closing", "tugs", _tugs, traffic=4, decoy=True),
    Case("swarm", "fishing fleet", _fishing_fleet, ("trawlers", "skiffs"), traffic=0, decoy=True),
    Case("closing", "ferries", _ferries, traffic=0, decoy=True),
    Case("closing", "naval escort", _navy, traffic=4, decoy=True),
    Case("closing", "search and rescue aircraft", _aircraft, traffic=4, decoy=True),
    Case("swarm", "rescuers", _rescuers, traffic=4, decoy=True),
    Case("closing", "leisure boats", _leisure, traffic=2, decoy=True),
    Case("closing", "patrol boat passes", _patrolled, traffic=4, decoy=True),
)
