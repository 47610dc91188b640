"""The past beside the made-up desk: another made-up desk below it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route


def routes(desk, make_app):
    if desk.past is None:
        return []

    async def begin(request: Request) -> JSONResponse:
        desk.posts.append(("past", await request.json()))
        return JSONResponse({"path": "/past/k-1_A/"}, 201)

    return [Route("/api/past", begin, methods=["POST"]), Mount("/past/k-1_A", make_app(desk.past))]
