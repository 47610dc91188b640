"""The other copies of the journal: any number of targets, each fed by a thread of its own, none of which can hold up another.

A copy only ever takes the frame that follows its own newest one. One that lags, dies and comes back is caught up, from memory or from this
disk; one that holds another history under the same mark is told, left as it is, and sent nothing more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from tankerwatch.core.errors import InputFault
from tankerwatch.store.chain import Tree, origin
from tankerwatch.store.copies.window import Window
from tankerwatch.store.files import FileLayer, write_whole
from tankerwatch.store.frames import Placed
from tankerwatch.store.log import Fork, Log, Tip
from tankerwatch.store.retention import begin_of
from tankerwatch.store.seals import Seal, read_seal, seal_files
from tankerwatch.store.segments import journal_of, walk

CHUNK_BYTES: Final = 4 << 20
"""At most about this much between two syncs, so that what fits on a nearly full disk is saved."""
_FIRST_PAUSE_S: Final = 0.25
_LONGEST_PAUSE_S: Final = 15.0
_GOODBYE_S: Final = 3.0


class Target(Protocol):
    """Where a copy is kept. Every call may block, raises OSError while the copy cannot be reached or written, and Fork when it holds
    another history; what `append` was given is durable there when it returns.
    """

    name: str

    def tip(self, mark: bytes) -> Tip:
        """Where the copy ends."""
        ...

    def seals(self, mark: bytes) -> int:
        """The number of its newest seal, 0 for none."""
        ...

    def append(self, mark: bytes, frames: Sequence[Placed]) -> Tip:
        """Keep the next frames; those that are there already are passed over."""
        ...

    def seal(self, mark: bytes, seal: Seal) -> None:
        """Keep the next seal; its frames are there."""
        ...

    def frames(self, mark: bytes, after_frame: int) -> Iterator[list[Placed]]:
        """What it holds behind a frame, in pieces of some megabytes."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


class Copy:
    """The copy of one journal in a folder: what a directory and a vault keep. Raises InputFault, OSError and Fork."""

    def __init__(self, folder: Path, mark: bytes, *, files: FileLayer | None = None) -> None:
        self._files = files or FileLayer()
        begin = begin_of(folder) if folder.is_dir() else None
        self._begin = (begin.record + 1, begin.frame + 1) if begin else (1, 1)
        self._log = Log(folder, mark, replica=True, begin=begin, files=self._files)
        if self._log.mark != mark:
            self._log.close()
            raise Fork(f"holds another journal ({self._log.mark.hex()})")
        try:
            found = seal_files(folder)
            self._seal = read_seal(found[-1]) if found else None
        except BaseException:
            self._log.close()
            raise

    @property
    def tip(self) -> Tip:
        """Where it ends."""
        return self._log.tip

    @property
    def seals(self) -> int:
        """The number of its newest seal, 0 for none."""
        return self._seal.number if self._seal else 0

    def append(self, frames: Sequence[Placed]) -> Tip:
        """Keep the next frames, durably."""
        wanted = self._log.check(frames)
        if wanted:
            self._log.write(wanted)
        return self._log.tip

    def seal(self, seal: Seal) -> None:
        """Keep the next seal, once it is made sure that it says what is here. Raises Fork when it does not."""
        newest = self._seal
        if newest is not None and seal.number <= newest.number:
            if seal.number == newest.number and seal.digest != newest.digest:
                raise Fork(f"another seal {seal.number} is here")
            return
        expected = (newest.number + 1, newest.last_frame + 1, newest.digest) if newest else (1, self._begin[1], "")
        if not seal.genuine or (seal.number, seal.first_frame, seal.previous) != expected:
            raise Fork(f"seal {seal.number} does not follow the one that is here")
        tree, chain = Tree(), b""
        for frame in walk(self._log.folder, min(seal.last_frame, self.tip.frame), after_frame=seal.first_frame - 1, begin=self._begin):
            tree.append(frame.placed.leaf)
            chain = frame.header.chain
        if seal.last_frame > self.tip.frame or (seal.chain, seal.root) != (chain.hex(), tree.root.hex()):
            raise Fork(f"seal {seal.number} closes other frames than those that are here")
        write_whole(self._log.folder / seal.file_name, seal.to_json(), self._files)
        self._seal = seal
        if seal.last_frame == self.tip.frame:
            self._log.let_go()

    def frames(self, after_frame: int) -> Iterator[list[Placed]]:
        """What it holds behind a frame."""
        yield from in_pieces(self._log.folder, after_frame, self.tip.frame, self._begin)

    def close(self) -> None:
        """Let go."""
        self._log.close()


