"""Where each field lies in the bits of application-specific messages, and which of its values say something.

IMO SN.1/Circ.289, annex, 1 and 11; SN/Circ.236, annex, 1; ECE/TRANS/SC.3/176, inland specific message FI 10; for the heads
ITU-R M.1371-5, annex 8, 3.4, 3.6, 3.23, 3.24. As in `layouts`, a place is (first bit, bits), two's complement is marked with a negative
number of bits, and this is what the decoder reads: the encoder (`application_encoder`) has its own tables.

Sources differ in five places; these tables follow the standards. Pressure in FI 31 begins at 799 hPa (so gpsd and pyais; libais says
800, which cannot be with 402 for "1201 or more"). A trend of 1 falls and one of 2 rises (so pyais and gpsd's own documentation; its
program has them the other way round). An inland ship is loaded with 1 and unloaded with 2 (so Regulation (EC) 415/2007, annex D, and
pyais; gpsd again turns it round); her draught is in centimetres (so gpsd and pyais; libais says decimetres). An addressed message 25
or 26 has two spare bits after the addressee, since M.1371-4 (pyais, gpsd and libais read on without them).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from tankerwatch.core.ais.layouts import Place


class Measure(NamedTuple):
    """A number: sent values from `low` to `high` say (sent + offset) / scale; all others are not available or reserved."""

    place: Place
    low: int
    high: int
    scale: int = 1
    offset: int = 0


class Choice(NamedTuple):
    """One of several answers, by the value sent; what is not listed is not available or reserved."""

    place: Place
    answers: dict[int, str | bool]


class Words(NamedTuple):
    """Six-bit text up to the first "@"; `open_end`: it may go on elsewhere, so its spaces count."""

    place: Place
    open_end: bool = False


Entry = Measure | Choice | Words

_TREND: Final[dict[int, str | bool]] = {0: "steady", 1: "decreasing", 2: "increasing"}
_PRECIPITATION: Final[dict[int, str | bool]] = {1: "rain", 2: "thunderstorm", 3: "freezing rain", 4: "mixed or ice", 5: "snow"}
_YES: Final[dict[int, str | bool]] = {0: False, 1: True}
_LON: Final = (-180 * 60_000, 180 * 60_000, 60_000)  # 1/1000 minute
_LAT: Final = (-90 * 60_000, 90 * 60_000, 60_000)

HEADS: Final[dict[int, dict[str, Place]]] = {
    6: {"sequence": (38, 2), "to_mmsi": (40, 30), "retransmit": (70, 1), "dac": (72, 10), "fi": (82, 6)},
    8: {"dac": (40, 10), "fi": (50, 6)},
}
ADDRESSED: Final[Place] = (38, 1)
STRUCTURED: Final[Place] = (39, 1)
"""Flags of types 25 and 26; after them the addressee where there is one, spare bits, and the application identifier where there is one."""
ADDRESSEE_BITS: Final = 30
ADDRESSEE_SPARE: Final = 2
DAC_BITS: Final = 10
FI_BITS: Final = 6
COMM_STATE_BITS: Final = 20
"""At the end of type 26."""

PADDING: Final = 12
"""Bits that a sender may add to fill the last byte (7) and then the last character (5)."""

MET_HYDRO: Final[dict[str, Entry]] = {
    "lon_deg": Measure((56, -25), *_LON),
    "lat_deg": Measure((81, -24), *_LAT),
    "accurate": Choice((105, 1), _YES),
    "day": Measure((106, 5), 1, 31),
    "hour": Measure((111, 5), 0, 23),
    "minute": Measure((116, 6), 0, 59),
    "wind_kn": Measure((122, 7), 0, 126),
    "gust_kn": Measure((129, 7), 0, 126),
    "wind_deg": Measure((136, 9), 0, 359),
    "gust_deg": Measure((145, 9), 0, 359),
    "air_temperature_c": Measure((154, -11), -600, 600, 10),
    "humidity_percent": Measure((165, 7), 0, 100),
    "dew_point_c": Measure((172, -10), -200, 500, 10),
    "pressure_hpa": Measure((182, 9), 0, 402, offset=799),
    "pressure_trend": Choice((191, 2), _TREND),
    "visibility_or_more": Choice((193, 1), _YES),
    "visibility_nm": Measure((194, 7), 0, 126, 10),
    "water_level_m": Measure((201, 12), 0, 4000, 100, -1000),
    "water_level_trend": Choice((213, 2), _TREND),
    "current_kn": Measure((215, 8), 0, 251, 10),
    "current_deg": Measure((223, 9), 0, 359),
    "current_2_kn": Measure((232, 8), 0, 251, 10),
    "current_2_deg": Measure((240, 9), 0, 359),
    "current_2_depth_m": Measure((249, 5), 0, 30),
    "current_3_kn": Measure((254, 8), 0, 251, 10),
    "current_3_deg": Measure((262, 9), 0, 359),
    "current_3_depth_m": Measure((271, 5), 0, 30),
    "wave_height_m": Measure((276, 8), 0, 251, 10),
    "wave_period_s": Measure((284, 6), 0, 60),
    "wave_deg": Measure((290, 9), 0, 359),
    "swell_height_m": Measure((299, 8), 0, 251, 10),
    "swell_period_s": Measure((307, 6), 0, 60),
    "swell_deg": Measure((313, 9), 0, 359),
    "sea_state": Measure((322, 4), 0, 12),
    "water_temperature_c": Measure((326, -10), -100, 500, 10),
    "precipitation": Choice((336, 3), _PRECIPITATION),
    "salinity_permille": Measure((339, 9), 0, 501, 10),
    "ice": Choice((348, 2), _YES),
}
"""FI 31; ten spare bits follow."""
MET_HYDRO_BITS: Final = 360

MET_HYDRO_OLD: Final[dict[str, Entry]] = {
    "lat_deg": Measure((56, -24), *_LAT),
    "lon_deg": Measure((80, -25), *_LON),
    "day": Measure((105, 5), 1, 31),
    "hour": Measure((110, 5), 0, 23),
    "minute": Measure((115, 6), 0, 59),
    "wind_kn": Measure((121, 7), 0, 120),
    "gust_kn": Measure((128, 7), 0, 120),
    "wind_deg": Measure((135, 9), 0, 359),
    "gust_deg": Measure((144, 9), 0, 359),
    "air_temperature_c": Measure((153, 11), 0, 1200, 10, -600),
    "humidity_percent": Measure((164, 7), 0, 100),
    "dew_point_c": Measure((171, 10), 0, 700, 10, -200),
    "pressure_hpa": Measure((181, 9), 0, 400, offset=800),
    "pressure_trend": Choice((190, 2), _TREND),
    "visibility_nm": Measure((192, 8), 0, 250, 10),
    "water_level_m": Measure((200, 9), 0, 400, 10, -100),
    "water_level_trend": Choice((209, 2), _TREND),
    "current_kn": Measure((211, 8), 0, 250, 10),
    "current_deg": Measure((219, 9), 0, 359),
    "current_2_kn": Measure((228, 8), 0, 250, 10),
    "current_2_deg": Measure((236, 9), 0, 359),
    "current_2_depth_m": Measure((245, 5), 0, 30),
    "current_3_kn": Measure((250, 8), 0, 250, 10),
    "current_3_deg": Measure((258, 9), 0, 359),
    "current_3_depth_m": Measure((267, 5), 0, 30),
    "wave_height_m": Measure((272, 8), 0, 250, 10),
    "wave_period_s": Measure((280, 6), 0, 60),
    "wave_deg": Measure((286, 9), 0, 359),
    "swell_height_m": Measure((295, 8), 0, 250, 10),
    "swell_period_s": Measure((303, 6), 0, 60),
    "swell_deg": Measure((309, 9), 0, 359),
    "sea_state": Measure((318, 4), 0, 12),
    "water_temperature_c": Measure((322, 10), 0, 600, 10, -100),
    "precipitation": Choice((332, 3), _PRECIPITATION),
    "salinity_permille": Measure((335, 9), 0, 500, 10),
    "ice": Choice((344, 2), _YES),
}
"""FI 11: latitude first, everything above an offset, and the highest value of a field for "not available"; six spare bits follow."""
MET_HYDRO_OLD_BITS: Final = 352

INLAND_STATIC: Final[dict[str, Entry]] = {
    "vessel_number": Words((56, 48)),
    "length_m": Measure((104, 13), 1, 8000, 10),
    "beam_m": Measure((117, 10), 1, 1000, 10),
    "ship_type_eri": Measure((127, 14), 1, 9999),
    "blue_cones": Measure((141, 3), 0, 3),
    "b_flag": Choice((141, 3), {0: False, 1: False, 2: False, 3: False, 4: True}),
    "draught_m": Measure((144, 11), 1, 2000, 100),
    "loaded": Choice((155, 2), {1: True, 2: False}),
    "speed_quality_high": Choice((157, 1), _YES),
    "course_quality_high": Choice((158, 1), _YES),
    "heading_quality_high": Choice((159, 1), _YES),
}
"""Eight spare bits follow."""
INLAND_STATIC_BITS: Final = 168

# An area notice: places from the first bit after the application identifier, those of a sub-area from its first bit.

NOTICE: Final[dict[str, Entry]] = {
    "linkage": Measure((0, 10), 1, 1023),
    "notice": Measure((10, 7), 0, 126),
    "start_month": Measure((17, 4), 1, 12),
    "start_day": Measure((21, 5), 1, 31),
    "start_hour": Measure((26, 5), 0, 23),
    "start_minute": Measure((31, 6), 0, 59),
    "duration_min": Measure((37, 18), 0, 262_142),
}
NOTICE_HEAD_BITS: Final = 55
AREA_BITS: Final = 87
SHAPE: Final[Place] = (0, 3)
SCALE: Final[Place] = (3, 2)
"""Power of ten that all metres of the sub-area are multiplied with; a text has none."""

_AT: Final[dict[str, Entry]] = {
    "lon_deg": Measure((5, -25), *_LON),
    "lat_deg": Measure((30, -24), *_LAT),
    "precision": Measure((54, 3), 0, 4),
}
CIRCLE: Final[dict[str, Entry]] = {**_AT, "radius_m": Measure((57, 12), 0, 4095)}
RECTANGLE: Final[dict[str, Entry]] = {
    **_AT,
    "east_m": Measure((57, 8), 0, 255),
    "north_m": Measure((65, 8), 0, 255),
    "orientation_deg": Measure((73, 9), 0, 359),
}
SECTOR: Final[dict[str, Entry]] = {
    **_AT,
    "radius_m": Measure((57, 12), 0, 4095),
    "left_deg": Measure((69, 9), 0, 359),
    "right_deg": Measure((78, 9), 0, 359),
}
LEG: Final[dict[str, Entry]] = {"bearing_deg": Measure((5, 10), 0, 719, 2), "distance_m": Measure((15, 10), 0, 1023)}
"""The first of four; a distance of 0 says that there is no point."""
LEGS: Final = 4
LEG_BITS: Final = 20
TEXT: Final[dict[str, Entry]] = {"text": Words((3, 84), open_end=True)}
