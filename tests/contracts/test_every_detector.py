"""What every detector must keep. It runs over what the catalogue finds: a new detector is tested without being named here."""

from __future__ import annotations

import dataclasses
import hashlib
import inspect
import io
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import tankerwatch
from tankerwatch.core import arrow
from tankerwatch.core.hour import HOUR_COLUMNS, MINUTES, Hour
from tankerwatch.core.schema import Table
from tankerwatch.core.tables import Bases, Batch, Calls, Decision, Feeds, Findings, Fixes, Heard, Legs, Pairs, Picture, Statics, Texts, View
from tankerwatch.desk.health import Health
from tankerwatch.desk.snapshots import Remembered
from tankerwatch.desk.trails import Trails
from tankerwatch.detect import catalog, kit
from tankerwatch.pipeline import River, result_of
from tankerwatch.testing import DetectorScene

SCENES = Path(__file__).parent.parent / "detect" / "scenes"
DETECTORS = {detector.id: detector for detector in catalog.detectors()}
WORDS_OF_THE_HOUSE = {"track"}
READS = {"look", "minute", "statics", "legs", "fixes", "texts", "calls", "bases", "decisions", "feeds"}
NOW_S = 1_700_000_000.0

each = pytest.mark.parametrize("detector", DETECTORS.values(), ids=DETECTORS.keys())


def scenes_of(detector: str) -> list[Path]:
    others = [other for other in DETECTORS if other.startswith(detector) and other != detector]
    return [p for p in sorted(SCENES.glob(f"{detector}_*.toml")) if not any(p.stem.startswith(other) for other in others)]


def settings_of(detector):
    return {name: setting.value for name, setting in detector.settings.items()}


def a_table(cls: type[Table], rows: int) -> Table:
    """Rows in which every number that can be is NaN, and everything else zero or empty."""
    blank = cls.blank(rows)
    return blank.replace(**{c.name: np.full(rows, np.nan, c.dtype) for c in cls.columns() if c.dtype.kind == "f"})


