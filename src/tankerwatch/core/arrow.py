"""Tables as Arrow: the schema comes from the declared columns, missing values become nulls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from tankerwatch.core.schema import Column, Table

_NAMES = {"f4": pa.float32(), "f8": pa.float64(), "O": pa.string(), "b1": pa.bool_()}


def type_of(column: Column) -> Any:
    """The Arrow type of a declared column."""
    code = column.dtype.str[1:] if column.dtype != object else "O"
    return _NAMES[code] if code in _NAMES else pa.from_numpy_dtype(column.dtype)


def schema_of(cls: type[Table]) -> Any:
    """The Arrow schema of a table, with unit and meaning as metadata."""
    return pa.schema(
        [
            pa.field(c.name, type_of(c), nullable=c.missing is not None, metadata={"unit": c.unit, "meaning": c.meaning})
            for c in cls.columns()
        ]
    )


def table_of(rows: Table) -> Any:
    """The rows as a pyarrow Table; the column's missing value becomes null, nothing is copied where there is none."""
    arrays = []
    for c in rows.columns():
        values = getattr(rows, c.name)
        mask = None
        if c.missing is not None:
            mask = np.isnan(values) if isinstance(c.missing, float) else values == c.missing
            if not mask.any():
                mask = None
        arrays.append(pa.array(values, type_of(c), mask=mask, from_pandas=False))
    return pa.Table.from_arrays(arrays, schema=schema_of(type(rows)))
