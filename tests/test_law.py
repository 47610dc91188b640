"""The law of the house and the promises of SAFETY.md, kept by machine. A test here that fails asks for a decision, not for an edit."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.routing import WebSocketRoute

from tankerwatch.core import tables
from tankerwatch.core.geo import bearing_deg, distance_nm
from tankerwatch.core.incidents import Helper, Incident
from tankerwatch.core.kernels import compiling
from tankerwatch.core.schema import UNITS, Table
from tankerwatch.core.tables import Pairs, Picture
from tankerwatch.detect import catalog
from tankerwatch.triage import incidents as joining
from tankerwatch.triage import render, rescuers
from tankerwatch.web.app import create_app

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "tankerwatch"
LINES_LIMIT = 600
PURE = ("core", "decode", "track", "detect", "triage")
"""Stages that do no I/O and read no clock: everything they know came in as data."""
OUTSIDE = {
    "asyncio",
    "http",
    "io",
    "os",
    "pathlib",
    "random",
    "secrets",
    "select",
    "signal",
    "socket",
    "sqlite3",
    "subprocess",
    "threading",
    "time",
    "urllib",
}


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also inside functions, by its full name."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this copy is no git checkout, so what is tracked is not known")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


# The house.


def law(folder: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the package in `folder`/src."""
    code = "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)


KERNELS = PACKAGE / "core" / "kernels"


def test_the_law_is_kept():
    done = law(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("decode/__init__.py", "import tankerwatch.track"),
        ("core/geo.py", "import tankerwatch.decode"),
        ("web/__init__.py", "import tankerwatch.store"),
        ("detect/ship/dark.py", "import tankerwatch.detect.ship.closing"),
        ("detect/kit.py", "import socket"),
        ("helpers.py", ""),
    ],
)
def test_the_law_bites(tmp_path, file, line):
    shutil.copytree(PACKAGE, tmp_path / "src" / "tankerwatch", ignore=shutil.ignore_patterns("__pycache__", "dist"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "src" / "tankerwatch" / file).open("a", encoding="utf-8") as broken:
        broken.write(f"\n{line}\n")
    assert law(tmp_path).returncode == 1


def test_no_file_is_too_long():
    long = {named(path): lines for path in sources() if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LINES_LIMIT}
    assert not long, "is each of these one thing?"


def test_no_circles_in_the_page():
    folder = ROOT / "web" / "source"
    needs: dict[Path, set[Path]] = {}
    for file in folder.rglob("*.ts"):
        asked = re.findall(r'(?:from|import\()\s*"(\.{1,2}/[\w./-]+)"', file.read_text(encoding="utf-8"))
        needs[file] = {Path(os.path.normpath(file.parent / f"{name}.ts")) for name in asked}
    assert len(needs) > 40 and set().union(*needs.values()) <= needs.keys()
    # Rooms are the folders; what lies beside them puts them together.
    rooms: dict[Path, set[Path]] = {}
    for file, wanted in needs.items():
        rooms.setdefault(file.parent, set()).update({other.parent for other in wanted} - {file.parent})
    assert len(rooms) > 5
    for graph in (needs, rooms):
        while free := {name for name, wanted in graph.items() if not wanted & graph.keys()}:
            graph = {name: wanted for name, wanted in graph.items() if name not in free}
        assert not graph, "these import each other, or what does, types and what is loaded later counted too"


def test_pure_stages_touch_nothing_outside():
    for stage in PURE:
        for path in (PACKAGE / stage).rglob("*.py"):
            if path == KERNELS / "compiling.py":
                continue  # the one place that keeps compiled code; what kernels say does not depend on it
            found = {name.partition(".")[0] for name in imports(path)} & OUTSIDE
            assert not found, f"{named(path)} imports {found}"
            for node in ast.walk(tree(path)):
                called = node.func if isinstance(node, ast.Call) else None
                assert not (isinstance(called, ast.Name) and called.id in ("open", "input", "print")), f"{named(path)}: {called.id}()"
                clock = isinstance(called, ast.Attribute) and called.attr in ("now", "utcnow", "today")
                assert not (clock and isinstance(called.value, ast.Name) and called.value.id in ("datetime", "date")), (
                    f"{named(path)} reads the clock"
                )


def test_only_kernels_are_compiled():
    for path in sources():
        if {"numba", "llvmlite"} & {name.partition(".")[0] for name in imports(path)}:
            assert path.parent == KERNELS, f"{named(path)} imports numba"


def test_compiled_code_is_named_after_all_that_it_is_made_of():
    made_of = {path for name in compiling.MADE_OF for path in ((PACKAGE / "core" / name).glob("*.py") or ())}
    made_of |= {PACKAGE / "core" / name for name in compiling.MADE_OF}
    for path in made_of:
        for name in imports(path) if path.suffix == ".py" else ():
            if name.startswith("tankerwatch.") and name != "tankerwatch.core.schema":  # types alone
                assert any(found in made_of for found in (ROOT / "src" / f"{name.replace('.', '/')}.py", KERNELS)), f"{named(path)}: {name}"


def all_tables() -> list[type[Table]]:
    return [kind for kind in vars(tables).values() if isinstance(kind, type) and issubclass(kind, Table) and kind is not Table]


def test_nobody_waits_in_a_way_that_forgets_an_end():
    """asyncio.wait_for loses, until Python 3.12, the cancellation that comes together with the answer: the task goes on for ever."""
    lost = [
        f"{named(path)}:{node.lineno}"
        for path in sources()
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Attribute) and ast.unparse(node) == "asyncio.wait_for")
        or (isinstance(node, ast.ImportFrom) and node.module == "asyncio")
    ]
    assert not lost, "async with asyncio.timeout(…)"


