"""Asks a history: where a ship was, who was in an area, who was near a place; from the day files alone, beside their builder."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tankerwatch.core.errors import InputFault
from tankerwatch.core.geo import distance_nm
from tankerwatch.core.schema import Bool
from tankerwatch.store.history import days, identities, manifest
from tankerwatch.store.history.days import DAY_MS, DEGREE, HOUR_MS, Bounds, Part
from tankerwatch.store.history.identities import Identities
from tankerwatch.store.history.manifest import Manifest

Progress = Callable[[int, int], None]

OPEN_FILES: Final = 256
ROWS_AT_ONCE: Final = 2_000_000
TRIES: Final = 5
NEAR_S: Final = 600.0
FIRST_NM: Final = 5.0
FEW_SHIPS: Final = 256
"""So many are looked up one by one."""
MINUTE: Final = DEGREE // 60
WORLD: Final = (-180.0, -90.0, 180.0, 90.0)
FOREVER_MS: Final = 1 << 60

PUBLIC: Final = pa.schema(
    [
        ("time_s", pa.float64()),
        ("mmsi", pa.uint32()),
        ("msg_type", pa.uint8()),
        ("lon_deg", pa.float64()),
        ("lat_deg", pa.float64()),
        ("sog_kn", pa.float32()),
        ("cog_deg", pa.float32()),
        ("heading_deg", pa.float32()),
        ("turn_raw", pa.int8()),
        ("nav_status", pa.uint8()),
        ("accurate", pa.bool_()),
        ("station", pa.dictionary(pa.int32(), pa.string())),
        ("record", pa.uint64()),
        ("cell", pa.uint32()),
    ]
)
"""How positions are handed out; null is not available."""


class Rows:
    """What a question found: positions in order of time, or of distance; `to_arrow`, `to_pandas`, `to_polars`."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __len__(self) -> int:
        """The number of rows."""
        return int(self._table.num_rows)

    def to_arrow(self) -> Any:
        """A pyarrow Table with nulls for what is missing."""
        return self._table

    def to_pandas(self) -> Any:
        """A pandas DataFrame (pandas must be installed)."""
        return self._table.to_pandas()

    def to_polars(self) -> Any:
        """A Polars DataFrame (polars must be installed)."""
        import importlib

        return importlib.import_module("polars").from_arrow(self._table)


@dataclass(slots=True)
class _File:
    """An open day file, and what its footer says of each row group."""

    file: Any
    bounds: dict[str, Bounds]

    @classmethod
    def open(cls, path: Path) -> _File:
        return cls(pq.ParquetFile(path, memory_map=True, read_dictionary=["station"]), {})

    def groups(self, name: str, low: float, high: float) -> Bool:
        """(groups,) which may hold a value from `low` to `high`."""
        if name not in self.bounds:
            self.bounds[name] = days.bounds(self.file.metadata, name)
        told = self.bounds[name]
        return (told.low <= high) & (told.high >= low)


