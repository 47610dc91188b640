"""The runs of `journal.py`: what the journal does, timed. As a program it is a child of one: a run under strace, a writer to be killed."""

from __future__ import annotations

import pickle
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import journal_peers as peers
from journal_peers import Run
from river import feed

from tankerwatch.core.tables import Batch, Lines
from tankerwatch.decode import Decoder
from tankerwatch.historian import bring_up_to_date
from tankerwatch.ingest.recorded import recorded
from tankerwatch.store.copies.replicas import DirectoryTarget
from tankerwatch.store.copies.restore import DirectoryCopy, restore
from tankerwatch.store.files import FileLayer
from tankerwatch.store.history import manifest
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.verify import verify

COMMIT_ROWS = 5000
GROUP_S = 0.02
DRILL_ROWS_A_SECOND = 2000
Said = list[tuple[float, bytes]]


class Counted(FileLayer):
    """Counts what is waited for."""

    syncs = 0

    def sync(self, handle: int) -> None:
        """Once more."""
        self.syncs += 1
        super().sync(handle)

    def sync_directory(self, directory: Path) -> None:
        """Once more."""
        self.syncs += 1
        super().sync_directory(directory)


def sync_ms(parent: Path, size: int = 130_000, rounds: int = 40) -> float:
    """What a machine as it is now takes for one write and sync of a commit's bytes, median: no contestant can be faster."""
    data, files, took = memoryview(bytes(size)), FileLayer(), []
    handle = files.create(parent / "sync")
    for _ in range(rounds):
        before_s = time.perf_counter()
        files.write(handle, data)
        files.sync(handle)
        took.append(1000 * (time.perf_counter() - before_s))
    files.close(handle)
    (parent / "sync").unlink()
    return statistics.median(took)


def positions(most: int) -> Said:
    """(receive time, sentence) of position reports alone: each is one row for everybody."""
    said: Said = []
    for time_s, line in feed(20_000, 1 << 30):
        if b",1,1,," in line:
            said.append((time_s, line))
            if len(said) == most:
                break
    return said


def batch_of(said: Said, first_row: int) -> Batch:
    """A batch as a source delivers it."""
    return Batch(
        Lines.of([line for _, line in said], [time_s for time_s, _ in said], list(range(first_row, first_row + len(said)))),
        clock_s=said[-1][0],
    )


def cut(said: Said, size: int) -> list[Batch]:
    """Batches of so many lines."""
    return [batch_of(said[at : at + size], at + 1) for at in range(0, len(said), size)]


def ours_run(folder: Path, batches: list[Batch], *, built: bool) -> Run:
    """All commits, back to back, each durable before the next; `built`: with both Parquet forms behind it."""
    files, took = Counted(), []
    begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
    with FileJournal(folder, files=files) as journal:
        for batch in batches:
            before_s = time.perf_counter()
            journal.append(batch)
            journal.commit()
            took.append(1000 * (time.perf_counter() - before_s))
        if not built:
            wall_s, cpu_s = time.perf_counter() - begin_s, time.process_time() - begin_cpu_s
        size = sum(path.stat().st_size for path in journal.folder.glob("*.journal"))
    if built:
        told = bring_up_to_date(folder)
        wall_s, cpu_s = time.perf_counter() - begin_s, time.process_time() - begin_cpu_s
        assert told.positions == sum(len(batch.lines) for batch in batches), told
        size += sum(path.stat().st_size for path in manifest.history_of(folder).rglob("*.parquet"))
    return Run(wall_s, cpu_s, took, files.syncs, size)


def in_folder(parent: Path, run: Callable[[Path], Run]) -> Run:
    """A run in a folder of its own, which is removed."""
    with tempfile.TemporaryDirectory(dir=parent) as name:
        return run(Path(name))


def strace_syncs(name: str, kept: Path, parent: Path) -> int:
    """The fsync and fdatasync calls of a whole run in a process of its own; -1 where strace is not there or may not trace."""
    if not shutil.which("strace"):
        return -1
    told = parent / "strace"
    command = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=fsync,fdatasync", "-e", "signal=none", "-o", str(told)]
    done = subprocess.run([*command, sys.executable, __file__, "--once", name, str(kept)], capture_output=True, check=False)
    return sum("sync(" in line for line in told.read_text().splitlines()) if done.returncode == 0 else -1


def once(name: str, kept: Path) -> None:
    """In a process of its own, under strace."""
    said, rows = pickle.loads(kept.read_bytes())
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        if name == "sqlite":
            peers.sqlite_run(Path(folder), rows)
        else:
            ours_run(Path(folder), cut(said, COMMIT_ROWS), built=name == "built")


def paced(journal: FileJournal, said: Said, rate: int, seconds: float) -> Iterator[tuple[int, float]]:
    """Append and commit every 20 ms at a rate; the number of each commit's last record and when it was handed over."""
    group = cut(said[: round(rate * GROUP_S) * 50], round(rate * GROUP_S))
    begin_s = time.perf_counter()
    for step in range(round(seconds / GROUP_S)):
        time.sleep(max(0.0, begin_s + (step + 1) * GROUP_S - time.perf_counter()))
        handed_s = time.perf_counter()
        number = journal.append(group[step % len(group)])
        journal.commit()
        yield number, handed_s


def share(parent: Path, said: Said, copies: int, rate: int, seconds: float) -> float:
    """The share of a core that journal and copies take, the pacing counted in."""
    with tempfile.TemporaryDirectory(dir=parent) as name:
        targets = [DirectoryTarget(Path(name) / f"copy{n}") for n in range(1, copies)]
        with FileJournal(Path(name) / "data", targets=targets, min_copies=copies) as journal:
            list(paced(journal, said, rate, 0.5))
            begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
            list(paced(journal, said, rate, seconds))
            return (time.process_time() - begin_cpu_s) / (time.perf_counter() - begin_s)


