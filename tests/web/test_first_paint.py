"""What a browser must have before it paints is little: whatever is not needed at once comes later."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import tankerwatch.web

DIST = Path(tankerwatch.web.__file__).parent / "dist"
MOST_KB = 180


def test_the_script_before_the_first_paint():
    seen, waiting = {}, ["app.js"]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            content = (DIST / name).read_bytes()
            seen[name] = len(gzip.compress(content, 9)) / 1000
            waiting += re.findall(r'(?:from|import)\s*"\./([\w.-]+\.js)"', content.decode())
    assert len(seen) > 3 and 100 < sum(seen.values()) <= MOST_KB, seen
    assert set(seen) < {path.name for path in DIST.glob("*.js")}, "and some comes later"
