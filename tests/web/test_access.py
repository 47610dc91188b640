"""Who may ask a desk what, where other machines can reach it: over real sockets, with what OWASP would try."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
import time
from contextlib import ExitStack, suppress
from ipaddress import ip_network
from pathlib import Path

import pytest
import websockets.exceptions
from starlette.routing import Mount, WebSocketRoute

sys.path.insert(0, str(Path(__file__).parent))

from fake_access import CHEAP_KB, PASSWORD, PATIENCE_S, PEOPLE, Guarded, Harbour, make_users, until

from tankerwatch.core.errors import InputFault
from tankerwatch.web.access import roles
from tankerwatch.web.access.door import Door
from tankerwatch.web.access.gate import Gate
from tankerwatch.web.access.limits import Limit
from tankerwatch.web.access.roles import TABLE, Role, least_role
from tankerwatch.web.access.sessions import MOST_OF_ONE, Sessions
from tankerwatch.web.access.users import Users
from tankerwatch.web.guard import Front

HOSTILE = '<script>window.hacked=1</script>"\u202e'


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("access")
    (made / "dist").mkdir()
    for name in ("index", "login", "entered"):
        (made / "dist" / f"{name}.html").write_text(f"<!doctype html><title>{name}</title>")
    (made / "dist" / "app.js").write_text("1")
    (made / "secret.txt").write_text("secret")
    return made


@pytest.fixture(scope="module")
def served(folder):
    made = Guarded(Harbour(), folder / "dist", make_users(folder / "users.json"))
    yield made
    made.stop()


@pytest.fixture
def tokens(desk, folder):
    """A secret for each role."""
    users = Users(folder / "users.json")
    made = {role: users.add_token(role, role)[1] for role in roles.WORDS}
    desk.do(desk.door.look)
    desk.do(desk.harbour.decided.clear)  # what the fixtures did is told
    yield made
    for role in set(made) & set(users.tokens()):
        users.remove_token(role)
    desk.do(desk.door.look)


@pytest.fixture
def desk(served):
    """The desk behind its log-in, as if nobody had ever been there."""
    served.harbour.decided.clear()
    served.harbour.fault = None
    tries, door = served.door.tries, served.door
    door._untold = 0
    for limit in (tries.by_address, tries.by_name, tries.of_all, tries.by_browser, door.by_token, door.told, door.told_inside):
        limit._buckets.clear()
    served.clock.passed_s += 3600  # all buckets are full, every session is over
    served.do(served.door.sessions.sweep)
    return served


# -- the table ----------------------------------------------------------------------------------------------------------


def every_route(app):
    for route in app.routes:
        methods = ["WS"] if isinstance(route, WebSocketRoute) else sorted((getattr(route, "methods", None) or {"GET"}) - {"HEAD"})
        for method in methods:
            yield f"{method} {route.path}"


def example(line):
    method, _, path = line.partition(" ")
    return method, re.sub(r"{[^}]*}", "1", path) + ("/app.js" if path == "/assets" else "")


def test_every_route_says_who_may_use_it(served):
    lacking = [line for line in every_route(served.app) if line not in TABLE]
    assert not lacking, "say in web/access/roles.py who may use these; until then only an admin may"
    assert any(isinstance(route, Mount) for route in served.app.routes)
    for line, role in TABLE.items():
        assert least_role(*example(line)) == role, line
        if line.startswith("POST ") and line not in ("POST /api/login", "POST /api/logout"):
            assert role >= Role.WATCHKEEPER, f"{line}: who only looks changes nothing"
        if role is Role.NOBODY:
            assert not line.startswith("WS") and "alert" not in line and "ship" not in line, line


def test_what_is_not_listed_is_for_an_admin():
    assert least_role("GET", "/api/new") == least_role("DELETE", "/api/alerts") == least_role("WS", "/ws2") == Role.ADMIN
    assert least_role("HEAD", "/api/alerts") == Role.VIEWER
    for trick in ("//api/alerts", "/api/alerts/", "/API/alerts", "/api/alerts/1/2", "/assets", "/assetsx", "/api/login/x"):
        assert least_role("GET", trick) == Role.ADMIN, trick
    with pytest.raises(ValueError):
        roles.role_of("nobody")


def test_nobody_reads_or_changes_anything_without_a_log_in(desk):
    with desk.client() as client:
        for line in every_route(desk.app):
            method, path = example(line)
            if TABLE.get(line) is Role.NOBODY:
                continue
            if method == "WS":
                with pytest.raises(websockets.exceptions.InvalidStatus) as refused:
                    desk.page().__enter__()
                assert refused.value.response.status_code == 403
                continue
            answer = client.request(method, path, json={} if method == "POST" else None)
            assert (answer.status_code, answer.json()["error"]) == (401, "log in first"), line
        assert client.get("/", headers={"Accept": "text/html"}).headers["location"] == "/login"
        assert "<title>login" in client.get("/login").text
        assert client.get("/assets/app.js").text == "1"
        assert client.get("/assets/..%2f..%2fsecret.txt").status_code in (401, 404)
        assert client.get("/assets/..%2fusers.json").status_code in (401, 404)
        assert client.get("/api/session").json()["role"] is None
    assert not [kind for kind, *_ in desk.harbour.decided if kind != "access"]


def test_who_looks_decides_nothing_and_who_decides_does(desk):
    with desk.log_in("VERA") as vera, desk.log_in("will") as will:
        assert vera.get("/api/alerts").status_code == 200
        for line in every_route(desk.app):
            method, path = example(line)
            if method == "POST" and TABLE.get(line) is not Role.NOBODY:
                answer = vera.post(path, json={"words": "w", "role": "admin", "by": "ADA"})
                assert (answer.status_code, answer.json()["error"]) == (403, "a viewer may not do this"), line
        assert not [kind for kind, *_ in desk.harbour.decided if kind != "access"]
        assert will.post("/api/alerts/a1/confirm", json={"words": "seen"}).status_code == 200
        assert will.get("/api/nothing").status_code == 403, "what is not listed is an admin's"


def test_every_role_may_do_what_it_may_and_no_more(desk, tokens):
    """Every call in every role, of people who logged in and of tokens."""
    names = dict(zip(PEOPLE.values(), PEOPLE, strict=True))
    lines = [*every_route(desk.app), "GET /api/new", "DELETE /api/alerts"]
    with ExitStack() as clients:
        for role, bearing in ((role, bearing) for role in list(Role)[1:] for bearing in (True, False)):
            client = clients.enter_context(desk.bear(tokens[role.word]) if bearing else desk.log_in(names[role.word]))
            for line in lines:
                method, path = example(line)
                least = least_role(method, path)
                if method == "WS":
                    with desk.page(client) as page:
                        told = json.loads(page.recv(timeout=PATIENCE_S))
                    assert (told["type"], told["role"], told["csrf"] is None) == ("session", role.word, bearing)
                    continue
                if not bearing and line in ("POST /api/login", "POST /api/logout"):
                    continue  # they end what goes on here; they have tests of their own
                with client.stream(method, path, json={} if method == "POST" else None) as answer:
                    status = answer.status_code
                if least is Role.NOBODY and method == "POST":
                    assert status == 409, f"{line}: a token neither logs in nor out"
                elif least > role:
                    assert status == 403, line
                else:
                    assert status not in (401, 403, 429), f"{line}: {status}"
            if role > Role.VIEWER:
                assert client.post("/api/alerts/a1/confirm", json={"words": "w", "by": "EVE"}).status_code == 200
    decided = {content["by"] for kind, _, content in desk.harbour.decided if kind != "access"}
    assert decided == {"WILL", "ADA", "watchkeeper (token)", "admin (token)"}
    first = ("viewer (token)", {"verb": "log_in", "role": "viewer", "address": "127.0.0.1", "words": "by token"})
    assert desk.told("log_in").count(first) == 1, "once, not with each request"


def test_who_decided_cannot_be_forged(desk):
    with desk.log_in("WILL") as will:
        assert will.post("/api/alerts/a1/confirm", json={"words": "w", "by": "ADA"}).status_code == 200
        answer = will.post("/api/guard", json={"ship": 200000001, "guard": True, "by": "ADA"})
        assert answer.status_code == 200 and answer.json()["by"] == "WILL"
        assert will.post("/api/reports", json={"words": "smoke", "by": "ADA"}).status_code == 201
        desk.harbour.store["exclusions"]["e1"] = {"id": "e1"}
        assert will.post("/api/exclusions/e1/undo", json={"by": "ADA"}).status_code == 200
    decided = [content for kind, _, content in desk.harbour.decided if kind != "access"]
    assert len(decided) == 4 and {content["by"] for content in decided} == {"WILL"}


# -- log-in -------------------------------------------------------------------------------------------------------------


def test_a_session_begins_and_ends(desk):
    with desk.client() as client:
        fixed = "x" * 43
        client.cookies.set("tankerwatch", fixed)
        answer = client.post("/api/login", json={"name": " vera ", "password": PASSWORD})
        assert answer.json() == {"name": "VERA", "role": "viewer"}
        cookie, known = answer.headers.get_list("set-cookie")
        assert (
            all(part in each for part in ("HttpOnly", "SameSite=strict", "Path=/") for each in (cookie, known))
            and "Max-Age=43200" in cookie
        )
        token = re.match(r"tankerwatch=([\w-]{43});", cookie)[1]
        assert token != fixed, "no token but the desk's own"
        assert token not in str([(session.key, session.csrf) for session in desk.door.sessions.all()]), "only its hash is kept"
        del client.cookies["tankerwatch"]
        client.cookies.set("tankerwatch", token)
        told = client.get("/api/session").json()
        assert (told["name"], told["role"]) == ("VERA", "viewer") and 43_190 < told["left_s"] <= 43_200
        again = client.post("/api/login", json={"name": "VERA", "password": PASSWORD})
        assert again.status_code == 200
        with desk.client() as other:
            other.cookies.set("tankerwatch", token)
            assert other.get("/api/alerts").status_code == 401, "who logs in anew leaves no session behind"
        assert client.get("/login").headers["location"] == "/"
        client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
        assert client.post("/api/logout", json={}).status_code == 200
        assert client.get("/api/alerts").status_code == 401
    until(lambda: len(desk.told("log_in")) == 2 and desk.told("log_out"))
    assert desk.told("log_in")[0] == ("VERA", {"verb": "log_in", "role": "viewer", "address": "127.0.0.1", "words": "by password"})


def test_the_cookie_of_a_desk_with_tls_is_for_its_host_alone(tmp_path):
    from starlette.requests import HTTPConnection
    from starlette.responses import Response

    from tankerwatch.web.access.door import Door

    door, answer = Door(make_users(tmp_path / "users.json")), Response()
    door.begin(HTTPConnection({"type": "http", "headers": []}), answer, "ADA", Role.ADMIN, stamp="", how="")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-tankerwatch=") and "Secure" in cookie and "Domain" not in cookie


def test_a_wrong_password_and_an_unknown_name_look_the_same(desk):
    with desk.client() as client:
        wrong = [client.post("/api/login", json={"name": name, "password": "wrong" * 5}) for name in ("VERA", "NOBODY", HOSTILE)]
        assert {(answer.status_code, answer.text) for answer in wrong} == {(401, wrong[0].text)}
        assert not any("set-cookie" in answer.headers for answer in wrong)
        for body in ({}, {"name": "VERA"}, {"name": ["VERA"], "password": PASSWORD}, {"name": "V" * 61, "password": PASSWORD}):
            assert client.post("/api/login", json=body).status_code == 422
        assert (
            client.post("/api/login", content=b"name=VERA", headers={"Content-Type": "application/x-www-form-urlencoded"}).status_code
            == 415
        )
        assert client.post("/api/login", json={"name": "VERA", "password": "x" * 70_000}).status_code == 413
    until(lambda: len(desk.told("refused")) == 3)


def test_an_unknown_name_costs_as_much_work(tmp_path, monkeypatch):
    from tankerwatch.web.access import users as module

    tried = []
    real = module.Argon2id.verify_phc_encoded
    monkeypatch.setattr(
        module, "Argon2id", type("Counted", (), {"verify_phc_encoded": lambda word, known: tried.append(known) or real(word, known)})
    )
    known = module.User("VERA", "viewer", "$argon2id$v=19$m=64,t=3,p=1$9Ftw3b240ggeKhzOUdgDRQ$" + "A" * 43)
    users = Users(tmp_path / "users.json", memory_kb=CHEAP_KB)
    users.find = lambda name: known if name == "VERA" else None
    assert users.verify("VERA", "x") is None and users.verify("NOBODY", "x") is None
    assert len(tried) == 2 and tried[0].split("$")[:4] == tried[1].split("$")[:4], "the same cost"


def test_so_many_may_wait_for_their_password_to_be_tried(desk):
    desk.door._waiting = 30
    try:
        with desk.client() as client:
            assert client.post("/api/login", json={"name": "VERA", "password": PASSWORD}).status_code == 503
    finally:
        desk.door._waiting = 0
    with desk.log_in("VERA"):
        assert desk.door._waiting == 0


def test_strangers_are_told_of_no_more_than_the_disk_can_bear(desk):
    for _ in range(100):
        desk.do(desk.door.refused, HOSTILE, "198.51.100.7", "wrong name or password")
    assert desk.door._untold == 70
    desk.clock.passed_s += 60
    until(lambda: ("", {"verb": "refused", "words": "70 more were refused"}) in desk.told("refused"))


def test_a_limit_forgets_who_came_longest_ago():
    limit = Limit(2, 1, most_kept=3)
    assert [limit.take("a", 0.0), limit.take("a", 0.0), limit.take("a", 0.0)] == [True, True, False]
    assert limit.wait_s("a", 0.0) == 1 and limit.take("a", 1.0)
    for number in range(1000):
        limit.take(str(number), 1.0)
    assert len(limit) == 3


def test_sessions_are_over_when_they_are_idle_or_old_and_there_are_so_many():
    clock = [0.0]
    sessions = Sessions(60.0, 600.0, lambda: clock[0], most=15)
    token, session = sessions.begin("ADA", Role.ADMIN)
    for _ in range(9):
        clock[0] += 59
        assert sessions.find(token) is session
    clock[0] += 61
    assert sessions.find(token) is None and sessions.sweep() == [session] and session.over.is_set()
    token, session = sessions.begin("ADA", Role.ADMIN)
    session.sockets = 1  # her page is open: she looks
    clock[0] += 599
    assert sessions.find(token) is session
    clock[0] += 2
    assert sessions.find(token) is None, "and still it ends"
    for _ in range(MOST_OF_ONE + 3):
        sessions.begin("ADA", Role.ADMIN)
    assert len(sessions.all()) == MOST_OF_ONE
    for number in range(20):
        sessions.begin(f"U{number}", Role.VIEWER)
    assert len(sessions.all()) == 15
    assert sessions.find("") is None and sessions.find("x" * 5000) is None


# -- what a browser can be made to do -----------------------------------------------------------------------------------


def test_what_changes_something_needs_the_token_of_its_session(desk):
    with desk.log_in("WILL") as will, desk.log_in("WILL") as other:
        right, others = will.headers.pop("X-CSRF-Token"), other.headers["X-CSRF-Token"]
        for token in (None, "", "x", others, right + "x", right[:-1], "\u00e4"):
            headers = {} if token is None else {"X-CSRF-Token": token.encode("utf-8")}
            answer = will.post("/api/alerts/a1/confirm", json={"words": "w"}, headers=headers)
            assert answer.status_code == 403 and "token" in answer.json()["error"], token
            assert will.post("/api/logout", json={}, headers=headers).status_code == 403
        assert will.get("/api/alerts").status_code == 200
        assert not [kind for kind, *_ in desk.harbour.decided if kind != "access"]
        foreign = {"X-CSRF-Token": right, "Origin": "https://evil.example"}
        assert will.post("/api/alerts/a1/confirm", json={"words": "w"}, headers=foreign).status_code == 403
        assert will.post("/api/alerts/a1/confirm", json={"words": "w"}, headers={"X-CSRF-Token": right}).status_code == 200
    with desk.client() as client:
        body = {"name": "VERA", "password": PASSWORD}
        assert client.post("/api/login", json=body, headers={"Origin": "https://evil.example"}).status_code == 403
        assert client.post("/api/login", json=body, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_every_answer_carries_the_headers(desk):
    with desk.log_in("VERA") as vera:
        for answer in (vera.get("/login"), vera.get("/api/session"), vera.post("/api/guard", json={}), vera.get("/x")):
            policy = answer.headers["content-security-policy"]
            assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
            assert answer.headers["x-content-type-options"] == "nosniff" and "access-control-allow-origin" not in answer.headers
        for path in ("/api/session", "/api/alerts"):
            assert vera.get(path).headers["cache-control"] == "no-store"


def test_a_page_is_told_whose_it_is_and_ends_with_its_session(desk):
    with desk.log_in("VERA") as vera, desk.page(vera) as page:
        told = json.loads(page.recv(timeout=PATIENCE_S))
        assert (told["type"], told["name"], told["role"]) == ("session", "VERA", "viewer")
        assert told["csrf"] == vera.headers["X-CSRF-Token"]
        desk.clock.passed_s += 7200  # she only looks: the page is open, and so is the session
        assert json.loads(next(text for text in iter(lambda: page.recv(timeout=PATIENCE_S), None) if isinstance(text, str)))
        desk.do(desk.door.look)
        assert vera.get("/api/alerts").status_code == 200
        assert vera.post("/api/logout", json={}).status_code == 200
        with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
            while True:
                page.recv(timeout=PATIENCE_S)
        assert closed.value.rcvd.code == 4401


def test_a_page_that_floods_is_shut_and_so_many_may_be_open(desk):
    with desk.log_in("VERA") as vera:
        with desk.page(vera) as page, pytest.raises(websockets.exceptions.ConnectionClosed):
            for _ in range(5000):
                page.send('{"type": "x"}')
            while True:
                page.recv(timeout=PATIENCE_S)
        until(lambda: not desk.door.sessions.all()[0].sockets)
        with ExitStack() as pages:
            for _ in range(8):
                pages.enter_context(desk.page(vera))
            with pytest.raises(websockets.exceptions.InvalidStatus):
                desk.page(vera).__enter__()
        with pytest.raises(websockets.exceptions.InvalidStatus):
            desk.page(vera, origin="https://evil.example").__enter__()
        assert vera.get("/api/alerts").status_code == 200


def test_an_answer_without_end_ends_with_the_session(folder):
    door, heard = Door(Users(folder / "users.json"), secure=False), []

    async def endless(scope, receive, send):
        while not heard or heard[-1] != "http.disconnect":
            heard.append((await receive())["type"])

    async def run():
        token, session = door.sessions.begin("VERA", Role.VIEWER)
        came = asyncio.Queue()
        came.put_nowait({"type": "http.request"})
        headers = [(b"cookie", f"tankerwatch={token}".encode())]
        scope = {"type": "http", "method": "GET", "path": "/api/alerts", "headers": headers, "client": ("127.0.0.1", 1)}
        answering = asyncio.create_task(Gate(endless, door)(scope, came.get, None))
        await asyncio.sleep(0.01)
        assert heard == ["http.request"] and not answering.done()
        door.sessions.end(session)
        await asyncio.wait_for(answering, PATIENCE_S)

    asyncio.run(run())
    assert heard == ["http.request", "http.disconnect"]


def test_too_many_requests_are_refused(desk, monkeypatch):
    with desk.client() as client:
        codes = [client.get("/api/alerts").status_code for _ in range(130)]
        assert codes[:100] == [401] * 100 and 429 in codes[100:]
    desk.clock.passed_s += 60
    gate = desk.app.middleware_stack
    while not isinstance(gate, Gate):
        gate = gate.app
    monkeypatch.setattr(gate, "members", Limit(3, 0.001))
    with desk.log_in("VERA") as vera, desk.log_in("WILL") as will:  # which asked for one thing each already
        assert [vera.get("/api/alerts").status_code for _ in range(4)] == [200, 200, 429, 429]
        assert int(vera.get("/api/alerts").headers["retry-after"]) > 60
        assert will.get("/api/alerts").status_code == 200, "who is in is counted by herself"


def test_who_is_removed_or_changed_is_out(desk, folder):
    users = Users(folder / "users.json", memory_kb=CHEAP_KB)
    users.add("GUEST", "watchkeeper", PASSWORD)
    until(lambda: ("GUEST", {"verb": "user_added", "role": "watchkeeper"}) in desk.told("user_added"))
    with desk.log_in("GUEST") as guest, desk.page(guest) as page:
        page.recv(timeout=PATIENCE_S)
        users.change("GUEST", role="viewer")
        with pytest.raises(websockets.exceptions.ConnectionClosed):
            while True:
                page.recv(timeout=PATIENCE_S)
        assert guest.post("/api/guard", json={"ship": 1, "guard": True}).status_code == 401
    with desk.log_in("GUEST") as guest:
        assert guest.get("/api/session").json()["role"] == "viewer"
        users.remove("GUEST")
        until(lambda: guest.get("/api/alerts").status_code == 401)
    until(lambda: desk.told("user_removed"))
    assert desk.told("user_changed") == [("GUEST", {"verb": "user_changed", "role": "viewer", "words": "role"})]


def test_a_file_that_breaks_lets_nobody_in_and_throws_nobody_out(desk, folder, tokens):
    path = folder / "users.json"
    desk.do(desk.door.look)
    held = path.read_bytes()
    with desk.log_in("VERA") as vera, desk.bear(tokens["viewer"]) as program:
        try:
            for breaks in (lambda: path.write_text("{"), path.unlink):
                breaks()
                desk.do(desk.door.look)
                assert vera.get("/api/alerts").status_code == program.get("/api/alerts").status_code == 200
                with desk.client() as client:
                    assert client.post("/api/login", json={"name": "ADA", "password": PASSWORD}).status_code == 503
        finally:
            path.touch(0o600)
            path.write_bytes(held)
    desk.do(desk.door.look)
    with desk.log_in("ADA"):
        pass


# -- slow and large -----------------------------------------------------------------------------------------------------


def test_who_sends_slowly_is_cut_off(desk, monkeypatch):
    from tankerwatch.web.slow import Line

    monkeypatch.setattr(Line, "request_s", 0.3)
    monkeypatch.setattr(Line, "look_s", 0.1)
    begun = (
        b"GET /api/session HTTP/1.1\r\nHost: ",
        b"POST /api/login HTTP/1.1\r\nHost: %s\r\nContent-Length: 90\r\nContent-Type: application/json\r\n\r\n{",
    )
    for head in begun:
        with socket.create_connection(("127.0.0.1", desk.server.port), PATIENCE_S) as line:
            line.sendall(head.replace(b"%s", desk.host.encode()))
            began_s = time.monotonic()
            with pytest.raises(OSError):
                while time.monotonic() - began_s < PATIENCE_S:
                    line.sendall(b" ")
                    time.sleep(0.05)
            assert time.monotonic() - began_s < PATIENCE_S / 4
    with desk.client() as client:
        assert client.get("/api/session").status_code == 200
        time.sleep(0.6)
        assert client.get("/api/session").status_code == 200, "who asks nothing is not slow"


def test_who_does_not_read_is_cut_off(desk, folder, monkeypatch):
    from tankerwatch.web.slow import Line

    monkeypatch.setattr(Line, "quiet_s", 0.3)
    monkeypatch.setattr(Line, "look_s", 0.1)
    with (folder / "dist" / "large.bin").open("wb") as file:
        file.truncate(64 << 20)
    lines = desk.server._server.server_state.connections
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(("127.0.0.1", desk.server.port))
        line.sendall(b"GET /assets/large.bin HTTP/1.1\r\nHost: %s\r\n\r\n" % desk.host.encode())
        mine = line.getsockname()
        until(lambda: any(other.client == mine for other in lines))
        until(lambda: not any(other.client == mine for other in lines), "it waits for ever")


def test_one_address_does_not_take_all_connections(desk, monkeypatch):
    from tankerwatch.web import slow

    monkeypatch.setattr(slow, "own", lambda address: False)
    monkeypatch.setattr(slow.Doorstep, "most_of_one", 3)
    until(lambda: not desk.server._server.server_state.connections)
    with ExitStack() as held:
        lines = [held.enter_context(socket.create_connection(("127.0.0.1", desk.server.port), PATIENCE_S)) for _ in range(5)]
        for line in lines[3:]:
            with suppress(ConnectionError):
                assert line.recv(1) == b"", "it was closed"
        lines[0].sendall(b"GET /api/session HTTP/1.1\r\nHost: %s\r\n\r\n" % desk.host.encode())
        assert lines[0].recv(12) == b"HTTP/1.1 200"
        monkeypatch.setattr(slow, "own", lambda address: True)
        lines.append(held.enter_context(socket.create_connection(("127.0.0.1", desk.server.port), PATIENCE_S)))
        lines[5].sendall(b"GET /api/session HTTP/1.1\r\nHost: %s\r\n\r\n" % desk.host.encode())
        assert lines[5].recv(12) == b"HTTP/1.1 200", "a proxy on this machine is many"
        monkeypatch.setattr(slow, "own", lambda address: False)
        monkeypatch.setattr(desk.server._socket, "front", Front(proxies=(ip_network("127.0.0.0/28"),)))
        lines.append(held.enter_context(socket.create_connection(("127.0.0.1", desk.server.port), PATIENCE_S)))
        lines[6].sendall(b"GET /api/session HTTP/1.1\r\nHost: %s\r\n\r\n" % desk.host.encode())
        assert lines[6].recv(12) == b"HTTP/1.1 200", "and so is a trusted one elsewhere"
        monkeypatch.setattr(slow.Doorstep, "most_open", 4)
        with suppress(ConnectionError), socket.create_connection(("127.0.0.1", desk.server.port), PATIENCE_S) as line:
            assert line.recv(1) == b"", "and all together are so many"
    with desk.client() as client:
        until(lambda: client.get("/api/session").status_code == 200)


# -- the users file -----------------------------------------------------------------------------------------------------


def test_the_users_file(tmp_path):
    path = tmp_path / "users.json"
    users = make_users(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert PASSWORD not in path.read_text() and path.read_text().count("$argon2id$v=19$") == 3
    assert {user.name: user.role for user in users.all().values()} == PEOPLE
    assert users.verify("vera", PASSWORD).name == "VERA" and users.verify("VERA", PASSWORD + " ") is None
    for name, role, password, wrong in (
        ("vera", "viewer", PASSWORD, "already"),
        ("", "viewer", PASSWORD, "no name"),
        (HOSTILE, "viewer", PASSWORD, "no name"),
        ("a\nb", "viewer", PASSWORD, "no name"),
        ("MAX", "root", PASSWORD, "no role"),
        ("MAX", "viewer", "short", "no password"),
        ("MAX", "viewer", "maximum security", "guessed"),
        ("MAX", "viewer", "a" * 20, "guessed"),
        ("MAX", "viewer", "x1y2z" * 1000, "no password"),
    ):
        with pytest.raises(InputFault, match=wrong) as fault:
            users.add(name, role, password)
        assert fault.value.help and "\n" not in str(fault.value)
    for doing in (lambda: users.remove("MAX"), lambda: users.change("MAX", role="viewer"), lambda: users.change("ADA", role="x")):
        with pytest.raises(InputFault):
            doing()
    users.change("VERA", password=PASSWORD + " twice")
    assert users.verify("VERA", PASSWORD) is None and users.verify("VERA", PASSWORD + " twice")
    assert not list(tmp_path.glob("*.part"))
    path.chmod(0o640)
    with pytest.raises(InputFault, match="others can read it"):
        Users(path)
    path.chmod(0o600)
    row = {"name": "A", "role": "viewer", "hash": "x"}
    for held in ("", "[]", "{}", '{"version": 1, "users": [1]}', json.dumps({"version": 1, "users": [row]}), "[" * 100_000, "\xff"):
        path.write_text(held, encoding="latin-1")
        with pytest.raises(InputFault, match="no file of users"):
            Users(path)
    with pytest.raises(InputFault, match="no folder"):
        Users(tmp_path / "none" / "users.json").add("MAX", "viewer", PASSWORD)
