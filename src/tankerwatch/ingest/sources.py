"""What a PATH or a SOURCE on the command line stands for."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from tankerwatch.core.ports import RecordedSource
from tankerwatch.ingest.file import REORDER_S, Progress, RecordedFiles


def recorded(
    paths: Sequence[str | os.PathLike[str]],
    columns: Mapping[str, str] | None = None,
    *,
    reorder_s: float = REORDER_S,
    progress: Progress | None = None,
) -> RecordedSource:
    """Logs, tables of decoded reports, folders of both, or `-`, as one source in order of receive time.

    columns: what a table's columns mean where their names do not tell, role → NAME or NAME[unit]. Raises InputFault.
    """
    return RecordedFiles(paths, reorder_s=reorder_s, progress=progress)
