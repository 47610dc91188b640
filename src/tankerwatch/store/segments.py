"""The journal's files: how they are named, and how their frames are found again, whole or damaged.

A segment is named RECORD-FRAME-MARK.journal after the first record and the first frame in it and the journal's mark. It is begun only
when everything before its first frame is on stable storage; so what an older segment holds from that frame on is superseded (a tail
that could not be made durable and was written again), and damage before it is damage to something acknowledged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from re import compile as pattern
from typing import BinaryIO
from zlib import crc32

from tankerwatch.core.errors import InputFault
from tankerwatch.store.frames import HEADER_BYTES, MAGIC, Header, parse_header

MARK_BYTES = 8
_NAME = pattern(r"(\d{20})-(\d{20})-([0-9a-f]{16})\.journal")
_BLOCK_BYTES = 1 << 20
_HELP = "restore the data directory from a replica or a backup; nothing was changed"


@dataclass(frozen=True, slots=True)
class Segment:
    """A file of the journal, as its name describes it."""

    path: Path
    first_record: int
    first_frame: int
    mark: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame and where it lies, in bytes from the beginning of the segment."""

    header: Header
    payload: bytes
    offset: int


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes that are no whole frame, up to the next one or the end; `header` where that much can still be read."""

    offset: int
    end: int
    header: Header | None


def journal_of(directory: Path) -> Path:
    """Where a data directory keeps its journal."""
    return directory / "journal"


def segment_of(folder: Path, first_record: int, first_frame: int, mark: bytes) -> Segment:
    """The segment that begins there."""
    return Segment(folder / f"{first_record:020d}-{first_frame:020d}-{mark.hex()}.journal", first_record, first_frame, mark)


def segments_in(folder: Path) -> list[Segment]:
    """The segments of a journal in order. Raises InputFault when the folder cannot be read or holds two journals."""
    try:
        named = [(path, match) for path in sorted(folder.iterdir()) if (match := _NAME.fullmatch(path.name))]
    except OSError as fault:
        raise InputFault(f"cannot be read: {fault.strerror}", where=str(folder)) from fault
    found = [Segment(path, int(match[1]), int(match[2]), bytes.fromhex(match[3])) for path, match in named]
    if len({segment.mark for segment in found}) > 1:
        raise InputFault("holds segments of two journals", where=str(folder), help="keep each journal in a directory of its own")
    return found


def scan(segment: Segment) -> Iterator[Frame | Damage]:
    """All of a segment in order, as far as it went when the scan began; after damage it goes on with the next frame that can be found.

    Holds one frame in memory. Raises InputFault when the file cannot be read.
    """
    try:
        with segment.path.open("rb", buffering=_BLOCK_BYTES) as file:
            yield from _scan(file, segment.mark)
    except OSError as fault:
        raise InputFault(f"cannot be read: {fault.strerror}", where=str(segment.path)) from fault


def _scan(file: BinaryIO, mark: bytes) -> Iterator[Frame | Damage]:
    size = file.seek(0, SEEK_END)
    at = file.seek(0)
    while at < size:
        header = parse_header(file.read(HEADER_BYTES), mark)
        if header is None:
            end = _next_header(file, at + 1, size, mark)
            yield Damage(at, end, None)
        elif (end := at + HEADER_BYTES + header.payload_bytes) > size:
            yield Damage(at, size, header)
            return
        else:
            payload = file.read(header.payload_bytes)
            yield Frame(header, payload, at) if crc32(payload) == header.payload_crc else Damage(at, end, header)
        at = file.seek(end)


def _next_header(file: BinaryIO, at: int, size: int, mark: bytes) -> int:
    """Where the next readable header begins; `size` when there is none."""
    sign = MAGIC + mark
    while at < size:
        file.seek(at)
        block = file.read(_BLOCK_BYTES + HEADER_BYTES)
        found = block.find(sign)
        while found >= 0:
            if parse_header(block[found : found + HEADER_BYTES], mark):
                return at + found
            found = block.find(sign, found + 1)
        at += _BLOCK_BYTES
    return size


def walk(folder: Path, last_frame: int, after_frame: int = 0) -> Iterator[Frame]:
    """Every frame after `after_frame` up to `last_frame`, each exactly once; InputFault with record, file and offset when one is damaged
    or missing. Segments that hold only frames before are passed over by their names.
    """
    segments = segments_in(folder)
    skipped = sum(segment.first_frame <= after_frame + 1 for segment in segments[1:])
    segments = segments[skipped:]
    record, frame = (segments[0].first_record, segments[0].first_frame) if skipped else (1, 1)
    for segment, following in zip(segments, [*segments, None][1:], strict=True):
        until = min(last_frame, following.first_frame - 1) if following else last_frame
        if (segment.first_record, segment.first_frame) != (record, frame):
            raise _missing(segment, record)
        for found in scan(segment):
            if frame > until:
                break
            if isinstance(found, Damage) or (found.header.first_record, found.header.frame) != (record, frame):
                raise damaged(segment, record, found.offset)
            if frame > after_frame:
                yield found
            record += found.header.records
            frame += 1
        if frame > last_frame:
            return
        if following and frame <= until:
            raise _missing(following, record)
    if frame <= last_frame:
        raise InputFault(f"record {record} and those after it are missing", where=str(folder), help=_HELP)


def damaged(segment: Segment, record: int, offset: int) -> InputFault:
    """What to say of an acknowledged frame that is not as it was written."""
    return InputFault(f"record {record} is damaged, at byte {offset}", where=str(segment.path), help=_HELP)


def _missing(segment: Segment, record: int) -> InputFault:
    return InputFault(f"records from {record} on are missing before this file's", where=str(segment.path), help=_HELP)
