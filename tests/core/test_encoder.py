"""The encoder against an independent decoder (pyais), against payloads heard on the air, and against the bits counted by hand."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

import numpy as np
import pyais
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.ais import encoder as enc
from tankerwatch.core.ais.framing import sentences
from tankerwatch.core.ais.sixbit import ARMOUR, TEXT_ALPHABET

MMSI = 200_000_001
BITS = {
    enc.POSITION_A: 168,
    enc.BASE_STATION: 168,
    enc.STATIC_VOYAGE: 424,
    enc.POSITION_SAR: 168,
    enc.TEXT_ADDRESSED: 72,
    enc.TEXT_BROADCAST: 40,
    enc.POSITION_B: 168,
    enc.POSITION_B_EXTENDED: 312,
    enc.AID: 272,
    enc.STATIC_A: 160,
    enc.STATIC_B: 168,
    enc.STATIC_B_AUXILIARY: 168,
    enc.POSITION_LONG_RANGE: 96,
}


def decode(payload: enc.Payload) -> dict:
    return pyais.decode(*sentences(payload, sequence=5)).asdict(enum_as_int=True)


def bits_of(payload: enc.Payload) -> str:
    return "".join(f"{ARMOUR.index(c):06b}" for c in payload.characters)[: 6 * len(payload.characters) - payload.fill_bits]


def signed(bits: str) -> int:
    return int(bits, 2) - (1 << len(bits) if bits[0] == "1" else 0)


@pytest.mark.parametrize(("layout", "bits"), BITS.items(), ids=lambda x: x.clause if isinstance(x, enc.Layout) else "")
def test_every_layout_has_the_length_of_the_standard(layout, bits):
    assert layout.bits == bits


def test_every_layout_is_tested():
    assert set(BITS) == {value for value in vars(enc).values() if isinstance(value, enc.Layout)}


# ── Payloads from the air and from the standard's own books, to the last bit ────────────────────────────────────────────────────


def test_class_a_as_heard():
    """The example of the public AIVDM documentation."""
    made = enc.position_a(477553000, 47 + 34.97 / 60, -(122 + 20.75 / 60), 0.0, 51.0, 181, 5, 15, turn_raw=0, comm_state=149208)
    assert made == (b"177KQJ5000G?tO`K>RA1wUbN0TKH", 0)


LIKE_REAL = {1, 2, 3, 4, 18, 27}


def again(heard: dict) -> enc.Payload:
    """A heard message, encoded from what pyais read in it. pyais shows the sentinels as numbers."""
    kind = heard["msg_type"]
    values = {"repeat": heard["repeat"], "raim": heard["raim"], "accurate": heard["accuracy"]}
    lat, lon = heard["lat"], heard["lon"]
    values["lat_deg"], values["lon_deg"] = (None if abs(lat - 91) < 1e-3 else lat), (None if abs(lon - 181) < 1e-3 else lon)
    if kind == 4:
        parts = [heard[p] for p in ("year", "month", "day", "hour", "minute", "second")]
        utc_s = datetime(*parts, tzinfo=UTC).timestamp()
        return enc.base_station(heard["mmsi"], utc_s, epfd=heard["epfd"], comm_state=heard["radio"], **values)
    whole = kind == 27
    values["sog_kn"] = None if heard["speed"] == (63 if whole else 102.3) else heard["speed"]
    values["cog_deg"] = None if heard["course"] == (511 if whole else 360.0) else heard["course"]
    if kind == 27:
        return enc.position_long_range(heard["mmsi"], nav_status=heard["status"], late=heard["gnss"], **values)
    values |= {
        "heading_deg": None if heard["heading"] == 511 else heard["heading"],
        "utc_second": heard["second"],
        "comm_state": heard["radio"],
    }
    if kind == 18:
        names = {
            "carrier_sense": "cs",
            "display": "display",
            "dsc": "dsc",
            "whole_band": "band",
            "message_22": "msg22",
            "assigned": "assigned",
        }
        return enc.position_b(heard["mmsi"], **values, **{ours: heard[theirs] for ours, theirs in names.items()})
    return enc.position_a(heard["mmsi"], nav_status=heard["status"], msg_type=kind, manoeuvre=heard["maneuver"], **values)


SPARE = {1: [(42, 50), (145, 148)], 18: [(38, 46), (139, 141)], 27: [(95, 96)], 4: [(138, 148)]}
"""Bits that need not come back: what is spare, and the rate of turn of 1, 2, 3, which pyais rounds."""


def sayable(heard: dict) -> bool:
    """Whether its values are within the standard's ranges: the air holds others too, which the encoder refuses."""
    if heard["msg_type"] == 4 and (heard["month"] == 0 or heard["hour"] > 23 or heard["minute"] > 59 or heard["second"] > 59):
        return False
    if heard["msg_type"] in (1, 2, 3, 18) and not (heard["course"] <= 360 and (heard["heading"] < 360 or heard["heading"] == 511)):
        return False
    return abs(heard["lat"]) < 91.001 and abs(heard["lon"]) < 181.001 and heard["mmsi"] <= 999_999_999


