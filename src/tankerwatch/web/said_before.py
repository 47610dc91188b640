"""What the history knows of who a ship has said she is: asked when her page is opened, one question at a time, beside all else."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tankerwatch.core.errors import InputFault
from tankerwatch.core.ports import Desk
from tankerwatch.web.asking import Refused, found, ship_id

MOST_WAITING: Final = 8
"""Questions at once, the one that is answered among them; each takes seconds at most."""


class SaidBefore:
    """The route. It has a thread of its own: what waits for it holds none of those that answer everything else."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="history")
        self._room = BoundedSemaphore(MOST_WAITING)

    def routes(self) -> list[Route]:
        """What is served here."""
        return [Route("/api/ships/{id}/history", self.history)]

    async def history(self, request: Request) -> Response:
        """What she has said of herself before this desk heard her."""
        ship = ship_id(request.path_params["id"])
        if not self._room.acquire(blocking=False):
            raise Refused(503, "too many ask the history at once", "ask again in a few seconds")
        asked = self._thread.submit(self._desk.said_before, ship)
        asked.add_done_callback(lambda _: self._room.release())  # also when nobody waits for it any more
        try:
            return found(await asyncio.wrap_future(asked), "ship")
        except InputFault as fault:
            raise Refused(503, f"the history {fault.what}", fault.help) from fault
