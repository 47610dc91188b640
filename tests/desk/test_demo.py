"""The bundled scene on the page: what a visitor can do with it."""

from __future__ import annotations

import time

import websockets.sync.client


def hello(desk):
    """What the desk says first to a page."""
    import json

    with websockets.sync.client.connect(f"ws://127.0.0.1:{desk.port}/ws", origin=f"http://127.0.0.1:{desk.port}") as socket:
        for message in socket:
            if isinstance(message, str) and (told := json.loads(message))["type"] == "hello":
                return told
    return None


def clock(desk):
    return desk.health()["clock_s"]


def test_pause_speed_again_and_the_end(start_demo):
    with start_demo("--speed", "60") as desk:
        said = hello(desk)
        assert said["mode"] == "reconstruction" and not said["paused"] and not said["ended"]
        assert said["start_s"] <= clock(desk) < said["start_s"] + 3600
        assert len(said["scene"]["offers"]) == 3
        first_s = clock(desk)
        desk.until(lambda d: clock(d) > first_s + 60)
        # It stands still when it is told to.
        assert desk.ask("POST", "/api/replay", {"paused": True})[0] == 200
        desk.until(lambda d: clock(d) == (time.sleep(0.5), clock(d))[1])
        assert hello(desk)["paused"]
        # A report during a pause stands at the time of the play.
        status, report = desk.ask("POST", "/api/reports", {"words": "a visitor's note", "kind": "note"})
        assert status == 201 and abs(report["entered_s"] - clock(desk)) < 120
        assert desk.ask("POST", "/api/replay", {"paused": False, "speed": 3600})[0] == 200
        desk.until(lambda d: clock(d) > first_s + 2.3 * 3600)
        alerts = desk.get("/api/alerts")["alerts"]
        assert {"closing", "sudden_stop", "not_under_command", "distress"} <= {a["detector"] for a in alerts}
        # And from the beginning, with an empty sea.
        before = hello(desk)["epoch"]
        assert desk.ask("POST", "/api/replay", {"again": True, "speed": 1})[0] == 200
        said = hello(desk)
        assert said["epoch"] > before and not said["ended"]
        assert clock(desk) < first_s + 60
        assert len(desk.get("/api/alerts")["alerts"]) < len(alerts)
        assert not [r for r in desk.get("/api/reports")["reports"] if r["words"] == "a visitor's note"]
        for wish in ({"speed": 0}, {"speed": "fast"}, {"paused": 1}, {"jump": 5}, {"seek_s": "noon"}, {"seek_s": True}):
            status, refusal = desk.ask("POST", "/api/replay", wish)
            assert status == 422 and refusal["help"]
        assert desk.stop() == 0


def test_another_time_is_gone_to_and_back(start_demo):
    with start_demo("--speed", "1") as desk:
        start_s, epoch = hello(desk)["start_s"], hello(desk)["epoch"]
        assert desk.ask("POST", "/api/replay", {"paused": True, "seek_s": start_s + 2.3 * 3600})[0] == 200
        assert abs(clock(desk) - start_s - 2.3 * 3600) < 30
        later = desk.get("/api/alerts")["alerts"]
        assert {"closing", "sudden_stop", "not_under_command", "distress"} <= {a["detector"] for a in later}
        assert hello(desk)["epoch"] > epoch and hello(desk)["paused"]
        assert desk.ask("POST", "/api/replay", {"seek_s": start_s + 60})[0] == 200
        assert abs(clock(desk) - start_s - 60) < 30 and hello(desk)["paused"]
        assert len(desk.get("/api/alerts")["alerts"]) < len(later)
        assert desk.ask("POST", "/api/replay", {"seek_s": start_s + 2.3 * 3600})[0] == 200
        assert desk.get("/api/alerts")["alerts"] == later
        period = desk.until(lambda d: (told := d.get("/api/replay"))["surveyed"] and told)
        assert (period["start_s"], period["gaps"]) == (start_s, []) and period["end_s"] == hello(desk)["end_s"]
        assert {a["id"] for a in period["alerts"]} == {a["id"] for a in later if a["state"] != "withdrawn"}
        assert desk.stop() == 0


def test_the_end_of_a_play_is_said_and_is_no_silence(story_log, start_desk, tmp_path):
    with start_desk(f"file:{story_log}?speed=3600", tmp_path / "data") as desk:
        desk.until(lambda d: d.health()["feeds"][0]["state"] == "ended")
        assert hello(desk)["ended"] and hello(desk)["mode"] == "replay"
        # The log says itself from when to when it goes.
        period = desk.until(lambda d: (told := d.get("/api/replay"))["surveyed"] and told)
        assert hello(desk)["start_s"] == period["start_s"] < period["end_s"] <= clock(desk) + 1 and len(period["alerts"]) == 6
        end_s, found = clock(desk), desk.get("/api/alerts")["alerts"]
        time.sleep(0.5)
        assert clock(desk) == end_s and desk.health()["lag_s"] == 0
        assert len(found) == 6 and not [a for a in found if a["detector"] in ("feed", "dark")]
        # What a person says then is taken still.
        assert desk.ask("POST", "/api/reports", {"words": "read afterwards"})[0] == 201
        assert desk.ask("POST", f"/api/alerts/{found[0]['id']}/confirm", {"words": ""})[0] == 200
        assert desk.get(f"/api/alerts/{found[0]['id']}")["confirmed"]
        assert desk.ask("POST", "/api/replay", {"again": True, "speed": 1})[0] == 200
        desk.until(lambda d: d.health()["feeds"][0]["state"] != "ended" and (clock(d) or 0) < end_s)
        assert not hello(desk)["ended"]
