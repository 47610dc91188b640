"""Zones drawn at the desk: watched from the next look on, there after a restart and in a replay, and what was done can be undone."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tankerwatch.config import load
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Decision
from tankerwatch.desk import deciding, listing
from tankerwatch.desk.replaying import PastDesk, Period
from tankerwatch.detect import catalog
from tankerwatch.ingest import report
from tankerwatch.pipeline import River, result_of
from tankerwatch.testing import START_S, DetectorScene

SHIP = """
[[ship]]
mmsi = 31100000{n}
name = "SHIP {n}"
type = 70
length_m = 150
every_s = 10
track = {track}
"""
BOX = [[24.0, 58.0], [24.0, 58.2], [24.2, 58.2], [24.2, 58.0]]
# One from 3 nm south of the box through it to 3 nm north of it, at 18 kn; one that is in it all the time.
THROUGH, INSIDE = "[[0, 23.95, 58.1], [60, 24.25, 58.1]]", "[[0, 24.05, 58.05], [60, 24.15, 58.05]]"
ALL = {"name": "BOX", "corners": BOX, "rule": ["enter", "leave"], "max_kn": 15.0}


def module(name):
    spec = importlib.util.spec_from_file_location(f"{name}_drawing", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


cases = module("test_snapshots")


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """Nothing but zones is watched."""
    path = tmp_path_factory.mktemp("config") / "desk.toml"
    off = "\n".join(f"[detect.{d.id}]\nenabled = false" for d in catalog.detectors() if d.id != "zone")
    path.write_text(off + "\n[zone.ROADS]\npolygon = [[20.0, 50.0], [20.0, 50.2], [20.2, 50.2]]\n", encoding="utf-8")
    return load(path, catalog.detectors())


@pytest.fixture(scope="module")
def received(tmp_path_factory):
    path = tmp_path_factory.mktemp("scene") / "scene.toml"
    path.write_text('words = "Zones."\nminutes = 65\n' + SHIP.format(n=1, track=THROUGH) + SHIP.format(n=2, track=INSIDE), encoding="utf-8")
    return DetectorScene.read(path).received()


def said(kind, subject, content, minute):
    return report.decision(kind, subject, content, START_S + 60 * minute + 0.5)


def watched(config, received, *decisions):
    river = River(config, ("feed",))
    for batch in cases.live(received, decisions):
        river.take(batch)
    return river


def told(river):
    return [
        (a.ships[0], a.reason, a.state, round((a.raised_s - START_S) / 60))
        for a in sorted(river.triage.alerts.values(), key=lambda a: a.raised_s)
    ]


def test_it_is_watched_from_the_next_look_and_who_was_inside_has_not_entered(config, received):
    drawn = said("zone", "", ALL, 5)
    alerts = told(watched(config, received, drawn))
    assert [(ship, minute) for ship, reason, _, minute in alerts if "entered" in reason or "left" in reason] == [
        (311000001, pytest.approx(11, abs=1)),
        (311000001, pytest.approx(51, abs=1)),
    ]
    assert any("where 15 are allowed" in reason for _, reason, _, _ in alerts)
    assert told(watched(config, received)) == []
    late = told(watched(config, received, said("zone", "", ALL, 30)))
    assert [reason.partition(" at")[0] for ship, reason, _, _ in late if ship == 311000001 and "allowed" not in reason] == [
        "SHIP 1 has left BOX"
    ]


def test_removed_it_says_no_more_and_what_it_said_ends(config, received):
    drawn = said("zone", "", {**ALL, "rule": ["enter"], "max_kn": None}, 5)
    river = watched(config, received, drawn, said("unzone", drawn.id, {"by": "ANNA"}, 20))
    (alert,) = told(river)
    assert alert[2] == "closed"
    assert river.triage.alerts and next(iter(river.triage.alerts.values())).history[-1].words == "BOX is no longer watched."
    (zone,) = (zone for zone in listing.listed(river, "zones") if zone["drawn"])
    assert (zone["by"], zone["undo"], zone["removed_s"]) == ("ANNA", True, START_S + 1200.5)


def test_drawn_anew_round_a_ship_she_has_crossed_nothing(config, received):
    drawn = said("zone", "", {**ALL, "max_kn": None}, 5)
    elsewhere = said("zone", drawn.id, {**ALL, "max_kn": None, "corners": [[c[0] + 1, c[1]] for c in BOX]}, 30)
    back = said("zone", drawn.id, {**ALL, "max_kn": None}, 40)
    alerts = told(watched(config, received, drawn, elsewhere, back))
    assert [(reason.partition(" at")[0], state) for _, reason, state, _ in alerts] == [
        ("SHIP 1 has entered BOX", "closed"),
        ("SHIP 1 has left BOX", "open"),
    ]


def test_killed_anywhere_and_replayed_it_is_the_same(config, received, tmp_path):
    drawn = said("zone", "", ALL, 5)
    decisions = [drawn, said("unzone", drawn.id, {}, 20), said("zone", drawn.id, {**ALL, "name": "BOX 2"}, 25)]
    batches = cases.live(received, decisions)

    def everything(river):
        return json.dumps([result_of(river).alerts, listing.listed(river, "zones")], sort_keys=True, allow_nan=False)

    want = River(config, ("feed",))
    for batch in batches:
        want.take(batch)
    run = cases.Run(tmp_path, config)
    cuts = [n + 2 for n, batch in enumerate(batches) if batch.decisions]
    for number, (low, high) in enumerate(zip([0, *cuts], [*cuts, len(batches)], strict=True)):
        run.take(batches[low:high])
        if number % 2:
            run.snapshot()
        run.kill()
        run = cases.Run(tmp_path, config)
    assert everything(run.desk.river) == everything(want)
    run.kill()
    desk = PastDesk(config, Period(tmp_path, float("-inf"), START_S + 23 * 60))
    desk.warm()
    desk.found()
    assert [zone["removed_s"] is None for zone in listing.listed(desk.river, "zones")] == [True, False]


def test_every_page_is_told(config, tmp_path):
    run = cases.Run(tmp_path, config)
    drawn = said("zone", "", ALL, 5)
    [(_, changes)] = run.desk._carry([Batch(decisions=(drawn,))], None)
    asyncio.run(run.desk._publish(changes))
    asked = run.desk.desk
    (told,) = run.desk.hub._newer("zones", -1)
    assert told in asked.zones() and (told["id"], told["rings"]) == (drawn.id, [BOX])
    assert asked.chart() == {"meetings": [], "dark": [], "jammed": []}
    assert asked.outlines((20, 50, 30, 60)) == [] and asked.coverage((20, 50, 30, 60))["share"] == [] and asked.charts() == ""
    run.kill()


def test_what_would_be_in_vain_is_refused_and_undo_brings_back(config):
    river = River(config, ("feed",))

    def decide(kind, subject, content, minute):
        made = said(kind, *deciding.completed(river, kind, subject, content), minute)
        river.take(Batch(decisions=(made,)))
        return made.id

    def refused(kind, subject, content):
        with pytest.raises(InputFault) as fault:
            deciding.completed(river, kind, subject, content)
        return fault.value.what

    name = decide("zone", "", ALL, 1)
    assert "of this name" in refused("zone", "", {**ALL, "name": " box "})
    assert "of this name" in refused("zone", "", {**ALL, "name": "roads"}), "the configuration's zones have names too"
    assert "never changed" in refused("zone", name, {"undo": True})
    decide("zone", name, {**ALL, "name": "THE BOX"}, 2)
    decide("zone", name, {"undo": True, "by": "BEN"}, 3)
    assert (river.areas.drawn.all[name].content["name"], river.areas.drawn.all[name].by) == ("BOX", "BEN")
    decide("unzone", name, {}, 4)
    assert "removed before" in refused("unzone", name, {})
    assert not river.areas.drawn.watched
    decide("zone", name, {"undo": True}, 5)
    assert river.areas.drawn.all[name].content == {**ALL, **river.areas.drawn.all[name].content} and len(river.areas.drawn.watched) == 1
    with pytest.raises(KeyError):
        deciding.completed(river, "unzone", "zone-none", {})
    for number in range(199):
        river.take(Batch(decisions=(said("zone", "", {**ALL, "name": f"Z {number}"}, 6),)))
    assert "200 zones" in refused("zone", "", {**ALL, "name": "one more"})


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"name": ""}, "zone.name"),
        ({"name": "x" * 61}, "zone.name"),
        ({"name": "a\u202eb"}, "zone.name"),
        ({"corners": BOX[:2]}, "zone.corners"),
        ({"corners": [[0, 0]] * 502}, "zone.corners"),
        ({"corners": [[1, 1], [2, 2], [1, 1]]}, "zone.corners"),
        ({"corners": [[91, 0], [0, 1], [1, 1]]}, "zone.corners"),
        ({"corners": [[float("nan"), 0], [0, 1], [1, 1]]}, "zone.corners"),
        ({"corners": [["1", 0], [0, 1], [1, 1]]}, "zone.corners"),
        ({"corners": [[80, 0], [80, 120], [80, -120]]}, "zone.corners"),
        ({"rule": ["leap"]}, "zone.rule"),
        ({"rule": "enter"}, "zone.rule"),
        ({"min_kn": 20}, "zone.min_kn"),
        ({"max_kn": -1}, "zone.max_kn"),
        ({"max_kn": True}, "zone.max_kn"),
        ({"forbidden": [10]}, "zone.forbidden"),
        ({"for_kinds": [[]]}, "zone.for_kinds"),
        ({"for_ships": [10**9]}, "zone.for_ships"),
        ({"for_ships": list(range(1, 102))}, "zone.for_ships"),
        ({"severity": "distress"}, "zone.severity"),
        ({"port": 1}, "zone.port"),
        ({"colour": "red"}, "zone"),
    ],
)
def test_what_is_no_zone(change, where):
    with pytest.raises(InputFault) as fault:
        report.decision("zone", "", {**ALL, **change}, START_S)
    assert fault.value.where == where and fault.value.help


def test_a_config_zone_of_a_drawn_name_keeps_its_ships(config):
    """A name is given to a zone of the configuration after one was drawn by it: each is for its own ships."""
    river = River(replace(config), ("feed",))
    river.take(Batch(decisions=(Decision(START_S, "zone", "z1", "", {**ALL, "name": "ROADS", "for_ships": [311000002]}),)))
    configured, drawn = river.areas.zones
    assert (configured.for_all, drawn.ships, drawn.key) == (True, frozenset({311000002}), "z1")
