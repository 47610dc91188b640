"""The log-in: who comes in, who is let out, and what is written of it in the journal."""

from __future__ import annotations

import asyncio
import hmac
import logging
import math
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final, Protocol

from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from tankerwatch.core.errors import InputFault
from tankerwatch.web.access.bearers import Bearers
from tankerwatch.web.access.limits import Limit, network
from tankerwatch.web.access.roles import Role, role_of
from tankerwatch.web.access.sessions import Session, Sessions
from tankerwatch.web.access.tokens import borne
from tankerwatch.web.access.tries import KEPT_S, Tries, cookie_of, new_mark
from tankerwatch.web.access.users import LONGEST_PASSWORD, Known, User, Users
from tankerwatch.web.asking import Refused, body_of
from tankerwatch.web.plain import Answer, refusal

LOOK_S: Final = 1.0
LONGEST_NAME: Final = 60
AT_ONCE: Final = 2
"""Passwords that are tried at the same time: each takes 64 MB."""
MOST_WAITING: Final = 30
MOST_TOLD: Final = 1000
STORED_WITHIN_S: Final = 30.0
TOKEN_HELP: Final = "tankerwatch users token list says which there are, and when they end"
OIDC_KEPT_S: Final = 600

log = logging.getLogger("tankerwatch.web")

Journalled = Callable[[str, str, dict[str, Any]], Awaitable[Any]]


class Provider(Protocol):
    """A log-in by an identity provider: oidc.py."""

    @property
    def name(self) -> str:
        """As the log-in page calls it."""
        ...

    async def begin(self, back: str) -> tuple[str, str]:
        """Where the browser is sent, and the secret that it keeps meanwhile."""
        ...

    async def end(self, kept: str, state: str, code: str) -> tuple[str, Role]:
        """Name and role of who comes back. Raises Refused."""
        ...


