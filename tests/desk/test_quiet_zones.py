"""A drawn zone in which rules are quiet: from when it was drawn, until it is removed or over; and never a distress, nor what was told."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tankerwatch.config import load
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Decision, Lines
from tankerwatch.desk import charting, deciding, listing
from tankerwatch.desk.replaying import PastDesk, Period
from tankerwatch.detect import catalog
from tankerwatch.ingest import report
from tankerwatch.pipeline import River, result_of
from tankerwatch.testing import START_S, DetectorScene

SCENES = Path(__file__).parent.parent / "detect" / "scenes"
BOX = [[23.0, 57.0], [23.0, 59.0], [25.0, 59.0], [25.0, 57.0]]
ALL = {"name": "ROADS", "corners": BOX}


def module(name):
    spec = importlib.util.spec_from_file_location(f"{name}_quiet", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


cases = module("test_snapshots")


@pytest.fixture(scope="module")
def config():
    """Nothing but these rules is on duty."""
    made = load(None, catalog.detectors())
    on = ("closing", "distress")
    return replace(made, detectors={name: replace(rule, enabled=name in on) for name, rule in made.detectors.items()})


def said(kind, subject, content, minute):
    return report.decision(kind, subject, content, START_S + 60 * minute + 0.5)


@pytest.fixture(scope="module")
def told(config):
    """The alerts of a scene with what people decided in it; `cut`: after a check that they are the same in short frames."""
    scenes = {name: DetectorScene.read(SCENES / f"{name}.toml") for name in ("closing_fast_craft", "distress_beacons_and_words")}
    lines = {name: scene.received() for name, scene in scenes.items()}

    def run(*decisions, name="closing_fast_craft", cut=False):
        whole = result_of(played(config, at_once(lines[name], decisions), 10)).alerts
        if cut:
            assert json.dumps(result_of(played(config, at_once(lines[name], decisions), 1)).alerts) == json.dumps(whole)
        return whole

    return run


def played(config, batches, frame_s):
    river = River(config, ("feed",), frame_s=frame_s)
    for batch in batches:
        river.take(batch)
    river.finish()
    return river


def at_once(received, decisions):
    """All lines up to each decision at once."""
    for low, decision in zip((None, *decisions), (*decisions, None), strict=True):
        since = 0 if low is None else next(n for n, (time_s, _) in enumerate(received) if time_s >= low.time_s)
        until = len(received) if decision is None else next(n for n, (time_s, _) in enumerate(received) if time_s >= decision.time_s)
        part, numbers = received[since:until], list(range(since + 1, until + 1))
        lines = Lines.of([line for _, line in part], [time_s for time_s, _ in part], numbers)
        yield Batch(lines=lines, decisions=() if decision is None else (decision,))


def minute(alert):
    return round((alert["raised_s"] - START_S) / 60, 1)


DRAWN = {**ALL, "quiet": ["closing", "rendezvous"]}


def test_what_begins_after_it_was_drawn_is_held_back_and_what_was_told_before_goes_on(told):
    (loud,) = told()
    assert (minute(loud), loud["detector"], loud["state"]) == (21.3, "closing", "closed")
    assert told(said("zone", "", DRAWN, 5), cut=True) == []
    (late,) = told(said("zone", "", DRAWN, 22))
    assert late == loud, "nothing that was told disappears, and it ends as it would have"
    far = {**DRAWN, "corners": [[lat + 10, lon] for lat, lon in BOX]}
    other = {**DRAWN, "quiet": ["rendezvous"]}
    assert told(said("zone", "", far, 5)) == told(said("zone", "", other, 5)) == [loud]


@pytest.mark.parametrize("way", ["end", "removed", "changed", "moved"])
def test_what_still_goes_on_is_raised_when_the_quiet_is_over(told, way):
    """By its own end, at the look after; removed, without this rule, or drawn elsewhere: at once."""
    drawn = said("zone", "", DRAWN, 5)
    if way == "end":
        decisions = [said("zone", "", {**DRAWN, "quiet_until_s": START_S + 30 * 60 + 4.0}, 5)]
    elif way == "removed":
        decisions = [drawn, said("unzone", drawn.id, {}, 30)]
    else:
        moved = {"corners": [[lat + 10, lon] for lat, lon in BOX]} if way == "moved" else {"quiet": ["drifting"]}
        decisions = [drawn, said("zone", drawn.id, {**DRAWN, **moved}, 30)]
    (alert,) = told(*decisions, said("zone", drawn.id, DRAWN, 52), cut=way in ("end", "removed"))
    assert alert["raised_s"] - START_S - 1800 == pytest.approx(10 if way == "end" else 0.5, abs=0.01)
    assert (alert["detector"], alert["severity"], alert["state"]) == ("closing", "danger", "closed")


def test_a_distress_is_never_kept_quiet(told, config):
    rules = [rule["rule"] for rule in deciding.quiet_rules()]
    assert {"closing", "collision", "dark", "drifting", "loitering", "rendezvous", "sudden_stop", "zone"} <= set(rules)
    assert not {"distress", "feed", "jamming"} & set(rules), "those speak of no single ship"
    quiet = said("zone", "", {**ALL, "quiet": rules}, 1)
    forged = Decision(quiet.time_s, "zone", quiet.id, "", {**quiet.content, "quiet": [*rules, "distress"]})
    loud = told(name="distress_beacons_and_words")
    assert told(forged, name="distress_beacons_and_words") == loud and {alert["detector"] for alert in loud} == {"distress"}
    river = River(config)
    for wrong, what in (("distress", "never kept quiet"), ("jamming", "no rule that a zone can"), ("no_such", "no rule that a zone can")):
        with pytest.raises(InputFault, match=what) as fault:
            report.decision("zone", *deciding.completed(river, "zone", "", {**ALL, "quiet": [wrong]}), START_S)
        assert fault.value.where == "zone.quiet" and fault.value.help


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"quiet": "closing"}, "zone.quiet"),
        ({"quiet": [["closing"]]}, "zone.quiet"),
        ({"quiet": ["Closing<b>"]}, "zone.quiet"),
        ({"quiet": ["closing"] * 41}, "zone.quiet"),
        ({"quiet_until_s": START_S + 60.0}, "zone.quiet_until_s"),
        ({"quiet": ["closing"], "quiet_until_s": START_S}, "zone.quiet_until_s"),
        ({"quiet": ["closing"], "quiet_until_s": float("nan")}, "zone.quiet_until_s"),
        ({"quiet": ["closing"], "quiet_until_s": START_S + 367 * 86_400}, "zone.quiet_until_s"),
        ({"quiet": ["closing"], "quiet_until_s": True}, "zone.quiet_until_s"),
    ],
)
def test_what_is_no_quiet_zone(change, where):
    with pytest.raises(InputFault) as fault:
        report.decision("zone", "", {**ALL, **change}, START_S)
    assert fault.value.where == where and fault.value.help


def test_killed_anywhere_it_is_the_same(config, tmp_path):
    """With what is held back at that moment, and an end that comes after the restart."""
    received = DetectorScene.read(SCENES / "closing_fast_craft.toml").received()
    batches = cases.live(received, [said("zone", "", {**DRAWN, "quiet_until_s": START_S + 30 * 60.0}, 5)])
    want = River(config, ("feed",))
    for batch in batches:
        want.take(batch)

    def everything(river):
        return json.dumps([result_of(river).alerts, listing.listed(river, "zones")], sort_keys=True, allow_nan=False)

    assert [minute(alert) for alert in result_of(want).alerts] == [30.0]
    run = cases.Run(tmp_path, config)
    cuts = [n for n, batch in enumerate(batches) if len(batch.lines) and (batch.clock_s - START_S) // 60 in (6, 25)][::40]
    for number, (low, high) in enumerate(zip([0, *cuts], [*cuts, len(batches)], strict=True)):
        run.take(batches[low:high])
        if number % 2:
            run.snapshot()
        run.kill()
        run = cases.Run(tmp_path, config)
    assert everything(run.desk.river) == everything(want)
    run.kill()
    for until, raised, held in ((29, [], 1), (31, [30.0], 0)):
        desk = PastDesk(config, Period(tmp_path, float("-inf"), START_S + until * 60))
        desk.warm()
        desk.found()
        assert [minute(alert) for alert in result_of(desk.river).alerts] == raised, "as known then"
        assert list(charting.held_back(desk.river).values()) == [held]
        (told,) = desk.desk.papers.handover(None)["quiet_zones"] or [None]
        assert told is None if raised else (told["name"], told["held_back"]) == ("ROADS", 1)


def test_undo_brings_no_end_back_that_is_over(config):
    river = River(config, ("feed",))

    def decide(kind, subject, content, minute):
        made = said(kind, *deciding.completed(river, kind, subject, content), minute)
        river.take(Batch(decisions=(made,)))
        return river.areas.drawn.all[subject or made.id]

    drawn = decide("zone", "", {**DRAWN, "quiet_until_s": START_S + 600.0}, 1)
    decide("zone", drawn.id, {**ALL, "name": "ROADS 2"}, 2)
    back = decide("zone", drawn.id, {"undo": True}, 3)
    assert (back.content["quiet"], back.content["quiet_until_s"]) == (["closing", "rendezvous"], START_S + 600.0)
    decide("unzone", drawn.id, {}, 4)
    river.take(Batch(clock_s=START_S + 660.0))
    decide("zone", drawn.id, {"undo": True}, 11.5)
    assert river.areas.drawn.all[drawn.id].content == {**drawn.content, "quiet": [], "quiet_until_s": None}
