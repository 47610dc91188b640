"""When a fix happened: the whole second that the ship sent, placed next to the time at which it was received."""

from __future__ import annotations

from typing import Final

import numpy as np

from tankerwatch.core.schema import F64, U8

EARLIEST_S: Final = -3.0
LATEST_S: Final = 16.0
"""A fix is received at once or a few seconds later; 8 % of a national feed lies outside, by clocks that are wrong
then the receive time is the better one. The ends are the 1st and 99th percentile measured there."""


def event_times(received_s: F64, utc_second: U8) -> F64:
    """(n,) seconds since 1970: the instant with that UTC second within -3 to +16 s before receipt, else the receive time."""
    delay = np.mod(received_s - utc_second - EARLIEST_S, 60.0) + EARLIEST_S
    plausible = (utc_second < 60) & (delay <= LATEST_S)
    return np.where(plausible, received_s - delay, received_s)
