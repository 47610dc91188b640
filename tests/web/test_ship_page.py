"""The page of one ship, in a real browser: who she is and was, her last hours linked with the map, guarding her, her track as a file."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import fake_ship
import test_page as pages

browser, desk, open_page = pages.browser, pages.desk, pages.open_page
PHONE, narrow_enough, violations, wait = pages.PHONE, pages.narrow_enough, pages.violations, pages.wait

THEN = "document.querySelector('.timeline.linked p').textContent"
VALUE = "document.querySelector('.timeline [role=slider]').getAttribute('aria-valuetext')"


@pytest.fixture
def with_hole(desk):
    whole = desk.track
    desk.track = lambda ship: fake_ship.hole(whole(ship))
    return desk


def test_her_page_by_keyboard_alone(open_page, with_hole):
    desk = with_hole
    desk.paused = True  # so that ages are what they are, however slow this machine
    page = open_page()
    page.keyboard.press("o")
    page.locator("#notice", has_text="Select a ship first").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("front alt")
    page.locator("#found li").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("#panel h2", has_text="FRONT ALTAIR").wait_for()
    page.keyboard.press("o")
    page.locator("#panel.wide .timeline.linked canvas").wait_for()
    wait(page, f"location.hash.includes('page=ship/{desk.ids[0]}')")
    # Who she says she is, with the age of each field; what cannot all be true; what she sent.
    row = page.locator(".ages tr", has_text="IMO number").first
    row.wait_for()
    assert "check digit wrong" in row.inner_text() and "5 min ago" in row.inner_text()
    assert "2 h 0 min ago" in page.locator(".ages tr", has_text="Destination").first.inner_text()
    assert "12° a minute to port" in page.locator(".ages tr", has_text="Turn").first.inner_text()
    assert "check digit is wrong" in page.inner_text(".conflict")
    assert page.locator(".ages tr.past", has_text="3 times").count() == 1
    assert page.locator("#panel .line", has_text="Panama").count() == 1
    assert page.locator(".ages.stations tr", has_text="FUJ-1").inner_text().split("\t")[1].strip() == "97 %"
    assert page.locator("#panel .sentences code").count() == 3
    assert page.evaluate("window.hacked") is None and page.locator("#panel img").count() == 0
    # Her alerts are bars at the top of the time line.
    red = """(canvas => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, 40);
        const is = (at) => data[at] > 180 && data[at + 1] < 120 && data[at + 2] < 120 && data[at + 3] > 200;
        return Array.from({ length: data.length / 4 }, (_, at) => is(4 * at)).filter(Boolean).length;
    })(document.querySelector('.timeline.linked canvas'))"""
    wait(page, f"{red} > 20")
    # Along her track with keys, and a part of it: the map is told.
    assert "1 gap, the longest 41 min" in page.evaluate(THEN)
    page.focus(".timeline [role=slider]")
    page.keyboard.press("Home")
    first = page.evaluate(VALUE)
    assert page.evaluate(THEN) == first and "12.6 kn" in first
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert page.evaluate(VALUE) != first
    assert page.evaluate("tankerwatch.shown().at.time_s - tankerwatch.shown().track.time_s[0]") == pytest.approx(180)
    page.keyboard.press("+")
    from_s, to_s = page.evaluate("tankerwatch.shown().span")
    assert to_s - from_s < 3600 * 2.5
    page.keyboard.press("0")
    assert page.evaluate("tankerwatch.shown().span") is None
    # A drag chooses a part; it can be looked at on the map.
    before = page.url
    box = page.locator(".timeline.linked .u-over").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 40, steps=4)
    page.mouse.up()
    wait(page, "tankerwatch.shown().span !== null")
    page.click("#panel button:has-text('Show this part on the map')")
    wait(page, f"location.href !== {before!r}")
    # Escape leaves the page, then the panel; the map forgets what the page showed.
    page.locator("#panel h2").focus()
    page.keyboard.press("Escape")
    page.locator("#panel:not(.wide) .readings").wait_for()
    wait(page, "tankerwatch.shown().span === null && tankerwatch.shown().at === null")
    page.locator("#panel .timeline canvas").wait_for()


def test_guarded_with_a_ring_and_an_end_and_undone(open_page, desk):
    ship, desk.paused = desk.ids[0], True
    page = open_page(fragment=f"#page=ship/{ship}")
    page.locator("#guard-ring").wait_for()
    page.select_option("#guard-ring", "2")
    page.select_option("#guard-end", "4")
    page.fill("#guard-words", "owner asked <b>")
    page.fill("#guard-by", "ANNA")
    page.click("#panel button:has-text('Guard her')")
    page.locator(".guard-now", has_text="guarded, ring 2 NM, until").wait_for()
    kind, said = desk.posts[0]
    until_s = said.pop("until_s")
    assert (kind, said) == ("guard", {"ship": ship, "guard": True, "ring_nm": 2, "words": "owner asked <b>", "by": "ANNA"})
    assert until_s == pytest.approx(desk.clock_s + 4 * 3600, abs=60)
    # On every desk's list, with its end and an undo.
    other = open_page()
    other.click(".guards summary:has-text('Guarded at the desk: 1')")
    item = other.locator(f"[data-guard-id='{ship}']")
    assert (
        "guarded, ring 2 NM, until" in item.inner_text()
        and "FRONT ALTAIR" in item.inner_text()
        and "owner asked <b> · ANNA" in item.inner_text()
    )
    assert violations(other) == []
    item.locator("button", has_text="Undo").click()
    other.locator(".guards .undone", has_text="over since").wait_for()
    assert desk.posts[-1] == ("guard", {"ship": ship, "guard": None})
    page.locator(".guard-now").wait_for(state="hidden")
    # Her track goes to other programs.
    page.select_option("#track-hours", "24")
    with page.expect_download() as download:
        page.click("#panel a:has-text('GeoJSON')")
    assert download.value.suggested_filename == f"track-{ship}.geojson"
    assert Path(download.value.path()).read_text() == "hours 24"


@pytest.mark.parametrize(("size", "palette"), [((1280, 800), "day"), (PHONE, "night")])
def test_readable_at_both_widths_by_day_and_by_night(open_page, with_hole, size, palette):
    page = open_page(size, palette, fragment=f"#page=ship/{with_hole.ids[0]}")
    page.locator(".ages.stations").wait_for()
    page.locator(".timeline.linked canvas").wait_for()
    assert violations(page) == []
    assert narrow_enough(page)
    where, top = f"tankerwatch.pixelOf({with_hole.ids[0]})", "document.querySelector('#panel').getBoundingClientRect()"
    wait(page, f"{where} && ({where}[0] < {top}.left || {where}[1] < {top}.top)")
