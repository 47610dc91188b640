"""The desks of `desk.py`, each in a process of its own: a made-up sea of any size, and a real watch with a copy of its journal.

python bench/desk_runs.py sea 50000            # a made-up sea, a tenth of it moving each second; prints its address
python bench/desk_runs.py watch PORT FOLDER    # watches tcp://127.0.0.1:PORT; prints its address, writes FOLDER/durable.json at its end
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from tankerwatch.config import load
from tankerwatch.core.ports import Desk, PictureNow
from tankerwatch.core.tables import Batch
from tankerwatch.desk import DIST
from tankerwatch.desk.live import LiveDesk
from tankerwatch.detect import catalog
from tankerwatch.ingest import clock
from tankerwatch.ingest.sources import parse_source
from tankerwatch.store.copies.replicas import DirectoryTarget
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.journal import FileJournal
from tankerwatch.web.app import create_app
from tankerwatch.web.live import Hub
from tankerwatch.web.serve import Server

CHANGING_A_SECOND = 0.1


class Sea:
    """Ships all over the world under way, a tenth of which report each second, as AIS rounds what they say."""

    def __init__(self, ships: int) -> None:
        self.dice = dice = np.random.default_rng(6)
        self.ships, self.version = ships, 0
        self.asked_s = clock.now()
        self.lat_deg, self.lon_deg = dice.uniform(-60, 65, ships), dice.uniform(-180, 180, ships)
        self.cog_deg, self.sog_kn = dice.uniform(0, 360, ships), np.clip(dice.normal(11, 4, ships), 0, 25)
        self.heard_s = self.asked_s - dice.uniform(0, 10, ships)
        self.names = [(200_000_000 + n, f"MOTOR VESSEL {n}", 200_000_000 + n, "PA") for n in range(ships)]
        self.kind, self.flags, self.gone = dice.integers(1, 9, ships).astype(np.uint8), np.zeros(ships, np.uint8), np.zeros(ships, bool)
        self.length_m = dice.integers(20, 400, ships)

    def now(self) -> PictureNow:
        """The picture now; what it is made of has just been heard."""
        now_s = clock.now()
        many = self.dice.poisson(self.ships * CHANGING_A_SECOND * (now_s - self.asked_s))
        self.asked_s = now_s
        who = self.dice.choice(self.ships, min(many, self.ships), replace=False)
        run_nm = self.sog_kn[who] * (now_s - self.heard_s[who]) / 3600
        self.lat_deg[who] += run_nm / 60 * np.cos(np.radians(self.cog_deg[who]))
        self.lon_deg[who] += run_nm / 60 * np.sin(np.radians(self.cog_deg[who])) / np.cos(np.radians(self.lat_deg[who]))
        self.cog_deg[who] = np.round((self.cog_deg[who] + self.dice.normal(0, 1.5, len(who))) % 360, 1)
        self.sog_kn[who] = np.round(np.clip(self.sog_kn[who] + self.dice.normal(0, 0.2, len(who)), 0, 30), 1)
        self.heard_s[who] = now_s
        self.version += 1
        return PictureNow(
            epoch=1, version=self.version, clock_s=clock.now(), lon_deg=self.lon_deg.copy(), lat_deg=self.lat_deg.copy(),
            heard_s=self.heard_s.copy(), cog_deg=self.cog_deg.copy(), sog_kn=self.sog_kn.copy(), heading_deg=np.rint(self.cog_deg),
            length_m=self.length_m, kind=self.kind, flags=self.flags, names=self.names, gone=self.gone,
        )  # fmt: skip  # one a line would hide what belongs together

    def desk(self) -> Desk:
        """What the web stage may call of it."""

        known: dict[str, Any] = {
            "health": lambda: {"type": "health", "clock_s": clock.now()},
            "hello": lambda: {"type": "hello", "epoch": 1, "mode": "live"},
            "snapshot": self.now,
            **dict.fromkeys(("alerts", "incidents", "reports", "exclusions"), list),
        }
        return Desk(**{each.name: known.get(each.name, dict) for each in fields(Desk)})  # of the rest there is nothing


async def sea(ships: int) -> None:
    """Serve a made-up sea until interrupted."""
    server = Server("127.0.0.1", 0)
    app = create_app(Sea(ships).desk(), Hub(), hosts=server.hosts, dist=DIST)
    await serve(server, app, [])


async def serve(server: Server, app: Any, beside: list[asyncio.Task[Any]]) -> None:
    """Serve until interrupted; the address is the first line of output."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    serving = asyncio.create_task(server.serve(app))
    while not server.started:
        await asyncio.sleep(0.01)
    print(server.url, flush=True)
    await stop.wait()
    server.stop()
    for task in beside:
        task.cancel()
    await asyncio.gather(serving, *beside, return_exceptions=True)


class Noted(FileJournal):
    """Notes when so many lines were on disk on all copies: (lines so far, monotonic time)."""

    def begin(self) -> None:
        """From now on."""
        self.lines, self.appended, self.noted = 0, [], []
        self.ended = threading.Event()
        self.looking = threading.Thread(target=self._look, daemon=True)
        self.looking.start()

    def append(self, batch: Batch) -> int:
        """As ever, and note."""
        number = super().append(batch)
        self.lines += len(batch.lines)
        self.appended.append((number, self.lines))
        return number

    def _look(self) -> None:
        at = 0
        while not self.ended.wait(0.0005):
            durable, now_s = self.durable, time.monotonic()
            while at < len(self.appended) and self.appended[at][0] <= durable:
                self.noted.append((self.appended[at][1], now_s))
                at += 1


async def watch(port: int, folder: Path) -> None:
    """A real watch of one feed, its journal durable on this disk and on a copy, until interrupted."""
    with ExitStack() as held:
        config = load(None, catalog.detectors())
        journal = held.enter_context(Noted(folder / "data", targets=[DirectoryTarget(folder / "copy")], min_copies=2))
        journal.begin()
        register, hub = FeedRegister(folder / "data"), Hub()
        name = f"tcp://127.0.0.1:{port}"
        desk = LiveDesk(config, journal, register, hub, sources=[parse_source(name, register.index_of(name))])
        server = Server("127.0.0.1", 0)
        beside = [asyncio.create_task(desk.pump())]
        beside += [asyncio.create_task(source.run(desk.receiver(source.feed))) for source in desk.sources]
        await serve(server, create_app(desk.desk, hub, hosts=server.hosts, dist=DIST), beside)
        journal.ended.set()
        journal.looking.join()
        (folder / "durable.json").write_text(json.dumps(journal.noted))


if __name__ == "__main__":
    if sys.argv[1] == "sea":
        asyncio.run(sea(int(sys.argv[2])))
    else:
        asyncio.run(watch(int(sys.argv[2]), Path(sys.argv[3])))