def test_a_unit_is_the_end_of_a_name():
    for kind in all_tables():
        for column in kind.columns():
            suffix = column.name.rpartition("_")[2]
            assert suffix == UNITS[column.unit] if column.unit in UNITS else suffix not in UNITS.values(), (
                f"{kind.__name__}.{column.name}: {column.unit}"
            )
    for detector in catalog.detectors():
        for name, setting in detector.settings.items():
            if setting.unit in UNITS:
                assert name.endswith("_" + UNITS[setting.unit]), f"{detector.id}.{name}: {setting.unit}"


def test_a_detector_is_one_new_file(tmp_path, monkeypatch):
    """A file laid beside the others is found with its settings; nothing else is edited."""
    source = (PACKAGE / "detect" / "ship" / "not_under_command.py").read_text(encoding="utf-8")
    (tmp_path / "brand_new.py").write_text(source.replace('id="not_under_command"', 'id="brand_new"'), encoding="utf-8")
    monkeypatch.setattr(catalog.ship, "__path__", [*catalog.ship.__path__, str(tmp_path)])
    catalog.detectors.cache_clear()
    try:
        found = {detector.id: detector for detector in catalog.detectors()}
        from tankerwatch.config import load

        assert found["brand_new"].document
        assert dict(load(None, found.values()).detectors["brand_new"].settings) == {
            name: float(setting.value) for name, setting in found["not_under_command"].settings.items()
        }
    finally:
        sys.modules.pop("tankerwatch.detect.ship.brand_new", None)
        monkeypatch.undo()
        catalog.detectors.cache_clear()


