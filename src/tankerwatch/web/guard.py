"""Whose requests are heard: those that were meant for this desk, from its own page, by the way that it was set up for.

A foreign page cannot use the browser of a watchkeeper as its hand: `Host` must be the desk's own (DNS rebinding), `Origin` of WebSockets
and POSTs too (cross-site requests), and POSTs are JSON, which no form can send. On this machine's own address that is the whole lock;
elsewhere `access/gate.py` asks who it is.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tankerwatch.web.plain import refusal

READING: Final = frozenset({"GET", "HEAD"})
HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
UNTOLD: Final = frozenset({"/api/ready"})
"""It tells nothing but that somebody is here: a balancer that looks after the desk asks in its own way, by a number and in the clear."""
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto")
HSTS: Final = "max-age=31536000"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Front:
    """How requests come: by TLS of the desk's own, or through proxies at these addresses that speak TLS for it."""

    tls: bool = False
    proxies: tuple[Network, ...] = ()

    @property
    def secure(self) -> bool:
        """Whether browsers come by TLS."""
        return self.tls or bool(self.proxies)

    def trusts(self, address: str) -> bool:
        """Whether one of the proxies is at this address."""
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return False
        known = getattr(known, "ipv4_mapped", None) or known
        return any(known in network for network in self.proxies if network.version == known.version)


OPEN: Final = Front()
"""By plain HTTP, from this machine alone."""


def policy(hosts: frozenset[str], secure: bool = False) -> str:
    """The Content-Security-Policy: everything from this desk alone, no inline script or style, in no one's frame."""
    # CSP knows no IPv6 addresses; browsers of today count a page's own WebSocket as 'self' anyway.
    sockets = " ".join(f"{'wss' if secure else 'ws'}://{host}" for host in sorted(hosts) if not host.startswith("["))
    return (
        f"default-src 'self'; img-src 'self' blob: data:; connect-src 'self' {sockets}; object-src 'none'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


class Guard:
    """ASGI middleware: refuses foreign hosts, origins and ways with 403, and writes the security headers on every answer.

    hosts: None for an application that has nothing to hide, under any name.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str] | None, front: Front = OPEN) -> None:
        self.app, self.front, self.anyone = app, front, hosts is None
        self.hosts = frozenset(host.lower() for host in hosts or ())
        self.scheme = "https" if front.secure else "http"
        self.origins = frozenset(f"{self.scheme}://{host}" for host in self.hosts)
        self.policy = policy(self.hosts, front.secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let pass or refuse one request."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        scope, problem = self._seen(scope)
        problem = None if scope["path"] in UNTOLD and scope.get("method") in READING else problem or self.problem(scope)
        if problem is None:
            await self.app(scope, receive, self._signed(scope, send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the upgrade is answered 403
        else:
            answer = refusal(403, *problem)
            answer.headers["Connection"] = "close"  # a request of which two readers see two ends leaves nothing behind
            await answer(scope, receive, self._signed(scope, send))

    def _seen(self, scope: Scope) -> tuple[Scope, tuple[str, str] | None]:
        """The request as its sender made it, with the address that a trusted proxy tells; and why it came by no way that is known."""
        headers = Headers(scope=scope)
        said = any(name in headers for name in FORWARDED)
        if self.anyone and not (self.front.proxies and said):
            return scope, None
        if not self.front.proxies:
            help = "[desk] trusted_proxies, hosts and users let a proxy stand before a desk: docs/guide/access.md"
            return scope, ("this came through a proxy, and this desk knows none", help) if said and not self.front.tls else None
        if not self.front.trusts(scope["client"][0] if scope.get("client") else ""):
            return scope, None if self.front.tls else ("this desk is reached through its proxy", "ask for the proxy's address")
        if headers.getlist("x-forwarded-proto")[-1:] not in (["https"], ["wss"]):
            return scope, ("the proxy does not say that it was asked by TLS", "it must set X-Forwarded-Proto to https")
        way = [part.strip() for line in headers.getlist("x-forwarded-for") for part in line.split(",")]
        client = next((address for address in reversed(way) if not self.front.trusts(address)), "")
        try:
            client = str(ipaddress.ip_address(client))
        except ValueError:
            return scope, ("the proxy does not say who asked", "it must add the address to X-Forwarded-For")
        return {**scope, "client": (client, 0), "scheme": "wss" if scope["type"] == "websocket" else "https"}, None

    def problem(self, scope: Scope) -> tuple[str, str] | None:
        """Why a request is refused, and what to do; None when it is welcome."""
        if self.anyone:
            return None
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            return "this desk has another address", f"open {self.scheme}://{min(self.hosts, key=self._farther)}/"
        if "transfer-encoding" in headers and "content-length" in headers:
            return "this request has two lengths", "send one of Content-Length and Transfer-Encoding"
        changes = scope["type"] == "websocket" or scope["method"] not in READING
        if changes and any(origin.lower() not in self.origins for origin in headers.getlist("origin")):
            return "another site asked for this", "use the desk's own page"
        # As browsers tell of themselves: a link of another site may lead here, what its page loads or listens to is not its business.
        elsewhere = scope["type"] == "http" and headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
        if elsewhere and (changes or headers.get("sec-fetch-mode") != "navigate"):
            return "another site asked for this", "use the desk's own page"
        return None

    def _farther(self, host: str) -> tuple[bool, bool, str]:
        """How far an address is from the one to open: that of others' machines, with the port unless a proxy has another."""
        with_port = ":" in host.rpartition("]")[2]
        return host.startswith(("127.", "localhost", "[::1]")), with_port is bool(self.front.proxies), host

    def _signed(self, scope: Scope, send: Send) -> Send:
        async def signed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Content-Security-Policy", self.policy)  # a sheet in one file has a stricter one of its own
                if self.front.secure:
                    headers["Strict-Transport-Security"] = HSTS
                headers.setdefault("Cache-Control", "no-store" if scope["path"].startswith("/api/") else "no-cache")
            await send(message)

        return signed
