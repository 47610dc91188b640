"""Zones from files and into files, and zones in which rules are quiet, in a browser."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import test_page as pages

browser, desk, open_page = pages.browser, pages.desk, pages.open_page
DESKTOP, PHONE, narrow_enough, violations, wait = pages.DESKTOP, pages.PHONE, pages.narrow_enough, pages.violations, pages.wait
AT = "#map=9.00/25.4000/57.4000"
BOX = [[57.2, 25.3], [57.6, 25.3], [57.6, 25.5], [57.2, 25.5], [57.2, 25.3]]


def feature(name, *rings, **more):
    return {"type": "Feature", "properties": {"name": name, **more}, "geometry": {"type": "Polygon", "coordinates": list(rings)}}


FILE = {
    "type": "FeatureCollection",
    "features": [
        feature("PILOTS <b>", BOX),
        feature("SLOW", [[c[0], c[1] + 0.3] for c in BOX], tankerwatch={"rule": ["leave"], "max_kn": 8, "severity": "danger"}),
        feature("TIE", [[57, 25], [58, 26], [58, 25], [57, 26], [57, 25]]),
        feature("RING", BOX, [[57.3, 25.35], [57.4, 25.35], [57.4, 25.4]]),
        feature("roads", BOX),
        feature("UNTICKED", BOX),
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [57, 25]}},
    ],
}


def held(name, content):
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return {"name": name, "mimeType": "application/geo+json", "buffer": text}


def begin(page):
    page.locator("#layers-button").wait_for()
    page.focus("#chart")
    page.keyboard.press("y")
    page.locator("#zone-file").press("Enter")
    page.locator("h3", has_text="Zones from a file").wait_for()
    wait(page, "document.activeElement.id === 'zone-file-choose'")


def test_what_a_file_holds_is_shown_and_what_is_ticked_is_kept_and_written(open_page, desk, tmp_path):
    desk.paused = True
    page = open_page(fragment=AT)
    begin(page)
    take = page.locator("#zone-file-input")
    for name, content, words in (
        ("a.json", b"{", "a.json: It is not JSON"),
        ("d.json", b" " * (2 * 1024 * 1024 + 1), "d.json: It has 2.0 MB: at most 2 MB are read"),
    ):
        take.set_input_files(held(name, content))
        page.locator(".zone-form .problem", has_text=words).wait_for()
    take.set_input_files(held("harbour.geojson", FILE))
    page.locator("[role=status]", has_text="harbour.geojson: 6 zones found").wait_for()
    items = page.locator("[data-found]").all()
    assert [field.input_value() for field in page.locator(".found-name").all()] == ["PILOTS <b>", "SLOW", "roads", "UNTICKED"]
    found = [item.inner_text() for item in items]
    for item, words in zip(
        found,
        (
            "only a name; nothing is told · 4 corners",
            "leaving is told · at most 8 kn · danger · 4 corners",
            "its border crosses itself",
            "it has a hole",
            "there is a zone of this name",
            "only a name",
        ),
        strict=True,
    ):
        assert words in item
    assert page.locator("[data-found] input[type=checkbox]:checked").count() == 3 and "1 × Point passed over" in page.inner_text("#tools")
    assert not desk.posts, "nothing is kept before it is said so"
    page.click("[data-found='1'] button:has-text('Show')")
    page.uncheck("[data-found='5'] [type=checkbox]")
    page.fill("[data-found='4'] .found-name", "THE ROADS")
    page.press("[data-found='4'] .found-name", "Enter")
    page.select_option("#found-as", "quiet")
    page.click("button:has-text('Keep 3 zones')")
    page.locator(".zone-form .problem", has_text="Tick the rules").wait_for()
    page.check("[data-quiet=found] [data-rule=rendezvous]")
    page.select_option("#found-quiet-end", "4")
    page.locator("[data-found='0']", has_text="quiet for rendezvous until").wait_for()
    page.fill("#found-by", "ANNA")
    page.click("button:has-text('Keep 3 zones')")
    page.locator("#notice", has_text="3 zones are kept").wait_for()
    assert page.locator("[data-found]", has_text="kept ·").count() == 3
    (_, pilots), (_, slow), (_, roads) = desk.posts
    assert (roads["name"], roads["quiet"]) == ("THE ROADS", ["rendezvous"])
    assert (pilots["name"], pilots["quiet"], pilots["by"], pilots["rule"]) == ("PILOTS <b>", ["rendezvous"], "ANNA", [])
    assert pilots["quiet_until_s"] == pytest.approx(desk.clock_s + 4 * 3600, abs=120)
    assert (slow["rule"], slow["max_kn"], slow["severity"], slow["quiet"]) == (["leave"], 8, "danger", [])
    # What is written is read back as the same zones, of which all are there already.
    page.click("button:has-text('Done')")
    wait(page, "document.activeElement.id === 'zone-file'")
    with page.expect_download() as download:
        page.click("a:has-text('Save as GeoJSON')")
    assert download.value.suggested_filename == "tankerwatch-zones.geojson"
    download.value.save_as(tmp_path / "z.geojson")
    written = json.loads((tmp_path / "z.geojson").read_text())
    assert [f["properties"]["name"] for f in written["features"]] == ["PILOTS <b>", "SLOW", "THE ROADS"]
    assert written["features"][0]["geometry"]["coordinates"] == [BOX]
    # Dropped anywhere on the page it is read too, and the browser does not leave the page for it.
    drop = """text => {
      const files = new DataTransfer();
      files.items.add(new File([text], 'again.geojson'));
      document.querySelector('#list').dispatchEvent(new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true}));
    }"""
    page.evaluate(drop, json.dumps(written))
    page.locator("[role=status]", has_text="again.geojson: 3 zones found").wait_for()
    assert page.locator(".refused", has_text="there is a zone of this name").count() == 3
    assert page.locator("button:has-text('Keep 0 zones')").is_disabled() and len(desk.posts) == 3


def test_a_zone_is_drawn_in_which_rules_are_quiet_and_the_hand_over_says_so(open_page, desk):
    desk.paused = True
    page = open_page(fragment=AT)
    page.locator("#layers-button").wait_for()
    page.keyboard.press("z")
    page.fill("#zone-name", "ANCHORAGE")
    page.fill("#zone-corners", "25.3 57.2\n25.3 57.6\n25.5 57.6\n25.5 57.2")
    page.uncheck("text=a ship comes in")
    page.click("summary:has-text('Rules that are quiet in it')")
    page.check("[data-rule=loitering]")
    page.check("[data-rule=rendezvous]")
    page.select_option("#zone-quiet-end", "8")
    page.fill("#zone-by", "ANNA")
    page.click("button:has-text('Watch this zone')")
    zone = page.locator("[data-zone-id='z1']", has_text="quiet for loitering, rendezvous until")
    zone.wait_for()
    zone.locator("text=2 alerts are held back now").wait_for()
    zone.locator("button:has-text('Change')").click()
    assert page.locator("#zone-quiet-end option:checked").inner_text().startswith("until ")
    page.uncheck("[data-rule=rendezvous]")
    page.select_option("#zone-quiet-end", "0")
    page.click("button:has-text('Watch this zone')")
    page.locator("[data-zone-id='z1']", has_text="quiet for loitering").wait_for()
    (_, first), (_, second) = desk.posts
    assert first["quiet_until_s"] == pytest.approx(desk.clock_s + 8 * 3600, abs=120)
    assert (second["quiet"], second["quiet_until_s"]) == (["loitering"], None)
    page.keyboard.press("Escape")
    page.focus("#chart")
    page.keyboard.press("h")
    page.locator("li", has_text="Zone ANCHORAGE, by ANNA at").wait_for()
    assert "until someone changes it: nothing new of loitering; 2 held back now" in page.inner_text(".sheet-body")


def test_all_of_it_is_accessible(open_page):
    page = open_page(DESKTOP, "day", fragment=AT)
    begin(page)
    page.locator("#zone-file-input").set_input_files(held("harbour.geojson", FILE))
    page.locator("[data-found]").first.wait_for()
    page.select_option("#found-as", "quiet")
    page.check("[data-quiet=found] [data-rule=loitering]")
    for palette, size in (("day", DESKTOP), ("day", PHONE), ("night", PHONE), ("night", DESKTOP)):
        page.evaluate(f"document.documentElement.dataset.palette = '{palette}'")
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert violations(page) == [] and narrow_enough(page)
