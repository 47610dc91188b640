"""A setting tried on history raises what it would raise once it is set, and the advice names the one that helps."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tankerwatch.cli import main
from tankerwatch.config import load
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Decision
from tankerwatch.desk.advice import found
from tankerwatch.detect import catalog
from tankerwatch.detect.kit import Setting
from tankerwatch.pipeline import analyse
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.journal import FileJournal
from tankerwatch.testing import START_S, DetectorScene
from tankerwatch.trial import advice, analyse_advised, beside, best_of, history_of, steps, sweep, try_rule

SHARES = (0.36, 0.38, 0.40, 0.42, 0.15)
"""To which share of her speed each ship falls, an hour after the start: today's setting is 0.45."""


def slowing(number, share):
    lat, full = 20.0 + number, 0.2 / 60
    track = [[0, lat, 58.0], [60 + number, lat + full * (60 + number), 58.0]]
    for minutes, part in ((1, (1 + share) / 2), (39, share)):
        track.append([track[-1][0] + minutes, track[-1][1] + minutes * full * part, 58.0])
    return {"mmsi": 311000001 + number, "type": 70, "length_m": 200, "track": track}


SCENE = DetectorScene("slowing", "", {"ship": [slowing(n, share) for n, share in enumerate(SHARES)]}, ())


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("slowing") / "feed.nmea"
    path.write_bytes(SCENE.log())
    return path


@pytest.fixture(scope="module")
def watched(tmp_path_factory) -> Path:
    """The same as the data directory of a watch, with what was decided meanwhile."""
    data = tmp_path_factory.mktemp("watched")
    with FileJournal(data, segment_bytes=100_000) as journal:
        FeedRegister(data).index_of("tcp://127.0.0.1:10110")
        for batch in SCENE.batches(50):
            journal.append(batch)
            journal.commit()
    return data


@pytest.fixture
def config(tmp_path: Path):
    def read(text=""):
        path = tmp_path / "desk.toml"
        path.write_text(text, encoding="utf-8")
        return load(path, catalog.detectors())

    return read


def ships(alerts):
    return sorted(alert.ships[0] - 311000001 for alert in alerts)


def test_tried_settings_raise_what_they_raise_when_set(config, log):
    """Each candidate against an analysis of its own: side by side they do not disturb each other."""
    changes = [{"share": 0.2}, {"share": 0.39}, {"share": 0.6}, {"hold_s": 600.0}, {"share": 0.6, "usual_kn": 15.0}]
    outcome = try_rule(config(), "sudden_stop", history_of([log]), changes)
    assert [dict(tried.changed) for tried in outcome.tried] == changes
    for changed, tried in [({}, outcome.now), *zip(changes, outcome.tried, strict=True)]:
        own = config("[detect.sudden_stop]\n" + "\n".join(f"{name} = {value}" for name, value in changed.items()))
        alone = [alert for alert in analyse([log], config=own).alerts if alert["detector"] == "sudden_stop"]
        assert [alert["id"] for alert in alone] == [alert.id for alert in tried.alerts]
        assert [alert["raised_s"] for alert in alone] == [alert.raised_s for alert in tried.alerts]
    assert ships(outcome.now.alerts) == [0, 1, 2, 3, 4]
    assert ships(outcome.tried[0].alerts) == [4] and ships(outcome.tried[0].go) == [0, 1, 2, 3]
    assert outcome.tried[0].both == 1 and not outcome.tried[0].come
    assert ships(outcome.tried[1].alerts) == [0, 1, 4]
    assert ships(outcome.tried[4].alerts) == []


