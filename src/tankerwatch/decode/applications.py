"""Application-specific messages (6 addressed, 8 broadcast; the heads of 25 and 26) as typed records, one message at a time, on demand.

Areas and what is going on there (DAC 1, FI 22 and 23), weather and water (DAC 1, FI 31 and 11), inland ships (DAC 200, FI 10). Where
the fields lie is in `core/ais/applications.py`; what they say, in `core/applications.py`.
"""

from __future__ import annotations

from typing import Any

from tankerwatch.core.ais import applications as places
from tankerwatch.core.ais.applications import Choice, Entry, Measure
from tankerwatch.core.ais.layouts import Place
from tankerwatch.core.applications import (
    Application,
    Area,
    AreaNotice,
    Circle,
    InlandStatic,
    Leg,
    MetHydro,
    Polygon,
    Polyline,
    Rectangle,
    Reserved,
    Sector,
    Text,
)
from tankerwatch.decode.bits import Bits, text_of


def application(payload: str | bytes, fill_bits: int) -> AreaNotice | MetHydro | InlandStatic | Application | None:
    """What an application-specific message says; None for other messages and for one that ends before its application is named.

    payload: its armoured characters · fill_bits: how many bits of the last one do not count. Never raises, whatever comes.
    """
    bits = _Bits.of(payload, fill_bits)
    if bits is None:
        return None
    head, data = _head(bits)
    if head is None:
        return None
    match head["msg_type"], head["dac"], head["fi"]:
        case (8, 1, 22) | (6, 1, 23):
            return _area_notice(bits, head, data)
        case (8, 1, 31) if bits.count <= places.MET_HYDRO_BITS + places.PADDING:
            return MetHydro(**_visibility(_fields(bits, places.MET_HYDRO)), **head, complete=_whole(bits, places.MET_HYDRO))
        case (8, 1, 11) if bits.count <= places.MET_HYDRO_OLD_BITS + places.PADDING:
            read = {"accurate": None, "visibility_or_more": None, **_fields(bits, places.MET_HYDRO_OLD)}
            return MetHydro(**_dated(read), **head, complete=_whole(bits, places.MET_HYDRO_OLD))
        case (8, 200, 10) if bits.count <= places.INLAND_STATIC_BITS + places.PADDING:
            return InlandStatic(**_fields(bits, places.INLAND_STATIC), **head, complete=_whole(bits, places.INLAND_STATIC))
    # also what is longer than its layout: some inland ships send other things, enciphered, under DAC 200, FI 10
    end = bits.count - (places.COMM_STATE_BITS if head["msg_type"] == 26 else 0)
    return Application(**head, payload=bits.packed(data, end), bits=max(0, end - data))


class _Bits(Bits):
    def place(self, place: Place, at: int = 0) -> int | None:
        """The number in a place that begins `at` bits later, signed where the place says so."""
        return self.number(place[0] + at, place[1])

    def read(self, entry: Entry, at: int = 0) -> Any:
        """What a field says: a number, one of its answers or text; None where it says nothing."""
        raw = self.place(entry.place, at)
        if raw is None:
            return None
        if isinstance(entry, Measure):
            if not entry.low <= raw <= entry.high:
                return None
            return raw + entry.offset if entry.scale == 1 else (raw + entry.offset) / entry.scale
        if isinstance(entry, Choice):
            return entry.answers.get(raw)
        words = text_of(raw, entry.place[1])
        return (words if entry.open_end else words.strip()) or None


