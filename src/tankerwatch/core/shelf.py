"""Memory that is used again: what the system hands out fresh costs as much, page by page, as finding and decoding what is put there."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


class Shelf:
    """Big arrays that are filled again once nobody holds them any more.

    Whoever holds a view of one, or an Arrow buffer, a frame or a memoryview made of it, holds the array.
    """

    MOST = 3
    """Arrays of one kind that are kept: one is filled, one is looked at, one may still be held."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Any]] = {}

    def take(self, kind: str, size: int, dtype: Any) -> Any:
        """An array of at least `size` elements that nobody but the shelf knows. Threads may ask at once: who looks at one has taken it."""
        kept = self._kept.setdefault(kind, [])
        for _ in range(len(kept)):
            try:
                array = kept.pop(0)
            except IndexError:
                break
            unheld = sys.getrefcount(array) <= _UNHELD
            if unheld and len(array) < size:
                continue  # it gives way to a longer one
            kept.append(array)
            if unheld:
                return array
        array = np.empty(size + size // 8, dtype)  # the next one asked for may be a little longer
        if len(kept) < self.MOST:
            kept.append(array)
        return array


def _references_when_unheld() -> int:
    """How many references Python counts of an array that only the one who looks holds, as `take` does: its versions differ in it."""
    kept = [np.empty(0)]
    array = kept.pop(0)
    return sys.getrefcount(array)


_UNHELD = _references_when_unheld()

SHELF = Shelf()
"""The one for all recordings: what was read before leaves its memory to what is read next."""
