"""The past beside a live desk: its page, behind the same door, of a process that ends with what it is for."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest
from websockets.sync.client import connect

from tankerwatch.core.errors import InputFault
from tankerwatch.desk import beside
from tankerwatch.desk.beside import MOST, Beside
from tankerwatch.ingest.clock import now
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.journal import FileJournal
from tankerwatch.testing import START_S, DetectorScene

STORY = DetectorScene.read(Path(__file__).parent.parent / "story.toml")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """What a watch has kept of the story."""
    folder = tmp_path_factory.mktemp("data")
    with FileJournal(folder) as journal:
        FeedRegister(folder).index_of("tcp://127.0.0.1:10110")
        for batch in STORY.batches(50):
            journal.append(batch)
            journal.commit()
    return folder


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def folders():
    return set(Path(os.environ.get("TMPDIR", "/tmp")).glob("tankerwatch-past-*"))


def status_of(desk, path):
    line = HTTPConnection("127.0.0.1", desk.port, timeout=60)
    line.request("GET", path, headers={"Accept": "text/html"})
    answer = line.getresponse()
    found = answer.status, answer.getheader("Location"), answer.getheader("Content-Type", "")
    answer.read()
    line.close()
    return found


def test_a_live_desk_shows_its_past_and_goes_on(data, peer, start_desk):
    before = folders()
    with start_desk(f"tcp://127.0.0.1:{peer().port}", data) as desk:
        status, told = desk.ask("POST", "/api/past", {"from_s": START_S + 3600})
        assert status == 201, told
        past = told["path"]
        assert status_of(desk, past)[::2] == (200, "text/html; charset=utf-8")
        health = desk.get(f"{past}api/health")
        assert health["mode"] == "replay" and abs(health["clock_s"] - START_S - 3600) < 600 and desk.health()["mode"] == "live"
        with connect(f"ws://127.0.0.1:{desk.port}{past}ws", max_size=None) as page:
            hello = json.loads(page.recv(60))
            assert (hello["type"], hello["mode"]) == ("hello", "replay")
            page.send(json.dumps({"type": "view", "number": 1, "south": 20, "west": 50, "north": 30, "east": 60}))
            while not isinstance(page.recv(60), bytes):
                pass
            assert desk.ask("POST", f"{past}api/replay", {"seek_s": START_S + 4 * 3600})[0] == 200
            alerts = desk.get(f"{past}api/alerts")["alerts"]
            alert = next(each for each in alerts if each["state"] == "open")
            assert desk.ask("POST", f"{past}api/alerts/{alert['id']}/acknowledge", {"words": "looked at"})[0] == 200
            assert desk.get(f"{past}api/alerts/{alert['id']}")["acknowledged_s"] is not None
            assert desk.get(f"/api/alerts/{alert['id']}")["acknowledged_s"] is None, "for the moment, and there only"
        for path, wanted in (("api/events", 404), ("api/nothing", 404), ("api/%2e%2e/%2e%2e/etc/passwd", 404)):
            assert status_of(desk, past + path)[0] == wanted, path
        assert status_of(desk, "/past/another/")[:2] == (303, "/") and desk.ask("GET", "/past/another/api/health")[0] == 404
        for wrong in ({}, {"from_s": True}, {"from_s": "now"}, {"from_s": now() + 3600}, {"from_s": 1e400}):
            assert desk.ask("POST", "/api/past", wrong)[0] in (400, 422), wrong
        (child,) = children(desk.process.pid)
        assert desk.stop() == 0 and not alive(child)
        assert desk.process.stderr.read() == "" and folders() == before


def test_it_ends_with_a_desk_that_is_killed(data, peer, start_desk):
    before = folders()
    with start_desk(f"tcp://127.0.0.1:{peer().port}", data) as desk:
        assert desk.ask("POST", "/api/past", {"from_s": START_S})[0] == 201
        (child,) = children(desk.process.pid)
        desk.stop(signal.SIGKILL)
        end_s = time.monotonic() + 60
        while alive(child) or folders() != before:
            assert time.monotonic() < end_s
            time.sleep(0.05)


CHILD = """
import json, pickle, sys
pickle.load(sys.stdin.buffer)
print(json.dumps({"ready": True}), flush=True)
sys.stdin.buffer.read(1)
"""


def test_so_many_at_once_and_none_that_nobody_looks_at(monkeypatch):
    asyncio.run(so_many(monkeypatch))


async def so_many(monkeypatch):
    monkeypatch.setattr(beside, "CHILD", CHILD)
    clock = [0.0]
    looks = Beside(None, None, lambda: 1000.0, lambda: clock[0])
    first, second = [await looks.begin(float(n)) for n in range(MOST)]
    with looks.looking(first):
        third = await looks.begin(5.0)
        assert looks.socket(first) and looks.socket(third) and looks.socket(second) is None, "that one nobody looked at"
        with looks.looking(third), pytest.raises(InputFault, match="look back already"):
            await looks.begin(6.0)
        clock[0] += beside.KEPT_S + 1
        await looks._tidy()
        assert looks.socket(first) and looks.socket(third) is None
    await looks.close()
    assert looks.socket(first) is None
    monkeypatch.setattr(beside, "CHILD", 'print(\'{"what": "no journal", "help": "none"}\')')
    with pytest.raises(InputFault, match="no journal"):
        await looks.begin(0.0)
    monkeypatch.setattr(beside, "CHILD", "raise SystemExit(3)")
    with pytest.raises(InputFault, match="cannot be shown"):
        await looks.begin(0.0)
