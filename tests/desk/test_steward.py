"""Copies and checkpoints of a running desk: named in the configuration, told in health, and decisions wait for them."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tankerwatch.config import load
from tankerwatch.core.errors import InputFault
from tankerwatch.desk.live import LiveDesk
from tankerwatch.desk.steward import Steward, open_journal
from tankerwatch.detect import catalog
from tankerwatch.ingest import clock
from tankerwatch.respond.webhook import post
from tankerwatch.store.copies.replicas import DirectoryTarget
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.seals import read_checkpoint
from tankerwatch.store.verify import verify
from tankerwatch.web.live import Hub


@pytest.fixture(scope="module")
def config():
    return load(None, catalog.detectors())


class Held(DirectoryTarget):
    """A copy that keeps nothing until it is let."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.go = threading.Event()

    def append(self, mark, frames):
        assert self.go.wait(60)
        return super().append(mark, frames)


def _deciding(journal: FileJournal, directory: Path, config, then) -> None:
    async def run() -> None:
        desk = LiveDesk(config, journal, FeedRegister(directory), Hub())
        pump = asyncio.create_task(desk.pump())
        report = {"words": "Explosion heard", "kind": "report", "lat_deg": 25.0, "lon_deg": 57.0}
        decision = asyncio.create_task(desk.desk.decide("report", "", report))
        try:
            await then(desk, decision)
        finally:
            pump.cancel()
            decision.cancel()

    asyncio.run(run())


def test_a_decision_is_answered_when_enough_copies_have_it(tmp_path, config):
    target = Held(tmp_path / "copy")

    async def then(desk, decision) -> None:
        await asyncio.sleep(0.5)
        assert not decision.done(), "one disk is not two"
        told = desk.desk.health()["journal"]
        assert told["durable"] == 0 and told["copies"][0]["name"] == str(tmp_path / "copy")
        target.go.set()
        assert await asyncio.wait_for(decision, 60)
        assert desk.desk.health()["journal"]["durable"] >= 1

    with FileJournal(tmp_path / "a", targets=[target], min_copies=2) as journal:
        _deciding(journal, tmp_path / "a", config, then)


def test_a_decision_that_no_second_copy_takes_is_not_acknowledged(tmp_path, config, monkeypatch):
    monkeypatch.setattr("tankerwatch.desk.live.LONGEST_S", 0.4)
    target = Held(tmp_path / "copy")

    async def then(desk, decision) -> None:
        with pytest.raises(TimeoutError, match="not stored"):
            await asyncio.wait_for(decision, 60)
        target.go.set()

    with FileJournal(tmp_path / "a", targets=[target], min_copies=2) as journal:
        _deciding(journal, tmp_path / "a", config, then)


def test_checkpoints_leave_the_machine(tmp_path, config):
    got: list[bytes] = []

    class Partner(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Partner)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/checkpoints"
    outside = tmp_path / "share.json"
    keeping = replace(config.keeping, checkpoint_files=(outside, tmp_path / "none" / "x.json"), checkpoint_url=url)
    with FileJournal(tmp_path / "a", now_s=clock.now) as journal:
        from tankerwatch.core.tables import Batch, Decision

        journal.append(Batch(decisions=(Decision(1e9, "report", "r1", "", {}),)))
        journal.commit()
        steward = Steward(journal, replace(config, keeping=keeping), clock.now)
        steward.start()
        steward.stop()
        assert steward.state["record"] == 1
        assert "none" in steward.state["words"], "what could not be written is said"
    server.shutdown()
    assert json.loads(got[0])["record"] == 1
    assert verify(tmp_path / "a", checkpoints=[read_checkpoint(outside), read_checkpoint(tmp_path / "a" / "checkpoint.json")]).intact


def test_a_partner_that_refuses(tmp_path):
    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["X-Tankerwatch-Signature"].startswith("sha256=")
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.raises(OSError, match="answers 302"):
        post(f"http://127.0.0.1:{server.server_port}/x", b"{}", secret=b"s")
    server.shutdown()
    server.server_close()
    with pytest.raises(OSError):
        post(f"http://127.0.0.1:{server.server_port}/x", b"{}")


def test_copies_of_the_configuration_and_the_command_line(tmp_path, config):
    configured = replace(config, keeping=replace(config.keeping, copies=(str(tmp_path / "b"),)))
    with open_journal(tmp_path / "a", configured, now_s=clock.now, more_copies=[str(tmp_path / "c")], min_copies=3) as journal:
        assert [copy["name"] for copy in journal.copies()] == [str(tmp_path / "b"), str(tmp_path / "c")]
    with pytest.raises(InputFault, match="2 copies cannot be had"):
        open_journal(tmp_path / "a", config, now_s=clock.now, min_copies=2)
    with pytest.raises(InputFault, match="the data directory itself"):
        open_journal(tmp_path / "a", config, now_s=clock.now, more_copies=[str(tmp_path / "a")])
    with pytest.raises(InputFault, match="no place for a copy"):
        open_journal(tmp_path / "a", config, now_s=clock.now, more_copies=["ftp://x/y"])


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("min_copies = 2", "journal.min_copies"),
        ('copies = ["ftp://x"]', "journal.copies"),
        ('checkpoint_url = "http://example.com/x"', "journal.checkpoint_url"),
        ('checkpoint_url = "https://"', "journal.checkpoint_url"),
        ("keep_days = 0", "journal.keep_days"),
    ],
)
def test_a_wrong_section_is_told(tmp_path, text, where):
    path = tmp_path / "desk.toml"
    path.write_text(f"[journal]\n{text}\n")
    with pytest.raises(InputFault) as fault:
        load(path, catalog.detectors())
    assert fault.value.where.endswith(where)
