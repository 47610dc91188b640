"""Every field of every message, for `decode/expand.py`: where it lies, how it is read, and which of its values say something.

ITU-R M.1371-5, annex 8, clauses 3.1 to 3.25, one table for each type; annex 2, 3.3.7.2 and 3.3.7.3, for the communication states. These
tables are for a person who looks at one message: nothing that a message says is left out but its spare bits. `layouts` has the few
fields that become columns; the encoder has its own tables. A value outside a field's range is "not available" in the words of the
standard, is not to be used, or cannot be; a code that says "undefined" (status 15, device 0) or "not specified" (aid 0) is a value.

Two fields are kept whole under the names of older editions beside what the fifth has made of them: the eight bits at 134 of type 9
(`reserved_1`; the first says `barometric`) and the application identifier of 25 and 26 (`app_id`; `dac` and `fid`).
"""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple


class Kind(Enum):
    """How the bits of a field are read."""

    UNSIGNED = "unsigned"
    SIGNED = "two's complement"
    FLAG = "true or false"
    NAME = "six-bit text of a fixed length; without a letter it is not available"
    WORDS = "six-bit text to the end of the message; it may be empty"
    DATA = "bits to the end of the message as hexadecimal bytes, the last one filled up with zeros"
    COUNT = "how many bits those are"
    LAST = "unsigned, the last bits of the message, none of them before the first bit of the field"


class Field(NamedTuple):
    """A field: sent values from `low` to `high` but for `missing` say value / scale, all others nothing.

    first: its first bit · bits: how many; for WORDS, DATA and COUNT how many more bits follow before the end of the message · low, high
    and missing are None where every value of the bits says something.
    """

    name: str
    first: int
    bits: int
    kind: Kind = Kind.UNSIGNED
    scale: int = 1
    low: int | None = None
    high: int | None = None
    missing: int | None = None


Table = tuple[Field, ...]


def _flag(name: str, first: int) -> Field:
    return Field(name, first, 1, Kind.FLAG)


def _name(name: str, first: int, characters: int) -> Field:
    return Field(name, first, 6 * characters, Kind.NAME)


def _range(name: str, first: int, bits: int, low: int, high: int, scale: int = 1) -> Field:
    return Field(name, first, bits, Kind.UNSIGNED, scale, low, high)


def _place(lon: int, lat: int) -> Table:
    """A position in 1/10,000 minute, as degrees; 181 and 91 degrees are "not available"."""
    return (
        Field("lon", lon, 28, Kind.SIGNED, 600_000, -180 * 600_000, 180 * 600_000),
        Field("lat", lat, 27, Kind.SIGNED, 600_000, -90 * 600_000, 90 * 600_000),
    )


def _coarse_place(prefix: str, first: int) -> Table:
    """A position in 1/10 minute, as degrees."""
    return (
        Field(f"{prefix}lon", first, 18, Kind.SIGNED, 600, -180 * 600, 180 * 600),
        Field(f"{prefix}lat", first + 18, 17, Kind.SIGNED, 600, -90 * 600, 90 * 600),
    )


def _data(first: int, left: int = 0) -> Table:
    return Field("data", first, left, Kind.DATA), Field("data_bits", first, left, Kind.COUNT)


def _speed(first: int) -> Field:
    """1023 is not available; 1022 is 102.2 kn or more."""
    return _range("speed", first, 10, 0, 1022, 10)


def _course(first: int) -> Field:
    return _range("course", first, 12, 0, 3599, 10)


def _heading(first: int) -> Field:
    return _range("heading", first, 9, 0, 359)


def _stamp(first: int) -> Field:
    """60 is not available; 61 to 63 say by what means the position is found."""
    return Field("second", first, 6, missing=60)


def _sizes(first: int) -> Table:
    """Metres from the antenna to the sides. `TOGETHER` says when they are not available."""
    return (
        Field("to_bow", first, 9),
        Field("to_stern", first + 9, 9),
        Field("to_port", first + 18, 6),
        Field("to_starboard", first + 24, 6),
    )


