"""A vault over real TLS: it takes the next append from whoever may, and nothing that anyone says takes away what it has."""

from __future__ import annotations

import asyncio
import errno
import http.client
import json
import os
import random
import select
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tankerwatch
from tankerwatch.cli import main
from tankerwatch.core.errors import InputFault
from tankerwatch.ingest.clock import now
from tankerwatch.store import remote, shelves, vault
from tankerwatch.store.access import Tokens, init
from tankerwatch.store.chain import origin
from tankerwatch.store.files import FileLayer
from tankerwatch.store.frames import Placed, encode, place
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.keys import Keys
from tankerwatch.store.log import Fork, Tip
from tankerwatch.store.remote import Access, Line, VaultCopy, VaultTarget, journals_in
from tankerwatch.store.restore import restore
from tankerwatch.store.retention import drop_old, tombstones
from tankerwatch.store.seals import read_seal, seal_files
from tankerwatch.store.segments import segments_in
from tankerwatch.store.targets import target_of
from tankerwatch.store.vault import VaultServer
from tankerwatch.store.verify import verify

DAY_S = 86400.0
MARK = bytes(range(8))


def _until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to that")


class Running:
    """A vault that serves in a thread, and how to reach it."""

    def __init__(self, directory: Path, port: int = 0, **options: object) -> None:
        self.directory, self.told = directory, []
        keys = {"certificate": directory / "certificate.pem", "key": directory / "key.pem", "keep_s": 365 * DAY_S, **options}
        clocks = {"now_s": lambda: 1.8e9, "monotonic_s": time.monotonic}
        self.server = VaultServer(directory, "127.0.0.1", port, **{**clocks, **keys}, tell=self.told.append)
        self.url, self.port = self.server.url, self.server.port
        self.access = Access(directory / "token.txt", directory / "certificate.pem")
        self._thread = threading.Thread(target=lambda: asyncio.run(self.server.serve()), daemon=True)
        self._thread.start()
        _until(lambda: self.server.started)

    def other(self, name: str) -> Access:
        """The way in of another writer."""
        path = self.directory / f"token-{name}.txt"
        if not path.exists():
            path.write_text(Tokens(self.directory / "tokens").add(name))
        return Access(path, self.directory / "certificate.pem")

    def stop(self) -> None:
        """Once or twice."""
        self.server.stop()
        self._thread.join(20)
        assert not self._thread.is_alive()


def _made(directory: Path) -> Path:
    _, token = init(directory, ["127.0.0.1", "localhost"], 1.75e9)
    (directory / "token.txt").write_text(token + "\n")
    return directory


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


@contextmanager
def _serving(directory: Path, **options: object) -> Iterator[Running]:
    running = Running(directory, **options)
    try:
        yield running
    finally:
        running.stop()


@pytest.fixture
def running(tmp_path) -> Iterator[Running]:
    with _serving(_made(tmp_path / "vault")) as made:
        yield made


@pytest.fixture(scope="module")
def lasting(tmp_path_factory) -> Iterator[Running]:
    """One vault for many examples."""
    with _serving(_made(tmp_path_factory.mktemp("lasting") / "vault")) as made:
        yield made


def _frames(batch_of, count: int, mark: bytes = MARK, tip: Tip | None = None, word: bytes = b"line") -> list[Placed]:
    record, frame, chain = tip or Tip(0, 0, origin(mark))
    made = []
    for i in range(count):
        placed = place(encode(batch_of([word + b" %d" % i], record + 1)), mark, record + 1, frame + 1, 0, chain)
        record, frame, chain = placed.header.last_record, placed.header.frame, placed.header.chain
        made.append(placed)
    return made


def _held(running: Running, mark: bytes = MARK) -> bytes:
    folder = running.directory / mark.hex() / "journal"
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.journal")))


