"""Reports that several stations heard, or that came over several ways: each is kept once in the history."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tankerwatch.core.schema import I64, U64, Bool
from tankerwatch.core.tables import Fixes
from tankerwatch.store.history import days

COPY_MS: Final = 50_000
"""The same report with the same UTC second within this time is a copy from another station: a minute later it would be another."""
COPY_NO_SECOND_MS: Final = 2_000
"""Without a UTC second only reports this close are surely copies."""
BEHIND_MS: Final = 60_000
"""A report this much behind the newest is merged with none: so it is known how long reports must be kept in mind."""


class Repeats:
    """Finds reports that were received before, by another station or over another way. What it says does not depend on the cuts."""

    def __init__(self, newest_ms: int) -> None:
        self.newest_ms = newest_ms
        self._keys, self._times = np.empty(0, np.uint64), np.empty(0, np.int64)

    def are_new(self, rows: Any, fixes: Fixes) -> Bool:
        """(n,) whether each row says what no row shortly before it has said."""
        times = days.times_of(rows)
        count = len(times)
        if not count:
            return np.empty(0, np.bool_)
        newest = np.maximum.accumulate(np.maximum(times, self.newest_ms))
        keys = _keys(rows, fixes)
        window = np.where(fixes.utc_second < 60, COPY_MS, COPY_NO_SECOND_MS)
        window[(fixes.msg_type == 0) | (times < newest - BEHIND_MS)] = -1
        known = len(self._keys)
        all_keys, all_times = np.concatenate([self._keys, keys]), np.concatenate([self._times, times])
        all_window = np.concatenate([np.full(known, -1), window])
        new = _first_of_each(all_keys, all_times, all_window)
        self.newest_ms = int(newest[-1])
        stay = new & (all_times > self.newest_ms - 2 * BEHIND_MS)
        self._keys, self._times = all_keys[stay], all_times[stay]
        return new[known:]


def _first_of_each(keys: U64, times: I64, window: I64) -> Bool:
    """(n,) False for each that is within its window of the newest one before it of the same key that is True."""
    new = np.ones(len(keys), np.bool_)
    order = np.argsort(keys, kind="stable")
    same = keys[order][1:] == keys[order][:-1]
    if not same.any():
        return new
    inside = np.concatenate([same, [False]]) | np.concatenate([[False], same])
    last_key, anchor = -1, 0
    ordered = order[inside]
    for at, key, time_ms, most in zip(
        ordered.tolist(), keys[ordered].tolist(), times[ordered].tolist(), window[ordered].tolist(), strict=True
    ):
        if key != last_key:
            last_key, anchor = key, time_ms
        elif abs(time_ms - anchor) <= most:
            new[at] = False
        else:
            anchor = time_ms
    return new


_PRIME: Final = np.uint64(0x9E3779B97F4A7C15)


def _keys(rows: Any, fixes: Fixes) -> U64:
    """(n,) a number for all that a report says: equal for copies, and by chance once in 10^19."""
    key = fixes.mmsi.astype(np.uint64)
    sent = [rows.column(name).fill_null(-1 if name in ("lon", "lat", "turn") else 0).to_numpy() for name in _SAID]
    there = [rows.column(name).is_valid().to_numpy() for name in ("lon", "sog", "cog", "heading")]
    for values in (*sent, *there, fixes.msg_type, fixes.nav_status, fixes.utc_second, fixes.accurate, fixes.raim):
        key = (key ^ values.astype(np.int64).view(np.uint64)) * _PRIME
        key ^= key >> np.uint64(29)
    return key


_SAID: Final = ("lon", "lat", "sog", "cog", "heading", "turn")
