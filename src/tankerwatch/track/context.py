"""Learns what is usual where, from the picture at every whole minute.

What a ship does in a minute is counted in the cell where she is: under way or at rest, how fast, which way, the stays that begin, the
minutes in which she was not heard between two in which she was, and where ships under way fall silent for good. The counts depend on the
pictures of whole minutes alone, so that they are the same wherever the stream is cut; `MOST_CELLS` are kept, the least used go first.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tankerwatch.core.context import COURSES, Cells, Context, Reception, cells_of
from tankerwatch.core.schema import F64, I64, U64, Bool
from tankerwatch.core.tables import Picture

MOST_CELLS: Final = 300_000
WAY_KN: Final = 2.0
"""Faster than this is under way, whatever the status says: it is often forgotten."""
REST_KN: Final = 1.0
STAY_S: Final = 600.0
SILENT_S: Final = 900.0
BACK_MINUTES: Final = 120
"""Who is heard again within this was not lost, but missed."""
FILLED_MINUTES: Final = 60
"""Of longer silences nobody knows where she was meanwhile."""
KNOWN_MINUTES: Final = 10
SLOW_WEIGHT: Final = 1 / 30
FAST_WEIGHT: Final = 1 / 4
NOWHERE: Final = np.uint64(0)

_COUNTED: Final = ("moving", "resting", "stays", "missed", "lost")
_COURSES: Final = ("north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west")
_MOVING, _RESTING, _STAYS, _MISSED, _LOST = range(5)
_COLUMNS: Final = len(_COUNTED) + COURSES
_USE: Final = np.array([1, 1, 60, 1, 1])
"""How much a count keeps its cell from being forgotten: a place of rest is worth an hour of passing."""


class Learner:
    """What was learnt so far: `context`, renewed by `learn`. Begins with what is given, which is not changed."""

    def __init__(self, context: Context | None = None, most_cells: int = MOST_CELLS) -> None:
        cells = context.cells if context is not None else Cells.empty()
        self._most = most_cells
        self._cell: U64 = cells.cell.copy()
        self._counts: Any = np.stack([getattr(cells, name) for name in (*_COUNTED, *_COURSES)], axis=1).astype(np.uint32)
        self._speeds: Any = np.stack([cells.sog_kn, cells.spread_kn], axis=1).astype(np.float32)
        # Of each ship, by slot: the newest minute in which she was heard, and where and how that was.
        self._minute: I64 = np.empty(0, np.int64)
        self._known: I64 = np.empty(0, np.int64)
        self._lat: F64 = np.empty(0)
        self._lon: F64 = np.empty(0)
        self._moving: Bool = np.empty(0, np.bool_)
        self._lost_in: U64 = np.empty(0, np.uint64)
        self._stayed_in: U64 = np.empty(0, np.uint64)
        self._fixes: I64 = np.empty(0, np.int64)
        self._pending: I64 = np.empty(0, np.int64)
        self._reception = Reception.empty()
        self.context = self._told()

    def learn(self, picture: Picture, now_s: float) -> None:
        """Take in the picture of a whole minute."""
        n = len(picture)
        if not n:
            return
        self._grow(n)
        minute = np.floor(np.nan_to_num(picture.heard_s, nan=-60.0) / 60.0).astype(np.int64)
        heard = minute > self._minute[:n]
        if not heard.any() and not self._gone(picture, now_s).any():
            return
        self._receive(picture, np.flatnonzero(heard))
        sound = heard & (picture.kind < 10) & picture.trusted & (picture.event_s > picture.heard_s - 90.0) & ~np.isnan(picture.lat_deg)
        slots = np.flatnonzero(sound)
        at_rest = picture.sog_kn[slots] < WAY_KN
        under_way, resting = slots[~at_rest & ~np.isnan(picture.sog_kn[slots])], slots[at_rest]
        way_cell = cells_of(picture.lat_deg[under_way], picture.lon_deg[under_way])
        rest_cell = cells_of(picture.lat_deg[resting], picture.lon_deg[resting])
        stay_cell = self._stays(picture, resting, under_way, now_s)
        missed_cell = self._missed(picture, under_way, minute)
        back, lost_cell = self._lost(picture, slots, minute, now_s)
        cells = np.concatenate((way_cell, rest_cell, stay_cell, missed_cell, lost_cell, back))
        unique, inverse = np.unique(cells, return_inverse=True)
        lengths = [len(each) for each in (way_cell, rest_cell, stay_cell, missed_cell, lost_cell)]
        eighth = np.round(np.nan_to_num(picture.cog_deg[under_way]) / 45.0).astype(np.int64) % COURSES
        going = np.flatnonzero(~np.isnan(picture.cog_deg[under_way]))
        counted, gone_on = len(_COUNTED), inverse[going] * _COLUMNS + len(_COUNTED) + eighth[going]
        flat = inverse[: sum(lengths)] * _COLUMNS + np.repeat(np.arange(counted), lengths)
        table = np.bincount(np.concatenate((flat, gone_on)), minlength=len(unique) * _COLUMNS).reshape(len(unique), _COLUMNS)
        rows = self._admit(unique)
        self._ways(picture.sog_kn[under_way].astype(np.float64), inverse[: len(under_way)], rows, table[:, _MOVING])
        self._counts[rows] += table.astype(np.uint32)
        if len(back):
            at = rows[inverse[len(cells) - len(back) :]]
            np.subtract.at(self._counts[:, _LOST], at[self._counts[at, _LOST] > 0], np.uint32(1))
        self._minute[:n][heard] = minute[heard]
        self._known[slots] += 1
        self._lat[slots], self._lon[slots] = picture.lat_deg[slots], picture.lon_deg[slots]
        self._moving[:n][heard] = False
        self._moving[under_way] = True
        self.context = self._told()

    def _told(self) -> Context:
        columns = {name: self._counts[:, at] for at, name in enumerate((*_COUNTED, *_COURSES))}
        return Context(Cells(cell=self._cell, sog_kn=self._speeds[:, 0], spread_kn=self._speeds[:, 1], **columns), self._reception)

    def _grow(self, ships: int) -> None:
        if ships <= len(self._minute):
            return
        size = max(64, ships, 2 * len(self._minute))

        def longer(old: Any, fill: Any) -> Any:
            new = np.full(size, fill, old.dtype)
            new[: len(old)] = old
            return new

        self._minute, self._known = longer(self._minute, -1), longer(self._known, 0)
        self._lat, self._lon, self._moving = longer(self._lat, np.nan), longer(self._lon, np.nan), longer(self._moving, False)
        self._lost_in, self._stayed_in = longer(self._lost_in, NOWHERE), longer(self._stayed_in, NOWHERE)
        self._fixes, self._pending = longer(self._fixes, 0), longer(self._pending, -1)
        self._reception = Reception(longer(self._reception.usual_rate, np.nan), longer(self._reception.recent_rate, np.nan))

    def _receive(self, picture: Picture, slots: I64) -> None:
        """Count the fixes of each minute. The newest one waits until another follows: in it she may have fallen silent."""
        fixes = picture.fixes.astype(np.int64)[slots]
        waiting = self._pending[slots]
        for rate, weight in ((self._reception.usual_rate, SLOW_WEIGHT), (self._reception.recent_rate, FAST_WEIGHT)):
            before = rate[slots]
            after = before + np.float32(weight) * (waiting.astype(np.float32) - before)
            rate[slots] = np.where(waiting < 0, before, np.where(np.isnan(before), waiting, after))
        # Her first minute is hardly ever a whole one.
        self._pending[slots] = np.where(self._known[slots] > 0, np.maximum(fixes - self._fixes[slots], 0), -1)
        self._fixes[slots] = fixes

    def _stays(self, picture: Picture, resting: I64, under_way: I64, now_s: float) -> U64:
        """The cells in which stays have become ten minutes old; a ship that swings or drags over a cell's edge has not come anew."""
        calm = (picture.sog_kn[resting] < REST_KN) | np.isin(picture.nav_status[resting], (1, 5))
        slots = resting[calm & (now_s - picture.stay_s[resting] >= STAY_S) & (self._stayed_in[resting] == NOWHERE)]
        cells = cells_of(picture.stay_lat_deg[slots], picture.stay_lon_deg[slots])
        self._stayed_in[slots] = cells
        self._stayed_in[under_way] = NOWHERE
        return cells

    def _missed(self, picture: Picture, under_way: I64, minute: I64) -> U64:
        """The cells that ships under way passed unheard, a minute in each: on the straight way between."""
        gap = minute[under_way] - self._minute[under_way] - 1
        between = (gap > 0) & (gap <= FILLED_MINUTES) & self._moving[under_way]
        long = between & (gap >= 3)
        if long.sum() >= 3 and long.sum() * 2 > len(under_way):
            return np.empty(0, np.uint64)  # nobody was heard: that was the station, not the place
        slots, gap = under_way[between], gap[between]
        total = int(gap.sum())
        which = np.repeat(np.arange(len(slots)), gap)
        step = np.arange(total) - np.repeat(np.cumsum(gap) - gap, gap) + 1
        share = step / (gap[which] + 1)
        lat, lon = self._lat[slots][which], self._lon[slots][which]
        d_lon = (picture.lon_deg[slots][which] - lon + 540.0) % 360.0 - 180.0
        return cells_of(lat + share * (picture.lat_deg[slots][which] - lat), lon + share * d_lon)

    def _lost(self, picture: Picture, slots: I64, minute: I64, now_s: float) -> tuple[U64, U64]:
        """The cells of ships that are back, and of those that have now been silent for long."""
        returned = slots[self._lost_in[slots] != NOWHERE]
        back = self._lost_in[returned][minute[returned] - self._minute[returned] <= BACK_MINUTES]
        self._lost_in[returned] = NOWHERE
        lost = np.flatnonzero(self._gone(picture, now_s))
        cells = cells_of(self._lat[lost], self._lon[lost])
        self._lost_in[lost] = cells
        return back, cells

    def _gone(self, picture: Picture, now_s: float) -> Bool:
        """(n,) who was under way and has now been silent for long."""
        n = len(picture)
        known = self._moving[:n] & (self._lost_in[:n] == NOWHERE) & (self._known[:n] >= KNOWN_MINUTES)
        return np.asarray(known & (now_s - picture.heard_s >= SILENT_S))

    def _ways(self, sog_kn: F64, inverse: I64, rows: I64, new: I64) -> None:
        """Mean and spread of the speeds of those under way; inverse: (ships,) which of the cells, whose rows and new counts are given."""
        before = self._counts[rows, _MOVING]
        mean, spread = self._speeds[rows, 0].astype(np.float64), self._speeds[rows, 1].astype(np.float64)
        of_now = np.bincount(inverse, sog_kn, len(rows)) / np.maximum(new, 1)
        mean = np.where(before > 0, mean, of_now)
        off = np.bincount(inverse, np.abs(sog_kn - mean[inverse]), len(rows)) / np.maximum(new, 1)
        weight = new / np.maximum(before + new, 1)
        some = np.flatnonzero(new > 0)
        self._speeds[rows[some], 0] = (mean + weight * (of_now - mean))[some]
        self._speeds[rows[some], 1] = np.where(before > 0, spread + weight * (off - np.nan_to_num(spread)), off)[some]

    def _admit(self, cells: U64) -> I64:
        """The row of each of these cells, which are in order. When there are too many in all, those of least use give way."""
        at = np.searchsorted(self._cell, cells)
        there = at < len(self._cell)
        there[there] = self._cell[at[there]] == cells[there]
        new = cells[~there]
        if not len(new):
            return at
        if len(self._cell) + len(new) > self._most:
            use = self._counts[:, : len(_COUNTED)] @ _USE
            use[at[there]] = np.iinfo(np.int64).max  # what is counted now stays
            keep = np.sort(np.lexsort((self._cell, -use))[: max(self._most * 9 // 10 - len(new), int(there.sum()))])
            self._cell, self._counts, self._speeds = self._cell[keep], self._counts[keep], self._speeds[keep]
        size = len(self._cell) + len(new)
        old = np.ones(size, np.bool_)
        old[np.searchsorted(self._cell, new) + np.arange(len(new))] = False
        cell, counts = np.empty(size, np.uint64), np.zeros((size, _COLUMNS), np.uint32)
        speeds = np.full((size, 2), np.nan, np.float32)
        cell[old], counts[old], speeds[old] = self._cell, self._counts, self._speeds
        cell[~old] = new
        self._cell, self._counts, self._speeds = cell, counts, speeds
        return np.searchsorted(self._cell, cells)
