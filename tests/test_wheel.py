"""What `pip install` brings: the command, the page and the scene, and nothing that belongs to the workshop."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "tankerwatch"
NOT_SHIPPED = ("__pycache__", ".nbi", ".nbc")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    """A wheel, built as pip builds it and unpacked as pip unpacks it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, text=True)
    (wheel,) = folder.glob("tankerwatch-*-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(unpacked: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    return subprocess.run([sys.executable, "-P", *words], cwd=unpacked, env=environment, capture_output=True, text=True, check=False)


def test_all_of_the_package_is_in_it(unpacked):
    shipped = {str(path.relative_to(unpacked / "tankerwatch")) for path in (unpacked / "tankerwatch").rglob("*") if path.is_file()}
    ours = {str(path.relative_to(PACKAGE)) for path in PACKAGE.rglob("*") if path.is_file()}
    assert shipped == {path for path in ours if not any(part in path for part in NOT_SHIPPED)}
    assert {"web/dist/index.html", "web/dist/land.pmtiles", "web/dist/licences.txt", "py.typed"} <= shipped
    assert {path.name for path in unpacked.iterdir()} == {"tankerwatch", next(unpacked.glob("*.dist-info")).name}


def test_licence_and_notice_go_with_it(unpacked):
    (info,) = unpacked.glob("*.dist-info")
    assert {path.name for path in (info / "licenses").iterdir()} == {"LICENSE", "NOTICE"}


def test_the_command_works_from_it(unpacked):
    (entry,) = unpacked.glob("*.dist-info/entry_points.txt")
    assert "tankerwatch = tankerwatch.cli:main" in entry.read_text()
    done = run(unpacked, "-c", "import tankerwatch; print(tankerwatch.__file__)")
    assert done.stdout.startswith(str(unpacked)), done.stderr
    assert "tankerwatch demo" in run(unpacked, "-m", "tankerwatch", "--help").stdout
    assert "[guard]" in run(unpacked, "-m", "tankerwatch", "config", "show").stdout
