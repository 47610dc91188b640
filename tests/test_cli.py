"""The command line: what each command calls, what it prints and writes, and that nothing ends in a traceback."""

from __future__ import annotations

import argparse
import json
import math
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tankerwatch.cli import main, reporting
from tankerwatch.cli.arguments import parse, parser
from tankerwatch.cli.output import plain, spoken_time
from tankerwatch.config import Config
from tankerwatch.core.errors import InputFault
from tankerwatch.core.tables import Batch, Decision, Lines
from tankerwatch.store.journal import FileJournal

ALERT = {
    "id": "a1",
    "severity": "danger",
    "detector": "sudden_stop",
    "state": "open",
    "raised_s": 1560394210.0,
    "reason": "FRONT ALTAIR has lost way",
    "ships": [],
    "names": {},
    "start_s": None,
    "end_s": None,
    "lat_deg": None,
    "lon_deg": None,
    "incident": None,
    "rule": {},
}
INCIDENT = {"id": "i1", "alerts": ["a1"]}
COUNTERS = {"lines": 12, "messages": 3, "positions": 2, "rejected": {"checksum": 1, "not_ais\x1b[31m": 1}}
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent / "src")}


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command by its name, `config check` among them."""

    def walk(of: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
        groups = [action for action in of._actions if isinstance(action, argparse._SubParsersAction)]
        if not groups:
            yield of
        for group in groups:
            for made in group.choices.values():
                yield from walk(made)

    return {made.prog.removeprefix("tankerwatch "): made for made in walk(parser())}


@pytest.fixture
def calls(monkeypatch) -> dict[str, Any]:
    """Stands in for the program behind the command line; what was called with what."""
    called: dict[str, Any] = {}

    def analyse(paths: list[str], *, config: Config, columns: dict[str, str], progress: Any, tracks: bool) -> Any:
        called.update(analyse=paths, config=config, columns=columns, progress=progress, tracks=tracks)
        if progress:
            progress(500, 1000)
            progress(1000, 1000)
        return SimpleNamespace(
            alerts=[ALERT],
            incidents=[INCIDENT],
            counters=COUNTERS,
            words=["no times:\nonly distress was looked for"],
            ships={},
            to_geojson=lambda: {"type": "x"},
            to_stix=lambda tlp: {"type": "bundle", "tlp": tlp},
            to_html=lambda about: f"<!doctype html>{about['Command']}",
        )

    def decode_to(paths: list[str], out: Path, *, columns: dict[str, str], progress: Any) -> dict[str, Any]:
        called.update(decode=paths, out=out, decode_columns=columns, progress=progress)
        if called.get("fail"):
            out.write_text("half")
            raise called["fail"]
        if out.suffix:
            out.write_text("time_s\n")
        return COUNTERS

    pipeline = ModuleType("tankerwatch.pipeline")
    vars(pipeline).update(
        analyse=analyse,
        demo_headless=lambda *, config: {"alerts": [ALERT], "incidents": [INCIDENT]},
    )
    export = ModuleType("tankerwatch.export")
    vars(export).update(decode_to=decode_to)
    desk = ModuleType("tankerwatch.desk")
    vars(desk).update(
        demo=lambda *, speed, listen, config: called.update(demo=(speed, listen), config=config),
        watch=lambda sources, data, *, config, listen, copies, min_copies: called.update(
            watch=(sources, data, listen), config=config, copies=(copies, min_copies)
        ),
    )
    monkeypatch.setitem(sys.modules, "tankerwatch.pipeline", pipeline)
    monkeypatch.setitem(sys.modules, "tankerwatch.export", export)
    monkeypatch.setitem(sys.modules, "tankerwatch.desk", desk)
    return called


@pytest.fixture
def said(capsys) -> Callable[..., tuple[int, list[str], list[str]]]:
    """Runs a command; its status, the lines on stdout and those on stderr."""

    def run(*argv: str) -> tuple[int, list[str], list[str]]:
        status = main(argv)
        out, err = capsys.readouterr()
        return status, out.splitlines(), err.splitlines()

    return run


# Help and arguments.


@pytest.mark.parametrize("name", commands())
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*name.split(), "--help"])
    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert "examples:" in text and "--config FILE" in text and "--json" in text and "--progress" in text
    for action in commands()[name]._actions:
        assert action.help, f"{name}: {action.option_strings or action.dest} has no help"


@pytest.mark.parametrize("name", commands())
def test_every_example_is_understood(name):
    """What help shows, a newcomer types."""
    epilog = commands()[name].epilog
    assert epilog is not None
    examples = [line.strip() for line in epilog.splitlines()[1:]]
    assert examples
    for example in examples:
        words = shlex.split(example.partition(" > ")[0])
        assert words[0] == "tankerwatch"
        assert parse(words[1:]).parser.prog == f"tankerwatch {name}"


@pytest.mark.parametrize(
    ("argv", "wanted"),
    [
        ("analyze x", "there is no 'analyze' help: did you mean analyse?"),
        ("config chek x", "config: there is no 'chek' help: did you mean check?"),
        ("watch --lsten x -", "watch: '--lsten' is not understood help: did you mean --listen?"),
        ("analyse --alert=x .", "did you mean --alerts?"),
        ("", "COMMAND help: tankerwatch --help"),
        ("decode x", "-o/--out help: tankerwatch decode --help"),
        ("decode . -o x.txt", "decode: x.txt is neither a folder nor a .csv or .jsonl file help: -o x for a folder"),
        ("demo --listen desk.example:80", "'desk.example:80' is no address"),
        ("demo --speed fast", "'fast' is no speed"),
        ("demo --speed nan", "'nan' is no speed"),
        ("demo --json", "demo: --json tells what a whole run found help: add --headless"),
        ("watch", "watch: there is nothing to watch help: name a feed"),
        ("watch - --json", "watch: a watch has no end that JSON could tell of help: ask the running desk"),
        ("analyse . --columns time", "'time' is not like time=Seen,mmsi=Id"),
        ("analyse . --alerts - --geojson -", "give one of them a file"),
        ("demo --config absent.toml", "absent.toml: cannot be read"),
        ("journal absent", "absent: holds no journal help: give the directory that was --data of watch"),
        ("report x --at 91,0", "'91,0' is no place"),
        ("report x --time noon", "'noon' is no time"),
        ("report x --desk 10.0.0.1:80", "--desk: '10.0.0.1:80' is no desk on this machine"),
    ],
)
def test_what_the_user_can_mend_is_one_line_and_status_2(said, calls, monkeypatch, tmp_path, argv, wanted):
    monkeypatch.chdir(tmp_path)
    status, out, err = said(*argv.split())
    assert (status, out) == (2, [])
    assert len(err) == 1 and err[0].startswith("tankerwatch: ") and wanted in err[0]
    assert " help: " in err[0]


def test_help_needs_nothing_heavy():
    """Help comes at once: no array library is imported for it, nor for a mistake."""
    heavy = {"numpy", "numba", "pyarrow", "starlette"}
    code = f"import sys; from tankerwatch.cli.arguments import parser; parser(); print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT, check=True)
    assert done.stdout.strip() == "[]"


# What the commands do.


def test_demo(said, calls):
    assert said("demo") == (0, [], [])
    assert calls["demo"] == (120.0, "127.0.0.1:8420")
    said("demo", "--speed", "600", "--listen", "localhost:9000")
    assert calls["demo"] == (600.0, "localhost:9000")


def test_demo_without_a_page(said, calls):
    status, out, err = said("demo", "--headless", "--json")
    assert (status, err) == (0, [])
    assert json.loads(out[-1]) == {"alerts": [ALERT], "incidents": [INCIDENT]}
    assert said("demo", "--headless")[1] == [
        "2019-06-13 02:50:10Z  danger    sudden_stop         FRONT ALTAIR has lost way",
        "1 alert, 1 incident",
    ]


def test_watch(said, calls, tmp_path):
    assert said("watch", "tcp://127.0.0.1:1", "-", "--data", str(tmp_path))[0] == 0
    assert calls["watch"] == (["tcp://127.0.0.1:1", "-"], tmp_path, "127.0.0.1:8420")
    assert calls["copies"] == ([], 0)
    assert said("watch", "-", "--copy", "/mnt/a", "--copy", "/mnt/b", "--min-copies", "2")[0] == 0
    assert calls["copies"] == (["/mnt/a", "/mnt/b"], 2)
    assert said("watch", "-", "--min-copies", "0")[0] == 2


def test_watch_as_configured(said, calls, tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text('[desk]\nlisten = "127.0.0.1:9"\n[sources]\nlist = ["udp://0.0.0.0:1"]\n[guard]\nlists = ["list.csv"]\n')
    (tmp_path / "list.csv").write_text("538001234\n1\n")
    status, _, err = said("watch", "--config", str(path))
    assert status == 0 and calls["watch"] == (["udp://0.0.0.0:1"], Path("tankerwatch-data"), "127.0.0.1:9")
    assert len(err) == 1 and "list.csv: line 2: '1' has 1 digits" in err[0], "a ship that is not guarded is told before the watch begins"


def test_analyse(said, calls):
    status, out, err = said("analyse", "a.nmea", "b", "--columns", "time=When Seen, mmsi=Id", "--json")
    assert status == 0 and calls["analyse"] == ["a.nmea", "b"] and calls["columns"] == {"time": "When Seen", "mmsi": "Id"}
    assert json.loads(out[-1])["counters"] == COUNTERS
    assert err == ["tankerwatch: no times: only distress was looked for"]
    assert calls["progress"] is None, "stderr is no terminal here"


def test_alerts_to_a_file_or_to_stdout(said, calls, tmp_path):
    path = tmp_path / "alerts.jsonl"
    status, out, _ = said("analyse", ".", "--alerts", str(path), "--geojson", str(tmp_path / "map.json"))
    assert status == 0 and out[-1] == "1 alert, 1 incident"
    assert path.read_bytes() == (json.dumps(ALERT) + "\n").encode()
    assert json.loads((tmp_path / "map.json").read_text()) == {"type": "x"}
    assert said("analyse", ".", "--alerts", "-")[1] == [json.dumps(ALERT)]
    both = said("analyse", ".", "--alerts", "-", "--json")[1]
    assert json.loads(both[0]) == ALERT and json.loads(both[-1])["alerts"] == [ALERT]


def test_everything_that_an_analysis_can_write(said, calls, tmp_path):
    report, bundle, parquet = (str(tmp_path / name) for name in ("a b.html", "b.json", "c.parquet"))
    assert said("analyse", ".", "--report", report, "--stix", bundle, "--parquet", parquet, "--tlp", "green")[0] == 0
    assert calls["tracks"] is True and json.loads(Path(bundle).read_text()) == {"type": "bundle", "tlp": "green"}
    assert Path(report).read_text().startswith("<!doctype html>tankerwatch analyse . --report '")
    assert Path(parquet).read_bytes()[:4] == b"PAR1" and len(list(tmp_path.iterdir())) == 3
    assert json.loads(said("analyse", ".", "--stix", "-")[1][0])["tlp"] == "amber" and calls["tracks"] is False


@pytest.mark.parametrize(
    "argv", [("--alerts", "-", "--stix", "-"), ("--report", "-", "--geojson", "-"), ("--parquet", "-"), ("--tlp", "red")]
)
def test_what_an_analysis_cannot_write(said, calls, argv):
    status, _, (line,) = said("analyse", ".", *argv)
    assert status == 2 and " help: " in line and "analyse" not in calls


def test_a_bar_only_where_someone_looks(said, calls):
    _, _, err = said("analyse", ".", "--progress")
    assert calls["progress"] is not None and any("100%" in line for line in err)


def test_decode(said, calls, tmp_path):
    status, out, _ = said("decode", "x", "-o", str(tmp_path))
    assert status == 0 and calls["out"] == tmp_path
    assert out[0] == f"{tmp_path}: 2 positions from 3 messages in 12 lines"
    assert out[1:] == ["  1 line not used: checksum", "  1 line not used: not_ais\N{REPLACEMENT CHARACTER}[31m"]
    assert json.loads(said("decode", "x", "-o", str(tmp_path), "--json")[1][-1]) == COUNTERS


def test_a_file_is_whole_or_as_it_was(said, calls, tmp_path):
    path = tmp_path / "positions.csv"
    assert said("decode", "x", "-o", str(path))[0] == 0
    assert path.read_text() == "time_s\n" and calls["out"] != path
    calls["fail"] = InputFault("is torn", where="x")
    assert said("decode", "x", "-o", str(path))[0] == 2
    assert path.read_text() == "time_s\n" and list(tmp_path.iterdir()) == [path]
    assert said("analyse", ".", "--alerts", str(tmp_path / "no" / "a.jsonl"))[0] == 2


def test_config_check(said, tmp_path):
    path, ships = tmp_path / "desk.toml", tmp_path / "list.csv"
    path.write_text("[guard]\nlists = ['list.csv']\n")
    ships.write_text("538001234\n")
    status, out, err = said("config", "check", str(path))
    assert (status, err) == (0, []) and "every key is right" in out[0] and "1 ship by name" in out[0]
    ships.write_text("538001234\n1\n")
    status, out, err = said("config", "check", str(path), "--json")
    assert status == 1 and len(err) == 1 and len(json.loads(out[-1])["remarks"]) == 1
    path.write_text("[guard]\nkind = 1\n[x]\n")
    status, out, err = said("config", "check", str(path), "--json")
    assert status == 2 and len(err) == 2 and len(json.loads(out[-1])["faults"]) == 2


def test_config_show(said, tmp_path):
    status, out, _ = said("config", "show")
    assert status == 0 and 'kinds = ["tanker"]' in out
    path = tmp_path / "all.toml"
    path.write_text("\n".join(out))
    assert said("config", "check", str(path))[0] == 0
    assert json.loads(said("config", "show", "--json")[1][-1])["guard"]["kinds"] == ["tanker"]


def test_version(said, capsys):
    assert set(json.loads(said("version", "--json")[1][-1])) == {"tankerwatch", "python", "numpy", "numba", "pyarrow", "starlette"}
    assert said("version")[1][0].startswith("python 3.")
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out.startswith("python 3.")


def test_journal(said, tmp_path):
    with FileJournal(tmp_path) as journal:
        journal.append(Batch(lines=Lines.of([b"!AIVDM,1\x1b[2J", b""], [1560394210.25, math.nan], [1, 2])))
        journal.append(Batch(decisions=(Decision(1560394211.0, "report", "r1", content={"words": "smoke"}),)))
        journal.commit()
    status, out, err = said("journal", str(tmp_path))
    assert (status, err) == (0, []) and len(out) == 3
    assert out[0].startswith("        1  2019-06-13 02:50:10.250Z  ") and out[0].endswith("!AIVDM,1\N{REPLACEMENT CHARACTER}[2J")
    assert "decision" in out[2] and "smoke" in out[2]
    lines = [json.loads(line) for line in said("journal", str(tmp_path), "--json")[1]]
    assert [line["record"] for line in lines[:-1]] == [1, 2, 3] and lines[1]["time_s"] is None
    assert lines[-1] == {"records": 3, "skipped": 0, "lost": 0}


# Reports to a running desk.


@pytest.fixture
def desk() -> Iterator[SimpleNamespace]:
    """A desk that answers what it is told to, and keeps what it was asked."""
    state = SimpleNamespace(asked=[], answers={}, address="")

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            state.asked.append((self.command, self.path, self.headers.get("Content-Type"), json.loads(body) if body else None))
            status, content = state.answers.get(self.path.partition("?")[0], (201, {"id": "r1"}))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(content if isinstance(content, bytes) else json.dumps(content).encode())

        do_GET = do_POST = answer  # the base class names them so

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def test_report(said, desk):
    place = ("--at", "25°26.0′N 057°22.4′E", "--time", "2019-06-13T02:50:10Z")
    options = ("--kind", "distress", "--ship", "538001234", "--verified", "--source", "channel 16", "--desk", desk.address)
    status, out, err = said("report", "Explosion on board", *place, *options)
    assert (status, out, err) == (0, ["kept as r1: Explosion on board"], [])
    (asked,) = desk.asked
    assert asked[:3] == ("POST", "/api/reports", "application/json")
    assert asked[3] == {
        "kind": "distress",
        "words": "Explosion on board",
        "ship": 538001234,
        "lat_deg": pytest.approx(25 + 26 / 60),
        "lon_deg": pytest.approx(57 + 22.4 / 60),
        "verified": True,
        "source": "channel 16",
        "time_s": 1560394210.0,
    }


def test_report_without_a_place_or_a_time(said, desk):
    assert json.loads(said("report", "Smoke", "--desk", desk.address, "--json")[1][-1]) == {"id": "r1"}
    content = desk.asked[0][3]
    assert content["lat_deg"] is None and content["lon_deg"] is None and content["ship"] is None and content["verified"] is False
    assert "time_s" not in content, "the desk's clock tells it"


@pytest.mark.parametrize(
    ("ships", "wanted"),
    [
        ([{"id": 538001234, "name": "FRONT ALTAIR"}], 538001234),
        ([{"id": 1, "name": "FRONT"}, {"id": 2, "name": "FRONT ALTAIR"}], 2),
        (
            [{"id": 1, "name": "FRONT A"}, {"id": 2, "name": "FRONT B\x1b"}],
            "2 ships answer to 'front altair' help: give the MMSI: FRONT A (1), FRONT B",
        ),
        ([], "0 ships answer to 'front altair'"),
    ],
)
def test_report_about_a_ship_by_name(said, desk, ships, wanted):
    desk.answers["/api/ships"] = (200, {"ships": ships})
    status, _, err = said("report", "Smoke", "--ship", "front altair", "--desk", desk.address)
    assert desk.asked[0][1] == "/api/ships?q=front%20altair"
    if isinstance(wanted, int):
        assert status == 0 and desk.asked[1][3]["ship"] == wanted
    else:
        assert status == 2 and wanted in err[0] and "\x1b" not in err[0]


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ((409, {"error": "no words", "help": "say what happened"}), "the desk refuses: no words help: say what happened"),
        ((200, b"<html>"), "what answers there is no desk"),
        ((200, b"[1]"), "what answers there is no desk"),
        ((200, b"\xff"), "what answers there is no desk"),
        ((500, b""), "what answers there is no desk"),
    ],
)
def test_report_refused(said, desk, answer, wanted):
    desk.answers["/api/reports"] = answer
    status, out, err = said("report", "x", "--desk", desk.address)
    assert (status, out) == (2, []) and len(err) == 1 and wanted in err[0]


def test_report_without_a_desk(said, desk):
    status, _, err = said("report", "x", "--desk", "127.0.0.1:1")
    assert status == 2 and "no desk answers" in err[0]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("25.5,57.25", (25.5, 57.25)),
        (" -25.5 , -57.25 ", (-25.5, -57.25)),
        ("25 30.0N 057 15.0E", (25.5, 57.25)),
        ("25°30′S, 057°15.0′w", (-25.5, -57.25)),
    ],
)
def test_places_as_they_are_written(text, place):
    assert reporting.place(text) == pytest.approx(place)


@given(st.text() | st.text(alphabet="0123456789.,°′ NSEWnan-e", max_size=24))
def test_no_place_is_beyond_the_earth(text):
    try:
        lat_deg, lon_deg = reporting.place(text)
    except argparse.ArgumentTypeError:
        return
    assert -90 <= lat_deg <= 90 and -180 <= lon_deg <= 180


def test_a_time_without_a_zone_is_utc():
    assert reporting.moment("2019-06-13T02:50:10") == reporting.moment("2019-06-13T04:50:10+02:00") == 1560394210.0


# Whatever happens, one line.


@pytest.mark.parametrize(
    ("fault", "status", "wanted"),
    [
        (InputFault("is torn", where="x.gz", help="fetch it again"), 2, "tankerwatch: x.gz: is torn help: fetch it again"),
        (KeyboardInterrupt(), 130, "tankerwatch: stopped"),
        (
            OSError(28, "No space left on device", "/data"),
            2,
            "tankerwatch: /data: No space left on device help: check the disk and the path",
        ),
        (PermissionError(13, "Permission denied", "/x"), 2, "tankerwatch: /x: Permission denied help: check who may read and write there"),
        (
            RuntimeError("two\nlines \x1b[0m"),
            70,
            "tankerwatch: this is our fault: RuntimeError: two lines \N{REPLACEMENT CHARACTER}[0m help: ",
        ),
        (MemoryError(), 70, "tankerwatch: this is our fault: MemoryError"),
    ],
)
def test_never_a_traceback(said, calls, tmp_path, fault, status, wanted):
    calls["fail"] = fault
    found = said("decode", "x", "-o", str(tmp_path / "o.csv"))
    assert found[0] == status and found[1] == [] and len(found[2]) == 1 and found[2][0].startswith(wanted)


def test_a_traceback_on_demand(calls, monkeypatch, tmp_path):
    calls["fail"] = RuntimeError("ours")
    monkeypatch.setenv("TANKERWATCH_DEBUG", "1")
    with pytest.raises(RuntimeError, match="ours"):
        main(["decode", "x", "-o", str(tmp_path / "o.csv")])


def test_a_reader_that_goes_away_is_no_fault():
    code = "import sys; from tankerwatch.cli import main; sys.exit(main(['config', 'show']))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_a_terminal_that_knows_little_still_gets_the_words(tmp_path):
    code = "import sys; from tankerwatch.cli import main; sys.exit(main(['report', 'x', '--at', '1′']))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env={**ENVIRONMENT, "PYTHONIOENCODING": "ascii"}, check=False)
    assert done.returncode == 2 and b"Traceback" not in done.stderr and b"no place" in done.stderr


WORDS = st.sampled_from(
    shlex.split(
        "demo watch analyse decode journal config check show version --json --headless --speed 1 - . -o --listen 127.0.0.1:1 --alerts "
        "--columns a=b --config x.toml --progress -- --data --geojson out.csv"
    )
)


@given(st.lists(WORDS | st.text(max_size=5), max_size=7))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_arguments_break_it(calls, monkeypatch, capsys, tmp_path, argv):
    monkeypatch.chdir(tmp_path)
    try:
        assert main(argv) in (0, 1, 2)
    except SystemExit as ended:
        assert ended.code == 0, "help was asked for"
    assert all(line.startswith("tankerwatch: ") or "B/s" in line or not line.strip() for line in capsys.readouterr().err.split("\n"))


@given(st.text())
def test_plain_words_are_one_printable_line(words):
    assert plain(words).isprintable()


@given(st.floats() | st.none())
def test_any_time_can_be_told(time_s):
    assert spoken_time(time_s).isprintable()
    assert len(spoken_time(time_s, 3)) >= len(spoken_time(time_s))
