"""`GET /api/openapi.json`: what this desk can be asked, for programs."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tankerwatch.core.ports import Desk
from tankerwatch.web.asking import ask
from tankerwatch.web.calls import document
from tankerwatch.web.plain import Answer


def asked(routes: Iterable[BaseRoute]) -> set[tuple[str, str]]:
    """Method and path of every call that routes answer; what is no call, such as the WebSocket, is left out."""
    calls = [route for route in routes if isinstance(route, Route)]
    return {(method, route.path.replace(":path}", "}")) for route in calls for method in (route.methods or ()) if method != "HEAD"}


class Described:
    """The document, of the calls that are served and no other."""

    def __init__(self, desk: Desk, *, guarded: bool) -> None:
        self.desk, self.guarded = desk, guarded

    def routes(self) -> list[Route]:
        """What is served here."""
        return [Route("/api/openapi.json", self.openapi)]

    async def openapi(self, request: Request) -> Response:
        """The OpenAPI 3.1 document."""
        hello = await ask(self.desk.hello)
        return Answer(document(str(hello.get("version", "")), asked(request.app.routes), guarded=self.guarded))
