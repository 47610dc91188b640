"""The vault: a receiver on another machine that takes only the next append, over TLS, and knows no word for deleting or changing.

    GET  /v1                        the caller's journals
    GET  /v1/health                 what was refused since it began
    GET  /v1/MARK                   where a journal ends
    POST /v1/MARK/frames            the next frames, as they are; kept durably when it answers
    GET  /v1/MARK/frames?after=N    the frames behind one, some megabytes
    POST /v1/MARK/seal              the next seal
    GET  /v1/MARK/seals/N           a seal, and its tombstone

There is nothing else. Whoever holds a token, or a certificate by the clients' CA, sees what he began and no other's (`shelves.py`).
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from tankerwatch.core.errors import InputFault
from tankerwatch.store.copies.access import NAME, Tokens
from tankerwatch.store.copies.shelves import MOST_APPEND_BYTES, Refused, Shelves, SteadyClock
from tankerwatch.store.log import Fork
from tankerwatch.store.seals import MOST_BYTES

MOST_CONNECTIONS: Final = 64
GOODBYE_S: Final = 3
LARGE_BYTES: Final = 8 << 20
"""Only one append that is longer is taken at a time."""
FIRST_REQUEST_S: Final = 15.0
IDLE_S: Final = 60.0
QUIET_S: Final = 20.0
REQUEST_S: Final = 600.0
_LOOK_S: Final = 2.0
_SLICE_BYTES: Final = 256 << 10
_RETENTION_S: Final = 86400.0
_FIRST_RETENTION_S: Final = 3600.0
_PATH: Final = re.compile(r"/v1/(?P<mark>[0-9a-f]{16})(?P<rest>|/frames|/seal|/seals/(?P<number>\d{1,18}))")


class Receiver:
    """The application. `refused` counts what it did not do, by reason; `tell` is given a line for what its keeper should know."""

    def __init__(self, shelves: Shelves, tokens: Tokens, tell: Callable[[str], None]) -> None:
        self.refused: Counter[str] = Counter()
        self._shelves, self._tokens, self._tell = shelves, tokens, tell
        self._large = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            self.refused["cut off"] += 1
            return
        except Refused as refusal:
            response = self._refusal(refusal.status, refusal.words)
        except Fork as fault:
            response = self._refusal(409, str(fault))
        except InputFault as fault:
            self._tell(str(fault))
            response = self._refusal(500, fault.what)
        except OSError as fault:
            self._tell(f"the disk: {fault.strerror or fault}")
            response = self._refusal(507, f"the vault's disk: {fault.strerror or fault}")
        except Exception as fault:
            self._tell(f"this is our fault: {type(fault).__name__}: {fault}")
            response = self._refusal(500, "the vault failed")
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        method, path = request.method, request.scope["path"]
        if method not in ("GET", "POST"):
            raise Refused(405, "a vault reads and appends, nothing else")
        owner = self._owner(request)
        if path == "/v1/health" and method == "GET":
            return JSONResponse({"refused": dict(self.refused), "bytes": self._shelves.size_bytes})
        if path == "/v1" and method == "GET":
            return JSONResponse({"journals": [mark.hex() for mark in self._shelves.marks(owner)]})
        found = _PATH.fullmatch(path)
        if found is None:
            raise Refused(405 if path in ("/v1", "/v1/health") else 404, "there is no such thing here")
        mark, what = bytes.fromhex(found["mark"]), (method, found["rest"].partition("/seals/")[1] or found["rest"])
        if what == ("GET", ""):
            standing = await run_in_threadpool(self._shelves.standing, owner, mark)
            return JSONResponse({**_shown(standing.tip), "seals": standing.seals, "dropped": standing.dropped, "bytes": standing.bytes})
        if what == ("POST", "/frames"):
            return await self._append(request, owner, mark)
        if what == ("GET", "/frames"):
            raw = await run_in_threadpool(self._shelves.frames, owner, mark, _number(request.query_params.get("after", "")))
            length = {"content-length": str(len(raw))}
            return StreamingResponse(_sliced(raw), headers=length, media_type="application/octet-stream")
        if what == ("POST", "/seal"):
            await run_in_threadpool(self._shelves.seal, owner, mark, await self._body(request, MOST_BYTES))
            return JSONResponse({})
        if what == ("GET", "/seals/"):
            seal, stone = await run_in_threadpool(self._shelves.sealed, owner, mark, int(found["number"]))
            return JSONResponse({"seal": asdict(seal), "dropped": asdict(stone) if stone else None})
        raise Refused(405, "a vault reads and appends, nothing else")

    async def _append(self, request: Request, owner: str, mark: bytes) -> Response:
        if _length(request, MOST_APPEND_BYTES) <= LARGE_BYTES:
            tip = await run_in_threadpool(self._shelves.append, owner, mark, await self._body(request, LARGE_BYTES))
        elif self._large.locked():
            raise Refused(503, "another large append is being taken")
        else:
            async with self._large:
                tip = await run_in_threadpool(self._shelves.append, owner, mark, await self._body(request, MOST_APPEND_BYTES))
        return JSONResponse(_shown(tip))

    def _owner(self, request: Request) -> str:
        """Who calls: by his certificate where the vault asks for one, else by his token."""
        peer = request.scope["state"].get("peer")
        if peer is not None:
            if not NAME.fullmatch(peer):
                raise Refused(401, "the certificate has no common name that could be an owner's")
            return f"certificate {peer}"
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        name = self._tokens.owner_of(token.strip()) if scheme.lower() == "bearer" else None
        if name is None:
            raise Refused(401, "no token, or none that is known")
        return f"token {name}"

    async def _body(self, request: Request, most: int) -> bytes:
        size, body = _length(request, most), bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > size:
                raise Refused(400, "longer than it says")
        if len(body) != size:
            raise Refused(400, "shorter than it says")
        return bytes(body)

    def _refusal(self, status: int, words: str) -> Response:
        self.refused[f"{status} {words}" if status in (401, 405, 507) else str(status)] += 1
        return JSONResponse({"what": words}, status_code=status, headers={"connection": "close"})


async def _sliced(raw: bytes) -> AsyncIterator[bytes]:
    """A long answer bit by bit, so that it is seen when nobody reads it."""
    for at in range(0, len(raw), _SLICE_BYTES):
        yield raw[at : at + _SLICE_BYTES]


def _length(request: Request, most: int) -> int:
    given = request.headers.get("content-length", "")
    if not re.fullmatch(r"\d{1,18}", given):
        raise Refused(411, "how long it is must be said")
    if int(given) > most:
        raise Refused(413, f"longer than {most} bytes")
    return int(given)


def _number(text: str) -> int:
    if not re.fullmatch(r"\d{1,18}", text):
        raise Refused(400, "after which frame?")
    return int(text)


def _shown(tip: Any) -> dict[str, Any]:
    return {"record": tip.record, "frame": tip.frame, "chain": tip.chain.hex()}


class _Line(H11Protocol):
    """A connection that is cut when its other end is slow, and which knows whose certificate it was given."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the class above has it
        super().connection_made(transport)
        session = transport.get_extra_info("ssl_object")
        if session is not None and session.context.verify_mode == ssl.CERT_REQUIRED:
            self.app_state = {**self.app_state, "peer": _common_name(transport.get_extra_info("peercert"))}
        now_s = self.loop.time()
        self._moved_s = self._idle_since_s = self._busy_since_s = now_s
        self._first = True
        self._looking = self.loop.call_later(_LOOK_S, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        self._looking.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._moved_s = self.loop.time()
        super().data_received(data)

    def pause_writing(self) -> None:
        self._moved_s = self.loop.time()
        super().pause_writing()

    def on_response_complete(self) -> None:
        self._idle_since_s = self._busy_since_s = self.loop.time()
        self._first = False
        super().on_response_complete()

    def _look(self) -> None:
        now_s, cycle = self.loop.time(), self.cycle
        busy = cycle is not None and not cycle.response_complete
        if busy and (cycle.more_body or self.flow.write_paused):
            late = now_s - self._moved_s > QUIET_S or now_s - self._busy_since_s > REQUEST_S
        elif busy:
            late = False  # the disk works
        else:
            self._busy_since_s = now_s
            late = now_s - self._idle_since_s > (FIRST_REQUEST_S if self._first else IDLE_S)
        if late:
            self.transport.abort()
        else:
            self._looking = self.loop.call_later(_LOOK_S, self._look)


def _common_name(certificate: dict[str, Any] | None) -> str:
    parts = (certificate or {}).get("subject", ())
    return next((value for part in parts for name, value in part if name == "commonName"), "")


class _Quiet(uvicorn.Server):
    """uvicorn without its hands on the signals: they are the command's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class VaultServer:
    """A vault bound to its address: `serve` it. `refused` counts what it did not do.

    now_s, monotonic_s: the machine's clocks. Raises InputFault for what cannot be used: directory, address, certificate.
    """

    def __init__(
        self,
        directory: Path,
        host: str,
        port: int,
        *,
        certificate: Path,
        key: Path,
        client_ca: Path | None = None,
        keep_s: float,
        most_bytes: int | None = None,
        now_s: Callable[[], float],
        monotonic_s: Callable[[], float],
        tell: Callable[[str], None],
    ) -> None:
        self._context = _context(certificate, key, client_ca)
        tokens = Tokens(directory / "tokens")
        self._shelves = Shelves(directory, keep_s=keep_s, most_bytes=most_bytes)
        try:
            self._socket = _bound(host, port)
        except BaseException:
            self._shelves.close()
            raise
        self.host, self.port = self._socket.getsockname()[:2]
        self._receiver = Receiver(self._shelves, tokens, tell)
        self._now_s, self._tell, self._clock = now_s, tell, SteadyClock(now_s, monotonic_s)
        self._server = _Quiet(
            uvicorn.Config(
                self._receiver,
                http=_Line,
                ws="none",
                lifespan="off",
                ssl_context_factory=lambda _config, _usual: self._context,
                log_config=None,
                log_level="critical",  # what a stranger sends is no news; the vault tells its own failures
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=MOST_CONNECTIONS,
                timeout_keep_alive=int(IDLE_S),
                timeout_graceful_shutdown=GOODBYE_S,
            )
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"https://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def refused(self) -> Counter[str]:
        """What was refused, by reason."""
        return self._receiver.refused

    @property
    def started(self) -> bool:
        """True once it answers."""
        return self._server.started

    def stop(self) -> None:
        """Let `serve` come to its end."""
        self._server.should_exit = True

    async def serve(self) -> None:
        """Serve until `stop`; what is being written is written, and the address is free again."""
        ageing = asyncio.ensure_future(self._age())
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            ageing.cancel()
            self._socket.close()
            await run_in_threadpool(self._shelves.close)

    async def _age(self) -> None:
        """Once a day what is too old goes. Not when the clock jumped since the day before: it may have been set by someone."""
        pause_s = _FIRST_RETENTION_S
        while True:
            await asyncio.sleep(pause_s)
            pause_s = _RETENTION_S
            if not self._clock.steady():
                self._tell("the clock was set; nothing is dropped today")
                continue
            try:
                dropped = await run_in_threadpool(self._shelves.age_out, self._now_s())
            except (OSError, InputFault) as fault:
                self._tell(f"what is too old could not be dropped: {fault}")
                continue
            if dropped:
                self._tell(f"{dropped} sealed runs were older than they are kept, and dropped")


def _context(certificate: Path, key: Path, client_ca: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for name, path in (("--certificate", certificate), ("--key", key), ("--client-ca", client_ca)):
        if path is not None and not path.is_file():
            raise InputFault(f"{path} is not there", where=name, help="tankerwatch vault init DIR --name HOST makes a certificate")
    try:
        context.load_cert_chain(certificate, key)
        if client_ca is not None:
            context.load_verify_locations(client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except (OSError, ValueError) as fault:  # SSLError is an OSError
        raise InputFault(f"cannot be used: {fault.strerror if isinstance(fault, OSError) else fault}", where=str(certificate)) from fault
    return context


def _bound(host: str, port: int) -> socket.socket:
    # asyncio sends small answers at once (TCP_NODELAY) only where the protocol is named
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(128)
        made.setblocking(False)
    except (OSError, OverflowError) as fault:
        made.close()
        words = fault.strerror if isinstance(fault, OSError) else str(fault)
        raise InputFault(f"{host}:{port} cannot be used: {words}", where="--listen", help="another port: --listen HOST:0") from fault
    return made
