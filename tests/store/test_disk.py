"""A disk that is full, fails or loses power: watching goes on, nothing is acknowledged that is not safe, nothing acknowledged is lost."""

from __future__ import annotations

import errno
import os
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.errors import InputFault
from tankerwatch.store import journal as journal_module
from tankerwatch.store.copies.replicas import DirectoryTarget
from tankerwatch.store.files import FileLayer
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.records import read_records


class Clock:
    """Seconds that pass only when told to: a second at every look, so that each commit tries again."""

    def __init__(self, step_s: float = 1.0) -> None:
        self.now_s, self.step_s = 0.0, step_s

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s


class SickFiles(FileLayer):
    """A disk with `room` bytes whose calls in `broken` fail."""

    def __init__(self) -> None:
        self.room: int | None = None
        self.broken: dict[str, int] = {}
        self.calls: list[str] = []

    def _try(self, call: str) -> None:
        self.calls.append(call)
        if call in self.broken:
            raise OSError(self.broken[call], os.strerror(self.broken[call]))

    def create(self, path: Path, mode: int = 0o640) -> int:
        self._try("create")
        return super().create(path, mode)

    def write(self, handle: int, data: memoryview) -> int:
        self._try("write")
        if self.room is not None:
            data = data[: self.room]
            if not len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self.room -= len(data)
        return super().write(handle, data)

    def truncate(self, handle: int, size: int) -> None:
        self._try("truncate")
        if self.room is not None:
            self.room += os.fstat(handle).st_size - size
        super().truncate(handle, size)

    def sync(self, handle: int) -> None:
        self._try("sync")
        super().sync(handle)

    def sync_directory(self, directory: Path) -> None:
        self._try("sync_directory")
        super().sync_directory(directory)

    def remove(self, path: Path) -> None:
        self._try("remove")
        super().remove(path)


def _lines(directory: Path) -> list[bytes]:
    with FileJournal(directory) as journal:
        return [batch.lines.line(i) for batch in journal.replay() for i in range(len(batch.lines))]


def test_a_full_disk_stops_nothing_and_heals(tmp_path, batch_of):
    files = SickFiles()
    lines = [b"line %03d" % i for i in range(60)]
    with FileJournal(tmp_path, files=files, monotonic_s=Clock()) as journal:
        for i in range(20):
            journal.append(batch_of([lines[i]], i + 1))
            assert journal.commit() == i + 1
        files.room = 350  # two frames and a part of one
        durable = []
        for i in range(20, 50):
            assert journal.append(batch_of([lines[i]], i + 1)) == i + 1, "append goes on"
            durable.append(journal.commit())
        assert durable == [21, 22, *[22] * 28]
        assert "No space left" in journal.failure
        assert not journal.is_durable(23)
        assert journal.waiting_bytes > 0
        files.room = None
        for i in range(50, 60):
            journal.append(batch_of([lines[i]], i + 1))
        assert journal.commit() == 60
        assert (journal.failure, journal.waiting_bytes, journal.dropped) == ("", 0, 0)
    assert _lines(tmp_path) == lines
    assert len(list((tmp_path / "journal").glob("*.journal"))) == 1


def test_a_kill_on_a_full_disk_loses_nothing_acknowledged(tmp_path, batch_of):
    files = SickFiles()
    journal = FileJournal(tmp_path, files=files, monotonic_s=Clock())
    files.room = 1_000
    for i in range(30):
        journal.append(batch_of([b"line %03d" % i], i + 1))
        journal.commit()
    acknowledged = journal.durable
    assert 0 < acknowledged < 30
    os.close(journal._log._lock)  # as when the process is killed
    assert _lines(tmp_path)[:acknowledged] == [b"line %03d" % i for i in range(acknowledged)]


def test_what_still_fits_is_saved(tmp_path, batch_of, monkeypatch):
    monkeypatch.setattr(journal_module, "CHUNK_BYTES", 300)
    files = SickFiles()
    with FileJournal(tmp_path, files=files, monotonic_s=Clock()) as journal:
        for i in range(40):
            journal.append(batch_of([b"line %03d" % i], i + 1))
        files.room = 2_000
        assert 10 < journal.commit() < 20
        files.room = None
        assert journal.commit() == 40


