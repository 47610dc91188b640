"""What a message is to the kernels: a row of numbers that says where its payload lies, of what type it is, and from whom."""

from __future__ import annotations

from typing import Any

import numpy as np

from tankerwatch.core.ais import layouts
from tankerwatch.core.kernels import index as ix
from tankerwatch.core.kernels.compiling import inlined, part
from tankerwatch.core.kernels.words import i64
from tankerwatch.core.mmsi import forms_and_junk

# Columns of a message: few and packed, for a row of each goes through memory.
FROM, SPAN, WHAT, MMSI, HEARD, LINE, ORDER = range(7)
MESSAGE_WIDTH = 7
"""FROM: where the payload begins, in the lines' buffer or in the tail · SPAN, WHAT, HEARD: see the functions of these names ·
LINE: the line that completed it · ORDER: its place among all sentences of the batch."""
NOTHING = -1
"""WHAT of a row that was kept for a message which is not complete."""


@inlined
def span(bits: int, characters: int) -> Any:
    """How long a message is, in bits and in characters, as one number."""
    return bits | characters << 16


@inlined
def bits_of(value: int) -> Any:
    """Bits, of a SPAN."""
    return i64(value) & 0xFFFF


@inlined
def characters_of(value: int) -> Any:
    """Characters, of a SPAN."""
    return i64(value) >> 16


@inlined
def what(head: int, channel: int, tail: int) -> Any:
    """Type and repeat indicator of the message whose first 48 bits are `head`, its channel, and 1 when it is in the tail, as one number."""
    return (head >> 42) | ((head >> 40) & 3) << 8 | channel << 16 | tail << 24


@inlined
def type_of(value: int) -> Any:
    """Type, of a WHAT that is not NOTHING."""
    return i64(value) & 0xFF


@inlined
def in_tail(value: int) -> bool:
    """Whether it is in the tail, of a WHAT that is not NOTHING."""
    return value >= 1 << 24


@inlined
def heard(station: int, quality: int) -> Any:
    """Station and quality as one number."""
    return station | quality << 16


@inlined
def station_of(value: int) -> Any:
    """Station, of a HEARD."""
    return i64(value) & 0xFFFF


@inlined
def quality_of(value: int) -> Any:
    """Quality bits, of a HEARD."""
    return i64(value) >> 16


# Quality bits set here; the same numbers as in core/tables.py (a test compares them).
_BAD_LENGTH = 1 << 0
_REPEATED = 1 << 3
_MMSI_ODD = 1 << 7

_FORMS, _JUNK = forms_and_junk()
LIMITS = layouts.length_limits()
"""(64, 3) fewest bits to be decoded at all, fewest and most bits of the standard, by message type."""
_MILLION = 1_000_000
_NO_FORM, ONE_FORM, _MIXED = range(3)


def _millions(forms: Any, junk: Any) -> Any:
    first = np.arange(1074)[:, None] * _MILLION
    within = ((forms[:, 0] <= first) & (first + _MILLION <= forms[:, 1])).any(axis=1)
    touched = ((forms[:, 0] < first + _MILLION) & (first < forms[:, 1])).any(axis=1)
    made = np.where(within, ONE_FORM, np.where(touched, _MIXED, _NO_FORM)).astype(np.uint8)
    made[junk[junk < 1074 * _MILLION] // _MILLION] = _MIXED
    return made


_MILLIONS = _millions(_FORMS, _JUNK)
"""(1074,) u8: whether all identities of a million have no form, or one and are no junk; of a mixed million each is looked at."""


@part
def odd(mmsi: int) -> bool:
    """Whether a number has no form of the standard, or is one that installers leave in (`mmsi.is_standard`)."""
    kind = _MILLIONS[mmsi // _MILLION]
    if kind != _MIXED:
        return bool(kind == _NO_FORM)
    for i in range(len(_JUNK)):
        if _JUNK[i] == mmsi:
            return True
    for i in range(len(_FORMS)):  # noqa: SIM110 (numba has no all)
        if _FORMS[i, 0] <= mmsi < _FORMS[i, 1]:
            return False
    return True


@inlined
def judged(head: int, bits: int, quality: int) -> tuple[int, int]:
    """Of a message whose first 48 bits are `head`: USED or why it cannot be decoded, and its quality bits with those found."""
    kind = head >> 42
    mmsi = mmsi_of(head)
    if (head >> 40) & 3 != 0:
        quality |= _REPEATED
    if _MILLIONS[mmsi // _MILLION] != ONE_FORM and odd(mmsi):
        quality |= _MMSI_ODD
    if bits == 168 and 1 <= kind <= 4:  # most are of one of these and sound
        return ix.USED, quality
    if bits < LIMITS[kind, 1] or bits >= LIMITS[kind, 2] + 6:
        quality |= _BAD_LENGTH
    return ix.USED if bits >= LIMITS[kind, 0] else ix.TOO_SHORT, quality


@inlined
def mmsi_of(head: int) -> int:
    """The identity in the first 48 bits of a message."""
    return (head >> 10) & 0x3FFFFFFF
