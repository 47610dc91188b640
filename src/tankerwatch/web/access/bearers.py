"""Who comes with a token: one session for each, which begins when it is first used and ends when it is removed or its end comes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tankerwatch.core.errors import InputFault
from tankerwatch.web.access.roles import role_of
from tankerwatch.web.access.sessions import Session
from tankerwatch.web.access.tokens import Token, fitting
from tankerwatch.web.access.users import Users

MOST_ADDRESSES: Final = 16
"""Of one token that are told singly: a journal is not filled by one that moves about."""


class Bearers:
    """The sessions of tokens. `now`: a monotonic clock · `utc`: the time of day · `tell`: into the journal, as the door does."""

    def __init__(
        self, users: Users | None, now: Callable[[], float], utc: Callable[[], float], tell: Callable[[str, str, dict[str, Any]], None]
    ) -> None:
        self.users, self.now, self.utc, self.tell = users, now, utc, tell
        self.known: dict[str, Token] = users.tokens() if users else {}
        self._sessions: dict[Token, Session] = {}
        self._addresses: dict[Token, set[str]] = {}

    def find(self, secret: str, address: str) -> Session | None:
        """The session of a secret that came from an address; None when no token has it, or its end has come."""
        tokens = self._now()
        if tokens is not self.known:
            self.look(tokens)  # what was added has that in the journal before what it does
        token = fitting(tokens.values(), secret)
        if token is None or token.over(self.utc()):
            return None
        session = self._sessions.get(token)
        if session is None:
            now_s = self.now()
            session = Session(token.hash, token.who, role_of(token.role), "", now_s, now_s, address=address, bearer=True)
            self._sessions[token] = session
        seen = self._addresses.setdefault(token, set())
        if address not in seen and len(seen) < MOST_ADDRESSES:
            seen.add(address)
            self.tell("log_in", token.who, {"role": token.role, "address": address, "words": "by token"})
        return session

    def name_of(self, secret: str) -> str:
        """Whose a secret is though it lets nobody in: its end has come. "" when it is nobody's."""
        token = fitting(self._now().values(), secret)
        return token.who if token else ""

    def _now(self) -> dict[str, Token]:
        """As the file says at this moment: who is removed is not let in once more."""
        try:
            return self.users.tokens() if self.users else {}
        except InputFault:
            return self.known  # a file that broke throws nobody out

    def look(self, known: dict[str, Token]) -> None:
        """What the file says now: tell what changed, and end what is over."""
        for token in sorted({*self.known.values(), *known.values()}, key=lambda token: token.name):
            if token not in known.values():
                self.tell("token_removed", token.who, {})
            elif token not in self.known.values():
                self.tell("token_added", token.who, {"role": token.role})
        self.known = known
        for token, session in list(self._sessions.items()):
            removed = token not in known.values()
            if removed or token.over(self.utc()):
                del self._sessions[token], self._addresses[token]
                session.over.set()
                words = "the token was removed" if removed else "its time was over"
                self.tell("ended", token.who, {"words": words, "address": session.address})

    def left_s(self, session: Session) -> float | None:
        """How long the token of a session lasts; None for one without an end."""
        end_s = next((token.expires_s for token, held in self._sessions.items() if held is session), None)
        return None if end_s is None else max(0.0, end_s - self.utc())
