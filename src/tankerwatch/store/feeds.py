"""Which feed has which number: a feed keeps its number over restarts, for lines name their feed by it (`tables.FEED_SHIFT`).

One line of text a feed, `CRC-32 INDEX "NAME"`, only ever appended to, and durable before the number is first used.
"""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path

import numpy as np

from tankerwatch.core.errors import InputFault
from tankerwatch.core.schema import U64
from tankerwatch.core.tables import FEED_SHIFT, ROW_MASK, Batch
from tankerwatch.store.frames import HEARD_TABLES
from tankerwatch.store.segments import journal_of

MOST_FEEDS = 1 << 16
_MOST_BYTES = 64 << 20


def feed_names(directory: Path) -> list[str]:
    """The names by index that a data directory knows; none where nothing was written yet. Raises InputFault when one is damaged."""
    return _read(journal_of(directory) / "feeds")[0]


class FeedRegister:
    """The feeds of a data directory, and how many lines each has had. For the one process that holds the journal."""

    def __init__(self, directory: Path) -> None:
        self._path = journal_of(directory) / "feeds"
        self._names, self._torn = _read(self._path)
        self._index = {name: index for index, name in enumerate(self._names)}
        self._lines: dict[int, int] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The feeds' names by index."""
        return tuple(self._names)

    def index_of(self, name: str) -> int:
        """The number of a feed, a new one for a new name, durable when this returns.

        Raises InputFault when it cannot be written: lines under a number that is not known later would be taken for another feed's.
        """
        if name in self._index:
            return self._index[name]
        index = len(self._names)
        if index >= MOST_FEEDS:
            raise InputFault(f"more than {MOST_FEEDS} feeds", where=str(self._path), help="start with a new --data directory")
        entry = f"{index} {json.dumps(name)}".encode()
        line = b"%08x %s\n" % (zlib.crc32(entry), entry)
        try:
            _append(self._path, b"\n" + line if self._torn else line)
        except OSError as fault:
            self._torn = True  # a part of it may be there
            raise InputFault(
                f"cannot be written: {fault.strerror or fault}", where=str(self._path), help="make room, then start again"
            ) from fault
        self._torn = False
        self._names.append(name)
        self._index[name] = index
        return index

    def note(self, batch: Batch) -> None:
        """Count what a batch holds: call it for all that is replayed and for all that comes in."""
        tables = [batch.lines] if batch.heard is None else [batch.lines, *(getattr(batch.heard, name) for name, _ in HEARD_TABLES)]
        for rows in tables:
            if len(rows):
                self._note(rows.source_row)

    def _note(self, source_row: U64) -> None:
        feeds, where = np.unique(source_row >> np.uint64(FEED_SHIFT), return_inverse=True)
        newest = np.zeros(len(feeds), np.uint64)
        np.maximum.at(newest, where, source_row & np.uint64(ROW_MASK))
        for feed, number in zip(feeds.tolist(), newest.tolist(), strict=True):
            self._lines[feed] = max(self._lines.get(feed, 0), number)

    @property
    def counted(self) -> dict[int, int]:
        """The number of the newest line of each feed."""
        return self._lines

    def resume(self, counted: dict[int, int]) -> None:
        """Go on from what an earlier run had counted."""
        self._lines = dict(counted)

    def lines_of(self, index: int) -> int:
        """The number of the newest line of a feed so far; the next one has the number after it."""
        return self._lines.get(index, 0)


def _append(path: Path, data: bytes) -> None:
    """Append and sync; the directory too, for the file may be new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        done = 0
        while done < len(data):
            done += os.write(handle, data[done:])
        os.fsync(handle)
    finally:
        os.close(handle)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path) -> tuple[list[str], bool]:
    """The names in order, and whether the file ends within a line. A line that was not whole when the writer died is passed over."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES)
    except FileNotFoundError:
        return [], False
    except OSError as fault:
        raise InputFault(f"cannot be read: {fault.strerror}", where=str(path)) from fault
    names: list[str] = []
    for line in raw.split(b"\n"):
        entry = _entry(line)
        if entry is None or entry[0] < len(names):
            continue  # torn, or written again because the disk failed when it was first
        if entry[0] > len(names):
            raise InputFault(
                f"the name of feed {len(names)} is damaged", where=str(path), help="restore the file from a replica or a backup"
            )
        names.append(entry[1])
    return names, bool(raw) and not raw.endswith(b"\n")


def _entry(line: bytes) -> tuple[int, str] | None:
    """Index and name of a line; None when it is not whole."""
    try:
        if int(line[:8], 16) != zlib.crc32(line[9:]):
            return None
        index, name = line[9:].split(b" ", 1)
        return int(index), str(json.loads(name))
    except ValueError:
        return None
