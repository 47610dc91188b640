"""Sentences against sentences heard from real equipment, and against their checksums worked out the slow way."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyais.messages import NMEASentenceFactory

from tankerwatch.core.ais import encoder as enc
from tankerwatch.core.ais import framing as fr

NOON_S = 1_560_427_200.0  # 2019-06-13 12:00:00Z


def slow_checksum(body: bytes) -> bytes:
    return b"%02X" % reduce(lambda total, byte: total ^ byte, body, 0)


def at(clock: str) -> float:
    """Seconds of `hhmmss.ss` on 13 June 2019."""
    return NOON_S + (int(clock[:2]) - 12) * 3600 + int(clock[2:4]) * 60 + float(clock[4:])


def fields(line: bytes) -> list:
    """Fields as numbers where they are numbers, and the checksum checked."""
    body, given_sum = line[1:].split(b"*")
    assert slow_checksum(body) == given_sum
    return [float(f) if f.replace(b".", b"").replace(b"-", b"").isdigit() else f for f in body.split(b",")]


@given(st.binary(max_size=600))
def test_checksum_is_the_exclusive_or_of_all_bytes(body):
    assert fr.checksum(body) == slow_checksum(body)


# ── VDM and tag blocks ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_sentence():
    payload = enc.Payload(b"177KQJ5000G?tO`K>RA1wUbN0TKH", 0)
    assert fr.sentences(payload, channel="B") == [b"!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C"]
    assert fr.sentences(payload.characters, 0, channel="B") == fr.sentences(payload, channel="B")


@given(st.integers(8, 71), st.integers(0, 9), st.sampled_from(["AIVDM", "BSVDM", "AIVDO"]), st.sampled_from(["A", "B", "", "1"]))
def test_a_long_message_is_cut_and_put_together_again(max_chars, sequence, talker, channel):
    payload = enc.static_voyage(200_000_001, name="FRONT ALTAIR", imo=9_745_902, destination="KAOHSIUNG")
    lines = fr.sentences(payload, talker=talker, channel=channel, sequence=sequence, max_chars=max_chars)
    parts = [line[1:].split(b"*")[0].split(b",") for line in lines]
    assert b"".join(part[5] for part in parts) == payload.characters
    assert [int(part[6]) for part in parts] == [0] * (len(lines) - 1) + [payload.fill_bits]
    assert [int(part[2]) for part in parts] == list(range(1, len(lines) + 1))
    assert {part[1] for part in parts} == {b"%d" % len(lines)}
    assert {part[3] for part in parts} == ({b""} if len(lines) == 1 else {b"%d" % sequence})
    assert all(slow_checksum(line[1:-3]) == line[-2:] for line in lines)
    assert all(len(line) + 2 <= 82 for line in lines) or max_chars > 60


@pytest.mark.parametrize(
    "wrong",
    [
        {"sequence": 10},
        {"max_chars": 0},
        {"max_chars": 7, "sequence": 1},
        {"max_chars": 60},
        {"talker": "ai"},
        {"channel": "C", "sequence": 1},
    ],
)
def test_what_no_sentence_can_carry_is_refused(wrong):
    with pytest.raises(ValueError, match=r"."):
        fr.sentences(enc.static_voyage(200_000_001), **wrong)


def test_an_empty_message_is_refused():
    with pytest.raises(ValueError, match="characters"):
        fr.sentences(b"", 0)


def test_tag_block():
    line = fr.sentences(enc.position_a(200_000_001))[0]
    tagged = fr.tag(line, time_s=1_560_386_400.123, station="DEMO-FUJAIRAH", group=(1, 2, 77))
    body, said = tagged.split(b"\\")[1].split(b"*")
    assert body == b"g:1-2-77,s:DEMO-FUJAIRAH,c:1560386400123"
    assert slow_checksum(body) == said
    assert tagged.endswith(line)
    heard = NMEASentenceFactory.produce(tagged)
    heard.tag_block.init()
    assert (heard.tag_block.is_valid, heard.tag_block.source_station, heard.tag_block.receiver_timestamp) == (
        True,
        "DEMO-FUJAIRAH",
        "1560386400123",
    )
    assert b",c:1560386400*" in fr.tag(line, time_s=1_560_386_400.0, station="X")
    assert fr.tag(line) == line
    with pytest.raises(ValueError, match="station"):
        fr.tag(line, station="a,b")


# ── Radar ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_tll_as_a_radar_sends_it():
    real = b"$RATLL,01,5603.370,N,01859.976,E,ALPHA,015200.36,T,*75"
    assert fields(fr.tll(1, 56 + 3.370 / 60, 18 + 59.976 / 60, "ALPHA", at("015200.36"), "T")) == fields(real)


def test_tll_worked_by_hand():
    """25.4333° S is 25° 25.998′, 57.3733° W is 57° 22.398′; the target is lost and a reference."""
    body = b"RATLL,07,2525.9980,S,05722.3980,W,,,L,R"
    assert fr.tll(7, -25.4333, -57.3733, status="L", reference=True) == b"$" + body + b"*" + slow_checksum(body)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_tll_keeps_the_position(lat, lon):
    parts = fr.tll(3, lat, lon).split(b",")
    for field, half, digits, sent in ((parts[2], parts[3], 2, lat), (parts[4], parts[5], 3, lon)):
        degrees, minutes = int(field[:digits]), float(field[digits:])
        assert 0 <= minutes < 60
        assert (degrees + minutes / 60) * (-1 if half in b"SW" else 1) == pytest.approx(sent, abs=1e-6)


def test_ttm_as_a_radar_sends_it():
    real = b"$RATTM,01,0.2,190.8,T,12.1,109.7,T,0.1,0.5,N,TGT01,T,,100021.00,A*79"
    made = fr.ttm(1, 0.2, 190.8, 12.1, 109.7, cpa_nm=0.1, tcpa_min=0.5, name="TGT01", utc_s=at("100021.00"))
    assert fields(made) == fields(real)
    acquiring = b"$RATTM,02,3.55,297.3,T,,,T,0.13,,N,,Q,,,M*02"
    assert fr.ttm(2, 3.55, 297.3, cpa_nm=0.13, status="Q", acquisition="M") == acquiring


@pytest.mark.parametrize(
    "make",
    [
        lambda: fr.tll(1000, 0, 0),
        lambda: fr.tll(1, 91, 0),
        lambda: fr.tll(1, 0, 181),
        lambda: fr.tll(1, 0, 0, status="X"),
        lambda: fr.tll(1, 0, 0, name="A*B"),
        lambda: fr.tll(1, 0, 0, name="A\r\n$"),
        lambda: fr.tll(1, float("nan"), 0),
        lambda: fr.ttm(1, -1, 0),
        lambda: fr.ttm(1, 1, 360),
        lambda: fr.ttm(1, 1, 0, acquisition=""),
        lambda: fr.dsc(200_000_001, nature="bad luck"),
        lambda: fr.dsc(1_000_000_000),
        lambda: fr.dsc(200_000_001, lat_deg=91, lon_deg=0),
        lambda: fr.dsc(200_000_001, acknowledgement="E"),
    ],
)
def test_values_that_no_field_can_hold_are_refused(make):
    with pytest.raises(ValueError, match=r"."):
        make()


# ── Distress calls ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

DETROIT = {"lat_deg": 42 + 31.4589 / 60, "lon_deg": -(83 + 12.4494 / 60)}


def test_distress_call_as_a_receiver_hands_it_on():
    real = b"$CDDSC,12,3380400790,12,06,00,1423108312,2019,,,S,E*6A"
    assert fr.dsc(338_040_079, nature="disabled", **DETROIT, utc_s=at("201900"), expanded=True) == real
    sinking = b"$CDDSC,12,3380400790,12,05,00,1423108312,2019,,,S,E*69"
    assert fr.dsc(338_040_079, nature="sinking", **DETROIT, utc_s=at("201900"), expanded=True) == sinking


def test_expansion_as_a_receiver_hands_it_on():
    assert fr.dse(338_040_079, **DETROIT) == b"$CDDSE,1,1,A,3380400790,00,45894494*1B"


def test_routine_call_as_a_receiver_hands_it_on():
    real = b"$CDDSC,20,3380400790,00,21,26,1423108312,2021,,,B,E*73"
    made = fr.dsc(
        338_040_079,
        form="individual",
        category="routine",
        first="21",
        second="26",
        **DETROIT,
        utc_s=at("202100"),
        acknowledgement="B",
        expanded=True,
    )
    assert made == real


def test_relay_names_the_ship_in_distress():
    body = b"CDDSC,16,0020000010,12,12,00,0252505722,0312,2000000010,00,R,"
    made = fr.dsc(
        2_000_001, form="all ships", first="12", nature="fire", about_mmsi=200_000_001, lat_deg=25.4333, lon_deg=57.3733,
        utc_s=at("031200"), acknowledgement="R",
    )  # fmt: skip  # one a line would hide what belongs together
    assert made == b"$" + body + b"*" + slow_checksum(body)


def test_a_call_without_position_and_time():
    body = b"CDDSC,12,2000000010,12,07,00,9999999999,8888,,,S,"
    assert fr.dsc(200_000_001) == b"$" + body + b"*" + slow_checksum(body)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_call_and_expansion_together_keep_the_position(lat, lon):
    place = fr.call_position(lat, lon)
    fraction = fr.dse(200_000_001, lat, lon).split(b",")[6][:8].decode()
    assert len(place) == 10 and place.isdigit()
    for whole, digits, tail, sent in ((place[1:5], 2, fraction[:4], lat), (place[5:], 3, fraction[4:], lon)):
        minutes = int(whole[digits:]) + int(tail) / 10_000
        assert int(whole[digits:]) < 60
        assert int(whole[:digits]) + minutes / 60 == pytest.approx(abs(sent), abs=1e-6)
