"""What belongs together becomes one incident; who can help is told."""

from __future__ import annotations

import json

import pytest

from tankerwatch.core.geo import moved
from tankerwatch.triage import render, rescuers

ALTAIR = {"ships": (200000001,), "lat": 25.4333, "lon": 57.3733}
KOKUKA = {"ships": (200000002,), "lat": 25.3470, "lon": 57.5520}


def current(desk):
    return [incident for incident in desk.incidents.values() if incident.state == "open"]


def test_two_casualties_make_one_incident_of_higher_severity(triage, findings, at):
    desk = triage()
    threat = {"at": -15, "detector": "closing", "ships": (200000001, 4_000_000_001), "severity": "caution", "lat": 25.5, "lon": 57.3}
    rows = [threat, {**ALTAIR, "at": 0}, {**ALTAIR, "at": 10, "detector": "not_under_command"}]
    desk.take(findings(*rows), (), None, at(10))
    (first,) = current(desk)
    assert (first.severity, first.title) == ("danger", "FRONT ALTAIR: sudden stop, not under command")
    assert set(first.alerts) == set(desk.alerts)
    assert first.start_s == at(-15)
    _, changed, _ = desk.take(findings({**KOKUKA, "at": 58}), (), None, at(58))
    (both,) = current(desk)
    assert [incident.id for incident in changed] == [both.id] == [first.id]
    assert both.severity == "distress"
    assert both.title == "FRONT ALTAIR and KOKUKA COURAGEOUS: two casualties 11 NM apart"
    assert both.ships == (200000001, 200000002, 4_000_000_001)
    assert {alert.incident for alert in desk.alerts.values()} == {both.id}


@pytest.mark.parametrize(
    ("detector", "severity", "opens"),
    [("sudden_stop", "danger", 1), ("sudden_stop", "caution", 0), ("dark", "danger", 0), ("closing", "danger", 0)],
)
def test_what_opens_an_incident_alone(triage, findings, at, detector, severity, opens):
    desk = triage()
    desk.take(findings({"detector": detector, "severity": severity, "ships": (1, 2)}), (), None, at(0))
    assert len(current(desk)) == opens


def test_mild_casualties_near_each_other_make_one(triage, findings, at):
    desk = triage()
    desk.take(findings({**ALTAIR, "severity": "caution"}, {**KOKUKA, "severity": "caution", "at": 3}), (), None, at(3))
    assert [incident.severity for incident in current(desk)] == ["danger"]


def test_a_mild_casualty_under_threat_makes_one(triage, findings, at):
    stop = {**ALTAIR, "severity": "caution"}
    closing = {"at": 2, "detector": "closing", "ships": (200000001, 7), "severity": "caution", "lat": 25.4333, "lon": 57.3733}
    for rows in ([stop, closing], [{**closing, "at": 0}, {**stop, "at": 2}]):
        desk = triage()
        desk.take(findings(*rows), (), None, at(2))
        assert [len(incident.alerts) for incident in current(desk)] == [2]


@pytest.mark.parametrize(("east_nm", "minutes", "together"), [(14.9, 0, True), (15.2, 0, False), (5, 119, True), (5, 121, False)])
def test_fifteen_miles_and_two_hours(triage, findings, at, east_nm, minutes, together):
    desk = triage()
    lat, lon = (float(value) for value in moved(25.4333, 57.3733, 90.0, east_nm))
    rows = [{**ALTAIR, "at": 0}, {**ALTAIR, "at": 0.5, "verb": "end"}, {**KOKUKA, "at": 0.5 + minutes, "lat": lat, "lon": lon}]
    desk.take(findings(*rows), (), None, at(1 + minutes))
    assert len(desk.incidents) == (1 if together else 2)


def test_the_same_ship_always_joins(triage, findings, at):
    desk = triage()
    desk.take(findings({**ALTAIR}, {**ALTAIR, "at": 300, "detector": "drifting", "lat": 27.0}), (), None, at(300))
    assert len(desk.incidents) == 1


