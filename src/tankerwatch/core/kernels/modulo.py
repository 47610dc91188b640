"""Remainders of times and angles: the same to the last bit as `%`, which takes as long as all else that is done with a fix."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tankerwatch.core.kernels.compiling import inlined

_EXACT = 1e15
"""Up to here whole multiples of 60 and of 360 are exact, and so is what is left."""


@inlined
def left_of(value: float, whole: float) -> Any:
    """`value % whole`, for a whole that is a whole number."""
    if not abs(value) < _EXACT:
        return value % whole
    left = value - np.floor(value / whole) * whole
    return left + whole if left < 0.0 else left  # the quotient may have been rounded up to the next whole number


@inlined
def turned_by(degrees: float) -> Any:
    """A difference of courses or longitudes as -180 to 180."""
    return left_of(degrees + 540.0, 360.0) - 180.0


@inlined
def minute_of(seconds: float) -> Any:
    """The number of the whole minute, as i64."""
    if not abs(seconds) < _EXACT:
        return np.int64(seconds // 60.0)
    minute = math.floor(seconds / 60.0)
    return np.int64(minute - 1) if minute * 60.0 > seconds else np.int64(minute)
