r"""Bytes become lines: for recorded input in blocks, for live feeds as they come. Nothing is copied per line.

A line ends at `\n`, `\r\n` or a lone `\r`; its number counts every physical line from 1. A line longer than `LIMIT` bytes is left out
and counted as `too_long`: so a peer that never ends its line costs a few kilobytes, not the machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tankerwatch.core.kernels import stamps
from tankerwatch.core.ports import FeedState
from tankerwatch.core.schema import I64, U8, U64, Bool
from tankerwatch.core.shelf import SHELF
from tankerwatch.core.tables import FEED_SHIFT, Lines

LIMIT = 4096


def room(size: int) -> U8:
    """An uninitialised buffer for `size` bytes and the zeros after them; its length is a multiple of eight."""
    buffer = np.empty((size + Lines.PAD + 7) & ~7, np.uint8)
    buffer[size:] = 0
    return buffer


class Split:
    """The lines found in one buffer, too long ones among them.

    start, end: (n,) offsets · number: (n,) from `first_number` · rest: where the unfinished line begins · too_long: how many are above
    the limit, and `kept` the mask of the others (None when all are) · bare: how many are a sentence and nothing else.
    """

    __slots__ = ("_found", "_room", "after_cr", "bare", "limit", "next_number", "rest", "too_long")

    def __init__(self, buffer: U8, begin: int, stop: int, *, first_number: int, after_cr: bool = False, limit: int = LIMIT) -> None:
        """Find the lines that end within `buffer[begin:stop]`; behind `stop` are `Lines.PAD` zeros."""
        self.limit = limit
        self.after_cr, self.rest, self.next_number = after_cr, begin, first_number
        self.too_long = self.bare = self._found = 0
        self._room = self._arrays((len(buffer) - begin) // 24 + 256)
        self.more(buffer, begin, stop)

    def __len__(self) -> int:
        """How many lines there are."""
        return self._found

    @staticmethod
    def _arrays(capacity: int) -> tuple[I64, I64, U64]:
        start, end = SHELF.take("start", capacity, np.int64), SHELF.take("end", capacity, np.int64)
        return start[:capacity], end[:capacity], SHELF.take("number", capacity, np.uint64)[:capacity]  # what is taken may be longer

    def more(self, buffer: U8, begin: int, stop: int) -> None:
        """Find those that end within `buffer[begin:stop]`, too, which has come since."""
        while True:
            room: Any = self._room
            start, end, number = (column[self._found :] for column in room)
            count, rest, following, too_long, cr, bare = stamps.split(
                buffer, self.rest, begin, stop, self.after_cr, self.limit, self.next_number, start, end, number
            )
            if count >= 0:
                break
            old = self._room
            self._room = self._arrays(2 * len(old[0]) + stop - begin)
            for column, before in zip(self._room, old, strict=True):
                column[: self._found] = before[: self._found]
        self.rest, self.next_number, self.after_cr = int(rest), int(following), bool(cr)
        self.too_long += int(too_long)
        self.bare += int(bare)
        self._found += int(count)

    @property
    def start(self) -> I64:
        """Where each line begins."""
        return self._room[0][: self._found]

    @property
    def end(self) -> I64:
        """Where each line ends."""
        return self._room[1][: self._found]

    @property
    def number(self) -> U64:
        """The number of each line."""
        return self._room[2][: self._found]

    @property
    def kept(self) -> Bool | None:
        """Which lines are not too long; None: all."""
        return self.end - self.start <= self.limit if self.too_long else None


class LineSplitter:
    """Splits what a live feed delivers, in pieces of any size, and numbers its lines: `source_row` = feed << 48 | number.

    counters: `lines` handed on and `too_long`. With a `feed`, its `lines` and `dropped` are kept up too.
    """

    def __init__(self, feed_index: int, limit: int = LIMIT, feed: FeedState | None = None, first_number: int = 1) -> None:
        """Numbers go on from `first_number`, so that a restarted desk need not begin at 1 again."""
        self.counters = {"lines": 0, "too_long": 0}
        self.next_number = first_number
        self._base = np.uint64(feed_index << FEED_SHIFT)
        self._limit = limit
        self._feed = feed
        self._half = b""
        self._after_cr = False

    def feed(self, data: bytes, now_s: float) -> Lines:
        """The lines that these bytes complete, all received at `now_s`; half a line waits for its end."""
        if not data:
            return Lines.empty()
        stop = len(self._half) + len(data)
        buffer = room(stop)
        buffer[: len(self._half)] = np.frombuffer(self._half, np.uint8)
        buffer[len(self._half) : stop] = np.frombuffer(data, np.uint8)
        found = Split(buffer, 0, stop, first_number=self.next_number, after_cr=self._after_cr, limit=self._limit)
        self._half = buffer[found.rest : min(stop, found.rest + self._limit + 1)].tobytes()
        self._after_cr = found.after_cr
        return self._handed_on(buffer, found, now_s)

    def finish(self, now_s: float) -> Lines:
        """What came without a line end when the feed ended, as a line."""
        return self.feed(b"\n", now_s) if self._half else Lines.empty()

    def _handed_on(self, buffer: U8, found: Split, now_s: float) -> Lines:
        self.next_number = found.next_number
        lines = Lines(buffer, found.start, found.end, np.full(len(found.start), now_s), found.number + self._base)
        if found.kept is not None:
            lines = lines.take(found.kept)
        self.counters["lines"] += len(lines)
        self.counters["too_long"] += found.too_long
        if self._feed is not None:
            self._feed.lines += len(lines)
            if found.too_long:
                self._feed.dropped["too_long"] = self._feed.dropped.get("too_long", 0) + found.too_long
        return lines


class WholeLines:
    """Holds back the half line at the end of what one peer sent, so that lines of several peers, or of a peer that dies, never mix."""

    __slots__ = ("_half", "_limit", "_lost", "too_long")

    def __init__(self, limit: int = LIMIT) -> None:
        self.too_long = 0
        self._limit = limit
        self._half = b""
        self._lost = False

    def feed(self, data: bytes) -> bytes:
        """Everything up to the last line end so far."""
        cut = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        if not cut:
            if not self._lost:
                self._half += data[: self._limit + 1 - len(self._half)]
                self._lost = len(self._half) > self._limit
            return b""
        if self._lost:
            self.too_long += 1
            first = min(at for at in (data.find(b"\n"), data.find(b"\r")) if at >= 0) + 1
            whole = data[first:cut]
        else:
            whole = self._half + data[:cut]
        self._half = data[cut : cut + self._limit + 1]
        self._lost = len(self._half) > self._limit
        return whole

    def finish(self) -> bytes:
        """The half line, ended: decode will judge it. Empty when there is none."""
        half = b"" if self._lost else self._half
        self.too_long += self._lost
        self._half, self._lost = b"", False
        return half + b"\n" if half else b""
