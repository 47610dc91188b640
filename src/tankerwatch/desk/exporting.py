"""A ship's track as a file for other programs: from the history where there is one, and from what the desk has in mind since."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tankerwatch.core.errors import InputFault
from tankerwatch.triage import words

MOST_POINTS: Final = 100_000
FORMULA: Final = "=+-@"
"""A cell that begins with one of these is a formula to a spreadsheet; a ship may call herself so."""


class TrackFiles:
    """Makes files of tracks, one at a time. history: the data directory that may hold one (`tankerwatch history DIR`)."""

    def __init__(self, history: Path | None) -> None:
        self._history = history
        self._one = threading.Lock()

    def make(self, ship: int, name: str, kind: str, track: Mapping[str, list[Any]], clock_s: float, hours: float) -> bytes:
        """The file: `.csv` with every position, `.geojson` and `.kml` with lines that end where she was silent for an hour.

        track: the newest hours as columns; positions that she could not have sailed to are left out of it. Nothing later than `clock_s`.
        Raises InputFault for more than `MOST_POINTS`.
        """
        from tankerwatch.share import positions

        from_s = clock_s - 3600 * hours
        with self._one, tempfile.TemporaryDirectory(prefix="tankerwatch-track-") as folder:
            kept = self._kept(ship, from_s, clock_s)
            last_s = max((float(table.column("time_s")[-1].as_py()) for table in kept), default=from_s)
            tables = [*kept, _newest(ship, track, max(from_s, last_s + 1.0) if kept else from_s, clock_s)]
            points = sum(table.num_rows for table in tables)
            if points > MOST_POINTS:
                help = f"at most {MOST_POINTS:,}: ask for fewer hours, or take all with: tankerwatch history DIR --ship {ship} -o FILE"
                raise InputFault(f"{points:,} positions are too many for one file", where="track", help=help)
            path = Path(folder) / f"track{kind}"
            called = {ship: words.clean(name, words.NAME_LIMIT).lstrip(FORMULA)}
            try:
                positions.write(path, kind, tables, called, tracks=kind != ".csv")
                return path.read_bytes()
            except OSError as fault:
                help = f"is there room in {folder}?"
                raise InputFault(f"the file cannot be made: {fault.strerror or fault}", where="track", help=help) from fault

    def _kept(self, ship: int, from_s: float, to_s: float) -> list[Any]:
        """What the history tells of a span of time; nothing where there is none, or none yet."""
        from tankerwatch.store.history import manifest
        from tankerwatch.store.history.questions import History, public

        if self._history is None or not manifest.exists(manifest.history_of(self._history)):
            return []
        asked = History(self._history)
        return [table for table in asked.again(lambda: list(map(public, asked.ship_days([ship], from_s, to_s)))) if table.num_rows]


def _newest(ship: int, track: Mapping[str, list[Any]], from_s: float, to_s: float) -> Any:
    """The positions of a span of time, of those that the desk has in mind, in the form of the history."""
    import pyarrow as pa

    from tankerwatch.store.history.questions import PUBLIC

    columns = ("time_s", "lat_deg", "lon_deg", "sog_kn", "cog_deg")
    rows = [
        {"mmsi": ship, **dict(zip(columns, values, strict=True))}
        for *values, displaced in zip(*(track[name] for name in (*columns, "displaced")), strict=True)
        if from_s < values[0] <= to_s and values[1] is not None and not displaced
    ]
    return pa.Table.from_pylist(rows, schema=PUBLIC)
