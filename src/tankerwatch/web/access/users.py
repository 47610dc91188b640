"""The users file: names, roles and argon2id hashes, and the tokens of programs; readable by its owner alone, changed only whole.

`tankerwatch users` writes it; a desk that runs looks again when it changed, so a user who is removed is out within a second.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import json
import math
import os
import re
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from tankerwatch.core.errors import InputFault
from tankerwatch.web.access.roles import WORDS, Role, role_of
from tankerwatch.web.access.tokens import HASH, LONGEST_NAME, Token, new_secret
from tankerwatch.web.access.tokens import hashed as hash_of

MEMORY_KB: Final = 65_536
PASSES: Final = 3
LANES: Final = 1
"""64 MB three times over, as RFC 9106 recommends, but in one lane: OpenSSL fails or stands still at several when two are tried at once."""
SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 1024
MOST_USERS: Final = 1000
MOST_TOKENS: Final = 100
"""Each is compared with what a program bears."""
MOST_BYTES: Final = 1 << 20
NAME: Final = re.compile(r"\w[\w .@-]{0,58}\w|\w")
_HASH: Final = re.compile(r"\$argon2id\$v=19\$m=\d{2,7},t=\d{1,2},p=1\$[A-Za-z0-9+/]{10,90}\$[A-Za-z0-9+/]{20,90}")


@dataclass(frozen=True, slots=True)
class User:
    """One user. `role` is a word of `roles.WORDS`."""

    name: str
    role: str
    hash: str

    @property
    def stamp(self) -> str:
        """Changes with anything of the user: sessions of before then end."""
        return hashlib.sha256("\n".join((self.name, self.role, self.hash)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Known:
    """What a file holds, by folded names."""

    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)


def plain_name(text: str) -> str:
    """A name as it is kept. Raises InputFault."""
    name = unicodedata.normalize("NFC", text).strip()
    if not NAME.fullmatch(name):
        raise InputFault(f"{name[:40]!r} is no name", where="users", help="letters, digits, . _ @ - and blanks between, at most 60")
    return name


def hashed(password: str, memory_kb: int) -> str:
    """The argon2id hash of a password, with its salt and cost."""
    salt = secrets.token_bytes(16)
    return Argon2id(salt=salt, length=32, iterations=PASSES, lanes=LANES, memory_cost=memory_kb).derive_phc_encoded(_bytes(password))


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace")


def check_password(name: str, password: str) -> None:
    """Raises InputFault for one that would be guessed."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        help = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters; a few words that only you would put together are good"
        raise InputFault(f"{len(password)} characters are no password", where="users", help=help)
    if name.casefold() in password.casefold() or len(set(password)) < 5:
        raise InputFault("this password would be guessed", where="users", help="a few words that only you would put together")


