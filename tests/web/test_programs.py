"""What no page asks and programs do: events, metrics and GeoJSON, over real sockets."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from types import SimpleNamespace

import httpx
import pytest

from tankerwatch.web import ready
from tankerwatch.web.calls import CALLS, document
from tankerwatch.web.described import asked
from tankerwatch.web.events import Events
from tankerwatch.web.live import Hub
from tankerwatch.web.metrics import _escaped

HOSTILE = '<script>window.hacked=1</script>"\u202e'
ALERT = {"severity": "danger", "state": "open", "lat_deg": 25.0, "lon_deg": 57.0, "evidence": [1], "history": [1], "rule": {}}


class Listener:
    """Reads server-sent events as the standard says."""

    def __init__(self, client, after=""):
        self.asked = client.stream("GET", "/api/events", headers={"Last-Event-ID": after} if after else {})

    def __enter__(self):
        self.answer = self.asked.__enter__()
        self.lines = self.answer.iter_lines()
        return self

    def __exit__(self, *problem):
        self.asked.__exit__(*problem)

    def next(self):
        """Kind, value and id of the next event; None for a sign of life."""
        event = {}
        for line in self.lines:
            if line.startswith(":"):
                return None
            if line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif "data" in event:
                return event["event"], json.loads(event["data"]), event.get("id", "")
            else:
                event = {}
        raise AssertionError("the stream ended")

    def until(self, kind):
        """The events up to one of a kind."""
        got = [self.next()]
        while got[-1] is None or got[-1][0] != kind:
            got.append(self.next())
        return [event for event in got if event is not None]


def test_events_begin_with_all_and_go_on_where_they_were(running, client, serve, dist):
    with Listener(client) as listener:
        assert listener.answer.headers["content-type"].startswith("text/event-stream")
        kinds = [(kind, value.get("id")) for kind, value, _ in listener.until("ready")]
        assert kinds == [("begin", None), ("alert", "a1"), ("alert", "a2"), ("ready", None)]
        running.hub.publish("alerts", [{"id": "a2", "title": HOSTILE + "\nevent: lie"}])
        kind, value, first = listener.until("alert")[-1]
        assert (kind, value["title"]) == ("alert", HOSTILE + "\nevent: lie"), "what a ship sends is never an event of its own"
    running.hub.publish("alerts", [{"id": "a3"}, {"id": "a4"}])
    running.hub.publish("alerts", [{"id": "a3", "again": True}])
    with Listener(client, first) as listener:
        assert [value for _, value, _ in listener.until("alert")] == [{"id": "a4"}]
        _, value, last = listener.until("alert")[-1]
        assert value == {"id": "a3", "again": True}
    running.until(lambda: not running.hub.listeners)
    with Listener(client, last) as listener:
        running.hub.publish("alerts", [{"id": "a5"}])
        assert [value["id"] for _, value, _ in listener.until("alert")] == ["a5"], "nothing of before"
    for unknown in ("x", "1-2-3", last.replace("-", "_"), last[:-1] + "999999", last.replace("-5-", "-4-"), "9" * 5000, "é"):
        with Listener(client, unknown.encode("latin-1")) as listener:
            assert listener.until("begin"), unknown
    assert client.head("/api/events").status_code == 200
    events = next(route.endpoint.__self__ for route in running.app.routes if route.path == "/api/events")
    running.until(lambda: not events._of)
    events._of["another"] = 64
    assert client.get("/api/events").status_code == 503


def test_events_of_a_new_beginning_and_a_sign_of_life(running, client, harbour):
    events = next(route.endpoint.__self__ for route in running.app.routes if route.path == "/api/events")
    events.heartbeat_s = 0.05
    with Listener(client) as listener:
        listener.until("ready")
        assert listener.next() is None
        harbour.epoch = 6
        harbour.store["alerts"].clear()
        running.hub.publish("hello", {"type": "hello", "epoch": 6})
        begin = listener.until("begin")[-1]
        assert begin[1] == {"epoch": 6, "alerts": 0}


def test_who_is_logged_out_is_told_nothing_more(harbour):
    async def run():
        hub, over, told = Hub(), asyncio.Event(), []
        events = Events(harbour.desk(), hub, heartbeat_s=0.01)
        async for text in events.stream(None, over):
            told.append(text)
            if text.startswith("event: ready"):
                over.set()
                hub.publish("alerts", [{"id": "a9"}])
        return told, hub.listeners

    told, listeners = asyncio.run(run())
    assert told[-1].startswith(("event: ready", ":")) and not any("a9" in text for text in told)
    assert not listeners


def parsed(text: str) -> tuple[dict, dict]:
    """Samples by name and labels, and types by name: a reading of the text format, which refuses what is not of it."""
    samples, kinds, helped = {}, {}, set()
    label = r'[a-z_]+="(?:[^"\\\n]|\\["\\n])*"'
    for line in text.splitlines():
        if made := re.fullmatch(r"# HELP ([a-z_]+) \S.*", line):
            helped.add(made[1])
        elif made := re.fullmatch(r"# TYPE ([a-z_]+) (gauge|counter)", line):
            assert made[1] in helped and made[1] not in kinds, "once, and explained before"
            kinds[made[1]] = made[2]
        else:
            made = re.fullmatch(rf"([a-z_]+)(?:\{{({label}(?:,{label})*)\}})? (\S+)", line)
            assert made and made[1] in kinds, line
            labels = tuple(re.findall(r'([a-z_]+)="((?:[^"\\]|\\.)*)"', made[2] or ""))
            assert (made[1], labels) not in samples, "once"
            samples[made[1], labels] = float(made[3])
    assert text.endswith("\n")
    return samples, kinds


@pytest.fixture
def healthy(harbour):
    """Health as the real desk tells it, of a desk with some trouble."""
    feed = {"name": 'tcp://"x"\\\n', "since_s": 1.0, "messages_per_s": 2.5, "stations": 1, "ships": 3, "rejected": 4, "words": ""}
    live = {**feed, "feed": 0, "state": "live", "last_s": 1560394210.25, "lines": 100}
    copy = {"name": "/copy", "state": "behind", "words": "", "record": 90, "behind": 10}
    harbour.health = {
        "type": "health",
        "version": "0",
        "mode": "live",
        "lag_s": float("nan"),
        "ships": 5,
        "feeds": [live, {**feed, "feed": 1, "state": "dead", "last_s": None, "lines": 0}],
        "journal": {"durable": 90, "records": 100, "bytes": 1 << 40, "state": "ok", "copies": [copy]},
        "counters": {"lines": 100, "sentences": 99, "messages": 98, "rejected": {"checksum": 2}},
    }
    harbour.store["alerts"] = {name: {**ALERT, "id": name} for name in ("a1", "a2")}
    harbour.store["alerts"]["a3"] = {**ALERT, "id": "a3", "state": "closed"}
    return harbour


def test_metrics_are_read_as_prometheus_reads_them(healthy, client):
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples, kinds = parsed(answer.text)
    assert samples["tankerwatch_rejected_total", (("reason", "checksum"),)] == 2
    assert samples["tankerwatch_journal_copy_behind_records", (("copy", "/copy"),)] == 10
    assert samples["tankerwatch_journal_bytes", ()] == 2.0**40
    assert samples["tankerwatch_alerts_open", (("severity", "danger"),)] == 2
    assert samples["tankerwatch_alerts_open", (("severity", "distress"),)] == 0
    live = {labels: value for (name, labels), value in samples.items() if name == "tankerwatch_feed_live"}
    assert sorted(live.values()) == [0, 1] and all(dict(labels)["feed"] == 'tcp://\\"x\\"\\\\\\n' for labels in live)
    last = [value for (name, _), value in samples.items() if name == "tankerwatch_feed_last_seconds"]
    assert last == [1560394210.25], "of a feed never heard nothing is told"
    assert "tankerwatch_lag_seconds" not in kinds, "and nothing that is not a number"
    assert samples["tankerwatch_process_resident_memory_bytes", ()] > 1e7
    assert samples["tankerwatch_clients", (("kind", "page"),)] == 0
    assert _escaped('a\udcff"\\\n') == 'a?\\"\\\\\\n', "what no text can hold breaks no answer"
    assert {name for name, kind in kinds.items() if kind == "counter"} == {name for name in kinds if name.endswith("_total")}


def test_geojson_of_an_area(healthy, client):
    healthy.move(25.4, 45.0, 26.0)
    answer = client.get("/api/ships.geojson", params={"bbox": "50,20,60,30"})
    assert answer.headers["content-type"] == "application/geo+json"
    told = answer.json()
    assert [feature["id"] for feature in told["features"]] == [200000001, 0]
    first = told["features"][0]
    assert first["geometry"] == {"type": "Point", "coordinates": [57.0, 25.4]}
    assert (first["properties"]["name"], first["properties"]["danger"], first["properties"]["sog_kn"]) == (HOSTILE, False, 0)
    assert (told["clock_s"], told["left_out"]) == (1560394210.25, 0)
    assert len(client.get("/api/ships.geojson").json()["features"]) == 3
    assert len(client.get("/api/ships.geojson", params={"bbox": "170,20,60,30"}).json()["features"]) == 2, "across the date line"
    alerts = client.get("/api/alerts.geojson").json()["features"]
    assert [feature["id"] for feature in alerts] == ["a1", "a2"] and "evidence" not in alerts[0]["properties"]
    assert len(client.get("/api/alerts.geojson?state=all&bbox=50,20,60,30").json()["features"]) == 3
    assert client.get("/api/alerts.geojson?bbox=0,0,1,1").json()["features"] == []
    for wrong in ("", "1,2,3", "1,2,3,x", "nan,0,1,1", "0,50,1,40", "-181,0,0,1", "0,0,1,91", "1," * 500):
        for path in ("/api/ships.geojson", "/api/alerts.geojson"):
            assert client.get(path, params={"bbox": wrong}).status_code == 422, wrong
    assert client.get("/api/alerts.geojson?state=x").status_code == 422


def test_every_route_is_declared(running, client):
    declared = [(call.method, call.path) for call in CALLS]
    assert len(declared) == len(set(declared))
    assert asked(running.app.routes) - set(declared) == set(), "declare it in web/calls.py"
    told = client.get("/api/openapi.json").json()
    listed = {(method.upper(), path) for path, calls in told["paths"].items() for method in calls}
    assert listed == asked(running.app.routes)
    assert told["openapi"] == "3.1.0"
    ways = told["components"]["securitySchemes"]
    assert (ways["token"]["type"], ways["token"]["scheme"]) == ("http", "bearer") and set(ways) == {"token", "session", "csrf"}
    assert told["paths"]["/metrics"]["get"]["security"] == [{"token": ["viewer"]}, {"session": ["viewer"]}, {}]
    decided = told["paths"]["/api/guard"]["post"]
    assert decided["security"] == [{"token": ["watchkeeper"]}, {"session": ["watchkeeper"], "csrf": ["watchkeeper"]}, {}]
    assert {"401", "403", "429"} <= set(decided["responses"]) and told["paths"]["/api/login"]["post"]["security"] == []
    guarded = document("1", asked(running.app.routes), guarded=True)["paths"]
    assert {} in decided["security"] and {} not in guarded["/api/guard"]["post"]["security"], "where people log in nobody need guess how"
    box = told["paths"]["/api/coverage"]["get"]["parameters"]
    assert [each["required"] for each in box] == [True] * 4 and {"200", "204", "303", "304"} <= set(
        told["paths"]["/tiles/{z}/{x}/{y}.mvt"]["get"]["responses"]
    )


def test_what_may_be_done_instead_is_all_that_may_be_done(client):
    for path, methods in (("/api/reports", "GET, HEAD, POST"), ("/api/health", "GET, HEAD"), ("/api/guard", "POST")):
        answer = client.request("OPTIONS", path)
        assert (answer.status_code, answer.headers["allow"]) == (405, methods)


def test_whether_a_desk_is_ready(running, client, harbour):
    url = f"{running.base}/api/ready"
    harbour.health = {"journal": {"state": "ok"}}
    anyhow = {"Host": "10.0.0.7", "X-Forwarded-For": "10.0.0.1"}  # as balancers ask
    assert httpx.get(url, headers=anyhow, trust_env=False).json() == {"ready": True}
    assert httpx.post(url, json={}, headers=anyhow, trust_env=False).status_code == 403
    harbour.health["journal"]["state"] = "failed"
    assert (client.get("/api/ready").status_code, client.get("/api/ready").json()) == (503, {"ready": False})
    harbour.health = {}
    assert client.get("/api/ready").status_code == 503, "a desk that fails at it"


def test_a_desk_that_hangs_is_not_ready_and_gathers_no_threads(monkeypatch):
    monkeypatch.setattr(ready, "PATIENCE_S", 0.02)
    going, questions = threading.Event(), []
    call = ready.Ready(SimpleNamespace(health=lambda: (questions.append(1), going.wait(60), {"journal": {"state": "ok"}})[2]))

    async def run():
        told = [(await call.ready(None)).status_code for _ in range(3)]
        going.set()
        await call._asking
        return [*told, (await call.ready(None)).status_code]

    assert asyncio.run(run()) == [503, 503, 503, 200] and len(questions) == 2


def test_no_call_for_programs_is_open_to_other_sites(running):
    for path in ("/metrics", "/api/events", "/api/ships.geojson", "/api/openapi.json"):
        assert httpx.get(running.base + path, headers={"Host": "evil.example"}, trust_env=False).status_code == 403
