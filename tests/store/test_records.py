"""`tankerwatch journal DIR` reads beside a live writer and shows every record with its number."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import FEED_SHIFT, Batch, Decision, Fixes, Heard, Lines, Statics
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.records import read_records


def test_every_kind_of_record_is_shown_with_number_time_and_feed(tmp_path):
    feeds = FeedRegister(tmp_path)
    tcp, udp = feeds.index_of("tcp://a:1"), feeds.index_of("udp://b:2")
    lines = Lines.of(
        [b"one", b"", b"\xff\x00"], [1.0, float("nan"), 3.0], [tcp << FEED_SHIFT | 1, udp << FEED_SHIFT | 1, 9 << FEED_SHIFT | 1]
    )
    fixes = Fixes.blank(1).replace(
        time_s=np.array([4.5]), mmsi=np.array([235000001], np.uint32), source_row=np.array([udp << FEED_SHIFT | 7], np.uint64)
    )
    statics = Statics.blank(1).replace(name=np.array(["ŠHIP"], object))
    said = Decision(6.0, "dismiss", "d1", "alert-1", {"words": "a buoy"})
    with FileJournal(tmp_path) as journal:
        journal.append(Batch(clock_s=0.0))
        assert journal.append(Batch(lines, Heard(fixes=fixes, statics=statics), (said,), clock_s=7.0)) == 6
        journal.commit()
        shown = list(read_records(tmp_path))  # beside the writer, without its lock
    assert [r.number for r in shown] == [1, 2, 3, 4, 5, 6]
    assert [r.what for r in shown] == ["tcp://a:1", "udp://b:2", "feed 9", "udp://b:2", "tcp://a:1", "decision"]
    assert [r.data for r in shown[:3]] == [b"one", b"", b"\xff\x00"]
    assert [r.time_s for r in shown if not math.isnan(r.time_s)] == [1.0, 3.0, 4.5, 6.0]
    assert json.loads(shown[3].data)["mmsi"] == 235000001
    assert json.loads(shown[4].data)["name"] == "ŠHIP"
    assert json.loads(shown[5].data) == {"kind": "dismiss", "id": "d1", "subject": "alert-1", "content": {"words": "a buoy"}}


def test_a_reader_follows_a_writer_into_new_segments(tmp_path, batch_of):
    with FileJournal(tmp_path, segment_bytes=400) as journal:
        journal.append(batch_of([b"0", b"1"]))
        journal.commit()
        reader = read_records(tmp_path)
        got = [next(reader)]
        for i in range(2, 40):
            journal.append(batch_of([b"%d" % i]))
            journal.commit()
        got += list(reader)
    kept = [r for r in got if r.what == "feed 0"]
    assert [r.data for r in kept] == [b"%d" % i for i in range(40)]
    assert [r.number for r in kept] == list(range(1, 41))
    assert len(got) == len(kept), "nothing is said to be skipped"


def test_no_journal(tmp_path):
    with pytest.raises(InputFault, match="holds no journal"):
        list(read_records(tmp_path))


def test_an_empty_journal(tmp_path):
    with FileJournal(tmp_path):
        assert list(read_records(tmp_path)) == []


def test_damaged_feed_names_do_not_hide_the_records(tmp_path, batch_of):
    feeds = FeedRegister(tmp_path)
    for name in ("a", "b"):
        feeds.index_of(name)
    path = tmp_path / "journal" / "feeds"
    path.write_bytes(path.read_bytes().replace(b'"a"', b'"x"'))
    with FileJournal(tmp_path) as journal:
        journal.append(batch_of([b"line"]))
    first, second = read_records(tmp_path)
    assert first.what == "skipped"
    assert b"feed 0 is damaged" in first.data
    assert (second.what, second.data) == ("feed 0", b"line")
