"""What the journal writes: one frame a batch, so that a batch is there whole or not at all.

    header  4s  magic "TWJ2"             u32 bytes of the payload          u64 first_record   f64 clock_s (NaN: none)
            8s  the journal's own mark   u32 its bytes before compression  u64 records        32s chain
            u32 flags                    u32 lines                         u64 frame          u32 CRC-32 of the payload
                                         u32 heard rows                    u64 synced         u32 CRC-32 of the header before it
                                         u32 decisions
    payload lines     time_s f64 (n or 1) · source_row u64 (n or 1) · the lines taken apart (`packing.py`); or, where one holds a line
                      feed, length u32 (n) · the lines, each with a line feed. Apart, times and rows are the differences of their 64 bits,
                      the lowest byte of each first, then the second of each, and so on
            heard     u32 bytes of the stations (JSON), then they; for each table u32 bytes and an Arrow IPC stream, 0 for no rows
            decisions JSON
            lost      JSON: why

All numbers are little-endian; the payload is one Zstandard frame where that is shorter. Lines, heard rows and decisions are numbered, in
this order; a clock tick alone is a frame without records. `synced` is the newest frame that was on stable storage when this one was
written: a damaged frame that a later one vouches for is no torn tail. The mark is random and secret, so that no feed can send bytes that
look like a frame. `chain` is the hash of this frame joined to that of the one before it (`chain.py`): it vouches for everything up to here.
"""

from __future__ import annotations

import json
import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import zstandard

from tankerwatch.core.arrow import type_of
from tankerwatch.core.schema import U8, U64, Table
from tankerwatch.core.tables import Bases, Batch, Calls, Decision, Fixes, Heard, Lines, Others, Statics, Texts
from tankerwatch.store.chain import HASH_BYTES, leaf_of, link
from tankerwatch.store.packing import apart, pack, spans, together

MAGIC = b"TWJ2"
_HEADER = struct.Struct("<4s8sIIIIIIQQQQd32sII")
_LENGTH = struct.Struct("<I")
HEADER_BYTES = _HEADER.size
MAX_PAYLOAD_BYTES = 256 << 20

_HASHED_BYTES = HEADER_BYTES - HASH_BYTES - 2 * _LENGTH.size
_COMPRESS_BYTES = 128
"""Below this a payload is left as it is."""

LINES, HEARD, DECISIONS, LOST, ONE_TIME, ROW_RUN, ZSTD, APART = (1 << bit for bit in range(8))

HEARD_TABLES: tuple[tuple[str, type[Table]], ...] = (
    ("fixes", Fixes),
    ("statics", Statics),
    ("bases", Bases),
    ("texts", Texts),
    ("calls", Calls),
    ("others", Others),
)


class Header(NamedTuple):
    """The numbers of a frame; `records` counts what it numbers, from `first_record` on."""

    flags: int
    payload_bytes: int
    raw_bytes: int
    lines: int
    heard: int
    decisions: int
    first_record: int
    records: int
    frame: int
    synced: int
    clock_s: float
    chain: bytes
    payload_crc: int

    @property
    def last_record(self) -> int:
        """The number of its last record; that of the one before it when it has none."""
        return self.first_record + self.records - 1


@dataclass(slots=True)
class Content:
    """A frame before it has its place: what it holds, and the payload's bytes."""

    flags: int
    lines: int
    heard: int
    decisions: int
    records: int
    clock_s: float
    payload: bytes
    raw_bytes: int

    @property
    def size(self) -> int:
        """Bytes that it takes in a segment."""
        return HEADER_BYTES + len(self.payload)


class Placed(NamedTuple):
    """A frame that has its place in the journal, as it is written; every copy holds these very bytes."""

    header: Header
    raw: bytes
    leaf: bytes
    """the hash of the frame alone"""


class _Zstandard(threading.local):
    """Of each thread one, for most frames of a live desk are so small that to make these takes longer than their work."""

    def __init__(self) -> None:
        self.packer = zstandard.ZstdCompressor(level=-1)
        self.opener = zstandard.ZstdDecompressor()


_ZSTANDARD = _Zstandard()


def lost(records: int, why: str) -> Content:
    """A frame that stands for records that had to be given up, so that their numbers are never taken for kept ones."""
    payload = json.dumps({"why": why}).encode()
    return Content(LOST, 0, 0, 0, records, float("nan"), payload, len(payload))


