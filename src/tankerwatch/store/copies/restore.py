"""A data directory made anew from a copy of its journal: every frame is checked on its way, nothing else is trusted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tankerwatch.core.errors import InputFault
from tankerwatch.store.copies.replicas import pieces
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.files import FileLayer, write_whole
from tankerwatch.store.frames import DECISIONS, Placed, decode
from tankerwatch.store.log import Fork, Log, Tip
from tankerwatch.store.retention import Tombstone, begin_of, tombstones
from tankerwatch.store.seals import Seal, read_seal, seal_files
from tankerwatch.store.segments import Frame, journal_of, scan, segments_in


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. `left`: why not all of the copy did, "" when all."""

    records: int
    frames: int
    bytes: int
    seconds: float
    left: str


class Source(Protocol):
    """A copy from which a journal can be had again. Every call may block, and raises InputFault when the copy cannot be reached or read."""

    mark: bytes
    begin: Tip | None
    """where it begins, when its oldest frames were dropped"""
    size_bytes: int
    """about what its frames take, 0 when that is not known"""
    left: str
    """once `frames` has ended: why it ended before the copy's own end, "" when it did not"""

    def frames(self) -> Iterator[list[Placed]]:
        """All frames in order, in pieces of some megabytes."""
        ...

    def seals(self) -> Iterator[Seal]:
        """The seals in order."""
        ...

    def dropped(self) -> Iterator[tuple[Seal, Tombstone]]:
        """What was dropped: the tombstones in order, each with its seal."""
        ...


class DirectoryCopy:
    """A copy in a directory, read without its lock, as far as it holds together. Raises InputFault when there is none."""

    left = ""

    def __init__(self, directory: Path) -> None:
        self.folder = journal_of(directory)
        if not self.folder.is_dir():
            raise InputFault("holds no journal", where=str(directory), help="give the directory of a replica")
        self._segments = segments_in(self.folder)
        if not self._segments:
            raise InputFault("holds a journal without segments", where=str(directory), help="give the directory of a replica")
        self.mark = self._segments[0].mark
        self.begin = begin_of(self.folder)
        self.size_bytes = sum(segment.path.stat().st_size for segment in self._segments)

    def frames(self) -> Iterator[list[Placed]]:
        """All frames in order, in pieces of some megabytes; ends at the first that is damaged."""
        yield from pieces(self._whole())

    def _whole(self) -> Iterator[Placed]:
        for segment, after in zip(self._segments, [*self._segments[1:], None], strict=True):
            for found in scan(segment):
                if not isinstance(found, Frame) or (after is not None and found.header.frame >= after.first_frame):
                    break
                yield found.placed

    def seals(self) -> Iterator[Seal]:
        """The seals in order."""
        for path in seal_files(self.folder):
            yield read_seal(path)

    def dropped(self) -> Iterator[tuple[Seal, Tombstone]]:
        """The tombstones in order."""
        for path, stone in tombstones(self.folder):
            yield read_seal(path.with_suffix(".seal")), stone


def restore(source: Source, directory: Path, *, progress: Callable[[int], None] | None = None) -> Restored:
    """Write the journal of a copy to a directory that holds none; feeds are named as the journal's own decisions name them.

    progress: called with the bytes done since it was called last. Raises InputFault when the directory holds a journal or cannot be
    written. The signing key is not part of a copy: the restored journal goes on with a key of its own, and `verify` says so.
    """
    folder = journal_of(directory)
    if folder.exists() and any(path.name != "lock" for path in folder.iterdir()):
        raise InputFault("holds a journal already", where=str(directory), help="restore to a new directory; nothing was changed")
    began_s = time.monotonic()
    files = FileLayer()
    folder.mkdir(parents=True, exist_ok=True)
    for seal, stone in source.dropped():
        path = folder / seal.file_name
        write_whole(path, seal.to_json(), files)
        write_whole(path.with_suffix(".dropped"), stone.to_json(), files)
    log = Log(folder, source.mark, begin=source.begin)
    names: dict[int, str] = {}
    size, left = 0, ""
    begin = source.begin or Tip(0, 0, b"")
    try:
        for frames in source.frames():
            try:
                wanted = log.check([frame for frame in frames if frame.header.frame > begin.frame])
            except Fork as fault:
                wanted, left = _good(log, frames), str(fault)
            if wanted:
                log.write(wanted)
                _name_feeds(wanted, names)
                size += sum(len(frame.raw) for frame in wanted)
            if progress is not None:
                progress(sum(len(frame.raw) for frame in frames))
            if left:
                break
        left = left or source.left
        for seal in source.seals():
            if seal.last_frame <= log.tip.frame and not (folder / seal.file_name).exists():
                write_whole(folder / seal.file_name, seal.to_json(), files)
        tip = log.tip
    except OSError as fault:
        raise InputFault(f"cannot be written: {fault.strerror or fault}", where=str(directory)) from fault
    finally:
        log.close()
    register = FeedRegister(directory)
    for index in range(max(names, default=-1) + 1):
        register.index_of(names.get(index, f"feed {index}"))
    return Restored(tip.record, tip.frame, size, time.monotonic() - began_s, left)


def _good(log: Log, frames: list[Placed]) -> list[Placed]:
    """The frames of a piece before the one that does not follow."""
    good: list[Placed] = []
    for frame in frames:
        try:
            log.check([*good, frame])
        except Fork:
            break
        good.append(frame)
    return good


def _name_feeds(frames: list[Placed], names: dict[int, str]) -> None:
    """The feeds that decisions in the frames name."""
    for frame in frames:
        if not frame.header.flags & DECISIONS:
            continue
        try:
            batch = decode(frame.header, frame.raw[-frame.header.payload_bytes :])
        except ValueError:
            continue
        for said in batch.decisions:
            index = said.content.get("feed")
            if said.kind == "feed" and isinstance(index, int) and 0 <= index < 1 << 16:
                names[index] = said.subject
