"""Positions for the page as binary frames `TWF1` (docs/reference/wire.md), and what changed since a client looked last.

For each ship it is noted in which state of the picture she last changed: so any client, however slow or long away within an epoch, gets
exactly what it lacks, and nothing is kept for it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tankerwatch.core.ports import PictureNow
from tankerwatch.core.schema import I64, U32, Bool
from tankerwatch.web.areas import Area

SNAPSHOT, DELTA, GONE = 1, 2, 3
VERSION: Final = 1
HEADER: Final = struct.Struct("<4sBBHIIIId")

WIRE: Final = {
    "lon": "<i4",
    "lat": "<i4",
    "heard_s": "<u4",
    "cog": "<u2",
    "sog": "<u2",
    "heading": "<u2",
    "length": "<u2",
    "kind": "u1",
    "flags": "u1",
}
"""Columns after `slot`, in the order in which they are sent."""
NO_POSITION: Final = 2**31 - 1
STEP: Final = 10
"""Positions are told in steps of so many 1e-7 degrees: a decimetre, finer than any ship sends, and half the bytes."""
NO_U16: Final = 65535
EVERYWHERE: Final = 1 | 4 | 128
"""Flags of ships that every page is told of, wherever it looks: with an open alert, guarded, of the own fleet."""

Name = tuple[int, str, int, str]
Columns = Mapping[str, npt.NDArray[Any]]


def pack(
    kind: int, epoch: int, seq: int, clock_s: float, slots: npt.NDArray[Any], columns: Columns | None = None, number: int = 0
) -> bytes:
    """One frame. slots: (count,) numbers · columns: the columns of `WIRE`, (count,) each, None for GONE · number: of the page's view."""
    header = HEADER.pack(b"TWF1", kind, VERSION, 0, epoch & 0xFFFFFFFF, seq & 0xFFFFFFFF, len(slots), number, clock_s)
    parts = [header, np.ascontiguousarray(slots, "<u4").tobytes()]
    if columns is not None:
        parts += [np.ascontiguousarray(columns[name], dtype).tobytes() for name, dtype in WIRE.items()]
    return b"".join(parts)


def scaled(values: Any, factor: float, low: float, high: float, missing: int, dtype: str) -> npt.NDArray[Any]:
    """Values rounded to the wire's unit; what is not finite or out of bounds is missing."""
    scaled = np.rint(np.asarray(values, np.float64) * factor)
    fit = (scaled >= low) & (scaled <= high)
    return np.where(fit, scaled, missing).astype(dtype)


def _placed(values: Any, most: float) -> npt.NDArray[Any]:
    steps = scaled(values, 1e7 / STEP, -most, most, NO_POSITION, "<i4")
    return np.where(steps == NO_POSITION, NO_POSITION, steps * STEP).astype("<i4")


