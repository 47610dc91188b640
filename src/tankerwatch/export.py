"""Decoded messages as tables for others: Parquet, CSV, JSON lines, and parts of a recording for Python."""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache, lru_cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from tankerwatch.core import arrow
from tankerwatch.core.errors import InputFault
from tankerwatch.core.packed import Packed
from tankerwatch.core.schema import Column, Table
from tankerwatch.core.tables import ROW_MASK, Bases, Batch, Calls, Fixes, Heard, Others, Statics, Texts
from tankerwatch.decode import Decoder
from tankerwatch.decode.decoder import FAMILIES
from tankerwatch.ingest.bytes import Recording
from tankerwatch.ingest.recorded import recorded

if TYPE_CHECKING:
    from tankerwatch.core.applications import Application, AreaNotice, InlandStatic, MetHydro

TABLES: Final[dict[str, type[Table]]] = {
    "positions": Fixes,
    "statics": Statics,
    "texts": Texts,
    "others": Others,
    "bases": Bases,
    "calls": Calls,
}

Progress = Callable[[int, int], None]


class Part:
    """Some consecutive messages of a recording: tables of arrays with `to_arrow`, `to_pandas`, `to_polars`."""

    def __init__(self, heard: Heard, counters: dict[str, Any]) -> None:
        self.counters = counters
        self.positions = Columns(heard.fixes, heard.stations, heard.fix_bits)
        self.statics = Columns(heard.statics, heard.stations)
        self.texts = Columns(heard.texts, heard.stations)
        self.others = Columns(heard.others, heard.stations)
        self.bases = Columns(heard.bases, heard.stations)
        self.calls = Columns(heard.calls, heard.stations)

    def expand(self, row: int) -> dict[str, Any]:
        """Every field of the message in a row of `others`, by name; `{"error": why}` for one that cannot be read."""
        from tankerwatch.decode.expand import expand

        return expand(self.others.payload[row], int(self.others.fill_bits[row]))

    def application(self, row: int) -> AreaNotice | MetHydro | InlandStatic | Application | None:
        """What the message in a row of `others` says, as a record, when it is an application-specific one (6, 8, 25, 26); else None."""
        from tankerwatch.decode.applications import application

        return application(self.others.payload[row], int(self.others.fill_bits[row]))


class Columns:
    """A table of one family, with its columns as attributes."""

    def __init__(self, rows: Any, stations: tuple[str, ...], bits: dict[str, tuple[Any, int]] | None = None) -> None:
        self._rows, self._stations, self._bits = rows, stations, bits or {}

    def __len__(self) -> int:
        """The number of rows."""
        return len(self._rows)

    def __getattr__(self, name: str) -> Any:
        """A column as a NumPy array; missing values as the column declares them."""
        if name.startswith("_"):
            raise AttributeError(name)
        values = getattr(self._rows, name)
        return values.objects() if isinstance(values, Packed) else values

    def __iter__(self) -> Iterator[Any]:
        """The rows as objects with named fields, each made when it is asked for."""
        return map(self.row, range(len(self)))

    def row(self, row: int) -> Any:
        """One row as an object with named fields, in the form of `to_arrow`: None for what is missing. Raises IndexError."""
        row = range(len(self))[row]
        kind: Any = type(self._rows)
        return _record(kind)(*(self._value(column, row) for column in kind.columns()))

    def _value(self, column: Column, row: int) -> Any:
        values = getattr(self._rows, column.name)
        value: Any = values.text(row) if isinstance(values, Packed) else values[row]
        if isinstance(value, np.generic):
            value = value.item()
        if column.name == "station":
            return self._stations[value] if self._stations else ""
        if column.name == "channel":
            return chr(value) if value else None
        if column.name == "source_row":
            return value & ROW_MASK
        return None if value != value or (column.missing is not None and value == column.missing) else value

    def to_arrow(self) -> Any:
        """A pyarrow Table with nulls for what is missing; stations and channels as text."""
        return told(self._rows, self._stations, self._bits)

    def to_pandas(self) -> Any:
        """A pandas DataFrame (pandas must be installed)."""
        return self.to_arrow().to_pandas()

    def to_polars(self) -> Any:
        """A Polars DataFrame (polars must be installed)."""
        import importlib

        return importlib.import_module("polars").from_arrow(self.to_arrow())


@cache
def _record(kind: Any) -> Any:
    """The type of a table's rows as objects."""
    return namedtuple(kind.__name__.removesuffix("es" if kind is Fixes else "s"), [column.name for column in kind.columns()])


def told(rows: Any, stations: tuple[str, ...], bits: Mapping[str, tuple[Any, int]] | None = None) -> Any:
    """A decoded table as Arrow in its public form: station and channel in words, `source_row` as the line's number in its input."""
    kind: Any = type(rows)
    known = bits or {}
    arrays = []
    for c in kind.columns():
        values = getattr(rows, c.name)
        if c.name == "station":
            arrays.append(pa.DictionaryArray.from_arrays(_as(pa.int16(), values), _names_of(stations), safe=False))
        elif c.name == "channel":
            arrays.append(_letters(values, known.get(c.name)))
        elif c.name == "source_row":
            if len(values) and (values[-1] > ROW_MASK or values.max() > ROW_MASK):  # not of the first feed
                values = values & np.uint64(ROW_MASK)
            arrays.append(_as(pa.uint64(), values))
        else:
            arrays.append(arrow.array_of(c, values, known.get(c.name)))
    return pa.Table.from_arrays(arrays, schema=_told_schema(kind))


def _as(type_: Any, values: Any) -> Any:
    """Numbers as Arrow has them, none of them missing."""
    return pa.Array.from_buffers(type_, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])