def test_nothing_of_one_machine_is_tracked():
    """No package registry's host name and no path of a developer's machine: versions are pinned, addresses are not."""
    hosts = "|".join(
        f"{name}[.]{end}"
        for name, end in (("pypi", "org"), ("python[h]osted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("debian", "org"))
    )
    folders = "|".join(("work", "root", "home"))
    foreign = re.compile(rf"{hosts}|(?<![\w.])/(?:{folders})/".encode())
    for path in tracked():
        found = foreign.search(path.read_bytes())
        assert not found, f"{path.relative_to(ROOT)}: {found[0].decode() if found else ''}"


# SAFETY.md.


MAY_REACH = {
    "asyncio": ("desk/", "ingest/", "web/", "store/copies/vault.py", "cli/vaulting.py", "drill/vaults.py", "cli/top/"),
    "socket": ("desk/", "ingest/", "web/", "store/copies/vault.py", "store/copies/remote.py"),
    "uvicorn": ("desk/", "web/", "store/copies/vault.py"),
    "starlette": ("web/", "store/copies/vault.py"),
    "serial": ("ingest/",),
    "http.client": ("cli/calling.py", "respond/webhook.py", "store/copies/remote.py", "web/access/oidc.py", "web/beside.py"),
    "ssl": ("cli/calling.py", "respond/webhook.py", "store/copies/remote.py", "store/copies/vault.py", "web/serve.py"),
    "obstore": ("store/copies/objects.py",),
    **dict.fromkeys(("http", "urllib.request", "ftplib", "smtplib", "socketserver", "xmlrpc", "webbrowser"), ()),
    "websockets": ("cli/top/desk.py", "web/beside.py"),
    **dict.fromkeys(("requests", "httpx", "aiohttp", "urllib3"), ()),
}
"""Modules that can reach a network, and the files that may use them. `cli/calling.py` and `cli/top` speak to the desk on this machine, or
by TLS to the one that a person named; `respond/webhook.py` (checkpoints, the alerts of a live desk, and a test message when a person
asks), `copies/remote.py`, `copies/objects.py` and `web/access/oidc.py` to places that a person wrote into the configuration or on the
command line, of which there are none unless one does; `web/beside.py` over a Unix socket to what its own desk began; `copies/vault.py`
waits for its desks, with TLS and their tokens; `drill/vaults.py` runs a vault of its own on loopback, to strike at what it made."""


def test_nothing_is_sent_anywhere():
    """No telemetry and no upload: whatever is not listed can reach no network at all."""
    for path in sources():
        for name in imports(path):
            of = [module for module in MAY_REACH if f"{name}.".startswith(f"{module}.")]
            if of:
                allowed = MAY_REACH[max(of, key=len)]
                assert any(named(path).startswith(place) for place in allowed), f"{named(path)} imports {name}"


def test_only_sources_call_out():
    """Connections are opened by sources and to copies that a person named, and by nothing else."""
    opening = {"open_connection", "create_connection", "create_datagram_endpoint", "connect", "connect_ex", "sendto"}
    for path in sources():
        calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
        # a base in memory or in a file is no connection; tests/store/test_sql.py and tests/web/test_charts.py hold them to what they may
        local = ("duckdb.connect(':memory:',", "sqlite3.connect(f'file:")
        called = {node.func.attr for node in calls if not ast.unparse(node).startswith(local)}
        assert not called & opening or named(path).startswith(("ingest/", "store/copies/remote.py", "web/beside.py")), (
            f"{named(path)} calls {called & opening}"
        )
    inside = (PACKAGE / "web" / "beside.py").read_text(encoding="utf-8")
    assert "AF_INET" not in inside and re.findall(r"sockets\.socket\((\S+),", inside) == ["sockets.AF_UNIX"], "no further than this machine"
    assert re.findall(r"\w*connect\([^:)]*", inside) == ["connect(self", "connect(self.address", 'unix_connect(address, f"ws']


QUESTIONS = """
    GET /   GET /tiles/{z}/{x}/{y}.mvt   GET /assets   WS /ws
    GET /api/health   GET /api/alerts   GET /api/alerts/{id}   GET /api/incidents   GET /api/reports
    GET /api/ships   GET /api/ships/{id}   GET /api/ships/{id}/track   GET /api/watched
    GET /api/ships/{id}/history
    GET /api/ships/{id}/page   GET /api/ships/{id}/track.csv   GET /api/ships/{id}/track.geojson   GET /api/ships/{id}/track.kml
    POST /api/alerts/{id}/acknowledge   POST /api/alerts/{id}/confirm   POST /api/alerts/{id}/dismiss
    POST /api/alerts/{id}/assign   POST /api/alerts/{id}/snooze   POST /api/alerts/{id}/note   POST /api/alerts/{id}/close
    POST /api/alerts/{id}/reopen   POST /api/alerts/{id}/exclude   GET /api/exclusions   POST /api/exclusions/{id}/undo
    GET /api/zones   POST /api/zones   POST /api/zones/{id}   POST /api/zones/{id}/remove   POST /api/zones/{id}/undo
    GET /api/zones.geojson   POST /api/zones.geojson
    GET /api/coverage   GET /api/outlines   GET /api/charts   GET /charts/{name}/{z}/{x}/{y}
    POST /api/reports   POST /api/guard   GET /api/guards   GET /api/replay   GET /api/replay/alert   POST /api/replay
    GET /login   GET /login/oidc   GET /login/oidc/back   GET /api/session   POST /api/login   POST /api/logout
    GET /api/incidents/{id}   GET /api/incidents/{id}/report.html   GET /api/incidents/{id}/chart.svg   GET /api/incidents/{id}/timeline.svg
    GET /api/incidents/{id}/warning
    POST /api/incidents/{id}/note   GET /api/handover   GET /api/handover.html
    GET /api/ships.geojson   GET /api/alerts.geojson   GET /api/events   GET /metrics   GET /api/openapi.json   GET /api/blocks/{from}
    POST /api/past   GET /past/{key}/   GET /past/{key}/api/{call:path}   POST /past/{key}/api/{call:path}   WS /past/{key}/ws
    GET /api/ready
"""


def test_the_desk_answers_these_questions_and_no_other():
    """A new route is a new thing to ask the desk. SAFETY.md says what may not be answered: none tells how to reach a ship."""
    nobody: Any = None
    app = create_app(nobody, nobody, hosts=frozenset({"127.0.0.1:8420"}), dist=PACKAGE / "web" / "dist")
    served = set()
    for route in app.routes:
        methods = ["WS"] if isinstance(route, WebSocketRoute) else sorted((getattr(route, "methods", None) or {"GET"}) - {"HEAD"})
        served |= {f"{method} {getattr(route, 'path', route)}" for method in methods}
    assert served == set(re.findall(r"\S+ \S+", QUESTIONS))


def test_what_is_told_of_a_helper():
    """Time, distance and bearing; no course to steer and no place to meet. And only ships that were seen to be able."""
    told = {"mmsi", "name", "kind", "distance_nm", "bearing_deg", "hours", "speed_kn"}
    assert {field.name for field in fields(Helper)} == told
    assert set(render.helper_json(Helper(1, "A", 1, 1.0, 2.0, 3.0, 4.0))) == told
    assert {field.name for field in fields(Incident)} == {
        *("id", "severity", "state", "title", "start_s", "end_s", "alerts", "ships", "reports", "lat_deg", "lon_deg", "helpers", "notes")
    }
    assert {column.name for column in Pairs.columns()} == {
        *("slot", "other", "distance_nm", "bearing_deg", "closing_kn", "cpa_nm", "tcpa_s")
    }, "CPA of two ships as they sail, never as one could steer"


places = st.tuples(st.floats(-59.9, 59.9), st.floats(-179, 179))


@given(
    casualty=places,
    offsets=st.lists(st.tuples(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)), min_size=1, max_size=12),
    seed=st.integers(0, 2**32 - 1),
)
def test_a_helper_is_where_she_is_and_no_intercept(casualty, offsets, seed):
    """Bearing and hours are those between two places. Nobody's course enters: with any other courses the answer is the same."""
    lat_deg, lon_deg = casualty
    dice = np.random.default_rng(seed)
    n = len(offsets)
    picture = Picture.blank(n).replace(
        mmsi=np.arange(311000001, 311000001 + n, dtype=np.uint32),
        kind=np.ones(n, np.uint8),
        event_s=np.full(n, 1000.0),
        lat_deg=np.array([lat_deg + offset[0] for offset in offsets]),
        lon_deg=np.array([lon_deg + offset[1] for offset in offsets]),
        sog_kn=dice.uniform(0.5, 20, n).astype(np.float32),
        best_sog_kn=dice.uniform(0.5, 20, n).astype(np.float32),
        cog_deg=dice.uniform(0, 360, n).astype(np.float32),
        trusted=np.ones(n, bool),
    )
    told = rescuers.helpers(picture, lat_deg, lon_deg, 1000.0, without=set(), names=str)
    turned = picture.replace(cog_deg=dice.uniform(0, 360, n).astype(np.float32), heading_deg=dice.uniform(0, 360, n).astype(np.float32))
    assert rescuers.helpers(turned, lat_deg, lon_deg, 1000.0, without=set(), names=str) == told
    for helper in told:
        row = helper.mmsi - 311000001
        apart = float(distance_nm(lat_deg, lon_deg, picture.lat_deg[row], picture.lon_deg[row]))
        bearing = float(bearing_deg(lat_deg, lon_deg, picture.lat_deg[row], picture.lon_deg[row]))
        assert abs((helper.bearing_deg - bearing + 180) % 360 - 180) <= 0.5 + 1e-9
        assert helper.hours == pytest.approx(apart / max(picture.sog_kn[row], picture.best_sog_kn[row]), abs=0.0051)
        assert rescuers.helpers(picture, lat_deg, lon_deg, 1000.0, without={helper.mmsi}, names=str) != told


def test_helpers_are_told_for_casualties_only():
    """A ship that is merely watched, dark or approached is nobody's goal."""
    assert set(joining.CASUALTY) <= {"distress", "not_under_command", "sudden_stop", "drifting", "collision", "grounding"}
    assert not set(joining.CASUALTY) & set(joining.THREAT)


def test_no_ship_is_ranked_by_what_she_carries():
    """Of a ship's size and cargo nothing is kept that could sort targets: no draught, no cargo, no value in what detectors see."""
    seen = {column.name for column in Picture.columns()} | {column.name for column in Pairs.columns()}
    assert not [name for name in seen if re.search(r"draught|cargo|value|crew|weak|guns|worth", name)]
