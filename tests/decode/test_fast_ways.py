"""The quick ways say what the slow ones say: eight bytes at a time as one by one, packed columns as Python strings."""

from __future__ import annotations

import math
import operator
from functools import reduce

import numba as nb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core import arrow
from tankerwatch.core.ais import encoder, framing
from tankerwatch.core.kernels import messages as ms
from tankerwatch.core.kernels import stamps, sweep, vectors, words
from tankerwatch.core.mmsi import forms_and_junk, is_standard
from tankerwatch.core.packed import Packed, unpacked
from tankerwatch.core.tables import Lines
from tankerwatch.decode import Decoder, sentences

ARMOUR = [c for c in range(256) if 48 <= c <= 87 or 96 <= c <= 119]
SENTENCES = [
    *framing.sentences(encoder.position_a(566123000, 25.5, 57.25, 12.3, 90, 91, 0, 12)),
    *framing.sentences(encoder.position_a(244000009, -25.5, -57.25, heading_deg=10), talker="AIVDO"),
    *framing.sentences(encoder.static_voyage(566123000, name="FRONT RUNNER", destination="FUJAIRAH"), sequence=3, max_chars=24),
    *framing.sentences(encoder.aid(992190001, 25.0, 57.0, name="A VERY LONG NAME OF A BUOY IN")),
    *framing.sentences(encoder.base_station(2190067, 1_560_386_400, 25.0, 57.0)),
]


def plain_bits(raw: bytes) -> int:
    value = 0
    for c in raw:
        value = value * 64 + (c - 48 if c < 96 else c - 56)
    return value


@nb.njit
def eight_of(raw, at):
    return words.bits48(words.view_of(raw), at)


@nb.njit
def four_of(raw, at, out):
    vectors.put_unarmoured(words.view_of(raw), at, words.view_of(out), 0)


@nb.njit
def bits_of(raw, at, first, width):
    return words.bits_at(words.view_of(raw), at, first, width)


@nb.njit
def checks_of(raw, at, length, byte):
    view = words.view_of(raw)
    xor, armour = vectors.checked(view, at, length)
    return words.folded(xor), armour, vectors.marked(view, at, byte)


@nb.njit
def spread_of(eight):
    return words.spread(eight)


@nb.njit
def is_odd(mmsi):
    return ms.odd(mmsi)


@given(st.lists(st.sampled_from(ARMOUR), min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.integers(0, 32))
def test_armoured_characters_are_their_bits(armour, junk, kept):
    """What follows a payload, whatever it is, does not touch the bits of the characters before it."""
    raw = np.frombuffer(bytes(armour[:kept]) + junk[kept:], np.uint8)
    four = np.zeros(4, np.int64)
    four_of(raw, 0, four)
    for each in ([int(eight_of(raw, at)) for at in range(0, 32, 8)], four.tolist()):
        value = sum(eight << (48 * (3 - k)) for k, eight in enumerate(each))
        assert value >> (192 - 6 * kept) == plain_bits(raw[:kept].tobytes())


@given(st.lists(st.sampled_from(ARMOUR), min_size=32, max_size=32), st.integers(0, 100), st.integers(1, 48))
def test_a_field_lies_anywhere(armour, first, width):
    raw = np.array(armour, np.uint8)
    assert bits_of(raw, 0, first, width) == plain_bits(bytes(armour)) >> (192 - first - width) & ((1 << width) - 1)


@given(st.integers(0, (1 << 48) - 1))
def test_spread_is_the_way_back(eight):
    assert int(spread_of(np.uint64(eight))).to_bytes(8, "little") == bytes(eight >> (42 - 6 * i) & 63 for i in range(8))


@given(
    st.lists(st.one_of(st.sampled_from([*ARMOUR, 10, 13]), st.integers(0, 255)), min_size=64, max_size=64), st.integers(0, 64), st.data()
)
def test_sixty_four_bytes_are_looked_at_one_by_one(raw, length, data):
    byte = data.draw(st.sampled_from(raw))
    xor, armour, marked = (int(number) for number in checks_of(np.array(raw, np.uint8), 0, length, byte))
    assert xor == reduce(operator.xor, raw[:length], 0)
    for mask, wanted in ((armour, set(ARMOUR)), (marked, {byte})):
        assert mask == sum(1 << i for i, c in enumerate(raw) if c in wanted)


@given(st.lists(st.one_of(st.floats(width=32), st.just(math.nan)), max_size=200), st.integers(0, 255))
def test_what_is_there_is_a_bit_each(values, absent):
    whole = [absent if value != value else int(abs(value)) & 255 for value in values if value != value or abs(value) < 1e9]
    columns = [(np.array(values, kind), math.nan, ~np.isnan(np.array(values, kind))) for kind in (np.float64, np.float32)]
    columns += [(np.array(whole, kind), absent, np.array(whole, kind) != absent) for kind in (np.uint8, np.uint16, np.uint32)]
    for column, missing, wanted in columns:
        out = np.zeros(4, np.uint64)
        assert vectors.there(column, missing, out) == len(column) - wanted.sum()
        assert np.array_equal(np.unpackbits(out.view(np.uint8), bitorder="little")[: len(column)], wanted)


@given(
    st.one_of(
        st.integers(0, (1 << 30) - 1),
        st.sampled_from(sorted(edge + d for edge in forms_and_junk()[0].ravel().tolist() for d in (-1, 0, 1))),
    )
)
def test_an_identity_is_judged_by_its_million(mmsi):
    assert is_odd(mmsi) == (not is_standard(mmsi))


@st.composite
def nearly_usual(draw: st.DrawFn) -> bytes:
    """A sound sentence with a byte or two changed, mostly with a checksum that fits again."""
    raw = bytearray(draw(st.sampled_from(SENTENCES)))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(raw) - 1))
        raw[at : at + draw(st.integers(0, 2))] = bytes([draw(st.sampled_from(b"!$*\\,:-0159ABMNOVWX_`wx\x80"))])
    if draw(st.integers(0, 3)) and b"*" in raw:
        body = bytes(raw[1 : raw.index(b"*")]) or b"A"
        raw = raw[:1] + body + b"*%02X" % int(np.bitwise_xor.reduce(np.frombuffer(body, np.uint8)))
    return bytes(raw)