@cache
def _told_schema(kind: Any) -> Any:
    """The Arrow schema of a decoded table in its public form."""
    schema = arrow.schema_of(kind)
    for name, type_ in (("station", pa.dictionary(pa.int16(), pa.string())), ("channel", pa.string()), ("source_row", pa.uint64())):
        if name in schema.names:
            schema = schema.set(schema.get_field_index(name), pa.field(name, type_))
    return schema


@lru_cache(maxsize=4)
def _names_of(stations: tuple[str, ...]) -> Any:
    """Names of stations as Arrow has them. Not by `pa.array`, which would import pandas to see that a list is none of its own."""
    names = [name.encode() for name in stations or ("",)]
    ends = np.cumsum([0, *map(len, names)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(names), pa.py_buffer(ends), pa.py_buffer(b"".join(names)))


def _letters(codes: Any, bits: tuple[Any, int] | None = None) -> Any:
    """Letters by their codes, null for 0."""
    if len(codes) and codes.max() > 127:
        return pa.array([chr(code) if code else None for code in codes.tolist()], pa.string())
    # every text has one byte, so the codes are the texts
    codes = np.ascontiguousarray(codes)
    validity = arrow.validity_of(codes, 0) if bits is None else (pa.py_buffer(bits[0]) if bits[1] else None)
    return pa.StringArray.from_buffers(len(codes), _ends(len(codes)), pa.py_buffer(codes), validity)


_ENDS = [np.arange(1, dtype=np.int32)]


def _ends(count: int) -> Any:
    """Where texts of one byte each begin and end; the same numbers for all."""
    if len(_ENDS[0]) <= count:
        _ENDS[0] = np.arange(2 * count + 1, dtype=np.int32)
    return pa.py_buffer(_ENDS[0][: count + 1])


def parts(
    paths: Sequence[Path | str],
    *,
    columns: dict[str, str] | None = None,
    progress: Progress | None = None,
    tables: Collection[str] | None = None,
) -> Iterator[Part]:
    """A recording in parts, in bounded memory, in the order of the input. Raises InputFault when a path cannot be read.

    tables: those that are wanted, of `TABLES`; None for all. The others may stay empty.
    """
    source = recorded(paths, columns=columns, progress=progress, reorder_s=0)
    return _decoded(source.batches(), source.name, tables)


def parts_of(content: bytes | IO[bytes], tables: Collection[str] | None = None) -> Iterator[Part]:
    """The same of an NMEA log that is in memory or an open binary file, packed or not."""
    source = recorded(Recording("", content=content), reorder_s=0)
    return _decoded(source.batches(), source.name, tables)


def _decoded(batches: Iterator[Batch], name: str, tables: Collection[str] | None) -> Iterator[Part]:
    for table in tables or ():
        if table not in TABLES:
            raise ValueError(f"no table {table!r}; there are {', '.join(TABLES)}")
    decoder = Decoder(feed_names=(name,))
    for batch in batches:
        for heard in decoder.columns(batch.lines, FAMILIES if tables is None else tables):
            yield Part(heard, decoder.counters.to_json())
        if batch.heard is not None:
            yield Part(batch.heard, decoder.counters.to_json())
    yield Part(Heard(), decoder.counters.to_json())


def decode_to(
    paths: Sequence[Path | str], out: Path, *, columns: dict[str, str] | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """Write decoded tables: Parquet files into a directory, or positions alone into a `.csv` or `.jsonl` file; the counters.

    Raises InputFault when a path cannot be read, or `out` cannot be written.
    """
    counters: dict[str, Any] = {}
    try:
        with ExitStack() as held:
            write = _to_file(out, held) if out.suffix in (".csv", ".jsonl") else _to_folder(out, held)
            only = ("positions",) if out.suffix in (".csv", ".jsonl") else None
            for part in parts(paths, columns=columns, progress=progress, tables=only):
                counters = part.counters
                write(part)
        if out.suffix not in (".csv", ".jsonl"):
            (out / "rejected.json").write_text(json.dumps(counters["rejected"], indent=2, sort_keys=True) + "\n", encoding="utf-8")
    except OSError as fault:
        raise InputFault(f"cannot be written ({fault.strerror})", where=str(out), help="give a folder that you may write to") from None
    return counters


def _to_folder(out: Path, held: ExitStack) -> Callable[[Part], None]:
    import pyarrow.parquet as pq  # here and below: what only some need takes long to import

    out.mkdir(parents=True, exist_ok=True)
    writers: dict[str, Any] = {}
    for name, table in TABLES.items():
        schema = told(table.empty(), ()).schema
        if "station" in schema.names:  # one dictionary a part would be written as many
            schema = schema.set(schema.get_field_index("station"), pa.field("station", pa.string()))
        writers[name] = held.enter_context(pq.ParquetWriter(out / f"{name}.parquet", schema, compression="zstd"))

    def write(part: Part) -> None:
        for name, writer in writers.items():
            columns = getattr(part, name)
            if len(columns):
                writer.write_table(columns.to_arrow().cast(writer.schema))

    return write


def _to_file(out: Path, held: ExitStack) -> Callable[[Part], None]:
    empty = told(Fixes.empty(), ())
    plain = empty.schema.set(empty.schema.get_field_index("station"), pa.field("station", pa.string()))
    if out.suffix == ".csv":
        import pyarrow.csv

        writer = held.enter_context(pyarrow.csv.CSVWriter(out, plain))

        def to_csv(part: Part) -> None:
            if len(part.positions):
                writer.write_table(part.positions.to_arrow().cast(plain))

        return to_csv
    file = held.enter_context(out.open("w", encoding="utf-8"))

    def to_json_lines(part: Part) -> None:
        for row in part.positions.to_arrow().cast(plain).to_pylist():
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    return to_json_lines
