"""A column of texts as Arrow has it: all bytes in one array, and where each text ends. Made by kernels, handed on without a copy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from tankerwatch.core.schema import I32, U8, Object


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """n texts, in ASCII. data: their bytes · offsets: (n + 1,) where each begins, and the last ends."""

    data: U8
    offsets: I32

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self.offsets) - 1

    def text(self, row: int) -> str:
        """One of the texts."""
        return self.data[self.offsets[row] : self.offsets[row + 1]].tobytes().decode("ascii")

    def objects(self) -> Object:
        """(n,) the texts as Python strings."""
        ends = self.offsets.tolist()
        if not ends[-1]:
            return np.full(len(ends) - 1, "", object)
        raw = self.data[: ends[-1]].tobytes().decode("ascii")
        return np.fromiter([raw[a:b] for a, b in pairwise(ends)], object, len(ends) - 1)


def unpacked(rows: Any) -> Any:
    """The table with Python strings in place of its packed columns."""
    kind: Any = type(rows)
    if not len(rows):
        return kind.empty()
    packed = {name: values.objects() for name in _texts(kind) if type(values := getattr(rows, name)) is Packed}
    return rows.replace(**packed) if packed else rows


@cache
def _texts(kind: Any) -> tuple[str, ...]:
    """The columns of a table that hold texts."""
    return tuple(column.name for column in kind.columns() if column.dtype == object)
