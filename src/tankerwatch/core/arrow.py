"""Tables as Arrow: the schema comes from the declared columns, missing values become nulls."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from tankerwatch.core.kernels import vectors
from tankerwatch.core.packed import Packed
from tankerwatch.core.schema import U8, U64, Column, Table

_NAMES = {"f4": pa.float32(), "f8": pa.float64(), "O": pa.string(), "b1": pa.bool_()}


@cache
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


def array_of(column: Column, values: Any, bits: tuple[Any, int] | None = None) -> Any:
    """One column as a pyarrow Array. bits: what is there (of Booleans: what is true) and how many are missing, where that is known."""
    missing = column.missing
    if bits is not None:
        there = pa.py_buffer(bits[0])
        if values.dtype == np.bool_:
            return pa.Array.from_buffers(pa.bool_(), len(values), [None, there])
        return pa.Array.from_buffers(type_of(column), len(values), [there if bits[1] else None, pa.py_buffer(values)], bits[1])
    if type(values) is Packed:
        # an empty text is what is missing, where a text can be
        validity = None
        if missing == "":
            validity = validity_of(np.diff(values.offsets).view(np.uint32), 0)
        return pa.StringArray.from_buffers(len(values), pa.py_buffer(values.offsets), pa.py_buffer(values.data), validity)
    if values.dtype == object:
        return pa.array(values, type_of(column), mask=None if missing is None else values == missing, from_pandas=False)
    if not values.flags.c_contiguous:
        values = np.ascontiguousarray(values)
    if values.dtype == np.bool_:
        return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(_bits(values.view(np.uint8), 0)[0])])
    validity = None if missing is None else validity_of(values, missing)
    return pa.Array.from_buffers(type_of(column), len(values), [validity, pa.py_buffer(values)])


def validity_of(values: Any, missing: Any) -> Any:
    """The bitmap of the values that are not `missing` (for a float: not NaN); None when all are there."""
    there, absent = _bits(values, missing)
    return pa.py_buffer(there) if absent else None


_UNSIGNED = {size: np.dtype(f"u{size}") for size in (1, 2, 4)}


def _bits(values: Any, missing: Any) -> tuple[U64 | U8, int]:
    """The bitmap of what is there, and how many are not; of a contiguous column of numbers."""
    if not values.flags.writeable:  # the kernels are compiled for columns that one may write to
        values = values.copy()
    out = np.empty((len(values) + 63) >> 6, np.uint64)
    if type(missing) is not float and values.itemsize == 8:  # only detectors' memories have them: no kernel is compiled for these
        there = values != values.dtype.type(missing)
        return np.packbits(there, bitorder="little"), int(len(values) - there.sum())
    if type(missing) is not float:
        values = values.view(_UNSIGNED[values.itemsize])
        missing &= (1 << 8 * values.itemsize) - 1
    return out, vectors.there(values, missing, out)
