"""One copy of a journal on a local disk: it takes the next frames, makes them durable, and knows no way to change what it has.

*Durable* means that `fdatasync` has returned for it, and `fsync` of the folder for a new segment. After a failed `fdatasync` the kernel may
call pages clean that never reached the disk; so such a segment is never written or trusted again beyond what was durable before, and all
that was not is written once more, by whoever holds it, to a new one.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from tankerwatch.core.errors import InputFault
from tankerwatch.store.chain import link, origin
from tankerwatch.store.files import FileLayer
from tankerwatch.store.frames import Placed
from tankerwatch.store.segments import Damage, Segment, damaged, scan, segment_of, segments_in


class Tip(NamedTuple):
    """Where a copy ends: its newest record and frame, and the chain there."""

    record: int
    frame: int
    chain: bytes


class Fork(Exception):
    """What was offered does not follow what the copy holds: two journals claim one history."""


def in_order(tip: Tip, frames: Sequence[Placed]) -> list[Placed]:
    """Those of the frames that come behind `tip`, after it was made sure that they follow it. Raises Fork."""
    record, number, chain = tip
    wanted: list[Placed] = []
    for frame in frames:
        if frame.header.frame <= tip.frame:
            if frame.header.frame == tip.frame and frame.header.chain != tip.chain:
                raise Fork(f"another frame {frame.header.frame} is here")
            continue
        if (frame.header.frame, frame.header.first_record) != (number + 1, record + 1):
            raise Fork(f"frame {number + 1} (record {record + 1}) is next, not {frame.header.frame} ({frame.header.first_record})")
        chain = link(chain, frame.leaf)
        if frame.header.chain != chain:
            raise Fork(f"frame {frame.header.frame} does not follow the one that is here")
        record, number = frame.header.last_record, frame.header.frame
        wanted.append(frame)
    return wanted


class Log:
    """The segments in `folder`. One process writes it, one thread at a time; `close` it to let the next one in.

    mark: of a journal that is begun here, when there is none yet; with that of another one InputFault is raised. replica: what is damaged
    at the end will be sent again, and is no fault. begin: where the journal begins, for one whose oldest segments were dropped.
    Raises InputFault when the folder cannot be used, another process writes there, or (no replica) the newest segment is damaged where it
    was durable.
    """

    def __init__(
        self,
        folder: Path,
        mark: bytes,
        *,
        segment_bytes: int = 64 << 20,
        create: bool = True,
        replica: bool = False,
        begin: Tip | None = None,
        files: FileLayer | None = None,
    ) -> None:
        self.folder = folder
        self.torn_tail = 0
        """bytes at the end of the newest segment that were no whole frame when it was opened; they stay where they are"""
        self._files = files or FileLayer()
        self._segment_bytes, self._replica = segment_bytes, replica
        self._handle: int | None = None
        self._path = folder
        self.written_bytes = 0
        """bytes made durable since it was opened"""
        self.gone = ""
        """which file was taken away while this was open, "" for none; what it held is on other copies only"""
        self._written: Path | None = None
        """the segment that was written last"""
        self._offset = 0
        self._lock = _lock(folder, create)
        try:
            self.mark, self.tip = self._recover(mark, begin)
        except BaseException:
            os.close(self._lock)
            raise

    def write(self, frames: Sequence[Placed]) -> None:
        """Make the next frames durable, or raise OSError and leave nothing behind that could be taken for them."""
        handle = self._handle if self._handle is not None else self._begin()
        data = memoryview(b"".join(frame.raw for frame in frames))
        done = 0
        try:
            while done < len(data):
                done += self._files.write(handle, data[done:])
        except OSError:
            try:
                self._files.truncate(handle, self._offset)
            except OSError:
                self.let_go()
            raise
        try:
            self._files.sync(handle)
            if not self._files.is_there(handle, self._path):  # what is synced to a file without a name is gone when it is closed
                self._written = None
                raise self._removed(self._path)
        except OSError:
            self.let_go()
            raise
        self._offset, self._written, self.written_bytes = self._offset + done, self._path, self.written_bytes + done
        newest = frames[-1].header
        self.tip = Tip(newest.last_record, newest.frame, newest.chain)
        if self._offset >= self._segment_bytes:
            self.let_go()

    def check(self, frames: Sequence[Placed]) -> list[Placed]:
        """Those of the frames that this copy has not yet, after it made sure that they follow what it has. Raises Fork."""
        return in_order(self.tip, frames)

    def let_go(self) -> None:
        """Write no more to this segment. What it holds was synced, or is given up as not durable."""
        if self._handle is not None:
            with suppress(OSError):
                self._files.close(self._handle)
        self._handle = None

    def close(self) -> None:
        """Let the next one in."""
        self.let_go()
        os.close(self._lock)

    def _recover(self, mark: bytes, begin: Tip | None) -> tuple[bytes, Tip]:
        """The mark and the tip of what is there; goes on in the newest segment unless its end is torn."""
        while segments := segments_in(self.folder):
            newest = segments[-1]
            tip, offset, torn = self._survey(newest)
            self.torn_tail += torn
            if tip.frame < newest.first_frame:  # not one whole frame: its name is needed for the segment that begins there again
                self._set_aside(newest, empty=not torn)
                mark = newest.mark
                continue
            if not torn and offset < self._segment_bytes:
                with AsFault(newest.path):
                    self._handle = self._files.reopen(newest.path)
                self._path, self._offset = newest.path, offset
            return newest.mark, tip
        return mark, begin or Tip(0, 0, origin(mark))

    def _survey(self, segment: Segment) -> tuple[Tip, int, int]:
        """The tip, where its frame ends, and how many bytes lie behind it."""
        with AsFault(segment.path), segment.path.open("rb") as file:
            os.fdatasync(file.fileno())
            # what a failed write left only in memory must not be taken for saved: forget it, read what the disk has
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            size = os.fstat(file.fileno()).st_size
        tip = Tip(segment.first_record - 1, segment.first_frame - 1, b"")
        torn_at: int | None = None
        for found in scan(segment):
            whole = not isinstance(found, Damage) and (found.header.first_record, found.header.frame) == (tip.record + 1, tip.frame + 1)
            if torn_at is None and whole and found.header is not None:
                tip = Tip(found.header.last_record, found.header.frame, found.header.chain)
                continue
            torn_at = found.offset if torn_at is None else torn_at
            if not self._replica and found.header is not None and found.header.synced > tip.frame:
                raise damaged(segment, tip.record + 1, torn_at)  # a later frame vouches for the damaged one: no torn tail
        offset = size if torn_at is None else torn_at
        return tip, offset, size - offset

    def _set_aside(self, segment: Segment, *, empty: bool) -> None:
        if empty:
            with AsFault(segment.path):
                self._files.remove(segment.path)
            return
        number = 1
        while (aside := segment.path.with_name(f"{segment.path.name}.{number}.torn")).exists():
            number += 1
        with AsFault(segment.path):
            self._files.rename(segment.path, aside)
            self._files.sync_directory(self.folder)

    def _removed(self, path: Path) -> OSError:
        self.gone = path.name
        return OSError(errno.ENOENT, "the journal's file was removed")

    def _begin(self) -> int:
        """A new segment for what comes next; its name is durable before anything in it can be."""
        written, self._written = self._written, None
        if written is not None and not written.exists():
            raise self._removed(written)  # raised once; what comes next is kept all the same
        segment = segment_of(self.folder, self.tip.record + 1, self.tip.frame + 1, self.mark)
        if segment.path.exists():
            self._files.remove(segment.path)  # from a failed attempt: nothing in it was durable, and whoever sent it has it still
        handle = self._files.create(segment.path)
        try:
            self._files.sync_directory(self.folder)
        except OSError:
            with suppress(OSError):
                self._files.close(handle)
            raise
        self._handle, self._path, self._offset = handle, segment.path, 0
        return handle


class AsFault:
    """What the disk refuses while a journal is opened, as the user's fault: one line and what helps."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        """Nothing to begin."""

    def __exit__(self, _kind: object, fault: BaseException | None, _trace: object) -> None:
        if isinstance(fault, OSError):
            raise InputFault(
                f"cannot be used: {fault.strerror or fault}", where=str(self._path), help="give a --data directory that can be written"
            ) from fault


def _lock(folder: Path, create: bool) -> int:
    """A handle that holds the only right to write here, for as long as it is open or the process lives."""
    if not create and not folder.is_dir():
        raise InputFault("holds no journal", where=str(folder.parent), help="give the directory that was --data of watch")
    with AsFault(folder):
        new = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for path in new:
            FileLayer().sync_directory(path.parent)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        os.close(handle)
        raise InputFault(
            "another process writes to this journal", where=str(folder), help="stop it first, or give another --data"
        ) from fault
    return handle
