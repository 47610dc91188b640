"""What can be set, typed or read is documented: the generated pages are as the code says, and what the guides show works."""

from __future__ import annotations

import importlib.util
import re
import shlex
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from tankerwatch.cli.arguments import parse
from tankerwatch.config import check
from tankerwatch.config.keys import KEYS, SECTIONS
from tankerwatch.core import tables
from tankerwatch.detect import catalog
from tankerwatch.detect.kit import SECTIONS as SECTIONS_OF_A_DETECTOR
from tankerwatch.testing import DetectorScene

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
BLOCK = re.compile(r"^```(sh|toml|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(?:#[^)]*)?\)")


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """tools/docs.py."""
    spec = importlib.util.spec_from_file_location("tools_docs", ROOT / "tools" / "docs.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reference(name: str) -> str:
    return (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")


def test_generated_pages_are_up_to_date(generator):
    for name, text in generator.pages().items():
        assert reference(name) == text, f"docs/reference/{name} is out of date: make docs"


def test_every_key_is_documented():
    text = reference("configuration.md")
    for section in SECTIONS:
        assert f"## `[{section}" in text
    for key in KEYS:
        assert f"| `{key.name}` | {key.meaning} |" in text, key.path
    for detector in catalog.detectors():
        own = text.partition(f"### `[detect.{detector.id}]`")[2].partition("###")[0]
        for name, setting in detector.settings.items():
            assert f"| `{name}` | {setting.meaning} |" in own, f"{detector.id}.{name}"


def test_every_column_is_documented(generator):
    text = reference("columns.md")
    kinds = generator.all_tables()
    assert {tables.Fixes, tables.Picture, tables.Findings} <= set(kinds)
    for kind in kinds:
        own = text.partition(f"## {kind.__name__}\n")[2].partition("\n## ")[0]
        for column in kind.columns():
            assert f"| `{column.name}` |" in own, f"{kind.__name__}.{column.name}"
            assert column.meaning


def test_every_quality_bit_is_documented(generator):
    text = reference("columns.md").partition("## Quality bits")[2]
    single = {name: value for name, value in vars(tables).items() if name.isupper() and isinstance(value, int) and value.bit_count() == 1}
    documented = {name: value for name, value, _ in generator.quality_bits()}
    assert documented == single, "a bit is declared as NAME = 1 << n  # what it means"
    for name, value in single.items():
        assert f"| `{name}` | {value} |" in text


def test_every_command_and_option_is_documented(generator):
    text = reference("command-line.md")
    commands = list(generator.commands())
    assert len(commands) >= 9
    for command in commands:
        own = text.partition(f"## {command.prog}\n")[2].partition("\n## ")[0]
        for action in command._actions:
            for name in action.option_strings or [action.metavar]:
                assert str(name) in own, f"{command.prog} {name}"


def test_every_detector_is_documented(generator):
    text = reference("detectors.md")
    for detector in catalog.detectors():
        own = text.partition(f"## {detector.id}\n")[2].partition("\n## ")[0]
        for heading in SECTIONS_OF_A_DETECTOR:
            words = catalog.section(detector, heading)
            assert words and f"**{heading}.** {words}" in own, f"{detector.id}: {heading}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_shows_is_understood(page, tmp_path):
    """Commands in blocks of `sh` are parsed, `toml` is read, and checked where it configures, `python` compiles."""
    for language, content in BLOCK.findall(page.read_text(encoding="utf-8")):
        if language == "python":
            compile(content, page.name, "exec")
        elif language == "toml":
            if set(tomllib.loads(content)) <= set(SECTIONS):
                path = tmp_path / "desk.toml"
                path.write_text(content, encoding="utf-8")
                _, faults = check(path, catalog.detectors())
                assert not [str(fault) for fault in faults if not re.search(r"\.(lists|secret_file|charts)", fault.where)]
        else:
            for line in content.splitlines():
                assert_understood(line, page.name)


def test_the_detector_of_the_guide_works(tmp_path, monkeypatch):
    """The file and the scene of the guide, taken from the page and laid beside the others."""
    blocks = dict(BLOCK.findall((ROOT / "docs" / "guide" / "write-a-detector.md").read_text(encoding="utf-8")))
    (tmp_path / "restricted.py").write_text(blocks["python"], encoding="utf-8")
    (tmp_path / "restricted_dredger.toml").write_text(blocks["toml"], encoding="utf-8")
    monkeypatch.setattr(catalog.ship, "__path__", [*catalog.ship.__path__, str(tmp_path)])
    catalog.detectors.cache_clear()
    try:
        scene = DetectorScene.read(tmp_path / "restricted_dredger.toml")
        assert scene.expected and scene.check() == []
        (detector,) = (detector for detector in catalog.detectors() if detector.id == "restricted")
        assert all(catalog.section(detector, heading) for heading in SECTIONS_OF_A_DETECTOR)
    finally:
        sys.modules.pop("tankerwatch.detect.ship.restricted", None)
        monkeypatch.undo()
        catalog.detectors.cache_clear()


def test_every_test_that_safety_names_is_there():
    for file, name in re.findall(r"`(tests/[\w/.]+)::(\w+)`", (ROOT / "SAFETY.md").read_text(encoding="utf-8")):
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), f"{file}::{name}"


def test_the_notice_names_all_that_is_in_the_page():
    licences = (ROOT / "src" / "tankerwatch" / "web" / "dist" / "licences.txt").read_text(encoding="utf-8")
    packages = re.findall(r"^(\S+) \d[\w.]* \(\S+\)$", licences, re.MULTILINE)
    assert len(packages) >= 8
    notice = re.sub(r"[\s-]", "", (ROOT / "NOTICE").read_text(encoding="utf-8").lower())
    for package in packages:
        assert re.sub(r"[\s-]", "", package.rpartition("/")[2].lower()) in notice, package


def assert_understood(line: str, page: str) -> None:
    """A line for a shell: our commands with arguments that they take, make with targets that there are."""
    for part in re.split(r"\||&&|;", line.partition("  #")[0]):
        words = shlex.split(re.split(r"\s[<>]", part)[0])
        if words[:1] == ["tankerwatch"] and "--help" not in words:
            assert parse(words[1:]), page
        if words[:1] == ["make"]:
            known = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
            assert {word for word in words[1:] if "=" not in word} <= set(known), f"{page}: {line}"
