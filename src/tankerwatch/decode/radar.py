"""Radar targets (TTM, TLL of any talker; IEC 61162-1) to rows of `Fixes` with message type 0.

TLL gives a position. TTM gives range and bearing from the radar: that stands where `sensor_positions` says, else where the feed's newest
own position is (RMC, GLL, GGA or VDO, at most a minute old). The seconds of the radar's own clock are not used: radar is heard as it
happens, and such clocks are often wrong.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tankerwatch.core.geo import moved
from tankerwatch.core.kernels import index as ix
from tankerwatch.core.kernels.positions import last_own
from tankerwatch.core.mmsi import radar_id
from tankerwatch.core.schema import F64, I64
from tankerwatch.core.tables import FEED_SHIFT, OWN_SHIP, Fixes, Statics
from tankerwatch.decode.counters import BAD_RADAR, RADAR_LOST, RADAR_WITHOUT_POSITION
from tankerwatch.decode.sentences import Found, Sentences
from tankerwatch.decode.words import angle, fields_of, number, plain

OWN_POSITION_S = 60.0
"""An own position older than this says nothing: at 20 knots the ship is a third of a mile away from it."""
NAME_LONGEST = 40
_KN = {"N": 1.0, "K": 1 / 1.852, "S": 1.609344 / 1.852}
"""Knots in a unit of speed, and nautical miles in the unit of length that goes with it."""
_OWN = (ix.RMC, ix.GLL, ix.GGA, ix.HDT, ix.THS)


_NO_ROWS = np.empty(0, np.int64)


@dataclass(slots=True)
class Own:
    """Where a feed's own ship is."""

    lat_deg: float = math.nan
    lon_deg: float = math.nan
    position_s: float = math.nan
    heading_deg: float = math.nan
    heading_s: float = math.nan

    def place(self, lat_deg: float, lon_deg: float, time_s: float) -> None:
        """Take a position, if it is one."""
        if lat_deg == lat_deg and lon_deg == lon_deg:
            self.lat_deg, self.lon_deg, self.position_s = lat_deg, lon_deg, time_s

    def head(self, heading_deg: float, time_s: float) -> None:
        """Take a heading, if it is one."""
        if 0.0 <= heading_deg <= 360.0:
            self.heading_deg, self.heading_s = heading_deg % 360.0, time_s


@dataclass(frozen=True, slots=True)
class Target:
    """One radar target as sent. Range and bearing, or a position; the other is NaN."""

    number: int
    name: str
    status: str
    lat_deg: float = math.nan
    lon_deg: float = math.nan
    range_nm: float = math.nan
    bearing_deg: float = math.nan
    relative: bool = False
    sog_kn: float = math.nan
    cog_deg: float = math.nan


