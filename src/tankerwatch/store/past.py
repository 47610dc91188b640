"""What a watch has journalled, read as it was taken then: batch by batch, without the journal's lock, beside a live writer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch
from tankerwatch.store.frames import LOST, decode
from tankerwatch.store.segments import Damage, Segment, journal_of, scan, segments_in


class Past:
    """A data directory as a `RecordedSource`. Raises InputFault when there is no journal in it.

    after_frame: what a snapshot tells is not read again · `progress` is told how many bytes of the journal were read, and of how many.
    `skipped` counts frames that are damaged; they are passed over, and `tankerwatch journal` says which. What was written when the
    reader came to the end is read too.
    """

    def __init__(self, directory: Path, after_frame: int = 0) -> None:
        self.name = str(directory)
        self.skipped = 0
        self.progress: Callable[[int, int], None] | None = None
        self._after_frame = after_frame
        self._folder = journal_of(directory)
        if not self._folder.is_dir() or not segments_in(self._folder):
            raise InputFault("holds no journal", where=str(directory), help="give the directory that was --data of watch")

    @property
    def mark(self) -> bytes:
        """What tells this journal from any other."""
        return segments_in(self._folder)[0].mark

    def batches(self) -> Iterator[Batch]:
        """Everything that is whole, as it was appended; what is written meanwhile is read too, until nothing more has come."""
        done, read = "", 0
        while segments := [segment for segment in segments_in(self._folder) if segment.path.name >= done]:
            sizes = [segment.path.stat().st_size for segment in segments]
            if segments[-1].path.name == done and sizes[-1] == read:
                return
            for number, (segment, following) in enumerate(zip(segments, [*segments, None][1:], strict=True)):
                if following is None or following.first_frame > self._after_frame + 1:
                    yield from self._segment(segment, following, sum(sizes[:number]), sum(sizes))
                done, read = segment.path.name, sizes[number]

    def _segment(self, segment: Segment, following: Segment | None, passed: int, total: int) -> Iterator[Batch]:
        damaged = 0
        for found in scan(segment):
            if self.progress is not None:
                self.progress(min(passed + found.offset, total), total)
            if isinstance(found, Damage):
                damaged += 1
                continue
            if following is not None and found.header.frame >= following.first_frame:
                return  # superseded by the segment that follows
            if found.header.frame <= self._after_frame:
                damaged = 0
                continue
            self.skipped, damaged = self.skipped + damaged, 0  # at the very end it is being written, or torn
            self._after_frame = found.header.frame
            if found.header.flags & LOST:
                continue
            try:
                batch = decode(found.header, found.payload)
            except ValueError:
                self.skipped += 1
                continue
            yield batch