def test_a_later_alert_of_the_same_thing_is_no_other_one(config, log):
    outcome = try_rule(config("[detect.sudden_stop]\nshare = 0.3"), "sudden_stop", history_of([log]), [{"share": 0.45, "hold_s": 10.0}])
    (tried,) = outcome.tried
    assert ships(outcome.now.alerts) == [4]
    assert (tried.both, tried.go, ships(tried.come)) == (1, (), [0, 1, 2, 3])
    assert outcome.now.alerts[0].raised_s != next(a for a in tried.alerts if a.ships == (311000005,)).raised_s
    assert beside(outcome.now, outcome.now).go == beside(outcome.now, outcome.now).come == ()


def test_exceptions_hold_in_a_trial(config, log):
    own = config('[detect.sudden_stop]\nenabled = false\nexcept = ["311000001"]')
    outcome = try_rule(own, "sudden_stop", history_of([log]), [])
    assert ships(outcome.now.alerts) == [1, 2, 3, 4], "a rule that is switched off can be tried before it is armed"


def test_a_watch_is_history_too_while_it_runs(config, log, watched):
    from_log = try_rule(config(), "sudden_stop", history_of([log]), [{"share": 0.2}])
    with FileJournal(watched, segment_bytes=100_000) as journal:
        journal.append(next(DetectorScene("more", "", {"ship": []}, ()).batches()))
        outcome = try_rule(config(), "sudden_stop", history_of([watched]), [{"share": 0.2}])
    assert [a.id for a in outcome.now.alerts] == [a.id for a in from_log.now.alerts]
    assert ships(outcome.tried[0].alerts) == [4]


def test_only_the_latest_days_of_a_watch(config, tmp_path):
    with FileJournal(tmp_path) as journal:
        for day in range(4):
            now_s = START_S + 86_400.0 * day
            for second in (0.0, 600.0):
                journal.append(next(iter([batch_of(now_s + second)])))
        journal.commit()
    assert try_rule(config(), "dark", history_of([tmp_path]), []).hours == pytest.approx(72, abs=0.5)
    assert try_rule(config(), "dark", history_of([tmp_path], days=1.5), []).hours == pytest.approx(24, abs=0.5)


def batch_of(now_s):
    from tankerwatch.core.ais import encoder
    from tankerwatch.core.ais.framing import sentences, tag
    from tankerwatch.core.tables import Batch, Lines

    (line,) = sentences(encoder.position_a(311000001, 24.0, 58.0, 10.0, 0.0, 0, 0, int(now_s) % 60))
    return Batch(lines=Lines.of([tag(line, time_s=now_s, station="r1")], [now_s], [1]), clock_s=now_s + 1)


@pytest.mark.parametrize(
    ("setting", "value", "tried"),
    [
        (Setting(600, "s", "", 120, 86400), 600, [300, 450, 900, 1200]),
        (Setting(0.9, "-", "", 0.5, 1), 0.9, [0.5, 0.675, 1.0]),
        (Setting(2, "-", "", 1, 10), 2, [1, 3, 4]),
        (Setting(0, "s", "", 0, 600), 0, [30, 60, 150, 300]),
        (Setting(1, "nm", "", 1, 1), 1, []),
    ],
)
def test_steps_stay_within_bounds(setting, value, tried):
    assert steps(setting, value) == tried


def test_a_sweep_changes_one_setting_at_a_time(config):
    detectors = {detector.id: detector for detector in catalog.detectors()}
    for rule, detector in detectors.items():
        now = config().detectors[rule].settings
        changes = sweep(detector, now)
        assert {name for changed in changes for name in changed} <= set(detector.settings)
        for changed in changes:
            ((name, value),) = changed.items()
            assert detector.settings[name].low <= value <= detector.settings[name].high and value != now[name]
    assert {name for changed in sweep(detectors["dark"], config().detectors["dark"].settings, ["silent_s"]) for name in changed} == {
        "silent_s"
    }


