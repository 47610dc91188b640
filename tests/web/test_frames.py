"""The binary frames: against the vectors that the page's parser reads too, and against a page that applies them."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.ports import PictureNow
from tankerwatch.web import frames

VECTORS = json.loads((Path(__file__).parent / "frames.json").read_text())["frames"]
NAN = float("nan")


def picture(version=1, epoch=1, names=None, **columns) -> PictureNow:
    ships = len(next(iter(columns.values()))) if columns else 0
    given_ = {
        "lon_deg": np.zeros(ships),
        "lat_deg": np.zeros(ships),
        "heard_s": np.zeros(ships),
        "cog_deg": np.zeros(ships, np.float32),
        "sog_kn": np.zeros(ships, np.float32),
        "heading_deg": np.zeros(ships, np.float32),
        "length_m": np.zeros(ships, np.uint16),
        "kind": np.zeros(ships, np.uint8),
        "flags": np.zeros(ships, np.uint8),
        "gone": np.zeros(ships, bool),
    }
    given_ |= {name: np.asarray(values, given_[name].dtype) for name, values in columns.items()}
    names = [(slot + 1, f"SHIP {slot}", slot + 1, "PA") for slot in range(ships)] if names is None else names
    return PictureNow(epoch=epoch, version=version, clock_s=1.5, names=names, **given_)


def parsed(frame: bytes) -> dict:
    """An independent reading of a frame, column by column from the words of docs/reference/wire.md."""
    magic, kind, version, zero, epoch, seq, count, rest, clock_s = struct.unpack_from("<4sBBHIIIId", frame)
    assert (magic, version, zero, rest) == (b"TWF1", 1, 0, 0)
    columns, at = {}, 32
    layout = [("slot", "I", 4)]
    if kind != 3:
        layout += [("lon", "i", 4), ("lat", "i", 4), ("heard_s", "I", 4)]
        layout += [("cog", "H", 2), ("sog", "H", 2), ("heading", "H", 2), ("length", "H", 2), ("kind", "B", 1), ("flags", "B", 1)]
    for name, code, size in layout:
        columns[name] = list(struct.unpack_from(f"<{count}{code}", frame, at))
        at += size * count
    assert at == len(frame)
    return {"kind": kind, "epoch": epoch, "seq": seq, "clock_s": clock_s, "columns": columns}


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_frames_are_the_vectors_byte_for_byte(vector):
    columns = {name: np.array(values) for name, values in vector["columns"].items()}
    slots = columns.pop("slot")
    made = frames.pack(vector["frame_kind"], vector["epoch"], vector["seq"], vector["clock_s"], slots, columns or None)
    assert made.hex() == vector["hex"]


def test_values_in_the_units_of_the_wire():
    now = picture(
        lon_deg=[57.36, -179.9999999, NAN, 180.0, 181.0],
        lat_deg=[25.43, -89.9999999, NAN, 0.0, 91.0],
        heard_s=[1560394201.9, 2.0**32, NAN, 1.0, -5.0],
        cog_deg=[135.0, 359.96, NAN, -90.0, np.inf],
        sog_kn=[4.5, 102.2, NAN, -1.0, 1e9],
        heading_deg=[135, 359.6, NAN, 511, 0],
        length_m=[250, 65535, 0, 1, 2],
        kind=[1, 14, 0, 10, 0],
        flags=[3, 255, 16, 32, 0],
    )
    columns = {name: values.tolist() for name, values in frames.columns_of(now).items()}
    assert columns == {
        "lon": [573600000, -1800000000, 2147483647, 1800000000, 2147483647],
        "lat": [254300000, -900000000, 2147483647, 0, 2147483647],
        "heard_s": [1560394201, 0, 0, 1, 0],
        "cog": [1350, 0, 65535, 2700, 65535],
        "sog": [45, 1022, 65535, 65535, 65535],
        "heading": [135, 0, 65535, 151, 0],
        "length": [250, 65535, 0, 1, 2],
        "kind": [1, 14, 0, 10, 0],
        "flags": [3, 255, 16, 32, 0],
    }


def test_a_delta_holds_what_changed_and_the_gone_come_first():
    first = frames.advanced(None, picture(lat_deg=[1, 2, 3]))
    second = frames.advanced(first, picture(2, lat_deg=[1, 2.5, 3, 4], gone=[True, False, False, False]))
    gone, delta = map(parsed, second.since(first.seq, second.shown))
    assert (gone["kind"], gone["columns"]["slot"]) == (frames.GONE, [0])
    assert (delta["kind"], delta["columns"]["slot"], delta["columns"]["lat"]) == (frames.DELTA, [1, 3], [25000000, 40000000])
    assert first.seq < gone["seq"] < delta["seq"] == second.seq
    assert second.named.tolist() == [first.seq] * 3 + [second.seq]
    resumed = [parsed(frame) for frame in second.since(gone["seq"], second.shown)]
    assert resumed[-1]["columns"]["slot"] == [1, 3], "a page that saw only the first of both asks again from there"


def test_nothing_new_makes_no_state_and_a_new_epoch_begins_anew():
    first = frames.advanced(None, picture(lat_deg=[1, 2]))
    assert frames.advanced(first, picture(2, lat_deg=[1, 2])) is first
    other = frames.advanced(first, picture(1, epoch=9, lat_deg=[1]))
    assert (other.epoch, other.seq) == (9, 2)
    assert parsed(other.snapshot(other.shown))["columns"]["slot"] == [0]


def test_a_ship_that_is_gone_and_moves_unseen_is_not_sent():
    first = frames.advanced(None, picture(lat_deg=[1], gone=[True]))
    assert frames.advanced(first, picture(2, lat_deg=[2], gone=[True])) is first


def test_new_names_alone_are_a_new_state():
    first = frames.advanced(None, picture(lat_deg=[1], names=[(7, "", 7, "")]))
    second = frames.advanced(first, picture(2, lat_deg=[1], names=[(7, "<b>", 7, "PA")]))
    assert (second.seq > first.seq, second.named.tolist(), second.ids.tolist()) == (True, [second.seq], [7])
    assert second.names_of(second.shown) == [[0, 7, "<b>", 7, "PA"]]
    (delta,) = second.since(first.seq, second.shown)
    assert parsed(delta)["columns"]["slot"] == [], "it tells which state the page holds now, and nothing more"


class Page:
    """What a page holds after the frames that it got."""

    def __init__(self):
        self.ships, self.seq = {}, -1

    def take(self, state):
        for frame in [state.snapshot(state.shown)] if self.seq < 0 else state.since(self.seq, state.shown):
            read = parsed(frame)
            columns = read["columns"]
            if read["kind"] == frames.SNAPSHOT:
                self.ships = {}
            for i, slot in enumerate(columns["slot"]):
                if read["kind"] == frames.GONE:
                    self.ships.pop(slot, None)
                else:
                    self.ships[slot] = tuple(columns[name][i] for name in frames.WIRE)
            self.seq = read["seq"]
        assert self.seq == state.seq


@given(st.data())
def test_a_page_of_any_pace_has_the_picture(data):
    state, page, ships = None, Page(), 0
    for version in range(1, data.draw(st.integers(1, 8)) + 1):
        ships = data.draw(st.integers(ships, 6))
        lat = data.draw(st.lists(st.sampled_from([0.0, 1.0, NAN]), min_size=ships, max_size=ships))
        gone = data.draw(st.lists(st.booleans(), min_size=ships, max_size=ships))
        flags = data.draw(st.lists(st.sampled_from([0, 3]), min_size=ships, max_size=ships))
        now = picture(version, lat_deg=lat, gone=gone, flags=flags)
        state = frames.advanced(state, now)
        if data.draw(st.booleans()):
            page.take(state)
            columns = frames.columns_of(now)
            assert page.ships == {slot: tuple(int(columns[name][slot]) for name in frames.WIRE) for slot in range(ships) if not gone[slot]}


def test_frames_before_numbers_run_out_and_after():
    assert parsed(frames.pack(frames.GONE, 2**40 + 5, 2**33 + 7, 0.0, np.array([1])))["epoch"] == 5
