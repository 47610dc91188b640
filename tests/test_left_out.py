"""Exceptions, guard lists and quiet ports on real sentences: whenever a name is heard, and however the stream is cut."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tankerwatch.config import load
from tankerwatch.core.ais import encoder
from tankerwatch.core.ais.framing import sentences
from tankerwatch.core.tables import Decision
from tankerwatch.detect import catalog
from tankerwatch.pipeline import result_of
from tankerwatch.testing import START_S, DetectorScene

TANKER, OTHER = 311000001, 311000002
NAME, IMO = "EXAMPLE ONE", 9745902
TRACK = [[0, 24.0, 58.0], [60, 24.2, 58.0]]
CRAFT = {"number": 5, "track": [[10, 24.28, 58.0], [27, 24.095, 58.0005], [35, 24.117, 58.001]]}


def named_at(minute):
    """Her name and IMO number, sent once."""
    static = encoder.static_voyage(TANKER, name=NAME, imo=IMO, ship_type=80, to_bow_m=125, to_stern_m=125)
    return [{"minute": minute + n / 1000, "text": part.decode()} for n, part in enumerate(sentences(static, sequence=3))]


def scene(name_minute, *, kind=80, ships=()):
    ship = {"mmsi": TANKER, "type": kind, "length_m": 250, "track": TRACK}
    return DetectorScene("scene", "", {"ship": [ship, *ships], "craft": [CRAFT], "line": named_at(name_minute)}, ())


@pytest.fixture
def config(tmp_path: Path):
    def read(text):
        path = tmp_path / "desk.toml"
        path.write_text(text, encoding="utf-8")
        return load(path, catalog.detectors())

    return read


def told(played, config, **how):
    return result_of(played.run(config, **how)).alerts


def same_however_cut(played, config, frame_s=5):
    """The alerts, after a check that they are the same in shorter frames and ten batches."""
    whole = told(played, config)
    assert json.dumps(told(played, config, frame_s=frame_s, cuts=10)) == json.dumps(whole)
    return whole


def test_without_exceptions_it_is_raised(config):
    (alert,) = same_however_cut(scene(1), config(""), frame_s=1)
    assert alert["detector"] == "closing" and alert["state"] == "closed"


@pytest.mark.parametrize("entry", [NAME, f"IMO {IMO}", str(TANKER)])
def test_a_ship_excepted_by_what_she_is_known_by(config, entry):
    assert same_however_cut(scene(1), config(f'[detect.closing]\nexcept = ["{entry}"]')) == []


@pytest.mark.parametrize("entry", [NAME, f"IMO {IMO}"])
def test_a_name_heard_after_the_alert_withdraws_it(config, entry):
    (alert,) = same_however_cut(scene(23), config(f'[detect.closing]\nexcept = ["{entry}"]'), frame_s=1)
    assert alert["state"] == "withdrawn"
    assert alert["history"][-1]["words"] == "Left out: [detect.closing] except names EXAMPLE ONE."
    assert 0 <= alert["end_s"] - (START_S + 23 * 60) <= 10, "at the look after"
    assert alert["raised_s"] < START_S + 23 * 60


def test_the_craft_of_a_pair_may_be_the_excepted_one(config):
    """A pilot boat that does not say what she is: known by her MMSI."""
    boat = {"mmsi": OTHER, "class": "B", "every_s": 6, "track": CRAFT["track"]}
    played = DetectorScene("pilot", "", {"ship": [{"mmsi": TANKER, "type": 80, "length_m": 250, "track": TRACK}, boat]}, ())
    (alert,) = told(played, config(""))
    assert alert["ships"] == [TANKER, OTHER]
    assert same_however_cut(played, config(f'[detect.closing]\nexcept = ["{OTHER}"]')) == []
    assert same_however_cut(played, config(f'[detect.closing]\nexcept = ["{OTHER} + {TANKER}"]')) == []
    assert len(told(played, config(f'[detect.closing]\nexcept = ["{OTHER} + 311000009"]'))) == 1


def test_a_kind_and_an_area(config):
    area = "[zone.roads]\npolygon = [[23.9, 57.9], [23.9, 58.1], [24.3, 58.1], [24.3, 57.9]]\n"
    assert same_however_cut(scene(1), config('[detect.closing]\nexcept_kinds = ["tanker"]')) == []
    assert same_however_cut(scene(1), config(area + '[detect.closing]\nexcept_areas = ["roads"]')) == []
    far = area.replace("23.9", "33.9").replace("24.3", "34.3")
    assert len(told(scene(1), config(far + '[detect.closing]\nexcept_areas = ["roads"]'))) == 1


def test_a_rule_limited_to_a_ship_that_is_named_later(config):
    only = f'[detect.closing]\nonly = ["{NAME}"]'
    (alert,) = same_however_cut(scene(23), config(only))
    assert alert["raised_s"] == pytest.approx(START_S + 23 * 60, abs=10), "as soon as it is known who she is"
    assert told(scene(23), config('[detect.closing]\nonly = ["fleet"]')) == []
    assert len(told(scene(23), config(f'[fleet]\nships = ["{NAME}"]\n[detect.closing]\nonly = ["fleet"]'))) == 1


@pytest.mark.parametrize("entry", [NAME, f"IMO {IMO}", str(TANKER)])
def test_a_ship_on_the_guard_list_is_guarded_once_her_name_is_heard(config, entry):
    """A bulk carrier is of no guarded kind; the list names her."""
    played = scene(23, kind=70)
    named_kind = encoder.static_voyage(TANKER, name=NAME, imo=IMO, ship_type=70, to_bow_m=125, to_stern_m=125)
    played.content["line"] = [{"minute": 23 + n / 1000, "text": p.decode()} for n, p in enumerate(sentences(named_kind, sequence=3))]
    assert told(played, config("")) == []
    (alert,) = same_however_cut(played, config(f'[guard]\nships = ["{entry}"]'))
    assert alert["detector"] == "closing" and alert["ships"][0] == TANKER
    known_s = START_S if entry == str(TANKER) else START_S + 23 * 60
    assert alert["raised_s"] >= known_s


def test_who_is_guarded_by_hand_comes_into_a_rule_for_the_guarded(config):
    rule = config('[guard]\nkinds = []\n[detect.sudden_stop]\nonly = ["guarded"]')
    stop = {"mmsi": TANKER, "type": 80, "length_m": 250}
    stop["track"] = [[0, 24.0, 58.0], [60, 24.2, 58.0], [65, 24.2135, 58.0], [70, 24.223, 58.0], [75, 24.229, 58.0], [100, 24.236, 58.0]]
    played = DetectorScene("stop", "", {"ship": [stop]}, ())
    assert told(played, rule) == []
    decision = Decision(START_S + 90 * 60.0, "guard", "g1", str(TANKER), {"guard": True})
    river = played.run(rule)
    assert not river.triage.alerts

    class Guarded(DetectorScene):
        def decisions(self):
            return [decision]

    guarded = Guarded("stop", "", played.content, ())
    (alert,) = guarded.run(rule, cuts=100).triage.alerts.values()
    assert alert.raised_s is not None and alert.raised_s >= decision.time_s, "what was held back is raised when she is guarded"


def moored(number):
    lat = 24.1 + number / 1000
    return {"mmsi": 311000010 + number, "type": 70, "length_m": 150, "every_s": 60, "track": [[0, lat, 58.003, 5], [60, lat, 58.003, 5]]}


def in_harbour(speed_kn):
    """A tanker at anchor among moored ships, and a craft that comes at some speed."""
    tanker = {"mmsi": TANKER, "type": 80, "length_m": 250, "every_s": 30, "track": [[0, 24.1, 58.0, 1], [60, 24.1, 58.0, 1]]}
    reach = speed_kn / 60
    craft = {"number": 5, "track": [[30 - 15, 24.1 + 15 * reach / 60 + 0.009, 58.0], [30, 24.109, 58.0], [40, 24.109, 58.0]]}
    return DetectorScene("harbour", "", {"ship": [tanker, *map(moored, range(3))], "craft": [craft]}, ())


def test_in_port_daily_work_is_counted_and_danger_is_told(config):
    slow, fast = in_harbour(18), in_harbour(35)
    loud = config("[quiet]\nin_port = []")
    assert [alert["severity"] for alert in told(slow, loud)] == ["caution"]
    river = slow.run(config(""))
    assert not river.triage.alerts and river.triage.in_port == {"closing": 1}
    assert "Kept quiet because their ships lay in port: closing 1 ([quiet] in_port)." in result_of(river).words
    assert same_however_cut(slow, config("")) == []
    assert [alert["severity"] for alert in same_however_cut(fast, config(""))] == ["danger"]


def test_a_zone_may_be_a_port(config):
    """Off the berths she is at an open anchorage, where a craft at 18 kn is told; unless it is drawn as a port."""
    played = in_harbour(18)
    alone = replace(played, content={**played.content, "ship": played.content["ship"][:1]})
    assert len(told(alone, config(""))) == 1
    port = "[zone.port]\npolygon = [[24.0, 57.9], [24.0, 58.1], [24.2, 58.1], [24.2, 57.9]]\nport = true\n"
    assert same_however_cut(alone, config(port)) == []


def test_zones_reach_the_detectors_with_the_ships_they_are_for(config):
    zone = f'[zone.a]\npolygon = [[24.0, 57.9], [24.0, 58.1], [24.2, 58.1]]\nfor_ships = ["{NAME}"]\n'
    seen = []
    played = scene(23)
    from tankerwatch.pipeline import River

    river = River(config(zone), ("scene",))
    river.on_frame = lambda view: seen.append((view.now_s, [(z.name, z.ships) for z in view.zones]))
    for batch in played.batches(30):
        river.take(batch)
    river.finish()
    before = [zones for now_s, zones in seen if now_s < START_S + 23 * 60]
    after = [zones for now_s, zones in seen if now_s > START_S + 23 * 60 + 10]
    assert before and all(zones == [("a", frozenset())] for zones in before)
    assert after and all(zones == [("a", frozenset({TANKER}))] for zones in after)
