"""What must hold of everything that a decoder says, whatever it was told. Each check raises `Broken`, or says nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from time import monotonic
from typing import Any

import numpy as np

from tankerwatch.core.packed import Packed, unpacked
from tankerwatch.core.tables import FEED_SHIFT, ROW_MASK, Bases, Calls, Fixes, Heard, Lines, Others, Statics, Texts
from tankerwatch.decode import Decoder
from tankerwatch.decode.counters import PASSED_OVER
from tankerwatch.decode.expand import expand
from tankerwatch.export import told

FAMILIES: dict[str, type] = {"fixes": Fixes, "statics": Statics, "bases": Bases, "texts": Texts, "calls": Calls, "others": Others}
COUNTED = {"fixes": "positions"}
"""What the counters call a family, where it is not its own name."""
LAST_YEAR_S = 253_402_300_800.0
"""The end of the year 9999, the last that can be sent."""


class Broken(Exception):
    """Something that must hold does not."""


def hold(true: Any, what: str, *told: Any) -> None:
    """Raise `Broken` when something is not true."""
    if not true:
        raise Broken(": ".join([what, *(str(each)[:500] for each in told)]))


# The books.


def books_balance(decoder: Decoder, lines: int) -> None:
    """Every line is used, blank or rejected, once; the feeds add up to the whole."""
    counters, feeds = decoder.counters, decoder.feed_counters()
    rejected = sum(counters.rejected.values())
    hold(counters.lines == lines, "lines counted and lines given", counters.lines, lines)
    hold(lines == counters.used + counters.blank + rejected, "lines do not add up", counters.to_json())
    hold(min([counters.used, counters.blank, *counters.rejected.values()]) >= 0, "a counter below zero", counters.to_json())
    hold(sum(feed.lines for feed in feeds) == lines, "lines of the feeds do not add up", feeds)
    hold(sum(feed.messages for feed in feeds) == counters.messages, "messages of the feeds do not add up", feeds)
    passed_over = sum(counters.rejected.get(reason, 0) for reason in PASSED_OVER)
    hold(sum(feed.rejected for feed in feeds) == rejected - passed_over, "rejected lines of the feeds do not add up", feeds)


class Ledger:
    """Counts the rows that a decoder gives, to hold them against its counters."""

    def __init__(self) -> None:
        self.rows = dict.fromkeys(FAMILIES, 0)
        self.messages = 0

    def add(self, heard: Heard) -> None:
        for name in FAMILIES:
            self.rows[name] += len(getattr(heard, name))
        # type 19 is a fix and a static in one message; radar targets, their names and calls are no messages of AIS
        self.messages += int(np.count_nonzero(heard.fixes.msg_type)) + len(heard.bases) + len(heard.texts) + len(heard.others)
        self.messages += int(np.count_nonzero((heard.statics.msg_type != 0) & (heard.statics.msg_type != 19)))

    def agrees(self, decoder: Decoder) -> None:
        for name, rows in self.rows.items():
            counted = getattr(decoder.counters, COUNTED.get(name, name))
            hold(counted == rows, f"{name} counted and given", counted, rows)
        hold(decoder.counters.messages == self.messages, "messages counted and given", decoder.counters.messages, self.messages)


# The tables.


def within(values: Any, low: float, high: float, what: str) -> None:
    """All values that are there lie between two bounds, both allowed."""
    wrong = ~((values >= low) & (values <= high)) & (values == values)
    hold(not wrong.any(), f"{what} beyond {low} to {high}", values[wrong][:5])


def among(values: Any, allowed: set[Any], what: str) -> None:
    found = set(values.tolist()) if isinstance(values, np.ndarray) else set(values)
    hold(found <= allowed, f"{what} of another kind", sorted(map(repr, found - allowed))[:5])


def packed(values: Packed, rows: int, what: str, low: int, high: int, longest: int) -> None:
    """A packed column is one: its texts lie one behind the other in its bytes, of the right letters, none too long."""
    sizes = np.diff(values.offsets)
    hold(len(values) == rows and values.offsets.dtype == np.int32, f"{what}: rows", len(values), rows)
    hold(values.offsets[0] == 0 and (sizes >= 0).all() and values.offsets[-1] <= len(values.data), f"{what}: offsets", values.offsets)
    within(sizes, 0, longest, f"length of {what}")
    within(values.data[: values.offsets[-1]], low, high, f"letters of {what}")


TEXTS = {"callsign": 7, "name": 34, "destination": 20, "eta": 11, "part": 1, "text": 180}
"""The longest text of each packed column of the AIS families."""


def tables_are_sound(heard: Heard, newest_row: int, feeds: int) -> None:
    """Every column has its declared type and length, and holds what it can hold."""
    for family in FAMILIES:
        rows: Any = getattr(heard, family)
        for column in rows.columns():
            values = getattr(rows, column.name)
            if isinstance(values, Packed):
                letters = (48, 119, 1 << 20) if column.name == "payload" else (32, 95, TEXTS[column.name])
                packed(values, len(rows), f"{family}.{column.name}", *letters)
            elif column.dtype == np.bool_:
                within(values.view(np.uint8), 0, 1, f"{family}.{column.name}")
        unpacked(rows).check() if len(rows) < 500 else _check_arrays(rows)
        if len(rows):
            numbers = rows.source_row & np.uint64(ROW_MASK)
            within(numbers, 1, newest_row, f"{family}.source_row")
            within(rows.source_row >> np.uint64(FEED_SHIFT), 0, feeds - 1, f"feed of {family}.source_row")
            within(rows.quality, 0, 255, f"{family}.quality")
    places(heard)
    fixes_are_sound(heard.fixes, len(heard.stations))
    statics_are_sound(heard.statics)
    within(heard.bases.aid_type, 0, 31, "aid_type")
    among(heard.bases.msg_type, {4, 11, 21}, "type of a base")
    within(heard.bases.utc_s, -62_135_596_800.0, LAST_YEAR_S, "utc_s")
    within(heard.bases.station.astype(np.int64), 0, max(len(heard.stations) - 1, 0), "station of a base")
    among(heard.texts.msg_type, {12, 14}, "type of a text")
    within(heard.others.fill_bits, 0, 5, "fill_bits")
    within(heard.others.msg_type, 0, 63, "type of another message")
    among(heard.calls.category, {"distress", "urgency", "safety", "routine"}, "category of a call")
    among(heard.calls.kind, {"call", "relay", "acknowledgement", "cancel", "test"}, "kind of a call")
    within(heard.calls.mmsi.astype(np.int64), 1, 999_999_999, "mmsi of a call")


def _check_arrays(rows: Any) -> None:
    """`Table.check` of all columns that are no packed texts, which would have to be unpacked."""
    for column in rows.columns():
        values = getattr(rows, column.name)
        if not isinstance(values, Packed):
            hold(
                len(values) == len(rows) and values.dtype == column.dtype, f"{type(rows).__name__}.{column.name}", values.dtype, len(values)
            )


def places(heard: Heard) -> None:
    """A position is on the earth, or none."""
    for rows in (heard.fixes, heard.bases, heard.calls):
        for values, most in ((rows.lon_deg, 180), (rows.lat_deg, 90)):
            hold(not np.isinf(values).any(), "an infinite position", type(rows).__name__)
            within(values, -most, most, f"a position of {type(rows).__name__}")


def fixes_are_sound(fixes: Fixes, stations: int) -> None:
    among(fixes.msg_type, {0, 1, 2, 3, 9, 18, 19, 27}, "type of a fix")
    radar = fixes.msg_type == 0
    within(fixes.mmsi[radar].astype(np.int64), 4_000_000_000, (1 << 32) - 1, "identity of a radar target")
    within(fixes.mmsi[~radar], 0, (1 << 30) - 1, "mmsi")
    hold((fixes.lat_deg[radar] == fixes.lat_deg[radar]).all(), "a radar target without a position")
    hold(not np.isinf(fixes.sog_kn).any(), "an infinite speed")
    for kind, most in ((9, 1022), (27, 62)):
        within(fixes.sog_kn[fixes.msg_type == kind], 0, most, f"speed of type {kind}")
    within(fixes.sog_kn[~np.isin(fixes.msg_type, (0, 9, 27))], 0, 102.21, "speed")
    within(fixes.sog_kn[radar], 0, 2e9, "speed of a radar target")
    for values, what in ((fixes.cog_deg, "course"), (fixes.heading_deg, "heading")):
        within(values, 0, np.nextafter(np.float32(360), np.float32(0)), what)
    among(fixes.nav_status, {*range(16), 255}, "nav_status")
    within(fixes.utc_second, 0, 63, "utc_second")
    within(fixes.repeat, 0, 3, "repeat")
    within(fixes.station.astype(np.int64), 0, max(stations - 1, 0), "station of a fix")


def statics_are_sound(statics: Statics) -> None:
    among(statics.msg_type, {0, 5, 19, 24}, "type of a static")
    within(statics.mmsi[statics.msg_type != 0], 0, (1 << 30) - 1, "mmsi of a static")
    within(statics.imo, 0, (1 << 30) - 1, "imo")
    within(statics.mothership_mmsi, 0, (1 << 30) - 1, "mothership_mmsi")
    for values, most in (
        (statics.to_bow_m, 511),
        (statics.to_stern_m, 511),
        (statics.to_port_m, 63),
        (statics.to_starboard_m, 63),
    ):
        within(values, 0, most, "a size")
    within(statics.draught_m, 0.05, 25.51, "draught")


def texts_are_sound(heard: Heard) -> None:
    """The texts as Python has them: none goes on behind its `@` or ends in blanks, and Arrow takes every table as valid."""
    for family, names in (("statics", ("callsign", "name", "destination")), ("bases", ("name",)), ("texts", ("text",))):
        rows = unpacked(getattr(heard, family))
        for name in names:
            for value in getattr(rows, name)[rows.msg_type != 0].tolist():
                hold("@" not in value and value == value.rstrip(" "), f"{family}.{name}", repr(value))
    for part in unpacked(heard.statics).part.tolist():
        hold(part in ("", "A", "B"), "part of a static", repr(part))
    for family in FAMILIES:
        told(getattr(heard, family), heard.stations).validate(full=True)


def others_expand(heard: Heard, most: int = 50) -> None:
    """Messages without columns can be expanded: into fields by name, or words on why not."""
    rows = unpacked(heard.others)
    for payload, fill, kind in zip(
        rows.payload[:most].tolist(), rows.fill_bits[:most].tolist(), rows.msg_type[:most].tolist(), strict=True
    ):
        fields = expand(payload, fill)
        hold("error" in fields or int(fields["msg_type"]) == kind, "expanded as another type", payload, fields)


# The same lines, heard otherwise.


@dataclass(frozen=True)
class Said:
    """All that a decoder said of some lines."""

    tables: dict[str, Any]
    stations: tuple[str, ...]
    counters: dict[str, Any]
    feeds: list[Any]


def listened(parts: list[Lines], how: dict[str, Any], *, bulk: bool = False) -> Said:
    """What a new decoder says of lines given in parts; `bulk` by `columns`, else by `decode`."""
    decoder = Decoder(**how)
    heard: list[Heard] = []
    for part in parts:
        heard += decoder.columns(part) if bulk else [decoder.decode(part)]
    tables = {name: kind.concat([unpacked(getattr(each, name)) for each in heard]) for name, kind in FAMILIES.items()}  # type: ignore[attr-defined]  # all are tables
    for table in tables.values():
        table.check()
    books_balance(decoder, sum(len(part) for part in parts))
    stations = max((each.stations for each in heard), key=len, default=())
    return Said(tables, stations, decoder.counters.to_json(), list(decoder.feed_counters()))


def agree(one: Said, other: Said, what: str) -> None:
    """Both said the same, row by row, and counted the same."""
    for family, rows in one.tables.items():
        others = other.tables[family]
        hold(len(rows) == len(others), f"{what}: rows of {family}", len(rows), len(others))
        for column in rows.columns():
            a, b = getattr(rows, column.name), getattr(others, column.name)
            same = a == b
            if column.dtype.kind == "f":
                same |= np.isnan(a) & np.isnan(b)
            if not same.all():
                at = int(np.flatnonzero(~same)[0])
                raise Broken(f"{what}: {family}.{column.name}[{at}] {a[at]!r} and {b[at]!r}, line {int(rows.source_row[at]) & ROW_MASK}")
    hold(one.counters == other.counters, f"{what}: counters", *unlike(one.counters, other.counters))
    hold(one.feeds == other.feeds, f"{what}: counters of feeds", one.feeds, other.feeds)
    hold(one.stations == other.stations, f"{what}: stations", one.stations[:9], other.stations[:9])


def unlike(one: dict[str, Any], other: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs between two sets of counts, in each of them."""
    flat = [{**counts, **counts["rejected"], "rejected": 0} for counts in (one, other)]
    names = sorted(name for name in {*flat[0], *flat[1]} if flat[0].get(name, 0) != flat[1].get(name, 0))
    return tuple({name: counts.get(name, 0) for name in names} for counts in flat)  # type: ignore[return-value]  # as many as came in


