"""ASGI middleware: nobody passes without the role that a route needs; what changes something needs the session's CSRF token too.

Who bears a token of her own (`Authorization: Bearer`) needs no other: what another site makes a browser send carries no such line.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tankerwatch.web.access.door import Door, address_of, fits
from tankerwatch.web.access.limits import Limit, network
from tankerwatch.web.access.roles import Role, least_role
from tankerwatch.web.access.sessions import Session, current
from tankerwatch.web.access.tokens import borne
from tankerwatch.web.plain import encoded, refusal

CSRF: Final = "x-csrf-token"
ENDED: Final = 4401
"""The code with which a WebSocket is closed when its session is over."""
MOST_SOCKETS: Final = 8
"""Pages that one session may have open."""
MOST_OF_NAME: Final = 16
"""Pages of one name in all her sessions: the desk has places for 64."""
LONGEST_PATH: Final = 100
"""Of one that was refused, in the journal."""
SAID_AT_ONCE: Final = 60
SAID_A_SECOND: Final = 20
GOODBYE_S: Final = 1.0
READING: Final = frozenset({"GET", "HEAD"})


class Gate:
    """Asks everyone who she is. The session stands in `sessions.current` while its request is answered."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app, self.door = app, door
        self.strangers = Limit(100, 10)
        self.members = Limit(600, 60)  # a map loads some hundred tiles when it is thrown about

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let pass or refuse one request."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        session = self.door.session_of(connection)
        answer = self._refusal(scope, connection, session)
        if answer is not None:
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the upgrade is answered 403
            else:
                await answer(scope, receive, send)
            return
        token = current.set(session)
        try:
            if session is not None and scope["type"] == "websocket":
                await self._socket(session, scope, receive, send)
            else:
                await self.app(scope, receive if session is None else self._reading(session, scope, receive), send)
        finally:
            current.reset(token)

    def _refusal(self, scope: Scope, connection: HTTPConnection, session: Session | None) -> Response | None:
        now_s, path = self.door.now(), scope["path"]
        key, limit = (session.key, self.members) if session else (network(address_of(connection)), self.strangers)
        if not limit.take(key, now_s):
            answer = refusal(429, "too many requests", "wait a little")
            answer.headers["Retry-After"] = str(limit.wait_s(key, now_s))
            return answer
        if session is None and borne(connection) is not None:
            return self.door.refuse_token(connection)  # whatever it asks for, and whatever cookie comes along
        method = "WS" if scope["type"] == "websocket" else scope["method"]
        needed = least_role(method, path)
        if needed is Role.NOBODY:
            if session is not None and session.bearer and method not in READING:
                return refusal(409, "a token neither logs in nor out", "tankerwatch users token remove NAME ends it")
            return None if session is None or path != "/api/logout" else self._token(connection, session)
        if session is None:
            if method == "GET" and "text/html" in Headers(scope=scope).get("accept", ""):
                return RedirectResponse("/login", 303)
            answer = refusal(401, "log in first", "at /login; a program bears a token: docs/guide/access.md")
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        if session.role < needed:
            words = f"a {session.role.word} may not do this"
            self.door.refused(session.name, address_of(connection), f"{words}: {method} {path[:LONGEST_PATH]}", session.key)
            return refusal(403, words, f"ask {'an' if needed is Role.ADMIN else 'a'} {needed.word}")
        if method == "WS":
            hers = sum(each.sockets for each in self.door.sessions.of(session.name))
            full = session.sockets >= MOST_SOCKETS or hers >= MOST_OF_NAME
            return refusal(429, "too many pages are open", "close some") if full else None
        return None if method in READING or session.bearer else self._token(connection, session)

    def _reading(self, session: Session, scope: Scope, receive: Receive) -> Receive:
        """Who reads on and on is gone when the session is over: an answer that never ends must."""
        if scope["method"] not in READING:
            return receive

        async def heard() -> Message:
            hearing, over = asyncio.ensure_future(receive()), asyncio.ensure_future(session.over.wait())
            try:
                await asyncio.wait({hearing, over}, return_when=asyncio.FIRST_COMPLETED)
                return {"type": "http.disconnect"} if session.over.is_set() else hearing.result()
            finally:
                hearing.cancel()
                over.cancel()

        return heard

    def _token(self, connection: HTTPConnection, session: Session) -> Response | None:
        if fits(session, connection.headers.get(CSRF, "")):
            return None
        words = f"the token of the session is missing: POST {connection.url.path[:LONGEST_PATH]}"
        self.door.refused(session.name, address_of(connection), words, session.key)
        return refusal(403, "the token of this session is missing", "send it as X-CSRF-Token; GET /api/session tells it")

    async def _socket(self, session: Session, scope: Scope, receive: Receive, send: Send) -> None:
        """One WebSocket: its page is told whose it is, and it ends with the session."""
        over = asyncio.ensure_future(session.over.wait())
        why: list[tuple[int, str]] = []
        session.sockets += 1
        running = asyncio.ensure_future(self.app(scope, self._heard(over, why, receive), self._told(session, why, send)))
        try:
            await asyncio.wait({running, over}, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({running}, timeout=GOODBYE_S)
            if not running.done():  # it does not listen, so it was not told
                running.cancel()
                await asyncio.wait({running})
                await send({"type": "websocket.close", "code": ENDED, "reason": "the session is over"})
            elif not running.cancelled():
                running.result()
        finally:
            running.cancel()
            session.sockets -= 1
            session.used_s = self.door.now()
            over.cancel()

    def _heard(self, over: asyncio.Future[Any], why: list[tuple[int, str]], receive: Receive) -> Receive:
        """What the page says, until its session is over or it says too much: then it is as good as gone."""
        spoken = Limit(SAID_AT_ONCE, SAID_A_SECOND)

        async def heard() -> Message:
            hearing = asyncio.ensure_future(receive())
            try:
                await asyncio.wait({hearing, over}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not hearing.done():
                    hearing.cancel()
            if over.done():
                why.append((ENDED, "the session is over"))
            elif hearing.result()["type"] == "websocket.receive" and not spoken.take("", self.door.now()):
                why.append((1008, "this page talks too much"))
            else:
                return hearing.result()
            return {"type": "websocket.disconnect", "code": why[-1][0], "reason": why[-1][1]}

        return heard

    def _told(self, session: Session, why: list[tuple[int, str]], send: Send) -> Send:
        """What the page is told: first whose it is, and at the end why."""

        async def told(message: Message) -> None:
            if message["type"] == "websocket.close" and why:
                message = {**message, "code": why[-1][0], "reason": why[-1][1]}
            await send(message)
            if message["type"] == "websocket.accept":
                await send({"type": "websocket.send", "text": encoded({"type": "session", **self.door.told_of(session)})})

        return told
