"""The quick ways say what the slow ones say: eight bytes at a time as one by one, packed columns as Python strings."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core import arrow
from tankerwatch.core.ais import encoder, framing
from tankerwatch.core.kernels import index as ix
from tankerwatch.core.kernels import index_fragments as fr
from tankerwatch.core.kernels import stamps, words
from tankerwatch.core.mmsi import forms_and_junk, is_standard
from tankerwatch.core.packed import Packed, unpacked
from tankerwatch.core.tables import Lines
from tankerwatch.decode import Decoder

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


@given(st.lists(st.sampled_from(ARMOUR), min_size=8, max_size=8), st.binary(min_size=8, max_size=8), st.integers(0, 8))
def test_eight_armoured_characters_are_forty_eight_bits(armour, junk, kept):
    """What follows a payload, whatever it is, does not touch the bits of the characters before it."""
    raw = bytes(armour[:kept]) + junk[kept:]
    made = int(words.bits48(np.frombuffer(raw, np.uint8), 0))
    assert made >> (48 - 6 * kept) == plain_bits(raw[:kept])


@given(st.lists(st.one_of(st.sampled_from(ARMOUR), st.integers(0, 255)), min_size=8, max_size=8))
def test_what_is_no_armour_is_seen_among_eight(eight):
    value = np.uint64(words.word(np.array(eight, np.uint8), 0))
    assert int(value) == int.from_bytes(bytes(eight), "little")
    assert (words.not_armour(value) == 0) == all(c in ARMOUR for c in eight)


@given(
    st.one_of(
        st.integers(0, (1 << 30) - 1),
        st.sampled_from(sorted(edge + d for edge in forms_and_junk()[0].ravel().tolist() for d in (-1, 0, 1))),
    )
)
def test_an_identity_is_judged_by_its_million(mmsi):
    forms, junk = forms_and_junk()
    assert fr._odd(mmsi, forms, junk, fr.millions(forms, junk)) == (not is_standard(mmsi))


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


@given(st.lists(nearly_usual(), min_size=1, max_size=6), st.booleans())
def test_the_usual_form_is_read_as_any_other(listen, lines, tagged):
    """A blank behind a sentence is skipped, and takes it off the quick way."""
    if tagged:
        lines = [b"\\s:FUJ*%02X\\" % int(np.bitwise_xor.reduce(np.frombuffer(b"s:FUJ", np.uint8))) + line for line in lines]
    quick, slow = listen(lines), listen([line + b" " for line in lines])
    assert quick.rows() == slow.rows()
    assert quick.decoder.counters == slow.decoder.counters and quick.stations == slow.stations


def test_the_quick_way_is_taken():
    """Else the tests above would compare the slow way with itself."""
    entries = np.zeros((1, ix.ENTRY_WIDTH), np.int64)
    for line in SENTENCES:
        buffer = np.frombuffer(line + b" " + bytes(Lines.PAD), np.uint8)
        assert ix._usual(buffer, 0, len(line), entries, 0)
        assert not ix._usual(buffer, 0, len(line) + 1, entries, 0)


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
    count = stamps.split(buffer, begin, len(content), False, 4096, 7, start, end, row)[0]
    assert [int(b - a) for a, b in zip(start[:count], end[:count], strict=True)] == sizes
    assert row[:count].tolist() == list(range(7, 7 + len(sizes)))
