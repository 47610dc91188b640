"""A feed keeps its number, whatever happens to the process."""

from __future__ import annotations

import errno
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import FEED_SHIFT, Batch, Fixes, Heard, Lines
from tankerwatch.store import feeds as feeds_module
from tankerwatch.store.feeds import FeedRegister, feed_names
from tankerwatch.store.journal import FileJournal


@given(names=st.lists(st.lists(st.text(max_size=20), max_size=5), max_size=4))
def test_a_feed_keeps_its_number_over_restarts(names, tmp_path_factory):
    directory = tmp_path_factory.mktemp("feeds")
    known: dict[str, int] = {}
    for session in names:
        register = FeedRegister(directory)
        assert list(register.names) == list(known)
        for name in session:
            assert register.index_of(name) == known.setdefault(name, len(known))
        assert feed_names(directory) == list(known)


def test_a_torn_name_is_written_again(tmp_path):
    FeedRegister(tmp_path).index_of("first")
    path = tmp_path / "journal" / "feeds"
    whole = path.read_bytes()
    FeedRegister(tmp_path).index_of("second")
    both = path.read_bytes()
    for cut in range(len(whole), len(both)):
        path.write_bytes(both[:cut])
        kept = ["first", "second"][: 1 + (cut == len(both) - 1)]
        assert feed_names(tmp_path) == kept
        register = FeedRegister(tmp_path)
        assert [register.index_of(name) for name in ("third", "first")] == [len(kept), 0]
        assert feed_names(tmp_path) == [*kept, "third"]


def test_a_damaged_name_is_located(tmp_path):
    register = FeedRegister(tmp_path)
    for name in ("first", "second"):
        register.index_of(name)
    path = tmp_path / "journal" / "feeds"
    path.write_bytes(path.read_bytes().replace(b"first", b"worst"))
    with pytest.raises(InputFault, match="feed 0 is damaged"):
        FeedRegister(tmp_path)


def test_a_name_that_cannot_be_kept_is_refused_and_may_be_tried_again(tmp_path, monkeypatch):
    register = FeedRegister(tmp_path)
    register.index_of("first")
    real = os.fsync

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(feeds_module.os, "fsync", full)
    with pytest.raises(InputFault, match=r"No space left.*help:"):
        register.index_of("second")
    monkeypatch.setattr(feeds_module.os, "fsync", real)
    assert register.names == ("first",)
    assert register.index_of("second") == 1
    assert feed_names(tmp_path) == ["first", "second"]


def test_no_more_feeds_than_a_source_row_can_name(tmp_path, monkeypatch):
    monkeypatch.setattr(feeds_module, "MOST_FEEDS", 2)
    register = FeedRegister(tmp_path)
    register.index_of("a")
    register.index_of("b")
    with pytest.raises(InputFault, match="more than 2 feeds"):
        register.index_of("c")


def test_the_count_of_lines_is_recovered_by_replay(tmp_path):
    def lines(feed: int, *numbers: int) -> Lines:
        return Lines.of([b"x"] * len(numbers), [0.0] * len(numbers), [feed << FEED_SHIFT | n for n in numbers])

    with FileJournal(tmp_path) as journal:
        register = FeedRegister(tmp_path)
        for batch in (Batch(lines(0, 1, 2)), Batch(lines(3, 5, 4)), Batch(lines(0, 3)), Batch(clock_s=5.0)):
            journal.append(batch)
            register.note(batch)
        fixes = Fixes.blank(2)
        fixes.source_row[:] = [65535 << FEED_SHIFT | (1 << 48) - 1, 3 << FEED_SHIFT | 2]
        journal.append(Batch(heard=Heard(fixes=fixes)))
    with FileJournal(tmp_path) as journal:
        register = FeedRegister(tmp_path)
        for batch in journal.replay():
            register.note(batch)
        assert [register.lines_of(feed) for feed in (0, 1, 3, 65535)] == [3, 0, 5, (1 << 48) - 1]
