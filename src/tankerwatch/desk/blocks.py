"""Where ships were in ten minutes of a replay that are over: a block that never changes, so that a browser may keep it.

It is cut from the trails that the page shows anyway, so nothing more is held for it: a position each half minute and ship, of the last
hours of the play.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from tankerwatch.core.ports import BLOCK_S, Block
from tankerwatch.desk.trails import COLUMNS, KEPT_S, POINTS, Trails

FINAL_AFTER_S: Final = 120.0
"""What happened comes within a minute, else it is late and moves no trail; twice that, to be sure."""


def block(trails: Trails, id_of: Callable[[int], int], from_s: int, clock_s: float) -> Block | None:
    """The block that begins at a time; None where it is not over yet, or no longer kept whole."""
    if not (math.isfinite(trails.since_s) and from_s >= clock_s - KEPT_S and from_s + BLOCK_S + FINAL_AFTER_S <= clock_s):
        return None
    begin, end = from_s - trails.since_s, from_s + BLOCK_S - trails.since_s
    ids: list[int] = []
    parts = [np.empty((0, COLUMNS), np.float32)]
    for slot, flat in trails.points.items():
        points = np.frombuffer(flat, np.float32).reshape(-1, COLUMNS)
        if len(points) >= POINTS and points[0, 0] > begin:
            return None  # of her some are gone
        inside = points[(points[:, 0] >= begin) & (points[:, 0] < end) & np.isfinite(points[:, 1])]
        if len(inside):
            parts.append(inside)
            ids += [id_of(slot)] * len(inside)
    rows, mmsi = np.concatenate(parts), np.array(ids, np.int64)
    order = np.lexsort((mmsi, rows[:, 0]))
    rows = rows[order]
    return Block(
        from_s=from_s,
        ship=mmsi[order],
        time_s=rows[:, 0].astype(np.float64) + trails.since_s,
        lat_deg=rows[:, 1],
        lon_deg=rows[:, 2],
        sog_kn=rows[:, 3],
        cog_deg=rows[:, 4],
        displaced=rows[:, 5] > 0,
    )
