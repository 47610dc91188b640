"""Clean traffic: a day's ordinary life at sea, in which nothing happens that a watch should be called for.

A strait with lanes and ferries, a port, an anchorage, a fishing ground, the open sea, and the approaches of an oil terminal with pilots,
tugs, crew boats, skiffs and an escort. Ships are put where and when they keep clear of each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from tankerwatch.core.schema import F64
from tankerwatch.evaluate.cases.approach import trawl
from tankerwatch.evaluate.motion import NM, Motion, lying, moved_as, ramp, sailed, swinging, through, turns, wander
from tankerwatch.evaluate.ships import Ship
from tankerwatch.evaluate.truth import Scene
from tankerwatch.evaluate.world import TRIES, Place, World, sampled

HALF_NM: Final = 52.0
"""Ships appear and leave so far from the middle, where no station hears them any more."""
COUNTED_NM: Final = 30.0
"""Exposure is counted within this: all of it is heard."""
RANGE_NM: Final = 34.0
Span = tuple[float, float]
EAST_WEST: Final = (90.0, 270.0)
NORTH_SOUTH: Final = (0.0, 180.0)
ANY: Final = ()
COLD_S: Final = 1800
YACHT_NM: Final = 0.3


class Sea:
    """Who is where, so that a newcomer is turned away who would come too near."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._east: list[F64] = []
        self._north: list[F64] = []
        self._keep: list[float] = []

    def clear(self, motion: Motion, keep_m: float) -> bool:
        """Whether a motion stays so far from all others (the smaller of what both ask for)."""
        east, north = sampled(motion)
        if not self._east:
            return True
        with np.errstate(invalid="ignore"):
            away = np.hypot(np.array(self._east) - east, np.array(self._north) - north)
            return not bool((away < np.minimum(np.array(self._keep), keep_m)[:, None]).any())

    def put(self, ship: Ship, motion: Motion, keep_m: float) -> None:
        """She sails."""
        east, north = sampled(motion)
        self._east.append(east)
        self._north.append(north)
        self._keep.append(keep_m)
        self.place.add(ship, motion)

    def try_put(self, kind: str, keep_nm: float, make: Callable[..., Motion], *how: Any) -> tuple[Ship, Motion] | None:
        """A ship on the first of some motions (`make(place, *how)`) that keeps clear; None when there is no room."""
        for _ in range(TRIES):
            motion = make(self.place, *how)
            if motion.present.any() and self.clear(motion, keep_nm * NM):
                ship = self.place.ship(kind)
                self.put(ship, motion, keep_nm * NM)
                return ship, motion
        return None


def _within(motion: Motion) -> Motion:
    """Present only while she is within the area."""
    inside = np.hypot(motion.east_m, motion.north_m) < HALF_NM * NM
    if not inside.any():
        return motion.only(0, 0)
    return motion.only(int(np.argmax(inside)), len(inside) - int(np.argmax(inside[::-1])))


def _passage(place: Place, courses: tuple[float, ...], off_nm: Span, knots: Span) -> Motion:
    """Right through the area at any time, on one of the courses (or any), some miles to starboard of the middle; `off_nm` (a, b) with
    a above zero: on either side.
    """
    course = place.pick(*courses) if courses else place.one(0, 359)
    way, off = np.radians(course), place.one(*off_nm) * (place.pick(-1, 1) if off_nm[0] > 2 else 1)
    at = place.one(-3600, place.seconds + 3600)
    beside = (off * NM * np.cos(way), -off * NM * np.sin(way))
    speed = place.one(*knots) + wander(place.dice, place.seconds, 0.15, 900)
    return _within(_past(beside, at, speed, course + wander(place.dice, place.seconds, 0.5, 1200)))


def _trawls(place: Place, east_nm: Span, north_nm: Span) -> Motion:
    """Fishing, from somewhere in a box."""
    return trawl(place, (place.one(*east_nm) * NM, place.one(*north_nm) * NM))


def _cruises(place: Place, east_nm: Span, north_nm: Span) -> Motion:
    """A yacht out for the day, from somewhere in a box."""
    knots = np.maximum(wander(place.dice, place.seconds, 5.0, 2400), 0.0)
    start = (place.one(*east_nm) * NM, place.one(*north_nm) * NM)
    return sailed(start, knots, 90.0 + wander(place.dice, place.seconds, 120.0, 1200))


