"""What is usual of each ship, from what is kept of her last hour."""

from __future__ import annotations

import math
from typing import Any, Final

from tankerwatch.core.hour import H_SOG, MINUTES
from tankerwatch.core.kernels.compiling import part
from tankerwatch.core.kernels.modulo import minute_of

# Columns of `habits`.
USUAL, HEARD_MINUTES, MISSED, LONGEST, FAST_S, OF_MINUTE = range(6)
HABIT_COLUMNS: Final = 6


@part
def usual_of(minutes: Any, hour: Any, s: int, last: int, first: float, kept: Any, out: Any) -> None:
    """What is usual of a ship over the hour up to her newest fix, which is of the minute `last`.

    minutes, hour: `core/hour.py` · first: when she was first heard, s · kept: (MINUTES,) f64, room for speeds ·
    out: (ships, HABIT_COLUMNS): median speed · minutes heard · share of minutes missed · longest run of missed minutes · the second of
    the newest minute in which she made four fifths of the median · the minute for which all this is.
    """
    out[s, :] = math.nan
    out[s, OF_MINUTE] = last
    begin = min(last, max(last - MINUTES + 1, minute_of(first)))
    heard = 0
    n = 0
    run = 0
    longest = 0
    for minute in range(begin, last + 1):
        at = minute % MINUTES
        if minutes[at, s] == minute:
            heard += 1
            run = 0
            sog = hour[at, s, H_SOG]
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
            if minutes[at, s] == minute and hour[at, s, H_SOG] >= 0.8 * out[s, USUAL]:
                out[s, FAST_S] = minute * 60.0
                break
