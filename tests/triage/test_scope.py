"""Whom a rule leaves alone, and what becomes of its alerts when a ship's name is known only later."""

from __future__ import annotations

import numpy as np
import pytest

from tankerwatch.config import ShipList
from tankerwatch.config.ships import ship_of
from tankerwatch.core.incidents import Exclusion
from tankerwatch.core.zones import Zone
from tankerwatch.triage.scope import Card, Gate, Scope

NOBODY = ShipList()
TANKER, PILOT, SUPPLIER, THIRD = 200000001, 200000002, 200000003, 200000004
CARDS = {
    TANKER: Card(TANKER, 9745902, "FRONT ALTAIR", 1, guarded=True, fleet=True),
    PILOT: Card(PILOT, 0, "PILOT 3", 5),
    SUPPLIER: Card(SUPPLIER, 0, "SUPPLIER", 9),
    THIRD: Card(THIRD, 0, "THIRD", 2),
}
ROADS = Zone("roads", (np.array([(25.0, 57.0), (25.0, 58.0), (26.0, 58.0), (26.0, 57.0)]),))


def who(mmsi, fresh):
    return CARDS.get(mmsi, Card(mmsi))


def named(entry):
    ships = ship_of(entry)
    assert isinstance(ships, ShipList)
    return ships


def left_out(ships, *, lat=20.0, lon=50.0, **scope):
    scope.setdefault("excepted", NOBODY)
    return Scope("closing", **scope).left_out(tuple(who(ship, True) for ship in ships), lat, lon)


def test_any_ship_of_a_pair_that_is_excepted_silences_it():
    pilot = named("PILOT 3")
    assert left_out((TANKER, PILOT), excepted=pilot) == "Left out: [detect.closing] except names {1}."
    assert left_out((PILOT, TANKER), excepted=pilot) == "Left out: [detect.closing] except names {0}."
    assert not left_out((TANKER, SUPPLIER), excepted=pilot)
    assert left_out((TANKER,), excepted=named("IMO 9745902")) and left_out((TANKER,), excepted=named(str(TANKER)))


def test_of_several_the_one_in_danger_or_all_others():
    assert not left_out((TANKER, PILOT, THIRD), excepted=named("PILOT 3")), "two craft come, and only one is known"
    assert left_out((TANKER, PILOT, SUPPLIER), excepted=named("PILOT 3") | named("SUPPLIER"))
    assert left_out((TANKER, PILOT, THIRD), excepted=named("FRONT ALTAIR"))


def test_an_area_full_of_ships_is_not_silenced_by_one_of_them():
    assert not left_out((TANKER, PILOT), excepted=named("FRONT ALTAIR"), whole=True)
    assert left_out((TANKER, PILOT), excepted=named("FRONT ALTAIR") | named("PILOT 3"), whole=True)


def test_two_ships_may_be_excepted_with_each_other_only():
    pairs = ((named("FRONT ALTAIR"), named("SUPPLIER")),)
    assert left_out((TANKER, SUPPLIER), pairs=pairs) and left_out((SUPPLIER, TANKER), pairs=pairs)
    assert not left_out((TANKER, PILOT), pairs=pairs) and not left_out((SUPPLIER, PILOT), pairs=pairs)
    same = ((named("FRONT ALTAIR"), named(str(TANKER))),)
    assert not left_out((TANKER, PILOT), pairs=same), "one ship under two names is no pair"


def test_kinds_and_areas():
    assert left_out((TANKER, PILOT), kinds=frozenset({5})) == "Left out: [detect.closing] except_kinds names the kind of {1}."
    assert not left_out((TANKER, THIRD), kinds=frozenset({5}))
    assert left_out((TANKER,), areas=(ROADS,), lat=25.5, lon=57.5) == "Left out: [detect.closing] except_areas names roads."
    assert not left_out((TANKER,), areas=(ROADS,), lat=26.5, lon=57.5)
    assert not left_out((TANKER,), areas=(ROADS,), lat=float("nan"), lon=float("nan")), "what has no place lies in no area"


