"""Position reports (types 1, 2, 3, 9, 18, 19 and 27) as rows of `Fixes`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tankerwatch.core.kernels import positions as kernel
from tankerwatch.core.shelf import SHELF
from tankerwatch.core.tables import Fixes

_FEW = 4096
"""Rows below which fresh memory costs nothing."""


class Columns:
    """Room for the columns of `capacity` position reports, as the kernel writes them."""

    __slots__ = ("bytes_", "doubles", "missing", "numbers", "rows", "shorts", "singles", "there")
    _GROW = ("bytes_", "doubles", "numbers", "rows", "shorts", "singles", "there")

    def __init__(self, capacity: int, marked: bool) -> None:
        """marked: what is there is wanted as bits, too."""

        def rows(kind: str, count: int, dtype: Any) -> Any:
            if capacity < _FEW:
                return np.empty((count, capacity), dtype)
            return SHELF.take(kind, count * capacity, dtype)[: count * capacity].reshape(count, capacity)

        self.doubles, self.singles = rows("doubles", 3, np.float64), rows("singles", 3, np.float32)
        self.bytes_, self.shorts = rows("bytes", 8, np.uint8), rows("shorts", 2, np.uint16)
        self.numbers, self.rows = rows("numbers", 3, np.int32), rows("rows", 1, np.uint64)[0]
        self.there, self.missing = (
            np.empty((kernel.MARKED, (capacity + 63) // 64 if marked else 0), np.uint64),
            np.zeros(kernel.MARKED, np.int64),
        )

    def grown(self, capacity: int) -> Columns:
        """Room for more, with what is in this one."""
        made = Columns(capacity, self.there.shape[1] > 0)
        made.missing = self.missing
        for name in self._GROW:
            old, new = getattr(self, name), getattr(made, name)
            new[..., : old.shape[-1]] = old
        return made

    def fixes(self, count: int) -> Fixes:
        """The first `count` rows as a table."""
        doubles, singles, small, shorts = self.doubles[:, :count], self.singles[:, :count], self.bytes_[:, :count], self.shorts[:, :count]
        return Fixes(
            time_s=doubles[kernel.TIME],
            mmsi=self.numbers[0, :count].view(np.uint32),
            msg_type=small[kernel.TYPE],
            lon_deg=doubles[kernel.LON],
            lat_deg=doubles[kernel.LAT],
            sog_kn=singles[kernel.SOG],
            cog_deg=singles[kernel.COG],
            heading_deg=singles[kernel.HEADING],
            turn_raw=small[kernel.TURN].view(np.int8),
            nav_status=small[kernel.STATUS],
            utc_second=small[kernel.SECOND],
            accurate=small[kernel.ACCURATE].view(np.bool_),
            raim=small[kernel.RAIM].view(np.bool_),
            repeat=small[kernel.REPEAT],
            channel=small[kernel.CHANNEL],
            station=shorts[kernel.STATION],
            source_row=self.rows[:count],
            quality=shorts[kernel.QUALITY],
        )

    def bits(self) -> dict[str, tuple[Any, int]]:
        """By name of a column the bits of what is there, and how many are missing; of Booleans the bits of what is true."""
        return {name: (bits, missing) for name, bits, missing in zip(_MARKED, self.there, self.missing.tolist(), strict=True)}


_MARKED = (
    "time_s", "lon_deg", "lat_deg", "sog_kn", "cog_deg", "heading_deg", "turn_raw", "nav_status", "utc_second", "channel", "accurate",
    "raim",
)  # fmt: skip  # one a line would hide what belongs together
"""In the order of the kernel's `there`."""
