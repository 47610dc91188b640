"""False positions, clones, jamming; and what looks like them: bad fixes, late copies, wrong clocks, fast craft, shared numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from tankerwatch.core.ais.framing import tll
from tankerwatch.evaluate.cases import lies
from tankerwatch.evaluate.cases.case import COLD, HOUR, Case, passing
from tankerwatch.evaluate.motion import NM, along, sailed, through, turns, wander
from tankerwatch.evaluate.reports import Reports
from tankerwatch.evaluate.ships import Ship
from tankerwatch.evaluate.world import Lie, Place

POSITION: Final = ("false_position", "clone", "jamming")
ALSO: Final = ("dark", "collision", "sudden_stop", "drifting", "grounding", "loitering", "identity")
"""Where a position is false, what follows from believing it is excused."""


def _false(
    place: Place, kind: str, level: str, lie: Lie, begin: float, end: float, oracle: float, due: float, *, gap: bool = False
) -> None:
    ship, motion = passing(place, place.pick("tanker", "tanker", "cargo"))
    place.add(ship, motion, lie=lie)
    place.danger("false_position", kind, level, (ship,), begin, end, oracle=oracle, due=due, also=ALSO, gap=gap)


def _jump(place: Place, level: str) -> None:
    begin = place.one(COLD + 60, 5000)
    end = place.seconds if level == "stays" else begin + place.one(900, 2400)
    nm = place.one(3, 8) if level == "near" else place.one(8, 40)
    bearing, at = place.one(0, 360), place.start_s
    _false(place, "jump", level, lambda r: lies.jump(r, at + begin, at + end, bearing, nm), begin, end, begin + 10, begin + 180)


def _displaced(place: Place, level: str) -> None:
    begin = place.one(COLD + 60, 5000)
    end, nm = begin + place.one(1800, 3600), place.one(3, 30)
    bearing, course, knots, at = place.one(0, 360), place.one(0, 359), place.one(5, 15), place.start_s
    _false(
        place,
        "displaced track",
        level,
        lambda r: lies.other_track(r, at + begin, at + end, bearing, nm, course, knots),
        begin,
        end,
        begin + 10,
        begin + 180,
    )


def _circle(place: Place, level: str) -> None:
    begin = place.one(COLD + 60, 5000)
    end, nm, radius = begin + place.one(1800, 3600), place.one(3, 40), place.one(0.05, 0.5)
    knots = place.one(2, 8) if level == "slow" else place.one(20, 31)
    bearing, at = place.one(0, 360), place.start_s
    _false(
        place,
        "circle",
        level,
        lambda r: lies.circle(r, at + begin, at + end, bearing, nm, radius, knots),
        begin,
        end,
        begin + 10,
        begin + 180,
    )


def _frozen(place: Place, level: str) -> None:
    begin = place.one(COLD + 60, 5000)
    end, at = begin + place.one(1800, 3600), place.start_s
    ship, motion = passing(place, knots=(3.6, 5.0) if level == "slow" else (9.0, 16.0))
    place.add(ship, motion, lie=lambda r: lies.frozen(r, at + begin, at + end))
    place.danger("false_position", "frozen", level, (ship,), begin, end, oracle=begin + 20, due=begin + 180, also=ALSO)


def _walk_off(place: Place, level: str) -> None:
    begin = place.one(COLD + 60, 4000)
    bearing, at, knots = place.one(0, 360), place.start_s, float(level.removesuffix(" kn"))
    end = float(place.seconds)
    _false(place, "walk-off", level, lambda r: lies.walk_off(r, at + begin, at + end, bearing, knots), begin, end, begin + 60, begin + 1200)


def _walk_off_consistent(place: Place, level: str) -> None:
    begin = place.one(COLD + 60, 4000)
    bearing, at, knots = place.one(0, 360), place.start_s, place.one(0.5, 2.0)
    end = float(place.seconds)

    def lie(sent: Reports) -> Reports:
        return lies.walk_off(sent, at + begin, at + end, bearing, knots, consistent=True)

    _false(place, "walk-off, consistent", level, lie, begin, end, begin + 60, begin + 1200, gap=True)


def _clone(place: Place, level: str) -> None:
    """One number, two ships alive. The second is heard by a station of its own when she is far."""
    begin = place.one(COLD + 60, 5000)
    ship, motion = passing(place)
    place.add(ship, motion)
    twin = replace(place.ship(place.pick("tanker", "cargo")), mmsi=ship.mmsi)
    if level == "near":
        way = place.one(0, 6.28)
        start = (np.sin(way) * 22 * NM, np.cos(way) * 22 * NM)
        where = through(start, begin, place.one(8, 14) + np.zeros(place.seconds), place.one(0, 359) + np.zeros(place.seconds))
    else:
        far = replace(place.stations[0], name=place.stations[0].name[:5] + "99", mmsi=place.stations[0].mmsi + 9)
        lat, lon = float(place.plane.lat_deg), (place.plane.lon_deg + place.one(35, 140) + 180) % 360 - 180
        place.stations.append(replace(far, lat_deg=lat, lon_deg=lon, offset_s=0.0))
        plane = place.plane
        place.plane = replace(plane, lat_deg=lat, lon_deg=lon)
        where = through((0.0, 0.0), begin, place.one(8, 14) + np.zeros(place.seconds), place.one(0, 359) + np.zeros(place.seconds))
        place.add(twin, where.only(begin, place.seconds))
        place.plane = plane
    if level == "near":
        place.add(twin, where.only(begin, place.seconds))
    place.danger("clone", "clone", level, (ship,), begin, place.seconds, oracle=begin + 10, due=begin + 300, also=ALSO)


def _jamming(place: Place, level: str) -> None:
    """Ships in an area are hit, one after the other within two minutes."""
    count = {"few": place.whole(3, 5), "many": place.whole(6, 15), "very many": place.whole(16, 40)}[level]
    begin = place.one(COLD + 300, 4500)
    end = begin + place.one(1200, 2400)
    ships, hits = [], sorted(place.dice.even(count, begin, begin + 120).tolist())
    center = place.one(0, 360)
    for index, hit in enumerate(hits):
        ship = place.ship(place.pick("tanker", "cargo", "cargo", "ferry"))
        lane, way = (index % 8 - 3.5) * 1.1, 90.0 if index % 2 else 270.0
        start = (((index // 8) * 2.5 - 5) * NM, lane * NM)
        knots = 8.0 + 0.5 * (index % 8)  # on one lane nobody overtakes
        motion = through(start, begin, knots + np.zeros(place.seconds), way + wander(place.dice, place.seconds, 0.3, 600))
        ships.append(ship)
        place.add(ship, motion, lie=_hit(place, hit, end, center))
    third = hits[2]
    place.danger("jamming", "jamming", level, tuple(ships), begin, end, oracle=third, due=third + 120, also=ALSO)


def _hit(place: Place, hit: float, end: float, center: float) -> Lie:
    """What one ship's receiver does in a jammed area."""
    at, dice = place.start_s, place.dice
    way, mode = place.pick("jump", "frozen", "scatter", "no fix"), place.pick(61, 62, 63)

    def lie(made: Reports) -> Reports:
        begin_s, end_s = at + hit, at + end
        made = replace(made, accurate=np.where(made.time_s < begin_s, 1.0, 0.0))
        if way == "jump":
            return lies.jump(made, begin_s, end_s, center, 12.0)
        if way == "frozen":
            return lies.frozen(made, begin_s, end_s)
        if way == "scatter":
            return lies.scatter(made, begin_s, end_s, dice, 6.0)
        return lies.lost_fix(made, begin_s, end_s, mode)

    return lie


