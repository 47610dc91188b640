"""A vault and its keeper: `tankerwatch vault init`, `serve`, `token`."""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path

from tankerwatch.cli.output import complain, print_json
from tankerwatch.core.errors import InputFault

DAY_S = 86400.0


def init(arguments: argparse.Namespace) -> int:
    """A new vault, and what the desk must be told of it."""
    from tankerwatch.ingest.clock import now
    from tankerwatch.store.copies.access import init as make

    try:
        certificate, token = make(arguments.vault, arguments.name, now())
    except OSError as fault:
        raise InputFault(f"cannot be written: {fault.strerror}", where=str(arguments.vault)) from fault
    if arguments.json:
        print_json({"certificate": str(certificate), "token": token})
        return 0
    host = f"[{arguments.name[0]}]" if ":" in arguments.name[0] else arguments.name[0]
    print(f"{arguments.vault} is a vault. Its first token, which is shown this once (keep a copy of it away from the desk):\n\n  {token}\n")
    print(f"On the desk: the token in a file of its own (vault.token), {certificate} as vault.pem, and in the configuration:\n")
    print(f'  [journal]\n  copies = ["https://{host}:8421"]\n  token_file = "vault.token"\n  ca_file = "vault.pem"\n')
    print(f"Here: tankerwatch vault serve {arguments.vault} --listen {host}:8421")
    return 0


def token(arguments: argparse.Namespace) -> int:
    """Another token, of a new writer or of one that there is."""
    from tankerwatch.store.copies.access import Tokens

    if not (arguments.vault / "tokens").is_file():
        raise InputFault("is no vault", where=str(arguments.vault), help="tankerwatch vault init DIR --name HOST makes one")
    try:
        made = Tokens(arguments.vault / "tokens").add(arguments.name)
    except OSError as fault:
        raise InputFault(f"cannot be written: {fault.strerror}", where=str(arguments.vault)) from fault
    print_json({"name": arguments.name, "token": made}) if arguments.json else print(made)
    return 0


def serve(arguments: argparse.Namespace) -> int:
    """A vault until it is told to end; then what it refused."""
    from time import monotonic

    from tankerwatch.ingest.clock import now
    from tankerwatch.store.copies.vault import VaultServer

    host, port = arguments.listen
    directory: Path = arguments.vault
    if (arguments.certificate is None) != (arguments.key is None):
        raise InputFault("--certificate and --key go together", where="vault serve")
    server = VaultServer(
        directory,
        host,
        port,
        certificate=arguments.certificate or directory / "certificate.pem",
        key=arguments.key or directory / "key.pem",
        client_ca=arguments.client_ca,
        keep_s=arguments.keep_days * DAY_S,
        most_bytes=None if arguments.most_gb is None else int(arguments.most_gb * 1e9),
        now_s=now,
        monotonic_s=monotonic,
        tell=complain,
    )

    async def run() -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, server.stop)
        if not arguments.json:
            print(f"The vault takes copies at {server.url} and keeps them for {arguments.keep_days:g} days.", flush=True)
        await server.serve()

    asyncio.run(run())
    if arguments.json:
        print_json({"refused": dict(server.refused)})
    else:
        complain(f"ended; refused: {', '.join(f'{words} ({times})' for words, times in server.refused.most_common()) or 'nothing'}")
    return 0


def address(text: str) -> tuple[str, int]:
    """HOST:PORT; any address, for a vault always asks who comes. Raises argparse.ArgumentTypeError."""
    host, sign, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not sign or not host or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no address, such as 0.0.0.0:8421")
    return host, int(port)


def amount(text: str) -> float:
    """A number of days or gigabytes. Raises argparse.ArgumentTypeError."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.001 <= value <= 1e6:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount")
    return value
