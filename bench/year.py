"""A desk that has run for a year: what it tells at first, how long it takes to answer, and what it holds.

    nice -n 5 python bench/year.py --data /tmp/year              # builds it once, then measures
    nice -n 5 python bench/year.py --data /tmp/year --page       # and in a browser

2,000 incidents of 5 alerts (10,000 distresses that people reported), 10,000 other reports, 5,000 exclusions, 5,000 guards and 180 zones,
all over; 40,000 further alerts (put straight into the book: a month of them); 299,000 ships heard once and 1,000 heard now. All but those
alerts are decisions and reports that went through the journal and the river.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from restart import opened

from tankerwatch.core.incidents import Alert, Evidence, Step
from tankerwatch.core.tables import Batch, Decision, Fixes, Heard
from tankerwatch.desk import DIST, snapshots
from tankerwatch.desk.live import LiveDesk
from tankerwatch.web.app import create_app
from tankerwatch.web.serve import Server

YEAR_S = 365 * 86_400.0
BEGIN_S = 1_700_000_000.0
FIRST = 200_000_000
snapshots.code = lambda: "bench"  # what was built is measured before and after a change of the program
ASKED = ("/api/alerts", "/api/incidents", "/api/reports", "/api/exclusions", "/api/guards", "/api/zones", "/api/handover", "/api/health",
         "/api/handover?since_s=0", "/metrics", "/api/alerts.geojson?state=all")  # fmt: skip  # a list


def fixes(ships: np.ndarray, at_s: float) -> Heard:
    """Each of these ships heard once."""
    n = len(ships)
    dice = np.random.default_rng(int(ships[0]))
    made = Fixes.blank(n).replace(
        time_s=np.full(n, at_s) + np.arange(n) / max(n, 1),
        mmsi=(FIRST + ships).astype(np.uint32),
        msg_type=np.ones(n, np.uint8),
        lat_deg=25.4 + dice.normal(0, 1.5, n),
        lon_deg=57.2 + dice.normal(0, 1.5, n),
        sog_kn=np.full(n, 11, np.float32),
        cog_deg=dice.uniform(0, 360, n).astype(np.float32),
        source_row=np.arange(1, n + 1, dtype=np.uint64),
    )
    return Heard(fixes=made, stations=("",))


class Year:
    """Feeds a desk."""

    def __init__(self, data: Path) -> None:
        self.desk, self.number, self.now_s, self.told_s = opened(data), 0, BEGIN_S, 0.0

    def say(self, kind: str, subject: str, content: dict[str, Any]) -> str:
        if kind != "desk" and self.now_s > self.told_s:
            self.say("desk", "", {"state": "started"})  # nobody looks at an empty sea meanwhile
        self.told_s = self.now_s
        self.number += 1
        name = f"{kind}-{self.number}"
        self.take(Batch(decisions=(Decision(self.now_s, kind, name, subject, content),), clock_s=self.now_s))
        return name

    def take(self, batch: Batch) -> None:
        self.desk.journal.append(batch)
        self.desk.register.note(batch)
        self.desk.river.take(batch)

    def build(self, scale: float) -> None:
        ships, incidents = int(299_000 * scale), int(2000 * scale)
        for first in range(0, ships, 20_000):
            self.take(Batch(heard=fixes(np.arange(first, min(first + 20_000, ships)), self.now_s), clock_s=self.now_s + 1))
            self.now_s += 60
        self.now_s += 7200
        step_s = (YEAR_S - 86_400) / incidents
        for number in range(incidents):
            where = -55 + 1.1 * (number % 97), -170 + 3.7 * (number % 89)
            for each in range(5):
                self.now_s += 30
                said = {
                    "kind": "distress",
                    "words": "Explosion, water in the engine room, crew takes to boats",
                    "ship": FIRST + 5 * number + each,
                }
                self.say("report", "", {**said, "lat_deg": where[0] + each / 60, "lon_deg": where[1], "verified": True, "source": "VHF 16"})
                said = {
                    "kind": "sighting",
                    "words": "Fishing boats without lights, many",
                    "ship": None,
                    "verified": False,
                    "source": "MV A",
                }
                self.say("report", "", {**said, "lat_deg": where[0], "lon_deg": where[1] + 3})
            for each in range(5 * number // 2, 5 * (number + 1) // 2):
                ship = FIRST + each
                made = self.say("exclude", "dark", {"ships": [ship], "here": None, "words": "Lies in the yard", "alert": ""})
                self.say("include", made, {"words": "sails again"})
                self.say("guard", str(ship), {"guard": True, "ring_nm": None, "until_s": None, "words": "as her owner asked"})
                self.say("guard", str(ship), {"guard": None, "words": ""})
            if number % 11 == 0:
                box = [[where[0] + a, where[1] + b] for a, b in ((0, 0), (0, 0.2), (0.2, 0.2), (0.2, 0))]
                made = self.say("zone", "", {"name": f"Zone {number}", "corners": box, "rule": ["enter"], "severity": "caution"})
                self.say("unzone", made, {})
            self.now_s = BEGIN_S + 14_400 + step_s * (number + 1)
        book = self.desk.river.triage._book
        rule = next(alert.rule for alert in book.alerts.values())
        for number in range(int(40_000 * scale)):
            book.put(past(number, self.now_s - 30 * 86_400 + 30 * 86_400 * number / (40_000 * scale), rule))
        book.changes()
        self.now_s += 90_000
        self.say("desk", "", {"state": "started"})
        self.take(Batch(heard=fixes(np.arange(ships, ships + 1000), self.now_s), clock_s=self.now_s + 20))
        self.desk.journal.commit()
        assert self.desk.keeper is not None
        self.desk._tip = self.desk.keeper.tip(self.desk.journal.records)
        self.desk.close()
        self.desk.journal.close()


def past(number: int, at_s: float, rule: dict[str, Any]) -> Alert:
    """An alert that was raised, acknowledged and is over."""
    ship = FIRST + number
    steps = (Step(at_s, "raise", "No longer heard where others near her are.", ""), Step(at_s + 60, "acknowledge", "", "anna"))
    line = "!AIVDM,1,1,,A,18155Ch000Odw`tM9JWc9?vP0<0H,0*7B"
    evidence = tuple(Evidence(3 * number + n, "tcp://127.0.0.1:10110", "FUJ-1", at_s - 60 + n, line) for n in range(3))
    reason = f"{ship} has not been heard for 25 minutes where others near her are."
    return Alert(
        f"dark-{ship}-{number:06x}", "dark", "caution", "closed", (ship,), at_s, at_s - 600, at_s + 900, 25.0, 57.0, 0.8, reason,
        f"{ship}: no longer heard", at_s + 900, acknowledged_s=at_s + 60, evidence=evidence,
        history=(*steps, Step(at_s + 900, "end", "heard again", "")), rule=rule,
    )  # fmt: skip  # one a line would hide what belongs together


def memory_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def desk_of(data: Path) -> LiveDesk:
    """Started again, and kept as if its ships were heard now."""
    begin_s = time.perf_counter()
    desk = opened(data)
    desk.rebuild()
    told_s = time.perf_counter() - begin_s
    desk._draw()
    draws = []
    for _ in range(5):
        at_s = time.perf_counter()
        desk._draw()
        draws.append(time.perf_counter() - at_s)
    known = desk.river.triage
    sizes = {"alerts": len(known.alerts), "incidents": len(known.incidents), "reports": len(known.reports), "ships": len(desk.river.fleet)}
    print(json.dumps({"restart_s": round(told_s, 2), "draw_ms": round(1000 * min(draws), 1), "memory_mb": round(memory_mb()), **sizes}))
    return desk


async def serve(desk: LiveDesk, server: Server) -> None:
    app = create_app(desk.desk, desk.hub, hosts=server.hosts, dist=DIST)

    async def draw() -> None:
        while True:
            await asyncio.sleep(0.4)
            await asyncio.to_thread(desk._draw)

    drawing = asyncio.create_task(draw())
    try:
        await server.serve(app)
    finally:
        drawing.cancel()


def measure(data: Path) -> None:
    """In a process of its own: start it, ask it, say what came."""
    import httpx
    from websockets.sync.client import connect

    desk = desk_of(data)
    server = Server("127.0.0.1", 0)
    thread = threading.Thread(target=lambda: asyncio.run(serve(desk, server)), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    with httpx.Client(base_url=server.url.rstrip("/"), trust_env=False, timeout=120) as client:
        for path in ASKED:
            took = []
            for _ in range(3):
                at_s = time.perf_counter()
                answer = client.get(path)
                took.append(time.perf_counter() - at_s)
            print(f"{path:32} {answer.status_code} {len(answer.content):>12,} B {1000 * min(took):>8.0f} ms", flush=True)
    for turn in range(2):
        at_s, sizes = time.perf_counter(), {}
        with connect(f"ws://127.0.0.1:{server.url.rstrip('/').rpartition(':')[2]}/ws", max_size=None) as page:
            while "chart" not in sizes and "health" not in sizes:
                said = page.recv()
                kind = json.loads(said)["type"] if isinstance(said, str) else "frame"
                sizes[kind] = sizes.get(kind, 0) + len(said)
        took_ms = 1000 * (time.perf_counter() - at_s)
        print(f"first messages {turn + 1}: {sum(sizes.values()):,} B in {took_ms:.0f} ms", json.dumps(sizes), flush=True)
    print(json.dumps({"memory_mb": round(memory_mb())}))
    server.stop()
    thread.join()


def shown(data: Path) -> None:
    """The same served for a browser until it is killed."""
    desk = desk_of(data)
    server = Server("127.0.0.1", 0)
    threading.Thread(target=lambda: (time.sleep(2), print(server.url, flush=True)), daemon=True).start()
    asyncio.run(serve(desk, server))


def page(data: Path) -> None:
    """Time to the first ships, and the heap of the page, in a browser."""
    from page_browser import browser, first_ships_ms
    from page_browser import opened as opened_page

    process = subprocess.Popen([sys.executable, __file__, "--data", str(data), "--shown"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        print(process.stdout.readline().strip())
        url = process.stdout.readline().strip()
        with browser() as made:
            for turn in range(3):
                seen = opened_page(made, url, "#map=8/25.4/57.2")
                seen.wait_for_timeout(4000)
                session = seen.context.new_cdp_session(seen)
                session.send("HeapProfiler.collectGarbage")
                heap = seen.evaluate("performance.memory.usedJSHeapSize") / 1e6
                arrays = session.send("Runtime.getHeapUsage")
                print(f"page {turn + 1}: first ships {first_ships_ms(seen):.0f} ms, heap {heap:.1f} MB, {json.dumps(arrays)}")
                seen.context.close()
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Build, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--page", action="store_true")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--shown", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.shown:
        shown(chosen.data)
    elif chosen.measure:
        measure(chosen.data)
    elif chosen.page:
        page(chosen.data)
    else:
        if not chosen.data.exists():
            begin_s = time.perf_counter()
            Year(chosen.data).build(chosen.scale)
            print(f"built in {time.perf_counter() - begin_s:.0f} s")
        subprocess.run([sys.executable, __file__, "--data", str(chosen.data), "--measure"], check=True)


if __name__ == "__main__":
    main()
