"""The webhook of a desk that nobody looks at: all of its severity is delivered, signed, over failures and kills; old news is not."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import re
import signal
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

import tankerwatch.desk as desks
from tankerwatch.config import load
from tankerwatch.config.hook import Hook
from tankerwatch.core.ais import encoder
from tankerwatch.core.ais.framing import sentences, tag
from tankerwatch.core.incidents import Alert
from tankerwatch.core.tables import Batch, Decision
from tankerwatch.desk import messenger as messages
from tankerwatch.desk.health import Health
from tankerwatch.desk.replaying import Period
from tankerwatch.desk.snapshots import Remembered
from tankerwatch.desk.trails import Trails
from tankerwatch.detect import catalog
from tankerwatch.pipeline import River
from tankerwatch.respond import webhook
from tankerwatch.respond.ledger import Ledger, severities_from
from tankerwatch.store.journal import FileJournal

SECRET = b"0123456789abcdef"
ON = Decision(100.0, "webhook", "w1", "", {"least": "danger"})


class Receiver:
    """Answers as it is told: a status, "hang", or "drip"."""

    def __init__(self):
        self.behaves, self.got = [204], []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                behaves = outer.behaves.pop(0) if len(outer.behaves) > 1 else outer.behaves[0]
                outer.got.append((behaves, self.headers, body))
                if behaves == "drip":
                    for _ in range(100):
                        self.wfile.write(b"H")
                        self.wfile.flush()
                        time.sleep(0.05)
                elif behaves == "hang":
                    time.sleep(5)
                else:
                    self.send_response(behaves)
                    self.end_headers()

            def handle_one_request(self):
                with contextlib.suppress(OSError):  # the desk had no patience, or was killed
                    super().handle_one_request()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/alerts?desk=1"

    def delivered(self):
        """What it took, each held against its signature."""
        taken = []
        for behaves, headers, body in list(self.got):
            signed = hmac.new(SECRET, body, hashlib.sha256).hexdigest()
            assert headers["X-Tankerwatch-Signature"] == f"sha256={signed}"
            content = json.loads(body)
            assert headers["X-Tankerwatch-Delivery"] == content["delivery"]
            if behaves == 204:
                taken.append(content)
        return taken


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def alert(name="a1", severity="danger", state="open", raised_s=200.0):
    return Alert(name, "dark", severity, state, (311000001,), raised_s, raised_s, None, 1.0, 2.0, 0.5, "r", "t", raised_s)


def sent(ledger, delivery):
    content = {"number": delivery.number, "what": delivery.what, "severity": delivery.severity, "tries": 1}
    ledger.take(Decision(300.0, "sent", delivery.id, delivery.alert, content))


def test_what_is_owed_of_an_alert():
    ledger = Ledger()
    assert ledger.owed(alert()) is None, "it is off"
    ledger.take(ON)
    assert set(ledger.since_s) == {"danger", "distress"} == severities_from("danger")
    assert ledger.owed(alert(severity="caution")) is None
    assert ledger.owed(alert(state="closed", raised_s=50.0)) is None, "over before it was switched on"
    assert ledger.owed(alert(raised_s=50.0)).what == "raised", "but this goes on"
    steps = [
        (alert(severity="caution"), None),
        (alert(), "a1-1-raised-danger"),
        (alert(state="closed"), None),
        (alert(severity="distress"), "a1-2-worse-distress"),
        (alert(severity="distress", state="withdrawn"), "a1-3-withdrawn-distress"),
        (alert(severity="caution"), None),
        (alert(severity="danger"), "a1-4-restored-danger"),
        (alert(severity="danger", state="withdrawn"), "a1-5-withdrawn-danger"),
    ]
    for now, wanted in steps:
        ledger.note([now])
        owed = ledger.owed(now)
        assert (owed and owed.id) == wanted
        if owed is not None:
            sent(ledger, owed)
            assert ledger.owed(now) is None
    # What grew to danger, ended and was called less while nobody could be reached is told as what it was.
    ledger.note([alert("b"), alert("b", "caution", "withdrawn")])
    owed = ledger.owed(alert("b", "caution", "withdrawn"))
    assert owed.id == "b-1-raised-danger"
    sent(ledger, owed)
    assert ledger.owed(alert("b", "caution", "withdrawn")).id == "b-2-withdrawn-danger"
    ledger.take(Decision(400.0, "webhook", "w2", "", {"least": "notice"}))
    assert ledger.since_s == {"notice": 400.0, "caution": 400.0, "danger": 100.0, "distress": 100.0}
    ledger.take(Decision(500.0, "webhook", "w3", "", {"least": None}))
    assert ledger.owed(alert("c")) is None


class Sea:
    """As much of a desk as a messenger needs; its journal knows what was sent when `pump` is called."""

    def __init__(self, receiver, *alerts):
        self.lock = threading.Lock()
        self.decided = []
        self.inbox = SimpleNamespace(decide=self.decided.append)
        self.now_s = 1000.0
        self.river = SimpleNamespace(
            ledger=Ledger(), triage=SimpleNamespace(alerts={a.id: a for a in alerts}), name_of=lambda ship: "X <b>"
        )
        self.river.ledger.take(ON)
        self.messenger = messages.Messenger(Hook(receiver.url, SECRET), self, lambda: self.now_s, desk="beef")
        self.messenger._loop = SimpleNamespace(call_soon_threadsafe=lambda call, *given: call(*given))

    def pump(self):
        for decision in self.decided:
            self.river.ledger.take(decision)
        self.decided.clear()

    def change(self, changed):
        self.river.triage.alerts[changed.id] = changed
        self.messenger.note([changed.id])

    def step(self):
        wait_s = self.messenger.step()
        self.messenger._wake.clear()
        return wait_s


def test_it_tries_until_it_is_taken_and_nobody_waits_for_a_bad_one(receiver, monkeypatch):
    sea = Sea(receiver, alert("a1"), alert("a2", "distress"), alert("a3", "caution"))
    receiver.behaves = [500]
    assert sea.step() == 0 and sea.messenger.state["state"] == "failing"
    assert json.loads(receiver.got[-1][2])["alert"]["id"] == "a2", "the worst first"
    sea.step()
    assert json.loads(receiver.got[-1][2])["alert"]["id"] == "a1", "another one is not bad because this one is"
    assert "500" in sea.messenger.state["words"] and sea.messenger.state["unsent"] == 2
    waits = []
    for _ in range(12):
        tries = len(receiver.got)
        assert 0 < sea.step() <= messages.LOOK_S and len(receiver.got) == tries, "not before its time"
        waits.append(sea.messenger._again_s - sea.now_s)
        sea.now_s = sea.messenger._again_s
        sea.step()
        assert len(receiver.got) == tries + 1
    assert waits[0] < waits[1] < waits[2] and waits[-1] == messages.LONGEST_PAUSE_S
    sea.change(alert("a4"))
    sea.step()
    assert json.loads(receiver.got[-1][2])["alert"]["id"] == "a4", "what is new is tried at once"
    receiver.behaves = [204]
    sea.now_s += messages.LONGEST_PAUSE_S
    for _ in range(6):
        sea.step()
    assert [found["delivery"] for found in receiver.delivered()] == [
        "beef-a4-1-raised-danger",
        "beef-a2-1-raised-distress",
        "beef-a1-1-raised-danger",
    ]
    assert sea.messenger.state | {"words": ""} == {
        "to": "127.0.0.1",
        "least": "danger",
        "state": "ok",
        "words": "",
        "sent": 3,
        "unsent": 0,
        "failing_since_s": None,
    }
    told = receiver.delivered()[1]["alert"]
    assert told["names"] == {"311000001": "X <b>"} and not {"evidence", "rule", "history"} & set(told)
    # The journal has been told, and a withdrawal follows what was sent.
    sea.pump()
    sea.step()
    assert not sea.messenger._open
    sea.change(replace(alert("a2", "distress"), state="withdrawn"))
    sea.step()
    assert receiver.delivered()[-1]["delivery"] == "beef-a2-2-withdrawn-distress"
    # One that hangs, one that answers a byte at a time: neither holds it for longer than it may.
    monkeypatch.setattr(messages, "post", lambda url, body, **more: webhook.post(url, body, **more, longest_s=0.3))
    for behaves in ("hang", "drip", 302):
        receiver.behaves = [behaves]
        sea.change(alert(f"x{behaves}"))
        begin_s = time.monotonic()
        sea.step()
        assert time.monotonic() - begin_s < 2 and sea.messenger.state["state"] == "failing"


def test_switching_it_on_and_off_is_told_to_the_journal_once():
    ledger, hook = Ledger(), Hook("https://duty.example/x", SECRET, "danger")
    assert messages.switched(ledger, None, 1.0) is None
    on = messages.switched(ledger, hook, 1.0)
    ledger.take(on)
    assert messages.switched(ledger, hook, 2.0) is None
    assert messages.switched(ledger, None, 3.0).content == {"least": None}
    assert SECRET.decode() not in repr(hook)


def test_a_snapshot_keeps_what_was_sent():
    """A desk that begins with a snapshot does not read what came before it."""
    config = load(None, catalog.detectors())

    def memory():
        return Remembered(River(config, ("feed",)), Trails(), Health(), {})

    before, after = memory(), memory()
    before.river.ledger.take(ON)
    before.river.ledger.note([alert("a1"), alert("a2", "distress")])
    sent(before.river.ledger, before.river.ledger.owed(alert("a1")))
    after.thaw(*before.freeze())
    assert vars(after.river.ledger) == vars(before.river.ledger)
    assert after.river.ledger.owed(alert("a1")) is None and after.river.ledger.owed(alert("a2")).id == "a2-1-raised-distress"


def test_no_replay_and_no_demo_has_a_webhook(receiver, story_log, tmp_path, monkeypatch):
    config = replace(load(None, catalog.detectors()), webhook=Hook(receiver.url, SECRET), listen="127.0.0.1:0")
    seen = []

    async def shown(desk, *_):
        seen.append(desk)

    monkeypatch.setattr(desks, "_run", shown)
    monkeypatch.setattr(desks.LiveDesk, "run_silently", lambda desk, until_s: None)  # hours of the scene that change nothing here
    desks.watch(["udp://127.0.0.1:0"], tmp_path / "live", config=config)
    desks.watch([f"file:{story_log}"], tmp_path / "file", config=config)
    desks.demo(config=config)
    with FileJournal(tmp_path / "past") as journal:
        journal.append(Batch(decisions=(ON,)))
    desks.replay(desks.PastDesk(config, Period(tmp_path / "past")), listen="127.0.0.1:0")
    live, *others = seen
    assert live.messenger is not None and [w.decision.kind for w in live.inbox.waiting] == ["webhook"]
    assert [(desk.messenger, desk._health()["webhook"]) for desk in others] == [(None, None)] * 3
    assert not receiver.got


STATION = "r200000900"


def distress(ship, now_s):
    (line,) = sentences(encoder.position_a(ship, 24.2, 58.4, 0.0, 0.0, 0, 14, int(now_s) % 60))
    return tag(line, time_s=now_s, station=STATION) + b"\r\n"


def test_killed_between_any_two_steps_nothing_is_left_unsent(peer, start_desk, receiver, tmp_path):
    """The receiver is away, fails, hangs; the desk is killed in the midst of it, twice. In the end it has everything, signed, under ids
    that tell doubles."""
    (tmp_path / "secret").write_bytes(SECRET + b"\n")
    config = tmp_path / "desk.toml"
    config.write_text(f'[webhook]\nurl = "{receiver.url}"\nsecret_file = "secret"\nleast = "distress"\n')
    data, station = tmp_path / "data", peer()
    receiver.behaves = [500, "hang"]

    def start():
        return start_desk("--config", str(config), f"tcp://127.0.0.1:{station.port}", data)

    with start() as desk:
        station.wait_for_desk()
        station.send(distress(970000001, time.time()) + distress(970000002, time.time()))  # noqa: TID251 a peer has a clock of its own
        desk.until(lambda d: len(d.get("/api/alerts")["alerts"]) == 2)
        health = desk.until(lambda d: (h := d.health()["webhook"])["state"] == "failing" and h)
        assert health["unsent"] == 2 and "500" in health["words"]
        desk.until(lambda d: any(behaves == "hang" for behaves, *_ in receiver.got))
        desk.stop(signal.SIGKILL)
    station.die()
    receiver.behaves = [204]
    station = peer(station.port)
    with start() as desk:
        # Killed as soon as the first is delivered: whether the journal knows of it is chance.
        desk.until(lambda d: receiver.delivered())
        desk.stop(signal.SIGKILL)
    station.die()
    station = peer(station.port)
    with start() as desk:
        station.wait_for_desk()
        station.send(distress(970000003, time.time()))  # noqa: TID251 a peer has a clock of its own
        alerts = desk.until(lambda d: len(found := d.get("/api/alerts")["alerts"]) == 3 and found)
        wanted = {alert["id"] for alert in alerts if alert["severity"] == "distress"}
        assert len(wanted) == 3
        desk.until(lambda d: {found["alert"]["id"] for found in receiver.delivered()} >= wanted)
        desk.until(lambda d: d.health()["webhook"]["unsent"] == 0)
        assert desk.stop() == 0
    told = receiver.delivered()
    assert {found["alert"]["id"] for found in told} == wanted
    assert len({found["delivery"] for found in told}) == 3, "what came twice has one id"
    assert len(told) <= 4
    page = Path(__file__).parents[2] / "docs" / "guide" / "webhook.md"
    shown: dict = {}
    exec(re.search(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)[1], shown)
    taken = [
        shown["accepted"](body, headers["X-Tankerwatch-Signature"], SECRET) for behaves, headers, body in receiver.got if behaves == 204
    ]
    assert {found["delivery"] for found in taken if found} == {found["delivery"] for found in told} and len([1 for t in taken if t]) == 3
    assert shown["accepted"](receiver.got[-1][2] + b" ", receiver.got[-1][1]["X-Tankerwatch-Signature"], SECRET) is None
    assert all(found["what"] == "raised" and found["desk"] == told[0]["desk"] for found in told)
