"""The speed of the decoder against its peers: the same lines, runs that alternate in one process, CPU time, medians and spread.

    make bench                                        # with the peers that can be installed
    python bench/decode.py --lines 200000             # a short look; writes nothing
    python bench/decode.py --write bench/RESULTS.md

The input is the real bare sentences of the shared data (TANKERWATCH_DATA), repeated; without that folder sentences of our own encoder.
A peer that is missing is said to be.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from itertools import cycle, islice
from pathlib import Path

from tankerwatch.core.ais import encoder, framing
from tankerwatch.core.tables import Lines
from tankerwatch.decode import Decoder
from tankerwatch.export import parts
from tankerwatch.ingest.bytes import Recording

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("TANKERWATCH_DATA", ROOT.parent / "shared" / "data")) / "nmea"
FAMILIES = ("positions", "statics", "texts", "others", "bases", "calls")
SENTENCE = re.compile(rb"![A-Z]{2}VD[MO],[^*\r\n!\\]*\*[0-9A-F]{2}")
SLOW_SHARE = 10
"""Peers that need minutes get this part of the lines."""


# What is decoded.


def sentences() -> tuple[list[bytes], str]:
    """Real sentences in the order of the files, or made-up ones; and where they come from."""
    found: list[bytes] = []
    for path in sorted(DATA.glob("*")) if DATA.is_dir() else ():
        for block in (b"".join(Recording(path).blocks()),):
            found += SENTENCE.findall(block)
    if found:
        return found, f"{len(found):,} real bare sentences of the shared data, repeated"
    made: list[bytes] = []
    for i in range(3000):
        mmsi = 200_000_000 + i * 9973
        made += [
            line for k in range(8) for line in framing.sentences(encoder.position_a(mmsi, i / 100 - 15, k - 4.0, 12.3, 90, 91, 0, i % 60))
        ]
        made += framing.sentences(encoder.position_b_extended(mmsi, 25.5, 57.25, name="YACHT"), sequence=i % 10)
        made += framing.sentences(encoder.static_voyage(mmsi, name=f"SHIP {i}", destination="FUJAIRAH"), sequence=i % 10)
        made += framing.sentences(encoder.base_station(2_190_067, 1_560_386_400 + i, 25.0, 57.0))
    return made, "sentences of our own encoder (no shared data here)"


def write_lines(path: Path, lines: Iterator[bytes]) -> None:
    """Write lines with the line ends of NMEA."""
    with path.open("wb") as file:
        while some := list(islice(lines, 50_000)):
            file.write(b"\r\n".join(some) + b"\r\n")


def tagged(lines: list[bytes]) -> Iterator[bytes]:
    """The lines without end, each with a tag block that names a station and a time."""
    for i, line in enumerate(cycle(lines)):
        body = b"s:2573%03d,c:%d" % (i % 40, 1_560_386_400 + i // 500)
        xor = 0
        for byte in body:
            xor ^= byte
        yield b"\\%s*%02X\\%s" % (body, xor, line)


# Who decodes it. A runner decodes a file and returns how many messages it gave.


def arrow(families: tuple[str, ...] = FAMILIES) -> Callable[[Path], int]:
    """Every column of some families as Arrow arrays, through what `tankerwatch.decode` is."""

    def run(path: Path) -> int:
        messages = 0
        for part in parts([path], tables=families):
            for name in families:
                if len(getattr(part, name)):
                    messages += part_rows(getattr(part, name).to_arrow())
        return messages

    return run


def part_rows(table: object) -> int:
    """The rows of a table whose every column has been looked at."""
    columns = table.columns  # type: ignore[attr-defined]  # of pyarrow, which has no types
    return len(columns[0]) if columns else 0


def aiscat_dictionaries(path: Path) -> int:
    """Dictionaries of aiscat, one a message."""
    count = 0
    for _ in import_module("aiscat").from_file(str(path), format="dictionary"):
        count += 1
    return count


def pyais_dictionaries(path: Path) -> int:
    """Dictionaries of pyais."""
    pyais, faults = import_module("pyais"), import_module("pyais.exceptions").AISBaseException
    count = 0
    for message in pyais.FileReaderStream(str(path)):
        try:
            message.decode().asdict()
            count += 1
        except (faults, ValueError):
            continue
    return count


def libais_dictionaries(path: Path) -> int:
    """Dictionaries of libais; only single sentences, whose payloads it is handed: its own reader of files is slower."""
    ais = import_module("ais")
    count = 0
    with path.open("rb") as file:
        for line in file:
            fields = line.split(b",")
            if len(fields) < 7 or fields[1] != b"1":
                continue
            try:
                ais.decode(fields[5].decode(), int(fields[6][:1]))
                count += 1
            except (ais.DecodeError, ValueError):
                continue
    return count


def gpsdecode_json(path: Path) -> int:
    """JSON lines of gpsdecode."""
    with path.open("rb") as file:
        done = subprocess.run(["gpsdecode", "-j"], stdin=file, capture_output=True, check=False)
    return done.stdout.count(b"\n")


def wc_lines(path: Path) -> int:
    """`wc -l`."""
    return int(subprocess.run(["wc", "-l", str(path)], capture_output=True, check=True).stdout.split()[0])


@dataclass
class Contestant:
    """Somebody who decodes: a runner, its share of the lines, and its CPU seconds for a million lines, run by run."""

    name: str
    run: Callable[[Path], int]
    share: int = 1
    per_million_s: list[float] = field(default_factory=list)
    messages: int = 0

    @property
    def median_s(self) -> float:
        return statistics.median(self.per_million_s)

    @property
    def rate(self) -> float:
        """Lines a second, in millions."""
        return 1.0 / self.median_s

    def told(self) -> str:
        low, high = min(self.per_million_s), max(self.per_million_s)
        return f"{self.rate:.2f} ({1 / high:.2f} to {1 / low:.2f})"


def cpu_s() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def race(contestants: list[Contestant], files: dict[int, tuple[Path, int]], rounds: int) -> None:
    """Let all run once for warmth (the slow ones not), then in turn, `rounds` times. files: path and lines by share."""
    for contestant in contestants:
        if contestant.share == 1:
            contestant.run(files[1][0])
    for _ in range(rounds):
        for contestant in contestants:
            path, lines = files[contestant.share]
            before = cpu_s()
            contestant.messages = contestant.run(path)
            contestant.per_million_s.append((cpu_s() - before) / lines * 1e6)


def ratios(one: Contestant, other: Contestant) -> str:
    """How many times faster `one` is, round by round: median and spread."""
    each = sorted(theirs / ours for ours, theirs in zip(one.per_million_s, other.per_million_s, strict=True))
    if statistics.median(each) < 0.5:
        return f"1/{1 / statistics.median(each):.0f} (1/{1 / each[0]:.0f} to 1/{1 / each[-1]:.0f})"
    return f"{statistics.median(each):.1f}× ({each[0]:.1f} to {each[-1]:.1f})"


# Whole processes, small batches, memory.

OWN_PROCESS = (
    "import sys\nfrom tankerwatch.export import parts\nrows = 0\nfor part in parts([sys.argv[1]]):\n"
    f"    for name in {FAMILIES!r}:\n"
    "        columns = getattr(part, name)\n        rows += columns.to_arrow().num_rows if len(columns) else 0\nprint(rows)\n"
)
AISCAT_PROCESS = "import sys, aiscat\nprint(sum(1 for _ in aiscat.from_file(sys.argv[1], format='dictionary')))\n"


COMPILE = "from tankerwatch.core import kernels\nkernels.warm()\n"
COMMAND = "import sys\nfrom tankerwatch.cli import main\nsys.exit(main(['decode', sys.argv[1], '-o', sys.argv[1] + '.csv']))\n"


def process(code: str, path: Path, **environment: str) -> tuple[float, float]:
    """CPU seconds and greatest memory (MB) of a Python process that runs `code` on a file; its modules are compiled already, as usual."""
    pid = os.posix_spawn(
        sys.executable,
        [sys.executable, "-c", code, str(path)],
        {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | environment,
        file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)],
    )
    _, status, used = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"a process of the bench ended with {status}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def small_batches(lines: list[bytes], size: int, rounds: int = 3000) -> tuple[float, float, float]:
    """Microseconds (wall) for one call of `Decoder.decode` on a batch: median, and the 10th and 90th of a hundred."""
    batches = [
        Lines.of(lines[at : at + size], [0.0] * size, list(range(1, size + 1))) for at in range(0, min(len(lines) - size, 100 * size), size)
    ]
    decoder = Decoder()
    took = []
    for batch, _ in zip(cycle(batches), range(rounds), strict=False):
        before = time.perf_counter()
        decoder.decode(batch)
        took.append(time.perf_counter() - before)
    tenths = statistics.quantiles(took, n=10)
    return tuple(1e6 * value for value in (statistics.median(took), tenths[0], tenths[-1]))  # type: ignore[return-value]  # three of them


def machine() -> str:
    """What it ran on."""
    model = ""
    if Path("/proc/cpuinfo").exists():
        model = next(
            (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), ""
        )
    return f"{model or platform.machine()}, {os.cpu_count()} CPUs, {platform.system()}, Python {platform.python_version()}"


def installed(name: str) -> str:
    """Its version, "" when it is not there."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def commit() -> str:
    """The commit that is measured; says when the tree differs from it."""
    try:
        head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
        changed = subprocess.run(
            ["git", "status", "--porcelain", "src"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "no commit known"
    return f"{head}{' and changes' if changed else ''}"


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000, help="lines of the races (default 1,000,000)")
    parser.add_argument("--whole", type=int, default=10_000_000, help="lines of the whole processes (default 10,000,000; 0: none)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each race (default 5)")
    parser.add_argument("--write", type=Path, help="file to write the results to, as Markdown")
    chosen = parser.parse_args()

    lines, told = sentences()
    said: list[str] = []

    def say(text: str = "") -> None:
        print(text, flush=True)
        said.append(text)

    say("# Speed of the decoder\n")
    say(f"Written by `make bench` (`bench/decode.py`) on {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC · commit {commit()}.")
    say(f"Machine: {machine()}; load {os.getloadavg()[0]:.1f} at the beginning.")
    versions = {name: installed(name) for name in ("numba", "numpy", "pyarrow", "aiscat", "pyais", "libais")}
    say("Versions: " + ", ".join(f"{name} {number or 'not installed'}" for name, number in versions.items()) + ".")
    say(f"Input: {told}, CRLF. Rates are million lines a CPU second: median, and the slowest and fastest of {chosen.rounds} rounds that")
    say("alternate in one process; ratios are taken round by round. Made is every column of every table, as Arrow.\n")

    with tempfile.TemporaryDirectory() as folder:
        bare, part, tags = (Path(folder) / name for name in ("bare.nmea", "part.nmea", "tags.nmea"))
        write_lines(bare, islice(cycle(lines), chosen.lines))
        write_lines(part, islice(cycle(lines), chosen.lines // SLOW_SHARE))
        write_lines(tags, islice(tagged(lines), chosen.lines))
        files = {1: (bare, chosen.lines), SLOW_SHARE: (part, chosen.lines // SLOW_SHARE)}

        ours, some = Contestant("Tankerwatch, all tables", arrow()), Contestant("Tankerwatch, positions and statics", arrow(FAMILIES[:2]))
        count = Contestant("`wc -l`", wc_lines)
        contestants = [ours, some, count]
        peers = []
        for name, present, run, share in (
            ("aiscat, dictionaries", versions["aiscat"], aiscat_dictionaries, 1),
            ("pyais, dictionaries", versions["pyais"], pyais_dictionaries, SLOW_SHARE),
            ("libais, dictionaries", versions["libais"], libais_dictionaries, SLOW_SHARE),
            ("gpsdecode, JSON", shutil.which("gpsdecode"), gpsdecode_json, SLOW_SHARE),
        ):
            if present:
                peers.append(Contestant(name, run, share))
            else:
                print(f"{name.split(',')[0]} is not installed here: left out", flush=True)
        race(contestants + peers, files, chosen.rounds)
        tag_ours, tag_peers = Contestant("Tankerwatch, all tables, tag blocks", arrow()), []
        if versions["aiscat"]:
            tag_peers = [Contestant("aiscat, dictionaries, tag blocks", aiscat_dictionaries)]
        race([tag_ours, *tag_peers], {1: (tags, chosen.lines)}, chosen.rounds)

        say("| who | million lines / CPU s | messages | Tankerwatch, all tables, is |")
        say("|---|---|---|---|")
        for each in contestants + peers:
            say(f"| {each.name} | {each.told()} | {each.messages * each.share:,} | {'' if each is ours else ratios(ours, each)} |")
        for each in [tag_ours, *tag_peers]:
            say(f"| {each.name} | {each.told()} | {each.messages:,} | {'' if each is tag_ours else ratios(tag_ours, each)} |")

        say("\n| bar (issue 3) | wanted | measured |")
        say("|---|---|---|")
        aiscat = next((peer for peer in peers if peer.run is aiscat_dictionaries), None)
        if aiscat:
            say(f"| all columns as Arrow against aiscat's dictionaries | 12× | {ratios(ours, aiscat)} |")
            say(f"| positions and statics only | 20× | {ratios(some, aiscat)} |")
        if chosen.whole:
            whole = Path(folder) / "whole.nmea"
            write_lines(whole, islice(cycle(lines), chosen.whole))
            took, theirs, counted, memory = [], [], [], 0.0
            for _ in range(3):
                own_s, used = process(OWN_PROCESS, whole)
                took.append(own_s)
                memory = max(memory, used)
                before = cpu_s()
                wc_lines(whole)
                counted.append(cpu_s() - before)
                if aiscat:
                    theirs.append(process(AISCAT_PROCESS, whole)[0])
            size = f"{chosen.whole:,} lines"
            in_process = ours.median_s * chosen.whole / 1e6
            share = in_process / statistics.median(counted)
            say(f"| rate of `wc -l` on {size}, by the rate above | 1/8 | 1/{share:.1f} |")
            if theirs:
                times = sorted(b / a for a, b in zip(took, theirs, strict=True))
                spread = f"{times[0]:.1f} to {times[-1]:.1f}; {statistics.median(took):.2f} s against {statistics.median(theirs):.2f} s"
                say(f"| whole process on {size} against aiscat's | 8× | {statistics.median(times):.1f}× ({spread}) |")
            say(f"| greatest memory of that process | 400 MB | {memory:.0f} MB |")
        one = Path(folder) / "one.nmea"
        write_lines(one, islice(lines, 1))
        started = []
        for _ in range(6):
            before_s = time.perf_counter()
            process(COMMAND, one)
            started.append(time.perf_counter() - before_s)
        compiled = [process(COMPILE, one, NUMBA_CACHE_DIR=str(Path(folder) / f"compiled {i}"))[0] for i in range(3)]
        say(f"| `tankerwatch decode` of one line | 1 s | {statistics.median(started[1:]):.2f} s (wall) |")
        say(f"| compiling all kernels | 30 s | {statistics.median(compiled):.1f} s ({min(compiled):.1f} to {max(compiled):.1f}, CPU) |")
        live = small_batches(lines, 100)
        say(f"| a live batch of 100 lines | 50 µs | {live[0]:.0f} µs (tenths {live[1]:.0f} to {live[2]:.0f}, wall) |")
    if chosen.write:
        chosen.write.write_text("\n".join(said) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
