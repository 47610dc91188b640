"""Reading a journal from outside, for `tankerwatch journal DIR`: without its lock, beside a live writer, past whatever is damaged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tankerwatch.core import arrow
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import FEED_SHIFT, Batch
from tankerwatch.store.feeds import feed_names
from tankerwatch.store.frames import HEARD_TABLES, LOST, decode, lost_why
from tankerwatch.store.segments import Damage, Frame, Segment, journal_of, scan, segments_in


class Record(NamedTuple):
    """One numbered record, or with `what` "skipped" or "lost" a word on records that cannot be shown."""

    number: int
    """of the record; of the first one for "skipped" and "lost\""""
    time_s: float
    """when received; NaN when not known"""
    what: str
    """the feed's name for a line and a decoded row; "decision"; "skipped"; "lost\""""
    data: bytes
    """the line as it came; JSON of a decoded row or a decision; words for "skipped" and "lost\""""


def read_records(directory: Path) -> Iterator[Record]:
    """All records in order of number, each once; clock ticks have no number and are not among them.

    Goes on after damage and says what it skips. Ends with what was written when it came to the end. Raises InputFault when there is no
    journal.
    """
    folder = journal_of(directory)
    if not folder.is_dir():
        raise InputFault("holds no journal", where=str(directory), help="give the directory that was --data of watch")
    names, unnamed = _names(directory)
    if unnamed is not None:
        yield unnamed
    record, done = 1, ""
    while True:
        # a live writer may have begun new segments meanwhile
        segments = [segment for segment in segments_in(folder) if segment.path.name >= done]
        if not segments or segments[-1].path.name == done:
            break
        for segment, following in zip(segments, [*segments, None][1:], strict=True):
            if segment.first_record > record:
                yield _skipped(record, segment.first_record, f"no file holds them before {segment.path.name}")
            record = max(record, segment.first_record)
            until = following.first_record if following else None
            for entry in _segment(segment, following.first_frame if following else None, record, until):
                if isinstance(entry, int):
                    record = entry
                else:
                    yield entry if entry.what in ("skipped", "lost") else entry._replace(what=_named(entry.what, names))
            done = segment.path.name
    for aside in sorted(folder.glob("*.torn")):
        yield Record(
            record, float("nan"), "skipped", f"{aside.name} was set aside: its {aside.stat().st_size} bytes are no record".encode()
        )


def _segment(segment: Segment, until_frame: int | None, record: int, until_record: int | None) -> Iterator[Record | int]:
    """The records of one segment from `record` on; after each frame the number that comes next."""
    bad: Damage | None = None
    for found in scan(segment):
        if isinstance(found, Damage):
            bad = bad or found
            continue
        if until_frame is not None and found.header.frame >= until_frame:
            return  # superseded by the segment that follows
        first, records = found.header.first_record, found.header.records
        if first > record:
            yield _skipped(record, first, f"damaged at byte {bad.offset if bad else found.offset} of {segment.path.name}")
        elif bad is not None:
            yield Record(record, float("nan"), "skipped", f"damaged at byte {bad.offset} of {segment.path.name}: no record".encode())
        bad = None
        if first + records > record:
            yield from _frame(found, segment, record)
            record = first + records
            yield record
    if until_record is not None and until_record > record:
        yield _skipped(record, until_record, f"damaged or missing at the end of {segment.path.name}")
        yield until_record
    elif bad is not None:
        why = "torn when the writer died" if until_record else "being written, or torn"
        words = f"{bad.end - bad.offset} bytes at the end of {segment.path.name} are no whole record: {why}"
        yield Record(record, float("nan"), "skipped", words.encode())


def _frame(found: Frame, segment: Segment, record: int) -> Iterator[Record]:
    first, records = found.header.first_record, found.header.records
    if found.header.flags & LOST:
        words = f"records {first} to {first + records - 1} were lost before they were on disk: {lost_why(found.payload)}"
        yield Record(first, float("nan"), "lost", words.encode())
        return
    try:
        batch = decode(found.header, found.payload)
    except ValueError as fault:
        yield _skipped(first, first + records, f"{fault}, at byte {found.offset} of {segment.path.name}")
        return
    for number, (time_s, what, data) in enumerate(_rows(batch), first):
        if number >= record:
            yield Record(number, time_s, what, data)


def _rows(batch: Batch) -> Iterator[tuple[float, str, bytes]]:
    lines = batch.lines
    for i, (time_s, row) in enumerate(zip(lines.time_s.tolist(), lines.source_row.tolist(), strict=True)):
        yield time_s, str(row >> FEED_SHIFT), lines.line(i)
    if batch.heard is not None:
        for name, _ in HEARD_TABLES:
            for row in arrow.table_of(getattr(batch.heard, name)).to_pylist():
                time_s = row["time_s"]
                feed = str(row["source_row"] >> FEED_SHIFT)
                yield float("nan") if time_s is None else time_s, feed, json.dumps({"table": name, **row}, ensure_ascii=False).encode()
    for said in batch.decisions:
        words = {"kind": said.kind, "id": said.id, "subject": said.subject, "content": said.content}
        yield said.time_s, "decision", json.dumps(words).encode()


def _names(directory: Path) -> tuple[list[str], Record | None]:
    """The feeds' names; where they cannot be read the records are shown all the same, and it is said."""
    try:
        return feed_names(directory), None
    except InputFault as fault:
        return [], Record(1, float("nan"), "skipped", f"the feeds' names: {fault}".encode())


def _named(what: str, names: list[str]) -> str:
    if not what.isdecimal():
        return what
    return names[int(what)] if int(what) < len(names) else f"feed {what}"


def _skipped(first: int, behind: int, why: str) -> Record:
    return Record(first, float("nan"), "skipped", f"records {first} to {behind - 1} are skipped: {why}".encode())
