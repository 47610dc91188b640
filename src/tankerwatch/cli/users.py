"""Who may log in at a desk that other machines reach (`tankerwatch users`), and which programs may come in (`users token`)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

from tankerwatch.cli.commands import DATA, config_of
from tankerwatch.cli.output import print_json, spoken_time
from tankerwatch.cli.reporting import moment
from tankerwatch.core.errors import InputFault
from tankerwatch.ingest.clock import now

if TYPE_CHECKING:
    from tankerwatch.web.access.tokens import Token
    from tankerwatch.web.access.users import Users

ROLES: Final = ("viewer", "watchkeeper", "admin")
LONGEST_LINE: Final = 2000
LONGEST_DAYS: Final = 3650


def users(add: Callable[[str, Callable[[argparse.Namespace], int], str, Sequence[str]], Any]) -> None:
    """Add the arguments of these commands."""
    adding = add(
        "add", add_user, "let someone log in", ["users add ANNA --role watchkeeper", "users add wall --role viewer --data tankerwatch-data"]
    )
    _who(adding)
    adding.add_argument("--role", choices=ROLES, required=True, help="what she may do: look, decide, or everything")
    _where(add("list", list_users, "print who may log in, and as what", ["users list", "users list --json"]))
    changing = add("role", change_role, "give someone another role", ["users role ANNA admin"])
    _who(changing)
    changing.add_argument("role", choices=ROLES, metavar="ROLE", help=f"what she may do from now on: {', '.join(ROLES)}; she logs in again")
    _who(add("password", change_password, "give someone another password", ["users password ANNA"]))
    _who(add("remove", remove_user, "let someone log in no longer, and end her sessions", ["users remove ANNA"]))


def tokens(add: Callable[[str, Callable[[argparse.Namespace], int], str, Sequence[str]], Any]) -> None:
    """Add the arguments of the commands for tokens."""
    adding = add(
        "add",
        add_token,
        "make a token by which a program comes in; its secret is shown this once",
        ["users token add prometheus --role viewer -o desk.token", "users token add radar --role watchkeeper --expires 90d"],
    )
    _which(adding)
    adding.add_argument("--role", choices=ROLES, required=True, help="what it may do: look, decide, or everything")
    adding.add_argument("--expires", type=_end, metavar="WHEN", help="its end: 90d from now, or a time such as 2027-06-30 (none)")
    adding.add_argument("-o", "--out", type=Path, metavar="FILE", help="write the secret to a new file that you alone may read")
    _where(add("list", list_tokens, "print which tokens there are, as what, and until when", ["users token list"]))
    _which(add("remove", remove_token, "end a token: what bears it is out at once", ["users token remove prometheus"]))


def _which(command: Any) -> None:
    command.add_argument("name", metavar="NAME", help="how the journal calls it")
    _where(command)


def _end(text: str) -> float:
    days = text.removesuffix("d")
    if days != text and days.isascii() and days.isdigit() and 1 <= int(days[:5]) <= LONGEST_DAYS:
        return now() + int(days) * 86_400.0
    try:
        end_s = moment(text)
    except argparse.ArgumentTypeError:
        raise argparse.ArgumentTypeError(f"{text!r} is no end; such as 90d, 2027-06-30 or 2027-06-30T12:00Z") from None
    if end_s <= now():
        raise argparse.ArgumentTypeError(f"{text!r} is over")
    return end_s


def _who(command: Any) -> None:
    command.add_argument("name", metavar="NAME", help="how she is called at the desk")
    _where(command)


def _where(command: Any) -> None:
    command.add_argument("--data", type=Path, default=DATA, metavar="DIR", help=f"the --data of the watch; it may be running ({DATA})")
    command.add_argument("--users", type=Path, metavar="FILE", help="another file of users (as configured, else users.json of --data)")


def add_user(arguments: argparse.Namespace) -> int:
    """A new user; the password comes from a prompt or the first line of standard input."""
    from tankerwatch.web.access.users import plain_name

    known = _users(arguments, make=True)
    name = plain_name(arguments.name)
    user = known.add(name, arguments.role, _password(name))
    return _done(arguments, {"name": user.name, "role": user.role}, f"{user.name} may log in as {user.role}")


def list_users(arguments: argparse.Namespace) -> int:
    """All users."""
    known = sorted(_users(arguments).all().values(), key=lambda user: user.name.casefold())
    if arguments.json:
        print_json({"users": [{"name": user.name, "role": user.role} for user in known]})
    else:
        print("\n".join(f"{user.role:<12} {user.name}" for user in known) or "nobody; tankerwatch users add NAME --role ROLE")
    return 0


def change_role(arguments: argparse.Namespace) -> int:
    """Another role."""
    user = _users(arguments).change(arguments.name, role=arguments.role)
    return _done(arguments, {"name": user.name, "role": user.role}, f"{user.name} is {user.role} now")


def change_password(arguments: argparse.Namespace) -> int:
    """Another password."""
    user = _users(arguments).change(arguments.name, password=_password(arguments.name))
    return _done(arguments, {"name": user.name}, f"{user.name} has another password")


def remove_user(arguments: argparse.Namespace) -> int:
    """A user less."""
    user = _users(arguments).remove(arguments.name)
    return _done(arguments, {"name": user.name}, f"{user.name} may log in no longer")


def add_token(arguments: argparse.Namespace) -> int:
    """A new token; its secret goes to a file, or to standard output."""
    known = _users(arguments, make=True)
    if arguments.out is None:
        token, secret = known.add_token(arguments.name, arguments.role, arguments.expires)
    else:
        with _private(arguments.out) as file:
            token, secret = known.add_token(arguments.name, arguments.role, arguments.expires)
            file.write(secret + "\n")
    if arguments.json:
        print_json(_told(token) | ({"token": secret} if arguments.out is None else {"file": str(arguments.out)}))
        return 0
    print(f"{token.name} may come in as {token.role}{_until(token)}; its secret is nowhere else:", file=sys.stderr)
    print(secret if arguments.out is None else arguments.out)
    return 0


@contextmanager
def _private(path: Path) -> Iterator[TextIO]:
    """A new file that its owner alone may read; gone again when what should be in it is not."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise InputFault("is there already", where=str(path), help="another name; a secret is written over nothing") from None
    try:
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 a handle, not a path
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def list_tokens(arguments: argparse.Namespace) -> int:
    """All tokens."""
    known = sorted(_users(arguments).tokens().values(), key=lambda token: token.name.casefold())
    if arguments.json:
        print_json({"tokens": [_told(token) for token in known]})
    else:
        lines = [f"{token.role:<12} {token.name}{_until(token)}" for token in known]
        print("\n".join(lines) or "none; tankerwatch users token add NAME --role ROLE")
    return 0


