"""What keeps the browser tests honest on any machine."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import fake_past
import test_page as pages
from failed_page import as_it_was
from fake_desk import END_S

browser, desk, open_page = pages.browser, pages.desk, pages.open_page
until, wait = pages.until, pages.wait


def test_a_page_is_told_in_words(open_page, tmp_path):
    page = open_page()
    page.keyboard.press("/")
    wait(page, "document.activeElement.id === 'search'")
    page.evaluate("console.warn('odd')")
    told = as_it_was(page, tmp_path / "page.png")
    assert (tmp_path / "page.png").stat().st_size > 1000
    lines = dict(line.split(": ", 1) for line in told.splitlines()[1:])
    assert told.splitlines()[0] == page.url and 'id="search"' in lines["focus"] and lines["console"] == "warning: odd"
    assert "KOKUKA COURAGEOUS: distress call" in lines["list"] and "RECONSTRUCTION" in lines["top"] and "panel" not in lines


class Held:
    """What the page asks waits at the browser's door until it is let go."""

    def __init__(self, page, path):
        self.waiting, self.page, self.path = [], page, path
        page.route(path, lambda route: self.waiting.append(route))

    def let_go(self):
        until(lambda: self.waiting or self.page.wait_for_timeout(20), f"{self.path} was not asked for")
        for route in self.waiting:
            route.continue_()
        self.page.unroute(self.path)


def test_who_goes_on_before_the_desk_answers_loses_nothing(open_page, desk):
    page = open_page()
    focus = "document.activeElement.id"
    # A notice is gone after five seconds, and a slow test would look too late: all that was said is kept.
    page.evaluate(
        "(() => { window.said = []; const line = document.querySelector('#notice');"
        " new MutationObserver(() => said.push(line.textContent)).observe(line, { childList: true, subtree: true }) })()"
    )
    page.keyboard.press("j")
    page.locator("#alert-words").wait_for()
    # Words typed while the words before them are on their way.
    held = Held(page, "**/note")
    page.keyboard.press("e")
    wait(page, f"{focus} === 'alert-words'")
    page.keyboard.type("one")
    page.keyboard.press("Enter")
    page.keyboard.type(", two")
    held.let_go()
    wait(page, "said.some(words => words.includes('Noted'))")
    assert page.locator("#alert-words").input_value() == "one, two" and page.evaluate(focus) == "alert-words"
    page.fill("#alert-words", "")
    page.keyboard.press("Escape")
    # A deed begun while the one before is on its way.
    held = Held(page, "**/confirm")
    page.keyboard.press("v")
    page.keyboard.press("w")
    wait(page, f"{focus} === 'alert-to'")
    held.let_go()
    wait(page, "said.some(words => words.includes('Confirmed'))")
    assert page.evaluate(focus) == "alert-to"
    page.keyboard.press("Escape")
    # A report whose form was closed meanwhile closes nothing else.
    held = Held(page, "**/api/reports")
    page.keyboard.press("r")
    wait(page, f"{focus} === 'report-words'")
    page.keyboard.type("Smoke")
    page.click("#panel button:has-text('Save the report')")
    page.keyboard.press("Escape")
    page.locator("#alert-words").wait_for()
    held.let_go()
    wait(page, "said.some(words => words.includes('Your report is on disk'))")
    assert page.locator("#alert-words").is_visible()
    # Enter in the search, faster than the desk: the ship that is named now, not the one that was found before.
    page.keyboard.press("/")
    page.keyboard.type("kokuka")
    page.locator("#found li", has_text="KOKUKA").wait_for()
    held = Held(page, "**/api/ships?q=*")
    page.fill("#search", "front alt")
    page.keyboard.press("Enter")
    held.let_go()
    page.locator("#panel h2", has_text="FRONT ALTAIR").wait_for()
    # Who has left the search gets no list over what she looks at now.
    held = Held(page, "**/api/ships?q=*")
    page.fill("#search", "hyundai")
    until(lambda: held.waiting or page.wait_for_timeout(20), "it is not searched")
    page.focus("#chart")
    with page.expect_response("**/api/ships?q=*"):
        held.let_go()
    wait(page, "new Promise(drawn => setTimeout(() => drawn(true), 50))")
    assert page.locator("#found").is_hidden()
    # An answer that comes after the news of a later one is no news any more.
    page.click("[data-alert-id='a4'] button")
    answered = []
    page.route("**/acknowledge", lambda route: answered.append((route, route.fetch())))
    page.locator("#panel button", has_text="Acknowledge").click()
    until(lambda: answered or page.wait_for_timeout(20), "it is not acknowledged")
    closed = {"time_s": desk.clock_s + 60, "verb": "close", "words": "heard on VHF", "by": "BEN"}
    before = desk.alerts["a4"]
    desk.alerts["a4"] = after = before | {"state": "closed", "end_s": desk.clock_s, "history": [*before["history"], closed]}
    desk.tell({"type": "alerts", "alerts": [after], "all": False})
    page.locator("#panel .by-person", has_text="heard on VHF").wait_for()
    ((route, answer),) = answered
    route.fulfill(response=answer)
    wait(page, "said.some(words => words.includes('Acknowledged'))")
    assert page.locator("#panel .by-person", has_text="heard on VHF").count() == 1
    assert [verb for verb, _ in desk.posts] == ["note a1", "confirm a1", "report", "acknowledge a4"]


def test_no_time_is_made_up_before_the_desk_has_told_it(open_page, desk, monkeypatch):
    page, period = open_page(fragment="#map=8/25.4/57.4"), fake_past.timeline
    held, let, blocks = [], [], []

    def late(line):
        """Of what the desk says first only its greeting comes."""

        def told(message):
            if let or (isinstance(message, str) and '"hello"' in message):
                line.send(message)
            else:
                held.append((line, message))

        line.connect_to_server().on_message(told)

    def block(route):
        blocks.append(int(route.request.url.partition("/api/blocks/")[2].partition("?")[0]))
        route.fulfill(body="")

    page.route_web_socket("**/ws", late)
    page.route("**/api/blocks/*", block)
    before = desk.periods_told
    monkeypatch.setattr(fake_past, "timeline", lambda *of: {**period(*of), "blocks": "abc"})
    page.reload()
    page.locator(".badge.reconstruction").wait_for()
    until(lambda: (held and desk.periods_told > before) or page.wait_for_timeout(20), "the page did not ask for the period")
    page.wait_for_timeout(1100)  # the page is drawn each second
    page.keyboard.press(".")
    assert page.inner_text("#badge .clock") == "--:--:--Z" and "2019" not in page.inner_text(".ribbon")
    assert blocks == []
    let.append(True)
    for line, message in held:
        line.send(message)
    page.locator("#badge .clock", has_text="2019-06-13").wait_for()
    page.locator(".ribbon", has_text="2019-06-13").wait_for()
    until(lambda: blocks or page.wait_for_timeout(20), "the newest block is not fetched")
    assert max(blocks) < END_S and desk.posts == []


def test_a_part_that_does_not_come_is_asked_for_again(browser, desk):
    context = browser.new_context()
    page, parts, errors = context.new_page(), "**/assets/part-overlay*", []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(parts, lambda route: route.abort())
    page.goto(desk.address)
    page.locator("#notice", has_text="could not be loaded from the desk; it is tried again").wait_for()
    assert not page.locator("#layers-button").count()
    page.unroute(parts)
    page.locator("#layers-button").wait_for()
    assert errors == []
    context.close()
