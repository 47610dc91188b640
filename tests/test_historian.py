"""The derived history: the same as decoding the journal, brought up to date or made anew, and valid whenever its builder dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tankerwatch
from tankerwatch import historian
from tankerwatch.config import load
from tankerwatch.core.ais.encoder import Payload, position_a, position_b, static_voyage
from tankerwatch.core.ais.framing import sentences, tag
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Fixes, Heard, Lines
from tankerwatch.decode import Decoder
from tankerwatch.detect import catalog
from tankerwatch.historian import bring_up_to_date
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.history import days, manifest
from tankerwatch.store.history.questions import History
from tankerwatch.store.journal import FileJournal

BEGIN_S = 1_718_000_000.0 - 1_718_000_000 % 86_400
DAY_S = 86_400.0
COLUMNS = ("mmsi", "msg_type", "lon_deg", "lat_deg", "sog_kn", "cog_deg", "heading_deg", "turn_raw", "nav_status", "accurate")


def report(mmsi: int, time_s: float, lat: float | None = 55.0, lon: float | None = 11.0, sog: float | None = 10.0, **more: Any) -> Payload:
    """A position report of class A."""
    told = {"cog_deg": 90.0, "heading_deg": 91.0, "utc_second": int(time_s) % 60, "accurate": True, "nav_status": 0, "turn_raw": 0, **more}
    return position_a(mmsi, lat_deg=lat, lon_deg=lon, sog_kn=sog, **told)


def class_b(mmsi: int, time_s: float) -> Payload:
    """One of class B."""
    return position_b(mmsi, lat_deg=55.0, lon_deg=11.0, sog_kn=5.0, cog_deg=0.0, utc_second=int(time_s) % 60)


class Desk:
    """Writes a journal as a watch does: batches of lines, numbered by feed."""

    def __init__(self, directory: Path, **more: Any) -> None:
        FeedRegister(directory).index_of("feed")
        self.journal = FileJournal(directory, **more)
        self.row = 0

    def hear(self, *said: tuple[float, Payload] | tuple[float, Payload, str], clock_s: float | None = None) -> None:
        """One batch of messages with their times, and stations where they have one."""
        lines, times = [], []
        for time_s, payload, *station in said:
            for sentence in sentences(payload, sequence=self.row % 10):
                lines.append(tag(sentence, time_s=time_s, station=station[0]) if station else sentence)
                times.append(time_s)
        rows = list(range(self.row + 1, self.row + 1 + len(lines)))
        self.row += len(lines)
        clock_s = max(times) if clock_s is None and times else clock_s
        self.journal.append(Batch(Lines.of(lines, times, rows), clock_s=float("nan") if clock_s is None else clock_s))
        self.journal.commit()


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.journal.close()


def content(directory: Path) -> list[tuple[Any, ...]]:
    """All rows of the history, both forms compared, in an order of their own."""
    history = History(directory)
    found = []
    for form in days.FORMS:
        rows: list[tuple[Any, ...]] = []
        for name, day in history.state.days.items():
            for part in day.parts:
                table = days.pq.read_table(part.path(history.folder / name, form))
                assert table.num_rows == part.rows
                rows += zip(*(table.column(column).to_pylist() for column in table.schema.names), strict=True)
        found.append(sorted(rows, key=repr))
    assert found[0] == found[1]
    return found[0]


def identities_of(directory: Path) -> list[dict[str, Any]]:
    return History(directory).statics().to_pylist()


def test_what_was_decoded_is_in_the_history(tmp_path, desk):
    said = [(BEGIN_S + 10 * n, report(219_000_000 + n % 3, BEGIN_S + 10 * n, 55 + n / 1000, 11 - n / 700, n % 20)) for n in range(50)]
    desk.hear(*said[:20])
    desk.hear(*said[20:])
    told = bring_up_to_date(tmp_path)
    assert (told.added, told.positions, told.days, told.copies, told.complete) == (50, 50, 1, 0, True)
    rows = History(tmp_path).area(-180, -90, 180, 90).to_arrow()
    decoder = Decoder(feed_names=("feed",))
    lines = Lines.of([s for _, p in said for s in sentences(p)], [t for t, _ in said], list(range(1, 51)))
    fixes = decoder.decode(lines).fixes
    assert rows.column("time_s").to_pylist() == fixes.time_s.tolist()
    for name in COLUMNS:
        assert rows.column(name).to_pylist() == getattr(fixes, name).tolist(), name
    assert rows.column("record").to_pylist() == list(range(1, 51))
    assert set(rows.column("station").to_pylist()) == {"feed"}
    assert History(tmp_path).ship(219_000_001).to_arrow().num_rows == 17


def test_what_is_missing_is_null_and_found_by_her_number(tmp_path, desk):
    desk.hear((BEGIN_S, report(219_000_001, BEGIN_S, None, None, None, cog_deg=None, heading_deg=None, turn_raw=None)))
    bring_up_to_date(tmp_path)
    (row,) = History(tmp_path).ship(219_000_001).to_arrow().to_pylist()
    assert [name for name, value in row.items() if value is None] == [
        "lon_deg", "lat_deg", "sog_kn", "cog_deg", "heading_deg", "turn_raw", "cell",
    ]  # fmt: skip  # one a line would hide what belongs together
    assert len(History(tmp_path).area(-180, -90, 180, 90)) == 0


def test_copies_from_other_stations_are_merged_and_what_is_no_copy_is_not(tmp_path, desk):
    first = report(219_000_001, BEGIN_S + 5)
    desk.hear((BEGIN_S + 5, first, "a"), (BEGIN_S + 6, first, "b"))
    desk.hear((BEGIN_S + 30, first, "c"))
    desk.hear((BEGIN_S + 65, first, "a"))  # a minute later: the same second of another minute, at anchor
    desk.hear((BEGIN_S + 66, report(219_000_002, BEGIN_S + 5), "a"))
    no_second = report(219_000_003, 0, utc_second=None)
    desk.hear((BEGIN_S + 70, no_second, "a"), (BEGIN_S + 71, no_second, "b"), (BEGIN_S + 80, no_second, "a"))
    told = bring_up_to_date(tmp_path)
    assert (told.positions, told.copies) == (5, 3)
    assert [row["station"] for row in History(tmp_path).ship(219_000_001).to_arrow().to_pylist()] == ["a", "a"]


events = st.lists(
    st.tuples(
        st.integers(0, 3),  # ship
        st.integers(0, 12),  # kind of message
        st.floats(-4.0, 40.0),  # how much later
        st.sampled_from(["", "a", "b"]),
        st.booleans(),  # a new batch begins
        st.booleans(),  # the history is brought up to date
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=events, far=st.sampled_from([1.0, 40.0, 3000.0]))
def test_brought_up_to_date_is_as_made_anew(tmp_path_factory, events, far):
    """Any journal, whenever its history was brought up to date: the same rows as in one go, and as the decoder gives without copies."""
    little, whole = tmp_path_factory.mktemp("little"), tmp_path_factory.mktemp("whole")
    for directory, often in ((little, True), (whole, False)):
        desk = Desk(directory, segment_bytes=1500)
        time_s, batch, newest = BEGIN_S + DAY_S - 600, [], []
        for ship, kind, later_s, station, cut, update in events:
            time_s += later_s * far
            mmsi = 219_000_000 + ship
            if kind == 0:
                payload = static_voyage(mmsi, name=f"SHIP {kind}{len(newest) % 3}", ship_type=70, to_bow_m=100, to_stern_m=20)
            elif kind == 1:
                payload = class_b(mmsi, time_s)
            elif kind < 5 and newest:
                payload = newest[-1 - kind % len(newest)]
            else:
                payload = report(mmsi, time_s, 55 + ship / 10, 11 + len(newest) / 100)
            newest.append(payload)
            batch.append((round(time_s, 3), payload, station) if station else (round(time_s, 3), payload))
            if cut:
                desk.hear(*batch)
                batch = []
            if update and often:
                bring_up_to_date(directory)
        desk.hear(*batch) if batch else None
        bring_up_to_date(directory)
        desk.journal.close()
    made = content(little)
    assert made == content(whole)
    assert identities_of(little) == identities_of(whole)
    told = bring_up_to_date(whole)
    assert told.positions + told.copies == _decoded(whole)
    bring_up_to_date(little, rebuild=True)
    assert content(little) == made
    assert len({row[-2] for row in made}) == len(made), "each of a record of its own"


def _decoded(directory: Path) -> int:
    with FileJournal(directory) as journal:
        decoder = Decoder(feed_names=("feed",))
        return sum(len(decoder.decode(batch.lines).fixes) for batch in journal.replay())


def test_late_rows_of_an_earlier_day_find_their_day(tmp_path, desk):
    desk.hear((BEGIN_S + 100, report(219_000_001, BEGIN_S + 100)))
    desk.hear((BEGIN_S + 2 * DAY_S, report(219_000_001, BEGIN_S)))
    bring_up_to_date(tmp_path)
    assert [day.sealed for day in History(tmp_path).state.days.values()] == [True, False]
    desk.hear((BEGIN_S + 50, report(219_000_001, BEGIN_S + 50, 54.0)), clock_s=BEGIN_S + 2 * DAY_S + 9)
    bring_up_to_date(tmp_path)
    state = History(tmp_path).state
    assert [(day.sealed, [part.rows for part in day.parts]) for day in state.days.values()] == [(True, [2]), (False, [1])]
    assert History(tmp_path).ship(219_000_001).to_arrow().column("lat_deg").to_pylist() == [54.0, 55.0, 55.0]


def test_many_small_updates_leave_few_files(tmp_path, desk):
    for n in range(40):
        desk.hear((BEGIN_S + 100 * n, report(219_000_001, BEGIN_S + 100 * n)))
        bring_up_to_date(tmp_path)
    (day,) = History(tmp_path).state.days.values()
    assert len(day.parts) <= 6
    assert len(list(tmp_path.glob("history/*/*.parquet"))) == 2 * len(day.parts)
    assert len(History(tmp_path).ship(219_000_001)) == 40


def test_files_are_joined_in_bounded_slices(tmp_path, desk, monkeypatch):
    monkeypatch.setattr(days, "SLICE_ROWS", 20)
    monkeypatch.setattr(days, "GROUP_ROWS", 8)
    monkeypatch.setattr(historian, "ROWS_AT_ONCE", 30)
    monkeypatch.setattr(historian, "CHUNK_LINES", 10)
    for n in range(200):
        desk.hear((BEGIN_S + 300 * n, report(219_000_000 + n * 7 % 13, BEGIN_S + 300 * n, 50 + n / 50, n - 100)))
    desk.hear((BEGIN_S + 3 * DAY_S, report(219_000_000, 0)))
    told = bring_up_to_date(tmp_path)
    assert told.positions == 201
    assert len(content(tmp_path)) == 201
    history = History(tmp_path)
    assert all(len(day.parts) == 1 for day in history.state.days.values())
    for name, day in history.state.days.items():
        ships = days.pq.read_table(day.parts[0].path(history.folder / name, "ships"))
        keys = list(zip(ships.column("mmsi").to_pylist(), ships.column("time").to_pylist(), strict=True))
        assert keys == sorted(keys)


def test_damage_in_the_journal_is_skipped_and_counted(tmp_path):
    desk = Desk(tmp_path)
    for n in range(5):
        desk.hear((BEGIN_S + 100 * n, report(219_000_001, BEGIN_S + 100 * n)))
    desk.journal.close()
    (segment,) = (tmp_path / "journal").glob("*.journal")
    raw = bytearray(segment.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    segment.write_bytes(raw)
    told = bring_up_to_date(tmp_path)
    assert (told.positions, told.damaged) == (4, 1)
    assert bring_up_to_date(tmp_path).damaged == 1


def test_decoded_rows_are_in_the_history_too(tmp_path):
    fixes = Fixes.blank(3).replace(
        time_s=np.array([BEGIN_S, BEGIN_S + 1, np.nan]), mmsi=np.array([1, 2, 3], np.uint32), msg_type=np.ones(3, np.uint8),
        lon_deg=np.array([1.0, 2.0, 3.0]), lat_deg=np.array([50.0, 51.0, 52.0]), source_row=np.arange(3, dtype=np.uint64),
    )  # fmt: skip  # one a line would hide what belongs together
    with FileJournal(tmp_path) as journal:
        journal.append(Batch(heard=Heard(fixes=fixes, stations=("table",)), clock_s=BEGIN_S + 9))
        journal.commit()
        bring_up_to_date(tmp_path)
    rows = History(tmp_path).area(0, 0, 90, 90).to_arrow().to_pylist()
    assert [(row["mmsi"], row["time_s"], row["record"], row["station"]) for row in rows] == [
        (1, BEGIN_S, 1, "table"), (2, BEGIN_S + 1, 2, "table"), (3, BEGIN_S + 9, 3, "table"),
    ]  # fmt: skip  # one a line would hide what belongs together


def test_small_craft_leave_the_history_after_thirty_days(tmp_path, desk):
    """SAFETY.md: class B, pleasure craft below 45 m and fishing boats below 15 m; everybody else stays."""
    tanker, yacht, trawler, boat, large_yacht = range(219_000_001, 219_000_006)
    small = {yacht, trawler, boat}
    for mmsi, ship_type, length in ((tanker, 80, 200), (yacht, 37, 20), (trawler, 30, 12), (large_yacht, 37, 60)):
        static = static_voyage(mmsi, name=f"NAME {mmsi % 10}", ship_type=ship_type, to_bow_m=length, to_stern_m=1)
        desk.hear((BEGIN_S + 10, static))
    for day in (0, 1, 20):
        at = BEGIN_S + day * DAY_S + 100
        desk.hear(*((at, report(mmsi, at)) for mmsi in (tanker, yacht, trawler, large_yacht)), (at, class_b(boat, at)))
    bring_up_to_date(tmp_path)
    assert set(History(tmp_path).area(-180, -90, 180, 90).to_arrow().column("mmsi").to_pylist()) == small | {tanker, large_yacht}
    desk.hear(clock_s=BEGIN_S + 32 * DAY_S)
    bring_up_to_date(tmp_path)
    old = History(tmp_path).area(-180, -90, 180, 90, None, BEGIN_S + 3 * DAY_S).to_arrow()
    assert set(old.column("mmsi").to_pylist()) == {tanker, large_yacht} and old.num_rows == 4
    assert set(History(tmp_path).ship(yacht).to_arrow().column("time_s").to_pylist()) == {BEGIN_S + 20 * DAY_S + 100}
    assert "NAME 2" in History(tmp_path).names().values()
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("history/*/*.parquet"))
    desk.hear((BEGIN_S + 60 * DAY_S, report(tanker, 0)))
    bring_up_to_date(tmp_path)
    assert raw and not small & set(History(tmp_path).area(-180, -90, 180, 90).to_arrow().column("mmsi").to_pylist())
    assert set(History(tmp_path).names().values()) == {"NAME 1", "NAME 5"}
    bring_up_to_date(tmp_path, rebuild=True)
    assert not small & set(History(tmp_path).area(-180, -90, 180, 90).to_arrow().column("mmsi").to_pylist())


def test_how_long_small_craft_stay_can_be_set(tmp_path, desk):
    (tmp_path / "desk.toml").write_text("[history]\nsmall_craft_days = 2")
    config = load(tmp_path / "desk.toml", catalog.detectors())
    desk.hear((BEGIN_S, class_b(219_000_004, BEGIN_S)))
    desk.hear(clock_s=BEGIN_S + 2.9 * DAY_S)
    assert bring_up_to_date(tmp_path, config).positions == 1
    desk.hear(clock_s=BEGIN_S + 3 * DAY_S)
    assert bring_up_to_date(tmp_path, config).positions == 0


def test_a_rebuild_keeps_what_the_journal_has_dropped(tmp_path):
    desk = Desk(tmp_path, segment_bytes=600)
    for n in range(60):
        desk.hear((BEGIN_S + 3000 * n, report(219_000_001, BEGIN_S + 3000 * n)))
    bring_up_to_date(tmp_path)
    before = content(tmp_path)
    desk.journal.close()
    segments = sorted((tmp_path / "journal").glob("*.journal"))
    assert len(segments) > 4
    for path in segments[: len(segments) // 2]:
        path.unlink()
    told = bring_up_to_date(tmp_path, rebuild=True)
    assert 0 < told.added < 60 and content(tmp_path) == before


def test_another_journal_is_refused(tmp_path, desk):
    desk.hear((BEGIN_S, report(1, BEGIN_S)))
    bring_up_to_date(tmp_path)
    path = tmp_path / "history" / "manifest.json"
    path.write_text(path.read_text().replace(json.loads(path.read_text())["journal"], "0123456789abcdef"))
    with pytest.raises(InputFault, match="another journal"):
        bring_up_to_date(tmp_path)
    assert bring_up_to_date(tmp_path, rebuild=True).positions == 1


def test_no_journal_and_no_history(tmp_path):
    with pytest.raises(InputFault, match="holds no journal"):
        bring_up_to_date(tmp_path)
    assert not (tmp_path / "history").exists()
    with pytest.raises(InputFault, match="has no history yet"):
        History(tmp_path)


def test_a_damaged_manifest_is_told_and_a_rebuild_mends_it(tmp_path, desk):
    desk.hear((BEGIN_S, report(1, BEGIN_S)))
    bring_up_to_date(tmp_path)
    (tmp_path / "history" / "manifest.json").write_text('{"version": 1, "days": 7}')
    with pytest.raises(InputFault, match="damaged"):
        bring_up_to_date(tmp_path)
    assert bring_up_to_date(tmp_path, rebuild=True).positions == 1


def test_two_builders_do_not_meet(tmp_path, desk):
    desk.hear((BEGIN_S, report(1, BEGIN_S)))
    with manifest.held(tmp_path / "history") as ours:
        assert ours
        assert not bring_up_to_date(tmp_path).complete
    assert bring_up_to_date(tmp_path).complete


BUILDER = """
import sys
from pathlib import Path
from tankerwatch import historian
from tankerwatch.store.history import days
historian.ROWS_AT_ONCE = 300
historian.CHUNK_LINES = 100
print("begin", flush=True)
historian.bring_up_to_date(Path(sys.argv[1]), rebuild=sys.argv[2] == "rebuild")
print("done", flush=True)
"""


def test_a_builder_may_be_killed_at_any_moment(tmp_path, desk):
    for n in range(400):
        at = BEGIN_S + 700 * n
        desk.hear(*((at + k, report(219_000_000 + k, at + k, 50 + k / 10, n / 40)) for k in range(10)))
    environment = {**os.environ, "PYTHONPATH": str(Path(tankerwatch.__file__).parent.parent)}
    delays = np.random.default_rng(3).random(10) * 0.5
    killed, rows = 0, 0
    for number, delay_s in enumerate(delays.tolist()):
        command = [sys.executable, "-c", BUILDER, str(tmp_path), "rebuild" if number in (5, 8) else ""]
        rows = 0 if command[-1] else rows
        child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert child.stdout is not None and child.stdout.readline()
        time.sleep(delay_s)
        child.send_signal(signal.SIGKILL)
        killed += child.wait() == -signal.SIGKILL
        child.stdout.close()
        if (tmp_path / "history" / "manifest.json").exists():
            found = len(content(tmp_path))
            assert found >= rows
            rows = found
    assert killed
    bring_up_to_date(tmp_path)
    made = content(tmp_path)
    assert len(made) == 4000
    assert not list(tmp_path.glob("history/*/*.tmp"))
    bring_up_to_date(tmp_path, rebuild=True)
    assert content(tmp_path) == made


def test_it_stops_when_told_and_goes_on_the_next_time(tmp_path, desk, monkeypatch):
    monkeypatch.setattr(historian, "CHUNK_LINES", 5)
    for n in range(30):
        desk.hear((BEGIN_S + 10 * n, report(219_000_001, BEGIN_S + 10 * n)))
    stop = threading.Event()
    stop.set()
    counts = []
    while not (told := bring_up_to_date(tmp_path, stop=stop if len(counts) < 10 else None)).complete:
        counts.append(told.positions)
    assert counts == sorted(counts) and told.positions == 30 and len(content(tmp_path)) == 30


def test_a_damaged_day_file_is_told(tmp_path, desk):
    desk.hear((BEGIN_S, report(1, BEGIN_S)))
    bring_up_to_date(tmp_path)
    for path in tmp_path.glob("history/*/*.parquet"):
        path.write_bytes(b"PAR1" + bytes(50))
    desk.hear((BEGIN_S + 9, report(1, BEGIN_S + 9)))
    with pytest.raises(InputFault, match="a file of it is damaged"):
        bring_up_to_date(tmp_path)
    assert bring_up_to_date(tmp_path, rebuild=True).positions == 2


def test_a_full_disk_leaves_what_was_there(tmp_path, desk, monkeypatch):
    desk.hear((BEGIN_S, report(1, BEGIN_S)))
    bring_up_to_date(tmp_path)
    desk.hear((BEGIN_S + 9, report(1, BEGIN_S + 9)))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(days, "_sync_directory", full)
        with pytest.raises(InputFault, match="No space left"):
            bring_up_to_date(tmp_path)
    assert len(content(tmp_path)) == 1
    assert bring_up_to_date(tmp_path).positions == 2 == len(content(tmp_path))


def test_beside_a_live_writer(tmp_path):
    """The journal grows, over many segments, while its history is brought up to date again and again."""
    desk = Desk(tmp_path, segment_bytes=3000)
    done = threading.Event()

    def watch() -> None:
        for n in range(300):
            at = BEGIN_S + 20 * n
            desk.hear(*((at, report(219_000_000 + k, at, 50 + k)) for k in range(3)))
        done.set()

    writer = threading.Thread(target=watch)
    writer.start()
    positions = [0]
    while not done.is_set():
        positions.append(bring_up_to_date(tmp_path).positions)
        assert len(content(tmp_path)) == positions[-1]
    writer.join()
    desk.journal.close()
    told = bring_up_to_date(tmp_path)
    assert positions == sorted(positions) and (told.positions, told.damaged) == (900, 0)
    made = content(tmp_path)
    bring_up_to_date(tmp_path, rebuild=True)
    assert content(tmp_path) == made
