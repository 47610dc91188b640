"""Position reports (types 1, 2, 3, 9, 18, 19 and 27) as rows of `Fixes`."""

from __future__ import annotations

from typing import Any

import numpy as np

from tankerwatch.core.kernels import positions as kernel
from tankerwatch.core.shelf import SHELF
from tankerwatch.core.tables import Fixes


class Columns:
    """Room for the columns of `capacity` position reports, as the kernel writes them."""

    __slots__ = ("bytes_", "doubles", "numbers", "rows", "shorts", "singles")

    def __init__(self, capacity: int) -> None:
        def rows(kind: str, count: int, dtype: Any) -> Any:
            return SHELF.take(kind, count * capacity, dtype)[: count * capacity].reshape(count, capacity)

        self.doubles, self.singles = rows("doubles", 3, np.float64), rows("singles", 3, np.float32)
        self.bytes_, self.shorts = rows("bytes", 8, np.uint8), rows("shorts", 2, np.uint16)
        self.numbers, self.rows = rows("numbers", 3, np.int32), rows("rows", 1, np.uint64)[0]

    def grown(self, capacity: int) -> Columns:
        """Room for more, with what is in this one."""
        made = Columns(capacity)
        for name in self.__slots__:
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
