"""The river from end to end: the same input gives the same alerts, however it comes."""

from __future__ import annotations

import gc
import gzip
import json
import math
import random
import sys
from itertools import pairwise
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tankerwatch.config import load
from tankerwatch.core.ais import encoder
from tankerwatch.core.ais.framing import sentences, tag
from tankerwatch.core.tables import FEED_SHIFT, Batch, Decision, Lines
from tankerwatch.detect import catalog
from tankerwatch.pipeline import Changes, River, analyse, result_of
from tankerwatch.store.journal import FileJournal
from tankerwatch.testing import START_S, DetectorScene

STORY = DetectorScene.read(Path(__file__).with_name("story.toml"))
FOUND = [expected.detector for expected in STORY.expected]


@pytest.fixture(scope="module")
def config():
    return load(None, catalog.detectors())


@pytest.fixture(scope="module")
def story():
    """(time, line) of the story, as it was received."""
    return STORY.received()


@pytest.fixture(scope="module")
def log(story, tmp_path_factory):
    path = tmp_path_factory.mktemp("story") / "feed.nmea"
    path.write_bytes(b"".join(line + b"\r\n" for _, line in story))
    return path


@pytest.fixture(scope="module")
def wanted(log, config):
    found = analyse([log], config=config)
    assert [alert["detector"] for alert in found.alerts] == FOUND
    return text_of(found.alerts)


def text_of(alerts):
    """The alerts as `analyse` writes them."""
    return "".join(json.dumps(alert, ensure_ascii=False, allow_nan=False) + "\n" for alert in alerts)


def test_evidence_names_line_station_and_time(wanted, story):
    for alert in map(json.loads, wanted.splitlines()):
        assert alert["evidence"]
        for piece in alert["evidence"]:
            time_s, line = story[piece["source_row"] - 1]
            assert piece["sentence"] == line.decode()
            assert piece["time_s"] == pytest.approx(time_s, abs=0.001) and piece["station"] == "r200000900"


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_zipped(log, wanted, config, tmp_path, ending):
    packed = tmp_path / f"other-name.nmea{ending}"
    pack = gzip.compress if ending == ".gz" else zstandard.ZstdCompressor().compress
    packed.write_bytes(pack(log.read_bytes()))
    assert text_of(analyse([packed], config=config).alerts) == wanted


def cut_into(log, folder, parts):
    lines = log.read_bytes().splitlines(keepends=True)
    edges = [round(len(lines) * n / parts) for n in range(parts + 1)]
    paths = [folder / f"part{n + 1}.nmea" for n in range(parts)]
    for path, (low, high) in zip(paths, pairwise(edges), strict=True):
        path.write_bytes(b"".join(lines[low:high]))
    return paths


def test_cut_into_files_and_in_a_folder(log, wanted, config, tmp_path):
    paths = cut_into(log, tmp_path, 12)  # so that part10 follows part9 and not part1
    assert text_of(analyse(paths, config=config).alerts) == wanted
    assert text_of(analyse([tmp_path], config=config).alerts) == wanted


@settings(max_examples=6)
@given(st.lists(st.integers(0, 10_000), max_size=30), st.sampled_from((1, 10)), st.booleans())
def test_cut_anywhere_and_in_any_frames(story, wanted, config, cuts, frame_s, hasty):
    lines = Lines.of([line for _, line in story], [t for t, _ in story], list(range(1, len(story) + 1)))
    edges = [0, *sorted(cut % len(story) for cut in cuts), len(story)]
    river = River(config, ("",), frame_s=frame_s)
    for low, high in pairwise(edges):
        river.take(Batch(lines=lines.take(slice(low, high))))
        if high > low and cuts:
            river.take(Batch(clock_s=story[high - 1][0]))  # a clock that says what is known anyway changes nothing
        if hasty:
            river.hasten(Changes())
    river.finish()
    assert text_of(result_of(river).alerts) == wanted


def test_out_of_order_within_the_window_it_is_the_same_ships_and_alerts(story, wanted, config, tmp_path):
    dice = random.Random(5)
    mixed = sorted(story, key=lambda line: line[0] + dice.random() * 14)
    path = tmp_path / "mixed.nmea"
    path.write_bytes(b"".join(line + b"\n" for _, line in mixed))
    found = analyse([path], config=config).alerts

    def plain(alerts):
        return [(a["id"], a["raised_s"], a["reason"], [e["sentence"] for e in a["evidence"]]) for a in alerts]

    assert plain(found) == plain([json.loads(line) for line in wanted.splitlines()])


