"""The append-only truth: all that comes in is here before anything is acted on.

*Durable* means that `fdatasync` has returned for it, and `fsync` of the folder for a new segment. After a failed `fdatasync` the kernel may
call pages clean that never reached the disk; so such a segment is never written or trusted again beyond what was durable before, and all
that was not is written once more, from memory, to a new one. A full or failing disk stops no watching: see `failure`.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from math import floor, isfinite, isnan
from pathlib import Path

import numpy as np

from tankerwatch.core.errors import InputFault, TankerwatchFault
from tankerwatch.core.tables import Batch
from tankerwatch.store.files import FileLayer
from tankerwatch.store.frames import LOST, MAX_PAYLOAD_BYTES, Content, decode, encode, lost, seal
from tankerwatch.store.segments import MARK_BYTES, Damage, Segment, damaged, journal_of, scan, segment_of, segments_in, walk

_CHUNK_BYTES = 4 << 20
"""At most this much between two syncs, so that what fits on a nearly full disk is saved."""
_RETRY_S = 0.5
_PATIENCE_S = 5.0
"""How long an append waits for another thread's commit when the memory is full, before it takes the disk for dead."""


class FileJournal:
    """The journal in `directory`/journal; `ports.Journal`. Close it to let the next one in.

    One thread may append while another commits; everything else may be read from any thread. `buffer_bytes` bounds what waits in
    memory while the disk fails: beyond it the oldest is given up, counted in `dropped` and journalled as lost. Raises InputFault when
    the directory cannot be used, another process writes there, or the newest segment is damaged where it was durable.
    """

    def __init__(
        self,
        directory: Path,
        *,
        segment_bytes: int = 64 << 20,
        create: bool = True,
        buffer_bytes: int = 64 << 20,
        files: FileLayer | None = None,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = journal_of(directory)
        self.torn_tail = 0
        """bytes at the end of the newest segment that were no whole frame when it was opened; they stay where they are"""
        self.dropped = 0
        """records given up since the journal was opened, because the disk failed for longer than the memory lasted"""
        self._files, self._monotonic_s = files or FileLayer(), monotonic_s
        self._segment_bytes, self._buffer_bytes = segment_bytes, buffer_bytes
        self._failure, self._retry_at_s = "", 0.0
        self._writing = threading.Lock()  # held while the disk is touched
        self._state = threading.Lock()  # held for moments, over the fields below
        self._pending: list[Content] = []
        self._pending_bytes = 0
        self._in_flight = 0
        self._given_up: list[tuple[int, int]] = []
        self._clock_s = float("nan")
        self._closed = False
        self._handle: int | None = None
        self._segment: Segment | None = None
        self._offset = 0
        self._lock = _lock(self.folder, create)
        try:
            self._mark, self._synced_record, self._synced_frame = self._recover()
        except BaseException:
            os.close(self._lock)
            raise
        self._records = self._synced_record

    @property
    def durable(self) -> int:
        """Everything up to this record is on stable storage. After a loss it stands still until the journal is opened anew."""
        return min(self._synced_record, self._given_up[0][0] - 1) if self._given_up else self._synced_record

    @property
    def records(self) -> int:
        """The number of the newest record appended."""
        return self._records

    @property
    def frame(self) -> int:
        """The number of the newest frame on stable storage."""
        return self._synced_frame

    @property
    def mark(self) -> bytes:
        """What tells this journal from any other."""
        return self._mark

    @property
    def failure(self) -> str:
        """Why nothing more can be written, "" while all is well."""
        return self._failure

    @property
    def waiting_bytes(self) -> int:
        """Bytes in memory that are not yet durable."""
        return self._pending_bytes

    @property
    def size_bytes(self) -> int:
        """What the journal takes on disk."""
        with os.scandir(self.folder) as entries:
            return sum(entry.stat().st_size for entry in entries if entry.is_file())

    def is_durable(self, number: int) -> bool:
        """Whether this very record is on stable storage, also when one before it was lost."""
        return number <= self._synced_record and not any(first <= number <= last for first, last in list(self._given_up))

    def append(self, batch: Batch) -> int:
        """Append what came in; the number of its last record. Not durable before `commit`.

        A batch that holds only a clock is kept when its clock comes to another whole second: nothing happens between two.
        """
        if self._closed:
            raise TankerwatchFault("the journal is closed")
        for part in _parts(batch):
            self._append(part)
        return self._records

    def _append(self, batch: Batch) -> None:
        content = encode(batch)
        if not content.flags and not self._ticks(batch.clock_s):
            return
        if len(content.payload) > MAX_PAYLOAD_BYTES:
            raise TankerwatchFault(f"a batch of {len(content.payload)} bytes; the journal takes {MAX_PAYLOAD_BYTES}")
        if isfinite(batch.clock_s) and not self._clock_s >= batch.clock_s:
            self._clock_s = batch.clock_s
        with self._state:
            self._pending.append(content)
            self._pending_bytes += content.size
            self._records += content.records
        if self._pending_bytes > self._buffer_bytes // 4 and not self._failure and self._writing.acquire(blocking=False):
            try:
                self._drain()
            finally:
                self._writing.release()
        if self._pending_bytes > self._buffer_bytes:
            self._relieve()

    def _ticks(self, clock_s: float) -> bool:
        return isfinite(clock_s) and (isnan(self._clock_s) or floor(clock_s) > floor(self._clock_s))

    def commit(self) -> int:
        """Make all appended records durable; the number up to which they are. Never raises for the disk: see `failure`."""
        with self._writing:
            self._drain()
        return self.durable

    def replay(self, after_frame: int = 0) -> Iterator[Batch]:
        """Everything durable from the beginning, or after a frame, as it was appended; holds one batch in memory.

        Raises InputFault with record, file and offset when something durable is damaged or missing.
        """
        for frame in walk(self.folder, self._synced_frame, after_frame):
            if frame.header.flags & LOST:
                continue
            try:
                yield decode(frame.header, frame.payload)
            except ValueError as fault:
                raise InputFault(f"record {frame.header.first_record}: {fault}", where=str(self.folder)) from fault

    def close(self) -> None:
        """Commit and let go. What the disk does not take even now is lost, and `failure` says so."""
        with self._writing:
            if self._closed:
                return
            self._retry_at_s = 0.0
            self._drain()
            self._closed = True
            self._let_go()
            os.close(self._lock)

    def __enter__(self) -> FileJournal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _recover(self) -> tuple[bytes, int, int]:
        """The mark, the newest record and the newest frame of what is there; goes on in the newest segment unless its end is torn."""
        while segments := segments_in(self.folder):
            newest = segments[-1]
            record, frame, offset, torn = self._survey(newest)
            self.torn_tail += torn
            if torn and frame < newest.first_frame:
                self._set_aside(newest)  # not one whole frame: its name is needed for the segment that begins there again
                continue
            if not torn and offset < self._segment_bytes:
                with _AsFault(newest.path):
                    self._handle = self._files.reopen(newest.path)
                self._segment, self._offset = newest, offset
            return newest.mark, record, frame
        return os.urandom(MARK_BYTES), 0, 0

    def _survey(self, segment: Segment) -> tuple[int, int, int, int]:
        """The newest record, the newest frame, where it ends, and how many bytes lie behind it."""
        with _AsFault(segment.path), segment.path.open("rb") as file:
            os.fdatasync(file.fileno())
            # what a failed write left only in memory must not be taken for saved: forget it, read what the disk has
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            size = os.fstat(file.fileno()).st_size
        record, frame, offset = segment.first_record - 1, segment.first_frame - 1, 0
        torn_at: int | None = None
        for found in scan(segment):
            whole = not isinstance(found, Damage) and (found.header.first_record, found.header.frame) == (record + 1, frame + 1)
            if torn_at is None and whole and found.header is not None:
                record, frame = record + found.header.records, frame + 1
                continue
            torn_at = found.offset if torn_at is None else torn_at
            if found.header is not None and found.header.synced > frame:  # a later frame vouches for the damaged one: no torn tail
                raise damaged(segment, record + 1, torn_at)
        offset = size if torn_at is None else torn_at
        return record, frame, offset, size - offset

    def _set_aside(self, segment: Segment) -> None:
        number = 1
        while (aside := segment.path.with_name(f"{segment.path.name}.{number}.torn")).exists():
            number += 1
        with _AsFault(segment.path):
            self._files.rename(segment.path, aside)
            self._files.sync_directory(self.folder)

    def _drain(self) -> None:
        """Write and sync what waits, a chunk at a time, in order; stop at the first failure."""
        if self._closed or (self._failure and self._monotonic_s() < self._retry_at_s):
            return
        while True:
            with self._state:
                chunk: list[Content] = []
                size = 0
                for content in self._pending:
                    if chunk and size + content.size > _CHUNK_BYTES:
                        break
                    chunk.append(content)
                    size += content.size
                self._in_flight = len(chunk)
            if not chunk:
                self._failure = ""
                return
            try:
                self._write(chunk)
            except OSError as fault:
                self._in_flight = 0
                self._failure = f"{fault.strerror or fault} ({self.folder})"
                self._retry_at_s = self._monotonic_s() + _RETRY_S
                return
            with self._state:
                del self._pending[: len(chunk)]
                self._pending_bytes -= size
                self._in_flight = 0
                self._synced_frame += len(chunk)
                self._synced_record += sum(content.records for content in chunk)

    def _write(self, chunk: list[Content]) -> None:
        """Make the chunk durable, or raise OSError and leave nothing behind that could be taken for it."""
        handle = self._handle if self._handle is not None else self._begin()
        parts, record, frame = [], self._synced_record + 1, self._synced_frame + 1
        for content in chunk:
            parts += [seal(content, self._mark, record, frame, self._synced_frame), content.payload]
            record, frame = record + content.records, frame + 1
        data = memoryview(b"".join(parts))
        done = 0
        try:
            while done < len(data):
                done += self._files.write(handle, data[done:])
        except OSError:
            try:
                self._files.truncate(handle, self._offset)
            except OSError:
                self._let_go()
            raise
        try:
            self._files.sync(handle)
        except OSError:
            self._let_go()
            raise
        self._offset += done
        if self._offset >= self._segment_bytes:
            self._let_go()

    def _begin(self) -> int:
        """A new segment for what is not yet durable; its name is durable before anything in it can be."""
        segment = segment_of(self.folder, self._synced_record + 1, self._synced_frame + 1, self._mark)
        if segment.path.exists():
            self._files.remove(segment.path)  # from a failed attempt: nothing in it was durable, and all of it is still in memory
        handle = self._files.create(segment.path)
        try:
            self._files.sync_directory(self.folder)
        except OSError:
            with suppress(OSError):
                self._files.close(handle)
            raise
        self._handle, self._segment, self._offset = handle, segment, 0
        return handle

    def _let_go(self) -> None:
        """Write no more to this segment. What it holds was synced, or is given up as not durable."""
        if self._handle is not None:
            with suppress(OSError):
                self._files.close(self._handle)
        self._handle = self._segment = None

    def _relieve(self) -> None:
        """Memory is full. Wait for a disk that is merely slow; from one that fails, give up the oldest records."""
        if not self._failure:
            if self._writing.acquire(timeout=_PATIENCE_S):
                try:
                    self._drain()
                finally:
                    self._writing.release()
            else:
                self._failure = f"the disk does not answer ({self.folder})"
        with self._state:
            if self._pending_bytes <= self._buffer_bytes:
                return
            begin = end = self._in_flight
            first = self._synced_record + 1 + sum(content.records for content in self._pending[:begin])
            gone_records = gone_bytes = newly = 0
            while end < len(self._pending) - 1 and self._pending_bytes - gone_bytes > self._buffer_bytes * 7 // 8:
                content = self._pending[end]
                gone_records += content.records
                gone_bytes += content.size
                newly += 0 if content.flags & LOST else content.records
                end += 1
            mark = [lost(gone_records, self._failure)] if gone_records else []
            self._pending[begin:end] = mark
            self._pending_bytes += sum(content.size for content in mark) - gone_bytes
            self.dropped += newly
            if newly:
                earlier = [span for span in self._given_up if span[0] < first]
                self._given_up = [*earlier, (first, first + gone_records - 1)]


def _parts(batch: Batch) -> Iterator[Batch]:
    """The batch, its lines cut in halves until a frame can hold them; the rest of it comes with the last part."""
    lines = batch.lines
    if len(lines) > 1 and int(np.sum(lines.end - lines.start)) + 32 * len(lines) > MAX_PAYLOAD_BYTES // 8:
        half = len(lines) // 2
        yield from _parts(Batch(lines.take(slice(0, half))))
        yield from _parts(replace(batch, lines=lines.take(slice(half, None))))
    else:
        yield batch


class _AsFault:
    """What the disk refuses while the journal is opened, as the user's fault: one line and what helps."""

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
    with _AsFault(folder):
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
