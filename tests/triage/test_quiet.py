"""Daily work in a port is counted, quiet hours share one alert, and danger is shown whatever the hour."""

from __future__ import annotations

import numpy as np
import pytest

from tankerwatch.core.zones import Zone
from tankerwatch.triage.quiet import Quiet, in_port

SHIP = 200000001
HARBOUR = Zone("harbour", (np.array([(24.9, 56.9), (24.9, 57.1), (25.1, 57.1), (25.1, 56.9)]),), port=True)
MIDNIGHT_MIN = (1_560_384_000 - 1_560_390_000) / 60
"""13 June 2019 00:00 UTC, in minutes after the start of these tests."""


def ships(me, others=3, **of_others):
    them = {"lat": 25.003, "lon": 57.0, "nav_status": 5, "sog_kn": 0.0, **of_others}
    return [{"mmsi": SHIP, "lat": 25.0, "lon": 57.0, **me}, *({**them, "mmsi": SHIP + n} for n in range(1, others + 1))]


@pytest.mark.parametrize(
    ("rows", "zones", "lies"),
    [
        (ships({"sog_kn": 0.1, "nav_status": 5}), (), True),
        (ships({"sog_kn": 0.1, "nav_status": 1}), (), True),
        (ships({"sog_kn": 0.1, "nav_status": 0}), (), False),
        (ships({"sog_kn": 6.0, "nav_status": 5}), (), False),
        (ships({"sog_kn": float("nan"), "nav_status": 5}), (), False),
        (ships({"sog_kn": 0.1, "nav_status": 5}, 2), (), False),
        (ships({"sog_kn": 0.1, "nav_status": 1}, nav_status=1), (), False),
        (ships({"sog_kn": 0.1, "nav_status": 1}, lat=25.05), (), False),
        (ships({"sog_kn": 0.1, "nav_status": 0}, 0), (HARBOUR,), True),
        (ships({"sog_kn": 6.0, "nav_status": 0}, 0), (HARBOUR,), False),
    ],
    ids=["moored", "at anchor among them", "no status", "under way", "no speed", "two others", "anchorage", "outer", "zone", "passing"],
)
def test_who_lies_in_port(picture, at, rows, zones, lies):
    heard = [{"heard_s": at(0), **row} for row in rows]
    assert in_port(picture(0, *heard), SHIP, zones, at(1)) is lies
    assert not in_port(picture(0, *heard), 1, zones, at(1))


def test_moored_ships_that_fell_silent_make_no_port(picture, at):
    heard = [{"heard_s": at(0), **row} for row in ships({"sog_kn": 0.1, "nav_status": 5})]
    assert not in_port(picture(0, *heard), SHIP, (), at(60))


def quiet_desk(triage, lies, **more):
    return triage(quiet=Quiet(frozenset({"closing"}), lambda ship, time_s: lies(time_s)), **more)


def test_in_port_it_is_counted_and_told_when_it_grows(triage, findings, at):
    desk = quiet_desk(triage, lambda time_s: True)
    mild = {"detector": "closing", "severity": "caution"}
    desk.take(findings(mild, {**mild, "ships": (5,)}, {**mild, "ships": (6,), "severity": "danger"}), (), None, at(0))
    assert [alert.ships for alert in desk.alerts.values()] == [(6,)], "danger is never kept quiet"
    assert desk.in_port == {"closing": 2}
    desk.take(findings({**mild, "verb": "amend", "at": 1}), (), None, at(1))
    assert len(desk.alerts) == 1
    desk.take(findings({**mild, "verb": "amend", "at": 2, "severity": "danger", "reason": "{0}: alongside."}), (), None, at(2))
    raised = list(desk.alerts.values())[-1]
    assert (raised.severity, raised.raised_s, raised.reason) == ("danger", at(2), "FRONT ALTAIR: alongside.")
    assert desk.in_port == {"closing": 1}
    desk.take(findings({**mild, "verb": "end", "at": 3}, {**mild, "ships": (5,), "verb": "end", "at": 3}), (), None, at(3))
    assert [alert.state for alert in desk.alerts.values()] == ["open", "closed"] and not desk.refused


def test_what_is_still_going_on_when_she_leaves_is_told(triage, findings, at):
    desk = quiet_desk(triage, lambda time_s: time_s < at(5))
    mild = {"detector": "closing", "severity": "caution"}
    desk.take(findings(mild, {**mild, "at": 4, "verb": "amend"}, {**mild, "at": 6, "verb": "amend"}), (), None, at(6))
    assert [alert.raised_s for alert in desk.alerts.values()] == [at(6)] and desk.in_port == {"closing": 0}


