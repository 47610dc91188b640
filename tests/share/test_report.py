"""The report as text: whole, escaped, under a policy that lets nothing in, and the same bytes each time."""

from __future__ import annotations

import copy
import re
import sys
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

sys.path.insert(0, str(Path(__file__).parent))

from made_up import HOSTILE, WHEN_S, alert, analyses, incident, result

from tankerwatch.pipeline import LAND, Result
from tankerwatch.share import chart, coast, report
from tankerwatch.share.coast import Frame
from tankerwatch.share.marks import Mark
from tankerwatch.share.ships import Ship
from tankerwatch.share.tracks import Track

VOID = {"meta", "link", "br", "input", "img", "hr"}


class Reader(HTMLParser):
    """What a browser makes of a page: its elements, whether they close as they opened, and text by element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, {key: value or "" for key, value in attributes}))
        assert len(dict(attributes)) == len(attributes), f"an attribute twice in {tag}"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, {key: value or "" for key, value in attributes}))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    def by_class(self, name: str) -> list[dict[str, str]]:
        return [attributes for _, attributes in self.elements if name in attributes.get("class", "").split()]


@settings(max_examples=60, deadline=None)
@given(analyses())
def test_whatever_was_found_it_is_one_sound_page(found: Result):
    page = report.page(found, land=None, about={"Command": HOSTILE})
    read = Reader(page)
    tags = [tag for tag, _ in read.elements]
    assert (tags.count("script"), tags.count("style"), tags.count("meta")) == (1, 1, 5)
    scripts = [words for tag, words in read.texts if tag == "script"]
    assert scripts == [report.SCRIPT]
    for tag, attributes in read.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcset", "action", "formaction")], tag
        assert attributes.get("href", "#").startswith("#"), "a link that leaves the page"
    rows = [attributes["id"] for tag, attributes in read.elements if attributes.get("id", "").startswith("alert-")]
    assert rows == [f"alert-{number}" for number in range(1, len(found.alerts) + 1)]
    names = [attributes["id"] for _, attributes in read.elements if "id" in attributes]
    assert len(set(names)) == len(names)
    assert "".join(sign for sign in page if not sign.isprintable() and sign != "\n") == ""


def test_the_policy_names_what_is_there_and_nothing_else():
    page = report.page(result([alert()]), land=None, about={})
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        hashed = b64encode(sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{hashed}';" in policy
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
    assert not re.search(r"https?:|//[\w.]+/|url\(|@import", page.replace("http://www.w3.org/2000/svg", "")), "something from elsewhere"


def test_the_same_analysis_gives_the_same_bytes(demo: Result):
    again = copy.deepcopy(demo)
    assert demo.to_html({"Command": "c"}) == again.to_html({"Command": "c"})


def test_all_that_was_found_is_told(demo: Result):
    page = demo.to_html({"Command": "tankerwatch analyse feed.nmea"})
    read = Reader(page)
    spoken = " ".join(words for tag, words in read.texts if tag not in ("script", "style"))
    for held in demo.alerts:
        assert held["reason"] in spoken and held["title"] in spoken and held["rule"]["wrong"] in spoken
        assert all(piece["sentence"] in spoken for piece in held["evidence"][: report.MOST_EVIDENCE] if piece["sentence"])
    for helper in demo.incidents[0]["helpers"]:
        assert helper["name"] in spoken and f"{helper['distance_nm']:.1f} NM" in spoken
    assert "tankerwatch analyse feed.nmea" in spoken and "2019-06-13 00:30:10 to 13:30:00 UTC" in spoken and "radar lost" in spoken
    assert len(read.by_class("mark")) == 2 * len(demo.alerts), "each in the chart and in the time line"
    assert len(read.by_class("way")) >= 5 and len(read.by_class("bow")) == 5 and read.by_class("inset")
    assert [attributes["d"][:1] for attributes in read.by_class("land")] == ["M", "M"], "in the chart and in the small one"


def test_what_is_too_much_is_cut_and_said():
    many = [alert(number, severity="distress" if number == 2500 else "notice", lat_deg=None, lon_deg=None) for number in range(1, 3001)]
    page = report.page(result(many), land=None, about={})
    assert "The 2,000 worst of 3,000 alerts are shown here" in page
    assert 'id="alert-2500"' in page and 'id="alert-2001"' not in page and "No alert has a place." in page


def test_nothing_found_is_said():
    page = report.page(result([], words=["The input has no times."]), land=None, about={})
    assert "Nothing was found" in page and "The input has no times." in page and "bad checksum" in page
    Reader(page)


def test_an_alert_over_the_antimeridian_is_near_its_neighbour():
    pair = [Mark(n, alert(n, lat_deg=-17.0, lon_deg=lon), "x") for n, lon in enumerate((179.95, -179.95), 1)]
    drawn = re.findall(r'data-n="\d" aria-label="x" transform="translate\(([\d.]+) ([\d.]+)\)', chart.chart(pair, {}, {}, None))
    (left, _), (right, _) = sorted((float(x), float(y)) for x, y in drawn)
    assert 0 < left < right < chart.WIDE and "180°" in chart.chart(pair, {}, {}, None)


@pytest.mark.parametrize(("lat_deg", "lon_deg"), [(90.0, 0.0), (-90.0, 180.0), (0.0, 0.0)])
def test_one_alert_anywhere_is_drawn_in_the_middle(lat_deg, lon_deg):
    drawn = chart.chart([Mark(1, alert(lat_deg=lat_deg, lon_deg=lon_deg), "x")], {}, {}, None)
    assert f"translate({chart.WIDE / 2:.1f} {chart.HIGH / 2:.1f})" in drawn


def track(*points: tuple[float, float, float, bool]) -> Track:
    time_s, lat, lon, off = zip(*points, strict=True)
    return Track(np.array(time_s), np.array(lat, np.float32), np.array(lon, np.float32), np.array(off))


def test_a_silence_is_drawn_as_such_and_a_displaced_fix_as_a_cross():
    way = track(
        (WHEN_S, 57.2, 10.4, False), (WHEN_S + 60, 57.21, 10.42, False), (WHEN_S + 90, 56.0, 9.0, True), (WHEN_S + 9000, 57.3, 10.6, False)
    )
    drawn = chart.chart([Mark(1, alert(), "x")], {219000001: Ship(219000001, "FRIG")}, {219000001: way}, None)
    (sailed,) = re.findall(r'class="way" d="([^"]*)"', drawn)
    (silent,) = re.findall(r'class="silent" d="([^"]*)"', drawn)
    assert (sailed.count("M"), sailed.count("L")) == (2, 1) and (silent.count("M"), silent.count("L")) == (1, 1)
    assert drawn.count('class="off"') == 1


def inside(ring: list[tuple[float, float]], x: float, y: float) -> bool:
    """Whether a place lies in a ring: a ray to the right crosses it an odd number of times."""
    crossed = [x < a + (y - b) / (d - b) * (c - a) for (a, b), (c, d) in zip(ring, [*ring[1:], ring[0]], strict=True) if (b > y) != (d > y)]
    return sum(crossed) % 2 == 1


@pytest.mark.parametrize(
    ("lat_deg", "lon_deg", "is_land"),
    [
        (23.0, 58.0, True),
        (25.4, 57.4, False),
        (-17.8, 178.0, True),
        (-17.0, 179.0, False),
        (71.0, -40.0, True),
        (-75.0, 100.0, True),
        (1.0, -5.0, False),
    ],
    ids=["Oman", "Gulf of Oman", "Fiji", "Koro Sea", "Greenland", "Antarctica", "Gulf of Guinea"],
)
def test_the_land_is_where_it_is(lat_deg, lon_deg, is_land):
    x, y, half = (lon_deg + 180) / 360, coast.mercator(lat_deg), 2 / 360
    frame = Frame(x - half, y - half, 1000 / (2 * half), 1000, 1000)
    land, _ = coast.paths(LAND, (x - half, y - half, x + half, y + half), frame)
    rings = []
    for begin_x, begin_y, steps in re.findall(r"M(-?\d+) (-?\d+)l([^Mz]*)z", land):
        rings.append([(int(begin_x), int(begin_y))])
        for dx, dy in zip(*[iter(steps.split())] * 2, strict=True):
            rings[-1].append((rings[-1][-1][0] + int(dx), rings[-1][-1][1] + int(dy)))
    middle = 500.5 * coast.FINE
    assert any(inside(ring, middle, middle) for ring in rings) == is_land


def test_a_broken_file_is_an_empty_sea():
    assert coast.paths(Path(__file__), (0.6, 0.4, 0.7, 0.5), Frame(0.6, 0.4, 1e4, 1000, 620)) == ("", "")


def test_incidents_name_their_alerts():
    one, two = alert(1, incident="incident-1"), alert(2)
    page = report.page(result([one, two], [incident(one)]), land=None, about={})
    article = page.partition("<article")[2].partition("</article>")[0]
    assert re.findall(r'href="(#alert-\d+)"', article) == ["#alert-1"] and "9.8 NM" in article and ">32 min<" in article
