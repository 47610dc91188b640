"""What a message is to the kernels: a row of numbers that says where its payload lies, of what type it is, and from whom."""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np

from tankerwatch.core.ais import layouts
from tankerwatch.core.kernels import index as ix
from tankerwatch.core.mmsi import forms_and_junk

# Columns of a message.
FROM, TAIL, CHARACTERS, BITS, TYPE, REPEAT, MMSI, CHANNEL, STATION, QUALITY, LINE = range(11)
MESSAGE_WIDTH = 12
"""FROM: where the payload begins, in the lines' buffer, or in the tail when TAIL is 1 · TYPE: NOTHING in a row that was kept for a message
which is not complete · LINE: the line that completed it. A row is one cache line with its time and source row."""
NOTHING = -1

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


@nb.njit(cache=True, nogil=True)
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


@nb.njit(cache=True, nogil=True, forceinline=True)
def judged(head: int, bits: int, quality: int) -> tuple[int, int]:
    """Of a message whose first 48 bits are `head`: USED or why it cannot be decoded, and its quality bits with those found."""
    kind = head >> 42
    mmsi = mmsi_of(head)
    if (head >> 40) & 3 != 0:
        quality |= _REPEATED
    if _MILLIONS[mmsi // _MILLION] != ONE_FORM and odd(mmsi):
        quality |= _MMSI_ODD
    if bits < LIMITS[kind, 1] or bits >= LIMITS[kind, 2] + 6:
        quality |= _BAD_LENGTH
    return ix.USED if bits >= LIMITS[kind, 0] else ix.TOO_SHORT, quality


@nb.njit(cache=True, nogil=True, forceinline=True)
def mmsi_of(head: int) -> int:
    """The identity in the first 48 bits of a message."""
    return (head >> 10) & 0x3FFFFFFF
