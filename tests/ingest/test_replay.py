"""The player of recordings, by a clock that the test turns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tankerwatch.core.tables import Bases, Batch, Decision, Fixes, Heard, Lines, Statics
from tankerwatch.ingest import replay
from tankerwatch.ingest.file import RecordedFiles
from tankerwatch.ingest.recorded import recorded
from tankerwatch.ingest.replay import LONGEST_PAUSE_S, LONGEST_STEP_S, Player

T = 1_560_393_600.0


@dataclass
class Clock:
    now_s: float = 1000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Source:
    """A source of given batches, and how many of them were asked for."""

    given: list[Batch]
    asked: int = 0
    name: str = "given"

    def batches(self) -> Iterator[Batch]:
        for batch in self.given:
            self.asked += 1
            yield batch


def lines_at(*times: float, first: int = 1) -> Lines:
    return Lines.of([b"line %d" % (first + i) for i in range(len(times))], list(times), list(range(first, first + len(times))))


def seconds(*spans: range) -> Source:
    """One line a second, a batch for each span."""
    first = 1
    made = []
    for span in spans:
        made.append(Batch(lines=lines_at(*(T + s for s in span), first=first)))
        first += len(span)
    return Source(made)


@dataclass
class Desk:
    """Plays, and keeps what it was given."""

    player: Player
    clock: Clock
    given: list[Batch] = field(default_factory=list)

    def look(self, after_s: float) -> list[float]:
        """The times after T of the lines that are due when so much more time has passed."""
        self.clock.now_s += after_s
        batches = self.player.due()
        self.given += batches
        return [time - T for batch in batches for time in batch.lines.time_s.tolist()]


def desk_of(source: Source | RecordedFiles, speed: float = 1.0) -> Desk:
    clock = Clock()
    return Desk(Player(source, speed, monotonic_s=clock), clock)


def come(desk: Desk) -> float:
    assert desk.player.clock_s is not None
    return desk.player.clock_s - T


def test_what_the_clock_has_reached_is_given() -> None:
    desk = desk_of(seconds(range(40), range(40, 100)), 10.0)
    assert desk.player.clock_s is None
    assert desk.look(5.0) == [0]  # it begins with the first look
    assert desk.look(0.05) == []
    assert come(desk) == 0.5
    assert desk.look(0.05) == [1]
    assert desk.given[-1].clock_s == T + 1
    assert desk.look(0.85) == [2, 3, 4, 5, 6, 7, 8, 9]
    assert desk.given[-1].clock_s == T + 9.5
    desk.look(1.0)
    desk.look(1.0)
    desk.look(1.0)
    assert desk.look(0.25) == [40, 41, 42]
    assert not desk.player.ended


def test_a_speed_counts_from_the_moment_it_is_set() -> None:
    desk = desk_of(seconds(range(100)), 2.0)
    desk.look(0)
    desk.clock.now_s += 0.5
    desk.player.speed = 20.0
    assert desk.player.speed == 20.0
    assert come(desk) == 0  # and says nothing that was not given yet
    assert desk.look(0.25) == [1, 2, 3, 4, 5, 6]


def test_it_stands_still_while_paused() -> None:
    desk = desk_of(seconds(range(100)), 10.0)
    desk.look(0)
    desk.clock.now_s += 0.5
    desk.player.paused = True
    assert desk.look(0.5) == []
    assert desk.look(100) == []
    assert desk.player.paused
    desk.clock.now_s += 0.9
    desk.player.paused = False
    assert desk.look(0.1) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("speed", [0, -1, math.nan, math.inf])
def test_a_speed_is_above_0(speed: float) -> None:
    desk = desk_of(seconds(range(3)), 7.0)
    with pytest.raises(ValueError, match="above 0"):
        desk.player.speed = speed
    assert desk.player.speed == 7.0
    with pytest.raises(ValueError, match="above 0"):
        desk_of(seconds(range(3)), speed)


def test_a_desk_that_was_held_up_goes_on_where_it_was() -> None:
    desk = desk_of(seconds(range(100)), 10.0)
    desk.look(0)
    assert desk.look(3600)[-1] == LONGEST_STEP_S * 10


def test_a_clock_that_goes_back_moves_nothing() -> None:
    desk = desk_of(seconds(range(100)), 10.0)
    desk.look(0)
    desk.look(0.5)
    assert desk.look(-100) == []
    assert come(desk) == 5
    assert desk.look(0.1) == [6]


def test_a_long_silence_is_skipped_and_a_shorter_one_is_not() -> None:
    shorter = desk_of(seconds(range(1), range(600, 601)), 10.0)
    assert shorter.look(0) == [0]
    assert shorter.look(0.1) == []
    assert come(shorter) == 1
    longer = desk_of(seconds(range(1), range(602, 700)), 10.0)
    assert longer.look(0) == [0]
    assert longer.look(0.1) == [602]
    assert come(longer) == 602
    slow = desk_of(seconds(range(1), range(50, 51)), 0.1)  # five minutes; but of the sea's time less than a minute
    slow.look(0)
    assert slow.look(0.5) == []
    assert LONGEST_PAUSE_S == 60


def test_until_skips_no_silence() -> None:
    """What a journal holds already is passed over by its clock: nothing after it may go the same way."""
    desk = desk_of(seconds(range(10), range(100_000, 100_010)), 1.0)
    assert [len(batch.lines) for batch in desk.player.until(T + 9)] == [10]
    assert come(desk) == 9
    assert desk.look(0)[0] == 100_000


def test_the_hours_before_run_at_once_and_in_bounded_memory() -> None:
    source = seconds(*(range(s, s + 100) for s in range(0, 10_000, 100)))
    desk = desk_of(source, 10.0)
    before = desk.player.until(T + 5050)
    next(before)
    assert source.asked <= 2
    rest = list(before)
    assert rest[-1].lines.time_s[-1] == T + 5050
    assert rest[-1].clock_s == T + 5050
    assert come(desk) == 5050
    assert desk.look(0) == []
    assert desk.look(0.2) == [5051, 5052]


def test_until_before_the_first_gives_nothing() -> None:
    desk = desk_of(seconds(range(100, 200)))
    assert list(desk.player.until(T + 50)) == []
    assert come(desk) == 50


def test_at_the_end_the_clock_stands() -> None:
    desk = desk_of(seconds(range(3)), 10.0)
    desk.look(0)
    assert desk.look(1) == [1, 2]
    assert desk.player.ended
    # The last second is over, so that its frame is judged; the end is no silence, so no more than that.
    assert desk.given[-1].clock_s == T + 3
    for _ in range(3):
        assert desk.look(1) == []
    assert come(desk) == 3


def test_an_empty_recording_ends() -> None:
    desk = desk_of(Source([]))
    assert desk.look(0) == []
    assert desk.player.ended
    assert desk.player.clock_s is None


def test_without_times_all_is_given_in_bounded_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MOST_ROWS", 1000)
    source = Source([Batch(lines=lines_at(*[math.nan] * 100, first=1 + 100 * i)) for i in range(50)])
    desk = desk_of(source)
    looks = []
    while not desk.player.ended:
        looks.append(len(desk.look(0.1)))
        assert source.asked <= 11 * len(looks)
    assert max(looks) <= 1100
    assert sum(looks) == 5000
    assert desk.player.clock_s is None
    assert all(math.isnan(batch.clock_s) for batch in desk.given)


def test_more_than_the_memory_should_hold_comes_in_parts_and_the_clock_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MOST_ROWS", 500)
    source = seconds(*(range(s, s + 100) for s in range(0, 10_000, 100)))
    desk = desk_of(source, 3000.0)
    desk.look(0)
    seen = desk.look(1.0)
    assert len(seen) < 700
    assert come(desk) == seen[-1]  # so that nobody is told that more has come
    assert desk.given[-1].clock_s == T + seen[-1]
    while not desk.player.ended:
        seen += desk.look(0.01)
    assert seen == list(range(1, 10_000))


def test_rows_without_a_time_come_with_those_before_them() -> None:
    desk = desk_of(Source([Batch(lines=lines_at(math.nan, T, math.nan, T + 2, math.nan, T + 1, T + 3))]))
    desk.look(0)
    assert len(desk.given[0].lines) == 3
    desk.look(1)
    assert len(desk.given) == 1
    desk.look(1)
    assert desk.given[1].lines.source_row.tolist() == [4, 5, 6]


def test_each_table_and_the_decisions_are_cut_by_their_own_times() -> None:
    heard = Heard(
        fixes=Fixes.blank(3).replace(time_s=np.array([T, T + 1, T + 2])),
        statics=Statics.blank(1).replace(time_s=np.array([T + 2])),
        bases=Bases.blank(2).replace(time_s=np.array([T + 1, T + 5])),
        stations=("shore",),
    )
    decisions = (Decision(T + 1, "report", "a"), Decision(T + 3, "report", "b"), Decision(T + 2, "report", "c"))
    desk = desk_of(Source([Batch(lines_at(T, T + 4), heard, decisions, T + 10)]))
    for _ in range(11):
        desk.look(1)
    shape = []
    for batch in desk.given:
        told = batch.heard or Heard()
        counts = (len(batch.lines), len(told.fixes), len(told.statics), len(told.bases))
        shape.append((*counts, "".join(d.id for d in batch.decisions), batch.clock_s - T))
        assert told.stations == ("shore",) or not any(counts)
    assert shape == [
        (1, 1, 0, 0, "", 0),
        (0, 1, 0, 1, "a", 1),
        (0, 1, 1, 0, "", 2),
        (0, 0, 0, 0, "bc", 3),
        (1, 0, 0, 0, "", 4),
        (0, 0, 0, 1, "", 5),
        (0, 0, 0, 0, "", 11),
    ]


@st.composite
def sources(draw: st.DrawFn) -> Source:
    """Batches of everything, in order of receipt or nearly, with ties, silences and rows without a time."""
    steps = st.sampled_from([0.0, 0.0, 0.25, 1.0, 7.0, 100.0, -3.0, math.nan])
    made: list[Batch] = []
    begun_s = T
    for number in range(draw(st.integers(0, 8))):

        def some(most: int, begun_s: float = begun_s) -> list[float]:
            found: list[float] = []
            for step in draw(st.lists(steps, max_size=most)):
                found.append(max([begun_s, *(time for time in found if time == time)]) + step)
            return found

        lines, fixes, statics, decisions = some(6), some(6), some(2), some(2)
        rows = np.arange(6, dtype=np.uint64) + np.uint64(100 * number)
        heard = Heard(
            fixes=Fixes.blank(len(fixes)).replace(time_s=np.array(fixes), source_row=rows[: len(fixes)]),
            statics=Statics.blank(len(statics)).replace(time_s=np.array(statics), source_row=rows[: len(statics)]),
        )
        said = tuple(Decision(time_s, "report", f"{number}-{at}") for at, time_s in enumerate(decisions))
        begun_s = max([begun_s, *(time for time in [*lines, *fixes, *statics, *decisions] if time == time)])
        clock_s = draw(st.sampled_from([math.nan, begun_s, begun_s + 5]))
        begun_s = float(np.fmax(begun_s, clock_s))
        made.append(Batch(lines_at(*lines, first=100 * number), heard if fixes or statics else None, said, clock_s))
    return Source(made)


Row = tuple[str, object, float]


def rows_of(batch: Batch) -> Iterator[Row]:
    """Table, name and time of each row."""
    heard = batch.heard or Heard()
    for name, table in (("lines", batch.lines), ("fixes", heard.fixes), ("statics", heard.statics)):
        yield from ((name, row, time_s) for row, time_s in zip(table.source_row.tolist(), table.time_s.tolist(), strict=True))
    yield from (("decisions", decision.id, decision.time_s) for decision in batch.decisions)


def content(batches: list[Batch]) -> dict[str, list[object]]:
    """The rows of each table, in order."""
    found: dict[str, list[object]] = {"lines": [], "fixes": [], "statics": [], "decisions": []}
    for batch in batches:
        for table, row, _ in rows_of(batch):
            found[table].append(row)
        assert all(batch.lines.line(i) == b"line %d" % row for i, row in enumerate(batch.lines.source_row.tolist()))
    return found


def punctual(batches: list[Batch]) -> set[Row]:
    """The rows that neither came late nor lack a time."""
    found = set()
    newest_s = -math.inf
    for batch in batches:
        reached: dict[str, float] = {}
        for table, row, time_s in rows_of(batch):
            reached[table] = max(reached.get(table, newest_s), time_s if time_s == time_s else -math.inf)
            if time_s == reached[table]:
                found.add((table, row, time_s))
        newest_s = max([newest_s, *reached.values(), *([batch.clock_s] if batch.clock_s == batch.clock_s else [])])
    return found


acts = st.one_of(
    st.tuples(st.just("wait"), st.floats(0, 3)),
    st.tuples(st.just("due"), st.just(0.0)),
    st.tuples(st.just("speed"), st.floats(0.1, 200)),
    st.tuples(st.just("paused"), st.sampled_from([0.0, 1.0])),
    st.tuples(st.just("until"), st.floats(0, 40)),
)


@pytest.mark.parametrize("most", [1, 4, 1 << 16])
@given(source=sources(), story=st.lists(acts, max_size=40))
def test_however_it_is_played_all_is_given_once_in_order_and_not_before_its_time(
    source: Source, story: list[tuple[str, float]], most: int
) -> None:
    desk = desk_of(source, 3.0)
    player, clock = desk.player, desk.clock
    owed_s = 0.0
    begun = False
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replay, "MOST_ROWS", most)
        for act, value in [*story, ("paused", 0.0), ("speed", 50.0), *[("wait", 1.0), ("due", 0.0)] * 100]:
            before_s = player.clock_s
            if act == "wait":
                clock.now_s += value
                owed_s += value * player.speed if begun and before_s is not None and not player.paused else 0.0
            elif act == "speed":
                player.speed = value
            elif act == "paused":
                player.paused = bool(value)
            elif act == "until":
                until_s = (T if before_s is None else before_s) + value
                desk.given += player.until(until_s)
                assert player.ended or player.clock_s == until_s
            else:
                begun = True
                given = player.due()
                desk.given += given
                assert not (player.paused and given)
                assert sum(1 for batch in given[:-1] for _ in rows_of(batch)) < most
                if before_s is not None and player.clock_s is not None and not player.ended:
                    passed_s = player.clock_s - before_s
                    assert passed_s <= owed_s + 1e-6 or passed_s > LONGEST_PAUSE_S
                owed_s = owed_s if player.paused else 0.0
            if player.ended:
                break
    assert player.ended
    assert player.due() == []
    assert content(desk.given) == content(source.given)
    on_time = punctual(source.given)
    told_s = -math.inf
    for batch in desk.given:
        for row in rows_of(batch):
            assert not row[2] > batch.clock_s
            if row in on_time:
                assert row[2] >= told_s  # nothing that came before what was told is given after it
        if batch.clock_s == batch.clock_s:
            assert batch.clock_s >= told_s
            told_s = batch.clock_s


def test_a_log_and_a_table_are_played(tmp_path: Path) -> None:
    log, table = tmp_path / "a.nmea", tmp_path / "b.csv"
    log.write_bytes(b"".join(b"\\c:%d*00\\!AIVDM,%d*00\n" % (T + s, s) for s in range(0, 600, 2)))
    table.write_text("time,mmsi,lat,lon,name\n" + "".join(f"{T + s:.0f},219000001,57,10,A\n" for s in range(1, 100, 5)))
    clock = Clock()
    player = Player(recorded([log, table]), 20.0, monotonic_s=clock)
    lines: list[float] = []
    fixes: list[float] = []
    while not player.ended:
        for batch in player.due():
            lines += (batch.lines.time_s - T).tolist()
            fixes += (batch.heard.fixes.time_s - T).tolist() if batch.heard is not None else []
            assert max([0.0, *lines[-1:], *fixes[-1:]]) <= batch.clock_s - T <= (clock.now_s - 1000.0) * 20 + 1
        clock.now_s += 0.1
    assert lines == list(range(0, 600, 2))
    assert fixes == list(range(1, 100, 5))
    assert clock.now_s > 1029


def test_a_log_without_times_is_given_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a.nmea"
    path.write_bytes(b"!AIVDM,1*00\n!AIVDM,2*00\n")
    desk = desk_of(RecordedFiles([path]))
    assert len(desk.look(0)) == 2
    assert desk.player.ended


@pytest.mark.parametrize("done", [0, 1, 3, 4, 7])
def test_what_an_earlier_play_gave_is_left_out(done: int) -> None:
    """By count and not by time: rows that share a second with those given are still to come."""
    lines = [b"$A*%d" % n for n in range(7)]
    times = [100.0, 100.0, 100.0, 100.0, 101.0, 101.0, 102.0]

    class Source:
        name = "same seconds"

        def batches(self) -> Iterator[Batch]:
            yield Batch(lines=Lines.of(lines[:2], times[:2], [1, 2]))
            yield Batch(lines=Lines.of(lines[2:], times[2:], [3, 4, 5, 6, 7]))

    player = Player(Source(), 1.0, monotonic_s=lambda: 0.0)
    player.skip({"lines": done}, times[done - 1] if done else float("nan"))
    given = [batch.lines.line(i) for batch in player.until(200.0) for i in range(len(batch.lines))]
    assert given == lines[done:]