def test_retries_keep_a_distance(tmp_path, batch_of):
    files, clock = SickFiles(), Clock(step_s=0.0)
    with FileJournal(tmp_path, files=files, monotonic_s=clock) as journal:
        files.broken = {"write": errno.ENOSPC}
        journal.append(batch_of([b"x"]))
        for _ in range(10):
            journal.commit()
        assert files.calls.count("write") == 2, "the key at first, then one try"
        clock.now_s = 1.0
        files.broken = {}
        assert journal.commit() == 1
        assert journal.failure == ""


@pytest.mark.parametrize("call", ["sync", "write", "create", "sync_directory"])
@pytest.mark.parametrize("also", ["truncate", "remove", "nothing"])
@pytest.mark.parametrize("before", [0, 3])
def test_any_call_that_fails_is_survived(tmp_path, batch_of, call, also, before):
    files = SickFiles()
    lines = [b"line %03d" % i for i in range(9)]
    segment_bytes = 1 if call in ("create", "sync_directory") else 64 << 20
    with FileJournal(tmp_path, files=files, monotonic_s=Clock(), segment_bytes=segment_bytes) as journal:
        for i in range(before):
            journal.append(batch_of([lines[i]], i + 1))
            journal.commit()
        files.broken = {call: errno.EIO, also: errno.EIO}
        for i in range(before, 9):
            journal.append(batch_of([lines[i]], i + 1))
            assert journal.commit() == before
            assert "Input/output error" in journal.failure
        assert len(list((tmp_path / "journal").iterdir())) <= before + 3, "a failing disk is not littered with files"
        files.broken = {}
        assert journal.commit() == 9
        assert journal.failure == ""
        assert [b.lines.line(0) for b in journal.replay()] == lines
    assert _lines(tmp_path) == lines
    assert [r.data for r in read_records(tmp_path) if r.what == "feed 0"] == lines


def test_after_a_failed_sync_the_page_is_never_trusted(tmp_path, batch_of):
    """The kernel may call it clean: what was not durable goes to a new segment, and what the old one holds of it does not count."""
    files = SickFiles()
    with FileJournal(tmp_path, files=files, monotonic_s=Clock()) as journal:
        journal.append(batch_of([b"safe"]))
        journal.commit()
        old = next((tmp_path / "journal").glob("*.journal"))
        files.broken = {"sync": errno.EIO}
        journal.append(batch_of([b"written but not synced"]))
        assert journal.commit() == 1
        size = old.stat().st_size
        files.broken = {}
        assert journal.commit() == 2
        assert old.stat().st_size == size
        new = max((tmp_path / "journal").glob("*.journal"))
        assert new != old
        assert b"written but not synced" in new.read_bytes()
    raw = bytearray(old.read_bytes())
    raw[-5:] = b"?????"  # the page never came to the disk
    old.write_bytes(raw)
    assert _lines(tmp_path) == [b"safe", b"written but not synced"]
    assert [r.data for r in read_records(tmp_path) if r.what == "feed 0"] == [b"safe", b"written but not synced"]


def test_memory_is_bounded_and_what_is_given_up_is_never_acknowledged(tmp_path, batch_of):
    files = SickFiles()
    lines = [b"line %04d" % i for i in range(500)]
    journal = FileJournal(tmp_path, files=files, monotonic_s=Clock(), buffer_bytes=10_000)
    for i in range(10):
        journal.append(batch_of([lines[i]], i + 1))
    assert journal.commit() == 10
    files.broken = {"write": errno.ENOSPC}
    for i in range(10, 400):
        journal.append(batch_of([lines[i]], i + 1))
        assert journal.commit() == 10
        assert journal.waiting_bytes <= 10_000
    assert journal.records == 400
    dropped = journal.dropped
    assert 200 < dropped < 390
    files.broken = {}
    assert journal.commit() == 10, "a number after the loss would vouch for the lost ones"
    for i in range(400, 500):
        journal.append(batch_of([lines[i]], i + 1))
    assert journal.commit() == 10
    assert journal.failure == ""
    assert [n for n in range(1, 501) if not journal.is_durable(n)] == list(range(11, 11 + dropped))
    kept = [*lines[:10], *lines[10 + dropped :]]
    assert [b.lines.line(0) for b in journal.replay()] == kept
    journal.close()
    with FileJournal(tmp_path) as again:
        assert again.records == again.durable == 500
        assert [b.lines.line(0) for b in again.replay()] == kept
    shown = list(read_records(tmp_path))
    assert [r.data for r in shown if r.what == "feed 0"] == kept
    assert [r.number for r in shown if r.what == "feed 0"] == [*range(1, 11), *range(11 + dropped, 501)]
    (said,) = [r for r in shown if r.what == "lost"]
    assert f"records 11 to {10 + dropped} were lost" in said.data.decode()
    assert "No space left" in said.data.decode()