def _head(bits: _Bits) -> tuple[dict[str, Any] | None, int]:
    """Who, to whom, which application; and the first bit of its data. None where that is not whole, or the type is another."""
    kind, mmsi = bits.place((0, 6)), bits.place((8, 30))
    head: dict[str, Any] = {"msg_type": kind, "mmsi": mmsi}
    if kind in places.HEADS:
        layout = places.HEADS[kind]
        head.update({name: bits.place(place) for name, place in layout.items()})
        if kind == 6:
            head["retransmit"] = head["retransmit"] == 1
        at = sum(layout["fi"])
    elif kind in (25, 26):
        at = 40
        if bits.place(places.ADDRESSED):
            head["to_mmsi"] = bits.place((at, places.ADDRESSEE_BITS))
            at += places.ADDRESSEE_BITS + places.ADDRESSEE_SPARE
        head.update(dac=None, fi=None)
        if bits.place(places.STRUCTURED):
            head["dac"] = bits.place((at, places.DAC_BITS))
            head["fi"] = bits.place((at + places.DAC_BITS, places.FI_BITS))
            at += places.DAC_BITS + places.FI_BITS
    else:
        return None, 0
    return (head, at) if at <= bits.count else (None, 0)


def _fields(bits: _Bits, table: dict[str, Entry], at: int = 0) -> dict[str, Any]:
    return {name: bits.read(entry, at) for name, entry in table.items()}


def _whole(bits: _Bits, table: dict[str, Entry], at: int = 0) -> bool:
    """Whether the message goes on to the end of the last field; spare bits after it are not missed."""
    return all(bits.place(entry.place, at) is not None for entry in table.values())


def _visibility(read: dict[str, Any]) -> dict[str, Any]:
    """Without a visibility there is no "or more"."""
    return {**read, "visibility_or_more": None} if read["visibility_nm"] is None else read


def _dated(read: dict[str, Any]) -> dict[str, Any]:
    """In FI 11 the 31st may be "not available": it is when the hour and the minute are not available either."""
    return {**read, "day": None} if read["day"] == 31 and read["hour"] is None and read["minute"] is None else read


def _area_notice(bits: _Bits, head: dict[str, Any], data: int) -> AreaNotice:
    """IMO SN.1/Circ.289, annex, 11: as many sub-areas as there are bits for; the last one may be cut off."""
    areas: list[Area] = []
    at = data + places.NOTICE_HEAD_BITS
    while bits.count - at >= places.AREA_BITS:
        areas.append(_area(bits, at))
        at += places.AREA_BITS
    left = bits.count - at
    # A few zeros fill the last byte and character. They could be the start of a circle, of which they would say nothing.
    padding = left <= places.PADDING and not bits.value & ((1 << max(left, 0)) - 1)
    if not padding and left >= places.SHAPE[1]:
        areas.append(_area(bits, at))
    read = _fields(bits, places.NOTICE, data)
    return AreaNotice(**read, **head, areas=tuple(areas), complete=padding and bool(areas))


def _area(bits: _Bits, at: int) -> Area:
    """The sub-area that begins at a bit, whose shape is there."""
    shape = bits.place(places.SHAPE, at) or 0
    if shape == 0:
        return Circle(**_scaled(bits, places.CIRCLE, at))
    if shape == 1:
        return Rectangle(**_scaled(bits, places.RECTANGLE, at))
    if shape == 2:
        return Sector(**_scaled(bits, places.SECTOR, at))
    if shape == 3:
        return Polyline(_legs(bits, at))
    if shape == 4:
        return Polygon(_legs(bits, at))
    if shape == 5:
        return Text(**_fields(bits, places.TEXT, at))
    return Reserved(shape)


def _scaled(bits: _Bits, table: dict[str, Entry], at: int, area_at: int | None = None) -> dict[str, Any]:
    """Fields with their metres multiplied by the scale of the sub-area."""
    factor = 10 ** (bits.place(places.SCALE, at if area_at is None else area_at) or 0)
    read = _fields(bits, table, at)
    return {name: value * factor if name.endswith("_m") and value is not None else value for name, value in read.items()}


def _legs(bits: _Bits, at: int) -> tuple[Leg, ...]:
    legs = []
    for number in range(places.LEGS):
        start = at + number * places.LEG_BITS
        if bits.place(places.LEG["bearing_deg"].place, start) is None:
            break  # cut off
        leg = Leg(**_scaled(bits, places.LEG, start, at))
        if leg.distance_m == 0:
            break  # no point here, nor after
        legs.append(leg)
    return tuple(legs)
