"""What people decide about an alert: each step is kept, comes out the same however it is cut, and nothing worse is hidden by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.incidents import ANSWERS, SEVERITIES

CAUTION = {"severity": "caution"}


def only(desk):
    (alert,) = desk.alerts.values()
    return alert


@pytest.fixture
def desk(triage, findings, at):
    """A desk with one alert, a caution."""
    made = triage()
    made.take(findings(CAUTION), (), None, at(0))
    return made


def say(desk, findings, decision, kind, minute, **content):
    desk.take(findings(), (decision(kind, only(desk).id, at=minute, id=f"{kind}{minute}", **content),), None, 0.0)
    return only(desk)


def test_it_is_assigned_and_says_by_whom(desk, findings, decision, at):
    alert = say(desk, findings, decision, "assign", 1, to="BEN", by="ANNA", words="knows the tugs")
    assert (alert.assigned, alert.state) == ("BEN", "open")
    step = alert.history[-1]
    assert (step.time_s, step.verb, step.words, step.by) == (at(1), "assign", "to BEN: knows the tugs", "ANNA")
    assert say(desk, findings, decision, "assign", 2, to="BEN") is alert, "nothing new is nothing"
    alert = say(desk, findings, decision, "assign", 3, to="")
    assert (alert.assigned, alert.history[-1].words, alert.history[-1].by) == ("", "to nobody", "desk")


def test_a_snooze_ends_by_itself_at_its_minute(desk, findings, decision, at):
    say(desk, findings, decision, "acknowledge", 1)
    alert = say(desk, findings, decision, "snooze", 2, minutes=30, words="tugs")
    assert alert.snoozed_until_s == at(32) and alert.history[-1].words.endswith("tugs")
    desk.take(findings(), (), None, at(31.9))
    assert only(desk).snoozed_until_s == at(32)
    alerts, _, _ = desk.take(findings(), (), None, at(50))
    assert [a.id for a in alerts] == [alert.id], "every desk is told"
    back = only(desk)
    assert (back.snoozed_until_s, back.acknowledged_s, back.state) == (None, None, "open")
    assert (back.history[-1].verb, back.history[-1].time_s) == ("wake", at(32))


def test_a_snooze_ends_at_once_when_it_gets_worse(desk, findings, decision, at):
    say(desk, findings, decision, "snooze", 2, minutes=30)
    desk.take(findings({**CAUTION, "verb": "amend", "at": 3}), (), None, at(3))
    assert only(desk).snoozed_until_s == at(32), "more of the same is not worse"
    desk.take(findings({"severity": "danger", "verb": "amend", "at": 4}), (), None, at(4))
    assert only(desk).snoozed_until_s is None
    assert [(step.verb, step.time_s) for step in only(desk).history[-2:]] == [("amend", at(4)), ("wake", at(4))]
    desk.take(findings(), (), None, at(60))
    assert [step.verb for step in only(desk).history].count("wake") == 1


def test_a_snooze_can_be_ended_by_hand_and_is_over_with_its_alert(desk, findings, decision, at):
    say(desk, findings, decision, "snooze", 2, minutes=30)
    alert = say(desk, findings, decision, "snooze", 3, minutes=0, by="ANNA")
    assert (alert.snoozed_until_s, alert.history[-1].verb, alert.history[-1].by) == (None, "wake", "ANNA")
    say(desk, findings, decision, "snooze", 4, minutes=30)
    desk.take(findings({"verb": "end", "at": 5}), (), None, at(5))
    assert (only(desk).state, only(desk).snoozed_until_s) == ("closed", None)
    desk.take(findings(), (), None, at(90))
    assert only(desk).history[-1].verb == "end"


def test_a_distress_does_not_sleep(triage, findings, decision, at):
    desk = triage()
    desk.take(findings({"severity": "distress", "detector": "distress"}), (), None, at(0))
    assert say(desk, findings, decision, "snooze", 1, minutes=30).snoozed_until_s is None
    assert desk.refused == {"snooze of a distress": 1}


def test_what_a_person_closed_stays_closed_until_it_is_worse(desk, findings, decision, at):
    alert = say(desk, findings, decision, "close", 1, words="she waits for a pilot", by="ANNA")
    assert (alert.state, alert.end_s, alert.closed_by_desk) == ("closed", at(1), True)
    for minute, severity in ((2, "caution"), (3, "notice"), (4, "caution")):
        desk.take(findings({"severity": severity, "verb": "amend", "at": minute}), (), None, at(minute))
        assert (only(desk).state, only(desk).severity) == ("closed", "caution")
    desk.take(findings({"severity": "danger", "verb": "amend", "at": 5}), (), None, at(5))
    alert = only(desk)
    assert (alert.state, alert.end_s, alert.closed_by_desk, alert.severity) == ("open", None, False, "danger")
    assert alert.history[-1].verb == "reopen"


def test_a_close_is_taken_back_as_long_as_it_goes_on(desk, findings, decision, at):
    say(desk, findings, decision, "close", 1, words="a mistake")
    assert say(desk, findings, decision, "reopen", 2, by="ANNA").state == "open"
    say(desk, findings, decision, "close", 3, words="now she is alongside")
    desk.take(findings({"verb": "end", "at": 4, "reason": "{0} has anchored."}), (), None, at(4))
    assert [step.verb for step in only(desk).history[-2:]] == ["close", "over"]
    assert only(desk).end_s == at(3)
    assert say(desk, findings, decision, "reopen", 5).state == "closed", "nobody would ever end it"


def test_a_note_may_be_added_to_what_is_over(desk, findings, decision, at):
    desk.take(findings({"verb": "withdraw", "at": 1, "reason": "late data"}), (), None, at(1))
    alert = say(desk, findings, decision, "note", 2, words="the agent called", by="BEN")
    assert (alert.state, alert.history[-1].words, alert.history[-1].by) == ("withdrawn", "the agent called", "BEN")


def test_what_was_left_out_comes_back_and_what_was_dismissed_does_not(desk, findings, decision, at):
    left = {"verb": "withdraw", "reason": "Left out: decided at the desk, nothing more is said of {0}: a tug"}
    desk.take(findings({**CAUTION, **left, "at": 1}), (), None, at(1))
    assert only(desk).state == "withdrawn"
    desk.take(findings({**CAUTION, "at": 2}), (), None, at(2))
    assert (only(desk).state, only(desk).end_s, only(desk).history[-1].verb) == ("open", None, "restore")
    say(desk, findings, decision, "dismiss", 3, words="no")
    desk.take(findings({**CAUTION, "at": 4}), (), None, at(4))
    assert only(desk).state == "withdrawn"


def test_in_a_group_too_what_was_left_out_comes_back(triage, findings, at):
    desk = triage(alerts_an_hour=1)
    rows = [{**CAUTION, "ships": (200000001 + n,), "at": n} for n in range(3)]
    desk.take(findings(*rows), (), None, at(3))
    assert len(desk.alerts) == 2
    left = {"verb": "withdraw", "reason": "Left out: decided at the desk", "at": 4}
    desk.take(findings({**rows[1], **left}, {**rows[2], **left}), (), None, at(4))
    assert sorted(alert.state for alert in desk.alerts.values()) == ["open", "withdrawn"]
    desk.take(findings({**rows[1], "at": 70}), (), None, at(70))
    back = [alert for alert in desk.alerts.values() if alert.state == "open" and alert.ships == (200000002,)]
    assert len(back) == 1


steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["raise", "amend", "end", "withdraw"]), st.sampled_from(SEVERITIES), st.integers(1, 20)),
        st.tuples(st.sampled_from(ANSWERS), st.sampled_from(["", "why"]), st.integers(1, 20)),
    ),
    max_size=14,
)


@given(steps, st.data())
def test_any_life_is_the_same_however_it_is_cut_and_hides_nothing_worse(triage, findings, decision, at, life, data):
    cuts = [data.draw(st.booleans()) for _ in life]
    one, other = triage(), triage()
    for desk, cut in ((one, [True] * len(life)), (other, cuts)):
        rows, said = [], []
        minute = 0.0
        for n, ((verb, how, wait), now) in enumerate(zip(life, cut, strict=True)):
            minute += wait
            if verb in ANSWERS:
                name = next(iter(desk.alerts), "none")
                if name == "none":
                    continue
                said.append(decision(verb, name, at=minute, id=f"d{n:03}", words=how, minutes=wait, to=how))
            else:
                rows.append({"verb": verb, "severity": how, "at": minute, "reason": f"{{0}} {n}", "evidence": (n + 1,)})
            if now or not desk.alerts:
                before = {alert.id: alert for alert in desk.alerts.values()}
                desk.take(findings(*rows), tuple(said), None, at(minute))
                rows, said = [], []
                for alert in desk.alerts.values():
                    was = before.get(alert.id)
                    assert alert.snoozed_until_s is None or (alert.state == "open" and alert.severity != "distress")
                    assert not alert.closed_by_desk or alert.state == "closed"
                    if cut is not cuts and was is not None and SEVERITIES.index(alert.severity) > SEVERITIES.index(was.severity):
                        assert alert.snoozed_until_s is None
                        assert alert.state == "open" or not was.closed_by_desk
        desk.take(findings(*rows), tuple(said), None, at(minute + 100))
    assert one.alerts == other.alerts
