"""What is worked out of each fix before it is judged: whose it is, whether it is a copy, and when it happened by its station's clock.

Loops in the order of receipt whose state goes on: where the stream is cut does not matter.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from tankerwatch.core.kernels.compiling import inlined, kernel
from tankerwatch.core.kernels.modulo import left_of

# Columns of `clocks`, a row per station.
C_MOD, C_SEEN, C_AGREE, C_WHOLE, C_OTHER, C_TIMES, C_VOTES, C_NEXT, C_DUE = range(9)
CLOCK_COLUMNS: Final = 9

# fmt: off
# a table: its columns are read downwards
EARLIEST_S: Final = -3.0
LATEST_S: Final = 16.0
"""A fix is received at once or a few seconds later; 8 % of a national feed lies outside, by clocks that are wrong
then the receive time is the better one. The ends are the 1st and 99th percentile measured there."""
USUAL_S: Final = 8.0      # a station whose median lateness is above this (or below EARLIEST_S) has a clock that is wrong
SURE_AFTER: Final = 20.0  # fixes after which a station's median is believed
CLOSE_S: Final = 5.0      # of a right or a wrong clock, most fixes are this close to the median; of late feeds they are not
AGREE: Final = 0.6        # that many of them
# fmt: on


@inlined
def _wrapped(seconds: float) -> float:
    return left_of(seconds + 30.0, 60.0) - 30.0


@kernel
def place(clocks: Any, received: Any, second: Any, station: Any, right: Any, event: Any) -> None:
    """When each fix was received by a clock that goes right, and when it happened: the instant with its UTC second that lies up to 16 s
    before that, else the receive time. clocks: (stations, CLOCK_COLUMNS), what is learnt of each station's clock: the median lateness
    against the ships' own seconds, which is known but for whole minutes.
    """
    for i in range(len(received)):
        k = station[i]
        now = received[i] - clocks[k, C_WHOLE]
        if 0.0 < clocks[k, C_DUE] <= now:
            now += clocks[k, C_WHOLE] - clocks[k, C_NEXT]
            clocks[k, C_WHOLE] = clocks[k, C_NEXT]
            clocks[k, C_DUE] = 0.0
            clocks[k, C_TIMES] = 0.0
            clocks[k, C_SEEN] = 0.0
            clocks[k, C_AGREE] = 0.0
        if second[i] < 60:
            late = _wrapped(now - second[i])
            seen = clocks[k, C_SEEN]
            if seen == 0.0:
                clocks[k, C_MOD] = late
            off = _wrapped(late - clocks[k, C_MOD])
            # The median by steps that become small: nothing is kept but where it is.
            step = min(max(8.0 / (1.0 + seen / 4.0), 0.1), abs(off))
            clocks[k, C_MOD] = _wrapped(clocks[k, C_MOD] + (step if off > 0.0 else -step))
            near = 1.0 if abs(off) <= CLOSE_S else 0.0
            clocks[k, C_AGREE] += (near - clocks[k, C_AGREE]) * max(1.0 / (seen + 1.0), 0.02)
            clocks[k, C_SEEN] = min(seen + 1.0, 1e9)
        wrong = not EARLIEST_S <= clocks[k, C_MOD] <= USUAL_S
        if wrong and clocks[k, C_SEEN] >= SURE_AFTER and clocks[k, C_AGREE] >= AGREE:
            now -= clocks[k, C_MOD] - 1.0
        right[i] = now
        event[i] = now
        if second[i] < 60:
            late = left_of(now - second[i] - EARLIEST_S, 60.0) + EARLIEST_S
            if late <= LATEST_S:
                event[i] = now - late


@inlined
def _mixed(key: Any, part: Any) -> Any:
    key = (key ^ part) * np.uint64(0x9E3779B97F4A7C15)
    return key ^ (key >> np.uint64(29))


@inlined
def _sent(value: float, missing: float, scale: float) -> Any:
    """A value as the whole number that was sent."""
    return np.uint64(np.int64(math.floor((value if value == value else missing) * scale + 0.5)))


@kernel
def keys(lon: Any, lat: Any, sog: Any, cog: Any, heading: Any, status: Any, second: Any, kind: Any, out: Any) -> None:
    """A number that is equal for copies of one report: everything sent but the repeat indicator and the radio state."""
    for i in range(len(lon)):
        key = _sent(lon[i], 181.0, 600000.0)
        key = _mixed(key, _sent(lat[i], 91.0, 600000.0))
        key = _mixed(key, _sent(np.float64(sog[i]), 102.3, 10.0) << np.uint64(12) | _sent(np.float64(cog[i]), 360.0, 10.0))
        flags = np.uint64(status[i]) << np.uint64(16) | np.uint64(second[i]) << np.uint64(8) | np.uint64(kind[i])
        out[i] = _mixed(key, _sent(np.float64(heading[i]), 511.0, 1.0) << np.uint64(24) | flags)


def warm() -> None:
    """Compile (or load from the cache) with the types that the fleet uses."""
    one, small = np.zeros(1), np.zeros(1, np.float32)
    byte, out = np.zeros(1, np.uint8), np.zeros(1, np.uint64)
    place(np.zeros((1, CLOCK_COLUMNS)), one, byte, np.zeros(1, np.uint16), one.copy(), one.copy())
    keys(one, one, small, small, small, byte, byte, byte, out)
