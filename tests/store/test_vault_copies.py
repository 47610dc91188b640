"""Journals and their copies in a vault: fed, had again, aged, and a vault that dies."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import threading
from pathlib import Path

import pytest
from tests.store.running import (
    DAY_S,
    MARK,
    Running,
    filled,
    frames_of,
    new_vault,
    process,
    serving,
    until,
)

from tankerwatch.cli import main
from tankerwatch.core.errors import InputFault
from tankerwatch.ingest.clock import now
from tankerwatch.store.chain import origin
from tankerwatch.store.copies import remote, shelves, vault
from tankerwatch.store.copies.remote import Access, VaultCopy, VaultTarget
from tankerwatch.store.copies.restore import restore
from tankerwatch.store.files import FileLayer
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.keys import Keys
from tankerwatch.store.log import Tip
from tankerwatch.store.retention import drop_old, tombstones
from tankerwatch.store.seals import read_seal, seal_files
from tankerwatch.store.segments import segments_in
from tankerwatch.store.verify import verify


def test_a_vault_that_dies_in_the_middle_gives_what_came(running, tmp_path, batch_of, monkeypatch):
    monkeypatch.setattr(shelves, "PIECE_BYTES", 700)
    monkeypatch.setattr(remote, "_PAUSE_S", 0.01)
    mark = filled(running, tmp_path / "a", batch_of)
    copy = VaultCopy(f"{running.url}/{mark.hex()}", running.access)
    pieces = copy.frames()
    assert next(pieces)
    running.stop()
    assert list(pieces) == []
    assert "cannot be reached" in copy.left
    with pytest.raises(InputFault, match="cannot be reached"):
        next(copy.frames())


def test_durable_only_when_both_have_it(running, tmp_path, batch_of):
    target = VaultTarget(running.url, running.access)
    with FileJournal(tmp_path / "a", targets=[target], min_copies=2, segment_bytes=2000, seal_bytes=2000) as journal:
        mark = journal.mark
        for i in range(20):
            journal.append(batch_of([b"line %d" % i], i + 1, clock_s=1e9 + i))
            journal.commit()
        until(lambda: journal.durable == 20)
        port = running.port
        running.stop()
        journal.append(batch_of([b"alone"], 21, clock_s=1e9 + 20))
        journal.commit()
        until(lambda: journal.copies()[0]["state"] == "failing")
        assert journal.durable == 20
        assert not journal.is_durable(21)
        again = Running(running.directory, port)
        try:
            until(lambda: journal.durable == 21)
            until(lambda: journal.copies()[0]["state"] == "ok")
        finally:
            again.stop()
    copy = running.directory / mark.hex()
    assert verify(tmp_path / "a", replica=copy).vouched_to == 21
    names = [path.name for path in seal_files(tmp_path / "a" / "journal")]
    assert [path.name for path in seal_files(copy / "journal")] == names != []
    begins = {segment.first_frame for segment in segments_in(copy / "journal")}
    assert {read_seal(path).last_frame + 1 for path in seal_files(copy / "journal")[:-1]} <= begins, "a seal ends a segment there as well"


def test_all_of_it_is_had_again_from_the_vault(running, tmp_path, batch_of, shape):
    mark = filled(running, tmp_path / "a", batch_of)
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
        until(lambda: journal.copies()[0]["record"] == 31)
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
    mark = filled(running, tmp_path / "a", batch_of)
    assert restore(VaultCopy(f"{running.url}/{mark.hex()}", running.access), tmp_path / "b").records == 30


def test_what_came_long_ago_by_the_vaults_own_clock_goes(tmp_path, batch_of):
    directory = new_vault(tmp_path / "vault")
    with serving(directory) as running:
        mark = filled(running, tmp_path / "a", batch_of, segment_bytes=500, seal_bytes=500)
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
            until(lambda: target.seals(mark) == len(seal_files(tmp_path / "a" / "journal")))
            until(lambda: journal.copies()[0]["record"] == 40)
        assert running.server._shelves.age_out(1.7e9 + 366 * DAY_S) == 0


def test_a_run_that_shares_its_segment_is_not_dropped(tmp_path, batch_of):
    directory = new_vault(tmp_path / "vault")
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
    directory, at = new_vault(tmp_path / "vault"), {"wall": now(), "monotonic": 0.0}
    with serving(directory, now_s=lambda: at["wall"], monotonic_s=lambda: at["monotonic"], keep_s=9 * DAY_S) as running:
        mark = filled(running, tmp_path / "a", batch_of, segment_bytes=500, seal_bytes=500)
        seals = len(seal_files(directory / mark.hex() / "journal"))
        at["wall"] += 10 * DAY_S
        until(lambda: any("the clock was set" in words for words in running.told))
        assert tombstones(directory / mark.hex() / "journal") == []
        at["wall"] -= 10 * DAY_S
        at.update({"wall": at["wall"] + 10 * DAY_S, "monotonic": 10 * DAY_S})
        until(lambda: len(tombstones(directory / mark.hex() / "journal")) == seals - 1)


def test_kill_9_of_a_vault_under_load_loses_nothing_that_it_answered_for(tmp_path, batch_of):
    directory = new_vault(tmp_path / "vault")
    access = Access(directory / "token.txt", directory / "certificate.pem")
    dice = random.Random(20190613)
    answered, sent, port = Tip(0, 0, origin(MARK)), [], 0
    for _ in range(int(os.environ.get("TANKERWATCH_KILLS", "6"))):
        child, port = process(directory, port)
        killer = threading.Timer(0.1 + dice.random() * 0.3, lambda child=child: child.send_signal(signal.SIGKILL))
        target = VaultTarget(f"https://127.0.0.1:{port}", access)
        tip = target.tip(MARK)
        assert tip.frame >= answered.frame
        del sent[tip.frame :]
        assert tip.frame == 0 or tip.chain == sent[-1].header.chain
        killer.start()
        try:
            while True:
                more = frames_of(batch_of, dice.randint(1, 200), tip=tip, word=b"line" * dice.randint(1, 50))
                sent += more
                tip = answered = target.append(MARK, more)
        except OSError:
            pass
        target.close()
        child.communicate(timeout=60)
    assert answered.frame > 0
    with serving(directory) as running:
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
    child, port = process(directory)
    try:
        url = f"https://127.0.0.1:{port}"
        with FileJournal(tmp_path / "a", targets=[VaultTarget(url, Access(token, ca))]) as journal:
            journal.append(batch_of([b"one", b"two"], 1, clock_s=1e9))
            journal.commit()
            until(lambda: journal.copies()[0]["record"] == 2)
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
        _, told = child.communicate(timeout=60)
    assert child.returncode == 0
    assert "refused" in told
