"""The journal read from outside: every frame once and in order, from any frame on, past damage, beside its writer."""

from __future__ import annotations

import pytest

from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Decision
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.reading import Skipped, batches_after, first_of, make_durable


@pytest.fixture
def kept(tmp_path, batch_of):
    """A journal of 30 frames in many segments."""
    with FileJournal(tmp_path, segment_bytes=400) as journal:
        for n in range(30):
            journal.append(batch_of([b"%d-%d" % (n, i) for i in range(1 + n % 3)], first=100 * n, clock_s=float(n)))
            journal.commit()
    assert len(list((tmp_path / "journal").glob("*.journal"))) > 5
    return tmp_path


def test_all_frames_from_any_on(kept):
    whole = list(batches_after(kept, 0))
    assert [one.frame for one in whole] == list(range(1, 31))
    assert [one.batch.lines.line(0) for one in whole] == [b"%d-0" % n for n in range(30)]
    record = 1
    for one in whole:
        assert one.first_record == record
        record += len(one.batch.lines)
    for frame in range(31):
        assert [one.frame for one in batches_after(kept, frame)] == list(range(frame + 1, 31))


def test_segments_before_are_not_opened(kept):
    names = sorted((kept / "journal").glob("*.journal"))
    for path in names[:-2]:
        path.write_bytes(b"")
    frame = int(names[-2].name.split("-")[1])
    skipped = Skipped()
    assert [one.frame for one in batches_after(kept, frame - 1, skipped)] == list(range(frame, 31))
    assert skipped == Skipped()


def test_damage_is_counted_once_and_a_frame_being_written_is_none(kept):
    names = sorted((kept / "journal").glob("*.journal"))
    raw = bytearray(names[2].read_bytes())
    raw[len(raw) // 2] ^= 1
    names[2].write_bytes(raw)
    with names[-1].open("ab") as file:
        file.write(b"TWJ2 half a frame")
    skipped = Skipped()
    found = [one.frame for one in batches_after(kept, 0, skipped)]
    assert len(found) == 29 and found == sorted(set(found)) and skipped.damaged == 1


def test_progress_ends_at_the_end(kept):
    told: list[tuple[int, int]] = []
    list(batches_after(kept, 10, progress=lambda done, total: told.append((done, total))))
    assert told == sorted(told) and 0 < told[-1][0] <= told[-1][1]


def test_decisions_and_ticks_are_batches_too(tmp_path):
    with FileJournal(tmp_path) as journal:
        journal.append(Batch(clock_s=5.0))
        journal.append(Batch(decisions=(Decision(1.0, "report", "d", "", {}),), clock_s=6.0))
        journal.commit()
        found = list(batches_after(tmp_path, 0))
        make_durable(tmp_path)
    assert [(one.batch.clock_s, len(one.batch.decisions)) for one in found] == [(5.0, 0), (6.0, 1)]


def test_where_there_is_none(tmp_path):
    for read in (lambda: list(batches_after(tmp_path, 0)), lambda: first_of(tmp_path), lambda: make_durable(tmp_path)):
        with pytest.raises(InputFault, match="holds no journal"):
            read()
    with FileJournal(tmp_path):
        assert first_of(tmp_path) == (1, 1, "") and list(batches_after(tmp_path, 0)) == []
