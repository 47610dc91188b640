"""Times for lines that carry none: from the UTC of base stations and the UTC seconds of position reports.

The clock begins with the first base station. Between base stations it goes forward by the seconds that ships send: a step of a few
seconds at once, a longer one (up to half a minute) when a second ship says the same. A silence of more than half a minute without any
base station cannot be seen from the messages.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from tankerwatch.core.kernels import index as ix
from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.schema import F64, I64
from tankerwatch.core.tables import Bases, Fixes
from tankerwatch.decode.sentences import Found

STEP_S: Final = 3.0
"""Messages are heard within a second or two of their UTC second."""
HALF_MINUTE_S: Final = 30.0
BASE_ODD_S: Final = 60.0
"""A base station this far from the others is not believed before it, or another, has said so a second time."""


class Clock:
    """The time of receipt as the messages tell it; NaN before the first base station."""

    def __init__(self) -> None:
        self._now_s = math.nan
        self._proposed_s = math.nan
        self._proposed_by = 0
        self._odd_s = math.nan

    def place(self, found: Found, base_rows: I64, bases: Bases, fix_rows: I64, fixes: Fixes) -> F64:
        """Write times to the messages without one (`found.time_s`); the (lines,) times of all lines, placed too."""
        events: list[tuple[int, float, int, int]] = []
        for row, utc_s, kind in zip(base_rows.tolist(), bases.utc_s.tolist(), bases.msg_type.tolist(), strict=True):
            if kind == 4 and utc_s == utc_s:
                events.append((row, utc_s, -1, 0))
        for row, second, mmsi in zip(fix_rows.tolist(), fixes.utc_second.tolist(), fixes.mmsi.tolist(), strict=True):
            if second < 60:
                events.append((row, math.nan, second, mmsi))
        events.sort(key=lambda event: event[0])
        lines_s = np.array(found.lines.time_s, np.float64)
        at_lines: list[int] = [0]
        clocks: list[float] = [self._now_s]
        entries_line = found.entries[:, ix.LINE]
        for row, utc_s, second, mmsi in events:
            line = int(entries_line[found.messages[row, fr.ENTRY]])
            if lines_s[line] == lines_s[line]:
                continue  # this line has a time of its own: the clock is for the others
            if second < 0:
                self._base(utc_s)
            else:
                self._second(second, mmsi)
            at_lines.append(line)
            clocks.append(self._now_s)
        if len(lines_s):
            which = np.searchsorted(np.array(at_lines), np.arange(len(lines_s)), side="right") - 1
            lines_s = np.where(np.isnan(lines_s), np.array(clocks)[which], lines_s)
        if len(found.messages):
            placed = lines_s[entries_line[found.messages[:, fr.ENTRY]]]
            np.copyto(found.time_s, placed, where=np.isnan(found.time_s))
        return lines_s

    def _base(self, utc_s: float) -> None:
        far = abs(utc_s - self._now_s) > BASE_ODD_S
        if far and not abs(utc_s - self._odd_s) <= BASE_ODD_S:
            self._odd_s = utc_s  # perhaps a station with a wrong clock
            return
        self._odd_s = math.nan
        self._proposed_s = math.nan
        if far or not utc_s <= self._now_s:
            self._now_s = utc_s

    def _second(self, second: int, mmsi: int) -> None:
        ahead = (second - self._now_s + HALF_MINUTE_S) % 60.0 - HALF_MINUTE_S
        if not ahead > 0:
            return
        then_s = self._now_s + ahead
        if ahead <= STEP_S or (mmsi != self._proposed_by and abs(then_s - self._proposed_s) <= STEP_S):
            self._now_s = then_s
            self._proposed_s = math.nan
        else:
            self._proposed_s = then_s
            self._proposed_by = mmsi
