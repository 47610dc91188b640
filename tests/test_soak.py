"""The soak (soak/decoder.py) at a small size, so that it cannot rot; and that it bites: what it is there to find, it finds."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tankerwatch.core.tables import Fixes, Lines
from tankerwatch.decode import Decoder

SOAK = Path(__file__).resolve().parent.parent / "soak"
MODULES = ("checks", "files_stage", "hostile_lines", "lines_stage", "peer_stage", "watched")
SEED = 11


@pytest.fixture(scope="module")
def soak() -> Iterator[Any]:
    """The modules of the soak, which is a folder of scripts. Without the shared data, so that a seed makes the same lines anywhere."""
    sys.path.insert(0, str(SOAK))
    try:
        modules = {name: importlib.import_module(name) for name in MODULES}
    finally:
        sys.path.remove(str(SOAK))
    lines = modules["hostile_lines"]
    lines.DATA, lines.SHIPS = Path("nowhere"), 100
    recorded = lines.recorded_lines()
    lines.recorded_lines = lambda: recorded
    yield SimpleNamespace(**modules)
    for name in MODULES:
        del sys.modules[name]


@pytest.fixture(scope="module")
def pool(soak: Any) -> Any:
    return soak.hostile_lines.Pool(soak.hostile_lines.recorded_lines()[0], SEED)


@pytest.fixture
def heard(capsys: pytest.CaptureFixture[str]) -> Callable[[], dict[str, Any]]:
    """What a stage said last."""
    return lambda: json.loads(capsys.readouterr().out.splitlines()[-1])


def test_twenty_thousand_lines(soak, tmp_path, heard):
    assert soak.lines_stage.run("lines", SEED, 20_000, tmp_path, most=4_000)
    said = heard()
    assert said["lines"] >= 20_000 and said["messages"] > 2_000 and said["twins"] > 0 and len(said["rejected"]) > 10
    assert not list(tmp_path.iterdir())


def test_every_way_on_every_kind_of_decoder(soak, pool):
    for number, how in enumerate(soak.lines_stage.HOWS):
        soak.checks.ways_agree(soak.hostile_lines.batch(pool, SEED, number, size=700), how, SEED)


@pytest.mark.parametrize("name", ["NULs", "random bytes", "only line feeds", "endless fragments", "absurd times", "calls", "damaged zstd"])
def test_small_files(soak, monkeypatch, heard, name):
    for bound in ("PEAK_MB", "BEGIN_S"):  # this process has done other things before, and no test measures time
        monkeypatch.setattr(soak.files_stage, bound, float("inf"))
    assert soak.files_stage.run(name, SEED, 0.6), heard()


def test_every_input_can_be_made(soak):
    for name, chosen in soak.files_stage.INPUTS.items():
        assert any(chosen.make(1.0, np.random.default_rng(SEED))), name


def test_a_thousand_sentences_of_the_peer(soak, tmp_path, heard):
    assert soak.peer_stage.run(SEED, 1_000, tmp_path), heard()


def test_a_batch_follows_from_its_seed_and_number(soak, pool):
    one, again, other = (soak.hostile_lines.batch(pool, SEED, number, size=500) for number in (3, 3, 4))
    assert [one.line(i) for i in range(500)] == [again.line(i) for i in range(500)] != [other.line(i) for i in range(500)]
    assert all(one.buffer[end] == ord(" ") for end in one.end)


def test_what_is_made_is_hostile_and_reaches_what_lies_behind_the_checksum(soak, pool):
    decoder = Decoder(feed_names=soak.hostile_lines.FEEDS)
    kinds: set[int] = set()
    for number in range(20):
        heard = decoder.decode(soak.hostile_lines.batch(pool, SEED, number, size=2_000))
        kinds |= set(chain.from_iterable(getattr(heard, name).msg_type.tolist() for name in soak.checks.FAMILIES if name != "calls"))
    assert kinds >= set(range(28))
    counters = decoder.counters
    assert set(counters.rejected) >= {"bad_checksum", "malformed", "incomplete", "too_short", "duplicate_fragment", "bad_tag_block"}
    assert counters.messages > 4_000 and counters.calls and counters.used < counters.lines / 2


# That it bites.


def spoilt(monkeypatch: pytest.MonkeyPatch, how: Callable[[Decoder, Lines, Fixes], None]) -> None:
    """A decoder with a fault, in all that it says of position reports."""
    sound = Decoder._chunk

    def chunk(self: Decoder, lines: Lines, *how_much: Any) -> Any:
        made = sound(self, lines, *how_much)
        how(self, lines, made[0])
        return made

    monkeypatch.setattr(Decoder, "_chunk", chunk)


def off_the_earth(_: Decoder, lines: Lines, fixes: Fixes) -> None:
    fixes.lon_deg[fixes.msg_type == 18] = 181.0


def loses_count(decoder: Decoder, lines: Lines, fixes: Fixes) -> None:
    decoder.counters.used -= decoder.counters.messages > 3_000


def depends_on_cuts(_: Decoder, lines: Lines, fixes: Fixes) -> None:
    fixes.sog_kn[: len(fixes) // 2] = float(len(lines) % 100)


def raises(_: Decoder, lines: Lines, fixes: Fixes) -> None:
    if np.any(fixes.msg_type == 27):
        raise KeyError("type 27")


@pytest.mark.parametrize(
    ("how", "word", "fewest"),
    [
        (off_the_earth, "beyond -180 to 180", True),
        (depends_on_cuts, "sog_kn", True),
        (raises, "KeyError", True),
        (loses_count, "add up", False),
    ],
)
def test_faults_are_found_and_their_lines_kept(soak, pool, monkeypatch, tmp_path, heard, how, word, fewest):
    monkeypatch.setattr(soak.lines_stage, "SHRINKING_S", 2.0)
    monkeypatch.setattr(soak.lines_stage, "FAULTS_MOST", 1)
    spoilt(monkeypatch, how)
    assert not soak.lines_stage.run("lines", SEED, 20_000, tmp_path / "failures", most=4_000)
    first = heard()["faults"][0]
    assert word in first
    lines, about = soak.watched.kept(Path(first.splitlines()[-1]))
    assert about["seed"] == SEED and len(lines) and bool(about["about"]) != fewest
    assert not fewest or (len(lines) < 10 and soak.lines_stage.fault(lines, about["batch"], SEED, every_way=True))


def test_a_peer_that_disagrees_is_noticed(soak, monkeypatch, tmp_path, heard):
    spoilt(monkeypatch, lambda decoder, lines, fixes: fixes.lat_deg.__iadd__(1e-5))
    assert not soak.peer_stage.run(SEED, 1_000, tmp_path)
    assert "lat" in heard()["why"]


@pytest.mark.parametrize(
    ("code", "silence_s", "word"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", 60, "SIGSEGV"),
        ("import time; time.sleep(60)", 0.5, "hangs"),
        ("raise ValueError('so')", 60, "ValueError: so"),
        ("pass", 60, "without a result"),
    ],
)
def test_a_process_that_crashes_or_hangs_is_noticed(soak, code, silence_s, word):
    assert word in soak.watched.watch(soak.watched.python("-c", code), {}, silence_s).fault


def test_kept_lines_come_back(soak, tmp_path):
    made = Lines.of([b"!AIVDM\xff\0", b"", b"\\s:X\\"], [float("nan"), 1.5, 2.0], [1, 2, (3 << 48) + 3])
    back, about = soak.watched.kept(soak.watched.keep(tmp_path / "a" / "b.json", made, seed=3, why="it\nwas"))
    assert [back.line(i) for i in range(3)] == [made.line(i) for i in range(3)] and about == {"seed": 3, "why": "it\nwas"}
    assert np.array_equal(back.time_s, made.time_s, equal_nan=True) and back.source_row.tolist() == made.source_row.tolist()
