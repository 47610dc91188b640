"""Archives of decoded reports through the whole program: the same danger is found in each form, with what the ship says of herself."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tankerwatch.config import load
from tankerwatch.core.mmsi import TANKER
from tankerwatch.detect import catalog
from tankerwatch.pipeline import analyse

START_S = 1_709_251_200
DANISH = (
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,Ship type,Cargo type,"
    "Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type,A,B,C,D"
)
NOAA = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo,TransceiverClass"
ROWS = [(START_S + 10 * n, 57 + n * 10 * 6 / 3600 / 60, 0 if n < 150 else 2) for n in range(240)]
"""Time, latitude and status of a tanker that goes north at 6 kn and after 25 minutes says that she is not under command."""


def at(time_s):
    return datetime.fromtimestamp(time_s, UTC)


def danish(path):
    words = {0: "Under way using engine", 2: "Not under command"}
    rows = [
        f"{at(t):%d/%m/%Y %H:%M:%S},Class A,219000001,{lat:.6f},10.5,{words[status]},,6.0,0.0,0,9074729,OXYZ2,FRIG,"
        f"Tanker,,32,183,GPS,11.5,AARHUS,,AIS,150,33,10,22"
        for t, lat, status in ROWS
    ]
    base = f"{at(START_S):%d/%m/%Y %H:%M:%S},Base Station,2190067,57.5,10.5,Unknown value,,,,,,,,,,,,,,,,AIS,,,,"
    path.write_text("\n".join([DANISH, base, *rows]) + "\n")


def noaa(path):
    rows = [
        f"219000001,{at(t):%Y-%m-%dT%H:%M:%S},{lat:.6f},10.5,6.0,0.0,0,FRIG,IMO9074729,OXYZ2,80,{status},183,32,11.5,80,A"
        for t, lat, status in ROWS
    ]
    path.write_text("\n".join([NOAA, *rows]) + "\n")


def parquet(path):
    times, lats, statuses = zip(*ROWS, strict=True)
    whole = len(ROWS)
    columns = {
        "timestamp": pa.array([t * 1000 for t in times], pa.timestamp("ms", tz="UTC")),
        "mmsi": [219000001] * whole, "lat": lats, "lon": [10.5] * whole, "sog": [6.0] * whole, "cog": [0.0] * whole,
        "nav_status": statuses, "name": ["FRIG"] * whole, "imo": [9074729] * whole, "callsign": ["OXYZ2"] * whole,
        "ship_type": [80] * whole, "length": [183.0] * whole, "width": [32.0] * whole,
    }  # fmt: skip  # one a line would hide what belongs together
    pq.write_table(pa.table(columns), path)


@pytest.mark.parametrize(("make", "name", "unused"), [
    (danish, "aisdk.csv", {"not_a_ship": 1}), (noaa, "noaa.csv", {}), (parquet, "archive.parquet", {}),
], ids=["Danish", "NOAA", "Parquet"])  # fmt: skip  # one a line would hide what belongs together
def test_the_same_is_found_in_each_form(tmp_path, make, name, unused):
    make(tmp_path / name)
    found = analyse([tmp_path / name], config=load(None, catalog.detectors()), tracks=True)
    (alert,) = found.alerts
    assert (alert["detector"], alert["names"], alert["evidence"][0]["sentence"]) == ("not_under_command", {"219000001": "FRIG"}, None)
    assert START_S + 1500 <= alert["start_s"] <= alert["raised_s"] < START_S + 1600
    ship = found.ships[219000001]
    assert (ship.imo, ship.callsign, ship.kind, ship.length_m, ship.beam_m, ship.class_b) == (9074729, "OXYZ2", TANKER, 183, 32, False)
    assert found.counters["rows"] == len(ROWS) + sum(unused.values()) and found.counters["rows_unused"] == unused
    track = found.tracks[219000001]
    assert len(track.time_s) == len(ROWS) // 3 and track.lat_deg[0] == pytest.approx(57.0, abs=1e-4)
    assert "not under command" in found.to_html() and all(reason.replace("_", " ") in found.to_html() for reason in unused)
