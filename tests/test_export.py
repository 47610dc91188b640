"""Decoded tables for others: their columns as promised, nothing lost or made up, and the same from Python."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
import json

import pyais
import pyarrow.parquet as pq
import pytest

import tankerwatch as tw
from tankerwatch.core.ais import encoder
from tankerwatch.core.ais.framing import sentences, tag
from tankerwatch.core.errors import InputFault
from tankerwatch.export import decode_to

START_S = 1_700_000_000
POSITIONS = {
    "time_s": "double", "mmsi": "uint32", "msg_type": "uint8", "lon_deg": "double", "lat_deg": "double",
    "sog_kn": "float", "cog_deg": "float", "heading_deg": "float", "turn_raw": "int8", "nav_status": "uint8",
    "utc_second": "uint8", "accurate": "bool", "raim": "bool", "repeat": "uint8", "channel": "string",
    "station": "string", "source_row": "uint64", "quality": "uint16",
}  # fmt: skip  # one a line would hide what belongs together
STATICS = [
    "time_s", "mmsi", "msg_type", "part", "imo", "callsign",
    "name", "ship_type", "to_bow_m", "to_stern_m", "to_port_m", "to_starboard_m",
    "draught_m", "destination", "eta", "mothership_mmsi", "source_row", "quality",
]  # fmt: skip  # one a line would hide what belongs together


def lines():
    """A log of everything: with a time and a station, without, and what is no sentence."""
    whole = encoder.position_a(311000001, 24.123456, -58.654321, 12.3, 359.9, 17, 2, 31)
    bare = encoder.position_a(311000002, float("nan"), float("nan"), float("nan"), float("nan"), None, 15, 60)
    static = encoder.static_voyage(311000001, name="EXAMPLE ONE", imo=9000003, callsign="ABCD1", ship_type=80, to_bow_m=200, to_stern_m=50)
    return [
        sentences(bare, channel="B")[0],
        tag(sentences(whole)[0], time_s=START_S + 0.25, station="r1"),
        *(tag(part, time_s=START_S + 1, station="r2") for part in sentences(static, sequence=3)),
        tag(sentences(encoder.safety_text(2320001, "GALE WARNING"))[0], time_s=START_S + 2, station="r1"),
        tag(sentences(encoder.base_station(2320001, START_S + 3, 24.0, 58.0))[0], time_s=START_S + 3, station="r1"),
        b"",
        b"# a remark",
        b"!AIVDM,1,1,,A,15M67F0000G?Uf6E`FepT@3n00Sa,0*00",
        b"nonsense \xff\x00",
        sentences(encoder.position_long_range(311000003, 1.5, 2.5, 9.0, 45.0))[0],
    ]


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "feed.nmea"
    path.write_bytes(b"".join(line + b"\r\n" for line in lines()))
    return path


@pytest.fixture
def folder(log, tmp_path):
    out = tmp_path / "out"
    return out, decode_to([log], out)


def rows(path):
    return pq.read_table(path).to_pylist()


def test_positions_have_the_promised_columns_and_values(folder):
    out, _ = folder
    schema = pq.read_schema(out / "positions.parquet")
    assert {field.name: str(field.type) for field in schema} == POSITIONS
    assert list(schema.names) == list(POSITIONS)
    bare, whole, coarse = rows(out / "positions.parquet")
    assert whole["time_s"] == START_S + 0.25 and whole["station"] == "r1" and whole["source_row"] == 2 and whole["channel"] == "A"
    assert (round(whole["lon_deg"] * 600000), round(whole["lat_deg"] * 600000)) == (round(-58.654321 * 600000), round(24.123456 * 600000))
    assert (round(whole["sog_kn"], 1), round(whole["cog_deg"], 1), whole["heading_deg"], whole["nav_status"]) == (12.3, 359.9, 17, 2)
    assert whole["utc_second"] == 31 and whole["quality"] == 0
    for name in ("time_s", "lon_deg", "lat_deg", "sog_kn", "cog_deg", "heading_deg", "turn_raw", "utc_second"):
        assert bare[name] is None, name
    assert bare["channel"] == "B" and bare["mmsi"] == 311000002
    assert round(coarse["lon_deg"] * 600) == 1500 and coarse["msg_type"] == 27 and coarse["nav_status"] is not None


def test_units_and_meanings_go_with_the_columns(folder):
    metadata = {field.name: field.metadata for field in pq.read_schema(folder[0] / "positions.parquet")}
    assert metadata["sog_kn"][b"unit"] == b"kn"
    assert all(held[b"meaning"] for name, held in metadata.items() if name not in ("channel", "station", "source_row"))


def test_statics_texts_and_the_rest(folder):
    out, _ = folder
    assert list(pq.read_schema(out / "statics.parquet").names) == STATICS
    (static,) = rows(out / "statics.parquet")
    assert (static["name"], static["imo"], static["callsign"], static["to_bow_m"], static["source_row"]) == (
        "EXAMPLE ONE",
        9000003,
        "ABCD1",
        200,
        3,
    )
    assert static["destination"] is None and static["mothership_mmsi"] is None and static["draught_m"] is None
    (text,) = rows(out / "texts.parquet")
    assert text["text"] == "GALE WARNING" and text["msg_type"] == 14
    (base,) = rows(out / "bases.parquet")
    assert base["utc_s"] == START_S + 3
    assert rows(out / "others.parquet") == rows(out / "calls.parquet") == []


def test_the_books_balance(folder):
    out, counters = folder
    rejected = json.loads((out / "rejected.json").read_text(encoding="utf-8"))
    assert rejected == counters["rejected"]
    assert counters["lines"] == len(lines()) == counters["used"] + counters["blank"] + sum(rejected.values())
    assert (counters["positions"], counters["statics"], counters["texts"], counters["messages"]) == (3, 1, 1, 6)
    assert rejected["bad_checksum"] == 1 and rejected["comment"] == 1 and rejected["not_nmea"] == 1


def test_csv_and_json_lines_are_the_positions(log, folder, tmp_path):
    wanted = rows(folder[0] / "positions.parquet")
    decode_to([log], tmp_path / "p.jsonl")
    told = [json.loads(line) for line in (tmp_path / "p.jsonl").read_text(encoding="utf-8").splitlines()]
    assert told == wanted
    decode_to([log], tmp_path / "p.csv")
    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == list(POSITIONS)
    assert [int(row["mmsi"]) for row in table] == [row["mmsi"] for row in wanted]
    for row, want in zip(table, wanted, strict=True):
        for name in ("time_s", "lon_deg", "lat_deg"):
            assert (float(row[name]) if row[name] else None) == want[name]


def test_two_files_are_numbered_on(log, tmp_path):
    second = tmp_path / "second.nmea.gz"
    second.write_bytes(gzip.compress(log.read_bytes()))
    decode_to([log, second], tmp_path / "both")
    numbers = [row["source_row"] for row in rows(tmp_path / "both" / "positions.parquet")]
    assert sorted(numbers) == [1, 2, len(lines()), len(lines()) + 1, len(lines()) + 2, 2 * len(lines())]


def test_what_cannot_be_written_or_read_is_said(log, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("here already", encoding="utf-8")
    with pytest.raises(InputFault) as refused:
        decode_to([log], blocked / "out")
    assert refused.value.help
    with pytest.raises(InputFault):
        decode_to([tmp_path / "missing.nmea"], tmp_path / "out")


def test_nothing_in_gives_empty_tables_with_all_columns(tmp_path):
    empty = tmp_path / "empty.nmea"
    empty.write_bytes(b"")
    counters = decode_to([empty], tmp_path / "out")
    assert counters["lines"] == 0 and counters["rejected"] == {}
    assert list(pq.read_schema(tmp_path / "out" / "positions.parquet").names) == list(POSITIONS)
    decode_to([empty], tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text(encoding="utf-8").replace('"', "").strip() == ",".join(POSITIONS)


def collected(parts):
    parts = list(parts)
    told = {
        name: [row for part in parts for row in getattr(part, name).to_arrow().to_pylist()] for name in ("positions", "statics", "texts")
    }
    for row in told["positions"]:
        if row["station"] not in ("r1", "r2"):
            del row["station"]  # without a tag it is the name of the input
    return told, parts[-1].counters


def test_from_python_a_path_bytes_and_a_file_are_the_same(log, folder):
    content = log.read_bytes()
    wanted, counters = collected(tw.decode(log))
    assert [row["mmsi"] for row in wanted["positions"]] == [row["mmsi"] for row in rows(folder[0] / "positions.parquet")]
    assert wanted["positions"][1] == rows(folder[0] / "positions.parquet")[1]
    assert counters["lines"] == len(lines())
    for source in (str(log), content, io.BytesIO(content), gzip.compress(content), io.BytesIO(gzip.compress(content))):
        assert collected(tw.decode(source)) == (wanted, counters)
    with log.open("rb") as file:
        assert collected(tw.decode(file)) == (wanted, counters)


def test_from_python_columns_are_arrays(log):
    part = next(part for part in tw.decode(log) if len(part.positions))
    assert part.positions.mmsi.tolist() == [311000002, 311000001, 311000003][: len(part.positions)]
    with pytest.raises(AttributeError):
        part.positions.no_such_column  # noqa: B018 asking is the test


def test_a_long_file_comes_in_parts(tmp_path):
    path = tmp_path / "long.nmea"
    path.write_bytes((lines()[1] + b"\n") * 200_000)
    sizes = [len(part.positions) for part in tw.decode(path)]
    assert sum(sizes) == 200_000
    assert max(sizes) < 200_000, "it came in one piece"


@pytest.mark.parametrize(("package", "method"), [("pandas", "to_pandas"), ("polars", "to_polars")])
def test_other_tables_where_they_are_installed(log, package, method):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    part = next(part for part in tw.decode(log) if len(part.positions))
    assert len(getattr(part.positions, method)()) == len(part.positions)


def test_analyse_from_python(log):
    result = tw.analyse(log)
    assert result.alerts == [] and result.to_geojson() == {"type": "FeatureCollection", "features": []}
    assert result.counters["lines"] == len(lines())
    with pytest.raises(InputFault):
        tw.analyse(log.with_name("missing.nmea"))


def test_what_has_no_columns_is_expanded_on_demand() -> None:
    """A data link management message (20), against pyais on the sentence itself."""
    sentence = b"!AIVDM,1,1,,A,D02=ag0flffp,0*11"
    told = [part.expand(0) for part in tw.decode(sentence + b"\r\n") if len(part.others)]
    assert len(told) == 1 and "error" not in told[0]
    peer = pyais.decode(sentence).asdict()
    assert told[0]["msg_type"] == 20 and told[0]["mmsi"] == peer["mmsi"] and told[0]["offset1"] == peer["offset1"]


def test_application_specific_messages_are_records() -> None:
    """An area notice (8), and a message that is none (20)."""
    log = b"!AIVDM,1,1,,B,803Ovrh0EP:024`@02PN04da=3V<>N0000,4*39\r\n!AIVDM,1,1,,A,D02=ag0flffp,0*11\r\n"
    told = [part.application(row) for part in tw.decode(log) for row in range(len(part.others))]
    assert isinstance(told[0], tw.AreaNotice) and told[0].mmsi == 3669739 and told[1] is None
    assert json.loads(json.dumps(told[0].to_json()))["areas"][0]["shape"] == "circle"


TABLES = ("positions", "statics", "texts", "others", "bases", "calls")


def test_rows_are_objects_with_named_fields(log):
    """Made one by one, they say what the Arrow tables say."""
    seen = 0
    for part in tw.decode(log):
        for name in TABLES:
            table = getattr(part, name)
            rows = list(table)
            assert [row._asdict() for row in rows] == table.to_arrow().to_pylist()
            seen += len(rows)
            with pytest.raises(IndexError):
                table.row(len(rows))
        for ship in part.statics:
            assert (ship.name, ship.imo, ship.mothership_mmsi, type(ship).__name__) == ("EXAMPLE ONE", 9000003, None, "Static")
    assert seen == 6


def test_only_the_tables_that_are_wanted_are_made(log):
    wanted, everything = list(tw.decode(log, tables=("positions", "statics"))), list(tw.decode(log))
    for part, whole in zip(wanted, everything, strict=True):
        assert part.counters == whole.counters
        assert part.positions.to_arrow().equals(whole.positions.to_arrow()) and part.statics.to_arrow().equals(whole.statics.to_arrow())
        assert not len(part.texts) and not len(part.bases)
    assert sum(len(part.texts) + len(part.bases) for part in everything) == 2
    with pytest.raises(ValueError, match="no table 'ships'"):
        list(tw.decode(log, tables=("ships",)))