def _call(running: Running, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    context = ssl.create_default_context(cafile=running.directory / "certificate.pem")
    connection = http.client.HTTPSConnection("127.0.0.1", running.port, timeout=10, context=context)
    token = (running.directory / "token.txt").read_text().strip()
    try:
        connection.request(method, path, body=body or None, headers={"Authorization": f"Bearer {token}", **(headers or {})})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_appended_over_tls_and_given_back_to_the_bit(running, batch_of):
    target = VaultTarget(running.url, running.access)
    assert target.tip(MARK) == Tip(0, 0, origin(MARK))
    assert target.seals(MARK) == 0
    frames = _frames(batch_of, 30)
    assert target.append(MARK, frames[:10]) == Tip(10, 10, frames[9].header.chain)
    assert target.append(MARK, frames[10:]).frame == 30
    assert target.append(MARK, frames[20:]).frame == 30, "what is there already is passed over"
    assert [frame.raw for piece in target.frames(MARK, 12) for frame in piece] == [frame.raw for frame in frames[12:]]
    target.close()
    assert target.tip(MARK).record == 30
    assert _held(running) == b"".join(frame.raw for frame in frames)
    assert journals_in(running.url, running.access) == [MARK.hex()]
    target.close()


def test_another_history_is_refused_and_changes_nothing(running, batch_of):
    target = VaultTarget(running.url, running.access)
    frames = _frames(batch_of, 5)
    target.append(MARK, frames)
    before = _held(running)
    other = _frames(batch_of, 5, word=b"other")
    with pytest.raises(Fork):
        target.append(MARK, other)
    with pytest.raises(Fork):
        target.append(MARK, _frames(batch_of, 8, word=b"other")[5:])
    with pytest.raises(Fork):
        target.append(MARK, _frames(batch_of, 8)[6:])
    with pytest.raises(Fork, match="another writer"):
        target.append(MARK, frames[:3])
    with pytest.raises(Fork, match="begins with its first frame"):
        target.append(bytes(8), _frames(batch_of, 2, bytes(8))[1:])
    assert not (running.directory / bytes(8).hex()).exists()
    assert _held(running) == before
    target.close()


def test_no_verb_removes_or_changes_anything(running, batch_of):
    target = VaultTarget(running.url, running.access)
    target.append(MARK, _frames(batch_of, 5))
    target.close()
    before = {path: path.read_bytes() for path in sorted(running.directory.rglob("*")) if path.is_file()}
    paths = [
        "",
        "/frames",
        "/frames?after=0",
        "/seal",
        "/seals/1",
        "/seals/0",
        "/../x",
        "/journal",
        "/owner",
        "/frames/1",
        "/%2e%2e/tokens",
    ]
    verbs = ["DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "COPY", "MOVE", "LOCK", "PROPFIND", "PURGE", "POST"]
    for verb in verbs:
        for path in [*(f"/v1/{MARK.hex()}{path}" for path in paths), "/v1", "/v1/health", "/", "/tokens", "/v1/../tokens"]:
            status, _ = _call(running, verb, path, b"x" if verb in ("PUT", "POST", "PATCH") else b"")
            assert status in ((405,) if verb != "POST" else (400, 404, 405)), (verb, path)
    for path in ("/tokens", "/v1/tokens", "/v1/../tokens", f"/v1/{MARK.hex()}/journal", f"/v1/{MARK.hex()}/owner", "/v1/" + "0" * 15):
        assert _call(running, "GET", path)[0] == 404, path
    assert {path: path.read_bytes() for path in sorted(running.directory.rglob("*")) if path.is_file()} == before
    health = json.loads(_call(running, "GET", "/v1/health")[1])
    assert sum(health["refused"].values()) > 100


def test_only_who_began_a_journal_sees_it(running, batch_of):
    mine = VaultTarget(running.url, running.access)
    frames = _frames(batch_of, 3)
    mine.append(MARK, frames)
    other = VaultTarget(running.url, running.other("other"))
    assert other.tip(MARK) == Tip(0, 0, origin(MARK)), "as if it were not there"
    with pytest.raises(OSError, match="not for this token"):
        other.append(MARK, frames)
    with pytest.raises(OSError, match="not there"):
        other.append(MARK, _frames(batch_of, 1, tip=Tip(3, 3, frames[-1].header.chain)))
    assert list(journals_in(running.url, running.other("other"))) == []
    with pytest.raises(OSError, match="not there"):
        next(other.frames(MARK, 0))
    assert mine.tip(MARK).frame == 3
    again = VaultTarget(running.url, running.other("desk"))
    assert again.tip(MARK).frame == 3, "another token of the same name"
    wrong = running.directory / "wrong.txt"
    wrong.write_text("A" * 43)
    for access in (Access(wrong, running.access.ca), Access(None, running.access.ca)):
        target = VaultTarget(running.url, access)
        with pytest.raises(OSError, match="does not let us in"):
            target.tip(MARK)
        with pytest.raises(OSError, match=r"does not let us in|reset|Broken pipe|EOF"):
            target.append(MARK, frames)
    assert running.server.refused["401 no token, or none that is known"] >= 2
    tokens = running.directory / "tokens"
    tokens.write_text("".join(line for line in tokens.read_text().splitlines(keepends=True) if not line.startswith("other ")))
    with pytest.raises(OSError, match="does not let us in"):
        other.tip(MARK)
    for target in (mine, other, again):
        target.close()


def test_a_token_is_kept_as_a_hash_alone(running):
    token = (running.directory / "token.txt").read_text().strip()
    assert token not in (running.directory / "tokens").read_text()
    assert (running.directory / "tokens").stat().st_mode & 0o077 == 0
    assert (running.directory / "key.pem").stat().st_mode & 0o077 == 0


def test_a_file_of_tokens_that_holds_something_else_lets_nobody_in(running, tmp_path):
    (running.directory / "tokens").write_text("desk secret\n")
    target = VaultTarget(running.url, running.access)
    with pytest.raises(OSError, match="line 1 is no token"):
        target.tip(MARK)
    assert "line 1 is no token" in running.told[0]
    target.close()
    for text in ("", "two words\n", "short", "x" * 2000, "\xff" * 40):
        (tmp_path / "token").write_text(text)
        with pytest.raises(InputFault, match="holds no token"):
            VaultTarget(running.url, Access(tmp_path / "token"))


def test_the_certificate_stands_the_strictest_check(running):
    context = ssl.create_default_context(cafile=running.directory / "certificate.pem")
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    for name in ("127.0.0.1", "localhost"):
        with socket.create_connection(("127.0.0.1", running.port), timeout=10) as line:
            context.wrap_socket(line, server_hostname=name).close()
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as line, pytest.raises(ssl.SSLCertVerificationError):
        context.wrap_socket(line, server_hostname="127.0.0.2")


def test_a_vault_that_dies_in_the_middle_gives_what_came(running, tmp_path, batch_of, monkeypatch):
    monkeypatch.setattr(shelves, "PIECE_BYTES", 700)
    monkeypatch.setattr(remote, "_PAUSE_S", 0.01)
    mark = _filled(running, tmp_path / "a", batch_of)
    copy = VaultCopy(f"{running.url}/{mark.hex()}", running.access)
    pieces = copy.frames()
    assert next(pieces)
    running.stop()
    assert list(pieces) == []
    assert "cannot be reached" in copy.left
    with pytest.raises(InputFault, match="cannot be reached"):
        next(copy.frames())


def test_one_writer_has_not_more_than_so_many_journals(running, batch_of, monkeypatch):
    monkeypatch.setattr(shelves, "MOST_JOURNALS", 2)
    target = VaultTarget(running.url, running.access)
    for number in (1, 2):
        mark = bytes([number]) * 8
        target.append(mark, _frames(batch_of, 1, mark))
    with pytest.raises(OSError, match="one writer has no more"):
        target.append(bytes(8), _frames(batch_of, 1, bytes(8)))
    other = VaultTarget(running.url, running.other("other"))
    assert other.append(bytes(8), _frames(batch_of, 1, bytes(8))).frame == 1
    target.close()
    other.close()


def test_a_full_vault_says_so(tmp_path, batch_of):
    with _serving(_made(tmp_path / "vault"), most_bytes=2000) as running:
        target = VaultTarget(running.url, running.access)
        target.append(MARK, _frames(batch_of, 5))
        with pytest.raises(OSError, match="full"):
            target.append(MARK, _frames(batch_of, 20)[5:])
        assert target.tip(MARK).frame == 5
        target.close()


def test_what_is_too_long_is_refused_before_it_is_read(running, batch_of):
    path = f"/v1/{MARK.hex()}/frames"
    assert _call(running, "POST", path, b"", {"Content-Length": str(1 << 40)})[0] == 413
    assert _call(running, "POST", f"/v1/{MARK.hex()}/seal", b"", {"Content-Length": str(1 << 20)})[0] == 413
    assert _call(running, "POST", path, b"5\r\nhello\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked"})[0] == 411
    assert _call(running, "POST", path, b"", {"Content-Length": "0"})[0] == 400
    assert _call(running, "GET", path + "?after=-1")[0] == 400
    assert _call(running, "GET", path + "?after=" + "9" * 30)[0] == 400
    assert not (running.directory / MARK.hex()).exists()


def _raw(running: Running) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=running.directory / "certificate.pem")
    return context.wrap_socket(socket.create_connection(("127.0.0.1", running.port), timeout=10), server_hostname="127.0.0.1")


