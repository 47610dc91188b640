"""The derived history against PostgreSQL with PostGIS and SQLite, on the same rows: bytes a row, a ship's month, an area.

    make bench                                             # with the peers that are installed
    python bench/history.py --ships 400 --days 5           # a short look; writes nothing
    python bench/history.py --write bench/RESULTS-history.md

The input is made up: ships that go to and fro between ports in the Danish straits, a report every 14 minutes. Smoother and sparser
than real AIS, so bytes are an estimate.

Warm: every question is asked once before it is timed. One process; wall time, median and 90th percentile.
"""

from __future__ import annotations

import argparse
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
from history_said import measured

from decode import commit, machine
from tankerwatch.core.ais.encoder import POSITION_A, payloads
from tankerwatch.core.ais.framing import sentences
from tankerwatch.core.tables import Batch, Fixes, Lines
from tankerwatch.historian import bring_up_to_date
from tankerwatch.store.history import days, manifest
from tankerwatch.store.history.manifest import Day, Manifest
from tankerwatch.store.history.questions import History
from tankerwatch.store.journal import FileJournal

START_S = 1_717_200_000
DAY_S = 86_400
WEST, SOUTH, EAST, NORTH = 7.0, 54.0, 15.0, 58.5
EVERY_S = 864
PORTS = 40
Box = tuple[float, float, float, float]


class Sea:
    """Ships on their ways; the same for the same seed."""

    def __init__(self, ships: int, seed: int = 1) -> None:
        self.dice = np.random.default_rng(seed)
        self.mmsi = (219_000_000 + np.sort(self.dice.choice(900_000, ships, replace=False))).astype(np.uint32)
        lon, lat = self.dice.uniform(WEST, EAST, PORTS), self.dice.uniform(SOUTH, NORTH, PORTS)
        a, b = self.dice.integers(0, PORTS, (2, ships))
        self.ends = lon[a], lat[a], lon[b], lat[b]
        self.period_s, self.phase = self.dice.uniform(20, 90, ships) * 3600, self.dice.random(ships)
        self.first_s = self.dice.uniform(0, EVERY_S, ships)

    def day(self, number: int) -> Fixes:
        """All reports of a day in order of time."""
        steps = DAY_S // EVERY_S
        ship = np.tile(np.arange(len(self.mmsi)), steps)
        time_s = START_S + number * DAY_S + np.repeat(np.arange(steps) * float(EVERY_S), len(self.mmsi)) + self.first_s[ship]
        order = np.argsort(time_s, kind="stable")
        ship, time_s = ship[order], np.round(time_s[order], 3)
        turn = (time_s - START_S) / self.period_s[ship] + self.phase[ship]
        share = np.clip(np.abs(turn % 1 * 2.4 - 1.2) * 1.25 - 0.25, 0, 1)  # two stays in port and two passages
        lon_a, lat_a, lon_b, lat_b = (end[ship] for end in self.ends)
        lon = lon_a + (lon_b - lon_a) * share + self.dice.normal(0, 2e-5, len(ship))
        lat = lat_a + (lat_b - lat_a) * share + self.dice.normal(0, 2e-5, len(ship))
        going = (share > 0) & (share < 1)
        course = np.degrees(np.arctan2((lon_b - lon_a) * 0.56, lat_b - lat_a)) % 360
        n = len(ship)
        return Fixes.blank(n).replace(
            time_s=time_s,
            mmsi=self.mmsi[ship],
            msg_type=np.full(n, 1, np.uint8),
            lon_deg=np.round(lon * 600_000) / 600_000,
            lat_deg=np.round(lat * 600_000) / 600_000,
            sog_kn=np.round(np.where(going, self.dice.normal(12, 0.4, n), 0.0), 1).clip(0, 60).astype(np.float32),
            cog_deg=np.round((course + self.dice.normal(0, 2, n)) % 360, 1).astype(np.float32) % np.float32(360),
            heading_deg=np.round((course + self.dice.normal(0, 1, n)) % 360).astype(np.float32) % np.float32(360),
            turn_raw=np.zeros(n, np.int8),
            nav_status=np.where(going, 0, 5).astype(np.uint8),
            utc_second=(time_s.astype(np.int64) % 60).astype(np.uint8),
            station=(ship % 12).astype(np.uint16),
        )


