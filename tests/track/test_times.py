"""When a fix happened, from the second that the ship sent and the time at which it was received."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.kernels import arrivals
from tankerwatch.core.tables import Heard
from tankerwatch.track.fleet import Fleet
from tankerwatch.track.times import EARLIEST_S, LATEST_S, event_times

MINUTE = 1_700_000_040.0
START_S = 1_700_000_000.0 // 600 * 600
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


def clocks_after(fixes, stations, seconds=600):
    """A fleet that has heard three ships, each report by every station: (offset of its clock, s; lateness, s) each."""
    fleet, rows = Fleet(), []
    for t in range(0, seconds, 10):
        for ship in range(3):
            for station, (offset, late) in enumerate(stations):
                lat = 24.0 + ship + 12.0 * t / 3600 / 60
                row = {"mmsi": 311000001 + ship, "lat": lat, "lon": 58.0, "sog": 12.0, "cog": 0.0, "station": station}
                rows.append((t + late, {**row, "at": t + late + offset, "second": int(START_S + t) % 60}))
    rows.sort(key=lambda pair: pair[0])
    legs = [fleet.advance(Heard(fixes=fixes(*(row for _, row in rows[at : at + 90])))) for at in range(0, len(rows), 90)]
    return fleet, legs


@pytest.mark.parametrize("offset", [-25.0, 25.0, 300.0, -325.0, 3 * 3600.0])
def test_a_station_with_a_wrong_clock_is_set_by_the_others(fixes, offset):
    _, legs = clocks_after(fixes, [(0.0, 0.5), (0.0, 1.0), (offset, 0.2)])
    last = legs[-1]
    assert (last.belief == 0).all() and not last.late.any()
    assert np.abs(last.event_s - last.received_s).max() < 4
    assert last.event_s.max() <= START_S + 600
    assert all((leg.belief == 0).all() for leg in legs)


def test_clocks_that_go_right_are_left_alone(fixes):
    fleet, legs = clocks_after(fixes, [(0.0, 0.5), (0.0, 1.0), (0.0, 9.0)])
    assert (fleet.clocks.state[:, arrivals.C_WHOLE] == 0).all()
    assert all((leg.belief == 0).all() and (np.mod(leg.event_s, 10) == 0).all() for leg in legs)