def test_lines_that_come_hours_late_raise_and_move_nothing(story, wanted, config, tmp_path):
    """A station that was cut off delivers its log of the first minutes at the end."""
    late = [(t, line) for t, line in story if t < START_S + 600]
    path = tmp_path / "late.nmea"
    path.write_bytes(b"".join(line + b"\n" for _, line in [*story[:-200], *late, *story[-200:]]))
    found = analyse([path], config=config)
    assert [(a["id"], a["raised_s"]) for a in found.alerts] == [(a["id"], a["raised_s"]) for a in map(json.loads, wanted.splitlines())]
    assert found.counters["lines"] == len(story) + len(late)


def test_one_line_dated_years_ahead_stops_no_watch(story, wanted, config, tmp_path):
    path = tmp_path / "ahead.nmea"
    bad = tag(story[50][1].rsplit(b"\\", 1)[1], time_s=START_S + 3 * 365 * 86400, station="r1")
    path.write_bytes(b"".join(line + b"\n" for line in [*(line for _, line in story[:600]), bad, *(line for _, line in story[600:])]))
    found = analyse([path], config=config)
    assert {a["id"] for a in map(json.loads, wanted.splitlines())} <= {a["id"] for a in found.alerts}


def without_times(story):
    return [line.rsplit(b"\\", 1)[1] for _, line in story]


def base_stations(every_s=10, offset_s=0.0, minutes=62):
    for t in range(0, 60 * minutes, every_s):
        second = START_S + t + offset_s
        (line,) = sentences(encoder.base_station(2320001, second, 24.1, 58.5))
        yield START_S + t + 0.2, line


def test_a_log_without_times_is_placed_by_base_stations(story, wanted, config, tmp_path):
    path = tmp_path / "placed.nmea"
    rows = sorted([*zip([t for t, _ in story], without_times(story), strict=True), *base_stations()], key=lambda row: row[0])
    path.write_bytes(b"".join(line + b"\n" for _, line in rows))
    found = analyse([path], config=config)
    before = [json.loads(line) for line in wanted.splitlines()]
    kept = [a for a in before if a["detector"] != "false_position"]  # not to be told from a clock that is not known
    assert [(a["detector"], a["ships"][0]) for a in found.alerts] == [(a["detector"], a["ships"][0]) for a in kept]
    for there, here in zip(found.alerts, kept, strict=True):
        assert there["raised_s"] == pytest.approx(
            here["raised_s"], abs=150
        )  # where times are rough, the aim of a radar echo takes longer to tell
    assert found.words and "no times" in found.words[0]


def test_a_log_without_any_time_only_cries_for_help(story, config, tmp_path):
    path = tmp_path / "timeless.nmea"
    path.write_bytes(b"".join(line + b"\n" for line in without_times(story)))
    found = analyse([path], config=config)
    assert {a["detector"] for a in found.alerts} == {"distress"}
    assert {a["ships"][0] for a in found.alerts} == {970123456, 311000001}
    assert all(a["raised_s"] is None and a["evidence"] for a in found.alerts)
    assert len(found.words) == 1 and "no times" in found.words[0] and "distress" in found.words[0]


def test_an_empty_log_and_nonsense_find_nothing(config, tmp_path):
    nonsense = random.Random(3).randbytes(20_000)
    for content, remarks in ((b"", 0), (b"\n\n\n", 0), (nonsense, 1), (b"!AIVDM,1,1,,A,\n" * 100, 1)):
        path = tmp_path / "log.nmea"
        path.write_bytes(content)
        found = analyse([path], config=config)
        assert found.alerts == [] and found.incidents == [] and len(found.words) <= remarks, found.words
        counters = found.counters
        assert counters["lines"] == counters["used"] + counters["blank"] + sum(counters["rejected"].values())


def test_the_places_of_alerts_as_geojson(log, config):
    found = analyse([log], config=config)
    features = found.to_geojson()["features"]
    assert [f["properties"]["id"] for f in features] == [a["id"] for a in found.alerts if a["lat_deg"] is not None]
    assert all(-180 <= f["geometry"]["coordinates"][0] <= 180 for f in features)


