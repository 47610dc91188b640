"""The arguments of each command, with help that a newcomer understands and examples that a test reads back."""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NoReturn

from tankerwatch.cli import commands, replaying, reporting
from tankerwatch.cli import trying as trying_rules
from tankerwatch.cli.asking import asking
from tankerwatch.cli.calling import to_desk
from tankerwatch.cli.papering import papering
from tankerwatch.cli.surviving import surviving, vault
from tankerwatch.cli.telling import telling
from tankerwatch.cli.top import top as watch_in_terminal
from tankerwatch.cli.users import tokens, users
from tankerwatch.config.access import listened
from tankerwatch.core.errors import InputFault
from tankerwatch.core.incidents import REPORT_KINDS, SEVERITIES
from tankerwatch.share import TLP, USUAL_TLP

INPUT: Final = (
    "logs of NMEA sentences (.nmea .txt .log .aivdm, also .gz .zst), files of decoded reports (.csv .parquet), folders of these; "
    "- is standard input"
)
SOURCE: Final = (
    "a feed: tcp://HOST:PORT tcp-listen://ADDRESS:PORT udp://ADDRESS:PORT serial:DEVICE file:PATH or - (standard input); several are joined"
)


class Parser(argparse.ArgumentParser):
    """Says what is wrong in our one line instead of with the usage."""

    def error(self, message: str) -> NoReturn:
        """Raise InputFault, with what may have been meant."""
        wrong = re.search(r"invalid choice: '([^']*)'.*?\(choose from (.*)\)", message)
        where = self.prog.removeprefix("tankerwatch").strip()
        if not wrong:
            raise InputFault(message, where=where, help=f"{self.prog} --help")
        near = get_close_matches(wrong[1], re.findall(r"[\w-]+", wrong[2]), 1)
        raise InputFault(f"there is no {wrong[1]!r}", where=where, help=f"did you mean {near[0]}?" if near else f"{self.prog} --help")


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """The arguments of one command, `run` among them, and all of it as `typed`. Raises InputFault for what is not understood."""
    arguments, unknown = parser().parse_known_args(argv)
    if unknown:
        known = re.findall(r"--[\w-]+", arguments.parser.format_usage())
        near = get_close_matches(unknown[0].partition("=")[0], known, 1)
        program = arguments.parser.prog
        raise InputFault(
            f"{unknown[0]!r} is not understood", where=program, help=f"did you mean {near[0]}?" if near else f"{program} --help"
        )
    arguments.typed = shlex.join(["tankerwatch", *(sys.argv[1:] if argv is None else argv)])
    return arguments


class Version(argparse.Action):
    """What `tankerwatch version` says, for who types it as of other programs."""

    def __call__(self, parser: argparse.ArgumentParser, *_given: Any, **_more: Any) -> NoReturn:
        """Say it, and end."""
        commands.version(argparse.Namespace(json=False))
        parser.exit()


