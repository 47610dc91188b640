"""Episodes that are part of a greater one."""

from __future__ import annotations

from tankerwatch.core.incidents import CLOSED, OPEN
from tankerwatch.core.tables import Findings
from tankerwatch.detect.kit import finding
from tankerwatch.triage.triage import Triage

GUARDED, CRAFT = 311000001, (4_038_163_001, 4_038_163_002)


def said(detector, verb, time_s, ships, episode):
    return finding(
        detector=detector, episode=episode, verb=verb, time_s=time_s, start_s=time_s, severity="danger", score=0.8, ships=ships,
        reason=f"{detector} {verb}", lat_deg=25.0, lon_deg=57.0,
    )  # fmt: skip  # one a line would hide what belongs together


def desk():
    return Triage(rules={}, names=lambda _: "", absorbs={"swarm": ("closing",), "jamming": ("false_position", "clone")})


def take(triage, *findings):
    triage.take(Findings.concat(list(findings)), (), None, max(float(f.time_s[0]) for f in findings))


def by_detector(triage, detector):
    return [alert for alert in triage.alerts.values() if alert.detector == detector]


def test_what_came_before_ends_and_says_of_what_it_is_part():
    triage = desk()
    take(triage, said("closing", "raise", 10.0, (GUARDED, CRAFT[0]), "one"))
    take(triage, said("swarm", "raise", 20.0, (GUARDED, *CRAFT), "both"))
    (closing,), (swarm,) = by_detector(triage, "closing"), by_detector(triage, "swarm")
    assert (closing.state, closing.end_s, swarm.state) == (CLOSED, 20.0, OPEN)
    assert closing.history[-1].words == f"Part of: {swarm.title}."


def test_what_comes_while_the_greater_one_stands_amends_it_and_raises_nothing():
    triage = desk()
    take(triage, said("swarm", "raise", 20.0, (GUARDED, *CRAFT), "both"))
    take(triage, said("closing", "raise", 30.0, (GUARDED, CRAFT[1]), "two"))
    take(triage, said("closing", "end", 40.0, (GUARDED, CRAFT[1]), "two"))
    (swarm,) = by_detector(triage, "swarm")
    assert not by_detector(triage, "closing") and swarm.state == OPEN
    assert swarm.history[-1].words == "closing raise"
    assert not triage.refused


def test_another_ship_and_another_time_stand_alone():
    triage = desk()
    take(triage, said("jamming", "raise", 20.0, (1, 2, 3), "area"))
    take(triage, said("false_position", "raise", 30.0, (4,), "four"))
    take(triage, said("clone", "raise", 30.0, (3,), "three"))
    take(triage, said("jamming", "end", 40.0, (1, 2, 3), "area"))
    take(triage, said("clone", "raise", 50.0, (3,), "three"))
    assert [alert.ships for alert in by_detector(triage, "false_position")] == [(4,)]
    assert [alert.raised_s for alert in by_detector(triage, "clone")] == [50.0]


def test_a_ship_that_a_growing_area_reaches_becomes_part_of_it():
    triage = desk()
    take(triage, said("false_position", "raise", 10.0, (4,), "four"))
    take(triage, said("jamming", "raise", 20.0, (1, 2, 3), "area"))
    assert by_detector(triage, "false_position")[0].state == OPEN
    take(triage, said("jamming", "amend", 30.0, (1, 2, 3, 4), "area"))
    assert by_detector(triage, "false_position")[0].state == CLOSED
