"""What a vault keeps on disk: for each journal its copy, and who began it. It can be read and added to; only age takes anything away.

VAULT/MARK/owner        who began it
VAULT/MARK/journal/     the copy: segments, seals, tombstones (`replicas.Copy`)
VAULT/signing/          the vault's own key, for its tombstones
"""

from __future__ import annotations

import fcntl
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from tankerwatch.core.errors import InputFault
from tankerwatch.store.chain import link, origin
from tankerwatch.store.copies.replicas import CHUNK_BYTES, Copy
from tankerwatch.store.files import FileLayer, write_whole
from tankerwatch.store.frames import HEADER_BYTES, MAX_PAYLOAD_BYTES, Placed, parse
from tankerwatch.store.keys import Keys
from tankerwatch.store.log import Fork, Tip
from tankerwatch.store.retention import DAY_S, Tombstone, begin_of, drop_old, tombstones
from tankerwatch.store.seals import Seal, read_seal, seal_files
from tankerwatch.store.segments import journal_of, segments_in, walk

MOST_JOURNALS: Final = 16
"""Of one owner."""
MOST_APPEND_BYTES: Final = CHUNK_BYTES + HEADER_BYTES + MAX_PAYLOAD_BYTES
"""The longest piece that a journal may send: a chunk, and a last frame of any size."""
PIECE_BYTES: Final = 8 << 20
"""About this much is given back at once."""
_MARK: Final = re.compile(r"[0-9a-f]{16}")


class Refused(Exception):
    """The vault does not do that. `status` is HTTP's word for why."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class Standing(NamedTuple):
    """Where a copy ends, the number of its newest seal, that of the newest whose frames were dropped; bytes of frames."""

    tip: Tip
    seals: int
    dropped: int
    bytes: int


@dataclass(slots=True)
class _Kept:
    """One journal."""

    directory: Path
    mark: bytes
    owner: str
    lock: threading.Lock = field(default_factory=threading.Lock)
    copy: Copy | None = None
    seals: list[Path] = field(default_factory=list)
    dropped: int = 0

    @property
    def folder(self) -> Path:
        return journal_of(self.directory)

    def open(self) -> Copy:
        """The copy, for whoever holds the lock."""
        if self.copy is None:
            self.copy = Copy(self.folder, self.mark)
            self.seals = seal_files(self.folder)
            stones = tombstones(self.folder)
            self.dropped = stones[-1][1].number if stones else 0
        return self.copy

    def close(self) -> None:
        """Open it anew next time."""
        copy, self.copy = self.copy, None
        if copy is not None:
            copy.close()


class Shelves:
    """The journals in a directory. Any thread may call; for one journal they wait for each other.

    keep_s: what was received longer ago may be dropped (`age_out`); most_bytes: nothing more is taken beyond, None for no such bound.
    Raises InputFault when the directory cannot be used or another vault serves it; calls raise Refused, Fork, OSError and InputFault.
    """

    def __init__(self, directory: Path, *, keep_s: float, most_bytes: int | None = None) -> None:
        if not keep_s >= DAY_S:
            raise InputFault("a vault keeps what it has for a day at least", where="--keep-days")
        self._directory, self._keep_s, self._most_bytes = directory, keep_s, most_bytes
        self._lock = threading.Lock()
        self._handle = _alone(directory)
        try:
            signing = directory / "signing"
            signing.mkdir(exist_ok=True, mode=0o700)
            self._keys = Keys(signing)
            self._kept = {kept.mark: kept for kept in _found(directory)}
            self._bytes = self._measure()
        except OSError as fault:
            os.close(self._handle)
            raise InputFault(f"cannot be used: {fault.strerror or fault}", where=str(directory)) from fault
        except BaseException:
            os.close(self._handle)
            raise

    @property
    def size_bytes(self) -> int:
        """What the journals take."""
        return self._bytes

    def marks(self, owner: str) -> list[bytes]:
        """The journals of an owner."""
        with self._lock:
            return sorted(kept.mark for kept in self._kept.values() if kept.owner == owner)

    def standing(self, owner: str, mark: bytes) -> Standing:
        """Where a journal ends."""
        with self._opened(owner, mark) as (kept, copy):
            size = sum(segment.path.stat().st_size for segment in segments_in(kept.folder))
            return Standing(copy.tip, copy.seals, kept.dropped, size)

    def append(self, owner: str, mark: bytes, raw: bytes) -> Tip:
        """Keep the next frames, durably; the first ones begin a journal."""
        try:
            frames = list(parse(raw, mark))
        except ValueError as fault:
            raise Refused(400, str(fault)) from fault
        if not frames:
            raise Refused(400, "no frames")
        if self._most_bytes is not None and self._bytes + len(raw) > self._most_bytes:
            raise Refused(507, f"the vault is full: {self._most_bytes} bytes are what it may take")
        self._claim(owner, mark, frames[0])
        with self._opened(owner, mark) as (kept, copy):
            before = copy.tip.frame
            try:
                tip = copy.append(frames)
            except OSError:
                kept.close()  # the disk may come back as another one
                raise
            with self._lock:
                self._bytes += sum(len(frame.raw) for frame in frames if frame.header.frame > before)
            return tip

    def seal(self, owner: str, mark: bytes, raw: bytes) -> None:
        """Keep the next seal."""
        try:
            seal = Seal.from_json(raw)
        except ValueError as fault:
            raise Refused(400, str(fault)) from fault
        if seal.mark != mark.hex():
            raise Refused(400, "is the seal of another journal")
        with self._opened(owner, mark) as (kept, copy):
            newest = copy.seals
            copy.seal(seal)
            if copy.seals > newest:
                path = kept.folder / seal.file_name
                kept.seals.append(path)
                with self._lock:
                    self._bytes += path.stat().st_size

    def frames(self, owner: str, mark: bytes, after_frame: int) -> bytes:
        """The frames behind one, about `PIECE_BYTES` of them, as they are; none when there are none. Ends before one that is damaged."""
        with self._opened(owner, mark) as (kept, copy):
            last = copy.tip.frame
            begin = begin_of(kept.folder)
        pieces: list[bytes] = []
        size = 0
        try:
            for frame in walk(kept.folder, last, after_frame=after_frame, begin=(begin.record + 1, begin.frame + 1) if begin else (1, 1)):
                pieces += (frame.head, frame.payload)
                size += len(frame.head) + len(frame.payload)
                if size >= PIECE_BYTES:
                    break
        except InputFault:
            if not pieces:
                raise
        return b"".join(pieces)

    def sealed(self, owner: str, mark: bytes, number: int) -> tuple[Seal, Tombstone | None]:
        """A seal, and the tombstone of its frames when they were dropped."""
        with self._opened(owner, mark) as (kept, _):
            if not 1 <= number <= len(kept.seals):
                raise Refused(404, "there is no such seal")
            path = kept.seals[number - 1]
        seal = read_seal(path)
        try:
            return seal, Tombstone.from_json(path.with_suffix(".dropped").read_bytes())
        except FileNotFoundError:
            return seal, None
        except ValueError as fault:
            raise InputFault(str(fault), where=path.name) from fault

    def age_out(self, now_s: float) -> int:
        """Drop what was received too long ago by the vault's own clock; how many sealed runs. Nobody outside can ask for it."""
        with self._lock:
            everything = list(self._kept.values())
        dropped = 0
        for kept in everything:
            if not kept.folder.is_dir():
                continue
            with kept.lock:
                try:
                    dropped += drop_old(kept.folder, self._keys, self._keep_s, now_s, age_of=_received)
                finally:
                    kept.close()  # it begins later now
        size = self._measure()
        with self._lock:
            self._bytes = size
        return dropped

    def close(self) -> None:
        """Let go of everything, once what is being written is written."""
        for kept in list(self._kept.values()):
            with kept.lock:
                kept.close()
        os.close(self._handle)

    @contextmanager
    def _opened(self, owner: str, mark: bytes) -> Iterator[tuple[_Kept, Copy]]:
        with self._lock:
            kept = self._kept.get(mark)
        if kept is None or kept.owner != owner:
            raise Refused(404, "there is no such journal")
        with kept.lock:
            yield kept, kept.open()

    def _claim(self, owner: str, mark: bytes, first: Placed) -> None:
        """A journal that nobody has begun yet belongs to who sends its very first frame; that is durable before the frame is."""
        with self._lock:
            if mark in self._kept:
                return
            if first.header.frame != 1 or first.header.first_record != 1 or first.header.chain != link(origin(mark), first.leaf):
                raise Fork("a journal begins with its first frame")
            if sum(kept.owner == owner for kept in self._kept.values()) >= MOST_JOURNALS:
                raise Refused(403, f"{MOST_JOURNALS} journals are here already; one writer has no more")
            directory, files = self._directory / mark.hex(), FileLayer()
            directory.mkdir(exist_ok=True, mode=0o700)
            files.sync_directory(self._directory)
            write_whole(directory / "owner", f"{owner}\n".encode(), files)
            self._kept[mark] = _Kept(directory, mark, owner)

    def _measure(self) -> int:
        return sum(path.stat().st_size for kept in list(self._kept.values()) if kept.folder.is_dir() for path in kept.folder.iterdir())


