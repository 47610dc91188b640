"""A vault, seen from the machine that writes to it or wants its journal back."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from tankerwatch.core.errors import InputFault
from tankerwatch.store.chain import HASH_BYTES, origin
from tankerwatch.store.copies.access import read_token
from tankerwatch.store.copies.shelves import MOST_APPEND_BYTES, PIECE_BYTES
from tankerwatch.store.frames import Placed, parse
from tankerwatch.store.log import Fork, Tip
from tankerwatch.store.retention import Tombstone
from tankerwatch.store.seals import MOST_BYTES, Seal

CONNECT_S: Final = 3.0
CALL_S: Final = 10.0
DEFAULT_PORT: Final = 8421
_SLICE_BYTES: Final = 64 << 10
"""What must go out, or come in, within `CALL_S`."""
_TRIES: Final = 5
_PAUSE_S: Final = 0.5
_CHECK: Final = "check the address, --ca and --token-file"
_GONE: Final = (http.client.RemoteDisconnected, ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)

_T = TypeVar("_T")


class Missing(OSError):
    """The vault knows no such thing, or not for this caller."""


class Broken(OSError):
    """The vault has it and cannot read it."""


@dataclass(frozen=True, slots=True)
class Access:
    """How a vault lets us in, and how we know it: files with a token, its certificate or that one's CA, our own certificate and key."""

    token: Path | None = None
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class Line:
    """One connection to a vault that is kept open; calls of several threads wait for each other. Raises InputFault for what is none."""

    def __init__(self, url: str, access: Access) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or DEFAULT_PORT
        except ValueError:
            host, port = None, 0
        if host is None or parts.scheme != "https" or parts.query or parts.username:
            raise InputFault(f"{url!r} is no vault", help="https://HOST:8421; a vault speaks nothing but TLS")
        self.name = f"https://{f'[{host}]' if ':' in host else host}:{port}"
        self.path = parts.path.strip("/")
        self._host, self._port = host, port
        self._headers = {"Authorization": f"Bearer {read_token(access.token)}"} if access.token else {}
        self._context = _context(access)
        self._connection: http.client.HTTPSConnection | None = None
        self._lock = threading.Lock()

    def ask(self, method: str, path: str, body: bytes = b"", most: int = 4 * MOST_BYTES) -> bytes:
        """The vault's answer. Raises Missing, Fork and, for all else, OSError."""
        with self._lock:
            try:
                status, answer = self._call(method, path, body, most)
            except http.client.RemoteDisconnected as fault:
                self._drop()
                raise OSError("the vault closed the line without an answer") from fault
            except http.client.HTTPException as fault:
                self._drop()
                raise OSError(f"no answer that could be understood ({type(fault).__name__})") from fault
            except BaseException:
                self._drop()
                raise
        if status == 200:
            return answer
        words = f"{_words(answer)} ({status})"
        if status == 404:
            raise Missing(f"not there, or not for this token: {words}")
        if status == 409:
            raise Fork(_words(answer))
        if status == 401:
            raise OSError(f"the vault does not let us in: {words}")
        raise (Broken if status == 500 else OSError)(f"the vault: {words}")

    def close(self) -> None:
        """Let go."""
        with self._lock:
            self._drop()

    def _call(self, method: str, path: str, body: bytes, most: int) -> tuple[int, bytes]:
        fresh = self._connection is None
        try:
            return self._once(method, path, body, most)
        except _GONE:
            if fresh:
                raise
        self._drop()  # it had been idle for too long; everything here may be said twice
        return self._once(method, path, body, most)

    def _once(self, method: str, path: str, body: bytes, most: int) -> tuple[int, bytes]:
        if self._connection is None:
            connection = http.client.HTTPSConnection(self._host, self._port, timeout=CONNECT_S, context=self._context)
            try:
                connection.connect()
            except BaseException:
                connection.close()
                raise
            connection.sock.settimeout(CALL_S)
            self._connection = connection
        connection = self._connection
        headers = {**self._headers, "Content-Length": str(len(body))} if method == "POST" else self._headers
        view = memoryview(body)
        pieces = (view[at : at + _SLICE_BYTES] for at in range(0, len(view), _SLICE_BYTES))
        connection.request(method, f"/v1{path}", body=pieces if method == "POST" else None, headers=headers)
        with connection.getresponse() as response:
            answer = bytearray()
            while piece := response.read(_SLICE_BYTES):
                answer += piece
                if len(answer) > most:
                    raise OSError("an answer longer than any vault's")
            if response.length:
                raise http.client.IncompleteRead(bytes(answer), response.length)
            closes, status = response.will_close, response.status
        if closes:
            self._drop()
        return status, bytes(answer)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(OSError):
                connection.close()


