"""Application-specific messages: there and back, cut off everywhere, hostile; and published messages with what others made of them."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.ais import application_encoder as encoder
from tankerwatch.core.ais import encoder as messages
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
from tankerwatch.core.notices import NOTICES
from tankerwatch.decode.applications import application
from tankerwatch.decode.bits import PAYLOAD_LONGEST

ALPHABET = "0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw"


def armoured(bits: str) -> tuple[str, int]:
    """Characters and fill bits of a text of 0 and 1."""
    fill = -len(bits) % 6
    bits += "0" * fill
    return "".join(ALPHABET[int(bits[at : at + 6], 2)] for at in range(0, len(bits), 6)), fill


def unarmoured(payload: messages.Payload) -> str:
    bits = "".join(f"{ALPHABET.index(chr(character)):06b}" for character in payload.characters)
    return bits[: len(bits) - payload.fill_bits]


def read_bits(bits: str):
    return application(*armoured(bits))


def with_bits(bits: str, first: int, width: int, value: int) -> str:
    return bits[:first] + f"{value & (1 << width) - 1:0{width}b}" + bits[first + width :]


def fractions(low: int, high: int, scale: int = 1):
    """Every value of a field, in its own unit; or None."""
    whole = st.integers(low, high)
    return st.none() | (whole if scale == 1 else whole.map(lambda value: value / scale))


POSITION = {"lat_deg": fractions(-90 * 60_000, 90 * 60_000, 60_000), "lon_deg": fractions(-180 * 60_000, 180 * 60_000, 60_000)}
DIRECTION, TENTHS, PERIOD = fractions(0, 359), fractions(0, 251, 10), fractions(0, 60)
TREND = st.sampled_from([None, "steady", "decreasing", "increasing"])
MET_HYDRO = {
    **POSITION,
    "accurate": st.booleans(),
    "day": fractions(1, 31),
    "hour": fractions(0, 23),
    "minute": fractions(0, 59),
    "wind_kn": fractions(0, 126),
    "gust_kn": fractions(0, 126),
    "wind_deg": DIRECTION,
    "gust_deg": DIRECTION,
    "air_temperature_c": fractions(-600, 600, 10),
    "humidity_percent": fractions(0, 100),
    "dew_point_c": fractions(-200, 500, 10),
    "pressure_hpa": fractions(799, 1201),
    "pressure_trend": TREND,
    "visibility_nm": fractions(0, 126, 10),
    "visibility_or_more": st.booleans(),
    "water_level_m": fractions(-1000, 3000, 100),
    "water_level_trend": TREND,
    "current_kn": TENTHS,
    "current_deg": DIRECTION,
    "current_2_kn": TENTHS,
    "current_2_deg": DIRECTION,
    "current_2_depth_m": fractions(0, 30),
    "current_3_kn": TENTHS,
    "current_3_deg": DIRECTION,
    "current_3_depth_m": fractions(0, 30),
    "wave_height_m": TENTHS,
    "wave_period_s": PERIOD,
    "wave_deg": DIRECTION,
    "swell_height_m": TENTHS,
    "swell_period_s": PERIOD,
    "swell_deg": DIRECTION,
    "sea_state": fractions(0, 12),
    "water_temperature_c": fractions(-100, 500, 10),
    "precipitation": st.sampled_from([None, "rain", "thunderstorm", "freezing rain", "mixed or ice", "snow"]),
    "salinity_permille": fractions(0, 501, 10),
    "ice": st.none() | st.booleans(),
}
INLAND = {
    "vessel_number": st.from_regex(r"\A([0-9A-Z]{1,8})?\Z"),
    "length_m": fractions(1, 8000, 10),
    "beam_m": fractions(1, 1000, 10),
    "ship_type_eri": fractions(1, 9999),
    "blue_cones": fractions(0, 3),
    "draught_m": fractions(1, 2000, 100),
    "loaded": st.none() | st.booleans(),
    "speed_quality_high": st.booleans(),
    "course_quality_high": st.booleans(),
    "heading_quality_high": st.booleans(),
}
PRECISION = st.integers(0, 4)


def scaled(most: int, *, least: int = 0):
    """Metres that one of the four scales holds without rounding."""
    return st.one_of(
        [st.integers(-(-least // factor), most).map(lambda value, factor=factor: value * factor) for factor in (1, 10, 100, 1000)]
    )


def alike(metres: Sequence[int], most: int) -> bool:
    """Whether one scale holds them all without rounding."""
    return any(all(metre % factor == 0 and metre <= most * factor for metre in metres) for factor in (1, 10, 100, 1000))


CIRCLES = st.builds(Circle, **POSITION, precision=PRECISION, radius_m=scaled(4095))
RECTANGLES = st.builds(
    Rectangle, **POSITION, precision=PRECISION, east_m=scaled(255), north_m=scaled(255), orientation_deg=st.integers(0, 359)
).filter(lambda area: alike([area.east_m, area.north_m], 255))
SECTORS = st.builds(Sector, **POSITION, precision=PRECISION, radius_m=scaled(4095), left_deg=DIRECTION, right_deg=DIRECTION)
LEGS = st.lists(st.builds(Leg, fractions(0, 719, 2), st.integers(1, 1023)), min_size=1, max_size=4)
STRETCHED = st.builds(
    lambda legs, factor: tuple(Leg(leg.bearing_deg, leg.distance_m * factor) for leg in legs), LEGS, st.sampled_from([1, 10, 100, 1000])
)
TEXTS = st.builds(Text, st.text("ABCXYZ 0123456789!?", min_size=1, max_size=14))
AREAS = st.one_of(CIRCLES, RECTANGLES, SECTORS, st.builds(Polyline, STRETCHED), st.builds(Polygon, STRETCHED), TEXTS)
NOTICE = {
    "linkage": fractions(1, 1023),
    "start_month": fractions(1, 12),
    "start_day": fractions(1, 31),
    "start_hour": fractions(0, 23),
    "start_minute": fractions(0, 59),
    "duration_min": fractions(0, 262_142),
}


def held(record, expected: dict) -> None:
    assert {name: getattr(record, name) for name in expected} == expected


class TestThereAndBack:
    @given(st.fixed_dictionaries(MET_HYDRO))
    def test_weather_and_water(self, said):
        got = application(*encoder.met_hydro(992_190_001, **said))
        assert isinstance(got, MetHydro) and (got.msg_type, got.mmsi, got.dac, got.fi) == (8, 992_190_001, 1, 31)
        if said["visibility_nm"] is None:
            said["visibility_or_more"] = None
        held(got, {**said, "complete": True, "to_mmsi": None})

    @given(st.fixed_dictionaries(INLAND))
    def test_inland_ship(self, said):
        got = application(*encoder.inland_static(211_129_800, **said))
        assert isinstance(got, InlandStatic) and (got.dac, got.fi, got.complete) == (200, 10, True)
        held(got, {**said, "vessel_number": said["vessel_number"] or None, "b_flag": None if said["blue_cones"] is None else False})

    def test_the_flag_b(self):
        got = application(*encoder.inland_static(211_129_800, b_flag=True))
        assert isinstance(got, InlandStatic) and (got.blue_cones, got.b_flag) == (None, True)

    @given(st.none() | st.integers(0, 126), st.lists(AREAS, min_size=1, max_size=9), st.fixed_dictionaries(NOTICE), st.booleans())
    def test_area_notice(self, notice, areas, said, addressed):
        to = {"to_mmsi": 244_000_001, "sequence": 3, "retransmit": True} if addressed else {}
        got = application(*encoder.area_notice(3_669_739, notice, areas, **said, **to))
        assert isinstance(got, AreaNotice) and (got.msg_type, got.fi) == ((6, 23) if addressed else (8, 22))
        held(got, {**said, **to, "notice": notice, "areas": tuple(areas), "complete": True})
        assert got.description == NOTICES.get(notice) and got.cancels == (notice == 126 or said["duration_min"] == 0)

    def test_ten_areas_can_be_broadcast(self):
        areas = tuple(Circle(1.0, 2.0, 4, radius_m) for radius_m in range(10))
        got = application(*encoder.area_notice(3_669_739, 0, areas))
        assert isinstance(got, AreaNotice) and got.areas == areas and got.complete

    def test_a_distance_is_sent_with_the_smallest_scale_that_holds_it(self):
        got = application(*encoder.area_notice(3_669_739, 75, [Circle(1.0, 2.0, 4, 41_234)]))
        assert isinstance(got, AreaNotice) and got.areas == (Circle(1.0, 2.0, 4, 41_200),)

    def test_texts_are_glued_together(self):
        got = application(*encoder.area_notice(3_669_739, 20, [Text("WRECK ADRIFT, "), Text("KEEP CLEAR")]))
        assert isinstance(got, AreaNotice) and got.text == "WRECK ADRIFT, KEEP CLEAR"

    @pytest.mark.parametrize(
        ("make", "error"),
        [
            (lambda: encoder.met_hydro(2, wind=3), TypeError),
            (lambda: encoder.met_hydro(2, wind_kn=127), ValueError),
            (lambda: encoder.met_hydro(2, pressure_hpa=798), ValueError),
            (lambda: encoder.met_hydro(2, pressure_trend="falling"), ValueError),
            (lambda: encoder.inland_static(2, blue_cones=1, b_flag=True), ValueError),
            (lambda: encoder.area_notice(2, 0, []), ValueError),
            (lambda: encoder.area_notice(2, 0, [Text("A")] * 10, to_mmsi=3), ValueError),
            (lambda: encoder.area_notice(2, 0, [Reserved(6)]), ValueError),
            (lambda: encoder.area_notice(2, 0, [Polyline(())]), ValueError),
            (lambda: encoder.area_notice(2, 0, [Circle(1.0, 2.0, 4, 5_000_000)]), ValueError),
        ],
    )
    def test_what_cannot_be_sent(self, make, error):
        with pytest.raises(error):
            make()


# Written down from the standards, apart from the tables of the program: field, first bit, bits, values that say nothing.
NOTHING_MET = [
    ("lon_deg", 56, 25, [181 * 60_000, 180 * 60_000 + 1, -180 * 60_000 - 1]),
    ("lat_deg", 81, 24, [91 * 60_000, 90 * 60_000 + 1, -90 * 60_000 - 1]),
    ("day", 106, 5, [0]),
    ("hour", 111, 5, [24, 31]),
    ("minute", 116, 6, [60, 63]),
    ("wind_kn", 122, 7, [127]),
    ("gust_kn", 129, 7, [127]),
    ("wind_deg", 136, 9, [360, 511]),
    ("gust_deg", 145, 9, [360, 511]),
    ("air_temperature_c", 154, 11, [-1024, 601, -601]),
    ("humidity_percent", 165, 7, [101, 127]),
    ("dew_point_c", 172, 10, [501, -201]),
    ("pressure_hpa", 182, 9, [511, 403]),
    ("pressure_trend", 191, 2, [3]),
    ("visibility_nm", 194, 7, [127]),
    ("visibility_or_more", 194, 7, [127]),
    ("water_level_m", 201, 12, [4001, 4095]),
    ("water_level_trend", 213, 2, [3]),
    ("current_kn", 215, 8, [255, 252]),
    ("current_deg", 223, 9, [360, 511]),
    ("current_2_kn", 232, 8, [255, 252]),
    ("current_2_deg", 240, 9, [360, 511]),
    ("current_2_depth_m", 249, 5, [31]),
    ("current_3_kn", 254, 8, [255, 252]),
    ("current_3_deg", 262, 9, [360, 511]),
    ("current_3_depth_m", 271, 5, [31]),
    ("wave_height_m", 276, 8, [255, 252]),
    ("wave_period_s", 284, 6, [63, 61]),
    ("wave_deg", 290, 9, [360, 511]),
    ("swell_height_m", 299, 8, [255, 252]),
    ("swell_period_s", 307, 6, [63, 61]),
    ("swell_deg", 313, 9, [360, 511]),
    ("sea_state", 322, 4, [13, 14, 15]),
    ("water_temperature_c", 326, 10, [501, -101]),
    ("precipitation", 336, 3, [0, 6, 7]),
    ("salinity_permille", 339, 9, [502, 510, 511]),
    ("ice", 348, 2, [2, 3]),
]
NOTHING_INLAND = [
    ("vessel_number", 56, 48, [0]),
    ("length_m", 104, 13, [0, 8001]),
    ("beam_m", 117, 10, [0, 1001]),
    ("ship_type_eri", 127, 14, [0, 10_000]),
    ("blue_cones", 141, 3, [4, 5, 6, 7]),
    ("b_flag", 141, 3, [5, 6, 7]),
    ("draught_m", 144, 11, [0, 2001]),
    ("loaded", 155, 2, [0, 3]),
]
NOTHING_NOTICE = [
    ("linkage", 56, 10, [0]),
    ("notice", 66, 7, [127]),
    ("start_month", 73, 4, [0, 13]),
    ("start_day", 77, 5, [0]),
    ("start_hour", 82, 5, [24, 31]),
    ("start_minute", 87, 6, [60, 63]),
    ("duration_min", 93, 18, [262_143]),
]
NOTHING_SHAPE = [
    (Circle, "lon_deg", 5, 25, [181 * 60_000]),
    (Circle, "lat_deg", 30, 24, [91 * 60_000]),
    (Circle, "precision", 54, 3, [5, 7]),
    (Rectangle, "orientation_deg", 73, 9, [360, 511]),
    (Sector, "left_deg", 69, 9, [360, 511]),
    (Sector, "right_deg", 78, 9, [360, 511]),
    (Text, "text", 3, 84, [0]),
]

FULL_MET = encoder.met_hydro(
    992_190_001,
    lat_deg=-25.5,
    lon_deg=57.25,
    accurate=True,
    day=13,
    hour=6,
    minute=12,
    wind_kn=126,
    gust_kn=33,
    wind_deg=359,
    gust_deg=1,
    air_temperature_c=-12.7,
    humidity_percent=80,
    dew_point_c=-0.1,
    pressure_hpa=799,
    pressure_trend="decreasing",
    visibility_nm=12.6,
    visibility_or_more=True,
    water_level_m=-10,
    water_level_trend="increasing",
    current_kn=25.1,
    current_deg=180,
    current_2_kn=1.5,
    current_2_deg=90,
    current_2_depth_m=30,
    current_3_kn=0.0,
    current_3_deg=0,
    current_3_depth_m=1,
    wave_height_m=4.2,
    wave_period_s=60,
    wave_deg=25,
    swell_height_m=2.3,
    swell_period_s=48,
    swell_deg=124,
    sea_state=12,
    water_temperature_c=30.2,
    precipitation="snow",
    salinity_permille=50.1,
    ice=True,
)
FULL_INLAND = encoder.inland_static(
    211_129_800,
    vessel_number="02337557",
    length_m=110,
    beam_m=11.5,
    ship_type_eri=8020,
    blue_cones=2,
    draught_m=2.04,
    loaded=False,
    speed_quality_high=True,
    course_quality_high=True,
    heading_quality_high=True,
)
EVERY_SHAPE: tuple[Area, ...] = (
    Circle(-25.5, 57.25, 3, 5000),
    Rectangle(-25.5, 57.25, 3, 250, 2550, 45),
    Sector(-25.5, 57.25, 3, 4095, 350, 10),
    Polyline((Leg(0.5, 10), Leg(359.5, 20), Leg(90.0, 30), Leg(180.0, 10230))),
    Polygon((Leg(0.5, 10), Leg(90.0, 30))),
    Text("KEEP CLEAR 2 NM"[:14]),
)
HEAD = {"linkage": 7, "start_month": 6, "start_day": 13, "start_hour": 6, "start_minute": 12, "duration_min": 1440}
FULL_NOTICE = encoder.area_notice(3_669_739, 69, EVERY_SHAPE, **HEAD)
FULL_ADDRESSED = encoder.area_notice(3_669_739, 69, EVERY_SHAPE, **HEAD, to_mmsi=244_000_001, sequence=2, retransmit=True)


class TestNotAvailable:
    @pytest.mark.parametrize(("payload", "fields"), [(FULL_MET, NOTHING_MET), (FULL_INLAND, NOTHING_INLAND), (FULL_NOTICE, NOTHING_NOTICE)])
    def test_not_available_and_reserved_are_none(self, payload, fields):
        bits = unarmoured(payload)
        for name, first, width, values in fields:
            assert getattr(read_bits(bits), name) is not None
            for value in values:
                got = read_bits(with_bits(bits, first, width, value))
                assert getattr(got, name) is None, (name, value)

    @pytest.mark.parametrize(("shape", "name", "first", "width", "values"), NOTHING_SHAPE)
    def test_in_a_sub_area_too(self, shape, name, first, width, values):
        place = next(place for place, area in enumerate(EVERY_SHAPE) if isinstance(area, shape))
        for value in values:
            got = read_bits(with_bits(unarmoured(FULL_NOTICE), 111 + 87 * place + first, width, value))
            assert isinstance(got, AreaNotice) and getattr(got.areas[place], name) is None and got.complete

    def test_nothing_at_all(self):
        got = application(*encoder.met_hydro(992_190_001))
        assert {name: value for name, value in got.to_json().items() if value is not None and value is not False} == {
            "kind": "met-hydro",
            "msg_type": 8,
            "mmsi": 992_190_001,
            "dac": 1,
            "fi": 31,
            "complete": True,
        }
        assert got.accurate is False and got.ice is None

    @pytest.mark.parametrize("shape", [6, 7])
    def test_a_reserved_shape(self, shape):
        got = read_bits(with_bits(unarmoured(FULL_NOTICE), 111, 3, shape))
        assert isinstance(got, AreaNotice) and got.areas[0] == Reserved(shape) and got.areas[1:] == EVERY_SHAPE[1:]

    def test_a_point_without_distance_ends_a_line(self):
        at = 111 + 87 * 3 + 5 + 20 + 10
        got = read_bits(with_bits(unarmoured(FULL_NOTICE), at, 10, 0))
        assert isinstance(got, AreaNotice) and got.areas[3] == Polyline((Leg(0.5, 10),))


class TestCutOff:
    @pytest.mark.parametrize(
        ("payload", "fields", "end"),
        [
            (FULL_MET, [*NOTHING_MET, ("accurate", 105, 1, [])], 350),
            (FULL_INLAND, [*NOTHING_INLAND, ("heading_quality_high", 159, 1, [])], 160),
        ],
    )
    def test_what_is_whole_is_there_and_the_rest_is_none(self, payload, fields, end):
        bits = unarmoured(payload)
        whole = read_bits(bits)
        for length in range(len(bits)):
            got = read_bits(bits[:length]) if length else None
            assert (got is not None) == (length >= 56)
            if got is not None:
                assert type(got) is type(whole) and got.complete == (length >= end)
                for name, first, width, _ in fields:
                    assert getattr(got, name) == (getattr(whole, name) if first + width <= length else None), (name, length)

    @pytest.mark.parametrize(("payload", "data"), [(FULL_NOTICE, 56), (FULL_ADDRESSED, 88)])
    def test_area_notice(self, payload, data):
        bits = unarmoured(payload)
        for length in range(1, len(bits)):
            got = read_bits(bits[:length])
            assert (got is not None) == (length >= data)
            if got is None:
                continue
            assert isinstance(got, AreaNotice)
            for name, first, width, _ in NOTHING_NOTICE:
                assert (getattr(got, name) is not None) == (first - 56 + data + width <= length), (name, length)
            whole = max(0, (length - data - 55) // 87)
            assert got.areas[:whole] == EVERY_SHAPE[:whole] and len(got.areas) in (whole, whole + 1)
            left = length - data - 55 - 87 * whole
            if len(got.areas) > whole and left >= 3:
                assert type(got.areas[whole]) is type(EVERY_SHAPE[whole]) and not got.complete
            if left > 12 and whole < len(EVERY_SHAPE):
                assert not got.complete

    def test_a_cut_shape_keeps_its_whole_fields(self):
        bits = unarmoured(FULL_NOTICE)
        for length, expected in (
            (111 + 57, Circle(-25.5, 57.25, 3, None)),
            (111 + 54, Circle(-25.5, 57.25, None, None)),
            (111 + 53, Circle(None, 57.25, None, None)),
            (111 + 87 + 65, Rectangle(-25.5, 57.25, 3, 250, None, None)),
            (111 + 87 * 3 + 40, Polyline((Leg(0.5, 10), Leg(359.5, None)))),
            (111 + 87 * 5 + 80, Text(None)),
        ):
            got = read_bits(bits[:length])
            assert isinstance(got, AreaNotice) and got.areas[-1] == expected and not got.complete

    def test_a_notice_without_areas_is_not_complete(self):
        got = read_bits(unarmoured(FULL_NOTICE)[:111])
        assert isinstance(got, AreaNotice) and got.areas == () and not got.complete and got.notice == 69


class TestOthers:
    def test_another_application_keeps_its_data(self):
        data = "1011" * 5
        got = read_bits(f"{8:06b}{0:02b}{2_190_067:030b}00{366:010b}{56:06b}{data}")
        assert got == Application(msg_type=8, mmsi=2_190_067, dac=366, fi=56, payload=bytes([0xBB, 0xBB, 0xB0]), bits=20)
        assert got.to_json()["payload"] == "bbbbb0" and got.to_json()["kind"] == "application"

    def test_addressed(self):
        got = read_bits(f"{6:06b}{0:02b}{2_053_507:030b}{2:02b}{244_670_500:030b}1" + f"0{200:010b}{3:06b}{0x3200:016b}")
        assert got == Application(
            msg_type=6, mmsi=2_053_507, dac=200, fi=3, to_mmsi=244_670_500, sequence=2, retransmit=True, payload=b"\x32\x00", bits=16
        )

    @pytest.mark.parametrize("kind", [25, 26])
    @pytest.mark.parametrize("addressed", [False, True])
    @pytest.mark.parametrize("structured", [False, True])
    def test_single_and_multiple_slot_messages(self, kind, addressed, structured):
        bits = f"{kind:06b}{0:02b}{440_006_460:030b}{addressed:b}{structured:b}"
        bits += f"{244_000_001:030b}00" if addressed else ""
        bits += f"{366:010b}{63:06b}" if structured else ""
        bits += f"{0xABCD:016b}" + ("1" * 20 if kind == 26 else "")
        got = read_bits(bits)
        assert isinstance(got, Application) and (got.payload, got.bits) == (b"\xab\xcd", 16)
        assert (got.to_mmsi, got.dac, got.fi) == (244_000_001 if addressed else None, *((366, 63) if structured else (None, None)))

    def test_a_message_longer_than_its_layout_is_another_one(self):
        """Some inland ships send 424 bits of something enciphered under DAC 200, FI 10 (seen in gpsd's sample)."""
        assert isinstance(read_bits(unarmoured(FULL_INLAND) + "0" * 12), InlandStatic)
        got = read_bits(unarmoured(FULL_INLAND) + "0" * 256)
        assert isinstance(got, Application) and (got.dac, got.fi, got.bits) == (200, 10, 368)

    @pytest.mark.parametrize("payload", ["", "X", "\0", "é", "\ud800", "0", "8", "15NBj>PP1gG>1PVKTDTUJOv00<0M", b"\xff\xfe", "8" * 5000])
    def test_what_is_none(self, payload):
        assert application(payload, 0) is None

    def test_hostile_length(self):
        bits = unarmoured(FULL_NOTICE)
        got = application(*armoured((bits[:111] + bits[111:198] * 200)[: 6 * PAYLOAD_LONGEST]))
        assert isinstance(got, AreaNotice) and len(got.areas) == 165 and not got.complete
        assert application("8" * (PAYLOAD_LONGEST + 1), 0) is None
        assert application(FULL_NOTICE.characters, 6) is None and application(FULL_NOTICE.characters, -1) is None


HEADS = st.sampled_from(
    [unarmoured(payload)[:length] for payload, length in ((FULL_MET, 56), (FULL_INLAND, 56), (FULL_NOTICE, 56), (FULL_ADDRESSED, 88))]
    + [f"{kind:06b}" for kind in (6, 8, 25, 26)]
)


@given(st.one_of(st.binary(max_size=90), st.text(ALPHABET, max_size=90), st.text(max_size=20)), st.integers(-9, 9))
def test_never_raises_whatever_comes(payload, fill_bits):
    got = application(payload, fill_bits)
    json.dumps(got and got.to_json(), allow_nan=False)


@given(HEADS, st.integers(0, 1200).flatmap(lambda size: st.binary(min_size=size // 8 + 1, max_size=size // 8 + 1)))
def test_any_bits_after_a_known_head(head, noise):
    got = read_bits(head + "".join(f"{byte:08b}" for byte in noise))
    if got is not None:
        json.dumps(got.to_json(), allow_nan=False)


class TestPublishedMessages:
    """Sentences of libais' and gpsd's own tests, with what those say of them."""

    def test_right_whales_off_boston(self):
        got = application("803Ovrh0EPM0WB0h2l0MwJUi=6B4G9000aip8<2Bt2Hq2Qhp", 0)
        assert isinstance(got, AreaNotice) and got.complete and got.description == "caution: marine mammals, reduce speed"
        held(got, {"mmsi": 3669739, "linkage": 29, "notice": 1, "duration_min": 1440, "text": "NOAA RW SGHTNG"})
        assert (got.start_month, got.start_day, got.start_hour, got.start_minute) == (3, 20, 16, 6)
        circle = got.areas[0]
        assert isinstance(circle, Circle) and (circle.radius_m, circle.precision) == (14_810, 4)
        assert (circle.lon_deg, circle.lat_deg) == (pytest.approx(-70.224297, abs=1e-5), pytest.approx(42.105865, abs=1e-5))

    def test_a_polygon(self):
        """libais leaves its angles in half degrees: 179, 0, 540."""
        got = application("803Ovrh0EPJ0Vvch00@=w52I9BK<00000VFHkP0>D>3;J005>?11PBGP4=1PPP", 0)
        assert isinstance(got, AreaNotice) and got.complete
        assert got.areas[0] == Circle(pytest.approx(40.02495), pytest.approx(-70.4082166667), 4, 0)
        assert got.areas[1] == Polygon((Leg(89.5, 103_000), Leg(0.0, 114_000), Leg(270.0, 101_000)))
        assert got.text == "NOAA RW DMA"

    def test_a_notice_that_was_cut_off(self):
        got = application("803Ovrh0EPG0WB5p2l0L40", 4)
        assert isinstance(got, AreaNotice) and not got.complete and (got.linkage, got.notice, got.duration_min) == (23, 1, 1440)

    def test_a_station_that_measures_nothing(self):
        got = application("8>h8nkP0Glr=<hFI0D6??wvlFR06EuOwgwl?wnSwe7wvlOw?sAwwnSGmwvh0", 0)
        assert isinstance(got, MetHydro) and got.complete and (got.mmsi, got.lat_deg, got.lon_deg) == (990000846, 12.2283, 171.5985)
        assert all(
            value is None for name, value in got.to_json().items() if name.endswith(("_kn", "_c", "_m", "_s", "_hpa", "state", "ice"))
        )

    def test_an_inland_ship(self):
        got = application("85NLn@0j2d<8000000BhI?`50000", 0)
        assert isinstance(got, InlandStatic) and got.complete
        held(got, {"mmsi": 367474240, "length_m": 15.0, "beam_m": 5.0, "ship_type_eri": 8000, "blue_cones": None, "draught_m": None})
