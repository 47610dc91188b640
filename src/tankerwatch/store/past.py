"""What a watch has journalled, as a source: read as it was taken then, batch by batch, beside a live writer."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from tankerwatch.core.errors import InputFault
from tankerwatch.core.schema import F64
from tankerwatch.core.tables import Batch
from tankerwatch.store.frames import HEARD_TABLES, decode
from tankerwatch.store.reading import Skipped, batches_after, first_of
from tankerwatch.store.segments import Damage, journal_of, scan, segments_in

_TIMES = 4096


def received_s(batch: Batch) -> F64:
    """(n,) the receive times of its lines and reports."""
    tables = [batch.lines] if batch.heard is None else [batch.lines, *(getattr(batch.heard, name) for name, _ in HEARD_TABLES)]
    return np.concatenate([table.time_s for table in tables])


class Past:
    """A data directory as a `RecordedSource`. Raises InputFault when there is no journal in it.

    after_frame: what a snapshot tells is not read again · `progress` is told how many bytes of the journal were read, and of how many.
    """

    def __init__(self, directory: Path, after_frame: int = 0) -> None:
        self.name = str(directory)
        self.progress: Callable[[int, int], None] | None = None
        self._directory, self._after_frame, self._left_out = directory, after_frame, Skipped()
        self._mark = first_of(directory)[2]
        if not self._mark:
            raise InputFault("holds no journal", where=str(directory), help="give the directory that was --data of watch")

    @property
    def mark(self) -> bytes:
        """What tells this journal from any other."""
        return bytes.fromhex(self._mark)

    @property
    def skipped(self) -> int:
        """How often something damaged was passed over; `tankerwatch journal` says what."""
        return self._left_out.damaged

    def batches(self) -> Iterator[Batch]:
        """Everything that is whole, as it was appended."""
        for kept in batches_after(self._directory, self._after_frame, self._left_out, self.progress):
            yield kept.batch

    def received(self, longest_s: float) -> Iterator[F64]:
        """When lines and reports came, some thousands at a time: by the frames' headers, which say when the newest of each came.

        What comes longer than `longest_s` after the one before it is read itself: it may hold hours, or come after a silence.
        """
        segments, last_s = segments_in(journal_of(self._directory)), -math.inf
        for segment, following in zip(segments, [*segments, None][1:], strict=True):
            times_s: list[float] = []
            for found in scan(segment):
                if isinstance(found, Damage) or not (found.header.lines or found.header.heard):
                    continue
                if following is not None and found.header.frame >= following.first_frame:
                    break
                if found.header.clock_s - last_s < longest_s:
                    times_s.append(found.header.clock_s)
                else:
                    with contextlib.suppress(ValueError):
                        times_s += received_s(decode(found.header, found.payload)).tolist()
                if found.header.clock_s == found.header.clock_s:
                    last_s = found.header.clock_s
                if len(times_s) >= _TIMES:
                    yield np.array(times_s)
                    times_s = []
            yield np.array(times_s)
