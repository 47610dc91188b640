"""The receive time that lines carry: every form, and stamps that must not be believed."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.kernels import stamps
from tankerwatch.ingest.file import CHUNK_LINES, CROWDED_BYTES, RecordedFiles, stamped

SENTENCE = b"!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23"
T = 1560393600.0  # 2019-06-13T02:40:00Z


FRAGMENTS = [b"\\", b"c:", b"1560393600", b",", b"*", b"$PGHP,1,", b"!", b"2019-06-13", b"T02:40:00", b" ", b"9" * 20]


def times(*lines: bytes) -> list[float]:
    made = [line.time_s for line in stamped([b"\n".join(lines) + b"\n"], Counter())]
    return [] if not made else np.concatenate(made).tolist()


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (rb"\s:42809,c:1560393600,t:1635731965*6A\%s", T),
        (rb"\c:1560393600*53\%s", T),
        (rb"\:,c:1560393600*4E\%s", T),
        (rb"\s:b:2,c:1560393600*57\%s", T),
        (rb"\c:1560393600250*53\%s", T + 0.25),
        (rb"\c:1560393600250000*53\%s", T + 0.25),
        (rb"\c:1560393600.25*53\%s", T + 0.25),
        (rb"\s:a,c:1560393600*53\\s:b,c:1560393999*53\%s", T),
        (rb"\s:a*53\\s:b,c:1560393600*53\%s", T),
        (b"1560393600 %s", T),
        (b"1560393600.5 %s", T + 0.5),
        (b"1560393600500,%s", T + 0.5),
        (b"1560393600500000;%s", T + 0.5),
        (b"1560393600500000000\t%s", T + 0.5),
        (b"2019-06-13T02:40:00Z %s", T),
        (b"2019-06-13 02:40:00.123 %s", T + 0.123),
        (b"2019-06-13 02:40:00,123 %s", T + 0.123),
        (b"[2019-06-13 02:40:00] %s", T),
        (b"2019-06-13T02:40Z|%s", T),
        (b"2019/06/13 02:40:00 %s", T),
        (b"20190613T024000Z %s", T),
        (b"20190613024000 %s", T),
        (b"20190613_024000 %s", T),
        (b"2019-06-13T04:40:00+02:00 %s", T),
        (b"2019-06-12T22:40:00-0400 %s", T),
        (b"feed one 2019-06-13T02:40:00Z: %s", T),
        (rb"2019-06-13T02:41:00Z \c:1560393600*53\%s", T),
        (b"%s,1560393600", T),
        (b"%s,r003669987,1560393600", T),
        (b"%s,rb03660465,1560393600", T),
        (b"%s,d-109,S2105,t050056.00,T56.13718694,r003669946,1560393600,1325394001", T),
        (b"%s 2019-06-13T02:40:00Z", T),
        (b"%s,2019-06-13 02:40:00.5", T + 0.5),
        (b"%s,1560393600  ", T),
        (b"$PGHP,1,2019,6,13,2,40,0,11,219,,2190067,1,62*26", T + 0.011),
        (rb"\si:AISD*3F\$PGHP,1,2019,6,13,2,40,0,500,219,,2190067,1,62*26", T + 0.5),
        # not a time
        (b"%s", math.nan),
        (rb"\s:42809,n:1560393600*6A\%s", math.nan),
        (rb"\s:xc:1560393600*6A\%s", math.nan),
        (b"992190917 %s", math.nan),
        (b"%s,r992190917", math.nan),
        (b"%s,992190917", math.nan),
        (b"nmea0183 n0183-GPZDA GPZDA $GPZDA,170948,18,08,2022,00,00*48", math.nan),
        (b"# 2019-06-13T02:40:00Z a remark on %s", math.nan),
        (b"1560393600 no sentence here", math.nan),
        (b"$PGHP,1,2019,13,13,2,40,0,11,219,,2190067,1,62*26", math.nan),
        (b"$PGHP,1,2019,2,29,2,40,0,11,219,,2190067,1,62*26", math.nan),
        (b"$PGHP,2,2019,6,13,2,40,0,11,219,,2190067,1,62*26", math.nan),
        (b"$PGHP,1,2019,6,13", math.nan),
        (b"2019-02-29T02:40:00Z %s", math.nan),
        (b"2019-06-13T24:40:00Z %s", math.nan),
        (rb"\c:1560393600*53", math.nan),
        (b"\\", math.nan),
        (b"", math.nan),
    ],
)
def test_each_form(line: bytes, expected: float) -> None:
    filled = line % SENTENCE if b"%s" in line else line
    assert times(filled) == [pytest.approx(expected, abs=1e-6, nan_ok=True)]


@given(st.integers(631_152_000_000, 4_102_444_799_999))
def test_iso_times_are_read_to_the_millisecond(ms: int) -> None:
    text = datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S") + f".{ms % 1000:03d}Z "
    assert times(text.encode() + SENTENCE) == [pytest.approx(ms / 1000, abs=1e-5)]
    assert times(rb"\c:%d*00\%s" % (ms, SENTENCE)) == [pytest.approx(ms / 1000, abs=1e-5)]


@given(st.binary(max_size=200))
def test_any_line_is_survived(line: bytes) -> None:
    for made in times(line):
        assert made != made or stamps.EARLIEST_S <= made < stamps.LATEST_S


@given(
    st.lists(
        st.sampled_from(
            [b"\\", b"c:", b"1560393600", b",", b"*", b"$PGHP,1,", b"!", b"2019-06-13", b"T02:40:00", b" ", b"99999999999999999999"]
        )
    )
)
def test_lines_that_look_like_times_are_survived(parts: list[bytes]) -> None:
    for made in times(b"".join(parts)):
        assert made != made or stamps.EARLIEST_S <= made < stamps.LATEST_S


def test_a_line_without_a_stamp_carries_the_one_before() -> None:
    stamp = b"$PGHP,1,2019,6,13,2,40,0,0,219,,2190067,1,62*26"
    assert times(SENTENCE, stamp, SENTENCE, SENTENCE, b"\\c:1560393660*00\\", SENTENCE) == pytest.approx(
        [math.nan, T, T, T, T + 60, T + 60], nan_ok=True
    )


def test_a_tag_block_alone_goes_with_the_line_after_it() -> None:
    group = [b"\\si:AISD*3F\\", b"$PGHP,1,2019,6,13,2,40,%d,0,219,,2190067,1,62*26", SENTENCE]
    made = times(group[0], group[1] % 0, SENTENCE, group[0], group[1] % 9, SENTENCE)
    assert made == [T, T, T, T + 9, T + 9, T + 9]
    assert times(b"\\c:%d*00\\" % T, SENTENCE, b"\\si:AISD*3F\\", SENTENCE) == [T] * 4


def test_a_stamp_does_not_carry_for_ever() -> None:
    stamp = b"\\c:1560393600*00\\"
    made = times(*[stamp + SENTENCE] * 2, *[SENTENCE] * (2 * stamps.CARRIED), stamp + SENTENCE)
    assert all(math.isnan(t) for t in made[:-1])  # two stamps, then none for long: pasted samples
    many = times(*[stamp + SENTENCE, SENTENCE] * 600, *[SENTENCE] * (2 * stamps.CARRIED))
    assert many[0] == many[1199] == T
    assert many[1199 + stamps.CARRIED // 2] == T
    assert math.isnan(many[1201 + stamps.CARRIED])


def log(*seconds: float) -> list[bytes]:
    return [rb"\c:%d*00\%s" % (T + s, SENTENCE) for s in seconds]


@pytest.mark.parametrize("leap_s", [2 * 86400, 40 * 365 * 86400, 344 * 365 * 86400])
def test_one_absurd_stamp_does_not_drive_the_clock(leap_s: int) -> None:
    counters: Counter[str] = Counter()
    lines = log(0, 1, 2, leap_s, 3, 4, 5, 6)
    made = np.concatenate([part.time_s for part in stamped([b"\n".join(lines)], counters)])
    assert (made - T).tolist() == [0, 1, 2, 2, 3, 4, 5, 6]
    assert counters["absurd_time"] == 1


def test_an_absurd_stamp_at_the_beginning_or_end_is_not_believed() -> None:
    far = 40 * 365 * 86400
    assert [round(t - T) for t in times(*log(far, 1, 2, 3, 4))[1:]] == [1, 2, 3, 4]
    assert math.isnan(times(*log(far, 1, 2, 3, 4))[0])
    assert [t - T for t in times(*log(0, 1, 2, far))] == [0, 1, 2, 2]


def test_a_leap_that_the_following_stamps_bear_out_is_believed() -> None:
    day = 86400
    assert [t - T for t in times(*log(0, 1, 9 * day, 9 * day + 1, 9 * day + 2))] == [0, 1, 9 * day, 9 * day + 1, 9 * day + 2]
    assert [t - T for t in times(*log(0, 3 * day, 6 * day, 9 * day))] == [0, 3 * day, 6 * day, 9 * day]


def _told(lines: list[bytes], counters: Counter[str]) -> list[float]:
    return np.concatenate([part.time_s for part in stamped([b"\n".join(lines)], counters)]).tolist()


def _of_stations(offsets: list[int], lines: int) -> tuple[list[float], list[float], int]:
    """Times told by stations in turn, a second apart, each with its clock's offset: (true, believed, not believed)."""
    true = [T + at for at in range(lines)]
    said = [f"\\s:s{at % len(offsets)},c:{round(T) + at + offsets[at % len(offsets)]}*00\\!AIVDM,1".encode() for at in range(lines)]
    counters: Counter[str] = Counter()
    told = _told(said, counters)
    return true, told, counters["absurd_time"]


