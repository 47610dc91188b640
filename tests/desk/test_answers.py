"""What people decide is there after a restart, in a replay at its time, and on every page; what would be in vain is refused."""

from __future__ import annotations

import importlib.util
import json
import signal
from pathlib import Path

import pytest

from tankerwatch.config import load
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Decision, Lines
from tankerwatch.desk import deciding
from tankerwatch.desk.replaying import PastDesk, Period
from tankerwatch.detect import catalog
from tankerwatch.pipeline import River, result_of
from tankerwatch.triage import render


def module(name):
    spec = importlib.util.spec_from_file_location(f"{name}_cases", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


cases, watching = module("test_snapshots"), module("test_watch")


@pytest.fixture(scope="module")
def config():
    return load(None, catalog.detectors())


def lines_of(story):
    return Lines.of([line for _, line in story], [t for t, _ in story], list(range(1, len(story) + 1)))


@pytest.fixture(scope="module")
def wanted(story, config):
    """The alerts of the story when nobody says anything, by detector."""
    river = River(config, ("feed",))
    river.take(Batch(lines=lines_of(story)))
    return {alert.detector: alert for alert in reversed(river.triage.alerts.values())}


@pytest.fixture(scope="module")
def said(wanted):
    """All that people may decide, at its time; each alert is one that goes on for a while."""
    closing, distress, stop = (wanted[name] for name in ("closing", "distress", "sudden_stop"))
    left = {"ships": [stop.ships[0]], "words": "a drill", "by": "ANNA", "alert": stop.id, "here": None}
    return [
        Decision(closing.raised_s + 5.5, "assign", "d1", closing.id, {"to": "BEN", "by": "ANNA", "words": ""}),
        Decision(closing.raised_s + 6.5, "snooze", "d2", closing.id, {"minutes": 2.0, "words": "tugs"}),
        Decision(distress.raised_s + 20.5, "note", "d3", distress.id, {"words": "the agent called", "by": "BEN"}),
        Decision(distress.raised_s + 90.5, "close", "d4", distress.id, {"words": "a test", "by": "BEN"}),
        Decision(stop.raised_s + 30.5, "exclude", "e1", "sudden_stop", left),
        Decision(stop.raised_s + 90.5, "include", "d5", "e1", {"words": "it was none", "by": "BEN", "alert": stop.id}),
    ]


def everything(river):
    found = result_of(river)
    exclusions = [render.exclusion_json(each) for each in river.exclusions.all.values()]
    return json.dumps([found.alerts, found.incidents, exclusions], sort_keys=True, allow_nan=False)


def alert_of(river, alert):
    return river.triage.alerts[alert.id]


def test_each_takes_effect_and_is_told(story, said, wanted, config):
    river = River(config, ("feed",))
    for batch in cases.live(story, said):
        river.take(batch)
    verbs = {name: [(step.verb, step.by) for step in alert_of(river, wanted[name]).history if step.by] for name in wanted}
    assert verbs["closing"] == [("assign", "ANNA"), ("snooze", "desk")]
    assert verbs["distress"] == [("note", "BEN"), ("close", "BEN")]
    assert verbs["sudden_stop"] == [("exclude", "ANNA"), ("include", "BEN")]
    assert alert_of(river, wanted["closing"]).assigned == "BEN"
    history = [step.verb for step in alert_of(river, wanted["sudden_stop"]).history]
    assert [verb for verb in history if verb not in ("amend", "end")] == ["raise", "withdraw", "exclude", "restore", "include"]
    (exclusion,) = river.exclusions.all.values()
    assert (exclusion.by, exclusion.undone_by, exclusion.undone_s - exclusion.made_s) == ("ANNA", "BEN", 60)


def test_killed_anywhere_it_goes_on_as_if_it_had_not_been(story, said, config, tmp_path):
    batches = cases.live(story, said)
    cuts = [n + after for n, batch in enumerate(batches) if batch.decisions for after in (0, 1 + 2 * (n % 2))]
    want = River(config, ("feed",))
    for batch in batches:
        want.take(batch)
    for number, cut in enumerate(cuts):
        data = tmp_path / str(number)
        run = cases.Run(data, config)
        run.take(batches[:cut])
        if number % 2:
            run.snapshot()
        run.kill()
        again = cases.Run(data, config)
        again.take(batches[cut:])
        assert everything(again.desk.river) == everything(want)
        again.kill()


def test_a_replay_shows_each_at_its_time(story, said, config, tmp_path):
    run, then = cases.Run(tmp_path / "data", config), []
    for batch in cases.live(story, said):
        run.take([batch])
        then.append((run.desk.river.clock_s, everything(run.desk.river)))
    run.kill()
    for decision in said:
        at_s, told = next((at_s, told) for at_s, told in then if at_s >= decision.time_s)
        desk = PastDesk(config, Period(tmp_path / "data", float("-inf"), at_s))
        desk.warm()
        desk.found()
        assert everything(desk.river) == told
        desk = PastDesk(config, Period(tmp_path / "data", float("-inf"), decision.time_s - 0.01))
        desk.found()
        steps = [step.verb for alert in desk.river.triage.alerts.values() for step in alert.history]
        assert decision.kind not in steps


def test_what_would_be_in_vain_is_refused_before_it_is_written(story, config, wanted):
    river = River(config, ("feed",))
    river.take(Batch(lines=lines_of(story)))
    stop, distress = wanted["sudden_stop"], wanted["distress"]
    subject, content = deciding.completed(river, "exclude", stop.id, {"ships": [stop.ships[0]], "here_nm": 5, "words": "w"})
    assert subject == "sudden_stop" and content["alert"] == stop.id
    assert content["here"] == {"lat_deg": stop.lat_deg, "lon_deg": stop.lon_deg, "radius_nm": 5}
    for kind, alert, given in (
        ("exclude", stop, {"ships": [1]}),
        ("exclude", stop, {}),
        ("exclude", distress, {"ships": list(distress.ships)}),
        ("snooze", distress, {"minutes": 5}),
        ("reopen", stop, {}),
    ):
        with pytest.raises(InputFault):
            deciding.completed(river, kind, alert.id, given)
    for kind in ("note", "exclude", "include"):
        with pytest.raises(KeyError):
            deciding.completed(river, kind, "none", {})


def test_killed_at_once_what_was_answered_is_there(peer, start_desk, tmp_path):
    data, station = tmp_path / "data", peer()
    with start_desk(f"tcp://127.0.0.1:{station.port}", data) as desk:
        station.wait_for_desk()
        station.send(watching.report(970123456, 24.2, 58.4, status=14) + b"\r\n")
        (alert,) = desk.until(lambda d: d.get("/api/alerts")["alerts"])
        path = f"/api/alerts/{alert['id']}"
        assert desk.ask("POST", f"{path}/assign", {"words": "", "to": "BEN", "by": "ANNA"})[1]["assigned"] == "BEN"
        assert desk.ask("POST", f"{path}/note", {"words": "the agent called"})[0] == 200
        assert desk.ask("POST", f"{path}/snooze", {"words": "", "minutes": 5})[0] == 422
        assert desk.ask("POST", f"{path}/exclude", {"words": "a test", "ships": alert["ships"]})[0] == 422
        assert desk.ask("POST", f"{path}/close", {"words": ""})[0] == 422
        status, closed = desk.ask("POST", f"{path}/close", {"words": "a test beacon", "by": "ANNA"})
        assert (status, closed["state"], closed["closed_by_desk"]) == (200, "closed", True)
        assert desk.ask("POST", f"{path}/close", {"words": "twice"})[0] == 422
        desk.stop(signal.SIGKILL)
    with start_desk(f"tcp://127.0.0.1:{station.port}", data) as desk:
        (again,) = desk.get("/api/alerts")["alerts"]
        for key in ("history", "assigned", "state", "end_s", "closed_by_desk", "snoozed_until_s"):
            assert again[key] == closed[key]
        assert [step["by"] for step in again["history"] if step["by"]] == ["ANNA", "desk", "ANNA"]
