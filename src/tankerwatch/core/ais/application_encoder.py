"""From values to application-specific messages: notices of areas, weather and water, inland ships.

IMO SN.1/Circ.289, annex, 1 and 11; ECE/TRANS/SC.3/176, inland specific message FI 10. As in `encoder`: None becomes the standard's
"not available", and a value outside its field's range raises ValueError. The tables are written apart from those of the decoder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from tankerwatch.core.ais.encoder import Payload
from tankerwatch.core.ais.sixbit import Field, Layout, number, pack, spare, text
from tankerwatch.core.applications import Area, Circle, Leg, Polygon, Polyline, Rectangle, Reserved, Sector, Text

_TRENDS: Final = {"steady": 0, "decreasing": 1, "increasing": 2, None: 3}
_PRECIPITATIONS: Final = {"rain": 1, "thunderstorm": 2, "freezing rain": 3, "mixed or ice": 4, "snow": 5, None: 7}
_SCALES: Final = (1, 10, 100, 1000)

# fmt: off
# a table: its columns are read downwards
_START: tuple[Field, ...] = (number("msg_type", 6), number("repeat", 2), number("mmsi", 30, high=999_999_999))
_IDENTIFIER: tuple[Field, ...] = (number("dac", 10), number("fi", 6))
_BROADCAST: tuple[Field, ...] = (*_START, spare(2), *_IDENTIFIER)
_ADDRESSED: tuple[Field, ...] = (
    *_START, number("sequence", 2), number("to_mmsi", 30, high=999_999_999), number("retransmit", 1), spare(1), *_IDENTIFIER,
)
_PLACE: tuple[Field, ...] = (  # 1/1000 minute
    number("lon_deg", 25, -180, 180, scale=60_000, missing=181 * 60_000),
    number("lat_deg", 24, -90, 90, scale=60_000, missing=91 * 60_000),
)


def _toward(name: str) -> Field:
    return number(name, 9, 0, 359, missing=360)


def _tenths(name: str) -> Field:
    return number(name, 8, 0, 25.1, scale=10, missing=255)


MET_HYDRO = Layout("SN.1/Circ.289, annex, 1: DAC 1, FI 31", (
    *_BROADCAST, *_PLACE, number("accurate", 1, missing=0),
    number("day", 5, 1, 31, missing=0), number("hour", 5, 0, 23, missing=24), number("minute", 6, 0, 59, missing=60),
    number("wind_kn", 7, 0, 126, missing=127), number("gust_kn", 7, 0, 126, missing=127), _toward("wind_deg"), _toward("gust_deg"),
    number("air_temperature_c", 11, -60, 60, scale=10, missing=-1024), number("humidity_percent", 7, 0, 100, missing=101),
    number("dew_point_c", 10, -20, 50, scale=10, missing=501),
    number("pressure_above_799_hpa", 9, 0, 402, missing=511), number("pressure_trend", 2),
    number("visibility_or_more", 1, missing=0), number("visibility_nm", 7, 0, 12.6, scale=10, missing=127),
    number("water_level_above_minus_10_m", 12, 0, 40, scale=100, missing=4001), number("water_level_trend", 2),
    _tenths("current_kn"), _toward("current_deg"),
    _tenths("current_2_kn"), _toward("current_2_deg"), number("current_2_depth_m", 5, 0, 30, missing=31),
    _tenths("current_3_kn"), _toward("current_3_deg"), number("current_3_depth_m", 5, 0, 30, missing=31),
    _tenths("wave_height_m"), number("wave_period_s", 6, 0, 60, missing=63), _toward("wave_deg"),
    _tenths("swell_height_m"), number("swell_period_s", 6, 0, 60, missing=63), _toward("swell_deg"),
    number("sea_state", 4, 0, 12, missing=13), number("water_temperature_c", 10, -10, 50, scale=10, missing=501),
    number("precipitation", 3), number("salinity_permille", 9, 0, 50.1, scale=10, missing=510), number("ice", 2, 0, 1, missing=3),
    spare(10),
))
INLAND_STATIC = Layout("ECE/TRANS/SC.3/176: DAC 200, FI 10", (
    *_BROADCAST, text("vessel_number", 8), number("length_m", 13, 0.1, 800, scale=10, missing=0),
    number("beam_m", 10, 0.1, 100, scale=10, missing=0), number("ship_type_eri", 14, 1, 9999, missing=0),
    number("blue_cones", 3, 0, 4, missing=5), number("draught_m", 11, 0.01, 20, scale=100, missing=0),
    number("loaded", 2, 1, 2, missing=0), number("speed_quality_high", 1), number("course_quality_high", 1),
    number("heading_quality_high", 1), spare(8),
))
_NOTICE: tuple[Field, ...] = (
    number("linkage", 10, 1, 1023, missing=0), number("notice", 7, 0, 126, missing=127),
    number("start_month", 4, 1, 12, missing=0), number("start_day", 5, 1, 31, missing=0),
    number("start_hour", 5, 0, 23, missing=24), number("start_minute", 6, 0, 59, missing=60),
    number("duration_min", 18, 0, 262_142, missing=262_143),
)
_SHAPE: tuple[Field, ...] = (number("shape", 3), number("scale", 2))
_PRECISE_PLACE: tuple[Field, ...] = (*_PLACE, number("precision", 3, 0, 4, missing=4))
_CIRCLE: tuple[Field, ...] = (*_SHAPE, *_PRECISE_PLACE, number("radius", 12, missing=0), spare(18))
_RECTANGLE: tuple[Field, ...] = (
    *_SHAPE, *_PRECISE_PLACE, number("east", 8, missing=0), number("north", 8, missing=0),
    number("orientation_deg", 9, 0, 359, missing=0), spare(5),
)
_SECTOR: tuple[Field, ...] = (
    *_SHAPE, *_PRECISE_PLACE, number("radius", 12, missing=0), _toward("left_deg"), _toward("right_deg"),
)
_LINE: tuple[Field, ...] = (
    *_SHAPE,
    number("bearing_1", 10, 0, 359.5, scale=2, missing=720), number("distance_1", 10, missing=0),
    number("bearing_2", 10, 0, 359.5, scale=2, missing=720), number("distance_2", 10, missing=0),
    number("bearing_3", 10, 0, 359.5, scale=2, missing=720), number("distance_3", 10, missing=0),
    number("bearing_4", 10, 0, 359.5, scale=2, missing=720), number("distance_4", 10, missing=0),
    spare(2),
)
_TEXT: tuple[Field, ...] = (number("shape", 3), text("text", 14))
# fmt: on


def met_hydro(
    mmsi: int,
    *,
    pressure_hpa: float | None = None,
    pressure_trend: str | None = None,
    water_level_m: float | None = None,
    water_level_trend: str | None = None,
    precipitation: str | None = None,
    repeat: int = 0,
    **measured: float | None,
) -> Payload:
    """Weather and water at a place (8, DAC 1, FI 31). `measured`: any other field of `core.applications.MetHydro` by its name.

    Raises TypeError for a name that is none of them.
    """
    columns: dict[str, Any] = {field.name: None for field in MET_HYDRO.fields if field.name}
    columns.update(measured)
    columns.update(msg_type=8, repeat=repeat, mmsi=mmsi, dac=1, fi=31)
    columns["pressure_above_799_hpa"] = None if pressure_hpa is None else pressure_hpa - 799
    columns["water_level_above_minus_10_m"] = None if water_level_m is None else water_level_m + 10
    columns["pressure_trend"] = _code("pressure_trend", pressure_trend, _TRENDS)
    columns["water_level_trend"] = _code("water_level_trend", water_level_trend, _TRENDS)
    columns["precipitation"] = _code("precipitation", precipitation, _PRECIPITATIONS)
    return _packed(MET_HYDRO, columns)


def inland_static(
    mmsi: int,
    *,
    vessel_number: str = "",
    length_m: float | None = None,
    beam_m: float | None = None,
    ship_type_eri: int | None = None,
    blue_cones: int | None = None,
    b_flag: bool = False,
    draught_m: float | None = None,
    loaded: bool | None = None,
    speed_quality_high: bool = False,
    course_quality_high: bool = False,
    heading_quality_high: bool = False,
    repeat: int = 0,
) -> Payload:
    """An inland ship's static and voyage data (8, DAC 200, FI 10). The flag B is sent instead of blue cones."""
    if b_flag and blue_cones is not None:
        raise ValueError("a ship shows blue cones or the flag B, not both")
    columns = {
        "msg_type": 8,
        "repeat": repeat,
        "mmsi": mmsi,
        "dac": 200,
        "fi": 10,
        "vessel_number": vessel_number,
        "length_m": length_m,
        "beam_m": beam_m,
        "ship_type_eri": ship_type_eri,
        "blue_cones": 4 if b_flag else blue_cones,
        "draught_m": draught_m,
        "loaded": None if loaded is None else 1 if loaded else 2,
        "speed_quality_high": speed_quality_high,
        "course_quality_high": course_quality_high,
        "heading_quality_high": heading_quality_high,
    }
    return _packed(INLAND_STATIC, columns)


