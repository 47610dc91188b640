"""Where ships have been, noted while a recording runs through: thinned in time, in bounded memory however long it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from tankerwatch.core.schema import F32, F64, I64, Bool
from tankerwatch.core.tables import View

EVERY_S: Final = 30.0
MOST: Final = 1 << 21
"""Points held at once, 24 bytes each. Beyond it every track is thinned to half: a day of 1,500 ships has one point in 2 minutes."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The points of one ship in order of time; `displaced` are those that her trusted belief could not have sailed to."""

    time_s: F64
    lat_deg: F32
    lon_deg: F32
    displaced: Bool


@dataclass(slots=True)
class Tracks:
    """`take` every frame, then `of` some ships. A ship has one point in each `every_s` seconds, and one displaced."""

    every_s: float = EVERY_S
    most: int = MOST
    first_s: float = float("nan")
    points: int = 0
    _parts: list[tuple[I64, F64, F32, F32]] = field(default_factory=list)
    """slot × 2 + displaced, time, latitude, longitude"""
    _newest: Any = field(default_factory=lambda: np.zeros(0, np.int64))
    """by slot × 2 + displaced: the stretch of time of the newest point"""

    def take(self, view: View) -> None:
        """Note the legs of a frame."""
        if self.first_s != self.first_s:
            self.first_s = view.now_s
        legs = view.legs
        if not len(legs):
            return
        key = legs.slot.astype(np.int64) * 2 + (legs.belief > 0)
        stretch = np.floor(legs.event_s / self.every_s).astype(np.int64)
        if key.max() >= len(self._newest):
            grown = np.full(2 * int(key.max()) + 64, np.iinfo(np.int64).min, np.int64)
            grown[: len(self._newest)] = self._newest
            self._newest = grown
        fresh = np.flatnonzero((stretch > self._newest[key]) & ~legs.late)
        if not len(fresh):
            return
        which = fresh[_first_of_each(key[fresh], stretch[fresh])]
        np.maximum.at(self._newest, key[which], stretch[which])
        self._parts.append(
            (key[which], legs.event_s[which], legs.lat_deg[which].astype(np.float32), legs.lon_deg[which].astype(np.float32))
        )
        self.points += len(which)
        while self.points > self.most:
            self._thin()

    def of(self, slots: Iterable[int]) -> dict[int, Track]:
        """By slot, the tracks of some rows of the picture."""
        key, time_s, lat_deg, lon_deg = self._whole()
        order = np.lexsort((time_s, key // 2))
        ordered = key[order] // 2
        made = {}
        for slot in slots:
            which = order[np.searchsorted(ordered, slot) : np.searchsorted(ordered, slot + 1)]
            made[slot] = Track(time_s[which], lat_deg[which], lon_deg[which], key[which] % 2 == 1)
        return made

    def _whole(self) -> tuple[I64, F64, F32, F32]:
        if not self._parts:
            self._parts = [(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.float32), np.zeros(0, np.float32))]
        if len(self._parts) > 1:
            key, time_s, lat_deg, lon_deg = zip(*self._parts, strict=True)
            self._parts = [(np.concatenate(key), np.concatenate(time_s), np.concatenate(lat_deg), np.concatenate(lon_deg))]
        return self._parts[0]

    def _thin(self) -> None:
        """Twice the time between points."""
        self.every_s *= 2
        key, time_s, lat_deg, lon_deg = self._whole()
        stretch = np.floor(time_s / self.every_s).astype(np.int64)
        which = _first_of_each(key, stretch)
        self._parts = [(key[which], time_s[which], lat_deg[which], lon_deg[which])]
        self.points = len(which)
        self._newest[:] = np.iinfo(np.int64).min
        np.maximum.at(self._newest, key[which], stretch[which])


def _first_of_each(key: I64, stretch: I64) -> I64:
    """Where each pair of key and stretch comes first, in order."""
    order = np.lexsort((np.arange(len(key)), stretch, key))
    key, stretch = key[order], stretch[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (key[1:] != key[:-1]) | (stretch[1:] != stretch[:-1])
    first: I64 = np.sort(order[new])
    return first
