"""GeoParquet: read back it is the alerts, and the metadata is what the specification asks for."""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

import pyarrow.parquet as pq
from hypothesis import given

sys.path.insert(0, str(Path(__file__).parent))

from made_up import WHEN_S, alert, analyses

from tankerwatch.pipeline import Result
from tankerwatch.share.geoparquet import table, write


def decoded(wkb: bytes) -> tuple[float, float]:
    order, kind, lon_deg, lat_deg = struct.unpack("<BIdd", wkb)
    assert (order, kind) == (1, 1)
    return lon_deg, lat_deg


def test_read_back_it_is_the_alerts(tmp_path):
    given_alerts = [alert(1), alert(2, lat_deg=None, lon_deg=None, ships=[], names={}), alert(3, lat_deg=-12.5, lon_deg=-170.25)]
    write(given_alerts, tmp_path / "alerts.parquet")
    rows = pq.read_table(tmp_path / "alerts.parquet").to_pylist()
    assert [row["geometry"] and decoded(row["geometry"]) for row in rows] == [(10.5, 57.25), None, (-170.25, -12.5)]
    for row, given_alert in zip(rows, given_alerts, strict=True):
        for key, value in given_alert.items():
            if key == "names":
                assert row[key] == list(value.values())
            else:
                assert (json.loads(row[key]) if key == "rule" else row[key]) == value
    assert rows[0]["raised_at"].isoformat() == "2019-06-13T02:40:01+00:00" and rows[0]["raised_at"].timestamp() == WHEN_S + 1
    assert rows[0]["end_at"] is None


def test_the_metadata_are_those_of_the_specification(tmp_path):
    """GeoParquet 1.1.0: version, primary_column and columns; of a column encoding and geometry_types."""
    write([alert(1), alert(2, lat_deg=-12.5, lon_deg=-170.25)], tmp_path / "a.parquet")
    file = pq.read_metadata(tmp_path / "a.parquet")
    geo = json.loads(file.metadata[b"geo"])
    assert geo == {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"], "bbox": [-170.25, -12.5, 10.5, 57.25]}},
    }
    leaf = file.schema.column(file.num_columns - 1)
    assert leaf.path == "geometry" and leaf.physical_type == "BYTE_ARRAY" and leaf.max_repetition_level == 0


def test_nothing_found_is_a_table_too(tmp_path):
    write([], tmp_path / "none.parquet")
    read = pq.read_table(tmp_path / "none.parquet")
    assert read.num_rows == 0 and "bbox" not in json.loads(read.schema.metadata[b"geo"])["columns"]["geometry"]


def test_the_same_analysis_gives_the_same_bytes(demo: Result, tmp_path):
    for name in "ab":
        write(demo.alerts, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert demo.to_arrow().num_rows == len(demo.alerts)


@given(analyses())
def test_any_alerts(found: Result):
    made = table(found.alerts)
    assert [held is None for held in made["geometry"].to_pylist()] == [held["lat_deg"] is None for held in found.alerts]