class Users:
    """The users of a file. Raises InputFault when it cannot be read, others can read it, or it holds something else."""

    def __init__(self, path: Path, *, memory_kb: int | None = None) -> None:
        self.path, self._memory_kb = path, memory_kb or MEMORY_KB
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] = ()
        self._known = Known()
        # What no password fits, at the cost of one that some does.
        salt, wrong = (base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (16, 32))
        self._nobody = f"$argon2id$v=19$m={self._memory_kb},t={PASSES},p={LANES}${salt}${wrong}"
        self.all()

    def all(self) -> dict[str, User]:
        """The users by folded name, as the file says now."""
        return self.known().users

    def tokens(self) -> dict[str, Token]:
        """The tokens by folded name, as the file says now."""
        return self.known().tokens

    def known(self) -> Known:
        """Both."""
        with self._lock:
            try:
                state = self.path.stat()
            except FileNotFoundError:
                if self._seen:
                    raise InputFault("is gone", where=str(self.path), help="put it back: until then nobody more comes in") from None
                return self._known
            except OSError as fault:
                raise InputFault(f"cannot be read: {fault.strerror}", where=str(self.path)) from fault
            seen = (state.st_ino, state.st_size, state.st_mtime_ns, state.st_mode)
            if seen != self._seen:
                self._known = _read(self.path, state.st_mode)
                self._seen = seen
            return self._known

    def find(self, name: str) -> User | None:
        """The user of a name, however it is capitalised."""
        return self.all().get(unicodedata.normalize("NFC", name).strip().casefold())

    def verify(self, name: str, password: str) -> User | None:
        """The user whose password this is; None when there is none. Works as long for a name that is not known."""
        user = self.find(name)
        try:
            Argon2id.verify_phc_encoded(_bytes(password[:LONGEST_PASSWORD]), user.hash if user else self._nobody)
        except InvalidKey:
            return None
        return user

    def add(self, name: str, role: str, password: str) -> User:
        """A new user. Raises InputFault."""
        name = plain_name(name)
        check_password(name, password)
        with self._changing() as known:
            if name.casefold() in known.users:
                raise InputFault(
                    f"there is a user {name!r} already", where="users", help="tankerwatch users password NAME changes the password"
                )
            if len(known.users) >= MOST_USERS:
                raise InputFault(f"{MOST_USERS} users are enough", where="users", help="tankerwatch users remove NAME")
            user = known.users[name.casefold()] = User(name, _role(role).word, hashed(password, self._memory_kb))
        return user

    def change(self, name: str, *, password: str | None = None, role: str | None = None) -> User:
        """Another password or role for a user. Raises InputFault."""
        with self._changing() as known:
            user = _of(known.users, name)
            if password is not None:
                check_password(user.name, password)
                user = replace(user, hash=hashed(password, self._memory_kb))
            if role is not None:
                user = replace(user, role=_role(role).word)
            known.users[user.name.casefold()] = user
        return user

    def remove(self, name: str) -> User:
        """A user less. Raises InputFault."""
        with self._changing() as known:
            user = _of(known.users, name)
            del known.users[user.name.casefold()]
        return user

    def add_token(self, name: str, role: str, expires_s: float | None = None) -> tuple[Token, str]:
        """A new token, and its secret, which is told this once. Raises InputFault."""
        name = plain_name(name)
        if len(name) > LONGEST_NAME:
            raise InputFault(f"{name!r} is too long a name", where="users token", help=f"at most {LONGEST_NAME} characters")
        secret = new_secret()
        with self._changing() as known:
            if name.casefold() in known.tokens:
                help = "remove it first: a token is never changed, and its secret is not known any more"
                raise InputFault(f"there is a token {name!r} already", where="users token", help=help)
            if len(known.tokens) >= MOST_TOKENS:
                raise InputFault(f"{MOST_TOKENS} tokens are enough", where="users token", help="tankerwatch users token remove NAME")
            token = known.tokens[name.casefold()] = Token(name, _role(role).word, hash_of(secret), expires_s)
        return token, secret

    def remove_token(self, name: str) -> Token:
        """A token less. Raises InputFault."""
        with self._changing() as known:
            token = known.tokens.pop(unicodedata.normalize("NFC", name).strip().casefold(), None)
            if token is None:
                help = "tankerwatch users token list says which there are"
                raise InputFault(f"there is no token {name[:60]!r}", where="users token", help=help)
        return token

    @contextlib.contextmanager
    def _changing(self) -> Iterator[Known]:
        """What is to be changed; written whole at the end, while no other command writes."""
        try:
            handle = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as fault:
            help = "the --data of the watch, or the folder of [desk] users_file"
            raise InputFault(f"is no folder: {fault.strerror}", where=str(self.path.parent), help=help) from fault
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            held = self.known()
            known = Known(dict(held.users), dict(held.tokens))
            yield known
            self._write(known)
            os.fsync(handle)
        except OSError as fault:
            raise InputFault(f"cannot be written: {fault.strerror}", where=str(self.path)) from fault
        finally:
            os.close(handle)

    def _write(self, known: Known) -> None:
        users, tokens = ([asdict(one) for one in rows.values()] for rows in (known.users, known.tokens))
        words = json.dumps({"version": 1, "users": users, "tokens": tokens}, indent=1, ensure_ascii=False)
        part = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}.part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 a handle, not a path
                file.write(words + "\n")
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _of(known: dict[str, User], name: str) -> User:
    user = known.get(unicodedata.normalize("NFC", name).strip().casefold())
    if user is None:
        raise InputFault(f"there is no user {name[:60]!r}", where="users", help="tankerwatch users list says whom there is")
    return user


def _role(word: str) -> Role:
    try:
        return role_of(word)
    except ValueError:
        raise InputFault(f"{word[:40]!r} is no role", where="users", help=f"one of {', '.join(WORDS)}") from None


def _read(path: Path, mode: int) -> Known:
    if mode & 0o077:
        raise InputFault("others can read it or write to it", where=str(path), help=f"chmod 600 {path}")
    try:
        with path.open("rb") as file:
            held = json.loads(file.read(MOST_BYTES).decode("utf-8"))
        users = [User(**{name: str(row[name]) for name in ("name", "role", "hash")}) for row in held["users"]]
        tokens = [_token(row) for row in held.get("tokens", ())]  # a file of before there were any has none
        right = held["version"] == 1 and all(
            NAME.fullmatch(user.name) and user.role in WORDS and _HASH.fullmatch(user.hash) for user in users
        )
    except OSError as fault:
        raise InputFault(f"cannot be read: {fault.strerror}", where=str(path)) from fault
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        right = False
    if not right:
        raise InputFault("is no file of users", where=str(path), help="tankerwatch users add NAME --role ROLE writes one")
    return Known({user.name.casefold(): user for user in users}, {token.name.casefold(): token for token in tokens})


def _token(row: dict[str, Any]) -> Token:
    """A token as it was written. Raises ValueError, TypeError, KeyError."""
    end_s = row["expires_s"]
    token = Token(str(row["name"]), str(row["role"]), str(row["hash"]), None if end_s is None else float(end_s))
    if not (NAME.fullmatch(token.name) and token.role in WORDS and HASH.fullmatch(token.hash) and math.isfinite(end_s or 0)):
        raise ValueError(token.name)
    return token