@pytest.mark.parametrize(
    ("only", "spoken"),
    [
        ({"only_fleet": True}, {TANKER}),
        ({"only_guarded": True}, {TANKER}),
        ({"only_kinds": frozenset({2, 5})}, {PILOT, THIRD}),
        ({"only": named("SUPPLIER")}, {SUPPLIER}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_rule_may_be_for_some_ships_only(only, spoken):
    assert {ship for ship in CARDS if not left_out((ship,), limited=True, **only)} == spoken
    assert not left_out((9, next(iter(spoken))), limited=True, **only), "one of them is enough"
    assert not left_out((), limited=True, **only), "what is about no ship, such as a feed, is said"


def gate(known, **scope):
    return Gate(Scope("sudden_stop", **{"excepted": NOBODY, **scope}), lambda mmsi, fresh: known.get((mmsi, fresh), Card(mmsi)))


def verbs(table):
    return list(zip(table.verb, table.episode, strict=True))


def test_what_is_left_out_stays_out_to_its_end(findings, at):
    door = gate({(TANKER, True): CARDS[TANKER]}, excepted=named("FRONT ALTAIR"))
    rows = [{"verb": verb, "at": n} for n, verb in enumerate(("raise", "amend", "end"))]
    for n, row in enumerate(rows):
        assert not len(door.take(findings(row), at(n)))
    other = findings({"ships": (PILOT,)}, {"ships": (PILOT,), "verb": "end"})
    assert verbs(door.take(other, at(0))) == [("raise", str((PILOT,))), ("end", str((PILOT,)))]


def test_a_name_that_comes_late_withdraws_and_says_why(findings, at):
    known = {}
    door = gate(known, excepted=named("FRONT ALTAIR"))
    assert len(door.take(findings({}), at(0))) == 1
    assert not len(door.again({PILOT}, at(1)))
    known[TANKER, True] = CARDS[TANKER]
    told = door.again({TANKER}, at(2))
    assert verbs(told) == [("withdraw", str((TANKER,)))] and told.time_s[0] == at(2)
    assert told.reason[0] == "Left out: [detect.sudden_stop] except names {0}."
    assert not len(door.again({TANKER}, at(3))), "it is said once"
    assert not len(door.take(findings({"verb": "end", "at": 4}), at(4)))


def test_a_name_that_comes_late_raises_what_was_held_back(findings, at):
    known = {}
    door = gate(known, limited=True, only=named("FRONT ALTAIR"))
    assert not len(door.take(findings({}), at(0)))
    known[TANKER, True] = CARDS[TANKER]
    told = door.again({TANKER}, at(2))
    assert verbs(told) == [("raise", str((TANKER,)))] and told.time_s[0] == at(2) and told.start_s[0] == at(0)
    assert verbs(door.take(findings({"verb": "end", "at": 4}), at(4))) == [("end", str((TANKER,)))]


def test_what_leaves_an_excepted_area_is_raised(findings, at):
    door = gate({}, areas=(ROADS,))
    assert not len(door.take(findings({"lat": 25.5, "lon": 57.5}), at(0)))
    told = door.take(findings({"lat": 26.5, "lon": 57.5, "verb": "amend", "at": 5}), at(5))
    assert verbs(told) == [("raise", str((TANKER,)))]
    assert verbs(door.take(findings({"lat": 25.5, "lon": 57.5, "verb": "amend", "at": 6}), at(6))) == [("amend", str((TANKER,)))]


def test_what_is_found_in_rows_goes_by_what_was_known_before(findings, at):
    """In a frame of ten seconds the name is known already when its first second is judged; in frames of one it is not."""
    door = gate({(TANKER, True): CARDS[TANKER]}, excepted=named("FRONT ALTAIR"))
    assert len(door.take(findings({"at": 0}), at(0) + 7)) == 1
    assert not len(door.take(findings({"at": 1, "episode": "other"}), at(1)))


def exclusion(*ships, **more):
    return Exclusion("e1", "sudden_stop", ships, "a {tug}", more.pop("by", "desk"), 0.0, "a1", **more)


def test_a_person_leaves_a_ship_out_and_takes_it_back(findings, at):
    door = gate({})
    assert len(door.take(findings({}, {"ships": (PILOT,)}), at(0))) == 2
    told = door.exclude(exclusion(TANKER), at(1))
    assert verbs(told) == [("withdraw", str((TANKER,)))] and told.time_s[0] == at(1)
    assert told.reason[0] == "Left out: decided at the desk, nothing more is said of {0}: a (tug)"
    assert not len(door.take(findings({"verb": "amend", "at": 2}), at(2)))
    assert not len(door.take(findings({"episode": "another", "at": 2}), at(2)))
    told = door.include(exclusion(TANKER), at(3))
    assert sorted(verbs(told)) == [("raise", str((TANKER,))), ("raise", "another")]
    assert verbs(door.take(findings({"verb": "end", "at": 4}), at(4))) == [("end", str((TANKER,)))]
    assert not len(door.include(exclusion(TANKER), at(5))), "what is over does not come back"


def test_two_ships_are_left_out_together_only(findings, at):
    door = gate({})
    door.exclude(exclusion(TANKER, SUPPLIER, by="ANNA"), at(0))
    both = {"ships": (SUPPLIER, TANKER)}
    assert not len(door.take(findings(both), at(1)))
    spoken = findings(
        {"ships": (TANKER,)}, {"ships": (TANKER, PILOT), "episode": "p"}, {"ships": (TANKER, SUPPLIER, THIRD), "episode": "t"}
    )
    assert len(door.take(spoken, at(1))) == 3, "with a third craft it is another matter"


def test_here_is_not_elsewhere(findings, at):
    door = gate({})
    here = {"lat_deg": 25.0, "lon_deg": 57.0, "radius_nm": 5.0}
    near, far = {"lat": 25.05, "lon": 57.0}, {"lat": 25.1, "lon": 57.0, "episode": "far"}
    assert len(door.take(findings(near, far, {**far, "lat": float("nan"), "episode": "nowhere"}), at(0))) == 3
    told = door.exclude(exclusion(TANKER, **here), at(1))
    assert [episode for _, episode in verbs(told)] == [str((TANKER,))]
    assert "within 5 NM of here" in told.reason[0]
    assert not len(door.take(findings({**near, "episode": "new"}), at(2)))
    assert verbs(door.take(findings({**far, "episode": "new", "verb": "amend"}), at(3))) == [("raise", "new")]
