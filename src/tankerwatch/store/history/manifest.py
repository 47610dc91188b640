"""What a history is made of, in one small file that is exchanged whole: files that it does not name do not count.

So a history is valid whenever its builder dies: what was written before the exchange is not named yet, and removed by the next builder.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from tankerwatch.core.errors import InputFault
from tankerwatch.store.history.days import FORMS, Part

VERSION: Final = 1
_HELP: Final = "tankerwatch history DIR --rebuild makes it anew from the journal"


@dataclass(slots=True)
class Day:
    """A day of receive time. sealed: it is past, and one part · cleared: small craft have left it."""

    parts: list[Part] = field(default_factory=list)
    sealed: bool = False
    cleared: bool = False


@dataclass(slots=True)
class Manifest:
    """`frame`: the journal is in the history up to there · `resume_frame`, `resume_ms`: where a builder begins to read, so that it has in
    mind what came shortly before, and the newest time by then · `newest_ms`: the newest time so far · `next`: number of the next file ·
    `statics`: number of the file of identities, 0 for none. Counted since the beginning: `damaged` and `lost` stretches of the journal,
    rows that were `copies`, rows `undated`.
    """

    journal: str = ""
    frame: int = 0
    resume_frame: int = 0
    resume_ms: int = 0
    newest_ms: int = 0
    next: int = 1
    statics: int = 0
    damaged: int = 0
    lost: int = 0
    copies: int = 0
    undated: int = 0
    days: dict[str, Day] = field(default_factory=dict)

    def number(self) -> int:
        """A number that no file has yet."""
        self.next += 1
        return self.next - 1

    @property
    def rows(self) -> int:
        """Positions in all days."""
        return sum(part.rows for day in self.days.values() for part in day.parts)

    @property
    def bytes(self) -> int:
        """What both forms of all days take on disk."""
        return sum(part.bytes for day in self.days.values() for part in day.parts)


def history_of(directory: Path) -> Path:
    """Where a data directory keeps its history."""
    return directory / "history"


def statics_path(folder: Path, number: int) -> Path:
    """The file of identities of that number."""
    return folder / f"statics-{number:08d}.parquet"


def exists(folder: Path) -> bool:
    """Whether there is a history."""
    return (folder / "manifest.json").exists()


def read(folder: Path) -> Manifest | None:
    """The manifest of a history; None where there is none yet. Raises InputFault when it cannot be read."""
    path = folder / "manifest.json"
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if told.pop("version") != VERSION:
            raise InputFault("is of another version", where=str(path), help=_HELP)
        days = {name: Day([Part(**part) for part in day["parts"]], day["sealed"], day["cleared"]) for name, day in told.pop("days").items()}
        return Manifest(**told, days=days)
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise InputFault(f"cannot be read: {fault.strerror}", where=str(path)) from fault
    except (ValueError, TypeError, LookupError, AttributeError) as fault:
        raise InputFault("is damaged", where=str(path), help=_HELP) from fault


def exchange(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the one before, durably; then remove the files that it does not name. Raises OSError."""
    part = folder / "manifest.tmp"
    with part.open("w", encoding="utf-8") as file:
        json.dump({"version": VERSION, **asdict(manifest)}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / "manifest.json")
    _sync_directory(folder)
    _remove_others(folder, manifest)


def remove(folder: Path) -> None:
    """Remove a history: first what names its files, so that half of it is never taken for one. Raises OSError."""
    (folder / "manifest.json").unlink(missing_ok=True)
    _sync_directory(folder)
    for path in [*folder.glob("*/*.parquet"), *folder.glob("statics-*.*")]:
        path.unlink(missing_ok=True)


def _sync_directory(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_others(folder: Path, manifest: Manifest) -> None:
    named = {part.path(folder / name, form) for name, day in manifest.days.items() for part in day.parts for form in FORMS}
    named.add(statics_path(folder, manifest.statics))
    for path in [*folder.glob("*/*.parquet"), *folder.glob("*/*.tmp"), *folder.glob("statics-*.*")]:
        if path not in named:
            path.unlink(missing_ok=True)
    for path in folder.iterdir():
        if path.is_dir() and path.name not in manifest.days:
            with suppress(OSError):  # what is not ours is in it
                path.rmdir()


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """The only right to build this history, while it is held; False where another process has it. Raises InputFault."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as fault:
        raise InputFault(
            f"cannot be written: {fault.strerror}", where=str(folder), help="give a directory that you may write to"
        ) from fault
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
