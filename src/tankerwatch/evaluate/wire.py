r"""From columns to the bytes of a log: many sentences of one form at once, each with its tag block `\s:STATION,c:TIME*hh\`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tankerwatch.core.schema import F64, I64, U8

END: Final = b"\r\n"
SPLIT: Final = 60
CHUNK: Final = 20_000
_HEX: Final = np.frombuffer(b"0123456789ABCDEF", np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Received records of one form: (n, width) bytes with line ends; a message of two sentences is one record.

    arrived_s: when each came to the desk, which is their order in the log.
    """

    content: U8
    arrived_s: F64


def _hex(values: U8) -> U8:
    return np.asarray(np.stack([_HEX[values >> 4], _HEX[values & 15]], axis=-1))


def _fixed(text: bytes, rows: int) -> U8:
    return np.broadcast_to(np.frombuffer(text, np.uint8), (rows, len(text)))


def _summed(body: U8) -> U8:
    """(n, 2) checksum digits."""
    return _hex(np.bitwise_xor.reduce(body, axis=1))


def _tags(names: Sequence[str], station: I64, stamp_s: I64) -> U8:
    r"""(n, k) `\s:NAME,c:TIME*hh\`."""
    rows = len(station)
    letters = np.array([np.frombuffer(name.encode("ascii"), np.uint8) for name in names])[station]
    digits = (stamp_s[:, None] // 10 ** np.arange(9, -1, -1)) % 10 + 48
    body = np.hstack([_fixed(b"s:", rows), letters, _fixed(b",c:", rows), digits.astype(np.uint8)])
    return np.hstack([_fixed(b"\\", rows), body, _fixed(b"*", rows), _summed(body), _fixed(b"\\", rows)])


def _sentence(head: bytes, channel: U8, payload: U8, fill: int, *, sequence: U8 | None = None) -> U8:
    """(n, k) from the "!" to the line end; `head` is talker, total and part."""
    rows = len(payload)
    parts = [_fixed(head, rows)]
    if sequence is not None:
        parts.append(sequence[:, None])
    parts += [_fixed(b",", rows), channel[:, None], _fixed(b",", rows), payload, _fixed(b",%d" % fill, rows)]
    body = np.hstack(parts)
    return np.hstack([_fixed(b"!", rows), body, _fixed(b"*", rows), _summed(body), _fixed(END, rows)])


def block(payload: U8, fill: int, names: Sequence[str], station: I64, stamp_s: I64, arrived_s: F64, number: I64) -> Block:
    """Records of n received messages: payload (n, characters) with `fill` bits to leave out, station index, stamp in whole seconds.

    number: (n,) of the message; channel and sequence follow from it.
    """
    channel = np.where(number % 2 == 0, 65, 66).astype(np.uint8)
    tags = _tags(names, station, stamp_s)
    if payload.shape[1] <= SPLIT:
        return Block(np.hstack([tags, _sentence(b"AIVDM,1,1,", channel, payload, fill)]), arrived_s)
    sequence = (number % 10 + 48).astype(np.uint8)
    first = _sentence(b"AIVDM,2,1,", channel, payload[:, :SPLIT], 0, sequence=sequence)
    second = _sentence(b"AIVDM,2,2,", channel, payload[:, SPLIT:], fill, sequence=sequence)
    return Block(np.hstack([tags, first, tags, second]), arrived_s)


def loose(lines: Sequence[tuple[float, bytes]]) -> list[Block]:
    """Records of any other lines, with when each came."""
    by_length: dict[int, list[tuple[float, bytes]]] = {}
    for arrived_s, line in lines:
        by_length.setdefault(len(line), []).append((arrived_s, line + END))
    return [
        Block(np.frombuffer(b"".join(line for _, line in some), np.uint8).reshape(len(some), -1), np.array([at for at, _ in some]))
        for some in by_length.values()
    ]


def heard(made: Block, begin_s: float, end_s: float) -> Block:
    """Without what came between these times."""
    keep = (made.arrived_s < begin_s) | (made.arrived_s >= end_s)
    return Block(made.content[keep], made.arrived_s[keep])


def log(blocks: Sequence[Block]) -> bytes:
    """All records in the order in which they came."""
    blocks = [made for made in blocks if len(made.arrived_s)]
    if not blocks:
        return b""
    width = np.concatenate([np.full(len(made.arrived_s), made.content.shape[1]) for made in blocks])
    order = np.argsort(np.concatenate([made.arrived_s for made in blocks]), kind="stable")
    begin = np.empty(len(order), np.int64)
    begin[order] = np.concatenate([[0], np.cumsum(width[order])[:-1]])
    out = np.empty(int(width.sum()), np.uint8)
    at = 0
    for made in blocks:
        columns = np.arange(made.content.shape[1])
        for low in range(0, len(made.arrived_s), CHUNK):
            part = made.content[low : low + CHUNK]
            out[begin[at + low : at + low + len(part), None] + columns] = part
        at += len(made.arrived_s)
    return out.tobytes()