TOGETHER: Final = ("to_bow", "to_stern", "to_port", "to_starboard")
"""All four are 0 when they are not available; one alone may be 0."""

HEAD: Final[Table] = (Field("msg_type", 0, 6), Field("repeat", 6, 2), Field("mmsi", 8, 30))
"""What all messages begin with."""

_SHIP_TYPE_LOW: Final = 1  # 0: not available, or no ship
_CLASS_A: Final[Table] = (
    Field("status", 38, 4),
    Field("turn", 42, 8, Kind.SIGNED, 1, -127, 127),  # as it is sent: 4.733 times the root of degrees a minute; ±127: without an indicator
    _speed(50),
    _flag("accuracy", 60),
    *_place(61, 89),
    _course(116),
    _heading(128),
    _stamp(137),
    _range("maneuver", 143, 2, 1, 3),
    _flag("raim", 148),
    Field("radio", 149, 19),
)
_BASE: Final[Table] = (
    _range("year", 38, 14, 1, 9999),
    _range("month", 52, 4, 1, 12),
    _range("day", 56, 5, 1, 31),
    _range("hour", 61, 5, 0, 23),
    _range("minute", 66, 6, 0, 59),
    _range("second", 72, 6, 0, 59),
    _flag("accuracy", 78),
    *_place(79, 107),
    Field("epfd", 134, 4),
    _flag("transmission_control", 138),
    _flag("raim", 148),
    Field("radio", 149, 19),
)
_CLASS_B: Final[Table] = (
    Field("reserved_1", 38, 8),
    _speed(46),
    _flag("accuracy", 56),
    *_place(57, 85),
    _course(112),
    _heading(124),
    _stamp(133),
)
_ACKNOWLEDGED: Final[Table] = tuple(
    field
    for number in range(4)
    for field in (Field(f"mmsi{number + 1}", 40 + 32 * number, 30), Field(f"mmsiseq{number + 1}", 70 + 32 * number, 2))
)
_RESERVATIONS: Final[Table] = tuple(
    field
    for number in range(4)
    for field in (
        _range(f"offset{number + 1}", 40 + 30 * number, 12, 1, 4095),
        _range(f"number{number + 1}", 52 + 30 * number, 4, 1, 15),
        _range(f"timeout{number + 1}", 56 + 30 * number, 3, 1, 7),
        Field(f"increment{number + 1}", 59 + 30 * number, 11),  # 0: one block in each frame
    )
)

NAME_OF_AID: Final = _name("name", 43, 20)
NAME_MORE: Final = Field("name_ext", 272, 0, Kind.WORDS)
"""Of an aid to navigation: both are one text."""