@pytest.mark.parametrize(
    ("name", "least"),
    [("gpsd_sample_aivdm.nmea", 10), ("aisnet_kystverket1000.nmea", 600), ("aisdb_20211101.nmea", 200), ("noaadata_test_ais.nmea", 5)],
)
def test_messages_heard_on_the_air_are_encoded_to_the_same_bits(name, least, shared_data):
    same = 0
    for line in shared_data(f"nmea/{name}").read_bytes().splitlines():
        heard_line = re.search(rb"![A-Z]{2}VDM,1,1,\d?,[AB12]?,([0-W`-w]{28}|[0-W`-w]{16}),0\*[0-9A-F]{2}", line)
        kind = ARMOUR.index(heard_line[1][0]) if heard_line else 0
        if kind not in LIKE_REAL or len(heard_line[1]) != (16 if kind == 27 else 28):
            continue
        heard = pyais.decode(heard_line[0]).asdict(enum_as_int=True)
        if not sayable(heard):
            continue
        bits, made = [list(bits_of(payload)) for payload in (enc.Payload(heard_line[1], 0), again(heard))]
        for begin, end in SPARE[1 if kind <= 3 else kind]:
            bits[begin:end] = made[begin:end] = "0" * (end - begin)
        assert bits == made, heard_line[0]
        same += 1
    assert same >= least


# ── Round trips ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

mmsis = st.integers(1, 999_999_999)
lats = st.none() | st.floats(-90, 90)
lons = st.none() | st.floats(-180, 180)
sogs = st.none() | st.floats(0, 102.2)
cogs = st.none() | st.floats(0, 360)
headings = st.none() | st.integers(0, 359)
seconds = st.none() | st.integers(0, 63)
flags = st.booleans()
words = st.text(TEXT_ALPHABET.replace("@", ""), max_size=20).map(str.strip)
calls = words.map(lambda w: w[:7].strip())


def near(heard: float, sent: float | None, missing: float, step: float, *, wrap: float = math.inf) -> bool:
    if sent is None:
        return heard == missing
    away = abs(heard - sent)
    return heard != missing and min(away, abs(wrap - away)) <= step / 2 + 1e-6


@given(
    mmsi=mmsis, lat=lats, lon=lons, sog=sogs, cog=cogs, heading=headings, status=st.none() | st.integers(0, 15), second=seconds,
    turn=st.none() | st.integers(-127, 127), kind=st.sampled_from([1, 2, 3]), accurate=flags, raim=flags, repeat=st.integers(0, 3),
)  # fmt: skip  # one a line would hide what belongs together
def test_class_a_position(mmsi, lat, lon, sog, cog, heading, status, second, turn, kind, accurate, raim, repeat):
    made = enc.position_a(
        mmsi, lat, lon, sog, cog, heading, status, second, turn_raw=turn, msg_type=kind, accurate=accurate, raim=raim, repeat=repeat
    )
    heard = decode(made)
    assert (heard["mmsi"], heard["msg_type"], heard["repeat"], heard["accuracy"], heard["raim"]) == (mmsi, kind, repeat, accurate, raim)
    assert near(heard["lat"], lat, 91, 1 / 600_000) and near(heard["lon"], lon, 181, 1 / 600_000)
    assert near(heard["speed"], sog, 102.3, 0.1) and near(heard["course"], cog, 360, 0.1, wrap=360)
    assert heard["heading"] == (511 if heading is None else heading)
    assert heard["status"] == (15 if status is None else status)
    assert heard["second"] == (60 if second is None else second)
    assert signed(bits_of(made)[42:50]) == (-128 if turn is None else turn)


