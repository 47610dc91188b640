"""The history's day files: positions in compact columns, Parquet, in two orders.

    ships   by ship, then time                     for where a ship was
    places  by hour, then cell, then ship and time  for who was in an area

Whole numbers as they are sent: a position comes back to the bit, a time to the millisecond. `clean` before anything is handed out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tankerwatch.core.schema import F64, I64, U32, U64
from tankerwatch.core.tables import Fixes

DAY_MS: Final = 86_400_000
HOUR_MS: Final = 3_600_000
DEGREE: Final = 600_000
"""Positions are whole numbers of 1/10000 minute."""
FORMS: Final = ("ships", "places")
GROUP_ROWS: Final = 8192
GROUPS: Final = 512
"""Rows of a row group at least, and groups of a file at most: a question reads few rows, and a busy day's footer stays small."""
SLICE_ROWS: Final = 1 << 20
"""Rows sorted at once when files are joined."""
CELLS_A_DEGREE: Final = 2

SCHEMA: Final = pa.schema(
    [
        ("time", pa.timestamp("ms")),
        ("mmsi", pa.uint32()),
        ("msg_type", pa.uint8()),
        ("lon", pa.int32()),
        ("lat", pa.int32()),
        ("sog", pa.uint16()),
        ("cog", pa.uint16()),
        ("heading", pa.uint16()),
        ("turn", pa.int8()),
        ("nav_status", pa.uint8()),
        ("accurate", pa.bool_()),
        ("station", pa.dictionary(pa.int32(), pa.string())),
        ("record", pa.uint64()),
        ("cell", pa.uint32()),
    ]
)
"""time received, UTC · lon lat 1/600000 deg · sog 0.1 kn · cog 0.1 deg · heading deg · turn as sent · record of the journal, null when it
is not known · cell, see `cells_of`. Null is not available.
"""
_DELTA: Final = tuple(name for name in SCHEMA.names if name not in ("accurate", "station"))
"""Sent as the differences from one row to the next: smaller than dictionaries, and one page to read instead of two."""
_FAR: Final = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class Part:
    """A pair of files of a day, named after its number; `first_record` and `last_record` bound those known."""

    number: int
    rows: int
    bytes: int
    first_record: int
    last_record: int

    def path(self, folder: Path, form: str) -> Path:
        """Its file in one of the two forms."""
        return folder / f"{form}-{self.number:08d}.parquet"