def parser() -> Parser:
    """The parser of the whole command line."""
    top = Parser(
        prog="tankerwatch",
        description="Watches ships by AIS and radar, and warns when one is in danger.",
        epilog="Begin with: tankerwatch demo. Each command explains itself: tankerwatch watch --help",
        allow_abbrev=False,
    )
    top.add_argument("--version", action=Version, nargs=0, help="the same as: tankerwatch version")
    group = top.add_subparsers(title="commands", metavar="COMMAND", required=True)

    add = _adder(group)
    demo = add(
        "demo",
        commands.demo,
        "watch the bundled scene of 13 June 2019 in the browser",
        ["demo", "demo --speed 600", "demo --headless --json"],
    )
    demo.add_argument("--speed", type=_speed, default=120.0, metavar="N", help="how many times faster than it happened (120)")
    demo.add_argument("--headless", action="store_true", help="no page: run it through as fast as it can, and print what it found")
    _listen(demo)
    _context_option(demo)

    watch = add(
        "watch",
        commands.watch,
        "watch live feeds; the page, the alerts and the journal",
        ["watch tcp://127.0.0.1:10110", "watch udp://0.0.0.0:10110 serial:/dev/ttyUSB0 --data history", "watch --config desk.toml"],
    )
    watch.add_argument("source", nargs="*", metavar="SOURCE", help=f"{SOURCE}; without any, those of the configuration")
    watch.add_argument(
        "--data", type=Path, default=commands.DATA, metavar="DIR", help=f"where all that is received is kept ({commands.DATA})"
    )
    watch.add_argument(
        "--copy",
        action="append",
        default=[],
        metavar="PLACE",
        help="keep a copy there: a directory on another disk or share, https://HOST:PORT of a vault, s3://BUCKET/PREFIX; may be repeated",
    )
    watch.add_argument(
        "--min-copies", type=_copies, default=0, metavar="N", help="on how many disks a record must be to count as acknowledged (1)"
    )
    _listen(watch)
    _context_option(watch)

    analyse = add(
        "analyse",
        commands.analyse,
        "find what a watch over recorded input would have seen, and when",
        [
            "analyse feed.nmea.gz --report report.html",
            "analyse logs/ --alerts alerts.jsonl --json",
            "analyse positions.csv --columns time=Seen,mmsi=Id",
        ],
    )
    analyse.add_argument("path", nargs="+", metavar="PATH", help=INPUT)
    analyse.add_argument("--alerts", metavar="FILE", help="write the alerts there, one JSON object a line; - is standard output")
    analyse.add_argument("--geojson", metavar="FILE", help="write the alerts there for a map; - is standard output")
    analyse.add_argument("--parquet", type=_file, metavar="FILE", help="write the alerts there as GeoParquet")
    analyse.add_argument("--stix", metavar="FILE", help="write the alerts there as a STIX 2.1 bundle to share; - is standard output")
    analyse.add_argument("--tlp", choices=TLP, default=USUAL_TLP, help="how far the bundle may be passed on: %(choices)s (%(default)s)")
    analyse.add_argument("--report", metavar="FILE", help="write one HTML page there that opens offline: map, time line, table")
    _columns_option(analyse)

    analyse.add_argument(
        "--advise",
        action="store_true",
        help="for each rule beyond its budget, find the setting that would change that most (reads once more)",
    )

    _context_option(analyse)

    learn = add(
        "learn",
        commands.learn,
        "learn from recorded input what is usual where, for a watch that need not begin cold",
        ["learn logs/ -o context.parquet", "learn june.nmea.zst --context context.parquet -o context.parquet"],
    )
    learn.add_argument("path", nargs="+", metavar="PATH", help=INPUT)
    learn.add_argument("-o", "--out", type=Path, required=True, metavar="CONTEXT", help="the file to write: a Parquet table of cells")
    _context_option(learn)
    _columns_option(learn)

    trying = add(
        "try",
        trying_rules.try_rule,
        "see what a rule would have raised with other settings, before they are armed",
        [
            "try dark --on tankerwatch-data --days 7",
            "try dark --on logs/ --setting silent_s=900",
            "try closing --on feed.nmea --sweep cpa_nm",
        ],
    )
    trying.add_argument("rule", metavar="RULE", help="the id of a detector, such as dark")
    trying.add_argument("--on", nargs="+", required=True, metavar="HISTORY", help=f"the --data of a watch, or {INPUT}")
    trying.add_argument(
        "--setting",
        type=trying_rules.setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting to try; several go together",
    )
    trying.add_argument(
        "--sweep", action="append", default=[], metavar="NAME", help="try many values of this setting; of every setting when none is named"
    )
    trying.add_argument("--days", type=trying_rules.days, metavar="N", help="of a watch only the latest N days")
    _columns_option(trying)

    decode = add(
        "decode",
        commands.decode,
        "turn messages into tables",
        ["decode feed.nmea -o decoded", "decode feed.nmea.zst -o positions.csv", "decode - -o positions.jsonl --json"],
    )
    decode.add_argument("path", nargs="+", metavar="PATH", help=INPUT)
    decode.add_argument(
        "-o",
        "--out",
        type=Path,
        required=True,
        metavar="OUT",
        help="a folder for Parquet tables, or a .csv or .jsonl file for positions alone",
    )
    _columns_option(decode)

    evaluate = add(
        "evaluate",
        commands.evaluate,
        "score the detectors on scenes with known truth and on clean traffic",
        ["evaluate", "evaluate --only closing,dark --quick", "evaluate --only dark --quick --write-scenes scenes"],
    )
    evaluate.add_argument("--only", type=_names, default=(), metavar="NAME,…", help="these dangers only, or decoys of these kinds")
    much = evaluate.add_mutually_exclusive_group()
    much.add_argument("--quick", action="store_true", help="a scene or two of each kind, no clean traffic: some seconds")
    much.add_argument("--full", action="store_true", help="all seeds and thousands of ship-days: half an hour")
    evaluate.add_argument("--jobs", type=int, metavar="N", help="processes at once (as many as there are cores)")
    evaluate.add_argument("--write", type=Path, metavar="FILE", help="write the results there as a page of Markdown, its plots beside it")
    evaluate.add_argument("--write-scenes", type=Path, metavar="DIR", help="write the scenes there, logs and truth, and score nothing")

    journal = add(
        "journal", commands.journal, "print what a watch has kept, record by record", ["journal tankerwatch-data", "journal history --json"]
    )
    journal.add_argument("data", type=Path, metavar="DIR", help="the --data of the watch; it may be running")

    past = add(
        "replay",
        replaying.replay,
        "play what a watch has kept once more, as it was known then",
        [
            "replay tankerwatch-data --from 2019-06-13T02:00Z --speed 60",
            "replay tankerwatch-data --to 2019-06-13T02:30Z --headless --json",
        ],
    )
    past.add_argument("data", type=Path, metavar="DIR", help="the --data of the watch; it may be running, and nothing is written there")
    past.add_argument("--from", dest="begin", type=reporting.moment, metavar="TIME", help="from when, UTC (from the beginning)")
    past.add_argument("--to", dest="end", type=reporting.moment, metavar="TIME", help="until when, UTC (to the end)")
    past.add_argument("--speed", type=_speed, default=1.0, metavar="N", help="how many times faster than it happened (1)")
    past.add_argument("--headless", action="store_true", help="no page: print the alerts and incidents that stood at --to")
    _listen(past)
    _context_option(past)

    surviving(add)
    asking(add)
    papering(add)
    known = group.add_parser("users", help="say who may log in at a desk", description="Say who may log in.", allow_abbrev=False)
    named = known.add_subparsers(title="commands", metavar="COMMAND", required=True)
    users(_adder(named))
    borne = named.add_parser("token", help="say by which tokens programs come in", description="Tokens of programs.", allow_abbrev=False)
    tokens(_adder(borne.add_subparsers(title="commands", metavar="COMMAND", required=True)))
    copies = group.add_parser("vault", help="keep copies of journals, on another machine", description="Keep copies.", allow_abbrev=False)
    vault(_adder(copies.add_subparsers(title="commands", metavar="COMMAND", required=True)))

    report = add(
        "report",
        reporting.report,
        "send a person's report to a running desk",
        [
            'report "Explosion heard from the engine room" --kind distress --ship 538001234 --source "radio, channel 16"',
            "report 'Two small craft, no lights' --kind sighting --at '25°26.0′N 057°22.4′E' --time 2019-06-13T02:30Z",
            "report 'Crew is in the boats' --at=-25.4,57.3 --verified",
        ],
    )
    report.add_argument("words", metavar="WORDS", help="what happened, in one or two sentences")
    report.add_argument("--kind", choices=REPORT_KINDS, default="report", help="what it is: %(choices)s (report)")
    report.add_argument("--ship", metavar="SHIP", help="the ship it is about: MMSI, or her name if it is clear")
    report.add_argument(
        "--at", type=reporting.place, metavar="PLACE", help="where: 25.43,57.37 or 25°26.0′N 057°22.4′E (south: --at=-25.4,57.3)"
    )
    report.add_argument(
        "--time", type=reporting.moment, metavar="TIME", help="when it happened, UTC, such as 2019-06-13T02:30Z (the desk's clock)"
    )
    report.add_argument("--verified", action="store_true", help="someone has made sure of it")
    report.add_argument("--source", default="", metavar="WHO", help="who says so")
    to_desk(report)

    _top(add)
    config = group.add_parser(
        "config", help="check or show the configuration", description="Check or show the configuration.", allow_abbrev=False
    )
    add = _adder(config.add_subparsers(title="commands", metavar="COMMAND", required=True))
    check = add("check", commands.config_check, "say everything that is wrong with a configuration", ["config check desk.toml"])
    check.add_argument("file", type=Path, metavar="FILE", help="the TOML file")
    telling(add)
    add("show", commands.config_show, "print a configuration with every key, its default and its meaning", ["config show > desk.toml"])

    _adder(group)("version", commands.version, "say which version this is, and of what it is made", ["version --json"])
    return top