def area_notice(
    mmsi: int,
    notice: int | None,
    areas: Sequence[Area],
    *,
    linkage: int | None = None,
    start_month: int | None = None,
    start_day: int | None = None,
    start_hour: int | None = None,
    start_minute: int | None = None,
    duration_min: int | None = None,
    to_mmsi: int | None = None,
    sequence: int = 0,
    retransmit: bool = False,
    repeat: int = 0,
) -> Payload:
    """What is going on in an area: broadcast (8, DAC 1, FI 22; at most 10 sub-areas), or to one ship (6, FI 23; at most 9).

    Metres are sent with the smallest scale that they fit, rounded to it. A line or polygon has at most four legs, a text 14 characters.
    """
    if not 1 <= len(areas) <= (10 if to_mmsi is None else 9):
        raise ValueError(f"{len(areas)} sub-areas: 1 to 10 can be broadcast, 1 to 9 addressed")
    columns: dict[str, Any] = {"repeat": repeat, "mmsi": mmsi, "dac": 1, "linkage": linkage, "notice": notice}
    columns.update(start_month=start_month, start_day=start_day, start_hour=start_hour, start_minute=start_minute)
    columns["duration_min"] = duration_min
    if to_mmsi is None:
        columns.update(msg_type=8, fi=22)
    else:
        columns.update(msg_type=6, fi=23, to_mmsi=to_mmsi, sequence=sequence, retransmit=retransmit)
    made = [*(_BROADCAST if to_mmsi is None else _ADDRESSED), *_NOTICE]
    for place, area in enumerate(areas, 1):
        layout, values = _sub_area(area)
        made += [replace(field, name=f"{field.name}/{place}") if field.name else field for field in layout]
        columns.update({f"{name}/{place}": value for name, value in values.items()})
    made.append(spare(-sum(field.bits for field in made) % 8))
    return _packed(Layout("SN.1/Circ.289, annex, 11", tuple(made)), columns)


