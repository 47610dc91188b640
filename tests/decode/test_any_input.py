"""Whatever comes: nothing raises, every line is counted once, and where the input is cut changes nothing."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.ais import encoder, framing
from tankerwatch.decode import decoder as decoder_module

EPOCH = 1_560_386_400


def corpus() -> list[bytes]:
    """One of everything."""
    tag = framing.tag
    voyage = framing.sentences(encoder.static_voyage(566123000, name="FRONT RUNNER", destination="FUJAIRAH"), sequence=3, max_chars=24)
    other = framing.sentences(encoder.static_voyage(244000001, name="OTHER"), sequence=3)
    position = framing.sentences(encoder.position_a(566123000, 25.5, 57.25, 12.3, 90, 91, 0, 12))[0]
    return [
        position,
        *voyage,
        *(tag(part, station="FUJ", time_s=EPOCH + 1, group=(k + 1, len(other), 77)) for k, part in enumerate(other)),
        *framing.sentences(encoder.position_b_extended(244000001, 25.5, 57.25, name="YACHT"), sequence=4, talker="BSVDM"),
        *framing.sentences(encoder.base_station(2190067, EPOCH, 25.0, 57.0)),
        *framing.sentences(encoder.aid(992190001, 25.0, 57.0, name="A VERY LONG NAME OF A BUOY IN")),
        *framing.sentences(encoder.safety_text(2190067, "MAYDAY RELAY")),
        *framing.sentences(encoder.position_long_range(566123000, 25.5, 57.25)),
        *framing.sentences(encoder.position_a(244000009, 25.5, 57.25, heading_deg=10), talker="AIVDO"),
        tag(framing.tll(7, 25.4, 57.3, "SKIFF"), station="FUJ"),
        framing.ttm(8, 3.0, 120.0, 20.0, 200.0, name="FAST"),
        framing.ttm(8, 3.0, 120.0, relative_bearing=True),
        framing.dsc(566123000, lat_deg=25.5, lon_deg=57.25, expanded=True),
        framing.dse(566123000, 25.50123, 57.25987),
        b"$GPRMC,092211.00,A,2530.0000,N,05715.0000,E,5.2,28.2,200715,,,A",
        b"$GPHDT,91.0,T",
        b"$PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1,62*26",
        b"\\si:AISD*3F\\",
        position + voyage[0] + position,
        position + b",r003669987,1152921693",
        b"",
        b"# comment",
        b"$IIMTW,16.8,C*1C",
        b"foobar",
    ]


CORPUS = corpus()
TIMES = st.one_of(st.just(math.nan), st.floats(0, 120), st.sampled_from([0.0, 1.0, 29.0, 31.0, 90.0]))
FEEDS = st.integers(0, 2)


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A line of the corpus with a few bytes changed, cut out, doubled, or another line stuck to it."""
    line = bytearray(draw(st.sampled_from(CORPUS)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(line)))
        match draw(st.integers(0, 3)):
            case 0:
                line[at : at + 1] = bytes([draw(st.one_of(st.sampled_from(b"!$*\\,:-0123456789ABNw`\0\xff"), st.integers(0, 255)))])
            case 1:
                del line[at : at + draw(st.integers(1, 6))]
            case 2:
                line[at:at] = line[max(0, at - 5) : at]
            case 3:
                line += draw(st.sampled_from(CORPUS))
    return bytes(line)


def repaired(line: bytes) -> bytes:
    """The line with a checksum that fits, so that what is behind the checksum is reached."""
    if line[:1] not in (b"!", b"$") or b"*" not in line:
        return line
    body = line[1 : line.index(b"*")]
    return line[:1] + body + b"*%02X" % int(np.bitwise_xor.reduce(np.frombuffer(body or b"\0", np.uint8)))


LINES = st.lists(st.one_of(st.sampled_from(CORPUS), mangled(), mangled().map(repaired), st.binary(max_size=120)), max_size=40)


@given(LINES, st.data())
def test_nothing_raises_and_the_books_balance(listen, lines, data):
    times = [data.draw(TIMES) for _ in lines]
    rows = [(data.draw(FEEDS) << 48) + i + 1 for i in range(len(lines))]
    listen(lines, times, rows, feed_names=("a", "b", "c"), place_times=data.draw(st.booleans()))


@given(LINES, st.data())
def test_cuts_change_nothing(listen, lines, data):
    times = [data.draw(TIMES) for _ in lines]
    rows = [(data.draw(FEEDS) << 48) + i + 1 for i in range(len(lines))]
    how = {"feed_names": ("a", "b", "c"), "place_times": data.draw(st.booleans()), "sensor_positions": {"b": (25.0, 57.0)}}
    cuts = data.draw(st.lists(st.integers(0, len(lines)), max_size=6))
    whole = listen(lines, times, rows, **how)
    parts = listen(lines, times, rows, cuts, **how)
    assert whole.rows() == parts.rows()
    assert whole.stations == parts.stations
    assert whole.decoder.counters.to_json() == parts.decoder.counters.to_json()
    assert whole.decoder.feed_counters() == parts.decoder.feed_counters()