@given(mmsi=mmsis, lat=lats, lon=lons, sog=sogs, cog=cogs, heading=headings, second=seconds, raim=flags, accurate=flags)
def test_class_b_position(mmsi, lat, lon, sog, cog, heading, second, raim, accurate):
    heard = decode(enc.position_b(mmsi, lat, lon, sog, cog, heading, second, raim=raim, accurate=accurate))
    assert (heard["msg_type"], heard["mmsi"], heard["raim"], heard["accuracy"], heard["cs"]) == (18, mmsi, raim, accurate, True)
    assert near(heard["lat"], lat, 91, 1 / 600_000) and near(heard["lon"], lon, 181, 1 / 600_000)
    assert near(heard["speed"], sog, 102.3, 0.1) and near(heard["course"], cog, 360, 0.1, wrap=360)
    assert (heard["heading"], heard["second"]) == (511 if heading is None else heading, 60 if second is None else second)


@given(
    mmsi=mmsis,
    lat=lats,
    lon=lons,
    sog=sogs,
    cog=cogs,
    name=words,
    kind=st.none() | st.integers(1, 255),
    size=st.tuples(st.integers(0, 511), st.integers(0, 63)),
)
def test_class_b_extended_position(mmsi, lat, lon, sog, cog, name, kind, size):
    heard = decode(
        enc.position_b_extended(mmsi, lat, lon, sog, cog, None, 7, name=name, ship_type=kind, to_bow_m=size[0], to_port_m=size[1])
    )
    assert (heard["msg_type"], heard["mmsi"], heard["name"] if "name" in heard else heard["shipname"]) == (19, mmsi, name)
    assert near(heard["lat"], lat, 91, 1 / 600_000) and near(heard["lon"], lon, 181, 1 / 600_000)
    assert near(heard["speed"], sog, 102.3, 0.1) and near(heard["course"], cog, 360, 0.1, wrap=360)
    assert (heard["to_bow"], heard["to_stern"], heard["to_port"], heard["to_starboard"]) == (size[0], 0, size[1], 0)
    assert (heard["heading"], heard["second"], heard["dte"]) == (511, 7, True)


@given(mmsi=mmsis, lat=lats, lon=lons, sog=st.none() | st.integers(0, 1022), cog=cogs, altitude=st.none() | st.integers(0, 4094))
def test_rescue_aircraft(mmsi, lat, lon, sog, cog, altitude):
    heard = decode(enc.position_sar(mmsi, lat, lon, sog, cog, altitude, 30))
    assert (heard["msg_type"], heard["mmsi"], heard["second"]) == (9, mmsi, 30)
    assert near(heard["lat"], lat, 91, 1 / 600_000) and near(heard["lon"], lon, 181, 1 / 600_000)
    assert heard["speed"] == (1023 if sog is None else sog)
    assert heard["alt"] == (4095 if altitude is None else altitude)
    assert near(heard["course"], cog, 360, 0.1, wrap=360)


@given(
    mmsi=mmsis,
    lat=lats,
    lon=lons,
    sog=st.none() | st.integers(0, 62),
    cog=st.none() | st.integers(0, 359),
    status=st.none() | st.integers(0, 15),
    late=flags,
)
def test_long_range_position(mmsi, lat, lon, sog, cog, status, late):
    made = enc.position_long_range(mmsi, lat, lon, sog, cog, status, late=late)
    heard = decode(made)
    assert len(made.characters) == 16 and made.fill_bits == 0
    assert near(heard["lat"], lat, 91, 1 / 600) and near(heard["lon"], lon, 181, 1 / 600)
    assert (heard["speed"], heard["course"]) == (63 if sog is None else sog, 511 if cog is None else cog)
    assert (heard["status"], bits_of(made)[94] == "1") == (15 if status is None else status, late)


