"""Ships that stop, drift, run aground, are not under command or in distress; and those that stop because they mean to, and tests."""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.core.ais.framing import dsc, dse
from tankerwatch.evaluate.cases.approach import trawl
from tankerwatch.evaluate.cases.case import COLD, Case, passing
from tankerwatch.evaluate.motion import (
    NM,
    Motion,
    coasting,
    lying,
    moved_as,
    ramp,
    sailed,
    swinging,
    through,
    turns,
    wander,
)
from tankerwatch.evaluate.ships import BEACON, Ship
from tankerwatch.evaluate.world import Place

STOPS: Final = ("sudden_stop", "drifting", "grounding", "not_under_command")
ONE_MESSAGE_S: Final = 20.0
"""The next message of a beacon's burst may come sooner: but clocks of stations differ by so much, and so do stamps."""
ALSO: Final = (*STOPS, "loitering", "collision")


def _coasting(place: Place, level: str) -> None:
    """A ship under way loses her engine and runs out over 15 to 25 minutes."""
    ship = place.ship("tanker")
    begin, knots = int(place.one(COLD + 300, 4500)), place.one(9, 16)
    speed = coasting(place.seconds, begin, knots, half_s=place.one(180, 320))
    course = turns(place.seconds, place.one(80, 100), (begin + 120, place.one(40, 140)), rate_deg_s=0.03)
    motion = through((0.0, 0.0), begin, speed, course)
    if level == "says so later":
        motion = motion.with_status(begin + 600, place.seconds, 2)
    place.add(ship, motion)
    place.danger("sudden_stop", "coasting stop", level, (ship,), begin, begin + 3000, oracle=begin + 60, due=begin + 900, also=ALSO)


def _abrupt(place: Place, level: str) -> None:
    """A ship stops within one to two minutes. She must be named two minutes after she has lost half her way."""
    ship = place.ship(place.pick("tanker", "cargo"))
    begin, knots, took = int(place.one(COLD + 300, 5500)), place.one(9, 18), place.one(60, 120)
    speed = ramp(place.seconds, (begin, knots), (begin + took, 0.3))
    course = turns(place.seconds, place.one(80, 100), (begin, place.one(60, 120)), rate_deg_s=0.2)
    place.add(ship, through((0.0, 0.0), begin, speed, course))
    half = begin + took / 2
    place.danger("sudden_stop", "abrupt stop", level, (ship,), begin, begin + 2400, oracle=half, due=half + 120, also=ALSO)


def _drift(place: Place, kind: str, begin: int, knots: float) -> tuple[Ship, Motion, int]:
    """Coasts down, then lies across wind and current, which set her away."""
    ship = place.ship(kind)
    rate, toward = place.one(0.8, 2.6), place.one(0, 360)
    run = coasting(place.seconds, begin, knots, half_s=place.one(100, 180), rest_kn=0.0)
    run = np.where(np.arange(place.seconds) > begin, np.maximum(run - 1.2, 0.0), run)
    course = place.one(80, 100)
    set_kn = ramp(place.seconds, (begin, 0.0), (begin + 600, rate)) + wander(place.dice, place.seconds, 0.1, 300)
    heading = turns(place.seconds, course, (begin + 200, toward + 90 + place.one(-20, 20)), rate_deg_s=0.12)
    go = sailed((0.0, 0.0), run, heading)
    drift = sailed((0.0, 0.0), np.maximum(set_kn, 0.0), toward + wander(place.dice, place.seconds, 4.0, 400))
    east, north = go.east_m + drift.east_m, go.north_m + drift.north_m
    shift = (-east[begin], -north[begin])
    motion = moved_as(east + shift[0], north + shift[1], heading_deg=heading)
    settled = int(begin + np.argmax((run[begin:] < 1.0) & (np.arange(place.seconds - begin) > 600)))
    return ship, motion, settled


def _drifting(place: Place, level: str) -> None:
    """The engine is off: she lies beam to the sea and makes 1 to 3 knots across her heading."""
    begin = int(place.one(COLD + 300, 4000))
    ship, motion, settled = _drift(place, place.pick("tanker", "cargo"), begin, place.one(8, 13))
    place.add(ship, motion)
    place.danger("drifting", "drifting", level, (ship,), begin, place.seconds, oracle=settled, due=settled + 900, also=ALSO)


