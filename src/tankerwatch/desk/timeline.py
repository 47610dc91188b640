"""The period of a replay: from when to when it goes, where nothing was received, and when alerts were raised, as far as is known."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np

from tankerwatch.core.errors import InputFault
from tankerwatch.core.incidents import RANK, WITHDRAWN, Alert
from tankerwatch.core.ports import RecordedSource
from tankerwatch.core.schema import F64
from tankerwatch.store.past import received_s

GAP_S: Final = 60.0
"""A silence of this length is a gap of reception."""
MOST_GAPS: Final = 200
"""Only the longest are told: a slider has no room for more."""

MOST_ALERTS: Final = 5000
"""Of more the newest are told singly; a page asks for bins."""

Survey = Callable[[], Iterator[F64]]
"""the times of what was received, in pieces, from the beginning to the end; asked for once, in a thread of its own"""


def received(source: RecordedSource) -> Iterator[F64]:
    """The receive times of a recorded source, batch by batch."""
    for batch in source.batches():
        yield received_s(batch)


class Gaps:
    """Takes receive times in about their order: the first, the last, and the silences of `GAP_S` and more between them.

    Of a silence only what lies between from_s and to_s is kept. What comes late is taken as of now: a gap that it lies in is not closed
    by it.
    """

    def __init__(self, from_s: float = -math.inf, to_s: float = math.inf) -> None:
        self._from_s, self._to_s = from_s, to_s
        self.first_s = self.last_s = math.nan
        self.found: list[tuple[float, float]] = []

    def take(self, times_s: F64) -> None:
        """(n,) receive times, NaN where there is none."""
        times_s = np.sort(times_s[np.isfinite(times_s)])
        if not len(times_s):
            return
        if math.isnan(self.first_s):
            self.first_s = self.last_s = float(times_s[0])
        at_s = np.concatenate([[self.last_s], np.maximum(times_s, self.last_s)])
        self.last_s = float(at_s[-1])
        within_s = np.clip(at_s, self._from_s, self._to_s)
        for begin in np.flatnonzero(np.diff(within_s) >= GAP_S).tolist():
            self.found.append((float(within_s[begin]), float(within_s[begin + 1])))
        if len(self.found) > 2 * MOST_GAPS:
            self.found = self.longest()

    def longest(self) -> list[tuple[float, float]]:
        """The longest, in order of time."""
        return sorted(sorted(self.found, key=lambda gap: gap[0] - gap[1])[:MOST_GAPS])


class Timeline:
    """What the slider of a replay shows. `start` looks through what is replayed, once, at half a core at most; `told` is for any thread.

    start_s, end_s: what is known beforehand, None where it is not.
    """

    def __init__(self, start_s: float | None, end_s: float | None, survey: Survey | None) -> None:
        self.start_s, self.end_s = start_s, end_s
        self.surveyed = False
        self._survey = survey
        self._gaps: list[tuple[float, float]] = []
        self._alerts: dict[str, Alert] = {}
        self._stop = threading.Event()

    def remember(self, alerts: Iterable[Alert]) -> None:
        """Alerts that were raised when the period was played before: the play begins anew, and they stay on the slider."""
        self._alerts = {**self._alerts, **{alert.id: alert for alert in alerts}}

    def start(self, known: Callable[[], None]) -> None:
        """Begin to look; `known` is called when the period and its gaps are, in the thread that looks."""
        if self._survey is not None:
            threading.Thread(target=self._look, args=(self._survey, known), name="timeline", daemon=True).start()

    def stop(self) -> None:
        """Look no further."""
        self._stop.set()

    def _look(self, survey: Survey, known: Callable[[], None]) -> None:
        gaps = Gaps(-math.inf if self.start_s is None else self.start_s, math.inf if self.end_s is None else self.end_s)
        begin_s = time.monotonic()
        try:
            for times_s in survey():
                gaps.take(times_s)
                # The play comes first: rest for as long as this took.
                if self._stop.wait(min(time.monotonic() - begin_s, 1.0)):
                    return
                begin_s = time.monotonic()
        except InputFault:
            return  # who plays it meets the same fault, and says so
        if not math.isnan(gaps.first_s):
            # A --from before the first time, or a --to after the last, is no time that the slider need show.
            self.start_s = gaps.first_s if self.start_s is None else max(self.start_s, gaps.first_s)
            self.end_s = gaps.last_s if self.end_s is None else min(self.end_s, gaps.last_s)
        self._gaps, self.surveyed = gaps.longest(), True
        known()

    def told(self, now: Iterable[Alert], bins: int | None = None) -> dict[str, Any]:
        """`GET /api/replay`, with the alerts as they are now; of those that are not, as they were when they were known.

        bins: instead of the alerts how many there are in each of so many parts of the period.
        """
        raised = self._raised(now)
        told: dict[str, Any] = {
            "start_s": self.start_s,
            "end_s": self.end_s,
            "surveyed": self.surveyed,
            "gaps": self._gaps,
        }
        if bins is not None:
            return {**told, "bins": self._in_bins(raised, bins)}
        moments = sorted(raised, key=lambda alert: alert.raised_s or 0.0)[-MOST_ALERTS:]
        return {**told, "alerts": [_moment(alert) for alert in moments], "alerts_left_out": len(raised) - len(moments)}

    def near(self, now: Iterable[Alert], time_s: float, *, after: bool) -> dict[str, Any] | None:
        """The first alert that was raised after a time, or the last one before it; None where none is known."""
        raised = ((alert.raised_s, alert.id, alert) for alert in self._raised(now) if alert.raised_s is not None)
        if after:
            found = min((each for each in raised if each[0] > time_s), key=lambda each: each[:2], default=None)
        else:
            found = max((each for each in raised if each[0] < time_s), key=lambda each: each[:2], default=None)
        return None if found is None else _moment(found[2])

    def _raised(self, now: Iterable[Alert]) -> list[Alert]:
        """Every alert that is known, as it is now or as it was when it was known, but for those that were withdrawn."""
        known = {**self._alerts, **{alert.id: alert for alert in now}}
        return [alert for alert in known.values() if alert.raised_s is not None and alert.state != WITHDRAWN]

    def _in_bins(self, raised: Sequence[Alert], bins: int) -> list[list[int]]:
        """[bin, how many, the worst of them as its rank] of each that has any, of so many equal parts of the period."""
        if self.start_s is None or self.end_s is None or not self.end_s > self.start_s:
            return []
        at_s = np.array([alert.raised_s for alert in raised], np.float64)
        rank = np.array([RANK[alert.severity] for alert in raised], np.int64)
        within = (at_s >= self.start_s) & (at_s <= self.end_s)
        part = np.minimum(bins - 1, (at_s[within] - self.start_s) / (self.end_s - self.start_s) * bins).astype(np.int64)
        worst = np.zeros(bins, np.int64)
        np.maximum.at(worst, part, rank[within])
        many = np.bincount(part, minlength=bins)
        return [[at, int(many[at]), int(worst[at])] for at in np.flatnonzero(many).tolist()]


def _moment(alert: Alert) -> dict[str, Any]:
    return {"id": alert.id, "raised_s": alert.raised_s, "severity": alert.severity}
