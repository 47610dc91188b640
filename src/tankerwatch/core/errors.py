"""What can go wrong, by whose fault it is.

    Fault
    ├── InputFault          theirs: unreadable input, wrong arguments or configuration → exit status 2, one line and `help:`
    │   └── ConfigFault     a key of the configuration is wrong; says where
    └── TankerwatchFault    ours: a promise between stages was broken

Bad *data* is no exception: it is counted by reason and shown.
"""

from __future__ import annotations


class Fault(Exception):
    """The root of all faults that Tankerwatch raises on purpose."""


class InputFault(Fault):
    """The user can mend this. `what` is wrong, `where`, and what would `help`."""

    def __init__(self, what: str, *, where: str = "", help: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.help = help

    def __str__(self) -> str:
        """One line: where, what, help."""
        where = f"{self.where}: " if self.where else ""
        advice = f" help: {self.help}" if self.help else ""
        return " ".join(f"{where}{self.what}{advice}".split())


class ConfigFault(InputFault):
    """A key of the configuration has a wrong name or value."""


class TankerwatchFault(Fault):
    """A promise between two stages was broken; please report it."""