def latencies(parent: Path, said: Said, rate: int, seconds: float) -> list[float]:
    """Milliseconds of each commit from `append` to durable on two copies."""
    with tempfile.TemporaryDirectory(dir=parent) as name:
        target = DirectoryTarget(Path(name) / "copy")
        with FileJournal(Path(name) / "data", targets=[target], min_copies=2) as journal:
            handed: list[tuple[int, float]] = []
            took: list[float] = []
            ended = threading.Event()

            def look() -> None:
                at = 0
                while not ended.is_set() or at < len(handed):
                    durable, now_s = journal.durable, time.perf_counter()
                    while at < len(handed) and handed[at][0] <= durable:
                        took.append(1000 * (now_s - handed[at][1]))
                        at += 1
                    time.sleep(0.0003)

            list(paced(journal, said, rate, 0.5))
            looking = threading.Thread(target=look)
            looking.start()
            for now in paced(journal, said, rate, seconds):
                handed.append(now)  # noqa: PERF402  # at once: the other thread waits for it
            ended.set()
            looking.join()
            return took


def log_read(parent: Path, path: Path, how: str, work: Callable[[Batch], object]) -> tuple[float, float]:
    """Wall and CPU seconds of reading a log; how: alone · in turn · beside (journal on a second thread, as the desk does)."""
    with tempfile.TemporaryDirectory(dir=parent) as name, FileJournal(Path(name)) as journal:
        begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
        for batch in recorded([path]).batches():
            keeping: threading.Thread | None = None

            def keep(batch: Batch = batch) -> None:
                journal.append(batch)
                journal.commit()

            if how == "beside":
                keeping = threading.Thread(target=keep)
                keeping.start()
            elif how == "in turn":
                keep()
            work(batch)
            if keeping is not None:
                keeping.join()  # durable before anybody is told
        return time.perf_counter() - begin_s, time.process_time() - begin_cpu_s


def writer(who: str, folder: Path) -> None:
    """In a process of its own, until it is killed: 2,000 rows a second, and on stdout how many are acknowledged."""
    size = round(DRILL_ROWS_A_SECOND * GROUP_S)
    said = positions(60 * DRILL_ROWS_A_SECOND)
    if who == "sqlite":
        commits = [peers.rows_of(Decoder().decode(batch.lines).fixes) for batch in cut(said, size)]
        with peers.sqlite(folder / "data" / "peer.sqlite") as base:
            print("ready", flush=True)
            sys.stdin.readline()
            begin_s = time.perf_counter()
            for number, rows in enumerate(commits, 1):
                peers.insert(base, rows)
                print(number * size, flush=True)
                time.sleep(max(0.0, begin_s + number * GROUP_S - time.perf_counter()))
        return
    with FileJournal(folder / "data", targets=[DirectoryTarget(folder / "copy")], min_copies=2) as journal:
        print("ready", flush=True)
        sys.stdin.readline()
        for _ in paced(journal, said, DRILL_ROWS_A_SECOND, 60):
            print(journal.durable, flush=True)


def drill(who: str, parent: Path, seconds: float, litestream: str = "") -> tuple[int, int]:
    """Kill the writer (and Litestream), delete the primary, restore: rows acknowledged, and rows that came back."""
    with tempfile.TemporaryDirectory(dir=parent) as name:
        folder = Path(name)
        (folder / "data").mkdir()
        process = subprocess.Popen(
            [sys.executable, __file__, "--writer", who, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdin and process.stdout
        process.stdout.readline()
        base, replica = folder / "data" / "peer.sqlite", folder / "replica"
        shipping = peers.replicate(litestream, base, replica) if litestream else None
        time.sleep(2)
        process.stdin.write("go\n")
        process.stdin.flush()
        threading.Timer(seconds, lambda: [each.send_signal(signal.SIGKILL) for each in (process, shipping) if each]).start()
        acknowledged = [int(line) for line in process.stdout if line.endswith("\n")][-1]
        process.wait()
        if shipping:
            shipping.wait()
        shutil.rmtree(folder / "data")
        if shipping:
            return acknowledged, peers.restore(litestream, folder / "back.sqlite", replica)
        back = restore(DirectoryCopy(folder / "copy"), folder / "back")
        assert verify(folder / "back", replica=folder / "copy").intact is not False
        return acknowledged, back.records


def recovered(parent: Path, batches: list[Batch], size: int) -> tuple[int, int, float, float]:
    """Bytes and records of a journal of at least `size` bytes, seconds of its restore with verification, and of verification alone."""
    with tempfile.TemporaryDirectory(dir=parent) as name:
        folder = Path(name)
        with FileJournal(folder / "data") as journal:
            while (held := sum(path.stat().st_size for path in journal.folder.glob("*.journal"))) < size:
                for batch in batches:
                    journal.append(batch)
                journal.commit()
            records = journal.durable
        begin_s = time.perf_counter()
        back = restore(DirectoryCopy(folder / "data"), folder / "back")
        restored_s = time.perf_counter()
        verdict = verify(folder / "back")
        end_s = time.perf_counter()
        assert back.records == verdict.records == records, (back, verdict)
        assert verdict.first_fault is None, verdict
        return held, records, end_s - begin_s, end_s - restored_s


if __name__ == "__main__":
    if sys.argv[1] == "--once":
        once(sys.argv[2], Path(sys.argv[3]))
    else:
        writer(sys.argv[2], Path(sys.argv[3]))
