"""In a log by whole seconds, the order of lines within a second is chance: it must not matter."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.tables import Heard
from tankerwatch.track.fleet import Fleet


@given(
    st.randoms(use_true_random=False), st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 2)), min_size=2, max_size=40)
)
def test_the_order_within_a_second_does_not_matter(fixes, start_s, random, wishes):
    rows = [
        {
            "at": 10 * (n // 5),
            "mmsi": 311000001 + ship,
            "lat": 24 + ship + place / 50,
            "lon": 58.0,
            "sog": 9.0,
            "cog": 10.0,
            "station": station,
        }
        for n, (ship, place, station) in enumerate(wishes)
    ]
    shuffled = sorted(rows, key=lambda row: (row["at"], random.random()))

    def run(these):
        fleet = Fleet()
        legs = fleet.advance(Heard(fixes=fixes(*these)))
        picture = fleet.picture(start_s + 1000)
        order = np.argsort(picture.mmsi)
        seen = [repr(getattr(picture, c.name)[order].tolist()) for c in picture.columns() if c.name not in ("source_row", "fast_row")]
        return [(c.name, repr(getattr(legs, c.name).tolist())) for c in legs.columns() if c.name not in ("source_row", "slot")], seen

    assert run(rows) == run(shuffled)
