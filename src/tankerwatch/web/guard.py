"""Who may speak with the desk: this machine's own browser and its own page, nobody else's.

Until there is a log-in, the address is the lock. A foreign page cannot use the browser of a watchkeeper as its hand: `Host` must be the
desk's own (DNS rebinding), `Origin` of WebSockets and POSTs too (cross-site requests), and POSTs are JSON, which no form can send.
"""

from __future__ import annotations

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


def policy(hosts: frozenset[str]) -> str:
    """The Content-Security-Policy: everything from this desk alone, no inline script or style, in no one's frame."""
    # CSP knows no IPv6 addresses; browsers of today count a page's own WebSocket as 'self' anyway.
    sockets = " ".join(f"ws://{host}" for host in sorted(hosts) if not host.startswith("["))
    return (
        f"default-src 'self'; img-src 'self' blob: data:; connect-src 'self' {sockets}; object-src 'none'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


class Guard:
    """ASGI middleware: refuses foreign hosts and origins with 403, and writes the security headers on every answer."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)
        self.origins = frozenset(f"http://{host}" for host in self.hosts)
        self.policy = policy(self.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let pass or refuse one request."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        problem = self.problem(scope)
        if problem is None:
            await self.app(scope, receive, self._signed(scope, send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the upgrade is answered 403
        else:
            await refusal(403, *problem)(scope, receive, self._signed(scope, send))

    def problem(self, scope: Scope) -> tuple[str, str] | None:
        """Why a request is refused, and what to do; None when it is welcome."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            return "this desk has another address", f"open http://{min(self.hosts)}/"
        changes = scope["type"] == "websocket" or scope["method"] not in READING
        if changes and any(origin.lower() not in self.origins for origin in headers.getlist("origin")):
            return "another site asked for this", "use the desk's own page"
        return None

    def _signed(self, scope: Scope, send: Send) -> Send:
        async def signed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers["Content-Security-Policy"] = self.policy
                headers.setdefault("Cache-Control", "no-store" if scope["path"].startswith("/api/") else "no-cache")
            await send(message)

        return signed
