"""The file calls of a process, recorded one by one, and what a disk may hold when the power fails after any of them.

What was synced is there. Of what was not, anything may be: each page of 4 KiB old, new or never written, each new name, rename and
removal done or not, the length of a file that of any moment since. A name is safe once its folder was synced, data once its file was.
"""

from __future__ import annotations

import errno
import os
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from tankerwatch.store.files import FileLayer

PAGE_BYTES: Final = 4096


class Call(NamedTuple):
    """A call that was done. what: create, write, truncate, overwrite, sync, sync_directory, rename, remove, or said: `value` was said to
    the world then.
    """

    what: str
    name: str
    value: Any = None


class Recorder(FileLayer):
    """The calls as they are, noted in the order in which they were done; safe for many threads. Names are from `root` on.

    room: bytes that the folders below `full` take before they are full, None while there is enough room.
    """

    def __init__(self, root: Path, full: str = "") -> None:
        self.calls: list[Call] = []
        self.room: int | None = None
        self._full = full
        self._root = root
        self._names: dict[int, str] = {}
        self._lock = threading.RLock()

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self._root))

    def say(self, name: str, value: Any) -> None:
        """Note what was acknowledged now."""
        with self._lock:
            self.calls.append(Call("said", name, value))

    def create(self, path: Path, mode: int = 0o640) -> int:
        """As it is."""
        with self._lock:
            handle = super().create(path, mode)
            self._names[handle] = self._name(path)
            self.calls.append(Call("create", self._names[handle]))
        return handle

    def reopen(self, path: Path) -> int:
        """As it is."""
        with self._lock:
            handle = super().reopen(path)
            self._names[handle] = self._name(path)
        return handle

    def write(self, handle: int, data: memoryview) -> int:
        """As it is, where there is room."""
        with self._lock:
            if self.room is not None and self._names[handle].startswith(self._full):
                if not self.room:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                data = data[: self.room]
                self.room -= len(data)
            done = super().write(handle, data)
            self.calls.append(Call("write", self._names[handle], bytes(data[:done])))
        return done

    def truncate(self, handle: int, size: int) -> None:
        """As it is."""
        with self._lock:
            super().truncate(handle, size)
            self.calls.append(Call("truncate", self._names[handle], size))

    def overwrite(self, path: Path, data: bytes) -> None:
        """As it is: written, then synced."""
        with self._lock:
            super().overwrite(path, data)
            self.calls += [Call("overwrite", self._name(path), data), Call("sync", self._name(path))]

    def sync(self, handle: int) -> None:
        """As it is."""
        with self._lock:
            super().sync(handle)
            self.calls.append(Call("sync", self._names[handle]))

    def sync_directory(self, directory: Path) -> None:
        """As it is."""
        with self._lock:
            super().sync_directory(directory)
            self.calls.append(Call("sync_directory", self._name(directory)))

    def rename(self, path: Path, to: Path) -> None:
        """As it is."""
        with self._lock:
            super().rename(path, to)
            self.calls.append(Call("rename", self._name(path), self._name(to)))

    def remove(self, path: Path) -> None:
        """As it is."""
        with self._lock:
            super().remove(path)
            self.calls.append(Call("remove", self._name(path)))


@dataclass(slots=True)
class _File:
    """versions: what it held at each moment since it was synced, the newest last."""

    synced: bytes = b""
    versions: list[bytes] = field(default_factory=lambda: [b""])

    def any(self, dice: random.Random) -> bytes:
        """What may be found of it."""
        seen = [self.synced, *self.versions]
        if len(seen) == 2 and seen[0] == seen[1]:
            return self.synced
        low, high = min(map(len, seen)), max(map(len, seen))
        ends = {len(version) for version in seen} | set(range(low - low % PAGE_BYTES + PAGE_BYTES, high, PAGE_BYTES))
        size = dice.choice(sorted(ends))
        made = bytearray(size)
        for at in range(0, size, PAGE_BYTES):
            page = dice.choice(seen)[at : min(at + PAGE_BYTES, size)]
            made[at : at + len(page)] = page
        return bytes(made)


class Disk:
    """What a disk holds after the calls that it was given, and what of it is safe."""

    def __init__(self) -> None:
        self._names: dict[str, _File] = {}
        self._safe: dict[str, _File] = {}
        self._loose: list[Callable[[dict[str, _File]], None]] = []
        """what was done to names since their folder was synced"""
        self._loose_in: list[str] = []

    def do(self, call: Call) -> None:
        """One more call."""
        name, value = call.name, call.value
        if call.what == "create":
            made = _File()
            self._change(name, lambda names: names.__setitem__(name, made))
        elif call.what == "rename":
            file = self._names[name]

            def rename(names: dict[str, _File]) -> None:
                if names.get(name) is file:
                    del names[name]
                    names[value] = file

            self._change(name, rename)
        elif call.what == "remove":
            self._change(name, lambda names: names.pop(name, None))
        elif call.what == "sync_directory":
            here = [self._folder(each) == name for each in self._loose_in]
            for change, now in zip(self._loose, here, strict=True):
                if now:
                    change(self._safe)
            self._loose = [change for change, now in zip(self._loose, here, strict=True) if not now]
            self._loose_in = [each for each, now in zip(self._loose_in, here, strict=True) if not now]
        elif call.what != "said":
            self._write(self._names[name], call.what, value)

    @staticmethod
    def _folder(name: str) -> str:
        return name.rpartition("/")[0] or "."

    def _change(self, name: str, change: Callable[[dict[str, _File]], Any]) -> None:
        change(self._names)
        self._loose.append(change)
        self._loose_in.append(name)

    @staticmethod
    def _write(file: _File, what: str, value: Any) -> None:
        now = file.versions[-1]
        if what == "write":
            file.versions.append(now + value)
        elif what == "truncate":
            file.versions.append(now[:value])
        elif what == "overwrite":
            file.versions.append(value + now[len(value) :])
        elif what == "sync":
            file.synced, file.versions = now, [now]

    def all_kept(self) -> dict[str, bytes]:
        """As if no power had failed."""
        return {name: file.versions[-1] for name, file in self._names.items()}

    def writes_lost(self) -> dict[str, bytes]:
        """Names are all there, nothing that was not synced is."""
        return {name: file.synced for name, file in self._names.items()}

    def all_lost(self) -> dict[str, bytes]:
        """Nothing is there that was not synced, no content and no name."""
        return {name: file.synced for name, file in self._safe.items()}

    def some_lost(self, dice: random.Random) -> dict[str, bytes]:
        """Of what was not synced, anything."""
        names = dict(self._safe)
        for change in self._loose:
            if dice.random() < 0.5:
                change(names)
        return {name: file.any(dice) for name, file in names.items()}
