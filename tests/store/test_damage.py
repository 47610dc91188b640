"""A torn tail is cut off and reported; damage to what was durable is noticed and located; nothing is ever deleted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.errors import InputFault
from tankerwatch.store import frames
from tankerwatch.store.chain import origin
from tankerwatch.store.frames import MAGIC, encode, place
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.records import read_records


def _segments(directory: Path) -> list[Path]:
    return sorted((directory / "journal").glob("*.journal"))


def _write(directory: Path, batches, *, commit_each: bool = True, segment_bytes: int = 64 << 20) -> list[int]:
    """The size of the newest segment after each batch."""
    sizes = []
    with FileJournal(directory, segment_bytes=segment_bytes) as journal:
        for batch in batches:
            journal.append(batch)
            if commit_each:
                journal.commit()
                sizes.append(_segments(directory)[-1].stat().st_size)
    return sizes


def _lines(journal: FileJournal) -> list[bytes]:
    return [batch.lines.line(i) for batch in journal.replay() for i in range(len(batch.lines))]


@pytest.mark.parametrize("first", [False, True], ids=["after whole frames", "no whole frame"])
def test_a_tail_torn_at_any_byte_loses_only_what_was_torn(tmp_path, batch_of, first):
    batches = [batch_of([b"torn", b"", b"away"], 1)] if first else [batch_of([b"kept"], 1), batch_of([b"torn", b"", b"away"], 2)]
    sizes = _write(tmp_path / "whole", batches)
    segment = _segments(tmp_path / "whole")[0]
    raw, begin = segment.read_bytes(), 0 if first else sizes[0]
    assert len(raw) - begin > 80
    for cut in range(begin, len(raw)):
        directory = tmp_path / f"cut{cut}"
        (directory / "journal").mkdir(parents=True)
        (directory / "journal" / segment.name).write_bytes(raw[:cut])
        kept = [] if first else [b"kept"]
        with FileJournal(directory) as journal:
            assert journal.torn_tail == cut - begin
            assert journal.durable == journal.records == len(kept)
            assert _lines(journal) == kept
            journal.append(batch_of([b"new", b"er"], 9))
            assert journal.commit() == len(kept) + 2
        with FileJournal(directory) as journal:
            assert journal.torn_tail == 0
            assert _lines(journal) == [*kept, b"new", b"er"]
        assert [r.data for r in read_records(directory) if r.what == "feed 0"] == [*kept, b"new", b"er"]
        held = b"".join(path.read_bytes() for path in (directory / "journal").iterdir())
        assert raw[begin:cut] in held, "the torn bytes are still there"


def test_a_torn_tail_survives_restarts_without_writing(tmp_path, batch_of):
    _write(tmp_path, [batch_of([b"kept"])])
    with _segments(tmp_path)[0].open("ab") as file:
        file.write(b"TWJ1 torn")
    for _ in range(3):
        with FileJournal(tmp_path) as journal:
            assert (journal.torn_tail, journal.durable) == (9, 1)


def _flip(path: Path, bit: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[bit // 8] ^= 1 << bit % 8
    path.write_bytes(raw)


@given(data=st.data())
def test_any_bit_flipped_is_noticed(data, batch_of, tmp_path_factory):
    directory = tmp_path_factory.mktemp("flip")
    lines = [b"line %d" % i for i in range(6)]
    segment_bytes = data.draw(st.sampled_from([1, 350, 64 << 20]))
    _write(directory, [batch_of([line], i + 1) for i, line in enumerate(lines)], segment_bytes=segment_bytes)
    segment = data.draw(st.sampled_from(_segments(directory)))
    _flip(segment, data.draw(st.integers(0, segment.stat().st_size * 8 - 1)))
    try:
        with FileJournal(directory) as journal:
            got = _lines(journal)
            torn = journal.torn_tail
    except InputFault as fault:
        assert re.search(r"record \d+ is damaged, at byte \d+", str(fault))
        assert segment.name in str(fault)
    else:  # the very last frame: nothing later vouches for it, it may as well be torn
        assert torn > 0
        assert got == lines[:-1]
    shown = list(read_records(directory))
    assert any(record.what == "skipped" for record in shown)
    good = {record.number: record.data for record in shown if record.what == "feed 0"}
    assert good == {i + 1: line for i, line in enumerate(lines) if i + 1 in good}
    assert len(good) >= len(lines) - 1


def test_damage_that_a_later_frame_vouches_for_is_no_torn_tail(tmp_path, batch_of):
    sizes = _write(tmp_path, [batch_of([b"line %d" % i]) for i in range(5)])
    _flip(_segments(tmp_path)[0], (sizes[1] + 100) * 8)
    with pytest.raises(InputFault, match=rf"record 3 is damaged, at byte {sizes[1]}.*help:"):
        FileJournal(tmp_path)


def test_damage_within_what_was_never_synced_is_a_torn_tail(tmp_path, batch_of):
    """A power cut may leave the second page of a write and not the first."""
    _write(tmp_path, [batch_of([b"kept"])])
    size = _segments(tmp_path)[0].stat().st_size
    with FileJournal(tmp_path) as journal:
        for i in range(3):
            journal.append(batch_of([b"at once %d" % i]))
    _flip(_segments(tmp_path)[0], (size + 100) * 8)
    with FileJournal(tmp_path) as journal:
        assert journal.durable == 1
        assert journal.torn_tail > 0
        assert _lines(journal) == [b"kept"]


def test_damage_in_an_older_segment_is_located(tmp_path, batch_of):
    _write(tmp_path, [batch_of([b"a%d" % i, b"b%d" % i]) for i in range(4)], segment_bytes=1)
    second = _segments(tmp_path)[1]
    _flip(second, 8 * 90)
    with pytest.raises(InputFault, match=f"{second.name}: record 3 is damaged, at byte 0"):
        FileJournal(tmp_path)
    shown = [(r.number, r.what) for r in read_records(tmp_path)]
    assert shown == [(1, "feed 0"), (2, "feed 0"), (3, "skipped"), (5, "feed 0"), (6, "feed 0"), (7, "feed 0"), (8, "feed 0")]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_missing_segment_is_noticed(tmp_path, batch_of, which):
    _write(tmp_path, [batch_of([b"x"]) for _ in range(4)], segment_bytes=1)
    _segments(tmp_path)[which].unlink()
    with pytest.raises(InputFault, match=f"records from {which + 1} on are missing"):
        FileJournal(tmp_path)
    assert [r.number for r in read_records(tmp_path) if r.what == "skipped"] == [which + 1]


def test_segments_of_another_journal_are_not_mixed_in(tmp_path, batch_of):
    for name in ("one", "two"):
        _write(tmp_path / name, [batch_of([b"x"])])
    other = _segments(tmp_path / "two")[0]
    (tmp_path / "one" / "journal" / other.name).write_bytes(other.read_bytes())
    with pytest.raises(InputFault, match="two journals"):
        FileJournal(tmp_path / "one")


def test_a_feed_cannot_forge_a_frame(tmp_path, batch_of, monkeypatch):
    """A line that looks like a later frame must neither be shown nor vouch, however the frame that holds it is damaged."""
    forged = place(encode(batch_of([b"forged"])), bytes(8), 2, 2, 99, origin(bytes(8))).raw
    monkeypatch.setattr(frames, "_COMPRESS_BYTES", 1 << 30)
    assert forged.startswith(MAGIC)
    _write(tmp_path, [batch_of([b"kept"])])
    size = _segments(tmp_path)[0].stat().st_size
    with FileJournal(tmp_path) as journal:
        journal.append(batch_of([*forged.split(b"\n"), b"more"]))
    assert forged in _segments(tmp_path)[0].read_bytes()
    _flip(_segments(tmp_path)[0], (size + 1) * 8)
    with FileJournal(tmp_path) as journal:
        assert journal.durable == 1
    assert not [r for r in read_records(tmp_path) if r.data == b"forged"]


@given(raw=st.binary(max_size=400), keep=st.integers(0, 200))
def test_any_bytes_in_a_segment_are_a_torn_tail(raw, keep, batch_of, tmp_path_factory):
    directory = tmp_path_factory.mktemp("hostile")
    _write(directory, [batch_of([b"kept"])])
    segment = _segments(directory)[0]
    whole = segment.read_bytes()
    segment.write_bytes(whole + whole[:keep] + raw)
    with FileJournal(directory) as journal:
        assert journal.torn_tail == min(keep, len(whole)) + len(raw)
        assert _lines(journal) == [b"kept"]
    assert next(iter(read_records(directory))).data == b"kept"
