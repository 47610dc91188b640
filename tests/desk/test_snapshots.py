"""The law of a restart: what a snapshot and the journal after it tell is what the desk knew that never stopped, byte for byte."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tankerwatch
from tankerwatch.config import load
from tankerwatch.core.incidents import Alert
from tankerwatch.core.tables import Batch, Decision, Lines
from tankerwatch.desk.health import Health
from tankerwatch.desk.live import LiveDesk
from tankerwatch.desk.snapshots import Keeper, Remembered, code, digest_of, made_of, recalled
from tankerwatch.desk.trails import Trails
from tankerwatch.detect import catalog
from tankerwatch.pipeline import River, result_of
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.snapshots import At, found, read_header, snapshots_of
from tankerwatch.testing import START_S
from tankerwatch.web.live import Hub


@pytest.fixture(scope="module")
def config():
    return load(None, catalog.detectors())


def live(received, said=()):
    """What was received as a desk takes it: a few lines at a time, its clock now and then alone, decisions at their time."""
    dice, at, batches, number = random.Random(3), 0, [], 1
    said = sorted(said, key=lambda decision: decision.time_s)
    while at < len(received):
        until = min(at + dice.randrange(1, 30), len(received))
        part = received[at:until]
        clock_s = part[-1][0] + 0.05
        lines = Lines.of([line for _, line in part], [t for t, _ in part], list(range(number, number + len(part))))
        due = tuple(decision for decision in said if decision.time_s <= clock_s)
        said = said[len(due) :]
        batches.append(Batch(lines=lines, decisions=due, clock_s=clock_s))
        if dice.random() < 0.3 and until < len(received):
            batches.append(Batch(clock_s=max(clock_s, received[until][0] - 0.01)))
        at, number = until, number + len(part)
    return batches


@pytest.fixture(scope="module")
def batches(story, config):
    """The story with what people decided of it."""
    river = River(config, ("feed",))
    river.take(Batch(lines=Lines.of([line for _, line in story], [t for t, _ in story], list(range(1, len(story) + 1)))))
    closing, distress = (next(a for a in river.triage.alerts.values() if a.detector == d) for d in ("closing", "distress"))
    said = [
        Decision(START_S + 303.3, "guard", "d1", "311000002", {"guard": True, "words": ""}),
        Decision(closing.raised_s + 30.5, "acknowledge", "d2", closing.id, {"words": "seen"}),
        Decision(distress.raised_s + 100, "dismiss", "d3", distress.id, {"words": "a test"}),
    ]
    return live(story, said)


class Run:
    """A desk without sources: batches are given by hand. It dies with `kill`, and has written only what its keeper did."""

    def __init__(self, data, config, name="feed", **every):
        self.journal = FileJournal(data)
        self.register = FeedRegister(data)
        self.register.index_of(name)
        every = {"every_s": 1e9, "every_records": 1 << 60, **every}
        self.keeper = Keeper(data, self.journal, config, lambda: self.register.names, **every)
        self.desk = LiveDesk(config, self.journal, self.register, Hub(), keeper=self.keeper)
        self.read = 0
        self.desk.rebuild(self._read)
        self.desk.inbox.waiting.clear()  # that the desk was started: here it never was away

    def _read(self, _lines):
        self.read += 1

    def take(self, batches):
        for batch in batches:
            self.desk._carry([batch], None)

    def snapshot(self):
        with self.desk.lock:
            self.keeper._make(self.desk._remembered(), self.desk._tip)
        self.keeper._writing.result()

    def kill(self):
        self.journal.close()


def known(desk):
    """Everything that a desk would tell, as text, once its clock has come to the next second."""
    with desk.lock:
        desk.river.take(Batch(clock_s=float(np.floor(desk.river.clock_s) + 1)))
    river, end = desk.river, result_of(desk.river)
    tracks = [desk.trails.track(slot, river.clock_s) for slot in range(len(river.fleet))]
    rows = [list(desk.trails.rows.get(slot, ())) for slot in range(len(river.fleet))]
    picture = {column.name: getattr(river.fleet.picture(river.clock_s), column.name).tolist() for column in river.picture.columns()}
    # When something was heard is noted by frames, which are longer while the journal is read.
    health = [(index, r.lines, r.messages, sorted(r.ships), sorted(r.stations)) for index, r in desk.health.feeds.items()]
    lines = [desk.register.lines_of(index) for index in range(3)]
    cells = {column.name: getattr(river.learner.context.cells, column.name).tolist() for column in river.learner.context.cells.columns()}
    kept = [len(river.ring), river.clock_s, repr(river.triage.refused), river.fleet.stations]
    told = [end.alerts, end.incidents, end.counters, tracks, rows, picture, health, lines, cells, kept]
    return json.dumps([told, river.fleet.register.guarded[: len(river.fleet)].tolist()])


@pytest.fixture(scope="module")
def wanted(batches, config, tmp_path_factory):
    run = Run(tmp_path_factory.mktemp("never"), config)
    run.take(batches)
    told = known(run.desk)
    run.kill()
    return told


@pytest.mark.parametrize("seed", range(6))
def test_restarted_anywhere_it_knows_what_it_would_have_known(seed, batches, config, wanted, tmp_path):
    """Snapshots at random places, killed at random places after them, several times."""
    dice = random.Random(seed)
    cuts = sorted(dice.sample(range(1, len(batches)), 6))
    at = 0
    for cut in [*cuts, len(batches)]:
        run = Run(tmp_path, config)
        part = batches[at:cut]
        written = dice.randrange(len(part) + 1)
        run.take(part[:written])
        run.snapshot()
        run.take(part[written:])
        at = cut
        told = known(run.desk)
        run.kill()
    assert told == wanted
    # And once more, with a part of the journal only.
    run = Run(tmp_path, config)
    assert known(run.desk) == wanted
    assert run.read < len(batches)
    run.kill()


OTHER_PROCESS = """
import json, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import importlib.util
spec = importlib.util.spec_from_file_location("cases", sys.argv[2])
cases = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cases)
config = cases.load(None, cases.catalog.detectors())
run = cases.Run(Path(sys.argv[3]), config)
print(json.dumps([run.read, cases.known(run.desk)]))
"""


def test_in_another_process_it_is_the_same(batches, config, wanted, tmp_path):
    """Where names have other hashes: what is remembered of them must not depend on that."""
    half = len(batches) // 2
    run = Run(tmp_path, config)
    run.take(batches[:half])
    run.snapshot()
    run.take(batches[half:])
    run.kill()
    home = str(Path(tankerwatch.__file__).parent.parent)
    for seed in ("1", "2"):
        command = [sys.executable, "-c", OTHER_PROCESS, home, __file__, str(tmp_path)]
        ran = subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True)
        read, told = json.loads(ran.stdout.splitlines()[-1])
        assert 0 < read < len(batches) and told == wanted


@pytest.fixture(scope="module")
def stopped(batches, config, tmp_path_factory):
    """A data directory with two snapshots and some journal after them."""
    data = tmp_path_factory.mktemp("stopped") / "data"
    run = Run(data, config)
    for low, high in ((0, len(batches) // 3), (len(batches) // 3, len(batches) // 2)):
        run.take(batches[low:high])
        run.snapshot()
    run.take(batches[len(batches) // 2 :])
    run.kill()
    return data


def damage(path):
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def test_a_damaged_one_gives_way_to_the_older_and_that_to_the_journal(stopped, batches, config, wanted, tmp_path, caplog):
    data = shutil.copytree(stopped, tmp_path / "data")
    newest, older = found(data)
    reads = []
    for hurt in (None, newest, older):
        if hurt is not None:
            damage(hurt)
        run = Run(data, config)
        assert known(run.desk) == wanted
        reads.append(run.read)
        run.kill()
    assert reads[0] < reads[1] < reads[2]
    assert [record.getMessage() for record in caplog.records] == [
        f"{newest.name} is damaged: passed over", f"{newest.name} is damaged: passed over", f"{older.name} is damaged: passed over",
    ]  # fmt: skip  # one a line would hide what belongs together


def test_one_of_another_configuration_version_or_journal_is_passed_over(stopped, config, wanted, tmp_path, caplog, monkeypatch):
    data = shutil.copytree(stopped, tmp_path / "data")
    own = tmp_path / "own.toml"
    own.write_text("[detect.closing]\nhold_s = 7\n", encoding="utf-8")
    other = load(own, catalog.detectors())
    for made, why in ((other, "configuration"), (config, "version")):
        if why == "version":
            monkeypatch.setattr(tankerwatch, "__version__", "99")
        run = Run(data, made)
        run.kill()
        assert len(caplog.records) == 2 and all(why in record.getMessage() for record in caplog.records)
        caplog.clear()
    monkeypatch.undo()
    empty = tmp_path / "empty"
    shutil.copytree(snapshots_of(data), snapshots_of(empty))
    run = Run(empty, config)
    assert run.read == 0 and len(run.desk.river.fleet) == 0
    assert len(caplog.records) == 2 and all("another journal" in record.getMessage() for record in caplog.records)
    run.kill()


def test_one_of_records_that_the_journal_has_not_is_passed_over(batches, config, tmp_path):
    """A journal restored from a copy that lagged, and gone another way since: the same numbers, other records."""
    data = tmp_path / "data"
    run = Run(data, config)
    run.take(batches[:20])
    run.kill()
    kept = shutil.copytree(data / "journal", tmp_path / "kept")
    run = Run(data, config)
    run.take(batches[20:40])
    run.snapshot()
    made = made_of(config, run.journal.mark, ("feed",))
    run.kill()
    shutil.rmtree(data / "journal")
    shutil.copytree(kept, data / "journal")

    def passed_over():
        told: list[str] = []
        remembered = Remembered(River(config, ("feed",)), Trails(), Health(), {})
        assert recalled(data, remembered, made=made, tell=told.append) is None
        assert len(remembered.river.fleet) == 0
        return told

    (words,) = passed_over()
    assert "this journal has not" in words
    run = Run(data, config)
    run.take(batches[30:60])
    assert run.journal.stored.frame > read_header(next(found(data))).at.frame
    run.kill()
    assert passed_over() == [words]


def test_a_feed_that_came_since_is_known(stopped, config, tmp_path):
    data = shutil.copytree(stopped, tmp_path / "data")
    FeedRegister(data).index_of("second")
    run = Run(data, config)
    assert run.desk.river.feed_names == ("feed", "second")
    from tankerwatch.core.ais import encoder
    from tankerwatch.core.ais.framing import sentences

    (line,) = sentences(encoder.position_a(311000777, 24.0, 58.0, 10.0, 0.0, 0, 0, 5))
    now_s = run.desk.river.clock_s + 5
    run.take([Batch(lines=Lines.of([line], [now_s], [(1 << 48) + 1])), Batch(clock_s=now_s + 20)])
    river = run.desk.river
    assert [river.fleet.stations[station] for station in river.fleet.hearings(river.fleet.register.slot(311000777))] == ["second"]
    run.kill()


def test_it_is_written_in_time_of_what_is_durable_only(batches, config, tmp_path):
    now = [0.0]
    run = Run(tmp_path, config, every_s=300.0, every_records=100, monotonic_s=lambda: now[0])

    def there():
        if run.keeper._writing is not None:
            run.keeper._writing.result()
        return [read_header(path).at for path in found(tmp_path)]

    run.take(batches[:20])
    assert there() == []
    now[0] = 25.0
    run.take(batches[20:40])
    (first,) = there()
    assert first.record >= 100 and first.frame <= run.journal.stored.frame
    now[0] = 26.0
    run.take(batches[40:60])
    assert there() == [first]
    now[0] = 400.0
    run.take(batches[60:61])
    newest, _ = there()
    stored = run.journal.stored
    assert newest == At(stored.frame, run.journal.records, run.desk.river.clock_s, stored.chain.hex())
    run.journal._failure = "No space left on device"
    now[0] = 800.0
    with run.desk.lock:
        run.keeper.consider(run.desk._remembered(), run.keeper.tip(run.journal.records))
    run.journal._failure = ""
    assert there()[0] == newest
    run.desk.close()
    assert there()[0] == newest, "nothing has come since"
    run.kill()


def test_digests_are_of_what_matters(config, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('[desk]\nlisten = "127.0.0.1:9999"\n', encoding="utf-8")
    assert digest_of(load(own, catalog.detectors())) == digest_of(config)
    own.write_text('[guard]\nships = ["311000001", "311000002"]\n', encoding="utf-8")
    one = digest_of(load(own, catalog.detectors()))
    own.write_text('[guard]\nships = ["311000002", "311000001"]\n', encoding="utf-8")
    assert one == digest_of(load(own, catalog.detectors())) != digest_of(config)
    assert code() == code() and len(code()) == 32


def test_a_restart_after_a_clean_stop_reads_no_journal(peer, start_desk, tmp_path):
    """The real desk: stopped, its journal's old records taken away: what it shows comes from the snapshot."""
    data, station = tmp_path / "data", peer()
    from tankerwatch.core.ais import encoder
    from tankerwatch.core.ais.framing import sentences, tag

    def say(ship, lat, status=0):
        import time

        now_s = time.time()  # noqa: TID251 a peer has a clock of its own
        (line,) = sentences(encoder.position_a(ship, lat, 58.0, 10.0, 0.0, 0, status, int(now_s) % 60))
        station.send(tag(line, time_s=now_s, station="r200000900") + b"\r\n")

    with start_desk(f"tcp://127.0.0.1:{station.port}", data) as desk:
        station.wait_for_desk()
        say(970123456, 24.2, 14)
        say(311000001, 24.0)
        (alert,) = desk.until(lambda d: d.get("/api/alerts")["alerts"])
        assert desk.ask("POST", f"/api/alerts/{alert['id']}/acknowledge", {"words": "seen"})[0] == 200
        assert desk.stop() == 0
        assert desk.process.stderr.read() == ""
    (path,) = found(data)
    for _ in range(2):
        with start_desk(f"tcp://127.0.0.1:{station.port}", data) as desk:
            (again,) = desk.get("/api/alerts")["alerts"]
            assert again["acknowledged_s"] is not None and again["id"] == alert["id"] and again["evidence"] == alert["evidence"]
            assert desk.health()["ships"] == 2
            assert desk.stop(signal.SIGKILL) == -signal.SIGKILL
            said = desk.process.stderr.read()
            assert ("passed over" in said) == (not path.read_bytes())
        for each in found(data):
            each.write_bytes(b"")


def test_where_nobody_listened_a_track_has_a_gap(batches, config, tmp_path):
    run = Run(tmp_path, config)
    half = len(batches) // 2
    run.take(batches[:half])
    run.snapshot()
    run.kill()
    run = Run(tmp_path, config)
    away_s = batches[half - 1].clock_s + 0.5
    run.take([Batch(decisions=(Decision(away_s, "desk", "desk-1", "", {"state": "started"}),), clock_s=away_s)])
    run.take(batches[half:])
    gaps = 0
    for slot in range(len(run.desk.river.fleet)):
        track = run.desk.trails.track(slot, run.desk.river.clock_s)
        times = np.array(track["time_s"])
        holes = [at for at, lat in enumerate(track["lat_deg"]) if lat is None]
        if len(times) and times[0] < away_s - 60 and times[-1] > away_s + 60:
            assert len(holes) == 1 and times[holes[0] - 1] <= away_s < times[holes[0] + 1]
            assert abs(times[holes[0]] - away_s) < 0.5
            gaps += 1
    assert gaps >= 2
    assert not [a for a in run.desk.river.triage.alerts.values() if isinstance(a, Alert) and a.detector in ("feed", "dark")]
    run.kill()
