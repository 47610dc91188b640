"""What the commands print and write: plain words, alerts as a list, JSON, a bar, files that are whole or not there."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

Progress = Callable[[int, int], None]
"""Told how many bytes of the input are done, and of how many; 0 when that is not known."""


def plain(words: str) -> str:
    """Words on one line that no terminal takes for a command: what ships and files send may hold anything."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in " ".join(words.split()))


def complain(words: str) -> None:
    """One line on stderr."""
    print(f"tankerwatch: {plain(words)}", file=sys.stderr)


def print_json(content: Any) -> None:
    """The last line of a command under --json."""
    print(json.dumps(content, allow_nan=False))


def count(number: int, what: str) -> str:
    """`1 alert`, `2,000 alerts`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def spoken_time(time_s: float | None, decimals: int = 0) -> str:
    """`2019-06-13 02:50:10Z`; blank when not known, and seconds where no calendar reaches."""
    width = 20 + (decimals and decimals + 1)
    if time_s is None or math.isnan(time_s):
        return " " * width
    try:
        moment = datetime.fromtimestamp(math.floor(time_s), UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return f"{time_s:.0f} s".ljust(width)
    part = f".{math.floor(time_s % 1 * 10**decimals):0{decimals}}" if decimals else ""
    return f"{moment}{part}Z"


def print_found(found: Mapping[str, Any]) -> None:
    """Alerts one a line, then how many of what there are."""
    for alert in found["alerts"]:
        state = "" if alert["state"] == "open" else f" ({alert['state']})"
        if alert["state"] == "withdrawn":
            state = f" (withdrawn: {plain(alert['history'][-1]['words'])})"
        print(f"{spoken_time(alert['raised_s'])}  {alert['severity']:8}  {alert['detector']:18}  {plain(alert['reason'])}{state}")
    print(f"{count(len(found['alerts']), 'alert')}, {count(len(found['incidents']), 'incident')}")


@contextmanager
def progress_bar(forced: bool, *, unit: str = "B") -> Iterator[Progress | None]:
    """A bar on stderr, None where stderr is no terminal and nobody forces it."""
    if not (forced or sys.stderr.isatty()):
        yield None
        return
    from tqdm import tqdm

    with tqdm(file=sys.stderr, unit=unit, unit_scale=unit == "B", dynamic_ncols=True, leave=not sys.stderr.isatty()) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total or None
            bar.update(done - bar.n)

        yield advance


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to; what was written takes the place of `path` at the end, and is removed when anything fails before."""
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def text_file(path: str) -> Iterator[TextIO]:
    """A text file to write, whole or not there; `-` is stdout."""
    if path == "-":
        yield sys.stdout
        return
    with whole_file(Path(path)) as part, part.open("x", encoding="utf-8", newline="\n") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def json_lines(objects: Iterable[Any]) -> Iterator[str]:
    """Each object as one line."""
    return (json.dumps(content, allow_nan=False) + "\n" for content in objects)
