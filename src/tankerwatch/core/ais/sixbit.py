"""Fields to bits to the six-bit characters of VDM sentences, for many messages at once.

A message is declared as a `Layout`: its fields in the order of the bits. `pack` turns columns of values in field units into
armoured payloads (ITU-R M.1371-5 Annex 8 for the bits and the six-bit text of its table 47; IEC 61162-1, VDM, for the armour).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tankerwatch.core.schema import I64, U8

TEXT_ALPHABET = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_ !\"#$%&'()*+,-./0123456789:;<=>?"
"""Six-bit text: the character's place is its value (M.1371-5 Annex 8, table 47)."""

ARMOUR: bytes = bytes(value + 48 if value < 40 else value + 56 for value in range(64))
"""Six bits as one printable character: 0 to 39 from "0", 40 to 63 from "`" (IEC 61162-1)."""

_TEXT_VALUE = np.full(128, 255, np.uint8)
for _value, _character in enumerate(TEXT_ALPHABET):
    _TEXT_VALUE[ord(_character)] = _value
_ARMOUR = np.frombuffer(ARMOUR, np.uint8)
_SIX = np.array([32, 16, 8, 4, 2, 1], np.uint8)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message: `bits` wide, sent as `round(value * scale)`.

    low, high: the range of the value in its own unit · missing: what is sent for None or NaN; None: the value must be given ·
    wrap: sent modulo this, for directions (359.96° is north, never 3600, which means "not available") · characters: six-bit text
    of this length · a field without name is spare, sent as zeros.
    """

    name: str
    bits: int
    low: float = 0
    high: float = 0
    scale: int = 1
    missing: int | None = None
    wrap: int = 0
    characters: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """A message's fields in the order of its bits, and the clause that gives them."""

    clause: str
    fields: tuple[Field, ...]

    @property
    def bits(self) -> int:
        """The length of the message without what a caller appends."""
        return sum(field.bits for field in self.fields)


def number(name: str, bits: int, low: float = 0, high: float | None = None, *, scale: int = 1, missing: int | None = None) -> Field:
    """A number; without `high` every value that fits the bits is allowed."""
    return Field(name, bits, low, ((1 << bits) - 1) / scale if high is None else high, scale, missing)


def direction(name: str, bits: int, *, scale: int = 1, missing: int) -> Field:
    """A direction from 0 to 360 degrees, 360 being 0."""
    return Field(name, bits, 0, 360, scale, missing, wrap=360 * scale)


def text(name: str, characters: int) -> Field:
    """Six-bit text, filled up with "@"; missing is all "@"."""
    return Field(name, 6 * characters, characters=characters)


def spare(bits: int) -> Field:
    """Bits that are not used."""
    return Field("", bits)


def text_values(words: str, *, name: str = "text") -> U8:
    """(characters,) six-bit values of a text. Raises ValueError for a character that six-bit text does not have, lower case included."""
    codes = np.frombuffer(words.encode("utf-32-le"), np.uint32)
    values = _TEXT_VALUE[np.minimum(codes, 127)]
    wrong = (values == 255) | (codes > 127)
    if wrong.any():
        raise ValueError(f"{name}: {words[int(np.argmax(wrong))]!r} is not in the six-bit alphabet")
    return np.asarray(values)


def pack(layout: Layout, columns: Mapping[str, Any], *, appended: U8 | None = None) -> tuple[U8, int]:
    """Armoured payloads of several messages of one kind.

    columns: for each named field a number, None or text for all messages, or an array (or list) of n of them · appended: (n, k)
    six-bit values that follow the layout's fields. Returns ((n, characters) u8, fill bits of the last character). Raises ValueError
    where a value is outside the field's range, TypeError for a column that the layout does not have or lacks.
    """
    named = {field.name for field in layout.fields if field.name}
    if named != set(columns):
        raise TypeError(f"{layout.clause}: columns {sorted(named ^ set(columns))} are missing or unknown")
    sizes = {len(c) for c in columns.values() if not isinstance(c, str) and np.ndim(c) > 0}
    if len(sizes) > 1:
        raise ValueError(f"columns of different lengths: {sorted(sizes)}")
    rows = sizes.pop() if sizes else 1
    bits = layout.bits + (6 * appended.shape[1] if appended is not None else 0)
    fill = -bits % 6
    matrix = np.zeros((rows, bits + fill), np.uint8)
    at = 0
    for field in layout.fields:
        if field.characters:
            matrix[:, at : at + field.bits] = _text_bits(field, columns[field.name])
        elif field.name:
            wire = _wire(field, columns[field.name])
            matrix[:, at : at + field.bits] = (wire[:, None] >> np.arange(field.bits - 1, -1, -1)) & 1
        at += field.bits
    if appended is not None:
        matrix[:, at:bits] = _six_bits(appended)
    return _ARMOUR[matrix.reshape(rows, -1, 6) @ _SIX], fill


def _wire(field: Field, column: Any) -> I64:
    """(1,) or (n,) integers as they are sent."""
    values = np.atleast_1d(np.asarray(column, np.float64))
    absent = np.isnan(values)
    if absent.any() and field.missing is None:
        raise ValueError(f"{field.name} must be given")
    wrong = ~absent & ~((values >= field.low) & (values <= field.high))
    if wrong.any():
        raise ValueError(f"{field.name} = {values[wrong][0]:g} is not within {field.low:g} to {field.high:g}")
    wire = np.rint(np.where(absent, 0.0, values) * field.scale).astype(np.int64)
    if field.wrap:
        wire %= field.wrap
    return np.asarray(np.where(absent, field.missing or 0, wire))


def _text_bits(field: Field, column: str | Sequence[str] | None) -> U8:
    """(1, bits) or (n, bits) of a text field."""
    texts = [column or ""] if column is None or isinstance(column, str) else column
    values = np.zeros((len(texts), field.characters), np.uint8)
    for row, words in enumerate(texts):
        if len(words) > field.characters:
            raise ValueError(f"{field.name}: {words!r} has more than {field.characters} characters")
        values[row, : len(words)] = text_values(words, name=field.name)
    return _six_bits(values)


def _six_bits(values: U8) -> U8:
    """(n, k) values of six bits → (n, 6 k) bits."""
    bits = (values[:, :, None] >> np.arange(5, -1, -1, dtype=np.uint8)) & np.uint8(1)
    return np.asarray(bits.reshape(len(values), -1))
