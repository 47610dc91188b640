"""Recorded logs: order, numbers, packing, several files, damage."""

from __future__ import annotations

import gzip
import heapq
import itertools
import os
import re
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.errors import InputFault
from tankerwatch.core.schema import F64
from tankerwatch.core.tables import Lines
from tankerwatch.ingest import order
from tankerwatch.ingest.bytes import Recording
from tankerwatch.ingest.file import RecordedFiles
from tankerwatch.ingest.order import Window

T = 1_560_393_600


def line(second: float, text: str = "") -> bytes:
    return rb"\c:%d*00\!AIVDM,1,1,,A,%s,0*23" % (round((T + second) * 1000), text.encode())


def content(paths: Sequence[Any] | Recording, **options: Any) -> list[tuple[int, float, bytes]]:
    """Number, time after T, and text of each line, as they come."""
    made = []
    for batch in RecordedFiles(paths, **options).batches():
        lines = batch.lines
        rows = zip(lines.source_row.tolist(), lines.time_s.tolist(), strict=True)
        made += [(number, round(time_s - T, 3), lines.line(i)) for i, (number, time_s) in enumerate(rows)]
    return made


def write(path: Path, *lines: bytes) -> Path:
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def model(stamps: Sequence[float], window_s: float) -> list[int]:
    """The order in which a window lets lines go, one by one: what came too late goes at once."""
    waiting: list[tuple[float, int]] = []
    newest = -np.inf
    gone = []
    for at, stamp in enumerate(stamps):
        newest = max(newest, stamp)
        heapq.heappush(waiting, (max(stamp, newest - window_s), at))
        while waiting and waiting[0][0] <= newest - window_s:
            gone.append(heapq.heappop(waiting)[1])
    return gone + [at for _, at in sorted(waiting)]


seconds = st.lists(st.integers(0, 60).map(float) | st.floats(0, 60).map(lambda s: round(s, 1)), max_size=60)


@given(seconds, st.sampled_from([0.0, 5.0, 15.0]), st.lists(st.integers(0, 60), max_size=6))
def test_the_window_sorts_as_one_would_line_by_line(stamps: list[float], window_s: float, cuts: list[int]) -> None:
    edges = sorted({min(cut, len(stamps)) for cut in cuts} | {0, len(stamps)})
    window = Window(window_s)
    rows: list[int] = []
    keys: list[float] = []
    for low, high in itertools.pairwise(edges):
        part = Lines.of([b"x"] * (high - low), stamps[low:high], list(range(low, high)))
        for run in window.push(part):
            rows += run.lines.source_row.tolist()
            keys += run.key.tolist()
    for run in window.finish():
        rows += run.lines.source_row.tolist()
        keys += run.key.tolist()
    assert rows == model(stamps, window_s)
    assert keys == sorted(keys)


def test_the_window_sorts_many_a_stream_as_one_would_line_by_line() -> None:
    rng = np.random.default_rng(11)
    for _ in range(300):
        stamps = (rng.integers(0, 100, 40) / 4 + np.arange(40) * rng.uniform(0, 1)).tolist()
        window = Window(5.0)
        runs = [*window.push(Lines.of([b"x"] * 40, stamps, list(range(40)))), *window.finish()]
        assert [int(row) for run in runs for row in run.lines.source_row] == model(stamps, 5.0)


@given(st.lists(st.integers(0, 30), max_size=80), st.integers(1, 9), st.integers(2, 60), st.integers(1, 40))
def test_a_small_window_forgets_nothing_and_does_not_depend_on_cuts(stamps: list[int], lines: int, most_bytes: int, size: int) -> None:
    def order_of(size: int) -> list[int]:
        window = Window(15.0, lines=lines, most_bytes=most_bytes)
        rows = []
        for low in range(0, len(stamps), size):
            some = [float(stamp) for stamp in stamps[low : low + size]]
            part = Lines.of([b"xy"] * len(some), some, list(range(low, low + len(some))))
            rows += [int(row) for run in window.push(part) for row in run.lines.source_row]
            waiting = low + len(part) - len(rows)
            assert waiting <= lines
            assert waiting * 3 <= most_bytes + 3
        return rows + [int(row) for run in window.finish() for row in run.lines.source_row]

    assert sorted(order_of(size)) == list(range(len(stamps)))
    assert order_of(size) == order_of(1) == order_of(1000)


