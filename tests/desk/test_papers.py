"""What a real desk puts on paper: evidence with the journal's records, notes as decisions that outlive it, and the same from its past."""

from __future__ import annotations

import importlib.util
import json
from contextlib import nullcontext
from hashlib import blake2b
from html import escape
from pathlib import Path

import pytest

from tankerwatch.cli import main, papering
from tankerwatch.config import load
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Decision
from tankerwatch.desk import deciding
from tankerwatch.detect import catalog
from tankerwatch.ingest import report as reports
from tankerwatch.store.journal import FileJournal
from tankerwatch.store.places import records_of
from tankerwatch.store.records import read_records
from tankerwatch.store.segments import journal_of, segments_in
from tankerwatch.testing import START_S

HOSTILE = "<script>window.hacked=1</script>"

_spec = importlib.util.spec_from_file_location("snapshot_cases", Path(__file__).with_name("test_snapshots.py"))
assert _spec is not None and _spec.loader is not None
cases = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cases)


@pytest.fixture(scope="module")
def config():
    return load(None, catalog.detectors())


REPORT = {"kind": "distress", "words": "Smoke <b>aft</b> of EXAMPLE ONE", "ship": 311000001, "lat_deg": None, "lon_deg": None}
REPORT |= {"verified": True, "source": "VHF 16", "time_s": START_S + 1200}


@pytest.fixture(scope="module")
def watched(story, config, tmp_path_factory):
    """A desk at the end of the story, with a report and two notes on its incident; its data directory, and the incident."""
    data = tmp_path_factory.mktemp("watched") / "data"
    run = cases.Run(data, config)
    run.take(cases.live(story))
    end_s = run.desk.river.clock_s
    name = next(i.id for i in run.desk.river.triage.incidents.values() if 311000001 in i.ships)
    said = [
        Decision(end_s + 1, "report", "r1", "", REPORT),
        Decision(end_s + 2, "note", "n1", name, {"words": "Agent called", "by": "ANNA"}),
        Decision(end_s + 3, "note", "n2", name, {"words": HOSTILE}),
    ]
    run.take([Batch(decisions=(decision,), clock_s=decision.time_s) for decision in said])
    yield run, data, name
    run.kill()


def test_each_piece_of_evidence_is_the_record_that_it_says(watched):
    run, data, name = watched
    told = run.desk.desk.papers.incident(name)
    records = {record.number: record for record in read_records(data)}
    pieces = [piece for alert in told["alerts"] for piece in alert["evidence"]]
    assert len(pieces) > 3
    for piece in pieces:
        record = records[piece["record"]]
        assert record.data.decode() == piece["sentence"] and record.what == "feed"
        assert piece["blake2b"] == blake2b(record.data, digest_size=32).hexdigest()
        assert "row" not in piece
    assert told["ships"][0]["name"] == "EXAMPLE ONE" and told["ships"][0]["heard_s"] > START_S
    assert [(note["words"], note["by"]) for note in told["incident"]["notes"]] == [("Agent called", "ANNA"), (HOSTILE, "desk")]
    assert [step["what"] for step in told["course"]].count("note") == 2 and "report" in {step["what"] for step in told["course"]}
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_where_nothing_is_found_nothing_is_claimed(watched, tmp_path):
    run, data, _ = watched
    assert records_of(tmp_path, [(START_S, 1)]) == {}
    assert records_of(data, [(START_S, 10**9), (float("nan"), 1), (START_S + 1e9, 1)]) == {}
    papers = run.desk.desk.papers
    assert (
        papers.incident("none"),
        papers.incident_sheet("none"),
        papers.incident_picture("none", "chart", "day", 1000),
        papers.warning("none", False),
    ) == (None,) * 4


