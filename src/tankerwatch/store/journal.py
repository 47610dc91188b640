"""The append-only truth: all that comes in is here before anything is acted on.

The journal gives each frame its place and its chain, writes it to the copy on this disk (`log.py`), and hands it to the other copies
(`copies/`). What no copy has yet waits in memory, so a full or failing disk stops no watching: other copies take what this one cannot,
and it is caught up when it can be written again. See `failure`.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from math import floor, isfinite, isnan
from pathlib import Path
from typing import Any

import numpy as np

from tankerwatch.core.errors import InputFault, TankerwatchFault
from tankerwatch.core.tables import Batch
from tankerwatch.store.chain import origin
from tankerwatch.store.copies.replicas import CHUNK_BYTES, Replicator, Target
from tankerwatch.store.copies.window import Window
from tankerwatch.store.files import FileLayer
from tankerwatch.store.frames import LOST, MAX_PAYLOAD_BYTES, Content, Placed, decode, encode, lost, place
from tankerwatch.store.keys import Keys
from tankerwatch.store.log import Fork, Log, Tip
from tankerwatch.store.retention import begin_of, drop_old
from tankerwatch.store.seals import Checkpoint, Sealer, read_seal, seal_files
from tankerwatch.store.segments import MARK_BYTES, journal_of, walk

_RETRY_S = 0.5
_PATIENCE_S = 5.0
"""How long an append waits for another thread's commit when the memory is full, before it takes the disk for dead."""
_CONFIRM_S = 2.0
"""How long a commit that this disk refused waits for another copy to have it."""
_ASK_S = 5.0
"""How long the start waits for a copy to say where it ends."""
SEAL_S = 3600.0
SEGMENT_BYTES = 64 << 20


