"""The pace of the page, in a real browser without GPU, against a blank canvas, MapLibre GL and one OpenLayers feature a ship.

    make bench                                       # all of it, with a soak of two minutes
    python bench/page.py --rounds 1 --no-peers       # a short look; writes nothing
    python bench/page.py --rounds 0 --soak-s 3600    # the soak of an hour alone; --write bench/RESULTS-soak.md
    python bench/page.py --write bench/RESULTS-page.md

A made-up desk in a process of its own speaks the real wire: a tenth of its ships is heard anew each second, a third of them lie in one
sea. The page is as a watchkeeper has it: 1280×800, names on, a ship selected with her track of 2,000 points, the pointer looking for a
ship at each frame. Its map goes in a circle, and the figure is frames a second as a share of those of a blank canvas in the same browser,
before and after. Medians over rounds; the browser, the desk and this program share the machine.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import statistics
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from page_alert import RATE, sentence_to_paint
from page_browser import (
    CHROMIUM,
    GL_BY_CPU,
    NO_GPU,
    ROOT,
    alert_lags,
    blank,
    browser,
    desk,
    fetched,
    first_ships_ms,
    heap_mb,
    look,
    opened,
    p95,
    pan,
    push_lags,
    share_of_a_core,
)

from decode import commit, machine

PEERS = Path(__file__).resolve().parent / "page"
DIST = ROOT / "src" / "tankerwatch" / "web" / "dist"
WORLD = "1.6/20/20"
VIEWS = {
    "the world": WORLD,
    "a third of the ships": "5/25.4/57.2",
    "the dense sea": "7/25.4/57.2",
    "a part of it": "8/25.4/57.2",
    "near": "9/25.4/57.2",
    "a harbour": "11/25.4/57.2",
}
PEER_VIEWS = ("the world", "the dense sea", "near")
FIRST_SHIP = 200_000_001
SELECTED = f"&ship={FIRST_SHIP}"
Figures = dict[str, list[float]]


def script_kb() -> float:
    """The gzipped script that comes before the first paint: what the page loads at once."""
    seen: set[str] = set()
    waiting = ["app.js"]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += re.findall(r'(?:from|import)\s*"\./([\w.-]+\.js)"', (DIST / name).read_text(encoding="utf-8"))
    return sum(len(gzip.compress((DIST / name).read_bytes(), 9)) for name in seen) / 1000


def ours(ships: int, figures: Figures, full: bool) -> None:
    """One round of the page; `full` measures all, else its panning only."""
    with desk(ships) as url, browser() as made:
        before = blank(made)
        page = opened(made, url, f"#map={WORLD}{SELECTED}")
        figures["first ships, ms"].append(first_ships_ms(page))
        page.wait_for_timeout(1500)
        rates = {}
        for name, where in VIEWS.items():
            look(page, where + SELECTED)
            rates[name], used_ms = pan(page, 2000)
            figures[f"ms a frame, {name}"].append(used_ms)
            figures[f"in view, {name}"].append(page.evaluate("tankerwatch.inView()"))
        if full:
            look(page, VIEWS["the dense sea"])
            figures["share of a core left open"].append(share_of_a_core(12))
            figures["alert push to paint, ms"] += alert_lags(page, url, 8)
        figures["push to paint, ms"] += push_lags(page, url)
        figures["heap, MB"].append(heap_mb(page))
        page.context.close()
        reference = (before + blank(made)) / 2
    figures["blank, frames/s"].append(reference)
    for name, fps in rates.items():
        figures[f"pan, {name}"].append(fps / reference)
        figures[f"frames/s, {name}"].append(fps)


def peer(who: str, flags: tuple[str, ...], ships: int, figures: Figures) -> None:
    """One round of a peer's page."""
    with desk(ships) as url, browser(*flags) as made:
        before = blank(made)
        page = opened(made, f"{url}bench/peers/{who}.html", f"#map={WORLD}")
        page.wait_for_timeout(5000)
        figures["first ships, ms"].append(first_ships_ms(page) if page.evaluate("Boolean(window.bench.painted[0])") else float("inf"))
        rates = {}
        for name in PEER_VIEWS:
            look(page, VIEWS[name])
            rates[name], used_ms = pan(page, 2000)
            figures[f"ms a frame, {name}"].append(used_ms)
        look(page, VIEWS["the dense sea"])
        figures["share of a core left open"].append(share_of_a_core(8))
        figures["push to paint, ms"] += push_lags(page, url)
        figures["heap, MB"].append(heap_mb(page))
        page.context.close()
        reference = (before + blank(made)) / 2
    for name, fps in rates.items():
        figures[f"pan, {name}"].append(fps / reference)
        figures[f"frames/s, {name}"].append(fps)


