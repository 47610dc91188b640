"""Every field of any message, on demand, for a person to read, one message at a time.

Where the fields lie, and which of their values say something, is in `core/ais/fields.py`.
"""

from __future__ import annotations

from typing import Any, Final

from tankerwatch.core.ais import fields
from tankerwatch.core.ais.fields import Field, Kind, Table
from tankerwatch.decode.bits import Bits, text_of

_AUXILIARY: Final = 98


def expand(payload: str | bytes, fill_bits: int) -> dict[str, Any]:
    """The fields of a message by name, as values that JSON can hold. Never raises: what cannot be read gives `{"error": why}`.

    payload: its armoured characters · fill_bits: how many bits of the last one do not count. None is what the message does not have:
    what is not available, what cannot be, and what it cuts off. Positions are in degrees, speeds in knots, courses in degrees,
    draughts in metres, `turn` as it is sent; texts go to their first "@", without blanks at their end.
    """
    message = _Bits.of(payload, fill_bits)
    if message is None:
        return {"error": "not an armoured payload"}
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


class _Bits(Bits):
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
            return text_of(raw, field.bits).rstrip(" ") or None
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
            return text_of(self.number(field.first, width) or 0, width).rstrip(" ")
        return self.packed(field.first, field.first + width).hex()


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
    name = text_of(raw, place.bits)
    more = message.field(fields.NAME_MORE) if 6 * len(name) == place.bits else None
    return {"name": name if more else name.rstrip(" ") or None, "name_ext": more or None}
