"""Proves, brings back and vouches for what a watch has kept: `tankerwatch verify`, `restore`, `checkpoint`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from tankerwatch.cli.output import complain, count, plain, print_json, progress_bar
from tankerwatch.core.errors import InputFault

if TYPE_CHECKING:
    from tankerwatch.store.copies.remote import Access
    from tankerwatch.store.copies.restore import Source


def verify(arguments: argparse.Namespace) -> int:
    """Whether a journal is as it was written; status 1 when it is not."""
    from tankerwatch.store.seals import read_checkpoint
    from tankerwatch.store.verify import verify as examine

    checkpoints = [read_checkpoint(path) for path in arguments.checkpoint]
    replica = _replica(arguments) if arguments.replica else None
    beside = 0 if replica is None else _size(replica) if isinstance(replica, Path) else replica.size_bytes
    with progress_bar(arguments.progress) as progress:
        done, whole = 0, _size(arguments.data) + beside

        def tell(step: int) -> None:
            nonlocal done
            done += step
            if progress is not None:
                progress(done, max(whole, done))

        found = examine(arguments.data, checkpoints=checkpoints, replica=replica, progress=tell)
    for words in found.remarks:
        complain(words)
    if arguments.json:
        print_json(found.to_json())
    else:
        if found.first_fault is not None:
            print(f"{arguments.data}: not as it was written: {plain(str(found.first_fault))}")
        elif found.intact:
            print(f"{arguments.data}: intact: {count(found.vouched_to, 'record')} as they were written, vouched for from outside.")
        else:
            print(f"{arguments.data}: {count(found.records, 'record')}, which fit together; nobody outside vouches for them.")
        if found.intact and found.records > found.vouched_to:
            print(f"  unvouched: records {found.vouched_to + 1} to {found.records}")
        if found.dropped_to:
            print(f"  dropped by retention: records 1 to {found.dropped_to}")
        if found.torn_tail:
            print(f"  {count(found.torn_tail, 'byte')} at the end are no whole record: torn when the writer died, or being written")
    return 1 if found.first_fault is not None else 0


def restore(arguments: argparse.Namespace) -> int:
    """A data directory made anew from a copy; status 1 when not all of the copy could be read."""
    from tankerwatch.store.copies.restore import restore as bring_back
    from tankerwatch.store.copies.targets import journals_at, source_of
    from tankerwatch.store.verify import verify as examine

    listed = journals_at(arguments.source, _access(arguments))
    if listed is not None:
        print_json({"journals": listed}) if arguments.json else print(*listed or ["no journals"], sep="\n")
        return 0
    if arguments.to is None:
        raise InputFault("where to is not said", where="restore", help="--to DIR, a directory that holds no journal yet")
    source = source_of(arguments.source, _access(arguments))
    with progress_bar(arguments.progress) as progress:
        done, whole = 0, 2 * source.size_bytes

        def tell(step: int) -> None:
            nonlocal done
            done += step
            if progress is not None:
                progress(done, max(whole, done))

        made = bring_back(source, arguments.to, progress=tell)
        found = examine(arguments.to, progress=tell)
    if arguments.json:
        values = {"records": made.records, "bytes": made.bytes, "seconds": round(made.seconds, 3), "left": made.left}
        print_json({**values, "consistent": found.first_fault is None})
    else:
        print(f"{arguments.to}: {count(made.records, 'record')} back in {made.seconds:.1f} s, and every hash holds.")
    if made.left:
        complain(f"not all of the copy came back, only what is up to record {made.records}: {made.left}")
    return 1 if made.left or found.first_fault is not None else 0


def checkpoint(arguments: argparse.Namespace) -> int:
    """The tip of a journal's chain, signed, to be kept elsewhere."""
    from tankerwatch.store.checkpoints import newest_checkpoint, printed

    made = newest_checkpoint(arguments.data)
    if arguments.page is not None:
        _write(arguments.page, printed(made).encode())
    if arguments.out is not None:
        _write(arguments.out, made.to_json())
    if arguments.json or (arguments.out is None and arguments.page is None):
        import json

        print_json(json.loads(made.to_json()))
    elif arguments.out is not None:
        print(f"{arguments.out}: vouches for {count(made.record, 'record')}. Keep it where nobody who reaches this machine can change it.")
    return 0


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as fault:
        raise InputFault(f"cannot be written: {fault.strerror}", where=str(path)) from fault


def _access(arguments: argparse.Namespace) -> Access:
    from tankerwatch.store.copies.remote import Access

    return Access(arguments.token_file, arguments.ca, arguments.certificate, arguments.key)


def _replica(arguments: argparse.Namespace) -> Path | Source:
    """The copy beside which a journal is held."""
    from tankerwatch.store.copies.targets import source_of

    return source_of(arguments.replica, _access(arguments)) if "://" in arguments.replica else Path(arguments.replica)


def _size(directory: Path) -> int:
    """Bytes of a journal's segments; 0 where there are none."""
    from tankerwatch.store.segments import journal_of

    return sum(path.stat().st_size for path in journal_of(directory).glob("*.journal"))
