"""Frames of time: the same wherever the rows are cut, looks at every tenth second, silence noticed and then left alone."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.tables import Marks
from tankerwatch.track.ticks import LOOK_S, PAUSE_S, QUIET_S, SELDOM_S, Ticks

START = 1_700_000_000 // 600 * 600
waits = st.lists(st.sampled_from((0.0, 0.0, 0.25, 1.0, 1.0, 3.5, 10.0, 47.0, 125.0, 1000.0, 90_000.0)), min_size=1, max_size=40)


def rows_at(times):
    return Marks(np.asarray(times, np.float64), np.arange(len(times), dtype=np.uint16))


def told(frames):
    """Frames as plain values: end, look, and the rows of each name."""
    return [
        (f.now_s, f.look, {name: rows.feed.tolist() if isinstance(rows, Marks) else list(rows) for name, rows in f.rows.items()})
        for f in frames
    ]


def run(times, words, cuts=(), frame_s=LOOK_S, until=None):
    """All frames of rows at times, and of words at times, given in parts."""
    ticks, frames = Ticks(frame_s), []
    table = rows_at(times)
    edges = [0, *sorted(cuts), len(times)]
    for low, high in itertools.pairwise(edges):
        part = {}
        if high > low:
            part["lines"] = (times[low:high], table.take(slice(low, high)))
        said = [n for n in words if low <= n < high]
        if said:
            part["words"] = (times[said], tuple(f"word {n}" for n in said))
        frames += ticks.add(part)
    if until is not None:
        frames += ticks.reach(until)
    return told([*frames, *ticks.finish()])


@given(waits, st.sets(st.integers(0, 39)), st.sets(st.integers(1, 39), max_size=8), st.sampled_from((1, 2, 5, 10)))
def test_any_cut_gives_the_same_frames(waits, words, cuts, frame_s):
    times = START + np.cumsum(waits)
    words, cuts = sorted(n for n in words if n < len(times)), [c for c in cuts if c < len(times)]
    whole = run(times, words, frame_s=frame_s)
    assert run(times, words, cuts, frame_s) == whole
    assert run(times, words, range(1, len(times)), frame_s) == whole


@given(waits, st.integers(0, 2000))
def test_looks_are_the_same_in_short_and_in_long_frames(waits, more):
    times = START + np.cumsum(waits)
    until = int(times[-1]) + more
    short, long = ([(now_s, look) for now_s, look, _ in run(times, [], frame_s=f, until=until) if look] for f in (1, 10))
    assert short == long


@given(waits)
def test_every_row_comes_once_in_order_and_before_the_end_of_its_frame(waits):
    times = START + np.cumsum(waits)
    frames = run(times, [0])
    rows = [row for _, _, held in frames for row in held.get("lines", [])]
    assert rows == list(range(len(times)))
    ends = [now_s for now_s, _, _ in frames]
    assert ends == sorted(set(ends))
    assert all(look == (now_s % LOOK_S == 0) for now_s, look, held in frames if now_s - times[-1] > 1 or not held)
    for now_s, _, held in frames:
        assert all(now_s - LOOK_S <= np.floor(times[row]) < now_s for row in held.get("lines", []))


def test_silence_is_looked_at_less_and_less():
    ticks = Ticks()
    list(ticks.add({"lines": (np.array([START + 0.5]), rows_at([START]))}))
    looks = [f.now_s - START for f in ticks.reach(START + 5000) if f.look]
    assert looks[: PAUSE_S // LOOK_S] == list(range(LOOK_S, PAUSE_S + 1, LOOK_S))
    assert looks[PAUSE_S // LOOK_S :] == list(range(PAUSE_S + SELDOM_S, QUIET_S + 1, SELDOM_S))


def test_the_end_is_no_silence():
    ticks = Ticks()
    list(ticks.add({"lines": (np.array([START + 3.5]), rows_at([START]))}))
    assert told(ticks.finish()) == [(START + 4.0, False, {"lines": [0]})]
    assert told(ticks.finish()) == []


def test_a_clock_that_stands_or_goes_back_gives_nothing():
    ticks = Ticks()
    list(ticks.add({"lines": (np.array([START + 33.0]), rows_at([START]))}))
    assert told(ticks.reach(START + 33)) == told(ticks.reach(START)) == []
    # A row from before is of the second that has been reached.
    assert told(ticks.add({"lines": (np.array([START + 1.0]), rows_at([START]))})) == []
    assert told(ticks.reach(START + 40)) == [(START + 40.0, True, {"lines": [0, 0]})]


@pytest.mark.parametrize("frame_s", [1, 10])
def test_a_jump_of_years_costs_no_time(frame_s):
    ticks = Ticks(frame_s)
    list(ticks.add({"lines": (np.array([1000.0]), rows_at([1]))}))
    assert len(list(ticks.reach(START))) < 100


def test_no_rows_no_frames():
    assert told(Ticks().add({})) == told(Ticks().finish()) == told(Ticks().reach(START)) == []