@given(
    mmsi=mmsis, imo=st.none() | st.integers(1, 1_073_741_823), callsign=calls, name=words, destination=words,
    kind=st.none() | st.integers(1, 255), bow=st.none() | st.integers(1, 511), side=st.none() | st.integers(1, 63),
    draught=st.none() | st.floats(0.06, 25.5),
    eta=st.none() | st.tuples(st.integers(1, 12), st.integers(1, 31), st.integers(0, 23), st.integers(0, 59)),
)  # fmt: skip  # one a line would hide what belongs together
def test_static_and_voyage_data(mmsi, imo, callsign, name, destination, kind, bow, side, draught, eta):
    made = enc.static_voyage(
        mmsi, imo=imo, callsign=callsign, name=name, destination=destination, ship_type=kind, to_bow_m=bow, to_starboard_m=side,
        draught_m=draught, eta="" if eta is None else "{:02d}-{:02d} {:02d}:{:02d}".format(*eta),
    )  # fmt: skip  # one a line would hide what belongs together
    heard = decode(made)
    assert (len(made.characters), made.fill_bits) == (71, 2)
    assert (heard["msg_type"], heard["mmsi"], heard["imo"]) == (5, mmsi, imo or 0)
    assert (heard["callsign"], heard["shipname"], heard["destination"]) == (callsign, name, destination)
    assert int(bits_of(made)[232:240], 2) == (kind or 0)  # pyais forgets the types that the standard reserves
    assert (heard["to_bow"], heard["to_stern"], heard["to_starboard"]) == (bow or 0, 0, side or 0)
    assert near(heard["draught"], draught, 0, 0.1)
    assert (heard["month"], heard["day"], heard["hour"], heard["minute"]) == (eta or (0, 0, 24, 60))


@given(mmsi=mmsis, name=words, callsign=calls, kind=st.integers(0, 99), mothership=mmsis)
def test_class_b_static_data(mmsi, name, callsign, kind, mothership):
    part_a = decode(enc.static_a(mmsi, name))
    assert (part_a["msg_type"], part_a["partno"], part_a["shipname"]) == (24, 0, name)
    auxiliary = 980_000_000 + mmsi % 10_000_000
    own = mmsi - 100_000_000 if mmsi // 10_000_000 == 98 else mmsi
    part_b = decode(
        enc.static_b(
            own,
            ship_type=kind,
            callsign=callsign,
            vendor="TWT",
            model=3,
            serial=77,
            to_bow_m=9,
            to_stern_m=6,
            to_port_m=2,
            to_starboard_m=3,
        )
    )
    assert (part_b["partno"], part_b["callsign"], part_b["vendorid"], part_b["model"], part_b["serial"]) == (1, callsign, "TWT", 3, 77)
    assert (part_b["to_bow"], part_b["to_stern"], part_b["to_port"], part_b["to_starboard"]) == (9, 6, 2, 3)
    boat = enc.static_b(auxiliary, ship_type=kind, callsign=callsign, mothership_mmsi=mothership)
    assert int(bits_of(boat)[132:162], 2) == mothership
    assert int(decode(boat)["mothership_mmsi"]) == mothership


@given(mmsi=mmsis, lat=lats, lon=lons, utc_s=st.none() | st.floats(0, 4_000_000_000), kind=st.sampled_from([4, 11]))
def test_base_station_and_utc_answer(mmsi, lat, lon, utc_s, kind):
    heard = decode(enc.base_station(mmsi, utc_s, lat, lon, msg_type=kind))
    assert (heard["msg_type"], heard["mmsi"]) == (kind, mmsi)
    assert near(heard["lat"], lat, 91, 1 / 600_000) and near(heard["lon"], lon, 181, 1 / 600_000)
    said = tuple(heard[part] for part in ("year", "month", "day", "hour", "minute", "second"))
    assert said == ((0, 0, 0, 24, 60, 60) if utc_s is None else datetime.fromtimestamp(math.floor(utc_s), UTC).timetuple()[:6])


@given(
    mmsi=mmsis,
    lat=lats,
    lon=lons,
    name=st.text(TEXT_ALPHABET.replace("@", "").replace(" ", ""), max_size=34),
    kind=st.none() | st.integers(1, 31),
    off=flags,
    virtual=flags,
)
def test_aid_to_navigation(mmsi, lat, lon, name, kind, off, virtual):
    made = enc.aid(mmsi, lat, lon, name=name, aid_type=kind, off_position=off, virtual=virtual, utc_second=61)
    heard = decode(made)
    assert (heard["msg_type"], heard["mmsi"], heard["aid_type"]) == (21, mmsi, kind or 0)
    assert (heard["name"] + (heard["name_ext"] or "")) == name
    assert (heard["off_position"], heard["virtual_aid"], heard["second"]) == (off, virtual, 61)
    assert near(heard["lat"], lat, 91, 1 / 600_000) and near(heard["lon"], lon, 181, 1 / 600_000)


@given(
    mmsi=mmsis, to=st.none() | mmsis, words=st.text(TEXT_ALPHABET.replace("@", ""), min_size=1, max_size=156).map(str.strip).filter(bool)
)
def test_safety_text(mmsi, to, words):
    heard = decode(enc.safety_text(mmsi, words, to_mmsi=to, sequence=2))
    assert (heard["msg_type"], heard["mmsi"], heard["text"]) == (14 if to is None else 12, mmsi, words)
    if to is not None:
        assert (heard["dest_mmsi"], heard["seqno"]) == (to, 2)