@given(st.permutations(range(3)), st.permutations(range(3)), st.data())
def test_fragments_shuffled_among_each_other(listen, one, two, data):
    messages = [
        framing.sentences(encoder.static_voyage(mmsi, name=name), sequence=sequence, max_chars=30)
        for mmsi, name, sequence in ((566123000, "ONE", 3), (244000001, "TWO", 4))
    ]
    queues = [[messages[0][k] for k in one], [messages[1][k] for k in two]]
    lines = []
    while any(queues):
        queue = data.draw(st.sampled_from([q for q in queues if q]))
        lines.append(queue.pop(0))
    said = listen(lines)
    assert sorted(said.statics.name.tolist()) == ["ONE", "TWO"] and said.rejected == {}


def test_a_batch_longer_than_a_chunk_is_no_other(listen, monkeypatch):
    lines = CORPUS * 20
    whole = listen(lines, place_times=True)
    monkeypatch.setattr(decoder_module, "CHUNK", 17)
    chunked = listen(lines, place_times=True)
    assert whole.rows() == chunked.rows() and whole.decoder.counters == chunked.decoder.counters
    assert whole.stations == chunked.stations


def test_many_sentences_in_a_line_find_room(listen):
    position = CORPUS[0]
    said = listen([position * 500, b"", position])
    assert len(said.fixes) == 501 and said.decoder.counters.used == 2


def test_a_storm_of_corrected_messages_finds_room(listen, wrap):
    """Each new last part of a message that was complete too early gives all of it again: far more bytes out than in."""
    firsts = [wrap(f"AIVDM,9,{k},3,A,{'5' if k == 1 else '0'}{'1' * 239},0") for k in range(1, 9)]
    lasts = [wrap(f"AIVDM,9,9,3,A,{i:04d},0") for i in range(300)]
    said = listen([lasts[0], *firsts, *lasts[1:]])
    assert len(said.statics) >= 2


@pytest.mark.timeout(400)  # it compiles everything once more
def test_no_kernel_reads_or_writes_beyond_its_arrays(tmp_path):
    """numba has no bounds checks unless told to; so told, in a process and a cache of its own, the corpus runs whole and mangled."""
    script = tmp_path / "run.py"
    script.write_text(
        "import random, sys\n"
        "import numpy as np\n"
        "from tankerwatch.core.tables import Lines\n"
        "from tankerwatch.decode import Decoder\n"
        "corpus = [bytes.fromhex(line) for line in sys.stdin.read().split()]\n"
        "rng = random.Random(7)\n"
        "lines = list(corpus)\n"
        "for _ in range(4000):\n"
        "    line = bytearray(rng.choice(corpus))\n"
        "    for _ in range(rng.randrange(4)):\n"
        "        at = rng.randrange(len(line) + 1)\n"
        "        line[at:at + rng.randrange(3)] = rng.choice([b'', b'*', b'!', b'\\\\', b',', b'9', bytes([rng.randrange(256)])])\n"
        "    if rng.random() < 0.5:\n"
        "        line = line[: rng.randrange(len(line) + 1)]\n"
        "    lines.append(bytes(line))\n"
        "    if rng.random() < 0.3 and b'*' in line and line[:1] in b'!$':\n"
        "        body = bytes(line[1 : line.index(b'*')])\n"
        "        if body:\n"
        "            lines.append(bytes(line[:1]) + body + b'*%02X' % int(np.bitwise_xor.reduce(np.frombuffer(body, np.uint8))))\n"
        "decoder = Decoder(place_times=True)\n"
        "for at in range(0, len(lines), 100):\n"
        "    part = lines[at : at + 100]\n"
        "    # the buffer ends with the last line: nothing may be read behind it\n"
        "    padded = Lines.of(part, [float('nan')] * len(part), list(range(at + 1, at + 1 + len(part))))\n"
        "    tight = padded.buffer[: int(padded.end[-1])].copy()\n"
        "    decoder.decode(Lines(tight, padded.start, padded.end, padded.time_s, padded.source_row))\n"
        "counters = decoder.counters\n"
        "assert counters.lines == len(lines) == counters.used + counters.blank + sum(counters.rejected.values())\n"
        "print('clean', counters.messages)\n"
    )
    source = Path(decoder_module.__file__).parents[2]
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path), "NUMBA_OPT": "0", "PYTHONPATH": str(source)}
    done = subprocess.run(
        [sys.executable, str(script)],
        input="\n".join(line.hex() for line in CORPUS if line),
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith("clean")
