"""The arguments of the commands by which what a watch has kept survives."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tankerwatch.cli import keeping


def surviving(add: Callable[[str, Callable[[argparse.Namespace], int], str, Sequence[str]], Any]) -> None:
    """Add them."""
    verify = add(
        "verify",
        keeping.verify,
        "prove that what a watch has kept is as it was written",
        ["verify tankerwatch-data", "verify copy --checkpoint checkpoint.json", "verify tankerwatch-data --replica /mnt/second --json"],
    )
    verify.add_argument("data", type=Path, metavar="DIR", help="the --data of a watch, which may be running, or a copy of it")
    verify.add_argument(
        "--checkpoint", type=Path, action="append", default=[], metavar="FILE", help="a checkpoint that was kept elsewhere; may be repeated"
    )
    verify.add_argument("--replica", type=Path, metavar="DIR", help="a copy that was kept elsewhere")

    restore = add(
        "restore",
        keeping.restore,
        "make a data directory anew from a copy of it",
        ["restore --from /mnt/second --to tankerwatch-data"],
    )
    restore.add_argument("--from", dest="source", required=True, metavar="REPLICA", help="the directory of a copy")
    restore.add_argument("--to", type=Path, required=True, metavar="DIR", help="a directory that holds no journal yet")

    checkpoint = add(
        "checkpoint",
        keeping.checkpoint,
        "vouch for all that is kept so far, in a few lines to be kept elsewhere",
        ["checkpoint tankerwatch-data -o /mnt/stick/checkpoint.json", "checkpoint tankerwatch-data --page checkpoint.html"],
    )
    checkpoint.add_argument(
        "data", type=Path, metavar="DIR", help="the --data of a watch; of a running one, its newest checkpoint is given"
    )
    checkpoint.add_argument("-o", "--out", type=Path, metavar="FILE", help="write it there")
    checkpoint.add_argument("--page", type=Path, metavar="FILE", help="write a page to print there")
