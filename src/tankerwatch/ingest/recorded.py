"""What a PATH on the command line stands for."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from tankerwatch.ingest.bytes import Recording
from tankerwatch.ingest.file import CHUNK_BYTES, REORDER_S, Progress, RecordedFiles, RecordedInput
from tankerwatch.ingest.paths import is_table


class Recorded(RecordedFiles):
    """Logs and tables of decoded reports, folders of both, `-`, or one `Recording`: a `RecordedSource`. Tables are told by their endings.

    As `RecordedFiles`; a table's rows count for `source_row` as lines do. columns: what a table's columns mean where their names do not
    tell, role → NAME or NAME[unit] (`columns.py`).
    """

    def __init__(
        self,
        paths: Sequence[str | os.PathLike[str]] | Recording,
        columns: Mapping[str, str] | None = None,
        *,
        reorder_s: float = REORDER_S,
        progress: Progress | None = None,
        chunk_bytes: int = CHUNK_BYTES,
    ) -> None:
        super().__init__(paths, reorder_s=reorder_s, progress=progress, chunk_bytes=chunk_bytes)
        self._columns = columns

    def _input(self, recording: Recording) -> RecordedInput:
        if is_table(recording.name):
            from tankerwatch.ingest.archive import TableFile  # a log needs none of what reads tables

            return TableFile(recording, self.counters, columns=self._columns, reorder_s=self._reorder_s)
        return super()._input(recording)


def recorded(
    paths: Sequence[str | os.PathLike[str]] | Recording,
    columns: Mapping[str, str] | None = None,
    *,
    reorder_s: float = REORDER_S,
    progress: Progress | None = None,
) -> Recorded:
    """What the PATH arguments of a command name, or one recording, as one source in order of receive time. Raises InputFault."""
    return Recorded(paths, columns, reorder_s=reorder_s, progress=progress)
