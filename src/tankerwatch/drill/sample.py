"""What the drill writes into its journals: lines of the bundled scene or of a journal that is only read, and what must come back of them.

The batch that begins with record n is the same whenever it is made; so what a journal gives back can be held against it, and a batch that
is there in part is seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Final

from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Lines
from tankerwatch.scenes.scene import Scene
from tankerwatch.store.frames import decode
from tankerwatch.store.segments import Frame, journal_of, scan, segments_in

MOST_BYTES: Final = 64 << 20
"""Of a journal that is given, no more than this is taken."""
_SCENE_LINES: Final = 5_000
_SPREAD: Final = 2_654_435_761
_BEGIN_S: Final = 1_560_384_000.0


class Sample:
    """Lines, used again and again in their order. most: records of the largest batch."""

    def __init__(self, lines: list[bytes], most: int = 1000) -> None:
        self.lines, self.most = lines, most

    def batch(self, first: int) -> Batch:
        """The batch that begins with record `first`: some lines, each with its number before it."""
        size = (first * _SPREAD >> 8) % self.most + 1
        count = len(self.lines)
        raw = [b"%d " % number + self.lines[number % count] for number in range(first, first + size)]
        time_s = _BEGIN_S + first / 100
        return Batch(Lines.of(raw, [time_s] * size, list(range(first, first + size))), clock_s=time_s)

    def good(self, batches: Iterable[Batch], before: int = 0) -> int:
        """How far batches hold what they must, behind record `before`: the number of the last record of the last one that is whole."""
        for batch in batches:
            should = self.batch(before + 1).lines
            lines = batch.lines
            if len(lines) != len(should) or batch.heard is not None or batch.decisions:
                break
            if any(lines.line(i) != should.line(i) for i in range(len(lines))) or (lines.source_row != should.source_row).any():
                break
            before += len(lines)
        return before


def scene_lines() -> list[bytes]:
    """Lines of the bundled scene."""
    return [line for _, line in islice(Scene.load().lines(), _SCENE_LINES)]


def journal_lines(directory: Path) -> list[bytes]:
    """The newest lines of a journal, which is only read. Raises InputFault when it holds none."""
    lines: list[bytes] = []
    size = 0
    for segment in reversed(segments_in(journal_of(directory))):
        if segment.path.is_symlink():
            raise InputFault("is a link", where=str(segment.path), help="give the directory of a journal itself")
        found: list[bytes] = []
        for frame in scan(segment):
            if not isinstance(frame, Frame):
                continue
            try:
                part = decode(frame.header, frame.payload).lines
            except ValueError:
                continue
            found += [part.line(i) for i in range(len(part))]
        while found and size < MOST_BYTES:
            size += len(found[-1])
            lines.append(found.pop())
        if size >= MOST_BYTES:
            break
    if not lines:
        raise InputFault("holds no line", where=str(directory), help="give the directory that was --data of watch")
    lines.reverse()
    return lines
