"""Application-specific messages of the recordings, field by field against pyais, gpsd and libais.

What the peers give for "not available" is a number; the range that the standard gives a field says which. Where a peer is wrong, it
is named: gpsd calls a falling trend rising, and has loaded and unloaded the other way round; libais gives the start minute of an area
notice as its duration, and turns the flag of a retransmission round.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from pyais.bit_vector import bit_vector
from pyais.messages import MSG_CLASS

import tankerwatch as tw
from tankerwatch.core.ais import application_encoder as encoder
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
    Sector,
    Text,
)
from tankerwatch.decode.applications import application

RECORDINGS = [
    "aisdb_201201.nmea",
    "aisdb_20211101.nmea",
    "aislib_ais250.nmea",
    "aislib_decode_encode.nmea",
    "aislib_small_cb.nmea",
    "gfw_mixed_types.nmea",
    "goais_aistest.nmea",
    "gpsd_ais_nmea.nmea",
    "gpsd_sample_aivdm.nmea",
    "gpsd_type6_fid55.nmea",
    "libais_test_aivdm.nmea",
    "libais_typeexamples.nmea",
    "opencpn_stupan.nmea",
    "signalk_nais300.nmea",
    "signalk_nais400.nmea",
]

# Our name → peers' name, lowest and highest value in its unit; FI 31, and the highest of FI 11 where it is another.
MET: dict[str, tuple[str, float, float]] = {
    "lat_deg": ("lat", -90, 90),
    "lon_deg": ("lon", -180, 180),
    "day": ("day", 1, 31),
    "hour": ("hour", 0, 23),
    "minute": ("minute", 0, 59),
    "wind_kn": ("wspeed", 0, 126),
    "gust_kn": ("wgust", 0, 126),
    "wind_deg": ("wdir", 0, 359),
    "gust_deg": ("wgustdir", 0, 359),
    "air_temperature_c": ("airtemp", -60, 60),
    "humidity_percent": ("humidity", 0, 100),
    "dew_point_c": ("dewpoint", -20, 50),
    "pressure_hpa": ("pressure", 799, 1201),
    "visibility_nm": ("visibility", 0, 12.6),
    "water_level_m": ("waterlevel", -10, 30),
    "current_kn": ("cspeed", 0, 25.1),
    "current_deg": ("cdir", 0, 359),
    "current_2_kn": ("cspeed2", 0, 25.1),
    "current_2_deg": ("cdir2", 0, 359),
    "current_2_depth_m": ("cdepth2", 0, 30),
    "current_3_kn": ("cspeed3", 0, 25.1),
    "current_3_deg": ("cdir3", 0, 359),
    "current_3_depth_m": ("cdepth3", 0, 30),
    "wave_height_m": ("waveheight", 0, 25.1),
    "wave_period_s": ("waveperiod", 0, 60),
    "wave_deg": ("wavedir", 0, 359),
    "swell_height_m": ("swellheight", 0, 25.1),
    "swell_period_s": ("swellperiod", 0, 60),
    "swell_deg": ("swelldir", 0, 359),
    "sea_state": ("seastate", 0, 12),
    "water_temperature_c": ("watertemp", -10, 50),
    "salinity_permille": ("salinity", 0, 50.1),
}
OLD_HIGHEST = {"wspeed": 120, "wgust": 120, "pressure": 1200, "visibility": 25, "salinity": 50} | dict.fromkeys(
    ("cspeed", "cspeed2", "cspeed3", "waveheight", "swellheight"), 25
)
TRENDS = {0: "steady", 1: "decreasing", 2: "increasing"}
PRECIPITATIONS = {1: "rain", 2: "thunderstorm", 3: "freezing rain", 4: "mixed or ice", 5: "snow"}
# gpsd's raw integers: divided by, and added before that, in FI 31 and in FI 11.
RAW = {
    "lat": (60_000, 0, 0),
    "lon": (60_000, 0, 0),
    "airtemp": (10, 0, -600),
    "dewpoint": (10, 0, -200),
    "pressure": (1, 799, 800),
    "watertemp": (10, 0, -100),
} | dict.fromkeys(("visibility", "cspeed", "cspeed2", "cspeed3", "waveheight", "swellheight", "salinity"), (10, 0, 0))


def applications(source: Path | bytes) -> Iterator[tuple[Any, str, int]]:
    """Records of a recording, with their payload and fill bits."""
    for part in tw.decode(source):
        for row in range(len(part.others)):
            record = part.application(row)
            if record is not None:
                yield record, part.others.payload[row], int(part.others.fill_bits[row])


def met_expected(said: dict[str, Any], fi: int) -> dict[str, Any]:
    """What a peer's values in units mean for us."""
    expected: dict[str, Any] = {}
    for ours, (theirs, low, high) in MET.items():
        value = said[theirs]
        highest = OLD_HIGHEST.get(theirs, high) if fi == 11 else high
        within = low - 1e-6 <= value <= highest + 1e-6 and (ours, fi, value) != ("pressure_hpa", 11, 799)
        expected[ours] = pytest.approx(value, abs=1e-5) if within else None
    expected["pressure_trend"] = TRENDS.get(said["pressuretend"])
    expected["water_level_trend"] = TRENDS.get(said["leveltrend"])
    expected["precipitation"] = PRECIPITATIONS.get(said["preciptype"])
    expected["ice"] = {0: False, 1: True}.get(said["ice"])
    if fi == 31:
        expected["accurate"] = bool(said["accuracy"])
        expected["visibility_or_more"] = None if expected["visibility_nm"] is None else bool(said["visgreater"])
    elif said["day"] == 31 and expected["hour"] is None and expected["minute"] is None:
        expected["day"] = None
    return expected