class DirectoryTarget:
    """A copy in another directory: a second disk, a share."""

    def __init__(self, directory: Path, *, files: FileLayer | None = None) -> None:
        self.name = str(directory)
        self._folder = journal_of(directory)
        self._files = files
        self._copy: Copy | None = None

    def _open(self, mark: bytes) -> Copy:
        if self._copy is None:
            try:
                self._copy = Copy(self._folder, mark, files=self._files)
            except InputFault as fault:
                raise OSError(fault.what) from fault
        return self._copy

    def tip(self, mark: bytes) -> Tip:
        """Where the copy ends."""
        return self._open(mark).tip

    def seals(self, mark: bytes) -> int:
        """The number of its newest seal."""
        return self._open(mark).seals

    def append(self, mark: bytes, frames: Sequence[Placed]) -> Tip:
        """Keep the next frames."""
        copy = self._open(mark)
        if not self._folder.is_dir():
            self.close()
            raise OSError("the directory is gone")
        try:
            return copy.append(frames)
        except OSError:
            self.close()  # the disk may come back as another one
            raise

    def seal(self, mark: bytes, seal: Seal) -> None:
        """Keep the next seal."""
        try:
            self._open(mark).seal(seal)
        except InputFault as fault:
            raise OSError(fault.what) from fault

    def frames(self, mark: bytes, after_frame: int) -> Iterator[list[Placed]]:
        """What it holds behind a frame."""
        try:
            yield from self._open(mark).frames(after_frame)
        except InputFault as fault:
            raise OSError(fault.what) from fault

    def close(self) -> None:
        """Let go."""
        copy, self._copy = self._copy, None
        if copy is not None:
            with suppress(OSError):
                copy.close()


def in_pieces(folder: Path, after_frame: int, last_frame: int, begin: tuple[int, int]) -> Iterator[list[Placed]]:
    """The frames of a journal on disk behind one and up to another, in pieces. Raises InputFault."""
    yield from pieces(frame.placed for frame in walk(folder, last_frame, after_frame=after_frame, begin=begin))


def pieces(frames: Iterable[Placed]) -> Iterator[list[Placed]]:
    """Frames together, as many as make `CHUNK_BYTES`."""
    piece: list[Placed] = []
    size = 0
    for placed in frames:
        piece.append(placed)
        size += len(placed.raw)
        if size >= CHUNK_BYTES:
            yield piece
            piece, size = [], 0
    if piece:
        yield piece