BEFORE = st.sampled_from(
    [
        *(
            b"\\" + body + b"*%02X\\" % reduce(operator.xor, body, 0)
            for body in (b"s:FUJ", b"s:,c:5,x", b"g:1-2-77,s:rR\0", b"n:1,g:-", b"si:A")
        ),
        b"\\s:A_NAME_OF_MORE_THAN_SIXTEEN,c:1560386400*6B\\",
        b"\\s:WRONG*00\\",
        b"1560386400 ",
        b"2019-06-13 00:40:00;",
        b"",
        b"",
    ]
)
BEHIND = st.sampled_from([b"", b"", b",r003669987,1152921693", b",1412524603", b",rST,bXY", b"*", b" "])


@given(st.lists(st.tuples(BEFORE, BEFORE, nearly_usual(), BEHIND), min_size=1, max_size=6))
def test_the_usual_form_is_read_as_any_other(listen, lines):
    """A blank before a line is skipped, and takes it off the quick way."""
    lines = [b"".join(parts) for parts in lines]
    quick, slow = listen(lines), listen([b" " + line for line in lines])
    assert quick.rows() == slow.rows()
    assert quick.decoder.counters == slow.decoder.counters and quick.stations == slow.stations


@nb.njit
def sound(raw, size):
    return sweep._sound(words.view_of(raw), 0, size)


@pytest.mark.parametrize("line", SENTENCES)
def test_the_quick_way_is_taken(line):
    """Else the tests above would compare the slow way with itself."""
    raw = np.frombuffer(line + b" " + bytes(Lines.PAD), np.uint8)
    at, channel = sound(raw, len(line))
    assert raw[at:].tobytes().startswith(line.split(b",")[5]) and channel == 65
    assert sound(raw, len(line) + 1) == (-1, 0)


@given(st.lists(nearly_usual(), min_size=1, max_size=8), st.integers(1, 4))
def test_room_that_runs_out_changes_nothing(listen, lines, few):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sentences, "FEW", few)
        patch.setattr(sentences, "FEW_OF", 1000)
        patch.setattr(sentences, "SPARE", 0)
        tight = listen([b"".join(lines), *lines])
    assert tight.rows() == listen([b"".join(lines), *lines]).rows()


def test_a_buffer_too_long_for_the_rows_of_messages_is_cut_to_the_lines(listen, monkeypatch):
    whole = listen(SENTENCES, cuts=(2, 4)).rows()
    monkeypatch.setattr(sentences, "LONGEST", 40)
    assert listen(SENTENCES, cuts=(2, 4)).rows() == whole


def test_packed_columns_are_the_same_texts():
    lines = Lines.of(SENTENCES, [1.0] * len(SENTENCES), list(range(1, len(SENTENCES) + 1)))
    whole, parts = Decoder().decode(lines), list(Decoder().columns(lines))
    assert len(parts) == 1 and isinstance(parts[0].statics.name, Packed) and isinstance(parts[0].bases.name, Packed)
    for name in ("fixes", "statics", "bases", "others", "texts", "calls"):
        quick, slow = getattr(parts[0], name), getattr(whole, name)
        assert arrow.table_of(quick).to_pylist() == arrow.table_of(slow).to_pylist(), name
        unpacked(quick).check()
    assert whole.statics.name.tolist() == ["FRONT RUNNER"] and whole.bases.name.tolist() == ["A VERY LONG NAME OF A BUOY IN", ""]
    assert arrow.table_of(parts[0].bases)["name"].to_pylist() == ["A VERY LONG NAME OF A BUOY IN", None]


def test_arrow_columns_are_valid_and_their_nulls_are_the_missing_values():
    lines = Lines.of(SENTENCES, [float("nan")] * len(SENTENCES), list(range(1, len(SENTENCES) + 1)))
    for part in Decoder().columns(lines):
        for rows in (part.fixes, part.statics, part.bases):
            made = arrow.table_of(rows)
            made.validate(full=True)
            assert made.schema.equals(arrow.schema_of(type(rows)))
            assert made["time_s"].null_count == len(rows) and made["mmsi"].null_count == 0
    assert arrow.table_of(part.fixes)["accurate"].type == pa.bool_()


@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
@given(st.lists(st.integers(0, 30), max_size=30), st.integers(0, 9))
def test_lines_end_wherever_they_lie_within_a_word(ends, sizes, begin):
    content = bytes(begin) + b"".join(b"x" * size + ends for size in sizes)
    buffer = np.frombuffer(content + bytes(Lines.PAD), np.uint8)
    start, end, row = np.zeros(40, np.int64), np.zeros(40, np.int64), np.zeros(40, np.uint64)
    count = stamps.split(buffer, begin, begin, len(content), False, 4096, 7, start, end, row)[0]
    assert [int(b - a) for a, b in zip(start[:count], end[:count], strict=True)] == sizes
    assert row[:count].tolist() == list(range(7, 7 + len(sizes)))
