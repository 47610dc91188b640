"""Lines taken out of the buffer that they came in."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from tankerwatch.core.kernels.compiling import kernel
from tankerwatch.core.kernels.index import read_only
from tankerwatch.core.kernels.words import put_byte, put_word, view_of, word

BEYOND: Final = 8
"""Eight bytes are copied at a time: so many behind its last one must belong to each array."""
LINE_FEED: Final = 10


@kernel
def lines(buffer: Any, start: Any, end: Any, out: Any) -> int:
    """Copy the lines one after the other, a line feed behind each; the number of bytes. (n,) offsets into the buffer, which is padded."""
    source, target = view_of(buffer), view_of(out)
    to = 0
    for i in range(len(start)):
        length = end[i] - start[i]
        for at in range(0, length, 8):
            put_word(target, to + at, word(source, start[i] + at))
        to += length
        put_byte(target, to, LINE_FEED)
        to += 1
    return to


def warm() -> None:
    """Compile (or load from the cache) with the types that `store/packing.py` uses."""
    one, room = np.zeros(1, np.int64), np.zeros(2 * BEYOND, np.uint8)
    lines(read_only(room), read_only(one), read_only(one + 1), np.zeros(2 * BEYOND, np.uint8))
