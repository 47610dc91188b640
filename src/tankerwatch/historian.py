"""Derives the history from the journal: decodes what came in, merges what several stations heard, writes it day by day.

Brought up to date it is the same as made anew. A builder begins some minutes before the frame that it has reached, so that it has in mind
the sentences and the reports that what follows belongs to; what is written of that already it leaves out. All is committed by one
exchange (`store/history/manifest.py`), so that a builder may die at any moment.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from tankerwatch.config import Config
from tankerwatch.core.errors import InputFault
from tankerwatch.core.mmsi import kind_of
from tankerwatch.core.packed import unpacked
from tankerwatch.core.schema import U64, Bool
from tankerwatch.core.tables import Batch, Fixes, Heard, Lines, Statics
from tankerwatch.decode import Decoder
from tankerwatch.share.ships import Ship
from tankerwatch.store.feeds import feed_names
from tankerwatch.store.history import days, identities, manifest
from tankerwatch.store.history.days import DAY_MS
from tankerwatch.store.history.manifest import Day, Manifest
from tankerwatch.store.history.repeats import Repeats
from tankerwatch.store.reading import Skipped, batches_after, first_of, make_durable

CHUNK_LINES: Final = 65_536
CHUNK_BYTES: Final = 32 << 20
"""Lines decoded at once."""
ROWS_AT_ONCE: Final = 1_000_000
"""Positions held before they are written: with them a builder takes some 500 MB at most (measured)."""
SETTLED_MS: Final = DAY_MS // 24
"""A day is sealed an hour after its end."""
LATEST_MS: Final = 253_402_300_799_000
"""The end of the year 9999; what says to be later, or of before 1970, has no day."""
USUAL_DAYS: Final = 30.0

IN_MIND_MS: Final = 300_000
EDGE_MS: Final = 30_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Told:
    """What a builder did: positions `added`, those in the history now, days, its size, what the journal could not give."""

    added: int
    positions: int
    days: int
    bytes: int
    frame: int
    newest_s: float
    copies: int
    damaged: int
    lost: int
    undated: int
    complete: bool
    """whether the end of the journal was reached; another process may have been at it, or it was told to stop"""

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def bring_up_to_date(
    directory: Path,
    config: Config | None = None,
    stop: threading.Event | None = None,
    *,
    progress: Progress | None = None,
    rebuild: bool = False,
) -> Told:
    """Take into a data directory's history what its journal has got since; the journal may be written meanwhile.

    stop: when set, what is done so far is kept and the rest left for the next time · rebuild: make anew all that the journal still holds.
    Raises InputFault when there is no journal, or the history is not of this journal or cannot be written.
    """
    first_of(directory)
    folder = manifest.history_of(directory)
    with manifest.held(folder) as ours:
        try:
            if not ours:
                return _told(manifest.read(folder) or Manifest(), 0, complete=False)
            if rebuild:
                _begin_anew(directory, folder)
            builder = Builder(directory, folder, manifest.read(folder) or Manifest(), config)
            return builder.run(stop, progress)
        except (FileNotFoundError, pa.ArrowInvalid) as fault:
            help = "tankerwatch history DIR --rebuild makes it anew from the journal"
            raise InputFault(f"a file of it is damaged: {str(fault).splitlines()[0]}", where=str(folder), help=help) from fault
        except OSError as fault:
            raise InputFault(
                f"cannot be written: {fault.strerror or fault}", where=str(folder), help="make room, then do it again"
            ) from fault


def _told(state: Manifest, added: int, *, complete: bool) -> Told:
    return Told(
        added,
        state.rows,
        len(state.days),
        state.bytes,
        state.frame,
        state.newest_ms / 1000,
        state.copies,
        state.damaged,
        state.lost,
        state.undated,
        complete,
    )


def _begin_anew(directory: Path, folder: Path) -> None:
    """Leave of a history only what the journal does not hold any more, so that it can be read again."""
    first_frame, first_record, mark = first_of(directory)
    oldest_ms = next((_newest_of(kept.batch) for kept in batches_after(directory, 0)), 0)
    try:
        state = manifest.read(folder)
    except InputFault:
        state = None  # damaged: nothing of it can be kept
    if state is None or state.journal != mark or first_frame <= 1:
        manifest.remove(folder)
        return
    for name, day in list(state.days.items()):
        old = [part for part in day.parts if part.last_record < first_record]
        cut = [part for part in day.parts if part.first_record < first_record <= part.last_record]
        if cut:
            kept = days.join(folder / name, state.number(), cut, lambda rows: days.records_of(rows) < first_record)
            old += [kept] if kept else []
        day.parts, day.sealed = old, False
        if not old:
            del state.days[name]
    state.frame = state.resume_frame = first_frame - 1
    state.resume_ms = 0
    if state.statics:
        known = identities.read(manifest.statics_path(folder, state.statics))
        known.rows = [row for row in known.rows if row[0] < oldest_ms]
        state.statics = state.number()
        identities.write(manifest.statics_path(folder, state.statics), known)
    manifest.exchange(folder, state)


@dataclass(slots=True)
class Chunk:
    """Some consecutive batches' lines, and the number of each one's record."""

    lines: list[Lines] = field(default_factory=list)
    records: list[U64] = field(default_factory=list)
    count: int = 0
    bytes: int = 0

    def add(self, lines: Lines, first_record: int) -> None:
        """Take the lines of a batch."""
        if len(lines):
            self.lines.append(lines)
            self.records.append(np.uint64(first_record) + np.arange(len(lines), dtype=np.uint64))
            self.count += len(lines)
            self.bytes += int(np.sum(lines.end - lines.start))


class Builder:
    """One run over the journal, from where the manifest says to the journal's end."""

    def __init__(self, directory: Path, folder: Path, state: Manifest, config: Config | None) -> None:
        _, _, mark = first_of(directory)
        if state.journal and mark and state.journal != mark:
            help = "tankerwatch history DIR --rebuild makes it anew"
            raise InputFault("was made from another journal", where=str(folder), help=help)
        self.directory, self.folder, self.state = directory, folder, state
        state.journal = mark or state.journal
        self.small_craft_days = USUAL_DAYS if config is None else config.small_craft_days
        stations = {} if config is None else {name: (each.lat_deg, each.lon_deg) for name, each in config.stations.items()}
        self.decoder = Decoder(feed_names=tuple(feed_names(directory)) or ("",), sensor_positions=stations)
        self.repeats = Repeats(state.resume_ms)
        self.identities = identities.read(manifest.statics_path(folder, state.statics)) if state.statics else identities.Identities()
        self.stations: dict[str, int] = {}
        self.waiting: list[Any] = []
        self.rows = self.added = 0
        self.reached = state.frame
        self.heard_ms, self.lines = state.resume_ms, 0
        self.edges: deque[tuple[int, int]] = deque([(state.resume_frame, state.resume_ms)], 64)
        """frames behind which a builder could begin, and the newest time by then"""
        self.tail: list[tuple[U64, U64]] = []
        """source_row and record of the newest lines, in order of source_row: a message may have begun in them"""

    def run(self, stop: threading.Event | None, progress: Progress | None) -> Told:
        """Read until the end, or until told to stop."""
        skipped, chunk, start = Skipped(), Chunk(), self.state.frame
        fresh = stopped = False
        told = (0, 0)
        for kept in batches_after(self.directory, self.state.resume_frame, skipped, progress):
            if kept.frame <= start:
                told = (skipped.damaged, skipped.lost)  # counted when it was come by first
            elif not fresh:
                self._work(chunk, fresh=False)
                chunk, fresh = Chunk(), True
                skipped.damaged, skipped.lost = skipped.damaged - told[0], skipped.lost - told[1]
            batch = _timed(kept.batch, self.heard_ms)
            self._pass(kept.frame, batch, fresh=fresh)
            chunk.add(batch.lines, kept.first_record)
            if chunk.count >= CHUNK_LINES or chunk.bytes >= CHUNK_BYTES or batch.heard is not None:
                self._work(chunk, fresh=fresh)
                chunk = Chunk()
            if batch.heard is not None:
                self._take_heard(batch.heard, kept.first_record + len(batch.lines), fresh=fresh)
            stopped = stop is not None and stop.is_set()
            if stopped or self.rows >= ROWS_AT_ONCE:
                self._work(chunk, fresh=fresh)
                chunk = Chunk()
                self._commit(skipped)
            if stopped:
                break
        self._work(chunk, fresh=fresh)
        self._commit(skipped)
        self._tidy()
        return _told(self.state, self.added, complete=not stopped)

    def _pass(self, frame: int, batch: Batch, *, fresh: bool) -> None:
        """Note how far it is, and from time to time where a builder could begin."""
        self.heard_ms = max(self.heard_ms, _newest_of(batch))
        if fresh:
            self.reached = frame
            now_ms = _milliseconds(batch.clock_s) if batch.clock_s == batch.clock_s else self.heard_ms
            self.state.newest_ms = max(self.state.newest_ms, now_ms)
        self.lines += len(batch.lines)
        if self.heard_ms >= self.edges[-1][1] + EDGE_MS or self.lines >= CHUNK_LINES:
            self.edges.append((frame, self.heard_ms))
            self.lines = 0

    def _work(self, chunk: Chunk, *, fresh: bool) -> None:
        """Decode the lines; of those that are written already only remember what follows may need."""
        if not chunk.count:
            return
        lines, records = Lines.concat(chunk.lines), np.concatenate(chunk.records)
        order = np.argsort(lines.source_row, kind="stable")
        self.tail.append((lines.source_row[order], records[order]))
        for heard in self.decoder.columns(lines, ("statics",)):
            self._take(heard.fixes, heard.statics, heard.stations, self._records_of(heard.fixes.source_row), fresh=fresh)
        known = 0
        for at in range(len(self.tail) - 1, -1, -1):
            known += len(self.tail[at][0])
            if known > CHUNK_LINES:
                del self.tail[:at]
                break

    def _take_heard(self, heard: Heard, first_record: int, *, fresh: bool) -> None:
        records = np.uint64(first_record) + np.arange(len(heard.fixes), dtype=np.uint64)
        self._take(heard.fixes, heard.statics, heard.stations, records, fresh=fresh)

    def _records_of(self, source_row: U64) -> U64:
        """(n,) the records of lines by their feed and line number, 0 where not known."""
        found = np.zeros(len(source_row), np.uint64)
        for rows, records in reversed(self.tail):
            open_ = np.flatnonzero(found == 0)
            if not len(open_):
                break
            at = np.maximum(np.searchsorted(rows, source_row[open_], side="right") - 1, 0)
            there = rows[at] == source_row[open_]
            found[open_[there]] = records[at[there]]
        return found

    def _take(self, fixes: Fixes, statics: Statics, stations: tuple[str, ...], records: U64, *, fresh: bool) -> None:
        dated = (fixes.time_s >= 0) & (fixes.time_s * 1000 <= LATEST_MS)
        if not dated.all():
            self.state.undated += int((~dated).sum()) if fresh else 0
            fixes, records = fixes.take(dated), records[dated]
        times = np.round(fixes.time_s * 1000).astype(np.int64)
        new = self.repeats.are_new(times, fixes)
        if not fresh:
            return
        self.identities.take(unpacked(statics))
        if not new.all():
            self.state.copies += int((~new).sum())
            fixes, times, records = fixes.take(new), times[new], records[new]
        if len(fixes):
            self.waiting.append(days.compact(fixes, times, records, self._codes(fixes.station, stations)))
            self.rows += len(fixes)

    def _codes(self, station: Any, names: tuple[str, ...]) -> Any:
        """Stations by numbers of our own, which hold from one chunk to the next."""
        codes = np.array([self.stations.setdefault(name, len(self.stations)) for name in names or ("",)], np.int32)
        return codes[np.minimum(station, len(codes) - 1)]

    def _commit(self, skipped: Skipped) -> None:
        """Write what waits, each day's into a part of its own, and exchange the manifest."""
        state = self.state
        if self.reached <= state.frame and not self.waiting and manifest.exists(self.folder):
            return
        for name, rows in self._by_day():
            part = days.write(self.folder / name, state.number(), rows)
            day = state.days.setdefault(name, Day())
            day.parts.append(part)
            day.sealed = day.cleared = False
            self._level(name, day)
        state.frame = self.reached
        state.damaged += skipped.damaged
        state.lost += skipped.lost
        skipped.damaged = skipped.lost = 0
        state.resume_frame, state.resume_ms = self._resume()
        self.added += self.rows
        self.waiting, self.rows = [], 0
        self._exchange()

    def _by_day(self) -> Iterable[tuple[str, Any]]:
        if not self.waiting:
            return
        names = pa.array(list(self.stations), pa.string())
        table = pa.concat_tables(self.waiting).combine_chunks()
        codes = table.column("station").combine_chunks()
        at = days.SCHEMA.get_field_index("station")
        table = table.set_column(at, days.SCHEMA.field(at), pa.DictionaryArray.from_arrays(codes, names))
        day = days.times_of(table) // DAY_MS
        if day.min() == day.max():
            yield str(np.datetime64(int(day[0]), "D")), table
            return
        order = np.argsort(day, kind="stable")
        found, starts = np.unique(day[order], return_index=True)
        for number, which in zip(found.tolist(), np.split(order, starts[1:]), strict=True):
            yield str(np.datetime64(number, "D")), table.take(pa.array(which))

    def _level(self, name: str, day: Day) -> None:
        """Join new parts with older ones that are not much larger: so there are few, and each row is written again a few times only."""
        count, rows = 1, day.parts[-1].rows
        while count < len(day.parts) and day.parts[-count - 1].rows <= 2 * rows:
            rows += day.parts[-count - 1].rows
            count += 1
        if count > 1:
            self._join(name, day, day.parts[-count:])

    def _join(self, name: str, day: Day, parts: list[days.Part], keep: Callable[[Any], Bool] | None = None) -> None:
        joined = days.join(self.folder / name, self.state.number(), parts, keep)
        day.parts = [part for part in day.parts if part not in parts] + ([joined] if joined else [])

    def _resume(self) -> tuple[int, int]:
        """The newest frame by which all that is still to be kept in mind had not come."""
        until = self.heard_ms - IN_MIND_MS
        while len(self.edges) > 1 and self.edges[1][1] <= until:
            self.edges.popleft()
        return self.edges[0]

    def _tidy(self) -> None:
        """Seal days that are past, and let small craft leave old ones."""
        state, changed = self.state, False
        old_ms = state.newest_ms - round(self.small_craft_days * DAY_MS)
        small: set[int] | None = None
        for name, day in sorted(state.days.items()):
            end_ms = int(np.datetime64(name, "ms").astype(np.int64)) + DAY_MS
            if not day.sealed and end_ms + SETTLED_MS <= state.newest_ms:
                if len(day.parts) > 1:
                    self._join(name, day, list(day.parts))
                day.sealed = changed = True
            if not day.cleared and end_ms <= old_ms:
                small = small_craft(self.identities.newest) if small is None else small
                self._join(name, day, list(day.parts), _without(small))
                day.cleared = changed = True
            if not day.parts:
                del state.days[name]
        if changed:
            if small is not None:
                heard = {mmsi for _, mmsi, _ in self.identities.rows} - self._heard_since()
                self.identities.forget(small & heard)
            self._exchange()

    def _heard_since(self) -> set[int]:
        """The ships in the days that small craft have not left."""
        found: set[int] = set()
        for name, day in self.state.days.items():
            if not day.cleared:
                for part in day.parts:
                    found |= days.ships_in(part.path(self.folder / name, "ships"))
        return found

    def _exchange(self) -> None:
        """Commit, after what it rests on."""
        if self.identities.changed:
            self.state.statics = self.state.number()
            identities.write(manifest.statics_path(self.folder, self.state.statics), self.identities)
            self.identities.changed = False
        make_durable(self.directory)
        manifest.exchange(self.folder, self.state)