def encode(batch: Batch) -> Content:
    """The frame of a batch. Bytes of lines are kept exactly, times to the bit."""
    flags, parts = 0, []
    if len(batch.lines):
        more, columns = _encode_lines(batch.lines)
        flags |= LINES | more
        parts += columns
    rows = 0
    if batch.heard is not None:
        flags |= HEARD
        parts += _encode_heard(batch.heard)
        rows = sum(len(getattr(batch.heard, name)) for name, _ in HEARD_TABLES)
    if batch.decisions:
        flags |= DECISIONS
        parts.append(json.dumps([[d.time_s, d.kind, d.id, d.subject, d.content] for d in batch.decisions]).encode())
    records = len(batch.lines) + rows + len(batch.decisions)
    payload = b"".join(parts)
    raw_bytes = len(payload)
    if raw_bytes > _COMPRESS_BYTES and len(packed := _ZSTANDARD.packer.compress(payload)) < raw_bytes:
        flags, payload = flags | ZSTD, packed
    return Content(flags, len(batch.lines), rows, len(batch.decisions), records, batch.clock_s, payload, raw_bytes)


def place(content: Content, mark: bytes, first_record: int, frame: int, synced: int, chain: bytes) -> Placed:
    """Give the content its place behind a frame whose chain is `chain`."""
    crc = zlib.crc32(content.payload)
    header = Header(
        content.flags,
        len(content.payload),
        content.raw_bytes,
        content.lines,
        content.heard,
        content.decisions,
        first_record,
        content.records,
        frame,
        synced,
        content.clock_s,
        bytes(HASH_BYTES),
        crc,
    )
    hashed = _HEADER.pack(MAGIC, mark, *header, 0)[:_HASHED_BYTES]
    leaf = leaf_of(hashed, content.payload)
    header = header._replace(chain=link(chain, leaf))
    head = hashed + header.chain + _LENGTH.pack(crc)
    return Placed(header, b"".join((head, _LENGTH.pack(zlib.crc32(head)), content.payload)), leaf)


def leaf_in(head: bytes, payload: bytes) -> bytes:
    """The hash of a frame from the bytes of its header and its payload, whatever they say."""
    return leaf_of(head[:_HASHED_BYTES], payload)


def parse(raw: bytes, mark: bytes) -> Iterator[Placed]:
    """The frames of a piece of a journal. Raises ValueError at the first byte that is none; chains are not compared."""
    at = 0
    while at < len(raw):
        header = parse_header(raw[at : at + HEADER_BYTES], mark)
        if header is None or (end := at + HEADER_BYTES + header.payload_bytes) > len(raw):
            raise ValueError(f"no whole frame at byte {at}")
        head, payload = raw[at : at + HEADER_BYTES], raw[at + HEADER_BYTES : end]
        if zlib.crc32(payload) != header.payload_crc:
            raise ValueError(f"a damaged frame at byte {at}")
        yield Placed(header, raw[at:end], leaf_in(head, payload))
        at = end


def parse_header(raw: bytes, mark: bytes) -> Header | None:
    """The header in the first bytes of `raw`; None when they are none of this journal or damaged."""
    if len(raw) < HEADER_BYTES or not raw.startswith(MAGIC + mark):
        return None
    fields = _HEADER.unpack_from(raw)
    header = Header(*fields[2:-1])
    if zlib.crc32(raw[: HEADER_BYTES - _LENGTH.size]) != fields[-1] or max(header.payload_bytes, header.raw_bytes) > MAX_PAYLOAD_BYTES:
        return None
    return header


def decode(header: Header, payload: bytes) -> Batch:
    """The batch of a frame whose checksum holds. Raises ValueError when the payload is not what the header says."""
    try:
        if header.flags & ZSTD:
            if zstandard.frame_content_size(payload) != header.raw_bytes:
                raise ValueError("its compressed size")
            payload = _ZSTANDARD.opener.decompress(payload)
        lines, at = _decode_lines(header, payload) if header.flags & LINES else (Lines.empty(), 0)
        heard = None
        if header.flags & HEARD:
            heard, at = _decode_heard(payload, at)
        decisions: tuple[Decision, ...] = ()
        if header.flags & DECISIONS:
            decisions = tuple(Decision(*row) for row in json.loads(payload[at:]))
    except (ValueError, TypeError, LookupError, struct.error, RecursionError, pa.ArrowException, zstandard.ZstdError) as fault:
        raise ValueError(f"a frame does not hold what its header says ({fault})") from fault
    return Batch(lines, heard, decisions, header.clock_s)


def lost_why(payload: bytes) -> str:
    """Why the records of a `lost` frame were given up."""
    try:
        return str(json.loads(payload)["why"])
    except (ValueError, TypeError, LookupError):
        return "unknown"


