"""Blocks of a replay: what is in them, when they are there, and that they never change."""

from __future__ import annotations

import math
import struct
from array import array
from contextlib import closing
from http.client import HTTPConnection

import numpy as np
import pytest

from tankerwatch.core.ports import BLOCK_S
from tankerwatch.desk.blocks import FINAL_AFTER_S, block
from tankerwatch.desk.trails import COLUMNS, POINTS, Trails
from tankerwatch.web.blocks import packed

START_S = 1_560_384_000


def trails_of(*ships):
    """Trails of ships, each as (time since the start, lat, displaced) of its points."""
    trails = Trails(since_s=float(START_S))
    for slot, points in enumerate(ships):
        flat = trails.points.setdefault(slot, array("f"))
        for at_s, lat, displaced in points:
            flat.extend((at_s, lat, 57.0, 10.0, 90.0, displaced))
    return trails


def test_what_is_in_a_block_and_when():
    trails = trails_of([(0, 25.0, 0), (599, 25.1, 1), (600, 25.2, 0)], [(300, 26.0, 0), (400, math.nan, 0)])
    over_s = START_S + BLOCK_S + FINAL_AFTER_S
    made = block(trails, lambda slot: 200 + slot, START_S, over_s)
    assert (made.ship.tolist(), made.time_s.tolist()) == ([200, 201, 200], [START_S, START_S + 300, START_S + 599])
    assert made.displaced.tolist() == [False, False, True]
    assert made.lat_deg == pytest.approx([25.0, 26.0, 25.1])
    assert block(trails, int, START_S, over_s - 1) is None, "not over for sure"
    assert block(trails, int, START_S, START_S + 7 * 3600) is None, "no longer kept"
    assert block(Trails(), int, START_S, over_s) is None
    empty = block(trails, int, START_S + BLOCK_S * 2, over_s + 2 * BLOCK_S)
    assert len(empty.ship) == 0 and len(packed(empty)) == 32
    long = trails_of([(at, 25.0, 0) for at in range(100, 100 + POINTS)])
    assert len(long.points[0]) == POINTS * COLUMNS and block(long, int, START_S, over_s) is None, "of her some are gone"


def read(data):
    """A block, from the words of docs/reference/wire.md."""
    magic, kind, version, _, epoch, seq, count, view, clock_s = struct.unpack_from("<4sBBHIIIId", data)
    assert (magic, kind, version, epoch, seq, view) == (b"TWF1", 5, 1, 0, 0, 0)
    at, columns = 32, {}
    for name, kind_ in (("ship", "u4"), ("time_s", "u4"), ("lon", "i4"), ("lat", "i4"), ("cog", "u2"), ("sog", "u2"), ("flags", "u1")):
        columns[name] = np.frombuffer(data, f"<{kind_}", count, at)
        at += columns[name].nbytes
    assert at == len(data)
    return clock_s, columns


def test_blocks_of_a_real_replay_are_kept_by_the_browser(start_desk, story_log, tmp_path):
    with start_desk(f"file:{story_log}?speed=3600", tmp_path / "data") as desk:
        desk.until(lambda d: d.health()["feeds"][0]["state"] == "ended")

        def get(path, **headers):
            with closing(HTTPConnection("127.0.0.1", desk.port, timeout=60)) as line:  # one each: a desk closes those that are idle
                line.request("GET", path, headers=headers)
                answer = line.getresponse()
                return answer, answer.read()

        of, clock_s = desk.get("/api/replay")["blocks"], desk.health()["clock_s"]
        from_s = int(clock_s - 60 - BLOCK_S - FINAL_AFTER_S) // BLOCK_S * BLOCK_S
        answer, data = get(f"/api/blocks/{from_s}?of={of}")
        assert answer.status == 200 and "immutable" in answer.headers["Cache-Control"]
        begin_s, columns = read(data)
        assert begin_s == from_s and len(columns["ship"]) > 3
        assert (columns["time_s"] >= from_s).all() and (columns["time_s"] < from_s + BLOCK_S).all()
        assert (np.diff(columns["time_s"].astype(int)) >= 0).all()
        track = desk.get(f"/api/ships/{columns['ship'][0]}/track")
        at = [int(t) for t in track["time_s"]].index(columns["time_s"][0])
        assert columns["lat"][0] / 1e7 == pytest.approx(track["lat_deg"][at], abs=2e-5)
        again, same = get(f"/api/blocks/{from_s}", **{"If-None-Match": answer.headers["ETag"]})
        assert (again.status, same, again.headers["Cache-Control"]) == (304, b"", "no-cache")
        assert get(f"/api/blocks/{from_s}?of=other")[0].headers["Cache-Control"] == "no-cache"
        # Played anew it is the same, byte for byte.
        assert desk.ask("POST", "/api/replay", {"seek_s": clock_s - 60})[0] == 200
        assert desk.health()["clock_s"] < clock_s - 30
        assert get(f"/api/blocks/{from_s}?of={of}")[1] == data
        for none in (from_s + 1, from_s + 100 * BLOCK_S, from_s - 100 * BLOCK_S, "x", "-600", "9" * 5000):
            assert get(f"/api/blocks/{none}")[0].status == 404, none
