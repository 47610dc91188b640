"""Zones of a configuration: who crosses their border, is too fast or slow in them, or of a kind that may not be there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tankerwatch.config import load
from tankerwatch.detect import catalog
from tankerwatch.testing import START_S, DetectorScene

SHIP = """
[[ship]]
mmsi = 31100000{n}
name = "SHIP {n}"
type = {type}
length_m = 150
every_s = 10
track = {track}
"""
BOX = "polygon = [[24.0, 58.0], [24.0, 58.2], [24.2, 58.2], [24.2, 58.0]]"
# From 3 nm south of the box through it to 3 nm north of it, at 18 kn: inside from minute 10 to 50.
THROUGH = "[[0, 23.95, 58.1], [60, 24.25, 58.1]]"
OFF = "\n".join(f"[detect.{d.id}]\nenabled = false" for d in catalog.detectors() if d.id != "zone")


def alerts(folder: Path, rules: str, *ships: str, box: str = BOX, cuts: int = 1, frame_s: int = 10):
    (folder / "desk.toml").write_text(f"{OFF}\n[zone.BOX]\n{box}\n{rules}\n", encoding="utf-8")
    (folder / "scene.toml").write_text('words = "Zones."\nminutes = 70\n' + "".join(ships), encoding="utf-8")
    config = load(folder / "desk.toml", catalog.detectors())
    river = DetectorScene.read(folder / "scene.toml").run(config, cuts, frame_s=frame_s)
    return sorted(river.triage.alerts.values(), key=lambda a: (a.raised_s, a.id))


def ship(track: str = THROUGH, n: int = 1, type: int = 70) -> str:
    return SHIP.format(n=n, track=track, type=type)


def minute(time_s: float) -> float:
    return (time_s - START_S) / 60


def test_entering_and_leaving_are_told_once_each(tmp_path):
    entered, left = alerts(tmp_path, 'rule = ["enter", "leave"]\nseverity = "danger"', ship())
    assert "has entered BOX" in entered.reason or "has left BOX" in entered.reason
    assert 10 <= minute(entered.raised_s) <= 11.5 and 50 <= minute(left.raised_s) <= 51.5
    assert (entered.state, entered.ships, entered.severity) == ("closed", (311000001,), "danger")
    assert "has left BOX" in left.reason and left.state == "open"


@pytest.mark.parametrize("rule", ["enter", "leave"])
def test_only_what_is_asked_for(tmp_path, rule):
    (alert,) = alerts(tmp_path, f'rule = ["{rule}"]', ship())
    assert minute(alert.raised_s) == pytest.approx(10.7 if rule == "enter" else 50.7, abs=0.8)


def test_a_ship_first_heard_inside_has_not_entered(tmp_path):
    assert alerts(tmp_path, 'rule = ["enter"]', ship("[[0, 24.05, 58.1], [60, 24.15, 58.1]]")) == []


def test_who_runs_along_the_border_crosses_it_not(tmp_path):
    track = str([[m, 23.9999 + 0.0002 * (m % 2), 58.01 + m * 0.003] for m in range(61)])
    assert alerts(tmp_path, 'rule = ["enter", "leave"]', ship(track)) == []


def test_too_fast_and_too_slow(tmp_path):
    (fast,) = alerts(tmp_path, "max_kn = 15", ship())
    assert "18" in fast.reason and "where 15 are allowed" in fast.reason and fast.state == "closed"
    assert 12 <= minute(fast.raised_s) <= 13.5
    (slow,) = alerts(tmp_path, "min_kn = 5", ship("[[0, 23.95, 58.1], [20, 24.05, 58.1], [60, 24.07, 58.1]]"))
    assert "where 5 are the least" in slow.reason and 21 <= minute(slow.raised_s) <= 24
    assert alerts(tmp_path, "max_kn = 19\nmin_kn = 17", ship()) == []


def test_a_forbidden_kind_and_whom_it_is_for(tmp_path):
    others = ship(n=2, type=30, track="[[0, 23.95, 58.15], [60, 24.25, 58.15]]")
    (alert,) = alerts(tmp_path, 'forbidden = ["fishing"]', ship(), others)
    assert alert.ships == (311000002,) and "fishing" in alert.reason
    (alert,) = alerts(tmp_path, 'rule = ["enter"]\nfor_ships = ["311000001"]', ship(), others)
    assert alert.ships == (311000001,)
    (alert,) = alerts(tmp_path, 'rule = ["enter"]\nfor_kinds = ["fishing"]', ship(), others)
    assert alert.ships == (311000002,)


def test_across_the_antimeridian(tmp_path):
    box = "polygon = [[24.0, 179.9], [24.0, -179.9], [24.2, -179.9], [24.2, 179.9]]"
    (alert,) = alerts(tmp_path, 'rule = ["enter"]', ship("[[0, 24.1, -179.7], [60, 24.1, -179.99]]"), box=box)
    assert 38 <= minute(alert.raised_s) <= 43


def test_the_same_wherever_the_stream_is_cut(tmp_path):
    def told(**how: int):
        found = alerts(tmp_path, 'rule = ["enter", "leave"]\nmax_kn = 15\nforbidden = ["cargo"]', ship(), **how)
        return [(a.id, a.raised_s, a.state, a.reason) for a in found]

    assert told() == told(cuts=40, frame_s=1)
    assert len(told()) == 4


def test_without_zones_it_does_nothing(tmp_path):
    river = DetectorScene("none", "", {"ship": []}, ()).run()
    (watch,) = [w for w in river.watches if w.detector.id == "zone"]
    assert len(watch.memory) == 0
