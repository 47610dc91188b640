"""A live desk fed over TCP from another process: nothing lost that was sent whole, the health states right, nothing acknowledged lost."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from pathlib import Path

from tankerwatch.core.ais import encoder
from tankerwatch.core.ais.framing import sentences, tag
from tankerwatch.store.records import read_records

STATION = "r200000900"


def report(ship, lat, lon, *, sog=10.0, status=0, now_s=None):
    """A ship's report, as a station sends it now."""
    now_s = time.time() if now_s is None else now_s  # noqa: TID251 a peer has a clock of its own
    (line,) = sentences(encoder.position_a(ship, lat, lon, sog, 0.0, 0, status, int(now_s) % 60))
    return tag(line, time_s=now_s, station=STATION)


def numbered(n):
    return report(311000000 + n % 50, 24.0 + n % 1000 / 1e4, 58.0 + n // 1000 / 1e3)


def state(desk):
    return desk.health()["feeds"][0]["state"]


def on_disk(data):
    return [record for record in read_records(data) if record.what not in ("decision", "skipped", "lost")]


def test_a_peer_that_dies_comes_back_and_talks_nonsense(peer, start_desk, tmp_path):
    data, dice = tmp_path / "data", random.Random(13)
    one = peer()
    whole = []

    def say(station, *lines):
        whole.extend(lines)
        station.send(b"".join(line + b"\r\n" for line in lines))

    with start_desk(f"tcp://127.0.0.1:{one.port}", data) as desk:
        one.wait_for_desk()
        desk.until(lambda d: state(d) == "silent")
        say(one, *map(numbered, range(500)))
        desk.until(lambda d: state(d) == "live")
        # Half a line, then the rest of it; then half a line for ever.
        late = numbered(500)
        one.send(late[:20])
        one.send(late[20:] + b"\r\n" + numbered(501)[:30])
        whole.append(late)
        desk.until(lambda d: d.health()["feeds"][0]["lines"] == 501)
        one.die()
        dead = desk.until(lambda d: state(d) == "dead" and d.health())
        assert "trying again" in dead["feeds"][0]["words"]
        two = peer(one.port)
        two.wait_for_desk()
        # The half line did not join what came after it.
        say(two, *map(numbered, range(502, 700)))
        garbage = [dice.randbytes(dice.randint(1, 200)).replace(b"\n", b"").replace(b"\r", b"") or b"x" for _ in range(300)]
        say(two, *garbage)
        two.send(b"!AIVDM" + b"A" * 300_000)  # a line without an end
        two.send(b"\n")
        say(two, *map(numbered, range(700, 1000)))
        health = desk.until(lambda d: (h := d.health())["feeds"][0]["lines"] >= len(whole) + 1 and h)
        feed = health["feeds"][0]
        assert state(desk) == "live"
        assert feed["lines"] == len(whole) + 1  # with the half line that the first left behind
        counters = health["counters"]
        assert counters["messages"] == 500 + 1 + 198 + 300
        assert counters["lines"] == len(whole) + 1
        # Some of the garbage looks like a comment or like nothing at all; all of the rest is counted as not used.
        assert counters["lines"] - sum(counters["rejected"].values()) <= counters["messages"] + 20
        assert feed["rejected"] > 200
        assert health["ships"] == 50
        desk.until(lambda d: d.health()["journal"]["durable"] == d.health()["journal"]["records"])
        found = [record.data for record in on_disk(data)]
        assert [line for line in found if line in set(whole)] == whole
        assert len(found) == len(whole) + 1
        # No ship in range is another thing than silence: lines come, but no report. Told after minutes, so only the words are looked at.
        assert re.search(r"messages a second", feed["words"])
        assert desk.stop() == 0
    # What is on disk is what was received, numbered without a gap.
    numbers = [record.number for record in read_records(data)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_memory_is_flat(peer, start_desk, tmp_path):
    station = peer()
    with start_desk(f"tcp://127.0.0.1:{station.port}", tmp_path / "data") as desk:
        station.wait_for_desk()
        sent = 0

        def flood(count):
            nonlocal sent
            for n in range(sent, sent + count, 2000):
                # Reports, garbage and lines without an end, 150 kB at once.
                station.send(b"".join(numbered(m) + b"\r\n" for m in range(n, n + 1000)) + b"\xff nonsense \x00\n" * 1000)
                desk.until(lambda d, n=n: d.health()["counters"]["lines"] >= n + 2000)
            sent += count

        flood(16_000)
        before = desk.memory_bytes
        flood(16_000)
        kept_bytes = 16_000 * 200  # the newest sentences are kept, a million of them: what was received may be held, no more
        assert desk.memory_bytes - before < kept_bytes + 30_000_000


def test_killed_at_any_moment_nothing_acknowledged_is_lost(peer, start_desk, tmp_path):
    data, dice = tmp_path / "data", random.Random(7)
    port, acknowledged, sent = 0, 0, []
    for round_number in range(4):
        station = peer(port)
        port = station.port
        with start_desk(f"tcp://127.0.0.1:{port}", data) as desk:
            health = desk.health()
            assert health["journal"]["durable"] >= acknowledged
            if round_number:
                assert health["ships"] > 0  # the picture is back before anything new has come
                status, before = desk.ask("GET", "/api/reports")
                assert status == 200 and len(before["reports"]) == round_number
            station.wait_for_desk()
            for burst in range(dice.randint(2, 6)):
                lines = [numbered(10_000 * round_number + 100 * burst + n) for n in range(100)]
                sent += lines
                station.send(b"".join(line + b"\r\n" for line in lines))
                time.sleep(dice.random() * 0.05)
            status, made = desk.ask("POST", "/api/reports", {"words": f"smoke in round {round_number}", "kind": "sighting"})
            assert status == 201 and made["words"] == f"smoke in round {round_number}"
            acknowledged = desk.health()["journal"]["durable"]
            time.sleep(dice.random() * 0.05)
            assert desk.stop(signal.SIGKILL) == -signal.SIGKILL
        station.die()
        records = [record for record in read_records(data) if record.what != "skipped"]
        assert [record.number for record in records] == list(range(1, len(records) + 1))
        assert len(records) >= acknowledged
        lines = [record.data for record in records if record.what != "decision"]
        assert [line for line in lines if line in set(sent)] == [line for line in sent if line in set(lines)]
        said = [record for record in records if b"smoke in round" in record.data]
        assert len(said) == round_number + 1


def test_open_alerts_decisions_and_the_picture_are_back_after_a_kill(peer, start_desk, tmp_path):
    data, station = tmp_path / "data", peer()
    with start_desk(f"tcp://127.0.0.1:{station.port}", data) as desk:
        station.wait_for_desk()
        station.send(report(970123456, 24.2, 58.4, status=14) + b"\r\n" + report(311000001, 24.0, 58.0) + b"\r\n")
        (alert,) = desk.until(lambda d: d.get("/api/alerts")["alerts"])
        assert alert["detector"] == "distress" and alert["evidence"][0]["sentence"]
        status, _ = desk.ask("POST", f"/api/alerts/{alert['id']}/acknowledge", {"words": "seen"})
        assert status == 200
        status, _ = desk.ask("POST", "/api/guard", {"ship": 311000001, "guard": True})
        assert status == 200
        ship = desk.get("/api/ships/311000001")
        assert ship["guarded"]
        desk.stop(signal.SIGKILL)
    with start_desk(f"tcp://127.0.0.1:{station.port}", data) as desk:
        (again,) = desk.get("/api/alerts")["alerts"]
        assert again["acknowledged_s"] is not None and again["state"] == "open"
        for key in ("id", "raised_s", "evidence", "reason", "severity"):
            assert again[key] == alert[key]
        here = desk.get("/api/ships/311000001")
        for key in ("guarded", "lat_deg", "lon_deg", "heard_s", "fixes", "sentences"):
            assert here[key] == ship[key]
        # New lines are numbered on from those before.
        status, refusal = desk.ask("POST", "/api/alerts/no-such-alert/confirm", {"words": ""})
        assert status == 404 and refusal["error"]


def test_one_desk_a_data_directory(peer, start_desk, refused_desk, tmp_path):
    source = f"tcp://127.0.0.1:{peer().port}"
    with start_desk(source, tmp_path / "data") as desk:
        code, said = refused_desk(source, tmp_path / "data")
        assert code == 2
        assert "another process writes to this journal" in said and "help:" in said
        assert len(said.splitlines()) <= 2 and "Traceback" not in said
        assert desk.health()["journal"]["state"] == "ok"
        for number in (signal.SIGTERM,):
            assert desk.stop(number) == 0
        assert desk.process.stderr.read() == ""


def test_a_wrong_clock_is_shown(peer, start_desk, tmp_path):
    """Base stations say that this desk is two hours ahead."""
    station, own = peer(), tmp_path / "own.toml"
    own.write_text("[detect.feed]\nclock_hold_s = 0\n", encoding="utf-8")  # it is said at once
    with start_desk(f"tcp://127.0.0.1:{station.port}", "--config", own, tmp_path / "data") as desk:
        station.wait_for_desk()
        assert desk.health()["clock_check"]["state"] == "unknown"
        now_s = time.time()  # noqa: TID251 the station's own clock
        for n in range(25):
            (line,) = sentences(encoder.base_station(2320001 + n % 3, now_s - 7200 + n / 10, 24.0, 58.0))
            station.send(line + b"\r\n")
        check = desk.until(lambda d: (c := d.health()["clock_check"])["state"] == "wrong" and c)
        assert abs(check["offset_s"] - 7200) < 10
        assert "ahead" in check["words"]
        (alert,) = desk.until(lambda d: d.get("/api/alerts")["alerts"])
        assert alert["detector"] == "feed" and "clock" in alert["reason"]


def test_a_request_from_another_site_is_refused(peer, start_desk, tmp_path):
    from http.client import HTTPConnection

    with start_desk(f"tcp://127.0.0.1:{peer().port}", tmp_path / "data") as desk:
        for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example", "Content-Type": "application/json"}):
            line = HTTPConnection("127.0.0.1", desk.port, timeout=60)
            line.request("POST", "/api/reports", '{"words": "lie"}', headers)
            assert line.getresponse().status == 403
            line.close()
        assert desk.get("/api/reports")["reports"] == []


def test_a_rule_beyond_its_budget_is_told_which_setting_would_help(peer, start_desk, tmp_path):
    """Found out in a process beside the watch from the journal on disk, told in the group's alert, and there after a restart."""
    station, own, data = peer(), tmp_path / "own.toml", tmp_path / "data"
    own.write_text("[detect.not_under_command]\nbudget_an_hour = 0\nhold_s = 0\n", encoding="utf-8")
    with start_desk(f"tcp://127.0.0.1:{station.port}", "--config", own, data) as desk:
        station.wait_for_desk()
        for status in (0, 2):
            for ship in range(3):
                station.send(report(311000001 + ship, 24.0 + ship, 58.0, sog=3.0, status=status) + b"\r\n")
            desk.until(lambda d: d.health()["lag_s"] < 5)
            time.sleep(1.2)
        (alert,) = desk.until(lambda d: [a for a in d.get("/api/alerts")["alerts"] if "setting" in a["reason"]])
        assert "and 3 more" in alert["title"] or "and 2 more" in alert["title"] or "and 1 more" in alert["title"]
        assert desk.stop() == 0
        assert desk.process.stderr.read() == ""
    with start_desk(f"tcp://127.0.0.1:{station.port}", "--config", own, data) as desk:
        (again,) = [a for a in desk.get("/api/alerts")["alerts"] if a["id"] == alert["id"]]
        assert again["reason"].partition("setting")[1:] == alert["reason"].partition("setting")[1:]
    advice = [record for record in read_records(data) if record.what == "decision" and b'"kind": "advice"' in record.data]
    assert len(advice) == 1


def test_a_desk_that_is_stopped_while_advice_is_sought_leaves_nothing_behind(peer, start_desk, tmp_path):
    station, own, data = peer(), tmp_path / "own.toml", tmp_path / "data"
    own.write_text("[detect.not_under_command]\nbudget_an_hour = 0\nhold_s = 0\n", encoding="utf-8")
    with start_desk(f"tcp://127.0.0.1:{station.port}", "--config", own, data) as desk:
        station.wait_for_desk()
        for status in (0, 2):
            station.send(report(311000001, 24.0, 58.0, sog=3.0, status=status) + b"\r\n")
            time.sleep(1.2)
        children = Path(f"/proc/{desk.process.pid}/task/{desk.process.pid}/children")
        (child,) = desk.until(lambda _: children.read_text(encoding="ascii").split())
        assert os.getpriority(os.PRIO_PROCESS, int(child)) in (0, 19), "0 for the moment before it has lowered itself"
        assert desk.stop() == 0
        assert desk.process.stderr.read() == ""
        assert not Path(f"/proc/{child}").exists()