def peers_built() -> str:
    """Makes the pages of the peers; why they cannot be, "" when they are there."""
    if shutil.which("npm") is None:
        return "there is no Node on this machine"
    for command in (["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"], ["npm", "run", "--silent", "build"]):
        try:
            subprocess.run(command, cwd=PEERS, check=True, capture_output=True, text=True, timeout=600)
        except (OSError, subprocess.SubprocessError) as fault:
            words = str(getattr(fault, "stderr", "") or fault).strip().splitlines()
            return f"{' '.join(command[:2])} failed: {words[-1][:160] if words else 'without a word'}"
    return ""


def soak(seconds: float) -> tuple[list[tuple[float, float]], float]:
    """(time, heap in MB) each twenty seconds at 50,000 ships; and its slope, MB an hour, after the first quarter.

    Someone looks about, selects one ship after the other, opens the page of each, and an alert is raised each time.
    """
    found: list[tuple[float, float]] = []
    with desk(50_000) as url, browser() as made:
        page = opened(made, url, f"#map={WORLD}{SELECTED}", noted=False)
        troubles: list[str] = []
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        start = time.monotonic()
        while time.monotonic() - start < seconds:
            for name in ("the world", "near", "the dense sea", "a harbour"):
                ship = FIRST_SHIP + 13 * len(found) % 50_000
                look(page, f"{VIEWS[name]}&ship={ship}")
                pan(page, 500)
            look(page, f"{VIEWS[name]}&page=ship/{ship}")
            fetched(f"{url}bench/alert")
            page.wait_for_timeout(max(0.0, 20_000 - 1000 * ((time.monotonic() - start) % 20)))
            found.append((time.monotonic() - start, heap_mb(page)))
            if troubles:  # a page that fails keeps no heap that is worth weighing
                raise RuntimeError(f"the page complains: {troubles[0][:160]}")
    settled = [row for row in found if row[0] >= seconds / 4]
    slope = statistics.linear_regression(*zip(*settled, strict=True)).slope * 3600 if len(settled) > 1 else float("nan")
    return found, slope


