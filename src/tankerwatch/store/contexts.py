"""What was learnt of the sea, as a file: one Parquet table of cells (`core/context.py`), so that a new watch need not begin cold."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tankerwatch.core import arrow
from tankerwatch.core.context import Cells, Context
from tankerwatch.core.errors import InputFault

VERSION: Final = b"1"
_KEY: Final = b"tankerwatch_context"
_HELP: Final = "tankerwatch learn LOGS -o FILE makes one"
MOST_CELLS: Final = 10_000_000


def write_context(path: Path, context: Context) -> None:
    """Write the cells; the same context gives the same bytes."""
    table = arrow.table_of(context.cells)
    pq.write_table(table.replace_schema_metadata({_KEY: VERSION}), path, compression="zstd")


def read_context(path: Path) -> Context:
    """Read what `write_context` wrote. Raises InputFault for what is none."""

    def wrong(what: str) -> InputFault:
        return InputFault(what, where=str(path), help=_HELP)

    try:
        file = pq.ParquetFile(path)
        if (file.schema_arrow.metadata or {}).get(_KEY) != VERSION:
            raise wrong("is no context of this version")
        if file.metadata.num_rows > MOST_CELLS:
            raise wrong(f"has more than {MOST_CELLS} cells")
        table: Any = file.read()
    except OSError as fault:
        raise wrong(f"cannot be read ({fault.strerror or fault})") from None
    except pa.ArrowException as fault:
        raise wrong(f"is no Parquet file ({str(fault).splitlines()[0]})") from None
    columns = {}
    for column in Cells.columns():
        if column.name not in table.schema.names or table.schema.field(column.name).type != arrow.type_of(column):
            raise wrong(f"has no column {column.name!r} of the type that it should have")
        values = table[column.name]
        if column.missing is None and values.null_count:
            raise wrong(f"has gaps in {column.name!r}")
        columns[column.name] = np.ascontiguousarray(values.to_numpy(zero_copy_only=False), column.dtype)
    cells = Cells(**columns)
    if (cells.cell[1:] <= cells.cell[:-1]).any():
        raise wrong("is not in order of its cells")
    return Context(cells)
