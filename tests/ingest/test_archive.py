"""Tables of decoded reports: every form that the origin's files have, and tables that are wrong."""

from __future__ import annotations

import gzip
import math
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import MMSI_ODD, OUT_OF_RANGE, Fixes, Statics
from tankerwatch.ingest import columns, tables
from tankerwatch.ingest.archive import TableFile
from tankerwatch.ingest.bytes import Recording
from tankerwatch.ingest.recorded import Recorded

T = 1_560_393_600


def read(*paths: Path, **options: Any) -> tuple[Fixes, Statics, Counter[str]]:
    source = Recorded(paths, **options)
    heard = [batch.heard for batch in source.batches() if batch.heard is not None]
    fixes, statics = Fixes.concat([h.fixes for h in heard]), Statics.concat([h.statics for h in heard])
    fixes.check()
    statics.check()
    return fixes, statics, source.counters


def table(tmp_path: Path, *lines: str, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


# From MANIFEST.md, section 3: rows, ships, first and last time.
REAL = {
    "solent_20160112.csv.gz": (18623, 91, "2016-01-12 13:02:11", "2016-01-12 14:26:42"),
    "mpd_boat_positions.csv.gz": (22287, 256, "2021-03-20 00:00:00", "2021-03-24 23:59:59"),
    "gfw_gap_positions_gfw.csv": (2119, 1, "2018-12-24 00:28:00", "2018-12-28 04:20:59"),
    "gfw_gap_positions_ee.csv.gz": (41844, 1, "2018-12-23 11:44:00", "2018-12-28 04:25:59"),
    "gfw_position_messages.csv.gz": (19846, 3, "2018-01-01 00:00:00", "2018-01-31 23:59:59"),
    "aisdb_noaa_20230101.csv": (1000, 1000, "2023-01-11 00:00:00", "2023-01-11 23:59:59"),
    "atlantes_noaa_test_track.csv": (999, 1, "2023-02-01 00:01:00", "2023-02-06 00:46:59"),
    "kattegat_20251101.parquet": (14833, 143, "2025-11-01 00:00:00", "2025-11-01 23:59:59"),
    "tankers_sg/9327138.csv.gz": (39254, 1, "2013-07-27 00:00:00", "2014-07-31 23:59:59"),
    "tankers_sg/9417464.csv.gz": (13263, 1, "2013-08-01 00:00:00", "2014-11-26 23:59:59"),
    "tankers_sg/9538440.csv.gz": (19452, 1, "2013-07-12 00:00:00", "2014-11-04 23:59:59"),
    "tankers_sg/9267118.csv.gz": (9922, 1, "2013-08-10 00:00:00", "2014-12-24 23:59:59"),
}


@pytest.mark.parametrize("name", sorted(REAL))
def test_real_tables_are_read(shared_data: Callable[[str], Path], name: str) -> None:
    rows, ships, first, last = REAL[name]
    given_columns = {"sog": "SOG[m/s]"} if name.startswith("kattegat") else None
    fixes, _, counters = read(shared_data(f"tracks/{name}"), columns=given_columns)
    assert len(fixes) == rows == counters["rows"]
    assert len(np.unique(fixes.mmsi)) == ships
    assert (np.diff(fixes.time_s) >= 0).all()
    low, high = (datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() for text in (first, last))
    assert low <= fixes.time_s[0]
    assert fixes.time_s[-1] < high + 1
    assert sorted(fixes.source_row.tolist()) == list(range(1, rows + 1))


def test_tankers_at_the_scale_of_ais(shared_data: Callable[[str], Path]) -> None:
    fixes, _, _ = read(shared_data("tracks/tankers_sg/9327138.csv.gz"))
    first = fixes.take(np.array([0]))
    assert (first.lon_deg[0], first.lat_deg[0]) == (62347490 / 600000, 734400 / 600000)
    assert (round(float(first.sog_kn[0]), 3), first.cog_deg[0], first.heading_deg[0], first.nav_status[0]) == (12.8, 251.0, 252.0, 0)
    assert int(np.isnan(fixes.lon_deg).sum()) == 1  # the invalid position that MANIFEST states
    assert np.nanmax(fixes.sog_kn) < 102.3


def test_the_kattegat_in_knots_with_courses_from_their_parts(shared_data: Callable[[str], Path]) -> None:
    fixes, _, _ = read(shared_data("tracks/kattegat_20251101.parquet"), columns={"sog": "SOG[m/s]"})
    assert 21 < fixes.sog_kn.max() < 21.5  # 11.0 m/s
    assert not np.isnan(fixes.cog_deg).any()
    row = int(np.flatnonzero(fixes.source_row == 1)[0])
    assert fixes.cog_deg[row] == pytest.approx(math.degrees(math.atan2(0.6726582450689056, -0.7398901333056405)), abs=1e-3)


def test_a_wide_export_with_all_its_types(shared_data: Callable[[str], Path]) -> None:
    fixes, statics, counters = read(shared_data("tracks/aisdb_20210701.csv.gz"))
    types = Counter(fixes.msg_type.tolist())
    assert (types[1], types[27], types[3]) == (1062, 978, 206)
    assert counters["rows"] == 2498
    assert counters["no_mmsi"] == 1
    assert counters["not_a_ship"] > 50
    assert set(statics.msg_type.tolist()) == {5, 19, 24} or set(statics.msg_type.tolist()) == {5, 24}
    bulker = statics.take(np.flatnonzero(statics.name == "ASIAN BULKER"))
    assert (bulker.imo[0], bulker.to_bow_m[0], bulker.to_stern_m[0]) == (9755919, 151, 29)
    assert fixes.time_s.min() % 1 != 0  # the milliseconds have a column of their own


def test_noaa_with_static_data(shared_data: Callable[[str], Path]) -> None:
    fixes, statics, _ = read(shared_data("tracks/aisdb_noaa_20230101.csv"))
    naisha = statics.take(np.flatnonzero(statics.name == "MSC NAISHA III"))
    assert (naisha.imo[0], naisha.callsign[0], naisha.ship_type[0]) == (9307839, "5LCB4", 70)
    assert (naisha.to_bow_m[0] + naisha.to_stern_m[0], naisha.to_port_m[0] + naisha.to_starboard_m[0]) == (208, 30)
    assert set(fixes.msg_type.tolist()) == {1, 18}
    _, one, _ = read(shared_data("tracks/atlantes_noaa_test_track.csv"))
    assert len(one) == 1
    assert (one.name[0], one.draught_m[0]) == ("TUFTY", pytest.approx(10.4))


def test_a_ship_without_a_name_stops_in_the_canal(shared_data: Callable[[str], Path]) -> None:
    fixes, _, _ = read(shared_data("tracks/mpd_boat_positions.csv.gz"))
    given_ship = fixes.take(np.flatnonzero(fixes.mmsi == 235))
    after = given_ship.time_s >= datetime(2021, 3, 23, 5, 47, tzinfo=UTC).timestamp()
    assert after.sum() > 10
    assert np.abs(given_ship.lat_deg[after] - 30.017).max() < 0.01
    assert (fixes.quality & MMSI_ODD).all()


def test_a_table_that_is_no_ship_table_is_refused(shared_data: Callable[[str], Path]) -> None:
    with pytest.raises(InputFault, match="mmsi") as fault:
        read(shared_data("tracks/pirate_attacks.csv.gz"))
    assert "--columns mmsi=NAME" in fault.value.help


DANISH = (
    "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,ROT,SOG,COG,Heading,IMO,Callsign,Name,Ship type,Cargo type,"
    "Width,Length,Type of position fixing device,Draught,Destination,ETA,Data source type,A,B,C,D"
)


def test_the_danish_form(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        DANISH,
        *(
            f"13/06/2019 02:40:0{at},{row}"
            for at, row in enumerate(
                (
                    "Class A,219000001,57.1,10.2,Under way using engine,,12.3,182.5,181,Unknown,,,Undefined,,,,GPS,,Unknown,,AIS,,,,",
                    "Base Station,2190067,57.5,10.5,Unknown value,,,,,Unknown,Unknown,,Undefined,,,,GPS,,Unknown,,AIS,,,,",
                    'Class B,219000002,57.2,10.3,Unknown value,,0.1,,,Unknown,OU123,"O, ""S""",Sailing,,4,12,GPS,,Unknown,,AIS,,,,',
                    "Class A,219000001,57.1,10.2,At anchor,,0.0,360.0,511,9074729,OXYZ2,FRIG,Tanker,,32,,GPS,11.5,AARHUS,,AIS,150,33,10,22",
                    "Class A,219000001,91.0,0.0,Moored,,102.3,12.0,90,9074729,OXYZ2,FRIG,Tanker,,32,,GPS,11.5,AARHUS,,AIS,150,33,10,22",
                )
            )
        ),
    )
    fixes, statics, counters = read(path)
    assert (fixes.time_s - T).tolist() == [0, 2, 3]
    assert fixes.mmsi.tolist() == [219000001, 219000002, 219000001]
    assert fixes.msg_type.tolist() == [1, 18, 1]
    assert fixes.nav_status.tolist() == [0, 255, 1]
    assert fixes.source_row.tolist() == [1, 3, 4]
    assert [None if v != v else round(v, 3) for v in fixes.sog_kn.tolist()] == [12.3, 0.1, 0.0]
    assert [None if v != v else v for v in fixes.cog_deg.tolist()] == [182.5, None, None]
    assert [None if v != v else v for v in fixes.heading_deg.tolist()] == [181.0, None, None]
    assert statics.name.tolist() == ['O, "S"', "FRIG"]
    assert statics.ship_type.tolist() == [36, 80]
    assert statics.imo.tolist() == [0, 9074729]
    assert [int(v[1]) for v in (statics.to_bow_m, statics.to_stern_m, statics.to_port_m, statics.to_starboard_m)] == [150, 33, 10, 22]
    assert [int(v[0]) for v in (statics.to_bow_m, statics.to_stern_m, statics.to_port_m, statics.to_starboard_m)] == [6, 6, 2, 2]
    assert statics.destination.tolist() == ["", "AARHUS"]
    assert counters["not_a_ship"] == 1


TIMES = (
    "2019-06-13T02:40:00Z",
    "2019-06-13 02:40:00+00:00",
    "2019-06-13 04:40:00+02:00",
    "1560393600",
    "1560393600000",
    "13/06/2019 02:40",
    "20190613_024000",
)


@pytest.mark.parametrize("time", TIMES)
def test_forms_of_time(tmp_path: Path, time: str) -> None:
    fixes, _, _ = read(table(tmp_path, "t;mmsi;y;x", f"{time};219000001;57;10", f'"{time}";219000001;57;10'))
    assert fixes.time_s.tolist() == [T, T]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.timestamp("us"), [T * 1_000_000 + 250_000]),
        (pa.timestamp("ms", tz="Europe/Oslo"), [T * 1000 + 250]),
        (pa.timestamp("ns"), [T * 10**9 + 250_000_000]),
        (pa.float64(), [T + 0.25]),
        (pa.int64(), [T * 1000 + 250]),
        (pa.large_string(), ["2019-06-13T02:40:00.250Z"]),
    ],
)
def test_forms_of_time_in_parquet(tmp_path: Path, kind: Any, values: list[Any]) -> None:
    made = pa.table({"Time": pa.array(values, kind), "MMSI": pa.array(["219000001"]).dictionary_encode(), "LAT": [57.0], "LON": [10.0]})
    pyarrow.parquet.write_table(made, tmp_path / "a.parquet")
    fixes, _, _ = read(tmp_path / "a.parquet")
    assert fixes.time_s.tolist() == [T + 0.25]
    assert fixes.mmsi.tolist() == [219000001]


