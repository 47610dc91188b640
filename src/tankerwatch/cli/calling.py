"""How a command speaks to a running desk: on this machine as it is, elsewhere by TLS, with a token where people log in."""

from __future__ import annotations

import argparse
import json
import os
import re
import ssl
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tankerwatch.cli.commands import config_of
from tankerwatch.cli.output import plain
from tankerwatch.config.access import listened
from tankerwatch.config.keys import loopback
from tankerwatch.config.load import Config
from tankerwatch.core.errors import InputFault

TOKEN: Final = "TANKERWATCH_TOKEN"
"""The variable of the environment; an argument could be read by everybody on the machine."""
ANSWER_LIMIT_BYTES: Final = 1 << 20
PATIENCE_S: Final = 10.0
_SECRET: Final = re.compile(r"[!-~]{1,200}")
TOKEN_HELP: Final = "--token-file FILE, as tankerwatch users token add made it: docs/guide/access.md"


@dataclass(frozen=True, slots=True)
class Line:
    """The way to one desk. `context`: by TLS, and whom it trusts; `token`: who we are there, "" where nobody asks."""

    host: str
    port: int
    context: ssl.SSLContext | None = None
    token: str = field(default="", repr=False)

    @property
    def where(self) -> str:
        """As a person writes it."""
        return f"{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """What every request bears."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def to_desk(command: Any) -> None:
    """Add the arguments by which a command finds the desk."""
    command.add_argument("--desk", metavar="URL", help="where the desk is: HOST:PORT here, https://HOST elsewhere (as configured)")
    command.add_argument("--token-file", type=Path, metavar="FILE", help=f"the token where people log in (else that of {TOKEN})")
    command.add_argument("--ca-file", type=Path, metavar="FILE", help="whom to trust for https, in PEM (else whom this machine trusts)")


def desk_of(arguments: argparse.Namespace) -> Line:
    """The desk that a command is to speak to: `--desk`, else as configured. Raises InputFault."""
    given = arguments.desk or _configured(config_of(arguments))
    token = _token(arguments.token_file)
    if not given.startswith("https://"):
        # In the clear to this machine alone: what is said, and the token, would be anybody's.
        address = loopback(re.fullmatch(r"(?:http://)?(.*?)/?", given, re.DOTALL)[1])  # type: ignore[index]  # it matches any text
        if address is None:
            help = "HOST:PORT, such as 127.0.0.1:8420; https://HOST:PORT elsewhere"
            raise InputFault(f"{given!r} is no desk on this machine", where="--desk", help=help)
        return Line(*address, token=token)
    try:
        parts = urlsplit(given)
        host, port = parts.hostname, parts.port or 443
    except ValueError:
        host = None
    if not host or parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        raise InputFault(f"{given!r} is no desk", where="--desk", help="https://HOST:PORT, such as https://desk.example:8443")
    return Line(host, port, _context(arguments.ca_file), token)


def _configured(config: Config) -> str:
    """Where the desk is by its configuration."""
    access, address = config.access, listened(config.listen)
    if address is None or (not access.proxies and (loopback(config.listen) or not access.certificate_file)):
        return config.listen
    name = access.hosts[0] if access.hosts else f"[{address[0]}]" if ":" in address[0] else address[0]
    return f"https://{name}" if access.proxies or ":" in name.rpartition("]")[2] else f"https://{name}:{address[1]}"


def _context(authorities: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authorities)
    except (OSError, ValueError) as fault:  # what is no PEM is an SSLError, and so an OSError
        words = getattr(fault, "strerror", None) or str(fault)
        raise InputFault(f"cannot be used: {words}", where=str(authorities), help="a certificate, or several, in PEM") from None


def _token(path: Path | None) -> str:
    if path is None:
        token, where = os.environ.get(TOKEN, ""), TOKEN
        if not token:
            return ""
    else:
        where = str(path)
        try:
            with path.open("rb") as file:
                if os.fstat(file.fileno()).st_mode & 0o007:
                    raise InputFault("everybody can read it or write to it", where=where, help=f"chmod 600 {path}; and make another token")
                token = file.read(300).decode("utf-8", "replace")
        except OSError as fault:
            raise InputFault(f"cannot be read: {fault.strerror}", where=where, help=TOKEN_HELP) from None
    if not _SECRET.fullmatch(token.strip()):
        raise InputFault("holds no token", where=where, help=TOKEN_HELP)
    return token.strip()


def words_of(fault: OSError | HTTPException) -> str:
    """Why a desk was not reached, in a few words."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted: {plain(fault.verify_message)}"
    return plain(getattr(fault, "strerror", None) or str(fault) or type(fault).__name__)


def ask(line: Line, method: str, path: str, content: Any, *, most_bytes: int = ANSWER_LIMIT_BYTES) -> dict[str, Any]:
    """What the desk answers. Raises InputFault when there is none, or when it refuses."""
    if line.context is None:
        connection = HTTPConnection(line.host, line.port, timeout=PATIENCE_S)
    else:
        connection = HTTPSConnection(line.host, line.port, timeout=PATIENCE_S, context=line.context)
    try:
        body = None if content is None else json.dumps(content)
        connection.request(method, path, body, {"Content-Type": "application/json", **line.headers})
        answer = connection.getresponse()
        held = json.loads(answer.read(most_bytes))
    except ssl.SSLCertVerificationError as fault:
        help = "--ca-file FILE: the certificate of its CA, or its own"
        raise InputFault(words_of(fault), where=line.where, help=help) from None
    except (OSError, HTTPException) as fault:
        help = "start one: tankerwatch watch SOURCE, or say where: --desk HOST:PORT"
        raise InputFault(f"no desk answers ({fault or type(fault).__name__})", where=line.where, help=help) from None
    except ValueError:
        held = None
    finally:
        connection.close()
    if not isinstance(held, dict):
        raise InputFault("what answers there is no desk", where=line.where, help="say where yours listens: --desk HOST:PORT")
    if answer.status >= 300:
        help = TOKEN_HELP if answer.status == 401 else str(held.get("help", ""))
        raise InputFault(f"the desk refuses: {held.get('error', answer.status)}", where=line.where, help=help)
    return held
