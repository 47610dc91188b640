"""Write the generated pages of docs/reference from the code that they describe.

    make docs                       writes them anew
    python tools/docs.py --check    status 1 when one is not as it would be written; names it

What a page says is declared where it is used: keys in config/keys.py and the detectors, columns in core/tables.py, commands in
cli/arguments.py.
"""

from __future__ import annotations

import argparse
import inspect
import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tankerwatch.cli.arguments import parser
from tankerwatch.config import page as configuration_page
from tankerwatch.core import tables
from tankerwatch.core.schema import Column, Table
from tankerwatch.detect import catalog
from tankerwatch.detect.kit import SECTIONS
from tankerwatch.ingest.columns import NAMES, NEEDED, UNITS_OF

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"


def pages() -> dict[str, str]:
    """The generated pages by file name."""
    return {
        "configuration.md": configuration_page.page(catalog.detectors()),
        "columns.md": columns(),
        "columns-in.md": columns_in(),
        "command-line.md": command_line(),
        "detectors.md": detectors(),
    }


def _head(title: str, source: str, *words: str) -> list[str]:
    return [f"# {title}", "", f"<!-- Written by `make docs` from {source}: change that. -->", "", *words]


def quality_bits() -> list[tuple[str, int, str]]:
    """Name, value and meaning of every bit of `quality`, as tables.py declares them."""
    declared = re.findall(r"^([A-Z_]+) = 1 << (\d+)  # (.+)$", inspect.getsource(tables), re.MULTILINE)
    return [(name, 1 << int(shift), meaning) for name, shift, meaning in declared]


def all_tables() -> list[type[Table]]:
    """Every table that flows between the stages, in the order of the file."""
    return [kind for kind in vars(tables).values() if isinstance(kind, type) and issubclass(kind, Table) and kind is not Table]


def columns() -> str:
    """The page of tables, columns and quality bits."""
    lines = _head(
        "Tables and columns",
        "src/tankerwatch/core/tables.py",
        "What the stages hand each other, and what `tankerwatch decode` writes (positions are `Fixes`, others as they are called).",
        "The unit of a column is the end of its name. In files a missing value is null; in memory it is the value given here.",
    )
    for kind in all_tables():
        lines += ["", f"## {kind.__name__}", "", *inspect.cleandoc(kind.__doc__ or "").splitlines(), ""]
        lines += ["| column | type | unit | what it is | missing | as sent |", "|---|---|---|---|---|---|"]
        for c in kind.columns():
            holds = "text or object" if c.dtype == object else str(c.dtype)
            lines.append(f"| `{c.name}` | {holds} | {c.unit} | {_cell(c.meaning)} | {_missing(c)} | {_cell(c.wire)} |")
    lines += [
        "",
        "## Quality bits",
        "",
        "What `quality` adds up to; 0 is a row without fault.",
        "",
        "| bit | value | meaning |",
        "|---|---|---|",
    ]
    lines += [f"| `{name}` | {value} | {meaning} |" for name, value, meaning in quality_bits()]
    return "\n".join(lines) + "\n"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def _missing(column: Column) -> str:
    if column.missing is None:
        return "never"
    if column.missing == "":
        return "empty"
    return "NaN" if isinstance(column.missing, float) and math.isnan(column.missing) else str(column.missing)


def columns_in() -> str:
    """The page of the columns that are understood in tables of others."""
    lines = _head(
        "Columns of tables that are read",
        "src/tankerwatch/ingest/columns.py",
        "By these names a column of a `.csv` or `.parquet` file is known; case, blanks and signs do not count. Where yours has another",
        f'name, say so: `--columns "time=Seen at,sog=Speed[km/h]"`. Needed are {", ".join(NEEDED)}.',
    )
    lines += ["", "| meaning | names | units that may follow in brackets |", "|---|---|---|"]
    lines += [f"| `{role}` | {', '.join(names)} | {' '.join(UNITS_OF.get(role, ()))} |" for role, names in NAMES.items()]
    return "\n".join(lines) + "\n"


def commands(of: argparse.ArgumentParser | None = None) -> Iterator[argparse.ArgumentParser]:
    """Every command that does something."""
    of = of or parser()
    groups = [action for action in of._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield of
    for group in groups:
        for made in group.choices.values():
            yield from commands(made)


def options(of: argparse.ArgumentParser) -> list[tuple[str, str]]:
    """Every argument and option of a command as it is written, and its help."""
    found = []
    for action in of._actions:
        value = action.metavar or ("|".join(action.choices) if action.choices else action.dest.upper())
        names = ", ".join(action.option_strings)
        written = names + (f" {value}" if names and action.nargs != 0 else "") or f"{value}{'…' if action.nargs in ('*', '+') else ''}"
        found.append((written, (action.help or "").replace("%(choices)s", ", ".join(action.choices or ()))))
    return found


def command_line() -> str:
    """The page of commands and their options."""
    lines = _head(
        "Command line",
        "src/tankerwatch/cli/arguments.py",
        "Exit status: 0 done; 1 the answer is no; 2 you can mend it: one line says what, where and what helps; 70 the fault is ours.",
        "Words go to stderr, what was asked for to stdout. With `--json` the last line of stdout is one JSON object.",
    )
    for command in commands():
        lines += ["", f"## {command.prog}", "", command.description or "", "", "| argument | meaning |", "|---|---|"]
        lines += [f"| `{_cell(written)}` | {_cell(help)} |" for written, help in options(command)]
        lines += ["", "```sh", *(line.strip() for line in (command.epilog or "").splitlines()[1:]), "```"]
    return "\n".join(lines) + "\n"


def detectors() -> str:
    """The page of detectors."""
    lines = _head(
        "Detectors",
        "the docstrings in src/tankerwatch/detect/ship/",
        "What is looked for, one detector each. Their thresholds and how to move them: [configuration](configuration.md).",
    )
    for detector in catalog.detectors():
        lines += ["", f"## {detector.id}", "", detector.document.splitlines()[0]]
        for heading in SECTIONS:
            lines += ["", f"**{heading}.** {catalog.section(detector, heading)}"]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the pages, or with --check say which are not as they would be written."""
    arguments = argparse.ArgumentParser(description="Write the generated pages of docs/reference.")
    arguments.add_argument("--check", action="store_true", help="write nothing; status 1 when a page is out of date")
    check = arguments.parse_args().check
    stale = []
    for name, text in pages().items():
        path = REFERENCE / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.write_text(text, encoding="utf-8")
            print(f"docs/reference/{name}: written")
    if check and stale:
        print(f"out of date, run make docs: {' '.join(stale)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
