"""What goes into the journal comes out of it, numbered, and only one writes."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.errors import InputFault, TankerwatchFault
from tankerwatch.core.ports import Journal
from tankerwatch.core.tables import Batch, Decision, Fixes, Heard, Lines
from tankerwatch.store import journal as journal_module
from tankerwatch.store.journal import FileJournal


def _counts(batch: Batch) -> int:
    heard = batch.heard or Heard()
    rows = sum(len(t) for t in (heard.fixes, heard.statics, heard.bases, heard.texts, heard.calls, heard.others))
    return len(batch.lines) + rows + len(batch.decisions)


@given(data=st.data())
def test_replay_gives_what_was_appended_over_restarts_and_segments(data, any_batch, shape, tmp_path_factory):
    batches = data.draw(st.lists(any_batch, max_size=6))
    segment_bytes = data.draw(st.sampled_from([1, 400, 64 << 20]))
    directory = tmp_path_factory.mktemp("journal")
    number, expected = 0, []
    journal = FileJournal(directory, segment_bytes=segment_bytes)
    second = -1  # of the newest clock; a clock alone is kept when it comes to another one
    for batch in batches:
        number += _counts(batch)
        assert journal.append(batch) == number == journal.records
        ticks = batch.clock_s >= second + 1
        if ticks or len(batch.lines) or batch.heard is not None or batch.decisions:
            expected.append(shape(batch))
        second = int(batch.clock_s) if ticks else second
        if data.draw(st.booleans()):
            assert journal.commit() == number == journal.durable
        if data.draw(st.booleans()):
            journal.close()
            journal = FileJournal(directory, segment_bytes=segment_bytes)
            second = -1
            assert journal.durable == journal.records == number
            assert journal.torn_tail == 0
    journal.commit()
    assert [shape(batch) for batch in journal.replay()] == expected
    journal.close()
    with FileJournal(directory) as again:
        assert [shape(batch) for batch in again.replay()] == expected
        assert again.durable == number


def test_the_port_is_kept(tmp_path):
    with FileJournal(tmp_path) as journal:
        port: Journal = journal
        assert (port.durable, port.records, port.failure) == (0, 0, "")


def test_not_durable_before_commit(tmp_path, batch_of):
    with FileJournal(tmp_path) as journal:
        assert journal.append(batch_of([b"a", b"b"])) == 2
        assert (journal.records, journal.durable) == (2, 0)
        assert list(journal.replay()) == []
        assert not journal.is_durable(1)
        assert journal.commit() == 2
        assert journal.is_durable(2)
        assert not journal.is_durable(3)


def test_a_clock_is_kept_once_a_second(tmp_path):
    with FileJournal(tmp_path) as journal:
        for clock_s in (10.0, 10.5, 10.99, 11.0, 10.2, 11.3, 12.9, 13.0, float("inf"), float("nan")):
            assert journal.append(Batch(clock_s=clock_s)) == 0
        journal.commit()
        assert [batch.clock_s for batch in journal.replay()] == [10.0, 11.0, 12.9, 13.0]


def test_a_report_is_a_record_of_its_own(tmp_path, batch_of):
    said = Decision(1.0, "report", "r1", content={"words": "man over board ⚓", "lat_deg": 25.5})
    with FileJournal(tmp_path) as journal:
        assert journal.append(Batch(batch_of([b"x"]).lines, Heard(fixes=Fixes.blank(2)), (said, said))) == 5
        journal.commit()
        assert next(iter(journal.replay())).decisions == (said, said)


def test_a_second_writer_is_refused_until_the_first_is_gone(tmp_path, batch_of):
    first = FileJournal(tmp_path)
    with pytest.raises(InputFault, match="another process writes"):
        FileJournal(tmp_path)
    first.append(batch_of([b"kept"]))
    first.close()
    first.close()
    with pytest.raises(TankerwatchFault):
        first.append(batch_of([b"late"]))
    with FileJournal(tmp_path) as second:
        assert second.durable == 1


def test_no_journal_is_made_where_none_is_wanted(tmp_path):
    with pytest.raises(InputFault, match="holds no journal"):
        FileJournal(tmp_path / "typo", create=False)
    assert not (tmp_path / "typo").exists()


def test_a_directory_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputFault, match="file/journal"):
        FileJournal(tmp_path / "file")


def test_a_batch_too_large_for_a_frame_is_cut(tmp_path, batch_of, monkeypatch):
    monkeypatch.setattr(journal_module, "MAX_PAYLOAD_BYTES", 8 * 500)
    lines = [b"%05d" % i * 4 for i in range(100)]
    with FileJournal(tmp_path) as journal:
        journal.append(batch_of(lines, clock_s=7.0))
        journal.commit()
        parts = list(journal.replay())
    assert len(parts) > 1
    assert [part.lines.line(i) for part in parts for i in range(len(part.lines))] == lines
    assert [part.clock_s for part in parts][-1] == 7.0
    assert all(np.isnan(part.clock_s) for part in parts[:-1])


def test_only_the_lines_are_kept_not_what_lies_between(tmp_path):
    buffer = np.frombuffer(b"aaSECRETbb" + bytes(Lines.PAD), np.uint8)
    lines = Lines(buffer, np.array([0, 8]), np.array([2, 10]), np.zeros(2), np.arange(2, dtype=np.uint64))
    with FileJournal(tmp_path) as journal:
        journal.append(Batch(lines))
        journal.commit()
    raw = b"".join(path.read_bytes() for path in (tmp_path / "journal").iterdir())
    assert b"aa\nbb\n" in raw
    assert b"SECRET" not in raw


def test_one_thread_appends_while_another_commits(tmp_path, batch_of):
    seen: list[int] = []
    with FileJournal(tmp_path, segment_bytes=20_000, buffer_bytes=8_000) as journal:
        done = threading.Event()

        def commits() -> None:
            while not done.is_set():
                seen.append(journal.commit())

        thread = threading.Thread(target=commits)
        thread.start()
        for i in range(2_000):
            journal.append(batch_of([b"line %d" % i], i + 1))
        done.set()
        thread.join()
        assert journal.commit() == 2_000
        assert [b.lines.line(0) for b in journal.replay()] == [b"line %d" % i for i in range(2_000)]
        assert journal.dropped == 0
    assert seen == sorted(seen)


def test_replay_beside_the_writer_stops_at_what_was_durable_then(tmp_path, batch_of):
    with FileJournal(tmp_path, segment_bytes=300) as journal:
        for i in range(10):
            journal.append(batch_of([b"before %d" % i]))
        journal.commit()
        replay = journal.replay()
        first = next(replay)
        for i in range(10):
            journal.append(batch_of([b"after %d" % i]))
            journal.commit()
        assert [b.lines.line(0) for b in (first, *replay)] == [b"before %d" % i for i in range(10)]


def test_the_segments_are_named_by_their_first_record(tmp_path, batch_of):
    with FileJournal(tmp_path, segment_bytes=1) as journal:
        for _ in range(3):
            journal.append(batch_of([b"x", b"y"]))
            journal.commit()
    names = sorted(path.name for path in (tmp_path / "journal").glob("*.journal"))
    assert [int(name.split("-")[0]) for name in names] == [1, 3, 5]
    assert len({name.split("-")[2] for name in names}) == 1


def test_a_closed_descriptor_is_not_leaked(tmp_path, batch_of):
    opened = Path("/proc/self/fd")
    if not opened.is_dir():
        pytest.skip("no /proc here to count open files")
    before = len(list(opened.iterdir()))
    for _ in range(3):
        with FileJournal(tmp_path, segment_bytes=1) as journal:
            journal.append(batch_of([b"x"]))
            journal.commit()
            list(journal.replay())
    assert len(list(opened.iterdir())) == before
