"""The bits of one message, for whoever reads it field by field on demand. What comes in bulk is read by the kernels."""

from __future__ import annotations

from operator import index
from typing import Final, Self

from tankerwatch.core.ais.sixbit import ARMOUR, TEXT_ALPHABET

PAYLOAD_LONGEST: Final = 2400
"""Characters: far more than the 168 that the standard allows, and still quickly read."""

_SIX_BITS: Final = {character: value for value, character in enumerate(ARMOUR)}


class Bits:
    """The bits of a message; what is not wholly there reads as None."""

    def __init__(self, value: int, count: int) -> None:
        self.value, self.count = value, count

    @classmethod
    def of(cls, payload: str | bytes, fill_bits: int) -> Self | None:
        """Those of an armoured payload, of whose last character `fill_bits` do not count; None when it is none. Never raises."""
        try:
            some = payload[: PAYLOAD_LONGEST + 1]
            raw = some.encode("utf-8", "surrogatepass") if isinstance(some, str) else bytes(memoryview(some))
            fill = index(fill_bits)
        except (TypeError, LookupError):  # from a caller without types
            return None
        if not 0 < len(raw) <= PAYLOAD_LONGEST or not 0 <= fill <= 5:
            return None
        value = 0
        for character in raw:
            six = _SIX_BITS.get(character)
            if six is None:
                return None
            value = value << 6 | six
        return cls(value >> fill, 6 * len(raw) - fill)

    def number(self, first: int, width: int) -> int | None:
        """The number in some bits; a two's complement where the width is negative."""
        size = abs(width)
        if first + size > self.count:
            return None
        raw = self.value >> (self.count - first - size) & ((1 << size) - 1)
        return raw - (1 << size) if width < 0 and raw >> (size - 1) else raw

    def packed(self, first: int, end: int) -> bytes:
        """The bits from `first` to before `end` as bytes, the last one filled up with zeros."""
        width = max(end - first, 0)
        size = -(-width // 8)
        return ((self.number(first, width) or 0) << (8 * size - width)).to_bytes(size, "big")


def text_of(raw: int, width: int) -> str:
    """The six-bit text in a number of so many bits, up to its first "@"."""
    return "".join(TEXT_ALPHABET[raw >> shift & 63] for shift in range(width - 6, -1, -6)).partition("@")[0]
