"""Numbers by number: the table by which a ship finds her row.

A table is an array of keys, a power of two long and at most half full, with linear probing; EMPTY stands for none.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tankerwatch.core.kernels.compiling import inlined, kernel

EMPTY: Final = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
_MIX: Final = np.uint64(0x9E37_79B9_7F4A_7C15)
_SHIFT: Final = np.uint64(32)


@inlined
def _begin(key: Any, length: int) -> Any:
    return np.int64((key * _MIX) >> _SHIFT) & (length - 1)


@kernel
def find(table: Any, values: Any, wanted: Any, out: Any) -> int:
    """The value of each wanted key, -1 where there is none; how many there are none of. (n,) u64, i64 · (k,) u64 → (k,) i64."""
    unknown = 0
    length = len(table)
    for i in range(len(wanted)):
        at = _begin(wanted[i], length)
        while table[at] != wanted[i] and table[at] != EMPTY:
            at = (at + 1) & (length - 1)
        if table[at] == EMPTY:
            out[i] = -1
            unknown += 1
        else:
            out[i] = values[at]
    return unknown


@kernel
def put(table: Any, values: Any, keys: Any, given: Any) -> None:
    """Note values under keys; EMPTY keys are passed over. There must be room."""
    length = len(table)
    for i in range(len(keys)):
        if keys[i] == EMPTY:
            continue
        at = _begin(keys[i], length)
        while table[at] != keys[i] and table[at] != EMPTY:
            at = (at + 1) & (length - 1)
        table[at] = keys[i]
        values[at] = given[i]


def warm() -> None:
    """Compile (or load from the cache) with the types that `track` uses."""
    table, values, keys = np.full(4, EMPTY, np.uint64), np.zeros(4, np.int64), np.ones(1, np.uint64)
    put(table, values, keys, np.zeros(1, np.int64))
    find(table, values, keys, np.zeros(1, np.int64))
