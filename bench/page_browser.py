"""What `bench/page.py` does in a browser: opens pages, pans, counts, weighs. One Chromium without GPU for each thing that is measured."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--enable-precise-memory-info",
)  # fmt: skip  # one a line would hide what belongs together
NO_GPU = ("--disable-gpu",)
GL_BY_CPU = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
"""MapLibre draws with WebGL and nothing else; without a GPU Chromium can lend it one that is made of software."""
SIZE = {"width": 1280, "height": 800}
PATIENCE_S = 60.0
NOTE = """
window.bench = { arrived: [], painted: [], alerts: {} };
const frames = () => (window.tankerwatch ?? window.peer)?.frames() ?? 0;
const now_s = () => (performance.timeOrigin + performance.now()) / 1000;
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", (event) => {
      if (typeof event.data === "string") return;
      const at = bench.arrived.push(now_s()) - 1;
      const before = frames();
      // Drawn is when the page has drawn after it; painted, when the browser begins its next frame after that.
      const look = () => {
        if (frames() > before) requestAnimationFrame(() => { bench.painted[at] = now_s(); });
        else if (now_s() - bench.arrived[at] < 10) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
  }
};
addEventListener("DOMContentLoaded", () => {
  new MutationObserver(() => {
    for (const item of document.querySelectorAll("#list [data-alert-id]")) {
      const id = item.dataset.alertId;
      if (!(id in bench.alerts)) {
        bench.alerts[id] = 0;
        requestAnimationFrame(() => requestAnimationFrame(() => { bench.alerts[id] = now_s(); }));
      }
    }
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-alert-id"] });
});
"""

BLANK = """
(duration_ms) => new Promise((resolve) => {
  const canvas = document.createElement("canvas");
  canvas.width = 960;
  canvas.height = 752;
  document.body.append(canvas);
  const context = canvas.getContext("2d");
  let frames = -1;
  let start_ms = 0;
  const step = (now_ms) => {
    start_ms ||= now_ms;
    frames++;
    context.clearRect(0, 0, canvas.width, canvas.height);
    if (now_ms - start_ms < duration_ms) requestAnimationFrame(step);
    else resolve((frames * 1000) / (now_ms - start_ms));
  };
  requestAnimationFrame(step);
})
"""


@contextlib.contextmanager
def desk(ships: int) -> Iterator[str]:
    """A made-up desk of so many ships; its address."""
    command = [sys.executable, str(ROOT / "bench" / "page_desk.py"), "--ships", str(ships)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ)
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def browser(*more: str) -> Iterator[Browser]:
    """A Chromium of this machine, without GPU."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *(more or NO_GPU)])
        try:
            yield made
        finally:
            made.close()


def wait(page: Page, expression: str, patience_s: float = PATIENCE_S) -> None:
    """Until it is true; the page's policy forbids what playwright has for this."""
    end = time.monotonic() + patience_s
    while not page.evaluate(expression):
        if time.monotonic() > end:
            raise TimeoutError(f"never true: {expression}")
        page.wait_for_timeout(25)


def opened(made: Browser, url: str, where: str = "", noted: bool = True) -> Page:
    """The page with all its ships; it has nothing from an earlier visit."""
    page = made.new_context(viewport=SIZE).new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    if noted:
        page.add_init_script(NOTE)
    page.goto(url + where)
    wait(page, "Boolean((window.tankerwatch ?? window.peer)?.ready)")
    return page


def blank(made: Browser, duration_ms: int = 1500) -> float:
    """Frames a second of an empty page with one blank canvas of the map's size, which is cleared at each."""
    page = made.new_context(viewport=SIZE).new_page()
    fps: float = page.evaluate(BLANK, duration_ms)
    page.context.close()
    return fps


def look(page: Page, where: str) -> None:
    """Move the page's map, and let it come to rest."""
    page.evaluate(f"location.hash = '#map={where}'")
    page.wait_for_timeout(1200)


def pan(page: Page, duration_ms: int) -> tuple[float, float]:
    """(frames a second while the map goes in a circle, processor time of the page's thread for each frame in ms).

    The second is not lengthened by what else the machine does.
    """
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _task_s(session)
    fps: float = page.evaluate(f"(window.tankerwatch ?? window.peer).fps({duration_ms})")
    used_s = _task_s(session) - before
    session.detach()
    return fps, 1000 * used_s / max(1.0, fps * duration_ms / 1000)


def _task_s(session: CDPSession) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def fetched(address: str) -> Any:
    """What the made-up desk answers."""
    with urlopen(address) as answer:
        return json.load(answer)


def push_lags(page: Page, url: str) -> list[float]:
    """ms from the server's push of positions to the painted frame, of all that came so far; the first ones, with all ships, apart."""
    pushes = fetched(f"{url}bench/pushes")
    painted = page.evaluate("window.bench.painted")
    return [1000 * (at - pushes[n]) for n, at in enumerate(painted) if at and n > 3 and n < len(pushes)]


def alert_lags(page: Page, url: str, seconds: float) -> list[float]:
    """ms from the raising of an alert on the desk to its painting, one each half second."""
    end = time.monotonic() + seconds
    raised = []
    while time.monotonic() < end:
        page.wait_for_timeout(430)
        raised.append(fetched(f"{url}bench/alert")["id"])
    page.wait_for_timeout(1000)
    painted = page.evaluate("window.bench.alerts")
    lags = [1000 * painted[name] - int(name[1:]) for name in raised if painted.get(name)]
    if len(lags) < len(raised):
        raise RuntimeError(f"{len(raised) - len(lags)} of {len(raised)} alerts were never painted")
    return lags


def first_ships_ms(page: Page) -> float:
    """From the beginning of the visit to the first painted frame with all ships."""
    painted: float = page.evaluate("1000 * window.bench.painted[0] - performance.timeOrigin")
    return painted


def family() -> list[int]:
    """The processes of the browser: those whose line of parents leads to this program."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = []
    for pid in parents:
        line = pid
        while line in parents and line != os.getpid():
            line = parents[line]
        if line == os.getpid() and pid != os.getpid() and b"chrom" in (Path("/proc") / str(pid) / "cmdline").read_bytes():
            found.append(pid)
    return found


def cpu_s(pids: list[int]) -> float:
    """Processor time that these processes have used."""
    used = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            words = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
            used += (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    return used


def share_of_a_core(seconds: float) -> float:
    """Of one core, all processes of the browser together, the page left alone."""
    pids = family()
    before, start = cpu_s(pids), time.monotonic()
    time.sleep(seconds)
    return (cpu_s(pids) - before) / (time.monotonic() - start)


def heap_mb(page: Page) -> float:
    """What JavaScript holds after a collection."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")
    session.detach()
    return (used["usedSize"] + used.get("backingStorageSize", 0)) / 1e6


def p95(values: list[float]) -> float:
    """The value that one in twenty exceeds."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]