class Replicator:
    """Feeds one target from `folder` and `window`, in a thread of its own, for as long as the journal is open."""

    def __init__(
        self, target: Target, folder: Path, mark: bytes, window: Window, begin: tuple[int, int], ours: Callable[[], tuple[int, int]]
    ) -> None:
        self.target, self._ours = target, ours
        self.state = "connecting"
        """connecting · ok · behind · failing · forked"""
        self.words = ""
        """why it is failing or forked"""
        self.tip = Tip(0, 0, origin(mark))
        """where the copy ends, as far as it said so"""
        self._folder, self._mark, self._window, self._begin = folder, mark, window, begin
        self._seals = 0
        self._connected = False
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=f"copy {target.name}", daemon=True)

    @property
    def works(self) -> bool:
        """Whether it is worth waiting for it."""
        return self.state in ("connecting", "ok", "behind")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def begins(self, begin: tuple[int, int]) -> None:
        """The journal begins there now: what was before was dropped."""
        self._begin = begin

    def close(self) -> None:
        """Send what can still be sent in a moment, then let go."""
        with self._window.changed:
            self._closing = True
            self._window.changed.notify_all()
        self._thread.join(_GOODBYE_S)

    def _run(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                if not self._connected:
                    self._connect()
                sent = self._send()
                pause_s = _FIRST_PAUSE_S
            except (OSError, InputFault) as fault:
                self._tell("failing", getattr(fault, "what", "") or getattr(fault, "strerror", "") or str(fault))
                self._connected = False
                self.target.close()
                if self._rest(pause_s):
                    break
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
                continue
            except Fork as fault:
                self._tell("forked", str(fault))
                break
            if not sent and self._wait():
                break
        self.target.close()

    def _connect(self) -> None:
        """Find out where the copy ends, and that what it has is ours."""
        tip = self.target.tip(self._mark)
        if tip.frame + 1 < self._begin[1]:
            what = f"ends at record {tip.record}, and this journal begins at record {self._begin[0]}: what lies between was dropped here"
            raise Fork(f"{what}; begin the copy anew with tankerwatch restore")
        if tip.chain != self._chain_at(tip.frame):
            raise Fork(f"holds another history from record {tip.record} on or before" if tip.frame else "holds another journal")
        self._seals = self.target.seals(self._mark)
        self._connected = True
        self._advance(tip)

    def _chain_at(self, frame: int) -> bytes:
        """Our chain at a frame; b"" when we have no such frame."""
        if frame < self._begin[1]:
            begin = begin_of(self._folder)
            return origin(self._mark) if frame == 0 else begin.chain if begin and begin.frame == frame else b""
        found = self._window.after(frame - 1, 1)
        if found:
            return found[0].header.chain
        try:
            return next(iter(walk(self._folder, frame, after_frame=frame - 1, begin=self._begin))).header.chain
        except (InputFault, StopIteration):
            return b""

    def _send(self) -> bool:
        """Send the next seal or the next frames; whether there were any."""
        frames = self._window.after(self.tip.frame, CHUNK_BYTES)
        stored_frame, newest_seal = self._ours()  # asked after that: a seal is made before anything behind it is offered
        if newest_seal > self._seals:
            for path in seal_files(self._folder)[self._seals :]:
                seal = read_seal(path)
                if seal.last_frame > self.tip.frame:  # a run ends there, and so does a segment of the copy, which can be dropped whole
                    stored_frame = min(stored_frame, seal.last_frame)
                    frames = [frame for frame in frames if frame.header.frame <= seal.last_frame] if frames else frames
                    break
                if self._seals < seal.number:
                    self.target.seal(self._mark, seal)
                    self._seals = seal.number
        if not frames and stored_frame > self.tip.frame:  # longer ago than the memory reaches
            self._tell("behind", "")
            for piece in in_pieces(self._folder, self.tip.frame, stored_frame, self._begin):
                self._advance(self.target.append(self._mark, piece))
                return True
        if frames:
            self._advance(self.target.append(self._mark, frames))
            return True
        self._tell("ok", "")
        return False

    def _wait(self) -> bool:
        """Until there is more; whether this is the end."""
        with self._window.changed:
            if self._closing:
                return True
            if self._window.after(self.tip.frame, 1) != []:
                return False
            self._window.changed.wait(1.0)
            return False

    def _rest(self, pause_s: float) -> bool:
        with self._window.changed:
            return self._closing or self._window.changed.wait_for(lambda: self._closing, pause_s)

    def _tell(self, state: str, words: str) -> None:
        with self._window.changed:
            self.state, self.words = state, words
            self._window.changed.notify_all()

    def _advance(self, tip: Tip) -> None:
        with self._window.changed:
            self.tip = tip
            self._window.changed.notify_all()
