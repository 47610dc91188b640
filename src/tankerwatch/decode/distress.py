"""Digital selective calls (DSC, with its expansion DSE; IEC 61162-1, symbols of ITU-R M.493-15) to rows of `Calls`.

A sentence holds M.493 symbols less a hundred: format specifier 12 is symbol 112, a distress alert. A call becomes a row at once; when its
DSE follows with the finer part of the position, the call is given again with it: an alert never waits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from tankerwatch.core.kernels import index as ix
from tankerwatch.core.schema import F64
from tankerwatch.core.tables import FEED_SHIFT, Calls
from tankerwatch.decode.counters import BAD_CALL
from tankerwatch.decode.sentences import Found
from tankerwatch.decode.words import fields_of, identity

CATEGORIES: Final = {"00": "routine", "08": "safety", "10": "urgency", "12": "distress"}
FORMATS: Final = frozenset({"02", "12", "14", "16", "20", "23"})
"""Area, distress, group, all ships, individual, individual by automatic service."""
NATURES: Final = {
    "00": "fire or explosion",
    "01": "flooding",
    "02": "collision",
    "03": "grounding",
    "04": "listing, in danger of capsizing",
    "05": "sinking",
    "06": "disabled and adrift",
    "07": "undesignated distress",
    "08": "abandoning ship",
    "09": "piracy or armed robbery attack",
    "10": "man overboard",
    "12": "EPIRB emission",
}
REMEMBERED: Final = 64
"""Calls that wait for their expansion."""
EXPANSION_S: Final = 60.0

_ACKNOWLEDGEMENT, _RELAY, _TEST, _POSITION = "10", "12", "18", "21"


@dataclass(frozen=True, slots=True)
class Call:
    """One call as sent."""

    caller: int
    subject: int
    category: str
    kind: str
    nature: str
    lat_deg: float
    lon_deg: float
    south: bool
    west: bool
    time_s: float = math.nan
    quality: int = 0


class CallReader:
    """Reads calls; remembers the newest few for their expansion."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[int, int], Call] = {}

    def read(self, found: Found, line_times: F64) -> Calls:
        """One row for each call, and one more for each that is expanded. Writes the outcomes of its entries."""
        made: list[tuple[Call, int]] = []
        for entry in found.plain[found.entries[found.plain, ix.KIND] >= ix.DSC].tolist():
            line = int(found.entries[entry, ix.LINE])
            row = int(found.lines.source_row[line])
            feed = row >> FEED_SHIFT
            fields = fields_of(found.sentence(entry))
            call = None
            try:
                if found.entries[entry, ix.KIND] == ix.DSC:
                    call = replace(read_call(fields), time_s=float(line_times[line]), quality=int(found.entries[entry, ix.QUALITY]))
                    self._waiting.pop((feed, call.caller), None)
                    self._waiting[feed, call.caller] = call
                    if len(self._waiting) > REMEMBERED:
                        del self._waiting[next(iter(self._waiting))]
                else:
                    caller, parts = read_expansion(fields)
                    before = self._waiting.get((feed, caller))
                    time_s = float(line_times[line])
                    if before is not None and parts is not None and not time_s - before.time_s > EXPANSION_S:
                        call = refined(before, *parts)
                        call = None if call is None else replace(call, time_s=time_s)
            except (ValueError, IndexError):
                found.outcomes[entry] = BAD_CALL
                continue
            found.outcomes[entry] = ix.USED
            if call is not None:
                made.append((call, row))
        calls = Calls.blank(len(made))
        for i, (call, row) in enumerate(made):
            calls.time_s[i] = call.time_s
            calls.mmsi[i] = call.subject or call.caller
            calls.caller[i] = call.caller
            calls.category[i] = call.category
            calls.kind[i] = call.kind
            calls.nature[i] = call.nature
            calls.lon_deg[i] = call.lon_deg
            calls.lat_deg[i] = call.lat_deg
            calls.source_row[i] = row
            calls.quality[i] = call.quality
        return calls


def read_call(fields: list[str]) -> Call:
    """$--DSC,format,address,category,nature or first telecommand,second telecommand,position or channel,time,ship in distress,her
    nature,acknowledgement,expansion. Raises ValueError or IndexError for one that cannot be read.
    """
    form, first = fields[1].strip(), fields[4].strip()
    caller, subject = identity(fields[2]), identity(fields[8]) if len(fields) > 8 else 0
    category = "distress" if form == "12" else CATEGORIES.get(fields[3].strip(), "")
    if form not in FORMATS or not category or not (caller or (subject and form != "12")):
        raise ValueError(f"format {form}")
    if form == "12":
        kind, nature = "call", NATURES.get(first, "")
        subject = caller
    else:
        nature = NATURES.get(fields[9].strip(), "") if len(fields) > 9 else ""
        if first == _TEST:
            kind = "test"
        elif category == "distress" and first == _RELAY:
            kind = "relay"
        elif category == "distress" and first == _ACKNOWLEDGEMENT:
            # M.493 annex 1, 8.3.2: a ship takes back her own alert by an acknowledgement of it
            kind = "cancel" if subject and subject == caller else "acknowledgement"
        else:
            kind = "call"
    lat, lon, south, west = math.nan, math.nan, False, False
    if category == "distress" or first == _POSITION:
        lat, lon, south, west = _position(fields[6].strip())
    return Call(caller, subject, category, kind, nature, lat, lon, south, west)


def _position(digits: str) -> tuple[float, float, bool, bool]:
    """Quadrant, ddmm, dddmm in ten digits (M.493 annex 1, 8.1.2) to latitude and longitude, southern, western; NaN for ten nines."""
    if digits in ("", "9" * 10):
        return math.nan, math.nan, False, False
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()) or digits[0] not in "0123":
        raise ValueError(digits)
    quadrant = int(digits[0])
    south, west = quadrant >= 2, quadrant % 2 == 1
    lat_minutes, lon_minutes = int(digits[3:5]), int(digits[8:10])
    lat, lon = int(digits[1:3]) + lat_minutes / 60.0, int(digits[5:8]) + lon_minutes / 60.0
    if lat_minutes >= 60 or lon_minutes >= 60 or lat > 90 or lon > 180:
        raise ValueError(digits)
    return -lat if south else lat, -lon if west else lon, south, west


def read_expansion(fields: list[str]) -> tuple[int, tuple[float, float] | None]:
    """$--DSE,total,number,A|Q|R,caller,code,data,…: the caller, and the degrees that the minutes' decimals add to latitude and longitude.

    Code 00 has four digits for each. Raises ValueError or IndexError for a sentence that cannot be read.
    """
    caller = identity(fields[4])
    if fields[3].strip() not in ("A", "Q", "R") or not caller:
        raise ValueError(fields[3])
    for code, data in zip(fields[5::2], fields[6::2], strict=False):
        if code.strip() == "00":
            data = data.strip()
            if len(data) != 8 or not (data.isascii() and data.isdigit()):
                raise ValueError(data)
            return caller, (int(data[:4]) / 600_000, int(data[4:]) / 600_000)
    return caller, None


def refined(call: Call, lat_more: float, lon_more: float) -> Call | None:
    """The call with the decimals of its minutes; None where it has no position, or that would leave the earth."""
    lat = call.lat_deg - lat_more if call.south else call.lat_deg + lat_more
    lon = call.lon_deg - lon_more if call.west else call.lon_deg + lon_more
    return replace(call, lat_deg=lat, lon_deg=lon) if abs(lat) <= 90 and abs(lon) <= 180 else None
