"""Lines without the buffer they came in: their bytes one after the other, a line feed after each, or taken apart (`kernels/armour.py`)."""

from __future__ import annotations

import struct
from typing import Final

import numpy as np

from tankerwatch.core.kernels import armour, copying
from tankerwatch.core.kernels.index import read_only
from tankerwatch.core.schema import I64, U8
from tankerwatch.core.tables import Lines

LINE_FEED = copying.LINE_FEED
_PARTS: Final = struct.Struct("<IIII")
_OPENING_BYTES: Final = 16


def pack(lines: Lines) -> tuple[U8, I64]:
    """The bytes of the lines, each followed by a line feed, and the length of each without it, (n,) bytes.

    A batch is often a part of a large buffer: only the lines are copied, never what lies between them.
    """
    lengths = lines.end - lines.start
    if not len(lengths):
        return np.empty(0, np.uint8), lengths
    behind = np.cumsum(lengths + 1)
    if (lines.start[1:] == lines.end[:-1] + 1).all():
        packed = np.empty(behind[-1], np.uint8)  # the usual case: one copy
        packed[:-1] = lines.buffer[lines.start[0] : lines.end[-1]]
        packed[behind - 1] = LINE_FEED
    else:
        room = np.empty(behind[-1] + copying.BEYOND, np.uint8)
        packed = room[: copying.lines(*map(read_only, (lines.buffer, lines.start, lines.end)), room)]
    return packed, lengths


def spans(lengths: I64) -> tuple[I64, I64]:
    """Where each packed line begins and ends (its line feed not counted), (n,) offsets each."""
    end = np.cumsum(lengths + 1) - 1
    return end - lengths, end


def apart(lines: Lines) -> list[bytes]:
    """The lines taken apart, for `together`; nothing when one of them holds a line feed.

    u32 bytes of the lines with a line feed behind each, openings, bytes of text, bytes of bits; then these, as `armour.split` tells
    them, the forms, counts and fills before the text.
    """
    start, end = read_only(lines.start), read_only(lines.end)
    count, size = len(start), int(np.sum(end - start)) + len(start)
    columns = np.empty((3, count), np.uint8)
    text, bits = np.empty((2, size + 2 * count + armour.BEYOND), np.uint8)
    openings, sizes = np.empty((armour.OPENINGS, 2), np.uint64), np.zeros(2, np.int64)
    known = armour.split(read_only(lines.buffer), start, end, openings, *columns, text, bits, np.empty(count, np.int64), sizes)
    if known < 0:
        return []
    parts = (openings[:known].astype("<u8", copy=False), columns, text[: sizes[0]], bits[: sizes[1]])
    return [_PARTS.pack(size, known, *sizes.tolist()), *(part.tobytes() for part in parts)]


def together(payload: bytes, at: int, count: int) -> tuple[U8, I64, int]:
    """What `apart` took apart: the lines' bytes, padded, the length of each, (count,), and where in the payload it ends.

    Raises ValueError and struct.error.
    """
    size, known, text_bytes, bits_bytes = _PARTS.unpack_from(payload, at)
    at += _PARTS.size
    end = at + known * _OPENING_BYTES + 3 * count + text_bytes + bits_bytes
    if end > len(payload) or known > armour.OPENINGS or size > text_bytes + count * (armour.MOST + 32):
        raise ValueError("lines are longer than the frame")
    raw = np.frombuffer(payload[at:end] + bytes(armour.BEYOND), np.uint8)
    openings, columns, rest = np.split(raw, np.cumsum([known * _OPENING_BYTES, 3 * count]))
    lengths, out = np.empty(count, np.int64), np.empty(size + armour.BEYOND, np.uint8)
    parts = (openings.view("<u8").astype(np.uint64).reshape(-1, 2), *columns.reshape(3, count), rest, rest[text_bytes:])
    if armour.join(*map(read_only, parts), text_bytes, lengths, out) != size:
        raise ValueError("lines were not taken apart so")
    out[size:] = 0
    return out, lengths, end
