"""Hostile files through `tankerwatch.decode`: whatever comes, memory stays bounded, time goes with size, and the books balance."""

from __future__ import annotations

import gzip
import io
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import zstandard

import checks
import hostile_lines
import tankerwatch
from tankerwatch.core.ais import encoder, framing
from tankerwatch.export import TABLES
from watched import BEAT, DONE, FAILED, memory_mb, say

PEAK_MB = 400.0
"""The bar of issue 3 for memory."""
QUICK_S, SLOW_S, BEGIN_S = 0.15, 2.5, 3.0
"""CPU seconds for a megabyte (unpacked) of what compiled code reads, of what Python reads sentence by sentence, and for beginning."""
MB = 1_000_000
BLOCK = 1 << 18
SMALL = 0.02
"""Share of the size at which an input is read as a file and from memory too, to be compared."""
POSITION = framing.sentences(encoder.position_a(566123000, 25.5, 57.25, 12.3, 90, 91, 0, 12))[0]


@dataclass(frozen=True)
class Input:
    """One hostile input. make: (megabytes unpacked, generator) to its bytes in pieces · lines: how many the decoder must be given."""

    make: Callable[[float, np.random.Generator], Iterator[bytes]]
    per_mb_s: float = QUICK_S
    share: float = 1.0
    lines: Callable[[float], int] | None = None


