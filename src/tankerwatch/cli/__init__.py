"""The command `tankerwatch`: reads arguments (`arguments.py`), does one command (`commands.py`), says in one line what went wrong.

Exit status: 0 done · 1 the answer is "no" · 2 the user can mend it · 70 our own fault · 130 and 141 as for any command that is
interrupted or whose reader has gone. What is heavy is imported by the commands that need it, so that help comes at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from tankerwatch.cli.arguments import parse
from tankerwatch.cli.output import complain
from tankerwatch.core.errors import InputFault


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. Never a traceback, unless TANKERWATCH_DEBUG is set."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that has no ′ still gets the alert
    try:
        arguments = parse(argv)
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except InputFault as fault:
        complain(str(fault))
        return 2
    except KeyboardInterrupt:
        complain("stopped")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains once more when it ends
        return 141
    except OSError as fault:
        where = f"{fault.filename}: " if fault.filename else ""
        complain(f"{where}{fault.strerror or fault} help: {_advice(fault)}")
        return 2
    except Exception as fault:
        if os.environ.get("TANKERWATCH_DEBUG"):
            raise
        complain(f"this is our fault: {type(fault).__name__}: {fault} help: please report it with what TANKERWATCH_DEBUG=1 prints")
        return 70
    return status


def _advice(fault: OSError) -> str:
    if isinstance(fault, FileNotFoundError):
        return "check the path"
    if isinstance(fault, PermissionError):
        return "check who may read and write there"
    return "check the disk and the path"