def _top(add: Callable[[str, Callable[[argparse.Namespace], int], str, Sequence[str]], Parser]) -> None:
    shown = add(
        "top",
        watch_in_terminal,
        "watch a running desk in the terminal: alerts, ships, feeds",
        ["top", "top --by ANNA --least caution", "top --once", "top --once --check", "top --desk 127.0.0.1:8421 --once --json"],
    )
    to_desk(shown)
    shown.add_argument("--once", action="store_true", help="print it once and end; needs no extra")
    shown.add_argument(
        "--check", action="store_true", help="with --once: say only what is wrong with the desk, and end with status 1 if anything is"
    )
    shown.add_argument("--by", default="", metavar="NAME", help="your name, for what you acknowledge")
    shown.add_argument("--least", choices=SEVERITIES, default="notice", help="the least severity to show: %(choices)s (%(default)s)")


def _listen(command: Parser) -> None:
    command.add_argument(
        "--listen", type=_address, metavar="HOST:PORT", help="where the page is served (as configured, else 127.0.0.1:8420)"
    )
    command.add_argument(
        "--public", type=_address, metavar="HOST:PORT", help="show everybody late and rounded positions there, and nothing else"
    )
    command.add_argument(
        "--users",
        type=Path,
        metavar="FILE",
        help="who may log in at a page that others reach (as configured, else users.json of --data)",
    )


