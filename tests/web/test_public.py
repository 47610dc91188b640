"""What everybody may see, and that nothing else leaks: late, rounded positions of larger ships."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import fields
from pathlib import Path

import httpx
import numpy as np
import pytest
import websockets.exceptions
from starlette.routing import Mount, WebSocketRoute
from websockets.sync.client import connect

sys.path.insert(0, str(Path(__file__).parent))

from fake_access import PATIENCE_S, Harbour, Served, make_users, until

from tankerwatch.config.access import Access
from tankerwatch.core.errors import InputFault
from tankerwatch.core.ports import Desk, PictureNow
from tankerwatch.desk.entrance import entrance
from tankerwatch.web import public
from tankerwatch.web.access.roles import TABLE
from tankerwatch.web.app import create_app
from tankerwatch.web.guard import Front
from tankerwatch.web.live import KINDS
from tankerwatch.web.public import PublicView, create_public_app
from tankerwatch.web.serve import Server

OPEN_TO_ALL = {"GET /", "GET /assets", "GET /tiles/{z}/{x}/{y}.mvt", "GET /api/session", "GET /api/health", "WS /ws"}
NONE = float("nan")
FLEET = [  # name, MMSI, kind, length, flags, shown to everybody
    ("BIG TANKER", 538000001, 1, 250.0, 0, True),
    ("GUARDED ONE", 538000002, 1, 250.0, 4 | 1 | 2, True),
    ("AT ANCHOR", 538000003, 2, 180.0, 32, True),
    ("GREAT YACHT", 538000004, 7, 60.0, 0, True),
    ("TRAWLER", 538000005, 4, 40.0, 0, True),
    ("OUR OWN", 538000006, 1, 250.0, 128, False),
    ("CLASS BEE", 538000007, 2, 20.0, 64, False),
    ("LITTLE SAIL", 538000008, 7, 12.0, 0, False),
    ("SAIL NO LENGTH", 538000009, 7, NONE, 0, False),
    ("DINGHY", 538000010, 4, 9.0, 0, False),
    ("NAVY", 538000011, 8, 100.0, 0, False),
    ("NOT KNOWN", 538000012, 0, 100.0, 0, False),
    ("JUMPED", 538000013, 2, 100.0, 8, False),
    ("DARK", 538000014, 2, 100.0, 16, False),
    ("HELICOPTER", 111000015, 13, 10.0, 0, False),
    ("BEACON", 970000016, 14, 0.0, 0, False),
    ("NOWHERE", 538000017, 1, 250.0, 0, False),
    ("GONE", 538000018, 1, 250.0, 0, False),
]
HIDDEN = [row for row in FLEET if not row[5]]


def picture(clock_s, shift_deg=0.0, epoch=3, fleet=FLEET):
    size = len(fleet)
    radar = [(4_000_000_001, "", 0, "")]
    lat = 25.0 + 0.3 * np.arange(size + 1) + 0.0321 + shift_deg
    names = [(row[1], row[0], row[1], "MH") for row in fleet] + radar
    return PictureNow(
        epoch=epoch,
        version=int(clock_s),
        clock_s=clock_s,
        lon_deg=np.where([*(row[0] == "NOWHERE" for row in fleet), False], NONE, 57.0123),
        lat_deg=lat,
        heard_s=np.full(size + 1, clock_s - 3),
        cog_deg=np.full(size + 1, 123.0),
        sog_kn=np.full(size + 1, 12.3),
        heading_deg=np.full(size + 1, 124.0),
        length_m=np.array([*(row[3] for row in fleet), 100.0]),
        kind=np.array([*(row[2] for row in fleet), 10], np.uint8),
        flags=np.array([*(row[4] for row in fleet), 0], np.uint8),
        names=names,
        gone=np.array([*(row[0] == "GONE" for row in fleet), False]),
    )


def view_after(*pictures):
    view = PublicView(900.0, 0.1, "1")
    for made in pictures:
        view.take(made)
    return view, view.desk().snapshot()


def test_positions_are_late_and_rounded_and_of_larger_ships():
    view, shown = view_after(picture(1000.0), picture(1890.0, 1.0))
    assert shown is None, "not late enough"
    view.take(picture(1900.0, 2.0))
    shown = view.desk().snapshot()
    assert shown.clock_s == 1000.0
    assert [row[1] for row in shown.names] == [row[0] for row in FLEET if row[5]]
    assert [row[0] for row in shown.names] == [row[2] for row in shown.names] == [row[1] for row in FLEET if row[5]]
    assert np.allclose(shown.lon_deg, 57.0) and np.allclose(shown.lat_deg, np.round(25.0321 + 0.3 * np.arange(5), 1))
    assert np.allclose(np.round(shown.lat_deg * 10), shown.lat_deg * 10), "tenths of a degree"
    for name in ("cog_deg", "sog_kn", "heading_deg"):
        assert np.isnan(getattr(shown, name)).all()
    assert not shown.flags.any() and not shown.length_m.any() and (shown.heard_s % 60 == 0).all()
    view.take(picture(2000.0, 2.0, epoch=4))
    assert view.desk().snapshot() is None, "a replay that went back is not told at once"


def test_who_is_found_to_be_small_later_is_taken_back():
    later = [(*row[:3], row[3], 64, False) if row[0] == "BIG TANKER" else row for row in FLEET]
    view, shown = view_after(picture(1000.0), picture(1900.0))
    assert "BIG TANKER" in str(shown.names)
    view.take(picture(1915.0, fleet=later))
    shown = view.desk().snapshot()
    assert "BIG TANKER" not in str(shown.names) and 538000001 not in [row[0] for row in shown.names]
    assert shown.gone[0] and not shown.gone[1:].any()


def test_nothing_of_now_is_told_of_who_stays_open_to_all():
    flags = {"BIG TANKER": 8, "AT ANCHOR": 16}
    later = [(f"{row[0]} RENAMED", *row[1:4], flags.get(row[0], row[4]), True) if row[5] else row for row in FLEET]
    view, shown = view_after(picture(1000.0), picture(1900.0))
    before = (shown.names, shown.gone.tolist(), shown.lon_deg.tolist())
    view.take(picture(1915.0, fleet=later))
    shown = view.desk().snapshot()
    assert (shown.names, shown.gone.tolist(), shown.lon_deg.tolist()) == before, "not who is doubted or lost by now, nor her new name"
    view.take(picture(2815.0, fleet=later))
    shown = view.desk().snapshot()
    assert [row[1] for row, gone in zip(shown.names, shown.gone, strict=True) if not gone] == [
        "GUARDED ONE RENAMED",
        "GREAT YACHT RENAMED",
        "TRAWLER RENAMED",
    ]


def test_the_public_desk_knows_nothing_else():
    blank = PublicView(900.0, 0.1, "1").desk()
    answered = {name for name in (field.name for field in fields(Desk)) if name not in ("hello", "health", "snapshot")}
    for name in answered:
        told = getattr(blank, name)()
        assert not (any(told.values()) if isinstance(told, dict) else told), name
    assert set(blank.hello()) == {
        "type",
        "epoch",
        "mode",
        "version",
        "title",
        "speed",
        "paused",
        "ended",
        "start_s",
        "end_s",
        "scene",
        "late_s",
    }
    assert not [value for name, value in blank.health().items() if value and name not in ("type", "version", "mode")]


@pytest.fixture(scope="module")
def everybody(tmp_path_factory):
    folder = tmp_path_factory.mktemp("public")
    dist = folder / "dist"
    dist.mkdir()
    (dist / "index.html").write_text("<title>T</title>")
    (folder / "secret.txt").write_text("secret")
    harbour = Harbour()
    harbour.picture = picture(1000.0)
    view = PublicView(900.0, 0.1, "1")
    made = Served(Server("127.0.0.1", 0), lambda server: create_public_app(harbour.desk(), view, dist=dist, front=Front()))
    made.harbour, made.view = harbour, view
    until(lambda: view._samples)
    view.take(picture(1900.0))
    yield made
    made.stop()


def test_it_answers_these_and_no_other(everybody):
    served = set()
    for route in everybody.app.routes:
        methods = ["WS"] if isinstance(route, WebSocketRoute) else sorted((getattr(route, "methods", None) or {"GET"}) - {"HEAD"})
        served |= {f"{method} {route.path}" for method in methods}
    assert served == OPEN_TO_ALL and any(isinstance(route, Mount) for route in everybody.app.routes)
    nobody = None
    whole = create_app(nobody, nobody, hosts=frozenset({"x"}), dist=Path())
    guide = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "access.md").read_text()
    for line in OPEN_TO_ALL:
        assert line.partition(" ")[2].partition("{")[0].rstrip("/") in guide
    with httpx.Client(base_url=everybody.base, timeout=PATIENCE_S, trust_env=False) as client:
        tried = {(line.partition(" ")[0], line.partition(" ")[2]) for line in TABLE} | {
            (method, route.path) for route in whole.routes for method in getattr(route, "methods", None) or ()
        }
        for method, path in sorted(tried):
            if f"{method} {path}" in OPEN_TO_ALL or method in ("WS", "HEAD"):
                continue
            answer = client.request(method, re.sub(r"{[^}]*}", "538000001", path), json={} if method == "POST" else None)
            assert answer.status_code == (404 if method == "GET" else 405), (method, path)
            assert set(answer.json()) == {"error", "help"}
        assert client.get("/assets/..%2fsecret.txt").status_code == 404
        assert client.get("/api/session").json() == {"name": "", "role": "public", "csrf": "", "left_s": 0}
        assert client.get("/api/health").json() == {"version": "1", "clock_s": 1000.0, "ships": 5}
        policy = client.get("/").headers["content-security-policy"]
        assert "default-src 'self'" in policy and "unsafe" not in policy
    assert everybody.harbour.decided == [] and everybody.harbour.wishes == []


def test_nothing_else_is_told_to_a_page(everybody):
    with connect(f"ws://{everybody.host}/ws", open_timeout=PATIENCE_S) as page:
        heard = [page.recv(timeout=PATIENCE_S)]
        while not (isinstance(heard[-1], str) and json.loads(heard[-1])["type"] == "health"):
            heard.append(page.recv(timeout=PATIENCE_S))
        for nonsense in ('{"type": "resume", "epoch": 3, "seq": 1}', "x", '{"type": "view"}'):
            page.send(nonsense)
    texts = [json.loads(text) for text in heard if isinstance(text, str)]
    assert texts[0] == public.SESSION
    assert {text["type"] for text in texts} <= {"session", "hello", "names", "health", "chart", *KINDS}
    for text in texts:
        if text["type"] in KINDS:
            assert text[text["type"]] == []
        if text["type"] == "chart":
            assert not any(text[part] for part in text if part != "type"), "no passes, no rings"
    whole = b"".join(part if isinstance(part, bytes) else part.encode() for part in heard)
    for name, mmsi, *_ in HIDDEN:
        assert name.encode() not in whole and str(mmsi).encode() not in whole and mmsi.to_bytes(4, "little") not in whole, name
    for secret in (b"a1", b"sudden stop", b'lag_s":0', b"fixes"):
        assert secret not in whole
    assert b"BIG TANKER" in whole
    for exact in (int(57.0123e7), int(25.0321e7)):
        assert exact.to_bytes(4, "little") not in whole
    with pytest.raises(websockets.exceptions.InvalidStatus):
        connect(f"ws://{everybody.host}/ws2", open_timeout=PATIENCE_S).__enter__()


def test_so_many_pages_of_one_address(everybody):
    from contextlib import ExitStack

    with ExitStack() as pages:
        for _ in range(public.MOST_OF_ONE):
            pages.enter_context(connect(f"ws://{everybody.host}/ws", open_timeout=PATIENCE_S))
        with pytest.raises(websockets.exceptions.InvalidStatus):
            connect(f"ws://{everybody.host}/ws", open_timeout=PATIENCE_S).__enter__()


def test_an_address_for_everybody(tmp_path):
    opened = entrance("127.0.0.1:0", Access(public="0.0.0.0:0"))
    assert opened.public is not None and opened.door is None
    for server in (opened.server, opened.public):
        server._socket.close()
    with pytest.raises(InputFault, match="no address"):
        entrance("127.0.0.1:0", Access(public="desk.example:80"))
    make_users(tmp_path / "users.json")
    with pytest.raises(InputFault, match="no TLS"):
        entrance("0.0.0.0:0", Access(public="0.0.0.0:0", users_file=tmp_path / "users.json"))
