"""Which station heard which ship: the evidence of coverage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tankerwatch.core.schema import U16, U64

HEARD_ROWS: Final = 1 << 18
"""Of so many newest fixes it is known which station heard them: three quarters of an hour of a national feed."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """How one station hears one ship."""

    last_s: float
    fixes: int


class RecentStations:
    """Which station heard each of the newest fixes, in a ring."""

    def __init__(self) -> None:
        self._rows = np.zeros(HEARD_ROWS, np.uint64)
        self._by = np.zeros(HEARD_ROWS, np.uint16)
        self._count = 0

    def take(self, station: U16, source_row: U64) -> None:
        """Note the station and the row of each fix, in order."""
        kept = min(len(station), HEARD_ROWS)
        begin = (self._count + len(station) - kept) % HEARD_ROWS
        self._count += len(station)
        rows, by = source_row[-kept:], station[-kept:]
        whole = min(kept, HEARD_ROWS - begin)
        self._rows[begin : begin + whole], self._by[begin : begin + whole] = rows[:whole], by[:whole]
        self._rows[: kept - whole], self._by[: kept - whole] = rows[whole:], by[whole:]

    def of(self, source_row: int) -> int:
        """The number of the station that heard a recent fix, -1 when that is not known any more."""
        at = np.flatnonzero(self._rows == np.uint64(source_row))
        return int(self._by[at[-1]]) if len(at) else -1
