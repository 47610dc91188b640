"""The past of a watch, played once more: `tankerwatch replay`."""

from __future__ import annotations

import argparse
import math

from tankerwatch.cli.commands import called, compile_first, config_of, reached
from tankerwatch.cli.output import complain, count, print_found, print_json, progress_bar
from tankerwatch.core.errors import InputFault


def replay(arguments: argparse.Namespace) -> int:
    """A period of a journal on the page, or in one go what stood at its end."""
    if arguments.json and not arguments.headless:
        raise InputFault("--json tells what stood at the end", where=called(arguments), help="add --headless")
    config = reached(arguments, config_of(arguments), arguments.data)
    from tankerwatch.desk import replay as serve
    from tankerwatch.desk.replaying import PastDesk, Period

    if not arguments.headless:
        compile_first()
    begin_s = -math.inf if arguments.begin is None else arguments.begin
    period = Period(arguments.data, begin_s, math.inf if arguments.end is None else arguments.end)
    with progress_bar(arguments.progress) as progress:
        desk = PastDesk(config, period, speed=arguments.speed, progress=progress)
        desk.warm()
        found = desk.found() if arguments.headless else None
    if found is None:
        serve(desk, listen=arguments.listen or config.listen)
        return 0
    if desk.skipped:
        complain(f"damaged in {count(desk.skipped, 'place')}, passed over; tankerwatch journal {period.directory} says where")
    (print_json if arguments.json else print_found)(found)
    return 0