def _past(point_m: tuple[float, float], at_s: float, speed_kn: F64, course_deg: F64) -> Motion:
    """As `through`, also for instants outside the scene."""
    if 0 <= at_s < len(speed_kn):
        return through(point_m, at_s, speed_kn, course_deg)
    edge = 0 if at_s < 0 else len(speed_kn) - 1
    gone = (edge - at_s) * speed_kn[edge] * 1852 / 3600
    way = np.radians(course_deg[edge])
    return through((point_m[0] + gone * float(np.sin(way)), point_m[1] + gone * float(np.cos(way))), edge, speed_kn, course_deg)


def _strait(place: Place) -> None:
    """Two lanes two miles apart, ferries across, some fishing beside."""
    sea, day = Sea(place), place.seconds / 86_400
    for _ in range(round(50 * day)):
        kind = place.pick("cargo", "cargo", "tanker", "cargo", "tanker", "ferry")
        sea.try_put(kind, 0.35, _passage, (place.pick(*EAST_WEST),), (0.6, 2.0), (9, 18))
    for index in range(round(10 * day)):
        fast = index % 4 == 0
        sea.try_put("high_speed" if fast else "ferry", 0.6, _passage, NORTH_SOUTH, (-6, 6), (28, 36) if fast else (13, 19))
    for index in range(5):
        sea.try_put("fishing", 0.3, _trawls, (-18, 18), (9 + 2.5 * index, 9 + 2.5 * index))


def _open_sea(place: Place) -> None:
    """Ships on their own courses, two miles apart at least."""
    sea = Sea(place)
    for _ in range(round(40 * place.seconds / 86_400)):
        sea.try_put(place.pick("cargo", "tanker"), 2.0, _passage, ANY, (-15, 15), (9, 17))


def _arrival(place: Place, berth: tuple[float, float], stop: float, status: int) -> Motion:
    """From sea to a berth or an anchorage, slowing down over half an hour."""
    way = place.one(60, 120)
    speed = ramp(place.seconds, (stop - 3000, 12.0), (stop - 1500, 7.0), (stop - 500, 3.0), (stop, 0.03))
    course = turns(place.seconds, way, (stop - 2400, way + place.one(-50, 50)), rate_deg_s=0.3)
    return _within(through(berth, stop, speed, course).with_status(stop + place.one(-60, 400), place.seconds, status))


def _departure(place: Place, berth: tuple[float, float], leave: float, status: int) -> Motion:
    way = place.one(250, 290)
    speed = ramp(place.seconds, (leave, 0.03), (leave + 500, 4.0), (leave + 2000, 8.0), (leave + 3000, 13.0))
    course = turns(place.seconds, way + place.one(-40, 40), (leave + 1500, way), rate_deg_s=0.3)
    return _within(through(berth, leave, speed, course).with_status(0, leave - place.one(-30, 240), status))


