"""The map beside ships, in a browser: layers, zones drawn and typed, rings, measuring, charts of one's own, and the palette by the sun."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import test_page as pages

browser, desk, open_page = pages.browser, pages.desk, pages.open_page
DESKTOP, PHONE, narrow_enough, violations, wait = pages.DESKTOP, pages.PHONE, pages.narrow_enough, pages.violations, pages.wait
AT = "#map=9.00/25.4000/57.4000"
TYPED = "25°36.0'N 057°12.0'E\n25 36.0 N, 57 24.0 E\n25.4107 57.4"


CAUTION, DANGER = (242, 177, 52), (255, 90, 82)  # of the palette at dusk


def inked(page, colour, size=60):
    """How many pixels in a square in the middle of the map are drawn in a colour."""
    return page.evaluate(
        """([colour, size]) => {
          const canvas = document.querySelector('.ship-layer');
          const data = canvas.getContext('2d').getImageData((canvas.width - size) / 2, (canvas.height - size) / 2, size, size).data;
          let found = 0;
          for (let at = 0; at < data.length; at += 4) {
            found += data[at + 3] > 40 && colour.every((value, of) => Math.abs(data[at + of] - value) < 24);
          }
          return found;
        }""",
        [colour, size],
    )


def layers(page):
    page.locator("#layers-button").wait_for()
    page.keyboard.press("y")
    page.locator("#tools h2").wait_for()


def test_a_zone_is_drawn_by_clicks_and_seen_on_every_desk(open_page, desk):
    page, other = open_page(fragment=AT), open_page(fragment=AT)
    page.locator("#layers-button").wait_for()
    page.keyboard.press("z")
    page.fill("#zone-name", "CLOSED <i>AREA</i>")
    for x, y in ((800, 300), (950, 300), (950, 450)):
        page.mouse.click(x, y)
    wait(page, "document.querySelector('#zone-corners').value.split('\\n').length === 3")
    assert not page.locator("#panel:not([hidden])").count(), "a click draws, and opens no ship"
    # A corner is dragged, and one from the middle of an edge becomes a corner.
    before = page.evaluate("location.hash")
    for start, end in (((950, 450), (940, 480)), ((875, 300), (880, 250))):
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*end, steps=3)
        page.mouse.up()
    wait(page, "document.querySelector('#zone-corners').value.split('\\n').length === 4")
    assert page.evaluate("location.hash") == before, "the corner moves, not the map"
    page.check("text=a ship goes out")
    page.fill("#zone-max_kn", "12,5")
    page.click("summary:has-text('Kinds that may not')")
    page.check(".kinds label:has-text('fishing') >> nth=0")
    page.fill("#zone-by", "ANNA")
    page.click("button:has-text('Watch this zone')")
    zone = page.locator("[data-zone-id='z1']")
    zone.wait_for()
    words = zone.inner_text()
    assert "CLOSED <i>AREA</i>" in words and "entering and leaving is told · at most 12.5 kn · no fishing boats · caution" in words
    ((said, body),) = desk.posts
    assert (said, body["by"], body["max_kn"], body["forbidden"], len(body["corners"])) == ("zone z1", "ANNA", 12.5, [4], 4)
    layers(other)
    other.locator("[data-zone-id='z1']", has_text="ANNA").wait_for()
    assert not other.locator("[data-zone-id='configured ROADS'] button:has-text('Remove')").count(), "only a file changes it"
    other.click("[data-zone-id='z1'] button:has-text('Remove')")
    page.locator("summary", has_text="Removed: 1").click()
    page.click("button:has-text('Bring back')")
    other.locator(".zone-list >> nth=0 >> [data-zone-id='z1']").wait_for()


def test_a_zone_is_typed_changed_and_undone_with_the_keyboard(open_page, desk):
    page = open_page(fragment=AT)
    page.locator("#layers-button").wait_for()
    page.keyboard.press("z")
    wait(page, "document.activeElement.id === 'zone-name'")
    page.keyboard.type("ROADS")
    page.keyboard.press("Tab")
    page.keyboard.type("25 36.0 N, 57 24.0 E\nnowhere")
    page.locator(".zone-form .problem", has_text="Line 2 is no position").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.type(TYPED)
    page.focus("#zone-name")
    page.keyboard.press("Enter")
    page.locator(".zone-form .problem", has_text="There is a zone of this name").wait_for()
    page.fill("#zone-name", "TYPED")
    page.keyboard.press("Enter")
    zone = page.locator("[data-zone-id='z1']")
    zone.wait_for()
    page.locator("#notice", has_text="TYPED is watched").wait_for()
    assert desk.posts[-1][1]["corners"] == [[25.6, 57.2], [25.6, 57.4], [25.4107, 57.4]]
    zone.locator("button:has-text('Change')").press("Enter")
    page.locator("h3", has_text="Change a zone").wait_for()
    page.fill("#zone-name", "RENAMED")
    page.keyboard.press("Enter")
    zone.locator(".zone-name", has_text="RENAMED").wait_for()
    page.locator("#notice", has_text="RENAMED is watched").wait_for()  # the list is told of it before its answer comes
    zone.locator("button:has-text('Undo')").press("Enter")
    zone.locator(".zone-name", has_text="TYPED").wait_for()
    page.locator("#notice", has_text="TYPED is as it was before").wait_for()
    page.keyboard.press("z")
    wait(page, "document.activeElement.id === 'zone-name'")  # the form takes the focus when it is there
    page.fill("#zone-corners", "25 57")
    page.keyboard.press("Escape")
    page.locator("#notice", has_text="Z takes it up again").wait_for()
    page.focus("#chart")
    page.keyboard.press("z")
    assert page.input_value("#zone-corners") == "25 57"
    page.click("button:has-text('Cancel')")
    page.locator("#tools h2", has_text="Layers").wait_for()
    page.keyboard.press("Escape")
    page.locator("#tools").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.id") == "chart"


def test_layers_rings_and_measuring_are_in_the_address(open_page, desk):
    page = open_page(fragment=AT)
    assert page.locator("#chart-note").count() == 0 or page.locator("#chart-note").is_hidden()
    layers(page)
    assert "l=" not in page.evaluate("location.hash")
    dark = page.evaluate("(([lat, lon]) => tankerwatch.mercator(lat, lon))([25.2, 57.1])")
    assert dark
    asked = len(desk.charting.boxes)
    page.keyboard.press("7")
    wait(page, "location.hash.includes('coverage')")
    page.locator("[data-layer='coverage']:checked").wait_for()
    pages.until(lambda: len(desk.charting.boxes) > asked, "coverage is asked for")
    page.keyboard.press("8")
    page.fill("#rings-step", "5")
    page.fill("#rings-place", "25.3, 57.8")
    page.press("#rings-place", "Enter")
    page.locator("#rings-place").blur()
    wait(page, "location.hash.includes('rings=5/4/25.30000/57.80000')")
    page.fill("#rings-count", "11")
    page.locator("#rings-count").blur()
    page.locator(".problem", has_text="1 to 10 rings").wait_for()
    page.fill("#measure-from", "25°12.0'N 056°54.0'E")
    page.fill("#measure-to", "25.3 57.4")
    page.press("#measure-to", "Enter")
    page.locator("#measured", has_text="077° · 27.8 NM").wait_for()
    page.keyboard.press("Escape")
    page.focus("#chart")
    page.keyboard.press("m")
    page.mouse.click(900, 300)
    page.mouse.move(1000, 350)
    page.mouse.click(1000, 400)
    wait(page, "!location.hash.includes('m=25.20000/56.90000')")
    page.keyboard.press("y")
    page.locator("#measured", has_text="135° · 21.0 NM").wait_for()
    assert not page.locator("#panel:not([hidden])").count()
    page.check("[data-chart='approaches.mbtiles']")
    note = page.locator("#chart-note", has_text="NOT FOR NAVIGATION · Approaches to Fujairah <b> · a surveyor")
    note.wait_for()
    pages.until(lambda: desk.charting.tiles, "the chart's tiles are asked for")
    assert page.locator("li", has_text="x.pmtiles cannot be shown: it is too large").count()
    link = page.evaluate("location.hash")
    fresh = open_page(fragment=link)
    fresh.locator("#chart-note:not([hidden])").wait_for()
    wait(fresh, f"location.hash === {link!r}")
    page.goto(desk.address + "#map=8.00/25.0000/57.0000")
    page.reload()
    page.locator("#chart-note:not([hidden])").wait_for()
    wait(page, "location.hash.includes('coverage')")


def test_passes_silent_ships_and_false_positions_are_drawn(open_page, desk):
    desk.paused, desk.alerts["a4"]["snoozed_until_s"] = True, desk.clock_s + 900
    page = open_page(fragment="#map=11.00/25.7500/57.7000&l=")
    page.locator("#layers-button").wait_for()
    assert inked(page, CAUTION) == 0
    page.keyboard.press("y")
    for key in "1234":
        page.keyboard.press(key)
    pages.until(lambda: inked(page, CAUTION) > 50, "the area is hatched")

    def look(place, colour, size=90):
        page.evaluate(f"location.hash = 'map={place}'")
        pages.until(lambda: inked(page, colour, size) > 50, f"nothing is drawn at {place}")

    look("12.00/25.1900/57.1000&l=reach", CAUTION)
    look("13.00/25.4310/57.6120&l=meetings", DANGER)
    look("9.30/25.3000/57.4000&l=coverage", (105, 183, 230))
    look(f"16.00/{desk.lat[0]:.4f}/{desk.lon[0]:.4f}&l=hulls", (141, 138, 114), 200)
    slot = desk.slot_of(desk.ids[2])
    look(f"13.00/{desk.lat[slot] + 0.002:.4f}/{desk.lon[slot] + 0.008:.4f}&l=", (199, 211, 220), 120)


def test_the_palette_goes_by_the_sun_until_a_hand_is_laid_on_it(open_page):
    page = open_page(fragment=AT)
    layers(page)
    for noon, wanted in ((8, "day"), (20, "night")):
        page.clock.set_fixed_time(f"2026-06-21T{noon:02d}:00:00Z")
        page.select_option("#palette-by", "hand")
        page.select_option("#palette-by", "sun")
        wait(page, f"document.documentElement.dataset.palette === '{wanted}'")
    page.focus("#chart")
    page.keyboard.press("n")
    wait(page, "document.documentElement.dataset.palette === 'day'")
    page.locator("#palette-by").wait_for()
    assert page.input_value("#palette-by") == "hand"


@pytest.mark.parametrize("palette", ["day", "night"])
def test_all_of_it_is_accessible(open_page, palette):
    page = open_page(DESKTOP, palette, fragment=f"{AT}&l=zones,rings,chart:approaches.mbtiles")
    layers(page)
    page.locator("#chart-note:not([hidden])").wait_for()
    for size in (DESKTOP, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert violations(page) == [] and narrow_enough(page)
        page.click("button:has-text('Draw a zone')")
        page.click("summary:has-text('Kinds that may not')")
        assert violations(page) == [] and narrow_enough(page)
        page.keyboard.press("Escape")
        page.locator("#tools h2", has_text="Layers").wait_for()