# What looks like it.


def _bad_fixes(place: Place, level: str) -> None:
    """Ten times as many spoilt fixes as usual."""
    place.a_day *= 10
    ship, motion = passing(place)
    place.add(ship, motion)
    place.decoy("bad fixes", POSITION, (ship,))


def _late_copies(place: Place, level: str) -> None:
    """A network that hands on every tenth message up to twenty times, and late."""
    place.stations = [replace(s, copies=0.9) for s in place.stations]
    ship, motion = passing(place)
    place.add(ship, motion)
    place.decoy("late copies", POSITION, (ship,))


def _wrong_clock(place: Place, level: str) -> None:
    """A station whose clock is wrong hears everything, and so do others."""
    way = place.pick(-1, 1)
    by = {"offset_s": place.one(10, 30) * way} if level == "receiver" else {"utc_s": place.one(30, 900) * way}
    place.stations[1] = replace(place.stations[1], **by)
    ship, motion = passing(place)
    place.add(ship, motion)
    others = place.traffic(6)
    place.decoy("station with a wrong clock", POSITION, (ship, *others))


def _restart(place: Place, level: str) -> None:
    """A station restarts and sends once more what it had heard."""
    place.stations[0] = replace(place.stations[0], repeats=((place.start_s + place.one(COLD + 600, 6000), place.one(300, 900)),))
    ship, motion = passing(place)
    place.add(ship, motion)
    others = place.traffic(8)
    place.decoy("station that repeats", (*POSITION, "dark"), (ship, *others))


