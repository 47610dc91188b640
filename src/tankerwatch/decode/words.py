"""The fields of sentences that are written in plain characters (IEC 61162-1): numbers, angles and identities, or None."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}", re.ASCII)
_ANGLE = re.compile(r"(\d{1,3})(\d\d(?:\.\d{0,9})?)", re.ASCII)
_ESCAPE = re.compile(r"\^([0-9A-Fa-f]{2})", re.ASCII)


def fields_of(sentence: bytes) -> list[str]:
    """The fields of a sentence, its address first. `^hh` stands for a reserved character (IEC 61162-1, 7.1.4)."""
    return sentence.decode("latin-1").split(",")


def plain(field: str) -> str:
    """The words of a text field: escapes resolved, without blanks around."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), field).strip()


def number(field: str) -> float:
    """The number in a field; NaN when it is empty. Raises ValueError when something else stands there."""
    field = field.strip()
    if not field:
        return math.nan
    if not _NUMBER.fullmatch(field):
        raise ValueError(field)
    return float(field)


def angle(field: str, side: str, *, most: int) -> float:
    """Degrees from `dddmm.mmm` and N, S, E or W; NaN when empty. Raises ValueError when it is no angle or above `most`."""
    field, side = field.strip(), side.strip()
    if not field and not side:
        return math.nan
    found = _ANGLE.fullmatch(field)
    if not found or side not in ("NS" if most == 90 else "EW") or not side:
        raise ValueError(field)
    minutes = float(found[2])
    value = int(found[1]) + minutes / 60.0
    if minutes >= 60.0 or value > most:
        raise ValueError(field)
    return -value if side in "SW" else value


def identity(field: str) -> int:
    """The MMSI in a field of nine digits, or ten of which the last is 0 (M.493: ten digits make five symbols); 0 when there is none."""
    field = field.strip()
    if len(field) in (9, 10) and field.isascii() and field.isdigit():
        return int(field[:9])
    return 0