def test_advice_names_the_smallest_step_that_keeps_the_budget(config, log):
    own = config("[detect.sudden_stop]\nbudget_an_hour = 3")
    changes = [{"share": 0.2}, {"share": 0.39}, {"share": 0.41}, {"usual_kn": 15.0}, {"share": 0.6}]
    outcome = try_rule(own, "sudden_stop", history_of([log]), changes)
    assert outcome.now.grouped == 2
    best = best_of(outcome)
    assert best is not None and best.changed == {"share": 0.39}
    said = advice(outcome)
    assert said["words"] == (
        "Of its settings share would change that most: 0.39 (now 0.45) would have raised 3 instead of 5 in the last 2 h of history."
    )
    assert (said["setting"], said["value"], said["now"], said["alerts"], said["of"]) == ("share", 0.39, 0.45, 3, 5)
    assert "No single setting" in advice(try_rule(own, "sudden_stop", history_of([log]), [{"share": 0.6}]))["words"]


def test_advice_does_not_trade_danger_away_where_something_else_helps(config, log):
    """A guarded ship's stop is danger: the setting that would hide it is named only when no other helps, and then it is said."""
    own = config('[guard]\nships = ["311000004"]\n[detect.sudden_stop]\nbudget_an_hour = 1')
    outcome = try_rule(own, "sudden_stop", history_of([log]), [{"share": 0.2}, {"length_m": 250.0}])
    assert outcome.now.danger == 1
    assert "; 1 of those that go were danger" in advice(outcome)["words"]


def test_analyse_tells_which_setting_would_help(config, log, tmp_path):
    own = config("[detect.sudden_stop]\nbudget_an_hour = 2")
    (group,) = [a for a in analyse_advised([log], config=own).alerts if "more" in a["title"]]
    (plain,) = [a for a in analyse([log], config=own).alerts if "more" in a["title"]]
    assert group["id"] == plain["id"] and group["reason"].startswith(plain["reason"])
    assert "Of its settings " in group["reason"] and " instead of 5 in the last 2 h of history." in group["reason"]
    with pytest.raises(InputFault, match="read but once"):
        analyse_advised(["-"], config=own)


def test_advice_of_a_desk_is_kept_and_replayed(config, watched, tmp_path):
    """What the other process finds out, given as a decision, is in the alert after a replay of the journal."""
    from tankerwatch.pipeline import River

    own = config("[detect.sudden_stop]\nbudget_an_hour = 2")
    content = json.loads(json.dumps(found(own, watched, "sudden_stop")))
    river = River(own, ("tcp://127.0.0.1:10110",))
    with FileJournal(tmp_path / "kept") as journal:
        for batch in SCENE.batches(20):
            journal.append(batch)
            river.take(batch)
        ((alert, rule),) = river.triage.spent()
        from tankerwatch.core.tables import Batch

        said = Batch(decisions=(Decision(river.clock_s + 1, "advice", "advice-1", alert, content),))
        journal.append(said)
        river.take(said)
        journal.commit()
        again = River(own, ("tcp://127.0.0.1:10110",))
        for batch in journal.replay():
            again.take(batch)
    assert rule == "sudden_stop" and content["words"] in river.triage.alerts[alert].reason
    assert again.triage.alerts[alert] == river.triage.alerts[alert] and not again.triage.spent()


def test_a_busy_desk_tries_the_latest_hours_only(config, tmp_path, monkeypatch):
    """The week is begun only when, by what the day took, it would be done in time."""
    from tankerwatch import trial

    asked = []
    real = trial.history_of
    monkeypatch.setattr(trial, "history_of", lambda paths, days: asked.append(days) or real(paths, days=days))
    with FileJournal(tmp_path) as journal:
        for hour in range(0, 9 * 24, 6):
            journal.append(batch_of(START_S + 3600.0 * hour))
        journal.commit()
    for step_s, wanted in ((1.0, [0.25, 1.0, 7.0]), (300.0, [0.25, 1.0]), (2000.0, [0.25])):
        asked.clear()
        clock = iter(range(100))
        assert found(config(), tmp_path, "dark", lambda step_s=step_s, clock=clock: next(clock) * step_s) == {}, "it raised nothing"
        assert asked == wanted