def _no_second(place: Place, level: str) -> None:
    """Transponders without time: the second is 60 and above."""
    ships: list[Ship] = []
    for _ in range(3):
        ship, motion = passing(place, fan=0.5)
        mode = place.pick(60, 61, 62)
        place.add(
            ship,
            motion.shifted(0.0, len(ships) * 2.6 * NM),
            lie=lambda r, mode=mode: replace(r, second=np.full(len(r), float(mode))),  # type: ignore[misc]  # mypy cannot type a lambda with a default
        )
        ships.append(ship)
    place.decoy("second of 60 and above", POSITION, tuple(ships))


def _outage(place: Place, level: str) -> None:
    """Her receiver loses its fix for some minutes, says so, and has it again."""
    begin, length, at = place.one(COLD, 5000), place.one(60, 900), place.start_s
    ship, motion = passing(place)
    place.add(ship, motion, lie=lambda r: lies.lost_fix(r, at + begin, at + begin + length, 63))
    place.decoy("outage of her receiver", (*POSITION, "dark"), (ship,))


def _zero(place: Place, level: str) -> None:
    """Now and then a report says 0/0, or 91/181."""
    ship, motion = passing(place)
    nowhere = (0.0, 0.0) if level == "0/0" else (np.nan, np.nan)
    spans = [(place.start_s + at, place.start_s + at + place.one(20, 240)) for at in place.dice.even(4, COLD, 8000).tolist()]

    def lie(made: Reports) -> Reports:
        for begin_s, end_s in spans:
            made = lies.put_at(made, begin_s, end_s, *nowhere)
        return made

    place.add(ship, motion, lie=lie)
    place.decoy(f"position {level}", (*POSITION, "dark"), (ship,))


def _high_speed(place: Place, level: str) -> None:
    """A high-speed craft to and fro, heard badly."""
    ship = place.ship("high_speed")
    knots = place.one(30, 42) + np.zeros(place.seconds)
    points = [(-8 * NM, 0.0), (8 * NM, 2 * NM)] * 12
    place.add(ship, along(points, knots, radius_m=300.0))
    place.decoy("high-speed craft", POSITION, (ship,))


def _turning_circle(place: Place, level: str) -> None:
    """A ship on trials turns full circles; a dredger does so for hours."""
    ship = place.ship("dredger" if level == "dredger" else "cargo")
    begin, rate = (0, 0.4) if level == "dredger" else (int(place.one(COLD, 4000)), place.one(0.5, 1.2))
    length = place.seconds - begin if level == "dredger" else 2000
    course = 90.0 + np.concatenate([np.zeros(begin), np.arange(length) * rate, np.full(place.seconds, length * rate)])[: place.seconds]
    knots = 3.5 if level == "dredger" else 9.0
    place.add(ship, through((0.0, 0.0), begin, knots + np.zeros(place.seconds), course))
    place.decoy("turning circles", (*POSITION, "sudden_stop", "drifting", "grounding"), (ship,))


def _junk_number(place: Place, level: str) -> None:
    """Several ships under a number that installers left in."""
    number = place.pick(123_456_789, 111_111_111, 999_999_999, 987_654_321, 0 + 1_193_046)
    ships = []
    for index in range(3):
        ship, motion = passing(place, "fishing", fan=0.5)
        ships.append(replace(ship, mmsi=number))
        place.add(ships[-1], motion.shifted(0.0, (index - 1) * 7 * NM))
    place.decoy("number left in by installers", (*POSITION, "dark", "identity"), (ships[0],))


