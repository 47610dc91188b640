"""When a fix happened, from the second that the ship sent and the time at which it was received."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.track.times import EARLIEST_S, LATEST_S, event_times

MINUTE = 1_700_000_040.0
assert MINUTE % 60 == 0


def event(received_s, second):
    return float(event_times(np.array([received_s]), np.array([second], np.uint8))[0])


@pytest.mark.parametrize(
    ("received", "second", "happened"),
    [
        (10.4, 10, 10),  # at once
        (12.9, 10, 10),
        (25.9, 10, 10),  # as late as is usual
        (9.0, 10, 10),  # this desk's clock is a little behind
        (62.0, 58, 58),  # over the minute, forward
        (58.5, 0, 60),  # and back
        (40.0, 10, 40),  # too late to be believed
        (33.3, 60, 33.3),  # not available
        (33.3, 62, 33.3),  # estimated by dead reckoning
    ],
)
def test_the_instant_with_that_second_next_to_receipt(received, second, happened):
    assert event(MINUTE + received, second) == pytest.approx(MINUTE + happened)


@given(st.floats(1.0e9, 3.0e9), st.integers(0, 255))
def test_never_far_from_receipt_and_on_the_second_or_at_receipt(received_s, second):
    happened = event(received_s, second)
    assert EARLIEST_S - 1e-6 <= received_s - happened <= LATEST_S + 1e-6
    if happened != received_s:
        assert second < 60
        assert abs((happened - second + 30) % 60 - 30) < 1e-5
