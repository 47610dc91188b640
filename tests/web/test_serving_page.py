"""The page over the real server: it is told of what it looks at, holds it as it was told, and goes on after a break."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from frame_reader import NOWHERE
from test_page import DIST, FLAGS, browser, sync_api, wait  # noqa: F401 the browser is a fixture

pytestmark = pytest.mark.browser
SHIPS = 300
WATCHED = """
window.kinds = [];
window.WebSocket = class extends WebSocket {
    constructor(address) {
        super(address);
        window.line = this;
        this.addEventListener("message", event => { if (typeof event.data !== "string") kinds.push(new Uint8Array(event.data)[4]); });
    }
};
"""
"""Runs before the page's own script: which frames came, and the line that they came on."""


@pytest.fixture
def sea(harbour, serve):
    """Ships along the equator, a degree apart, on a desk with the real page."""
    harbour.store["alerts"].clear()
    harbour.names = [(100 + slot, f"SHIP {slot}", 100 + slot, "PA") for slot in range(SHIPS)]
    harbour.names[250] = (200000001, "FAR AWAY", 200000001, "PA")  # whom the made-up desk finds, and says where she is
    lon = (np.arange(SHIPS) + 180.0) % 360 - 180

    def sail(**columns):
        harbour.move(*np.zeros(SHIPS))
        picture = harbour.picture
        for name, values in {"lon_deg": lon, "heard_s": np.full(SHIPS, 1560394200.0), **columns}.items():
            object.__setattr__(picture, name, np.asarray(values))

    made_up = harbour.desk()
    harbour.desk = lambda: replace(made_up, track=lambda ship: None)
    sail()
    harbour.sail, harbour.lon = sail, lon
    harbour.running = serve(DIST)
    return harbour


def test_the_page_is_told_of_what_it_looks_at(browser, sea):  # noqa: F811 the fixture
    complaints = []
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(WATCHED)
    page = context.new_page()
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.goto(f"{sea.running.base}/#map=5/0/20")
    wait(page, "Boolean(window.tankerwatch && window.tankerwatch.ready)")
    wait(page, "tankerwatch.told(120) !== null")
    first = page.evaluate("tankerwatch.ships()")
    assert 20 < first < 120, "the view and half of it more on each side"
    assert page.evaluate("[tankerwatch.told(119) !== null, tankerwatch.told(300)]") == [True, None]

    # What differs is added to what is held, whatever it is.
    lon, heard = sea.lon.copy(), np.full(SHIPS, 1560394200.0)
    sog, cog, flags = np.zeros(SHIPS), np.zeros(SHIPS), np.zeros(SHIPS, np.uint8)
    lon[20], sog[20], cog[20], heard[20] = 19.123456, 12.3, 271.4, 1560394150.0
    lon[21], flags[200] = np.nan, 1
    sea.sail(lon_deg=lon, sog_kn=sog, cog_deg=cog, heard_s=heard, flags=flags)
    wait(page, "tankerwatch.told(300) !== null")
    assert page.evaluate("tankerwatch.told(120)") == [191234560, 0, 1560394150, 2714, 123, 0, 0, 0, 0]
    assert page.evaluate("tankerwatch.told(121)") is None, "without a position she is nowhere in view"
    assert page.evaluate("tankerwatch.told(300)")[8] == 1, "an open alert is told of wherever she is"

    # One out of view is found by her name, and shown.
    page.keyboard.press("/")
    page.keyboard.type("far")
    page.locator("[role=option]").first.click()
    wait(page, "Math.abs((tankerwatch.pixelOf(200000001) ?? [0, 0])[0] - 640) < 400")

    # Looking elsewhere: those who are there come, with their names, and the others go.
    page.evaluate("location.hash = '#map=5/0/-100'")
    wait(page, "tankerwatch.told(360) !== null && tankerwatch.told(120) === null")
    assert 20 < page.evaluate("tankerwatch.ships()") < 120

    # A break: the page resumes with what it holds, and is told of what it missed.
    assert page.evaluate("kinds[0] === 1 && kinds.slice(1).every(kind => kind === 4)")
    page.evaluate("kinds.length = 0, line.close()")
    lon[260], heard[:] = -99.5, 1560394290.0
    sea.sail(lon_deg=lon, sog_kn=sog, cog_deg=cog, heard_s=heard, flags=flags)
    wait(page, "tankerwatch.told(360)?.[0] === -995000000")
    assert page.evaluate("kinds[0] === 2 || kinds[0] === 3") and 1 not in page.evaluate("kinds"), "it was not told of everything anew"
    sea.sail(lon_deg=lon, sog_kn=sog + 1, cog_deg=cog, heard_s=heard, flags=flags)
    wait(page, "tankerwatch.told(360)?.[4] === 10")
    assert NOWHERE not in page.evaluate("tankerwatch.told(360)")
    assert complaints == []
    context.close()
