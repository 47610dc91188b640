"""What the truth says of a scene can be seen in what is received: contact, hulls, closest approach, silence, false positions."""

from __future__ import annotations

import numpy as np
import pytest

from tankerwatch.core.geo import distance_nm
from tankerwatch.evaluate.cases import approach, catalog, collision, meeting, positions, silence
from tankerwatch.evaluate.cases.catalog import CASES, build, plans
from tankerwatch.evaluate.rows import Rows, exposure_days, rows_of_log
from tankerwatch.evaluate.truth import FAMILY
from tankerwatch.evaluate.world import World


def alone(make, level, seconds=9000, seed=3):
    """A case in a world of its own: the scene and its rows."""
    world = World(seed, f"alone-{level}", seconds)
    make(world.place(), level)
    scene = world.scene()
    return scene, rows_of_log(scene.log)


def at(rows: Rows, mmsi: int, times):
    its = rows.take(rows.mmsi == mmsi)
    return np.interp(times, its.time_s, its.lat_deg), np.interp(times, its.time_s, its.lon_deg)


def apart(rows: Rows, one: int, other: int, times):
    return distance_nm(*at(rows, one, times), *at(rows, other, times))


@pytest.mark.parametrize("level", ["radar, one", "craft_so, one"])
def test_an_attack_is_warned_of_before_contact(level):
    scene, rows = alone(approach._attack, level)
    (danger,) = scene.dangers
    craft = danger.ships[1]
    its = rows.take(rows.mmsi == craft)
    times = np.arange(danger.start_s, its.time_s.max())
    away = apart(rows, danger.ships[0], craft, times)
    contact = times[np.argmax(away < approach.CONTACT_NM)]
    mile = times[np.argmax(away < approach.WARN_NM)]
    assert danger.due_s == pytest.approx(min(mile, contact - 180), abs=25)
    assert danger.start_s <= danger.oracle_s < danger.due_s < contact
    assert danger.named == ("closing", "swarm")


def test_hulls_touch_at_the_contact_and_stay():
    scene, rows = alone(meeting._transfer, "adrift", 14_400)
    (danger,) = scene.dangers
    during = np.arange(danger.oracle_s + 60, danger.end_s - 60, 30)
    away_m = apart(rows, *danger.ships, during) * 1852
    assert away_m.max() < 120
    assert apart(rows, *danger.ships, np.array([danger.oracle_s - 3600]))[0] > 1.5
    assert apart(rows, *danger.ships, np.array([danger.end_s + 1000]))[0] * 1852 > 300
    assert danger.due_s == danger.oracle_s + 900


@pytest.mark.parametrize("level", ["crossing", "head-on", "overtaking"])
def test_close_quarters_come_four_minutes_after_the_deadline(level):
    scene, rows = alone(collision._meeting, level)
    (danger,) = scene.dangers
    times = np.arange(danger.start_s, danger.end_s + 300)
    away = apart(rows, *danger.ships, times)
    assert away.min() < 0.1
    assert times[np.argmin(away)] == pytest.approx(danger.due_s + 240, abs=40)


def test_who_acts_in_time_passes_clear():
    for level in ("alters course", "slows down"):
        scene, rows = alone(collision._in_time, level)
        (decoy,) = scene.decoys
        away = apart(rows, *decoy.ships, np.arange(scene.start_s + 600, scene.end_s - 600, 5))
        assert away.min() > 0.4


def test_dark_is_silence_of_her_alone():
    scene, rows = alone(silence._dark, "hours")
    (danger,) = scene.dangers
    its = rows.take(rows.mmsi == danger.ships[0])
    assert not ((its.time_s > danger.start_s + 75) & (its.time_s < danger.end_s - 120)).any()
    assert np.diff(its.time_s[its.time_s < danger.start_s]).max() < 120


def test_false_positions_begin_when_told():
    scene, rows = alone(positions._jump, "near")
    (danger,) = scene.dangers
    its = rows.take(rows.mmsi == danger.ships[0])
    step = distance_nm(its.lat_deg[:-1], its.lon_deg[:-1], its.lat_deg[1:], its.lon_deg[1:])
    jumps = its.time_s[1:][(step > 2.5) & (step < 9)]
    assert len(jumps)
    assert danger.start_s - 2 <= jumps[jumps > danger.start_s - 2][0] <= danger.start_s + 75


def test_a_walk_off_creeps_at_its_speed():
    scene, _ = alone(positions._walk_off, "1 kn")
    (danger,) = scene.dangers
    assert danger.due_s == danger.start_s + 1200
    assert not danger.gap


@pytest.mark.parametrize("number", range(len(CASES)))
def test_every_case_is_built_at_every_level(number):
    case = CASES[number]
    assert case.danger in FAMILY
    for level in case.levels:
        world = World(4, f"built-{number}", case.seconds)
        place = world.place()
        case.build(place, level)
        assert bool(place.decoys) if case.decoy else bool(place.dangers)
        for danger in place.dangers:
            assert danger.start_s >= place.start_s + (0 if danger.detector in ("distress", "identity") else 1700)
            assert danger.start_s < danger.end_s
            assert danger.oracle_s != danger.oracle_s or danger.oracle_s <= danger.due_s
        for sent in place.sent:
            assert np.isfinite(sent.made.time_s).all()


def test_plans_hold_each_case_as_often_as_asked():
    planned = [n for plan in plans((), (1,), dangers=2, decoys=1) for n, _ in plan.cases]
    for number, case in enumerate(CASES):
        assert planned.count(number) == len(case.levels) * (1 if case.decoy else 2)
    assert {CASES[n].danger for plan in plans(("dark",), (1,), dangers=1, decoys=1) for n, _ in plan.cases} == {"dark"}


def test_a_plan_is_built_the_same_again():
    plan = next(plans(("distress",), (1,), dangers=1, decoys=1))
    plan = catalog.Plan(plan.name, plan.seed, 1800, plan.cases[:2])
    first, second = build(plan), build(plan)
    assert (first.log, first.dangers, first.decoys) == (second.log, second.dangers, second.decoys)


def test_exposure_is_time_in_which_she_was_heard(decoded):
    *_, scene, _ = decoded
    assert exposure_days(rows_of_log(scene.log)) == pytest.approx(3 * 2400 / 86_400, rel=0.02)