def _encode_lines(lines: Lines) -> tuple[int, list[bytes]]:
    """A live batch has one receive time and consecutive rows: then one value stands for all (NaN compared by its bits)."""
    time, row = (np.ascontiguousarray(lines.time_s, "<f8").view("<u8"), np.ascontiguousarray(lines.source_row, "<u8"))
    parts, flags = apart(lines), 0
    if (time == time[0]).all():
        flags, time = ONE_TIME, time[:1]
    if (row == row[0] + np.arange(len(row), dtype=np.uint64)).all():
        flags, row = flags | ROW_RUN, row[:1]
    if parts:
        return flags | APART, [_differences(time), _differences(row), *parts]
    packed, lengths = pack(lines)
    return flags, [time.tobytes(), row.tobytes(), lengths.astype("<u4").tobytes(), packed.tobytes()]


def _decode_lines(header: Header, payload: bytes) -> tuple[Lines, int]:
    rows, at, columns = header.lines, 0, []
    for one in (ONE_TIME, ROW_RUN):
        count = 1 if header.flags & one else rows
        raw = np.frombuffer(payload, np.uint8, 8 * count, at)
        columns.append(_sums(raw) if header.flags & APART else raw.view("<u8").astype(np.uint64))
        at += 8 * count
    time, row = columns
    if header.flags & ONE_TIME:
        time = np.repeat(time, rows)  # the bits of a NaN survive a copy by integers
    if header.flags & ROW_RUN:
        row = row[0] + np.arange(rows, dtype=np.uint64)
    if header.flags & APART:
        buffer, lengths, at = together(payload, at, rows)
        return Lines(buffer, *spans(lengths), time.view(np.float64), row), at
    lengths = np.frombuffer(payload, "<u4", rows, at).astype(np.int64)
    at += 4 * rows
    start, end = spans(lengths)
    size = int(end[-1]) + 1
    if at + size > len(payload):
        raise ValueError("lines are longer than the frame")
    buffer = np.zeros(size + Lines.PAD, np.uint8)
    buffer[:size] = np.frombuffer(payload, np.uint8, size, at)
    return Lines(buffer, start, end, time.view(np.float64), row), at + size


def _differences(values: U64) -> bytes:
    """(n,) numbers as their differences, byte by byte: what is alike lies together, and is packed sooner and smaller."""
    return np.diff(values, prepend=np.uint64(0)).astype("<u8").view(np.uint8).reshape(-1, 8).T.tobytes()


def _sums(raw: U8) -> U64:
    return np.cumsum(raw.reshape(8, -1).T.copy().view("<u8").ravel(), dtype=np.uint64)


def _encode_heard(heard: Heard) -> list[bytes]:
    names = json.dumps(heard.stations).encode()
    parts = [_LENGTH.pack(len(names)), names]
    for name, _ in HEARD_TABLES:
        stream = _ipc(getattr(heard, name))
        parts += [_LENGTH.pack(len(stream)), stream]
    return parts


def _ipc(rows: Table) -> bytes:
    """Columns as they are, missing values not made null: so they come back to the bit."""
    if not len(rows):
        return b""
    arrays = [_array(getattr(rows, c.name), type_of(c)) for c in rows.columns()]
    table = pa.Table.from_arrays(arrays, names=[c.name for c in rows.columns()])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _array(values: Any, kind: Any) -> Any:
    try:
        return pa.array(values, kind, from_pandas=False)
    except UnicodeEncodeError:  # text with half a surrogate pair, which no file can hold
        return pa.array([value.encode("utf-8", "replace").decode() for value in values], kind)


def _decode_heard(payload: bytes, at: int) -> tuple[Heard, int]:
    raw, at = _part(payload, at)
    stations = tuple(str(name) for name in json.loads(raw))
    tables: dict[str, Any] = {}
    for name, kind in HEARD_TABLES:
        raw, at = _part(payload, at)
        tables[name] = _rows(raw, kind) if raw else kind.empty()
    return Heard(**tables, stations=stations), at


def _part(payload: bytes, at: int) -> tuple[bytes, int]:
    (size,) = _LENGTH.unpack_from(payload, at)
    at += _LENGTH.size
    if at + size > len(payload):
        raise ValueError("a part is longer than the frame")
    return payload[at : at + size], at + size


def _rows(raw: bytes, kind: type[Table]) -> Table:
    """The rows of an Arrow stream; a column that the stream has not (an older version wrote it) has its missing value."""
    table = pa.ipc.open_stream(raw).read_all()
    table.validate(full=True)
    made: dict[str, Any] = {}
    for column in kind.columns():
        if column.name not in table.column_names:
            continue
        values = table.column(column.name)
        if column.dtype == object:
            made[column.name] = np.array([*values.to_pylist(), None], object)[:-1]
        else:
            made[column.name] = values.to_numpy().astype(column.dtype)
    return kind.blank(table.num_rows).replace(**made)
