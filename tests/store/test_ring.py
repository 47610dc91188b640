"""The ring keeps exactly the newest lines, found by their source_row, however they were cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.tables import FEED_SHIFT, Lines
from tankerwatch.store import ring as ring_module
from tankerwatch.store.ring import SentenceRing

Line = tuple[int, float, bytes]


class Twin:
    """The same in the plainest words."""

    def __init__(self, lines: int, size: int) -> None:
        self.most_lines, self.most_bytes, self.kept = lines, size, list[Line]()

    def add(self, line: Line) -> None:
        self.kept.append(line)
        while len(self.kept) > self.most_lines or sum(len(raw) + 1 for _, _, raw in self.kept) > self.most_bytes:
            del self.kept[0]

    def find(self, row: int) -> Line | None:
        return next((line for line in reversed(self.kept) if line[0] == row), None)


_row = st.builds(lambda feed, number: feed << FEED_SHIFT | number, st.sampled_from([0, 1, 65535]), st.integers(1, 12))
_line = st.tuples(_row, st.floats(0, 2e9), st.binary(max_size=12).map(lambda raw: raw.replace(b"\n", b"")))


@given(
    lines=st.lists(_line, max_size=60),
    cuts=st.lists(st.integers(0, 60), max_size=10),
    asked=st.sets(st.integers(0, 60)),
    capacity=st.tuples(st.integers(1, 40), st.sampled_from([5, 60, 10_000])),
    chunk=st.sampled_from([2, 7, 16_384]),
)
def test_like_its_plain_twin(lines, cuts, asked, capacity, chunk):
    ring, twin = SentenceRing(capacity[0], capacity_bytes=capacity[1]), Twin(*capacity)
    everything = [feed << FEED_SHIFT | number for feed in (0, 1, 65535) for number in range(14)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ring_module, "CHUNK_LINES", chunk)
        edges = sorted({0, *[cut for cut in cuts if cut < len(lines)], len(lines)})
        for begin, end in pairwise(edges):
            part = lines[begin:end]
            ring.add(Lines.of([raw for _, _, raw in part], [time_s for _, time_s, _ in part], [row for row, _, _ in part]))
            for line in part:
                twin.add(line)
            if end in asked:  # to look must change nothing
                assert ring.find(everything) == [twin.find(row) for row in everything]
        assert ring.find(everything) == [twin.find(row) for row in everything]
        assert len(ring) == len(twin.kept)


def test_it_keeps_no_hold_of_the_buffer_it_was_given():
    buffer = np.frombuffer(b"first\nsecond\n" + bytes(Lines.PAD), np.uint8).copy()
    lines = Lines(buffer, np.array([0, 6]), np.array([5, 12]), np.zeros(2), np.array([1, 2], np.uint64))
    ring = SentenceRing()
    ring.add(lines)
    buffer[:] = 0
    assert ring.find([2, 1]) == [(2, 0.0, b"second"), (1, 0.0, b"first")]


def test_many_small_batches_are_few_chunks():
    ring = SentenceRing(40_000)
    for i in range(0, 60_000, 10):
        ring.add(Lines.of([b"x"] * 10, [0.0] * 10, list(range(i, i + 10))))
        if i % 5_000 == 0:
            assert ring.find([i]) == [(i, 0.0, b"x")]
    assert ring.find([19_999, 20_000, 59_999]) == [None, (20_000, 0.0, b"x"), (59_999, 0.0, b"x")]
    assert len(ring._chunks) <= 10
