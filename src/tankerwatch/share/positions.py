"""Positions and tracks as files that others read: CSV, GeoJSON, KML 2.2 and GeoParquet 1.1, written as they come, in bounded memory.

What is written are tables in the public form of the history (`store/history/`), in order of time. A track is a line for each stretch of
a ship's way without an hour's silence; it is cut at the 180th meridian.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape

import numpy as np
import pyarrow as pa

from tankerwatch.core.errors import InputFault
from tankerwatch.share.geoparquet import GEOMETRY, metadata

KINDS: Final = (".csv", ".geojson", ".kml", ".parquet")
SILENCE_S: Final = 3600.0
MOST_POINTS: Final = 20_000_000
"""Points of tracks held at once: 24 bytes each."""


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A stretch of a ship's way; (n,) times, longitudes, latitudes."""

    mmsi: int
    time_s: Any
    lon_deg: Any
    lat_deg: Any


def write(path: Path, suffix: str, tables: Iterable[Any], names: Mapping[int, str], *, tracks: bool = False) -> int:
    """Write positions, or with `tracks` lines, in the form that a suffix of `KINDS` names; how many positions or lines.

    names: by MMSI, for what people read. Raises InputFault for more points than tracks can be made of, OSError.
    """
    if tracks:
        lines = lines_of(tables)
        return {".csv": _csv_lines, ".geojson": _geojson_lines, ".kml": _kml_lines, ".parquet": _parquet_lines}[suffix](path, lines, names)
    return {".csv": _csv, ".geojson": _geojson, ".kml": _kml, ".parquet": _parquet}[suffix](path, tables, names)


def lines_of(tables: Iterable[Any]) -> Iterator[Line]:
    """The ways of ships, by MMSI and time; a single position makes no line."""
    kept: list[tuple[Any, ...]] = []
    points = 0
    for table in tables:
        columns = [table.column(name).to_numpy() for name in ("mmsi", "time_s", "lon_deg", "lat_deg")]
        there = ~(np.isnan(columns[2]) | np.isnan(columns[3]))
        kept.append(tuple(column[there] for column in columns))
        points += int(there.sum())
        if points > MOST_POINTS:
            raise InputFault(f"more than {MOST_POINTS:,} positions make no tracks", help="a shorter time, a smaller area, or one ship")
    if not points:
        return
    mmsi, time_s, lon, lat = (np.concatenate(column) for column in zip(*kept, strict=True))
    order = np.lexsort((time_s, mmsi))
    mmsi, time_s, lon, lat = mmsi[order], time_s[order], lon[order], lat[order]
    breaks = (mmsi[1:] != mmsi[:-1]) | (np.diff(time_s) > SILENCE_S) | (np.abs(np.diff(lon)) > 180)
    for part in np.split(np.arange(len(mmsi)), np.flatnonzero(breaks) + 1):
        if len(part) > 1:
            yield Line(int(mmsi[part[0]]), time_s[part], lon[part], lat[part])


