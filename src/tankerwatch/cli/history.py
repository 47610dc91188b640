"""Asks the history of a watch: `tankerwatch history` and `tankerwatch sql`."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tankerwatch.cli.commands import called, config_of
from tankerwatch.cli.output import complain, count, plain, print_json, progress_bar, spoken_time, text_file, whole_file
from tankerwatch.cli.trying import amount
from tankerwatch.core.errors import InputFault

if TYPE_CHECKING:
    from tankerwatch.store.history.questions import History, Progress

MOST_ROWS: Final = 1_000_000
"""Rows that one JSON object holds; a file takes any number."""
SQL_OUTPUTS: Final = (".csv", ".json", ".parquet")


def history(arguments: argparse.Namespace) -> int:
    """Bring a history up to date, or ask it."""
    questions = [name for name in ("ship", "area", "near") if getattr(arguments, name) is not None]
    whole = arguments.out is not None or arguments.tracks or arguments.begin is not None or arguments.end is not None
    if len(questions) > 1 and "near" in questions:
        raise InputFault("--near is a question of its own", where=called(arguments), help="leave --ship and --area out")
    if ("near" in questions) != (arguments.at is not None):
        raise InputFault("--near and --at go together", where=called(arguments), help="--near 25.43,57.37 --at 2019-06-13T02:50Z")
    if arguments.out is not None:
        _suffix(arguments.out, called(arguments))
    config = config_of(arguments)
    from tankerwatch import historian
    from tankerwatch.store.history import manifest

    ask = bool(questions or whole)
    told = None
    if arguments.build or arguments.rebuild or not ask or not manifest.exists(manifest.history_of(arguments.data)):
        with progress_bar(arguments.progress) as progress:
            told = historian.bring_up_to_date(arguments.data, config, progress=progress, rebuild=arguments.rebuild)
        if not told.complete:
            complain("another process brings this history up to date; this is what it has so far")
    if not ask:
        assert told is not None
        _print_told(arguments.data, told.to_json(), arguments.json)
        return 0
    from tankerwatch.store.history.questions import History

    asked = History(arguments.data)
    if told is None:
        complain(f"the history goes to {spoken_time(asked.state.newest_ms / 1000).strip()}; --build brings it up to date first")
    if arguments.out is not None:
        _write(asked, arguments)
    else:
        _show(asked, arguments)
    return 0


def box(text: str) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = math.nan
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise argparse.ArgumentTypeError(f"{text!r} is no area; west,south,east,north such as 56.0,25.0,57.5,26.5")
    return west, south, east, north


def seconds(text: str) -> float:
    """How long a question may take."""
    return amount(text, "seconds", 86_400)


def ships(text: str) -> int:
    """How many of the nearest."""
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:6]) <= 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of ships, 1 to 10000")
    return int(text[:6])


def _suffix(out: Path, where: str) -> str:
    from tankerwatch.share.positions import KINDS

    if out.suffix not in KINDS or out.is_dir():
        raise InputFault(f"{out} is none of {' '.join(KINDS)}", where=where, help=f"-o {out.stem}.csv")
    return out.suffix


def _print_told(data: Path, told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(told)
        return
    size = f"{told['bytes'] / 1e6:,.1f} MB"
    print(f"{data}: {count(told['positions'], 'position')} in {count(told['days'], 'day')}, {size}; {told['added']:,} new")
    for name, words in (("copies", "heard more than once, kept once"), ("undated", "without a time, left out")):
        if told[name]:
            print(f"  {count(told[name], 'position')} {words}")
    for name in ("damaged", "lost"):
        if told[name]:
            print(f"  {count(told[name], 'place')} of the journal {name}: tankerwatch journal {data}")


def _tables(asked: History, arguments: argparse.Namespace, progress: Progress | None) -> Iterator[Any]:
    """What was asked for, in tables as they come."""
    from tankerwatch.store.history.questions import public

    begin, end = arguments.begin, arguments.end
    if arguments.ship is not None:
        found = asked.ship_days(asked.mmsis_of(arguments.ship), begin, end, progress)
        if arguments.area is not None:
            found = asked.within(found, arguments.area)
    elif arguments.area is not None:
        found = asked.area_days(arguments.area, begin, end, progress)
    else:
        found = asked.all_days(begin, end, progress)
    return map(public, found)


def _write(asked: History, arguments: argparse.Namespace) -> None:
    from tankerwatch.share.positions import write

    names = asked.names()
    with progress_bar(arguments.progress, unit=" days") as progress, whole_file(arguments.out) as part:

        def once() -> int:
            tables = iter([_near(asked, arguments)]) if arguments.near is not None else _tables(asked, arguments, progress)
            return write(part, arguments.out.suffix, tables, names, tracks=arguments.tracks)

        rows = asked.again(once)
    what = "track" if arguments.tracks else "position"
    if arguments.json:
        print_json({"out": str(arguments.out), f"{what}s": rows})
    else:
        print(f"{arguments.out}: {count(rows, what)}")


def _near(asked: History, arguments: argparse.Namespace) -> Any:
    lat_deg, lon_deg = arguments.near
    return asked.near(lat_deg, lon_deg, arguments.at, ships=arguments.ships).to_arrow()


def _show(asked: History, arguments: argparse.Namespace) -> None:
    """What was asked for, on standard output."""
    names = asked.names()
    if arguments.tracks:
        from tankerwatch.share.positions import lines_of

        tracks = asked.again(lambda: list(lines_of(_tables(asked, arguments, None))))
        rows = [
            {
                "mmsi": track.mmsi,
                "name": names.get(track.mmsi),
                "from_s": float(track.time_s[0]),
                "to_s": float(track.time_s[-1]),
                "points": len(track.time_s),
            }
            for track in tracks
        ]
        if arguments.json:
            print_json({"tracks": rows})
        else:
            print(f"{'from':20}  {'to':20}  {'MMSI':9}  {'points':>7}  name")
            for row in rows:
                words = f"{row['mmsi']:09d}  {row['points']:>7}  {plain(row['name'] or '')}"
                print(f"{spoken_time(row['from_s'])}  {spoken_time(row['to_s'])}  {words}")
        return
    tables = [_near(asked, arguments)] if arguments.near is not None else asked.again(lambda: list(_tables(asked, arguments, None)))
    found = (row for table in tables for row in table.to_pylist())
    if arguments.json:
        print_json({"positions": [{**row, "name": names.get(row["mmsi"])} for row in _some(found)]})
        return
    away = arguments.near is not None
    print(f"{'time':20}  {'MMSI':9}  {'latitude':>10}  {'longitude':>10}  {'kn':>5}  {'course':>6}{'     NM' if away else ''}  name")
    for row in found:
        place = f"{_number(row['lat_deg'], 5):>10}  {_number(row['lon_deg'], 5):>10}"
        apart = f"  {row['distance_nm']:>5.1f}" if away else ""
        motion = f"{_number(row['sog_kn'], 1):>5}  {_number(row['cog_deg'], 1):>6}"
        print(f"{spoken_time(row['time_s'])}  {row['mmsi']:09d}  {place}  {motion}{apart}  {plain(names.get(row['mmsi'], ''))}")


def _some(rows: Iterable[Any]) -> list[Any]:
    """All rows, if they are not too many for one object."""
    held = list(islice(rows, MOST_ROWS + 1))
    if len(held) > MOST_ROWS:
        raise InputFault(
            f"more than {MOST_ROWS:,} rows are too many for one JSON object", where="--json", help="write them to a file: -o FILE"
        )
    return held


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def sql(arguments: argparse.Namespace) -> int:
    """One SELECT over a history."""
    out: Path | None = arguments.out
    if out is not None and (out.suffix not in SQL_OUTPUTS or out.is_dir()):
        raise InputFault(f"{out} is none of {' '.join(SQL_OUTPUTS)}", where=called(arguments), help=f"-o {out.stem}.csv")
    config_of(arguments)
    from tankerwatch.store.history.sql import query

    tables = query(arguments.data, arguments.select, timeout_s=arguments.timeout)
    with progress_bar(arguments.progress, unit=" rows") as progress:
        if progress is not None:
            tables = _counted(tables, progress)
        if out is None:
            _print_answer(tables, arguments.json)
            return 0
        with whole_file(out) if out.suffix != ".json" else nullcontext(out) as part:
            rows = {".csv": _csv, ".json": _json, ".parquet": _parquet}[out.suffix](part, tables)
    if arguments.json:
        print_json({"out": str(out), "rows": rows})
    else:
        print(f"{out}: {count(rows, 'row')}")
    return 0


def _counted(tables: Iterable[Any], progress: Callable[[int, int], None]) -> Iterator[Any]:
    done = 0
    for table in tables:
        done += table.num_rows
        progress(done, 0)
        yield table


def _print_answer(tables: Iterator[Any], as_json: bool) -> None:
    if as_json:
        print_json({"rows": _some(_plain_row(row) for table in tables for row in table.to_pylist())})
        return
    for number, table in enumerate(tables):
        if not number:
            print("\t".join(plain(name) for name in table.column_names))
        for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
            print("\t".join("" if value is None else plain(str(value)) for value in row))


def _plain_row(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in row.items()}


def _plain_value(value: Any) -> Any:
    """A value as JSON has it; what it has not as text, what is no number as null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_plain_value(part) for part in value]
    if isinstance(value, dict):
        return {str(name): _plain_value(part) for name, part in value.items()}
    return value if isinstance(value, str | int | bool | None) else str(value)


def _csv(path: Path, tables: Iterator[Any]) -> int:
    import pyarrow as pa
    import pyarrow.csv

    first = next(tables)
    nested = [field.name for field in first.schema if pa.types.is_nested(field.type)]
    if nested:
        raise InputFault(f"CSV cannot hold the lists in {nested[0]!r}", where="sql", help="-o FILE.parquet or FILE.json")
    rows = 0
    with pyarrow.csv.CSVWriter(path, first.schema) as writer:
        for table in tables:
            writer.write_table(table)
            rows += table.num_rows
    return rows


def _json(path: Path, tables: Iterator[Any]) -> int:
    """One object a line."""
    rows = 0
    with text_file(str(path)) as file:
        for table in tables:
            for row in table.to_pylist():
                file.write(json.dumps(_plain_row(row), allow_nan=False) + "\n")
                rows += 1
    return rows


def _parquet(path: Path, tables: Iterator[Any]) -> int:
    import pyarrow.parquet as pq

    first = next(tables)
    rows = 0
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table)
            rows += table.num_rows
    return rows
