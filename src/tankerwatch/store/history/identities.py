"""What ships have said of themselves, a row for each change: the `statics` of a history."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Statics

SCHEMA: Final = pa.schema(
    [
        ("time", pa.timestamp("ms")),
        ("mmsi", pa.uint32()),
        ("imo", pa.uint32()),
        ("callsign", pa.string()),
        ("name", pa.string()),
        ("ship_type", pa.uint8()),
        ("to_bow_m", pa.uint16()),
        ("to_stern_m", pa.uint16()),
        ("to_port_m", pa.uint16()),
        ("to_starboard_m", pa.uint16()),
        ("class_b", pa.bool_()),
    ]
)
"""Null is not told (yet)."""
CLASS_B: Final = (19, 24)
"""Types that only class B sends."""
LATEST_S: Final = 253_402_300_799.0


class Identity(NamedTuple):
    """What a ship has told by some time; 0 and "" are not told."""

    imo: int = 0
    callsign: str = ""
    name: str = ""
    ship_type: int = 0
    to_bow_m: int = 0
    to_stern_m: int = 0
    to_port_m: int = 0
    to_starboard_m: int = 0
    class_b: bool = False

    @property
    def length_m(self) -> int:
        """Over all, 0 when not told."""
        return self.to_bow_m + self.to_stern_m


NOTHING: Final[tuple[Any, ...]] = Identity()


@dataclass(slots=True)
class Identities:
    """All changes in the order in which they were received, and the newest of each ship."""

    rows: list[tuple[int, int, Identity]] = field(default_factory=list)
    """time in ms, MMSI, what she had told by then"""
    newest: dict[int, Identity] = field(default_factory=dict)
    changed: bool = False
    _said: dict[tuple[int, int, str], tuple[tuple[Any, ...], Identity]] = field(default_factory=dict)
    """the newest report of each kind, and what she had told with it: said again, it changes nothing"""

    def take(self, statics: Statics) -> None:
        """Note static reports; one without a time is left out."""
        columns = ("time_s", "mmsi", "msg_type", "part", *Identity._fields[:-1])
        values = [getattr(statics, name) for name in columns]
        for time_s, mmsi, kind, part, *told in zip(*(column.tolist() for column in values), strict=True):
            if not 0 <= time_s <= LATEST_S:
                continue
            said = tuple(told)
            was: Any = self.newest.get(mmsi, Identity())
            if (mmsi, kind, part) in self._said and self._said[mmsi, kind, part] == (said, was):
                continue
            whole = [new or old for new, old in zip(said[:4], was[:4], strict=True)]
            whole += said[4:] if any(said[4:]) else was[4:-1]  # the four sides are one fact
            now = Identity._make([*whole, was.class_b or kind in CLASS_B])
            self._said[mmsi, kind, part] = said, now
            if self.newest.get(mmsi) != now:
                self.newest[mmsi] = now
                self.rows.append((round(time_s * 1000), mmsi, now))
                self.changed = True

    def forget(self, mmsis: Iterable[int]) -> None:
        """Let all that these ships have told go."""
        gone = set(mmsis) & self.newest.keys()
        if gone:
            self.rows = [row for row in self.rows if row[1] not in gone]
            self.newest = {mmsi: told for mmsi, told in self.newest.items() if mmsi not in gone}
            self._said = {key: said for key, said in self._said.items() if key[0] not in gone}
            self.changed = True


def read(path: Path) -> Identities:
    """What `write` wrote. Raises InputFault when it cannot be read."""
    try:
        table: Any = pq.read_table(path, schema=SCHEMA)
    except (OSError, pa.ArrowException) as fault:
        raise InputFault("cannot be read", where=str(path), help="tankerwatch history DIR --rebuild makes it anew") from fault
    made = Identities()
    times = table.column("time").to_numpy().view(np.int64).tolist()
    columns = [table.column(name).to_pylist() for name in ("mmsi", *Identity._fields)]
    for time_ms, mmsi, *told in zip(times, *columns, strict=True):
        identity = Identity(*(empty if value is None else value for value, empty in zip(told, NOTHING, strict=True)))
        made.rows.append((time_ms, mmsi, identity))
        made.newest[mmsi] = identity
    return made


def write(path: Path, identities: Identities) -> None:
    """Write them as a file that is on stable storage when this returns. Raises OSError."""
    times, mmsis = [row[0] for row in identities.rows], [row[1] for row in identities.rows]
    told = [row[2] for row in identities.rows]
    columns = [pa.array(np.array(times, np.int64)).cast(SCHEMA.field("time").type), pa.array(mmsis, pa.uint32())]
    for at, name in enumerate(Identity._fields):
        values = [identity[at] for identity in told]
        columns.append(pa.array(values if name == "class_b" else [value or None for value in values], SCHEMA.field(name).type))
    part = path.with_suffix(".tmp")
    pq.write_table(pa.Table.from_arrays(columns, schema=SCHEMA), part, compression="zstd", store_schema=False)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.replace(path)