def _sub_area(area: Area) -> tuple[tuple[Field, ...], dict[str, Any]]:
    """The fields of a sub-area and their values."""
    if isinstance(area, Text):
        return _TEXT, {"shape": 5, "text": area.text}
    if isinstance(area, Reserved):
        raise ValueError(f"shape {area.code} is reserved")
    if isinstance(area, Polyline | Polygon):
        if not 1 <= len(area.legs) <= 4:
            raise ValueError(f"{len(area.legs)} legs: a line has 1 to 4; let another one follow")
        legs = [*area.legs, *[Leg(None, None)] * (4 - len(area.legs))]
        scale, distances = _scale(1023, [leg.distance_m for leg in legs])
        values: dict[str, Any] = {"shape": 3 if isinstance(area, Polyline) else 4, "scale": scale}
        for place, (leg, distance) in enumerate(zip(legs, distances, strict=True), 1):
            values[f"bearing_{place}"], values[f"distance_{place}"] = leg.bearing_deg, distance
        return _LINE, values
    values = {"lat_deg": area.lat_deg, "lon_deg": area.lon_deg, "precision": area.precision}
    if isinstance(area, Rectangle):
        scale, (east, north) = _scale(255, [area.east_m, area.north_m])
        values.update(shape=1, scale=scale, east=east, north=north, orientation_deg=area.orientation_deg)
        return _RECTANGLE, values
    scale, (radius,) = _scale(4095, [area.radius_m])
    values.update(shape=0, scale=scale, radius=radius)
    if isinstance(area, Circle):
        return _CIRCLE, values
    assert isinstance(area, Sector)
    return _SECTOR, {**values, "shape": 2, "left_deg": area.left_deg, "right_deg": area.right_deg}


def _scale(most: int, metres: Sequence[int | None]) -> tuple[int, list[int | None]]:
    """The smallest power of ten with which all metres fit, and the metres divided by it."""
    for power, factor in enumerate(_SCALES):
        if all(metre is None or 0 <= round(metre / factor) <= most for metre in metres):
            return power, [None if metre is None else round(metre / factor) for metre in metres]
    raise ValueError(f"{metres}: a distance is from 0 to {most * _SCALES[-1]} m")


def _code(name: str, word: str | None, codes: dict[Any, int]) -> int:
    if word not in codes:
        raise ValueError(f"{name} {word!r} is not one of {', '.join(known for known in codes if known)}")
    return codes[word]


def _packed(layout: Layout, columns: dict[str, Any]) -> Payload:
    packed, fill = pack(layout, columns)
    return Payload(packed.tobytes(), fill)