def test_a_detector_that_is_switched_off_or_told_to_except_a_ship(log, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text('[detect.closing]\nenabled = false\n\n[detect.sudden_stop]\nexcept = ["311000001"]\n', encoding="utf-8")
    found = analyse([log], config=load(own, catalog.detectors()))
    assert [a["detector"] for a in found.alerts] == [d for d in FOUND if d not in ("closing", "sudden_stop")]


# Decisions are part of the stream.


def decided(story, wanted):
    """Batches of the story with what people said in between: each after the lines that were there then."""
    alerts = [json.loads(line) for line in wanted.splitlines()]
    closing, distress = (next(a for a in alerts if a["detector"] == d) for d in ("closing", "distress"))
    said = [
        Decision(START_S + 60.0 * 5 + 3.3, "guard", "d1", "311000002", {"guard": True, "words": ""}),
        Decision(closing["raised_s"] + 30.5, "acknowledge", "d2", closing["id"], {"words": "seen"}),
        Decision(distress["raised_s"] + 100, "dismiss", "d3", distress["id"], {"words": "a test"}),
        Decision(START_S + 60.0 * 50, "report", "d4", "", {
            "kind": "distress", "words": "smoke seen", "ship": 311000001, "lat_deg": None, "lon_deg": None, "verified": True,
            "source": "watch", "time_s": START_S + 60.0 * 49,
        }),
    ]  # fmt: skip  # one a line would hide what belongs together
    said.sort(key=lambda d: d.time_s)
    lines = Lines.of([line for _, line in story], [t for t, _ in story], list(range(1, len(story) + 1)))
    times = np.array([t for t, _ in story])
    at = 0
    for decision in said:
        until = int(np.searchsorted(times, decision.time_s))
        yield Batch(lines=lines.take(slice(at, until)), decisions=(decision,), clock_s=decision.time_s)
        at = until
    yield Batch(lines=lines.take(slice(at, None)))


def everything(river):
    found = result_of(river)
    reports = [(r.id, r.incident, r.words) for r in river.triage.reports.values()]
    return json.dumps([found.alerts, found.incidents, reports, river.fleet.register.guarded[: len(river.fleet)].tolist()], allow_nan=False)


def halved(batch):
    half = len(batch.lines) // 2
    yield Batch(lines=batch.lines.take(slice(0, half)))
    yield Batch(lines=batch.lines.take(slice(half, None)), decisions=batch.decisions, clock_s=batch.clock_s)


def test_what_people_decided_survives_the_journal_and_any_cut(story, wanted, config, tmp_path):
    first = River(config, ("",))
    with FileJournal(tmp_path) as journal:
        for batch in decided(story, wanted):
            journal.append(batch)
            journal.commit()
            first.take(batch)
    first.finish()
    alerts = {a.id: a for a in first.triage.alerts.values()}
    assert [a.detector for a in alerts.values() if a.acknowledged_s] == ["closing"]
    assert [a.detector for a in alerts.values() if a.state == "withdrawn"] == ["distress"]
    assert len(first.triage.reports) == 1
    slot = first.fleet.register.slot(311000002)
    assert first.fleet.register.guarded[slot]
    again, fine = River(config, ("",)), River(config, ("",), frame_s=1)
    with FileJournal(tmp_path) as journal:
        for batch in journal.replay():
            again.take(batch)
    again.finish()
    for batch in decided(story, wanted):
        for part in halved(batch):
            fine.take(part)
    fine.finish()
    assert everything(again) == everything(first)
    assert everything(fine) == everything(first)


def held_bytes(thing, but):
    """The size of all that can be reached from a thing, but for what is left out and for code."""
    seen, waiting, size = {id(but)}, [thing], 0
    while waiting:
        at = waiting.pop()
        if id(at) in seen or isinstance(at, type | ModuleType | FunctionType | MethodType | BuiltinFunctionType):
            continue
        seen.add(id(at))
        size += sys.getsizeof(at)
        waiting += gc.get_referents(at)
    return size


def test_memory_stays_bounded_on_a_long_stream(config):
    """Hours of a few ships: what is held after the third is held after the sixth, and no more. (The ring has tests of its own.)"""
    river = River(config)

    def hour(n):
        lines, times = [], []
        for t in range(n * 3600, (n + 1) * 3600, 20):
            for ship in range(6):
                lat = 24.0 + ship / 10 + 0.15 * math.sin(t / 7200 * math.pi)
                sog = 0.15 * 60 * 3600 * math.pi / 7200 * abs(math.cos(t / 7200 * math.pi))
                course = 0.0 if math.cos(t / 7200 * math.pi) > 0 else 180.0
                lines.append(sentences(encoder.position_a(311000000 + ship, lat, 58.0 + ship, sog, course, course, 0, t % 60))[0])
                times.append(float(START_S + t))
            lines.append(b"$GPZDA,nonsense*00")
            times.append(float(START_S + t))
        river.take(Batch(lines=Lines.of(lines, times, list(range(n * 10_000 + 1, n * 10_000 + 1 + len(lines))))))

    sizes = []
    for n in range(6):
        hour(n)
        sizes.append(held_bytes(river, but=river.ring))
    assert sizes[2] > 10_000
    assert sizes[5] < sizes[2] + 2_000, sizes
    assert len(river.fleet) == 6


def test_the_desk_s_own_absence_is_nobody_s_silence() -> None:
    """A feed that delivered steadily, a desk that was down for an hour: no alert of a silent feed, nor of ships gone dark."""
    scene = DetectorScene.read(Path(__file__).parent / "detect" / "scenes" / "dark_in_the_lane.toml")
    received = scene.received()
    begin_s = received[0][0]
    before = [(t, line) for t, line in received if t < begin_s + 45 * 60]
    after = [(t + 3600, line) for t, line in received if t >= begin_s + 45 * 60 and t < begin_s + 49 * 60]

    def lines(part: list[tuple[float, bytes]], first: int) -> Lines:
        return Lines.of([line for _, line in part], [t for t, _ in part], list(range(first, first + len(part))))

    def alerts(said: tuple[Decision, ...]) -> list[str]:
        river = River(load(None, catalog.detectors()), ("feed",))
        river.take(Batch(lines=lines(before, 1)))
        river.take(Batch(decisions=said))
        river.take(Batch(lines=lines(after, 1 + len(before))))
        river.finish()
        return [alert.detector for alert in river.triage.alerts.values()]

    assert alerts(()) == ["feed"]
    assert alerts((Decision(after[0][0] - 1, "desk", "desk-1", "", {"state": "started"}),)) == []


def test_what_was_wrong_with_a_feed_is_not_well_because_the_desk_begins_again(config) -> None:
    """A dead feed and a silent one are one alert each over a restart, with all that was answered, until they are heard again."""
    river = River(config, ("well", "silent", "dead"))
    position = sentences(encoder.position_a(311_000_001, 25.0, 57.0, 6.0, 90.0, 90, 0, 0))[0]

    def feed(state: str, at_s: float) -> Decision:
        return Decision(at_s, "feed", f"feed-2-{at_s}", "", {"feed": 2, "state": state, "words": ""})

    def flow(begin: int, end: int, *feeds: int, said: tuple[Decision, ...] = ()) -> list[tuple[str, int]]:
        """Each of these feeds delivers every ten seconds of those minutes; the state and the history of each alert afterwards."""
        rows = [(START_S + at, feed << FEED_SHIFT | at + 1) for at in range(60 * begin, 60 * end, 10) for feed in feeds]
        river.take(Batch(decisions=said))
        river.take(Batch(lines=Lines.of([position] * len(rows), [at for at, _ in rows], [row for _, row in rows])))
        return [(alert.state, len(alert.history)) for alert in river.triage.alerts.values()]

    flow(0, 10, 0, 1, 2)
    before = flow(10, 20, 0, said=(feed("dead", START_S + 600),))
    assert [state for state, _ in before] == ["open", "open"]
    again_s = START_S + 3600
    started = Decision(again_s, "desk", "desk-1", "", {"state": "started"})
    assert flow(60, 64, 0, said=(started, feed("dead", again_s))) == before, "neither has been heard"
    told = flow(64, 70, 0, 1, 2, said=(feed("open", again_s + 240),))
    assert [state for state, _ in told] == ["closed", "closed"]
