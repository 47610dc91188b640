"""Tables of arrays: each column declared once, with its unit, its meaning and its missing value.

A table is a frozen dataclass of NumPy arrays of equal length, one row per index. The declaration is an annotation

    sog_kn: Annotated[F32, col("kn", "speed over ground", missing=NAN)]

and from it come the Arrow schema (`arrow.py`), the reference page of the columns and the checks. A column's unit is the suffix
of its name; a test holds every table to that.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Annotated, Any, ClassVar, Self, TypeVar, dataclass_transform, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
F32 = npt.NDArray[np.float32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
U32 = npt.NDArray[np.uint32]
I32 = npt.NDArray[np.int32]
U16 = npt.NDArray[np.uint16]
U8 = npt.NDArray[np.uint8]
I8 = npt.NDArray[np.int8]
Bool = npt.NDArray[np.bool_]
Object = npt.NDArray[np.object_]

NAN = float("nan")

_T = TypeVar("_T")

UNITS = {"s": "s", "m": "m", "kn": "kn", "deg": "deg", "nm": "nm"}
"""Units that a column's name must end in, by unit: `sog_kn` is in knots."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds. `missing` is the value that stands for "not available"; None: the column is never missing."""

    unit: str
    meaning: str
    missing: float | int | bool | str | None = None
    wire: str = ""
    name: str = ""
    dtype: np.dtype[Any] = np.dtype(np.float64)


def col(unit: str, meaning: str, *, missing: float | int | str | None = None, wire: str = "") -> Column:
    """Declare a column; `unit` "-" for none, `wire` says how the value is sent."""
    return Column(unit, meaning, missing, wire)


@dataclass_transform(frozen_default=True, eq_default=False)
def table(cls: type[_T]) -> type[_T]:
    """Make a class a table: frozen, with slots, compared by identity (`==` on arrays is ambiguous)."""
    made = dataclass(frozen=True, slots=True, eq=False)(cls)
    made._first = fields(made)[0].name  # type: ignore[attr-defined, arg-type]  # its length is asked for all the time
    return made


class Table:
    """What all tables can do."""

    __slots__ = ()
    _first: ClassVar[str]

    def __len__(self) -> int:
        """The number of rows."""
        return len(getattr(self, self._first))

    @classmethod
    def columns(cls) -> tuple[Column, ...]:
        """The declared columns in order."""
        return _columns(cls)  # type: ignore[arg-type]  # a class is hashable, whatever its objects are

    @classmethod
    def empty(cls) -> Self:
        """The table without rows, one for all."""
        made = _EMPTY.get(cls)
        if made is None:
            made = _EMPTY[cls] = cls(**{c.name: np.empty(0, c.dtype) for c in cls.columns()})
        assert isinstance(made, cls)
        return made

    @classmethod
    def blank(cls, rows: int) -> Self:
        """A table of `rows` rows in which every column has its missing value, or zero where it has none."""
        made: dict[str, npt.NDArray[Any]] = {}
        for c in cls.columns():
            fill: Any = c.missing if c.missing is not None else ("" if c.dtype == object else 0)
            made[c.name] = np.full(rows, fill, c.dtype)
        return cls(**made)

    def take(self, which: npt.NDArray[Any] | slice) -> Self:
        """The rows that an index array, a mask or a slice names."""
        return type(self)(**{c.name: getattr(self, c.name)[which] for c in self.columns()})

    def replace(self, **changed: npt.NDArray[Any]) -> Self:
        """The same table with some columns exchanged."""
        return type(self)(**{c.name: changed.get(c.name, getattr(self, c.name)) for c in self.columns()})

    @classmethod
    def concat(cls, parts: list[Self]) -> Self:
        """All rows of several tables, in order."""
        parts = [p for p in parts if len(p)]
        if not parts:
            return cls.empty()
        if len(parts) == 1:
            return parts[0]
        return cls(**{c.name: np.concatenate([getattr(p, c.name) for p in parts]) for c in cls.columns()})

    def check(self) -> None:
        """Raise ValueError when a column has another length or type than declared."""
        rows = len(self)
        for c in self.columns():
            array = getattr(self, c.name)
            if len(array) != rows or array.dtype != c.dtype:
                raise ValueError(f"{type(self).__name__}.{c.name}: {array.dtype}[{len(array)}], declared {c.dtype}[{rows}]")


def rows_in(ordered: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> I64:
    """The row of each wanted value in a column that is in ascending order, -1 where it is not there; same shape as `wanted`."""
    if not len(ordered):
        return np.full(wanted.shape, -1, np.int64)
    at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return np.where(ordered[at] == wanted, at, -1)


_EMPTY: dict[type[Table], Table] = {}


@cache
def _columns(cls: type) -> tuple[Column, ...]:
    hints = get_type_hints(cls, include_extras=True)
    made = []
    for f in fields(cls):
        hint = hints[f.name]
        if get_origin(hint) is not Annotated:
            raise TypeError(f"{cls.__name__}.{f.name} is declared without col(…)")
        array, declared = get_args(hint)[:2]
        scalar = get_args(get_args(array)[1])[0]
        made.append(Column(declared.unit, declared.meaning, declared.missing, declared.wire, f.name, np.dtype(scalar)))
    return tuple(made)
