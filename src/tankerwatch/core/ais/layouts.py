"""Where each field lies in the bits of a message (ITU-R M.1371-5, annex 8, tables 48 to 79).

A place is (first bit, bits); two's complement is marked with a negative number of bits; text is a multiple of six bits. These are
what the decoder reads. The encoder has its own tables (`sixbit.Layout`), written separately, so that the two check each other.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.core.schema import I64

Place = tuple[int, int]

POSITION_FIELDS: Final = ("nav_status", "turn", "sog", "accurate", "lon", "lat", "cog", "heading", "utc_second", "raim")
"""Order of the fields in `position_places`."""

_CLASS_A: Final[dict[str, Place]] = {
    "nav_status": (38, 4),
    "turn": (42, -8),
    "sog": (50, 10),
    "accurate": (60, 1),
    "lon": (61, -28),
    "lat": (89, -27),
    "cog": (116, 12),
    "heading": (128, 9),
    "utc_second": (137, 6),
    "raim": (148, 1),
}
_CLASS_B: Final[dict[str, Place]] = {
    "sog": (46, 10),
    "accurate": (56, 1),
    "lon": (57, -28),
    "lat": (85, -27),
    "cog": (112, 12),
    "heading": (124, 9),
    "utc_second": (133, 6),
}
POSITIONS: Final[dict[int, dict[str, Place]]] = {
    1: _CLASS_A,
    2: _CLASS_A,
    3: _CLASS_A,
    9: {
        "sog": (50, 10),
        "accurate": (60, 1),
        "lon": (61, -28),
        "lat": (89, -27),
        "cog": (116, 12),
        "utc_second": (128, 6),
        "raim": (147, 1),
    },
    18: {**_CLASS_B, "raim": (147, 1)},
    19: {**_CLASS_B, "raim": (305, 1)},
    27: {
        "accurate": (38, 1),
        "raim": (39, 1),
        "nav_status": (40, 4),
        "lon": (44, -18),
        "lat": (62, -17),
        "sog": (79, 6),
        "cog": (85, 9),
    },
}

_SIZES_5: Final[dict[str, Place]] = {"bow": (240, 9), "stern": (249, 9), "port": (258, 6), "starboard": (264, 6)}
STATICS: Final[dict[str, dict[str, Place]]] = {
    "5": {
        "imo": (40, 30),
        "callsign": (70, 42),
        "name": (112, 120),
        "ship_type": (232, 8),
        **_SIZES_5,
        "eta_month": (274, 4),
        "eta_day": (278, 5),
        "eta_hour": (283, 5),
        "eta_minute": (288, 6),
        "draught": (294, 8),
        "destination": (302, 120),
    },
    "19": {
        "name": (143, 120),
        "ship_type": (263, 8),
        "bow": (271, 9),
        "stern": (280, 9),
        "port": (289, 6),
        "starboard": (295, 6),
    },
    "24A": {"name": (40, 120)},
    "24B": {
        "ship_type": (40, 8),
        "callsign": (90, 42),
        "bow": (132, 9),
        "stern": (141, 9),
        "port": (150, 6),
        "starboard": (156, 6),
        "mothership": (132, 30),  # instead of the four sizes, in a report of an auxiliary craft (98MIDXXXX)
    },
}
"""By message type and, for type 24, part."""

BASE: Final[dict[str, Place]] = {
    "year": (38, 14),
    "month": (52, 4),
    "day": (56, 5),
    "hour": (61, 5),
    "minute": (66, 6),
    "second": (72, 6),
    "lon": (79, -28),
    "lat": (107, -27),
}
"""Types 4 and 11."""

AID: Final[dict[str, Place]] = {
    "aid_type": (38, 5),
    "name": (43, 120),
    "lon": (164, -28),
    "lat": (192, -27),
    "off_position": (259, 1),
    "virtual": (269, 1),
}
"""Type 21; its name goes on from bit 272 to the end, up to 14 characters more."""
AID_NAME_MORE: Final = 272

ADDRESSEE: Final[Place] = (40, 30)
TEXT_FROM: Final[dict[int, int]] = {12: 72, 14: 40}
"""First bit of the words of a safety-related text."""

STANDARD_BITS: Final[dict[int, tuple[int, int]]] = {
    1: (168, 168),
    2: (168, 168),
    3: (168, 168),
    4: (168, 168),
    5: (424, 424),
    6: (88, 1008),
    7: (72, 168),
    8: (56, 1008),
    9: (168, 168),
    10: (72, 72),
    11: (168, 168),
    12: (72, 1008),
    13: (72, 168),
    14: (40, 1008),
    15: (88, 160),
    16: (96, 144),
    17: (80, 816),
    18: (168, 168),
    19: (312, 312),
    20: (72, 160),
    21: (272, 360),
    22: (168, 168),
    23: (160, 160),
    24: (160, 168),
    25: (40, 168),
    26: (60, 1064),
    27: (96, 96),
}
"""Fewest and most bits that the standard gives a type. Up to five bits more are padding to a whole character, no fault."""

SHORTEST_BITS: Final[dict[int, int]] = {
    1: 116,
    2: 116,
    3: 116,
    4: 134,
    5: 70,
    9: 116,
    11: 134,
    12: 70,
    14: 40,
    18: 112,
    19: 112,
    21: 219,
    24: 48,
    27: 79,
}
"""What a message must have at least to say anything: through its position, or its first static field. 38 bits for the others."""
HEAD_BITS: Final = 38


def position_places() -> I64:
    """(28, 10, 2): first bit and bits (negative: signed) by message type and field; first bit -1 where a type lacks it."""
    places = np.full((28, len(POSITION_FIELDS), 2), -1, np.int64)
    for kind, fields in POSITIONS.items():
        for name, place in fields.items():
            places[kind, POSITION_FIELDS.index(name)] = place
    return places


def length_limits() -> I64:
    """(64, 3): fewest bits to be decoded at all, fewest and most bits of the standard, by message type."""
    limits = np.empty((64, 3), np.int64)
    limits[:] = HEAD_BITS, 0, 1 << 20
    for kind, (low, high) in STANDARD_BITS.items():
        limits[kind, 1:] = low, high
    for kind, least in SHORTEST_BITS.items():
        limits[kind, 0] = least
    return limits
