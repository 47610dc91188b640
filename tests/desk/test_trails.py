from __future__ import annotations

import numpy as np

from tankerwatch.core.tables import Feeds, Heard, Legs, Pairs, Picture, View
from tankerwatch.desk.trails import COLUMNS, KEPT_S, POINTS, SENTENCES, Trails

START_S = 1.7e9


def seen(trails: Trails, seconds: np.ndarray, *, belief: int = 0, late: bool = False) -> None:
    legs = Legs.blank(len(seconds)).replace(
        event_s=START_S + seconds,
        received_s=START_S + seconds,
        slot=np.full(len(seconds), 3, np.uint32),
        lat_deg=25 + seconds / 1e5,
        lon_deg=np.full(len(seconds), 57.0),
        belief=np.full(len(seconds), belief, np.uint8),
        late=np.full(len(seconds), late),
        source_row=np.arange(1, len(seconds) + 1, dtype=np.uint64),
    )
    trails.take(View(0.0, False, legs, Picture.empty(), Pairs.empty(), Heard(), Feeds.empty()))


def test_a_trail_is_thinned_bounded_and_of_the_last_hours() -> None:
    trails = Trails()
    seen(trails, np.arange(0.0, 86_400.0, 10.0))
    assert len(trails.points[3]) <= COLUMNS * POINTS * 5 // 4
    track = trails.track(3, START_S + 86_400)
    times = np.array(track["time_s"])
    assert np.diff(times).min() >= 29.9 and times[0] >= START_S + 86_400 - KEPT_S - 1
    assert np.allclose(track["lat_deg"], 25 + (times - START_S) / 1e5, atol=1e-5)
    assert track["sog_kn"] == [None] * len(times)
    assert list(trails.rows[3]) == list(range(8_640 - SENTENCES + 1, 8_641))


def test_displaced_fixes_are_marked_and_late_ones_left_out() -> None:
    trails = Trails()
    seen(trails, np.array([0.0]))
    seen(trails, np.array([5.0]), belief=1)
    seen(trails, np.array([2.0]), late=True)
    assert trails.track(3, START_S + 10)["displaced"] == [0, 1]
    assert trails.track(4, START_S + 10)["time_s"] == []
