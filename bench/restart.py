"""How soon a desk that is started again shows the picture: from a snapshot and the journal after it, and from the journal alone.

    python bench/restart.py --records 300000 --ships 2000    # a short look; writes nothing
    python bench/restart.py --write bench/RESULTS-restart.md

The journal is that of a made-up busy feed (`river.py`), ten frames a second as a live desk writes them. Each start is a process of its own,
timed from before its beginning to when its page could show every ship; no page and no feed are opened. `killed`: the newest snapshot is as
old as one may be.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from river import feed

from decode import commit, machine
from tankerwatch.config import load
from tankerwatch.core.tables import Batch, Lines
from tankerwatch.desk.live import LiveDesk
from tankerwatch.desk.snapshots import EVERY_RECORDS, Keeper
from tankerwatch.detect import catalog
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.snapshots import found, snapshots_of
from tankerwatch.web.live import Hub

FRAMES_A_SECOND = 10
JOINED = 200


def batches(records: int, ships: int) -> Iterator[Batch]:
    """So many lines, a tenth of a second at a time."""
    row = 1
    for tenth, part in groupby(feed(ships, 1 << 30), key=lambda said: int(said[0] * FRAMES_A_SECOND)):
        said = list(part)[: records + 1 - row]
        times, lines = [time_s for time_s, _ in said], [line for _, line in said]
        yield Batch(lines=Lines.of(lines, times, list(range(row, row + len(said)))), clock_s=(tenth + 1) / FRAMES_A_SECOND)
        row += len(said)
        if row > records:
            return


def opened(data: Path) -> LiveDesk:
    """A desk over a data directory, as `watch` makes it."""
    config = load(None, catalog.detectors())
    journal, register = FileJournal(data), FeedRegister(data)
    register.index_of("tcp://127.0.0.1:10110")
    keeper = Keeper(data, journal, config, lambda: register.names, every_s=1e9, every_records=1 << 60)
    return LiveDesk(config, journal, register, Hub(), keeper=keeper)


def build(data: Path, records: int, ships: int, after: int) -> None:
    """A journal, and a snapshot as it was `after` records before its end."""
    desk, held, seen = opened(data), [], 0
    for number, batch in enumerate(batches(records, ships)):
        desk.journal.append(batch)
        if number % JOINED == 0:
            desk.journal.commit()
        if desk.keeper is None:
            continue
        held.append(batch)
        seen += len(batch.lines)
        if len(held) == JOINED or seen >= records - after:
            desk.register.note(batch)
            desk.river.take(Batch(lines=Lines.concat([each.lines for each in held]), clock_s=batch.clock_s))
            held = []
        if seen >= records - after:
            desk.journal.commit()
            desk._tip = desk.keeper.tip(desk.journal.records)
            desk.close()
            desk.keeper = None
    desk.journal.close()


def start(data: Path, close: bool) -> None:
    """In a process of its own: start, and say how long it took; `close`: stop as a desk does."""
    begin_s, read = time.perf_counter(), [0]
    desk = opened(data)
    desk.rebuild(lambda lines: read.__setitem__(0, read[0] + lines))
    rebuilt_s = time.perf_counter()
    desk._draw()
    assert desk.picture is not None
    told = {"ships": int((~desk.picture.gone).sum()), "alerts": len(desk.river.triage.alerts), "read": read[0]}
    told |= {
        "rebuilt_s": rebuilt_s - begin_s,
        "drawn_s": time.perf_counter() - rebuilt_s,
        "cpu_s": time.process_time(),
        "ended_s": time.monotonic(),
    }
    if close:
        before_s = time.perf_counter()
        desk.close()
        assert desk.keeper is not None
        told |= {"pause_s": desk.keeper.pause_s, "closed_s": time.perf_counter() - before_s}
    print(json.dumps(told), flush=True)


def started(data: Path, *, close: bool = False) -> dict[str, float]:
    """What a new process says, and `whole_s` with its own beginning."""
    command = [sys.executable, __file__, "--start", str(data), *(["--close"] if close else [])]
    begin_s = time.monotonic()
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    return {**told, "whole_s": told["ended_s"] - begin_s}


def main() -> None:
    """Build, start, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--ships", type=int, default=20_000)
    parser.add_argument("--after", type=int, default=EVERY_RECORDS, help="records since the newest snapshot when it is killed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path, help="file to write the results to, as Markdown")
    parser.add_argument("--start", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--close", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.start:
        start(chosen.start, chosen.close)
        return
    said: list[str] = []

    def say(text: str = "") -> None:
        print(text, flush=True)
        said.append(text)

    say("# How soon a desk is back\n")
    say(f"Written by `bench/restart.py` on {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC · commit {commit()}.")
    say(f"Machine: {machine()}; load {os.getloadavg()[0]:.1f} at the beginning.\n")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        build(data, chosen.records, chosen.ships, chosen.after)
        size = sum(path.stat().st_size for path in (data / "journal").iterdir())
        say(f"A journal of {chosen.records:,} records of {chosen.ships:,} ships, {size / 1e6:,.0f} MB.\n")
        say("| start | records read again | process start to picture, s | CPU s of it | ships | alerts |")
        say("|---|---|---|---|---|---|")

        def row(name: str, rounds: list[dict[str, float]]) -> None:
            whole, inner = sorted(each["whole_s"] for each in rounds), statistics.median(each["cpu_s"] for each in rounds)
            spread = f" ({whole[0]:.2f} to {whole[-1]:.2f})" if len(whole) > 1 else ""
            first = rounds[0]
            told = f"{statistics.median(whole):.2f}{spread} | {inner:.2f} | {first['ships']:,} | {first['alerts']}"
            say(f"| {name} | {first['read']:,} | {told} |")

        row("killed, snapshot as old as may be", [started(data) for _ in range(chosen.rounds)])
        stopped = started(data, close=True)
        row("stopped", [started(data) for _ in range(chosen.rounds)])
        bytes_each = next(found(data)).stat().st_size
        for path in snapshots_of(data).iterdir():
            path.unlink()
        row("journal alone", [started(data)])
        say(f"\nA snapshot is {bytes_each / 1e6:,.0f} MB; making it held the desk for {stopped['pause_s']:.2f} s, and it was")
        say(f"durable after {stopped['closed_s']:.2f} s. Bar (issue 5): the picture is back in less than 5 s with 10 million records.")
    if chosen.write:
        chosen.write.write_text("\n".join(said) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
