"""The arguments of the commands by which what a watch has kept survives."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from tankerwatch.cli import drilling, keeping, vaulting

PLACE: Final = "the directory of a copy, https://HOST:8421/MARK of a vault, or s3://BUCKET/PREFIX/MARK"


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
    verify.add_argument("--replica", metavar="REPLICA", help=f"a copy that was kept elsewhere: {PLACE}")
    _access(verify)

    restore = add(
        "restore",
        keeping.restore,
        "make a data directory anew from a copy of it",
        [
            "restore --from /mnt/second --to tankerwatch-data",
            "restore --from https://vault.example:8421 --token-file vault.token --ca vault.pem",
            "restore --from https://vault.example:8421/0123456789abcdef --to tankerwatch-data --token-file vault.token --ca vault.pem",
        ],
    )
    restore.add_argument("--from", dest="source", required=True, metavar="REPLICA", help=f"{PLACE}; without MARK its journals are listed")
    restore.add_argument("--to", type=Path, metavar="DIR", help="a directory that holds no journal yet")
    _access(restore)

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

    drill = add(
        "drill",
        drilling.drill,
        "strike a copy of the history made for the purpose, and say what survives",
        ["drill", "drill --sample tankerwatch-data --report drill.html", "drill --full --json"],
    )
    much = drill.add_mutually_exclusive_group()
    much.add_argument("--rounds", type=drilling.rounds, metavar="N", help="so many rounds of each strike (a few: under a minute)")
    much.add_argument("--full", action="store_true", help="as often as the project's bars ask: some minutes")
    drill.add_argument(
        "--sample", type=Path, metavar="DIR", help="take the lines from there, the --data of a watch, which is only read (the scene)"
    )
    drill.add_argument("--report", type=Path, metavar="FILE", help="write a page there that can be filed as evidence (HTML)")
    drill.add_argument("--write", type=Path, metavar="FILE", help="write the outcome there as a page of Markdown")


def vault(add: Callable[[str, Callable[[argparse.Namespace], int], str, Sequence[str]], Any]) -> None:
    """Add those of a vault."""
    init = add(
        "init",
        vaulting.init,
        "make a vault: its certificate and a first token",
        ["vault init vault --name vault.example", "vault init vault --name 192.0.2.7 --name vault.example"],
    )
    init.add_argument("vault", type=Path, metavar="DIR", help="the directory of the vault, on a machine of its own")
    init.add_argument(
        "--name", action="append", required=True, metavar="HOST", help="the name or address by which desks reach it; may be repeated"
    )

    serve = add(
        "serve",
        vaulting.serve,
        "take copies of journals from desks, over TLS; nothing can be deleted or changed by them",
        ["vault serve vault", "vault serve vault --listen 0.0.0.0:8421 --keep-days 90 --most-gb 200"],
    )
    serve.add_argument("vault", type=Path, metavar="DIR", help="the directory that vault init made")
    serve.add_argument(
        "--listen",
        type=vaulting.address,
        default=("127.0.0.1", 8421),
        metavar="HOST:PORT",
        help="where it takes them (127.0.0.1:8421); any address: it always asks for a token or a certificate",
    )
    serve.add_argument("--certificate", type=Path, metavar="FILE", help="its certificate, in PEM (the one that vault init made)")
    serve.add_argument("--key", type=Path, metavar="FILE", help="the key of that")
    serve.add_argument("--client-ca", type=Path, metavar="FILE", help="take desks with a certificate that this CA signed, and no tokens")
    serve.add_argument(
        "--keep-days", type=vaulting.amount, default=365.0, metavar="N", help="drop what came longer ago, by the vault's clock (365)"
    )
    serve.add_argument("--most-gb", type=vaulting.amount, metavar="N", help="take nothing more beyond this (as much as the disk holds)")

    token = add(
        "token",
        vaulting.token,
        "make another token, and print it this once",
        ["vault token vault bridge"],
    )
    token.add_argument("vault", type=Path, metavar="DIR", help="the directory of the vault; it may be serving")
    token.add_argument("name", metavar="NAME", help="whose it is: a new writer, or one that has journals here and has lost his token")


def _access(command: Any) -> None:
    command.add_argument("--token-file", type=Path, metavar="FILE", help="a token for the vault")
    command.add_argument("--ca", type=Path, metavar="FILE", help="the vault's certificate, or its CA's (those that the system trusts)")
    command.add_argument("--certificate", type=Path, metavar="FILE", help="our certificate, for a vault that asks for one")
    command.add_argument("--key", type=Path, metavar="FILE", help="the key of that")
