"""The command: what it prints, writes, leaves alone and leaves behind."""

from __future__ import annotations

import json
import re
from hashlib import blake2b
from html.parser import HTMLParser

import pytest

from tankerwatch.cli import main
from tankerwatch.core.tables import Batch, Lines
from tankerwatch.drill import command
from tankerwatch.drill.command import Size
from tankerwatch.drill.outcome import Outcome
from tankerwatch.store.checkpoints import publish
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.seals import Checkpoint

SMALL = Size(kills=1, commits=1, tamperings=1, clean=4, sick=1, clocks=1, apart=1, wrecks=1, forks=1, records=500)


@pytest.fixture
def small(monkeypatch, tmp_path):
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    monkeypatch.setattr(command, "USUAL", SMALL)
    monkeypatch.setattr(command, "scene_lines", lambda: [b"!AIVDM,1,1,,A,%d" % i for i in range(100)])
    yield
    assert list(place.glob("tankerwatch-*")) == [], "nothing is left behind"


@pytest.fixture
def watched(tmp_path):
    """The data directory of a watch."""
    with FileJournal(tmp_path / "watched", segment_bytes=3000) as journal:
        for i in range(40):
            journal.append(Batch(Lines.of([b"line %d of a watch" % i] * 3, [1e9] * 3, [3 * i + 1, 3 * i + 2, 3 * i + 3])))
            journal.commit()
        publish(journal)
    return tmp_path / "watched"


def looks(folder):
    return {path: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}


class Page(HTMLParser):
    """Every tag closed, and what it would load."""

    def __init__(self):
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.loads += [value for name, value in attributes if name in ("src", "href", "action")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_a_drill(small, watched, tmp_path, capsys):
    before = looks(watched)
    report, written = tmp_path / "drill.html", tmp_path / "drill.md"
    assert main(["drill", "--json", "--sample", str(watched), "--report", str(report), "--write", str(written)]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert looks(watched) == before, "the sample is only read"
    strikes = {strike["strike"]: strike for strike in said["strikes"]}
    assert len(strikes) == len(said["strikes"]) > 35
    for name, strike in strikes.items():
        assert {"strike", "rounds", "acknowledged", "acknowledged_lost", "noticed", "recovery_s"} <= set(strike)
        assert strike["noticed"] is True, strike
        assert (strike["acknowledged_lost"], strike["unnoticed"]) == (0, 0), name
        assert strike["rounds"] >= 1
        assert strike["recovery_s"] >= 0
    assert said["passed"] is True
    assert said["clean"] == {"verifications": 4, "accused": 0, "first_fault": None}
    assert said["seconds"] > 0
    assert said["sample_checkpoint"]["record"] == 120
    assert said["versions"]["tankerwatch"]
    page = report.read_text(encoding="utf-8")
    parsed = Page()
    parsed.feed(page)
    assert (parsed.open, parsed.loads) == ([], [])
    for word in (said["began"], said["checkpoint"]["chain"], said["machine"]["system"], *strikes):
        assert word in page
    text = re.findall(r"<pre>(.*?)</pre>", page, re.DOTALL)[1].replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")
    assert json.loads(text) == said
    assert blake2b(text.encode(), digest_size=32).hexdigest() in page
    assert "| kill -9 | 1 |" in written.read_text(encoding="utf-8")


@pytest.mark.parametrize(("lost", "missed", "accused"), [(3, 0, 0), (0, 1, 0), (0, 0, 1)])
def test_a_drill_that_fails_says_so(tmp_path, capsys, monkeypatch, lost, missed, accused):
    good, bad = (Outcome(name, "x", "y", rounds=2, acknowledged=9, recoveries_s=[0.5]) for name in ("good", "bad <one>"))
    bad.lost, bad.missed, bad.first_fault = lost, missed, "round 1: <gone>"
    clean = Outcome("nothing", "", "", rounds=5, missed=accused)
    checkpoint = Checkpoint("ab", 1, 1, "cd", 0, "", 0.0, "ef")
    drilled = command.Drilled((good, bad), clean, 1.0, "now", "<here>", None, checkpoint, 7)
    monkeypatch.setattr(command, "drill", lambda *_, **__: drilled)
    report, written = tmp_path / "drill.html", tmp_path / "drill.md"
    assert main(["drill", "--report", str(report), "--write", str(written)]) == 1
    said = capsys.readouterr()
    assert "THE DRILL FAILED" in said.out
    assert {(3, 0, 0): "3 acknowledged records", (0, 1, 0): "rightly: bad <one>", (0, 0, 1): "1 clean journals"}[
        lost, missed, accused
    ] in said.err
    page = report.read_text(encoding="utf-8")
    assert "The drill failed" in page
    assert "<gone>" not in page and "<here>" not in page and "<one>" not in page
    assert "The drill failed" in written.read_text(encoding="utf-8")


def test_a_strike_that_was_never_made_proves_nothing():
    assert not Outcome("x", "", "").passed
    assert Outcome("x", "", "").to_json()["noticed"] is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--sample", "nowhere"], "nowhere"),
        (["--report", "nowhere/drill.html"], "no such directory"),
        (["--rounds", "0"], "no number of rounds"),
        (["--rounds", "2", "--full"], "not allowed"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(arguments, words, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    try:
        status = main(["drill", *arguments])
    except SystemExit as end:
        status = end.code
    said = capsys.readouterr().err
    assert status == 2
    assert words in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_sample_that_is_a_link_is_refused(small, watched, capsys):
    newest = max((watched / "journal").glob("*.journal"))
    newest.rename(watched / "elsewhere")
    newest.symlink_to(watched / "elsewhere")
    assert main(["drill", "--sample", str(watched)]) == 2
    assert "is a link" in capsys.readouterr().err


def test_rounds_are_as_many_as_one_says():
    made = Size.of(3)
    assert (made.kills, made.commits, made.tamperings, made.clean, made.sick, made.clocks, made.apart, made.wrecks, made.forks) == (3,) * 9
