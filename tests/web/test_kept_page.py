"""Promises of the map that a glance would not miss, but no other test holds: kinds told by shape, age on every symbol, motion between
reports, passes with a ship out of view, and "not for navigation" beside whatever is open."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

import fake_ship
import test_page as pages
from test_charting_page import DANGER, inked
from test_pace_page import PIXELS

browser, open_page = pages.browser, pages.open_page
violations, wait = pages.violations, pages.wait

KINDS = range(100, 109)
FRESH_DANGER, OLD_DANGER, FRESH_RADAR, OLD_RADAR, FRESH_REST, OLD_REST, TANKER_REST, SAILS = range(110, 118)
EASTWARD, UNTRUSTED, OWN, GUARDED = range(118, 122)
ALL_DRAWN = slice(100, 122)
REACH = 7
GRID_WORDS = (93, 113, 128)
TRACK = (127, 166, 191)  # of the palette at dusk

# How many rows of the map are drawn on from side to side.
LINES = """(() => {
    const canvas = document.querySelector('.ship-layer');
    const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    const full = (row) => Array.from({ length: canvas.width }, (_, at) => data[4 * (row * canvas.width + at) + 3] > 0).every(Boolean);
    return Array.from({ length: canvas.height }, (_, row) => full(row)).filter(Boolean).length;
})()"""


@pytest.fixture
def desk():
    """A row of ships of each kind, heading north, and one of ships in other states; the others are far away."""
    desk = pages.Desk(ships=200)
    desk.paused = True
    desk.alerts["a1"]["acknowledged_s"] = desk.clock_s  # a distress that nobody acknowledged would beat
    desk.lat[6:], desk.lon[6:] = 10.0, 70.0
    desk.flags[ALL_DRAWN], desk.kind[ALL_DRAWN], desk.heard_s[ALL_DRAWN], desk.lost[ALL_DRAWN] = 0, 2, desk.clock_s, False
    desk.cog[ALL_DRAWN], desk.sog[ALL_DRAWN] = 0.0, 0.0
    desk.lat[ALL_DRAWN] = 24.904  # on no line of the grid
    desk.lon[ALL_DRAWN] = 57.0 + 0.0035 * np.arange(22)
    desk.kind[KINDS] = np.arange(9)
    desk.flags[[FRESH_DANGER, OLD_DANGER]] = 3
    desk.lat[[FRESH_DANGER, OLD_DANGER, OWN, GUARDED]] = 24.91  # whose names hide nobody
    desk.kind[[FRESH_RADAR, OLD_RADAR]] = 10
    desk.flags[[FRESH_REST, OLD_REST, TANKER_REST]] = 32
    desk.kind[TANKER_REST] = 1
    desk.heard_s[OLD_DANGER] -= 8 * 60
    desk.heard_s[[OLD_RADAR, OLD_REST]] -= 25 * 60
    desk.flags[[UNTRUSTED, OWN, GUARDED]] = 8, 128, 4
    desk.cog[EASTWARD] = 90.0
    desk.sog[SAILS] = 20.0
    desk.serve()
    yield desk
    desk.stop()


def test_what_a_symbol_tells_and_what_moves_between_reports(open_page, desk):
    page = open_page(fragment="#map=14/24.904/57.037&l=")
    page.keyboard.press("l")
    page.keyboard.press("l")  # names of those that matter alone
    page.wait_for_timeout(600)

    def seen(slot):
        return np.array(page.evaluate(PIXELS, [desk.ids[slot], REACH]), int)

    # Never colour alone: any two kinds differ in where there is ink.
    shapes = {slot: seen(slot)[:, :3].max(axis=1) > 70 for slot in KINDS}  # without the dark edge
    for one, other in itertools.combinations(KINDS, 2):
        assert (shapes[one] ^ shapes[other]).sum() >= 8, (desk.kind[one], desk.kind[other])
    # She points where she heads: a thin bow there, and a broad stern.
    lit = (seen(EASTWARD)[:, :3].max(axis=1) > 70).reshape(2 * REACH + 1, -1)
    assert lit[:, :REACH].sum() > 2 * lit[:, REACH + 1 :].sum() > 0 and lit.any(axis=0).sum() > lit.any(axis=1).sum()
    # A position that is not trusted, the own fleet, and who is guarded bear marks round them.
    rounds = {
        slot: (np.array(page.evaluate(PIXELS, [desk.ids[slot], 12]), int)[:, 3] > 60).sum() for slot in (100, UNTRUSTED, OWN, GUARDED)
    }
    assert all(rounds[slot] > rounds[100] + 15 for slot in (UNTRUSTED, OWN, GUARDED)) and len(set(rounds.values())) == 4, rounds
    # The grid of degrees, with its words.
    assert page.evaluate(LINES) >= 2 and inked(page, GRID_WORDS, 640) > 20
    # Age is on every symbol: an alert's is hollow, and one that is an outline is broken.
    centre = {slot: seen(slot).reshape(2 * REACH + 1, 2 * REACH + 1, 4)[REACH, REACH, :3] for slot in (FRESH_DANGER, OLD_DANGER)}
    assert np.abs(centre[FRESH_DANGER] - DANGER).max() < 30 < np.abs(centre[OLD_DANGER] - DANGER).max()
    ink = {slot: (seen(slot)[:, 3] > 90).sum() for slot in (FRESH_RADAR, OLD_RADAR, FRESH_REST, OLD_REST, TANKER_REST)}
    assert ink[OLD_RADAR] < 0.8 * ink[FRESH_RADAR] and ink[OLD_REST] < 0.8 * ink[FRESH_REST], ink
    dot = {
        slot: seen(slot).reshape(2 * REACH + 1, 2 * REACH + 1, 4)[REACH - 1 : REACH + 2, REACH - 1 : REACH + 2, 3].sum()
        for slot in (TANKER_REST, FRESH_REST)
    }
    assert dot[TANKER_REST] > dot[FRESH_REST] + 400, dot

    # The help sheet has the same symbols.
    page.keyboard.press("?")
    page.locator("#help[open]").wait_for()
    drawn = page.evaluate("[...document.querySelectorAll('#help canvas')].map(one => one.toDataURL())")
    assert len(drawn) == 9 == len(set(drawn)) and violations(page) == []
    assert "tanker" in page.inner_text("#help .kinds-drawn") and "nothing heard of her for 10" in page.inner_text("#help")
    page.keyboard.press("Escape")

    # Nothing is heard, and she sails on all the same: for a minute of the clock, and no farther.
    place = f"tankerwatch.pixelOf({desk.ids[SAILS]})[1]"
    there = page.evaluate(place)
    desk.paused, desk.step = False, lambda seconds: setattr(desk, "clock_s", desk.clock_s + seconds * desk.speed) or np.array([], int)
    desk.tell(desk.hello())
    minute_px = 20 / 60 / 60 * 2**14 * 256 / 360 / np.cos(np.radians(24.9))
    wait(page, f"{place} < {there} - {0.9 * minute_px}")
    page.wait_for_timeout(700)
    assert page.evaluate(place) == pytest.approx(there - minute_px, abs=3)


def test_what_is_told_where_it_is_and_beside_whatever_is_open(open_page, desk):
    chart = desk.charting.chart
    desk.charting.chart = lambda: {**(told := chart()), "meetings": [{**told["meetings"][0], "ships": [desk.ids[2], 999]}]}
    page = open_page(fragment="#map=13.00/25.4310/57.6120&l=meetings")
    # A pass is drawn though one of the two is out of view.
    pages.until(lambda: inked(page, DANGER, 90) > 50, "the place where both will be nearest is not drawn")
    assert inked(page, DANGER, 8) > 40, "a dot where each will be"
    # Who types on as soon as the key is pressed types words, and no deeds.
    page.keyboard.press("j")
    page.locator("#panel[data-shows='alert a1'] #alert-to").wait_for()
    page.keyboard.press("w")
    page.keyboard.type("BEN")
    page.keyboard.press("Enter")
    page.locator("[data-alert-id='a1'] .tag", has_text="→ BEN").wait_for()
    assert desk.posts == [("assign a1", {"words": "", "to": "BEN"})]
    page.keyboard.press("Escape")
    page.locator("#panel").wait_for(state="hidden")
    # Range rings with no ship to be round are round the next place that is clicked.
    page.keyboard.press("g")
    page.locator("#notice", has_text="Click the middle of the rings").wait_for()
    page.mouse.click(900, 300)
    wait(page, "/rings=1.4.25[.]/.test(location.hash)")
    page.keyboard.press("g")
    # Where she was silent her track is dotted: nobody saw her go that way.
    whole = desk.track
    desk.track = lambda ship: fake_ship.hole(whole(ship))
    page.evaluate(f"location.hash = 'map=14.00/25.4310/57.6120&l=&ship={desk.ids[SAILS]}'")
    wait(page, f"tankerwatch.shown().track?.time_s.length > 9 && tankerwatch.pixelOf({desk.ids[SAILS]}) !== null")
    way = page.evaluate("tankerwatch.shown().track")
    pause = int(np.argmax(np.diff(way["time_s"])))
    gap, heard = (np.mean([[way[edge][at], way[edge][at + 1]] for edge in ("lat_deg", "lon_deg")], axis=1) for at in (pause, pause - 5))

    def drawn_at(place, size=60):
        page.evaluate(f"location.hash = 'map=14.00/{place[0]:.5f}/{place[1]:.5f}&l=&ship={desk.ids[SAILS]}'")
        wait(page, f"location.hash.includes('{place[0]:.4f}')")
        page.wait_for_timeout(400)
        return inked(page, TRACK, size)

    assert drawn_at(gap) < 0.5 * drawn_at(heard)
    # And dotted in time, by ten minutes.
    dot, between = ([way[edge][at] for edge in ("lat_deg", "lon_deg")] for at in (20, 25))
    assert drawn_at(dot, 8) > 1.3 * drawn_at(between, 8)
    # Of a fast replay's clock the page is told late: what is told has been.
    desk.health = lambda: {"type": "guards", "guards": [], "all": False}  # which tells no clock
    fresh = dict(desk.alerts["a4"], id="b1", raised_s=desk.clock_s + 90, updated_s=desk.clock_s + 90)
    desk.tell({"type": "alerts", "alerts": [fresh], "all": False})
    page.locator("[data-alert-id='b1'] .row-age", has_text="now").wait_for()
    # A chart is not for navigation, and says so in what a page leaves of the map.
    page.evaluate(f"location.hash = 'map=9.00/25.4000/57.4000&l=chart:approaches.mbtiles&page=ship/{desk.ids[0]}'")
    page.locator("#panel.wide .ages").first.wait_for()
    page.locator("#chart-note:not([hidden])").wait_for()
    note, panel, map_ = (f"document.querySelector('#{name}').getBoundingClientRect()" for name in ("chart-note", "panel", "chart"))
    beside = f"{note}.right <= {panel}.left && {note}.left >= {map_}.left && {note}.width > 120"
    wait(page, beside)
    page.evaluate("location.hash = 'map=9.00/25.4000/57.4000&l=chart:approaches.mbtiles&page=incident/i1'")
    page.locator("#panel.sheet .sheet-table").first.wait_for()
    wait(page, beside)
