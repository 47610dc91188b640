"""The slider of a replay in a real browser: while it is drawn, the page shows where ships were, from blocks that it keeps."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from test_page import DIST, browser, until, wait  # noqa: F401 the browser is a fixture

from tankerwatch.core.ports import Block

pytestmark = pytest.mark.browser
CLOCK_S = 1560394210
FIRST_S = 1560387600
DRAG = """time_s => {
    const slider = document.querySelector(".slider input");
    slider.value = String(time_s);
    slider.dispatchEvent(new Event("input"));
}"""


def test_the_past_is_shown_while_the_slider_is_drawn(browser, harbour, serve):  # noqa: F811 the fixture
    harbour.store["alerts"].clear()
    asked, made_up = [], harbour.desk()

    def block(from_s):
        asked.append(from_s)
        times, lat, cog = from_s + np.array([0.0, 100.0, 300.0, 400.0]), np.array([25.3, 25.4, 25.5, np.nan]), np.array([90, np.nan, 90, 0])
        same = np.ones(4)
        return Block(from_s, np.array([1, 2, 1, 3]), times, lat, 57 * same, 9 * same, cog, same > 1)

    ends = {"start_s": FIRST_S, "end_s": CLOCK_S + 3600}
    period = {**ends, "surveyed": True, "gaps": [], "alerts": [], "blocks": "abc"}
    hello = {**ends, "type": "hello", "epoch": 5, "mode": "replay", "title": "T", "speed": 1, "paused": True}
    harbour.desk = lambda: replace(
        made_up, block=block, timeline=lambda bins: {**period, "bins": []}, replayed=lambda: "abc", hello=lambda: hello
    )
    running = serve(DIST)
    complaints = []
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(f"{running.base}/#map=8/25.4/57")
    wait(page, "Boolean(window.tankerwatch && window.tankerwatch.ready)")
    page.locator(".slider input").wait_for()
    page.evaluate(DRAG, FIRST_S + 150)
    wait(page, "tankerwatch.previewed() === 2")
    page.evaluate(DRAG, FIRST_S + 50)
    wait(page, "tankerwatch.previewed() === 1")
    page.evaluate(DRAG, FIRST_S + 590)
    wait(page, "tankerwatch.previewed() === 2")
    until(lambda: len(asked) == 3 or page.wait_for_timeout(20), "what lies ahead was not asked for")
    page.evaluate(DRAG, CLOCK_S - 60)
    wait(page, "tankerwatch.previewed() === 0")
    assert sorted(asked) == [FIRST_S, FIRST_S + 600, FIRST_S + 1200], "each once, those ahead too, and none that is not over"
    assert complaints == []
    page.close()