def test_a_disk_that_hangs_does_not_take_the_memory(tmp_path, batch_of, monkeypatch):
    """One thread is stuck in a sync; the other goes on appending."""
    import threading

    monkeypatch.setattr(journal_module, "_PATIENCE_S", 0.01)
    stuck, go_on = threading.Event(), threading.Event()

    class Hanging(FileLayer):
        opened = False

        def sync(self, handle: int) -> None:
            if self.opened:
                stuck.set()
                assert go_on.wait(60)
            super().sync(handle)

    files = Hanging()
    journal = FileJournal(tmp_path, files=files, buffer_bytes=10_000)
    files.opened = True
    journal.append(batch_of([b"line 0000"], 1))
    thread = threading.Thread(target=journal.commit)
    thread.start()
    assert stuck.wait(60)
    for i in range(1, 300):
        journal.append(batch_of([b"line %04d" % i], i + 1))
        assert journal.waiting_bytes <= 10_000
    assert "does not answer" in journal.failure
    go_on.set()
    thread.join()
    assert journal.commit() == 1
    dropped = journal.dropped
    assert dropped > 0
    assert [b.lines.line(0) for b in journal.replay()] == [b"line 0000", *[b"line %04d" % i for i in range(1 + dropped, 300)]]
    journal.close()


def test_a_journal_opens_on_a_full_disk_too(tmp_path, batch_of):
    with FileJournal(tmp_path) as journal:
        journal.append(batch_of([b"kept"]))
    with next((tmp_path / "journal").glob("*.journal")).open("ab") as file:
        file.write(b"torn")
    files = SickFiles()
    files.broken = dict.fromkeys(("create", "write"), errno.ENOSPC)
    with FileJournal(tmp_path, files=files, monotonic_s=Clock()) as journal:
        assert journal.torn_tail == 4
        journal.append(batch_of([b"new"]))
        assert journal.commit() == 1
        files.broken = {}
        assert journal.commit() == 2
    assert _lines(tmp_path) == [b"kept", b"new"]


def test_a_disk_that_was_caught_up_from_a_copy_is_called_well_at_once(tmp_path, batch_of):
    files = SickFiles()
    with FileJournal(tmp_path / "a", files=files, monotonic_s=Clock(), targets=[DirectoryTarget(tmp_path / "b")]) as journal:
        journal.append(batch_of([b"one"], 1))
        journal.commit()
        files.broken = {"write": errno.ENOSPC}
        journal.append(batch_of([b"two"], 2))
        assert journal.commit() == 2, "the copy has it"
        assert "No space left" in journal.failure
        files.broken = {}
        assert journal.commit() == 2
        assert journal.failure == ""
    assert _lines(tmp_path / "a") == [b"one", b"two"]


