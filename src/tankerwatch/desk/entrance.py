"""Where the page is served, and who may come in: refuses to begin where other machines could reach a desk that asks nobody who she is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tankerwatch.config.access import listened
from tankerwatch.config.keys import loopback
from tankerwatch.core.errors import InputFault
from tankerwatch.ingest.clock import now
from tankerwatch.web.access.door import Door, Provider
from tankerwatch.web.access.roles import role_of
from tankerwatch.web.access.users import Users
from tankerwatch.web.serve import Server

if TYPE_CHECKING:
    from tankerwatch.config.access import Access

GUIDE = "docs/guide/access.md"


@dataclass(frozen=True, slots=True)
class Entrance:
    """The server on its address, and the door where people log in; None where this machine alone can reach it."""

    server: Server
    door: Door | None
    public: Server | None = None
    """where everybody sees a little, late"""


def entrance(listen: str, access: Access) -> Entrance:
    """What a desk is reached by on an address.

    Raises InputFault for an address that others reach without users, or without TLS or a proxy.
    """
    made = _entrance(listen, access)
    wanted = listened(access.public) if access.public else None
    if access.public and wanted is None:
        raise InputFault(f"{access.public!r} is no address", where="--public", help="HOST:PORT, such as 0.0.0.0:8430")
    # Nobody is asked there who she is: there is nothing to ask for.
    return made if wanted is None else replace(made, public=Server(*wanted, guarded=True, proxies=access.proxies))


def _entrance(listen: str, access: Access) -> Entrance:
    address = listened(listen)
    if address is None:
        raise InputFault(f"{listen!r} is no address", where="--listen", help="HOST:PORT, such as 127.0.0.1:8420")
    tls = (access.certificate_file, access.key_file) if access.certificate_file and access.key_file else None
    if loopback(listen) is not None and not access.proxies:
        return Entrance(Server(*address), None)  # nothing leaves the machine: there is nobody to hide it from
    others = f"{listen} can be reached from other machines"
    if tls is None and not access.proxies:
        help = f"[desk] certificate_file and key_file, or trusted_proxies where a proxy speaks TLS: {GUIDE}"
        raise InputFault(f"{others}, and there is no TLS", where="--listen", help=help)
    if address[0] in ("0.0.0.0", "::") and not access.hosts:
        raise InputFault(f"{others}, and has no name", where="--listen", help='how browsers ask for it: [desk] hosts = ["desk.example"]')
    users = Users(access.users_file) if access.users_file is not None else None
    if access.oidc is None and (users is None or not users.all()):
        help = f"tankerwatch users add NAME --role admin --users {access.users_file or 'users.json'}: {GUIDE}"
        raise InputFault(f"{others}, and nobody may log in", where="--listen", help=help)
    door = Door(users, provider=_provider(access), secure=True, idle_s=access.idle_s, longest_s=access.longest_s, utc=now)
    return Entrance(Server(*address, guarded=True, names=access.hosts, tls=tls, proxies=access.proxies), door)


def _provider(access: Access) -> Provider | None:
    if access.oidc is None:
        return None
    from tankerwatch.web.access.oidc import OidcProvider, Settings

    given = access.oidc
    roles = [
        (role_of(word), frozenset(values))
        for word, values in (("viewer", given.viewers), ("watchkeeper", given.watchkeepers), ("admin", given.admins))
    ]
    secret = _secret(given.secret_file) if given.secret_file else ""
    return OidcProvider(Settings(given.issuer, given.client_id, secret, given.scopes, given.name_claim, given.roles_claim, tuple(roles)))


def _secret(path: Path) -> str:
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as fault:
        raise InputFault("cannot be read", where=str(path), help="one line, as the provider gave it") from fault
    if not secret or len(secret) > 4096 or "\n" in secret:
        raise InputFault("holds no secret", where=str(path), help="one line, as the provider gave it")
    return secret
