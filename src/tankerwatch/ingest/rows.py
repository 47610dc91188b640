"""Rows of a foreign table become fixes and statics: values read, units turned, what says nothing counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tankerwatch.core.kernels import stamps
from tankerwatch.core.schema import F64, I64, U8, U32, Bool, Object
from tankerwatch.core.tables import MMSI_ODD, OUT_OF_RANGE, Fixes, Statics
from tankerwatch.ingest.columns import CLASS_WORDS, MISSING, STATUS_WORDS, TYPE_WORDS, Meaning
from tankerwatch.ingest.order import ReportRun
from tankerwatch.ingest.tables import Block

POSITION_TYPES = (1, 2, 3, 9, 18, 19, 27)
STATIC_TYPES = (5, 19, 24)
LONGEST_TEXT = 64
_TEXTS = ("name", "callsign", "destination")
_SIZES = ("to_bow", "to_stern", "to_port", "to_starboard", "length", "width", "draught")
_STATIC_ROLES = (*_TEXTS, "imo", "ship_type", *_SIZES)
_AIS_SCALE = 600_000.0


class Converter:
    """Turns the blocks of one table into reports, in the order of the table; remembers its scale and each ship's static data."""

    def __init__(self, meaning: Meaning) -> None:
        self._factor = meaning.factor
        self._ais_scale: bool | None = None
        self._known: dict[int, tuple[Any, ...]] = {}

    def times(self, block: Block) -> F64:
        """Receive time of each row, NaN where it has none."""
        time_s = _moments(block.values["time"])
        if "millisecond" in block.values:
            part = np.nan_to_num(_numbers(block.values["millisecond"])) / 1e3
            # Where the time has a fraction, the column says the same again.
            time_s = np.where((part >= 0) & (part < 1) & (time_s == np.floor(time_s)), time_s + part, time_s)
        return time_s

    def reports(self, block: Block, counters: Counter[str]) -> ReportRun:
        """Fixes and statics of a block; counts by reason the rows that are neither."""
        values = block.values
        rows = len(block)
        time_s = self.times(block)
        mmsi = _numbers(values["mmsi"])
        has_mmsi = (mmsi > 0) & (mmsi < 1e9) & (mmsi == np.floor(mmsi))
        lat, lon, scaled = self._position(values)
        out = (np.abs(lat) > 90) | (np.abs(lon) > 180)
        placed = ~(np.isnan(lat) | np.isnan(lon) | out)
        msg_type, told = _types(values, rows)
        usable = ~np.isnan(time_s) & has_mmsi
        counters["no_time"] += int(np.isnan(time_s).sum())
        counters["no_mmsi"] += int((~np.isnan(time_s) & ~has_mmsi).sum())
        reports_position = np.isin(msg_type, POSITION_TYPES)
        fix = usable & reports_position & (placed | told)
        static = usable & self._says_static(values, rows) & (reports_position | np.isin(msg_type, STATIC_TYPES))
        silent = usable & ~fix & ~static
        counters["not_a_ship"] += int((silent & ~reports_position).sum())
        counters["no_position"] += int((silent & reports_position).sum())
        lat[~placed] = lon[~placed] = np.nan

        which = np.flatnonzero(fix)
        fixes = Fixes.blank(len(which))
        fixes.time_s[:], fixes.mmsi[:], fixes.msg_type[:] = time_s[which], mmsi[which], msg_type[which]
        fixes.lon_deg[:], fixes.lat_deg[:], fixes.source_row[:] = lon[which], lat[which], block.number[which]
        fixes.sog_kn[:] = self._speed(values, rows, scaled)[which]
        fixes.cog_deg[:] = self._course(values, rows, scaled)[which]
        fixes.heading_deg[:] = _circle(self._scaled("heading", values, rows))[which]
        status = _coded(values.get("status"), STATUS_WORDS, rows)
        fixes.nav_status[:] = np.where((status >= 0) & (status <= 15), status, 255)[which]
        odd = (mmsi < 200_000_000) & (mmsi // 1_000_000 != 111) | (mmsi >= 800_000_000) & (mmsi < 970_000_000) | (mmsi >= 990_000_000)
        fixes.quality[:] = (OUT_OF_RANGE * out + MMSI_ODD * odd)[which]

        statics = self._statics(block, time_s, mmsi, msg_type, told, np.flatnonzero(static))
        return ReportRun(fixes, statics, fixes.time_s, statics.time_s)

    def _position(self, values: dict[str, Any]) -> tuple[F64, F64, bool]:
        lat, lon = _numbers(values["lat"]), _numbers(values["lon"])
        given_lat, given_lon = self._factor["lat"], self._factor["lon"]
        if self._ais_scale is None and given_lat is None and given_lon is None:
            known = lon[~np.isnan(lon)]
            if len(known):
                self._ais_scale = bool(np.abs(known).max() > 360 and (known == np.floor(known)).all())
        scaled = bool(self._ais_scale) and given_lat is None and given_lon is None
        if scaled:
            return lat / _AIS_SCALE, lon / _AIS_SCALE, True
        return lat * (given_lat or 1.0), lon * (given_lon or 1.0), False

    def _scaled(self, role: str, values: dict[str, Any], rows: int) -> F64:
        if role not in values:
            return np.full(rows, np.nan)
        return _numbers(values[role]) * (self._factor[role] or 1.0)

    def _speed(self, values: dict[str, Any], rows: int, scaled: bool) -> F64:
        speed = self._scaled("sog", values, rows)
        tenths = scaled and self._factor.get("sog") is None
        speed = np.where(speed == 1023, np.nan, speed / 10) if tenths else speed
        # 102.3 stands for "not available" in tables that were scaled without being understood.
        return np.where((speed >= 0) & (speed < 1000) & (np.abs(speed - 102.3) > 1e-6), speed, np.nan)

    def _course(self, values: dict[str, Any], rows: int, scaled: bool) -> F64:
        if "cog" not in values and "cog_sin" in values and "cog_cos" in values:
            east, north = _numbers(values["cog_sin"]), _numbers(values["cog_cos"])
            course: F64 = np.degrees(np.arctan2(east, north)) % 360
            return np.where((east == 0) & (north == 0), np.nan, course)
        course = self._scaled("cog", values, rows)
        return _circle(course / 10 if scaled and self._factor.get("cog") is None else course)

    def _says_static(self, values: dict[str, Any], rows: int) -> Bool:
        said = np.zeros(rows, np.bool_)
        for role in _STATIC_ROLES:
            if role in values:
                said |= ~_missing(values[role])
        return said

    def _statics(self, block: Block, time_s: F64, mmsi: F64, msg_type: U8, told: bool, which: I64) -> Statics:
        """The rows among `which` in which a ship's static data appear or change."""
        if not len(which):
            return Statics.empty()
        code = np.zeros(len(which), np.int64)
        for role in _STATIC_ROLES:
            if role in block.values:
                column = block.values[role].take(pa.array(which)).dictionary_encode()
                _, code = np.unique(code * (len(column.dictionary) + 1) + _indices(column), return_inverse=True)
        ship = mmsi[which].astype(np.int64)
        order = np.argsort(ship, kind="stable")
        changed = np.ones(len(order), np.bool_)
        same = (ship[order][1:] == ship[order][:-1]) & (code[order][1:] == code[order][:-1])
        changed[1:] = ~same
        at = which[np.sort(order[changed])]
        made = self._static_rows(block, time_s, mmsi, msg_type, told, at)
        keep = np.zeros(len(at), np.bool_)
        compared = [c.name for c in Statics.columns() if c.name not in ("time_s", "source_row")]
        for row, told_now in enumerate(zip(*(getattr(made, name).tolist() for name in compared), strict=True)):
            key = int(made.mmsi[row]) * 4 + (0 if not made.part[row] else 1 if made.part[row] == "A" else 2)
            told_now = tuple(None if value != value else value for value in told_now)
            keep[row] = self._known.get(key) != told_now
            self._known[key] = told_now
        return made.take(keep)

    def _static_rows(self, block: Block, time_s: F64, mmsi: F64, msg_type: U8, told: bool, at: I64) -> Statics:
        values = {role: block.values[role].take(pa.array(at)) for role in _STATIC_ROLES if role in block.values}
        rows = len(at)
        made = Statics.blank(rows)
        made.time_s[:], made.mmsi[:], made.source_row[:] = time_s[at], mmsi[at], block.number[at]
        class_b = np.isin(msg_type[at], (18, 19))
        made.msg_type[:] = np.where(class_b, 19, 5)
        for role in _TEXTS:
            if role in values:
                getattr(made, role)[:] = _texts(values[role])
        if told:
            parted = msg_type[at] == 24
            made.msg_type[parted] = 24
            made.part[parted & (made.name != "")] = "A"
            made.part[parted & (made.name == "")] = "B"
        if "imo" in values:
            made.imo[:] = _imo(values["imo"])
        kind = _coded(values.get("ship_type"), TYPE_WORDS, rows)
        made.ship_type[:] = np.where((kind >= 0) & (kind <= 255), kind, 0)
        size = {role: np.nan_to_num(self._scaled(role, values, rows)) for role in _SIZES}
        for ends, total, one, other in (
            (("to_bow", "to_stern"), "length", made.to_bow_m, made.to_stern_m),
            (("to_port", "to_starboard"), "width", made.to_port_m, made.to_starboard_m),
        ):
            whole = np.round(np.where((size[total] > 0) & (size[total] < 1000), size[total], 0))
            first, second = (np.where((size[end] >= 0) & (size[end] < 1000), np.round(size[end]), 0) for end in ends)
            halved = first + second == 0
            # Where the antenna stands is not told: halves, so that the sum is right.
            one[:], other[:] = np.where(halved, whole // 2, first), np.where(halved, whole - whole // 2, second)
        made.draught_m[:] = np.where((size["draught"] > 0) & (size["draught"] <= 30), size["draught"], np.nan)
        return made


def _plain(column: Any) -> Any:
    """The column as text or numbers: dictionaries unfolded, decimals as floats."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_large_string(column.type) or pa.types.is_binary(column.type) or pa.types.is_string_view(column.type):
        column = pc.cast(column, pa.string())
    if pa.types.is_decimal(column.type):
        column = pc.cast(column, pa.float64())
    return column


def _numbers(column: Any) -> F64:
    """Each value as a number, NaN where it is none; infinite is none."""
    column = _plain(column)
    if pa.types.is_string(column.type):
        try:
            made = pc.cast(pc.ascii_trim_whitespace(column), pa.float64())
        except pa.ArrowInvalid:
            made = pa.array([_number(text) for text in _raw_texts(column)], pa.float64())
    elif pa.types.is_boolean(column.type) or not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return np.full(len(column), np.nan)
    else:
        made = pc.cast(column, pa.float64(), safe=False)
    values: F64 = np.array(made.to_numpy(zero_copy_only=False), np.float64)
    values[~np.isfinite(values)] = np.nan
    return values


def _number(text: str) -> float | None:
    try:
        return float(text) if text and "_" not in text else None
    except ValueError:
        return None


def _moments(column: Any) -> F64:
    """Each value as seconds since 1970 UTC, NaN where it is none."""
    column = _plain(column)
    if pa.types.is_timestamp(column.type):
        scale = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[column.type.unit]
        whole = pc.cast(column, pa.int64())
        held = np.array(whole.fill_null(0).to_numpy(zero_copy_only=False), np.int64)
        time_s: F64 = held // scale + (held % scale) / scale
        time_s[_missing(column) | (time_s < stamps.EARLIEST_S) | (time_s >= stamps.LATEST_S)] = np.nan
        return time_s
    if pa.types.is_integer(column.type):
        column = pc.cast(column, pa.string())
    elif pa.types.is_floating(column.type):
        return _epochs(np.array(column.to_numpy(zero_copy_only=False), np.float64))
    if not pa.types.is_string(column.type):
        return np.full(len(column), np.nan)
    column = pa.concat_arrays([column])  # an offset of its own, so that the buffers begin with the first row
    _, offsets, data = column.buffers()
    edges = np.frombuffer(offsets, np.int32)[column.offset : column.offset + len(column) + 1].astype(np.int64)
    made = np.empty(len(column))
    text = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    stamps.moments(text, edges[:-1], edges[1:], made)
    made[_missing(column)] = np.nan
    return made


def _epochs(value: F64) -> F64:
    made = np.full(len(value), np.nan)
    for scale in (1.0, 1e3, 1e6, 1e9):
        fits = (value >= stamps.EARLIEST_S * scale) & (value < stamps.LATEST_S * scale)
        made[fits] = value[fits] / scale
    return made


def _circle(angle: F64) -> F64:
    """Degrees from 0 to 360; what is outside (360 and 511 stand for "not available") is missing."""
    return np.where((angle >= 0) & (angle < 360), angle, np.nan)


def _types(values: dict[str, Any], rows: int) -> tuple[U8, bool]:
    """The message type of each row, and whether the table tells it; 1 where nothing does."""
    if "msg_type" in values:
        number = _numbers(values["msg_type"])
        return np.where((number >= 1) & (number <= 27), number, 0).astype(np.uint8), True
    code = _coded(values.get("class"), CLASS_WORDS, rows)
    return np.where(code > 0, code, 1).astype(np.uint8), False


def _coded(column: Any, words: dict[str, int], rows: int) -> F64:
    """Codes as they are, words by their code, NaN for neither."""
    if column is None:
        return np.full(rows, np.nan)
    column = _plain(column)
    if not pa.types.is_string(column.type):
        return _numbers(column)
    coded = column.dictionary_encode()
    meant = [words.get(text.strip().casefold(), _number(text)) for text in _raw_texts(coded.dictionary)]
    table = np.array([*(np.nan if code is None else code for code in meant), np.nan])
    codes: F64 = table[_indices(coded) - 1]
    return codes


def _indices(column: Any) -> I64:
    """The index of each value of a dictionary-encoded array plus one, nought for a missing one."""
    made: I64 = np.array(column.indices.fill_null(-1).to_numpy(zero_copy_only=False), np.int64) + 1
    return made


def _missing(column: Any) -> Bool:
    made: Bool = np.array(column.is_null(nan_is_null=pa.types.is_floating(column.type)).to_numpy(zero_copy_only=False), np.bool_)
    return made


def _imo(column: Any) -> U32:
    """The number in `IMO9307839` or 9307839; nought stands for none."""
    column = _plain(column)
    if pa.types.is_string(column.type):
        numbers = [_number(text.upper().removeprefix("IMO").strip()) or 0.0 for text in _raw_texts(column)]
    else:
        numbers = np.nan_to_num(_numbers(column)).tolist()
    return np.array([int(n) if 0 < n < 2**30 else 0 for n in numbers], np.uint32)


def _texts(column: Any) -> Object:
    """Text up to the first `@`, without blanks around it."""
    made = np.empty(len(column), np.object_)
    made[:] = [text.partition("@")[0].strip()[:LONGEST_TEXT] for text in _raw_texts(_plain(column))]
    return made


def _raw_texts(column: Any) -> list[str]:
    if not pa.types.is_string(column.type):
        column = pc.cast(column, pa.string())
    found = pc.cast(column, pa.binary()).to_pylist()
    texts = ["" if raw is None else raw.decode("utf-8", "replace") for raw in found]
    return ["" if text in MISSING else text for text in texts]