class RadarReader:
    """Reads radar targets; remembers the own position of each feed."""

    def __init__(self, feed_names: Sequence[str], sensor_positions: Mapping[str, tuple[float, float]]) -> None:
        self._feed_names = tuple(feed_names)
        self._sensors = dict(sensor_positions)
        self._own: dict[int, Own] = {}

    def know(self, feed_names: Sequence[str]) -> None:
        """The names of the feeds by number, more than before."""
        self._feed_names = tuple(feed_names)

    def read(self, found: Found, line_times: F64, fixes: Fixes, sentences: Sentences) -> tuple[tuple[Fixes, I64], tuple[Statics, I64]]:
        """Targets as fixes and their names as statics, each with its order. Writes the outcomes of its entries."""
        kinds = found.entries[:, ix.KIND]
        special = found.plain[kinds[found.plain] <= ix.TLL]
        if (kinds[special] >= ix.TTM).any():
            own = np.flatnonzero(fixes.quality & OWN_SHIP)
            own = own[(fixes.lat_deg[own] == fixes.lat_deg[own]) & (fixes.lon_deg[own] == fixes.lon_deg[own])]
        else:  # no target comes between them
            last = np.full((sentences.feeds(), 2), -1, np.int64)
            last_own(fixes.quality, fixes.lon_deg, fixes.lat_deg, fixes.heading_deg, fixes.source_row, last)
            own = np.unique(last[last >= 0])
        if not len(own) and not len(special):
            return (Fixes.empty(), _NO_ROWS), (Statics.empty(), _NO_ROWS)
        events = [(int(found.fix_order[row]), -1, int(row)) for row in own.tolist()]
        events += [(order, entry, -1) for order, entry in zip(found.entries[special, ix.ORDER].tolist(), special.tolist(), strict=True)]
        events.sort()
        rows: list[tuple[int, int, float, float, Target, float]] = []
        for _, entry, row in events:
            line = int(found.fix_line[row] if row >= 0 else found.entries[entry, ix.LINE])
            feed = int(found.lines.source_row[line]) >> FEED_SHIFT
            time_s = float(line_times[line])
            here = self._own.setdefault(feed, Own())
            if row >= 0:
                here.place(float(fixes.lat_deg[row]), float(fixes.lon_deg[row]), time_s)
                here.head(float(fixes.heading_deg[row]), time_s)
                continue
            kind = int(kinds[entry])
            fields = fields_of(found.sentence(entry))
            try:
                if kind in _OWN:
                    _take_own(kind, fields, here, time_s)
                    found.outcomes[entry] = ix.USED
                    continue
                target = _ttm(fields) if kind == ix.TTM else _tll(fields)
            except (ValueError, IndexError):
                found.outcomes[entry] = ix.MALFORMED if kind in _OWN else BAD_RADAR
                continue
            station = self._station(found, entry, feed, sentences)
            if target.status == "L":
                found.outcomes[entry] = RADAR_LOST
                continue
            placed = self._place(target, station, feed, here, time_s, sentences)
            if placed is None:
                found.outcomes[entry] = RADAR_WITHOUT_POSITION
                continue
            found.outcomes[entry] = ix.USED
            rows.append((entry, station, *placed, target, time_s))
        return self._tables(rows, found, sentences) if rows else ((Fixes.empty(), _NO_ROWS), (Statics.empty(), _NO_ROWS))

    @staticmethod
    def _station(found: Found, entry: int, feed: int, sentences: Sentences) -> int:
        station = int(found.entries[entry, ix.STATION]) if found.entries[entry, ix.RANK] > 0 else -1
        return station if station >= 0 else sentences.station_of_feed(feed)

    def _place(self, target: Target, station: int, feed: int, here: Own, time_s: float, sentences: Sentences) -> tuple[float, float] | None:
        """Latitude and longitude of a target; None when the radar's own place or heading is not known."""
        if target.lat_deg == target.lat_deg:
            return target.lat_deg, target.lon_deg
        feed_name = self._feed_names[feed] if feed < len(self._feed_names) else ""
        fixed = self._sensors.get(sentences.stations[station]) or self._sensors.get(feed_name)
        if fixed is None and (here.lat_deg != here.lat_deg or time_s - here.position_s > OWN_POSITION_S):
            return None
        lat_deg, lon_deg = fixed or (here.lat_deg, here.lon_deg)
        bearing = target.bearing_deg
        if target.relative:
            if here.heading_deg != here.heading_deg or time_s - here.heading_s > OWN_POSITION_S:
                return None
            bearing += here.heading_deg
        lat, lon = moved(lat_deg, lon_deg, bearing % 360.0, target.range_nm)
        return float(lat), float(lon)

    @staticmethod
    def _tables(
        rows: list[tuple[int, int, float, float, Target, float]], found: Found, sentences: Sentences
    ) -> tuple[tuple[Fixes, I64], tuple[Statics, I64]]:
        fixes = Fixes.blank(len(rows))
        named = [row for row in rows if row[4].name]
        statics = Statics.blank(len(named))
        columns: Any
        for table, chosen in ((fixes, rows), (statics, named)):
            for i, (entry, station, _, _, target, time_s) in enumerate(chosen):
                columns = table
                columns.time_s[i] = time_s
                columns.mmsi[i] = radar_id(sentences.stations[station], target.number)
                columns.source_row[i] = found.lines.source_row[found.entries[entry, ix.LINE]]
                columns.quality[i] = found.entries[entry, ix.QUALITY]
        for i, (_, station, lat_deg, lon_deg, target, _) in enumerate(rows):
            fixes.lat_deg[i], fixes.lon_deg[i] = lat_deg, lon_deg
            fixes.sog_kn[i], fixes.cog_deg[i] = target.sog_kn, target.cog_deg
            fixes.station[i] = station
        for i, row in enumerate(named):
            statics.name[i] = row[4].name
        orders = [found.entries[np.array([row[0] for row in chosen], np.int64), ix.ORDER] for chosen in (rows, named)]
        return (fixes, orders[0]), (statics, orders[1])


def _take_own(kind: int, fields: list[str], here: Own, time_s: float) -> None:
    """Own position or heading from RMC, GLL, GGA, HDT or THS. Raises ValueError or IndexError for one that cannot be read."""
    if kind == ix.RMC:
        if fields[2] == "A":
            here.place(angle(fields[3], fields[4], most=90), angle(fields[5], fields[6], most=180), time_s)
    elif kind == ix.GLL:
        if len(fields) < 7 or fields[6] == "A":
            here.place(angle(fields[1], fields[2], most=90), angle(fields[3], fields[4], most=180), time_s)
    elif kind == ix.GGA:
        if fields[6] not in ("", "0"):
            here.place(angle(fields[2], fields[3], most=90), angle(fields[4], fields[5], most=180), time_s)
    elif kind == ix.HDT or fields[2] != "V":
        here.head(number(fields[1]), time_s)


def _target_number(field: str) -> int:
    value = number(field)
    if not 0 <= value <= 9999 or value % 1:
        raise ValueError(field)
    return int(value)


def _ttm(fields: list[str]) -> Target:
    """$--TTM,number,range,bearing,T|R,speed,course,T|R,CPA,TCPA,units,name,status,reference,time,acquisition"""
    unit = _KN.get(fields[10].strip(), 1.0)
    distance, bearing, speed, course = (number(fields[i]) for i in (2, 3, 5, 6))
    if not 0 <= distance * unit <= 1000 or not 0 <= bearing <= 360 or fields[4] not in ("T", "R"):
        raise ValueError("no range or bearing")
    true = fields[7] == "T"
    return Target(
        number=_target_number(fields[1]),
        name=plain(fields[11])[:NAME_LONGEST] if len(fields) > 11 else "",
        status=fields[12].strip() if len(fields) > 12 else "",
        range_nm=distance * unit,
        bearing_deg=bearing,
        relative=fields[4] == "R",
        sog_kn=speed * unit if true and speed >= 0 else math.nan,
        cog_deg=course % 360.0 if true and 0 <= course <= 360 else math.nan,
    )


def _tll(fields: list[str]) -> Target:
    """$--TLL,number,latitude,N|S,longitude,E|W,name,time,status,reference"""
    status = fields[8].strip() if len(fields) > 8 else ""
    lat, lon = angle(fields[2], fields[3], most=90), angle(fields[4], fields[5], most=180)
    if status != "L" and (lat != lat or lon != lon):
        raise ValueError("no position")
    return Target(
        number=_target_number(fields[1]),
        name=plain(fields[6])[:NAME_LONGEST] if len(fields) > 6 else "",
        status=status,
        lat_deg=lat,
        lon_deg=lon,
    )
