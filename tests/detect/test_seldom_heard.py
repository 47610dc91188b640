"""Archives of satellites: feeds whose clocks differ, and two ships under one number for days."""

from __future__ import annotations

import csv
import gzip
import math
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import tankerwatch as tw

NUMBER = 311_000_001
START_S = 1_700_000_000
KNOTS = 16.0


def _row(time_s: float, sailed_s: float, north_nm: float = 0.0) -> tuple[float, str]:
    """A report of a ship that goes east at 16 kn, so many seconds after the start of her passage."""
    lon = -30.0 + KNOTS * sailed_s / 3600 / 60 / math.cos(math.radians(30.0))
    return time_s, f"{START_S + time_s:.0f},{NUMBER},{30.0 + north_nm / 60:.5f},{lon:.5f},{KNOTS},90"


def _detectors(folder: Path, rows: list[tuple[float, str]]) -> list[str]:
    path = folder / "archive.csv"
    path.write_text("\n".join(["timestamp,mmsi,lat,lon,sog,cog", *(row for _, row in sorted(rows))]) + "\n", encoding="utf-8")
    return [a["detector"] for a in tw.analyse(path).alerts if a["detector"] in ("false_position", "clone")]


def test_two_clocks_are_not_two_places(tmp_path: Path, shared_data: Callable[[str], Path]) -> None:
    """A recorded ship at 17 kn, whose reports two feeds bring with clocks that differ: she seems to go back, and then to leap on."""
    with gzip.open(shared_data("tracks/gfw_position_messages.csv.gz"), "rt", encoding="utf-8") as file:
        found = [row for row in csv.DictReader(file) if row["ssvid"] == "220413000"]
    path = tmp_path / "archive.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        kept = csv.DictWriter(file, found[0].keys())
        kept.writeheader()
        for row in found:
            if -15_000 < datetime.fromisoformat(row["timestamp"].replace(" UTC", "+00:00")).timestamp() - 1_514_830_266 < 4000:
                kept.writerow(row)
    assert not [a for a in tw.analyse(path).alerts if a["detector"] in ("false_position", "clone")]


def test_a_number_that_two_ships_share_is_one_alert(tmp_path: Path) -> None:
    """Both are heard by turns for half a day, with an hour or two between."""
    rows = [_row(t, t) for t in range(0, 43_200, 180)]
    rows += [_row(t + 60, t, 25.0) for t in range(3600, 43_200, 180) if t // 3600 % 3 == 0]
    assert _detectors(tmp_path, rows) == ["clone"]


def test_a_false_place_is_still_told(tmp_path: Path) -> None:
    """She is shown ten miles off her way, and stays there."""
    rows = [_row(t, t, 0.0 if t < 20_000 else 10.0) for t in range(0, 26_000, 90)]
    assert _detectors(tmp_path, rows) == ["false_position"]
