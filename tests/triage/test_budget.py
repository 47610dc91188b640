"""What a rule raises beyond its budget shares one alert."""

from __future__ import annotations

import pytest

from tankerwatch.triage.budget import Budget


def stops(count, **more):
    # Far from each other and mild, so that no incident makes them exempt.
    return [
        {"at": n, "ships": (300000000 + n,), "lat": -60.0 + n, "lon": 10.0, "severity": "caution", "reason": "{0} stopped.", **more}
        for n in range(count)
    ]


def test_the_seventh_alert_of_an_hour_is_grouped(triage, findings, at):
    desk = triage()
    desk.take(findings(*stops(20)), (), None, at(20))
    assert len(desk.alerts) == 7
    group = list(desk.alerts.values())[-1]
    assert group.title == "Sudden stop: and 14 more"
    assert group.ships == tuple(300000006 + n for n in range(14))
    assert group.reason.startswith("Sudden stop: 14 more within an hour than the six that this rule shows singly: MMSI 300000006, MMSI")
    assert group.reason.endswith("MMSI 300000013 and 6 others.")
    assert (group.lat_deg, group.incident, group.state) == (None, None, "open")
    assert len(group.evidence) == 14, "a piece for each ship"


def test_an_hour_later_the_rule_may_speak_again(triage, findings, at):
    desk = triage()
    desk.take(findings(*stops(7), {**stops(1)[0], "at": 61, "ships": (300000099,), "lat": 70.0}), (), None, at(61))
    assert len(desk.alerts) == 8
    assert list(desk.alerts.values())[-1].title == "MMSI 300000099: sudden stop"


def test_a_group_ends_with_its_members(triage, findings, at):
    desk = triage(alerts_an_hour=0)
    desk.take(findings(*stops(3)), (), None, at(3))
    (group,) = desk.alerts.values()
    ends = [{**row, "at": 10 + n, "verb": verb} for n, (row, verb) in enumerate(zip(stops(3), ("end", "withdraw", "end"), strict=True))]
    desk.take(findings(*ends[:2]), (), None, at(12))
    assert desk.alerts[group.id].state == "open"
    assert desk.alerts[group.id].title == "Sudden stop: and 2 more"
    desk.take(findings(ends[2]), (), None, at(13))
    assert (desk.alerts[group.id].state, desk.alerts[group.id].end_s) == ("closed", at(12))


def test_a_group_whose_members_were_all_wrong_is_withdrawn(triage, findings, at):
    desk = triage(alerts_an_hour=0)
    desk.take(findings(*stops(2), *[{**row, "at": 5, "verb": "withdraw"} for row in stops(2)]), (), None, at(5))
    assert [alert.state for alert in desk.alerts.values()] == ["withdrawn"]


def test_a_distress_is_never_held_back(triage, findings, at):
    desk = triage(alerts_an_hour=2)
    desk.take(findings(*stops(30, detector="distress", severity="distress")), (), None, at(30))
    assert len(desk.alerts) == 30


def test_a_member_that_comes_to_distress_leaves_the_group(triage, findings, at):
    desk = triage(alerts_an_hour=0)
    desk.take(findings(*stops(3)), (), None, at(3))
    desk.take(findings({**stops(3)[1], "at": 4, "verb": "amend", "severity": "distress"}), (), None, at(4))
    group, single = desk.alerts.values()
    assert group.title == "Sudden stop: and 2 more"
    assert (single.severity, single.ships) == ("distress", (300000001,))
    desk.take(findings({**stops(3)[1], "at": 5, "verb": "end", "severity": "distress"}), (), None, at(5))
    assert desk.alerts[single.id].state == "closed"
    assert desk.alerts[group.id].state == "open"


def test_a_flood_of_forged_beacons_is_bounded(triage, findings, at):
    desk = triage()
    desk.take(findings(*[{**row, "at": 0} for row in stops(100, detector="distress", severity="distress", lat=0.0)]), (), None, at(0))
    assert len(desk.alerts) == 61
    flood = list(desk.alerts.values())[-1]
    assert (flood.severity, flood.title, len(flood.ships)) == ("distress", "Distress: and 40 more", 40)


def test_what_belongs_to_an_open_incident_is_shown_singly(triage, findings, at):
    desk = triage(alerts_an_hour=1)
    rows = [{"ships": (200000001,), "lat": 25.0, "lon": 57.0}, {"ships": (200000002,), "lat": 25.1, "lon": 57.0, "at": 1}]
    far = {"ships": (200000003,), "lat": 10.0, "lon": 57.0, "at": 2}
    desk.take(findings(*rows, far), (), None, at(2))
    assert [alert.title for alert in desk.alerts.values()] == [
        "FRONT ALTAIR: sudden stop",
        "KOKUKA COURAGEOUS: sudden stop",
        "Sudden stop: and 1 more",
    ]


def test_a_watch_has_a_budget_too(triage, findings, at):
    desk = triage(budget=Budget(6, a_watch=4, watch_s=7200))
    desk.take(findings(*[{**row, "at": 20 * n} for n, row in enumerate(stops(7))]), (), None, at(120))
    titles = [alert.title for alert in desk.alerts.values()]
    assert titles == [*(f"MMSI 30000000{n}: sudden stop" for n in range(4)), "Sudden stop: and 2 more", "MMSI 300000006: sudden stop"]


def test_the_group_of_a_watch_says_so(triage, findings, at):
    desk = triage(budget=Budget(6, a_watch=2, watch_s=14_400))
    desk.take(findings(*stops(5)), (), None, at(5))
    group = list(desk.alerts.values())[-1]
    assert group.reason.startswith("Sudden stop: three more within a watch of 4 h than the two that this rule shows singly: MMSI")


@pytest.mark.parametrize(
    ("rules", "singly"), [({}, 2), ({"sudden_stop": (5, None)}, 5), ({"sudden_stop": (None, 1)}, 1), ({"dark": (9, 9)}, 2)]
)
def test_a_rule_may_have_a_budget_of_its_own(triage, findings, at, rules, singly):
    desk = triage(budget=Budget(2, a_watch=3, watch_s=14_400, rules=rules))
    desk.take(findings(*stops(9)), (), None, at(9))
    assert len(desk.alerts) == singly + 1


def test_advice_is_told_in_the_group_and_stays(triage, findings, decision, at):
    desk = triage(alerts_an_hour=1)
    desk.take(findings(*stops(3)), (), None, at(3))
    ((group, rule),) = desk.spent()
    assert rule == "sudden_stop"
    words = "Of its settings share would change that most: 0.3 (now 0.45) would have raised 1 instead of 3 in the last 7 days of history."
    desk.take(findings(), (decision("advice", group, at=4, words=words),), None, at(4))
    assert desk.alerts[group].reason.endswith(f"MMSI 300000001, MMSI 300000002. {words}")
    assert desk.spent() == [] and desk.alerts[group].history[-1].words == desk.alerts[group].reason
    desk.take(findings({**stops(9)[8], "at": 5}), (), None, at(5))
    assert desk.alerts[group].reason.endswith(f"MMSI 300000008. {words}")
    desk.take(findings(), (decision("advice", "no-such", at=6, words=words),), None, at(6))
    assert desk.refused == {"advice for what is no group": 1}
