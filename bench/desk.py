"""What the desk serves, measured: bytes a second, how late, fifty pages of which five stand still, and from a sentence to its alert.

    make bench
    python bench/desk.py --rounds 1 --seconds 5          # a short look; writes nothing
    python bench/desk.py --write bench/RESULTS-desk.md

Each desk is a process of its own and the pages are another; all on one machine, over loopback sockets. Medians of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import websockets
from river import feed
from websockets.asyncio.client import ClientConnection, connect

from decode import commit, machine
from tankerwatch.core.ais.encoder import position_a
from tankerwatch.core.ais.framing import sentences
from tankerwatch.ingest import clock

RUNS = Path(__file__).with_name("desk_runs.py")
SHIPS = 50_000
PAGES, STALLED = 50, 5
RATE = 1000
WORLD = {"number": 1, "west_deg": -180, "south_deg": -90, "east_deg": 180, "north_deg": 90, "ships": []}
CHANNEL = {"number": 1, "west_deg": -10, "south_deg": 45, "east_deg": 10, "north_deg": 60, "ships": []}


@contextmanager
def running(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A desk in a process of its own, and its host and port."""
    child = subprocess.Popen([sys.executable, str(RUNS), *words], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        yield child, child.stdout.readline().strip().removeprefix("http://").rstrip("/")
    finally:
        child.terminate()
        child.wait()


def resident_mb(child: subprocess.Popen[str]) -> float:
    """Memory of a process."""
    pages = int(Path(f"/proc/{child.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_s(child: subprocess.Popen[str]) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Page:
    """One that listens: what came, and how late the frames were."""

    host: str
    view: dict[str, Any]
    bytes: int = 0
    rows: int = 0
    late_ms: list[float] = field(default_factory=list)
    first_s: float = 0.0
    names_s: float = 0.0

    async def listen(self) -> None:
        """For ever."""
        begin_s = time.monotonic()
        async with connect(f"ws://{self.host}/ws", max_size=None) as line:
            await line.send(json.dumps({"type": "view", **self.view}))
            async for message in line:
                self.bytes += len(message)
                if isinstance(message, str):
                    if message.startswith('{"type":"names"'):
                        self.names_s = time.monotonic() - begin_s
                    continue
                self.rows += struct.unpack_from("<I", message, 16)[0]
                if not self.first_s:
                    self.first_s = time.monotonic() - begin_s
                else:
                    self.late_ms.append(1000 * (clock.now() - struct.unpack_from("<d", message, 24)[0]))

    def forget(self) -> None:
        """Count anew from here."""
        self.bytes, self.rows = 0, 0
        self.late_ms.clear()


async def stalled(host: str) -> ClientConnection:
    """One that asks for everything and reads nothing."""
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    small.setblocking(False)
    name, port = host.split(":")
    await asyncio.get_running_loop().sock_connect(small, (name, int(port)))
    line = await connect(f"ws://{host}/ws", sock=small, max_queue=1, ping_interval=None)
    await line.send(json.dumps({"type": "view", **WORLD}))
    return line


async def listening(pages: list[Page], seconds: float) -> None:
    """Let pages listen: until each has its ships, and then so long."""
    tasks = [asyncio.create_task(page.listen()) for page in pages]
    before: list[float] = []
    while not all(page.names_s and page.late_ms for page in pages) or before != [page.names_s for page in pages]:
        before = [page.names_s for page in pages]
        await asyncio.sleep(1.0)
        for task in tasks:
            if task.done():
                task.result()
    for page in pages:
        page.forget()
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def one_page(seconds: float, view: dict[str, Any]) -> tuple[Page, float, float]:
    """One page alone; changes a second, and the share of a core that the desk took."""
    with running("sea", str(SHIPS)) as (child, host):
        page = Page(host, view)
        before, begin_s = cpu_s(child), time.monotonic()
        asyncio.run(listening([page], seconds))
        return page, page.rows / seconds, (cpu_s(child) - before) / (time.monotonic() - begin_s)


def many_pages(seconds: float, standing: int) -> tuple[list[float], float, float, float]:
    """Fifty pages, some of which stand still: how late it is for the others, memory at the begin and at the end, share of a core."""

    async def run(child: subprocess.Popen[str], host: str) -> tuple[list[float], float, float, float]:
        pages = [Page(host, CHANNEL) for _ in range(PAGES - standing)]
        lines = [await stalled(host) for _ in range(standing)]
        await listening(pages, 2.0)
        first_mb, before, begin_s = resident_mb(child), cpu_s(child), time.monotonic()
        pages = [Page(host, CHANNEL) for _ in range(PAGES - standing)]
        await listening(pages, seconds)
        share = (cpu_s(child) - before) / (time.monotonic() - begin_s)
        for line in lines:
            line.transport.abort()
        return [late for page in pages for late in page.late_ms], first_mb, resident_mb(child), share

    with running("sea", str(SHIPS)) as (child, host):
        return asyncio.run(run(child, host))


def quantile(values: list[float], hundredth: int) -> float:
    """The value below which so many in a hundred are."""
    return statistics.quantiles(values, n=100)[hundredth - 1]


def sentence_to_alert(seconds: float) -> tuple[list[float], list[float]]:
    """Milliseconds from each group of sentences to its being durable on two copies, and from each distress call to its alert."""
    said = [line.rsplit(b"\\", 1)[1] for _, line in islice(feed(20_000, 1 << 30), round(RATE * (seconds + 3)))]
    sent: list[tuple[int, float]] = []
    called: dict[int, float] = {}
    told: dict[int, float] = {}
    spoken = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begin_s, lines = time.monotonic(), 0
        for step in range(len(said) // 10):
            await asyncio.sleep(max(0.0, begin_s + step * 10 / RATE - time.monotonic()))
            group = said[10 * step : 10 * step + 10]
            if step > 200 and step % 37 == 0:  # not in time with anything of the desk
                mmsi = 970_000_000 + step
                group = [*sentences(position_a(mmsi, 50.0 + step / 1000, -30.0, nav_status=14), sequence=0), *group]
                called[mmsi] = time.monotonic()
            writer.write(b"\r\n".join(group) + b"\r\n")
            lines += len(group)
            sent.append((lines, time.monotonic()))
        await writer.drain()
        spoken.set()

    async def hear(host: str) -> None:
        async with connect(f"ws://{host}/ws", max_size=None) as line:
            await line.send(json.dumps({"type": "view", **CHANNEL}))
            async for message in line:
                if isinstance(message, str) and message.startswith('{"type":"alerts"'):
                    for alert in json.loads(message)["alerts"]:
                        for ship in alert["ships"]:
                            told.setdefault(ship, time.monotonic())
                    if spoken.is_set() and set(called) <= set(told):
                        return

    async def run(folder: Path) -> None:
        server = await asyncio.start_server(speak, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        with running("watch", str(port), str(folder)) as (_, host):
            hearing = asyncio.create_task(hear(host))
            await asyncio.wait_for(spoken.wait(), 4 * seconds + 30)
            await asyncio.sleep(2.0)  # and all is durable, too
            if set(called) <= set(told):
                hearing.cancel()
            await asyncio.wait_for(asyncio.gather(hearing, return_exceptions=set(called) <= set(told)), 20)
        server.close()

    with tempfile.TemporaryDirectory() as name:
        asyncio.run(run(Path(name)))
        durable = json.loads((Path(name) / "durable.json").read_text())
    took, at = [], 0
    for lines, sent_s in sent:
        while at < len(durable) and durable[at][0] < lines:
            at += 1
        if at < len(durable) and lines > RATE:  # the first second is for warmth
            took.append(1000 * (durable[at][1] - sent_s))
    missing = set(called) - set(told)
    assert not missing, f"no alert of {sorted(missing)[:5]}"
    return took, [1000 * (told[mmsi] - at_s) for mmsi, at_s in called.items()]


def spread(values: list[float], shape: str = ".0f") -> str:
    """Median, least and greatest."""
    return f"{statistics.median(values):{shape}} ({min(values):{shape}} to {max(values):{shape}})"


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each (default 5)")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each is looked at (default 20)")
    parser.add_argument("--write", type=Path, help="file to write the results to, as Markdown")
    chosen = parser.parse_args()
    rounds, seconds = range(chosen.rounds), chosen.seconds
    lines: list[str] = []

    def say(text: str = "") -> None:
        print(text, flush=True)
        lines.append(text)

    say("# What the desk serves\n")
    say(f"Written by `make bench` (`bench/desk.py`) on {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC · commit {commit()}.")
    say(f"Machine: {machine()}; load {os.getloadavg()[0]:.1f} at the beginning; websockets {websockets.__version__} for the pages.")
    say(f"{len(rounds)} rounds of {seconds:.0f} s; median (least to greatest).\n")
    say(f"{SHIPS:,} ships all over the world, a tenth of them reporting each second:\n")
    say("| what | one page that sees all | one page that sees the Channel and the North Sea | bar |")
    say("|---|---|---|---|")
    whole, part = ([one_page(seconds, view) for _ in rounds] for view in (WORLD, CHANNEL))

    def row(what: str, value: Any, shape: str, bar: str = "") -> None:
        say(f"| {what} | {spread([value(*run) for run in whole], shape)} | {spread([value(*run) for run in part], shape)} | {bar} |")

    row("kB a second, all that is sent", lambda page, rows, share: page.bytes / seconds / 1000, ".1f", "60")
    row("ships that changed a second", lambda page, rows, share: rows, ".0f")
    row("bytes a change, all that is sent", lambda page, rows, share: page.bytes / seconds / max(rows, 1), ".1f")
    row("from the picture to its frame's arrival, p95, ms", lambda page, rows, share: quantile(page.late_ms, 95), ".0f")
    row("from connecting to the first ships, ms", lambda page, rows, share: 1000 * page.first_s, ".0f", "1,000")
    row("from connecting to the last name, ms", lambda page, rows, share: 1000 * page.names_s, ".0f")
    row("share of a core that the desk takes, making the sea counted in, %", lambda page, rows, share: 100 * share, ".0f")
    say(f"\n{PAGES} pages on that sea, of which none or {STALLED} stand still, having asked for all of it:\n")
    say("| standing still | how late for the others, p50 / p95, ms | memory of the desk at the begin / at the end, MB | % of a core |")
    say("|---|---|---|---|")
    for standing in (0, STALLED):
        runs = [many_pages(seconds, standing) for _ in rounds]
        late = " / ".join(spread([quantile(run[0], at) for run in runs]) for at in (50, 95))
        memory = " / ".join(spread([run[at] for run in runs]) for at in (1, 2))
        say(f"| {standing} | {late} | {memory} | {spread([100 * run[3] for run in runs])} |")
    say(f"\nA real watch, {RATE:,} sentences a second on a TCP socket, journal durable on two copies before anything is acted on:\n")
    say("| from the sentence on the socket | p50, ms | p95, ms | p99, ms | bar, ms |")
    say("|---|---|---|---|---|")
    both = [sentence_to_alert(seconds) for _ in rounds]
    for what, index, bar in (("to durable on two copies", 0, "p99 50"), ("to the alert on the WebSocket", 1, "p95 500, painted")):
        say(f"| {what} | {' | '.join(spread([quantile(run[index], at) for run in both]) for at in (50, 95, 99))} | {bar} |")
    if chosen.write:
        chosen.write.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