def remove_token(arguments: argparse.Namespace) -> int:
    """A token less."""
    token = _users(arguments).remove_token(arguments.name)
    return _done(arguments, {"name": token.name}, f"{token.name} may come in no longer")


def _told(token: Token) -> dict[str, Any]:
    return {"name": token.name, "role": token.role, "expires_s": token.expires_s}


def _until(token: Token) -> str:
    if token.expires_s is None:
        return ""
    return f", over since {spoken_time(token.expires_s)}" if token.over(now()) else f", until {spoken_time(token.expires_s)}"


def _done(arguments: argparse.Namespace, told: dict[str, str], words: str) -> int:
    print_json(told) if arguments.json else print(words)
    return 0


def _users(arguments: argparse.Namespace, *, make: bool = False) -> Users:
    from tankerwatch.web.access.users import Users

    path = arguments.users or config_of(arguments).access.users_file or arguments.data / "users.json"
    if make and path == arguments.data / "users.json":
        path.parent.mkdir(parents=True, exist_ok=True)  # users may be named before the first watch
    return Users(path)


def _password(name: str) -> str:
    """From a prompt, twice; where there is no terminal, the first line of standard input. All could read one on the command line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(LONGEST_LINE).removesuffix("\n")
    password = getpass(f"Password for {name}: ")
    if getpass("Once more: ") != password:
        raise InputFault("these are two passwords", where="users", help="type the same twice")
    return password
