"""Every field of every message on its own: messages are packed here bit by bit, by lists that know nothing of the tables of `fields`.

A list names the fields of a variant in the order of its bits (ITU-R M.1371-5, annex 8): name, bits, how the value is sent, and which
sent values say nothing.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.ais.fields import TABLES
from tankerwatch.decode.bits import PAYLOAD_LONGEST
from tankerwatch.decode.expand import expand

LETTERS = "@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_ !\"#$%&'()*+,-./0123456789:;<=>?"
MMSI = 244_660_123


def armoured(bits: str) -> tuple[str, int]:
    """A payload and its fill bits."""
    fill = -len(bits) % 6
    whole = bits + "0" * fill
    sixes = (int(whole[i : i + 6], 2) for i in range(0, len(whole), 6))
    return "".join(chr(six + 48 if six < 40 else six + 56) for six in sixes), fill


def told(bits: str) -> dict[str, Any]:
    return expand(*armoured(bits))


def six_bits(words: str) -> str:
    return "".join(format(LETTERS.index(letter), "06b") for letter in words)


# (name, bits, scale or how it is read, sent values that say nothing); a name of "" is spare
WHOLE = 1
_LON = ("lon", -28, 600_000, {181 * 600_000, 180 * 600_000 + 1, -180 * 600_000 - 1, -(1 << 27), (1 << 27) - 1})
_LAT = ("lat", -27, 600_000, {91 * 600_000, 90 * 600_000 + 1, -90 * 600_000 - 1, -(1 << 26), (1 << 26) - 1})
_SPEED = ("speed", 10, 10, {1023})
_COURSE = ("course", 12, 10, {3600, 3601, 4095})
_HEADING = ("heading", 9, WHOLE, {360, 510, 511})
_SECOND = ("second", 6, WHOLE, {60})
_EPFD = ("epfd", 4, WHOLE, set())
_RAIM = ("raim", 1, "flag", set())
_ACCURACY = ("accuracy", 1, "flag", set())
_TYPE = ("ship_type", 8, WHOLE, {0})


def spare(bits: int) -> tuple:
    return ("", bits, WHOLE, set())


def whole(name: str, bits: int, *nothing: int) -> tuple:
    return (name, bits, WHOLE, set(nothing))


def flag(name: str) -> tuple:
    return (name, 1, "flag", set())


def text(name: str, characters: int) -> tuple:
    return (name, 6 * characters, "text", {0})


def coarse(prefix: str) -> list[tuple]:
    return [
        (f"{prefix}lon", -18, 600, {181 * 600, 180 * 600 + 1, -180 * 600 - 1, -(1 << 17), (1 << 17) - 1}),
        (f"{prefix}lat", -17, 600, {91 * 600, 90 * 600 + 1, -90 * 600 - 1, -(1 << 16), (1 << 16) - 1}),
    ]


SIZES = [whole("to_bow", 9), whole("to_stern", 9), whole("to_port", 6), whole("to_starboard", 6)]
CLASS_A = [
    whole("status", 4), ("turn", -8, WHOLE, {-128}), _SPEED, _ACCURACY, _LON, _LAT, _COURSE, _HEADING, _SECOND, whole("maneuver", 2, 0),
    spare(3), _RAIM, whole("radio", 19),
]  # fmt: skip  # one a line would hide what belongs together
BASE = [
    whole("year", 14, 0, 10_000, 16_383), whole("month", 4, 0, 13, 15), whole("day", 5, 0), whole("hour", 5, 24, 31),
    whole("minute", 6, 60, 63), whole("second", 6, 60, 63), _ACCURACY, _LON, _LAT, _EPFD, flag("transmission_control"), spare(9), _RAIM,
    whole("radio", 19),
]  # fmt: skip  # one a line would hide what belongs together
CLASS_B = [whole("reserved_1", 8), _SPEED, _ACCURACY, _LON, _LAT, _COURSE, _HEADING, _SECOND]
ACKNOWLEDGED = [spare(2)] + [f for n in "1234" for f in (whole(f"mmsi{n}", 30), whole(f"mmsiseq{n}", 2))]
RESERVED = [spare(2)] + [
    f
    for n in "1234"
    for f in (whole(f"offset{n}", 12, 0), whole(f"number{n}", 4, 0), whole(f"timeout{n}", 3, 0), whole(f"increment{n}", 11))
]
ADDRESSEE = [whole("dest_mmsi", 30), spare(2)]
CHANNELS = [spare(2), whole("channel_a", 12), whole("channel_b", 12), whole("txrx", 4), flag("power")]
BANDS = [flag("band_a"), flag("band_b"), whole("zonesize", 3), spare(23)]
UNIT = [_TYPE, text("vendorid", 3), whole("model", 4), whole("serial", 20), text("callsign", 7)]

VARIANTS: dict[str, tuple[int, list[tuple]]] = {
    "1": (1, CLASS_A),
    "2": (2, CLASS_A),
    "3": (3, CLASS_A),
    "4": (4, BASE),
    "5": (5, [
        whole("ais_version", 2), whole("imo", 30, 0), text("callsign", 7), text("shipname", 20), _TYPE, *SIZES, _EPFD,
        whole("month", 4, 0, 13, 15), whole("day", 5, 0), whole("hour", 5, 24, 31), whole("minute", 6, 60, 63),
        ("draught", 8, 10, {0}), text("destination", 20), flag("dte"), spare(1),
    ]),
    "6": (6, [whole("seqno", 2), whole("dest_mmsi", 30), flag("retransmit"), spare(1), whole("dac", 10), whole("fid", 6)]),
    "7": (7, ACKNOWLEDGED),
    "8": (8, [spare(2), whole("dac", 10), whole("fid", 6)]),
    "9": (9, [
        whole("alt", 12, 4095), ("speed", 10, WHOLE, {1023}), _ACCURACY, _LON, _LAT, _COURSE, _SECOND, flag("barometric"), spare(7),
        flag("dte"), spare(3), flag("assigned"), _RAIM, whole("radio", 20),
    ]),
    "10": (10, [spare(2), *ADDRESSEE]),
    "11": (11, BASE),
    "12": (12, [whole("seqno", 2), whole("dest_mmsi", 30), flag("retransmit"), spare(1)]),
    "13": (13, ACKNOWLEDGED),
    "14": (14, [spare(2)]),
    "15": (15, [
        spare(2), whole("mmsi1", 30), whole("type1_1", 6), whole("offset1_1", 12), spare(2), whole("type1_2", 6), whole("offset1_2", 12),
        spare(2), whole("mmsi2", 30), whole("type2_1", 6), whole("offset2_1", 12), spare(2),
    ]),
    "16": (16, [spare(2)] + [f for n in "12" for f in (whole(f"mmsi{n}", 30), whole(f"offset{n}", 12), whole(f"increment{n}", 10))]),
    "17": (17, [
        spare(2), *coarse(""), spare(5), whole("correction_type", 6), whole("station_id", 10), whole("z_count", 13), whole("sequence", 3),
        whole("word_count", 5), whole("health", 3),
    ]),
    "18": (18, [
        *CLASS_B, whole("reserved_2", 2), flag("cs"), flag("display"), flag("dsc"), flag("band"), flag("msg22"), flag("assigned"), _RAIM,
        whole("radio", 20),
    ]),
    "19": (19, [
        *CLASS_B, whole("reserved_2", 4), text("shipname", 20), _TYPE, *SIZES, _EPFD, _RAIM, flag("dte"), flag("assigned"), spare(4),
    ]),
    "20": (20, RESERVED),
    "21": (21, [
        whole("aid_type", 5), text("name", 20), _ACCURACY, _LON, _LAT, *SIZES, _EPFD, _SECOND, flag("off_position"),
        whole("reserved_1", 8), _RAIM, flag("virtual_aid"), flag("assigned"), spare(1),
    ]),
    "22 to two": (22, [*CHANNELS, whole("dest1", 30), spare(5), whole("dest2", 30), spare(5), ("addressed", 1, "=1", set()), *BANDS]),
    "22 to all": (22, [*CHANNELS, *coarse("ne_"), *coarse("sw_"), ("addressed", 1, "=0", set()), *BANDS]),
    "23": (23, [
        spare(2), *coarse("ne_"), *coarse("sw_"), whole("station_type", 4), whole("ship_type", 8), spare(22), whole("txrx", 2),
        whole("interval", 4), whole("quiet", 4), spare(6),
    ]),
    "24 A": (24, [("partno", 2, "=0", set()), text("shipname", 20)]),
    "24 B": (24, [("partno", 2, "=1", set()), *UNIT, *SIZES, _EPFD, spare(2)]),
    "24 B of a tender": (24, [("partno", 2, "=1", set()), *UNIT, whole("mothership_mmsi", 30, 0), _EPFD, spare(2)]),
    **{
        f"{kind}{' to one' * to_one}{' with an application' * known}": (kind, [
            ("addressed", 1, f"={to_one}", set()), ("structured", 1, f"={known}", set()), *ADDRESSEE * to_one,
            *[whole("dac", 10), whole("fid", 6)] * known,
        ])
        for kind in (25, 26) for to_one in (0, 1) for known in (0, 1)
    },
    "27": (27, [
        _ACCURACY, _RAIM, whole("status", 4), *coarse(""), ("speed", 6, WHOLE, {63}), ("course", 9, WHOLE, {360, 510, 511}), flag("gnss"),
        spare(1),
    ]),
}  # fmt: skip  # one a line would hide what belongs together
"""What follows the head; of 6, 8, 12, 14, 17, 25 and 26 data or words come after it."""
LENGTHS = {
    "1": 168, "4": 168, "5": 424, "6": 88, "7": 168, "8": 56, "9": 168, "10": 72, "12": 72, "14": 40, "15": 160, "16": 144, "17": 120,
    "18": 168, "19": 312, "20": 160, "21": 272, "22 to two": 168, "22 to all": 168, "23": 160, "24 A": 160, "24 B": 168,
    "24 B of a tender": 168, "25": 40, "25 to one with an application": 88, "27": 96,
}  # fmt: skip  # one a line would hide what belongs together
OPEN_ENDED = {6: "data", 8: "data", 12: "text", 14: "text", 17: "data", 21: "name_ext", 25: "data", 26: "data"}
DERIVED = {
    "data", "data_bits", "text", "app_id", "sync_state", "slot_timeout", "received_stations", "slot_number", "slot_offset", "utc_hour",
    "utc_minute", "slot_increment", "number_of_slots", "keep_flag", "name_ext",
}  # fmt: skip  # one a line would hide what belongs together


def usual(field: tuple) -> int:
    """A value that says something, and in which bits of its own differ."""
    _name, bits, how, nothing = field
    width = abs(bits)
    if isinstance(how, str) and how.startswith("="):
        return int(how[1:])
    if how == "flag":
        return 1
    if how == "text":
        return int(six_bits("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[: width // 6]), 2)
    value = 0b1011011011011011011011011011 & ((1 << (width - (width > 4))) - 1)
    if bits < 0:
        value &= (1 << (width - 3)) - 1
    while value in nothing or any(value >= n for n in nothing if n > 4):
        value //= 2
    return value or 1


def packed(variant: str, **sent: int) -> tuple[str, dict[str, int]]:
    """The bits of a message, and where each of its fields ends."""
    kind, layout = VARIANTS[variant]
    mmsi = 982_440_001 if variant.endswith("tender") else MMSI
    bits = format(kind, "06b") + "01" + format(mmsi, "030b")
    ends = {"msg_type": 6, "repeat": 8, "mmsi": 38}
    for field in layout:
        name, width = field[0], abs(field[1])
        value = sent.get(name, usual(field) if name else (1 << width) - 1)  # spare bits are set, so that nobody reads them unseen
        bits += format(value & ((1 << width) - 1), f"0{width}b")
        if name:
            ends[name] = len(bits)
    return bits, ends


def read(field: tuple, value: int) -> Any:
    """What a sent value is told as."""
    _name, bits, how, nothing = field
    if value in nothing:
        return None
    if how == "flag":
        return bool(value)
    if how == "text":
        return "".join(LETTERS[value >> shift & 63] for shift in range(bits - 6, -1, -6))
    if isinstance(how, str):
        return bool(value) if field[0] != "partno" else value
    return value if how == 1 else value / how


def expected(variant: str, count: int | None = None) -> dict[str, Any]:
    """What a message of usual values says if it is cut off after `count` bits."""
    bits, ends = packed(variant)
    count = len(bits) if count is None else count
    says: dict[str, Any] = {"msg_type": VARIANTS[variant][0], "repeat": 1, "mmsi": int(bits[8:38], 2)}
    says.update({field[0]: read(field, usual(field)) for field in VARIANTS[variant][1] if field[0]})
    if variant == "9":
        says["reserved_1"] = int(bits[134:142], 2)
        ends["reserved_1"] = 142
    return {name: value if ends[name] <= count else None for name, value in says.items()}


@pytest.mark.parametrize(("variant", "bits"), LENGTHS.items())
def test_the_lists_are_as_long_as_the_standard_says(variant, bits):
    assert len(packed(variant)[0]) == bits


def test_every_type_has_a_list():
    assert {kind for kind, _ in VARIANTS.values()} == set(range(1, 28)) == set(TABLES)


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_field_says_what_was_sent(variant):
    bits, _ = packed(variant)
    says = told(bits + ("0" * 20 if variant.startswith("26") else ""))
    if variant.startswith("26"):
        assert says.pop("radio") == 0
    assert {name: value for name, value in says.items() if name not in DERIVED} == expected(variant)
    for name, value in expected(variant).items():
        assert type(says.get(name, value)) is type(value), name


@pytest.mark.parametrize(
    ("variant", "field"), [(v, f) for v, (_, layout) in VARIANTS.items() for f in layout if f[0] and not str(f[2]).startswith("=")]
)
def test_least_most_and_not_available(variant, field):
    name, bits, how, nothing = field
    width = abs(bits)
    least, most = (-(1 << (width - 1)), (1 << (width - 1)) - 1) if bits < 0 else (0, (1 << width) - 1)
    values = {least, most, *nothing, *(n - 1 for n in nothing if n > least), *(n + 1 for n in nothing if n < most)}
    if how in (600, 600_000):
        # of a position only what is on the earth says something
        edge = (180 if "lon" in name else 90) * how
        nothing = {value for value in values if abs(value) > edge} | nothing
        values |= {edge, -edge, 0, 1, -1}
    elif name in ("course", "heading"):
        nothing = {value for value in values if value >= min(nothing)}
    elif name in ("year", "month", "hour", "minute", "second") and len(nothing) > 1:
        nothing = {value for value in values if value == 0 and 0 in nothing} | {v for v in values if v >= min(n for n in nothing if n)}
    if how == "text":
        values = {0, most, int(six_bits(" A" + "@" * (width // 6 - 2)), 2), int(six_bits("A" + " " * (width // 6 - 1)), 2)}
    for value in values:
        says = told(packed(variant, **{name: value})[0])
        if how == "text":
            letters = read((name, bits, how, set()), value).partition("@")[0].rstrip(" ")
            assert says[name] == (letters or None)
        else:
            wanted = read((name, bits, how, nothing), value)
            assert says[name] == wanted and type(says[name]) is type(wanted), (name, value)
        others = {k: v for k, v in expected(variant).items() if k not in (name, "reserved_1")}
        assert {k: says[k] for k in others} == others


@pytest.mark.parametrize("variant", VARIANTS)
def test_cut_off_at_every_bit(variant):
    """A field that is not wholly there says nothing; those before it are as before."""
    bits, _ = packed(variant)
    chooser = {"22": 140, "24": 40, "25": 40, "26": 40}.get(variant[:2], 0)
    for count in range(6, len(bits)):
        says, wanted = told(bits[:count]), expected(variant, count)
        for name, value in wanted.items():
            if count < chooser:
                # which fields there are is not known
                assert says.get(name) == (
                    value if name in {f.name for f in TABLES[wanted["msg_type"]]} | {"msg_type", "repeat", "mmsi"} else None
                )
            else:
                assert says[name] == value, (count, name)


def test_less_than_a_type_is_an_error():
    assert all("error" in told("000001"[:count]) for count in range(6))


def test_sizes_are_not_available_together():
    """Metres to the four sides: one alone may be 0, all four are not given."""
    sides = ("to_bow", "to_stern", "to_port", "to_starboard")
    for variant in ("5", "19", "21", "24 B"):
        none = told(packed(variant, **dict.fromkeys(sides, 0))[0])
        assert [none[side] for side in sides] == [None] * 4
        for side in sides:
            some = told(packed(variant, **{**dict.fromkeys(sides, 0), side: 7})[0])
            assert [some[s] for s in sides] == [7 * (s == side) for s in sides]


class TestTexts:
    @pytest.mark.parametrize(
        ("sent", "kept"),
        [("AB@CD", "AB"), ("  AB  ", "  AB"), ("@AB", None), ("      ", None), ("A_B[\\]^", "A_B[\\]^"), ("1 @", "1")],
    )
    def test_names(self, sent, kept):
        for variant, name, length in (("5", "callsign", 7), ("5", "shipname", 20), ("5", "destination", 20), ("24 A", "shipname", 20)):
            value = int(six_bits(sent.ljust(length, "@")), 2)
            assert told(packed(variant, **{name: value})[0])[name] == kept

    @pytest.mark.parametrize("variant", ["12", "14"])
    def test_words_to_the_end(self, variant):
        head, _ = packed(variant)
        assert told(head)["text"] == "" and told(head[:-1])["text"] is None
        assert told(head + six_bits(LETTERS[1:]))["text"] == LETTERS[1:]
        assert told(head + six_bits(" SOS  ") + "11111")["text"] == " SOS"  # five bits are no letter
        assert told(head + six_bits("SOS@AGAIN"))["text"] == "SOS"

    def test_name_of_an_aid_and_its_extension_are_one_text(self):
        def aid(name: str, more: str) -> tuple[str | None, str | None]:
            says = told(packed("21", name=int(six_bits(name.ljust(20, "@")), 2))[0] + six_bits(more) + "1" * (3 * (len(more) > 2)))
            return says["name"], says["name_ext"]

        assert aid("CHINA ROSE MURPHY EX", "PRESS") == ("CHINA ROSE MURPHY EX", "PRESS")
        assert aid("FORT PIERCE INLET LB", " 6") == ("FORT PIERCE INLET LB", " 6")
        assert aid("FORT PIERCE INLET   ", "LB 6  @X") == ("FORT PIERCE INLET   ", "LB 6")
        assert aid("FORT PIERCE INLET   ", "   ") == ("FORT PIERCE INLET", None)
        assert aid("SHORT", "EXTRA") == ("SHORT", None)
        assert aid("", "EXTRA") == (None, None)


class TestData:
    @pytest.mark.parametrize("variant", [v for v, (kind, _) in VARIANTS.items() if OPEN_ENDED.get(kind) == "data" and kind != 17])
    @pytest.mark.parametrize("data", ["", "1", "1010101", "11110000", "000000001" * 9, "1" * 333])
    def test_bits_to_the_end_as_bytes(self, variant, data):
        after = "10110011100011110000" if variant.startswith("26") else ""
        says = told(packed(variant)[0] + data + after)
        assert says["data_bits"] == len(data)
        assert says["data"] == "".join(format(int(data[i : i + 8].ljust(8, "0"), 2), "02x") for i in range(0, len(data), 8))
        if after:
            assert says["radio"] == int(after, 2)
        if "application" in variant:
            assert says["app_id"] == says["dac"] << 6 | says["fid"]

    def test_type_26_that_ends_within_its_state(self):
        for count in range(20):
            says = told(packed("26")[0] + "1" * count)
            assert (says["data"], says["data_bits"], says["radio"]) == (None, None, None)

    def test_corrections_are_in_the_data_too(self):
        bits, _ = packed("17")
        says = told(bits + "1" * 24)
        assert says["data"] == format(int(bits[80:] + "1" * 24, 2), "016x") and says["data_bits"] == 64
        none = told(bits[:80])
        assert (none["data"], none["data_bits"], none["station_id"]) == ("", 0, None)

    @pytest.mark.parametrize("part", [2, 3])
    def test_a_part_that_nobody_has_defined(self, part):
        says = told(format(24, "06b") + "00" + format(MMSI, "030b") + format(part, "02b") + "1" * 12)
        assert says == {"msg_type": 24, "repeat": 0, "mmsi": MMSI, "partno": part, "data": "fff0", "data_bits": 12}


class TestCommunicationState:
    @pytest.mark.parametrize(
        ("timeout", "more", "wanted"),
        [
            (0, 2249, {"slot_offset": 2249}),
            (1, 23 << 9 | 59 << 2, {"utc_hour": 23, "utc_minute": 59}),
            (1, 24 << 9 | 60 << 2 | 3, {"utc_hour": None, "utc_minute": None}),
            *((timeout, 2105, {"slot_number": 2105}) for timeout in (2, 4, 6)),
            *((timeout, 13409, {"received_stations": 13409}) for timeout in (3, 5, 7)),
        ],
    )
    @pytest.mark.parametrize("variant", ["1", "2", "4", "11", "9", "18", "26"])
    def test_sotdma(self, variant, timeout, more, wanted):
        state = 2 << 17 | timeout << 14 | more
        says = told(packed("26")[0] + format(state, "020b")) if variant == "26" else told(packed(variant, radio=state, cs=0)[0])
        assert {"sync_state": 2, "slot_timeout": timeout, **wanted}.items() <= says.items() and "keep_flag" not in says

    @pytest.mark.parametrize("variant", ["3", "9", "18", "26"])
    def test_itdma(self, variant):
        state = 1 << 17 | 3646 << 4 | 5 << 1 | 1
        selected = state if variant == "3" else 1 << 19 | state
        says = told(packed("26")[0] + format(selected, "020b")) if variant == "26" else told(packed(variant, radio=selected, cs=0)[0])
        wanted = {"sync_state": 1, "slot_increment": 3646, "number_of_slots": 5, "keep_flag": True}
        assert wanted.items() <= says.items() and "slot_timeout" not in says

    def test_a_carrier_sense_unit_has_none(self):
        says = told(packed("18", radio=0b11100000000000000110, cs=1)[0])
        assert says["radio"] == 917_510 and "sync_state" not in says


class TestAnyInput:
    @pytest.mark.parametrize("kind", [0, *range(28, 64)])
    def test_types_that_the_standard_does_not_have(self, kind):
        assert told(format(kind, "06b") + "0" * 162) == {"error": f"no message type {kind}"}

    @pytest.mark.parametrize(
        ("payload", "fill_bits"), [(None, 0), (5, 0), ([], 0), ({}, 0), ("", 0), ("8" * 20, None), ("8" * 20, 1.0), (1e9, 0)]
    )
    def test_what_is_no_payload_at_all(self, payload, fill_bits):
        assert expand(payload, fill_bits) == {"error": "not an armoured payload"}

    def test_numbers_and_bytes_of_other_kinds(self):
        wanted = expand("803Ovrh0EP:024`@02PN04da=3V<>N0000", 4)
        assert wanted["data_bits"] == 144
        for payload in (bytearray(b"803Ovrh0EP:024`@02PN04da=3V<>N0000"), memoryview(b"803Ovrh0EP:024`@02PN04da=3V<>N0000")):
            assert expand(payload, np.uint8(4)) == wanted

    def test_how_long_a_payload_may_be(self):
        assert "error" not in expand("8" * PAYLOAD_LONGEST, 0) and "error" in expand("8" * (PAYLOAD_LONGEST + 1), 0)

    @given(
        st.integers(0, 27), st.text(st.sampled_from([chr(c) for c in (*range(48, 88), *range(96, 120))]), max_size=200), st.integers(0, 5)
    )
    def test_whatever_the_bits_are(self, kind, rest, fill_bits):
        """All that is said can be JSON, has a name that is a word, and comes out the same from bytes."""
        payload = chr(kind + 48) + rest
        says = expand(payload, fill_bits)
        assert json.loads(json.dumps(says, allow_nan=False)) == says
        assert says == expand(payload.encode(), fill_bits)
        assert all(isinstance(value, bool | int | float | str | None) for value in says.values())
        if "error" not in says:
            assert says["msg_type"] == kind and list(says)[:3] == ["msg_type", "repeat", "mmsi"]
            for value in says.values():
                if isinstance(value, str):
                    assert "@" not in value
