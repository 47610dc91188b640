"""A recording watched as a file: through the journal, over kills and restarts, it gives what `analyse` gives, byte for byte."""

from __future__ import annotations

import json
import math
import signal

import pytest

from tankerwatch.config import load
from tankerwatch.core.ais import encoder
from tankerwatch.core.ais.framing import sentences, tag
from tankerwatch.detect import catalog
from tankerwatch.pipeline import analyse
from tankerwatch.testing import START_S


@pytest.fixture(scope="module")
def wanted(story_log):
    found = analyse([story_log], config=load(None, catalog.detectors())).alerts
    assert len(found) == 6
    return text_of(found)


def text_of(alerts):
    """Alerts as `analyse` writes them, in its order."""
    alerts = sorted(alerts, key=lambda a: (math.inf if a["raised_s"] is None else a["raised_s"], a["id"]))
    return "".join(json.dumps(alert, ensure_ascii=False, allow_nan=False) + "\n" for alert in alerts)


def finished(desk):
    return desk.health()["feeds"][0]["state"] == "ended"


def lines_of(desk):
    return desk.health()["counters"]["lines"]


def found_by(desk):
    # Ended is said before what came last is judged.
    desk.until(lambda d: len(d.get("/api/alerts")["alerts"]) == 6, 5)
    return text_of(desk.get("/api/alerts")["alerts"])


def test_killed_in_mid_stream_and_started_again(story_log, wanted, start_desk, tmp_path):
    data, lines, heard = tmp_path / "data", len(story_log.read_bytes().splitlines()), 0
    for at_least in (150, 500):
        with start_desk(f"file:{story_log}?speed=600", data) as desk:
            assert lines_of(desk) >= 0.5 * heard
            desk.until(lambda d, n=at_least: lines_of(d) > n)
            assert not finished(desk)
            heard = lines_of(desk)
            assert desk.stop(signal.SIGKILL) == -signal.SIGKILL
    with start_desk(f"file:{story_log}?speed=3600", data) as desk:
        desk.until(finished)
        assert found_by(desk) == wanted
        assert lines_of(desk) == lines
        assert desk.stop() == 0
    # And once more, from the journal alone.
    with start_desk(f"file:{story_log}?speed=3600", data) as desk:
        desk.until(finished)
        assert found_by(desk) == wanted
        assert lines_of(desk) == lines


def test_zipped_and_at_another_place_it_gives_the_same(story_log, wanted, start_desk, tmp_path):
    import gzip

    packed = tmp_path / "elsewhere.log.gz"
    packed.write_bytes(gzip.compress(story_log.read_bytes()))
    with start_desk(f"file:{packed}?speed=3600", tmp_path / "data") as desk:
        desk.until(finished)
        assert found_by(desk) == wanted


def test_a_log_of_whole_seconds_killed_in_mid_second_loses_nothing(start_desk, tmp_path):
    """Many lines under one time: what of them was not on disk is played after the restart."""
    log, rows = tmp_path / "whole.nmea", []
    for second in range(0, 300, 10):
        for ship in range(400):
            place = 24.0 + ship / 100, 58.0 + second / 1e5
            (line,) = sentences(encoder.position_a(311000000 + ship, *place, 10.0, 90.0, 90, 0, second % 60))
            rows.append(tag(line, time_s=START_S + second, station="r1"))
    log.write_bytes(b"".join(line + b"\n" for line in rows))
    data = tmp_path / "data"
    for _ in range(2):
        with start_desk(f"file:{log}?speed=100", data) as desk:
            desk.until(lines_of)
            desk.stop(signal.SIGKILL)
    with start_desk(f"file:{log}?speed=3600", data) as desk:
        desk.until(finished)
        assert lines_of(desk) == len(rows)
        assert desk.health()["ships"] == 400


def test_another_recording_does_not_join_a_journal(story_log, start_desk, refused_desk, tmp_path):
    data = tmp_path / "data"
    with start_desk(f"file:{story_log}?speed=3600", data) as desk:
        desk.stop()
    other = tmp_path / "other.nmea"
    other.write_bytes(story_log.read_bytes())
    code, said = refused_desk(f"file:{other}", data)
    assert code == 2
    assert len(said.splitlines()) <= 2 and "help:" in said and "Traceback" not in said