def moment(time_s: float) -> str:
    """`2019-06-13T02:50:10.250Z`."""
    return datetime.fromtimestamp(round(time_s * 1000) / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _readable(table: Any, names: Mapping[int, str]) -> Any:
    """With the time in words first and the name behind the MMSI; stations as text."""
    table = table.set_column(table.schema.get_field_index("station"), "station", table.column("station").cast(pa.string()))
    told = [names.get(mmsi) for mmsi in table.column("mmsi").to_pylist()]
    times = pa.array([moment(time_s) for time_s in table.column("time_s").to_pylist()], pa.string())
    return table.add_column(2, "name", pa.array(told, pa.string())).add_column(0, "time", times)


def _csv(path: Path, tables: Iterable[Any], names: Mapping[int, str]) -> int:
    import pyarrow.csv

    count = 0
    with ExitStack() as held:
        writer = None
        for table in tables:
            readable = _readable(table, names)
            if writer is None:
                writer = held.enter_context(pyarrow.csv.CSVWriter(path, readable.schema))
            writer.write_table(readable)
            count += readable.num_rows
        if writer is None:
            path.write_text("time,time_s,mmsi,name\n", encoding="utf-8")
    return count


def _geojson(path: Path, tables: Iterable[Any], names: Mapping[int, str]) -> int:
    def features() -> Iterator[dict[str, Any]]:
        for table in tables:
            for row in _readable(table, names).to_pylist():
                lon, lat = row.pop("lon_deg"), row.pop("lat_deg")
                place = None if lon is None or lat is None else {"type": "Point", "coordinates": [round(lon, 7), round(lat, 7)]}
                yield {"type": "Feature", "geometry": place, "properties": {k: _short(v) for k, v in row.items() if v is not None}}

    return _collection(path, features())


def _short(value: Any) -> Any:
    """A single-precision number as it was sent."""
    return round(value, 3) if isinstance(value, float) else value


def _collection(path: Path, features: Iterator[dict[str, Any]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "features": [\n')
        for feature in features:
            file.write((",\n" if count else "") + json.dumps(feature, ensure_ascii=False, allow_nan=False))
            count += 1
        file.write("\n]}\n")
    return count


_KML_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">'
    "<Document>\n"
)


def _placemarks(path: Path, marks: Iterator[str]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_KML_HEAD)
        for mark in marks:
            file.write(f"<Placemark>{mark}</Placemark>\n")
            count += 1
        file.write("</Document></kml>\n")
    return count


def _called(mmsi: int, names: Mapping[int, str]) -> str:
    """A ship's name, or her number; nothing that XML cannot hold."""
    name = "".join(letter for letter in names.get(mmsi, "") if letter.isprintable())
    return escape(name or f"MMSI {mmsi:09d}")


def _kml(path: Path, tables: Iterable[Any], names: Mapping[int, str]) -> int:
    def marks() -> Iterator[str]:
        for table in tables:
            columns = [table.column(name).to_pylist() for name in ("mmsi", "time_s", "lon_deg", "lat_deg", "sog_kn")]
            for mmsi, time_s, lon, lat, sog in zip(*columns, strict=True):
                if lon is not None and lat is not None:
                    speed = "" if sog is None else f"<description>{sog:.1f} kn</description>"
                    when = f"<TimeStamp><when>{moment(time_s)}</when></TimeStamp>"
                    place = f"<Point><coordinates>{lon:.7f},{lat:.7f}</coordinates></Point>"
                    yield f"<name>{_called(mmsi, names)}</name>{speed}{when}{place}"

    return _placemarks(path, marks())


def _parquet(path: Path, tables: Iterable[Any], names: Mapping[int, str]) -> int:
    def rows() -> Iterator[Any]:
        for table in tables:
            readable = _readable(table, names)
            times = pa.array(np.round(table.column("time_s").to_numpy() * 1000).astype(np.int64)).cast(pa.timestamp("ms", tz="UTC"))
            yield readable.set_column(0, "time", times).append_column(GEOMETRY, _points(table))

    return _geoparquet(path, rows())


def _points(table: Any) -> Any:
    """(n,) places as well-known binary."""
    lon, lat = (table.column(name).to_numpy() for name in ("lon_deg", "lat_deg"))
    made = np.zeros(len(lon), np.dtype([("order", "u1"), ("type", "<u4"), ("lon", "<f8"), ("lat", "<f8")]))
    made["order"], made["type"], made["lon"], made["lat"] = 1, 1, lon, lat
    there = ~(np.isnan(lon) | np.isnan(lat))
    ends = np.arange(len(lon) + 1, dtype=np.int32) * made.itemsize
    bits = pa.py_buffer(np.packbits(there, bitorder="little").tobytes())
    return pa.Array.from_buffers(pa.binary(), len(lon), [bits, pa.py_buffer(ends), pa.py_buffer(made.tobytes())])


def _geoparquet(path: Path, tables: Iterator[Any]) -> int:
    """The box of all places is known at the end only. No schema of Arrow's own: readers would take the metadata from there."""
    import pyarrow.parquet as pq

    count, corners = 0, []
    with ExitStack() as held:
        writer = None
        for table in tables:
            if writer is None:
                writer = held.enter_context(pq.ParquetWriter(path, table.schema, compression="zstd", store_schema=False))
            writer.write_table(table)
            count += table.num_rows
            corners += _corners(table)
        if writer is None:
            schema = pa.schema([("time", pa.timestamp("ms", tz="UTC")), ("mmsi", pa.uint32()), (GEOMETRY, pa.binary())])
            writer = held.enter_context(pq.ParquetWriter(path, schema, compression="zstd", store_schema=False))
        writer.add_key_value_metadata({"geo": json.dumps(metadata(corners))})
    return count


def _corners(table: Any) -> list[tuple[float, float]]:
    """Two corners of the box that holds all places, none where there are none."""
    lon, lat = (table.column(name).to_numpy() for name in ("lon_deg", "lat_deg"))
    there = ~(np.isnan(lon) | np.isnan(lat))
    if not there.any():
        return []
    return [(float(lon[there].min()), float(lat[there].min())), (float(lon[there].max()), float(lat[there].max()))]


def _about(line: Line, names: Mapping[int, str]) -> dict[str, Any]:
    """What is said of a line."""
    told: dict[str, Any] = {"mmsi": line.mmsi, "name": names.get(line.mmsi), "points": len(line.time_s)}
    return {**told, "from": moment(float(line.time_s[0])), "to": moment(float(line.time_s[-1]))}


def _csv_lines(path: Path, lines: Iterator[Line], names: Mapping[int, str]) -> int:
    """Points, the track's number with each: CSV has no lines."""
    import csv

    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("track", "time", "time_s", "mmsi", "name", "lon_deg", "lat_deg"))
        for count, line in enumerate(lines, 1):
            for time_s, lon, lat in zip(line.time_s.tolist(), line.lon_deg.tolist(), line.lat_deg.tolist(), strict=True):
                writer.writerow((count, moment(time_s), time_s, line.mmsi, names.get(line.mmsi, ""), round(lon, 7), round(lat, 7)))
    return count


def _geojson_lines(path: Path, lines: Iterator[Line], names: Mapping[int, str]) -> int:
    def features() -> Iterator[dict[str, Any]]:
        for line in lines:
            places = [[round(lon, 7), round(lat, 7)] for lon, lat in zip(line.lon_deg.tolist(), line.lat_deg.tolist(), strict=True)]
            times = {"times_s": np.round(line.time_s, 3).tolist()}
            yield {
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": places},
                "properties": {**{k: v for k, v in _about(line, names).items() if v is not None}, **times},
            }

    return _collection(path, features())


def _kml_lines(path: Path, lines: Iterator[Line], names: Mapping[int, str]) -> int:
    def marks() -> Iterator[str]:
        for line in lines:
            whens = "".join(f"<when>{moment(time_s)}</when>" for time_s in line.time_s.tolist())
            pairs = zip(line.lon_deg.tolist(), line.lat_deg.tolist(), strict=True)
            places = "".join(f"<gx:coord>{lon:.7f} {lat:.7f} 0</gx:coord>" for lon, lat in pairs)
            yield f"<name>{_called(line.mmsi, names)}</name><gx:Track>{whens}{places}</gx:Track>"

    return _placemarks(path, marks())


def _parquet_lines(path: Path, lines: Iterator[Line], names: Mapping[int, str]) -> int:
    schema = pa.schema(
        [
            ("mmsi", pa.uint32()),
            ("name", pa.string()),
            ("points", pa.int32()),
            ("from", pa.timestamp("ms", tz="UTC")),
            ("to", pa.timestamp("ms", tz="UTC")),
            ("times_s", pa.list_(pa.float64())),
            (GEOMETRY, pa.binary()),
        ]
    )
    rows, corners = [], []
    for line in lines:
        corners += [(float(line.lon_deg.min()), float(line.lat_deg.min())), (float(line.lon_deg.max()), float(line.lat_deg.max()))]
        places = np.stack([line.lon_deg, line.lat_deg], axis=1).astype("<f8").tobytes()
        rows.append(
            {
                "mmsi": line.mmsi,
                "name": names.get(line.mmsi),
                "points": len(line.time_s),
                "from": round(float(line.time_s[0]) * 1000),
                "to": round(float(line.time_s[-1]) * 1000),
                "times_s": line.time_s.tolist(),
                GEOMETRY: struct.pack("<BII", 1, 2, len(line.time_s)) + places,
            }
        )
    import pyarrow.parquet as pq

    told = metadata(corners)
    told["columns"][GEOMETRY]["geometry_types"] = ["LineString"]
    table = pa.Table.from_pylist(rows, schema=schema.with_metadata({b"geo": json.dumps(told).encode()}))
    pq.write_table(table, path, compression="zstd")
    return len(rows)
