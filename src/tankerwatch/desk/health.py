"""How the desk itself is: its feeds, its journal, its clock. "Silent", "dead" and "no ships in range" are three different things."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from tankerwatch.core.ports import FeedState, Journal
from tankerwatch.core.tables import FEED_SHIFT, View
from tankerwatch.desk.listing import numbers
from tankerwatch.detect.ship import feed as feed_detector
from tankerwatch.pipeline import River
from tankerwatch.store.unwritten import Unwritten

RATE_S: Final = 60
SILENT_S: Final = 30.0
NO_SHIPS_S: Final = 300.0
HEARD_S: Final = 600.0


@dataclass(slots=True)
class FeedRecord:
    """What came of one feed, in the stream's own time."""

    first_s: float = math.nan
    last_s: float = math.nan
    report_s: float = math.nan
    lines: int = 0
    messages: int = 0
    recent: deque[tuple[float, int]] = field(default_factory=deque)
    ships: dict[int, float] = field(default_factory=dict)
    stations: dict[int, float] = field(default_factory=dict)

    def forget(self, now_s: float) -> None:
        """Let go of what is older than a minute."""
        while self.recent and now_s - self.recent[0][0] > RATE_S:
            self.recent.popleft()

    def rate(self, now_s: float) -> float:
        """Reports a second over the last minute, or since its first if that is less."""
        self.forget(now_s)
        return sum(n for _, n in self.recent) / min(max(now_s - self.first_s, 1.0), RATE_S) if self.recent else 0.0


@dataclass(slots=True)
class Health:
    """Fed with each frame; asked each second."""

    feeds: dict[int, FeedRecord] = field(default_factory=dict)
    first_s: float = math.nan

    def take(self, view: View) -> None:
        """Note what each feed delivered."""
        now_s = view.now_s
        if math.isnan(self.first_s):
            self.first_s = now_s
        for index, lines, messages in zip(view.feeds.feed.tolist(), view.feeds.lines.tolist(), view.feeds.messages.tolist(), strict=True):
            record = self.feeds.setdefault(index, FeedRecord())
            record.lines += lines
            record.messages += messages
            record.last_s = now_s
            if math.isnan(record.first_s):
                record.first_s = now_s - 1.0
            if messages:
                record.report_s = now_s
                record.recent.append((now_s, messages))
                record.forget(now_s)
        fixes = view.heard.fixes
        for mmsi, station, row in zip(fixes.mmsi.tolist(), fixes.station.tolist(), fixes.source_row.tolist(), strict=True):
            record = self.feeds.setdefault(row >> FEED_SHIFT, FeedRecord())
            record.ships[mmsi] = record.stations[station] = now_s

    def feed(self, state: FeedState, now_s: float, rejected: int) -> dict[str, Any]:
        """One feed in words. `now_s` is the stream's clock."""
        record = self.feeds.get(state.index, FeedRecord())
        quiet = now_s - record.last_s
        record.ships = {mmsi: at for mmsi, at in record.ships.items() if now_s - at <= HEARD_S}
        record.stations = {station: at for station, at in record.stations.items() if now_s - at <= HEARD_S}
        if state.state == "ended":
            name, words, since = "ended", "has come to its end", record.last_s
        elif state.state not in ("open", "connecting"):
            name, words, since = "dead", state.words or "not connected", state.since_s
        elif state.state == "connecting":
            name, words, since = ("dead", state.words or "connecting", state.since_s)
        elif math.isnan(record.last_s):
            name, words, since = "silent", "nothing received yet", state.since_s
        elif quiet > SILENT_S:
            name, words, since = "silent", f"silent for {_lasting(quiet)}", record.last_s
        elif not now_s - record.report_s <= NO_SHIPS_S:
            name, words, since = "no_ships", "delivers, but no ships in range", record.report_s
        else:
            name, words, since = "live", f"{record.rate(now_s):.1f} messages a second", self.first_s
        return {
            "feed": state.index,
            "name": state.name,
            "state": name,
            "words": words,
            "since_s": _or_none(since),
            "last_s": _or_none(record.last_s),
            "messages_per_s": round(record.rate(now_s), 2),
            "lines": record.lines,
            "rejected": rejected + sum(state.dropped.values()),
            "stations": len(record.stations),
            "ships": len(record.ships),
        }


def _lasting(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.0f} h"


def _or_none(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None


def clock_check(river: River) -> dict[str, Any]:
    """The desk's clock against base stations, as the detector `feed` sees it."""
    for watch in river.watches:
        if watch.detector.id == "feed":
            for at in np.flatnonzero(watch.memory.feed == feed_detector.CLOCK).tolist():
                offset_s, wrong = float(watch.memory.offset_s[at]), bool(watch.memory.raised[at])
                words = f"{feed_detector.apart(offset_s)} base stations" if wrong else "agrees with base stations"
                if not wrong and abs(offset_s) > watch.settings["clock_s"]:
                    return {"state": "unknown", "offset_s": round(offset_s, 1), "words": "base stations seem to differ: not yet sure"}
                return {"state": "wrong" if wrong else "ok", "offset_s": round(offset_s, 1), "words": words}
    return {"state": "unknown", "offset_s": None, "words": "no base station heard yet"}


def _journal(journal: Journal, checkpoint: dict[str, Any] | None) -> dict[str, Any]:
    """What of all that is received is safe, and where."""
    copies = journal.copies()
    trouble = journal.failure or journal.damage
    words = trouble or ("a replay: nothing is written" if isinstance(journal, Unwritten) else "on disk")
    troubled = [copy for copy in copies if copy["state"] in ("failing", "forked")]
    if troubled:
        words += "".join(f"; the copy {copy['name']} is {copy['state']}: {copy['words']}" for copy in troubled)
    elif copies:
        words += f" and {'a copy' if len(copies) == 1 else f'{len(copies)} copies'}"
    return {
        "durable": journal.durable,
        "records": journal.records,
        "bytes": journal.size_bytes,
        "state": "failed" if trouble else "unwritten" if isinstance(journal, Unwritten) else "ok",
        "words": words,
        "copies": copies,
        "checkpoint": checkpoint,
    }


def report(
    river: River,
    health: Health,
    journal: Journal,
    feeds: Sequence[FeedState],
    *,
    version: str,
    mode: str,
    now_s: float,
    watching: str,
    checkpoint: dict[str, Any] | None = None,
    webhook: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The whole of `GET /api/health`."""
    clock_s = river.clock_s
    counters = river.decoder.counters.to_json()
    per_feed = river.decoder.feed_counters()
    rates = [health.feed(state, clock_s, per_feed[state.index].rejected if state.index < len(per_feed) else 0) for state in feeds]
    return {
        "type": "health",
        "version": version,
        "mode": mode,
        "clock_s": _or_none(clock_s),
        "now_s": round(now_s, 3),
        "lag_s": round(max(now_s - clock_s, 0.0), 2) if mode == "live" and math.isfinite(clock_s) else 0.0,
        "journal": _journal(journal, checkpoint),
        "webhook": webhook,
        "messages_per_s": round(sum(row["messages_per_s"] for row in rates), 2),
        "ships": len(river.fleet),
        "watching": watching,
        "since_s": _or_none(health.first_s),
        "feeds": rates,
        "clock_check": clock_check(river),
        "alerts": numbers(river),
        "kept_quiet": {rule: number for rule, number in sorted(river.triage.in_port.items()) if number},
        "counters": {key: counters[key] for key in ("lines", "sentences", "messages", "rejected")},
        "made_up": river.fleet.register.refused,
    }
