"""When a desk's state is written down, what of it, and which of the snapshots that are there may be believed.

One is made of its own version, configuration and journal only; of any other, and of one that is damaged, it is said why it is passed over.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import numpy as np

import tankerwatch
from tankerwatch.config import Config
from tankerwatch.core import context, incidents, tables, zones
from tankerwatch.decode import counters, distress, radar
from tankerwatch.decode.sentences import Room
from tankerwatch.desk import health as healths
from tankerwatch.desk.trails import Trails
from tankerwatch.detect import catalog
from tankerwatch.detect.kit import Detector
from tankerwatch.pipeline import River
from tankerwatch.respond.ledger import Delivery, Told
from tankerwatch.store import snapshots as store
from tankerwatch.store.frozen import NotSaved, freeze, kinds_of, thaw
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.log import Tip
from tankerwatch.store.ring import Chunk
from tankerwatch.track.register import Identity
from tankerwatch.triage import scope
from tankerwatch.triage.budget import Group, Member
from tankerwatch.triage.quiet import Quiet

EVERY_S: Final = 300.0
EVERY_RECORDS: Final = 150_000
"""So much is read again in a second or two (bench/restart.py)."""
AT_LEAST_S: Final = 20.0
"""However much comes in: a snapshot of a busy sea takes a second of another thread."""
_OF_THE_PLACE: Final = ("listen", "sources", "allow_remote", "remarks", "keeping", "small_craft_days", "webhook", "charts")
"""What a configuration says of where the desk stands and what it keeps, not of what it finds."""

log = logging.getLogger("tankerwatch.desk")

FIXED: Final = (Config, Detector, scope.Scope, Quiet, Room)


@cache
def kinds() -> dict[str, type]:
    """The plain things that a state is made of."""
    memories = {detector.memory for detector in catalog.detectors()}
    plain = (distress.Call, radar.Own, healths.FeedRecord, Identity, Group, Member, scope.Card, Chunk, Told, Delivery, *memories)
    return kinds_of((context, incidents, tables, zones, counters), plain)


@cache
def code() -> str:
    """A digest of the program itself: another one may remember other things, or judge otherwise."""
    told = blake2b(digest_size=16)
    home = Path(tankerwatch.__file__).parent
    for path in sorted(home.rglob("*.py")):
        told.update(str(path.relative_to(home)).encode() + b"\0" + path.read_bytes())
    return told.hexdigest()


def digest_of(config: Config) -> str:
    """A digest of all of a configuration that changes what is found."""
    told = blake2b(digest_size=16)
    for part in _told({field.name: getattr(config, field.name) for field in fields(config) if field.name not in _OF_THE_PLACE}):
        told.update(part)
    return told.hexdigest()


def _told(value: Any) -> Iterable[bytes]:
    """A value in bytes that are the same in every process, whatever the order of its sets."""
    if isinstance(value, np.ndarray):
        yield f"{value.dtype.str}{value.shape}".encode() + np.ascontiguousarray(value).tobytes()
    elif is_dataclass(value):
        yield type(value).__qualname__.encode()
        for field in fields(value):
            yield from _told(getattr(value, field.name))
    elif isinstance(value, Mapping):
        yield b"{"
        for key in sorted(value, key=repr):
            yield repr(key).encode()
            yield from _told(value[key])
    elif isinstance(value, set | frozenset):
        yield repr(sorted(value, key=repr)).encode()
    elif isinstance(value, list | tuple):
        yield f"[{len(value)}".encode()
        for each in value:
            yield from _told(each)
    else:
        yield repr(value).encode() + b"\0"


@dataclass(slots=True)
class Remembered:
    """All of a desk that comes from what it received. `lines`: the number of the newest line of each feed."""

    river: River
    trails: Trails
    health: healths.Health
    lines: dict[int, int]

    def freeze(self) -> tuple[bytes, list[Any]]:
        """Copies of it."""
        return freeze(self._roots(), kinds(), FIXED)

    def thaw(self, raw: bytes, arrays: list[Any]) -> None:
        """Become what was frozen. Raises NotSaved, and is then as it was."""
        self.lines = thaw(self._roots(), raw, arrays, kinds(), FIXED)["lines"]

    def _roots(self) -> dict[str, Any]:
        return {"river": self.river, "trails": self.trails, "health": self.health, "lines": self.lines}


def recalled(
    directory: Path,
    remembered: Remembered,
    *,
    made: store.Made,
    before_s: float = math.inf,
    tell: Callable[[str], None] = log.warning,
) -> store.At | None:
    """Let a new desk remember what the newest usable snapshot holds, at or before a time; None where there is none.

    What is passed over is told.
    """
    for path in store.found(directory):
        try:
            header = store.read_header(path)
            at = header.at
            if not (at.clock_s is None or at.clock_s <= before_s):
                continue
            if (why := _unfit(header.made, made)) or not store.stands(directory, at):
                raise NotSaved(why or "is of records that this journal has not")
            remembered.thaw(*store.read(path, header))
        except NotSaved as fault:
            tell(f"{path.name} {fault}: passed over")
            continue
        river = remembered.river
        river.feed_names = made.feeds
        river.decoder.know(made.feeds)
        return at
    return None


def _unfit(old: store.Made, now: store.Made) -> str:
    """Why a snapshot is of no use here, "" when it is."""
    if old.mark != now.mark:
        return "is of another journal"
    if old.version != now.version:
        return "was made by another version"
    if old.config != now.config:
        return "was made with another configuration"
    return "" if now.feeds[: len(old.feeds)] == old.feeds else "has other feeds"


def made_of(config: Config, mark: bytes, feeds: tuple[str, ...]) -> store.Made:
    """What a snapshot made here and now is of."""
    return store.Made(f"{tankerwatch.__version__} {code()}", digest_of(config), mark.hex(), feeds)


class Keeper:
    """Keeps the snapshots of a data directory: `recall` at the beginning, `consider` after each batch, `close` at the end.

    Only what is durable is written down, and only when the disk has all that the desk knows (`tip`). Copies are made by the caller; they
    are packed and written in a thread of their own, one at a time.
    """

    def __init__(
        self,
        directory: Path,
        journal: FileJournal,
        config: Config,
        feeds: Callable[[], tuple[str, ...]],
        *,
        every_s: float = EVERY_S,
        every_records: int = EVERY_RECORDS,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._directory, self._journal, self._config, self._feeds = directory, journal, config, feeds
        self._every_s, self._every_records, self._monotonic_s = every_s, every_records, monotonic_s
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="snapshot")
        self._writing: Future[None] | None = None
        self._record, self._made_s = 0, monotonic_s()
        self.pause_s = 0.0
        """how long the newest one held the desk"""

    def recall(self, remembered: Remembered) -> int:
        """Let a new desk remember what it can; the frame after which the journal tells the rest, 0 for all."""
        made = made_of(self._config, self._journal.mark, self._feeds())
        at = recalled(self._directory, remembered, made=made)
        self._record = 0 if at is None else at.record
        return 0 if at is None else at.frame

    def tip(self, number: int) -> Tip | None:
        """Where this disk's copy ends, when that is with record `number` and nothing before it was given up; asked after each commit."""
        journal = self._journal
        stored = journal.stored
        if journal.failure or journal.dropped or journal.waiting_bytes or stored.record != number:
            return None
        return stored

    def consider(self, remembered: Remembered, tip: Tip | None) -> None:
        """Make one when it is time. The desk must stand still meanwhile, at the end of what the journal holds up to `tip`."""
        waited_s = self._monotonic_s() - self._made_s
        if waited_s < self._every_s and (waited_s < AT_LEAST_S or self._journal.records - self._record < self._every_records):
            return
        if tip is not None and (self._writing is None or self._writing.done()):
            self._make(remembered, tip)

    def close(self, remembered: Remembered, tip: Tip | None) -> None:
        """One last time, when anything has come since; back when it is written."""
        if self._writing is not None:
            self._writing.result()
        if tip is not None and tip.record > self._record:
            self._make(remembered, tip)
        self._writer.shutdown()

    def _make(self, remembered: Remembered, tip: Tip) -> None:
        begin_s = self._monotonic_s()
        clock_s = remembered.river.clock_s
        at = store.At(tip.frame, tip.record, clock_s if math.isfinite(clock_s) else None, tip.chain.hex())
        raw, arrays = remembered.freeze()
        made = made_of(self._config, self._journal.mark, remembered.river.feed_names)
        self._made_s = self._monotonic_s()
        self.pause_s = self._made_s - begin_s
        self._record = at.record
        self._writing = self._writer.submit(self._write, made, at, raw, arrays)

    def _write(self, made: store.Made, at: store.At, raw: bytes, arrays: list[Any]) -> None:
        try:
            store.write(self._directory, made, at, raw, arrays)
        except OSError as fault:
            log.warning("no snapshot: %s; the journal is not concerned", fault.strerror or fault)
