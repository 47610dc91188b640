"""How far a silent ship could be by now, in words on the rim of her ring, where there is room for them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import test_page as pages

browser, desk, open_page = pages.browser, pages.desk, pages.open_page

WRITTEN = """
const write = CanvasRenderingContext2D.prototype.fillText;
window.written = new Map();
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  window.written.set(text, [x, y]);
  return write.call(this, text, x, y);
};
null
"""
SEEN = """
(() => {
  const seen = [...window.written].filter(([text]) => /within|silent/.test(text));
  window.written.clear();
  return Object.fromEntries(seen);
})()
"""
PLACE = "25.2000/57.1000"


def test_the_ring_says_how_far_and_since_when(open_page, desk):
    desk.paused = True
    page = open_page(palette="dusk", fragment=f"#map=10.50/{PLACE}&l=reach")
    page.evaluate(WRITTEN)

    def written(where, true):
        """What is written once it is as wanted."""
        page.evaluate(f"(location.hash = 'map={where}&l=reach', null)")
        seen = {}

        def looked():
            seen.clear()
            seen.update(page.evaluate(SEEN))
            return true(seen)

        pages.until(looked, f"at {where} something else is written")
        return seen

    since = page.evaluate(f"new Date(({desk.clock_s} - 1500) * 1000).toISOString().slice(11, 16)")
    label, name = f"within 5.0 NM since {since}Z", f"{desk.ids[5]}: silent 25 min"
    there = written(f"10.50/{PLACE}", lambda seen: set(seen) == {label, name})
    # Above the rim: the ring's radius on the screen above her place, for a mile is a minute of latitude.
    radius = 5.0 / 60 / 360 * 256 * 2**10.5 / 0.9048
    assert there[label][0] == pytest.approx(there[name][0], abs=1)
    assert there[name][1] - 32 - there[label][1] == pytest.approx(radius + 13, abs=4)
    # Her place at the upper edge: below. Too small a ring, or too narrow a map: with her name.
    written("11.50/25.1300/57.1000", lambda seen: set(seen) == {label, name} and seen[label][1] > seen[name][1])
    written(f"8.00/{PLACE}", lambda seen: set(seen) == {f"{name} · within 5.0 NM"})
    written(f"10.50/{PLACE}", lambda seen: set(seen) == {label, name})
    page.set_viewport_size({"width": pages.PHONE[0], "height": pages.PHONE[1]})
    written(f"10.40/{PLACE}", lambda seen: set(seen) == {f"{name} · within 5.0 NM"})
