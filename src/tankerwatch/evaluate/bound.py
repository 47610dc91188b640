"""How many there may really be where so few were seen: exact upper bounds, one-sided at 95 %.

Clopper and Pearson (Biometrika 26, 1934) for shares, Garwood (Biometrika 28, 1936) for counts over an exposure; both by bisection.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

LEVEL: Final = 0.95


def upper_count(seen: int, *, level: float = LEVEL) -> float:
    """The greatest mean of a Poisson count under which `seen` or fewer still has a chance of 1 - level; 3.0 for none seen."""

    def chance(mean: float) -> float:
        return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(seen + 1))

    return _where(chance, 1.0 - level, 1e-9, seen + 10.0 + 6.0 * math.sqrt(seen + 1.0))


def upper_rate(seen: int, exposure: float, *, level: float = LEVEL) -> float:
    """Upper bound of events per unit of exposure; infinite without exposure."""
    return upper_count(seen, level=level) / exposure if exposure > 0 else math.inf


def upper_share(seen: int, of: int, *, level: float = LEVEL) -> float:
    """The greatest share under which `seen` or fewer of `of` still has a chance of 1 - level."""
    if seen >= of:
        return 1.0
    return _where(lambda share: _binomial(seen, of, share), 1.0 - level, 1e-12, 1.0 - 1e-12)


def lower_share(seen: int, of: int, *, level: float = LEVEL) -> float:
    """The least share, likewise."""
    return 0.0 if of == 0 else 1.0 - upper_share(of - seen, of, level=level)


def _binomial(seen: int, of: int, share: float) -> float:
    """Chance of `seen` or fewer."""
    whole = math.lgamma(of + 1)
    return math.fsum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(of - k + 1) + k * math.log(share) + (of - k) * math.log1p(-share))
        for k in range(seen + 1)
    )


def _where(falling: Callable[[float], float], value: float, low: float, high: float) -> float:
    """Where a falling function has this value."""
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > value else (low, middle)
    return (low + high) / 2
