"""What is usual of each ship, from what is kept of her last hour."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from tankerwatch.core.hour import H_SOG, HOUR_COLUMNS, MINUTES
from tankerwatch.core.kernels.compiling import kernel

# Columns of `habits`.
USUAL, HEARD_MINUTES, MISSED, LONGEST, FAST_S, OF_MINUTE = range(6)
HABIT_COLUMNS: Final = 6


@kernel
def habits(minutes: Any, hour: Any, event: Any, first: Any, out: Any) -> None:
    """What is usual of each ship over the hour up to her newest fix; what was worked out for the same minute stands.

    event, first: (ships,) her newest fix (NaN: none) and when she was first heard, s · minutes, hour: `core/hour.py` ·
    out: (ships, HABIT_COLUMNS): median speed · minutes heard · share of minutes missed · longest run of missed minutes · the second of
    the newest minute in which she made four fifths of the median · the minute for which all this is.
    """
    kept = np.empty(MINUTES, np.float64)
    for s in range(len(event)):
        if math.isnan(event[s]):
            out[s, :] = math.nan
            continue
        last = np.int64(event[s] // 60.0)
        if out[s, OF_MINUTE] == last:
            continue
        out[s, :] = math.nan
        out[s, OF_MINUTE] = last
        begin = min(last, max(last - MINUTES + 1, np.int64(first[s] // 60.0)))
        heard = 0
        n = 0
        run = 0
        longest = 0
        for minute in range(begin, last + 1):
            at = minute % MINUTES
            if minutes[s, at] == minute:
                heard += 1
                run = 0
                sog = hour[s, at, H_SOG]
                if sog == sog:
                    k = n  # kept in order: sixty are soon sorted, and a general sort takes a second to compile
                    while k > 0 and kept[k - 1] > sog:
                        kept[k] = kept[k - 1]
                        k -= 1
                    kept[k] = sog
                    n += 1
            else:
                run += 1
                longest = max(longest, run)
        out[s, HEARD_MINUTES] = heard
        out[s, MISSED] = 1.0 - heard / (last - begin + 1)
        out[s, LONGEST] = longest
        if n > 0:
            out[s, USUAL] = kept[n // 2]
            for minute in range(last, begin - 1, -1):
                at = minute % MINUTES
                if minutes[s, at] == minute and hour[s, at, H_SOG] >= 0.8 * out[s, USUAL]:
                    out[s, FAST_S] = minute * 60.0
                    break


def warm() -> None:
    """Compile (or load from the cache) with the types that the fleet uses."""
    minutes, hour = np.full((1, MINUTES), -1, np.int64), np.full((1, MINUTES, HOUR_COLUMNS), np.nan, np.float32)
    habits(minutes, hour, np.zeros(1), np.zeros(1), np.zeros((1, HABIT_COLUMNS)))