def cells_of(lon: Any, lat: Any) -> U32:
    """(n,) the half-degree cell of positions in 1/600000 deg: 720 × row from the south pole + column from 180° W."""
    size = DEGREE // CELLS_A_DEGREE
    rows = np.minimum((np.asarray(lat, np.int64) + 90 * DEGREE) // size, 180 * CELLS_A_DEGREE - 1)
    columns = np.minimum((np.asarray(lon, np.int64) + 180 * DEGREE) // size, 360 * CELLS_A_DEGREE - 1)
    return np.asarray(rows * 360 * CELLS_A_DEGREE + columns, np.uint32)


def compact(fixes: Fixes, times: I64, records: U64, stations: Any) -> Any:
    """Rows as the day files have them, but for their stations, which are numbers; received at `times`, in milliseconds."""
    no_lon, no_lat = np.isnan(fixes.lon_deg), np.isnan(fixes.lat_deg)
    lon = np.round(np.where(no_lon, 0.0, fixes.lon_deg) * DEGREE).astype(np.int32)
    lat = np.round(np.where(no_lat, 0.0, fixes.lat_deg) * DEGREE).astype(np.int32)
    columns = {
        "time": pa.array(times).cast(pa.timestamp("ms")),
        "mmsi": pa.array(fixes.mmsi),
        "msg_type": pa.array(fixes.msg_type),
        "lon": pa.array(lon, mask=no_lon),
        "lat": pa.array(lat, mask=no_lat),
        "sog": _tenths(fixes.sog_kn, 10),
        "cog": _tenths(fixes.cog_deg, 10),
        "heading": _tenths(fixes.heading_deg, 1),
        "turn": pa.array(fixes.turn_raw, mask=fixes.turn_raw == -128),
        "nav_status": pa.array(fixes.nav_status, mask=fixes.nav_status == 255),
        "accurate": pa.array(fixes.accurate),
        "station": pa.array(stations),
        "record": pa.array(records, mask=records == 0),
        "cell": pa.array(cells_of(lon, lat), mask=no_lon | no_lat),
    }
    return pa.table(columns)


def _tenths(values: Any, scale: int) -> Any:
    """Whole numbers; null for what is missing or beyond all that can be sent."""
    scaled = np.round(values.astype(np.float64) * scale)
    there = (scaled >= 0) & (scaled < 65_535)
    return pa.array(np.where(there, scaled, 0).astype(np.uint16), mask=~there)


def times_of(table: Any) -> I64:
    """(n,) milliseconds since 1970."""
    return np.asarray(_numbers(table, "time").view(np.int64))


def records_of(table: Any) -> Any:
    """(n,) numbers of records, 0 where not known."""
    return _numbers(table, "record", 0)


def ships_in(path: Path) -> set[int]:
    """The MMSIs in a file."""
    return set(pc.unique(pq.read_table(path, columns=["mmsi"]).column(0)).to_pylist())


def write(folder: Path, number: int, rows: Any) -> Part:
    """Write rows of one day, in any order, as a part that is on stable storage when this returns. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    ships = _order_of_ships(rows)
    places = ships[_order_of_places(rows, ships)]

    def form_of(form: str, order: I64) -> int:
        return _write(folder / f"{form}-{number:08d}.parquet", [rows.take(order)], rows.num_rows)

    with ThreadPoolExecutor(1, "history") as beside:  # Arrow does nearly all of it without the interpreter's lock
        other = beside.submit(form_of, "places", places)
        size = form_of("ships", ships) + other.result()
    _sync_directory(folder)
    first, last = _records(rows)
    return Part(number, rows.num_rows, size, first, last)


def join(folder: Path, number: int, parts: Sequence[Part], keep: Any = None) -> Part | None:
    """Several parts as one, in bounded memory; None when nothing is left. keep: of a table, a mask of the rows that stay.

    Raises OSError.
    """
    size, total, left = 0, sum(part.rows for part in parts), 0
    first, last = min(part.first_record for part in parts), max(part.last_record for part in parts)
    for form in FORMS:
        files = [pq.ParquetFile(part.path(folder, form), read_dictionary=["station"]) for part in parts]
        left = 0

        def sorted_slices(files: list[Any] = files, form: str = form) -> Iterator[Any]:
            nonlocal left
            for table in _slices(files, form):
                rows = table if keep is None else table.filter(pa.array(keep(table)))
                left += rows.num_rows
                order = _order_of_ships(rows)
                yield rows.take(order if form == "ships" else order[_order_of_places(rows, order)])

        size += _write(folder / f"{form}-{number:08d}.parquet", sorted_slices(), total)
        for file in files:
            file.close()
    _sync_directory(folder)
    return Part(number, left, size, first, last) if left else None


def _order_of_ships(rows: Any) -> I64:
    """By ship, time, record: of equal ones those that came first."""
    if not rows.num_rows:
        return np.empty(0, np.int64)
    record, times = records_of(rows), times_of(rows)
    key = _numbers(rows, "mmsi").astype(np.uint64) << np.uint64(32) | (times - times.min()).astype(np.uint64)
    if (record[1:] >= record[:-1]).all():
        return np.asarray(np.argsort(key, kind="stable"))
    return np.lexsort((record, key))


def _order_of_places(rows: Any, ships: I64) -> I64:
    """By hour and cell; the rest stays in the order `ships`, of which the answer tells places."""
    hours = (times_of(rows) % DAY_MS // HOUR_MS).astype(np.uint64)
    return np.asarray(np.argsort((hours << np.uint64(32) | _numbers(rows, "cell", _FAR))[ships], kind="stable"))


def _numbers(rows: Any, name: str, missing: int | None = None) -> Any:
    column = rows.column(name)
    return (column if missing is None else pc.fill_null(column, missing)).to_numpy()


def _records(rows: Any) -> tuple[int, int]:
    found = pc.min_max(rows.column("record")).as_py()
    return found["min"] or 0, found["max"] or 0


def _write(path: Path, tables: Any, total: int) -> int:
    """One file, synced; its size. What an earlier attempt left under the name is overwritten: nothing names it yet."""
    group_rows = max(GROUP_ROWS, -(-total // GROUPS))
    part = path.with_suffix(".tmp")
    with pq.ParquetWriter(
        part,
        SCHEMA,
        compression="zstd",
        compression_level=1,
        use_dictionary=["station"],
        column_encoding=dict.fromkeys(_DELTA, "DELTA_BINARY_PACKED"),
        store_schema=False,
        data_page_version="2.0",
    ) as writer:
        for table in tables:
            writer.write_table(table.cast(SCHEMA), row_group_size=group_rows)
    handle = os.open(part, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
        size = os.fstat(handle).st_size
    finally:
        os.close(handle)
    part.replace(path)
    return size


def _sync_directory(folder: Path) -> None:
    for place in (folder, folder.parent):
        handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Least and greatest of a column in each row group, and how many rows each has; (groups,) each. All null: low above high."""

    low: F64
    high: F64
    rows: I64


def bounds(metadata: Any, name: str) -> Bounds:
    """From a file's footer."""
    column = SCHEMA.get_field_index(name)
    low, high, rows = [], [], []
    for group in range(metadata.num_row_groups):
        told = metadata.row_group(group)
        said = told.column(column).statistics
        rows.append(told.num_rows)
        there = said is not None and said.has_min_max
        low.append(_number(said.min) if there else np.inf)
        high.append(_number(said.max) if there else -np.inf)
    return Bounds(np.array(low, np.float64), np.array(high, np.float64), np.array(rows, np.int64))


def _number(value: Any) -> float:
    """A time of a footer as milliseconds."""
    return value if isinstance(value, int) else float(np.datetime64(value, "ms").view(np.int64))


def _slices(files: Sequence[Any], form: str) -> Iterator[Any]:
    """All rows, a range of ships (or of hours) at a time, so that no more is in memory than `SLICE_ROWS`, or one of them."""
    name, step = ("mmsi", 1) if form == "ships" else ("time", HOUR_MS)
    told = [bounds(file.metadata, name) for file in files]
    lows = np.concatenate([each.low for each in told]) // step
    highs = np.concatenate([each.high for each in told]) // step
    rows = np.concatenate([each.rows for each in told])
    if not len(lows):
        return
    order = np.argsort(lows, kind="stable")
    edges, waiting = [lows.min()], 0
    for low, count in zip(lows[order].tolist(), rows[order].tolist(), strict=True):
        if waiting + count > SLICE_ROWS and low > edges[-1]:
            edges.append(low)
            waiting = 0
        waiting += count
    edges.append(highs.max() + 1)
    for begin, end in pairwise(edges):
        found = []
        for file, each in zip(files, told, strict=True):
            groups = np.flatnonzero((each.low // step < end) & (each.high // step >= begin)).tolist()
            if groups:
                table = file.read_row_groups(groups, use_threads=False)
                key = (times_of(table) if step > 1 else _numbers(table, "mmsi").astype(np.int64)) // step
                found.append(table.filter(pa.array((key >= begin) & (key < end))))
        if found:
            yield pa.concat_tables(found).unify_dictionaries().combine_chunks()