def test_what_says_nothing_is_counted_by_reason(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        "time,mmsi,lat,lon,sog",
        f"{T},219000001,57,10,1",
        ",219000001,57,10,1",
        "yesterday,219000001,57,10,1",
        f"{T},,57,10,1",
        f"{T},ship,57,10,1",
        f"{T},1e12,57,10,1",
        f"{T},219000001.5,57,10,1",
        f"{T},219000001,,10,1",
        f"{T},219000001,57,181,1",
        f"{T},219000001,57",
        f"{T},219000001,57,10,1,too,many",
        f"{T},219000001,57,10,fast",
        f"{T},219000001,nan,inf,1",
    )
    fixes, _, counters = read(path)
    assert fixes.source_row.tolist() == [1, 12]
    assert np.isnan(fixes.sog_kn[1])
    reasons = {key: counters[key] for key in ("rows", "no_time", "no_mmsi", "no_position", "bad_columns")}
    assert reasons == {"rows": 13, "no_time": 2, "no_mmsi": 4, "no_position": 3, "bad_columns": 2}


def test_units_and_names_can_be_given(tmp_path: Path) -> None:
    path = table(tmp_path, "when,who,phi,lambda,v", f"{T},219000001,1.0,0.5,10")
    given_columns = {"time": "when", "mmsi": "who", "lat": "phi[rad]", "lon": "lambda[rad]", "sog": "v[m/s]"}
    fixes, _, _ = read(path, columns=given_columns)
    assert fixes.sog_kn[0] == pytest.approx(19.4384, abs=1e-3)
    assert fixes.lat_deg[0] == pytest.approx(57.29578, abs=1e-5)
    assert columns.overrides("time=when, sog=v[m/s]") == {"time": "when", "sog": "v[m/s]"}


