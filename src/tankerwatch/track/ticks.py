"""Time as data: what was heard is cut into seconds of receive time, and at every tenth the fleet is looked at.

A second is complete when something later has been received, or the desk's clock says so. So the cuts depend on the times alone, never on
how the stream came in pieces; silence is noticed when nothing comes; and the end of a file is no silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from tankerwatch.core.schema import F64, Table

LOOK_S: Final = 10
"""The picture, the pairs and all that asks "for how long" are computed this often: a craft of 40 kn makes 200 m meanwhile."""
QUIET_S: Final = 900
"""When nothing at all was received for this long, there is nothing left to judge until something comes."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """All that was received in the second before `now_s`; `look` at every tenth second. Rows by name, absent where there are none."""

    now_s: float
    look: bool
    rows: Mapping[str, Any]


@dataclass(slots=True)
class Ticks:
    """Collects rows and gives out frames in order. `second` is the one still open, None before the first."""

    second: int | None = None
    last_row: int = 0
    open: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, rows: Mapping[str, tuple[F64, Any]]) -> Iterator[Frame]:
        """Rows by name, as (time of each in s, never falling, and none before what came earlier; table or tuple)."""
        seconds = [np.floor(times).astype(np.int64) for times, _ in rows.values()]
        if self.second is not None:
            seconds = [np.maximum(s, self.second) for s in seconds]
        for second in np.unique(np.concatenate(seconds)).tolist() if seconds else []:
            yield from self.reach(second)
            self.last_row = second
            for (name, (_, table)), its in zip(rows.items(), seconds, strict=True):
                low, high = np.searchsorted(its, (second, second + 1))
                if high > low:
                    whole = low == 0 and high == len(its)
                    part = table if whole else table.take(slice(low, high)) if isinstance(table, Table) else table[low:high]
                    self.open.setdefault(name, []).append(part)

    def reach(self, second: int) -> Iterator[Frame]:
        """Everything before `second` has been received: close what is complete."""
        if self.second is None:
            self.second = self.last_row = second
        if second <= self.second:
            return
        tick = self.second + 1
        quiet = self.last_row + QUIET_S
        look = tick % LOOK_S == 0 and tick <= quiet
        if self.open or look:
            yield Frame(float(tick), look, self._closed())
        for later in range(tick - tick % LOOK_S + LOOK_S, min(second, quiet) + 1, LOOK_S):
            yield Frame(float(later), True, {})
        self.second = second

    def finish(self) -> Iterator[Frame]:
        """The stream is over: give out what is open. No look beyond: an end is no silence."""
        if self.second is not None and self.open:
            tick = self.second + 1
            yield Frame(float(tick), tick % LOOK_S == 0, self._closed())
            self.second = tick

    def _closed(self) -> dict[str, Any]:
        closed: dict[str, Any] = {}
        for name, parts in self.open.items():
            first = parts[0]
            if len(parts) == 1:
                closed[name] = first
            elif isinstance(first, Table):
                closed[name] = type(first).concat(parts)
            else:
                closed[name] = tuple(item for part in parts for item in part)
        self.open = {}
        return closed