@pytest.mark.parametrize("ahead", [0, 1, 2])
@pytest.mark.parametrize("offset_s", [90, 3600, -3600, 86400 * 9])
def test_a_station_with_a_wrong_clock_does_not_drive_the_time(ahead: int, offset_s: int) -> None:
    offsets = [offset_s if at == ahead else 0 for at in range(3)]
    true, told, absurd = _of_stations(offsets, 600)
    known = [(t, got) for t, got, own in zip(true, told, itertools.cycle(offsets), strict=False) if got == got and not own]
    assert len(known) >= 398 and all(got == t for t, got in known)
    if offset_s > 0:  # who is behind is late, and drives nothing
        assert absurd == 200
        assert all(abs(got - t) <= 2 for t, got in zip(true, told, strict=True) if got == got)


def test_a_clock_that_jumps_ahead_in_mid_stream_is_not_followed_while_others_go_on() -> None:
    said = []
    for at in range(900):
        wrong = 3600 if at % 3 == 0 and at >= 450 else 0
        said.append(f"\\s:s{at % 3},c:{round(T) + at + wrong}*00\\!AIVDM,1".encode())
    told = _told(said, Counter())
    assert max(abs(got - T - at) for at, got in enumerate(told)) <= 1


def test_a_pause_of_all_stations_is_a_pause() -> None:
    stamps_s = [round(T) + at + (1800 if at >= 300 else 0) for at in range(600)]
    said = [f"\\s:s{at % 3},c:{t}*00\\!AIVDM,1".encode() for at, t in enumerate(stamps_s)]
    counters: Counter[str] = Counter()
    told = _told(said, counters)
    assert told == stamps_s
    assert not counters["absurd_time"]