@pytest.mark.parametrize(
    "given_columns",
    [
        {"speed": "v"},
        {"time": "absent"},
        {"time": "when", "mmsi": "who", "lat": "phi", "lon": "lambda", "sog": "v[ells]"},
        {},
        {"mmsi": "who[m]"},
    ],
)
def test_wrong_names_are_refused_with_advice(tmp_path: Path, given_columns: dict[str, str]) -> None:
    path = table(tmp_path, "when,who,phi,lambda,v", f"{T},219000001,1.0,0.5,10")
    with pytest.raises(InputFault) as fault:
        read(path, columns=given_columns)
    assert fault.value.help


@pytest.mark.parametrize("text", ["time", "=x", "time=", "colour=x"])
def test_overrides_of_another_form_are_refused(text: str) -> None:
    with pytest.raises(InputFault):
        columns.overrides(text)


def rows_of(stamps: list[int]) -> list[str]:
    return ["time,mmsi,lat,lon,name", *(f"{T + s},{219000001 + s % 3},57,10,N{s % 3}" for s in stamps)]


@given(st.lists(st.integers(0, 4000), max_size=60), st.integers(1, 30))
def test_rows_come_in_order_of_time_however_large_a_slice_may_be(folder: Path, stamps: list[int], most: int) -> None:
    path = table(folder, *rows_of(stamps))
    file = TableFile(Recording(path), counters := Counter(), columns=None, reorder_s=15.0, sort_rows=most)
    runs = list(file.runs())
    expected = sorted(range(len(stamps)), key=lambda at: (stamps[at], at))
    assert [int(row) - 1 for run in runs for row in run.fixes.source_row] == expected
    named = Statics.concat([run.statics for run in runs])
    assert sorted(named.name.tolist()) == sorted({f"N{s % 3}" for s in stamps})
    assert counters["rows"] == file.rows() == len(stamps)
    assert sum(counters[reason] for reason in ("no_time", "no_mmsi", "no_position")) == 0