TABLES: Final[dict[int, Table]] = {
    1: _CLASS_A,  # clause 3.1
    2: _CLASS_A,
    3: _CLASS_A,
    4: _BASE,  # clause 3.2
    5: (  # clause 3.3
        Field("ais_version", 38, 2),
        _range("imo", 40, 30, 1, (1 << 30) - 1),
        _name("callsign", 70, 7),
        _name("shipname", 112, 20),
        _range("ship_type", 232, 8, _SHIP_TYPE_LOW, 255),
        *_sizes(240),
        Field("epfd", 270, 4),
        _range("month", 274, 4, 1, 12),
        _range("day", 278, 5, 1, 31),
        _range("hour", 283, 5, 0, 23),
        _range("minute", 288, 6, 0, 59),
        _range("draught", 294, 8, 1, 255, 10),
        _name("destination", 302, 20),
        _flag("dte", 422),
    ),
    6: (  # clause 3.4
        Field("seqno", 38, 2),
        Field("dest_mmsi", 40, 30),
        _flag("retransmit", 70),
        Field("dac", 72, 10),
        Field("fid", 82, 6),
        *_data(88),
    ),
    7: _ACKNOWLEDGED,  # clause 3.5; one to four
    8: (Field("dac", 40, 10), Field("fid", 50, 6), *_data(56)),  # clause 3.6
    9: (  # clause 3.7; speed in whole knots, 1022 is 1022 or more; 4094 is 4094 m or more
        _range("alt", 38, 12, 0, 4094),
        _range("speed", 50, 10, 0, 1022),
        _flag("accuracy", 60),
        *_place(61, 89),
        _course(116),
        _stamp(128),
        Field("reserved_1", 134, 8),
        _flag("barometric", 134),
        _flag("dte", 142),
        _flag("assigned", 146),
        _flag("raim", 147),
        Field("radio", 148, 20),
    ),
    10: (Field("dest_mmsi", 40, 30),),  # clause 3.8
    11: _BASE,  # clause 3.9
    12: (  # clause 3.10
        Field("seqno", 38, 2),
        Field("dest_mmsi", 40, 30),
        _flag("retransmit", 70),
        Field("text", 72, 0, Kind.WORDS),
    ),
    13: _ACKNOWLEDGED,  # clause 3.11
    14: (Field("text", 40, 0, Kind.WORDS),),  # clause 3.12
    15: (  # clause 3.13; one station asked for one or two messages, or two stations
        Field("mmsi1", 40, 30),
        Field("type1_1", 70, 6),
        Field("offset1_1", 76, 12),
        Field("type1_2", 90, 6),
        Field("offset1_2", 96, 12),
        Field("mmsi2", 110, 30),
        Field("type2_1", 140, 6),
        Field("offset2_1", 146, 12),
    ),
    16: (  # clause 3.14; one assignment with four spare bits, or two
        Field("mmsi1", 40, 30),
        Field("offset1", 70, 12),
        Field("increment1", 82, 10),
        Field("mmsi2", 92, 30),
        Field("offset2", 122, 12),
        Field("increment2", 134, 10),
    ),
    17: (  # clause 3.15; the head of the differential corrections, of which all are in `data`
        *_coarse_place("", 40),
        Field("correction_type", 80, 6),
        Field("station_id", 86, 10),
        Field("z_count", 96, 13),
        Field("sequence", 109, 3),
        Field("word_count", 112, 5),
        Field("health", 117, 3),
        *_data(80),
    ),
    18: (  # clause 3.16
        *_CLASS_B,
        Field("reserved_2", 139, 2),
        _flag("cs", 141),
        _flag("display", 142),
        _flag("dsc", 143),
        _flag("band", 144),
        _flag("msg22", 145),
        _flag("assigned", 146),
        _flag("raim", 147),
        Field("radio", 148, 20),
    ),
    19: (  # clause 3.17
        *_CLASS_B,
        Field("reserved_2", 139, 4),
        _name("shipname", 143, 20),
        _range("ship_type", 263, 8, _SHIP_TYPE_LOW, 255),
        *_sizes(271),
        Field("epfd", 301, 4),
        _flag("raim", 305),
        _flag("dte", 306),
        _flag("assigned", 307),
    ),
    20: _RESERVATIONS,  # clause 3.18; one to four
    21: (  # clause 3.19; `name` and `name_ext` are one text
        Field("aid_type", 38, 5),
        NAME_OF_AID,
        _flag("accuracy", 163),
        *_place(164, 192),
        *_sizes(219),
        Field("epfd", 249, 4),
        _stamp(253),
        _flag("off_position", 259),
        Field("reserved_1", 260, 8),
        _flag("raim", 268),
        _flag("virtual_aid", 269),
        _flag("assigned", 270),
        NAME_MORE,
    ),
    22: (  # clause 3.20; `ADDRESSED_22` or `AREA_22` beside it
        Field("channel_a", 40, 12),
        Field("channel_b", 52, 12),
        Field("txrx", 64, 4),
        _flag("power", 68),
        _flag("addressed", 139),
        _flag("band_a", 140),
        _flag("band_b", 141),
        Field("zonesize", 142, 3),
    ),
    23: (  # clause 3.21; a ship type of 0 is all ships
        *_coarse_place("ne_", 40),
        *_coarse_place("sw_", 75),
        Field("station_type", 110, 4),
        Field("ship_type", 114, 8),
        Field("txrx", 144, 2),
        Field("interval", 146, 4),
        Field("quiet", 150, 4),
    ),
    24: (Field("partno", 38, 2),),  # clause 3.22; `PART_A`, `PART_B` or `AUXILIARY_B` beside it
    25: (_flag("addressed", 38), _flag("structured", 39)),  # clause 3.23; `binary` beside it
    26: (_flag("addressed", 38), _flag("structured", 39)),  # clause 3.24; `binary` beside it
    27: (  # clause 3.25; course and speed in whole units
        _flag("accuracy", 38),
        _flag("raim", 39),
        Field("status", 40, 4),
        *_coarse_place("", 44),
        _range("speed", 79, 6, 0, 62),
        _range("course", 85, 9, 0, 359),
        _flag("gnss", 94),
    ),
}

