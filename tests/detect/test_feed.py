"""Feeds that lag, and feeds with ships that cannot be."""

from __future__ import annotations

import numpy as np
import pytest

from tankerwatch.config import load
from tankerwatch.core.ais import encoder
from tankerwatch.core.ais.framing import sentences
from tankerwatch.core.tables import FEED_SHIFT, Batch, Lines
from tankerwatch.detect import catalog
from tankerwatch.pipeline import River
from tankerwatch.testing import START_S

MINUTES = 25


def ships(feed: int, count: int, minutes: range, lat: float = 24.0, lon: float = 58.0, first: int = 311_000_000, step: float = 0.003):
    """Ships in a row, each sending twice a minute: (received, feed, payload)."""
    for minute in minutes:
        for n in range(count):
            for half in (0, 30):
                sent = START_S + 60 * minute + half + n % 30
                at = lat + step * n, lon + step * (n % 10) + 0.0001 * minute * (step > 0)
                yield sent + 0.5, feed, encoder.position_a(first + n, *at, 6.0, 90.0, 90, 0, int(sent) % 60)


def bases(feed: int, old_s: float = 0.0):
    """A base station's report each 20 s, received `old_s` after it was sent."""
    for at in range(0, MINUTES * 60, 20):
        sent = START_S + at - old_s
        yield START_S + at + 0.4, feed, encoder.base_station(2_000_010 + feed, sent, 24.0, 58.0)


def alerts(*parts, cuts: int = 1, frame_s: int = 1):
    rows = sorted((row for part in parts for row in part), key=lambda row: (row[0], row[1], row[2]))
    lines = [sentences(payload)[0] for _, _, payload in rows]
    numbers = [feed << FEED_SHIFT | at + 1 for at, (_, feed, _) in enumerate(rows)]
    river = River(load(None, catalog.detectors()), ("north", "south"), frame_s=frame_s)
    for which in np.array_split(np.arange(len(rows)), cuts):
        low, high = int(which[0]), int(which[-1]) + 1
        river.take(Batch(lines=Lines.of(lines[low:high], [row[0] for row in rows[low:high]], numbers[low:high])))
    river.finish()
    return [(a.detector, a.severity, a.state, a.reason) for a in river.triage.alerts.values()]


def test_a_feed_that_lags_is_told_and_not_the_clock():
    all_minutes = range(MINUTES)
    found = alerts(bases(0), ships(0, 3, all_minutes), bases(1, 240.0), ships(1, 3, all_minutes, lat=26.0, first=311_100_000))
    assert [(detector, state) for detector, _, state, _ in found] == [("feed", "open")]
    assert found[0][3] == "What the feed south delivers is 240 s old."


@pytest.mark.parametrize("old_s", [0.0, 20.0])
def test_feeds_that_agree_are_not_told(old_s):
    assert alerts(bases(0), ships(0, 3, range(MINUTES)), bases(1, old_s), ships(1, 3, range(MINUTES), lat=26.0, first=311_100_000)) == []


def test_all_feeds_behind_are_the_desk_s_clock():
    found = alerts(bases(0, 240.0), bases(1, 245.0), ships(0, 3, range(MINUTES)))
    assert len(found) == 1 and "clock of this desk" in found[0][3]


def test_many_new_ships_on_one_spot_are_made_up():
    flood = ships(1, 25, range(12, MINUTES), lat=24.5, first=412_000_000, step=0.0)
    parts = [list(ships(0, 8, range(MINUTES))), list(flood)]
    found = [a for a in alerts(*parts) if a[0] == "feed"]
    assert [(severity, "25 new ships that cannot be" in reason) for _, severity, _, reason in found] == [("caution", True)]
    assert [a for a in alerts(*parts, cuts=9, frame_s=10) if a[0] == "feed"] == found


def test_strangers_among_others_ships_are_made_up():
    known = list(ships(0, 60, range(MINUTES)))
    found = [a for a in alerts(known, ships(1, 60, range(14, MINUTES), lat=24.0005, first=412_000_000)) if a[0] == "feed"]
    assert len(found) == 1 and "made up" in found[0][3]


def test_a_new_feed_of_another_sea_is_no_flood():
    known = list(ships(0, 60, range(MINUTES)))
    assert [a for a in alerts(known, ships(1, 80, range(14, MINUTES), lat=40.0, first=412_000_000)) if a[0] == "feed"] == []


def test_a_full_harbour_is_no_flood():
    berths = ships(0, 60, range(MINUTES), step=0.0004)
    assert [a for a in alerts(berths) if a[0] == "feed"] == []
