"""The desk for browsers: routes, refusals, and what open pages are told, over real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import struct
import sys
import time
from pathlib import Path

import pytest
import websockets.exceptions
from starlette.routing import Mount

from tankerwatch.core.errors import InputFault
from tankerwatch.web.app import VERBS, create_app
from tankerwatch.web.live import Hub
from tankerwatch.web.serve import Server, bound, loopback

sys.path.insert(0, str(Path(__file__).parent))

from frame_reader import Held

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = '<script>window.hacked=1</script>"\u202e'
PATIENCE_S = 60


def heard(page, want, seconds=PATIENCE_S):
    """Messages until one for which `want` is true; that one is the last."""
    got = []
    while True:
        message = page.recv(timeout=seconds)
        got.append(json.loads(message) if isinstance(message, str) else message)
        if want(got[-1]):
            return got


def is_kind(kind):
    return lambda message: isinstance(message, dict) and message["type"] == kind


def is_frame(kind):
    return lambda message: isinstance(message, bytes) and message[4] == kind


# -- HTTP ---------------------------------------------------------------------------------------------------------------


def test_every_read(client):
    assert "<title>T</title>" in client.get("/").text
    assert client.get("/assets/app.js").text == "1"
    assert client.get("/api/health").json() == {"type": "health", "lag_s": None, "version": "0", "watching": ""}
    assert [alert["id"] for alert in client.get("/api/alerts").json()["alerts"]] == ["a1", "a2"]
    assert client.get("/api/alerts/a1").json()["id"] == "a1"
    assert client.get("/api/incidents").json() == {"incidents": []}
    assert client.get("/api/reports").json() == {"reports": []}
    assert len(client.get("/api/ships", params={"q": "x" * 1000}).json()["ships"]) == 20
    assert client.get("/api/ships").json() == {"ships": []}
    assert client.get("/api/ships/200000001/track").json() == {"time_s": [1.0], "sog_kn": [None]}


def test_a_hostile_name_is_json_text(client):
    answer = client.get("/api/ships/200000001")
    assert answer.json()["name"] == HOSTILE
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "\u202e" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/api/alerts/none",
        "/api/ships/7",
        "/api/ships/x",
        "/api/ships/" + "9" * 5000,
        "/api/ships/7/track",
        "/nothing",
        "/assets/none",
        "/assets/..%2fsecret.txt",
        "/assets/%2e%2e/secret.txt",
    ],
)
def test_what_there_is_not(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert set(answer.json()) == {"error", "help"}


def test_every_answer_carries_the_security_headers(client):
    for answer in (client.get("/"), client.get("/api/alerts"), client.get("/nothing"), client.post("/api/guard")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "*" not in policy
        assert "[" not in policy, "a browser complains of IPv6 addresses there"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "server" not in answer.headers
    assert client.get("/api/alerts").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("verb", VERBS)
def test_decisions(client, harbour, verb):
    answer = client.post(f"/api/alerts/a1/{verb}", json={"words": "seen"})
    assert (answer.status_code, answer.json()["id"]) == (200, "a1")
    assert harbour.decided == [(verb, "a1", {"words": "seen"})]
    assert client.post(f"/api/alerts/none/{verb}", json={"words": "seen"}).status_code == 404
    assert client.post(f"/api/alerts/a1/{verb}", json={"words": 5}).status_code == 422
    assert client.get(f"/api/alerts/a1/{verb}").status_code == 405
    assert len(harbour.decided) == 1


def test_a_decision_carries_what_it_may_and_no_more(client, harbour):
    body = {"words": "w", "by": "ANNA", "to": "BEN", "minutes": 30, "ships": [1], "here_nm": 5, "state": "closed"}
    carried = {"assign": {"to": "BEN"}, "snooze": {"minutes": 30}, "exclude": {"ships": [1], "here_nm": 5}}
    for verb in VERBS:
        assert client.post(f"/api/alerts/a1/{verb}", json=body).status_code == 200
        assert harbour.decided[-1] == (verb, "a1", {"words": "w", "by": "ANNA", **carried.get(verb, {})})


def test_an_exclusion_is_taken_back(client, harbour):
    harbour.store["exclusions"]["e1"] = {"id": "e1", "rule": "closing"}
    assert client.get("/api/exclusions").json() == {"exclusions": [{"id": "e1", "rule": "closing"}]}
    answer = client.post("/api/exclusions/e1/undo", json={"words": "", "by": "ANNA", "more": 1})
    assert (answer.status_code, answer.json()["id"]) == (200, "e1")
    assert harbour.decided == [("include", "e1", {"words": "", "by": "ANNA"})]
    harbour.fault = KeyError("e2")
    assert client.post("/api/exclusions/e2/undo", json={}).status_code == 404


def test_a_dismissal_needs_words(client, harbour):
    answer = client.post("/api/alerts/a1/dismiss", json={"words": "  "})
    assert (answer.status_code, harbour.decided) == (422, [])
    assert answer.json()["help"]


def test_a_report_is_answered_when_stored(client, harbour):
    answer = client.post("/api/reports", json={"kind": "sighting", "words": "smoke"})
    assert (answer.status_code, answer.json()) == (201, {"id": "r1", "kind": "sighting", "words": "smoke"})
    harbour.fault = InputFault("a report needs words", help="say what was seen")
    answer = client.post("/api/reports", json={})
    assert (answer.status_code, answer.json()) == (422, {"error": "a report needs words", "help": "say what was seen"})
    harbour.fault = KeyError("x")
    assert client.post("/api/reports", json={}).status_code == 404


def test_our_own_fault_is_said_so(client, harbour):
    harbour.fault = ZeroDivisionError("secret detail")
    answer = client.post("/api/reports", json={})
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_the_page_of_a_ship_and_her_track_as_files(client):
    assert client.get("/api/ships/200000001/page").json() == {"id": 200000001, "imo_valid": None}
    for path in ("/api/ships/5/page", "/api/ships/x/page", "/api/ships/5/track.csv", "/api/ships/../track.kml"):
        assert client.get(path).status_code == 404
    for kind, media in ((".csv", "text/csv"), (".geojson", "application/geo+json"), (".kml", "application/vnd.google-earth.kml+xml")):
        answer = client.get(f"/api/ships/200000001/track{kind}?hours=24")
        assert answer.text == f"200000001 {kind} 24.0" and answer.headers["content-type"].startswith(media)
        assert answer.headers["content-disposition"] == f'attachment; filename="track-200000001{kind}"'
    assert client.get("/api/ships/200000001/track.csv").text == "200000001 .csv 6.0"
    for hours in ("0", "-1", "745", "nan", "inf", "x", "1e9999"):
        assert client.get(f"/api/ships/200000001/track.csv?hours={hours}").status_code == 422
    assert client.get("/api/ships/200000001/track.csv?hours=720").json() == {"error": "too many positions", "help": "ask for fewer hours"}


def test_guard_and_replay(client, harbour):
    assert client.get("/api/replay").json() == {"start_s": 1.0, "end_s": 9.0, "surveyed": True, "gaps": [[2.0, 3.5]], "bins": None}
    assert client.get("/api/replay?bins=160").json()["bins"] == 160
    assert client.get("/api/replay/alert?after_s=5").json()["alert"]["raised_s"] == 6
    assert client.get("/api/replay/alert?before_s=5").json() == {"alert": None}
    for wrong in ("?bins=0", "?bins=2001", "?bins=x", "/alert", "/alert?after_s=nan", "/alert?after_s=1&before_s=2", "/alert?before_s="):
        assert client.get(f"/api/replay{wrong}").status_code == 422
    assert client.post("/api/guard", json={"ship": 200000001, "guard": True}).status_code == 200
    assert harbour.decided == [("guard", "200000001", {"guard": True})]
    ring = {"ship": 200000001, "guard": True, "ring_nm": 3, "until_s": 1560397810, "words": "asked", "by": "ANNA"}
    assert client.post("/api/guard", json={**ring, "unknown": 1}).json() == ring
    assert harbour.decided.pop() == ("guard", "200000001", {key: value for key, value in ring.items() if key != "ship"})
    assert client.post("/api/guard", json={"ship": 200000001, "guard": None}).json() == {"ship": 200000001, "guard": None}
    harbour.store["guards"]["1"] = {"id": "1"}
    assert client.get("/api/guards").json() == {"guards": [{"id": "1"}]}
    for wrong in ({"ship": "x", "guard": True}, {"ship": True, "guard": True}, {"ship": 1}):
        assert client.post("/api/guard", json=wrong).status_code == 422
    for wish in ({"speed": 120}, {"paused": True}, {"again": True}):
        assert client.post("/api/replay", json=wish).status_code == 200
    for wrong in (
        {"speed": 0},
        {"speed": True},
        {"speed": "x"},
        {"speed": 1e9},
        {"speed": 10**400},
        {"seek_s": -(10**400)},
        {"paused": 1},
        {"rm": True},
    ):
        assert client.post("/api/replay", json=wrong).status_code == 422
    assert len(harbour.wishes) == 3
    harbour.live = True
    assert client.post("/api/replay", json={"paused": True}).status_code == 409
    refused = client.get("/api/replay")
    assert refused.status_code == 409 and "tankerwatch replay" in refused.json()["help"]
    assert client.get("/api/replay/alert?after_s=5").status_code == 409


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"words=seen", "application/x-www-form-urlencoded", 415),
        (b"{" * 100, "application/json", 400),
        (b"[" * 60000, "application/json", 400),
        (b'{"words": NaN}', "application/json", 400),
        (b"[]", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"words": "' + b"x" * 70000 + b'"}', "application/json", 413),
    ],
)
def test_bodies_that_are_no_json_object(client, harbour, content, kind, status):
    answer = client.post("/api/alerts/a1/confirm", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert harbour.decided == []


# -- who may speak ------------------------------------------------------------------------------------------------------


def raw(running, text: str) -> bytes:
    host, port = running.host.rsplit(":", 1)
    with socket.create_connection((host, int(port)), PATIENCE_S) as made:
        made.sendall(text.replace("\n", "\r\n").encode())
        answer = b""
        while part := made.recv(65536):
            answer += part
        return answer


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:{port}.evil.example",
        "127.0.0.1:{port}\nHost: evil.example",
        "192.168.0.1:{port}",
        "",
    ],
)
def test_a_foreign_host_is_refused(running, host):
    port = running.host.rsplit(":", 1)[1]
    answer = raw(running, f"GET /api/alerts HTTP/1.1\nHost: {host.format(port=port)}\nConnection: close\n\n")
    assert re.match(rb"HTTP/1.1 (403|400) ", answer)
    assert b"a1" not in answer


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_own_names_are_welcome(running, name):
    port = running.host.rsplit(":", 1)[1]
    assert b" 200 " in raw(running, f"GET /api/alerts HTTP/1.1\nHost: {name}:{port}\nConnection: close\n\n")[:20]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", "https://{own}", "http://{own}.evil.example"]
)
def test_a_foreign_origin_is_refused(running, client, harbour, origin):
    origin = origin.format(own=running.host)
    answer = client.post("/api/guard", json={"ship": 1, "guard": True}, headers={"Origin": origin})
    assert (answer.status_code, harbour.decided) == (403, [])
    with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
        running.page(origin=origin)
    assert refused.value.response.status_code == 403


def test_own_origin_is_welcome(running, client):
    assert client.post("/api/guard", json={"ship": 1, "guard": True}, headers={"Origin": running.base}).status_code == 200
    with running.page(origin=running.base) as page:
        assert heard(page, is_kind("hello"))


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", "8.8.8.8"])
def test_an_address_that_others_reach_is_refused(host):
    with pytest.raises(InputFault, match="no log-in") as refused:
        Server(host, 0)
    assert refused.value.help


def test_loopback_names():
    assert [loopback(host) for host in ("127.0.0.1", "localhost", "127.0.0.9", "[::1]", "")] == [
        "127.0.0.1",
        "127.0.0.1",
        "127.0.0.9",
        "::1",
        "127.0.0.1",
    ]


def test_a_port_in_use_is_said_with_help():
    with bound("127.0.0.1", 0) as taken, pytest.raises(InputFault, match="is in use") as refused:
        bound("127.0.0.1", taken.getsockname()[1])
    assert "--listen" in refused.value.help
    with pytest.raises(InputFault, match="no port"):
        bound("127.0.0.1", 70000)


def test_a_server_that_is_cancelled_gives_its_address_back(harbour, dist):
    async def run():
        server = Server("127.0.0.1", 0)
        serving = asyncio.create_task(server.serve(create_app(harbour.desk(), Hub(), hosts=server.hosts, dist=dist)))
        while not server.started:
            await asyncio.sleep(0.01)
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        return server.port

    port = asyncio.run(run())
    bound("127.0.0.1", port).close()


# -- open pages ---------------------------------------------------------------------------------------------------------


def test_a_new_page_is_told_everything(running):
    with running.page() as page:
        got = heard(page, is_kind("health"))
    kinds = [message["type"] if isinstance(message, dict) else "frame" for message in got]
    assert kinds[:7] == ["hello", "alerts", "incidents", "reports", "exclusions", "guards", "zones"]
    assert kinds[7:] == ["frame", "names", "health"]
    alerts = got[1]
    assert (alerts["all"], [alert["id"] for alert in alerts["alerts"]]) == (True, ["a1", "a2"])
    assert got[8]["ships"][0] == [0, 200000001, HOSTILE, 200000001, "MH"]
    assert struct.unpack_from("<4sBBHIII", got[7])[1::4] == (1, 2)


def test_changes_come_at_once_and_once(running, harbour):
    with running.page() as page:
        heard(page, is_kind("health"))
        running.hub.publish("alerts", [{"id": "a2", "title": "changed"}])
        changed = heard(page, is_kind("alerts"))[-1]
        assert changed == {"type": "alerts", "alerts": [{"id": "a2", "title": "changed"}], "all": False}
        harbour.move(25.4, 25.5, 25.6)
        change = heard(page, lambda message: is_frame(4)(message) and struct.unpack_from("<I", message, 16) == (2,))[-1]
        steps, gone, first, second = change[32:36]
        assert (steps > 0, gone, first, second) == (True, 0, 1, 0), "the ships 1 and 2"
        names = heard(page, is_kind("names"))[-1]
        assert [row[0] for row in names["ships"]] == [2]
        quiet = heard(page, lambda message: is_kind("health")(message))
        assert all(is_kind("health")(message) for message in quiet)


def test_health_comes_again_and_again_without_nan(running):
    with running.page() as page:
        for _ in range(3):
            assert heard(page, is_kind("health"))[-1]["lag_s"] is None


def test_a_page_that_was_here_gets_what_it_lacks(running, harbour):
    with running.page() as page:
        snapshot = heard(page, is_frame(1))[-1]
    epoch, seq = struct.unpack_from("<II", snapshot, 8)
    harbour.move(25.4, 26.0)
    with running.page() as page:
        page.send(json.dumps({"type": "resume", "epoch": epoch, "seq": seq}))
        frame = heard(page, lambda message: isinstance(message, bytes))[-1]
    assert frame[4] == 2
    assert struct.unpack_from("<I", frame, 16) == (1,)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "{",
        "[]",
        '{"type": "resume", "epoch": 4, "seq": 1}',
        '{"type": "resume", "epoch": 5, "seq": 99999}',
        '{"type": "resume", "epoch": "5", "seq": true}',
        "[" * 500,
        b"\x00\xff",
    ],
)
def test_anything_unusable_gets_a_snapshot(running, said):
    with running.page() as page:
        page.send(said)
        assert heard(page, lambda message: isinstance(message, bytes))[-1][4] == 1


def test_a_page_that_talks_too_much_is_closed(running):
    with running.page() as page, pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
        for _ in range(10000):
            page.send("x" * 100)
        heard(page, lambda message: False)
    assert closed.value.rcvd is None or closed.value.rcvd.code == 1008


@pytest.mark.parametrize("said", ["x" * 100_000, b"x" * 100_000])
def test_a_huge_message_closes_the_page(running, said):
    with running.page() as page, pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
        page.send(said)
        heard(page, lambda message: False)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009
    running.until(lambda: not running.hub.slots)


def test_a_replay_that_begins_again(running, harbour):
    with running.page() as page:
        heard(page, is_kind("health"))
        harbour.epoch = 6
        harbour.store["alerts"].clear()
        harbour.move(10.0)
        got = heard(page, is_frame(1))
    words = [message for message in got if isinstance(message, dict) and message["type"] != "health"]
    assert (words[0]["type"], words[0]["epoch"]) == ("hello", 6)
    assert words[1] == {"type": "alerts", "alerts": [], "all": True}
    assert struct.unpack_from("<I", got[-1], 8) == (6,)


def test_forty_pages(running, harbour):
    with contextlib.ExitStack() as opened:
        pages = [opened.enter_context(running.page()) for _ in range(40)]
        for page in pages:
            heard(page, is_kind("health"))
        running.hub.publish("alerts", [{"id": "a9"}])
        harbour.move(1.0, 2.0)
        for page in pages:
            seen = heard(page, lambda message: is_frame(4)(message) and struct.unpack_from("<I", message, 16) == (2,))
            if not any(is_kind("alerts")(message) for message in seen):
                heard(page, is_kind("alerts"))
    running.until(lambda: not running.hub.slots)


def test_too_many_pages_are_refused(serve, dist):
    made = serve(dist, most_pages=1)
    with made.page() as page:
        heard(page, is_kind("hello"))
        with pytest.raises(websockets.exceptions.InvalidStatus):
            made.page()


def test_the_server_stops_with_pages_open(serve, dist):
    made = serve(dist)
    with made.page() as page:
        heard(page, is_kind("hello"))
        made.stop()
        with pytest.raises(websockets.exceptions.ConnectionClosed):
            heard(page, lambda message: False)


class Reluctant:
    """A socket whose other side reads only when told to."""

    def __init__(self):
        self.sent, self.reading = [], asyncio.Event()
        self.reading.set()

    async def accept(self):
        pass

    async def close(self, code=1000, reason=""):
        pass

    async def receive(self):
        await asyncio.Event().wait()

    async def send_text(self, text):
        await self.reading.wait()
        self.sent.append(json.loads(text))

    async def send_bytes(self, data):
        await self.reading.wait()
        self.sent.append(data)


def test_a_slow_page_gets_the_newest_only(harbour):
    held = Held()

    def is_last(message):
        return is_kind("alerts")(message) and message["alerts"] == [{"id": "a1", "step": 99}]

    async def run():
        hub, page, desk = Hub(push_s=0.005, health_s=0.01, most_kept=50), Reluctant(), harbour.desk()
        hub_runs = asyncio.create_task(hub.run(desk))
        attended = asyncio.create_task(hub.attend(page, desk))
        while not any(is_frame(1)(message) for message in page.sent):
            await asyncio.sleep(0.005)
        page.reading.clear()
        held.take(next(message for message in page.sent if is_frame(1)(message)))
        page.sent.clear()
        for step in range(100):
            harbour.move(25.4, 20 + step / 100)
            hub.publish("alerts", [{"id": "a1", "step": step}])
            await asyncio.sleep(0.002)
        await hub.look(desk)
        page.reading.set()
        read = 0
        while not (held.ships[1][1] == 209900000 and any(is_last(message) for message in page.sent)):
            await asyncio.sleep(0.005)
            for message in page.sent[read:]:
                if isinstance(message, bytes):
                    held.take(message)
            read = len(page.sent)
        for task in (attended, hub_runs):
            task.cancel()
        await asyncio.gather(attended, hub_runs, return_exceptions=True)
        return page.sent

    sent = asyncio.run(run())
    frames = [message for message in sent if isinstance(message, bytes)]
    alerts = [message for message in sent if is_kind("alerts")(message)]
    assert len(frames) <= 2, "the one that was under way, and the newest"
    assert len(alerts) <= 2


def test_who_lacks_what_is_no_longer_kept_gets_all(harbour):
    async def run():
        hub, page, desk = Hub(push_s=0.005, health_s=10, most_kept=3), Reluctant(), harbour.desk()
        attended = asyncio.create_task(hub.attend(page, desk))
        while not any(is_frame(1)(message) for message in page.sent):
            await asyncio.sleep(0.005)
        page.sent.clear()
        hub_runs = asyncio.create_task(hub.run(desk))
        await asyncio.sleep(0.01)
        hub.publish("alerts", [{"id": f"b{n}"} for n in range(10)])
        while not any(is_kind("alerts")(message) for message in page.sent):
            await asyncio.sleep(0.005)
        for task in (attended, hub_runs):
            task.cancel()
        await asyncio.gather(attended, hub_runs, return_exceptions=True)
        return page.sent

    told = [message for message in asyncio.run(run()) if is_kind("alerts")(message)]
    assert [message["all"] for message in told] == [True]
    assert [alert["id"] for alert in told[0]["alerts"]] == ["a1", "a2"], "as the desk has them"


def test_only_known_kinds_are_told():
    with pytest.raises(ValueError, match="gossip"):
        Hub().publish("gossip", [])


def test_a_desk_that_fails_once_is_asked_again(running, harbour):
    with running.page() as page:
        heard(page, is_kind("health"))
        good, harbour.picture = harbour.picture, object()
        time.sleep(0.1)
        harbour.picture = good
        harbour.move(1.0, 2.0)
        assert heard(page, lambda message: is_frame(4)(message) and struct.unpack_from("<I", message, 16) == (2,))


# -- documentation ------------------------------------------------------------------------------------------------------


def test_every_route_is_written_down(running):
    text = (ROOT / "docs" / "reference" / "wire.md").read_text()
    for route in running.app.routes:
        path = route.path
        if isinstance(route, Mount):
            assert f"GET {path}/" in text
            continue
        verb = path.rsplit("/", 1)[1]
        written = path if verb not in VERBS[1:] else f"/{verb}"
        methods = (getattr(route, "methods", None) or {"GET"}) - {"HEAD"}
        for method in methods:
            assert f"{method} {written}" in text or f"`{written}`" in text, f"{method} {path} is not in docs/reference/wire.md"
