"""Whether the desk can do its work: for a load balancer, which understands a status and bears no token. `GET /api/ready`."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tankerwatch.core.ports import Desk
from tankerwatch.web.asking import ask
from tankerwatch.web.plain import Answer

log = logging.getLogger("tankerwatch.web")

PATIENCE_S: Final = 5.0
"""A desk that does not say within so long how it is, is not well."""


class Ready:
    """The call. It says yes or no and nothing else, for whoever asks; why is for `GET /api/health` and `GET /metrics`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._asking: asyncio.Task[bool] | None = None

    def routes(self) -> list[Route]:
        """What is served here."""
        return [Route("/api/ready", self.ready)]

    async def ready(self, request: Request) -> Response:
        """200 while what people decide can be kept, and the desk answers; a feed that is dead is no reason to send people away."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._well())  # one for all who ask: a desk that hangs does not gather threads
        try:
            async with asyncio.timeout(PATIENCE_S):
                well = await asyncio.shield(self._asking)
        except Exception as fault:
            log.error("the desk does not say how it is: %r", fault)
            well = False
        return Answer({"ready": well}, 200 if well else 503)

    async def _well(self) -> bool:
        return bool((await ask(self.desk.health))["journal"]["state"] != "failed")
