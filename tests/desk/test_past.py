"""The journal played again: what stood then stands, decisions come at their time, and nothing is written."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tankerwatch
from tankerwatch.config import load
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Lines
from tankerwatch.desk.replaying import PastDesk, Period
from tankerwatch.desk.timeline import GAP_S, Gaps
from tankerwatch.detect import catalog
from tankerwatch.ingest.replay import WholePlayer
from tankerwatch.pipeline import result_of
from tankerwatch.store.past import Past
from tankerwatch.store.segments import journal_of, segments_in

_spec = importlib.util.spec_from_file_location("snapshot_cases", Path(__file__).with_name("test_snapshots.py"))
assert _spec is not None and _spec.loader is not None
cases = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cases)
batches = cases.batches


@pytest.fixture(scope="module")
def config():
    return load(None, catalog.detectors())


def standing(river):
    found = result_of(river)
    return json.dumps([found.alerts, found.incidents], sort_keys=True)


@pytest.fixture(scope="module")
def watched(batches, config, tmp_path_factory):
    """A data directory, what the live desk had after each batch with a clock, and what it had at its end."""
    data = tmp_path_factory.mktemp("watched") / "data"
    run, then = cases.Run(data, config), []
    for number, batch in enumerate(batches):
        run.take([batch])
        if number == len(batches) // 2:
            run.snapshot()
        then.append((run.desk.river.clock_s, standing(run.desk.river)))
    run.kill()
    return data, then


def everything_in(data):
    return {str(path.relative_to(data)): path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}


def replayed(config, data, to_s, from_s=float("-inf")):
    desk = PastDesk(config, Period(data, from_s, to_s))
    desk.warm()
    found = desk.found()
    return json.dumps([found["alerts"], found["incidents"]], sort_keys=True)


def test_at_any_time_it_is_what_the_live_desk_had(watched, config):
    data, then = watched
    before = everything_in(data)
    assert len({told for _, told in then}) > 10
    for number in (*range(3, len(then), 9), len(then) - 1):
        at_s, told = then[number]
        assert replayed(config, data, at_s) == told
        # Warmed from a snapshot, or in longer frames: the same.
        assert replayed(config, data, at_s, at_s - 30) == told
    assert replayed(config, data, float("inf")) == then[-1][1]
    assert everything_in(data) == before


def test_what_was_withdrawn_later_is_open_then_and_decisions_come_at_their_time(watched, config):
    data, then = watched
    last = {alert["id"]: alert for alert in json.loads(then[-1][1])[0]}
    withdrawn = next(alert for alert in last.values() if alert["state"] == "withdrawn")
    seen = next(alert for alert in last.values() if alert["acknowledged_s"])
    at_s = withdrawn["history"][-1]["time_s"] - 50
    alerts = {alert["id"]: alert for alert in json.loads(replayed(config, data, at_s))[0]}
    assert alerts[withdrawn["id"]]["state"] == "open" and len(alerts[withdrawn["id"]]["history"]) < len(withdrawn["history"])
    taken_s = next(at_s for at_s, _ in then if at_s >= seen["acknowledged_s"])
    for to_s, acknowledged in ((taken_s - 0.01, None), (taken_s, seen["acknowledged_s"])):
        alerts = {alert["id"]: alert for alert in json.loads(replayed(config, data, to_s))[0]}
        assert alerts[seen["id"]]["acknowledged_s"] == acknowledged


def test_from_the_newest_snapshot_before_it(watched, config):
    data, then = watched
    whole, rest = (sum(1 for _ in Past(data, after).batches()) for after in (0, read_at(data).frame))
    assert 0 < rest < whole
    late = PastDesk(config, Period(data, then[-1][0] - 1))
    early = PastDesk(config, Period(data, then[5][0]))
    assert late.river.clock_s == late.player.clock_s > then[len(then) // 2 - 1][0]
    assert math.isnan(early.river.clock_s)


def test_seeking_to_and_fro(watched, config):
    data, then = watched
    desk = PastDesk(config, Period(data, then[10][0], then[-1][0]), speed=7)
    desk.warm()
    assert standing(desk.river) == then[10][1]
    for number in (40, 20, 70, 5, len(then) - 1, 60):
        epoch = desk.epoch
        desk.seek(then[number][0])
        desk.river.take(Batch(clock_s=then[number][0] // 1 + 0.0))
        assert standing(desk.river) == then[number][1]
        assert desk.epoch > epoch and desk.player.speed == 7
    desk.again()
    assert standing(desk.river) == then[10][1]


def test_the_newest_snapshot_tells_the_alerts_ahead(watched, config):
    data, then = watched
    half_s = read_at(data).clock_s
    had = {alert["id"] for alert in json.loads(next(told for at_s, told in then if at_s >= half_s))[0] if alert["state"] != "withdrawn"}
    desk = PastDesk(config, Period(data))
    assert desk.timeline.told([])["alerts"] == []
    times = np.concatenate(list(desk._survey()))
    assert had and {alert["id"] for alert in desk.timeline.told([])["alerts"]} == had
    heard = [batch for batch in Past(data).batches() if len(batch.lines)]
    assert times[-1] == pytest.approx(heard[-1].clock_s, abs=30) and times[0] == np.nanmin(heard[0].lines.time_s)
    early = PastDesk(config, Period(data, to_s=half_s - 1))
    assert list(early._survey()) and early.timeline.told([])["alerts"] == []


def test_the_silences_of_a_journal_are_those_of_its_lines(config, tmp_path):
    """However much came at once: by the headers alone an hour in one frame would be an hour of silence."""
    times_s = [1000.0 + 10 * n for n in range(600) if not 200 <= n < 300]
    silence = (times_s[199], times_s[200])
    for size in (1, 4, 150, 500):
        run = cases.Run(tmp_path / str(size), config)
        for begin in range(0, len(times_s), size):
            piece = times_s[begin : begin + size]
            run.take([Batch(lines=Lines.of([b"x"] * len(piece), piece, list(range(begin + 1, begin + len(piece) + 1))), clock_s=piece[-1])])
        run.kill()
        pieces, gaps = list(Past(tmp_path / str(size)).received(GAP_S)), Gaps()
        for piece in pieces:
            gaps.take(piece)
        assert (gaps.first_s, gaps.last_s, gaps.longest()) == (times_s[0], times_s[-1], [silence])
        if size == 1:
            assert len(np.concatenate(pieces)) == len(times_s)


def read_at(data):
    return cases.read_header(next(cases.found(data))).at


def test_damage_is_passed_over_and_counted(watched, config, tmp_path):
    import shutil

    data = shutil.copytree(watched[0], tmp_path / "data")
    shutil.rmtree(data / "snapshots")
    segment = max(segments_in(journal_of(data)), key=lambda segment: segment.path.stat().st_size).path
    raw = bytearray(segment.read_bytes())
    raw[len(raw) // 2] ^= 255
    segment.write_bytes(raw)
    desk = PastDesk(config, Period(data))
    desk.warm()
    assert desk.found()["alerts"] and desk.skipped == 1


def test_no_journal_and_no_period(config, tmp_path):
    with pytest.raises(InputFault, match="holds no journal"):
        PastDesk(config, Period(tmp_path / "none"))
    with pytest.raises(InputFault, match="before --from"):
        Period(tmp_path, 2.0, 1.0)
    assert not (tmp_path / "none").exists()


class Given:
    name = "given"

    def __init__(self, batches):
        self._batches = batches

    def batches(self):
        return iter(self._batches)


def a_batch(time_s, clock_s):
    return Batch(lines=Lines.of([b"x"], [time_s], [int(time_s * 10)]), clock_s=clock_s)


def test_batches_are_given_whole_and_the_clock_is_theirs():
    now = [0.0]
    source = Given([a_batch(100.98, 101.05), Batch(clock_s=102.0), a_batch(102.5, 102.6), a_batch(5000.0, 5000.1), a_batch(5002, 5002.1)])
    player = WholePlayer(source, 1.0, until_s=5001.0, monotonic_s=lambda: now[0])
    given = []
    for step in range(60):
        now[0] = step * 0.1
        due = player.due()
        given += due
        assert player.clock_s == given[-1].clock_s
        if step == 0:
            assert [batch.clock_s for batch in due] == [101.05]
        if step == 8:
            assert [batch.clock_s for batch in given] == [101.05]
    assert [batch.clock_s for batch in given] == [101.05, 102.0, 102.6, 5000.1]
    assert player.ended and player.more and player.due() == []


def test_a_pause_and_a_speed_of_the_past():
    now = [0.0]
    player = WholePlayer(Given([a_batch(float(t), t + 0.1) for t in range(100, 200)]), 10.0, monotonic_s=lambda: now[0])
    counts = []
    for step in range(40):
        now[0] = step * 0.1
        player.paused = 10 <= step < 20
        counts.append(len(player.due()))
    assert sum(counts[:10]) == pytest.approx(10, abs=1) and sum(counts[10:20]) <= 1
    assert sum(counts) == pytest.approx(30, abs=2)


def test_the_commands(watched, tmp_path):
    data, then = watched
    environment = {**os.environ, "PYTHONPATH": str(Path(tankerwatch.__file__).parent.parent)}

    def run(*arguments):
        command = [sys.executable, "-m", "tankerwatch", "replay", str(data), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    told = run("--headless", "--json", "--to", "2100-01-01")
    assert told.returncode == 0, told.stderr
    found = json.loads(told.stdout.splitlines()[-1])
    assert [alert["id"] for alert in found["alerts"]] == [alert["id"] for alert in json.loads(then[-1][1])[0]]
    nothing = run("--headless", "--json", "--to", "2001-01-01")
    assert json.loads(nothing.stdout) == {"alerts": [], "incidents": []}
    for wrong in (("--json",), ("--headless", "--from", "noon"), ("--headless", "--from", "2020-01-01", "--to", "2019-01-01")):
        refused = run(*wrong)
        assert refused.returncode == 2 and "help:" in refused.stderr and "Traceback" not in refused.stderr


def test_on_the_page_beside_a_live_writer(watched, batches, config, start_past, tmp_path):
    data, then = tmp_path / "data", watched[1]
    writer = cases.Run(data, config)
    half = len(batches) * 2 // 3
    writer.take(batches[:half])
    before = everything_in(data)
    start_s = then[20][0]
    with start_past(data, "--from", f"{iso(start_s)}", "--speed", "1") as desk:
        health = desk.health()
        assert health["mode"] == "replay" and abs(health["clock_s"] - start_s) < 30 and [f["name"] for f in health["feeds"]] == ["feed"]
        assert health["journal"]["state"] == "unwritten" and "nothing is written" in health["journal"]["words"]
        ids = {alert["id"] for alert in desk.get("/api/alerts")["alerts"]}
        assert desk.ask("POST", "/api/replay", {"paused": True})[0] == 200
        assert desk.ask("POST", "/api/replay", {"seek_s": then[half - 2][0]})[0] == 200
        later = desk.get("/api/alerts")["alerts"]
        assert {alert["id"] for alert in later} > ids
        alert = next(a for a in later if a["state"] == "open" and a["acknowledged_s"] is None)
        assert desk.ask("POST", f"/api/alerts/{alert['id']}/acknowledge", {"words": "looked at"})[0] == 200
        assert desk.get(f"/api/alerts/{alert['id']}")["acknowledged_s"] is not None
        # The slider knows the whole period, and keeps what was seen ahead of where one goes back to.
        period = desk.until(lambda d: (told := d.get("/api/replay"))["surveyed"] and told)
        assert period["start_s"] >= start_s and abs(period["end_s"] - then[half - 1][0]) < 30
        assert {alert["id"] for alert in later if alert["state"] != "withdrawn"} <= {alert["id"] for alert in period["alerts"]}
        # Of the moment only: back and forth it is gone.
        assert desk.ask("POST", "/api/replay", {"seek_s": start_s})[0] == 200
        assert {a["id"] for a in desk.get("/api/alerts")["alerts"]} == ids
        assert {alert["id"] for alert in desk.get("/api/replay")["alerts"]} >= {a["id"] for a in later if a["state"] == "open"} > ids
        assert desk.ask("POST", "/api/replay", {"seek_s": then[half - 2][0]})[0] == 200
        assert desk.get(f"/api/alerts/{alert['id']}")["acknowledged_s"] is None
        assert everything_in(data) == before
        # What is written meanwhile is there when one comes to it.
        writer.take(batches[half:])
        assert desk.ask("POST", "/api/replay", {"seek_s": then[-1][0]})[0] == 200
        assert {a["id"] for a in desk.get("/api/alerts")["alerts"]} == {a["id"] for a in json.loads(then[-1][1])[0]}
        assert desk.stop() == 0
        assert desk.process.stderr.read() == ""
    writer.kill()


def iso(time_s):
    from datetime import UTC, datetime

    return datetime.fromtimestamp(time_s, UTC).isoformat().replace("+00:00", "Z")
