"""The ships that somebody watches for: in an open alert, of the own fleet, guarded. For a terminal, which draws no map."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from tankerwatch.core.ports import Desk, PictureNow
from tankerwatch.web.asking import ask
from tankerwatch.web.plain import Answer

MOST: Final = 300
FLAGS: Final = {"danger": 2, "alert": 1, "own_fleet": 128, "guarded": 4, "untrusted": 8, "lost": 16}
"""Bits of the wire's flag byte; the first four make a ship one of these, and those come first in this order."""
WATCHED: Final = tuple(FLAGS.values())[:4]


class Watched:
    """The route."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def answer(self, request: Request) -> Response:
        """At most so many of them, and how many there are."""
        return Answer(await ask(lambda: watched(self._desk.snapshot())))


def watched(now: PictureNow | None, most: int = MOST) -> dict[str, Any]:
    """Those in danger first, then by name."""
    if now is None:
        return {"clock_s": None, "of": 0, "ships": []}
    flags = np.asarray(now.flags, np.uint8)
    slots = np.flatnonzero((flags & sum(WATCHED) != 0) & ~np.asarray(now.gone, np.bool_)).tolist()

    def place(slot: int) -> tuple[int, str, int]:
        return next(at for at, bit in enumerate(WATCHED) if flags[slot] & bit), now.names[slot][1], slot

    return {"clock_s": _number(now.clock_s, 3), "of": len(slots), "ships": [_ship(now, slot) for slot in sorted(slots, key=place)[:most]]}


def _ship(now: PictureNow, slot: int) -> dict[str, Any]:
    name, words, mmsi, flag = now.names[slot]
    return {
        "id": name,
        "name": words,
        "mmsi": mmsi,
        "flag": flag,
        "kind": int(now.kind[slot]),
        "lat_deg": _number(now.lat_deg[slot], 6),
        "lon_deg": _number(now.lon_deg[slot], 6),
        "sog_kn": _number(now.sog_kn[slot], 1),
        "cog_deg": _number(now.cog_deg[slot], 1),
        "heard_s": _number(now.heard_s[slot], 3),
        **{word: bool(int(now.flags[slot]) & bit) for word, bit in FLAGS.items()},
    }


def _number(value: Any, digits: int) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None