class VaultTarget:
    """A copy in a vault; a `replicas.Target`."""

    def __init__(self, url: str, access: Access) -> None:
        self._line = Line(url, access)
        if self._line.path:
            raise InputFault(f"{url!r} goes on behind the port", where="journal.copies", help=self._line.name)
        self._url, self._access = url, access
        self.name = self._line.name

    def tip(self, mark: bytes) -> Tip:
        """Where the copy ends."""
        try:
            return _tip(_parsed(self._line.ask("GET", f"/{mark.hex()}")))
        except Missing:
            return Tip(0, 0, origin(mark))

    def seals(self, mark: bytes) -> int:
        """The number of its newest seal."""
        try:
            return _count(_parsed(self._line.ask("GET", f"/{mark.hex()}")), "seals")
        except Missing:
            return 0

    def append(self, mark: bytes, frames: Sequence[Placed]) -> Tip:
        """Keep the next frames; they are durable there when this returns."""
        tip = _tip(_parsed(self._line.ask("POST", f"/{mark.hex()}/frames", b"".join(frame.raw for frame in frames))))
        newest = frames[-1].header
        if tip.frame < newest.frame:
            raise OSError("the vault did not keep what it answered for")
        if tip.frame > newest.frame or tip.chain != newest.chain:
            raise Fork(f"another writer sends frame {tip.frame} of this journal")
        return tip

    def seal(self, mark: bytes, seal: Seal) -> None:
        """Keep the next seal."""
        self._line.ask("POST", f"/{mark.hex()}/seal", seal.to_json())

    def frames(self, mark: bytes, after_frame: int) -> Iterator[list[Placed]]:
        """What it holds behind a frame; over a line of its own, for the other may be in use."""
        line = Line(self._url, self._access)
        try:
            while piece := _frames(line, mark, after_frame):
                yield piece
                after_frame = piece[-1].header.frame
        finally:
            line.close()

    def close(self) -> None:
        """Let go."""
        self._line.close()


class VaultCopy:
    """A journal in a vault, to have it again: a `restore.Source`. The mark is behind the port. Raises InputFault."""

    def __init__(self, url: str, access: Access) -> None:
        self._line = Line(url, access)
        if len(self._line.path) != 16 or set(self._line.path) - set("0123456789abcdef"):
            help = "tankerwatch restore --from https://HOST:8421 lists what is there"
            raise InputFault(f"{self._line.path!r} is no journal's mark", where=self._line.name, help=help)
        self.mark = bytes.fromhex(self._line.path)
        self.left = ""
        standing = self._told(lambda: _parsed(self._line.ask("GET", f"/{self.mark.hex()}")))
        self._end = self._told(lambda: _tip(standing))
        self._seals, self._dropped = (self._told(lambda: _count(standing, "seals")), self._told(lambda: _count(standing, "dropped")))
        self.size_bytes = self._told(lambda: _count(standing, "bytes"))
        self.begin: Tip | None = None
        if self._dropped:
            seal, stone = self._sealed(self._dropped)
            if stone is None or stone.seal != seal.digest:
                raise InputFault("its beginning was dropped and no tombstone says so", where=self._line.name)
            self.begin = Tip(seal.last_record, seal.last_frame, bytes.fromhex(seal.chain))

    def frames(self) -> Iterator[list[Placed]]:
        """All frames in order, as far as they can be had."""
        at = start = self.begin.frame if self.begin else 0
        while at < self._end.frame:
            try:
                piece = self._told(lambda after=at: _frames(self._line, self.mark, after))  # type: ignore[misc]  # no type for a default
            except (_Unreadable, InputFault) as fault:
                if at == start and isinstance(fault, InputFault):
                    raise
                self.left = str(fault)
                return
            if not piece:
                self.left = f"the vault gives nothing behind frame {at}"
                return
            yield piece
            at = piece[-1].header.frame

    def seals(self) -> Iterator[Seal]:
        """The seals in order."""
        for number in range(1, self._seals + 1):
            yield self._sealed(number)[0]

    def dropped(self) -> Iterator[tuple[Seal, Tombstone]]:
        """The tombstones in order."""
        for number in range(1, self._dropped + 1):
            seal, stone = self._sealed(number)
            if stone is not None:
                yield seal, stone

    def _sealed(self, number: int) -> tuple[Seal, Tombstone | None]:
        def get() -> tuple[Seal, Tombstone | None]:
            said = _parsed(self._line.ask("GET", f"/{self.mark.hex()}/seals/{number}"))
            try:
                seal = Seal.from_json(json.dumps(said.get("seal")).encode())
                stone = Tombstone.from_json(json.dumps(said["dropped"]).encode()) if said.get("dropped") else None
            except ValueError as fault:
                raise Broken(f"seal {number} {fault}") from fault
            if seal.mark != self.mark.hex() or (stone is not None and stone.mark != seal.mark):
                raise Broken(f"seal {number} is of another journal")
            return seal, stone

        try:
            return self._told(get)
        except _Unreadable as fault:
            raise InputFault(str(fault), where=self._line.name) from fault

    def _told(self, call: Callable[[], _T]) -> _T:
        """What a call gives, tried again when the line fails."""
        for attempt in range(_TRIES):
            try:
                return call()
            except Missing as fault:
                raise InputFault(str(fault), where=self._line.name, help="check the mark and the token") from fault
            except Broken as fault:
                raise _Unreadable(str(fault)) from fault
            except (OSError, Fork) as fault:
                if attempt == _TRIES - 1:
                    raise InputFault(
                        f"cannot be reached: {fault}", where=self._line.name, help="check the address, --ca and --token-file"
                    ) from fault
                time.sleep(_PAUSE_S * 2**attempt)
        raise AssertionError


