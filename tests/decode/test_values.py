"""What the fields of each type become: made by the encoder, whose tables are its own, or bit by bit."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.ais import encoder, framing
from tankerwatch.core.tables import BAD_LENGTH, MMSI_ODD, OUT_OF_RANGE, REPEATED, RESERVED_VALUE
from tankerwatch.decode.expand import expand


def bits(*fields: tuple[int, int]) -> str:
    """(value, bits) one after another, as the characters of a payload with fill bits: `payload,fill`."""
    text = "".join(format(value & ((1 << width) - 1), f"0{width}b") for value, width in fields)
    fill = -len(text) % 6
    text += "0" * fill
    sixes = [int(text[i : i + 6], 2) for i in range(0, len(text), 6)]
    return "".join(chr(v + 48 if v < 40 else v + 56) for v in sixes) + f",{fill}"


def one(listen, payload, **how):
    return listen(framing.sentences(payload, sequence=1, **how))


def row(table, i=0):
    return {column.name: getattr(table, column.name).tolist()[i] for column in table.columns()}


class TestPositions:
    @pytest.mark.parametrize("msg_type", [1, 2, 3])
    def test_class_a(self, listen, msg_type):
        payload = encoder.position_a(
            566123000, -25.5, 57.25, 12.3, 271.5, 270, 5, 42, turn_raw=-11, msg_type=msg_type, accurate=True, raim=True, repeat=2
        )
        got = row(one(listen, payload, channel="B").fixes)
        assert (got["mmsi"], got["msg_type"], got["lat_deg"], got["lon_deg"]) == (566123000, msg_type, -25.5, 57.25)
        assert (got["sog_kn"], got["cog_deg"]) == (np.float32(12.3), 271.5)
        assert (got["heading_deg"], got["nav_status"], got["utc_second"], got["turn_raw"]) == (270.0, 5, 42, -11)
        assert got["accurate"] and got["raim"] and got["repeat"] == 2 and got["channel"] == ord("B") and got["quality"] == REPEATED

    def test_class_a_knows_nothing(self, listen):
        got = row(one(listen, encoder.position_a(566123000)).fixes)
        assert all(math.isnan(got[name]) for name in ("lon_deg", "lat_deg", "sog_kn", "cog_deg", "heading_deg"))
        assert (got["turn_raw"], got["nav_status"], got["utc_second"], got["quality"]) == (-128, 15, 60, 0)

    def test_class_b_and_its_long_form(self, listen):
        short = row(one(listen, encoder.position_b(244000001, 52.5, 4.25, 5.1, 12.3, 11, 59)).fixes)
        assert (short["msg_type"], short["nav_status"], short["turn_raw"]) == (18, 255, -128)
        assert (short["lat_deg"], short["lon_deg"], short["heading_deg"], short["utc_second"]) == (52.5, 4.25, 11.0, 59)
        said = one(
            listen, encoder.position_b_extended(244000001, 52.5, 4.25, 5.1, 12.3, name="YACHT", ship_type=37, to_bow_m=5, to_starboard_m=2)
        )
        assert row(said.fixes)["lat_deg"] == 52.5 and said.fixes.msg_type.tolist() == [19]
        got = row(said.statics)
        assert (got["msg_type"], got["name"], got["ship_type"], got["to_bow_m"], got["to_stern_m"]) == (19, "YACHT", 37, 5, 0)
        assert got["to_starboard_m"] == 2 and got["part"] == ""

    def test_aircraft_in_whole_knots(self, listen):
        got = row(one(listen, encoder.position_sar(111232001, 52.5, 4.25, sog_kn=512, cog_deg=90.5)).fixes)
        assert (got["msg_type"], got["sog_kn"], got["cog_deg"]) == (9, 512.0, 90.5)
        assert math.isnan(row(one(listen, encoder.position_sar(111232001, 52.5, 4.25)).fixes)["sog_kn"])

    def test_long_range_has_its_own_scale_and_sentinels(self, listen):
        got = row(one(listen, encoder.position_long_range(236091959, 8.71, -154.2, 14, 271, nav_status=3, raim=True)).fixes)
        assert (round(got["lon_deg"] * 600), round(got["lat_deg"] * 600)) == (-92520, 5226)
        assert (got["sog_kn"], got["cog_deg"], got["nav_status"], got["raim"], got["utc_second"]) == (14.0, 271.0, 3, True, 60)
        empty = row(one(listen, encoder.position_long_range(236091959)).fixes)
        assert all(math.isnan(empty[name]) for name in ("lon_deg", "lat_deg", "sog_kn", "cog_deg", "heading_deg"))
        assert empty["quality"] == 0

    def test_raw_units_come_back(self, listen):
        raws = np.linspace(-180 * 600_000, 180 * 600_000, 997).astype(np.int64) // 2 * 2
        lines = [b for raw in raws for b in framing.sentences(encoder.position_a(566123000, raw / 1_200_000, raw / 600_000))]
        fixes = listen(lines).fixes
        assert np.array_equal(np.rint(fixes.lon_deg * 600_000), raws)
        assert np.array_equal(np.rint(fixes.lat_deg * 600_000), raws / 2)

    def test_values_that_cannot_be(self, listen, wrap):
        def line(status=0, turn=0, sog=100, lon=0, lat=0, cog=0, heading=0, second=0):
            return wrap(
                "AIVDM,1,1,,A,"
                + bits(
                    (1, 6), (0, 2), (566123000, 30), (status, 4), (turn, 8), (sog, 10), (0, 1), (lon, 28), (lat, 27), (cog, 12),
                    (heading, 9), (second, 6), (0, 25),
                )
            )  # fmt: skip  # one a line would hide what belongs together

        said = listen(
            [
                line(lon=181 * 600_000, lat=91 * 600_000),
                line(lon=180 * 600_000, lat=-90 * 600_000),
                line(lon=180 * 600_000 + 1),
                line(lat=-90 * 600_000 - 1),
                line(cog=3600),
                line(cog=3601),
                line(heading=360),
                line(heading=511),
                line(sog=1022),
                line(sog=1023),
                line(turn=-128),
                line(turn=127),
                line(status=13),
                line(second=63),
            ]
        )
        fixes = said.fixes
        assert len(fixes) == 14
        assert fixes.quality.tolist() == [
            0,
            0,
            OUT_OF_RANGE,
            OUT_OF_RANGE,
            0,
            RESERVED_VALUE,
            RESERVED_VALUE,
            0,
            0,
            0,
            0,
            0,
            RESERVED_VALUE,
            0,
        ]
        assert np.isnan(fixes.lon_deg).tolist()[:4] == [True, False, True, False]
        assert np.isnan(fixes.lat_deg).tolist()[:4] == [True, False, False, True]
        assert np.flatnonzero(np.isnan(fixes.cog_deg)).tolist() == [4, 5]
        assert np.flatnonzero(np.isnan(fixes.heading_deg)).tolist() == [6, 7]
        assert fixes.sog_kn[8] == np.float32(102.2) and math.isnan(fixes.sog_kn[9])
        assert fixes.turn_raw[10:12].tolist() == [-128, 127] and fixes.utc_second[13] == 63

    def test_cut_off_and_too_long(self, listen, wrap):
        whole = encoder.position_a(566123000, 25.5, 57.25, 12.3, 271.5, 270, 0, 42, turn_raw=5).characters.decode()
        said = listen([wrap(f"AIVDM,1,1,,A,{whole[:n]},0") for n in range(1, 29)] + [wrap(f"AIVDM,1,1,,A,{whole}000000,0")])
        assert said.rejected == {"too_short": 19}
        fixes = said.fixes
        assert (fixes.quality & BAD_LENGTH).astype(bool).tolist() == [True] * 8 + [False, True]
        # the course ends at bit 128, the heading at 137, the second at 143: a field that is not wholly there is missing
        lengths = np.array([*range(20, 29), 34]) * 6
        assert np.isnan(fixes.cog_deg).tolist() == (lengths < 128).tolist()
        assert np.isnan(fixes.heading_deg).tolist() == (lengths < 137).tolist()
        assert (fixes.utc_second == 60).tolist() == (lengths < 143).tolist()
        assert (fixes.lat_deg == 25.5).all()

    def test_odd_identities_are_marked(self, listen):
        lines = [
            b for mmsi in (566123000, 0, 123456789, 1193046, 111232001, 970123456) for b in framing.sentences(encoder.position_a(mmsi))
        ]
        assert ((listen(lines).fixes.quality & MMSI_ODD) != 0).tolist() == [False, True, True, True, False, False]


class TestStatics:
    def test_voyage(self, listen):
        payload = encoder.static_voyage(
            566123000, imo=9074729, callsign="9VAB1", name="FRONT RUNNER", ship_type=80, to_bow_m=200, to_stern_m=52, to_port_m=20,
            to_starboard_m=24, draught_m=15.2, destination="LE_HAVRE", eta="06-13 08:30",
        )  # fmt: skip  # one a line would hide what belongs together
        got = row(one(listen, payload).statics)
        assert (got["imo"], got["callsign"], got["name"], got["ship_type"]) == (9074729, "9VAB1", "FRONT RUNNER", 80)
        assert [got[f"to_{side}_m"] for side in ("bow", "stern", "port", "starboard")] == [200, 52, 20, 24]
        assert (got["draught_m"], got["destination"], got["eta"], got["quality"]) == (np.float32(15.2), "LE_HAVRE", "06-13 08:30", 0)

    def test_voyage_that_says_nothing(self, listen):
        got = row(one(listen, encoder.static_voyage(566123000)).statics)
        assert (got["imo"], got["name"], got["eta"], got["destination"], got["ship_type"]) == (0, "", "", "", 0)
        assert math.isnan(got["draught_m"])

    def test_parts_a_and_b(self, listen):
        a = row(one(listen, encoder.static_a(244000001, "YACHT")).statics)
        b = row(one(listen, encoder.static_b(244000001, ship_type=37, callsign="PA1234", to_bow_m=6, to_stern_m=7)).statics)
        assert (a["part"], a["name"], a["callsign"]) == ("A", "YACHT", "")
        assert (b["part"], b["name"], b["callsign"], b["ship_type"], b["to_bow_m"], b["to_stern_m"]) == ("B", "", "PA1234", 37, 6, 7)
        assert a["quality"] == b["quality"] == 0

    def test_mothership_of_an_auxiliary_craft(self, listen):
        got = row(one(listen, encoder.static_b(982440001, callsign="TENDER", mothership_mmsi=244000001)).statics)
        assert (got["mothership_mmsi"], got["to_bow_m"], got["to_port_m"]) == (244000001, 0, 0)

    def test_a_part_that_nobody_has_defined_is_kept_as_it_is(self, listen, wrap):
        said = listen([wrap("AIVDM,1,1,,A," + bits((24, 6), (0, 2), (244000001, 30), (3, 2), (0, 128)))])
        assert len(said.statics) == 0 and said.others.quality.tolist() == [RESERVED_VALUE]

    @pytest.mark.parametrize(
        ("sent", "kept"),
        [
            ("AB@CD", "AB"),
            ("  AB  ", "  AB"),
            ("@AB", ""),
            ("A_B[\\]^", "A_B[\\]^"),
            ("<B>ALERT(1)  @@@", "<B>ALERT(1)"),
            ("".join(map(chr, range(32, 52))), "".join(map(chr, range(32, 52)))),
        ],
    )
    def test_text_is_as_sent_up_to_the_first_at(self, listen, sent, kept):
        assert one(listen, encoder.static_a(244000001, sent)).statics.name.tolist() == [kept]

    def test_a_text_that_is_cut_off_is_missing(self, listen, wrap):
        whole = encoder.static_voyage(566123000, imo=9074729, callsign="9VAB1", name="FRONT RUNNER", destination="X").characters.decode()
        got = row(listen([wrap(f"AIVDM,1,1,,A,{whole[:30]},0")]).statics)
        assert (got["imo"], got["callsign"], got["name"], got["quality"] & BAD_LENGTH) == (9074729, "9VAB1", "", BAD_LENGTH)


class TestBasesAndTexts:
    @pytest.mark.parametrize("msg_type", [4, 11])
    def test_utc(self, listen, msg_type):
        got = row(one(listen, encoder.base_station(2190067, 1_560_386_400.0, 55.5, 11.25, msg_type=msg_type)).bases)
        assert (got["utc_s"], got["lat_deg"], got["lon_deg"], got["msg_type"]) == (1_560_386_400.0, 55.5, 11.25, msg_type)

    @pytest.mark.parametrize(
        "moment",
        [
            (0, 1, 1, 0, 0, 0),
            (2019, 0, 1, 0, 0, 0),
            (2019, 2, 29, 0, 0, 0),
            (2019, 4, 31, 1, 1, 1),
            (2019, 1, 1, 24, 0, 0),
            (2019, 1, 1, 1, 60, 60),
        ],
    )
    def test_a_moment_that_is_none(self, listen, wrap, moment):
        fields = zip(moment, (14, 4, 5, 5, 6, 6), strict=True)
        said = listen([wrap("AIVDM,1,1,,A," + bits((4, 6), (0, 2), (2190067, 30), *fields, (0, 90)))])
        assert math.isnan(said.bases.utc_s[0]) and said.bases.lat_deg[0] == 0.0

    def test_aid(self, listen):
        long_name = "CHINA ROSE MURPHY EXPRESS ALERT"
        got = row(one(listen, encoder.aid(992190001, 55.5, 11.25, aid_type=20, name=long_name, virtual=True, off_position=True)).bases)
        assert (got["name"], got["aid_type"], got["virtual"], got["off_position"], got["lat_deg"]) == (long_name, 20, True, True, 55.5)
        assert math.isnan(got["utc_s"]) and got["quality"] == 0
        assert one(listen, encoder.aid(992190001, name="FORT PIERCE INLET LB 6")).bases.name[0] == "FORT PIERCE INLET LB 6"
        assert one(listen, encoder.aid(992190001, name="SHORT@@@@@@@@@@@@@@@EXTRA")).bases.name[0] == "SHORT"

    def test_texts(self, listen):
        broadcast = row(one(listen, encoder.safety_text(2190067, "MAYDAY RELAY POS 25-21N 057-24E")).texts)
        assert (broadcast["msg_type"], broadcast["to_mmsi"], broadcast["text"]) == (14, 0, "MAYDAY RELAY POS 25-21N 057-24E")
        addressed = row(one(listen, encoder.safety_text(2190067, "X" * 156, to_mmsi=244000001)).texts)
        assert (addressed["msg_type"], addressed["to_mmsi"], addressed["text"]) == (12, 244000001, "X" * 156)

    def test_an_empty_text_is_a_text(self, listen, wrap):
        said = listen([wrap("AIVDM,1,1,,A,<3GRBd000000,0"), wrap("AIVDM,1,1,,B,>AE3cKl,2")])
        assert said.texts.text.tolist() == ["", ""]


class TestOthers:
    def test_payload_is_kept_and_expanded_on_demand(self, listen, wrap):
        said = listen([wrap("AIVDM,1,1,,B,803Ovrh0EP:024`@02PN04da=3V<>N0000,4")])
        got = row(said.others)
        assert (got["msg_type"], got["mmsi"], got["payload"], got["fill_bits"]) == (8, 3669739, "803Ovrh0EP:024`@02PN04da=3V<>N0000", 4)
        assert expand(got["payload"], got["fill_bits"])["dac"] == 1

    def test_types_that_the_standard_does_not_have(self, listen, wrap):
        said = listen([wrap("AIVDM,1,1,,A," + bits((kind, 6), (0, 2), (244000001, 30), (0, 60))) for kind in (0, 28, 63)])
        assert said.others.msg_type.tolist() == [0, 28, 63] and (said.others.quality & RESERVED_VALUE).all()

    @pytest.mark.parametrize("payload", ["", "X", "\0", "é", "0", "w", "1", "8", "803Ovrh", "H" * 5000, b"\xff\xfe"])
    def test_expand_answers_in_words_whatever_comes(self, payload):
        answer = expand(payload, 0)
        assert isinstance(answer, dict) and (("error" in answer) or "msg_type" in answer)
        assert "error" in expand("15NBj>PP1gG>1PVKTDTUJOv00<0M", 9)


@given(
    st.one_of(st.binary(max_size=80), st.text("0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw", max_size=80)),
    st.integers(-9, 9),
)
def test_expand_never_raises_and_gives_what_json_can_hold(payload, fill_bits):
    json.dumps(expand(payload, fill_bits), allow_nan=False)
