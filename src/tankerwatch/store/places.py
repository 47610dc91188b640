"""Which record of a journal a received line is: looked up when someone asks, beside a live writer, so that nobody need remember it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from tankerwatch.core.errors import InputFault
from tankerwatch.core.schema import U64
from tankerwatch.core.tables import Batch
from tankerwatch.store.frames import HEARD_TABLES, LOST, decode
from tankerwatch.store.segments import Damage, Frame, Segment, journal_of, scan, segments_in

BEFORE_S: Final = 5.0
AFTER_S: Final = 60.0
"""A line is in a frame that the desk wrote so long before or after the line's own time, or not found at all."""
MOST: Final = 2000
"""Lines looked up at once."""


def records_of(directory: Path, lines: Iterable[tuple[float, int]]) -> dict[int, int]:
    """The records of received lines by source row, as far as they are found; a line is given by its receive time and its source row.

    Only segments of those times are read, and nothing is written. What is damaged is passed over; {} where there is no journal.
    """
    wanted = {row: time_s for time_s, row in sorted(lines)[:MOST] if math.isfinite(time_s)}
    found: dict[int, int] = {}
    try:
        segments = segments_in(journal_of(directory))
        begins = [_begin_s(segment) for segment in segments]
        for at, segment in enumerate(segments):
            until_s = next((begin_s for begin_s in begins[at + 1 :] if begin_s == begin_s), math.inf)
            if not wanted:
                break
            if any(begins[at] - BEFORE_S <= time_s + AFTER_S and time_s - BEFORE_S <= until_s for time_s in wanted.values()):
                following = segments[at + 1].first_frame if at + 1 < len(segments) else None
                _look(segment, following, wanted, found)
    except InputFault:
        pass  # a file that was dropped meanwhile, or no journal at all: what is not found is not told
    return found


def _begin_s(segment: Segment) -> float:
    """When a segment begins; -inf when its first frame does not tell."""
    first = next(scan(segment), None)
    if isinstance(first, Frame) and math.isfinite(first.header.clock_s):
        return first.header.clock_s
    return -math.inf


def _look(segment: Segment, until_frame: int | None, wanted: dict[int, float], found: dict[int, int]) -> None:
    """Take from `wanted` what a segment holds, and put its record into `found`."""
    before_s = -math.inf
    for frame in scan(segment):
        if not wanted:
            return
        if isinstance(frame, Damage):
            continue
        header = frame.header
        if until_frame is not None and header.frame >= until_frame:
            return
        clock_s = header.clock_s if header.clock_s == header.clock_s else math.inf
        near = [row for row, time_s in wanted.items() if time_s - BEFORE_S <= clock_s and before_s <= time_s + AFTER_S]
        if header.clock_s == header.clock_s:
            before_s = header.clock_s
        if not near or header.flags & LOST or not (header.lines or header.heard):
            continue
        try:
            batch = decode(header, frame.payload)
        except ValueError:
            continue
        first = header.first_record
        for rows in _rows(batch):
            for at in np.flatnonzero(np.isin(rows, np.array(near, np.uint64))).tolist():
                row = int(rows[at])
                if wanted.pop(row, None) is not None:
                    found[row] = first + at
            first += len(rows)


def _rows(batch: Batch) -> Iterator[U64]:
    """The source rows of a batch's records, in the order in which they are numbered."""
    yield batch.lines.source_row
    if batch.heard is not None:
        for name, _ in HEARD_TABLES:
            yield getattr(batch.heard, name).source_row