def _typing_error(place: Place, level: str) -> None:
    """Two numbers that differ by one digit; nobody shares one."""
    ship, motion = passing(place)
    near = replace(place.ship("cargo"), mmsi=ship.mmsi + 10)
    place.add(ship, motion)
    place.add(near, sailed((-6 * NM, 3 * NM), 11.0 + np.zeros(place.seconds), turns(place.seconds, 80.0)))
    place.decoy("numbers almost alike", POSITION, (ship, near))


def _used_again(place: Place, level: str) -> None:
    """A set is switched off and goes to another ship, who uses its number hours later: no clone, for they were never heard at once."""
    ship, motion = passing(place)
    later = replace(place.ship("cargo"), mmsi=ship.mmsi)
    gone = place.seconds * 0.25
    place.add(ship, motion.only(0, gone))
    place.add(later, passing(place)[1].shifted(5 * NM, 8 * NM).only(gone + 2.2 * HOUR, place.seconds))
    again = gone + 2.2 * HOUR
    place.decoy("number used again after hours", POSITION, (ship,))
    place.danger("dark", "dark", "her set is sold", (ship,), gone, again, oracle=gone + 60, due=gone + 1200)
    place.danger("identity", "identity changed", "number used again", (ship,), again, place.seconds, oracle=again + 360, due=again + 1800)


def _radar_too(place: Place, level: str) -> None:
    """A radar sees her as well, some tens of metres beside."""
    ship, motion = passing(place)
    place.add(ship, motion)
    for second in range(600, place.seconds, 6):
        lat, lon = place.plane.globe(motion.east_m[second] + 40, motion.north_m[second] - 30)
        place.line(second, tll(7, float(lat), float(lon)))
    place.decoy("radar target on her", (*POSITION, "closing", "swarm", "rendezvous", "collision"), (ship,))


def _old_sets(place: Place, level: str) -> None:
    """A fleet of one owner whose old sets lose their fix for a minute now and then, at the same time of day."""
    ships, at = [], place.start_s
    hour = place.one(COLD + 300, 6000)
    for index in range(5):
        ship, motion = passing(place, "fishing", knots=(5.0, 8.0), fan=0.5)
        off = hour + place.one(-600, 600)
        place.add(ship, motion.shifted(index * 900.0, (index - 2) * 1.2 * NM), lie=_weak(at + off))
        ships.append(ship)
    place.decoy("old sets of one owner", POSITION, tuple(ships))


def _weak(begin_s: float) -> Lie:
    return lambda made: replace(
        made,
        accurate=np.zeros(len(made)),
        second=np.where(made.between(begin_s, begin_s + 60), 62.0, made.second),
    )


CASES: Final = (
    Case("false_position", "jump", _jump, ("near", "far", "stays")),
    Case("false_position", "displaced track", _displaced),
    Case("false_position", "circle", _circle, ("fast", "slow")),
    Case("false_position", "frozen", _frozen, ("plain", "slow")),
    Case("false_position", "walk-off", _walk_off, ("0.5 kn", "1 kn", "2 kn")),
    Case("false_position", "walk-off, consistent", _walk_off_consistent),
    Case("clone", "clone", _clone, ("near", "another ocean")),
    Case("jamming", "jamming", _jamming, ("few", "many", "very many"), traffic=0),
    Case("false_position", "bad fixes", _bad_fixes, decoy=True),
    Case("false_position", "late copies", _late_copies, decoy=True),
    Case("false_position", "station with a wrong clock", _wrong_clock, ("receiver", "base station"), traffic=0, decoy=True),
    Case("jamming", "station that repeats", _restart, traffic=0, decoy=True),
    Case("false_position", "second of 60 and above", _no_second, traffic=0, decoy=True),
    Case("false_position", "outage of her receiver", _outage, decoy=True),
    Case("false_position", "no position", _zero, ("0/0", "91/181"), decoy=True),
    Case("false_position", "high-speed craft", _high_speed, traffic=0, decoy=True),
    Case("false_position", "turning circles", _turning_circle, ("trial", "dredger"), decoy=True),
    Case("clone", "number left in by installers", _junk_number, traffic=0, decoy=True),
    Case("clone", "numbers almost alike", _typing_error, traffic=0, decoy=True),
    Case("clone", "number used again after hours", _used_again, seconds=14_400, decoy=True),
    Case("clone", "radar target on her", _radar_too, decoy=True),
    Case("jamming", "old sets of one owner", _old_sets, traffic=0, decoy=True),
)
