"""A made-up desk behind the real server, for the tests of the web back end."""

from __future__ import annotations

import asyncio
import html
import re
import sys
import threading
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from websockets.sync.client import connect

sys.path.insert(0, str(Path(__file__).parent))

from failed_page import as_it_was

from tankerwatch.core.errors import InputFault
from tankerwatch.core.ports import Desk, Papers, PictureNow, Sheet
from tankerwatch.web.app import create_app
from tankerwatch.web.live import Hub
from tankerwatch.web.serve import Server

HOSTILE = '<script>window.hacked=1</script>"\u202e'
PATIENCE_S = 60


def until(true, otherwise="it did not happen"):
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.01)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A browser test that fails leaves what its pages showed."""
    report = yield
    # Not after the limit of time: it breaks into the browser's own loop, and who asks it then waits for ever.
    if report.failed and "browser" in item.funcargs and not isinstance(call.excinfo.value, pytest.fail.Exception):
        name = re.sub(r"\W+", "-", item.nodeid)[-80:]
        pages = [page for context in item.funcargs["browser"].contexts for page in context.pages]
        for number, page in enumerate(pages, 1):
            told = as_it_was(page, item.config.rootpath / ".cache" / "failed-pages" / f"{name}-{number}.png")
            report.sections.append((f"page {number} of {len(pages)}", told))
    return report


class Harbour:
    """A desk with two ships, two alerts and whatever a test puts in."""

    def __init__(self):
        self.epoch = 5
        self.version = 0
        self.names = [(200000001, HOSTILE, 200000001, "MH"), (200000002, "KOKUKA", 200000002, "PA")]
        self.store = {kind: {} for kind in ("alerts", "incidents", "reports", "exclusions", "guards", "zones")}
        self.told = {"meetings": [], "dark": [], "jammed": []}
        self.folder = ""
        self.boxes = []
        for name in ("a1", "a2"):
            self.store["alerts"][name] = {"id": name, "title": f"{HOSTILE}: sudden stop", "score": float("nan")}
        self.decided = []
        self.fault = None
        self.health = {"type": "health", "lag_s": float("nan"), "version": "0", "watching": ""}
        self.live = False
        self.wishes = []
        self.move(25.4, 25.3)

    def move(self, *lat):
        self.version += 1
        ships = len(lat)
        zeros = np.zeros(ships)
        none = np.zeros(ships, np.uint8)
        self.picture = PictureNow(
            epoch=self.epoch,
            version=self.version,
            clock_s=1560394210.25,
            lon_deg=zeros + 57,
            lat_deg=np.array(lat),
            heard_s=zeros + 9,
            cog_deg=zeros,
            sog_kn=zeros,
            heading_deg=zeros,
            length_m=zeros,
            kind=none,
            flags=none,
            names=(self.names + [(n, "", n, "") for n in range(ships)])[:ships],
            gone=np.zeros(ships, np.bool_),
        )

    async def decide(self, kind, subject, content):
        if self.fault is not None:
            raise self.fault
        self.decided.append((kind, subject, content))
        if kind == "report":
            self.store["reports"]["r1"] = {"id": "r1", **content}
            return "r1"
        return "d1"

    def replay(self, wish):
        self.wishes.append(wish)
        return not self.live

    def track_file(self, ship, kind, hours):
        if hours > 700:
            raise InputFault("too many positions", help="ask for fewer hours")
        return f"{ship} {kind} {hours}".encode() if ship == 200000001 else None

    def said_before(self, ship):
        if ship == 7:
            return self.slow(ship)
        if ship == 200000002:
            raise InputFault("is damaged", help="make it anew")
        return {"id": ship, "words": HOSTILE, "claims": []} if ship == 200000001 else None

    def read_zones(self, tree):
        if tree.get("type") != "FeatureCollection":
            raise InputFault("it holds no polygon", help="choose another")
        return {"zones": [], "left_out": len(tree["features"]), "remarks": []}

    def desk(self) -> Desk:
        listed = {kind: (lambda *asked, kind=kind: list(self.store[kind].values())) for kind in self.store}
        ship = {"id": 200000001, "name": HOSTILE, "lat_deg": 0.0, "lon_deg": -110.0}
        return Desk(
            health=lambda: self.health,
            alerts=listed["alerts"],
            alert=self.store["alerts"].get,
            incidents=listed["incidents"],
            reports=listed["reports"],
            exclusions=listed["exclusions"],
            zones=listed["zones"],
            one=lambda kind, name: self.store[kind].get(name),
            chart=lambda: self.told,
            coverage=lambda box: self.boxes.append(box) or {"height_deg": 0.02},
            outlines=lambda box: self.boxes.append(box) or [[200000001, 1.0, 2.0, 3.0, 4.0]],
            charts=lambda: self.folder,
            guards=listed["guards"],
            ship=lambda name: ship if name == 200000001 else None,
            page=lambda name: {"id": 200000001, "imo_valid": None} if name == 200000001 else None,
            said_before=self.said_before,
            track_file=self.track_file,
            track=lambda name: {"time_s": [1.0], "sog_kn": [None]} if name == 200000001 else None,
            search=lambda text: [ship] * 30 if text else [],
            hello=lambda: {"type": "hello", "epoch": self.epoch, "mode": "live"},
            decide=self.decide,
            replay=self.replay,
            timeline=lambda bins=None: (
                None if self.live else {"start_s": 1.0, "end_s": 9.0, "surveyed": True, "gaps": [[2.0, 3.5]], "bins": bins}
            ),
            replayed=lambda: None if self.live else "abc",
            moment=lambda time_s, after: {"id": "a1", "raised_s": time_s + 1, "severity": "caution"} if after else None,
            papers=self.papers(),
            read_zones=self.read_zones,
            snapshot=lambda: self.picture,
        )

    def papers(self):
        known = self.store["incidents"]
        page = Sheet(f"<!doctype html><title>{html.escape(HOSTILE)}</title>", "default-src 'none'; style-src 'sha256-x'")
        return Papers(
            incident=lambda name: {"incident": known[name]} if name in known else None,
            incident_sheet=lambda name: page if name in known else None,
            incident_picture=lambda name, what, palette, wide: (
                Sheet(f"<svg class='{what} {palette}'/>", "default-src 'none'") if name in known else None
            ),
            warning=lambda name, named: {"named": named, "text": "W"} if name in known else None,
            handover=lambda since_s: {"since_s": since_s},
            handover_sheet=lambda since_s: page,
        )


class Running:
    """A server in a thread of its own."""

    def __init__(self, harbour, dist, **hub):
        self.harbour = harbour
        self.hub = Hub(push_s=0.02, health_s=0.1, **hub)
        self.server = Server("127.0.0.1", 0)
        self.app = create_app(harbour.desk(), self.hub, hosts=self.server.hosts, dist=dist)
        self.thread = threading.Thread(target=lambda: asyncio.run(self.server.serve(self.app)), daemon=True)
        self.thread.start()
        until(lambda: self.server.started)
        self.base = self.server.url.rstrip("/")
        self.host = self.base.removeprefix("http://")

    def stop(self):
        self.server.stop()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()

    until = staticmethod(until)

    def page(self, **more):
        return connect(f"ws://{self.host}/ws", open_timeout=PATIENCE_S, **more)


@pytest.fixture
def dist(tmp_path):
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>T</title>")
    (folder / "app.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def harbour():
    return Harbour()


@pytest.fixture
def running(harbour, dist):
    made = Running(harbour, dist)
    yield made
    made.stop()


@pytest.fixture
def client(running):
    with httpx.Client(base_url=running.base, timeout=PATIENCE_S, trust_env=False) as client:
        yield client


@pytest.fixture
def serve(harbour):
    """Serve the made-up desk with another page folder or other limits; stopped at the end."""
    made = []

    def start(folder, **hub):
        made.append(Running(harbour, folder, **hub))
        return made[-1]

    yield start
    for running in made:
        running.stop()