ADDRESSED_22: Final[Table] = (Field("dest1", 69, 30), Field("dest2", 104, 30))
AREA_22: Final[Table] = (*_coarse_place("ne_", 69), *_coarse_place("sw_", 104))

PART_A: Final[Table] = (_name("shipname", 40, 20),)
_PART_B: Final[Table] = (
    _range("ship_type", 40, 8, _SHIP_TYPE_LOW, 255),
    _name("vendorid", 48, 3),
    Field("model", 66, 4),
    Field("serial", 70, 20),
    _name("callsign", 90, 7),
)
_PART_B_DEVICE: Final = Field("epfd", 162, 4)
PART_B: Final[Table] = (*_PART_B, *_sizes(132), _PART_B_DEVICE)
AUXILIARY_B: Final[Table] = (*_PART_B, _range("mothership_mmsi", 132, 30, 1, (1 << 30) - 1), _PART_B_DEVICE)
"""Of a craft with the identity 98MIDXXXX."""
PART_UNKNOWN: Final[Table] = _data(40)
"""The standard has no parts but A and B."""

STATE_BITS: Final = 20
"""At the end of type 26: which communication state, and that."""


def binary(kind: int, addressed: bool, structured: bool) -> Table:
    """What follows the two flags of type 25 or 26: an addressee with two spare bits, an application, data.

    In type 26 four bits before the communication state align it to bytes; as senders differ, they are left to the data.
    """
    fields: list[Field] = []
    at = 40
    if addressed:
        fields.append(Field("dest_mmsi", at, 30))
        at += 32
    if structured:
        fields += [Field("app_id", at, 16), Field("dac", at, 10), Field("fid", at + 10, 6)]
        at += 16
    if kind == 25:
        return (*fields, *_data(at))
    return (*fields, *_data(at, STATE_BITS), Field("radio", at, STATE_BITS, Kind.LAST))


# Communication states: places in the last 19 bits of `radio`.

ITDMA_ALWAYS: Final = frozenset({3})
STATE_SELECTED: Final = frozenset({9, 18, 26})
"""In these a bit before the state says which it is: 0 SOTDMA, 1 ITDMA. The others that have a state (1, 2, 4, 11) have SOTDMA."""

SOTDMA: Final[Table] = (Field("sync_state", 0, 2), Field("slot_timeout", 2, 3))
"""Annex 2, 3.3.7.2.1; `SOTDMA_MORE` beside it."""
_STATIONS: Final[Table] = (Field("received_stations", 5, 14),)
_SLOT: Final[Table] = (Field("slot_number", 5, 14),)
SOTDMA_MORE: Final[tuple[Table, ...]] = (
    (Field("slot_offset", 5, 14),),
    (_range("utc_hour", 5, 5, 0, 23), _range("utc_minute", 10, 7, 0, 59)),
    _SLOT,
    _STATIONS,
    _SLOT,
    _STATIONS,
    _SLOT,
    _STATIONS,
)
"""By slot time-out (annex 2, 3.3.7.2.3)."""
ITDMA: Final[Table] = (
    Field("sync_state", 0, 2),
    Field("slot_increment", 2, 13),
    Field("number_of_slots", 15, 3),
    _flag("keep_flag", 18),
)
"""Annex 2, 3.3.7.3.2."""
