"""Snapshots: what a desk remembered when the journal stood at a frame, so that a restart need not read all of it again.

DIR/snapshots/FRAME.snapshot is one line of JSON, then its content, packed: a pickle that only `frozen.py` reads, and arrays. It is a
view like any other: whatever is wrong with it, it is passed over, and the journal tells. It is written beside its name and made durable
before it gets it; two are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from re import compile as pattern
from typing import Any, Final

import zstandard

from tankerwatch.store.files import FileLayer
from tankerwatch.store.frozen import NotSaved, described, revived
from tankerwatch.store.segments import Frame, journal_of, scan, segments_in

MAGIC: Final = "tankerwatch snapshot 1"
KEPT: Final = 2
DIGEST_BYTES: Final = 32
MOST_BYTES: Final = 4 << 30
"""Of content; more is taken for damage."""
_HEADER_MOST: Final = 1 << 20
_LEVEL: Final = 1
_NAMED: Final = pattern(r"(\d{20})\.snapshot")


@dataclass(frozen=True, slots=True)
class Made:
    """Of what a snapshot is: the program's version and code, the configuration, the journal's mark and its feeds' names."""

    version: str
    config: str
    mark: str
    feeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class At:
    """Where a snapshot stands: the newest frame and record that it knows, the journal's chain there (hex), its clock, None before any."""

    frame: int
    record: int
    clock_s: float | None
    chain: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of a snapshot. `content`, `packed`: bytes of what follows, unpacked and as it lies; `digest` is of the latter."""

    made: Made
    at: At
    pickled: int
    arrays: tuple[tuple[str, tuple[int, ...]], ...]
    content: int
    packed: int
    digest: str


def snapshots_of(directory: Path) -> Path:
    """Where a data directory keeps its snapshots."""
    return directory / "snapshots"


def write(directory: Path, made: Made, at: At, raw: bytes, arrays: list[Any], files: FileLayer | None = None) -> Path:
    """Write a snapshot, durable when this returns, and let go of all but the newest two. Raises OSError, and leaves no half of one."""
    files = files or FileLayer()
    folder = snapshots_of(directory)
    packed = _pack(raw, arrays)
    content = len(raw) + sum(held.nbytes for held in arrays)
    header = {
        "magic": MAGIC,
        "made": asdict(made),
        "at": asdict(at),
        "pickled": len(raw),
        "arrays": [described(held) for held in arrays],
        "content": content,
        "packed": len(packed),
        "digest": blake2b(packed, digest_size=DIGEST_BYTES).hexdigest(),
    }
    line = json.dumps(header).encode()
    seal = blake2b(line, digest_size=DIGEST_BYTES).hexdigest().encode()
    if not folder.is_dir():
        folder.mkdir()
        files.sync_directory(directory)
    path, part = folder / f"{at.frame:020d}.snapshot", folder / f"{at.frame:020d}.part"
    part.unlink(missing_ok=True)
    try:
        handle = files.create(part)
        try:
            data = memoryview(b"".join((seal, b" ", line, b"\n", packed)))
            done = 0
            while done < len(data):
                done += files.write(handle, data[done:])
            files.sync(handle)
        finally:
            files.close(handle)
        files.rename(part, path)
        files.sync_directory(folder)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    for old in sorted(folder.glob("*.snapshot"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def found(directory: Path) -> Iterator[Path]:
    """The snapshots of a data directory, the newest first."""
    with suppress(OSError):
        yield from sorted((path for path in snapshots_of(directory).iterdir() if _NAMED.fullmatch(path.name)), reverse=True)


def stands(directory: Path, at: At) -> bool:
    """Whether the journal still holds the very frame at which a snapshot was made: it may have been rolled back and gone another way."""
    before = [segment for segment in segments_in(journal_of(directory)) if segment.first_frame <= at.frame]
    frames = (found.header for found in scan(before[-1]) if isinstance(found, Frame)) if before else ()
    return any((header.frame, header.last_record, header.chain.hex()) == (at.frame, at.record, at.chain) for header in frames)


def read_header(path: Path) -> Header:
    """Where a snapshot stands and of what it is. Raises NotSaved, in words, for what is damaged or none."""
    try:
        with path.open("rb") as file:
            first = file.readline(_HEADER_MOST)
    except OSError as fault:
        raise NotSaved(f"cannot be read: {fault.strerror}") from fault
    seal, _, line = first.rstrip(b"\n").partition(b" ")
    if not first.endswith(b"\n") or seal != blake2b(line, digest_size=DIGEST_BYTES).hexdigest().encode():
        raise NotSaved("is damaged at its beginning")
    try:
        told = json.loads(line)
        if told["magic"] != MAGIC:
            raise NotSaved("is of another kind")
        made = Made(**{**told["made"], "feeds": tuple(told["made"]["feeds"])})
        arrays = tuple((str(kind), tuple(shape)) for kind, shape in told["arrays"])
        return Header(made, At(**told["at"]), int(told["pickled"]), arrays, int(told["content"]), int(told["packed"]), str(told["digest"]))
    except (ValueError, TypeError, LookupError, RecursionError) as fault:
        raise NotSaved("has no header that could be read") from fault


def read(path: Path, header: Header) -> tuple[bytes, list[Any]]:
    """The pickle and the arrays of a snapshot. Raises NotSaved, in words, for what is damaged."""
    try:
        with path.open("rb") as file:
            file.readline(_HEADER_MOST)
            packed = file.read(header.packed + 1)
    except (OSError, MemoryError, OverflowError) as fault:
        raise NotSaved(f"cannot be read: {fault}") from fault
    if len(packed) != header.packed or blake2b(packed, digest_size=DIGEST_BYTES).hexdigest() != header.digest:
        raise NotSaved("is damaged")
    if not 0 <= header.pickled <= header.content <= MOST_BYTES:
        raise NotSaved("has sizes that cannot be")
    try:
        reader = zstandard.ZstdDecompressor().stream_reader(packed)
        raw = reader.read(header.pickled)
        arrays, left = [], header.content - header.pickled
        for kind, shape in header.arrays:
            held = revived(kind, list(shape), left)
            _fill(held, reader)
            arrays.append(held)
            left -= held.nbytes
        if len(raw) != header.pickled or left or reader.read(1):
            raise NotSaved("is of another length than it says")
    except (zstandard.ZstdError, MemoryError) as fault:
        raise NotSaved("cannot be unpacked") from fault
    return raw, arrays


def _fill(held: Any, reader: Any) -> None:
    """Read an array to its end."""
    room, done = memoryview(held.reshape(-1).view("u1")), 0
    while done < len(room):
        got = reader.readinto(room[done:])
        if not got:
            raise NotSaved("is of another length than it says")
        done += got


def _pack(raw: bytes, arrays: list[Any]) -> bytes:
    """All of it, one after the other, packed."""
    size = len(raw) + sum(held.nbytes for held in arrays)
    packer = zstandard.ZstdCompressor(level=_LEVEL).compressobj(size=size)
    parts = [packer.compress(raw)]
    parts += [packer.compress(held.reshape(-1).view("u1").data) for held in arrays if held.nbytes]
    return b"".join((*parts, packer.flush()))