def test_a_bridge_merges_two_incidents_into_the_older(triage, findings, decision, at):
    desk = triage()
    west = {"ships": (1,), "lat": 0.0, "lon": 10.0, "at": 0}
    east = {"ships": (2,), "lat": 0.0, "lon": 10.4, "at": 1}
    report = decision("report", at=2, kind="rescue", words="boat lowered", ship=2)
    desk.take(findings(west, east), (report,), None, at(2))
    older, younger = current(desk)
    assert desk.reports["d1"].incident == younger.id
    desk.take(findings({"ships": (3,), "lat": 0.0, "lon": 10.2, "at": 5}), (), None, at(5))
    (left,) = current(desk)
    assert left.id == older.id
    assert left.reports == ("d1",)
    assert desk.reports["d1"].incident == older.id
    closed = desk.incidents[younger.id]
    assert (closed.state, closed.end_s, closed.alerts) == ("closed", at(5), ())
    assert closed.title == "Now part of another incident: MMSI 000000002: sudden stop"
    assert left.title == "MMSI 000000001, MMSI 000000002 and MMSI 000000003: three casualties within 24 NM"


def test_withdrawn_members_leave_and_an_empty_incident_is_withdrawn(triage, findings, at):
    desk = triage()
    desk.take(findings(ALTAIR, {**KOKUKA, "at": 1}), (), None, at(1))
    desk.take(findings({**KOKUKA, "at": 2, "verb": "withdraw"}), (), None, at(2))
    (left,) = current(desk)
    assert (left.severity, left.ships, len(left.alerts)) == ("danger", (200000001,), 1)
    assert [alert.incident for alert in desk.alerts.values()] == [left.id, None]
    desk.take(findings({**ALTAIR, "at": 3, "verb": "withdraw"}), (), None, at(3))
    assert current(desk) == []
    assert desk.incidents[left.id].state == "withdrawn"


def test_an_incident_closes_two_hours_after_its_last_casualty_ended(triage, findings, picture, at):
    desk = triage()
    desk.take(findings(ALTAIR), (), picture(0, {"mmsi": 200000003, "lat": 25.48, "lon": 57.13}), at(0))
    (incident,) = current(desk)
    assert incident.helpers
    desk.take(findings(), (), None, at(600))
    assert len(current(desk)) == 1, "while the casualty lasts"
    desk.take(findings({**ALTAIR, "at": 610, "verb": "end"}), (), None, at(729))
    assert len(current(desk)) == 1
    _, changed, _ = desk.take(findings(), (), None, at(2000))
    assert [(c.state, c.end_s, c.helpers) for c in changed] == [("closed", at(730), ())]
    assert [helper.name for helper in desk.first_helpers[incident.id]] == ["HYUNDAI DUBAI"]
    desk.take(findings({**ALTAIR, "at": 2001, "verb": "amend"}), (), None, at(2001))
    assert current(desk) == [], "late words reopen nothing"


def test_helpers_are_ranked_by_their_own_speed_and_some_never_help(triage, findings, picture, at):
    def ship(mmsi, course, nm, **more):
        lat, lon = moved(25.4333, 57.3733, course, nm)
        return {"mmsi": mmsi, "lat": float(lat), "lon": float(lon), **more}

    ships = [
        {"mmsi": 200000001, "lat": 25.4333, "lon": 57.3733},
        ship(200000003, 270, 12, best_sog_kn=18.0),
        ship(200000004, 90, 6, best_sog_kn=3.0, sog_kn=2.0),
        ship(11, 0, 20, best_sog_kn=10.0, sog_kn=20.0),
        ship(12, 0, 5, best_sog_kn=float("nan"), sog_kn=float("nan")),
        ship(13, 0, 61, best_sog_kn=30.0),
        ship(14, 0, 50, best_sog_kn=8.0, sog_kn=1.0),
        ship(4_000_000_005, 0, 5, kind=10),
        ship(15, 0, 5, kind=11),
        ship(16, 0, 5, trusted=False),
        ship(17, 0, 5, event_s=at(-40)),
        ship(18, 0, 5, nav_status=2),
        ship(19, 0, 5),
        ship(20, 0, 5, best_sog_kn=0.0, sog_kn=0.0, nav_status=5),
        ship(21, 180, 30, best_sog_kn=12.0, sog_kn=0.0, nav_status=1),
    ]
    closing = {"detector": "closing", "ships": (99, 19), "severity": "caution", "lat": -20.0}
    desk = triage()
    desk.take(findings(ALTAIR, closing), (), picture(0, *ships), at(0))
    (incident,) = current(desk)
    assert [helper.mmsi for helper in incident.helpers] == [200000003, 11, 200000004, 21]
    dubai = incident.helpers[0]
    assert (dubai.distance_nm, dubai.bearing_deg, dubai.hours, dubai.speed_kn) == (12.0, 270.0, 0.67, 18.0)