def an_hour(ships: int) -> Hour:
    """Minutes in which each ship was heard, and nothing but NaN was kept."""
    newest = int(NOW_S // 60)
    minutes = np.array([newest - (newest - at) % MINUTES for at in range(MINUTES)])
    values = np.full((MINUTES, ships, HOUR_COLUMNS), np.nan, np.float32)
    return Hour(np.tile(minutes[:, None], (1, ships)), values, np.zeros((MINUTES, ships), np.uint64))


def journey(memory: Table) -> Table:
    """A table written as Arrow IPC and read back."""
    sink = io.BytesIO()
    written = arrow.table_of(memory)
    with pa.ipc.new_stream(sink, written.schema) as writer:
        writer.write_table(written)
    read = pa.ipc.open_stream(sink.getvalue()).read_all()
    columns = {}
    for c in type(memory).columns():
        filled = read[c.name] if c.missing is None else read[c.name].fill_null(pa.scalar(c.missing, read[c.name].type))
        columns[c.name] = np.array(filled.to_pylist(), c.dtype)
    back = type(memory)(**columns)
    back.check()
    return back


@each
def test_its_document_has_every_section_and_says_something(detector):
    for heading in kit.SECTIONS:
        assert len(catalog.section(detector, heading)) > 30, f"{detector.id}: {heading}"
    assert detector.document.strip().splitlines()[0].endswith(".")


@each
def test_it_is_named_after_its_file(detector):
    module = sys.modules[detector.step.__module__]
    assert Path(module.__file__).stem == detector.id
    assert re.fullmatch(r"[a-z][a-z_]*[a-z]", detector.id)
    assert detector.words and detector.words == detector.words.lower()


@each
def test_its_declaration_is_sound(detector):
    assert detector.reads and set(detector.reads) <= READS
    assert detector.key in ("ship", "pair", "all")
    assert detector.version >= 1 and detector.horizon_s > 0
    assert issubclass(detector.memory, Table)
    assert list(inspect.signature(detector.step).parameters) == ["view", "memory", "settings"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        detector.version = 2


@each
def test_every_setting_is_explained_and_within_its_bounds(detector):
    for name, setting in detector.settings.items():
        assert setting.unit and setting.meaning, f"{detector.id}.{name}"
        assert setting.low <= setting.value <= setting.high and setting.low < setting.high, f"{detector.id}.{name}"
        suffix = name.rsplit("_", 1)[-1]
        if suffix in ("s", "m", "kn", "nm", "deg"):
            assert setting.unit == suffix, f"{detector.id}.{name} is said to be in {setting.unit}"


@each
def test_every_name_that_its_document_quotes_is_a_setting(detector):
    quoted = set(re.findall(r"`([a-z_]+)`", detector.document)) - WORDS_OF_THE_HOUSE
    assert quoted <= set(detector.settings)


@each
def test_nothing_gives_nothing(detector):
    for now_s, look in ((NOW_S, True), (NOW_S, False), (math.nan, False)):
        if math.isnan(now_s) and not detector.timeless:
            continue
        view = View(now_s, look, Legs.empty(), Picture.empty(), Pairs.empty(), Heard(), Feeds.empty())
        findings, memory = detector.step(view, detector.memory.empty(), settings_of(detector))
        assert isinstance(findings, Findings) and len(findings) == 0
        assert isinstance(memory, detector.memory) and len(memory) == 0


@each
def test_nan_everywhere_breaks_nothing(detector):
    pairs = Pairs(np.array([0, 0], np.uint32), np.array([1, 2], np.uint32), *(np.full(2, np.nan, np.float32) for _ in range(5)))
    picture = a_table(Picture, 3).replace(mmsi=np.array([311000001, 311000002, 4_038_163_001], np.uint32))
    picture = picture.replace(guarded=np.array([True, False, False]), msg_type=np.array([1, 1, 0], np.uint8))
    heard = Heard(a_table(Fixes, 3), a_table(Statics, 2), a_table(Bases, 2), a_table(Texts, 2), a_table(Calls, 2))
    decisions = (Decision(NOW_S, "acknowledge", "d1", "nothing", {}),)
    memory = detector.memory.empty()
    for tick in range(5):
        rows = a_table(Legs, 3), picture, pairs, heard, a_table(Feeds, 1)
        view = View(NOW_S + 10 * tick, True, *rows, ("",), decisions, minute=True, hour=an_hour(3))
        findings, memory = detector.step(view, memory, settings_of(detector))
        findings.check()
        memory.check()


@each
def test_it_has_a_scene_and_a_decoy(detector):
    names = [path.stem for path in scenes_of(detector.id)]
    decoys = [name for name in names if name.startswith(f"{detector.id}_decoy_")]
    assert decoys, f"add tests/detect/scenes/{detector.id}_decoy_WHAT.toml: something that looks like it and is not"
    assert len(names) > len(decoys), f"add tests/detect/scenes/{detector.id}_WHAT.toml: what it must find"
    for path in scenes_of(detector.id):
        asked = [expected.detector for expected in DetectorScene.read(path).expected]
        assert (detector.id in asked) == (path.stem not in decoys), f"{path.name} must expect {detector.id} unless it is its decoy"


def test_every_scene_is_some_detectors():
    assert {path for detector in DETECTORS for path in scenes_of(detector)} == set(SCENES.glob("*.toml"))


def moving(river: River, batches: list[Batch]) -> None:
    """Take them, and let each detector lose its memory to a file after each, and read it again."""
    for batch in batches:
        river.take(batch)
        for watch in river.watches:
            watch.memory = journey(watch.memory)


def outcome(river: River) -> bytes:
    found = result_of(river)
    return json.dumps([found.alerts, found.incidents], allow_nan=False).encode()


def restarted(scene: DetectorScene, cuts: int, frame_s: int) -> River:
    """The same, each memory through a file; somewhere the desk ends, and another goes on from what was kept of the first."""
    desk, heir = (Remembered(River(scene.config(), ("scene",), frame_s=frame_s), Trails(), Health(), {}) for _ in range(2))
    batches = list(scene.batches(cuts))
    half = random.Random(scene.name).randrange(len(batches) // 4, len(batches))
    moving(desk.river, batches[:half])
    heir.thaw(*desk.freeze())
    moving(heir.river, batches[half:])
    heir.river.finish()
    return heir.river


@pytest.mark.parametrize("path", sorted(SCENES.glob("*.toml")), ids=lambda path: path.stem)
def test_scene(path):
    """It finds what it must and nothing else, the same wherever the stream is cut, through files and through a restart of the desk."""
    scene = DetectorScene.read(path)
    whole = scene.run()
    assert scene.check(whole) == []
    # Live frames where something is found, for they take long; else those of a recording.
    again = restarted(scene, 60, 1 if scene.expected else 10)
    assert outcome(again) == outcome(whole)
    assert again.decoder.counters.to_json() == whole.decoder.counters.to_json()


def test_a_cut_after_every_line():
    scene = DetectorScene.read(SCENES / "distress_decoy_tests.toml")
    assert outcome(scene.run(cuts=len(scene.received()))) == outcome(scene.run())


NEW_DETECTOR = '''"""Racing: a ship faster than ships go.

What it does      Raised when a ship sends a speed above `speed_kn`.
Why it matters    It stands here to see whether a detector can be added by one file.
When it is wrong  A speed that is no speed: some transmitters send their course there.
Sources           None; it is made up for this test.
"""

from __future__ import annotations

import numpy as np

from tankerwatch.detect.kit import Detector, Findings, Setting, Spells, View, key_of, ship_finding, spells

SETTINGS = {"speed_kn": Setting(60, "kn", "faster than this", 40, 100)}


def step(view: View, memory: Spells, settings):
    """Judge every ship at a look."""
    slots = np.flatnonzero(view.picture.sog_kn > settings["speed_kn"])
    spelled = spells(memory, key_of(view.picture.mmsi[slots]), view.now_s, hold_s=0, clear_s=60)
    found = [
        ship_finding(view, "racing", "raise", [slot], since_s=view.now_s, severity="notice", score=0.5, reason="{0} races.")
        for slot in slots[spelled.due]
    ]
    return Findings.concat(found), spelled.memory


DETECTOR = Detector(id="racing", words="racing", reads=("look",), settings=SETTINGS, memory=Spells, step=step)
'''
NEW_SCENE = """words = "A ship races."

[[ship]]
mmsi = 311000001
name = "RACER"
type = 40
track = [[0, 24.0, 58.0], [6, 24.15, 58.0]]

[[expect]]
detector = "racing"
ships = [311000001]
before = 1
"""
LOOK = """
import json, sys
from pathlib import Path
import tankerwatch
from tankerwatch.cli import main
from tankerwatch.config import load
from tankerwatch.detect import catalog
from tankerwatch.testing import DetectorScene
scene = DetectorScene.read(Path(sys.argv[1]))
river = scene.run()
wrong = scene.check(river)
alert = next(iter(river.triage.alerts.values()))
print(json.dumps({
    "package": tankerwatch.__file__,
    "detectors": [d.id for d in catalog.detectors()],
    "settings": dict(load(None, catalog.detectors()).detectors["racing"].settings),
    "wrong": wrong, "rule": alert.rule["what"], "title": alert.title,
}))
sys.exit(main(["config", "show"]))
"""


def test_adding_a_detector_touches_no_existing_file(tmp_path):
    package = tmp_path / "tankerwatch"
    shutil.copytree(Path(tankerwatch.__file__).parent, package, ignore=shutil.ignore_patterns("dist"))
    # With the compiled kernels, which numba keeps under a name made of where the sources are: only a matter of time.
    here = hashlib.sha1(str(package / "core" / "kernels").encode(), usedforsecurity=False).hexdigest()
    for kept in package.glob("core/kernels/__pycache__/compiled-*/kernels_*"):
        kept.rename(kept.with_name(f"kernels_{here}"))

    def sources():
        return {p.relative_to(package): p.read_bytes() for p in package.rglob("*") if p.is_file() and "__pycache__" not in p.parts}

    before = sources()
    (package / "detect" / "ship" / "racing.py").write_text(NEW_DETECTOR, encoding="utf-8")
    (tmp_path / "racing_flat_out.toml").write_text(NEW_SCENE, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", LOOK, str(tmp_path / "racing_flat_out.toml")], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    said, _, page = ran.stdout.partition("\n")
    told = json.loads(said)
    assert Path(told["package"]).is_relative_to(package)
    assert told["detectors"] == sorted({*DETECTORS, "racing"})
    assert told["wrong"] == []
    assert told["settings"] == {"speed_kn": 60}
    assert told["rule"].startswith("Raised when a ship sends")
    assert "racing" in told["title"]
    assert "[detect.racing]" in page and "speed_kn" in page
    after = sources()
    assert set(after) - set(before) == {Path("detect/ship/racing.py")}
    assert {path: after[path] for path in before} == before
