"""Tokens by which programs come in: random secrets, of which the desk keeps the hash alone.

A fast hash is right for them: nobody guesses 256 random bits, so there is nothing that a slow one would slow down.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from starlette.requests import HTTPConnection

PREFIX: Final = "twt_"
"""By which a secret that lies about is known as one, by people and by what looks for such."""
SECRET_BYTES: Final = 32
SECRET: Final = re.compile(r"twt_[A-Za-z0-9_-]{43}")
LONGEST_NAME: Final = 40
HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Token:
    """One token. `role` is a word of `roles.WORDS`; `expires_s` is UTC in seconds since 1970, None for one without an end."""

    name: str
    role: str
    hash: str
    expires_s: float | None = None

    @property
    def who(self) -> str:
        """How it is called beside what it decided: no user's name has brackets."""
        return f"{self.name} (token)"

    def over(self, now_s: float) -> bool:
        """Whether its end has come."""
        return self.expires_s is not None and now_s >= self.expires_s


def new_secret() -> str:
    """A secret that nobody had before."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def fitting(tokens: Iterable[Token], secret: str) -> Token | None:
    """The token whose secret this is. Each is compared, whole and in constant time, whether it fits or not."""
    given, found = hashed(secret), None
    for token in tokens:
        if hmac.compare_digest(token.hash, given):
            found = token
    return found


def borne(connection: HTTPConnection) -> str | None:
    """The secret that a request bears, "" for what is none; None when it bears nothing, or what is meant for a proxy (Basic)."""
    lines = connection.headers.getlist("authorization")
    if not any(line[:7].lower() in ("bearer", "bearer ") for line in lines):
        return None
    secret = lines[0][7:].strip()
    return secret if len(lines) == 1 and SECRET.fullmatch(secret) else ""