class Stream(io.RawIOBase):
    """Bytes that come in pieces, as an open file that can be read once."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""
        self.size = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._rest:
            self._rest = next(self._pieces, b"")
        taken, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        self.size += len(taken)
        return taken


def repeated(unit: bytes) -> Callable[[float, np.random.Generator], Iterator[bytes]]:
    """The same bytes again and again."""

    def make(size_mb: float, _: np.random.Generator) -> Iterator[bytes]:
        block = unit * max(1, BLOCK // len(unit))
        for _ in range(round(size_mb * MB / len(block))):
            yield block

    return make


def lines_in(unit: bytes) -> Callable[[float], int]:
    """How many lines `repeated` makes of a unit that is one."""

    def count(size_mb: float) -> int:
        each = max(1, BLOCK // len(unit))
        return round(size_mb * MB / (each * len(unit))) * each

    return count


def random_bytes(size_mb: float, rng: np.random.Generator) -> Iterator[bytes]:
    for _ in range(round(size_mb * MB / BLOCK)):
        yield rng.integers(0, 256, BLOCK, np.uint8).tobytes()


def numbered(line: Callable[[int], bytes]) -> Callable[[float, np.random.Generator], Iterator[bytes]]:
    """A line for each number, with a checksum that fits both its tag block and its sentence, as long as there is room."""

    def make(size_mb: float, _: np.random.Generator) -> Iterator[bytes]:
        left, number = size_mb * MB, 0
        while left > 0:
            block = b"\r\n".join(line(number + i) for i in range(2000)) + b"\r\n"
            number += 2000
            left -= len(block)
            yield block

    return make


def sentence(body: str) -> bytes:
    return b"!" + body.encode() + b"*" + framing.checksum(body.encode())


def tagged(body: str, line: bytes = POSITION) -> bytes:
    return b"\\" + body.encode() + b"*" + framing.checksum(body.encode()) + b"\\" + line


ABSURD = ("0", "-1", "1e30", "9" * 9, "9" * 12, "9" * 18, "9" * 19, "9" * 60, "4294967296", "18446744073709551616", "1.5", "nan", "inf", "")
PAYLOAD = "5" * 28
ENDLESS = numbered(lambda i: sentence(f"AIVDM,9,{i % 8 + 1},{i // 8 % 10},{'AB'[i % 2]},{PAYLOAD},0"))
SEQUENCES = numbered(lambda i: tagged(f"g:1-2-{i},s:S{i % 9000}", sentence(f"AIVDM,2,1,{i % 10},{chr(65 + i % 26)},{PAYLOAD},0")))
STATIONS = numbered(lambda i: tagged(f"s:STATION{i}"))
GROUPS = numbered(lambda i: tagged(f"g:{ABSURD[i % 14]}-{ABSURD[i // 14 % 14]}-{ABSURD[i // 196 % 14]}"))
TIMES = numbered(lambda i: tagged(f"c:{ABSURD[i % 14]}"))
TARGETS = numbered(lambda i: tagged(f"s:R{i % 3},c:{1_560_386_400 + i // 50}", framing.ttm(i % 999, 3.0, 120.0, 20.0, 200.0, name=f"T{i}")))
CALLS = numbered(lambda i: framing.dsc(200_000_000 + i, lat_deg=25.5, lon_deg=57.25, expanded=True))
OWN = numbered(lambda i: framing.sentence("$", f"GPHDT,{i % 360}.0,T") * 200)


def gzip_bomb(size_mb: float, _: np.random.Generator) -> Iterator[bytes]:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    for _ in range(round(size_mb)):
        yield packer.compress(bytes(MB))
    yield packer.flush()


def zstd_bomb(byte: bytes) -> Callable[[float, np.random.Generator], Iterator[bytes]]:
    def make(size_mb: float, _: np.random.Generator) -> Iterator[bytes]:
        packer = zstandard.ZstdCompressor(level=19).compressobj()
        for _ in range(round(size_mb)):
            yield packer.compress(byte * MB)
        yield packer.flush()

    return make


def packed_often(pack: Callable[[bytes], bytes]) -> Callable[[float, np.random.Generator], Iterator[bytes]]:
    """Very many packed pieces one behind the other, each of one line or none."""

    def make(size_mb: float, _: np.random.Generator) -> Iterator[bytes]:
        block = (pack(b"") * 20 + pack(POSITION + b"\n")) * 200
        for _ in range(round(size_mb * MB / len(block))):
            yield block

    return make


def damaged(pack: Callable[[bytes], bytes]) -> Callable[[float, np.random.Generator], Iterator[bytes]]:
    """Something packed whose bytes are wrong from the middle on."""

    def make(size_mb: float, rng: np.random.Generator) -> Iterator[bytes]:
        whole = pack(rng.choice(hostile_lines.ARMOUR, round(size_mb * MB)).tobytes())
        yield whole[: len(whole) // 2]
        yield rng.integers(0, 256, len(whole) // 2, np.uint8).tobytes()

    return make


def wide_window(size_mb: float, rng: np.random.Generator) -> Iterator[bytes]:
    """zstd that wants a window of 2 GB to be unpacked."""
    parameters = zstandard.ZstdCompressionParameters(window_log=31, strategy=1, enable_ldm=False, hash_log=6, chain_log=6)
    yield zstandard.ZstdCompressor(compression_params=parameters).compressobj().compress(rng.bytes(round(size_mb * MB)))


INPUTS: dict[str, Input] = {
    "one line without an end": Input(repeated(b"5" * BLOCK), lines=lambda _: 0),
    "sentences without a line end": Input(repeated(POSITION), lines=lambda _: 0),
    "NULs": Input(repeated(bytes(BLOCK)), lines=lambda _: 0),
    "random bytes": Input(random_bytes),
    "lines of a megabyte": Input(repeated(POSITION * 20_000 + b"\r\n"), lines=lambda _: 0),
    "only carriage returns": Input(repeated(b"\r"), lines=lines_in(b"\r")),
    "only line feeds": Input(repeated(b"\n"), lines=lines_in(b"\n")),
    "lines of one byte": Input(repeated(b"!\n"), lines=lines_in(b"!\n")),
    "sound lines": Input(repeated(POSITION + b"\r\n"), lines=lines_in(POSITION + b"\r\n")),
    "lines of 4 KB of heads": Input(repeated(b"!AIVDM,1,1,,A," * 290 + b"0,0*00\n"), per_mb_s=1.0),
    "lines of 4 KB of backslashes": Input(repeated(b"\\s" * 2000 + b"\n")),
    "lines of 4 KB of dollars": Input(repeated(b"$A" * 2000 + b"\n")),
    "endless fragments": Input(ENDLESS),
    "a million sequences": Input(SEQUENCES),
    "a million stations": Input(STATIONS),
    "absurd groups": Input(GROUPS),
    "absurd times": Input(TIMES),
    "radar targets": Input(TARGETS, per_mb_s=SLOW_S, share=0.2),
    "calls": Input(CALLS, per_mb_s=SLOW_S, share=0.2),
    "own headings": Input(OWN, per_mb_s=SLOW_S, share=0.1),
    "a gzip bomb": Input(gzip_bomb, share=10.0, lines=lambda _: 0),
    "a zstd bomb": Input(zstd_bomb(b"\0"), share=10.0, lines=lambda _: 0),
    "a zstd bomb of line feeds": Input(zstd_bomb(b"\n"), lines=lambda size_mb: round(size_mb) * MB),
    "many gzip members": Input(packed_often(gzip.compress), per_mb_s=1.0, share=0.2),
    "many zstd frames": Input(packed_often(zstandard.ZstdCompressor().compress), per_mb_s=1.0, share=0.2),
    "damaged gzip": Input(damaged(gzip.compress), share=0.1),
    "damaged zstd": Input(damaged(zstandard.ZstdCompressor().compress), share=0.1),
    "a wide window": Input(wide_window, share=0.1),
}


def read(source: Any) -> dict[str, Any]:
    """Read all of it as tables; the counters and how many rows there were."""
    counters: dict[str, Any] = {}
    rows = dict.fromkeys(TABLES, 0)
    for number, part in enumerate(tankerwatch.decode(source)):
        if number % 20 == 0:
            say(BEAT, part=number, mb=round(memory_mb()))
        counters = part.counters
        for name in TABLES:
            rows[name] += getattr(part, name).to_arrow().num_rows
    return {**counters, "rows": rows}


def counts_hold(counters: dict[str, Any], lines: int | None) -> None:
    """The books balance, the rows are as many as were counted, and the lines as many as were given."""
    told = counters["used"] + counters["blank"] + sum(counters["rejected"].values())
    checks.hold(counters["lines"] == told, "lines do not add up", counters)
    for name, rows in counters["rows"].items():
        checks.hold(counters[name] == rows, f"{name} counted and given", counters[name], rows)
    checks.hold(lines is None or counters["lines"] == lines, "lines counted and given", counters["lines"], lines)


def run(name: str, seed: int, size_mb: float) -> bool:
    """Read one input in this process; False when something does not hold."""
    chosen = INPUTS[name]
    size_mb *= chosen.share
    whole_mb = memory_mb()
    try:
        stream = Stream(chosen.make(size_mb, np.random.default_rng(seed)))
        began, cpu_began = time.perf_counter(), time.process_time()
        counters = read(stream)
        took_s, cpu_s, peak_mb = time.perf_counter() - began, time.process_time() - cpu_began, memory_mb(peak=True)
        counts_hold(counters, chosen.lines(size_mb) if chosen.lines else None)
        checks.hold(not peak_mb > PEAK_MB, "memory above its bound", f"{peak_mb:.0f} MB, {whole_mb:.0f} MB before")
        most_s = BEGIN_S + chosen.per_mb_s * max(size_mb, stream.size / MB)
        checks.hold(cpu_s <= most_s, "time above its bound", f"{cpu_s:.1f} s of {most_s:.1f} s")
        ways_are_one(chosen, seed, size_mb * SMALL)
    except Exception as error:
        say(FAILED, why=f"{name}, seed {seed}, {size_mb:g} MB: {type(error).__name__}: {error}")
        return False
    say(
        DONE,
        name=name,
        mb=round(size_mb, 1),
        lines=counters["lines"],
        peak_mb=round(peak_mb),
        took_s=round(took_s, 1),
        cpu_s=round(cpu_s, 1),
    )
    return True


def ways_are_one(chosen: Input, seed: int, size_mb: float) -> None:
    """A smaller one says the same whether it comes in pieces, from memory or from a file."""
    content = b"".join(islice(chosen.make(size_mb, np.random.default_rng(seed)), 10_000))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hostile.log"
        path.write_bytes(content)
        said = [read(Stream(iter(content[at : at + 777] for at in range(0, len(content), 777)))), read(content), read(path)]
    for counters in said:
        counts_hold(counters, None)
        checks.hold(counters == said[0], "read otherwise, another result", counters, said[0])
