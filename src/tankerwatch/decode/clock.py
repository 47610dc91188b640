"""Times for lines that carry none: from the UTC of base stations and the UTC seconds of position reports.

The clock begins with the first base station, and each later one sets it. Between them the seconds that ships send move it forward, where
the ships heard last agree, and no further than base stations are usually apart: on a busy feed one report in
twelve is late or of a wrong clock, and would drive the time ahead. What is handed out never goes back, but for a base station's correction
of more than a minute. A silence of more than half a minute without any base station cannot be seen from the messages.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import numpy as np

from tankerwatch.core.kernels import messages as ms
from tankerwatch.core.schema import F64, I64
from tankerwatch.core.tables import Bases, Fixes
from tankerwatch.decode.sentences import Found

HALF_MINUTE_S: Final = 30.0
AGREE_S: Final = 1.5
"""Ships agree that say the same second, or the next."""
REPORTS: Final = 8
"""Position reports looked back at."""
WITNESSES: Final = 2
"""Other ships that must agree; half of them where fewer than four are heard."""
BASE_GAP_S: Final = 10.0
"""A base station speaks every ten seconds."""
SMOOTH: Final = 0.2
"""Weight of the newest in the running means of how base stations speak."""
BASE_ODD_S: Final = 60.0
"""A base station this far from the clock is not believed before it, or another, has said so a second time."""


class Clock:
    """The time of receipt as the messages tell it; NaN before the first base station."""

    def __init__(self) -> None:
        self._now_s = math.nan
        self._told_s = math.nan
        self._recent: deque[tuple[int, float]] = deque(maxlen=REPORTS)
        self._odd_s = math.nan
        self._base_s = math.nan
        self._gap_s = BASE_GAP_S
        self._reports = 0
        self._usual_reports = 10.0

    def place(self, found: Found, base_rows: I64, bases: Bases, fixes: Fixes) -> F64:
        """Write times to the messages without one (`found.time_s`); the (lines,) times of all lines, placed too."""
        if not np.isnan(found.lines.time_s).any():
            return found.lines.time_s
        events: list[tuple[int, int, float, int, int]] = []
        told = found.messages[base_rows]
        base_rows_told = zip(
            told[:, ms.ORDER].tolist(), told[:, ms.LINE].tolist(), bases.utc_s.tolist(), bases.msg_type.tolist(), strict=True
        )
        for order, line, utc_s, kind in base_rows_told:
            if kind == 4 and utc_s == utc_s:
                events.append((order, line, utc_s, -1, 0))
        fixes_told = zip(found.fix_order.tolist(), found.fix_line.tolist(), fixes.utc_second.tolist(), fixes.mmsi.tolist(), strict=True)
        for order, line, second, mmsi in fixes_told:
            if second < 60:
                events.append((order, line, math.nan, second, mmsi))
        events.sort(key=lambda event: event[0])
        lines_s = np.array(found.lines.time_s, np.float64)
        at_lines: list[int] = [0]
        clocks: list[float] = [self._told_s]
        for _, line, utc_s, second, mmsi in events:
            if lines_s[line] == lines_s[line]:
                continue  # this line has a time of its own: the clock is for the others
            if second < 0:
                self._base(utc_s)
            else:
                self._second(second, mmsi)
            at_lines.append(line)
            clocks.append(self._told_s)
        if len(lines_s):
            which = np.searchsorted(np.array(at_lines), np.arange(len(lines_s)), side="right") - 1
            lines_s = np.where(np.isnan(lines_s), np.array(clocks)[which], lines_s)
        if len(found.messages):
            placed = lines_s[found.messages[:, ms.LINE]]
            np.copyto(found.time_s, placed, where=np.isnan(found.time_s))
        return lines_s

    def _base(self, utc_s: float) -> None:
        far = abs(utc_s - self._now_s) > BASE_ODD_S
        if far and not abs(utc_s - self._odd_s) <= BASE_ODD_S:
            self._odd_s = utc_s  # perhaps a station with a wrong clock
            return
        self._odd_s = math.nan
        if utc_s > self._base_s:
            self._gap_s += SMOOTH * (min(utc_s - self._base_s, BASE_ODD_S) - self._gap_s)
        self._usual_reports += SMOOTH * (self._reports - self._usual_reports)
        self._reports = 0
        self._now_s = self._base_s = utc_s
        if far:
            self._recent.clear()
            self._told_s = utc_s
        else:
            self._told_s = utc_s if not utc_s <= self._told_s else self._told_s

    def _second(self, second: int, mmsi: int) -> None:
        if self._now_s != self._now_s:
            return
        then_s = self._now_s + (second - self._now_s + HALF_MINUTE_S) % 60.0 - HALF_MINUTE_S
        others = {other: other_s for other, other_s in self._recent if other != mmsi}
        agreed = [other_s for other_s in others.values() if abs(other_s - then_s) <= AGREE_S]
        self._recent.append((mmsi, then_s))
        self._reports += 1
        if self._reports <= 10 + 4 * self._usual_reports and then_s > self._base_s + AGREE_S + 2 * self._gap_s:
            return  # a base station would have said so
        if then_s > self._now_s and len(agreed) >= min(WITNESSES, (len(others) + 1) // 2):
            self._now_s = max(self._now_s, min([then_s, *agreed]))
            self._told_s = max(self._told_s, self._now_s)
