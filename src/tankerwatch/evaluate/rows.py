"""Decoded position reports as plain columns, ship by ship: for naive rules, for exposure, and for laying dangers over recordings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from tankerwatch.core.schema import F64, I64
from tankerwatch.export import Part, parts, parts_of

STEP_S: Final = 3600.0
"""Steps longer than this are no exposure: nobody was listening."""
_NAMES: Final = ("time_s", "mmsi", "msg_type", "lat_deg", "lon_deg", "sog_kn", "cog_deg", "heading_deg", "nav_status")


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """(n,) reports in order of ship, then time; those without a position or a time are left out. Missing numbers are NaN."""

    time_s: F64
    mmsi: I64
    msg_type: I64
    lat_deg: F64
    lon_deg: F64
    sog_kn: F64
    cog_deg: F64
    heading_deg: F64
    nav_status: I64

    def __len__(self) -> int:
        """Reports."""
        return len(self.time_s)

    def take(self, which: Any) -> Rows:
        """Some of them."""
        return Rows(*(getattr(self, name)[which] for name in _NAMES))

    def ships(self) -> Iterator[tuple[int, Rows]]:
        """Each ship with her reports."""
        edges = np.flatnonzero(np.diff(self.mmsi, prepend=-1, append=-1))
        for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            yield int(self.mmsi[low]), self.take(slice(low, high))


def rows_of_log(log: bytes) -> Rows:
    """Those of a log in memory."""
    return _rows(parts_of(log, ("positions",)))


def rows_of_file(path: Path, columns: dict[str, str] | None = None) -> Rows:
    """Those of a recording."""
    return _rows(parts([path], columns=columns, tables=("positions",)))


def _rows(some: Iterable[Part]) -> Rows:
    kept: dict[str, list[Any]] = {name: [] for name in _NAMES}
    for part in some:
        if len(part.positions):
            for name in _NAMES:
                kept[name].append(np.array(getattr(part.positions, name)))
    joined: dict[str, Any] = {name: np.concatenate([np.empty(0), *columns]) for name, columns in kept.items()}
    good = ~(np.isnan(joined["time_s"]) | np.isnan(joined["lat_deg"]) | np.isnan(joined["lon_deg"]))
    order = np.flatnonzero(good)[np.lexsort((joined["time_s"][good], joined["mmsi"][good]))]
    return Rows(*(joined[name][order].astype(np.int64 if name in ("mmsi", "msg_type", "nav_status") else np.float64) for name in _NAMES))


def exposure_days(rows: Rows) -> float:
    """Ship-days: the sum of the steps of each ship that are shorter than an hour."""
    step = np.diff(rows.time_s)
    return float(step[(np.diff(rows.mmsi) == 0) & (step > 0) & (step < STEP_S)].sum()) / 86_400
