"""Strikes a copy of the history made for the purpose, and says what survives: `tankerwatch drill`."""

from __future__ import annotations

import argparse

from tankerwatch.cli.output import complain, print_json, progress_bar, text_file
from tankerwatch.core.errors import InputFault


def drill(arguments: argparse.Namespace) -> int:
    """All strikes; status 1 when anything acknowledged was lost, a strike was not noticed, or a clean journal was accused."""
    from tankerwatch.cli.commands import versions
    from tankerwatch.drill import command, report

    size = command.FULL if arguments.full else command.Size.of(arguments.rounds) if arguments.rounds else command.USUAL
    for path in (arguments.report, arguments.write):
        if path is not None and not path.parent.is_dir():
            raise InputFault("there is no such directory", where=str(path.parent), help="make it first, or name another file")
    with progress_bar(arguments.progress, unit=" rounds") as progress:
        drilled = command.drill(size, sample=arguments.sample, tell=progress)
    made = versions()
    if arguments.report is not None:
        with text_file(str(arguments.report)) as file:
            file.write(report.page(drilled, made))
    if arguments.write is not None:
        with text_file(str(arguments.write)) as file:
            file.write(report.markdown(drilled, made, "tankerwatch drill --full" if arguments.full else "tankerwatch drill"))
    if arguments.json:
        print_json(drilled.to_json(made))
    else:
        print(command.words(drilled))
    if not drilled.passed:
        complain(report.verdict(drilled))
    return 0 if drilled.passed else 1


def rounds(text: str) -> int:
    """A number of rounds."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 1 <= number <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rounds; 1 to 100000")
    return number
