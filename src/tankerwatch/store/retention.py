"""What is kept how long: sealed runs of frames go whole when they are old enough, and each leaves a signed tombstone beside its seal.

The seal stays, so the chain can still be followed over what is gone; the tombstone, FIRST-LAST-MARK.dropped, says who dropped it, when,
and by which rule. It is durable before the first segment goes, so a drop that is cut short is finished by the next one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from tankerwatch.core.errors import InputFault
from tankerwatch.store.files import FileLayer, write_whole
from tankerwatch.store.keys import Keys
from tankerwatch.store.log import Tip
from tankerwatch.store.seals import MOST_BYTES, Seal, Signed, read_seal, seal_files, signed
from tankerwatch.store.segments import segments_in

DAY_S = 86400.0
_NAME = re.compile(r"\d{20}-\d{20}-[0-9a-f]{16}\.dropped")


@dataclass(frozen=True, slots=True)
class Tombstone(Signed):
    """A run of frames that was dropped. Its seal is named by number and digest."""

    mark: str
    number: int
    seal: str
    last_record: int
    last_frame: int
    newest_s: float
    keep_s: float
    dropped_s: float
    public_key: str
    signature: str = ""


def tombstones(folder: Path) -> list[tuple[Path, Tombstone]]:
    """The tombstones of a journal in order. Raises InputFault when one cannot be read."""
    found: list[tuple[Path, Tombstone]] = []
    try:
        for path in sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name)):
            with path.open("rb") as file:
                found.append((path, Tombstone.from_json(file.read(MOST_BYTES + 1))))
    except OSError as fault:
        raise InputFault(f"cannot be read: {fault.strerror}", where=str(folder)) from fault
    except ValueError as fault:
        raise InputFault(str(fault), where=str(path)) from fault
    return found


def begin_of(folder: Path) -> Tip | None:
    """Where the journal stood behind what was dropped; None when nothing was. Raises InputFault."""
    dropped = tombstones(folder)
    if not dropped:
        return None
    path, newest = dropped[-1]
    seal = read_seal(path.with_suffix(".seal"))
    if seal.digest != newest.seal:
        raise InputFault("is not of the seal beside it", where=str(path))
    return Tip(seal.last_record, seal.last_frame, bytes.fromhex(seal.chain))


def drop_old(
    folder: Path,
    keys: Keys,
    keep_s: float,
    now_s: float,
    *,
    age_of: Callable[[Path, Seal], float] = lambda _path, seal: seal.newest_s,
    files: FileLayer | None = None,
) -> int:
    """Drop every sealed run of which the newest reception is older than `keep_s`, oldest first; how many were.

    age_of: when a seal's run counts as received; a vault goes by its own clock. The newest seal's run stays, whatever its age. Raises
    OSError; what is not done then is done by the next call.
    """
    files = files or FileLayer()
    done = {path.stem for path, _ in tombstones(folder)}
    old = list(takewhile(lambda each: now_s - age_of(*each) > keep_s, ((path, read_seal(path)) for path in seal_files(folder)[:-1])))
    starts = {segment.first_frame for segment in segments_in(folder)}
    while old and old[-1][1].last_frame + 1 not in starts:
        old.pop()  # a segment that goes on behind the run stays: a copy's need not end with a seal
    dropped = 0
    for path, seal in reversed(old):  # the newest first: the journal begins behind it, where a segment does
        if path.stem in done:
            continue
        stone = Tombstone(seal.mark, seal.number, seal.digest, seal.last_record, seal.last_frame, seal.newest_s, keep_s, now_s, keys.public)
        write_whole(path.with_suffix(".dropped"), signed(stone, keys).to_json(), files)
        dropped += 1
    begin = begin_of(folder)
    gone = [segment for segment in segments_in(folder) if begin and segment.first_frame <= begin.frame]
    for segment in gone:
        files.remove(segment.path)
    if gone:
        files.sync_directory(folder)
    return dropped
