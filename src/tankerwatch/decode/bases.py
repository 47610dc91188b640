"""Base stations (4), a ship's UTC (11) and aids to navigation (21) to rows of `Bases`."""

from __future__ import annotations

import numpy as np

from tankerwatch.core.ais import layouts
from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.schema import F64, I64
from tankerwatch.core.tables import OUT_OF_RANGE, Bases
from tankerwatch.decode.fields import degrees, numbers, or_zero, texts
from tankerwatch.decode.sentences import Found

TYPES = (4, 11, 21)
_NAME = layouts.AID["name"]
_AID_NUMBERS = {name: place for name, place in layouts.AID.items() if name != "name"}
_NAME_CHARACTERS = {str(at): (at, 6) for at in range(_NAME[0], _NAME[0] + _NAME[1], 6)}
_MORE_CHARACTERS = 14


def bases_of(found: Found, chosen: I64) -> Bases:
    """One row for each of the messages numbered in `chosen`, all of `TYPES`."""
    made = Bases.blank(len(chosen))
    kinds = found.messages[chosen, fr.TYPE]
    made.time_s[:] = found.time_s[chosen]
    made.mmsi[:] = found.messages[chosen, fr.MMSI]
    made.msg_type[:] = kinds
    made.station[:] = found.messages[chosen, fr.STATION]
    made.source_row[:] = found.source_row[chosen]
    made.quality[:] = found.messages[chosen, fr.QUALITY]
    for rows, places in (
        (np.flatnonzero(kinds != 21), layouts.BASE),
        (np.flatnonzero(kinds == 21), _AID_NUMBERS),
    ):
        if not len(rows):
            continue
        values = numbers(found, chosen[rows], places)
        lon, lon_wrong = degrees(values["lon"], 180)
        lat, lat_wrong = degrees(values["lat"], 90)
        made.lon_deg[rows] = lon
        made.lat_deg[rows] = lat
        made.quality[rows] |= np.where(lon_wrong | lat_wrong, np.uint16(OUT_OF_RANGE), np.uint16(0))
        if "year" in values:
            made.utc_s[rows] = utc_of(values)
        else:
            made.aid_type[rows] = or_zero(values["aid_type"])
            made.virtual[rows] = values["virtual"] == 1
            made.off_position[rows] = values["off_position"] == 1
            made.name[rows] = _names(found, chosen[rows])
    return made


def _names(found: Found, chosen: I64) -> list[str]:
    """Names of aids with their extension. A name that an `@` ends within its twenty characters does not go on."""
    names = texts(found, chosen, _NAME[0], _NAME[1] // 6)
    more = texts(found, chosen, layouts.AID_NAME_MORE, _MORE_CHARACTERS, part=True)
    full = np.all([values != 0 for values in numbers(found, chosen, _NAME_CHARACTERS).values()], axis=0)
    return [f"{name:20s}{rest}" if rest and goes_on else name for name, rest, goes_on in zip(names, more, full, strict=True)]


def utc_of(values: dict[str, I64]) -> F64:
    """(n,) seconds since 1970 of a date and time as sent; NaN where a part is not available or no such moment exists."""
    year, month, day = values["year"], values["month"], values["day"]
    hour, minute, second = values["hour"], values["minute"], values["second"]
    good = (year >= 1) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    good &= (hour >= 0) & (hour <= 23) & (minute >= 0) & (minute <= 59) & (second >= 0) & (second <= 59)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (np.where(good, day, 1) - 1)
    good &= days.astype("datetime64[M]") == months
    seconds = days.astype(np.int64) * 86400.0 + hour * 3600.0 + minute * 60.0 + second
    return np.where(good, seconds, np.nan)
