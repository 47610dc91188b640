"""What changed in the sea that a page looks at, in few bytes: the CHANGE frame of docs/reference/wire.md.

The page holds a known state, so that only columns that differ are told, as differences, in as few bytes as each needs. Nothing is kept
for a page but which state it holds: states never change, and pages that hold the same and look at the same share one frame.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.core.schema import I64, Bool
from tankerwatch.web.frames import HEADER, STEP, VERSION, State

CHANGE: Final = 4
POSITION, HEARD, COG, SOG, HEADING, REST, NEW = (1 << bit for bit in range(7))
GROUPS: Final = {
    POSITION: ("lon", "lat"),
    HEARD: ("heard_s",),
    COG: ("cog",),
    SOG: ("sog",),
    HEADING: ("heading",),
    REST: ("length", "kind", "flags"),
}
EVERYTHING: Final = POSITION | HEARD | COG | SOG | HEADING | REST | NEW
MOST_BYTES: Final = 5
"""A number of 32 bits, seven in each."""


def varints(values: I64) -> bytes:
    """I64 from 0 to 2³⁵ - 1 as LEB128: seven bits a byte, the lowest first, and the high bit says that more follow."""
    lengths = np.ones(len(values), np.int64)
    for more in range(1, MOST_BYTES):
        lengths += values >= 1 << (7 * more)
    ends = np.cumsum(lengths)
    made = np.empty(int(ends[-1]) if len(ends) else 0, np.uint8)
    starts = ends - lengths
    for at in range(MOST_BYTES):
        having = lengths > at
        if not having.any():
            break
        last = lengths[having] == at + 1
        made[starts[having] + at] = ((values[having] >> (7 * at)) & 127) | np.where(last, 0, 128)
    return made.tobytes()


def zigzag(values: I64) -> I64:
    """Small numbers of either sign as small numbers: 0, -1, 1, -2, …"""
    return np.where(values < 0, -2 * values - 1, 2 * values)


def gaps(slots: I64) -> I64:
    """Growing numbers as how many each leaves out."""
    left_out = slots.astype(np.int64)
    left_out[1:] -= slots[:-1] + 1
    return left_out


def _units(state: State, name: str, slots: I64) -> I64:
    values: I64 = state.columns[name][slots].astype(np.int64)
    return values // STEP if name in ("lon", "lat") else values


def change(before: State, had: Bool, after: State, has: Bool, number: int) -> bytes:
    """One frame from one state of the picture to a later one of the same epoch.

    had: by slot, which ships the page holds, as `before` has them · has: which it shall hold · number: of the view that it then holds
    """
    known = np.zeros(len(has), np.bool_)
    known[: len(had)] = had
    gone = np.flatnonzero(known & ~has)
    entered = np.flatnonzero(has & ~known)
    stayed = np.flatnonzero(has & known & (after.changed > before.seq))
    slots = np.sort(np.concatenate([entered, stayed]))
    new = ~known[slots]
    masks = np.where(new, EVERYTHING, 0).astype(np.int64)
    told: list[I64] = []
    old_slots = np.where(new, 0, slots)  # a new one has no old values; whichever are read are not used
    for bit, names in GROUPS.items():
        differences = []
        for name in names:
            values = _units(after, name, slots)
            base = int(np.floor(after.clock_s)) if name == "heard_s" and np.isfinite(after.clock_s) else 0
            olds = np.where(new, base, _units(before, name, old_slots) if len(before.shown) else base)
            differences.append(values - olds)
        differs = new | np.any([difference != 0 for difference in differences], axis=0)
        masks |= np.where(differs, bit, 0)
        told += [zigzag(difference[differs]) for difference in differences]
    head = np.array([after.seq - before.seq, len(gone)], np.int64)
    header = HEADER.pack(b"TWF1", CHANGE, VERSION, 0, after.epoch & 0xFFFFFFFF, after.seq & 0xFFFFFFFF, len(slots), number, after.clock_s)
    return header + varints(np.concatenate([head, gaps(gone), gaps(slots), masks, *told]))