@given(st.lists(st.sampled_from([*log(0, 1, 2, 200000, 5e9), SENTENCE, b"\\si:A*00\\", b""]), max_size=80), st.integers(1, 200))
def test_cutting_changes_no_time(lines: list[bytes], size: int) -> None:
    data = b"\n".join(lines)
    whole = np.concatenate([np.empty(0), *(part.time_s for part in stamped([data], Counter()))])
    cut = [data[at : at + size] for at in range(0, len(data), size)]
    counters: Counter[str] = Counter()
    parts = np.concatenate([np.empty(0), *(part.time_s for part in stamped(cut, counters, chunk_bytes=1))])
    assert np.array_equal(whole, parts, equal_nan=True)
    assert counters["lines"] == len(parts)


def test_cutting_changes_no_time_of_a_long_log() -> None:
    rng = np.random.default_rng(4)
    kinds = [*log(*range(0, 60, 7), 9e5), SENTENCE, b"\\si:A*00\\", b"!" + b"x" * 5000 + b"*00,1560393650", b"\r"]
    lines = [kinds[i] for i in rng.integers(0, len(kinds), 9000)]
    lines[3000:4600] = [SENTENCE] * 1600
    data = b"\n".join(lines)
    whole_counters: Counter[str] = Counter()
    whole = list(stamped([data], whole_counters))
    for size in (997, 40_000, 300_001):
        counters: Counter[str] = Counter()
        blocks = [data[at : at + size] for at in range(0, len(data), size)]
        parts = list(stamped(blocks, counters, chunk_bytes=size))
        assert np.array_equal(np.concatenate([p.time_s for p in whole]), np.concatenate([p.time_s for p in parts]), equal_nan=True)
        assert np.array_equal(np.concatenate([p.source_row for p in whole]), np.concatenate([p.source_row for p in parts]))
        assert [p.line(i) for p in whole for i in range(0, len(p), 50)] == [
            line for at, line in enumerate(p.line(i) for p in parts for i in range(len(p))) if at % 50 == 0
        ]
        assert counters == whole_counters