def _grounding(place: Place, level: str) -> None:
    """She leaves the channel, stops within a ship's length or two, and moves no more: neither place nor heading."""
    ship = place.ship(place.pick("tanker", "cargo"))
    begin, knots = int(place.one(COLD + 300, 5500)), place.one(8, 14)
    took = place.one(20, 60) if level == "rock" else place.one(60, 180)
    speed = ramp(place.seconds, (begin, knots), (begin + took, 0.0))
    course = turns(place.seconds, 90.0, (begin - 400, place.one(105, 130)), rate_deg_s=0.3)
    motion = through((0.0, 0.0), begin, speed, course)
    if level == "says so":
        motion = motion.with_status(begin + 900, place.seconds, 6)
    place.add(ship, motion)
    half = begin + took / 2
    place.danger("grounding", "grounding", level, (ship,), begin, place.seconds, oracle=begin + took, due=half + 900, also=ALSO)


def _not_under_command(place: Place, level: str) -> None:
    ship = place.ship(place.pick("tanker", "cargo", "cargo"))
    begin = int(place.one(COLD + 300, 5500))
    if level == "keeps some way":
        speed = ramp(place.seconds, (begin, 12.0), (begin + 600, 4.0))
    else:
        speed = coasting(place.seconds, begin - 60, place.one(9, 14), half_s=200.0)
    motion = through((0.0, 0.0), begin, speed, np.full(place.seconds, 95.0)).with_status(begin, place.seconds, 2)
    place.add(ship, motion)
    place.danger("not_under_command", "status 2", level, (ship,), begin - 60, place.seconds, oracle=begin, due=begin + 120, also=ALSO)


def _beacon(place: Place, level: str) -> None:
    """A beacon is set off, at any time; its text goes with it."""
    prefix = {"SART": 970, "MOB": 972, "EPIRB": 974}[level]
    begin = int(place.one(60, 7000))
    ship = _beacon_of(place, prefix)
    place.add(ship, _afloat(place, begin, 14), statics=False, clean=True)
    for second in range(begin + 70, place.seconds, 240):
        place.text(second, ship.mmsi, f"{level} ACTIVE")
    place.danger("distress", level, level, (ship,), begin, place.seconds, oracle=float("nan"), due=ONE_MESSAGE_S)


def _beacon_of(place: Place, prefix: int) -> Ship:
    return Ship(prefix * 1_000_000 + place.whole(100_000, 999_999), "beacon", "", 0, 0, 0, BEACON)


def _afloat(place: Place, begin: int, status: int) -> Motion:
    motion = sailed((place.one(-4, 4) * NM, place.one(-4, 4) * NM), np.full(place.seconds, 0.6), np.full(place.seconds, place.one(0, 359)))
    return motion.with_status(0, place.seconds, status).only(begin, place.seconds)


def _call(place: Place, level: str) -> None:
    """A DSC distress call, with its expansion."""
    ship, motion = passing(place)
    place.add(ship, motion)
    begin = int(place.one(60, 7000))
    lat, lon = (float(v) for v in place.plane.globe(motion.east_m[begin], motion.north_m[begin]))
    call = dsc(ship.mmsi, nature=level, lat_deg=lat, lon_deg=lon, utc_s=place.start_s + begin, expanded=True)
    place.line(begin, call, dse(ship.mmsi, lat, lon))
    place.danger("distress", "DSC call", level, (ship,), begin - 1, place.seconds, oracle=begin, due=begin + ONE_MESSAGE_S, also=STOPS)


def _ship_calls(place: Place, level: str) -> None:
    """A ship sends status 14."""
    ship, motion = passing(place)
    begin = int(place.one(60, 7000))
    place.add(ship, motion.with_status(begin, place.seconds, 14))
    place.danger("distress", "ship with status 14", level, (ship,), begin, place.seconds, oracle=begin + 10, due=begin + 60, also=STOPS)


# Those that mean to stop.


def _comes_in(place: Place, kind: str, *, status: int, stop: float, last_kn: float, slow_s: float) -> tuple[Ship, Motion]:
    ship = place.ship(kind)
    speed = ramp(place.seconds, (0, 13.0), (stop - slow_s, 13.0), (stop - slow_s * 0.4, last_kn), (stop, 0.05))
    course = turns(place.seconds, 80.0, (stop - slow_s * 0.7, place.one(40, 130)), (stop - 300, place.one(0, 180)), rate_deg_s=0.35)
    return ship, through((0.0, 0.0), stop, speed, course).with_status(stop + place.one(-60, 600), place.seconds, status)