def _context_option(command: Parser) -> None:
    command.add_argument(
        "--context", type=Path, metavar="FILE", help="what was learnt before of these waters (tankerwatch learn; as configured, else none)"
    )


def _address(text: str) -> str:
    if listened(text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no address, such as 127.0.0.1:8420")
    return text


def _copies(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= 16):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of copies; 1 to 16")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.1 <= speed <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no speed; 0.1 to 100000 times")
    return speed


def _file(text: str) -> Path:
    if text == "-":
        raise argparse.ArgumentTypeError("Parquet is written to a file, not to standard output")
    return Path(text)


def _columns_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--columns", type=_columns, default={}, metavar="MEANING=NAME,…", help="what the columns of a table are called, where not as usual"
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _columns(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",")]
    for meaning, _, name in pairs:
        if not meaning.strip() or not name.strip():
            raise argparse.ArgumentTypeError(f"{text!r} is not like time=Seen,mmsi=Id")
    return {meaning.strip(): name.strip() for meaning, _, name in pairs}


def _adder(group: Any) -> Callable[[str, Callable[[argparse.Namespace], int], str, Sequence[str]], Parser]:
    """Adds a command with the options that all commands have."""

    def add(name: str, run: Callable[[argparse.Namespace], int], words: str, examples: Sequence[str]) -> Parser:
        epilog = "examples:\n" + "\n".join(f"  tankerwatch {example}" for example in examples)
        made: Parser = group.add_parser(
            name,
            help=words,
            description=f"{words[0].upper()}{words[1:]}.",
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        made.add_argument("--config", type=Path, metavar="FILE", help="a TOML file of settings (tankerwatch config show prints one)")
        made.add_argument("--json", action="store_true", help="print one JSON object as the last line")
        made.add_argument("--progress", action="store_true", help="show a bar even where there is no terminal")
        made.set_defaults(run=run, parser=made)
        return made

    return add
