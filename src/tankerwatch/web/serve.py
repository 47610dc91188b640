"""The server of the desk: one address of this machine, in the loop of whoever runs it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import socket
from collections.abc import Iterator
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from tankerwatch.core.errors import InputFault

LONGEST_MESSAGE: Final = 4096
"""Bytes of the longest WebSocket message that a page may send."""
MOST_CONNECTIONS: Final = 256
GOODBYE_S: Final = 2


def loopback(host: str) -> str:
    """The address to listen on. Raises InputFault for one that other machines could reach: there is no log-in yet."""
    name = host.strip().strip("[]").lower()
    if name in ("", "localhost"):
        return "127.0.0.1"
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        help = "use 127.0.0.1; from another machine: ssh -L 8420:127.0.0.1:8420 THIS-MACHINE"
        raise InputFault(f"{host} can be reached from other machines, and this desk has no log-in yet", where="--listen", help=help)
    return str(address)


def bound(host: str, port: int) -> socket.socket:
    """A socket bound to a loopback address; port 0 takes a free one. Raises InputFault."""
    address = loopback(host)
    if not 0 <= port <= 65535:
        raise InputFault(f"{port} is no port", where="--listen", help="0 to 65535; 0 takes a free one")
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.listen(128)
        made.setblocking(False)
    except OSError as problem:
        made.close()
        known = {errno.EADDRINUSE: "is in use", errno.EACCES: "needs more rights"}
        words = known.get(problem.errno or 0, f"cannot be used: {problem.strerror}")
        help = "another desk may be running here; choose another with --listen 127.0.0.1:0"
        raise InputFault(f"port {port} of {address} {words}", where="--listen", help=help) from problem
    return made


class _Quiet(uvicorn.Server):
    """uvicorn without its hands on the signals: they are the desk's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Server:
    """A server bound to its address, and so sure of it: make the application with its `hosts`, then `serve` it.

    Raises InputFault for an address that other machines can reach, or that is taken.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 8420) -> None:
        self._socket = bound(host, port)
        name, self.port = self._socket.getsockname()[:2]
        self.host = f"[{name}]" if ":" in name else name
        self._server: _Quiet | None = None

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{self.host}:{self.port}/"

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which a browser of this machine reaches the desk."""
        names = {self.host, "127.0.0.1", "localhost", "[::1]"}
        return frozenset({f"{name}:{self.port}" for name in names} | (names if self.port == 80 else set()))

    async def serve(self, app: ASGIApp) -> None:
        """Serve until `stop` or until cancelled; either way the pages are told and the address is free again."""
        config = uvicorn.Config(
            app,
            ws="websockets-sansio",
            ws_max_size=LONGEST_MESSAGE,
            ws_per_message_deflate=False,
            log_config=None,
            log_level="critical",  # what a stranger sends is no news; the application logs its own failures
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=GOODBYE_S,
            lifespan="on",
        )
        self._server = server = _Quiet(config)
        running = asyncio.ensure_future(server.serve(sockets=[self._socket]))
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            server.should_exit = True
            await running
            raise
        finally:
            self._socket.close()

    @property
    def started(self) -> bool:
        """True once pages can be answered."""
        return self._server is not None and self._server.started

    def stop(self) -> None:
        """Let `serve` come to its end."""
        if self._server is not None:
            self._server.should_exit = True
