"""Setting up: what is missing is said in one line, and every package that is needed is pinned."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tankerwatch import desk
from tankerwatch.cli import main
from tankerwatch.core import kernels
from tankerwatch.core.kernels import compiling

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "tools" / "environment.py"


def test_without_ensurepip_one_line_names_the_package(tmp_path):
    (tmp_path / "ensurepip.py").write_text("raise ImportError('taken out')")
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and done.stdout == ""
    assert re.fullmatch(r"tankerwatch: this Python cannot make .* help: apt-get install python3(\.\d+)?-venv\n", done.stderr)


def test_an_old_python_is_told_so():
    code = f"import sys, runpy; sys.version_info = (3, 8, 18); sys.argv = ['x']; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and done.stderr.startswith("tankerwatch: Python 3.8 is too old, 3.11 is the least. help: ")


def test_everything_is_pinned():
    """What pyproject.toml names, and what that needs in turn, has one exact version in constraints.txt."""
    lines = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    pins = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}
    assert all(re.fullmatch(r"[\w.]+", version) for version in pins.values()) and len(pins) == len(lines)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = [requirement for extra in project["project"]["optional-dependencies"].values() for requirement in extra]
    named = [*project["build-system"]["requires"], *project["project"]["dependencies"], *extras, *project["dependency-groups"]["dev"]]
    waiting, seen = [Requirement(text) for text in named], set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in seen or (requirement.marker is not None and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(name)
        assert name in pins, f"{name} has no pin"
        assert requirement.specifier.contains(pins[name]), f"{name}=={pins[name]} is outside {requirement.specifier}"
        try:
            waiting += [Requirement(text) for text in requires(name) or ()]
        except PackageNotFoundError:
            pytest.fail(f"{name} is not installed: make test does it")
    assert {"numpy", "llvmlite", "h11", "hatchling"} <= seen


def test_every_kernel_is_warmed(monkeypatch, tmp_path):
    """`make` compiles all kernels: each file of the folder has its turn, and a desk that begins knows that it was so."""
    (tmp_path / "compiled-new").mkdir()
    monkeypatch.setattr(compiling, "folder", lambda: tmp_path / "compiled-new")
    told: list[str] = []
    called: list[str] = []
    names = sorted(path.stem for path in Path(kernels.__file__).parent.glob("[!_]*.py"))
    for name in names:
        module = importlib.import_module(f"tankerwatch.core.kernels.{name}")
        if hasattr(module, "warm"):
            monkeypatch.setattr(module, "warm", lambda name=name: called.append(name))
    assert kernels.warm(told.append) == told == names
    assert called and set(called) <= set(names)
    assert kernels.warmed()


def test_a_desk_compiles_before_it_says_where_it_is(monkeypatch, tmp_path, capsys):
    done: list[str] = []
    monkeypatch.setattr(kernels, "warmed", lambda: "compiled" in done)
    monkeypatch.setattr(kernels, "warm", lambda: done.append("compiled"))
    for name in ("demo", "watch"):
        monkeypatch.setattr(desk, name, lambda *_given, name=name, **_more: done.append(name))
    assert main(["watch", "tcp://127.0.0.1:1", "--data", str(tmp_path)]) == main(["demo"]) == 0
    assert done == ["compiled", "watch", "demo"]
    assert capsys.readouterr().err.count("compiling its inner loops") == 1
    done.clear()
    assert main(["replay", str(tmp_path / "nothing")]) == 2 and done == ["compiled"]