@given(seconds)
def test_groups_that_share_a_stamp_stay_together(folder: Path, stamps: list[float]) -> None:
    wrapper = b"$PGHP,1,2019,6,13,2,%d,%d,%d,219,,21,1,62*26"
    groups = [
        [b"\\si:%d*00\\" % at, wrapper % (40 + s // 60, s % 60, round(s % 1 * 1000)), b"!AIVDM,%d*00" % at] for at, s in enumerate(stamps)
    ]
    data = b"\n".join(line for group in groups for line in group)
    path = folder / "groups.nmea"
    path.write_bytes(data)
    made = [text for _, _, text in content([path])]
    assert len(made) == 3 * len(stamps)
    for at in range(0, len(made), 3):
        which = int(re.findall(rb"\d+", made[at])[0])
        assert made[at : at + 3] == groups[which]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For hypothesis, which may not use a folder of one test only."""
    return tmp_path_factory.mktemp("ingest")


def shuffled(count: int) -> bytes:
    rng = np.random.default_rng(7)
    stamps = np.cumsum(rng.exponential(0.05, count)) + rng.normal(0, 6, count)
    ends = [b"\n", b"\r\n", b"\r", b"\n\n"]
    kinds = rng.integers(0, 12, count)
    made = []
    for at, (stamp, kind) in enumerate(zip(stamps, kinds, strict=True)):
        text = line(float(stamp), f"{at}") if kind > 2 else (b"!AIVDM,%d*00" % at if kind else b"x" * 5000)
        made.append(text + ends[kind % 4])
    return b"".join(made)


def test_neither_chunks_nor_packing_change_anything(tmp_path: Path) -> None:
    data = shuffled(8000)
    plain = tmp_path / "a.nmea"
    plain.write_bytes(data)
    (tmp_path / "a.nmea.gz").write_bytes(gzip.compress(data[:90_000]) + gzip.compress(data[90_000:]))
    frames = zstandard.ZstdCompressor()
    (tmp_path / "a.nmea.zst").write_bytes(frames.compress(data[:5]) + frames.compress(data[5:]))
    (tmp_path / "packed").write_bytes(gzip.compress(data))  # told by its bytes, not by its name
    whole = content([plain])
    assert len(whole) > 8000
    assert [number for number, _, _ in whole] != sorted(number for number, _, _ in whole)
    for path in tmp_path.iterdir():
        for chunk_bytes in (7_001, 100_003, 4 << 20):
            assert content([path], chunk_bytes=chunk_bytes) == whole, (path.name, chunk_bytes)


def test_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"one\r\ntwo\n\nfour\rfive\n" + b"z" * 9999 + b"\nseven")
    assert [(number, text) for number, _, text in content([path])] == [
        (1, b"one"),
        (2, b"two"),
        (3, b""),
        (4, b"four"),
        (5, b"five"),
        (7, b"seven"),
    ]


def test_a_window_of_nought_keeps_the_order(tmp_path: Path) -> None:
    path = write(tmp_path / "a.nmea", line(9), line(3), line(5))
    assert [number for number, _, _ in content([path], reorder_s=0)] == [1, 2, 3]
    assert [number for number, _, _ in content([path])] == [2, 3, 1]


def test_lines_later_than_the_window_come_as_they_came(tmp_path: Path) -> None:
    path = write(tmp_path / "a.nmea", line(0), line(100), line(20), line(10), line(99))
    source = RecordedFiles([path])
    assert [int(row) for batch in source.batches() for row in batch.lines.source_row] == [1, 3, 4, 5, 2]
    assert source.counters["late"] == 2


def test_files_that_follow_each_other_are_read_in_time_but_numbered_as_given(tmp_path: Path) -> None:
    a = write(tmp_path / "a.nmea", line(0), line(10), line(19))
    b = write(tmp_path / "b.nmea", line(20), line(30))
    assert content([a, b]) == [(1, 0, line(0)), (2, 10, line(10)), (3, 19, line(19)), (4, 20, line(20)), (5, 30, line(30))]
    assert [(number, time) for number, time, _ in content([b, a])] == [(3, 0), (4, 10), (5, 19), (1, 20), (2, 30)]


@given(st.lists(seconds, min_size=1, max_size=4))
def test_files_that_overlap_are_merged_by_time(folder: Path, files: list[list[float]]) -> None:
    paths = [write(folder / f"m{at}.nmea", *(line(s, f"{at}") for s in sorted(stamps))) for at, stamps in enumerate(files)]
    expected, number = [], 0
    for at, stamps in enumerate(files):
        for s in sorted(stamps):
            number += 1
            expected.append((round(s, 3), at, number))
    made = content(paths, chunk_bytes=64)
    assert [(time, number) for number, time, _ in made] == [(time, number) for time, _, number in sorted(expected)]


def test_a_file_whose_first_line_is_not_its_earliest_is_opened_in_time(tmp_path: Path) -> None:
    a = write(tmp_path / "a.nmea", *[line(at) for at in range(30)])
    b = write(tmp_path / "b.nmea", line(20.5), line(8.5))
    times = [time for _, time, _ in content([a, b])]
    assert times == sorted(times)


def test_a_file_without_times_comes_first_and_whole(tmp_path: Path) -> None:
    timed = write(tmp_path / "a.nmea", line(0), line(1))
    timeless = write(tmp_path / "b.nmea", b"!AIVDM,1*00", b"!AIVDM,2*00")
    assert [number for number, _, _ in content([timed, timeless])] == [3, 4, 1, 2]


def test_equal_times_keep_the_order_of_the_files(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{at}.nmea", *[line(5, f"{at}")] * 3) for at in range(3)]
    assert [number for number, _, _ in content(paths)] == list(range(1, 10))


def test_merging_holds_few_files_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [write(tmp_path / f"log{at}.nmea", line(at * 100), line(at * 100 + 50)) for at in range(30)]
    open_now, most = 0, 0
    blocks = Recording.blocks

    def counted(self: Recording, *rest: Any) -> Any:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        try:
            yield from blocks(self, *rest)
        finally:
            open_now -= 1

    monkeypatch.setattr(Recording, "blocks", counted)
    assert [number for number, _, _ in content([tmp_path])] == list(range(1, 61))
    assert most <= 3
    assert paths


def test_a_folder_is_read_in_natural_order(tmp_path: Path) -> None:
    for name in ("log10.nmea", "log9.nmea", "log1.nmea.gz", "readme.md", ".hidden.nmea"):
        data = f"!{name}*00\n".encode()
        (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "z.txt").write_bytes(b"!deep*00\n")
    assert [text for _, _, text in content([tmp_path])] == [b"!deep*00", b"!log1.nmea.gz*00", b"!log9.nmea*00", b"!log10.nmea*00"]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress], ids=["gzip", "zstd"])
def test_a_file_that_breaks_off_gives_what_it_has(tmp_path: Path, pack: Any) -> None:
    rng = np.random.default_rng(1)
    lines = [line(at, f"{int(rng.integers(1 << 60))}") for at in range(20_000)]
    packed = pack(b"\n".join(lines))
    path = tmp_path / "a.nmea"
    path.write_bytes(packed[: len(packed) // 2])
    source = RecordedFiles([path])
    made = [batch.lines.line(i) for batch in source.batches() for i in range(len(batch.lines))]
    assert 4000 < len(made) < 16_000
    assert made[:-1] == lines[: len(made) - 1]
    assert source.counters["truncated_file"] == 1
    path.write_bytes(packed)
    source = RecordedFiles([path])
    assert sum(len(batch.lines) for batch in source.batches()) == 20_000
    assert source.counters["truncated_file"] == 0


@given(st.binary(max_size=300), st.sampled_from([b"", b"\x1f\x8b\x08\x00", b"\x28\xb5\x2f\xfd"]), st.integers(0, 300))
def test_any_bytes_are_survived(folder: Path, data: bytes, magic: bytes, cut: int) -> None:
    path = folder / "any.nmea"
    packed = gzip.compress(data) if cut % 2 else zstandard.ZstdCompressor().compress(data)
    for content_ in (magic + data, packed[:cut] + data):
        path.write_bytes(content_)
        source = RecordedFiles([path])
        count = sum(len(batch.lines) for batch in source.batches())
        assert count == source.counters["lines"] - source.counters["too_long"]


def test_a_bomb_is_read_in_bounded_pieces(tmp_path: Path) -> None:
    for pack in (gzip.compress, zstandard.ZstdCompressor().compress):
        path = tmp_path / "bomb"
        path.write_bytes(pack(bytes(300 << 20)))
        assert max(map(len, Recording(path).blocks())) <= 64 << 20
        source = RecordedFiles([path])
        assert sum(len(batch.lines) for batch in source.batches()) == 0
        assert source.counters["too_long"] == 1


def test_what_cannot_be_read_says_where_and_what_helps(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for paths in ([tmp_path / "absent.nmea"], [tmp_path / "empty"], [], ["-", "-"]):
        with pytest.raises(InputFault) as fault:
            list(RecordedFiles(paths).batches())
        assert fault.value.help
        assert "\n" not in str(fault.value)


def test_an_empty_file_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.nmea").write_bytes(b"")
    assert content([tmp_path / "a.nmea"]) == []


def test_progress_goes_to_the_end(tmp_path: Path) -> None:
    a = write(tmp_path / "a.nmea", *[line(at) for at in range(3000)])
    b = tmp_path / "b.nmea.gz"
    b.write_bytes(gzip.compress(a.read_bytes()))
    told: list[tuple[int, int]] = []
    list(RecordedFiles([a, b], progress=lambda done, total: told.append((done, total)), chunk_bytes=10_000).batches())
    assert told == sorted(told)
    assert len(told) > 3
    assert told[-1] == (a.stat().st_size + b.stat().st_size,) * 2


def test_a_pipe_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(line(0) + b"\n" + line(1),))
    writer.start()
    assert [time for _, time, _ in content([pipe])] == [0, 1]
    writer.join()


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstandard.ZstdCompressor().compress])
def test_bytes_and_open_files_are_read_like_paths(tmp_path: Path, pack: Any) -> None:
    log = b"".join(line((s * 7) % 40, str(s)) + b"\n" for s in range(200))
    path = tmp_path / "a"
    path.write_bytes(pack(log))
    wanted = content([path])
    assert len(wanted) == 200
    assert content(Recording("", content=pack(log))) == wanted
    assert content(Recording("", content=pack(log)), reorder_s=0) == content([path], reorder_s=0) != wanted
    twice = RecordedFiles(Recording("", content=pack(log)))
    assert [len(batch.lines) for batch in twice.batches()] == [len(batch.lines) for batch in twice.batches()]
    for buffering in (-1, 0):
        with path.open("rb", buffering=buffering) as file:
            assert content(Recording("", content=file)) == wanted
            assert not file.closed
            assert file.read() == b""
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        assert content(Recording("", content=file)) == []  # the rest of it
    assert content(Recording("", content=b"")) == []


def test_an_open_file_that_unpacks_and_breaks_off_gives_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"".join(line(s) + b"\n" for s in range(20_000)))[:-2000])
    with gzip.open(path) as file:
        source = RecordedFiles(Recording("", content=file))
        assert sum(len(batch.lines) for batch in source.batches()) > 0
    assert source.counters["truncated_file"] == 1


def test_an_open_file_that_cannot_be_read_is_refused_with_advice(tmp_path: Path) -> None:
    path = write(tmp_path / "a", line(0))
    with path.open(encoding="ascii") as file, pytest.raises(InputFault, match="open as text") as fault:
        Recording("", content=file)  # type: ignore[arg-type]  # the mistake that is tested
    assert "rb" in fault.value.help
    with path.open("ab") as file, pytest.raises(InputFault, match="cannot be read"):
        Recording("", content=file)


def test_keys_never_fall_across_runs_of_a_merge() -> None:
    key: F64 = np.array([1.0, 1.0, 2.0])
    run = order.LineRun(Lines.of([b"a", b"b", b"c"], key.tolist(), [1, 2, 3]), key)
    below, rest = run.cut(1.0, inclusive=True)
    assert (len(below), len(rest)) == (2, 1)
    below, rest = run.cut(1.0, inclusive=False)
    assert (len(below), len(rest)) == (0, 3)
    assert Counter(run.numbered(10).lines.source_row.tolist()) == Counter([11, 12, 13])
