"""The commands that put on paper what a watch has kept: an incident, a warning about it, the hand-over of a watch."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tankerwatch.cli.commands import called, config_of
from tankerwatch.cli.output import plain, print_json, progress_bar, spoken_time, text_file
from tankerwatch.cli.reporting import moment
from tankerwatch.core.errors import InputFault

if TYPE_CHECKING:
    from tankerwatch.core.ports import Papers
    from tankerwatch.desk.replaying import PastDesk


def papering(add: Callable[[str, Callable[[argparse.Namespace], int], str, Sequence[str]], Any]) -> None:
    """Add their arguments."""
    one = add(
        "incident",
        incident,
        "put an incident of a watch on paper: one HTML page that opens offline, or the draft of a warning",
        [
            "incident tankerwatch-data",
            "incident tankerwatch-data incident-818dda -o incident.html",
            "incident tankerwatch-data incident-818dda --to 2019-06-13T05:00Z --warning",
        ],
    )
    _of(one)
    one.add_argument("incident", nargs="?", metavar="INCIDENT", help="its id, such as incident-818dda; without one they are listed")
    one.add_argument("-o", "--out", metavar="FILE", help="write the page there; - is standard output")
    one.add_argument("--warning", action="store_true", help="print the draft of a warning to other ships; nothing is sent")
    one.add_argument("--name-ships", action="store_true", help="name the ships in the draft")

    sheet = add(
        "handover",
        handover,
        "put the hand-over of a watch on paper: what stands open, what is silenced, how the feeds are, what changed",
        ["handover tankerwatch-data -o handover.html", "handover tankerwatch-data --since 2019-06-13T00:00Z --json"],
    )
    _of(sheet)
    sheet.add_argument("-o", "--out", metavar="FILE", help="write the page there; - is standard output")
    sheet.add_argument("--since", type=moment, metavar="TIME", help="what changed since when, UTC (eight hours before the end)")


def _of(command: Any) -> None:
    command.add_argument("data", type=Path, metavar="DIR", help="the --data of the watch; it may be running, and nothing is written there")
    command.add_argument("--to", dest="end", type=moment, metavar="TIME", help="as known then, UTC (at the end)")


def incident(arguments: argparse.Namespace) -> int:
    """The incidents of a watch, or one of them as a page or as the draft of a warning."""
    name = arguments.incident
    if name is None and (arguments.out or arguments.warning):
        raise InputFault("which incident?", where=called(arguments), help="name one; without --out and --warning they are listed")
    if name is not None and not (arguments.out or arguments.warning or arguments.json):
        raise InputFault("what of it?", where=called(arguments), help="-o FILE.html for the page, --warning for a draft, --json for all")
    if arguments.out and (arguments.warning or arguments.json):
        raise InputFault("a page, and something else", where=called(arguments), help="-o FILE.html alone")
    with _past(arguments) as (desk, papers):
        if name is None:
            _list(desk.desk.incidents(sys.maxsize), as_json=arguments.json)
            return 0
        if arguments.warning:
            draft = _found(papers.warning(name, arguments.name_ships), arguments)
            print_json(draft) if arguments.json else print(draft["text"], end="")
        elif arguments.json:
            print_json(_found(papers.incident(name), arguments))
        else:
            sheet = _found(papers.incident_sheet(name), arguments)
            _write(arguments, sheet.html)
    return 0


def handover(arguments: argparse.Namespace) -> int:
    """The hand-over of a watch as a page, or with --json as an object."""
    if bool(arguments.out) == arguments.json:
        raise InputFault("a page or an object?", where=called(arguments), help="-o FILE.html, or --json")
    with _past(arguments) as (_, papers):
        if arguments.json:
            print_json(papers.handover(arguments.since))
        else:
            _write(arguments, papers.handover_sheet(arguments.since).html)
    return 0


@contextmanager
def _past(arguments: argparse.Namespace) -> Iterator[tuple[PastDesk, Papers]]:
    """A desk that knows what the watch knew at a time, and what it puts on paper."""
    config = config_of(arguments)
    from tankerwatch.desk.replaying import PastDesk, Period

    end_s = math.inf if arguments.end is None else arguments.end
    with progress_bar(arguments.progress) as progress:
        desk = PastDesk(config, Period(arguments.data, end_s, end_s), progress=progress)
        desk.warm()
        desk.found()
    yield desk, desk.desk.papers


def _write(arguments: argparse.Namespace, page: str) -> None:
    with text_file(arguments.out) as file:
        file.write(page)


def _found(made: Any, arguments: argparse.Namespace) -> Any:
    if made is None:
        help = f"tankerwatch incident {arguments.data} lists them; --to asks as of another time"
        raise InputFault(f"there is no incident {arguments.incident!r}", where=str(arguments.data), help=help)
    return made


def _list(incidents: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json({"incidents": incidents})
        return
    for one in incidents:
        print(f"{spoken_time(one['start_s'])}  {one['severity']:8}  {one['state']:9}  {one['id']}  {plain(one['title'])}")
    if not incidents:
        print("no incident")
