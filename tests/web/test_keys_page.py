"""Every answer to an alert by keys alone, the table of alerts, what is kept in the browser, and a webhook that fails."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import test_page as pages

browser, desk, open_page = pages.browser, pages.desk, pages.open_page
DESKTOP, PHONE, narrow_enough, violations, wait = pages.DESKTOP, pages.PHONE, pages.narrow_enough, pages.violations, pages.wait

FREE = "!document.activeElement.closest('.answer')"
"""Single letters are deeds again."""


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def words(page, key, text):
    """A key, and the words that it asks for."""
    press(page, key)
    wait(page, "document.activeElement.id === 'alert-words'")
    page.keyboard.type(text)
    press(page, "Enter")


def said(page, text):
    page.locator("#notice", has_text=text).wait_for()


TYPED_AT_ONCE = """async () => {
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "w", bubbles: true }));
    document.execCommand("insertText", false, "B");
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    document.execCommand("insertText", false, "E");
    return document.querySelector("#alert-to").value;
}"""


def test_every_answer_by_keys_alone(open_page, desk):
    page = open_page()
    press(page, "e")
    said(page, "Select an alert first")
    press(page, "j", "s")
    page.locator("#panel h2", has_text="KOKUKA").wait_for()
    said(page, "A distress does not sleep")
    press(page, "j", "j", "j")
    page.locator("#panel h2", has_text=desk.alerts["a4"]["title"]).wait_for()
    words(page, "e", "the agent called")
    page.locator(".history .by-person", has_text="the agent called").wait_for()
    wait(page, FREE)
    press(page, "v")
    page.locator("[data-alert-id='a4'] .tag", has_text="confirmed").wait_for()
    assert page.evaluate(TYPED_AT_ONCE) == "BE", "letters that came before the page was drawn are lost"
    page.keyboard.type("N")
    press(page, "Enter")
    page.locator("[data-alert-id='a4'] .tag", has_text="→ BEN").wait_for()
    wait(page, FREE)
    press(page, "s")
    wait(page, "document.activeElement.id === 'alert-minutes'")
    press(page, "ArrowUp", "Enter")
    page.locator("#panel .snoozed").wait_for()
    wait(page, FREE)
    press(page, "s")
    page.locator("#panel .snoozed").wait_for(state="detached")
    press(page, "u")
    said(page, "Only what a person closed")
    press(page, "c")
    page.locator(".begun", has_text="Enter: close the alert").wait_for()
    wait(page, "document.activeElement.id === 'alert-words'")
    press(page, "Enter")
    page.locator("#alert-problem", has_text="why it is closed").wait_for()
    # Escape leaves the words, and only then the panel; what was begun is begun no more.
    press(page, "Escape")
    wait(page, FREE)
    page.locator(".begun").wait_for(state="detached")
    assert page.locator("#panel").is_visible()
    words(page, "c", "heard on VHF")
    page.locator(".over summary", has_text="2 closed or withdrawn").wait_for()
    wait(page, FREE)
    press(page, "s")
    said(page, "This alert is closed")
    press(page, "u")
    page.locator(".group [data-alert-id='a4']").wait_for()
    press(page, "a")
    page.locator("[data-alert-id='a4'] .tag", has_text="acknowledged").wait_for()
    words(page, "d", "it was a test")
    page.locator(".over summary", has_text="2 closed or withdrawn").wait_for()
    wait(page, FREE)
    # A ship that covers the alert gives way.
    press(page, "k")
    page.locator("#panel h2", has_not_text=desk.alerts["a4"]["title"]).wait_for()
    wait(page, "/alert=a[35]/.test(location.hash)")
    while (at := page.evaluate("location.hash")).find("alert=a5") < 0:
        press(page, "j")
        wait(page, f"location.hash.match(/alert=(.*?)(&|$)/)[1] !== {at!r}.match(/alert=(.*?)(&|$)/)[1]")
    page.locator("#panel .chip").first.press("Enter")
    wait(page, "location.hash.includes('ship=')")
    words(page, "x", "bunkering every week")
    page.locator(".exclusions").wait_for()
    wait(page, FREE)
    press(page, "Escape")
    page.locator("#panel").wait_for(state="hidden")
    verbs = [verb for verb, _ in desk.posts]
    assert verbs == [
        *("note a4", "confirm a4", "assign a4", "snooze a4", "snooze a4", "close a4", "reopen a4", "acknowledge a4", "dismiss a4"),
        "exclude a5",
    ]
    told = dict(desk.posts)
    assert told["assign a4"]["to"] == "BEN" and told["close a4"]["words"] == "heard on VHF"
    assert [body["minutes"] for verb, body in desk.posts if verb == "snooze a4"] == [15, 0]
    assert told["exclude a5"] == {"ships": desk.alerts["a5"]["ships"], "here_nm": 5, "words": "bunkering every week"}


def test_the_surer_comes_first_and_the_table_tells_them_all(open_page, desk):
    desk.alerts["a2"]["assigned"] = "BEN"
    # Outside the incident: as severe as a3 and fresher, but less sure; and as sure as a3, to a tenth, and fresher.
    desk.alerts["a4"] |= {"score": 0.2, "severity": "danger", "raised_s": desk.clock_s - 1}
    desk.alerts["a5"] |= {"score": 0.89, "severity": "danger", "raised_s": desk.clock_s - 2}
    page = open_page(palette="day")
    wait(page, "document.querySelectorAll('#list .group [data-alert-id]').length === 5")
    press(page, "t")
    page.locator("#alert-table[open] caption", has_text="5 open, 1 over").wait_for()
    rows = "[...document.querySelectorAll('[data-table-id]')].map(row => row.dataset.tableId).join()"
    assert page.evaluate(rows) == "a1,a2,a5,a3,a4,a6"
    first = page.locator("[data-table-id='a2'] :is(td, th)").all_inner_texts()
    assert first[0].lower() == "danger" and "FRONT ALTAIR" in first[1] and first[2] == "new" and first[4] == "BEN" and first[5] != "none"
    assert page.locator("#alert-table th[scope=col]").count() == 6 and page.locator("#alert-table th[scope=row]").count() == 6
    # What comes while it is open is in it; a ship's name is text.
    fresh = dict(desk.alerts["a4"], id="b1", severity="distress", raised_s=desk.clock_s)
    desk.alerts["b1"] = fresh
    desk.tell({"type": "alerts", "alerts": [fresh], "all": False})
    page.locator("[data-table-id='b1']").wait_for()
    assert page.locator("#alert-table script").count() == 0 and page.evaluate("window.hacked") is None
    for size in (DESKTOP, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert violations(page) == [] and narrow_enough(page)
    page.locator("[data-table-id='a3'] button").press("Enter")
    page.locator("#alert-table").wait_for(state="hidden")
    wait(page, "location.hash.includes('alert=a3')")


def test_whatever_can_be_pressed_is_reached_by_tab(open_page):
    page = open_page()
    press(page, "j")
    page.locator("#alert-words").wait_for()
    page.locator(".filters summary").press("Enter")
    page.locator("#panel .exclude summary, .filters[open]").first.wait_for()
    page.locator(".health").press("Enter")
    page.locator("#feeds h2").wait_for()
    for _ in range(2):  # what covers the panel, then the panel itself
        for _ in range(90):
            press(page, "Tab")
            page.evaluate("document.activeElement.dataset.reached = '1'")
        press(page, "Escape")
    left = page.evaluate(
        "[...document.querySelectorAll('button, input, select, textarea, summary, a[href]')]"
        ".filter(each => each.checkVisibility() && !each.disabled && !each.dataset.reached && !each.closest('[role=listbox]'))"
        ".map(each => each.outerHTML.slice(0, 120))"
    )
    assert left == []


def test_what_this_browser_keeps_and_the_help_sheet(open_page, desk):
    page = open_page(palette="night")
    press(page, "l")
    said(page, "As many names as fit")
    page.reload()
    page.locator("[data-alert-id='a1']").wait_for()
    press(page, "l")
    said(page, "Names only of ships that matter")
    press(page, "?")
    for key, deed in (("V", "Confirm"), ("X", "Never again"), ("T", "table"), ("W", "who has it")):
        page.locator("#help .keys div", has=page.locator(f"kbd:text-is('{key}')")).locator("dd", has_text=deed).wait_for()
    for size in (DESKTOP, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert violations(page) == [] and narrow_enough(page)
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    page.uncheck("#letters")
    press(page, "Escape", "j", "t")
    page.reload()
    page.locator("[data-alert-id='a1']").wait_for()
    press(page, "j", "?")
    page.wait_for_timeout(200)
    assert page.locator("#panel").is_hidden() and not page.locator("dialog[open]").count(), "single letters are no keys here any more"
    press(page, "Escape")


def test_a_webhook_that_fails_is_told(open_page, desk):
    well = desk.health
    hook = {"to": "duty.example<b>", "least": "danger", "state": "failing", "words": "duty.example answers 500", "sent": 4, "unsent": 2}
    desk.health = lambda: {**well(), "webhook": {**hook, "failing_since_s": desk.clock_s - 90}}
    page = open_page(palette="day")
    page.locator(".banner", has_text="2 alerts have not reached the webhook duty.example<b>: duty.example answers 500").wait_for()
    page.locator(".health.ill").click()
    page.locator("#feeds", has_text="danger and worse").wait_for()
    assert "4 sent since the start, 2 unsent" in page.inner_text("#feeds") and "failing since" in page.inner_text("#feeds")
    assert violations(page) == []
    hook |= {"state": "ok", "words": "all is sent", "unsent": 0}
    page.locator("#feeds", has_text="✓ all is sent").wait_for()
    assert not page.locator(".banner", has_text="webhook").count()


def test_a_focus_moved_before_a_panel_is_drawn_stays_where_it_was_put(open_page):
    page = open_page()
    opened_then_left = "document.querySelector('button.health').click(); document.querySelector('#search').focus()"
    page.evaluate(f"(() => {{ {opened_then_left} }})()")
    page.locator("#feeds h2").wait_for()
    page.wait_for_timeout(100)
    assert page.evaluate("document.activeElement.id") == "search"
    page.locator("button.health").press("Enter")
    page.locator("#feeds").wait_for(state="hidden")
    page.locator("button.health").press("Enter")
    wait(page, "document.activeElement.matches('#feeds h2')")
    page.locator("#skip").press("Enter")
    wait(page, "document.activeElement.id === 'chart'")
