"""The user's own charts: files of tiles in one folder, PMTiles and MBTiles, images or vectors. They are read, never written.

A chart comes from anywhere, so nothing in it is believed: every read is bounded, packed bytes are unpacked up to a limit, what is no tile
by its first bytes is none, and a base that takes too long to answer is left. A chart that cannot be used is told with the reason.
"""

from __future__ import annotations

import json
import math
import os
import re
import sqlite3
import threading
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote

from pmtiles.tile import Compression, TileType, deserialize_header, zxy_to_tileid

NAME: Final = re.compile(r"[\w][\w .,()+-]{0,79}\.(?:pmtiles|mbtiles)", re.IGNORECASE)
MOST_CHARTS: Final = 50
DEEPEST: Final = 24
TILE_BYTES: Final = 2 << 20
UNPACKED_BYTES: Final = 8 << 20
DIRECTORY_BYTES: Final = 1 << 20
METADATA_BYTES: Final = 1 << 20
STEPS_AT_A_TIME: Final = 1000
MOST_STEPS: Final = 2_000_000
"""Of the machine within SQLite, for one tile: a base with an index needs a hundred."""
LONGEST_TEXT: Final = 200
IMAGES: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
VECTOR: Final = "application/vnd.mapbox-vector-tile"


class Unusable(Exception):
    """A chart that cannot be shown, in words."""


@dataclass(frozen=True, slots=True)
class Chart:
    """What the page is told of a chart; bounds: west, south, east, north in degrees."""

    name: str
    title: str
    vector: bool
    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float]
    attribution: str


class Reading(Protocol):
    """An open chart."""

    chart: Chart

    def tile(self, zoom: int, x: int, y: int) -> bytes | None:
        """The bytes of a tile as they lie there."""
        ...


