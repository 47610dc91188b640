"""The next blocks on the slider's way are there before it is: so many and no more, called off when it turns, and none of a live desk."""

from __future__ import annotations

import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from test_page import DIST, browser, until, wait  # noqa: F401 the browser is a fixture

from tankerwatch.core.ports import BLOCK_S, Block

pytestmark = pytest.mark.browser
CLOCK_S = 1560394210
FIRST_S = 1560387600
DRAG = """place => {
    const slider = document.querySelector(".slider input");
    slider.value = String(place);
    slider.dispatchEvent(new Event("input"));
}"""


def test_blocks_are_fetched_ahead_of_the_slider(browser, harbour, serve):  # noqa: F811 the fixture
    harbour.store["alerts"].clear()
    let, made_up = threading.Event(), harbour.desk()
    let.set()

    def block(from_s):
        assert let.wait(60)
        one = np.ones(1)
        return Block(from_s, np.array([1]), from_s + one, 25.3 * one, 57 * one, 9 * one, 90 * one, one > 1)

    ends = {"start_s": FIRST_S, "end_s": CLOCK_S + 3600}
    hello = {**ends, "type": "hello", "epoch": 5, "mode": "replay", "title": "T", "speed": 1, "paused": True}
    period = {**ends, "surveyed": True, "gaps": [], "alerts": [], "blocks": "abc"}
    harbour.desk = lambda: replace(
        made_up, block=block, timeline=lambda bins: {**period, "bins": []}, replayed=lambda: "abc", hello=lambda: hello
    )
    running = serve(DIST)
    asked, came, called_off, complaints = [], [], [], []

    def number(request):
        return (
            [(int(request.url.partition("/api/blocks/")[2].partition("?")[0]) - FIRST_S) // BLOCK_S]
            if "/api/blocks/" in request.url
            else []
        )

    def opened():
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.on("request", lambda request: asked.extend(number(request)))
        page.on("requestfinished", lambda request: came.extend(number(request)))
        page.on("requestfailed", lambda request: called_off.extend(number(request)))
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(f"{running.base}/#map=8/25.4/57")
        wait(page, "Boolean(window.tankerwatch && window.tankerwatch.ready)")
        return page

    page = opened()
    page.locator(".slider input").wait_for()

    def drag(block, then, shown=1):
        page.evaluate(DRAG, FIRST_S + block * BLOCK_S + 300)
        until(lambda: len(asked) >= len(then) or page.wait_for_timeout(20), f"not all of {then} are asked for: {asked}")
        until(lambda: not let.is_set() or len(came + called_off) == len(asked) or page.wait_for_timeout(20), f"only {came} came")
        wait(page, f"tankerwatch.previewed() === {shown}")
        page.wait_for_timeout(60)  # whatever is asked for too many shows now, or with the next step
        assert asked == then

    # Backwards from now: where it is and two more; then with each step one more, until the beginning.
    drag(6, [6, 5, 4])
    drag(5, [6, 5, 4, 3])
    drag(4, [6, 5, 4, 3, 2])
    # The desk takes its time. It turns: what was still on its way there is called off, what lies the other way is fetched.
    let.clear()
    drag(3, [6, 5, 4, 3, 2, 1])
    drag(5, [6, 5, 4, 3, 2, 1, 7])
    until(lambda: called_off == [1] or page.wait_for_timeout(20), "it was not called off")
    # What is on its way already and is now wanted is not asked for twice.
    page.evaluate(DRAG, FIRST_S + 7 * BLOCK_S + 300)
    page.wait_for_timeout(60)
    let.set()
    drag(7, [6, 5, 4, 3, 2, 1, 7, 8, 9])
    drag(9, [6, 5, 4, 3, 2, 1, 7, 8, 9])
    assert called_off == [1]
    page.close()
    # While it plays: the newest block alone, which is the first on the way back.
    asked.clear()
    hello.update(paused=False, speed=60)
    running.hub.publish("hello", hello)
    page = opened()
    until(lambda: asked or page.wait_for_timeout(20), "it plays")
    page.wait_for_timeout(1500)
    assert asked == [9]
    page.close()
    asked.clear()
    hello.update(mode="live")
    running.hub.publish("hello", hello)
    page = opened()
    wait(page, "!document.querySelector('.slider input')")
    page.wait_for_timeout(500)
    assert asked == [] and complaints == []
    page.close()
