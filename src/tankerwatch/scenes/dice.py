"""Chance that is the same on every machine and with every version of NumPy."""

from __future__ import annotations

from zlib import crc32

import numpy as np

from tankerwatch.core.schema import F64


class Dice:
    """Numbers drawn from (seed, name). Only raw PCG64 bits are used: NumPy promises those, not what its distributions make of them."""

    def __init__(self, seed: int, name: str) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence([seed, crc32(name.encode())]))

    def even(self, count: int, low: float = 0.0, high: float = 1.0) -> F64:
        """(count,) evenly spread from low to high."""
        return np.asarray(low + (high - low) * ((self._bits.random_raw(count) >> np.uint64(11)) * 2.0**-53))

    def bell(self, count: int, spread: float = 1.0) -> F64:
        """(count,) around zero with this standard deviation, never above 3.5 of it: no wild fix by chance alone."""
        return np.asarray((self.even(4 * count).reshape(4, count).sum(axis=0) - 2.0) * (spread * 3.0**0.5))

    def slow(self, count: int, spread: float, steps: int) -> F64:
        """(count,) as `bell`, but wandering: each value resembles those up to `steps` before and after."""
        kernel = np.hanning(2 * steps + 1)
        drawn = self.bell(count + 2 * steps, spread)
        return np.convolve(drawn, kernel / np.sqrt((kernel**2).sum()), mode="valid")[:count]
