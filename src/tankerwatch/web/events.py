"""Alerts as server-sent events, for programs: `curl -N http://127.0.0.1:8420/api/events`.

As with pages there is no queue: who reads slowly gets of each alert the newest state, and who comes again says how far it came.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from tankerwatch.core.ports import Desk
from tankerwatch.web.access.sessions import current, spared
from tankerwatch.web.asking import Refused, ask
from tankerwatch.web.live import Hub
from tankerwatch.web.plain import encoded

HEARTBEAT_S: Final = 15.0
"""A line at least this often, so that both sides notice when the other is gone."""
MOST_LISTENERS: Final = 64
MOST_OF_NAME: Final = 16
"""Of who is logged in, or of one token."""
RETRY_MS: Final = 2000
HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class _Listening(StreamingResponse):
    """The answer to one listener, who is counted from the moment she is let in: many may come at once."""

    def __init__(self, stream: AsyncIterator[str], of: Counter[str], name: str) -> None:
        super().__init__(stream, media_type="text/event-stream", headers=HEADERS)
        self._of, self._name = of, name
        of[name] += 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell her, and count her no longer."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._of[self._name] -= 1
            if not self._of[self._name]:
                del self._of[self._name]


class Events:
    """`GET /api/events`."""

    def __init__(self, desk: Desk, hub: Hub, *, heartbeat_s: float = HEARTBEAT_S) -> None:
        self.desk, self.hub, self.heartbeat_s = desk, hub, heartbeat_s
        self.run = secrets.token_hex(4)
        """tells one start of the desk from another in the ids of events"""
        self._of: Counter[str] = Counter()

    def routes(self) -> list[Route]:
        """What is served here."""
        return [Route("/api/events", self.events)]

    async def events(self, request: Request) -> Response:
        """All alerts or, after a `Last-Event-ID` of this run, those that changed since; then each as it changes, for ever."""
        if request.method == "HEAD":
            return Response(media_type="text/event-stream", headers=HEADERS)
        session = current.get()
        if self._of.total() >= MOST_LISTENERS - spared(MOST_LISTENERS):
            raise Refused(503, "too many listen already", "close one of them")
        if session is not None and self._of[session.name] >= MOST_OF_NAME:
            raise Refused(429, "you listen too often already", "close one of them")
        told = self._known(request.headers.get("last-event-id", ""))
        over = asyncio.Event() if session is None else session.over
        return _Listening(self.stream(told, over), self._of, "" if session is None else session.name)

    def _known(self, text: str) -> tuple[Any, int] | None:
        """Epoch and number in the id of an event of this run; None for anything else."""
        run, _, rest = text.partition("-")
        epoch, _, number = rest.partition("-")
        fits = run == self.run and all(part.isascii() and part.isdigit() and len(part) <= 15 for part in (epoch, number))
        return (int(epoch), int(number)) if fits else None

    async def stream(self, told: tuple[Any, int] | None, over: asyncio.Event) -> AsyncIterator[str]:
        """What one listener is told, until the session that it belongs to is over: afterwards nothing."""
        wake = asyncio.Event()
        self.hub.listeners.add(wake)
        try:
            yield f"retry: {RETRY_MS}\n\n"
            await self.hub.look(self.desk)
            while not over.is_set():
                wake.clear()
                number, forgotten, epoch = self.hub.newest()
                if told is None or told[0] != epoch or not forgotten <= told[1] <= number:
                    alerts = await ask(self.desk.alerts)
                    yield self._event("begin", {"epoch": epoch, "alerts": len(alerts)})
                    for alert in alerts:
                        yield self._event("alert", alert)
                    yield self._event("ready", {"epoch": epoch}, f"{self.run}-{epoch}-{number}")
                    told = epoch, number
                for changed, alert in self.hub.newer("alerts", told[1]):
                    if over.is_set():
                        return
                    told = epoch, changed
                    yield self._event("alert", alert, f"{self.run}-{epoch}-{changed}")
                try:
                    async with asyncio.timeout(self.heartbeat_s):
                        await wake.wait()
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self.hub.listeners.discard(wake)

    def _event(self, kind: str, value: Any, name: str = "") -> str:
        """One event. Only those have an id after which nothing before them is lacking."""
        return f"event: {kind}\n{f'id: {name}' + chr(10) if name else ''}data: {encoded(value)}\n\n"