def cut(lines: Lines, rng: np.random.Generator) -> list[Lines]:
    """The same lines in several parts, some of them empty."""
    edges = np.sort(rng.integers(0, len(lines) + 1, int(rng.integers(1, 40))))
    return [lines.take(slice(a, b)) for a, b in pairwise([0, *edges.tolist(), len(lines)])]


def one_longer(lines: Lines) -> Lines:
    """The same lines with the blank that stands behind each: it is skipped, and takes a line off the quick way."""
    return Lines(lines.buffer, lines.start, lines.end + 1, lines.time_s, lines.source_row)


def moved(lines: Lines, rng: np.random.Generator) -> Lines:
    """The same lines elsewhere: in another order in the buffer, at other places of a word, with what would tempt a reader between."""
    order = rng.permutation(len(lines))
    size = (lines.end - lines.start)[order]
    room = rng.integers(0, 20, len(lines))
    start = np.cumsum(size + room) - size
    tempting = np.frombuffer(b"0123456789ABCDEF,0*!\\$", np.uint8)
    buffer = rng.choice(tempting, int((size + room).sum()) + Lines.PAD)
    ends = np.cumsum(size)
    steps = np.arange(int(size.sum()))
    buffer[np.repeat(start - (ends - size), size) + steps] = lines.buffer[np.repeat(lines.start[order] - (ends - size), size) + steps]
    new_start = np.empty(len(lines), np.int64)
    new_start[order] = start
    return Lines(buffer, new_start, new_start + (lines.end - lines.start), lines.time_s, lines.source_row)