def small_craft(newest: Mapping[int, identities.Identity]) -> set[int]:
    """Ships that are people rather than ships, by what they have said of themselves (SAFETY.md)."""
    return {
        mmsi
        for mmsi, told in newest.items()
        if Ship(mmsi, kind=kind_of(mmsi, told.ship_type, 5), length_m=told.length_m, class_b=told.class_b).personal
    }


def _without(small: set[int]) -> Callable[[Any], Bool]:
    gone = np.array(sorted(small), np.uint32)

    def keep(rows: Any) -> Bool:
        kinds, mmsis = rows.column("msg_type").to_numpy(), rows.column("mmsi").to_numpy()
        return np.asarray(~((kinds == 18) | (kinds == 19) | np.isin(mmsis, gone)))

    return keep


def _milliseconds(time_s: float) -> int:
    return round(time_s * 1000) if 0 <= time_s * 1000 <= LATEST_MS else 0


def _newest_of(batch: Batch) -> int:
    """The newest time of what came in, 0 where there is none."""
    newest = 0
    for times in (batch.lines.time_s, batch.heard.fixes.time_s if batch.heard else batch.lines.time_s):
        if len(times):
            newest = max(newest, _milliseconds(float(np.fmax.reduce(times))))
    return newest


def _timed(batch: Batch, heard_ms: int) -> Batch:
    """The batch, what has no time of its own being of the desk's, or else of the newest before."""
    clock_s = batch.clock_s if batch.clock_s == batch.clock_s else heard_ms / 1000 if heard_ms else float("nan")
    lines, heard = batch.lines, batch.heard
    without = np.isnan(lines.time_s)
    if without.any():
        lines = replace(lines, time_s=np.where(without, clock_s, lines.time_s))
    if heard is not None:
        fixes_s, statics_s = (np.where(np.isnan(rows.time_s), clock_s, rows.time_s) for rows in (heard.fixes, heard.statics))
        heard = replace(heard, fixes=heard.fixes.replace(time_s=fixes_s), statics=heard.statics.replace(time_s=statics_s))
    return replace(batch, lines=lines, heard=heard)