class Folder:
    """The charts of a folder. What changes there is seen at the next `charts`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: dict[str, tuple[tuple[int, int], Reading]] = {}
        self._lock = threading.Lock()
        self._looked = False
        self.tile = lru_cache(64)(self._tile)

    def charts(self) -> dict[str, Any]:
        """Those that can be shown, and what is wrong with the others."""
        with self._lock:
            try:
                names = sorted(entry.name for entry in os.scandir(self._path) if NAME.fullmatch(entry.name))[:MOST_CHARTS]
            except OSError as fault:
                return {"charts": [], "problems": [{"name": self._path.name, "words": fault.strerror or str(fault)}]}
            for name in [name for name in self._open if name not in names]:
                del self._open[name]
            self._looked, problems = True, []
            for name in names:
                try:
                    self._look(name)
                except Unusable as fault:
                    self._open.pop(name, None)
                    problems.append({"name": name, "words": str(fault)})
            told = [asdict(self._open[name][1].chart) for name in names if name in self._open]
        return {"charts": told, "problems": problems}

    def _look(self, name: str) -> None:
        path = self._path / name
        try:
            if path.resolve(strict=True).parent != self._path.resolve(strict=True) or not path.is_file():
                raise Unusable("is no file of this folder")
            state = path.stat()
        except OSError as fault:
            raise Unusable(fault.strerror or str(fault)) from None
        stamp = state.st_mtime_ns, state.st_size
        if name in self._open and self._open[name][0] == stamp:
            return
        self._open[name] = stamp, (PmtilesChart if name.lower().endswith(".pmtiles") else MbtilesChart)(path)
        self.tile.cache_clear()

    def _tile(self, name: str, zoom: int, x: int, y: int) -> tuple[bytes, str, bool] | None:
        """Bytes, type and whether they are packed; None where there is no tile. Only charts that were told are read."""
        if not self._looked:
            self.charts()
        with self._lock:
            held = self._open.get(name)
        if held is None or not (0 <= zoom <= DEEPEST and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
            return None
        try:
            data = held[1].tile(zoom, x, y)
        except (Unusable, OSError, sqlite3.Error):
            return None
        return _judged(data, vector=held[1].chart.vector) if data else None


def _judged(data: bytes, *, vector: bool) -> tuple[bytes, str, bool] | None:
    """A tile by its first bytes: no page, no script and no drawing that could hold one goes out as an image."""
    if vector:
        packed = data[:2] == b"\x1f\x8b"
        try:
            unpacked(data, UNPACKED_BYTES) if packed else None
        except Unusable:
            return None
        return data, VECTOR, packed
    kind = next((kind for first, kind in IMAGES.items() if data.startswith(first)), None)
    if kind is None and data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "image/webp"
    return None if kind is None else (data, kind, False)


def unpacked(data: bytes, most: int) -> bytes:
    """What gzip packed, when it is no more than `most` bytes. Raises Unusable."""
    worker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        made = worker.decompress(data, most + 1)
    except zlib.error:
        raise Unusable("is packed in no way that is known") from None
    if len(made) > most or not worker.eof:
        raise Unusable("is too large")
    return made


def _chart(name: str, told: Mapping[str, Any], *, vector: bool, zooms: tuple[int, int], bounds: Any) -> Chart:
    """The words of a chart, cut to what a list can show."""
    title, attribution = (" ".join(str(told.get(key) or "").split())[:LONGEST_TEXT] for key in ("name", "attribution"))
    least, most = (max(0, min(zoom, DEEPEST)) for zoom in zooms)
    west, south, east, north = bounds if _is_box(bounds) else (-180.0, -85.0, 180.0, 85.0)
    return Chart(name, title or Path(name).stem, vector, least, max(least, most), (west, south, east, north), attribution)


def _is_box(bounds: Any) -> bool:
    return len(bounds) == 4 and all(math.isfinite(edge) and abs(edge) <= 360 for edge in bounds) and bounds[1] < bounds[3]


class PmtilesChart:
    """One file with a directory (PMTiles, version 3). It is read by offsets and never mapped: a file may shrink."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            header: Any = deserialize_header(self._read(0, 127))
        except Exception:  # the package raises whatever a broken file makes it trip over
            raise Unusable("is no PMTiles file of version 3") from None
        kinds = (TileType.MVT, TileType.PNG, TileType.JPEG, TileType.WEBP)
        if header["tile_type"] not in kinds:
            raise Unusable("has neither images (PNG, JPEG, WebP) nor vector tiles (MVT)")
        if not {header["tile_compression"], header["internal_compression"]} <= {Compression.NONE, Compression.GZIP}:
            raise Unusable("is packed otherwise than by gzip")
        self._header = header
        self._packed = header["internal_compression"] is Compression.GZIP
        told: Any = {}
        try:
            told = json.loads(self._unpacked(header["metadata_offset"], header["metadata_length"], METADATA_BYTES) or b"{}")
        except (ValueError, RecursionError, OSError):
            told = {}  # a chart without words is a chart
        bounds = [header[edge] / 1e7 for edge in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")]
        zooms = header["min_zoom"], header["max_zoom"]
        self.chart = _chart(
            path.name, told if isinstance(told, dict) else {}, vector=header["tile_type"] is TileType.MVT, zooms=zooms, bounds=bounds
        )

    def _read(self, offset: int, length: int) -> bytes:
        if not 0 <= length <= TILE_BYTES or not 0 <= offset < 1 << 62:
            raise Unusable("is too large")
        with self._path.open("rb") as file:
            return os.pread(file.fileno(), length, offset)

    def _unpacked(self, offset: int, length: int, most: int) -> bytes:
        data = self._read(offset, length)
        return unpacked(data, most) if self._packed and data else data[:most]

    def tile(self, zoom: int, x: int, y: int) -> bytes | None:
        """Through at most four directories, each within the one before."""
        wanted: int = zxy_to_tileid(zoom, x, y)
        header = self._header
        offset, length = header["root_offset"], header["root_length"]
        for _ in range(4):
            found = _entry(_directory(self._unpacked(offset, length, DIRECTORY_BYTES)), wanted)
            if found is None:
                return None
            at, length, run = found
            if run:
                return self._read(header["tile_data_offset"] + at, length)
            offset = header["leaf_directory_offset"] + at
        return None


Entries = list[tuple[int, int, int, int]]
"""(tile id, run, length, offset) in order of id; a run of 0 is another directory."""


@lru_cache(64)
def _directory(data: bytes) -> Entries:
    """The entries of a directory. Raises Unusable for bytes that are none."""
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while shift < 64:
            if at >= len(data):
                raise Unusable("ends in the middle")
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
        raise Unusable("has a number that is too long")

    count = number()
    if count > len(data):
        raise Unusable("ends in the middle")
    ids, last = [], 0
    for _ in range(count):
        last += number()
        ids.append(last)
    runs = [number() for _ in range(count)]
    lengths = [number() for _ in range(count)]
    offsets: list[int] = []
    for row in range(count):
        given = number()
        offsets.append(offsets[-1] + lengths[row - 1] if row and not given else given - 1)
    return list(zip(ids, runs, lengths, offsets, strict=True))


def _entry(entries: Entries, wanted: int) -> tuple[int, int, int] | None:
    """Offset, length and run of the entry that holds a tile; None where none does."""
    low, high = 0, len(entries)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if entries[middle][0] <= wanted else (low, middle)
    if not low:
        return None
    first, run, length, offset = entries[low - 1]
    return (offset, length, run) if run == 0 or wanted - first < run else None


class MbtilesChart:
    """A base of SQLite (MBTiles, version 1.3), opened to be read; it may select from its tables and do nothing else."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._steps = 0
        try:
            self._base = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            self._base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, TILE_BYTES)
            self._base.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            self._base.execute("PRAGMA trusted_schema = OFF")
            self._base.execute("PRAGMA query_only = ON")
            self._base.execute("PRAGMA cell_size_check = ON")
            self._base.execute("PRAGMA mmap_size = 0")
            self._base.execute("PRAGMA cache_size = -4096")
            self._base.set_authorizer(_only_selects)
            self._base.set_progress_handler(self._tired, STEPS_AT_A_TIME)
            rows = self._ask("SELECT name, value FROM metadata LIMIT 100")
            told = {str(name): value for name, value in rows if isinstance(value, str | int | float)}
            ends = [self._ask(f"SELECT zoom_level FROM tiles ORDER BY zoom_level {way} LIMIT 1") for way in ("ASC", "DESC")]
        except sqlite3.Error:
            raise Unusable("is no MBTiles file that can be read") from None
        if not all(ends):
            raise Unusable("holds no tile")
        kind = str(told.get("format") or "png").lower()
        if kind not in ("png", "jpg", "jpeg", "webp", "pbf"):
            raise Unusable("has neither images (PNG, JPEG, WebP) nor vector tiles (MVT)")
        self.chart = _chart(
            path.name, told, vector=kind == "pbf", zooms=(_whole(ends[0][0][0]), _whole(ends[1][0][0])), bounds=_box(told.get("bounds"))
        )

    def _tired(self) -> int:
        self._steps += STEPS_AT_A_TIME
        return int(self._steps > MOST_STEPS)

    def _ask(self, question: str, given: tuple[int, ...] = ()) -> list[Any]:
        with self._lock:
            self._steps = 0
            return self._base.execute(question, given).fetchmany(100)

    def tile(self, zoom: int, x: int, y: int) -> bytes | None:
        """Rows are counted from the south here."""
        question = "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? LIMIT 1"
        rows = self._ask(question, (zoom, x, (1 << zoom) - 1 - y))
        return rows[0][0] if rows and isinstance(rows[0][0], bytes) else None


def _only_selects(action: int, *_: Any) -> int:
    return sqlite3.SQLITE_OK if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ) else sqlite3.SQLITE_DENY


def _whole(value: Any) -> int:
    return value if type(value) is int else 0


def _box(given: Any) -> list[float]:
    try:
        return [float(edge) for edge in str(given or "").split(",")]
    except ValueError:
        return []
