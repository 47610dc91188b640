"""Third pass for whatever is not a position: named bits of messages as numbers, six-bit text as bytes."""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from tankerwatch.core.kernels import messages as ms
from tankerwatch.core.kernels.index import read_only
from tankerwatch.core.kernels.words import bits_at, view_of

ABSENT = -(1 << 40)
"""Stands for a field that does not lie within the message."""


@nb.njit(cache=True, nogil=True)
def fields(buffer: Any, tail: Any, messages: Any, chosen: Any, places: Any, out: Any) -> None:
    """Read fields of the messages numbered in `chosen`.

    places: (f, 2) i64, first bit and bits (negative: two's complement; at most 48) · out: (f, n) i64, ABSENT where the message ends before.
    """
    lines, inside = view_of(buffer), view_of(tail)
    for row in range(len(chosen)):
        message = messages[chosen[row]]
        source = inside if message[ms.TAIL] == 1 else lines
        for f in range(len(places)):
            first = places[f, 0]
            width = abs(places[f, 1])
            if first + width > message[ms.BITS]:
                out[f, row] = ABSENT
                continue
            value = bits_at(source, message[ms.FROM], first, width)
            if places[f, 1] < 0 and value >> (width - 1) == 1:
                value -= 1 << width
            out[f, row] = value


@nb.njit(cache=True, nogil=True)
def text(buffer: Any, tail: Any, messages: Any, chosen: Any, first: int, characters: int, part: bool, out: Any) -> None:
    """Read the six-bit text from bit `first` on into out, (n, at least characters) u8, zero behind its end.

    It ends before the first `@` and has no blanks at its end. A text that the message cuts off is empty, unless `part` allows it.
    """
    lines, inside = view_of(buffer), view_of(tail)
    for row in range(len(chosen)):
        message = messages[chosen[row]]
        source = inside if message[ms.TAIL] == 1 else lines
        room = (message[ms.BITS] - first) // 6
        size = characters
        if room < characters:
            size = room if part else 0
        length = 0
        for i in range(size):
            v = bits_at(source, message[ms.FROM], first + 6 * i, 6)
            if v == 0:
                break
            out[row, i] = v + 64 if v < 32 else v
            if v != 32:
                length = i + 1
        for i in range(length, out.shape[1]):
            out[row, i] = 0


def warm() -> None:
    """Compile."""
    source = read_only(np.full(160, 48, np.uint8))
    messages = np.zeros((1, ms.MESSAGE_WIDTH), np.int32)
    messages[0, ms.BITS] = 60
    chosen = np.zeros(1, np.int64)
    fields(source, source, messages, chosen, np.array([[0, 6], [6, -6]], np.int64), np.zeros((2, 1), np.int64))
    text(source, source, messages, chosen, 6, 4, True, np.zeros((1, 8), np.uint8))
