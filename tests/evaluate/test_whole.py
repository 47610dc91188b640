"""From a scene to its score: through the river, by naive rules, over recordings, on the page, by the command."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from tankerwatch.cli import main
from tankerwatch.config import load
from tankerwatch.detect import catalog
from tankerwatch.evaluate import naive, results
from tankerwatch.evaluate.bars import Split
from tankerwatch.evaluate.cases import casualty
from tankerwatch.evaluate.command import Found, Size, tasks
from tankerwatch.evaluate.motion import NM, sailed
from tankerwatch.evaluate.recorded import RECORDINGS, laid
from tankerwatch.evaluate.rows import rows_of_log
from tankerwatch.evaluate.score import score
from tankerwatch.evaluate.traffic import KINDS, Sea
from tankerwatch.evaluate.watch import alerts_of, detectors
from tankerwatch.evaluate.world import World
from tankerwatch.pipeline import analyse


@pytest.fixture(scope="module")
def beacons():
    """Two beacons, one of them a test."""
    world = World(21, "beacons", 7500)
    for level, build in (("SART", casualty._beacon), ("SART", casualty._tests)):
        build(world.place(stations=2), level)
    return world.scene()


def test_a_beacon_is_found_and_its_test_is_not(beacons, tmp_path):
    alerts = alerts_of(beacons.log)
    made = score(beacons, alerts, detectors())
    assert [event.in_time for event in made.events] == [True]
    assert [fooled.alarms for fooled in made.decoys] == [()]
    # What is scored is what a person gets who analyses the scene's file.
    path = tmp_path / "beacons.nmea"
    path.write_bytes(beacons.log)
    again = analyse([path], config=load(None, catalog.detectors())).alerts
    assert [(a["detector"], a["ships"], a["raised_s"]) for a in again] == [
        (a.detector, list(a.ships), a.raised_s) for a in sorted(alerts, key=lambda a: (a.raised_s, a.id))
    ]


def test_naive_rules_alarm_where_they_must():
    world = World(5, "naive", 7200)
    place = world.place(stations=1)
    flat = np.zeros(7200)
    dark, stops, meets = place.ship("tanker"), place.ship("cargo"), place.ship("cargo")
    place.add(dark, sailed((0.0, 0.0), 12.0 + flat, 90.0 + flat), silent=((3000.0, 4500.0),), clean=True)
    speed = np.where(np.arange(7200) < 4000, 12.0, 1.0)
    place.add(stops, sailed((-20 * NM, 9 * NM), speed, 90.0 + flat), clean=True)
    place.add(meets, sailed((6 * NM, -6 * NM), 12.0 + flat, 0.0 + flat), clean=True)
    scene = world.scene()
    said = naive.alarms(rows_of_log(scene.log), scene.tankers)
    by = {(a.detector, a.ships[0]): a.raised_s - scene.start_s for a in said}
    assert by["dark", dark.mmsi] == pytest.approx(3600, abs=30)
    assert 4000 < by["sudden_stop", stops.mmsi] < 4150
    assert ("sudden_stop", dark.mmsi) not in by
    assert any(a.detector == "collision" and set(a.ships) == {dark.mmsi, meets.mmsi} for a in said)
    assert not [a for a in said if a.detector == "false_position"]


@pytest.mark.parametrize("make", KINDS)
def test_clean_traffic_keeps_clear(make):
    world = World(9, make.__name__, 7200)
    place = world.place(stations=2)
    make(place)
    assert len(place.sent) >= 3
    assert not place.dangers
    assert not place.decoys


def test_the_sea_turns_away_who_comes_too_near():
    place = World(9, "sea", 3600).place()
    sea, flat = Sea(place), np.zeros(3600)
    sea.put(place.ship("cargo"), sailed((0.0, 0.0), 10.0 + flat, flat + 90.0), 1000.0)
    assert not sea.clear(sailed((0.0, 500.0), 10.0 + flat, flat + 90.0), 1000.0)
    assert sea.clear(sailed((0.0, 1500.0), 10.0 + flat, flat + 90.0), 1000.0)
    assert sea.clear(sailed((0.0, 500.0), 10.0 + flat, flat + 90.0).only(0, 0), 1000.0)


def test_dangers_are_laid_over_a_recording(shared_data, monkeypatch):
    path = shared_data("tracks/solent_20160112.csv.gz")
    monkeypatch.setenv("TANKERWATCH_DATA", str(path.parent.parent))
    scene = laid(next(one for one in RECORDINGS if one.name == "Solent"), 1)
    assert scene is not None
    assert 4 < scene.ship_days < 5
    assert scene.dangers
    rows = rows_of_log(scene.log)
    assert len(rows) > 17_000
    assert {mmsi for danger in scene.dangers for mmsi in danger.ships} <= set(rows.mmsi.tolist())


def test_the_page_and_its_plots(beacons, tmp_path):
    ours = score(beacons, alerts_of(beacons.log), detectors())
    theirs = score(beacons, naive.alarms(rows_of_log(beacons.log), set()))
    found = Found({"hold-out": Split(scenes=ours, naive_scenes=theirs)}, (), (), ("zone",))
    results.write(tmp_path / "RESULTS.md", found)
    page = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert "| distress | SART | SART | 1 | 1 | 1 |" in page
    assert "No detector yet: zone." in page
    for plot in re.findall(r"\((\S+\.svg)\)", page):
        assert ElementTree.parse(tmp_path / plot).getroot().tag.endswith("svg")


def test_tasks_of_a_size():
    size = Size({"tuning": 1, "hold-out": 1}, 1, 1, {"hold-out": 2}, True)
    made = tasks(("distress",), size)
    assert sum(task.what == "clean" for task in made) == 2
    assert sum(task.what == "recorded" for task in made) == len(RECORDINGS)
    assert {task.plan.seed // 1000 for task in made if task.plan} == {1, 101}


def test_the_command_names_what_it_does_not_know(capsys):
    assert main(["evaluate", "--only", "drak"]) == 2
    assert "there is no danger 'drak'" in capsys.readouterr().err


def test_the_command_writes_scenes(tmp_path, capsys):
    assert main(["evaluate", "--only", "slip of the finger", "--quick", "--write-scenes", str(tmp_path), "--json"]) == 0
    (path,) = json.loads(capsys.readouterr().out.splitlines()[-1])["scenes"]
    truth = json.loads((tmp_path / path).with_suffix(".json").read_text(encoding="utf-8"))
    assert truth["decoys"][0]["kind"] == "slip of the finger"
    assert (tmp_path / path).stat().st_size > 100_000
