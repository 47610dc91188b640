"""Questions in SQL to a history, by DuckDB: the extra `tankerwatch[sql]`, imported here alone.

A question is one SELECT over the views `positions`, `positions_by_time` (the same rows, the other order) and `statics`. It reads the
history's files and nothing else: no other file, no network, no extension, no variable of Python; memory and time are bounded.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from tankerwatch.core.errors import InputFault
from tankerwatch.store.history import days, identities, manifest
from tankerwatch.store.history.questions import History

MEMORY_MB: Final = 1024
TIMEOUT_S: Final = 60.0
BATCH_ROWS: Final = 65_536
VIEWS: Final = {"positions": "ships", "positions_by_time": "places"}
_TRIES: Final = 5

_POSITIONS: Final = f"""
    time, epoch_ms(time) / 1e3 AS time_s, mmsi, msg_type, lon / {days.DEGREE}e0 AS lon_deg, lat / {days.DEGREE}e0 AS lat_deg,
    CAST(sog / 10e0 AS FLOAT) AS sog_kn, CAST(cog / 10e0 AS FLOAT) AS cog_deg, CAST(heading AS FLOAT) AS heading_deg, turn AS turn_raw,
    nav_status, accurate, station, record, cell
"""
_EMPTY: Final = {"timestamp[ms]": "TIMESTAMP", "uint32": "UINTEGER", "uint8": "UTINYINT", "int32": "INTEGER", "uint16": "USMALLINT"} | {
    "int8": "TINYINT", "bool": "BOOLEAN", "uint64": "UBIGINT", "string": "VARCHAR",
}  # fmt: skip  # one a line would hide what belongs together


def query(directory: Path, question: str, *, timeout_s: float = TIMEOUT_S, memory_mb: int = MEMORY_MB) -> Iterator[Any]:
    """The answer as Arrow tables, at least one, of which the first may be empty.

    Raises InputFault when DuckDB is not installed, there is no history, or the question is none, fails, or takes too long or too much.
    """
    try:
        import duckdb
    except ImportError as error:
        help = "install the extra: pip install 'tankerwatch[sql]'"
        raise InputFault("SQL needs DuckDB, which is not installed", where="sql", help=help) from error
    for left in range(_TRIES - 1, -1, -1):
        history, given = History(directory), False
        try:
            with closing(_connection(duckdb, history, memory_mb)) as base:
                for table in _ask(duckdb, base, question, timeout_s):
                    given = True
                    yield table
            return
        except duckdb.IOException as fault:
            if given or not left or manifest.read(history.folder) == history.state:
                raise _refused(fault) from None
        except duckdb.Error as fault:
            raise _refused(fault) from None


def _refused(fault: Exception) -> InputFault:
    words = str(fault).splitlines()[0].strip()
    return InputFault(words, where="sql", help="one SELECT over positions, positions_by_time and statics: docs/guide/history.md")


def _connection(duckdb: Any, history: History, memory_mb: int) -> Any:
    """A base in memory with the views, shut off from all else."""
    base = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{memory_mb}MB",
            "threads": 2,
            "temp_directory": "",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "python_enable_replacements": "false",
        },
    )
    try:
        paths = []
        for view, form in VIEWS.items():
            files = [str(part.path(history.folder / name, form)) for name, day in sorted(history.state.days.items()) for part in day.parts]
            paths += files
            base.execute(f"CREATE VIEW {view} AS SELECT {_POSITIONS} FROM {_files(files, days.SCHEMA)}")
        statics = [str(manifest.statics_path(history.folder, history.state.statics))] if history.state.statics else []
        base.execute(f"CREATE VIEW statics AS SELECT *, epoch_ms(time) / 1e3 AS time_s FROM {_files(statics, identities.SCHEMA)}")
        base.execute(f"SET allowed_paths = {_list([*paths, *statics])}")
        base.execute("SET enable_external_access = false")
        base.execute("SET lock_configuration = true")
    except BaseException:
        base.close()
        raise
    return base


def _files(paths: list[str], schema: Any) -> str:
    """Parquet files as a table, an empty one of the same columns where there are none."""
    if paths:
        return f"read_parquet({_list(paths)})"
    columns = ", ".join(f"CAST(NULL AS {_EMPTY.get(str(field.type), 'VARCHAR')}) AS {field.name}" for field in schema)
    return f"(SELECT {columns} WHERE false)"


def _list(paths: list[str]) -> str:
    quoted = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return f"[{quoted}]"


def _ask(duckdb: Any, base: Any, question: str, timeout_s: float) -> Iterator[Any]:
    import pyarrow as pa

    statements = base.extract_statements(question)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise InputFault("is not one SELECT", where="sql", help="a history can only be read, one question at a time")
    late = threading.Event()

    def stop() -> None:
        late.set()
        with suppress(duckdb.Error):
            base.interrupt()

    timer = threading.Timer(timeout_s, stop)
    timer.daemon = True
    timer.start()
    try:
        reader = base.sql(statements[0]).to_arrow_reader(BATCH_ROWS)
        yield reader.schema.empty_table()
        for batch in reader:
            if late.is_set():
                raise _too_long(timeout_s)
            yield pa.Table.from_batches([batch])
    except (duckdb.InterruptException, OSError, pa.ArrowException) as fault:
        if late.is_set():
            raise _too_long(timeout_s) from None
        raise _refused(fault) from None
    finally:
        timer.cancel()


def _too_long(timeout_s: float) -> InputFault:
    return InputFault(f"took longer than {timeout_s:g} s", where="sql", help="ask for less, or give it more: --timeout SECONDS")