class History:
    """The history in a data directory, as it is now; another process may bring it up to date meanwhile. Times are receive times, s since
    1970; `None` is without limit. Every question raises InputFault when a file cannot be read. One thread at a time.
    """

    def __init__(self, directory: Path | str) -> None:
        self.directory = Path(directory)
        self.folder = manifest.history_of(self.directory)
        self._files: dict[Path, _File] = {}
        self._told: tuple[int, Identities] | None = None
        self.state = self._read()

    def ship(self, ship: int | str, from_s: float | None = None, to_s: float | None = None) -> Rows:
        """Where a ship was: by MMSI, or by name or IMO number (all that have told it). Raises InputFault when nobody has told it."""
        return self._rows(lambda: self.ship_days(self.mmsis_of(ship), from_s, to_s))

    def area(self, west: float, south: float, east: float, north: float, from_s: float | None = None, to_s: float | None = None) -> Rows:
        """Who was in a box, in degrees, its edges in it; with `west` above `east` it goes over the 180th meridian."""
        return self._rows(lambda: self.area_days((west, south, east, north), from_s, to_s))

    def near(self, lat_deg: float, lon_deg: float, at_s: float, *, ships: int = 10, within_s: float = NEAR_S) -> Rows:
        """The nearest ships to a place at a time, each with her position nearest to that time, and `distance_nm`.

        within_s: only positions received this shortly before or after.
        """
        return Rows(self._again(lambda: self._near(lat_deg, lon_deg, at_s, ships, within_s)))

    def statics(self) -> Any:
        """What ships have said of themselves, a pyarrow Table of a row for each change (`identities.SCHEMA`)."""
        return self._again(lambda: pq.read_table(path) if (path := self.statics_path()) else identities.SCHEMA.empty_table())

    def names(self) -> dict[int, str]:
        """The newest name of each ship that has told one."""
        return {mmsi: told.name for mmsi, told in self._identities().newest.items() if told.name}

    def mmsis_of(self, ship: int | str) -> list[int]:
        """MMSIs by number, `IMO 9000003` or name. Raises InputFault when no ship has told it."""
        if isinstance(ship, int):
            return [ship] if 0 <= ship < 1 << 32 else []
        text = ship.strip().upper()
        if text.isdecimal() and len(text) != 7:
            return [int(text)] if int(text) < 1 << 32 else []
        imo = text.removeprefix("IMO").strip()
        if imo.isdecimal():
            found = {mmsi for _, mmsi, told in self._identities().rows if told.imo == int(imo)}
        else:
            found = {mmsi for _, mmsi, told in self._identities().rows if told.name == text}
        if not found:
            raise InputFault(f"no ship in this history is {ship!r}", where=str(self.folder), help="give her MMSI, IMO number or whole name")
        return sorted(found)

    def ship_days(self, mmsis: list[int], from_s: float | None, to_s: float | None, progress: Progress | None = None) -> Iterator[Any]:
        """Positions of ships as the files have them (`public` makes them readable), a table for each day, in order of time."""
        for name, parts, low_ms, high_ms in self._days(from_s, to_s, progress):
            found = []
            for part in parts:
                file = self._file(part.path(self.folder / name, "ships"))
                inside = file.groups("time", low_ms, high_ms)
                for mmsi in mmsis:
                    groups = np.flatnonzero(inside & file.groups("mmsi", mmsi, mmsi)).tolist()
                    if groups:
                        table = file.file.read_row_groups(groups, use_threads=False)
                        column = table.column("mmsi").to_numpy()
                        first, behind = np.searchsorted(column, [mmsi, mmsi + 1])
                        found.append(table.slice(first, behind - first))
            yield from _ordered(found, low_ms, high_ms)

    def area_days(
        self, box: tuple[float, float, float, float], from_s: float | None, to_s: float | None, progress: Progress | None = None
    ) -> Iterator[Any]:
        """Positions in a box (west, south, east, north), likewise, in tables of a day or less."""
        for name, parts, low_ms, high_ms in self._days(from_s, to_s, progress):
            files = [self._file(part.path(self.folder / name, "places")) for part in parts]
            chosen = [self._groups(file, box, low_ms, high_ms) for file in files]
            rows = sum(int(file.bounds["time"].rows[which].sum()) for file, which in zip(files, chosen, strict=True))
            step = DAY_MS if rows <= ROWS_AT_ONCE else HOUR_MS
            begin = low_ms // step * step
            while begin <= high_ms:
                low, high = max(begin, low_ms), min(begin + step - 1, high_ms)
                found = []
                for file, which in zip(files, chosen, strict=True):
                    groups = np.flatnonzero(which & file.groups("time", low, high)).tolist()
                    if groups:
                        table = file.file.read_row_groups(groups, use_threads=False)
                        found.append(table.filter(pa.array(_inside(table, box, low, high))))
                yield from _ordered(found, low, high)
                begin += step

    def all_days(self, from_s: float | None, to_s: float | None, progress: Progress | None = None) -> Iterator[Any]:
        """All positions, likewise; those that say no place, too."""
        for name, parts, low_ms, high_ms in self._days(from_s, to_s, progress):
            for begin in range(low_ms // HOUR_MS * HOUR_MS, high_ms + 1, HOUR_MS):
                low, high = max(begin, low_ms), min(begin + HOUR_MS - 1, high_ms)
                found = []
                for part in parts:
                    file = self._file(part.path(self.folder / name, "places"))
                    groups = np.flatnonzero(file.groups("time", low, high)).tolist()
                    if groups:
                        found.append(file.file.read_row_groups(groups, use_threads=False))
                yield from _ordered(found, low, high)

    def within(self, found: Iterator[Any], box: tuple[float, float, float, float]) -> Iterator[Any]:
        """Of tables only the rows in a box."""
        for table in found:
            yield table.filter(pa.array(_inside(table, box, -FOREVER_MS, FOREVER_MS)))

    def statics_path(self) -> Path | None:
        """The file of what ships have said of themselves, None while there is none."""
        return manifest.statics_path(self.folder, self.state.statics) if self.state.statics else None

    def again(self, question: Callable[[], Any]) -> Any:
        """Ask anew when the builder exchanged a file before it was opened."""
        return self._again(question)

    def _again(self, question: Callable[[], Any]) -> Any:
        for _ in range(TRIES):
            try:
                return question()
            except FileNotFoundError:
                self.state = self._read()
            except (OSError, pa.ArrowException) as fault:
                help = "tankerwatch history DIR --rebuild makes it anew from the journal"
                raise InputFault(f"cannot be read: {str(fault).splitlines()[0]}", where=str(self.folder), help=help) from fault
        raise InputFault("changes faster than it can be read", where=str(self.folder), help="ask again")

    def _rows(self, question: Callable[[], Iterator[Any]]) -> Rows:
        found: list[Any] = self._again(lambda: list(question()))
        return Rows(_joined(found))

    def _near(self, lat_deg: float, lon_deg: float, at_s: float, ships: int, within_s: float) -> Any:
        begin, end, radius = at_s - within_s, at_s + within_s, FIRST_NM
        while True:
            box = _box_about(lat_deg, lon_deg, radius)
            found = list(self.area_days(box, begin, end))
            mmsis = sorted({mmsi for table in found for mmsi in pc.unique(table.column("mmsi")).to_pylist()})
            # of those in the box, where they were at the time: it may be outside
            if box != WORLD:
                found = list(self.ship_days(mmsis, begin, end) if len(mmsis) <= FEW_SHIPS else self.area_days(WORLD, begin, end))
            table = _joined(found)
            table = table.filter(pc.and_(table.column("lon_deg").is_valid(), table.column("lat_deg").is_valid()))
            mmsi, apart = table.column("mmsi").to_numpy(), np.abs(table.column("time_s").to_numpy() - at_s)
            order = np.lexsort((apart, mmsi))
            first = np.ones(len(order), np.bool_)
            first[1:] = mmsi[order][1:] != mmsi[order][:-1]
            best = order[first]
            away = distance_nm(lat_deg, lon_deg, *(table.column(name).to_numpy()[best] for name in ("lat_deg", "lon_deg")))
            nearest = np.argsort(away, kind="stable")[:ships]
            if box == WORLD or (away <= radius).sum() >= ships:
                return table.take(pa.array(best[nearest])).append_column("distance_nm", pa.array(away[nearest]))
            radius *= 4

    def _days(self, from_s: float | None, to_s: float | None, progress: Progress | None) -> Iterator[tuple[str, list[Part], int, int]]:
        """The days of a span of time, and what of the span is in each, in milliseconds."""
        low_ms = -FOREVER_MS if from_s is None else math.ceil(from_s * 1000)
        high_ms = FOREVER_MS if to_s is None else math.floor(to_s * 1000)
        spans = [(name, int(np.datetime64(name, "ms").astype(np.int64)), day.parts) for name, day in sorted(self.state.days.items())]
        wanted = [(name, begin, parts) for name, begin, parts in spans if begin <= high_ms and begin + DAY_MS > low_ms]
        for done, (name, begin, parts) in enumerate(wanted):
            if progress is not None:
                progress(done, len(wanted))
            yield name, parts, max(low_ms, begin), min(high_ms, begin + DAY_MS - 1)
        if progress is not None:
            progress(len(wanted), len(wanted))

    def _groups(self, file: _File, box: tuple[float, float, float, float], low_ms: int, high_ms: int) -> Bool:
        west, south, east, north = _units(box)
        which = file.groups("time", low_ms, high_ms) & file.groups("lat", south, north)
        if west <= east:
            return which & file.groups("lon", west, east)
        return which & (file.groups("lon", west, 180 * DEGREE) | file.groups("lon", -180 * DEGREE, east))

    def _file(self, path: Path) -> _File:
        file = self._files.get(path)
        if file is None:
            while len(self._files) >= OPEN_FILES:
                self._files.pop(next(iter(self._files)))
            file = self._files[path] = _File.open(path)
        return file

    def _identities(self) -> Identities:
        if self._told is None or self._told[0] != self.state.statics:
            path = self.statics_path()
            self._told = self.state.statics, identities.read(path) if path else Identities()
        return self._told[1]

    def _read(self) -> Manifest:
        state = manifest.read(self.folder)
        if state is None:
            help = f"tankerwatch history {self.directory} makes it from the journal"
            raise InputFault("has no history yet", where=str(self.directory), help=help)
        self._files = {}
        return state


def public(table: Any) -> Any:
    """Positions in the public form."""
    made = []
    for field in PUBLIC:
        if field.name == "time_s":
            made.append(pa.array(days.times_of(table) / 1000))
        elif field.name in _SCALED:
            name, scale = _SCALED[field.name]
            made.append(pc.divide(table.column(name).cast(pa.float64()), scale).cast(field.type))
        else:
            made.append(table.column("turn" if field.name == "turn_raw" else field.name))
    return pa.table(made, schema=PUBLIC)


_SCALED: Final = {
    "lon_deg": ("lon", float(DEGREE)),
    "lat_deg": ("lat", float(DEGREE)),
    "sog_kn": ("sog", 10.0),
    "cog_deg": ("cog", 10.0),
    "heading_deg": ("heading", 1.0),
}


def _ordered(found: list[Any], low_ms: int, high_ms: int) -> Iterator[Any]:
    """The rows of a span of time as one table, in order of time; nothing where there are none."""
    found = [table for table in found if table.num_rows]
    if not found:
        return
    table = pa.concat_tables(found).unify_dictionaries().combine_chunks() if len(found) > 1 else found[0]
    times = days.times_of(table)
    if times.min() < low_ms or times.max() > high_ms:
        table = table.filter(pa.array((times >= low_ms) & (times <= high_ms)))
        times = days.times_of(table)
        if not table.num_rows:
            return
    if (times[1:] < times[:-1]).any():
        table = table.take(pa.array(np.argsort(times, kind="stable")))
    yield table


def _joined(found: list[Any]) -> Any:
    """Tables of the files as one of the public form."""
    return public(pa.concat_tables(found).unify_dictionaries().combine_chunks()) if found else PUBLIC.empty_table()


def _units(box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """The box in 1/600000 deg, rounded to what a position can be."""
    west, south, east, north = (value * DEGREE for value in box)
    return math.ceil(round(west, 3)), math.ceil(round(south, 3)), math.floor(round(east, 3)), math.floor(round(north, 3))


def _inside(table: Any, box: tuple[float, float, float, float], low_ms: int, high_ms: int) -> Bool:
    """(n,) which rows are in the box and the span of time."""
    west, south, east, north = _units(box)
    lon, lat = (table.column(name).fill_null(200 * DEGREE).to_numpy() for name in ("lon", "lat"))
    times = days.times_of(table)
    inside = (lat >= south) & (lat <= north) & (times >= low_ms) & (times <= high_ms)
    if west <= east:
        return np.asarray(inside & (lon >= west) & (lon <= east))
    return np.asarray(inside & ((lon >= west) | (lon <= east)) & (lon <= 180 * DEGREE))


def _box_about(lat_deg: float, lon_deg: float, radius_nm: float) -> tuple[float, float, float, float]:
    """A box that holds all within a distance."""
    high = radius_nm / 59.9
    south, north = max(lat_deg - high, -90.0), min(lat_deg + high, 90.0)
    widest = math.cos(math.radians(max(abs(south), abs(north))))
    wide = high / widest if widest > 1e-6 else 360.0
    if wide >= 180.0 or south == -90.0 or north == 90.0:
        return WORLD if high >= 90 else (-180.0, south, 180.0, north)
    return (lon_deg - wide + 180) % 360 - 180, south, (lon_deg + wide + 180) % 360 - 180, north
