"""One alert an episode, through its life."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.incidents import TRANSITIONS, Evidence
from tankerwatch.triage import render, words


def only(desk):
    (alert,) = desk.alerts.values()
    return alert


def test_an_episode_is_one_alert_through_its_life(triage, findings, at):
    desk = triage()
    raised, incidents, reports = desk.take(findings({"at": 0, "severity": "caution"}), (), None, at(0))
    assert [alert.id for alert in raised] == [only(desk).id]
    assert (incidents, reports) == ([], [])
    assert only(desk).id.startswith("sudden_stop-200000001-")
    assert only(desk).title == "FRONT ALTAIR: sudden stop"
    assert only(desk).reason == "FRONT ALTAIR has lost her speed."
    assert only(desk).rule["version"] == 1
    desk.take(findings({"at": 5, "verb": "amend", "severity": "caution", "score": 0.95, "reason": "{0} lies still."}), (), None, at(5))
    assert (only(desk).state, only(desk).reason, only(desk).raised_s, only(desk).updated_s) == (
        "open",
        "FRONT ALTAIR lies still.",
        at(0),
        at(5),
    )
    desk.take(findings({"at": 9, "verb": "end", "reason": "{0} is under way again."}), (), None, at(9))
    assert (only(desk).state, only(desk).end_s) == ("closed", at(9))
    desk.take(findings({"at": 12, "verb": "withdraw", "reason": "A late fix shows her speed."}), (), None, at(12))
    assert only(desk).state == "withdrawn"
    assert only(desk).end_s == at(9)
    assert [step.verb for step in only(desk).history] == ["raise", "amend", "end", "withdraw"]
    assert only(desk).history[-1].words == "A late fix shows her speed."


def test_nothing_new_is_no_change(triage, findings, at):
    desk = triage()
    desk.take(findings({}), (), None, at(0))
    assert desk.take(findings(), (), None, at(1)) == ([], [], [])


def test_severity_only_grows_while_open(triage, findings, at):
    desk = triage()
    desk.take(findings({"severity": "caution"}), (), None, at(0))
    desk.take(findings({"at": 1, "verb": "amend", "severity": "danger"}), (), None, at(1))
    desk.take(findings({"at": 2, "verb": "amend", "severity": "notice"}), (), None, at(2))
    assert only(desk).severity == "danger"
    desk.take(findings({"at": 3, "verb": "end", "severity": "notice"}), (), None, at(3))
    desk.take(findings({"at": 4, "verb": "amend", "severity": "notice"}), (), None, at(4))
    assert only(desk).severity == "notice"


def test_acknowledgement_holds_until_it_gets_worse(triage, findings, decision, at):
    desk = triage()
    desk.take(findings({"severity": "caution"}), (), None, at(0))
    name = only(desk).id
    changed, _, _ = desk.take(findings(), (decision("acknowledge", name, at=1, words="seen\x07"),), None, at(1))
    assert changed[0].acknowledged_s == at(1)
    assert changed[0].history[-1].words == "seen"
    desk.take(findings({"at": 2, "verb": "amend", "severity": "caution"}), (), None, at(2))
    assert only(desk).acknowledged_s == at(1)
    desk.take(findings({"at": 3, "verb": "amend", "severity": "danger"}), (), None, at(3))
    assert only(desk).acknowledged_s is None


def test_confirm_and_dismiss(triage, findings, decision, at):
    desk = triage()
    desk.take(findings({}), (), None, at(0))
    name = only(desk).id
    desk.take(findings(), (decision("confirm", name, at=1),), None, at(1))
    assert only(desk).confirmed
    desk.take(findings(), (decision("dismiss", name, at=2, words="exercise"),), None, at(2))
    assert (only(desk).state, only(desk).end_s, only(desk).history[-1].words) == ("withdrawn", at(2), "exercise")
    assert desk.take(findings({"at": 3, "verb": "amend"}), (), None, at(3)) == ([], [], [])
    assert desk.refused == {"amend of an alert that is withdrawn": 1}


def test_what_belongs_to_nothing_is_counted(triage, findings, decision, at):
    desk = triage()
    said = (decision("confirm", "no-such-alert"), decision("guard", "200000001", id="d3"))
    assert desk.take(findings({"verb": "end"}), said, None, at(0)) == ([], [], [])
    assert desk.refused == {"end of an episode never raised": 1, "confirm of an alert that does not exist": 1}


@pytest.mark.parametrize(("verb", "severity"), [("shout", "danger"), ("raise", "terrible")])
def test_a_detector_that_breaks_its_promise_is_named(triage, findings, at, verb, severity):
    with pytest.raises(ValueError, match=r"sudden_stop said"):
        triage().take(findings({"verb": verb, "severity": severity}), (), None, at(0))


def test_evidence_keeps_its_two_ends(triage, findings, at):
    asked = []

    def evidence(rows):
        asked.append(rows)
        return tuple(Evidence(row, "feed", "FUJ-1", 1.0, f"!AIVDM {row}") for row in rows)

    desk = triage(evidence=evidence)
    desk.take(findings({"evidence": range(1, 1001)}), (), None, at(0))
    assert max(map(len, asked)) == 20
    for minute in range(1, 50):
        desk.take(findings({"at": minute, "verb": "amend", "evidence": (1000 + minute,)}), (), None, at(minute))
    assert [piece.source_row for piece in only(desk).evidence] == [*range(1, 11), *range(1040, 1050)]


def test_history_is_bounded_and_keeps_its_beginning(triage, findings, decision, at):
    desk = triage()
    desk.take(findings({}), (), None, at(0))
    for minute in range(1, 200):
        said = (decision("acknowledge", only(desk).id, at=minute, words=f"seen {minute}", id=f"d{minute}"),)
        desk.take(findings({"at": minute, "verb": "amend"}, {"at": minute, "verb": "amend"}), said, None, at(minute))
    assert len(only(desk).history) == 64
    assert only(desk).history[0].verb == "raise"
    assert only(desk).history[-1].words == "seen 199"


def test_times_that_are_not_known_stay_unknown(triage, findings):
    desk = triage()
    desk.take(findings({"time_s": float("nan"), "start_s": float("nan"), "lat": float("nan")}), (), None, float("nan"))
    shown = render.alert_json(only(desk))
    assert (shown["raised_s"], shown["start_s"], shown["lat_deg"], shown["lon_deg"]) == (None, None, None, None)
    assert "NaN" not in json.dumps(shown, allow_nan=False)


def test_ships_without_a_name_and_hostile_names(triage, findings, at):
    hostile = "\x1b[31mEVIL\u202e{1}<script>alert(1)</script>\u200b" + "A" * 100
    desk = triage(names=lambda ship: hostile if ship == 200000009 else "")
    row = {
        "detector": "closing",
        "ships": (200000009, 4_000_000_007, 20),
        "reason": "{1} closes on {0}, {2} watches, {7} too.",
        "severity": "caution",
    }
    desk.take(findings(row), (), None, at(0))
    reason = only(desk).reason
    assert "radar target 7 closes on" in reason
    assert "MMSI 000000020 watches, another ship too." in reason
    assert "[31mEVIL{1}<script>" in reason, "what a name holds is shown as text, and is no place for another name"
    assert all(unicodedata.category(sign) not in ("Cc", "Cf") for sign in reason + only(desk).title)


@given(st.text(max_size=300))
def test_cleaned_text_is_printable_and_bounded(text):
    cleaned = words.clean(text, 50)
    assert len(cleaned) <= 50
    assert words.clean(cleaned, 50) == cleaned
    assert all(unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for sign in cleaned)


@given(st.lists(st.sampled_from(["raise", "amend", "end", "withdraw", "acknowledge", "confirm", "dismiss"]), max_size=12))
def test_every_life_follows_the_table(triage, findings, decision, at, verbs):
    desk = triage()
    state = ""
    for minute, verb in enumerate(verbs):
        people = verb in ("acknowledge", "confirm", "dismiss")
        said = (decision(verb, next(iter(desk.alerts), ""), at=minute, id=f"d{minute}", words="why"),) if people else ()
        desk.take(findings() if people else findings({"at": minute, "verb": verb}), said, None, at(minute))
        state = TRANSITIONS.get((state, verb), state)
        assert [alert.state for alert in desk.alerts.values()] == ([state] if state else [])


@pytest.mark.parametrize(
    ("row", "said", "why"),
    [
        ({"verb": "withdraw", "reason": "{0} has anchored: she stopped by will."}, (), "FRONT ALTAIR has anchored: she stopped by will."),
        ({"verb": "withdraw", "reason": ""}, (), "disproved"),
        ({"verb": "end", "reason": ""}, (), "over"),
        (None, ("dismiss", "exercise"), "exercise"),
        (None, ("dismiss", ""), "dismissed at the desk; no reason was given"),
    ],
)
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed before"])
def test_what_is_taken_back_says_why(triage, findings, decision, at, row, said, why, closed):
    desk = triage()
    desk.take(findings({}), (), None, at(0))
    if closed and row != {"verb": "end", "reason": ""}:
        desk.take(findings({"verb": "end", "at": 1}), (), None, at(1))
    decided = tuple(decision(kind, only(desk).id, at=2, words=words) for kind, words in ([said] if said else []))
    desk.take(findings({**row, "at": 2}) if row else findings(), decided, None, at(2))
    assert only(desk).state in ("withdrawn", "closed")
    assert only(desk).history[-1].words == why and only(desk).reason == "FRONT ALTAIR has lost her speed."


def test_a_withdrawn_group_says_why(triage, findings, at):
    desk = triage(alerts_an_hour=0)
    rows = [{"ships": (n,), "lat": 10.0 * n} for n in (1, 2, 3)]
    desk.take(findings(*rows, *({**row, "verb": "withdraw", "at": 1} for row in rows)), (), None, at(1))
    assert (only(desk).state, only(desk).reason) == ("withdrawn", "Sudden stop: all three that shared this alert were disproved.")
    assert only(desk).history[-1].words == only(desk).reason


def test_severity_and_confidence_are_apart(triage, findings, at):
    """Less sure is not less bad: while it is open a severity only grows, a score goes both ways, and neither moves the other."""
    desk = triage()
    for n, (severity, score) in enumerate([("caution", 0.9), ("danger", 0.4), ("danger", 0.95), ("notice", 0.2)]):
        desk.take(findings({"at": n, "severity": severity, "score": score, "verb": "amend" if n else "raise"}), (), None, at(n))
        assert only(desk).severity == ("danger" if n else "caution") and only(desk).score == pytest.approx(score)