def tight(lines: Lines) -> Lines:
    """The same lines in a buffer that ends with the last of them: nothing may be read behind it."""
    stop = int(lines.end.max()) if len(lines) else 0
    return Lines(lines.buffer[:stop].copy(), lines.start, lines.end, lines.time_s, lines.source_row)


def ways_agree(lines: Lines, how: dict[str, Any], seed: int) -> None:
    """However the same lines come, a decoder says the same of them. Where no feeds are named, all lines are of one."""
    rng = np.random.default_rng([seed, len(lines)])
    if "feed_names" not in how:
        lines = Lines(lines.buffer, lines.start, lines.end, lines.time_s, lines.source_row & np.uint64(ROW_MASK))
    whole = listened([lines], how)
    agree(whole, listened(cut(lines, rng), how), "cut otherwise")
    agree(whole, listened([one_longer(lines)], how), "a blank behind each line")
    agree(whole, listened([moved(lines, rng)], how), "elsewhere in memory")
    agree(whole, listened([tight(lines)], how), "without room behind")
    agree(whole, listened(cut(lines, rng), how, bulk=True), "as columns")


# Less of it.


def shrunk(lines: Lines, fails: Callable[[Lines], str], most_s: float = 60.0) -> tuple[Lines, str]:
    """Fewer lines that fail still, and how; found by leaving out ever smaller parts, as long as that takes no longer than `most_s`."""
    until, why = monotonic() + most_s, fails(lines)
    size = len(lines) // 2
    while why and size and monotonic() < until:
        at = 0
        while at < len(lines) and monotonic() < until:
            fewer = lines.take(np.r_[0:at, min(at + size, len(lines)) : len(lines)])
            if len(fewer) and (told := fails(fewer)):
                lines, why = fewer, told
            else:
                at += size
        size //= 2
    return lines, why