def _berthing(place: Place, level: str) -> None:
    ship, motion = _comes_in(
        place, place.pick("tanker", "cargo"), status=5, stop=place.one(4500, 7000), last_kn=4.0, slow_s=place.one(1200, 2400)
    )
    place.add(ship, motion)
    berths = []
    for index in range(5):
        other = place.ship("cargo")
        place.add(other, lying(place.seconds, ((index - 2) * 380.0, 260.0), 90.0))
        berths.append(other)
    place.decoy("berthing", (*STOPS, "dark"), (ship, *berths))


def _anchoring(place: Place, level: str) -> None:
    ship, motion = _comes_in(
        place, place.pick("tanker", "cargo"), status=1, stop=place.one(4000, 6500), last_kn=3.5, slow_s=place.one(1200, 2400)
    )
    place.add(ship, motion)
    if level == "among others":
        for index in range(5):
            place.add(place.ship(place.pick("cargo", "tanker")), swinging(place.seconds, ((index - 2) * 1500.0, 1400.0), place.dice))
    place.decoy(f"anchoring {level}", STOPS, (ship,))


def _for_the_pilot(place: Place, level: str) -> None:
    ship = place.ship("tanker")
    stop = place.one(4000, 5500)
    low = 1.5 if level == "nearly stops" else 6.0
    speed = ramp(place.seconds, (stop - 1200, 14.0), (stop - 200, low), (stop + 300, low), (stop + 900, 10.0))
    place.add(ship, through((0.0, 0.0), stop, speed, turns(place.seconds, 85.0, (stop - 700, 110.0), rate_deg_s=0.3)))
    place.decoy("slowing for the pilot", STOPS, (ship,))


def _ferry(place: Place, level: str) -> None:
    """To and fro between two berths, a stop of ten minutes at each."""
    ship = place.ship("ferry")
    knots, cycle = place.one(13, 18), 2700
    second = np.arange(place.seconds)
    phase, leg = second % cycle, second // cycle
    speed = np.interp(phase, [0, 180, cycle - 900, cycle - 640, cycle - 600, cycle], [0.0, knots, knots, 3.0, 0.0, 0.0])
    place.add(ship, sailed((-6 * NM, 0.0), speed, np.where(leg % 2 == 0, 90.0, 270.0)))
    place.decoy("ferry berthing", STOPS, (ship,))


def _trawler(place: Place, level: str) -> None:
    ships = []
    for index in range(4):
        ship = place.ship("fishing")
        place.add(ship, trawl(place, ((index - 1.5) * 3 * NM, place.one(-2, 2) * NM)))
        ships.append(ship)
    place.decoy("trawlers", STOPS, tuple(ships))


def _dynamic(place: Place, level: str) -> None:
    """A supply ship comes to a platform and holds her place by her thrusters, heading into the weather."""
    ship = place.ship("supply")
    stop = place.one(3000, 4500)
    speed = ramp(place.seconds, (stop - 900, 12.0), (stop - 300, 2.0), (stop, 0.1))
    heading = turns(place.seconds, 70.0, (stop - 400, place.one(0, 359)), rate_deg_s=0.4)
    motion = through((0.0, 0.0), stop, speed, np.full(place.seconds, 70.0), heading_deg=heading).with_status(stop, place.seconds, 3)
    place.add(ship, motion)
    place.decoy("ship on dynamic positioning", STOPS, (ship,))


def _waiting(place: Place, level: str) -> None:
    """Slow steaming or drifting off a port, on orders, all the time."""
    ship = place.ship("tanker")
    if level == "steams slowly":
        speed = 2.6 + wander(place.dice, place.seconds, 0.4, 600)
        motion = sailed((0.0, 0.0), speed, turns(place.seconds, 90.0, (3000, 270.0), (6000, 90.0), rate_deg_s=0.2))
    else:
        drift = place.one(0.6, 1.4)
        motion = sailed(
            (0.0, 0.0), drift + wander(place.dice, place.seconds, 0.1, 300), np.full(place.seconds, place.one(0, 359)),
            heading_deg=np.full(place.seconds, place.one(0, 359)),
        )  # fmt: skip  # one a line would hide what belongs together
    place.add(ship, motion)
    place.decoy(f"waiting ship {level}", ("sudden_stop", "grounding", "not_under_command"), (ship,))


