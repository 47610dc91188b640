"""What the page offers to whom, in a real browser: the way out of every browser at once, and of the past for who only looks."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import test_access_page as entered
from fake_access import make_users
from fake_desk import FakeDesk

browser, enter, opened, ready = entered.browser, entered.enter, entered.opened, entered.ready


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    desk = entered.pages.Desk(ships=20, mode="live")
    desk.past = FakeDesk(mode="replay", ships=20)
    made = entered.Watched(desk, make_users(tmp_path_factory.mktemp("out") / "users.json"))
    yield made
    desk.drop_sockets = desk.past.drop_sockets = True
    made.stop()


def test_out_everywhere_and_not_where_the_desk_refuses(browser, watched):
    with watched.log_in("WILL") as elsewhere, opened(browser, watched.base, allowed=["401", "403", "429"]) as here:
        enter(here, "WILL")
        ready(here)
        told = here.locator(".health-line").first
        assert "v0.1.0" in told.inner_text() and told.evaluate("line => line.scrollWidth <= line.clientWidth"), "all of it is to be read"
        here.keyboard.press("z")
        here.locator("#zone-by").wait_for()
        assert here.locator("#zone-by").input_value() == "WILL" and here.locator("#zone-by").get_attribute("readonly") is not None
        here.set_viewport_size({"width": entered.PHONE[0], "height": entered.PHONE[1]})
        here.locator("button.health").press("Enter")
        here.locator("#feeds", has_text="WILL, watchkeeper; ends in 12 h").wait_for()
        assert entered.narrow_enough(here)
        # A refusal is told, and she stays.
        here.route("**/api/logout", lambda route: route.fulfill(status=429, body="{}"))
        here.click("#feeds button:has-text('Log out everywhere')")
        here.locator("#notice", has_text="The desk answered 429: you are not logged out anywhere").wait_for()
        assert len(watched.door.sessions.of("WILL")) == 2
        here.unroute("**/api/logout")
        here.locator("#feeds button", has_text="Log out everywhere").press("Enter")
        here.wait_for_url(re.compile("/login$"))  # she did it herself: nothing has "ended"
        assert watched.door.sessions.of("WILL") == [] and elsewhere.get("/api/alerts").status_code == 401


def test_who_only_looks_begins_nothing_and_finds_back_from_the_past(browser, watched, monkeypatch):
    monkeypatch.setattr(watched.door.sessions, "longest_s", 600.0)
    with opened(browser, watched.base) as page:
        enter(page, "VERA")
        ready(page)
        page.locator(".session.soon", has_text="viewer, log-in ends in ").wait_for()
        page.click("[data-alert-id='a3'] button")
        page.locator("#panel h2").wait_for()
        page.keyboard.press("c")
        page.locator("#notice", has_text="You are here to look: a watchkeeper decides").wait_for()
        page.keyboard.press("z")
        page.keyboard.press("y")
        page.locator("#tools", has_text="Layers").wait_for()
        assert page.locator("#zone-name").count() == 0
        page.keyboard.press("y")
        page.click("#panel .chip >> nth=0")
        page.keyboard.press("o")
        page.locator("#panel h3", has_text="Guard her").wait_for()
        assert not page.locator("#guard-ring, #guard-by").filter(visible=True).count()
        page.goto(f"{watched.base}/past/k-1_A/")
        page.locator(".badge.replay").wait_for()
        page.locator(".session", has_text="VERA").wait_for()
        assert [words.strip() for words in page.locator("#replay button").filter(visible=True).all_inner_texts()] == ["Back to live"]
        page.locator(".to-live").press("Enter")
        page.locator(".badge.live").wait_for()
