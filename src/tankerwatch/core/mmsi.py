"""Who may stand behind an MMSI: the form of the number, its flag, and what kind of thing sends under it (ITU-R M.585-9, M.1371-5 table 53).

Radar targets have no MMSI; they get numbers above every nine-digit one (`radar_id`).
"""

from __future__ import annotations

from functools import cache
from typing import Final
from zlib import crc32

import numpy as np

from tankerwatch.core.mids import MIDS
from tankerwatch.core.schema import I64, U8, U32, Bool

# What something is; the numbers of docs/reference/wire.md.
UNKNOWN, TANKER, CARGO, PASSENGER, FISHING, SERVICE, HIGH_SPEED, PLEASURE, AUTHORITY, OTHER = range(10)
RADAR, BASE, AID, AIRCRAFT, BEACON = range(10, 15)

KIND_KEYS: Final[tuple[str, ...]] = (
    "unknown",
    "tanker",
    "cargo",
    "passenger",
    "fishing",
    "service",
    "high_speed",
    "pleasure",
    "authority",
    "other",
    "radar",
    "base",
    "aid",
    "aircraft",
    "beacon",
)
"""What a kind is called in the configuration."""

KIND_WORDS: Final[tuple[str, ...]] = (
    "not known",
    "tanker",
    "cargo",
    "passenger",
    "fishing",
    "service",
    "high-speed craft",
    "pleasure",
    "authority",
    "other",
    "radar target",
    "base station",
    "aid to navigation",
    "aircraft",
    "distress beacon",
)

# Classes of senders by the form of the number (M.585-9 annex 1).
NO_CLASS, SHIP, COAST_STATION, GROUP, SAR_AIRCRAFT, AID_TO_NAVIGATION, AUXILIARY_CRAFT, SART, MOB, EPIRB, HANDHELD = range(11)

RADAR_FROM: Final = 4_000_000_000
_RADAR_STATIONS: Final = 200_000

JUNK: Final[frozenset[int]] = frozenset(
    {0, 1, 12345, 123456, 1193046, 1234567, 12345678, 123456789, 987654321, 999999998}
    | {int(str(digit) * 9) for digit in range(1, 10)}
    | {digit * 100_000_000 for digit in range(1, 10)}
)
"""Numbers that installers leave in sets that were never given an identity (1193046 is 0x123456)."""
_JUNK: Final = np.array(sorted(JUNK), np.uint32)

# First number of a class, number behind its last, and how far right the MID stands (power of ten), in ascending order.
_FORMS: Final[tuple[tuple[int, int, int, int], ...]] = (
    (COAST_STATION, 2_000_000, 8_000_000, 10_000),
    (GROUP, 20_000_000, 80_000_000, 100_000),
    (SAR_AIRCRAFT, 111_200_000, 111_800_000, 1_000),
    (SHIP, 200_000_000, 800_000_000, 1_000_000),
    (HANDHELD, 820_000_000, 880_000_000, 100_000),
    (SART, 970_000_000, 971_000_000, 0),
    (MOB, 972_000_000, 973_000_000, 0),
    (EPIRB, 974_000_000, 975_000_000, 0),
    (AUXILIARY_CRAFT, 982_000_000, 988_000_000, 10_000),
    (AID_TO_NAVIGATION, 992_000_000, 998_000_000, 10_000),
)


def forms_and_junk() -> tuple[I64, I64]:
    """(k, 2) first number of each class and the one behind its last; (j,) the numbers of `JUNK`: `is_standard` for kernels."""
    return np.array([form[1:3] for form in _FORMS], np.int64), _JUNK.astype(np.int64)


def bounds_of(form: int) -> tuple[int, int]:
    """First number of a class and the one behind its last."""
    return next((first, behind) for which, first, behind, _ in _FORMS if which == form)


