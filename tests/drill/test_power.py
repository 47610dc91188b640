"""The model of a power cut: complete, as unkind as it says, and able to see a journal that does not sync."""

from __future__ import annotations

import random

import pytest

from tankerwatch.drill import power
from tankerwatch.drill.recorded import PAGE_BYTES, Call, Disk, Recorder
from tankerwatch.drill.sample import Sample


def nothing() -> None:
    """Nobody is told how far it is."""


def test_what_is_recorded_is_all_that_was_done(sandbox, sample):
    """The calls played back give the very files that the process left."""
    disk = Disk()
    for call in power.record(sandbox, Sample(sample.lines, 12), 50, random.Random(1)):
        disk.do(call)
    for what in power.WHERE:
        here = f"{what}/journal/"
        there = {f"{here}{name}": raw for name, raw in sandbox.taken(f"power/live/{what}/journal").items() if name != "lock"}
        assert {name: raw for name, raw in disk.all_kept().items() if name.startswith(here)} == there
        kinds = {name.rpartition(".")[2] for name in there}
        assert {"journal", "seal"} <= kinds
        assert len(there) > 4


def test_what_was_synced_is_safe_and_nothing_else_is():
    disk = Disk()
    calls = [Call("create", "d/a"), Call("write", "d/a", b"x" * PAGE_BYTES), Call("sync", "d/a")]
    for call in calls:
        disk.do(call)
    assert disk.all_lost() == {}, "the name was never synced"
    assert disk.writes_lost() == {"d/a": b"x" * PAGE_BYTES}
    disk.do(Call("sync_directory", "other"))
    assert disk.all_lost() == {}
    disk.do(Call("sync_directory", "d"))
    assert disk.all_lost() == {"d/a": b"x" * PAGE_BYTES}
    disk.do(Call("write", "d/a", b"y" * 3 * PAGE_BYTES))
    disk.do(Call("rename", "d/a", "d/b"))
    assert disk.all_kept() == {"d/b": b"x" * PAGE_BYTES + b"y" * 3 * PAGE_BYTES}
    assert disk.all_lost() == {"d/a": b"x" * PAGE_BYTES}
    seen = set()
    dice = random.Random(2)
    for _ in range(400):
        ((name, raw),) = disk.some_lost(dice).items()
        assert raw.startswith(b"x" * PAGE_BYTES)
        pages = [raw[i : i + PAGE_BYTES] for i in range(PAGE_BYTES, len(raw), PAGE_BYTES)]
        assert all(page in (bytes(PAGE_BYTES), b"y" * PAGE_BYTES) for page in pages)
        seen.add((name, tuple(page[:1] for page in pages)))
    assert len(seen) >= 2 * (1 + 2 + 4 + 8) - 2, "each page there or not, each length, each name"
    disk.do(Call("truncate", "d/b", 10))
    disk.do(Call("overwrite", "d/b", b"zz"))
    disk.do(Call("sync", "d/b"))
    assert disk.writes_lost() == {"d/b": b"zz" + b"x" * 8}
    disk.do(Call("remove", "d/b"))
    assert disk.all_kept() == {}
    assert disk.all_lost() == {"d/a": b"zz" + b"x" * 8}
    disk.do(Call("sync_directory", "d"))
    assert disk.all_lost() == {}


def test_a_power_cut_loses_nothing_acknowledged(sandbox, sample):
    made = power.power_cut(sandbox, sample, 5, random.Random(3), nothing)
    assert made.passed, made.first_fault
    assert made.rounds > 80
    assert made.acknowledged > 1000
    assert sandbox.names("power") == []


@pytest.mark.parametrize("call", ["sync", "sync_directory"])
def test_a_journal_that_does_not_sync_is_caught(sandbox, sample, monkeypatch, call):
    monkeypatch.setattr(Recorder, call, lambda *_: None)
    made = power.power_cut(sandbox, sample, 3, random.Random(4), nothing)
    assert made.lost > 0
    assert not made.passed
    assert "acknowledged" in made.first_fault or "records" in made.first_fault
