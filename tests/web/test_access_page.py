"""The log-in and what the page makes of it, in a real browser: who is here, what she may, and what everybody sees."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import test_page as pages
from fake_access import PASSWORD, Guarded, Harbour, Served, make_users, until
from fake_desk import DIST, make_app
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from test_public import picture

from tankerwatch.web.access.door import Door, Login
from tankerwatch.web.access.gate import Gate
from tankerwatch.web.app import _refused
from tankerwatch.web.asking import Refused
from tankerwatch.web.guard import Front, Guard
from tankerwatch.web.public import PublicView, create_public_app
from tankerwatch.web.serve import Server

browser = pages.browser
DESKTOP, PHONE, narrow_enough, violations, wait = pages.DESKTOP, pages.PHONE, pages.narrow_enough, pages.violations, pages.wait

if not (DIST / "login.html").is_file():
    pytest.skip("the page is not built", allow_module_level=True)


class Watched(Guarded):
    """The page's made-up desk behind a log-in."""

    def __init__(self, desk, users):
        self.desk = desk
        self.door = Door(users, secure=False)
        Served.__init__(self, Server("127.0.0.1", 0), self.make)

    def make(self, server):
        routes = [*Login(self.door, DIST).routes(), Mount("/", make_app(self.desk))]
        return Starlette(
            routes=routes,
            middleware=[Middleware(Guard, hosts=server.hosts), Middleware(Gate, door=self.door)],
            exception_handlers={Refused: _refused},
        )


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    made = Watched(pages.Desk(ships=60), make_users(tmp_path_factory.mktemp("page") / "users.json"))
    yield made
    made.desk.drop_sockets = True
    made.stop()


CUT = "CONTENT_LENGTH_MISMATCH"
"""What the desk was just answering when a log-in ended goes no further."""


@contextmanager
def opened(browser, address, size=DESKTOP, palette="dusk", allowed=()):
    """A page whose console stays quiet, but for refusals that the test asks for."""
    complaints = []
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.add_init_script(f"localStorage.setItem('tankerwatch.palette', '{palette}')")
    page = context.new_page()
    page.set_default_timeout(pages.PATIENCE_S * 1000)
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(address)
    yield page
    context.close()
    assert [text for text in complaints if not any(part in text for part in (*allowed, CUT))] == []


def enter(page, name, password=PASSWORD):
    page.locator("#enter:enabled").wait_for()
    page.fill("#name", name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def ready(page):
    page.locator("[data-alert-id]").first.wait_for(state="attached")
    page.locator(".session").wait_for(state="attached")
    wait(page, "window.tankerwatch.ready")
    page.locator("#layers-button").wait_for(state="attached")  # the last part to be loaded: none is cut when a log-in ends


def test_in_by_keyboard_decide_and_out(browser, watched):
    with opened(browser, watched.base, allowed=["401"]) as page:
        assert page.url == f"{watched.base}/login"
        wait(page, "document.activeElement.id === 'name'")
        enter(page, "<b>WILL", "wrong password")
        page.locator("#problem", has_text="wrong name or password").wait_for()
        page.fill("#name", "will")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        ready(page)
        assert page.inner_text(".session").split() == ["WILL", "watchkeeper"]
        page.click("[data-alert-id='a4'] button")
        assert page.locator("#alert-by").input_value() == "WILL" and page.locator("#alert-by").get_attribute("readonly") is not None
        page.click("#panel button:has-text('Acknowledge')")
        until(lambda: watched.desk.posts)
        assert watched.desk.posts[-1][0] == "acknowledge a4"
        assert violations(page) == []
        page.click("button:has-text('Log out')")
        page.wait_for_url("**/login")
        page.goto(watched.base)
        assert page.url == f"{watched.base}/login"


def test_who_only_looks_is_offered_no_more(browser, watched):
    before = len(watched.desk.posts)
    with opened(browser, watched.base, palette="day") as page:
        enter(page, "VERA")
        ready(page)
        page.click("[data-alert-id='a3'] button")
        page.locator("#panel h2").wait_for()
        assert page.locator("#alert-words, #panel button:has-text('Acknowledge')").count() == 0
        assert not page.locator(".top-button", has_text="Report").is_visible()
        page.click("#panel .chip >> nth=0")
        page.locator("#panel .reading").first.wait_for()
        assert not page.locator("#panel button[title*='Watch over']").is_visible()
        page.keyboard.press("r")
        page.locator("#notice", has_text="You are here to look").wait_for()
        page.keyboard.press("Escape")
        page.click("[data-alert-id='a2'] button")
        page.keyboard.press("a")
        page.locator("#notice", has_text="a watchkeeper decides").wait_for()
        assert violations(page) == []
    assert len(watched.desk.posts) == before


def test_a_session_that_ends_leads_to_the_log_in_and_back(browser, watched):
    with opened(browser, watched.base, PHONE, "night", allowed=["403", "401"]) as page:
        page.locator("#name").wait_for()
        assert violations(page) == [] and narrow_enough(page)
        enter(page, "ADA")
        ready(page)
        assert narrow_enough(page) and violations(page) == []
        wait(page, "location.hash.includes('map=')")
        before = page.evaluate("location.hash")
        for session in watched.door.sessions.all():
            watched.do(watched.door.end, session, "a test says so")
        page.wait_for_url(re.compile("login.ended"))
        page.locator("#why", has_text="has ended").wait_for()
        enter(page, "ADA")
        ready(page)
        wait(page, f"location.hash === {before!r}")


def test_the_log_in_looks_well_by_day(browser, watched):
    with opened(browser, f"{watched.base}/login?ended", palette="day") as page:
        page.locator("#why", has_text="has ended").wait_for()
        assert violations(page) == []


def test_what_everybody_sees(browser):
    harbour, view = Harbour(), PublicView(900.0, 0.1, "1")
    harbour.picture = picture(1560394000.0)
    served = Served(Server("127.0.0.1", 0), lambda server: create_public_app(harbour.desk(), view, dist=DIST, front=Front()))
    try:
        until(lambda: view._samples)
        view.take(picture(1560394900.0))
        with opened(browser, f"{served.base}/#map=7/25.5/57") as page:
            wait(page, "Boolean(window.tankerwatch && window.tankerwatch.ready)")
            assert page.evaluate("tankerwatch.ships()") == 5
            page.locator(".badge", has_text="LATE").wait_for()
            page.locator(".session", has_text="PUBLIC").wait_for()
            for key in "thjr":
                page.keyboard.press(key)
            page.locator("#notice", has_text="late and rounded positions, and nothing more").wait_for()
            page.keyboard.press("?")
            page.locator("#help[open]").wait_for()
            assert page.locator("dialog[open]").count() == 1 and not page.locator("#panel").is_visible()
            page.keyboard.press("Escape")
            assert not page.locator(".top-button", has_text="Report").is_visible()
            wait(page, "tankerwatch.pixelOf(538000001) !== null")
            x, y = page.evaluate("tankerwatch.pixelOf(538000001)")
            page.mouse.click(x, y)
            page.locator("#panel", has_text="late and rounded positions").wait_for()
            assert not page.locator("#list, #finder, .health").filter(visible=True).count()
            assert violations(page) == []
            page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            page.keyboard.press("n")  # from dusk to night
            wait(page, "document.documentElement.dataset.palette === 'night'")
            assert violations(page) == [] and narrow_enough(page)
    finally:
        served.stop()