def _received(path: Path, seal: Seal) -> float:
    """When a seal came, by the clock of this machine; a writer's clock that is ahead counts for up to a day."""
    came_s = path.stat().st_mtime
    return max(came_s, min(seal.newest_s, came_s + DAY_S))


def _found(directory: Path) -> Iterator[_Kept]:
    for path in sorted(directory.iterdir()):
        if _MARK.fullmatch(path.name) and (path / "owner").is_file():
            yield _Kept(path, bytes.fromhex(path.name), (path / "owner").read_text(encoding="utf-8").strip())


def _alone(directory: Path) -> int:
    """A handle that is the only right to serve this directory."""
    try:
        handle = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as fault:
        help = "tankerwatch vault init DIR --name HOST makes one"
        raise InputFault(f"is no vault: {fault.strerror}", where=str(directory), help=help) from fault
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        os.close(handle)
        raise InputFault("another process serves this vault", where=str(directory), help="stop it first") from fault
    return handle


class SteadyClock:
    """Tells whether the machine's clock went as time did: a clock that jumps must not make everything old at once."""

    def __init__(self, now_s: Callable[[], float], monotonic_s: Callable[[], float], most_s: float = 60.0) -> None:
        self._now_s, self._monotonic_s, self._most_s = now_s, monotonic_s, most_s
        self._offset_s = now_s() - monotonic_s()

    def steady(self) -> bool:
        """Whether it did since this was asked last."""
        offset_s = self._now_s() - self._monotonic_s()
        jumped, self._offset_s = abs(offset_s - self._offset_s) > self._most_s, offset_s
        return not jumped
