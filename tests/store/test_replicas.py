"""Copies that lag, die, come back or fork; a disk that fails while they live; what may count as acknowledged."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tankerwatch.core.errors import InputFault
from tankerwatch.store.copies.replicas import Copy, DirectoryTarget
from tankerwatch.store.copies.restore import DirectoryCopy, restore
from tankerwatch.store.files import FileLayer
from tankerwatch.store.frames import Placed
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.keys import Keys
from tankerwatch.store.log import Fork, Tip
from tankerwatch.store.retention import drop_old, tombstones
from tankerwatch.store.seals import Seal, seal_files
from tankerwatch.store.segments import segments_in
from tankerwatch.store.verify import verify


@pytest.fixture(autouse=True)
def slow_disk(monkeypatch) -> None:
    """A busy machine may take seconds for a sync: what is tested here is not how long a journal waits."""
    monkeypatch.setattr("tankerwatch.store.journal._CONFIRM_S", 60.0)
    monkeypatch.setattr("tankerwatch.store.copies.replicas._GOODBYE_S", 60.0)


def _until(true: Callable[[], bool]) -> None:
    for _ in range(6000):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to that")


class Shaky:
    """A target whose line can be cut, and which can be made slow."""

    def __init__(self, directory: Path) -> None:
        self.inner, self.name = DirectoryTarget(directory), str(directory)
        self.cut = False
        self.lose_answers = False
        self.held = threading.Event()
        self.held.set()

    def _line(self) -> None:
        assert self.held.wait(60)
        if self.cut:
            raise OSError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))

    def tip(self, mark: bytes) -> Tip:
        self._line()
        return self.inner.tip(mark)

    def seals(self, mark: bytes) -> int:
        self._line()
        return self.inner.seals(mark)

    def append(self, mark: bytes, frames: Sequence[Placed]) -> Tip:
        self._line()
        tip = self.inner.append(mark, frames)
        if self.lose_answers:
            raise OSError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
        return tip

    def seal(self, mark: bytes, seal: Seal) -> None:
        self._line()
        self.inner.seal(mark, seal)

    def frames(self, mark: bytes, after_frame: int) -> Iterator[list[Placed]]:
        self._line()
        yield from self.inner.frames(mark, after_frame)

    def close(self) -> None:
        self.inner.close()


class Failing(FileLayer):
    """A disk that takes nothing while it is `ill`."""

    ill = False

    def write(self, handle: int, data: memoryview) -> int:
        if self.ill:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(handle, data)


def _lines(directory: Path) -> list[bytes]:
    with FileJournal(directory) as journal:
        return [batch.lines.line(i) for batch in journal.replay() for i in range(len(batch.lines))]


def test_durable_is_what_as_many_copies_have_as_must(tmp_path, batch_of):
    target = Shaky(tmp_path / "copy")
    with FileJournal(tmp_path / "a", targets=[target], min_copies=2) as journal:
        _until(lambda: journal.copies()[0]["state"] == "ok")
        target.held.clear()
        journal.append(batch_of([b"one"]))
        assert journal.commit() == 0, "one copy is not two"
        assert not journal.is_durable(1)
        assert journal.stored.record == 1
        target.held.set()
        _until(lambda: journal.durable == 1)
        assert journal.is_durable(1)
        assert journal.copies()[0]["state"] in ("ok", "behind")


@pytest.mark.parametrize("window_bytes", [1, 64 << 20])
def test_a_copy_that_was_away_is_caught_up_from_memory_or_disk(tmp_path, batch_of, window_bytes):
    target = Shaky(tmp_path / "copy")
    with FileJournal(tmp_path / "a", targets=[target], segment_bytes=500, buffer_bytes=max(window_bytes, 10_000)) as journal:
        journal._window._most_bytes = window_bytes
        for i in range(60):
            target.cut = 10 <= i < 50
            journal.append(batch_of([b"line %d" % i], i + 1))
            assert journal.commit() == i + 1, "a dead copy holds nobody up"
            if i == 20:
                _until(lambda: journal.copies()[0]["state"] == "failing")
        _until(lambda: journal.copies()[0]["record"] == 60)
        _until(lambda: journal.copies()[0]["state"] == "ok")
    assert verify(tmp_path / "a", replica=tmp_path / "copy").vouched_to == 60
    assert _lines(tmp_path / "copy") == [b"line %d" % i for i in range(60)]


def test_a_lost_answer_is_no_fork(tmp_path, batch_of):
    target = Shaky(tmp_path / "copy")
    with FileJournal(tmp_path / "a", targets=[target]) as journal:
        target.lose_answers = True
        for i in range(5):
            journal.append(batch_of([b"line %d" % i], i + 1))
            journal.commit()
        _until(lambda: journal.copies()[0]["state"] == "failing")
        target.lose_answers = False
        _until(lambda: journal.copies()[0]["record"] == 5)
        assert journal.copies()[0]["state"] in ("ok", "behind")


def test_a_copy_that_hangs_does_not_hold_up_the_start(tmp_path, batch_of, monkeypatch):
    monkeypatch.setattr("tankerwatch.store.journal._ASK_S", 0.05)
    target = Shaky(tmp_path / "copy")
    target.held.clear()
    journal = FileJournal(tmp_path / "a", targets=[target])
    journal.append(batch_of([b"one"]))
    assert journal.commit() == 1
    target.held.set()
    _until(lambda: journal.copies()[0]["record"] == 1)
    journal.close()


def test_a_fork_is_told_and_left_as_it_is(tmp_path, batch_of):
    with FileJournal(tmp_path / "a", targets=[DirectoryTarget(tmp_path / "copy")]) as journal:
        journal.append(batch_of([b"shared"]))
        journal.commit()
        _until(lambda: journal.copies()[0]["record"] == 1)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    with FileJournal(tmp_path / "b", targets=[DirectoryTarget(tmp_path / "copy")]) as journal:
        journal.append(batch_of([b"theirs"], 2))
        journal.commit()
        _until(lambda: journal.copies()[0]["record"] == 2)
    with FileJournal(tmp_path / "a") as journal:
        journal.append(batch_of([b"ours"], 2))
    before = [path.read_bytes() for path in sorted((tmp_path / "copy" / "journal").glob("*.journal"))]
    with FileJournal(tmp_path / "a", targets=[DirectoryTarget(tmp_path / "copy")]) as journal:
        _until(lambda: journal.copies()[0]["state"] == "forked")
        assert "another history" in journal.copies()[0]["words"]
        journal.append(batch_of([b"more"], 3))
        assert journal.commit() == 3
    assert [path.read_bytes() for path in sorted((tmp_path / "copy" / "journal").glob("*.journal"))] == before
    assert verify(tmp_path / "a", replica=tmp_path / "copy").intact is False


def test_another_journal_is_refused(tmp_path, batch_of):
    for name in ("a", "b"):
        with FileJournal(tmp_path / name) as journal:
            journal.append(batch_of([b"x"]))
    with FileJournal(tmp_path / "a", targets=[DirectoryTarget(tmp_path / "b")]) as journal:
        _until(lambda: journal.copies()[0]["state"] == "forked")
        assert "another journal" in journal.copies()[0]["words"]


def test_a_copy_takes_what_this_disk_cannot_and_gives_it_back(tmp_path, batch_of):
    files = Failing()
    lines = [b"line %d" % i for i in range(40)]
    with FileJournal(tmp_path / "a", targets=[DirectoryTarget(tmp_path / "copy")], files=files) as journal:
        for i in range(10):
            journal.append(batch_of([lines[i]], i + 1))
            assert journal.commit() == i + 1
        files.ill = True
        for i in range(10, 30):
            journal.append(batch_of([lines[i]], i + 1))
            assert journal.commit() == i + 1, "the copy has it"
        assert "No space left" in journal.failure
        assert journal.stored.record == 10
        files.ill = False
        _until(lambda: bool(journal.commit()) and journal.stored.record == 30)
        assert journal.failure == ""
        for i in range(30, 40):
            journal.append(batch_of([lines[i]], i + 1))
        assert journal.commit() == 40
    assert _lines(tmp_path / "a") == lines
    assert verify(tmp_path / "a", replica=tmp_path / "copy").vouched_to == 40


def test_what_only_a_copy_had_when_the_desk_ended_is_back_at_the_next_start(tmp_path, batch_of):
    files = Failing()
    lines = [b"line %d" % i for i in range(8)]
    journal = FileJournal(tmp_path / "a", targets=[DirectoryTarget(tmp_path / "copy")], files=files)
    for i in range(8):
        files.ill = i >= 4
        journal.append(batch_of([lines[i]], i + 1))
        assert journal.commit() == i + 1
    for replicator in journal.replicators:
        replicator.close()
    os.close(journal._log._lock)  # as when the process is killed
    with FileJournal(tmp_path / "a", targets=[DirectoryTarget(tmp_path / "copy")]) as again:
        assert again.durable == again.records == 8
    assert _lines(tmp_path / "a") == lines


def test_two_disks_that_fail_acknowledge_nothing(tmp_path, batch_of):
    files, target = Failing(), Shaky(tmp_path / "copy")
    with FileJournal(tmp_path / "a", targets=[target], files=files) as journal:
        journal.append(batch_of([b"one"]))
        journal.commit()
        _until(lambda: journal.copies()[0]["record"] == 1)
        files.ill = target.cut = True
        for i in range(2, 6):
            journal.append(batch_of([b"more"], i))
            assert journal.commit() == 1
        files.ill = target.cut = False
        _until(lambda: journal.commit() == 5)
    assert len(_lines(tmp_path / "a")) == 5


def test_a_copy_mends_its_own_damaged_end(tmp_path, batch_of):
    def write(first: int, last: int) -> None:
        with FileJournal(tmp_path / "a", targets=[DirectoryTarget(tmp_path / "copy")]) as journal:
            for i in range(first, last):
                journal.append(batch_of([b"line %d" % i], i + 1))
                journal.commit()
            _until(lambda: journal.copies()[0]["record"] == last)

    write(0, 6)
    path = segments_in(tmp_path / "copy" / "journal")[-1].path
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    write(6, 8)
    assert verify(tmp_path / "a", replica=tmp_path / "copy").vouched_to == 8


def test_a_seal_of_other_frames_is_refused(tmp_path, batch_of):
    for name in ("a", "b"):
        with FileJournal(tmp_path / name, seal_bytes=1) as journal:
            for i in range(3):
                journal.append(batch_of([b"line %d" % i], i + 1))
                journal.commit()
            mark = journal.mark
    from tankerwatch.store.seals import read_seal

    copy = Copy(tmp_path / "b" / "journal", mark)
    try:
        assert copy.seals == 3
        with pytest.raises(Fork):
            copy.seal(read_seal(seal_files(tmp_path / "a" / "journal")[-1]))
    finally:
        copy.close()


def test_old_runs_are_dropped_whole_and_accounted_for(tmp_path, batch_of):
    day_s = 86400.0
    copy = DirectoryTarget(tmp_path / "copy")
    with FileJournal(tmp_path / "a", seal_s=3600.0, targets=[copy]) as journal:
        for day in range(6):
            journal.append(batch_of([b"day %d" % day], day + 1, clock_s=1e9 + day * day_s))
            journal.commit()
        checkpoint = journal.checkpoint()
        assert journal.size_bytes == sum(path.stat().st_size for path in journal.folder.iterdir())
        _until(lambda: journal.copies()[0]["record"] == 6)
        assert journal.drop_old(3 * day_s, 1e9 + 5 * day_s) == 1
        assert [batch.lines.line(0) for batch in journal.replay()] == [b"day %d" % day for day in range(2, 6)]
        assert journal.drop_old(3 * day_s, 1e9 + 5 * day_s) == 0
        assert journal.size_bytes == sum(path.stat().st_size for path in journal.folder.iterdir())
        journal.append(batch_of([b"today"], 7, clock_s=1e9 + 6 * day_s))
        journal.commit()
    found = verify(tmp_path / "a", checkpoints=[checkpoint])
    assert (found.intact, found.records, found.dropped_to, found.remarks) == (True, 7, 2, ())
    with FileJournal(tmp_path / "a", targets=[copy]) as journal:
        _until(lambda: journal.copies()[0]["record"] == 7)
        assert journal.records == 7
    assert verify(tmp_path / "copy", replica=tmp_path / "a").intact is True, "the copy keeps what was dropped here"
    with FileJournal(tmp_path / "a", targets=[DirectoryTarget(tmp_path / "late")]) as journal:
        _until(lambda: journal.copies()[0]["state"] == "forked")
        assert "begins at record 3" in journal.copies()[0]["words"], "a new copy cannot begin with what is gone"
    restore(DirectoryCopy(tmp_path / "a"), tmp_path / "late2")
    with FileJournal(tmp_path / "a", targets=[DirectoryTarget(tmp_path / "late2")]) as journal:
        _until(lambda: journal.copies()[0]["state"] == "ok")
    path, stone = tombstones(tmp_path / "a" / "journal")[0]
    path.write_bytes(stone.to_json().replace(str(3 * day_s).encode(), b"1.0"))
    assert verify(tmp_path / "a", checkpoints=[checkpoint]).intact is False


def test_a_run_that_was_removed_by_hand_is_not_retention(tmp_path, batch_of):
    with FileJournal(tmp_path / "a", seal_bytes=1) as journal:
        for i in range(5):
            journal.append(batch_of([b"line"], i + 1, clock_s=1e9 + i))
            journal.commit()
        checkpoint = journal.checkpoint()
    segments_in(tmp_path / "a" / "journal")[0].path.unlink()
    assert verify(tmp_path / "a", checkpoints=[checkpoint]).intact is False
    with pytest.raises(InputFault):
        list(FileJournal(tmp_path / "a").replay())


def test_a_drop_that_was_cut_short_is_finished(tmp_path, batch_of):
    with FileJournal(tmp_path / "a", seal_bytes=1) as journal:
        for i in range(4):
            journal.append(batch_of([b"line %d" % i], i + 1, clock_s=1e9 + i))
            journal.commit()
    folder = tmp_path / "a" / "journal"

    class Dying(FileLayer):
        def remove(self, path: Path) -> None:
            raise OSError(errno.EIO, path.name)

    with pytest.raises(OSError, match="journal"):
        drop_old(folder, Keys(folder), 90_000.0, 1e9 + 90_002.5, files=Dying())
    assert len(segments_in(folder)) == 4
    assert verify(tmp_path / "a").first_fault is None
    with FileJournal(tmp_path / "a") as journal:
        journal.drop_old(90_000.0, 1e9 + 90_002.5)
        assert [batch.lines.line(0) for batch in journal.replay()] == [b"line 3"]
    assert len(segments_in(folder)) == 1
