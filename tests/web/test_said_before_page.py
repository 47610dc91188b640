"""Who she has said she is, out of the history, on her page in a real browser."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import fake_said_before
import test_page as pages

browser, desk, open_page = pages.browser, pages.desk, pages.open_page
PHONE, narrow_enough, violations = pages.PHONE, pages.narrow_enough, pages.violations

BUSY = """
window.fetched = window.fetch
window.fetch = (address, ...more) => String(address).endsWith("/history")
  ? Promise.resolve(new Response('{"error": "too many ask the history at once", "help": ""}', {status: 503}))
  : window.fetched(address, ...more)
null
"""


def test_what_the_history_knows_of_her(open_page, desk):
    ship, other, later = desk.ids[:3]
    page = open_page(palette="night", fragment=f"#ship={other}")
    page.locator("#panel .readings").wait_for()
    assert not hasattr(desk, "history_asked"), "it is asked only when her page is open"
    page.evaluate(f"location.hash = 'page=ship/{ship}'")
    table = page.locator("#panel table.said-before")
    table.wait_for()
    rows = table.locator("tbody tr")
    assert rows.count() == 4 and rows.nth(0).inner_text().endswith("her latest")
    assert fake_said_before.HOSTILE_NAME in rows.nth(1).inner_text() and "2 times" in rows.nth(1).inner_text()
    assert page.evaluate("window.hacked") is None
    assert page.locator(".conflict", has_text="keeps hers for life").count() == 1
    assert page.locator("#panel .line", has_text="IMO 9745902 · from").count() == 1
    assert "And 3 more." in page.inner_text("#panel")
    for size in (pages.DESKTOP, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        assert narrow_enough(page) and violations(page) == []
    # Asked once, however often the page is drawn; the next ship's own.
    assert desk.history_asked == [ship]
    page.evaluate(f"location.hash = 'page=ship/{other}'")
    page.locator("#panel p", has_text="This desk keeps no history").wait_for()
    assert table.count() == 0
    # Refused because others ask: said so, and asked again by hand.
    page.evaluate(BUSY)  # not by the desk: the browser itself would complain of the status
    page.evaluate(f"location.hash = 'page=ship/{later}'")
    page.locator("#panel .problem", has_text="too many ask the history at once").wait_for()
    page.evaluate("window.fetch = window.fetched; null")
    page.click("#panel button:has-text('Ask again')")
    page.locator("#panel p", has_text="This desk keeps no history").wait_for()
    assert desk.history_asked == [ship, other, later] and page.locator("#panel .problem").count() == 0
