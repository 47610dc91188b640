"""Lines taken apart and put together again: the same bytes for whatever comes, and no harm from parts that somebody made up."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tankerwatch.core.kernels import armour
from tankerwatch.core.tables import Batch, Lines
from tankerwatch.store.frames import APART, ONE_TIME, ROW_RUN, decode, encode, place
from tankerwatch.store.packing import apart, together

REAL = b"!AIVDM,1,1,,A,12vj22@01t6G:R239rg=`:r00000,0*1D"
TAGGED = b"\\s:s3,c:1700000400200*4C\\" + REAL
LONG = b"!AIVDM,2,1,3,B," + b"5" * 60 + b",0*"


def sealed(sentence: bytes) -> bytes:
    """With its checksum."""
    xor = 0
    for each in sentence[1:]:
        xor ^= each
    return sentence + b"*%02X" % xor


armoured = st.text("".join(map(chr, [*range(48, 88), *range(96, 120)])), max_size=130).map(str.encode)
openings = st.sampled_from([b"!AIVDM,1,1,,A,", b"!AIVDM,2,1,3,B,", b"!BSVDO,1,1,,,", b"!,,,,,", b"!AIVDM,9,9,99,AB,", b"!AI\0DM,1,1,,A,"])
texts = st.one_of(st.just(b""), st.just(b"\r"), st.binary(max_size=80))
sentences = st.builds(
    lambda before, opening, payload, fill, after: before + sealed(opening + payload + b"," + fill) + after,
    texts,
    openings,
    armoured,
    st.sampled_from([b"0", b"5", b"6", b"", b"00"]),
    texts,
)
broken = st.builds(
    lambda line, at, byte: line[: at % len(line)] + bytes([byte]) + line[at % len(line) + 1 :],
    sentences,
    st.integers(0),
    st.integers(0, 255),
)
lines = st.lists(st.one_of(sentences, broken, st.binary(max_size=200), st.sampled_from([REAL, TAGGED])), min_size=1, max_size=40)


def batch(said: list[bytes], times: list[float] | None = None, rows: list[int] | None = None) -> Batch:
    return Batch(Lines.of(said, times or [1.5] * len(said), rows or list(range(1, len(said) + 1))))


def again(given: Batch) -> Batch:
    content = encode(given)
    return decode(place(content, bytes(8), 1, 1, 0, bytes(32)).header, content.payload)


@settings(max_examples=300)
@given(lines)
@example([REAL, TAGGED, LONG, sealed(LONG[:-1]), b"", b"\n", REAL + b"\n"])
@example([sealed(b"!AIVDM,1,1,,A," + b"w" * count + b",0") for count in range(132)])
@example([sealed(b"!AIVDM,1,1,%d,A,0,0" % number) for number in range(100)])
def test_the_same_lines_come_back(said):
    found = again(batch(said)).lines
    assert [found.line(at) for at in range(len(found))] == said
    assert not found.buffer[found.end[-1] + 1 :].any() and len(found.buffer) >= found.end[-1] + Lines.PAD
    parts = apart(Lines.of(said, [0.0] * len(said), [0] * len(said)))
    assert (not parts) == any(b"\n" in line for line in said)


@given(st.lists(st.tuples(st.one_of(st.floats(), st.floats(1.7e9, 1.8e9)), st.integers(0, 2**64 - 1)), min_size=1, max_size=30))
def test_times_and_rows_come_back_to_the_bit(stamps):
    times, rows = (list(column) for column in zip(*stamps, strict=True))
    found = again(batch([REAL] * len(stamps), times, rows)).lines
    assert found.time_s.tobytes() == np.array(times, "f8").tobytes()
    assert found.source_row.tolist() == rows


def test_usual_lines_are_packed_and_what_is_usual_is_said_once():
    content = encode(batch([TAGGED, REAL] * 500))
    assert content.flags & APART and content.flags & ONE_TIME and content.flags & ROW_RUN
    assert content.raw_bytes < 1000 * (21 + 3 + len(TAGGED) - len(REAL) + 3)
    assert b"".join(apart(batch([REAL] * 9).lines)).count(b"AIVDM") == 1


@settings(max_examples=300)
@given(st.binary(max_size=400), st.integers(1, 60), st.lists(st.integers(0, 2**16), max_size=4))
def test_made_up_parts_do_no_harm(noise, count, sizes):
    """A frame's checksum can be forged: its parts may say anything."""
    head = b"".join(size.to_bytes(4, "little") for size in [*sizes, 0, 0, 0, 0][:4])
    for payload in (noise, head + noise):
        try:
            out, lengths, end = together(payload, 0, count)
        except (ValueError, struct.error):
            continue
        assert end <= len(payload) and lengths.sum() + count <= len(out)


@settings(max_examples=300)
@given(lines, st.data())
def test_changed_parts_do_no_harm(said, data):
    whole = b"".join(apart(batch([line.replace(b"\n", b"") for line in said]).lines))
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at + 1 :]
    try:
        out, lengths, end = together(changed, 0, len(said))
    except ValueError:
        return
    assert end <= len(changed) and int(lengths.sum()) + len(said) == len(out) - armour.BEYOND


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_too_short_is_said(size):
    whole = b"".join(apart(batch([REAL]).lines))
    with pytest.raises(ValueError):
        together(whole[: len(whole) - 1 - size], 0, 1)