def build(sea: Sea, count: int, directory: Path) -> tuple[float, Manifest]:
    """Both forms of all days, a part a day, as the historian writes them; seconds without the making of the rows."""
    folder = manifest.history_of(directory)
    folder.mkdir(parents=True)
    state, spent, record = Manifest(), 0.0, 1
    names = pa.array([f"station {n}" for n in range(12)])
    for number in range(count):
        fixes = sea.day(number)
        begin = time.perf_counter()
        times = np.round(fixes.time_s * 1000).astype(np.int64)
        rows = days.compact(fixes, times, np.arange(record, record + len(fixes), dtype=np.uint64), fixes.station.astype(np.int32))
        at = days.SCHEMA.get_field_index("station")
        stations = pa.DictionaryArray.from_arrays(rows.column("station").combine_chunks(), names)
        rows = rows.set_column(at, days.SCHEMA.field(at), stations)
        day = str(np.datetime64((START_S // DAY_S) + number, "D"))
        state.days.setdefault(day, Day(sealed=True)).parts += _by_day(folder, state, rows, day)
        spent += time.perf_counter() - begin
        record += len(fixes)
    manifest.exchange(folder, state)
    return spent, state


def _by_day(folder: Path, state: Manifest, rows: Any, day: str) -> list[days.Part]:
    """A made-up day may end a little after midnight; such rows are left out, for all contestants alike."""
    begin = int(np.datetime64(day, "ms").astype(np.int64))
    inside = days.times_of(rows) < begin + days.DAY_MS
    return [days.write(folder / day, state.number(), rows.filter(pa.array(inside)))]


def through_journal(sea: Sea, lines: int, directory: Path) -> tuple[float, int]:
    """CPU seconds of bringing a history up to date with so many sentences in the journal, and how many positions that were."""
    fixes = sea.day(0).take(slice(0, lines))
    made = payloads(
        POSITION_A, msg_type=1, repeat=0, mmsi=fixes.mmsi, nav_status=fixes.nav_status, turn_raw=0, sog_kn=fixes.sog_kn, accurate=0,
        lon_deg=fixes.lon_deg, lat_deg=fixes.lat_deg, cog_deg=fixes.cog_deg, heading_deg=fixes.heading_deg, utc_second=fixes.utc_second,
        manoeuvre=0, raim=0, comm_state=0,
    )  # fmt: skip  # one a line would hide what belongs together
    said = [line for payload in made for line in sentences(payload)]
    with FileJournal(directory) as journal:
        for at in range(0, len(said), 5000):
            part = said[at : at + 5000]
            times = fixes.time_s[at : at + len(part)].tolist()
            journal.append(Batch(Lines.of(part, times, list(range(at + 1, at + 1 + len(part)))), clock_s=times[-1]))
        journal.commit()
    begin = time.process_time()
    told = bring_up_to_date(directory)
    return time.process_time() - begin, told.positions


def timed(questions: list[Callable[[], int]], rounds: int = 3) -> tuple[float, float, int]:
    """Median and 90th percentile in ms, and the rows of all questions; each asked once before."""
    rows = sum(question() for question in questions)
    spent: list[float] = []
    for _ in range(rounds):
        for question in questions:
            begin = time.perf_counter()
            question()
            spent.append(1000 * (time.perf_counter() - begin))
    return statistics.median(spent), statistics.quantiles(spent, n=10)[-1], rows


def boxes(sea: Sea, count: int, days_there: int) -> list[tuple[Box, float]]:
    """Areas of half a degree and the beginnings of two hours."""
    dice = np.random.default_rng(7)
    west, south = dice.uniform(WEST, EAST - 0.5, count), dice.uniform(SOUTH, NORTH - 0.5, count)
    begin = START_S + dice.uniform(0, days_there * DAY_S - 7200, count)
    return [((float(w), float(s), float(w) + 0.5, float(s) + 0.5), float(t)) for w, s, t in zip(west, south, begin, strict=True)]


class Ours:
    """Tankerwatch."""

    name = "Tankerwatch: two Parquet forms"

    def __init__(self, directory: Path) -> None:
        self.history = History(directory)

    def ship(self, mmsi: int, from_s: float, to_s: float) -> int:
        return len(self.history.ship(mmsi, from_s, to_s))

    def area(self, box: Box, from_s: float, to_s: float) -> int:
        return len(self.history.area(*box, from_s, to_s))

    def close(self) -> None:
        """Nothing to do."""


class Sqlite:
    """SQLite with a key by ship and time, and an index by time."""

    name = "SQLite: key (mmsi, time), index (time)"

    def __init__(self, folder: Path, tables: Iterator[Fixes]) -> None:
        self.base = sqlite3.connect(folder / "peer.sqlite")
        self.base.execute("PRAGMA journal_mode=WAL")
        self.base.execute(f"CREATE TABLE p ({COLUMNS}, PRIMARY KEY (mmsi, time_ms)) WITHOUT ROWID")
        self.rows = 0
        begin = time.perf_counter()
        for fixes in tables:
            rows = zip(*(column.tolist() for column in columns_of(fixes)), strict=True)
            self.rows += self.base.executemany(f"INSERT OR IGNORE INTO p VALUES ({', '.join('?' * len(NAMES))})", rows).rowcount
            self.base.commit()
        self.base.execute("CREATE INDEX p_time ON p (time_ms)")
        self.base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.base.commit()
        self.build_s = time.perf_counter() - begin
        self.bytes = (folder / "peer.sqlite").stat().st_size

    def ship(self, mmsi: int, from_s: float, to_s: float) -> int:
        where = (mmsi, from_s * 1000, to_s * 1000)
        return len(self.base.execute("SELECT * FROM p WHERE mmsi = ? AND time_ms BETWEEN ? AND ? ORDER BY time_ms", where).fetchall())

    def area(self, box: Box, from_s: float, to_s: float) -> int:
        west, south, east, north = (value * 600_000 for value in box)
        query = "SELECT * FROM p WHERE time_ms BETWEEN ? AND ? AND lon BETWEEN ? AND ? AND lat BETWEEN ? AND ? ORDER BY time_ms"
        return len(self.base.execute(query, (from_s * 1000, to_s * 1000, west, east, south, north)).fetchall())

    def close(self) -> None:
        self.base.close()


class Postgres:
    """PostgreSQL: a B-tree by ship and time, a BRIN by time and, where PostGIS is there, a GiST over points."""

    def __init__(self, folder: Path, tables: Iterator[Fixes]) -> None:
        self.folder = folder
        self.data = folder / "pg"
        self._as_owner("initdb", "-D", str(self.data), "-A", "trust", "-U", "bench")
        options = f"-k {folder} -c listen_addresses= -c shared_buffers=512MB -c max_wal_size=4GB"
        self._as_owner("pg_ctl", "-D", str(self.data), "-w", "-o", options, "-l", str(folder / "pg.log"), "start")
        try:
            self._fill(tables)
        except BaseException:
            self.close()
            raise

    def _fill(self, tables: Iterator[Fixes]) -> None:
        self.spatial = "postgis" in self.psql("SELECT name FROM pg_available_extensions WHERE name = 'postgis'")
        if self.spatial:
            self.psql("CREATE EXTENSION postgis")
        self.name = f"PostgreSQL{' + PostGIS' if self.spatial else ''}: B-tree (mmsi, time), BRIN (time){', GiST' if self.spatial else ''}"
        typed = COLUMNS.replace("INTEGER NOT NULL", "BIGINT NOT NULL", 1)
        self.psql(f"CREATE TABLE p ({typed}{', place geometry(Point, 4326)' if self.spatial else ''})")
        begin, self.rows = time.perf_counter(), 0
        for fixes in tables:
            path = self.folder / "rows.csv"
            table = pa.table([pa.array(np.asarray(column).astype(np.int64)) for column in columns_of(fixes)], names=list(NAMES))
            pyarrow.csv.write_csv(table, path, pyarrow.csv.WriteOptions(include_header=False))
            self.psql(f"\\copy p ({', '.join(NAMES)}) FROM '{path}' CSV")
            self.rows += len(fixes)
        if self.spatial:
            self.psql("UPDATE p SET place = ST_SetSRID(ST_MakePoint(lon / 600000.0, lat / 600000.0), 4326)")
            self.psql("VACUUM FULL p")
            self.psql("CREATE INDEX ON p USING gist (place)")
        self.psql("CREATE INDEX ON p (mmsi, time_ms)")
        self.psql("CREATE INDEX ON p USING brin (time_ms)")
        self.psql("VACUUM ANALYZE p")
        self.build_s = time.perf_counter() - begin
        self.bytes = int(self.psql("SELECT pg_total_relation_size('p')"))

    def ship(self, mmsi: int, from_s: float, to_s: float) -> str:
        return f"SELECT * FROM p WHERE mmsi = {mmsi} AND time_ms BETWEEN {from_s * 1000:.0f} AND {to_s * 1000:.0f} ORDER BY time_ms"

    def area(self, box: Box, from_s: float, to_s: float) -> str:
        west, south, east, north = (round(value * 600_000) for value in box)
        place = f"lon BETWEEN {west} AND {east} AND lat BETWEEN {south} AND {north}"
        return f"SELECT * FROM p WHERE time_ms BETWEEN {from_s * 1000:.0f} AND {to_s * 1000:.0f} AND {place} ORDER BY time_ms"

    def timed(self, queries: list[str], rounds: int = 3) -> tuple[float, float]:
        """Median and 90th percentile in ms, as psql tells them."""
        script = "\\o /dev/null\n" + "\n".join(f"{query};" for query in queries)
        script += "\n\\timing on\n" + "\n".join(f"{query};" for _ in range(rounds) for query in queries)
        told = self.psql(script)
        spent = [float(line.split()[1]) for line in told.splitlines() if line.startswith("Time:")]
        return statistics.median(spent), statistics.quantiles(spent, n=10)[-1]

    def psql(self, script: str) -> str:
        done = subprocess.run(
            ["psql", "-h", str(self.folder), "-U", "bench", "-At", "-v", "ON_ERROR_STOP=1", "postgres"],
            input=script, capture_output=True, text=True, check=True,
        )  # fmt: skip  # one a line would hide what belongs together
        return done.stdout

    def _as_owner(self, *command: str) -> None:
        """PostgreSQL does not run as root."""
        user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if user:
            subprocess.run(["chown", "-R", "postgres", str(self.folder)], check=True)
        subprocess.run([*user, *command], check=True, capture_output=True)

    def close(self) -> None:
        self._as_owner("pg_ctl", "-D", str(self.data), "-m", "fast", "stop")


NAMES = ("time_ms", "mmsi", "msg_type", "lon", "lat", "sog", "cog", "heading", "turn", "nav_status", "accurate", "station", "record")
COLUMNS = ", ".join(f"{name} INTEGER NOT NULL" for name in NAMES)
_RECORD = [0]


def columns_of(fixes: Fixes) -> list[Any]:
    """What the contestants keep, as whole numbers."""
    begin = (int(fixes.time_s[0]) - START_S) // DAY_S * DAY_S + START_S
    fixes = fixes.take(fixes.time_s < begin + DAY_S)
    record = np.arange(_RECORD[0], _RECORD[0] + len(fixes))
    _RECORD[0] += len(fixes)
    scaled = [
        np.round(values.astype(np.float64) * scale).astype(np.int64)
        for values, scale in (
            (fixes.lon_deg, 600_000), (fixes.lat_deg, 600_000), (fixes.sog_kn, 10), (fixes.cog_deg, 10), (fixes.heading_deg, 1),
        )
    ]  # fmt: skip  # one a line would hide what belongs together
    times = np.round(fixes.time_s * 1000).astype(np.int64)
    return [times, fixes.mmsi, fixes.msg_type, *scaled, fixes.turn_raw, fixes.nav_status, fixes.accurate * 1, fixes.station, record]


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ships", type=int, default=4000, help="ships (default 4000)")
    parser.add_argument("--days", type=int, default=30, help="days (default 30)")
    parser.add_argument("--peers", default="sqlite,postgres", help="which peers, where installed (default sqlite,postgres)")
    parser.add_argument("--lines", type=int, default=300_000, help="sentences that go through the journal (default 300,000)")
    parser.add_argument("--write", type=Path, help="file to write the results to, as Markdown")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the peers are stopped, too
    said: list[str] = []

    def say(text: str = "") -> None:
        print(text, flush=True)
        said.append(text)

    sea = Sea(chosen.ships)
    say("# The derived history\n")
    say(f"Written by `make bench` (`bench/history.py`) on {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC · commit {commit()}.")
    say(f"Machine: {machine()}; load {os.getloadavg()[0]:.1f} at the beginning.\n")
    ships = np.random.default_rng(5).choice(sea.mmsi, min(40, chosen.ships), replace=False).tolist()
    end_s = START_S + chosen.days * DAY_S
    windows = boxes(sea, 60, chosen.days)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        spent, state = build(sea, chosen.days, folder / "ours")
        say(f"{chosen.ships:,} ships, {chosen.days} days: {state.rows:,} rows, the same for all. Warm, median (90th percentile).\n")
        say("| who | bytes a row | million rows / s built | a ship, all days, ms | 0.5° × 0.5° × 2 h, ms | rows of all questions |")
        say("|---|---|---|---|---|---|")
        ours = Ours(folder / "ours")
        by_ship = timed([lambda m=m: ours.ship(m, START_S, end_s) for m in ships])
        by_area = timed([lambda b=b, t=t: ours.area(b, t, t + 7200) for b, t in windows])

        def line(name: str, size: int, rows: int, build_s: float, ship: Any, area: Any, found: str) -> None:
            told = f"{ship[0]:.1f} ({ship[1]:.1f}) | {area[0]:.1f} ({area[1]:.1f})"
            say(f"| {name} | {size / rows:.1f} | {rows / build_s / 1e6:.2f} | {told} | {found} |")

        line(ours.name, state.bytes, state.rows, spent, by_ship, by_area, f"{by_ship[2]:,} / {by_area[2]:,}")
        before = time.process_time()
        for m in ships:
            ours.ship(m, START_S, end_s)
        between = time.process_time()
        for box, t in windows:
            ours.area(box, t, t + 7200)
        cpu = 1000 * (between - before) / len(ships), 1000 * (time.process_time() - between) / len(windows)
        remarks: list[str] = []
        for peer in chosen.peers.split(","):
            _RECORD[0] = 1
            made = Sea(chosen.ships)
            tables = (made.day(number) for number in range(chosen.days))
            if peer == "sqlite":
                lite = Sqlite(folder, tables)
                ship = timed([lambda m=m, lite=lite: lite.ship(m, START_S, end_s) for m in ships])
                area = timed([lambda b=b, t=t, lite=lite: lite.area(b, t, t + 7200) for b, t in windows], rounds=1)
                line(lite.name, lite.bytes, lite.rows, lite.build_s, ship, area, f"{ship[2]:,} / {area[2]:,}")
                lite.close()
                (folder / "peer.sqlite").unlink()
            elif peer == "postgres":
                try:
                    place = folder / "postgres"
                    place.mkdir()
                    base = Postgres(place, tables)
                except (OSError, subprocess.CalledProcessError) as fault:
                    words = getattr(fault, "stderr", "") or str(fault)
                    remarks.append(f"PostgreSQL: not installed, or it does not run here ({str(words).strip().splitlines()[-1][:120]}).")
                    continue
                try:
                    ship = base.timed([base.ship(m, START_S, end_s) for m in ships])
                    area = base.timed([base.area(b, t, t + 7200) for b, t in windows])
                    line(base.name, base.bytes, base.rows, base.build_s, ship, area, "not compared")
                    remarks += [] if base.spatial else ["PostGIS: not installed; PostgreSQL ran without it, and without a GiST."]
                finally:
                    base.close()
        for remark in remarks:
            say(f"\n{remark}")
        say(f"\nTankerwatch in CPU time, which a busy machine does not lengthen: a ship {cpu[0]:.1f} ms, an area {cpu[1]:.1f} ms (means).")
        if chosen.lines:
            spent, positions = through_journal(Sea(chosen.ships, 2), chosen.lines, folder / "journalled")
            say(
                f"\nFrom the journal, decoded, merged, both forms written: {positions / spent / 1e6:.2f} million positions a second of CPU."
            )
    say("\nWho a ship has said she is, for her page, in CPU time, median (slowest):\n")
    for doubles in (0, 5, 40):
        say(f"- {measured(chosen.ships, chosen.days, doubles)}")
    if chosen.write:
        chosen.write.write_text("\n".join(said) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
