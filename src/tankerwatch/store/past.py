"""What a watch has journalled, as a source: read as it was taken then, batch by batch, beside a live writer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch
from tankerwatch.store.reading import Skipped, batches_after, first_of


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