def test_helpers_are_told_anew_each_minute_and_only_if_changed(triage, findings, picture, at):
    desk = triage()
    near = {"mmsi": 200000003, "lat": 25.48, "lon": 57.13}
    desk.take(findings(ALTAIR), (), picture(0, near), at(0))
    (before,) = current(desk)
    assert desk.take(findings(), (), picture(0.5, {**near, "lat": 25.40}), at(0.5)) == ([], [], [])
    _, changed, _ = desk.take(findings(), (), picture(1, {**near, "lat": 25.40}), at(1))
    assert changed[0].helpers != before.helpers
    assert desk.take(findings(), (), picture(2, {**near, "lat": 25.40}), at(2)) == ([], [], [])


def test_a_helper_says_time_distance_and_bearing_and_no_course_to_steer(triage, findings, picture, at):
    desk = triage()
    desk.take(findings(ALTAIR), (), picture(0, {"mmsi": 200000003, "lat": 25.48, "lon": 57.13}), at(0))
    shown = render.incident_json(current(desk)[0])
    assert set(shown["helpers"][0]) == {"mmsi", "name", "kind", "distance_nm", "bearing_deg", "hours", "speed_kn"}


def test_the_incident_follows_its_casualty(triage, findings, picture, at):
    desk = triage()
    desk.take(findings(ALTAIR), (), picture(0, {"mmsi": 200000001, "lat": 25.41, "lon": 57.40}), at(0))
    assert (current(desk)[0].lat_deg, current(desk)[0].lon_deg) == (25.41, 57.40)


def test_position_of_a_ship_not_known_or_not_trusted(picture):
    assert rescuers.position(picture(0), 5) is None
    assert rescuers.position(picture(0, {"mmsi": 5, "lat": 1.0, "lon": 2.0, "trusted": False}), 5) is None
    assert rescuers.position(picture(0, {"mmsi": 5, "lat": float("nan"), "lon": 2.0}), 5) is None


# -- reports ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verified", "severity", "said"),
    [
        (True, "distress", "distress reported by US Navy: large fire"),
        (False, "danger", "distress reported by US Navy, not verified: large fire"),
    ],
)
def test_a_reported_distress_raises_an_alert_where_she_is(triage, findings, picture, decision, at, verified, severity, said):
    desk = triage()
    report = decision(
        "report", at=1, kind="distress", words="large fire", ship=200000001, verified=verified, source="US Navy", time_s=at(0)
    )
    alerts, _, reports = desk.take(findings(), (report,), None, at(1))
    assert (alerts[0].severity, alerts[0].lat_deg, alerts[0].detector) == (severity, None, "distress")
    assert alerts[0].reason == f"FRONT ALTAIR: {said}"
    assert (alerts[0].start_s, alerts[0].raised_s) == (at(0), at(1))
    assert reports[0].incident == alerts[0].incident == current(desk)[0].id
    desk.take(findings(), (), picture(2, {"mmsi": 200000001, "lat": 25.4, "lon": 57.4}), at(2))
    assert next(iter(desk.alerts.values())).lat_deg == 25.4


def test_a_reported_distress_amends_the_open_one_of_that_ship(triage, findings, decision, at):
    desk = triage()
    call = {**ALTAIR, "detector": "distress", "severity": "danger"}
    report = decision("report", at=1, kind="distress", words="Front Altair: fire", ship=200000001, verified=True)
    desk.take(findings(call), (report,), None, at(1))
    (alert,) = desk.alerts.values()
    assert (alert.severity, alert.history[-1].words) == ("distress", "FRONT ALTAIR: distress reported: fire")
    assert len(current(desk)) == 1


def test_her_own_call_amends_the_distress_reported_before(triage, findings, decision, at):
    desk = triage()
    report = decision("report", at=0, kind="distress", words="{0} {1} fire", ship=200000001, verified=False)
    call = {**ALTAIR, "detector": "distress", "severity": "distress", "at": 2}
    desk.take(findings(call), (report,), None, at(2))
    (alert,) = desk.alerts.values()
    assert (alert.severity, alert.lat_deg) == ("distress", 25.4333)
    desk.take(findings({**call, "at": 9, "verb": "end"}), (), None, at(9))
    assert next(iter(desk.alerts.values())).state == "closed"


def test_a_reported_distress_ends_after_a_day_of_silence(triage, findings, decision, at):
    desk = triage()
    report = decision("report", at=0, kind="distress", words="fire", lat_deg=1.0, lon_deg=2.0)
    desk.take(findings(), (report,), None, at(0))
    (alert,) = desk.alerts.values()
    assert alert.reason == "Distress at a position reported, not verified: fire"
    assert current(desk)[0].title == "01°00.0′N 002°00.0′E: distress"
    desk.take(findings(), (), None, at(24 * 60 + 150))
    assert [a.end_s for a in desk.alerts.values()] == [at(24 * 60)]
    assert [i.end_s for i in desk.incidents.values()] == [at(26 * 60)]


