"""Scoring, on alerts made by hand."""

from __future__ import annotations

import pytest

from tankerwatch.evaluate import tally
from tankerwatch.evaluate.bars import Split, verdicts
from tankerwatch.evaluate.score import Alarm, Score, score
from tankerwatch.evaluate.truth import Danger, Decoy, Scene

DANGER = Danger("a", "sudden_stop", "abrupt stop", "plain", (1,), 2000, 3000, 2010, 2130, 0.0, 0.0, also=("loitering",))
DECOY = Decoy("b", "berthing", ("sudden_stop", "drifting"), (2,), 1800, 4000)


def scene(*dangers: Danger, decoys: tuple[Decoy, ...] = ()) -> Scene:
    return Scene("s", b"", 0.0, 9000.0, dangers, decoys, 1.0, 0.5)


def test_found_in_time_with_its_delay():
    (event,) = score(scene(DANGER), [Alarm("sudden_stop", (1, 9), 2070)]).events
    assert (event.found, event.in_time, event.delay_s, event.duplicates) == (True, True, 60, 0)


@pytest.mark.parametrize(
    ("alarm", "found", "in_time", "strays"),
    [
        (Alarm("sudden_stop", (1,), 2131), True, False, 0),
        (Alarm("sudden_stop", (1,), 3000), True, False, 0),
        (Alarm("sudden_stop", (1,), 3500), False, False, 0),  # it noticed the end: neither found nor false
        (Alarm("sudden_stop", (1,), 4500), False, False, 1),
        (Alarm("sudden_stop", (1,), 1900), False, False, 1),
        (Alarm("sudden_stop", (3,), 2070), False, False, 1),
        (Alarm("drifting", (1,), 2070), False, False, 0),
        (Alarm("loitering", (1,), 2070), False, False, 0),
        (Alarm("closing", (1,), 2070), False, False, 1),
    ],
)
def test_what_counts_for_what(alarm, found, in_time, strays):
    made = score(scene(DANGER), [alarm])
    assert (made.events[0].found, made.events[0].in_time, len(made.strays)) == (found, in_time, strays)
    assert made.events[0].related == (alarm.raised_s in (2070, 3500) and strays == 0 and not found)


def test_the_same_said_twice_is_a_duplicate_and_another_ship_is_not():
    twice = [Alarm("sudden_stop", (1,), 2070), Alarm("sudden_stop", (1,), 2500)]
    assert score(scene(DANGER), twice).events[0].duplicates == 1
    others = [Alarm("closing", (1, 7), 2070), Alarm("closing", (1, 8), 2080)]
    attack = Danger("a", "swarm", "radar", "many", (1,), 2000, 3000, 2010, 2130, 0, 0, named=("closing", "swarm"))
    (event,) = score(scene(attack), others).events
    assert (event.found, event.duplicates) == (True, 0)


def test_decoys_draw_only_what_is_forbidden():
    alarms = [Alarm("sudden_stop", (2,), 2500), Alarm("dark", (2,), 2500), Alarm("drifting", (2,), 2600)]
    made = score(scene(decoys=(DECOY,)), alarms)
    assert [a.detector for a in made.decoys[0].alarms] == ["sudden_stop", "drifting"]
    assert [a.detector for _, a in made.strays] == ["dark"]
    assert tally.decoys(made) == [("berthing", 1, 1, {"sudden_stop": 1, "drifting": 1})]


def test_an_alert_about_a_danger_is_never_held_against_a_decoy():
    both = Decoy("c", "rescuers", ("sudden_stop",), (1,), 1800, 4000)
    made = score(scene(DANGER, decoys=(both,)), [Alarm("sudden_stop", (1,), 2070)])
    assert (made.events[0].found, made.decoys[0].alarms, made.strays) == (True, (), [])


def test_dangers_without_a_detector_are_not_judged_but_excuse():
    made = score(scene(DANGER), [Alarm("drifting", (1,), 2070)], detectors=("drifting",))
    assert (made.events, made.strays) == ([], [])


def test_precision_counts_decoys_and_strays():
    alarms = [Alarm("sudden_stop", (1,), 2070), Alarm("sudden_stop", (2,), 2500), Alarm("sudden_stop", (5,), 2500)]
    made = score(scene(DANGER, decoys=(DECOY,)), alarms)
    assert tally.precision(made, ("sudden_stop",)) == pytest.approx(1 / 3)
    assert tally.false_alarms(made, ("sudden_stop",)) == 2


def test_quantiles_are_values_that_were_seen():
    assert tally.quantile([3, 1, 2], 0.5) == 2
    assert tally.quantile(range(1, 101), 0.95) == 95
    assert tally.quantile([], 0.5) is None


def test_scores_add_up():
    total = Score()
    for at in (2070, 2500):
        total.add(score(scene(DANGER), [Alarm("sudden_stop", (1,), at)]))
    (row,) = tally.rows(total)
    assert (row.events, row.found, row.in_time, row.p50_s, row.p95_s) == (2, 2, 1, 60, 490)
    assert (total.ship_days, total.tanker_days) == (2.0, 1.0)


def test_a_bar_without_events_is_not_measured_and_without_a_detector_missed():
    split = Split(scenes=score(scene(DANGER), [Alarm("sudden_stop", (1,), 2070)]))
    judged = {v.bar: v for v in verdicts(split, (), ("sudden_stop",), ("sudden_stop",))}
    assert judged["recall ≥ 0.95"].met
    assert judged["abrupt stop within 2 min of half her way lost"].met
    assert judged["coasting stop within 15 min"].met is None
    missed = [v for v in verdicts(split, (), ("sudden_stop",), ("dark",)) if v.dangers == ("dark",)]
    assert missed
    assert all(v.met is False and "no detector" in v.measured for v in missed)


def test_one_miss_in_a_hundred_is_seen_by_the_bar():
    split = Split()
    for number in range(20):
        alarms = [Alarm("sudden_stop", (1,), 2070)] if number else []
        split.scenes.add(score(scene(DANGER), alarms))
    judged = {v.bar: v.met for v in verdicts(split, (), ("sudden_stop",), ("sudden_stop",)) if v.dangers == ("sudden_stop",)}
    assert judged["recall ≥ 0.95"] is True
    split.scenes.add(score(scene(DANGER), []))
    judged = {v.bar: v.met for v in verdicts(split, (), ("sudden_stop",), ("sudden_stop",)) if v.dangers == ("sudden_stop",)}
    assert judged["recall ≥ 0.95"] is False