def _forgotten(place: Place, level: str) -> None:
    """Status 2 all the time, under way or at rest in a port."""
    ship, motion = passing(place) if level == "under way" else (place.ship("cargo"), lying(place.seconds, (0.0, 0.0), 20.0))
    place.add(ship, motion.with_status(0, place.seconds, 2))
    for index in range(4):
        place.add(place.ship("cargo"), lying(place.seconds, ((index - 2) * 400.0, 5 * NM if level == "under way" else 250.0), 20.0))
    place.decoy("forgotten status 2", STOPS, (ship,))


def _slow_turn(place: Place, level: str) -> None:
    """A large turn takes a third of her speed; then she goes on."""
    ship = place.ship("tanker")
    begin = place.one(COLD, 5500)
    speed = ramp(place.seconds, (begin, 13.5), (begin + 240, 8.5), (begin + 900, 13.0))
    place.add(ship, through((0.0, 0.0), begin, speed, turns(place.seconds, 80.0, (begin, 200.0), rate_deg_s=0.5)))
    place.decoy("large turn", STOPS, (ship,))


def _tests(place: Place, level: str) -> None:
    """Beacons, calls and texts that say they are tests."""
    begin = int(place.one(60, 7000))
    ship, motion = passing(place)
    place.add(ship, motion)
    if level == "DSC":
        place.line(begin, dsc(ship.mmsi, form="individual", category="safety", first="18"))
        place.line(begin + 300, dsc(ship.mmsi, form="individual", category="routine", first="00"))
        place.line(begin + 600, dsc(ship.mmsi, form="all ships", category="safety", first="00"))
        place.decoy("DSC test, routine, safety", ("distress",), (ship,), start=0.0)
        return
    beacon = _beacon_of(place, {"SART": 970, "MOB": 972, "EPIRB": 974}[level])
    place.add(beacon, _afloat(place, begin, 15).only(begin, begin + 180), statics=False, clean=True)
    place.text(begin + 3, beacon.mmsi, f"{level} TEST")
    place.text(begin + 63, beacon.mmsi, f"{level} TEST")
    place.decoy(f"{level} test", ("distress",), (beacon, ship), start=0.0)


def _slip(place: Place, level: str) -> None:
    """Status 2 or 14 for one report, by a slip of the finger."""
    ship, motion = passing(place)
    begin = int(place.one(COLD, 7000))
    place.add(ship, motion.with_status(begin, begin + 9, 2), clean=True)
    place.decoy("slip of the finger", ("not_under_command",), (ship,))


CASES: Final = (
    Case("sudden_stop", "coasting stop", _coasting, ("says nothing", "says so later")),
    Case("sudden_stop", "abrupt stop", _abrupt),
    Case("drifting", "drifting", _drifting),
    Case("grounding", "grounding", _grounding, ("rock", "mud", "says so")),
    Case("not_under_command", "status 2", _not_under_command, ("stops", "keeps some way")),
    Case("distress", "beacon", _beacon, ("SART", "MOB", "EPIRB"), traffic=2),
    Case("distress", "DSC call", _call, ("fire", "sinking", "piracy", "undesignated", "abandoning"), traffic=2),
    Case("distress", "ship with status 14", _ship_calls, traffic=2),
    Case("sudden_stop", "berthing", _berthing, traffic=4, decoy=True),
    Case("sudden_stop", "anchoring", _anchoring, ("among others", "alone"), traffic=4, decoy=True),
    Case("sudden_stop", "slowing for the pilot", _for_the_pilot, ("slows", "nearly stops"), traffic=4, decoy=True),
    Case("sudden_stop", "ferry berthing", _ferry, traffic=4, decoy=True),
    Case("drifting", "trawlers", _trawler, traffic=0, decoy=True),
    Case("drifting", "ship on dynamic positioning", _dynamic, traffic=4, decoy=True),
    Case("drifting", "waiting ship", _waiting, ("steams slowly", "drifts on orders"), traffic=4, decoy=True),
    Case("not_under_command", "forgotten status 2", _forgotten, ("under way", "in port"), traffic=4, decoy=True),
    Case("not_under_command", "slip of the finger", _slip, traffic=4, decoy=True),
    Case("sudden_stop", "large turn", _slow_turn, traffic=0, decoy=True),
    Case("distress", "tests", _tests, ("SART", "MOB", "EPIRB", "DSC"), traffic=2, decoy=True),
)
