"""A column of texts as Arrow has it: all bytes in one array, and where each text ends. Made by kernels, handed on without a copy."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from tankerwatch.core.schema import I32, U8, Object, Table


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """n texts, in ASCII. data: their bytes · offsets: (n + 1,) where each begins, and the last ends."""

    data: U8
    offsets: I32

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self.offsets) - 1

    def objects(self) -> Object:
        """(n,) the texts as Python strings."""
        made = np.empty(len(self), object)
        raw = self.data[: int(self.offsets[-1])].tobytes().decode("ascii")
        ends = self.offsets.tolist()
        made[:] = [raw[a:b] for a, b in pairwise(ends)]
        return made


def unpacked(rows: Any) -> Any:
    """The table with Python strings in place of its packed columns."""
    assert isinstance(rows, Table)
    if not len(rows):
        return type(rows).empty()
    return rows.replace(**{c.name: values.objects() for c in rows.columns() if isinstance(values := getattr(rows, c.name), Packed)})
