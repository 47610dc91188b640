"""Every field of any message, on demand, for a person to read, one message at a time.

Where the fields lie, and which of their values say something, is in `core/ais/fields.py`.
"""

from __future__ import annotations

from operator import index
from typing import Any, Final

from tankerwatch.core.ais import fields
from tankerwatch.core.ais.fields import Field, Kind, Table
from tankerwatch.core.ais.sixbit import ARMOUR, TEXT_ALPHABET

PAYLOAD_LONGEST = 2400

_SIX_BITS: Final = {character: value for value, character in enumerate(ARMOUR)}
_AUXILIARY: Final = 98


def expand(payload: str | bytes, fill_bits: int) -> dict[str, Any]:
    """The fields of a message by name, as values that JSON can hold. Never raises: what cannot be read gives `{"error": why}`.

    payload: its armoured characters · fill_bits: how many bits of the last one do not count. None is what the message does not have:
    what is not available, what cannot be, and what it cuts off. Positions are in degrees, speeds in knots, courses in degrees,
    draughts in metres, `turn` as it is sent; texts go to their first "@", without blanks at their end.
    """
    try:
        some = payload[: PAYLOAD_LONGEST + 1]
        raw = some.encode("utf-8", "surrogatepass") if isinstance(some, str) else bytes(memoryview(some))
        fill = index(fill_bits)
    except (TypeError, LookupError):  # from a caller without types
        return {"error": "not an armoured payload"}
    if not 0 < len(raw) <= PAYLOAD_LONGEST or not 0 <= fill <= 5:
        return {"error": "not an armoured payload"}
    value = 0
    for character in raw:
        six = _SIX_BITS.get(character)
        if six is None:
            return {"error": "not an armoured payload"}
        value = value << 6 | six
    message = _Bits(value >> fill, 6 * len(raw) - fill)
    kind = message.number(0, 6)
    if kind is None:
        return {"error": "no message type"}
    if kind not in fields.TABLES:
        return {"error": f"no message type {kind}"}
    said = message.read((*fields.HEAD, *fields.TABLES[kind]))
    said.update(message.read(_variant(kind, said)))
    said.update(_communication_state(kind, said))
    if all(said.get(name) == 0 for name in fields.TOGETHER):
        said.update(dict.fromkeys(fields.TOGETHER))
    if kind == 21:
        said.update(_name_of_aid(message))
    return said


class _Bits:
    """The bits of a message; what is not wholly there reads as None."""

    def __init__(self, value: int, count: int) -> None:
        self.value, self.count = value, count

    def number(self, first: int, width: int) -> int | None:
        """The number in some bits."""
        if first + width > self.count:
            return None
        return self.value >> (self.count - first - width) & ((1 << width) - 1)

    def read(self, table: Table) -> dict[str, Any]:
        """The fields of a table by name."""
        return {field.name: self.field(field) for field in table}

    def field(self, field: Field) -> Any:
        """What a field says; None where it says nothing."""
        if field.kind in (Kind.WORDS, Kind.DATA, Kind.COUNT, Kind.LAST):
            return self._to_the_end(field)
        raw = self.number(field.first, field.bits)
        if raw is None:
            return None
        if field.kind is Kind.FLAG:
            return raw == 1
        if field.kind is Kind.NAME:
            return _text(raw, field.bits).rstrip(" ") or None
        if field.kind is Kind.SIGNED and raw >> (field.bits - 1):
            raw -= 1 << field.bits
        if raw == field.missing or (field.low is not None and raw < field.low) or (field.high is not None and raw > field.high):
            return None
        return raw if field.scale == 1 else raw / field.scale

    def _to_the_end(self, field: Field) -> str | int | None:
        width = self.count - field.bits - field.first
        if width < 0:
            return None
        if field.kind is Kind.COUNT:
            return width
        if field.kind is Kind.LAST:
            return self.number(self.count - field.bits, field.bits)
        if field.kind is Kind.WORDS:
            width -= width % 6  # bits that are no whole letter are none
            return _text(self.number(field.first, width) or 0, width).rstrip(" ")
        size = -(-width // 8)
        return ((self.number(field.first, width) or 0) << (8 * size - width)).to_bytes(size, "big").hex()


def _text(raw: int, width: int) -> str:
    """Six-bit text up to its first "@"."""
    return "".join(TEXT_ALPHABET[raw >> shift & 63] for shift in range(width - 6, -1, -6)).partition("@")[0]


def _variant(kind: int, said: dict[str, Any]) -> Table:
    """The fields that a message has because of what others of its fields say. Where those are cut off, these are too."""
    if kind == 22 and said["addressed"] is not None:
        return fields.ADDRESSED_22 if said["addressed"] else fields.AREA_22
    if kind == 24 and said["partno"] is not None:
        if said["partno"] == 0:
            return fields.PART_A
        if said["partno"] == 1:
            return fields.AUXILIARY_B if said["mmsi"] // 10_000_000 == _AUXILIARY else fields.PART_B
        return fields.PART_UNKNOWN
    if kind in (25, 26) and said["structured"] is not None:
        return fields.binary(kind, said["addressed"], said["structured"])
    return ()


def _communication_state(kind: int, said: dict[str, Any]) -> dict[str, Any]:
    """What `radio` says of the slots that a station uses. A carrier-sense unit (18) has none and sends a constant instead."""
    radio = said.get("radio")
    if radio is None or said.get("cs"):
        return {}
    itdma = radio >> 19 == 1 if kind in fields.STATE_SELECTED else kind in fields.ITDMA_ALWAYS
    state = _Bits(radio & ((1 << 19) - 1), 19)
    if itdma:
        return state.read(fields.ITDMA)
    told = state.read(fields.SOTDMA)
    return {**told, **state.read(fields.SOTDMA_MORE[told["slot_timeout"]])}


def _name_of_aid(message: _Bits) -> dict[str, str | None]:
    """The name of an aid and its extension are one text: it ends at its first "@", and blanks within it count."""
    place = fields.NAME_OF_AID
    raw = message.number(place.first, place.bits)
    if raw is None:
        return {"name": None, "name_ext": None}
    name = _text(raw, place.bits)
    more = message.field(fields.NAME_MORE) if 6 * len(name) == place.bits else None
    return {"name": name if more else name.rstrip(" ") or None, "name_ext": more or None}
