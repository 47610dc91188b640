"""Tracks: bounded, thinned evenly, and the same however the stream was cut."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.tables import Feeds, Heard, Legs, Pairs, Picture, View
from tankerwatch.share.tracks import Tracks


def view(now_s: float, legs: Legs) -> View:
    return View(now_s, True, legs, Picture.empty(), Pairs.empty(), Heard(), Feeds.empty())


def legs(times: np.ndarray, slots: np.ndarray, displaced: np.ndarray | None = None) -> Legs:
    made = Legs.blank(len(times))
    off = np.zeros(len(times), bool) if displaced is None else displaced
    return made.replace(
        event_s=times,
        slot=slots.astype(np.uint32),
        lat_deg=times / 1000,
        lon_deg=-times / 1000,
        belief=off.astype(np.uint8),
        late=np.zeros(len(times), bool),
    )


@given(st.lists(st.integers(1, 2000), min_size=1, max_size=8), st.integers(40, 400), st.integers(1, 4))
def test_cut_anywhere_it_is_the_same_and_bounded(cuts, most, ships):
    times = np.arange(0.0, 2000.0)
    slots = (np.arange(2000) * 7) % ships
    made = []
    for edges in ([0, 2000], [0, *sorted(set(cuts)), 2000]):
        tracks = Tracks(every_s=5.0, most=1 << 20)
        for low, high in pairwise(edges):
            tracks.take(view(times[high - 1] + 1, legs(times[low:high], slots[low:high])))
        made.append(tracks.of(range(ships)))
    for slot in range(ships):
        assert made[0][slot].time_s.tolist() == made[1][slot].time_s.tolist()
    bounded = Tracks(every_s=1.0, most=most)
    for low in range(0, 2000, 50):
        bounded.take(view(times[low] + 50, legs(times[low : low + 50], slots[low : low + 50])))
        assert bounded.points <= most
    for track in bounded.of(range(ships)).values():
        steps = np.floor(track.time_s / bounded.every_s)
        assert len(np.unique(steps)) == len(steps) and (np.diff(track.time_s) > 0).all()
        assert track.time_s[0] < 2 * ships + bounded.every_s and track.time_s[-1] > 1999 - 2 * ships - bounded.every_s


def test_displaced_fixes_are_kept_apart_and_late_ones_not_at_all():
    tracks = Tracks()
    times = np.array([100.0, 101.0, 102.0, 103.0])
    tracks.take(view(110.0, legs(times, np.zeros(4), np.array([False, True, True, False]))))
    late = legs(np.array([50.0]), np.zeros(1))
    tracks.take(view(120.0, late.replace(late=np.ones(1, bool))))
    track = tracks.of([0])[0]
    assert track.time_s.tolist() == [100.0, 101.0] and track.displaced.tolist() == [False, True]
    assert tracks.first_s == 110.0


def test_a_ship_that_was_never_seen_has_an_empty_track():
    assert len(Tracks().of([3])[3].time_s) == 0