def _head(running: Running, size: int) -> bytes:
    token = (running.directory / "token.txt").read_text().strip()
    return f"POST /v1/{MARK.hex()}/frames HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {size}\r\n\r\n".encode()


def test_a_line_torn_within_a_body_leaves_nothing_half(running, batch_of):
    frames = _frames(batch_of, 40)
    body = b"".join(frame.raw for frame in frames)
    for cut in (0, 1, len(frames[0].raw), len(body) // 2, len(body) - 1):
        line = _raw(running)
        line.sendall(_head(running, len(body)) + body[:cut])
        line.close()
    _until(lambda: running.server.refused["cut off"] == 5)
    assert not (running.directory / MARK.hex()).exists()
    target = VaultTarget(running.url, running.access)
    assert target.append(MARK, frames).frame == 40
    target.close()


def test_who_is_slow_is_cut(running, monkeypatch, batch_of):
    monkeypatch.setattr(vault, "QUIET_S", 0.5)
    monkeypatch.setattr(vault, "FIRST_REQUEST_S", 0.5)
    monkeypatch.setattr(vault, "_LOOK_S", 0.1)
    silent, halting = _raw(running), _raw(running)
    halting.sendall(_head(running, 1000) + b"abc")
    header = _raw(running)
    header.sendall(b"GET /v1 HTTP/1.1\r\n")
    for line in (silent, halting, header):
        with suppress(OSError):
            assert line.recv(1) == b""
        line.close()
    target = VaultTarget(running.url, running.access)
    assert target.append(MARK, _frames(batch_of, 1)).frame == 1
    target.close()


def test_a_frame_of_any_size_is_taken_and_who_does_not_read_is_cut(running, monkeypatch, batch_of):
    noise = random.Random(5).randbytes(20 << 20).replace(b"\n", b"x")
    target = VaultTarget(running.url, running.access)
    frames = _frames(batch_of, 1, word=noise)
    assert len(frames[0].raw) > vault.LARGE_BYTES
    assert target.append(MARK, frames).frame == 1
    assert [frame.raw for piece in target.frames(MARK, 0) for frame in piece] == [frames[0].raw]
    monkeypatch.setattr(vault, "QUIET_S", 0.5)
    monkeypatch.setattr(vault, "_LOOK_S", 0.1)
    line = _raw(running)
    line.sendall(_head(running, 0).replace(b"POST", b"GET").replace(b"/frames", b"/frames?after=0"))
    _until(lambda: line in select.select([line], [], [], 0)[0])
    time.sleep(2.0)
    got = 0
    with suppress(OSError):
        while piece := line.recv(1 << 20):
            got += len(piece)
    assert 0 < got < len(frames[0].raw)
    line.close()
    target.close()


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_frames_that_are_none_change_nothing(data, lasting, batch_of):
    good = _frames(batch_of, 6)
    target = Line(lasting.url, lasting.access)
    with suppress(Fork):
        target.ask("POST", f"/{MARK.hex()}/frames", b"".join(frame.raw for frame in good[:3]))
    before = _held(lasting)
    raw = bytearray(b"".join(frame.raw for frame in good[3:]))
    how = data.draw(st.sampled_from(["any", "flip", "cut", "swap", "twice"]))
    if how == "any":
        raw = bytearray(data.draw(st.binary(max_size=300)))
    elif how == "flip":
        bit = data.draw(st.integers(0, len(raw) * 8 - 1))
        raw[bit // 8] ^= 1 << bit % 8
    elif how == "cut":
        del raw[data.draw(st.integers(0, len(raw) - 1).filter(lambda n: n not in (len(good[3].raw), len(good[3].raw) * 2))) :]
    elif how == "swap":
        raw = bytearray(good[4].raw + good[3].raw)
    else:
        raw = bytearray(good[3].raw + good[3].raw)
    with pytest.raises((OSError, Fork)):
        target.ask("POST", f"/{MARK.hex()}/frames", bytes(raw))
    assert _held(lasting) == before
    assert not any("our fault" in words for words in lasting.told)
    target.close()


@given(raw=st.binary(max_size=200) | st.dictionaries(st.text(max_size=8), st.integers() | st.text(max_size=70), max_size=5).map(_json))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_seals_that_are_none_are_refused(raw, lasting, batch_of):
    target = Line(lasting.url, lasting.access)
    with pytest.raises((OSError, Fork)):
        target.ask("POST", f"/{MARK.hex()}/seal", raw)
    assert not any("our fault" in words for words in lasting.told)
    target.close()


@given(raw=st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_on_the_line(raw, lasting):
    line = _raw(lasting)
    line.sendall(raw)
    line.close()
    assert not any("our fault" in words for words in lasting.told)


def test_durable_only_when_both_have_it(running, tmp_path, batch_of):
    target = VaultTarget(running.url, running.access)
    with FileJournal(tmp_path / "a", targets=[target], min_copies=2, segment_bytes=2000, seal_bytes=2000) as journal:
        mark = journal.mark
        for i in range(20):
            journal.append(batch_of([b"line %d" % i], i + 1, clock_s=1e9 + i))
            journal.commit()
        _until(lambda: journal.durable == 20)
        port = running.port
        running.stop()
        journal.append(batch_of([b"alone"], 21, clock_s=1e9 + 20))
        journal.commit()
        _until(lambda: journal.copies()[0]["state"] == "failing")
        assert journal.durable == 20
        assert not journal.is_durable(21)
        again = Running(running.directory, port)
        try:
            _until(lambda: journal.durable == 21)
            _until(lambda: journal.copies()[0]["state"] == "ok")
        finally:
            again.stop()
    copy = running.directory / mark.hex()
    assert verify(tmp_path / "a", replica=copy).vouched_to == 21
    names = [path.name for path in seal_files(tmp_path / "a" / "journal")]
    assert [path.name for path in seal_files(copy / "journal")] == names != []
    begins = {segment.first_frame for segment in segments_in(copy / "journal")}
    assert {read_seal(path).last_frame + 1 for path in seal_files(copy / "journal")[:-1]} <= begins, "a seal ends a segment there as well"


def _filled(running: Running, directory: Path, batch_of, commits: int = 30, **options) -> bytes:
    target = VaultTarget(running.url, running.access)
    with FileJournal(directory, targets=[target], **{"segment_bytes": 1500, "seal_bytes": 1500, **options}) as journal:
        for i in range(commits):
            journal.append(batch_of([b"line %d" % i], i + 1, clock_s=1e9 + i))
            journal.commit()
        _until(lambda: journal.copies()[0]["record"] == commits)
        _until(lambda: target.seals(journal.mark) == len(seal_files(directory / "journal")))
        return journal.mark


def test_all_of_it_is_had_again_from_the_vault(running, tmp_path, batch_of, shape):
    mark = _filled(running, tmp_path / "a", batch_of)
    with FileJournal(tmp_path / "a") as journal:
        before, checkpoint = [shape(batch) for batch in journal.replay()], journal.checkpoint()
    copy = VaultCopy(f"{running.url}/{mark.hex()}", running.access)
    assert verify(tmp_path / "a", replica=copy).vouched_to == 30
    shutil.rmtree(tmp_path / "a")
    found = verify(tmp_path / "a", replica=copy)
    assert found.intact is False
    made = restore(copy, tmp_path / "b")
    assert (made.records, made.left) == (30, "")
    found = verify(tmp_path / "b", checkpoints=[checkpoint])
    assert (found.intact, found.vouched_to) == (True, 30)
    target = VaultTarget(running.url, running.access)
    with FileJournal(tmp_path / "b", targets=[target]) as journal:
        assert [shape(batch) for batch in journal.replay()] == before
        journal.append(batch_of([b"goes on"], 31, clock_s=2e9))
        journal.commit()
        _until(lambda: journal.copies()[0]["record"] == 31)
    newest = segments_in(running.directory / mark.hex() / "journal")[0]
    newest.path.write_bytes(newest.path.read_bytes()[:-20] + bytes(20))
    made = restore(VaultCopy(f"{running.url}/{mark.hex()}", running.access), tmp_path / "c")
    assert 0 < made.records < 30
    assert "missing" in made.left or "damaged" in made.left
    with pytest.raises(InputFault, match="not there"):
        VaultCopy(f"{running.url}/{'0' * 16}", running.access)
    with pytest.raises(InputFault, match="no journal's mark"):
        VaultCopy(running.url, running.access)


def test_many_pieces(running, tmp_path, batch_of, monkeypatch):
    monkeypatch.setattr(shelves, "PIECE_BYTES", 700)
    mark = _filled(running, tmp_path / "a", batch_of)
    assert restore(VaultCopy(f"{running.url}/{mark.hex()}", running.access), tmp_path / "b").records == 30


def test_what_came_long_ago_by_the_vaults_own_clock_goes(tmp_path, batch_of):
    directory = _made(tmp_path / "vault")
    with _serving(directory) as running:
        mark = _filled(running, tmp_path / "a", batch_of, segment_bytes=500, seal_bytes=500)
        folder = directory / mark.hex() / "journal"
        assert running.server._shelves.age_out(now() + 364 * DAY_S) == 0
        for path in seal_files(folder)[:3]:
            os.utime(path, (1.7e9, 1.7e9))
        assert running.server._shelves.age_out(1.7e9 + 366 * DAY_S) == 3
        last = read_seal(seal_files(folder)[2])
        copy = VaultCopy(f"{running.url}/{mark.hex()}", running.access)
        assert copy.begin == Tip(last.last_record, last.last_frame, bytes.fromhex(last.chain))
        assert verify(tmp_path / "a", replica=copy).vouched_to == 30
        made = restore(copy, tmp_path / "b")
        assert (made.records, made.left) == (30, "")
        found = verify(tmp_path / "b", replica=copy)
        assert (found.intact, found.dropped_to) == (True, last.last_record)
        assert "by another keeper" in found.remarks[0]
        target = VaultTarget(running.url, running.access)
        with FileJournal(tmp_path / "a", targets=[target], seal_bytes=1500) as journal:
            for i in range(30, 40):
                journal.append(batch_of([b"line %d" % i], i + 1, clock_s=1e9 + i))
                journal.commit()
            _until(lambda: target.seals(mark) == len(seal_files(tmp_path / "a" / "journal")))
            _until(lambda: journal.copies()[0]["record"] == 40)
        assert running.server._shelves.age_out(1.7e9 + 366 * DAY_S) == 0


def test_a_run_that_shares_its_segment_is_not_dropped(tmp_path, batch_of):
    directory = _made(tmp_path / "vault")
    with FileJournal(tmp_path / "a", seal_bytes=1000, segment_bytes=1000) as journal:
        for i in range(20):
            journal.append(batch_of([b"line %d" % i], i + 1, clock_s=1e9 + i))
            journal.commit()
        mark = journal.mark
    kept = shelves.Shelves(directory, keep_s=DAY_S)
    try:
        raw = b"".join(segment.path.read_bytes() for segment in segments_in(tmp_path / "a" / "journal"))
        assert kept.append("token x", mark, raw).frame == 20, "all at once, and the seals later"
        for path in seal_files(tmp_path / "a" / "journal"):
            kept.seal("token x", mark, path.read_bytes())
        assert kept.age_out(now() + 9 * DAY_S) == 0
        assert kept.frames("token x", mark, 0) == raw
    finally:
        kept.close()


def test_a_drop_that_dies_between_two_tombstones_is_finished(tmp_path, batch_of):
    with FileJournal(tmp_path / "a", seal_bytes=1) as journal:
        for i in range(5):
            journal.append(batch_of([b"line %d" % i], i + 1, clock_s=1e9 + i))
            journal.commit()
    folder = tmp_path / "a" / "journal"

    class Dying(FileLayer):
        left = 2

        def create(self, path: Path, mode: int = 0o640) -> int:
            self.left -= 1
            if self.left < 0:
                raise OSError(errno.EIO, path.name)
            return super().create(path, mode)

    with pytest.raises(OSError, match="dropped"):
        drop_old(folder, Keys(folder), 90_000.0, 1e9 + 90_003.5, files=Dying())
    assert verify(tmp_path / "a").first_fault is None
    with FileJournal(tmp_path / "a") as journal:
        assert [batch.lines.line(0) for batch in journal.replay()] == [b"line 4"]
        journal.drop_old(90_000.0, 1e9 + 90_003.5)
    assert len(tombstones(folder)) == 4
    assert len(segments_in(folder)) == 1
    assert verify(tmp_path / "a").dropped_to == 4


def test_a_clock_that_jumps_drops_nothing():
    at = {"wall": 1e9, "monotonic": 5.0}
    clock = shelves.SteadyClock(lambda: at["wall"], lambda: at["monotonic"])
    at = {"wall": 1e9 + DAY_S, "monotonic": 5.0 + DAY_S}
    assert clock.steady()
    at = {"wall": 1e9 + 400 * DAY_S, "monotonic": 5.0 + 2 * DAY_S}
    assert not clock.steady()
    at = {"wall": 1e9 + 401 * DAY_S, "monotonic": 5.0 + 3 * DAY_S}
    assert clock.steady()


def test_while_it_serves_what_is_too_old_goes_unless_the_clock_was_set(tmp_path, batch_of, monkeypatch):
    monkeypatch.setattr(vault, "_FIRST_RETENTION_S", 0.2)
    monkeypatch.setattr(vault, "_RETENTION_S", 0.2)
    directory, at = _made(tmp_path / "vault"), {"wall": now(), "monotonic": 0.0}
    with _serving(directory, now_s=lambda: at["wall"], monotonic_s=lambda: at["monotonic"], keep_s=9 * DAY_S) as running:
        mark = _filled(running, tmp_path / "a", batch_of, segment_bytes=500, seal_bytes=500)
        seals = len(seal_files(directory / mark.hex() / "journal"))
        at["wall"] += 10 * DAY_S
        _until(lambda: any("the clock was set" in words for words in running.told))
        assert tombstones(directory / mark.hex() / "journal") == []
        at["wall"] -= 10 * DAY_S
        at.update({"wall": at["wall"] + 10 * DAY_S, "monotonic": 10 * DAY_S})
        _until(lambda: len(tombstones(directory / mark.hex() / "journal")) == seals - 1)


def test_two_vaults_do_not_serve_one_directory(running):
    with pytest.raises(InputFault, match="another process serves"):
        Running(running.directory)
    with pytest.raises(InputFault, match="is a vault already"):
        init(running.directory, ["x"], 1e9)


def _certificate(folder: Path, name: str, issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None):
    secret = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=10))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .sign(issuer[1] if issuer else secret, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / f"{name}.key").write_bytes(secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return made, secret


def test_certificates_in_place_of_tokens(tmp_path, batch_of):
    authority = _certificate(tmp_path, "authority")
    for name in ("bridge", "other"):
        _certificate(tmp_path, name, authority)
    _certificate(tmp_path, "stranger", _certificate(tmp_path, "elsewhere"))
    directory = _made(tmp_path / "vault")
    with _serving(directory, client_ca=tmp_path / "authority.pem") as running:

        def target(name: str) -> VaultTarget:
            made = target_of(
                running.url, token=None, ca=running.access.ca, certificate=tmp_path / f"{name}.pem", key=tmp_path / f"{name}.key"
            )
            assert isinstance(made, VaultTarget)
            return made

        frames = _frames(batch_of, 3)
        mine, other = target("bridge"), target("other")
        assert mine.append(MARK, frames).frame == 3
        assert other.tip(MARK).frame == 0
        with pytest.raises(OSError, match="not there"):
            other.append(MARK, frames)
        for refused in (target("stranger"), VaultTarget(running.url, running.access)):
            with pytest.raises(OSError, match=r"alert|EOF|reset|closed the line|Broken pipe|SSL"):
                refused.tip(MARK)
        assert (directory / MARK.hex() / "owner").read_text() == "certificate bridge\n"
        mine.close()
        other.close()


def test_a_vault_of_another_certificate_is_not_trusted(running, tmp_path):
    other = _made(tmp_path / "other")
    target = VaultTarget(running.url, Access(running.access.token, other / "certificate.pem"))
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        target.tip(MARK)
    with pytest.raises(InputFault, match="nothing but TLS"):
        VaultTarget(running.url.replace("https", "http"), running.access)
    with pytest.raises(InputFault, match="is no place for a copy"):
        target_of("ftp://x", token=None, ca=None, certificate=None, key=None)


_said = st.dictionaries(st.sampled_from(["record", "frame", "chain", "seals", "what"]), st.none() | st.integers() | st.text(max_size=5))


@given(answer=st.binary(max_size=300) | _said.map(_json))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_false_vault_answers_is_no_surprise(answer, lasting, batch_of):
    target = VaultTarget("https://127.0.0.1:1", lasting.access)
    for status in (200, 404, 409, 500, 302):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Line, "_call", lambda *_, status=status: (status, answer))
            for call in (lambda: target.tip(MARK), lambda: target.seals(MARK), lambda: list(target.frames(MARK, 0))):
                with suppress(OSError, Fork):
                    call()
            with pytest.raises((OSError, Fork)):
                target.append(MARK, _frames(batch_of, 3))


SERVER = """
import sys
from tankerwatch.cli import main
sys.exit(main(["vault", "serve", sys.argv[1], "--listen", sys.argv[2]]))
"""


def _process(directory: Path, port: int = 0) -> tuple[subprocess.Popen[str], int]:
    environment = {**os.environ, "PYTHONPATH": str(Path(tankerwatch.__file__).parent.parent)}
    command = [sys.executable, "-c", SERVER, str(directory), f"127.0.0.1:{port}"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    assert child.stdout is not None
    said = child.stdout.readline()
    assert "https://127.0.0.1:" in said, child.communicate()
    return child, int(said.split("https://127.0.0.1:")[1].split()[0].rstrip("./"))


def test_kill_9_of_a_vault_under_load_loses_nothing_that_it_answered_for(tmp_path, batch_of):
    directory = _made(tmp_path / "vault")
    access = Access(directory / "token.txt", directory / "certificate.pem")
    dice = random.Random(20190613)
    answered, sent, port = Tip(0, 0, origin(MARK)), [], 0
    for _ in range(int(os.environ.get("TANKERWATCH_KILLS", "6"))):
        child, port = _process(directory, port)
        killer = threading.Timer(0.1 + dice.random() * 0.3, lambda child=child: child.send_signal(signal.SIGKILL))
        target = VaultTarget(f"https://127.0.0.1:{port}", access)
        tip = target.tip(MARK)
        assert tip.frame >= answered.frame
        del sent[tip.frame :]
        assert tip.frame == 0 or tip.chain == sent[-1].header.chain
        killer.start()
        try:
            while True:
                more = _frames(batch_of, dice.randint(1, 200), tip=tip, word=b"line" * dice.randint(1, 50))
                sent += more
                tip = answered = target.append(MARK, more)
        except OSError:
            pass
        target.close()
        child.communicate(timeout=20)
    assert answered.frame > 0
    with _serving(directory) as running:
        target = VaultTarget(running.url, running.access)
        held = [frame for piece in target.frames(MARK, 0) for frame in piece]
        target.close()
    assert len(held) >= answered.frame
    assert [frame.raw for frame in held[: answered.frame]] == [frame.raw for frame in sent[: answered.frame]]


def test_the_commands(tmp_path, batch_of, capsys, monkeypatch):
    directory = tmp_path / "vault"
    assert main(["vault", "init", str(directory), "--name", "127.0.0.1", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    token, ca = tmp_path / "token.txt", tmp_path / "ca.pem"
    token.write_text(said["token"])
    ca.write_bytes(Path(said["certificate"]).read_bytes())
    assert main(["vault", "init", str(directory), "--name", "127.0.0.1"]) == 2
    assert main(["vault", "init", str(tmp_path / "x"), "--name", "not a host"]) == 2
    assert main(["vault", "token", str(directory), "bridge", "--json"]) == 0
    assert main(["vault", "token", str(directory), "no such name"]) == 2
    assert main(["vault", "token", str(tmp_path / "none"), "bridge"]) == 2
    assert main(["vault", "serve", str(tmp_path / "none")]) == 2
    child, port = _process(directory)
    try:
        url = f"https://127.0.0.1:{port}"
        with FileJournal(tmp_path / "a", targets=[VaultTarget(url, Access(token, ca))]) as journal:
            journal.append(batch_of([b"one", b"two"], 1, clock_s=1e9))
            journal.commit()
            _until(lambda: journal.copies()[0]["record"] == 2)
            mark = journal.mark.hex()
        way = ["--token-file", str(token), "--ca", str(ca)]
        capsys.readouterr()
        assert main(["restore", "--from", url, *way, "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"journals": [f"{url}/{mark}"]}
        assert main(["restore", "--from", f"{url}/{mark}", *way]) == 2, "--to is needed"
        assert main(["restore", "--from", f"{url}/{mark}", *way, "--to", str(tmp_path / "b"), "--json"]) == 0
        capsys.readouterr()
        assert main(["verify", str(tmp_path / "b"), "--replica", f"{url}/{mark}", *way, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["vouched_to"] == 2
        assert main(["restore", "--from", f"{url}/{mark}", "--to", str(tmp_path / "c"), "--ca", str(ca)]) == 2
    finally:
        child.send_signal(signal.SIGTERM)
        _, told = child.communicate(timeout=20)
    assert child.returncode == 0
    assert "refused" in told
