"""The bars of the first issue: what must be found in the scene of 13 June 2019, when, and how little else; and in real traffic."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from datetime import datetime

import pytest

from tankerwatch.config import load
from tankerwatch.core.ais.framing import tag
from tankerwatch.core.incidents import RANK
from tankerwatch.core.tables import Lines
from tankerwatch.decode import Decoder
from tankerwatch.detect import catalog
from tankerwatch.pipeline import analyse, demo_headless
from tankerwatch.scenes.scene import Scene

MOST_ALERTS = 16
DETECTORS = ("closing", "sudden_stop", "not_under_command")
SHIFT_S = 40 * 86400 + 4 * 3600 + 180
RENAMED = {"altair": ("NORTHERN WREN", 211000011), "kokuka": ("CALM PERSEVERANCE", 636000022), "hdubai": ("BUSAN LIGHT", 440000033)}


@pytest.fixture(scope="module")
def config():
    return load(None, catalog.detectors())


@pytest.fixture(scope="module")
def scene():
    return Scene.load()


@pytest.fixture(scope="module")
def ships(scene):
    """The MMSI of each ship that the reports name."""
    return {ship.id: ship.mmsi for ship in scene.recipe.ships}


@pytest.fixture(scope="module")
def demo(config):
    return demo_headless(config=config)


def utc_s(clock):
    return datetime.fromisoformat(f"2019-06-13T{clock}:00+00:00").timestamp()


def first(alerts, detector, ship):
    of_her = [a for a in alerts if a["detector"] == detector and a["ships"][0] == ship]
    assert of_her, f"no {detector} of {ship} among {[(a['detector'], a['ships']) for a in alerts]}"
    return min(of_her, key=lambda a: a["raised_s"])


def status_s(scene, ship):
    """When she begins to say that she is not under command."""
    of_her = next(s for s in scene.recipe.ships if s.id == ship)
    return min(point.time_s for point in of_her.waypoints if point.status == 2)


def test_the_attack_on_the_first_tanker_is_seen_in_time(demo, ships, scene):
    altair = ships["altair"]
    assert utc_s("02:00") < first(demo["alerts"], "closing", altair)["raised_s"] < utc_s("02:36")
    assert utc_s("02:36") < first(demo["alerts"], "sudden_stop", altair)["raised_s"] < utc_s("02:56")
    told_s = status_s(scene, "altair")
    assert told_s == utc_s("03:00")
    assert told_s < first(demo["alerts"], "not_under_command", altair)["raised_s"] <= told_s + 180


def test_and_that_on_the_second(demo, ships, scene):
    kokuka = ships["kokuka"]
    stopped_s = first(demo["alerts"], "sudden_stop", kokuka)["raised_s"]
    assert first(demo["alerts"], "closing", kokuka)["raised_s"] < stopped_s < utc_s("03:55")
    told_s = status_s(scene, "kokuka")
    assert told_s < first(demo["alerts"], "not_under_command", kokuka)["raised_s"] <= told_s + 180


def test_both_casualties_are_one_incident_with_those_who_can_help(demo, ships):
    both = [i for i in demo["incidents"] if {ships["altair"], ships["kokuka"]} <= set(i["ships"])]
    assert len(both) == 1
    incident = both[0]
    assert RANK[incident["severity"]] >= RANK["danger"]
    helpers = {h["name"]: h for h in incident["helpers"]}
    assert "HYUNDAI DUBAI" in helpers and helpers["HYUNDAI DUBAI"]["mmsi"] == ships["hdubai"]
    assert 0 < helpers["HYUNDAI DUBAI"]["hours"] < 2
    assert [h["hours"] for h in incident["helpers"]] == sorted(h["hours"] for h in incident["helpers"])
    assert not {h["mmsi"] for h in incident["helpers"]} & {ships["altair"], ships["kokuka"]}
    members = {a["id"] for a in demo["alerts"] if a["incident"] == incident["id"]}
    assert members == set(incident["alerts"])


def test_few_alerts_each_with_its_evidence(demo):
    assert len(demo["alerts"]) <= MOST_ALERTS
    reported = 0
    for alert in demo["alerts"]:
        assert alert["reason"] and alert["rule"]["what"] is not None
        if alert["detector"] == "distress" and not alert["evidence"]:
            assert "reported by" in alert["reason"]
            reported += 1
            continue
        assert alert["evidence"]
        for piece in alert["evidence"]:
            assert piece["sentence"] and re.search(r"[!$]..(VDM|VDO|TTM|TLL)", piece["sentence"]), alert["id"]
            assert piece["source_row"] >= 1 and piece["station"] and piece["time_s"]
    assert reported <= 2


def test_evidence_is_the_very_line(demo, scene):
    lines = [line.decode() for _, line in scene.lines()]
    for alert in demo["alerts"]:
        for piece in alert["evidence"]:
            assert lines[piece["source_row"] - 1] == piece["sentence"]


def test_the_alerts_are_json_and_nothing_but_json(demo):
    json.dumps(demo, allow_nan=False)


def test_other_names_numbers_and_times_and_no_reports_give_the_same_alerts(demo, config, ships, tmp_path):
    log = tmp_path / "other.nmea"
    Scene.load(renamed=RENAMED, shift_s=SHIFT_S).write_log(log)
    found = analyse([log], config=config)
    renumbered = {ships[key]: mmsi for key, (_, mmsi) in RENAMED.items()}
    # What people typed in is not in a log.
    wanted = [a for a in demo["alerts"] if a["evidence"]]
    assert [a["detector"] for a in found.alerts] == [a["detector"] for a in wanted]
    assert [a["ships"] for a in found.alerts] == [[renumbered.get(s, s) for s in a["ships"]] for a in wanted]
    for there, here in zip(found.alerts, wanted, strict=True):
        assert there["raised_s"] - SHIFT_S == pytest.approx(here["raised_s"], abs=30)
        assert (there["severity"], there["state"]) == (here["severity"], here["state"])
    incident = next(i for i in found.incidents if set(i["ships"]) >= {renumbered[ships["altair"]], renumbered[ships["kokuka"]]})
    assert "BUSAN LIGHT" in [h["name"] for h in incident["helpers"]]


WINDOW_END = "04:15"
"""The variants end when both tankers have said that they are not under command."""
BARE = re.compile(rb"^\\([^\\]*)\\(.*)$", re.DOTALL)


@pytest.fixture(scope="module")
def sent(scene):
    """(time, station, sentence, message type, MMSI) of the scene's lines; type and MMSI from the decoder, -1 for later parts."""
    rows = [(time_s, line) for time_s, line in scene.lines() if time_s < utc_s(WINDOW_END)]
    lines = Lines.of([line for _, line in rows], [time_s for time_s, _ in rows], list(range(len(rows))))
    heard = Decoder().decode(lines)
    of_row = {}
    for table in (heard.fixes, heard.statics, heard.bases, heard.texts):
        of_row |= dict(zip(table.source_row.tolist(), zip(table.msg_type.tolist(), table.mmsi.tolist(), strict=True), strict=True))
    made = []
    for row, (time_s, line) in enumerate(rows):
        tags, sentence = BARE.match(line).groups()
        station = re.search(rb"s:([^,*]+)", tags)[1].decode()
        made.append((time_s, station, sentence, *of_row.get(row, (-1, -1))))
    return made


