"""A desk that runs for months, on the page: the newest alerts that are over, the older ones when they are asked for, and none for ever."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from test_page import DIST, axe_module, browser, wait  # noqa: F401 the browser is a fixture

from tankerwatch.core.incidents import Alert, Incident
from tankerwatch.core.ports import OVER_TOLD
from tankerwatch.desk.listing import listed, numbers
from tankerwatch.triage import render

pytestmark = pytest.mark.browser
OVER = 740
CLOCK_S = 1560394210.0
ROWS = "document.querySelectorAll('details.over:not(.asleep) [data-alert-id]').length"


def made(name, over_s=None):
    state = "open" if over_s is None else "closed"
    begin_s = (over_s or CLOCK_S) - 900
    title = f"FRONT ALTAIR {name}: no longer heard"
    where = (25.4, 57.3) if over_s is None else (None, None)
    return Alert(
        name, "dark", "caution", state, (200000001,), begin_s, begin_s, over_s, *where, 0.9, "Not heard.", title, over_s or begin_s
    )


def test_what_is_over_is_held_in_part_and_all_of_it_found(browser, harbour, serve):  # noqa: F811 the fixture
    known = {f"a{n:04}": made(f"a{n:04}", CLOCK_S - 60 * (OVER - n)) for n in range(OVER)} | {"open": made("open")}
    incident = Incident("i1", "danger", "open", "Two off Jask", CLOCK_S - 600, None, ("open", "a0003"), (), (), None, None)
    triage = SimpleNamespace(alerts=known, open={"open": None}, incidents={"i1": incident})
    river = SimpleNamespace(triage=triage, name_of=lambda ship: "FRONT ALTAIR")
    whole = harbour.desk()
    harbour.store["incidents"]["i1"] = render.incident_json(incident)
    harbour.desk = lambda: replace(
        whole,
        alerts=lambda *asked: listed(river, "alerts", *asked),
        alert=lambda name: render.alert_json(known[name]) if name in known else None,
        health=lambda: {**harbour.health, "alerts": numbers(river)},
    )
    running = serve(DIST)
    complaints, asked = [], []
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url.rpartition("/api/alerts")[2]) if "/api/alerts" in request.url else None)
    page.goto(f"{running.base}/#map=8/25.4/57&alert=a0001")
    wait(page, "Boolean(window.tankerwatch && window.tankerwatch.ready)")
    # It begins with the newest, that of the open incident, and the one that the address names.
    page.locator("#panel h2", has_text="a0001").wait_for()
    assert asked == ["/a0001"]
    wait(page, f"{ROWS} === {OVER_TOLD + 2}")
    fold = page.locator("details.over summary", has_text="Over:")
    assert fold.inner_text() == f"Over: {OVER_TOLD + 2} of 740 closed or withdrawn"
    fold.press("Enter")
    # Piece by piece, by keyboard; the pointer may rest on the list meanwhile.
    page.locator(".list-head").hover()
    more = page.get_by_role("button", name="Older ones")
    more.press("Enter")
    wait(page, f"{ROWS} === {OVER_TOLD + 202}")
    assert "38 more are over" in page.locator(".older").inner_text()
    assert axe_module.Axe().run(page, context="details.over .older").response["violations"] == []
    more.press("Enter")
    wait(page, f"{ROWS} === {OVER}")
    assert more.count() == 0 and len(asked) == 3, "each piece was asked for once"
    order = page.evaluate("[...document.querySelectorAll('details.over:not(.asleep) [data-alert-id]')].map(row => row.dataset.alertId)")
    assert order == [f"a{n:04}" for n in reversed(range(OVER))]
    # Days go by, and alerts with them. What is shown stays until the list is folded; what is selected, and of the incident, for ever.
    page.locator(".list-head").hover()
    for day in range(3):
        fresh = [made(f"b{day}{n:03}", CLOCK_S + 1000 * day + n) for n in range(100)]
        known.update((alert.id, alert) for alert in fresh)
        running.hub.publish("alerts", [render.alert_json(alert) for alert in fresh])
    page.mouse.move(640, 600)
    wait(page, f"{ROWS} === {OVER + 300}")
    fold.press("Enter")
    wait(page, f"{ROWS} === {OVER_TOLD + 2}")
    assert page.locator("#panel h2", has_text="a0001").count() == 1
    assert page.locator("[data-alert-id=a0003]").count() == page.locator("[data-alert-id=open]").count() == 1
    page.keyboard.press("Escape")
    wait(page, f"{ROWS} === {OVER_TOLD + 1}")
    # As a table they are all to be had as well.
    page.get_by_role("button", name="Table").click()
    page.locator("#alert-table").get_by_role("button", name="Older ones").press("Enter")
    wait(page, f"document.querySelectorAll('#alert-table [data-table-id]').length === {OVER_TOLD + 202}")
    assert complaints == []
    page.close()