def soaked(seconds: float, heaps: list[tuple[float, float]], slope: float) -> str:
    """What a soak found, in words."""
    words = ", ".join(f"{value:.1f}" for _, value in heaps[:: max(1, len(heaps) // 12)])
    return f"Heap over {seconds:.0f} s of looking about, after collections, MB: {words}; {slope:+.1f} MB an hour after the first quarter."


def verdict(found: float, bar: float, most: bool) -> str:
    """Whether a bar is met."""
    return "met" if (found <= bar if most else found >= bar) else "**missed**"


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--rounds", type=int, default=5, help="rounds of which medians are taken (default 5; 0 leaves all but the soak out)"
    )
    parser.add_argument("--ships", default="50000,200000", help="numbers of ships (default 50000,200000)")
    parser.add_argument(
        "--soak-s", type=float, default=120, help="how long the heap is watched (default 120; an hour is 3600; 0 leaves it out)"
    )
    parser.add_argument("--alerts", type=int, default=40, help="beacons in the run of the whole program (default 40; 0 leaves it out)")
    parser.add_argument("--no-peers", action="store_true", help="leave MapLibre and OpenLayers out")
    parser.add_argument("--write", type=Path, help="file to write the results to, as Markdown")
    chosen = parser.parse_args()
    if CHROMIUM is None:
        print("page: not run, there is no Chromium on this machine")
        return
    sizes = [int(size) for size in chosen.ships.split(",")]
    said: list[str] = []

    def say(text: str = "") -> None:
        print(text, flush=True)
        said.append(text)

    with browser() as made:
        version = made.version
    say("# The pace of the page\n")
    say(f"Written by `make bench` (`bench/page.py`) on {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC · commit {commit()}.")
    say(f"Machine: {machine()}; load {os.getloadavg()[0]:.1f} at the beginning. Chromium {version} without GPU, 1280×800.")
    if not chosen.rounds:
        say(soaked(chosen.soak_s, *soak(chosen.soak_s)))
        if chosen.write:
            chosen.write.write_text("\n".join(said) + "\n", encoding="utf-8")
        return
    say(f"Medians of {chosen.rounds} rounds; names, a track of 2,000 points and picking on, a tenth of the ships heard a second.\n")
    figures: dict[int, Figures] = {size: defaultdict(list) for size in sizes}
    why_not = "left out by --no-peers" if chosen.no_peers else peers_built()
    contestants: dict[str, tuple[str, tuple[str, ...]]] = {
        "one OpenLayers feature a ship": ("features", NO_GPU),
        "MapLibre GL, GeoJSON symbols": ("maplibre", GL_BY_CPU),
    }
    beside: dict[str, Figures] = {name: defaultdict(list) for name in contestants}
    troubles: dict[str, str] = {}
    for turn in range(chosen.rounds):
        for size in sizes:
            ours(size, figures[size], size == sizes[0])
        for name, (who, flags) in contestants.items() if not why_not else ():
            try:
                peer(who, flags, sizes[0], beside[name])
            except Exception as fault:  # a peer that breaks is told, and stops nothing
                troubles[name] = str(fault).splitlines()[0][:160]
        print(f"round {turn + 1} of {chosen.rounds}", flush=True)
    _tables(say, sizes, figures, chosen.soak_s, chosen.alerts)
    say(f"\n## Beside others, {sizes[0]:,} ships, the same data, machine and run\n")
    if why_not:
        say(f"Not run: {why_not}.")
    else:
        _beside(say, figures[sizes[0]], beside)
        for name, words in troubles.items():
            say(f"\n{name}: a round failed ({words}).")
    say(f"\nLoad at the end: {os.getloadavg()[0]:.1f}.")
    if chosen.write:
        chosen.write.write_text("\n".join(said) + "\n", encoding="utf-8")


def _tables(say: Callable[[str], None], sizes: list[int], figures: dict[int, Figures], soak_s: float, alerts: int) -> None:
    middle = statistics.median
    first = figures[sizes[0]]
    say("| what | found | bar | |")
    say("|---|---|---|---|")
    for size in sizes:
        worst = min(VIEWS, key=lambda name, size=size: middle(figures[size][f"pan, {name}"]))
        share, bar = middle(figures[size][f"pan, {worst}"]), 0.8 if size <= 50_000 else 0.4
        words = f"panning at {size:,} ships, worst view ({worst}), share of a blank canvas"
        say(f"| {words} | {share:.2f} | ≥ {bar} | {verdict(share, bar, False)} |")
    rows: list[tuple[str, float, float, str]] = [
        ("server push to painted frame, p95", p95(first["push to paint, ms"]), 100, "ms"),
        ("first ships", middle(first["first ships, ms"]), 1000, "ms"),
        ("gzipped script before the first paint", script_kb(), 180, "kB"),
        ("left open, dense sea, whole browser", 100 * middle(first["share of a core left open"]), 15, "% of a core"),
        ("alert pushed to alert painted, p95", p95(first["alert push to paint, ms"]), 500, "ms"),
    ]
    found: list[float] = []
    if alerts:
        try:
            with browser() as made:
                found = sentence_to_paint(made, alerts)
        except Exception as fault:  # the other figures took half an hour
            say(f"| sentence on the socket to alert painted | not measured: {fault} | ≤ 500 ms | |")
    if found:
        rows.append((f"sentence on the socket to alert painted, whole program at {RATE:,} messages/s, p95", p95(found), 500, "ms"))
    for name, value, bar, unit in rows:
        say(f"| {name} | {value:.0f} {unit} | ≤ {bar:.0f} {unit} | {verdict(value, bar, True)} |")
    if found:
        say(f"\nSentence to alert: median {middle(found):.0f} ms, {min(found):.0f} to {max(found):.0f} ms, {len(found)} beacons.")
    if soak_s:
        say("\n" + soaked(soak_s, *soak(soak_s)))
    say("\n## Panning by view: frames a second (share of a blank canvas; processor time of the page's thread for a frame; ships in view)\n")
    say("A frame has 16.7 ms; the processor time does not grow with what else this machine does, frames a second do shrink.\n")
    say("| ships | blank | " + " | ".join(VIEWS) + " |")
    say("|---|---|" + "---|" * len(VIEWS))
    for size in sizes:
        of = figures[size]
        cells = []
        for name in VIEWS:
            fps, share, used_ms, seen = (middle(of[f"{what}, {name}"]) for what in ("frames/s", "pan", "ms a frame", "in view"))
            cells.append(f"{fps:.0f} ({share:.2f}; {used_ms:.1f} ms; {seen:,.0f})")
        say(f"| {size:,} | {middle(of['blank, frames/s']):.0f} | {' | '.join(cells)} |")


def _beside(say: Callable[[str], None], page: Figures, beside: dict[str, Figures]) -> None:
    middle = statistics.median
    say("The peers draw one symbol a ship and nothing else: no names, no tracks, no picking, no ageing.\n")
    say(
        "| who | "
        + " | ".join(f"pan, {name}" for name in PEER_VIEWS)
        + " | push to paint, p50 / p95 ms | % of a core left open | heap, MB |"
    )
    say("|---|" + "---|" * (len(PEER_VIEWS) + 3))
    for name, of in {"Tankerwatch": page, **beside}.items():
        if not of["heap, MB"]:
            continue
        pans = [
            f"{middle(of[f'frames/s, {view}']):.1f} ({middle(of[f'pan, {view}']):.2f}; {middle(of[f'ms a frame, {view}']):.0f} ms)"
            for view in PEER_VIEWS
        ]
        lags = of["push to paint, ms"]
        lag = f"{middle(lags):.0f} / {p95(lags):.0f}" if lags else "none painted in time"
        say(f"| {name} | {' | '.join(pans)} | {lag} | {100 * middle(of['share of a core left open']):.0f} | {middle(of['heap, MB']):.0f} |")


if __name__ == "__main__":
    main()