def thinned(sent):
    """One report a ship a minute."""
    had = set()
    for time_s, station, sentence, kind, mmsi in sent:
        if kind in (1, 2, 3, 18):
            if (mmsi, int(time_s // 60)) in had:
                continue
            had.add((mmsi, int(time_s // 60)))
        yield time_s, station, sentence


def tripled_late_and_shuffled(sent):
    dice = random.Random(1)
    made = []
    for time_s, station, sentence, _, _ in sent:
        made += [(time_s + dice.random() * 10 * copy / 2, f"{station}{copy}", sentence) for copy in range(3)]
    # As written by something that keeps no order: each line up to 15 s from its place.
    made.sort(key=lambda line: line[0] + dice.random() * 15)
    return made


def with_losses(sent):
    dice = random.Random(2)
    return [line[:3] for line in sent if dice.random() >= 0.1]


def without_early_static_data(sent):
    begin = sent[0][0]
    for time_s, station, sentence, kind, _ in sent:
        # Later parts of long sentences go with them.
        part_of_static = kind in (5, 24) or (kind == -1 and sentence.split(b",")[1:2] == [b"2"])
        if not (part_of_static and time_s < begin + 3600):
            yield time_s, station, sentence


@pytest.mark.parametrize("change", [thinned, tripled_late_and_shuffled, with_losses, without_early_static_data])
def test_it_is_found_in_worse_reception_too(change, sent, ships, config, tmp_path):
    lines = [tag(sentence, time_s=time_s, station=station) for time_s, station, sentence in change(sent)]
    log = tmp_path / "worse.nmea"
    log.write_bytes(b"".join(line + b"\r\n" for line in lines))
    found = analyse([log], config=config)
    for ship in ("altair", "kokuka"):
        for detector in DETECTORS:
            first(found.alerts, detector, ships[ship])
    assert len(found.alerts) <= MOST_ALERTS
    # And nothing of any other ship but of the craft that came.
    assert {a["ships"][0] for a in found.alerts} == {ships["altair"], ships["kokuka"]}, [(a["detector"], a["ships"]) for a in found.alerts]


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("tracks/solent_20160112.csv.gz", 2),  # a busy port for 84 minutes
        ("nmea/aisabnormal_sample.nmea.gz", 2),  # five minutes of a nation
        ("tracks/atlantes_noaa_test_track.csv", 0),  # one quiet ship for five days
    ],
)
def test_real_traffic_raises_little(shared_data, config, name, most):
    found = analyse([shared_data(name)], config=config)
    assert len(found.alerts) <= most, [(a["detector"], a["ships"], a["reason"]) for a in found.alerts]


def test_a_ship_that_drifted_is_found(shared_data, config):
    found = analyse([shared_data("nmea/aisabnormal_212123000.nmea.gz")], config=config)
    assert [a["detector"] for a in found.alerts] == ["sudden_stop", "not_under_command", "drifting"]
    assert {tuple(a["ships"]) for a in found.alerts} == {(212123000,)}
    assert Counter(a["incident"] for a in found.alerts) == {found.alerts[0]["incident"]: 3}
