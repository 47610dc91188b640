"""Times for lines that carry none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tankerwatch.core.ais import encoder, framing

EPOCH = 1_560_386_400.0


def base(utc_s: float, mmsi: int = 2190067) -> bytes:
    return framing.sentences(encoder.base_station(mmsi, utc_s, 55.5, 11.25))[0]


def ship(second: int | None, mmsi: int = 244000001) -> bytes:
    return framing.sentences(encoder.position_a(mmsi, 55.5, 11.25, utc_second=second))[0]


@pytest.fixture
def start():
    return [base(EPOCH - 1), base(EPOCH)]


def test_before_the_first_base_station_there_is_no_time(listen, start):
    said = listen([ship(5), *start, ship(1)], place_times=True)
    assert np.isnan(said.fixes.time_s).tolist() == [True, False] and said.fixes.time_s[1] == EPOCH + 1


def test_seconds_move_the_clock_and_what_is_told_never_goes_back(listen, start):
    said = listen([*start, ship(1), ship(3), ship(2), ship(60), ship(4), base(EPOCH + 2), ship(2)], place_times=True)
    assert (said.fixes.time_s - EPOCH).tolist() == [1, 3, 3, 3, 4, 4]


def test_a_wrong_second_moves_nothing_unless_another_ship_says_the_same(listen, start):
    a, b, c = 244000001, 244000002, 244000003
    said = listen([*start, ship(1, a), ship(1, b), ship(20, c), ship(2, a), ship(20, c), ship(2, b)], place_times=True)
    assert (said.fixes.time_s - EPOCH).tolist() == [1, 1, 1, 1, 1, 2]
    said = listen([*start, ship(1, a), ship(12, b), ship(13, c)], place_times=True)
    assert (said.fixes.time_s - EPOCH).tolist() == [1, 1, 12]


def test_one_base_station_with_a_wrong_clock_is_not_believed(listen, start):
    said = listen([*start, base(EPOCH + 90_000, 2190099), ship(1), base(EPOCH + 2), ship(3)], place_times=True)
    assert (said.fixes.time_s - EPOCH).tolist() == [1, 3]
    said = listen([*start, base(EPOCH + 90_000), base(EPOCH + 90_001), ship(2)], place_times=True)  # a recording that was stopped for a day
    assert (said.fixes.time_s - EPOCH).tolist() == [90_002]


def test_all_tables_are_placed(listen, start):
    statics = framing.sentences(encoder.static_voyage(244000001, name="SHIP"), sequence=1)
    said = listen(
        [*start, *statics, framing.tll(3, 25.0, 57.0), framing.dsc(566123000), *framing.sentences(encoder.safety_text(2190067, "HELLO"))],
        place_times=True,
    )
    for table in (said.statics, said.fixes, said.calls, said.texts):
        assert table.time_s.tolist() == [EPOCH]


def test_lines_with_a_time_keep_it(listen, start):
    said = listen([*start, ship(5)], times=[math.nan, math.nan, 7.0], place_times=True)
    assert said.fixes.time_s.tolist() == [7.0]
    assert np.isnan(listen([*start, ship(5)]).fixes.time_s).all()


def test_a_recording_without_times_is_placed_within_its_own_minutes(listen, log_lines, shared_data):
    """The Danish feed carries $PGHP receive times; without them, the clock must agree with them to a few seconds."""
    lines = log_lines(shared_data("nmea/aisabnormal_sample.nmea.gz"))
    said = listen(lines, place_times=True)
    received = []
    for row in said.fixes.source_row.tolist():
        stamp = next(lines[i] for i in range(row - 1, row - 6, -1) if b"$PGHP" in lines[i]).split(b",")
        received.append((int(stamp[5]) * 60 + int(stamp[6])) * 60 + int(stamp[7]) + int(stamp[8]) / 1000)
    placed = said.fixes.time_s
    known = ~np.isnan(placed)
    assert known.mean() > 0.99
    apart = placed[known] % 86400 - np.array(received)[known]
    assert np.abs(np.median(apart)) < 2 and np.quantile(np.abs(apart), 0.99) < 6