def _kind_of_ship_type() -> U8:
    """(256,) kind by ship type (M.1371-5 table 53)."""
    kinds = np.full(256, UNKNOWN, np.uint8)
    kinds[20:30] = OTHER  # wing in ground
    kinds[30] = FISHING
    kinds[[31, 32, 33, 34, 50, 52, 53, 54, 56, 57, 58]] = SERVICE
    kinds[[36, 37]] = PLEASURE
    kinds[[35, 51, 55, 59]] = AUTHORITY
    kinds[40:50] = HIGH_SPEED
    kinds[60:70] = PASSENGER
    kinds[70:80] = CARGO
    kinds[80:90] = TANKER
    kinds[90:100] = OTHER
    return kinds


_KIND_OF_SHIP_TYPE: Final = _kind_of_ship_type()


def radar_id(station: str, number: int) -> int:
    """The identity of a radar target: of the station that tracks it and its number there (0 to 999)."""
    return RADAR_FROM + (crc32(station.encode()) % _RADAR_STATIONS) * 1000 + number % 1000


def is_radar(mmsi: int) -> bool:
    """Whether a number is one of `radar_id`."""
    return mmsi >= RADAR_FROM


def classes_of(mmsi: U32) -> U8:
    """(n,) class of each sender by the form of its number, NO_CLASS for a form that the standard does not have."""
    made = np.zeros(len(mmsi), np.uint8)
    for which, first, behind, _ in _FORMS:
        made[(mmsi >= first) & (mmsi < behind)] = which
    return made


def class_of(mmsi: int) -> int:
    """Class of one sender, see `classes_of`."""
    return next((which for which, first, behind, _ in _FORMS if first <= mmsi < behind), NO_CLASS)


def are_standard(mmsi: U32) -> Bool:
    """(n,) whether each has a form of the standard and is not a number left in by an installer."""
    return np.asarray((classes_of(mmsi) != NO_CLASS) & ~np.isin(mmsi, _JUNK))


def is_standard(mmsi: int) -> bool:
    """Whether a number has a form of the standard and is not one left in by an installer. Its MID need not be assigned."""
    return class_of(mmsi) != NO_CLASS and mmsi not in JUNK


def flag_of(mmsi: int) -> tuple[str, str]:
    """Two-letter code and name of the country whose MID the number holds; ("", "") where it holds none or one not assigned."""
    for _, first, behind, right in _FORMS:
        if first <= mmsi < behind and right:
            return MIDS.get(mmsi // right % 1000, ("", ""))
    return "", ""


def kind_of(mmsi: int, ship_type: int, msg_type: int) -> int:
    """Kind of one sender, see `kinds_of`."""
    if mmsi >= RADAR_FROM:
        return RADAR
    return kind_of_class(class_of(mmsi), ship_type, msg_type)


@cache
def kind_of_class(sender: int, ship_type: int, msg_type: int) -> int:
    """Kind of one sender by the class of its number; radar targets are of none."""
    example = next((first for form, first, _, _ in _FORMS if form == sender), 0)
    return int(kinds_of(np.array([example], np.uint32), np.array([ship_type], np.uint8), np.array([msg_type], np.uint8))[0])


def kinds_of(mmsi: U32, ship_type: U8, msg_type: U8) -> U8:
    """(n,) kinds. The form of the number and the type of message go before the ship type, which is typed in by people."""
    kinds = _KIND_OF_SHIP_TYPE[ship_type]
    senders = classes_of(mmsi)
    kinds[(senders == COAST_STATION) | (msg_type == 4)] = BASE
    kinds[(senders == AID_TO_NAVIGATION) | (msg_type == 21)] = AID
    kinds[(senders == SAR_AIRCRAFT) | (msg_type == 9)] = AIRCRAFT
    kinds[(senders == SART) | (senders == MOB) | (senders == EPIRB)] = BEACON
    kinds[(mmsi >= RADAR_FROM)] = RADAR
    return np.asarray(kinds)
