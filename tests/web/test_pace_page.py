"""The ships on the page: names without clutter, age on every symbol, and no frame that shows nothing new."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import test_page as pages

browser, open_page = pages.browser, pages.open_page
until, wait = pages.until, pages.wait

FRESH, FADING, OLD, LOST, CLOSE_BY, ALONE = range(100, 106)
CROWD = slice(200, 400)
PIXELS = """([id, reach]) => {
    const canvas = document.querySelector('.ship-layer');
    const box = canvas.getBoundingClientRect();
    const [x, y] = tankerwatch.pixelOf(id);
    const [left, top, size] = [Math.round(x - box.left) - reach, Math.round(y - box.top) - reach, 2 * reach + 1];
    const data = canvas.getContext('2d').getImageData(left, top, size, size).data;
    return Array.from({ length: data.length / 4 }, (_, at) => [...data.slice(4 * at, 4 * at + 4)]);
}"""


@pytest.fixture
def desk():
    """Nothing moves; six ships lie apart from the others, the last alone, and 200 in a knot."""
    desk = pages.Desk(ships=400)
    desk.paused = True
    desk.alerts["a1"]["acknowledged_s"] = desk.clock_s  # a distress that nobody acknowledged would beat
    desk.sog[:] = 0
    desk.lat[6:], desk.lon[6:] = 10.0, 70.0
    for number, slot in enumerate((FRESH, FADING, OLD, LOST, CLOSE_BY)):
        desk.lat[slot], desk.lon[slot] = 26.2, 58.0 + number / 2
    desk.lat[ALONE], desk.lon[ALONE] = 24.2, 60.0
    desk.lat[CROWD] = 24.2 + desk.random.normal(0, 0.03, 200)
    desk.lon[CROWD] = 58.2 + desk.random.normal(0, 0.03, 200)
    desk.lat[CLOSE_BY] = 25.4
    desk.flags[100:], desk.kind[100:], desk.length[100:] = 0, 1, 200
    desk.heard_s[100:] = desk.clock_s
    desk.heard_s[FADING] -= 10 * 60
    desk.heard_s[[OLD, LOST]] -= 30 * 60
    desk.flags[LOST] = 16
    desk.serve()
    yield desk
    desk.stop()


def test_names_symbols_and_frames(open_page, desk):
    page = open_page(fragment="#map=8/25.3/58.8")
    ids = np.array(desk.ids)

    # Names: a ship alone is named, one of a crowd is not; those with an alert always.
    wait(page, f"tankerwatch.named().includes({ids[ALONE]})")
    named = set(page.evaluate("tankerwatch.named()"))
    assert {*ids[[FRESH, FADING, OLD, LOST, ALONE]].tolist()} <= named
    assert {*ids[[0, 1, 4]].tolist()} <= named, "danger is named"
    crowd = {*ids[CROWD].tolist()}
    assert len(crowd & named) < 25, "a crowd stays a crowd: only its edge has room"
    page.keyboard.press("l")
    wait(page, f"tankerwatch.named().length > {len(named)}")
    page.keyboard.press("l")
    wait(page, f"!tankerwatch.named().includes({ids[ALONE]})")
    assert {*ids[[0, 1, 4]].tolist()} <= set(page.evaluate("tankerwatch.named()"))

    # Age: filled, then paler, then hollow, then crossed.
    def seen(slot, reach):
        return np.array(page.evaluate(PIXELS, [int(ids[slot]), reach]), int)

    middle = {slot: seen(slot, 1) for slot in (FRESH, FADING, OLD, LOST)}
    kind = np.array([0x8D, 0x8A, 0x72])
    near = {slot: (np.abs(pixels[:, :3] - kind).max(axis=1) < 30).mean() for slot, pixels in middle.items()}
    assert near[FRESH] > 0.5 and near[FADING] > 0.5, "her kind's colour"
    assert near[OLD] < 0.4, "hollow"
    assert middle[FADING][:, 3].mean() < middle[FRESH][:, 3].mean() - 20, "paler"
    corners = {slot: seen(slot, 6)[[0, 12, -1, -13], 3] for slot in (FRESH, OLD, LOST)}
    assert (corners[LOST] > 0).sum() >= 3 and not corners[FRESH].any() and not corners[OLD].any(), "crossed"

    # Where nothing moves and nothing comes, hardly a frame is drawn; what comes is drawn with the next one.
    before = page.evaluate("tankerwatch.frames()")
    page.wait_for_timeout(2500)
    assert page.evaluate("tankerwatch.frames()") - before <= 8
    place = f"tankerwatch.pixelOf({ids[ALONE]})[0]"
    there = page.evaluate(place)
    desk.lon[ALONE] = 59.0
    desk.tell({"type": "alerts", "alerts": [], "all": False})
    desk.step = lambda seconds: np.array([ALONE])
    wait(page, f"{place} < {there} - 50")
    until(lambda: seen(ALONE, 1)[:, 3].max() > 0, "she is not drawn where she is now")
    assert page.evaluate("tankerwatch.inView()") == 6 + 6 + 200
    assert page.evaluate("tankerwatch.fps(200)") > 0
