"""The webhook of a desk that nobody looks at: all of its severity is delivered, signed, over failures and kills; old news is not."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import random
import re
import signal
import sys
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from authority import authority

import tankerwatch.desk as desks
from tankerwatch.cli import main
from tankerwatch.config import load
from tankerwatch.config.hook import Hook
from tankerwatch.core.ais import encoder
from tankerwatch.core.ais.framing import sentences, tag
from tankerwatch.core.incidents import Alert, Step
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

    def __init__(self, tls=None):
        self.behaves, self.got = [204], []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                behaves = outer.behaves.pop(0) if len(outer.behaves) > 1 else outer.behaves[0]
                outer.got.append((behaves, self.headers, body))
                if behaves == "drip":
                    for _ in range(400):
                        self.wfile.write(b"H")
                        self.wfile.flush()
                        time.sleep(0.05)
                elif behaves == "hang":
                    time.sleep(20)
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
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.server.server_port}/alerts?desk=1"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

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
    made.close()


@pytest.fixture
def private(tmp_path):
    """A receiver that only its own authority vouches for, and the file of that."""
    ca, tls = authority(tmp_path / "authority")
    made = Receiver(tls)
    yield made, ca
    made.close()


def alert(name="a1", severity="danger", state="open", raised_s=200.0):
    return Alert(name, "dark", severity, state, (311000001,), raised_s, raised_s, None, 1.0, 2.0, 0.5, "r", "t", raised_s)


def sent(ledger, delivery):
    ledger.take(Decision(300.0, "sent", delivery.id, delivery.alert, {**delivery.content, "tries": 1}))


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


def test_what_people_answered_is_owed_once_and_in_its_newest_state():
    ledger = Ledger()
    ledger.take(ON)
    every = Decision(150.0, "webhook", "w2", "", {"least": "danger", "answers": ["acknowledged", "assigned", "closed", "ended"]})
    here = alert()
    sent(ledger, ledger.owed(here))

    def after(verb, time_s, by="", said="", **changes):
        nonlocal here
        here = replace(here, history=(*here.history, Step(time_s, verb, said, by)), **changes)
        ledger.note([here])

    def owed():
        """What is owed until nothing is, each sent."""
        told = []
        while (delivery := ledger.owed(here)) is not None:
            told.append((delivery.what, delivery.number, delivery.severity))
            sent(ledger, delivery)
            assert len(told) < 5
        return told

    after("acknowledge", 210.0, "ANNA", acknowledged_s=210.0)
    assert owed() == [], "it is off"
    ledger.take(every)
    step = ledger.owed(here).step
    assert (step.by, owed()) == ("ANNA", [("acknowledged", 2, "danger")]), "it goes on"
    after("snooze", 220.0, "ANNA", snoozed_until_s=240.0)
    after("wake", 240.0, acknowledged_s=None, snoozed_until_s=None)
    assert owed() == [("calling", 3, "danger")]
    after("assign", 250.0, "ANNA", assigned="BEN")
    first = ledger.owed(here).id
    after("assign", 251.0, "ANNA", assigned="CLEO")
    assert ledger.owed(here).id != first, "it may have come already"
    assert owed() == [("assigned", 4, "danger")]
    after("acknowledge", 260.0, "CLEO", acknowledged_s=260.0)
    after("amend", 261.0, severity="distress", acknowledged_s=None)
    assert owed() == [("worse", 5, "distress")], "whoever took it took less than this"
    after("acknowledge", 262.0, "CLEO", acknowledged_s=262.0)
    after("close", 270.0, "CLEO", "towed in", state="closed", closed_by_desk=True)
    after("over", 271.0, closed_by_desk=False)
    assert ledger.owed(here).step.words == "towed in"
    assert owed() == [("closed", 6, "distress")]
    after("note", 275.0, "CLEO", "the tug is paid")
    assert owed() == []
    after("reopen", 280.0, "CLEO", state="open")
    assert owed() == [("reopened", 7, "distress"), ("acknowledged", 8, "distress")]
    after("end", 290.0, state="closed")
    assert owed() == [("ended", 9, "distress")]
    after("dismiss", 300.0, "CLEO", "a drill", state="withdrawn")
    assert owed() == [("withdrawn", 10, "distress")]
    # What was over before anybody wanted to know is no news.
    old = Ledger()
    old.take(ON)
    here = alert()
    sent(old, old.owed(here))
    after("close", 140.0, "ANNA", "nothing", state="closed", acknowledged_s=130.0)
    old.take(every)
    assert old.owed(here) is None


class Sea:
    """As much of a desk as a messenger needs; its journal knows what was sent when `pump` is called."""

    def __init__(self, receiver, *alerts, answers=(), ca=""):
        self.lock = threading.Lock()
        self.decided = []
        self.inbox = SimpleNamespace(decide=self.decided.append)
        self.now_s = 1000.0
        self.river = SimpleNamespace(
            ledger=Ledger(), triage=SimpleNamespace(alerts={a.id: a for a in alerts}), name_of=lambda ship: "X <b>"
        )
        hook = Hook(receiver.url, SECRET, answers=answers, ca=ca)
        self.river.ledger.take(messages.switched(self.river.ledger, hook, 100.0))
        self.hook = hook
        self.again()

    def again(self):
        """Begin once more: nothing is known but by the journal."""
        self.messenger = messages.Messenger(self.hook, self, lambda: self.now_s, desk="beef")
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
    assert [(decision.kind, decision.id) for decision in sea.decided] == [("sending", "sending-a2-2-withdrawn-distress")]
    sea.step()
    assert len(receiver.delivered()) == 3, "not before the journal knows that it may have come"
    sea.pump()
    sea.step()
    assert receiver.delivered()[-1]["delivery"] == "beef-a2-2-withdrawn-distress"
    # One that hangs, one that answers a byte at a time: neither holds it for longer than it may.
    monkeypatch.setattr(messages, "post", lambda url, body, **more: webhook.post(url, body, **more, longest_s=0.3))
    for behaves in ("hang", "drip", 302):
        receiver.behaves = [behaves]
        sea.change(alert(f"x{behaves}"))
        begin_s = time.monotonic()
        sea.step()
        assert time.monotonic() - begin_s < 10 and sea.messenger.state["state"] == "failing"


class Pager:
    """A receiver as the guide describes one; of what it takes the answer may be lost."""

    def __init__(self, dice):
        self.dice, self.seen, self.fails = dice, {}, True
        self.rings = self.over = self.gone = None
        self.severity = self.assigned = ""

    def post(self, url, body, **_):
        luck = self.dice.random() if self.fails else 1.0
        if luck < 0.25:
            raise OSError("away")
        told = json.loads(body)
        if told["delivery"] not in self.seen:
            what, self.severity = told["what"], told["severity"]
            if what == "assigned":
                self.assigned = told["alert"]["assigned"]
            else:
                self.rings = what not in ("acknowledged", "closed", "ended", "withdrawn")
            self.over = {"closed": True, "ended": True, "acknowledged": self.over, "assigned": self.over}.get(what, False)
            self.gone = what == "withdrawn"
        assert self.seen.setdefault(told["delivery"], told["what"]) == told["what"]
        if luck < 0.5:
            raise OSError("no answer")


def moves(now):
    """What may become of an alert: the verb, and what it changes."""
    if now.state == "withdrawn":
        return [("restore", {"state": "open"})]
    common = [("withdraw", {"state": "withdrawn", "closed_by_desk": False})]
    if now.state == "closed":
        back, over = ("reopen", {"state": "open", "closed_by_desk": False}), ("over", {"closed_by_desk": False})
        return [back, over, *common] if now.closed_by_desk else common
    worse = [("amend", {"severity": "distress", "acknowledged_s": None})] if now.severity == "danger" else []
    to = [("assign", {"assigned": name}) for name in ("ANNA", "BEN", "")]
    close, end = ("close", {"state": "closed", "closed_by_desk": True}), ("end", {"state": "closed"})
    taken = ("acknowledge", {"acknowledged_s": 1.0}) if now.acknowledged_s is None else ("wake", {"acknowledged_s": None})
    return [taken] * 4 + [*to, *worse, close, end, *common]


def test_however_answers_are_lost_the_receiver_ends_with_what_is_so(monkeypatch):
    """Any order of decisions, lost answers, kills and looks of the journal: in the end a pager rings for what calls, for nothing else."""
    answers = ("acknowledged", "assigned", "closed", "ended")
    for seed in range(400):
        dice = random.Random(seed)
        pager = Pager(dice)
        monkeypatch.setattr(messages, "post", pager.post)
        sea = Sea(SimpleNamespace(url="http://127.0.0.1/"), alert(), answers=answers)
        for step in range(dice.randint(1, 25)):
            sea.now_s += 500.0
            now = sea.river.triage.alerts["a1"]
            luck = dice.random()
            if luck < 0.45:
                verb, changes = dice.choice(moves(now))
                now = replace(now, **changes, history=(*now.history, Step(1000.0 + step, verb, "", "")))
                sea.river.ledger.note([now])
                sea.change(now)
            elif luck < 0.85:
                sea.step()
            elif luck < 0.95:
                sea.pump()
            else:  # killed: it begins with what the journal knows
                sea.decided.clear()
                sea.again()
        pager.fails = False
        for _ in range(20):
            sea.now_s += 500.0
            sea.step()
            sea.pump()
        assert sea.messenger.state["unsent"] == 0
        now = sea.river.triage.alerts["a1"]
        if now.state == "open":
            assert (pager.rings, pager.over, pager.assigned or "") == (now.acknowledged_s is None, False, now.assigned), seed
            assert pager.severity == now.severity, seed
        elif now.state == "closed":
            assert (pager.over or pager.gone) and not pager.rings, seed
        else:
            assert pager.gone and not pager.rings, seed


def test_who_is_not_vouched_for_is_told_nothing(private, receiver, tmp_path, capsys):
    """A receiver with a certificate of its own is known by its authority's file alone; and a person may try it, once."""
    there, ca = private
    stranger, _ = authority(tmp_path / "authority", "stranger")
    for given in ("", stranger.read_text()):
        sea = Sea(there, alert(), ca=given)
        sea.step()
        assert "certificate verify failed" in sea.messenger.state["words"] and not there.got
    sea = Sea(there, alert(), ca=ca.read_text())
    sea.step()
    assert [found["what"] for found in there.delivered()] == ["raised"]
    assert webhook.signature_of(b"what do ya want for nothing?", b"Jefe") == (
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ), "RFC 4231, test case 2"
    (tmp_path / "secret").write_bytes(SECRET)
    config = tmp_path / "desk.toml"
    text = f'[webhook]\nurl = "{there.url}"\nsecret_file = "secret"\n'
    config.write_text(text)
    assert main(["config", "webhook", str(config)]) == 2 and len(there.got) == 1
    said = capsys.readouterr().err
    assert "certificate verify failed" in said and "ca_file" in said and said.count("\n") == 1
    config.write_text(f'{text}ca_file = "{ca}"\n')
    assert main(["config", "webhook", str(config), "--json"]) == 0
    test = there.delivered()[-1]
    assert (test["type"], test["what"], test["alert"], len(there.got)) == ("tankerwatch.test", "test", None, 2)
    assert json.loads(capsys.readouterr().out)["delivery"] == test["delivery"]
    receiver.behaves = [403]
    config.write_text(f'[webhook]\nurl = "{receiver.url}"\nsecret_file = "secret"\n')
    assert main(["config", "webhook", str(config)]) == 2 and "answers 403" in capsys.readouterr().err
    config.write_text("")
    assert main(["config", "webhook", str(config)]) == 2 and "has no webhook" in capsys.readouterr().err
    (tmp_path / "wrong.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    config.write_text(f'{text}ca_file = "wrong.pem"\n')
    assert main(["watch", "udp://127.0.0.1:0", "--config", str(config), "--data", str(tmp_path / "data")]) == 2
    said = capsys.readouterr().err
    assert "webhook.ca_file" in said and "holds no certificate" in said and "help: " in said and said.count("\n") == 1


def test_switching_it_on_and_off_is_told_to_the_journal_once():
    ledger, hook = Ledger(), Hook("https://duty.example/x", SECRET, "danger")
    assert messages.switched(ledger, None, 1.0) is None
    on = messages.switched(ledger, hook, 1.0)
    ledger.take(on)
    assert messages.switched(ledger, hook, 2.0) is None
    assert messages.switched(ledger, None, 3.0).content == {"least": None, "answers": []}
    fewer = messages.switched(ledger, replace(hook, answers=("closed",)), 4.0)
    ledger.take(fewer)
    assert ledger.answers_s == {"closed": 1.0} and messages.switched(ledger, replace(hook, answers=("closed",)), 5.0) is None
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


def test_killed_between_any_two_steps_nothing_is_left_unsent(peer, start_desk, private, tmp_path):
    """The receiver is away, fails, hangs; the desk is killed in the midst of it, twice. In the end it has everything, signed, under ids
    that tell doubles; also that somebody took one of them, and closed it."""
    receiver, ca = private
    (tmp_path / "secret").write_bytes(SECRET + b"\n")
    config = tmp_path / "desk.toml"
    config.write_text(f'[webhook]\nurl = "{receiver.url}"\nsecret_file = "secret"\nleast = "distress"\nca_file = "{ca}"\n')
    data, station = tmp_path / "data", peer()
    receiver.behaves = [500]

    def start():
        return start_desk("--config", str(config), f"tcp://127.0.0.1:{station.port}", data)

    with start() as desk:
        station.wait_for_desk()
        station.send(distress(970000001, time.time()) + distress(970000002, time.time()))  # noqa: TID251 a peer has a clock of its own
        desk.until(lambda d: len(d.get("/api/alerts")["alerts"]) == 2)
        health = desk.until(lambda d: (h := d.health()["webhook"])["state"] == "failing" and h)
        assert health["unsent"] == 2 and "500" in health["words"]
        receiver.behaves = ["hang"]
        taken, other = (found["id"] for found in desk.get("/api/alerts")["alerts"])
        assert desk.ask("POST", f"/api/alerts/{taken}/acknowledge", {"by": "ANNA", "words": "coast guard called"})[0] == 200
        assert desk.ask("POST", f"/api/alerts/{other}/close", {"words": "a test"})[0] == 200
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
    once = {found["delivery"]: found for found in told}
    steps = {name: [found["what"] for found in once.values() if found["alert"]["id"] == name] for name in wanted}
    assert steps[taken] == ["raised", "acknowledged"] and steps[other] == ["raised", "closed"]
    by = next((found["by"], found["words"]) for found in told if found["what"] == "acknowledged")
    assert by == ("ANNA", "coast guard called")
    assert len(once) == 5, "what came twice has one id"
    assert len(told) <= 6
    page = Path(__file__).parents[2] / "docs" / "guide" / "webhook.md"
    shown: dict = {}
    exec(re.search(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)[1], shown)
    taken = [
        shown["accepted"](body, headers["X-Tankerwatch-Signature"], SECRET) for behaves, headers, body in receiver.got if behaves == 204
    ]
    assert {found["delivery"] for found in taken if found} == {found["delivery"] for found in told} and len([1 for t in taken if t]) == 5
    assert shown["accepted"](receiver.got[-1][2] + b" ", receiver.got[-1][1]["X-Tankerwatch-Signature"], SECRET) is None
    assert len({found["desk"] for found in told}) == 1