class Door:
    """Where everyone who is not on this machine comes in.

    users: whom it knows by password or token · provider: who else may vouch for someone · secure: browsers come by TLS · idle_s,
    longest_s: how long a session lasts · now: a monotonic clock · utc: the time of day; without it no token comes in that has an end.
    `journalled` is set by the application: it takes kind, subject and content of a decision.
    """

    def __init__(
        self,
        users: Users | None,
        *,
        provider: Provider | None = None,
        secure: bool = True,
        idle_s: float = 1800.0,
        longest_s: float = 43_200.0,
        now: Callable[[], float] = time.monotonic,
        utc: Callable[[], float] = lambda: math.inf,
    ) -> None:
        self.users, self.provider, self.secure = users, provider, secure
        self.now = now
        self.sessions = Sessions(idle_s, longest_s, now)
        self.journalled: Journalled | None = None
        self.tries = Tries(now)
        self.by_token = Limit(10, 1 / 10)
        """wrong tokens of an address; right ones pass, for nobody guesses 256 bits, and a neighbour's old script must blind no other"""
        self.told = Limit(30, 1 / 10)
        """refused log-ins are journalled singly up to here: a stranger must not fill the disk"""
        self.told_inside = Limit(10, 1 / 60)
        """what someone who is logged in may not do, likewise"""
        self._untold = self._waiting = 0
        self._trying = asyncio.Semaphore(AT_ONCE)
        self._telling: set[asyncio.Future[Any]] = set()
        self.known = dict(users.all()) if users else {}
        self.bearers = Bearers(users, now, utc, self.tell)

    @property
    def cookie(self) -> str:
        """The name of the cookie; with `__Host-` a browser takes it from this host by TLS alone."""
        return "__Host-tankerwatch" if self.secure else "tankerwatch"

    @property
    def oidc_cookie(self) -> str:
        """Likewise, of a log-in that is under way: no neighbour's host can set it, and so end a log-in that it began as another's."""
        return f"{self.cookie}-oidc"

    # -- who it is ------------------------------------------------------------------------------------------------------

    def session_of(self, connection: HTTPConnection) -> Session | None:
        """Whose request it is; None when nobody is logged in, or no longer. A token counts alone, whatever cookie comes along."""
        secret = borne(connection)
        if secret is not None:
            return self.bearers.find(secret, address_of(connection))
        session = self.sessions.find(connection.cookies.get(self.cookie, ""))
        if session is not None and not self._stands(session):
            self.end(session, "the user was changed")
            return None
        return session

    def _stands(self, session: Session) -> bool:
        user = self.known.get(session.name.casefold())
        return not session.stamp or (user is not None and user.stamp == session.stamp)

    async def watch(self) -> None:
        """End what is over and see what changed in the users file, for ever."""
        users = {user.name: user.role for user in self.known.values()}
        self.tell("users", "", {"users": users | {token.who: token.role for token in self.bearers.known.values()}})
        while True:
            await asyncio.sleep(LOOK_S)
            self.look()

    def look(self) -> None:
        """Look at the users file and the clock once."""
        try:
            held = self.users.known() if self.users else Known()
        except InputFault as fault:
            held = Known(self.known, self.bearers.known)  # whoever is in stays in; nobody else is let in
            log.error("%s", fault)
        known = held.users
        for key in sorted(known.keys() | self.known.keys()):
            before, after = self.known.get(key), known.get(key)
            if before != after:
                self._tell_change(before, after)
        self.known = dict(known)
        self.bearers.look(held.tokens)
        self.sweep()
        for session in self.sessions.all():
            if not self._stands(session):
                self.end(session, "the user was changed")
        if self._untold and self.told.left("", self.now()) >= 1:
            count, self._untold = self._untold, 0
            self.tell("refused", "", {"words": f"{count} more were refused"})

    def sweep(self) -> None:
        """End the sessions whose time is over."""
        for session in self.sessions.sweep():
            self.tell("ended", session.name, {"words": "its time was over", "address": session.address})

    def _tell_change(self, before: User | None, after: User | None) -> None:
        name = after.name if after else before.name if before else ""
        if after is None:
            self.tell("user_removed", name, {})
        elif before is None:
            self.tell("user_added", name, {"role": after.role})
        else:
            what = [word for word, changed in (("role", before.role != after.role), ("password", before.hash != after.hash)) if changed]
            self.tell("user_changed", name, {"role": after.role, "words": ", ".join(what)})

    def end(self, session: Session, words: str) -> None:
        """End a session, and say why."""
        self.sessions.end(session)
        self.tell("ended", session.name, {"words": words, "address": session.address})

    def tell(self, verb: str, name: str, content: dict[str, Any]) -> None:
        """Into the journal; nobody waits for it, for a desk whose disk failed must still be seen."""
        if self.journalled is None:
            return
        if len(self._telling) >= MOST_TOLD:
            log.error("the journal does not keep up: %s of %r is not in it", verb, name)
            return
        made = asyncio.ensure_future(self._stored(self.journalled("access", name[:LONGEST_NAME], {"verb": verb, **content})))
        self._telling.add(made)
        made.add_done_callback(self._told)

    @staticmethod
    async def _stored(decision: Awaitable[Any]) -> None:
        async with asyncio.timeout(STORED_WITHIN_S):
            await decision

    def _told(self, made: asyncio.Future[Any]) -> None:
        self._telling.discard(made)
        if not made.cancelled() and (fault := made.exception()) is not None:
            log.error("who came and went could not be journalled: %s", fault)

    # -- routes ---------------------------------------------------------------------------------------------------------

    def begin(self, request: HTTPConnection, answer: Response, name: str, role: Role, *, stamp: str, how: str) -> Response:
        """A new session for who has proved who she is; one that the browser had before is over."""
        before = self.sessions.find(request.cookies.get(self.cookie, ""))
        if before is not None:
            self.end(before, "logged in anew")
        address = address_of(request)
        self.sweep()
        for each in self.sessions.room(name):
            self.tell("ended", each.name, {"words": "too many log-ins", "address": each.address})
        token, session = self.sessions.begin(name, role, stamp=stamp, address=address)
        answer.set_cookie(
            self.cookie, token, max_age=int(self.sessions.longest_s), path="/", secure=self.secure, httponly=True, samesite="strict"
        )
        self.tell("log_in", session.name, {"role": role.word, "address": address, "words": how})
        return answer

    async def log_in(self, request: Request) -> Response:
        """A name and a password."""
        if not request.headers.get("origin") and request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise Refused(403, "another site asked for this", "use the desk's own page")
        if self.users is None:
            raise Refused(409, "nobody logs in by password here", "log in by the provider, at /login")
        body = await body_of(request)
        name, password = body.get("name"), body.get("password")
        if not isinstance(name, str) or not isinstance(password, str) or len(name) > LONGEST_NAME or len(password) > LONGEST_PASSWORD:
            raise Refused(422, "a log-in is a name and a password", 'send {"name": "ANNA", "password": "…"}')
        address = address_of(request)
        browser = self.tries.known(self.known.get(name.strip().casefold()), request.cookies, secure=self.secure)
        if wait_s := self.tries.wait_s(name, address, browser):
            self.refused(name, address, "too many tries")
            held_up = refusal(429, "too many tries", f"wait {wait_s} s")
            held_up.headers["Retry-After"] = str(wait_s)
            return held_up
        if self._waiting >= MOST_WAITING and not browser:
            raise Refused(503, "too many are logging in", "try again in a moment")
        self._waiting += 1
        try:
            async with self._trying:
                user = await asyncio.to_thread(self.users.verify, name, password)
        except InputFault as fault:
            log.error("%s", fault)
            raise Refused(503, "nobody can log in now", "the users file cannot be read: see the desk's own output") from None
        finally:
            self._waiting -= 1
        if user is None:
            self.refused(name, address, "wrong name or password")
            raise Refused(401, "wrong name or password", "an admin of this desk can give you another password")
        self.tries.forgive(name, address, browser)
        self.known[user.name.casefold()] = user
        answer = Answer({"name": user.name, "role": user.role})
        made = self.begin(request, answer, user.name, role_of(user.role), stamp=user.stamp, how="by password")
        cookie = cookie_of(user.name, secure=self.secure)
        made.set_cookie(cookie, new_mark(user), max_age=KEPT_S, path="/", secure=self.secure, httponly=True, samesite="strict")
        return made

    def refused(self, name: str, address: str, words: str, key: str = "") -> None:
        """Into the journal, so many and no more; `key`: whose they are who is in, that strangers crowd out no word of hers."""
        if (self.told_inside if key else self.told).take(key, self.now()):
            self.tell("refused", name, {"words": words, "address": address})
        else:
            self._untold += 1

    def refuse_token(self, connection: HTTPConnection) -> Response:
        """The answer to a token that lets nobody in."""
        address, now_s = address_of(connection), self.now()
        name = self.bearers.name_of(borne(connection) or "")
        if self.by_token.take(network(address), now_s):
            self.refused(name, address, "its token is over" if name else "wrong token")
            made = refusal(401, "this token is over" if name else "this is no token of this desk", TOKEN_HELP)
            made.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
            return made
        self.refused(name, address, "too many wrong tokens")
        wait_s = self.by_token.wait_s(network(address), now_s)
        made = refusal(429, "too many wrong tokens", f"wait {wait_s} s")
        made.headers["Retry-After"] = str(wait_s)
        return made

    async def log_out(self, request: Request) -> Response:
        """The session is over, on the desk and in the browser."""
        session, everywhere = self.session_of(request), (await body_of(request)).get("everywhere", False)
        if not isinstance(everywhere, bool):
            raise Refused(422, "everywhere is true or false", 'send {"everywhere": true}')
        if session is not None:
            self.sessions.end(session)
            self.tell("log_out", session.name, {"address": address_of(request)})
            for other in self.sessions.of(session.name) if everywhere else ():
                self.end(other, "logged out everywhere")
        answer = Answer({})
        answer.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="strict")
        return answer

    def told_of(self, session: Session) -> dict[str, Any]:
        """What its page is told of a session."""
        left_s = self.bearers.left_s(session) if session.bearer else self.sessions.left_s(session)
        left_s = None if left_s is None else round(left_s)
        return {"name": session.name, "role": session.role.word, "csrf": session.csrf or None, "left_s": left_s}


