"""The sections `[desk]`, `[oidc]` and `[public]`: where the page is served, to whom, and what strangers may see."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

_HOST: Final = re.compile(r"([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(:[1-9]\d{0,4})?")

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Oidc:
    """An identity provider, and by which values of a claim it tells roles."""

    issuer: str
    client_id: str
    secret_file: Path | None
    scopes: tuple[str, ...]
    name_claim: str
    roles_claim: str
    viewers: tuple[str, ...]
    watchkeepers: tuple[str, ...]
    admins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """Who reaches the page, and how. Files are None when not given; `idle_s`, `longest_s`, `public_delay_s` in seconds."""

    users_file: Path | None = None
    certificate_file: Path | None = None
    key_file: Path | None = None
    hosts: tuple[str, ...] = ()
    proxies: tuple[Network, ...] = ()
    idle_s: float = 1800.0
    longest_s: float = 43_200.0
    oidc: Oidc | None = None
    public: str = ""
    public_delay_s: float = 900.0
    public_step_deg: float = 0.1


def access_of(
    desk: Mapping[str, Any], oidc: Mapping[str, Any], public: Mapping[str, Any], folder: Path, fault: Callable[[str, str, str], None]
) -> Access:
    """The sections as they were written; files are seen from `folder`. `fault` is told where, what and what helps."""

    def file(given: str) -> Path | None:
        return folder / given if given else None

    if bool(desk["certificate_file"]) != bool(desk["key_file"]):
        fault("desk.certificate_file", "a certificate and its key go together", 'certificate_file = "desk.pem" and key_file = "desk.key"')
    for name in desk["hosts"]:
        if not _host(name):
            fault("desk.hosts", f"{name!r} is no host", 'such as "desk.example" or "desk.example:8443"')
    proxies = []
    for text in desk["trusted_proxies"]:
        try:
            proxies.append(ip_network(text))
        except ValueError:
            fault("desk.trusted_proxies", f"{text!r} is no address", 'such as "127.0.0.1" or "192.0.2.0/28"')
    if proxies and not desk["hosts"]:
        fault(
            "desk.hosts",
            "is needed where a proxy stands before the desk",
            'the name by which browsers ask for it: hosts = ["desk.example"]',
        )
    if public["listen"] and not listened(public["listen"]):
        fault("public.listen", f"{public['listen']!r} is no address", "HOST:PORT, such as 0.0.0.0:8430")
    return Access(
        file(desk["users_file"]),
        file(desk["certificate_file"]),
        file(desk["key_file"]),
        desk["hosts"],
        tuple(proxies),
        desk["idle_minutes"] * 60.0,
        desk["session_hours"] * 3600.0,
        _provider(oidc, folder, fault) if oidc["issuer"] else None,
        public["listen"],
        public["delay_minutes"] * 60.0,
        public["step_deg"],
    )


def _provider(given: Mapping[str, Any], folder: Path, fault: Callable[[str, str, str], None]) -> Oidc | None:
    parts = urlsplit(given["issuer"])
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and _own(parts.hostname))):
        fault("oidc.issuer", f"{given['issuer']!r} is no https address", "https://HOST/PATH; http only to this machine")
        return None
    if not given["client_id"]:
        fault("oidc.client_id", "is missing", "the name by which the provider knows this desk")
    roles = [value for key in ("viewers", "watchkeepers", "admins") for value in given[key]]
    if not roles:
        fault("oidc.watchkeepers", "nobody has a role", 'which values of the claim make whom what: watchkeepers = ["vts-watch"]')
    return Oidc(
        given["issuer"].rstrip("/") if given["issuer"].count("/") == 3 else given["issuer"],
        given["client_id"],
        folder / given["secret_file"] if given["secret_file"] else None,
        given["scopes"],
        given["name_claim"],
        given["roles_claim"],
        given["viewers"],
        given["watchkeepers"],
        given["admins"],
    )


def listened(text: str) -> tuple[str, int] | None:
    """Host and port of `HOST:PORT`, any host; None for what is neither. Port 0 takes any free one."""
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not (port.isascii() and port.isdigit() and int(port[:6]) <= 65535):
        return None
    try:
        ip_address(host)
    except ValueError:
        return (host, int(port)) if host == "localhost" else None
    return host, int(port)


def _own(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _host(text: str) -> bool:
    """A host as a browser sends it, with a port or without."""
    return _HOST.fullmatch(text) is not None
