"""SQL over a history: what it answers, and that it can do nothing else."""

from __future__ import annotations

import builtins
from pathlib import Path

import numpy as np
import pytest

from tankerwatch.cli import main
from tankerwatch.core.ais.encoder import position_a, static_voyage
from tankerwatch.core.ais.framing import sentences
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Lines
from tankerwatch.historian import bring_up_to_date
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.history.questions import History
from tankerwatch.store.history.sql import query
from tankerwatch.store.journal import FileJournal

BEGIN_S = 19_000 * 86_400.0


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """The data directory of a watch with 30 positions of three ships; one has told her name. A quote is in its path."""
    directory = tmp_path_factory.mktemp("it's")
    FeedRegister(directory).index_of("feed")
    payloads = [static_voyage(219_000_000, name="FRONT ALTAIR", ship_type=80)]
    payloads += [position_a(219_000_000 + n % 3, 55 + n / 100, None if n == 7 else 11.5, n / 10, 90.0, None, 0, n % 60) for n in range(30)]
    with FileJournal(directory) as journal:
        lines = [sentence for payload in payloads for sentence in sentences(payload, sequence=1)]
        times = [BEGIN_S + 5000 * max(n - 1, 0) for n in range(len(lines))]
        journal.append(Batch(Lines.of(lines, times, list(range(1, len(lines) + 1))), clock_s=times[-1]))
        journal.commit()
    bring_up_to_date(directory)
    return directory


def rows(data: Path, question: str, **more: float) -> list[dict[str, object]]:
    return [row for table in query(data, question, **more) for row in table.to_pylist()]


def test_the_views_hold_the_history(data):
    told = History(data).area(-180, -90, 180, 90).to_arrow().to_pylist()
    names = ", ".join(told[0])
    for view in ("positions", "positions_by_time"):
        assert rows(data, f"SELECT count(*) AS n FROM {view}") == [{"n": 30}]
        assert rows(data, f"SELECT {names} FROM {view} WHERE lon_deg IS NOT NULL ORDER BY time") == told
    (ship,) = rows(data, "SELECT * FROM statics")
    assert (ship["name"], ship["mmsi"], ship["ship_type"]) == ("FRONT ALTAIR", 219_000_000, 80)
    assert len(rows(data, "SELECT * FROM positions JOIN statics USING (mmsi)")) == 10


def test_an_empty_history_has_the_same_columns(data, tmp_path):
    with FileJournal(tmp_path):
        bring_up_to_date(tmp_path)
    for view in ("positions", "positions_by_time", "statics"):
        full, empty = (next(query(where, f"SELECT * FROM {view}")).schema for where in (data, tmp_path))
        assert empty == full


@pytest.mark.parametrize(
    "question",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT content FROM read_text('{journal}')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_parquet('https://example.org/a.parquet')",
        "SELECT * FROM secret",
        "COPY positions TO '{out}'",
        "COPY (SELECT 1) TO '{own}'",
        "WITH a AS (SELECT 1) INSERT INTO positions SELECT * FROM a",
        "CREATE TABLE a AS SELECT 1",
        "DROP VIEW positions",
        "ATTACH '{out}'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '9GB'",
        "PRAGMA memory_limit = '9GB'",
        "CALL pragma_version()",
        "SELECT 1; SELECT 2",
        "SELECT 1; COPY positions TO '{out}'",
        "",
        ";",
        "SELECT",
        "nonsense",
        "\x00",
    ],
)
def test_it_reads_nothing_else_and_changes_nothing(data, tmp_path, question):
    secret = np.arange(3)  # a variable of Python that DuckDB would find
    own = next(data.glob("history/*/ships-*.parquet"))
    before = own.read_bytes()
    journal = next(data.glob("journal/*.journal"))
    with pytest.raises(InputFault) as told:
        rows(data, question.format(out=tmp_path / "out", own=own, journal=journal))
    assert "\n" not in str(told.value) and len(secret) == 3
    assert not list(tmp_path.iterdir())
    assert own.read_bytes() == before
    assert rows(data, "SELECT count(*) AS n FROM positions") == [{"n": 30}]


def test_time_and_memory_are_bounded(data):
    endless = "SELECT count(*) FROM range(10000000000) a, range(10000000000) b WHERE (a.range + b.range) % 7 = 5"
    with pytest.raises(InputFault, match="longer than"):
        rows(data, endless, timeout_s=0.3)
    with pytest.raises(InputFault, match="Out of Memory"):
        rows(data, "SELECT list(range) FROM range(100000000)", memory_mb=64)


def test_without_duckdb_it_says_what_to_install(data, monkeypatch):
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "duckdb":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputFault, match=r"pip install 'tankerwatch\[sql\]'"):
        rows(data, "SELECT 1")


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_an_answer_goes_to_a_file(data, tmp_path, capsys, suffix):
    out = tmp_path / f"answer{suffix}"
    assert main(["sql", str(data), "SELECT mmsi, time, lon_deg FROM positions ORDER BY time", "-o", str(out)]) == 0
    assert "30 rows" in capsys.readouterr().out
    assert (out.stat().st_size > 100 and b"219000001" in out.read_bytes()) or suffix == ".parquet"
    assert not [path for path in tmp_path.iterdir() if path != out]


def test_an_answer_is_printed(data, capsys):
    assert main(["sql", str(data), "SELECT 1 AS one, 'a\nb' AS two, NULL AS three, 0/0.0 AS four"]) == 0
    assert capsys.readouterr().out.splitlines() == ["one\ttwo\tthree\tfour", "1\ta b\t\tnan"]
    assert main(["sql", str(data), "SELECT 1 AS one, [1.5, 'nan'::DOUBLE] AS two, DATE '2020-01-01' AS three", "--json"]) == 0
    assert capsys.readouterr().out == '{"rows": [{"one": 1, "two": [1.5, null], "three": "2020-01-01"}]}\n'
    assert main(["sql", str(data), "SELECT [1] AS one", "-o", "list.csv"]) == 2
    assert "CSV cannot hold" in capsys.readouterr().err
    assert main(["sql", str(data), "SELECT 1", "-o", "list.xlsx"]) == 2
