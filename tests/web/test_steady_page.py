"""What keeps the browser tests honest on any machine."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import test_page as pages
from failed_page import as_it_was

browser, desk, open_page = pages.browser, pages.desk, pages.open_page


def test_a_page_is_told_in_words(open_page, tmp_path):
    page = open_page()
    page.keyboard.press("/")
    pages.wait(page, "document.activeElement.id === 'search'")
    page.evaluate("console.warn('odd')")
    told = as_it_was(page, tmp_path / "page.png")
    assert (tmp_path / "page.png").stat().st_size > 1000
    lines = dict(line.split(": ", 1) for line in told.splitlines()[1:])
    assert told.splitlines()[0] == page.url and 'id="search"' in lines["focus"] and lines["console"] == "warning: odd"
    assert "KOKUKA COURAGEOUS: distress call" in lines["list"] and "RECONSTRUCTION" in lines["top"] and "panel" not in lines