class FileJournal:
    """The journal in `directory`/journal and its copies; `ports.Journal`. Close it to let the next one in.

    One thread may append while another commits; everything else may be read from any thread. `buffer_bytes` bounds what waits in
    memory while no copy takes it: beyond it the oldest is given up, counted in `dropped` and journalled as lost. targets: the other copies;
    min_copies: how many must have a record for it to be durable, this disk counted. now_s: the clock of seals and checkpoints, else the
    newest one of what is journalled. Raises InputFault when the directory cannot be used,
    another process writes there, or the newest segment is damaged where it was durable.
    """

    def __init__(
        self,
        directory: Path,
        *,
        segment_bytes: int = SEGMENT_BYTES,
        create: bool = True,
        buffer_bytes: int = 64 << 20,
        targets: Sequence[Target] = (),
        min_copies: int = 1,
        seal_s: float = SEAL_S,
        seal_bytes: int = SEGMENT_BYTES,
        files: FileLayer | None = None,
        monotonic_s: Callable[[], float] = time.monotonic,
        now_s: Callable[[], float] | None = None,
    ) -> None:
        self.folder = journal_of(directory)
        self.dropped = 0
        """records given up since the journal was opened, because no copy took them for longer than the memory lasted"""
        self._files, self._monotonic_s = files or FileLayer(), monotonic_s
        self._buffer_bytes, self._min_copies = buffer_bytes, min_copies
        self._failure, self._retry_at_s = "", 0.0
        self._seal_failure, self._seal_at_s = "", 0.0
        self._writing = threading.Lock()  # held while a disk is touched
        self._state = threading.Lock()  # held for moments, over the fields below
        self._pending: list[Content] = []
        self._pending_bytes = 0
        self._flight: list[Placed] = []
        self._taken = 0  # how many of the pending are in flight
        self._offered = False
        self._given_up: list[tuple[int, int]] = []
        self._clock_s = float("nan")
        self._closed = False
        begin = begin_of(self.folder) if self.folder.is_dir() else None
        self._log = Log(self.folder, os.urandom(MARK_BYTES), segment_bytes=segment_bytes, create=create, begin=begin, files=self._files)
        try:
            self._begin = (begin.record + 1, begin.frame + 1) if begin else (1, 1)
            for target in targets:
                self._pull(target)
            self.mark, self._tip = self._log.mark, self._log.tip
            self._sealer = self._open_sealer(seal_bytes, seal_s, now_s, begin)
        except BaseException:
            self._log.close()
            raise
        self._records = self._tip.record
        self._measured = self._measure()
        self._window = Window(buffer_bytes)
        self.replicators = [
            Replicator(target, self.folder, self.mark, self._window, self._begin, lambda: (self._log.tip.frame, self._sealer.number))
            for target in targets
        ]
        for replicator in self.replicators:
            replicator.start()

    @property
    def torn_tail(self) -> int:
        """Bytes at the end of the newest segment that were no whole frame when it was opened; they stay where they are."""
        return self._log.torn_tail

    @property
    def durable(self) -> int:
        """Enough copies have everything up to this record. After a loss it stands still until the journal is opened anew."""
        copies = sorted([self._log.tip.record, *(replicator.tip.record for replicator in self.replicators)], reverse=True)
        reached = copies[self._min_copies - 1] if len(copies) >= self._min_copies else 0
        return min(reached, self._given_up[0][0] - 1) if self._given_up else reached

    @property
    def records(self) -> int:
        """The number of the newest record appended."""
        return self._records

    @property
    def stored(self) -> Tip:
        """What this disk holds: its newest record and frame, and the chain there."""
        return self._log.tip

    @property
    def failure(self) -> str:
        """Why nothing more can be written to this disk, "" while all is well."""
        return self._failure or self._seal_failure

    @property
    def damage(self) -> str:
        """What this disk had and has no more, "" while all is there. It stays so until the journal is opened anew."""
        return f"{self._log.gone} was removed from {self.folder}: restore it from a copy" if self._log.gone else ""

    @property
    def waiting_bytes(self) -> int:
        """Bytes in memory that no copy has yet."""
        return self._pending_bytes

    @property
    def size_bytes(self) -> int:
        """What the journal takes on disk; asked for every second, so the folder, which may hold a year of files, is not looked through."""
        return self._measured + self._log.written_bytes

    def is_durable(self, number: int) -> bool:
        """Whether this very record is on as many copies as it must be, also when one before it was lost."""
        copies = [self._log.tip.record, *(replicator.tip.record for replicator in self.replicators)]
        if sum(record >= number for record in copies) < self._min_copies:
            return False
        return not any(first <= number <= last for first, last in list(self._given_up))

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
        if content.raw_bytes > MAX_PAYLOAD_BYTES:
            raise TankerwatchFault(f"a batch of {content.raw_bytes} bytes; the journal takes {MAX_PAYLOAD_BYTES}")
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
        """Write all appended records to this disk, or to another copy while it fails; the number up to which they are durable.

        Never raises for the disk: see `failure`.
        """
        with self._writing:
            self._drain()
        return self.durable

    def replay(self, after_frame: int = 0) -> Iterator[Batch]:
        """Everything on this disk behind a frame, as it was appended; holds one batch in memory.

        Raises InputFault with record, file and offset when something durable is damaged or missing.
        """
        for frame in walk(self.folder, self._log.tip.frame, after_frame=after_frame, begin=self._begin):
            if frame.header.flags & LOST:
                continue
            try:
                yield decode(frame.header, frame.payload)
            except ValueError as fault:
                raise InputFault(f"record {frame.header.first_record}: {fault}", where=str(self.folder)) from fault

    def checkpoint(self) -> Checkpoint:
        """All that this disk holds, vouched for: to be kept somewhere else."""
        with self._writing:
            return self._sealer.checkpoint()

    def drop_old(self, keep_s: float, now_s: float) -> int:
        """Drop what was received longer than `keep_s` ago, in whole sealed runs; how many. Raises OSError and InputFault."""
        with self._writing:
            dropped = drop_old(self.folder, self._sealer.keys, keep_s, now_s, files=self._files)
            begin = begin_of(self.folder)
            self._measured = self._measure()
            if begin is not None:
                self._begin = (begin.record + 1, begin.frame + 1)
            for replicator in self.replicators:
                replicator.begins(self._begin)
        return dropped

    def copies(self) -> list[dict[str, Any]]:
        """How each of the other copies is: its name, state, words, newest record, and how many it is behind."""
        return [
            {
                "name": replicator.target.name,
                "state": replicator.state,
                "words": replicator.words,
                "record": replicator.tip.record,
                "behind": max(self._log.tip.record - replicator.tip.record, 0),
            }
            for replicator in self.replicators
        ]

    def close(self) -> None:
        """Commit and let go. What no copy takes even now is lost, and `failure` says so."""
        with self._writing:
            if self._closed:
                return
            self._retry_at_s = 0.0
            self._drain()
            self._closed = True
            for replicator in self.replicators:
                replicator.close()
            self._log.close()

    def __enter__(self) -> FileJournal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open_sealer(self, most_bytes: int, seal_s: float, now_s: Callable[[], float] | None, begin: Tip | None) -> Sealer:
        files = seal_files(self.folder)
        newest = read_seal(files[-1]) if files else None
        keys = Keys(self.folder, self._files)
        if newest is not None:
            keys.settle(newest.next_public_key)
            before = Tip(newest.last_record, newest.last_frame, bytes.fromhex(newest.chain))
        else:
            before = begin or Tip(0, 0, origin(self._log.mark))
        sealer = Sealer(
            self.folder, self._log.mark, keys, newest, before, most_bytes=most_bytes, every_s=seal_s, now_s=now_s, files=self._files
        )
        for frame in walk(self.folder, self._log.tip.frame, after_frame=before.frame, begin=self._begin):
            sealer.note(frame.placed)
        return sealer

    def _pull(self, target: Target) -> None:
        """A copy that is ahead of this disk, which failed before the end, gives back what it has more."""
        answers: list[Tip] = []

        def ask() -> None:
            with suppress(OSError, Fork):
                answers.append(target.tip(self._log.mark))

        asking = threading.Thread(target=ask, name=f"ask {target.name}", daemon=True)
        asking.start()
        asking.join(_ASK_S)
        try:
            if answers and answers[0].frame > self._log.tip.frame:
                for frames in target.frames(self._log.mark, self._log.tip.frame):
                    self._log.write(self._log.check(frames))
        except (OSError, Fork):
            return  # its replicator will say so

    def _drain(self) -> None:
        """Write and sync what waits now, a chunk at a time, in order; stop at the first failure."""
        if self._closed:
            return
        if self._failure and self._monotonic_s() < self._retry_at_s and not self.replicators:
            return
        self._catch_up()
        left = len(self._pending)  # what comes meanwhile is for the next call: this one must come to its end
        while left > 0:
            if not self._flight:
                self._take_off()
            if not self._flight:
                break  # some of it was given up meanwhile
            if not self._land():
                if not self._offered:  # nobody has seen it: what comes meanwhile may go with it, or it may be given up
                    self._flight, self._taken = [], 0
                return
            with self._state:
                left -= self._taken
                gone = self._pending[: self._taken]
                del self._pending[: self._taken]
                self._pending_bytes -= sum(content.size for content in gone)
                self._taken = 0
            newest = self._flight[-1].header
            self._tip = Tip(newest.last_record, newest.frame, newest.chain)
            self._flight = []
        if self._sealer.due and self._monotonic_s() >= self._seal_at_s:
            self._seal()

    def _take_off(self) -> None:
        """Give the next chunk its place."""
        with self._state:
            size = 0
            for content in self._pending:
                if self._taken and size + content.size > CHUNK_BYTES:
                    break
                self._taken += 1
                size += content.size
            chunk = self._pending[: self._taken]
        record, frame, chain = self._tip
        synced = self._log.tip.frame
        for content in chunk:
            placed = place(content, self.mark, record + 1, frame + 1, synced, chain)
            self._flight.append(placed)
            record, frame, chain = placed.header.last_record, placed.header.frame, placed.header.chain
        self._offered = False

    def _land(self) -> bool:
        """Whether some copy has the chunk: this disk, or while it fails another one."""
        if self._log.tip.frame + 1 == self._flight[0].header.frame and not self._failing():
            try:
                self._log.write(self._flight)
            except OSError as fault:
                self._fail(fault)
            else:
                self._failure = ""
                self._note(self._flight)
                if not self._offered:
                    self._offer()
                return True
        if not self.replicators:
            return False
        if not self._offered:
            self._offer()
        newest = self._flight[-1].header.frame

        def held() -> bool:
            return any(replicator.tip.frame >= newest for replicator in self.replicators)

        with self._window.changed:
            self._window.changed.wait_for(lambda: held() or not any(replicator.works for replicator in self.replicators), _CONFIRM_S)
            return held()

    def _offer(self) -> None:
        self._offered = True
        if self.replicators:
            self._window.add(self._flight)
            self._window.trim(max(self._log.tip.frame, *(replicator.tip.frame for replicator in self.replicators)))

    def _failing(self) -> bool:
        return bool(self._failure) and self._monotonic_s() < self._retry_at_s

    def _fail(self, fault: OSError) -> None:
        self._failure = f"{fault.strerror or fault} ({self.folder})"
        self._retry_at_s = self._monotonic_s() + _RETRY_S

    def _catch_up(self) -> None:
        """Bring this disk to what other copies took while it failed."""
        if self._log.tip.frame >= self._tip.frame or self._failing():
            return
        self._failure = ""
        try:
            while self._log.tip.frame < self._tip.frame:
                frames = self._window.after(self._log.tip.frame, CHUNK_BYTES)
                if frames is None:
                    ahead = max(self.replicators, key=lambda replicator: replicator.tip.frame)
                    for frames in ahead.target.frames(self.mark, self._log.tip.frame):
                        self._store(frames)
                    continue
                self._store(frames)
            self._failure = ""
        except OSError as fault:
            self._fail(fault)
        except Fork as fault:
            self._failure = f"{fault} ({self.folder})"

    def _store(self, frames: Sequence[Placed]) -> None:
        wanted = self._log.check(frames)
        if not wanted:
            raise OSError("no copy has what is missing here")
        self._log.write(wanted)
        self._note(wanted)

    def _note(self, frames: Sequence[Placed]) -> None:
        for frame in frames:
            self._sealer.note(frame)

    def _measure(self) -> int:
        """What is in the folder, but for what is counted as it is written."""
        with os.scandir(self.folder) as entries:
            return sum(entry.stat().st_size for entry in entries if entry.is_file()) - self._log.written_bytes

    def _seal(self) -> None:
        try:
            seal = self._sealer.seal()
        except OSError as fault:
            self._seal_failure = f"cannot be sealed: {fault.strerror or fault} ({self.folder})"
            self._seal_at_s = self._monotonic_s() + _RETRY_S
            return
        self._seal_failure = ""
        if seal is not None:
            self._measured += len(seal.to_json())
            self._log.let_go()  # a seal ends its segment, so that both can be dropped together
            with self._window.changed:
                self._window.changed.notify_all()

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
            begin = end = self._taken
            first = self._tip.record + 1 + sum(content.records for content in self._pending[:begin])
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
