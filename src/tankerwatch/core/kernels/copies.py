"""Who heard a report, and whether it came before: what `beliefs` asks first. Copies tell as well which station's clock is wrong.

Parts of `beliefs.advance`, of which each row is a ship; times are seconds.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tankerwatch.core.kernels.arrivals import C_DUE, C_NEXT, C_OTHER, C_TIMES, C_VOTES, C_WHOLE
from tankerwatch.core.kernels.compiling import part

COPIES: Final = 8  # reports of a ship in mind: a fast one sends five in the ten seconds that a copy may be late
# Columns of `hearers`: which station (-1 none), when last, how many fixes.
WHO, WHO_S, WHO_FIXES = range(3)
HEARERS: Final = 8

# fmt: off
# a table: its columns are read downwards
COPY_S: Final = 50.0            # the same report from another station comes within a minute; after one a frozen receiver says the same
COPY_NO_SECOND_S: Final = 2.0   # without a UTC second only repeats this close are surely copies
SAME_CLOCK_S: Final = 20.0      # copies further apart were stamped by clocks of which one is wrong
SURE_TIMES: Final = 8.0        # a report that is late is so by chance, a clock by the same time again and again
SET_AFTER_S: Final = 30.0       # longer than a frame and the lateness of lines
# fmt: on


@part
def is_copy(
    copies: Any, copy_s: Any, copy_by: Any, clocks: Any, s: int, key: int, received: float, timed: bool, moving: bool, station: int
) -> bool:  # fmt: skip  # one a line would hide what belongs together
    """Whether the same report came before. Of a ship that makes way it is the same whatever the clocks of two stations say."""
    window = COPY_S if timed else COPY_NO_SECOND_S
    for k in range(COPIES):
        if copies[s, k] == key:
            by = received - copy_s[s, k]
            if abs(by) <= window or moving:
                if moving and copy_by[s, k] != station:
                    _compare(clocks, station, np.int64(copy_by[s, k]), received, by)
                    if abs(by) > SAME_CLOCK_S:
                        # The next copy is compared with this one: of three stations, two agree.
                        copy_s[s, k] = received
                        copy_by[s, k] = station
                return True
    at = np.int64(copies[s, COPIES])
    copies[s, at] = key
    copy_s[s, at] = received
    copy_by[s, at] = station
    copies[s, COPIES] = 0 if at + 1 == COPIES else at + 1
    return False


@part
def _compare(clocks: Any, station: int, other: int, received: float, by: float) -> None:
    """Two stations stamped one report `by` seconds apart: note which of them seems wrong, and by how much. Copies in a row that say the
    same set its clock, half a minute later: then no frame holds both what told it and what it changes, and cuts do not matter.
    """
    if abs(by) <= SAME_CLOCK_S:
        clocks[station, C_VOTES] = min(clocks[station, C_VOTES] + 1.0, 1000.0)
        clocks[other, C_VOTES] = min(clocks[other, C_VOTES] + 1.0, 1000.0)
        clocks[station, C_TIMES] = 0.0
        clocks[other, C_TIMES] = 0.0
        return
    wrong = station
    if clocks[other, C_VOTES] < clocks[station, C_VOTES]:
        wrong = other
        received -= by
        by = -by
    whole = clocks[wrong, C_WHOLE] + by
    if abs(whole - clocks[wrong, C_OTHER]) <= 5.0:
        clocks[wrong, C_TIMES] += 1.0
    else:
        clocks[wrong, C_OTHER] = whole
        clocks[wrong, C_TIMES] = 1.0
    if clocks[wrong, C_TIMES] >= SURE_TIMES and clocks[wrong, C_DUE] == 0.0:
        clocks[wrong, C_NEXT] = whole
        clocks[wrong, C_DUE] = received + SET_AFTER_S


@part
def hear(hearers: Any, s: int, station: int, received: float) -> None:
    """Keep which stations hear a ship: the eight heard last."""
    oldest = 0
    for k in range(HEARERS):
        if hearers[s, k, WHO] == station or hearers[s, k, WHO] < 0.0:
            hearers[s, k, WHO] = station
            hearers[s, k, WHO_S] = received
            hearers[s, k, WHO_FIXES] += 1.0
            return
        if hearers[s, k, WHO_S] < hearers[s, oldest, WHO_S]:
            oldest = k
    hearers[s, oldest, WHO] = station
    hearers[s, oldest, WHO_S] = received
    hearers[s, oldest, WHO_FIXES] = 1.0
