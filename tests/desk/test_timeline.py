"""The period of a replay and its gaps, however it is cut into pieces; and looking it through never holds up the play."""

from __future__ import annotations

import itertools
import math
import threading
import time
from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Fixes, Heard, Lines
from tankerwatch.desk.timeline import GAP_S, MOST_GAPS, Gaps, Timeline, received

PATIENCE_S = 60


@dataclass
class Given:
    """What an alert is to a slider."""

    id: str
    raised_s: float | None = 5.0
    severity: str = "caution"
    state: str = "open"


def gaps_of(pieces, **period):
    gaps = Gaps(**period)
    for piece in pieces:
        gaps.take(np.array(piece, dtype=float))
    return gaps


def look(timeline):
    known = threading.Event()
    timeline.start(known.set)
    assert known.wait(PATIENCE_S)
    return timeline.told([])


@given(times=st.lists(st.floats(0, 5000), max_size=40), cuts=st.lists(st.integers(0, 40)), nothing=st.integers(0, 40))
def test_the_gaps_do_not_depend_on_the_pieces(times, cuts, nothing):
    times.sort()
    pieces = [list(piece) for piece in np.split(np.array(times), sorted(cut for cut in cuts if cut <= len(times)))]
    pieces.insert(min(nothing, len(pieces)), [math.nan])
    gaps = gaps_of(pieces)
    assert gaps.longest() == [(one, other) for one, other in itertools.pairwise(times) if other - one >= GAP_S]
    if times:
        assert (gaps.first_s, gaps.last_s) == (times[0], times[-1])
    else:
        assert math.isnan(gaps.first_s)


@given(st.lists(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=9), max_size=9))
def test_any_times_give_gaps_in_order_within_the_period(pieces):
    gaps = gaps_of(pieces, from_s=1000.0, to_s=9000.0)
    edges = [time_s for gap in gaps.longest() for time_s in gap]
    assert edges == sorted(edges)
    assert all(max(1000.0, gaps.first_s) <= edge <= min(gaps.last_s, 9000.0) for edge in edges)


def test_what_comes_late_makes_no_gap():
    assert gaps_of([[0, 10, 50], [20], [51, 3], [90]]).longest() == []


def test_only_the_longest_are_kept():
    steps = np.full(5 * MOST_GAPS, GAP_S)
    steps[::5] = 2 * GAP_S
    gaps = gaps_of(np.array_split(np.cumsum(steps), 7))
    assert len(gaps.longest()) == MOST_GAPS
    # The step that leads to the first time is no gap: one long one fewer.
    assert sum(end - begin == 2 * GAP_S for begin, end in gaps.longest()) == MOST_GAPS - 1


def test_receive_times_of_lines_and_of_reports():
    fixes = Fixes.blank(2).replace(time_s=np.array([7.0, np.nan]))
    batches = [Batch(lines=Lines.of([b"a", b"b"], [1.0, 2.0], [1, 2])), Batch(heard=Heard(fixes=fixes)), Batch(clock_s=9.0)]

    class Source:
        name = "given"

        def batches(self):
            return iter(batches)

    assert next(times.tolist() for times in received(Source())) == [1.0, 2.0]
    assert gaps_of(received(Source())).last_s == 7.0


def test_a_show_keeps_its_period_and_a_file_tells_its_own():
    def survey():
        yield np.array([100.0, 130.0, 400.0])
        yield np.array([410.0])

    told = look(Timeline(None, None, survey))
    assert (told["start_s"], told["end_s"], told["gaps"], told["surveyed"]) == (100.0, 410.0, [(130.0, 400.0)], True)
    told = look(Timeline(120.0, 405.0, survey))
    assert (told["start_s"], told["end_s"], told["gaps"]) == (120.0, 405.0, [(130.0, 400.0)])
    told = look(Timeline(200.0, 300.0, survey))
    assert (told["start_s"], told["end_s"], told["gaps"]) == (200.0, 300.0, [(200.0, 300.0)])
    assert look(Timeline(50.0, 9e9, survey))["end_s"] == 410.0
    nothing = look(Timeline(None, None, lambda: iter([np.array([np.nan])])))
    assert nothing["start_s"] is None and nothing["surveyed"]


def test_what_cannot_be_read_is_left_to_the_play():
    def survey():
        yield np.array([1.0])
        raise InputFault("cannot be read", where="x")

    timeline, told = Timeline(None, None, survey), []
    timeline.start(lambda: told.append(1))
    time.sleep(0.2)
    assert told == [] and not timeline.told([])["surveyed"]
    Timeline(None, None, None).start(lambda: told.append(1))
    assert told == []


def test_it_rests_as_long_as_it_works_and_stops():
    taken = []

    def survey():
        while True:
            time.sleep(0.05)
            taken.append(time.monotonic())
            yield np.array([1.0])

    timeline = Timeline(None, None, survey)
    before = set(threading.enumerate())
    timeline.start(lambda: None)
    (looking,) = set(threading.enumerate()) - before
    end_s = time.monotonic() + PATIENCE_S
    while len(taken) < 6:
        assert time.monotonic() < end_s, "it does not look"
        time.sleep(0.01)
    timeline.stop()
    looking.join(PATIENCE_S)
    assert not looking.is_alive()
    # However slow the machine: between two pieces lie the work on one, and as long a rest.
    assert min(other - one for one, other in itertools.pairwise(taken)) > 0.09


def test_alerts_seen_before_stay_and_those_of_now_tell_more():
    timeline = Timeline(0.0, 9.0, None)
    timeline.remember([Given("late", 8.0), Given("a", 3.0, "notice"), Given("w", 1.0, state="withdrawn"), Given("n", None)])
    told = timeline.told([Given("a", 3.0, "danger"), Given("w", 1.0), Given("late", 8.0, state="withdrawn")])
    assert told["alerts"] == [{"id": "w", "raised_s": 1.0, "severity": "caution"}, {"id": "a", "raised_s": 3.0, "severity": "danger"}]
    timeline.remember([Given("late", 8.0, "distress")])
    assert timeline.told([])["alerts"][-1] == {"id": "late", "raised_s": 8.0, "severity": "distress"}
