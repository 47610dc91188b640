"""Nothing is left to be compiled when the first sentence arrives, wherever the code is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import tankerwatch
from tankerwatch.core.kernels import compiling, warm

PACKAGE = Path(tankerwatch.__file__).parent
SAY = """
import sys
from tankerwatch.core.kernels import compiling
print(compiling.folder())
"""
USE = r"""
import sys
from pathlib import Path
import tankerwatch as tw
from tankerwatch.core.ais import encoder, framing
from tankerwatch.core.kernels import compiling
from tankerwatch.core.tables import Lines
from tankerwatch.decode import Decoder
before = set(compiling.folder().rglob("*.nbc"))
lines = [
    *framing.sentences(encoder.position_a(566123000, 25.5, 57.25, 12.3, 90, 91, 0, 12)),
    *framing.sentences(encoder.position_a(244000009, 25.5, 57.25, heading_deg=10), talker="AIVDO"),
    *framing.sentences(encoder.static_voyage(566123000, name="FRONT RUNNER"), sequence=3),
    *framing.sentences(encoder.position_b_extended(244000001, 25.5, 57.25, name="YACHT"), sequence=4),
    *framing.sentences(encoder.base_station(2190067, 1560386400, 25.0, 57.0)),
    *framing.sentences(encoder.aid(992190001, 25.0, 57.0, name="BUOY")),
    *framing.sentences(encoder.safety_text(2190067, "MAYDAY RELAY")),
    framing.tag(framing.sentences(encoder.position_long_range(566123000, 25.5, 57.25))[0], station="FUJ", time_s=1560386401),
    framing.ttm(8, 3.0, 120.0, 20.0, 200.0, name="FAST"),
    b"$PGHP,1,2013,11,12,12,0,0,11,219,,2190067,1,62*26",
]
for part in tw.decode(b"\n".join(lines) + b"\n"):
    for name in ("positions", "statics", "texts", "others", "bases", "calls"):
        getattr(part, name).to_arrow()
Decoder(place_times=True).decode(Lines.of(lines, [float("nan")] * len(lines), list(range(1, len(lines) + 1))))
new = sorted(path.name for path in set(compiling.folder().rglob("*.nbc")) - before)
assert before and not new, f"compiled late: {new}"
"""


def python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"} | environment
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=given, check=False)


def test_all_is_compiled_at_set_up():
    warm()
    done = python(USE)
    assert done.returncode == 0, done.stderr[-2000:]


def test_a_package_that_may_not_be_written_to_keeps_compiled_code_in_the_cache_of_the_user(tmp_path):
    """Also root, who may write everywhere: a file stands where the folder would be."""
    copy = tmp_path / "site" / "tankerwatch"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "dist"))
    (copy / "core" / "kernels" / "__pycache__").write_text("in the way")
    environment = {"PYTHONPATH": str(tmp_path / "site"), "PYTHONDONTWRITEBYTECODE": "1"}
    home = python(SAY, HOME=str(tmp_path / "home"), XDG_CACHE_HOME="", **environment)
    assert home.stdout.startswith(str(tmp_path / "home" / ".cache" / "tankerwatch")), home.stderr[-2000:]
    (tmp_path / "file").write_text("")
    nowhere = python(SAY, HOME=str(tmp_path / "file"), XDG_CACHE_HOME="", TMPDIR=str(tmp_path), **environment)
    assert Path(nowhere.stdout.strip()).parent == tmp_path, nowhere.stderr[-2000:]


def test_code_of_older_sources_is_removed(monkeypatch, tmp_path):
    current, old = tmp_path / "compiled-new", tmp_path / "compiled-old"
    current.mkdir()
    old.mkdir()
    monkeypatch.setattr(compiling, "folder", lambda: current)
    compiling.forget_old()
    assert current.exists() and not old.exists()