def test_rules_that_are_not_routine_speak_in_port(triage, findings, at):
    desk = quiet_desk(triage, lambda time_s: True)
    distress = {"detector": "distress", "severity": "distress"}
    desk.take(findings({"severity": "caution"}, distress), (), None, at(0))
    assert sorted(alert.detector for alert in desk.alerts.values()) == ["distress", "sudden_stop"]


def test_beside_an_open_incident_nothing_is_quiet(triage, findings, at):
    desk = quiet_desk(triage, lambda time_s: True)
    casualty = {"detector": "sudden_stop", "severity": "danger", "ships": (5,)}
    desk.take(findings(casualty, {"detector": "closing", "severity": "caution", "at": 1}), (), None, at(1))
    assert [alert.detector for alert in desk.alerts.values()] == ["sudden_stop", "closing"]


def night(triage, **more):
    return triage(quiet=Quiet(hours={"dark": ((22 * 60, 6 * 60),)}), **more)


def dark(minute, ship, **more):
    row = {"detector": "dark", "severity": "caution", "lat": -60.0 + ship % 100, "ships": (ship,), "reason": "{0} is silent."}
    return {**row, "at": MIDNIGHT_MIN + minute, **more}


def test_quiet_hours_share_one_alert_that_ends_in_the_morning(triage, findings, at):
    desk = night(triage)
    desk.take(findings(dark(-90, 311000001), dark(-80, 311000001, verb="end"), dark(10, 311000002)), (), None, at(MIDNIGHT_MIN + 10))
    (group,) = desk.alerts.values()
    assert (group.title, group.state, group.ships) == ("No longer heard: 2 in quiet hours", "open", (311000001, 311000002))
    assert group.reason == "No longer heard: two in the quiet hours until 06:00 UTC: MMSI 311000001, MMSI 311000002."
    desk.take(findings(dark(20, 311000002, verb="end")), (), None, at(MIDNIGHT_MIN + 359))
    assert desk.alerts[group.id].state == "open", "more may come before six"
    desk.take(findings(), (), None, at(MIDNIGHT_MIN + 361))
    assert (desk.alerts[group.id].state, desk.alerts[group.id].end_s) == ("closed", at(MIDNIGHT_MIN + 360))
    desk.take(findings(dark(361, 311000003), dark(362, 311000004)), (), None, at(MIDNIGHT_MIN + 362))
    assert [alert.title for alert in desk.alerts.values()][1:] == ["MMSI 311000003: no longer heard", "MMSI 311000004: no longer heard"]


def test_a_night_goes_on_while_a_member_does(triage, findings, at):
    desk = night(triage)
    desk.take(findings(dark(0, 311000001)), (), None, at(MIDNIGHT_MIN + 400))
    (group,) = desk.alerts.values()
    assert group.state == "open"
    desk.take(findings(dark(420, 311000001, verb="withdraw", reason="Late reports came.")), (), None, at(MIDNIGHT_MIN + 420))
    assert desk.alerts[group.id].state == "withdrawn"
    assert desk.alerts[group.id].reason == "No longer heard: the one that shared this alert was disproved."


def test_danger_does_not_wait_for_the_morning(triage, findings, at):
    desk = night(triage)
    desk.take(
        findings(dark(0, 311000001), dark(1, 311000002, severity="danger"), dark(2, 311000001, verb="amend", severity="danger")),
        (),
        None,
        at(MIDNIGHT_MIN + 2),
    )
    group, second, first = desk.alerts.values()
    assert (second.ships, first.ships) == ((311000002,), (311000001,)) and first.severity == second.severity == "danger"
    assert group.severity == "caution" and group.reason == "No longer heard: none is left in this alert; each has one of its own."
    desk.take(findings(), (), None, at(MIDNIGHT_MIN + 361))
    assert desk.alerts[group.id].state == "closed"


@pytest.mark.parametrize(
    ("span", "minute", "until"),
    [
        ((1320, 360), 1320, 1800),
        ((1320, 360), 0, 360),
        ((1320, 360), 359.99, 360),
        ((1320, 360), 360, None),
        ((1320, 360), 1319.9, None),
        ((720, 780), 750.5, 780),
        ((0, 1440), 0, 1440),
        ((0, 1440), 100, 1440),
        ((1320, 1440), 1400, 1440),
    ],
)
def test_when_quiet_hours_end(findings, span, minute, until):
    from tankerwatch.triage.finding import rows

    (finding,) = rows(findings(dark(minute, 311000001)))
    found = Quiet(hours={"dark": (span,)}).until_s(finding)
    midnight_s = 1_560_384_000
    assert found == (None if until is None else midnight_s + 60 * until)