def inland_expected(said: dict[str, Any]) -> dict[str, Any]:
    hazard = said["hazard"]
    return {
        "vessel_number": said["vin"].rstrip() or None,
        "length_m": pytest.approx(said["length"]) if 0 < said["length"] <= 800 else None,
        "beam_m": pytest.approx(said["beam"]) if 0 < said["beam"] <= 100 else None,
        "ship_type_eri": said["shiptype"] if 1 <= said["shiptype"] <= 9999 else None,
        "blue_cones": hazard if hazard <= 3 else None,
        "b_flag": hazard == 4 if hazard <= 4 else None,
        "draught_m": pytest.approx(said["draught"]) if 0 < said["draught"] <= 20 else None,
        "loaded": {1: True, 2: False}.get(int(said["loaded"])),
        "speed_quality_high": bool(said["speed_q"]),
        "course_quality_high": bool(said["course_q"]),
        "heading_quality_high": bool(said["heading_q"]),
    }


def held(record: Any, expected: dict[str, Any]) -> None:
    assert {name: getattr(record, name) for name in expected} == expected


def area_of(theirs: dict[str, Any]) -> Area:
    """A sub-area of pyais as ours."""
    shape = theirs["shape"]
    if shape == 5:
        return Text(theirs["text"])
    if shape in (3, 4):
        legs = tuple(Leg(point["bearing"], point["distance"]) for point in theirs["points"] if point["distance"])
        return Polyline(legs) if shape == 3 else Polygon(legs)
    at = (pytest.approx(theirs["lat"], abs=1e-5), pytest.approx(theirs["lon"], abs=1e-5), theirs["precision"])
    if shape == 0:
        return Circle(*at, theirs["radius"])
    if shape == 1:
        return Rectangle(*at, theirs["east"], theirs["north"], theirs["orientation"])
    return Sector(*at, theirs["radius"], theirs["left"], theirs["right"])


def held_notice(record: AreaNotice, peer: Any) -> None:
    said = peer.asdict()
    assert [Text((area.text or "").rstrip()) if isinstance(area, Text) else area for area in record.areas] == [
        area_of(area) for area in peer.sub_areas
    ]
    assert (record.notice, record.linkage, record.duration_min) == (said["notice"], said["linkage"] or None, said["duration"])
    start = (record.start_month, record.start_day, record.start_hour, record.start_minute)
    assert start == tuple(said[name] for name in ("month", "day", "hour", "minute"))


