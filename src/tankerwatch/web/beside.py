"""A page of the past beside the live one: what it asks goes on to the process that shows it, by the live desk's own door.

So who may look, and who may decide, is asked as for the present; the other process hears of nobody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import math
import socket as sockets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import WebSocketException

from tankerwatch.core.errors import InputFault
from tankerwatch.core.ports import Desk
from tankerwatch.web.access.sessions import current
from tankerwatch.web.asking import Refused, body_of
from tankerwatch.web.plain import Answer
from tankerwatch.web.serve import INSIDE

AT_ONCE: Final = 8
"""Questions to the past that are under way at once: a jump over days takes its time, and the present must not wait for it."""
PATIENCE_S: Final = 600.0
NOT_OF_THE_PAST: Final = ("events", "openapi.json", "session", "login", "logout", "past")
"""What is the live desk's own to answer."""
PASSED_ON: Final = (
    *("content-type", "content-encoding", "content-disposition", "content-security-policy"),
    *("cache-control", "etag", "retry-after"),
)
UNSIGNED: Final = ("replay", "zones.geojson")
"""What no name goes with."""


class _Inside(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, address: str) -> None:
        super().__init__(INSIDE, timeout=PATIENCE_S)
        self.address = address

    def connect(self) -> None:
        self.sock = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.address)


def _asked(address: str, method: str, target: str, body: bytes | None, accept: str) -> Response:
    headers = {"Host": INSIDE, "Accept": accept, **({} if body is None else {"Content-Type": "application/json"})}
    with contextlib.closing(_Inside(address)) as line:
        line.request(method, target, body, headers)
        answer = line.getresponse()
        content = answer.read()
        passed = {name: value for name in PASSED_ON if (value := answer.getheader(name)) is not None}
        return Response(content, answer.status, passed)


class BesideRoutes:
    """`/api/past` begins one; `/past/KEY/` is its page."""

    def __init__(self, desk: Desk, page: Callable[[Request], Any]) -> None:
        self.desk, self._page = desk, page
        self._threads = ThreadPoolExecutor(AT_ONCE, "past")

    def routes(self) -> list[Route | WebSocketRoute]:
        """The routes."""
        return [
            Route("/api/past", self.begin, methods=["POST"]),
            Route("/past/{key}/", self.page),
            Route("/past/{key}/api/{call:path}", self.ask, methods=["GET"]),
            Route("/past/{key}/api/{call:path}", self.ask, methods=["POST"]),
            WebSocketRoute("/past/{key}/ws", self.socket),
        ]

    async def begin(self, request: Request) -> Response:
        """Begin a page of the past; answered when it can be opened."""
        wish = await body_of(request)
        from_s = wish.get("from_s")
        if isinstance(from_s, bool) or not isinstance(from_s, int | float) or not math.isfinite(from_s):
            raise Refused(422, "from_s is a time in seconds since 1970", 'send {"from_s": 1560394800}')
        if self.desk.past is None:
            raise Refused(409, "this desk has no past beside it", "a replay goes to another time itself: POST /api/replay")
        try:
            key = await self.desk.past.begin(from_s)
        except InputFault as fault:
            raise Refused(422 if fault.where == "from_s" else 503, fault.what, fault.help) from fault
        return Answer({"path": f"/past/{key}/"}, 201)

    async def page(self, request: Request) -> Response:
        """The page of one; where it is over, the present."""
        if self._address(request.path_params["key"]) is None:
            return RedirectResponse("/", 303)
        answer: Response = await self._page(request)
        return answer

    async def ask(self, request: Request) -> Response:
        """Any call of its page."""
        call = request.path_params["call"]
        address = self._address(request.path_params["key"])
        if address is None:
            raise Refused(404, "this look at the past is over", "go back to live, and look back anew")
        if call.partition("/")[0] in NOT_OF_THE_PAST:
            raise Refused(404, "the past does not answer this", "ask the live desk, without /past/…")
        body = None
        if request.method == "POST":
            said = await body_of(request)
            session = current.get()
            body = json.dumps(said if session is None or call in UNSIGNED else {**said, "by": session.name}).encode()
        query = request.scope["query_string"].decode("latin-1")
        target = f"/api/{quote(call)}{'?' if query else ''}{query}"
        running = asyncio.get_running_loop().run_in_executor(
            self._threads, _asked, address, request.method, target, body, request.headers.get("accept", "*/*")
        )
        try:
            return await running
        except (OSError, http.client.HTTPException) as fault:
            raise Refused(503, "the past does not answer", "go back to live, and look back anew") from fault

    async def socket(self, page: WebSocket) -> None:
        """The WebSocket of its page."""
        key = page.path_params["key"]
        address = self._address(key)
        if address is None or self.desk.past is None:
            await page.close(1008, "this look at the past is over")
            return
        with self.desk.past.looking(key), contextlib.suppress(OSError, WebSocketException, WebSocketDisconnect, RuntimeError):
            async with unix_connect(address, f"ws://{INSIDE}/ws", max_size=None, compression=None) as past:
                await page.accept()
                ways = [asyncio.create_task(_to_past(page, past)), asyncio.create_task(_to_page(past, page))]
                try:
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for way in ways:
                        way.cancel()
                    await asyncio.gather(*ways, return_exceptions=True)
            await page.close()

    def _address(self, key: str) -> str | None:
        return None if self.desk.past is None else self.desk.past.socket(key)


async def _to_past(page: WebSocket, past: ClientConnection) -> None:
    while (message := await page.receive())["type"] == "websocket.receive":
        await past.send(message.get("text") or message.get("bytes") or "")


async def _to_page(past: ClientConnection, page: WebSocket) -> None:
    async for message in past:
        await (page.send_text(message) if isinstance(message, str) else page.send_bytes(message))
