"""An alert's life on the page: who has it, until when it sleeps, why it is over, what is left out, what is shown and heard."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import test_page as pages

browser, desk, open_page = pages.browser, pages.desk, pages.open_page
DESKTOP, PHONE, narrow_enough, violations, wait = pages.DESKTOP, pages.PHONE, pages.narrow_enough, pages.violations, pages.wait

IN_LIST = "[...document.querySelectorAll('#list .group [data-alert-id]')].map(row => row.dataset.alertId)"


def listed(page):
    return page.evaluate(IN_LIST)


def select(page, alert):
    page.click(f"[data-alert-id='{alert}'] button")
    page.locator(f"[data-alert-id='{alert}'] .row[aria-current='true']").wait_for(state="attached")


def choose(page, label, value):
    if not page.locator(".filters[open]").count():
        page.click(".filters summary")
    page.select_option(f".filters label:has-text('{label}') select", value)


def test_who_has_it_and_who_said_so(open_page, desk):
    page = open_page()
    select(page, "a4")
    page.fill("#alert-by", "ANNA <b>")
    page.fill("#alert-to", "BEN")
    page.click("#panel button:has-text('Assign')")
    page.locator("[data-alert-id='a4'] .tag", has_text="→ BEN").wait_for()
    assert desk.posts == [("assign a4", {"words": "", "to": "BEN", "by": "ANNA <b>"})]
    page.fill("#alert-words", "the agent called")
    page.click("#panel button:has-text('Note')")
    page.locator(".history .by-person", has_text="note · ANNA <b>: the agent called").wait_for()
    wait(page, "document.querySelector('#alert-words').value === ''")  # the list is told of it before its answer comes
    page.reload()
    select(page, "a3")
    assert page.locator("#alert-by").input_value() == "ANNA <b>", "this browser remembers who sits here"


def test_what_sleeps_says_until_when_and_comes_back(open_page, desk):
    page = open_page()
    select(page, "a4")
    page.select_option("#alert-minutes", "15")
    page.click("#panel button:has-text('Snooze')")
    page.locator(".asleep summary", has_text="Snoozed: 1").wait_for()
    page.mouse.move(800, 300)
    wait(page, f"!{IN_LIST}.includes('a4')")
    assert "1 snoozed" in page.inner_text(".list-count")
    page.locator("#panel .snoozed", has_text="Snoozed until").wait_for()
    page.click("#panel button:has-text('Back now')")
    wait(page, f"{IN_LIST}.includes('a4')")
    assert [verb for verb, _ in desk.posts] == ["snooze a4", "snooze a4"] and desk.posts[1][1]["minutes"] == 0
    # The desk ends it when it gets worse: the page shows what it is told.
    select(page, "a1")
    assert not page.locator("#alert-minutes").count(), "a distress does not sleep"


def test_closed_with_a_reason_and_opened_again(open_page, desk):
    page = open_page()
    select(page, "a4")
    page.click("#panel button:has-text('Close'):not([aria-label])")
    page.locator("#alert-problem", has_text="why it is closed").wait_for()
    page.fill("#alert-words", "heard on VHF")
    page.click("#panel button:has-text('Close'):not([aria-label])")
    page.locator(".over summary", has_text="2 closed or withdrawn").wait_for()
    page.click(".over summary:has-text('closed or withdrawn')")
    row = page.locator(".over [data-alert-id='a4']")
    row.wait_for()
    assert "Closed by desk: heard on VHF" in row.inner_text()
    page.click("#panel button:has-text('Open again')")
    wait(page, f"{IN_LIST}.includes('a4')")


def test_what_is_withdrawn_stays_struck_through_with_its_cause(open_page, desk):
    page = open_page()
    gone = dict(desk.alerts["a4"], state="withdrawn", end_s=desk.clock_s)
    gone["history"] = [
        *gone["history"],
        {"time_s": desk.clock_s, "verb": "withdraw", "words": "Late data: she was heard all the time.", "by": None},
    ]
    desk.alerts["a4"] = gone
    desk.tell({"type": "alerts", "alerts": [gone], "all": False})
    page.locator(".over summary", has_text="2 closed or withdrawn").wait_for()
    page.click(".over summary:has-text('closed or withdrawn')")
    row = page.locator(".over [data-alert-id='a4']")
    row.wait_for()
    assert "Late data" in row.inner_text()
    assert "line-through" in page.evaluate("getComputedStyle(document.querySelector('.over [data-alert-id=a4] .row-title')).textDecoration")


def test_never_for_these_two_here_and_back(open_page, desk):
    page = open_page()
    select(page, "a5")
    page.click("#panel summary:has-text('Never again')")
    page.click("#panel button:has-text('Leave out')")
    page.locator("#alert-problem", has_text="why it is left out").wait_for()
    page.fill("#alert-words", "bunkering every week")
    page.click("#panel button:has-text('Leave out')")
    page.click(".exclusions summary")
    page.locator(".exclusion", has_text="COASTAL ACE and").wait_for()
    assert "within 5 NM" in page.inner_text(".exclusion")
    said = {"ships": [desk.ids[3], desk.ids[5]], "here_nm": 5, "words": "bunkering every week"}
    assert desk.posts == [("exclude a5", said)]
    page.click(".exclusion button")
    page.locator(".exclusion.undone").wait_for()
    assert desk.posts[-1][0] == "undo e1"


def test_the_list_shows_what_is_asked_for_and_never_hides_a_distress(open_page, desk):
    desk.flags[0] |= 4
    page = open_page()
    everything = listed(page)
    choose(page, "Rule", "dark")
    wait(page, f"{IN_LIST}.join() === 'a1,a4'")
    page.locator(".hidden-line", has_text="3 open alerts are hidden").wait_for()
    wait(page, "location.hash.includes('f=open.notice.all.dark')")
    choose(page, "Rule", "")
    choose(page, "Ships", "own")
    wait(page, f"{IN_LIST}.join() === 'a1,a4'")
    choose(page, "Ships", "guarded")
    wait(page, f"{IN_LIST}.join() === 'a1,a2'")
    choose(page, "Ships", "all")
    choose(page, "Severity", "danger")
    wait(
        page, f"{IN_LIST}.every(id => ['danger', 'distress'].includes(document.querySelector(`[data-alert-id=${{id}}]`).dataset.severity))"
    )
    page.click(".hidden-line button")
    page.mouse.move(800, 300)
    wait(page, f"{IN_LIST}.length === {len(everything)}")
    choose(page, "State", "closed")
    page.locator(".over [data-alert-id='a6']").wait_for()


def test_a_link_brings_its_filter(open_page):
    page = open_page(fragment="#map=8.00/25.0000/57.0000&f=open.notice.all.dark")
    wait(page, f"{IN_LIST}.join() === 'a1,a4'")


def test_it_sounds_only_for_a_new_highest_severity(open_page, desk):
    page = open_page()
    assert page.evaluate("tankerwatch.rung") == [], "what was there is seen"
    for alert in list(desk.alerts.values()):
        if alert["severity"] in ("danger", "distress"):
            desk.alerts[alert["id"]] = dict(alert, acknowledged_s=desk.clock_s)
    desk.tell({"type": "alerts", "alerts": list(desk.alerts.values()), "all": False})
    page.locator("[data-alert-id='a1'] .tag", has_text="acknowledged").wait_for()

    def raised(name, severity):
        fresh = dict(desk.alerts["a4"], id=name, severity=severity, title=f"new {name}", raised_s=desk.clock_s)
        desk.alerts[name] = fresh
        desk.tell({"type": "alerts", "alerts": [fresh], "all": False})
        page.locator(f"[data-alert-id='{name}']").wait_for()

    raised("b1", "caution")
    assert page.evaluate("tankerwatch.rung") == [], "one more of the same"
    raised("b2", "danger")
    wait(page, "tankerwatch.rung.join() === 'danger'")
    raised("b3", "danger")
    raised("b4", "notice")
    assert page.evaluate("tankerwatch.rung.join()") == "danger"
    page.click(".sound button >> nth=0")
    page.locator(".sound .muted", has_text="Sound off until").wait_for()
    page.mouse.move(800, 300)
    raised("b5", "distress")
    assert page.evaluate("tankerwatch.rung.join()") == "danger"
    page.click(".sound button >> nth=0")
    page.locator(".sound .muted", has_not_text="until").wait_for()
    page.reload()
    page.locator(".sound .muted", has_text="Sound off").wait_for()
    page.click(".sound button >> nth=0")
    page.locator(".sound button", has_text="Sound on").wait_for()
    page.click(".sound button:has-text('Test')")
    page.locator("#notice", has_text="sound of danger").wait_for()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("palette", ["day", "night"])
def test_all_of_it_is_accessible(open_page, desk, palette, size):
    desk.alerts["a4"] |= {"assigned": "BEN", "snoozed_until_s": desk.clock_s + 900}
    desk.exclude(desk.alerts["a5"], {"ships": desk.alerts["a5"]["ships"], "here_nm": 5, "words": "w" * 60})
    page = open_page(size, palette)
    if size == PHONE:
        page.click(".drawer-handle")
        page.locator("#list.open").wait_for()
    page.click(".filters summary")
    page.click(".asleep summary")
    page.click(".exclusions summary")
    page.click(".sound button >> nth=0")
    assert violations(page) == [] and narrow_enough(page)
    select(page, "a5")
    page.click("#panel summary:has-text('Never again')")
    assert violations(page) == [] and narrow_enough(page)
