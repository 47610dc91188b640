"""How often someone may try to log in, so that guessing is slow and holds up nobody but who guesses.

A name that is guessed at would keep her out whose it is, were tries counted by name alone. So they are counted by name and address; those
of all addresses together only far above; and a browser in which she logged in before, which says so by a cookie, counts for itself.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Final

from tankerwatch.web.access.limits import Limit, network
from tankerwatch.web.access.users import User

KEPT_S: Final = 31_536_000
"""How long a browser remembers that somebody logged in there."""
_MARK: Final = re.compile(r"([\w-]{22})\.([0-9a-f]{64})")


def cookie_of(name: str, *, secure: bool) -> str:
    """The cookie of a name: several people may log in at one browser."""
    return f"{'__Host-' if secure else ''}tankerwatch-known-{hashlib.sha256(_folded(name).encode('utf-8', 'replace')).hexdigest()[:12]}"


def new_mark(user: User) -> str:
    """What a browser keeps. It lets nobody in, and is worth nothing any more when the password changes, whose hash is its key."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_sealed(user, nonce)}"


def _sealed(user: User, nonce: str) -> str:
    return hmac.new(user.hash.encode(), f"{_folded(user.name)}\n{nonce}".encode(), "sha256").hexdigest()


def _folded(name: str) -> str:
    return name.strip().casefold()


class Tries:
    """The limits. `now`: a monotonic clock."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.now = now
        self.by_address = Limit(10, 1 / 10)
        self.by_name = Limit(10, 1 / 60)
        """of one address"""
        self.of_all = Limit(100, 1 / 10)
        """of one name, wherever they come from"""
        self.by_browser = Limit(10, 1 / 60)

    def known(self, user: User | None, cookies: Mapping[str, str], *, secure: bool) -> str:
        """What tells one browser from all others in which a user logged in before; "" for a browser in which she did not."""
        given = _MARK.fullmatch(cookies.get(cookie_of(user.name, secure=secure), "")) if user else None
        return given[1] if user and given and hmac.compare_digest(_sealed(user, given[1]), given[2]) else ""

    def wait_s(self, name: str, address: str, browser: str) -> int:
        """Count a try: 0 when it may be made, else how long to wait."""
        for limit, key in self._limits(name, address, browser):
            if not limit.take(key, self.now()):
                return limit.wait_s(key, self.now())
        return 0

    def forgive(self, name: str, address: str, browser: str) -> None:
        """Someone proved who she is."""
        for limit, key in self._limits(name, address, browser):
            limit.forgive(key)

    def _limits(self, name: str, address: str, browser: str) -> list[tuple[Limit, str]]:
        if browser:
            return [(self.by_browser, browser)]
        whose, where = _folded(name), network(address)
        return [(self.by_address, where), (self.by_name, f"{where} {whose}"), (self.of_all, whose)]
