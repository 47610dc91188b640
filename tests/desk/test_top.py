"""`tankerwatch top` on a real desk: what it shows is what the desk says, it answers alerts, and it says when the desk is gone."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from tankerwatch.cli import main
from tankerwatch.cli.calling import Line
from tankerwatch.cli.top import desk as desks
from tankerwatch.cli.top import lines
from tankerwatch.cli.top.desk import Seen, once
from tankerwatch.core.ports import PictureNow
from tankerwatch.web.watched import watched

HOSTILE = "[red]X[/red]\x1b[2J"
PATIENCE_S = 60


def module(name):
    spec = importlib.util.spec_from_file_location(f"{name}_lines", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


sea = module("test_watch")


def shown(app, name):
    table = app.query_one(f"#{name}")
    return [[str(cell) for cell in table.get_row_at(at)] for at in range(table.row_count)]


def text(app, name):
    return str(app.query_one(f"#{name}").render())


async def until(pilot, true):
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it did not come true"
        await pilot.pause(0.05)


def test_the_desk_in_a_terminal(peer, start_desk, tmp_path, capsys):
    pytest.importorskip("textual", reason="textual is not installed")
    from tankerwatch.cli.top.screen import Top

    station = peer()
    with start_desk(f"tcp://127.0.0.1:{station.port}", tmp_path / "data") as desk:
        station.wait_for_desk()
        where = ["--desk", f"http://127.0.0.1:{desk.port}/"]
        calls = [sea.report(970123456 + n, 24.2, 58.4, status=14) for n in range(2)]
        station.send(b"".join(line + b"\r\n" for line in (*calls, sea.report(311000001, 24.0, 58.0))))
        desk.until(lambda d: len(d.get("/api/alerts")["alerts"]) == 2)
        status, _ = desk.ask("POST", "/api/guard", {"ship": 311000001, "guard": True})
        assert status == 200
        desk.until(lambda d: d.get("/api/watched")["of"] == 3)

        # Once, as words and as JSON.
        assert main(["top", *where, "--once"]) == 0
        printed = capsys.readouterr().out
        assert "ALERTS: 2 open, 2 new" in printed and "distress" in printed and "LIVE" in printed
        assert "24°00.0′N 058°00.0′E" in printed and "guarded" in printed
        assert main(["top", *where, "--once", "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert {ship["id"] for ship in said["ships"]} == {970123456, 970123457, 311000001} and len(said["alerts"]) == 2
        assert main(["top", *where, "--once", "--check"]) == 0 and capsys.readouterr().out == "all is well\n"
        assert main(["top", *where, "--check"]) == 2 and "--once" in capsys.readouterr().err
        assert main(["top", *where]) == 2 and "no terminal" in capsys.readouterr().err

        async def sit():
            app = Top(Line("127.0.0.1", desk.port), by="ANNA")
            async with app.run_test(size=(130, 44)) as pilot:
                await until(pilot, lambda: len(shown(app, "alerts")) == 2 and len(shown(app, "ships")) == 3)
                assert "LIVE" in text(app, "head") and "NO DESK" not in text(app, "troubles")
                assert str(station.port) in shown(app, "feeds")[0][0] and shown(app, "feeds")[0][1] in ("live", "silent")
                # The cursor stays on what it was on, whatever comes above it.
                await pilot.press("j")
                under = app._under("alerts")
                await pilot.press("a", *"seen it", "enter")
                await until(pilot, lambda: app.seen.alerts[under]["acknowledged_s"] is not None)
                await until(pilot, lambda: any("acknowledged" in row[3] for row in shown(app, "alerts")))
                assert app._under("alerts") == under
                assert desk.get(f"/api/alerts/{under}")["history"][-1] | {"time_s": 0} == {
                    "time_s": 0,
                    "verb": "acknowledge",
                    "words": "seen it",
                    "by": "ANNA",
                }
                await pilot.press("enter")
                await until(pilot, lambda: "by ANNA: seen it" in text(app, "told"))
                await pilot.press("escape", "n", "enter")
                await until(pilot, lambda: any("there are no words" in str(each.message) for each in app._notifications))
                await pilot.press("f", *"no such", "enter")
                await until(pilot, lambda: len(shown(app, "alerts")) == 1)
                assert "1 open hidden" in text(app, "alerts-title"), "the distress that nobody acknowledged stays"
                await pilot.press("f", *["backspace"] * 7, "enter", "s", "s", "s", "o")
                await until(pilot, lambda: "distress and worse · over too" in text(app, "alerts-title"))
                # The desk is gone: what stands there is said to be old.
                desk.stop(signal.SIGKILL)
                await until(pilot, lambda: "NO DESK" in text(app, "troubles"))
                assert "What you see is old" in text(app, "troubles") and app.has_class("old") and len(shown(app, "alerts")) == 2
                await pilot.press("q")

        asyncio.run(sit())
    assert main(["top", *where, "--once"]) == 2 and "no desk answers" in capsys.readouterr().err


def an_alert(name, **more):
    return {
        "id": name,
        "severity": "danger",
        "state": "open",
        "title": HOSTILE,
        "reason": HOSTILE,
        "detector": "dark",
        "names": {},
        "raised_s": 100.0,
        "end_s": None,
        "score": 0.5,
        "acknowledged_s": None,
        "confirmed": False,
        "assigned": None,
        "snoozed_until_s": None,
        "lat_deg": None,
        "lon_deg": None,
        "incident": None,
        "history": [],
        **more,
    }


def test_the_order_of_alerts_and_what_is_hidden():
    alerts = [
        an_alert("old", raised_s=50.0),
        an_alert("known", acknowledged_s=120.0),
        an_alert("over", state="closed", severity="distress"),
        an_alert("sure", score=0.9),
        an_alert("notice", severity="notice", score=1.0),
        an_alert("fresh"),
        an_alert("call", severity="distress"),
    ]
    assert [alert["id"] for alert in lines.chosen(alerts)] == ["call", "sure", "fresh", "old", "known", "notice"]
    assert [alert["id"] for alert in lines.chosen(alerts, least="distress", over=True)] == ["call", "over"]
    assert [alert["id"] for alert in lines.chosen(alerts, words="nothing such")] == ["call"], "a distress is never hidden"
    row = lines.alert_row(an_alert("x", assigned="BEN\x1b", snoozed_until_s=60.0), 3700.0)
    assert row == ("▲", "danger", "60 min", "NEW, → BEN\ufffd, snoozed until 00:01:00Z", "[red]X[/red]\ufffd[2J")
    assert "\x1b" not in "".join(lines.details(an_alert("x"), None))


def test_it_invents_nothing():
    seen = Seen()
    assert lines.head(seen) == "waiting for the desk" and lines.troubles(seen)[0].startswith("NO DESK: no desk has answered yet")
    for nonsense in ([], {"kind": "x"}, 1):
        with pytest.raises(ValueError, match="no message"):
            seen.hear(nonsense)
    assert not seen.connected
    seen.hear({"type": "names", "ships": []})
    seen.hear({"type": "alerts", "alerts": [an_alert("a")], "all": True})
    seen.hear({"type": "alerts", "alerts": [an_alert("b")], "all": False})
    assert list(seen.alerts) == ["a", "b"] and lines.counts(seen) == "2 open, 2 new"
    seen.hear({"type": "alerts", "alerts": [], "all": True})
    assert lines.counts(seen) == "none open"
    assert lines.age(None, 5.0) == lines.place(None, 1.0) == "" and lines.age(9.0, 5.0) == "0 s"
    with pytest.raises(Exception, match="no desk answers"):
        once(Line("127.0.0.1", 1))


def test_a_script_learns_what_is_wrong_by_the_status(monkeypatch, capsys):
    feed = {"feed": 0, "name": "udp\x1b[2J", "state": "dead", "words": "not connected"}
    told = {"type": "health", "feeds": [feed], "journal": {"state": "failed", "words": "disk full", "copies": []}}
    seen = Seen()
    seen.hear(told)
    monkeypatch.setattr(desks, "once", lambda _: seen)
    assert main(["top", "--once", "--check"]) == 1
    assert capsys.readouterr().out == "feed udp\ufffd[2J: not connected\nJOURNAL FAILED: disk full\n"
    assert main(["top", "--once", "--check", "--json"]) == 1
    assert len(json.loads(capsys.readouterr().out)["troubles"]) == 2


def test_what_was_over_long_ago_goes():
    seen = Seen()
    told = [{"id": f"a{n}", "state": "open" if n == 0 else "closed", "end_s": float(n)} for n in range(600)]
    seen.hear({"type": "alerts", "alerts": told[:300], "all": True})
    seen.hear({"type": "alerts", "alerts": told[300:], "all": False})
    assert list(seen.alerts) == ["a0", *(f"a{n}" for n in range(100, 600))]


def test_it_comes_back_to_a_desk_that_went_fell_silent_or_was_none(monkeypatch):
    from websockets.asyncio.server import serve

    monkeypatch.setattr(desks, "AGAIN_S", 0.01)
    health = json.dumps({"type": "health"})
    turns = [["]"], [], [json.dumps({"type": "alerts"})], [b"TWF1", health]]
    problems = []

    async def sit():
        async def turn(socket):
            for said in turns.pop(0):
                await socket.send(said)
            await asyncio.sleep(0.4)

        async with serve(turn, "127.0.0.1", 0) as server:
            seen, there = Seen(), asyncio.Event()

            def changed():
                problems.append(seen.problem)
                if seen.connected:
                    there.set()

            listening = asyncio.create_task(desks.attend(Line(*server.sockets[0].getsockname()[:2]), seen, changed, silent_s=0.2))
            await asyncio.wait_for(there.wait(), PATIENCE_S)
            listening.cancel()

    asyncio.run(sit())
    assert problems == ["what answers there is no desk", "it says nothing for 0 s", "what answers there is no desk", ""]


def test_the_ships_that_are_watched():
    flags = np.array([0, 4, 3, 1, 128, 4 | 16, 3], np.uint8)
    n = len(flags)
    nan = np.full(n, np.nan)
    gone = np.zeros(n, np.bool_)
    gone[6] = True
    names = [(9000 + slot, f"SHIP {9 - slot}", 9000 + slot, "PA") for slot in range(n)]
    now = PictureNow(1, 1, 10.0, nan, nan, nan, nan, nan, nan, nan, np.ones(n, np.uint8), flags, names, gone)
    told = watched(now)
    assert told["of"] == 5 and [ship["id"] for ship in told["ships"]] == [9002, 9003, 9004, 9005, 9001]
    assert [(ship["guarded"], ship["lost"], ship["lat_deg"]) for ship in told["ships"][3:]] == [(True, True, None), (True, False, None)]
    assert len(watched(now, 2)["ships"]) == 2 and watched(None)["ships"] == []
