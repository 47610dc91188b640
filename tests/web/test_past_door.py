"""The past behind a log-in: who may look and who may decide is asked as for the present, and it ends with the session."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import websockets
from websockets.sync.client import connect

sys.path.insert(0, str(Path(__file__).parent))

from fake_access import PATIENCE_S, Guarded, Harbour, make_users, until

from tankerwatch.web.app import create_app
from tankerwatch.web.live import Hub
from tankerwatch.web.serve import INSIDE, serve_inside


class Past:
    """What the web stage is told of one that looks back already."""

    def __init__(self, address):
        self.address, self.open = address, 0

    async def begin(self, from_s):
        return "k-1"

    def socket(self, key):
        return self.address if key == "k-1" else None

    @contextlib.contextmanager
    def looking(self, key):
        self.open += 1
        yield
        self.open -= 1


class Now(Harbour):
    """A desk with a past beside it."""

    def __init__(self, past):
        super().__init__()
        self.live, self.past = True, past

    def desk(self):
        return replace(super().desk(), past=self.past)


class Both(Guarded):
    """It behind a log-in, and the other desk at its own socket."""

    def __init__(self, folder):
        self.then, self.past, self.dist = Harbour(), Past(str(folder / "past")), folder
        super().__init__(Now(self.past), folder, make_users(folder / "users.json"))

    async def run(self):
        app = create_app(self.then.desk(), Hub(push_s=0.02), hosts=frozenset({INSIDE}), dist=self.dist)
        there = asyncio.Event()
        inside = asyncio.create_task(serve_inside(app, self.past.address, there.set))
        await there.wait()
        await super().run()
        inside.cancel()
        await asyncio.gather(inside, return_exceptions=True)

    def page_of_the_past(self, client):
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        headers = {"Cookie": cookies} if cookies else {}
        return connect(f"ws://{self.host}/past/k-1/ws", open_timeout=PATIENCE_S, additional_headers=headers)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    folder = tmp_path_factory.mktemp("p")
    (folder / "index.html").write_text("<!doctype html><title>T</title>")
    made = Both(folder)
    yield made
    made.stop()


def test_who_may_look_and_who_may_decide(both):
    with both.client() as nobody:
        assert nobody.get("/past/k-1/").status_code == nobody.get("/past/k-1/api/health").status_code == 401
        assert nobody.get("/past/k-1/", headers={"Accept": "text/html"}).headers["location"] == "/login"
        with pytest.raises(websockets.exceptions.InvalidStatus), both.page_of_the_past(nobody):
            pass
    with both.log_in("VERA") as vera:
        assert vera.get("/past/k-1/").status_code == 200
        assert [alert["id"] for alert in vera.get("/past/k-1/api/alerts").json()["alerts"]] == ["a1", "a2"]
        for path in ("/api/past", "/past/k-1/api/replay", "/past/k-1/api/alerts/a1/acknowledge"):
            assert vera.post(path, json={"words": ""}).status_code == 403, path
    with both.log_in("WILL") as will:
        assert will.post("/api/past", json={"from_s": 1}).json() == {"path": "/past/k-1/"}
        assert will.post("/past/k-1/api/replay", json={"paused": True}).status_code == 200
        token = will.headers.pop("X-CSRF-Token")
        path, body = "/past/k-1/api/alerts/a1/acknowledge", {"words": "seen", "by": "SOMEBODY ELSE"}
        assert will.post(path, json=body).status_code == 403
        assert not both.then.decided
        assert will.post(path, json=body, headers={"X-CSRF-Token": token}).status_code == 200
    assert both.then.decided == [("acknowledge", "a1", {"words": "seen", "by": "WILL"})] and both.then.wishes == [{"paused": True}]
    assert not [kind for kind, *_ in both.harbour.decided if kind != "access"], "nothing of it is the present's"


def test_it_ends_with_the_session(both):
    with both.log_in("VERA") as vera, both.page_of_the_past(vera) as page:
        told = [json.loads(page.recv(PATIENCE_S)) for _ in range(2)]
        assert (told[0]["type"], told[0]["name"], told[1]["type"]) == ("session", "VERA", "hello") and both.past.open == 1
        assert vera.post("/api/logout", json={}).status_code == 200
        with pytest.raises(websockets.exceptions.ConnectionClosed) as closed:
            while True:
                page.recv(PATIENCE_S)
        assert closed.value.rcvd.code == 4401
        assert vera.get("/past/k-1/api/health").status_code == 401
        until(lambda: both.past.open == 0)
