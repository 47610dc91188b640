"""What the map is told beside ships: close passes as they are sailed, silent ships, false positions, hulls, and where ships are heard."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tankerwatch.config import load
from tankerwatch.core.context import CELL_DEG, Cells, cells_of
from tankerwatch.core.geo import distance_nm
from tankerwatch.core.tables import Batch, Lines
from tankerwatch.desk import charting
from tankerwatch.detect import catalog
from tankerwatch.pipeline import River
from tankerwatch.testing import DetectorScene

SCENES = Path(__file__).parent.parent / "detect" / "scenes"


@pytest.fixture(scope="module")
def config():
    return load(None, catalog.detectors())


def watched(config, name, until):
    """A scene as far as something is told."""
    river = River(config, ("feed",))
    story = DetectorScene.read(SCENES / f"{name}.toml").received()
    for at in range(0, len(story), 20):
        part = story[at : at + 20]
        river.take(Batch(lines=Lines.of([line for _, line in part], [t for t, _ in part], list(range(at + 1, at + 1 + len(part))))))
        told = charting.chart(river)
        json.dumps(told, allow_nan=False)
        if until(told):
            return river, told
    pytest.fail(f"{name} tells nothing of that kind")


def test_a_close_pass_is_told_as_it_is_sailed(config):
    river, told = watched(config, "collision_crossing", lambda told: any(meeting["alert"] for meeting in told["meetings"]))
    (meeting,) = told["meetings"]
    (alert,) = (alert for alert in river.triage.alerts.values() if alert.detector == "collision")
    assert set(meeting["ships"]) == set(alert.ships)
    assert 0 < meeting["meet_s"] - river.clock_s < 900
    for ship, (lat, lon) in zip(meeting["ships"], meeting["at"], strict=True):
        row = int(np.flatnonzero(river.picture.mmsi == ship)[0])
        sails_nm = float(river.picture.sog_kn[row]) * (meeting["meet_s"] - float(river.picture.event_s[row])) / 3600
        assert float(distance_nm(river.picture.lat_deg[row], river.picture.lon_deg[row], lat, lon)) == pytest.approx(sails_nm, abs=0.01)
    (one, other) = meeting["at"]
    assert float(distance_nm(*one, *other)) < 0.5 and meeting["gap_m"] < 400
    assert set(meeting) == {"ships", "meet_s", "gap_m", "score", "alert", "at"}


def test_a_silent_ship_is_where_she_was_last(config):
    river, told = watched(config, "dark_in_the_lane", lambda told: told["dark"])
    (dark,) = told["dark"]
    row = int(np.flatnonzero(river.picture.mmsi == dark["ship"])[0])
    assert (dark["lat_deg"], dark["lon_deg"]) == (round(float(river.picture.lat_deg[row]), 6), round(float(river.picture.lon_deg[row]), 6))
    assert river.clock_s - dark["heard_s"] >= 360 and 5 < dark["speed_kn"] < 30
    assert river.triage.alerts[dark["alert"]].detector == "dark"
    assert set(dark) == {"ship", "alert", "lat_deg", "lon_deg", "heard_s", "speed_kn"}


def test_an_area_with_false_positions(config):
    river, told = watched(config, "jamming_six_ships", lambda told: told["jammed"])
    (area,) = told["jammed"]
    (alert,) = (alert for alert in river.triage.alerts.values() if alert.detector == "jamming")
    assert area["ships"] >= len(alert.ships) >= 3 and 2 <= area["radius_nm"] < 60
    assert float(distance_nm(area["lat_deg"], area["lon_deg"], alert.lat_deg, alert.lon_deg)) <= area["radius_nm"] + 1
    box = area["lat_deg"] - 1, area["lon_deg"] - 1, area["lat_deg"] + 1, area["lon_deg"] + 1
    hulls = charting.outlines(river, box)
    assert hulls and all(len(hull) == 5 and min(hull[1:]) >= 0 and hull[1] + hull[2] > 10 for hull in hulls)
    assert charting.outlines(river, (box[0], box[1] + 90, box[2], box[3] + 90)) == []
    cells = charting.coverage(river.learner.context.cells, box)
    assert len(cells["lat_deg"]) == len(cells["share"]) > 3 and cells["height_deg"] == CELL_DEG
    assert sum(cells["heard_min"]) == int(river.learner.context.cells.moving.sum() + river.learner.context.cells.resting.sum())


def learnt(lat, lon, moving=60, missed=20):
    cells, counts = np.unique(cells_of(lat, lon), return_counts=True)
    return Cells.blank(len(cells)).replace(
        cell=cells, moving=(counts * moving).astype(np.uint32), missed=(counts * missed).astype(np.uint32)
    )


def test_many_cells_are_told_as_fewer_and_none_is_lost():
    dice = np.random.default_rng(5)
    lat, lon = dice.uniform(20, 26, 20_000), dice.uniform(50, 60, 20_000)
    cells = learnt(lat, lon)
    told = charting.coverage(cells, (19, 49, 27, 61))
    assert len(told["lat_deg"]) <= charting.MOST_CELLS and told["height_deg"] > CELL_DEG
    assert sum(told["heard_min"]) == 20_000 * 60 and set(told["share"]) == {0.75}
    inside = charting.coverage(cells, (22, 53, 22.5, 53.5))
    assert inside["height_deg"] == CELL_DEG
    assert all(21.98 <= lat <= 22.52 and 52.98 <= lon <= 53.52 for lat, lon in zip(inside["lat_deg"], inside["lon_deg"], strict=True))
    assert charting.coverage(Cells.empty(), (-90, -180, 90, 180))["share"] == []


@pytest.mark.parametrize("box", [(-5, 175, 5, 185), (-5, -185, 5, -175), (-90, -180, 90, 180)])
def test_cells_across_the_date_line_and_at_the_poles(box):
    cells = learnt(np.array([0.5, 0.5, 89.99, -89.99]), np.array([179.9, -179.9, 0.0, 10.0]), moving=5, missed=0)
    told = charting.coverage(cells, box)
    assert len(told["lon_deg"]) == (4 if box[0] == -90 else 2)
    assert set(told["share"]) == {None}, "five minutes say little"
