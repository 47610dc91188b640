"""From a sentence on a socket to the alert that is painted: the whole program, `tankerwatch watch`, at 1,000 messages a second."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from page_browser import opened
from playwright.sync_api import Browser

from tankerwatch.core.ais import encoder, framing

ROOT = Path(__file__).resolve().parent.parent
SHIPS = 3000
RATE = 1000
BEACON = 970_000_000
SART_ACTIVE = 14
READY_WITHIN_S = 240.0


def traffic() -> list[bytes]:
    """A position of each of so many ships that go on as they go."""
    return [
        line
        for n in range(SHIPS)
        for line in framing.sentences(encoder.position_a(211_000_000 + n, 24 + n % 60 / 30, 57 + n // 60 / 25, 12.0, 90, 90, 0, n % 60))
    ]


class Feed:
    """Sends the traffic to a port at a steady pace, until it is stopped."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.to = ("127.0.0.1", port)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        lines = cycle(traffic())
        start, sent = time.monotonic(), 0
        while not self.ended.is_set():
            while sent < (time.monotonic() - start) * RATE:
                self.socket.sendto(next(lines) + b"\r\n", self.to)
                sent += 1
            time.sleep(0.005)

    def beacon(self, number: int) -> float:
        """A distress beacon that is heard now; when it was sent."""
        mmsi = BEACON + number
        lines = framing.sentences(encoder.position_a(mmsi, 25.0, 58.0 + number / 100, 0.0, 0, 0, SART_ACTIVE, 1))
        now_s = time.time()  # noqa: TID251 (a sender has a clock)
        self.socket.sendto(b"".join(line + b"\r\n" for line in lines), self.to)
        return now_s

    def stop(self) -> None:
        self.ended.set()
        self.thread.join()
        self.socket.close()


@contextlib.contextmanager
def watching(folder: Path) -> Iterator[tuple[str, int]]:
    """A desk that watches a UDP port; its address, and the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tankerwatch", "watch", f"udp://127.0.0.1:{port}", "--data", str(folder), "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+/", line)
            if found:
                threading.Thread(target=process.stdout.read, daemon=True).start()
                yield found.group(), port
                return
        raise RuntimeError("tankerwatch watch did not say where its page is")
    finally:
        process.terminate()
        process.wait(timeout=30)


def sentence_to_paint(made: Browser, alerts: int) -> list[float]:
    """ms from the sending of a beacon's sentence to the frame that shows its alert, one each second or so."""
    with tempfile.TemporaryDirectory() as folder, watching(Path(folder) / "data") as (url, port):
        feed = Feed(port)
        try:
            page = opened(made, url)
            # The first frames of a new desk wait for code that is compiled: it is ready when it has judged an alert.
            warm, end = BEACON + 999, time.monotonic() + READY_WITHIN_S
            while not page.evaluate(f"Object.keys(window.bench.alerts).some(id => id.includes('{warm}'))") and time.monotonic() < end:
                feed.beacon(warm - BEACON)
                page.wait_for_timeout(2000)
            sent = {}
            for number in range(alerts):
                sent[str(BEACON + number)] = feed.beacon(number)
                page.wait_for_timeout(700 + 37 * (number % 17))  # no step with any pace of the desk's own
            page.wait_for_timeout(2000)
            listed = page.evaluate("fetch('/api/alerts').then(answer => answer.json())")["alerts"]
            painted = page.evaluate("window.bench.alerts")
            page.context.close()
        finally:
            feed.stop()
    found = []
    for alert in listed:
        ship = str(alert["ships"][0]) if alert["ships"] else ""
        if ship in sent and painted.get(alert["id"]):
            found.append(1000 * (painted[alert["id"]] - sent[ship]))
    if len(found) < alerts:
        raise RuntimeError(f"{alerts - len(found)} of {alerts} alerts were never painted")
    return found
