"""`tankerwatch history`: what it asks, prints and writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tankerwatch.cli import main
from tankerwatch.core.ais.encoder import position_a, static_voyage
from tankerwatch.core.ais.framing import sentences
from tankerwatch.core.tables import Batch, Lines
from tankerwatch.store.feeds import FeedRegister
from tankerwatch.store.journal import FileJournal

BEGIN_S = 1_560_384_000.0
Said = Callable[..., tuple[int, list[str], list[str]]]


def grow(directory: Path, first: int, count: int) -> None:
    """Let the journal of a watch get a position a minute, of two ships in turn, of which one is called FRONT ALTAIR."""
    FeedRegister(directory).index_of("feed")
    said = [static_voyage(200_000_001, name="FRONT ALTAIR", ship_type=80)] if first == 0 else []
    said += [position_a(200_000_001 + n % 2, 25 + n / 100, 57.0, 10.0, 90.0, None, 0, n % 60) for n in range(first, first + count)]
    lines = [sentence for payload in said for sentence in sentences(payload, sequence=1)]
    times = [BEGIN_S + 60.0 * max(first + n - 2 * (first == 0), 0) for n in range(len(lines))]
    with FileJournal(directory) as journal:
        journal.append(Batch(Lines.of(lines, times, list(range(2 * first + 1, 2 * first + 1 + len(lines)))), clock_s=times[-1]))
        journal.commit()


@pytest.fixture
def data(tmp_path) -> Path:
    made = tmp_path / "data"
    grow(made, 0, 20)
    return made


@pytest.fixture
def said(capsys) -> Said:
    def run(*argv: str) -> tuple[int, list[str], list[str]]:
        status = main(argv)
        out, err = capsys.readouterr()
        return status, out.splitlines(), err.splitlines()

    return run


def test_alone_it_brings_the_history_up_to_date(data, said):
    status, out, err = said("history", str(data))
    assert (status, err) == (0, []) and out == [f"{data}: 20 positions in 1 day, 0.0 MB; 20 new"]
    grow(data, 20, 5)
    told = json.loads(said("history", str(data), "--json")[1][-1])
    assert (told["added"], told["positions"], told["complete"]) == (5, 25, True)
    told = json.loads(said("history", str(data), "--rebuild", "--json")[1][-1])
    assert (told["added"], told["positions"]) == (25, 25)


def test_a_question_takes_what_is_there_and_says_up_to_when(data, said):
    status, out, err = said("history", str(data), "--ship", "front altair")
    assert (status, err, len(out)) == (0, [], 11), "the first question makes the history"
    assert out[1].split() == ["2019-06-13", "00:00:00Z", "200000001", "25.00000", "57.00000", "10.0", "90.0", "FRONT", "ALTAIR"]
    grow(data, 20, 5)
    status, out, err = said("history", str(data), "--ship", "200000001")
    assert (status, len(out)) == (0, 11) and "goes to 2019-06-13 00:19:00Z" in err[0]
    status, out, err = said("history", str(data), "--ship", "200000001", "--build")
    assert (status, len(out), err) == (0, 14, [])


def test_an_area_a_span_and_a_ship_in_it(data, said):
    args = ("history", str(data), "--build", "--area", "56,25.05,58,25.1", "--json")
    found = json.loads(said(*args)[1][-1])["positions"]
    assert [row["lat_deg"] for row in found] == pytest.approx([25.05, 25.06, 25.07, 25.08, 25.09, 25.1])
    assert [row["name"] for row in found] == [None, "FRONT ALTAIR"] * 3
    found = json.loads(said(*args, "--ship", "200000001")[1][-1])["positions"]
    assert [row["lat_deg"] for row in found] == pytest.approx([25.06, 25.08, 25.1])
    found = json.loads(said(*args, "--from", "2019-06-13T00:07Z", "--to", "2019-06-13T00:08:30Z")[1][-1])["positions"]
    assert [row["lat_deg"] for row in found] == pytest.approx([25.07, 25.08])


def test_the_nearest(data, said):
    args = ("history", str(data), "--build", "--near", "25.1,57.0", "--at", "2019-06-13T00:10Z")
    found = json.loads(said(*args, "--json")[1][-1])["positions"]
    assert [(row["mmsi"], round(row["distance_nm"], 1)) for row in found] == [(200_000_001, 0.0), (200_000_002, 0.6)]
    status, out, _ = said(*args, "--ships", "1")
    assert (status, len(out)) == (0, 2) and "NM" in out[0]


@pytest.mark.parametrize("suffix", [".csv", ".geojson", ".kml", ".parquet"])
def test_files(data, said, tmp_path, suffix):
    out = tmp_path / f"found{suffix}"
    assert said("history", str(data), "-o", str(out)) == (0, [f"{out}: 20 positions"], [])
    status, told, _ = said("history", str(data), "--tracks", "-o", str(out), "--json", "--progress")
    assert status == 0 and json.loads(told[-1]) == {"out": str(out), "tracks": 2}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", out.name]
    assert said("history", str(data), "--near", "25,57", "--at", "2019-06-13T00:10Z", "-o", str(out))[1] == [f"{out}: 2 positions"]


def test_tracks_are_told(data, said):
    status, out, _ = said("history", str(data), "--tracks", "--build")
    assert status == 0 and [line.split()[4:6] for line in out[1:]] == [["200000001", "10"], ["200000002", "10"]]
    told = json.loads(said("history", str(data), "--tracks", "--json")[1][-1])["tracks"]
    assert [row["points"] for row in told] == [10, 10]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--near", "25,57"], "--near and --at go together"),
        (["--at", "2019-06-13T00:10Z"], "--near and --at go together"),
        (["--near", "25,57", "--at", "2019-06-13T00:10Z", "--ship", "1"], "a question of its own"),
        (["--area", "1,2,3"], "is no area"),
        (["--area", "1,nan,3,4"], "is no area"),
        (["--area", "1,5,3,4"], "is no area"),
        (["--ship", "NOBODY"], "no ship in this history"),
        (["--ship", "9999999999"], ""),
        (["--from", "yesterday"], "is no time"),
        (["--ships", "0"], "is no number of ships"),
        (["-o", "found.xlsx"], "is none of"),
    ],
)
def test_what_cannot_be_understood_is_told_in_one_line(data, said, options, words):
    status, out, err = said("history", str(data), *options)
    assert (status, len(err)) == ((2, 1) if words else (0, 0))
    assert not words or (words in err[0] and "help:" in err[0] and not out)


def test_no_journal(said, tmp_path):
    status, _, err = said("history", str(tmp_path / "nowhere"))
    assert status == 2 and "holds no journal" in err[0] and not (tmp_path / "nowhere").exists()
    status, _, err = said("sql", str(tmp_path), "SELECT 1")
    assert status == 2 and "has no history yet" in err[0]
