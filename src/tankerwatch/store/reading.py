"""A journal's batches read from outside: without its lock, beside a live writer, past whatever is damaged; for what is derived from it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch
from tankerwatch.store.frames import LOST, decode
from tankerwatch.store.segments import Damage, Segment, journal_of, scan, segments_in


class Kept(NamedTuple):
    """A batch and its place: the number of its frame and of its first record."""

    frame: int
    first_record: int
    batch: Batch


@dataclass(slots=True)
class Skipped:
    """What could not be read: `damaged` stretches of bytes or frames, frames `lost` before they were on disk."""

    damaged: int = 0
    lost: int = 0


def batches_after(
    directory: Path, frame: int, skipped: Skipped | None = None, progress: Callable[[int, int], None] | None = None
) -> Iterator[Kept]:
    """What a data directory's journal holds behind a frame, in order, each frame once, in bounded memory; ends with what was written when
    it came to the end. What is damaged or lost is left out, and counted in `skipped`; half a frame at the very end is one being written.

    progress: told how many bytes are read, and of how many. Raises InputFault when there is no journal or a file cannot be read.
    """
    skipped = Skipped() if skipped is None else skipped
    done, before = "", 0
    while True:
        fresh = [segment for segment in _segments(directory) if segment.path.name >= done]  # a live writer may have begun new ones
        if not fresh or fresh[-1].path.name == done:
            return
        pairs = zip(fresh, [*fresh[1:], None], strict=True)
        wanted = [(segment, following) for segment, following in pairs if following is None or following.first_frame > frame + 1]
        total = before + sum(segment.path.stat().st_size for segment, _ in wanted)
        for segment, following in wanted:
            for kept, offset in _segment(segment, frame, following.first_frame if following else None, skipped):
                frame = kept.frame
                if progress is not None:
                    progress(min(before + offset, total), total)
                yield kept
            before += segment.path.stat().st_size
        done = fresh[-1].path.name


def first_of(directory: Path) -> tuple[int, int, str]:
    """The first frame and the first record that a journal still has, and its mark; (1, 1, "") when it is empty. Raises InputFault."""
    segments = _segments(directory)
    return (segments[0].first_frame, segments[0].first_record, segments[0].mark.hex()) if segments else (1, 1, "")


def make_durable(directory: Path) -> None:
    """Return once all that was read of a journal is on stable storage: what is derived from it must not outlive it. Raises InputFault."""
    for segment in _segments(directory)[-2:]:
        try:
            with segment.path.open("rb") as file:
                os.fdatasync(file.fileno())
        except OSError as fault:
            raise InputFault(f"cannot be made durable: {fault.strerror}", where=str(segment.path)) from fault


def _segments(directory: Path) -> list[Segment]:
    folder = journal_of(directory)
    if not folder.is_dir():
        raise InputFault("holds no journal", where=str(directory), help="give the directory that was --data of watch")
    return segments_in(folder)


def _segment(segment: Segment, frame: int, until: int | None, skipped: Skipped) -> Iterator[tuple[Kept, int]]:
    """Batches of one segment behind `frame` and before `until`, where the segment that follows takes over, and where each begins."""
    bad = 0
    for found in scan(segment):
        if isinstance(found, Damage):
            bad += 1
            continue
        header = found.header
        if until is not None and header.frame >= until:
            break
        if header.frame <= frame:
            bad = 0  # told when it was come by first
            continue
        skipped.damaged += bad
        bad = 0
        frame = header.frame
        if header.flags & LOST:
            skipped.lost += 1
            continue
        try:
            kept = Kept(frame, header.first_record, decode(header, found.payload))
        except ValueError:
            skipped.damaged += 1
            continue
        yield kept, found.offset
    if until is not None and frame < until - 1:
        skipped.damaged += bad