@pytest.mark.parametrize("name", RECORDINGS)
def test_pyais_reads_the_same(name, shared_data):
    compared: Counter[str] = Counter()
    for record, payload, fill_bits in applications(shared_data(f"nmea/{name}")):
        peer = MSG_CLASS[record.msg_type].from_vector(bit_vector(payload.encode(), fill_bits))
        said = peer.asdict()
        assert int(said["mmsi"]) == record.mmsi
        compared[record.kind] += 1
        if record.msg_type in (6, 8):
            assert (said["dac"], said["fid"]) == (record.dac, record.fi)
        if record.msg_type == 6:
            assert (int(said["dest_mmsi"]), said["seqno"], said["retransmit"]) == (record.to_mmsi, record.sequence, record.retransmit)
        if isinstance(record, MetHydro):
            held(record, met_expected(said, record.fi or 0))
        elif isinstance(record, InlandStatic):
            held(record, inland_expected(said))
        elif isinstance(record, AreaNotice):
            held_notice(record, peer)
        elif record.msg_type == 8 and isinstance(said.get("data"), bytes):
            assert record.payload == said["data"][: len(record.payload)]
        json.dumps(record.to_json(), allow_nan=False)
    assert compared


def test_pyais_reads_the_areas_and_the_ship_that_we_send():
    areas = (
        Circle(-25.5, 57.25, 3, 50_000),
        Rectangle(25.5, -57.25, 3, 250, 2550, 45),
        Sector(-25.5, 57.25, 3, 4095, 350, 10),
        Polyline((Leg(0.5, 10), Leg(359.5, 20), Leg(90.0, 30), Leg(180.0, 10_230))),
        Polygon((Leg(0.5, 10), Leg(90.0, 30))),
        Text("KEEP CLEAR 2NM"),
    )
    start = {"start_month": 6, "start_day": 13, "start_hour": 6, "start_minute": 12, "duration_min": 1440, "linkage": 7}
    for to in ({}, {"to_mmsi": 244_000_001, "sequence": 2, "retransmit": True}):
        payload = encoder.area_notice(3_669_739, 69, areas, **start, **to)
        record = application(*payload)
        assert isinstance(record, AreaNotice) and record.areas == areas
        held_notice(record, MSG_CLASS[record.msg_type].from_vector(bit_vector(payload.characters, payload.fill_bits)))
    ship = encoder.inland_static(211_129_800, vessel_number="02337557", length_m=110, draught_m=2.04, loaded=True, blue_cones=1)
    record = application(*ship)
    assert isinstance(record, InlandStatic)
    held(record, inland_expected(MSG_CLASS[8].from_vector(bit_vector(ship.characters, ship.fill_bits)).asdict()))


@pytest.mark.parametrize(
    "values",
    [
        {ours: low for ours, (_, low, _) in MET.items()},
        {ours: high for ours, (_, _, high) in MET.items()},
        {ours: low + place % 12 for place, (ours, (_, low, _)) in enumerate(MET.items())},
        {},
    ],
)
def test_pyais_reads_the_weather_that_we_send(values):
    words = {"pressure_trend": "decreasing", "water_level_trend": "increasing", "precipitation": "snow", "ice": True} if values else {}
    payload = encoder.met_hydro(2_190_067, **values, **words)
    record = application(*payload)
    assert isinstance(record, MetHydro)
    held(record, {ours: pytest.approx(values[ours]) if values else None for ours in MET})
    held(record, met_expected(MSG_CLASS[8].from_vector(bit_vector(payload.characters, payload.fill_bits)).asdict(), 31))


GPSD = [
    ("sample.aivdm", "sample.aivdm.ju.chk"),
    ("ais-nmea.log", "ais-nmea.log.chk"),
    ("ais-nmea-type6-fid55.log", "ais-nmea-type6-fid55.log.chk"),
]


