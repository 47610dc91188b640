"""The server of the desk: one address of this machine, in the loop of whoever runs it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp

from tankerwatch.core.errors import InputFault
from tankerwatch.web.guard import Front, Network
from tankerwatch.web.slow import Doorstep, Line

LONGEST_MESSAGE: Final = 4096
"""Bytes of the longest WebSocket message that a page may send."""
MOST_CONNECTIONS: Final = 256
GOODBYE_S: Final = 2
HANDSHAKE_S: Final = 10.0
"""How long a handshake of TLS may take, and a farewell; asyncio alone would wait for a minute."""


def loopback(host: str) -> str:
    """The address to listen on. Raises InputFault for one that other machines could reach: nobody is asked who she is there."""
    name = host.strip().strip("[]").lower()
    if name in ("", "localhost"):
        return "127.0.0.1"
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        address = None
    if address is None or not address.is_loopback:
        help = "use 127.0.0.1, and from another machine ssh -L 8420:127.0.0.1:8420 THIS-MACHINE; or see docs/guide/access.md"
        raise InputFault(f"{host} can be reached from other machines, and there is no log-in", where="--listen", help=help)
    return str(address)


def anywhere(host: str) -> str:
    """The address to listen on, any of this machine. Raises InputFault for a name: which of its addresses would be meant?"""
    name = host.strip().strip("[]").lower()
    if name in ("", "localhost"):
        return "127.0.0.1"
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        help = "0.0.0.0 for all of this machine, or one of them; its names stand in [desk] hosts"
        raise InputFault(f"{host!r} is no address", where="--listen", help=help) from None


def bound(host: str, port: int, *, guarded: bool = False) -> Doorstep:
    """A socket bound to a loopback address, or to any if `guarded`; port 0 takes a free one. Raises InputFault."""
    address = anywhere(host) if guarded else loopback(host)
    if not 0 <= port <= 65535:
        raise InputFault(f"{port} is no port", where="--listen", help="0 to 65535; 0 takes a free one")
    made = Doorstep(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.listen(128)
        made.setblocking(False)
    except OSError as problem:
        made.close()
        known = {errno.EADDRINUSE: "is in use", errno.EACCES: "needs more rights", errno.EADDRNOTAVAIL: "is not of this machine"}
        words = known.get(problem.errno or 0, f"cannot be used: {problem.strerror}")
        help = "another desk may be running here; choose another with --listen 127.0.0.1:0"
        raise InputFault(f"port {port} of {address} {words}", where="--listen", help=help) from problem
    return made


class _Quiet(uvicorn.Server):
    """uvicorn without its hands on the signals: they are the desk's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does it, which has no word for how long TLS may take."""
        await self.lifespan.startup()
        if self.lifespan.should_exit:
            raise RuntimeError("the application did not come up")
        config, loop = self.config, asyncio.get_running_loop()

        def line() -> Line:
            return Line(config=config, server_state=self.server_state, app_state=self.lifespan.state)

        wait_s = HANDSHAKE_S if config.ssl else None
        self.servers = [
            await loop.create_server(
                line, sock=each, ssl=config.ssl, backlog=config.backlog, ssl_handshake_timeout=wait_s, ssl_shutdown_timeout=wait_s
            )
            for each in sockets or ()
        ]
        self.started = True


def context_of(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS with a certificate and its key. Raises InputFault."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key, password=lambda: "")
    except (OSError, ValueError) as fault:
        words = getattr(fault, "strerror", None) or str(fault)
        help = "[desk] certificate_file and key_file: both in PEM, the key without a password"
        raise InputFault(f"cannot be used: {words}", where=f"{certificate}, {key}", help=help) from fault
    return context


INSIDE: Final = "past"
"""By which name a desk asks for the page of another process of its own."""


async def serve_inside(app: ASGIApp, address: str, ready: Callable[[], None]) -> None:
    """Serve on a Unix socket, for the process that began this one, until the process ends; `ready` is called when it can be asked."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(address)
    config = uvicorn.Config(
        app,
        ws="websockets-sansio",
        ws_max_size=LONGEST_MESSAGE,
        ws_per_message_deflate=False,
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=GOODBYE_S,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not (server.started or serving.done()):
        await asyncio.sleep(0.01)
    if server.started:
        ready()
    await serving


class Server:
    """A server bound to its address, and so sure of it: make the application with its `hosts` and `front`, then `serve` it.

    guarded: who asks is asked who she is, so any address will do · names: by which browsers know it, beside its address · tls: certificate
    and key · proxies: who may stand before it. Raises InputFault for an address that other machines can reach unasked, or that is taken.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 8420,
        *,
        guarded: bool = False,
        names: tuple[str, ...] = (),
        tls: tuple[Path, Path] | None = None,
        proxies: tuple[Network, ...] = (),
    ) -> None:
        self._context = context_of(*tls) if tls else None
        self._socket = bound(host, port, guarded=guarded)
        name, self.port = self._socket.getsockname()[:2]
        self.host = f"[{name}]" if ":" in name else name
        self.front, self._names = Front(tls is not None, proxies), names
        self._socket.front = self.front
        self._server: _Quiet | None = None

    @property
    def url(self) -> str:
        """Where the page is."""
        name = self._names[0] if self._names else self.host
        if self.front.proxies:
            return f"https://{name}/"
        return f"{'https' if self.front.tls else 'http'}://{name if ':' in name.rpartition(']')[2] else f'{name}:{self.port}'}/"

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which a browser reaches the desk."""
        usual = 443 if self.front.secure else 80
        names = {self.host, "127.0.0.1", "localhost", "[::1]", *self._names} - {"0.0.0.0", "[::]"}
        bare = set(self._names) if self.front.proxies else names if self.port == usual else set()
        return frozenset({f"{name}:{self.port}" for name in names if ":" not in name.rpartition("]")[2]} | bare | set(self._names))

    async def serve(self, app: ASGIApp) -> None:
        """Serve until `stop` or until cancelled; either way the pages are told and the address is free again."""
        context = self._context
        config = uvicorn.Config(
            app,
            http=Line,
            ssl_context_factory=None if context is None else lambda _config, _usual: context,
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
