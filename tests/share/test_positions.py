"""Positions and tracks as files: each opens as what it is said to be, and says the same."""

from __future__ import annotations

import csv
import json
import struct
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tankerwatch.core.errors import InputFault
from tankerwatch.share import positions
from tankerwatch.share.positions import KINDS, lines_of, write

AT_S = 1_560_394_210.25
KML = "{http://www.opengis.net/kml/2.2}"
GX = "{http://www.google.com/kml/ext/2.2}"
NAMES = {538001234: 'A & "B" <\x01>', 4000000001: ""}


def table(rows: list[tuple[float, int, float | None, float | None]]) -> Any:
    """Positions in the public form: time, MMSI, longitude, latitude."""
    time_s, mmsi, lon, lat = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [], [])
    count = len(rows)
    return pa.table(
        {
            "time_s": pa.array(time_s, pa.float64()),
            "mmsi": pa.array(mmsi, pa.uint32()),
            "lon_deg": pa.array(lon, pa.float64()),
            "lat_deg": pa.array(lat, pa.float64()),
            "sog_kn": pa.array([12.3] * count, pa.float32()),
            "station": pa.array(["a"] * count).dictionary_encode(),
        }
    )


ROWS = [(AT_S, 538001234, 57.25, 25.5), (AT_S + 1, 4000000001, None, None), (AT_S + 60, 538001234, 57.375, 25.5)]
TABLES = [table(ROWS[:2]), table(ROWS[2:])]


def read(path: Path) -> list[tuple[str, int, Any]]:
    """Time, MMSI and place (longitude, latitude) of each position in a file."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return [
                (row["time"], int(row["mmsi"]), (float(row["lon_deg"]), float(row["lat_deg"])) if row["lon_deg"] else None)
                for row in csv.DictReader(file)
            ]
    if path.suffix == ".geojson":
        told = json.loads(path.read_text(encoding="utf-8"))["features"]
        return [(f["properties"]["time"], f["properties"]["mmsi"], f["geometry"] and tuple(f["geometry"]["coordinates"])) for f in told]
    if path.suffix == ".parquet":
        file = pq.read_table(path)
        assert json.loads(pq.read_schema(path).metadata[b"geo"])["columns"]["geometry"]["bbox"] == [57.25, 25.5, 57.375, 25.5]
        return [
            (
                positions.moment(row["time_s"]),
                row["mmsi"],
                None if row["geometry"] is None else struct.unpack("<BIdd", row["geometry"])[2:],
            )
            for row in file.to_pylist()
        ]
    marks = ElementTree.parse(path).getroot().iter(f"{KML}Placemark")
    found = []
    for mark in marks:
        lon, lat = (mark.findtext(f".//{KML}coordinates") or "").split(",")
        found.append((mark.findtext(f".//{KML}when") or "", 538001234, (float(lon), float(lat))))
    return found


@pytest.mark.parametrize("suffix", KINDS)
def test_positions(tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    first = ("2019-06-13T02:50:10.250Z", 538001234, (57.25, 25.5))
    nowhere = ("2019-06-13T02:50:11.250Z", 4000000001, None)
    second = ("2019-06-13T02:51:10.250Z", 538001234, (57.375, 25.5))
    expected = [first, second] if suffix == ".kml" else [first, nowhere, second]
    assert write(path, suffix, iter(TABLES), NAMES) == len(expected)
    assert read(path) == expected


@pytest.mark.parametrize("suffix", KINDS)
@pytest.mark.parametrize("tracks", [False, True])
def test_nothing_found_is_a_whole_file_too(tmp_path, suffix, tracks):
    path = tmp_path / f"out{suffix}"
    assert write(path, suffix, iter([]), {}, tracks=tracks) == 0
    if suffix == ".parquet":
        assert pq.read_table(path).num_rows == 0 and b"geo" in pq.read_schema(path).metadata
    elif suffix == ".geojson":
        assert json.loads(path.read_text()) == {"type": "FeatureCollection", "features": []}
    elif suffix == ".kml":
        ElementTree.parse(path)
    else:
        assert len(path.read_text().splitlines()) == 1


def test_names_are_told_and_do_no_harm(tmp_path):
    write(tmp_path / "a.kml", ".kml", iter(TABLES), NAMES)
    assert {mark.findtext(f"{KML}name") for mark in ElementTree.parse(tmp_path / "a.kml").iter(f"{KML}Placemark")} == {'A & "B" <>'}
    write(tmp_path / "a.geojson", ".geojson", iter(TABLES), NAMES)
    assert json.loads((tmp_path / "a.geojson").read_text())["features"][0]["properties"]["name"] == NAMES[538001234]


def test_a_track_is_broken_by_silence_and_by_the_180th_meridian():
    rows = [(AT_S + n * 60, 538001234, 179.0 + n * 0.5 - (360 if n > 2 else 0), 10.0) for n in range(6)]
    rows += [(AT_S + 300 + 3601 + n, 538001234, -178.0, 10.0) for n in range(2)] + [(AT_S + 9000, 538001234, -178.0, 10.0)]
    rows += [(AT_S, 7, 1.0, 2.0), (AT_S + 1, 7, None, None), (AT_S + 2, 7, 1.1, 2.0)]
    found = list(lines_of([table(rows)]))
    assert [(line.mmsi, len(line.time_s)) for line in found] == [(7, 2), (538001234, 3), (538001234, 3), (538001234, 2)]
    assert found[0].lon_deg.tolist() == [1.0, 1.1]


@pytest.mark.parametrize("suffix", KINDS)
def test_tracks(tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    assert write(path, suffix, iter(TABLES), NAMES, tracks=True) == 1
    if suffix == ".geojson":
        (line,) = json.loads(path.read_text())["features"]
        assert line["geometry"] == {"type": "LineString", "coordinates": [[57.25, 25.5], [57.375, 25.5]]}
        assert line["properties"]["times_s"] == [AT_S, AT_S + 60]
    elif suffix == ".kml":
        (track,) = ElementTree.parse(path).iter(f"{GX}Track")
        assert [coord.text for coord in track.findall(f"{GX}coord")] == ["57.2500000 25.5000000 0", "57.3750000 25.5000000 0"]
        assert len(track.findall(f"{KML}when")) == 2
    elif suffix == ".parquet":
        (row,) = pq.read_table(path).to_pylist()
        assert struct.unpack("<BII4d", row["geometry"]) == (1, 2, 2, 57.25, 25.5, 57.375, 25.5)
        assert json.loads(pq.read_schema(path).metadata[b"geo"])["columns"]["geometry"]["geometry_types"] == ["LineString"]
    else:
        assert [row["track"] for row in csv.DictReader(path.read_text().splitlines())] == ["1", "1"]


def test_tracks_of_too_much_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(positions, "MOST_POINTS", 1)
    with pytest.raises(InputFault, match="make no tracks"):
        write(tmp_path / "a.csv", ".csv", iter(TABLES), {}, tracks=True)