def columns_of(now: PictureNow) -> dict[str, npt.NDArray[Any]]:
    """The picture in the wire's units, (ships,) each."""
    with np.errstate(invalid="ignore"):
        course, heading = (np.asarray(values, np.float64) % 360.0 for values in (now.cog_deg, now.heading_deg))
    made = {
        "lon": _placed(now.lon_deg, 1.8e8),
        "lat": _placed(now.lat_deg, 0.9e8),
        "heard_s": scaled(np.floor(np.asarray(now.heard_s, np.float64)), 1, 0, 2**32 - 1, 0, "<u4"),
        "cog": scaled(course, 10, 0, 3600, NO_U16, "<u2"),
        "sog": scaled(now.sog_kn, 10, 0, NO_U16 - 1, NO_U16, "<u2"),
        "heading": scaled(heading, 1, 0, 360, NO_U16, "<u2"),
        "length": scaled(now.length_m, 1, 0, NO_U16, 0, "<u2"),
        "kind": np.asarray(now.kind, "u1"),
        "flags": np.asarray(now.flags, "u1"),
    }
    made["cog"][made["cog"] == 3600] = 0
    made["heading"][made["heading"] == 360] = 0
    return made


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A state of the picture. `seq` numbers it; `changed` and `named` say for each slot in which state she, or her name, changed last."""

    epoch: int
    seq: int
    version: int
    clock_s: float
    columns: dict[str, npt.NDArray[Any]]
    shown: Bool
    changed: U32
    names: list[Name]
    named: U32
    ids: I64

    def within(self, area: Area | None) -> Bool:
        """By slot: the ships that a page is told of which looks at an area; all that are shown where it looks at none in particular."""
        if area is None:
            return self.shown
        lon, lat = self.columns["lon"], self.columns["lat"]
        west, south, east, north = (round(edge * 1e7) for edge in (area.west_deg, area.south_deg, area.east_deg, area.north_deg))
        inside = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
        inside &= (lat >= south) & (lat <= north) & (lon != NO_POSITION)
        inside |= (self.columns["flags"] & EVERYWHERE) != 0
        if area.ships:
            inside |= np.isin(self.ids, area.ships)
        return inside & self.shown

    def snapshot(self, has: Bool, number: int = 0) -> bytes:
        """All ships that a page shall hold."""
        return self._ships(SNAPSHOT, np.flatnonzero(has), number)

    def since(self, seq: int, has: Bool, number: int = 0) -> list[bytes]:
        """What changed after the state `seq`, of which a page holds what it shall: those that are gone, then those that changed, if any."""
        changed = self.changed.astype(np.int64) > seq
        gone, moved = np.flatnonzero(changed & ~has), np.flatnonzero(changed & has)
        frames = []
        if len(gone):
            # A client that saw only this frame must ask again from before the one that follows.
            frames.append(pack(GONE, self.epoch, self.seq - 1, self.clock_s, gone, number=number))
        return [*frames, self._ships(DELTA, moved, number)]

    def names_of(self, wanted: Bool) -> list[list[int | str]]:
        """Slot, id, name, MMSI and flag of ships."""
        return [[slot, *self.names[slot]] for slot in np.flatnonzero(wanted).tolist()]

    def _ships(self, kind: int, slots: I64, number: int) -> bytes:
        columns = {name: column[slots] for name, column in self.columns.items()}
        return pack(kind, self.epoch, self.seq, self.clock_s, slots, columns, number)


def advanced(before: State | None, now: PictureNow) -> State:
    """The state after `now`; `before` itself when nothing has changed since. A new epoch, or fewer ships, begins anew."""
    columns = columns_of(now)
    ships = len(columns["lon"])
    shown = ~np.asarray(now.gone, np.bool_)
    names = now.names[:ships]
    names += [(0, "", 0, "")] * (ships - len(names))
    if before is None or before.epoch != now.epoch or ships < len(before.shown):
        first = np.full(ships, 2, np.uint32)
        ids = np.fromiter((name[0] for name in names), np.int64, ships)
        return State(now.epoch, 2, now.version, now.clock_s, columns, shown, first, names, first, ids)
    seq = before.seq + 2  # two: a state may take two frames, and each has its number
    old = len(before.shown)
    differs = np.ones(ships, np.bool_)
    differs[:old] = shown[:old] != before.shown
    for name, column in columns.items():
        differs[:old] |= (column[:old] != before.columns[name]) & shown[:old]
    named = np.full(ships, seq, np.uint32)
    named[:old] = before.named
    renamed = [slot for slot, (new, known) in enumerate(zip(names, before.names, strict=False)) if new is not known and new != known]
    named[renamed] = seq
    if not differs.any() and not renamed:
        return before
    ids = before.ids
    if renamed or ships > old:
        ids = np.concatenate([ids, np.fromiter((name[0] for name in names[old:]), np.int64, ships - old)])
        ids[renamed] = [names[slot][0] for slot in renamed]
    changed = np.full(ships, seq, np.uint32)
    changed[:old] = np.where(differs[:old], seq, before.changed)
    return State(now.epoch, seq, now.version, now.clock_s, columns, shown, changed, names, named, ids)
