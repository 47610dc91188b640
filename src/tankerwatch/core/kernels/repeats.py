"""Which position reports say what one shortly before them has said: a station's copy, or one that came another way."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from tankerwatch.core.kernels.compiling import inlined, kernel
from tankerwatch.core.kernels.index import read_only

_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(29)
_MISSING: Final = -1


@inlined
def _whole(value: float, scale: float, least: float, most: float) -> Any:
    """As it is sent, a whole number; -1 when it is missing or cannot have been sent."""
    scaled = np.round(value * scale)
    return np.int64(scaled - least) if least <= scaled < most else np.int64(_MISSING)


@inlined
def _mixed(key: Any, value: Any) -> Any:
    key = (key ^ np.uint64(value)) * _PRIME
    return key ^ (key >> _SHIFT)


@kernel
def keys(
    mmsi: Any, lon: Any, lat: Any, sog: Any, cog: Any, heading: Any, turn: Any, kind: Any, status: Any, second: Any, accurate: Any,
    raim: Any, out: Any,
) -> None:  # fmt: skip  # one a line would hide what belongs together
    """(n,) a number for all that a report says: equal for copies, and by chance once in 10^19. Degrees and knots, NaN where missing."""
    for i in range(len(mmsi)):
        key = _mixed(np.uint64(mmsi[i]), _whole(lon[i], 600_000.0, -108_000_000.0, 108_600_000.0))
        key = _mixed(key, _whole(lat[i], 600_000.0, -54_000_000.0, 54_600_000.0))
        key = _mixed(key, _whole(np.float64(sog[i]), 10.0, 0.0, 65_535.0))
        key = _mixed(key, _whole(np.float64(cog[i]), 10.0, 0.0, 65_535.0))
        key = _mixed(key, _whole(np.float64(heading[i]), 1.0, 0.0, 65_535.0))
        key = _mixed(key, np.int64(turn[i]) + 128)
        flags = (np.int64(accurate[i]) << 1) | np.int64(raim[i])
        key = _mixed(key, ((np.int64(kind[i]) << 8 | np.int64(status[i])) << 8 | np.int64(second[i])) << 2 | flags)
        out[i] = key


@kernel
def first_of_each(key: Any, time: Any, window: Any, table: Any, new: Any) -> None:
    """new: (n,) False for each that is within its window of the newest one before it of the same key that is True.

    key: (n,) u64, well mixed · time, window: (n,) i64 · table: (a power of two of at least 2n,) i32 zeros.
    """
    mask = np.uint64(len(table) - 1)
    for i in range(len(key)):
        at = key[i] & mask
        while table[at] != 0 and key[table[at] - 1] != key[i]:
            at = (at + np.uint64(1)) & mask
        before = table[at]
        new[i] = before == 0 or math.fabs(time[i] - time[before - 1]) > window[i]
        if new[i]:
            table[at] = i + 1


def warm() -> None:
    """Compile (or load from the cache) with the types that `store/history/repeats.py` uses."""
    wide, whole, half = (read_only(np.zeros(1, kind)) for kind in (np.float64, np.int64, np.float32))
    byte, flag, made = read_only(np.zeros(1, np.uint8)), read_only(np.zeros(1, np.bool_)), np.zeros(1, np.uint64)
    mmsi, turn = read_only(np.zeros(1, np.uint32)), read_only(np.zeros(1, np.int8))
    keys(mmsi, wide, wide, half, half, half, turn, byte, byte, byte, flag, flag, made)
    first_of_each(read_only(made), whole, whole, np.zeros(2, np.int32), np.zeros(1, np.bool_))