def run(capsys, *argv):
    status = main(["try", *map(str, argv)])
    out, err = capsys.readouterr()
    return status, out, err


def test_try_shows_what_goes_and_comes(capsys, log):
    status, out, _ = run(capsys, "sudden_stop", "--on", log, "--setting", "share=0.39")
    assert status == 0
    assert "3 alerts in both, 2 would go, 0 would come (share was 0.45)" in out
    assert [line.split()[0] for line in out.splitlines() if line.startswith(("-", "+"))] == ["-", "-"]
    assert "MMSI 311000003: sudden stop: MMSI 311000003 has " in out


def test_try_as_json(capsys, log):
    status, out, _ = run(capsys, "sudden_stop", "--on", log, "--setting", "share=0.39", "--json")
    told = json.loads(out.splitlines()[-1])
    assert status == 0 and told["rule"] == "sudden_stop" and told["now"]["alerts"] == 5
    (tried,) = told["tried"]
    assert (tried["settings"], tried["alerts"], tried["both"], len(tried["go"]), tried["come"]) == ({"share": 0.39}, 3, 3, 2, [])
    assert set(tried["go"][0]) == {"id", "raised_s", "severity", "ships", "title", "reason"}
    assert told["now"]["a_day"] == pytest.approx(5 * 24 / told["hours"], rel=0.01)


def test_a_sweep_of_one_setting_and_of_all(capsys, watched):
    status, out, _ = run(capsys, "sudden_stop", "--on", watched, "--sweep", "share")
    rows = [line for line in out.splitlines() if line.startswith("share = ")]
    assert status == 0 and len(rows) >= 6
    status, out, _ = run(capsys, "sudden_stop", "--on", watched)
    assert status == 0 and {line.split()[0] for line in out.splitlines() if " = " in line} == set(
        next(d for d in catalog.detectors() if d.id == "sudden_stop").settings
    )


@pytest.mark.parametrize(
    ("argv", "wanted"),
    [
        (["sudden_stp", "--on", "x.nmea"], "there is no rule 'sudden_stp' help: did you mean sudden_stop?"),
        (["sudden_stop", "--on", "absent.nmea"], "no such file"),
        (["sudden_stop", "--on", "absent.nmea", "--setting", "shre=1"], "has no setting 'shre' help: did you mean share?"),
        (["sudden_stop", "--on", "absent.nmea", "--setting", "share=5"], "share = 5 is out of range help: 0.1 to 0.8"),
        (["sudden_stop", "--on", "absent.nmea", "--setting", "share"], "is not like silent_s=900"),
        (["sudden_stop", "--on", "absent.nmea", "--sweep", "shre"], "has no setting 'shre'"),
        (["sudden_stop", "--on", "absent.nmea", "--sweep", "share", "--setting", "share=0.4"], "together"),
        (["sudden_stop", "--on", "absent.nmea", "--days", "-1"], "is no number of days"),
        (["sudden_stop"], "--on"),
    ],
)
def test_what_cannot_be_tried_is_said_in_one_line(capsys, monkeypatch, tmp_path, argv, wanted):
    monkeypatch.chdir(tmp_path)
    status, _, err = run(capsys, *argv)
    assert status == 2 and wanted in err and err.count("\n") == 1


def test_a_history_of_two_watches_is_refused(watched, log):
    with pytest.raises(InputFault, match="tried alone"):
        history_of([watched, log])


def test_the_example_of_the_guide_is_as_it_is_told():
    """What the guide sets is what there is to set."""
    page = (Path(__file__).parent.parent / "docs" / "guide" / "alarms-that-behave.md").read_text(encoding="utf-8")
    blocks = [part.partition("```")[0] for part in page.split("```toml\n")[1:]]
    assert blocks and all(tomllib.loads(block) for block in blocks)
