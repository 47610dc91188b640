"""Lines without the buffer they came in: their bytes one after the other, a line feed after each."""

from __future__ import annotations

import numpy as np

from tankerwatch.core.kernels import copying
from tankerwatch.core.kernels.index import read_only
from tankerwatch.core.schema import I64, U8
from tankerwatch.core.tables import Lines

LINE_FEED = copying.LINE_FEED


def pack(lines: Lines) -> tuple[U8, I64]:
    """The bytes of the lines, each followed by a line feed, and the length of each without it, (n,) bytes.

    A batch is often a part of a large buffer: only the lines are copied, never what lies between them.
    """
    lengths = lines.end - lines.start
    if not len(lengths):
        return np.empty(0, np.uint8), lengths
    behind = np.cumsum(lengths + 1)
    if (lines.start[1:] == lines.end[:-1] + 1).all():
        packed = np.empty(behind[-1], np.uint8)  # the usual case: one copy
        packed[:-1] = lines.buffer[lines.start[0] : lines.end[-1]]
        packed[behind - 1] = LINE_FEED
    else:
        room = np.empty(behind[-1] + copying.BEYOND, np.uint8)
        packed = room[: copying.lines(*map(read_only, (lines.buffer, lines.start, lines.end)), room)]
    return packed, lengths


def spans(lengths: I64) -> tuple[I64, I64]:
    """Where each packed line begins and ends (its line feed not counted), (n,) offsets each."""
    end = np.cumsum(lengths + 1) - 1
    return end - lengths, end
