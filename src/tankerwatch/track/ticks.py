"""Time as data: what was heard is cut into frames of receive time, and at every tenth second the fleet is looked at.

A frame is complete when something later has been received, or the desk's clock says so. So the cuts depend on the times alone, never on
how the stream came in pieces; silence is noticed when nothing comes; and the end of a file is no silence. Live, frames are of one second;
recorded input takes the ten seconds between two looks at once: what is found is the same, since detectors go by the rows' own times.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from tankerwatch.core.schema import F64, Table

LOOK_S: Final = 10
"""The picture, the pairs and all that asks "for how long" are computed this often: a craft of 40 kn makes 200 m meanwhile."""
PAUSE_S: Final = 120
SELDOM_S: Final = 60
"""When nothing was received for two minutes, a look a minute is enough."""
QUIET_S: Final = 900
"""When nothing at all was received for this long, there is nothing left to judge until something comes."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """All that was received since the frame before and before `now_s`; `look` at every tenth second. Rows by name, absent where none."""

    now_s: float
    look: bool
    rows: Mapping[str, Any]


@dataclass(slots=True)
class Ticks:
    """Collects rows and gives out frames in order. `second` is the newest reached, None before the first; `frame_s` divides `LOOK_S`."""

    frame_s: int = LOOK_S
    second: int | None = None
    last_row: int = 0
    open: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, rows: Mapping[str, tuple[F64, Any]]) -> Iterator[Frame]:
        """Rows by name, as (time of each in s, never falling, and none before what came earlier; table or tuple)."""
        begins, reached = dict.fromkeys(rows, 0), self.second
        while begins:
            frame = min(self._second(rows[name][0][at], reached) for name, at in begins.items()) // self.frame_s
            spans: dict[str, tuple[int, int]] = {}
            for name, at in begins.items():
                # What came before the newest second belongs to it; within a table no time falls.
                end = int(np.searchsorted(rows[name][0], (frame + 1) * self.frame_s))
                if end > at:
                    spans[name] = at, end
            yield from self.reach(min(self._second(rows[name][0][low], reached) for name, (low, _) in spans.items()))
            self.second = self.last_row = max(self._second(rows[name][0][high - 1], reached) for name, (_, high) in spans.items())
            for name, (low, high) in spans.items():
                table = rows[name][1]
                whole = high - low == len(rows[name][0])
                part = table if whole else table.take(slice(low, high)) if isinstance(table, Table) else table[low:high]
                self.open.setdefault(name, []).append(part)
                begins[name] = high
            begins = {name: at for name, at in begins.items() if at < len(rows[name][0])}

    @staticmethod
    def _second(time_s: float, reached: int | None) -> int:
        second = math.floor(time_s)
        return second if reached is None else max(second, reached)

    def reach(self, second: int) -> Iterator[Frame]:
        """Everything before `second` has been received: close what is complete."""
        if self.second is None:
            self.second = self.last_row = second
        frame = self.second // self.frame_s
        if second // self.frame_s > frame:
            tick = (frame + 1) * self.frame_s
            look = tick % LOOK_S == 0 and self._worth(tick)
            if self.open or look:
                yield Frame(float(tick), look, self._closed())
            for later in range(tick - tick % LOOK_S + LOOK_S, min(second, self.last_row + QUIET_S) + 1, LOOK_S):
                if self._worth(later):
                    yield Frame(float(later), True, {})
        self.second = max(self.second, second)

    def _worth(self, tick: int) -> bool:
        """Whether a look at this tick can find anything."""
        silent = tick - self.last_row
        return silent <= PAUSE_S or (tick % SELDOM_S == 0 and silent <= QUIET_S)

    def flush(self) -> Iterator[Frame]:
        """Give out what is open, without a look: what a person decides now comes after all that was received before."""
        if self.second is not None and self.open:
            yield Frame(float(self.second + 1), False, self._closed())

    def leap(self, second: int) -> None:
        """Nobody was listening until now: nothing that was silent meanwhile was."""
        self.second = self.last_row = second if self.second is None else max(self.second, second)

    def finish(self) -> Iterator[Frame]:
        """The stream is over: give out what is open. No look beyond: an end is no silence."""
        if self.second is not None and self.open:
            tick = self.last_row + 1
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