@pytest.mark.parametrize("ends", [b"\n", b"\r", b"\r\n"])
def test_very_short_lines_come_in_smaller_parts_and_are_the_same(monkeypatch: pytest.MonkeyPatch, ends: bytes) -> None:
    """What is kept for each line takes more room than the line: a few kilobytes of zstd can be a hundred million of them."""
    rng = np.random.default_rng(5)
    kinds = [b"", b"", b"", b"x", *log(0, 1, 2, 9e5), b"!" + b"x" * 5000]
    data = ends.join(kinds[i] for i in rng.choice(len(kinds), 9000, p=[0.3, 0.3, 0.3, 0.09, 0.002, 0.002, 0.002, 0.002, 0.002]))
    whole_counters: Counter[str] = Counter()
    whole = list(stamped([data], whole_counters))
    monkeypatch.setattr("tankerwatch.ingest.file.CROWDED_BYTES", 700)
    monkeypatch.setattr("tankerwatch.ingest.file.CHUNK_LINES", 1500)
    for size in (997, 300_001):
        counters: Counter[str] = Counter()
        parts = list(stamped([data[at : at + size] for at in range(0, len(data), size)], counters))
        assert len(parts) > len(whole) and counters == whole_counters
        assert np.array_equal(np.concatenate([p.time_s for p in whole]), np.concatenate([p.time_s for p in parts]), equal_nan=True)
        assert np.array_equal(np.concatenate([p.source_row for p in whole]), np.concatenate([p.source_row for p in parts]))
        assert [p.line(i) for p in whole for i in range(len(p))] == [p.line(i) for p in parts for i in range(len(p))]


def test_a_block_of_line_ends_alone_is_worked_off_in_parts() -> None:
    parts = [len(part) for part in stamped([b"\n" * (9 << 20)], Counter())]
    assert sum(parts) == 9 << 20 and max(parts) <= CHUNK_LINES + CROWDED_BYTES + stamps.AHEAD


# From MANIFEST.md, section 1: physical lines, and the first and last time where it states them.
REAL = {
    "aisabnormal_sample.nmea.gz": (80246, "2013-11-12 12:00:00", "2013-11-12 12:05:00"),
    "aisabnormal_538004030.nmea.gz": (16104, "2014-09-28 16:00:00", "2014-09-28 18:30:00"),
    "aisabnormal_212123000.nmea.gz": (10018, "2014-10-02 16:30:00", "2014-10-03 07:00:00"),
    "aisabnormal_219165000.nmea": (249, "2014-10-05 15:56:40", "2014-10-05 16:20:00"),
    "aislib_stream_example.nmea.gz": (8551, "2010-06-11 11:46:10", "2010-06-11 11:46:39"),
    "aislib_replay.nmea": (108, "2013-03-18 09:19:00", "2013-03-18 09:20:00"),
    "aisdb_20211101.nmea": (1000, "2021-11-01 01:58:00", "2021-11-01 02:00:00"),
    "aisnet_kystverket1000.nmea": (1000, "2019-08-07 22:59:58", "2019-08-07 23:00:28"),
    "noaadata_test_ais.nmea": (1001, "2006-07-15 00:00:00", "2006-07-15 00:05:00"),
    "goais_aistest.nmea": (998, "2019-02-16 07:52:46", "2019-02-16 07:52:49"),
    "gfw_ee_multiline.nmea": (10, "2022-08-29 14:12:00", "2022-08-29 14:15:00"),
    "gfw_errors.nmea": (5, "2023-11-08 00:01:00", "2023-11-08 00:07:00"),
    "gfw_bad_bitcount.nmea": (13, "2023-10-01 00:00:00", "2024-06-01 00:00:00"),
    "pyais_timestamped.nmea": (11, "2008-05-09 00:00:00", "2009-05-09 00:00:01"),
    "pyais_mixed.nmea": (35, "2008-05-09 00:00:00", "2015-04-10 00:00:00"),
    "libais_typeexamples.nmea": (26, "2012-01-01 05:00:00", "2012-01-09 00:00:00"),
    "pyais_nmea_data_sample.nmea": (898, "", ""),
    "gpsd_type6_fid55.nmea": (1487, "", ""),
    "opencpn_hakefjord.nmea.gz": (102935, "", ""),
    "opencpn_guernsey.nmea.gz": (63318, "", ""),
    "opencpn_stupan.nmea": (1841, "", ""),
    "signalk_nais400.nmea": (765, "", ""),
    "gpsd_ait250.nmea": (155, "", ""),
}


@pytest.mark.parametrize("name", sorted(REAL))
def test_real_logs_have_the_times_that_their_origin_states(shared_data: Callable[[str], Path], name: str) -> None:
    lines, first, last = REAL[name]
    source = RecordedFiles([shared_data(f"nmea/{name}")])
    parts = [batch.lines for batch in source.batches()]
    known = np.concatenate([part.time_s for part in parts])
    assert len(known) == lines == source.counters["lines"]
    known = known[~np.isnan(known)]
    if not first:
        assert not len(known)
        return
    assert utc(first) <= known.min()
    assert known.max() <= utc(last)
    assert len(known) > 0.3 * lines


def test_every_real_log_is_read(shared_data: Callable[[str], Path]) -> None:
    for path in sorted(shared_data("nmea").iterdir()):
        source = RecordedFiles([path])
        rows = np.sort(np.concatenate([batch.lines.source_row for batch in source.batches()]))
        assert rows.tolist() == list(range(1, source.counters["lines"] + 1)), path.name
