"""What application-specific AIS messages say, as plain records: notices of areas, weather and water, inland ships, and all others.

The unit is the end of a name. What is not available, reserved or cut off is None, never a number. `complete` is False where a
message ended before its layout did; the fields that were whole are there. Every record gives itself as plain JSON values.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from tankerwatch.core.notices import CANCELS, NOTICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Who sent an application-specific message, to whom, and which application it belongs to.

    dac, fi: designated area code and function identifier; both None for unstructured data (types 25 and 26) · to_mmsi: None for a
    broadcast · sequence, retransmit: only in type 6.
    """

    msg_type: int
    mmsi: int
    dac: int | None
    fi: int | None
    to_mmsi: int | None = None
    sequence: int | None = None
    retransmit: bool | None = None
    complete: bool = True

    kind: ClassVar[str] = ""

    def to_json(self) -> dict[str, Any]:
        """All fields by name as values that JSON can hold, and the `kind` of record."""
        return {"kind": self.kind, **_plain_fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Application(Message):
    """A message whose application is not decoded: its data as they came.

    payload: what follows the application identifier, the last byte filled up with zeros · bits: how many of them count.
    """

    payload: bytes
    bits: int

    kind: ClassVar[str] = "application"


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle, or a point where the radius is 0. `precision` is the number of decimals (of a minute) that the position is good for."""

    lat_deg: float | None
    lon_deg: float | None
    precision: int | None
    radius_m: int | None

    shape: ClassVar[str] = "circle"


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle east and north of its south-western corner, turned clockwise about that corner; a side of 0 makes it a line."""

    lat_deg: float | None
    lon_deg: float | None
    precision: int | None
    east_m: int | None
    north_m: int | None
    orientation_deg: int | None

    shape: ClassVar[str] = "rectangle"


@dataclass(frozen=True, slots=True)
class Sector:
    """The part of a circle from its left boundary clockwise to its right one, in degrees from true north."""

    lat_deg: float | None
    lon_deg: float | None
    precision: int | None
    radius_m: int | None
    left_deg: int | None
    right_deg: int | None

    shape: ClassVar[str] = "sector"


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of a line: true bearing and distance from the point before."""

    bearing_deg: float | None
    distance_m: int | None


@dataclass(frozen=True, slots=True)
class Polyline:
    """An open line from the point that the sub-area before it gives: a circle, or the end of another line."""

    legs: tuple[Leg, ...]

    shape: ClassVar[str] = "polyline"


@dataclass(frozen=True, slots=True)
class Polygon:
    """The same, closed back to its first point."""

    legs: tuple[Leg, ...]

    shape: ClassVar[str] = "polygon"


@dataclass(frozen=True, slots=True)
class Text:
    """Up to 14 characters of text about the areas before it; several belong together (`AreaNotice.text`)."""

    text: str | None

    shape: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True)
class Reserved:
    """A shape that the standard does not have yet (6 or 7)."""

    code: int

    shape: ClassVar[str] = "reserved"


Area = Circle | Rectangle | Sector | Polyline | Polygon | Text | Reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaNotice(Message):
    """What is going on in an area of the sea, from when and for how long (IMO SN.1/Circ.289, annex, 11).

    notice: its code, see `description` · linkage: a number of the sender that ties texts and cancellations to this notice · start: in
    UTC, its year is not sent · duration_min: from the start; 0 cancels the notice.
    """

    linkage: int | None
    notice: int | None
    start_month: int | None
    start_day: int | None
    start_hour: int | None
    start_minute: int | None
    duration_min: int | None
    areas: tuple[Area, ...]

    kind: ClassVar[str] = "area notice"

    @property
    def description(self) -> str | None:
        """What the notice is about, in words."""
        return None if self.notice is None else NOTICES.get(self.notice)

    @property
    def cancels(self) -> bool:
        """Whether it takes back an earlier notice of the same sender and linkage."""
        return self.notice == CANCELS or self.duration_min == 0

    @property
    def text(self) -> str:
        """The texts of all sub-areas, glued together in their order."""
        return "".join(area.text for area in self.areas if isinstance(area, Text) and area.text).rstrip()

    def to_json(self) -> dict[str, Any]:
        """All fields, and the description, the text and whether it cancels."""
        words = {"description": self.description, "text": self.text, "cancels": self.cancels}
        return {"kind": self.kind, **_plain_fields(self), **words}


@dataclass(frozen=True, slots=True, kw_only=True)
class MetHydro(Message):
    """Weather and water at a place (FI 31: IMO SN.1/Circ.289, annex, 1; FI 11: its forerunner, SN/Circ.236, annex, 1).

    day, hour, minute: UTC of the measurement. Means and gusts are those of the last ten minutes. In FI 31 the highest value of a
    wind (126 kn), current (25.1 kn), height (25.1 m), salinity (50.1 ‰) or pressure (1201 hPa) says "or more", 799 hPa "or less";
    `visibility_or_more` says it for the visibility. current_2 and current_3 are measured at a depth. The water level is above chart
    datum and has the tide in it. sea_state is in Beaufort.
    """

    lat_deg: float | None
    lon_deg: float | None
    accurate: bool | None
    day: int | None
    hour: int | None
    minute: int | None
    wind_kn: int | None
    gust_kn: int | None
    wind_deg: int | None
    gust_deg: int | None
    air_temperature_c: float | None
    humidity_percent: int | None
    dew_point_c: float | None
    pressure_hpa: int | None
    pressure_trend: str | None
    visibility_nm: float | None
    visibility_or_more: bool | None
    water_level_m: float | None
    water_level_trend: str | None
    current_kn: float | None
    current_deg: int | None
    current_2_kn: float | None
    current_2_deg: int | None
    current_2_depth_m: int | None
    current_3_kn: float | None
    current_3_deg: int | None
    current_3_depth_m: int | None
    wave_height_m: float | None
    wave_period_s: int | None
    wave_deg: int | None
    swell_height_m: float | None
    swell_period_s: int | None
    swell_deg: int | None
    sea_state: int | None
    water_temperature_c: float | None
    precipitation: str | None
    salinity_permille: float | None
    ice: bool | None

    kind: ClassVar[str] = "met-hydro"


@dataclass(frozen=True, slots=True, kw_only=True)
class InlandStatic(Message):
    """What an inland ship says of herself beside message 5 (ECE/TRANS/SC.3/176, inland specific message FI 10).

    vessel_number: her unique European number (ENI) · ship_type_eri: ship or convoy by the ERI classification · blue_cones: 0 to 3, the
    signs of dangerous cargo; `b_flag` is the flag B instead of them · …_quality_high: from a sensor made for it, not from GNSS alone.
    """

    vessel_number: str | None
    length_m: float | None
    beam_m: float | None
    ship_type_eri: int | None
    blue_cones: int | None
    b_flag: bool | None
    draught_m: float | None
    loaded: bool | None
    speed_quality_high: bool | None
    course_quality_high: bool | None
    heading_quality_high: bool | None

    kind: ClassVar[str] = "inland static"


def _plain_fields(record: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(record, field.name)) for field in fields(record)}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, tuple):
        return [_plain_part(part) for part in value]
    return value


def _plain_part(part: Any) -> dict[str, Any]:
    """A sub-area with the name of its shape, or a leg, which has none."""
    shape = {"shape": part.shape} if hasattr(part, "shape") else {}
    return {**shape, **_plain_fields(part)}
