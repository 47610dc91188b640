"""Snapshot files: whole or passed over, whatever happened to them, and never half written."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tankerwatch
from tankerwatch.store import snapshots
from tankerwatch.store.files import FileLayer
from tankerwatch.store.frozen import NotSaved
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.snapshots import At, Made, found, read, read_header, snapshots_of, write

MADE = Made("0.1", "c0ffee", "0123", ("one", "two"))
ARRAYS = [np.arange(1000.0), np.zeros((0, 3), np.uint8), np.eye(3, dtype=np.float32), np.array(7, np.int64)]
RAW = b"a pickle" * 100


def everything(path):
    header = read_header(path)
    raw, arrays = read(path, header)
    return header.made, header.at, raw, [(a.dtype, a.shape, a.tobytes()) for a in arrays]


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    return write(folder, MADE, At(5, 70, 1.5e9), RAW, ARRAYS)


def test_it_comes_back_as_it_was_written(one):
    made, at, raw, arrays = everything(one)
    assert (made, at, raw) == (MADE, At(5, 70, 1.5e9), RAW)
    assert arrays == [(a.dtype, a.shape, a.tobytes()) for a in ARRAYS]
    assert all(a.flags.writeable and a.flags.c_contiguous for a in read(one, read_header(one))[1])


def test_two_are_kept_the_newest_first(tmp_path):
    for frame in (3, 9, 20, 100):
        write(tmp_path, MADE, At(frame, frame, None), RAW, ARRAYS)
    assert [read_header(path).at.frame for path in found(tmp_path)] == [100, 20]
    assert list(found(tmp_path / "nothing")) == []


@settings(max_examples=150)
@given(st.integers(0, 10**9), st.integers(1, 255), st.sampled_from(["flip", "cut", "zero", "longer"]))
def test_whatever_is_damaged_is_told(one, at, by, how):
    raw = one.read_bytes()
    at %= len(raw)
    changed = {
        "flip": raw[:at] + bytes([raw[at] ^ by]) + raw[at + 1 :],
        "cut": raw[:at],
        "zero": raw[:at] + bytes(len(raw) - at),
        "longer": raw + b"x" * by,
    }[how]
    path = one.with_name(f"{7:020d}.snapshot")
    path.write_bytes(changed)
    if how == "zero" and changed == raw:
        return
    with pytest.raises(NotSaved):
        everything(path)


def sealed(told, packed):
    line = json.dumps(told).encode()
    return blake2b(line, digest_size=32).hexdigest().encode() + b" " + line + b"\n" + packed


@pytest.mark.parametrize(
    "change",
    [
        {"magic": "another"}, {"made": 5}, {"made": {"version": "1"}}, {"at": {"frame": 1}}, {"arrays": [["<f8", [10**12]]]},
        {"arrays": [["O", [3]]]}, {"pickled": -5}, {"pickled": 10**12}, {"content": 10**15}, {"packed": 10**15}, {"packed": -1},
        {"arrays": [["<f8", [1]]]}, {"digest": "00"}, {"content": 3},
    ],
)  # fmt: skip  # one a line would hide what belongs together
def test_a_forged_header_is_passed_over(one, change):
    first, packed = one.read_bytes().split(b"\n", 1)
    told = json.loads(first.split(b" ", 1)[1])
    path = one.with_name(f"{8:020d}.snapshot")
    path.write_bytes(sealed({**told, **change}, packed))
    with pytest.raises(NotSaved):
        everything(path)


class Failing(FileLayer):
    """Fails at its n-th call."""

    def __init__(self, at):
        self.left = at

    def _count(self):
        self.left -= 1
        if self.left == 0:
            raise OSError(28, "No space left on device")

    def create(self, path):
        self._count()
        return super().create(path)

    def write(self, handle, data):
        self._count()
        return super().write(handle, data[:50])

    def sync(self, handle):
        self._count()
        super().sync(handle)

    def rename(self, path, to):
        self._count()
        super().rename(path, to)


def test_a_full_disk_leaves_what_was_there(tmp_path):
    write(tmp_path, MADE, At(1, 1, None), RAW, ARRAYS)
    failed = 0
    for at in range(1, 400):
        try:
            write(tmp_path, MADE, At(2, 2, None), RAW, ARRAYS, Failing(at))
        except OSError:
            failed += 1
            assert [path.name for path in snapshots_of(tmp_path).iterdir()] == [f"{1:020d}.snapshot"]
            continue
        break
    assert failed > 5
    assert [read_header(path).at.frame for path in found(tmp_path)] == [2, 1]


WRITER = """
import sys
from pathlib import Path
import numpy as np
from tankerwatch.store.snapshots import At, Made, write
frame = 0
while True:
    frame += 1
    write(Path(sys.argv[1]), Made("0.1", "c", "m", ()), At(frame, frame, None), b"%d" % frame * 1000, [np.full(200_000, frame)])
    print(frame, flush=True)
"""


def test_killed_at_any_moment_the_newest_is_whole(tmp_path):
    dice = random.Random(5)
    environment = {**os.environ, "PYTHONPATH": str(Path(tankerwatch.__file__).parent.parent)}
    for _ in range(6):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, env=environment)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(dice.random() * 0.3)
        writer.send_signal(signal.SIGKILL)
        told = [int(line) for line in writer.stdout.read().split() if line.strip()]
        writer.wait()
        writer.stdout.close()
        newest = next(found(tmp_path))
        _, at, raw, arrays = everything(newest)
        assert raw == b"%d" % at.frame * 1000 and arrays[0][2] == np.full(200_000, at.frame).tobytes()
        assert not told or at.frame >= told[-1]
        for path in list(snapshots_of(tmp_path).iterdir()):
            path.unlink()


def test_what_a_dead_writer_left_is_no_snapshot(tmp_path):
    folder = snapshots_of(tmp_path)
    folder.mkdir()
    (folder / f"{9:020d}.part").write_bytes(b"half")
    (folder / "notes.txt").write_bytes(b"mine")
    assert list(found(tmp_path)) == []
    write(tmp_path, MADE, At(9, 9, None), RAW, ARRAYS)
    assert [path.name for path in found(tmp_path)] == [f"{9:020d}.snapshot"]
    assert not (folder / f"{9:020d}.part").exists() and snapshots.KEPT == 2


@settings(max_examples=40)
@given(
    sizes=st.lists(st.integers(0, 6), min_size=1, max_size=25), after=st.integers(0, 30), segment_bytes=st.sampled_from([1, 400, 1 << 20])
)
def test_the_journal_after_a_frame_is_the_rest_of_the_whole(sizes, after, segment_bytes, tmp_path_factory, batch_of, shape):
    with FileJournal(tmp_path_factory.mktemp("data"), segment_bytes=segment_bytes) as journal:
        first = 1
        for number, size in enumerate(sizes):
            journal.append(batch_of([b"line"] * size, first, clock_s=1e9 + 10 * number))
            journal.commit()
            first += size
        whole = [shape(batch) for batch in journal.replay()]
        assert len(whole) == journal.stored.frame
        assert [shape(batch) for batch in journal.replay(after)] == whole[after:]
