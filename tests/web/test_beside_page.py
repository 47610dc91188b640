"""From the live page to its past and back, and what happens now is told there too, in a real browser."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import test_page as pages
from fake_desk import FakeDesk

browser, open_page = pages.browser, pages.open_page
until, wait = pages.until, pages.wait


@pytest.fixture
def desk():
    desk = pages.Desk(mode="live", ships=60)
    desk.past = FakeDesk(mode="replay", ships=60)
    desk.serve()
    yield desk
    desk.past.drop_sockets = True
    desk.stop()


def in_the_past(page):
    page.wait_for_url("**/past/k-1_A/**")
    page.locator(".badge.replay").wait_for()
    page.locator("[data-alert-id]").first.wait_for()


def test_there_by_one_key_and_back_and_now_is_told_there(open_page, desk):
    page = open_page(fragment="#map=9.00/25.2500/57.5000&alert=a4")
    page.locator("#panel h2", has_text="HYUNDAI DUBAI").wait_for()
    assert page.locator(".to-live").count() == 0
    page.keyboard.press("b")
    in_the_past(page)
    (said,) = (body for what, body in desk.posts if what == "past")
    assert said == {"from_s": pytest.approx(desk.clock_s - 3600, abs=60)}
    # What was looked at is looked at there too; what is decided there is decided there.
    page.locator("#panel h2", has_text="HYUNDAI DUBAI").wait_for()
    assert "map=9.00/25.2500/57.5000" in page.url
    page.keyboard.press("a")
    until(lambda: [what for what, _ in desk.past.posts] == ["acknowledge a4"] or page.wait_for_timeout(20), "it was not acknowledged there")
    assert [what for what, _ in desk.posts] == ["past"]
    # What was there when one left is no news; what comes now is seen and heard.
    assert page.locator("#banners", has_text="NOW, LIVE").count() == 0 and page.evaluate("tankerwatch.rung") == []
    desk.alerts["a9"] = dict(desk.alerts["a1"], id="a9", title="COASTAL ACE: distress call", raised_s=desk.clock_s)
    page.locator("#banners button", has_text="NOW, LIVE: distress · COASTAL ACE: distress call").wait_for()
    wait(page, "tankerwatch.rung.join() === 'distress'")
    assert pages.violations(page) == []
    page.keyboard.press("b")
    page.locator(".badge.live").wait_for()
    wait(page, "location.pathname === '/' && location.hash.includes('alert=a4')")


def test_from_a_typed_time_and_from_an_alert(open_page, desk):
    page = open_page()
    page.locator("button.health").press("Enter")
    page.fill("#past-from", "noon")
    page.keyboard.press("Enter")
    page.locator("#notice", has_text="Write it as 14:30").wait_for()
    page.fill("#past-from", "2019-06-13 02:50")
    page.keyboard.press("Enter")
    in_the_past(page)
    assert desk.posts[-1] == ("past", {"from_s": 1560394200})
    page.locator(".to-live").press("Enter")
    page.locator(".badge.live").wait_for()
    page.locator("[data-alert-id='a2'] button").press("Enter")
    page.locator("#panel button", has_text="Look back to it").press("Enter")
    in_the_past(page)
    assert desk.posts[-1] == ("past", {"from_s": pytest.approx(desk.alerts["a2"]["start_s"] - 600, abs=1)})