@pytest.mark.parametrize("how", ["removed", "renamed", "replaced"])
def test_what_goes_to_a_file_that_was_taken_away_is_not_acknowledged(tmp_path, batch_of, how):
    """A write to a file without a name succeeds, and is gone with the process."""
    with FileJournal(tmp_path, monotonic_s=Clock()) as journal:
        journal.append(batch_of([b"one"], 1))
        assert journal.commit() == 1
        path = next((tmp_path / "journal").glob("*.journal"))
        raw = path.read_bytes()
        path.unlink() if how == "removed" else path.rename(path.with_suffix(".away"))
        if how == "replaced":
            path.write_bytes(raw)
        journal.append(batch_of([b"two"], 2))
        assert journal.commit() == 1
        assert "removed" in journal.failure
        journal.append(batch_of([b"three"], 3))
        assert journal.commit() == 3, "the next one goes to a new segment"
        assert journal.failure == ""
        kept = next(p for p in (tmp_path / "journal").glob("*.journal") if p != path)
        assert int(kept.name[:20]) == 2


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 256 KiB."""
    place = tmp_path / "small"
    place.mkdir()
    try:
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(place)], capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount command here")
    if made.returncode:
        pytest.skip("only root may mount a small file system for this test")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_truly_full_file_system(small_disk, batch_of):
    noise = random.Random(1)
    lines = [b"%05d " % i + noise.randbytes(500).replace(b"\n", b"x") for i in range(400)]
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(100_000))
    with FileJournal(small_disk, monotonic_s=Clock(), segment_bytes=30_000) as journal:
        for i in range(300):
            assert journal.append(batch_of([lines[i]], i + 1)) == i + 1
            journal.commit()
        acknowledged = journal.durable
        assert 100 < acknowledged < 300
        assert "No space left" in journal.failure
        assert [b.lines.line(0) for b in journal.replay()] == lines[:acknowledged]
        ballast.unlink()
        assert journal.commit() == 300
        assert journal.failure == ""
    assert _lines(small_disk) == lines[:300]


class PoweredFiles(FileLayer):
    """Notes what is surely on the disk: content at each sync, names at each sync of the directory."""

    def __init__(self) -> None:
        self.paths: dict[int, Path] = {}
        self.content: dict[Path, bytearray] = {}
        self.synced: dict[Path, bytes] = {}
        self.named: set[Path] = set()

    def create(self, path: Path, mode: int = 0o640) -> int:
        handle = super().create(path, mode)
        self.paths[handle], self.content[path], self.synced[path] = path, bytearray(), b""
        return handle

    def write(self, handle: int, data: memoryview) -> int:
        self.content[self.paths[handle]] += data
        return super().write(handle, data)

    def sync(self, handle: int) -> None:
        path = self.paths[handle]
        self.synced[path] = bytes(self.content[path])

    def rename(self, path: Path, to: Path) -> None:
        super().rename(path, to)
        self.content[to], self.synced[to] = self.content.pop(path), self.synced.pop(path)

    def sync_directory(self, directory: Path) -> None:
        self.named = set(self.content)


@given(data=st.data())
def test_a_power_cut_at_any_moment_loses_nothing_acknowledged(data, batch_of, tmp_path_factory):
    """Of what was not synced any 512-byte sectors may be there and any not; a name not synced may be missing."""
    directory, files = tmp_path_factory.mktemp("powered"), PoweredFiles()
    journal = FileJournal(directory, files=files, segment_bytes=data.draw(st.sampled_from([1, 700, 64 << 20])))
    number = 0
    lines: list[bytes] = []
    cuts: list[tuple[int, dict[Path, bytes], dict[Path, bytes], set[Path]]] = []

    def remember() -> None:
        cuts.append((journal.durable, {p: bytes(c) for p, c in files.content.items()}, dict(files.synced), set(files.named)))

    original: Any = files.write

    def write(handle: int, raw: memoryview) -> int:
        done = original(handle, raw)
        remember()
        return int(done)

    files.write = write  # type: ignore[method-assign]  # the moment between a write and its sync
    for _ in range(data.draw(st.integers(1, 8))):
        new = [b"%06d" % (number + i) + b"x" * data.draw(st.sampled_from([0, 300, 900])) for i in range(data.draw(st.integers(1, 3)))]
        lines += new
        journal.append(batch_of(new, number + 1))
        number += len(new)
        if data.draw(st.booleans()):
            journal.commit()
            remember()
    journal.close()
    remember()
    acknowledged, content, synced, named = data.draw(st.sampled_from(cuts))
    after = tmp_path_factory.mktemp("after")
    (after / "journal").mkdir()
    for path, raw in content.items():
        if path not in named and data.draw(st.booleans()):
            continue
        image = bytearray(synced[path])
        for begin in range(len(image), len(raw), 512):
            piece = raw[begin : begin + 512]
            image += piece if data.draw(st.booleans()) else bytes(len(piece))
        (after / "journal" / path.name).write_bytes(image)
    with FileJournal(after) as again:
        assert again.durable >= acknowledged
        got = [batch.lines.line(i) for batch in again.replay() for i in range(len(batch.lines))]
    assert got == lines[: len(got)]
    assert len(got) >= acknowledged


def test_a_directory_that_may_not_be_written(tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(InputFault, match=r"Read-only file system.*help:"):
        FileJournal(tmp_path / "new")


def test_a_finished_file_that_was_taken_away_is_told(tmp_path, batch_of):
    """Between two segments no file is open: what was removed then is noticed when the next one begins."""
    with FileJournal(tmp_path, monotonic_s=Clock(), segment_bytes=1) as journal:
        journal.append(batch_of([b"one"]))
        journal.commit()
        next((tmp_path / "journal").glob("*.journal")).unlink()
        journal.append(batch_of([b"two"], 2))
        assert journal.commit() == 1
        assert "removed" in journal.failure
        assert journal.commit() == 2, "the watch goes on"
        assert journal.failure == "" and "was removed" in journal.damage, "and who looks later is told, too"
