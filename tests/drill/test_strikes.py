"""Each strike comes out well against the journal as it is, and ill against one that is broken on purpose."""

from __future__ import annotations

import dataclasses
import random

import pytest

from tankerwatch.drill import clocks, copies, disk, kill, tamper
from tankerwatch.drill.bed import lay
from tankerwatch.drill.kinds import KINDS
from tankerwatch.drill.sample import Sample
from tankerwatch.store.copies.restore import DirectoryCopy
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.verify import verify


def nothing() -> None:
    """Nobody is told how far it is."""


def blind(*arguments, **named):
    """A verify that finds nothing, whatever there is."""
    found = verify(*arguments, **named)
    return dataclasses.replace(found, intact=True, first_fault=None, vouched_to=10**9)


@pytest.fixture
def bed(sandbox, sample):
    with KINDS[0].open(sandbox, "bed/copy") as copy:
        yield lay(sandbox, sample, copy), copy


def test_kill(sandbox, sample):
    made = kill.kill(sandbox, sample, 3, random.Random(1), nothing)
    assert made.passed, made.first_fault
    assert made.rounds == len(made.recoveries_s) == 3
    assert made.acknowledged > 0
    assert sandbox.names("kill-1") == []


def test_a_kill_after_which_something_is_missing_is_caught(sandbox, sample, monkeypatch):
    class Torn(FileJournal):
        """Nothing of what was acknowledged reached the disk."""

        def __init__(self, directory, **options):
            for path in (directory / "journal").glob("*.journal"):
                path.unlink()
            super().__init__(directory, **options)

    monkeypatch.setattr(kill, "FileJournal", Torn)
    made = kill.kill(sandbox, sample, 1, random.Random(2), nothing)
    assert made.lost > 0
    assert made.missed > 0


@pytest.mark.parametrize("strike", tamper.KINDS)
def test_tampering(sandbox, bed, strike):
    within, behind = tamper.tamper(sandbox, *bed, strike, 26, random.Random(3), nothing)
    for made in (within, behind):
        assert made.passed, (made.strike, made.first_fault)
        assert (made.rounds, made.acknowledged, len(made.recoveries_s)) == (26, 2 * bed[0].records, 2)


@pytest.mark.parametrize("strike", tamper.KINDS)
def test_a_verify_that_finds_nothing_is_caught(sandbox, bed, strike, monkeypatch):
    monkeypatch.setattr(tamper, "verify", blind)
    within, behind = tamper.tamper(sandbox, *bed, strike, 8, random.Random(4), nothing)
    assert within.missed >= 8
    assert behind.missed >= 8


def test_each_kind_of_tampering_changes_something(bed):
    for name, (strike, _) in tamper.KINDS.items():
        for inside in (True, False):
            for seed in range(50):
                assert strike(bed[0], random.Random(seed), inside) != bed[0].files, name


def test_clean_verifications(sandbox, bed, monkeypatch):
    made = tamper.clean(sandbox, *bed, 60, random.Random(5), nothing)
    assert made.passed, made.first_fault

    def suspicious(*arguments, **named):
        return dataclasses.replace(verify(*arguments, **named), intact=False)

    monkeypatch.setattr(tamper, "verify", suspicious)
    assert tamper.clean(sandbox, *bed, 6, random.Random(5), nothing).missed == 6


@pytest.mark.parametrize("ill", disk.STRIKES)
def test_sick_disks(sandbox, sample, ill):
    made = disk.sick(sandbox, sample, ill, 2, random.Random(6), nothing)
    assert made.passed, made.first_fault
    assert made.acknowledged > 0


@pytest.mark.parametrize("ill", disk.STRIKES)
def test_a_journal_that_acknowledges_what_a_sick_disk_did_not_take_is_caught(sandbox, sample, ill, monkeypatch):
    monkeypatch.setattr(disk.FileJournal, "durable", property(lambda self: self.records))
    made = disk.sick(sandbox, sample, ill, 1, random.Random(7), nothing)
    assert made.lost > 0
    assert made.missed > 0


def test_clock_jumps(sandbox, sample):
    made = clocks.clock_jumps(sandbox, sample, 4, random.Random(8), nothing)
    assert made.passed, made.first_fault


def test_partition_and_lag(sandbox, sample, kind):
    for made in copies.apart(sandbox, sample, kind, 2, random.Random(9), nothing):
        assert made.passed, (made.strike, made.first_fault)


def test_what_only_one_copy_has_and_counts_as_on_two_is_caught(sandbox, sample, kind, monkeypatch):
    monkeypatch.setattr(copies.FileJournal, "durable", property(lambda self: self.records))
    partition, _ = copies.apart(sandbox, sample, kind, 1, random.Random(9), nothing)
    assert partition.missed > 0


def test_fork(sandbox, bed, monkeypatch):
    made = copies.fork(sandbox, *bed, 2, random.Random(10), nothing)
    assert made.passed, made.first_fault
    monkeypatch.setattr(copies, "verify", blind)
    assert copies.fork(sandbox, *bed, 1, random.Random(10), nothing).missed > 0


@pytest.mark.parametrize("how", copies.WRECKS)
def test_wrecks(sandbox, sample, kind, how):
    made = copies.wreck(sandbox, sample, kind, how, 1, 2_000, random.Random(11), nothing)
    assert made.passed, made.first_fault
    assert made.acknowledged >= 2_000
    assert made.bytes > 0


def test_a_restore_that_leaves_something_out_is_caught(sandbox, sample, monkeypatch):
    class Short(DirectoryCopy):
        def frames(self):
            for piece in super().frames():
                yield piece[:2]
                return

    monkeypatch.setattr("tankerwatch.drill.places.DirectoryCopy", Short)
    made = copies.wreck(sandbox, sample, KINDS[0], "delete", 1, 2_000, random.Random(12), nothing)
    assert made.lost > 0
    assert made.missed > 0


def test_the_sample_knows_what_must_come_back(sample):
    sample = Sample(sample.lines, 40)
    batches = []
    number = 0
    for _ in range(5):
        batches.append(sample.batch(number + 1))
        number += len(batches[-1].lines)
    assert sample.good(batches) == number
    size = len(batches[0].lines) + len(batches[1].lines)
    changed = dataclasses.replace(batches[2], lines=batches[2].lines.take(slice(1, None)))
    assert sample.good([*batches[:2], changed, *batches[3:]]) == size
    assert sample.good([*batches[:2], *batches[3:]]) == size
    assert sample.good(batches[2:], size) == number