# ── What must not be sent ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", [None, float("nan")])
def test_none_and_nan_are_not_available(value):
    assert enc.position_a(MMSI, value, value, value, value, value, value, value) == enc.position_a(MMSI)
    heard = decode(enc.position_a(MMSI, value, value, value, value))
    assert (heard["lat"], heard["lon"], heard["speed"], heard["course"]) == (91, 181, 102.3, 360)


@pytest.mark.parametrize("course", [359.96, 360.0, 359.9999])
def test_a_course_just_below_north_is_north_and_not_unavailable(course):
    assert decode(enc.position_a(MMSI, cog_deg=course))["course"] == 0.0


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (enc.position_a, {"lat_deg": 90.1}),
        (enc.position_a, {"lon_deg": -180.1}),
        (enc.position_a, {"sog_kn": 102.3}),
        (enc.position_a, {"sog_kn": -0.1}),
        (enc.position_a, {"cog_deg": 360.1}),
        (enc.position_a, {"nav_status": 16}),
        (enc.position_a, {"turn_raw": 128}),
        (enc.position_a, {"utc_second": 64}),
        (enc.position_a, {"msg_type": 4}),
        (enc.position_a, {"lat_deg": float("inf")}),
        (enc.position_a, {"repeat": 4}),
        (enc.position_a, {"repeat": None}),
        (enc.position_long_range, {"sog_kn": 63}),
        (enc.position_sar, {"altitude_m": 4095}),
        (enc.static_voyage, {"name": "lower case"}),
        (enc.static_voyage, {"name": "Å"}),
        (enc.static_voyage, {"name": "X" * 21}),
        (enc.static_voyage, {"draught_m": 25.6}),
        (enc.static_voyage, {"eta": "13-01 00:00"}),
        (enc.static_voyage, {"eta": "tomorrow"}),
        (enc.static_b, {"mothership_mmsi": 200000002}),
        (enc.base_station, {"msg_type": 5}),
        (enc.aid, {"name": "X" * 35}),
    ],
)
def test_a_value_out_of_range_is_refused(function, arguments):
    with pytest.raises(ValueError, match=r"."):
        function(MMSI, **arguments)


def test_an_mmsi_has_nine_digits():
    with pytest.raises(ValueError, match="mmsi"):
        enc.position_a(1_000_000_000)


def test_a_text_too_long_is_refused():
    with pytest.raises(ValueError, match="161"):
        enc.safety_text(MMSI, "X" * 162)
    with pytest.raises(ValueError, match="156"):
        enc.safety_text(MMSI, "X" * 157, to_mmsi=MMSI)


def test_an_auxiliary_craft_sends_mothership_or_size():
    with pytest.raises(ValueError, match="not both"):
        enc.static_b(982_000_001, mothership_mmsi=MMSI, to_bow_m=3)


@given(st.lists(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), min_size=1, max_size=20))
def test_many_at_once_are_as_one_by_one(places):
    lat, lon = np.array(places).T
    common = {"msg_type": 18, "repeat": 0, "sog_kn": 3.2, "accurate": 0, "cog_deg": None, "heading_deg": None, "utc_second": 9}
    common |= {
        "carrier_sense": 1,
        "display": 0,
        "dsc": 0,
        "whole_band": 1,
        "message_22": 0,
        "assigned": 0,
        "raim": 0,
        "comm_state": 393_222,
    }
    many = enc.payloads(enc.POSITION_B, mmsi=MMSI, lat_deg=lat, lon_deg=lon, **common)
    assert many == [enc.position_b(MMSI, a, o, 3.2, utc_second=9) for a, o in places]


def test_a_column_forgotten_or_unknown_is_refused():
    with pytest.raises(TypeError, match="name"):
        enc.payloads(enc.STATIC_A, msg_type=24, repeat=0, mmsi=MMSI, part=0)
    with pytest.raises(TypeError, match="colour"):
        enc.payloads(enc.STATIC_A, msg_type=24, repeat=0, mmsi=MMSI, part=0, name="X", colour=1)
    with pytest.raises(ValueError, match="different lengths"):
        enc.payloads(enc.STATIC_A, msg_type=24, repeat=0, mmsi=[1, 2], part=[0, 0, 0], name="X")
