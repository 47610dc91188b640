"""Who may log in at a desk that other machines reach: `tankerwatch users add`, `list`, `role`, `password`, `remove`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tankerwatch.cli.commands import DATA, config_of
from tankerwatch.cli.output import print_json
from tankerwatch.core.errors import InputFault

if TYPE_CHECKING:
    from tankerwatch.web.access.users import Users

ROLES: Final = ("viewer", "watchkeeper", "admin")
LONGEST_LINE: Final = 2000


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
