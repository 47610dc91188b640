"""Recorded NMEA logs, read as one stream in order of receive time.

    blocks of bytes → lines with their times (`stamped`) → in order within a window of 15 s (`Window`) → files merged (`merged`)

Every step works on blocks, holds a bounded amount, and gives the same lines wherever the blocks are cut and however the file is packed.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from tankerwatch.core.errors import InputFault
from tankerwatch.core.kernels import stamps
from tankerwatch.core.schema import F64, NAN, U8
from tankerwatch.core.shelf import SHELF
from tankerwatch.core.tables import Batch, Lines
from tankerwatch.ingest.bytes import BLOCK, Recording, Stream
from tankerwatch.ingest.lines import LIMIT, Split
from tankerwatch.ingest.order import Input, LineRun, Window, merged
from tankerwatch.ingest.paths import listed

CHUNK_BYTES = 4 << 20
CHUNK_LINES = 1 << 17
"""Lines after which no more of a chunk is read: what is kept of each line takes a hundred times more room than an empty one."""
NEAR_BYTES = 1 << 20
"""Bytes read at once, so that they are near when their lines are found."""
SHORT_BYTES, CROWDED_BYTES = 16, 128 << 10
"""Where lines are shorter than SHORT_BYTES on average, or nothing is known of them yet, so many are read at once."""
PEEK_BYTES = 256 << 10
REORDER_S = 15.0

Progress = Callable[[int, int], None]
"""called with the bytes read so far and the bytes in all; 0 in all where nobody can know"""


class RecordedInput(Input, Protocol):
    """One file as an input of a merge."""

    bytes_total: int
    """what `read` will be told in all"""
    read: Callable[[int], None] | None

    def peek(self) -> None:
        """Find out when it begins, into `opens_at`."""
        ...


def stamped(
    source: Iterable[bytes] | Stream, counters: Counter[str], *, chunk_bytes: int = CHUNK_BYTES, limit: int = LIMIT
) -> Iterator[Lines]:
    """The lines in the order in which they stand, `source_row` from 1, each with its receive time (`core/kernels/stamps.py`).

    counters: `lines` (physical ones, so that `lines` - `too_long` are handed on), `too_long`, `absurd_time`.
    """
    stream = source if isinstance(source, Stream) else Stream(source)
    tail = b""  # lines whose times are not decided yet, and half a line
    number = 1
    state = stamps.fresh_state()
    ended = False
    while not ended:
        size, full = len(tail), len(tail) + chunk_bytes
        buffer = SHELF.take("bytes", full + 2 * Lines.PAD, np.uint8)
        view: Any = memoryview(buffer)
        view[:size] = tail
        buffer[size : size + Lines.PAD] = 0
        found = Split(buffer, 0, size, first_number=number, limit=limit)
        while size < full and len(found) < CHUNK_LINES and not ended:
            some = NEAR_BYTES if SHORT_BYTES * len(found) < size else CROWDED_BYTES
            got = stream.readinto(view[size : min(full, size + some)])
            ended = not got
            buffer[size + got : size + got + Lines.PAD] = 0
            found.more(buffer, size, size + got)
            size += got
        if ended and size and buffer[size - 1] not in b"\r\n":
            buffer[size : size + 1 + Lines.PAD] = [b"\n"[0], *bytes(Lines.PAD)]  # the last line of a file may lack its end
            found.more(buffer, size, size + 1)
            size += 1
        count = len(found.start)
        decide = count if ended else max(count - stamps.AHEAD, 0)
        if found.bare == count and state[0] != state[0]:
            time_s = _no_times(decide)  # nobody tells a time, neither here nor before
        else:
            own_s, kind = SHELF.take("own", count, np.float64)[:count], SHELF.take("kind", count, np.uint8)[:count]
            stamps.own(buffer, found.start, found.end, own_s, kind)
            if found.kept is not None:
                kind[~found.kept] = stamps.NONE
            time_s = np.empty(decide)
            counters["absurd_time"] += stamps.carry(own_s, kind, decide, state, time_s)
        counters["lines"] += decide
        lines = Lines(buffer, found.start[:decide], found.end[:decide], time_s, found.number[:decide])
        if found.kept is not None:
            lines = lines.take(found.kept[:decide])
            counters["too_long"] += decide - len(lines)
        if len(lines):
            yield lines
        number = found.next_number - (count - decide)
        tail = _tail(buffer, found, size, decide, limit)


_NO_TIMES = [np.empty(0)]


def _no_times(count: int) -> F64:
    """As many times that are not known; the same for all."""
    if len(_NO_TIMES[0]) < count:
        _NO_TIMES[0] = np.full(2 * count, NAN)
        _NO_TIMES[0].flags.writeable = False
    return _NO_TIMES[0][:count]


def _tail(buffer: U8, found: Split, size: int, decide: int, limit: int) -> bytes:
    """The bytes that the next block is put behind; of a line that is too long only enough to see that it is."""
    half = buffer[found.rest : min(size, found.rest + limit + 1)].tobytes()
    if decide == len(found.start):
        return half
    if found.kept is None or found.kept[decide:].all():
        return buffer[found.start[decide] : found.rest].tobytes() + half
    held = [
        buffer[start : min(end, start + limit + 1)].tobytes() for start, end in zip(found.start[decide:], found.end[decide:], strict=True)
    ]
    return b"\n".join(held) + (b"\r" if found.after_cr else b"\n") + half


class LogFile:
    """One recorded log as an input of a merge."""

    def __init__(self, recording: Recording, counters: Counter[str], *, reorder_s: float, chunk_bytes: int, limit: int) -> None:
        self.opens_at = -np.inf
        self._recording = recording
        self._counters = counters
        self._reorder_s = reorder_s
        self._chunk_bytes = chunk_bytes
        self._limit = limit
        self._rows = -1
        self.bytes_total = recording.bytes_total
        self.read: Callable[[int], None] | None = None

    def peek(self) -> None:
        """Find out when it begins: by the first time in its head."""
        if not self._recording.again:
            return
        for lines in stamped(_head(self._recording.blocks(), PEEK_BYTES), Counter(), limit=self._limit):
            known = lines.time_s[~np.isnan(lines.time_s)]
            if len(known):
                self.opens_at = float(known[0]) - self._reorder_s
                return

    def runs(self) -> Iterator[LineRun]:
        """All lines, in order."""
        counters: Counter[str] = Counter()
        window = Window(self._reorder_s)
        with self._recording.stream(self.read) as stream:
            for lines in stamped(stream, counters, chunk_bytes=self._chunk_bytes, limit=self._limit):
                yield from window.push(lines)
        yield from window.finish()
        self._rows = counters["lines"]
        counters["late"] += window.late
        counters["truncated_file"] += bool(self._recording.damage)
        self._counters.update(counters)

    def rows(self) -> int:
        """The number of physical lines; reads the file once more when it has not been read to its end."""
        if self._rows < 0:
            if not self._recording.again:
                raise InputFault(
                    "its lines cannot be counted before it has been read", where=self._recording.name, help="name it last, after the files"
                )
            counters: Counter[str] = Counter()
            with self._recording.stream() as stream:
                for _ in stamped(stream, counters, limit=self._limit):
                    pass
            self._rows = counters["lines"]
        return self._rows


def _head(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    for block in blocks:
        yield block[:size]
        size -= len(block)
        if size <= 0:
            return


class RecordedFiles:
    """Recorded NMEA logs (packed by gzip or zstd or not), folders of them, `-`, or one `Recording`: a `RecordedSource`.

    Lines come in order of receive time: each file is sorted within `reorder_s` (0 keeps its order), files whose times overlap are
    merged, a file without times comes first. `source_row` counts physical lines from 1, file by file in the order given.
    counters, complete at the end: files, lines, too_long, absurd_time, late, truncated_file. Raises InputFault for what cannot be read.
    """

    def __init__(
        self,
        paths: Sequence[str | os.PathLike[str]] | Recording,
        *,
        reorder_s: float = REORDER_S,
        progress: Progress | None = None,
        chunk_bytes: int = CHUNK_BYTES,
        limit: int = LIMIT,
    ) -> None:
        self._recordings = [paths] if isinstance(paths, Recording) else [Recording(name, min(chunk_bytes, BLOCK)) for name in listed(paths)]
        first, others = self._recordings[0].name, len(self._recordings) - 1
        self.name = f"{first} and {others} more" if others else first
        self.counters: Counter[str] = Counter(files=len(self._recordings))
        self._reorder_s = reorder_s
        self._progress = progress
        self._chunk_bytes = chunk_bytes
        self._limit = limit

    def batches(self) -> Iterator[Batch]:
        """All of it in order of receive time."""
        files = [self._input(recording) for recording in self._recordings]
        total = sum(file.bytes_total for file in files)
        done = 0

        def read(size: int) -> None:
            nonlocal done
            done += size
            if self._progress is not None:
                self._progress(done, total)

        for file in files:
            file.read = read
            if len(files) > 1:
                file.peek()
        yield from merged(files)

    def _input(self, recording: Recording) -> RecordedInput:
        return LogFile(recording, self.counters, reorder_s=self._reorder_s, chunk_bytes=self._chunk_bytes, limit=self._limit)
