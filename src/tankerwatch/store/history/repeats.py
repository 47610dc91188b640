"""Reports that several stations heard, or that came over several ways: each is kept once in the history."""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.core.kernels import repeats as kernel
from tankerwatch.core.kernels.index import read_only
from tankerwatch.core.schema import I64, U64, Bool
from tankerwatch.core.tables import Fixes

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

    def are_new(self, times: I64, fixes: Fixes) -> Bool:
        """(n,) whether each report says what none shortly before it has said. times: (n,) when received, in milliseconds."""
        if not len(times):
            return np.empty(0, np.bool_)
        newest = np.maximum.accumulate(np.maximum(times, self.newest_ms))
        window = np.where(fixes.utc_second < 60, COPY_MS, COPY_NO_SECOND_MS)
        window[(fixes.msg_type == 0) | (times < newest - BEHIND_MS)] = -1
        known = len(self._keys)
        all_keys, all_times = np.concatenate([self._keys, _keys(fixes)]), np.concatenate([self._times, times])
        new = _first_of_each(all_keys, all_times, np.concatenate([np.full(known, -1), window]))
        self.newest_ms = int(newest[-1])
        stay = new & (all_times > self.newest_ms - 2 * BEHIND_MS)
        self._keys, self._times = all_keys[stay], all_times[stay]
        return new[known:]


def _first_of_each(keys: U64, times: I64, window: I64) -> Bool:
    """(n,) False for each that is within its window of the newest one before it of the same key that is True."""
    new = np.empty(len(keys), np.bool_)
    kernel.first_of_each(*map(read_only, (keys, times, window)), np.zeros(1 << (2 * len(keys)).bit_length(), np.int32), new)
    return new


def _keys(fixes: Fixes) -> U64:
    """(n,) a number for all that a report says."""
    made = np.empty(len(fixes), np.uint64)
    said = (fixes.lon_deg, fixes.lat_deg, fixes.sog_kn, fixes.cog_deg, fixes.heading_deg, fixes.turn_raw, fixes.msg_type)
    kernel.keys(*map(read_only, (fixes.mmsi, *said, fixes.nav_status, fixes.utc_second, fixes.accurate, fixes.raim)), made)
    return made
