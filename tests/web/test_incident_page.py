"""The wide pages in a real browser: an incident with notes and a warning, and the hand-over of a watch; by keyboard, at both widths."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import fake_incident
import test_page as pages

browser, desk, open_page = pages.browser, pages.desk, pages.open_page
DESKTOP, HOSTILE_NAME, PHONE, narrow_enough, violations, wait = (
    pages.DESKTOP,
    pages.HOSTILE_NAME,
    pages.PHONE,
    pages.narrow_enough,
    pages.violations,
    pages.wait,
)
CHART = "[...document.querySelectorAll('img.extract.screen')].filter(picture => picture.complete && picture.naturalWidth > 0).length === 2"
"""whether chart and time line were drawn by the browser"""


def note(desk, words):
    told = {"time_s": desk.clock_s, "verb": "note", "words": words, "by": HOSTILE_NAME}
    fake_incident.told(desk, "i1")["incident"]["notes"].append(told)


def turn(page, palette):
    """Press N until the page is in a palette."""
    while page.evaluate("document.documentElement.dataset.palette") != palette:
        page.locator("#panel h2").focus()
        page.keyboard.press("n")


def test_an_incident_from_its_panel_by_keyboard_alone(open_page, desk):
    desk.alerts["a2"]["evidence"][1]["sentence"] = HOSTILE_NAME
    note(desk, HOSTILE_NAME)
    page = open_page(fragment="#incident=i1")
    page.locator("#panel h2", has_text="Two tankers stopped off Jask").wait_for()
    page.keyboard.press("o")
    page.locator("#panel.sheet .sheet-table").first.wait_for()
    wait(page, "location.hash.includes('page=incident/i1')")
    wait(page, CHART)
    shown = page.inner_text("#panel")
    for wanted in (
        "Who can help",
        "HYUNDAI DUBAI",
        "164°",
        "17 min",
        "FRONT ALTAIR",
        "explosion reported by master",
        "UKMTO · 25°27.000′N 057°22.800′E",
        f"· {HOSTILE_NAME}",
    ):
        assert wanted in shown, wanted
    numbered = page.locator(".sheet-body summary").all_inner_texts()  # as on the chart
    assert [line[:3] for line in numbered] == ["1. ", "2. "] and "FRONT ALTAIR" in numbered[0] and "KOKUKA" in numbered[1], numbered
    page.locator(".sheet-body summary", has_text="FRONT ALTAIR: sudden stop").press("Enter")
    page.locator(".sentences code", has_text=HOSTILE_NAME).wait_for()
    digest = page.locator(".sheet-body details[open] .hash").first.inner_text()
    assert re.fullmatch(r"BLAKE2b\s[0-9a-f]{64}", digest) and "record 48001" in page.inner_text(".sheet-body details[open]")
    page.locator("#panel button", has_text="Write it down").press("Enter")
    page.locator("#incident-problem", has_text="Write the note first").wait_for()
    assert page.evaluate("document.activeElement.id") == "incident-words"
    page.keyboard.type("Agent called, <b>tug</b> ordered")
    page.fill("#incident-by", "ANNA")
    page.locator("#panel button", has_text="Write it down").press("Enter")
    page.locator(".told", has_text="Agent called, <b>tug</b> ordered").wait_for()
    assert desk.posts == [("note i1", {"words": "Agent called, <b>tug</b> ordered", "by": "ANNA"})]
    wait(page, "document.querySelector('#incident-words').value === ''")  # the page is told of it before its answer comes
    assert page.evaluate("[window.hacked, document.querySelectorAll('#panel b').length]") == [None, 0]
    page.keyboard.press("Escape")
    page.locator("#panel:not(.sheet) h3", has_text="Newest note of 2").wait_for()
    page.locator("#panel button", has_text="Open its page").press("Enter")
    page.locator("#panel.sheet").wait_for()
    # A desk that was told of more tells it to the page that is open.
    note(desk, "the fire is out")
    desk.tell({"type": "incidents", "incidents": desk.incidents, "all": False})
    page.locator(".told", has_text="the fire is out").wait_for()


def test_a_warning_is_drafted_edited_and_saved_and_nothing_is_sent(open_page, desk):
    page = open_page(fragment="#page=incident/i1", accept_downloads=True)
    asked = []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    page.locator("#panel button", has_text="Compose a warning").press("Enter")
    page.locator("#warning-text").wait_for()
    text = page.locator("#warning-text").input_value()
    assert text.startswith("WARNING 001/2019\n") and "VESSELS: tanker A, tanker B" in text and "ALTAIR" not in text
    page.locator("#warning-named").press("Space")
    wait(page, "document.querySelector('#warning-text').value.includes('tanker FRONT ALTAIR')")
    page.locator("#warning-named").press("Space")
    wait(page, "!document.querySelector('#warning-text').value.includes('ALTAIR')")
    page.fill("#warning-text", text.replace("ADVICE:", "TO ALL:"))
    page.wait_for_timeout(1200)  # the page is drawn each second: what was typed stays
    with page.expect_download() as saved:
        page.locator("#panel button", has_text="Save as text").press("Enter")
    assert saved.value.suggested_filename == "warning-001-2019.txt"
    assert Path(saved.value.path()).read_text(encoding="utf-8") == text.replace("ADVICE:", "TO ALL:")
    with page.expect_download() as saved:
        page.locator("#panel button", has_text="Save as JSON").press("Enter")
    kept = json.loads(Path(saved.value.path()).read_text(encoding="utf-8"))
    assert (kept["number"], kept["edited"], kept["lat_deg"], "TO ALL:" in kept["text"]) == ("001/2019", True, 25.42, True)
    assert desk.posts == [] and {method for method, _ in asked} <= {"GET"}
    page.locator("#panel button", has_text="Note that it was given out").press("Enter")
    page.locator(".told", has_text="Warning given out: WARNING 001/2019").wait_for()


def test_the_hand_over_says_since_when(open_page, desk):
    desk.alerts["a4"] |= {"assigned": "BEN", "snoozed_until_s": desk.clock_s + 3600}
    desk.exclude(desk.alerts["a5"], {"ships": desk.alerts["a5"]["ships"], "here_nm": 5, "words": "bunkering every week"})
    desk.dead_feed, desk.paused = True, True
    page = open_page()
    page.locator("button.health").press("Enter")
    page.locator("#feeds button", has_text="Hand over the watch").press("Enter")
    page.locator("#panel.sheet h3", has_text="Open alerts: 5").wait_for()
    wait(page, "location.hash.includes('page=handover')")
    shown = page.inner_text("#panel")
    for wanted in (
        "with BEN · not acknowledged · snoozed until",
        "bunkering every week",
        "Feed Recording: dead",
        "Sound in this browser: on",
        "23 behind",
    ):
        assert wanted in shown, wanted
    assert "rendezvous: raised" in shown
    page.fill("#handover-since", "soon")
    page.keyboard.press("Enter")
    page.locator("#handover-problem", has_text="02:50Z for today").wait_for()
    page.fill("#handover-since", "02:40Z")
    page.keyboard.press("Enter")
    page.locator("h3", has_text="What changed since 2019-06-13 02:40:00Z").wait_for()
    assert "rendezvous: raised" not in page.inner_text("#panel .sheet-table")
    sheet = page.locator("a", has_text="Sheet to print").get_attribute("href")
    page.locator("#panel .line", has_text="sudden stop").press("Enter")
    page.locator("#panel:not(.sheet) h2", has_text="sudden stop").wait_for()
    page.keyboard.press("h")
    page.locator("#panel.sheet").wait_for()
    page.keyboard.press("Escape")
    page.locator("#panel:not(.sheet) h2", has_text="sudden stop").wait_for()
    page.goto(desk.address.rstrip("/") + sheet)
    assert "What changed since 2019-06-13 02:40:00 UTC" in page.inner_text("main") and violations(page) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_all_of_it_is_accessible_and_on_paper_it_is_alone(open_page, desk, size):
    desk.alerts["a4"] |= {"assigned": "BEN", "snoozed_until_s": desk.clock_s + 3600}
    note(desk, "w" * 80)
    desk.incidents[0] |= {"lat_deg": float(desk.lat[0]), "lon_deg": float(desk.lon[0])}
    page = open_page(size, "day", "#page=incident/i1")
    page.locator("#panel button", has_text="Compose a warning").press("Enter")
    page.locator("#warning-text").wait_for()
    # Where it is lies in what the page leaves of the map, and the words on its chart are as large as those beside it.
    wait(
        page,
        f"(() => {{ const spot = tankerwatch.pixelOf({desk.ids[0]}); const over = document.elementFromPoint(...spot);"
        " return over && over.closest('#chart') && !over.closest('.banner'); })()",
    )
    wait(
        page,
        "(chart => chart.complete && Math.abs(chart.clientWidth / chart.naturalWidth - 1) < 0.1)(document.querySelector('.extract.chart'))",
    )
    page.locator(".sheet-body summary").first.press("Enter")
    for palette in ("day", "night"):
        turn(page, palette)
        wait(page, CHART)
        assert violations(page) == [] and narrow_enough(page), palette
    page.emulate_media(media="print")
    assert (
        page.evaluate("['#map', '#list', '#top', '#warning-text'].map(one => document.querySelector(one).checkVisibility())") == [False] * 4
    )
    assert page.evaluate("getComputedStyle(document.querySelector('#panel h2')).color") == "rgb(0, 0, 0)"
    page.emulate_media(media="screen")
    page.evaluate("location.hash = 'page=handover'")
    page.locator("#panel.sheet h3", has_text="Silenced").wait_for()
    for palette in ("day", "night"):
        turn(page, palette)
        assert violations(page) == [] and narrow_enough(page), palette
    page.goto(f"{desk.address}api/incidents/i1/report.html")
    assert violations(page) == [] and narrow_enough(page) and page.evaluate("window.hacked") is None