@given(st.lists(st.integers(0, 14), min_size=1, max_size=120), st.integers(100, 400))
def test_a_little_disorder_is_put_right_across_blocks(folder: Path, late: list[int], block_bytes: int) -> None:
    stamps = [at - back for at, back in enumerate(late)]
    path = table(folder, *rows_of(stamps), name="late.csv")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "BLOCK_BYTES", block_bytes)
        fixes, _, _ = read(path)
    assert fixes.source_row.tolist() == [at + 1 for at in sorted(range(len(stamps)), key=lambda at: (stamps[at], at))]


def test_static_data_come_when_they_change(tmp_path: Path) -> None:
    names = ["A", "A", "", "B", "B", "A", "A"]
    path = table(tmp_path, "time,mmsi,lat,lon,name", *(f"{T + s},219000001,57,10,{name}" for s, name in enumerate(names)))
    _, statics, _ = read(path)
    assert statics.source_row.tolist() == [1, 4, 6]


def test_a_table_broken_off_gives_what_it_has(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    lines = ["time,mmsi,lat,lon", *(f"{T + s},219000001,{rng.uniform(50, 60)},10" for s in range(20_000))]
    packed = gzip.compress("\n".join(lines).encode())
    (tmp_path / "a.csv.gz").write_bytes(packed[: len(packed) // 2])
    fixes, _, counters = read(tmp_path / "a.csv.gz")
    assert 5000 < len(fixes) < 15_000
    assert counters["truncated_file"] == 1
    (tmp_path / "a.csv.zst").write_bytes(zstandard.ZstdCompressor().compress("\n".join(lines).encode()))
    assert len(read(tmp_path / "a.csv.zst")[0]) == 20_000


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.parquet", "a.parquet.gz"])
@pytest.mark.parametrize("data", [b"", b"\n", b"PAR1", b"\0" * 100, b"a,b,c\n1,2,3\n", b"\xff\xfe\x00", b"x" * (2 << 20)], ids=range(7))
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputFault) as fault:
        read(tmp_path / name)
    assert fault.value.help
    assert len(str(fault.value)) < 1500


@given(st.binary(max_size=400))
def test_any_bytes_after_a_header_are_survived(folder: Path, data: bytes) -> None:
    (folder / "any.csv").write_bytes(b"time,mmsi,lat,lon,name,imo,status,length\n" + data)
    fixes, _, counters = read(folder / "any.csv")
    assert len(fixes) <= counters["rows"]


@given(
    st.lists(
        st.sampled_from([",", "\n", '"', "1560393600", "219000001", "57", "-10.5", "IMO9074729", "\xff", "", "\r\n", "\0", "@@"]),
        max_size=60,
    )
)
def test_any_cells_are_survived(folder: Path, parts: list[str]) -> None:
    (folder / "cells.csv").write_bytes(b"time,mmsi,lat,lon,name,imo,status,length\n" + "".join(parts).encode("latin-1"))
    fixes, _, counters = read(folder / "cells.csv")
    assert len(fixes) <= counters["rows"]
    assert len(np.unique(fixes.source_row)) == len(fixes)


def test_logs_and_tables_are_merged_by_time(tmp_path: Path) -> None:
    log = tmp_path / "a.nmea"
    log.write_bytes(b"".join(b"\\c:%d*00\\!AIVDM,%d*00\n" % (T + s, s) for s in range(0, 100, 10)))
    rows = table(tmp_path, *rows_of([5, 15, 25, 95, 200]), name="b.csv")
    came: list[tuple[float, int]] = []
    for batch in Recorded([log, rows]).batches():
        assert not (len(batch.lines) and batch.heard is not None)
        came += zip(batch.lines.time_s.tolist(), batch.lines.source_row.tolist(), strict=True)
        if batch.heard is not None:
            came += zip(batch.heard.fixes.time_s.tolist(), batch.heard.fixes.source_row.tolist(), strict=True)
    assert [time - T for time, _ in came] == sorted([*range(0, 100, 10), 5, 15, 25, 95, 200])
    assert [row for time, row in came if (time - T) % 10 or time > T + 100] == [11, 12, 13, 14, 15]


def test_positions_out_of_range_keep_their_mark(tmp_path: Path) -> None:
    fixes, _, _ = read(table(tmp_path, "message_type,t,mmsi,lat,lon", f"1,{T},219000001,95,10", f"1,{T},219000001,,"))
    assert np.isnan(fixes.lat_deg).all()
    assert fixes.quality.tolist() == [OUT_OF_RANGE, 0]


def test_a_large_table_out_of_order_takes_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w") as file:
        file.write("time,mmsi,lat,lon,sog\n")
        rng = np.random.default_rng(0)
        for at in rng.permutation(300_000).tolist():
            file.write(f"{T + at},219000001,57.123456,10.123456,12.3\n")
    peaks = []
    for most in (20_000, 1 << 20):
        file_input = TableFile(Recording(path), Counter(), columns=None, reorder_s=15.0, sort_rows=most)
        file_input.peek()
        before, newest, rows, held = pa.total_allocated_bytes(), 0.0, 0, 0
        for run in file_input.runs():
            assert run.first >= newest
            newest, rows = run.last, rows + len(run)
            held = max(held, pa.total_allocated_bytes() - before)
        assert rows == 300_000
        peaks.append(held)
    assert peaks[0] < peaks[1] / 2
