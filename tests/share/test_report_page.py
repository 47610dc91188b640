"""The report in a real browser, opened as a file: nothing leaves, nothing runs that is not ours, it sorts, filters and zooms."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from made_up import HOSTILE, alert, incident, result

from tankerwatch.pipeline import Result

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe_module = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
if CHROMIUM is None:
    pytest.skip("no chromium on this machine", allow_module_level=True)
pytestmark = pytest.mark.browser

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
DESKTOP, PHONE = (1280, 800), (390, 800)


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, tmp_path) -> Iterator[Callable[..., sync_api.Page]]:
    """Opens a report from a file; at the end nothing may have been asked for and nobody may have complained."""
    complaints: list[str] = []
    strangers: list[str] = []
    contexts = []

    def open_it(html: str, size: tuple[int, int] = DESKTOP, **options) -> sync_api.Page:
        path = tmp_path / "report.html"
        path.write_text(html, encoding="utf-8")
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.on("request", lambda request: strangers.append(request.url) if request.url.partition("#")[0] != path.as_uri() else None)
        page.goto(path.as_uri())
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []
    assert strangers == []


def numbers(page: sync_api.Page) -> list[str]:
    return page.eval_on_selector_all("#alerts tbody tr:not([hidden])", "rows => rows.map(row => row.dataset.n)")


def settled(page: sync_api.Page) -> None:
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_all_fits(opened, demo: Result, size, scheme):
    page = opened(demo.to_html({"Command": "c"}), size, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    found = axe_module.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]


def rows_of(found: Result, fits) -> list[str]:
    """The numbers of the alerts that fit, in order of time."""
    return [str(number) for number, alert in enumerate(found.alerts, 1) if fits(alert)]


def test_it_sorts_and_filters(opened, demo: Result):
    page = opened(demo.to_html())
    assert numbers(page) == rows_of(demo, lambda _: True)
    distress = rows_of(demo, lambda alert: alert["severity"] == "distress")
    page.get_by_role("button", name="Severity").click()
    assert numbers(page)[: len(distress)] == distress, "distress first, then in order of time"
    page.get_by_role("button", name="Severity").click()
    assert numbers(page)[-len(distress) :] == distress
    north = max(alert["lat_deg"] for alert in demo.alerts)
    page.get_by_role("button", name="Where").click()
    assert numbers(page)[0] in rows_of(demo, lambda alert: alert["lat_deg"] == north), "the northernmost"
    closing = rows_of(demo, lambda alert: alert["detector"] == "closing")
    page.get_by_label("Detector").select_option("closing")
    assert sorted(numbers(page), key=int) == closing
    assert page.locator("#shown").inner_text() == f"{len(closing)} of {len(demo.alerts)} alerts"
    assert page.locator("#chart .mark:visible").count() == len(closing)
    page.get_by_label("Ship or words").fill("kokuka")
    assert sorted(numbers(page), key=int) == rows_of(demo, lambda a: a["detector"] == "closing" and "KOKUKA" in a["title"].upper())
    page.get_by_label("Severity").select_option("3")
    assert numbers(page) == []


def test_a_sign_leads_to_its_row_even_when_that_is_filtered_away(opened, demo: Result):
    page = opened(demo.to_html())
    page.get_by_label("Detector").select_option("distress")
    page.locator('article a[href="#alert-9"]').click()
    assert page.evaluate("document.activeElement.id") == "alert-9" and len(numbers(page)) == len(demo.alerts)
    assert page.locator("#alert-9").evaluate("row => row.getBoundingClientRect().top < innerHeight")


def test_the_chart_zooms_and_moves_and_comes_back(opened, demo: Result):
    page = opened(demo.to_html())
    settled(page)
    chart = page.locator("#chart")
    whole = chart.get_attribute("viewBox")
    wide = page.locator("#chart .mark use").first.evaluate("sign => sign.getBoundingClientRect().width")
    page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Zoom in").click()
    settled(page)
    near = chart.get_attribute("viewBox")
    assert float(near.split()[2]) == pytest.approx(float(whole.split()[2]) * 0.36)
    assert page.locator("#chart .mark use").first.evaluate("sign => sign.getBoundingClientRect().width") == pytest.approx(wide, rel=0.01)
    box = chart.bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 200, steps=4)
    page.mouse.up()
    settled(page)
    assert float(chart.get_attribute("viewBox").split()[0]) > float(near.split()[0])
    for _ in range(12):
        page.get_by_role("button", name="Zoom out").click()
    settled(page)
    x, y, width, height = map(float, chart.get_attribute("viewBox").split())
    assert x >= -500 and y >= -310 and x + width <= 1500.01 and y + height <= 930.01, "never beyond what was drawn"
    page.get_by_role("button", name="Whole chart").click()
    settled(page)
    assert chart.get_attribute("viewBox") == whole


def test_without_scripts_it_is_a_picture_and_a_table(opened, demo: Result):
    page = opened(demo.to_html(), java_script_enabled=False)
    assert page.locator("#alerts tbody tr").count() == len(demo.alerts) and not page.locator(".filters").is_visible()
    assert page.locator("#chart .mark").count() == len(demo.alerts) and not page.locator(".zoom").is_visible()
    page.locator("#alert-1 summary").click()
    assert page.locator("#alert-1 dl").is_visible()


def test_what_ships_send_is_shown_and_never_run(opened):
    hostile = alert(
        names={"219000001": HOSTILE},
        title=f"{HOSTILE}: stop",
        reason=f"{HOSTILE} \"' onload=x",
        detector=f'"><img src=x onerror={HOSTILE}>',
    )
    page = opened(
        result([hostile], [incident(hostile, title=HOSTILE, names={"219000001": HOSTILE})], words=[HOSTILE]).to_html({"Command": HOSTILE})
    )
    assert page.evaluate("window.hacked") is None
    assert page.locator("#alert-1 .title").inner_text() == f"{HOSTILE}: stop"
    assert page.locator("img").count() == 0 and page.locator("article h3").inner_text() == HOSTILE


def test_printed_it_is_by_day_and_unfolded(opened, demo: Result):
    page = opened(demo.to_html(), color_scheme="dark")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("#alert-1 dl").is_visible() and not page.locator(".zoom").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert not page.locator("#alert-1 details").evaluate("part => part.open")