def test_other_reports_join_by_ship_then_by_place_and_open_nothing(triage, findings, picture, decision, at):
    desk = triage()
    said = (
        decision("report", at=1, id="by-ship", kind="rescue", words="23 aboard", ship=200000001),
        decision("report", at=2, id="by-place", kind="sighting", words="craft", lat_deg=25.45, lon_deg=57.40),
        decision("report", at=3, id="far", kind="sighting", words="craft", lat_deg=20.0, lon_deg=57.40),
        decision("report", at=4, id="long-ago", kind="sighting", words="craft", lat_deg=25.45, lon_deg=57.40, time_s=at(-200)),
        decision("report", at=5, id="other-ship-near", kind="rescue", words="all aboard", ship=200000003),
        decision("report", at=5, id="far", kind="note", words="the same id again"),
    )
    desk.take(findings(ALTAIR), said, picture(5, {"mmsi": 200000003, "lat": 25.43, "lon": 57.38}), at(5))
    (incident,) = current(desk)
    assert incident.reports == ("by-ship", "by-place", "other-ship-near")
    assert [r.id for r in desk.reports.values() if r.incident is None] == ["far", "long-ago"]
    assert desk.refused == {"report entered twice": 1}
    assert len(desk.incidents) == 1


def test_a_sighting_before_the_incident_joins_when_it_begins(triage, findings, decision, at):
    desk = triage()
    before = decision("report", at=0, kind="sighting", words="fast craft", lat_deg=25.45, lon_deg=57.40)
    _, incidents, _ = desk.take(findings(), (before,), None, at(0))
    assert incidents == []
    desk.take(findings({**ALTAIR, "at": 30}), (), None, at(30))
    assert current(desk)[0].reports == ("d1",)


def test_a_report_full_of_nonsense_is_still_a_report(triage, findings, decision, at):
    desk = triage()
    junk = decision(
        "report", kind=["x"], words=None, ship=True, lat_deg=float("nan"), lon_deg="5", verified="yes", source={"a": 1}, time_s=1e300
    )
    _, _, (report,) = desk.take(findings(), (junk,), None, at(0))
    assert (report.kind, report.words, report.ship, report.lat_deg, report.verified, report.time_s) == (
        "report",
        "",
        None,
        None,
        False,
        at(0),
    )
    json.dumps(render.report_json(report), allow_nan=False)


def test_notes_stay_with_their_incident_also_when_it_is_over_or_part_of_another(triage, findings, decision, at):
    desk = triage()
    desk.take(
        findings({"ships": (1,), "lat": 0.0, "lon": 10.0, "at": 0}, {"ships": (2,), "lat": 0.0, "lon": 10.4, "at": 1}), (), None, at(1)
    )
    older, younger = current(desk)

    def note(number, minutes, subject, words, **more):
        said = decision("note", subject, at=minutes, id=f"n{number}", words=words, **more)
        return desk.take(findings(), (said,), None, at(minutes))[1]

    assert [incident.id for incident in note(1, 2, younger.id, "tug\u202e  ordered", by="ANNA")] == [younger.id], "the pages are told"
    note(2, 3, older.id, "agent called")
    assert note(3, 4, older.id, "  ") == [] and note(4, 4, "incident-none", "lost") == []
    desk.take(findings({"ships": (3,), "lat": 0.0, "lon": 10.2, "at": 5}), (), None, at(5))
    note(5, 6, younger.id, "said of what is part of another now")
    (left,) = current(desk)
    notes = [(step.words, step.by) for step in left.notes]
    assert notes == [("tug ordered", "ANNA"), ("agent called", "desk"), ("said of what is part of another now", "desk")]
    assert desk.incidents[younger.id].notes == ()
    assert render.incident_json(left)["notes"][0] == {"time_s": at(2), "verb": "note", "words": "tug ordered", "by": "ANNA"}
    ended = [{"ships": (ship,), "verb": "end", "at": 7} for ship in (1, 2, 3)]
    desk.take(findings(*ended), (), None, at(7 + 121))
    note(6, 130, left.id, "towed in")
    over = desk.incidents[left.id]
    assert (over.state, over.notes[-1].words) == ("closed", "towed in")
