"""The newest sentences, so that an alert can show what it rests on."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from tankerwatch.core.schema import F64, I64, U8, U64
from tankerwatch.core.tables import Lines
from tankerwatch.store.packing import pack, spans

CHUNK_LINES = 16_384


class Chunk:
    """Some consecutive lines; `by_row` are their positions in order of source_row, the older first among equals."""

    __slots__ = ("buffer", "by_row", "dead", "end", "rows", "source_row", "start", "time_s")

    def __init__(self, buffer: U8, lengths: I64, time_s: F64, source_row: U64) -> None:
        self.buffer, self.time_s, self.source_row = buffer, time_s, source_row
        self.start, self.end = spans(lengths)
        in_order = bool((source_row[1:] >= source_row[:-1]).all())
        self.by_row = (np.arange(len(source_row)) if in_order else np.argsort(source_row, kind="stable")).astype(np.int32)
        self.rows = source_row if in_order else source_row[self.by_row]
        self.dead = 0

    def __len__(self) -> int:
        """Lines that are still kept."""
        return len(self.rows) - self.dead

    def position_of(self, row: int) -> int:
        """The newest kept line of that source_row; -1 when there is none."""
        at = int(np.searchsorted(self.rows, np.uint64(row), side="right")) - 1
        if at < 0 or int(self.rows[at]) != row:
            return -1
        position = int(self.by_row[at])
        return position if position >= self.dead else -1

    def line(self, position: int) -> tuple[int, float, bytes]:
        """(source_row, time_s, bytes) of a line."""
        return (
            int(self.source_row[position]),
            float(self.time_s[position]),
            self.buffer[self.start[position] : self.end[position]].tobytes(),
        )


class SentenceRing:
    """Keeps the last `capacity_lines` lines, and of these no more than `capacity_bytes` bytes (a line feed counted with each).

    What is kept depends on the lines alone, never on how they were cut into batches. Lines of several feeds, times and rows in any order;
    the newest of two lines with the same source_row is the one that is found.
    """

    def __init__(self, capacity_lines: int = 1_000_000, *, capacity_bytes: int = 256 << 20) -> None:
        self._capacity_lines, self._capacity_bytes = capacity_lines, capacity_bytes
        self._chunks: deque[Chunk] = deque()
        self._open: list[tuple[U8, I64, F64, U64]] = []  # added since the newest chunk was closed
        self._open_lines = 0
        self._lines = 0
        self._bytes = 0

    def __len__(self) -> int:
        """The number of lines kept."""
        self._settle()
        return self._lines

    def add(self, lines: Lines) -> None:
        """Keep these lines, newest last; the oldest go as far as room is needed. Copies what it keeps."""
        for begin in range(0, len(lines), CHUNK_LINES):
            part = lines.take(slice(begin, begin + CHUNK_LINES))
            packed, lengths = pack(part)
            self._open.append((packed, lengths, part.time_s.copy(), part.source_row.copy()))
            self._open_lines += len(part)
            self._lines += len(part)
            self._bytes += len(packed)
            if self._open_lines >= CHUNK_LINES or self._bytes > self._capacity_bytes * 9 // 8:
                self._settle()

    def find(self, source_rows: Iterable[int]) -> list[tuple[int, float, bytes] | None]:
        """(source_row, time_s, bytes) of each line asked for, in the order asked; None for one that is not kept (any more)."""
        self._settle()
        return [self._find(int(row)) for row in source_rows]

    def _find(self, row: int) -> tuple[int, float, bytes] | None:
        for chunk in reversed(self._chunks):
            position = chunk.position_of(row)
            if position >= 0:
                return chunk.line(position)
        return None

    def _settle(self) -> None:
        """Make a chunk of what came, together with a newest chunk that is still small; let go of what is too much."""
        if self._open:
            parts, self._open, self._open_lines = self._open, [], 0
            if self._chunks and len(self._chunks[-1].rows) < CHUNK_LINES // 2 and not self._chunks[-1].dead:
                small = self._chunks.pop()
                parts.insert(0, (small.buffer, small.end - small.start, small.time_s, small.source_row))
            buffers, lengths, times, rows = zip(*parts, strict=True)
            self._chunks.append(Chunk(np.concatenate(buffers), np.concatenate(lengths), np.concatenate(times), np.concatenate(rows)))
        while self._chunks and (self._lines > self._capacity_lines or self._bytes > self._capacity_bytes):
            self._evict(self._chunks[0])

    def _evict(self, chunk: Chunk) -> None:
        """Let the oldest lines of the oldest chunk go: as many as are too many, or all."""
        behind = chunk.end[chunk.dead :] + 1  # where the bytes of each kept line end
        begin = int(chunk.start[chunk.dead])
        for_lines = self._lines - self._capacity_lines
        too_many_bytes = self._bytes - self._capacity_bytes
        for_bytes = int(np.searchsorted(behind - begin, too_many_bytes)) + 1 if too_many_bytes > 0 else 0
        gone = min(max(for_lines, for_bytes), len(chunk))
        self._bytes -= int(behind[gone - 1]) - begin
        self._lines -= gone
        chunk.dead += gone
        if not len(chunk):
            self._chunks.popleft()