def address_of(connection: HTTPConnection) -> str:
    """Where a request comes from, as far as the desk can tell."""
    return connection.client.host if connection.client else ""


def fits(session: Session, given: str) -> bool:
    """Whether the token of a request is that of its session."""
    return hmac.compare_digest(session.csrf.encode(), given.encode("utf-8", "replace"))


class Login:
    """The routes of the log-in; without a door, those of a desk that everyone on this machine may use."""

    def __init__(self, door: Door | None, dist: Path) -> None:
        self.door, self.dist = door, dist

    def routes(self) -> list[Route]:
        """They stand in docs/reference/wire.md as all others do."""
        return [
            Route("/login", self.page),
            Route("/login/oidc", self.away),
            Route("/login/oidc/back", self.back),
            Route("/api/session", self.session),
            Route("/api/login", self.log_in, methods=["POST"]),
            Route("/api/logout", self.log_out, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """The page of the log-in."""
        if self.door is None or self.door.session_of(request) is not None:
            return RedirectResponse("/", 303)
        page = self.dist / "login.html"
        if not page.is_file():
            return refusal(503, "the page is not part of this installation", "the API works: POST /api/login; or build web/")
        return FileResponse(page, media_type="text/html")

    async def session(self, request: Request) -> Response:
        """Who is logged in, and as what; `role` is null when nobody is."""
        if self.door is None:
            return Answer({"name": None, "role": Role.ADMIN.word, "csrf": None, "left_s": None})
        session = self.door.session_of(request)
        if session is None:
            provider = self.door.provider.name if self.door.provider else None
            return Answer({"name": None, "role": None, "csrf": None, "left_s": None, "provider": provider})
        return Answer(self.door.told_of(session))

    async def log_in(self, request: Request) -> Response:
        """A name and a password."""
        return await self._door().log_in(request)

    async def log_out(self, request: Request) -> Response:
        """The end of a session."""
        return await self._door().log_out(request)

    def _door(self) -> Door:
        if self.door is None:
            raise Refused(409, "nobody logs in at this desk", "it is open to this machine alone")
        return self.door

    def _provider(self) -> tuple[Door, Provider]:
        door = self._door()
        if door.provider is None:
            raise Refused(409, "this desk knows no provider", "log in by name and password at /login")
        return door, door.provider

    async def away(self, request: Request) -> Response:
        """To the provider."""
        door, provider = self._provider()
        if not door.tries.by_address.take(network(address_of(request)), door.now()):
            raise Refused(429, "too many tries", "wait a minute")
        where, kept = await provider.begin(str(request.url_for("back")))
        answer = RedirectResponse(where, 303)
        # Lax: the way back begins at another site.
        answer.set_cookie(door.oidc_cookie, kept, max_age=OIDC_KEPT_S, path="/", secure=door.secure, httponly=True, samesite="lax")
        return answer

    async def back(self, request: Request) -> Response:
        """From the provider, with her word for who it is."""
        door, provider = self._provider()
        try:
            name, role = await self._vouched(door, provider, request)
        except Refused as refused:
            door.refused("", address_of(request), f"by {provider.name}: {refused.error}")
            raise
        # A page rather than a redirect: at the end of a chain that began elsewhere, a browser would not send the new cookie.
        answer = FileResponse(self.dist / "entered.html", media_type="text/html")
        answer.delete_cookie(door.oidc_cookie, path="/", secure=door.secure, httponly=True, samesite="lax")
        return door.begin(request, answer, name, role, stamp="", how=f"by {provider.name}")

    async def _vouched(self, door: Door, provider: Provider, request: Request) -> tuple[str, Role]:
        """For whom the provider vouches. Raises Refused."""
        given = request.query_params
        if "error" in given:
            raise Refused(403, "the provider did not let you in", "try again at /login")
        name, role = await provider.end(request.cookies.get(door.oidc_cookie, ""), given.get("state", ""), given.get("code", ""))
        if name.casefold() in door.known:
            raise Refused(403, "a user of this desk has that name", "an admin gives one of the two another")
        return name, role
