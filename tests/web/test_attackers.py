"""What someone tries who wants in, or wants others out: guessing, taking all places, and what the journal says of it."""

from __future__ import annotations

import hashlib
import json
import socket
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
import websockets.exceptions

sys.path.insert(0, str(Path(__file__).parent))

import test_access
from fake_access import PASSWORD, make_users, until

from tankerwatch.web import events, live, slow
from tankerwatch.web.access import gate, sessions
from tankerwatch.web.access.tries import Tries, cookie_of, new_mark
from tankerwatch.web.guard import Guard

desk, folder, served = test_access.desk, test_access.folder, test_access.served


def test_guessing_is_slowed_down_and_holds_up_nobody_but_who_guesses(desk):
    def tried(client, name, password=PASSWORD):
        return client.post("/api/login", json={"name": name, "password": password})

    tries = desk.door.tries
    with desk.log_in("VERA") as before, desk.client() as client:
        assert [tried(client, "VERA", f"guess number {n}").status_code for n in range(11)] == [401] * 10 + [429]
        answer = tried(client, "VERA")
        assert answer.status_code == 429 and int(answer.headers["retry-after"]) > 0, "not even with the right one"
        tries.by_address._buckets.clear()
        assert tried(client, "vera").status_code == 429, "from this address"
        assert tried(client, "ADA").status_code == 200, "others are not held up"
        known = before.cookies["tankerwatch-known-" + hashlib.sha256(b"vera").hexdigest()[:12]]
        before.cookies.delete("tankerwatch")
        assert tried(before, "VERA").status_code == 200, "nor she herself, where she was before"
        assert [tried(before, "VERA", f"guess number {n}").status_code for n in range(11)] == [401] * 10 + [429], "but there, too, so often"
        for wrong in (known[:-1] + ("0" if known[-1] != "0" else "1"), "x" * 22 + known[22:], known + "x", ""):
            client.cookies.set("tankerwatch-known-" + hashlib.sha256(b"vera").hexdigest()[:12], wrong)
            assert tried(client, "VERA").status_code == 429, wrong
        tries.by_address._buckets.clear()
        tries.by_name._buckets.clear()
        assert desk.do(tries.wait_s, "VERA", "203.0.113.9", "") == 0, "nor at another address"
        for n in range(100):
            desk.do(tries.wait_s, "VERA", f"198.51.100.{n}", "")
        assert desk.do(tries.wait_s, "VERA", "203.0.113.9", "") > 0, "guessing from everywhere at once is slow, too"
        desk.clock.passed_s += 120
        assert tried(client, "VERA").status_code == 200
    assert len(desk.told("refused")) <= 30, "a stranger does not fill the disk"


def test_a_browser_is_no_longer_known_with_another_password(tmp_path):
    users, tries = make_users(tmp_path / "users.json"), Tries(time.monotonic)
    user = users.find("VERA")
    cookies = {cookie_of("vera ", secure=True): new_mark(user)}
    assert tries.known(user, cookies, secure=True) and not tries.known(user, cookies, secure=False)
    for other in (None, users.find("WILL"), users.change("VERA", password="eleven grey whales off Muscat")):
        assert tries.known(other, cookies, secure=True) == ""


def test_who_looks_leaves_places_to_who_decides(desk, monkeypatch):
    monkeypatch.setattr(desk.hub, "most_pages", 4)
    monkeypatch.setattr(events, "MOST_LISTENERS", 4)
    monkeypatch.setattr(gate, "MOST_OF_NAME", 3)
    with desk.log_in("VERA") as vera, desk.log_in("VERA") as again, desk.log_in("WILL") as will, ExitStack() as open_now:
        for each in (vera, vera, again):
            open_now.enter_context(desk.page(each))
        until(lambda: len(desk.hub.slots) == 3)
        with pytest.raises(websockets.exceptions.InvalidStatus):
            desk.page(again).__enter__()  # three of one name, whatever her sessions; and the fourth place is not hers
        open_now.enter_context(desk.page(will))
        until(lambda: len(desk.hub.slots) == 4)
        for _ in range(3):
            open_now.enter_context(vera.stream("GET", "/api/events"))
        until(lambda: len(desk.hub.listeners) == 3)
        assert again.get("/api/events").status_code == 503
        monkeypatch.setattr(events, "MOST_OF_NAME", 3)
        monkeypatch.setattr(events, "MOST_LISTENERS", 40)
        assert again.get("/api/events").status_code == 429
        with will.stream("GET", "/api/events") as answer:
            assert answer.status_code == 200
    until(lambda: not desk.hub.slots and not desk.hub.listeners)


