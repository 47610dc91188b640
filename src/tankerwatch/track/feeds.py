"""How much each feed delivers, second by second: what its health is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tankerwatch.core.schema import I64
from tankerwatch.core.tables import FEED_SHIFT, Feeds, Marks


def delivered(marks: Marks | None, heard: Sequence[Any], now_s: float) -> Feeds:
    """What each feed delivered in each second of a frame: lines by their marks, and reports among them, by the tables of what was heard.

    A report counts in the second of its own time, at the latest in the frame's last.
    """
    if marks is None:
        return Feeds.empty()
    keys, lines = _counted(marks.second_s.astype(np.int64) << 16 | marks.feed)
    told = [
        np.minimum(np.floor(table.time_s), now_s - 1).astype(np.int64) << 16 | (table.source_row >> np.uint64(FEED_SHIFT)).astype(np.int64)
        for table in heard
        if len(table)
    ]
    messages = np.zeros(len(keys), np.uint32)
    for each in told:
        reported, count = _counted(each)
        at = np.minimum(np.searchsorted(keys, reported), len(keys) - 1)
        np.add.at(messages, at, count.astype(np.uint32))
    return Feeds(((keys >> 16) + 1).astype(np.float64), (keys & 0xFFFF).astype(np.uint16), lines.astype(np.uint32), messages)


def _counted(keys: I64) -> tuple[I64, I64]:
    """Each number once, in order, and how often it is there; most often they come in order."""
    edges = np.flatnonzero(keys[1:] != keys[:-1]) + 1
    once = keys[np.concatenate([[0], edges])]
    if not (once[1:] > once[:-1]).all():
        return np.unique(keys, return_counts=True)
    return once, np.diff(edges, prepend=0, append=len(keys))
