"""The few calls by which the journal touches the disk, in one place so that a test can make each of them fail."""

from __future__ import annotations

import os
from pathlib import Path


class FileLayer:
    """The calls of the operating system as they are; each raises OSError."""

    def create(self, path: Path, mode: int = 0o640) -> int:
        """A new, empty file, open for writing at its end; refuses an existing one."""
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)

    def reopen(self, path: Path) -> int:
        """An existing file, open for writing at its end."""
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)

    def write(self, handle: int, data: memoryview) -> int:
        """The number of bytes taken, which may be fewer than given."""
        return os.write(handle, data)

    def sync(self, handle: int) -> None:
        """Return once the file's data, and its length, are on stable storage."""
        os.fdatasync(handle)

    def sync_directory(self, directory: Path) -> None:
        """Return once the directory's entries are on stable storage."""
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def truncate(self, handle: int, size: int) -> None:
        """Cut the file to `size` bytes."""
        os.ftruncate(handle, size)

    def close(self, handle: int) -> None:
        """Let the file go."""
        os.close(handle)

    def is_there(self, handle: int, path: Path) -> bool:
        """Whether the open file is still the one of that name: nobody removed it, nor put another in its place."""
        try:
            return os.path.samestat(os.fstat(handle), path.stat(follow_symlinks=False))
        except OSError:
            return False

    def overwrite(self, path: Path, data: bytes) -> None:
        """Write over the beginning of a file, durably."""
        with path.open("r+b") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def remove(self, path: Path) -> None:
        """Remove a file of which nothing was ever acknowledged."""
        path.unlink()

    def rename(self, path: Path, to: Path) -> None:
        """Give a file another name."""
        path.rename(to)


def write_whole(path: Path, data: bytes, files: FileLayer, *, mode: int = 0o640) -> None:
    """A small file that is there whole or not at all: durable under another name first, then renamed. Raises OSError."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    handle = files.create(draft, mode)
    try:
        done = 0
        while done < len(data):
            done += files.write(handle, memoryview(data)[done:])
        files.sync(handle)
    finally:
        files.close(handle)
    files.rename(draft, path)
    files.sync_directory(path.parent)
