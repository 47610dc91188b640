"""What the tests of the store share: batches of anything, and what it means that two are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from tests.store.running import Running, new_vault, serving

from tankerwatch.core.schema import Table
from tankerwatch.core.tables import Batch, Calls, Decision, Fixes, Heard, Lines, Statics

Shape = tuple[Any, ...]


def _bits(values: Any) -> list[Any]:
    return values.tolist() if values.dtype == object else [values.dtype.str, values.tobytes()]


def _rows(table: Table) -> list[Any]:
    return [_bits(getattr(table, c.name)) for c in table.columns()]


@pytest.fixture(scope="session")
def shape() -> Callable[[Batch], Shape]:
    """Everything that a batch holds, to the bit, comparable with `==`."""

    def of(batch: Batch) -> Shape:
        lines, heard = batch.lines, batch.heard
        tables = None if heard is None else [_rows(t) for t in (heard.fixes, heard.statics, heard.calls)] + [heard.stations]
        said = [(repr(d.time_s), d.kind, d.id, d.subject, repr(d.content)) for d in batch.decisions]
        raw = [lines.line(i) for i in range(len(lines))]
        return raw, _bits(lines.time_s), _bits(lines.source_row), tables, said, np.float64(batch.clock_s).tobytes()

    return of


@pytest.fixture(scope="session")
def batch_of() -> Callable[..., Batch]:
    """A batch of some lines of feed 0, numbered from `first` on."""

    def make(lines: Iterable[bytes], first: int = 1, time_s: float = 1e9, clock_s: float = float("nan")) -> Batch:
        lines = list(lines)
        return Batch(Lines.of(lines, [time_s] * len(lines), list(range(first, first + len(lines)))), clock_s=clock_s)

    return make


_time = st.floats(width=64)
_line = st.binary(max_size=120).map(lambda raw: raw.replace(b"\n", b""))
_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8), lambda s: st.lists(s, max_size=3)
)


@st.composite
def _lines(draw: st.DrawFn) -> Lines:
    """Lines with gaps between them in their buffer, as a file with CRLF has, or out of order, as a sorted one has."""
    raw = draw(st.lists(_line, max_size=8))
    one = draw(st.booleans())
    times = [draw(_time)] * len(raw) if one else [draw(_time) for _ in raw]
    first = draw(st.integers(0, 2**64 - 100))
    rows = [first + i for i in range(len(raw))] if draw(st.booleans()) else [draw(st.integers(0, 2**64 - 1)) for _ in raw]
    gap = draw(st.sampled_from([b"\n", b"\r\n", b"", b"##"]))
    buffer = np.frombuffer(gap.join(raw) + bytes(Lines.PAD), np.uint8)
    lengths = np.array([len(line) for line in raw], np.int64)
    start = np.cumsum(lengths + len(gap)) - lengths - len(gap) if raw else np.empty(0, np.int64)
    made = Lines(buffer, start, start + lengths, np.array(times, np.float64), np.array(rows, np.uint64))
    return made.take(np.array(draw(st.permutations(range(len(raw)))), np.int64))


@st.composite
def _heard(draw: st.DrawFn) -> Heard:
    fixes, statics, calls = (
        Fixes.blank(draw(st.integers(0, 3))),
        Statics.blank(draw(st.integers(0, 2))),
        Calls.blank(draw(st.integers(0, 1))),
    )
    for i in range(len(fixes)):
        fixes.time_s[i], fixes.sog_kn[i] = draw(_time), draw(st.floats(width=32))
        fixes.mmsi[i], fixes.accurate[i], fixes.source_row[i] = (
            draw(st.integers(0, 2**32 - 1)),
            draw(st.booleans()),
            draw(st.integers(0, 2**64 - 1)),
        )
    for i in range(len(statics)):
        statics.name[i], statics.destination[i] = draw(_text), draw(_text)
    return Heard(fixes=fixes, statics=statics, calls=calls, stations=tuple(draw(st.lists(_text, max_size=3))))


_decision = st.builds(Decision, _time, _text, _text, st.text(max_size=5), st.dictionaries(_text, _json, max_size=3))


@pytest.fixture(scope="session")
def any_batch() -> st.SearchStrategy[Batch]:
    """Batches of anything that a source may deliver."""
    return st.builds(
        Batch, _lines(), st.none() | _heard(), st.lists(_decision, max_size=2).map(tuple), st.just(float("nan")) | st.floats(0, 2e9)
    )


@pytest.fixture(scope="session")
def any_lines() -> st.SearchStrategy[Lines]:
    """Lines of anything, at any place in their buffer."""
    return _lines()


@pytest.fixture
def running(tmp_path) -> Iterator[Running]:
    with serving(new_vault(tmp_path / "vault")) as made:
        yield made


@pytest.fixture(scope="module")
def lasting(tmp_path_factory) -> Iterator[Running]:
    """One vault for many examples."""
    with serving(new_vault(tmp_path_factory.mktemp("lasting") / "vault")) as made:
        yield made
