"""Tables as Arrow: the schema comes from the declared columns, missing values become nulls."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from tankerwatch.core.packed import Packed
from tankerwatch.core.schema import Bool, Column, Table

_NAMES = {"f4": pa.float32(), "f8": pa.float64(), "O": pa.string(), "b1": pa.bool_()}


def type_of(column: Column) -> Any:
    """The Arrow type of a declared column."""
    code = column.dtype.str[1:] if column.dtype != object else "O"
    return _NAMES[code] if code in _NAMES else pa.from_numpy_dtype(column.dtype)


@cache
def schema_of(cls: type[Table]) -> Any:
    """The Arrow schema of a table, with unit and meaning as metadata."""
    return pa.schema(
        [
            pa.field(c.name, type_of(c), nullable=c.missing is not None, metadata={"unit": c.unit, "meaning": c.meaning})
            for c in cls.columns()
        ]
    )


def table_of(rows: Table) -> Any:
    """The rows as a pyarrow Table; the column's missing value becomes null, nothing is copied but the bits of Booleans and text objects."""
    return pa.Table.from_arrays([array_of(c, getattr(rows, c.name)) for c in rows.columns()], schema=schema_of(type(rows)))  # type: ignore[arg-type]  # a class is hashable, whatever its objects are


def array_of(column: Column, values: Any) -> Any:
    """One column as a pyarrow Array."""
    if isinstance(values, Packed):
        # an empty text is what is missing, where a text can be
        validity = _validity(values.offsets[1:] == values.offsets[:-1]) if column.missing == "" else None
        return pa.StringArray.from_buffers(len(values), pa.py_buffer(values.offsets), pa.py_buffer(values.data), validity)
    missing = None
    if column.missing is not None:
        missing = np.isnan(values) if isinstance(column.missing, float) else values == column.missing
    if values.dtype == object:
        return pa.array(values, type_of(column), mask=missing, from_pandas=False)
    if values.dtype == np.bool_:
        return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(np.packbits(values, bitorder="little"))])
    values = np.ascontiguousarray(values)
    validity = None if missing is None else _validity(missing)
    return pa.Array.from_buffers(type_of(column), len(values), [validity, pa.py_buffer(values)])


def _validity(missing: Bool) -> Any:
    """The bitmap of what is there; None when all is."""
    return pa.py_buffer(np.packbits(~missing, bitorder="little")) if missing.any() else None
