"""The journal of a watch played again, through the same river, as it was known then: on the page, or in one go.

It is read without its lock, beside a live writer, and nothing is written to it. Before the time that is wanted the river is warmed from the
newest snapshot that is not later, else from the beginning.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tankerwatch.config import Config
from tankerwatch.core.errors import InputFault
from tankerwatch.core.ports import FeedState
from tankerwatch.core.schema import F64
from tankerwatch.core.tables import Batch
from tankerwatch.desk.health import Health
from tankerwatch.desk.live import LiveDesk, Show
from tankerwatch.desk.snapshots import Remembered, made_of, recalled
from tankerwatch.desk.timeline import GAP_S
from tankerwatch.desk.trails import Trails
from tankerwatch.ingest.replay import WholePlayer
from tankerwatch.pipeline import River, result_of
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.past import Past
from tankerwatch.store.unwritten import Unwritten
from tankerwatch.track.ticks import LOOK_S
from tankerwatch.web.live import Hub

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Period:
    """What is replayed of a data directory: from when to when, in seconds since 1970. -inf and inf: from its beginning, to its end."""

    directory: Path
    from_s: float = -math.inf
    to_s: float = math.inf

    def __post_init__(self) -> None:
        """Raises InputFault for an end before the beginning."""
        if not self.from_s <= self.to_s:
            raise InputFault("--to is before --from", where="replay", help="give the earlier time first")


class PastDesk(LiveDesk):
    """A desk that shows a period of a journal, and takes what people decide meanwhile for the moment only."""

    def __init__(self, config: Config, period: Period, *, speed: float = 1.0, progress: Progress | None = None) -> None:
        self.period, self._speed, self._progress = period, speed, progress
        self._wanted_s = period.from_s
        self._after_frame = 0
        ends = [time_s if math.isfinite(time_s) else None for time_s in (period.from_s, period.to_s)]
        show = Show("replay", str(period.directory), None, *ends)
        register, history = FeedRegister(period.directory), period.directory
        super().__init__(config, Unwritten(), register, Hub(), player=self._play, show=show, survey=self._survey, history=history)
        self.directory = period.directory

    def _play(self) -> WholePlayer:
        self.past = Past(self.period.directory, self._after_frame)
        return WholePlayer(self.past, self._speed, until_s=self.period.to_s)

    def _survey(self) -> Iterator[F64]:
        """The times of the journal; and before them, from the newest snapshot, the alerts that the watch had."""
        ahead = Remembered(self.new_river(), Trails(), Health(), {})
        ahead.river.on_frame = self._on_frame  # as in the river that was frozen; it is never run
        made = made_of(self.config, self.past.mark, ahead.river.feed_names)
        at = recalled(self.period.directory, ahead, made=made, before_s=self.period.to_s, tell=lambda words: None)
        if at is not None and self.timeline is not None:
            self.timeline.remember(ahead.river.triage.alerts.values())
        del ahead  # a fleet's worth of memory
        yield from Past(self.period.directory).received(GAP_S)

    @property
    def skipped(self) -> int:
        """How many damaged places of the journal were passed over."""
        return self.past.skipped

    def new_river(self) -> River:
        """A river that has seen nothing, of the journal's feeds."""
        return River(self.config, self.register.names or ("",), frame_s=1)

    def begin(self) -> None:
        """Begin with what the newest snapshot tells that is not later than what is wanted, else with an empty sea."""
        self._after_frame = 0
        super().begin()
        remembered = Remembered(self.river, self.trails, self.health, {})
        made = made_of(self.config, self.past.mark, self.river.feed_names)
        self.replayed = hashlib.sha256(repr(made).encode()).hexdigest()[:16]  # the same journal, rules and program: the same blocks
        at = recalled(self.period.directory, remembered, made=made, before_s=self._wanted_s)
        if at is not None:
            self._after_frame, self.river.ticks.frame_s = at.frame, 1
            self.player = self._play()
            self.player.skip({}, self.river.clock_s)

    @property
    def feeds(self) -> list[FeedState]:
        """The journal's feeds; whether they were connected then is told by the alerts."""
        return [FeedState(index, name, self.replay_state.state) for index, name in enumerate(self.register.names)]

    def run_silently(self, until_s: float) -> None:
        """Up to a time, as fast as it goes, in the batches in which it came."""
        assert self.player is not None
        self.river.ticks.frame_s = LOOK_S
        for batch in self.player.until(until_s):
            with self.lock:
                self.river.take(batch)
        self.river.ticks.frame_s = 1

    def again(self, until_s: float | None = None) -> None:
        """The period anew, or another time of the journal, from the newest snapshot before it."""
        self._wanted_s = self.period.from_s if until_s is None else until_s
        super().again(until_s)

    def warm(self) -> None:
        """Come to the beginning of the period."""
        self.past.progress = self._progress
        self.run_silently(self.period.from_s)
        self.past.progress = None

    def found(self) -> dict[str, Any]:
        """Play to the end of the period at once: the alerts and incidents that stood then."""
        assert isinstance(self.player, WholePlayer)
        self.past.progress = self._progress
        for batch in self.player.until(self.period.to_s):
            self.river.take(batch)
        if self.player.more:  # the desk's clock went on beyond the end of the period
            self.river.take(Batch(clock_s=self.period.to_s))
        result = result_of(self.river)
        return {"alerts": result.alerts, "incidents": result.incidents}
