"""`tankerwatch top`: alerts, ships and feeds of a running desk in a terminal, for whoever has no browser at hand but a shell."""

from __future__ import annotations

import argparse
import sys

from tankerwatch.cli.calling import desk_of
from tankerwatch.cli.output import print_json
from tankerwatch.core.errors import InputFault


def top(arguments: argparse.Namespace) -> int:
    """Show them until it is quit, or print them once."""
    desk = desk_of(arguments)
    if not arguments.once:
        if arguments.json or arguments.check:
            raise InputFault(f"{'--json' if arguments.json else '--check'} tells of one look", where="top", help="add --once")
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise InputFault("this is no terminal", where="top", help="add --once to print it")
        from tankerwatch.cli.top.screen import show  # the extra, and only there

        show(desk, by=arguments.by, least=arguments.least)
        return 0
    from tankerwatch.cli.top.desk import once
    from tankerwatch.cli.top.lines import printed, troubles

    seen = once(desk)
    wrong = troubles(seen)
    if arguments.json:
        print_json(
            {
                "health": seen.health,
                "alerts": list(seen.alerts.values()),
                "ships": seen.ships,
                "ships_in_all": seen.ships_in_all,
                "troubles": wrong,
            }
        )
    elif arguments.check:
        print("\n".join(wrong or ["all is well"]))
    else:
        print("\n".join(printed(seen, least=arguments.least)))
    return int(arguments.check and bool(wrong))
