"""A place in the page's table for each ship that is shown: it goes to another a while after she is gone.

The fleet remembers every identity that it ever heard, hundreds of thousands after a year; a page holds, and each of its
frames goes through, as many as were ever shown at once.
"""

from __future__ import annotations

from collections import deque
from dataclasses import fields, replace
from typing import Any, Final

import numpy as np

from tankerwatch.core.ports import PictureNow
from tankerwatch.core.schema import I64

FREE_AFTER: Final = 150
"""Pictures, a minute of them: every page has been told that a ship is gone before her place is another's."""
NOBODY: Final = (0, "", 0, "")
_COLUMNS: Final = tuple(field.name for field in fields(PictureNow) if field.name not in ("epoch", "version", "clock_s", "names", "gone"))


class Berths:
    """`slots` by place: the ship's row in the fleet, -1 for nobody; `names` likewise."""

    def __init__(self) -> None:
        self.slots: I64 = np.zeros(0, np.int64)
        self.names: list[tuple[int, str, int, str]] = []
        self._places: I64 = np.zeros(0, np.int64)
        self._gone_at: I64 = np.zeros(0, np.int64)
        """by place: the picture in which she was gone first, -1 while she is shown"""
        self._free: deque[int] = deque()

    def place(self, slot: int) -> int | None:
        """Where a ship is, None where she is not."""
        place = int(self._places[slot]) if slot < len(self._places) else -1
        return place if place >= 0 else None

    def take(self, gone: Any) -> list[tuple[int, int]]:
        """Look at the newest picture, (ships,) who is gone; (place, slot) of each that came, and wants a name."""
        ships = len(gone)
        self._places = np.concatenate([self._places, np.full(ships - len(self._places), -1, np.int64)])
        held = np.flatnonzero(self.slots >= 0)
        away = gone[self.slots[held]]
        self._gone_at[held[~away]] = -1
        first = held[away & (self._gone_at[held] < 0)]
        self._gone_at[first] = 0
        self._gone_at[held[away]] += 1
        for place in held[self._gone_at[held] > FREE_AFTER].tolist():
            self._places[self.slots[place]] = -1
            self.slots[place] = self._gone_at[place] = -1
            self._free.append(place)
        fresh = np.flatnonzero(~gone & (self._places < 0)).tolist()
        more = len(fresh) - len(self._free)
        if more > 0:
            self._free.extend(range(len(self.slots), len(self.slots) + more))
            self.slots = np.concatenate([self.slots, np.full(more, -1, np.int64)])
            self._gone_at = np.concatenate([self._gone_at, np.full(more, -1, np.int64)])
            self.names.extend([NOBODY] * more)
        came = [(self._free.popleft(), slot) for slot in fresh]
        for place, slot in came:
            self.slots[place], self._places[slot] = slot, place
        return came

    def picture(self, whole: PictureNow) -> PictureNow:
        """The picture of those that have a place, of one with a row for each identity."""
        nobody = self.slots < 0
        rows = np.where(nobody, 0, self.slots)
        columns: dict[str, Any] = {name: getattr(whole, name)[rows] for name in _COLUMNS}
        return replace(whole, names=list(self.names), gone=whole.gone[rows] | nobody, **columns)
