"""How often someone may come: a bucket of tokens for each name or address, so many and no more."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Final

MOST_KEPT: Final = 4096


class Limit:
    """`burst` at once, and `a_second` more as time goes on. The buckets that were used longest ago are forgotten first."""

    def __init__(self, burst: float, a_second: float, *, most_kept: int = MOST_KEPT) -> None:
        self.burst, self.a_second, self.most_kept = burst, a_second, most_kept
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def left(self, key: str, now_s: float) -> float:
        """How many are left of a key."""
        held, at_s = self._buckets.get(key, (self.burst, now_s))
        return min(self.burst, held + (now_s - at_s) * self.a_second)

    def take(self, key: str, now_s: float) -> bool:
        """Take one; False when there is none."""
        left = self.left(key, now_s)
        taken = left >= 1
        self._buckets[key] = (left - 1 if taken else left, now_s)
        self._buckets.move_to_end(key)
        while len(self._buckets) > self.most_kept:
            self._buckets.popitem(last=False)
        return taken

    def forgive(self, key: str) -> None:
        """Begin anew with a key."""
        self._buckets.pop(key, None)

    def wait_s(self, key: str, now_s: float) -> int:
        """In how many seconds there will be one."""
        return max(1, math.ceil((1 - self.left(key, now_s)) / self.a_second))

    def __len__(self) -> int:
        return len(self._buckets)


def network(address: str) -> str:
    """Who shares a limit: an IPv4 address alone, of IPv6 the 64 bits that one customer has."""
    return ":".join(address.split(":")[:4]) if ":" in address else address
