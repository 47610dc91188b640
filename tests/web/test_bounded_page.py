"""A desk that has run for a year, on the page: what is over comes in pieces, and an old incident is found and opened."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_year import CLOCK_S, OVER, SHIP, Year
from test_page import DIST, axe_module, browser, wait  # noqa: F401 the browser is a fixture

from tankerwatch.core.ports import OVER_TOLD
from tankerwatch.triage import render

pytestmark = pytest.mark.browser
ROWS = "document.querySelectorAll('[data-past-incident]').length"


def test_what_was_over_long_ago_is_not_held_and_is_found(browser, harbour, serve):  # noqa: F811 the fixture
    year, whole = Year(), harbour.desk()
    harbour.desk = lambda: year.desk(harbour, whole)
    running = serve(DIST)
    complaints, asked, told = [], [], []
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url.rpartition("/api/")[2]) if "/api/incidents" in request.url else None)
    page.on("websocket", lambda opened: opened.on("framereceived", lambda frame: told.append(frame)))
    page.goto(f"{running.base}/#map=8/25.4/57&page=incident/i003")
    wait(page, "Boolean(window.tankerwatch && window.tankerwatch.ready)")
    # The address names one that the page was not told of: it comes with what people reported.
    page.locator("#panel.sheet h2", has_text="Aground off Jask 3").wait_for()
    page.locator("#panel .told", has_text="fast on the rocks, 3").wait_for()
    assert "incidents/i003" in asked and not any(call.startswith("incidents?") for call in asked)
    lists = {
        kind: text
        for text in told
        if isinstance(text, str)
        for kind in ("incidents", "reports", "exclusions", "guards")
        if f'"{kind}":[' in text
    }
    assert all(text.count('"id":') in (OVER_TOLD, OVER_TOLD + 1) for text in lists.values()) and len(lists) == 4
    page.keyboard.press("Escape")
    page.locator("#panel h2", has_text="Aground off Jask 3").wait_for()
    page.locator("#panel .told", has_text="fast on the rocks, 3").wait_for()
    # By keyboard: the fold, the older ones, those of a ship and those before a time.
    fold = page.locator("details.past-incidents summary")
    assert fold.inner_text() == f"Incidents over: the newest {OVER_TOLD + 1}"
    fold.press("Enter")
    wait(page, f"{ROWS} === {OVER_TOLD + 1}")
    more = page.locator("details.past-incidents").get_by_role("button", name="Older ones")
    for held in (OVER_TOLD + 201, OVER):
        more.press("Enter")
        wait(page, f"{ROWS} === {held}")
    assert more.count() == 0 and fold.inner_text() == f"Incidents over: {OVER}"
    order = page.evaluate("[...document.querySelectorAll('[data-past-incident]')].map(row => row.dataset.pastIncident)")
    assert order == [f"i{at:03}" for at in reversed(range(OVER))]
    field = page.get_by_label("Those of a ship, or before a time")
    field.fill(str(SHIP + 3))
    field.press("Enter")
    wait(page, f"{ROWS} === {OVER // 40}")
    assert page.locator("[data-past-incident]").last.get_attribute("data-past-incident") == "i003"
    field.fill("nonsense")
    field.press("Enter")
    page.locator("#past-problem", has_text="MMSI, or a time").wait_for()
    field.fill("2019-06-12 02:50Z")
    field.press("Enter")
    wait(page, f"{ROWS} === 200")
    page.screenshot(path="/tmp/bounded-search.png")
    first = page.locator("[data-past-incident]").first
    assert first.get_attribute("data-past-incident") == f"i{OVER - 25:03}"
    first.press("Enter")
    page.locator("#panel h2", has_text=f"Aground off Jask {OVER - 25}").wait_for()
    for palette in ("day", "night"):
        page.evaluate(f"document.documentElement.dataset.palette = '{palette}'")
        assert axe_module.Axe().run(page, context="details.past-incidents").response["violations"] == []
    page.get_by_role("button", name="Show all").press("Enter")
    wait(page, f"{ROWS} === {OVER}")
    # A month goes by; when the list is folded again the page lets go of what is old, but for what is selected.
    page.locator("#list summary", has_text="Guarded at the desk").press("Enter")
    assert page.locator("[data-guard-id]").count() == OVER_TOLD
    page.locator("details.guards").get_by_role("button", name="Older ones").press("Enter")
    wait(page, f"document.querySelectorAll('[data-guard-id]').length === {OVER_TOLD + 200}")
    fold.press("Enter")
    fresh = [replace(year.incidents["i700"], id=f"n{at}", end_s=CLOCK_S + at) for at in range(10)]
    year.incidents |= {each.id: each for each in fresh}
    running.hub.publish("incidents", [render.incident_json(each) for each in fresh])
    wait(page, f"document.querySelector('details.past-incidents summary').innerText === 'Incidents over: the newest {OVER_TOLD}'")
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path="/tmp/bounded-phone.png")
    assert complaints == []
    page.close()
