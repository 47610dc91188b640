"""Which station heard which ship, how often and when last: the evidence of coverage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tankerwatch.core.kernels import lookup
from tankerwatch.core.schema import F64, I64, U16, U64

MOST_HEARINGS: Final = 1_000_000
HEARD_ROWS: Final = 1 << 18
"""Of so many newest fixes it is known which station heard them: three quarters of an hour of a national feed."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """How one station hears one ship."""

    last_s: float
    fixes: int


class Hearings:
    """What was heard by whom. Those beyond a million pairs of ship and station are not kept."""

    def __init__(self) -> None:
        self._table = np.full(1024, lookup.EMPTY, np.uint64)
        self._rows = np.zeros(1024, np.int64)
        self._last_s = np.zeros(512)
        self._count = np.zeros(512, np.int64)
        self._used = 0
        self._heard_rows = np.zeros(HEARD_ROWS, np.uint64)
        self._heard_by = np.zeros(HEARD_ROWS, np.uint16)
        self._heard = 0

    def take(self, slot: I64, station: U16, time_s: F64, source_row: U64) -> None:
        """Note who heard these fixes, in order of time."""
        ring = (self._heard + np.arange(len(slot))) % HEARD_ROWS
        self._heard_rows[ring], self._heard_by[ring] = source_row, station
        self._heard += len(slot)
        for begin in range(0, len(slot), 1 << 16):
            part = slice(begin, begin + (1 << 16))
            keys = slot[part].astype(np.uint64) << np.uint64(16) | station[part].astype(np.uint64)
            self._make_room(len(keys))
            self._used = lookup.hear(self._table, self._rows, keys, time_s[part], self._last_s, self._count, self._used)

    def of(self, slot: int) -> dict[int, Hearing]:
        """By number of the station, how it hears a ship."""
        mine = np.flatnonzero((self._table != lookup.EMPTY) & (self._table >> np.uint64(16) == np.uint64(slot)))
        found = {int(self._table[at]) & 0xFFFF: int(self._rows[at]) for at in mine}
        return {station: Hearing(float(self._last_s[row]), int(self._count[row])) for station, row in sorted(found.items())}

    def station_of(self, source_row: int) -> int:
        """The number of the station that heard a recent fix, -1 when that is not known any more."""
        at = np.flatnonzero(self._heard_rows == np.uint64(source_row))
        return int(self._heard_by[at[-1]]) if len(at) else -1

    def _make_room(self, more: int) -> None:
        room = min(self._used + more, MOST_HEARINGS)
        if room > len(self._last_s):
            longer = min(max(room, 2 * len(self._last_s)), MOST_HEARINGS)
            self._last_s = np.concatenate([self._last_s, np.zeros(longer - len(self._last_s))])
            self._count = np.concatenate([self._count, np.zeros(longer - len(self._count), np.int64)])
        if 2 * room > len(self._table):
            length = 1 << (2 * room - 1).bit_length()
            table, rows = np.full(length, lookup.EMPTY, np.uint64), np.zeros(length, np.int64)
            lookup.put(table, rows, self._table, self._rows)
            self._table, self._rows = table, rows
