"""What a watchkeeper who sees the page for the first time would mind: a hidden distress, a list cut off, a wrong word."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # as test_page.py does

import test_page as pages
from fake_desk import START_S
from test_page import browser, desk, open_page, order, until, wait  # noqa: F401 pytest finds fixtures by name

LONG_NAME = "THE VERY LONG NAME OF A SHIP THAT GOES ON"


def in_view(page, selector: str) -> bool:
    """Whether an element lies on the screen as a whole, and under nothing."""
    return page.locator(selector).first.evaluate(
        """element => {
            const { left, top, right, bottom } = element.getBoundingClientRect();
            const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
            return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight && element.contains(hit);
        }"""
    )


def test_a_distress_alone_stands_above_an_incident_that_is_less(open_page, desk):  # noqa: F811 the fixtures
    desk.alerts["a1"]["severity"] = desk.incidents[0]["severity"] = "danger"
    desk.alerts["a7"] = desk.make_alert(7, "distress", "distress", [6], 20, f"{LONG_NAME}: distress call", f"{LONG_NAME} calls.")
    desk.alerts["a5"]["raised_s"] += 5
    page = open_page()
    assert order(page) == ["a7", "a1", "a2", "a3", "a4", "a5"], "graver than the incident comes before it, and no other"
    heads = page.eval_on_selector_all("#list .group", "groups => groups.map(group => group.querySelector('h3')?.textContent ?? '')")
    assert heads[0] == "" and heads[1].startswith("Incident") and heads[2] == "Other alerts"
    page.keyboard.press("j")
    page.locator("#panel h2", has_text=LONG_NAME).wait_for()


def test_a_phone_shows_the_whole_list_and_what_is_done_first(open_page, desk):  # noqa: F811 the fixtures
    desk.alerts["a1"]["title"] = f"{LONG_NAME}: distress call"
    page = open_page(size=pages.PHONE, has_touch=True)
    page.tap(".drawer-handle")
    wait(page, "document.querySelector('#list').classList.contains('open')")
    assert page.evaluate("document.querySelector('#list').scrollWidth <= innerWidth"), "a long name pushes the list off the screen"
    assert in_view(page, ".handle-count") and page.inner_text(".handle-count") == "5 open"
    page.tap("[data-alert-id='a1'] .row")
    page.locator("#panel button.main").wait_for()
    assert in_view(page, "#panel button.main"), "to acknowledge takes no scrolling"
    page.tap("#panel button.main")
    until(lambda: [what for what, _ in desk.posts] == ["acknowledge a1"], f"not acknowledged: {desk.posts}")
    page.tap("#panel .panel-head button")
    page.locator("#list.open [data-alert-id='a2']").wait_for()
    page.tap(".drawer-handle")
    page.locator("#list:not(.open)").wait_for()


def test_the_bar_says_what_is_wrong_and_no_more(open_page, desk):  # noqa: F811 the fixtures
    page = open_page(size=(1024, 600))
    desk.dead_feed = True
    page.locator("#health .bad", has_text="feeds 1/2").wait_for()
    assert page.locator("#health .bad").count() == 1
    page.click("button.health")
    page.locator("#feeds .feed.dead").wait_for()
    right = page.evaluate("document.querySelector('#banners .banner:last-child').getBoundingClientRect().right")
    assert right <= page.evaluate("document.querySelector('#feeds').getBoundingClientRect().left"), (
        "the banner says why, and may not lie under the panel"
    )


def test_what_cannot_be_shown_is_said(browser, desk):  # noqa: F811 the fixtures
    """No sound before a touch, an alert that is not there, a ship never heard, and a desk that is gone: each in words on the page."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{desk.address}#alert=gone")
    page.locator(".hold", has_text="No sound yet").wait_for()
    page.locator("#notice.bad", has_text="knows no such alert as the link names").wait_for()
    page.click("#corner", force=True)
    page.locator(".hold", has_text="No sound yet").wait_for(state="detached")
    page.goto(f"{desk.address}?again#ship=999999999")
    page.locator("#panel .problem", has_text="has not heard of this ship").wait_for()
    assert "/api/" not in page.inner_text("#panel") and "Asking" not in page.inner_text("#panel")
    desk.drop_sockets = True
    page.locator(".badge.lost", has_text="NO LINK").wait_for()
    desk.drop_sockets = False
    page.locator(".badge.lost").wait_for(state="detached")
    page.close()


def test_a_time_that_is_known_is_typed(open_page, desk):  # noqa: F811 the fixtures
    page = open_page()
    page.fill("#replay-to", "25:99")
    page.press("#replay-to", "Enter")
    page.locator("#notice.bad", has_text="Write it as 14:30").wait_for()
    page.fill("#replay-to", "23:30")
    page.press("#replay-to", "Enter")
    page.locator("#notice.bad", has_text="goes from 2019-06-13 00:00:00Z to 2019-06-13 08:00:00Z").wait_for()
    assert not desk.posts
    page.fill("#replay-to", "06-13 05:15")
    page.press("#replay-to", "Enter")
    until(lambda: ("replay", {"seek_s": START_S + 5.25 * 3600}) in desk.posts, f"not sought: {desk.posts}")
    assert page.input_value("#replay-to") == "" and page.evaluate("document.activeElement.id") != "replay-to", "letters are keys again"