def test_someone_logs_out_everywhere_and_every_end_is_in_the_journal(desk):
    with desk.log_in("VERA") as here, desk.log_in("VERA") as there, desk.log_in("WILL") as other, ExitStack() as more:
        assert here.post("/api/logout", json={"everywhere": "yes"}).status_code == 422
        assert here.post("/api/logout", json={"everywhere": True}).status_code == 200
        assert [each.get("/api/alerts").status_code for each in (here, there, other)] == [401, 401, 200]
        for _ in range(sessions.MOST_OF_ONE):
            more.enter_context(desk.log_in("WILL"))
        assert other.get("/api/alerts").status_code == 401
    until(lambda: [content["words"] for _, content in desk.told("ended")] == ["logged out everywhere", "too many log-ins"])


def test_what_someone_tried_who_may_not_is_in_the_journal_and_does_not_fill_it(desk):
    with desk.log_in("VERA") as vera:
        for _ in range(50):
            assert vera.post("/api/alerts/a1/confirm", json={"words": "w"}).status_code == 403
        assert vera.post("/api/logout", json={}, headers={"X-CSRF-Token": "x"}).status_code == 403
        assert vera.get("/api/alerts").status_code == 200
    until(lambda: desk.told("refused"))
    words = "a viewer may not do this: POST /api/alerts/a1/confirm"
    assert desk.told("refused") == [("VERA", {"verb": "refused", "words": words, "address": "127.0.0.1"})] * 10
    assert desk.door._untold == 41


def test_a_page_that_jumps_about_waits_and_is_told_of_where_it_ends(desk, monkeypatch):
    made, real = [], live.change

    def slow(before, had, after, has, number):
        made.append(number)
        time.sleep(0.02)
        return real(before, had, after, has, number)

    desk.do(desk.harbour.move, 25.4, 45.0, 26.0)
    monkeypatch.setattr(live, "change", slow)
    with desk.log_in("VERA") as vera, desk.page(vera, max_queue=None) as page:
        until(lambda: any(slot.state is not None for slot in desk.hub.slots))
        for number in range(1, 19):
            page.send(json.dumps({"type": "view", "number": number, "west_deg": number, "south_deg": 0, "east_deg": 60, "north_deg": 50}))
            time.sleep(0.01)
        until(lambda: made and made[-1] == 18)
    assert len(made) < 12, "a quarter of the time at most"


@pytest.mark.parametrize(
    ("site", "mode", "method", "welcome"),
    [
        ("none", "navigate", "GET", True),
        ("same-origin", "cors", "POST", True),
        ("cross-site", "navigate", "GET", True),
        ("cross-site", "no-cors", "GET", False),
        ("same-site", "cors", "GET", False),
        ("cross-site", "navigate", "POST", False),
    ],
)
def test_no_other_site_has_anything_loaded(site, mode, method, welcome):
    headers = [(b"host", b"127.0.0.1:1"), (b"sec-fetch-site", site.encode()), (b"sec-fetch-mode", mode.encode())]
    scope = {"type": "http", "method": method, "path": "/api/events", "headers": headers}
    assert (Guard(None, frozenset({"127.0.0.1:1"})).problem(scope) is None) == welcome


def test_who_holds_connections_and_asks_nothing_keeps_nobody_out(desk, monkeypatch):
    monkeypatch.setattr(slow.Line, "most_quiet", 3)
    lines = desk.server._server.server_state.connections
    until(lambda: not lines)
    with ExitStack() as held:
        quiet = []
        for number in range(6):
            quiet.append(held.enter_context(socket.create_connection(("127.0.0.1", desk.server.port), 5)))
            until(lambda: len(lines) == min(number + 1, 3))  # noqa: B023 it is asked here and now
        quiet[0].settimeout(5)
        with suppress(ConnectionError):
            assert quiet[0].recv(1) == b"", "who said nothing for longest"
        with desk.client() as client:
            assert client.get("/api/session").status_code == 200
        quiet[5].sendall(b"GET /api/session HTTP/1.1\r\nHost: %s\r\n\r\n" % desk.host.encode())
        assert quiet[5].recv(12) == b"HTTP/1.1 200"


def test_a_request_with_two_lengths_ends_its_connection(desk):
    body = b"0\r\n\r\nGET /api/session HTTP/1.1\r\nHost: %s\r\n\r\n" % desk.host.encode()
    head = (
        b"POST /api/login HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", desk.server.port), 5) as line:
        line.sendall(head % desk.host.encode() + body)
        told = b""
        with suppress(ConnectionError):
            while part := line.recv(65536):
                told += part
    assert told.startswith(b"HTTP/1.1 403") and told.count(b"HTTP/1.1") == 1, "what follows is answered to nobody"


def test_a_look_at_a_closed_connection_of_tls_is_no_error():
    def gone():
        raise AttributeError("asyncio lets go of it")

    line = object.__new__(slow.Line)
    line.transport = SimpleNamespace(is_closing=lambda: True, get_protocol=gone)
    line._look()
    line.cycle = None
    assert not line.quiet
