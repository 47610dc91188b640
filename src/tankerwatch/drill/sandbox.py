"""The only place that a strike can reach: a fresh folder of this very run, made here and removed at the end.

A strike is given a `Sandbox` and names within it, never a path. Before anything is done, the sandbox makes sure that it still is the folder
that it made: a real directory in the place for temporary files, the same one that was opened at the beginning, ours, with this run's nonce
in it. Every name is followed part by part from there, links are refused on the way, and so is a file that also has a name elsewhere.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Self

from tankerwatch.core.errors import TankerwatchFault

CAP_BYTES: Final = 1 << 30
"""A drill never holds more than this."""
_NONCE: Final = ".tankerwatch-drill"
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_TRIES: Final = 20
_CHECK_BYTES: Final = 1 << 20
"""After so much was written, what there is is counted anew."""


class Refused(TankerwatchFault):
    """A strike asked for something that is not surely its own; nothing was touched."""


class Sandbox:
    """A fresh folder for one run, removed when it is left. Every call raises Refused before it touches what is not its own.

    Names are relative, with `/` between their parts.
    """

    def __init__(self) -> None:
        self._nonce, self._grown = secrets.token_bytes(32), 0
        self._beside = Path(tempfile.gettempdir()).resolve(strict=True)
        self._path = Path(tempfile.mkdtemp(prefix="tankerwatch-drill-", dir=self._beside))
        self._root = os.open(self._path, _FOLDER)
        handle = os.open(_NONCE, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FILE, 0o600, dir_fd=self._root)
        try:
            os.write(handle, self._nonce)
        finally:
            os.close(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the folder and all that is in it; what is no longer surely this folder is left alone."""
        if self._root < 0:
            return
        try:
            self._check()
            for name in sorted(os.listdir(self._root)):  # noqa: PTH208  # a path could lead elsewhere, the open folder cannot
                if stat.S_ISDIR(os.stat(name, dir_fd=self._root, follow_symlinks=False).st_mode):
                    self._remove_all(name)
                elif name != _NONCE:
                    os.unlink(name, dir_fd=self._root)
            os.unlink(_NONCE, dir_fd=self._root)
            self._path.rmdir()
        finally:
            os.close(self._root)
            self._root = -1

    def _remove_all(self, name: str) -> None:
        _tried(lambda: shutil.rmtree(name, dir_fd=self._root))

    def _check(self) -> None:
        """That this still is the folder that was made. Raises Refused."""
        if self._root < 0:
            raise Refused("the drill's folder is closed")
        try:
            named, opened = self._path.lstat(), os.fstat(self._root)
            beside = self._path.parent.resolve(strict=True)
            found = self._nonce_here()
        except OSError as fault:
            raise Refused(f"the drill's folder cannot be made sure of: {fault.strerror}") from fault
        if not stat.S_ISDIR(named.st_mode) or not os.path.samestat(named, opened):
            raise Refused("the drill's folder is not the directory that this run made")
        if beside != self._beside or beside != self._path.parent or named.st_uid != os.geteuid():
            raise Refused("the drill's folder is not in the place for temporary files, or not ours")
        if not secrets.compare_digest(found, self._nonce):
            raise Refused("the drill's folder does not carry this run's nonce")

    def _nonce_here(self) -> bytes:
        handle = os.open(_NONCE, os.O_RDONLY | _FILE, dir_fd=self._root)
        try:
            found = os.fstat(handle)
            return os.read(handle, 64) if stat.S_ISREG(found.st_mode) and found.st_nlink == 1 else b""
        finally:
            os.close(handle)

    @contextmanager
    def _within(self, name: str) -> Iterator[tuple[int, str]]:
        """The open folder in which the last part of a name lies, and that part."""
        self._check()
        parts = name.split("/")
        if any(part in ("", ".", "..", _NONCE) or "\0" in part for part in parts):
            raise Refused(f"{name!r} is no name within the drill's folder")
        handle = os.dup(self._root)
        try:
            for part in parts[:-1]:
                try:
                    inner = os.open(part, _FOLDER, dir_fd=handle)
                except FileNotFoundError:
                    raise
                except OSError as fault:
                    raise Refused(f"{name!r} leads over something that is no directory") from fault
                os.close(handle)
                handle = inner
            yield handle, parts[-1]
        finally:
            os.close(handle)

    @contextmanager
    def _file(self, name: str, how: int) -> Iterator[int]:
        """A plain file that has this one name, open."""
        with self._within(name) as (folder, last):
            try:
                handle = os.open(last, how | _FILE, 0o600, dir_fd=folder)
            except FileNotFoundError:
                raise
            except OSError as fault:
                raise Refused(f"{name!r} is no plain file") from fault
            try:
                found = os.fstat(handle)
                if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
                    raise Refused(f"{name!r} is no plain file of one name")
                yield handle
            finally:
                os.close(handle)

    def folder(self, name: str) -> Path:
        """A folder, made when it is not there, for the program's own code to keep something in."""
        for i in range(name.count("/") + 1):
            with self._within("/".join(name.split("/")[: i + 1])) as (above, last):
                with suppress(FileExistsError):
                    os.mkdir(last, 0o700, dir_fd=above)
                if not stat.S_ISDIR(os.stat(last, dir_fd=above, follow_symlinks=False).st_mode):
                    raise Refused(f"{name!r} leads over something that is no directory")
        return self._path.joinpath(*name.split("/"))

    def names(self, name: str) -> list[str]:
        """The names of what is in a folder, in order; none when it is not there."""
        try:
            with self._within(f"{name}/x") as (folder, _):
                return sorted(os.listdir(folder))  # noqa: PTH208  # a path could lead elsewhere, the open folder cannot
        except FileNotFoundError:
            return []

    def read(self, name: str) -> bytes:
        """All of a file."""
        with self._file(name, os.O_RDONLY) as handle, open(handle, "rb", closefd=False) as file:
            return file.read()

    def write(self, name: str, data: bytes) -> None:
        """Make the file hold this and nothing else. Refused beyond the cap."""
        with self._file(name, os.O_WRONLY | os.O_CREAT) as handle:
            size = os.fstat(handle).st_size
            self._grown += max(0, len(data) - size)
            if self._grown > _CHECK_BYTES:
                if self.size_bytes() + len(data) - size > CAP_BYTES:
                    raise Refused(f"the drill would hold more than {CAP_BYTES} bytes")
                self._grown = 0
            done = 0
            while done < len(data):
                done += os.pwrite(handle, data[done:], done)
            if size > len(data):  # cut at the end and not before: a file that is emptied first is waited for by some file systems
                os.ftruncate(handle, len(data))

    def truncate(self, name: str, size: int) -> None:
        """Cut a file."""
        with self._file(name, os.O_WRONLY) as handle:
            os.ftruncate(handle, min(size, os.fstat(handle).st_size))

    def rename(self, name: str, to: str) -> None:
        """Give a file another name in its folder, which must be free."""
        with self._file(name, os.O_RDONLY), self._within(name) as (folder, last):
            if "/" in to or to in ("", ".", "..", _NONCE, *os.listdir(folder)):  # noqa: PTH208  # as above
                raise Refused(f"{to!r} is no free name")
            os.rename(last, to, src_dir_fd=folder, dst_dir_fd=folder)

    def remove(self, name: str) -> None:
        """Remove a file."""
        with self._file(name, os.O_RDONLY), self._within(name) as (folder, last):
            os.unlink(last, dir_fd=folder)

    def remove_folder(self, name: str) -> None:
        """Remove a folder and all that is in it, also while a process of the drill writes there."""
        with self._within(name) as (above, last):
            for _, folders, files, handle in os.fwalk(last, dir_fd=above, follow_symlinks=False):
                for each in (*folders, *files):
                    with suppress(FileNotFoundError):
                        if stat.S_ISLNK(os.stat(each, dir_fd=handle, follow_symlinks=False).st_mode):
                            raise Refused(f"there is a link in {name!r}")
            _tried(lambda: shutil.rmtree(last, dir_fd=above))

    def put(self, name: str, files: Mapping[str, bytes]) -> None:
        """Make a folder hold exactly these files."""
        self.folder(name)
        for each in self.names(name):
            if each not in files:
                self.remove(f"{name}/{each}")
        for each, data in files.items():
            self.write(f"{name}/{each}", data)

    def taken(self, name: str) -> dict[str, bytes]:
        """All files of a folder."""
        return {each: self.read(f"{name}/{each}") for each in self.names(name)}

    def size_bytes(self) -> int:
        """What the drill holds."""
        self._check()
        size = 0
        for _, _, files, handle in os.fwalk(".", dir_fd=self._root, follow_symlinks=False):
            for each in files:
                with suppress(FileNotFoundError):
                    size += os.stat(each, dir_fd=handle, follow_symlinks=False).st_size
        return size


def _tried(remove: Callable[[], object]) -> None:
    """A folder is not empty when someone wrote there meanwhile: then again."""
    for left in reversed(range(_TRIES)):
        try:
            remove()
            return
        except FileNotFoundError:
            return
        except OSError:
            if not left:
                raise
