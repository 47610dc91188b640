"""Splitting bytes into lines: the same lines wherever the bytes are cut, and bounded whatever comes."""

from __future__ import annotations

import itertools
import re
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.ports import FeedState
from tankerwatch.core.tables import FEED_SHIFT, ROW_MASK, Lines
from tankerwatch.ingest.lines import LIMIT, LineSplitter, Split, WholeLines, room

# Bytes in which line ends, NULs and what looks like sentences are common.
tokens = [b"\n", b"\r", b"\r\n", b"\0", b"!AIVDM,1,1,,A,x,0*00", b"\\c:1*00\\", b"a", b"\xff"]
hostile = st.lists(st.sampled_from(tokens), max_size=60).map(b"".join)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({min(cut, len(data)) for cut in cuts} | {0, len(data)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


def reference(data: bytes) -> list[bytes]:
    """The lines that end, by the plain rule."""
    return re.split(rb"\r\n|\n|\r", data)[:-1]


def texts(parts: list[Lines]) -> list[bytes]:
    return [part.line(i) for part in parts for i in range(len(part))]


@given(hostile, st.lists(st.integers(0, 400), max_size=20))
def test_any_cut_gives_the_same_lines(data: bytes, cuts: list[int]) -> None:
    splitter = LineSplitter(3)
    parts = [splitter.feed(piece, 5.0) for piece in pieces(data, cuts)]
    assert texts(parts) == reference(data)
    rows = [int(row) for part in parts for row in part.source_row]
    assert [row & ROW_MASK for row in rows] == list(range(1, len(rows) + 1))
    assert all(row >> FEED_SHIFT == 3 for row in rows)
    rest = splitter.finish(6.0)
    tail = re.split(rb"\r\n|\n|\r", data)[-1]
    assert texts([rest]) == ([tail] if tail else [])


@given(hostile)
def test_byte_by_byte_gives_the_same_lines(data: bytes) -> None:
    splitter = LineSplitter(0)
    assert texts([splitter.feed(bytes([byte]), 0.0) for byte in data]) == reference(data)


@given(st.lists(st.integers(0, 40), max_size=30), st.lists(st.integers(0, 600), max_size=12))
def test_a_line_that_is_too_long_is_left_out_and_counted(lengths: list[int], cuts: list[int]) -> None:
    lines = [bytes([65 + i % 26]) * length for i, length in enumerate(lengths)]
    splitter = LineSplitter(0, limit=20)
    parts = [splitter.feed(piece, 0.0) for piece in pieces(b"".join(line + b"\n" for line in lines), cuts)]
    assert texts(parts) == [line for line in lines if len(line) <= 20]
    assert splitter.counters == {"lines": sum(len(line) <= 20 for line in lines), "too_long": sum(len(line) > 20 for line in lines)}
    assert [int(row) for part in parts for row in part.source_row] == [i + 1 for i, line in enumerate(lines) if len(line) <= 20]


def test_hundred_megabytes_without_a_line_end_cost_kilobytes() -> None:
    splitter, whole = LineSplitter(0, feed=(feed := FeedState(0, "x"))), WholeLines()
    chunk = b"x" * (1 << 20)
    tracemalloc.start()
    for _ in range(100):
        assert not len(splitter.feed(chunk, 0.0))
        assert whole.feed(chunk) == b""
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20
    assert texts([splitter.feed(b"\nwhole\n", 0.0)]) == [b"whole"]
    assert feed.lines == 1
    assert feed.dropped == {"too_long": 1}
    assert whole.feed(b"\nwhole\n") == b"whole\n"
    assert whole.too_long == 1


@pytest.mark.parametrize("length", [LIMIT - 1, LIMIT, LIMIT + 1])
def test_the_limit_is_exact(length: int) -> None:
    splitter = LineSplitter(0)
    found = splitter.feed(b"y" * length + b"\r\n", 0.0)
    assert len(found) == (length <= LIMIT)


def test_the_buffer_ends_in_zeros() -> None:
    found = LineSplitter(0).feed(b"abc\ndef\n", 0.0)
    assert len(found.buffer) - int(found.end[-1]) >= Lines.PAD
    assert not found.buffer[8:].any()


@given(hostile, st.lists(st.integers(0, 400), max_size=20))
def test_what_a_peer_sends_whole_stays_whole(data: bytes, cuts: list[int]) -> None:
    holder = WholeLines()
    passed = [holder.feed(piece) for piece in pieces(data, cuts)]
    assert all(not part or part.endswith((b"\n", b"\r")) for part in passed)
    half = holder.finish()
    joined = b"".join(passed) + half
    assert joined == (data + b"\n" if half else data)
    assert holder.finish() == b""


def test_split_grows_its_output_for_many_empty_lines() -> None:
    data = b"\n" * 5000
    buffer = room(len(data))
    buffer[: len(data)] = np.frombuffer(data, np.uint8)
    found = Split(buffer, 0, len(data), first_number=1)
    assert len(found.start) == 5000
    assert (found.start == found.end).all()
