"""Who is logged in: in memory, as hashes of tokens that only the browsers hold. A desk that starts again asks everyone anew."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

from tankerwatch.web.access.roles import Role

MOST_SESSIONS: Final = 1000
MOST_OF_ONE: Final = 10
"""Of one name; the oldest ends when another begins."""

current: ContextVar[Session | None] = ContextVar("session", default=None)
"""Whose request is being answered; None on this machine's own address, where nobody logs in."""


def spared(places: int) -> int:
    """Of so many places at the desk, those that whoever asks now leaves to others: who may only look keeps nobody out who decides."""
    session = current.get()
    return places // 4 if session is not None and session.role < Role.WATCHKEEPER else 0


@dataclass(slots=True, eq=False)
class Session:
    """One log-in. Times are of the monotonic clock; `stamp` is that of the user when she logged in, "" for one of a provider.

    bearer: of a token, which each request bears anew; there is no cookie that another site could make a browser send, so no `csrf`.
    """

    key: str
    name: str
    role: Role
    csrf: str
    began_s: float
    used_s: float
    stamp: str = ""
    address: str = ""
    bearer: bool = False
    sockets: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Sessions:
    """All of them. `idle_s` after the last use with no page open, and `longest_s` after it began at the latest, a session is over."""

    def __init__(self, idle_s: float, longest_s: float, now: Callable[[], float], *, most: int = MOST_SESSIONS) -> None:
        self.idle_s, self.longest_s, self.now, self.most = idle_s, longest_s, now, most
        self._all: dict[str, Session] = {}

    def begin(self, name: str, role: Role, *, stamp: str = "", address: str = "") -> tuple[str, Session]:
        """A new session and its token, which is known to its holder alone."""
        self.room(name)
        token, now_s = secrets.token_urlsafe(32), self.now()
        session = Session(_hash(token), name, role, secrets.token_urlsafe(32), now_s, now_s, stamp, address)
        self._all[session.key] = session
        return token, session

    def room(self, name: str) -> list[Session]:
        """End those that another of a name would be too many for; these."""
        mine = self.of(name)
        over = mine[: max(0, len(mine) + 1 - MOST_OF_ONE)]
        others = sorted((session for session in self._all.values() if session not in over), key=lambda session: session.used_s)
        over += others[: max(0, len(others) + 1 - self.most)]
        for session in over:
            self.end(session)
        return over

    def of(self, name: str) -> list[Session]:
        """Those of one name, the oldest first."""
        return [session for session in self._all.values() if session.name == name]

    def find(self, token: str) -> Session | None:
        """The session of a token, used just now; None when there is none, or it is over."""
        session = self._all.get(_hash(token)) if 0 < len(token) <= 100 else None
        if session is None or self._late(session):
            return None
        session.used_s = self.now()
        return session

    def end(self, session: Session) -> None:
        """A session is over: its pages are told."""
        self._all.pop(session.key, None)
        session.over.set()

    def sweep(self) -> list[Session]:
        """End those whose time is over; these."""
        late = [session for session in self._all.values() if self._late(session)]
        for session in late:
            self.end(session)
        return late

    def left_s(self, session: Session) -> float:
        """How long a session lasts at most."""
        return max(0.0, session.began_s + self.longest_s - self.now())

    def all(self) -> list[Session]:
        """Those that are open."""
        return list(self._all.values())

    def _late(self, session: Session) -> bool:
        now_s = self.now()
        idle = not session.sockets and now_s - session.used_s > self.idle_s
        return idle or now_s - session.began_s > self.longest_s


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
