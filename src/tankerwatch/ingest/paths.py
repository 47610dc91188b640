"""Which files a command's PATH arguments name, and what kind each is."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from tankerwatch.core.errors import InputFault

PACKED = (".gz", ".zst")
LOGS = (".nmea", ".txt", ".log", ".aivdm", ".nm4", ".ais")
TABLES = (".csv", ".parquet")


def ending(path: str | os.PathLike[str]) -> str:
    """The ending that tells the kind of a file, without `.gz` or `.zst`, in lower case."""
    name = Path(path).name.lower()
    for packed in PACKED:
        name = name.removesuffix(packed)
    return Path(name).suffix


def is_table(path: str | os.PathLike[str]) -> bool:
    """Whether a file holds decoded reports; whatever else is read as a log."""
    return ending(path) in TABLES


def natural(name: str) -> list[tuple[int, int, str]]:
    """A sort key by which `log9` comes before `log10`."""
    parts = re.split(r"(\d+)", name, flags=re.ASCII)
    return [(0, int(part), part) if part.isdigit() and part.isascii() else (1, 0, part) for part in parts]


def _wanted(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return ending(file) in (*LOGS, *TABLES) and not hidden and file.is_file()


def listed(paths: Sequence[str | os.PathLike[str]]) -> list[str]:
    """The files that the arguments name, in their order; a folder stands for the logs and tables in and below it, in natural order.

    Raises InputFault when there is none, when a path does not exist, or when standard input is named twice.
    """
    found: list[str] = []
    for path in [os.fspath(path) for path in paths]:
        if path == "-" or not Path(path).is_dir():
            found.append(path)
            continue
        inside = [str(file) for file in Path(path).rglob("*") if _wanted(file, Path(path))]
        if not inside:
            known = " ".join((*LOGS, *TABLES))
            raise InputFault("no log or table in this folder", where=path, help=f"a file's name must end in one of {known}, packed or not")
        found.extend(sorted(inside, key=natural))
    if not found:
        raise InputFault("no input was named", help="name a log, a table, a folder of them, or - for standard input")
    if found.count("-") > 1:
        raise InputFault("standard input can be read once only", where="-", help="name - once")
    return found
