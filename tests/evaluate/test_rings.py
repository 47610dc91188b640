"""The rings of the scenes: who is in one when the truth says so, and what is told of it only because somebody drew it."""

from __future__ import annotations

import numpy as np
import pytest

from tankerwatch.core.geo import distance_nm
from tankerwatch.evaluate.cases import rings
from tankerwatch.evaluate.rows import rows_of_log
from tankerwatch.evaluate.score import score
from tankerwatch.evaluate.watch import alerts_of, detectors
from tankerwatch.evaluate.world import World


@pytest.fixture(scope="module")
def scene():
    world = World(31, "rings", rings.SECONDS)
    for make, level in (
        (rings._enters, "class B"), (rings._along_the_edge, "plain"), (rings._late, "plain"), (rings._outside, "at anchor"),
    ):  # fmt: skip  # one a line would hide what belongs together
        make(world.place(stations=1), level)
    return world.scene()


def test_she_is_in_the_ring_from_the_oracles_instant_on(scene):
    rows = rows_of_log(scene.log)
    for danger, decision in zip(scene.dangers, scene.decisions[:2], strict=True):
        assert decision.kind == "guard" and int(decision.subject) == danger.ships[0] and decision.time_s == scene.start_s + 1800
        lines = [rows.take(rows.mmsi == mmsi) for mmsi in danger.ships]
        times = np.arange(danger.oracle_s - 300, danger.oracle_s + 301, 300)
        places = [[np.interp(times, its.time_s, getattr(its, name)) for name in ("lat_deg", "lon_deg")] for its in lines]
        before, at, after = distance_nm(*places[0], *places[1])
        ring = decision.content["ring_nm"]
        assert at == pytest.approx(ring, abs=0.13)
        assert before > ring - 0.02 and after < ring + 0.02


def test_what_is_told_is_told_because_of_the_ring(scene):
    made = score(scene, alerts_of(scene.log, "", scene.decisions), detectors())
    assert [(event.danger.kind, event.in_time, event.duplicates) for event in made.events] == [
        ("enters her ring", True, 0),
        ("along the edge", True, 0),
    ]
    assert [(fooled.decoy.kind, fooled.alarms) for fooled in made.decoys] == [
        ("comes when the guard is over", ()),
        ("keeps outside her ring", ()),
    ]
