"""Lines from bytes, and all that a decoder said of them in one piece."""

from __future__ import annotations

import gzip
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tankerwatch.core.tables import Bases, Calls, Fixes, Heard, Lines, Others, Statics, Texts
from tankerwatch.decode import Decoder

TABLES = {"fixes": Fixes, "statics": Statics, "bases": Bases, "texts": Texts, "calls": Calls, "others": Others}


@dataclass
class Said:
    """What a decoder said, and the decoder."""

    heard: Heard
    decoder: Decoder

    def __getattr__(self, name: str) -> Any:
        return getattr(self.heard, name)

    @property
    def rejected(self) -> dict[str, int]:
        return self.decoder.counters.rejected

    def rows(self) -> dict[str, list[tuple]]:
        """All tables as rows that can be compared; NaN is as good as NaN."""
        return {name: _rows(getattr(self.heard, name)) for name in TABLES}


def _rows(table: Any) -> list[tuple]:
    columns = [getattr(table, f.name).tolist() for f in fields(table)]
    return [tuple("nan" if isinstance(v, float) and math.isnan(v) else v for v in row) for row in zip(*columns, strict=True)]


@pytest.fixture(scope="session")
def listen() -> Callable[..., Said]:
    """`listen(lines, times=None, rows=None, cuts=(), **decoder_arguments)`: decode, in several calls at the cuts, and check the books."""

    def run(
        lines: Sequence[bytes],
        times: Sequence[float] | None = None,
        rows: Sequence[int] | None = None,
        cuts: Sequence[int] = (),
        **arguments: Any,
    ) -> Said:
        lines = list(lines)
        times = [math.nan] * len(lines) if times is None else list(times)
        rows = list(range(1, len(lines) + 1)) if rows is None else list(rows)
        decoder = Decoder(**arguments)
        parts = []
        edges = [0, *sorted(cuts), len(lines)]
        for a, b in pairwise(edges):
            parts.append(decoder.decode(Lines.of(lines[a:b], times[a:b], rows[a:b])))
            check_books(decoder, b)
        merged = {name: kind.concat([getattr(part, name) for part in parts]) for name, kind in TABLES.items()}
        for table in merged.values():
            table.check()
        return Said(Heard(**merged, stations=parts[-1].stations), decoder)

    return run


def check_books(decoder: Decoder, lines: int) -> None:
    """Every line is used, blank or rejected, once."""
    counters = decoder.counters
    assert counters.lines == lines == counters.used + counters.blank + sum(counters.rejected.values())
    assert min([counters.used, counters.blank, *counters.rejected.values()]) >= 0
    feeds = decoder.feed_counters()
    assert sum(feed.lines for feed in feeds) == lines
    assert sum(feed.messages for feed in feeds) == counters.messages
    passed_over = sum(counters.rejected.get(reason, 0) for reason in ("comment", "other_sentence"))
    assert sum(feed.rejected for feed in feeds) == sum(counters.rejected.values()) - passed_over


@pytest.fixture(scope="session")
def log_lines() -> Callable[[Path], list[bytes]]:
    """The lines of a log, without their ends."""

    def read(path: Path) -> list[bytes]:
        raw = path.read_bytes()
        if path.suffix == ".gz":
            raw = gzip.decompress(raw)
        lines = [line.rstrip(b"\r") for line in raw.split(b"\n")]
        return lines[:-1] if lines and not lines[-1] else lines

    return read


@pytest.fixture(scope="session")
def wrap() -> Callable[..., bytes]:
    """`wrap("AIVDM,1,1,,A,…,0")`: a sentence with its checksum; `start` is "!" or "$"."""

    def made(body: str | bytes, start: str = "!") -> bytes:
        raw = body.encode("latin-1") if isinstance(body, str) else body
        return start.encode() + raw + b"*%02X" % int(np.bitwise_xor.reduce(np.frombuffer(raw, np.uint8)) if raw else 0)

    return made