class _Unreadable(Exception):
    """What the vault itself cannot read any more."""


def journals_in(url: str, access: Access) -> list[str]:
    """The marks of our journals in a vault. Raises InputFault."""
    line = Line(url, access)
    try:
        marks = _parsed(line.ask("GET", "")).get("journals")
    except (OSError, Fork) as fault:
        raise InputFault(f"cannot be reached: {fault}", where=line.name, help=_CHECK) from fault
    finally:
        line.close()
    if not isinstance(marks, list):
        raise InputFault("does not answer as a vault does", where=line.name)
    return [mark for mark in marks if isinstance(mark, str)]


def _context(access: Access) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=access.ca)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if access.certificate is not None:
            context.load_cert_chain(access.certificate, access.key)
    except (OSError, ValueError) as fault:
        where = access.ca if access.certificate is None else access.certificate
        raise InputFault(f"cannot be used: {fault}", where=str(where), help="files with certificates and a key, in PEM") from fault
    return context


def _frames(line: Line, mark: bytes, after_frame: int) -> list[Placed]:
    raw = line.ask("GET", f"/{mark.hex()}/frames?after={after_frame}", most=PIECE_BYTES + MOST_APPEND_BYTES)
    try:
        return list(parse(raw, mark))
    except ValueError as fault:
        raise OSError(f"the vault sends {fault}") from fault


def _parsed(answer: bytes) -> dict[str, Any]:
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError) as fault:
        raise OSError("does not answer as a vault does") from fault
    if not isinstance(said, dict):
        raise OSError("does not answer as a vault does")
    return said


def _tip(said: dict[str, Any]) -> Tip:
    try:
        chain = bytes.fromhex(said["chain"])
    except (KeyError, TypeError, ValueError) as fault:
        raise OSError("does not say where the copy ends") from fault
    if len(chain) != HASH_BYTES:
        raise OSError("does not say where the copy ends")
    return Tip(_count(said, "record"), _count(said, "frame"), chain)


def _count(said: dict[str, Any], name: str) -> int:
    value = said.get(name)
    if type(value) is not int or not 0 <= value < 1 << 63:
        raise OSError(f"does not say its {name}")
    return value


def _words(answer: bytes) -> str:
    """Why the vault refused, in its own words: never many."""
    try:
        return str(json.loads(answer)["what"])[:200]
    except (ValueError, TypeError, KeyError, RecursionError):
        return "no reason given"
