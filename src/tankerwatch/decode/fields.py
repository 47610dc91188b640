"""Named fields and texts of several messages at once, for the families that are rare enough to be read column by column."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tankerwatch.core.ais.layouts import Place
from tankerwatch.core.kernels import sixbit
from tankerwatch.core.schema import I64, Object
from tankerwatch.decode.sentences import Found


def numbers(found: Found, chosen: I64, places: Mapping[str, Place]) -> dict[str, I64]:
    """By field, (n,) integers as sent, `ABSENT` where a message ends before the field does."""
    made = np.empty((len(places), len(chosen)), np.int64)
    sixbit.fields(found.buffer, found.tail, found.messages, chosen, np.array(list(places.values()), np.int64).reshape(-1, 2), made)
    return dict(zip(places, made, strict=True))


def texts(found: Found, chosen: I64, first: int, characters: int, *, part: bool = False) -> Object:
    """(n,) texts from bit `first` on, up to the first `@`, without blanks at the end. One that is cut off is "" unless `part`."""
    raw = np.empty((len(chosen), characters), np.uint8)
    sixbit.text(found.buffer, found.tail, found.messages, chosen, first, characters, part, raw)
    return np.asarray(raw.view(f"S{characters}").ravel().astype(f"U{characters}").astype(object))


def or_zero(values: I64) -> I64:
    """The values with 0 for absent ones."""
    return np.maximum(values, 0)
