"""The speed of the whole river - decode, track, all detectors, triage - against what it costs a peer merely to decode the same lines.

    make bench                                           # with the peers that can be installed
    python bench/river.py --ships 2000 --live-ships 0    # a short look; writes nothing
    python bench/river.py --write bench/RESULTS-river.md

The input is a made-up busy feed: ships in company, two in five of them at anchor, their static data every six minutes, a tag block on every
line. CPU time, runs that alternate in one process, warm; live: one frame a second, as a desk has them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from decode import Contestant, aiscat_dictionaries, commit, cpu_s, installed, machine, race, ratios
from tankerwatch.config import load
from tankerwatch.core.ais.encoder import POSITION_A, payloads, static_voyage
from tankerwatch.core.ais.framing import sentences, tag
from tankerwatch.core.tables import Batch, Lines
from tankerwatch.detect import catalog
from tankerwatch.ingest.recorded import recorded
from tankerwatch.pipeline import River, run

START_S = 1_700_000_400
SHIP_TYPES = (30, 36, 52, 60, 70, 70, 79, 80, 80)


def feed(ships: int, seconds: int, seed: int = 1) -> Iterator[tuple[float, bytes]]:
    """(receive time, sentence with tag block) in order of time."""
    dice = np.random.default_rng(seed)
    company = np.arange(ships) // 40
    lat = dice.uniform(-50, 60, company[-1] + 1)[company] + dice.normal(0, 0.2, ships)
    lon = dice.uniform(-170, 170, company[-1] + 1)[company] + dice.normal(0, 0.3, ships)
    anchored = dice.random(ships) < 0.4
    sog, cog = np.where(anchored, 0.1, dice.uniform(6, 18, ships)), dice.uniform(0, 359.9, ships)
    every = np.where(anchored, 180.0, np.where(sog > 14, 6.0, 10.0))
    phase = dice.uniform(0, 1, ships)
    ship_type = dice.choice(SHIP_TYPES, ships)
    mmsi = 200_000_000 + 7 * np.arange(ships)
    for begin in range(0, seconds, 60):
        first = np.ceil((begin - phase * every) / every)
        times = [(first[s] + phase[s] + np.arange(int(61 / every[s]) + 1)) * every[s] for s in range(ships)]
        ship = np.repeat(np.arange(ships), [len(t) for t in times])
        sent = np.concatenate(times)
        inside = (sent >= begin) & (sent < min(begin + 60, seconds))
        order = np.flatnonzero(inside)[np.argsort(sent[inside], kind="stable")]
        sent, ship = sent[order], ship[order]
        run_nm = sog[ship] * sent / 3600 * ~anchored[ship]
        course = np.radians(cog[ship])
        made = payloads(
            POSITION_A, msg_type=1, repeat=0, mmsi=mmsi[ship], nav_status=np.where(anchored[ship], 1, 0), turn_raw=0, sog_kn=sog[ship],
            accurate=0, lon_deg=lon[ship] + run_nm * np.sin(course) / 60 / np.cos(np.radians(lat[ship])),
            lat_deg=lat[ship] + run_nm * np.cos(course) / 60, cog_deg=cog[ship], heading_deg=cog[ship],
            utc_second=(START_S + sent.astype(np.int64)) % 60, manoeuvre=0, raim=0, comm_state=0,
        )  # fmt: skip  # one a line would hide what belongs together
        said = [(START_S + float(t) + 0.2, int(s), payload) for t, s, payload in zip(sent, ship, made, strict=True)]
        for s in np.flatnonzero((phase * 360 // 60 * 60).astype(np.int64) == begin % 360).tolist():
            static = static_voyage(
                int(mmsi[s]), name=f"SHIP {s}", ship_type=int(ship_type[s]), to_bow_m=100, to_stern_m=50, to_port_m=10, to_starboard_m=12
            )
            said.append((START_S + begin + float(phase[s] * 360 % 60), s, static))
        for n, (time_s, s, payload) in enumerate(sorted(said, key=lambda row: row[0])):
            for part in sentences(payload, sequence=n % 10):
                yield time_s, tag(part, time_s=time_s, station=f"s{s % 30}")


def river(path: Path) -> int:
    """Everything, as `tankerwatch analyse` does it; the number of ships."""
    return len(run(recorded([path]), load(None, catalog.detectors())).fleet)


def live(ships: int, seconds: int) -> tuple[float, float]:
    """CPU seconds a second of a desk with so many ships, when warm: mean over whole minutes; and how many messages came a second."""
    desk = River(load(None, catalog.detectors()), ("feed",), frame_s=1)
    row, waiting, second, spent, counted = 0, [], None, 0.0, 0
    for time_s, line in feed(ships, seconds):
        if second is not None and int(time_s) != second:
            batch = Batch(
                lines=Lines.of(*map(list, zip(*waiting, strict=True)), list(range(row, row + len(waiting)))), clock_s=second + 1.0
            )
            before = cpu_s()
            desk.take(batch)
            if second >= START_S + seconds - 120:
                spent += cpu_s() - before
                counted += len(waiting)
            row += len(waiting)
            waiting = []
        second = int(time_s)
        waiting.append((line, time_s))
    return spent / 119, counted / 119


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ships", type=int, default=20_000, help="ships of the race (default 20,000)")
    parser.add_argument("--seconds", type=int, default=600, help="how long they are heard (default 600)")
    parser.add_argument("--live-ships", type=int, default=100_000, help="ships of the live desk (default 100,000; 0: none)")
    parser.add_argument("--live-seconds", type=int, default=240, help="how long they are heard (default 240)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of the race (default 5)")
    parser.add_argument("--write", type=Path, help="file to write the results to, as Markdown")
    chosen = parser.parse_args()
    said: list[str] = []

    def say(text: str = "") -> None:
        print(text, flush=True)
        said.append(text)

    say("# Speed of the whole river\n")
    say(f"Written by `make bench` (`bench/river.py`) on {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC · commit {commit()}.")
    say(f"Machine: {machine()}; load {os.getloadavg()[0]:.1f} at the beginning; {len(catalog.detectors())} detectors on duty.\n")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feed.nmea"
        lines = 0
        with path.open("wb") as file:
            for _, line in feed(chosen.ships, chosen.seconds):
                file.write(line + b"\r\n")
                lines += 1
        say(f"{chosen.ships:,} ships for {chosen.seconds} s: {lines:,} lines, {lines / chosen.seconds:,.0f} a second.\n")
        ours = Contestant("Tankerwatch: decode, track, all detectors, triage", river)
        contestants = [ours]
        if installed("aiscat"):
            contestants.append(Contestant("aiscat: decode to dictionaries", aiscat_dictionaries))
        else:
            print("aiscat is not installed here: left out", flush=True)
        race(contestants, {1: (path, lines)}, chosen.rounds)
        say("| who | million lines / CPU s | µs a line | Tankerwatch is |")
        say("|---|---|---|---|")
        for each in contestants:
            say(f"| {each.name} | {each.told()} | {each.median_s:.2f} | {'' if each is ours else ratios(ours, each)} |")
    if chosen.live_ships:
        rounds = [live(chosen.live_ships, chosen.live_seconds) for _ in range(3)]
        shares, rate = sorted(100 * share for share, _ in rounds), rounds[0][1]
        say(
            f"\nLive, {chosen.live_ships:,} ships, {rate:,.0f} lines a second, live frames: {statistics.median(shares):.1f} % of one core "
            f"({shares[0]:.1f} to {shares[-1]:.1f}, three runs)."
        )
    if chosen.write:
        chosen.write.write_text("\n".join(said) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