def _port(place: Place) -> None:
    """Ships at their berths, arrivals, departures, a ferry to and fro, tugs, boats."""
    sea, seconds = Sea(place), place.seconds
    for index in range(14):
        at = ((index % 7 - 3) * 420.0, 500.0 + 260.0 * (index // 7))
        sea.put(place.ship(place.pick("cargo", "tanker", "ferry", "tug", "supply")), lying(seconds, at, 90.0), 30.0)
    for index in range(round(10 * seconds / 86_400)):
        at = ((index - 4) * 380.0, -300.0 - 500.0 * (index % 3))
        when = (index + place.one(0.2, 0.9)) * seconds / max(1, round(10 * seconds / 86_400))
        sea.try_put(place.pick("cargo", "tanker"), 0.25, _arrival if index % 2 else _departure, at, when, 5)
    ferry = np.arange(seconds)
    leg, phase = ferry // 2700, ferry % 2700
    speed = np.interp(phase, [0, 200, 1700, 2050, 2100, 2700], [0.0, 14.0, 14.0, 3.0, 0.0, 0.0])
    sea.put(place.ship("ferry"), sailed((-2 * NM, 4 * NM), speed, np.where(leg % 2 == 0, 40.0, 220.0)), 100.0)
    for index in range(3):
        busy = np.clip(np.sin(ferry / 2600.0 + 2 * index), 0, 1)
        sea.put(
            place.ship("tug"),
            sailed((-900.0 + 600 * index, -2200.0), 6.0 * busy, 120.0 * index + wander(place.dice, seconds, 150.0, 900)),
            60.0,
        )
    for _ in range(6):
        # Somebody is at the helm of a yacht: she keeps out of the way of ships.
        sea.try_put(place.pick("leisure", "sailing"), YACHT_NM, _cruises, (-4, 4), (-5, -2))


def _anchorage(place: Place) -> None:
    """A dozen at anchor, some come, some go, a bunker barge makes her round, a boat brings crews."""
    sea, seconds = Sea(place), place.seconds
    hosts = []
    for index in range(12):
        at = ((index % 4 - 1.5) * 1900.0, (index // 4 - 1) * 1700.0)
        ship, motion = place.ship(place.pick("tanker", "tanker", "cargo")), swinging(seconds, at, place.dice)
        sea.put(ship, motion, 250.0)
        hosts.append((ship, motion))
    for index in range(round(6 * seconds / 86_400)):
        at = (place.one(-4, 4) * NM, (3.2 + 0.6 * index) * NM * place.pick(-1, 1))
        when = (index + place.one(0.2, 0.9)) * seconds / max(1, round(6 * seconds / 86_400))
        sea.try_put(place.pick("tanker", "cargo"), 0.25, _arrival if index % 2 else _departure, at, when, 1)
    barge = place.ship("tanker", length_m=70)
    sea.put(barge, _rounds(place, hosts[:6], barge.beam_m, stay_s=5400, way_s=1800), 10.0)
    crew = place.ship("crew")
    sea.put(crew, _rounds(place, hosts[6:], crew.beam_m, stay_s=600, way_s=2400), 10.0)
    for _ in range(round(8 * seconds / 86_400)):
        sea.try_put(place.pick("cargo", "tanker"), 0.5, _passage, EAST_WEST, (5, 12), (9, 15))


def _rounds(place: Place, hosts: list[tuple[Ship, Motion]], beam_m: float, *, stay_s: int, way_s: int) -> Motion:
    """From one anchored ship's side to the next."""
    second = np.arange(place.seconds)
    cycle = stay_s + way_s
    stop = second // cycle
    share = np.clip((second % cycle - stay_s) / way_s, 0.0, 1.0)
    east, north = np.empty(place.seconds), np.empty(place.seconds)
    lines = []
    for ship, motion in hosts:
        side = np.radians(motion.heading_deg + 90.0)
        away = (ship.beam_m + beam_m) / 2 + 4
        lines.append((motion.east_m + away * np.sin(side), motion.north_m + away * np.cos(side)))
    for number in range(int(stop[-1]) + 1):
        here, there = lines[number % len(lines)], lines[(number + 1) % len(lines)]
        which = stop == number
        ease = share[which] ** 2 * (3 - 2 * share[which])
        east[which] = here[0][which] * (1 - ease) + there[0][which] * ease
        north[which] = here[1][which] * (1 - ease) + there[1][which] * ease
    return moved_as(east, north)


def _fishing_ground(place: Place) -> None:
    """A fleet at work, boats that come and go, a few ships that pass outside."""
    sea, day = Sea(place), place.seconds / 86_400
    for _ in range(16):
        sea.try_put(place.pick("fishing", "fishing", "fishing_b"), 0.2, _trawls, (-9, 9), (-7, 7))
    for _ in range(round(12 * day)):
        sea.try_put(place.pick("fishing", "fishing_b"), 0.2, _passage, ANY, (-6, 6), (8, 11))
    for _ in range(round(12 * day)):
        sea.try_put(place.pick("cargo", "tanker"), 0.8, _passage, EAST_WEST, (9, 18), (10, 15))


def _calls(place: Place, index: int, when: float) -> Motion:
    """A tanker that slows down for pilot and tugs and goes on."""
    speed = ramp(place.seconds, (when - 2400, 12.0), (when - 600, 7.5), (when + 900, 7.5), (when + 2400, 12.0))
    course = EAST_WEST[index % 2] + wander(place.dice, place.seconds, 0.5, 1200)
    return _within(through((place.one(-2, 2) * NM, (index % 3 - 1) * 0.8 * NM), when, speed, course))


def _terminal(place: Place) -> None:
    """Tankers come in and go out; pilots, tugs and crew boats meet them; skiffs, leisure boats, ferries and an escort are about."""
    sea, seconds, day = Sea(place), place.seconds, place.seconds / 86_400
    count = max(2, round(12 * day))
    calls: list[tuple[Ship, Motion, float]] = []
    for index in range(count):
        when = (index + 0.5) * seconds / count
        made = sea.try_put("tanker", 0.3, _calls, index, when)
        if made is None:
            continue
        calls.append((*made, when))
        motion = made[1]
        if index % 5 == 0:
            sea.put(place.ship("navy"), motion.shifted(-0.5 * NM, -0.45 * NM), 5.0)
    for index, (kind, stay, knots, share) in enumerate(BOATS):
        boat = place.ship(kind)
        sea.put(boat, _serves(place, calls[::share], (index * 60.0, 5.5 * NM), stay, knots, boat.beam_m), 5.0)
    for index in range(8):
        sea.try_put(place.pick("fishing", "fishing_b", "fishing_b"), 0.2, _trawls, (-10, 10), (3, 8) if index % 2 else (-8, -3))
    speeds: dict[str, Span] = {"leisure": (6, 24), "sailing": (4, 8), "fishing_b": (6, 16), "patrol": (14, 26)}
    for _ in range(round(20 * day)):
        kind = place.pick(*speeds)
        sea.try_put(kind, 0.25, _passage, ANY, (-9, 9), speeds[kind])
    for _ in range(round(8 * day)):
        sea.try_put("ferry", 0.5, _passage, NORTH_SOUTH, (-9, 9), (13, 18))


BOATS: Final = (("pilot", 200, 20.0, 1), ("tug", 1800, 11.0, 1), ("tug", 2400, 10.0, 1), ("crew", 500, 22.0, 3))
"""Boats of the terminal: kind, how long they stay alongside, speed, and which share of the calls they serve."""


def _serves(
    place: Place, calls: list[tuple[Ship, Motion, float]], base_m: tuple[float, float], stay_s: float, knots: float, beam_m: float
) -> Motion:
    """A boat that lies at her base, goes out to each ship that calls, stays alongside and comes back."""
    second = np.arange(place.seconds, dtype=np.float64)
    east, north = np.full(place.seconds, base_m[0]), np.full(place.seconds, base_m[1])
    idle = np.ones(place.seconds, np.bool_)
    for ship, host, when in calls:
        at = when + place.one(-500, 200)
        middle = min(max(int(at + stay_s / 2), 0), place.seconds - 1)
        way_s = float(np.hypot(host.east_m[middle] - base_m[0], host.north_m[middle] - base_m[1])) / (knots * 1852 / 3600) * 1.3
        share = np.clip(np.minimum((second - at + way_s) / way_s, (at + stay_s + way_s - second) / way_s), 0.0, 1.0)
        ease = np.sin(share * np.pi / 2) ** 2 * 0.5 + share * 0.5
        side = np.radians(host.course_deg + 90.0)
        away = (ship.beam_m + beam_m) / 2 + 3
        east += ease * (host.east_m + away * np.sin(side) - base_m[0])
        north += ease * (host.north_m + away * np.cos(side) - base_m[1])
        idle &= share <= 0
    made = moved_as(east, north)
    return replace(made, status=np.where(idle, 5, 0).astype(np.uint8))


KINDS: Final[tuple[Callable[[Place], None], ...]] = (_strait, _open_sea, _port, _anchorage, _fishing_ground, _terminal)
SECONDS: Final = 43_200


def clean(seed: int, places: int = 12) -> Scene:
    """Half a day at several places of each kind; its exposure counts from minute 30."""
    world = World(seed, f"clean-{seed}", SECONDS, copies=0.02)
    for index in range(places):
        place = world.place(stations=2, range_nm=RANGE_NM, counted_nm=COUNTED_NM)
        KINDS[index % len(KINDS)](place)
    scene = world.scene()
    share = 1 - COLD_S / SECONDS
    return replace(scene, ship_days=scene.ship_days * share, tanker_days=scene.tanker_days * share)