@pytest.mark.parametrize(("log", "check"), GPSD)
def test_gpsd_reads_the_same_integers(log, check, shared_data):
    said = [
        json.loads(line) for line in shared_data(f"conformance/gpsd/{check}").read_text(encoding="utf-8").splitlines() if '"dac":' in line
    ]
    heard = [record for record, *_ in applications(shared_data(f"conformance/gpsd/{log}").read_bytes()) if record.msg_type in (6, 8)]
    said = [message for message, _ in groupby(said)]  # gpsd says some twice
    heard = [record for record, _ in groupby(heard)]
    assert [(record.mmsi, record.dac, record.fi) for record in heard] == [(each["mmsi"], each["dac"], each["fid"]) for each in said]
    typed = Counter()
    for record, each in zip(heard, said, strict=True):
        assert record.to_mmsi == each.get("dest_mmsi") and record.sequence == each.get("seqno")
        if isinstance(record, MetHydro):
            old = record.fi == 11
            units = {theirs: (each.get(theirs, 0) + RAW[theirs][1 + old]) / RAW[theirs][0] for theirs in RAW}
            units["waterlevel"] = each["waterlevel"] / 10 - 10 if old else each["waterlevel"] / 100 - 10
            stamp = each["timestamp"]
            units |= {"day": int(stamp[:2]), "hour": int(stamp[3:5]), "minute": int(stamp[6:8])}
            held(record, met_expected(each | units, record.fi or 0))
        elif isinstance(record, InlandStatic):
            held(
                record, inland_expected(each | {"length": each["length"] / 10, "beam": each["beam"] / 10, "draught": each["draught"] / 100})
            )
        elif isinstance(record, Application) and "data" in each:
            count, _, data = each["data"].partition(":")
            assert (record.bits, record.payload.hex()) == (int(count), data)
        typed[record.kind] += 1
    assert typed["met-hydro"] + typed["inland static"] >= 6


def test_gpsd_scales_the_same(shared_data):
    said = [json.loads(line) for line in shared_data("conformance/gpsd/sample.aivdm.js.chk").read_text(encoding="utf-8").splitlines()]
    said = [each for each in said if each.get("dac") == 1 and each.get("fid") in (11, 31)]
    heard = [
        record for record, *_ in applications(shared_data("conformance/gpsd/sample.aivdm").read_bytes()) if isinstance(record, MetHydro)
    ]
    assert len(heard) == len(said) == 11
    for record, each in zip(heard, said, strict=True):
        for ours, (theirs, *_) in MET.items():
            value = getattr(record, ours)
            if value is not None and theirs in each:
                assert value == pytest.approx(each[theirs], abs=0.05 if theirs == "waterlevel" else 1e-5), (ours, each)  # told in tenths
        turned = {"N/A": None, "steady": "steady", "increasing": "decreasing", "decreasing": "increasing"}
        assert (record.pressure_trend, record.water_level_trend) == (turned[each["pressuretend"]], turned[each["leveltrend"]])


def test_libais_reads_the_same(shared_data):
    said = [json.loads(line) for line in shared_data("conformance/libais/typeexamples.json").read_text(encoding="utf-8").splitlines()]
    heard = [record for record, *_ in applications(shared_data("conformance/libais/typeexamples.nmea").read_bytes())]
    notice = next(record for record in heard if isinstance(record, AreaNotice))
    expected = next(each for each in said if each.get("fid") == 22)
    assert (notice.mmsi, notice.linkage, notice.notice) == (expected["mmsi"], expected["link_id"], expected["notice_type"])
    (area,) = expected["sub_areas"]
    assert notice.areas == (Circle(area["y"], area["x"], area["precision"], area["radius"]),)
    assert expected["duration_minutes"] == notice.start_minute and notice.duration_min == 20
    addressed = next(record for record in heard if record.msg_type == 6)
    expected = next(each for each in said if each["type"] == 6)
    assert (addressed.mmsi, addressed.to_mmsi, addressed.sequence, addressed.dac, addressed.fi) == tuple(
        expected[name] for name in ("mmsi", "dest_mmsi", "seqno", "dac", "fid")
    )
    assert expected["retransmit"] is (not addressed.retransmit)