def test_records_are_found_over_many_files_and_past_damage(story, config, tmp_path):
    run = cases.Run(tmp_path, config)
    run.journal.close()
    run.journal = run.desk.journal = FileJournal(tmp_path, segment_bytes=4096)
    run.take(cases.live(story[:4000]))
    run.kill()
    lines = [(record.time_s, record.number, record.data) for record in read_records(tmp_path)]
    assert len(segments_in(journal_of(tmp_path))) > 5
    wanted = [(time_s, number) for time_s, number, _ in lines[:: len(lines) // 40]]  # of one feed: rows and records are numbered alike
    assert records_of(tmp_path, wanted) == {number: number for _, number in wanted}
    hurt = segments_in(journal_of(tmp_path))[2].path
    raw = bytearray(hurt.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    hurt.write_bytes(raw)
    left = records_of(tmp_path, wanted)
    assert left.items() <= {number: number for _, number in wanted}.items() and len(wanted) - 3 <= len(left)


def test_pages_tell_it_and_markup_stays_text(watched):
    run, _, name = watched
    papers = run.desk.desk.papers
    page, sheet = papers.incident_sheet(name).html, papers.handover_sheet(None).html
    for made in (page, sheet):
        assert "Smoke &lt;b&gt;aft&lt;/b&gt;" in made and "<b>aft" not in made and escape(HOSTILE) in made and HOSTILE not in made
    assert 'class="way"' in page and 'class="land"' in page, "her track and the shore"
    for what, wide, drawn in (("chart", 1000, 1000), ("chart", 340, 340), ("timeline", 680, 680), ("timeline", 340, 600)):
        picture = papers.incident_picture(name, what, "night", wide).html
        assert "EXAMPLE ONE" in picture and f'viewBox="0 0 {drawn} ' in picture and f'width="{drawn}"' in picture
    draft = papers.warning(name, False)
    assert draft["number"] == "001/2023" and "EXAMPLE ONE" not in draft["text"] and "Smoke" in draft["text"]
    assert "EXAMPLE ONE" in papers.warning(name, True)["text"]
    told = papers.handover(START_S)
    assert [c["words"] for c in told["changes"] if c["verb"] == "note"] == ["Agent called", HOSTILE]
    assert told["since_s"] == START_S and {i["id"] for i in told["incidents"]} >= {name} and told["journal"]["state"] == "ok"


def test_a_note_is_of_an_incident_that_there_is(watched):
    run, _, name = watched
    assert deciding.completed(run.desk.river, "note", name, {"words": "w"}) == (name, {"words": "w"})
    for kind, subject in (("note", "incident-000000"), ("acknowledge", name), ("close", name)):
        with pytest.raises(KeyError):
            deciding.completed(run.desk.river, kind, subject, {"words": "w"})
    with pytest.raises(InputFault, match="no words"):
        reports.decision("note", name, {"words": "  "}, START_S)


def test_the_command_tells_what_the_desk_told(watched, capsys):
    run, data, name = watched
    assert main(["incident", str(data), name, "--json"]) == 0
    then, now = json.loads(capsys.readouterr().out), run.desk.desk.papers.incident(name)
    assert (then["mode"], then["incident"]["notes"], then["course"]) == ("replay", now["incident"]["notes"], now["course"])
    assert [alert["evidence"] for alert in then["alerts"]] == [alert["evidence"] for alert in now["alerts"]]
    assert main(["incident", str(data), "--to", "2019-06-13T00:00Z"]) == 0 and capsys.readouterr().out == "no incident\n"
    assert main(["incident", str(data), "--to", "2019-06-13T00:00Z", name, "--json"]) == 2 and name in capsys.readouterr().err


def test_what_the_commands_write(watched, capsys, tmp_path, monkeypatch):
    run, data, name = watched
    monkeypatch.setattr(papering, "_past", lambda arguments: nullcontext((run.desk, run.desk.desk.papers)))  # the past is played above
    page, sheet = tmp_path / "incident.html", tmp_path / "handover.html"
    assert main(["incident", str(data), name, "-o", str(page)]) == 0 and main(["handover", str(data), "-o", str(sheet)]) == 0
    assert "Agent called" in page.read_text(encoding="utf-8") and "Agent called" in sheet.read_text(encoding="utf-8")
    assert main(["incident", str(data)]) == 0 and f"distress  open       {name}  EXAMPLE ONE" in capsys.readouterr().out
    assert main(["incident", str(data), name, "--warning"]) == 0 and capsys.readouterr().out.startswith("WARNING 001/2023\n")
    assert main(["incident", str(data), name, "--warning", "--name-ships", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["named"] is True
    assert main(["handover", str(data), "--json"]) == 0
    assert any(change["words"] == "Agent called" for change in json.loads(capsys.readouterr().out)["changes"])
    wrong = (
        ["incident", name],
        ["incident", "-o", "x"],
        ["incident", name, "-o", "x", "--warning"],
        ["handover"],
        ["handover", "-o", "x", "--json"],
    )
    for command, *more in wrong:
        assert main([command, str(data), *more]) == 2 and capsys.readouterr().err.startswith("tankerwatch: ")
