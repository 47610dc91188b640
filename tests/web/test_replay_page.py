"""The bar of a replay and the status bar, in a real browser, against the made-up desk of test_page.py."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_desk import END_S, START_S
from test_page import DESKTOP, PHONE, browser, desk, narrow_enough, open_page, until, violations, wait

__all__ = ["browser", "desk", "open_page"]  # fixtures

SLIDER = ".slider input"


def seeks(desk):
    return [body["seek_s"] for verb, body in desk.posts if verb == "replay" and "seek_s" in body]


def sought(desk, count):
    until(lambda: len(seeks(desk)) >= count, f"{count} jumps were not asked for, only {desk.posts}")
    return seeks(desk)[-1]


def still(desk, hours):
    desk.paused = True
    desk.clock_s = START_S + hours * 3600


def there(page, desk):
    """The page has heard of the jump: what is pressed next counts from there."""
    until(lambda: desk.clock_s == seeks(desk)[-1], "the desk did not go there")
    clock = f"document.querySelector('#badge .clock').innerText.includes('{datetime.fromtimestamp(desk.clock_s, UTC):%H:%M:%S}')"
    wait(page, f"tankerwatch.epoch() === {desk.epoch} && !document.querySelector('.slider.underway') && {clock}")


def at(page, share):
    """The point of the slider at a share of its way."""
    box = page.locator(".slider").bounding_box()
    return box["x"] + 6 + share * (box["width"] - 12), box["y"] + box["height"] / 2


def test_the_slider_shows_alerts_gaps_and_what_lies_ahead(open_page, desk):
    still(desk, 3)
    page = open_page()
    page.locator(".slider .alert-bar.ahead").wait_for(state="attached")
    assert page.locator(".slider .alert-bar.ahead.danger").count() == 1
    assert page.locator(".slider .alert-bar:not(.ahead)").count() >= 2
    left, width = (float(page.locator(".slider .gap").get_attribute(name)) for name in ("x", "width"))
    assert left == pytest.approx(160 * 4.5 / 8) and width == pytest.approx(160 * 0.5 / 8)
    page.mouse.move(*at(page, 4.75 / 8))
    page.locator(".bubble", has_text="nothing received for 30 min").wait_for()
    assert re.match(r"04:4\d:\d\dZ", page.inner_text(".bubble"))
    page.mouse.move(*at(page, 6 / 8))
    page.locator(".bubble", has_text="1 alert").wait_for()
    # What is withdrawn now is on no slider.
    ids = [alert["id"] for alert in desk.alerts.values()]
    desk.alerts = {name: {**alert, "state": "withdrawn"} for name, alert in desk.alerts.items()}
    desk.tell({"type": "alerts", "all": False, "alerts": list(desk.alerts.values())})
    wait(page, "document.querySelectorAll('.slider .alert-bar').length === 1")
    assert len(ids) > 1


def test_a_click_and_a_drag_go_to_another_time(open_page, desk):
    still(desk, 3)
    page = open_page()
    page.mouse.click(*at(page, 0.5))
    assert sought(desk, 1) == pytest.approx(START_S + 4 * 3600, abs=90)
    there(page, desk)
    page.mouse.move(*at(page, 0.5))
    page.mouse.down()
    page.mouse.move(*at(page, 0.3), steps=6)
    page.mouse.move(*at(page, 0.25), steps=3)
    # While it is dragged nothing is asked, and the thumb stays under the pointer.
    page.wait_for_timeout(700)
    assert len(seeks(desk)) == 1
    assert float(page.input_value(SLIDER)) == pytest.approx(START_S + 2 * 3600, abs=90)
    assert page.inner_text(".bubble").startswith(("01:5", "02:0"))
    page.mouse.up()
    assert sought(desk, 2) == pytest.approx(START_S + 2 * 3600, abs=90)
    page.locator("#badge .clock", has_text=re.compile(r"0[12]:\d\d:\d\dZ")).wait_for()
    wait(page, f"tankerwatch.ships() === {desk.count}")


def test_steps_by_key_and_by_button(open_page, desk):
    still(desk, 3)
    page = open_page()
    page.locator(".slider").wait_for()
    start_s = desk.clock_s
    for number, (key, by_s) in enumerate(((".", 10), (">", 60), (",", -10), ("<", -60)), 1):
        before_s = desk.clock_s
        page.keyboard.press(key)
        assert sought(desk, number) == pytest.approx(before_s + by_s, abs=1.5)
        there(page, desk)
    for number, (name, by_s) in enumerate((("Back one minute", -60), ("On ten seconds", 10)), 5):
        before_s = desk.clock_s
        page.get_by_role("button", name=name).click()
        assert sought(desk, number) == pytest.approx(before_s + by_s, abs=1.5)
        there(page, desk)
    page.focus(SLIDER)
    page.keyboard.press("End")
    assert sought(desk, 7) == END_S
    page.keyboard.press("Home")
    assert sought(desk, 8) == START_S
    page.keyboard.press("PageUp")
    assert sought(desk, 9) == pytest.approx(START_S + 60, abs=1.5)
    page.keyboard.press("ArrowRight")
    assert sought(desk, 10) == pytest.approx(START_S + 70, abs=3)
    # On the slider too a letter is a deed, and Space plays.
    page.keyboard.press(" ")
    until(lambda: ("replay", {"paused": False}) in desk.posts, "Space did not play")
    assert start_s > START_S


def test_many_steps_are_one_wish_while_a_jump_is_under_way(open_page, desk):
    still(desk, 3)
    desk.may_go.clear()
    page = open_page()
    page.locator(".slider").wait_for()
    begin_s = desk.clock_s
    for _ in range(12):
        page.keyboard.press(">")
    page.locator(".slider.underway").wait_for()
    page.locator(".bubble", has_text=re.compile(r"going to 03:\d\d:\d\dZ, now at 0[23]:\d\d:\d\dZ …")).wait_for()
    desk.may_go.set()
    assert sought(desk, 2) == pytest.approx(begin_s + 12 * 60, abs=3)
    there(page, desk)
    assert len(seeks(desk)) == 2


def test_the_next_and_the_previous_alert(open_page, desk):
    still(desk, 3)
    page = open_page()
    page.locator(".slider .alert-bar.ahead").wait_for(state="attached")
    raised = sorted(alert["raised_s"] for alert in desk.alerts.values() if alert["state"] != "withdrawn")
    page.keyboard.press("]")
    assert sought(desk, 1) == START_S + 6 * 3600 + 2
    there(page, desk)
    page.keyboard.press("[")
    assert sought(desk, 2) == pytest.approx(raised[-1] + 2)
    there(page, desk)
    page.get_by_role("button", name="Previous alert").click()
    assert sought(desk, 3) == pytest.approx(raised[-2] + 2)
    page.locator("#panel h2").wait_for()
    there(page, desk)
    desk.clock_s = END_S - 60
    page.locator("#badge .clock", has_text="07:59:00Z").wait_for()
    page.keyboard.press("]")
    page.locator("#notice", has_text="No later alert is known").wait_for()
    assert len(seeks(desk)) == 3


def test_a_speed_of_an_hour_a_second(open_page, desk):
    page = open_page()
    speeds = [int(text.removesuffix("×")) for text in page.locator(".speed option").all_inner_texts()]
    assert speeds[0] == 1 and speeds[-1] == 3600
    page.select_option(".speed select", "3600")
    until(lambda: ("replay", {"speed": 3600}) in desk.posts, "the speed was not asked for")


def test_nobody_takes_a_replay_for_the_present(open_page, desk):
    desk.mode = "replay"
    page = open_page()
    ribbon = page.locator(".ribbon.replay")
    ribbon.wait_for()
    assert re.search(r"REPLAY · 2019-06-13 0\d:\d\d:\d\dZ · the past, as it was known then · nothing is written", ribbon.inner_text())
    assert "nothing is written" in page.inner_text("button.health") and "journal ✓" not in page.inner_text("button.health")
    assert page.evaluate("getComputedStyle(document.body).borderTopWidth") == "5px"
    page.click("button.health")
    page.locator("#feeds", has_text="nothing is written").wait_for()
    assert page.locator("#feeds .command").count() == 0
    page.keyboard.press("r")
    page.fill("#report-words", "seen later")
    page.click("#panel button:has-text('Save the report')")
    page.locator("#notice", has_text="for this replay only").wait_for()


def test_live_there_is_no_slider_but_a_way_to_the_past(open_page, desk):
    desk.mode, desk.speed = "live", 1.0
    page = open_page()
    assert page.locator("#replay").is_hidden() and page.locator(".ribbon").count() == 0
    page.keyboard.press(".")
    page.locator("#notice", has_text="B goes back in time").wait_for()
    page.click("button.health")
    page.locator("#feeds #past-from").wait_for()
    assert seeks(desk) == []


def test_the_status_bar_says_all_of_it(open_page, desk):
    desk.mode, desk.speed = "live", 1.0
    page = open_page()
    words = page.inner_text("button.health")
    for part in ("feeds 2/2", "412 msg/s", "lag 0.3 s", "4 stations", "v0.1.0", "last Recording now, Radar", "journal ✓ · 1/2 copies"):
        assert part in words, (part, words)
    assert page.locator("button.health.ill").count() == 0
    page.click("button.health")
    page.locator("#feeds .copies").wait_for()
    told = page.inner_text("#feeds")
    for part in ("/mnt/usb ok", "https://harbour:8430 behind", "23 records behind", "Checkpoint up to record 48,000", "left the machine"):
        assert part in told, (part, told)
    desk.second_copy, desk.copy_words = "forked", "its record 48101 is another"
    page.locator("#banners .bad", has_text="has forked: its record 48101 is another").wait_for()
    assert "✕ copy FORKED, 1/2 copies" in page.inner_text("button.health.ill")


def test_a_dead_feed_greys_the_map(open_page, desk):
    page = open_page()
    veil = page.locator("#veil")
    assert veil.is_hidden()
    desk.dead_feed = True
    veil.wait_for(state="visible")
    # It lies over the ships and under what is said about them.
    assert page.evaluate(
        "(veil => Boolean(veil.compareDocumentPosition(document.querySelector('.ship-layer')) & 2)"
        " && Boolean(veil.compareDocumentPosition(document.querySelector('#banners')) & 4))(document.querySelector('#veil'))"
    )
    assert page.evaluate("getComputedStyle(document.querySelector('#veil')).pointerEvents") == "none"
    desk.dead_feed = False
    veil.wait_for(state="hidden")
    desk.drop_sockets = True
    veil.wait_for(state="visible")
    desk.drop_sockets = False
    veil.wait_for(state="hidden")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("palette", ["day", "night"])
def test_a_replay_is_accessible(open_page, desk, palette, size):
    desk.mode = "replay"
    page = open_page(size, palette)
    page.locator(".slider").wait_for()
    assert violations(page) == [] and narrow_enough(page)
    page.mouse.move(*at(page, 0.9))
    page.locator(".bubble:not([hidden])").wait_for()
    assert violations(page) == [] and narrow_enough(page)
    small = page.evaluate(
        "[...document.querySelectorAll('#replay button, #replay select, #replay input')].filter(item => item.offsetParent)"
        ".filter(item => Math.min(item.getBoundingClientRect().height, item.getBoundingClientRect().width) < 32)"
        ".map(item => item.outerHTML)"
    )
    assert small == []
    desk.mode, desk.second_copy, desk.dead_feed = "live", "forked", True
    desk.tell(desk.hello())
    page.locator("#banners", has_text="has forked").wait_for()
    page.click("button.health")
    page.locator("#feeds .copies").wait_for()
    assert violations(page) == [] and narrow_enough(page)
