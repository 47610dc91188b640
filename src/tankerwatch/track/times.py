"""When a fix happened: the whole second that the ship sent, placed next to the time at which it was received by a clock that goes right.

A station's clock may be wrong. By less than a minute it shows against the seconds that the ships themselves send; by more it shows where
another station heard the same report. So each station's clock is learnt from what it hears, and only compared with the others': a whole
network that is wrong alike is taken as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tankerwatch.core.kernels import arrivals
from tankerwatch.core.kernels.arrivals import EARLIEST_S, LATEST_S
from tankerwatch.core.schema import F64, U8, U16

__all__ = ["EARLIEST_S", "LATEST_S", "Clocks", "event_times"]


@dataclass(slots=True)
class Clocks:
    """What is known of the stations' clocks, a row per station."""

    state: Any = field(default_factory=lambda: np.zeros((0, arrivals.CLOCK_COLUMNS)))

    def place(self, received_s: F64, utc_second: U8, station: U16) -> tuple[F64, F64]:
        """(n,) when each was received by a clock that goes right, and when it happened; what the fixes tell of the clocks is learnt."""
        most = int(station.max()) + 1 if len(station) else 0
        if most > len(self.state):
            grown = np.zeros((max(2 * len(self.state), most, 16), arrivals.CLOCK_COLUMNS))
            grown[: len(self.state)] = self.state
            self.state = grown
        right, event = np.empty_like(received_s), np.empty_like(received_s)
        arrivals.place(self.state, received_s, utc_second, station, right, event)
        return right, event


def event_times(received_s: F64, utc_second: U8) -> F64:
    """(n,) seconds since 1970: the instant with that UTC second within -3 to +16 s before receipt, else the receive time."""
    return Clocks().place(received_s, utc_second, np.zeros(len(received_s), np.uint16))[1]
